"""What a sheet shows, what a cell answers, who reads it, and what it says of its figures."""

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
from scoring.models import Entry, Evidence, Exemption, Filing, Scorecard, Season, StaffFigures
from scoring.papers import CALLED
from scoring.phases import COLUMN_PHASE, Column, FilingState, Phase
from scoring.sheet import Cell
from tests.conftest import a_scale, make_cast, put_in_phase
from tests.factories import CriterionFactory, ScaleFactory, SeasonFactory, SeasonRulesFactory
from tests.scoring.sheets import (
    address,
    cell,
    entry,
    fill,
    fill_staff,
    held,
    key,
    output,
    post,
    remarked,
)
from tests.scoring.worked import sent, worked_example

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
    how = as_(inspecting.birch).get(f"/cards/{inspecting.card.pk}/how/claimed/{line.pk}/")
    assert "(estimate)</dd>" in how.content.decode()


def test_a_line_without_a_figure_is_told_to_be_no_estimate(inspecting, as_):
    line, card = inspecting.lines.party, inspecting.card
    estimate(inspecting, line)
    Entry.objects.filter(card=card, criterion=line).update(level="")
    assert marked(as_(inspecting.cedar), inspecting, "claimed", line) == 0
    paper = as_(inspecting.cedar).get(f"/cards/{card.pk}/print/claimed/")
    assert "(ước)" not in paper.content.decode()


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
