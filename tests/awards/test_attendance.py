"""Who is there for each unit: noted one by one or all at once, and when their letters came."""

import re
from datetime import date, time, timedelta

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from awards.models import (
    Meeting,
    PaperKeying,
    Voted,
)
from awards.papers import minutes_facts
from awards.tally import Mode, Presence
from blocks import clock
from scoring.phases import Phase
from tests.awards.stage import (
    address,
    committee,
    line,
    make_stage,
    mark,
    moment,
    seat,
    voting,
    words,
)
from tests.conftest import put_in_phase

pytestmark = pytest.mark.django_db


# --- attendance ---

ABSENT = {"presence": "absent", "honorific": "Ông"}


def test_the_account_that_sits_gives_its_name_and_position(stage, secretary):
    url = address("edit_attendance", line(stage, "Ash"))
    answer = secretary.post(
        url,
        {
            "presence": "present",
            "representative": stage.cast.ash.pk,
            "honorific": "Ông",
            "arrived_at": "7:55",
        },
        follow=True,
    )
    assert "Saved." in words(answer)
    ash = line(stage, "Ash")
    assert (ash.presence, ash.representative, ash.name) == ("present", stage.cast.ash, "Ash")
    assert ash.position == "Chánh Thanh tra"
    assert ash.arrived_at == moment("2026-09-28 07:55")


def test_another_representative_brings_its_own_position_unless_one_was_typed(stage, secretary):
    seat(stage, "Ash")
    clerk, shown = stage.cast.ash_clerk, "Chánh Thanh tra"
    clerk.seats.update(position="Chuyên viên")
    way = address("edit_attendance", line(stage, "Ash"))
    assert f'name="initial-position" value="{shown}"' in words(secretary.get(way))
    said = {"presence": "present", "honorific": "Ông", "initial-position": shown}
    for sent, printed in (
        ({"representative": clerk.pk, "position": shown}, "Chuyên viên"),
        ({"representative": clerk.pk, "position": shown}, "Chuyên viên"),  # a second click
        ({"representative": clerk.pk, "position": "Phó phòng"}, "Phó phòng"),
        ({"name": "Trần Văn B", "position": shown}, ""),
    ):
        assert secretary.post(way, said | sent).status_code == 302
        assert line(stage, "Ash").position == printed


def test_that_a_clerk_sits_without_a_letter_of_authority_is_told_and_hinders_nothing(
    stage, secretary
):
    said, desk = "No letter of authority noted", stage.meeting.get_absolute_url()
    pages = (desk, address("take_roll", stage.meeting))

    def told():
        return [words(secretary.get(page)).count(said) for page in pages]

    line(stage, "Birch").sit(stage.cast.birch)  # a principal needs none
    assert told() == [0, 0]
    way = address("edit_attendance", line(stage, "Ash"))
    there = {"presence": "present", "representative": stage.cast.ash_clerk.pk, "honorific": "Ông"}
    assert secretary.post(way, there).status_code == 302
    assert told() == [1, 1]
    secretary.post(way, there | {"letter_of_authority": "05/GUQ ngày 28/9/2026"})
    assert told() == [0, 0]


def test_who_was_principal_on_the_day_of_the_meeting_needs_no_letter_afterwards(stage, as_):
    line(stage, "Birch").sit(stage.cast.birch)
    stage.meeting.open()
    stage.cast.birch.seats.update(until=date(2026, 9, 29))
    with clock.standing_on(date(2026, 10, 5)):
        for page in (stage.meeting.get_absolute_url(), address("take_roll", stage.meeting)):
            shown = words(as_(stage.secretary).get(page))
            assert "Birch" in shown
            assert "No letter of authority noted" not in shown


def test_only_people_of_the_unit_sit_for_it(stage, secretary):
    answer = secretary.post(
        address("edit_attendance", line(stage, "Ash")),
        {"presence": "present", "representative": stage.cast.birch.pk, "honorific": "Ông"},
    )
    assert answer.status_code == 422


def test_who_has_no_account_is_named(stage, secretary):
    url = address("edit_attendance", line(stage, "Ash"))
    assert secretary.post(url, {"presence": "present", "honorific": "Bà"}).status_code == 422
    secretary.post(
        url,
        {
            "presence": "online",
            "honorific": "Bà",
            "name": "Trần Thị B",
            "position": "Phó Chánh Thanh tra",
            "letter_of_authority": "05/GUQ ngày 01/12/2026",
        },
    )
    ash = line(stage, "Ash")
    assert (ash.presence, ash.name, ash.representative) == ("online", "Trần Thị B", None)


def test_a_written_opinion_says_when_it_came(stage, secretary):
    url = address("edit_attendance", line(stage, "Ash"))
    assert secretary.post(url, ABSENT | {"presence": "written"}).status_code == 422
    secretary.post(
        url, ABSENT | {"presence": "written", "letter_received_at": "15 giờ 30, 27/9/2026"}
    )
    assert line(stage, "Ash").letter_received_at == moment("2026-09-27 15:30")


def test_why_a_unit_is_absent_is_noted_and_given_up_once_somebody_comes(stage, secretary):
    url = address("edit_attendance", line(stage, "Ash"))
    secretary.post(url, ABSENT | {"absent_because": "đi công tác"})
    assert "đi công tác" in words(secretary.get(stage.meeting.get_absolute_url()))
    assert minutes_facts(stage.meeting)["attendance"][0]["reason"] == "đi công tác"
    there = {"presence": "present", "representative": stage.cast.ash.pk, "honorific": "Ông"}
    wrong = secretary.post(url, there | {"absent_because": "bận"})
    assert (wrong.status_code, "no reason to be absent" in words(wrong)) == (422, True)
    answer = secretary.post(url, there | {"absent_because": "đi công tác"}, follow=True)
    assert "đi công tác" not in words(answer)
    assert minutes_facts(stage.meeting)["attendance"][0]["reason"] == ""


def test_the_roll_leaves_why_a_unit_is_absent_until_somebody_comes(stage, secretary):
    stage.meeting.attendances.update(absent_because="đi công tác")
    held = roll_page(stage, secretary) | {key(stage, "Ash", "presence"): "present"}
    secretary.post(address("take_roll", stage.meeting), held)
    line(stage, "Birch").sit(stage.cast.birch)
    reasons = [line(stage, name).absent_because for name in ("Ash", "Birch", "Cedar")]
    assert reasons == ["", "", "đi công tác"]


def test_going_back_says_what_becomes_of_a_meeting_called_or_in_session(stage, as_):
    back, head = address("go_back", stage.season, "settlement"), as_(stage.cast.cedar)
    called = f"The meeting called for {clock.today():%d/%m/%Y} stays called; it is opened only"
    in_session = "The meeting is in session: it opens no vote"
    put_in_phase(stage.cast, Phase.SETTLEMENT)
    assert called in words(head.get(address("go_back", stage.season, "inspection")))
    put_in_phase(stage.cast, Phase.MEETING)
    page = words(head.get(back))
    assert (called in page, in_session in page) == (True, False)
    stage.meeting.open()
    page = words(head.get(back))
    assert (called in page, in_session in page) == (False, True)


@pytest.mark.parametrize(
    ("who", "said", "leads"),
    [("cedar", "only an officer goes back", False), ("officer", "Cancel the meeting first.", True)],
)
def test_once_a_vote_was_opened_going_back_says_what_comes_first_and_asks_for_no_reason(
    stage, as_, who, said, leads
):
    voting(stage)
    page = (
        as_(getattr(stage.cast, who))
        .get(address("go_back", stage.season, "settlement"))
        .content.decode()
    )
    assert said in page
    assert (f'href="{stage.meeting.get_absolute_url()}"' in page) is leads
    assert 'name="reason"' not in page


def test_nobody_leaves_before_the_session_was_opened(stage, secretary):
    seat(stage)
    stage.meeting.open()
    opened = timezone.localtime(stage.meeting.opened_at)
    url = address("edit_attendance", line(stage, "Ash"))
    said = {"presence": "present", "representative": stage.cast.ash.pk, "honorific": "Ông"}
    before = f"{opened - timedelta(minutes=1):%H:%M}"
    assert "was opened later" in words(secretary.post(url, said | {"left_at": before}))
    assert secretary.post(url, said | {"left_at": f"{opened:%H:%M}"}).status_code == 302


def test_nobody_leaves_before_arriving(stage, secretary):
    answer = secretary.post(
        address("edit_attendance", line(stage, "Ash")),
        {
            "presence": "present",
            "representative": stage.cast.ash.pk,
            "honorific": "Ông",
            "arrived_at": "9:00",
            "left_at": "8:00",
        },
    )
    assert answer.status_code == 422


def test_who_turns_out_absent_has_no_representative(stage, secretary):
    seat(stage)
    secretary.post(address("edit_attendance", line(stage, "Ash")), ABSENT)
    ash = line(stage, "Ash")
    assert (ash.presence, ash.representative, ash.name) == ("absent", None, "")


def test_frozen_electors_stay_when_attendance_changes(stage, secretary):
    question = voting(stage)
    secretary.post(address("edit_attendance", line(stage, "Ash")), ABSENT)
    elector = question.electors.get(unit=stage.cast.ash_unit)
    assert (elector.presence, elector.representative) == ("present", stage.cast.ash)
    question.cast(stage.cast.ash, [])


def arrived(stage, name: str, at: str) -> dict:
    """What is posted of a unit that is there since a time."""
    person = stage.people[name].pk
    return {"presence": "present", "representative": person, "honorific": "Ông", "arrived_at": at}


def test_who_was_there_when_a_vote_was_opened_came_before_it(as_):
    stage = make_stage(flag={"mode": Mode.OPEN})
    voting(stage, "Ash", "Birch").close()
    secretary = as_(stage.secretary)
    ash, cedar = (address("edit_attendance", line(stage, name)) for name in ("Ash", "Cedar"))
    answer = secretary.post(ash, arrived(stage, "Ash", "09:05"))
    said = "The unit was there when a vote was opened (09:00, 28/09/2026), so it came before."
    assert (answer.status_code, said in words(answer)) == (422, True)
    assert secretary.post(ash, arrived(stage, "Ash", "08:55")).status_code == 302
    with clock.standing_on(clock.today(), time(9, 5)):
        assert secretary.post(cedar, arrived(stage, "Cedar", "09:05")).status_code == 302
    desk = words(secretary.get(stage.meeting.get_absolute_url()))
    assert (desk.count("arrived"), desk.count("arrived 09:05")) == (1, 1)  # who came late


def test_who_was_there_when_a_vote_was_opened_left_after_it(as_):
    stage = make_stage(flag={"mode": Mode.OPEN})
    seat(stage, "Ash", "Birch")
    stage.meeting.open()
    with clock.standing_on(clock.today(), moment("2026-09-28 09:20").time()):
        stage.question.open()
    stage.question.cast(stage.cast.ash, [])
    said = "The unit was there when a vote was opened (09:20, 28/09/2026), so it left after."

    def leaves(name, at):
        noted = arrived(stage, name, "08:55") | {"left_at": at}
        with clock.standing_on(clock.today(), time(9, 20)):
            answer = as_(stage.secretary).post(address("edit_attendance", line(stage, name)), noted)
        page = words(answer)
        return answer.status_code, said in page, "If it had gone before, cancel this vote" in page

    assert leaves("Ash", "09:19") == (422, True, False)
    assert leaves("Birch", "09:19") == (422, True, True)  # it has not voted: it may have gone
    stage.question.close()
    assert leaves("Birch", "09:18") == (422, True, False)
    assert leaves("Ash", "09:20") == (302, False, False)


def test_who_missed_a_vote_and_was_there_for_the_next_came_between_them(as_):
    stage = make_stage(flag={"mode": Mode.OPEN})
    voting(stage, "Ash", "Birch").close()
    with clock.standing_on(clock.today(), moment("2026-09-28 09:20").time()):
        seat(stage, "Cedar")
        again = stage.meeting.questions.get(round=2)
        again.open()
        again.close()
        stage.meeting.close()
    cedar = address("edit_attendance", line(stage, "Cedar"))
    said = "A vote was opened without the unit (09:00, 28/09/2026)"
    for at, status in (("08:55", 422), ("", 422), ("09:10", 302)):
        with clock.standing_on(clock.today(), time(9, 20)):
            answer = as_(stage.secretary).post(cedar, arrived(stage, "Cedar", at))
        assert (answer.status_code, said in words(answer)) == (status, status == 422)


@pytest.mark.parametrize("where", ["edit_attendance", "take_roll"])
def test_that_an_open_vote_keeps_its_electors_is_told_while_one_is_open(stage, secretary, where):
    url = address(where, line(stage, "Ash") if where == "edit_attendance" else stage.meeting)
    seat(stage)
    stage.meeting.open()
    told = ["An open vote keeps its electors" in words(secretary.get(url))]
    stage.question.open()
    told.append("An open vote keeps its electors" in words(secretary.get(url)))
    assert told == [False, True]


def test_who_takes_a_representative_s_place_while_a_vote_is_open_is_told_to_vote_next(as_):
    stage = make_stage(flag={"mode": Mode.OPEN})
    seat(stage)
    stage.meeting.open()
    stage.question.open()
    url, clerk = address("edit_attendance", line(stage, "Ash")), stage.cast.ash_clerk
    said = {"presence": "present", "honorific": "Ông", "representative": clerk.pk, "name": ""}
    answer = as_(stage.secretary).post(url, said, follow=True)
    kept = "The vote that is open keeps the representative it began with (Ông Ash)"
    assert kept in words(answer)
    refused = as_(clerk).get(address("cast_ballot", stage.question))
    assert "votes from the next one on" in words(refused)
    stage.question.cast(stage.cast.ash, [])
    again = as_(stage.secretary).post(
        url, said | {"representative": stage.cast.ash.pk}, follow=True
    )
    assert kept not in words(again)


@pytest.mark.parametrize("where", ["edit_attendance", "take_roll"])
def test_who_is_noted_once_a_vote_was_opened_without_it_says_when_it_came(as_, where):
    stage = make_stage(flag={"mode": Mode.OPEN})
    secretary, of = as_(stage.secretary), key(stage, "Cedar", "")
    mine, thing = ("", line(stage, "Cedar")) if where == "edit_attendance" else (of, stage.meeting)
    url = address(where, thing)
    seat(stage, "Ash", "Birch")
    stage.meeting.open()
    assert f'{mine}arrived_at" value' not in words(secretary.get(url))
    stage.question.open()
    with clock.standing_on(clock.today(), moment("2026-09-28 09:40").time()):
        page = words(secretary.get(url))
        assert f'name="{mine}arrived_at" value="09 giờ 40"' in page
        assert re.search(rf'for="id_{mine}arrived_at"[^>]*>\s*If present, arrived at', page)
        said = roll_page(stage, secretary) | {key(stage, "Cedar", "presence"): "present"}
        if not mine:
            said = {name.removeprefix(of): value for name, value in said.items()}
            said["arrived_at"] = "09 giờ 40"
        for at, sentence in (("", ": state when it came."), ("08:55", ", so it came later.")):
            answer = secretary.post(url, said | {mine + "arrived_at": at})
            told = f"A vote was opened without the unit (09:00, 28/09/2026){sentence}"
            assert (answer.status_code, told in words(answer)) == (422, True)
        assert secretary.post(url, said).status_code == 302
        stage.question.close()
    assert line(stage, "Cedar").arrived_at == moment("2026-09-28 09:40")
    facts = minutes_facts(stage.meeting)
    assert facts["attendance"][2]["arrived"] == "2026-09-28T09:40"
    assert facts["questions"][0]["absent"] == [stage.cast.cedar_unit.name]


def test_a_unit_that_is_not_there_is_offered_its_principal_s_account(stage, secretary):
    page = words(secretary.get(address("edit_attendance", line(stage, "Ash"))))
    assert f'<option value="{stage.cast.ash.pk}" selected' in page
    seat(stage, "Ash")
    nameless = line(stage, "Ash")
    nameless.representative = None
    nameless.save()
    page = words(secretary.get(address("edit_attendance", nameless)))
    assert f'<option value="{stage.cast.ash.pk}" selected' not in page


def test_who_opens_a_meeting_is_told_that_nobody_is_there(stage, secretary):
    said = "Nobody is noted as present yet; take the attendance first."
    assert said in words(secretary.get(address("open_meeting", stage.meeting)))
    seat(stage, "Ash")
    assert said not in words(secretary.get(address("open_meeting", stage.meeting)))


def test_nobody_arrives_after_the_session(stage, secretary):
    seat(stage, "Ash", "Birch")
    stage.meeting.open()
    stage.question.cancel("Không bình xét")
    with clock.standing_on(clock.today(), moment("2026-09-28 09:10").time()):
        stage.meeting.close()
    cedar = address("edit_attendance", line(stage, "Cedar"))
    answer = secretary.post(cedar, arrived(stage, "Cedar", "09:15"))
    said = "The session ended (09:10, 28/09/2026); who came later was not there."
    assert (answer.status_code, said in words(answer)) == (422, True)
    with clock.standing_on(clock.today(), time(9, 10)):
        assert secretary.post(cedar, arrived(stage, "Cedar", "09:10")).status_code == 302


def test_a_letter_that_has_not_come_yet_is_not_noted(stage, secretary):
    letter = {"presence": "written", "honorific": "Ông", "letter_received_at": "23 giờ 05"}
    answer = secretary.post(address("edit_attendance", line(stage, "Ash")), letter)
    assert answer.status_code == 422
    assert "This moment has not come yet." in words(answer)
    assert line(stage, "Ash").presence == Presence.ABSENT


def test_a_letter_for_the_open_vote_is_noted_there_and_not_on_the_roll(as_):
    stage = make_stage(members=4, flag={"mode": Mode.OPEN})
    question, secretary = voting(stage, "Ash", "Birch", "Cedar"), as_(stage.secretary)
    written = {"presence": "written", "letter_received_at": f"{clock.now():%H:%M}"}
    url = address("edit_attendance", line(stage, "Elm 0"))
    answer = secretary.post(url, ABSENT | written)
    assert answer.status_code == 422
    assert "note the written opinion on the page of that vote" in words(answer)
    question.cancel("Danh sách sai")
    assert secretary.post(url, ABSENT | written).status_code == 302


def as_noted(stage, unit, /, **changed) -> dict:
    """What the page of a unit's attendance posts, with these changes."""
    noted = line(stage, unit)
    said = {"presence": noted.presence, "honorific": "Ông", "name": noted.name}
    said |= {"representative": noted.representative_id or "", "position": noted.position}
    if noted.letter_received_at:
        said["letter_received_at"] = "15 giờ 30, 27/9/2026"
    return said | changed


@pytest.mark.parametrize(
    ("name", "changed", "sentence"),
    [
        ("Ash", ABSENT | {"representative": ""}, "so it was not absent"),
        ("Cedar", ABSENT, "it stays “Absent, with a written opinion”"),
        ("Ash", {"presence": "written", "letter_received_at": "8:00"}, "how the unit voted"),
        ("Cedar", {"presence": "present", "name": "Cedar"}, "how the unit voted"),
        ("Ash", {"representative": "clerk"}, "how the unit voted"),
    ],
)
def test_attendance_after_the_votes_fits_them(closed, as_, name, changed, sentence):
    if changed.get("representative") == "clerk":
        changed = {"representative": closed.cast.ash_clerk.pk}
    before = line(closed, name)
    url = address("edit_attendance", before)
    answer = as_(closed.secretary).post(url, as_noted(closed, name, **changed))
    assert answer.status_code == 422
    assert sentence in words(answer)
    after = line(closed, name)
    assert (after.presence, after.representative) == (before.presence, before.representative)


def test_a_letter_that_was_counted_came_before_the_end_of_its_vote(closed, as_):
    url, secretary = address("edit_attendance", line(closed, "Cedar")), as_(closed.secretary)
    with clock.standing_on(clock.today(), moment("2026-09-28 11:00").time()):
        answer = secretary.post(url, as_noted(closed, "Cedar", letter_received_at="9:30"))
        said = "The written opinion was there in a vote that ended 09:00, 28/09/2026."
        assert (answer.status_code, said in words(answer)) == (422, True)
        assert line(closed, "Cedar").letter_received_at == moment("2026-09-27 15:30")
        mended = as_noted(closed, "Cedar", letter_received_at="8:45")
        assert secretary.post(url, mended).status_code == 302


def test_names_and_times_are_mended_after_the_votes(closed, as_):
    url = address("edit_attendance", line(closed, "Ash"))
    said = as_noted(
        closed, "Ash", presence="online", position="Phó Chánh Thanh tra", left_at="23:59"
    )
    answer = as_(closed.secretary).post(url, said)
    assert (answer.status_code, "has not come yet" in words(answer)) == (422, True)
    with clock.standing_on(clock.today(), time(23, 59)):
        assert as_(closed.secretary).post(url, said).status_code == 302
    ash = line(closed, "Ash")
    assert (ash.presence, ash.position) == ("online", "Phó Chánh Thanh tra")


def test_nobody_arrives_at_a_moment_that_has_not_come(stage, secretary):
    seat(stage, "Ash")
    said = arrived(stage, "Cedar", "09:05")
    answer = secretary.post(address("edit_attendance", line(stage, "Cedar")), said)
    assert (answer.status_code, "has not come yet" in words(answer)) == (422, True)
    assert line(stage, "Cedar").arrived_at is None


def test_who_has_cast_is_not_noted_as_absent_in_session_either(stage, secretary):
    question = voting(stage)
    question.cast(stage.cast.ash, [])
    answer = secretary.post(address("edit_attendance", line(stage, "Ash")), ABSENT)
    assert (answer.status_code, line(stage, "Ash").presence) == (422, "present")


def test_attendance_is_taken_by_secretary_and_head_only(stage, as_):
    url = address("edit_attendance", line(stage, "Ash"))
    assert as_(stage.cast.cedar).get(url).status_code == 200
    assert as_(stage.cast.ash).get(url).status_code == 403
    assert as_(stage.cast.ash).post(url, ABSENT).status_code == 403
    assert as_(stage.cast.stranger).get(url).status_code == 404


def test_guests_and_committee_are_added_and_taken_off(stage, secretary):
    secretary.post(
        address("add_guest", stage.meeting), {"name": "Bà Lê Thị C", "position": "Sở Nội vụ"}
    )
    secretary.post(
        address("add_counter", stage.meeting), {"person": stage.cast.ash.pk, "duty": "leader"}
    )
    desk = words(secretary.get(stage.meeting.get_absolute_url()))
    assert "Bà Lê Thị C" in desk
    assert "fewer than three people" in desk
    assert stage.meeting.counters.get().name == "Ông Ash"
    secretary.post(address("edit_guest", stage.meeting.guests.get()), {"name": "Bà Lê Thị D"})
    assert stage.meeting.guests.get().name == "Bà Lê Thị D"
    secretary.post(address("remove_guest", stage.meeting.guests.get()))
    secretary.post(address("remove_counter", stage.meeting.counters.get()))
    assert not stage.meeting.guests.exists()
    assert not stage.meeting.counters.exists()


def test_a_committee_has_one_head(stage, secretary):
    url, said = address("add_counter", stage.meeting), {"name": "Bà A", "duty": "leader"}
    assert secretary.post(url, said).status_code == 302
    answer = secretary.post(url, said | {"name": "Bà B"})
    assert answer.status_code == 422
    assert "The committee has a head already." in words(answer)


def test_that_a_committee_has_no_head_is_told_until_one_of_it_is_named_so(closed, as_):
    said, secretary = "The counting committee has no head.", as_(closed.secretary)
    final = address("finalise_count", closed.meeting)
    pages = {"open": closed.meeting.get_absolute_url(), "closed": final}

    def told():
        found = []
        for state, page in pages.items():
            Meeting.objects.update(state=state)
            found.append(said in words(secretary.get(page)))
        return found

    assert told() == [False, False]  # there is nobody yet
    for name in ("Bà A", "Bà B", "Bà C"):
        member = closed.meeting.counters.create(name=name)
    assert told() == [True, True]
    secretary.post(
        address("edit_counter", member), {"duty": "leader", "position": "Thanh tra viên"}
    )
    member.refresh_from_db()
    assert (member.duty, member.name, member.position) == ("leader", "Bà C", "Thanh tra viên")
    assert told() == [False, False]
    other = closed.meeting.counters.first()
    assert secretary.post(address("edit_counter", other), {"duty": "leader"}).status_code == 422


def test_that_nobody_counts_is_told_once_until_the_meeting_is_over(stage, secretary):
    said, desk = "No counting committee is named yet", stage.meeting.get_absolute_url()
    seat(stage)
    stage.meeting.open()
    told = [words(secretary.get(desk)).count(said)]
    stage.question.refresh_from_db()
    stage.question.cancel("Không bình xét")
    stage.meeting.close()
    told.append(words(secretary.get(desk)).count(said))
    assert told == [1, 0]


@pytest.mark.parametrize(
    ("position", "printed"),
    [
        ("Chánh Thanh tra", "Chánh Thanh tra huyện Ash"),
        ("Chuyên viên", "Chuyên viên Thanh tra huyện Ash"),
        ("Phó Chánh Thanh tra huyện", "Phó Chánh Thanh tra huyện Ash"),
        ("Chánh Thanh tra huyện Ash", "Chánh Thanh tra huyện Ash"),
        ("", ""),
    ],
)
def test_who_counts_is_printed_with_position_and_unit(stage, secretary, position, printed):
    stage.cast.ash.seats.update(position=position)
    secretary.post(
        address("add_counter", stage.meeting), {"person": stage.cast.ash.pk, "duty": "member"}
    )
    assert stage.meeting.counters.get().position == printed


def test_nobody_counts_twice_on_the_committee(stage, secretary):
    url = address("add_counter", stage.meeting)
    for status in (302, 422):
        assert ("Ông Ash –" in words(secretary.get(url))) == (status == 302)
        answer = secretary.post(url, {"person": stage.cast.ash.pk, "duty": "member"})
        assert answer.status_code == status
    assert "This person is on the committee already." in words(answer)


def test_attendance_of_a_cancelled_meeting_stays(stage, secretary):
    stage.meeting.cancel("Sai thành phần", stage.cast.officer)
    url = address("edit_attendance", line(stage, "Ash"))
    assert secretary.get(url).status_code == 403  # told before anything is typed
    assert secretary.post(url, ABSENT).status_code == 403


# --- letters on pages ---


def test_the_secretary_receives_a_letter_and_two_key_it(as_):
    stage = make_stage(members=4, flag={"mode": Mode.OPEN})
    question = voting(stage, "Ash", "Birch", "Cedar")
    one, two, _three = (as_(person) for person in committee(stage, "Ash", "Birch", "Cedar"))
    as_(stage.secretary).post(
        address("receive_letter", question),
        {"unit": stage.cast.units["Elm 0"].pk, "letter_received_at": "9:00"},
    )
    elector = question.electors.get(presence=Presence.WRITTEN)
    url = address("key_letter", elector)
    marks = {"marks": mark(question, "Birch")}
    assert "no-store" in one.get(url).headers["Cache-Control"]
    answer = one.post(url, marks, follow=True)
    assert "Keyed once" in words(answer)
    assert one.post(url, marks).status_code == 422
    answer = two.post(url, marks, follow=True)
    assert "Both keyings agree" in words(answer)
    assert Voted.objects.get().elector == elector


def test_keyings_that_differ_are_told_and_really_forgotten(as_):
    stage = make_stage(members=4, flag={"mode": Mode.OPEN})
    line(stage, "Elm 0").write_in()
    question = voting(stage, "Ash", "Birch", "Cedar")
    one, two, _three = (as_(person) for person in committee(stage, "Ash", "Birch", "Cedar"))
    url = address("key_letter", question.electors.get(presence=Presence.WRITTEN))
    one.post(url, {"marks": mark(question, "Birch")})
    assert PaperKeying.objects.count() == 1
    answer = two.post(url, {"marks": mark(question, "Ash")}, follow=True)
    assert "The two keyings differ" in words(answer)
    assert not PaperKeying.objects.exists()
    assert not Voted.objects.exists()


def test_over_marked_letters_are_refused_and_nothing_is_kept(as_):
    stage = make_stage(members=4, flag={"mode": Mode.OPEN})
    line(stage, "Elm 0").write_in()
    question = voting(stage, "Ash", "Birch", "Cedar")
    [one] = (as_(person) for person in committee(stage, "Ash"))
    url = address("key_letter", question.electors.get(presence=Presence.WRITTEN))
    answer = one.post(url, {"marks": mark(question, "Ash", "Birch")})
    assert answer.status_code == 422
    assert "02 are marked, and at most 01 may be: such a paper is not valid" in words(answer)
    assert not PaperKeying.objects.exists()


def test_a_counter_of_another_unit_sees_the_meeting(as_):
    stage = make_stage()
    stage.meeting.counters.create(person=stage.cast.dogwood, name="Dogwood")
    client = as_(stage.cast.dogwood)
    assert client.get(stage.meeting.get_absolute_url()).status_code == 200
    assert client.get(stage.question.get_absolute_url()).status_code == 200


def test_only_committee_and_secretary_key_letters(as_):
    stage = make_stage(members=4)
    line(stage, "Elm 0").write_in()
    question = voting(stage, "Ash", "Birch", "Cedar")
    url = address("key_letter", question.electors.get(presence=Presence.WRITTEN))
    assert as_(stage.cast.ash).get(url).status_code == 403
    assert as_(stage.cast.stranger).get(url).status_code == 404


# --- the roll of all units at once ---


def roll_page(stage, browser) -> dict[str, str]:
    """What the roll's form holds, field by field, as a browser would send it back."""
    page = browser.get(address("take_roll", stage.meeting)).content.decode()
    held = dict(
        re.findall(r'<input[^>]* name="((?:initial-)?u[^"]+)"(?:[^>]*? value="([^"]*)")?', page)
    )
    for name, options in re.findall(r'<select name="(u[^"]+)".*?>(.*?)</select>', page, re.DOTALL):
        chosen = re.search(r'value="([^"]*)" selected', options)
        held[name] = chosen[1] if chosen else ""
    return held


def key(stage, unit: str, field: str) -> str:
    return f"u{stage.cast.units[unit].pk}-{field}"


def test_the_roll_of_all_units_is_taken_at_once(stage, secretary):
    held = roll_page(stage, secretary)
    assert held[key(stage, "Ash", "representative")] == str(stage.cast.ash.pk)  # its principal
    said = held | {
        key(stage, "Ash", "presence"): "present",
        key(stage, "Birch", "presence"): "present",
        key(stage, "Birch", "representative"): "",
        key(stage, "Birch", "name"): "Trần Văn B",
        key(stage, "Cedar", "presence"): "written",
        key(stage, "Cedar", "letter_received_at"): "7:30",
    }
    answer = secretary.post(address("take_roll", stage.meeting), said, follow=True)
    assert "The roll is noted." in words(answer)
    ash, birch, cedar = (line(stage, name) for name in ("Ash", "Birch", "Cedar"))
    assert (ash.presence, ash.representative) == ("present", stage.cast.ash)
    assert ash.position == "Chánh Thanh tra"
    assert (birch.presence, birch.representative, birch.name) == ("present", None, "Trần Văn B")
    assert (cedar.presence, cedar.letter_received_at) == (
        "written",
        moment("2026-09-28 07:30"),
    )


REFUSED = [
    ({"presence": "present", "representative": ""}, "Choose an account, or name who is there."),
    ({"presence": "present", "name": "Trần Văn B"}, "not both"),
    ({"presence": "written"}, "State when the letter was received."),
    ({"presence": "written", "letter_received_at": "sáng"}, "Enter a time"),
]


@pytest.mark.parametrize(("said", "sentence"), REFUSED)
def test_what_one_row_is_refused_for_stands_there_and_nothing_is_saved(
    stage, secretary, said, sentence
):
    held = roll_page(stage, secretary) | {key(stage, "Ash", "presence"): "present"}
    held |= {key(stage, "Birch", field): value for field, value in said.items()}
    answer = secretary.post(address("take_roll", stage.meeting), held)
    assert answer.status_code == 422
    assert re.search(rf"<b>Birch:</b> [^<]*{sentence}", words(answer))
    assert "No letter of authority noted" not in words(answer)  # its principal was chosen
    assert not stage.meeting.attendances.exclude(presence="absent").exists()


def test_a_row_that_was_left_alone_overwrites_nothing(stage, secretary):
    held = roll_page(stage, secretary)
    line(stage, "Ash").write_in(moment("2026-09-27 16:00"))
    secretary.post(
        address("take_roll", stage.meeting), held | {key(stage, "Birch", "presence"): "present"}
    )
    assert (line(stage, "Ash").presence, line(stage, "Birch").presence) == ("written", "present")


@pytest.mark.parametrize("where", ["edit_attendance", "take_roll"])
def test_who_notes_a_unit_after_somebody_else_is_told_and_chooses(stage, secretary, where):
    alone = address("edit_attendance", line(stage, "Ash"))
    mine = key(stage, "Ash", "")
    said = roll_page(stage, secretary) | {mine + "presence": "present"}
    url = address(where, stage.meeting)
    if where == "edit_attendance":
        url, mine, of = alone, "", mine
        said = {name.removeprefix(of): value for name, value in said.items()}
    secretary.post(alone, ABSENT | {"absent_because": "bão"})
    answer = secretary.post(url, said)
    told = "Meanwhile this was noted: Absent, bão. Nothing is saved"
    assert (answer.status_code, told in words(answer)) == (422, True)
    assert line(stage, "Ash").presence == "absent"
    (stands,) = re.findall(rf'name="{mine}was" value="(\w+)"', answer.content.decode())
    assert secretary.post(url, said | {mine + "was": stands}).status_code == 302
    assert line(stage, "Ash").presence == "present"


def test_what_the_roll_does_not_show_stays_whoever_saves_it_again(stage, secretary):
    there = {"presence": "present", "honorific": "Ông", "representative": stage.cast.ash.pk}
    alone, roll = (
        address("edit_attendance", line(stage, "Ash")),
        address("take_roll", stage.meeting),
    )
    secretary.post(alone, there)
    said = roll_page(stage, secretary) | {key(stage, "Ash", "position"): "Phó Chánh Thanh tra"}
    secretary.post(alone, there | {"letter_of_authority": "05/GUQ"})
    answer = secretary.post(roll, said)
    was = key(stage, "Ash", "was")
    (stands,) = re.findall(rf'name="{was}" value="(\w+)"', answer.content.decode())
    assert secretary.post(roll, said | {was: stands}).status_code == 302
    ash = line(stage, "Ash")
    assert (ash.position, ash.letter_of_authority) == ("Phó Chánh Thanh tra", "05/GUQ")


@pytest.mark.parametrize("there", ["present", "written"])
@pytest.mark.parametrize("where", ["edit_attendance", "take_roll"])
def test_who_notes_a_unit_by_a_double_click_is_told_nothing_of_the_first(
    stage, secretary, where, there
):
    of = key(stage, "Ash", "") if where == "edit_attendance" else ""
    said = roll_page(stage, secretary) | {
        key(stage, "Ash", "presence"): there,
        key(stage, "Ash", "letter_received_at"): "7:30",
    }
    said = {name.removeprefix(of): value for name, value in said.items()}
    url = address(where, line(stage, "Ash") if of else stage.meeting)
    assert [secretary.post(url, said).status_code for _click in range(2)] == [302, 302]
    assert line(stage, "Ash").presence == there


def test_the_roll_is_taken_by_secretary_and_head_until_the_minutes_are_final(stage, as_):
    url = address("take_roll", stage.meeting)
    found = [as_(who).get(url).status_code for who in (stage.cast.cedar, stage.cast.ash)]
    assert found == [200, 403]
    assert as_(stage.cast.stranger).get(url).status_code == 404
    assert url in words(as_(stage.secretary).get(stage.meeting.get_absolute_url()))
    stage.meeting.cancel("Hoãn", stage.cast.officer)
    assert as_(stage.cast.cedar).get(url).status_code == 403


def test_the_page_of_the_roll_costs_the_same_for_many_units(db, as_):
    found = []
    for members in (3, 9):
        with transaction.atomic():
            stage = make_stage(members=members)
            browser = as_(stage.secretary)
            with CaptureQueriesContext(connection) as asked:
                browser.get(address("take_roll", stage.meeting))
            transaction.set_rollback(True)
        found.append(len(asked))
    assert found[0] == found[1]
