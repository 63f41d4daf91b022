"""Registering the titles a unit aims at, and voting."""

from django.http import HttpResponse
from django.urls import path
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters

from awards.models import Question
from awards.sheet import AimSheet, BallotSheet
from emulation.access import allow, fetch
from emulation.http import Request
from scoring.sheet import fill_sheet, submit_sheet
from scoring.views.sheet import card_of


def fill_aims(request: Request, pk: int) -> HttpResponse:
    """Show the titles a unit aims at; write the ticks that are posted."""
    return fill_sheet(request, lambda: AimSheet(card_of(request, pk), request.user))


def submit_aims(request: Request, pk: int) -> HttpResponse:
    """Hand up, send, return or take back the aims, after asking."""
    return submit_sheet(request, lambda: AimSheet(card_of(request, pk), request.user))


def ballot_of(request: Request, pk: int) -> BallotSheet:
    """Return the ballot of whoever represents a unit; others read of the question elsewhere."""
    questions = Question.objects.visible_to(request.user).for_ballot()
    question = fetch(request, questions, "awards.view_question", pk=pk)
    sheet = BallotSheet(question, request.user)
    sheet.refuse_unless_open()
    if not question.is_waiting:  # before the opening nobody is an elector yet
        allow(request, "awards.cast_ballot", question)
    return sheet


def ballot_to_cast(request: Request, pk: int) -> BallotSheet:
    """Return the ballot on its way into the urn: whose it is, its verb asks under the lock."""
    question = Question.objects.of_own_block(request.user, pk) or fetch(
        request, Question.objects.visible_to(request.user), "awards.view_question", pk=pk
    )
    return BallotSheet(question, request.user)


@never_cache
@sensitive_post_parameters()
def cast_ballot(request: Request, pk: int) -> HttpResponse:
    """Show the ballot, and once more for review; afterwards that it was cast, then the result."""
    return fill_sheet(request, lambda: ballot_of(request, pk))


@never_cache
@sensitive_post_parameters()
def submit_ballot(request: Request, pk: int) -> HttpResponse:
    """Cast the ballot that was looked at."""
    of = ballot_to_cast if request.method == "POST" else ballot_of
    return submit_sheet(request, lambda: of(request, pk))


urls = [
    path("cards/<int:pk>/aims/", fill_aims, name="fill_aims"),
    path("cards/<int:pk>/aims/submit/", submit_aims, name="submit_aims"),
    path("questions/<int:pk>/ballot/", cast_ballot, name="cast_ballot"),
    path("questions/<int:pk>/ballot/cast/", submit_ballot, name="submit_ballot"),
]
