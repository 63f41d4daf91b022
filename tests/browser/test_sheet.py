"""A sheet in a real browser: nothing that is typed is lost, however slow the server."""

import re
from decimal import Decimal

import pytest
from playwright.sync_api import expect

from scoring.models import Entry, Filing, StaffFigures
from scoring.phases import Column, FilingState, Phase
from tests.browser.conftest import a_slow_server
from tests.conftest import put_in_phase

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def scoring(cast, in_phase):
    in_phase(Phase.REGISTRATION)
    cast.card.write(cast.ash, Column.TARGET, {cast.lines.plan.pk: {"target": Decimal(10)}})
    in_phase(Phase.SELF_SCORING)
    return cast


def field(page, line, name="actual"):
    return page.locator(f"#c{line.pk}-{name}")


def said(page, line, name="actual"):
    return page.locator(f"#c{line.pk}-{name}-said")


def figures(card, column):
    """What the database says of a column, by the code of the line."""
    entries = Entry.objects.filter(card=card, column=column).select_related("criterion")
    return {e.criterion.code: (e.actual, e.target, e.level) for e in entries}


def act(page, name):
    """Press the page's button, and the one that confirms."""
    page.get_by_role("link", name=name).click()
    page.get_by_role("button", name=name.removesuffix("…")).click()


def test_a_sheet_typed_against_a_slow_server_loses_no_digit(scoring, browse):
    lines = scoring.lines
    page = browse(scoring.ash_clerk, f"/cards/{scoring.card.pk}/")
    with a_slow_server(0.6):
        field(page, lines.plan).press_sequentially("9,25", delay=20)
        page.keyboard.press("Enter")  # the next line's field
        expect(field(page, lines.sudden)).to_be_focused()
        page.keyboard.type("12", delay=20)
        page.keyboard.press("Tab")
        page.keyboard.type("24", delay=20)
        field(page, lines.party, "level").select_option("T")
        field(page, lines.late).press_sequentially("1", delay=20)
        page.keyboard.press("Enter")
        page.keyboard.type("1234567", delay=150)  # answers of the cells before come meanwhile
        expect(field(page, lines.bonus)).to_have_value("1234567")
        # One cell changes again while its first answer is under way.
        field(page, lines.late).fill("2")
        field(page, lines.late).press("Tab")
        field(page, lines.late).fill("3")
        field(page, lines.late).press("Tab")
        for line in (lines.plan, lines.sudden, lines.late, lines.bonus):
            expect(said(page, line)).to_have_class(re.compile(r"\bsaved\b"), timeout=15000)
        for line, name in ((lines.sudden, "target"), (lines.party, "level")):
            expect(said(page, line, name)).to_have_class(re.compile(r"\bsaved\b"), timeout=15000)
    assert figures(scoring.card, Column.CLAIMED) == {
        "I.1": (Decimal("9.25"), None, ""),
        "I.2": (Decimal(12), Decimal(24), ""),
        "II.1": (None, None, "T"),
        "II.2": (Decimal(3), None, ""),
        "B.1": (Decimal(1234567), None, ""),
    }
    expect(field(page, lines.late)).to_have_value("3")
    expect(page.locator(f"#points-{lines.plan.pk}")).to_contain_text("37,00")
    expect(page.locator("#filled")).to_contain_text("Filling 5/5")
    expect(page.locator("#total")).to_have_text("86,50")


def test_enter_goes_from_box_to_box_and_after_the_last_to_the_button(scoring, browse):
    lines = scoring.lines
    page = browse(scoring.ash_clerk, f"/cards/{scoring.card.pk}/#line-{lines.sudden.pk}")
    expect(field(page, lines.sudden)).to_be_focused()  # as from the list of what is missing
    page.keyboard.press("Enter")
    expect(field(page, lines.sudden, "target")).to_be_focused()  # the same line's base
    page.keyboard.press("Enter")
    expect(field(page, lines.party, "level")).to_be_focused()  # past the tick of the estimate
    page.keyboard.press("Shift+Enter")
    expect(field(page, lines.sudden, "target")).to_be_focused()
    page.locator("[name=staff-all_completed]").press("Enter")
    expect(page.get_by_role("link", name="To the principal")).to_be_focused()


def test_escape_gives_back_what_is_stored(scoring, browse):
    scoring.card.write(scoring.ash, Column.CLAIMED, {scoring.lines.late.pk: {"actual": Decimal(3)}})
    page = browse(scoring.ash_clerk, f"/cards/{scoring.card.pk}/")
    box = field(page, scoring.lines.late)
    box.fill("77")
    box.press("Escape")
    expect(box).to_have_value("3")
    box.fill("nhiều")
    box.press("Tab")
    expect(said(page, scoring.lines.late)).to_have_class(re.compile("refused"))
    box.press("Escape")
    expect(said(page, scoring.lines.late)).to_have_text("saved")
    expect(box).to_have_value("3")
    expect(box).not_to_have_class(re.compile("refused"))


@pytest.mark.parametrize("typed", ["abc", "1.250"])
def test_who_presses_the_button_over_a_value_that_is_not_stored_is_led_to_it(
    scoring, browse, typed
):
    page = browse(scoring.ash_clerk, f"/cards/{scoring.card.pk}/")
    line, button = scoring.lines.late, page.get_by_role("link", name="To the principal")
    field(page, scoring.lines.bonus).fill("1")
    field(page, scoring.lines.bonus).press("Tab")
    expect(page.locator("#saved-at")).to_contain_text("Saved at")
    field(page, line).fill(typed)
    button.click()  # while the cell is being saved
    for _pressed in ("at once", "again"):
        expect(field(page, line)).to_be_focused()
        expect(field(page, line)).to_be_in_viewport()
        expect(page.locator("#not-stored")).to_contain_text("A value is not stored yet. II.2")
        expect(page.locator("#saved-at")).to_have_text("A value is not stored yet.")
        button.click()
    field(page, line).press("Escape")
    expect(page.locator("#saved-at")).to_contain_text("Saved at")
    expect(page.locator("#not-stored")).to_be_empty()
    button.click()
    expect(page.locator(".missing")).to_be_visible()


def test_of_two_values_in_one_cell_the_second_writer_chooses(scoring, browse):
    page, line = browse(scoring.ash_clerk, f"/cards/{scoring.card.pk}/"), scoring.lines.late
    scoring.card.write(scoring.ash, Column.CLAIMED, {line.pk: {"actual": Decimal(5)}})
    field(page, line).fill("6")
    field(page, line).press("Tab")
    expect(said(page, line)).to_contain_text("“6” is not saved")
    said(page, line).get_by_role("button", name="Save mine").click()
    expect(said(page, line)).to_have_text("saved")
    assert figures(scoring.card, Column.CLAIMED) == {"II.2": (Decimal(6), None, "")}


def test_what_the_server_did_not_take_stays_and_is_saved_again(scoring, browse):
    page = browse(scoring.ash, f"/cards/{scoring.card.pk}/")
    line = scoring.lines.late
    page.context.set_offline(True)
    field(page, line).fill("3")
    field(page, line).press("Tab")
    expect(said(page, line)).to_contain_text("Not saved")
    expect(field(page, line)).to_have_value("3")
    page.context.set_offline(False)
    said(page, line).get_by_role("button", name="Save again").click()
    expect(said(page, line)).to_have_class(re.compile("saved"))
    expect(said(page, line)).to_have_text("saved")
    assert figures(scoring.card, Column.CLAIMED) == {"II.2": (Decimal(3), None, "")}


def test_without_a_session_a_banner_says_so_and_the_value_survives_the_login(scoring, browse):
    page = browse(scoring.ash, f"/cards/{scoring.card.pk}/")
    line = scoring.lines.late
    cookies = [c for c in page.context.cookies() if c["name"] == "sessionid"]
    page.context.clear_cookies(name="sessionid")
    field(page, line).fill("3")
    field(page, line).press("Tab")
    expect(page.locator("#logged-out")).to_be_visible()
    expect(said(page, line)).to_contain_text("Not saved")
    page.context.add_cookies(cookies)
    page.once("dialog", lambda dialog: dialog.accept())
    page.reload()
    page.locator("#sheet-words [data-take]").click()
    expect(said(page, line)).to_have_text("saved")
    assert figures(scoring.card, Column.CLAIMED) == {"II.2": (Decimal(3), None, "")}


def test_what_a_closed_column_refused_is_told_there_and_offered_by_its_line_once_it_opens(
    scoring, browse
):
    page = browse(scoring.ash, f"/cards/{scoring.card.pk}/")
    line, notice = scoring.lines.late, page.locator("#sheet-words")
    put_in_phase(scoring, Phase.EXECUTION)
    field(page, line).fill("3")
    field(page, line).press("Tab")
    expect(said(page, line)).to_have_class(re.compile("refused"))
    page.locator("[name=as-of]").fill("15/9")
    page.locator("[name=as-of]").press("Tab")
    expect(page.locator("#as-of-said")).to_have_class(re.compile("refused"))
    page.once("dialog", lambda dialog: dialog.accept())
    page.goto(page.url)  # now the six-month results
    expect(field(page, line)).to_be_visible()
    expect(notice).to_be_hidden()
    own = page.url
    page.goto(f"{own}?column=claimed")
    expect(page.locator("#kept-words")).to_contain_text("open again: Figures up to; II.2")
    put_in_phase(scoring, Phase.SELF_SCORING)
    page.goto(own)
    expect(page.locator("#kept-words")).to_have_count(0)
    expect(notice).to_contain_text("II.2: faults")
    expect(notice).to_contain_text("Figures up to")
    notice.locator("[data-take]").click()
    expect(said(page, line)).to_have_text("saved")
    assert figures(scoring.card, Column.CLAIMED) == {"II.2": (Decimal(3), None, "")}


def test_whose_seat_has_ended_is_told_so_at_the_next_cell(scoring, browse):
    page = browse(scoring.ash_clerk, f"/cards/{scoring.card.pk}/")
    scoring.ash_clerk.seats.get().end()
    field(page, scoring.lines.late).fill("3")
    field(page, scoring.lines.late).press("Tab")
    expect(page.locator("#out-of-reach")).to_be_visible()


def test_a_doubtful_number_is_answered_by_a_button(scoring, browse):
    page = browse(scoring.ash, f"/cards/{scoring.card.pk}/")
    line = scoring.lines.late
    field(page, line).fill("1.250")
    field(page, line).press("Tab")
    said(page, line).get_by_role("button", name="1,25", exact=True).click()
    expect(said(page, line)).to_have_text("saved")
    expect(field(page, line)).to_have_value("1,25")
    assert figures(scoring.card, Column.CLAIMED) == {"II.2": (Decimal("1.25"), None, "")}


def test_a_sheet_goes_up_comes_back_is_sent_taken_back_and_sent(scoring, browse):
    lines, path = scoring.lines, f"/cards/{scoring.card.pk}/"
    clerk = browse(scoring.ash_clerk, path)
    for line, text in (
        (lines.plan, "9"),
        (lines.sudden, "4"),
        (lines.late, "1"),
        (lines.bonus, "1"),
    ):
        field(clerk, line).fill(text)
        field(clerk, line).press("Tab")
    field(clerk, lines.sudden, "target").fill("4")
    field(clerk, lines.party, "level").select_option("T")
    clerk.get_by_role("link", name="To the principal").click()
    expect(clerk.locator(".missing")).to_contain_text("The staff figures")
    clerk.locator(".missing a").last.click()
    for name, text in (("people", "12"), ("advanced", "11"), ("fighters", "2")):
        clerk.locator(f"[name=staff-{name}]").fill(text)
        clerk.locator(f"[name=staff-{name}]").press("Tab")
    clerk.locator("[name=staff-all_completed]").select_option("1")
    act(clerk, "To the principal")
    expect(clerk.locator("#filled")).to_have_text("With the principal")
    assert StaffFigures.objects.get().people == 12

    principal = browse(scoring.ash, path)
    principal.get_by_role("link", name="Return…").click()
    principal.locator("[name=note]").fill("Thiếu một cuộc")
    principal.get_by_role("button", name="Return").click()
    clerk.goto(clerk.url)
    expect(clerk.locator("main")).to_contain_text("Thiếu một cuộc")
    field(clerk, lines.plan).fill("10")
    field(clerk, lines.plan).press("Tab")
    act(clerk, "To the principal")
    principal.goto(principal.url)
    act(principal, "Approve and send")
    expect(principal.locator("#filled")).to_have_text("Sent")
    act(principal, "Take back")
    expect(principal.locator("#filled")).to_have_text("Taken back")
    act(principal, "Send")
    expect(principal.locator("#filled")).to_have_text("Sent")
    filing = Filing.objects.get(column=Column.CLAIMED)
    assert [done.act for done in filing.acts.all()] == [
        "handed_up", "returned", "handed_up", "sent", "taken_back", "sent",
    ]  # fmt: skip
    assert figures(scoring.card, Column.CLAIMED)["I.1"] == (Decimal(10), None, "")


def test_a_finding_that_differs_opens_its_reason_and_is_confirmed(scoring, browse):
    from tests.scoring.sheets import fill, fill_staff

    lines, path = scoring.lines, f"/cards/{scoring.card.pk}/"
    fill(scoring, scoring.ash, Column.CLAIMED)
    fill_staff(scoring)
    seat = scoring.ash.seats.get()
    scoring.card.filing_of(seat, Column.CLAIMED).send(seat)
    put_in_phase(scoring, Phase.INSPECTION)
    page = browse(scoring.birch, path)
    page.get_by_role("button", name="Take the self-score over").click()
    expect(field(page, lines.plan)).to_have_value("9")
    reason = page.locator(f"#reason-{lines.plan.pk}")
    expect(reason).to_be_hidden()
    field(page, lines.plan).fill("8")
    field(page, lines.plan).press("Tab")
    expect(reason).to_be_visible()
    expect(page.locator(f"#lack-{lines.plan.pk}")).to_contain_text("needs a reason")
    page.get_by_role("link", name="Confirm the inspection").click()
    expect(page.locator(".missing li")).to_have_count(1)
    page.locator(".missing a").click()
    field(page, lines.plan, "note").fill("Một cuộc chưa ban hành kết luận")
    field(page, lines.plan, "note").press("Tab")
    expect(page.locator(f"#lack-{lines.plan.pk}")).to_be_empty()
    act(page, "Confirm the inspection")
    expect(page.locator("#filled")).to_have_text("Confirmed")
    assert Filing.objects.get(column=Column.FOUND).state == FilingState.SENT
    assert Entry.objects.get(criterion=lines.plan, column=Column.FOUND).note.startswith("Một cuộc")


def test_without_javascript_the_sheet_is_saved_by_its_button(scoring, browse):
    page = browse(scoring.ash, f"/cards/{scoring.card.pk}/", java_script_enabled=False)
    field(page, scoring.lines.late).fill("3")
    field(page, scoring.lines.party, "level").select_option("T")
    page.get_by_role("button", name="Save").click()
    assert figures(scoring.card, Column.CLAIMED) == {
        "II.1": (None, None, "T"), "II.2": (Decimal(3), None, ""),
    }  # fmt: skip


def test_without_javascript_a_doubtful_number_is_answered_by_its_button(scoring, browse):
    page = browse(scoring.ash, f"/cards/{scoring.card.pk}/", java_script_enabled=False)
    late = scoring.lines.late
    field(page, late).fill("1.250")
    field(page, scoring.lines.party, "level").select_option("T")
    page.get_by_role("button", name="Save").click()
    field(page, late).press("Enter")  # it asks once more: Enter answers nothing
    expect(field(page, late)).to_have_value("1.250")
    assert figures(scoring.card, Column.CLAIMED) == {}
    page.get_by_role("button", name="1,25", exact=True).click()
    assert figures(scoring.card, Column.CLAIMED) == {
        "II.1": (None, None, "T"), "II.2": (Decimal("1.25"), None, ""),
    }  # fmt: skip


def test_without_javascript_each_conflict_is_answered_by_itself(scoring, browse):
    page = browse(scoring.ash, f"/cards/{scoring.card.pk}/", java_script_enabled=False)
    late, bonus = scoring.lines.late, scoring.lines.bonus
    stored = {late.pk: {"actual": Decimal(5)}, bonus.pk: {"actual": Decimal(6)}}
    scoring.card.write(scoring.ash_clerk, Column.CLAIMED, stored)
    field(page, late).fill("7")
    field(page, bonus).fill("8")
    page.get_by_role("button", name="Save", exact=True).click()
    said(page, late).get_by_role("button", name="Save mine").click()
    expect(said(page, bonus)).to_contain_text("“8” is not saved")
    assert {e.actual for e in Entry.objects.filter(column=Column.CLAIMED)} == {5, 6}
    said(page, bonus).get_by_role("button", name="Keep what is stored").click()
    kept = {e.criterion: e.actual for e in Entry.objects.filter(column=Column.CLAIMED)}
    assert kept == {late: 7, bonus: 6}


def test_a_phone_shows_a_card_a_line_and_never_scrolls_sideways(scoring, browse):
    page = browse(scoring.ash, f"/cards/{scoring.card.pk}/", viewport={"width": 360, "height": 740})
    assert page.evaluate("document.documentElement.scrollWidth") == 360
    page.locator(".fold").first.click()
    expect(field(page, scoring.lines.plan)).to_be_hidden()
    expect(field(page, scoring.lines.late)).to_be_visible()
