"""Pages of who is not considered for now: put on hold with the reason, lifted with the reason."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils.translation import gettext as _

from awards.catalogue_forms import HoldForm, LiftForm
from awards.models import Hold, MeetingState
from awards.models.holds import LIFTED
from blocks import clock
from blocks.models.people import require
from emulation.access import fetch
from emulation.http import Request, posted
from emulation.pages import form_page
from scoring.models import Season
from scoring.views.season import crumbs_of, season_at


def list_holds(request: Request, pk: int) -> HttpResponse:
    """Show which units of the season are on hold, for what, since when, and which were."""
    season = season_at(request, pk)
    context = {
        "season": season,
        "holds": season.holds.listed(),
        "may_hold": request.user.has_perm("awards.hold_award", season),
    }
    return render(request, "awards/holds.html", context)


def put_on_hold(request: Request, pk: int) -> HttpResponse:
    """Put a unit on hold; the address may name the award (``?award=``)."""
    season = season_at(request, pk, "awards.hold_award")
    seat = require(
        request.user.officer_seat(season.block.authority), _("Your seats do not include this.")
    )
    initial = {"since": clock.today(), "award": request.GET.get("award")}
    form = HoldForm(posted(request), season=season, initial=initial, instance=Hold(season=season))
    facts = HoldForm.Meta.fields
    return form_page(
        request,
        form,
        title=_("Put a unit on hold"),
        lead=_(
            "The unit is not refused but not considered: it leaves the lists of candidates until "
            "the hold is lifted."
        ),
        warning=_what_stays(season),
        button=_("Put on hold"),
        save=lambda: Hold.put(season, seat, **{name: form.cleaned_data[name] for name in facts}),
        then=reverse("list_holds", args=[season.pk]),
        crumbs=crumbs_of(season),
    )


def _what_stays(season: Season) -> str:
    """Say what a hold that is put now no longer changes, or nothing."""
    states = set(season.meetings.values_list("state", flat=True))
    if MeetingState.CLOSED in states:
        return _(
            "The meeting has voted: what it put forward stays. The hold counts for what the"
            " authority has still to decide."
        )
    if MeetingState.OPEN in states:
        return _("The meeting is in session: a vote that is open goes on with its list.")
    return ""


def lift_hold(request: Request, pk: int) -> HttpResponse:
    """Consider a unit again from a day on, with the reason."""
    holds = Hold.objects.visible_to(request.user).select_related(
        "unit", "award", "season__block__authority", "season__head"
    )
    hold = fetch(request, holds, "awards.hold_award", pk=pk)
    season: Season = hold.season
    if request.method == "GET" and hold.until:
        messages.info(request, LIFTED)
        return redirect("list_holds", season.pk)
    seat = require(
        request.user.officer_seat(season.block.authority), _("Your seats do not include this.")
    )
    form = LiftForm(posted(request), initial={"on": clock.today()})
    return form_page(
        request,
        form,
        title=_("Consider %(unit)s again") % {"unit": hold.unit},
        lead=hold.sentence,
        button=_("Lift the hold"),
        save=lambda: hold.lift(form.cleaned_data["on"], seat, form.cleaned_data["because"]),
        then=reverse("list_holds", args=[season.pk]),
        crumbs=crumbs_of(season),
    )


urls = [
    path("seasons/<int:pk>/holds/", list_holds, name="list_holds"),
    path("seasons/<int:pk>/holds/new/", put_on_hold, name="put_on_hold"),
    path("holds/<int:pk>/lift/", lift_hold, name="lift_hold"),
]
