"""Whose turn it is on which sheets: the table of phases asked of the database in one statement.

Every page asks it for the number beside "My work", so it is written as SQL: as a query of the ORM
it took longer to compile than to answer.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

from django.db import connection

from blocks import clock
from scoring.models.card_sql import SETTLER
from scoring.phases import OWNED, STEPS, Column, FilingState, Part, Phase

if TYPE_CHECKING:
    from blocks.models import User

WRITTEN = ", ".join(
    f"('{step.phase}', '{step.by}', '{column}')"
    for step in STEPS.values()
    for column in step.writes
)

# Which sheets a person writes follows from ``step``: the owner's, the inspectors', the settler's.
# One waits in its phase, before its wall, until it was sent; once handed up it waits for the
# principal alone. None waits on the card of a unit that is not ranked (``Season.unranked``), but
# for the answer to what it explained, nor for an inspecting unit that is excused.
TURNS = f"""
WITH step (phase, part, "column") AS (VALUES {WRITTEN}),
season AS (
    SELECT scoring_season.id, scoring_season.phase, blocks_block.authority_id
    FROM scoring_season JOIN blocks_block ON blocks_block.id = scoring_season.block_id
    WHERE scoring_season.phase <> '{Phase.CLOSED}' AND (
        scoring_season.id IN (
            SELECT season_id FROM scoring_scorecard WHERE unit_id = ANY(%(units)s)
        )
        OR scoring_season.phase = '{Phase.SETTLEMENT}'
            AND blocks_block.authority_id = ANY(%(authorities)s)
        OR scoring_season.phase = '{Phase.MEETING}' AND scoring_season.id IN (
            SELECT awards_meeting.season_id
            FROM awards_elector
            JOIN awards_question ON awards_question.id = awards_elector.question_id
            JOIN awards_meeting ON awards_meeting.id = awards_question.meeting_id
            WHERE awards_elector.representative_id = %(user)s
        )
    )
),
turn AS (
    SELECT season.id AS season, step.*, scoring_scorecard.id AS card, scoring_scorecard.unit_id,
        settler.unit_id AS settler
    FROM season
    JOIN step ON step.phase = season.phase
    JOIN scoring_scorecard ON scoring_scorecard.season_id = season.id
    CROSS JOIN LATERAL (SELECT {SETTLER} AS unit_id) AS settler
    WHERE CASE step.part
        WHEN '{Part.OWNER}' THEN scoring_scorecard.unit_id = ANY(%(units)s)
        WHEN '{Part.INSPECTOR}' THEN EXISTS (
            SELECT FROM scoring_inspection
            JOIN scoring_inspectingunit
                ON scoring_inspectingunit.inspection_id = scoring_inspection.id
            WHERE scoring_inspection.card_id = scoring_scorecard.id
                AND scoring_inspectingunit.unit_id = ANY(%(units)s)
        )
        ELSE settler.unit_id = ANY(%(units)s)
            OR settler.unit_id IS NULL AND season.authority_id = ANY(%(authorities)s)
    END
)
SELECT season.phase, turn.card, turn."column",
    NOT EXISTS (
        SELECT FROM scoring_filing
        WHERE card_id = turn.card AND "column" = turn."column"
            AND CASE turn.part
                WHEN '{Part.OWNER}' THEN unit_id = turn.unit_id
                WHEN '{Part.INSPECTOR}' THEN unit_id = ANY(%(units)s)
                ELSE TRUE
            END
            AND (
                state = '{FilingState.SENT}'
                OR state = '{FilingState.HANDED_UP}' AND CASE turn.part
                    WHEN '{Part.SETTLER}'
                        THEN turn.settler IS NOT NULL AND NOT turn.settler = ANY(%(binding)s)
                    ELSE NOT unit_id = ANY(%(binding)s)
                END
            )
    )
    AND NOT EXISTS (
        SELECT FROM scoring_waiver
        WHERE season_id = turn.season AND withdrawn_at IS NULL
            AND (
                unit_id = turn.unit_id AND "column" = ANY(%(owned)s)
                    AND NOT (turn.part = '{Part.SETTLER}' AND EXISTS (
                        SELECT FROM scoring_explanation
                        WHERE card_id = turn.card AND answered_at IS NULL AND lapsed_at IS NULL
                    ))
                OR turn.part = '{Part.INSPECTOR}'
                    AND unit_id = ANY(%(units)s) AND "column" = turn."column"
            )
    )
    AND NOT EXISTS (
        SELECT FROM scoring_phasedate
        WHERE season_id = turn.season AND phase = turn.phase AND closes_on <= %(today)s
    )
FROM season LEFT JOIN turn ON turn.season = season.id
"""  # noqa: S608


class Turn(NamedTuple):
    """A sheet that the person writes in its phase, and whether it waits now."""

    card: int
    column: Column
    waits: bool


@dataclass(frozen=True, slots=True)
class Turns:
    """The phases in which the person's seasons are, and the sheets that are the person's to write.

    The seasons are those that run, of the person's units, in settlement those of an officer's
    authority, in a meeting those in which the person may vote.
    """

    phases: set[str]
    sheets: list[Turn]

    @classmethod
    def of(cls, user: "User") -> "Turns":
        """Ask for the person's: one query."""
        asked: dict[str, Any] = {
            "user": user.pk,
            "units": [unit.pk for unit in user.units],
            "binding": [seat.unit_id for seat in user.seats_in_force if seat.is_principal],
            "authorities": [authority.pk for authority in user.authorities],
            "owned": list(OWNED),
            "today": clock.today(),
        }
        with connection.cursor() as cursor:
            cursor.execute(TURNS, asked)
            rows = cursor.fetchall()
        sheets = [Turn(card, Column(column), waits) for _phase, card, column, waits in rows if card]
        return cls({phase for phase, *_turn in rows}, sheets)
