"""What a season scores: the versioned tree of criteria with maxima and methods."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import datetime
from decimal import Decimal
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple, Self

from django.contrib.postgres.expressions import ArraySubquery
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import Exists, F, OuterRef, Q, Subquery
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from blocks import clock, history
from blocks.numbers import show
from blocks.rows import ManyRows
from scoring.methods import METHODS, Facts, Method, Race, Rule, Score, WhenNothingDue, score
from scoring.models.season import Season
from scoring.phases import OWNED, Column, Phase
from scoring.totals import Line, Tree, faults_of_scale

if TYPE_CHECKING:
    from blocks.models import Seat, User
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


def said_on_lines() -> "tuple[type[models.Model], ...]":
    """Return the models of what cards say on lines: it goes on to those of an amended scale."""
    from scoring.models.entry import Entry  # noqa: PLC0415
    from scoring.models.evidence import Evidence  # noqa: PLC0415 -- cards come after scales
    from scoring.models.explanation import Explanation  # noqa: PLC0415

    return Entry, Evidence, Explanation


class ScaleQuerySet(models.QuerySet["Scale"]):
    """Questions about scales."""

    def amendments(self, user: "User") -> Self:
        """Keep the locked versions that took the place of an earlier one.

        Adds ``left``: the codes of the earlier lines on which what the user's units had said did
        not go on; and ``ended``, of those that did while the base given there counts no more.
        """
        locked = Scale.objects.filter(
            season=OuterRef("season"), version__lt=OuterRef("version"), locked_at__isnull=False
        ).order_by("-version")
        own = {"criterion": OuterRef("pk"), "card__unit__in": user.units}
        entries, evidence, explanations = (
            model._default_manager.filter(**own) for model in said_on_lines()
        )
        left = Criterion.objects.filter(
            Exists(entries.filter(column__in=OWNED))
            | Exists(evidence.filter(column__in=OWNED))
            | Exists(explanations),
            scale=OuterRef("earlier"),
        )
        otherwise = Criterion.objects.filter(
            ~Q(denominator=OuterRef("denominator")),
            scale=OuterRef(OuterRef("earlier")),
            code=OuterRef("code"),
        )
        based = entries.filter(column__in=OWNED, target__isnull=False)
        registered, stated = Q(column=Column.TARGET), ~Q(column=Column.TARGET)
        ended = Criterion.objects.filter(
            Exists(otherwise),
            ~Q(method=Method.PLUS_MINUS),  # which counts bad cases, and has no base
            ~Q(denominator=Denominator.REGISTERED) & Exists(based.filter(registered))
            | ~Q(denominator=Denominator.STATED) & Exists(based.filter(stated)),
            scale=OuterRef("pk"),
        )
        return (
            self.annotate(earlier=Subquery(locked.values("pk")[:1]))
            .filter(earlier__isnull=False, locked_at__isnull=False)
            .annotate(
                left=ArraySubquery(left.order_by("order").values("code")),
                ended=ArraySubquery(ended.order_by("order").values("code")),
            )
        )


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
    left: list[str] | None  # where ``amendments`` added it, as is the next
    ended: list[str] | None

    objects = ScaleQuerySet.as_manager()

    class Meta:
        ordering = ["season_id", "-version"]
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
        """Make the next version of the season's scale from a file that was read.

        Raises ValidationError with the line and the reason where a line does not fit, or when the
        season is not planning; nothing of the file is kept then.
        """
        _refuse_unless_it_fits(
            cls(
                code=file.code,
                name=file.name,
                total=file.total,
                bonus_cap=file.bonus_cap,
                classification=[[str(bound), name] for bound, name in file.classification]
                or [["0", ""]],
            ),
            file.code,
        )
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
            criterion.parent = by_code.get(line.parent or "")
            criterion.code, criterion.name = line.code, line.name
            criterion.denominator, criterion.fixed_target = line.denominator, line.base
            criterion.measure = line.measure
            criterion.actual_label, criterion.target_label = line.done_label, line.base_label
            criterion.evidence = EvidenceNeed.REQUIRED if line.evidence else EvidenceNeed.OPTIONAL
            _refuse_unless_it_fits(criterion, line.code)
            criterion.save()
            by_code[line.code] = criterion
        for line in file.lines:
            by_code[line.code].relate(
                by_code, parent=line.parent, of=str(line.rule.of) if line.rule.of else None
            )
        scale.renumber()
        if len(list(scale.walk())) < len(file.lines):
            raise ValidationError(_("A section of the file stands in itself."))
        if file.tie_rules:
            rules = season.rules
            rules.tie_rules = [str(rule) for rule in file.tie_rules]
            rules.save(update_fields=["tie_rules"])
        return scale

    @cached_property
    def criteria_in_order(self) -> list["Criterion"]:
        """All lines, sections before their children."""
        if self.locked_at is None:
            return list(self.criteria.all())
        agreed = _agreed(self.pk, self.locked_at)
        criteria = [Criterion.from_db(self._state.db, agreed.names, row) for row in agreed.rows]
        for criterion in criteria:
            criterion.scale = self
        return criteria

    @cached_property
    def lines(self) -> Tree:
        """The lines as the computing modules take them."""
        if self.locked_at is None:
            return Tree([criterion.line for criterion in self.criteria_in_order])
        return _agreed(self.pk, self.locked_at).lines

    @property
    def classes(self) -> list[tuple[Decimal, str]]:
        """The classes as pairs of lower bound and name, highest first."""
        return [(Decimal(bound), name) for bound, name in self.classification]

    @property
    def faults(self) -> list[str]:
        """Why the scale cannot be locked, each a sentence."""
        return [str(fault) for fault in faults_of_scale(self.lines, self.total)]

    @property
    def is_locked(self) -> bool:
        """Whether it was agreed and stays as it is."""
        return self.locked_at is not None

    @cached_property
    def tree(self) -> dict[int | None, list["Criterion"]]:
        """The lines by the section they stand in, in order; none for the top."""
        children: dict[int | None, list[Criterion]] = defaultdict(list)
        for criterion in self.criteria_in_order:
            children[criterion.parent_id].append(criterion)
        return children

    def walk(self, parent: int | None = None, depth: int = 0) -> Iterator[tuple["Criterion", int]]:
        """Yield every line with its depth, each section before its lines."""
        for criterion in self.tree.get(parent, []):
            yield criterion, depth
            yield from self.walk(criterion.pk, depth + 1)

    def within(self, criterion: "Criterion") -> set[int]:
        """Return the keys of a line and of all that stand in it."""
        return {criterion.pk} | {below.pk for below, _depth in self.walk(criterion.pk)}

    def added(self, section: "Criterion | None" = None) -> Decimal:
        """Return what the lines within a section, or within the scale, come to, from the innermost
        up; bonus and penalty stand outside."""
        lines = self.tree.get(section.pk if section else None, [])
        main = [line for line in lines if not (line.bonus or line.penalty)]
        return sum(
            (self.added(line) if line.is_section else line.max or Decimal(0) for line in main),
            Decimal(0),
        )

    def _forget(self) -> None:
        for name in ("criteria_in_order", "lines", "tree"):
            self.__dict__.pop(name, None)

    def refuse_unless_open(self) -> None:
        """Take the season's lock; raise ValidationError unless planning and still a draft.

        Locking a scale takes the same lock, so that no line slips in after its sums were checked.
        """
        if self.season.locked().phase != Phase.PLANNING:
            raise ValidationError(_("The scale is changed only while planning."))
        if Scale.objects.filter(pk=self.pk, locked_at__isnull=False).exists():
            raise ValidationError(_("The scale is locked; amend it instead."))

    @transaction.atomic
    def put(
        self, criterion: "Criterion", parent: "Criterion | None", after: "Criterion | None"
    ) -> None:
        """Save a line at its place: in a section (none: at the top), after a line (none: first).

        Raises ValidationError when the scale is locked, or a section would stand in itself.
        """
        self.refuse_unless_open()
        self._forget()
        if parent and criterion.pk and parent.pk in self.within(criterion):
            raise ValidationError(_("A section does not stand in itself."))
        criterion.scale, criterion.parent = self, parent
        criterion.save()
        self._forget()
        siblings = [line for line in self.tree[parent.pk if parent else None] if line != criterion]
        place = siblings.index(after) + 1 if after in siblings else 0
        siblings.insert(place, criterion)
        self.tree[parent.pk if parent else None] = siblings
        self.renumber()

    def renumber(self) -> None:
        """Number the lines as the tree reads: each section before its lines."""
        in_order = [criterion for criterion, _depth in self.walk()]
        for order, criterion in enumerate(in_order):
            criterion.order = order
        Criterion.objects.bulk_update(in_order, ["order"])
        self._forget()

    @transaction.atomic
    def take_out(self, criterion: "Criterion") -> None:
        """Take out a line with all that stands in it.

        Raises ValidationError when the scale is locked, or a line that stays reads one of them.
        """
        self.refuse_unless_open()
        self._forget()
        gone = self.within(criterion)
        for reader in self.criteria_in_order:
            if reader.of_id in gone and reader.pk not in gone:
                raise ValidationError(
                    _("Line %(code)s reads this line; take it out first."),
                    params={"code": reader.code},
                )
        Criterion.objects.filter(pk__in=gone).update(of=None)
        criterion.delete()
        self._forget()

    @transaction.atomic
    def lock(self, by: "Seat") -> None:
        """Lock the scale for the season; raises ValidationError with every fault of its sums.

        What was filled by an earlier version goes on to the lines of the same code.
        """
        season = self.season.locked()
        if season.phase != Phase.PLANNING:
            raise ValidationError(_("The scale is locked only while planning."))
        self.refresh_from_db(fields=["locked_at"])
        self._forget()
        if self.locked_at:
            raise ValidationError(_("This scale is locked already."))
        if not self.criteria_in_order:
            raise ValidationError(_("The scale has no lines yet."))
        if faults := self.faults:
            raise ValidationError(faults)
        history.acting_as(by)
        self.locked_at, self.locked_by = clock.now(), by
        self.save(update_fields=["locked_at", "locked_by"])
        if season.scale:
            self._take_over_from(season.scale)
        season.scale = self
        season.save(update_fields=["scale"])

    def _take_over_from(self, earlier: "Scale") -> None:
        """Lead what was said on an earlier version's lines to those of the same code here.

        A line that takes facts of another meaning now begins anew; what was said on it stays where
        it is, and an explanation there that waits lapses.
        """
        from scoring.models.explanation import Explanation  # noqa: PLC0415 -- comes after scales

        for model, heirs in self._heirs_by_model(earlier):
            for old, new in heirs.items():
                model._default_manager.filter(criterion=old).update(criterion=new)
        left = Explanation.objects.waiting().filter(criterion__scale=earlier)
        left.update(lapsed_at=clock.now())

    def _heirs_by_model(
        self, earlier: "Scale"
    ) -> Iterator[tuple[type[models.Model], dict["Criterion", "Criterion"]]]:
        """Yield what is said on lines with which lines of an earlier version lead it on, each with
        the one of its code here: what a unit is not asked it is not asked by another method
        either."""
        from scoring.models.exemption import Exemption  # noqa: PLC0415 -- comes after scales

        here = {criterion.code: criterion for criterion in self.criteria_in_order}
        pairs = ((old, here.get(old.code)) for old in earlier.criteria_in_order)
        of_code = {old: new for old, new in pairs if new}
        heirs = {old: new for old, new in of_code.items() if new.continues(old)}
        yield from ((model, heirs) for model in said_on_lines())
        yield Exemption, {old: new for old, new in of_code.items() if new.takes}

    def left_behind(self, earlier: "Scale") -> list["Criterion"]:
        """Return the lines of an earlier version on which something was said that does not go on
        here."""
        of_ends = (
            model._default_manager.filter(criterion__scale=earlier)
            .exclude(criterion__in=heirs)
            .order_by()
            .values_list("criterion")
            for model, heirs in self._heirs_by_model(earlier)
        )
        said = {key for (key,) in next(of_ends).union(*of_ends)}
        return [line for line in earlier.criteria_in_order if line.pk in said]

    def bases_ended(self, earlier: "Scale") -> list["Criterion"]:
        """Return the lines of an earlier version that go on here but take their base from
        elsewhere, and for which one was registered or stated: it counts no more."""
        entries, heirs = next(self._heirs_by_model(earlier))
        elsewhere = [
            old for old, new in heirs.items() if old.has_base and old.denominator != new.denominator
        ]
        given = entries._default_manager.filter(criterion__in=elsewhere, target__isnull=False)
        said = set(given.values_list("criterion", flat=True)) if elsewhere else set()
        return [line for line in elsewhere if line.pk in said]

    def amended(self) -> "Scale":
        """Begin the next version as a copy of this one, to be changed and locked anew."""
        return self.copy_to(self.season)

    @transaction.atomic
    def copy_to(self, season: Season) -> "Scale":
        """Begin a version of a season's scale as a copy of this one."""
        copied = ("code", "name", "total", "bonus_cap", "places", "classification")
        copy = season.add_scale(**{name: getattr(self, name) for name in copied})
        twins: dict[int | None, Criterion] = {}
        for old, _depth in self.walk():
            new = Criterion.objects.get(pk=old.pk)
            new.pk, new._state.adding, new.scale = None, True, copy
            new.parent, new.of = twins.get(old.parent_id), None
            new.save()
            twins[old.pk] = new
        for old in self.criteria.exclude(of=None):
            new = twins[old.pk]
            new.of = twins[old.of_id]
            new.save(update_fields=["of"])
        return copy

    @transaction.atomic
    def discard(self) -> None:
        """Throw this draft away. Raises ValidationError when it is locked."""
        self.refuse_unless_open()
        self.criteria.update(of=None)
        self.delete()


class Agreed(NamedTuple):
    """The lines of a locked scale: their rows, by the names of the fields, and what is computed."""

    names: list[str]
    rows: list[tuple[Any, ...]]
    lines: Tree


@lru_cache(maxsize=128)
def _agreed(key: int, locked_at: datetime) -> Agreed:
    """Read a locked scale's lines, once a process: the database lets nobody change them.

    ``locked_at`` tells them from those of a draft whose locking was rolled back.
    """
    criteria = Scale.objects.get(pk=key).criteria.all()
    names = [field.attname for field in Criterion._meta.concrete_fields]
    rows = [tuple(getattr(criterion, name) for name in names) for criterion in criteria]
    return Agreed(names, rows, Tree([criterion.line for criterion in criteria]))


def _refuse_unless_it_fits(thing: models.Model, called: str) -> None:
    """Raise ValidationError, with what it is called, when a field does not hold its value."""
    try:
        thing.clean_fields(
            exclude=[field.name for field in thing._meta.fields if field.is_relation]
        )
    except ValidationError as refusal:
        raise ValidationError(
            [
                f"{called}: {thing._meta.get_field(name).verbose_name}: {why}"  # type: ignore[union-attr]
                for name, whys in refusal.message_dict.items()
                for why in whys
            ]
        ) from refusal


class CriterionQuerySet(models.QuerySet["Criterion"]):
    """Questions about criteria."""

    def fillable(self) -> Self:
        """Keep the lines that take a fact from somebody."""
        return self.exclude(method__in=[m for m in Method if not METHODS[m].takes])


class Criterion(ManyRows):
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
                name="what_counts_when_nothing_was_due_is_known",
                condition=Q(when_nothing_due__in=WhenNothingDue.values),
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

    def relate(
        self, by_code: dict[str, "Criterion"], *, parent: str | None, of: str | None
    ) -> None:
        """Hang the line below its section, and name the line it reads; all by their codes."""
        for code in (parent, of):
            if code and code not in by_code:
                raise ValidationError(
                    _("Line %(code)s names %(other)s, which the scale does not have."),
                    params={"code": self.code, "other": code},
                )
        related = (by_code[parent] if parent else None, by_code[of] if of else None)
        if (self.parent, self.of) != related:
            self.parent, self.of = related
            self.save(update_fields=["parent", "of"])

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

    def counted(self, points: Decimal | None) -> Decimal | None:
        """Return points of the line as they count and are told: what a penalty takes off is below
        zero."""
        return -points if self.penalty and points is not None else points

    @property
    def line(self) -> Line:
        """The line as the computing modules take it, under its key."""
        return Line(key=self.pk, parent=self.parent_id, code=self.code, rule=self.rule)

    @property
    def season(self) -> Season:
        """The season whose scale it is a line of."""
        return self.scale.season

    @property
    def is_section(self) -> bool:
        """Whether it only sums its children."""
        return self.method == Method.SECTION

    @property
    def takes(self) -> Sequence[str]:
        """Which facts the line takes from whoever fills it, of ``Entry``'s fields."""
        return METHODS[self.method].takes

    def continues(self, earlier: "Criterion") -> bool:
        """Tell whether what was said on the line of this code on an earlier version means the same
        here: a count is no yes or no, nor are bad cases a base."""
        methods = {self.method, earlier.method}
        alike = self.takes == earlier.takes and self.has_base == earlier.has_base
        return alike and (len(methods) == 1 or Method.PASS_FAIL not in methods)

    @property
    def wants_target(self) -> bool:
        """Whether a base is registered at the start of the year and only read afterwards."""
        return "target" in self.takes and self.denominator == Denominator.REGISTERED

    @property
    def has_base(self) -> bool:
        """Whether it measures a result against a base, so that another line can read it."""
        return "target" in self.takes and self.method != Method.PLUS_MINUS

    @property
    def parameters(self) -> list[str]:
        """The numbers of the line's method, each in words, as its readers are told."""
        told = _PARAMETERS.get(Method(self.method))
        return told(self) if told else []

    def tried(self, facts: Facts, other: Facts | None = None, race: Race | None = None) -> Score:
        """Return what the line would give for some facts: the editor's trial."""
        return score(self.rule, facts, other=other, race=race)

    def points_of(self, level: str) -> Any:
        """Return the points of a level, or nothing."""
        return dict(self.rule.levels).get(level)


def _each(line: Criterion) -> list[str]:
    said = [_("each: %(points)s points") % {"points": show(line.each or 0)}]
    if line.max is not None:
        said.append(_("at most %(points)s") % {"points": show(line.max)})
    return said


def _off(line: Criterion) -> list[str]:
    said = [_("each: %(points)s points off") % {"points": show(line.each or 0)}]
    if line.floor:
        said.append(_("at least %(points)s") % {"points": show(line.floor)})
    return said


def _both(line: Criterion) -> list[str]:
    return [
        _("each: %(points)s points") % {"points": show(line.each or 0)},
        _("each: %(points)s points off") % {"points": show(line.penalty_each or 0)},
    ]


def _tiers(line: Criterion) -> list[str]:
    return [
        _("from %(bound)s%%: %(points)s") % {"bound": show(bound), "points": show(points)}
        for bound, points in line.rule.tiers
    ]


def _levels(line: Criterion) -> list[str]:
    return [f"{level}: {show(points)}" for level, points in line.rule.levels]


def _over(line: Criterion) -> list[str]:
    words = {"points": show(line.each or 0), "code": line.of.code if line.of else "–"}
    return [_("%(points)s points for every 1%% above 100%% of %(code)s") % words]


def _capped(line: Criterion) -> list[str]:
    if line.cap == 1:
        return []
    return [_("at most %(share)s%% of the base counts") % {"share": show(line.cap * 100)}]


_PARAMETERS = {
    Method.PROPORTIONAL: _capped,
    Method.TIERED: _tiers,
    Method.SELECT: _levels,
    Method.COUNT: _each,
    Method.DEDUCT: _off,
    Method.PLUS_MINUS: _both,
    Method.OVER_FULFILMENT: _over,
}
