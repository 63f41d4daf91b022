"""Which awards there are, since when, on what conditions; who aims at one, who is on hold."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Self

from django.core.exceptions import ValidationError
from django.core.validators import MinValueValidator
from django.db import models, transaction
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from awards.tally import Base, Mode, Rules, TieRule
from blocks import clock
from blocks.models import Authority, Office, Seat, Unit, User
from blocks.periods import Period, PeriodQuerySet
from scoring.models import Scorecard, Season
from scoring.phases import Column


class DecidedBy(models.TextChoices):
    """How it is settled who is put forward (design 6)."""

    VOTE = "vote", _("the vote")
    CONDITIONS = "conditions", _("the conditions")
    AUTHORITY = "authority", _("the authority")


class AwardQuerySet(PeriodQuerySet):
    """Questions about the catalogue."""

    def of(self, authority: Authority, day: date) -> Self:
        """Keep the awards in force on ``day`` that the authority's blocks may aim at."""
        return self.on(day).filter(Q(authority__isnull=True) | Q(authority=authority))


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
    source = models.CharField(_("source"), max_length=300, blank=True)

    objects = AwardQuerySet.as_manager()

    class Meta(Period.Meta):
        ordering = ["order", "pk"]
        constraints = [
            *Period.Meta.constraints,
            models.UniqueConstraint(
                "authority",
                "code",
                "since",
                name="an_award_s_code_is_unique_at_a_time",
            ),
            models.CheckConstraint(
                name="an_award_is_decided_in_a_known_way",
                condition=Q(decided_by__in=DecidedBy.values),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def waits_for(self, other: "Award") -> bool:
        """Tell whether one of its conditions asks what ``other``'s vote decided."""
        return any(
            (one.rule == "not_proposed_for" and one.parameter == other.code)
            or (one.rule == "leads_the_block" and other.marks_the_leader)
            for one in self.requirements.all()
            if other.pk != self.pk
        )


class Requirement(models.Model):
    """One condition of an award: which question of ``awards.requirements``, with what parameter."""

    award = models.ForeignKey(Award, models.CASCADE, related_name="requirements")
    order = models.PositiveSmallIntegerField(default=0)
    rule = models.CharField(max_length=40)
    parameter = models.CharField(max_length=60, blank=True)
    source = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ["award", "order", "pk"]
        constraints = [
            models.UniqueConstraint(
                "award", "rule", "parameter", name="an_award_asks_a_condition_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.award}: {self.rule} {self.parameter}".strip()


class Aim(models.Model):
    """A unit aims at an award this season."""

    card = models.ForeignKey(Scorecard, models.PROTECT, related_name="aims")
    award = models.ForeignKey(Award, models.PROTECT, related_name="aims")
    seat = models.ForeignKey(Seat, models.PROTECT, related_name="+")
    at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering = ["card", "award__order"]
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
        known = Award.objects.of(card.season.block.authority, clock.today())
        awards = {award.pk: award for award in known.filter(pk__in=chosen)}
        for key, aims in chosen.items():
            if key not in awards:
                raise ValidationError(_("This award is not in the catalogue."))
            if aims:
                cls.objects.get_or_create(card=card, award=awards[key], defaults={"seat": seat})
            else:
                cls.objects.filter(card=card, award=awards[key]).delete()


class Hold(Period):
    """An award is not considered for a unit while something is verified; it is not refused."""

    season = models.ForeignKey(Season, models.PROTECT, related_name="holds")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="holds")
    award = models.ForeignKey(
        Award, models.PROTECT, null=True, blank=True, related_name="holds"
    )  # none: every award
    reason = models.CharField(_("reason"), max_length=300)
    by = models.ForeignKey(Seat, models.PROTECT, related_name="+")

    objects = PeriodQuerySet.as_manager()

    class Meta(Period.Meta):
        ordering = ["since", "pk"]

    def __str__(self) -> str:
        return f"{self.unit}: {self.reason}"


def matter(award: Award | None, office: str, season: Season) -> str:
    """Return what is voted, in the words of papers: the award, or the next year's office."""
    if award:
        return award.name
    word = "trưởng" if office == Office.HEAD else "phó"
    return f"{season.block.noun} {word} năm {season.year + 1}"


class VoteNumbers(models.Model):
    """The numbers and switches of one vote, all data (design 6)."""

    mode = models.CharField(_("mode"), max_length=10, choices=Mode, default=Mode.SECRET)
    quorum_part = models.PositiveSmallIntegerField(_("quorum, part"), default=2)
    quorum_whole = models.PositiveSmallIntegerField(
        _("quorum, whole"), default=3, validators=[MinValueValidator(1)]
    )
    letters_make_quorum = models.BooleanField(_("letters count for the quorum"), default=True)
    threshold_percent = models.DecimalField(
        _("required share, percent"), max_digits=7, decimal_places=4, default=Decimal(50)
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
                condition=Q(quota__isnull=False, quota_percent__isnull=True)
                | Q(quota__isnull=True, quota_percent__isnull=False),
                violation_error_message=_("State the places as a number or as a percentage."),
            ),
            models.CheckConstraint(
                name="the_quorum_of_a_%(class)s_is_a_share_of_the_whole",
                condition=Q(quorum_whole__gte=1, quorum_part__lte=F("quorum_whole")),
                violation_error_message=_("The quorum is a part of the whole."),
            ),
            models.CheckConstraint(
                name="the_required_share_of_a_%(class)s_is_above_0_and_at_most_100",
                condition=Q(threshold_percent__gt=0, threshold_percent__lte=100),
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
        "threshold_percent",
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
        """Refuse rules that contradict themselves."""
        _rules = self.tally_rules

    @property
    def tally_rules(self) -> Rules:
        """The rules as the tally takes them, exact."""
        return Rules(
            mode=Mode(self.mode),
            quorum=Fraction(self.quorum_part, self.quorum_whole),
            letters_make_quorum=self.letters_make_quorum,
            threshold=Fraction(self.threshold_percent) / 100,
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
    award = models.ForeignKey(Award, models.PROTECT, null=True, blank=True, related_name="+")
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
