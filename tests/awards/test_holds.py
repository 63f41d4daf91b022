"""On hold: not refused but not considered, since when, why, by whom, until when."""

from datetime import date
from io import BytesIO

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.urls import reverse
from openpyxl import load_workbook

from awards.models import DecidedBy, Decision, Hold, Question
from awards.papers import minutes_facts, nominees_facts
from awards.requirements import proposed_units
from blocks import clock
from blocks.refusals import constraint_name
from scoring.models import Season
from scoring.phases import Phase
from tests.awards.stage import make_stage, mark, voting
from tests.conftest import put_in_phase
from tests.factories import AwardFactory

REASON = "Báo chí phản ánh, đang xác minh"


@pytest.fixture
def stage(db):
    stage = make_stage(flag={"threshold_part": 50})
    stage.award.requirements.create(rule="no_hold")
    return stage


def url(name, *args):
    return reverse(name, args=args)


def text(response):
    return " ".join(response.content.decode().split())


def posted(stage, name="Ash", **changed):
    said = {"unit": stage.cast.units[name].pk, "since": "25/9/2026", "reason": REASON}
    return said | changed


def on_hold(stage, name="Ash", **facts):
    said = {"award": None, "since": date(2026, 9, 25), "reason": REASON}
    by = stage.cast.officer.seats.get()
    return Hold.put(stage.season, by, unit=stage.cast.units[name], **said | facts)


def standing(stage, question=None):
    question = Question.objects.get(pk=(question or stage.question).pk)
    return [unit.short_name for unit in question.standing_units()]


def test_an_officer_puts_a_unit_on_hold_from_the_conditions_of_an_award(stage, as_):
    browser = as_(stage.cast.officer)
    page = text(browser.get(url("show_eligibility", stage.season.pk)))
    way = f"{url('put_on_hold', stage.season.pk)}?award={stage.award.pk}"
    assert way in page
    assert f'<option value="{stage.award.pk}" selected>' in text(browser.get(way))
    response = browser.post(way, posted(stage))
    assert response.url == url("list_holds", stage.season.pk)
    hold = Hold.objects.get()
    assert (hold.unit, hold.award, hold.since) == (stage.cast.ash_unit, None, date(2026, 9, 25))
    assert (hold.reason, hold.by) == (REASON, stage.cast.officer.seats.get())


NO_LONGER = {
    "called": "",
    "open": "a vote that is open goes on with its list",
    "closed": "The meeting has voted: what it put forward stays.",
}


@pytest.mark.parametrize(("state", "said"), NO_LONGER.items())
def test_whoever_puts_a_unit_on_hold_reads_what_that_no_longer_changes(stage, as_, state, said):
    if state != "called":
        voting(stage)
        stage.question.cancel("Không bình xét")
    if state == "closed":
        stage.meeting.close()
    page = text(as_(stage.cast.officer).get(url("put_on_hold", stage.season.pk)))
    assert [each for each in NO_LONGER.values() if each and each in page] == [said][: bool(said)]


def test_no_hold_begins_long_before_its_year(stage, as_):
    way = url("put_on_hold", stage.season.pk)
    answer = as_(stage.cast.officer).post(way, posted(stage, since="31/12/2020"))
    assert "A hold begins on 01/01/2021 at the earliest." in text(answer)
    assert not Hold.objects.exists()


def test_a_hold_is_for_the_award_as_the_year_of_the_season_knows_it(stage, as_):
    new = stage.award.copy(since=date(2027, 1, 1))
    stage.award.give_way_to(new)
    with clock.standing_on(date(2027, 2, 1)):
        way = f"{url('put_on_hold', stage.season.pk)}?award={stage.award.pk}"
        page = text(as_(stage.cast.officer).get(way))
        awards = page.split('name="award"')[1].split("</select>")[0]
    assert f'<option value="{stage.award.pk}" selected>' in awards
    assert f'<option value="{new.pk}">' not in awards


def test_who_is_on_hold_leaves_the_list_and_the_pages_say_so(stage, as_):
    assert standing(stage) == ["Ash", "Birch", "Cedar"]
    on_hold(stage)
    assert standing(stage) == ["Birch", "Cedar"]
    page = text(as_(stage.cast.birch).get(url("show_eligibility", stage.season.pk)))
    assert f"Not considered since 25/09/2026: {REASON}" in page
    assert page.count('<span class="chip chip-violet">On hold</span>') == 1
    assert page.count("Not eligible") == 0
    held = text(as_(stage.cast.birch).get(url("list_holds", stage.season.pk)))
    assert REASON in held
    assert "Oak" in held
    assert url("put_on_hold", stage.season.pk) not in held


def test_the_board_says_who_is_on_hold(stage, as_):
    on_hold(stage, award=stage.award)
    board = text(as_(stage.cast.birch).get(url("show_board", stage.season.pk)))
    assert f"Not considered since 25/09/2026: {REASON} (Cờ)" in board
    export = as_(stage.cast.birch).get(url("export_board", stage.season.pk))
    told = [cell.value for cell in [*load_workbook(BytesIO(export.content)).active.columns][-1]]
    assert sum(f"Chưa xét từ 25/09/2026: {REASON} (Cờ)" in str(one) for one in told) == 1


def test_the_hold_of_one_award_leaves_the_unit_on_the_lists_of_the_others(stage):
    on_hold(stage, award=AwardFactory())
    assert standing(stage) == ["Ash", "Birch", "Cedar"]
    on_hold(stage, award=stage.award)
    assert standing(stage) == ["Birch", "Cedar"]


def test_a_lifted_hold_says_since_when_why_and_by_whom_and_the_unit_stands_again(stage, as_):
    hold = on_hold(stage)
    browser = as_(stage.cast.officer)
    assert url("lift_hold", hold.pk) in text(browser.get(url("list_holds", stage.season.pk)))
    response = browser.post(
        url("lift_hold", hold.pk), {"on": "28/9/2026", "because": "Không có vi phạm"}
    )
    assert response.status_code == 302
    hold.refresh_from_db()
    assert (hold.until, hold.lifted_because) == (date(2026, 9, 28), "Không có vi phạm")
    assert hold.lifted_by == stage.cast.officer.seats.get()
    assert standing(stage) == ["Ash", "Birch", "Cedar"]
    page = text(browser.get(url("list_holds", stage.season.pk)))
    assert "28/09/2026, Ông Oak: Không có vi phạm" in page


def test_the_unit_is_told_at_home_that_it_is_on_hold_and_when_that_is_lifted(stage, as_):
    hold, home = on_hold(stage, award=stage.award), {}
    Season.objects.filter(pk=stage.season.pk).update(year=2024)  # an old year that still runs
    for step in ("put", "lifted"):
        if step == "lifted":
            hold.lift(clock.today(), stage.cast.officer.seats.get(), "Không có vi phạm")
        home[step] = [text(as_(who).get("/")) for who in (stage.cast.ash_clerk, stage.cast.birch)]
    said = f"not considered since 25/09/2026: {REASON} (Cờ)"
    lifted = 'the hold on Ash is lifted (Cờ)</a> <span class="soft">(Không có vi phạm)</span>'
    assert [said in page for page in home["put"] + home["lifted"]] == [True, False, False, False]
    assert [lifted in page for page in home["put"] + home["lifted"]] == [False, False, True, False]


def test_a_hold_that_was_a_slip_is_lifted_from_its_own_day(stage):
    hold = on_hold(stage, since=clock.today())
    hold.lift(clock.today(), stage.cast.officer.seats.get(), "Ghi nhầm đơn vị")
    assert standing(stage) == ["Ash", "Birch", "Cedar"]
    on_hold(stage, since=clock.today())  # and the right one may follow


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"reason": ""}, "Fill in “"),
        ({"reason": "   "}, "Fill in “"),
        ({"since": "29/9/2026"}, "from today or an earlier day"),
        ({"since": "31/9/2026"}, "31/9/2026"),
        ({"unit": "99999999"}, "Select a valid choice"),
        ({"award": "99999999"}, "Select a valid choice"),
    ],
)
def test_a_hold_without_sense_is_refused_with_a_sentence(stage, as_, changed, sentence):
    response = as_(stage.cast.officer).post(
        url("put_on_hold", stage.season.pk), posted(stage, **changed)
    )
    assert (response.status_code, Hold.objects.count()) == (422, 0)
    assert sentence in text(response)
    assert set(response.context["form"].errors) == set(changed)  # each at its field


def test_a_unit_is_on_hold_for_the_same_once_at_a_time(stage, as_):
    on_hold(stage)
    response = as_(stage.cast.officer).post(url("put_on_hold", stage.season.pk), posted(stage))
    assert response.status_code == 422
    assert "The unit is on hold for this already." in text(response)


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        ({"on": "24/9/2026", "because": "x"}, "from the day of the hold at the earliest"),
        ({"on": "29/9/2026", "because": "x"}, "from today or an earlier day"),
        ({"on": "28/9/2026", "because": ""}, "Fill in “"),
    ],
)
def test_a_hold_is_not_lifted_before_it_began_nor_ahead_nor_without_a_reason(
    stage, as_, said, sentence
):
    hold = on_hold(stage)
    response = as_(stage.cast.officer).post(url("lift_hold", hold.pk), said)
    hold.refresh_from_db()
    assert (response.status_code, hold.until) == (422, None)
    assert sentence in text(response)
    at = "because" if said["because"] == "" else "on"
    assert list(response.context["form"].errors) == [at]


def test_a_hold_is_lifted_once(stage, as_):
    hold, by = on_hold(stage), stage.cast.officer.seats.get()
    hold.lift(clock.today(), by, "Không có vi phạm")
    with pytest.raises(ValidationError, match="lifted already"):
        hold.lift(clock.today(), by, "Lần nữa")
    led_back = as_(stage.cast.officer).get(url("lift_hold", hold.pk), follow=True)
    assert led_back.redirect_chain == [(url("list_holds", stage.season.pk), 302)]
    assert "The hold was lifted already." in text(led_back)


@pytest.mark.parametrize("who", ["cedar", "birch", "ash", "ash_clerk"])
def test_the_head_competes_too_so_only_an_officer_puts_on_hold_and_lifts(stage, as_, who):
    hold, browser = on_hold(stage), as_(getattr(stage.cast, who))
    assert browser.get(url("put_on_hold", stage.season.pk)).status_code == 403
    address = url("put_on_hold", stage.season.pk)
    assert browser.post(address, posted(stage, "Birch")).status_code == 403
    assert browser.post(url("lift_hold", hold.pk), {"on": "28/9/2026"}).status_code == 403
    with pytest.raises(PermissionDenied):
        Hold.put(stage.season, stage.cast.cedar_seat, unit=stage.cast.ash_unit, reason="x")
    assert as_(stage.cast.stranger).get(url("list_holds", stage.season.pk)).status_code == 404
    assert as_(stage.cast.stranger).get(url("lift_hold", hold.pk)).status_code == 404


def test_an_open_question_keeps_the_candidates_it_was_opened_with(stage):
    question = voting(stage)
    on_hold(stage)
    assert [c.unit.short_name for c in question.candidates.all()] == ["Ash", "Birch", "Cedar"]


@pytest.fixture
def run_off(stage):
    """The second round of a vote in which each unit chose itself: all three go on."""
    question = voting(stage)
    question.cast(stage.cast.ash, mark(question, "Ash"))
    question.cast(stage.cast.birch, mark(question, "Birch"))
    question.cast(stage.cast.cedar, mark(question, "Cedar"))
    question.close()
    return question.following.get()


def test_who_is_put_on_hold_between_two_rounds_leaves_the_second_and_it_says_so(
    run_off, stage, as_
):
    assert standing(stage, run_off) == ["Ash", "Birch", "Cedar"]
    on_hold(stage)
    assert standing(stage, run_off) == ["Birch", "Cedar"]
    secretary = as_(stage.secretary)
    said = f"Ash is no longer on the list of this round: not considered since 25/09/2026: {REASON}."
    for page in ("show_question", "open_question"):
        assert said in text(secretary.get(url(page, run_off.pk)))
    secretary.post(url("open_question", run_off.pk))
    assert [c.unit.short_name for c in run_off.candidates.all()] == ["Birch", "Cedar"]
    run_off.refresh_from_db()
    run_off.close()
    _first, second = minutes_facts(stage.meeting)["questions"]
    assert second["excluded"] == [
        {"name": "Thanh tra huyện Ash", "reason": f"chưa xét từ 25/09/2026: {REASON}"}
    ]


def test_a_hold_put_while_its_vote_is_open_is_told_there_and_the_list_stays(run_off, stage, as_):
    secretary = as_(stage.secretary)
    run_off.open()
    pages = [
        run_off.get_absolute_url(),
        stage.meeting.get_absolute_url(),
        url("close_question", run_off.pk),
    ]
    said = "Ash is on the list of this vote, but since then: not considered since"
    assert [said in text(secretary.get(page)) for page in pages] == [False, False, False]
    on_hold(stage)
    assert [said in text(secretary.get(page)) for page in pages] == [True, True, True]
    assert [c.unit.short_name for c in run_off.candidates.all()] == ["Ash", "Birch", "Cedar"]


def test_where_all_are_put_on_hold_between_two_rounds_the_pages_say_why_nobody_stands(
    run_off, stage, as_
):
    for name in ("Ash", "Birch", "Cedar"):
        on_hold(stage, name)
    secretary = as_(stage.secretary)
    pages = [url("show_question", run_off.pk), url("open_question", run_off.pk)]
    for page in (*pages, stage.meeting.get_absolute_url()):
        shown = text(secretary.get(page, follow=True))
        assert "Nobody stands" in shown
        for name in ("Ash", "Birch", "Cedar"):
            assert f"{name} is no longer on the list of this round: not considered since" in shown


def test_a_second_round_that_nobody_left_names_nobody_in_the_minutes(run_off, stage):
    run_off.open()
    run_off.close()
    assert [q["excluded"] for q in minutes_facts(stage.meeting)["questions"]] == [[], []]


def test_whose_hold_is_lifted_before_a_round_is_put_anew_stands_in_it_again(run_off, stage):
    hold = on_hold(stage)
    run_off.open()
    run_off.cancel("Cơ quan có thẩm quyền đã kết luận")
    hold.lift(clock.today(), stage.cast.officer.seats.get(), "Không có vi phạm")
    again = run_off.put_anew()
    assert standing(stage, again) == ["Ash", "Birch", "Cedar"]
    again.open()
    assert [c.unit.short_name for c in again.candidates.all()] == ["Ash", "Birch", "Cedar"]


@pytest.mark.parametrize(
    "change",
    [
        lambda hold: Hold.objects.filter(pk=hold.pk).update(reason="khác"),
        lambda hold: Hold.objects.filter(pk=hold.pk).update(since=date(2026, 9, 1)),
        lambda hold: hold.delete(),
    ],
)
def test_a_hold_is_never_changed_in_the_database(stage, change):
    hold = on_hold(stage)
    with pytest.raises(IntegrityError) as refused, transaction.atomic():
        change(hold)
    assert constraint_name(refused.value) == "a_hold_is_only_lifted"


# --- what the meeting knew, and what was decided since ---


@pytest.fixture
def over(stage):
    """The meeting is over; one award goes by conditions, one the authority has to decide."""
    for code, how in (("LABOUR", DecidedBy.CONDITIONS), ("STATE", DecidedBy.AUTHORITY)):
        award = AwardFactory(code=code, name=code, decided_by=how)
        award.requirements.create(rule="no_hold")
        setattr(stage, code.lower(), award)
    stage.season.rules.registration_required = False
    stage.season.rules.save()
    stage.meeting.open()
    stage.end = lambda: (stage.question.cancel("Không bình xét"), stage.meeting.close())
    return stage


def told(stage) -> list[str]:
    """What the minutes say now of Ash and the award by conditions, and whom the proposal names."""
    (award,) = minutes_facts(stage.meeting)["conditional"]
    ash = next(row for row in award["rows"] if row["unit"] == "Thanh tra huyện Ash")
    named_for = {each["award"]: each["rows"] for each in nominees_facts(stage.meeting)["awards"]}
    return [ash["result"], *(row["unit"].split()[-1] for row in named_for["LABOUR"])]


def named(stage, award) -> list[str]:
    return [unit.short_name for unit in proposed_units(stage.season, award)]


@pytest.mark.parametrize("since", [date(2026, 9, 25), date(2026, 9, 28)])
def test_a_hold_recorded_after_the_meeting_changes_nothing_that_the_meeting_decided(over, since):
    over.end()
    on_hold(over, since=since)
    assert told(over) == ["Đủ điều kiện", "Ash", "Birch", "Cedar"]
    assert named(over, over.labour) == ["Ash", "Birch", "Cedar"]


def test_a_hold_that_the_meeting_knew_counts_though_it_was_lifted_later_from_an_earlier_day(over):
    hold = on_hold(over)
    over.end()
    hold.lift(date(2026, 9, 26), over.cast.officer.seats.get(), "Không có vi phạm")
    assert told(over) == ["Chưa xét", "Birch", "Cedar"]
    assert named(over, over.labour) == ["Birch", "Cedar"]


def test_a_hold_that_was_lifted_before_the_meeting_ended_does_not_count(over):
    on_hold(over).lift(date(2026, 9, 26), over.cast.officer.seats.get(), "Không có vi phạm")
    over.end()
    assert told(over) == ["Đủ điều kiện", "Ash", "Birch", "Cedar"]


def test_while_the_meeting_goes_on_its_draft_follows_what_is_put_on_hold(over):
    assert named(over, over.labour) == ["Ash", "Birch", "Cedar"]
    on_hold(over)
    assert told(over) == ["Chưa xét", "Birch", "Cedar"]
    assert named(over, over.labour) == ["Birch", "Cedar"]


def test_what_a_meeting_of_two_days_decides_by_conditions_is_as_of_its_second(over):
    with clock.standing_on(date(2026, 9, 29)):
        on_hold(over, since=clock.today())
        assert told(over) == ["Chưa xét", "Birch", "Cedar"]
        over.end()
    with clock.standing_on(date(2026, 9, 30)):
        assert told(over) == ["Chưa xét", "Birch", "Cedar"]
        assert named(over, over.labour) == ["Birch", "Cedar"]


@pytest.mark.parametrize("phase", [Phase.MEETING, Phase.CLOSED])
def test_for_an_award_the_authority_still_has_to_decide_today_s_holds_count(over, as_, phase):
    over.end()
    put_in_phase(over.cast, phase)
    with clock.standing_on(date(2026, 12, 1)):
        on_hold(over, since=date(2026, 11, 30))
        page = text(as_(over.cast.officer).get(url("show_eligibility", over.season.pk)))
        assert named(over, over.state) == ["Birch", "Cedar"]
    assert f"Not considered since 30/11/2026: {REASON}" in page


def test_once_the_authority_decided_a_later_hold_leaves_its_award_as_it_was(over):
    over.end()
    with clock.standing_on(date(2026, 12, 1)):
        on_hold(over, "Birch")
        Decision.record(
            over.season, over.state, over.cast.officer.seats.get(), [over.cast.ash_unit],
            number="25/QĐ-TTT", dated=date(2026, 11, 20), signer="Nguyễn Văn A",
        )  # fmt: skip
        on_hold(over)
        assert named(over, over.state) == ["Ash", "Cedar"]


def test_a_year_without_a_hold_says_when_one_is_put(stage, as_):
    page = text(as_(stage.cast.ash).get(url("list_holds", stage.season.pk)))
    assert "No unit is on hold in this year." in page
