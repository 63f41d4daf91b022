"""Pages that print a card or the board: the draft in PDF, and the paper that is issued once."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils.translation import gettext as _

from blocks.history import acting_as
from blocks.models import PaperKind, User
from emulation.access import allow, fetch
from emulation.http import Request
from emulation.pages import confirm_page
from emulation.printing import NAMES, answer_paper, draft_pdf, finalise, page_of
from emulation.templatetags.ui import office
from scoring import papers
from scoring.filed_sheet import FiledSheet
from scoring.models import Scorecard, Season, SheetPaper
from scoring.papers import PRINTED
from scoring.phases import Column, Phase

COLUMNS = (Column.TARGET, Column.AIM, Column.INTERIM, *PRINTED)
KINDS = {Column.TARGET: PaperKind.REGISTRATION, Column.AIM: PaperKind.TITLES}
BYTES = ("content", "signed_copy", "replaces__content", "replaces__signed_copy")


def address_of(paper: SheetPaper) -> str:
    """The page on which a draft of this paper is looked at and issued."""
    if paper.kind == PaperKind.INSPECTION:
        return reverse("inspection_minutes", args=[paper.card.inspection.pk])  # type: ignore[union-attr]
    if paper.card_id is None:
        return reverse("print_board", args=[paper.season_id])
    return reverse("print_card", args=[paper.card_id, paper.column])


def _card(request: Request, pk: int, name: str) -> tuple[Scorecard, Column]:
    """Return the card and the column, if one may read it and those printed beside it."""
    column = next((column for column in COLUMNS if column == name), None)
    if column is None:
        raise Http404
    cards = Scorecard.objects.visible_to(request.user).for_sheet()
    card = fetch(request, cards, "scoring.view_card", pk=pk)
    if not papers.may_print(request.user, card, column):
        raise PermissionDenied(_("This column cannot be read yet."))
    return card, column


def _kind(column: Column) -> PaperKind:
    return KINDS.get(column, PaperKind.SCORE_TABLE)


def _name(column: Column) -> str:
    return papers.CALLED.get(column) or NAMES[_kind(column)]


def _facts(card: Scorecard, column: Column) -> Any:
    if column == Column.TARGET:
        return papers.registration_facts(card)
    if column == Column.AIM:
        return papers.titles_facts(card)
    return papers.score_table_facts(card, column)


def _is_scanned(request: Request, card: Scorecard, column: Column) -> bool:
    """Tell whether the reader may send the sheet with a scan of its signed print (decision 10)."""
    acts = FiledSheet(card, request.user, column).acts
    return any(act.name == "send_with_scan" for act in acts)


def _is_signed(request: Request, card: Scorecard, column: Column) -> bool:
    """Tell whether the print is what is signed and scanned: its code stands for it, no watermark.

    A sheet on which something is missing is not signed yet.
    """
    return _is_scanned(request, card, column) and not card.filing(column).lacking


class Stand:
    """How far a paper is: the issued one that holds, or the draft that would be issued now."""

    def __init__(self, said_at: datetime | None, **of: Any) -> None:
        found = SheetPaper.objects.filter(**of).of_present_teams().select_related("replaces")
        last = found.defer(*BYTES).order_by("-pk").first()
        outdated = last is not None and last.final and papers.is_outdated(last, said_at)
        self.issued = last if last and last.final and not outdated else None
        self.draft = last if last and not last.final else SheetPaper()
        if outdated and last:
            self.draft.replaces, self.draft.words = last, papers.words_in_place_of(last)

    def page(self, kind: PaperKind, facts: Any) -> str:
        """The inside of the printed page: of the issued paper, or were it issued now."""
        if self.issued:
            return page_of(kind, self.issued.facts, self.issued.words)
        return page_of(kind, self.draft.stated(facts), self.draft.words)

    def steps(self, user: User) -> list[tuple[str, str]]:
        """What the user may do next with the issued paper: the words, and where."""
        paper = self.issued
        if paper is None:
            return []
        steps = []
        if not paper.number and user.has_perm("blocks.number_paper", paper):
            steps.append((_("Enter number and date"), reverse("number_paper", args=[paper.pk])))
        if not paper.is_signed and user.has_perm("blocks.sign_paper", paper):
            steps.append((_("Add the signed copy"), reverse("sign_paper", args=[paper.pk])))
        return steps

    def answer(
        self,
        kind: PaperKind,
        facts_of: Callable[[], Any],
        plain: str,
        title: str,
        *,
        signed: bool = False,
    ) -> HttpResponse:
        """Answer the issued paper; else in PDF the draft, or what is ``signed``."""
        if self.issued:
            return redirect("paper_pdf", self.issued.pk)
        facts = self.draft.stated(facts_of())
        content = draft_pdf(kind, facts, self.draft.words, title, marked=not signed)
        ending, words = ("de-ky", "để ký") if signed else ("du-thao", "dự thảo")
        name = f"{title} ({words}).pdf".replace("/", "-")
        return answer_paper(content, f"{plain}-{ending}.pdf", name, final=False)


def _crumbs(season: Season, owner: str, address: str) -> list[tuple[str, str]]:
    """The way to what is printed."""
    return [(str(season), season.get_absolute_url()), (owner, address)]


def print_card(request: Request, pk: int, column: str) -> HttpResponse:
    """Show the registration sheet or the score table as it prints; offer to issue it once sent."""
    card, of = _card(request, pk, column)
    filing = card.filing(of)
    stand = Stand(filing.sent_at, card=card, column=of, kind=_kind(of))
    address = [card.pk, of.value]
    context = {
        "title": _name(of),
        "owner": card.unit.name,
        "crumbs": _crumbs(card.season, card.unit.name, card.get_absolute_url()),
        "issued": stand.issued,
        "steps": stand.steps(request.user),
        "replaced": stand.draft.replaces,
        "sent": filing.is_sent,
        "scanned": _is_scanned(request, card, of),
        "signed": _is_signed(request, card, of),
        "page": stand.page(_kind(of), _facts(card, of)),
        "pdf": reverse("card_pdf", args=address),
        "issue": reverse("issue_card", args=address)
        if filing.is_sent
        and not stand.issued
        and request.user.has_perm("scoring.issue_sheet", card)
        else "",
        "issuer": _("the principal of the unit"),
    }
    return render(request, "scoring/print.html", context)


def card_pdf(request: Request, pk: int, column: str) -> HttpResponse:
    """Answer the sheet in PDF: the issued paper, or a draft of what stands now."""
    card, of = _card(request, pk, column)
    stand = Stand(card.filing(of).sent_at, card=card, column=of, kind=_kind(of))
    title = f"{_name(of)} {card.season.year} – {card.unit.name}"
    plain = f"{_kind(of)}-{card.season.year}-{card.pk}"
    signed = _is_signed(request, card, of)
    return stand.answer(_kind(of), lambda: _facts(card, of), plain, title, signed=signed)


def issue_card(request: Request, pk: int, column: str) -> HttpResponse:
    """Fix the sheet as a paper, by the unit's principal, once the column was sent."""
    card, of = _card(request, pk, column)
    allow(request, "scoring.issue_sheet", card)
    if not card.filing(of).is_sent:
        raise ValidationError(_("The sheet is finalised once it was sent."))
    return confirm_page(
        request,
        lambda: _issue_card(request, card, of),
        title=_("Finalise the paper"),
        sentence=_(
            "Finalise “%(name)s” of %(unit)s? It is kept as it is now and never changed again."
        )
        % {"name": _name(of), "unit": card.unit},
        button=_("Finalise"),
        next=_takes_the_place(card, of),
        then=reverse("print_card", args=[card.pk, of.value]),
        said=_("The paper is final."),
    )


def _takes_the_place(card: Scorecard, column: Column) -> str:
    """Name the final paper whose place the next one takes, or nothing."""
    old = Stand(card.filing(column).sent_at, card=card, column=column, kind=_kind(column)).draft
    said = _("It takes the place of “%(paper)s”, which was final before the sheet was sent anew.")
    return said % {"paper": old.replaces.title} if old.replaces else ""


def _issue_card(request: Request, card: Scorecard, column: Column) -> None:
    acting_as(request.user.seat_at(card.unit))
    makers = {Column.TARGET: papers.registration_of, Column.AIM: papers.titles_of}
    make = makers.get(column, lambda of: papers.score_table_of(of, column))
    finalise(make(card), request.user)


def _season(request: Request, pk: int) -> Season:
    """Return the season whose board one may read."""
    seasons = Season.objects.visible_to(request.user).for_page()
    season = fetch(request, seasons, "scoring.view_season", pk=pk)
    if Column.FINAL not in season.step.reads and not season.office_seat(request.user):
        raise PermissionDenied(
            _("Members print the board from the phase “%(phase)s” on.")
            % {"phase": Phase.MEETING.label}
        )
    return season


def _board_stand(season: Season) -> Stand:
    ranking = season.current_ranking
    return Stand(ranking.at if ranking else None, season=season, card=None)


def print_board(request: Request, pk: int) -> HttpResponse:
    """Show the board as it prints; offer to issue it once the ranking is fixed."""
    season = _season(request, pk)
    ranking = season.current_ranking
    stand = _board_stand(season)
    may_issue = request.user.has_perm("scoring.issue_board", season)
    context = {
        "title": NAMES[PaperKind.BOARD],
        "owner": season.block.name,
        "crumbs": _crumbs(season, season.block.name, reverse("show_board", args=[season.pk])),
        "issued": stand.issued,
        "steps": stand.steps(request.user),
        "replaced": stand.draft.replaces,
        "sent": ranking is not None,
        "unsent": ""
        if ranking
        else season.unfixed + " " + _("What is printed carries a watermark."),
        "rests": season.rests if stand.issued and ranking is None else "",
        "page": stand.page(PaperKind.BOARD, papers.board_facts(season)),
        "pdf": reverse("board_pdf", args=[season.pk]),
        "issue": reverse("issue_board", args=[season.pk])
        if ranking and not stand.issued and may_issue
        else "",
        "issuer": _("the principal of the %(office)s") % {"office": office(season.block, "head")},
    }
    return render(request, "scoring/print.html", context)


def board_pdf(request: Request, pk: int) -> HttpResponse:
    """Answer the board in PDF: the issued paper, or a draft of what stands now."""
    season = _season(request, pk)
    title = f"{NAMES[PaperKind.BOARD]} {season.year} – {season.block.name}"
    plain = f"board-{season.block.code.lower()}-{season.year}"
    return _board_stand(season).answer(
        PaperKind.BOARD, lambda: papers.board_facts(season), plain, title
    )


def issue_board(request: Request, pk: int) -> HttpResponse:
    """Fix the board as a paper, once the ranking is fixed."""
    season = _season(request, pk)
    allow(request, "scoring.issue_board", season)
    return confirm_page(
        request,
        lambda: _issue_board(request, season),
        title=_("Finalise the paper"),
        sentence=_("Finalise the score table of %(block)s? It is kept as it is now.")
        % {"block": season.block},
        button=_("Finalise"),
        then=reverse("print_board", args=[season.pk]),
        said=_("The paper is final."),
    )


def _issue_board(request: Request, season: Season) -> None:
    if season.current_ranking is None:
        raise ValidationError(_("The board is finalised once the ranking is fixed."))
    acting_as(season.office_seat(request.user))
    finalise(papers.board_of(season), request.user)


urls = [
    path("cards/<int:pk>/print/<slug:column>/", print_card, name="print_card"),
    path("cards/<int:pk>/print/<slug:column>/pdf/", card_pdf, name="card_pdf"),
    path("cards/<int:pk>/print/<slug:column>/issue/", issue_card, name="issue_card"),
    path("seasons/<int:pk>/board/print/", print_board, name="print_board"),
    path("seasons/<int:pk>/board/print/pdf/", board_pdf, name="board_pdf"),
    path("seasons/<int:pk>/board/print/issue/", issue_board, name="issue_board"),
]
