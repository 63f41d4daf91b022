"""A closed meeting is cancelled by the officer and another is held: what becomes of its papers."""

from datetime import date, timedelta
from html import unescape

import pytest
from django.urls import reverse

from awards.models import Meeting, MeetingPaper
from awards.papers import minutes_of, nominees_of, proposal_of
from blocks import clock
from blocks.models import PaperKind
from emulation.printing import finalise
from scoring.models import Season
from scoring.phases import Phase
from tests.awards.stage import call, make_stage, mark, ranked, voting
from tests.factories import AwardFactory, VoteRulesFactory

DECIDED = {"number": "25/QĐ-TTT", "dated": "28/9/2026", "signer": "Nguyễn Văn A"}


def url(name, *args):
    return reverse(name, args=args)


def text(answer):
    return " ".join(unescape(answer.content.decode()).split())


def hold(stage):
    """All vote for Ash; the meeting is closed, its minutes are final."""
    question = voting(stage)
    for person in stage.people.values():
        question.cast(person, mark(question, "Ash"))
    question.close()
    stage.meeting.close()
    finalise(minutes_of(stage.meeting), stage.cast.cedar)


def propose(stage):
    """The proposal is final and numbered, and so is its list."""
    finalise(proposal_of(stage.meeting), stage.cast.cedar)
    proposal_of(stage.meeting).give_number("22", "TTr-CED", date(2026, 9, 28))
    finalise(nominees_of(stage.meeting), stage.cast.cedar)


def cancel(stage, as_):
    way = url("cancel_meeting", stage.meeting.pk)
    assert as_(stage.cast.officer).post(way, {"reason": "Sai thành phần"}).status_code == 302


def decide(stage, as_):
    way = url("record_decision", stage.season.pk, stage.award.pk)
    units = [stage.cast.ash_unit.pk]
    assert as_(stage.cast.officer).post(way, DECIDED | {"units": units}).status_code == 302


@pytest.fixture
def proposed(db):
    stage = make_stage(flag={"mode": "open", "threshold_part": 60})
    ranked(stage)
    hold(stage)
    propose(stage)
    return stage


def test_a_decision_that_lost_its_meeting_is_told_where_another_award_excludes_what_it_gave(
    proposed, as_
):
    other = AwardFactory(name="Bằng khen", short_name="Bằng khen")
    other.requirements.create(rule="not_proposed_for", parameter=proposed.award.code, source="x")
    VoteRulesFactory(season=proposed.season, award=other, threshold_part=50)
    decide(proposed, as_)
    said = "Ash has Cờ by decision no. 25/QĐ-TTT on a meeting that was cancelled:"
    page = url("show_eligibility", proposed.season.pk)
    assert said not in text(as_(proposed.cast.ash).get(page))  # it was put forward for it
    cancel(proposed, as_)
    call(proposed)
    question = proposed.season.meetings.exclude(state="cancelled").get().questions.get(award=other)
    assert said in " ".join(question.opening.doubts)
    assert said in text(as_(proposed.cast.ash).get(page))


def test_who_cancels_a_meeting_reads_which_papers_are_final_and_what_was_decided(proposed, as_):
    way, officer = url("cancel_meeting", proposed.meeting.pk), as_(proposed.cast.officer)
    papers = "Minutes of the meeting; Proposal to the authority 22/TTr-CED; List of nominees."
    assert f"Final already: {papers}" in text(officer.get(way))
    assert "Decided by the authority" not in text(officer.get(way))
    proposal_of(proposed.meeting).sign(b"%PDF-1.7")
    decide(proposed, as_)
    page = text(officer.get(way))
    assert "Proposal to the authority 22/TTr-CED (signed)" in page
    assert "Decided by the authority already: Cờ: 25/QĐ-TTT." in page
    cancel(proposed, as_)
    call(proposed)
    again = text(officer.get(url("cancel_meeting", proposed.meeting.pk)))
    assert "already:" not in again


def test_that_a_result_is_of_a_cancelled_meeting_is_told_where_it_stands_and_as_news(
    proposed, as_, monkeypatch
):
    monkeypatch.setattr("emulation.news.RECENT", timedelta(days=36_500))  # history has its clock
    ash, told = as_(proposed.cast.ash), "The meeting was cancelled: Sai thành phần"
    pages = [url(name, proposed.question.pk) for name in ("show_question", "cast_ballot")]
    assert [told in text(ash.get(page)) for page in pages] == [False, False]
    cancel(proposed, as_)
    assert [told in text(ash.get(page)) for page in pages] == [True, True]
    Meeting.objects.filter(state="cancelled").update(cancelled_because="Sai thành phần.")
    news = 'the meeting was cancelled</a> <span class="soft">(Sai thành phần)'
    assert news in text(ash.get("/"))


def test_a_meeting_that_is_over_for_good_is_not_offered_to_be_cancelled(proposed, as_):
    way, officer = url("cancel_meeting", proposed.meeting.pk), as_(proposed.cast.officer)
    Season.objects.update(phase=Phase.CLOSED)
    answer = officer.get(way)
    assert (answer.status_code, "The season is closed" in text(answer)) == (403, True)
    assert way not in text(officer.get(proposed.meeting.get_absolute_url()))


def test_a_decision_on_a_cancelled_meeting_leaves_that_on_the_next_one_to_be_recorded(
    proposed, as_
):
    def waits():
        page = as_(proposed.cast.officer).get("/")
        return any("Decision of the authority" in row.what for row in page.context["tasks"])

    assert waits()
    decide(proposed, as_)
    assert not waits()
    cancel(proposed, as_)
    with clock.standing_on(date(2026, 9, 30)):
        call(proposed)
        hold(proposed)
        assert not waits()
        propose(proposed)
        assert waits()
        way = url("record_decision", proposed.season.pk, proposed.award.pk)
        again = {"number": "31/QĐ-TTT", "dated": "30/9/2026", "units": [proposed.cast.ash_unit.pk]}
        assert as_(proposed.cast.officer).post(way, DECIDED | again).status_code == 302
        assert not waits()


def test_no_paper_of_a_cancelled_meeting_is_corrected(proposed, as_):
    old, browser = proposal_of(proposed.meeting), as_(proposed.cast.cedar)
    way = url("correct_paper", old.pk)
    assert way in text(browser.get(old.get_absolute_url()))
    cancel(proposed, as_)
    assert way not in text(browser.get(old.get_absolute_url()))
    assert [browser.get(way).status_code, browser.post(way, {"reason": "x"}).status_code] == [
        403
    ] * 2
    assert not MeetingPaper.objects.filter(replaces=old).exists()


def test_what_was_cancelled_while_it_was_being_corrected_is_replaced_by_the_next_meeting(
    proposed, as_
):
    old, browser = proposal_of(proposed.meeting), as_(proposed.cast.cedar)
    browser.post(url("correct_paper", old.pk), {"reason": "Ghi nhầm"})
    dead = MeetingPaper.objects.get(replaces=old)
    cancel(proposed, as_)
    page = text(browser.get(old.get_absolute_url()))
    assert "It counts until this draft" not in page
    assert "Of a cancelled meeting (22/TTr-CED, 28/09/2026)" in text(
        browser.get(url("list_papers"))
    )
    left = text(browser.get(dead.get_absolute_url()))
    assert url("drop_correction", dead.pk) not in left
    assert browser.post(url("drop_correction", dead.pk)).status_code == 422
    call(proposed)  # and this one is cancelled before anything of it is final
    minutes_of(proposed.meeting)
    cancel(proposed, as_)
    call(proposed)
    hold(proposed)
    new = proposal_of(proposed.meeting)
    named = "thay thế văn bản số 22/TTr-CED ngày 28 tháng 9 năm 2026"
    assert (new.replaces.pk, named in new.facts["replaces"]) == (old.pk, True)
    page = text(browser.get(old.get_absolute_url()))
    assert "It counts until this draft" not in page
    assert "This draft takes its place once it is final:" in page
    finalise(new, proposed.cast.cedar)
    minutes = MeetingPaper.objects.filter(kind=PaperKind.MINUTES, final=True).order_by("pk")
    assert minutes[1].replaces.pk == minutes[0].pk


@pytest.mark.parametrize(
    ("numbered", "named"),
    [
        (True, "văn bản kèm theo Tờ trình số 22/TTr-CED ngày 28 tháng 9 năm 2026: Danh sách"),
        (False, "văn bản ngày 28 tháng 9 năm 2026: Danh sách"),
    ],
)
def test_a_list_is_named_by_the_proposal_it_went_with(proposed, numbered, named):
    meeting = proposed.meeting
    if not numbered:
        finalise(proposal_of(meeting).correct("Ghi nhầm"), proposed.cast.cedar)
        nominees_of(meeting).correct("Ghi nhầm")
        finalise(nominees_of(meeting), proposed.cast.cedar)
    new = nominees_of(meeting).correct("Ghi nhầm")
    assert f"Văn bản này thay thế {named} đề nghị khen thưởng" in new.facts["replaces"]
