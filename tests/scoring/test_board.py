"""What the cards come to, side by side; who reads it when; how each number came about."""

import html
import re
import zipfile
from decimal import Decimal
from io import BytesIO
from types import SimpleNamespace

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import translation
from openpyxl import load_workbook

from awards.papers.minutes import scores_facts
from blocks import clock
from scoring.board import Board
from scoring.methods import Method
from scoring.models import Entry, Exemption, Filing, Ranking, Scorecard, Season
from scoring.papers import board_facts, results_of, score_table_facts
from scoring.phases import Column, Phase
from scoring.views.board import bars
from scoring.workbook import Head, Table, workbook
from tests.conftest import make_cast, put_in_phase
from tests.factories import CriterionFactory, ScaleFactory, SeasonFactory, SeasonRulesFactory
from tests.scoring.worked import CODES, sent, settle_all, worked_example


@pytest.fixture(autouse=True)
def _in_english():
    with translation.override("en"):
        yield


@pytest.fixture
def year(db):
    return worked_example(Phase.MEETING)


def in_phase(year, phase):
    Season.objects.filter(pk=year.season.pk).update(phase=phase)
    return Season.objects.get(pk=year.season.pk)


def page_of(as_, user, season, **chosen):
    return as_(user).get(reverse("show_board", args=[season.pk]), chosen).content.decode()


def rows_of(page):
    """The cells of the first table's rows, as text."""
    body = re.search(r"<tbody>(.*?)</tbody>", page, re.DOTALL)
    rows = re.findall(r"<tr.*?</tr>", body[1], re.DOTALL) if body else []
    return [
        [_text(cell) for cell in re.findall(r"<t[dh].*?>(.*?)</t[dh]>", row, re.DOTALL)]
        for row in rows
    ]


def _text(cell):
    shown = re.sub(r'<span class="d-md-none">.*?</span>', "", cell)
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", shown)).split())


def units_of(page):
    return {row[1] for row in rows_of(page)}


# The numbers of the worked example

BOARD = [
    # rank  unit      I        II       III      bonus   penalty  total     ±claim   class
    ["1", "VCLKH", "60,00", "20,00", "19,50", "3,50", "0,00", "103,00", "−0,50", "Xuất sắc",
     "rank 1: equal totals, decided by higher score in section I"],
    ["2", "TCBTT", "58,75", "20,00", "20,00", "4,25", "0,00", "103,00", "−1,25", "Xuất sắc",
     "rank 2: equal totals, decided by higher score in section I"],
    ["3", "TTTT", "59,40", "19,00", "19,50", "2,00", "0,00", "99,90", "−1,10", "Xuất sắc", ""],
    ["4", "BTT", "57,80", "18,62", "16,25", "0,00", "0,00", "92,67", "−3,75", "Xuất sắc", ""],
    ["5", "TCTT", "49,50", "15,44", "14,00", "0,00", "3,00", "75,94", "−5,00", "Khá", ""],
]  # fmt: skip


@pytest.mark.parametrize("fixed", [False, True])
def test_the_board_of_the_worked_example(db, as_, fixed):
    year = worked_example(Phase.SETTLEMENT)
    if fixed:
        settle_all(year.season)
        Ranking.fix(year.season, year.people["TTTT"].seats.get())
    season = in_phase(year, Phase.MEETING)
    page = page_of(as_, year.people["BTT"], season)
    assert rows_of(page) == BOARD
    assert ("Ranking fixed" in page) is fixed
    assert ("Provisional" in page) is not fixed


def test_the_claims_have_their_own_order(year, as_):
    rows = rows_of(page_of(as_, year.people["BTT"], year.season, column="claimed"))
    assert [(row[0], row[1], row[7]) for row in rows] == [
        ("1", "TCBTT", "104,25"),
        ("2", "VCLKH", "103,50"),
        ("3", "TTTT", "101,00"),
        ("4", "BTT", "96,42"),
        ("5", "TCTT", "80,94"),
    ]


def test_both_columns_stand_side_by_side(year, as_):
    rows = rows_of(page_of(as_, year.people["BTT"], year.season, column="both"))
    assert rows[2] == [
        "3", "TTTT", "59,40 60,00", "19,00 19,00", "19,50 20,00", "2,00 2,00", "0,00 0,00",
        "99,90", "101,00", "−1,10", "Xuất sắc", "",
    ]  # fmt: skip


def test_the_other_way_round_criteria_are_rows_and_units_stand_in_official_order(year, as_):
    page = page_of(as_, year.people["BTT"], year.season, view="criteria")
    assert re.findall(r'<th scope="col" class="num">(\w+)</th>', page)[1:] == CODES
    rows = {row[0]: row[3:] for row in rows_of(page)}
    assert rows["I"] == ["59,40", "58,75", "60,00", "57,80", "49,50"]
    assert rows["II.1"] == ["10,00", "10,00", "10,00", "9,62", "9,44"]
    assert rows["B.1"] == ["0,00", "1,25", "0,50", "0,00", "0,00"]
    last = rows_of(page)[-3:]
    assert last[0][3:] == ["99,90", "103,00", "103,00", "92,67", "75,94"]
    assert last[1][3:] == ["3", "2", "1", "4", "5"]
    assert last[2][3:] == ["Xuất sắc", "Xuất sắc", "Xuất sắc", "Xuất sắc", "Khá"]


def test_what_is_still_equal_shares_its_rank_and_the_meeting_decides(db, as_):
    year = worked_example(Phase.MEETING, tie_rules=[])
    rows = rows_of(page_of(as_, year.people["BTT"], year.season))
    assert [row[0] for row in rows] == ["1", "1", "3", "4", "5"]
    assert [row[-1] for row in rows[:3]] == ["shares rank 1; the meeting decides"] * 2 + [""]


@pytest.mark.parametrize("asked", ["nothing", "", "found"])
def test_a_column_nobody_knows_falls_back_to_the_first(year, as_, asked):
    assert rows_of(page_of(as_, year.people["BTT"], year.season, column=asked)) == BOARD


# Fixed and live


def test_the_board_shows_what_was_fixed_and_says_when_figures_have_changed_since(db, as_):
    year = worked_example(Phase.SETTLEMENT)
    settle_all(year.season)
    seat = year.people["TTTT"].seats.get()
    Ranking.fix(year.season, seat)
    line = year.season.scale.criteria.get(code="I.2")
    year.cards["TCBTT"].entries.filter(criterion=line, column=Column.FINAL).update(actual=8)
    page = page_of(as_, year.people["TTTT"], year.season)
    assert rows_of(page) == BOARD
    assert "Figures have changed since" in page
    assert "To be fixed anew" in page
    said = "Số liệu đã thay đổi sau khi chốt xếp hạng; tổng điểm, xếp hạng là kết quả đã chốt."
    assert said in sheet_of(exported(as_, year.people["TTTT"], year.season))["A2"].value
    assert board_facts(year.season)["outdated"] == said
    Ranking.fix(year.season, seat, "Giải trình được chấp nhận")
    assert said not in sheet_of(exported(as_, year.people["TTTT"], year.season))["A2"].value
    assert board_facts(year.season)["outdated"] == ""
    page = page_of(as_, year.people["TTTT"], year.season)
    assert [row[:2] for row in rows_of(page)[:2]] == [["1", "TCBTT"], ["2", "VCLKH"]]
    assert "Giải trình được chấp nhận" in page
    assert "Figures have changed since" not in page
    assert "To be fixed anew" not in page


# Who reads what when

ALL = set(CODES)
READS = [
    # phase              reader      settled             claimed
    (Phase.REGISTRATION, "VCLKH",   set(),              set()),
    (Phase.SELF_SCORING, "VCLKH",   set(),              {"VCLKH"}),
    (Phase.SELF_SCORING, "TTTT",    set(),              {"TTTT"}),
    (Phase.SELF_SCORING, "officer", set(),              set()),
    (Phase.INSPECTION,   "VCLKH",   set(),              {"VCLKH"}),
    (Phase.INSPECTION,   "officer", set(),              set()),
    (Phase.SETTLEMENT,   "VCLKH",   {"VCLKH"},          ALL),
    (Phase.SETTLEMENT,   "TCBTT",   {"TCBTT", "TTTT"},  ALL),  # the deputy settles the head's
    (Phase.SETTLEMENT,   "TTTT",    ALL,                ALL),
    (Phase.SETTLEMENT,   "officer", ALL,                ALL),
    (Phase.MEETING,      "VCLKH",   ALL,                ALL),
    (Phase.CLOSED,       "officer", ALL,                ALL),
]  # fmt: skip


@pytest.mark.parametrize(("phase", "reader", "settled", "claimed"), READS)
def test_who_reads_which_units_on_the_board(db, as_, phase, reader, settled, claimed):
    year = worked_example(phase)
    user = year.officer if reader == "officer" else year.people[reader]
    shown = {}
    for column in ("final", "claimed"):
        page = page_of(as_, user, year.season, column=column)
        on = re.search(r'aria-current="true">([^<]+)<', page)
        shown[on[1] if on else ""] = units_of(page)
    assert shown.get("Settled", set()) == settled
    assert shown.get("Self-scored", set()) == claimed


CLAIMS = "Self-scores of others, and the ranks, stand here from “Explanation, settlement” on."
SETTLED = "Settled points of others, and the ranks, stand here from “Meeting” on."
SHOWN_FROM = [
    # phase              reader     column     what is said                           on sheets
    (Phase.SELF_SCORING, "VCLKH",   "claimed", CLAIMS,                                False),
    (Phase.INSPECTION,   "VCLKH",   "claimed", CLAIMS,                                True),
    (Phase.INSPECTION,   "officer", "claimed", "the others' from the settlement on",  True),
    (Phase.SETTLEMENT,   "VCLKH",   "final",   SETTLED,                               False),
    (Phase.SETTLEMENT,   "TTTT",    "final",   "",                                    False),
    (Phase.MEETING,      "VCLKH",   "claimed", "",                                    False),
]  # fmt: skip


@pytest.mark.parametrize(("phase", "reader", "column", "said", "on_sheets"), SHOWN_FROM)
def test_the_board_says_from_when_the_others_stand_there_and_where_else_they_are_read(
    db, as_, phase, reader, column, said, on_sheets
):
    year = worked_example(phase)
    user = year.officer if reader == "officer" else year.people[reader]
    page = page_of(as_, user, year.season, column=column)
    assert said in page
    assert [each for each in (CLAIMS, SETTLED) if each in page and each != said] == []
    assert ("read on the sheet of each unit" in page) is on_sheets


def test_ranks_are_told_only_to_who_sees_every_unit(db, as_):
    year = worked_example(Phase.SETTLEMENT)
    settle_all(year.season)
    Ranking.fix(year.season, year.people["TTTT"].seats.get())
    rows = rows_of(page_of(as_, year.people["VCLKH"], year.season))
    assert [(row[0], row[1], row[7], row[-1]) for row in rows] == [("–", "VCLKH", "103,00", "")]


@pytest.mark.parametrize(("phase", "offered"), [(Phase.SETTLEMENT, False), (Phase.MEETING, True)])
def test_the_paper_of_the_board_is_offered_to_who_sees_every_unit(db, as_, phase, offered):
    year = worked_example(phase)
    browser, paper = as_(year.people["VCLKH"]), reverse("print_board", args=[year.season.pk])
    page = browser.get(reverse("show_board", args=[year.season.pk])).content.decode()
    assert (f'href="{paper}"' in page) is offered
    assert browser.get(paper).status_code == (200 if offered else 403)


def test_nobody_outside_the_block_sees_that_there_is_a_board(cast, as_):
    address = reverse("show_board", args=[cast.season.pk])
    assert [as_(u).get(address).status_code for u in (cast.ash, cast.dogwood, cast.stranger)] == [
        200, 404, 404,
    ]  # fmt: skip


def test_a_season_without_a_scale_has_an_empty_board(db, as_):
    cast = make_cast()
    Season.objects.filter(pk=cast.season.pk).update(scale=None, phase=Phase.PLANNING)
    assert "Nothing to compare yet" in page_of(as_, cast.ash, cast.season)


# Units that are not ranked


def not_inspected(year, code):
    """Excuse the unit that was to inspect this one; return it."""
    inspector = year.cards[code].inspection.inspectors.get().unit
    Filing.objects.filter(card=year.cards[code], column=Column.FOUND).delete()
    year.season.waivers.create(
        unit=inspector, column=Column.FOUND, reason="Bão lũ.", by=year.people["TTTT"].seats.get()
    )
    return inspector


def test_a_unit_whose_inspectors_were_excused_is_said_not_to_be_inspected(year, as_):
    name = not_inspected(year, "BTT").short_name
    said = f"not inspected ({name} does not send its findings: Bão lũ)"
    remarks = {row[1]: row[-1] for row in rows_of(page_of(as_, year.people["TTTT"], year.season))}
    assert {name for name, words in remarks.items() if said in words} == {"BTT"}
    reason = f"{name} không gửi kết quả kiểm tra: Bão lũ"
    told = f"không được kiểm tra chéo ({reason}), thẩm định trên kết quả đơn vị tự chấm"
    assert [note for note in board_facts(year.season)["notes"] if told in note]


def test_an_excused_unit_stands_last_unranked_with_the_reason(year, as_):
    year.season.waivers.create(
        unit=year.units["VCLKH"],
        column=Column.CLAIMED,
        by=year.people["TTTT"].seats.get(),
        reason="Sáp nhập từ 01/7",
    )
    rows = rows_of(page_of(as_, year.people["BTT"], year.season))
    assert [row[:2] for row in rows] == [
        ["1", "TCBTT"], ["2", "TTTT"], ["3", "BTT"], ["4", "TCTT"], ["–", "VCLKH"],
    ]  # fmt: skip
    assert rows[-1][-1] == "Unranked Sáp nhập từ 01/7"


@pytest.mark.parametrize("says", [False, True])
def test_of_an_excused_unit_that_said_nothing_no_sum_is_told(year, as_, says):
    seat, code = year.people["TTTT"].seats.get(), "VCLKH"
    year.season.waivers.create(
        unit=year.units[code], column=Column.CLAIMED, by=seat, reason="Sáp nhập từ 01/7"
    )
    if not says:
        year.cards[code].entries.exclude(column=Column.TARGET).delete()
    rows = rows_of(page_of(as_, year.people["BTT"], year.season))
    turned = rows_of(page_of(as_, year.people["BTT"], year.season, view="criteria"))
    values = [line["values"][2] for line in board_facts(year.season)["lines"]]
    row = rows_in(sheet_of(exported(as_, year.people["TTTT"], year.season)))[year.units[code].name]
    lines = score_table_facts(Scorecard.objects.get(pk=year.cards[code].pk), Column.FINAL)["lines"]
    points = [line["columns"]["final"]["points"] for line in lines if line["kind"] != "line"]
    stands = scores_facts(year.season, results_of(year.season, clock.today()))["rows"]
    stands = next(each for each in stands if each["unit"] == year.units[code].name)
    told = (set(rows[-1][2:7]), {each[5] for each in turned}, set(values), set(row[2:-1]),
            {*points, lines[-1]["difference"], lines[-1]["derivation"]},
            {*stands["sections"], stands["bonus"], stands["penalty"], stands["total"]})  # fmt: skip
    silent = ({"–"}, {"–"}, {""}, {None, ""}, {"–", ""}, {""})
    assert [one <= none for one, none in zip(told, silent, strict=True)] == [not says] * 6


# A line that is not assigned


def test_a_line_that_is_not_assigned_raises_the_rest_and_is_shown_so(year, as_):
    line = year.season.scale.criteria.get(code="I.2")
    Exemption.objects.create(card=year.cards["TCBTT"], criterion=line)
    page = page_of(as_, year.people["BTT"], year.season)
    row = next(row for row in rows_of(page) if row[1] == "TCBTT")
    # 90 of 90 main points raised to 100
    assert row[2:9] == ["50,00", "20,00", "20,00", "100,00", "4,25", "0,00", "104,25"]
    assert "Main points" in page


def test_a_tie_rule_decides_nothing_on_a_line_that_is_not_everybody_s(db):
    year = worked_example(Phase.MEETING, tie_rules=["criterion I.2"])
    assert ranks(year, "103.00") == {"VCLKH": (1, "criterion I.2"), "TCBTT": (2, "criterion I.2")}
    lines = {line.code: line for line in year.season.scale.criteria.all()}
    Exemption.objects.create(card=year.cards["TCBTT"], criterion=lines["I.2"])
    final = year.cards["VCLKH"].entries.filter(column=Column.FINAL)
    final.filter(criterion=lines["I.1"]).update(actual=45)  # VCLKH gains 0,75 and 0,50
    final.filter(criterion=lines["III.2"]).update(actual=0)
    assert ranks(year, "104.25") == {"VCLKH": (1, None), "TCBTT": (1, None)}


def ranks(year, total):
    board = Board.of(Season.objects.get(pk=year.season.pk), Column.FINAL)
    return {
        row.card.unit.short_name: (row.rank, row.decided_by)
        for row in board.rows
        if row.total.total == Decimal(total)
    }


# The race to the frontrunner


@pytest.fixture
def race(cast):
    """A year with one line, of 20: Ash 12 of 10, Birch 15 of 10, Cedar 10 of 10; all claimed."""
    season = SeasonFactory(
        block=cast.block, year=2027, head=cast.cedar_unit, deputy=cast.birch_unit
    )
    SeasonRulesFactory(season=season, tie_rules=[])
    scale = ScaleFactory(season=season, total=20)
    top = CriterionFactory(
        scale=scale, code="I", name="Thu hồi", method=Method.SECTION, max=20, each=None
    )
    line = CriterionFactory(
        scale=scale, code="I.1", parent=top, method=Method.FRONTRUNNER, max=20, each=None
    )
    scale.lock(cast.cedar_seat)
    on = SimpleNamespace(season=season, top=top, line=line, cards={}, seat=cast.cedar_seat)
    for order, (name, done) in enumerate((("Ash", 12), ("Birch", 15), ("Cedar", 10)), start=1):
        card = season.cards.create(unit=cast.units[name], official_order=order, turn=order)
        on.cards[name] = card
        for column in (Column.CLAIMED, Column.FINAL):
            Entry.objects.create(
                card=card, criterion=line, column=column, actual=done, target=10, seat=on.seat
            )
        sent(card, Column.CLAIMED, card.unit)
    return on


def run(race, phase, column=Column.FINAL):
    """The points of Ash, Birch and Cedar on the one line."""
    Season.objects.filter(pk=race.season.pk).update(phase=phase)
    board = Board.of(Season.objects.get(pk=race.season.pk), column)
    points = {r.card.unit.short_name: r.total.scores[race.line.pk].points for r in board.rows}
    return [None if points[n] is None else str(points[n]) for n in ("Ash", "Birch", "Cedar")]


def waive(race, name):
    race.season.waivers.create(
        unit=race.cards[name].unit, column=Column.CLAIMED, by=race.seat, reason="Sáp nhập"
    )


def test_the_best_over_performer_gets_all_and_the_others_stand_in_between(race):
    assert run(race, Phase.SETTLEMENT) == ["14.00", "20.00", "10.00"]


def test_a_waived_unit_does_not_run(race):
    waive(race, "Birch")
    assert run(race, Phase.SETTLEMENT)[0] == "20.00"


@pytest.mark.parametrize("left_out", ["line", "top"])
def test_a_unit_to_which_the_line_is_not_assigned_does_not_run(race, left_out):
    Exemption.objects.create(card=race.cards["Birch"], criterion=getattr(race, left_out))
    assert run(race, Phase.SETTLEMENT) == ["20.00", None, "10.00"]


def test_the_race_is_not_run_while_somebody_s_facts_are_missing(race):
    race.cards["Cedar"].entries.filter(column=Column.FINAL).update(actual=None)
    assert run(race, Phase.SETTLEMENT) == [None, None, None]
    waive(race, "Cedar")
    assert run(race, Phase.SETTLEMENT)[:2] == ["14.00", "20.00"]


def test_claims_run_once_all_have_filed_and_may_be_read(race, as_, cast):
    assert run(race, Phase.SELF_SCORING, Column.CLAIMED) == [None, None, None]
    assert run(race, Phase.INSPECTION, Column.CLAIMED) == ["14.00", "20.00", "10.00"]
    race.cards["Cedar"].filings.all().delete()
    assert run(race, Phase.INSPECTION, Column.CLAIMED) == [None, None, None]
    page = as_(cast.ash).get(derivation(race.cards["Ash"], "claimed", race.line))
    assert "Computed when all have filed." in page.content.decode()
    waive(race, "Cedar")
    assert run(race, Phase.INSPECTION, Column.CLAIMED)[:2] == ["14.00", "20.00"]


# How a number came about


def derivation(card, column, line=None):
    return reverse("show_derivation", args=[card.pk, column, *([line.pk] if line else [])])


def how_of(as_, user, card, column, line=None):
    return _text(as_(user).get(derivation(card, column, line)).content.decode())


def test_a_line_is_explained_by_its_facts_its_rule_and_its_words(year, as_):
    line = year.season.scale.criteria.get(code="I.1")
    year.cards["TTTT"].entries.filter(criterion=line, column=Column.FOUND).update(
        note="Một sản phẩm chưa nghiệm thu."
    )
    page = how_of(as_, year.people["BTT"], year.cards["TTTT"], "found", line)
    for said in (
        "I.1 Hoàn thành kế hoạch năm",
        "49/50 × 30 = 29,40",
        "Maximum × done ÷ base",
        "97,90 + 2,00 − 0,00 = 99,90",
        "Difference to “Self-scored” −0,60",
        "Một sản phẩm chưa nghiệm thu.",
        "Ông TTTT, TTTT",
    ):
        assert said in page


def test_a_total_is_explained_by_its_lines_each_with_its_own_derivation(year, as_):
    answer = as_(year.people["BTT"]).get(derivation(year.cards["TCTT"], "final"))
    page = answer.content.decode()
    assert "78,94 + 0,00 − 3,00 = 75,94" in page
    lines = year.season.scale.criteria
    for code in ("I", "II", "III", "B.1", "P.3"):
        assert f'href="{derivation(year.cards["TCTT"], "final", lines.get(code=code))}"' in page


def test_an_over_fulfilment_names_the_line_it_reads(year, as_):
    line, other = (year.season.scale.criteria.get(code=code) for code in ("B.1", "I.1"))
    answer = as_(year.people["BTT"]).get(derivation(year.cards["TCBTT"], "final", line))
    assert f'href="{derivation(year.cards["TCBTT"], "final", other)}"' in answer.content.decode()


def test_an_explanation_stands_with_its_answer(year, as_):
    line = year.season.scale.criteria.get(code="I.2")
    card = year.cards["TCBTT"]
    card.explanations.create(
        criterion=line,
        text="Nhiệm vụ được gia hạn.",
        by=year.people["TCBTT"].seats.get(),
        answer="Giữ nguyên.",
        answered_by=year.officer.seats.get(),
        answered_at=clock.now(),
    )
    page = how_of(as_, year.people["BTT"], card, "final", line)
    assert "Nhiệm vụ được gia hạn." in page
    assert "Giữ nguyên." in page


MAY_READ = [
    # phase              reader      interim claimed found  final    of VCLKH's card
    (Phase.SELF_SCORING, "VCLKH",   [200, 200, 403, 403]),
    (Phase.SELF_SCORING, "TCBTT",   [403, 403, 403, 403]),
    (Phase.SELF_SCORING, "officer", [403, 403, 403, 403]),
    (Phase.INSPECTION,   "VCLKH",   [200, 200, 403, 403]),
    (Phase.INSPECTION,   "TCBTT",   [403, 200, 200, 403]),  # it inspects the card
    (Phase.INSPECTION,   "BTT",     [403, 200, 403, 403]),
    (Phase.SETTLEMENT,   "VCLKH",   [200, 200, 200, 200]),
    (Phase.SETTLEMENT,   "TTTT",    [403, 200, 200, 200]),  # head and settler
    (Phase.SETTLEMENT,   "BTT",     [403, 200, 200, 403]),
    (Phase.MEETING,      "BTT",     [403, 200, 200, 200]),
]  # fmt: skip


@pytest.mark.parametrize(("phase", "reader", "statuses"), MAY_READ)
def test_a_derivation_is_read_by_who_reads_the_column(db, as_, phase, reader, statuses):
    year = worked_example(phase)  # nobody sent six-month results
    user = year.officer if reader == "officer" else year.people[reader]
    browser, card = as_(user), year.cards["VCLKH"]
    columns = ("interim", "claimed", "found", "final")
    assert [browser.get(derivation(card, column)).status_code for column in columns] == statuses


@pytest.mark.parametrize("column", ["target", "aim", "nothing"])
def test_a_column_without_points_has_no_derivation(year, as_, column):
    assert as_(year.people["BTT"]).get(derivation(year.cards["BTT"], column)).status_code == 404


def test_a_line_of_another_scale_has_no_derivation_here(year, as_):
    other = CriterionFactory()
    address = derivation(year.cards["BTT"], "final", other)
    assert as_(year.people["BTT"]).get(address).status_code == 404


def test_the_board_links_each_number_to_its_derivation(year, as_):
    page = page_of(as_, year.people["BTT"], year.season)
    section = year.season.scale.criteria.get(code="I")
    for code in CODES:
        assert f'href="{derivation(year.cards[code], "final", section)}"' in page
        total = f'<a class="how" href="{derivation(year.cards[code], "final")}">'
        assert page.count(total) == 4  # the total, bonus, penalty, and against the self-score


# Costs


def test_more_units_and_lines_cost_no_more_queries(db, as_):
    year = worked_example(Phase.MEETING)
    many = make_cast(more_units=27, more_lines=55)
    Entry.objects.bulk_create(
        Entry(card=card, criterion=line, column=column, actual=1, seat=many.cedar_seat)
        for card in many.season.cards.all()
        for line in (*many.lines.more, many.lines.late)
        for column in (Column.CLAIMED, Column.FINAL)
    )
    for card in many.season.cards.all():
        sent(card, Column.CLAIMED, card.unit)
    put_in_phase(many, Phase.MEETING)
    for view in ("units", "criteria"):
        counts = [
            queries_of(as_, user, season, column="both", view=view)
            for user, season in ((year.people["BTT"], year.season), (many.ash, many.season))
        ]
        assert counts[0] == counts[1] <= 17  # of which two count what waits for the reader


def queries_of(as_, user, season, **chosen):
    browser = as_(user)
    with CaptureQueriesContext(connection) as queries:
        answer = browser.get(reverse("show_board", args=[season.pk]), chosen)
    assert answer.status_code == 200
    return len(queries)


# Pictures


def test_the_bars_are_drawn_in_parts_of_the_largest_total():
    assert 'width="50.0"' in bars(Decimal(50), None, Decimal(100))
    drawn = bars(Decimal("103.50"), Decimal("120"), Decimal("120"))
    assert re.findall(r'class="bar-part" y="(\d)" width="([\d.]+)"', drawn) == [
        ("0", "86.3"), ("7", "100.0"),
    ]  # fmt: skip
    assert 'width="0.0"' in bars(Decimal(-1), None, Decimal(0))


def test_a_derivation_tells_a_penalty_below_zero(year, as_):
    card, line = year.cards["TCTT"], year.season.scale.criteria.get(code="P.3")
    where = [card.pk, Column.FINAL]
    browser = as_(year.people["TTTT"])
    of_line = browser.get(reverse("show_derivation", args=[*where, line.pk])).content.decode()
    assert '<p class="figure">−3,00' in of_line
    assert "−3,00" in browser.get(reverse("show_derivation", args=where)).content.decode()


# --- the board as an Excel file -------------------------------------------------------------------


def sheet_of(answer):
    return load_workbook(BytesIO(answer.content)).active


def exported(as_, user, season, **chosen):
    return as_(user).get(reverse("export_board", args=[season.pk]), chosen)


def rows_in(sheet):
    """The values of the rows under the head, by unit."""
    rows = [[cell.value for cell in row] for row in sheet.iter_rows(min_row=7)]
    return {row[1]: row for row in rows}


EXPORTED = [
    # unit    I.1     II.3   bonus  penalty total     (10.4 of the worked example)
    ("TTTT",  29.4,   5,     2,     0,      99.9),
    ("TCBTT", 30,     5,     4.25,  0,      103),
    ("VCLKH", 30,     5,     3.5,   0,      103),
    ("BTT",   28.8,   5,     0,     0,      92.67),
    ("TCTT",  27.5,   4,     0,     3,      75.94),
]  # fmt: skip


@pytest.mark.parametrize(("code", "plan", "rules", "bonus", "penalty", "total"), EXPORTED)
def test_the_workbook_holds_each_unit_s_points_as_numbers(
    year, as_, code, plan, rules, bonus, penalty, total
):
    sheet = sheet_of(exported(as_, year.people["TTTT"], year.season))
    heads = [cell.value for cell in sheet[4]]
    row = rows_in(sheet)[year.units[code].name]
    at = {head: row[place] for place, head in enumerate(heads)}
    assert (at["I.1"], at["II.3"]) == (plan, rules)
    assert row[-6:-3] == [bonus, -penalty, total]


def test_the_workbook_is_set_for_an_office_table_and_a_landscape_page(year, as_):
    answer = exported(as_, year.people["TTTT"], year.season)
    sheet = sheet_of(answer)
    assert answer["Content-Type"].endswith("spreadsheetml.sheet")
    assert ".xlsx" in answer["Content-Disposition"]
    assert "attachment" in answer["Content-Disposition"]
    assert sheet.freeze_panes == "C7"
    assert (sheet.page_setup.orientation, sheet.page_setup.paperSize) == ("landscape", 9)
    assert (sheet.print_title_rows, sheet.print_title_cols) == ("$4:$6", "$A:$B")
    assert {cell.number_format for cell in sheet[7] if isinstance(cell.value, float)} == {
        "[$-42A]#,##0.00"
    }
    assert "tạm tính" in sheet["A2"].value


@pytest.mark.parametrize("start", ["=", "+", "-", "@"])
def test_a_text_of_the_workbook_is_never_a_formula(year, as_, start):
    name = f'{start}HYPERLINK("http://example.org","x")'
    year.units["BTT"].names.update(name=name)
    answer = exported(as_, year.people["TTTT"], year.season)
    found = [cell for cell in sheet_of(answer)["B"] if cell.value == name]
    assert [(cell.data_type, cell.quotePrefix) for cell in found] == [("s", True)]


def test_no_text_anywhere_in_a_workbook_is_a_formula():
    evil = "=1+1"
    heads = [Head(evil, evil, places=None), Head(evil, evil, Decimal(5))]
    content = workbook(Table(evil, evil, heads, [[evil, Decimal("2.5")]]))
    cells = [cell for row in load_workbook(BytesIO(content)).active.iter_rows() for cell in row]
    assert {cell.data_type for cell in cells if cell.value == evil} == {"s"}
    assert [cell.value for cell in cells if isinstance(cell.value, float)] == [2.5]
    assert b"<f>" not in zipfile.ZipFile(BytesIO(content)).read("xl/worksheets/sheet1.xml")


@pytest.mark.parametrize("phase", [Phase.REGISTRATION, Phase.EXECUTION])
def test_nothing_is_exported_before_there_are_figures(year, as_, phase):
    season = in_phase(year, phase)
    assert exported(as_, year.people["BTT"], season).status_code == 403
    page = page_of(as_, year.people["BTT"], season)
    assert reverse("export_board", args=[season.pk]) not in page


def test_the_workbook_holds_no_unit_that_its_reader_does_not_see_on_the_board(year, as_):
    season = in_phase(year, Phase.SELF_SCORING)
    sheet = sheet_of(exported(as_, year.people["BTT"], season))
    assert set(rows_in(sheet)) == {year.units["BTT"].name}
    assert rows_in(sheet)[year.units["BTT"].name][-3] is None  # no rank
    stranger = make_cast().ash
    assert exported(as_, stranger, season).status_code == 404


def test_the_workbook_says_which_column_it_holds(year, as_):
    answer = exported(as_, year.people["TTTT"], year.season, column="claimed")
    sheet = sheet_of(answer)
    assert "Đơn vị tự chấm" in sheet["A2"].value
    assert rows_in(sheet)[year.units["TTTT"].name][-4] == 101


def test_the_workbook_of_both_columns_holds_each_claim_beside_what_was_settled(year, as_):
    sheet = sheet_of(exported(as_, year.people["TTTT"], year.season, column="both"))
    row = rows_in(sheet)[year.units["TTTT"].name]
    at = {cell.value: row[place] for place, cell in enumerate(sheet[5])}
    assert (at["Tổng điểm"], at["Tổng điểm (tự chấm)"]) == (99.9, 101)
    section = next(place for place, cell in enumerate(sheet[4]) if cell.value == "I")
    assert row[section : section + 2] == [59.4, 60]
    assert "cạnh đó là Đơn vị tự chấm" in sheet["A2"].value


@pytest.mark.parametrize("view", ["units", "criteria"])
def test_while_it_is_settled_a_board_asks_the_database_fifteen_times(
    db, as_, django_assert_max_num_queries, view
):
    year = worked_example(Phase.SETTLEMENT)
    line = year.season.scale.criteria.get(code="I.2")
    changed = Entry.objects.filter(criterion=line, column=Column.FINAL)
    changed.filter(card=year.cards["TCBTT"]).update(actual=8)
    not_inspected(year, "BTT")
    officer, board = as_(year.officer), reverse("show_board", args=[year.season.pk])
    officer.get(board)  # what a locked scale says is read once a process
    with django_assert_max_num_queries(15):
        officer.get(board, {"view": view})
