"""The papers that name heads and deputies: drafted, completed, issued, read."""

from datetime import date
from typing import Any

from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from blocks import clock
from blocks.files import content_type
from blocks.forms import HoldersForm, RecognitionForm, ScanForm
from blocks.models import Block, Office, Recognition, Term, members_on
from emulation import offices
from emulation.access import allow, fetch
from emulation.http import Request
from emulation.pages import PlainForm, confirm_page, form_page
from emulation.templatetags.ui import office
from emulation.uploads import answer_file


def crumbs(paper: Recognition | None = None) -> list[tuple[str, str]]:
    """The way to a paper's page."""
    way = [(_("Recognition papers"), reverse("list_recognitions"))]
    return [*way, (called(paper), paper.get_absolute_url())] if paper else way


def called(paper: Recognition) -> str:
    """What the paper is called in a list: its number, or that it is a draft."""
    return paper.reference or _("Draft %(year)s") % {"year": paper.year}


def papers_of(request: Request) -> Any:
    """The papers one sees, without the bytes of their scans."""
    return Recognition.objects.visible_to(request.user).listed().select_related("authority")


def draft_of(request: Request, pk: int) -> Recognition:
    """Return a paper that this person may change."""
    return fetch(request, papers_of(request), "blocks.recognise", pk=pk)


def list_recognitions(request: Request) -> HttpResponse:
    """List the papers that name heads and deputies, newest first."""
    papers = list(papers_of(request).prefetch_related("terms__block"))
    for paper in papers:
        paper.blocks = sorted({term.block.short_name for term in paper.terms.all()})
    context = {"papers": papers, "may_add": bool(request.user.authorities)}
    return render(request, "blocks/recognitions.html", context)


def add_recognition(request: Request) -> HttpResponse:
    """Draft a paper; what it still lacks may come later."""
    allow(request, "blocks.administer", next(iter(request.user.authorities), None))
    form = RecognitionForm(
        request.user,
        request.POST or None,
        files=request.FILES or None,
        instance=Recognition(year=clock.today().year),
        initial={"about": "về việc công nhận Khối trưởng, Khối phó các Khối, Cụm thi đua"},
    )
    return form_page(
        request,
        form,
        title=_("Draft a recognition paper"),
        then=form.instance.get_absolute_url,
        crumbs=crumbs(),
        back=reverse("list_recognitions"),
    )


def show_recognition(request: Request, pk: int) -> HttpResponse:
    """Show whom the paper names in which block, and while a draft what it lacks."""
    paper = fetch(request, papers_of(request), "blocks.view_recognition", pk=pk)
    context = {
        "paper": paper,
        "called": called(paper),
        "before": _("Recognised before") if paper.issued else _("In office now"),
        "lines": offices.lines_of(paper, request.user),
        "missing": offices.missing_of(paper),
        "may_change": request.user.has_perm("blocks.recognise", paper),
    }
    return render(request, "blocks/recognition.html", context)


def edit_recognition(request: Request, pk: int) -> HttpResponse:
    """Complete a draft; an issued paper only takes its scan."""
    paper = draft_of(request, pk)
    then, way = paper.get_absolute_url(), crumbs(paper)
    if paper.issued:
        scan = ScanForm(request.POST or None, files=request.FILES or None)
        title = _("Scan of %(paper)s") % {"paper": called(paper)}
        return form_page(
            request,
            scan,
            title=title,
            save=lambda: paper.attach(*scan.cleaned_data["file"]),
            then=then,
            crumbs=way,
        )
    title = _("Edit %(paper)s") % {"paper": called(paper)}
    form = RecognitionForm(
        request.user, request.POST or None, files=request.FILES or None, instance=paper
    )
    return form_page(request, form, title=title, then=then, crumbs=way)


def add_term(request: Request, pk: int, block_pk: int) -> HttpResponse:
    """Name a block's head and deputy; proposed are the elected, or the next in the rotation."""
    paper = draft_of(request, pk)
    blocks = Block.objects.visible_to(request.user).select_related("authority")
    block = fetch(request, blocks, "blocks.manage_block", pk=block_pk)
    since = paper.dated or clock.today()
    if since.year != paper.year:
        since = date(paper.year, 1, 1)
    proposed, why = offices.proposed(block, paper)
    form = HoldersForm(
        members_on(block, since),
        office(block, Office.HEAD),
        office(block, Office.DEPUTY),
        request.POST or None,
        initial={"since": since} | proposed,
    )
    return form_page(
        request,
        form,
        title=_("%(paper)s: name the offices of %(block)s")
        % {"paper": called(paper), "block": block.short_name},
        lead=why,
        save=lambda: paper.name_holders(
            block,
            {role: form.cleaned_data[role] for role in Office.values},
            form.cleaned_data["since"],
            form.cleaned_data["until"],
        ),
        then=paper.get_absolute_url(),
        crumbs=crumbs(paper),
    )


@require_POST
def remove_term(request: Request, pk: int) -> HttpResponse:
    """Take a name off a draft."""
    terms = Term.objects.filter(recognition__in=papers_of(request), recognised=False)
    term = fetch(request, terms.select_related("block__authority"), "blocks.manage_block", pk=pk)
    if PlainForm(request.POST).is_valid():
        term.delete()
    return redirect("show_recognition", term.recognition_id)


def issue_recognition(request: Request, pk: int) -> HttpResponse:
    """Ask, naming each block's old and new head, and let the paper count."""
    paper = draft_of(request, pk)
    then = _(
        "From then on the paper is not changed any more. An office without an end ends where the"
        " new one starts."
    )
    if seasons := offices.seasons_taking(paper):
        taking = _(
            "The year %(year)s that runs takes its head and deputy from it at once (%(blocks)s),"
            " also where the paper names a later day; what authorised a former deputy to act for"
            " the head ends."
        )
        blocks = ", ".join(season.block.short_name for season in seasons)
        then += " " + taking % {"year": paper.year, "blocks": blocks}
    lines = [line for line in offices.lines_of(paper, request.user) if line.named]
    return confirm_page(
        request,
        lambda: offices.issue(paper, request.user),
        template="blocks/issue.html",
        title=_("Issue %(paper)s") % {"paper": called(paper)},
        sentence=_("Do these units hold their offices from the days named?"),
        next=then,
        button=_("Issue the paper"),
        danger=False,
        then=paper.get_absolute_url(),
        said=_("The paper counts from now on."),
        warning=offices.named_otherwise(paper, lines),
        lines=lines,
        crumbs=crumbs(paper),
    )


def show_recognition_file(request: Request, pk: int) -> FileResponse:
    """Hand out the scan of the paper."""
    papers = Recognition.objects.visible_to(request.user).select_related("authority")
    paper = fetch(request, papers, "blocks.view_recognition", pk=pk)
    if not paper.file:
        raise Http404
    content = bytes(paper.file)
    return answer_file(content, content_type(content) or "", paper.file_name)


urls = [
    path("recognitions/", list_recognitions, name="list_recognitions"),
    path("recognitions/new/", add_recognition, name="add_recognition"),
    path("recognitions/<int:pk>/", show_recognition, name="show_recognition"),
    path("recognitions/<int:pk>/edit/", edit_recognition, name="edit_recognition"),
    path("recognitions/<int:pk>/blocks/<int:block_pk>/", add_term, name="add_term"),
    path("recognitions/<int:pk>/issue/", issue_recognition, name="issue_recognition"),
    path("recognitions/<int:pk>/file/", show_recognition_file, name="show_recognition_file"),
    path("terms/<int:pk>/remove/", remove_term, name="remove_term"),
]
