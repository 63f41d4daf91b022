"""Which units there are, what they are called since when, who works there."""

from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.db.models import Prefetch
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.utils.translation import gettext as _

from blocks import clock
from blocks.forms import ClosingForm, FindForm, NameForm, NewUnitForm, UnitForm
from blocks.models import Membership, Unit
from emulation import parting
from emulation.access import allow, fetch
from emulation.http import Request
from emulation.pages import form_page

A_PAGE = 100  # units


def crumbs(unit: Unit | None = None) -> list[tuple[str, str]]:
    """The way to a unit's page."""
    way = [(_("Units"), reverse("list_units"))]
    return [*way, (unit.name, unit.get_absolute_url())] if unit else way


def list_units(request: Request) -> HttpResponse:
    """List the units one sees by block; a search also finds former names and closed units."""
    form = FindForm(request.GET)
    units = Unit.objects.visible_to(request.user)
    units = units.called(form.words) if form.words else units.today()
    held = Membership.objects.today().select_related("block")
    units = units.named().by_block().prefetch_related(Prefetch("memberships", held, to_attr="held"))
    context = {
        "page": Paginator(units, A_PAGE).get_page(request.GET.get("page")),
        "words": form.words,
        "query": urlencode({"q": form.words}) if form.words else "",
        "may_add": bool(request.user.authorities),
    }
    return render(request, "blocks/units.html", context)


def add_unit(request: Request) -> HttpResponse:
    """Add a unit with its first name."""
    allow(request, "blocks.administer", next(iter(request.user.authorities), None))
    form = NewUnitForm(request.user, request.POST or None)
    return form_page(
        request,
        form,
        title=_("Add a unit"),
        then=form.instance.get_absolute_url,
        crumbs=crumbs(),
        back=reverse("list_units"),
    )


def show_unit(request: Request, pk: int) -> HttpResponse:
    """Show a unit: its names, its blocks, its people."""
    units = Unit.objects.visible_to(request.user).select_related("authority").named()
    unit = fetch(request, units, "blocks.view_unit", pk=pk)
    seats = (
        unit.seats.not_over()
        .select_related("person", "unit__authority")
        .order_by("role", "person__sort_key")
    )
    may_people = request.user.has_perm("blocks.manage_clerks", unit)
    rows = [
        (seat, may_people and seat.may_end and request.user.has_perm("blocks.manage_seat", seat))
        for seat in seats
    ]
    context = {
        "unit": unit,
        "names": unit.names.order_by("-since"),
        "memberships": unit.memberships.select_related("block").order_by("-since"),
        "rows": rows,
        "successions": unit.successions.select_related("new").prefetch_related("new__names"),
        "predecessions": unit.predecessions.select_related("old").prefetch_related("old__names"),
        "may_people": may_people,
        "knows": may_people or request.user.seat_at(unit) is not None,
    }
    return render(request, "blocks/unit.html", context)


def edit_unit(request: Request, pk: int) -> HttpResponse:
    """Mend what papers print of the unit besides its name."""
    unit = fetch(request, Unit.objects.visible_to(request.user), "blocks.manage_unit", pk=pk)
    form = UnitForm(request.POST or None, instance=unit)
    title = _("Edit %(unit)s") % {"unit": unit}
    then = unit.get_absolute_url()
    return form_page(request, form, title=title, then=then, crumbs=crumbs(unit))


def rename_unit(request: Request, pk: int) -> HttpResponse:
    """Give the unit another name from a day on; earlier papers keep the earlier one."""
    unit = fetch(request, Unit.objects.visible_to(request.user), "blocks.manage_unit", pk=pk)
    held = unit.names_on(clock.today())
    initial = {"name": held.name, "short_name": held.short_name} if held else {}
    form = NameForm(request.POST or None, initial=initial | {"since": clock.today()})
    return form_page(
        request,
        form,
        title=_("Another name for %(unit)s") % {"unit": unit},
        lead=_(
            "Papers print the name of their day. To mend a slip in the last name, "
            "enter the day from which that name holds."
        ),
        save=lambda: unit.rename(**form.cleaned_data),
        then=unit.get_absolute_url(),
        crumbs=crumbs(unit),
    )


def close_unit(request: Request, pk: int) -> HttpResponse:
    """Note that a unit was closed, merged, split or renamed into another, by which decision."""
    unit = fetch(request, Unit.objects.visible_to(request.user), "blocks.manage_unit", pk=pk)
    form = ClosingForm(unit, request.user, request.POST or None, initial={"on": clock.today()})
    return form_page(
        request,
        form,
        title=_("Close %(unit)s") % {"unit": unit},
        lead=_(
            "Its memberships, offices and seats end on that day. "
            "What it did in past years stays under its name. A year that runs waits for its sheets"
            " until the year's page notes that it does not send them."
        ),
        warning=parting.sitting(unit),
        save=lambda: parting.close_unit(unit, **form.cleaned_data),
        then=unit.get_absolute_url(),
        button=_("Close the unit"),
        danger=True,
        crumbs=crumbs(unit),
    )


urls = [
    path("units/", list_units, name="list_units"),
    path("units/new/", add_unit, name="add_unit"),
    path("units/<int:pk>/", show_unit, name="show_unit"),
    path("units/<int:pk>/edit/", edit_unit, name="edit_unit"),
    path("units/<int:pk>/name/", rename_unit, name="rename_unit"),
    path("units/<int:pk>/close/", close_unit, name="close_unit"),
]
