"""Pages of one question: its rules and list, opened, letters keyed, counted, cancelled."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.translation import gettext as _

from awards import tally, wording
from awards.desk import results
from awards.forms import CandidatesForm
from awards.models import Ballot, Elector, Hands, Question
from awards.models.box import LEAST_SECRET
from awards.models.opening import Opening
from awards.models.voting import NOT_ANEW
from awards.papers.draft import stale_ballots
from awards.tally import Mode, Presence
from awards.views.meeting import crumbs, rights, sees_who
from blocks.history import acting_as
from blocks.models import Unit, User
from blocks.numbers import two_digits
from emulation.access import fetch
from emulation.http import Request, posted
from emulation.pages import confirm_page, form_page
from scoring.models import Standing
from scoring.phases import Missing


def fetch_question(request: Request, perm: str, pk: int) -> Question:
    """Return the question at this address; what follows is written down to this person's seat."""
    question = fetch(request, Question.objects.visible_to(request.user).for_page(), perm, pk=pk)
    if request.method == "POST":
        acting_as(question.meeting.season.office_seat(request.user))
    return question


def show_question(request: Request, pk: int) -> HttpResponse:
    """Show a question's rules and list, what is missing before it opens, then its result."""
    question = fetch_question(request, "awards.view_question", pk)
    may, electors = rights(request, question.meeting), question.electors_now()
    candidates = _candidates(question)
    waits, opening = question.is_waiting and not question.meeting.is_over, question.opening
    missing = opening.missing if waits else []
    context = {
        "question": question,
        "meeting": question.meeting,
        "season": question.meeting.season,
        "may": may,
        "rules": wording.in_words(question, len(electors)),
        "quorum": tally.quorum(question.tally_rules, electors),
        "waits": waits,
        "missing": [*map(Missing, missing)],
        "told": _before_opening(opening, doubts=not missing) if waits else [],
        "candidates": candidates,
        "electors": question.casting_now,
        **(_voting(question, request.user, may) if question.is_open else {}),
        "on_papers": candidates and question.has_ballot_papers and not question.is_cancelled,
        "outcomes": results(question),
        "counts": _counts(question),
        "choices": _choices(question),
        "following": question.following.exclude(state="cancelled").first(),
    }
    return render(request, "awards/question.html", context)


def _before_opening(opening: Opening, *, doubts: bool) -> list[str]:
    """Return what is told before the vote is opened and hinders nothing; with its ``doubts``."""
    told = opening.doubts if doubts else []
    return [*opening.unlike_before, *_stale(opening.question), *told]


def _stale(question: Question) -> list[str]:
    """Say that the ballot papers that were fixed are not those of this list, or nothing."""
    paper = stale_ballots(question)
    said = _(
        "Who stands, or how it is marked, has changed since these were fixed; do not use them:"
    )
    return [f"{said} {paper.title}"] if paper else []


def _voting(question: Question, user: User, may: dict[str, bool]) -> dict[str, Any]:
    """Return what the page shows of an open question: who votes how, what is to be counted."""
    electors, box = list(question.electors.listed().select_related("keying")), question.box
    on_paper = [elector for elector in electors if elector.votes_on_paper]
    counted = box.counted if question.is_secret else 0
    own = None if question.is_by_hands else question.elector_of(user, "voted", "unit")
    return {
        "own": own if own and own.may_still_cast else None,
        "awaited": _awaited(question) if sees_who(may) else [],
        "waits_for_screens": question.waits_for_screens(electors),
        "voted": sum(elector.has_voted for elector in electors) + counted,
        "on_paper": on_paper,
        "counted": counted,
        "left": len(on_paper) - counted if question.is_secret else 0,
        "stack": box.stack,
        "begun": question.keyings.first() if question.is_secret else None,
        "few_on_screen": box.few_on_screen,
        "least": LEAST_SECRET,
        "uncounted": box.uncounted,
        "hands": Hands.objects.filter(candidate__question=question),
        "letter_to_key": next((each for each in on_paper if _may_key(each, user)), None),
        "may_get_paper": question.has_ballot_papers
        and any(
            elector.casts and not (elector.votes_on_paper or elector.has_voted)
            for elector in electors
        ),
        "absent": any(each.presence == Presence.ABSENT and each.is_asked for each in electors)
        and question.may_still_write.exists(),
        "not_asked": [e.why_not_asked for e in electors if e.takes_part and not e.is_asked],
    }


def _may_key(elector: Elector, user: User) -> bool:
    """Whether a paper that bears a name waits for this person: nobody keys it twice."""
    keying = getattr(elector, "keying", None)
    return not elector.has_voted and (keying is None or keying.by_id != user.pk)


def _candidates(question: Question) -> list[tuple[Unit, Standing | None]]:
    """Return who stands, each with its standing in the ranking that its voters see, or saw."""
    ranking = question.ranking
    standings = {
        standing.card.unit_id: standing
        for standing in (ranking.standings.select_related("card") if ranking else [])
    }
    units = question.standing_units()
    return [(unit, standings.get(unit.pk)) for unit in units]


def _counts(question: Question) -> list[tuple[str, str]]:
    """Return the counts of ballots of a question that was counted, each with its word."""
    if question.issued is None or question.returned is None:  # not counted, or counted by hands
        return []
    unused, lost = question.unused_and_lost(question.electors.select_related("voted", "paper"))
    return [
        (_("Ballots issued"), two_digits(question.issued)),
        (_("Ballots unused"), two_digits(unused)),
        *([(_("Papers that did not come back"), two_digits(lost))] if lost else []),
        (_("Ballots returned"), two_digits(question.returned)),
        (_("Ballots valid"), two_digits(question.valid or 0)),
        (_("Blank ballots among them"), two_digits(question.blank or 0)),
        (_("Spoiled ballots"), two_digits(question.spoiled or 0)),
    ]


def _choices(question: Question) -> list[tuple[Unit, str, str]]:
    """Return what each unit chose in an open vote, once it was counted, and who cast it there, or
    which paper it came on; of a secret one nothing."""
    if question.mode != Mode.OPEN or not question.is_closed:
        return []
    candidates = question.candidates.select_related("unit").prefetch_related("unit__names")
    names = {candidate.pk: candidate.unit.short_name for candidate in candidates}
    ballots = question.ballots.select_related(
        "elector__unit", "elector__paper", "elector__representative"
    ).order_by("elector_id")
    return [
        (elector.unit, _chosen(ballot, names), elector.way or str(elector.representative))
        for ballot in ballots.prefetch_related("elector__unit__names")
        if (elector := ballot.elector)
    ]


def _chosen(ballot: Ballot, names: dict[int, str]) -> str:
    if ballot.spoiled:
        return _("not valid")
    marked = [name for key, name in names.items() if key in ballot.marks]
    return ", ".join(marked) or (_("nobody") if ballot.only_no else _("left blank"))


def list_candidates(request: Request, pk: int) -> HttpResponse:
    """Choose which units stand for an office, before the vote is opened."""
    question = fetch_question(request, "awards.take_attendance", pk)
    if request.method == "GET" and (why := question.may_not_be_listed):
        messages.info(request, why)
        return redirect(question)
    form = CandidatesForm(posted(request), question=question)
    letters = question.meeting.attendances.filter(presence=Presence.WRITTEN)
    turn = ", ".join(unit.short_name for unit in question.units_in_turn) or "–"
    return form_page(
        request,
        form,
        title=question.title,
        save=lambda: question.list_candidates(list(form.cleaned_data["units"])),
        then=question.get_absolute_url(),
        lead=_("By the rotation it is the turn of %(units)s; the meeting may list others.")
        % {"units": turn},
        warning=_("A written opinion that has come does not count for a list changed after it.")
        if letters.exists()
        else "",
        said=_("The list is saved."),
        crumbs=question_crumbs(question),
    )


def question_crumbs(question: Question) -> list[tuple[str, str]]:
    """Return where a page of a question stands."""
    return [*crumbs(question.meeting), (question.title, question.get_absolute_url())]


def open_question(request: Request, pk: int) -> HttpResponse:
    """Open the vote, by the chair's direction."""
    question = fetch_question(request, "awards.run_meeting", pk)
    if request.method == "GET" and question.is_open:
        messages.info(request, _("The question was opened already."))
        return redirect(question)
    if request.method == "GET" and (missing := question.opening.missing):
        messages.error(request, " ".join(missing))
        return redirect(question)
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
        left_open=[*map(Missing, _before_opening(question.opening, doubts=question.is_waiting))],
    )


def close_question(request: Request, pk: int) -> HttpResponse:
    """Close the vote and count it, by the chair's direction."""
    question = fetch_question(request, "awards.run_meeting", pk)
    if question.is_closed:
        messages.info(request, _("This vote was closed already; here is its result."))
        return redirect(question)
    if request.method == "GET" and question.is_waiting:
        messages.info(request, _("The question is not open."))
        return redirect(question)
    if request.method == "GET" and (uncounted := question.is_open and question.box.uncounted):
        messages.error(request, " ".join(uncounted))
        return redirect(question)
    return _confirm(
        request,
        question,
        question.close,
        title=_("Close the vote"),
        sentence=_closing(question),
        warning=_nobody_voted(question),
        next=_("The result is counted at once and published; a closed vote is not opened again."),
        left_open=[
            *map(Missing, (*_awaited(question), *_chair_awaited(question), *question.doubtful_now))
        ],
        then=question.get_absolute_url(),
    )


def _awaited(question: Question) -> list[str]:
    """Name who has not voted yet; of hands nobody is named."""
    if not question.is_open or question.is_by_hands:
        return []
    awaited = [each.named for each in question.awaited]
    return [_("Not yet: %(who)s.") % {"who": ", ".join(awaited)}] if awaited else []


def _chair_awaited(question: Question) -> list[str]:
    """Say what it means that the chair's unit, whose yes the rules ask, has not voted, or nothing.

    Of hands the secretary types whether the chair's is among them.
    """
    head = question.meeting.season.head
    if not question.chair_must_approve or question.is_by_hands or not (question.is_open and head):
        return []
    others = set(question.listed.values())
    stands = not question.self_vote and head.pk in others
    others -= {head.pk} if stands else set()
    if not others or question.electors.filter(unit=head, voted__isnull=False).exists():
        return []
    said = _(
        "The chair's unit, %(unit)s, has not voted: without the chair's yes nobody can be elected"
        " in this round."
    )
    if stands:
        said = _(
            "The chair's unit, %(unit)s, has not voted: without the chair's yes nobody but that"
            " unit can be elected in this round."
        )
    return [said % {"unit": head.short_name}]


def _closing(question: Question) -> str:
    """Ask whether to close, with how many have voted and which papers did not come back."""
    said = _("Close the vote “%(what)s”?") % {"what": question.title}
    if question.is_by_hands:
        return said
    box, casting = question.box, question.electors.casting().count()
    counted = box.counted if question.is_secret else 0
    said += " " + _("%(voted)s of %(all)s units have voted.") % {
        "voted": two_digits(box.voted_by_name + counted),
        "all": two_digits(casting),
    }
    if question.is_secret and (lost := box.given - counted):
        told = (
            _("%(count)s papers that were given out did not come back.")
            if box.is_counted
            else _(
                "%(count)s papers are not keyed yet, or did not come back, of those of: %(who)s."
            )
        )
        who = ", ".join(each.named for each in question.electors.on_paper().listed())
        said += " " + told % {"count": two_digits(lost), "who": who}
    return said


def _nobody_voted(question: Question) -> str:
    """Say what closing means where no ballot is there at all, or nothing."""
    box = question.box
    if question.is_by_hands or box.voted_by_name or (question.is_secret and box.counted):
        return ""
    return _(
        "Nobody has voted: closed so, the round is over without a ballot. If it was opened by "
        "mistake, cancel it instead."
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
        next=_what_cancelling_does(question),
        reason=True,
        danger=True,
    )


def _what_cancelling_does(question: Question) -> str:
    if question.is_by_hands:
        return _("No result is recorded, and the minutes say why. It can be put anew.")
    if question.opened_at is None:
        return _("It is not put to the vote, and the minutes say why. It can be put anew.")
    return _(
        "Ballots that were cast are kept but not counted, and nothing of them is published. "
        "The question can be put anew."
    )


def put_anew(request: Request, pk: int) -> HttpResponse:
    """Put a cancelled question to the vote once more."""
    question = fetch_question(request, "awards.run_meeting", pk)
    if request.method == "GET" and not question.may_be_put_anew:
        messages.error(request, NOT_ANEW)
        return redirect(question)
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


urls = [
    path("questions/<int:pk>/", show_question, name="show_question"),
    path("questions/<int:pk>/candidates/", list_candidates, name="list_candidates"),
    path("questions/<int:pk>/open/", open_question, name="open_question"),
    path("questions/<int:pk>/close/", close_question, name="close_question"),
    path("questions/<int:pk>/cancel/", cancel_question, name="cancel_question"),
    path("questions/<int:pk>/anew/", put_anew, name="put_anew"),
]
