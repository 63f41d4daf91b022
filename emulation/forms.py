"""The base of all forms: text normalised, numbers and days read our way, constraints asked."""

from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Layout
from django import forms
from django.core.exceptions import ObjectDoesNotExist, ValidationError
from django.db import connection, models
from django.http import Http404, QueryDict
from django.utils.datastructures import MultiValueDict
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from blocks import clock
from blocks.dates import DateRefused, parse_date, show_date
from blocks.models import stamp
from blocks.numbers import NumberDoubtful, NumberRefused, parse_decimal, typed
from blocks.text import nfc


class NumberField(forms.CharField):
    """A decimal typed the Vietnamese way; ``low`` and ``high`` are its bounds (inclusive).

    One that is not ``saved`` narrows or counts what is shown: its refusal says only why.
    """

    def __init__(
        self,
        *,
        low: Decimal | None = Decimal(0),
        high: Decimal | None = None,
        places: int = 4,
        saved: bool = True,
        **kwargs: Any,
    ) -> None:
        self.low, self.high, self.places, self.saved = low, high, places, saved
        super().__init__(**kwargs)
        self.widget.attrs.update(inputmode="decimal", autocomplete="off")

    def to_python(self, value: Any) -> Any:
        """Return the number, or raise ValidationError with the sentence for it."""
        text = super().to_python(value)
        if text in self.empty_values:
            return None
        try:
            return parse_decimal(str(text), low=self.low, high=self.high, places=self.places)
        except NumberDoubtful as doubt:
            raise ValidationError(
                str(doubt), code="doubtful", params={"answers": doubt.answers}
            ) from doubt
        except NumberRefused as refusal:
            said = str(refusal) if self.saved else refusal.why
            raise ValidationError(said, code="refused") from refusal

    def prepare_value(self, value: Any) -> Any:
        """Write a number as it is typed, so that it reads back as itself."""
        return typed(value) if isinstance(value, Decimal) else value

    def has_changed(self, initial: Any, data: Any) -> bool:
        """Compare as text; the sheet compares what was understood itself."""
        return (self.prepare_value(initial) or "") != (data or "")


class WholeField(NumberField):
    """A whole number."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"places": 0, **kwargs})

    def to_python(self, value: Any) -> Any:
        """Return the whole number as an int."""
        number = super().to_python(value)
        return number if number is None else int(number)


class DayField(forms.CharField):
    """A day typed as ``5/2/2026``, ``05-02-26`` or ``5/2``: of ``year``, else of today's.

    Where ``has_come``, a later day than today is refused. ``saved`` as of a ``NumberField``.
    """

    def __init__(
        self, *, year: int | None = None, has_come: bool = False, saved: bool = True, **kwargs: Any
    ) -> None:
        self.year, self.has_come, self.saved = year, has_come, saved
        super().__init__(**kwargs)

    def to_python(self, value: Any) -> Any:
        """Return the day, or raise ValidationError with the sentence for it."""
        text = super().to_python(value)
        if text in self.empty_values:
            return None
        try:
            day = parse_date(str(text), year=self.year or clock.today().year)
        except DateRefused as refusal:
            raise ValidationError(str(refusal) if self.saved else refusal.why) from refusal
        if self.has_come and day > clock.today():
            raise ValidationError(_("This day has not come yet."))
        return day

    def prepare_value(self, value: Any) -> Any:
        """Write a day as it is typed."""
        return show_date(value) if isinstance(value, date) else value


def normalised(data: Any) -> Any:
    """Return posted data with every text in NFC, and its lines ended as the server ends them."""
    if not isinstance(data, MultiValueDict):
        return data
    copy = QueryDict(mutable=True)
    for name, values in data.lists():
        copy.setlist(name, [_text(v) if isinstance(v, str) else v for v in values])
    return copy


def _text(posted: str) -> str:
    return nfc(posted).replace("\r\n", "\n")  # browsers end lines as mail does


class _Ours:
    """What both kinds of our forms do: normalise, and lay out without the form's own tag."""

    layout: Layout | None = None

    def __init__(self, data: Any = None, *args: Any, **kwargs: Any) -> None:
        super().__init__(normalised(data), *args, **kwargs)  # type: ignore[call-arg]
        self.helper = FormHelper()
        self.helper.form_tag = False
        self.helper.disable_csrf = True
        if self.layout:
            self.helper.layout = self.layout
        for field in self.fields.values():  # type: ignore[attr-defined]
            field.label = capfirst(field.label)

    def full_clean(self) -> None:
        """Let each field that was left empty say which it is."""
        for field in self.fields.values():  # type: ignore[attr-defined]
            picked = isinstance(field, forms.ChoiceField | forms.FileField)
            words = _("Choose “%(label)s”.") if picked else _("Fill in “%(label)s”.")
            field.error_messages["required"] = words % {"label": field.label}
        super().full_clean()  # type: ignore[misc]


class Asking:
    """A form that asks about what is seldom meant, with a field ``anyway`` of its own words.

    The tick's value is the sentences it was shown with: it confirms those and no others.
    """

    def ask(self: Any, sentences: Sequence[str]) -> None:
        """Show the tick under these sentences; refuse while it was not given to just them."""
        if not sentences:
            return
        asked = " ".join(sentences)
        given = self.data.get(self.add_prefix("anyway")) == asked
        box = forms.CheckboxInput({"value": asked}, check_test=lambda _value: given)
        self.fields["anyway"].widget = box
        if given:
            self["anyway"].help_text = asked
        else:
            self.add_error(None, list(sentences))


class Form(_Ours, forms.Form):
    """A form that saves no model itself."""


MOST_OF_A_SMALL = 32767  # what the database keeps in two bytes


def field_of(field: Any, **kwargs: Any) -> Any:
    """Give models' days and numbers the fields that read them our way."""
    plain = {
        "required": not field.blank,
        "label": field.verbose_name,
        "help_text": field.help_text,
    }
    if isinstance(field, models.DateField) and not isinstance(field, models.DateTimeField):
        return DayField(**plain)
    if isinstance(field, models.DecimalField):
        return NumberField(places=field.decimal_places, **plain)
    if isinstance(field, models.PositiveSmallIntegerField) and not field.choices:
        return WholeField(high=Decimal(MOST_OF_A_SMALL), **plain)
    return field.formfield(**kwargs)


def _shown(bound: forms.BoundField) -> str:
    """What a field held when the page was asked for, as one reads it."""
    field: Any = bound.field
    held, kind = bound.initial, type(field)
    if isinstance(held, list):
        held = ", ".join(map(str, held))
    elif issubclass(kind, forms.ModelChoiceField):
        held = field.queryset.filter(pk=held).first() if held else None
    elif issubclass(kind, forms.ChoiceField):
        held = dict(field.choices).get(held)
    elif issubclass(kind, forms.BooleanField):
        held = _("yes") if held else _("no")
    else:
        held = field.prepare_value(held)
    return "–" if held in (None, "") else str(held)


def in_turn(thing: models.Model, names: Iterable[str]) -> None:
    """Let what is posted of a thing wait for whoever saves it now, and read anew what it holds:
    two who save in the same moment are told of each other too.

    The lock is of the form alone, so that the verbs take theirs in their own order.
    """
    asked = "SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))"
    with connection.cursor() as cursor:
        cursor.execute(asked, [f"{thing._meta.label} {thing.pk}"])
    try:
        thing.refresh_from_db(fields=list(names))
    except ObjectDoesNotExist:
        raise Http404 from None  # removed in that moment


class Guarded:
    """A form that never writes over what it did not show: whoever saves over what somebody else
    saved since the page was loaded is told what stands, and saves once more."""

    data: Any

    def watch(self: Any) -> None:
        """Let the page carry the stamp of what its fields hold now."""
        self.fields["loaded"] = forms.CharField(
            required=False, max_length=16, widget=forms.HiddenInput(), initial=self._stands
        )
        self.helper.render_hidden_fields = True

    def called(self: Any, name: str) -> str:
        """What a field is called apart from its place on the page."""
        return str(self.fields[name].label)

    def _stands(self: Any) -> str:
        """The stamp of what the form's fields hold, as the page is loaded with them."""
        fields = {name: field for name, field in self.fields.items() if name != "loaded"}
        held = {name: self.get_initial_for_field(field, name) for name, field in fields.items()}
        return stamp(str(held))

    def full_clean(self: Any) -> None:
        """Refuse to write over what was saved since the page was loaded."""
        super().full_clean()  # type: ignore[misc]
        if self.is_bound:
            self.cleaned_data.pop("loaded", None)
        loaded = self.data.get(self.add_prefix("loaded")) if "loaded" in self.fields else None
        changed = [name for name in self.changed_data if self._would_change(name)] if loaded else []
        stands = self._stands() if changed else loaded
        if loaded == stands:
            return
        told = [f"{self.called(name)}: {_shown(self[name])}" for name in changed]
        said = _(
            "Somebody else saved this page meanwhile. What stands: %(what)s. Nothing is saved; save"
            " again to put yours in its place."
        )
        self.add_error(None, said % {"what": "; ".join(told)})
        sent = {name: self.data.getlist(name) for name in self.data}
        self.data = MultiValueDict(sent | {self.add_prefix("loaded"): [stands]})

    def _would_change(self: Any, name: str) -> bool:
        """Whether what was typed is not what stands; the second of two clicks changes nothing."""
        said = (self.cleaned_data.get(name), self[name].initial)
        sent, held = (self.fields[name].prepare_value(value) for value in said)
        nothing = sent in (None, "") and held in (None, "")
        return name not in {"loaded", "anyway"} and not nothing and str(sent) != str(held)


class ModelForm(Guarded, _Ours, forms.ModelForm):
    """A form of a model; every constraint is asked, also of fields that are not on the form.

    Days and numbers need ``formfield_callback = field_of`` in the form's Meta. One that is not
    ``guarded`` sees itself to what others saved meanwhile.
    """

    guarded = True

    def __init__(self, data: Any = None, *args: Any, instance: Any = None, **kwargs: Any) -> None:
        is_guarded = self.guarded and instance is not None and instance.pk
        if is_guarded and data is not None:
            asked = self._meta.fields or ()
            held = instance._meta.concrete_fields
            in_turn(instance, [f.name for f in held if f.name in asked or not f.is_relation])
        super().__init__(data, *args, instance=instance, **kwargs)
        if is_guarded:
            self.watch()

    def _post_clean(self) -> None:
        super()._post_clean()  # type: ignore[misc]
        if not self.errors:
            try:
                self.instance.validate_constraints()
            except ValidationError as error:
                self.add_error(None, error)
