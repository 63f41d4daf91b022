"""What the block's cards come to, side by side: totals, sections, ranks and classes."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from scoring.methods import Facts, Method, Race, frontrunner_race
from scoring.phases import COLUMN_PHASE, OWNED, STEPS, Column, Part, Phase
from scoring.ranking import Contender, TieRule, classify, rank
from scoring.totals import Total

if TYPE_CHECKING:
    from blocks.models import User
    from scoring.models import Criterion, Scorecard, Season


BOARDS = (Column.TARGET, Column.CLAIMED, Column.FOUND, Column.FINAL)  # what is compared, its bases


@dataclass(frozen=True, slots=True)
class Figures:
    """What one card came to, as it is now or as it was fixed. ``sections`` are by code, raw."""

    main: Decimal
    bonus: Decimal
    penalty: Decimal
    total: Decimal
    sections: Mapping[str, Decimal]
    rank: int | None = None
    grade: str = ""
    decided_by: str = ""
    unranked_because: str = ""


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

    @property
    def figures(self) -> Figures:
        """What the card comes to now, as a standing would keep it."""
        return Figures(
            main=self.total.main,
            bonus=self.total.bonus,
            penalty=self.total.penalty,
            total=self.total.total,
            sections=self.sections,
            rank=self.rank,
            grade=self.grade,
            decided_by=self.decided_by or "",
            unranked_because=self.unranked_because,
        )


@dataclass(frozen=True, slots=True)
class Board:
    """The cards of a season in one column, ranked; unranked ones stand last."""

    season: "Season"
    column: Column
    rows: list[Row]

    @classmethod
    def of(
        cls, season: "Season", column: Column, cards: "Sequence[Scorecard] | None" = None
    ) -> "Board":
        """Compute the board, in a fixed number of queries however many units and lines.

        ``cards`` are those of ``cards_of``, where they were fetched already.
        """
        cards = cards_of(season) if cards is None else cards
        races = races_of(season, cards, column)
        rows = [_row(card, card.total(column, races)) for card in cards]
        unranked = season.unranked
        for row in rows:
            if waiver := unranked.get(row.card.unit_id):
                row.unranked_because = waiver.because
        _rank(season, [row for row in rows if not row.unranked_because])
        rows.sort(key=lambda row: (row.rank is None, row.rank or 0, row.card.official_order))
        return cls(season, column, rows)


@dataclass(frozen=True, slots=True)
class Effect:
    """What one line did to its card, before and after: totals in points, ranks or none."""

    totals: tuple[Decimal, Decimal]
    ranks: tuple[int | None, int | None]


def effect_of(  # noqa: PLR0913 -- what is compared with what
    card: "Scorecard",
    criterion: "Criterion",
    column: Column,
    before: Mapping[str, str],
    *,
    after: Mapping[str, str] | None = None,
    cards: "Sequence[Scorecard] | None" = None,
) -> Effect:
    """Compare the board had the line stayed as ``before`` says with what it is now, or would be
    with ``after``.

    Both hold facts as text by field (``facts_said``); ``cards`` are those of ``cards_of``, where
    they were fetched already: they are left as they were.
    """
    season = card.season
    cards = cards_of(season) if cards is None else cards
    own = next(each for each in cards if each.pk == card.pk)
    entry = own.entries_by_place[criterion.pk, column]

    def row(said: Mapping[str, str] | None) -> Row:
        if said is not None:
            entry.hold(said)
        return next(row for row in Board.of(season, column, cards).rows if row.card is own)

    stands = {name: getattr(entry, name) for name in Facts._fields}
    now, was = row(after), row(before)
    for name, fact in stands.items():
        setattr(entry, name, fact)
    return Effect((was.total.total, now.total.total), (was.rank, now.rank))


def cards_of(
    season: "Season", columns: Iterable[Column] = BOARDS, *, changes: bool = False
) -> "list[Scorecard]":
    """Return the season's cards in official order, with all that a board asks of them; with the
    ``changes`` on which their units are still heard, where it tells them."""
    found = season.cards.of_season(season, columns).with_settler().with_inspecting()
    found = found.with_unsettled().prefetch_related("filings")
    cards = list(found.with_changes() if changes else found)
    units = {card.unit_id: card.unit for card in cards}
    for card in cards:
        card.season = season  # one scale, one set of lines for all
    for waiver in season.excuses.values():
        if waiver.unit_id in units:
            waiver.unit = units[waiver.unit_id]  # its name was fetched
    return cards


def may_read(user: "User", card: "Scorecard", column: Column) -> bool:
    """Tell whether the user may read this column of the card on boards and in derivations.

    Beside what the card itself lets read (the table of phases): one's own unit sees what is being
    settled, and whoever acts for the head, or the officer, sees every card while the ranking is
    made.
    """
    season = card.season
    is_ranked = column == Column.FINAL and season.has_reached(Phase.SETTLEMENT)
    if is_ranked and (user.seat_at(card.unit) or season.office_seat(user)):
        return True
    return card.may_read(user, column)


def own_columns(user: "User", card: "Scorecard") -> tuple[Column, ...]:
    """Return the columns that the user's unit fills of its own card: what backs them it always
    reads, also in a year that went back before their phase."""
    return OWNED if user.seat_at(card.unit) else ()


def may_hear(user: "User", card: "Scorecard") -> bool:
    """Tell whether the user may read what was explained on the card, and what was answered.

    In a year that went back before the settlement that stays with those who wrote and answered it,
    and the office.
    """
    own = user.seat_at(card.unit) or card.seat_for(user, Column.FINAL)
    return bool(own or may_read(user, card, Column.FINAL) or card.season.office_seat(user))


def may_compare(user: "User", card: "Scorecard", column: Column) -> bool:
    """Tell whether the user sees this column of the card on the board.

    Others' figures stand on the board from settlement on, one's own from its own phase on.
    """
    own = user.seat_at(card.unit) is not None
    return (own or card.season.has_reached(Phase.SETTLEMENT)) and may_read(user, card, column)


def races_in(season: "Season", column: Column) -> Mapping[Any, Race]:
    """Return the season's races as ``races_of``; fetches the cards only if there is a race."""
    if not any(line.method == Method.FRONTRUNNER for line in season.criteria):
        return {}
    return races_of(season, cards_of(season), column)


def races_of(season: "Season", cards: "Sequence[Scorecard]", column: Column) -> Mapping[Any, Race]:
    """Return the race to the frontrunner on each line that has one, once it may be known.

    A race tells of others' figures: it is run when everybody may read the column, which nobody
    may while it is being filled; of an owner's column also only when all have sent it. Waived
    cards, and those to which the line is not assigned, do not run. A race in which somebody's
    facts are missing is not complete, and its lines say so.
    """
    lines = [line for line in season.criteria if line.method == Method.FRONTRUNNER]
    unranked = season.unranked if lines else {}
    runners = [card for card in cards if card.unit_id not in unranked]
    if not lines or not _may_be_known(season, runners, column):
        return {}
    facts = {card.pk: card.facts(column) for card in runners}
    exempt = {card.pk: card.left_out for card in runners}
    sections = {line.pk: line.parent_id for line in season.criteria}
    return {
        line.pk: frontrunner_race(
            {
                key: said[line.pk]
                for key, said in facts.items()
                if not exempt[key] & set(_with_sections(line.pk, sections))
            }
        )
        for line in lines
    }


def _with_sections(line: int, sections: Mapping[int, int | None]) -> Iterator[int]:
    """Yield the line and the sections it stands in: not assigning one of them leaves it out."""
    place: int | None = line
    while place is not None:
        yield place
        place = sections[place]


def _may_be_known(season: "Season", cards: "Iterable[Scorecard]", column: Column) -> bool:
    if column == Column.FINAL:
        return season.has_reached(Phase.SETTLEMENT)
    if column not in season.step.reads:
        return False
    owned = STEPS[COLUMN_PHASE[column]].by is Part.OWNER
    return not owned or all(card.filing(column).is_sent for card in cards)


def _row(card: "Scorecard", total: Total) -> Row:
    tops = [line for line in card.season.criteria if line.is_section and not line.parent_id]
    return Row(card, total, {c.code: total.scores[c.pk].points or Decimal(0) for c in tops})


def _rank(season: "Season", rows: list[Row]) -> None:
    rules = [TieRule.parse(text) for text in season.rules.tie_rules]
    asked = {rule.code for rule in rules}
    criteria = [criterion for criterion in season.criteria if criterion.code in asked]
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
    for place in rank(contenders, rules):
        row = by_key[place.key]
        row.rank, row.decided_by = place.rank, place.decided_by
        row.grade = classify(row.total.total, classes)


def _measures(row: Row, criteria: "Iterable[Criterion]") -> dict[str, Fraction | Decimal]:
    """Return what tie rules compare: points ÷ the maximum, or points where there is none.

    A line that is not assigned is left out: no tie rule can be asked of it.
    """
    measures: dict[str, Fraction | Decimal] = {}
    for criterion in criteria:
        score, share = row.total.scores[criterion.pk], row.total.share(criterion.pk)
        if score.assigned:
            measures[criterion.code] = score.points or Decimal(0) if share is None else share
    return measures
