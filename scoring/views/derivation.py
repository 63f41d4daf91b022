"""How a number came about: the facts, the rule, its words, who entered them, what was said."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import path, reverse
from django.utils.translation import gettext as _

from blocks.models import User
from blocks.numbers import percent, show
from emulation.access import fetch
from emulation.http import Request
from scoring.answers import Answered, adjusted_on, explained_on
from scoring.board import may_read, races_in
from scoring.methods import METHODS, Method, Score, WhenNothingDue
from scoring.models import (
    Criterion,
    Denominator,
    Entry,
    Filing,
    Scorecard,
    said_of,
)
from scoring.phases import Column, Phase
from scoring.totals import Total

SCORED = (Column.INTERIM, Column.CLAIMED, Column.FOUND, Column.FINAL)


@dataclass(frozen=True, slots=True)
class Said:
    """What one column says on the line: the facts, the points, by whom, when, why."""

    label: str
    entry: Entry | None
    adjusted: Any  # what the meeting decided there, none where it decided nothing
    facts: str
    points: Decimal | None
    current: bool
    url: str
    taken_from: str = ""  # the column it was taken over from: nobody entered it


class Derivation:
    """One number of a card: a line's points, or without a line the total."""

    def __init__(
        self, card: Scorecard, user: User, column: Column, criterion: Criterion | None
    ) -> None:
        self.card, self.user, self.column, self.criterion = card, user, column, criterion
        self._totals: dict[Column, Total] = {}

    @property
    def places(self) -> int:
        """To how many places the scale rounds."""
        return self.card.season.scale.places if self.card.season.scale else 2

    def total_of(self, column: Column) -> Total:
        """Return what a column adds up to."""
        if column not in self._totals:
            races = races_in(self.card.season, column)
            self._totals[column] = self.card.total(column, races)
        return self._totals[column]

    @property
    def total(self) -> Total:
        """What the column adds up to."""
        return self.total_of(self.column)

    @property
    def score(self) -> Score | None:
        """The points of the line with their words."""
        return self.total.scores[self.criterion.pk] if self.criterion else None

    def points_of(self, column: Column, criterion: Criterion) -> Decimal | None:
        """Return what a line's points count in a column."""
        return criterion.counted(self.total_of(column).scores[criterion.pk].points)

    @property
    def points(self) -> Decimal | None:
        """What the line's points count."""
        return self.points_of(self.column, self.criterion) if self.criterion else None

    def url(self, column: Column, criterion: Criterion | None) -> str:
        """Return the address of another number of the card."""
        line = [criterion.pk] if criterion else []
        return reverse("show_derivation", args=[self.card.pk, column, *line])

    @property
    def total_url(self) -> str:
        """The address of the total."""
        return self.url(self.column, None)

    # The parts of a sum

    @property
    def parts(self) -> list[dict[str, Any]]:
        """The lines that are added up: a section's, or the top of the scale."""
        parent = self.criterion.pk if self.criterion else None
        if self.criterion and not self.criterion.is_section:
            return []
        return [
            {
                "criterion": line,
                "points": self.points_of(self.column, line),
                "url": self.url(self.column, line),
            }
            for line in self._lines
            if line.parent_id == parent
        ]

    @property
    def read_line(self) -> dict[str, Any] | None:
        """The line that this one reads, for over-fulfilment."""
        of = self.criterion.of_id if self.criterion else None
        line = next((line for line in self._lines if line.pk == of), None)
        return {"criterion": line, "url": self.url(self.column, line)} if line else None

    @property
    def _lines(self) -> list[Criterion]:
        return self.card.season.criteria

    # The facts

    @property
    def facts(self) -> list[tuple[str, str]]:
        """The facts of this column, each with what it is called."""
        if self.criterion is None:
            return []
        said = self.card.facts(self.column)[self.criterion.pk]
        takes = self.criterion.takes
        called = {
            "actual": self.criterion.actual_label or _("Done"),
            "target": self.criterion.target_label or _("Base"),
            "level": _("Level"),
            "points": _("Points given"),
        }
        written = {name: self._written(name, getattr(said, name)) for name in takes}
        if self.entry and self.entry.is_estimate:
            mark = _("estimate")
            written = {
                name: value if name == "target" or value == "–" else f"{value} ({mark})"
                for name, value in written.items()
            }
        return [(called[name], value) for name, value in written.items()]

    def _written(self, name: str, value: Any) -> str:
        if value is None or value == "":
            return "–"
        if name == "level":
            return str(value)
        if self.criterion and self.criterion.method == Method.PASS_FAIL:
            return _("yes") if value else _("no")
        measure = self.criterion.measure if self.criterion and name != "points" else ""
        return f"{show(value)} {measure}".strip()

    # The rule

    @property
    def rule(self) -> str:
        """The rule of the method, in words."""
        if self.criterion is None:
            return ""
        return str(METHODS[self.criterion.method].explanation)

    @property
    def parameters(self) -> list[tuple[str, str]]:
        """The numbers the scale gives the rule, each with what it is called."""
        return list(_parameters(self.criterion)) if self.criterion else []

    # Who said what

    @cached_property
    def entries(self) -> dict[str, Entry]:
        """What was said on the line, by column, with who said it."""
        if self.criterion is None:
            return {}
        said = self.card.entries.filter(criterion=self.criterion).select_related(
            "seat__person", "seat__unit", "seat__authority"
        )
        return {entry.column: entry for entry in said.prefetch_related("seat__unit__names")}

    @property
    def entry(self) -> Entry | None:
        """The entry of this column."""
        return self.entries.get(self.column)

    @property
    def said(self) -> list[Said]:
        """What every column says that the reader may read, in order."""
        if self.criterion is None or not self.criterion.takes:
            return []
        registered = self.criterion.wants_target and not self.card.unregistered
        columns = [*([Column.TARGET] if registered else []), *SCORED]
        return [
            self._said(column)
            for column in columns
            if column == self.column
            or (column in self.entries and may_read(self.user, self.card, column))
        ]

    def _said(self, column: Column) -> Said:
        entry = self.entries.get(column)
        scored = self.criterion is not None and column != Column.TARGET
        source = self.card.compared(column)
        return Said(
            label=str(column.label),
            entry=entry,
            adjusted=adjusted_on(self.card, self.criterion)
            if self.criterion and column == Column.FINAL
            else None,
            facts=self._facts(column),
            points=self.points_of(column, self.criterion) if self.criterion and scored else None,
            current=column == self.column,
            url=self.url(column, self.criterion) if scored else "",
            taken_from="" if source is None or entry is None or entry.seat else str(source.label),
        )

    def _facts(self, column: Column) -> str:
        """Write a column's facts as short text, the registered or fixed base beside them."""
        if self.criterion is None or column == Column.TARGET:
            return said_of(self.entries.get(column))
        said = self.card.facts(column)[self.criterion.pk]
        values = [(name, getattr(said, name)) for name in self.criterion.takes]
        given = [
            value if name == "level" else show(value)
            for name, value in values
            if value not in (None, "")
        ]
        return "/".join(given) or "–"

    @property
    def sent(self) -> list[Filing]:
        """Who sent the column, or confirmed or settled it, and when."""
        return [f for f in self.card.filings.all() if f.column == self.column and f.is_sent]

    @property
    def compared(self) -> Column | None:
        """The column this one is compared to, if the reader may read it."""
        other = self.card.compared(self.column)
        return other if other and may_read(self.user, self.card, other) else None

    @property
    def difference(self) -> Decimal | None:
        """The points less those of the column it is compared to."""
        if self.compared is None:
            return None
        if self.criterion is None:
            return self.total.total - self.total_of(self.compared).total
        before, now = (self.points_of(of, self.criterion) for of in (self.compared, self.column))
        return now - before if now is not None and before is not None else None

    @cached_property
    def explanations(self) -> list[Answered]:
        """What the unit explained on the line, and what was answered."""
        final = self.card.season.has_reached(Phase.SETTLEMENT)
        if self.criterion is None or not final:
            return []
        if not may_read(self.user, self.card, Column.FINAL):
            return []
        said = explained_on([self.card], self.user)
        return [each for each in said if each.criterion == self.criterion]


def _parameters(line: Criterion) -> Iterator[tuple[str, str]]:
    """Yield what the scale states for a line, as the reader is told it."""
    stated = (
        (_("Maximum"), line.max),
        (_("Points for each"), line.each),
        (_("Points taken off for each"), line.penalty_each),
    )
    yield from ((label, show(number)) for label, number in stated if number is not None)
    if line.bonus:
        yield _("Kind"), _("bonus, outside the scale's total")
    if line.penalty:
        yield _("Kind"), _("penalty, taken off the total")
    if line.method == Method.PROPORTIONAL and line.cap != 1:
        yield _("Counts up to"), percent(line.cap, 0)
    yield from _choices(line)
    yield from _base(line)


def _choices(line: Criterion) -> Iterator[tuple[str, str]]:
    if line.tiers:
        reached = [
            _("from %(bound)s%%: %(points)s") % {"bound": show(bound), "points": show(points)}
            for bound, points in line.rule.tiers
        ]
        yield _("Tiers"), "; ".join(reached)
    if line.levels:
        yield _("Levels"), "; ".join(f"{level}: {show(p)}" for level, p in line.rule.levels)


def _base(line: Criterion) -> Iterator[tuple[str, str]]:
    if "target" not in line.takes or line.method == Method.PLUS_MINUS:
        return
    called = str(Denominator(line.denominator).label)
    fixed = show(line.fixed_target) if line.fixed_target is not None else ""
    yield _("Where the base comes from"), f"{called} {fixed}".strip()
    yield _("When nothing was due"), str(WhenNothingDue(line.when_nothing_due).label)


def show_derivation(
    request: Request, pk: int, column: str, criterion: int | None = None
) -> HttpResponse:
    """Show how the points of a line, or the total, came about."""
    if column not in SCORED:
        raise Http404
    cards = Scorecard.objects.visible_to(request.user).for_sheet()
    card = fetch(request, cards, "scoring.view_card", pk=pk)
    if card.season.scale is None:
        raise Http404
    if not may_read(request.user, card, Column(column)):
        raise PermissionDenied(_("This column is not open to you yet."))
    lines = card.season.scale.criteria.all()
    line = get_object_or_404(lines, pk=criterion) if criterion else None
    if line:
        line.scale = card.season.scale
    how = Derivation(card, request.user, Column(column), line)
    context = {
        "how": how,
        "card": card,
        "season": card.season,
        "line": line,
        "column": Column(column).label,
    }
    return render(request, "scoring/derivation.html", context)


urls = [
    path("cards/<int:pk>/how/<str:column>/", show_derivation, name="show_derivation"),
    path(
        "cards/<int:pk>/how/<str:column>/<int:criterion>/",
        show_derivation,
        name="show_derivation",
    ),
]
