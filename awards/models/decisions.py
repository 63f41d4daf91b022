"""What the authority decided on who was put forward; among how many leaders it may choose."""

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Self

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import models, transaction
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from awards.models.catalogue import Award, DecidedBy
from awards.models.meeting import Meeting, MeetingState
from awards.tally import Verdict
from blocks import clock, history
from blocks.dates import show_date
from blocks.models import Authority, PaperKind, Seat, Unit, User
from blocks.numbers import percent, show, two_digits
from scoring.models import Season

CORRECTED = gettext_lazy("This decision was corrected already.")


class DecisionQuerySet(models.QuerySet["Decision"]):
    """Questions about decisions."""

    def visible_to(self, user: User) -> Self:
        """Keep the decisions on the seasons one sees."""
        return self.filter(season__in=Season.objects.visible_to(user))

    def in_force(self) -> Self:
        """Keep those that no later one corrected."""
        return self.filter(corrected_by=None)

    def of_the_meeting_held(self) -> Self:
        """Keep those on what the season's meeting put forward, not on that of a cancelled one; and
        those on what conditions alone put forward, which rest on no meeting.

        A decision is recorded once a meeting was closed, so an earlier one was on another meeting.
        """
        before = Meeting.objects.filter(season=OuterRef("season"), opened_at__lte=OuterRef("at"))
        held = Exists(before.filter(state=MeetingState.CLOSED))
        return self.filter(held | Q(award__decided_by=DecidedBy.CONDITIONS))

    def listed(self) -> Self:
        """Fetch what a page tells of each: its units by the names they bear; and
        ``lost_its_meeting``, whether the meeting that it was on was cancelled afterwards."""
        held = Decision.objects.of_the_meeting_held().filter(pk=OuterRef("pk"))
        return (
            self.annotate(lost_its_meeting=~Exists(held))
            .select_related("by__person", "award")
            .prefetch_related("units__names")
        )


class Decision(models.Model):
    """The authority's decision on one award of a season: which units, by which paper.

    Recorded by an officer, usually in the first quarter of the next year. Never changed: a
    correction is another one that names it and says why.
    """

    season = models.ForeignKey(Season, models.PROTECT, related_name="decisions")
    award = models.ForeignKey(Award, models.PROTECT, related_name="decisions")
    number = models.CharField(gettext_lazy("number and symbol"), max_length=60)
    dated = models.DateField(gettext_lazy("date"))
    signer = models.CharField(gettext_lazy("signed by"), max_length=120)
    signer_position = models.CharField(
        gettext_lazy("position of the signer"), max_length=160, blank=True
    )
    units = models.ManyToManyField(Unit, through="Grant", related_name="+")
    corrects = models.OneToOneField(
        "self", models.PROTECT, null=True, blank=True, related_name="corrected_by"
    )
    correction = models.CharField(
        gettext_lazy("reason of the correction"), max_length=300, blank=True
    )
    by = models.ForeignKey(Seat, models.PROTECT, related_name="+")
    at = models.DateTimeField(default=clock.now)

    lost_its_meeting: bool  # where ``listed`` added it

    objects = DecisionQuerySet.as_manager()

    class Meta:
        ordering = ["season", "award__order", "dated", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["season", "award", "number"],
                condition=Q(corrects__isnull=True),
                name="a_decision_on_an_award_is_recorded_once",
                violation_error_message=gettext_lazy(
                    "This decision is recorded already; correct it where it stands."
                ),
            ),
            models.CheckConstraint(
                name="a_corrected_decision_says_why",
                condition=Q(corrects__isnull=True, correction="")
                | Q(corrects__isnull=False) & ~Q(correction=""),
                violation_error_message=gettext_lazy("Give the reason."),
            ),
            models.CheckConstraint(
                name="a_decision_has_its_number_and_its_signer",
                condition=~Q(number="") & ~Q(signer=""),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number}: {self.award}"

    @classmethod
    @transaction.atomic
    def record(
        cls, season: Season, award: Award, by: Seat, units: Iterable[Unit], **facts: Any
    ) -> "Decision":
        """Record what was decided on an award: number, date, signer, and the units that got it.

        The authority may choose others than those put forward, or nobody. ``corrects`` names the
        one that it takes the place of, ``correction`` why. Raises PermissionDenied for anybody but
        an officer above the block, ValidationError before the meeting was closed, for a day before
        it or its proposal or to come, for a unit that is no member of the season, or for one
        corrected already.
        """
        if by.authority_id != season.block.authority_id:
            raise PermissionDenied(_("Only an officer records what the authority decided."))
        season.locked()
        chosen = list(units)
        decision = cls(season=season, award=award, by=by, **facts)
        meeting = season.meetings.filter(state=MeetingState.CLOSED).first()
        if meeting is None:
            raise ValidationError(_("A decision is recorded once the meeting was closed."))
        if decision.dated > clock.today():
            raise ValidationError(_("The decision is dated in the future."))
        if decision.dated < meeting.day:
            sentence = _("The meeting was on %(day)s; nothing is decided before it.")
            raise ValidationError(sentence, params={"day": show_date(meeting.day)})
        proposals = meeting.papers.filter(
            kind=PaperKind.PROPOSAL
        )  # one replaced was decided on too
        first = proposals.aggregate(day=models.Min("numbered_on"))["day"]
        if first and decision.dated < first:
            sentence = _("The proposal is of %(day)s; nothing is decided on it before.")
            raise ValidationError(sentence, params={"day": show_date(first)})
        members = set(season.cards.values_list("unit", flat=True))
        if not {unit.pk for unit in chosen} <= members:
            raise ValidationError(_("Only a member of this season is granted its award."))
        if decision.corrects and cls.objects.filter(corrects=decision.corrects).exists():
            raise ValidationError(CORRECTED)
        decision.validate_constraints()
        history.acting_as(by)
        decision.save()
        Grant.objects.bulk_create(Grant(decision=decision, unit=unit) for unit in chosen)
        return decision


class Grant(models.Model):
    """A unit that a decision gives the award."""

    decision = models.ForeignKey(Decision, models.PROTECT, related_name="grants")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="grants")

    class Meta:
        ordering = ["decision_id", "pk"]
        constraints = [
            models.UniqueConstraint(
                "decision", "unit", name="a_decision_grants_an_award_to_a_unit_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.decision} – {self.unit}"


class LeaderCount(models.Model):
    """How many units lead a block of the authority in a year, as an officer stated it.

    Not every block of an authority need be here; the last statement counts, with its source.
    """

    authority = models.ForeignKey(Authority, models.PROTECT, related_name="leader_counts")
    year = models.PositiveSmallIntegerField(gettext_lazy("year"))
    count = models.PositiveSmallIntegerField(gettext_lazy("units that lead a block"))
    source = models.CharField(gettext_lazy("source"), max_length=300)
    by = models.ForeignKey(Seat, models.PROTECT, related_name="+")
    at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering = ["authority", "year", "pk"]
        constraints = [
            models.CheckConstraint(
                name="a_count_of_leaders_says_its_source", condition=~Q(source="")
            )
        ]

    def __str__(self) -> str:
        return f"{self.authority} {self.year}: {self.count}"

    @classmethod
    @transaction.atomic
    def state(cls, season: Season, by: Seat, count: int, source: str) -> "LeaderCount":
        """State how many lead in the season's year. PermissionDenied for all but an officer."""
        if by.authority_id != season.block.authority_id:
            raise PermissionDenied(_("Only an officer records what the authority decided."))
        history.acting_as(by)
        return cls.objects.create(
            authority_id=by.authority_id, year=season.year, count=count, source=source, by=by
        )

    @classmethod
    def stated(cls, season: Season) -> "LeaderCount | None":
        """Return the last statement for the season's authority and year."""
        authority = season.block.authority_id
        return cls.objects.filter(authority=authority, year=season.year).last()


@dataclass(frozen=True, slots=True)
class Places:
    """How many may be put forward among those who lead: ⌊share of the leaders⌋, with its words."""

    leaders: int
    share: Fraction
    source: str  # of the count; "" when it was counted here

    @property
    def number(self) -> int:
        """The places: "at most" means rounded down."""
        return int(self.share * self.leaders)

    @property
    def sentence(self) -> str:
        """The sentence of record, with its figures."""
        by = f"theo {self.source}" if self.source else "tính đến nay trong hệ thống"
        exact = self.share * self.leaders
        reached = show(exact, None if exact.denominator == 1 else 2)
        return (
            f"{two_digits(self.leaders)} đơn vị dẫn đầu cụm, khối ({by}); không quá "
            f"{percent(self.share, None)} × {two_digits(self.leaders)} = {reached}, "
            f"được chọn không quá {two_digits(self.number)} đơn vị"
        )


def reserves_of(season: Season, award: Award) -> dict[int, int]:
    """Return which units the meeting that was held put in reserve for the award, each with its
    place: that of the last round."""
    votes = Meeting.objects.filter(season=season, state=MeetingState.CLOSED).filter(
        questions__award__code=award.code, questions__outcomes__reserve__isnull=False
    )
    unit, place = "questions__outcomes__candidate__unit", "questions__outcomes__reserve"
    return dict(votes.order_by("questions__round").values_list(unit, place))


def places(award: Award, season: Season) -> Places | None:
    """Return how many of the authority's leaders may be chosen for the award in the season's year.

    The number of leaders is what an officer stated, else the seasons here whose meeting elected
    one; nothing for an award without such a share.
    """
    if award.share_of_leaders is None:
        return None
    share = Fraction(award.share_of_leaders) / 100
    if stated := LeaderCount.stated(season):
        return Places(stated.count, share, stated.source)
    led = Season.objects.filter(
        block__authority=season.block.authority_id,
        year=season.year,
        meetings__state__in=[MeetingState.OPEN, MeetingState.CLOSED],
        meetings__questions__award__marks_the_leader=True,
        meetings__questions__outcomes__verdict=Verdict.ELECTED,
    )
    return Places(led.distinct().count(), share, "")
