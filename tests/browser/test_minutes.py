"""The minutes in a real browser: two who write at once, and the page as it prints."""

import pytest
from playwright.sync_api import expect

from awards.models import MeetingPaper
from blocks import clock
from tests.awards.stage import make_stage, mark, voting

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def closed(db):
    stage = make_stage(flag={"mode": "open", "threshold_part": 60})
    question = voting(stage)
    for person in stage.people.values():
        question.cast(person, mark(question, "Ash"))
    question.close()
    stage.meeting.close()
    return stage


def address(stage):
    return f"/meetings/{stage.meeting.pk}/minutes/"


def save(page):
    page.get_by_role("button", name="Save the words").first.click()


def test_the_second_of_two_who_write_at_once_puts_both_texts_together(closed, browse):
    first = browse(closed.secretary, address(closed))
    second = browse(closed.cast.cedar, address(closed))
    first.get_by_label("4. Discussion").fill("Lời của thư ký.")
    save(first)
    expect(first.locator(".a4")).to_contain_text("Lời của thư ký.")
    box = second.get_by_label("4. Discussion")
    box.fill("Lời của thủ trưởng.")
    save(second)
    expect(second.locator("#discussion .note-amber")).to_contain_text("Lời của thư ký.")
    expect(box).to_have_value("Lời của thủ trưởng.")
    box.fill("Lời của thư ký.\n\nLời của thủ trưởng.")
    save(second)
    expect(second.locator(".a4")).to_contain_text("Lời của thủ trưởng.")
    words = MeetingPaper.objects.get().words
    assert words["discussion"] == "Lời của thư ký.\n\nLời của thủ trưởng."


def test_the_page_as_it_prints_stands_beside_the_words_or_behind_a_switch(closed, browse):
    wide = browse(closed.secretary, address(closed), viewport={"width": 1366, "height": 768})
    expect(wide.locator(".a4")).to_be_visible()
    expect(wide.locator(".a4")).to_contain_text("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM")
    phone = browse(closed.secretary, address(closed), viewport={"width": 360, "height": 740})
    expect(phone.locator(".a4")).to_be_hidden()
    phone.get_by_text("See as printed").click()
    expect(phone.locator(".a4")).to_be_visible()
    assert phone.evaluate("document.documentElement.scrollWidth") <= 360


def test_finalising_asks_once_and_leads_to_the_paper(closed, browse):
    page = browse(closed.cast.cedar, address(closed))
    page.get_by_label("2. Opening").fill("Khai mạc Hội nghị.")
    save(page)
    page.get_by_role("link", name="Finalise the minutes").click()
    page.get_by_role("button", name="Finalise the minutes").click()
    expect(page.get_by_text("Waits for signature and number")).to_be_visible()
    paper = MeetingPaper.objects.get()
    assert paper.final
    assert paper.words["opening"] == "Khai mạc Hội nghị."


def test_who_leaves_with_words_that_were_not_saved_is_asked_first(closed, browse):
    page, asked = browse(closed.secretary, address(closed)), []

    def stay(dialog):
        asked.append(dialog.type)
        dialog.dismiss()

    page.on("dialog", stay)
    page.get_by_label("4. Discussion").fill("Ý kiến của đơn vị.")
    page.get_by_role("link", name="Meeting › Attendance").click()
    expect(page.get_by_label("4. Discussion")).to_have_value("Ý kiến của đơn vị.")
    assert asked == ["beforeunload"]
    save(page)
    expect(page.get_by_text("The words were saved at")).to_be_visible()
    page.get_by_role("link", name="Meeting › Attendance").click()
    expect(page.locator("#roll")).to_be_visible()
    assert asked == ["beforeunload"]


def test_the_projector_fits_a_phone_while_it_shows_a_result(closed, browse):
    closed.cast.ash_unit.rename(
        "Thanh tra huyện Nguyễn-Bỉnh-Khiêm-Thượng", "Nguyễn-Bỉnh-Khiêm-Thượng", clock.today()
    )
    path = f"/meetings/{closed.meeting.pk}/projector/"
    page = browse(closed.secretary, path, viewport={"width": 360, "height": 740})
    expect(page.locator("#projected table")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
