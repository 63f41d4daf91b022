"""Who is there for each unit at a meeting, and which written opinions came of those absent."""

from datetime import date, datetime
from typing import TYPE_CHECKING, NoReturn, Self

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import Exists, OuterRef, Q, Subquery, prefetch_related_objects
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from awards.models.electors import Elector
from awards.tally import Presence
from blocks import clock
from blocks.dates import show_moment
from blocks.models import Honorific, Role, Seat, Unit, User

if TYPE_CHECKING:
    from awards.models.voting import Question

NOT_YET = gettext_lazy("This moment has not come yet.")


class AttendanceQuerySet(models.QuerySet["Attendance"]):
    """Questions about attendance."""

    def with_authority(self, day: date) -> Self:
        """Add ``by_principal``: whether its account was a principal's then, who needs no letter."""
        principals = Seat.objects.on(day).filter(
            unit=OuterRef("unit"), person=OuterRef("representative"), role=Role.PRINCIPAL
        )
        return self.annotate(by_principal=Exists(principals))

    def with_missed(self) -> Self:
        """Add ``missed_at``: when the last vote was opened before its unit was in the room in any.
        One that was cancelled says nothing of who was there."""
        votes = Elector.objects.exclude(question__state="cancelled")
        before = votes.in_the_room().filter(
            question__meeting=OuterRef("question__meeting"),
            unit=OuterRef("unit"),
            question__opened_at__lte=OuterRef("question__opened_at"),
        )
        missed = votes.filter(
            ~Exists(before), question__meeting=OuterRef("meeting"), unit=OuterRef("unit")
        )
        at = missed.order_by("-question__opened_at").values("question__opened_at")
        return self.annotate(missed_at=Subquery(at[:1]))

    def with_letters(self) -> "list[Attendance]":
        """Return the lines, with the letters of the units that wrote."""
        lines: list[Attendance] = list(self)
        prefetch_related_objects([ln for ln in lines if ln.presence == Presence.WRITTEN], "letters")
        return lines

    def listed(self) -> Self:
        """Fetch units and representatives, in the official order of the season's cards."""
        return (
            self.filter(unit__cards__season=models.F("meeting__season"))
            .order_by("unit__cards__official_order")
            .select_related("unit", "representative")
            .prefetch_related("unit__names", "letters")
        )


class Attendance(models.Model):
    """Who is there for a unit: present, by written opinion, or nobody."""

    meeting = models.ForeignKey("Meeting", models.CASCADE, related_name="attendances")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="attendances")
    presence = models.CharField(
        gettext_lazy("attendance"), max_length=10, choices=Presence, default=Presence.ABSENT
    )
    representative = models.ForeignKey(
        User,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="attendances",
        verbose_name=gettext_lazy("representative's account"),
    )
    honorific = models.CharField(
        gettext_lazy("Mr or Ms"), max_length=3, choices=Honorific, default=Honorific.MR
    )
    name = models.CharField(gettext_lazy("representative"), max_length=120, blank=True)
    position = models.CharField(gettext_lazy("position"), max_length=160, blank=True)
    letter_of_authority = models.CharField(
        gettext_lazy("letter of authority"), max_length=160, blank=True
    )
    arrived_at = models.DateTimeField(gettext_lazy("arrived"), null=True, blank=True)
    left_at = models.DateTimeField(gettext_lazy("left"), null=True, blank=True)
    absent_because = models.CharField(
        gettext_lazy("reason for the absence"), max_length=200, blank=True
    )

    by_principal: bool  # where ``with_authority`` added it
    missed_at: datetime | None  # where ``with_missed`` added it

    objects = AttendanceQuerySet.as_manager()

    class Meta:
        ordering = ["meeting_id", "pk"]
        constraints = [
            models.UniqueConstraint("meeting", "unit", name="a_unit_attends_a_meeting_once"),
            models.UniqueConstraint(
                "meeting",
                "representative",
                condition=Q(representative__isnull=False),
                name="a_person_represents_one_unit_at_a_meeting",
                violation_error_message=gettext_lazy(
                    "This person represents another unit at the meeting."
                ),
            ),
            models.CheckConstraint(
                name="who_is_present_is_named",
                condition=~Q(presence__in=["present", "online"]) | ~Q(name=""),
                violation_error_message=gettext_lazy("Name the representative who is present."),
            ),
            models.CheckConstraint(
                name="who_is_present_has_no_reason_to_be_absent",
                condition=~Q(presence__in=["present", "online"]) | Q(absent_because=""),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.unit}: {self.get_presence_display()}"

    @property
    def letter_received_at(self) -> datetime | None:
        """When its letter came; the first, where more followed for later votes."""
        first: Letter | None = next(iter(self.letters.all()), None)
        return first.received_at if first else None

    @property
    def is_there(self) -> bool:
        """Whether somebody was there for the unit, in the room or online."""
        return self.presence in (Presence.PRESENT, Presence.ONLINE)

    @property
    def addressed(self) -> str:
        """Who is there for the unit, as papers name them, or nothing."""
        return f"{self.honorific} {self.name}" if self.is_there and self.name else ""

    @property
    def lacks_letter(self) -> bool:
        """Whether an account that is no principal's is there, and no letter of authority noted."""
        by_another = self.is_there and self.representative_id and not self.by_principal
        return bool(by_another and not self.letter_of_authority)

    @property
    def came_late(self) -> bool:
        """Whether who was there came after the session was opened."""
        opened, arrived = self.meeting.opened_at, self.arrived_at
        return opened is not None and arrived is not None and arrived > opened

    @property
    def has_left(self) -> bool:
        """Whether who was there has gone, and not come back."""
        return self.left_at is not None and (
            self.arrived_at is None or self.left_at >= self.arrived_at
        )

    @property
    def presence_now(self) -> Presence:
        """How the unit takes part in what is opened now: who has left is absent."""
        gone = self.is_there and self.has_left
        return Presence.ABSENT if gone else Presence(self.presence)

    @property
    def took_part(self) -> bool:
        """Whether the unit took part in a vote that was counted, has cast, or its letter is there
        for the vote that is open."""
        voted = Q(voted__isnull=False) | Q(question__state="closed")
        voted |= Q(question__state="open", presence=Presence.WRITTEN)
        here = Elector.objects.taking_part().filter(question__meeting=self.meeting, unit=self.unit)
        return here.filter(voted).exists()

    def may_not_become(self, presence: Presence, representative: User | None) -> str:
        """Say why the attendance may not be changed so, or nothing: it fits the votes it cast."""
        if not self.took_part:
            return ""
        if presence == Presence.ABSENT and not self.is_there and not self._found_there().exists():
            written = {"written": Presence.WRITTEN.label}
            return _("The unit's letter took part in a vote, so it stays “%(written)s”.") % written
        if presence == Presence.ABSENT:
            return _("The unit took part in a vote, so it was not absent; note when it left.")
        by_letter = Presence.WRITTEN in (self.presence, presence) and self.presence != presence
        if self.meeting.is_closed and (by_letter or self.representative != representative):
            return _("The meeting is closed: how the unit voted, and by whom, stays.")
        return ""

    def _found_there(self) -> models.QuerySet[Elector]:
        """The votes that found it in the room: that are open, or were counted; or it has cast."""
        there = Elector.objects.in_the_room().filter(question__meeting=self.meeting, unit=self.unit)
        return there.filter(Q(voted__isnull=False) | Q(question__state__in=("open", "closed")))

    def may_not_have_arrived(self, at: datetime) -> str:
        """Say why who is there cannot have come at this time only, or nothing."""
        first = self._found_there().aggregate(at=models.Min("question__opened_at"))["at"]
        if first and at > first:
            return _(
                "The unit was there when a vote was opened (%(moment)s), so it came before."
            ) % {"moment": show_moment(first)}
        ended = self.meeting.closed_at
        if ended and at > ended:
            return _("The session ended (%(moment)s); who came later was not there.") % {
                "moment": show_moment(ended)
            }
        return str(NOT_YET) if at > clock.now() else ""

    def may_not_have_left(self, at: datetime) -> str:
        """Say why who was there cannot have left at this time already, or nothing."""
        found = self._found_there().select_related("question", "voted")
        last = found.order_by("question__opened_at").last()
        opened = last.question.opened_at if last else None
        if last and opened and at < opened.replace(second=0, microsecond=0):
            said = _("The unit was there when a vote was opened (%(moment)s), so it left after.")
            if last.question.is_open and not last.has_voted:
                said += " " + _(
                    "If it had gone before, cancel this vote, note when it left, and put the vote"
                    " anew."
                )
            return said % {"moment": show_moment(opened)}
        return str(NOT_YET) if at > clock.now() else ""

    def must_have_come_later(self, arrived: datetime | None, left: datetime | None) -> str:
        """Say why who is there must have come at another time, or nothing: the vote that found
        nobody there, and the minutes, say the same. ``left`` before it explains that too."""
        if self.missed_at is None or (left and left <= self.missed_at):
            return ""
        moment = {"moment": show_moment(self.missed_at)}
        if arrived is None:
            return (
                _("A vote was opened without the unit (%(moment)s): state when it came.") % moment
            )
        if arrived < self.missed_at.replace(second=0, microsecond=0):
            return _("A vote was opened without the unit (%(moment)s), so it came later.") % moment
        return ""

    def sit(self, person: User) -> None:
        """Note that this person, with an account, is there for the unit."""
        self.presence, self.arrived_at = Presence.PRESENT, clock.now()
        self.representative, self.honorific = person, person.honorific
        self.name, self.position, self.absent_because = person.full_name, person.position, ""
        self.save()

    def write_in(self, received_at: datetime | None = None) -> "Letter":
        """Note that the unit is absent and that a letter of it came, now or then; return that, also
        where it was noted before.

        Raises ValidationError as ``Letter.clean`` says.
        """
        received_at = received_at or clock.now()
        letter = self.letters.filter(received_at=received_at).first()
        if letter is None:
            letter = Letter(attendance=self, received_at=received_at)
            letter.clean()
            letter.save()
            for question in self.meeting.questions.filter(state="waiting").exclude(office=""):
                question.keep_list()
        self.presence = Presence.WRITTEN
        self.save(update_fields=["presence"])
        return letter

    @transaction.atomic
    def note(self, received_at: datetime | None = None) -> None:
        """Save who is there; of an absent unit that wrote, when its first letter came. Letters of
        one that did not, and that no vote saw, go.

        Raises ValidationError as ``note_letter`` and ``Letter.mend`` say.
        """
        self.hold()
        first = self.letters.first()
        if self.presence == Presence.WRITTEN and received_at:
            if first is None:
                self.note_letter(received_at)
            else:
                first.mend(received_at)
        self.save()
        if self.presence != Presence.WRITTEN:
            self.letters.filter(electors=None).delete()

    @transaction.atomic
    def note_letter(self, received_at: datetime) -> bool:
        """Note a letter that came before the votes, or between them; the vote that is open sees it
        too, but does not count it. Return whether it was not noted before.

        Raises ValidationError of a unit that is there, where it would count in that vote (then it
        is noted on its page), once the session is over where another letter was there, and as
        ``write_in`` does.
        """
        question = self.hold()
        if self.is_there:
            _refuse(_("Only the letter of an absent unit can be received."))
        if self.meeting.is_closed and self.letters.exists():
            _refuse(_("The session is over; no other letter counts any more."))
        self.refuse_one_for(question, received_at)
        is_new = not self.letters.filter(received_at=received_at).exists()
        letter = self.write_in(received_at)
        if question:
            absent = question.electors.filter(unit=self.unit, presence=Presence.ABSENT)
            absent.filter(letter=None).update(letter=letter)
        return is_new

    def refuse_one_for(self, question: "Question | None", received_at: datetime) -> None:
        """Refuse a letter that the open vote did not see and that would count in it."""
        if question is None or not question.takes(received_at):
            return
        absent = question.electors.filter(unit=self.unit, presence=Presence.ABSENT, is_asked=True)
        if absent.exists():
            _refuse(
                _(
                    "A vote is open: note the written opinion on the page of that vote, so that"
                    " it counts."
                )
            )

    def hold(self) -> "Question | None":
        """Lock the meeting, as opening a vote does, and the vote that is open; return that."""
        self.meeting.locked()
        if question := self.meeting.question_open():
            question.take(for_update=True)
        return question if question and question.is_open else None


def _refuse(sentence: str) -> NoReturn:
    """Refuse the time of a letter, where it was typed."""
    raise ValidationError({"letter_received_at": sentence})


class LetterQuerySet(models.QuerySet["Letter"]):
    """Questions about letters."""

    def with_seen(self) -> Self:
        """Add ``seen``: whether a vote saw it."""
        return self.annotate(seen=Exists(Elector.objects.filter(letter=OuterRef("pk"))))


class Letter(models.Model):
    """A written opinion of an absent unit: it counts for the round and the list it saw (design 6).

    Each elector says which letter its vote saw, whether that counts in it or not.
    """

    attendance = models.ForeignKey(Attendance, models.CASCADE, related_name="letters")
    received_at = models.DateTimeField(gettext_lazy("letter received"))

    objects = LetterQuerySet.as_manager()

    class Meta:
        ordering = ["received_at"]
        constraints = [
            models.UniqueConstraint(
                "attendance",
                "received_at",
                name="letters_of_a_unit_come_one_after_the_other",
                violation_error_message=gettext_lazy("This letter is noted already."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.attendance.unit}: {show_moment(self.received_at)}"

    @property
    def is_printed_with_counts(self) -> bool:
        """Whether rounds that were counted print when it came, also where it did not count."""
        return self.electors.filter(question__state="closed").exists()

    def clean(self) -> None:
        """Refuse a time to come, and one at which it passes another letter of its unit."""
        if self.received_at > clock.now():
            _refuse(str(NOT_YET))
        for other in Letter.objects.filter(attendance=self.attendance_id).exclude(pk=self.pk):
            first, then = (other, self) if self.pk is None or other.pk < self.pk else (self, other)
            if first.received_at >= then.received_at:
                said = _("Another letter of the unit came %(moment)s, and they stay in order.")
                _refuse(said % {"moment": show_moment(other.received_at)})

    @transaction.atomic
    def mend(self, received_at: datetime) -> None:
        """Correct when it came; every vote that saw it says so.

        Raises ValidationError where a vote that saw it would be over before, where it would have
        counted otherwise, and as ``clean`` does.
        """
        open_now = self.attendance.hold()
        seen = [elector.question for elector in self.electors.select_related("question")]
        if open_now not in seen:
            self.attendance.refuse_one_for(open_now, received_at)
        before = self.received_at
        if before.replace(second=0, microsecond=0) == received_at:  # a form shows the minute
            return
        self.received_at = received_at
        self.clean()
        for question in seen:
            if question.closed_at and received_at > question.closed_at:
                said = _("The written opinion was there in a vote that ended %(moment)s.")
                _refuse(said % {"moment": show_moment(question.closed_at)})
            if not question.is_cancelled and question.takes(before) != question.takes(received_at):
                said = _("With this time the letter would count otherwise in “%(what)s”.")
                _refuse(said % {"what": question.title})
        self.save()

    @transaction.atomic
    def drop(self) -> None:
        """Take out one that was noted by mistake. Raises ValidationError once a vote saw it, or
        where its unit has no other."""
        self.attendance.hold()
        if self.electors.exists():
            raise ValidationError(_("A vote saw this letter; it stays."))
        if not self.attendance.letters.exclude(pk=self.pk).exists():
            raise ValidationError(_("It is the only letter of the unit; note its attendance anew."))
        self.delete()
