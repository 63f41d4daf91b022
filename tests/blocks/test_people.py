"""Who there is, who gives whom a seat, and the slip with the first password."""

import re
from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from blocks import clock
from blocks.models import Change, Role, Seat, User
from tests.awards.stage import address, line, make_stage, words
from tests.conftest import person, ticked
from tests.factories import LONG_AGO, SeatFactory, UnitFactory, UserFactory

pytestmark = pytest.mark.django_db


def names(page):
    return re.findall(r'<th scope="row"><a href="/people/\d+/">(.*?)</a>', page.content.decode())


def new_person(**said):
    return {
        "honorific": "Bà",
        "full_name": "Nguyễn Thị Hoa",
        "username": "",
        "phone": "0905 123 456",
        "role": "clerk",
        "unit": "",
        "position": "Chuyên viên",
        "since": "01/09/2026",
    } | said


def test_people_stand_in_the_order_of_their_given_names(cast, as_):
    for name in ("Nguyễn Văn Yên", "Trần Ánh", "Đỗ Anh", "Bùi Đức"):
        SeatFactory(person=UserFactory(full_name=name), unit=cast.ash_unit)
    listed = [n for n in names(as_(cast.officer).get("/people/")) if len(n.split()) > 2]
    assert [n.removeprefix("Ông ") for n in listed if "clerk" not in n] == [
        "Đỗ Anh", "Trần Ánh", "Bùi Đức", "Nguyễn Văn Yên",
    ]  # fmt: skip


@pytest.mark.parametrize("words", ["duc", "bui duc", "BÙI", "Đức"])
def test_a_person_is_found_without_marks(cast, as_, words):
    SeatFactory(person=UserFactory(full_name="Bùi Đức"), unit=cast.ash_unit)
    assert names(as_(cast.officer).get("/people/", {"q": words})) == ["Ông Bùi Đức"]


def test_who_lost_every_seat_leaves_the_list_but_is_found(cast, as_):
    cast.ash_clerk.seats.get().end()
    Seat.objects.filter(person=cast.ash_clerk).update(until=date(2026, 9, 1))
    officer = as_(cast.officer)
    assert "Ông Ash clerk" not in names(officer.get("/people/"))
    assert "Ông Ash clerk" in names(officer.get("/people/", {"q": "ash clerk"}))


def test_a_seat_that_began_today_holds_to_the_end_of_the_day_and_the_page_says_so(cast, as_):
    wrong = SeatFactory(person=UserFactory(full_name="Bùi Đức"), unit=cast.ash_unit)
    Seat.objects.filter(pk=wrong.pk).update(since=clock.today())
    client, end = as_(cast.ash), f"/seats/{wrong.pk}/end/"
    assert "it still holds until the end of this day" in client.get(end).content.decode()
    assert client.post(end).status_code == 302
    assert client.post(end).status_code == 422  # ended already
    unit = f"/units/{cast.ash_unit.pk}/"
    for page in (wrong.person.get_absolute_url(), unit):
        assert end not in client.get(page).content.decode()
    assert f"until the end of {clock.today():%d/%m/%Y}" in client.get(unit).content.decode()
    Seat.objects.filter(pk=wrong.pk).update(since=date(2026, 10, 8), until=None)
    said = "The seat begins on 08/10/2026 and then holds that one day."
    assert said in client.get(end).content.decode()
    older = cast.ash_clerk.seats.get()
    assert (
        "Its last day is 27/09/2026: from today on"
        in client.get(f"/seats/{older.pk}/end/").content.decode()
    )


def test_the_only_unit_of_a_principal_is_chosen_for_another_seat(cast, as_):
    page = as_(cast.ash).get(f"/people/{cast.ash_clerk.pk}/seats/new/").content.decode()
    assert f'<option value="{cast.ash_unit.pk}" selected>' in page
    assert "an officer does not" not in page


def test_one_sees_the_people_of_one_s_own_units_and_authorities_only(cast, as_):
    assert names(as_(cast.ash_clerk).get("/people/")) == ["Ông Ash", "Ông Ash clerk"]
    assert names(as_(cast.stranger).get("/people/")) == ["Ông Stranger"]


@pytest.mark.parametrize("address", ["", "edit/", "seats/new/", "password/"])
def test_people_of_another_authority_are_not_found(cast, as_, address):
    assert as_(cast.stranger).get(f"/people/{cast.ash.pk}/{address}").status_code == 404


def test_the_list_of_people_asks_as_many_questions_for_thirty_as_for_one(cast, as_):
    def asked():
        client = as_(cast.officer)
        client.get("/people/")
        with CaptureQueriesContext(connection) as queries:
            assert client.get("/people/").status_code == 200
        return len(queries)

    few = asked()
    for _n in range(30):
        SeatFactory(person=UserFactory(), unit=cast.ash_unit)
    assert asked() == few


def test_an_officer_adds_a_person_with_its_first_seat(cast, as_):
    answer = as_(cast.officer).post("/people/new/", new_person(unit=cast.ash_unit.pk))
    assert answer.status_code == 302
    hoa = User.objects.get(full_name="Nguyễn Thị Hoa")
    assert hoa.username == "hoant"
    assert not hoa.has_usable_password()
    seat = hoa.seats.get()
    assert (seat.role, seat.unit, seat.since) == (Role.CLERK, cast.ash_unit, date(2026, 9, 1))
    assert Change.objects.filter(table="blocks_user", user_id=cast.officer.pk).exists()


def test_the_second_of_a_name_gets_another_user_name(cast, as_):
    client = as_(cast.officer)
    assert client.post("/people/new/", new_person(unit=cast.ash_unit.pk)).status_code == 302
    again = client.post("/people/new/", new_person(unit=cast.ash_unit.pk))
    assert (
        "Bà Nguyễn Thị Hoa, Clerk, Thanh tra huyện Ash is there already." in again.content.decode()
    )
    assert User.objects.filter(full_name="Nguyễn Thị Hoa").count() == 1
    another = new_person(unit=cast.ash_unit.pk) | ticked(again)
    assert client.post("/people/new/", another).status_code == 302
    both = User.objects.filter(full_name="Nguyễn Thị Hoa")
    assert {one.username for one in both} == {"hoant", "hoant2"}


def test_an_officer_s_seat_is_at_the_authority(cast, as_):
    client = as_(cast.officer)
    refused = client.post("/people/new/", new_person(role="officer", unit=cast.ash_unit.pk))
    assert "An officer sits at no unit" in refused.content.decode()
    assert client.post("/people/new/", new_person(role="officer", unit="")).status_code == 302
    seat = Seat.objects.get(person__full_name="Nguyễn Thị Hoa")
    assert (seat.unit, seat.authority) == (None, cast.authority)


@pytest.mark.parametrize("language", ["en", "vi"])
@pytest.mark.parametrize(
    ("said", "refusal"),
    [
        ({"full_name": "Nguyễn 2"}, "Enter the name of a person: it has no figures."),
        ({"username": "ASH"}, "Somebody has this user name already."),
        ({"username": "two words"}, "A user name has no spaces."),
        ({"unit": ""}, "Choose the unit."),
        ({"since": "31/2/2026"}, "There is no such day in the calendar."),
    ],
)
def test_a_new_person_is_refused_with_a_sentence(cast, as_, sentence, said, refusal, language):
    form = new_person(**{"unit": cast.ash_unit.pk} | said)
    answer = as_(cast.officer, language).post("/people/new/", form)
    assert answer.status_code == 422
    assert sentence(refusal, language) in answer.content.decode()
    assert not User.objects.filter(full_name="Nguyễn Thị Hoa").exists()


@pytest.mark.parametrize("language", ["en", "vi"])
def test_nobody_holds_two_seats_at_a_unit_at_once(cast, as_, sentence, language):
    seat = {"role": "principal", "unit": cast.ash_unit.pk, "since": "01/09/2026"}
    answer = as_(cast.officer, language).post(f"/people/{cast.ash_clerk.pk}/seats/new/", seat)
    assert answer.status_code == 422
    refusal = (
        "The person holds a seat at this unit in that period; "
        "end that seat on the person's page first."
    )
    assert sentence(refusal, language) in answer.content.decode()


def test_a_person_may_sit_at_two_units(cast, as_):
    seat = {"role": "clerk", "unit": cast.birch_unit.pk, "since": "01/09/2026"}
    assert (
        as_(cast.officer).post(f"/people/{cast.ash_clerk.pk}/seats/new/", seat).status_code == 302
    )
    assert cast.ash_clerk.seats.today().count() == 2


def test_a_principal_names_clerks_of_the_own_unit_only(cast, as_):
    principal = as_(cast.ash)
    assert principal.post("/people/new/", new_person(unit=cast.ash_unit.pk)).status_code == 302
    for said in ({"unit": cast.birch_unit.pk}, {"role": "principal"}, {"role": "officer"}):
        form = new_person(**{"unit": cast.ash_unit.pk, "full_name": "Lê Văn Bốn"} | said)
        assert principal.post("/people/new/", form).status_code == 422
    assert not User.objects.filter(full_name="Lê Văn Bốn").exists()


def test_a_clerk_adds_nobody(cast, as_):
    form = new_person(unit=cast.ash_unit.pk)
    assert as_(cast.ash_clerk).post("/people/new/", form).status_code == 403


def test_a_principal_ends_a_clerk_s_seat_but_not_another_principal_s(cast, as_):
    deputy = person("Aspen", Role.PRINCIPAL, unit=cast.ash_unit)
    client = as_(cast.ash)
    assert client.post(f"/seats/{deputy.seats.get().pk}/end/").status_code == 403
    clerk = cast.ash_clerk.seats.get()
    assert client.get(f"/seats/{clerk.pk}/end/").status_code == 200
    assert not Seat.objects.get(pk=clerk.pk).until
    assert client.post(f"/seats/{clerk.pk}/end/").status_code == 302
    assert Seat.objects.get(pk=clerk.pk).until == date(2026, 9, 28)
    page = as_(cast.officer).get(f"/people/{cast.ash_clerk.pk}/").content.decode()
    assert '<td data-label="Until">27/09/2026</td>' in page  # the last day on which it held


def test_ending_a_seat_tells_what_the_person_still_is_and_that_no_principal_is_left(as_):
    stage = make_stage()
    cast, meeting = stage.cast, stage.meeting
    line(stage, "Cedar").sit(cast.cedar_clerk)  # the secretary too
    meeting.counters.create(person=cast.cedar_clerk, name="Cedar clerk")
    there = f"the meeting of {cast.block.short_name} on {clock.today():%d/%m/%Y}"
    told = {
        f"still represents Cedar at {there}": address("edit_attendance", line(stage, "Cedar")),
        f"is still the secretary of {there}": address("edit_meeting", meeting),
        f"is still on the counting committee of {there}": f"{meeting.get_absolute_url()}#committee",
    }

    def page(reader, whose):
        return words(as_(reader).get(f"/seats/{whose.seats.get().pk}/end/"))

    shown, apart = page(cast.cedar, cast.cedar_clerk), page(cast.officer, cast.ash)
    assert [(said in shown, f'href="{way}"' in shown) for said, way in told.items()] == [
        (True, True)
    ] * 3
    assert [said for said in told if said in apart] == []
    assert ["has no other principal" in one for one in (shown, apart)] == [False, True]
    person("Aspen", Role.PRINCIPAL, unit=cast.ash_unit)
    meeting.cancel("dời", cast.officer)
    assert "Left open" not in page(cast.officer, cast.ash) + page(cast.cedar, cast.cedar_clerk)


@pytest.mark.parametrize("language", ["en", "vi"])
def test_an_authority_keeps_an_officer(cast, as_, sentence, language):
    seat = cast.officer.seats.get()
    answer = as_(cast.officer, language).post(f"/seats/{seat.pk}/end/")
    assert answer.status_code == 422
    assert sentence("An authority keeps at least one officer.", language) in answer.content.decode()


def stamped(asked):
    """What the page that offers a password sends back."""
    return {"stamp": asked.context["form"]["stamp"].value()}


def give_password(browser, user):
    """The slip, made as the page offers it."""
    address = f"/people/{user.pk}/password/"
    return browser.post(address, stamped(browser.get(address)))


def test_a_slip_that_is_reloaded_makes_no_other_password(cast, as_):
    officer, address = as_(cast.officer), f"/people/{cast.ash.pk}/password/"
    said = stamped(officer.get(address))
    assert "Slip with the first password" in officer.post(address, said).content.decode()
    kept = User.objects.get(pk=cast.ash.pk).password
    again = officer.post(address, said)
    assert again.status_code == 409
    assert "From this page a password was made already" in again.content.decode()
    assert User.objects.get(pk=cast.ash.pk).password == kept
    assert officer.post(address, stamped(again)).status_code == 200  # the slip was lost
    assert User.objects.get(pk=cast.ash.pk).password != kept


def test_a_slip_is_shown_once_and_kept_nowhere(cast, as_):
    officer = as_(cast.officer)
    asked = officer.get(f"/people/{cast.ash.pk}/password/")
    assert "One-time password" not in asked.content.decode()
    slip = officer.post(f"/people/{cast.ash.pk}/password/", stamped(asked))
    assert slip.status_code == 200
    assert "no-store" in slip["Cache-Control"]
    password = re.search(r"\b(?:[a-z2-9]{4}-){2}[a-z2-9]{4}\b", slip.content.decode()).group()
    ash = User.objects.get(pk=cast.ash.pk)
    assert ash.check_password(password)
    assert ash.must_change_password
    assert password not in str(dict(officer.session))
    assert password not in officer.get(f"/people/{cast.ash.pk}/").content.decode()
    assert not [c for c in Change.objects.all() if password in str((c.before, c.after))]


def test_a_new_password_ends_the_sessions_of_the_old_one(cast, as_):
    ash = as_(cast.ash)
    give_password(as_(cast.officer), cast.ash)
    assert ash.get("/account/").status_code == 302


def test_a_principal_gives_a_password_to_its_clerk_only(cast, as_):
    principal = as_(cast.ash)
    assert "Slip" in give_password(principal, cast.ash_clerk).content.decode()
    other = person("Aspen", Role.PRINCIPAL, unit=cast.ash_unit)
    assert principal.post(f"/people/{other.pk}/password/").status_code == 403


def test_nobody_becomes_by_a_password_who_may_more_than_oneself(cast, as_):
    SeatFactory(person=cast.ash_clerk, unit=cast.birch_unit)
    assert as_(cast.ash).post(f"/people/{cast.ash_clerk.pk}/password/").status_code == 403
    SeatFactory(person=cast.birch, role=Role.OFFICER, authority=cast.other_authority)
    assert as_(cast.officer).post(f"/people/{cast.birch.pk}/password/").status_code == 403


PHONES = {
    "0905123456": "0905 123 456",
    "0255 3822 123 (máy lẻ)": None,
    "+84 905 123 456": "+84 905 123 456",
    "0255-3822123, 0905.123.456": "0255-3822123, 0905.123.456",
    "abc": None,
    "12345": None,
    "": "",
}


@pytest.mark.parametrize(("typed", "kept"), PHONES.items())
def test_a_telephone_number_is_one_that_can_be_called(cast, as_, typed, kept):
    said = {"honorific": "Ông", "full_name": "Ash", "username": "ash1", "phone": typed}
    answer = as_(cast.officer).post(f"/people/{cast.ash.pk}/edit/", said)
    assert answer.status_code == (422 if kept is None else 302)
    if kept is None:
        assert "Enter a telephone number" in answer.content.decode()
    else:
        assert User.objects.get(pk=cast.ash.pk).phone == kept


def test_an_officer_keeps_somebody_from_logging_in(cast, as_):
    form = {"honorific": "Ông", "full_name": "Ash", "username": "ash", "phone": ""}
    ash = as_(cast.ash)
    assert as_(cast.officer).post(f"/people/{cast.ash.pk}/edit/", form).status_code == 302
    assert not User.objects.get(pk=cast.ash.pk).is_active
    assert ash.get("/account/").status_code == 302


def test_nobody_locks_oneself_out(cast, as_):
    form = {"honorific": "Ông", "full_name": "Oak", "username": "oak", "phone": ""}
    assert as_(cast.officer).post(f"/people/{cast.officer.pk}/edit/", form).status_code == 302
    assert User.objects.get(pk=cast.officer.pk).is_active


def test_a_user_name_somebody_has_is_refused_also_on_change(cast, as_):
    form = {"honorific": "Ông", "full_name": "Ash", "username": "Birch", "is_active": "on"}
    answer = as_(cast.officer).post(f"/people/{cast.ash.pk}/edit/", form)
    assert answer.status_code == 422
    assert "Somebody has this user name already." in answer.content.decode()


def test_a_closed_unit_is_not_offered_for_a_seat(cast, as_):
    closed = UnitFactory(authority=cast.authority, until=date(2026, 1, 1), since=LONG_AGO)
    form = new_person(unit=closed.pk)
    assert as_(cast.officer).post("/people/new/", form).status_code == 422
