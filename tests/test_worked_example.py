"""The worked example, played through the models' verbs: points, totals, ranks, votes, outcomes.

The year 2021 of the five public-service units; the expected figures are those of the example.
"""

from decimal import Decimal

import pytest
from django.db import transaction

from awards import requirements
from awards.models import Award, Question
from awards.tally import Verdict
from emulation.demo.ttcp_2021 import TheYear
from scoring.board import Board
from scoring.models import Scorecard
from scoring.phases import Column

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def year(django_db_setup, django_db_blocker):
    """The whole year, played once for all the tables below."""
    with django_db_blocker.unblock(), transaction.atomic():
        played = TheYear(lambda _line: None)
        played.play()
        yield played
        transaction.set_rollback(True)


# fmt: off
LINES = ["I.1", "I.2", "I.3", "II.1", "II.2", "II.3", "III.1", "III.2", "III.3", "III.4"]
POINTS = [
    # unit      I.1      I.2      I.3      II.1     II.2    II.3    III.1   III.2   III.3   III.4
    ("TTTT",  "29.40", "10.00", "20.00", "10.00", "4.00", "5.00", "5.00", "4.50", "5.00", "5.00"),
    ("TCBTT", "30.00", "8.75",  "20.00", "10.00", "5.00", "5.00", "5.00", "5.00", "5.00", "5.00"),
    ("VCLKH", "30.00", "10.00", "20.00", "10.00", "5.00", "5.00", "5.00", "4.50", "5.00", "5.00"),
    ("BTT",   "28.80", "9.00",  "20.00", "9.62",  "4.00", "5.00", "5.00", "5.00", "3.75", "2.50"),
    ("TCTT",  "27.50", "10.00", "12.00", "9.44",  "2.00", "4.00", "3.00", "3.50", "5.00", "2.50"),
]
TOTALS = [
    # unit      main     bonus   penalty  verified   self      section I
    ("TTTT",  "97.90", "2.00", "0",    "99.90",  "101.00", "59.40"),
    ("TCBTT", "98.75", "4.25", "0",    "103.00", "104.25", "58.75"),
    ("VCLKH", "99.50", "3.50", "0",    "103.00", "103.50", "60.00"),
    ("BTT",   "92.67", "0",    "0",    "92.67",  "96.42",  "57.80"),
    ("TCTT",  "78.94", "0",    "3.00", "75.94",  "80.94",  "49.50"),
]
RANKS = [
    # unit    rank  class         decided by    rank without tie rules
    ("VCLKH", 1, "Xuất sắc", "section I", 1),
    ("TCBTT", 2, "Xuất sắc", "section I", 1),
    ("TTTT",  3, "Xuất sắc", "",          3),
    ("BTT",   4, "Xuất sắc", "",          4),
    ("TCTT",  5, "Khá",      "",          5),
]
SETTLERS = [
    # the card  inspected by  settled by
    ("TTTT",  "TCTT",  "TCBTT"),    # the head's own: the deputy
    ("TCBTT", "TTTT",  "officer"),  # the deputy's own, inspected by the head: an officer
    ("VCLKH", "TCBTT", "TTTT"),
    ("BTT",   "VCLKH", "TTTT"),
    ("TCTT",  "BTT",   "TTTT"),
]
COUNTS = [
    # question      issued returned valid spoiled
    ("TTCP_FLAG",  5, 5, 5, 0),
    ("TTCP_MERIT", 5, 5, 5, 0),
    ("head",       5, 5, 5, 0),
    ("deputy",     5, 5, 5, 0),
]
OUTCOMES = [
    # question      unit    yes  base  verdict             reserve
    ("TTCP_FLAG",  "VCLKH", 4, 5, Verdict.ELECTED,     None),
    ("TTCP_FLAG",  "TCBTT", 1, 5, Verdict.NOT_ELECTED, None),
    ("TTCP_MERIT", "TCBTT", 5, 5, Verdict.ELECTED,     None),
    ("TTCP_MERIT", "TTTT",  4, 5, Verdict.ELECTED,     None),
    ("TTCP_MERIT", "BTT",   4, 5, Verdict.RESERVE,     1),
    ("head",       "TCBTT", 5, 5, Verdict.ELECTED,     None),
    ("deputy",     "VCLKH", 5, 5, Verdict.ELECTED,     None),
]
MAY_STAND = [
    # award                  who meets every condition
    ("TTCP_FLAG",            {"TCBTT", "VCLKH"}),
    ("TTCP_MERIT",           {"TTTT", "TCBTT", "BTT"}),  # VCLKH has the flag
    ("EXCELLENT_COLLECTIVE", {"TTTT", "TCBTT", "VCLKH"}),
    ("GOV_FLAG",             {"VCLKH"}),                 # registered, and leads the block
]
# fmt: on


def card_of(year, code) -> Scorecard:
    return Scorecard.objects.for_sheet().get(season=year.season, unit=year.played[code].unit)


def question_of(year, key) -> Question:
    return next(
        question
        for question in year.held.questions.all()
        if key in (question.office, question.award and question.award.code)
    )


@pytest.mark.parametrize(("code", "points"), [(code, points) for code, *points in POINTS])
def test_the_points_of_each_line(year, code, points):
    card = card_of(year, code)
    scores = card.total(Column.FINAL).scores
    by_code = {c.code: scores[c.pk].points for c in year.season.scale.criteria_in_order}
    assert {line: by_code[line] for line in LINES} == {
        line: Decimal(expected) for line, expected in zip(LINES, points, strict=True)
    }


@pytest.mark.parametrize(
    ("code", "main", "bonus", "penalty", "verified", "claimed", "section"), TOTALS
)
def test_the_totals_of_each_card(year, code, main, bonus, penalty, verified, claimed, section):
    card = card_of(year, code)
    total = card.total(Column.FINAL)
    assert (total.main, total.bonus, total.penalty, total.total) == tuple(
        map(Decimal, (main, bonus, penalty, verified))
    )
    assert card.total(Column.CLAIMED).total == Decimal(claimed)
    top = year.season.scale.criteria_in_order[0]
    assert (top.code, total.scores[top.pk].points) == ("I", Decimal(section))


@pytest.mark.parametrize(("code", "rank", "grade", "decided_by", "without_rules"), RANKS)
def test_the_rank_and_class_of_each_card(year, code, rank, grade, decided_by, without_rules):
    standing = year.season.current_ranking.standings.get(card__unit=year.played[code].unit)
    assert (standing.rank, standing.grade, standing.decided_by) == (rank, grade, decided_by)
    season = type(year.season).objects.for_page().get(pk=year.season.pk)
    season.rules.tie_rules = []
    ranks = {row.card.unit_id: row.rank for row in Board.of(season, Column.FINAL).rows}
    assert ranks[year.played[code].unit.pk] == without_rules


@pytest.mark.parametrize(("code", "inspector", "settler"), SETTLERS)
def test_who_inspects_and_who_settles_each_card(year, code, inspector, settler):
    card = card_of(year, code)
    assert [i.unit for i in card.inspectors] == [year.played[inspector].unit]
    expected = None if settler == "officer" else year.played[settler].unit
    assert card.settler == expected


def test_who_was_late_is_stamped_with_the_late_days(year):
    late = {
        code: sum(card_of(year, code).filing(c).late_days for c in (Column.TARGET, Column.AIM))
        for code in year.played
    }
    assert late == {"TTTT": 0, "TCBTT": 0, "VCLKH": 0, "BTT": 0, "TCTT": 4}


@pytest.mark.parametrize(("key", "issued", "returned", "valid", "spoiled"), COUNTS)
def test_the_ballots_of_each_question_reconcile(year, key, issued, returned, valid, spoiled):
    question = question_of(year, key)
    assert (question.issued, question.returned, question.valid, question.spoiled) == (
        issued, returned, valid, spoiled,
    )  # fmt: skip


@pytest.mark.parametrize(("key", "code", "yes", "base", "verdict", "reserve"), OUTCOMES)
def test_the_outcome_of_each_candidate(year, key, code, yes, base, verdict, reserve):
    outcome = question_of(year, key).outcomes.get(candidate__unit=year.played[code].unit)
    assert (outcome.yes, outcome.base, outcome.verdict, outcome.reserve) == (
        yes, base, verdict, reserve,
    )  # fmt: skip


def test_every_outcome_of_the_year_is_in_the_table(year):
    codes = {played.unit.pk: code for code, played in year.played.items()}
    listed = {
        (question.office or question.award.code, codes[outcome.candidate.unit_id])
        for question in year.held.questions.all()
        for outcome in question.outcomes.select_related("candidate")
    }
    assert listed == {row[:2] for row in OUTCOMES}


def test_the_tie_of_the_certificates_is_decided_by_the_verified_score(year):
    outcome = question_of(year, "TTCP_MERIT").outcomes.get(candidate__unit=year.played["TTTT"].unit)
    assert outcome.sentence == (
        "Trung tâm Thông tin: 04/05 phiếu đồng ý, đạt 80,00% tổng số đơn vị thành viên "
        "(quy định từ 70% trở lên) – bằng phiếu, xét điểm thẩm định 99,90 > 92,67, được đề nghị."
    )


@pytest.mark.parametrize(("award", "standing"), MAY_STAND)
def test_who_meets_the_conditions_of_each_award(year, award, standing):
    with year_end():
        asked = Award.objects.of(year.authority, year.held.starts_at.date()).get(code=award)
        codes = {played.unit.pk: code for code, played in year.played.items()}
        found = requirements.eligible_units(year.season, asked)
        assert {codes[unit.pk] for unit in found} == standing


def year_end():
    from datetime import date

    from blocks import clock

    return clock.standing_on(date(2021, 12, 4))
