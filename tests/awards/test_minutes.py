"""What the minutes and the count minutes state, and that they are written once."""

import html
import re
from datetime import date, time, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.template.loader import render_to_string
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from awards.models import Attendance, DecidedBy, Elector, Guest, Hands, Hold, Procedure, Question
from awards.papers import count_facts, count_of, minutes_facts, minutes_of, proposal_facts
from awards.papers.draft import WORDS, ballots_of, write_words
from awards.tally import Mode, Presence
from blocks import clock, paper_facts
from blocks.dates import paper_date
from blocks.models import Office, Paper, stamp
from blocks.text import phrase
from emulation.printing import finalise, page_of
from scoring.phases import Column
from tests.awards.stage import (
    BOTH_OFFICES,
    OPEN,
    call,
    cast_by_all,
    committee,
    key,
    line,
    make_stage,
    mark,
    moment,
    seat,
    voting,
)
from tests.factories import AwardFactory, VoteRulesFactory
from tests.scoring.worked import sent

ABSENT = {"presence": "absent", "honorific": "Ông"}
AT_NINE = moment("2026-09-28 09:00")


@pytest.fixture
def stage(db):
    return make_stage(flag={"threshold_part": 60})


@pytest.fixture
def voted(stage):
    """Ash and Birch for Ash, Cedar by letter for Birch; the flag is decided, the meeting over."""
    seat(stage, "Ash", "Birch")
    line(stage, "Cedar").write_in(moment("2026-09-27 16:00"))
    one, other = committee(stage, "Ash", "Birch")
    stage.meeting.open()
    question = stage.question
    question.refresh_from_db()
    question.open()
    for name in ("Ash", "Birch"):
        question.cast(stage.people[name], mark(question, "Ash"))
    key(question, [one, other], mark(question, "Birch"))
    with clock.standing_on(date(2026, 9, 28), AT_NINE.time().replace(minute=20)):
        question.close()
        stage.meeting.close()
    return stage


def keys_of(kind):
    """The facts a kind of paper has, and those that it must have."""
    every = set(kind.__annotations__) | set(paper_facts.PaperFacts.__annotations__)
    return every - {"replaces"}  # only of a paper that takes another's place


def test_the_facts_have_every_key_the_paper_prints_and_no_other(voted):
    facts = minutes_facts(voted.meeting)
    assert keys_of(paper_facts.MinutesFacts) - {"code"} == set(facts)
    assert keys_of(paper_facts.CountFacts) - {"code"} == set(count_facts(voted.meeting))
    question = facts["questions"][0]
    assert set(paper_facts.QuestionFacts.__annotations__) == set(question)


def test_attendance_and_quorum_are_stated_as_they_were_taken(voted):
    Guest.objects.create(meeting=voted.meeting, name="Bà Khách", position="Văn phòng")
    facts = minutes_facts(voted.meeting)
    presence = {row["unit"]: row["presence"] for row in facts["attendance"]}
    assert presence == {
        "Thanh tra huyện Ash": "present",
        "Thanh tra huyện Birch": "present",
        "Thanh tra huyện Cedar": "written",
    }
    cedar = facts["attendance"][2]
    assert (cedar["office"], cedar["received"]) == ("head", "2026-09-27T16:00")
    quorum = facts["quorum"]
    assert [quorum[k] for k in ("members", "present", "written", "absent")] == [3, 2, 1, 0]
    assert (quorum["counted"], quorum["needed"], quorum["met"]) == (3, 2, True)
    assert facts["guests"] == [{"name": "Bà Khách", "position": "Văn phòng"}]


def test_the_quorum_is_that_of_the_first_vote_whoever_came_later_or_had_gone(db):
    stage = make_stage(flag={"mode": Mode.OPEN, "max_rounds": 1})
    voting(stage, "Ash", "Birch").close()
    with clock.standing_on(clock.today(), time(10)):
        seat(stage, "Cedar")
    Attendance.objects.filter(unit=stage.cast.ash_unit).update(left_at=moment("2026-09-28 09:30"))
    facts = minutes_facts(stage.meeting)
    quorum = facts["quorum"]
    assert quorum["at"] == "2026-09-28T09:00"
    assert [quorum[k] for k in ("present", "written", "absent", "counted")] == [2, 0, 1, 2]
    told = "khi bắt đầu bình xét lúc 09 giờ 00 phút, có mặt 02 đơn vị"
    assert told in " ".join(page_of("minutes", facts, {}).split())
    proposal = proposal_facts(stage.meeting)
    assert (proposal["voted"], proposal["present"]) == (True, 2)


def test_the_quorum_is_by_the_rules_of_the_vote_whose_counts_it_states(db):
    stage = make_stage(flag={"quorum_part": 1, "quorum_whole": 1}, offices=[Office.HEAD])
    seat(stage, "Ash", "Birch")
    stage.meeting.open()
    stage.question.cancel("Không xét")  # on the agenda before, by other rules, and never opened
    vote = stage.meeting.questions.exclude(office="").get()
    Question.objects.filter(pk=vote.pk).update(mode=Mode.OPEN, quorum_part=2, quorum_whole=3)
    Question.objects.get(pk=vote.pk).open()
    quorum = minutes_facts(stage.meeting)["quorum"]
    assert (quorum["counted"], quorum["needed"], quorum["met"]) == (2, 2, True)


def test_every_count_is_stated_and_reconciles(voted):
    (question,) = minutes_facts(voted.meeting)["questions"]
    assert [question[k] for k in ("issued", "returned", "valid", "spoiled", "blank", "unused")] == [
        3, 3, 3, 0, 0, 0,
    ]  # fmt: skip
    assert [question[k] for k in ("by_screen", "by_paper", "by_letter")] == [2, 0, 1]
    assert question["letters"] == [
        {"unit": "Thanh tra huyện Cedar", "received": "2026-09-27T16:00", "counted": True}
    ]
    first = question["candidates"][0]
    assert [first[k] for k in ("name", "yes", "no", "share", "outcome")] == [
        "Thanh tra huyện Ash", 2, 1, "66,67%", "Được đề nghị",
    ]  # fmt: skip
    sentences = list(voted.question.outcomes.values_list("sentence", flat=True))
    assert [candidate["sentence"] for candidate in question["candidates"]] == sentences
    assert question["closed"] == "2026-09-28T09:20"


def test_a_secret_vote_s_facts_tie_no_unit_to_a_choice(voted):
    """Two of three marked Ash: nothing but counts and candidates may tell of it."""
    (question,) = count_facts(voted.meeting)["questions"]
    apart = {"candidates", "letters", "keyed_by"}  # who keyed is of Ash, and voted for nobody
    told = {key: value for key, value in question.items() if key not in apart}
    assert "Ash" not in str(told)
    assert {key for letter in question["letters"] for key in letter} <= {
        "unit", "received", "counted", "reason",
    }  # fmt: skip


def stage_with_one_standing(stage):
    """Ash alone has registered the title."""
    stage.cast.card.aims.create(award=stage.award, seat=stage.cast.ash.seats.get())
    sent(stage.cast.card, Column.AIM, stage.cast.ash_unit)
    return stage


def test_who_was_left_off_the_list_is_named_with_the_conditions_it_failed(stage):
    stage.award.requirements.create(rule="registered")
    cast_by_all(voting(stage_with_one_standing(stage)), stage)
    stage.question.close()
    (question,) = minutes_facts(stage.meeting)["questions"]
    assert [(each["name"], each["reason"]) for each in question["excluded"]] == [
        ("Thanh tra huyện Birch", "không đăng ký"),
        ("Thanh tra huyện Cedar", "không đăng ký"),
    ]


def test_a_cancelled_question_is_told_with_its_reason_and_without_any_count(stage):
    question = voting(stage)
    question.cast(stage.cast.ash, mark(question, "Ash"))
    question.cancel("Mất điện")
    (told,) = minutes_facts(stage.meeting)["questions"]
    assert told["cancelled"] == "Mất điện"
    assert told["candidates"] == []
    assert told["letters"] == []
    assert (told["returned"], told["by_screen"]) == (None, 0)


def printed(kind, facts):
    """The paper as it prints, spaces and line ends as one space."""
    return re.sub(r"\s+", " ", page_of(kind, facts, {}))


@pytest.mark.parametrize("mode", [Mode.OPEN, Mode.SECRET])
def test_minutes_name_who_voted_for_a_unit_before_another_represents_it_and_not_what(db, mode):
    stage = make_stage(flag={"mode": mode})
    question = voting(stage)
    for name in ("Ash", "Birch", "Cedar"):
        question.cast(stage.people[name], mark(question, "Ash"))
    line(stage, "Ash").sit(stage.cast.ash_clerk)
    question.close()
    text = printed("minutes", minutes_facts(stage.meeting))
    assert text.count("đại diện tại lần bỏ phiếu trước") == 1
    assert "Ông Ash clerk" in text
    assert "(đại diện tại lần bỏ phiếu trước: Ông Ash)" in text


@pytest.mark.parametrize(
    ("self_vote", "base", "left_out"),
    [
        (True, "members", ""),
        (False, "members", ", không kể đơn vị đang được xét"),
        (False, "valid", ", không kể phiếu của đơn vị đang được xét"),
    ],
)
def test_the_rules_say_who_is_left_out_of_the_base(db, self_vote, base, left_out):
    stage = make_stage(flag={"mode": Mode.OPEN, "self_vote": self_vote, "base": base})
    voting(stage).close()
    facts = minutes_facts(stage.meeting)
    stated = facts["questions"][0]["rule"].split("; ")[0]
    texts = [rule["text"] for rule in facts["rules"] if "tính trên" in rule["text"]]
    for said in (stated, *texts):
        assert said.endswith(left_out) if left_out else "không kể" not in said


def test_minutes_name_who_had_a_unit_s_paper_though_without_an_account(db):
    stage = make_stage(flag={"mode": Mode.OPEN, "max_rounds": 1})
    seat(stage)
    ash = line(stage, "Ash")
    Attendance.objects.filter(pk=ash.pk).update(representative=None, name="Nguyễn Nội Vụ")
    stage.meeting.open()
    question = Question.objects.get()
    question.open()
    Attendance.objects.filter(unit=stage.cast.birch_unit).update(name="Birch, viết lại")
    line(stage, "Ash").sit(stage.cast.ash_clerk)
    question.cast(stage.cast.birch, [])
    question.close()
    text = printed("minutes", minutes_facts(stage.meeting))
    assert "(đại diện tại lần bỏ phiếu trước: Ông Nguyễn Nội Vụ)" in text
    assert text.count("đại diện tại lần bỏ phiếu trước") == 1  # a mended name is no other person


def test_what_was_withdrawn_before_its_vote_was_opened_is_not_told_as_a_vote_broken_off(stage, as_):
    seat(stage)
    stage.meeting.open()
    ballots, cancel = "Ballots that were cast", reverse("cancel_question", args=[stage.question.pk])
    secretary = as_(stage.secretary)
    assert ballots not in secretary.get(cancel).content.decode()
    assert "It is not put to the vote" in secretary.get(cancel).content.decode()
    stage.question.cancel("Chưa có hồ sơ.")
    text = printed("minutes", minutes_facts(stage.meeting))
    assert "Không đưa ra bỏ phiếu. Lý do: Chưa có hồ sơ.</p>" in text
    assert "không công bố kết quả" not in text
    assert count_facts(stage.meeting)["questions"] == []
    again = stage.question.put_anew()
    again.open()
    assert ballots in secretary.get(reverse("cancel_question", args=[again.pk])).content.decode()
    text = printed("minutes", minutes_facts(stage.meeting))
    assert "Chưa đưa ra bỏ phiếu lần này. Lý do: Chưa có hồ sơ. Đưa ra bỏ phiếu từ" in text
    assert "bỏ phiếu lại" not in text


def test_a_vote_broken_off_tells_its_times_and_when_it_was_voted_anew(stage, as_):
    seat(stage)
    stage.meeting.open()
    with clock.standing_on(AT_NINE.date(), time(9, 38)):
        stage.question.open()
    with clock.standing_on(AT_NINE.date(), time(9, 41)):
        stage.question.cancel("Mất điện")
    said = (
        "bỏ phiếu kín, vòng 1, bắt đầu lúc 09 giờ 38 phút, đã hủy lúc 09 giờ 41 phút, "
        "không công bố kết quả. Lý do: Mất điện."
    )
    assert f"{said}</p>" in printed("minutes", minutes_facts(stage.meeting))
    again = stage.question.put_anew()
    with clock.standing_on(AT_NINE.date(), time(9, 45)):
        again.open()
    again.cancel("Mất điện lần nữa")
    for kind, facts in (("minutes", minutes_facts), ("count", count_facts)):
        text = printed(kind, facts(stage.meeting))
        assert f"{said} Bỏ phiếu lại từ 09 giờ 45 phút.</p>" in text
        assert text.count("<h3>Cờ thi đua</h3>") == text.count("<h3>Cờ thi đua (bỏ phiếu lại)</h3>")
    desk = as_(stage.secretary).get(stage.meeting.get_absolute_url()).content.decode()
    assert desk.count("(voted anew)") == 1


def test_a_vote_that_ends_on_another_day_tells_it_on_paper_and_screen(stage, as_):
    seat(stage)
    stage.meeting.open()
    with clock.standing_on(AT_NINE.date(), time(23, 50)):
        stage.question.open()
    with clock.standing_on(AT_NINE.date() + timedelta(days=1), time(0, 10)):
        stage.question.close()
    ended = AT_NINE.date() + timedelta(days=1)
    for kind, facts in (("minutes", minutes_facts), ("count", count_facts)):
        began = f"23 giờ 50 phút, {paper_date(AT_NINE.date())}"
        said = f"từ {began} đến 00 giờ 10 phút, {paper_date(ended)}. "
        assert said in printed(kind, facts(stage.meeting))
    page = as_(stage.secretary).get(stage.question.get_absolute_url()).content.decode()
    assert f"opened at 23:50, closed at 00:10, {ended:%d/%m/%Y}" in page


def test_a_vote_broken_off_tells_when_it_was_voted_anew_whatever_was_withdrawn_between(stage):
    seat(stage)
    stage.meeting.open()
    stage.question.open()
    stage.question.cancel("Mất điện")
    between = stage.question.put_anew()
    between.cancel("Nhầm")
    with clock.standing_on(AT_NINE.date(), time(9, 45)):
        between.put_anew().open()
    text = printed("minutes", minutes_facts(stage.meeting))
    assert "Lý do: Mất điện. Bỏ phiếu lại từ 09 giờ 45 phút.</p>" in text


def test_a_text_typed_with_a_full_stop_has_none_within_a_sentence(stage):
    seat(stage)
    stage.meeting.open()
    stage.meeting.cancel("Sai thành phần.", stage.cast.officer)
    call(stage)
    seat(stage, "Ash", "Birch")
    absent = line(stage, "Cedar")
    stage.meeting.place, absent.absent_because = "Hội trường UBND huyện.", "Đi công tác."
    absent.save()
    stage.meeting.save()
    stage.meeting.open()
    Procedure(meeting=stage.meeting, matter="Chương trình.", yes=2, no=0, abstain=0).decide()
    minutes, count = (f(stage.meeting) for f in (minutes_facts, count_facts))
    texts = [printed("minutes", minutes), printed("count", count)]
    texts.append(printed("proposal", proposal_facts(stage.meeting)))
    for said in ("huyện, ", "(Đi công tác)", "thành phần).", "Chương trình: 02/02"):
        assert said in texts[0]
    assert all("huyện, " in text for text in texts)
    assert not any(
        wrong in text for text in texts for wrong in ("huyện.", "tác.)", ".).", "trình.:")
    )


@pytest.mark.parametrize(
    ("typed", "told"), [("Đi họp.", "Đi họp"), ("mưa, v.v.", "mưa, v.v."), ("mưa...", "mưa...")]
)
def test_only_a_full_stop_is_taken_off(typed, told):
    assert phrase(typed) == told


def test_a_letter_counts_for_the_round_it_saw_and_the_next_round_says_so(stage):
    Question.objects.filter(pk=stage.question.pk).update(threshold_part=100)
    seat(stage, "Ash", "Birch")
    line(stage, "Cedar").write_in(moment("2026-09-27 16:00"))
    one, other = committee(stage, "Ash", "Birch")
    stage.meeting.open()
    first = Question.objects.get(pk=stage.question.pk)
    first.open()
    for name in ("Ash", "Birch"):
        first.cast(stage.people[name], mark(first, name))
    key(first, [one, other], mark(first, "Birch"))
    first.close()
    second = stage.meeting.questions.get(round=2)
    Question.objects.filter(pk=second.pk).update(mode="open")
    second.refresh_from_db()
    second.open()
    second.close()
    told = minutes_facts(stage.meeting)["questions"]
    assert [question["letters"][0]["counted"] for question in told] == [True, False]
    assert told[1]["letters"][0]["reason"] == "nhận trước khi vòng trước kết thúc"
    assert told[1]["absent"] == ["Thanh tra huyện Cedar"]


def test_every_round_prints_its_own_letter_and_the_roll_the_first(db, as_):
    stage = make_stage(flag={"mode": Mode.OPEN, "threshold_part": 100}, called=False)
    merit = AwardFactory(name="Bằng khen", order=20, code="MERIT")
    VoteRulesFactory(season=stage.season, award=merit, **(OPEN | {"max_rounds": 2}))
    call(stage)
    seat(stage, "Ash", "Birch")
    line(stage, "Cedar").write_in(moment("2026-09-27 16:00"))
    people = committee(stage, "Ash", "Birch")
    stage.meeting.open()
    desk, shown = as_(stage.secretary), []

    def hold(question, minute, *, new_letter=False):
        with clock.standing_on(date(2026, 9, 28), time(9, minute)):
            question.open()
            if new_letter:
                question.receive_letter(stage.cast.cedar_unit)
            for name in ("Ash", "Birch"):
                question.cast(stage.people[name], mark(question, name))
            for letter in question.electors.filter(presence=Presence.WRITTEN):
                key(question, people, [], elector=letter)
            page = desk.get(stage.meeting.get_absolute_url()).content.decode()
            shown.append(re.search("received ([0-9:]+)", page)[1])
            question.close()
        return question.following.first()

    hold(hold(stage.question, 10), 20, new_letter=True)
    hold(hold(stage.meeting.questions.get(award=merit), 30), 40)
    facts = minutes_facts(stage.meeting)
    told = [(each["round"], *each["letters"]) for each in facts["questions"]]
    first, second = "2026-09-27T16:00", "2026-09-28T09:20"
    assert [(n, letter["received"], letter["counted"]) for n, letter in told] == [
        (1, first, True),
        (2, second, True),
        (1, first, True),
        (2, first, False),
    ]
    assert facts["attendance"][2]["received"] == first
    assert shown == ["16:00", "09:20", "16:00", "16:00"]  # on the desk


def test_whoever_mends_a_letter_s_time_is_told_that_the_counted_rounds_print_it_too(voted, as_):
    mended = {"presence": "written", "honorific": "Ông", "letter_received_at": "15:30, 27/09/2026"}
    url = reverse("edit_attendance", args=[line(voted, "Cedar").pk])
    page = as_(voted.secretary).post(url, mended, follow=True).content.decode()
    assert "Cedar: the minutes print this time with the votes that saw the letter" in page
    (question,) = minutes_facts(voted.meeting)["questions"]
    assert question["letters"][0]["received"] == "2026-09-27T15:30"
    page = as_(voted.secretary).post(url, mended, follow=True).content.decode()
    assert "print this time with" not in page


def test_a_second_letter_is_of_the_next_round_and_mended_there_alone(stage, as_):
    Question.objects.filter(pk=stage.question.pk).update(threshold_part=100)
    seat(stage, "Ash", "Birch")
    line(stage, "Cedar").write_in(moment("2026-09-27 16:00"))
    people = committee(stage, "Ash", "Birch")
    first = voting(stage, "Ash", "Birch")
    for name in ("Ash", "Birch"):
        first.cast(stage.people[name], mark(first, name))
    key(first, people, mark(first, "Birch"))
    first.close()
    cedar, desk = line(stage, "Cedar"), as_(stage.secretary)

    def note(view, pk, at):
        with clock.standing_on(date(2026, 9, 28), time(10)):
            answer = desk.post(reverse(view, args=[pk]), {"letter_received_at": at}, follow=True)
        return html.unescape(answer.content.decode())

    assert "received 09:25" in note("add_letter", cedar.pk, "9:25")
    again = note("add_letter", cedar.pk, "9:25")
    assert "A letter of this minute is there already; none was added." in again
    assert "Saved." not in again
    with clock.standing_on(date(2026, 9, 28), time(9, 30)):
        first.following.get().open()
    second = cedar.letters.last()
    assert "received 09:24" in note("edit_letter", second.pk, "9:24")
    electors = Elector.objects.filter(unit=stage.cast.cedar_unit, question__opened_at__isnull=False)
    came = electors.order_by("question").values_list("letter__received_at", "presence")
    assert list(came) == [
        (moment("2026-09-27 16:00"), "written"),
        (moment("2026-09-28 09:24"), "written"),
    ]
    assert "would count otherwise in “Cờ thi đua”" in note("edit_letter", second.pk, "8:59")
    assert "Another letter of the unit came" in note("edit_letter", second.pk, "15:00, 27/09/2026")
    assert "A vote saw this letter; it stays." in note("remove_letter", second.pk, "")
    assert cedar.letters.last().received_at == moment("2026-09-28 09:24")


def test_a_unit_that_is_there_or_a_session_that_is_over_takes_no_other_letter(voted, as_):
    desk, words = as_(voted.secretary), {"letter_received_at": "9:30"}
    for name, said in (("Ash", "letter of an absent unit"), ("Cedar", "The session is over")):
        url = reverse("add_letter", args=[line(voted, name).pk])
        with clock.standing_on(date(2026, 9, 28), time(10)):
            answer = desk.post(url, words)
        assert (answer.status_code, said in answer.content.decode()) == (422, True)
        form = desk.get(reverse("edit_attendance", args=[line(voted, name).pk]))
        assert "Note another letter" not in form.content.decode()
    assert line(voted, "Ash").presence == Presence.PRESENT


def test_a_letter_noted_by_slip_is_not_mended_into_the_open_vote_but_noted_on_its_page(db, as_):
    stage = make_stage(flag={"mode": Mode.OPEN, "threshold_part": 60})
    cedar, desk = line(stage, "Cedar"), as_(stage.secretary)
    first = cedar.write_in(moment("2026-09-27 16:00"))
    people = committee(stage, "Ash", "Birch")
    question = voting(stage, "Ash", "Birch")
    with clock.standing_on(date(2026, 9, 28), time(9, 30)):
        question.cancel("Danh sách sai")
        again = question.put_anew()
        slip = cedar.write_in(moment("2026-09-28 08:25"))
        again.open()
    assert again.electors.get(unit=cedar.unit).letter == first
    url, said = reverse("edit_letter", args=[slip.pk]), {"letter_received_at": "9:40"}
    with clock.standing_on(date(2026, 9, 28), time(10)):
        assert "A vote is open" in desk.post(url, said).content.decode()
        slip.drop()
        again.receive_letter(cedar.unit, moment("2026-09-28 09:40"))
        letter = again.electors.get(unit=cedar.unit)
        again.find_empty(letter)  # pressed by mistake
        url = reverse("receive_letter", args=[again.pk])
        form = html.unescape(desk.get(url).content.decode())
        assert "Cedar: its letter of 09:40, 28/09/2026 was noted as holding no paper here" in form
        assert 'name="letter_received_at" value' not in form  # no other time is proposed
        desk.post(url, {"unit": cedar.unit_id, "letter_received_at": "9:40"})
        stale = ABSENT | {"absent_because": "Ốm"}
        answer = desk.post(reverse("edit_attendance", args=[cedar.pk]), stale)
        key(again, people, mark(again, "Ash"), elector=letter)
        again.close()
    assert (
        answer.status_code,
        "letter took part in a vote, so it stays" in answer.content.decode(),
    ) == (422, True)
    assert cedar.letters.count() == 2
    told = minutes_facts(stage.meeting)["questions"][1]["letters"]
    assert [(one["received"], one["counted"]) for one in told] == [("2026-09-28T09:40", True)]
    history = desk.get(reverse("show_history", args=["meeting", stage.meeting.pk]))
    assert "08:25, 28/09/2026" in history.content.decode()  # also what was taken out


def test_a_letter_that_no_vote_saw_is_taken_out_but_not_the_only_one(stage, as_):
    cedar, desk = line(stage, "Cedar"), as_(stage.secretary)
    first, second = cedar.write_in(moment("2026-09-27 16:00")), cedar.write_in()
    for letter in (second, first):
        answer = desk.post(reverse("remove_letter", args=[letter.pk]), follow=True)
    assert "It is the only letter of the unit" in answer.content.decode()
    assert list(cedar.letters.all()) == [first]
    cedar.presence = Presence.ABSENT
    cedar.note()
    assert not cedar.letters.exists()


def test_a_letter_that_comes_while_a_vote_without_papers_is_open_is_told_with_its_reason(db):
    stage = make_stage(flag={"mode": Mode.OPEN, "threshold_part": 60, "on_paper": False})
    question = voting(stage, "Ash", "Birch")
    cedar = line(stage, "Cedar")
    cedar.presence = Presence.WRITTEN
    with clock.standing_on(date(2026, 9, 28), time(9, 5)):
        cedar.note(moment("2026-09-28 09:00"))
        question.close()
    (told,) = minutes_facts(stage.meeting)["questions"]
    (letter,) = told["letters"]
    assert (letter["received"], letter["counted"]) == ("2026-09-28T09:00", False)
    assert letter["reason"] == "nội dung này không nhận ý kiến bằng văn bản"


def test_a_letter_whose_time_was_mended_after_the_vote_has_one_time_in_the_minutes(voted):
    line(voted, "Cedar").note(moment("2026-09-28 08:05"))
    facts = minutes_facts(voted.meeting)
    (question,) = facts["questions"]
    assert facts["attendance"][2]["received"] == "2026-09-28T08:05"
    assert [each["received"] for each in question["letters"]] == ["2026-09-28T08:05"]


def test_the_reasons_why_a_unit_was_not_on_the_list_are_those_of_the_opening(stage):
    stage.award.requirements.create(rule="registered")
    stage.award.requirements.create(rule="no_hold")
    cast_by_all(voting(stage_with_one_standing(stage)), stage)
    stage.question.close()
    officer = stage.cast.officer.seats.get()
    Hold.put(
        stage.meeting.season,
        officer,
        unit=stage.cast.birch_unit,
        since=clock.today(),
        reason="Đang xác minh",
    )
    (question,) = minutes_facts(stage.meeting)["questions"]
    assert [(each["name"], each["reason"]) for each in question["excluded"]] == [
        ("Thanh tra huyện Birch", "không đăng ký"),
        ("Thanh tra huyện Cedar", "không đăng ký"),
    ]


def test_an_award_by_conditions_is_known_by_its_code_whichever_period_of_it_was_registered(voted):
    """Between registration and meeting the law may have changed, and with it the award's row."""
    registered = AwardFactory(code="LABOUR", decided_by=DecidedBy.CONDITIONS, until=clock.today())
    AwardFactory(code="LABOUR", decided_by=DecidedBy.CONDITIONS, since=clock.today())
    voted.season.rules.registration_required = True
    voted.season.rules.save()
    voted.cast.card.aims.create(award=registered, seat=voted.cast.ash.seats.get())
    assert len(minutes_facts(voted.meeting)["conditional"]) == 1


def results_told(meeting) -> str:
    """What a draft of the minutes says as the results, as printed."""
    return " ".join(page_of("minutes", minutes_facts(meeting), {}).split()).split("Kết quả</h2>")[1]


@pytest.mark.parametrize(("mode", "act"), [(Mode.SECRET, "bỏ phiếu"), (Mode.HANDS, "biểu quyết")])
def test_a_draft_says_of_a_vote_that_is_still_to_come_that_it_is(db, mode, act):
    stage = make_stage(flag={"mode": mode, "max_marks": None, "quota": 2, "max_rounds": 2})
    assert f"Cờ thi đua: chờ {act}." in results_told(stage.meeting)
    stage.question.cancel("Chưa đủ hồ sơ")
    assert "Cờ thi đua: không có đơn vị được đề nghị." in results_told(stage.meeting)
    stage.question = stage.question.put_anew()
    assert f"Cờ thi đua: chờ {act}." in results_told(stage.meeting)  # nobody has voted on it yet
    question = voting(stage)
    assert f"Cờ thi đua: chờ {act}." in results_told(stage.meeting)
    question.cancel("Danh sách sai")
    assert f"Cờ thi đua: chờ {act} lại." in results_told(stage.meeting)
    again = question.put_anew()
    assert f"Cờ thi đua: chờ {act} lại." in results_told(stage.meeting)
    again.open()
    if mode == Mode.HANDS:
        listed = again.candidates.all()
        agreed = {name: (2 if name == "Birch" else 0) for name in ("Ash", "Birch", "Cedar")}
        said = {c.pk: agreed[c.unit.short_name] for c in listed}
        Hands.count(
            again,
            {
                pk: {"yes": yes, "no": 3 - yes, "abstain": 0, "chair": False}
                for pk, yes in said.items()
            },
        )
    else:
        for name, person in stage.people.items():
            again.cast(person, mark(again, "Birch") if name != "Ash" else [])
    again.close()
    second = again.following.get()
    assert f"Cờ thi đua: chờ {act} vòng 2." in results_told(stage.meeting)
    with pytest.raises(ValidationError, match="Still to be voted or cancelled"):
        stage.meeting.close()
    second.open()
    second.cancel("Nhầm")
    assert f"Cờ thi đua: chờ {act} lại vòng 2." in results_told(stage.meeting)
    stage.meeting.close()
    assert "Cờ thi đua: không có đơn vị được đề nghị." in results_told(stage.meeting)


def test_a_draft_says_who_is_put_forward_and_that_another_round_is_to_come(db):
    rules = {"threshold_part": 60, "quota": 2, "max_rounds": 2, "max_marks": None, "tie_rules": []}
    stage = make_stage(flag=rules)
    question = voting(stage)
    for name, person in stage.people.items():
        others = ("Birch", "Cedar") if name == "Ash" else (name,)
        question.cast(person, mark(question, "Ash", *others))
    question.close()
    put_forward = "Cờ thi đua: đề nghị 01 đơn vị: Thanh tra huyện Ash; chờ bỏ phiếu vòng 2."
    assert put_forward in results_told(stage.meeting)


def test_a_draft_says_of_an_office_whose_vote_is_to_come_that_it_is(db):
    stage = make_stage(flag={"threshold_part": 50}, offices=BOTH_OFFICES)
    assert "Giới thiệu Khối trưởng năm 2027: chờ bỏ phiếu." in results_told(stage.meeting)
    voting(stage).cancel("Không xét")
    stage.meeting.questions.exclude(office="").first().cancel("Thôi")
    told = results_told(stage.meeting)
    sent_up = "chưa giới thiệu được đơn vị, trình cơ quan quản lý xem xét, công nhận."
    assert f"Giới thiệu Khối trưởng năm 2027: {sent_up}" in told
    assert "Giới thiệu Khối phó năm 2027: chờ bỏ phiếu." in told


def kept(actual):
    """A line's facts as an explanation keeps them."""
    return {"actual": actual}


def test_an_explanation_that_changed_a_line_is_told_with_its_points(stage):
    cast, seat_of_ash = stage.cast, stage.cast.ash.seats.get()
    plan = cast.lines.plan
    for column, said in ((Column.TARGET, {"target": 10}), (Column.FINAL, {"actual": 9})):
        cast.card.entries.create(criterion=plan, column=column, seat=seat_of_ash, **said)
    words = {"text": "Đã ban hành.", "answer": "Chấp nhận.", "by": seat_of_ash}
    words |= {"answered_by": cast.cedar_seat, "answered_at": clock.now()}
    cast.card.explanations.create(
        criterion=plan, before=kept("8.0000"), after=kept("9.0000"), **words
    )
    same = kept("1.0000")
    cast.card.explanations.create(criterion=cast.lines.late, before=same, after=same, **words)
    (told,) = minutes_facts(stage.meeting)["explanations"]
    assert (told["unit"], told["code"]) == ("Thanh tra huyện Ash", "I.1")
    assert (told["before"], told["after"]) == ("32,00", "36,00")


def test_an_explanation_that_changed_a_result_and_no_points_is_told_with_its_results(stage):
    cast, seat_of_ash = stage.cast, stage.cast.ash.seats.get()
    cast.card.entries.create(
        criterion=cast.lines.plan, column=Column.TARGET, target=10, seat=seat_of_ash
    )
    words = {"text": "Thêm một cuộc.", "answer": "Chấp nhận.", "by": seat_of_ash}
    words |= {"answered_by": cast.cedar_seat, "answered_at": clock.now()}
    cast.card.explanations.create(
        criterion=cast.lines.plan, before=kept("10.0000"), after=kept("11.0000"), **words
    )
    paper = minutes_of(stage.meeting)
    text = render_to_string(
        "papers/minutes.html", {"facts": paper.facts, "words": {}, "group": "Khối", "paper": paper}
    )
    said = "điều chỉnh kết quả từ 10/10 cuộc thành 11/10 cuộc, giữ nguyên 40,00 điểm."
    assert said in text


def test_the_offices_name_who_was_elected_or_nobody(db):
    stage = make_stage(offices=BOTH_OFFICES)
    seat(stage)
    stage.meeting.open()
    for question in stage.meeting.questions.order_by("order"):
        question.propose_for_office()
        question.open()
        stands = list(question.candidates.values_list("pk", flat=True))
        for person in stage.people.values():
            question.cast(person, stands[:1] if question.office == "head" else [])
        question.close()
        Question.objects.filter(previous=question).update(cancelled_because="x", state="cancelled")
    offices = minutes_facts(stage.meeting)["offices"]
    assert offices["year"] == 2027
    assert offices["head"].startswith("Thanh tra huyện")
    assert offices["deputy"] == ""


def test_names_are_those_of_the_day_of_the_meeting(voted):
    voted.cast.ash_unit.rename("Thanh tra xã Tần Bì", "Tần Bì", date(2026, 10, 1))
    with clock.standing_on(date(2026, 11, 1)):
        facts = minutes_facts(voted.meeting)
    assert facts["attendance"][0]["unit"] == "Thanh tra huyện Ash"
    assert facts["questions"][0]["candidates"][0]["name"] == "Thanh tra huyện Ash"


def test_a_unit_renamed_from_the_meeting_s_day_after_its_vote_bears_one_name(voted):
    voted.cast.ash_unit.rename("Thanh tra xã Tần Bì", "Tần Bì", clock.today())
    facts = minutes_facts(voted.meeting)["questions"][0]["candidates"][0]
    assert facts["name"] == "Thanh tra xã Tần Bì"
    assert facts["sentence"].startswith("Thanh tra xã Tần Bì: 0")
    assert "Ash" not in facts["sentence"]


def test_all_that_is_said_of_a_vote_into_the_next_day_bears_the_names_of_the_meeting_s_day(
    stage, as_
):
    question, tomorrow = voting(stage), clock.today() + timedelta(days=1)
    stage.cast.ash_unit.rename("Thanh tra xã Tần Bì", "Tần Bì", tomorrow)
    with clock.standing_on(tomorrow):
        ballot = as_(stage.cast.birch).get(reverse("cast_ballot", args=[question.pk]))
        for person in stage.people.values():
            question.cast(person, mark(question, "Tần Bì"))
        question.close()
        projected = as_(stage.secretary).get(reverse("project_meeting", args=[stage.meeting.pk]))
        (told, *_others) = minutes_facts(stage.meeting)["questions"][0]["candidates"]
    assert told["name"] == "Thanh tra huyện Ash"
    assert told["sentence"].startswith("Thanh tra huyện Ash: 03/03 phiếu")
    for page in (ballot, projected):
        assert "Thanh tra huyện Ash" in page.content.decode()
        assert "Tần Bì" not in page.content.decode()


def test_ballot_papers_bear_the_names_and_the_date_of_the_day_the_session_was_opened(stage):
    assert ballots_of(stage.question, 3, 4).dated == clock.today()
    tomorrow = clock.today() + timedelta(days=1)
    stage.cast.ash_unit.rename("Thanh tra xã Tần Bì", "Tần Bì", tomorrow)
    with clock.standing_on(tomorrow):
        seat(stage)
        stage.meeting.open()
        paper = ballots_of(Question.objects.get(pk=stage.question.pk), 3, 4)
    assert (paper.dated, paper.facts["held"]) == (tomorrow, tomorrow.isoformat())
    assert paper.facts["candidates"][0] == "Thanh tra xã Tần Bì"


def test_the_minutes_of_a_second_meeting_name_the_first_and_why_it_was_cancelled(stage):
    seat(stage)
    stage.meeting.open()
    stage.meeting.cancel("Phát hiện sai số liệu điểm", stage.cast.officer)
    call(stage)
    meeting = minutes_facts(stage.meeting)["meeting"]
    assert meeting["number"] == 2
    assert "28 tháng 9 năm 2026" in meeting["replaces"]
    assert "Phát hiện sai số liệu điểm" in meeting["replaces"]
    stage.meeting.cancel("Hoãn", stage.cast.officer)  # its session was never opened
    call(stage)
    assert minutes_facts(stage.meeting)["meeting"]["number"] == 2


def test_there_is_one_draft_and_it_follows_what_is_recorded(stage):
    first = minutes_of(stage.meeting)
    assert first.facts["attendance"][0]["presence"] == "absent"
    seat(stage)
    again = minutes_of(stage.meeting)
    assert again.pk == first.pk
    assert again.facts["attendance"][0]["presence"] == "present"
    assert count_of(stage.meeting).pk != first.pk


def test_a_final_paper_is_returned_as_it_is_and_the_database_refuses_to_change_it(voted):
    paper = minutes_of(voted.meeting)
    paper.say({"opening": "Khai mạc."})
    finalise(paper, voted.cast.cedar)
    assert paper.content.startswith(b"%PDF-")
    Guest.objects.create(meeting=voted.meeting, name="Người đến sau")
    again = minutes_of(voted.meeting)
    assert (again.pk, again.facts["guests"]) == (paper.pk, [])
    for change in ({"words": {}}, {"facts": {}}, {"content": b"x"}, {"title": "x"}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Paper.objects.filter(pk=paper.pk).update(**change)
    with pytest.raises(ValidationError):
        finalise(again, voted.cast.cedar)


def test_what_minutes_state_is_mended_while_they_are_a_draft_also_a_correcting_one(
    voted,
):
    assert voted.meeting.may_be_mended
    finalise(count_of(voted.meeting), voted.secretary)
    assert voted.meeting.may_be_mended
    paper = minutes_of(voted.meeting)
    finalise(paper, voted.secretary)
    assert not voted.meeting.may_be_mended
    paper.correct("Ghi nhầm địa điểm")
    assert voted.meeting.may_be_mended


def test_finalising_prints_what_the_database_holds_not_what_a_page_saw(voted):
    seen = minutes_of(voted.meeting)
    minutes_of(voted.meeting).say({"closing": "Lời của người khác."})
    finalise(seen, voted.cast.cedar)
    assert Paper.objects.get(pk=seen.pk).words == {"closing": "Lời của người khác."}


CLASHES = [
    # loaded   now stands  I send     what is kept    clash
    ("a",      "a",        "b",       "b",            False),
    ("a",      "b",        "a",       "b",            False),  # I changed nothing
    ("a",      "b",        "b",       "b",            False),  # both say the same
    ("a",      "b",        "c",       "b",            True),
    ("",       "b",        "c",       "b",            True),
]  # fmt: skip


@pytest.mark.parametrize(("loaded", "now", "sent", "kept", "clash"), CLASHES)
def test_a_text_that_two_changed_is_shown_not_overwritten(stage, loaded, now, sent, kept, clash):
    minutes_of(stage.meeting).say({"discussion": now})
    said = dict.fromkeys(WORDS, "") | {"discussion": sent}
    seen = {name: stamp("") for name in WORDS} | {"discussion": stamp(loaded)}
    clashing = write_words(stage.meeting, said, seen)
    assert clashing == ({"discussion": now} if clash else {})
    assert minutes_of(stage.meeting).words.get("discussion") == kept


def test_two_who_change_different_parts_both_keep_theirs(stage):
    seen = {name: stamp("") for name in WORDS}
    empty = dict.fromkeys(WORDS, "")
    assert write_words(stage.meeting, empty | {"opening": "Một"}, seen) == {}
    assert write_words(stage.meeting, empty | {"closing": "Hai"}, seen) == {}
    words = minutes_of(stage.meeting).words
    assert (words["opening"], words["closing"]) == ("Một", "Hai")


def queries(facts_of, members, offices):
    """How many queries the facts of a meeting cost, so many units voting on so many matters."""
    with transaction.atomic():
        stage = make_stage(members=members, offices=offices)
        seat(stage)
        stage.meeting.open()
        for question in stage.meeting.questions.order_by("order"):
            question.propose_for_office()
            question.open()
            stands = list(question.candidates.values_list("pk", flat=True))
            for person in stage.people.values():
                question.cast(person, stands[:1])
            question.close()
        with CaptureQueriesContext(connection) as asked:
            facts_of(stage.meeting)
        transaction.set_rollback(True)
    return len(asked)


@pytest.mark.parametrize("facts_of", [minutes_facts, count_facts])
def test_gathering_costs_the_same_for_many_units_and_many_questions(db, facts_of):
    assert queries(facts_of, 3, ()) == queries(facts_of, 9, BOTH_OFFICES)
