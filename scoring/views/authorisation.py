"""Letting the deputy act for the head of a season, from–to."""

from django.http import HttpResponse
from django.urls import path
from django.utils.translation import gettext as _

from blocks import clock
from blocks.dates import show_date
from blocks.models import Seat
from blocks.models.people import require
from emulation.access import fetch
from emulation.http import Request, posted
from emulation.pages import confirm_page, form_page
from emulation.templatetags.ui import office
from scoring.forms import AuthorisationForm
from scoring.models import Authorisation, Season
from scoring.views.season import crumbs_of, season_at


def giver(request: Request, season: Season) -> Seat:
    """Return the seat from which this person lets the deputy act: the head's, or an officer's."""
    user = request.user
    seat = user.seat_at(season.head) or user.officer_seat(season.block.authority)
    return require(seat, _("Your seats do not include this."))


def authorise_deputy(request: Request, pk: int) -> HttpResponse:
    """Let the deputy act for the head from a day to another, with the reason or the paper."""
    season = season_at(request, pk, "scoring.authorise_deputy")
    form = AuthorisationForm(posted(request), initial={"since": clock.today()})
    return form_page(
        request,
        form,
        title=_("Let %(deputy)s act for the head") % {"deputy": season.deputy or "–"},
        lead=_(
            "From the first to the last day the %(deputy)s does all that the %(head)s does; it ends"
            " by itself. Who settles which sheet does not change."
        )
        % {name: office(season.block, name) for name in ("deputy", "head")},
        save=lambda: Authorisation.give(season, giver(request, season), **form.cleaned_data),
        then=season.get_absolute_url(),
        said=_("Noted."),
        crumbs=crumbs_of(season),
    )


def end_authorisation(request: Request, pk: int) -> HttpResponse:
    """End it before its last day, after asking."""
    found = Authorisation.objects.filter(season__in=Season.objects.visible_to(request.user))
    related = found.select_related("season__block__authority", "season__head", "unit")
    given = fetch(request, related, "scoring.authorise_deputy", pk=pk)
    season = given.season
    words = {
        "unit": given.unit,
        "days": f"{show_date(given.since)} – {show_date(given.last_day)}",
    }
    today = given.since == clock.today()
    return confirm_page(
        request,
        lambda: given.end(giver(request, season)),
        title=_("End before its day"),
        sentence=_("End it that %(unit)s acts for the head (%(days)s)?") % words,
        next=_("It began today and is taken out at once. What was done stays; history tells it.")
        if today
        else _("It ends at once. What was done stays."),
        button=_("End"),
        then=season.get_absolute_url(),
        said=_("%(unit)s acts for the head no more.") % words,
        crumbs=crumbs_of(season),
    )


urls = [
    path("seasons/<int:pk>/deputy/", authorise_deputy, name="authorise_deputy"),
    path("authorisations/<int:pk>/end/", end_authorisation, name="end_authorisation"),
]
