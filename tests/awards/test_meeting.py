"""The meeting and its pages: called, attended, opened, run, closed, cancelled, called anew."""

import re
from datetime import date, timedelta
from fractions import Fraction

import pytest
from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone, translation

from awards import wording
from awards.models import (
    Attendance,
    Meeting,
    MeetingState,
    PaperKeying,
    Procedure,
    Question,
    Voted,
    VoteRules,
)
from awards.papers import minutes_facts, minutes_of
from awards.papers.questions import rule_words
from awards.tally import Mode, Presence
from blocks import clock
from blocks.models import Change, Office
from emulation.printing import state_of
from scoring.models import Season
from scoring.phases import Phase
from tests.awards.stage import (
    BOTH_OFFICES,
    call,
    committee,
    line,
    make_stage,
    mark,
    moment,
    seat,
    voting,
)
from tests.awards.stage import key as key_paper
from tests.factories import SeasonFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def stage():
    return make_stage()


@pytest.fixture
def secretary(stage, as_):
    return as_(stage.secretary)


def address(name: str, thing) -> str:
    return reverse(name, args=[thing.pk])


def words(response) -> str:
    return " ".join(response.content.decode().split())


# --- called ---

CALL = {
    "starts_on": "3/12/2026",
    "starts_time": "8h30",
    "place": "Hội trường",
    "chair_honorific": "Bà",
    "chair_name": "Cedar",
    "chair_position": "Chánh Thanh tra",
    "copies": "2",
    "agenda": "Khai mạc\nBỏ phiếu",
}


@pytest.fixture
def uncalled():
    return make_stage(called=False, offices=BOTH_OFFICES)


def test_the_head_calls_the_meeting(uncalled, as_):
    client, url = as_(uncalled.cast.cedar), address("call_meeting", uncalled.season)
    page = words(client.get(url))
    assert "Thông qua chương trình" in page  # an agenda to begin with
    assert 'value="Chánh Thanh tra, đại diện Khối trưởng"' in page
    client.post(url, CALL | {"secretary": uncalled.secretary.pk})
    meeting = Meeting.objects.get()
    assert meeting.starts_at == moment("2026-12-03 08:30")
    assert meeting.attendances.count() == 3
    assert [question.title for question in meeting.questions.all()] == [
        "Cờ thi đua",
        "Head of the block in 2027",
        "Deputy of the block in 2027",
    ]


def test_a_member_that_is_not_head_does_not_call(uncalled, as_):
    assert as_(uncalled.cast.ash).get(address("call_meeting", uncalled.season)).status_code == 403


def test_a_stranger_finds_no_meeting(stage, as_):
    for name in ("show_meeting", "meeting_status", "project_meeting", "edit_meeting"):
        assert as_(stage.cast.stranger).get(address(name, stage.meeting)).status_code == 404
    assert as_(stage.cast.stranger).get(address("show_question", stage.question)).status_code == 404


def test_the_secretary_is_of_the_head_unit(uncalled, as_):
    client, url = as_(uncalled.cast.cedar), address("call_meeting", uncalled.season)
    assert client.post(url, CALL | {"secretary": uncalled.cast.ash.pk}).status_code == 422
    assert not Meeting.objects.exists()


def test_a_time_that_is_none_is_refused_at_its_field(uncalled, as_):
    client, url = as_(uncalled.cast.cedar), address("call_meeting", uncalled.season)
    for time in ("25:00", "sáng", "8:75"):
        answer = client.post(url, CALL | {"secretary": uncalled.secretary.pk, "starts_time": time})
        assert answer.status_code == 422
    assert not Meeting.objects.exists()


def test_a_season_has_one_meeting(stage, as_):
    client, url = as_(stage.cast.cedar), address("call_meeting", stage.season)
    answer = client.post(url, CALL | {"secretary": stage.secretary.pk})
    assert (answer.status_code, Meeting.objects.count()) == (422, 1)


def test_no_meeting_is_called_before_the_cards_are_being_settled(uncalled, as_):
    Season.objects.update(phase=Phase.INSPECTION)
    client, url = as_(uncalled.cast.cedar), address("call_meeting", uncalled.season)
    assert client.post(url, CALL | {"secretary": uncalled.secretary.pk}).status_code == 422


def test_the_list_shows_my_meetings_and_what_i_may_call(stage, uncalled_too, as_):
    page = words(as_(stage.cast.cedar).get(reverse("list_meetings")))
    assert str(stage.season) in page
    assert address("call_meeting", uncalled_too) in page
    assert address("call_meeting", uncalled_too) not in words(
        as_(stage.cast.ash).get(reverse("list_meetings"))
    )
    assert str(stage.season) not in words(as_(stage.cast.stranger).get(reverse("list_meetings")))


@pytest.fixture
def uncalled_too(stage):
    """Last year's season of the block, which had no meeting yet."""
    return SeasonFactory(
        block=stage.cast.block, year=2025, head=stage.cast.cedar_unit, phase=Phase.MEETING
    )


# --- attendance ---

ABSENT = {"presence": "absent", "honorific": "Ông"}


def test_the_account_that_sits_gives_its_name_and_position(stage, secretary):
    url = address("edit_attendance", line(stage, "Ash"))
    secretary.post(
        url,
        {
            "presence": "present",
            "representative": stage.cast.ash.pk,
            "honorific": "Ông",
            "arrived_at": "7:55",
        },
    )
    ash = line(stage, "Ash")
    assert (ash.presence, ash.representative, ash.name) == ("present", stage.cast.ash, "Ash")
    assert ash.position == "Chánh Thanh tra"
    assert ash.arrived_at == moment("2026-09-28 07:55")


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


def test_going_back_says_what_becomes_of_a_meeting_in_session(stage, as_):
    back, head = address("go_back", stage.season), as_(stage.cast.cedar)
    sentence = "The meeting is in session: it opens no vote"
    assert sentence not in words(head.get(back))
    stage.meeting.open()
    assert sentence in words(head.get(back))


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
    assert secretary.post(cedar, arrived(stage, "Cedar", "09:05")).status_code == 302
    desk = words(secretary.get(stage.meeting.get_absolute_url()))
    assert (desk.count("arrived"), desk.count("arrived 09:05")) == (1, 1)  # who came late


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
    assert secretary.post(cedar, arrived(stage, "Cedar", "09:10")).status_code == 302


def test_a_letter_that_has_not_come_yet_is_not_noted(stage, secretary):
    letter = {"presence": "written", "honorific": "Ông", "letter_received_at": "23 giờ 05"}
    answer = secretary.post(address("edit_attendance", line(stage, "Ash")), letter)
    assert answer.status_code == 422
    assert "This time has not come yet." in words(answer)
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


@pytest.fixture
def closed():
    """The meeting after its vote: Ash and Birch on screen, Cedar by letter."""
    stage = make_stage(flag={"mode": Mode.OPEN, "threshold_part": 50})
    line(stage, "Cedar").write_in(moment("2026-09-27 15:30"))
    question = voting(stage, "Ash", "Birch")
    for name in ("Ash", "Birch"):
        question.cast(stage.people[name], mark(question, "Ash"))
    letter = question.electors.get(unit=stage.cast.cedar_unit)
    key_paper(question, [stage.cast.ash_clerk, stage.cast.birch_clerk], elector=letter)
    question.close()
    stage.meeting.close()
    return stage


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
        ("Cedar", ABSENT, "so it was not absent"),
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
    assert as_(closed.secretary).post(url, said).status_code == 302
    ash = line(closed, "Ash")
    assert (ash.presence, ash.position) == ("online", "Phó Chánh Thanh tra")


def test_who_has_cast_is_not_noted_as_absent_in_session_either(stage, secretary):
    question = voting(stage)
    question.cast(stage.cast.ash, [])
    answer = secretary.post(address("edit_attendance", line(stage, "Ash")), ABSENT)
    assert (answer.status_code, line(stage, "Ash").presence) == (422, "present")


def test_day_hour_and_secretary_stay_once_the_meeting_was_held(closed, as_):
    client, url = as_(closed.cast.cedar), address("edit_meeting", closed.meeting)
    before = closed.meeting
    assert "starts_on" not in words(client.get(url))
    assert client.post(url, CALL | {"secretary": closed.cast.cedar.pk}).status_code == 302
    after = Meeting.objects.get()
    assert (after.starts_at, after.secretary) == (before.starts_at, before.secretary)
    assert after.chair_honorific == "Bà"  # what the minutes say of it may be mended


def test_the_end_of_the_session_is_corrected_until_the_minutes_are_final(closed, as_):
    client, url = as_(closed.secretary), address("edit_meeting", closed.meeting)
    said = CALL | {"secretary": closed.secretary.pk}
    ended = timezone.localtime(Meeting.objects.get().closed_at)
    with clock.standing_on(ended.date(), moment("2026-09-28 23:30").time()):
        assert "has not come yet" in words(client.post(url, said | {"ended": "23 giờ 45"}))
        assert "lasted until" in words(client.post(url, said | {"ended": "1h"}))
        closed.meeting.attendances.filter(unit=closed.cast.ash_unit).update(
            left_at=moment("2026-09-28 23:20")
        )
        assert "lasted until" in words(client.post(url, said | {"ended": "23h15"}))
        closed.meeting.attendances.update(left_at=None)
        assert client.post(url, said | {"ended": "23h15"}).status_code == 302
    Meeting.objects.update(closed_at=moment("2026-10-02 09:00"))
    with clock.standing_on(date(2026, 10, 2)):  # an hour alone is one of the meeting's day
        assert client.post(url, said | {"ended": "23h15"}).status_code == 302
    meeting = Meeting.objects.get()
    assert timezone.localtime(meeting.closed_at) == moment("2026-09-28 23:15")
    assert minutes_facts(meeting)["meeting"]["closed"].endswith("T23:15")
    history = as_(closed.cast.cedar).get(reverse("show_history", args=["meeting", meeting.pk]))
    assert "23:15" in words(history)


def test_an_agenda_that_was_left_alone_is_no_change(stage, as_):
    Meeting.objects.update(agenda="Khai mạc\nBỏ phiếu")
    said = CALL | {"secretary": stage.secretary.pk, "agenda": "Khai mạc\r\nBỏ phiếu"}
    as_(stage.cast.cedar).post(address("edit_meeting", stage.meeting), said)
    meeting = Meeting.objects.get()
    assert (meeting.agenda, meeting.chair_honorific) == ("Khai mạc\nBỏ phiếu", "Bà")


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


def test_that_a_committee_has_no_head_is_told_until_one_of_it_is_named_so(stage, secretary):
    said, desk = "The counting committee has no head.", stage.meeting.get_absolute_url()
    assert said not in words(secretary.get(desk))  # there is nobody yet
    for name in ("Bà A", "Bà B", "Bà C"):
        member = stage.meeting.counters.create(name=name)
    assert said in words(secretary.get(desk))
    assert said in words(secretary.get(address("finalise_count", stage.meeting)))
    secretary.post(
        address("edit_counter", member), {"duty": "leader", "position": "Thanh tra viên"}
    )
    member.refresh_from_db()
    assert (member.duty, member.name, member.position) == ("leader", "Bà C", "Thanh tra viên")
    assert said not in words(secretary.get(desk))
    assert said not in words(secretary.get(address("finalise_count", stage.meeting)))
    other = stage.meeting.counters.first()
    assert secretary.post(address("edit_counter", other), {"duty": "leader"}).status_code == 422


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
        answer = secretary.post(url, {"person": stage.cast.ash.pk, "duty": "member"})
        assert answer.status_code == status


# --- the session ---


def test_the_secretary_opens_and_closes_by_the_chair_s_direction(stage, secretary):
    assert "direction of the chair" in words(secretary.get(address("open_meeting", stage.meeting)))
    secretary.post(address("open_meeting", stage.meeting))
    stage.meeting.refresh_from_db()
    assert stage.meeting.is_open
    stage.question.cancel("Không bình xét")
    secretary.post(address("close_meeting", stage.meeting))
    stage.meeting.refresh_from_db()
    assert stage.meeting.is_closed
    assert Change.objects.filter(table="awards_meeting", user_id=stage.secretary.pk).count() == 2


@pytest.mark.parametrize("name", ["open_meeting", "close_meeting"])
def test_nobody_but_the_secretary_opens_or_closes(stage, as_, name):
    for person in (stage.cast.cedar, stage.cast.ash, stage.cast.officer):
        assert as_(person).post(address(name, stage.meeting)).status_code == 403


def test_a_meeting_opens_once_the_season_is_at_its_meeting(stage, secretary):
    Season.objects.update(phase=Phase.SETTLEMENT)
    answer = secretary.post(address("open_meeting", stage.meeting))
    assert answer.status_code == 422
    assert "has not moved on to the meeting" in words(answer)


def test_a_meeting_does_not_close_before_everything_was_voted(stage, secretary):
    voting(stage)
    answer = secretary.post(address("close_meeting", stage.meeting))
    assert answer.status_code == 422
    assert "Still to be voted or cancelled: Cờ thi đua." in words(answer)


def test_closing_tells_before_the_click_what_is_not_voted_or_was_cancelled(stage, secretary):
    close = address("close_meeting", stage.meeting)
    question = voting(stage)
    page = words(secretary.get(close))
    assert f'Cờ thi đua.</span><a href="{question.get_absolute_url()}">' in page
    assert "<button" not in page.partition("<main")[2]
    question.cancel("Danh sách sai")
    page = words(secretary.get(close))
    assert "“Cờ thi đua”, round 1, was cancelled and not put anew" in page
    assert secretary.post(close).status_code == 302


def test_what_was_withdrawn_before_it_was_opened_is_not_told_as_a_vote(stage, secretary, as_):
    stage.meeting.open()
    stage.question.cancel("Không đủ điều kiện")
    for _when in ("in session", "closed"):
        page = words(secretary.get(stage.meeting.get_absolute_url()))
        assert "“Cờ thi đua”, round 1, was not put to the vote: it puts nobody forward." in page
        assert "Not put to the vote: Không đủ điều kiện" in page
        assert "cancelled and not put anew" not in page
        assert "Everything was voted" not in page
        if stage.meeting.is_open:
            assert "Nothing was put to the vote</h2>" in page
            secretary.post(address("close_meeting", stage.meeting))
            stage.meeting.refresh_from_db()


@pytest.mark.parametrize("counted", [True, False])
def test_a_meeting_at_which_nothing_was_counted_has_no_count_minutes(stage, secretary, counted):
    question = voting(stage)
    draft, desk = address("preview_count", stage.meeting), stage.meeting.get_absolute_url()
    answer = secretary.get(draft, follow=True)
    assert answer.redirect_chain == [(desk, 302)]
    assert "No vote was counted yet; count minutes would be empty." in words(answer)
    for person in stage.people.values():
        question.cast(person, mark(question, "Ash"))
    if counted:
        question.close()
    else:
        question.cancel("Danh sách sai")
    stage.meeting.close()
    way = address("finalise_count", stage.meeting)
    for name in ("show_meeting", "write_minutes"):
        assert (way in words(secretary.get(address(name, stage.meeting)))) == counted
    answers = [secretary.get(way), *([] if counted else [secretary.get(draft)])]
    for answer in answers:
        assert answer.status_code == (200 if counted else 403)
        assert ("it has no count minutes" in words(answer)) != counted


def test_an_officer_cancels_with_a_reason_and_another_meeting_names_the_old(stage, as_):
    voting(stage)
    url = address("cancel_meeting", stage.meeting)
    assert as_(stage.secretary).post(url, {"reason": "Sai"}).status_code == 403
    assert as_(stage.cast.officer).post(url, {"reason": " "}).status_code == 422
    as_(stage.cast.officer).post(url, {"reason": "Triệu tập sai thành phần"})
    old = Meeting.objects.get()
    assert (old.state, old.questions.get().state) == ("cancelled", "cancelled")
    client = as_(stage.cast.cedar)
    client.post(address("call_meeting", stage.season), CALL | {"secretary": stage.secretary.pk})
    assert Meeting.objects.exclude(pk=old.pk).get().replaces == old


def test_a_meeting_is_not_held_before_its_year(stage):
    stage.meeting.cancel("Sai ngày", stage.cast.officer)
    with clock.standing_on(date(2025, 12, 31)), pytest.raises(ValidationError, match="before it"):
        call(stage)


def test_nor_is_it_put_off_to_a_day_before_its_year(stage, as_):
    said = CALL | {"secretary": stage.secretary.pk, "starts_on": "31/12/2025"}
    answer = as_(stage.cast.cedar).post(address("edit_meeting", stage.meeting), said)
    assert answer.status_code == 422
    assert "The meeting of a year is not held before it." in answer.content.decode()


@pytest.mark.parametrize(("opened", "told"), [("2026-09-28", False), ("2026-09-29", True)])
def test_a_meeting_called_for_a_day_before_registration_was_opened_is_told_of(
    stage, as_, opened, told
):
    stage.season.moves.create(
        old=Phase.PLANNING, new=Phase.REGISTRATION, by=stage.cast.cedar_seat,
        at=moment(f"{opened} 07:00"),
    )  # fmt: skip
    page = as_(stage.cast.cedar).get(stage.meeting.get_absolute_url()).content.decode()
    said = "is called for 28/09/2026, before registration was opened (29/09/2026); check the day."
    assert (said in page) == told


def test_a_meeting_called_for_a_day_that_is_over_is_told_of(stage, as_):
    said = "is called for 28/09/2026, a day that is over; check the day."
    for day, told in ((28, False), (29, True)):
        with clock.standing_on(date(2026, 9, day)):
            assert (
                said in words(as_(stage.cast.cedar).get(stage.meeting.get_absolute_url()))
            ) == told


def test_the_projector_says_that_a_meeting_was_cancelled(stage, secretary):
    way = address("project_meeting", stage.meeting)
    assert "The meeting was cancelled" not in words(secretary.get(way))
    stage.meeting.cancel("Sai thành phần", stage.cast.officer)
    assert "The meeting was cancelled" in words(secretary.get(way))


def test_the_papers_of_a_cancelled_meeting_say_so(stage):
    paper = minutes_of(stage.meeting)
    paper.final = True
    assert state_of(paper)[1] != "Of a cancelled meeting"
    stage.meeting.cancel("Sai thành phần", stage.cast.officer)
    paper.meeting.refresh_from_db()
    assert state_of(paper) == ("red", "Of a cancelled meeting")


def test_the_drafts_of_a_cancelled_meeting_are_not_printed_any_more(stage, secretary):
    draft = minutes_of(stage.meeting)
    stage.meeting.cancel("Sai thành phần", stage.cast.officer)
    pdf = address("paper_pdf", draft)
    assert secretary.get(pdf).status_code == 403
    for page in (draft.get_absolute_url(), reverse("list_papers")):
        shown = secretary.get(page).content.decode()
        assert draft.title in shown
        assert pdf not in shown
    for name in ("preview_minutes", "preview_count", "write_minutes"):
        answer = secretary.get(address(name, stage.meeting))
        assert answer.status_code == 403
        assert "The meeting was cancelled; its minutes are not written." in words(answer)


def test_what_was_written_for_the_minutes_of_a_cancelled_meeting_can_still_be_read(
    stage, secretary, as_
):
    said = "Đồng chí Chánh Thanh tra phát biểu khai mạc."
    draft = minutes_of(stage.meeting)
    draft.say({"opening": said, "closing": ""})
    page = as_(stage.cast.officer).get(address("cancel_meeting", stage.meeting))
    assert "what was written for its minutes, can still be read" in words(page)
    assert said not in words(secretary.get(draft.get_absolute_url()))
    stage.meeting.cancel("Sai thành phần", stage.cast.officer)
    shown = words(secretary.get(draft.get_absolute_url()))
    assert re.search(f"What was written for it</h2> *<h3>Opening</h3> *<p>{said}</p>", shown)
    assert "<h3>Conclusion</h3>" not in shown
    call(stage)
    for there in (draft.meeting.get_absolute_url(), address("write_minutes", stage.meeting)):
        assert draft.get_absolute_url() in secretary.get(there).content.decode()
    assert as_(stage.cast.ash).get(draft.get_absolute_url()).status_code == 404


def test_a_closed_meeting_is_cancelled_too_until_its_season_closes(stage):
    stage.meeting.open()
    stage.question.cancel("Không bình xét")
    stage.meeting.close()
    stage.meeting.cancel("Sai thành phần", stage.cast.officer)
    assert Meeting.objects.get().state == MeetingState.CANCELLED
    again = call(stage)
    Season.objects.update(phase=Phase.CLOSED)
    with pytest.raises(ValidationError, match="closed"):
        Meeting.objects.get(pk=again.pk).cancel("Sai", stage.cast.officer)


def test_attendance_of_a_cancelled_meeting_stays(stage, secretary):
    stage.meeting.cancel("Sai thành phần", stage.cast.officer)
    url = address("edit_attendance", line(stage, "Ash"))
    assert secretary.get(url).status_code == 403  # told before anything is typed
    assert secretary.post(url, ABSENT).status_code == 403


# --- the desk ---


def test_the_desk_says_what_is_missing_and_offers_nothing_before(stage, secretary):
    seat(stage, "Ash")
    stage.meeting.open()
    page = words(secretary.get(stage.meeting.get_absolute_url()))
    assert "It cannot be opened yet" in page
    assert "Not enough: 01 more unit is needed" in page
    assert address("open_question", stage.question) not in page


def test_the_desk_has_one_primary_button_at_every_step(stage, secretary):
    def primary() -> list[str]:
        page = secretary.get(stage.meeting.get_absolute_url()).content.decode()
        return [part.split('href="')[1].split('"')[0] for part in page.split("btn btn-primary")[1:]]

    def only(name, thing) -> list[str]:
        return [address(name, thing)]

    seat(stage)
    assert primary() == only("open_meeting", stage.meeting)
    stage.meeting.open()
    assert primary() == only("open_question", stage.question)
    Question.objects.get().open()
    assert primary() == only("close_question", stage.question)
    Question.objects.get().cancel("Không bình xét")
    assert primary() == only("close_meeting", stage.meeting)
    Meeting.objects.get().close()
    assert primary() == []


def test_the_secretary_opens_and_closes_a_question(stage, secretary):
    seat(stage)
    stage.meeting.open()
    secretary.post(address("open_question", stage.question))
    question = Question.objects.get()
    assert question.is_open
    for person in stage.people.values():
        question.cast(person, mark(question, "Ash"))
    assert "03 of 03 units have voted" in words(secretary.get(address("close_question", question)))
    answer = secretary.post(address("close_question", question), follow=True)
    page = words(answer)
    assert "03/03 phiếu đồng ý, đạt 100,00% tổng số đơn vị thành viên" in page
    assert "<dt>Ballots issued</dt><dd>03</dd>" in page
    for again in (secretary.get, secretary.post):  # another tab
        answer = again(address("close_question", question), follow=True)
        assert answer.redirect_chain[-1][0] == question.get_absolute_url()
        assert "was closed already; here is its result" in words(answer)


def test_a_round_that_nobody_can_win_is_warned_of_before_it_is_opened(as_):
    stage = make_stage(members=7, flag={"mode": Mode.OPEN})  # from 80% of all seven: six
    secretary = as_(stage.secretary)
    seat(stage, "Ash", "Birch", "Cedar", "Elm 0", "Elm 1")
    stage.meeting.open()
    pages = [
        address("show_meeting", stage.meeting),
        stage.question.get_absolute_url(),
        address("open_question", stage.question),
    ]
    said = "At least 06 units must agree and only 05 take part: nobody can reach"
    assert [said in words(secretary.get(page)) for page in pages] == [True] * 3
    line(stage, "Elm 2").write_in()
    assert [said in words(secretary.get(page)) for page in pages] == [False] * 3


def test_papers_that_nobody_could_key_are_warned_of_before_the_vote_is_opened(stage, secretary):
    seat(stage, "Ash", "Birch")
    line(stage, "Cedar").write_in()
    stage.meeting.open()
    page, said = address("open_question", stage.question), "are keyed by two people: name members"
    assert said in words(secretary.get(page))
    committee(stage, "Ash")
    assert said not in words(secretary.get(page))


def test_what_is_refused_is_not_asked_again(stage, secretary):
    stage.meeting.open()
    answer = secretary.post(address("open_meeting", stage.meeting))
    assert answer.status_code == 422
    assert "The meeting was opened already." in words(answer)
    assert "<form method" not in words(answer).split("<main")[1]


@pytest.mark.parametrize(
    "name", ["open_question", "close_question", "cancel_question", "put_anew", "receive_letter"]
)
def test_nobody_but_the_secretary_runs_a_question(stage, as_, name):
    for person in (stage.cast.cedar, stage.cast.ash, stage.cast.officer):
        answer = as_(person).post(address(name, stage.question), {"reason": "Vì"})
        assert answer.status_code == 403


def test_the_status_never_holds_a_field_and_tells_when_the_page_is_old(stage, secretary):
    question = voting(stage)
    desk = secretary.get(stage.meeting.get_absolute_url()).content.decode()
    asked = desk.split('hx-get="')[1].split('"')[0]
    question.cast(stage.cast.ash, [])
    part = secretary.get(asked, headers={"hx-request": "true"})
    assert "<b>01</b>/03" in words(part)
    assert not [tag for tag in ("<input", "<form", "<select", "<textarea") if tag in words(part)]
    question.close()
    part = secretary.get(asked, headers={"hx-request": "true"})
    assert part.headers["HX-Refresh"] == "true"


def test_the_projector_answers_its_part_alone(stage, secretary):
    seat(stage)
    stage.meeting.open()
    url = address("project_meeting", stage.meeting)
    assert "<html" in words(secretary.get(url))
    assert "<html" not in words(secretary.get(url, headers={"hx-request": "true"}))


def test_who_represents_a_unit_sees_the_meeting(stage, as_):
    seat(stage)
    page = words(as_(stage.cast.ash).get(stage.meeting.get_absolute_url()))
    assert "Being voted" not in page
    assert address("edit_attendance", line(stage, "Ash")) not in page


@pytest.mark.parametrize("step", ["planned", "next", "open", "counted"])
def test_the_pages_of_a_meeting_cost_the_same_queries_for_three_units_and_for_nine(step, as_):
    costs = cost(step, 3, as_)
    assert costs == cost(step, 9, as_)
    assert max(costs) <= 45


def cost(step: str, members: int, as_) -> list[int]:
    """The queries of each page at a step of the meeting; nothing of it stays."""
    with transaction.atomic():
        stage = at_step(step, members)
        client = as_(stage.secretary)
        pages = [
            stage.meeting.get_absolute_url(),
            address("project_meeting", stage.meeting),
            address("show_question", stage.question),
            address("list_vote_rules", stage.season),
            address("edit_attendance", line(stage, "Ash")),
            reverse("list_meetings"),
        ]
        found = [queries_of(client, url) for url in pages]
        transaction.set_rollback(True)
    return found


def at_step(step: str, members: int):
    """Take a meeting of so many units as far as this step."""
    stage = make_stage(members=members)
    stage.award.requirements.create(rule="no_hold")
    stage.award.requirements.create(rule="not_proposed_for", parameter="OTHER")
    seat(stage)
    if step != "planned":
        stage.meeting.open()
    if step in ("open", "counted"):
        stage.question.open()
        for person in stage.people.values():
            stage.question.cast(person, mark(stage.question, "Ash"))
    if step == "counted":
        stage.question.close()
    return stage


def queries_of(client, url: str) -> int:
    with CaptureQueriesContext(connection) as caught:
        assert client.get(url).status_code == 200
    return len(caught)


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


# --- candidates, cancelling ---


def test_others_may_be_listed_for_an_office(as_):
    stage = make_stage(offices=[Office.HEAD])
    question = stage.meeting.questions.get(office=Office.HEAD)
    client, url = as_(stage.secretary), address("list_candidates", question)
    assert client.get(url).status_code == 200
    client.post(url, {"units": [stage.cast.birch_unit.pk, stage.cast.ash_unit.pk]})
    assert [unit.short_name for unit in question.standing_units()] == ["Ash", "Birch"]
    assert client.post(url, {"units": [stage.cast.dogwood_unit.pk]}).status_code == 422


def test_whoever_was_just_elected_head_is_not_listed_for_deputy(as_):
    stage = make_stage(offices=BOTH_OFFICES, flag={"mode": Mode.OPEN})
    voting(stage).cancel("Không bình xét")
    head, deputy = stage.meeting.questions.exclude(office="").order_by("order")
    head.open()
    for person in stage.people.values():
        head.cast(person, mark(head, "Ash"))
    head.close()
    url = address("list_candidates", deputy)
    both = {"units": [stage.cast.ash_unit.pk, stage.cast.birch_unit.pk]}
    answer = as_(stage.secretary).post(url, both)
    assert answer.status_code == 422
    said = "Thanh tra huyện Ash was just elected Head of the block in 2027; choose another unit."
    assert said in words(answer)
    assert as_(stage.secretary).post(url, {"units": both["units"][1:]}).status_code == 302


def test_a_cancelled_question_is_put_anew_on_its_page(stage, secretary):
    question = voting(stage)
    question.cast(stage.cast.ash, mark(question, "Ash"))
    secretary.post(address("cancel_question", question), {"reason": "Danh sách sai"})
    page = words(secretary.get(question.get_absolute_url()))
    assert "Danh sách sai" in page
    assert "phiếu đồng ý" not in page
    secretary.post(address("put_anew", question))
    assert Question.objects.filter(state="waiting").count() == 1


def test_a_cancelled_question_is_put_anew_from_the_desk_before_the_next(as_):
    stage = make_stage(offices=[Office.HEAD])
    question, secretary = voting(stage), as_(stage.secretary)
    question.cancel("Danh sách sai")
    desk = words(secretary.get(stage.meeting.get_absolute_url()))
    assert desk.count(address("put_anew", question)) == 1  # under the list, not in the next vote
    assert "was cancelled and not put anew" in desk
    question.put_anew()
    desk = words(secretary.get(stage.meeting.get_absolute_url()))
    assert "Put anew" not in desk


def test_the_desk_marks_a_vote_without_result_otherwise_than_one_with(as_):
    stage = make_stage(offices=[Office.HEAD], flag={"threshold_part": 50, "max_rounds": 1})
    question, secretary = voting(stage), as_(stage.secretary)
    for person in stage.people.values():
        question.cast(person, [])
    question.close()
    head = stage.meeting.questions.get(office=Office.HEAD)
    head.max_rounds = 1
    head.save()
    head.open()
    head.close()
    Procedure(meeting=stage.meeting, matter="Chương trình", yes=0, no=3, abstain=0).decide()
    desk = words(secretary.get(stage.meeting.get_absolute_url()))
    agenda = desk.split('class="agenda"')[1].split("</section>")[0]
    assert (agenda.count("icon-cross"), agenda.count("icon-tick")) == (3, 0)
    assert "Nobody is put forward" in agenda
    assert "Nobody is proposed" in agenda
    page = words(secretary.get(head.get_absolute_url()))
    assert "the authority's paper names the unit" in page


def test_who_nothing_separates_is_undecided_and_who_stands_behind_is_a_reserve(as_):
    stage = make_stage(
        flag={"threshold_part": 50, "max_rounds": 1, "tie_rules": [], "max_marks": 3}
    )
    question = voting(stage)
    for name, *also in (("Ash", "Cedar"), ("Birch", "Cedar"), ("Cedar",)):
        question.cast(stage.people[name], mark(question, "Ash", "Birch", *also))
    question.close()
    page = words(as_(stage.secretary).get(question.get_absolute_url()))
    assert page.count("Tied, undecided") == 2  # nobody is elected for whom they could stand in
    assert "Reserve no. 3" in page
    facts = minutes_facts(stage.meeting)
    told = facts["questions"][0]["candidates"]
    assert [each["outcome"] for each in told] == ["Chưa phân định"] * 2 + ["Dự phòng số 3"]
    assert not any("dự phòng" in each["sentence"] for each in told[:2])
    (result,) = facts["results"]
    assert (len(result["units"]), len(result["undecided"]), len(result["reserves"])) == (0, 2, 1)


def test_reserves_behind_who_is_elected_are_said_to_be_tied(as_):
    stage = make_stage(flag={"threshold_part": 50, "tie_rules": [], "max_marks": 3})
    question = voting(stage)
    for name, *also in (("Ash", "Birch", "Cedar"), ("Birch", "Birch", "Cedar"), ("Cedar",)):
        question.cast(stage.people[name], mark(question, "Ash", *also))
    question.close()
    page = words(as_(stage.secretary).get(question.get_absolute_url()))
    assert page.count("Reserve no. 1, tied") == 2


def test_the_rules_say_when_there_is_another_round(stage, secretary):
    page = words(secretary.get(stage.question.get_absolute_url()))
    assert "at most 2 rounds; another one only where nobody reaches the required share" in page


def test_a_question_cancelled_before_it_opened_still_speaks_of_all_members(stage, secretary):
    secretary.post(address("cancel_question", stage.question), {"reason": "Không bình xét"})
    page = words(secretary.get(stage.question.get_absolute_url()))
    assert "of all 03 units" in page
    assert "kept uncounted" not in page


# --- rules of the votes ---

RULES = {
    "mode": "secret",
    "quorum": "2/3",
    "on_paper": "on",
    "letters_make_quorum": "on",
    "threshold": "66,5",
    "strict": "1",
    "base": "members",
    "places": "40%",
    "self_vote": "on",
    "tie_order": "score,rank",
    "max_rounds": "2",
    "runoff_size": "2",
    "source": "Điều 5 Quy chế",
}


def test_rules_are_added_for_an_office_while_no_meeting_was_called(as_):
    stage = make_stage(called=False)
    client = as_(stage.cast.cedar_clerk)
    client.post(address("add_vote_rules", stage.season), RULES | {"matter": "head"})
    rules = VoteRules.objects.get(office=Office.HEAD)
    assert (rules.quota, rules.quota_percent, rules.strict) == (None, 40, True)
    assert rules.tally_rules.threshold == Fraction(133, 200)
    assert rules.tie_rules == ["score", "rank"]
    page = words(client.get(address("list_vote_rules", stage.season)))
    assert "Head of the block in 2027" in page
    assert "above 66,5%, of all 03 units" in page
    assert "01 (40% of 03 units, rounded down)" in page


def test_two_thirds_is_typed_as_such_and_said_as_such(as_):
    stage = make_stage(called=False)
    client = as_(stage.cast.cedar_clerk)
    url = address("edit_vote_rules", stage.rules)
    typed = RULES | {"threshold": "2/3", "strict": ""}
    assert client.post(url, typed).status_code == 302
    rules = VoteRules.objects.get()
    assert rules.tally_rules.threshold == Fraction(2, 3)
    assert 'value="2/3"' in client.get(url).content.decode()
    assert "at least 2/3, of all 03 units" in words(
        client.get(address("list_vote_rules", stage.season))
    )
    assert "từ 2/3 trở lên" in rule_words(rules, 3)


def test_a_matter_has_one_set_of_rules(as_):
    stage = make_stage(called=False, offices=[Office.HEAD])
    client = as_(stage.cast.cedar_clerk)
    url = address("add_vote_rules", stage.season)
    assert client.post(url, RULES | {"matter": "head"}).status_code == 422
    assert client.post(url, RULES | {"matter": str(stage.award.pk)}).status_code == 422


@pytest.mark.parametrize(
    ("typed", "kept"), [("80", (80, 100)), ("4/5", (80, 100)), ("2/3", (2, 3))]
)
def test_a_share_that_stays_the_same_is_kept_as_it_was_written(as_, typed, kept):
    stage = make_stage(called=False)
    url = address("edit_vote_rules", stage.rules)
    assert as_(stage.cast.cedar_clerk).post(url, RULES | {"threshold": typed}).status_code == 302
    stage.rules.refresh_from_db()
    assert (stage.rules.threshold_part, stage.rules.threshold_whole) == kept


def test_where_no_letters_are_taken_the_base_is_of_those_present(as_):
    stage = make_stage(called=False)
    screens = {"on_paper": "", "letters_make_quorum": "", "base": "present"}
    browser = as_(stage.cast.cedar_clerk)
    assert browser.post(address("edit_vote_rules", stage.rules), RULES | screens).status_code == 302
    stage.rules.refresh_from_db()
    with translation.override("vi"):
        assert wording.share_base(stage.rules, 3) == "tính trên số đơn vị có mặt"
    call(stage)
    question = voting(stage)
    question.close()
    facts = minutes_facts(stage.meeting)
    assert "Tỷ lệ phiếu tính trên tổng số đơn vị có mặt" in [r["text"] for r in facts["rules"]]
    (told,) = facts["questions"]
    assert "tính trên tổng số đơn vị có mặt;" in told["rule"]
    assert all(
        "đạt 0,00% tổng số đơn vị có mặt (quy định" in each["sentence"]
        for each in told["candidates"]
    )


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"chair_must_approve": "on"}, "nobody can know whether the chair said yes"),
        ({"threshold": "100"}, "Nobody can have more than every vote"),
        ({"threshold": "0"}, "above 0"),
        ({"threshold": "66,6667%"}, "2 decimal"),
        ({"quorum": "66,6667%"}, "2 decimal"),
        ({"quorum": "3/2"}, "at most the whole"),
        ({"quorum": "hai phần ba"}, "number"),
        ({"places": "140%"}, "100"),
        ({"mode": "raised"}, "valid choice"),
        ({"max_marks": "0"}, "1"),
        ({"quorum": "0/3"}, "part of the members, above 0"),
        ({"quorum": "0%"}, "part of the members, above 0"),
        ({"places": "0"}, "a number from 1, or a percentage above 0"),
        ({"places": "0%"}, "a number from 1, or a percentage above 0"),
        ({"places": "4"}, "The block has 03 units."),
        ({"max_marks": "99"}, "The block has 03 units."),
        ({"on_paper": ""}, "no written opinions; they cannot count for the quorum"),
    ],
)
def test_rules_that_make_no_sense_are_refused_with_their_sentence(as_, wrong, sentence):
    stage = make_stage(called=False)
    answer = as_(stage.cast.cedar_clerk).post(
        address("edit_vote_rules", stage.rules), RULES | wrong
    )
    assert answer.status_code == 422
    assert sentence in words(answer)
    stage.rules.refresh_from_db()
    assert stage.rules.threshold_part == 80


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"chair_must_approve": "on"}, "nobody can know whether the chair said yes"),
        ({"threshold": "0"}, "The required share is above 0"),
    ],
)
def test_what_is_wrong_with_rules_is_said_once(as_, wrong, sentence):
    stage = make_stage(called=False)
    url = address("edit_vote_rules", stage.rules)
    page = words(as_(stage.cast.cedar_clerk).post(url, RULES | wrong))
    errors = page.partition("<form")[2]
    assert errors.count(sentence) == 1
    assert "The threshold is above 0" not in errors


def test_a_required_share_that_is_none_is_refused_in_vietnamese_too(as_):
    stage = make_stage(called=False)
    client = as_(stage.cast.cedar_clerk)
    client.cookies["django_language"] = "vi"
    url = address("edit_vote_rules", stage.rules)
    answer = client.post(url, RULES | {"threshold": "0"})
    assert answer.status_code == 422
    assert "không quá 100%." in words(answer)


def test_rules_stay_once_the_meeting_was_called(stage, as_):
    client = as_(stage.cast.cedar_clerk)
    answer = client.post(address("edit_vote_rules", stage.rules), RULES)
    assert answer.status_code == 422
    assert client.post(address("remove_vote_rules", stage.rules)).status_code == 422
    assert VoteRules.objects.get().threshold_part == 80
    assert "they stay as they are" in words(client.get(address("list_vote_rules", stage.season)))


def test_rules_are_drafted_by_the_head_only(as_):
    stage = make_stage(called=False)
    url = address("edit_vote_rules", stage.rules)
    assert as_(stage.cast.ash).get(url).status_code == 403
    assert as_(stage.cast.stranger).get(url).status_code == 404
    assert as_(stage.cast.ash).get(address("list_vote_rules", stage.season)).status_code == 200


def test_a_question_takes_the_rules_of_its_season(stage):
    assert stage.question.mode == Mode.SECRET
    assert stage.question.threshold_part == stage.rules.threshold_part
    assert Attendance.objects.count() == 3


def test_the_season_leads_to_its_meeting(db, as_):
    stage = make_stage()
    page = as_(stage.cast.ash).get(stage.season.get_absolute_url()).content.decode()
    assert f'href="{stage.meeting.get_absolute_url()}"' in page


# --- what the desk says all the time ---


def test_the_quorum_stands_on_the_desk_as_long_as_the_meeting_is_in_session(stage, secretary):
    desk = stage.meeting.get_absolute_url()
    said = "Enough take part (03/03)"
    assert said not in words(secretary.get(desk))
    seat(stage)
    stage.meeting.open()
    assert said in words(secretary.get(desk))
    question = Question.objects.get(pk=stage.question.pk)
    question.open()
    assert said in words(secretary.get(desk))
    for person in stage.people.values():
        question.cast(person, mark(question, "Ash"))
    question.close()
    assert said in words(secretary.get(desk))
    stage.meeting.close()
    assert said not in words(secretary.get(desk))


def test_the_desk_tells_the_hour_in_the_reader_s_language(stage, secretary):
    Meeting.objects.update(state="open", opened_at=moment("2026-09-28 08:00"))
    desk = stage.meeting.get_absolute_url()
    assert "opened at 08:00" in words(secretary.get(desk))
    secretary.cookies["django_language"] = "vi"
    assert "khai mạc 08 giờ 00" in words(secretary.get(desk))


def test_the_committee_is_named_with_mr_or_ms_where_the_account_says_which(stage, secretary):
    committee(stage, "Ash")
    stage.meeting.counters.create(name="Bà Hoa")
    page = words(secretary.get(stage.meeting.get_absolute_url()))
    assert f"<b>{stage.cast.ash_clerk}</b>" in page
    assert "<b>Bà Hoa</b>" in page


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
