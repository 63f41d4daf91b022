"""What the papers of cards and of the board state, and when a final one gives way to another."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import connection, transaction
from django.db.models import F
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from blocks import clock, paper_facts
from blocks.models import Seat, User
from emulation.printing import finalise
from scoring.models import Entry, Ranking, Scorecard, Season, SheetPaper
from scoring.papers import (
    board_facts,
    board_of,
    registration_facts,
    registration_of,
    score_lines,
    score_table_facts,
    score_table_of,
)
from scoring.phases import Column, Phase
from tests.conftest import make_cast, put_in_phase
from tests.factories import AwardFactory
from tests.scoring.worked import settle_all, worked_example


@pytest.fixture
def year(db):
    """The worked example with its ranking fixed."""
    on = worked_example(tie_rules=["section I", "fewer penalties"])
    with clock.standing_on(date(2021, 11, 20)):
        settle_all(on.season)
    with clock.standing_on(date(2021, 11, 22)):
        Ranking.fix(on.season, on.people["TTTT"].seats.get())
    on.cards = {card.unit.short_name: card for card in Scorecard.objects.for_sheet()}
    return on


def keys_of(kind):
    every = set(kind.__annotations__) | set(paper_facts.PaperFacts.__annotations__)
    return every - {"replaces"}  # only of a paper that takes another's place


def register(cast, target=10):
    cast.card.write(cast.ash, Column.TARGET, {cast.lines.plan.pk: {"target": Decimal(target)}})
    cast.card.aims.create(award=AwardFactory(name="Cờ thi đua"), seat=cast.ash.seats.get())


def sending(cast):
    """Send the registered targets, by the principal."""
    filing = cast.card.filing_of(cast.ash.seats.get(), Column.TARGET)
    filing.send(cast.ash.seats.get())
    cast.card = Scorecard.objects.get(pk=cast.card.pk)
    return filing


def test_six_month_results_head_bonus_and_penalty_which_no_section_holds(db):
    cast = make_cast(more_lines=2)
    put_in_phase(cast, Phase.EXECUTION)
    card = Scorecard.objects.for_sheet().get(pk=cast.card.pk)
    rows = [(row["code"], row["name"]) for row in score_lines(card, (Column.INTERIM,))]
    assert [code or name for code, name in rows] == [
        "I", "II", "I.1", "I.2", "II.1", "II.2", "Điểm thưởng", "B.1", "Điểm trừ", "P.0", "P.1",
    ]  # fmt: skip


def test_a_registration_states_targets_and_who_signs_and_no_titles(cast, in_phase):
    in_phase(Phase.REGISTRATION)
    register(cast)
    facts = registration_facts(cast.card)
    assert set(facts) == keys_of(paper_facts.RegistrationFacts)
    assert [(line["code"], line["target"]) for line in facts["lines"]] == [("I", ""), ("I.1", "10")]
    assert "titles" not in facts  # they are sent, signed and printed by themselves
    assert facts["signature"]["lines"] == ["Chánh Thanh tra"]
    assert facts["signature"]["name"] == "Ông Ash"
    assert facts["date"] == ""  # not sent yet


@pytest.mark.parametrize(
    ("position", "lines"),
    [
        ("Phó Chánh Thanh tra", ["KT. Chánh Thanh tra", "Phó Chánh Thanh tra"]),
        ("phó giám đốc huyện Ash", ["KT. Giám đốc", "phó giám đốc"]),
        ("Phó", ["Phó"]),
        ("Giám đốc", ["Giám đốc"]),
    ],
)
def test_a_deputy_principal_signs_for_the_principal(cast, in_phase, position, lines):
    in_phase(Phase.REGISTRATION)
    Seat.objects.filter(person=cast.ash).update(position=position)
    cast.ash = User.objects.get(pk=cast.ash.pk)
    register(cast)
    sending(cast)
    assert registration_facts(cast.card)["signature"]["lines"] == lines


def test_a_sheet_bears_the_code_of_what_it_says(cast, in_phase):
    in_phase(Phase.REGISTRATION)
    register(cast)
    first = registration_facts(cast.card)["code"]
    assert first == cast.card.content_code(Column.TARGET)
    cast.card.write(cast.ash, Column.TARGET, {cast.lines.plan.pk: {"target": Decimal(11)}})
    again = Scorecard.objects.get(pk=cast.card.pk)
    assert registration_facts(again)["code"] == again.content_code(Column.TARGET) != first


SHEET_COLUMNS = [
    (Column.CLAIMED, ["claimed"], 2),
    (Column.FOUND, ["claimed", "found"], 2),
    (Column.FINAL, ["claimed", "found", "final"], 3),
]


@pytest.mark.parametrize(("column", "columns", "signatures"), SHEET_COLUMNS)
def test_a_score_table_prints_the_columns_up_to_the_one_asked(year, column, columns, signatures):
    facts = score_table_facts(year.cards["TTTT"], column)
    assert set(facts) == keys_of(paper_facts.ScoreTableFacts)
    assert facts["columns"] == columns
    assert all(list(line["columns"]) == columns for line in facts["lines"])
    assert len(facts["signatures"]) == signatures


TOTALS = [
    # unit     claimed     final      difference
    ("TTTT",  "101,00",  "99,90",  "−1,10"),
    ("TCBTT", "104,25", "103,00",  "−1,25"),
    ("VCLKH", "103,50", "103,00",  "−0,50"),
    ("BTT",    "96,42",  "92,67",  "−3,75"),
    ("TCTT",   "80,94",  "75,94",  "−5,00"),
]  # fmt: skip


@pytest.mark.parametrize(("code", "claimed", "final", "difference"), TOTALS)
def test_the_score_table_of_each_unit_adds_up_to_the_worked_example(
    year, code, claimed, final, difference
):
    facts = score_table_facts(year.cards[code], Column.FINAL)
    total = facts["lines"][-1]
    assert (total["kind"], total["max"]) == ("total", "100")  # as on the screen: bonus is beyond it
    assert [total["columns"][c]["points"] for c in ("claimed", "final")] == [claimed, final]
    assert total["difference"] == difference


def test_the_sheet_of_a_unit_never_prints_its_rank_which_the_head_alone_may_read_yet(year, as_):
    card = year.cards["VCLKH"]
    page = as_(year.people["VCLKH"]).get(f"/cards/{card.pk}/print/final/").content.decode()
    assert "103,00" in page
    assert "Xếp hạng: " not in page


def test_a_line_prints_its_result_its_derivation_and_a_penalty_s_effect(year):
    lines = {
        line["code"]: line for line in score_table_facts(year.cards["TTTT"], Column.FINAL)["lines"]
    }
    assert lines["I.1"]["columns"]["final"] == {"result": "49/50", "points": "29,40"}
    assert lines["I.1"]["derivation"] == "49/50 × 30 = 29,40"
    assert lines["I.1"]["difference"] == "−0,60"
    rows = score_table_facts(year.cards["TCTT"], Column.FINAL)["lines"]
    penal = {line["code"]: line for line in rows}
    assert penal["P.3"]["columns"]["final"]["points"] == "−3,00"
    assert penal["P.3"]["difference"] == "−3,00"
    (summed,) = (line for line in rows if line["name"] == "Điểm trừ")
    assert (summed["columns"]["final"]["points"], summed["difference"]) == ("−3,00", "−3,00")


def test_a_line_s_reason_is_the_settler_s_word_before_the_inspectors(year):
    entries = Entry.objects.filter(card=year.cards["TTTT"], criterion__code="I.1")
    entries.filter(column=Column.FOUND).update(note="Đoàn kiểm tra ghi.")
    card = Scorecard.objects.for_sheet().get(pk=year.cards["TTTT"].pk)

    def reason(column):
        lines = score_table_facts(card, column)["lines"]
        return next(line["reason"] for line in lines if line["code"] == "I.1")

    assert reason(Column.FINAL) == "Đoàn kiểm tra ghi."
    entries.filter(column=Column.FINAL).update(note="Kết luận ghi.")
    card = Scorecard.objects.for_sheet().get(pk=year.cards["TTTT"].pk)
    assert reason(Column.FINAL) == "Kết luận ghi."
    assert reason(Column.FOUND) == "Đoàn kiểm tra ghi."
    assert reason(Column.CLAIMED) == ""


def test_the_board_prints_every_unit_in_official_order_and_says_what_parted_a_tie(year):
    facts = board_facts(year.season)
    assert set(facts) | {"code"} == keys_of(paper_facts.BoardFacts)
    assert [unit["short"] for unit in facts["units"]] == ["TTTT", "TCBTT", "VCLKH", "BTT", "TCTT"]
    rows = {line["kind"]: line["values"] for line in facts["lines"][-3:]}
    assert rows["total"] == ["99,90", "103,00", "103,00", "92,67", "75,94"]
    assert rows["rank"] == ["3", "2", "1", "4", "5"]
    assert rows["klass"] == ["Xuất sắc"] * 4 + ["Khá"]
    assert facts["notes"] == [
        "Thanh tra huyện VCLKH và Thanh tra huyện TCBTT cùng đạt 103,00 điểm; "
        "xếp thứ tự theo điểm mục I (60,00 so với 58,75)"
    ]


def test_the_rows_of_the_board_add_up_to_its_totals(year):
    rows = board_facts(year.season)["lines"]

    def number(text):
        return Decimal(text.replace("−", "-").replace(",", ".")) if text else Decimal(0)

    for place in range(5):
        of = {kind: [number(row["values"][place]) for row in rows if row["kind"] == kind]
              for kind in ("section", "line", "bonus", "penalty", "total")}  # fmt: skip
        assert sum(of["section"]) == sum(of["line"] + of["bonus"] + of["penalty"])
        assert [sum(of["section"])] == of["total"]


def test_what_no_rule_parts_shares_its_rank_and_the_board_says_so(db):
    on = worked_example(tie_rules=[])
    settle_all(on.season)
    Ranking.fix(on.season, on.people["TTTT"].seats.get())
    (note,) = board_facts(on.season)["notes"]
    assert note.endswith("cùng đạt 103,00 điểm, đồng hạng 1")


def test_a_unit_that_was_excused_is_not_ranked_and_the_board_says_why(year):
    year.season.waivers.create(
        unit=year.units["BTT"], column=Column.CLAIMED, reason="Đang sắp xếp lại tổ chức",
        by=year.officer.seats.get(),
    )  # fmt: skip
    with clock.standing_on(date(2021, 11, 23)):
        Ranking.fix(year.season, year.people["TTTT"].seats.get(), "Một đơn vị không gửi")
    facts = board_facts(year.season)
    ranks = next(line["values"] for line in facts["lines"] if line["kind"] == "rank")
    assert ranks == ["3", "2", "1", "", "4"]
    assert any("không xếp hạng, lý do: Đang sắp xếp lại tổ chức" in note for note in facts["notes"])


def test_there_is_one_draft_of_a_sheet_and_it_follows_the_figures(cast, in_phase):
    in_phase(Phase.REGISTRATION)
    register(cast)
    first = registration_of(cast.card)
    cast.card.write(cast.ash, Column.TARGET, {cast.lines.plan.pk: {"target": Decimal(12)}})
    again = registration_of(Scorecard.objects.get(pk=cast.card.pk))
    assert again.pk == first.pk
    assert [line["target"] for line in again.facts["lines"]] == ["", "12"]


def test_a_final_sheet_stays_until_the_unit_sends_its_figures_anew(cast, in_phase):
    in_phase(Phase.REGISTRATION)
    register(cast)
    filing = sending(cast)
    first = registration_of(cast.card)
    finalise(first, cast.ash)
    card = Scorecard.objects.get(pk=cast.card.pk)
    assert registration_of(card).pk == first.pk
    filing.sent_at = clock.now() + timedelta(minutes=5)
    filing.save(update_fields=["sent_at"])
    another = registration_of(Scorecard.objects.get(pk=cast.card.pk))
    assert (another.final, another.replaces_id) == (False, first.pk)
    assert SheetPaper.objects.get(pk=first.pk).final


@pytest.fixture
def issued(year):
    """The board was issued, before the ranking is fixed anew."""
    with clock.standing_on(date(2021, 11, 22)):
        year.board = board_of(year.season)
        year.board.finalise(b"%PDF-1.7", year.people["TTTT"])
    return year


def fixed_anew(year, *, otherwise):
    """Fix the ranking anew two days later, where a figure is ``otherwise`` or none is."""
    line = year.season.scale.criteria.get(code="I.2")
    of = year.cards["TCBTT"].entries.filter(criterion=line, column=Column.FINAL)
    of.update(actual=F("actual") - 1 if otherwise else F("actual"))
    with clock.standing_on(date(2021, 11, 24)):
        Ranking.fix(year.season, year.people["TTTT"].seats.get(), "Tính lại")


@pytest.mark.parametrize("otherwise", [False, True])
def test_a_final_board_gives_way_when_the_ranking_is_fixed_otherwise(issued, otherwise):
    fixed_anew(issued, otherwise=otherwise)
    now = board_of(issued.season)
    assert (now.replaces_id == issued.board.pk) is otherwise
    assert (now == issued.board) is not otherwise


@pytest.mark.parametrize("otherwise", [False, True])
def test_a_board_that_states_another_ranking_is_told_to_who_issues_it(issued, as_, otherwise):
    fixed_anew(issued, otherwise=otherwise)
    season, head = issued.season, as_(issued.people["TTTT"])
    here, printed = issued.board.get_absolute_url(), reverse("print_board", args=[season.pk])
    move = reverse("move_season", args=[season.pk, Phase.MEETING])
    pages = [head.get(url).content.decode() for url in (here, move, season.get_absolute_url(), "/")]
    told = "fixed anew with other figures"
    assert [told in page and f'href="{printed}"' in page for page in pages] == [otherwise] * 4
    assert head.post(move).status_code == 302
    page = as_(issued.people["BTT"]).get(here).content.decode()
    assert (told in page, f'href="{printed}"' in page) == (otherwise, False)
    if otherwise:
        board_of(season).finalise(b"%PDF-1.7", issued.people["TTTT"])
    assert not any(told in head.get(url).content.decode() for url in (here, "/"))


def test_a_board_that_was_issued_says_that_its_ranking_rests_once_the_year_goes_back(issued, as_):
    pages = [issued.board.get_absolute_url(), reverse("print_board", args=[issued.season.pk])]
    told = "does not stand until every sheet is settled"

    def said():
        head = as_(issued.people["TTTT"])
        return [told in head.get(page).content.decode() for page in pages]

    assert said() == [False, False]
    season = Season.objects.get(pk=issued.season.pk)
    season.go_back(issued.people["TTTT"].seats.get(), "Kiểm tra lại", Phase.INSPECTION)
    assert said() == [True, True]


def queries(facts_of, units, lines):
    """How many queries the facts cost in a block so large with a scale so long."""
    with transaction.atomic():
        cast = make_cast(more_units=units, more_lines=lines)
        put_in_phase(cast, Phase.MEETING)
        card = Scorecard.objects.for_sheet().get(pk=cast.card.pk)
        with CaptureQueriesContext(connection) as asked:
            facts_of(card)
        transaction.set_rollback(True)
    return len(asked)


@pytest.mark.parametrize(
    "facts_of",
    [
        registration_facts,
        lambda card: score_table_facts(card, Column.FINAL),
        lambda card: board_facts(card.season),
    ],
    ids=["registration", "score table", "board"],
)
def test_gathering_costs_the_same_for_many_units_and_many_lines(db, facts_of):
    assert queries(facts_of, 0, 0) == queries(facts_of, 6, 12)


def test_a_claim_s_table_shows_nothing_of_what_was_found(year):
    facts = score_table_facts(year.cards["TTTT"], Column.CLAIMED)
    assert "29,40" not in str(facts)
    assert score_table_of(year.cards["TTTT"], Column.CLAIMED).column == Column.CLAIMED
