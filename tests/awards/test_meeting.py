"""The meeting and its pages: called, opened, run, closed, cancelled, called anew."""

import re
import unicodedata
from datetime import date

import pytest
from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from awards.models import (
    Award,
    Meeting,
    MeetingState,
    Procedure,
    Question,
)
from awards.papers import minutes_facts, minutes_of
from awards.tally import Mode
from blocks import clock
from blocks.models import Change, Office, User
from emulation.printing import state_of
from scoring.models import Season
from scoring.phases import Phase
from tests.awards.stage import (
    BOTH_OFFICES,
    address,
    call,
    committee,
    line,
    make_stage,
    mark,
    moment,
    seat,
    voting,
    words,
)
from tests.factories import SeasonFactory

pytestmark = pytest.mark.django_db


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


def move(client, meeting, day):
    posted = CALL | {"secretary": meeting.secretary_id, "starts_on": day}
    return client.post(address("edit_meeting", meeting), posted, follow=True)


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


@pytest.mark.parametrize("change", ["ended", "conditions"])
def test_an_award_that_ended_or_is_decided_by_conditions_then_is_not_put_to_the_vote(
    uncalled, as_, change
):
    first, season = date(2026, 12, 3), uncalled.season
    if change == "ended":  # the version that came after the one the rules name
        uncalled.award.give_way_to(uncalled.award.copy(date(2026, 9, 2)))
        Award.objects.get(since=date(2026, 9, 2)).end(first)
        why = "no longer in force from 03/12/2026"
    else:
        new = uncalled.award.copy(first)
        new.decided_by, why = "conditions", "decided by the conditions"
        uncalled.award.give_way_to(new)
    season.dates.update_or_create(phase=Phase.MEETING, defaults={"due": first})
    client, url = as_(uncalled.cast.cedar), address("call_meeting", season)
    said = f"The meeting on 03/12/2026 does not vote on Cờ thi đua: {why}."
    assert said in words(client.get(url))
    assert said in words(client.get(address("list_vote_rules", season)))
    called = client.post(url, CALL | {"secretary": uncalled.secretary.pk}, follow=True)
    assert said in words(called)
    assert {one.office for one in Meeting.objects.get().questions.all()} == {*BOTH_OFFICES}
    assert said in words(client.get(address("list_vote_rules", season)))
    meeting, left = Meeting.objects.get(), "votes on “Cờ thi đua”, which was left out"
    assert f"A meeting on 02/12/2026 {left}" in words(move(client, meeting, "2/12/2026"))
    opening = address("open_meeting", meeting)  # today it could be voted on
    assert f"A meeting on 28/09/2026 {left}" in words(as_(uncalled.secretary).get(opening))
    as_(uncalled.secretary).post(opening)
    said = "The meeting was called for another day and does not vote on Cờ thi đua."
    assert said in words(client.get(address("list_vote_rules", season)))


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


@pytest.mark.parametrize(
    "typed",
    ["Nguyễn Văn Ước", "  NGUYỄN  văn ước", "Ông Nguyễn Văn Ước", "Ông. Nguyễn Văn Ước."],
)
def test_one_person_does_not_both_preside_and_write_the_minutes(uncalled, as_, typed):
    User.objects.filter(pk=uncalled.secretary.pk).update(full_name="Nguyễn Văn Ước")
    client, url = as_(uncalled.cast.cedar), address("call_meeting", uncalled.season)
    both = {"secretary": uncalled.secretary.pk, "chair_name": unicodedata.normalize("NFD", typed)}
    answer = client.post(url, CALL | both)
    assert answer.status_code == 422
    assert "does not both preside" in answer.context["form"].errors["secretary"][0]


def test_a_chair_of_the_head_s_unit_is_printed_as_its_account_spells_it(uncalled, as_):
    client, url = as_(uncalled.cast.cedar), address("call_meeting", uncalled.season)
    posted = {"secretary": uncalled.secretary.pk, "chair_name": "  Ông CEDAR "}
    assert client.post(url, CALL | posted).status_code == 302
    assert Meeting.objects.get().chair_name == uncalled.cast.cedar.full_name == "Cedar"


def test_who_moves_the_day_reads_which_award_that_day_leaves_out(uncalled, as_):
    uncalled.award.give_way_to(uncalled.award.copy(date(2026, 12, 1)))
    client = as_(uncalled.cast.cedar)
    posted = CALL | {"secretary": uncalled.secretary.pk}
    client.post(address("call_meeting", uncalled.season), posted)
    said, meeting = "and that is not in force on 30/11/2026.", Meeting.objects.get()
    days = ("4/12/2026", "30/11/2026")
    assert [said in words(move(client, meeting, day)) for day in days] == [False, True]


def test_a_meeting_opened_on_another_day_says_so_and_bears_the_day_it_was_held(uncalled, as_):
    client = as_(uncalled.secretary)
    uncalled.award.give_way_to(uncalled.award.copy(date(2026, 12, 1)))
    posted = CALL | {"secretary": uncalled.secretary.pk}
    as_(uncalled.cast.cedar).post(address("call_meeting", uncalled.season), posted)
    meeting = Meeting.objects.get()
    page = words(client.get(address("open_meeting", meeting)))
    days = "called for 03/12/2026; opened now it is held on 28/09/2026"
    award = (
        "“Cờ thi đua” is put to the vote as it was when the meeting was called, and that is not in"
        " force on 28/09/2026."
    )
    assert days in page
    assert award in page
    client.post(address("open_meeting", meeting))
    for name in ("show_meeting", "project_meeting", "edit_meeting"):
        assert "03/12/2026" not in words(client.get(address(name, meeting)))
    assert "03/12/2026" not in words(client.get(address("show_season", uncalled.season)))
    assert str(meeting.season.meetings.get()).endswith("28/09/2026")


def test_a_time_that_is_none_is_refused_at_its_field(uncalled, as_):
    client, url = as_(uncalled.cast.cedar), address("call_meeting", uncalled.season)
    for time in ("25:00", "sáng", "8:75"):
        answer = client.post(url, CALL | {"secretary": uncalled.secretary.pk, "starts_time": time})
        assert answer.status_code == 422
    wrong = CALL | {"starts_on": "31/2/2026", "starts_time": "25:00"}  # both told at once
    answer = client.post(url, wrong | {"secretary": uncalled.secretary.pk})
    assert {"starts_on", "starts_time"} <= answer.context["form"].errors.keys()
    assert not Meeting.objects.exists()


@pytest.mark.parametrize(("copies", "status"), [("0", 422), ("1", 302), ("99", 302), ("100", 422)])
def test_the_minutes_are_made_in_one_copy_at_least(uncalled, as_, copies, status):
    client, url = as_(uncalled.cast.cedar), address("call_meeting", uncalled.season)
    said = CALL | {"secretary": uncalled.secretary.pk, "copies": copies}
    assert client.post(url, said).status_code == status


def test_a_season_has_one_meeting(stage, as_):
    client, url = as_(stage.cast.cedar), address("call_meeting", stage.season)
    led = client.get(url, follow=True)
    assert led.redirect_chain == [(stage.meeting.get_absolute_url(), 302)]
    assert "The season has a meeting already." in words(led)
    answer = client.post(url, CALL | {"secretary": stage.secretary.pk})
    assert (answer.status_code, Meeting.objects.count()) == (422, 1)


def test_no_meeting_is_called_before_the_cards_are_being_settled(uncalled, as_):
    Season.objects.update(phase=Phase.INSPECTION)
    client, url = as_(uncalled.cast.cedar), address("call_meeting", uncalled.season)
    posted = CALL | {"secretary": uncalled.secretary.pk}
    for answer in (client.get(url), client.post(url, posted)):
        assert answer.status_code == 422
        assert "called once cards are being settled" in words(answer)
    assert not Meeting.objects.exists()


@pytest.mark.parametrize("phase", [Phase.INSPECTION, Phase.SETTLEMENT, Phase.MEETING])
def test_another_meeting_is_offered_only_where_it_may_be_called(stage, as_, phase):
    stage.meeting.cancel("Sai ngày", stage.cast.officer)
    Season.objects.update(phase=phase)
    page = words(as_(stage.cast.cedar).get(stage.meeting.get_absolute_url()))
    way = address("call_meeting", stage.season)
    assert (way in page) == (phase != Phase.INSPECTION)


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


def test_another_secretary_brings_its_own_position_unless_one_was_typed(stage, as_):
    client, url = as_(stage.cast.cedar), address("edit_meeting", stage.meeting)
    shown = "Chuyên viên"
    Meeting.objects.update(secretary_position=shown)
    assert f'name="initial-secretary_position" value="{shown}"' in words(client.get(url))
    said = CALL | {"secretary": stage.cast.cedar.pk, "initial-secretary_position": shown}
    said |= {"chair_name": "Birch"}
    for typed, printed in (
        (shown, "Chánh Thanh tra"),
        (shown, "Chánh Thanh tra"),  # a second click
        ("Phó phòng", "Phó phòng"),
    ):
        assert client.post(url, said | {"secretary_position": typed}).status_code == 302
        assert Meeting.objects.get().secretary_position == printed


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


def test_that_the_chair_s_unit_is_not_head_any_more_is_told_on_the_desk_and_before_the_minutes(
    closed, as_
):
    cast, desk = closed.cast, closed.meeting.get_absolute_url()
    pages = (desk, address("finalise_minutes", closed.meeting))
    said = "The chair, Ông Cedar, represents Cedar, which is not head any more"

    def told():
        return [said in words(as_(closed.secretary).get(page)) for page in pages]

    def head(unit):
        cast.season.name_offices(unit, cast.birch_unit, cast.officer.seats.get(), "đổi")

    head(cast.ash_unit)
    assert told() == [True, True]
    assert said not in words(as_(cast.birch).get(desk))
    Meeting.objects.update(chair_name="Ash")
    assert told() == [False, False]
    Meeting.objects.update(chair_name="Cedar")
    head(cast.cedar_unit)
    assert told() == [False, False]


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
    assert "“Cờ thi đua”, round 1, was cancelled (Danh sách sai) and not put anew" in page
    assert secretary.post(close).status_code == 302


def test_what_was_withdrawn_before_it_was_opened_is_not_told_as_a_vote(stage, secretary, as_):
    stage.meeting.open()
    stage.question.cancel("Không đủ điều kiện")
    for _when in ("in session", "closed"):
        page = words(secretary.get(stage.meeting.get_absolute_url()))
        assert "“Cờ thi đua”, round 1, was not put to the vote: Không đủ điều kiện." in page
        assert "Not put to the vote: Không đủ điều kiện" in page
        assert "and not put anew" not in page
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
    desk = as_(stage.cast.officer).get(stage.meeting.get_absolute_url())
    assert draft.get_absolute_url() in desk.content.decode()
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
    question = Question.objects.get()
    question.open()
    assert primary() == []  # it waits for the votes; closing is at hand, and not the next step
    for person in stage.people.values():
        question.cast(person, [])
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
    nobody = "Nobody has voted: closed so, the round is over without a ballot."
    assert nobody in words(secretary.get(address("close_question", question)))
    for again in (secretary.get, secretary.post):  # another tab
        answer = again(address("open_question", question), follow=True)
        assert "The question was opened already." in words(answer)
        assert "Another question is open." not in words(answer)
    for person in stage.people.values():
        question.cast(person, mark(question, "Ash"))
    asked = words(secretary.get(address("close_question", question)))
    assert ("03 of 03 units have voted" in asked, nobody in asked) == (True, False)
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
    assert "HX-Refresh" not in part.headers
    for name in ("Birch", "Cedar"):  # then all have voted, and the vote may be closed
        question.cast(stage.people[name], [])
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


# --- candidates, cancelling ---


def test_others_may_be_listed_for_an_office(as_):
    stage = make_stage(offices=[Office.HEAD])
    question = stage.meeting.questions.get(office=Office.HEAD)
    client, url = as_(stage.secretary), address("list_candidates", question)
    assert client.get(url).status_code == 200
    client.post(url, {"units": [stage.cast.birch_unit.pk, stage.cast.ash_unit.pk]})
    assert [unit.short_name for unit in question.standing_units()] == ["Ash", "Birch"]
    assert client.post(url, {"units": [stage.cast.dogwood_unit.pk]}).status_code == 422


def test_nobody_chooses_who_stands_for_an_award(stage, as_):
    client = as_(stage.secretary)
    answer = client.get(address("list_candidates", stage.question), follow=True)
    assert "Who stands follows from the conditions, or the round before." in words(answer)
    assert answer.request["PATH_INFO"] == stage.question.get_absolute_url()


def test_a_unit_that_left_the_block_is_not_listed_for_an_office(as_):
    stage = make_stage(offices=[Office.HEAD])
    question = stage.meeting.questions.get(office=Office.HEAD)
    question.propose_for_office()
    gone, client = stage.cast.ash_unit, as_(stage.secretary)
    gone.memberships.get().end(clock.today())
    assert question.standing_units() == [stage.cast.birch_unit]
    url = address("list_candidates", question)
    assert gone.name not in client.get(url).content.decode()
    answer = client.post(url, {"units": [gone.pk]})
    assert answer.status_code == 422
    assert "Only a member of this season that has not left the block stands." in words(answer)


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
    assert desk.count(address("put_anew", question)) == 2  # under the list, beside the next vote
    assert "and not put anew" in desk
    question.put_anew()
    desk = words(secretary.get(stage.meeting.get_absolute_url()))
    assert "Put anew" not in desk


def test_the_desk_ticks_no_result_of_a_cancelled_meeting(closed, as_):
    shown = []
    for act in (lambda: None, lambda: closed.meeting.cancel("Sai", closed.cast.officer)):
        act()
        desk = words(as_(closed.secretary).get(closed.meeting.get_absolute_url()))
        agenda = desk.split('class="agenda"')[1].split("</ol>")[0]
        shown.append(("icon-tick" in agenda, "Ash (counts no more)" in agenda))
    assert shown == [(True, False), (False, True)]


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
