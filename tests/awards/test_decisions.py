"""What the authority decided is recorded with its paper, shown, corrected, never changed."""

from datetime import date, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from awards.models import DecidedBy, Decision, Hold, LeaderCount, Question
from awards.models.decisions import places
from awards.papers import proposal_of
from blocks import clock
from blocks.refusals import constraint_name
from emulation.printing import finalise
from scoring.models import Season
from scoring.phases import Phase
from tests.awards.stage import make_stage, mark, seat
from tests.conftest import put_in_phase, ticked
from tests.factories import AwardFactory

PAPER = {
    "number": "25/QĐ-TTT", "dated": "25/9/2026", "signer": "Nguyễn Văn A",
    "signer_position": "Chánh Thanh tra",
}  # fmt: skip


def url(name, *args):
    return reverse(name, args=args)


def text(response):
    return " ".join(response.content.decode().split())


@pytest.fixture
def stage(db):
    """Ash was elected for the flag, which marks the leader; the meeting is closed."""
    stage = make_stage(flag={"threshold_part": 50, "max_marks": 1})
    stage.award.marks_the_leader = True
    stage.award.save()
    with clock.standing_on(date(2026, 9, 24)):
        seat(stage)
        stage.meeting.open()
        question = Question.objects.get(pk=stage.question.pk)
        question.open()
        for name in ("ash", "birch", "cedar"):
            question.cast(getattr(stage.cast, name), mark(question, "Ash"))
        question.close()
        stage.meeting.close()
    return stage


def chosen(stage, *names):
    return [stage.cast.units[name].pk for name in names]


def record(stage, as_, *names, **changed):
    address = url("record_decision", stage.season.pk, stage.award.pk)
    posted = PAPER | {"units": chosen(stage, *names)} | changed
    return as_(stage.cast.officer).post(address, posted)


def test_a_decision_is_not_dated_before_the_meeting(stage, as_):
    answer = record(stage, as_, "Ash", dated="23/9/2026")
    said = f"The meeting was on {stage.meeting.day:%d/%m/%Y}; nothing is decided before it."
    assert (answer.status_code, said in text(answer)) == (422, True)


def test_a_decision_is_not_dated_before_the_proposal_it_is_on(stage, as_):
    proposal = proposal_of(stage.meeting)
    finalise(proposal, stage.cast.cedar)
    proposal.give_number("9", "TTr", stage.meeting.day + timedelta(2))
    said = f"The proposal is of {proposal.numbered_on:%d/%m/%Y}; nothing is decided on it before."
    early = record(stage, as_, "Ash", dated=f"{stage.meeting.day + timedelta(1):%d/%m/%Y}")
    assert said in text(early)
    proposal.correct("Ghi nhầm")
    finalise(again := proposal_of(stage.meeting), stage.cast.cedar)
    again.give_number("10", "TTr", clock.today())  # it was decided on the first
    assert record(stage, as_, "Ash", dated=f"{proposal.numbered_on:%d/%m/%Y}").status_code == 302


def test_nobody_is_put_forward_yet_until_the_meeting_is_over(db, as_):
    stage = make_stage()
    browser, page = as_(stage.cast.officer), url("show_eligibility", stage.season.pk)
    stage.meeting.open()
    stage.question.cancel("Không bình xét")
    assert "<dd>nobody yet</dd>" in text(browser.get(page))
    stage.meeting.close()
    assert "<dd>nobody</dd>" in text(browser.get(page))


def test_an_officer_records_the_decision_and_everybody_of_the_block_reads_it(stage, as_):
    browser = as_(stage.cast.officer)
    assert "Record the decision" in text(browser.get(url("show_eligibility", stage.season.pk)))
    page = text(browser.get(url("record_decision", stage.season.pk, stage.award.pk)))
    assert page.count("checked") == 1
    assert "Ticked is who was put forward." in page
    assert record(stage, as_, "Ash").status_code == 302
    shown = text(as_(stage.cast.birch).get(url("show_eligibility", stage.season.pk)))
    assert (
        "No. 25/QĐ-TTT of 25/09/2026, signed by Nguyễn Văn A (Chánh Thanh tra): "
        "<b>Thanh tra huyện Ash</b>" in shown
    )
    assert "Correct…" not in shown


def test_a_decision_says_where_its_meeting_was_cancelled_afterwards(stage, as_):
    record(stage, as_, "Ash")
    page, said = url("show_eligibility", stage.season.pk), "Its meeting was cancelled afterwards."
    assert said not in text(as_(stage.cast.ash).get(page))
    stage.meeting.cancel("Sai thành phần", stage.cast.officer)
    assert said in text(as_(stage.cast.ash).get(page))


def test_a_decision_on_what_conditions_alone_put_forward_rests_on_no_meeting(stage, as_):
    stage.award = AwardFactory(code="LABOUR", decided_by=DecidedBy.CONDITIONS)
    assert record(stage, as_, "Ash").status_code == 302
    stage.meeting.cancel("Sai thành phần", stage.cast.officer)
    page = text(as_(stage.cast.ash).get(url("show_eligibility", stage.season.pk)))
    assert "signed by Nguyễn Văn A" in page
    assert "Its meeting was cancelled afterwards." not in page


def test_whoever_sees_the_year_learns_on_the_first_page_that_a_decision_is_recorded(stage, as_):
    way = f'<a href="{url("show_eligibility", stage.season.pk)}">'
    said = f"{way}{stage.cast.block.short_name} 2026: decision no. 25/QĐ-TTT on Cờ is recorded</a>"
    assert said not in text(as_(stage.cast.birch).get("/"))
    record(stage, as_, "Ash")
    assert said in text(as_(stage.cast.birch).get("/"))
    assert "25/QĐ-TTT" not in text(as_(stage.cast.dogwood).get("/"))


def test_the_authority_may_choose_another_or_nobody(stage, as_):
    refused = record(stage, as_, "Birch")
    assert "Thanh tra huyện Birch was not put forward for it." in text(refused)
    assert "The decision says so all the same; record it." in text(refused)
    assert (refused.status_code, Decision.objects.count()) == (422, 0)
    record(stage, as_, "Birch", **ticked(refused))
    record(stage, as_, number="26/QĐ-TTT")
    assert [list(d.units.values_list("pk", flat=True)) for d in Decision.objects.all()] == [
        chosen(stage, "Birch"), [],
    ]  # fmt: skip
    assert "<b>nobody</b>" in text(
        as_(stage.cast.ash).get(url("show_eligibility", stage.season.pk))
    )


def test_a_unit_that_has_the_award_of_the_year_already_is_asked_about(stage, as_):
    assert record(stage, as_, "Ash").status_code == 302
    again = record(stage, as_, "Ash", number="26/QĐ-TTT")
    assert "Thanh tra huyện Ash has it already by decision no. 25/QĐ-TTT." in text(again)
    assert Decision.objects.count() == 1
    assert record(stage, as_, "Ash", number="26/QĐ-TTT", **ticked(again)).status_code == 302


def test_a_tick_confirms_only_the_sentences_it_was_shown_with(stage, as_):
    tick = ticked(record(stage, as_, "Birch"))
    late = record(stage, as_, "Birch", dated="31/12/2025", **tick)
    assert (late.status_code, "checked" in shown_tick(late), ticked(late)) == (422, True, tick)
    assert text(late).count("Thanh tra huyện Birch was not put forward for it.") == 2  # and value
    other = record(stage, as_, "Cedar", **tick)
    assert "Thanh tra huyện Cedar was not put forward for it." in text(other)
    assert (other.status_code, "checked" in shown_tick(other)) == (422, False)
    assert Decision.objects.count() == 0
    assert record(stage, as_, "Cedar", **ticked(other)).status_code == 302


def shown_tick(answer):
    return next(part for part in text(answer).split("<input") if 'name="anyway"' in part)


def test_a_unit_in_reserve_is_told_as_one_where_it_gets_the_award(db, as_):
    stage = make_stage(flag={"threshold_part": 50, "max_marks": None, "mode": "open"})
    with clock.standing_on(date(2026, 9, 24)):
        seat(stage)
        stage.meeting.open()
        question = Question.objects.get(pk=stage.question.pk)
        question.open()
        ash, birch = mark(question, "Ash"), mark(question, "Birch")
        for name, marks in (("ash", ash + birch), ("birch", ash + birch), ("cedar", ash)):
            question.cast(getattr(stage.cast, name), marks)
        question.close()
        stage.meeting.close()
    for name, said in (("Birch", "for it: it is reserve no. 1."), ("Cedar", "for it.")):
        asked = text(record(stage, as_, name))
        assert f"Thanh tra huyện {name} was not put forward {said}" in asked


def test_a_decision_is_recorded_in_the_closed_year_too(stage, as_):
    put_in_phase(stage.cast, Phase.CLOSED)
    assert record(stage, as_, "Ash").status_code == 302


def test_a_decision_is_corrected_by_another_that_says_why(stage, as_):
    record(stage, as_, "Birch", **ticked(record(stage, as_, "Birch")))
    old, browser = Decision.objects.get(), as_(stage.cast.officer)
    address = url("correct_decision", old.pk)
    assert 'value="25/QĐ-TTT"' in text(browser.get(address))
    posted = PAPER | {"units": chosen(stage, "Ash")}
    refused = browser.post(address, posted)
    assert (refused.status_code, Decision.objects.count()) == (422, 1)
    assert browser.post(address, posted | {"correction": "Ghi nhầm đơn vị"}).status_code == 302
    new = Decision.objects.get(corrects=old)
    assert [unit.short_name for unit in new.units.all()] == ["Ash"]
    page = text(browser.get(url("show_eligibility", stage.season.pk)))
    assert "corrected: Ghi nhầm đơn vị" in page
    assert "<b>Thanh tra huyện Birch</b>" not in page
    again = browser.post(address, posted | {"correction": "Lần nữa"})
    assert again.status_code == 422
    assert "This decision was corrected already." in text(again)
    led_back = browser.get(address, follow=True)
    assert led_back.redirect_chain == [(url("show_eligibility", stage.season.pk), 302)]
    assert "This decision was corrected already." in text(led_back)


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"number": ""}, "Fill in “"),
        ({"number": "hai lăm"}, "Enter number and symbol as the paper has them: 25/QĐ-TTCP."),
        ({"number": "25"}, "Enter number and symbol as the paper has them: 25/QĐ-TTCP."),
        ({"signer": ""}, "Fill in “"),
        ({"dated": "29/9/2026"}, "The decision is dated in the future."),
        ({"dated": "31/12/2025"}, "The meeting was on 24/09/2026; nothing is decided before it."),
        ({"dated": "31/9/2026"}, "31/9/2026"),
        ({"units": ["99999999"]}, "Select a valid choice"),
        ({"units": ["x"]}, "not a valid value"),
    ],
)
def test_a_decision_without_sense_is_refused_with_a_sentence(stage, as_, changed, sentence):
    response = record(stage, as_, **changed)
    assert (response.status_code, Decision.objects.count()) == (422, 0)
    assert sentence in text(response)


def test_another_signer_of_the_same_decision_is_asked_about(stage, as_):
    record(stage, as_, "Ash")
    other = AwardFactory(name="Bằng khen")
    address = url("record_decision", stage.season.pk, other.pk)
    typed = PAPER | {"units": chosen(stage, "Ash")}
    said = f"Decision no. {PAPER['number']} is recorded as signed by {PAPER['signer']}."
    for signer, asked in ((PAPER["signer"], False), ("Ông Khác", True)):
        answer = as_(stage.cast.officer).post(address, typed | {"signer": signer})
        assert (said in text(answer)) is asked
        assert answer.status_code == 422  # nobody put Ash forward for it
    nobody = as_(stage.cast.officer).post(address, typed | {"units": [], "signer": "Ông Khác"})
    assert (nobody.status_code, said in text(nobody)) == (422, True)


def test_the_same_decision_is_recorded_once(stage, as_):
    record(stage, as_, "Ash")
    again = record(stage, as_, "Ash")
    assert again.status_code == 422
    assert "This decision is recorded already" in text(again)


def test_nothing_is_decided_before_the_meeting_was_closed(db, as_):
    stage = make_stage()
    response = record(stage, as_, "Ash")
    assert response.status_code == 422
    assert "once the meeting was closed" in text(response)
    page = text(as_(stage.cast.officer).get(url("show_eligibility", stage.season.pk)))
    assert "Record the decision" not in page


@pytest.mark.parametrize("who", ["cedar", "ash"])
def test_only_an_officer_records_what_the_authority_decided(stage, as_, who):
    record(stage, as_, "Ash")
    decision, browser = Decision.objects.get(), as_(getattr(stage.cast, who))
    for address in (
        url("record_decision", stage.season.pk, stage.award.pk),
        url("correct_decision", decision.pk),
        url("state_leaders", stage.season.pk),
    ):
        assert browser.get(address).status_code == 403
        assert browser.post(address, PAPER).status_code == 403
        assert as_(stage.cast.stranger).get(address).status_code == 404


def test_an_award_of_another_authority_is_not_decided_here(stage, as_):
    other = AwardFactory(authority=stage.cast.other_authority)
    address = url("record_decision", stage.season.pk, other.pk)
    assert as_(stage.cast.officer).post(address, PAPER).status_code == 404


@pytest.mark.parametrize(
    ("name", "change"),
    [
        ("a_decision_is_never_changed", lambda: Decision.objects.update(number="1")),
        ("a_decision_is_never_changed", lambda: Decision.objects.all()._raw_delete("default")),
        ("a_grant_is_never_changed", lambda: Decision.objects.get().grants.all().delete()),
    ],
)
def test_a_recorded_decision_stays_in_the_database(stage, as_, name, change):
    record(stage, as_, "Ash")
    with pytest.raises(IntegrityError) as refused, transaction.atomic():
        change()
    assert constraint_name(refused.value) == name


# Among how many leaders the authority chooses


@pytest.fixture
def flag(stage):
    """An award that the authority gives to at most 20 % of the units that lead a block."""
    award = AwardFactory(
        decided_by="authority", share_of_leaders=20, short_name="Cờ Chính phủ", order=40
    )
    award.requirements.create(rule="leads_the_block")
    return award


# fmt: off
STATED = [
    # leaders  places  the sentence
    (14, 2, "14 đơn vị dẫn đầu cụm, khối (theo Báo cáo số 9); không quá 20% × 14 = 2,80, "
            "được chọn không quá 02 đơn vị"),
    (15, 3, "15 đơn vị dẫn đầu cụm, khối (theo Báo cáo số 9); không quá 20% × 15 = 3, "
            "được chọn không quá 03 đơn vị"),
    (4,  0, "04 đơn vị dẫn đầu cụm, khối (theo Báo cáo số 9); không quá 20% × 04 = 0,80, "
            "được chọn không quá 00 đơn vị"),
]
# fmt: on


@pytest.mark.parametrize(("leaders", "number", "sentence"), STATED)
def test_the_places_are_a_share_of_the_leaders_rounded_down(
    stage, as_, flag, leaders, number, sentence
):
    posted = {"count": str(leaders), "source": "Báo cáo số 9"}
    response = as_(stage.cast.officer).post(url("state_leaders", stage.season.pk), posted)
    assert response.status_code == 302
    assert places(flag, stage.season).number == number
    page = text(as_(stage.cast.ash).get(url("show_eligibility", stage.season.pk)))
    assert sentence in page
    assert "Named to the authority</dt> <dd>Thanh tra huyện Ash</dd>" in page


def test_at_least_one_unit_leads(stage, as_):
    posted = {"count": "0", "source": "Báo cáo số 9"}
    way = url("state_leaders", stage.season.pk)
    assert as_(stage.cast.officer).post(way, posted).status_code == 422


def test_unless_stated_the_blocks_that_elected_their_leader_here_are_counted(stage, flag):
    assert places(flag, stage.season).sentence == (
        "01 đơn vị dẫn đầu cụm, khối (tính đến nay trong hệ thống); không quá 20% × 01 = 0,20, "
        "được chọn không quá 00 đơn vị"
    )
    stage.meeting.cancel("Sai thành phần", stage.cast.officer)
    assert places(flag, stage.season).leaders == 0


def test_the_last_statement_counts_and_the_first_one_stays(stage, as_, flag):
    browser, address = as_(stage.cast.officer), url("state_leaders", stage.season.pk)
    browser.post(address, {"count": "14", "source": "Báo cáo số 9"})
    assert 'value="14"' in text(browser.get(address))
    browser.post(address, {"count": "20", "source": "Báo cáo số 10"})
    assert (places(flag, stage.season).number, LeaderCount.objects.count()) == (4, 2)
    with pytest.raises(IntegrityError) as refused, transaction.atomic():
        LeaderCount.objects.update(count=1)
    assert constraint_name(refused.value) == "a_count_of_leaders_is_never_changed"


@pytest.mark.parametrize(
    "said",
    [
        {"count": "-1", "source": "x"}, {"count": "1,5", "source": "x"},
        {"count": "100000", "source": "x"}, {"count": "", "source": "x"},
        {"count": "14", "source": ""}, {"count": "mười", "source": "x"},
    ],
)  # fmt: skip
def test_a_number_of_leaders_without_sense_is_refused(stage, as_, said):
    response = as_(stage.cast.officer).post(url("state_leaders", stage.season.pk), said)
    assert (response.status_code, LeaderCount.objects.count()) == (422, 0)


def test_the_page_costs_the_same_for_more_decisions(stage, as_, flag):
    browser, asked = as_(stage.cast.officer), []
    for number in ("1/QĐ", "2/QĐ", "3/QĐ"):
        record(stage, as_, "Ash", number=number)
        with CaptureQueriesContext(connection) as queries:
            browser.get(url("show_eligibility", stage.season.pk))
        asked.append(len(queries))
    assert len(set(asked)) == 1


def test_a_unit_on_hold_or_beyond_the_places_is_asked_about_before_it_is_recorded(stage, as_, flag):
    officer = stage.cast.officer.seats.get()
    held = {"award": None, "since": date(2026, 9, 25), "reason": "Xác minh đơn"}
    Hold.put(stage.season, officer, unit=stage.cast.ash_unit, **held)
    address = url("record_decision", stage.season.pk, flag.pk)
    posted = PAPER | {"units": chosen(stage, "Ash")}
    asked = as_(stage.cast.officer).post(address, posted)
    assert (asked.status_code, Decision.objects.count()) == (422, 0)
    assert "Thanh tra huyện Ash: not considered since 25/09/2026: Xác minh đơn." in text(asked)
    assert "được chọn không quá 00 đơn vị." in text(asked)
    assert as_(stage.cast.officer).post(address, posted | ticked(asked)).status_code == 302
    assert Decision.objects.get().grants.count() == 1


# Who reads it when


@pytest.mark.parametrize(
    ("phase", "who", "sees"),
    [
        (Phase.REGISTRATION, "officer", False),
        (Phase.REGISTRATION, "ash", False),
        (Phase.INSPECTION, "cedar", False),
        (Phase.SETTLEMENT, "cedar", True),
        (Phase.SETTLEMENT, "officer", True),
        (Phase.SETTLEMENT, "ash", False),
        (Phase.MEETING, "ash", True),
        (Phase.CLOSED, "ash", True),
    ],
)
def test_the_conditions_are_read_by_all_and_the_answers_once_they_are_settled(
    cast, as_, phase, who, sees
):
    AwardFactory(name="Cờ").requirements.create(rule="registered")
    put_in_phase(cast, phase)
    page = text(as_(getattr(cast, who)).get(url("show_eligibility", cast.season.pk)))
    assert "The unit has registered the title" in page
    assert ("Has not registered" in page) == sees


def test_the_conditions_are_reached_from_the_year_the_meeting_and_the_block(stage, as_):
    address = url("show_eligibility", stage.season.pk)
    for page in (
        stage.season.get_absolute_url(), stage.meeting.get_absolute_url(),
        stage.cast.block.get_absolute_url(),
    ):  # fmt: skip
        assert f'href="{address}"' in text(as_(stage.cast.ash).get(page))


@pytest.mark.parametrize("who", ["cedar", "cedar_clerk", "officer"])
def test_how_the_year_votes_is_reached_and_changed_while_it_is_planned(cast, as_, who):
    season = Season.open(cast.block, 2027)
    browser = as_(getattr(cast, who))
    rules = url("list_vote_rules", season.pk)
    assert f'href="{rules}"' in text(browser.get(season.get_absolute_url()))
    assert url("add_vote_rules", season.pk) in text(browser.get(rules))


def test_a_decision_names_no_stranger(stage):
    by = stage.cast.officer.seats.get()
    facts = {"number": "1", "dated": date(2026, 9, 25), "signer": "A"}
    with pytest.raises(ValidationError, match="Only a member"):
        Decision.record(stage.season, stage.award, by, [stage.cast.dogwood_unit], **facts)
