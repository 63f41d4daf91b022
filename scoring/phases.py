"""Who writes which column when, what a phase needs, and where it leads: the one table of the year.

The shape of the year is code, here; every number of the rules is data (decision 5). Views, forms,
queries, templates and tests ask ``STEPS``. A need of an app above is named by its dotted path and
resolved at start-up.
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from typing import TYPE_CHECKING, Any

from django.db import models
from django.utils.module_loading import import_string
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from scoring.models import Season


class Phase(models.TextChoices):
    """Where a season is (design: the table of phases)."""

    PLANNING = "planning", _("Planning")
    REGISTRATION = "registration", _("Registration")
    EXECUTION = "execution", _("Execution")
    SELF_SCORING = "self_scoring", _("Self-scoring")
    INSPECTION = "inspection", _("Cross-inspection")
    SETTLEMENT = "settlement", _("Explanation, settlement")
    MEETING = "meeting", _("Meeting")
    CLOSED = "closed", _("Closed")


class Column(models.TextChoices):
    """What one part says on the lines of a sheet."""

    TARGET = "target", _("Registered target")
    AIM = "aim", _("Titles aimed at")
    INTERIM = "interim", _("Six-month result")
    CLAIMED = "claimed", _("Self-scored")
    FOUND = "found", _("Cross-inspected")
    FINAL = "final", _("Settled")


SHEETS = {  # what is sent of each column, within a sentence
    Column.TARGET: _("the registered targets"),
    Column.AIM: _("the titles aimed at"),
    Column.INTERIM: _("the six-month results"),
    Column.CLAIMED: _("the self-score"),
    Column.FOUND: _("the findings of its inspections"),
}


class FilingState(models.TextChoices):
    """How far a column is on its way from the clerk to the block (looks: States of a sheet)."""

    FILLING = "filling", _("Filling")
    HANDED_UP = "handed_up", _("With the principal")
    RETURNED = "returned", _("Returned for completion")
    SENT = "sent", _("Sent")
    TAKEN_BACK = "taken_back", _("Taken back")


class Asked(StrEnum):
    """What else is asked of the app above, each by its dotted path."""

    VOTE_RULES = "awards.needs.take_over_vote_rules"
    MEETING_HOLDS = "awards.needs.meeting_holds_the_season"
    MEETING_STAYS = "awards.needs.meeting_that_stays"
    HOLDS = "awards.needs.holds_today"
    ADJUSTED = "awards.needs.adjusted_by_a_meeting"
    LINES_ASKED = "awards.needs.lines_the_scale_lacks"
    CARRIED_OVER = "emulation.offices.carried_over"


class Part(StrEnum):
    """Which part of the block fills a column."""

    OWNER = "owner"
    INSPECTOR = "inspector"
    SETTLER = "settler"


@dataclass(frozen=True, slots=True)
class Missing:
    """What still keeps a season from a phase: the sentence, and the address where it is mended."""

    sentence: str
    url: str = ""


Need = Callable[["Season"], list[Missing]]


@dataclass(frozen=True, slots=True)
class Step:
    """One phase: who writes what in it, what others read by then, what it needs before it opens."""

    phase: Phase
    writes: tuple[Column, ...] = ()
    by: Part | None = None
    reads: tuple[Column, ...] = ()  # by the others of the block, once submitted
    needs: tuple[str, ...] = ()  # dotted paths of functions Season -> list[Missing]
    goes_back: bool = True  # whether the season may return to the phase before
    tells: tuple[str, ...] = ()  # like needs: told before it opens, and hinders nothing
    opened: str = ""  # dotted path of the act done on entering: Season -> None

    @property
    def asks_units(self) -> bool:
        """Whether something is asked of the units in it, of which they may be reminded."""
        return self.by not in (None, Part.SETTLER)


P, C = Phase, Column
# fmt: off
STEPS: dict[Phase, Step] = {step.phase: step for step in (
    Step(P.PLANNING, goes_back=False,
         needs=("scoring.needs.head_is_named",)),
    Step(P.REGISTRATION, writes=(C.TARGET, C.AIM), by=Part.OWNER,
         needs=("scoring.needs.head_is_named", "scoring.needs.scale_is_locked"),
         tells=("emulation.offices.not_recognised_yet", Asked.LINES_ASKED,
                "scoring.needs.tie_rules_name_lines"),
         opened="scoring.acts.freeze_the_members"),
    Step(P.EXECUTION, writes=(C.INTERIM,), by=Part.OWNER,
         reads=(C.TARGET, C.AIM),
         needs=("scoring.needs.targets_are_sent", "scoring.needs.aims_are_sent"),
         tells=("scoring.needs.no_excused_sheet_was_sent",)),
    Step(P.SELF_SCORING, writes=(C.CLAIMED,), by=Part.OWNER,
         reads=(C.TARGET, C.AIM, C.INTERIM),
         tells=("scoring.needs.interim_is_sent", "scoring.needs.no_excused_sheet_was_sent")),
    Step(P.INSPECTION, writes=(C.FOUND,), by=Part.INSPECTOR,
         reads=(C.TARGET, C.AIM, C.INTERIM, C.CLAIMED),
         needs=("scoring.needs.claims_are_sent", "scoring.needs.plan_is_fixed"),
         tells=("scoring.needs.no_excused_sheet_was_sent",)),
    Step(P.SETTLEMENT, writes=(C.FINAL,), by=Part.SETTLER,
         reads=(C.TARGET, C.AIM, C.INTERIM, C.CLAIMED, C.FOUND),
         needs=("scoring.needs.findings_are_confirmed",),
         tells=("scoring.needs.explanations_lapse", "scoring.needs.settled_lines_lapse",
                "scoring.needs.teams_are_noted", "scoring.needs.inspection_minutes_are_final"),
         opened="scoring.acts.copy_found_to_final"),
    Step(P.MEETING, reads=tuple(C),
         needs=("scoring.needs.cards_are_settled", "scoring.needs.ranking_is_fixed"),
         tells=("scoring.needs.inspection_minutes_are_final",
                "scoring.needs.score_table_states_the_ranking")),
    Step(P.CLOSED, reads=tuple(C), goes_back=False,
         needs=("awards.needs.minutes_are_final",),
         tells=("scoring.needs.inspection_minutes_are_final",
                "scoring.needs.score_table_states_the_ranking", "awards.needs.left_open")),
)}
# fmt: on
ORDER: tuple[Phase, ...] = tuple(STEPS)
COLUMN_PHASE: dict[Column, Phase] = {
    column: step.phase for step in STEPS.values() for column in step.writes
}
OWNED: tuple[Column, ...] = tuple(  # what a unit says of itself; without it, it is not ranked
    column for step in STEPS.values() if step.by is Part.OWNER for column in step.writes
)


def after(phase: Phase) -> Phase | None:
    """Return the phase that follows, or nothing after the last."""
    place = ORDER.index(phase) + 1
    return ORDER[place] if place < len(ORDER) else None


def before(phase: Phase) -> Phase | None:
    """Return the phase before, or nothing before the first."""
    place = ORDER.index(phase)
    return ORDER[place - 1] if place else None


@cache
def resolved(path: str) -> Callable[..., Any]:
    """Return the function that is named by its dotted path."""
    return import_string(path)


def resolve_needs() -> None:
    """Import every function that is named, so that a wrong name is found at start-up."""
    for step in STEPS.values():
        for path in filter(None, (*step.needs, *step.tells, step.opened)):
            resolved(path)
    for path in Asked:
        resolved(path)


def missing_before(season: "Season", phase: Phase) -> list[Missing]:
    """Return all that keeps the season from ``phase``."""
    return [miss for path in STEPS[phase].needs for miss in resolved(path)(season)]


def told_before(season: "Season", phase: Phase) -> list[Missing]:
    """Return what is told before ``phase`` and does not keep the season from it."""
    return [miss for path in STEPS[phase].tells for miss in resolved(path)(season)]
