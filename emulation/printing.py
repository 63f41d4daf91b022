"""How a paper is printed: as a draft with its watermark, or once and for all."""

from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import HttpResponse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.utils.translation import override

from blocks.dates import show_date
from blocks.models import NUMBERED, Paper, PaperKind, User
from emulation.pdf import render_html, render_pdf
from scoring.models import InspectingUnit

NAMES = {  # the kind in the name of a downloaded file
    PaperKind.MINUTES: "Biên bản hội nghị",
    PaperKind.COUNT: "Biên bản kiểm phiếu",
    PaperKind.REGISTRATION: "Bản đăng ký thi đua",
    PaperKind.SCORE_TABLE: "Bảng chấm điểm",
    PaperKind.BOARD: "Bảng tổng hợp điểm",
    PaperKind.TITLES: "Đăng ký danh hiệu thi đua",
    PaperKind.INSPECTION: "Biên bản kiểm tra chéo",
    PaperKind.NOMINEES: "Danh sách đề nghị khen thưởng",
    PaperKind.PROPOSAL: "Tờ trình đề nghị khen thưởng",
    PaperKind.BALLOTS: "Phiếu bầu",
}


def own_kind(paper: Paper) -> Any:
    """Return the paper as that of a meeting or of a sheet; one of neither as it is."""
    if type(paper) is not Paper:
        return paper
    return getattr(paper, "meetingpaper", None) or getattr(paper, "sheetpaper", None) or paper


def pdf_of(paper: Paper) -> bytes:
    """Return the bytes of a final paper as they are kept, or its draft with a watermark."""
    if paper.final:
        return bytes(paper.content or b"")
    return draft_pdf(paper.kind, paper.facts, paper.words, paper.title)


def draft_pdf(kind: str, facts: Any, words: Any, title: str, *, marked: bool = True) -> bytes:
    """Render facts and words that are not kept, with the watermark of a draft.

    What is printed to be signed is not ``marked``.
    """
    with override("vi"):
        return render_pdf(kind, facts, words, draft=marked, title=title)


def page_of(kind: str, facts: Any, words: Any) -> str:
    """Return the inside of the printed page, to be shown beside what is being written."""
    with override("vi"):
        page = render_html(kind, facts, words, draft=False, title="")
    return page.partition("<body")[2].partition(">")[2].rpartition("</body>")[0]


@transaction.atomic
def finalise(paper: Paper, by: User) -> None:
    """Render the paper as it stands in the database, without a watermark, and fix its bytes.

    Raises ValidationError when it is final already.
    """
    kept = Paper.objects.select_for_update().defer("content", "signed_copy").get(pk=paper.pk)
    if kept.final:
        raise ValidationError(_("This paper is final already."))
    with override("vi"):
        content = render_pdf(kept.kind, kept.facts, kept.words, draft=False, title=kept.title)
    paper.facts, paper.words = kept.facts, kept.words
    paper.finalise(content, by)


def download_name(paper: Paper) -> str:
    """Return the name of the downloaded file: ``Biên bản hội nghị – Khối … – 2021.pdf``."""
    unit = paper.unit.short_name if paper.unit else ""
    name = paper.facts.get("called") or NAMES[PaperKind(paper.kind)]
    parts = [name, unit or paper.block.short_name, str(paper.year)]
    draft = "" if paper.final else " (dự thảo)"
    return " – ".join(parts).replace("/", "-") + f"{draft}.pdf"


def disposition(ascii_name: str, name: str, *, attachment: bool = False) -> str:
    """Return a Content-Disposition that old browsers and RFC 5987 ones both read."""
    plain = content_disposition_header(attachment, ascii_name) or "inline"
    starred = content_disposition_header(attachment, name) or ""
    *_first, last = starred.partition("; ")
    return f"{plain}; {last}" if last.startswith("filename*") else plain


def answer_paper(  # noqa: PLR0913 -- each is one word of the answer
    content: bytes,
    ascii_name: str,
    name: str,
    *,
    final: bool,
    kind: str = "application/pdf",
    attachment: bool = False,
) -> HttpResponse:
    """Answer a paper under its name; a draft is kept nowhere, as it may say something else soon."""
    response = HttpResponse(content, content_type=kind)
    response["Content-Disposition"] = disposition(ascii_name, name, attachment=attachment)
    response["Cache-Control"] = "private, no-cache" if final else "private, no-store"
    return response


def with_teams(papers: QuerySet[Paper]) -> QuerySet[Paper]:
    """Add ``of_former_team``: minutes of a unit that inspects the card no more, which ``state_of``
    names so, and asks for no number."""
    team = InspectingUnit.objects.filter(inspection__card=OuterRef("sheetpaper__card"))
    return papers.annotate(
        of_former_team=Q(kind=PaperKind.INSPECTION) & ~Exists(team.filter(unit=OuterRef("issuer")))
    )


def state_of(paper: Paper) -> tuple[str, str]:
    """Return the colour and the words of a paper's state; signed only where its scan is kept."""
    number = ""
    if paper.number and paper.numbered_on:
        number = f" ({paper.reference}, {show_date(paper.numbered_on)})"
    if paper.is_replaced:
        return "grey", _("Replaced by another") + number
    meeting = getattr(own_kind(paper), "meeting", None)
    if meeting and meeting.is_cancelled:
        return "red", _("Of a cancelled meeting") + number
    if not paper.final:
        return "grey", _("Draft")
    if getattr(paper, "of_former_team", False):
        return "grey", _("Of a former team") + number
    if number or paper.is_signed:
        signed = _("Signed, issued") if number else _("Signed")
        return "green", (signed if paper.is_signed else _("Issued")) + number
    return _awaited(paper)


def _awaited(paper: Paper) -> tuple[str, str]:
    """Return what a final paper that is neither signed nor numbered waits for, or that it holds."""
    if paper.kind in NUMBERED:
        return "blue", _("Waits for signature and number")
    if paper.kind != PaperKind.NOMINEES:
        return "green", _("Final")
    if paper.facts.get("numbered"):  # it is sent under its proposal's number
        return "green", _("Issued")
    return "blue", _("Waits for signature")  # its proposal's number is written into it
