"""Pages of how a season votes: one set of rules an award or an office."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from awards import wording
from awards.forms import MatterForm, VoteRulesForm
from awards.models import Meeting, MeetingState, VoteRules
from awards.models.catalogue import members_of, not_voted_on
from blocks import clock
from blocks.history import acting_as
from emulation.access import fetch
from emulation.forms import ModelForm
from emulation.http import Request, posted
from emulation.pages import confirm_page, form_page
from scoring.models import Season
from scoring.phases import Phase


def list_vote_rules(request: Request, pk: int) -> HttpResponse:
    """Show how the season votes on each matter, in words."""
    season = fetch(
        request, Season.objects.visible_to(request.user).for_page(), "scoring.view_season", pk=pk
    )
    members = members_of(season)
    rules = [
        (one, wording.in_words(one, members))
        for one in season.vote_rules.select_related("award", "season__block")
    ]
    called = is_called(season)
    context = {
        "season": season,
        "rules": rules,
        "called": called,
        "not_voted": _not_voted(season) if rules else [],
        "may_edit": not called and request.user.has_perm("scoring.draft_season", season),
    }
    return render(request, "awards/vote_rules.html", context)


def _not_voted(season: Season) -> list[str]:
    """Say on which awards the meeting does not vote: as it was called, else on the day that the
    year plans, or today."""
    if meeting := _called(season).first():
        return meeting.not_voted
    planned = season.dates_by_phase.get(Phase.MEETING)
    return not_voted_on(season, planned.due if planned and planned.due else clock.today())


CALLED = gettext_lazy("A meeting was called with these rules; they stay as they are.")


def is_called(season: Season) -> bool:
    """Tell whether a meeting was called with the rules as they are."""
    return _called(season).exists()


def _called(season: Season) -> QuerySet[Meeting]:
    return Meeting.objects.filter(season=season).exclude(state=MeetingState.CANCELLED)


def add_vote_rules(request: Request, pk: int) -> HttpResponse:
    """Add rules for an award or an office that has none."""
    season = fetch(
        request, Season.objects.visible_to(request.user).for_page(), "scoring.draft_season", pk=pk
    )
    form = MatterForm(posted(request), instance=VoteRules(season=season))
    if request.method == "GET" and not form.has_matters:
        said = _("Every award that is voted, and every office, has its rules already.")
        messages.info(request, said)
        return redirect("list_vote_rules", pk=pk)
    return _page(request, season, form, _("Add rules for a vote"))


def edit_vote_rules(request: Request, pk: int) -> HttpResponse:
    """Change the rules for one matter, while no meeting was called with them."""
    rules = _fetch(request, pk)
    if request.method == "GET" and is_called(rules.season):
        messages.info(request, CALLED)
        return redirect("list_vote_rules", pk=rules.season_id)
    return _page(request, rules.season, VoteRulesForm(posted(request), instance=rules), rules.title)


def remove_vote_rules(request: Request, pk: int) -> HttpResponse:
    """Take a matter off the list of what is voted."""
    rules = _fetch(request, pk)
    return confirm_page(
        request,
        lambda: _change(request, rules.season, rules.delete),
        title=rules.title,
        sentence=_("Remove these rules? The meeting will not vote on this matter."),
        button=_("Remove"),
        then=reverse("list_vote_rules", args=[rules.season_id]),
        crumbs=_crumbs(rules.season),
    )


def _fetch(request: Request, pk: int) -> VoteRules:
    seen = VoteRules.objects.filter(season__in=Season.objects.visible_to(request.user))
    return fetch(
        request,
        seen.select_related("award", "season__block__authority", "season__head"),
        "scoring.draft_season",
        pk=pk,
    )


def _page(request: Request, season: Season, form: ModelForm, title: str) -> HttpResponse:
    return form_page(
        request,
        form,
        title=title,
        save=lambda: _change(request, season, form.save),
        then=reverse("list_vote_rules", args=[season.pk]),
        said=_("The rules are saved."),
        crumbs=_crumbs(season),
        lead=str(season),
    )


def _crumbs(season: Season) -> list[tuple[str, str]]:
    return [
        (str(season), season.get_absolute_url()),
        (_("Rules of the votes"), reverse("list_vote_rules", args=[season.pk])),
    ]


@transaction.atomic
def _change(request: Request, season: Season, change: object) -> None:
    """Change the rules under the season's lock: a meeting takes them as they are when called."""
    acting_as(season.office_seat(request.user))
    if is_called(season.locked()):
        raise ValidationError(CALLED)
    change()  # type: ignore[operator]


urls = [
    path("seasons/<int:pk>/votes/", list_vote_rules, name="list_vote_rules"),
    path("seasons/<int:pk>/votes/add/", add_vote_rules, name="add_vote_rules"),
    path("vote-rules/<int:pk>/", edit_vote_rules, name="edit_vote_rules"),
    path("vote-rules/<int:pk>/remove/", remove_vote_rules, name="remove_vote_rules"),
]
