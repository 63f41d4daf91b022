"""The ballot papers of a question: how many, how many a page; printed once the list stands."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from awards.models import MeetingPaper, Question
from awards.papers.ballots import ballot_facts, most_a_page
from awards.papers.draft import ballots_changed, ballots_of, last_ballots
from awards.views.question import fetch_question, question_crumbs
from blocks.models import PaperKind
from blocks.paper_facts import BallotsFacts
from emulation.forms import Form, WholeField
from emulation.http import Request
from emulation.pages import confirm_page
from emulation.printing import NAMES, answer_paper, draft_pdf, finalise, page_of
from scoring.phases import Missing

MOST = 200  # copies of one question


class BallotsForm(Form):
    """How many ballot papers, and how many a page."""

    copies = WholeField(label=gettext_lazy("Copies"), low=1, high=MOST, saved=False)
    a_page = forms.TypedChoiceField(label=gettext_lazy("Papers on a page"), coerce=int)

    def __init__(self, data: Any, question: Question) -> None:
        most = most_a_page(len(question.standing_units()))
        self.first = {"copies": str(question.casting_now or 1), "a_page": str(most)}
        super().__init__(self.first | {k: v for k, v in data.items() if k in self.first})
        field: Any = self.fields["a_page"]
        field.choices = [(str(n), str(n)) for n in (1, 2, 4) if n <= most]
        field.widget.attrs["class"] = "form-select"
        self.fields["copies"].widget.attrs["class"] = "form-control"

    @property
    def chosen(self) -> tuple[int, int]:
        """What was chosen, or what is offered first where it cannot be read."""
        said = self.cleaned_data if self.is_valid() else self.first
        return int(said["copies"]), int(said["a_page"])


def _question(request: Request, pk: int) -> Question:
    """Return a question that is voted with papers, and whose list there is."""
    question = fetch_question(request, "awards.print_ballots", pk)
    if not question.has_ballot_papers or question.is_cancelled or not question.standing_units():
        raise Http404
    return question


def _fixed(question: Question, facts: BallotsFacts) -> tuple[MeetingPaper | None, bool]:
    """Return the fixed ballot papers, and whether the list has changed since, before its vote."""
    last = last_ballots(question)
    final = last if last and last.final else None
    changed = final is not None and not question.is_closed and ballots_changed(final, facts)
    return final, changed


def print_ballots(request: Request, pk: int) -> HttpResponse:
    """Show one of the ballot papers; choose how many, and fix them for the printer."""
    question = _question(request, pk)
    form = BallotsForm(request.GET, question)
    copies, a_page = form.chosen
    facts = ballot_facts(question, copies, a_page)
    final, changed = _fixed(question, facts)
    shown: Any = facts | {"copies": min(copies, facts["a_page"])}
    query = f"?copies={copies}&a_page={a_page}"
    draft = not final or changed
    may_fix = draft and not question.is_closed and form.is_valid()
    context = {
        "question": question,
        "form": form,
        "final": final,
        "changed": changed,
        "draft": draft,
        "page": page_of(PaperKind.BALLOTS, shown, {}),
        "pdf": reverse("ballots_pdf", args=[pk]) + query,
        "fix": reverse("fix_ballots", args=[pk]) + query if may_fix else "",
        "crumbs": question_crumbs(question),
    }
    status = 200 if form.is_valid() else 422
    return render(request, "awards/ballots.html", context, status=status)


def ballots_pdf(request: Request, pk: int) -> HttpResponse:
    """Answer the ballot papers in PDF: the final ones, or a draft with its watermark."""
    question = _question(request, pk)
    facts: BallotsFacts = ballot_facts(question, *BallotsForm(request.GET, question).chosen)
    final, changed = _fixed(question, facts)
    if final and not changed:
        return redirect("paper_pdf", final.pk)
    title = f"{NAMES[PaperKind.BALLOTS]} – {facts['matter']}"
    content = draft_pdf(PaperKind.BALLOTS, facts, {}, title)
    name = f"{title} (dự thảo).pdf".replace("/", "-")
    return answer_paper(content, f"phieu-bau-{question.pk}-du-thao.pdf", name, final=False)


def fix_ballots(request: Request, pk: int) -> HttpResponse:
    """Fix the ballot papers, so that they print without a watermark."""
    question = _question(request, pk)
    copies, a_page = BallotsForm(request.GET, question).chosen
    return confirm_page(
        request,
        lambda: _fix(request, question, copies, a_page),
        title=_("Fix the ballot papers"),
        sentence=_("Fix %(copies)d ballot papers for “%(title)s”? They are all alike.")
        % {"copies": copies, "title": question.title},
        next=_("Print them, cut them, put the stamp on each. If the list changes, fix others."),
        left_open=[
            Missing(
                _("%(what)s: who stands may still change.") % {"what": one.title},
                one.get_absolute_url(),
            )
            for one in question.opening.awaits
        ],
        button=_("Fix the ballot papers"),
        danger=False,
        then=reverse("print_ballots", args=[pk]),
        said=_("The ballot papers are fixed."),
        crumbs=question_crumbs(question),
    )


def _fix(request: Request, question: Question, copies: int, a_page: int) -> None:
    if question.is_closed:
        raise ValidationError(_("The vote is closed; no ballot papers are printed any more."))
    finalise(ballots_of(question, copies, a_page), request.user)


urls = [
    path("questions/<int:pk>/papers/", print_ballots, name="print_ballots"),
    path("questions/<int:pk>/papers/pdf/", ballots_pdf, name="ballots_pdf"),
    path("questions/<int:pk>/papers/fix/", fix_ballots, name="fix_ballots"),
]
