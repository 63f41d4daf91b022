"""Pages on which an officer records what the authority decided, and among how many leaders."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import path, reverse
from django.utils.translation import gettext as _

from awards.catalogue_forms import DecisionForm, LeadersForm
from awards.models import Award, Decision, LeaderCount
from awards.models.decisions import CORRECTED
from awards.requirements import proposed_units
from blocks.models import Seat
from blocks.models.people import require
from emulation.access import fetch
from emulation.http import Request, posted
from emulation.pages import form_page
from scoring.models import Season
from scoring.views.season import crumbs_of, season_at


def _officer(request: Request, season: Season) -> Seat:
    seat = request.user.officer_seat(season.block.authority)
    return require(seat, _("Your seats do not include this."))


def record_decision(request: Request, pk: int, award: int) -> HttpResponse:
    """Record the authority's decision on an award; who was put forward is ticked."""
    season = season_at(request, pk, "awards.record_decision")
    known = Award.objects.known_to(season.block.authority)
    decided = fetch(request, known, "awards.view_award", pk=award)
    instance = Decision(season=season, award=decided)
    chosen = [unit.pk for unit in proposed_units(season, decided)]
    return _page(request, instance, _("Decision of the authority"), chosen)


def correct_decision(request: Request, pk: int) -> HttpResponse:
    """Record another decision in the place of one that was typed wrongly or changed later."""
    decisions = Decision.objects.visible_to(request.user).select_related(
        "award", "season__block__authority", "season__head"
    )
    old = fetch(request, decisions, "awards.record_decision", pk=pk)
    if request.method == "GET" and not decisions.in_force().contains(old):
        messages.info(request, CORRECTED)
        return redirect("show_eligibility", old.season_id)
    copied = ("number", "dated", "signer", "signer_position")
    instance = Decision(
        season=old.season, award=old.award, corrects=old,
        **{name: getattr(old, name) for name in copied},
    )  # fmt: skip
    chosen = list(old.grants.values_list("unit", flat=True))
    return _page(request, instance, _("Correct the decision"), chosen)


def _page(request: Request, instance: Decision, title: str, chosen: list[int]) -> HttpResponse:
    season = instance.season
    form = DecisionForm(posted(request), instance=instance, initial={"units": chosen})
    return form_page(
        request,
        form,
        title=title,
        lead=instance.award.name,
        button=_("Record the correction") if instance.corrects_id else _("Record the decision"),
        save=lambda: form.record(_officer(request, season)),
        then=reverse("show_eligibility", args=[season.pk]),
        said=_("The decision is recorded."),
        crumbs=crumbs_of(season),
    )


def state_leaders(request: Request, pk: int) -> HttpResponse:
    """State how many units lead a block of the authority in the season's year."""
    season = season_at(request, pk, "awards.record_decision")
    stated = LeaderCount.stated(season)
    initial = {"count": stated.count, "source": stated.source} if stated else {}
    form = LeadersForm(posted(request), initial=initial)
    return form_page(
        request,
        form,
        title=_("Units that lead a block in %(year)s") % {"year": season.year},
        lead=_(
            "Of all blocks and clusters of %(authority)s, also those that are not here. Without "
            "it the blocks that elected their leader here are counted."
        )
        % {"authority": season.block.authority},
        save=lambda: LeaderCount.state(season, _officer(request, season), **form.cleaned_data),
        then=reverse("show_eligibility", args=[season.pk]),
        said=_("Saved."),
        crumbs=crumbs_of(season),
    )


urls = [
    path("seasons/<int:pk>/awards/<int:award>/decision/", record_decision, name="record_decision"),
    path("decisions/<int:pk>/correct/", correct_decision, name="correct_decision"),
    path("seasons/<int:pk>/leaders/", state_leaders, name="state_leaders"),
]
