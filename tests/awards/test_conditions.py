"""Each condition answers with its sentence, figures and all."""

from datetime import date
from decimal import Decimal
from types import SimpleNamespace

import pytest
from django.urls import reverse
from django.utils.translation import override

from awards import requirements
from awards.models import Hold, Question
from awards.requirements import RULES, TAKES
from scoring.models import Exemption, StaffFigures
from scoring.phases import Column, Phase
from tests.awards.stage import make_stage, mark, seat
from tests.factories import AwardFactory
from tests.scoring.worked import sent, worked_example

pytestmark = pytest.mark.django_db

STAFF = {"people": 40, "advanced": 30, "fighters": 4, "all_completed": True}


@pytest.fixture
def year(db):
    """The five units with everything settled, and an award that asks what a test lets it ask."""
    on = worked_example(Phase.MEETING)
    on.award = AwardFactory(code="FLAG", short_name="Cờ")
    return on


def answer(on, code, rule, parameter="", award=None):
    """What a rule says of a unit, in the language of record."""
    card = next(c for c in requirements.cards_of(on.season) if c.unit == on.units[code])
    with override("vi"):
        said = RULES[rule](card, award or on.award, parameter)
    return said.passed, said.sentence


def count(on, code, line, **facts):
    """Let the settled column of a line say something else; nothing at all without facts."""
    entries = on.cards[code].entries.filter(criterion__code=line, column=Column.FINAL)
    entries.update(**facts) if facts else entries.delete()


@pytest.mark.parametrize(("unit", "passed", "sentence"), [
    ("TTTT",  False, "mục I.1: 49/50 = 98,00% – không vượt"),
    ("TCBTT", True,  "mục I.1: 135/120 = 112,50% – vượt"),
    ("VCLKH", True,  "mục I.1: 42/40 = 105,00% – vượt"),
    ("BTT",   False, "mục I.1: 96/100 = 96,00% – không vượt"),
    ("TCTT",  False, "mục I.1: 22/24 = 91,67% – không vượt"),
])  # fmt: skip
def test_a_line_is_over_fulfilled_above_a_hundred_percent(year, unit, passed, sentence):
    assert answer(year, unit, "over_fulfilled", "I.1") == (passed, sentence)


def test_just_reaching_the_plan_is_not_over_fulfilling_it(year):
    assert answer(year, "TCBTT", "over_fulfilled", "II.1") == (
        False, "mục II.1: 60/60 = 100,00% – không vượt",
    )  # fmt: skip


def test_a_share_a_hair_above_the_plan_never_looks_like_the_plan(year):
    count(year, "TTTT", "I.3", actual=Decimal("100.001"))
    assert answer(year, "TTTT", "over_fulfilled", "I.3") == (
        True, "mục I.3: 100,001/100 = 100,001% – vượt",
    )  # fmt: skip


def test_a_line_without_its_figures_is_not_met_and_says_so(year):
    count(year, "TTTT", "I.1")
    count(year, "TTTT", "P.3")
    assert answer(year, "TTTT", "over_fulfilled", "I.1") == (False, "mục I.1: chưa có số liệu")
    assert answer(year, "TTTT", "none_counted", "P.3") == (False, "mục P.3: chưa có số liệu")


@pytest.mark.parametrize("rule", ["over_fulfilled", "none_counted"])
def test_a_line_that_the_scale_does_not_have_is_not_met_and_says_so(year, rule):
    assert answer(year, "TTTT", rule, "X.9") == (False, "thang bảng điểm không có mục X.9")


@pytest.mark.parametrize("rule", ["over_fulfilled", "none_counted"])
def test_a_line_that_was_not_assigned_is_not_met_and_says_so(year, rule):
    line = year.season.scale.criteria.get(code="I.2")
    Exemption.objects.create(card=year.cards["TTTT"], criterion=line, reason="Không phát sinh")
    assert answer(year, "TTTT", rule, "I.2") == (False, "mục I.2: không giao")


def test_where_nothing_was_planned_nothing_is_over_fulfilled(year):
    count(year, "TTTT", "I.2", actual=0, target=0)
    assert answer(year, "TTTT", "over_fulfilled", "I.2") == (
        False, "mục I.2: 0/0, không giao kế hoạch nên không xét vượt",
    )  # fmt: skip


def test_the_count_of_a_line_is_zero_or_it_is_said_how_many(year):
    name = year.season.scale.criteria.get(code="P.3").name
    assert answer(year, "BTT", "none_counted", "P.3") == (True, f"mục P.3 ({name}): không có")
    assert answer(year, "TCTT", "none_counted", "P.3") == (False, f"mục P.3 ({name}): 1")


@pytest.mark.parametrize(("people", "advanced", "least", "passed", "sentence"), [
    (40, 30,     "70",   True,  "lao động tiên tiến 30/40 = 75,00%, từ 70% trở lên"),
    (78, 54,     "70",   False, "lao động tiên tiến 54/78 = 69,23% < 70%"),
    (10, 7,      "70",   True,  "lao động tiên tiến 7/10 = 70,00%, từ 70% trở lên"),
    (100_000, 69_999, "70", False, "lao động tiên tiến 69.999/100.000 = 69,999% < 70%"),
    (3, 2,       "66.6", True,  "lao động tiên tiến 2/3 = 66,67%, từ 66,6% trở lên"),
])  # fmt: skip
def test_the_share_of_advanced_workers_is_an_exact_fraction(
    year, people, advanced, least, passed, sentence
):
    figures(year, people=people, advanced=advanced, fighters=0)
    assert answer(year, "TTTT", "advanced_share", least) == (passed, sentence)


def figures(on, **said):
    """The staff figures of TTTT."""
    seat = on.people["TTTT"].seats.get()
    StaffFigures.objects.update_or_create(
        card=on.cards["TTTT"], defaults=STAFF | {"seat": seat} | said
    )


@pytest.mark.parametrize(("fighters", "least", "passed", "sentence"), [
    (4, "1", True,  "04 chiến sĩ thi đua cơ sở"),
    (1, "1", True,  "01 chiến sĩ thi đua cơ sở"),
    (0, "1", False, "không có chiến sĩ thi đua cơ sở"),
    (2, "3", False, "02 chiến sĩ thi đua cơ sở < 03"),
])  # fmt: skip
def test_there_is_at_least_one_base_level_fighter(year, fighters, least, passed, sentence):
    figures(year, fighters=fighters)
    assert answer(year, "TTTT", "has_fighters", least) == (passed, sentence)


@pytest.mark.parametrize(
    ("done", "sentence"),
    [(True, "100% hoàn thành nhiệm vụ"), (False, "có người không hoàn thành nhiệm vụ")],
)
def test_everybody_completed_the_tasks(year, done, sentence):
    figures(year, all_completed=done)
    assert answer(year, "TTTT", "everybody_completed") == (done, sentence)


@pytest.mark.parametrize(
    ("rule", "parameter", "sentence"),
    [
        ("advanced_share", "70", "lao động tiên tiến: chưa có số liệu nhân sự"),
        ("has_fighters", "1", "chiến sĩ thi đua cơ sở: chưa có số liệu nhân sự"),
        ("everybody_completed", "", "hoàn thành nhiệm vụ: chưa có số liệu nhân sự"),
    ],
)
def test_without_staff_figures_nothing_is_taken_for_met(year, rule, parameter, sentence):
    assert answer(year, "TTTT", rule, parameter) == (False, sentence)
    figures(year, people=None, advanced=None, fighters=None, all_completed=None)
    assert answer(year, "TTTT", rule, parameter) == (False, sentence)


# Registered


def aim(on, award=None):
    on.cards["TTTT"].aims.create(award=award or on.award, seat=on.people["TTTT"].seats.get())


def test_a_title_is_registered_once_the_sheet_of_aims_was_sent(year):
    assert answer(year, "TTTT", "registered") == (False, "không đăng ký")
    aim(year)
    assert answer(year, "TTTT", "registered") == (False, "chưa gửi bản đăng ký")
    sent(year.cards["TTTT"], Column.AIM, year.units["TTTT"])
    assert answer(year, "TTTT", "registered") == (True, "đã đăng ký")


def test_who_registered_for_an_award_is_registered_for_the_one_that_took_its_place(year):
    aim(year)
    sent(year.cards["TTTT"], Column.AIM, year.units["TTTT"])
    new = year.award.copy(date(2021, 10, 1))
    year.award.give_way_to(new)
    assert answer(year, "TTTT", "registered", award=new) == (True, "đã đăng ký")


def test_where_the_block_does_not_ask_for_it_nobody_need_register(year):
    year.season.rules.registration_required = False
    year.season.rules.save()
    year.season = type(year.season).objects.get(pk=year.season.pk)
    assert answer(year, "TTTT", "registered") == (True, "không yêu cầu đăng ký")


# On hold


def test_a_hold_says_since_when_and_why_and_is_no_refusal(year):
    by = year.officer.seats.get()
    Hold.put(
        year.season, by, unit=year.units["TTTT"], award=None, since=date(2021, 12, 2), reason="Đơn"
    )
    card = next(c for c in requirements.cards_of(year.season) if c.unit == year.units["TTTT"])
    said = RULES["no_hold"](card, year.award, "")
    assert (said.passed, said.on_hold) == (False, True)
    assert said.sentence == "not considered since 02/12/2021: Đơn"
    assert answer(year, "BTT", "no_hold") == (True, "không có việc đang xác minh")


def test_a_hold_of_one_award_leaves_the_others_alone_and_follows_it_through_its_periods(year):
    by = year.officer.seats.get()
    Hold.put(
        year.season, by, unit=year.units["TTTT"], award=year.award, since=date(2021, 12, 2),
        reason="Đơn",
    )  # fmt: skip
    assert answer(year, "TTTT", "no_hold", award=AwardFactory())[0]
    new = year.award.copy(date(2021, 12, 3))
    year.award.give_way_to(new)
    assert not answer(year, "TTTT", "no_hold", award=new)[0]


# What the votes before decided


@pytest.fixture
def flagged(db):
    """Ash was elected for the flag, which marks the leader."""
    stage = make_stage(flag={"threshold_part": 50, "max_marks": 1})
    stage.award.marks_the_leader = True
    stage.award.save()
    return stage


def elect(stage):
    seat(stage)
    stage.meeting.open()
    question = Question.objects.get(pk=stage.question.pk)
    question.open()
    for name in ("ash", "birch", "cedar"):
        question.cast(getattr(stage.cast, name), mark(question, "Ash"))
    question.close()


def said_on_stage(stage, name, rule, parameter=""):
    on = SimpleNamespace(season=stage.season, units=stage.cast.units, award=AwardFactory())
    return answer(on, name, rule, parameter)


def test_a_unit_leads_the_block_once_it_was_elected_for_the_leader_s_award(flagged):
    noun = flagged.season.block.noun
    assert said_on_stage(flagged, "Ash", "leads_the_block") == (
        False,
        f"{noun} chưa có đơn vị dẫn đầu (xác định theo kết quả bình xét, không theo thứ hạng)",
    )
    elect(flagged)
    assert said_on_stage(flagged, "Ash", "leads_the_block") == (
        True, f"dẫn đầu {noun} (được đề nghị Cờ)",
    )  # fmt: skip
    assert said_on_stage(flagged, "Birch", "leads_the_block") == (
        False, f"không dẫn đầu {noun} (không được đề nghị Cờ)",
    )  # fmt: skip


def test_whoever_is_put_forward_for_an_award_is_not_for_the_one_it_excludes(flagged):
    assert said_on_stage(flagged, "Ash", "not_proposed_for", "FLAG") == (
        True, "chưa được đề nghị Cờ",
    )  # fmt: skip
    elect(flagged)
    assert said_on_stage(flagged, "Ash", "not_proposed_for", "FLAG") == (
        False, "đã được đề nghị Cờ",
    )  # fmt: skip
    assert said_on_stage(flagged, "Birch", "not_proposed_for", "FLAG")[0]


def test_what_a_cancelled_meeting_voted_does_not_count(flagged):
    elect(flagged)
    flagged.meeting.cancel("Sai thành phần", flagged.cast.officer)
    assert said_on_stage(flagged, "Ash", "not_proposed_for", "FLAG")[0]
    assert not said_on_stage(flagged, "Ash", "leads_the_block")[0]


def test_every_rule_says_what_its_parameter_is():
    assert set(TAKES) == set(RULES)


@pytest.mark.parametrize(("language", "sentence"), [
    ("en", "Line I.1: 49/50 = 98,00% – not over-fulfilled"),
    ("vi", "Mục I.1: 49/50 = 98,00% – không vượt"),
])  # fmt: skip
def test_the_page_answers_in_its_reader_s_language_and_the_minutes_in_that_of_record(
    year, as_, language, sentence
):
    year.award.requirements.create(rule="over_fulfilled", parameter="I.1")
    browser = as_(year.people["TTTT"], language)
    page = browser.get(reverse("show_eligibility", args=[year.season.pk])).content.decode()
    assert sentence in page
    card = next(c for c in requirements.cards_of(year.season) if c.unit == year.units["TTTT"])
    with override("vi"):
        ((_asked, said),) = requirements.answers(card, year.award)
    assert said.sentence == "mục I.1: 49/50 = 98,00% – không vượt"
