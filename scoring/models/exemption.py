"""Which lines of its scale are not assigned to a unit."""

from typing import Self

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from blocks import history
from blocks.models import Seat
from scoring.models.scale import Criterion
from scoring.models.scorecard import Scorecard
from scoring.models.season import Season
from scoring.phases import Column, Phase


class ExemptionQuerySet(models.QuerySet["Exemption"]):
    """Questions about lines left out."""

    def of_season(self, season: Season) -> Self:
        """Keep those of the season's cards on lines of its scale."""
        return self.filter(card__season=season, criterion__scale=season.scale_id)

    def listed(self) -> Self:
        """Fetch units and lines, in the official order of the cards."""
        return (
            self.order_by("card__official_order", "criterion__order")
            .select_related(
                "criterion", "card__unit", "card__season__block__authority", "card__season__head"
            )
            .prefetch_related("card__unit__names")
        )


class Exemption(models.Model):
    """A line that is not assigned to a unit: the rest is scaled up to the scale's total."""

    card = models.ForeignKey(Scorecard, models.CASCADE, related_name="exemptions")
    criterion = models.ForeignKey(Criterion, models.PROTECT, related_name="+")
    reason = models.CharField(gettext_lazy("reason"), max_length=300, blank=True)

    objects = ExemptionQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                "card",
                "criterion",
                name="a_line_is_left_out_once_on_a_card",
                violation_error_message=gettext_lazy("The line is left out for this unit already."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.card}: {self.criterion}"

    @property
    def season(self) -> Season:
        """The season of its card."""
        return self.card.season

    @classmethod
    @transaction.atomic
    def leave_out(cls, card: Scorecard, criterion: Criterion, by: Seat, reason: str) -> "Exemption":
        """Leave a line out for one unit, with the reason, before self-scoring ends.

        Raises ValidationError when it is too late, or the line is left out already.
        """
        cls.refuse_when_late(card.season.shared(), card)
        if not reason.strip():
            raise ValidationError(_("Give the reason."))
        if criterion.scale_id != card.season.scale_id or not criterion.takes:
            raise ValidationError(_("This line is not on the sheet."))
        history.acting_as(by)
        exemption = cls(card=card, criterion=criterion, reason=reason.strip())
        exemption.validate_constraints()
        exemption.save()
        return exemption

    @transaction.atomic
    def put_back(self, by: Seat) -> None:
        """Ask the line of the unit again. Raises ValidationError when it is too late."""
        self.refuse_when_late(self.card.season.shared(), self.card)
        history.acting_as(by)
        self.delete()

    @staticmethod
    def refuse_when_late(season: Season, card: Scorecard | None = None) -> None:
        """Raise ValidationError once self-scoring has ended, or the unit of the card has handed up
        or sent its own: what its principal approved is not changed behind its back."""
        if season.has_reached(Phase.INSPECTION):
            raise ValidationError(_("Which lines are not assigned is settled before inspection."))
        claim = card.filing(Column.CLAIMED) if card else None
        if claim and (claim.is_sent or claim.is_handed_up):
            raise ValidationError(_("The self-score is handed up or sent; return it first."))
