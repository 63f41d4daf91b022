"""What is put to the vote: a question, its list and who votes; opened, cast, closed, cancelled."""

from collections.abc import Hashable, Iterable, Sequence
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING, Any, Self

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection, models, transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override

from awards import requirements, tally
from awards.models.attendance import Attendance, Letter
from awards.models.ballots import Ballot, UrnPaper, empty_the_urn
from awards.models.box import LEAST_SECRET, PaperBox, PaperKeying, PaperStack
from awards.models.catalogue import Award, VoteNumbers, VoteRules, in_order, matter
from awards.models.counting import Outcome, count
from awards.models.electors import Candidate, Elector, GivenPaper, Voted
from awards.models.meeting import Meeting
from awards.models.opening import Opening
from awards.tally import Mode, Presence, Verdict
from blocks import clock
from blocks.models import Office, Unit, User
from blocks.models.units import UnitQuerySet
from blocks.numbers import two_digits
from scoring.models import Ranking

if TYPE_CHECKING:
    from awards.tally import Result


NOT_ANEW = gettext_lazy(
    "Only a cancelled question is put anew: once, before the meeting closes, and "
    "before a vote is opened in which who stands follows from it."
)

NO_MEMBER = gettext_lazy("Only a member of this season that has not left the block stands.")


class QuestionState(models.TextChoices):
    """Where a question is."""

    WAITING = "waiting", gettext_lazy("Not opened yet")
    OPEN = "open", gettext_lazy("Open")
    CLOSED = "closed", gettext_lazy("Counted")
    CANCELLED = "cancelled", gettext_lazy("Cancelled")


# What a ballot shows and asks of its question.
ON_THE_BALLOT = (
    "meeting", "award", "office", "round", "mode", "max_marks", "self_vote",
    "state", "closed_at", "cancelled_because", "conclusion",
)  # fmt: skip


class QuestionQuerySet(models.QuerySet["Question"]):
    """Questions about questions."""

    def visible_to(self, user: User) -> Self:
        """Keep the questions of the meetings one sees."""
        return self.filter(meeting__in=Meeting.objects.visible_to(user))

    def ahead(self) -> Self:
        """Keep what is still to be decided: what waits, and what is open."""
        return self.filter(state__in=(QuestionState.WAITING, QuestionState.OPEN))

    def for_page(self) -> Self:
        """Fetch what the question's page shows of its meeting and season."""
        return self.select_related(
            "award",
            "previous",
            "meeting__season__block__authority",
            "meeting__season__head",
            "meeting__season__scale",
            "meeting__season__rules",
        ).prefetch_related("meeting__season__head__names")

    def of_own_block(self, user: User, key: int) -> "Question | None":
        """Return the question if it is of a block of one's units: quicker than ``visible_to``."""
        own = self.filter(pk=key, meeting__season__block__in=user.blocks)
        return next(iter(own.only(*ON_THE_BALLOT).order_by()), None)

    def for_ballot(self) -> Self:
        """Fetch what the ballot shows of its meeting and season."""
        return self.select_related("award", "meeting__season__block__authority")

    def open_to(self, user: User) -> Self:
        """Keep the open questions in which the user represents a unit that has not voted."""
        return self.filter(
            electors__in=Elector.objects.on_screen().filter(
                representative=user, voted__isnull=True
            ),
            state=QuestionState.OPEN,
        ).exclude(mode=Mode.HANDS)

    def keyed_by(self, user: User) -> Self:
        """Keep the open questions in which papers were given out, and the user keys or counts them:
        of the counting committee, or as the secretary."""
        keeps = Meeting.objects.filter(Q(secretary=user) | Q(counters__person=user))
        given = GivenPaper.objects.filter(elector__question=OuterRef("pk"))
        return self.filter(Exists(given), meeting__in=keeps, state=QuestionState.OPEN)


class Question(VoteNumbers):
    """One award or one office put to the vote in one round."""

    meeting = models.ForeignKey(Meeting, models.PROTECT, related_name="questions")
    award = models.ForeignKey(
        Award, models.PROTECT, null=True, blank=True, related_name="questions"
    )
    office = models.CharField(max_length=10, choices=Office, blank=True)
    order = models.PositiveSmallIntegerField(default=0)
    round = models.PositiveSmallIntegerField(default=1)
    previous = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="following"
    )
    source = models.CharField(max_length=300, blank=True)
    state = models.CharField(max_length=10, choices=QuestionState, default=QuestionState.WAITING)
    # When its list last changed, by hand or by itself: a letter received before did not see it.
    listed_at = models.DateTimeField(null=True)
    opened_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    cancelled_because = models.CharField(max_length=500, blank=True)
    issued = models.PositiveSmallIntegerField(gettext_lazy("Papers given out"), null=True)
    returned = models.PositiveSmallIntegerField(null=True)
    valid = models.PositiveSmallIntegerField(null=True)
    blank = models.PositiveSmallIntegerField(null=True)
    spoiled = models.PositiveSmallIntegerField(null=True)
    conclusion = models.CharField(max_length=500, blank=True)
    # Why the other units are not on the list of an award, of record, by key; as of the opening.
    left_out = models.JSONField(default=dict, blank=True)

    objects = QuestionQuerySet.as_manager()

    class Meta(VoteNumbers.Meta):
        ordering = ["meeting_id", "order", "round", "pk"]
        constraints = [
            *VoteNumbers.Meta.constraints,
            models.CheckConstraint(
                name="a_question_is_about_an_award_or_an_office",
                condition=Q(award__isnull=False, office="") | Q(award__isnull=True) & ~Q(office=""),
            ),
            models.UniqueConstraint(
                "meeting",
                condition=Q(state="open"),
                name="a_meeting_has_one_open_question",
                violation_error_message=gettext_lazy("Another question is open."),
            ),
            models.UniqueConstraint(
                fields=["meeting", "award", "office", "round"],
                condition=~Q(state="cancelled"),
                nulls_distinct=False,
                name="a_meeting_votes_on_a_matter_once_a_round",
                violation_error_message=gettext_lazy("This matter is put to the vote already."),
            ),
            models.CheckConstraint(
                name="ballots_of_a_question_reconcile",
                condition=Q(returned__isnull=True)
                | Q(returned__lte=F("issued"), returned=F("valid") + F("spoiled")),
            ),
            models.CheckConstraint(
                name="a_cancelled_question_says_why",
                condition=~Q(state="cancelled") | ~Q(cancelled_because=""),
            ),
            models.CheckConstraint(
                name="a_later_round_follows_a_round",
                condition=Q(round=1, previous__isnull=True)
                | Q(round__gt=1, previous__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        """Return the address of the question's page: its rules, then its result."""
        return reverse("show_question", args=[self.pk])

    @classmethod
    def prepare(cls, meeting: Meeting) -> None:
        """Prepare the first round of every matter the season has rules for, in their order; of no
        award that has ended on the day of the meeting, or is decided in another way then.

        Raises ValidationError where the rules put nobody forward: they stay as they are from then.
        """
        rules = meeting.season.vote_rules.select_related("award", "season__block")
        rules = rules.prefetch_related("award__requirements")
        voted = [one for one in rules if not one.not_voted_on(meeting.day)]
        told = [(one.title, none) for one in voted if (none := one.puts_nobody_forward)]
        if told:
            said = _("Mend the rules of the votes first. %(what)s: %(why)s")
            raise ValidationError([said % {"what": what, "why": why} for what, why in told])
        for order, one in enumerate(in_order(voted), start=1):
            cls.from_rules(meeting, one, order)

    @classmethod
    def from_rules(cls, meeting: Meeting, rules: VoteRules, order: int) -> "Question":
        """Prepare the first round of a matter, with the season's rules for it.

        The award is as the catalogue has it on the day of the meeting.
        """
        return cls.objects.create(
            meeting=meeting,
            award=rules.award.in_force_on(meeting.day) if rules.award else None,
            office=rules.office,
            order=order,
            source=rules.source,
            **{name: getattr(rules, name) for name in cls.NUMBERS},
        )

    @property
    def title(self) -> str:
        """What is voted: the award's name, or the next year's office in the reader's language."""
        return matter(self.award, self.office, self.meeting.season)

    def name_of(self, candidate: Candidate) -> str:
        """Return what a candidate is called on every paper: its name on the meeting's day."""
        return candidate.unit.name_on(self.meeting.day)

    @property
    def is_open(self) -> bool:
        """Whether ballots are taken now."""
        return self.state == QuestionState.OPEN

    @property
    def is_waiting(self) -> bool:
        """Whether it was not opened yet."""
        return self.state == QuestionState.WAITING

    @property
    def is_closed(self) -> bool:
        """Whether it was counted."""
        return self.state == QuestionState.CLOSED

    @property
    def is_cancelled(self) -> bool:
        """Whether it was cancelled."""
        return self.state == QuestionState.CANCELLED

    @property
    def is_secret(self) -> bool:
        """Whether nobody may know who marked whom."""
        return self.mode == Mode.SECRET

    @property
    def is_by_hands(self) -> bool:
        """Whether hands are counted in the room; only letters are ballots then."""
        return self.mode == Mode.HANDS

    @property
    def has_ballot_papers(self) -> bool:
        """Whether it may be voted with papers: neither by hands, nor on screens only."""
        return self.on_paper and not self.is_by_hands

    @property
    def may_still_write(self) -> UnitQuerySet:
        """The units whose letter may still come: absent from this vote, and nobody is there now.

        None where it takes no papers.
        """
        if not self.on_paper:
            return Unit.objects.none()
        absent = self.electors.filter(presence=Presence.ABSENT, is_asked=True)
        there = [line.unit_id for line in self.meeting.attendances.all() if line.is_there]
        return Unit.objects.filter(pk__in=absent.values("unit")).exclude(pk__in=there)

    @property
    def ranking(self) -> Ranking | None:
        """The ranking that its voters saw, in force when it was opened; until then the one now."""
        season = self.meeting.season
        if self.opened_at is None:
            return season.current_ranking
        return season.rankings.filter(at__lte=self.opened_at).order_by("number").last()

    @property
    def box(self) -> PaperBox:
        """Its paper box."""
        return PaperBox(self)

    @property
    def opening(self) -> Opening:
        """What keeps it from being opened, and what is told before."""
        return Opening(self)

    @cached_property
    def listed(self) -> dict[int, int]:
        """The candidates' keys with their units', in the order of the list; frozen once opened."""
        with connection.cursor() as cursor:
            cursor.execute(
                'SELECT "id", "unit_id" FROM "awards_candidate" WHERE "question_id" = %s'
                ' ORDER BY "order", "id"',
                [self.pk],
            )
            return dict(cursor.fetchall())

    @property
    def keys_listed(self) -> set[Hashable]:
        """The keys of the candidates."""
        return set(self.listed)

    @property
    def marks_allowed(self) -> int:
        """How many candidates a ballot may mark."""
        return min(self.max_marks or len(self.listed), len(self.listed))

    @property
    def awaited(self) -> list[Elector]:
        """Who may vote and has not, in official order; of a secret box nobody knows."""
        listed = self.electors.listed()
        return [each for each in listed if each.is_awaited(secret=self.is_secret)]

    def waits_for_screens(self, electors: Iterable[Elector]) -> bool:
        """Whether one of its electors has still to vote on a screen: closing waits for it."""
        return not self.is_by_hands and any(each.may_still_cast for each in electors)

    @property
    def gone_since(self) -> list[str]:
        """The units that were in the room when it was opened, and have gone since."""
        there = self.electors.in_the_room().values("unit")
        lines = self.meeting.attendances.filter(unit__in=there).listed()
        return [line.unit.short_name for line in lines if line.has_left]

    @property
    def is_fruitless(self) -> bool:
        """Whether it was counted, and nobody was elected nor goes to another round."""
        fruit = (Verdict.ELECTED, Verdict.RUN_OFF)
        return self.is_closed and not any(o.verdict in fruit for o in self.outcomes.all())

    @property
    def one_is_ticked(self) -> bool:
        """Whether a ballot ticks one of several; otherwise it says yes or no to each name."""
        return tally.one_is_ticked(self.max_marks, len(self.listed))

    # Before the opening

    def standing_units(self) -> list[Unit]:
        """Return who stands: as listed, else who would now, by the conditions or the rotation.

        Of a later round those of the round before that still meet the conditions. The deputy's
        list leaves out whoever was elected head (design 6).
        """
        if self.is_waiting and self.award:
            return [unit for unit, why in self.asked_of.items() if not why]
        if not self.is_waiting or self.previous_id:
            return self._listed_units()
        head = self._head_before()
        still = self.candidates.filter(unit__in=self.meeting.season.may_hold_office)
        listed = [unit for unit in self._units_of(still) if unit.pk not in head]
        return listed or self._next_in_turn(head)

    @property
    def units_in_turn(self) -> list[Unit]:
        """Who would stand for the office by the rotation as it is now."""
        return self._next_in_turn(self._head_before())

    @cached_property
    def asked_of(self) -> dict[Unit, str]:
        """The units that an award's conditions are asked of, with those they fail.

        All the members; of a later round those that went on to it. Asked once until it is opened.
        """
        failed = requirements.failed_by(self.meeting.season, self.award) if self.award else {}
        units = self._listed_units() if self.previous_id else failed
        return {unit: failed.get(unit, "") for unit in units}

    def _listed_units(self) -> list[Unit]:
        return self._units_of(self.candidates.all())

    def _units_of(self, listed: QuerySet[Candidate]) -> list[Unit]:
        listed = listed.select_related("unit").prefetch_related("unit__names")
        return [candidate.unit for candidate in listed]

    def _head_before(self) -> set[int]:
        """Return the unit that is not on the list because it was just elected head."""
        return self._elected_head() if self.office == Office.DEPUTY else set()

    def _elected_head(self) -> set[int]:
        """Return the unit that this meeting elected head, if it has."""
        elected = Outcome.objects.filter(
            question__meeting=self.meeting, question__office=Office.HEAD, verdict=Verdict.ELECTED
        )
        return set(elected.values_list("candidate__unit", flat=True))

    def _next_in_turn(self, head: set[int]) -> list[Unit]:
        """Return the unit whose turn it is: for the deputy, the one after the next head."""
        season = self.meeting.season
        if season.head is None:
            return []
        turns = season.block.rotation_after(season.head, clock.today())
        turns = [unit for unit in turns if unit.pk not in head]
        place = 1 if self.office == Office.DEPUTY and not head else 0
        return turns[place : place + 1]

    def propose_for_office(self) -> None:
        """List the unit whose turn it is, unless somebody was listed already."""
        if self.office and not self.candidates.exists():
            self._list(self.standing_units())

    @property
    def may_not_be_listed(self) -> str:
        """Say why nobody chooses who stands, or nothing."""
        if self.award_id or self.previous_id:
            return _("Who stands follows from the conditions, or the round before.")
        return "" if self.is_waiting else _("The list is frozen once the question was opened.")

    @transaction.atomic
    def list_candidates(self, units: Sequence[Unit]) -> None:
        """Put these units on the list of an office, in this order, instead of those on it.

        Raises ValidationError for an award (its conditions decide who stands), a later round, a
        unit that is no member this season, or has left the block, or, for the deputy, that was
        just elected head, or once the question was opened.
        """
        self.take(for_update=True)
        if why := self.may_not_be_listed:
            raise ValidationError(why)
        if not set(units) <= set(self.meeting.season.may_hold_office):
            raise ValidationError(NO_MEMBER)
        if self.office == Office.DEPUTY:
            self._refuse_the_elected_head(units)
        self._forget_list()
        if self.list_has_changed or set(units) != set(self.standing_units()):
            self.listed_at = clock.now()
            self.save(update_fields=["listed_at"])
        self._list(units)

    @cached_property
    def list_has_changed(self) -> bool:
        """Whether other units stand for an office than when it was listed, nobody having chosen so:
        one left the block, or was elected head. Asked once until it is listed anew.

        Nobody lists who stands for an award: that list is its conditions, and a letter saw them.
        """
        if not (self.office and self.is_waiting) or self.previous_id:
            return False
        listed = set(self.candidates.values_list("unit", flat=True))
        return bool(listed) and listed != {unit.pk for unit in self.standing_units()}

    def renew_list(self) -> None:
        """List who stands now, where that changed by itself: letters that came saw another list."""
        self.take(for_update=True)
        self._forget_list()
        if self.list_has_changed:
            self.listed_at = clock.now()
            self.save(update_fields=["listed_at"])
            self._list(self.standing_units())

    @transaction.atomic
    def keep_list(self) -> None:
        """Let the list of an office, which follows the rotation, stay as a letter that comes now
        sees it."""
        self.renew_list()
        if self.is_waiting:
            self.propose_for_office()

    def _forget_list(self) -> None:
        for name in ("listed", "list_has_changed"):
            self.__dict__.pop(name, None)

    def _refuse_the_elected_head(self, units: Sequence[Unit]) -> None:
        head = self._elected_head()
        for unit in units:
            if unit.pk in head:
                office = matter(None, Office.HEAD, self.meeting.season)
                sentence = _("%(unit)s was just elected %(office)s; choose another unit.")
                raise ValidationError({"units": sentence % {"unit": unit, "office": office}})

    def _list(self, units: Sequence[Unit]) -> None:
        self._forget_list()
        if list(self.candidates.values_list("unit", flat=True)) == [unit.pk for unit in units]:
            return  # history tells of no change where there is none
        self.candidates.all().delete()
        Candidate.objects.bulk_create(
            Candidate(question=self, unit=unit, order=order) for order, unit in enumerate(units)
        )

    def presence_of(self, line: Attendance) -> Presence:
        """Return how a unit takes part in this question: who has left is absent.

        A letter counts for the round and the list it saw, no further: where this matter was put to
        the vote before, or its list changed since, its unit is absent until another letter comes
        (design 6). Where the vote takes no papers it is absent too.
        """
        if line.presence != Presence.WRITTEN:
            return line.presence_now
        letter = self.letter_of(line)
        return Presence.WRITTEN if letter and self.takes(letter.received_at) else Presence.ABSENT

    def takes(self, received_at: datetime) -> bool:
        """Tell whether a letter received then is for this round of this matter, and its list."""
        before = self.vote_before and self.vote_before.closed_at
        if before and received_at <= before:
            return False
        return self.on_paper and not self.precedes_the_list(received_at)

    def letter_of(self, line: Attendance) -> Letter | None:
        """Return the letter of an absent unit that this vote sees: the first that is for it, else
        the one that the vote before saw, else the last."""
        letters = list(line.letters.all()) if line.presence == Presence.WRITTEN else []
        own = (letter for letter in letters if self.takes(letter.received_at))
        seen = (letter for letter in letters if letter.pk in self._seen_before)
        return next(own, None) or next(seen, None) or next(reversed(letters), None)

    def precedes_the_list(self, received_at: datetime) -> bool:
        """Tell whether a letter received then came before the list last changed; times are typed to
        the minute, so one of that minute did not."""
        if self.list_has_changed:
            return True
        if self.listed_at is None:
            return False
        return received_at < self.listed_at.replace(second=0, microsecond=0)

    @cached_property
    def vote_before(self) -> "Question | None":
        """The vote on this matter before this one: counted, or broken off."""
        of_matter = self.meeting.questions.filter(award=self.award_id, office=self.office)
        return of_matter.filter(opened_at__isnull=False, pk__lt=self.pk).order_by("pk").last()

    @cached_property
    def _seen_before(self) -> set[int | None]:
        """The letters that the vote before saw."""
        before = self.vote_before
        return set(before.electors.values_list("letter", flat=True)) if before else set()

    def electors_now(self, *, for_quorum: bool = False) -> list[tally.Elector]:
        """Return the members and how each takes part: as the opening froze it, or as it is now.

        For the quorum a letter that was found empty stays the letter it was at the opening.
        """
        if self.opened_at:
            return [
                tally.Elector(
                    key=each.unit_id,
                    presence=Presence.WRITTEN
                    if for_quorum and each.letter_is_empty
                    else Presence(each.presence),
                )
                for each in self.electors.all()
            ]
        return [
            tally.Elector(key=line.unit_id, presence=self.presence_of(line))
            for line in self.meeting.attendances.with_letters()
        ]

    @property
    def casting_now(self) -> int:
        """How many units vote: as the opening froze it, or as attendance and list have it now."""
        if self.opened_at:
            return self.electors.casting().count()
        alone = self.alone
        return sum(elector.casts and elector.key != alone for elector in self.electors_now())

    @property
    def alone(self) -> int | None:
        """The unit that stands alone where none votes on itself: it has nothing to vote on.

        It is not asked, has no paper and no ballot; the quorum counts it (design 6: its base
        shrinks by it). The opening freezes that in ``Elector.is_asked``.
        """
        units = [] if self.self_vote else self.standing_units()
        return units[0].pk if len(units) == 1 else None

    @property
    def doubtful_now(self) -> list[str]:
        """Who stands in the open vote and no longer meets the conditions, and why: a hold put since
        the opening. The list stays as it is; a later round leaves them out."""
        if not (self.is_open and self.award):
            return []
        failed = requirements.failed_by(self.meeting.season, self.award)
        since = _(
            "%(unit)s is on the list of this vote, but since then: %(why)s. The vote goes on with"
            " its list; a later round leaves the unit out."
        )
        return [
            since % {"unit": unit.short_name, "why": failed[unit]}
            for unit in self._listed_units()
            if failed.get(unit)
        ]

    @property
    def turn(self) -> tuple[int | None, str, int]:
        """Which matter in which round: what was cancelled and put anew has the same."""
        return self.award_id, self.office, self.round

    @property
    def was_broken_off(self) -> bool:
        """Whether it was cancelled while it was open; cancelled before, its matter is given up."""
        return self.is_cancelled and self.opened_at is not None

    def hangs_on(self, other: "Question") -> bool:
        """Tell whether who stands here follows from what the other one decides."""
        if self.award and other.award:
            return self.award.waits_for(other.award)
        return self.office == Office.DEPUTY and other.office == Office.HEAD

    @transaction.atomic
    def open(self) -> None:
        """Open the question: freeze candidates and one elector a member with its presence.

        Raises ValidationError with all that is missing.
        """
        self.meeting.season.shared()
        self.meeting = self.meeting.locked()  # as it is now, not as this page saw it
        self.take(for_update=True)
        self.__dict__.pop("asked_of", None)
        self._forget_list()
        with override("vi"):  # it is kept, so in the words of record
            asked = self.asked_of
        if missing := self.opening.missing:
            raise ValidationError(missing)
        alone = self.alone
        self.left_out = {str(unit.pk): why for unit, why in asked.items() if why}
        if self.list_has_changed:
            self.listed_at = clock.now()
        if self.left_out or not self.previous_id:
            self._list(self.standing_units())
        Elector.objects.bulk_create(
            Elector(
                question=self,
                unit_id=line.unit_id,
                presence=self.presence_of(line),
                letter=self.letter_of(line),
                representative_id=line.representative_id,
                represented_by=line.addressed,
                is_asked=line.unit_id != alone,
            )
            for line in self.meeting.attendances.with_letters()
        )
        self.state, self.opened_at = QuestionState.OPEN, clock.now()
        self.save(update_fields=["state", "opened_at", "left_out", "listed_at"])
        GivenPaper.at_the_opening(self)

    # While it is open

    def take(self, *, for_update: bool = False) -> None:
        """Take the question's row: casting shares it, opening, closing and cancelling own it.

        What was read of it in another state, and listed, is read anew.
        """
        strength = "UPDATE" if for_update else "SHARE"
        with connection.cursor() as cursor:
            cursor.execute(
                f'SELECT "state" FROM "awards_question" WHERE "id" = %s FOR {strength}',  # noqa: S608
                [self.pk],
            )
            (state,) = cursor.fetchone()
        if state != self.state:
            self._forget_list()
            self.refresh_from_db()

    def take_open(self, *, for_update: bool = False) -> None:
        """Take the row of a question that must be open. Raises ValidationError when it is not."""
        self.take(for_update=for_update)
        if not self.is_open:
            raise ValidationError(_("The question is not open."))

    def elector_of(self, user: User, *also: str) -> Elector | None:
        """Return the elector whom the user represents, with ``also``; only that account casts."""
        mine = Elector.objects.filter(question=self.pk, representative=user.pk).order_by()
        mine = mine.select_related("paper", *also)
        return next((elector for elector in mine if elector.takes_part), None)

    @transaction.atomic
    def cast(self, user: User, marks: Iterable[int], *, says_no: bool = False) -> None:
        """Cast the ballot of the unit the user represents: once, whole, never changed.

        ``marks`` are keys of candidates; ``says_no``: somebody is refused by name. Raises
        PermissionDenied for anybody else, ValidationError when the question is not open, the unit
        has voted, or marks are too many.
        """
        self.take()
        if not self.is_open:
            raise ValidationError(_("The question is not open; this ballot was not counted."))
        elector = self.elector_of(user)
        self.refuse_unless_it_casts(elector)
        assert elector is not None  # noqa: S101 -- refused above
        wanted = self.checked(elector, marks)
        self.put(elector, marks=wanted, only_no=says_no and not wanted)

    def refuse_unless_it_casts(self, elector: Elector | None) -> None:
        """Raise PermissionDenied with the reason why this elector casts on no screen."""
        if elector is None:
            raise PermissionDenied(
                _(
                    "You represent no unit that votes on this question; a unit that had left"
                    " when it was opened, or came after that, does not vote on it, and whoever"
                    " took the representative's place since votes from the next one on. The"
                    " secretary knows more."
                )
            )
        if self.is_by_hands:
            raise PermissionDenied(_("This vote is by show of hands."))
        if not elector.is_asked:
            raise PermissionDenied(elector.why_not_asked)
        if elector.presence == Presence.WRITTEN:
            raise PermissionDenied(_("This unit votes by letter."))
        if elector.votes_on_paper:
            raise PermissionDenied(
                _(
                    "This unit has a paper and votes on that; to vote on screen, it gives the paper"
                    " back to the secretary first."
                )
            )

    def checked(self, elector: Elector | None, marks: Iterable[int]) -> list[int]:
        """Return the marks in order. Raises ValidationError for marks that no ballot may bear."""
        wanted = sorted(set(marks))
        if not self.listed.keys() >= set(wanted):
            raise ValidationError(_("A mark is not for a candidate of this question."))
        if len(wanted) > self.marks_allowed:
            raise ValidationError(
                _("Mark at most %(allowed)s; %(given)s are marked."),
                params={
                    "allowed": two_digits(self.marks_allowed),
                    "given": two_digits(len(wanted)),
                },
            )
        units = {self.listed[key] for key in wanted}  # no elector: a paper from the box
        if elector and not self.self_vote and elector.unit_id in units:
            raise ValidationError(_("A unit does not vote on itself here."))
        return wanted

    def put(self, elector: Elector, **says: Any) -> None:
        """Note that the elector has voted and put the ballot into the urn, or on the table.

        ``says`` are the fields of ``Marked``.
        """
        if not Voted.note(elector):
            raise ValidationError(_("%(unit)s has voted already."), params={"unit": elector.unit})
        if self.is_secret:
            UrnPaper.objects.create(question=self, **says)
        else:
            Ballot.objects.create(question=self, elector=elector, **says)

    @transaction.atomic
    def receive_letter(self, unit: Unit, received_at: datetime | None = None) -> None:
        """Note a letter that came while the question is open: its unit was absent, now it votes.

        In a secret vote it goes unopened into the paper box.
        """
        self.take_open(for_update=True)
        received_at = received_at or clock.now()
        elector = self.electors.filter(unit=unit, presence=Presence.ABSENT).first()
        line = self.meeting.attendances.get(unit=unit)
        if elector is None or line.is_there:
            raise ValidationError(_("Only the letter of an absent unit can be received."))
        if not elector.is_asked:
            raise ValidationError(elector.why_not_asked)
        if not self.on_paper:
            raise ValidationError(_("This vote takes no papers."))
        if self.precedes_the_list(received_at):
            raise ValidationError(
                _("This letter came before the list of this vote was changed, and saw another.")
            )
        if not self.takes(received_at):
            raise ValidationError(
                _(
                    "This letter came before the last vote on this matter was over, or in that"
                    " minute: it was written for that. If it came after that in the same minute,"
                    " wait for the next minute and give that."
                )
            )
        self.box.refuse_once_counted()
        elector.letter = line.write_in(received_at)
        elector.presence, elector.letter_is_empty = Presence.WRITTEN, False
        elector.save(update_fields=["presence", "letter_is_empty", "letter"])
        GivenPaper.objects.create(elector=elector)

    @transaction.atomic
    def find_empty(self, elector: Elector) -> None:
        """Note that a letter holds no paper for this matter: its unit is absent in this round.

        The quorum stays that of the opening, as when somebody leaves. Raises ValidationError once
        the letter was keyed or the box counted, or where too few would cast for a secret.
        """
        self.take_open(for_update=True)
        if not elector.by_letter:
            raise ValidationError(_("This unit does not vote by letter."))
        if self.is_secret and self.electors.casting().count() <= LEAST_SECRET:
            raise ValidationError(_("A secret vote needs at least three units that cast."))
        self.box.let_go(elector)
        elector.presence, elector.letter_is_empty = Presence.ABSENT, True
        elector.save(update_fields=["presence", "letter_is_empty"])

    # Closing

    @transaction.atomic
    def close(self) -> "Result":
        """Count the question: outcomes with their sentences; the urn is shuffled and emptied.

        Raises ValidationError when it is not open (two people closing: the second is told).
        """
        self.take_open(for_update=True)
        if uncounted := self.box.uncounted:
            raise ValidationError(uncounted)
        empty_the_urn(self)
        result = count(self)
        candidates: dict[Hashable, Candidate] = {c.pk: c for c in self.candidates.all()}
        Outcome.objects.bulk_create(
            Outcome(
                question=self,
                candidate=candidates[outcome.candidate],
                order=order,
                yes=outcome.yes,
                base=outcome.base,
                verdict=outcome.verdict,
                reserve=outcome.reserve,
                sentence=outcome.sentence,
            )
            for order, outcome in enumerate(result.outcomes)
        )
        if not self.is_by_hands:  # hands are no papers
            for name in ("issued", "returned", "valid", "blank", "spoiled"):
                setattr(self, name, getattr(result, name))
        self.conclusion, self.state, self.closed_at = result.why, QuestionState.CLOSED, clock.now()
        self.save()
        if result.next_round:
            following = self._again(round=self.round + 1, previous=self)
            following._list(self._going_on())
        waiting = self.meeting.questions.filter(state=QuestionState.WAITING)
        for other in waiting.exclude(office=""):
            if other.hangs_on(self):
                other.renew_list()
        return result

    def _going_on(self) -> list[Unit]:
        """Return who goes to the next round, best first."""
        outcomes = self.outcomes.filter(verdict=Verdict.RUN_OFF).select_related("candidate__unit")
        return [outcome.candidate.unit for outcome in outcomes]

    def unused_and_lost(self, electors: Iterable[Elector]) -> tuple[int, int]:
        """Return how many of the ballots issued were not used, and how many papers are lost.

        Who votes on a screen and did not has used none; what else is missing was given out on paper
        and did not come back. ``electors`` are all of it; of hands, or before the count: 0, 0.
        """
        if self.issued is None or self.returned is None:
            return 0, 0
        unused = sum(elector.may_still_cast for elector in electors)
        return unused, self.issued - self.returned - unused

    def _again(self, **where: object) -> "Question":
        return Question.objects.create(
            meeting=self.meeting,
            award=self.award,
            office=self.office,
            order=self.order,
            source=self.source,
            **{name: getattr(self, name) for name in self.NUMBERS},
            **where,
        )

    @transaction.atomic
    def cancel(self, reason: str) -> None:
        """Cancel with a reason: the box is shuffled and kept, nothing is published."""
        self.take(for_update=True)
        if self.state not in (QuestionState.WAITING, QuestionState.OPEN):
            raise ValidationError(_("The question is over."))
        if not reason.strip():
            raise ValidationError(_("Give the reason."))
        PaperKeying.objects.filter(question=self).delete()
        PaperStack.objects.filter(question=self).delete()
        empty_the_urn(self)
        self.state, self.cancelled_because = QuestionState.CANCELLED, reason.strip()
        self.closed_at = clock.now()
        self.save(update_fields=["state", "cancelled_because", "closed_at"])

    @property
    def may_be_put_anew(self) -> bool:
        """Whether it may be put to the vote once more at its meeting now."""
        questions = self.meeting.questions.select_related("award")
        return not self.meeting.is_over and self.is_free_among(questions)

    def is_again_among(self, questions: Iterable["Question"]) -> bool:
        """Tell whether the same round of its matter was voted before and broken off."""
        return any(
            other.turn == self.turn and other.was_broken_off and other.pk < self.pk
            for other in questions
        )

    def is_free_among(self, questions: Iterable["Question"]) -> bool:
        """Tell whether it was cancelled, nothing took its place, and no vote hanging on it began.

        ``questions`` are those of its meeting.
        """
        return self.is_cancelled and not any(
            (other.turn == self.turn and other.pk > self.pk)
            or (other.opened_at and not other.is_cancelled and other.hangs_on(self))
            for other in questions
        )

    @transaction.atomic
    def put_anew(self) -> "Question":
        """Put a cancelled question to the vote once more: the same round, the same places left."""
        self.meeting = self.meeting.locked()
        self.take()
        if not self.may_be_put_anew:
            raise ValidationError(NOT_ANEW)
        again = self._again(round=self.round, previous=self.previous, listed_at=self.listed_at)
        if self.previous:
            again._list(self.previous._going_on())
        elif self.office:
            again._list(self._listed_units())
        return again
