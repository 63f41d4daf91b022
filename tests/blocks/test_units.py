"""What units are called since when, and what ends with a unit."""

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from awards.models import Meeting
from blocks.models import Unit
from scoring.models import Season
from scoring.phases import Phase
from tests.factories import MembershipFactory, UnitFactory, UnitNameFactory

pytestmark = pytest.mark.django_db


def new_unit(cast, **said):
    return {
        "authority": cast.authority.pk,
        "name": "Thanh tra huyện Ba Tơ",
        "short_name": "Ba Tơ",
        "superior": "UBND huyện Ba Tơ",
        "place": "Ba Tơ",
        "symbol": "TTr",
        "since": "01/01/2020",
    } | said


def test_an_officer_adds_a_unit_with_its_name(cast, as_):
    assert as_(cast.officer).post("/units/new/", new_unit(cast)).status_code == 302
    unit = Unit.objects.get(symbol="TTr")
    assert (unit.name, unit.short_name, unit.since) == (
        "Thanh tra huyện Ba Tơ", "Ba Tơ", date(2020, 1, 1),
    )  # fmt: skip
    assert unit.authority == cast.authority


def test_nobody_adds_a_unit_to_another_authority(cast, as_):
    form = new_unit(cast, authority=cast.other_authority.pk)
    assert as_(cast.officer).post("/units/new/", form).status_code == 422
    assert as_(cast.ash).post("/units/new/", form).status_code == 403


def test_two_units_of_an_authority_never_bear_one_name_at_once(cast, as_):
    officer, count = as_(cast.officer), Unit.objects.count()
    form = new_unit(cast, name="THANH TRA huyện Ash")
    answer = officer.post("/units/new/", form)
    assert answer.status_code == 422
    assert "Another unit of this authority bears this name" in answer.content.decode()
    said = {"name": "Thanh tra huyện Birch", "short_name": "Birch", "since": "01/07/2026"}
    assert officer.post(f"/units/{cast.ash_unit.pk}/name/", said).status_code == 422
    assert Unit.objects.count() == count
    cast.ash_unit.close(date(2026, 7, 1), "closed", "Quyết định số 1")
    form |= {"since": "01/07/2026"}
    assert officer.post("/units/new/", form).status_code == 302


def test_two_units_of_an_authority_never_bear_one_short_name_at_once(cast, as_):
    officer, count = as_(cast.officer), Unit.objects.count()
    answer = officer.post("/units/new/", new_unit(cast, short_name="ASH"))
    assert answer.status_code == 422
    assert "Another unit of this authority bears this short name" in answer.content.decode()
    said = {"name": "Thanh tra quận Ash", "short_name": "Birch", "since": "01/07/2026"}
    assert officer.post(f"/units/{cast.ash_unit.pk}/name/", said).status_code == 422
    assert Unit.objects.count() == count


def test_a_renamed_unit_keeps_its_former_name_for_former_days(cast, as_):
    said = {"name": "Thanh tra quận Ash", "short_name": "Quận Ash", "since": "01/07/2026"}
    assert as_(cast.officer).post(f"/units/{cast.ash_unit.pk}/name/", said).status_code == 302
    unit = Unit.objects.get(pk=cast.ash_unit.pk)
    assert unit.name_on(date(2026, 6, 30)) == "Thanh tra huyện Ash"
    assert unit.name_on(date(2026, 7, 1)) == "Thanh tra quận Ash"
    page = as_(cast.officer).get(f"/units/{unit.pk}/").content.decode()
    assert "Thanh tra huyện Ash" in page
    assert "Thanh tra quận Ash" in page


def test_a_slip_in_a_name_is_mended_from_the_day_it_holds(cast, as_):
    said = {"name": "Thanh tra huyện Ásh", "short_name": "Ásh", "since": "01/01/2019"}
    assert as_(cast.officer).post(f"/units/{cast.ash_unit.pk}/name/", said).status_code == 302
    assert [name.name for name in cast.ash_unit.names.all()] == ["Thanh tra huyện Ásh"]


@pytest.mark.parametrize("language", ["en", "vi"])
def test_a_name_does_not_begin_before_the_last_one(cast, as_, sentence, language):
    said = {"name": "Thanh tra quận Ash", "short_name": "Quận Ash", "since": "31/12/2018"}
    answer = as_(cast.officer, language).post(f"/units/{cast.ash_unit.pk}/name/", said)
    assert answer.status_code == 422
    refusal = "The name “%(name)s” has held since %(day)s; the next one begins later."
    told = sentence(refusal, language, name="Thanh tra huyện Ash", day="01/01/2019")
    assert told in answer.content.decode()


def test_a_unit_is_found_by_a_former_name_without_marks(cast, as_):
    cast.ash_unit.rename("Thanh tra quận Đức Phổ", "Đức Phổ", date(2026, 7, 1))
    officer = as_(cast.officer)
    for words in ("huyen ash", "duc pho"):
        page = officer.get("/units/", {"q": words}).content.decode()
        assert "Thanh tra quận Đức Phổ" in page
        assert "Birch" not in page


def test_members_see_each_other_s_units_but_manage_none(cast, as_):
    ash = as_(cast.ash)
    address = f"/units/{cast.birch_unit.pk}/"
    page = ash.get(address).content.decode()
    assert "Thanh tra huyện Birch" in page
    assert f"{address}edit/" not in page
    for act in ("edit/", "name/", "close/"):
        assert ash.get(address + act).status_code == 403


@pytest.mark.parametrize("act", ["", "edit/", "name/", "close/"])
def test_units_of_another_authority_are_not_found(cast, as_, act):
    assert as_(cast.stranger).get(f"/units/{cast.ash_unit.pk}/{act}").status_code == 404
    assert as_(cast.dogwood).get(f"/units/{cast.ash_unit.pk}/{act}").status_code == 404


def test_a_unit_of_no_block_sees_itself(cast, as_):
    assert as_(cast.dogwood).get(f"/units/{cast.dogwood_unit.pk}/").status_code == 200


def close(client, unit, **said):
    form = {"on": "01/09/2026", "kind": "closed", "new": "", "decision": "QĐ 1/UBND"} | said
    return client.post(f"/units/{unit.pk}/close/", form)


def test_with_a_unit_end_its_membership_its_office_and_its_seats(cast, as_):
    Season.objects.update(phase=Phase.CLOSED)
    assert close(as_(cast.officer), cast.cedar_unit).status_code == 302
    day = date(2026, 9, 1)
    assert Unit.objects.get(pk=cast.cedar_unit.pk).until == day
    assert cast.cedar_unit.memberships.get().until == day
    assert cast.cedar_unit.terms.get().until == day
    assert {seat.until for seat in cast.cedar_unit.seats.all()} == {day}


def test_a_merged_unit_names_what_followed_it(cast, as_):
    officer = as_(cast.officer)
    assert close(officer, cast.ash_unit, kind="merged").status_code == 422
    answer = close(officer, cast.ash_unit, kind="merged", new=cast.birch_unit.pk)
    assert answer.status_code == 302
    assert cast.ash_unit.successions.get().new == cast.birch_unit
    assert "Thanh tra huyện Ash" in officer.get(f"/units/{cast.birch_unit.pk}/").content.decode()


@pytest.mark.parametrize("language", ["en", "vi"])
@pytest.mark.parametrize(
    ("said", "refusal"),
    [
        ({"on": "31/12/2018"}, "The end must come after the start."),
        ({"kind": "split"}, "Name the unit that follows."),
    ],
)
def test_closing_is_refused_with_a_sentence(cast, as_, sentence, said, refusal, language):
    answer = close(as_(cast.officer, language), cast.ash_unit, **said)
    assert answer.status_code == 422
    assert sentence(refusal, language) in answer.content.decode()
    assert Unit.objects.get(pk=cast.ash_unit.pk).until is None


@pytest.mark.parametrize(
    ("of", "refusal"),
    [
        ("memberships", "It is a member of Khối thi đua Rừng from 01/09/2026"),
        ("seats", "The seat of Ông Ash begins on 01/09/2026"),
    ],
)
def test_a_unit_ends_after_the_day_on_which_something_of_it_begins(cast, as_, of, refusal):
    getattr(cast.ash_unit, of).update(since=date(2026, 9, 1))
    answer = close(as_(cast.officer), cast.ash_unit)
    assert answer.status_code == 422
    assert refusal in answer.content.decode()
    assert close(as_(cast.officer), cast.ash_unit, on="02/09/2026").status_code == 302


def test_a_unit_ends_after_the_day_on_which_it_takes_over_and_is_followed_by_one_that_is(cast, as_):
    officer = as_(cast.officer)
    day = {"kind": "merged", "on": "01/12/2026"}
    assert close(officer, cast.ash_unit, **day, new=cast.dogwood_unit.pk).status_code == 302
    answer = close(officer, cast.dogwood_unit, on="01/12/2026").content.decode()
    assert "It takes over from Thanh tra huyện Ash on 01/12/2026" in answer
    assert close(officer, cast.dogwood_unit, on="02/12/2026").status_code == 302
    Season.objects.update(phase=Phase.CLOSED)
    answer = close(
        officer, cast.cedar_unit, kind="merged", on="02/12/2026", new=cast.dogwood_unit.pk
    )
    assert "Thanh tra huyện Dogwood no longer exists then" in answer.content.decode()


@pytest.mark.parametrize("named", ["head", "deputy"])
def test_head_and_deputy_of_a_year_that_is_not_closed_are_not_closed_nor_leave(cast, as_, named):
    officer, ash, birch = as_(cast.officer), cast.ash_unit, cast.birch_unit
    units = (ash, birch) if named == "head" else (cast.cedar_unit, ash)
    cast.season.name_offices(*units, cast.officer.seats.get(), "Sáp nhập")
    leave = f"/members/{ash.memberships.get().pk}/end/"
    for answer in (close(officer, ash), officer.post(leave, {"on": "01/10/2026"})):
        assert answer.status_code == 422
        told = answer.content.decode()
        assert "Thanh tra huyện Ash is head or deputy of the year 2026 of" in told
    Season.objects.update(phase=Phase.CLOSED)
    assert officer.post(leave, {"on": "01/10/2026"}).status_code == 302


def test_who_lets_a_unit_leave_reads_at_which_meeting_it_still_counts(cast, as_):
    Meeting.objects.create(
        season=cast.season, starts_at="2026-12-08T08:00+07:00", place="x", chair_name="A",
        chair_position="B", secretary=cast.cedar_clerk,
    )  # fmt: skip
    for address in ("units/{0.pk}/close/", "members/{1.pk}/end/"):
        way = address.format(cast.ash_unit, cast.ash_unit.memberships.get())
        told = as_(cast.officer).get(f"/{way}").content.decode()
        assert "on 08/12/2026 it still counts" in told


def test_the_page_of_a_unit_that_is_closed_says_when_it_ends_and_asks_for_nobody(cast, as_):
    cast.ash_unit.seats.all().delete()
    officer, address = as_(cast.officer), f"/units/{cast.ash_unit.pk}/"
    close(officer, cast.ash_unit, on="29/09/2026")
    page = officer.get(address).content.decode()
    assert "until the end of 28/09/2026" in page
    assert "no longer exists" not in page + officer.get("/units/").content.decode()
    assert "it needs a clerk" not in page
    Unit.objects.filter(pk=cast.ash_unit.pk).update(until=date(2026, 9, 28))
    assert "no longer exists" in officer.get(address).content.decode()


def test_a_unit_is_closed_once(cast, as_, sentence):
    officer = as_(cast.officer)
    close(officer, cast.ash_unit)
    answer = close(officer, cast.ash_unit)
    assert answer.status_code == 422
    assert sentence("This unit is closed already.", "en") in answer.content.decode()


def test_the_list_of_units_asks_as_many_questions_for_thirty_as_for_one(cast, as_):
    def asked():
        client = as_(cast.officer)
        client.get("/units/")
        with CaptureQueriesContext(connection) as queries:
            assert client.get("/units/").status_code == 200
        return len(queries)

    few = asked()
    for n in range(30):
        unit = UnitFactory(authority=cast.authority)
        UnitNameFactory(unit=unit)
        MembershipFactory(block=cast.block, unit=unit, official_order=10 + n, turn=10 + n)
    assert asked() == few


def test_a_unit_s_page_asks_as_many_questions_for_thirty_people_as_for_one(cast, as_):
    from tests.factories import SeatFactory, UserFactory

    def asked():
        client = as_(cast.officer)
        client.get(f"/units/{cast.ash_unit.pk}/")
        with CaptureQueriesContext(connection) as queries:
            assert client.get(f"/units/{cast.ash_unit.pk}/").status_code == 200
        return len(queries)

    few = asked()
    for _n in range(30):
        SeatFactory(person=UserFactory(), unit=cast.ash_unit)
    assert asked() == few
