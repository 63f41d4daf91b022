"""Pages of what is not cast on a screen: letters, papers handed out, keyed or counted, hands."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables

from awards.models import (
    Elector,
    GivenPaper,
    Hands,
    Keying,
    PaperKeying,
    PaperStack,
    Procedure,
    Question,
)
from awards.models.box import COUNTED, NOT_KEYED
from awards.models.meeting import CORRECTED
from awards.paper_forms import (
    CorrectionForm,
    HandsForm,
    KeyingForm,
    LetterForm,
    PaperForm,
    ProcedureForm,
    StackForm,
)
from awards.views.meeting import crumbs, fetch_meeting, fetch_to_mend
from awards.views.question import fetch_question, question_crumbs
from blocks.dates import show_moment
from blocks.models import User
from blocks.numbers import two_digits
from emulation.access import allow
from emulation.http import Request, posted
from emulation.pages import confirm_page, form_page

ONCE = gettext_lazy("Keyed once; another person keys it again.")
NOBODY_WRITES = gettext_lazy(
    "No absent unit is left whose written opinion could come in this vote."
)


def receive_letter(request: Request, pk: int) -> HttpResponse:
    """Note a written opinion that came while the vote is open."""
    question = fetch_question(request, "awards.run_meeting", pk)
    if request.method == "GET":
        nobody = "" if question.may_still_write.exists() else NOBODY_WRITES
        if why := COUNTED if question.box.stack else nobody:
            messages.info(request, why)
            return redirect(question)
    form = LetterForm(posted(request), question=question)
    lead = _("The unit was absent; from now on it votes by letter in this round.")
    if question.is_secret:
        lead += " " + _("Put the letter unopened into the paper box.")
    again = _(
        "%(unit)s: its letter of %(moment)s was noted as holding no paper here. Was that a mistake,"
        " note it again with that time."
    )
    empty = question.electors.filter(letter_is_empty=True).select_related("letter").listed()
    return form_page(
        request,
        form,
        title=_("A written opinion has come"),
        save=lambda: question.receive_letter(
            form.cleaned_data["unit"], form.cleaned_data["letter_received_at"]
        ),
        then=question.get_absolute_url(),
        said=_("Saved."),
        lead=lead,
        warning=" ".join(
            again % {"unit": each.unit.short_name, "moment": show_moment(each.letter.received_at)}
            for each in empty
            if each.letter  # as each has that is found empty
        ),
        crumbs=question_crumbs(question),
    )


def give_paper(request: Request, pk: int) -> HttpResponse:
    """Note that a unit got a paper; from then on it casts on no screen."""
    question = fetch_question(request, "awards.key_letter", pk)
    meeting = question.meeting
    form = PaperForm(posted(request), question=question)
    return form_page(
        request,
        form,
        title=_("Hand out a paper"),
        button=_("Hand out the paper"),
        save=lambda: GivenPaper.give(question, form.cleaned_data["unit"]),
        then=question.get_absolute_url(),
        lead=_("The unit votes on this paper; it can no longer vote on a screen in this round."),
        warning=" ".join(filter(None, [meeting.lacks_keyers, *meeting.committee_lacks])),
        crumbs=question_crumbs(question),
    )


@never_cache
@sensitive_post_parameters("marks", "says_no", "blank", "spoiled")
def key_letter(request: Request, pk: int) -> HttpResponse:
    """Key the paper of a unit in an open vote: two of the committee, one after the other."""
    seen = Elector.objects.filter(question__in=Question.objects.visible_to(request.user))
    elector = get_object_or_404(
        seen.select_related(
            "unit", "voted", "paper", "question__award", "question__meeting__season__block"
        ),
        pk=pk,
    )
    question = elector.question
    allow(request, "awards.key_letter", question)
    if request.method == "GET" and (why := _nothing_to_key(elector, request.user)):
        messages.info(request, why)
        return redirect(question)
    title = _("Key the ballot of %(unit)s") % {"unit": elector.unit}
    return _key(request, question, title, elector)


def take_paper_back(request: Request, pk: int) -> HttpResponse:
    """Note that a paper came back unused, so that its unit votes on a screen again."""
    elector = _fetch_elector(request, "awards.key_letter", pk)
    words = {"unit": elector.unit.short_name}
    return _let_go(
        request,
        elector,
        lambda: GivenPaper.take_back(elector.question, elector),
        title=_("Take back an unused paper"),
        sentence=_("Did %(unit)s give its paper back unused?") % words,
        next=_("The unit then votes on its screen again; its paper must not be in the box."),
        said=_("%(unit)s votes on its screen again.") % words,
    )


def find_empty(request: Request, pk: int) -> HttpResponse:
    """Note that a letter holds no paper for this matter, so that its unit is absent in it."""
    elector = _fetch_elector(request, "awards.run_meeting", pk)
    words = {"unit": elector.unit.short_name, "what": elector.question.title}
    return _let_go(
        request,
        elector,
        lambda: elector.question.find_empty(elector),
        title=_("The letter holds no paper for this matter"),
        sentence=_("Does the letter of %(unit)s hold no paper for “%(what)s”?") % words,
        next=_("The unit is then absent in this round, and the minutes say why."),
        said=_("%(unit)s is absent in this round: its letter held no paper for it.") % words,
    )


def _fetch_elector(request: Request, perm: str, pk: int) -> Elector:
    """Return the elector at this address; what follows is written down to this person's seat."""
    seen = Elector.objects.filter(question__in=Question.objects.visible_to(request.user))
    elector = get_object_or_404(seen.select_related("unit", "voted", "paper"), pk=pk)
    elector.question = fetch_question(request, perm, elector.question_id)
    return elector


def _let_go(
    request: Request, elector: Elector, act: Callable[[], None], *, title: str, **words: Any
) -> HttpResponse:
    """Ask before a paper is noted no more, while its vote is open and it was not keyed."""
    question = elector.question
    if request.method == "GET":
        if not (question.is_open and elector.votes_on_paper):
            return redirect(question)
        if stays := question.box.why_it_stays(elector):
            messages.error(request, stays)
            return redirect(question)
    return confirm_page(
        request,
        act,
        title=title,
        button=title,
        danger=False,
        then=question.get_absolute_url(),
        crumbs=question_crumbs(question),
        **words,
    )


def _nothing_to_key(elector: Elector, user: User) -> str:
    """Say why this person does not key the paper of this elector under its name, or nothing."""
    if elector.question.is_secret:
        return _(
            "In a secret vote a letter goes unopened into the paper box; nobody keys its name."
        )
    if elector.has_voted:
        return _("The ballot of %(unit)s was keyed already.") % {"unit": elector.unit}
    if elector.question.keyings.filter(elector=elector, by=user).exists():
        return str(ONCE)
    return ""


@never_cache
@sensitive_post_parameters("marks", "says_no", "blank", "spoiled")
def key_paper(request: Request, pk: int) -> HttpResponse:
    """Key any paper from the box of a secret vote: two of the committee, paper by paper."""
    question = fetch_question(request, "awards.key_letter", pk)
    if request.method == "GET":
        once = ONCE if request.user.pk in question.box.begun_by else ""
        if why := question.box.not_keyed or once:
            messages.info(request, why)
            return redirect(question)
    return _key(request, question, _("Key a paper of the box"), None)


def forget_letter(request: Request, pk: int) -> HttpResponse:
    """Take back what one keyed of the paper of a unit, until another keys it again."""
    elector = _fetch_elector(request, "awards.key_letter", pk)
    sentence = _("Take back what you keyed of the ballot of %(unit)s?") % {"unit": elector.unit}
    return _forget(request, elector.question, sentence, elector)


def forget_paper(request: Request, pk: int) -> HttpResponse:
    """Take back what one keyed of a paper of a secret box, until another keys it again."""
    question = fetch_question(request, "awards.key_letter", pk)
    return _forget(request, question, _("Take back what you keyed of a paper of the box?"), None)


def _forget(
    request: Request, question: Question, sentence: str, elector: Elector | None
) -> HttpResponse:
    own = question.keyings.filter(elector=elector, by=request.user)
    if request.method == "GET" and not own.exists():
        messages.info(request, NOT_KEYED)
        return redirect(question)
    return confirm_page(
        request,
        lambda: PaperKeying.forget(question, request.user, elector),
        title=_("Take a keying back"),
        sentence=sentence,
        next=_("It is forgotten; the paper is then keyed from the start, by two."),
        button=_("Take the keying back"),
        then=question.get_absolute_url(),
        said=_("What you keyed is taken back."),
        crumbs=question_crumbs(question),
    )


@sensitive_variables("form")
def _key(request: Request, question: Question, title: str, elector: Elector | None) -> HttpResponse:
    form = KeyingForm(posted(request), question=question, elector=elector)
    told: list[Keying] = []
    lead = _(
        "%(what)s. Two people key it, one after the other: members of the counting committee, "
        "or one of them and the secretary."
    ) % {"what": question.title}
    is_second = question.keyings.filter(elector=elector).exists()
    if is_second:
        lead += " " + _("This is the second time: another person has keyed it once.")
    may_be_empty = (
        elector is not None
        and elector.by_letter
        and not is_second
        and request.user.has_perm("awards.run_meeting", question)
    )
    response = form_page(
        request,
        form,
        title=title,
        button=_("Key the ballot"),
        save=lambda: told.append(
            PaperKeying.key(
                question,
                request.user,
                form.keys,
                says_no=form.cleaned_data.get("says_no", False),
                spoiled=form.cleaned_data["spoiled"],
                elector=elector,
            )
        ),
        then=question.get_absolute_url(),
        lead=lead,
        warning=question.meeting.lacks_keyers,
        also=(
            _("The letter holds no paper for this matter…"),
            reverse("find_empty", args=[elector.pk]),
        )
        if elector and may_be_empty
        else None,
        crumbs=question_crumbs(question),
    )
    for keying in told:
        _tell(request, keying)
    return response


def _tell(request: Request, keying: Keying) -> None:
    """Say what became of the paper; never what it says."""
    if keying == Keying.COUNTED:
        messages.success(request, _("Both keyings agree; the ballot is counted."))
    elif keying == Keying.ONCE:
        messages.info(request, ONCE)
    else:
        messages.warning(
            request, _("The two keyings differ. Both are forgotten; key it again from the start.")
        )


@never_cache
@sensitive_post_parameters()
@sensitive_variables("form", "differing", "stack", "own")
def count_box(request: Request, pk: int) -> HttpResponse:
    """Type the papers of the box as counts; another types them again."""
    question = fetch_question(request, "awards.key_letter", pk)
    if request.method == "GET" and (why := question.box.not_typed):
        messages.info(request, " ".join(why))
        return redirect(question)
    stack, differing = question.box.stack, list[str]()
    was_own = stack is not None and stack.typed_by_id == request.user.pk
    own = stack.as_typed if stack and was_own else {}
    form = StackForm(posted(request), question=question, initial=own)
    response = form_page(
        request,
        form,
        title=_("Count the paper box"),
        button=_("Save the counts"),
        save=lambda: differing.extend(PaperStack.count(question, request.user, form.counts)),
        then=question.get_absolute_url(),
        lead=_(
            "%(what)s. One counts and types; another counts again and types without seeing the "
            "first. Open the box once the last paper is in."
        )
        % {"what": question.title},
        crumbs=question_crumbs(question),
    )
    if response.status_code == SAVED:
        _compare(request, question, differing, was_own=was_own)
    return response


SAVED = 302


def _compare(request: Request, question: Question, differing: list[str], *, was_own: bool) -> None:
    """Say whether two counts agree, and else in what they differ."""
    stack = question.box.stack
    if stack and stack.is_confirmed:
        messages.success(request, _("Both counts agree; the papers are counted."))
    elif differing:
        messages.warning(
            request,
            _("The two counts differ: %(what)s. Yours stand now; another person confirms them.")
            % {"what": ", ".join(differing)},
        )
    elif was_own:
        messages.info(
            request,
            _("They stand in place of those you typed before; another person types them again."),
        )
    else:
        messages.info(request, _("Typed once; another person types the counts again."))


def forget_stack(request: Request, pk: int) -> HttpResponse:
    """Take the counts of the box back, while the vote is open."""
    question = fetch_question(request, "awards.key_letter", pk)
    return confirm_page(
        request,
        question.box.forget_stack,
        title=_("Take the counts back"),
        sentence=_("Take the counts of the paper box of “%(what)s” back? It is then counted anew.")
        % {"what": question.title},
        button=_("Take the counts back"),
        then=question.get_absolute_url(),
        said=_("The counts are taken back."),
        crumbs=question_crumbs(question),
    )


def count_hands(request: Request, pk: int) -> HttpResponse:
    """Type the hands that were raised for each candidate."""
    question = fetch_question(request, "awards.run_meeting", pk)
    if request.method == "GET" and (why := Hands.not_counted(question)):
        messages.info(request, why)
        return redirect(question)
    form = HandsForm(posted(request), question=question)
    lead = _("%(what)s: %(count)s units are in the room; the hands are as many, each time.")
    if not question.self_vote:
        lead = _(
            "%(what)s: %(count)s units are in the room; the hands are as many, but one less for a "
            "unit that is in the room itself."
        )
    there = two_digits(question.electors.in_the_room().count())
    if gone := ", ".join(question.gone_since):
        lead += " " + _("Gone since it was opened, to be typed under “No hand raised”: %(gone)s.")
    return form_page(
        request,
        form,
        title=_("Count the hands"),
        button=_("Save the counts"),
        save=lambda: Hands.count(question, form.counts),
        then=question.get_absolute_url(),
        said=_("Saved."),
        lead=lead % {"what": question.title, "count": there, "gone": gone},
        crumbs=question_crumbs(question),
    )


def decide_by_hands(request: Request, pk: int) -> HttpResponse:
    """Put a matter of procedure on record with the hands that were raised."""
    meeting = fetch_meeting(request, "awards.run_meeting", pk=pk)
    form = ProcedureForm(posted(request), instance=Procedure(meeting=meeting, no=0, abstain=0))
    decide: Callable[[], None] = form.instance.decide
    return form_page(
        request,
        form,
        title=_("Show of hands on a matter of procedure"),
        save=decide,
        then=meeting.get_absolute_url(),
        said=_("Saved."),
        lead=_(
            "%(count)s units are in the room; more than half of them pass it. "
            "What was mistyped is corrected with a reason until the minutes are final."
        )
        % {"count": two_digits(meeting.units_there)},
        crumbs=crumbs(meeting),
    )


def correct_hands(request: Request, pk: int) -> HttpResponse:
    """Put right what was mistyped of a show of hands on procedure; the old stays in the history."""
    was = get_object_or_404(Procedure, pk=pk)
    meeting = was.meeting = fetch_to_mend(request, "awards.run_meeting", was.meeting_id)
    if request.method == "GET" and hasattr(was, "corrected_by"):
        messages.info(request, CORRECTED)
        return redirect(meeting)
    said = {name: getattr(was, name) for name in ProcedureForm.Meta.fields}
    form = CorrectionForm(
        posted(request), instance=Procedure(meeting=meeting, corrects=was, **said)
    )
    correct: Callable[[], None] = form.instance.correct
    return form_page(
        request,
        form,
        title=_("Correct a show of hands"),
        save=correct,
        then=meeting.get_absolute_url(),
        said=_("The show of hands is corrected."),
        lead=_(
            "Typed before: “%(sentence)s” It stays in the history; the minutes print the"
            " correction."
        )
        % {"sentence": was.sentence},
        crumbs=crumbs(meeting),
    )


urls = [
    path("questions/<int:pk>/letter/", receive_letter, name="receive_letter"),
    path("questions/<int:pk>/papers/give/", give_paper, name="give_paper"),
    path("questions/<int:pk>/papers/key/", key_paper, name="key_paper"),
    path("questions/<int:pk>/papers/key/forget/", forget_paper, name="forget_paper"),
    path("questions/<int:pk>/papers/count/", count_box, name="count_box"),
    path("questions/<int:pk>/papers/forget/", forget_stack, name="forget_stack"),
    path("questions/<int:pk>/hands/", count_hands, name="count_hands"),
    path("letters/<int:pk>/", key_letter, name="key_letter"),
    path("letters/<int:pk>/forget/", forget_letter, name="forget_letter"),
    path("letters/<int:pk>/empty/", find_empty, name="find_empty"),
    path("letters/<int:pk>/back/", take_paper_back, name="take_paper_back"),
    path("meetings/<int:pk>/hands/", decide_by_hands, name="decide_by_hands"),
    path("hands/<int:pk>/correct/", correct_hands, name="correct_hands"),
]
