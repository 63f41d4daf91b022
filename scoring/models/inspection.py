"""Who inspects whom: the plan, its constraints, and when it is fixed."""

import secrets
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, Self

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import Exists, F, Func, OuterRef, Q, Subquery
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from blocks import clock, history
from blocks.models import Paper, PaperKind, Seat, Unit, UnitName
from scoring import plan
from scoring.models.entry import Entry
from scoring.models.season import Season, Waiver
from scoring.phases import OWNED, Column, FilingState, Phase

if TYPE_CHECKING:
    from blocks.models import User
    from scoring.models.sheet_paper import SheetPaperQuerySet

PRINTED = (Column.TARGET, Column.CLAIMED, Column.FOUND)  # what the minutes state
LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"  # of a draw code: none is taken for another


class InspectionQuerySet(models.QuerySet["Inspection"]):
    """Questions about inspections."""

    def visible_to(self, user: "User") -> Self:
        """Keep the inspections of the seasons one sees."""
        return self.filter(card__season__in=Season.objects.visible_to(user))

    def with_minutes(self) -> Self:
        """Add ``is_outdated``: whether what the final minutes state has changed since, or they do
        not name a unit that inspects the card now; and ``issued_at``: when these became final, or
        nothing. Those of a unit that inspects the card no more are not its minutes."""
        final = Paper.objects.filter(
            kind=PaperKind.INSPECTION,
            final=True,
            sheetpaper__card=OuterRef("card"),
            issuer__inspections__inspection=OuterRef("pk"),
        )
        last = final.order_by("-finalised_at")
        of_last = {
            "issued_at": Subquery(last.values("finalised_at")[:1]),
            "named": Subquery(last.values("facts__inspectors")[:1]),
        }
        stands = Func(
            OuterRef(OuterRef("named")),
            F("name"),
            function="jsonb_exists",
            output_field=models.BooleanField(),
        )
        names = UnitName.objects.filter(stands, unit=OuterRef("unit"))
        joined = InspectingUnit.objects.filter(~Exists(names), inspection=OuterRef("pk"))
        unnamed = Q(Exists(joined), issued_at__isnull=False)
        stated = Entry.objects.filter(card=OuterRef("card"), column__in=PRINTED)
        anew = stated.changed_since("issued_at")
        return self.annotate(**of_last).annotate(is_outdated=Q(Exists(anew)) | unnamed)

    def outdated(self) -> Self:
        """Keep those whose final minutes are to be corrected (``with_minutes``)."""
        return self.with_minutes().filter(is_outdated=True)

    def without_minutes(self) -> Self:
        """Keep those that all inspecting units, but for excused ones, have confirmed, and whose
        minutes are not final, or to be corrected (``with_minutes``)."""
        confirming = InspectingUnit.objects.filter(
            inspection__card__filings__column=Column.FOUND,
            inspection__card__filings__state=FilingState.SENT,
            inspection__card__filings__unit=F("unit"),
        )
        excused = Waiver.objects.filter(
            season=OuterRef("inspection__card__season"), column=Column.FOUND, unit=OuterRef("unit")
        )
        awaited = InspectingUnit.objects.exclude(Exists(excused)).exclude(pk__in=confirming)
        confirmed = self.filter(pk__in=confirming.values("inspection"))
        confirmed = confirmed.exclude(pk__in=awaited.values("inspection"))
        return confirmed.with_minutes().filter(Q(issued_at=None) | Q(is_outdated=True))

    def for_page(self) -> Self:
        """Fetch the card's season and unit, and the inspecting units with their names."""
        return self.select_related(
            "card__unit", "card__season__block__authority", "card__season__head"
        ).prefetch_related("card__unit__names", "inspectors__unit__names")


class Inspection(models.Model):
    """The cross-inspection of one card: by which units, when, by whom led."""

    card = models.OneToOneField("scoring.Scorecard", models.CASCADE, related_name="inspection")
    held_on = models.DateField(gettext_lazy("day"), null=True, blank=True)
    place = models.CharField(gettext_lazy("place"), max_length=200, blank=True)
    leader = models.CharField(gettext_lazy("leader of the team"), max_length=150, blank=True)
    leader_position = models.CharField(
        gettext_lazy("the leader's position"), max_length=120, blank=True
    )
    team = models.TextField(gettext_lazy("members of the team, one a line"), blank=True)

    is_outdated: bool  # where ``with_minutes`` added it

    objects = InspectionQuerySet.as_manager()

    class Meta:
        ordering = ["card_id"]

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
        the inspection has begun. Where each unit that inspected a card still does, the day and
        what was noted of the team stay; the place stays anyway.
        """
        locked = cls._open_plan(season)
        cards = {card.unit_id: card for card in season.cards.named()}
        names = {key: str(card.unit) for key, card in cards.items()}
        wanted = list(pairs)
        if faults := plan.clashes(wanted, list(cards), names):
            raise ValidationError([str(fault) for fault in faults])
        left = set(cls.pairs_of(season)) - set(wanted)
        cls._forget_teams(season, [inspected for _by, inspected in left])
        InspectingUnit.objects.filter(inspection__card__season=season).delete()
        for inspector, inspected in wanted:
            inspection, _created = cls.objects.get_or_create(card=cards[inspected])
            InspectingUnit.objects.create(inspection=inspection, unit_id=inspector)
        locked.draw_code = draw_code
        locked.save(update_fields=["draw_code"])

    @classmethod
    def _forget_teams(cls, season: Season, units: Iterable[int]) -> None:
        """Forget day, leader and members where one of those who inspect these units goes."""
        known = cls.objects.filter(card__season=season, card__unit__in=units)
        known.update(held_on=None, leader="", leader_position="", team="")

    @classmethod
    def _open_plan(cls, season: Season) -> Season:
        """Return the season's row, locked, if its plan may still be changed."""
        locked = season.locked()
        if locked.has_reached(Phase.INSPECTION):
            raise ValidationError(_("The inspection has begun; the plan stays."))
        if locked.plan_fixed_at:
            raise ValidationError(_("The inspection plan is fixed already."))
        return locked

    @classmethod
    @transaction.atomic
    def draw(cls, season: Season, by: Seat, k: int, *, lots: bool) -> str:
        """Lay the plan with ``k`` inspecting units a card; return the draw code, if one was made.

        In the order of the rotation, or, with ``lots``, as a code drawn now tells: the members'
        numbers in official order are sorted by ``scoring.plan.propose``, so that anybody who
        knows the code can repeat the draw. All members stand in the circle; who need not be
        inspected is left out of its pairs. Raises ValidationError when no such plan is possible,
        PermissionDenied for another ``k`` than the rules have by a seat to which they are closed.
        """
        history.acting_as(by)
        cls._open_plan(season)
        code = "".join(secrets.choice(LETTERS) for _place in range(4)) if lots else ""
        try:
            pairs = cls._proposed(season, k, code)
        except plan.PlanRefused as refusal:
            raise ValidationError(str(refusal)) from refusal
        rules = season.rules
        if rules.inspectors_per_card != k:
            rules.refuse_change(season, by)
            rules.inspectors_per_card = k
            rules.save(update_fields=["inspectors_per_card"])
        spared = season.unranked
        cls.lay(season, [pair for pair in pairs if pair[1] not in spared], code)
        season.draw_code = code
        return code

    @classmethod
    def _proposed(cls, season: Season, k: int, code: str) -> list[tuple[int, int]]:
        if not code:
            turns = season.cards.order_by("turn", "official_order", "pk")
            return plan.propose(list(turns.values_list("unit_id", flat=True)), k)
        units = dict(enumerate(season.cards.values_list("unit_id", flat=True), start=1))
        return [(units[one], units[other]) for one, other in plan.propose(list(units), k, code)]

    @classmethod
    def is_as_drawn(cls, season: Season, pairs: Iterable[tuple[int, int]]) -> bool:
        """Tell whether the pairs are those that the season's draw code gives, but for those of
        units that need not be inspected, or needed not at some time: they are left out whole."""
        try:
            proposed = cls._proposed(season, season.rules.inspectors_per_card, season.draw_code)
        except plan.PlanRefused:
            return False
        drawn, kept = set(proposed), set(pairs)
        if drawn == kept:
            return True
        noted = Waiver.recorded.filter(season=season, column__in=OWNED)
        left_out = {unit for _by, unit in drawn - kept}
        whole = kept <= drawn and left_out.isdisjoint(unit for _by, unit in kept)
        return whole and left_out <= set(noted.values_list("unit", flat=True))

    @classmethod
    @transaction.atomic
    def change(
        cls, season: Season, by: Seat, inspector: Unit, inspected: Unit, *, wanted: bool
    ) -> None:
        """Let one unit inspect another, or not, by hand; saying the same twice does no harm.

        Raises ValidationError with the reason why the pair cannot stand beside the others.
        """
        history.acting_as(by)
        cls._open_plan(season)
        cards = {card.unit_id: card for card in season.cards.named()}
        names = {key: card.unit.short_name for key, card in cards.items()}
        pairs = [pair for pair in cls.pairs_of(season) if pair != (inspector.pk, inspected.pk)]
        if not wanted:
            gone, _rows = InspectingUnit.objects.filter(
                inspection__card__season=season, inspection__card__unit=inspected, unit=inspector
            ).delete()
            cls._forget_teams(season, [inspected.pk] if gone else [])
            return
        most = season.rules.inspectors_per_card
        if faults := _why_not(pairs, (inspector.pk, inspected.pk), names, most):
            raise ValidationError(faults)
        inspection, _created = cls.objects.get_or_create(card=cards[inspected.pk])
        InspectingUnit.objects.get_or_create(inspection=inspection, unit=inspector)

    @classmethod
    def faults_of(cls, season: Season) -> list[str]:
        """Return why the plan cannot be fixed as it stands, each a sentence.

        A unit that is not ranked need not be inspected (decision 13).
        """
        cards = list(season.cards.named())
        names = {card.unit_id: card.unit.short_name for card in cards}
        wanted = season.rules.inspectors_per_card
        if reason := plan.infeasible(len(cards), wanted):
            return [reason]
        return plan.faults(cls.pairs_of(season), list(names), names, wanted, season.unranked)

    @classmethod
    @transaction.atomic
    def fix(cls, season: Season, by: Seat) -> None:
        """Fix the plan; raises ValidationError with each unit whose load is not as agreed.

        Drafts of minutes whose unit inspects no more are given up; history keeps what they said.
        """
        locked = season.locked()
        if locked.plan_fixed_at:
            raise ValidationError(_("The inspection plan is fixed already."))
        if faults := cls.faults_of(season):
            raise ValidationError(faults)
        history.acting_as(by)
        cls.drafts_of(locked).of_former_teams().delete()
        locked.plan_fixed_at = clock.now()
        locked.save(update_fields=["plan_fixed_at"])

    @classmethod
    def drafts_of(cls, season: Season) -> "SheetPaperQuerySet":
        """Return the minutes that are not final."""
        drafts: SheetPaperQuerySet = season.papers.filter(kind=PaperKind.INSPECTION, final=False)
        return drafts

    @classmethod
    @transaction.atomic
    def unfix(cls, season: Season, by: Seat) -> None:
        """Open the plan for change again, while the inspection has not begun."""
        locked = season.locked()
        if locked.has_reached(Phase.INSPECTION):
            raise ValidationError(_("The inspection has begun."))
        if not locked.plan_fixed_at:
            raise ValidationError(_("The inspection plan is not fixed."))
        history.acting_as(by)
        locked.plan_fixed_at = None
        locked.save(update_fields=["plan_fixed_at"])

    @property
    def season(self) -> Season:
        """The season it belongs to, which the permissions ask."""
        return self.card.season

    @property
    def led_by(self) -> str:
        """The leader with the position, as the minutes name them."""
        return ", ".join(filter(None, (self.leader, self.leader_position)))

    def appoint(self, **said: Any) -> None:
        """Note what is ``said``: ``held_on``, ``place``, ``leader``, ``leader_position``, ``team``.

        Raises ValidationError once it is over, and for a day of another year than the inspected one
        and the next.
        """
        if self.season.has_reached(Phase.SETTLEMENT):
            raise ValidationError(_("The inspection is over; its day and team stay."))
        day, year = said.get("held_on"), self.season.year
        if day and not year <= day.year <= year + 1:
            told = _("The inspection of %(year)s is held in that year or the next.")
            raise ValidationError({"held_on": told % {"year": year}})
        for name, value in said.items():
            setattr(self, name, value)
        self.save(update_fields=list(said))


def _why_not(
    pairs: list[tuple[int, int]],
    pair: tuple[int, int],
    names: dict[int, str],
    most: int,
) -> list[str]:
    """Return why a pair cannot join the others, as the reader of the matrix is told.

    ``most`` is how many units inspect each card.
    """
    inspector, inspected = pair
    words = {"inspector": names[inspector], "inspected": names[inspected], "most": most}
    if inspector != inspected and (inspected, inspector) in pairs:
        return [
            _(
                "%(inspector)s cannot inspect %(inspected)s:"
                " %(inspected)s inspects %(inspector)s already."
            )
            % words
        ]
    if faults := plan.clashes([*pairs, pair], list(names), names):
        return faults
    if sum(other == inspected for _inspector, other in pairs) >= most:
        return [_("%(inspected)s is inspected by %(most)s already; take one off first.") % words]
    if sum(other == inspector for other, _inspected in pairs) >= most:
        return [_("%(inspector)s inspects %(most)s already; take one off first.") % words]
    return []


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
