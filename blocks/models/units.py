"""Which authorities and units there are, and what they were called when."""

from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING, Self

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import F, Func, OuterRef, Q, Subquery
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from blocks import clock
from blocks.dates import show_date
from blocks.periods import PERIOD, Period, PeriodQuerySet, same
from blocks.text import search_key

if TYPE_CHECKING:
    from blocks.models.people import User


class Authority(models.Model):
    """An agency that organises blocks and decides awards, such as Thanh tra Chính phủ."""

    name = models.CharField(_("name"), max_length=200, unique=True)
    short_name = models.CharField(_("short name"), max_length=60)
    office = models.CharField(
        _("office in charge"), max_length=120, blank=True, help_text=_("for example Văn phòng")
    )
    place = models.CharField(_("place, as printed before the date"), max_length=60, blank=True)
    unit = models.OneToOneField(
        "blocks.Unit",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="as_authority",
        verbose_name=_("as a unit in another's block"),
    )

    class Meta:
        ordering = ["name"]
        constraints = [
            models.CheckConstraint(
                name="an_authority_s_name_is_normalised_text",
                condition=Q(name=Func(F("name"), function="normalize")),
                violation_error_message=_("The name is not normalised text."),
            )
        ]

    def __str__(self) -> str:
        return self.name


class UnitQuerySet(PeriodQuerySet):
    """Questions about units."""

    def visible_to(self, user: "User") -> Self:
        """Keep one's units, those of one's authorities, and those of the blocks one sees."""
        own, above = user.units, user.authorities
        beside = Unit.objects.filter(
            Q(memberships__block__memberships__unit__in=own)
            | Q(memberships__block__authority__in=above)
        )
        return self.filter(
            Q(authority__in=above)
            | Q(pk__in=[unit.pk for unit in own])
            | Q(pk__in=beside.values("pk"))
        )

    def by_block(self) -> Self:
        """Order by the first block in which the unit sits today, then as the block lists it."""
        from blocks.models.blocks import Membership  # noqa: PLC0415 -- it is above units

        held = Membership.objects.today().filter(unit=OuterRef("pk"))
        first = held.order_by("block__name", "official_order")
        return self.annotate(
            block_name=Subquery(first.values("block__name")[:1]),
            block_order=Subquery(first.values("official_order")[:1]),
        ).order_by(F("block_name").asc(nulls_last=True), "block_order", "pk")

    def named(self) -> Self:
        """Fetch the names too, in one query for all."""
        return self.prefetch_related("names")

    def called(self, words: str) -> Self:
        """Keep the units that bear, or bore, a name that holds the words, marks aside."""
        return self.filter(names__search_key__contains=search_key(words)).distinct()


class Unit(Period):
    """A member organisation. Its names are dated; it may be closed, merged or split."""

    authority = models.ForeignKey(
        Authority, models.PROTECT, related_name="units", verbose_name=_("looked after by")
    )
    superior = models.CharField(
        _("superior body, as printed above its name"), max_length=200, blank=True
    )
    place = models.CharField(_("place, as printed before the date"), max_length=60, blank=True)
    symbol = models.CharField(_("symbol on its papers"), max_length=30, blank=True)

    objects = UnitQuerySet.as_manager()

    class Meta(Period.Meta):
        ordering = ["pk"]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        """Return the address of the unit's page."""
        return reverse("show_unit", args=[self.pk])

    def names_on(self, day: date) -> "UnitName | None":
        """Return the name in force on ``day``; before the first or after the last, the nearest."""
        held = [name for name in self.names_in_order if name.since <= day]
        return held[-1] if held else next(iter(self.names_in_order), None)

    @cached_property
    def names_in_order(self) -> list["UnitName"]:
        """All its names, the earliest first."""
        return sorted(self.names.all(), key=lambda name: name.since)

    def name_on(self, day: date) -> str:
        """Return what the unit was called on ``day``."""
        return name.name if (name := self.names_on(day)) else ""

    @property
    def name(self) -> str:
        """What the unit is called today."""
        return self.name_on(clock.today())

    @property
    def short_name(self) -> str:
        """What narrow columns call it today."""
        return name.short_name if (name := self.names_on(clock.today())) else ""

    @property
    def has_principal(self) -> bool:
        """Whether anybody approves today what is handed up there."""
        return self.seats.today().filter(role="principal", person__is_active=True).exists()

    @transaction.atomic
    def rename(self, name: str, short_name: str, since: date) -> "UnitName":
        """Give the unit another name from ``since`` on; earlier papers keep the earlier name.

        The same day as the last name's mends that name. Raises ValidationError for an earlier day.
        """
        self.__dict__.pop("names_in_order", None)
        last = self.names.order_by("-since").first()
        if last and since < last.since:
            raise ValidationError(
                _("The name “%(name)s” has held since %(day)s; the next one begins later."),
                params={"name": last.name, "day": show_date(last.since)},
            )
        if last and since == last.since:
            last.name, last.short_name = name, short_name
            last.save(update_fields=["name", "short_name", "search_key"])
            return last
        self.names.filter(until__isnull=True).update(until=since)
        return self.names.create(name=name, short_name=short_name, since=since)

    @transaction.atomic
    def close(self, on: date, kind: str, decision: str, new: "Unit | None" = None) -> None:
        """End the unit from ``on``, by which decision, with what is open: names stay.

        Its memberships, offices and seats end on that day. Raises ValidationError when it was
        closed before, takes over from another only later, or something of it begins only then or
        later.
        """
        if self.until:
            raise ValidationError(_("This unit is closed already."))
        if later := self.predecessions.filter(on__gte=on).select_related("old").first():
            raise ValidationError(
                _("It takes over from %(unit)s on %(day)s; it ends after that day."),
                params={"unit": later.old, "day": show_date(later.on)},
            )
        if new and new.until and new.until <= on:
            raise ValidationError(
                _("%(unit)s no longer exists then; name another that follows."),
                params={"unit": new},
            )
        Succession.objects.create(old=self, new=new, kind=kind, on=on, decision=decision)
        self.until = on
        self.save(update_fields=["until"])
        office, place = self.terms.filter(recognised=True), self.memberships
        for held, of, begins in (
            (office, "block", _("Its office in %(of)s begins on %(day)s; it ends after that day.")),
            (place, "block", _("It is a member of %(of)s from %(day)s; it ends after that day.")),
            (self.seats, "person", _("The seat of %(of)s begins on %(day)s; it ends after that.")),
        ):
            still = Q(until__isnull=True) | Q(until__gt=on)
            if first := held.filter(still, since__gte=on).order_by("since").first():
                params = {"of": getattr(first, of), "day": show_date(first.since)}
                raise ValidationError(begins, params=params)
            held.filter(still).update(until=on)


class UnitName(Period):
    """What a unit is called in a period."""

    unit = models.ForeignKey(Unit, models.CASCADE, related_name="names")
    name = models.CharField(_("name"), max_length=200)
    short_name = models.CharField(_("short name for narrow columns"), max_length=40)
    search_key = models.CharField(max_length=250, editable=False)

    objects = PeriodQuerySet.as_manager()

    class Meta(Period.Meta):
        ordering = ["since"]
        constraints = [
            *Period.Meta.constraints,
            ExclusionConstraint(
                name="a_unit_has_one_name_at_a_time",
                expressions=[
                    (same("unit"), RangeOperators.OVERLAPS),
                    (PERIOD, RangeOperators.OVERLAPS),
                ],
                violation_error_message=_("The unit has another name in that period."),
            ),
            models.CheckConstraint(
                name="a_unit_s_name_is_normalised_text",
                condition=Q(name=Func(F("name"), function="normalize")),
                violation_error_message=_("The name is not normalised text."),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def save(self, *args: object, **kwargs: object) -> None:
        """Save, with the key by which units are found."""
        self.search_key = search_key(f"{self.name} {self.short_name}")
        super().save(*args, **kwargs)  # type: ignore[arg-type]


class Succession(models.Model):
    """One unit followed another, by which decision."""

    class Kind(models.TextChoices):
        MERGED = "merged", _("merged")
        SPLIT = "split", _("split")
        RENAMED = "renamed", _("renamed")
        CLOSED = "closed", pgettext_lazy("a unit", "closed")

    old = models.ForeignKey(Unit, models.PROTECT, related_name="successions")
    new = models.ForeignKey(
        Unit, models.PROTECT, null=True, blank=True, related_name="predecessions"
    )
    kind = models.CharField(max_length=10, choices=Kind)
    on = models.DateField(default=clock.today)
    decision = models.CharField(max_length=200)

    class Meta:
        ordering = ["on", "pk"]
        constraints = [
            models.CheckConstraint(
                name="a_unit_does_not_succeed_itself",
                condition=Q(new__isnull=True) | ~Q(new=F("old")),
                violation_error_message=_("A unit does not succeed itself."),
            ),
            models.CheckConstraint(
                name="only_a_closed_unit_has_no_successor",
                condition=Q(new__isnull=False) | Q(kind="closed"),
                violation_error_message=_("Name the unit that follows."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.old} → {self.new or '–'}"
