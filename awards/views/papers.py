"""Pages of papers: the list, one paper, its PDF, its number."""

import re
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import CharField, F, Q, QuerySet, Value
from django.db.models.functions import Coalesce
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from awards.models import MeetingPaper, MeetingState
from awards.papers.draft import recorded_otherwise
from awards.papers.outdated import board_anew, citing_behind, doubt_told
from awards.views.minutes import LABELS as IN_MINUTES
from awards.views.proposal import LABELS as IN_PROPOSAL
from blocks.dates import show_date
from blocks.files import content_type
from blocks.forms import ScanForm
from blocks.history import acting_as
from blocks.models import NUMBERED, Block, Paper, PaperKind, Recognition
from blocks.models.papers import NOT_DROPPED
from emulation.access import allow, fetch
from emulation.forms import Asking, DayField, Form, Guarded, in_turn
from emulation.http import Request, posted
from emulation.pages import confirm_page, form_page
from emulation.permissions import writer_of_paper
from emulation.printing import (
    answer_paper,
    download_name,
    own_kind,
    pdf_of,
    state_of,
    with_teams,
)
from scoring.models import SheetPaper
from scoring.phases import Missing
from scoring.views.papers import address_of

A_PAGE = 50
# What ``emulation.printing.state_of`` says to wait for signature and number.
AWAITED = Q(
    Q(kind__in=NUMBERED, number="") | Q(kind=PaperKind.NOMINEES, facts__numbered=""),
    final=True,
    of_former_team=False,
    signed_copy_sha256="",
) & ~Q(Q(replaced_by__final=True) | Q(meetingpaper__meeting__state=MeetingState.CANCELLED))
RECOGNITION = "recognition"


def papers_of(request: Request) -> QuerySet[Paper]:
    """The papers one may read, without their bytes."""
    user = request.user
    return Paper.objects.filter(
        Q(pk__in=MeetingPaper.objects.visible_to(user).values("pk"))
        | Q(pk__in=SheetPaper.objects.visible_to(user).values("pk"))
    ).defer("content", "signed_copy")


def shown(papers: QuerySet[Paper]) -> QuerySet[Paper]:
    """Fetch what a list or a page says of papers."""
    return with_teams(papers).select_related(
        "block__authority",
        "unit",
        "issuer",
        "finalised_by",
        "replaces",
        "replaced_by",
        "meetingpaper__meeting__season__head",
        "sheetpaper__card__season",
        "sheetpaper__card__unit",
        "sheetpaper__season__head",
    ).defer(
        "content", "signed_copy", "replaces__content", "replaces__signed_copy",
        "replaced_by__content", "replaced_by__signed_copy", "replaced_by__facts",
        "replaces__facts",
    ).prefetch_related("unit__names", "issuer__names")  # fmt: skip


class FilterForm(Form):
    """Which papers are listed."""

    year = forms.ChoiceField(label=gettext_lazy("Year"), required=False)
    block = forms.ChoiceField(label=gettext_lazy("Block, cluster"), required=False)
    kind = forms.ChoiceField(label=gettext_lazy("Kind of paper"), required=False)
    state = forms.ChoiceField(label=gettext_lazy("State"), required=False)

    def __init__(self, data: Any, years: list[int], blocks: QuerySet[Block]) -> None:
        super().__init__(data)
        every = [("", _("All"))]
        offered: dict[str, list[tuple[str, Any]]] = {
            "year": [(str(year), str(year)) for year in years],
            "block": [(str(b.pk), b.short_name) for b in blocks],
            "kind": [*PaperKind.choices, (RECOGNITION, _("Recognition paper"))],
            "state": [("draft", _("Draft")), ("waits", _("Awaiting signature, number"))],
        }
        for name, choices in offered.items():
            self.fields[name] = forms.ChoiceField(
                label=self.fields[name].label,
                required=False,
                choices=every + choices,
                widget=forms.Select(attrs={"class": "form-select"}),
            )

    def chosen(self, name: str) -> str:
        """What was chosen, or nothing."""
        return str(self.cleaned_data.get(name, "")) if self.is_valid() else ""

    def narrowed(self, papers: Any, block: str) -> Any:
        """Keep the papers of the chosen year and block; ``block`` is the way to it."""
        if year := self.chosen("year"):
            papers = papers.filter(year=year)
        if chosen := self.chosen("block"):
            papers = papers.filter(**{block: chosen})
        return papers


def list_papers(request: Request) -> HttpResponse:
    """List the papers of one's blocks, newest first, recognition papers among them."""
    papers, recognitions = papers_of(request), Recognition.objects.visible_to(request.user)
    years = {*papers.values_list("year", flat=True), *recognitions.values_list("year", flat=True)}
    blocks = Block.objects.visible_to(request.user)
    form = FilterForm(request.GET, sorted(years, reverse=True), blocks)
    papers = form.narrowed(papers, "block")
    recognitions = form.narrowed(recognitions, "terms__block").distinct()
    kind = form.chosen("kind")
    if kind == RECOGNITION:
        papers = papers.none()
    elif kind:
        papers, recognitions = papers.filter(kind=kind), recognitions.none()
    if state := form.chosen("state"):
        papers = with_teams(papers).filter(Q(final=False) if state == "draft" else AWAITED)
        recognitions = (
            recognitions.filter(issued=False) if state == "draft" else recognitions.none()
        )
    of_paper = papers.order_by().annotate(day=Coalesce("numbered_on", "dated"))
    of_recognition = recognitions.order_by().annotate(day=F("dated"))
    rows = of_paper.values_list("pk", "day", Value("paper", output_field=CharField())).union(
        of_recognition.values_list("pk", "day", Value(RECOGNITION, output_field=CharField())),
        all=True,
    )
    rows = rows.order_by("-day", "-pk")
    page = Paginator(rows, A_PAGE).get_page(request.GET.get("page"))
    query = request.GET.copy()
    query.pop("page", None)
    context = {
        "page": page,
        "lines": _lines(page.object_list),
        "form": form,
        "query": query.urlencode(),
        "filtered": any(form.chosen(name) for name in form.fields),
    }
    return render(request, "awards/papers.html", context)


def _lines(rows: Any) -> list[dict[str, Any]]:
    """What one page of the list says, fetched in one go for each of the two tables."""
    listed = list(rows)
    papers = shown(Paper.objects.filter(pk__in=[pk for pk, _on, of in listed if of == "paper"]))
    by_pk = {paper.pk: paper for paper in papers}
    issued = Recognition.objects.filter(pk__in=[pk for pk, _on, of in listed if of == RECOGNITION])
    recognised = {
        one.pk: one
        for one in issued.listed().select_related("authority").prefetch_related("terms__block")
    }
    return [
        _line(by_pk[pk]) if of == "paper" else _recognition_line(recognised[pk])
        for pk, _on, of in listed
    ]


def _line(paper: Paper) -> dict[str, Any]:
    colour, state = state_of(paper)
    return {
        "name": paper.title,
        "in_place_of": paper.replaces,
        "url": paper.get_absolute_url(),
        "kind": paper.get_kind_display(),
        "block": paper.block.short_name,
        "year": paper.year,
        "issuer": paper.issuer.short_name,
        "dated": paper.numbered_on or paper.dated,
        "colour": colour,
        "state": state,
        "pdf": reverse("paper_pdf", args=[paper.pk]) if is_printed(paper) else "",
    }


def _recognition_line(paper: Recognition) -> dict[str, Any]:
    blocks = sorted({term.block.short_name for term in paper.terms.all()})
    state = _("Draft")
    if paper.issued and paper.dated:
        state = _("Issued (%(reference)s, %(day)s)") % {
            "reference": paper.reference,
            "day": show_date(paper.dated),
        }
    return {
        "name": f"{paper.get_kind_display()} {paper}",
        "url": paper.get_absolute_url(),
        "kind": _("Recognition paper"),
        "block": ", ".join(blocks),
        "year": paper.year,
        "issuer": paper.authority.short_name,
        "dated": paper.dated,
        "colour": "green" if paper.issued else "grey",
        "state": state,
        "pdf": "",
    }


def fetch_paper(request: Request, pk: int) -> Paper:
    """Return a paper one may read."""
    return fetch(request, shown(papers_of(request)), "blocks.view_paper", pk=pk)


def paper_to_change(request: Request, perm: str, pk: int) -> Paper:
    """Return a paper one may read and do this with; what is done is written down to the person's
    seat at its issuer or above it, where there is one."""
    paper = fetch_paper(request, pk)
    allow(request, perm, paper)
    if request.method == "POST":
        user = request.user
        acting_as(user.seat_at(paper.issuer) or user.officer_seat(paper.block.authority))
    return paper


def show_paper(request: Request, pk: int) -> HttpResponse:
    """Show what a paper is, where its facts come from, its number; and what may be done now."""
    paper = fetch_paper(request, pk)
    colour, state = state_of(paper)
    own = own_kind(paper)
    issues = paper.final and request.user.has_perm("blocks.correct_paper", paper)
    context = {
        "paper": paper,
        "colour": colour,
        "state": state,
        "meeting": getattr(own, "meeting", None),
        "sheet": own if isinstance(own, SheetPaper) else None,
        "draft_at": written_at(request, paper),
        "written": [] if is_printed(paper) else _written(paper),
        "file": download_name(paper),
        "is_printed": is_printed(paper),
        "may_number": not paper.may_not_be_numbered
        and request.user.has_perm("blocks.number_paper", paper),
        "may_sign": not paper.may_not_be_signed
        and request.user.has_perm("blocks.sign_paper", paper),
        "may_correct": issues
        and not getattr(paper, "replaced_by", None)
        and not getattr(own, "may_not_be_corrected", ""),
        "doubt": doubt_told(own),
        "anew": board_anew(own) if issues else None,
        "behind": citing_behind(own),
        "doubles": paper.doubles(paper.number, paper.symbol, paper.numbered_on)
        if paper.number and paper.numbered_on
        else [],
    }
    return render(request, "awards/paper.html", context)


def _written(paper: Paper) -> list[tuple[str, str]]:
    """The texts of a draft that is not printed any more, each under its name."""
    labels = IN_MINUTES | IN_PROPOSAL
    return [(str(label), paper.words[n]) for n, label in labels.items() if paper.words.get(n)]


# The page on which a draft of a meeting's paper goes on.
WRITTEN = {
    PaperKind.MINUTES: "write_minutes",
    PaperKind.PROPOSAL: "write_proposal",
    PaperKind.NOMINEES: "print_nominees",
}


def written_at(request: Request, paper: Paper) -> str:
    """The page on which this person goes on with a draft; "" where there is none."""
    own = own_kind(paper)
    if paper.final or not writer_of_paper(request.user, paper):
        return ""
    if isinstance(own, SheetPaper):
        return "" if own.may_not_be_corrected else address_of(own)
    if paper.kind == PaperKind.BALLOTS:
        return reverse("print_ballots", args=[own.question_id])
    page = WRITTEN.get(PaperKind(paper.kind))
    return reverse(page, args=[own.meeting_id]) if page and not own.meeting.is_cancelled else ""


def is_printed(paper: Paper) -> bool:
    """Whether the paper has a PDF: the drafts of a cancelled meeting have none any more."""
    own = own_kind(paper)
    return paper.final or not (isinstance(own, MeetingPaper) and own.meeting.is_cancelled)


def paper_pdf(request: Request, pk: int) -> HttpResponse:
    """Answer the paper as it prints: the kept bytes of a final one, else a draft."""
    paper = fetch_paper(request, pk)
    if not is_printed(paper):
        raise PermissionDenied(_("The meeting was cancelled; its drafts are not printed any more."))
    return answer_paper(pdf_of(paper), paper.file_name, download_name(paper), final=paper.final)


class NumberForm(Asking, Guarded, Form):
    """The number that the issuing agency's register gave; a double is asked about before it."""

    number = forms.RegexField(
        r"^0*[1-9][0-9]*[A-Za-z]?$",
        label=gettext_lazy("Number"),
        max_length=20,
        strip=True,
        error_messages={"invalid": gettext_lazy("Enter the number alone, e.g. 12 or 12a.")},
    )
    symbol = forms.RegexField(
        r"^/?[\w.&-]+(/[\w.&-]+)*$",
        label=gettext_lazy("Symbol"),
        max_length=40,
        strip=True,
        required=False,
        error_messages={"invalid": gettext_lazy("Enter the symbol alone, e.g. BB-TTTT.")},
    )
    numbered_on = DayField(label=gettext_lazy("Date of the paper"), has_come=True)
    anyway = forms.BooleanField(
        label=gettext_lazy("The register gave this number all the same; note it."),
        required=False,
        widget=forms.HiddenInput,
    )

    def __init__(self, data: Any, paper: Paper) -> None:
        if data is not None:
            in_turn(paper, ("number", "symbol", "numbered_on"))
        symbol = paper.symbol or paper.facts.get("issuer", {}).get("symbol", "")
        first = {"number": paper.number, "symbol": symbol, "numbered_on": paper.numbered_on}
        super().__init__(data, initial=first)
        self.paper = paper
        self.watch()

    @property
    def said(self) -> tuple[Any, ...]:
        """Number, symbol and date; of what was refused nothing."""
        return tuple(self.cleaned_data.get(name) for name in ("number", "symbol", "numbered_on"))

    def clean_number(self) -> str:
        """Write a number below ten with its 0 (Decree 30/2020/NĐ-CP, Annex I)."""
        number: str = self.cleaned_data["number"].lstrip("0")
        return f"0{number}" if len(re.sub("[A-Za-z]", "", number)) == 1 else number

    def clean_symbol(self) -> str:
        """Take off what stands before the symbol in print: the stroke, the number."""
        symbol: str = self.cleaned_data["symbol"].removeprefix("/")
        return re.sub(r"^[0-9]+[A-Za-z]?/", "", symbol)

    def clean(self) -> None:
        """Name the papers that bear the number already, and ask once."""
        if self.errors:
            return
        others = [_known_by(other) for other in self.paper.doubles(*self.said)]
        sentence = _(
            "The number stands on another paper too: %(papers)s. Compare with the register."
        )
        self.ask([sentence % {"papers": "; ".join(others)}] if others else [])


def _known_by(paper: Paper) -> str:
    """A paper by its title, the day of its number, and whether another took its place."""
    day = show_date(paper.numbered_on) if paper.numbered_on else ""
    said = [day, _("replaced by another") if paper.is_replaced else ""]
    return f"{paper.title} ({', '.join(filter(None, said))})"


def paper_crumbs(paper: Paper) -> list[tuple[str, str]]:
    """The way to a paper's page."""
    return [(_("Papers"), reverse("list_papers")), (paper.title, paper.get_absolute_url())]


def number_paper(request: Request, pk: int) -> HttpResponse:
    """Note number and date of a final paper; a double is asked about, and told of afterwards."""
    paper = paper_to_change(request, "blocks.number_paper", pk)
    if request.method == "GET" and (why := paper.may_not_be_numbered):
        messages.info(request, why)
        return redirect(paper)
    form = NumberForm(posted(request), paper)
    return form_page(
        request,
        form,
        title=_("Number and date of the paper"),
        lead=paper.title,
        warning=_told_with_number(own_kind(paper)),
        then=paper.get_absolute_url(),
        save=lambda: own_kind(paper).give_number(*form.said),
        said=_("Number and date are noted."),
        crumbs=paper_crumbs(paper),
    )


def _told_with_number(paper: Any) -> str:
    """What is told where a number is noted: what is doubtful of the paper, and what cites it."""
    cites = _citing(paper, number=paper.reference) if paper.number else ""
    return " ".join(filter(None, [doubt_told(paper), cites]))


def sign_paper(request: Request, pk: int) -> HttpResponse:
    """Add the scan of the signed and sealed paper; only then it is said to be signed."""
    paper = paper_to_change(request, "blocks.sign_paper", pk)
    if request.method == "GET" and (why := paper.may_not_be_signed):
        messages.info(request, why)
        return redirect(paper)
    form = ScanForm(posted(request), files=request.FILES or None)
    return form_page(
        request,
        form,
        title=_("Scan of the signed paper"),
        lead=paper.title,
        warning=_("A signed copy is kept already; the new one takes its place.")
        if paper.is_signed
        else "",
        then=paper.get_absolute_url(),
        save=lambda: paper.sign(form.cleaned_data["file"][1]),
        also=(_("Remove the signed copy…"), reverse("unsign_paper", args=[pk]))
        if paper.is_signed
        else None,
        said=_("The signed copy is kept."),
        crumbs=paper_crumbs(paper),
    )


def unsign_paper(request: Request, pk: int) -> HttpResponse:
    """Keep no signed copy of a paper any more, where a wrong file was uploaded."""
    paper = paper_to_change(request, "blocks.sign_paper", pk)
    if request.method == "GET" and (paper.may_not_be_signed or not paper.is_signed):
        return redirect(paper)
    return confirm_page(
        request,
        paper.unsign,
        title=_("Remove the signed copy"),
        sentence=_("Remove the signed copy of “%(title)s”?") % {"title": paper.title},
        next=_("The paper is not said to be signed any more, until another scan is added."),
        button=_("Remove the signed copy"),
        then=paper.get_absolute_url(),
        said=_("The signed copy is removed."),
        crumbs=paper_crumbs(paper),
    )


def signed_paper(request: Request, pk: int) -> HttpResponse:
    """Answer the scan of the signed paper as it was uploaded."""
    paper = fetch_paper(request, pk)
    if not paper.is_signed:
        raise Http404
    content = bytes(paper.signed_copy or b"")
    kind = content_type(content) or ""
    ending = kind.rpartition("/")[2]
    plain, name = (
        name.removesuffix("pdf") + ending for name in (paper.file_name, said_name(paper))
    )
    return answer_paper(content, plain, name, final=True, kind=kind)


def said_name(paper: Paper) -> str:
    """The name under which the signed copy is downloaded."""
    return download_name(paper).replace(".pdf", " (bản đã ký).pdf")


def correct_paper(request: Request, pk: int) -> HttpResponse:
    """Begin the paper that takes a final one's place and names it, after asking for the reason."""
    paper = paper_to_change(request, "blocks.correct_paper", pk)
    if why := getattr(own_kind(paper), "may_not_be_corrected", ""):
        raise PermissionDenied(why)
    if request.method == "GET" and (why := paper.may_not_be_taken_over):
        messages.info(request, why)
        return redirect(paper)
    return confirm_page(
        request,
        lambda reason: own_kind(paper).correct(reason),
        title=_("Correct a final paper"),
        sentence=_("“%(title)s” stays as it is. Begin a new paper that takes its place?")
        % {"title": paper.title},
        next=_("The new one is a draft that names the old one; it counts once it is final."),
        button=_("Correct"),
        reason=True,
        warning=_citing(own_kind(paper)),
        then=lambda: address_of_draft(request, paper),
        back=paper.get_absolute_url(),
        said=_("The correcting paper is begun as a draft."),
        crumbs=paper_crumbs(paper),
    )


def _citing(paper: Paper, number: str = "") -> str:
    """Name the final papers that cite this one, to be corrected after it, or nothing.

    With a ``number`` those that cite this one by it.
    """
    if not paper.final or not isinstance(paper, MeetingPaper):
        return ""
    said = _("“%(paper)s” cites this paper; correct it too, afterwards.")
    citing = MeetingPaper.objects.citing(paper, number)
    return " ".join(said % {"paper": each.title} for each in citing)


def drop_correction(request: Request, pk: int) -> HttpResponse:
    """Drop the draft of a correction that was begun by mistake: the final paper stays in force."""
    paper = paper_to_change(request, "blocks.correct_paper", pk)
    if request.method == "GET" and not paper.is_correction:
        messages.info(request, NOT_DROPPED)
        return redirect(paper)
    own = own_kind(paper)
    next_then = _(
        "The final paper stays in force. What was written in the draft is kept in history only."
    )
    why = ""
    if isinstance(own, SheetPaper):
        next_then += " " + _("What was mended meanwhile on the sheets stays mended.")
    elif paper.is_correction:
        why = recorded_otherwise(own)
    return confirm_page(
        request,
        own.drop,
        missing=[Missing(why, own.meeting.get_absolute_url())] if why else [],
        title=_("Drop the correction"),
        sentence=_("Drop the draft that corrects “%(title)s”?") % {"title": paper.title},
        next=next_then,
        button=_("Drop the correction"),
        then=(paper.replaces or paper).get_absolute_url(),
        back=paper.get_absolute_url(),
        said=_("The correction is dropped; the final paper stays in force."),
        crumbs=paper_crumbs(paper),
    )


def address_of_draft(request: Request, paper: Paper) -> str:
    """Where the paper that corrects this one is written, else its page."""
    draft = shown(Paper.objects.filter(replaces=paper)).get()
    return written_at(request, draft) or draft.get_absolute_url()


urls = [
    path("papers/", list_papers, name="list_papers"),
    path("papers/<int:pk>/", show_paper, name="show_paper"),
    path("papers/<int:pk>/pdf/", paper_pdf, name="paper_pdf"),
    path("papers/<int:pk>/number/", number_paper, name="number_paper"),
    path("papers/<int:pk>/sign/", sign_paper, name="sign_paper"),
    path("papers/<int:pk>/signed/", signed_paper, name="signed_paper"),
    path("papers/<int:pk>/signed/remove/", unsign_paper, name="unsign_paper"),
    path("papers/<int:pk>/correct/", correct_paper, name="correct_paper"),
    path("papers/<int:pk>/drop/", drop_correction, name="drop_correction"),
]
