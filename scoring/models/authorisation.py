"""From when to when the deputy acts for the head of a season."""

from datetime import date
from typing import TYPE_CHECKING, Self

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import models, transaction
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from blocks import clock, history
from blocks.models import Seat, Unit
from blocks.periods import PERIOD, Period, PeriodQuerySet, same

if TYPE_CHECKING:
    from scoring.models.season import Season


class AuthorisationQuerySet(PeriodQuerySet):
    """Questions about authorisations."""

    def not_over(self) -> Self:
        """Keep those that hold or are to come."""
        return self.filter(until__gt=clock.today())


class Authorisation(Period):
    """The deputy of a season acts for its head for a time; ends by itself (decision 10).

    It names the unit: a season that gets another deputy gets no other acting one with it. Who
    settles a card does not change (decision 17).
    """

    season = models.ForeignKey("scoring.Season", models.PROTECT, related_name="authorisations")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    reason = models.CharField(gettext_lazy("reason, paper"), max_length=500)
    by = models.ForeignKey(Seat, models.PROTECT, related_name="+")
    at = models.DateTimeField(default=clock.now)

    objects = AuthorisationQuerySet.as_manager()

    class Meta(Period.Meta):
        ordering = ["since", "pk"]
        constraints = [
            *Period.Meta.constraints,
            models.CheckConstraint(
                name="a_deputy_acts_for_the_head_for_a_time", condition=Q(until__isnull=False)
            ),
            ExclusionConstraint(
                name="a_deputy_is_authorised_once_at_a_time",
                expressions=[
                    (same("season"), RangeOperators.OVERLAPS),
                    (PERIOD, RangeOperators.OVERLAPS),
                ],
                violation_error_message=gettext_lazy(
                    "The deputy acts for the head in that period already."
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.season}: {self.unit}"

    @property
    def last_day(self) -> date:
        """The last day on which it holds."""
        return (self.until or date.max) - clock.ONE_DAY

    @property
    def holds(self) -> bool:
        """Whether the deputy acts for the head today, in a year that is not over."""
        acts = self.unit_id == self.season.deputy_id and not self.season.is_closed
        return acts and self.holds_on(clock.today())

    @classmethod
    @transaction.atomic
    def give(
        cls, season: "Season", by: Seat, since: date, last_day: date, reason: str
    ) -> "Authorisation":
        """Let the season's deputy act for its head from a day to another, both included.

        Raises PermissionDenied for others than a principal of the head or an officer,
        ValidationError without a deputy or a reason, for a time that is over, and when the deputy
        acts in that time already.
        """
        cls._refuse_others(season, by)
        season.locked().refuse_when_closed()
        if season.deputy is None:
            raise ValidationError(_("The season has no deputy."))
        if not reason.strip():
            raise ValidationError(_("Give the reason."))
        if last_day < clock.today():
            raise ValidationError(_("This time is over already."))
        history.acting_as(by)
        until = last_day + clock.ONE_DAY
        given = cls(
            season=season, unit=season.deputy, by=by, since=since, until=until,
            reason=reason.strip(),
        )  # fmt: skip
        given.validate_constraints()
        given.save()
        season.__dict__.pop("acting_unit_id", None)
        return given

    @transaction.atomic
    def end(self, by: Seat) -> None:
        """End it at once: its last day was yesterday.

        One that began today or has not begun is taken out, and history tells it. Raises like
        ``give``, and ValidationError when it is over.
        """
        self._refuse_others(self.season, by)
        if self.is_over:
            raise ValidationError(_("This time is over already."))
        history.acting_as(by)
        if self.since >= clock.today():
            self.delete()
        else:
            self.until = clock.today()
            self.save(update_fields=["until"])

    @staticmethod
    def _refuse_others(season: "Season", by: Seat) -> None:
        head = by.is_principal and by.unit_id == season.head_id
        if not head and by.authority_id != season.block.authority_id:
            raise PermissionDenied(
                _("Only a principal of the head or an officer lets the deputy act.")
            )
