"""Who was reminded of what is not sent yet, when and by whom."""

from collections.abc import Iterable

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from blocks import clock, history
from blocks.models import Seat, Unit
from scoring.models.season import Season
from scoring.phases import Phase


class Reminder(models.Model):
    """A unit was reminded of what it has not sent in a phase; the message itself went elsewhere."""

    season = models.ForeignKey(Season, models.PROTECT, related_name="reminders")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    phase = models.CharField(max_length=20, choices=Phase)
    by = models.ForeignKey(Seat, models.PROTECT, related_name="+")
    at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                name="a_reminder_s_phase_is_known", condition=Q(phase__in=Phase.values)
            )
        ]

    def __str__(self) -> str:
        return f"{self.unit}: {self.get_phase_display()}"

    @classmethod
    @transaction.atomic
    def note(cls, season: Season, units: Iterable[Unit], by: Seat) -> None:
        """Note that these units were reminded now.

        Raises ValidationError when the season's present phase asks nothing of the units.
        """
        locked = season.shared()
        if not locked.step.asks_units:
            raise ValidationError(_("Nothing is asked of the units in this phase."))
        history.acting_as(by)
        for unit in units:
            cls.objects.create(season=season, unit=unit, phase=locked.phase, by=by)
