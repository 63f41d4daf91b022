"""The common targets of a block's year: how each stands, and what was reached of it by when."""

from datetime import date
from decimal import Decimal

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from blocks import history
from blocks.models import Seat
from blocks.numbers import show
from scoring.models.season import Season
from scoring.phases import Phase


class TargetState(models.TextChoices):
    """How a common target stands."""

    FOLLOWED = "followed", gettext_lazy("being followed")
    REACHED = "reached", gettext_lazy("reached")
    MISSED = "missed", gettext_lazy("not reached")
    UNTOLD = "untold", gettext_lazy("no result noted")


class CommonTarget(models.Model):
    """A target of the whole block, such as 100 % of staff complete their tasks well.

    ``reached`` is the figure noted last, ``as_of`` the day up to which it goes. A target in words,
    without a figure, was reached (1) or was not (0).
    """

    season = models.ForeignKey(Season, models.CASCADE, related_name="common_targets")
    order = models.PositiveSmallIntegerField(default=0)
    text = models.CharField(gettext_lazy("target"), max_length=400)
    value = models.DecimalField(
        gettext_lazy("figure"), max_digits=20, decimal_places=4, null=True, blank=True
    )
    measure = models.CharField(gettext_lazy("unit of measure"), max_length=40, blank=True)
    reached = models.DecimalField(
        gettext_lazy("reached"), max_digits=20, decimal_places=4, null=True, blank=True
    )
    as_of = models.DateField(gettext_lazy("figures up to"), null=True, blank=True)

    class Meta:
        ordering = ["order", "pk"]
        constraints = [
            models.CheckConstraint(
                name="a_reached_figure_says_up_to_which_day",
                condition=Q(reached__isnull=True, as_of__isnull=True)
                | Q(reached__isnull=False, as_of__isnull=False),
                violation_error_message=gettext_lazy(
                    "Give both the figure and the day up to which it goes, or neither."
                ),
            )
        ]

    def __str__(self) -> str:
        return self.text

    @property
    def state(self) -> TargetState:
        """How it stands; what is not reached is followed until the meeting is due."""
        if self.reached is not None and self.reached >= (1 if self.value is None else self.value):
            return TargetState.REACHED
        if not self.season.has_reached(Phase.MEETING):
            return TargetState.FOLLOWED
        return TargetState.UNTOLD if self.reached is None else TargetState.MISSED

    @property
    def is_in_words(self) -> bool:
        """Whether no figure is set: it is reached or it is not."""
        return self.value is None

    @property
    def figure(self) -> str:
        """The figure that is set, with its unit of measure; "" where it is in words."""
        return self._measured(self.value)

    @property
    def result(self) -> str:
        """What was reached, as one reads it: a figure with its unit, or yes or no."""
        if self.is_in_words and self.reached is not None:
            return _("yes") if self.reached else _("no")
        return self._measured(self.reached)

    def _measured(self, value: Decimal | None) -> str:
        if value is None:
            return ""
        return f"{show(value)}%" if self.measure == "%" else f"{show(value)} {self.measure}".strip()

    def copy_to(self, season: Season) -> None:
        """Set the same target for another season."""
        season.common_targets.create(
            order=self.order, text=self.text, value=self.value, measure=self.measure
        )

    def put(self) -> None:
        """Save it, a new one at the end. Raises ValidationError when the season is closed, or a
        result was noted of it."""
        self.season.refuse_when_closed()
        if held := CommonTarget.objects.filter(pk=self.pk).first():
            held.refuse_when_noted()
        if self._state.adding:
            last = self.season.common_targets.aggregate(last=models.Max("order"))["last"]
            self.order = (last or 0) + 1
        self.save()

    def refuse_when_noted(self) -> None:
        """Raise ValidationError when a result was noted: it was of the target as it is."""
        if self.reached is not None:
            raise ValidationError(
                _("A result is noted of this target; take the result back before it is changed.")
            )

    @transaction.atomic
    def note(self, reached: Decimal | None, as_of: date | None, by: Seat) -> None:
        """Note what was reached by which day; None for both takes the figure back.

        Raises ValidationError when the season is closed, one of the two is missing, or the day is
        still to come or not of the year.
        """
        self.season.refuse_when_closed()
        self.season.refuse_figures_of(as_of)
        history.acting_as(by)
        self.reached, self.as_of = reached, as_of
        self.validate_constraints()
        self.save(update_fields=["reached", "as_of"])

    def remove(self) -> None:
        """Take it out. Raises ValidationError once planning is over."""
        if self.season.shared().has_reached(Phase.REGISTRATION):
            raise ValidationError(
                _("A common target is removed while the year is planned; now note its result.")
            )
        self.delete()
