"""The proposal to the authority and its list of nominees, once the minutes are final."""

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from awards.models import Meeting, MeetingPaper
from awards.needs import board_not_final
from awards.papers import nominees_facts, nominees_of, proposal_facts, proposal_of
from awards.papers.draft import last_paper
from awards.papers.proposal import cites, cites_otherwise, first_words
from awards.views.meeting import crumbs, fetch_meeting
from awards.views.minutes import preview
from blocks.dates import show_date
from blocks.models import PaperKind
from emulation.http import Request
from emulation.pages import confirm_page
from emulation.printing import NAMES, finalise, page_of
from emulation.templatetags.ui import office
from emulation.words import unwritten, words_page
from scoring.phases import Missing

LABELS = {
    "to": gettext_lazy("Addressed to"),
    "bases": gettext_lazy("Legal bases, one a line"),
    "process": gettext_lazy("More on how it came about"),
    "request": gettext_lazy("What is asked of the authority"),
    "dossier": gettext_lazy("What the dossier holds, one a line"),
    "recipients": gettext_lazy("Recipients, one a line"),
}


def _meeting(request: Request, pk: int, perm: str) -> Meeting:
    """Return a closed meeting whose results are proposed."""
    meeting = fetch_meeting(request, perm, pk=pk)
    if not meeting.is_closed:
        raise PermissionDenied(_("The proposal is written once the meeting is closed."))
    return meeting


def minutes_are_final(meeting: Meeting) -> bool:
    """Whether the minutes the proposal rests on are final."""
    return MeetingPaper.objects.filter(meeting=meeting, kind=PaperKind.MINUTES, final=True).exists()


def _principal(meeting: Meeting) -> str:
    """Who finalises what goes to the authority."""
    return _("the principal of the %(office)s") % {"office": office(meeting.season.block, "head")}


def _first(meeting: Meeting) -> dict[str, str]:
    return first_words(meeting, meeting.papers.cited(PaperKind.MINUTES))


def write_proposal(request: Request, pk: int) -> HttpResponse:
    """Write the proposal's words beside its facts: bases, request, dossier, recipients."""
    meeting = _meeting(request, pk, "awards.write_proposal")
    paper = last_paper(meeting, PaperKind.PROPOSAL)
    if paper and paper.final:
        return redirect(paper)
    facts = proposal_facts(meeting)
    final = minutes_are_final(meeting)
    may = request.user.has_perm("awards.finalise_proposal", meeting)
    note = "" if final else _("The minutes of the meeting are not final.")
    if final and not may:
        principal = {"principal": _principal(meeting)}
        note = _("Save the words; %(principal)s finalises the proposal.") % principal
    return words_page(
        request,
        LABELS,
        paper.words if paper else _first(meeting),
        lambda said, seen: proposal_of(meeting).write(said, seen),
        kind=PaperKind.PROPOSAL,
        facts=paper.stated(facts) if paper else facts,
        then=reverse("write_proposal", args=[pk]),
        title=NAMES[PaperKind.PROPOSAL],
        owner=meeting.season.block.short_name,
        season=meeting.season,
        note=note,
        pdf=reverse("preview_proposal", args=[pk]),
        finalise=reverse("finalise_proposal", args=[pk]) if final and may else "",
        replaced=paper.replaces if paper else None,
        why=paper.words.get("correction", "") if paper else "",
        crumbs=crumbs(meeting),
    )


def preview_proposal(request: Request, pk: int) -> HttpResponse:
    """Answer the proposal as a draft in PDF."""
    meeting = _meeting(request, pk, "awards.write_proposal")
    return preview(meeting, PaperKind.PROPOSAL, proposal_facts(meeting), _first(meeting))


def finalise_proposal(request: Request, pk: int) -> HttpResponse:
    """Fix the proposal, by the head's principal."""
    meeting = _meeting(request, pk, "awards.finalise_proposal")
    sentence = _("Finalise the proposal? It is printed without a watermark and never changed.")
    what_then = _("Afterwards print it, have it signed and sealed, and note its number and date.")
    return _finalise(
        request,
        meeting,
        proposal_of,
        sentence,
        what_then,
        back="write_proposal",
        left_open=_left_open(meeting),
    )


def _left_open(meeting: Meeting) -> list[Missing]:
    """What the proposal prints empty, and what it cites and is not done."""
    proposal = last_paper(meeting, PaperKind.PROPOSAL)
    words = proposal.words if proposal else _first(meeting)
    wanted = [name for name in LABELS if name != "process"]
    empty = unwritten(LABELS, words, wanted, reverse("write_proposal", args=[meeting.pk]))
    return empty + _not_cited(meeting, words) + board_not_final(meeting)


def _not_cited(meeting: Meeting, words: Mapping[str, str]) -> list[Missing]:
    """What these words cite and is not done: the number of the minutes."""
    minutes = meeting.papers.cited(PaperKind.MINUTES)
    if minutes and not minutes.reference:
        if cites_otherwise(words.get("bases", ""), minutes):
            foreign = _(
                "The legal bases name minutes by a number; the minutes of this meeting have none"
                " yet."
            )
            return [Missing(foreign, reverse("write_proposal", args=[meeting.pk]))]
        unnumbered = _("The minutes have no number yet; the proposal cites them without one.")
        return [Missing(unnumbered, minutes.get_absolute_url())]
    if minutes and not cites(words.get("bases", ""), minutes):
        uncited = _(
            "The legal bases do not cite the minutes with their number and date: %(which)s."
        )
        which = f"{minutes.reference}, {show_date(minutes.numbered_on or minutes.dated)}"
        return [Missing(uncited % {"which": which}, reverse("write_proposal", args=[meeting.pk]))]
    return []


def print_nominees(request: Request, pk: int) -> HttpResponse:
    """Show the list of nominees as it prints; offer to issue it once the minutes are final."""
    meeting = _meeting(request, pk, "awards.write_proposal")
    paper = last_paper(meeting, PaperKind.NOMINEES)
    issued = paper if paper and paper.final else None
    facts: Any = issued.facts if issued else nominees_facts(meeting)
    may = request.user.has_perm("awards.finalise_proposal", meeting)
    ready = minutes_are_final(meeting)
    context = {
        "title": NAMES[PaperKind.NOMINEES],
        "owner": meeting.season.block.short_name,
        "crumbs": crumbs(meeting),
        "issued": issued,
        "replaced": paper.replaces if paper and not issued else None,
        "sent": True,
        "page": page_of(
            PaperKind.NOMINEES,
            paper.stated(facts) if paper and not issued else facts,
            paper.words if paper else {},
        ),
        "pdf": reverse("nominees_pdf", args=[pk]),
        "issue": reverse("issue_nominees", args=[pk]) if may and ready and not issued else "",
        "issuer": _principal(meeting),
    }
    return render(request, "scoring/print.html", context)


def nominees_pdf(request: Request, pk: int) -> HttpResponse:
    """Answer the list of nominees in PDF: the final one, or a draft."""
    meeting = _meeting(request, pk, "awards.write_proposal")
    return preview(meeting, PaperKind.NOMINEES, nominees_facts(meeting))


def issue_nominees(request: Request, pk: int) -> HttpResponse:
    """Fix the list of nominees, by the head's principal."""
    meeting = _meeting(request, pk, "awards.finalise_proposal")
    sentence = _("Finalise the list of nominees? It is kept as it is now and never changed.")
    what_then = _(
        "Print it, have it signed and sealed; it goes with the proposal, under its number."
    )
    unnumbered = _("The proposal has no number yet; the list leaves its number and date blank.")
    url = reverse("write_proposal", args=[meeting.pk])
    proposal = meeting.papers.cited(PaperKind.PROPOSAL)
    return _finalise(
        request,
        meeting,
        nominees_of,
        sentence,
        what_then,
        back="print_nominees",
        left_open=[] if proposal and proposal.reference else [Missing(unnumbered, url)],
    )


def _finalise(  # noqa: PLR0913 -- each is one word of the page
    request: Request,
    meeting: Meeting,
    paper_of: Any,
    sentence: str,
    what_then: str,
    *,
    back: str,
    left_open: list[Missing],
) -> HttpResponse:
    return confirm_page(
        request,
        lambda: _fix(request, meeting, paper_of),
        title=_("Finalise the paper"),
        sentence=sentence,
        button=_("Finalise the paper"),
        then=lambda: paper_of(meeting).get_absolute_url(),
        back=reverse(back, args=[meeting.pk]),
        next=what_then,
        left_open=left_open,
        said=_("The paper is final."),
        crumbs=crumbs(meeting),
    )


def _fix(request: Request, meeting: Meeting, paper_of: Any) -> None:
    if not minutes_are_final(meeting):
        raise ValidationError(_("The minutes of the meeting are not final."))
    finalise(paper_of(meeting), request.user)


urls = [
    path("meetings/<int:pk>/proposal/", write_proposal, name="write_proposal"),
    path("meetings/<int:pk>/proposal/draft/", preview_proposal, name="preview_proposal"),
    path("meetings/<int:pk>/proposal/finalise/", finalise_proposal, name="finalise_proposal"),
    path("meetings/<int:pk>/nominees/", print_nominees, name="print_nominees"),
    path("meetings/<int:pk>/nominees/pdf/", nominees_pdf, name="nominees_pdf"),
    path("meetings/<int:pk>/nominees/issue/", issue_nominees, name="issue_nominees"),
]
