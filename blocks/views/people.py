"""Who there is, which seats a person holds, and the first password on a slip."""

from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from blocks import clock
from blocks.dates import show_date
from blocks.forms import FindForm, NewPersonForm, PersonForm, PlaceForm, SlipForm
from blocks.models import Authority, Role, Seat, Unit, User
from emulation.access import allow, fetch
from emulation.http import Request, posted
from emulation.pages import confirm_page, form_page
from emulation.parting import staying

A_PAGE = 50  # people


def place_managed(user: User) -> Authority | Unit | None:
    """Return an authority, or else a unit, whose people the user manages."""
    units = [seat.unit for seat in user.seats_in_force if seat.role == Role.PRINCIPAL]
    return next(iter([*user.authorities, *units]), None)


def crumbs() -> list[tuple[str, str]]:
    """The way to a person's page."""
    return [(_("People"), reverse("list_people"))]


def list_people(request: Request) -> HttpResponse:
    """List the people one sees, by given name; a search also finds those without a seat today."""
    form = FindForm(request.GET)
    people = User.objects.visible_to(request.user).seated().order_by("sort_key", "pk")
    if form.words:
        people = people.called(form.words)
    else:
        people = people.filter(pk__in=Seat.objects.not_over().values("person"))
    page = Paginator(people, A_PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "words": form.words,
        "query": urlencode({"q": form.words}) if form.words else "",
        "may_add": request.user.has_perm("blocks.manage_clerks", place_managed(request.user)),
    }
    return render(request, "blocks/people.html", context)


def add_person(request: Request) -> HttpResponse:
    """Add a person with its first seat; the password comes on a slip afterwards."""
    allow(request, "blocks.manage_clerks", place_managed(request.user))
    unit = request.GET.get("unit", "")
    initial = {"unit": unit} if unit.isdecimal() else {}
    form = NewPersonForm(request.user, request.POST or None, initial=initial)
    return form_page(
        request,
        form,
        title=_("Add a person"),
        then=form.address_of_person,
        crumbs=crumbs(),
        back=reverse("list_people"),
    )


def show_person(request: Request, pk: int) -> HttpResponse:
    """Show a person: how to reach it, its seats now and before."""
    person = fetch(request, User.objects.visible_to(request.user), "blocks.view_person", pk=pk)
    seats = person.seats.select_related("authority", "unit__authority").named()
    rows = [
        (seat, seat.may_end and request.user.has_perm("blocks.manage_seat", seat))
        for seat in seats.order_by("-since", "-pk")
    ]
    context = {
        "person": person,
        "rows": rows,
        "may_manage": request.user.has_perm("blocks.manage_person", person),
        "may_seat": request.user.has_perm("blocks.manage_clerks", place_managed(request.user)),
        "today": clock.today(),
    }
    return render(request, "blocks/person.html", context)


def edit_person(request: Request, pk: int) -> HttpResponse:
    """Mend name, user name, phone; keep somebody from logging in."""
    person = fetch(request, User.objects.visible_to(request.user), "blocks.manage_person", pk=pk)
    then = person.get_absolute_url()
    title = _("Edit %(person)s") % {"person": person}
    form = PersonForm(request.POST or None, instance=person)
    if person == request.user:
        del form.fields["is_active"]  # nobody locks oneself out
        form.helper.layout.fields.remove("is_active")
    return form_page(request, form, title=title, then=then, crumbs=[*crumbs(), (str(person), then)])


def add_seat(request: Request, pk: int) -> HttpResponse:
    """Give a person another seat."""
    person = fetch(request, User.objects.visible_to(request.user), "blocks.view_person", pk=pk)
    allow(request, "blocks.manage_clerks", place_managed(request.user))
    form = PlaceForm(request.user, request.POST or None)
    then = person.get_absolute_url()
    return form_page(
        request,
        form,
        title=_("Another seat for %(person)s") % {"person": person},
        save=lambda: form.seat_of(person),
        then=then,
        crumbs=[*crumbs(), (str(person), then)],
    )


def end_seat(request: Request, pk: int) -> HttpResponse:
    """End a seat today."""
    people = User.objects.visible_to(request.user)
    seats = Seat.objects.filter(person__in=people).select_related("unit__authority", "authority")
    seat = fetch(request, seats, "blocks.manage_seat", pk=pk)
    facts = {"person": seat.person, "role": seat.get_role_display(), "place": seat.place}
    then = _(
        "Its last day is %(day)s: from today on the person does nothing more from this seat. What"
        " was done stays."
    ) % {"day": show_date(seat.first_end - clock.ONE_DAY)}
    if seat.since > clock.today():
        then = _("The seat begins on %(day)s and then holds that one day.") % {
            "day": show_date(seat.since)
        }
    elif seat.first_end > clock.today():
        then = _(
            "The seat began today, so it still holds until the end of this day. To keep the person"
            " out at once, edit the person: “May log in”."
        )
    return confirm_page(
        request,
        seat.end,
        title=_("End a seat"),
        sentence=_("End the seat of %(person)s: %(role)s, %(place)s?") % facts,
        next=then,
        left_open=staying(seat, request.user),
        button=_("End the seat"),
        then=seat.person.get_absolute_url(),
        crumbs=[*crumbs(), (str(seat.person), seat.person.get_absolute_url())],
    )


@never_cache  # no browser and no proxy keeps the slip
def give_password(request: Request, pk: int) -> HttpResponse:
    """Make a one-time password and show it once, on a slip to print.

    The form carries a stamp of the password there was: sent once more, by reloading the slip or by
    a second click, it is refused (409) instead of making the slip in one's hand worthless.
    """
    person = fetch(request, User.objects.visible_to(request.user), "blocks.manage_person", pk=pk)
    if request.method == "POST":  # two clicks make one password
        person = User.objects.select_for_update().get(pk=person.pk)
    form = SlipForm(posted(request), initial={"stamp": person.password_stamp})
    repeated = form.is_bound and form.data.get("stamp") != person.password_stamp
    if form.is_bound and form.is_valid() and not repeated:
        slip = {
            "person": person,
            "password": person.give_first_password(),
            "address": request.build_absolute_uri(reverse("home")),
        }
        return render(request, "blocks/slip.html", slip)
    if repeated:
        form = SlipForm({"stamp": person.password_stamp})
        form.add_error(
            None,
            _(
                "From this page a password was made already; it is on the slip and still holds."
                " Make another only if the slip was lost."
            ),
        )
    context = {
        "form": form,
        "title": _("First password"),
        "sentence": _("Make a one-time password for %(person)s?") % {"person": person},
        "next": _(
            "It is shown once, on a slip to print. A password the person had stops working now."
        ),
        "button": _("Make the password"),
        "back": person.get_absolute_url(),
        "crumbs": [*crumbs(), (str(person), person.get_absolute_url())],
    }
    return render(request, "confirm.html", context, status=409 if repeated else 200)


urls = [
    path("people/", list_people, name="list_people"),
    path("people/new/", add_person, name="add_person"),
    path("people/<int:pk>/", show_person, name="show_person"),
    path("people/<int:pk>/edit/", edit_person, name="edit_person"),
    path("people/<int:pk>/seats/new/", add_seat, name="add_seat"),
    path("people/<int:pk>/password/", give_password, name="give_password"),
    path("seats/<int:pk>/end/", end_seat, name="end_seat"),
]
