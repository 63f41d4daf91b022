"""Which unit meets which condition of which award, in the sentences of record."""

from datetime import date
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from awards import requirements
from awards.models import Award, MeetingState, Requirement
from blocks import clock
from emulation.access import fetch
from emulation.http import Request
from scoring.models import Scorecard, Season
from scoring.papers import local_day
from scoring.phases import Column

CONDITIONS = {
    "registered": gettext_lazy("Registered"),
    "over_fulfilled": gettext_lazy("Over-fulfilled: %(parameter)s"),
    "no_hold": gettext_lazy("Nothing being verified"),
    "none_counted": gettext_lazy("None: %(parameter)s"),
    "advanced_share": gettext_lazy("Advanced workers, at least %(parameter)s%%"),
    "has_fighters": gettext_lazy("Base-level fighters, at least %(parameter)s"),
    "everybody_completed": gettext_lazy("Everybody completed the tasks"),
    "leads_the_block": gettext_lazy("Leads the block"),
    "not_proposed_for": gettext_lazy("Not put forward for another award"),
}


def show_eligibility(request: Request, pk: int) -> HttpResponse:
    """Show each unit against the conditions of each award, in the sentences of record."""
    season = fetch(
        request, Season.objects.visible_to(request.user).for_page(), "scoring.view_season", pk=pk
    )
    if Column.FINAL not in season.step.reads and not season.office_seat(request.user):
        raise PermissionDenied(_("The conditions are looked at once every card is settled."))
    awards = Award.objects.of(season.block.authority, _day_of(season))
    cards = sorted(requirements.cards_of(season), key=lambda card: card.official_order)
    tables = [_table(award, cards) for award in awards.prefetch_related("requirements")]
    return render(request, "awards/eligibility.html", {"season": season, "tables": tables})


def _day_of(season: Season) -> date:
    """The day whose catalogue holds: the meeting's, else today, but not after the year's end."""
    held = season.meetings.exclude(state=MeetingState.CANCELLED).first()
    if held:
        return local_day(held.starts_at)
    return min(clock.today(), date(season.year, 12, 31))


def _table(award: Award, cards: list[Scorecard]) -> dict[str, Any]:
    """One award: its conditions in words, each unit's answer to each."""
    rows = []
    for card in cards:
        said = [answer for _condition, answer in requirements.answers(card, award)]
        met = all(answer.passed for answer in said)
        rows.append({"unit": card.unit, "answers": said, "met": met})
    conditions = [_words(one) for one in award.requirements.all()]
    return {"award": award, "conditions": conditions, "rows": rows}


def _words(condition: Requirement) -> str:
    said = str(CONDITIONS[condition.rule])
    named = "%(" in said  # a translation without a parameter may hold a percent sign
    return said % {"parameter": condition.parameter} if named else said


urls = [path("seasons/<int:pk>/eligibility/", show_eligibility, name="show_eligibility")]
