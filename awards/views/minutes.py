"""The minutes as they are written: the secretary's words beside the facts; then fixed, once."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from awards.models import Meeting, MeetingPaper
from awards.needs import outdated, results_not_noted
from awards.papers import count_facts, count_of, minutes_facts, minutes_of
from awards.papers.draft import last_paper, write_words
from awards.views.meeting import crumbs as meeting_crumbs
from awards.views.meeting import fetch_meeting
from blocks.models import PaperKind
from emulation.http import Request
from emulation.pages import confirm_page
from emulation.printing import NAMES, answer_paper, draft_pdf, finalise
from emulation.words import unwritten, words_page
from scoring.needs import ranking_is_fixed
from scoring.phases import Missing

LABELS = {
    "opening": gettext_lazy("Opening"),
    "discussion": gettext_lazy("Discussion"),
    "reservations": gettext_lazy("Opinions kept in the minutes"),
    "closing": gettext_lazy("Conclusion"),
}
NOTHING_COUNTED = gettext_lazy("No vote was counted at this meeting; it has no count minutes.")


def write_minutes(request: Request, pk: int) -> HttpResponse:
    """Write the minutes' words beside the facts, which stand as they are recorded."""
    meeting = fetch_meeting(request, "awards.write_minutes", pk=pk)
    if meeting.is_cancelled:
        raise PermissionDenied(_("The meeting was cancelled; its minutes are not written."))
    paper = last_paper(meeting, PaperKind.MINUTES)
    if paper and paper.final:
        return redirect(paper)
    facts = minutes_facts(meeting)
    return words_page(
        request,
        LABELS,
        paper.words if paper else {},
        lambda said, seen: write_words(meeting, said, seen),
        kind=PaperKind.MINUTES,
        facts=paper.stated(facts) if paper else facts,
        then=reverse("write_minutes", args=[meeting.pk]),
        template="awards/minutes.html",
        meeting=meeting,
        season=meeting.season,
        unfixed="" if meeting.season.current_ranking else meeting.season.unfixed,
        replaced=paper.replaces if paper else None,
        why=paper.words.get("correction", "") if paper else "",
        earlier=_written_before(request, meeting),
        count=last_paper(meeting, PaperKind.COUNT),
        has_counted=meeting.has_counted,
        may_finalise=meeting.is_closed
        and request.user.has_perm("awards.finalise_minutes", meeting),
        crumbs=meeting_crumbs(meeting),
    )


def _written_before(request: Request, meeting: Meeting) -> MeetingPaper | None:
    """Return the minutes of the cancelled meeting in whose place this one is, if one reads them."""
    if not meeting.replaces_id:
        return None
    readable = MeetingPaper.objects.visible_to(request.user).filter(meeting=meeting.replaces_id)
    return readable.cited(PaperKind.MINUTES)


def preview_minutes(request: Request, pk: int) -> HttpResponse:
    """Answer the minutes as a draft in PDF: the facts as they are now, the words as saved."""
    meeting = fetch_meeting(request, "awards.write_minutes", pk=pk)
    return preview(meeting, PaperKind.MINUTES, minutes_facts(meeting))


def preview_count(request: Request, pk: int) -> HttpResponse:
    """Answer the count minutes as a draft in PDF, where there is something to say."""
    meeting = fetch_meeting(request, "awards.write_minutes", pk=pk)
    if not (meeting.is_cancelled or meeting.has_counted):
        if meeting.is_closed:
            raise PermissionDenied(NOTHING_COUNTED)
        messages.info(request, _("No vote was counted yet; count minutes would be empty."))
        return redirect(meeting)
    return preview(meeting, PaperKind.COUNT, count_facts(meeting))


def preview(meeting: Meeting, kind: PaperKind, facts: Any, words: Any = None) -> HttpResponse:
    """Answer the final paper, or a draft in PDF; ``words`` are those a paper begins with.

    Raises PermissionDenied where the meeting was cancelled: it has no drafts.
    """
    paper = last_paper(meeting, kind)
    if paper and paper.final:
        return redirect("paper_pdf", paper.pk)
    if meeting.is_cancelled:
        raise PermissionDenied(_("The meeting was cancelled; its minutes are not written."))
    words = paper.words if paper else words or {}
    facts = paper.stated(facts) if paper else facts
    content = draft_pdf(kind, facts, words, f"{NAMES[kind]} {meeting.season}")
    plain = f"{kind}-{meeting.season.block.code.lower()}-{meeting.season.year}-du-thao.pdf"
    name = (
        f"{NAMES[kind]} – {meeting.season.block.short_name} – {meeting.season.year} (dự thảo).pdf"
    )
    return answer_paper(content, plain, name.replace("/", "-"), final=False)


def finalise_minutes(request: Request, pk: int) -> HttpResponse:
    """Fix the minutes of a closed meeting, once; what the secretary has not written is told."""
    meeting = fetch_meeting(request, "awards.finalise_minutes", pk=pk)
    return _finalise(
        request,
        meeting,
        minutes_of,
        left_open=_unwritten,
        title=_("Finalise the minutes"),
        sentence=_(
            "Finalise these minutes? They are printed without a watermark and never changed again."
        ),
        said=_("The minutes of the meeting are final."),
    )


def finalise_count(request: Request, pk: int) -> HttpResponse:
    """Fix the count minutes of a closed meeting, once."""
    meeting = fetch_meeting(request, "awards.finalise_minutes", pk=pk)
    if meeting.is_over and not meeting.has_counted:
        raise PermissionDenied(NOTHING_COUNTED)
    return _finalise(
        request,
        meeting,
        count_of,
        left_open=_uncounted,
        title=_("Finalise the count minutes"),
        sentence=_("Finalise the count minutes? They are never changed again."),
        said=_("The count minutes are final."),
    )


def _unwritten(meeting: Meeting) -> list[Missing]:
    """What the minutes print empty: parts that nobody has written, results of common targets; that
    the chair is of a unit that is not head any more, that the ranking is not in force, and that the
    count minutes, final already, say something else."""
    paper = last_paper(meeting, PaperKind.MINUTES)
    wanted = ("opening", "discussion", "closing")  # opinions are kept only where somebody has one
    empty = unwritten(LABELS, paper.words if paper else {}, wanted)
    season = meeting.season
    said = meeting.chair_of_former_head
    chair = [Missing(said, meeting.get_absolute_url())] if said else []
    told = empty + chair + ranking_is_fixed(season) + results_not_noted(season)
    return told + outdated([meeting], PaperKind.COUNT)


def _uncounted(meeting: Meeting) -> list[Missing]:
    """What the counting committee that signs lacks, and where that is mended."""
    mends = meeting.may_be_mended
    if meeting.counters.exists():
        desk = f"{meeting.get_absolute_url()}#committee" if mends else ""
        return [Missing(lack, desk) for lack in meeting.committee_lacks]
    url = reverse("add_counter", args=[meeting.pk]) if mends else ""
    return [Missing(_("Nobody is named on the counting committee that signs the minutes."), url)]


def _finalise(
    request: Request,
    meeting: Meeting,
    paper_of: Any,
    *,
    title: str,
    left_open: Callable[[Meeting], list[Missing]],
    **words: Any,
) -> HttpResponse:
    if request.method == "GET":
        _refuse_unless_closed(meeting)
    return confirm_page(
        request,
        lambda: _fix(request, meeting, paper_of),
        title=title,
        button=title,
        then=lambda: paper_of(meeting).get_absolute_url(),
        back=meeting.get_absolute_url(),
        next=_("Afterwards print it, have it signed and sealed, and note its number and date."),
        left_open=left_open(meeting),
        crumbs=meeting_crumbs(meeting),
        **words,
    )


def _refuse_unless_closed(meeting: Meeting) -> None:
    if not meeting.is_closed:
        raise ValidationError(_("The minutes are finalised once the meeting is closed."))


def _fix(request: Request, meeting: Meeting, paper_of: Any) -> None:
    _refuse_unless_closed(meeting)
    finalise(paper_of(meeting), request.user)


urls = [
    path("meetings/<int:pk>/minutes/", write_minutes, name="write_minutes"),
    path("meetings/<int:pk>/minutes/draft/", preview_minutes, name="preview_minutes"),
    path("meetings/<int:pk>/minutes/finalise/", finalise_minutes, name="finalise_minutes"),
    path("meetings/<int:pk>/count/draft/", preview_count, name="preview_count"),
    path("meetings/<int:pk>/count/finalise/", finalise_count, name="finalise_count"),
]
