"""What a sheet shows, what a cell answers, and how it is handed up, sent and taken back."""

import re
from datetime import date
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import translation

from blocks import clock
from scoring.acts import copy_found_to_final
from scoring.card_sheet import NUMBER
from scoring.forms import ValueForm
from scoring.methods import Method
from scoring.models import (
    Entry,
    Evidence,
    Exemption,
    Filing,
    PhaseDate,
    Scorecard,
    Season,
    SeasonRules,
    StaffFigures,
)
from scoring.papers import CALLED, results_of, score_lines
from scoring.phases import COLUMN_PHASE, Column, FilingState, Phase
from scoring.sheet import Cell
from tests.conftest import TODAY, a_scale, make_cast, put_in_phase
from tests.factories import CriterionFactory, ScaleFactory, SeasonFactory, SeasonRulesFactory
from tests.scoring.worked import sent, worked_example


def key(line, name="actual"):
    return f"c{line.pk}-{name}"


def address(card, column, act=""):
    page = "submit/" if act else ""
    return f"/cards/{card.pk}/{page}?column={column}" + (f"&act={act}" if act else "")


def post(browser, card, column, name, typed, was="", *, htmx=True):
    """Post one cell as the page does, or the same as a form without JavaScript."""
    headers = {"HX-Request": "true"} if htmx else {}
    return browser.post(address(card, column), {name: typed, f"was-{name}": was}, headers=headers)


def entry(card, line, column):
    return Entry.objects.get(card=card, criterion=line, column=column)


def cell(answer, name):
    """The mark of one cell in an answer: its class and its words."""
    found = re.search(rf'<output class="said ?([a-z]*)" id="{name}-said"[^>]*>(.*?)</output>',
                      answer.content.decode(), re.S)  # fmt: skip
    return (found[1], found[2].strip()) if found else None


def output(answer, name):
    """The words of an output of an answer, without marks."""
    found = re.search(rf'<output id="{name}"[^>]*>(.*?)</output>', answer.content.decode(), re.S)
    return " ".join(re.sub(r"<[^>]+>", " ", found[1]).split()) if found else None


def remarked(answer, line):
    """What is remarked of a line's figures; None where nothing can be."""
    found = re.search(rf'id="remark-{line.pk}"[^>]*>(.*?)</output>', answer.content.decode())
    return found[1] if found else None


def held(page, name):
    """What a field of a page holds."""
    field = re.search(rf'<input[^>]* name="{name}"[^>]*>', page)[0]
    return re.search(r' value="([^"]*)"', field)[1]


def fill(cast, user, column, **more):
    """Say something on every line of the cast's card, by the model's verb."""
    lines = cast.lines
    cast.card.write(user, column, {
        lines.plan.pk: {"actual": Decimal(9), "target": Decimal(10)},
        lines.sudden.pk: {"actual": Decimal(4), "target": Decimal(4)},
        lines.party.pk: {"level": "T"},
        lines.late.pk: {"actual": Decimal(1)},
        lines.bonus.pk: {"actual": Decimal(1)},
        **{line.pk: {"actual": Decimal(0)} for line in lines.more},
    })  # fmt: skip


def fill_staff(cast):
    cast.card.write_staff(
        cast.ash, {"people": 12, "advanced": 11, "fighters": 2, "all_completed": True}
    )


@pytest.fixture
def scoring(cast, in_phase):
    """The cast while it scores itself; ten cases were registered."""
    in_phase(Phase.REGISTRATION)
    cast.card.write(cast.ash, Column.TARGET, {cast.lines.plan.pk: {"target": Decimal(10)}})
    in_phase(Phase.SELF_SCORING)
    return cast


@pytest.fixture
def inspecting(scoring, in_phase):
    """The cast while Birch inspects what Ash has sent."""
    fill(scoring, scoring.ash, Column.CLAIMED)
    fill_staff(scoring)
    seat = scoring.ash.seats.get()
    scoring.card.filing_of(seat, Column.CLAIMED).send(seat)
    in_phase(Phase.INSPECTION)
    return scoring


# A cell


def test_a_cell_is_saved_and_its_answer_holds_points_sections_and_total_but_no_field(scoring, as_):
    name = key(scoring.lines.plan)
    answer = post(as_(scoring.ash_clerk), scoring.card, "claimed", name, "9")
    assert answer.status_code == 200
    assert entry(scoring.card, scoring.lines.plan, Column.CLAIMED).actual == Decimal(9)
    assert not re.search(r"<(input|select|textarea)", answer.content.decode())
    assert cell(answer, name) == ("saved", "saved")
    assert output(answer, f"points-{scoring.lines.plan.pk}") == "36,00 9/10 × 40 = 36,00"
    assert output(answer, f"points-{scoring.lines.top.pk}") == "36,00"
    assert output(answer, f"points-{scoring.lines.other.pk}") is None
    assert output(answer, "total") == "36,00"
    assert output(answer, "filled") == "Filling 1/5"


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("9,5", "9.5"),
        ("9.5", "9.5"),
        ("1 250,5", "1250.5"),
        ("1.250.000", "1250000"),
        ("90%", "90"),
    ],
)
def test_a_number_is_read_the_vietnamese_way(scoring, as_, typed, stored):
    post(as_(scoring.ash), scoring.card, "claimed", key(scoring.lines.late), typed)
    assert entry(scoring.card, scoring.lines.late, Column.CLAIMED).actual == Decimal(stored)


def test_a_number_that_is_none_is_refused_at_the_cell_and_nothing_is_written(scoring, as_):
    name = key(scoring.lines.late)
    answer = post(as_(scoring.ash), scoring.card, "claimed", name, "1.3OO")
    assert answer.status_code == 422
    assert cell(answer, name) == (
        "refused", "Enter a number from 0 upwards. The value “1.3OO” was not saved.",
    )  # fmt: skip
    assert not Entry.objects.filter(column=Column.CLAIMED).exists()
    assert not Filing.objects.filter(column=Column.CLAIMED).exists()


def test_a_doubtful_number_is_asked_with_two_buttons(scoring, as_):
    name = key(scoring.lines.late)
    answer = post(as_(scoring.ash), scoring.card, "claimed", name, "1.250")
    assert answer.status_code == 422
    assert cell(answer, name)[0] == "asked"
    assert re.findall(
        r'data-answers="[^"]+" name="[^"]+" value="([^"]+)"', answer.content.decode()
    ) == [
        "1250",
        "1,25",
    ]
    assert "1.250 – một nghìn hai trăm năm mươi" in answer.content.decode()
    assert not Entry.objects.filter(column=Column.CLAIMED).exists()


def test_a_doubtful_number_of_which_one_reading_fits_is_not_asked(scoring, as_):
    scale = ScaleFactory(season=scoring.season, version=2)
    line = CriterionFactory(scale=scale, code="M", method=Method.MANUAL, max=12, each=None)
    type(scoring.season).objects.filter(pk=scoring.season.pk).update(scale=scale)
    post(as_(scoring.ash), scoring.card, "claimed", key(line, "points"), "1.25")
    answer = post(as_(scoring.ash), scoring.card, "claimed", key(line, "points"), "1.300", "1,25")
    assert answer.status_code == 200
    assert entry(scoring.card, line, Column.CLAIMED).points == Decimal("1.3")
    assert output(answer, f"lack-{line.pk}") is None  # its class comes first
    assert "Points given by hand need a reason." in answer.content.decode()


def test_a_line_by_itself_asks_for_its_value_and_the_sheet_still_does_not(scoring):
    form = ValueForm(cells=[Cell("c1-actual", "I.1", NUMBER)])
    assert form.fields["c1-actual"].required
    assert not NUMBER.required


def test_a_cell_that_is_emptied_is_empty_again(scoring, as_):
    browser, name = as_(scoring.ash), key(scoring.lines.late)
    post(browser, scoring.card, "claimed", name, "3")
    answer = post(browser, scoring.card, "claimed", name, "", "3")
    assert answer.status_code == 200
    assert entry(scoring.card, scoring.lines.late, Column.CLAIMED).actual is None
    assert output(answer, "filled") == "Empty"


def test_a_level_and_a_yes_are_chosen(scoring, as_):
    name = key(scoring.lines.party, "level")
    answer = post(as_(scoring.ash), scoring.card, "claimed", name, "T")
    assert output(answer, f"points-{scoring.lines.party.pk}") == "15,00 T → 15 points"
    wrong = post(as_(scoring.ash), scoring.card, "claimed", name, "Z", "T")
    assert (wrong.status_code, cell(wrong, name)[0]) == (422, "refused")


def test_a_cell_that_somebody_changed_meanwhile_is_shown_and_not_overwritten(scoring, as_):
    name = key(scoring.lines.late)
    post(as_(scoring.ash_clerk), scoring.card, "claimed", name, "3")
    answer = post(as_(scoring.ash), scoring.card, "claimed", name, "5", "")
    assert answer.status_code == 409
    state, words = cell(answer, name)
    assert state == "changed"
    assert words.startswith("Meanwhile “3” was entered here; “5” is not saved.")
    answers = re.findall(
        r'data-answers="[^"]+" name="([^"]+)" value="(\d)"', answer.content.decode()
    )
    assert answers == [(name, "3"), (f"was-{name}", "3")]
    assert 'data-was="3"' in answer.content.decode()
    assert entry(scoring.card, scoring.lines.late, Column.CLAIMED).actual == 3
    again = post(as_(scoring.ash), scoring.card, "claimed", name, "5", "3")
    assert again.status_code == 200
    assert entry(scoring.card, scoring.lines.late, Column.CLAIMED).actual == 5


def test_an_answer_that_was_lost_does_no_harm_when_the_cell_is_posted_again(scoring, as_):
    name = key(scoring.lines.late)
    post(as_(scoring.ash), scoring.card, "claimed", name, "3")
    answer = post(as_(scoring.ash), scoring.card, "claimed", name, "3", "")
    assert (answer.status_code, cell(answer, name)[0]) == (200, "saved")


def test_the_result_of_one_line_refreshes_the_line_that_reads_it(db, as_):
    from tests import conftest, factories

    cast = make_cast()
    scale = factories.ScaleFactory(season=cast.season, version=2)
    plan = factories.CriterionFactory(
        scale=scale, code="I", method=Method.PROPORTIONAL, max=100, each=None
    )
    over = factories.CriterionFactory(
        scale=scale, code="II", method=Method.OVER_FULFILMENT, max=5, each=Decimal("0.2"), of=plan,
        bonus=True,
    )  # fmt: skip
    type(cast.season).objects.filter(pk=cast.season.pk).update(scale=scale)
    conftest.put_in_phase(cast, Phase.SELF_SCORING)
    browser = as_(cast.ash)
    post(browser, cast.card, "claimed", key(plan, "target"), "10")
    answer = post(browser, cast.card, "claimed", key(plan), "11")
    assert output(answer, f"points-{over.pk}").startswith("2,00")
    assert remarked(answer, plan) is None  # it is there to be exceeded
    assert output(answer, "total") == "102,00"


def test_a_part_of_a_page_without_a_session_answers_401(scoring, client):
    answer = post(client, scoring.card, "claimed", key(scoring.lines.late), "3")
    assert answer.status_code == 401


def test_a_cell_of_a_column_that_is_over_is_refused_with_the_phase(scoring, in_phase, as_):
    in_phase(Phase.INSPECTION)
    name = key(scoring.lines.late)
    answer = post(as_(scoring.ash), scoring.card, "claimed", name, "3")
    assert answer.status_code == 403
    assert cell(answer, name)[0] == "refused"
    assert "Cross-inspection" in cell(answer, name)[1]


def test_others_than_its_fillers_are_told_who_may_fill(scoring, as_):
    name = key(scoring.lines.late)
    for user in (scoring.birch, scoring.cedar, scoring.officer):
        answer = post(as_(user), scoring.card, "claimed", name, "3")
        assert answer.status_code == 403
        assert cell(answer, name) == ("refused", "Only Thanh tra huyện Ash can fill this column.")
    for user in (scoring.dogwood, scoring.stranger):
        assert post(as_(user), scoring.card, "claimed", name, "3").status_code == 404
    assert not Entry.objects.filter(column=Column.CLAIMED).exists()


def test_only_a_registered_base_is_registered_and_later_only_read(cast, in_phase, as_):
    in_phase(Phase.REGISTRATION)
    browser = as_(cast.ash)
    page = browser.get(address(cast.card, "target")).content.decode()
    assert f'name="{key(cast.lines.plan, "target")}"' in page
    assert re.findall(r'name="(c\d+-[a-z]+)"', page) == [key(cast.lines.plan, "target")]
    post(browser, cast.card, "target", key(cast.lines.plan, "target"), "10")
    in_phase(Phase.SELF_SCORING)
    page = browser.get(address(cast.card, "claimed")).content.decode()
    assert f'name="{key(cast.lines.plan, "target")}"' not in page
    assert f'name="{key(cast.lines.sudden, "target")}"' in page
    assert "/ 10 cuộc" in page


def test_staff_figures_are_saved_one_by_one_and_must_agree(scoring, as_):
    browser = as_(scoring.ash_clerk)
    assert post(browser, scoring.card, "claimed", "staff-advanced", "11").status_code == 200
    assert post(browser, scoring.card, "claimed", "staff-people", "12").status_code == 200
    assert post(browser, scoring.card, "claimed", "staff-all_completed", "0").status_code == 200
    wrong = post(browser, scoring.card, "claimed", "staff-fighters", "13")
    assert (wrong.status_code, cell(wrong, "staff-fighters")[0]) == (422, "refused")
    figures = StaffFigures.objects.get()
    assert [getattr(figures, name) for name in StaffFigures.FIGURES] == [12, 11, None, False]


def test_a_sheet_with_all_lines_filled_says_that_the_staff_figures_are_missing(scoring, as_):
    fill(scoring, scoring.ash, Column.CLAIMED)
    browser = as_(scoring.ash)
    page = browser.get(address(scoring.card, "claimed"))
    assert output(page, "filled") == "Filling 5/5 Staff figures are missing"
    fill_staff(scoring)
    page = browser.get(address(scoring.card, "claimed"))
    assert output(page, "filled") == "Filling 5/5"


def test_the_day_of_the_figures_is_noted(scoring, as_):
    answer = post(as_(scoring.ash), scoring.card, "claimed", "as-of", "15/9")
    assert answer.status_code == 200
    assert 'data-value="15/09/2026"' in answer.content.decode()
    assert Filing.objects.get(column=Column.CLAIMED).as_of == date(2026, 9, 15)


def test_a_day_without_its_year_is_of_the_season_s_year(scoring, as_):
    with clock.standing_on(date(2027, 1, 5)):
        answer = post(as_(scoring.ash), scoring.card, "claimed", "as-of", "15/11")
    assert answer.status_code == 200
    assert Filing.objects.get(column=Column.CLAIMED).as_of == date(2026, 11, 15)


@pytest.mark.parametrize("typed", ["29/9/2026", "31/12/2025"])
def test_figures_go_up_to_a_day_of_the_year_that_has_come(scoring, as_, typed):
    wrong = post(as_(scoring.ash), scoring.card, "claimed", "as-of", typed)
    assert (wrong.status_code, cell(wrong, "as-of")[0]) == (422, "refused")
    assert not Filing.objects.filter(as_of__isnull=False).exists()


def test_the_six_month_results_are_folded_away_but_where_they_are_the_page(inspecting, as_):
    sent(inspecting.card, Column.INTERIM, inspecting.ash_unit)
    done = {"actual": Decimal(4), "target": Decimal(10)}
    Entry.objects.create(
        card=inspecting.card,
        criterion=inspecting.lines.plan,
        column=Column.INTERIM,
        seat=inspecting.ash.seats.get(),
        **done,
    )
    for column, folds in ((Column.INTERIM, False), (Column.CLAIMED, True)):
        page = as_(inspecting.cedar).get(address(inspecting.card, column)).content.decode()
        assert ("Show the six-month results" in page) is folds
        told = re.findall(r'<td class="column column-interim"[^>]*>(.*?)</td>', page, re.S)
        (line,) = [cell for cell in told if "4/10" in cell]
        assert [">16,00<" in line, told[-1] == "16,00"] == [not folds] * 2  # its sum, as the head


def test_what_a_unit_claims_of_its_staff_and_up_to_when_is_read_where_its_self_score_is(
    inspecting, as_
):
    Filing.objects.filter(column=Column.CLAIMED).update(as_of=date(2026, 9, 20))
    page = as_(inspecting.birch).get(address(inspecting.card, "found")).content.decode()
    row = page.partition('id="line-staff-people"')[2].partition("</tr>")[0]
    assert re.findall(r'<td class="([^"]*)"[^>]*>([^<]+)</td>', row) == [
        ("column column-claimed", "12")
    ]
    assert "Figures up to 20/09/2026" in page


def test_points_given_directly_stand_with_their_reason_on_the_unit_s_own_print(
    scoring, in_phase, as_
):
    scale = ScaleFactory(season=scoring.season, version=2)
    line = CriterionFactory(scale=scale, code="M", method=Method.MANUAL, max=12, each=None)
    Season.objects.filter(pk=scoring.season.pk).update(scale=scale)
    said = {line.pk: {"points": Decimal("8.5"), "note": "Sổ họp"}}
    for column in (Column.INTERIM, Column.CLAIMED):
        in_phase(COLUMN_PHASE[column])
        scoring.card.write(scoring.ash, column, said)
    printed = {}
    for column in (Column.INTERIM, Column.CLAIMED):
        shown = reverse("print_card", args=[scoring.card.pk, column])
        page = as_(scoring.ash, "vi").get(shown).content.decode()
        row = page.partition('<td class="c">M</td>')[2].partition("</tr>")[0]
        printed[column] = re.findall(r"<td[^>]*>([^<]+)</td>", row)
        assert "<h1>" + CALLED[column] in page
    assert printed[Column.INTERIM] == ["12", "8,5 điểm", "Sổ họp"]
    assert printed[Column.CLAIMED][-2:] == ["Sổ họp", "chấm trực tiếp = 8,50"]


def test_a_count_says_at_its_box_what_is_counted_and_what_each_is_worth(scoring, as_):
    page = as_(scoring.ash).get(address(scoring.card, "claimed")).content.decode()
    for line, words in (
        (scoring.lines.late, "faults × 0,5 points"),
        (scoring.lines.bonus, "cases × 3 points"),
    ):
        box = page.partition(f'name="{key(line)}"')[2]
        assert box.partition('<span class="unit">')[2].startswith(f"{words}<")


@pytest.mark.parametrize("column", [Column.INTERIM, Column.CLAIMED])
def test_two_boxes_side_by_side_say_what_each_is_called(scoring, in_phase, as_, column):
    in_phase(COLUMN_PHASE[column])
    page = as_(scoring.ash_clerk).get(address(scoring.card, column)).content.decode()
    assert re.findall(r'<small class="caption">(.*?)</small>', page) == ["Done", "Base"]


@pytest.mark.parametrize(
    ("column", "title"),
    [
        (Column.TARGET, "Bản đăng ký thi đua"),
        (Column.INTERIM, "Kết quả 6 tháng"),
        (Column.CLAIMED, "Bảng chấm điểm"),
    ],
)
def test_the_page_of_a_column_is_called_as_its_paper_is(scoring, in_phase, as_, column, title):
    in_phase(COLUMN_PHASE[column])
    page = as_(scoring.ash_clerk, "vi").get(address(scoring.card, column)).content.decode()
    assert f"<h1>{title} – Thanh tra huyện Ash</h1>" in page


def test_more_done_of_a_whole_than_there_was_is_remarked_and_saved(scoring, as_):
    line, browser = scoring.lines.sudden, as_(scoring.ash_clerk)
    scoring.card.write(scoring.ash, Column.CLAIMED, {line.pk: {"actual": 5, "target": 8}})
    said = {}
    for typed, was in (("8", "5"), ("9", "8"), ("5", "9")):
        answer = post(browser, scoring.card, "claimed", key(line), typed, was)
        assert answer.status_code == 200
        said[typed] = remarked(answer, line)
    remark = "“Done” is more than “Base”: check the two figures."
    assert said == {"8": "", "9": remark, "5": ""}
    scoring.card.write(scoring.ash, Column.CLAIMED, {line.pk: {"actual": 9, "target": 8}})
    assert remarked(browser.get(address(scoring.card, "claimed")), line) == remark


def test_half_a_case_is_remarked_and_saved(scoring, as_):
    line, browser, said = scoring.lines.late, as_(scoring.ash_clerk), {}
    for typed, was in (("0,5", ""), ("2", "0,5")):
        answer = post(browser, scoring.card, "claimed", key(line), typed, was)
        assert answer.status_code == 200
        said[typed] = remarked(answer, line)
    assert said == {"0,5": "Cases are counted here, not points: check the figure.", "2": ""}


def test_a_registered_base_of_nothing_is_remarked_with_what_it_means_and_saved(cast, in_phase, as_):
    in_phase(Phase.REGISTRATION)
    line, browser, said = cast.lines.plan, as_(cast.ash_clerk), {}
    for typed, was in (("12", ""), ("0", "12")):
        answer = post(browser, cast.card, "target", key(line, "target"), typed, was)
        assert answer.status_code == 200
        said[typed] = remarked(answer, line)
    remark = "0 means that nothing is due on this line (not assigned): check the figure."
    assert said == {"12": "", "0": remark}
    assert remarked(browser.get(address(cast.card, "target")), line) == remark


def test_a_registered_plan_that_is_exceeded_is_not_remarked(scoring, as_):
    line, browser = scoring.lines.plan, as_(scoring.ash_clerk)
    answer = post(browser, scoring.card, "claimed", key(line), "99")
    page = browser.get(address(scoring.card, "claimed"))
    assert [remarked(said, line) for said in (answer, page)] == [None, None]


def test_bonus_and_penalty_lines_have_their_headings_and_a_penalty_is_taken_off(db, as_):
    cast = make_cast(more_lines=1)
    put_in_phase(cast, Phase.SELF_SCORING)
    (penalty,), browser = cast.lines.more, as_(cast.ash)
    page = browser.get(address(cast.card, "claimed")).content.decode()
    heads = ("Bonus points", f"line-{cast.lines.bonus.pk}", "Penalty points", f"line-{penalty.pk}")
    places = [page.index(part) for part in heads]
    assert places == sorted(places)
    answer = post(browser, cast.card, "claimed", key(penalty), "2")
    assert output(answer, f"points-{penalty.pk}") == "−2,00 2 × 1 = 2,00"
    assert output(answer, "total") == "−2,00"


# Without JavaScript


def test_without_javascript_only_what_changed_is_written(scoring, as_):
    browser, lines = as_(scoring.ash), scoring.lines
    post(as_(scoring.ash_clerk), scoring.card, "claimed", key(lines.bonus), "2")
    answer = browser.post(address(scoring.card, "claimed"), {
        key(lines.late): "3", f"was-{key(lines.late)}": "",
        key(lines.bonus): "", f"was-{key(lines.bonus)}": "",
    })  # fmt: skip
    assert answer.status_code == 302
    assert entry(scoring.card, lines.late, Column.CLAIMED).actual == 3
    assert entry(scoring.card, lines.bonus, Column.CLAIMED).actual == 2


def test_without_javascript_nothing_is_half_saved_and_what_was_typed_stays(scoring, as_):
    lines = scoring.lines
    answer = as_(scoring.ash).post(address(scoring.card, "claimed"), {
        key(lines.late): "3", f"was-{key(lines.late)}": "",
        key(lines.bonus): "zwei", f"was-{key(lines.bonus)}": "",
    })  # fmt: skip
    assert answer.status_code == 422
    assert not Entry.objects.filter(column=Column.CLAIMED).exists()
    page = answer.content.decode()
    assert held(page, key(lines.late)) == "3"
    assert held(page, key(lines.bonus)) == "zwei"
    assert cell(answer, key(lines.bonus))[0] == "refused"
    assert "Nothing was saved yet" in page


def test_without_javascript_a_conflict_is_shown_and_nothing_overwritten(scoring, as_):
    name = key(scoring.lines.late)
    post(as_(scoring.ash_clerk), scoring.card, "claimed", name, "3")
    answer = post(as_(scoring.ash), scoring.card, "claimed", name, "5", htmx=False)
    assert answer.status_code == 409
    assert entry(scoring.card, scoring.lines.late, Column.CLAIMED).actual == 3
    page = answer.content.decode()
    assert held(page, name) == "5"
    assert re.search(rf'name="was-{name}" id="was-{name}" value=""', page)


# Who reads what


def test_nobody_else_reads_a_claim_while_it_is_made(scoring, as_):
    fill(scoring, scoring.ash, Column.CLAIMED)
    for user in (scoring.birch, scoring.cedar, scoring.officer):
        page = as_(user).get(address(scoring.card, "claimed")).content.decode()
        assert "36,00" not in page
        assert "9/10" not in page
    page = as_(scoring.ash).get(address(scoring.card, "claimed")).content.decode()
    assert "36,00" in page


def test_an_inspector_sees_the_claim_beside_the_finding(inspecting, as_):
    page = as_(inspecting.birch_clerk).get(f"/cards/{inspecting.card.pk}/").content.decode()
    assert "9/10 cuộc" in page
    assert f'name="{key(inspecting.lines.plan)}"' in page
    page = as_(inspecting.ash).get(f"/cards/{inspecting.card.pk}/").content.decode()
    assert "9/10 cuộc" in page
    assert f'name="{key(inspecting.lines.plan)}"' not in page


def test_a_differing_finding_is_saved_marked_and_opens_its_reason(inspecting, as_):
    line = inspecting.lines.late
    browser = as_(inspecting.birch_clerk)
    answer = post(browser, inspecting.card, "found", key(line), "3")
    assert answer.status_code == 200
    text = answer.content.decode()
    assert f'data-opens="reason-{line.pk}"' in text
    assert "A value that differs needs a reason." in text
    answer = post(browser, inspecting.card, "found", key(line, "note"), "Ba báo cáo chậm")
    assert "A value that differs needs a reason." not in answer.content.decode()
    same = post(browser, inspecting.card, "found", key(inspecting.lines.bonus), "1")
    assert f'data-closes="reason-{inspecting.lines.bonus.pk}"' in same.content.decode()


def test_the_empty_findings_are_taken_over_from_the_claim(inspecting, as_):
    browser, card = as_(inspecting.birch), inspecting.card
    post(browser, card, "found", key(inspecting.lines.late), "3")
    answer = browser.post(f"/cards/{card.pk}/take-over/?column=found")
    assert answer.status_code == 302
    assert entry(card, inspecting.lines.plan, Column.FOUND).actual == 9
    assert entry(card, inspecting.lines.late, Column.FOUND).actual == 3
    assert as_(inspecting.ash).post(f"/cards/{card.pk}/take-over/?column=found").status_code == 403


def test_a_line_that_is_left_out_is_not_taken_over_and_not_counted(scoring, in_phase, as_):
    card, line = scoring.card, scoring.lines.late
    fill(scoring, scoring.ash, Column.CLAIMED)
    Exemption.leave_out(card, line, scoring.cedar_seat, "Không giao")
    card.filings.update(state=FilingState.SENT, sent_at=clock.now())
    in_phase(Phase.INSPECTION)
    browser = as_(scoring.birch)
    page = browser.post(f"/cards/{card.pk}/take-over/?column=found", follow=True).content.decode()
    assert "4 lines taken over." in page
    assert not card.entries.filter(criterion=line, column=Column.FOUND).exists()


def test_the_claim_is_offered_only_while_a_line_without_anything_could_take_it(inspecting, as_):
    browser, card, lines = as_(inspecting.birch), inspecting.card, inspecting.lines
    offered = f"/cards/{card.pk}/take-over/?column=found"
    assert offered in browser.get(f"/cards/{card.pk}/").content.decode()
    browser.post(offered)
    post(browser, card, "found", key(lines.sudden, "target"), "", "4")  # half is not empty
    page = browser.get(f"/cards/{card.pk}/").content.decode()
    assert "Filling 4/5" in page
    assert offered not in page


def test_the_settler_finds_the_findings_filled_in_and_says_why_one_changes(inspecting, as_):
    from scoring.acts import copy_found_to_final

    card, lines = inspecting.card, inspecting.lines
    fill(inspecting, inspecting.birch, Column.FOUND)
    seat = inspecting.birch.seats.get()
    card.filing_of(seat, Column.FOUND).send(seat)
    season = put_in_phase(inspecting, Phase.SETTLEMENT)
    copy_found_to_final(season)
    browser = as_(inspecting.cedar)
    page = browser.get(f"/cards/{card.pk}/").content.decode()
    assert held(page, key(lines.plan)) == "9"
    post(browser, card, "final", key(lines.late), "0", "1")
    refused = browser.post(address(card, "final", "send"))
    assert refused.status_code == 422
    assert f"#line-{lines.late.pk}" in refused.content.decode()
    post(browser, card, "final", key(lines.late, "note"), "Đã giải trình")
    with clock.standing_on(date(2026, 10, 20)):  # its unit was heard
        assert browser.post(address(card, "final", "send")).status_code == 302
    assert Filing.objects.get(column=Column.FINAL).state == FilingState.SENT


# Submission


def test_submission_lists_what_is_missing_with_links_and_has_no_button(scoring, as_):
    browser = as_(scoring.ash)
    post(browser, scoring.card, "claimed", key(scoring.lines.late), "3")
    page = browser.get(address(scoring.card, "claimed", "send")).content.decode()
    links = re.findall(r"column=claimed#([a-z-]+\w+)", page)
    wanted = [scoring.lines.plan, scoring.lines.sudden, scoring.lines.party, scoring.lines.bonus]
    assert links == [*(f"line-{line.pk}" for line in wanted), "line-staff-people"]
    assert 'class="btn btn-primary">Send' not in page
    refused = browser.post(address(scoring.card, "claimed", "send"))
    assert refused.status_code == 422
    assert not Filing.objects.filter(state=FilingState.SENT).exists()


def test_who_returned_a_sheet_and_when_stands_over_the_reason(scoring, as_, in_phase):
    fill(scoring, scoring.ash, Column.CLAIMED)
    fill_staff(scoring)
    clerk, card = as_(scoring.ash_clerk), scoring.card
    clerk.post(address(card, "claimed", "hand_up"))
    as_(scoring.ash).post(address(card, "claimed", "give_back"), {"note": "Thiếu một cuộc"})
    page = clerk.get(address(card, "claimed")).content.decode()
    returned = "Ông Ash (Thanh tra huyện Ash) returned it on 28/09/2026 to be completed:"
    assert f"<b>{returned}</b> Thiếu một cuộc" in page


def test_a_sheet_of_a_season_that_went_back_is_a_draft_again_and_not_returned(scoring, as_):
    fill(scoring, scoring.ash, Column.CLAIMED)
    fill_staff(scoring)
    as_(scoring.ash).post(address(scoring.card, "claimed", "send"))
    season = put_in_phase(scoring, Phase.INSPECTION)
    season.go_back(scoring.officer.seats.get(), "Sửa quy chế")
    page = as_(scoring.ash_clerk).get(address(scoring.card, "claimed")).content.decode()
    again = "The season went back on 28/09/2026 and the sheet is a draft again:"
    assert f"<b>{again}</b> Sửa quy chế" in page


def test_a_sheet_behind_its_wall_says_since_when_and_who_can_help(scoring, as_):
    PhaseDate.objects.update_or_create(
        season=scoring.season, phase=Phase.SELF_SCORING,
        defaults={"due": date(2026, 9, 20), "closes_on": date(2026, 9, 28)},
    )  # fmt: skip
    page = as_(scoring.ash_clerk).get(address(scoring.card, "claimed")).content.decode()
    assert "Locked since 28/09/2026. Ask Head (" in page
    cedar = Scorecard.objects.get(season=scoring.season, unit=scoring.cedar_unit)
    own = as_(scoring.cedar_clerk).get(address(cedar, "claimed")).content.decode()
    assert "Locked since 28/09/2026; give more time in the dates of the year." in own
    assert (
        "Locked since"
        not in as_(scoring.birch).get(address(scoring.card, "claimed")).content.decode()
    )


@pytest.mark.parametrize("does", ["types a cell", "sends it"])
def test_what_comes_behind_the_wall_is_refused_alike_whether_typed_or_sent(scoring, as_, does):
    card, ash = scoring.card, as_(scoring.ash)
    fill(scoring, scoring.ash, Column.CLAIMED)
    fill_staff(scoring)
    scoring.season.set_dates({Phase.SELF_SCORING: (None, date(2026, 9, 28))})
    if does == "sends it":
        answer = ash.post(address(card, "claimed", "send"))
    else:
        answer = post(ash, card, "claimed", key(scoring.lines.late), "2", "1")
    assert answer.status_code == 403
    assert "This column closed on 28/09/2026." in answer.content.decode()
    assert not Filing.objects.sent().exists()


def test_the_print_shows_no_value_on_a_line_left_out_as_the_sheet_does(scoring):
    fill(scoring, scoring.ash, Column.CLAIMED)
    Exemption.leave_out(scoring.card, scoring.lines.late, scoring.cedar_seat, "Không giao")
    lines = score_lines(Scorecard.objects.for_sheet().get(pk=scoring.card.pk), (Column.CLAIMED,))
    said = {each["code"]: each["columns"]["claimed"] for each in lines}
    assert said[scoring.lines.late.code] == {"result": "", "points": ""}
    assert said[scoring.lines.plan.code]["result"] == "9/10"


@pytest.mark.parametrize("column", ["target", "claimed"])
def test_the_sheet_says_why_a_line_is_left_out_and_shows_no_value_on_it(
    scoring, in_phase, as_, column
):
    plan = scoring.lines.plan
    fill(scoring, scoring.ash, Column.CLAIMED)
    Exemption.leave_out(scoring.card, plan, scoring.cedar_seat, "Không có đoàn")
    scoring.card.filings.update(state=FilingState.SENT, sent_at=clock.now())
    in_phase(Phase.INSPECTION)
    page = as_(scoring.ash).get(address(scoring.card, column)).content.decode()
    row = re.search(rf'<tr id="line-{plan.pk}".*?</tr>', page)[0]
    said = re.sub(r"<[^>]+>", " ", row).split("–", 1)[0]
    assert " ".join(said.split()) == "I.1 Kế hoạch năm Not assigned: Không có đoàn 40"
    assert "9/10" not in row


def test_what_is_typed_on_a_line_left_out_meanwhile_is_refused_with_the_reason(scoring, as_):
    Exemption.leave_out(scoring.card, scoring.lines.late, scoring.cedar_seat, "Không giao")
    answer = post(as_(scoring.ash), scoring.card, "claimed", key(scoring.lines.late), "2", "")
    assert answer.status_code == 422
    assert key(scoring.lines.late) in answer.content.decode()  # told at the cell
    said = "What was sent does not fit this sheet."
    assert said in answer.content.decode()
    ash, of_page = as_(scoring.ash), {"HX-Request": "true"}
    nothing = ash.post(address(scoring.card, "claimed"), {}, headers=of_page)
    assert (nothing.status_code, said in nothing.content.decode()) == (422, True)


@pytest.mark.parametrize("state", [FilingState.HANDED_UP, FilingState.SENT])
def test_no_line_is_left_out_or_asked_again_behind_the_back_of_who_sent_the_sheet(
    scoring, as_, state
):
    late, plan = scoring.lines.late, scoring.lines.plan
    out = Exemption.leave_out(scoring.card, late, scoring.cedar_seat, "Không giao")
    fill(scoring, scoring.ash, Column.CLAIMED)
    scoring.card.filings.filter(column=Column.CLAIMED).update(
        state=state, sent_at=clock.now() if state == FilingState.SENT else None
    )
    head, said = as_(scoring.cedar), "The self-score is handed up or sent; return it first."
    data = {"card": scoring.card.pk, "criterion": plan.pk, "reason": "Vì"}
    add = head.post(reverse("add_exemption", args=[scoring.season.pk]), data)
    take = head.post(reverse("remove_exemption", args=[out.pk]))
    for answer in (add, take):
        assert (answer.status_code, said in answer.content.decode()) == (422, True)


def test_returning_what_one_does_not_read_yet_is_no_filled_button_and_says_so(scoring, as_):
    fill(scoring, scoring.ash, Column.CLAIMED)
    fill_staff(scoring)
    as_(scoring.ash).post(address(scoring.card, "claimed", "send"))
    head = as_(scoring.cedar)
    page = head.get(address(scoring.card, "claimed")).content.decode()
    assert re.search(r'class="btn btn-outline-primary" href="[^"]*send_back">Return…<', page)
    assert "btn-primary" not in page.replace("btn-outline-primary", "")
    asked = head.get(address(scoring.card, "claimed", "send_back")).content.decode()
    assert "not read by others yet: return it where the unit asks for it" in asked
    assert ">Return</button>" in asked


def test_a_sheet_is_handed_up_returned_approved_taken_back_and_sent_again(scoring, as_):
    fill(scoring, scoring.ash, Column.CLAIMED)
    fill_staff(scoring)
    clerk, principal, card = as_(scoring.ash_clerk), as_(scoring.ash), scoring.card

    def do(browser, act, **said):
        return browser.post(address(card, "claimed", act), said).status_code

    def state():
        return Filing.objects.get(column=Column.CLAIMED).state

    asked = clerk.get(address(card, "claimed", "hand_up")).content.decode()
    assert "Hand the sheet to the principal" in asked
    undated = "“Figures up to” is empty"
    assert undated in asked
    post(clerk, card, "claimed", "as-of", "15/09/2026")
    assert undated not in clerk.get(address(card, "claimed", "hand_up")).content.decode()
    assert state() == FilingState.FILLING
    assert (do(clerk, "hand_up"), state()) == (302, FilingState.HANDED_UP)
    assert (do(principal, "give_back"), state()) == (422, FilingState.HANDED_UP)
    assert do(principal, "give_back", note="Thiếu một cuộc") == 302
    assert "Thiếu một cuộc" in clerk.get(address(card, "claimed")).content.decode()
    assert (do(clerk, "hand_up"), do(principal, "send"), state()) == (302, 302, FilingState.SENT)
    assert (do(principal, "take_back"), state()) == (302, FilingState.TAKEN_BACK)
    assert (do(principal, "send"), state()) == (302, FilingState.SENT)


def test_without_a_principal_nothing_is_handed_up_and_the_clerk_takes_back_what_was(scoring, as_):
    fill(scoring, scoring.ash, Column.CLAIMED)
    fill_staff(scoring)
    clerk, card = as_(scoring.ash_clerk), scoring.card
    take_back = address(card, "claimed", "take_back")
    assert clerk.post(address(card, "claimed", "hand_up")).status_code == 302
    assert clerk.post(take_back).status_code in (403, 409)
    scoring.ash.seats.get().end()
    told = "Thanh tra huyện Ash has no principal who could approve it"
    for page in (address(card, "claimed"), "/"):
        assert told in clerk.get(page).content.decode()
    assert clerk.post(take_back).status_code == 302
    assert Filing.objects.get(column=Column.CLAIMED).state == FilingState.TAKEN_BACK
    answer = clerk.post(address(card, "claimed", "hand_up"))
    assert (answer.status_code, told in answer.content.decode()) == (409, True)
    sheet = clerk.get(address(card, "claimed")).content.decode()
    assert (told in sheet, "act=hand_up" in sheet) == (True, False)
    SeasonRules.objects.update(scan_replaces_principal=True)  # then the clerk sends by itself
    sheet = clerk.get(address(card, "claimed")).content.decode()
    assert [said in sheet for said in (told, "act=hand_up", "send_with_scan")] == [
        False,
        False,
        True,
    ]


def test_the_head_returns_a_sheet_that_was_sent_with_a_reason(scoring, as_):
    fill(scoring, scoring.ash, Column.CLAIMED)
    fill_staff(scoring)
    url = address(scoring.card, "claimed", "send_back")
    head = as_(scoring.cedar)
    assert head.post(url, {"note": "Thiếu biểu"}).status_code == 409
    as_(scoring.ash).post(address(scoring.card, "claimed", "send"))
    for user in (scoring.birch, scoring.cedar_clerk, scoring.ash):
        assert as_(user).post(url, {"note": "Thiếu biểu"}).status_code == 403
    assert head.post(url).status_code == 422
    assert head.post(url, {"note": "Thiếu biểu"}).status_code == 302
    assert Filing.objects.get(column=Column.CLAIMED).state == FilingState.RETURNED
    page = as_(scoring.ash_clerk).get(address(scoring.card, "claimed")).content.decode()
    assert "Thiếu biểu" in page
    page = head.get(address(scoring.card, "claimed")).content.decode()
    assert "9/10" not in page


@pytest.mark.parametrize("column", [Column.TARGET, Column.INTERIM, Column.CLAIMED])
def test_head_and_officer_come_from_the_season_to_where_a_sheet_is_returned(
    cast, in_phase, as_, column
):
    season = in_phase(COLUMN_PHASE[column])
    Filing.objects.create(
        card=cast.card, column=column, state=FilingState.SENT, sent_at=clock.now()
    )
    way = f'href="{address(cast.card, column)}"'
    for user in (cast.cedar, cast.officer):
        browser = as_(user)
        assert way in browser.get(season.get_absolute_url()).content.decode()
        assert "send_back" in browser.get(address(cast.card, column)).content.decode()
    assert way not in as_(cast.birch).get(season.get_absolute_url()).content.decode()


def test_a_target_that_was_returned_and_then_excused_binds_nobody(cast, in_phase, as_):
    season, clerk, head = in_phase(Phase.REGISTRATION), as_(cast.ash_clerk), as_(cast.cedar)
    post(clerk, cast.card, "target", key(cast.lines.plan, "target"), "13")
    as_(cast.ash).post(address(cast.card, "target", "send"))
    head.post(address(cast.card, "target", "send_back"), {"note": "Thấp hơn năm trước"})
    waive = f"/seasons/{season.pk}/waive/target/{cast.ash_unit.pk}/"
    page = head.get(waive).content.decode()
    assert "Targets that were not sent, or were returned and not sent again, do not count" in page
    assert head.post(waive, {"reason": "Sắp giải thể."}).status_code == 302
    page = clerk.get(address(cast.card, "target")).content.decode()
    assert "Not sent (Sắp giải thể)" in page
    in_phase(Phase.SELF_SCORING)
    page = clerk.get(address(cast.card, "claimed")).content.decode()
    assert "excused from registering (Sắp giải thể): targets that were not sent do not" in page
    assert not re.search(r"\b13 cuộc", page)
    post(clerk, cast.card, "claimed", key(cast.lines.plan), "12")
    post(clerk, cast.card, "claimed", key(cast.lines.plan, "target"), "12")
    page = clerk.get(f"/cards/{cast.card.pk}/how/claimed/{cast.lines.plan.pk}/").content.decode()
    assert "12/12" in page
    assert ">13<" not in page


def test_a_base_that_was_not_registered_is_asked_with_the_result_on_every_scored_sheet(
    cast, in_phase, as_
):
    in_phase(Phase.REGISTRATION).waive(cast.ash_unit, Column.TARGET, cast.cedar_seat, "Bão lũ")
    plan = cast.lines.plan
    for phase, who, column in (
        (Phase.SELF_SCORING, cast.ash, Column.CLAIMED),
        (Phase.INSPECTION, cast.birch, Column.FOUND),
        (Phase.SETTLEMENT, cast.cedar, Column.FINAL),
    ):
        in_phase(phase)
        fill(cast, who, column)
        cast.card.write(who, column, {plan.pk: {"target": None}})
        url = address(cast.card, column, "send")
        assert "I.1 Kế hoạch năm: Not filled yet." in as_(who).get(url).content.decode()
        post(as_(who), cast.card, column, key(plan, "target"), "10")
        assert "I.1 Kế hoạch năm" not in as_(who).get(url).content.decode()


def test_an_excused_unit_that_sends_all_the_same_has_sent_and_its_targets_count(
    cast, in_phase, as_
):
    unit = as_(cast.ash)
    in_phase(Phase.REGISTRATION).waive(cast.ash_unit, Column.TARGET, cast.cedar_seat, "Bão lũ")
    post(unit, cast.card, "target", key(cast.lines.plan, "target"), "13")
    assert unit.post(address(cast.card, "target", "send")).status_code == 302
    page = unit.get(address(cast.card, "target")).content.decode()
    assert "Not sent (" not in page
    in_phase(Phase.SELF_SCORING)
    assert "13 cuộc" in unit.get(address(cast.card, "claimed")).content.decode()


@pytest.mark.parametrize("left_out", [False, True])
def test_a_unit_of_whom_no_target_is_asked_reads_nothing_of_them(cast, in_phase, as_, left_out):
    season = in_phase(Phase.REGISTRATION)
    season.waive(cast.ash_unit, Column.TARGET, cast.cedar_seat, "Bão lũ")
    if left_out:
        Exemption.objects.create(card=cast.card, criterion=cast.lines.plan)
    in_phase(Phase.SELF_SCORING)
    page = as_(cast.ash).get(address(cast.card, "claimed"))
    assert ("excused from registering" in page.content.decode()) is not left_out


def test_a_base_that_was_registered_is_not_asked_once_more(scoring, as_):
    fill(scoring, scoring.ash, Column.CLAIMED)
    fill_staff(scoring)
    scoring.card.write(scoring.ash, Column.CLAIMED, {scoring.lines.plan.pk: {"target": None}})
    assert as_(scoring.ash).post(address(scoring.card, "claimed", "send")).status_code == 302


def test_a_second_sending_is_told_that_it_was_sent(scoring, as_):
    fill(scoring, scoring.ash, Column.CLAIMED)
    fill_staff(scoring)
    browser = as_(scoring.ash)
    assert browser.post(address(scoring.card, "claimed", "send")).status_code == 302
    again = browser.post(address(scoring.card, "claimed", "send"))
    assert again.status_code == 409
    assert "“Sent” already" in again.content.decode()
    assert Filing.objects.get(column=Column.CLAIMED).acts.count() == 1


def test_a_clerk_does_not_send_and_a_stranger_hands_nothing_up(scoring, as_):
    fill(scoring, scoring.ash, Column.CLAIMED)
    fill_staff(scoring)
    url = address(scoring.card, "claimed", "send")
    assert as_(scoring.ash_clerk).post(url).status_code == 403
    assert as_(scoring.birch).post(url).status_code == 403
    assert as_(scoring.dogwood).post(url).status_code == 404
    assert not Filing.objects.filter(state=FilingState.SENT).exists()


def test_a_sheet_that_was_sent_is_closed_until_it_is_taken_back(scoring, as_):
    fill(scoring, scoring.ash, Column.CLAIMED)
    fill_staff(scoring)
    browser, name = as_(scoring.ash), key(scoring.lines.late)
    browser.post(address(scoring.card, "claimed", "send"))
    answer = post(browser, scoring.card, "claimed", name, "7", "1")
    assert answer.status_code == 403
    assert entry(scoring.card, scoring.lines.late, Column.CLAIMED).actual == 1
    assert name not in browser.get(address(scoring.card, "claimed")).content.decode()


def test_each_inspecting_unit_confirms_and_a_later_change_asks_the_others_again(db, as_):
    from scoring.models import InspectingUnit

    inspecting = make_cast(more_units=2)
    card = inspecting.card
    InspectingUnit.objects.create(inspection=card.inspection, unit=inspecting.cedar_unit)
    put_in_phase(inspecting, Phase.SELF_SCORING)
    fill(inspecting, inspecting.ash, Column.CLAIMED)
    put_in_phase(inspecting, Phase.INSPECTION)
    fill(inspecting, inspecting.birch, Column.FOUND)
    birch, cedar = as_(inspecting.birch), as_(inspecting.cedar)
    assert birch.post(address(card, "found", "send")).status_code == 302
    assert post(cedar, card, "found", key(inspecting.lines.late), "2", "1").status_code == 200
    assert post(cedar, card, "found", key(inspecting.lines.late, "note"), "Hai").status_code == 200
    states = {f.unit_id: f.state for f in Filing.objects.filter(column=Column.FOUND)}
    assert states[inspecting.birch_unit.pk] == FilingState.FILLING
    assert cedar.post(address(card, "found", "send")).status_code == 302


@pytest.mark.parametrize(("day", "late"), [(26, "2 days overdue"), (27, "1 day overdue")])
def test_the_head_of_the_page_tells_the_due_date_with_its_weekday(scoring, as_, day, late):
    due = date(2026, 9, day)
    PhaseDate.objects.create(season=scoring.season, phase=Phase.SELF_SCORING, due=due)
    page = as_(scoring.ash).get(address(scoring.card, "claimed")).content.decode()
    assert f"{day}/09/2026" in page
    assert late in page


def test_who_asks_for_an_act_that_is_another_s_reads_whose_it_is(scoring, as_):
    fill(scoring, scoring.ash, Column.CLAIMED)
    fill_staff(scoring)
    answer = as_(scoring.birch).get(address(scoring.card, "claimed", "send"))
    assert "Only Thanh tra huyện Ash can fill this column." in answer.content.decode()


# Its cost


@pytest.mark.parametrize("more_lines", [1, 30])
def test_a_longer_sheet_costs_no_more_queries(db, as_, more_lines):
    cast = make_cast(more_lines=more_lines)
    put_in_phase(cast, Phase.REGISTRATION)
    cast.card.write(cast.ash, Column.TARGET, {cast.lines.plan.pk: {"target": Decimal(10)}})
    put_in_phase(cast, Phase.SELF_SCORING)
    fill(cast, cast.ash, Column.CLAIMED)
    fill_staff(cast)
    seat = cast.ash.seats.get()
    cast.card.filing_of(seat, Column.CLAIMED).send(seat)
    put_in_phase(cast, Phase.INSPECTION)
    fill(cast, cast.birch, Column.FOUND)
    browser = as_(cast.birch)
    with CaptureQueriesContext(connection) as queries:
        assert browser.get(f"/cards/{cast.card.pk}/").status_code == 200
    opening = len(queries)

    with CaptureQueriesContext(connection) as queries:
        post(browser, cast.card, "found", key(cast.lines.late), "2", "1")

    assert (opening, len(queries)) == (10, 20)


def test_without_a_locked_scale_the_sheet_says_what_to_do(cast, in_phase, as_):
    type(cast.season).objects.filter(pk=cast.season.pk).update(scale=None)
    answer = as_(cast.ash).get(f"/cards/{cast.card.pk}/")
    assert answer.status_code == 200
    assert "There is no locked scale yet." in answer.content.decode()


def test_a_race_is_not_told_before_all_have_sent(scoring, as_):
    scale = ScaleFactory(season=scoring.season, version=2)
    line = CriterionFactory(scale=scale, code="F", method=Method.FRONTRUNNER, max=10, each=None)
    type(scoring.season).objects.filter(pk=scoring.season.pk).update(scale=scale)
    browser = as_(scoring.ash)
    post(browser, scoring.card, "claimed", key(line, "target"), "10")
    answer = post(browser, scoring.card, "claimed", key(line), "12")
    assert output(answer, f"points-{line.pk}") == "– Computed when all have filed."


def test_every_computed_number_leads_to_its_derivation(scoring, as_):
    fill(scoring, scoring.ash, Column.CLAIMED)
    browser = as_(scoring.ash)
    page = browser.get(address(scoring.card, "claimed")).content.decode()
    links = set(re.findall(r'class="how" href="([^"]+)"', page))
    lines = [*vars(scoring.lines).values()]
    criteria = [line for line in lines if hasattr(line, "code") and hasattr(line, "method")]
    assert len(links) == len(criteria) + 1
    for link in links:
        assert browser.get(link).status_code == 200


def test_points_by_hand_need_no_second_reason_where_they_are_only_repeated(scoring, as_):
    scale = ScaleFactory(season=scoring.season, version=2)
    line = CriterionFactory(scale=scale, code="M", method=Method.MANUAL, max=12, each=None)
    type(scoring.season).objects.filter(pk=scoring.season.pk).update(scale=scale)
    scoring.card.season.refresh_from_db()
    scoring.card.write(
        scoring.ash, Column.CLAIMED, {line.pk: {"points": Decimal(8), "note": "5/6"}}
    )
    put_in_phase(scoring, Phase.INSPECTION)
    browser = as_(scoring.birch)
    same = post(browser, scoring.card, "found", key(line, "points"), "8")
    assert "need" not in same.content.decode()
    other = post(browser, scoring.card, "found", key(line, "points"), "7", "8")
    assert "needs a reason" in other.content.decode() or "need a reason" in other.content.decode()


# Estimates


@pytest.mark.parametrize(
    ("phase", "column"),
    [(Phase.EXECUTION, Column.INTERIM), (Phase.SELF_SCORING, Column.CLAIMED)],
)
def test_every_line_may_be_marked_as_an_estimate(cast, in_phase, as_, phase, column):
    in_phase(phase)
    browser = as_(cast.ash_clerk)
    page = browser.get(address(cast.card, column)).content.decode()
    lines = cast.lines
    for line in (lines.plan, lines.sudden, lines.party, lines.late, lines.bonus):
        assert f'name="{key(line, "estimated")}"' in page
    for line in (lines.plan, lines.party):
        answer = post(browser, cast.card, column, key(line, "estimated"), "1")
        assert answer.status_code == 200
        assert entry(cast.card, line, column).estimated


def test_what_is_registered_found_or_settled_is_no_estimate_of_the_unit(inspecting, in_phase, as_):
    for user, phase, column in (
        (inspecting.ash, Phase.REGISTRATION, Column.TARGET),
        (inspecting.birch, Phase.INSPECTION, Column.FOUND),
        (inspecting.cedar, Phase.SETTLEMENT, Column.FINAL),
    ):
        in_phase(phase)
        page = as_(user).get(address(inspecting.card, column)).content.decode()
        assert f'name="c{inspecting.lines.plan.pk}-' in page
        assert "-estimated" not in page


def estimate(cast, line):
    Entry.objects.filter(criterion=line, column=Column.CLAIMED).update(estimated=True)


def marked(browser, cast, column, line):
    """How often the line of a sheet says that a figure is an estimate."""
    page = browser.get(address(cast.card, column)).content.decode()
    row = re.search(rf'<tr id="line-{line.pk}".*?</tr>', page, re.S)[0]
    return row.count("(estimate)")


def test_a_claimed_estimate_is_told_to_every_later_reader(inspecting, in_phase, as_):
    line = inspecting.lines.party
    estimate(inspecting, line)
    assert marked(as_(inspecting.birch), inspecting, "found", line) == 1
    assert marked(as_(inspecting.cedar), inspecting, "claimed", line) == 1
    assert marked(as_(inspecting.birch), inspecting, "found", inspecting.lines.late) == 0
    paper = as_(inspecting.cedar).get(f"/cards/{inspecting.card.pk}/print/claimed/")
    assert "T (ước)" in paper.content.decode()
    in_phase(Phase.SETTLEMENT)
    page = as_(inspecting.ash).get(reverse("explain_line", args=[inspecting.card.pk, line.pk]))
    assert page.content.decode().count("(estimate)") == 1


def test_an_estimate_that_is_taken_over_stays_one_until_the_value_is_found_anew(inspecting, as_):
    line, browser = inspecting.lines.late, as_(inspecting.birch)
    estimate(inspecting, line)
    browser.post(f"/cards/{inspecting.card.pk}/take-over/?column=found")
    assert entry(inspecting.card, line, Column.FOUND).estimated
    assert marked(browser, inspecting, "found", line) == 2
    post(browser, inspecting.card, "found", key(line, "note"), "Ước theo báo cáo", "")
    assert entry(inspecting.card, line, Column.FOUND).estimated
    answer = post(browser, inspecting.card, "found", key(line), "2", "1")
    assert not entry(inspecting.card, line, Column.FOUND).estimated
    gone = f'<output id="estimate-{line.pk}" hx-swap-oob="true"></output>'
    assert gone in answer.content.decode()


def test_what_the_answer_to_a_cell_refreshes_stands_on_the_page(scoring, as_):
    for user, phase, column in (
        (scoring.ash, Phase.SELF_SCORING, Column.CLAIMED),
        (scoring.birch, Phase.INSPECTION, Column.FOUND),
    ):
        put_in_phase(scoring, phase)
        browser = as_(user)
        page = browser.get(address(scoring.card, column)).content.decode()
        answer = post(browser, scoring.card, column, key(scoring.lines.late), "2").content.decode()
        anew = [tag for tag in re.findall(r"<[^>]+>", answer) if "hx-swap-oob" in tag]
        ids = {re.search(r' id="([^"]+)"', tag)[1] for tag in anew}
        assert ids
        assert {each for each in ids if f'id="{each}"' not in page} == set()


def test_the_offer_to_take_lines_over_goes_with_the_last_empty_line(inspecting, as_):
    browser, card, lines = as_(inspecting.birch), inspecting.card, inspecting.lines
    page = browser.get(address(card, "found")).content.decode()
    offer = page.partition('<div id="take-over">')[2].partition("</div>")[0]
    assert "Take the self-score over into the empty lines" in offer
    first = {"plan": "9", "late": "1", "bonus": "1", "sudden": "4"}
    typed = [(key(getattr(lines, name)), number) for name, number in first.items()]
    typed += [(key(lines.sudden, "target"), "4"), (key(lines.party, "level"), "T")]
    answers = [post(browser, card, "found", *each).content.decode() for each in typed]
    gone = '<div id="take-over" hx-swap-oob="true"></div>'
    assert [gone in answer for answer in answers] == [False] * 5 + [True]


@pytest.fixture
def uninspected(inspecting, in_phase):
    """Birch, which alone was to inspect Ash, was excused; the season is at its settlement."""
    birch, seat = inspecting.birch_unit, inspecting.cedar_seat
    inspecting.card.write(inspecting.birch, Column.FOUND, {inspecting.lines.late.pk: {"actual": 7}})
    inspecting.season.waive(birch, Column.FOUND, seat, "Bão lũ")
    copy_found_to_final(in_phase(Phase.SETTLEMENT))
    return inspecting


def test_a_card_that_nobody_inspected_is_settled_from_its_self_score(uninspected, as_):
    card, lines, browser = uninspected.card, uninspected.lines, as_(uninspected.cedar)
    page = browser.get(f"/cards/{card.pk}/").content.decode()
    assert "Not inspected (Birch does not send its findings: Bão lũ)" in page
    assert [held(page, key(line)) for line in (lines.plan, lines.late)] == ["9", "1"]
    assert "/take-over/" not in page
    post(browser, card, "final", key(lines.late), "2", "1")
    refused = browser.post(address(card, "final", "send")).content.decode()
    assert "A value that differs needs a reason." in refused
    assert "may still agree or explain" in refused  # of the line that was changed
    post(browser, card, "final", key(lines.late), "1", "2")
    assert browser.post(address(card, "final", "send")).status_code == 302
    assert Filing.objects.get(card=card, column=Column.FINAL).is_sent


def test_a_card_that_nobody_inspected_leads_to_no_inspection_minutes(inspecting, in_phase, as_):
    browser, found = as_(inspecting.birch), f"/cards/{inspecting.card.pk}/?column=found"
    minutes = f"/inspections/{inspecting.card.inspection.pk}/minutes/"
    assert minutes in browser.get(found).content.decode()
    inspecting.season.waive(inspecting.birch_unit, Column.FOUND, inspecting.cedar_seat, "Bão lũ")
    in_phase(Phase.SETTLEMENT)
    assert minutes not in browser.get(found).content.decode()


def test_nobody_is_asked_to_agree_to_findings_that_do_not_exist(uninspected, as_):
    card, browser = uninspected.card, as_(uninspected.ash)
    assert "Agree or explain" not in browser.get("/").content.decode()
    page = browser.get(f"/cards/{card.pk}/").content.decode()
    assert "Agree to the findings" not in page
    assert "Cross-inspected" not in page
    refused = browser.post(f"/cards/{card.pk}/agree/")
    assert "there are no findings" in refused.content.decode()
    assert not card.agreements.exists()


@pytest.mark.parametrize("excused", [Column.TARGET, Column.AIM])
def test_an_unranked_unit_whose_card_was_not_inspected_is_not_asked_to_agree(
    inspecting, in_phase, as_, excused
):
    card, late, browser = inspecting.card, inspecting.lines.late, as_(inspecting.ash)
    card.write(inspecting.birch, Column.FOUND, {late.pk: {"actual": 7}})  # never confirmed
    season = in_phase(COLUMN_PHASE[excused])
    season.waive(inspecting.ash_unit, excused, inspecting.cedar_seat, "Sáp nhập.")
    copy_found_to_final(in_phase(Phase.SETTLEMENT))
    assert entry(card, late, Column.FINAL).actual == 1  # as it was claimed
    page = browser.get(f"/cards/{card.pk}/").content.decode()
    assert "Not inspected (Sáp nhập)" in page
    assert "Agree to the findings" not in page
    for ask in (browser.get, browser.post):
        assert "there are no findings" in ask(f"/cards/{card.pk}/agree/").content.decode()
    assert not card.agreements.exists()
    ash = next(each for each in results_of(card.season, TODAY) if each.card == card)
    assert (ash.unranked_because, ash.uninspected) == ("Sáp nhập", "")


def test_a_unit_that_sends_no_self_score_is_asked_to_agree_to_nothing(scoring, in_phase, as_):
    in_phase(Phase.SELF_SCORING)
    scoring.season.waive(scoring.ash_unit, Column.CLAIMED, scoring.cedar_seat, "Sáp nhập")
    in_phase(Phase.SETTLEMENT)
    card, browser = scoring.card, as_(scoring.ash)
    assert "Agree to the findings" not in browser.get(f"/cards/{card.pk}/").content.decode()
    for ask in (browser.get, browser.post):
        assert "there are no findings" in ask(f"/cards/{card.pk}/agree/").content.decode()
    assert not card.agreements.exists()


def test_an_inspector_is_led_to_no_print_beside_a_self_score_that_nobody_sent(
    scoring, in_phase, as_
):
    in_phase(Phase.SELF_SCORING)
    scoring.season.waive(scoring.ash_unit, Column.CLAIMED, scoring.cedar_seat, "Sáp nhập")
    in_phase(Phase.INSPECTION)
    browser, printed = as_(scoring.birch), f"/cards/{scoring.card.pk}/print/found/"
    assert printed not in browser.get(address(scoring.card, "found")).content.decode()
    assert browser.get(printed).status_code == 403


def test_what_is_changed_on_a_card_that_nobody_inspected_is_still_explained_once(uninspected, as_):
    card, line = uninspected.card, uninspected.lines.late
    post(as_(uninspected.cedar), card, "final", key(line), "2", "1")
    assert "Agree or explain" in as_(uninspected.ash).get("/").content.decode()
    explain = f"/cards/{card.pk}/lines/{line.pk}/explain/"
    assert as_(uninspected.ash).post(explain, {"text": "Chỉ một báo cáo"}).status_code == 302
    assert card.explanations.get().text == "Chỉ một báo cáo"
    other = f"/cards/{card.pk}/lines/{uninspected.lines.plan.pk}/explain/"
    refused = as_(uninspected.ash).post(other, {"text": "Đủ"})
    assert (refused.status_code, card.explanations.count()) == (422, 1)


def test_the_sheet_of_a_card_that_nobody_inspected_prints_that_it_was_not(uninspected, as_):
    paper = as_(uninspected.cedar).get(f"/cards/{uninspected.card.pk}/print/final/")
    text = paper.content.decode()
    assert "không được kiểm tra chéo (Birch không gửi kết quả kiểm tra: Bão lũ)" in text
    assert "Đại diện đoàn kiểm tra" not in text


def test_an_estimate_is_copied_to_the_settled_column(inspecting, in_phase, as_):
    line = inspecting.lines.late
    estimate(inspecting, line)
    as_(inspecting.birch).post(f"/cards/{inspecting.card.pk}/take-over/?column=found")
    copy_found_to_final(in_phase(Phase.SETTLEMENT))
    assert entry(inspecting.card, line, Column.FINAL).estimated


def test_the_day_of_the_figures_is_told_to_later_readers_and_printed(inspecting, as_):
    Filing.objects.filter(column=Column.CLAIMED).update(as_of=date(2026, 9, 15))
    page = as_(inspecting.cedar).get(address(inspecting.card, "claimed")).content.decode()
    assert "Figures up to 15/09/2026" in page
    paper = as_(inspecting.cedar).get(f"/cards/{inspecting.card.pk}/print/claimed/")
    assert "Số liệu đến ngày 15/09/2026" in paper.content.decode()


# The year before


@pytest.fixture
def registering(cast, in_phase):
    """The cast registers for 2026; in 2025 Ash had registered 12 and claimed 11 of them."""
    in_phase(Phase.REGISTRATION)
    before = SeasonFactory(block=cast.block, year=2025, head=cast.cedar_unit)
    SeasonRulesFactory(season=before)
    lines = a_scale(before)
    lines.scale.lock(cast.cedar_seat)
    card = Scorecard.objects.create(season=before, unit=cast.ash_unit, official_order=1, turn=1)
    seat = cast.ash.seats.get()
    said = {"card": card, "criterion": lines.plan, "seat": seat}
    Entry.objects.create(**said, column=Column.TARGET, target=12)
    Entry.objects.create(**said, column=Column.CLAIMED, actual=11)
    type(before).objects.filter(pk=before.pk).update(phase=Phase.MEETING)
    cast.before = said
    return cast


def last_year(browser, cast, line):
    page = browser.get(address(cast.card, "target")).content.decode()
    found = re.search(rf'<tr id="line-{line.pk}".*?data-label="Last year">(.*?)</td>', page, re.S)
    return found and found[1]


def test_last_year_s_own_value_stands_beside_the_target_while_none_was_settled(registering, as_):
    assert (
        last_year(as_(registering.ash_clerk), registering, registering.lines.plan) == "11/12 cuộc"
    )
    assert last_year(as_(registering.ash_clerk), registering, registering.lines.late) == ""


def test_last_year_s_settled_value_stands_before_the_unit_s_own(registering, as_):
    Entry.objects.create(**registering.before, column=Column.FINAL, actual=10)
    assert (
        last_year(as_(registering.ash_clerk), registering, registering.lines.plan) == "10/12 cuộc"
    )


def test_last_year_s_estimate_is_told_to_be_one(registering, as_):
    Entry.objects.filter(column=Column.CLAIMED).update(estimated=True)
    value = last_year(as_(registering.ash_clerk), registering, registering.lines.plan)
    assert value == "11/12 cuộc (estimate)"


def test_without_a_year_before_there_is_no_such_column(cast, in_phase, as_):
    in_phase(Phase.REGISTRATION)
    assert last_year(as_(cast.ash_clerk), cast, cast.lines.plan) is None
    page = as_(cast.ash_clerk).get(address(cast.card, "target")).content.decode()
    assert "Last year" not in page


def test_last_year_s_value_is_that_of_the_same_unit_and_the_last_season(registering, as_):
    old = SeasonFactory(block=registering.block, year=2024, head=registering.cedar_unit)
    SeasonRulesFactory(season=old)
    card = Scorecard.objects.create(season=old, unit=registering.ash_unit, official_order=1, turn=1)
    Entry.objects.create(**registering.before | {"card": card}, column=Column.FINAL, actual=1)
    assert (
        last_year(as_(registering.ash_clerk), registering, registering.lines.plan) == "11/12 cuộc"
    )
    type(registering.card).objects.filter(season__year=2025).update(unit=registering.birch_unit)
    assert last_year(as_(registering.ash_clerk), registering, registering.lines.plan) is None


def test_a_sheet_that_is_not_read_yet_says_so_and_is_not_printed(scoring, as_, in_phase):
    in_phase(Phase.SELF_SCORING)
    sentence = "is read by the others once it was sent"
    registered = scoring.card.filing_of(scoring.ash.seats.get(), Column.TARGET)
    registered.state, registered.sent_at = FilingState.SENT, clock.now()
    registered.save()
    for user, read in ((scoring.cedar, False), (scoring.officer, False), (scoring.ash, True)):
        page = as_(user).get(address(scoring.card, "claimed")).content.decode()
        assert (sentence not in page) is read
        assert (">Print</a>" in page) is read


@pytest.mark.parametrize(("phase", "read"), [(Phase.PLANNING, False), (Phase.REGISTRATION, True)])
def test_titles_are_printed_once_they_are_read(cast, in_phase, as_, phase, read):
    in_phase(phase)
    page = as_(cast.ash).get(f"/cards/{cast.card.pk}/aims/").content.decode()
    assert (">Print</a>" in page) is read


def test_a_claim_that_asks_for_evidence_is_not_sent_without(db):
    card = worked_example(Phase.SELF_SCORING).cards["TTTT"]
    line = card.season.scale.criteria.get(code="I.1")
    claim = card.entries.filter(column=Column.CLAIMED, criterion=line)

    def lacks():
        with translation.override("en"):
            found = Scorecard.objects.get(pk=card.pk).lacking(Column.CLAIMED)
            return [(criterion.code, str(reason)) for criterion, reason in found]

    assert lacks() == [("I.1", "Evidence is required.")]
    claim.update(actual=Decimal(0))
    assert lacks() == []  # nothing happened that could be shown
    claim.update(actual=Decimal(50))
    evidence = Evidence.objects.create(
        card=card, column=Column.INTERIM, criterion=line, number="45", symbol="BC",
        dated=date(2021, 9, 20), subject="Báo cáo năm", seat=claim.get().seat,
    )  # fmt: skip
    of_six_months = "Evidence is required; the files of the six-month report are not of the year."
    assert lacks() == [("I.1", of_six_months)]
    evidence.column = Column.CLAIMED
    evidence.save()
    assert lacks() == []
