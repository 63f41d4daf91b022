"""What a block does together in its year, who took part, and whom the units hold up as examples."""

from collections.abc import Collection
from datetime import date

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models.functions import Lower
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from blocks import clock, history
from blocks.dates import show_date
from blocks.models import Seat, Unit
from scoring.models.season import Season


class Activity(models.Model):
    """Something the block does together on a day of the year; it may still be planned."""

    season = models.ForeignKey(Season, models.CASCADE, related_name="activities")
    name = models.CharField(gettext_lazy("activity"), max_length=300)
    held_on = models.DateField(gettext_lazy("day"))

    class Meta:
        ordering = ["held_on", "pk"]
        verbose_name_plural = "activities"
        constraints = [
            models.UniqueConstraint(
                "season",
                Lower("name"),
                "held_on",
                name="an_activity_is_noted_once_a_day",
                violation_error_message=gettext_lazy(
                    "An activity of this name is noted on this day already."
                ),
            )
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_planned(self) -> bool:
        """Whether its day is still to come."""
        return self.held_on > clock.today()

    @transaction.atomic
    def note(self, took_part: Collection[Unit], by: Seat) -> None:
        """Save it, and that these units took part, no others.

        Raises ValidationError when the season is not under way, the day is not of its year, when
        somebody is said to have taken part in what is still to come, or is no member, or when it
        was removed meanwhile.
        """
        self.season.refuse_unless_under_way()
        if self.held_on.year != self.season.year:
            first, last = (date(self.season.year, *day) for day in ((1, 1), (12, 31)))
            raise ValidationError(
                {
                    "held_on": _("Enter a day of the year: from %(first)s to %(last)s.")
                    % {"first": show_date(first), "last": show_date(last)}
                }
            )
        if took_part and self.is_planned:
            raise ValidationError(
                {
                    "units": _("Who took part is ticked from %(day)s on, when the day has come.")
                    % {"day": show_date(self.held_on)}
                }
            )
        if not {unit.pk for unit in took_part} <= {unit.pk for unit in self.season.members}:
            raise ValidationError({"units": _("Only members of the year take part.")})
        _refuse_when_removed(self)
        history.acting_as(by)
        self.save()
        self.participations.exclude(unit__in=took_part).delete()
        for unit in took_part:
            self.participations.get_or_create(unit=unit)

    @transaction.atomic
    def remove(self, by: Seat) -> None:
        """Take it out, with who took part. Raises ValidationError as ``note``."""
        self.season.refuse_unless_under_way()
        history.acting_as(by)
        self.delete()


def _refuse_when_removed(thing: "Activity | RoleModel") -> None:
    """Raise ValidationError where somebody removed what is changed here; else hold its row."""
    if thing.pk and not type(thing).objects.select_for_update().filter(pk=thing.pk):
        raise ValidationError(_("It was removed meanwhile."))


class Participation(models.Model):
    """A unit took part in an activity."""

    activity = models.ForeignKey(Activity, models.CASCADE, related_name="participations")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="participations")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                "activity", "unit", name="a_unit_takes_part_in_an_activity_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.unit}: {self.activity}"


class RoleModel(models.Model):
    """A person or a group of a unit held up as an example in the year."""

    season = models.ForeignKey(Season, models.CASCADE, related_name="role_models")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="role_models")
    name = models.CharField(gettext_lazy("person or group"), max_length=200)
    deed = models.CharField(gettext_lazy("what it did"), max_length=1000)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                "season",
                "unit",
                Lower("name"),
                name="a_unit_names_a_role_model_once",
                violation_error_message=gettext_lazy("The unit names this role model already."),
            )
        ]

    def __str__(self) -> str:
        return self.name

    @transaction.atomic
    def put(self, by: Seat) -> None:
        """Save it. Raises ValidationError when the season is not under way, or it was removed."""
        self.season.refuse_unless_under_way()
        _refuse_when_removed(self)
        history.acting_as(by)
        self.save()

    @transaction.atomic
    def remove(self, by: Seat) -> None:
        """Take it out. Raises ValidationError when the season is not under way."""
        self.season.refuse_unless_under_way()
        history.acting_as(by)
        self.delete()
