"""The minutes of a cross-inspection: the team's words beside the facts; then fixed, once."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from blocks.history import acting_as
from blocks.models import PaperKind
from emulation.access import allow, fetch
from emulation.http import Request
from emulation.pages import confirm_page
from emulation.printing import NAMES, finalise
from emulation.words import unwritten, words_page
from scoring.inspection_paper import confirmed_at, inspection_facts, inspection_of
from scoring.models import Inspection, Scorecard
from scoring.phases import Column, Missing, Phase
from scoring.views.papers import Stand
from scoring.views.plan import crumbs

LABELS = {
    "basis": gettext_lazy("Decision that set up the team"),
    "hours": gettext_lazy("Hours the team worked; the day is printed after them"),
    "documents": gettext_lazy("Papers seen, beside those of the lines"),
    "strengths": gettext_lazy("Strengths"),
    "limits": gettext_lazy("Limits"),
    "recommendations": gettext_lazy("Recommendations"),
    "opinion": gettext_lazy("What the inspected unit says"),
}

# What is noted of the inspection itself and prints as dots while it is not.
NOTED = {
    "held_on": gettext_lazy("Day"),
    "place": gettext_lazy("Place"),
    "leader": gettext_lazy("Leader of the team"),
}


def _inspection(request: Request, pk: int, perm: str = "scoring.view_card") -> Inspection:
    """Return an inspection whose findings one may read, with its card as sheets need it."""
    inspections = Inspection.objects.visible_to(request.user).for_page()
    inspection = fetch(request, inspections, "scoring.view_season", pk=pk)
    card = Scorecard.objects.for_sheet().get(pk=inspection.card_id)
    card.inspection = inspection
    inspection.card = card
    if not card.inspectors or card.uninspected:
        raise Http404
    allow(request, perm, card if perm == "scoring.view_card" else inspection)
    if not card.season.has_reached(Phase.INSPECTION):
        raise PermissionDenied(
            _(
                "Before the season is in “%(phase)s” nobody writes or reads these minutes; final"
                " ones stay with the unit that issued them."
            )
            % {"phase": Phase.INSPECTION.label}
        )
    if not card.may_read(request.user, Column.FOUND):
        raise PermissionDenied(
            _("Until the season is in “%(phase)s” only the inspecting units read these minutes.")
            % {"phase": Phase.SETTLEMENT.label}
        )
    return inspection


def _stand(inspection: Inspection) -> Stand:
    card = inspection.card
    return Stand(confirmed_at(card), card=card, column=Column.FOUND, kind=PaperKind.INSPECTION)


def inspection_minutes(request: Request, pk: int) -> HttpResponse:
    """Write the minutes' words beside the facts; whoever only reads them sees the page."""
    inspection = _inspection(request, pk)
    stand, card = _stand(inspection), inspection.card
    if stand.issued:
        return redirect(stand.issued)
    here = reverse("inspection_minutes", args=[pk])
    facts = stand.draft.stated(inspection_facts(card))
    context: dict[str, Any] = {
        "title": NAMES[PaperKind.INSPECTION],
        "owner": card.unit.name,
        "season": card.season,
        "pdf": reverse("inspection_pdf", args=[pk]),
        "replaced": stand.draft.replaces,
        "why": stand.draft.words.get("correction"),
        "crumbs": crumbs(card.season),
    }
    if not request.user.has_perm("scoring.write_inspection", inspection):
        if request.method == "POST":
            allow(request, "scoring.write_inspection", inspection)
        context |= {
            "sent": True,
            "page": stand.page(PaperKind.INSPECTION, facts),
            "issuer": _("the principal of the inspecting unit"),
        }
        return render(request, "scoring/print.html", context)
    may_finalise = request.user.has_perm("scoring.finalise_inspection", inspection)
    return words_page(
        request,
        LABELS,
        stand.draft.words,
        lambda said, seen: _write(request, card, said, seen),
        kind=PaperKind.INSPECTION,
        facts=facts,
        then=here,
        short={"basis": "", "hours": "VD: Từ 08 giờ 30 phút đến 11 giờ 00 phút"},
        wide=True,  # its table has no room beside the words
        note=_unconfirmed(card),
        finalise=reverse("finalise_inspection", args=[pk])
        if may_finalise and confirmed_at(card)
        else "",
        **context,
    )


def _unconfirmed(card: Scorecard) -> str:
    """Say that the findings are not confirmed by all, and what that means; or nothing."""
    if confirmed_at(card):
        return ""
    if card.season.has_reached(Phase.SETTLEMENT):
        return _(
            "The inspection is over, and not every inspecting unit has confirmed these findings;"
            " no minutes are finalised."
        )
    return _("The findings are not confirmed yet; the facts may still change.")


def _write(request: Request, card: Scorecard, said: Any, seen: Any) -> dict[str, str]:
    acting_as(card.seat_for(request.user, Column.FOUND))
    return inspection_of(card).write(said, seen)


def inspection_pdf(request: Request, pk: int) -> HttpResponse:
    """Answer the minutes in PDF: the final ones, or a draft of what stands now."""
    card = (inspection := _inspection(request, pk)).card
    title = f"{NAMES[PaperKind.INSPECTION]} {card.season.year} – {card.unit.name}"
    plain = f"inspection-{card.season.year}-{card.pk}"
    return _stand(inspection).answer(
        PaperKind.INSPECTION, lambda: inspection_facts(card), plain, title
    )


def finalise_inspection(request: Request, pk: int) -> HttpResponse:
    """Fix the minutes once every inspecting unit has confirmed, by one of their principals."""
    inspection = _inspection(request, pk, "scoring.finalise_inspection")
    if request.method == "GET" and (issued := _stand(inspection).issued):
        return redirect(issued)
    if request.method == "GET" and confirmed_at(inspection.card) is None:
        messages.error(request, UNCONFIRMED)
        return redirect("inspection_minutes", pk=pk)
    return confirm_page(
        request,
        lambda: _fix(request, inspection.card),
        title=_("Finalise the minutes"),
        sentence=_("Finalise the inspection minutes of %(unit)s? They are never changed again.")
        % {"unit": inspection.card.unit},
        button=_("Finalise the minutes"),
        then=reverse("inspection_minutes", args=[pk]),
        next=_("Afterwards print it, have it signed and sealed, and note its number and date."),
        said=_("The paper is final."),
        left_open=_left_open(inspection),
        crumbs=crumbs(inspection.card.season),
    )


def _left_open(inspection: Inspection) -> list[Missing]:
    """What would print as dots: day, place and leader that were not noted, texts that are empty."""
    mends = not inspection.season.has_reached(Phase.SETTLEMENT)
    url = reverse("edit_inspection", args=[inspection.pk]) if mends else ""
    said = (
        _("“%(part)s” is empty.")
        if mends
        else _(
            "“%(part)s” is empty and stays so, for the inspection is over: write it by hand into"
            " the print."
        )
    )
    unnoted = [label for name, label in NOTED.items() if not getattr(inspection, name)]
    wanted = [name for name in LABELS if name != "documents"]  # those of the lines stand for them
    written = _stand(inspection).draft.words
    dots = [Missing(said % {"part": label}, url) for label in unnoted]
    return dots + unwritten(LABELS, written, wanted)


UNCONFIRMED = gettext_lazy("The minutes are finalised once the findings are confirmed.")


def _fix(request: Request, card: Scorecard) -> None:
    if confirmed_at(card) is None:
        raise ValidationError(UNCONFIRMED)
    acting_as(card.seat_for(request.user, Column.FOUND))
    finalise(inspection_of(card), request.user)


urls = [
    path("inspections/<int:pk>/minutes/", inspection_minutes, name="inspection_minutes"),
    path("inspections/<int:pk>/minutes/draft/", inspection_pdf, name="inspection_pdf"),
    path("inspections/<int:pk>/minutes/finalise/", finalise_inspection, name="finalise_inspection"),
]
