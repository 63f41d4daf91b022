"""A card that nobody inspected is settled from its self-score, and says so."""

import pytest

from scoring.acts import copy_found_to_final
from scoring.models import Filing
from scoring.papers import results_of
from scoring.phases import COLUMN_PHASE, Column, Phase
from tests.conftest import TODAY
from tests.scoring.sheets import address, entry, held, key, post


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
