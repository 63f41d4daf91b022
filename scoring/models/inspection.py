"""Who inspects whom: the plan, its constraints, and when it is fixed."""

from collections.abc import Iterable
from datetime import date

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from blocks import clock
from blocks.models import Seat, Unit
from scoring import plan
from scoring.models.season import Season
from scoring.phases import Phase


class Inspection(models.Model):
    """The cross-inspection of one card: by which units, when, by whom led."""

    card = models.OneToOneField(
        "scoring.Scorecard", models.CASCADE, related_name="inspection"
    )
    held_on = models.DateField(gettext_lazy("day"), null=True, blank=True)
    place = models.CharField(gettext_lazy("place"), max_length=200, blank=True)
    leader = models.CharField(gettext_lazy("leader of the team"), max_length=120, blank=True)
    team = models.TextField(gettext_lazy("members of the team, one a line"), blank=True)

    class Meta:
        ordering = ["card"]

    def __str__(self) -> str:
        return str(self.card)

    @classmethod
    def pairs_of(cls, season: Season) -> list[tuple[int, int]]:
        """Return the plan as pairs of units: who inspects, who is inspected."""
        return list(
            InspectingUnit.objects.filter(inspection__card__season=season)
            .order_by("inspection__card__official_order", "pk")
            .values_list("unit_id", "inspection__card__unit_id")
        )

    @classmethod
    @transaction.atomic
    def lay(cls, season: Season, pairs: Iterable[tuple[int, int]], draw_code: str = "") -> None:
        """Lay the plan anew: each pair says which unit inspects which (decision 18).

        Raises ValidationError with every constraint the pairs break, or when the plan is fixed or
        the inspection has begun. Day, place and team of a card stay.
        """
        locked = season.locked()
        if locked.plan_fixed_at or locked.has_reached(Phase.INSPECTION):
            raise ValidationError(_("The inspection plan is fixed already."))
        cards = {card.unit_id: card for card in season.cards.named()}
        names = {key: str(card.unit) for key, card in cards.items()}
        wanted = list(pairs)
        if faults := plan.clashes(wanted, list(cards), names):
            raise ValidationError([str(fault) for fault in faults])
        InspectingUnit.objects.filter(inspection__card__season=season).delete()
        for inspector, inspected in wanted:
            inspection, _created = cls.objects.get_or_create(card=cards[inspected])
            InspectingUnit.objects.create(inspection=inspection, unit_id=inspector)
        locked.draw_code = draw_code
        locked.save(update_fields=["draw_code"])

    @classmethod
    @transaction.atomic
    def fix(cls, season: Season, by: Seat) -> None:
        """Fix the plan; raises ValidationError while a card has nobody, or fewer than agreed."""
        locked = season.locked()
        if locked.plan_fixed_at:
            raise ValidationError(_("The inspection plan is fixed already."))
        wanted = season.rules.inspectors_per_card
        for card in season.cards.named().annotate(
            load=models.Count("inspection__inspectors", distinct=True)
        ):
            if card.load != wanted:
                raise ValidationError(
                    _("%(unit)s has %(load)s of %(wanted)s inspecting units."),
                    params={"unit": card.unit, "load": card.load, "wanted": wanted},
                )
        locked.plan_fixed_at = clock.now()
        locked.save(update_fields=["plan_fixed_at"])

    @classmethod
    @transaction.atomic
    def unfix(cls, season: Season) -> None:
        """Open the plan for change again, while the inspection has not begun."""
        locked = season.locked()
        if locked.has_reached(Phase.INSPECTION):
            raise ValidationError(_("The inspection has begun."))
        locked.plan_fixed_at = None
        locked.save(update_fields=["plan_fixed_at"])

    def appoint(self, held_on: date | None, place: str, leader: str, team: str) -> None:
        """Note the day, the place and the team."""
        self.held_on, self.place, self.leader, self.team = held_on, place, leader, team
        self.save(update_fields=["held_on", "place", "leader", "team"])


class InspectingUnit(models.Model):
    """A unit that inspects a card. Never its own, never one whose unit inspects it."""

    inspection = models.ForeignKey(Inspection, models.CASCADE, related_name="inspectors")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="inspections")

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint("inspection", "unit", name="a_unit_inspects_a_card_once")
        ]

    def __str__(self) -> str:
        return f"{self.unit} → {self.inspection}"
