"""A letter of an absent unit: when it counts, for which round and list, and what is told of it."""

from datetime import time

import pytest
from django.db import IntegrityError, transaction

from awards.models import GivenPaper, PaperStack, Question
from awards.papers import minutes_facts
from awards.tally import Mode, Presence
from blocks import clock
from blocks.models import Office
from scoring.papers import local_iso
from tests.awards.boxes import FREE, cast_on_screen, stack_of
from tests.awards.stage import (
    BOTH_OFFICES,
    committee,
    key,
    later,
    line,
    make_stage,
    mark,
    moment,
    seat,
    voting,
    without_account,
    words,
)
from tests.awards.stage import address as url

pytestmark = pytest.mark.django_db


def test_no_letter_is_asked_for_where_no_absent_unit_is_left_or_the_box_was_counted(as_):
    stage = make_stage(members=4)
    question = voting(stage, "Ash", "Birch", "Cedar")
    browser, way = as_(stage.secretary), url("receive_letter", question)
    page = question.get_absolute_url()
    for came, offered in ((False, True), (True, False)):
        if came:
            without_account(stage, "Elm 0")  # who came after the vote was opened
        assert (browser.get(way).status_code == 200, way in words(browser.get(page))) == (
            offered,
            offered,
        )
    assert "No absent unit is left" in words(browser.get(way, follow=True))
    late = {"unit": stage.cast.units["Elm 0"].pk, "letter_received_at": "9:00"}  # of an old page
    assert "is not asked for one" in words(browser.post(way, late))
    for unit in ("Ash", "Birch", "Cedar"):
        GivenPaper.give(question, stage.cast.units[unit])
    PaperStack.count(question, stage.secretary, stack_of(question, 3, 3, Ash=3))
    answer = browser.get(way, follow=True)
    assert "The box was counted already." in words(answer)
    assert answer.redirect_chain == [(page, 302)]


def test_once_the_box_is_counted_no_paper_and_no_letter_is_offered_until_it_is_counted_anew(as_):
    stage = make_stage(members=7, flag=FREE)
    question = voting(stage, *(name for name in stage.people if name != "Elm 3"))
    browser = as_(stage.secretary)
    for unit in ("Ash", "Birch", "Cedar"):
        GivenPaper.give(question, stage.cast.units[unit])
    offered = [url(name, question) for name in ("give_paper", "receive_letter")]
    told = []
    for counted in (False, True):
        if counted:
            PaperStack.count(question, stage.secretary, stack_of(question, 3, 3, Ash=3))
        page = words(browser.get(question.get_absolute_url()))
        said = "counts only once the counts of the box are taken back" in page
        told.append([said, *(way in page for way in offered)])
    assert told == [[False, True, True], [True, False, False]]


def test_a_letter_that_comes_while_open_goes_into_the_box():
    stage = make_stage(members=5)
    question = voting(stage, "Ash", "Birch", "Cedar", "Elm 0")
    question.receive_letter(stage.cast.units["Elm 1"], clock.now())
    assert question.box.given == 1
    assert question.electors.get(paper__isnull=False).presence == Presence.WRITTEN


def test_a_letter_of_the_minute_in_which_a_vote_ended_is_told_where_it_is_saved(few, as_):
    cast_on_screen(few, "Ash")
    for _paper in range(2):
        key(few.question, [few.one, few.two], mark(few.question, "Birch"))
    few.question.close()
    browser, way = as_(few.secretary), url("add_letter", line(few, "Elm 1"))
    said, told = "or in that minute, and does not count in this one", []
    for hour, minute in ((9, 0), (9, 5)):
        with clock.standing_on(clock.today(), time(hour, minute)):
            posted = {"letter_received_at": f"{hour}:{minute:02}"}
            answer = browser.post(way, posted, follow=True)
        told.append(
            (
                answer.redirect_chain[0][1],
                f"{few.question.title}: " in words(answer),
                said in words(answer),
            )
        )
    assert told == [(302, True, True), (302, False, False)]


def test_a_letter_counts_for_the_round_it_saw_and_the_minutes_say_so(few):
    cast_on_screen(few, "Ash")
    for _paper in range(2):
        key(few.question, [few.one, few.two], mark(few.question, "Birch"))
    few.question.close()
    second = few.question.following.get()
    second.open()
    elm = few.cast.units["Elm 1"]
    assert second.electors.get(unit=elm).presence == Presence.ABSENT
    ended = few.question.closed_at.replace(second=0, microsecond=0)  # as it is typed
    for came in (moment("2026-09-27 15:30"), ended):
        with pytest.raises(Exception, match=r"last vote .* was over, or in that minute"):
            second.receive_letter(elm, came)
    for person in (few.one, few.two):
        PaperStack.count(second, person, stack_of(second, issued=1, returned=0))
    second.close()
    facts = minutes_facts(few.meeting)["questions"][1]
    assert facts["absent"] == ["Thanh tra huyện Elm 1"]
    [told] = facts["letters"]
    assert (told["unit"], told["counted"], told["reason"]) == (
        "Thanh tra huyện Elm 1",
        False,
        "nhận trước khi vòng trước kết thúc",
    )


def test_a_letter_that_saw_a_cancelled_vote_does_not_count_when_it_is_put_anew(few):
    few.question.cancel("Danh sách sai")
    again = few.question.put_anew()
    elm = line(few, "Elm 1")
    assert again.presence_of(elm) == Presence.ABSENT
    with clock.standing_on(clock.today(), later(5).time()):
        elm.write_in()
    assert again.presence_of(elm) == Presence.WRITTEN


def test_a_letter_that_came_for_a_vote_put_anew_is_not_noted_as_there_before_it(few, as_):
    few.question.cancel("Danh sách sai")
    again, elm = few.question.put_anew(), few.cast.units["Elm 1"]
    with clock.standing_on(clock.today(), later(60).time()):
        again.open()
        again.receive_letter(elm, moment("2026-09-28 09:30"))
        noted = url("edit_letter", line(few, "Elm 1").letters.last())
        for came, status in (("15:00, 27/9/2026", 422), ("9:31", 302), ("9:00", 422)):
            answer = as_(few.secretary).post(noted, {"letter_received_at": came})
            assert answer.status_code == status, words(answer)
    assert "With this time the letter would count otherwise in “Cờ thi đua”." in words(answer)


def test_desk_question_and_opening_tell_a_letter_that_came_before_the_last_vote_was_over(few, as_):
    few.question.cancel("Danh sách sai")
    client, again = as_(few.secretary), few.question.put_anew()
    addresses = (few.meeting.get_absolute_url(), again.get_absolute_url())
    for address in (*addresses, url("open_question", again)):
        page = words(client.get(address))
        assert "Elm 1 came before the last vote on this matter was over" in page


def test_a_letter_that_holds_no_paper_makes_its_unit_absent_in_this_round(as_):
    stage = make_stage(members=4, offices=[Office.HEAD], flag={"mode": Mode.OPEN})
    line(stage, "Elm 0").write_in(moment("2026-09-27 15:30"))
    question = voting(stage, "Ash", "Birch", "Cedar")
    letter, client = question.electors.get(presence=Presence.WRITTEN), as_(stage.secretary)
    committee(stage, "Ash")
    empty = url("find_empty", letter)
    assert f'href="{empty}"' in words(client.get(url("key_letter", letter)))
    assert empty not in words(as_(stage.cast.ash_clerk).get(url("key_letter", letter)))
    assert "absent in this round, and the minutes say why" in words(client.get(empty))
    assert "its letter held no paper for it" in words(client.post(empty, follow=True))
    assert "does not vote by letter" in words(client.post(empty))
    question.cast(stage.cast.ash, mark(question, "Ash"))
    question.close()
    facts = minutes_facts(stage.meeting)
    [told] = [each for each in facts["questions"] if not each["cancelled"]]
    assert (told["issued"], told["returned"], told["unused"]) == (3, 1, 2)
    assert (told["present"], told["written"], len(told["absent"])) == (3, 0, 1)
    reason = "trong thư không có phiếu của nội dung này"
    assert [(each["counted"], each["reason"]) for each in told["letters"]] == [(False, reason)]
    head = stage.meeting.questions.get(office=Office.HEAD)
    assert head.presence_of(line(stage, "Elm 0")) == Presence.WRITTEN


def test_a_letter_found_empty_leaves_the_vote_its_quorum(as_):
    stage = make_stage(members=4, flag={"mode": Mode.OPEN})
    seat(stage, "Ash", "Birch")
    line(stage, "Elm 0").write_in(moment("2026-09-27 15:30"))
    stage.meeting.open()
    stage.question.refresh_from_db()
    stage.question.open()
    stage.question.find_empty(stage.question.electors.get(presence=Presence.WRITTEN))
    page = words(as_(stage.secretary).get(stage.meeting.get_absolute_url()))
    assert "Enough take part (03/04)" in page


def test_the_minutes_tell_of_the_new_letter_that_came_for_one_without_a_paper():
    flag = {"mode": Mode.OPEN, "max_rounds": 1}
    stage = make_stage(members=4, offices=[Office.HEAD], flag=flag)
    stage.meeting.questions.filter(office=Office.HEAD).update(mode=Mode.OPEN)
    line(stage, "Elm 0").write_in(moment("2026-09-27 15:30"))
    first = voting(stage, "Ash", "Birch", "Cedar")
    people = committee(stage, "Ash", "Birch")
    letter = first.electors.get(presence=Presence.WRITTEN)
    key(first, people, mark(first, "Ash"), elector=letter)
    first.close()
    second = stage.meeting.questions.get(office=Office.HEAD)
    second.open()
    letter = second.electors.get(presence=Presence.WRITTEN)
    second.find_empty(letter)
    new = later(1)
    with clock.standing_on(clock.today(), new.time()):
        second.receive_letter(letter.unit)
        key(second, people, [], elector=letter)
        second.close()
    told = [each["letters"] for each in minutes_facts(stage.meeting)["questions"]]
    assert [(one["received"], one["counted"]) for [one] in told] == [
        ("2026-09-27T15:30", True),
        (local_iso(new), True),
    ]


def test_a_letter_without_a_paper_is_told_of_a_secret_box_until_as_many_are_keyed(few, as_):
    cast_on_screen(few)
    letter = few.question.electors.get(presence=Presence.WRITTEN)
    key(few.question, [few.one, few.two], mark(few.question, "Ash"))
    few.question.find_empty(letter)
    assert few.question.box.left == 0
    few.question.receive_letter(letter.unit, moment("2026-09-28 08:30"))  # a new one, with a paper
    key(few.question, [few.one, few.two], mark(few.question, "Ash"))
    answer = as_(few.secretary).post(url("find_empty", letter))
    assert "No paper is left in the box" in words(answer)
    few.question.close()
    assert Question.objects.get().returned == 5


def test_a_letter_that_was_keyed_once_holds_a_paper(as_):
    stage = make_stage(members=4, flag={"mode": Mode.OPEN})
    line(stage, "Elm 0").write_in()
    question = voting(stage, "Ash", "Birch", "Cedar")
    letter = question.electors.get(presence=Presence.WRITTEN)
    key(question, committee(stage, "Ash"), elector=letter)
    answer = as_(stage.secretary).post(url("find_empty", letter))
    assert "The ballot of Thanh tra huyện Elm 0 was keyed already." in words(answer)
    rule = "electors_stay_as_the_opening_froze_them"
    with pytest.raises(IntegrityError, match=rule), transaction.atomic():
        question.electors.filter(pk=letter.pk).update(presence="absent", letter_is_empty=True)


def test_no_letter_is_found_empty_where_too_few_would_cast_for_a_secret(as_):
    stage = make_stage()
    line(stage, "Cedar").write_in()
    question = voting(stage, "Ash", "Birch")
    letter = question.electors.get(presence=Presence.WRITTEN)
    answer = as_(stage.secretary).post(url("find_empty", letter))
    assert "A secret vote needs at least three units that cast." in words(answer)


@pytest.fixture
def list_and_letter():
    """Four members vote openly on the next head; Elm's letter came the day before."""
    stage = make_stage(members=4, offices=[Office.HEAD], flag={"mode": Mode.OPEN})
    seat(stage, "Ash", "Birch", "Cedar")
    line(stage, "Elm 0").write_in(moment("2026-09-27 15:30"))
    stage.meeting.open()
    stage.meeting.questions.get(office="").cancel("Không bình xét")
    stage.question = stage.meeting.questions.get(office=Office.HEAD)
    return stage


def test_a_letter_counts_for_no_list_that_was_changed_by_hand_after_it(list_and_letter, as_):
    stage, client = list_and_letter, as_(list_and_letter.secretary)
    choose, both = (
        url("list_candidates", stage.question),
        [stage.cast.ash_unit, stage.cast.cedar_unit],
    )
    assert "does not count for a list changed after it" in words(client.get(choose))
    client.post(choose, {"units": [unit.pk for unit in both]})
    spent = "Elm 0 came before the list of this vote was changed and does not count in it"
    question = Question.objects.get(pk=stage.question.pk)
    pages = (stage.meeting.get_absolute_url(), question.get_absolute_url())
    for address in (*pages, url("open_question", question)):
        assert spent in words(client.get(address))
    question.open()
    elm = stage.cast.units["Elm 0"]
    assert question.electors.get(unit=elm).presence == Presence.ABSENT
    with pytest.raises(Exception, match="before the list of this vote was changed"):
        question.receive_letter(elm, moment("2026-09-27 15:30"))
    question.close()
    told = minutes_facts(stage.meeting)["questions"][-1]["letters"]
    assert [(each["counted"], each["reason"]) for each in told] == [
        (False, "nhận trước khi danh sách thay đổi")
    ]


def test_a_letter_counts_for_no_list_that_changed_by_itself_after_it(as_):
    stage = make_stage(members=5, offices=BOTH_OFFICES, flag={"mode": Mode.OPEN})
    seat(stage, "Ash", "Birch", "Cedar", "Elm 1")
    line(stage, "Elm 0").write_in(moment("2026-09-27 15:30"))
    stage.meeting.open()
    stage.meeting.questions.get(office="").cancel("Không bình xét")
    head, deputy = stage.meeting.questions.exclude(office="").order_by("order")
    elm = stage.cast.units["Elm 0"]
    elm.memberships.update(until=clock.today())  # it was its turn; now that of Elm 1
    client, head = as_(stage.secretary), Question.objects.get(pk=head.pk)
    spent = "came before the list of this vote was changed and does not count in it"
    assert words(client.get(head.get_absolute_url())).count(spent) == 1
    head.open()
    written = Presence.WRITTEN
    assert not head.electors.filter(presence=written).exists()
    with clock.standing_on(clock.today(), time(9, 20)):
        for name in ("Ash", "Birch", "Cedar"):
            head.cast(stage.people[name], mark(head, "Elm 1"))
        head.close()  # Elm 1 was to stand as deputy
    told = minutes_facts(stage.meeting)["questions"][-1]["letters"]
    assert [each["reason"] for each in told] == ["nhận trước khi danh sách thay đổi"]
    with clock.standing_on(clock.today(), time(9, 30)):
        line(stage, "Elm 0").note_letter(moment("2026-09-28 09:20"))  # in the minute of that count
        deputy = Question.objects.get(pk=deputy.pk)
        deputy.open()
    assert [each.unit for each in deputy.electors.filter(presence=written)] == [elm]


def test_the_list_that_a_letter_saw_stays_when_the_rotation_changes(list_and_letter, as_):
    stage, question = list_and_letter, list_and_letter.question
    stage.season.head = stage.cast.ash_unit
    stage.season.save()
    question = Question.objects.get(pk=question.pk)
    page = words(as_(stage.secretary).get(question.get_absolute_url()))
    assert "by the rotation it is now the turn of Birch" in page
    question.open()
    assert [each.unit for each in question.candidates.all()] == [stage.cast.units["Elm 0"]]
    assert question.electors.filter(presence=Presence.WRITTEN).exists()


def test_a_letter_that_saw_the_changed_list_counts(list_and_letter):
    stage, question = list_and_letter, list_and_letter.question
    with clock.standing_on(clock.today(), time(9, 10, 40)):  # times are typed to the minute
        question.list_candidates([stage.cast.birch_unit])
    with clock.standing_on(clock.today(), time(9, 20)):
        question.open()
        question.receive_letter(stage.cast.units["Elm 0"], moment("2026-09-28 09:10"))
        elector = question.electors.get(presence=Presence.WRITTEN)
        key(question, committee(stage, "Ash", "Birch"), elector=elector)
        question.close()
    [told] = minutes_facts(stage.meeting)["questions"][-1]["letters"]
    assert (told["counted"], told["received"]) == (True, "2026-09-28T09:10")


def test_the_list_of_the_rotation_saved_again_or_put_anew_keeps_the_letters(list_and_letter):
    question, elm = list_and_letter.question, line(list_and_letter, "Elm 0")
    question.list_candidates(question.standing_units())
    assert question.presence_of(elm) == Presence.WRITTEN
    question.cancel("Danh sách sai")
    again = question.put_anew()
    assert again.presence_of(elm) == Presence.WRITTEN
    again.list_candidates([list_and_letter.cast.birch_unit])
    again.cancel("Danh sách sai")
    assert again.put_anew().presence_of(elm) == Presence.ABSENT  # it has the changed list


def test_a_letter_that_is_in_says_so_instead_of_an_empty_form(as_):
    stage = make_stage(members=4, flag={"mode": Mode.OPEN})
    line(stage, "Elm 0").write_in()
    question = voting(stage, "Ash", "Birch", "Cedar")
    letter = question.electors.get(presence=Presence.WRITTEN)
    people = committee(stage, "Ash", "Birch")
    key(question, people, mark(question, "Ash"), elector=letter)
    answer = as_(people[0], "vi").get(url("key_letter", letter), follow=True)
    assert "đã được nhập." in words(answer)
    assert "<form method" not in words(answer).split("<main")[1]


def test_an_over_marked_paper_is_keyed_as_not_valid(as_):
    stage = make_stage(members=4, flag={"mode": Mode.OPEN})
    line(stage, "Elm 0").write_in()
    question = voting(stage, "Ash", "Birch", "Cedar")
    letter = question.electors.get(presence=Presence.WRITTEN)
    one, two = committee(stage, "Ash", "Birch")
    marked = {"marks": mark(question, "Ash", "Birch")}
    answer = as_(one).post(url("key_letter", letter), marked)
    assert answer.status_code == 422
    assert "02 are marked, and at most 01 may be: such a paper is not valid" in words(answer)
    for person in (one, two):
        as_(person).post(url("key_letter", letter), marked | {"spoiled": "on"})
    question.close()
    question.refresh_from_db()
    assert (question.returned, question.valid, question.spoiled) == (1, 0, 1)
