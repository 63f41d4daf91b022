"""Candidates against conditions: each cell its sentence; who is put forward; what was decided."""

from dataclasses import dataclass

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import path

from awards import requirements, wording
from awards.models import Award, DecidedBy, Decision, MeetingPaper, MeetingState
from awards.models.catalogue import day_of
from awards.models.decisions import Places, places
from awards.requirements import Answer
from blocks.models import Unit, User
from emulation.access import fetch
from emulation.http import Request
from scoring.models import Scorecard, Season
from scoring.phases import Column, Phase


@dataclass(frozen=True, slots=True)
class Row:
    """One unit against the conditions of one award."""

    unit: Unit
    answers: list[Answer]

    @property
    def met(self) -> bool:
        """Whether it meets every condition."""
        return all(answer.passed for answer in self.answers)

    @property
    def on_hold(self) -> bool:
        """Whether it is not considered for now."""
        return any(answer.on_hold for answer in self.answers)


@dataclass(frozen=True, slots=True)
class Table:
    """One award: its conditions in words, each unit's answers, who is put forward, the decision."""

    award: Award
    given_before: list[str]
    conditions: list[str]
    rows: list[Row]
    named: list[Unit]
    places: Places | None
    decisions: list[Decision]

    @property
    def is_voted(self) -> bool:
        """Whether the vote decides who is put forward."""
        return self.award.decided_by == DecidedBy.VOTE

    @property
    def by_authority(self) -> bool:
        """Whether the authority chooses among those named."""
        return self.award.decided_by == DecidedBy.AUTHORITY


def show_eligibility(request: Request, pk: int) -> HttpResponse:
    """Show each unit against the conditions of each award, in the sentences of record.

    What the conditions look at is read once it is settled; before that only the conditions are.
    """
    season = fetch(
        request, Season.objects.visible_to(request.user).for_page(), "scoring.view_season", pk=pk
    )
    user = request.user
    sees = _sees_answers(season, user)
    day = day_of(season)
    awards = Award.objects.of(season.block.authority, day).prefetch_related("requirements")
    decisions = list(season.decisions.in_force().listed()) if sees else []
    cards = requirements.cards_of(season) if sees else []
    cards.sort(key=lambda card: card.official_order)
    names = dict(
        Award.objects.known_to(season.block.authority)
        .order_by("since")
        .values_list("code", "short_name")
    )
    was_held = season.meetings.filter(state=MeetingState.CLOSED).exists()
    context = {
        "season": season,
        "day": day,
        "sees": sees,
        "was_held": was_held,
        "tables": [_table(season, award, cards, decisions, names) for award in awards],
        "papers": MeetingPaper.objects.visible_to(user).sent_up(season),
        "may_hold": user.has_perm("awards.hold_award", season),
        "may_decide": was_held and user.has_perm("awards.record_decision", season),
    }
    return render(request, "awards/eligibility.html", context)


def _sees_answers(season: Season, user: User) -> bool:
    """Everybody once what is settled is read; head and officer while it is being settled."""
    settles = season.has_reached(Phase.SETTLEMENT) and season.office_seat(user) is not None
    return Column.FINAL in season.step.reads or settles


def _table(
    season: Season,
    award: Award,
    cards: list[Scorecard],
    decisions: list[Decision],
    names: dict[str, str],
) -> Table:
    rows = [
        Row(card.unit, [answer for _asked, answer in requirements.answers(card, award)])
        for card in cards
    ]
    by_unit = {card.unit_id: card.unit for card in cards}
    return Table(
        award=award,
        given_before=requirements.given_before(award, decisions),
        conditions=[wording.condition(one, names) for one in award.requirements.all()],
        rows=rows,
        named=[by_unit[pk] for pk in requirements.proposed(season, award, cards)],
        places=places(award, season) if cards else None,
        decisions=[one for one in decisions if one.award.code == award.code],
    )


urls = [path("seasons/<int:pk>/eligibility/", show_eligibility, name="show_eligibility")]
