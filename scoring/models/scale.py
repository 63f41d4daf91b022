"""What a season scores: the versioned tree of criteria with maxima and methods."""

from collections.abc import Sequence
from decimal import Decimal
from functools import cached_property
from typing import TYPE_CHECKING, Any, Self

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import F, Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from blocks import clock
from scoring.methods import METHODS, Method, Rule, WhenNothingDue
from scoring.models.season import Season
from scoring.phases import Phase
from scoring.totals import Line, faults_of_scale

if TYPE_CHECKING:
    from blocks.models import Seat
    from scoring.scale_files import ScaleFile


class Denominator(models.TextChoices):
    """Where the base of a ratio comes from."""

    REGISTERED = "registered", gettext_lazy("as registered")
    STATED = "stated", gettext_lazy("given with the result")
    FIXED = "fixed", gettext_lazy("fixed by the scale")


class EvidenceNeed(models.TextChoices):
    """Whether a line wants evidence."""

    NONE = "none", gettext_lazy("not asked for")
    OPTIONAL = "optional", gettext_lazy("optional")
    REQUIRED = "required", gettext_lazy("required")


class Scale(models.Model):
    """One version of a season's point scale."""

    season = models.ForeignKey(Season, models.CASCADE, related_name="scales")
    version = models.PositiveSmallIntegerField(default=1)
    code = models.CharField(gettext_lazy("code"), max_length=40, blank=True)
    name = models.CharField(gettext_lazy("name"), max_length=200)
    total = models.DecimalField(
        gettext_lazy("total"), max_digits=8, decimal_places=2, default=Decimal(100)
    )
    bonus_cap = models.DecimalField(
        gettext_lazy("cap over all bonus"), max_digits=8, decimal_places=2, null=True, blank=True
    )
    places = models.PositiveSmallIntegerField(gettext_lazy("decimal places"), default=2)
    classification = models.JSONField(gettext_lazy("classes"), default=list)
    locked_at = models.DateTimeField(null=True, editable=False)
    locked_by = models.ForeignKey(
        "blocks.Seat", models.PROTECT, null=True, related_name="+", editable=False
    )

    class Meta:
        ordering = ["season", "-version"]
        constraints = [
            models.UniqueConstraint("season", "version", name="a_scale_s_version_is_unique"),
            models.CheckConstraint(
                name="a_scale_rounds_to_at_most_four_places", condition=Q(places__lte=4)
            ),
            models.CheckConstraint(
                name="a_scale_s_total_is_above_zero",
                condition=Q(total__gt=0),
                violation_error_message=gettext_lazy("The total must be above zero."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.version})"

    @classmethod
    @transaction.atomic
    def from_file(cls, season: Season, file: "ScaleFile") -> "Scale":
        """Make the next version of the season's scale from a file that was read."""
        scale: Scale = season.add_scale(
            code=file.code,
            name=file.name,
            total=file.total,
            bonus_cap=file.bonus_cap,
            places=file.places,
            classification=[[str(bound), name] for bound, name in file.classification],
        )
        by_code: dict[str, Criterion] = {}
        for order, line in enumerate(file.lines):
            criterion = Criterion.from_rule(line.rule)
            criterion.scale, criterion.order = scale, order
            criterion.code, criterion.name = line.code, line.name
            criterion.parent = by_code[line.parent] if line.parent else None
            criterion.of = by_code[str(line.rule.of)] if line.rule.of else None
            criterion.denominator, criterion.fixed_target = line.denominator, line.base
            criterion.measure = line.measure
            criterion.actual_label, criterion.target_label = line.done_label, line.base_label
            criterion.evidence = (
                EvidenceNeed.REQUIRED if line.evidence else EvidenceNeed.OPTIONAL
            )
            criterion.save()
            by_code[line.code] = criterion
        rules = season.rules
        rules.tie_rules = [str(rule) for rule in file.tie_rules]
        rules.save(update_fields=["tie_rules"])
        return scale

    @cached_property
    def criteria_in_order(self) -> list["Criterion"]:
        """All lines, sections before their children."""
        return list(self.criteria.all())

    @cached_property
    def lines(self) -> list[Line]:
        """The lines as the computing modules take them."""
        return [criterion.line for criterion in self.criteria_in_order]

    @property
    def classes(self) -> list[tuple[Decimal, str]]:
        """The classes as pairs of lower bound and name, highest first."""
        return [(Decimal(bound), name) for bound, name in self.classification]

    @property
    def faults(self) -> list[str]:
        """Why the scale cannot be locked, each a sentence."""
        return [str(fault) for fault in faults_of_scale(self.lines, self.total)]

    @transaction.atomic
    def lock(self, by: "Seat") -> None:
        """Lock the scale for the season; raises ValidationError with every fault of its sums."""
        season = self.season.locked()
        if season.phase != Phase.PLANNING:
            raise ValidationError(_("The scale is locked only while planning."))
        if self.locked_at:
            raise ValidationError(_("This scale is locked already."))
        if not self.criteria_in_order:
            raise ValidationError(_("The scale has no lines yet."))
        if faults := self.faults:
            raise ValidationError(faults)
        self.locked_at, self.locked_by = clock.now(), by
        self.save(update_fields=["locked_at", "locked_by"])
        season.scale = self
        season.save(update_fields=["scale"])

    @transaction.atomic
    def amended(self) -> "Scale":
        """Begin the next version as a copy of this one, to be changed and locked anew."""
        copy = self.season.add_scale(
            **{
                name: getattr(self, name)
                for name in ("code", "name", "total", "bonus_cap", "places", "classification")
            }
        )
        twins: dict[int, Criterion] = {}
        for old in self.criteria.all():
            new = Criterion.objects.get(pk=old.pk)
            new.pk, new._state.adding, new.scale = None, True, copy
            new.parent = twins.get(old.parent_id) if old.parent_id else None
            new.of = twins.get(old.of_id) if old.of_id else None
            new.save()
            twins[old.pk] = new
        return copy


class CriterionQuerySet(models.QuerySet["Criterion"]):
    """Questions about criteria."""

    def fillable(self) -> Self:
        """Keep the lines that take a fact from somebody."""
        return self.exclude(method__in=[m for m in Method if not METHODS[m].takes])


class Criterion(models.Model):
    """One line of a scale: its maximum, its method, and the numbers the method uses."""

    scale = models.ForeignKey(Scale, models.CASCADE, related_name="criteria")
    parent = models.ForeignKey(
        "self", models.CASCADE, null=True, blank=True, related_name="children"
    )
    order = models.PositiveSmallIntegerField(default=0)
    code = models.CharField(gettext_lazy("code"), max_length=20)
    name = models.CharField(gettext_lazy("criterion"), max_length=400)
    method = models.CharField(gettext_lazy("method"), max_length=20, choices=Method)
    max = models.DecimalField(
        gettext_lazy("maximum"), max_digits=8, decimal_places=2, null=True, blank=True
    )
    measure = models.CharField(gettext_lazy("unit of measure"), max_length=40, blank=True)
    actual_label = models.CharField(
        gettext_lazy("what was done is called"), max_length=80, blank=True
    )
    target_label = models.CharField(gettext_lazy("the base is called"), max_length=80, blank=True)
    denominator = models.CharField(
        gettext_lazy("base"), max_length=10, choices=Denominator, default=Denominator.STATED
    )
    fixed_target = models.DecimalField(
        gettext_lazy("fixed base"), max_digits=20, decimal_places=4, null=True, blank=True
    )
    when_nothing_due = models.CharField(
        gettext_lazy("when nothing was due"),
        max_length=12,
        choices=WhenNothingDue,
        default=WhenNothingDue.NOT_ASSIGNED,
    )
    each = models.DecimalField(
        gettext_lazy("points each"), max_digits=10, decimal_places=4, null=True, blank=True
    )
    penalty_each = models.DecimalField(
        gettext_lazy("points taken each"), max_digits=10, decimal_places=4, null=True, blank=True
    )
    floor = models.DecimalField(
        gettext_lazy("least points"), max_digits=8, decimal_places=2, default=Decimal(0)
    )
    cap = models.DecimalField(
        gettext_lazy("cap of the ratio"), max_digits=8, decimal_places=4, default=Decimal(1)
    )
    tiers = models.JSONField(gettext_lazy("tiers"), default=list, blank=True)
    levels = models.JSONField(gettext_lazy("levels"), default=list, blank=True)
    of = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=gettext_lazy("line it looks at"),
    )
    bonus = models.BooleanField(gettext_lazy("bonus"), default=False)
    penalty = models.BooleanField(gettext_lazy("penalty"), default=False)
    evidence = models.CharField(
        gettext_lazy("evidence"), max_length=10, choices=EvidenceNeed, default=EvidenceNeed.OPTIONAL
    )

    objects = CriterionQuerySet.as_manager()

    class Meta:
        ordering = ["order", "pk"]
        constraints = [
            models.UniqueConstraint(
                "scale",
                "code",
                name="a_criterion_s_code_is_unique_in_its_scale",
                violation_error_message=gettext_lazy("Another line of the scale has this code."),
            ),
            models.CheckConstraint(
                name="a_criterion_s_method_is_known", condition=Q(method__in=Method.values)
            ),
            models.CheckConstraint(
                name="a_line_is_not_both_bonus_and_penalty",
                condition=~Q(bonus=True, penalty=True),
                violation_error_message=gettext_lazy("A line is a bonus or a penalty, not both."),
            ),
            models.CheckConstraint(
                name="a_maximum_is_not_below_zero",
                condition=Q(max__isnull=True) | Q(max__gte=0),
                violation_error_message=gettext_lazy("The maximum is not below zero."),
            ),
            models.CheckConstraint(
                name="a_fixed_base_is_stated_by_the_scale",
                condition=~Q(denominator="fixed") | Q(fixed_target__isnull=False),
                violation_error_message=gettext_lazy("State the fixed base."),
            ),
            models.CheckConstraint(
                name="a_criterion_is_not_its_own_parent",
                condition=Q(parent__isnull=True) | ~Q(parent=F("id")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.name}"

    @classmethod
    def from_rule(cls, rule: Rule) -> "Criterion":
        """Return an unsaved line with the numbers of a rule (its place in the tree apart)."""
        return cls(
            method=rule.method,
            max=rule.max,
            cap=rule.cap,
            each=rule.each,
            penalty_each=rule.penalty_each,
            floor=rule.floor,
            tiers=[[str(bound), str(points)] for bound, points in rule.tiers],
            levels=[[level, str(points)] for level, points in rule.levels],
            when_nothing_due=rule.when_nothing_due,
            bonus=rule.bonus,
            penalty=rule.penalty,
        )

    @property
    def rule(self) -> Rule:
        """The line's rule as the methods take it."""
        return Rule(
            method=Method(self.method),
            max=self.max,
            places=self.scale.places,
            cap=self.cap,
            each=self.each,
            penalty_each=self.penalty_each,
            floor=self.floor,
            tiers=tuple((Decimal(bound), Decimal(points)) for bound, points in self.tiers),
            levels=tuple((level, Decimal(points)) for level, points in self.levels),
            when_nothing_due=WhenNothingDue(self.when_nothing_due),
            of=self.of_id,
            bonus=self.bonus,
            penalty=self.penalty,
        )

    @property
    def line(self) -> Line:
        """The line as the computing modules take it, under its key."""
        return Line(key=self.pk, parent=self.parent_id, code=self.code, rule=self.rule)

    @property
    def is_section(self) -> bool:
        """Whether it only sums its children."""
        return self.method == Method.SECTION

    @property
    def takes(self) -> Sequence[str]:
        """Which facts the line takes from whoever fills it, of ``Entry``'s fields."""
        return METHODS[Method(self.method)].takes

    @property
    def wants_target(self) -> bool:
        """Whether a base is registered at the start of the year and only read afterwards."""
        return "target" in self.takes and self.denominator == Denominator.REGISTERED

    def points_of(self, level: str) -> Any:
        """Return the points of a level, or nothing."""
        return dict(self.rule.levels).get(level)
