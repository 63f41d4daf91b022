"""What the block's cards come to, side by side: totals, sections, ranks and classes."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from scoring.methods import Method, frontrunner_race
from scoring.phases import Column, FilingState
from scoring.ranking import Contender, TieRule, classify, rank
from scoring.totals import Total

if TYPE_CHECKING:
    from scoring.models import Criterion, Scorecard, Season


@dataclass(slots=True)
class Row:
    """One card on the board. ``sections`` are raw points of the top sections, by code."""

    card: "Scorecard"
    total: Total
    sections: dict[str, Decimal]
    rank: int | None = None
    grade: str = ""
    decided_by: str | None = None
    unranked_because: str = ""
    tied_with: tuple[Any, ...] = field(default=())


@dataclass(frozen=True, slots=True)
class Board:
    """The cards of a season in one column, ranked; unranked ones stand last."""

    season: "Season"
    column: Column
    rows: list[Row]

    @classmethod
    def of(cls, season: "Season", column: Column) -> "Board":
        """Compute the board: four queries, however many units and lines."""
        cards = list(season.cards.of_season(season).prefetch_related("filings"))
        for card in cards:
            card.season = season  # one scale, one set of lines for all
        races = races_of(season, cards, column)
        rows = [_row(card, card.total(column, races)) for card in cards]
        waived = {waiver.unit_id: waiver.reason for waiver in season.waivers.all()}
        for row in rows:
            row.unranked_because = waived.get(row.card.unit_id, "")
        _rank(season, [row for row in rows if not row.unranked_because])
        rows.sort(key=lambda row: (row.rank is None, row.rank or 0, row.card.official_order))
        return cls(season, column, rows)


def races_of(season: "Season", cards: "list[Scorecard]", column: Column) -> Mapping[Any, Any]:
    """Return the race to the frontrunner on each line that has one, once all cards have filed."""
    lines = [
        criterion
        for criterion in (season.scale.criteria_in_order if season.scale else [])
        if criterion.method == Method.FRONTRUNNER
    ]
    if not lines or not all(_has_filed(card, column) for card in cards):
        return {}
    facts = {card.pk: card.facts(column) for card in cards}
    return {
        criterion.pk: frontrunner_race({key: said[criterion.pk] for key, said in facts.items()})
        for criterion in lines
    }


def _has_filed(card: "Scorecard", column: Column) -> bool:
    return column == Column.FINAL or any(
        filing.column == column and filing.state == FilingState.SENT
        for filing in card.filings.all()
    )


def _row(card: "Scorecard", total: Total) -> Row:
    tops = [c for c in card.season.scale.criteria_in_order if c.is_section and not c.parent_id]
    return Row(card, total, {c.code: total.scores[c.pk].points or Decimal(0) for c in tops})


def _rank(season: "Season", rows: list[Row]) -> None:
    criteria = season.scale.criteria_in_order if season.scale else []
    contenders = [
        Contender(
            key=row.card.pk,
            total=row.total.total,
            sections=_measures(row, (c for c in criteria if c.is_section)),
            criteria=_measures(row, (c for c in criteria if not c.is_section)),
            penalties=row.total.penalty,
            sent_at=row.card.claim_sent_at,
        )
        for row in rows
    ]
    by_key = {row.card.pk: row for row in rows}
    classes = season.scale.classes if season.scale else []
    for place in rank(contenders, [TieRule.parse(text) for text in season.rules.tie_rules]):
        row = by_key[place.key]
        row.rank, row.decided_by, row.tied_with = place.rank, place.decided_by, place.tied_with
        row.grade = classify(row.total.total, classes)


def _measures(row: Row, criteria: "Iterable[Criterion]") -> dict[str, Fraction | Decimal]:
    """Return what tie rules compare: points ÷ the maximum, or points where there is none."""
    shares, scores = row.total.shares, row.total.scores
    return {c.code: shares.get(c.pk, scores[c.pk].points or Decimal(0)) for c in criteria}
