"""Which papers print a card or the board of a season."""

from typing import TYPE_CHECKING, Self

from django.db import models, transaction
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext as _

from blocks.models import Paper, PaperKind
from scoring.models.filing import Filing
from scoring.models.inspection import InspectingUnit, Inspection
from scoring.models.scorecard import Scorecard
from scoring.models.season import Season
from scoring.models.standing import Ranking
from scoring.phases import COLUMN_PHASE, ORDER, STEPS, Column, Part

if TYPE_CHECKING:
    from blocks.models import User


class SheetPaperQuerySet(models.QuerySet["SheetPaper"]):
    """Questions about the papers of cards and boards."""

    def visible_to(self, user: "User") -> Self:
        """Keep the papers of columns one reads: from its phase on what one's own unit fills, what
        it found and what was settled of it, and what the phase lets read once it was sent.

        Final ones are always read by the unit that issued them, also where the year went back or
        it inspects no more. The board's one also reads from whichever office draws it up, and what
        was settled.
        """
        inspected = Inspection.objects.filter(inspectors__unit__in=user.units)
        issued = Q(final=True, issuer__in=user.units)
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
        return self.filter(issued | filled | Q(season__in=Season.objects.visible_to(user)) & read)

    def of_present_teams(self) -> Self:
        """Leave out the minutes of units that inspect the card no more, as the plan was changed:
        who inspects it now writes its own."""
        team = InspectingUnit.objects.filter(inspection__card=OuterRef("card"))
        inspects = Exists(team.filter(unit=OuterRef("issuer")))
        return self.filter(~Q(kind=PaperKind.INSPECTION) | Q(inspects))

    def of_former_teams(self) -> Self:
        """Keep what ``of_present_teams`` leaves out."""
        return self.exclude(pk__in=self.of_present_teams().values("pk"))

    def overtaken(self) -> Self:
        """Keep the final score tables of blocks, in force, after which a ranking was fixed."""
        anew = Ranking.objects.filter(season=OuterRef("season"), at__gt=OuterRef("finalised_at"))
        tables = self.filter(Exists(anew), kind=PaperKind.BOARD, final=True)
        return tables.exclude(replaced_by__final=True)


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
        own = Inspection.objects.filter(card=self.card_id)
        return holds and not self.may_not_be_corrected and own.outdated().exists()

    @property
    def was_sent_anew(self) -> bool:
        """Whether it is the final paper in force of a sheet that was sent anew since."""
        if not self.final or self.is_replaced or self.card is None:
            return False
        return self.card.filings.filter(column=self.column, sent_at__gt=self.finalised_at).exists()

    def is_issued_by(self, user: "User") -> bool:
        """Tell whether it is a final paper of the user's unit, which reads it in every phase."""
        return self.final and user.seat_at(self.issuer) is not None

    @property
    def may_not_be_corrected(self) -> str:
        """Say why a sheet's paper is not corrected, or nothing: the year went back before what it
        states; of minutes, their unit inspects no more, or nobody has to."""
        if self.kind != PaperKind.INSPECTION and self.season.is_closed:
            return _("The year is closed: what this paper states stays as it is.")
        if self.card is None:
            return ""
        if self.kind == PaperKind.INSPECTION:
            if not SheetPaper.objects.of_present_teams().filter(pk=self.pk).exists():
                return _(
                    "%(issuer)s does not inspect %(unit)s any more: these minutes stay as they are,"
                    " and who inspects it now writes its own."
                ) % {"issuer": self.issuer.short_name, "unit": self.card.unit.short_name}
            if self.card.let_off:
                said = _("Nobody has to inspect %(unit)s any more; its minutes are not corrected.")
                return said % {"unit": self.card.unit.short_name}
        of = COLUMN_PHASE[Column(self.column)]
        if self.season.has_reached(of):
            return ""
        return _(
            "The year went back before “%(phase)s”: this paper stays as it is; it is corrected"
            " once the year is there again."
        ) % {"phase": of.label}

    @transaction.atomic
    def drop(self) -> None:
        """Give up a correction as ``Paper.drop`` does, after whoever writes or finalises it now."""
        self.season.locked()
        super().drop()
