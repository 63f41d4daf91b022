"""Which papers print a card or the board of a season."""

from typing import TYPE_CHECKING, Self

from django.db import models, transaction
from django.db.models import Exists, OuterRef, Q

from blocks.models import Paper, PaperKind
from scoring.models.filing import Filing
from scoring.models.inspection import Inspection
from scoring.models.scorecard import Scorecard
from scoring.models.season import Season
from scoring.phases import ORDER, STEPS, Column, Part

if TYPE_CHECKING:
    from blocks.models import User


class SheetPaperQuerySet(models.QuerySet["SheetPaper"]):
    """Questions about the papers of cards and boards."""

    def visible_to(self, user: "User") -> Self:
        """Keep the papers of columns one reads: from its phase on what one's own unit fills, what
        it found and what was settled of it, and what the phase lets read once it was sent.

        The board's one also reads from whichever office draws it up, and what was settled.
        """
        inspected = Inspection.objects.filter(inspectors__unit__in=user.units)
        led = Season.objects.led_by(user)
        office = Q(season__in=led) | Q(block__authority__in=user.authorities)
        own = Q(card__unit__in=user.units)
        by = {
            Part.OWNER: own,
            Part.INSPECTOR: Q(card__inspection__in=inspected),
            Part.SETTLER: own | office,
        }
        filled, read = Q(card__isnull=True) & office, Q(pk__in=[])
        for place, step in enumerate(STEPS.values()):
            read |= Q(season__phase=step.phase, column__in=step.reads)
            if step.by:
                since = Q(season__phase__in=ORDER[place:])
                filled |= since & Q(column__in=step.writes) & by[step.by]
        sent = Filing.objects.sent().filter(card=OuterRef("card"), column=OuterRef("column"))
        read &= Q(column__in=(Column.FOUND, Column.FINAL)) | Q(Exists(sent))
        return self.filter(filled | Q(season__in=Season.objects.visible_to(user)) & read)


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
