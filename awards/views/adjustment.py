"""The meeting itself changes a score: which line, to what, why, by how many hands."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from awards.forms import field_named
from awards.models import Adjustment, Meeting
from awards.views.meeting import crumbs, fetch_meeting
from blocks.numbers import show, two_digits
from emulation.forms import Form, WholeField
from emulation.http import Request, posted
from emulation.pages import form_page
from scoring.card_sheet import CardSheet
from scoring.forms import ValueForm
from scoring.models import Criterion, Scorecard, Season
from scoring.phases import Column


class LineToAdjustForm(Form):
    """Which line of which unit the meeting changes."""

    card = forms.ModelChoiceField(
        label=gettext_lazy("Unit"), queryset=Scorecard.objects.none(), empty_label=None
    )
    criterion = forms.ModelChoiceField(
        label=gettext_lazy("Line"), queryset=Criterion.objects.none(), empty_label=None
    )

    def __init__(self, data: Any = None, *, season: Season) -> None:
        super().__init__(data)
        field_named(self, "card").queryset = season.cards.named()
        lines = Criterion.objects.fillable().filter(scale=season.scale_id)
        field_named(self, "criterion").queryset = lines


class AdjustmentForm(ValueForm):
    """What holds on the line from now on, why, and how many hands were raised for it."""

    yes = WholeField(label=gettext_lazy("In favour"))
    no = WholeField(label=gettext_lazy("Against"))
    abstained = WholeField(label=gettext_lazy("No hand raised"))

    @property
    def hands(self) -> dict[str, int]:
        """The units that raised their hands, as counted."""
        return {name: self.cleaned_data[name] for name in ("yes", "no", "abstained")}


def adjust_score(request: Request, pk: int) -> HttpResponse:
    """Choose the line that the meeting changes."""
    meeting = _fetch_to_adjust(request, pk)
    form = LineToAdjustForm(posted(request), season=meeting.season)
    return form_page(
        request,
        form,
        title=_("Adjust a score"),
        save=lambda: None,
        button=_("Choose this line"),
        then=lambda: reverse(
            "adjust_line",
            args=[pk, form.cleaned_data["card"].pk, form.cleaned_data["criterion"].pk],
        ),
        back=meeting.get_absolute_url(),
        lead=_("The meeting decides by a show of hands, before the first vote on an award."),
        crumbs=crumbs(meeting),
    )


def _fetch_to_adjust(request: Request, pk: int) -> Meeting:
    """Return a meeting that may change a score now; what is posted its verb refuses, with the form
    kept. Raises ValidationError with the reason."""
    meeting = fetch_meeting(request, "awards.adjust_score", pk=pk)
    if request.method == "GET" and (why := meeting.may_not_adjust):
        raise ValidationError(why)
    return meeting


def adjust_line(request: Request, pk: int, card: int, criterion: int) -> HttpResponse:
    """Note what the meeting decided on one line; the standings are fixed anew."""
    meeting = _fetch_to_adjust(request, pk)
    sheet = CardSheet(
        get_object_or_404(Scorecard.objects.for_sheet(), season=meeting.season, pk=card),
        request.user,
        Column.FINAL,
    )
    line = get_object_or_404(Criterion.objects.fillable(), scale=meeting.season.scale_id,
                             pk=criterion)  # fmt: skip
    form = AdjustmentForm(posted(request), cells=sheet.by_criterion[line.pk].value_cells)
    score = sheet.score(Column.FINAL, line)
    words = {
        "unit": sheet.card.unit,
        "line": f"{line.code} {line.name}",
        "now": score.words if score else "–",
        "total": show(sheet.total_of(Column.FINAL).total, sheet.places),
        "present": two_digits(meeting.units_there),
    }
    return form_page(
        request,
        form,
        title=_("Adjust %(code)s") % {"code": line.code},
        save=lambda: Adjustment.make(
            meeting, request.user, sheet.card, line, form.said, form.cleaned_data["reason"],
            **form.hands,
        ),
        button=_("Adjust and fix the standings anew"),
        then=meeting.get_absolute_url(),
        said=_("The score is adjusted; the standings are fixed anew, the minutes print both."),
        lead=_(
            "%(unit)s, total %(total)s. Line %(line)s, now: %(now)s. Units present: %(present)s."
        )
        % words,
        crumbs=crumbs(meeting),
    )  # fmt: skip


urls = [
    path("meetings/<int:pk>/adjust/", adjust_score, name="adjust_score"),
    path("meetings/<int:pk>/adjust/<int:card>/<int:criterion>/", adjust_line, name="adjust_line"),
]
