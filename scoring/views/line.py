"""A line of a sheet by itself: what backs it, what its unit explains, what is answered."""

from datetime import datetime
from urllib.parse import urlencode

from crispy_forms.layout import Column as LayoutColumn
from crispy_forms.layout import Layout, Row
from django import forms
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path, reverse
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from blocks.files import ATTACHMENTS
from blocks.storage import together
from emulation.access import allow, fetch
from emulation.forms import DayField, Form
from emulation.http import Request, posted
from emulation.pages import confirm_page, form_page
from emulation.uploads import UploadField, UploadsField, answer_file
from scoring.answers import kept_on
from scoring.board import may_hear, may_read, own_columns
from scoring.card_sheet import CardSheet
from scoring.forms import ValueForm
from scoring.models import Agreement, Criterion, Evidence, EvidenceNeed, Explanation, Scorecard
from scoring.models.explanation import explaining_seat, refuse_unless_settling
from scoring.phases import Column
from scoring.views.sheet import card_of


class EvidenceForm(Form):
    """Files, or the paper that was seen."""

    file = UploadsField(
        label=gettext_lazy("Files"),
        kinds=ATTACHMENTS,
        required=False,
        help_text=gettext_lazy(
            "Several may be chosen at once: PDF, JPEG, PNG, XLSX or DOCX, each at most 20 MB."
            " Instead of a file one may name the paper that was seen: number, date, subject; beside"
            " files these hold for each of them."
        ),
    )
    number = forms.CharField(
        label=gettext_lazy("Number of the paper"), max_length=20, required=False
    )
    symbol = forms.CharField(label=gettext_lazy("Symbol"), max_length=40, required=False)
    dated = DayField(label=gettext_lazy("Dated"), has_come=True, required=False)
    subject = forms.CharField(
        label=gettext_lazy("What it is about"), max_length=300, required=False
    )
    original_seen = forms.BooleanField(
        label=gettext_lazy("Compared with the original"), required=False
    )

    layout = Layout(
        "file",
        Row(LayoutColumn("number"), LayoutColumn("symbol"), LayoutColumn("dated")),
        "subject",
        "original_seen",
    )


class ExplanationForm(Form):
    """What a unit says to a finding, and a file that backs it."""

    text = forms.CharField(
        label=gettext_lazy("Explanation"), max_length=4000, widget=forms.Textarea({"rows": 6})
    )
    file = UploadField(label=gettext_lazy("File"), kinds=ATTACHMENTS, required=False)


def line_of(card: Scorecard, pk: int) -> Criterion:
    """Return a line of the card's scale that takes something from somebody, or 404."""
    return get_object_or_404(Criterion.objects.fillable(), scale=card.season.scale_id, pk=pk)


def address(card: Scorecard, criterion: Criterion) -> str:
    """Return the address of a line's page."""
    return reverse("show_line", args=[card.pk, criterion.pk])


def codes_of(lines: list[Criterion]) -> str:
    """Name lines by their codes."""
    return ", ".join(line.code for line in lines)


def crumbs(sheet: CardSheet) -> list[tuple[str, str]]:
    """Return where a page of a line stands."""
    return [*sheet.crumbs[:1], (sheet.title, sheet.address)]


def show_line(request: Request, pk: int, criterion: int) -> HttpResponse:
    """Show what backs a line and what was explained, with what the reader may do about it."""
    card = card_of(request, pk)
    sheet = CardSheet(card, request.user)
    line = line_of(card, criterion)
    # What was said on the line of this code before the scale scored it otherwise is read here too.
    backs = {"criterion__code": line.code, "column__in": sheet.backed_columns, "explanation": None}
    evidence = card.evidence.filter(**backs)
    settles = Column.FINAL in sheet.readable
    explanations = sheet.explanations if settles else kept_on(card, request.user)
    context = {
        "sheet": sheet,
        "line": line,
        "crumbs": crumbs(sheet),
        "evidence": evidence.select_related("seat__person", "seat__unit"),
        "explanations": [told for told in explanations if told.criterion.code == line.code],
        "unread": not settles,
        "is_required": line.evidence == EvidenceNeed.REQUIRED,
        "may_add": sheet.is_open and line.pk in sheet.asked,
        "may_explain": sheet.may_explain,
        "may_not": card.may_not_explain(line) if sheet.may_explain else "",
        "changed_unasked": sheet.may_explain and card.changed_unasked(line),
        "shown": sheet.by_criterion[line.pk],
        "may_answer": sheet.may_answer,
    }
    return render(request, "scoring/line.html", context)


def add_evidence(request: Request, pk: int, criterion: int) -> HttpResponse:
    """Attach files to a line, or name the paper that was seen."""
    card = card_of(request, pk)
    sheet, line = CardSheet(card, request.user), line_of(card, criterion)
    sheet.refuse_unless_open()
    form = EvidenceForm(posted(request), request.FILES or None)
    there = [str(each) for each in card.evidence.filter(criterion=line, column=sheet.column)]

    @together()
    @transaction.atomic
    def attach() -> None:
        words = dict(form.cleaned_data)
        for file in words.pop("file") or [None]:
            Evidence.attach(card, request.user, sheet.column, line, file=file, **words)

    return form_page(
        request,
        form,
        title=_("Evidence of %(code)s") % {"code": line.code},
        save=attach,
        then=address(card, line),
        button=_("Attach"),
        said=_("Attached."),
        lead=f"{line.code} {line.name}",
        there=there,
        crumbs=crumbs(sheet),
    )


def evidence_of(request: Request, pk: int) -> Evidence:
    """Return a piece of evidence of a column that the reader reads."""
    cards = Scorecard.objects.visible_to(request.user)
    found = Evidence.objects.filter(card__in=cards).select_related("card__season", "criterion")
    evidence = get_object_or_404(found, pk=pk)
    evidence.card = fetch(request, cards.for_sheet(), "scoring.view_card", pk=evidence.card_id)
    column = Column(evidence.column)
    own = column in own_columns(request.user, evidence.card)
    reads = own or may_read(request.user, evidence.card, column)
    if not reads and not (evidence.explanation_id and may_hear(request.user, evidence.card)):
        raise PermissionDenied(_("This column is not open to you yet."))
    return evidence


def show_evidence(request: Request, pk: int) -> FileResponse:
    """Hand out the file to whoever reads its column."""
    evidence = evidence_of(request, pk)
    if not evidence.file:
        raise Http404
    return answer_file(evidence.file.open(), evidence.kind, evidence.file_name)


def remove_evidence(request: Request, pk: int) -> HttpResponse:
    """Take a piece of evidence away, after asking."""
    evidence = evidence_of(request, pk)
    return confirm_page(
        request,
        lambda: evidence.remove(request.user),
        title=_("Remove the evidence"),
        sentence=_("Remove “%(what)s”?") % {"what": evidence},
        button=_("Remove"),
        then=address(evidence.card, evidence.criterion),
        said=_("Removed."),
    )


def explain_line(request: Request, pk: int, criterion: int) -> HttpResponse:
    """Dispute what was found on a line."""
    card = card_of(request, pk)
    sheet, line = CardSheet(card, request.user), line_of(card, criterion)
    explaining_seat(card, request.user)
    if request.method == "GET":
        refuse_unless_settling(card)
        if reason := card.may_not_explain(line):
            raise ValidationError(reason)
    form = ExplanationForm(posted(request), request.FILES or None)
    return form_page(
        request,
        form,
        title=_("Explain %(code)s") % {"code": line.code},
        save=lambda: Explanation.put(card, request.user, line, **form.cleaned_data),
        then=address(card, line),
        button=_("Send the explanation"),
        said=_("The explanation was sent; whoever settles the sheet answers it."),
        lead=f"{line.code} {line.name}",
        crumbs=crumbs(sheet),
        multipart=True,
        template="scoring/explain.html",
        shown=sheet.by_criterion[line.pk],
        places=sheet.places,
    )


def take_explanation_back(request: Request, pk: int) -> HttpResponse:
    """Take back what was explained while it is not answered, after asking."""
    explanation = explanation_of(request, pk)
    card, line = explanation.card, explanation.criterion
    explaining_seat(card, request.user)
    if request.method == "GET":
        refuse_unless_settling(card)
        explanation.refuse_unless_waiting()
    return confirm_page(
        request,
        lambda: explanation.take_back(request.user),
        title=_("Take back the explanation of %(code)s") % {"code": line.code},
        sentence=_("Take back “%(text)s”? What was attached to it is removed too.")
        % {"text": explanation.text},
        next=_("The line may be explained anew until the last day of the window, not after it."),
        button=_("Take back"),
        then=address(card, line),
        said=_("Taken back."),
        crumbs=crumbs(CardSheet(card, request.user)),
    )


def explanation_of(request: Request, pk: int) -> Explanation:
    """Return an explanation on a card one sees, with its card as sheets need it; 404 where the
    scale lost its line."""
    cards = Scorecard.objects.visible_to(request.user)
    found = Explanation.objects.filter(card__in=cards)
    explanation = get_object_or_404(found, pk=pk)
    explanation.card = card_of(request, explanation.card_id)
    explanation.criterion = line_of(explanation.card, explanation.criterion_id)
    return explanation


def answer_explanation(request: Request, pk: int) -> HttpResponse:
    """Answer an explanation with value and reason, as whoever settles the sheet."""
    explanation = explanation_of(request, pk)
    card = explanation.card
    sheet = CardSheet(card, request.user, Column.FINAL)
    line = explanation.criterion
    if request.method == "GET" or sheet.seat is None:
        sheet.refuse_unless_open()
        explanation.refuse_unless_waiting()
    cells = sheet.by_criterion[line.pk].value_cells
    form = ValueForm(posted(request), cells=cells)
    form.fields["reason"].label = _("Answer, with the reason")
    return form_page(
        request,
        form,
        title=_("Answer the explanation of %(code)s") % {"code": line.code},
        save=lambda: explanation.reply(request.user, form.cleaned_data["reason"], form.said),
        then=address(card, line),
        button=_("Send the answer"),
        said=_("Answered."),
        template="scoring/explain.html",
        shown=sheet.by_criterion[line.pk],
        places=sheet.places,
        explanation=explanation,
        crumbs=crumbs(sheet),
    )


def agree_findings(request: Request, pk: int) -> HttpResponse:
    """Agree at once to what was found on the unit's card, after asking."""
    card = card_of(request, pk)
    allow(request, "scoring.agree_findings", card)
    if request.method == "GET":
        refuse_unless_settling(card)
        if reason := card.may_not_agree:
            raise ValidationError(reason)
    sentence = _("Does %(unit)s agree to all that was found on its score sheet?")
    if card.disputed:
        sentence = _("Does %(unit)s agree to the rest of what was found?")
    if card.unanswered:
        sentence = _(
            "Does %(unit)s agree to the rest of what was found? What it explained is not given up:"
            " each explanation is answered."
        )
    after = _(
        "After that no line is explained any more, unless whoever settles the sheet changes it."
    )
    if card.changes:
        after = _(
            "After that no line is explained any more, unless whoever settles the sheet changes it"
            " or it has changed already: %(lines)s."
        )
    return confirm_page(
        request,
        lambda: Agreement.give(card, request.user),
        title=_("Agree to the findings"),
        sentence=sentence % {"unit": card.unit},
        next=after % {"lines": codes_of(card.changes)},
        button=_("Agree to the findings"),
        then=card.get_absolute_url(),
        danger=False,
        said=_("The agreement is recorded."),
        crumbs=crumbs(CardSheet(card, request.user)),
    )


def _moment(text: str) -> datetime | None:
    try:
        return parse_datetime(text)
    except ValueError:
        return None


def agree_changes(request: Request, pk: int) -> HttpResponse:
    """Agree to what was changed unasked on the unit's card, after asking.

    The address carries the last change that was seen: one made since is not agreed to unread.
    """
    card = card_of(request, pk)
    allow(request, "scoring.agree_findings", card)
    if request.method == "GET":
        refuse_unless_settling(card)
    reason = card.may_not_agree_to_changes
    seen = _moment(request.GET.get("seen", ""))
    if request.method != "POST" and (last := card.last_change) != seen:
        return redirect(f"{request.path}?{urlencode({'seen': last.isoformat() if last else ''})}")
    words = {"unit": card.unit, "lines": codes_of(card.changes)}
    sheet = CardSheet(card, request.user)
    last_told = {told.criterion: told for told in sheet.explanations}
    return confirm_page(
        request,
        lambda: Agreement.give(card, request.user, with_changes=True, seen=seen),
        title=_("Agree to the changes"),
        sentence=_(
            "Does %(unit)s agree to what changed after the finding or after the answer: %(lines)s?"
        )
        % words,
        next=_(
            "After that it is not explained any more, unless whoever settles the sheet changes it"
            " once more."
        ),
        missing=[{"sentence": reason, "url": card.get_absolute_url()}] if reason else [],
        button=_("Agree to the changes"),
        then=card.get_absolute_url(),
        danger=False,
        said=_("The agreement is recorded."),
        crumbs=crumbs(sheet),
        template="scoring/agree.html",
        changed=[last_told[line] for line in card.changes if line in last_told],
        places=sheet.places,
    )


urls = [
    path("cards/<int:pk>/lines/<int:criterion>/", show_line, name="show_line"),
    path("cards/<int:pk>/lines/<int:criterion>/evidence/", add_evidence, name="add_evidence"),
    path("cards/<int:pk>/lines/<int:criterion>/explain/", explain_line, name="explain_line"),
    path("cards/<int:pk>/agree/", agree_findings, name="agree_findings"),
    path("cards/<int:pk>/agree/changes/", agree_changes, name="agree_changes"),
    path("evidence/<int:pk>/", show_evidence, name="show_evidence"),
    path("evidence/<int:pk>/remove/", remove_evidence, name="remove_evidence"),
    path("explanations/<int:pk>/answer/", answer_explanation, name="answer_explanation"),
    path("explanations/<int:pk>/take-back/", take_explanation_back, name="take_explanation_back"),
]
