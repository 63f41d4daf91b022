"""What stays when a seat is ended or a unit leaves: what each still is at a meeting, what lacks;
and who does not leave, for a year has it in office."""

from datetime import date
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from awards.models import Meeting
from blocks.dates import show_date
from blocks.models import Block, Membership, Role, Seat, Unit
from emulation.offices import holders
from scoring.models import Season
from scoring.phases import Missing

if TYPE_CHECKING:
    from blocks.models import User


def staying(seat: Seat, reader: "User") -> list[Missing]:
    """Return what is told before the seat is ended; it hinders nothing."""
    if seat.unit is None:
        return []
    meetings = Meeting.objects.to_be_held().filter(season__cards__unit=seat.unit).for_desk()
    told = [each for meeting in meetings for each in _at(meeting, seat, reader)]
    others = Seat.objects.not_over().filter(unit=seat.unit, role=Role.PRINCIPAL)
    others = others.filter(person__is_active=True).exclude(person=seat.person_id)
    if seat.is_principal and not others.exists():
        said = _("%(unit)s has no other principal: nobody is there for what is handed up.")
        told.append(Missing(said % {"unit": seat.unit.short_name}))
    return told


@transaction.atomic
def end_membership(member: Membership, on: date) -> None:
    """End a membership, with the terms of offices that the year gave to another since. Raises as
    ``Membership.end``, and while the unit is in office there."""
    held = holders([member.block_id], on)
    for term in member.block.terms.recognised().on(on).filter(unit=member.unit, since__lt=on):
        if held.get((member.block_id, term.role)) != member.unit:
            term.until = on
            term.save(update_fields=["until"])
    member.end(on)
    _refuse_while_in_office(member.unit, member.block)


@transaction.atomic
def close_unit(unit: Unit, **facts: Any) -> None:
    """Close a unit. Raises as ``Unit.close``, and while it is in office anywhere."""
    _refuse_while_in_office(unit)
    unit.close(**facts)


def _refuse_while_in_office(unit: Unit, block: Block | None = None) -> None:
    """Raise ValidationError while it is head or deputy of a year that is not closed."""
    held = Season.objects.running().held_by(unit).select_related("block").order_by("year")
    if season := (held.filter(block=block) if block else held).first():
        raise ValidationError(
            _(
                "%(unit)s is head or deputy of the year %(year)s of %(block)s, which is not"
                " closed; name another first on the page of that year."
            ),
            params={"unit": unit, "year": season.year, "block": season.block.short_name},
        )


def sitting(unit: Unit, block: Block | None = None) -> str:
    """Say at which meetings to be held, of the block or of all, a unit that leaves still counts."""
    meetings = Meeting.objects.to_be_held().filter(season__cards__unit=unit)
    if block:
        meetings = meetings.filter(season__block=block)
    said = _(
        "At the meeting of %(block)s on %(day)s it still counts among those who vote, and stands"
        " where it is a candidate."
    )
    return " ".join(
        said % {"block": meeting.season.block.short_name, "day": show_date(meeting.day)}
        for meeting in meetings.select_related("season__block")
    )


def _at(meeting: Meeting, seat: Seat, reader: "User") -> list[Missing]:
    """What the person was chosen for by name; it leads to where another is, if the reader may."""
    desk = meeting.get_absolute_url() if reader.has_perm("awards.view_meeting", meeting) else ""
    lines = meeting.attendances.filter(unit=seat.unit_id, representative=seat.person_id)
    line = lines.select_related("unit").first()
    words = {
        "person": seat.person,
        "unit": line.unit.short_name if line else "",
        "block": meeting.season.block.short_name,
        "day": show_date(meeting.day),
    }
    told = []
    if line:
        notes = reader.has_perm("awards.take_attendance", meeting)
        said = _(
            "%(person)s still represents %(unit)s at the meeting of %(block)s on %(day)s and casts"
            " its ballot, until another is noted there."
        )
        way = reverse("edit_attendance", args=[line.pk]) if notes else desk
        told.append(Missing(said % words, way))
    if meeting.secretary_id == seat.person_id:
        chooses = reader.has_perm("awards.call_meeting", meeting)
        said = _(
            "%(person)s is still the secretary of the meeting of %(block)s on %(day)s, until"
            " another is chosen there."
        )
        way = reverse("edit_meeting", args=[meeting.pk]) if chooses else desk
        told.append(Missing(said % words, way))
    if meeting.counters.filter(person=seat.person_id).exists():
        said = _(
            "%(person)s is still on the counting committee of the meeting of %(block)s on %(day)s."
        )
        told.append(Missing(said % words, f"{desk}#committee" if desk else ""))
    return told
