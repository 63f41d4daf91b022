"""Reminding the units that have not sent: whom, and a text ready to be passed on."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from blocks.dates import show_date, show_deadline
from blocks.models import Office
from emulation.http import Request, posted
from emulation.pages import refusing
from emulation.templatetags.ui import office
from scoring.filed_sheet import TASKS
from scoring.forms import RemindForm
from scoring.models import Season
from scoring.phases import Column
from scoring.progress import Line, progress, who_is_waited_for
from scoring.views.season import crumbs_of, season_at, seat_of


def remind_units(request: Request, pk: int) -> HttpResponse:
    """Offer a message for the units that have not sent; note that they were reminded."""
    season = season_at(request, pk, "scoring.remind")
    waited = who_is_waited_for(season, progress(season))
    late = [line for line in waited if line.contact]
    units, address = [line.unit for line in late], request.build_absolute_uri("/")
    text = message(season, late, address)
    form = RemindForm(posted(request), season=season, units=units, text=text)
    if "rewrite" in request.POST and form.is_valid():
        ticked = set(form.cleaned_data["units"])
        text = message(season, [line for line in late if line.unit in ticked], address)
        form = RemindForm(season=season, units=units, ticked=ticked, text=text)
    if (
        form.is_bound
        and form.is_valid()
        and refusing(form, lambda: form.note(seat_of(request, season)))
    ):
        count = len(form.cleaned_data["units"])
        said = ngettext("%(count)d reminder noted.", "%(count)d reminders noted.", count)
        messages.success(request, said % {"count": count})
        return redirect(season.get_absolute_url())
    unreached = who_is_not_reached(waited)
    context = {
        "season": season,
        "form": form,
        "late": late,
        "unreached": unreached,
        "nobody": unreached or nothing_to_send(season),
        "crumbs": crumbs_of(season),
    }
    return render(request, "scoring/remind.html", context, status=422 if form.errors else 200)


def who_is_not_reached(waited: list[Line]) -> str:
    """Say which units have not sent and have nobody who could be reminded; or nothing."""
    units = ", ".join(line.unit.short_name for line in waited if not line.contact)
    said = _(
        "Not sent yet, but nobody there has an account and can be reminded: %(units)s. Where"
        " nothing will come any more, note that on the page of the year."
    )
    return said % {"units": units} if units else ""


def nothing_to_send(season: Season) -> str:
    """Say why no unit is waited for."""
    if season.step.asks_units:
        return _("Every unit has sent what is asked now.")
    return _("Nothing is asked of the units in this phase.")


def message(season: Season, late: list[Line], address: str) -> str:
    """Return the text of a reminder: what of whom, until when, and where it is done."""
    columns = season.step.writes
    due = season.due(columns[0]) if columns else None
    words = {
        "block": season.block,
        "year": season.year,
        "due": show_deadline(due) if due else "",
        "address": address,
    }
    lines = [_("Still to be sent – %(block)s, %(year)s:") % words]
    for column in columns:
        lacking = [line.unit.short_name for line in late if lacks(line, column)]
        if lacking:
            lines.append(f"- {TASKS[column]}: {', '.join(lacking)}.")
    shut = next((season.closes_on(column) for column in columns if season.is_shut(column)), None)
    if shut:
        said = _("Locked since %(day)s. Ask %(head)s for more time.")
        lines.append(said % {"day": show_date(shut), "head": office(season.block, Office.HEAD)})
    elif due:
        lines.append(_("Due: %(due)s.") % words)
    lines.append(_("Fill in and send at: %(address)s") % words)
    return "\n".join(lines)


def lacks(line: Line, column: Column) -> bool:
    """Tell whether a sheet of this column is still waited for from the unit."""
    return any(sheet.column == column and not sheet.done for sheet in line.asked)


urls = [path("seasons/<int:pk>/remind/", remind_units, name="remind_units")]
