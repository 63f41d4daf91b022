"""Who is not considered for now, since when, why, and until when."""

from datetime import date
from typing import Any, Self

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import models, transaction
from django.db.models import F, OuterRef, Q, Subquery, Value
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from awards.models.catalogue import Award
from blocks import clock, history
from blocks.dates import show_date
from blocks.models import Change, Seat, Unit, User
from blocks.periods import PERIOD, Period, PeriodQuerySet, same
from scoring.models import Season

YEARS_BEFORE = 5  # how long before its year what is verified may have begun: longer is a slip
LIFTED = gettext_lazy("The hold was lifted already.")
TOO_EARLY = gettext_lazy("The unit is considered again from the day of the hold at the earliest.")


class HoldQuerySet(PeriodQuerySet):
    """Questions about holds."""

    def with_places(self) -> Self:
        """Add where in the history each was put and lifted: ``put_place``, ``lift_place``."""
        changes = Change.objects.of(Hold, OuterRef("pk")).values("pk")
        return self.annotate(
            put_place=Subquery(changes.filter(act="insert")[:1]),
            lift_place=Subquery(changes.filter(act="update")[:1]),
        )

    def visible_to(self, user: User) -> Self:
        """Keep the holds of the seasons one sees."""
        return self.filter(season__in=Season.objects.visible_to(user))

    def listed(self) -> Self:
        """Fetch what the list of a season shows, the newest first."""
        return (
            self.select_related("unit", "award", "by__person", "lifted_by__person")
            .prefetch_related("unit__names")
            .order_by("-since", "-pk")
        )


class Hold(Period):
    """An award is not considered for a unit while something is verified; it is not refused.

    Under discipline, inspection, investigation, or a press report being verified (Decree
    152/2025/NĐ-CP: chưa khen, chưa đề nghị). ``until`` is the first day it is considered again.
    """

    season = models.ForeignKey(Season, models.PROTECT, related_name="holds")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="holds")
    award = models.ForeignKey(
        Award, models.PROTECT, null=True, blank=True, related_name="holds"
    )  # none: every award
    reason = models.CharField(gettext_lazy("reason"), max_length=300)
    by = models.ForeignKey(Seat, models.PROTECT, related_name="+")
    lifted_because = models.CharField(gettext_lazy("lifted because"), max_length=300, blank=True)
    lifted_by = models.ForeignKey(Seat, models.PROTECT, null=True, related_name="+")
    put_place: int | None  # where ``with_places`` added it, as is the other
    lift_place: int | None

    objects = HoldQuerySet.as_manager()

    class Meta:
        ordering = ["since", "pk"]
        constraints = [
            models.CheckConstraint(
                name="a_hold_ends_no_earlier_than_it_starts",
                condition=Q(until__isnull=True) | Q(until__gte=F("since")),
                violation_error_message=TOO_EARLY,
            ),
            models.CheckConstraint(name="a_hold_says_why", condition=~Q(reason="")),
            models.CheckConstraint(
                name="a_lifted_hold_says_why_and_by_whom",
                condition=Q(until__isnull=True, lifted_because="", lifted_by__isnull=True)
                | Q(until__isnull=False, lifted_by__isnull=False) & ~Q(lifted_because=""),
                violation_error_message=gettext_lazy("Give the reason."),
            ),
            ExclusionConstraint(
                name="a_unit_is_on_hold_for_an_award_once_at_a_time",
                expressions=[
                    (same("season"), RangeOperators.OVERLAPS),
                    (same("unit"), RangeOperators.OVERLAPS),
                    (same(Coalesce("award", Value(0))), RangeOperators.OVERLAPS),
                    (PERIOD, RangeOperators.OVERLAPS),
                ],
                violation_error_message=gettext_lazy("The unit is on hold for this already."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.unit}: {self.reason}"

    @property
    def sentence(self) -> str:
        """What papers and pages say of it, each in its language."""
        said = {"day": show_date(self.since), "reason": self.reason}
        return _("not considered since %(day)s: %(reason)s") % said

    @property
    def told(self) -> str:
        """The sentence, with the award where only that one is held up."""
        return f"{self.sentence} ({self.award.short_name})" if self.award else self.sentence

    def covers(self, award: Award) -> bool:
        """Tell whether it holds this award up, whichever period of it is in force."""
        return self.award is None or self.award.code == award.code

    def counted(self, day: date, place: int | None) -> bool:
        """Tell whether it held on a day, by what was on record at a place in the history.

        ``place`` None: by all that is on record now. What was put or lifted later, though of an
        earlier day, was not known then. The hold comes from ``with_places``.
        """
        if place is None:
            return self.holds_on(day)
        until = self.until if (self.lift_place or place) < place else None
        return (self.put_place or 0) < place and self.since <= day and not (until and until <= day)

    @classmethod
    @transaction.atomic
    def put(cls, season: Season, by: Seat, **facts: Any) -> "Hold":
        """Put a unit on hold for one award or all, from today or an earlier day, with a reason.

        Raises PermissionDenied for anybody but an officer above the block, ValidationError when
        the unit is no member of the season, is on hold already, or the day is to come. A question
        that is open keeps its candidates.
        """
        _refuse_unless_officer(season, by)
        season.locked()
        hold = cls(season=season, by=by, **facts)
        hold.reason = hold.reason.strip()
        if not hold.reason:
            raise ValidationError(_("Give the reason."))
        if hold.since > clock.today():
            early = _("A unit is put on hold from today or an earlier day.")
            raise ValidationError({"since": early})
        if hold.since.year < season.year - YEARS_BEFORE:
            first = date(season.year - YEARS_BEFORE, 1, 1)
            said = _("A hold begins on %(day)s at the earliest.") % {"day": show_date(first)}
            raise ValidationError({"since": said})
        if not season.cards.filter(unit=hold.unit).exists():
            raise ValidationError(_("Only a member of the season is put on hold."))
        hold.validate_constraints()
        history.acting_as(by)
        hold.save()
        return hold

    @transaction.atomic
    def lift(self, on: date, by: Seat, because: str) -> None:
        """Consider the unit again from a day on, with the reason. Raises when lifted already."""
        _refuse_unless_officer(self.season, by)
        self.season.locked()
        hold = Hold.objects.select_for_update().get(pk=self.pk)
        if hold.until:
            raise ValidationError(LIFTED)
        if on > clock.today():
            raise ValidationError({"on": _("A hold is lifted from today or an earlier day.")})
        if on < hold.since:
            raise ValidationError({"on": TOO_EARLY})
        hold.until, hold.lifted_by, hold.lifted_because = on, by, because.strip()
        hold.validate_constraints()
        history.acting_as(by)
        hold.save()


def _refuse_unless_officer(season: Season, by: Seat) -> None:
    """The head competes for the same awards, so it is the authority that holds up and lifts."""
    if by.authority_id != season.block.authority_id:
        raise PermissionDenied(_("Only an officer puts a unit on hold, and lifts it."))
