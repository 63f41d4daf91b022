"""What the units of a season did together, and whom they hold up as examples."""

from collections import defaultdict

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.utils.translation import gettext as _

from blocks.dates import show_date
from blocks.models import Seat, Unit
from blocks.models.people import require
from emulation.access import fetch
from emulation.http import Request, posted
from emulation.pages import confirm_page, form_page
from scoring.forms import ActivityForm, RoleModelForm
from scoring.models import Activity, RoleModel, Scorecard, Season
from scoring.views.season import Crumbs, crumbs_of, season_at, seat_of


def list_activities(request: Request, pk: int) -> HttpResponse:
    """Show the activities of the year and who took part; of each unit how often, and its examples.

    What a unit missed is told against the activities of which it is noted who took part.
    """
    season = season_at(request, pk)
    user = request.user
    cards = list(season.cards.named())
    activities = [
        (activity, {each.unit_id for each in activity.participations.all()})
        for activity in season.activities.prefetch_related("participations")
    ]
    examples: defaultdict[int, list[RoleModel]] = defaultdict(list)
    for example in season.role_models.all():
        examples[example.unit_id].append(example)
    rows = [
        {
            "card": card,
            "attended": sum(card.unit_id in took_part for _activity, took_part in activities),
            "examples": examples[card.unit_id],
            "may": season.is_under_way and user.has_perm("scoring.name_role_model", card),
        }
        for card in cards
    ]
    may_note = season.is_under_way and user.has_perm("scoring.draft_season", season)
    context = {
        "season": season,
        "activities": [
            (activity, [card.unit for card in cards if card.unit_id in took_part])
            for activity, took_part in activities
        ],
        "noted": sum(bool(took_part) for _activity, took_part in activities),
        "rows": rows,
        "may_note": may_note,
        "own": None if may_note else next((row["card"] for row in rows if row["may"]), None),
    }
    return render(request, "scoring/activities.html", context)


def way_to(request: Request, season: Season) -> tuple[str, Crumbs]:
    """Return the address of the season's activities, and the way to a page below it: a form, which
    opens only while they are noted."""
    if request.method == "GET":
        season.refuse_unless_under_way()
    here = reverse("list_activities", args=[season.pk])
    return here, [*crumbs_of(season), (_("Activities, role models"), here)]


def add_activity(request: Request, pk: int) -> HttpResponse:
    """Note what the block does together: planned, or held and who took part."""
    season = season_at(request, pk, "scoring.draft_season")
    return _activity_page(request, Activity(season=season), _("Note an activity"))


def edit_activity(request: Request, pk: int) -> HttpResponse:
    """Change an activity, or tick who took part."""
    return _activity_page(request, _activity(request, pk), _("Activity"))


def remove_activity(request: Request, pk: int) -> HttpResponse:
    """Take an activity out, after asking."""
    activity = _activity(request, pk)
    here, crumbs = way_to(request, activity.season)
    words = {"activity": activity.name, "day": show_date(activity.held_on)}
    return confirm_page(
        request,
        lambda: activity.remove(seat_of(request, activity.season)),
        title=_("Remove the activity"),
        sentence=_("Remove “%(activity)s” of %(day)s?") % words,
        next=_("It counts for no unit any more; the history keeps it."),
        button=_("Remove"),
        then=here,
        said=_("Removed."),
        crumbs=crumbs,
    )


def _activity_page(request: Request, activity: Activity, title: str) -> HttpResponse:
    here, crumbs = way_to(request, activity.season)
    form = ActivityForm(posted(request), instance=activity)
    return form_page(
        request,
        form,
        title=title,
        save=lambda: form.note(seat_of(request, activity.season)),
        then=here,
        said=_("Saved."),
        crumbs=crumbs,
    )


def _activity(request: Request, pk: int) -> Activity:
    seen = Activity.objects.filter(season__in=Season.objects.visible_to(request.user))
    related = seen.select_related("season__block__authority", "season__head")
    return fetch(request, related, "scoring.draft_season", pk=pk)


def add_role_model(request: Request, pk: int) -> HttpResponse:
    """Name somebody of a unit as an example."""
    cards = Scorecard.objects.visible_to(request.user).named()
    related = cards.select_related("season__block__authority", "season__head")
    card = fetch(request, related, "scoring.name_role_model", pk=pk)
    return _role_model_page(
        request, RoleModel(season=card.season, unit=card.unit), _("Add a role model")
    )


def edit_role_model(request: Request, pk: int) -> HttpResponse:
    """Change who is held up, or for what."""
    return _role_model_page(request, _role_model(request, pk), _("Role model"))


def remove_role_model(request: Request, pk: int) -> HttpResponse:
    """Take an example out, after asking."""
    example = _role_model(request, pk)
    here, crumbs = way_to(request, example.season)
    return confirm_page(
        request,
        lambda: example.remove(_seat_for(request, example.season, example.unit)),
        title=_("Remove the role model"),
        sentence=_("Remove “%(name)s” of %(unit)s?") % {"name": example.name, "unit": example.unit},
        next=_("The history keeps it."),
        button=_("Remove"),
        then=here,
        said=_("Removed."),
        crumbs=crumbs,
    )


def _role_model_page(request: Request, example: RoleModel, title: str) -> HttpResponse:
    here, crumbs = way_to(request, example.season)
    form = RoleModelForm(posted(request), instance=example)
    return form_page(
        request,
        form,
        title=title,
        lead=str(example.unit),
        save=lambda: form.instance.put(_seat_for(request, example.season, example.unit)),
        then=here,
        said=_("Saved."),
        crumbs=crumbs,
    )


def _seat_for(request: Request, season: Season, unit: Unit) -> Seat:
    """Return the seat from which this person names the unit's examples: there, or the season's."""
    seat = request.user.seat_at(unit) or season.office_seat(request.user)
    return require(seat, _("Your seats do not include this."))


def _role_model(request: Request, pk: int) -> RoleModel:
    seen = RoleModel.objects.filter(season__in=Season.objects.visible_to(request.user))
    related = seen.select_related("season__block__authority", "season__head", "unit")
    return fetch(request, related, "scoring.name_role_model", pk=pk)


urls = [
    path("seasons/<int:pk>/activities/", list_activities, name="list_activities"),
    path("seasons/<int:pk>/activities/add/", add_activity, name="add_activity"),
    path("activities/<int:pk>/", edit_activity, name="edit_activity"),
    path("activities/<int:pk>/remove/", remove_activity, name="remove_activity"),
    path("cards/<int:pk>/role-models/add/", add_role_model, name="add_role_model"),
    path("role-models/<int:pk>/", edit_role_model, name="edit_role_model"),
    path("role-models/<int:pk>/remove/", remove_role_model, name="remove_role_model"),
]
