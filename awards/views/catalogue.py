"""Pages of the catalogue: which awards there are, on what conditions, by which text, since when."""

from django.db import models
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path, reverse
from django.utils.translation import gettext as _

from awards import wording
from awards.catalogue_forms import AwardForm, EndAwardForm, RenewForm, RequirementForm
from awards.models import Award, Requirement
from blocks import clock
from blocks.history import acting_as
from blocks.models import Authority
from emulation.access import allow, fetch
from emulation.http import Request, asked_key, posted
from emulation.pages import confirm_page, form_page


def crumbs(award: Award | None = None) -> list[tuple[str, str]]:
    """The way to a page of the catalogue."""
    way = [(_("Catalogue of awards"), reverse("list_awards"))]
    return [*way, (award.short_name, award.get_absolute_url())] if award else way


def list_awards(request: Request) -> HttpResponse:
    """Show the awards in force, those to come and those that ended, each with its conditions."""
    awards = Award.objects.visible_to(request.user).select_related("authority")
    found = list(awards.prefetch_related("requirements").order_by("authority", "order", "since"))
    names, today = names_of(found), clock.today()
    rows = [(award, [wording.condition(one, names) for one in _asked(award)]) for award in found]
    above = next(iter(request.user.authorities), None)
    context = {
        "in_force": [row for row in rows if row[0].holds_on(today)],
        "to_come": [row for row in rows if row[0].since > today],
        "ended": [row for row in rows if row[0].until and row[0].until <= today],
        "may_add": above is not None and request.user.has_perm("awards.manage_award", above),
    }
    return render(request, "awards/catalogue.html", context)


def _asked(award: Award) -> list[Requirement]:
    """The conditions of an award, each knowing it."""
    return list(award.requirements.all())


def names_of(awards: list[Award]) -> dict[str, str]:
    """The short names of awards by code; what is in force wins."""
    ordered = sorted(awards, key=lambda award: award.since)
    return {award.code: award.short_name for award in ordered}


def show_award(request: Request, pk: int) -> HttpResponse:
    """Show one award: how it is decided, its conditions with their sources, its other periods."""
    awards = Award.objects.visible_to(request.user).select_related("authority")
    award = fetch(request, awards, "awards.view_award", pk=pk)
    periods = Award.objects.filter(authority=award.authority, code=award.code).order_by("since")
    known = Award.objects.known_to(award.authority_id).order_by("since")
    names = names_of(list(known))
    may_manage = award.authority_id and request.user.has_perm("awards.manage_award", award)
    context = {
        "award": award,
        "conditions": [(one, wording.condition(one, names)) for one in _asked(award)],
        "periods": [one for one in periods if one.pk != award.pk],
        "is_last": award == periods.last(),
        "may_manage": may_manage,
        "may_keep": bool(request.user.authorities),
        "may_mend": may_manage and not award.is_used,
        "today": clock.today(),
    }
    return render(request, "awards/award.html", context)


def _fetch(request: Request, pk: int) -> Award:
    """Return an award that one keeps; what follows is written down to this person's seat."""
    awards = Award.objects.visible_to(request.user).select_related("authority")
    award: Award = fetch(request, awards, "awards.manage_award", pk=pk)
    _as_officer(request, award.authority)
    return award


def _as_officer(request: Request, authority: Authority | None) -> None:
    """Write what follows down to this person's seat at the authority."""
    if request.method == "POST":
        acting_as(request.user.officer_seat(authority) if authority else None)


def add_award(request: Request) -> HttpResponse:
    """Add an award of one's authority; its conditions follow on its page."""
    above = next(iter(request.user.authorities), None)
    allow(request, "awards.manage_award", above)
    _as_officer(request, above)
    last = Award.objects.known_to(above).aggregate(models.Max("order"))["order__max"] or 0
    new = Award(authority=above, order=last + 10)
    if ended := asked_key(request, "again"):
        own = Award.objects.filter(authority=above, until__isnull=False)
        new = get_object_or_404(own, pk=ended).as_new()
    form = AwardForm(posted(request), instance=new)
    return form_page(
        request,
        form,
        title=_("Add a title or commendation"),
        lead=_(
            "After it is saved, state its conditions. One that had ended and bears the same name"
            " comes back with the conditions it had."
        ),
        save=new.add,
        then=new.get_absolute_url,
        back=reverse("list_awards"),
        crumbs=crumbs(),
    )


def edit_award(request: Request, pk: int) -> HttpResponse:
    """Mend an award that no season uses; one in use is changed from a day on."""
    award = _fetch(request, pk)
    if request.method == "GET" and award.is_used:
        return redirect("renew_award", pk=award.pk)
    form = AwardForm(posted(request), instance=award)
    return form_page(
        request,
        form,
        title=_("Edit %(award)s") % {"award": award.short_name},
        save=award.mend,
        then=award.get_absolute_url(),
        said=_("Saved."),
        crumbs=crumbs(award),
    )


def _told(request: Request, award: Award) -> str:
    """What uses an award that is to end; a posted day on which it may not end is refused."""
    voted = award.voted_from(award.since) if request.method == "GET" else ""
    return " ".join(filter(None, [voted, award.aimed_at]))


def renew_award(request: Request, pk: int) -> HttpResponse:
    """End an award on a day and put the changed one in its place, with the same conditions."""
    award = _fetch(request, pk)
    new = award.copy(max(clock.today(), award.first_end))
    form = RenewForm(posted(request), instance=new)
    return form_page(
        request,
        form,
        title=_("Change %(award)s from a day on") % {"award": award.short_name},
        lead=_(
            "A season uses this award, so what it says until that day stays. The award ends on "
            "that day; another with the same conditions takes its place, and they can be changed "
            "until a season uses it."
        ),
        warning=_told(request, award),
        save=lambda: award.give_way_to(new),
        then=lambda: new.get_absolute_url() if new.pk else award.get_absolute_url(),
        back=award.get_absolute_url(),
        said=_("Saved."),
        crumbs=crumbs(award),
    )


def end_award(request: Request, pk: int) -> HttpResponse:
    """End an award on a day."""
    award = _fetch(request, pk)
    on = award.until or max(clock.today(), award.first_end)
    form = EndAwardForm(posted(request), initial={"on": on})
    return form_page(
        request,
        form,
        title=_("End %(award)s") % {"award": award.short_name},
        lead=_("From that day on nobody may aim at it. Past years keep it."),
        warning=_told(request, award),
        save=lambda: award.end(form.cleaned_data["on"]),
        then=award.get_absolute_url(),
        button=_("End it from that day"),
        danger=True,
        crumbs=crumbs(award),
    )


def add_requirement(request: Request, pk: int) -> HttpResponse:
    """Let an award ask one more condition."""
    award = _fetch(request, pk)
    instance = Requirement(award=award, source=award.source)
    return _requirement_page(request, instance, _("Add a condition"))


def edit_requirement(request: Request, pk: int) -> HttpResponse:
    """Mend a condition."""
    return _requirement_page(request, _fetch_requirement(request, pk), _("Edit the condition"))


def _requirement_page(request: Request, instance: Requirement, title: str) -> HttpResponse:
    award = instance.award
    if request.method == "GET":  # what is posted its verb refuses, with the form kept
        award.refuse_when_used()
    return form_page(
        request,
        RequirementForm(posted(request), instance=instance),
        title=title,
        lead=award.name,
        save=instance.put,
        then=award.get_absolute_url(),
        crumbs=crumbs(award),
    )


def _fetch_requirement(request: Request, pk: int) -> Requirement:
    """Return a condition of an award that one keeps, as ``_fetch`` does."""
    seen = Requirement.objects.filter(award__in=Award.objects.visible_to(request.user))
    asked = get_object_or_404(seen.select_related("award__authority"), pk=pk)
    allow(request, "awards.manage_award", asked.award)
    _as_officer(request, asked.award.authority)
    return asked


def remove_requirement(request: Request, pk: int) -> HttpResponse:
    """Let an award ask a condition no longer."""
    asked = _fetch_requirement(request, pk)
    award = asked.award
    if request.method == "GET":
        award.refuse_when_used()
    names = names_of(list(Award.objects.known_to(award.authority_id)))
    return confirm_page(
        request,
        asked.drop,
        title=_("Remove the condition"),
        sentence=wording.condition(asked, names),
        button=_("Remove"),
        then=award.get_absolute_url(),
        crumbs=crumbs(award),
    )


urls = [
    path("awards/", list_awards, name="list_awards"),
    path("awards/new/", add_award, name="add_award"),
    path("awards/<int:pk>/", show_award, name="show_award"),
    path("awards/<int:pk>/edit/", edit_award, name="edit_award"),
    path("awards/<int:pk>/renew/", renew_award, name="renew_award"),
    path("awards/<int:pk>/end/", end_award, name="end_award"),
    path("awards/<int:pk>/conditions/new/", add_requirement, name="add_requirement"),
    path("conditions/<int:pk>/", edit_requirement, name="edit_requirement"),
    path("conditions/<int:pk>/remove/", remove_requirement, name="remove_requirement"),
]
