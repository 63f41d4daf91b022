"""What the pages of a season and its scale ask, each form of one act."""

from collections.abc import Callable, Collection, Mapping, Sequence
from copy import deepcopy
from datetime import date
from decimal import Decimal
from typing import Any

from crispy_forms.layout import HTML, Column, Div, Layout, Row
from django import forms
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext, pgettext_lazy

from blocks import clock
from blocks.dates import show_date
from blocks.models import Seat, Unit
from blocks.numbers import NumberDoubtful, NumberRefused, parse_decimal, show, typed
from emulation.forms import (
    DayField,
    Form,
    Guarded,
    ModelForm,
    NumberField,
    WholeField,
    field_of,
    in_turn,
)
from emulation.templatetags.ui import office
from scoring.methods import METHODS, Facts, Method, Race, Score
from scoring.models import (
    Activity,
    CommonTarget,
    Copied,
    Criterion,
    Denominator,
    Exemption,
    Reminder,
    RoleModel,
    Scale,
    Scorecard,
    Season,
    SeasonRules,
)
from scoring.models.season import Days
from scoring.phases import STEPS, Phase
from scoring.ranking import TieKind, TieRule
from scoring.scale_files import SCALES, ScaleFile, ScaleFileRefused, read, read_bytes
from scoring.sheet import Cell

FIRST_YEAR, LAST_YEAR = 2000, 2100
MOST_BYTES = 1024 * 1024


class OpenSeasonForm(ModelForm):
    """Opens a block's year; ``last`` is the season it may take things over from."""

    year = WholeField(label=gettext_lazy("Year"))
    copied = forms.MultipleChoiceField(
        label=gettext_lazy("Take over from the last season"),
        choices=Copied.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    class Meta:
        model = Season
        fields = ["year", "theme"]
        formfield_callback = field_of

    def __init__(self, data: Any = None, *, instance: Season, last: Season | None) -> None:
        super().__init__(data, instance=instance)
        if last is None:
            del self.fields["copied"]
        else:
            self.fields["copied"].initial = Copied.values
            self.fields["copied"].help_text = str(last)

    def clean_year(self) -> int:
        """Refuse what is no year, or a year that is open already, at its field."""
        year: int = self.cleaned_data["year"]
        if not FIRST_YEAR <= year <= LAST_YEAR:
            bounds = {"low": FIRST_YEAR, "high": LAST_YEAR}
            raise ValidationError(_("Enter a year from %(low)d to %(high)d.") % bounds)
        if self.instance.block.seasons.filter(year=year).exists():
            raise ValidationError(_("The block has a season of this year."))
        return year

    def save(self, commit: bool = True) -> Season:  # noqa: FBT001, FBT002 -- Django's own
        """Open the season."""
        self.instance = Season.open(
            self.instance.block,
            self.cleaned_data["year"],
            theme=self.cleaned_data["theme"],
            copied=self.cleaned_data.get("copied", ()),
        )
        return self.instance


class ThemeForm(ModelForm):
    """The theme of the year."""

    class Meta:
        model = Season
        fields = ["theme"]
        formfield_callback = field_of

    def save(self, commit: bool = True) -> Season:  # noqa: FBT001, FBT002 -- Django's own
        """Give the year its theme."""
        self.instance.edit(self.cleaned_data["theme"])
        return self.instance


class DatesForm(Guarded, Form):
    """When each phase is due, and from when what is written in it is closed."""

    def __init__(self, data: Any = None, *, season: Season) -> None:
        self.season = season
        super().__init__(data)
        if data is not None:
            in_turn(season, ())
        known = {day.phase: day for day in season.dates.filter()}  # read now that it is our turn
        rows = []
        for phase, step in STEPS.items():
            day = known.get(phase)
            self.fields[f"{phase}_due"] = DayField(
                label=_("Due") if step.writes else _("Planned until"),
                required=False,
                initial=day.due if day else None,
            )
            if step.writes:
                self.fields[f"{phase}_closes_on"] = DayField(
                    label=_("Closed from"), required=False, initial=day.closes_on if day else None
                )
            fields = [
                Column(name, css_class="col-sm-4")
                for name in (f"{phase}_due", f"{phase}_closes_on")
                if name in self.fields
            ]
            heading = Column(HTML(f"<h2>{phase.label}</h2>"), css_class="col-sm-4")
            rows.append(Row(heading, *fields))
        self.helper.layout = Layout(*rows)
        self.watch()

    def called(self, name: str) -> str:
        """A day with its phase."""
        phase = next(phase for phase in STEPS if name.startswith(f"{phase}_"))
        return f"{phase.label}, {super().called(name).lower()}"

    def clean(self) -> dict[str, Any]:
        """Refuse a wall that is not after its due date or is over, and a year that runs back."""
        said = super().clean() or {}
        before: tuple[Phase, date] | None = None
        for phase in STEPS:
            due, closes_on = said.get(f"{phase}_due"), said.get(f"{phase}_closes_on")
            if due and closes_on and closes_on <= due:
                self.add_error(
                    f"{phase}_closes_on", _("The closing day must come after the due date.")
                )
            elif closes_on and self._is_late(phase, closes_on):
                self.add_error(
                    f"{phase}_closes_on",
                    _("This day is over already; the earliest closing day is today."),
                )
            elif (
                closes_on and phase == Phase.SETTLEMENT and (until := self._heard_until(closes_on))
            ):
                said_until = _("Units may explain until %(day)s; it closes after that day.")
                self.add_error(f"{phase}_closes_on", said_until % {"day": show_date(until)})
            if due and before and due < before[1]:
                words = {"before": before[0].label}
                self.add_error(
                    f"{phase}_due", _("This day must not come before “%(before)s”.") % words
                )
            if due:
                before = (phase, due)
        return said

    def _heard_until(self, closes_on: date) -> date | None:
        """Until when units may explain, where this wall would leave nobody to answer them."""
        until = self.season.explain_until
        return until if until and max(clock.today(), closes_on) <= until else None

    def _is_late(self, phase: Phase, closes_on: date) -> bool:
        """Whether this is a new wall that would shut at once, as of a day that is over.

        A phase that is over notes the wall it had.
        """
        known = self.season.dates_by_phase.get(phase)
        is_new = known is None or closes_on != known.closes_on
        still = phase == self.season.phase or not self.season.has_reached(phase)
        return is_new and still and closes_on < clock.today()

    def save(self) -> None:
        """Set the dates."""
        dates: dict[Phase, Days] = {
            phase: (
                self.cleaned_data.get(f"{phase}_due"),
                self.cleaned_data.get(f"{phase}_closes_on"),
            )
            for phase in STEPS
        }
        self.season.set_dates(dates)


class OfficesForm(Form):
    """Names head and deputy by an officer's act."""

    head = forms.ModelChoiceField(queryset=Unit.objects.none())
    deputy = forms.ModelChoiceField(queryset=Unit.objects.none(), required=False)
    reason = forms.CharField(
        label=gettext_lazy("Reason"), max_length=500, widget=forms.Textarea(attrs={"rows": 3})
    )

    def __init__(self, data: Any = None, *, season: Season) -> None:
        self.season = season
        now = {"head": season.head, "deputy": season.deputy}
        super().__init__(data, initial=now if season.head else season.recognised_offices)
        for name in ("head", "deputy"):
            self.fields[name].label = office(season.block, name)
            self.fields[name].queryset = season.may_hold_office  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """Refuse one unit in both offices, at its field."""
        said = super().clean() or {}
        if said.get("head") and said.get("head") == said.get("deputy"):
            self.add_error("deputy", _("Head and deputy are two units."))
        return said

    def name(self, seat: Seat) -> None:
        """Name them."""
        said = self.cleaned_data
        self.season.name_offices(said["head"], said["deputy"], seat, said["reason"])


class AuthorisationForm(Form):
    """From when to when the deputy acts for the head, and why."""

    since = DayField(label=gettext_lazy("First day"))
    last_day = DayField(label=gettext_lazy("Last day"))
    reason = forms.CharField(
        label=gettext_lazy("Reason, paper"),
        max_length=500,
        help_text=gettext_lazy("for example: letter of authority 12/GUQ-TTT of 05/10/2026"),
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    layout = Layout(Row(Column("since"), Column("last_day")), "reason")

    def clean(self) -> dict[str, Any]:
        """Refuse a last day before the first, at its field."""
        said = super().clean() or {}
        since, last = said.get("since"), said.get("last_day")
        if since and last and last < since:
            self.add_error("last_day", _("The last day does not come before the first."))
        return said


MOST_TIE_RULES = 4


class RulesForm(ModelForm):
    """The season's numbers and switches; tie rules are chosen one after the other."""

    inspectors_per_card = WholeField(
        label=capfirst(gettext_lazy("inspecting units for each unit")),
        low=Decimal(1),
        high=Decimal(10),
    )
    explanation_days = WholeField(
        label=capfirst(gettext_lazy("days to explain")), low=Decimal(1), high=Decimal(90)
    )

    class Meta:
        model = SeasonRules
        fields = [
            "registration_required",
            "scan_replaces_principal",
            "inspectors_per_card",
            "explanation_days",
            "source",
        ]
        formfield_callback = field_of

    def __init__(self, data: Any = None, *, instance: SeasonRules) -> None:
        super().__init__(data, instance=instance)
        scale = instance.season.newest_scale
        lines = scale.criteria_in_order if scale else []
        rules = [TieRule(TieKind.SECTION, line.code) for line in lines if line.is_section]
        rules += [TieRule(TieKind.FEWER_PENALTIES), TieRule(TieKind.EARLIER_SUBMISSION)]
        rules += [TieRule(TieKind.CRITERION, line.code) for line in lines if line.takes]
        for place in range(MOST_TIE_RULES):
            held = next(iter(instance.tie_rules[place : place + 1]), "")
            self.fields[f"tie_{place}"] = forms.ChoiceField(
                label=_("Equal totals, rule %(number)d") % {"number": place + 1},
                required=False,
                initial=held,
                choices=_with([(str(rule), rule.words) for rule in rules], held),
            )

    def clean(self) -> dict[str, Any]:
        """Refuse a tie rule that is named twice."""
        said = super().clean() or {}
        chosen = self._chosen(said)
        for place in range(MOST_TIE_RULES):
            rule = said.get(f"tie_{place}")
            if rule and chosen.index(rule) < len(chosen[:place]) and chosen.count(rule) > 1:
                self.add_error(f"tie_{place}", _("This rule stands above already."))
        return said

    @staticmethod
    def _chosen(said: Mapping[str, Any]) -> list[str]:
        names = [f"tie_{place}" for place in range(MOST_TIE_RULES)]
        return [said[name] for name in names if said.get(name)]

    def agree(self, seat: Seat) -> None:
        """Save what was agreed."""
        self.instance.tie_rules = self._chosen(self.cleaned_data)
        self.instance.agree(seat)


def _with(choices: list[tuple[str, str]], held: str) -> list[tuple[str, str]]:
    """Return the rules after nothing; one that is held stays among them without its line."""
    known = {value for value, _label in choices}
    kept = []
    if held and held not in known:
        words = {"rule": TieRule.parse(held).words}
        kept.append((held, _("%(rule)s (no longer on the scale)") % words))
    return [("", "–"), *choices, *kept]


class TargetForm(ModelForm):
    """A common target of the block."""

    class Meta:
        model = CommonTarget
        fields = ["text", "value", "measure"]
        formfield_callback = field_of

    def save(self, commit: bool = True) -> CommonTarget:  # noqa: FBT001, FBT002 -- Django's own
        """Save the target, a new one at the end."""
        self.instance.put()
        return self.instance


class ReachedForm(Form):
    """What was reached of a common target, and up to which day."""

    reached = NumberField(label=gettext_lazy("Reached"), required=False)
    as_of = DayField(label=gettext_lazy("Figures up to"), has_come=True, required=False)

    def __init__(self, data: Any = None, *, target: CommonTarget) -> None:
        self.target = target
        day = clock.today() if target.season.year == clock.today().year else None
        reached = target.reached
        super().__init__(data, initial={"reached": reached, "as_of": target.as_of or day})
        self.fields["as_of"].year = target.season.year  # type: ignore[attr-defined]
        if target.is_in_words:
            self.fields["reached"] = forms.TypedChoiceField(
                label=_("Reached"),
                choices=[("", "–"), ("1", _("yes")), ("0", _("no"))],
                coerce=Decimal,
                empty_value=None,
                required=False,
                initial="" if reached is None else show(reached),
            )
        elif target.measure:
            self.fields["reached"].help_text = target.measure

    def save(self, by: Seat) -> None:
        """Note the figure."""
        self.target.note(self.cleaned_data["reached"], self.cleaned_data["as_of"], by)


class ActivityForm(ModelForm):
    """An activity of the block, its day, and which members took part."""

    units = forms.ModelMultipleChoiceField(
        label=gettext_lazy("Units that took part"),
        help_text=gettext_lazy("Of an activity whose day is still to come, none is ticked yet."),
        queryset=Unit.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    class Meta:
        model = Activity
        fields = ["name", "held_on"]
        formfield_callback = field_of

    def __init__(self, data: Any = None, *, instance: Activity) -> None:
        took_part = instance.participations.values_list("unit", flat=True) if instance.pk else []
        super().__init__(data, instance=instance, initial={"units": list(took_part)})
        self.fields["held_on"].year = instance.season.year  # type: ignore[attr-defined]
        self.fields["units"].queryset = instance.season.members  # type: ignore[attr-defined]

    def note(self, by: Seat) -> None:
        """Note the activity and who took part."""
        self.instance.note(self.cleaned_data["units"], by)


class RoleModelForm(ModelForm):
    """Who of a unit is held up as an example, and for what."""

    class Meta:
        model = RoleModel
        fields = ["name", "deed"]
        formfield_callback = field_of
        widgets = {"deed": forms.Textarea(attrs={"rows": 4})}


# The scale


class Source(models.TextChoices):
    """Where a scale is begun from."""

    STARTER = "starter-tt-100", gettext_lazy("Starter scale of the inspectorates (100 points)")
    EXAMPLE = "ex-100", gettext_lazy("Worked example (100 points)")
    LAST = "last", gettext_lazy("The scale of the last season")
    FILE = "file", gettext_lazy("A file of one's own, written as the sample (.yaml, at most 1 MB)")
    BLANK = "blank", gettext_lazy("A blank page")


class LoadScaleForm(Form):
    """Begins a scale from a starter, last year's, or an uploaded file."""

    source = forms.ChoiceField(
        label=gettext_lazy("Begin from"), choices=Source.choices, widget=forms.RadioSelect
    )
    file = forms.FileField(label=gettext_lazy("File"), required=False, allow_empty_file=True)

    def __init__(self, data: Any = None, files: Any = None, *, season: Season) -> None:
        super().__init__(data, files)
        self.season = season
        self.last = (
            Scale.objects.filter(season__block=season.block, season__year__lt=season.year)
            .exclude(locked_at=None)
            .order_by("-season__year", "-version")
            .first()
        )
        self.fields["file"].widget.attrs["accept"] = ".yaml,.yml"
        if self.last is None:
            self.fields["source"].choices = [  # type: ignore[attr-defined]
                choice for choice in Source.choices if choice[0] != Source.LAST
            ]
        self.fields["source"].initial = Source.LAST if self.last else Source.STARTER

    def clean(self) -> dict[str, Any]:
        """Read the file, whole or not at all."""
        said = super().clean() or {}
        if said.get("file"):  # whoever chose a file means it, whatever is ticked above it
            said["source"] = Source.FILE
        source = said.get("source")
        try:
            if source == Source.FILE:
                said["read"] = self._read_upload(said.get("file"))
            elif source in (Source.STARTER, Source.EXAMPLE):
                said["read"] = read(SCALES / f"{source}.yaml")
        except ScaleFileRefused as refused:
            self.add_error("file", str(refused))
        return said

    @staticmethod
    def _read_upload(file: Any) -> ScaleFile:
        if not file:
            raise ScaleFileRefused(_("Choose a file."))
        if file.size > MOST_BYTES:
            raise ScaleFileRefused(_("The file is larger than 1 MB."))
        return read_bytes(file.read(), file.name)

    def save(self) -> Scale:
        """Make the next version of the season's scale."""
        if self.cleaned_data["source"] == Source.BLANK:
            name = _("Point scale of %(season)s") % {"season": self.season}
            return self.season.add_scale(name=name[:200])
        if self.cleaned_data["source"] == Source.LAST and self.last:
            return self.last.copy_to(self.season)
        return Scale.from_file(self.season, self.cleaned_data["read"])


class PairsField(forms.CharField):
    """Pairs typed one a line, ``90 = Xuất sắc``; ``numbers`` says which halves are numbers."""

    def __init__(self, *, numbers: tuple[bool, bool], **kwargs: Any) -> None:
        self.numbers = numbers
        super().__init__(widget=forms.Textarea(attrs={"rows": 4}), **kwargs)

    def to_python(self, value: Any) -> Any:
        """Return the pairs as texts, the numbers exact; raise ValidationError with the line."""
        lines = [line.strip() for line in (super().to_python(value) or "").splitlines()]
        return [self._pair(line) for line in lines if line]

    def _pair(self, line: str) -> list[str]:
        left, sign, right = (half.strip() for half in line.rpartition("="))
        if not sign or not left or not right:
            raise ValidationError(_("“%(line)s”: write it as in the example.") % {"line": line})
        return [
            self._half(half, line) if is_number else half
            for half, is_number in zip((left, right), self.numbers, strict=True)
        ]

    @staticmethod
    def _half(text: str, line: str) -> str:
        try:
            return str(parse_decimal(text, low=Decimal(0), high=None))
        except (NumberRefused, NumberDoubtful) as refusal:
            raise ValidationError(f"“{line}”: {refusal}") from refusal

    def prepare_value(self, value: Any) -> Any:
        """Write the pairs one a line."""
        if not isinstance(value, list):
            return value
        return "\n".join(
            " = ".join(
                typed(Decimal(half)) if is_number else half
                for half, is_number in zip(pair, self.numbers, strict=True)
            )
            for pair in value
        )

    def has_changed(self, initial: Any, data: Any) -> bool:
        """Compare what is written."""
        return (self.prepare_value(initial) or "") != (data or "")


def falling(pairs: list[list[str]]) -> list[list[str]]:
    """Return pairs of a bound and what it gives, the highest first; refuse a bound named twice."""
    bounds = [Decimal(bound) for bound, _given in pairs]
    if len(set(bounds)) < len(bounds):
        raise ValidationError(_("A bound is named twice."))
    return sorted(pairs, key=lambda pair: Decimal(pair[0]), reverse=True)


class ScaleForm(ModelForm):
    """What a scale says of itself, its lines apart."""

    places = WholeField(label=capfirst(gettext_lazy("decimal places")), high=Decimal(4))
    classification = PairsField(
        label=capfirst(gettext_lazy("classes")),
        numbers=(True, False),
        required=False,
        help_text=gettext_lazy("One a line, from how many points: 90 = Xuất sắc"),
    )

    class Meta:
        model = Scale
        fields = ["name", "total", "bonus_cap", "places", "classification"]
        formfield_callback = field_of

    def clean_classification(self) -> list[list[str]]:
        """Put the highest class first."""
        return falling(self.cleaned_data["classification"])

    def save(self, commit: bool = True) -> Scale:  # noqa: FBT001, FBT002 -- Django's own
        """Save, unless the scale was locked meanwhile."""
        self.instance.refuse_unless_open()
        self.instance.save()
        return self.instance


class Kind(models.TextChoices):
    """What a line counts towards."""

    MAIN = "main", gettext_lazy("the scale's total")
    BONUS = "bonus", gettext_lazy("bonus")
    PENALTY = "penalty", gettext_lazy("penalty")


_BASE = ("denominator", "fixed_target", "measure", "actual_label", "target_label")
SHOWN: dict[Method, tuple[str, ...]] = {
    Method.SECTION: ("max",),
    Method.PROPORTIONAL: ("max", "kind", *_BASE, "cap", "when_nothing_due", "evidence"),
    Method.TIERED: ("max", "kind", "tiers", *_BASE, "when_nothing_due", "evidence"),
    Method.PASS_FAIL: ("max", "kind", "evidence"),
    Method.SELECT: ("max", "kind", "levels", "evidence"),
    Method.COUNT: ("max", "kind", "each", "measure", "actual_label", "evidence"),
    Method.DEDUCT: ("max", "kind", "each", "floor", "measure", "actual_label", "evidence"),
    Method.PLUS_MINUS: (
        *("max", "kind", "each", "penalty_each", "floor"),
        *("actual_label", "target_label", "evidence"),
    ),
    Method.OVER_FULFILMENT: ("max", "kind", "each", "of"),
    Method.FRONTRUNNER: ("max", "kind", *_BASE, "when_nothing_due", "evidence"),
    Method.MANUAL: ("max", "kind", "evidence"),
}
ALWAYS = ("method", "code", "name", "place")
FIRST = ("method", "code", "max", "kind", "name", "place")


class CriterionForm(ModelForm):
    """One line of a scale: only the fields that its method knows."""

    place = forms.ChoiceField(label=pgettext_lazy("of a line", "Place"))
    kind = forms.ChoiceField(label=gettext_lazy("Counts towards"), choices=Kind.choices)
    tiers = PairsField(
        label=capfirst(gettext_lazy("tiers")),
        numbers=(True, True),
        help_text=gettext_lazy("One a line, from how many percent: 95 = 16"),
    )
    levels = PairsField(
        label=capfirst(gettext_lazy("levels")),
        numbers=(False, True),
        help_text=gettext_lazy("One a line: Tốt = 4"),
    )

    class Meta:
        model = Criterion
        fields = [
            *("method", "code", "name", "max", "each", "penalty_each", "floor", "cap", "tiers"),
            *("levels", "of", "denominator", "fixed_target", "measure", "actual_label"),
            *("target_label", "when_nothing_due", "evidence"),
        ]
        widgets = {"name": forms.Textarea(attrs={"rows": 2})}
        formfield_callback = field_of

    def __init__(self, data: Any = None, *, instance: Criterion, **kwargs: Any) -> None:
        initial = {"kind": _kind_of(instance)} | kwargs.pop("initial", {})
        super().__init__(data, instance=instance, initial=initial, **kwargs)
        said = (data or initial).get("method") or instance.method
        self.method = Method(said) if said in Method.values else Method.PROPORTIONAL
        scale = instance.scale
        places = place_choices(scale, instance)
        self.fields["place"].choices = places  # type: ignore[attr-defined]
        self.initial.setdefault("place", place_of(scale, instance) or places[-1][0])
        readable = [line.pk for line in scale.criteria_in_order if line.has_base]
        reads = scale.criteria.filter(pk__in=readable).exclude(pk=instance.pk)
        self.fields["of"].queryset = reads  # type: ignore[attr-defined]
        shown = (*ALWAYS, *SHOWN[self.method])
        in_order = dict.fromkeys(name for name in (*FIRST, *shown) if name in shown)
        self.fields = {name: self.fields[name] for name in in_order}
        for name in METHODS[self.method].needs:
            if name != "max":  # a penalty needs none; the scale's faults tell of the others
                self.fields[name].required = True
        if "cap" in self.fields:
            self.fields["cap"].low = Decimal(1)  # type: ignore[attr-defined] # as its fault says
            self.fields["cap"].help_text = _("1 counts at most 100% of the base; 1.2 counts 120%.")

    def clean_code(self) -> str:
        """Refuse a code that another line of the scale has, at its field."""
        code = "".join(self.cleaned_data["code"].split())
        if any(
            line.code == code and line.pk != self.instance.pk
            for line in self.instance.scale.criteria_in_order
        ):
            raise ValidationError(_("Another line of the scale has this code."))
        return code

    def clean_tiers(self) -> list[list[str]]:
        """Put the highest tier first."""
        return falling(self.cleaned_data["tiers"])

    def clean(self) -> dict[str, Any]:
        """Refuse a fixed base without its number, at its field."""
        said = super().clean() or {}
        if said.get("denominator") == Denominator.FIXED and said.get("fixed_target") is None:
            self.add_error("fixed_target", _("State the fixed base."))
        return said

    def _post_clean(self) -> None:
        """Forget what only other methods use before the constraints are asked."""
        for name in self.Meta.fields:
            if name not in self.fields:
                field = Criterion._meta.get_field(name)
                setattr(self.instance, name, field.get_default())  # type: ignore[union-attr]
        kind = self.cleaned_data.get("kind", Kind.MAIN)
        self.instance.bonus, self.instance.penalty = kind == Kind.BONUS, kind == Kind.PENALTY
        super()._post_clean()

    def save(self, commit: bool = True) -> Criterion:  # noqa: FBT001, FBT002 -- Django's own
        """Save the line at its place."""
        scale = self.instance.scale
        how, _colon, key = self.cleaned_data["place"].partition(":")
        other = next((c for c in scale.criteria_in_order if str(c.pk) == key), None)
        if how == "in":
            scale.put(self.instance, parent=other, after=None)
        else:
            scale.put(self.instance, parent=other.parent if other else None, after=other)
        return self.instance


def _kind_of(criterion: Criterion) -> str:
    if criterion.bonus:
        return Kind.BONUS
    return Kind.PENALTY if criterion.penalty else Kind.MAIN


def place_choices(scale: Scale, moved: Criterion) -> list[tuple[str, str]]:
    """Return where a line may stand: first at the top, first in a section, or after another."""
    own = scale.within(moved) if moved.pk else set()
    choices = [("in:", _("At the very top"))]
    for line, depth in scale.walk():
        if line.pk in own:
            continue
        indent = "\u2003" * depth
        if line.is_section:
            words = _("First in %(code)s") % {"code": line.code}
            choices.append((f"in:{line.pk}", f"{indent}{words} {line.name}"))
        choices.append((f"after:{line.pk}", indent + _("After %(code)s") % {"code": line.code}))
    return choices


def place_of(scale: Scale, line: Criterion) -> str:
    """Return the choice that says where the line stands now; empty for a new line."""
    if not line.pk:
        return ""
    siblings = scale.tree[line.parent_id]
    place = siblings.index(line)
    if place:
        return f"after:{siblings[place - 1].pk}"
    return f"in:{line.parent_id or ''}"


class TrialForm(Form):
    """Tries a line on some facts: what would it give?"""

    asks_in_words = True  # the button that answers a doubtful number would save the line
    USUAL = {"actual": Decimal(9), "target": Decimal(10), "points": Decimal(1)}
    COUNTED = (Method.COUNT, Method.DEDUCT, Method.PLUS_MINUS)

    def __init__(self, data: Any = None, *, line: CriterionForm) -> None:
        super().__init__(data)
        self.line = line
        self.method = line.method
        takes = METHODS[self.method].takes
        if self.method is Method.OVER_FULFILMENT:
            takes = ("actual", "target")
        labels = {
            "actual": pgettext("of a line", "Done"),
            "target": _("Base"),
            "level": _("Level"),
            "points": _("Points"),
        }
        if self.method is Method.PLUS_MINUS:
            labels |= {"actual": _("Good cases"), "target": _("Bad cases")}
        usual = dict(self.USUAL)
        if self.method in self.COUNTED:
            usual |= {"actual": Decimal(2), "target": Decimal(1)}
        elif self.method is Method.OVER_FULFILMENT:
            usual |= {"actual": Decimal(11)}
        elif self.method is Method.PASS_FAIL:
            usual |= {"actual": Decimal(1)}
        for name in takes:
            make: Callable[..., forms.Field] = forms.CharField if name == "level" else NumberField
            self.fields[f"try_{name}"] = make(
                label=labels[name], required=False, initial=usual.get(name)
            )

    def score(self, criterion: Criterion) -> Score | None:
        """Return what the line gives for the facts that were typed, or for the usual ones."""
        if self.is_bound and not self.is_valid():
            return None
        said = self.cleaned_data if self.is_bound else self._usual(criterion)
        facts = Facts(**{name.removeprefix("try_"): value for name, value in said.items()})
        if self.method is Method.OVER_FULFILMENT:
            return criterion.tried(Facts(), other=facts)
        race = Race(Decimal(12), Decimal(10)) if self.method is Method.FRONTRUNNER else None
        return criterion.tried(facts, race=race)

    def _usual(self, criterion: Criterion) -> dict[str, Any]:
        if "try_level" in self.fields:
            self.fields["try_level"].initial = next(iter(criterion.levels), [""])[0]
        return {name: field.initial for name, field in self.fields.items()}


class RemindForm(Form):
    """Which units are reminded, and the text that is sent to them by whatever way."""

    units = forms.ModelMultipleChoiceField(
        label=gettext_lazy("Units"),
        queryset=Unit.objects.none(),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": gettext_lazy("Tick at least one unit.")},
    )
    text = forms.CharField(
        label=gettext_lazy("Message"), required=False, widget=forms.Textarea(attrs={"rows": 7})
    )

    def __init__(
        self,
        data: Any = None,
        *,
        season: Season,
        units: list[Unit],
        text: str,
        ticked: Collection[Unit] | None = None,
    ) -> None:
        super().__init__(data, initial={"units": units if ticked is None else ticked, "text": text})
        self.season = season
        self.fields["units"].queryset = (  # type: ignore[attr-defined]
            Unit.objects.filter(pk__in=[unit.pk for unit in units])
            .order_by("cards__official_order")
            .filter(cards__season=season)
            .prefetch_related("names")
        )

    def note(self, seat: Seat) -> None:
        """Note that the ticked units were reminded."""
        Reminder.note(self.season, self.cleaned_data["units"], seat)


class ExemptionForm(Form):
    """Leaves a line out for one unit, with the reason."""

    card = forms.ModelChoiceField(label=gettext_lazy("Unit"), queryset=Scorecard.objects.none())
    criterion = forms.ModelChoiceField(
        label=gettext_lazy("Criterion"), queryset=Criterion.objects.none()
    )
    reason = forms.CharField(label=gettext_lazy("Reason"), max_length=300)

    layout = Layout(
        Div(
            Column("card", css_class="col-md-4"),
            Column("criterion", css_class="col-md-8"),
            css_class="row",
        ),
        "reason",
    )

    def __init__(self, data: Any = None, *, season: Season) -> None:
        super().__init__(data)
        self.season = season
        cards = Scorecard.objects.filter(season=season).named()
        self.fields["card"].queryset = cards  # type: ignore[attr-defined]
        self.fields["card"].label_from_instance = (  # type: ignore[attr-defined]
            lambda card: str(card.unit)
        )
        lines = Criterion.objects.filter(scale=season.scale).fillable()
        self.fields["criterion"].queryset = lines  # type: ignore[attr-defined]

    def save(self, seat: Seat) -> Exemption:
        """Leave the line out."""
        said = self.cleaned_data
        return Exemption.leave_out(said["card"], said["criterion"], seat, said["reason"])


def this_year(block_years: set[int]) -> int:
    """Return the year one most likely opens: this one, or the first after those that are open."""
    year = clock.today().year
    return max(block_years) + 1 if year in block_years else year


# One line by itself


class ValueForm(Form):
    """What holds on one line, and why; its fields are those of the line's cells on the sheet."""

    reason = forms.CharField(
        label=gettext_lazy("Reason"), max_length=1000, widget=forms.Textarea({"rows": 4})
    )

    def __init__(self, data: Any = None, *, cells: Sequence[Cell], **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        own = dict(self.fields)
        self.fields.clear()
        self.cells = {cell.key: cell.key.partition("-")[2] for cell in cells}
        for cell in cells:
            field = deepcopy(cell.field)  # which all sheets share
            field.label, field.help_text = cell.label, cell.after
            field.initial, field.required = cell.stored, True
            self.fields[cell.key] = field
        self.fields |= own

    @property
    def said(self) -> dict[str, Any]:
        """The facts of the line by name."""
        return {name: self.cleaned_data[key] for key, name in self.cells.items()}
