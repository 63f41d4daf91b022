"""What is asked of whoever looks after people, units, blocks and their papers."""

from datetime import date
from typing import Any

from crispy_forms.layout import Column, Layout, Row
from django import forms
from django.contrib.auth import authenticate
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from blocks import clock
from blocks.models import (
    Authority,
    Block,
    Honorific,
    Membership,
    Recognition,
    Role,
    Seat,
    Succession,
    Unit,
    User,
)
from emulation.forms import Asking, DayField, Form, ModelForm, field_of
from emulation.uploads import UploadField

A_YEAR_S_RANGE = (2015, 2100)
FEWEST_DIGITS = 8  # of a telephone number that can be called
PHONE_SIGNS = set("0123456789 .+-()/,;")


def own_units(user: User) -> QuerySet[Unit]:
    """The units whose people the user looks after, open ones only."""
    principal = [seat.unit_id for seat in user.seats_in_force if seat.role == Role.PRINCIPAL]
    units = Unit.objects.filter(Q(authority__in=user.authorities) | Q(pk__in=principal))
    return units.today().named().by_block()


class LoginForm(Form):
    """User name and password; a refusal never says which of them was wrong."""

    username = forms.CharField(
        label=_("user name"),
        max_length=60,
        widget=forms.TextInput(
            attrs={"autocomplete": "username", "autocapitalize": "none", "autofocus": True}
        ),
    )
    password = forms.CharField(
        label=_("password"),
        max_length=200,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )

    def __init__(self, request: Any, *args: Any, **kwargs: Any) -> None:
        self.request = request
        self.user: User | None = None
        super().__init__(*args, **kwargs)

    def clean(self) -> dict[str, Any]:
        """Look the person up."""
        said = super().clean() or {}
        if "username" in said and "password" in said:
            found = authenticate(
                self.request, username=said["username"].strip(), password=said["password"]
            )
            if found is None:
                raise ValidationError(_("The user name or the password is wrong."))
            self.user = found
        return said


class PasswordForm(Form):
    """A new password of one's own, typed twice; the present one is asked unless it is the first."""

    old = forms.CharField(
        label=_("present password"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )
    new = forms.CharField(
        label=_("new password"),
        max_length=200,
        strip=False,
        help_text=_("At least 10 characters; several words are easy to remember."),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    again = forms.CharField(
        label=_("the new password once more"),
        max_length=200,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def __init__(self, user: User, *args: Any, **kwargs: Any) -> None:
        self.user = user
        super().__init__(*args, **kwargs)
        if user.must_change_password:
            del self.fields["old"]

    def clean_old(self) -> str:
        """Compare with the present password."""
        if not self.user.check_password(self.cleaned_data["old"]):
            raise ValidationError(_("This is not the present password."))
        return self.cleaned_data["old"]

    def clean_new(self) -> str:
        """Ask the validators."""
        new: str = self.cleaned_data["new"]
        if self.user.check_password(new):
            raise ValidationError(_("The new password is the present one; choose another."))
        validate_password(new, self.user)
        return new

    def clean_again(self) -> str:
        """Compare the two."""
        again: str = self.cleaned_data["again"]
        if "new" in self.cleaned_data and again != self.cleaned_data["new"]:
            raise ValidationError(_("The two passwords differ."))
        return again

    def save(self) -> None:
        """Keep the password."""
        self.user.set_password(self.cleaned_data["new"])
        self.user.must_change_password = False
        self.user.save(update_fields=["password", "must_change_password"])


class SlipForm(Form):
    """Asks for a new one-time password in place of the one there was when the page was shown."""

    stamp = forms.CharField(required=False, max_length=64, widget=forms.HiddenInput())


class FindForm(Form):
    """The words of a search."""

    q = forms.CharField(label=_("Search"), required=False, max_length=100)

    @property
    def words(self) -> str:
        """What is looked for; nothing when it is too long to be a name."""
        return self.cleaned_data["q"] if self.is_valid() else ""


class AccountForm(ModelForm):
    """What a person mends of oneself: name and phone."""

    layout = Layout(
        Row(Column("honorific", css_class="col-md-3"), Column("full_name", css_class="col-md-9")),
        Row(Column("phone"), Column("email")),
    )

    class Meta:
        model = User
        fields = ["honorific", "full_name", "phone", "email"]
        formfield_callback = field_of

    def clean_full_name(self) -> str:
        """Drop superfluous spaces; a name has no figures."""
        name = " ".join(self.cleaned_data["full_name"].split())
        if any(letter.isdecimal() for letter in name):
            raise ValidationError(_("Enter the name of a person: it has no figures."))
        return name

    def clean_phone(self) -> str:
        """Refuse what nobody can call; a number of ten digits is grouped as one reads it."""
        phone = " ".join(self.cleaned_data["phone"].split())
        digits = "".join(filter(str.isdecimal, phone))
        if phone and (len(digits) < FEWEST_DIGITS or set(phone) - PHONE_SIGNS):
            raise ValidationError(_("Enter a telephone number, for example 0905 123 456."))
        if len(digits) == len("0905123456") and set(phone) <= set("0123456789 ."):
            return f"{digits[:4]} {digits[4:7]} {digits[7:]}"
        return phone


class PersonForm(AccountForm):
    """What whoever manages a person mends."""

    layout = Layout(
        Row(Column("honorific", css_class="col-md-3"), Column("full_name", css_class="col-md-9")),
        Row(Column("username"), Column("phone"), Column("email")),
        "is_active",
    )

    class Meta(AccountForm.Meta):
        fields = ["honorific", "full_name", "username", "phone", "email", "is_active"]
        formfield_callback = field_of

    def clean_username(self) -> str:
        """A user name is one word."""
        name: str = self.cleaned_data["username"].strip()
        if " " in name:
            raise ValidationError(_("A user name has no spaces."))
        return name


class PlaceForm(Form):
    """A seat: which role, at which unit or authority, since when, printed how."""

    role = forms.ChoiceField(label=_("role"), choices=[])
    unit = forms.ModelChoiceField(
        Unit.objects.none(),
        label=_("unit"),
        required=False,
        help_text=_("A clerk and a principal sit at a unit; an officer does not."),
    )
    authority = forms.ModelChoiceField(Authority.objects.none(), label=_("authority"))
    position = forms.CharField(
        label=_("position as printed"),
        max_length=120,
        required=False,
        help_text=_("for example Phó Chánh Thanh tra"),
    )
    since = DayField(label=_("from"))

    place_layout = (
        Row(Column("role"), Column("unit")),
        "authority",
        Row(Column("position"), Column("since")),
    )
    layout = Layout(*place_layout)

    def __init__(self, by: User, *args: Any, **kwargs: Any) -> None:
        self.by = by
        initial = {"since": clock.today(), "role": Role.CLERK} | kwargs.pop("initial", {})
        super().__init__(*args, initial=initial, **kwargs)
        roles = list(Role.choices) if by.authorities else [(Role.CLERK, Role.CLERK.label)]
        self.fields["role"].choices = roles  # type: ignore[attr-defined]
        self.fields["unit"].queryset = own_units(by)  # type: ignore[attr-defined]
        above = [authority.pk for authority in by.authorities]
        self.fields["authority"].queryset = Authority.objects.filter(pk__in=above)  # type: ignore[attr-defined]
        self.fields["authority"].required = False
        if len(above) < 2:  # noqa: PLR2004 -- nothing to choose
            self.fields["authority"].widget = forms.HiddenInput()
        if len(above) == 0:
            self.fields["unit"].required = True
            self.fields["unit"].help_text = ""
            if len(by.units) == 1:
                self.initial.setdefault("unit", by.units[0].pk)

    def clean(self) -> dict[str, Any]:
        """Find the place that fits the role."""
        said = super().clean() or {}
        if said.get("role") == Role.OFFICER:
            if said.get("unit"):
                self.add_error(
                    "unit", _("An officer sits at no unit: choose none, or a role of it.")
                )
            said["unit"] = None
            said["authority"] = said.get("authority") or next(iter(self.by.authorities), None)
            if said["authority"] is None:
                self.add_error("role", _("Only an officer names an officer."))
        else:
            said["authority"] = None
            if not said.get("unit") and "unit" not in self.errors:
                self.add_error("unit", _("Choose the unit."))
        return said

    def seat_of(self, person: User) -> Seat:
        """Save the seat for the person."""
        fields = ("role", "unit", "authority", "position", "since")
        seat = Seat(person=person, **{name: self.cleaned_data[name] for name in fields})
        seat.validate_constraints()
        seat.save()
        return seat


class NewPersonForm(Asking, PlaceForm):
    """A person with its first seat; asked about where somebody of this name is there already."""

    honorific = forms.ChoiceField(label=_("Mr or Ms"), choices=Honorific.choices)
    full_name = forms.CharField(label=_("full name"), max_length=120)
    username = forms.CharField(
        label=_("user name"),
        max_length=60,
        required=False,
        help_text=_("Left empty it is made from the name: hoant for Nguyễn Thị Hoa."),
    )
    phone = forms.CharField(label=_("phone"), max_length=30, required=False)
    anyway = forms.BooleanField(
        label=_("This is another person of the same name; add them."),
        required=False,
        widget=forms.HiddenInput,
    )

    layout = Layout(
        Row(Column("honorific", css_class="col-md-3"), Column("full_name", css_class="col-md-9")),
        Row(Column("username"), Column("phone")),
        *PlaceForm.place_layout,
        "anyway",
    )

    clean_full_name = AccountForm.clean_full_name
    clean_phone = AccountForm.clean_phone
    clean_username = PersonForm.clean_username

    def clean(self) -> dict[str, Any]:
        """Find the place, and name who bears the name there."""
        said = super().clean()
        seats = Seat.objects.not_over().filter(person__full_name__iexact=said.get("full_name", ""))
        if said.get("unit") or said.get("authority"):
            there = seats.filter(unit=said["unit"], authority=said["authority"])
            self.ask([_("%(seat)s is there already.") % {"seat": seat} for seat in there])
        return said

    def save(self) -> User:
        """Save the person, still without a password, and the seat."""
        said = self.cleaned_data
        person = User(
            honorific=said["honorific"],
            full_name=said["full_name"],
            username=said["username"] or User.objects.free_username(said["full_name"]),
            phone=said["phone"],
        )
        person.set_unusable_password()
        person.full_clean(exclude=["password", "sort_key", "search_key"])
        person.save()
        self.seat_of(person)
        self.person = person
        return person

    def address_of_person(self) -> str:
        """Return the address of the person that was saved."""
        return self.person.get_absolute_url()


class UnitForm(ModelForm):
    """What papers print of a unit besides its name."""

    layout = Layout("superior", Row(Column("place"), Column("symbol")))

    class Meta:
        model = Unit
        fields = ["superior", "place", "symbol"]
        formfield_callback = field_of


class NameForm(Form):
    """What a unit is called, and since when."""

    name = forms.CharField(label=_("name"), max_length=200)
    short_name = forms.CharField(
        label=_("short name for narrow columns"),
        max_length=40,
        help_text=_("for example Minh Long, Sở Công Thương"),
    )
    since = DayField(label=_("from"))

    layout = Layout(
        Row(Column("name", css_class="col-md-8"), Column("short_name", css_class="col-md-4")),
        "since",
    )


class NewUnitForm(UnitForm):
    """A unit with its first name."""

    name = forms.CharField(label=_("name"), max_length=200)
    short_name = forms.CharField(
        label=_("short name for narrow columns"),
        max_length=40,
        help_text=_("for example Minh Long, Sở Công Thương"),
    )

    layout = Layout(
        "authority",
        Row(Column("name", css_class="col-md-8"), Column("short_name", css_class="col-md-4")),
        "superior",
        Row(Column("place"), Column("symbol"), Column("since")),
    )

    class Meta(UnitForm.Meta):
        fields = ["authority", "superior", "place", "symbol", "since"]
        formfield_callback = field_of

    def __init__(self, by: User, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        limit_to_authorities(self, by)

    def save(self, commit: bool = True) -> Unit:  # noqa: FBT001, FBT002 -- Django's own signature
        """Save the unit and its name."""
        unit: Unit = super().save(commit)
        said = self.cleaned_data
        name = unit.names.model(
            unit=unit, name=said["name"], short_name=said["short_name"], since=unit.since
        )
        name.validate_constraints()
        name.save()
        return unit


def limit_to_authorities(form: Any, by: User) -> None:
    """Let one choose among one's own authorities; who has one only is not asked."""
    field = form.fields["authority"]
    field.queryset = Authority.objects.filter(pk__in=[one.pk for one in by.authorities])
    if len(by.authorities) == 1:
        form.initial["authority"] = by.authorities[0].pk  # an instance may lack it still
        field.widget = forms.HiddenInput()


class ClosingForm(Form):
    """From when a unit is no more, by which decision, and what followed it."""

    on = DayField(label=_("no longer exists from"))
    kind = forms.ChoiceField(label=_("what happened"), choices=Succession.Kind.choices)
    new = forms.ModelChoiceField(
        Unit.objects.none(), label=_("the unit that follows"), required=False
    )
    decision = forms.CharField(
        label=_("decision"), max_length=200, help_text=_("number, date, by whom")
    )

    layout = Layout(Row(Column("on"), Column("kind")), "new", "decision")

    def __init__(self, unit: Unit, by: User, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["new"].queryset = own_units(by).exclude(pk=unit.pk)  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """A unit that did not just close names what followed it."""
        said = super().clean() or {}
        if said.get("kind") not in (None, Succession.Kind.CLOSED) and not said.get("new"):
            self.add_error("new", _("Name the unit that follows."))
        return said


class BlockForm(ModelForm):
    """What a block is called and since when there is one."""

    layout = Layout(
        "authority",
        Row(Column("kind", css_class="col-md-4"), Column("code", css_class="col-md-4"),
            Column("since", css_class="col-md-4")),
        "name",
        "short_name",
        "until",
    )  # fmt: skip

    class Meta:
        model = Block
        fields = ["authority", "kind", "code", "name", "short_name", "since", "until"]
        formfield_callback = field_of

    def __init__(self, by: User, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        limit_to_authorities(self, by)


class MembershipForm(ModelForm):
    """A unit's place in the block: since when, its two orders."""

    class Meta:
        model = Membership
        fields = ["unit", "since", "official_order", "turn"]
        formfield_callback = field_of

    layout = Layout("unit", Row(Column("since"), Column("official_order"), Column("turn")))

    def __init__(self, by: User, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            del self.fields["unit"]
            self.helper.layout = Layout(
                Row(Column("since"), Column("official_order"), Column("turn"))
            )
        else:
            there = self.instance.block.memberships.today().values("unit")
            self.fields["unit"].queryset = own_units(by).exclude(pk__in=there)  # type: ignore[attr-defined]
        self.fields["official_order"].help_text = _("Its place on papers and in lists.")
        self.fields["turn"].help_text = _("Its place in the rotation of heads.")


class EndForm(Form):
    """From which day on something holds no longer."""

    on = DayField(label=_("no longer from"))


class RecognitionForm(ModelForm):
    """What a paper says of itself; its number and date may come later."""

    file = UploadField(label=_("scan of the paper"), required=False)

    layout = Layout(
        "authority",
        Row(Column("kind"), Column("year")),
        "about",
        Row(Column("number"), Column("symbol"), Column("dated")),
        Row(Column("signer"), Column("signer_position")),
        "file",
    )

    class Meta:
        model = Recognition
        fields = [
            "authority",
            "kind",
            "year",
            "about",
            "number",
            "symbol",
            "dated",
            "signer",
            "signer_position",
        ]
        formfield_callback = field_of

    def __init__(self, by: User, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        limit_to_authorities(self, by)
        for name in ("number", "symbol", "dated", "signer"):
            self.fields[name].required = False
        self.fields["symbol"].help_text = _("as on the paper: TTT-VP")

    def clean(self) -> dict[str, Any]:
        """Refuse a paper that is dated more than a year away from the year it is for."""
        said = super().clean() or {}
        year, dated = said.get("year"), said.get("dated")
        if year and dated and abs(dated.year - year) > 1:
            self.add_error(
                "dated",
                ValidationError(
                    _("The paper is for %(year)s; check its date."), params={"year": year}
                ),
            )
        return said

    def clean_year(self) -> int:
        """Refuse what is no year of ours."""
        year: int = self.cleaned_data["year"]
        low, high = A_YEAR_S_RANGE
        if not low <= year <= high:
            raise ValidationError(
                _("Enter a year from %(low)d to %(high)d."), params={"low": low, "high": high}
            )
        return year

    def save(self, commit: bool = True) -> Recognition:  # noqa: FBT001, FBT002 -- Django's own
        """Save the paper and, if there is one, its scan."""
        paper: Recognition = super().save(commit)
        if self.cleaned_data["file"]:
            paper.attach(*self.cleaned_data["file"])
        return paper


class ScanForm(Form):
    """The scan of a paper that was issued."""

    file = UploadField(label=_("scan of the paper"))


class HoldersForm(Form):
    """Head and deputy of one block on a paper, and from when."""

    head = forms.ModelChoiceField(Unit.objects.none(), required=False)
    deputy = forms.ModelChoiceField(Unit.objects.none(), required=False)
    since = DayField(label=_("from"))
    until = DayField(
        label=_("until, not on"),
        required=False,
        help_text=_("Left empty: until another paper names another unit."),
    )

    layout = Layout(Row(Column("head"), Column("deputy")), Row(Column("since"), Column("until")))

    def __init__(
        self, members: QuerySet[Unit], head: str, deputy: str, *args: Any, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        for name, label in (("head", head), ("deputy", deputy)):
            self.fields[name].queryset = members  # type: ignore[attr-defined]
            self.fields[name].label = label

    def clean(self) -> dict[str, Any]:
        """An office ends after it starts."""
        said = super().clean() or {}
        since, until = said.get("since"), said.get("until")
        if isinstance(since, date) and isinstance(until, date) and until <= since:
            self.add_error("until", gettext("The end must come after the start."))
        return said
