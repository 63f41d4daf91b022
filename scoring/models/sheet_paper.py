"""Which papers print a card or the board of a season."""

from typing import TYPE_CHECKING, Self

from django.db import models, transaction
from django.db.models import Q

from blocks.models import Paper, PaperKind
from scoring.models.inspection import Inspection
from scoring.models.scorecard import Scorecard
from scoring.models.season import Season
from scoring.phases import STEPS, Column, Phase

if TYPE_CHECKING:
    from blocks.models import User


class SheetPaperQuerySet(models.QuerySet["SheetPaper"]):
    """Questions about the papers of cards and boards."""

    def visible_to(self, user: "User") -> Self:
        """Keep the papers of columns one reads: one's own unit's, and what the phase lets read.

        Inspecting units read what they found.
        The board's one also reads from whichever office draws it up.
        """
        read = Q(pk__in=[])
        for step in STEPS.values():
            read |= Q(season__phase=step.phase, column__in=step.reads)
        own = STEPS[Phase.REGISTRATION].writes + STEPS[Phase.SELF_SCORING].writes
        inspected = Inspection.objects.filter(inspectors__unit__in=user.units)
        led = Season.objects.led_by(user)
        office = Q(season__in=led) | Q(block__authority__in=user.authorities)
        return self.filter(
            Q(card__unit__in=user.units, column__in=own)
            | Q(card__isnull=True) & office
            | Q(card__inspection__in=inspected, column=Column.FOUND)
            | Q(season__in=Season.objects.visible_to(user)) & read
        )


class SheetPaper(Paper):
    """The print of one column of a card, or of the season's board when it has no card."""

    season = models.ForeignKey(Season, models.PROTECT, related_name="papers")
    card = models.ForeignKey(Scorecard, models.PROTECT, null=True, related_name="papers")
    column = models.CharField(max_length=10, choices=Column)

    objects = SheetPaperQuerySet.as_manager()  # type: ignore[misc]

    @property
    def is_outdated(self) -> bool:
        """Whether these are the final minutes in force of an inspection whose figures have
        changed since."""
        holds = self.kind == PaperKind.INSPECTION and self.final and not self.is_replaced
        return holds and Inspection.objects.filter(card=self.card_id).outdated().exists()

    @transaction.atomic
    def drop(self) -> None:
        """Give up a correction as ``Paper.drop`` does, after whoever writes or finalises it now."""
        self.season.locked()
        super().drop()
