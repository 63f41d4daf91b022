"""What the pages of a meeting ask: time and place, who is there, letters, rules of a vote."""

import re
from collections import defaultdict
from collections.abc import Iterable
from datetime import date, datetime, time
from decimal import Decimal
from fractions import Fraction
from typing import Any

from crispy_forms.layout import Column, Layout, Row
from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from awards.models import (
    Attendance,
    Award,
    Counter,
    DecidedBy,
    Guest,
    Meeting,
    Question,
    VoteRules,
)
from awards.models.catalogue import matter, members_of
from awards.models.voting import NO_MEMBER
from awards.tally import Base, Mode, Presence, TieRule, stated
from blocks import clock
from blocks.dates import DateRefused, parse_date, show_date
from blocks.models import Office, Role, Seat, Unit, User, stamp
from blocks.numbers import NumberDoubtful, NumberRefused, parse_decimal, two_digits, typed
from blocks.text import is_name_of, nfc
from emulation.forms import DayField, Form, ModelForm, WholeField
from scoring.models import Season
from scoring.papers import full_post
from scoring.phases import Phase

_HOUR = re.compile(
    r"([0-9]{1,2})\s*(?:giờ|g|h|:)\s*([0-9]{1,2})?\s*(?:phút|p|')?(?:\s*,?\s*(?:ngày)?\s*([0-9].*))?",
    re.ASCII | re.IGNORECASE,
)


def beside(*names: str, columns: int = 0) -> Row:
    """Lay fields out beside each other where there is room; in so many columns, or one a field."""
    width = 12 // (columns or len(names))
    return Row(*(Column(name, css_class=f"col-md-{width}") for name in names))


_PART = re.compile(r"([0-9]{1,4})\s*/\s*([0-9]{1,4})", re.ASCII)
USUAL_START = time(8)


class MomentField(forms.CharField):
    """A time typed as ``8:05``, ``8h05`` or ``08 giờ 05``, on ``day`` unless a day follows."""

    def __init__(self, *, day: date | None = None, **kwargs: Any) -> None:
        self.day = day
        super().__init__(**kwargs)
        self.widget.attrs.update(autocomplete="off", placeholder="08 giờ 05")

    def to_python(self, value: Any) -> Any:
        """Return the moment in local time, or raise ValidationError with the sentence for it."""
        text = super().to_python(value)
        if text in self.empty_values:
            return None
        match = _HOUR.fullmatch(" ".join(nfc(str(text)).split()))
        if match is None:
            raise ValidationError(_("Enter a time as hours and minutes, e.g. 08:05."))
        hour, minute, day = match.groups()
        try:
            today = self.day or clock.today()
            on = parse_date(day, year=today.year) if day else today
            return timezone.make_aware(datetime.combine(on, time(int(hour), int(minute or 0))))
        except DateRefused as refusal:
            raise ValidationError(str(refusal)) from refusal
        except ValueError as refusal:
            raise ValidationError(_("A day has the times 00:00 to 23:59.")) from refusal

    def prepare_value(self, value: Any) -> Any:
        """Write the moment as it is typed; its day only where it is another."""
        if not isinstance(value, datetime):
            return value
        local = timezone.localtime(value)
        clock_time = f"{local.hour:02} giờ {local.minute:02}"
        if local.date() == (self.day or clock.today()):
            return clock_time
        return f"{clock_time}, {show_date(local.date())}"


class PartField(forms.CharField):
    """A part of a whole, exact: ``2/3``, ``70%`` or ``66,67`` (percent, two places)."""

    def to_python(self, value: Any) -> Any:
        """Return the fraction, or raise ValidationError with the sentence for it."""
        text = super().to_python(value)
        if text in self.empty_values:
            return None
        clean = nfc(str(text)).strip()
        if match := _PART.fullmatch(clean):
            part, whole = (int(number) for number in match.groups())
            if not whole or part > whole:
                raise ValidationError(_("A part is at most the whole, e.g. 2/3."))
            return Fraction(part, whole)
        said = _("Enter a fraction or a percentage: 2/3, 70%.")
        return Fraction(_read(clean.removesuffix("%"), said, high=Decimal(100), places=2)) / 100

    def prepare_value(self, value: Any) -> Any:
        """Write the part as percent, or as a fraction where two places do not say it exactly."""
        return stated(value) if isinstance(value, Fraction) else value


class PlacesField(forms.CharField):
    """How many are put forward: a number, or a percentage of the members."""

    def to_python(self, value: Any) -> Any:
        """Return an int, or a Decimal of percent."""
        text = super().to_python(value)
        if text in self.empty_values:
            return None
        clean = nfc(str(text)).strip()
        said = _("Enter a whole number, or a percentage of the members: 2, 40%.")
        if clean.endswith("%"):
            return _read(clean.removesuffix("%"), said, high=Decimal(100))
        return int(_read(clean, said, high=Decimal(1000), places=0))

    def prepare_value(self, value: Any) -> Any:
        """Write a number as it is, a share with its sign."""
        return f"{typed(value)}%" if isinstance(value, Decimal) else value


def field_named(form: Any, name: str) -> Any:
    """Return a field whose choices the form sets for its instance."""
    return form.fields[name]


def _read(text: str, said: str, *, high: Decimal, places: int = 4) -> Decimal:
    """Return the number; of a text without a digit ``said`` is told."""
    if not re.search(r"\d", text):
        raise ValidationError(said)
    try:
        return parse_decimal(text, low=Decimal(0), high=high, places=places)
    except (NumberDoubtful, NumberRefused) as refusal:
        raise ValidationError(str(refusal)) from refusal


class PersonField(forms.ModelChoiceField):
    """A choice of people, each with position and unit; ``seats`` says which, in one query."""

    places: dict[int, str]  # of each person offered: position and unit

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(queryset=User.objects.none(), **kwargs)

    def offer(self, seats: Any, *, also: User | None = None) -> None:
        """Offer whoever holds one of these seats today, and who was chosen before."""
        self._place(seats.today().select_related("unit").named())
        keys = {*self.places, *([also.pk] if also else [])}
        self.queryset = User.objects.filter(pk__in=keys, is_active=True)

    def offer_these(self, seats: list[Seat], *, also: User | None = None) -> None:
        """Offer the people of these seats, fetched with person and unit; no query for the list."""
        self._place(seats)
        people = {seat.person_id: seat.person for seat in seats} | ({also.pk: also} if also else {})
        self.queryset = User.objects.filter(pk__in=people, is_active=True)
        offered = [(p.pk, self.label_from_instance(p)) for p in people.values() if p.is_active]
        self.choices = [("", self.empty_label), *offered]

    def _place(self, seats: Iterable[Seat]) -> None:
        self.places = {}  # anew: Django's copy of a form's field shares what it holds
        for seat in seats:
            said = ", ".join(
                filter(None, (seat.position, seat.unit.short_name if seat.unit else ""))
            )
            self.places.setdefault(seat.person_id, said)

    def label_from_instance(self, obj: Any) -> str:
        """Name the person with Ông or Bà, position and unit."""
        place = self.places.get(obj.pk)
        return f"{obj} – {place}" if place else str(obj)


MOST_COPIES = 99


class MeetingForm(ModelForm):
    """When and where the meeting is, its agenda, who presides and who writes."""

    starts_on = DayField(label=gettext_lazy("Day"))
    starts_time = forms.CharField(label=gettext_lazy("Hour"))
    copies = WholeField(
        label=gettext_lazy("Copies of the minutes"),
        low=Decimal(1),
        high=Decimal(MOST_COPIES),
        initial=Meeting._meta.get_field("copies").default,
    )
    secretary = PersonField(
        label=gettext_lazy("Secretary"),
        help_text=gettext_lazy(
            "Opens and closes votes on this system by the chair's direction; the minutes say so."
        ),
    )

    layout = Layout(
        beside("starts_on", "starts_time"),
        "ended",
        "place",
        beside("chair_honorific", "chair_name", "chair_position"),
        beside("secretary", "secretary_position"),
        "copies",
        "agenda",
    )

    class Meta:
        model = Meeting
        fields = (
            "place",
            "chair_honorific",
            "chair_name",
            "chair_position",
            "secretary",
            "secretary_position",
            "copies",
            "agenda",
        )
        labels = {
            "place": gettext_lazy("Place"),
            "chair_honorific": gettext_lazy("Chair: Mr or Ms"),
            "chair_name": gettext_lazy("Chair: full name"),
            "chair_position": gettext_lazy("Chair: position, as printed"),
            "secretary_position": gettext_lazy("Secretary: position, as printed"),
            "agenda": gettext_lazy("Agenda, one item a line"),
        }
        widgets = {"agenda": forms.Textarea(attrs={"rows": 10})}

    def __init__(self, data: Any = None, *, season: Season, **kwargs: Any) -> None:
        self.season = season
        initial = kwargs.pop("initial", {})
        if kwargs.get("instance") is None:
            initial = first_words(season) | initial
        super().__init__(data, initial=initial, **kwargs)
        if self.instance.pk:
            start = timezone.localtime(self.instance.starts_at)
            self.initial["starts_on"] = start.date()
            self.initial["starts_time"] = f"{start.hour:02} giờ {start.minute:02}"
        field_named(self, "secretary").offer(
            Seat.objects.filter(unit=season.head),
            also=self.instance.secretary if self.instance.pk else None,
        )
        field_named(self, "secretary").disabled = self.instance.is_closed
        self.fields["secretary_position"].show_hidden_initial = True
        if self.instance.opened_at:  # its day and hour are on record
            del self.fields["starts_on"], self.fields["starts_time"]
            self.helper.layout = Layout(*self.layout.fields[1:])
        if self.instance.is_closed:
            end = timezone.localtime(self.instance.closed_at)
            self.fields["ended"] = MomentField(
                label=_("The session ended"), day=self.instance.day, required=False,
                help_text=_("As the minutes print it; the time of the click unless corrected."),
            )  # fmt: skip
            self.initial["ended"] = end.replace(second=0, microsecond=0)
        else:
            self.helper.layout = Layout(*[f for f in self.helper.layout.fields if f != "ended"])

    def clean(self) -> dict[str, Any]:
        """Put day and time together."""
        cleaned: dict[str, Any] = super().clean() or {}
        if text := cleaned.get("starts_time"):  # told also where the day is refused
            try:
                cleaned["starts_at"] = MomentField(day=cleaned.get("starts_on")).clean(text)
                self.instance.starts_at = cleaned["starts_at"]
            except ValidationError as refusal:
                self.add_error("starts_time", refusal)
        ended = cleaned.get("ended")
        if ended and ended != self.initial["ended"]:
            if refused := self.instance.may_not_have_ended(ended):
                self.add_error("ended", refused)
            else:
                self.instance.closed_at = ended
        if secretary := cleaned.get("secretary"):
            cleaned["secretary_position"] = self._position(secretary)
            named = self._named_as_chair(secretary)
            if named:  # as the account spells it, without the Ông or Bà that is chosen beside it
                cleaned["chair_name"] = min(each.full_name for each in named)
            if named == {secretary} and {"chair_name", "secretary"} & {*self.changed_data}:
                said = _("One person does not both preside and write the minutes: choose another.")
                self.add_error("secretary", said)
        return cleaned

    def _named_as_chair(self, secretary: User) -> set[User]:
        """Return who of the head's unit, the secretary among them, bears the chair's name."""
        chair = self.cleaned_data.get("chair_name", "")
        seats = Seat.objects.today().filter(unit=self.season.head).select_related("person")
        people = {secretary, *(seat.person for seat in seats)}
        return {person for person in people if is_name_of(chair, person.full_name)}

    def _position(self, secretary: User) -> str:
        """The position typed by hand, what stands of who stays, or that of the person's seat."""
        stays = self.instance.secretary_id == secretary.pk
        said: str = self.instance.secretary_position if stays else ""
        if "secretary_position" in self.changed_data:
            said = self.cleaned_data.get("secretary_position", "")
        seat = secretary.seat_at(self.season.head)
        return said or (seat.position if seat else secretary.position)

    @property
    def facts(self) -> dict[str, Any]:
        """What the meeting is called with."""
        names = (*self.Meta.fields, "starts_at")
        return {name: self.cleaned_data[name] for name in names}


def first_words(season: Season) -> dict[str, Any]:
    """Return what the form of a new meeting is filled with, in the words of papers."""
    noun, year = season.block.noun, season.year
    found: dict[str, Any] = {
        "starts_time": f"{USUAL_START:%H} giờ {USUAL_START:%M}",
        "agenda": "\n".join(
            (
                "Tuyên bố lý do, giới thiệu đại biểu",
                "Thông qua chương trình; giới thiệu Chủ trì, Thư ký",
                f"Báo cáo tổng kết phong trào thi đua năm {year} của {noun}",
                "Báo cáo kết quả chấm điểm, xếp hạng",
                "Thảo luận",
                "Bầu Ban kiểm phiếu",
                "Bình xét, bỏ phiếu đề nghị khen thưởng",
                f"Giới thiệu {noun} trưởng, {noun} phó năm {year + 1}",
                "Thông qua biên bản, bế mạc",
            )
        ),
    }
    if day := season.dates_by_phase.get(Phase.MEETING):
        found["starts_on"] = day.due
    seats = Seat.objects.today().filter(unit=season.head).select_related("person")
    if chair := seats.filter(role=Role.PRINCIPAL).first():
        found |= {
            "chair_honorific": chair.person.honorific,
            "chair_name": chair.person.full_name,
            "chair_position": f"{chair.position}, đại diện {noun} trưởng".removeprefix(", "),
        }
    if secretary := seats.filter(role=Role.CLERK).first():
        found |= {"secretary": secretary.person, "secretary_position": secretary.position}
    return found


class AttendanceForm(ModelForm):
    """Who is there for a unit."""

    guarded = False  # it tells what stands with its own words
    representative = PersonField(
        label=gettext_lazy("Representative's account"),
        required=False,
        empty_label=gettext_lazy("No account: votes on paper"),
        help_text=gettext_lazy("Only this account casts the unit's ballot, whatever its seat."),
    )

    layout = Layout(
        beside("presence", "representative"),
        beside("honorific", "name", "position"),
        "letter_of_authority",
        beside("arrived_at", "left_at", "letter_received_at"),
        "absent_because",
        "was",
    )

    class Meta:
        model = Attendance
        fields = (
            "presence",
            "representative",
            "honorific",
            "name",
            "position",
            "letter_of_authority",
            "arrived_at",
            "left_at",
            "absent_because",
        )
        labels = {
            "presence": gettext_lazy("Attendance"),
            "name": gettext_lazy("Representative's name"),
            "position": gettext_lazy("Position, as printed"),
            "letter_of_authority": gettext_lazy("Letter of authority (number, date)"),
            "absent_because": gettext_lazy("Reason for the absence"),
        }
        help_texts = {
            "name": gettext_lazy("If there is no account."),
            "letter_of_authority": gettext_lazy("Where the representative is not the principal."),
            "absent_because": gettext_lazy("Printed in the minutes beside the absence."),
        }

    def __init__(self, *args: Any, seats: list[Seat] | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        line = self.instance
        day = line.meeting.day
        self.moments: dict[str, MomentField] = {}
        for name, label in (
            ("arrived_at", gettext_lazy("Arrived at")),
            ("left_at", gettext_lazy("Left at")),
            ("letter_received_at", gettext_lazy("Written opinion received at")),
        ):
            self.fields[name] = self.moments[name] = MomentField(
                day=day, label=label, required=False
            )
            self.initial[name] = getattr(line, name)
        self.fields["position"].show_hidden_initial = True
        self.initial["was"] = self.stands = stamp(str(self.initial))
        self.fields["was"] = forms.CharField(
            required=False, max_length=16, widget=forms.HiddenInput()
        )
        self.fields["letter_received_at"].help_text = _(
            "A time, and the day if it came before the meeting: 15:30, %(day)s."
        ) % {"day": show_date(day - clock.ONE_DAY)}
        representative = field_named(self, "representative")
        own = Seat.objects.filter(unit=line.unit)
        if seats is None:
            representative.offer(own, also=line.representative)
            seats = list(own.today())
        else:
            representative.offer_these(seats, also=line.representative)
            # in each of many rows an example looks like a time that was noted
            del self.fields["letter_received_at"].widget.attrs["placeholder"]
        self.asks_arrival = bool(line.missed_at and not line.arrived_at and not line.left_at)
        if self.asks_arrival:
            self.moments["arrived_at"].label = gettext_lazy("If present, arrived at")
        if self.asks_arrival and line.meeting.is_open and not (self.is_bound or line.is_there):
            self.initial["arrived_at"] = clock.now()  # to be seen, and mended
        principal = next((seat for seat in seats if seat.role == Role.PRINCIPAL), None)
        if principal and not line.is_there:
            self.initial["representative"] = principal.person_id

    def clean_arrived_at(self) -> datetime | None:
        """Refuse who comes after a vote it was there for, or after the session."""
        arrived: datetime | None = self.cleaned_data["arrived_at"]
        there = self.cleaned_data.get("presence") in (Presence.PRESENT, Presence.ONLINE)
        is_new = there and {"presence", "arrived_at"} & set(self.changed_data)
        if arrived and is_new and (why := self.instance.may_not_have_arrived(arrived)):
            raise ValidationError(why)
        return arrived

    def clean_left_at(self) -> datetime | None:
        """Refuse who leaves before arriving, the session, or a vote it was there for."""
        left: datetime | None = self.cleaned_data["left_at"]
        arrived, opened = self.cleaned_data.get("arrived_at"), self.instance.meeting.opened_at
        if arrived and left and left < arrived:
            raise ValidationError(_("Nobody leaves before arriving."))
        minute = opened and opened.replace(second=0, microsecond=0)
        if left and minute and "left_at" in self.changed_data and left < minute:
            raise ValidationError(_("The session was opened later than that."))
        if (
            left
            and "left_at" in self.changed_data
            and (why := self.instance.may_not_have_left(left))
        ):
            raise ValidationError(why)
        return left

    def clean(self) -> dict[str, Any]:
        """Take name and position of the account; who is not there has neither, but a reason.

        Refuse it where something else was noted since the page was loaded."""
        cleaned: dict[str, Any] = super().clean() or {}
        there = cleaned.get("presence") in (Presence.PRESENT, Presence.ONLINE)
        if there and "absent_because" in self.changed_data and cleaned.get("absent_because"):
            self.add_error("absent_because", _("Who is there has no reason to be absent."))
        person = cleaned.get("representative")
        if not there:
            cleaned |= {"representative": None, "name": "", "position": ""}
            cleaned |= {"letter_of_authority": "", "arrived_at": None, "left_at": None}
        else:
            cleaned |= {"absent_because": "", "position": self._position(person)}
        if there and person:
            cleaned |= {"name": person.full_name, "honorific": person.honorific}
        elif there and not cleaned.get("name"):
            self.add_error("name", _("Choose an account, or name who is there."))
        self._refuse_the_arrival(cleaned)
        is_written = cleaned.get("presence") == Presence.WRITTEN
        if (
            is_written
            and not cleaned.get("letter_received_at")
            and "letter_received_at" not in self.errors
        ):
            self.add_error("letter_received_at", _("State when the letter was received."))
        if {"presence", "representative"} & set(self.changed_data) and (
            why_not := self.instance.may_not_become(
                cleaned.get("presence"), cleaned.get("representative")
            )
        ):
            self.add_error("presence", why_not)
        if cleaned.get("was") not in ("", self.stands) and self._differs(cleaned):
            self._tell_what_stands()
        return cleaned

    def _refuse_the_arrival(self, cleaned: dict[str, Any]) -> None:
        """Refuse who is there since when a vote was opened without it."""
        names = ("arrived_at", "left_at")
        there = cleaned.get("presence") in (Presence.PRESENT, Presence.ONLINE)
        is_new = there and {"presence", *names} & set(self.changed_data)
        if not is_new or "arrived_at" in self.errors:
            return
        arrived, left = (cleaned.get(name, getattr(self.instance, name)) for name in names)
        if why := self.instance.must_have_come_later(arrived, left):
            self.add_error("arrived_at" if "arrived_at" in self.fields else None, why)

    def _differs(self, cleaned: dict[str, Any]) -> bool:
        """Whether what somebody touched would not be noted as it stands: a double click would."""
        names = {*self.Meta.fields} & set(cleaned) & set(self.fields)
        if cleaned.get("presence") == Presence.WRITTEN:
            names.add("letter_received_at")
        return bool(set(self.changed_data) - {"was"}) and any(
            self.fields[name].prepare_value(cleaned.get(name))
            != self.fields[name].prepare_value(getattr(self.instance, name))
            for name in names
        )

    def _tell_what_stands(self) -> None:
        """Show what somebody else noted meanwhile, and let the next saving be a conscious one."""
        line = self.instance
        told = [line.get_presence_display()]
        told += [f"{line.honorific} {line.name}"] if line.name else []
        told += [line.position, line.letter_of_authority, line.absent_because]
        for name, field in self.moments.items():
            if at := getattr(line, name):
                told.append(f"{field.label}: {field.prepare_value(at)}")
        said = _("Meanwhile this was noted: %(what)s. Nothing is saved; save again to note yours.")
        self.add_error(None, said % {"what": ", ".join(filter(None, told))})
        sent = {name: self.data.get(name) for name in self.data}
        self.data = sent | {self.add_prefix("was"): self.stands}

    def note(self) -> None:
        """Save who is there, and when its first letter came."""
        self.instance.note(self.cleaned_data.get("letter_received_at"))

    def _position(self, person: User | None) -> str:
        """The position typed by hand, what stands of who stays, or that of the person's seat."""
        line = self.instance
        stays = person == line.representative or not (person or "name" in self.changed_data)
        said: str = line.position if stays else ""
        if "position" in self.changed_data:
            said = self.cleaned_data.get("position", "")
        seat = person.seat_at(line.unit) if person else None
        return said or (seat.position if seat else "")


class LetterTimeForm(Form):
    """When a letter of an absent unit came."""

    letter_received_at = MomentField(label=gettext_lazy("Written opinion received at"))

    def __init__(self, *args: Any, day: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field_named(self, "letter_received_at").day = day


class RollRow(AttendanceForm):
    """One unit's line when the roll is taken of all units at once, without what is noted of each.

    Only what was changed since the page was loaded counts: each field remembers what it showed.
    """

    shown = ("presence", "representative", "honorific", "name", "position", "letter_received_at")

    def __init__(self, *args: Any, seats: list[Seat], **kwargs: Any) -> None:
        super().__init__(*args, seats=seats, **kwargs)
        line = self.instance
        asked = {"arrived_at"} if self.asks_arrival else set()
        for name in self.fields.keys() - {*self.shown, *asked, "was"}:
            del self.fields[name]
        for name, field in self.fields.items():
            field.show_hidden_initial = True
            field.help_text = ""
            if name == "was":
                continue
            is_choice = isinstance(field.widget, forms.Select)
            field.widget.attrs["class"] = "form-select" if is_choice else "form-control"
            field.widget.attrs["aria-label"] = f"{field.label}: {line.unit.short_name}"

    def clean(self) -> dict[str, Any]:
        """Refuse a name beside an account that is somebody else's; else as for one unit."""
        named, person = self.cleaned_data.get("name"), self.cleaned_data.get("representative")
        cleaned = super().clean()
        if person and "name" in self.changed_data and named not in ("", person.full_name):
            self.add_error("name", _("Choose the account or name who is there, not both."))
        return cleaned


def roll_of(meeting: Meeting, data: Any) -> list[RollRow]:
    """Return a row for each unit in official order; a fixed number of queries for the page."""
    lines = list(meeting.attendances.listed().with_authority(meeting.day).with_missed())
    seats: dict[int | None, list[Seat]] = defaultdict(list)
    held = Seat.objects.filter(unit__in=[line.unit_id for line in lines]).today()
    for seat in held.select_related("person", "unit").named():
        seats[seat.unit_id].append(seat)
    for line in lines:
        line.meeting = meeting
    return [
        RollRow(data, instance=line, prefix=f"u{line.unit_id}", seats=seats[line.unit_id])
        for line in lines
    ]


class GuestForm(ModelForm):
    """Somebody who attends without a vote."""

    class Meta:
        model = Guest
        fields = ("name", "position")
        labels = {
            "name": gettext_lazy("Full name, with Mr or Ms"),
            "position": gettext_lazy("Position, agency"),
        }


class DutyForm(ModelForm):
    """What a member of the counting committee is there, and as what."""

    class Meta:
        model = Counter
        fields: tuple[str, ...] = ("position", "duty")
        labels = {
            "name": gettext_lazy("Full name, if there is no account"),
            "position": gettext_lazy("Position, as printed"),
            "duty": gettext_lazy("Duty"),
        }


class CounterForm(DutyForm):
    """A member of the counting committee; with an account, letters can be keyed."""

    person = PersonField(
        label=gettext_lazy("Account"),
        required=False,
        empty_label=gettext_lazy("No account"),
        help_text=gettext_lazy("Letters are keyed by two members who have one."),
    )

    class Meta(DutyForm.Meta):
        fields = ("person", "name", "position", "duty")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"].required = False
        members = self.instance.meeting.season.cards.values("unit")
        self.seats = Seat.objects.filter(unit__in=members)
        named = self.instance.meeting.counters.exclude(person=None).values("person")
        offered = self.seats if self.is_bound else self.seats.exclude(person__in=named)
        field_named(self, "person").offer(offered)

    def clean(self) -> dict[str, Any]:
        """Take name and position of the account; papers print the position with its unit."""
        cleaned: dict[str, Any] = super().clean() or {}
        if person := cleaned.get("person"):
            cleaned["name"] = str(person)
            cleaned["position"] = cleaned.get("position") or self._position(person)
        elif not cleaned.get("name"):
            self.add_error("name", _("Choose an account, or name the person."))
        return cleaned

    def _position(self, person: User) -> str:
        seat = self.seats.today().filter(person=person).select_related("unit").named().first()
        if seat is None or seat.unit is None:
            return person.position
        return full_post(seat.position, seat.unit.name_on(self.instance.meeting.day))


class UnitsField(forms.ModelMultipleChoiceField):
    """A choice of units under their full names."""

    widget = forms.CheckboxSelectMultiple


class CandidatesForm(Form):
    """Which units stand for an office."""

    units = UnitsField(
        label=gettext_lazy("Who stands"),
        queryset=Unit.objects.none(),
        error_messages={"invalid_choice": NO_MEMBER},
    )

    def __init__(self, data: Any = None, *, question: Question, **kwargs: Any) -> None:
        standing = question.standing_units()
        super().__init__(data, initial={"units": standing}, **kwargs)
        field_named(self, "units").queryset = question.meeting.season.may_hold_office.order_by(
            "cards__turn"
        )


TIE_ORDERS = (
    ("", gettext_lazy("Nothing: a run-off of the tied")),
    (TieRule.SCORE, gettext_lazy("The higher verified score")),
    (TieRule.RANK, gettext_lazy("The better rank")),
    (f"{TieRule.SCORE},{TieRule.RANK}", gettext_lazy("The higher score, then the better rank")),
    (f"{TieRule.RANK},{TieRule.SCORE}", gettext_lazy("The better rank, then the higher score")),
)


class VoteRulesForm(ModelForm):
    """How a season votes on one matter."""

    mode = forms.ChoiceField(
        label=gettext_lazy("Mode of voting"),
        choices=Mode.choices,
    )
    quorum = PartField(
        label=gettext_lazy("Quorum, part of all members"),
        help_text=gettext_lazy("2/3 or 70%; rounded up."),
    )
    threshold = PartField(
        label=gettext_lazy("Required share"), help_text=gettext_lazy("80% or 2/3; exact.")
    )
    strict = forms.TypedChoiceField(
        label=gettext_lazy("How the share is reached"),
        choices=[("", gettext_lazy("at least")), ("1", gettext_lazy("above"))],
        coerce=bool,
        required=False,
        empty_value=False,  # type: ignore[arg-type]
    )
    base = forms.ChoiceField(label=gettext_lazy("Share of"), choices=Base.choices)
    places = PlacesField(
        label=gettext_lazy("How many are put forward"),
        help_text=gettext_lazy("A number, or a percentage of the members (rounded down): 2, 40%."),
    )
    max_marks = WholeField(
        label=gettext_lazy("Marks on a ballot, at most"),
        required=False,
        low=Decimal(1),
        high=Decimal(100),
        help_text=gettext_lazy("Empty: yes or no to every candidate."),
    )
    tie_order = forms.ChoiceField(
        label=gettext_lazy("What decides equal votes"), choices=TIE_ORDERS, required=False
    )
    max_rounds = WholeField(label=gettext_lazy("Rounds, at most"), low=Decimal(1), high=Decimal(9))
    runoff_size = WholeField(
        label=gettext_lazy("Candidates of a next round"), low=Decimal(1), high=Decimal(30)
    )

    layout = Layout(
        beside("mode", "places", "max_marks"),
        beside("threshold", "strict", "base"),
        beside("self_vote", "on_paper", "chair_must_approve"),
        beside("quorum", "letters_make_quorum"),
        beside("tie_order", "max_rounds", "runoff_size"),
        "source",
    )

    class Meta:
        model = VoteRules
        fields = (
            "mode",
            "letters_make_quorum",
            "strict",
            "base",
            "max_marks",
            "self_vote",
            "on_paper",
            "chair_must_approve",
            "max_rounds",
            "runoff_size",
            "source",
        )
        labels = {
            "letters_make_quorum": gettext_lazy("Written opinions count for the quorum"),
            "self_vote": gettext_lazy("A unit may vote on itself"),
            "on_paper": gettext_lazy("Papers and written opinions are taken"),
            "chair_must_approve": gettext_lazy("The chair must be among the yes"),
            "source": gettext_lazy("Paper these rules come from"),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rules = self.instance
        share = rules.quota_percent
        self.initial = {
            **self.initial,
            "quorum": Fraction(rules.quorum_part, rules.quorum_whole),
            "threshold": Fraction(rules.threshold_part, rules.threshold_whole),
            "places": share if share is not None else rules.quota,
            "tie_order": ",".join(rules.tie_rules),
            "strict": "1" if rules.strict else "",
        }

    def clean(self) -> dict[str, Any]:
        """Hand what is one field here to the two it is in the rules."""
        cleaned: dict[str, Any] = super().clean() or {}
        rules = self.instance
        for name in ("quorum", "threshold"):
            said, held = cleaned.get(name), [f"{name}_part", f"{name}_whole"]
            if said is None or said == Fraction(*(getattr(rules, field) for field in held)):
                continue  # 50/100 and 1/2 are one and the same
            for field, number in zip(held, said.as_integer_ratio(), strict=True):
                setattr(rules, field, number)
        places = cleaned.get("places")
        if places is not None:
            share = isinstance(places, Decimal)
            rules.quota_percent, rules.quota = (places, None) if share else (None, places)
        self._refuse_more_than_there_are(cleaned)
        if places is not None and (none := rules.puts_nobody_forward):
            self.add_error("places", none)
        rules.tie_rules = [rule for rule in cleaned.get("tie_order", "").split(",") if rule]
        return cleaned

    def _refuse_more_than_there_are(self, cleaned: dict[str, Any]) -> None:
        """Refuse more places or marks than the block has units that could stand."""
        members = members_of(self.instance.season)
        for name in ("places", "max_marks"):
            if isinstance(asked := cleaned.get(name), int) and asked > members > 0:
                words = {
                    "block": self.instance.season.block.short_name,
                    "members": two_digits(members),
                }
                self.add_error(name, _("%(block)s has %(members)s units.") % words)


class MatterForm(VoteRulesForm):
    """Rules for an award or an office that has none yet."""

    matter = forms.ChoiceField(label=gettext_lazy("Award or office"))
    layout = Layout("matter", *VoteRulesForm.layout.fields)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        season: Season = self.instance.season
        known = set(season.vote_rules.values_list("award__code", "office"))
        self.awards = {
            str(award.pk): award
            for award in Award.objects.of_season(season).filter(decided_by=DecidedBy.VOTE)
            if (award.code, "") not in known
        }
        offices = [
            (office.value, matter(None, office, season))
            for office in Office
            if (None, office.value) not in known
        ]
        field_named(self, "matter").choices = [
            *((key, award.name) for key, award in self.awards.items()),
            *offices,
        ]
        self.has_matters = bool(self.awards or offices)

    def clean(self) -> dict[str, Any]:
        """Set the award or the office."""
        cleaned = super().clean()
        matter = cleaned.get("matter", "")
        self.instance.award = self.awards.get(matter)
        self.instance.office = matter if matter in Office.values else ""
        return cleaned
