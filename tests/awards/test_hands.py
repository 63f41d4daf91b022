"""Hands that are raised and counted in the room: in a vote, and on matters of procedure."""

from datetime import time

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction

from awards.models import Hands, Procedure, Question
from awards.papers import minutes_facts, minutes_of
from awards.tally import Base, Mode, Presence, Verdict
from blocks import clock
from blocks.dates import paper_date
from emulation.printing import finalise
from tests.awards.stage import address as url
from tests.awards.stage import (
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

pytestmark = pytest.mark.django_db


@pytest.fixture
def hands():
    """Five members, four in the room and one letter; hands are counted for the flag."""
    stage = make_stage(members=5, flag={"mode": Mode.HANDS, "quota": 1, "max_marks": None})
    seat(stage, "Ash", "Birch", "Cedar")
    without_account(stage, "Elm 0")
    line(stage, "Elm 1").write_in(moment("2026-09-27 15:30"))
    stage.meeting.open()
    stage.question.open()
    stage.one, stage.two = committee(stage, "Ash", "Birch")
    return stage


def raised(question, **said) -> dict:
    """What is typed of the hands: Ash=(4, 0, 0), everybody against the others."""
    return {
        f"{name}_{c.pk}": number
        for c in question.candidates.all()
        for name, number in zip(
            ("yes", "no", "abstain"), said.get(c.unit.short_name, (0, 4, 0)), strict=True
        )
    }


def test_hands_are_typed_by_the_secretary_and_counted_with_the_letters(hands, as_):
    question, secretary = hands.question, as_(hands.secretary)
    page = words(secretary.get(question.get_absolute_url()))
    assert url("count_hands", question) in page
    assert url("close_question", question) not in page
    answer = secretary.post(url("close_question", question))
    assert "The hands were not counted yet." in words(answer)
    secretary.post(url("count_hands", question), raised(question, Ash=(3, 0, 1)))
    letter = question.electors.get(presence=Presence.WRITTEN)
    key(question, [hands.one, hands.two], mark(question, "Ash"), elector=letter)
    secretary.post(url("close_question", question))
    question = Question.objects.get()
    best = question.outcomes.first()
    assert best.sentence == (
        "Thanh tra huyện Ash: 04/05 đơn vị đồng ý, đạt 80,00% tổng số đơn vị thành viên "
        "(quy định từ 80% trở lên) – được đề nghị."
    )
    assert question.issued is None
    facts = minutes_facts(hands.meeting)["questions"][0]
    ash = facts["candidates"][0]
    assert (ash["yes"], ash["no"], ash["abstain"]) == (4, 0, 1)
    assert (facts["issued"], facts["unused"], facts["by_screen"]) == (None, None, 0)


def test_once_the_hands_are_typed_the_letter_s_paper_is_what_is_to_be_done(hands, as_):
    question, secretary = hands.question, as_(hands.secretary)
    letter = question.electors.get(presence=Presence.WRITTEN)
    main = 'class="btn btn-primary" href="'
    pages = [question.get_absolute_url(), hands.meeting.get_absolute_url()]
    for page in pages:
        assert main + url("count_hands", question) in words(secretary.get(page))
    secretary.post(url("count_hands", question), raised(question, Ash=(3, 0, 1)))
    for page, way in zip(pages, (url("key_letter", letter), pages[0]), strict=True):
        shown = words(secretary.get(page))
        assert main + way in shown
        assert main + url("count_hands", question) not in shown


def test_who_counts_the_hands_is_told_who_has_gone_since_the_vote_was_opened(hands, as_):
    count, said = url("count_hands", hands.question), "to be typed under “No hand raised”: Birch."
    assert said not in words(as_(hands.secretary).get(count))
    hands.meeting.attendances.filter(unit=hands.cast.birch_unit).update(left_at=later(5))
    assert said in words(as_(hands.secretary).get(count))


@pytest.mark.parametrize("typed", [(4, 1, 0), (3, 0, 0), (5, 0, 0)])
def test_hands_are_as_many_as_the_units_in_the_room(hands, as_, typed):
    answer = as_(hands.secretary).post(
        url("count_hands", hands.question), raised(hands.question, Ash=typed)
    )
    assert answer.status_code == 422
    assert f"Ash: 0{sum(typed)} hands were typed, 04 units are in the room." in words(answer)
    assert not Hands.objects.exists()


def test_the_chair_s_own_unit_is_not_asked_for_the_chair_s_yes(as_):
    said = {"mode": Mode.HANDS, "self_vote": False, "chair_must_approve": True, "max_marks": None}
    stage = make_stage(flag=said)
    question = voting(stage)
    ash, cedar = mark(question, "Ash", "Cedar")
    page = words(as_(stage.secretary).get(url("count_hands", question)))
    assert f'name="chair_{ash}"' in page
    assert f'name="chair_{cedar}"' not in page  # Cedar presides
    page = words(as_(stage.secretary).get(question.get_absolute_url()))
    assert "except where the chair&#x27;s own unit stands" in page


def test_a_unit_that_does_not_vote_on_itself_raises_no_hand_for_itself():
    stage = make_stage(flag={"mode": Mode.HANDS, "self_vote": False, "base": Base.VALID})
    question = voting(stage)
    listed = mark(question, "Ash", "Birch", "Cedar")
    two = {"yes": 2, "no": 0, "abstain": 0, "chair": False}
    none = {"yes": 0, "no": 2, "abstain": 0, "chair": False}
    Hands.count(question, dict(zip(listed, (two, none, none), strict=True)))
    question.close()
    best = question.outcomes.first()
    assert (best.yes, best.base, best.verdict) == (2, 2, Verdict.ELECTED)


def test_who_types_hands_is_told_whose_hand_is_left_out_and_that_the_chair_is_one_of_the_yes(as_):
    said = {"mode": Mode.HANDS, "self_vote": False, "chair_must_approve": True, "max_marks": None}
    stage = make_stage(flag=said)
    question, client = voting(stage), as_(stage.secretary)
    page = words(client.get(url("count_hands", question)))
    assert "03 units are in the room; the hands are as many, but one less" in page
    typed = raised(question, Ash=(3, 0, 0), Birch=(0, 2, 0), Cedar=(2, 0, 0))
    typed[f"chair_{mark(question, 'Birch')[0]}"] = "on"
    page = words(client.post(url("count_hands", question), typed))
    assert "Ash: 03 hands were typed, 02 units vote: it does not vote on itself." in page
    assert "Birch: nobody agrees, so the chair is not among the yes." in page
    typed = raised(question, Ash=(2, 0, 0), Birch=(0, 2, 0), Cedar=(2, 0, 0))
    page = words(client.post(url("count_hands", question), typed))
    assert "Ash: everybody agrees, so the chair is among the yes." in page
    assert "Cedar: everybody agrees" not in page  # Cedar presides, and is not asked of itself


def test_with_one_mark_a_unit_raises_its_hand_once():
    stage = make_stage(flag={"mode": Mode.HANDS})
    question = voting(stage)
    three = {"yes": 3, "no": 0, "abstain": 0, "chair": False}
    all_for_all = dict.fromkeys(question.keys_listed, three)
    with pytest.raises(Exception, match="09 yes were typed in all"):
        Hands.count(question, all_for_all)


@pytest.mark.parametrize(("chair", "verdict"), [("on", Verdict.ELECTED), ("", Verdict.NO_CHAIR)])
def test_the_chair_s_hand_is_typed_where_the_rules_ask_it(as_, chair, verdict):
    said = {"mode": Mode.HANDS, "chair_must_approve": True, "max_marks": None, "max_rounds": 1}
    stage = make_stage(flag=said | {"threshold_part": 50})
    question = voting(stage)
    typed = raised(question, Ash=(2, 1, 0), Birch=(0, 3, 0), Cedar=(0, 3, 0)) | {
        f"chair_{mark(question, 'Ash')[0]}": chair
    }
    answer = as_(stage.secretary).post(url("count_hands", question), typed, follow=True)
    assert "Saved." in words(answer)
    question.close()
    assert question.outcomes.get(candidate__unit=stage.cast.ash_unit).verdict == verdict


def test_nobody_casts_a_ballot_where_hands_are_counted(hands, as_):
    with pytest.raises(PermissionDenied, match="show of hands"):
        hands.question.cast(hands.cast.ash, [])
    assert as_(hands.cast.ash).get(url("cast_ballot", hands.question)).status_code == 403
    desk = words(as_(hands.cast.ash).get(hands.meeting.get_absolute_url()))
    assert url("cast_ballot", hands.question) not in desk
    assert not Question.objects.open_to(hands.cast.ash).exists()


def test_hands_are_typed_by_the_secretary_only(hands, as_):
    for person in (hands.cast.cedar, hands.one, hands.cast.officer):
        assert as_(person).post(url("count_hands", hands.question), {}).status_code == 403


@pytest.mark.parametrize(
    ("mode", "page", "said"),
    [
        (Mode.OPEN, "count_hands", "This vote is not by show of hands."),
        (Mode.OPEN, "key_paper", "Open papers bear names; each is keyed under its own."),
        (Mode.HANDS, "key_paper", "This vote is by show of hands."),
        (Mode.SECRET, "key_paper", "No paper is left in the box"),
    ],
)
def test_a_vote_counted_in_another_way_opens_no_form_that_could_not_be_saved(as_, mode, page, said):
    stage = make_stage(flag={"mode": mode, "max_marks": None})
    question, secretary = voting(stage), as_(stage.secretary)
    answer = secretary.get(url(page, question), follow=True)
    assert answer.redirect_chain == [(question.get_absolute_url(), 302)]
    typed = raised(question, Ash=(3, 0, 0)) | {"marks": mark(question, "Ash")}
    refused = secretary.post(url(page, question), typed)
    assert (said in words(answer), said in words(refused)) == (True, True)
    assert (refused.status_code, "checked" in words(refused)) == (422, page == "key_paper")


def test_whoever_cancels_a_show_of_hands_reads_of_no_ballots(hands, as_):
    page = words(as_(hands.secretary).get(url("cancel_question", hands.question)))
    assert "No result is recorded, and the minutes say why." in page
    assert "Ballots that were cast" not in page


def test_hands_of_a_counted_question_stay(hands):
    Hands.count(
        hands.question,
        {
            pk: {"yes": 4, "no": 0, "abstain": 0, "chair": False}
            for pk in hands.question.keys_listed
        },
    )
    letter = hands.question.electors.get(presence=Presence.WRITTEN)
    key(hands.question, [hands.one, hands.two], elector=letter)
    hands.question.close()
    with pytest.raises(IntegrityError, match="hands_are_counted_while"), transaction.atomic():
        Hands.objects.update(yes=0)
    texts = " ".join(rule["text"] for rule in minutes_facts(hands.meeting)["rules"])
    assert "Mỗi đơn vị thành viên có 01 ý kiến" in texts  # the rules speak of no papers
    assert "Tỷ lệ ý kiến đồng ý tính trên" in texts


# --- matters of procedure ---


def test_a_matter_of_procedure_is_decided_by_hands_and_stands_in_the_minutes(as_):
    stage = make_stage(members=5)
    seat(stage, "Ash", "Birch", "Cedar", "Elm 0")
    stage.meeting.open()
    secretary, address = as_(stage.secretary), url("decide_by_hands", stage.meeting)
    posted = {"matter": "Thông qua chương trình", "yes": "3", "no": "1", "abstain": "0"}
    answer = secretary.post(address, posted, follow=True)
    sentence = (
        "Thông qua chương trình: 03/04 đơn vị có mặt giơ tay đồng ý, 01 đơn vị không đồng ý, "
        "00 đơn vị không biểu quyết, đạt 75,00% (quy định trên 50%) – được thông qua."
    )
    assert sentence in words(answer)
    secretary.post(address, posted | {"yes": "2", "no": "2"})
    assert Procedure.objects.last().sentence.endswith(
        "đạt 50,00% (quy định trên 50%) – không được thông qua."
    )
    assert minutes_facts(stage.meeting)["procedures"][0] == sentence
    with pytest.raises(IntegrityError, match="stays_as_it_was_decided"), transaction.atomic():
        Procedure.objects.update(yes=4)


def test_what_was_decided_since_the_votes_began_stands_after_them_in_the_minutes(as_):
    stage = make_stage(flag={"mode": Mode.OPEN})
    seat(stage)
    with clock.standing_on(clock.today(), time(8, 30)):
        stage.meeting.open()
        Procedure(meeting=stage.meeting, matter="chương trình", yes=3, no=0, abstain=0).decide()
    with clock.standing_on(clock.today(), time(9)):
        stage.question.open()
        Procedure(meeting=stage.meeting, matter="biên bản", yes=3, no=0, abstain=0).decide()
    for close in (lambda: None, stage.question.close):
        with clock.standing_on(clock.today(), time(9, 30)):
            close()
        facts = minutes_facts(stage.meeting)
        assert [each.split(":")[0] for each in facts["procedures"]] == ["Chương trình"]
        assert [each.split(":")[0] for each in facts["later_procedures"]] == ["Biên bản"]
    with clock.standing_on(clock.today(), time(10)):
        Procedure(meeting=stage.meeting, matter="đề xuất", yes=3, no=0, abstain=0).decide()
    with clock.standing_on(morrow := clock.today() + clock.ONE_DAY, time(8)):
        Procedure(meeting=stage.meeting, matter="kết luận", yes=3, no=0, abstain=0).decide()
    during, after, on_the_morrow = minutes_facts(stage.meeting)["later_procedures"]
    assert during.endswith("được thông qua (biểu quyết lúc 09 giờ 00 phút).")
    assert after.endswith("(biểu quyết lúc 10 giờ 00 phút, sau vòng 1 của nội dung “Cờ thi đua”).")
    assert f"lúc 08 giờ 00 phút, {paper_date(morrow)}, sau vòng 1 của" in on_the_morrow


@pytest.fixture
def mistyped():
    """Three units decided on the agenda; 03 yes were typed where 02 agreed."""
    stage = make_stage(flag={"mode": Mode.OPEN})
    seat(stage)
    with clock.standing_on(clock.today(), time(8, 30)):
        stage.meeting.open()
        stage.procedure = Procedure(
            meeting=stage.meeting, matter="Chuong trinh", yes=3, no=0, abstain=0
        )
        stage.procedure.decide()
    return stage


RIGHT = {"matter": "Chương trình", "yes": "2", "no": "1", "abstain": "0"}


def test_hands_that_were_mistyped_are_corrected_with_a_reason_until_the_minutes_are_final(
    mistyped, as_
):
    secretary, address = as_(mistyped.secretary), url("correct_hands", mistyped.procedure)
    with clock.standing_on(clock.today(), time(9)):
        mistyped.question.open()
        mistyped.question.close()
        mistyped.question.following.get().cancel("Không bỏ phiếu lại")
        mistyped.meeting.close()
    assert address in words(secretary.get(mistyped.meeting.get_absolute_url()))
    assert secretary.post(address, RIGHT).status_code == 422
    posted = RIGHT | {"corrected_because": "Nhập nhầm"}
    desk = words(secretary.post(address, posted, follow=True))
    old, new = mistyped.procedure.sentence, Procedure.objects.get(corrects=mistyped.procedure)
    assert new.sentence.startswith("Chương trình: 02/03 đơn vị có mặt giơ tay đồng ý, 01 đơn vị")
    assert new.sentence in desk
    assert old not in desk
    assert minutes_facts(mistyped.meeting)["procedures"] == [new.sentence]
    answer = secretary.get(address, follow=True)
    assert "This show of hands was corrected already" in words(answer)
    assert url("correct_hands", new) in words(answer)  # the way to what stands now
    answer = secretary.post(address, posted)
    assert (answer.status_code, Procedure.objects.count()) == (422, 2)
    assert "This show of hands was corrected already" in words(answer)
    finalise(minutes_of(mistyped.meeting), mistyped.secretary)
    answer = secretary.post(url("correct_hands", new), posted)
    assert answer.status_code == 403
    assert "The minutes are final" in words(answer)


def test_the_history_keeps_what_was_typed_first_and_why_it_was_corrected(mistyped, as_):
    posted = RIGHT | {"corrected_because": "Nhập nhầm"}
    as_(mistyped.secretary).post(url("correct_hands", mistyped.procedure), posted)
    history = words(as_(mistyped.cast.officer).get(f"/history/meeting/{mistyped.meeting.pk}/"))
    for said in ("Chuong trinh: 03/03", "Chương trình: 02/03", "Nhập nhầm"):
        assert said in history


def test_a_correction_of_hands_asks_no_more_units_and_is_made_once(mistyped, as_):
    address = url("correct_hands", mistyped.procedure)
    posted = RIGHT | {"corrected_because": "Nhập nhầm"}
    answer = as_(mistyped.secretary).post(address, posted | {"yes": "3"})
    assert "04 hands were typed, 03 units were in the room." in words(answer)
    first, second = (
        Procedure(
            meeting=mistyped.meeting, corrects=mistyped.procedure, matter="A", yes=2, no=1,
            abstain=0, corrected_because="Nhập nhầm",
        )
        for _time in range(2)
    )  # fmt: skip
    first.correct()
    with pytest.raises(Exception, match="was corrected already"):
        second.correct()
    with pytest.raises(IntegrityError, match="says_why"), transaction.atomic():
        Procedure.objects.create(
            meeting=mistyped.meeting, corrects=first, matter="A", yes=2, no=1, abstain=0
        )


def test_hands_on_procedure_are_as_many_as_the_units_there(as_):
    stage = make_stage(members=5)
    secretary, address = as_(stage.secretary), url("decide_by_hands", stage.meeting)
    posted = {"matter": "Thông qua chương trình", "yes": "3", "no": "0", "abstain": "0"}
    seat(stage, "Ash", "Birch", "Cedar", "Elm 0")
    assert "not in session" in words(secretary.post(address, posted))
    stage.meeting.open()
    gone = line(stage, "Elm 0")
    gone.left_at = later(5)
    gone.save()
    answer = secretary.post(address, posted | {"yes": "4"})
    assert "04 hands were typed, 03 units are in the room." in words(answer)
    assert secretary.post(address, posted).status_code == 302
    assert as_(stage.cast.cedar).post(address, posted).status_code == 403
