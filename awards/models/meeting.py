"""The year-end meeting: who is there for whom, who presides, who writes."""

from datetime import date, datetime
from functools import cached_property
from typing import TYPE_CHECKING, Any, Self

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import models, transaction
from django.db.models import Exists, F, Func, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import JSONObject
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from awards import tally
from awards.models.attendance import NOT_YET, Attendance
from awards.tally import Elector as TallyElector
from awards.tally import hands_sentence
from blocks import clock, history
from blocks.dates import show_date
from blocks.models import Block, Change, Honorific, Paper, PaperKind, Seat, Unit, User
from blocks.numbers import two_digits
from scoring.models import Ranking, Season, SheetPaper
from scoring.phases import Phase

if TYPE_CHECKING:
    from awards.models.catalogue import VoteRules
    from awards.models.voting import Question

LEAST_COUNTERS = 3  # of a counting committee, by custom
KEYERS = 2  # people who key a paper, one after the other
BACK = "trở lại như trước khi hội nghị bị hủy"  # of the lines that it had adjusted, in the ranking
CORRECTED = gettext_lazy(
    "This show of hands was corrected already; what stands now is corrected on the meeting's page."
)
CALLED_IN = (Phase.SETTLEMENT, Phase.MEETING)
STAYS = gettext_lazy("The minutes are final, or the meeting was cancelled; it stays as it is.")


class MeetingState(models.TextChoices):
    """Where a meeting is."""

    PLANNED = "planned", gettext_lazy("Called")
    OPEN = "open", gettext_lazy("In session")
    CLOSED = "closed", gettext_lazy("Session closed")
    CANCELLED = "cancelled", gettext_lazy("Cancelled")


class MeetingQuerySet(models.QuerySet["Meeting"]):
    """Questions about meetings."""

    def visible_to(self, user: User) -> Self:
        """Keep the meetings of the seasons one sees, and those one was named for."""
        return self.filter(
            Q(season__in=Season.objects.visible_to(user))
            | Q(secretary=user)
            | Q(pk__in=Attendance.objects.filter(representative=user).values("meeting"))
            | Q(pk__in=Counter.objects.filter(person=user).values("meeting"))
        )

    def cancelled_since(self, moment: datetime) -> Self:
        """Keep those cancelled since then, the last first, with ``cancelled_at`` by the history."""
        changes = Change.objects.of(Meeting, OuterRef("pk")).filter(after__state="cancelled")
        cancelled = self.filter(state=MeetingState.CANCELLED)
        cancelled = cancelled.annotate(cancelled_at=Subquery(changes.values("at")[:1]))
        return cancelled.filter(cancelled_at__gte=moment).order_by("-cancelled_at")

    def to_be_held(self) -> Self:
        """Keep those that are called or in session."""
        return self.filter(state__in=[MeetingState.PLANNED, MeetingState.OPEN])

    def in_hand(self) -> Self:
        """Keep those that are called or in session, or whose papers the season still waits for."""
        return self.filter(
            Q(state__in=[MeetingState.PLANNED, MeetingState.OPEN])
            | Q(state=MeetingState.CLOSED, season__phase=Phase.MEETING)
        )

    def written_by(self, user: User) -> Self:
        """Keep those whose minutes the user writes: as secretary, or acting for the head."""
        return self.filter(Q(secretary=user) | Q(season__in=Season.objects.led_by(user)))

    def with_lacking(self) -> Self:
        """Add which minutes are not final: ``lacks_minutes``, ``lacks_count``.

        Count minutes are asked if a committee counted: after a secret vote, or papers in a stack.
        """
        from awards.models.voting import Question  # noqa: PLC0415 -- each needs the other

        by_committee = Q(mode=tally.Mode.SECRET) | Q(counted_stack__isnull=False)
        counted = Question.objects.filter(by_committee, meeting=OuterRef("pk"), state="closed")
        final = MeetingPaper.objects.filter(meeting=OuterRef("pk"), final=True)
        return self.annotate(
            lacks_minutes=~Exists(final.filter(kind=PaperKind.MINUTES)),
            lacks_count=Exists(counted) & ~Exists(final.filter(kind=PaperKind.COUNT)),
        )

    def for_desk(self) -> Self:
        """Fetch what the desk shows."""
        return self.select_related(
            "season__block__authority", "season__head", "season__scale", "season__rules"
        ).prefetch_related("season__head__names")


class Meeting(models.Model):
    """The meeting at which a season's members vote (Hội nghị tổng kết, bình xét thi đua)."""

    season = models.ForeignKey(Season, models.PROTECT, related_name="meetings")
    state = models.CharField(max_length=10, choices=MeetingState, default=MeetingState.PLANNED)
    starts_at = models.DateTimeField(gettext_lazy("starts at"))
    place = models.CharField(gettext_lazy("place"), max_length=300)
    agenda = models.TextField(gettext_lazy("agenda, one item a line"), blank=True)
    chair_honorific = models.CharField(
        gettext_lazy("Mr or Ms"), max_length=3, choices=Honorific, default=Honorific.MR
    )
    chair_name = models.CharField(gettext_lazy("chair"), max_length=120)
    chair_position = models.CharField(gettext_lazy("position of the chair"), max_length=160)
    secretary = models.ForeignKey(
        User,
        models.PROTECT,
        related_name="meetings_written",
        verbose_name=gettext_lazy("secretary"),
    )
    secretary_position = models.CharField(
        gettext_lazy("position of the secretary"), max_length=160, blank=True
    )
    copies = models.PositiveSmallIntegerField(gettext_lazy("copies of the minutes"), default=2)
    opened_at = models.DateTimeField(null=True, editable=False)
    closed_at = models.DateTimeField(null=True, editable=False)
    cancelled_because = models.CharField(max_length=500, blank=True, editable=False)
    replaces = models.OneToOneField(
        "self", models.PROTECT, null=True, blank=True, related_name="replaced_by", editable=False
    )
    lacks_minutes: bool  # where ``with_lacking`` added it, as is the other
    lacks_count: bool
    cancelled_at: datetime  # where ``cancelled_since`` added it

    objects = MeetingQuerySet.as_manager()

    class Meta:
        ordering = ["-starts_at"]
        constraints = [
            models.UniqueConstraint(
                "season",
                condition=~Q(state="cancelled"),
                name="a_season_has_one_meeting_that_is_not_cancelled",
                violation_error_message=gettext_lazy("The season has a meeting already."),
            ),
            models.CheckConstraint(
                name="a_cancelled_meeting_says_why",
                condition=~Q(state="cancelled") | ~Q(cancelled_because=""),
            ),
            models.CheckConstraint(
                name="an_opened_meeting_says_when",
                condition=Q(state__in=["planned", "cancelled"]) | Q(opened_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.season} – {show_date(self.day)}"

    def get_absolute_url(self) -> str:
        """Return the address of the meeting's desk."""
        return reverse("show_meeting", args=[self.pk])

    @property
    def day(self) -> date:
        """The local day on which it was opened, or is to be."""
        return timezone.localdate(self.held_at)

    @property
    def held_at(self) -> datetime:
        """When it was opened, or is to be."""
        return self.opened_at or self.starts_at

    @property
    def end_in_history(self) -> int | None:
        """The place in the history where it was over, closed or cancelled; None before."""
        over = [MeetingState.CLOSED, MeetingState.CANCELLED]
        changes = Change.objects.of(Meeting, self.pk)
        ended = changes.filter(after__state__in=over).order_by("pk")
        return ended.values_list("pk", flat=True).first()

    @property
    def is_open(self) -> bool:
        """Whether it is in session."""
        return self.state == MeetingState.OPEN

    @property
    def is_planned(self) -> bool:
        """Whether it was called but has not begun."""
        return self.state == MeetingState.PLANNED

    @property
    def is_closed(self) -> bool:
        """Whether it ended as it should."""
        return self.state == MeetingState.CLOSED

    @property
    def is_cancelled(self) -> bool:
        """Whether it was cancelled."""
        return self.state == MeetingState.CANCELLED

    @property
    def is_over(self) -> bool:
        """Whether nothing is voted at it any more."""
        return self.is_closed or self.is_cancelled

    def clean(self) -> None:
        """Refuse a day before the year."""
        if self.starts_at and timezone.localtime(self.starts_at).year < self.season.year:
            raise ValidationError(_("The meeting of a year is not held before it."))

    @property
    def doubtful_day(self) -> str:
        """Say that it is called for a day before registration was opened, or that is over.

        Told, not refused: a year that is over may be typed in afterwards.
        """
        opened = self.season.moves.filter(new=Phase.REGISTRATION).first()
        held = timezone.localtime(self.starts_at).date()
        if opened is None or held >= (day := timezone.localtime(opened.at).date()):
            if held >= clock.today():
                return ""
            over = _("The meeting is called for %(held)s, a day that is over; check the day.")
            return over % {"held": show_date(held)}
        return _(
            "The meeting is called for %(held)s, before registration was opened (%(opened)s);"
            " check the day."
        ) % {"held": show_date(held), "opened": show_date(day)}

    @property
    def chair_of_former_head(self) -> str:
        """Say that the chair is of a unit that was head this year and is not any more, or nothing.

        The chair is a name: it is of the unit at which somebody of that name sits, or represents.
        """
        season = self.season
        changes = Change.objects.of(Season, season.pk).filter(act="update")
        were = {*changes.values_list("before__head_id", flat=True)} - {season.head_id, None}
        if not were:
            return ""
        seats = Seat.objects.on(self.day).filter(person__full_name=self.chair_name)
        lines = self.attendances.filter(name=self.chair_name)
        of_it = Q(pk__in=seats.values("unit")) | Q(pk__in=lines.values("unit"))
        unit = Unit.objects.filter(of_it, pk__in=were).first()
        if unit is None:
            return ""
        return _(
            "The chair, %(chair)s, represents %(unit)s, which is not head any more: check the chair"
            " and the position as printed."
        ) % {"chair": f"{self.chair_honorific} {self.chair_name}", "unit": unit.short_name}

    @classmethod
    @transaction.atomic
    def call(cls, season: Season, **fields: Any) -> "Meeting":
        """Call the meeting: one line of attendance a member, one question a matter to be voted."""
        from awards.models.voting import Question  # noqa: PLC0415 -- each needs the other

        season = season.locked()
        if why := cls.may_not_be_called(season):
            raise ValidationError(why)
        cancelled = season.meetings.filter(state=MeetingState.CANCELLED, replaced_by=None)
        meeting = cls(season=season, replaces=cancelled.order_by("-pk").first(), **fields)
        meeting.clean()
        meeting.save()
        Attendance.objects.bulk_create(
            Attendance(meeting=meeting, unit_id=card.unit_id) for card in season.cards.all()
        )
        Question.prepare(meeting)
        return meeting

    @staticmethod
    def may_not_be_called(season: Season) -> str:
        """Say why the meeting of a season is not called now, or nothing."""
        if season.phase in CALLED_IN:
            return ""
        return _("The meeting is called once cards are being settled, before the season closes.")

    @property
    def may_not_be_opened(self) -> str:
        """Say why its session may not be opened yet, or nothing."""
        if self.season.phase == Phase.MEETING:
            return ""
        return _("The season has not moved on to the meeting yet.")

    @property
    def unvoted_rules(self) -> "QuerySet[VoteRules]":
        """The rules for awards on which it does not vote: as it was called, they were none for a
        vote on its day."""
        rules = self.season.vote_rules.filter(award__isnull=False)
        voted = self.questions.filter(award__isnull=False).values("award__code")
        return rules.exclude(award__code__in=voted).select_related("award", "season__block")

    @property
    def not_voted(self) -> list[str]:
        """Say on which awards that have rules it does not vote, and why."""
        otherwise = _("The meeting was called for another day and does not vote on %(award)s.")
        return [
            one.not_voted_on(self.day) or otherwise % {"award": one.title}
            for one in self.unvoted_rules
        ]

    def otherwise_on(self, day: date) -> list[str]:
        """Say which awards, as they are put to the vote, are not in force that day, and which are
        voted on that day but were left out as it was called."""
        ended = _(
            "“%(what)s” is put to the vote as it was when the meeting was called, and that is not"
            " in force on %(day)s."
        )
        left_out = _(
            "A meeting on %(day)s votes on “%(what)s”, which was left out when this one was called;"
            " to vote on it, an officer cancels this meeting, and it is called anew for that day."
        )
        waiting = self.questions.filter(state="waiting", award__isnull=False)
        told = [
            (ended, question.title)
            for question in waiting.select_related("award")
            if question.award and not question.award.holds_on(day)
        ]
        told += [(left_out, one.title) for one in self.unvoted_rules if not one.not_voted_on(day)]
        return [said % {"what": what, "day": show_date(day)} for said, what in told]

    @property
    def otherwise_today(self) -> list[str]:
        """What is told before it is opened: that it bears another day than it was called for, and
        which awards that day takes out or in (``otherwise_on``)."""
        today = clock.today()
        said = _("The meeting was called for %(called)s; opened now it is held on %(today)s.")
        days = {"called": show_date(self.day), "today": show_date(today)}
        return [*([said % days] if self.day != today else []), *self.otherwise_on(today)]

    @transaction.atomic
    def open(self) -> None:
        """Open the session, by the chair's direction. Raises unless the season is in its phase."""
        season = self.season.shared()
        meeting = self.locked()
        if meeting.is_cancelled:
            raise ValidationError(_("The meeting was cancelled already."))
        if not meeting.is_planned:
            raise ValidationError(_("The meeting was opened already."))
        meeting.season = season
        if why := meeting.may_not_be_opened:
            raise ValidationError(why)
        self.state, self.opened_at = MeetingState.OPEN, clock.now()
        self.save(update_fields=["state", "opened_at"])

    @transaction.atomic
    def close(self) -> None:
        """Close the session, by the chair's direction. Raises while a question is open."""
        meeting = self.locked()
        if meeting.state != MeetingState.OPEN:
            raise ValidationError(_("The meeting is not in session."))
        if ahead := meeting.questions.ahead():
            raise ValidationError(
                _("Still to be voted or cancelled: %(what)s."),
                params={"what": "; ".join(question.title for question in ahead)},
            )
        self.state, self.closed_at = MeetingState.CLOSED, clock.now()
        self.save(update_fields=["state", "closed_at"])

    @property
    def may_not_be_cancelled(self) -> str:
        """Say why it is not cancelled any more, or nothing."""
        if self.is_cancelled:
            return _("The meeting was cancelled already.")
        if self.season.phase == Phase.CLOSED:
            return _("The season is closed; it is not changed any more.")
        return ""

    @transaction.atomic
    def cancel(self, reason: str, user: "User") -> None:
        """Cancel the meeting with a reason; its questions, ballots and minutes stay.

        A closed one too, until its season closes: the officer calls another (decision 14). What it
        adjusted counts no more: those lines say again what they said, the ranking is fixed anew.
        Its drafts stay as texts: in the place of a final paper comes one of the next meeting.
        """
        season = self.season.locked()
        meeting = self.locked()
        if (seat := user.officer_seat(season.block.authority)) is None:
            raise PermissionDenied(_("Only an officer of the authority cancels a meeting."))
        meeting.season = season
        if why := meeting.may_not_be_cancelled:
            raise ValidationError(why)
        if not reason.strip():
            raise ValidationError(_("Give the reason."))
        ahead = meeting.questions.ahead()
        list(ahead.select_for_update())  # after a closing, so that its next round is found
        for question in ahead.all():
            question.cancel(reason)
        history.acting_as(seat)
        undone = [each for each in self.adjustments.order_by("-pk") if each.undo()]
        if undone and season.phase == Phase.MEETING:
            lines = {f"{each.card.unit.short_name} {each.criterion.code}" for each in undone}
            Ranking.fix_anew(
                season, seat, f"{', '.join(sorted(lines))} {BACK} ({reason.strip()})"[:500]
            )
        self.papers.filter(final=False).update(replaces=None)
        self.state, self.cancelled_because = MeetingState.CANCELLED, reason.strip()
        self.save(update_fields=["state", "cancelled_because"])

    def locked(self) -> "Meeting":
        """Return the meeting's row, locked against everybody else.

        Where the season's row is taken as well, that one first.
        """
        # NO KEY: a closing, which owns its question, may add the next round to the meeting.
        return Meeting.objects.select_for_update(no_key=True).get(pk=self.pk)

    def electors(self) -> list[TallyElector]:
        """Return the members with their presence now, as the tally takes them."""
        return [
            TallyElector(key=line.unit_id, presence=line.presence_now)
            for line in self.attendances.all()
        ]

    @property
    def units_there(self) -> int:
        """How many units have somebody in the room or online now."""
        return sum(line.is_there and not line.has_left for line in self.attendances.all())

    @property
    def keyers(self) -> int:
        """How many people with an account key papers: the counting committee, the secretary."""
        people = self.counters.exclude(person=None).values_list("person", flat=True)
        return len({self.secretary_id, *people})

    @property
    def lacks_keyers(self) -> str:
        """Say that nobody could key papers the second time, or nothing."""
        if self.keyers >= KEYERS:
            return ""
        return _(
            "Papers and written opinions are keyed by two people: name members of the "
            "counting committee who have an account."
        )

    @cached_property
    def committee_lacks(self) -> list[str]:
        """What is told of the counting committee: that it is small, that it has no head."""
        duties = list(self.counters.values_list("duty", flat=True))
        checks = (
            (not duties, _("No counting committee is named yet; it takes at least three people.")),
            (
                0 < len(duties) < LEAST_COUNTERS,
                _("The counting committee has fewer than three people: %(count)s.")
                % {"count": two_digits(len(duties))},
            ),
            (
                bool(duties) and Counter.Duty.LEADER not in duties,
                _("The counting committee has no head."),
            ),
        )
        return [sentence for broken, sentence in checks if broken]

    @property
    def may_not_adjust(self) -> str:
        """Say why the meeting may not change a score now, or nothing (decision 17)."""
        if not self.is_open:
            return _("The meeting is not in session.")
        if self.season.phase != Phase.MEETING:
            return _("The season is not at its meeting.")
        if self.questions.filter(award__isnull=False, opened_at__isnull=False).exists():
            return _(
                "A vote on an award was opened; the scores stay. Only an officer can cancel the"
                " meeting, take the year back and call another meeting."
            )
        first = self.questions.first()
        quorum = tally.quorum(first.tally_rules, self.electors()) if first else None
        if quorum is None or quorum.met:
            return ""
        lack = quorum.needed - quorum.have
        return ngettext(
            "%(count)s more unit must take part before a score is adjusted.",
            "%(count)s more units must take part before a score is adjusted.",
            lack,
        ) % {"count": two_digits(lack)}

    @property
    def may_be_mended(self) -> bool:
        """Whether time, place, attendance and guests may still be corrected.

        So they may while the minutes are a draft: the first, or one that corrects a final one.
        """
        minutes = self.papers.filter(kind=PaperKind.MINUTES).order_by("-pk")
        return not self.is_cancelled and not minutes.values_list("final", flat=True).first()

    def may_not_have_ended(self, at: datetime) -> str:
        """Say why the session cannot have ended at this minute, or nothing: nothing came later."""
        if at > clock.now():
            return str(NOT_YET)
        noted = (
            self.questions.aggregate(last=models.Max("closed_at")),
            self.attendances.aggregate(last=models.Max("arrived_at")),
            self.attendances.aggregate(last=models.Max("left_at")),
            self.adjustments.aggregate(last=models.Max("at")),
            {"last": self.opened_at},
        )
        last = max(moment for each in noted if (moment := each["last"]))
        last = timezone.localtime(last).replace(second=0, microsecond=0)
        if at < last:
            return _("The session lasted until %(moment)s at least: something is noted then.") % {
                "moment": f"{last:%H:%M, %d/%m/%Y}"
            }
        return ""

    @property
    def has_counted(self) -> bool:
        """Whether a vote was counted at it, so that there is something for count minutes to say."""
        return self.questions.filter(state="closed").exists()

    def question_open(self) -> "Question | None":
        """Return the question that is open now, if there is one."""
        return self.questions.filter(state="open").first()


class Guest(models.Model):
    """Somebody at the meeting who does not vote."""

    meeting = models.ForeignKey(Meeting, models.CASCADE, related_name="guests")
    name = models.CharField(gettext_lazy("full name"), max_length=120)
    position = models.CharField(gettext_lazy("position"), max_length=200, blank=True)

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return self.name


class Counter(models.Model):
    """A member of the counting committee."""

    class Duty(models.TextChoices):
        LEADER = "leader", gettext_lazy("Head of the committee")
        MEMBER = "member", gettext_lazy("Member of the committee")
        SECRETARY = "secretary", gettext_lazy("Secretary of the committee")

    meeting = models.ForeignKey(Meeting, models.CASCADE, related_name="counters")
    person = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    name = models.CharField(gettext_lazy("full name"), max_length=120)
    position = models.CharField(gettext_lazy("position"), max_length=200, blank=True)
    duty = models.CharField(gettext_lazy("duty"), max_length=10, choices=Duty, default=Duty.MEMBER)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                "meeting",
                "person",
                condition=Q(person__isnull=False),
                name="a_person_counts_once_at_a_meeting",
                violation_error_message=gettext_lazy("This person is on the committee already."),
            ),
            models.UniqueConstraint(
                "meeting",
                condition=Q(duty="leader"),
                name="a_counting_committee_has_one_head",
                violation_error_message=gettext_lazy("The committee has a head already."),
            ),
        ]

    @property
    def addressed(self) -> str:
        """The name with Ông or Bà before it, where the person's account says which."""
        said = self.name.startswith(tuple(f"{each} " for each in Honorific.values))
        return f"{self.person.honorific} {self.name}" if self.person and not said else self.name

    def __str__(self) -> str:
        return self.name

    def take_off(self) -> None:
        """Take the person off the committee. Raises ValidationError for who counted papers."""
        counted = (
            Q(counted_stack__typed_by=self.person)
            | Q(counted_stack__confirmed_by=self.person)
            | Q(keyers__person=self.person)
        )
        if self.person and self.meeting.questions.filter(counted).exists():
            raise ValidationError(
                _("%(name)s has counted papers of this meeting and stays on the committee."),
                params={"name": self.name},
            )
        self.delete()


class ProcedureQuerySet(models.QuerySet["Procedure"]):
    """Questions about matters of procedure."""

    def standing(self) -> Self:
        """Keep those that were not corrected."""
        return self.filter(corrected_by=None)


class Procedure(models.Model):
    """A matter of procedure the meeting decided by show of hands: its agenda, its committee.

    Passed by more than half of the units there; the hands are typed as counts (decision 21). What
    was mistyped stays on record; a row that ``corrects`` it, with the reason, stands instead.
    """

    meeting = models.ForeignKey(Meeting, models.PROTECT, related_name="procedures")
    matter = models.CharField(gettext_lazy("matter"), max_length=200)
    yes = models.PositiveSmallIntegerField(gettext_lazy("agree"))
    no = models.PositiveSmallIntegerField(gettext_lazy("do not agree"))
    abstain = models.PositiveSmallIntegerField(gettext_lazy("no hand raised"))
    at = models.DateTimeField(default=clock.now, editable=False)
    sentence = models.TextField(editable=False)
    corrects = models.OneToOneField(
        "self", models.PROTECT, null=True, related_name="corrected_by", editable=False
    )
    corrected_because = models.CharField(gettext_lazy("reason"), max_length=500, blank=True)

    objects = ProcedureQuerySet.as_manager()

    class Meta:
        ordering = ["meeting_id", "at", "pk"]
        constraints = [
            models.CheckConstraint(
                name="a_corrected_show_of_hands_says_why",
                condition=Q(corrects__isnull=True) | ~Q(corrected_because=""),
                violation_error_message=gettext_lazy("Give the reason."),
            )
        ]

    def __str__(self) -> str:
        return self.sentence

    @property
    def passed(self) -> bool:
        """Whether more than half of the units there agreed."""
        return self.yes > self.no + self.abstain

    def decide(self) -> None:
        """Put the hands on record with the sentence they mean.

        Raises ValidationError unless the meeting is in session and the hands are as many as the
        units there now.
        """
        meeting = self.meeting.locked()
        if not meeting.is_open:
            raise ValidationError(_("The meeting is not in session."))
        if self.shown != (there := meeting.units_there):
            raise ValidationError(
                _("%(shown)s hands were typed, %(asked)s units are in the room."),
                params={"shown": two_digits(self.shown), "asked": two_digits(there)},
            )
        self._state_it()

    @property
    def shown(self) -> int:
        """How many units were asked: hands raised, for or against, and not."""
        return self.yes + self.no + self.abstain

    def correct(self) -> None:
        """Stand instead of the row it ``corrects``: the same vote, its words or counts put right.

        Raises ValidationError once the minutes are final, once another did it, or where the units
        that were asked become more or fewer.
        """
        meeting = self.meeting.locked()
        was = self.corrects
        assert was is not None  # noqa: S101 -- the page of a row corrects that row
        if not meeting.may_be_mended:
            raise ValidationError(STAYS)
        if Procedure.objects.filter(corrects=was).exists():
            raise ValidationError(CORRECTED)
        if self.shown != was.shown:
            raise ValidationError(
                _("%(shown)s hands were typed, %(asked)s units were in the room."),
                params={"shown": two_digits(self.shown), "asked": two_digits(was.shown)},
            )
        self.at = was.at
        self._state_it()

    def _state_it(self) -> None:
        self.sentence = hands_sentence(self.matter, self.yes, self.no, self.abstain)
        self.save()


BARE = Q(kind=PaperKind.NOMINEES, facts__number="")  # a list that cites no number
CITES = {PaperKind.PROPOSAL: PaperKind.MINUTES, PaperKind.NOMINEES: PaperKind.PROPOSAL}
PUT_FORWARD = "$.results[*].units[*]"  # in the facts of minutes
BOARD = "Bảng tổng hợp điểm, xếp hạng"  # as a proposal lists it among what goes with it
SAYS_BOARD = r"bảng[^\n]*(điểm|xếp hạng)"  # or in other words
NAMING = "$.awards[*] ? (@.award == $name && exists(@.rows[*]))"  # in those of a proposal


class MeetingPaperQuerySet(models.QuerySet["MeetingPaper"]):
    """Questions about the papers of meetings."""

    def visible_to(self, user: User) -> Self:
        """Keep the final ones of the blocks one sees, and the drafts of those who write them."""
        writes = (
            Q(meeting__secretary=user)
            | Q(meeting__season__in=Season.objects.led_by(user))
            | Q(block__authority__in=user.authorities)
        )
        return self.filter(Q(final=True) | writes, block__in=Block.objects.visible_to(user))

    def that_went_out(self) -> Self:
        """Keep the final ones in force that people were given, in the order they were made."""
        return self.filter(final=True).exclude(kind=PaperKind.BALLOTS)._that_hold().order_by("pk")

    def cited(self, kind: PaperKind) -> "MeetingPaper | None":
        """Return the one of this kind that others cite: the final one in force, else its draft."""
        papers = self.filter(kind=kind).order_by("-final", "-pk")
        return papers.defer("content", "signed_copy").first()

    def sent_up(self, season: Season) -> Self:
        """Keep the season's final proposal and list of nominees that are in force."""
        kinds = (PaperKind.PROPOSAL, PaperKind.NOMINEES)
        final = self.filter(meeting__season=season, kind__in=kinds, final=True)
        held = final.exclude(meeting__state=MeetingState.CANCELLED)._that_hold()
        return held.order_by("pk")

    def citing(self, paper: "MeetingPaper", number: str = "") -> Self:
        """Keep the final ones in force that were made after this one, of what it says.

        A list of nominees cites the number of its proposal, if that had one. With a ``number``
        those that cite this one by it.
        """
        citing = [kind for kind, cited in CITES.items() if cited == paper.kind]
        later = self.filter(kind__in=citing, final=True, finalised_at__gt=paper.finalised_at)
        if number:
            later = later.filter(Q(facts__number=number) | Q(facts__minutes_number=number))
        return later.filter(meeting=paper.meeting_id).exclude(BARE)._that_hold()

    def putting_forward(self) -> Self:
        """Keep the final minutes in force that put units forward, by vote or by conditions."""
        named = Func(
            F("facts"),
            Value(PUT_FORWARD),
            function="jsonb_path_exists",
            output_field=models.BooleanField(),
        )
        return self.filter(named, kind=PaperKind.MINUTES, final=True)._that_hold()

    def naming(self, award: Any) -> Self:
        """Keep the proposals that put units forward for the award of this name."""
        named = Func(
            F("facts"),
            Value(NAMING),
            JSONObject(name=award),
            function="jsonb_path_exists",
            output_field=models.BooleanField(),
        )
        return self.filter(named)

    def lacking_the_board(self) -> Self:
        """Keep the proposals, final or not, that the block's score table is to go with, while it
        was never made final."""
        final = SheetPaper.objects.filter(season=OuterRef("meeting__season"), final=True)
        listing = self.filter(kind=PaperKind.PROPOSAL, words__dossier__iregex=SAYS_BOARD)
        return listing.exclude(Exists(final.filter(kind=PaperKind.BOARD)))._that_hold()

    def _that_hold(self) -> Self:
        held = self.exclude(replaced_by__final=True)
        return held.defer("content", "signed_copy", "facts")


class MeetingPaper(Paper):
    """Minutes, count, proposal and list of nominees of a meeting; ballot papers of a question."""

    meeting = models.ForeignKey(Meeting, models.PROTECT, related_name="papers")
    question = models.ForeignKey(
        "awards.Question", models.PROTECT, null=True, related_name="papers"
    )  # whose ballot papers these are

    objects = MeetingPaperQuerySet.as_manager()  # type: ignore[misc]

    @property
    def may_not_be_corrected(self) -> str:
        """Say why no paper may take its place by a correction, or nothing."""
        if not self.meeting.is_cancelled:
            return ""
        return _("The meeting was cancelled; a paper of the next one takes the place of this one.")

    @transaction.atomic
    def correct(self, reason: str) -> Self:
        """Begin its correction as ``Paper.correct`` does, unless its meeting was cancelled."""
        self.meeting = self.meeting.locked()
        if why := self.may_not_be_corrected:
            raise ValidationError(why)
        return super().correct(reason)

    def give_number(self, number: str, symbol: str, on: date) -> None:
        """Note its number as ``Paper.give_number`` does; no proposal is older than its minutes."""
        minutes = self.meeting.papers.filter(kind=PaperKind.MINUTES, final=True)
        if self.kind == PaperKind.PROPOSAL and self.final:
            cited = minutes.filter(finalised_at__lt=self.finalised_at).order_by("pk").last()
            if cited and on < (least := cited.numbered_on or cited.dated):
                raise ValidationError(
                    _("It cites the minutes of %(day)s; it bears no earlier date."),
                    params={"day": show_date(least)},
                )
        super().give_number(number, symbol, on)

    @transaction.atomic
    def drop(self) -> None:
        """Give up a correction as ``Paper.drop`` does, after whoever writes or finalises it now.

        Raises ValidationError too while the meeting is recorded otherwise than the final paper.
        """
        from awards.papers.draft import recorded_otherwise  # noqa: PLC0415 -- comes after models

        self.meeting = self.meeting.locked()
        if why := recorded_otherwise(self):
            raise ValidationError(why)
        super().drop()
