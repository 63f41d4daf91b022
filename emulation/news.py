"""What is new in the years one sees: moves, offices, scales, plans, meetings, decisions, holds."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING, Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Case, Exists, OuterRef, Q, Subquery, When
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from awards.models import Adjustment, Decision, Hold, Meeting, MeetingState
from blocks import clock
from blocks.dates import show_date
from blocks.models import Change, Office, UnitName
from blocks.text import phrase
from emulation.templatetags.ui import office
from scoring.models import (
    Explanation,
    Filing,
    InspectingUnit,
    Inspection,
    OfficeChange,
    PhaseChange,
    Scale,
    Scorecard,
    Season,
    SeasonRules,
)
from scoring.phases import ORDER, Column, FilingState, Phase

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from django.db.models import QuerySet

    from blocks.models import User

RECENT = timedelta(days=30)
NEWS = 8  # rows
_SETTLEMENT = ORDER.index(Phase.SETTLEMENT)
BEFORE_SETTLEMENT, FROM_SETTLEMENT_ON = ORDER[:_SETTLEMENT], ORDER[_SETTLEMENT:]


@dataclass(frozen=True, slots=True)
class News:
    """One row of what is new: when, what, where it is read, and a note."""

    at: datetime
    what: str
    url: str
    note: str = ""


def news_for(user: "User", holds: "Iterable[Hold]") -> list[News]:
    """Return the latest moves of the seasons one sees, who was named their head and deputy, their
    cancelled meetings, their amended scales, plans and days of inspection and days to explain, what
    the authority decided on them, which of ``holds`` were lifted, and what settlement and meeting
    did on the cards of the user's units."""
    since = clock.now() - RECENT
    seen = Season.objects.visible_to(user)
    moves = PhaseChange.objects.filter(season__in=seen, at__gte=since)
    named = OfficeChange.objects.filter(season__in=seen, at__gte=since).annotate(
        head_called=_called("head"), deputy_called=_called("deputy"), moved=_moved()
    )
    decided = Decision.objects.visible_to(user).in_force().filter(at__gte=since)
    found = [
        News(
            move.at,
            (
                _("%(season)s %(year)s: went back to %(phase)s")
                if move.is_back
                else _("%(season)s %(year)s: moved to %(phase)s")
            )
            % _named(move.season, phase=move.get_new_display()),
            move.season.get_absolute_url(),
            note=move.note,
        )
        for move in moves.select_related("season__block").order_by("-pk")[:NEWS]
    ]
    found += [
        News(
            each.at,
            _("%(season)s %(year)s: decision no. %(number)s on %(award)s is recorded")
            % _named(each.season, number=each.number, award=each.award.short_name),
            reverse("show_eligibility", args=[each.season_id]),
        )
        for each in decided.select_related("season__block", "award").order_by("-pk")[:NEWS]
    ]
    found += [
        News(
            each.at,
            _offices(
                each.season,
                {Office.HEAD: each.head_called, Office.DEPUTY: each.deputy_called},
                each.moved,
            ),
            each.season.get_absolute_url(),
            note=each.reason,
        )
        for each in named.select_related("season__block").order_by("-pk")[:NEWS]
    ]
    amended = Scale.objects.filter(season__in=seen, locked_at__gte=since).amendments(user)
    found += [
        News(
            scale.locked_at,
            _("%(season)s %(year)s: the scale was amended (version %(version)s)")
            % _named(scale.season, version=str(scale.version)),
            reverse("show_scale", args=[scale.season_id]),
            note=_lost(scale),
        )
        for scale in amended.select_related("season__block").order_by("-locked_at")[:NEWS]
        if scale.locked_at
    ]
    found += _of_plans_and_windows(user, seen, since)
    found += _of_inspections(user, seen, since)
    found += _of_own_cards(user, since)
    cancelled = Meeting.objects.visible_to(user).cancelled_since(since)
    found += [
        News(
            meeting.cancelled_at,
            _("%(season)s %(year)s: the meeting was cancelled") % _named(meeting.season),
            meeting.get_absolute_url(),
            note=phrase(meeting.cancelled_because),
        )
        for meeting in cancelled.select_related("season__block")[:NEWS]
    ]
    found += [
        News(
            timezone.make_aware(datetime.combine(hold.until, time())),
            _("%(season)s %(year)s: the hold on %(unit)s is lifted")
            % _named(hold.season, unit=hold.unit.short_name)
            + (f" ({hold.award.short_name})" if hold.award else ""),
            reverse("list_holds", args=[hold.season_id]),
            note=hold.lifted_because,
        )
        for hold in holds
        if hold.until
    ]
    return sorted(found, key=lambda news: news.at, reverse=True)[:NEWS]


def _of_plans_and_windows(
    user: "User", seen: "QuerySet[Season]", since: datetime
) -> "Iterator[News]":
    """Yield that the plan of inspections was fixed, with who inspects the reader's units by it, and
    whom they inspect; and while units explain, that the days to do so were changed."""
    days = Change.objects.of(SeasonRules, OuterRef("rules")).filter(
        before__has_key="explanation_days", at__gte=since
    )
    pairs = InspectingUnit.objects.filter(inspection__card__season=OuterRef("pk"))
    own = pairs.filter(inspection__card__unit__in=user.units)
    others = pairs.filter(unit__in=user.units)
    seasons = seen.annotate(
        days_at=Case(When(phase=Phase.SETTLEMENT, then=Subquery(days.values("at")[:1]))),
        inspected_by=ArraySubquery(own.values_list(_called("unit"))),
        inspects=ArraySubquery(others.values_list(_called("inspection__card__unit"))),
    ).filter(Q(plan_fixed_at__gte=since) | Q(days_at__isnull=False))
    for each in seasons.select_related("block", "rules").prefetch_related("moves"):
        if each.plan_fixed_at and each.plan_fixed_at >= since:
            told = (
                (_("your unit is inspected by: %(units)s"), each.inspected_by),
                (_("it inspects: %(units)s"), each.inspects),
            )
            note = "; ".join(
                said % {"units": ", ".join(dict.fromkeys(units))} for said, units in told if units
            )
            yield News(
                each.plan_fixed_at,
                _("%(season)s %(year)s: the inspection plan is fixed") % _named(each),
                reverse("show_plan", args=[each.pk]),
                note=note,
            )
        if each.days_at and (until := each.explain_until):
            said = _(
                "%(season)s %(year)s: the days to explain were changed; units answer to the"
                " findings until %(day)s"
            )
            words = _named(each, day=show_date(until))
            yield News(each.days_at, said % words, each.get_absolute_url())


def _of_inspections(user: "User", seen: "QuerySet[Season]", since: datetime) -> "Iterator[News]":
    """Yield by a fixed plan when and where a unit of the reader's inspects or is inspected, and who
    leads the team, where one of these was noted anew, until the inspection is over."""
    noted = Change.objects.of(Inspection, OuterRef("pk")).filter(
        act="update", after__has_any_keys=["held_on", "place", "leader"], at__gte=since
    )
    own = InspectingUnit.objects.filter(inspection=OuterRef("pk"), unit__in=user.units)
    inspections = Inspection.objects.filter(
        Exists(own) | Q(card__unit__in=user.units),
        card__season__in=seen.filter(phase__in=BEFORE_SETTLEMENT, plan_fixed_at__isnull=False),
    ).annotate(called=_called("card__unit"), noted_at=Subquery(noted.values("at")[:1]))
    known = inspections.filter(noted_at__isnull=False, held_on__isnull=False)
    known = known.select_related("card__season__block")
    for each in known.order_by("-noted_at")[:NEWS]:
        if each.held_on:
            said = _("%(season)s %(year)s: %(unit)s is inspected on %(day)s")
            yield News(
                each.noted_at,
                said % _named(each.season, unit=each.called, day=show_date(each.held_on)),
                reverse("show_plan", args=[each.season.pk]),
                note="; ".join(filter(None, (each.place, each.led_by))),
            )


def _of_own_cards(user: "User", since: datetime) -> "Iterator[News]":
    """Yield that what the reader's units explained was answered, that their cards are settled, and
    that the meeting adjusted them."""
    own = {"card": OuterRef("pk")}
    answered = Explanation.objects.filter(**own, answered_at__gte=since, lapsed_at=None)
    adjusted = Adjustment.objects.filter(**own, at__gte=since)
    adjusted = adjusted.exclude(meeting__state=MeetingState.CANCELLED)
    settled = Filing.objects.filter(
        **own, column=Column.FINAL, state=FilingState.SENT, sent_at__gte=since
    )
    cards = Scorecard.objects.filter(
        unit__in=user.units, season__phase__in=FROM_SETTLEMENT_ON
    ).annotate(
        called=_called("unit"),
        answered=ArraySubquery(answered.order_by("criterion__order").values("criterion__code")),
        answered_at=Subquery(answered.order_by("-answered_at").values("answered_at")[:1]),
        settled_at=Subquery(settled.values("sent_at")[:1]),
        adjusted=ArraySubquery(adjusted.order_by("criterion__order").values("criterion__code")),
        adjusted_at=Subquery(adjusted.order_by("-at").values("at")[:1]),
    )
    answer = _("%(season)s %(year)s: the explanations of %(unit)s were answered (%(lines)s)")
    end = _("%(season)s %(year)s: the sheet of %(unit)s is settled")
    change = _("%(season)s %(year)s: the meeting adjusted the points of %(unit)s (%(lines)s)")
    for card in cards.select_related("season__block"):
        for at, said, codes in (
            (card.answered_at, answer, card.answered),
            (card.settled_at, end, ()),
            (card.adjusted_at, change, card.adjusted),
        ):
            if at:
                words = _named(card.season, unit=card.called, lines=", ".join(dict.fromkeys(codes)))
                yield News(at, said % words, card.address_of(Column.FINAL))


def _lost(scale: Scale) -> str:
    """Say what of the reader's units an amended scale does not take over."""
    left = _("figures, evidence and explanations of your unit that do not go on: %(lines)s")
    ended = _("bases that your unit registered or gave that count no more: %(lines)s")
    told = ((left, scale.left), (ended, scale.ended))
    return "; ".join(said % {"lines": ", ".join(codes)} for said, codes in told if codes)


def _called(unit: str) -> Subquery:
    """Add what a unit is called today: names fetched apart would be two queries more."""
    names = UnitName.objects.filter(unit=OuterRef(unit), since__lte=clock.today())
    return Subquery(names.order_by("-since").values("short_name")[:1])


def _moved() -> Subquery:
    """Add what it wrote to its season: only an office that it gave to another is news."""
    noted = Change.objects.of(OfficeChange, OuterRef(OuterRef("pk"))).values("pk")[:1]
    wrote = Change.objects.of(Season, OuterRef("season")).filter(
        after__has_any_keys=["head_id", "deputy_id"], pk__lt=Subquery(noted)
    )
    return Subquery(wrote.values("after")[:1])


def _offices(season: Season, units: dict[str, str | None], moved: dict[str, int | None]) -> str:
    """Say who is head, or deputy, of a season now that was not before."""
    words = [
        (_("%(office)s is now %(unit)s") if unit else _("%(office)s: nobody now"))
        % {"office": office(season.block, role), "unit": unit}
        for role, unit in units.items()
        if f"{role}_id" in moved
    ]
    return f"{season.short_name}: {'; '.join(words)}"


def _named(season: Season, **words: str) -> dict[str, Any]:
    return {"season": season.block.short_name, "year": season.year, **words}
