"""How a number, a day and a state are written on screen."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from django import template
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from blocks import dates, numbers
from blocks.models import Paper
from emulation.printing import state_of

register = template.Library()

MISSING = "–"

# One path each, on a ground of 16 by 16: the screen font has no such signs.
ICONS = {
    "tick": '<path d="M2.5 8.5l3.5 3.5 7.5-8"/>',
    "cross": '<path d="M3.5 3.5l9 9m0-9l-9 9"/>',
    "arrow": '<path d="M2 8h11m-4.5-4.5L13 8l-4.5 4.5"/>',
    "here": '<path class="solid" d="M4 2.5v11l9-5.5z"/>',
    "self": '<path class="solid" d="M3 3h10v10H3z"/>',
    "warn": '<path d="M8 2L1.5 13.5h13zM8 6.5v3.5m0 1.6v.4"/>',
    "menu": '<path d="M2 4h12M2 8h12M2 12h12"/>',
    "down": '<path d="M3.5 6l4.5 4.5L12.5 6"/>',
    "lock": '<path d="M3.5 7.5h9v6h-9zM5.5 7.5V5a2.5 2.5 0 015 0v2.5"/>',
}


@register.filter
def number(value: numbers.Number | None, places: int | None = None) -> str:
    """`29,10`, `1.250,5`, with `places` rounded half-up; a dash for nothing."""
    return MISSING if value is None or value == "" else numbers.show(value, places)


@register.filter
def signed(value: numbers.Number | None, places: int | None = None) -> str:
    """A difference: `+1,25`, `−0,50`, `0`."""
    text = number(value, places)
    return f"+{text}" if value is not None and value > 0 else text


@register.filter
def two(value: int | None) -> str:
    """A count as papers and the meeting write it: `05`, `12`."""
    return MISSING if value is None else numbers.two_digits(value)


@register.filter
def vi_date(value: date | datetime | None) -> str:
    """`05/02/2026`, in both languages."""
    return dates.show_date(_day(value)) if value else MISSING


@register.filter
def weekday_date(value: date | datetime | None) -> str:
    """`Thứ Tư 30/09/2026`: always beside a deadline."""
    return dates.show_deadline(_day(value)) if value else MISSING


@register.filter
def hour(value: datetime | None, since: datetime | None = None) -> str:
    """`08 giờ 05`, in English `08:05`; local time. With its day where that is another than that of
    ``since``."""
    if value and since and _day(value) != _day(since):
        return dates.show_moment(value)
    return dates.show_hour(value) if value else MISSING


@register.filter
def clock_time(value: datetime | None) -> str:
    """`14:05` in both languages, of a stamp beside its day; local time."""
    return f"{timezone.localtime(value):%H:%M}" if value else MISSING


@register.filter
def vi_moment(value: datetime | None) -> str:
    """`17 giờ 00, 30/09/2026`, local time."""
    return dates.show_moment(value) if value else MISSING


def _day(value: date | datetime) -> date:
    return timezone.localtime(value).date() if isinstance(value, datetime) else value


@register.filter
def days_left(due: date | None, today: date) -> str:
    """How far a deadline is from today, in words."""
    if due is None:
        return ""
    days = (due - today).days
    if days > 0:
        return ngettext("%(days)d day left", "%(days)d days left", days) % {"days": days}
    if days == 0:
        return _("due today")
    return ngettext("%(days)d day overdue", "%(days)d days overdue", -days) % {"days": -days}


@register.simple_tag
def chip(colour: str, text: Any) -> SafeString:
    """A state as word and colour: grey, amber, green, blue, red or violet."""
    return format_html('<span class="chip chip-{}">{}</span>', colour, text)


@register.simple_tag
def icon(name: str) -> SafeString:
    """A drawn sign to stand beside its word."""
    drawing = mark_safe(ICONS[name])  # noqa: S308  our own constants
    return format_html(
        '<svg class="icon icon-{}" viewBox="0 0 16 16" aria-hidden="true" focusable="false">'
        "{}</svg>",
        name,
        drawing,
    )


@register.simple_tag(takes_context=True)
def can(context: template.Context, permission: str, thing: object) -> bool:
    """Whether the reader may do this with the thing, as the table of permissions has it."""
    user = context.get("user")
    return user is not None and user.is_authenticated and user.has_perm(permission, thing)


@register.simple_tag
def paper_state(paper: Paper) -> SafeString:
    """The state of a paper as a chip."""
    return chip(*state_of(paper))


@register.simple_tag
def office(block: Any, role: str) -> str:
    """What head or deputy are called in a block of its kind: Khối trưởng, Cụm phó."""
    called = {
        ("block", "head"): pgettext("of a block", "Head"),
        ("block", "deputy"): pgettext("of a block", "Deputy"),
        ("cluster", "head"): pgettext("of a cluster", "Head"),
        ("cluster", "deputy"): pgettext("of a cluster", "Deputy"),
    }
    return called[block.kind, role]


@register.simple_tag(takes_context=True)
def current(context: template.Context, address: str) -> SafeString | str:
    """Marks the entry of the menu in which this page stands."""
    path = getattr(context.get("request"), "path", "")
    if path == address:
        return mark_safe('aria-current="page"')
    if address != "/" and path.startswith(address):
        return mark_safe('aria-current="true"')
    return ""


@register.inclusion_tag("components/year_line.html")
def year_line(steps: Iterable[Any]) -> dict[str, Any]:
    """The line of the year; each step has `label`, `due`, `state` (done, now, later), `url`.

    On a phone only the step before, this one and the next are shown: those are marked near.
    """
    steps = list(steps)
    states = [_of(step, "state") for step in steps]
    now = states.index("now") if "now" in states else max(states.count("done") - 1, 0)
    marked = [
        {key: _of(step, key) for key in ("label", "due", "state", "url")}
        | {"near": abs(place - now) <= 1}
        for place, step in enumerate(steps)
    ]
    return {"steps": marked}


def _of(step: Any, key: str) -> Any:
    return step.get(key, "") if isinstance(step, dict) else getattr(step, key, "")
