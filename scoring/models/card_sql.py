"""What pages ask of cards and entries beside their rows, as SQL.

As queries of the ORM these took longer to compile than to answer. Those without an argument name
the table of the cards: they are for the outermost query, not for one inside.
"""

from scoring.phases import OWNED, Column, FilingState, Phase

# The unit that settles a card: the first of head, deputy who is neither the card's unit nor one of
# its inspectors; none when an officer does (decision 17).
SETTLER = """(
    SELECT office.unit_id
    FROM scoring_season,
        unnest(ARRAY[scoring_season.head_id, scoring_season.deputy_id])
            WITH ORDINALITY AS office (unit_id, place)
    WHERE scoring_season.id = scoring_scorecard.season_id
        AND office.unit_id <> scoring_scorecard.unit_id
        AND office.unit_id NOT IN (
            SELECT scoring_inspectingunit.unit_id
            FROM scoring_inspectingunit
            JOIN scoring_inspection ON scoring_inspection.id = scoring_inspectingunit.inspection_id
            WHERE scoring_inspection.card_id = scoring_scorecard.id
        )
    ORDER BY office.place
    LIMIT 1
)"""
LEFT_OUT = """ARRAY(
    SELECT criterion_id FROM scoring_exemption
    WHERE scoring_exemption.card_id = scoring_scorecard.id
)"""
INSPECTING = """ARRAY(
    SELECT scoring_inspectingunit.unit_id
    FROM scoring_inspectingunit
    JOIN scoring_inspection ON scoring_inspection.id = scoring_inspectingunit.inspection_id
    WHERE scoring_inspection.card_id = scoring_scorecard.id
    ORDER BY scoring_inspectingunit.id
)"""
BACKING = """(
    SELECT coalesce(
        jsonb_agg(jsonb_build_object(
            'criterion', criterion_id, 'column', "column", 'is_file', file <> ''
        )), '[]'
    )
    FROM scoring_evidence
    WHERE scoring_evidence.card_id = scoring_scorecard.id AND explanation_id IS NULL
)"""
# By which waivers a unit is not ranked (``Season.unranked``).
_OWN_SHEETS = ", ".join(f"'{column}'" for column in OWNED)


def not_inspected(card: str) -> str:
    """Return whether nobody inspected the card of this key (``Scorecard.uninspected``): a unit
    that was to is excused, or the card's own is not ranked, and of the others no unit has."""
    return f"""(
    EXISTS (
        SELECT FROM scoring_scorecard AS inspected
        JOIN scoring_waiver ON scoring_waiver.season_id = inspected.season_id
        WHERE inspected.id = {card} AND withdrawn_at IS NULL AND (
            scoring_waiver.unit_id = inspected.unit_id AND "column" IN ({_OWN_SHEETS})
            OR "column" = '{Column.FOUND}' AND scoring_waiver.unit_id IN (
                SELECT scoring_inspectingunit.unit_id
                FROM scoring_inspectingunit
                JOIN scoring_inspection
                    ON scoring_inspection.id = scoring_inspectingunit.inspection_id
                WHERE scoring_inspection.card_id = inspected.id
            )
        )
    )
    AND NOT EXISTS (
        SELECT FROM scoring_filing
        WHERE card_id = {card} AND "column" = '{Column.FOUND}' AND state = '{FilingState.SENT}'
    )
)"""  # noqa: S608


def said(entry: str) -> str:
    """Return what an entry says (``facts_said``)."""
    return f"""jsonb_strip_nulls(jsonb_build_object(
    'actual', {entry}.actual::text,
    'target', {entry}.target::text,
    'level', nullif({entry}.level, ''),
    'points', {entry}.points::text
))"""


def facts(entry: str) -> str:
    """Return what an entry says, as a row: to compare two costs a tenth of comparing what they
    ``said``."""
    return f"({entry}.actual, {entry}.target, {entry}.points, nullif({entry}.level, ''))"


def found_beside(entry: str, skipped: str) -> str:
    """Return the place, for ``there``, of what was found on the line of an entry, or claimed where
    its card was ``skipped``."""
    return f"""there.card_id = {entry}.card_id AND there.criterion_id = {entry}.criterion_id
        AND there."column" = CASE WHEN {skipped}
            THEN '{Column.CLAIMED}' ELSE '{Column.FOUND}' END"""


def found(entry: str, skipped: str) -> str:
    """Return what was found on the line of an entry, or claimed where its card was ``skipped``."""
    return f"""coalesce((
    SELECT {said("there")} FROM scoring_entry AS there WHERE {found_beside(entry, skipped)}
), '{{}}')"""  # noqa: S608


def differs(entry: str, skipped: str) -> str:
    """Return whether something else was found on the line of an entry, or claimed where its card
    was ``skipped``, than the entry says."""
    return f"""EXISTS (
    SELECT FROM scoring_entry AS there
    WHERE {found_beside(entry, skipped)}
        AND num_nonnulls{facts("there")} > 0 AND {facts("there")} IS DISTINCT FROM {facts(entry)}
)"""  # noqa: S608


# Of entries by their key and a moment: whether one says something else than it did then. History
# tells: what a first change since then replaced stood at that moment.
SAYS_OTHERWISE = """EXISTS (
    SELECT FROM (VALUES (%(expressions)s)) AS asked (id, since)
    JOIN scoring_entry AS says ON says.id = asked.id
    CROSS JOIN LATERAL (
        SELECT DISTINCT ON (key) key, value
        FROM blocks_change, jsonb_each(coalesce(before, '{
            "actual": null, "target": null, "points": null, "level": "", "note": "",
            "estimated": false
        }'))
        WHERE "table" = 'scoring_entry' AND "row" = asked.id::text
            AND (after ->> 'at')::timestamptz > asked.since
        ORDER BY key, blocks_change.id
    ) AS stood
    WHERE stood.key IN ('actual', 'target', 'points', 'level', 'note', 'estimated')
        AND to_jsonb(says) -> stood.key <> stood.value
)"""
# Whether a card was settled, and its conclusion not taken back: its unit answers no more.
CONCLUDED = f"""EXISTS (
    SELECT FROM scoring_filing
    WHERE scoring_filing.card_id = scoring_scorecard.id
        AND "column" = '{Column.FINAL}' AND state = '{FilingState.SENT}'
)"""
# Whether a card waits to be settled: nobody has, or a conclusion was taken back, of a unit that is
# ranked.
UNSETTLED = f"""(
    NOT {CONCLUDED}
    AND NOT EXISTS (
        SELECT FROM scoring_waiver
        WHERE scoring_waiver.season_id = scoring_scorecard.season_id
            AND scoring_waiver.unit_id = scoring_scorecard.unit_id
            AND "column" IN ({_OWN_SHEETS})
            AND withdrawn_at IS NULL
    )
)"""
# In a query of rankings: whether one of the cards waits of the season in which it was fixed.
NOT_IN_FORCE = f"""EXISTS (
    SELECT FROM scoring_scorecard
    WHERE scoring_scorecard.season_id = scoring_ranking.season_id AND {UNSETTLED}
)"""
# In a query of seasons: when a ranking was fixed last, whether it is in force or not.
FIXED_AT = """(
    SELECT at FROM scoring_ranking
    WHERE scoring_ranking.season_id = scoring_season.id ORDER BY number DESC LIMIT 1
)"""
# When the window opened last in which units answer to the findings.
OPENED_AT = f"""(
    SELECT at FROM scoring_phasechange
    WHERE scoring_phasechange.season_id = scoring_scorecard.season_id
        AND old = '{Phase.INSPECTION}' AND new = '{Phase.SETTLEMENT}'
    ORDER BY id DESC LIMIT 1
)"""  # noqa: S608
# Whether its unit agreed or explained since, or has nothing to answer to.
IS_ANSWERED = f"""(
    EXISTS (
        SELECT FROM scoring_agreement
        WHERE scoring_agreement.card_id = scoring_scorecard.id AND lapsed_at IS NULL
    )
    OR EXISTS (
        SELECT FROM scoring_explanation
        WHERE scoring_explanation.card_id = scoring_scorecard.id
            AND lapsed_at IS NULL AND at >= coalesce({OPENED_AT}, at)
    )
    OR {not_inspected("scoring_scorecard.id")}
)"""  # noqa: S608
# When a line was changed unasked last on which the unit was not heard yet (``Scorecard.changes``).
CHANGED_AT = f"""(
    SELECT settled.at
    FROM scoring_entry AS settled
    JOIN scoring_criterion AS asked ON asked.id = settled.criterion_id
    JOIN scoring_season ON scoring_season.scale_id = asked.scale_id
    LEFT JOIN LATERAL (
        SELECT after, answered_at FROM scoring_explanation
        WHERE card_id = settled.card_id AND criterion_id = settled.criterion_id
            AND lapsed_at IS NULL
        ORDER BY id DESC LIMIT 1
    ) AS explained ON TRUE
    LEFT JOIN scoring_entry AS there
        ON {found_beside("settled", not_inspected("scoring_scorecard.id"))}
    WHERE settled.card_id = scoring_scorecard.id AND settled."column" = '{Column.FINAL}'
        AND scoring_season.id = scoring_scorecard.season_id
        AND settled.criterion_id <> ALL ({LEFT_OUT})
        AND num_nonnulls{facts("settled")} > 0
        AND CASE WHEN explained.after IS NULL
            THEN {facts("settled")} IS DISTINCT FROM {facts("there")}
            ELSE {said("settled")} <> explained.after END
        AND NOT EXISTS (
            SELECT FROM scoring_explanation
            WHERE card_id = settled.card_id AND criterion_id = settled.criterion_id
                AND answered_at IS NULL AND lapsed_at IS NULL
        )
        AND NOT EXISTS (
            SELECT FROM scoring_agreement
            WHERE card_id = settled.card_id AND lapsed_at IS NULL
                AND changes -> asked.code = {said("settled")}
                AND (explained.answered_at IS NULL OR explained.answered_at < scoring_agreement.at)
        )
    ORDER BY settled.at DESC LIMIT 1
)"""  # noqa: S608
# The lines of a card that is being settled on which what was settled lapsed, as history tells, when
# something else was found (``copy_found_to_final``), and nobody settled line or card since. History
# keeps of a row only what changed.
LAPSED = f"""ARRAY(
    SELECT asked.code
    FROM scoring_entry AS settled
    JOIN scoring_criterion AS asked ON asked.id = settled.criterion_id
    JOIN scoring_season ON scoring_season.scale_id = asked.scale_id
    WHERE settled.card_id = scoring_scorecard.id AND settled."column" = '{Column.FINAL}'
        AND scoring_season.id = scoring_scorecard.season_id
        AND scoring_season.phase = '{Phase.SETTLEMENT}'
        AND settled.seat_id IS NULL AND settled.rests_on IS NULL
        AND NOT EXISTS (
            SELECT FROM scoring_filing
            WHERE card_id = settled.card_id AND "column" = '{Column.FINAL}'
                AND sent_at > settled.at
        )
        AND EXISTS (
            SELECT FROM blocks_change
            WHERE "table" = 'scoring_entry' AND "row" = settled.id::text AND act = 'update'
                AND jsonb_typeof(before -> 'rests_on') = 'object'
                AND before ?| ARRAY['actual', 'target', 'points', 'level']
                AND jsonb_typeof(after -> 'rests_on') = 'null'
                AND coalesce((after ->> 'at')::timestamptz, settled.at) = settled.at
        )
    ORDER BY asked."order", asked.id
)"""  # noqa: S608
