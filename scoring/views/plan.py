"""The plan of cross-inspection: who inspects whom, drawn, changed by hand, fixed."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST

from blocks import clock
from blocks.history import acting_as
from blocks.models import Office, PaperKind, Seat, Unit
from blocks.models.people import require
from blocks.numbers import two_digits
from emulation.access import fetch
from emulation.forms import Form, ModelForm, field_of
from emulation.http import Request
from emulation.pages import confirm_page, form_page, refusing, tell_bare
from scoring.models import (
    Filing,
    InspectingUnit,
    Inspection,
    Scorecard,
    Season,
    SheetPaper,
    Waiver,
)
from scoring.phases import Column, FilingState, Phase
from scoring.plan import faults, infeasible, largest_k
from scoring.progress import STATES, unasked_chip

Pair = tuple[int, int]  # units: who inspects, who is inspected
TEAMS = gettext_lazy(
    "Day, leader and members stay where the same unit inspects, and are noted anew where another"
    " does."
)


@dataclass(frozen=True, slots=True)
class Cell:
    """Whether one unit inspects another; ``repeat`` when it did last year too."""

    inspector: Scorecard
    inspected: Scorecard
    on: bool
    repeat: bool

    @property
    def is_self(self) -> bool:
        """Whether it is the unit's own, which nobody inspects."""
        return self.inspector == self.inspected

    @property
    def key(self) -> str:
        """What the cell is called on the page."""
        return f"{self.inspector.unit_id}-{self.inspected.unit_id}"


@dataclass(frozen=True, slots=True)
class Made:
    """One card's inspection: by whom, when, and how far it is, as chip colour and words."""

    card: Scorecard
    inspectors: list[InspectingUnit]
    inspection: Inspection | None
    colour: str
    state: str
    may_edit: bool
    has_minutes: bool  # for its reader


class Plan:
    """The season's plan as its page shows it, in a fixed number of queries."""

    def __init__(self, season: Season, user: Any) -> None:
        self.season, self.user = season, user
        self.cards = list(season.cards.named())
        for card in self.cards:
            card.season = season
        self.names = {card.unit_id: card.unit.short_name for card in self.cards}
        self.may_draft: bool = user.has_perm("scoring.draft_season", season)

    @cached_property
    def inspecting(self) -> list[InspectingUnit]:
        """Who inspects which card, in the order of the cards."""
        return list(
            InspectingUnit.objects.filter(inspection__card__season=self.season)
            .select_related("inspection", "unit")
            .prefetch_related("unit__names")
            .order_by("inspection__card__official_order", "pk")
        )

    @cached_property
    def pairs(self) -> list[Pair]:
        """The pairs of the plan."""
        units = {card.pk: card.unit_id for card in self.cards}
        return [(i.unit_id, units[i.inspection.card_id]) for i in self.inspecting]

    @cached_property
    def repeated(self) -> set[Pair]:
        """Last year's pairs, which may repeat but are pointed out."""
        last = Season.objects.filter(block=self.season.block_id, year=self.season.year - 1).first()
        return set(Inspection.pairs_of(last)) if last else set()

    @property
    def k(self) -> int:
        """How many units inspect each card, by the season's rules."""
        return self.season.rules.inspectors_per_card

    @property
    def most(self) -> int:
        """How many there can be at most."""
        return largest_k(len(self.cards))

    @property
    def infeasible(self) -> str:
        """Why no plan of this many units and inspectors is possible, or nothing."""
        return infeasible(len(self.cards), self.k)

    @property
    def is_fixed(self) -> bool:
        """Whether it is fixed."""
        return self.season.plan_fixed_at is not None

    @property
    def may_be_laid(self) -> bool:
        """Whether it may still be laid or changed at all."""
        return (
            bool(self.cards) and not self.is_fixed and not self.season.has_reached(Phase.INSPECTION)
        )

    @property
    def may_change(self) -> bool:
        """Whether its reader may change it now."""
        return self.may_draft and self.may_be_laid

    @property
    def may_unfix(self) -> bool:
        """Whether it may be opened for change again."""
        return self.is_fixed and not self.season.has_reached(Phase.INSPECTION)

    @cached_property
    def faults(self) -> list[str]:
        """Why it cannot be fixed as it stands."""
        if reason := self.infeasible:
            return [reason]
        return faults(self.pairs, list(self.names), self.names, self.k, self.spared)

    @cached_property
    def spared(self) -> dict[int, Waiver]:
        """By which waiver units need not be inspected: they are not ranked."""
        return self.season.unranked

    @cached_property
    def changed_by_hand(self) -> bool:
        """Whether a drawn plan is not any more what its code gives."""
        return bool(self.season.draw_code) and not Inspection.is_as_drawn(self.season, self.pairs)

    # The matrix

    def cell(self, inspector: int, inspected: int) -> Cell:
        """Return one cell, by the keys of the two units."""
        cards = {card.unit_id: card for card in self.cards}
        return self._cell(cards[inspector], cards[inspected])

    def _cell(self, inspector: Scorecard, inspected: Scorecard) -> Cell:
        pair = (inspector.unit_id, inspected.unit_id)
        return Cell(inspector, inspected, pair in self._on, pair in self.repeated)

    @cached_property
    def _on(self) -> set[Pair]:
        return set(self.pairs)

    @cached_property
    def rows(self) -> list[dict[str, Any]]:
        """A row for each unit that inspects: its cells, its load, its office."""
        loads = Counter(inspector for inspector, _inspected in self._on)
        return [
            {
                "card": card,
                "office": self.office_of(card),
                "cells": [self._cell(card, other) for other in self.cards],
                "load": loads[card.unit_id],
            }
            for card in self.cards
        ]

    @cached_property
    def loads(self) -> list[dict[str, Any]]:
        """For each column how many units inspect the card."""
        loads = Counter(inspected for _inspector, inspected in self._on)
        return [
            {
                "card": card,
                "load": loads[card.unit_id],
                "spared": card.unit_id in self.spared,
            }
            for card in self.cards
        ]

    def office_of(self, card: Scorecard) -> str:
        """Return which office of the block the unit holds this season, or nothing."""
        held = {self.season.head_id: Office.HEAD, self.season.deputy_id: Office.DEPUTY}
        return held.get(card.unit_id, "")

    # The inspections

    @cached_property
    def made(self) -> list[Made]:
        """The inspections, one a card."""
        by_card: dict[int, list[InspectingUnit]] = {card.pk: [] for card in self.cards}
        for inspecting in self.inspecting:
            by_card[inspecting.inspection.card_id].append(inspecting)
        filed = self._filed
        return [self._made(card, by_card[card.pk], filed.get(card.pk, {})) for card in self.cards]

    @cached_property
    def _filed(self) -> dict[int, dict[int | None, Filing]]:
        filed: dict[int, dict[int | None, Filing]] = {}
        for filing in Filing.objects.filter(card__season=self.season, column=Column.FOUND):
            filed.setdefault(filing.card_id, {})[filing.unit_id] = filing
        return filed

    @cached_property
    def _excused(self) -> set[int]:
        return {unit for unit, column in self.season.excuses if column == Column.FOUND}

    def _made(
        self,
        card: Scorecard,
        inspectors: list[InspectingUnit],
        filed: dict[int | None, Filing],
    ) -> Made:
        colour, state = self._state(card, inspectors, filed)
        own = {unit.pk for unit in self.user.units}
        mine = self.may_draft or any(i.unit_id in own for i in inspectors)
        return Made(
            card=card,
            inspectors=inspectors,
            inspection=inspectors[0].inspection if inspectors else None,
            colour=colour,
            state=state,
            has_minutes=self._reads_minutes(card.unit_id, inspectors, filed),
            may_edit=mine and bool(inspectors) and not self.season.has_reached(Phase.SETTLEMENT),
        )

    def _reads_minutes(
        self, inspected: int, inspectors: list[InspectingUnit], filed: dict[int | None, Filing]
    ) -> bool:
        """Whether the findings, and so their minutes, are the reader's to read (decision 15); there
        are none where nobody had to inspect and nobody has."""
        confirmed = any(filing.is_sent for filing in filed.values())
        let_off = all(each.unit_id in self._excused for each in inspectors)
        if not confirmed and (let_off or inspected in self.spared):
            return False
        if Column.FOUND in self.season.step.reads:
            return True
        own = {unit.pk for unit in self.user.units}
        return self.season.phase == Phase.INSPECTION and any(i.unit_id in own for i in inspectors)

    def _state(
        self, card: Scorecard, inspectors: list[InspectingUnit], filed: dict[int | None, Filing]
    ) -> tuple[str, str]:
        waited = [i.unit_id for i in inspectors if i.unit_id not in self._excused]
        confirmed = sum(unit in filed and filed[unit].is_sent for unit in waited)
        if not confirmed and (waiver := self.spared.get(card.unit_id)):
            return unasked_chip(waiver, Column.FOUND)
        if not inspectors:
            return "grey", _("Nobody inspects it yet")
        if not self.season.has_reached(Phase.INSPECTION):
            return "grey", _("Filled in before; to be confirmed") if filed else _("Not begun")
        if not waited:
            return "grey", _("Excused")
        if confirmed == len(waited):
            return "green", _("Confirmed")
        return self._unconfirmed(confirmed, waited, filed)

    def _unconfirmed(
        self, confirmed: int, waited: list[int], filed: dict[int | None, Filing]
    ) -> tuple[str, str]:
        if late := self._late_days:
            days = ngettext("%(days)d day overdue", "%(days)d days overdue", late)
            return "red", days % {"days": late}
        if confirmed:
            numbers = {"confirmed": confirmed, "all": len(waited)}
            return "amber", _("Confirmed %(confirmed)s/%(all)s") % numbers
        if any(filing.is_handed_up for filing in filed.values()):
            return STATES[FilingState.HANDED_UP], str(FilingState.HANDED_UP.label)
        if any(unit in filed for unit in waited):
            return "amber", _("Filling")
        return "grey", _("Filled in before; to be confirmed") if filed else _("Not filled in yet")

    @cached_property
    def _late_days(self) -> int:
        due: date | None = self.season.due(Column.FOUND)
        return max(0, (clock.today() - due).days) if due else 0


# Forms


class DrawForm(Form):
    """How the plan is laid, and how many units inspect each card where the rules are open."""

    TURNS, LOTS = "turns", "lots"

    how = forms.ChoiceField(
        label=gettext_lazy("Who inspects whom follows"),
        choices=[
            (TURNS, gettext_lazy("the order of the rotation")),
            (LOTS, gettext_lazy("the lot: a code is drawn and shown")),
        ],
        widget=forms.RadioSelect,
    )
    inspectors_per_card = forms.TypedChoiceField(
        label=gettext_lazy("Inspecting units for each unit"),
        coerce=int,
        help_text=gettext_lazy(
            "What is chosen here stands in the rules of the group from then on."
        ),
    )

    def __init__(self, *args: Any, most: int, free: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["inspectors_per_card"].choices = [  # type: ignore[attr-defined]
            (k, str(k)) for k in range(1, most + 1)
        ]
        if not free:
            del self.fields["inspectors_per_card"]

    @property
    def lots(self) -> bool:
        """Whether it is drawn by lot."""
        return bool(self.cleaned_data["how"] == self.LOTS)


class PairForm(Form):
    """One pair of the plan, and whether it is to stand."""

    inspector = forms.TypedChoiceField(label=gettext_lazy("Inspecting unit"), coerce=int)
    inspected = forms.TypedChoiceField(label=gettext_lazy("Inspected unit"), coerce=int)
    wanted = forms.TypedChoiceField(
        choices=[("1", "1"), ("0", "0")], coerce=lambda text: text == "1", initial="1"
    )

    def __init__(self, cards: Sequence[Scorecard], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.units = {card.unit_id: card.unit for card in cards}
        for name in ("inspector", "inspected"):
            self.fields[name].choices = [  # type: ignore[attr-defined]
                (card.unit_id, card.unit.short_name) for card in cards
            ]

    def unit(self, name: str) -> Unit:
        """Return the unit that was chosen."""
        return self.units[self.cleaned_data[name]]


class InspectionForm(ModelForm):
    """Day, place and team of an inspection."""

    class Meta:
        model = Inspection
        fields = ("held_on", "place", "leader", "leader_position", "team")
        formfield_callback = field_of
        widgets = {"team": forms.Textarea(attrs={"rows": 4})}
        help_texts = {"leader": gettext_lazy("Full name, with Mr or Ms")}

    def clean(self) -> None:
        """Put Ông or Bà to the name of somebody of the inspectors with a seat, and the position
        unless one was said."""
        super().clean()
        name, said = self.cleaned_data.get("leader"), self.cleaned_data.get("leader_position")
        seats = Seat.objects.today().filter(unit__in=self.instance.inspectors.values("unit"))
        held = list(seats.filter(person__full_name=name).select_related("person"))
        people, positions = ({getattr(seat, of) for seat in held} for of in ("person", "position"))
        if len(people) == 1:
            self.cleaned_data["leader"] = str(people.pop())
            if not said and len(positions) == 1:
                self.cleaned_data["leader_position"] = positions.pop()

    def save(self, commit: bool = True) -> Inspection:  # noqa: FBT001, FBT002
        """Note them by the model's verb."""
        self.instance.appoint(**self.cleaned_data)
        return self.instance


# Views


def season_of(request: Request, pk: int, perm: str) -> Season:
    """Return the season with what the pages of its plan, board and ranking need."""
    seasons = Season.objects.visible_to(request.user).select_related(
        "block__authority", "head", "deputy", "rules", "scale"
    )
    return fetch(request, seasons.with_fixed_at(), perm, pk=pk)


def plan_page(
    request: Request, season: Season, form: PairForm | None = None, status: int = 200
) -> HttpResponse:
    """Show the plan; with a form that was refused, and why."""
    plan = Plan(season, request.user)
    context = {
        "plan": plan,
        "season": season,
        "form": form or PairForm(plan.cards),
        "may_fix": request.user.has_perm("scoring.fix_plan", season),
    }
    return render(request, "scoring/plan.html", context, status=status)


def show_plan(request: Request, pk: int) -> HttpResponse:
    """Show who inspects whom, and how far each inspection is."""
    return plan_page(request, season_of(request, pk, "scoring.view_season"))


def draw_plan(request: Request, pk: int) -> HttpResponse:
    """Lay the plan anew, in the order of the rotation or by lot."""
    season = season_of(request, pk, "scoring.draft_season")
    seat = require(season.office_seat(request.user), _("Your seats do not include this."))
    members = season.cards.count()
    if reason := infeasible(members, 1):
        raise ValidationError(reason)
    most, asked = largest_k(members), season.rules.inspectors_per_card
    free = season.rules.are_open_to(seat)
    form = DrawForm(
        request.POST or None,
        most=most,
        free=free,
        initial={"inspectors_per_card": min(most, asked)},
    )
    by_rules = _(
        "Inspecting units for each unit, by the rules: %(count)s; an officer changes that."
    )

    def draw() -> None:
        k = form.cleaned_data.get("inspectors_per_card", asked)
        code = Inspection.draw(season, seat, k, lots=form.lots)
        said = _("The plan was drawn. Draw code: %(code)s.") if code else _("The plan was laid.")
        messages.success(request, said % {"code": code})

    return form_page(
        request,
        form,
        title=_("Lay the inspection plan"),
        then=reverse("show_plan", args=[season.pk]),
        save=draw,
        button=_("Lay the plan"),
        lead=ngettext(
            "With %(members)s units each can be inspected by %(most)s other at most.",
            "With %(members)s units each can be inspected by %(most)s others at most.",
            most,
        )
        % {"members": members, "most": most}
        + ("" if free else " " + by_rules % {"count": two_digits(asked)})
        + who_is_left_out(season)
        + what_is_replaced(season),
        warning=what_stands(season).strip(),
        crumbs=crumbs(season),
    )


def who_is_left_out(season: Season) -> str:
    """Return which units are sent no team, for they need not be inspected, or nothing."""
    spared = season.cards.named().filter(unit__in=season.unranked)
    units = ", ".join(card.unit.short_name for card in spared)
    return (
        " " + _("Need not be inspected and are left out: %(units)s.") % {"units": units}
        if units
        else ""
    )


def what_is_replaced(season: Season) -> str:
    """Return which plan laying another one replaces, and what becomes of it, or nothing."""
    if not Inspection.pairs_of(season):
        return ""
    if season.draw_code:
        replaced = _("The plan drawn by lot with the code %(code)s is replaced.")
        said = replaced % {"code": season.draw_code}
    else:
        said = _("The plan laid before is replaced.")
    return f" {said} " + _("Pairs changed by hand are lost.") + f" {TEAMS}"


def what_stands(season: Season) -> str:
    """Say of which units findings are typed and minutes drafted or issued in a year that went back,
    and what becomes of them where the plan lets another unit inspect; or nothing."""
    minutes = SheetPaper.objects.of_present_teams().filter(kind=PaperKind.INSPECTION, final=True)
    told = {
        _(
            "Findings are typed already of %(units)s: where another unit inspects, it checks and"
            " confirms what stands there."
        ): season.cards.filter(filings__column=Column.FOUND),
        _(
            "Inspection minutes are drafted already of %(units)s: where another unit inspects, the"
            " draft is given up with what is written in it."
        ): season.cards.filter(papers__in=Inspection.drafts_of(season).exclude(words={})),
        _(
            "Inspection minutes are final already of %(units)s: where another unit inspects, they"
            " stay as they are and it writes its own."
        ): season.cards.filter(papers__in=minutes),
    }
    units = {
        said: [card.unit.short_name for card in cards.distinct().named()]
        for said, cards in told.items()
    }
    return "".join(f" {said % {'units': ', '.join(u)}}" for said, u in units.items() if u)


def what_is_given_up(season: Season) -> str:
    """Return of which units drafts of minutes are lost, for another unit inspects; or nothing."""
    drafts = Inspection.drafts_of(season).of_former_teams().exclude(words={})
    cards = season.cards.filter(papers__in=drafts).distinct().named()
    units = ", ".join(card.unit.short_name for card in cards)
    said = _(
        "The drafts of inspection minutes of %(units)s are given up with what is written in them:"
        " another unit inspects there now."
    )
    return f" {said % {'units': units}}" if units else ""


@require_POST
def change_plan(request: Request, pk: int) -> HttpResponse:
    """Let one unit inspect another or not, by hand; say at once why it cannot be."""
    season = season_of(request, pk, "scoring.draft_season")
    seat = require(season.office_seat(request.user), _("Your seats do not include this."))
    form = PairForm(list(season.cards.named()), request.POST)
    done = form.is_valid() and refusing(
        form,
        lambda: Inspection.change(
            season,
            seat,
            form.unit("inspector"),
            form.unit("inspected"),
            wanted=form.cleaned_data["wanted"],
        ),
    )
    if request.htmx and "inspector" in form.cleaned_data and "inspected" in form.cleaned_data:
        plan = Plan(season, request.user)
        cell = plan.cell(form.cleaned_data["inspector"], form.cleaned_data["inspected"])
        context = {"plan": plan, "season": season, "cell": cell, "form": form}
        return render(request, "scoring/plan_changed.html", context, status=200 if done else 422)
    if done:
        return redirect("show_plan", season.pk)
    return plan_page(request, season, form, status=422)


def fix_plan(request: Request, pk: int) -> HttpResponse:
    """Fix the plan, after asking."""
    season = season_of(request, pk, "scoring.fix_plan")
    seat = require(season.office_seat(request.user), _("Your seats do not include this."))
    return confirm_page(
        request,
        lambda: Inspection.fix(season, seat),
        title=_("Fix the inspection plan"),
        sentence=_("Fix the inspection plan of %(season)s?") % {"season": season},
        next=_("Until the inspection begins it can be opened for change again.")
        + what_is_given_up(season),
        button=_("Fix the inspection plan"),
        then=reverse("show_plan", args=[season.pk]),
        danger=False,
        said=_("The inspection plan is fixed."),
        missing=[{"sentence": fault} for fault in Inspection.faults_of(season)],
        warning=_needless(season),
        crumbs=crumbs(season),
    )


def _needless(season: Season) -> str:
    """Say to which units the plan sends a team although they need not be inspected, or nothing."""
    planned = {inspected for _by, inspected in Inspection.pairs_of(season)}
    spared = season.cards.named().filter(unit__in=set(season.unranked) & planned)
    units = ", ".join(card.unit.short_name for card in spared)
    said = _("The plan sends a team to units that need not be inspected: %(units)s.")
    return said % {"units": units} if units else ""


def unfix_plan(request: Request, pk: int) -> HttpResponse:
    """Open the plan for change again, after asking."""
    season = season_of(request, pk, "scoring.fix_plan")
    seat = require(season.office_seat(request.user), _("Your seats do not include this."))
    return confirm_page(
        request,
        lambda: Inspection.unfix(season, seat),
        title=_("Open the inspection plan again"),
        sentence=_("Open the fixed inspection plan of %(season)s for change?") % {"season": season},
        next=f"{TEAMS}{what_stands(season)}",
        button=_("Open the plan again"),
        then=reverse("show_plan", args=[season.pk]),
        said=_("The inspection plan can be changed again."),
        crumbs=crumbs(season),
    )


def edit_inspection(request: Request, pk: int) -> HttpResponse:
    """Note day, place, leader and team of one inspection."""
    inspections = Inspection.objects.visible_to(request.user).for_page()
    inspection = fetch(request, inspections, "scoring.appoint_team", pk=pk)
    season = inspection.season
    if request.method == "POST":
        own = (request.user.seat_at(each.unit) for each in inspection.inspectors.all())
        acting_as(season.office_seat(request.user) or next(filter(None, own), None))
    inspectors = ", ".join(str(i.unit) for i in inspection.inspectors.all())
    form = InspectionForm(request.POST or None, instance=inspection)
    response = form_page(
        request,
        form,
        title=_("Inspection of %(unit)s") % {"unit": inspection.card.unit},
        lead=_("Inspected by: %(units)s.") % {"units": inspectors} if inspectors else "",
        then=reverse("show_plan", args=[season.pk]),
        crumbs=crumbs(season),
    )
    if form.is_bound and not form.errors:
        tell_bare(request, inspection.leader)
    return response


def crumbs(season: Season) -> list[tuple[str, str]]:
    """Return where the pages under the plan stand."""
    return [
        (season.short_name, season.get_absolute_url()),
        (_("Inspection plan"), reverse("show_plan", args=[season.pk])),
    ]


urls = [
    path("seasons/<int:pk>/plan/", show_plan, name="show_plan"),
    path("seasons/<int:pk>/plan/draw/", draw_plan, name="draw_plan"),
    path("seasons/<int:pk>/plan/change/", change_plan, name="change_plan"),
    path("seasons/<int:pk>/plan/fix/", fix_plan, name="fix_plan"),
    path("seasons/<int:pk>/plan/unfix/", unfix_plan, name="unfix_plan"),
    path("inspections/<int:pk>/", edit_inspection, name="edit_inspection"),
]
