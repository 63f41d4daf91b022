"""A sheet on its way: handed up, sent, returned for completion, taken back."""

import re
from datetime import date

import pytest
from django.urls import reverse

from blocks import clock
from scoring.models import Exemption, Filing, PhaseDate, Scorecard, SeasonRules
from scoring.papers import score_lines
from scoring.phases import COLUMN_PHASE, Column, FilingState, Phase
from tests.conftest import make_cast, put_in_phase
from tests.scoring.sheets import address, entry, fill, fill_staff, key, post


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
    assert "Thiếu biểu" in page


def test_what_a_principal_says_to_its_clerk_is_not_read_by_the_head(scoring, as_):
    fill(scoring, scoring.ash, Column.CLAIMED)
    fill_staff(scoring)
    url = address(scoring.card, "claimed")
    as_(scoring.ash_clerk).post(address(scoring.card, "claimed", "hand_up"))
    as_(scoring.ash).post(address(scoring.card, "claimed", "give_back"), {"note": "Xem lại dòng 2"})
    assert "Xem lại dòng 2" in as_(scoring.ash_clerk).get(url).content.decode()
    assert "Xem lại dòng 2" not in as_(scoring.cedar).get(url).content.decode()


def test_the_head_s_clerk_reads_who_returns_a_sheet_that_was_sent(scoring, as_):
    url, told = address(scoring.card, "claimed"), "Cedar returns it with a reason"
    readers = (scoring.cedar_clerk, scoring.cedar, scoring.birch, scoring.ash)
    assert told not in as_(scoring.cedar_clerk).get(url).content.decode()
    fill(scoring, scoring.ash, Column.CLAIMED)
    fill_staff(scoring)
    as_(scoring.ash).post(address(scoring.card, "claimed", "send"))
    pages = [as_(reader).get(url).content.decode() for reader in readers]
    assert [told in page for page in pages] == [True, False, False, False]


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
