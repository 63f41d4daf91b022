"""What the committee and the secretary type: letters, papers, hands."""

from decimal import Decimal
from typing import Any

from crispy_forms.layout import Fieldset, Layout
from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from awards.forms import MomentField, beside, field_named
from awards.models import Candidate, Elector, Hands, PaperStack, Procedure, Question
from blocks import clock
from blocks.models import Unit
from blocks.numbers import two_digits
from emulation.forms import Form, ModelForm, WholeField


class LetterForm(Form):
    """A written opinion that came while the vote is open."""

    unit = forms.ModelChoiceField(
        label=gettext_lazy("Unit"),
        queryset=Unit.objects.none(),
        error_messages={
            "invalid_choice": gettext_lazy(
                "This unit's letter is noted meanwhile, or it is there: it is not asked for one."
            )
        },
    )
    letter_received_at = MomentField(label=gettext_lazy("Received at"))

    def __init__(self, data: Any = None, *, question: Question, **kwargs: Any) -> None:
        # one that was set aside by mistake is noted again with its own time, not with this one
        is_new = not question.electors.filter(letter_is_empty=True).exists()
        initial = {"letter_received_at": clock.now()} if is_new else {}
        super().__init__(data, initial=initial, **kwargs)
        field_named(self, "letter_received_at").day = question.meeting.day
        field_named(self, "unit").queryset = question.may_still_write.named()


class PaperForm(Form):
    """Which unit gets a paper."""

    unit = forms.ModelChoiceField(label=gettext_lazy("Unit"), queryset=Unit.objects.none())

    def __init__(self, data: Any = None, *, question: Question, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        without = question.electors.on_screen().filter(voted__isnull=True)
        field_named(self, "unit").queryset = Unit.objects.filter(
            pk__in=without.values("unit")
        ).named()


class KeyingForm(Form):
    """What one of the committee reads from a ballot on paper; whose it is only in an open vote."""

    marks = forms.ModelMultipleChoiceField(
        label=gettext_lazy("Marked on the paper"),
        queryset=Unit.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    says_no = forms.BooleanField(
        label=gettext_lazy("It says only no"),
        required=False,
        help_text=gettext_lazy(
            "A paper that says only no is marked here and nowhere else; it is valid, not blank."
        ),
    )
    blank = forms.BooleanField(label=gettext_lazy("The paper is blank"), required=False)
    spoiled = forms.BooleanField(
        label=gettext_lazy("The paper is not valid"),
        required=False,
        help_text=gettext_lazy(
            "Too many marks, torn, signed, or not to be read. What it marks does not count."
        ),
    )

    def __init__(
        self, data: Any = None, *, question: Question, elector: Elector | None = None, **kwargs: Any
    ) -> None:
        super().__init__(data, **kwargs)
        candidates = question.candidates.select_related("unit").prefetch_related("unit__names")
        if elector and not question.self_vote:
            candidates = candidates.exclude(unit=elector.unit_id)
        field_named(self, "marks").queryset = candidates
        self.allowed = question.marks_allowed
        self.fields["blank"].help_text = blank_paper(question)
        if question.one_is_ticked:
            del self.fields["says_no"]
        else:
            self.fields["marks"].label = _("Agree")
            self.fields["marks"].help_text = _(
                "A unit that is not marked is counted as one not agreed to."
            )

    def clean_spoiled(self) -> bool:
        """Say what a paper with too many marks is."""
        spoiled: bool = self.cleaned_data["spoiled"]
        marked = len(self.cleaned_data.get("marks", ()))
        if marked > self.allowed and not spoiled:
            raise ValidationError(
                _(
                    "%(marked)s are marked, and at most %(allowed)s may be: "
                    "such a paper is not valid. Tick it here."
                ),
                params={"marked": two_digits(marked), "allowed": two_digits(self.allowed)},
            )
        return spoiled

    def clean(self) -> None:
        """Refuse what cannot be read of one valid paper: “says only no” beside a yes, blank beside
        either, or nothing at all."""
        said = self.cleaned_data
        if said.get("spoiled") or self.errors:
            return
        if said.get("says_no") and said["marks"]:
            self.add_error(
                "says_no",
                _("A paper with a yes is keyed by its yes alone: untick this, or the units above."),
            )
        says = bool(said["marks"] or said.get("says_no"))
        if says and said["blank"]:
            self.add_error("blank", _("A paper that says something is not blank: untick this."))
        if not says and not said["blank"]:
            self.add_error("blank", _("Nothing is ticked. If the paper is blank, tick this."))

    @property
    def keys(self) -> list[int]:
        """The keys of the candidates that were marked."""
        return [candidate.pk for candidate in self.cleaned_data["marks"]]


def blank_paper(question: Question) -> str:
    """Say which paper is a blank one: one of several is ticked on it, or each has yes and no."""
    if not question.one_is_ticked:
        return _("A blank paper says neither yes nor no to anybody.")
    return _("A blank paper ticks nobody.")


def candidates_of(question: Question) -> list[Candidate]:
    """Return who stands, with the names of the units."""
    listed = question.candidates.select_related("unit").prefetch_related("unit__names")
    return list(listed)


def _papers(label: Any, **kwargs: Any) -> WholeField:
    return WholeField(label=label, low=Decimal(0), high=Decimal(999), **kwargs)


class StackForm(Form):
    """The papers of the box as counts."""

    issued = _papers(gettext_lazy("Papers given out"))
    returned = _papers(gettext_lazy("Papers returned"))
    valid = _papers(gettext_lazy("Valid papers"))
    blank = _papers(gettext_lazy("Blank papers"))
    spoiled = _papers(gettext_lazy("Spoiled papers"))

    def __init__(self, data: Any = None, *, question: Question, **kwargs: Any) -> None:
        self.candidates = candidates_of(question)
        super().__init__(data, **kwargs)
        self.fields["blank"].help_text = " ".join(
            (
                _("A part of the valid."),
                blank_paper(question),
                _("One that says only no is valid, not blank, and adds no yes.")
                if not question.one_is_ticked
                else "",
            )
        ).strip()
        names = []
        for candidate in self.candidates:
            names.append(f"yes_{candidate.pk}")
            self.fields[names[-1]] = _papers(candidate.unit.name)
        self.helper.layout = Layout(
            beside("issued", "returned"),
            beside("valid", "blank", "spoiled"),
            Fieldset(_("Agree, paper by paper"), *names),
        )

    @property
    def counts(self) -> dict[str, Any]:
        """The counts as the stack takes them."""
        said = self.cleaned_data
        yes = {each.pk: said[f"yes_{each.pk}"] for each in self.candidates}
        return {name: said[name] for name in PaperStack.COUNTS if name != "yes"} | {"yes": yes}


class HandsForm(Form):
    """The hands that were raised for each candidate."""

    def __init__(self, data: Any = None, *, question: Question, **kwargs: Any) -> None:
        self.candidates = candidates_of(question)
        super().__init__(data, **kwargs)
        typed = {
            each.candidate_id: each for each in Hands.objects.filter(candidate__question=question)
        }
        groups, columns = [], 4 if question.chair_must_approve else 3
        for candidate in self.candidates:
            said = typed.get(candidate.pk)
            fields: dict[str, forms.Field] = {
                "yes": _papers(gettext_lazy("Agree")),
                "no": _papers(gettext_lazy("Do not agree")),
                "abstain": _papers(gettext_lazy("No hand raised")),
            }
            own = not question.self_vote and candidate.unit_id == question.meeting.season.head_id
            if question.chair_must_approve and not own:
                fields["chair"] = forms.BooleanField(
                    label=gettext_lazy("The chair is among the yes"), required=False
                )
            names = []
            for name, field in fields.items():
                names.append(f"{name}_{candidate.pk}")
                self.fields[names[-1]] = field
                self.initial[names[-1]] = getattr(said, name, None)
            groups.append(Fieldset(candidate.unit.name, beside(*names, columns=columns)))
        self.helper.layout = Layout(*groups)

    @property
    def counts(self) -> dict[int, dict[str, Any]]:
        """The hands of each candidate, by its key."""
        said = self.cleaned_data
        return {
            each.pk: {name: said[f"{name}_{each.pk}"] for name in ("yes", "no", "abstain")}
            | {"chair": bool(said.get(f"chair_{each.pk}"))}
            for each in self.candidates
        }


class ProcedureForm(ModelForm):
    """A matter of procedure and the hands that were raised."""

    yes = _papers(gettext_lazy("Agree"))
    no = _papers(gettext_lazy("Do not agree"))
    abstain = _papers(gettext_lazy("No hand raised"))

    layout = Layout("matter", beside("yes", "no", "abstain"))

    class Meta:
        model = Procedure
        fields: tuple[str, ...] = ("matter", "yes", "no", "abstain")
        labels = {"matter": gettext_lazy("What the meeting decides")}
        help_texts = {"matter": gettext_lazy("E.g. the agenda, or the counting committee.")}


class CorrectionForm(ProcedureForm):
    """A show of hands on procedure put right, with the reason."""

    layout = Layout(*ProcedureForm.layout.fields, "corrected_because")

    class Meta(ProcedureForm.Meta):
        fields = (*ProcedureForm.Meta.fields, "corrected_because")
        labels = ProcedureForm.Meta.labels | {
            "corrected_because": gettext_lazy("Reason of the correction")
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["corrected_because"].required = True
