"""What holds since when, and until when."""

from datetime import date
from typing import Any, Self

from django.contrib.postgres.fields import BigIntegerRangeField, DateRangeField
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Case, F, Func, Q, Value, When
from django.utils.translation import gettext_lazy as _

from blocks import clock


def holds_on(day: date, prefix: str = "") -> Q:
    """Return the condition that a period (found under ``prefix``) holds on ``day``."""
    return Q(**{f"{prefix}since__lte": day}) & (
        Q(**{f"{prefix}until__isnull": True}) | Q(**{f"{prefix}until__gt": day})
    )


# An end before its start would be a DataError of PostgreSQL before the CHECK says its sentence.
PERIOD = Func(
    F("since"),
    Case(When(until__lt=F("since"), then=F("since")), default=F("until")),
    Value("[)"),
    function="DATERANGE",
    output_field=DateRangeField(),
)


def same(key: "str | Func[Any]") -> Func:
    """Return a one-value range of a key, so that GiST compares it without an extension."""
    value = F(key) if isinstance(key, str) else key
    return Func(
        value, value, Value("[]"), function="INT8RANGE", output_field=BigIntegerRangeField()
    )


class PeriodQuerySet(models.QuerySet):
    """Questions about what holds on a day."""

    def on(self, day: date) -> Self:
        """Keep what holds on ``day``."""
        return self.filter(holds_on(day))

    def today(self) -> Self:
        """Keep what holds today."""
        return self.on(clock.today())


ENDS_AFTER = _("The end must come after the start.")


class Period(models.Model):
    """A fact that holds from ``since`` up to, but not on, ``until``."""

    since = models.DateField(_("from"), default=clock.today)
    until = models.DateField(_("until, not on"), null=True, blank=True)

    class Meta:
        abstract = True
        constraints = [
            models.CheckConstraint(
                name="a_%(class)s_ends_after_it_starts",
                condition=Q(until__isnull=True) | Q(until__gt=F("since")),
                violation_error_message=ENDS_AFTER,
            )
        ]

    def validate_constraints(self, exclude: Any = None) -> None:
        """Ask first whether it ends before it starts: beside another row Django compares the end
        with the start of that one, and PostgreSQL has no range that ends before it starts."""
        asked = not {"since", "until"} & set(exclude or ())
        if asked and self.until and self.until < self.since:
            raise ValidationError(ENDS_AFTER)
        super().validate_constraints(exclude)

    @property
    def last_day(self) -> date | None:
        """The last day on which it holds; nothing while no end is set."""
        return self.until - clock.ONE_DAY if self.until else None

    @property
    def is_over(self) -> bool:
        """Whether it holds no more."""
        return self.until is not None and self.until <= clock.today()

    def holds_on(self, day: date) -> bool:
        """Tell whether it holds on ``day``."""
        return self.since <= day and (self.until is None or day < self.until)
