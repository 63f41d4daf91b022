"""Pages of one question: its rules and list, opened, letters keyed, counted, cancelled."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import path
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables

from awards import tally, wording
from awards.desk import results
from awards.forms import CandidatesForm, KeyingForm, LetterForm
from awards.models import Elector, Keying, Question
from awards.tally import Presence
from awards.views.meeting import crumbs, posted, rights
from blocks.history import acting_as
from blocks.models import Unit
from blocks.numbers import two_digits
from emulation.access import allow, fetch
from emulation.http import Request
from emulation.pages import confirm_page, form_page
from scoring.models import Standing


def fetch_question(request: Request, perm: str, pk: int) -> Question:
    """Return the question at this address; what follows is written down to this person's seat."""
    question = fetch(request, Question.objects.visible_to(request.user).for_page(), perm, pk=pk)
    if request.method == "POST":
        acting_as(question.meeting.season.office_seat(request.user))
    return question


def show_question(request: Request, pk: int) -> HttpResponse:
    """Show a question's rules and list, what is missing before it opens, then its result."""
    question = fetch_question(request, "awards.view_question", pk)
    electors = question.electors_now()
    on_paper = [
        elector
        for elector in question.electors.listed().select_related("keying")
        if elector.votes_on_paper
    ]
    context = {
        "question": question,
        "meeting": question.meeting,
        "season": question.meeting.season,
        "may": rights(request, question.meeting),
        "rules": wording.in_words(question, len(electors)),
        "quorum": tally.quorum(question.tally_rules, electors),
        "missing": [{"sentence": sentence} for sentence in _missing(question)],
        "candidates": _candidates(question),
        "letters_spent": _letters_spent(question),
        "electors": len([elector for elector in electors if elector.casts]),
        "voted": question.electors.filter(voted__isnull=False).count(),
        "on_paper": on_paper,
        "absent": question.is_open and question.electors.filter(presence=Presence.ABSENT).exists(),
        "outcomes": results(question),
        "counts": _counts(question),
        "following": question.following.exclude(state="cancelled").first(),
    }
    return render(request, "awards/question.html", context)


def _missing(question: Question) -> list[str]:
    return question.missing if question.is_waiting and not question.meeting.is_over else []


def _letters_spent(question: Question) -> list[Unit]:
    """Return the units whose letter counted in the round before and does not in this one."""
    if not question.is_waiting or not question.previous_id:
        return []
    return [
        line.unit
        for line in question.meeting.attendances.listed()
        if line.presence == Presence.WRITTEN and question.presence_of(line) == Presence.ABSENT
    ]


def _candidates(question: Question) -> list[tuple[Unit, Standing | None]]:
    """Return who stands, each with its standing in the fixed ranking."""
    ranking = question.meeting.season.current_ranking
    standings = {
        standing.card.unit_id: standing
        for standing in (ranking.standings.select_related("card") if ranking else [])
    }
    units = question.standing_units()
    return [(unit, standings.get(unit.pk)) for unit in units]


def _counts(question: Question) -> list[tuple[str, str]]:
    """Return the counts of ballots of a question that was counted, each with its word."""
    if question.issued is None or question.returned is None:
        return []
    return [
        (_("Ballots issued"), two_digits(question.issued)),
        (_("Ballots unused"), two_digits(question.issued - question.returned)),
        (_("Ballots returned"), two_digits(question.returned)),
        (_("Ballots valid"), two_digits(question.valid or 0)),
        (_("Blank ballots"), two_digits(question.blank or 0)),
        (_("Spoiled ballots"), two_digits(question.spoiled or 0)),
    ]


def list_candidates(request: Request, pk: int) -> HttpResponse:
    """Choose which units stand for an office, before the vote is opened."""
    question = fetch_question(request, "awards.take_attendance", pk)
    form = CandidatesForm(posted(request), question=question)
    return form_page(
        request,
        form,
        title=question.title,
        save=lambda: question.list_candidates(list(form.cleaned_data["units"])),
        then=question.get_absolute_url(),
        lead=_("By the rotation it is the first one's turn; the meeting may list others."),
        said=_("The list is saved."),
        crumbs=question_crumbs(question),
    )


def question_crumbs(question: Question) -> list[tuple[str, str]]:
    """Return where a page of a question stands."""
    return [*crumbs(question.meeting), (question.title, question.get_absolute_url())]


def open_question(request: Request, pk: int) -> HttpResponse:
    """Open the vote, by the chair's direction."""
    question = fetch_question(request, "awards.run_meeting", pk)
    return _confirm(
        request,
        question,
        question.open,
        title=_("Open the vote"),
        sentence=_("Open the vote “%(what)s”, %(mode)s, round %(round)s?")
        % {
            "what": question.title,
            "mode": str(question.get_mode_display()).lower(),
            "round": question.round,
        },
        next=_("From then on neither who votes nor who stands can be changed."),
    )


def close_question(request: Request, pk: int) -> HttpResponse:
    """Close the vote and count it, by the chair's direction."""
    question = fetch_question(request, "awards.run_meeting", pk)
    casting = question.electors.casting()
    return _confirm(
        request,
        question,
        question.close,
        title=_("Close the vote"),
        sentence=_("Close the vote “%(what)s”? %(voted)s of %(all)s units have voted.")
        % {
            "what": question.title,
            "voted": two_digits(casting.filter(voted__isnull=False).count()),
            "all": two_digits(casting.count()),
        },
        next=_("The result is counted at once and published; a closed vote is not opened again."),
        then=question.get_absolute_url(),
    )


def cancel_question(request: Request, pk: int) -> HttpResponse:
    """Cancel the question with a reason."""
    question = fetch_question(request, "awards.run_meeting", pk)
    return _confirm(
        request,
        question,
        question.cancel,
        title=_("Cancel this question"),
        sentence=_("Cancel “%(what)s”, round %(round)s?")
        % {"what": question.title, "round": question.round},
        next=_(
            "Ballots that were cast are kept but not counted, and nothing of them is published. "
            "The question can be put anew."
        ),
        reason=True,
        danger=True,
    )


def put_anew(request: Request, pk: int) -> HttpResponse:
    """Put a cancelled question to the vote once more."""
    question = fetch_question(request, "awards.run_meeting", pk)
    return _confirm(
        request,
        question,
        question.put_anew,
        title=_("Put anew"),
        sentence=_("Put “%(what)s”, round %(round)s, to the vote once more?")
        % {"what": question.title, "round": question.round},
    )


def _confirm(  # noqa: PLR0913
    request: Request,
    question: Question,
    act: Callable[..., Any],
    *,
    title: str,
    danger: bool = False,
    then: str = "",
    **words: Any,
) -> HttpResponse:
    return confirm_page(
        request,
        act,
        title=title,
        button=title,
        then=then or question.meeting.get_absolute_url(),
        danger=danger,
        crumbs=question_crumbs(question),
        **words,
    )


def receive_letter(request: Request, pk: int) -> HttpResponse:
    """Note a written opinion that came while the vote is open."""
    question = fetch_question(request, "awards.run_meeting", pk)
    form = LetterForm(posted(request), question=question)
    return form_page(
        request,
        form,
        title=_("A written opinion has come"),
        save=lambda: question.receive_letter(
            form.cleaned_data["unit"], form.cleaned_data["received_at"]
        ),
        then=question.get_absolute_url(),
        lead=_("The unit was absent; from now on it votes by letter in this round."),
        crumbs=question_crumbs(question),
    )


@never_cache
@sensitive_post_parameters("marks")
@sensitive_variables("form", "marks")
def key_letter(request: Request, pk: int) -> HttpResponse:
    """Key the ballot of a letter: two members of the committee, one after the other."""
    seen = Elector.objects.filter(question__in=Question.objects.visible_to(request.user))
    elector = get_object_or_404(
        seen.select_related("unit", "question__award", "question__meeting__season__block"), pk=pk
    )
    question = elector.question
    allow(request, "awards.key_letter", question)
    form = KeyingForm(posted(request), elector=elector)
    told: list[Keying] = []
    response = form_page(
        request,
        form,
        title=_("Key the ballot of %(unit)s") % {"unit": elector.unit},
        button=_("Key the ballot"),
        save=lambda: told.append(question.key_letter(elector, form.keys, request.user)),
        then=question.get_absolute_url(),
        lead=_("%(what)s. Two members of the counting committee key it, one after the other.")
        % {"what": question.title},
        crumbs=question_crumbs(question),
    )
    for keying in told:
        _tell(request, keying)
    return response


def _tell(request: Request, keying: Keying) -> None:
    """Say what became of the letter; never what it says."""
    if keying == Keying.COUNTED:
        messages.success(request, _("Both keyings agree; the ballot is in the box."))
    elif keying == Keying.ONCE:
        messages.info(request, _("Keyed once; another member of the committee keys it again."))
    else:
        messages.warning(
            request, _("The two keyings differ. Both are forgotten; key it again from the start.")
        )


urls = [
    path("questions/<int:pk>/", show_question, name="show_question"),
    path("questions/<int:pk>/candidates/", list_candidates, name="list_candidates"),
    path("questions/<int:pk>/open/", open_question, name="open_question"),
    path("questions/<int:pk>/close/", close_question, name="close_question"),
    path("questions/<int:pk>/cancel/", cancel_question, name="cancel_question"),
    path("questions/<int:pk>/anew/", put_anew, name="put_anew"),
    path("questions/<int:pk>/letter/", receive_letter, name="receive_letter"),
    path("letters/<int:pk>/", key_letter, name="key_letter"),
]
