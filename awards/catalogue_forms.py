"""What the pages of the catalogue, of holds and of the authority's decisions ask."""

import re
from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from crispy_forms.layout import Layout
from django import forms
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from awards import wording
from awards.forms import beside
from awards.models import Award, Decision, Hold, MeetingState, Requirement
from awards.models.decisions import places, reserves_of
from awards.requirements import TAKES, Takes, proposed_units
from blocks import clock
from blocks.models import Seat, Unit
from blocks.text import search_key
from emulation.forms import Asking, DayField, Form, ModelForm, WholeField, field_of
from scoring.models import Season


def _bind(form: Any, name: str, found: Any) -> None:
    """Give a field of models what there is to choose from."""
    form.fields[name].queryset = found


class AwardForm(ModelForm):
    """A title or a commendation: its names, how it is decided, since when, by which text."""

    layout = Layout(
        beside("name", "short_name"),
        beside("kind", "decided_by", "order"),
        "marks_the_leader",
        beside("share_of_leaders", "since"),
        "source",
    )

    class Meta:
        model = Award
        fields = [
            "name", "short_name", "kind", "decided_by", "order", "marks_the_leader",
            "share_of_leaders", "since", "source",
        ]  # fmt: skip
        formfield_callback = field_of

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["source"].required = True
        self.fields["source"].help_text = _("the text that says so, with its article")
        self.fields["order"].help_text = _("the smaller number is voted first")
        self.fields["share_of_leaders"].help_text = _(
            "only for an award that the authority decides, e.g. 20"
        )

    def clean(self) -> dict[str, Any]:
        """A new award gets its code from its short name; it keeps it through all its periods."""
        said = super().clean() or {}
        award = self.instance
        if not award.code:
            award.name, award.short_name = said.get("name", ""), said.get("short_name", "")
            key = re.sub(r"[^A-Z0-9]+", "_", search_key(award.short_name).upper()).strip("_")
            award.code = award.known_as() or key[:40]
        return said


class RenewForm(AwardForm):
    """An award that takes another's place; the model asks its constraints once that has ended."""

    def _post_clean(self) -> None:
        super(ModelForm, self)._post_clean()  # type: ignore[misc]


class RequirementForm(ModelForm):
    """One condition: which, with what parameter, by which text."""

    rule = forms.ChoiceField(label=gettext_lazy("condition"))
    parameter = forms.CharField(
        label=gettext_lazy("asks for"),
        max_length=60,
        required=False,
        help_text=gettext_lazy("The code of the line, the percentage, the number; else nothing."),
    )
    other = forms.ChoiceField(
        label=gettext_lazy("other award"),
        required=False,
        help_text=gettext_lazy("Only for a condition that asks about another award."),
    )
    layout = Layout("rule", beside("parameter", "other"), "source")

    class Meta:
        model = Requirement
        fields = ["rule", "parameter", "source"]
        formfield_callback = field_of

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["rule"].choices = [  # type: ignore[attr-defined]
            (name, wording.condition_of(name, "…")) for name in TAKES
        ]
        award = self.instance.award
        known = Award.objects.known_to(award.authority_id).exclude(code=award.code)
        names = dict(known.order_by("since").values_list("code", "short_name"))
        self.fields["other"].choices = [("", "–"), *names.items()]  # type: ignore[attr-defined]
        self.fields["source"].required = True
        if self.instance.parameter in names:
            self.initial["other"], self.initial["parameter"] = self.instance.parameter, ""

    def clean(self) -> dict[str, Any]:
        """Take the parameter from where the condition asks for it, as the rule reads it."""
        said = super().clean() or {}
        takes = TAKES.get(said.get("rule", ""))
        if takes == Takes.AWARD:
            said["parameter"] = said.get("other", "")
        elif takes == Takes.NOTHING:
            said["parameter"] = ""
        elif takes == Takes.PERCENT:
            said["parameter"] = said.get("parameter", "").rstrip("% ").replace(",", ".")
        return said


class EndAwardForm(Form):
    """The first day on which an award no longer holds."""

    on = DayField(label=gettext_lazy("no longer in force from"))


class HoldForm(ModelForm):
    """Who is on hold, for which award or all, since when, and why."""

    layout = Layout(beside("unit", "award"), "since", "reason")

    class Meta:
        model = Hold
        fields = ["unit", "award", "since", "reason"]
        formfield_callback = field_of

    def __init__(self, *args: Any, season: Season, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        cards = Unit.objects.filter(cards__season=season).order_by("cards__official_order")
        _bind(self, "unit", cards.prefetch_related("names"))
        _bind(self, "award", Award.objects.of_season(season))
        self.fields["unit"].label = _("Unit")
        self.fields["award"].label = _("Award")
        self.fields["award"].empty_label = _("all awards")  # type: ignore[attr-defined]
        self.fields["reason"].help_text = _(
            "what is being verified, by whom, e.g. a press report of corruption"
        )


class LiftForm(Form):
    """From which day a unit is considered again, and why."""

    on = DayField(label=gettext_lazy("considered again from"))
    because = forms.CharField(label=gettext_lazy("reason"), max_length=300)


class DecisionForm(Asking, ModelForm):
    """The paper by which the authority decided, and the units it names."""

    number = forms.RegexField(
        r"^[0-9]+[A-Za-z]?(/[\w.&-]+)+$",
        label=gettext_lazy("number and symbol"),
        max_length=60,
        help_text=gettext_lazy("e.g. 25/QĐ-TTCP"),
        error_messages={
            "invalid": gettext_lazy("Enter number and symbol as the paper has them: 25/QĐ-TTCP.")
        },
    )
    units = forms.ModelMultipleChoiceField(
        Unit.objects.none(),
        label=gettext_lazy("units that get the award"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    anyway = forms.BooleanField(
        label=gettext_lazy("The decision says so all the same; record it."),
        required=False,
        widget=forms.HiddenInput,
    )
    layout = Layout(
        beside("number", "dated"), beside("signer", "signer_position"), "units", "anyway",
        "correction",
    )  # fmt: skip

    class Meta:
        model = Decision
        fields = ["number", "dated", "signer", "signer_position", "correction"]
        formfield_callback = field_of

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        season: Season = self.instance.season
        cards = Unit.objects.filter(cards__season=season).order_by("cards__official_order")
        _bind(self, "units", cards.prefetch_related("names"))
        if self.instance.corrects_id:
            ticked = _("Ticked is what is recorded. None ticked: the authority gave it to nobody.")
            self.fields["correction"].required = True
        else:
            ticked = _("Ticked is who was put forward. None: the authority gave it to nobody.")
            del self.fields["correction"]
            self.helper.layout = Layout(*self.layout.fields[:-1])
        self.fields["units"].help_text = ticked

    def clean(self) -> None:
        """Ask once about what the authority may decide, but seldom does."""
        chosen = self.cleaned_data.get("units")
        if self.instance.season.meetings.filter(state=MeetingState.CLOSED).exists():
            self.ask([*(self._unusual(chosen) if chosen else ()), *self._signed_otherwise()])

    def _unusual(self, chosen: Iterable[Unit]) -> list[str]:
        season, award = self.instance.season, self.instance.award
        named = proposed_units(season, award)
        day = self.cleaned_data.get("dated") or clock.today()
        holds = season.holds.on(day).select_related("award")
        reserves = reserves_of(season, award)
        found = [
            _("%(unit)s was not put forward for it.") % {"unit": unit}
            if unit.pk not in reserves
            else _("%(unit)s was not put forward for it: it is reserve no. %(number)s.")
            % {"unit": unit, "number": reserves[unit.pk]}
            for unit in chosen
            if unit not in named
        ]
        found += [
            f"{unit}: {hold.told}."
            for unit in chosen
            for hold in holds
            if hold.unit_id == unit.pk and hold.covers(award)
        ]
        given = Decision.objects.in_force().of_the_meeting_held()
        given = given.filter(season=season, award=award).prefetch_related("units__names")
        given = given.exclude(number__iexact=self.cleaned_data.get("number", ""))
        found += [
            _("%(unit)s has it already by decision no. %(number)s.")
            % {"unit": unit, "number": decision.number}
            for decision in (() if self.instance.corrects_id else given)
            for unit in decision.units.all()
            if unit in chosen
        ]
        room = places(award, season)
        if room and len(list(chosen)) > room.number:
            found.append(f"{capfirst(room.sentence)}.")
        return found

    def _signed_otherwise(self) -> list[str]:
        """Say who else is recorded as the signer of the decision of this number and day."""
        said = self.cleaned_data
        if not (said.get("number") and said.get("dated")):
            return []
        same = Decision.objects.in_force().filter(
            season__block__authority=self.instance.season.block.authority,
            number__iexact=said["number"],
            dated=said["dated"],
        )
        other = same.exclude(signer=self.cleaned_data.get("signer")).exclude(
            pk=self.instance.corrects_id
        )
        return [
            _("Decision no. %(number)s is recorded as signed by %(signer)s.")
            % {"number": each.number, "signer": each.signer}
            for each in other[:1]
        ]

    def record(self, by: Seat) -> None:
        """Record what was typed."""
        names = [name for name in self._meta.fields if name in self.fields]  # type: ignore[union-attr]
        Decision.record(
            self.instance.season,
            self.instance.award,
            by,
            self.cleaned_data["units"],
            corrects=self.instance.corrects,
            **{name: self.cleaned_data[name] for name in names},
        )


class LeadersForm(Form):
    """How many units lead a block of the authority in the year, and who says so."""

    count = WholeField(
        label=gettext_lazy("units that lead a block"), low=Decimal(1), high=Decimal(10_000)
    )
    source = forms.CharField(label=gettext_lazy("source"), max_length=300)
