"""Which awards there are, since when, on what conditions; who aims at one; how it is voted."""

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from typing import Any, Self

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.core.exceptions import ValidationError
from django.core.validators import MinValueValidator
from django.db import models, transaction
from django.db.models import BigIntegerField, F, Func, Max, OuterRef, Q, Value
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from awards.requirements import TAKES, Takes
from awards.tally import Base, Mode, Rules, TieRule
from blocks import clock
from blocks.dates import show_date
from blocks.models import Authority, Block, Office, Seat, User
from blocks.numbers import percent, show, two_digits
from blocks.periods import PERIOD, Period, PeriodQuerySet, same
from scoring.models import Criterion, Scorecard, Season
from scoring.phases import Column, FilingState


class DecidedBy(models.TextChoices):
    """How it is settled who is put forward (design 6)."""

    VOTE = "vote", _("the vote")
    CONDITIONS = "conditions", _("the conditions")
    AUTHORITY = "authority", _("the authority")


DECIDED_BY = {
    DecidedBy.VOTE: _("decided by the vote"),
    DecidedBy.CONDITIONS: _("decided by the conditions"),
    DecidedBy.AUTHORITY: _("decided by the authority"),
}


def day_of(season: Season) -> date:
    """The day whose catalogue holds: the meeting's, else today, but not after the year's end."""
    if held := season.meetings.exclude(state="cancelled").first():
        return held.day
    return min(clock.today(), date(season.year, 12, 31))


# GiST compares no text without an extension, so a code is compared by its hash.
CODE = Func(F("code"), Value(0), function="HASHTEXTEXTENDED", output_field=BigIntegerField())


MOST_PEOPLE = 10_000  # that a condition may ask of one unit


class AwardQuerySet(PeriodQuerySet):
    """Questions about the catalogue."""

    def visible_to(self, user: User) -> Self:
        """Keep every authority's, and those of the authorities above one's seats and blocks."""
        blocks = Block.objects.visible_to(user)
        return self.filter(
            Q(authority__isnull=True)
            | Q(authority__in=user.authorities)
            | Q(authority__in=blocks.values("authority"))
        )

    def known_to(self, authority: Authority | int | OuterRef | None) -> Self:
        """Keep the awards of any time that the authority's blocks could aim at."""
        return self.filter(Q(authority__isnull=True) | Q(authority=authority))

    def of(self, authority: Authority, day: date) -> Self:
        """Keep the awards in force on ``day`` that the authority's blocks may aim at."""
        return self.on(day).known_to(authority)

    def of_season(self, season: Season) -> Self:
        """Keep the awards that a season deals with: those in force on its day (``day_of``)."""
        return self.of(season.block.authority, day_of(season))

    def to_aim_at(self, card: Scorecard) -> Self:
        """Keep the awards a unit may aim at: those in force while its year lasts, and what it
        aims at already in place of another version of the same award."""
        season = card.season
        chosen = Award.objects.filter(aims__card=card)
        day = min(clock.today(), date(season.year, 12, 31))
        in_force = Award.objects.of(season.block.authority, day)
        others = in_force.exclude(code__in=chosen.values("code"))
        return self.filter(Q(pk__in=chosen.values("pk")) | Q(pk__in=others.values("pk")))

    def in_use(self) -> Self:
        """Keep those that a season uses: aimed at, to be voted, voted, held, decided."""
        return self.filter(
            Q(aims__isnull=False)
            | Q(vote_rules__isnull=False)
            | Q(questions__isnull=False)
            | Q(holds__isnull=False)
            | Q(decisions__isnull=False)
        ).distinct()


class Award(Period):
    """A title or a commendation of the catalogue, in a period, with its source."""

    class Kind(models.TextChoices):
        TITLE = "title", _("Emulation title")
        COMMENDATION = "commendation", _("Commendation")

    authority = models.ForeignKey(
        Authority, models.PROTECT, null=True, blank=True, related_name="awards"
    )  # none: every authority's
    code = models.CharField(_("code"), max_length=40)
    name = models.CharField(_("name"), max_length=200)
    short_name = models.CharField(_("short name"), max_length=60)
    kind = models.CharField(_("kind"), max_length=15, choices=Kind, default=Kind.TITLE)
    decided_by = models.CharField(
        _("decided by"), max_length=12, choices=DecidedBy, default=DecidedBy.VOTE
    )
    order = models.PositiveSmallIntegerField(_("order of the questions"), default=0)
    marks_the_leader = models.BooleanField(
        _("whoever is elected for it leads the block"), default=False
    )
    share_of_leaders = models.DecimalField(
        _("at most this percentage of the units that lead a block"),
        max_digits=7,
        decimal_places=4,
        null=True,
        blank=True,
    )
    source = models.CharField(_("source"), max_length=300, blank=True)

    objects = AwardQuerySet.as_manager()

    class Meta(Period.Meta):
        ordering = ["order", "pk"]
        constraints = [
            *Period.Meta.constraints,
            ExclusionConstraint(
                name="an_award_s_code_is_unique_at_a_time",
                expressions=[
                    (same(Coalesce("authority", Value(0))), RangeOperators.OVERLAPS),
                    (same(CODE), RangeOperators.OVERLAPS),
                    (PERIOD, RangeOperators.OVERLAPS),
                ],
                violation_error_message=_("The catalogue has this award in that period already."),
            ),
            models.CheckConstraint(
                name="an_award_is_decided_in_a_known_way",
                condition=Q(decided_by__in=DecidedBy.values),
            ),
            models.CheckConstraint(
                name="only_a_voted_award_marks_the_leader",
                condition=Q(marks_the_leader=False) | Q(decided_by=DecidedBy.VOTE),
                violation_error_message=_("Only an award that is voted marks who leads the block."),
            ),
            models.CheckConstraint(
                name="a_share_of_the_leaders_is_of_an_award_of_the_authority",
                condition=Q(share_of_leaders__isnull=True)
                | Q(
                    decided_by=DecidedBy.AUTHORITY,
                    share_of_leaders__gt=0,
                    share_of_leaders__lte=100,
                ),
                violation_error_message=_(
                    "A share of the leading units, above 0 and at most 100 percent, belongs to "
                    "an award that the authority decides."
                ),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def validate_constraints(self, exclude: Any = None) -> None:
        """Name the one that the catalogue has in that period already."""
        if not exclude and (other := self._in_its_place()):
            said = gettext("The catalogue has “%(award)s” in that period already: from %(since)s.")
            if other.last_day:
                said = gettext(
                    "The catalogue has “%(award)s” in that period already: %(since)s – %(last)s."
                )
            days = {"since": show_date(other.since), "last": show_date(other.last_day or date.max)}
            raise ValidationError(said % {"award": other.name, **days})
        super().validate_constraints(exclude)

    def _in_its_place(self) -> "Award | None":
        """Another of its code, in force on one of its days."""
        others = self._of_its_code.exclude(pk=self.pk).filter(since__lt=self.until or date.max)
        return others.filter(Q(until=None) | Q(until__gt=self.since)).first()

    @property
    def decided_in_words(self) -> str:
        """How it is settled who is put forward."""
        return str(DECIDED_BY[DecidedBy(self.decided_by)])

    def get_absolute_url(self) -> str:
        """Return the address of the award's page."""
        return reverse("show_award", args=[self.pk])

    def waits_for(self, other: "Award") -> bool:
        """Tell whether one of its conditions asks what ``other``'s vote decided."""
        return any(
            (one.rule == "not_proposed_for" and one.parameter == other.code)
            or (one.rule == "leads_the_block" and other.marks_the_leader)
            for one in self.requirements.all()
            if other.pk != self.pk
        )

    def in_force_on(self, day: date) -> "Award":
        """Return the same award as the catalogue has it on ``day``; itself if that has none."""
        if self.holds_on(day):
            return self
        return self._of_its_code.on(day).first() or self

    def last_end(self, day: date) -> date | None:
        """Return when it last went out of force by ``day``, in whichever period, or nothing."""
        return self._of_its_code.filter(until__lte=day).aggregate(last=Max("until"))["last"]

    @property
    def _of_its_code(self) -> "AwardQuerySet":
        return Award.objects.filter(authority=self.authority_id, code=self.code)

    # How the catalogue changes

    @property
    def is_used(self) -> bool:
        """Whether a season uses it; then it is ended, and another stands in its place."""
        return Award.objects.in_use().filter(pk=self.pk).exists()

    def refuse_when_used(self) -> None:
        """Raise ValidationError when a season uses it."""
        if self.is_used:
            raise ValidationError(
                gettext("A season uses this award: change it from a day on; until then it stays.")
            )

    @transaction.atomic
    def mend(self) -> None:
        """Save what was changed of an award that no season uses yet. Raises ValidationError too for
        an earlier start, up to the day of a meeting that was held."""
        kept = Award.objects.select_for_update().get(pk=self.pk)
        self.refuse_when_used()
        if self.since < kept.since:
            self._refuse_among_held(self.since)
        self.save()

    def _refuse_among_held(self, day: date) -> None:
        """Raise ValidationError for a day up to which a meeting of the authority was held: it
        stays as it was what that one dealt with."""
        from awards.models.meeting import Meeting  # noqa: PLC0415 -- meetings come after awards

        held = Meeting.objects.filter(season__block__authority=self.authority_id)
        held = held.exclude(state="cancelled").exclude(opened_at=None).order_by("opened_at")
        last = held.select_related("season__block").last()
        if last and last.day >= day:
            said = gettext(
                "The meeting of %(block)s on %(day)s was held with the awards as they were: choose "
                "a later day."
            )
            said %= {"block": last.season.block, "day": show_date(last.day)}
            raise ValidationError(said)

    def voted_from(self, day: date) -> str:
        """Say which meeting of that day or later votes, or voted, on this version."""
        votes = self.questions.exclude(state="cancelled").select_related("meeting__season__block")
        votes = votes.exclude(meeting__state="cancelled")
        meetings = [vote.meeting for vote in votes if vote.meeting.day >= day]
        if not meetings:
            return ""
        last = max(meetings, key=lambda meeting: meeting.day)
        return gettext(
            "The meeting of %(block)s on %(day)s is about this award as it is now: a change "
            "begins after that day."
        ) % {"block": last.season.block, "day": show_date(last.day)}

    @property
    def aimed_at(self) -> str:
        """Say in which years that are not closed units have sent that they aim at it, and in which
        they have ticked it and not sent it yet; or nothing."""
        aiming = Scorecard.objects.filter(aims__award=self)
        sent = aiming.filter(filings__column=Column.AIM, filings__state=FilingState.SENT)
        said = (
            (sent, gettext("Units have registered this award, and that stays: %(seasons)s.")),
            (
                aiming.exclude(pk__in=sent),
                gettext(
                    "Units have ticked this award in registrations that are not sent yet, and the "
                    "tick stays: %(seasons)s."
                ),
            ),
        )
        running = Season.objects.running().select_related("block")
        found = [(running.filter(cards__in=cards).distinct(), words) for cards, words in said]
        return " ".join(
            words % {"seasons": "; ".join(map(str, seasons))} for seasons, words in found if seasons
        )

    @transaction.atomic
    def end(self, on: date) -> None:
        """Let it hold up to, but not on, a day.

        Raises ValidationError before its start, up to the day of a meeting that was held, and where
        a meeting on or after that day is to vote on it, or voted.
        """
        self._refuse_before_it_holds("on", on)
        rules = VoteRules.objects.filter(award__authority=self.authority_id, award__code=self.code)
        voting = Season.objects.filter(pk__in=rules.values("season")).order_by("pk")
        list(voting.select_for_update())  # no meeting is called meanwhile
        award = Award.objects.select_for_update().get(pk=self.pk)
        if voted := award.voted_from(on):
            raise ValidationError(voted)
        self._refuse_among_held(on)
        award.until = on
        award.validate_constraints()
        award.save(update_fields=["until"])

    def _refuse_before_it_holds(self, field: str, day: date) -> None:
        if day < self.first_end:
            holds = gettext("The award is in force from %(day)s only: choose a later day.")
            raise ValidationError({field: holds % {"day": show_date(self.since)}})

    @property
    def first_end(self) -> date:
        """The first day on which it may hold no longer."""
        return self.since + clock.ONE_DAY

    def copy(self, since: date) -> "Award":
        """Return what takes its place from a day on, not saved yet."""
        fields = [f.attname for f in self._meta.concrete_fields if f.name not in ("id", "since")]
        return Award(since=since, **{name: getattr(self, name) for name in fields})

    def as_new(self) -> "Award":
        """Return the next period of one that has an end, not saved yet: from today on at the
        earliest, without an end."""
        again = self.copy(max(clock.today(), self.until or clock.today()))
        again.until = None
        return again

    @transaction.atomic
    def give_way_to(self, new: "Award") -> None:
        """End on the day another (a ``copy``) takes its place, with the same conditions.

        Raises ValidationError before its start, and from its own end on: another may stand there,
        or none.
        """
        self._refuse_before_it_holds("since", new.since)
        if self.until and new.since >= self.until:
            ended = gettext(
                "The award is no longer in force from %(day)s: choose an earlier day, or change "
                "the day it ends first."
            )
            raise ValidationError({"since": ended % {"day": show_date(self.until)}})
        self.end(new.since)
        new.validate_constraints()
        new.save()
        self._hand_on(new)

    def _hand_on(self, new: "Award") -> None:
        """Let another period of it ask the same conditions."""
        for asked in self.requirements.all():
            asked.pk, asked.award, asked._state.adding = None, new, True
            asked.save()

    @transaction.atomic
    def add(self) -> None:
        """Put a new one into the catalogue; one that had ended comes back with its conditions.

        Raises ValidationError up to the day of a meeting that was held.
        """
        self._refuse_among_held(self.since)
        self.save()
        before = self._of_its_code.filter(until__lte=self.since).order_by("since").last()
        if before:
            before._hand_on(self)

    def known_as(self) -> str:
        """Return the code of the authority's award that bears its name or short name, or nothing:
        an award keeps its code through all its periods."""
        own = Award.objects.filter(authority=self.authority_id).order_by("since")
        found = (
            own.filter(name__iexact=self.name).last()
            or own.filter(short_name__iexact=self.short_name).last()
        )
        return found.code if found else ""


def _taking(what: Takes) -> list[str]:
    return [name for name, takes in TAKES.items() if takes == what]


class Requirement(models.Model):
    """One condition of an award: which question of ``awards.requirements``, with what parameter."""

    award = models.ForeignKey(Award, models.CASCADE, related_name="requirements")
    order = models.PositiveSmallIntegerField(default=0)
    rule = models.CharField(_("condition"), max_length=40)
    parameter = models.CharField(max_length=60, blank=True)
    source = models.CharField(_("source"), max_length=300, blank=True)

    class Meta:
        ordering = ["award_id", "order", "pk"]
        constraints = [
            models.UniqueConstraint(
                "award",
                "rule",
                "parameter",
                name="an_award_asks_a_condition_once",
                violation_error_message=_("The award asks this condition already."),
            ),
            models.CheckConstraint(
                name="an_award_asks_only_known_conditions", condition=Q(rule__in=list(TAKES))
            ),
            models.CheckConstraint(
                name="a_condition_has_the_parameter_it_asks_for",
                condition=Q(parameter="", rule__in=_taking(Takes.NOTHING))
                | ~Q(parameter="") & ~Q(rule__in=_taking(Takes.NOTHING)),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.award}: {self.rule} {self.parameter}".strip()

    @property
    def takes(self) -> Takes:
        """What its parameter is."""
        return TAKES[self.rule]

    def clean(self) -> None:
        """Refuse a parameter that the condition could not read."""
        if self.rule in TAKES and (refusal := self._refusal()):
            raise ValidationError({"parameter": refusal})

    def _refusal(self) -> str:
        if self.takes == Takes.NOTHING:
            return gettext("This condition takes nothing more.") if self.parameter else ""
        if not self.parameter and self.takes == Takes.AWARD:
            return gettext("Choose another award of the catalogue.")
        if not self.parameter:
            return gettext("Say what the condition asks for.")
        return {
            Takes.PERCENT: self._bad_percent,
            Takes.COUNT: self._bad_count,
            Takes.LINE: self._bad_line,
            Takes.AWARD: self._bad_award,
        }[self.takes]()

    def _bad_percent(self) -> str:
        try:
            if 0 < Decimal(self.parameter) <= 100:  # noqa: PLR2004 -- the whole
                return ""
        except InvalidOperation:
            pass
        return gettext("Enter a percentage above 0, at most 100.")

    def _bad_count(self) -> str:
        whole = self.parameter.isascii() and self.parameter.isdecimal()
        if whole and 0 < int(self.parameter) <= MOST_PEOPLE:
            return ""
        return gettext("Enter a whole number from 1 to %(most)s.") % {"most": show(MOST_PEOPLE)}

    def _bad_line(self) -> str:
        """A line that no scale has, once there are scales, is a slip."""
        lines = Criterion.objects.filter(scale__season__block__authority=self.award.authority_id)
        if line := lines.filter(code__iexact=self.parameter).first():
            self.parameter = line.code
        if line or not lines.exists():
            return ""
        return gettext("No scale has a line %(code)s.") % {"code": self.parameter}

    def _bad_award(self) -> str:
        """Another award of the authority, or of every one."""
        known = Award.objects.known_to(self.award.authority_id).exclude(code=self.award.code)
        if known.filter(code=self.parameter).exists():
            return ""
        return gettext("Choose another award of the catalogue.")

    @transaction.atomic
    def put(self) -> None:
        """Let the award ask it, or mend what it asks; refused once a season uses the award."""
        Award.objects.select_for_update().get(pk=self.award_id)
        self.award.refuse_when_used()
        if self.pk is None:
            last = self.award.requirements.aggregate(models.Max("order"))["order__max"]
            self.order = 0 if last is None else last + 1
        self.save()

    @transaction.atomic
    def drop(self) -> None:
        """Ask it no longer. Refused once a season uses the award."""
        Award.objects.select_for_update().get(pk=self.award_id)
        self.award.refuse_when_used()
        self.delete()


class Aim(models.Model):
    """A unit aims at an award this season."""

    card = models.ForeignKey(Scorecard, models.PROTECT, related_name="aims")
    award = models.ForeignKey(Award, models.PROTECT, related_name="aims")
    seat = models.ForeignKey(Seat, models.PROTECT, related_name="+")
    at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering = ["card_id", "award__order"]
        constraints = [
            models.UniqueConstraint("card", "award", name="a_unit_aims_at_an_award_once")
        ]

    def __str__(self) -> str:
        return f"{self.card}: {self.award}"

    @classmethod
    @transaction.atomic
    def choose(cls, card: Scorecard, user: User, chosen: Mapping[int, bool]) -> None:
        """Aim at some awards, by their keys, and no longer at others.

        Raises PermissionDenied when the registration is not the user's or not open,
        ValidationError when an award is not in the catalogue of the block's authority.
        """
        seat = card.begin(user, Column.AIM)
        awards = Award.objects.to_aim_at(card).in_bulk(chosen)
        for key, aims in chosen.items():
            if key not in awards:
                raise ValidationError(_("This award is not in the catalogue."))
            if aims:
                cls.objects.get_or_create(card=card, award=awards[key], defaults={"seat": seat})
            else:
                cls.objects.filter(card=card, award=awards[key]).delete()


def matter(award: Award | None, office: str, season: Season) -> str:
    """Return what is voted: the award, or the next year's office in the reader's language."""
    if award:
        return award.name
    called = {
        ("block", Office.HEAD): gettext("Head of the block in %(year)s"),
        ("block", Office.DEPUTY): gettext("Deputy of the block in %(year)s"),
        ("cluster", Office.HEAD): gettext("Head of the cluster in %(year)s"),
        ("cluster", Office.DEPUTY): gettext("Deputy of the cluster in %(year)s"),
    }
    return called[season.block.kind, Office(office)] % {"year": season.year + 1}


def members_of(season: Season) -> int:
    """Return how many units the season has: its cards, before those the block's members today."""
    return season.cards.count() or season.block.memberships.today().count()


class VoteNumbers(models.Model):
    """The numbers and switches of one vote, all data (design 6)."""

    mode = models.CharField(_("mode"), max_length=10, choices=Mode, default=Mode.SECRET)
    quorum_part = models.PositiveSmallIntegerField(_("quorum"), default=2)
    quorum_whole = models.PositiveSmallIntegerField(
        _("quorum"), default=3, validators=[MinValueValidator(1)]
    )
    letters_make_quorum = models.BooleanField(_("letters count for the quorum"), default=True)
    threshold_part = models.PositiveIntegerField(_("required share"), default=50)
    threshold_whole = models.PositiveIntegerField(
        _("required share"), default=100, validators=[MinValueValidator(1)]
    )
    strict = models.BooleanField(_("above the share, not just at it"), default=False)
    base = models.CharField(_("share of"), max_length=10, choices=Base, default=Base.MEMBERS)
    quota = models.PositiveSmallIntegerField(_("places"), null=True, blank=True, default=1)
    quota_percent = models.DecimalField(
        _("places, percent of the members"), max_digits=7, decimal_places=4, null=True, blank=True
    )
    max_marks = models.PositiveSmallIntegerField(_("marks on a ballot"), null=True, blank=True)
    self_vote = models.BooleanField(_("a unit may vote on itself"), default=True)
    on_paper = models.BooleanField(_("papers and written opinions are taken"), default=True)
    chair_must_approve = models.BooleanField(_("the chair must be among the yes"), default=False)
    tie_rules = models.JSONField(_("what decides equal votes, in order"), default=list)
    max_rounds = models.PositiveSmallIntegerField(_("rounds at most"), default=2)
    runoff_size = models.PositiveSmallIntegerField(_("candidates of a next round"), default=2)

    class Meta:
        abstract = True
        constraints = [
            models.CheckConstraint(
                name="a_secret_%(class)s_does_not_ask_the_chair_s_yes",
                condition=~Q(mode="secret", chair_must_approve=True),
                violation_error_message=_(
                    "In a secret vote nobody can know whether the chair said yes."
                ),
            ),
            models.CheckConstraint(
                name="a_secret_%(class)s_without_self_votes_takes_no_papers",
                condition=~Q(mode="secret", self_vote=False, on_paper=True),
                violation_error_message=_(
                    "On a secret paper nobody can see whether a unit voted on itself: "
                    "take no papers, or let units vote on themselves."
                ),
            ),
            models.CheckConstraint(
                name="a_%(class)s_has_a_number_of_places_or_a_share",
                condition=Q(quota__gte=1, quota_percent__isnull=True)
                | Q(quota__isnull=True, quota_percent__gt=0),
                violation_error_message=_(
                    "State how many are put forward: a number from 1, or a percentage above 0."
                ),
            ),
            models.CheckConstraint(
                name="the_quorum_of_a_%(class)s_is_a_share_of_the_whole",
                condition=Q(quorum_part__gte=1, quorum_part__lte=F("quorum_whole")),
                violation_error_message=_("The quorum is a part of the members, above 0."),
            ),
            models.CheckConstraint(
                name="the_required_share_of_a_%(class)s_is_above_0_and_at_most_100",
                condition=Q(threshold_part__gte=1, threshold_part__lte=F("threshold_whole")),
                violation_error_message=_("The required share is above 0 and at most 100 percent."),
            ),
            models.CheckConstraint(
                name="a_%(class)s_has_one_round_at_least",
                condition=Q(max_rounds__gte=1, runoff_size__gte=1),
                violation_error_message=_("A vote has one round at least."),
            ),
        ]

    NUMBERS = (
        "mode",
        "quorum_part",
        "quorum_whole",
        "letters_make_quorum",
        "threshold_part",
        "threshold_whole",
        "strict",
        "base",
        "quota",
        "quota_percent",
        "max_marks",
        "self_vote",
        "on_paper",
        "chair_must_approve",
        "tie_rules",
        "max_rounds",
        "runoff_size",
    )

    def clean(self) -> None:
        """Refuse rules that contradict themselves, but for what a constraint will say anyhow."""
        try:
            self.validate_constraints()
        except ValidationError:
            return
        _rules = self.tally_rules
        self._refuse_letters_that_do_not_come()

    def _refuse_letters_that_do_not_come(self) -> None:
        """Refuse to count written opinions for the quorum where none are taken."""
        if self.letters_make_quorum and not self.on_paper:
            sentence = _("This vote takes no written opinions; they cannot count for the quorum.")
            raise ValidationError({"letters_make_quorum": sentence})

    @property
    def tally_rules(self) -> Rules:
        """The rules as the tally takes them, exact."""
        return Rules(
            mode=Mode(self.mode),
            on_paper=self.on_paper,
            quorum=Fraction(self.quorum_part, self.quorum_whole),
            letters_make_quorum=self.letters_make_quorum,
            threshold=Fraction(self.threshold_part, self.threshold_whole),
            strict=self.strict,
            base=Base(self.base),
            quota=self.quota if self.quota is not None else Fraction(self.quota_percent or 0) / 100,
            max_marks=self.max_marks,
            self_vote=self.self_vote,
            chair_must_approve=self.chair_must_approve,
            tie_rules=tuple(TieRule(rule) for rule in self.tie_rules),
            max_rounds=self.max_rounds,
            runoff_size=self.runoff_size,
        )


class VoteRules(VoteNumbers):
    """How a season votes on one award, or on one office, with the paper that says so."""

    season = models.ForeignKey(Season, models.CASCADE, related_name="vote_rules")
    award = models.ForeignKey(
        Award, models.PROTECT, null=True, blank=True, related_name="vote_rules"
    )
    office = models.CharField(_("office"), max_length=10, choices=Office, blank=True)
    source = models.CharField(_("source"), max_length=300, blank=True)

    class Meta(VoteNumbers.Meta):
        ordering = ["season", "award__order", "-office"]
        constraints = [
            *VoteNumbers.Meta.constraints,
            models.UniqueConstraint(
                fields=["season", "award", "office"],
                nulls_distinct=False,
                name="a_season_votes_on_a_matter_by_one_set_of_rules",
            ),
            models.CheckConstraint(
                name="vote_rules_are_for_an_award_or_an_office",
                condition=Q(award__isnull=False, office="") | Q(award__isnull=True) & ~Q(office=""),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.season}: {self.title}"

    @property
    def title(self) -> str:
        """What the rules are for."""
        return matter(self.award, self.office, self.season)

    @property
    def puts_nobody_forward(self) -> str:
        """Say that the percentage of the members comes to no place, or nothing."""
        share = Fraction(self.quota_percent or 0) / 100
        members = members_of(self.season) if share else 0
        if not members or share * members >= 1:
            return ""
        said = gettext(
            "%(share)s of %(members)s units, rounded down, is 00: nobody would be put forward."
        )
        return said % {"share": percent(share, None), "members": two_digits(members)}

    def not_voted_on(self, day: date) -> str:
        """Say why a meeting of that day does not vote on the award, or nothing: it has ended then,
        or is decided in another way."""
        award = self.award.in_force_on(day) if self.award else None
        if award is None:
            return ""
        if award.holds_on(day) and award.decided_by != DecidedBy.VOTE:
            why = award.decided_in_words
        elif not award.holds_on(day) and (ended := award.last_end(day)):
            why = gettext("no longer in force from %(day)s") % {"day": show_date(ended)}
        else:
            return ""
        said = gettext("The meeting on %(day)s does not vote on %(award)s: %(why)s.")
        return said % {"day": show_date(day), "award": self.title, "why": why}


def not_voted_on(season: Season, day: date) -> list[str]:
    """Say on which awards that have rules a meeting called for that day would not vote, and why."""
    rules = season.vote_rules.select_related("award", "season__block")
    return [why for one in rules if (why := one.not_voted_on(day))]


def in_order(rules: Iterable[VoteRules]) -> list[VoteRules]:
    """Return the rules in the order in which their matters are decided.

    The awards' own order, but an award that excludes another, or names the leader another asks
    for, before it; then the next head, then the next deputy.
    """
    rules = list(rules)
    of_award = {one.award: one for one in rules if one.award}
    ordered: list[Award] = []

    def take(award: Award, *asked: Award) -> None:
        if award in ordered or award in asked:  # conditions that ask for each other: as they come
            return
        for other in awards:
            if award.waits_for(other):
                take(other, award, *asked)
        ordered.append(award)

    awards = sorted(of_award, key=lambda award: (award.order, award.pk))
    for award in awards:
        take(award)
    offices = {one.office: one for one in rules if one.office}
    return [of_award[award] for award in ordered] + [
        offices[office] for office in Office.values if office in offices
    ]
