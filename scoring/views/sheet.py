"""Filling a score sheet and sending it: targets, results, self-score, findings, settlement."""

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import prefetch_related_objects
from django.http import FileResponse, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import path
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from emulation.access import fetch
from emulation.forms import Form
from emulation.http import Request
from emulation.uploads import answer_file
from scoring.card_sheet import SHOWN, CardSheet
from scoring.models import Scorecard, SignedScan
from scoring.models.explanation import explained
from scoring.phases import Column, Phase
from scoring.sheet import fill_sheet, submit_sheet


class ColumnForm(Form):
    """Which column of the sheet is in front; the one that is written now unless it is named."""

    column = forms.ChoiceField(
        required=False, choices=[(column, column) for column in (Column.TARGET, *SHOWN)]
    )

    @property
    def chosen(self) -> Column | None:
        """The column that was named."""
        name = self.cleaned_data.get("column") if self.is_valid() else ""
        return Column(name) if name else None


def card_of(request: Request, pk: int) -> Scorecard:
    """Return the card, its row locked against other writers when the request writes."""
    cards = Scorecard.objects.visible_to(request.user).for_sheet().with_lapsed()
    if request.method == "POST":
        # NO KEY: a move of the season, which owns its row, may add entries to the card.
        cards = cards.select_for_update(of=("self",), no_key=True)
    card = fetch(request, cards, "scoring.view_card", pk=pk)
    if card.season.has_reached(Phase.SETTLEMENT):
        prefetch_related_objects([card], "agreements__by__person", explained())
    return card


def sheet_of(request: Request, pk: int) -> CardSheet:
    """Return the card as its reader sees it."""
    return CardSheet(card_of(request, pk), request.user, ColumnForm(request.GET).chosen)


def fill_card(request: Request, pk: int) -> HttpResponse:
    """Show a score sheet; write the cells that are posted."""
    return fill_sheet(request, lambda: sheet_of(request, pk))


def submit_card(request: Request, pk: int) -> HttpResponse:
    """Hand up, send, return or take back the column, after asking."""
    return submit_sheet(request, lambda: sheet_of(request, pk))


@require_POST
def take_over(request: Request, pk: int) -> HttpResponse:
    """Copy the column it is compared to into the lines that are still empty."""
    sheet = sheet_of(request, pk)
    sheet.refuse_unless_open()
    if sheet.source:
        count = sheet.card.take_over(request.user, sheet.column, sheet.source)
        words = ngettext("%(count)d line taken over.", "%(count)d lines taken over.", count)
        messages.success(request, words % {"count": count})
    return redirect(sheet.address)


def show_scan(request: Request, pk: int) -> FileResponse:
    """Hand out the signed copy with which a column was sent, to whoever reads the column.

    One that was taken back is read by the unit that sent it only.
    """
    cards = Scorecard.objects.visible_to(request.user)
    scans = SignedScan.objects.filter(filing__card__in=cards)
    scans = scans.select_related("filing", "seat__unit")
    scan = get_object_or_404(scans, pk=pk)
    filing, column = scan.filing, Column(scan.filing.column)
    card = fetch(request, cards.for_sheet(), "scoring.view_card", pk=filing.card_id)
    own = request.user.seat_at(scan.seat.unit) is not None
    if not own and not (filing.scan_id == scan.pk and card.may_read(request.user, column)):
        raise PermissionDenied(_("This column is not open to you yet."))
    return answer_file(bytes(scan.content), scan.kind, scan.file_name)


urls = [
    path("cards/<int:pk>/", fill_card, name="fill_card"),
    path("cards/<int:pk>/submit/", submit_card, name="submit_card"),
    path("cards/<int:pk>/take-over/", take_over, name="take_over"),
    path("scans/<int:pk>/", show_scan, name="show_scan"),
]
