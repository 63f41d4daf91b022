"""What one column says on one line of one card, and the staff figures beside the lines."""

from collections.abc import Collection, Iterable, Mapping
from decimal import Decimal
from typing import Any, Self

from django.db import models
from django.db.models import F, Func, OuterRef, Q
from django.db.models.expressions import RawSQL
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from blocks import clock
from blocks.models import Seat
from blocks.numbers import show
from blocks.rows import ManyRows
from scoring.methods import Method
from scoring.models import card_sql
from scoring.models.scale import Criterion
from scoring.phases import Column

NUMBERS = ("actual", "target", "points")
FACTS = (*NUMBERS, "level")
SAID = (*FACTS, "estimated", "note")


class EntryQuerySet(models.QuerySet["Entry"]):
    """Questions about what columns say."""

    def with_found(self, uninspected: Collection[int]) -> Self:
        """Add ``said`` and ``found``: what each says, and what was found there (``facts_said``),
        or claimed where nobody inspected: on the cards of these keys."""
        found = card_sql.found("scoring_entry", "scoring_entry.card_id = ANY(%s)")
        return self.annotate(
            said=RawSQL(card_sql.said("scoring_entry"), (), models.JSONField()),
            found=RawSQL(found, (list(uninspected),), models.JSONField()),
        )

    def otherwise(self, uninspected: Collection[int], besides: Collection[int]) -> Self:
        """Keep what says something else than was found there, and whatever is said on the lines
        ``besides``; add both as ``with_found`` does."""
        sql = card_sql.differs("scoring_entry", "scoring_entry.card_id = ANY(%s)")
        differs = Q(RawSQL(sql, (list(uninspected),), models.BooleanField()))
        return self.with_found(uninspected).filter(differs | Q(criterion__in=besides))

    def changed_since(self, moment: str) -> Self:
        """Keep what says something else than at a moment of the query around, by its name: what was
        written since and then as it was before is left out."""
        since = OuterRef(moment)
        otherwise = Func(
            F("pk"),
            since,
            template=card_sql.SAYS_OTHERWISE,
            output_field=models.BooleanField(),
        )
        return self.filter(otherwise, at__gt=since)

    def settled_by_hand(self) -> Self:
        """Keep what was settled otherwise than by taking over the findings, with ``settled``."""
        return self.settled().filter(rests_on__isnull=False)

    def settled(self) -> Self:
        """Keep what is settled; add ``said`` and ``found`` as above, with the cards that nobody
        inspected by now."""
        found = card_sql.found("scoring_entry", card_sql.not_inspected("scoring_entry.card_id"))
        return self.filter(column=Column.FINAL).annotate(
            said=RawSQL(card_sql.said("scoring_entry"), (), models.JSONField()),
            found=RawSQL(found, (), models.JSONField()),
        )


class Entry(ManyRows):
    """What one column says on one line of one card: facts, not points.

    ``seat`` is none where settlement took over what was found: nobody settled it. ``rests_on`` is
    what was found when a line was settled otherwise (``facts_said``): none where only the reason
    was given of what was taken over.
    """

    card = models.ForeignKey("scoring.Scorecard", models.PROTECT, related_name="entries")
    criterion = models.ForeignKey(Criterion, models.PROTECT, related_name="entries")
    column = models.CharField(max_length=10, choices=Column)
    actual = models.DecimalField(max_digits=20, decimal_places=4, null=True)
    target = models.DecimalField(max_digits=20, decimal_places=4, null=True)
    level = models.CharField(max_length=40, blank=True)
    points = models.DecimalField(max_digits=10, decimal_places=4, null=True)
    estimated = models.BooleanField(default=False)
    note = models.CharField(max_length=1000, blank=True)
    seat = models.ForeignKey(Seat, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField(default=clock.now)
    rests_on = models.JSONField(null=True)
    said: dict[str, str]  # where ``with_found`` added it, as is the next
    found: dict[str, str]

    objects = EntryQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                "card", "criterion", "column", name="a_column_says_one_thing_on_a_line"
            ),
            models.CheckConstraint(
                name="an_entry_s_column_is_known",
                condition=Q(column__in=["target", "interim", "claimed", "found", "final"]),
            ),
            models.CheckConstraint(
                name="a_figure_is_not_below_zero",
                condition=(Q(actual__isnull=True) | Q(actual__gte=0))
                & (Q(target__isnull=True) | Q(target__gte=0))
                & (Q(points__isnull=True) | Q(points__gte=0)),
                violation_error_message=gettext_lazy("A figure is not below zero."),
            ),
            models.CheckConstraint(
                name="only_what_settlement_took_over_was_said_by_nobody",
                condition=Q(column="final") | Q(seat__isnull=False, rests_on__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.card} {self.criterion.code} {self.column}"

    @property
    def says(self) -> bool:
        """Whether any fact is given."""
        return any(getattr(self, name) not in (None, "") for name in FACTS)

    @property
    def is_estimate(self) -> bool:
        """Whether a fact is given, and marked as an estimate."""
        return self.estimated and self.says

    def fills(self, criterion: Criterion, column: Column, base: Decimal | None) -> bool:
        """Tell whether every fact that the line asks of this column is given.

        ``base`` is what was registered or the scale fixes: where there is none, it is asked too.
        """
        wanted: Iterable[str] = ("target",) if column == Column.TARGET else criterion.takes
        if column != Column.TARGET and base is not None:
            wanted = [name for name in wanted if name != "target"]
        if self.level and criterion.points_of(self.level) is None:
            return False  # an amended scale has no such level
        return all(getattr(self, name) not in (None, "") for name in wanted)

    def differs_from(self, other: "Entry", base: Decimal | None = None) -> bool:
        """Tell whether the facts are not the same, of which a stated base is none where another
        counts: ``base``, registered or fixed by the scale."""
        facts = FACTS if base is None else [name for name in FACTS if name != "target"]
        return any(getattr(self, name) != getattr(other, name) for name in facts)

    def repeats(self, other: "Entry") -> bool:
        """Tell whether the facts are the same, and as certain."""
        return not self.differs_from(other) and self.estimated == other.estimated

    def hold(self, said: Mapping[str, str]) -> None:
        """Take over facts that were kept as text by field (``facts_said``), unsaved."""
        for name, fact in kept(said).items():
            setattr(self, name, fact)

    def copy_to(self, column: Column, seat: Seat | None) -> "Entry":
        """Return an unsaved entry of another column that says the same."""
        return Entry(
            card_id=self.card_id,
            criterion_id=self.criterion_id,
            column=column,
            seat=seat,
            at=clock.now(),
            estimated=self.estimated,
            **{name: getattr(self, name) for name in FACTS},
        )


def facts_said(entry: Entry | None) -> dict[str, str]:
    """Return what an entry says as text by field, as explanations keep it; empty when nothing."""
    given = {name: getattr(entry, name) for name in FACTS} if entry else {}
    return {
        name: f"{fact:.4f}" if isinstance(fact, Decimal) else str(fact)
        for name, fact in given.items()
        if fact not in (None, "")
    }


def kept(said: Mapping[str, str] | None) -> dict[str, Any]:
    """Return the facts that were kept as text by field, each as its field holds it."""
    given = {name: text for name, text in (said or {}).items() if text}
    numbers = {name: Decimal(given[name]) if name in given else None for name in NUMBERS}
    return numbers | {"level": given.get("level", "")}


def said_of(entry: Entry | None) -> str:
    """Write the facts of an entry as short text: ``49/50``, ``T``, ``2``; ``–`` when none."""
    if entry is None or not entry.says:
        return "–"
    if entry.level:
        return entry.level
    figures = [show(n) for n in (entry.actual, entry.target, entry.points) if n is not None]
    return "/".join(figures)


def words_of(criterion: Criterion, entry: Entry, base: Decimal | None) -> str:
    """Return the facts of an entry as one reads them: ``9/10 cuộc``, ``Có``, ``T``.

    ``base`` is the one that counts (``Scorecard.base_beside``).
    """
    if criterion.method == Method.PASS_FAIL:
        return _("Yes") if entry.actual else _("No")
    if entry.level:
        return entry.level
    if entry.points is not None:
        return show(entry.points)
    figures = [entry.actual, *([base] if "target" in criterion.takes else [])]
    words = "/".join("–" if number is None else show(number) for number in figures)
    return f"{words} {criterion.measure}".strip()


class StaffFigures(models.Model):
    """A unit's people in the year: the base of the collective titles (Law 06/2022, Art. 27, 28)."""

    card = models.OneToOneField("scoring.Scorecard", models.PROTECT, related_name="staff_figures")
    people = models.PositiveIntegerField(gettext_lazy("people"), null=True)
    advanced = models.PositiveIntegerField(gettext_lazy("advanced workers"), null=True)
    fighters = models.PositiveIntegerField(gettext_lazy("base-level emulation fighters"), null=True)
    all_completed = models.BooleanField(gettext_lazy("everybody completed the tasks"), null=True)
    seat = models.ForeignKey(Seat, models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="advanced_workers_and_fighters_are_among_the_people",
                condition=Q(advanced__lte=F("people")) & Q(fighters__lte=F("people")),
                violation_error_message=gettext_lazy(
                    "Advanced workers and fighters cannot be more than the people."
                ),
            )
        ]

    def __str__(self) -> str:
        return f"{self.card}: {self.advanced}/{self.people}"

    FIGURES = ("people", "advanced", "fighters", "all_completed")

    @property
    def complete(self) -> bool:
        """Whether every figure is given."""
        return all(getattr(self, name) is not None for name in self.FIGURES)
