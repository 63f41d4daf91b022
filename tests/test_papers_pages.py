"""Who reads, writes, prints, issues and numbers papers, page by page."""

import hashlib
import re
from datetime import date
from decimal import Decimal
from html import unescape
from urllib.parse import unquote

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils.translation import override

from awards.models import Hold, MeetingPaper
from awards.papers import count_of, minutes_facts, minutes_of, nominees_of, proposal_of
from blocks import clock
from blocks.models import Change, Paper, PaperKind, stamp
from emulation.printing import disposition, finalise
from scoring.inspection_paper import inspection_of
from scoring.models import Scorecard, SheetPaper
from scoring.papers import registration_of
from scoring.phases import Column, FilingState, Phase
from tests.awards.stage import line, make_stage, mark, ranked, seat, voting
from tests.conftest import put_in_phase, ticked

LOADED = {
    f"seen-{name}": stamp("") for name in ("opening", "discussion", "reservations", "closing")
}


@pytest.fixture
def stage(db):
    return make_stage(flag={"mode": "open", "threshold_part": 60})


@pytest.fixture
def closed(stage):
    """The meeting is over: Ash was elected."""
    return held(stage)


def held(stage):
    """All three vote for Ash, and the meeting is closed."""
    question = voting(stage)
    for person in stage.people.values():
        question.cast(person, mark(question, "Ash"))
    question.close()
    stage.meeting.close()
    return stage


def url(name, *args):
    return reverse(name, args=args)


def words(stage):
    paper = MeetingPaper.objects.filter(meeting=stage.meeting, kind=PaperKind.MINUTES).first()
    return paper.words if paper else None


# --- the minutes as they are written --------------------------------------------------------------

WRITERS = [
    # who           writes  finalises
    ("cedar_clerk", 200, 200),  # the secretary, a clerk of the head
    ("cedar",       200, 200),  # the head's principal
    ("officer",     403, 403),
    ("ash",         403, 403),
    ("dogwood",     404, 404),
    ("stranger",    404, 404),
]  # fmt: skip


@pytest.mark.parametrize(("who", "writes", "finalises"), WRITERS)
def test_who_writes_and_who_finalises_the_minutes(closed, as_, who, writes, finalises):
    browser = as_(getattr(closed.cast, who))
    pk = closed.meeting.pk
    assert browser.get(url("write_minutes", pk)).status_code == writes
    assert browser.get(url("preview_count", pk)).status_code == writes
    assert browser.get(url("finalise_minutes", pk)).status_code == finalises


def test_the_page_shows_the_facts_with_links_to_where_they_come_from(closed, as_):
    page = as_(closed.secretary).get(url("write_minutes", closed.meeting.pk)).content.decode()
    for fact in ("Thanh tra huyện Ash: Ông Ash", "03 of 03 units", "03/03 phiếu đồng ý"):
        assert fact in page
    for address in (
        f"{closed.meeting.get_absolute_url()}#roll",
        url("show_board", closed.season.pk),
    ):
        assert f'href="{address}"' in page
    assert "<iframe" not in page
    assert "style=" not in page


def test_reading_the_page_writes_nothing(closed, as_):
    as_(closed.secretary).get(url("write_minutes", closed.meeting.pk))
    as_(closed.secretary).get(url("preview_minutes", closed.meeting.pk))
    assert not Paper.objects.exists()


def test_words_are_kept_as_text_and_normalised(stage, as_):
    browser = as_(stage.secretary)
    typed = LOADED | {"opening": "Khai ma\u0323c <b>hội nghị</b>"}
    answer = browser.post(url("write_minutes", stage.meeting.pk), typed)
    assert answer.status_code == 302
    assert words(stage)["opening"] == "Khai mạc <b>hội nghị</b>"
    page = browser.get(url("write_minutes", stage.meeting.pk)).content.decode()
    assert "The words were saved at" in page
    assert "Khai mạc &lt;b&gt;hội nghị&lt;/b&gt;" in page


def test_words_too_long_are_refused_at_their_place_and_stay_on_the_page(stage, as_):
    long = "Ý kiến. " * 3000
    answer = as_(stage.secretary).post(
        url("write_minutes", stage.meeting.pk), LOADED | {"discussion": long}
    )
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "At most 20000 signs" in page
    assert long.strip()[-200:] in page
    assert words(stage) is None


def test_the_second_of_two_who_save_at_once_is_shown_the_first_s_text(stage, as_):
    address = url("write_minutes", stage.meeting.pk)
    as_(stage.secretary).post(address, LOADED | {"discussion": "Lời của thư ký."})
    second = as_(stage.cast.cedar)
    mine = LOADED | {"discussion": "Lời của thủ trưởng.", "closing": "Kết luận."}
    answer = second.post(address, mine)
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "Somebody else saved these words meanwhile;" in page
    assert "Lời của thư ký." in page
    assert "Lời của thủ trưởng." in page
    assert words(stage) == {"opening": "", "discussion": "Lời của thư ký.", "reservations": "",
                            "closing": ""}  # fmt: skip
    seen = LOADED | {"seen-discussion": stamp("Lời của thư ký.")}  # as the page now carries it
    assert f'value="{seen["seen-discussion"]}"' in page
    assert second.post(address, mine | seen).status_code == 302
    assert words(stage)["discussion"] == "Lời của thủ trưởng."
    assert words(stage)["closing"] == "Kết luận."


def test_the_draft_in_pdf_is_kept_nowhere(closed, as_):
    for name in ("preview_minutes", "preview_count"):
        answer = as_(closed.secretary).get(url(name, closed.meeting.pk))
        assert answer["Content-Type"] == "application/pdf"
        assert "no-store" in answer["Cache-Control"]
        assert answer.content.startswith(b"%PDF-")


def test_minutes_are_finalised_only_once_the_meeting_is_closed(stage, as_):
    seat(stage)
    stage.meeting.open()
    browser = as_(stage.secretary)
    for name in ("finalise_minutes", "finalise_count"):
        for ask in (browser.get, browser.post):
            answer = ask(url(name, stage.meeting.pk))
            assert answer.status_code == 422
            assert "once the meeting is closed" in answer.content.decode()
    assert not Paper.objects.exists()


def test_finalised_minutes_are_read_by_every_member_and_written_by_nobody(closed, as_):
    browser = as_(closed.cast.cedar)
    address = url("write_minutes", closed.meeting.pk)
    browser.post(address, LOADED | {"opening": "Khai mạc."})
    for name, kind in (
        ("finalise_count", PaperKind.COUNT),
        ("finalise_minutes", PaperKind.MINUTES),
    ):
        assert browser.post(url(name, closed.meeting.pk)).status_code == 302
        assert Paper.objects.get(kind=kind).final
    paper = Paper.objects.get(kind=PaperKind.MINUTES)
    assert browser.get(address).url == paper.get_absolute_url()
    assert browser.post(address, LOADED | {"opening": "Khác."}).status_code == 302
    assert browser.post(url("finalise_minutes", closed.meeting.pk)).status_code == 422
    assert words(closed)["opening"] == "Khai mạc."
    for member in (closed.cast.ash, closed.cast.birch_clerk, closed.cast.officer):
        answer = as_(member).get(url("paper_pdf", paper.pk))
        assert answer.status_code == 200
        assert answer.content == bytes(Paper.objects.get(pk=paper.pk).content)


def test_each_minutes_is_reached_from_the_desk_until_both_are_final(closed, as_):
    browser, desk = as_(closed.cast.cedar), closed.meeting.get_absolute_url()
    waiting = {
        "finalise_minutes": (PaperKind.MINUTES, "The minutes of the meeting are final."),
        "finalise_count": (PaperKind.COUNT, "The count minutes are final."),
    }
    while waiting:
        page = browser.get(desk).content.decode()
        for name in waiting:
            assert url(name, closed.meeting.pk) in page
        name, (kind, said) = waiting.popitem()
        answer = browser.post(url(name, closed.meeting.pk), follow=True)
        paper = Paper.objects.get(kind=kind)
        assert answer.redirect_chain[-1][0] == paper.get_absolute_url()
        assert said in answer.content.decode()
    page = browser.get(desk).content.decode()
    assert "finalise" not in page
    readers = as_(closed.cast.ash).get(desk).content.decode()
    for paper in Paper.objects.all():
        assert paper.get_absolute_url() in page
        assert paper.get_absolute_url() in readers


def test_a_member_finds_no_draft_on_the_desk(closed, as_):
    page = as_(closed.cast.ash).get(closed.meeting.get_absolute_url()).content.decode()
    assert "Count minutes" not in page


NEEDED = [
    # mode     final               what the end of the year still needs
    ("open",   (),                 ["The minutes of the meeting are not final."]),
    ("open",   ("minutes",),       []),
    ("secret", ("minutes",),       ["The count minutes are not final."]),
    ("secret", ("count",),         ["The minutes of the meeting are not final."]),
    ("secret", ("minutes", "count"), []),
]  # fmt: skip


@pytest.mark.parametrize(("mode", "final", "missing"), NEEDED)
def test_the_year_ends_with_final_minutes_and_after_a_secret_vote_with_its_count(
    db, mode, final, missing
):
    from awards.needs import minutes_are_final

    closed = held(make_stage(flag={"mode": mode, "threshold_part": 60}))
    for kind in final:
        paper = {"minutes": minutes_of, "count": count_of}[kind](closed.meeting)
        finalise(paper, closed.cast.cedar)
    with override("en"):
        assert [one.sentence for one in minutes_are_final(closed.season)] == missing


# --- a paper's page -------------------------------------------------------------------------------

READERS = [
    # who           draft  final
    ("cedar_clerk", 200, 200),
    ("cedar",       200, 200),
    ("officer",     200, 200),
    ("ash",         404, 200),
    ("dogwood",     404, 404),
    ("stranger",    404, 404),
]  # fmt: skip


@pytest.mark.parametrize(("who", "draft", "final"), READERS)
def test_who_reads_minutes_as_a_draft_and_when_final(closed, as_, who, draft, final):
    browser = as_(getattr(closed.cast, who))
    paper = minutes_of(closed.meeting)
    for state in (draft, final):
        for name in ("show_paper", "paper_pdf"):
            assert browser.get(url(name, paper.pk)).status_code == state
        listed = paper.title in browser.get(url("list_papers")).content.decode()
        assert listed == (state == 200)
        if not paper.final:
            finalise(paper, closed.cast.cedar)


def test_a_final_pdf_bears_a_vietnamese_name_and_one_in_plain_letters(closed, as_):
    paper = minutes_of(closed.meeting)
    finalise(paper, closed.cast.cedar)
    said = as_(closed.cast.ash).get(url("paper_pdf", paper.pk))["Content-Disposition"]
    assert 'filename="bien-ban-hoi-nghi-rung-2026.pdf"' in said
    assert "Biên bản hội nghị" in unquote(said.partition("filename*=utf-8''")[2])


def test_a_file_name_cannot_add_a_header():
    said = disposition("a.pdf", 'b"\r\nSet-Cookie: x=1.pdf')
    assert "\r" not in said
    assert "\n" not in said


def test_a_paper_s_page_tells_its_hash_and_where_its_facts_come_from(closed, as_):
    paper = minutes_of(closed.meeting)
    finalise(paper, closed.cast.cedar)
    page = as_(closed.cast.ash).get(paper.get_absolute_url()).content.decode()
    assert Paper.objects.get(pk=paper.pk).sha256 in page
    assert closed.meeting.get_absolute_url() in page
    assert "Waits for signature and number" in page


NUMBERS = [
    # typed                                                  status
    ({"number": "5", "symbol": "BB", "numbered_on": "28/9/2026"}, 302),
    ({"number": "", "symbol": "BB", "numbered_on": "28/9/2026"}, 422),
    ({"number": " 005 ", "symbol": "/BB", "numbered_on": "28/9/2026"}, 302),
    ({"number": "5", "symbol": "5/BB", "numbered_on": "28/9/2026"}, 302),
    ({"number": "0", "symbol": "BB", "numbered_on": "28/9/2026"}, 422),
    ({"number": "5", "symbol": "B B", "numbered_on": "28/9/2026"}, 422),
    ({"number": "5/BB", "symbol": "BB", "numbered_on": "28/9/2026"}, 422),
    ({"number": "5", "symbol": "BB", "numbered_on": "29/9/2026"}, 422),  # tomorrow
    ({"number": "5", "symbol": "BB", "numbered_on": "27/9/2026"}, 422),  # before the meeting
    ({"number": "5", "symbol": "BB", "numbered_on": "31/9/2026"}, 422),
]


@pytest.mark.parametrize(("typed", "status"), NUMBERS)
def test_a_number_is_noted_as_the_register_gave_it(closed, as_, typed, status):
    paper = count_of(closed.meeting)
    finalise(paper, closed.cast.cedar)
    answer = as_(closed.cast.cedar_clerk).post(url("number_paper", paper.pk), typed)
    assert answer.status_code == status
    paper = Paper.objects.get(pk=paper.pk)
    assert paper.reference == ("05/BB" if status == 302 else "")


def number(browser, paper, typed, **more):
    said = {"number": typed, "symbol": "BB-CED", "numbered_on": "28/9/2026"} | more
    return browser.post(url("number_paper", paper.pk), said)


DOUBLES = [
    # typed  symbol     doubles 5/BB-CED of the same year
    ("5",    "BB-CED",  True),
    ("05",   "bb-ced",  True),
    ("15",   "BB-CED",  False),
    ("5a",   "BB-CED",  False),
    ("5",    "BB-ASH",  False),
    ("5",    "",        False),
]  # fmt: skip


@pytest.mark.parametrize(("typed", "symbol", "doubles"), DOUBLES)
def test_a_double_number_is_asked_about_before_it_is_noted(closed, as_, typed, symbol, doubles):
    first, second = minutes_of(closed.meeting), count_of(closed.meeting)
    browser = as_(closed.cast.cedar_clerk)
    for paper in (first, second):
        finalise(paper, closed.cast.cedar)
    assert number(browser, first, "5").status_code == 302
    answer = number(browser, second, typed, symbol=symbol)
    assert answer.status_code == (422 if doubles else 302)
    if doubles:
        assert first.title in answer.content.decode()
        assert Paper.objects.get(pk=second.pk).reference == ""
        assert number(browser, second, typed, symbol=symbol, anyway="on").status_code == 422
        tick = ticked(answer)
        assert number(browser, second, typed, symbol=symbol, **tick).status_code == 302
        assert Paper.objects.get(pk=second.pk).reference == f"05/{symbol}"
        for paper, other in ((first, second), (second, first)):
            page = browser.get(paper.get_absolute_url()).content.decode()
            assert "stands on another paper too" in page
            assert other.title in page


def test_a_number_of_another_year_or_another_unit_is_no_double(closed, as_):
    first, second = minutes_of(closed.meeting), count_of(closed.meeting)
    for paper in (first, second):
        finalise(paper, closed.cast.cedar)
    noted = {"number": "5", "symbol": "BB-CED", "numbered_on": date(2025, 12, 30)}
    Paper.objects.filter(pk=first.pk).update(**noted)
    assert number(as_(closed.cast.cedar_clerk), second, "5").status_code == 302
    Paper.objects.filter(pk=first.pk).update(numbered_on=date(2026, 9, 1))
    sheet = closed.season.cards.get(unit=closed.cast.ash_unit)
    make_sheet(closed, sheet, PaperKind.SCORE_TABLE)
    paper = SheetPaper.objects.get()
    assert not paper.doubles("5", "BB-CED", date(2026, 9, 2)).exists()
    assert second.doubles("5", "BB-CED", date(2026, 9, 2)).get() == Paper.objects.get(pk=first.pk)


def test_the_same_number_noted_again_for_the_same_paper_is_no_double(closed, as_):
    paper = minutes_of(closed.meeting)
    finalise(paper, closed.cast.cedar)
    browser = as_(closed.cast.cedar_clerk)
    for _again in range(2):
        assert number(browser, paper, "5").status_code == 302


def test_a_number_that_was_noted_meanwhile_is_not_written_over_unseen(closed, as_):
    paper = minutes_of(closed.meeting)
    finalise(paper, closed.cast.cedar)
    browser = as_(closed.cast.cedar_clerk)
    page = browser.get(url("number_paper", paper.pk))  # before any number was there
    (loaded,) = re.findall(r'name="loaded" value="(\w+)"', page.content.decode())
    assert number(browser, paper, "5", loaded=loaded).status_code == 302
    answer = number(browser, paper, "6", loaded=loaded)
    assert answer.status_code == 422
    assert "What stands: Number: 05. " in answer.content.decode()
    (loaded,) = re.findall(r'name="loaded" value="(\w+)"', answer.content.decode())
    assert number(browser, paper, "6", loaded=loaded).status_code == 302
    assert Paper.objects.get(pk=paper.pk).reference == "06/BB-CED"


def test_a_double_click_on_a_double_number_is_one(closed, as_):
    paper, other = minutes_of(closed.meeting), count_of(closed.meeting)
    for each in (paper, other):
        finalise(each, closed.cast.cedar)
    other.give_number("5", "BB-CED", date(2026, 9, 28))
    browser = as_(closed.cast.cedar_clerk)
    page = browser.get(url("number_paper", paper.pk)).content.decode()
    (loaded,) = re.findall(r'name="loaded" value="(\w+)"', page)
    asked = number(browser, paper, "5", loaded=loaded)
    assert asked.status_code == 422
    for _click in range(2):
        answer = number(browser, paper, "5", loaded=loaded, **ticked(asked))
        assert answer.status_code == 302


# --- the signed copy ------------------------------------------------------------------------------

SCANS = [
    # content                          status  served as
    (b"%PDF-1.7 scan",                 302, "application/pdf"),
    (b"\xff\xd8\xff\xe0 scan",         302, "image/jpeg"),
    (b"\x89PNG\r\n\x1a\n scan",        302, "image/png"),
    (b"<script>alert(1)</script>",     422, None),
    (b"PK\x03\x04 a Word file",        422, None),
    (b"",                              422, None),
]  # fmt: skip


def upload(browser, paper, content, name="anh.exe"):
    from django.core.files.uploadedfile import SimpleUploadedFile

    return browser.post(url("sign_paper", paper.pk), {"file": SimpleUploadedFile(name, content)})


@pytest.mark.parametrize(("content", "status", "kind"), SCANS)
def test_only_an_uploaded_scan_makes_a_paper_signed(closed, as_, content, status, kind):
    paper = minutes_of(closed.meeting)
    finalise(paper, closed.cast.cedar)
    browser = as_(closed.cast.cedar_clerk)
    assert "Signed" not in browser.get(paper.get_absolute_url()).content.decode()
    assert upload(browser, paper, content).status_code == status
    page = browser.get(paper.get_absolute_url()).content.decode()
    listed = browser.get(url("list_papers")).content.decode()
    assert ("Signed" in page, "Signed" in listed) == (status == 302,) * 2
    answer = as_(closed.cast.ash).get(url("signed_paper", paper.pk))
    assert answer.status_code == (200 if kind else 404)
    if kind:
        assert (answer["Content-Type"], answer.content) == (kind, content)
        assert hashlib.sha256(content).hexdigest() in page
        assert as_(closed.cast.dogwood).get(url("signed_paper", paper.pk)).status_code == 404


def test_a_scan_of_something_else_is_removed_by_who_may_add_one(closed, as_):
    paper = minutes_of(closed.meeting)
    finalise(paper, closed.cast.cedar)
    browser, remove = as_(closed.cast.cedar_clerk), url("unsign_paper", paper.pk)
    assert upload(browser, paper, b"%PDF-1.7 other").status_code == 302
    assert f'href="{remove}"' in browser.get(url("sign_paper", paper.pk)).content.decode()
    assert as_(closed.cast.ash).post(remove).status_code == 403
    assert browser.post(remove, follow=True).status_code == 200
    assert "Signed" not in browser.get(paper.get_absolute_url()).content.decode()
    assert browser.get(url("signed_paper", paper.pk)).status_code == 404
    assert f'href="{remove}"' not in browser.get(url("sign_paper", paper.pk)).content.decode()
    assert browser.get(remove).status_code == 302


def test_a_signed_paper_that_has_its_number_says_both(closed, as_):
    paper = minutes_of(closed.meeting)
    finalise(paper, closed.cast.cedar)
    paper.sign(b"%PDF-1.7")
    paper.give_number("12", "BB-CED", date(2026, 9, 28))
    page = as_(closed.cast.ash).get(paper.get_absolute_url()).content.decode()
    assert "Signed, issued (12/BB-CED, 28/09/2026)" in page


@pytest.mark.parametrize(("kind", "least"), [("score_table", 2026), ("registration", 2025)])
def test_a_score_table_bears_no_date_before_its_year(closed, kind, least):
    minutes_of(closed.meeting)
    Paper.objects.update(kind=kind, dated=date(2025, 1, 1))
    paper = Paper.objects.get()
    paper.finalise(b"%PDF", closed.cast.cedar)
    with pytest.raises(ValidationError, match="không thể có ngày sớm như vậy"):
        paper.give_number("1", "BB", date(least - 1, 12, 31))
    paper.give_number("1", "BB", date(least, 1, 1))


def test_a_draft_is_not_signed_and_only_the_issuer_adds_the_scan(closed, as_):
    paper = minutes_of(closed.meeting)
    assert upload(as_(closed.cast.cedar), paper, b"%PDF-1.7").status_code == 422
    led_back = as_(closed.cast.cedar).get(url("sign_paper", paper.pk), follow=True)
    assert "Only a final paper is signed." in led_back.content.decode()
    finalise(paper, closed.cast.cedar)
    assert upload(as_(closed.cast.ash), paper, b"%PDF-1.7").status_code == 403
    assert upload(as_(closed.cast.dogwood), paper, b"%PDF-1.7").status_code == 404
    assert upload(as_(closed.cast.officer), paper, b"%PDF-1.7").status_code == 302


def test_history_says_from_which_seat_a_paper_was_numbered_and_its_scan_added(closed, as_):
    paper, acts = minutes_of(closed.meeting), []
    paper.finalise(b"%PDF", closed.cast.cedar)
    for user in (closed.cast.cedar_clerk, closed.cast.officer):
        assert number(as_(user), paper, "12").status_code == 302
        acts.append(Change.objects.latest("pk").seat_id)
        assert upload(as_(user), paper, f"%PDF-1.7 {user}".encode()).status_code == 302
        acts.append(Change.objects.latest("pk").seat_id)
        paper.give_number("11", "BB-CED", date(2026, 9, 28))
    clerk, officer = (u.seats.get().pk for u in (closed.cast.cedar_clerk, closed.cast.officer))
    assert acts == [clerk, clerk, officer, officer]


def test_a_signed_copy_larger_than_twenty_megabytes_is_refused(closed, as_, monkeypatch):
    paper = minutes_of(closed.meeting)
    finalise(paper, closed.cast.cedar)
    monkeypatch.setattr("emulation.uploads.LARGEST", 20)
    assert upload(as_(closed.cast.cedar), paper, b"%PDF-1.7 and more").status_code == 302
    assert upload(as_(closed.cast.cedar), paper, b"%PDF-1.7 and much more").status_code == 422


def test_the_database_keeps_no_signed_copy_of_a_draft(closed):
    paper = minutes_of(closed.meeting)
    scan = {"signed_copy": b"%PDF", "signed_copy_sha256": "0" * 64}
    with pytest.raises(IntegrityError, match="a_signed_copy_is_of"), transaction.atomic():
        Paper.objects.filter(pk=paper.pk).update(**scan)


# --- a correction ---------------------------------------------------------------------------------


def test_what_the_secretary_has_not_written_is_told_before_the_minutes_are_final(closed, as_):
    browser, pk = as_(closed.cast.cedar), closed.meeting.pk
    browser.post(url("write_minutes", pk), LOADED | {"opening": "Khai mạc."})
    page = browser.get(url("finalise_minutes", pk)).content.decode()
    assert "“Discussion” is empty." in page
    assert "“Opening” is empty." not in page
    assert "“Opinions kept in the minutes” is empty." not in page  # nobody need have one
    assert browser.post(url("finalise_minutes", pk)).status_code == 302


def test_that_the_ranking_is_not_in_force_is_told_where_minutes_are_written_and_made_final(
    stage, as_
):
    ranked(stage)
    stage.meeting.open()
    stage.question.cancel("Không bình xét")
    stage.meeting.close()
    said = "does not stand until every sheet is settled"
    browser = as_(stage.cast.cedar)
    for told in (False, True):
        if told:
            stage.season.go_back(stage.cast.cedar_seat, "Thẩm định lại")
        for name in ("write_minutes", "finalise_minutes"):
            page = browser.get(url(name, stage.meeting.pk)).content.decode()
            assert (said in page) == told


def test_a_common_target_without_a_result_is_told_before_the_minutes_are_final(closed, as_):
    targets = closed.season.common_targets
    told = targets.create(text="Không có đơn thư vượt cấp")
    targets.create(text="Hoàn thành kế hoạch", reached=1, as_of=clock.today())
    page = as_(closed.cast.cedar).get(url("finalise_minutes", closed.meeting.pk)).content.decode()
    assert "No result was noted of the common target “Không có đơn thư vượt cấp”." in page
    assert url("note_reached", told.pk) in page
    assert "Hoàn thành kế hoạch" not in page


def test_that_nobody_is_named_to_count_is_told_before_the_count_minutes_are_final(closed, as_):
    browser, pk = as_(closed.cast.cedar), closed.meeting.pk
    said = "Nobody is named on the counting committee"
    closed.meeting.counters.create(name="Bà Hoa")
    assert said not in browser.get(url("finalise_count", pk)).content.decode()
    closed.meeting.counters.all().delete()
    page = browser.get(url("finalise_count", pk)).content.decode()
    assert said in page
    assert url("add_counter", pk) in page
    assert browser.post(url("finalise_count", pk)).status_code == 302


def test_a_final_paper_is_corrected_by_a_new_one_that_names_it(closed, as_):
    browser = as_(closed.cast.cedar)
    browser.post(url("write_minutes", closed.meeting.pk), LOADED | {"opening": "Khai mạc."})
    old = minutes_of(closed.meeting)
    finalise(old, closed.cast.cedar)
    old.give_number("12", "BB-CED", date(2026, 9, 28))
    before = bytes(Paper.objects.get(pk=old.pk).content)

    answer = browser.post(url("correct_paper", old.pk), {"reason": "Ghi nhầm lời khai mạc"})
    assert answer.status_code == 302
    new = MeetingPaper.objects.get(replaces=old.pk)
    assert (new.final, new.words["opening"], new.number) == (False, "Khai mạc.", "")
    page = browser.get(old.get_absolute_url()).content.decode()
    assert "It counts until this draft" in page
    assert "Replaced by another" not in page

    loaded = LOADED | {"seen-opening": stamp("Khai mạc.")}
    browser.post(url("write_minutes", closed.meeting.pk), loaded | {"opening": "Đã khai mạc."})
    said = browser.get(url("write_minutes", closed.meeting.pk)).content.decode()
    named = f"thay thế văn bản số 12/BB-CED ngày 28 tháng 9 năm 2026: {old.title}"
    assert named in said
    assert "Lý do đính chính: Ghi nhầm lời khai mạc." in said
    browser.post(url("finalise_minutes", closed.meeting.pk))

    new.refresh_from_db()
    assert (new.final, new.words["opening"]) == (True, "Đã khai mạc.")
    assert named in new.facts["replaces"]
    assert bytes(Paper.objects.get(pk=old.pk).content) == before
    page = browser.get(old.get_absolute_url()).content.decode()
    assert "Replaced by another (12/BB-CED, 28/09/2026)" in page
    assert new.get_absolute_url() in page
    page = browser.get(new.get_absolute_url()).content.decode()
    assert old.get_absolute_url() in page
    assert "12/BB-CED" in page


def test_a_replaced_paper_takes_what_it_lacks_but_keeps_its_number_and_its_signed_copy(closed, as_):
    browser = as_(closed.cast.cedar)
    old = minutes_of(closed.meeting)
    finalise(old, closed.cast.cedar)
    new = MeetingPaper.objects.get(pk=old.pk).correct("Ghi nhầm")
    finalise(new, closed.cast.cedar)
    page = browser.get(old.get_absolute_url()).content.decode()
    assert "Enter number and date" in page
    assert "Add the signed copy" in page
    assert "Replaced by another (" not in page

    number = {"number": "5", "symbol": "BB-CED", "numbered_on": "28/9/2026"}
    assert browser.post(url("number_paper", old.pk), number).status_code == 302
    assert upload(browser, old, b"%PDF-1.7").status_code == 302
    new.give_number("7", "BB-CED", date(2026, 9, 29))
    page = browser.get(old.get_absolute_url()).content.decode()
    assert "Correct number and date" in browser.get(new.get_absolute_url()).content.decode()
    assert "Correct number and date" not in page
    assert "Replace the signed copy" not in page
    assert f"{new.title} (7/BB-CED)" in page

    for answer, refused in (
        (
            browser.post(url("number_paper", old.pk), number | {"number": "6"}),
            "its number and date",
        ),
        (upload(browser, old, b"%PDF-1.4"), "its signed copy"),
    ):
        assert answer.status_code == 422
        assert f"A paper that was replaced keeps {refused}." in answer.content.decode()
    old.refresh_from_db()
    assert (old.number, bytes(old.signed_copy)) == ("05", b"%PDF-1.7")

    listed = browser.get(url("list_papers")).content.decode()
    assert "Replaced by another (05/BB-CED, 28/09/2026)" in listed
    assert "Issued (7/BB-CED, 29/09/2026)" in listed


def test_what_the_year_leaves_open_is_told_before_it_closes_and_hinders_nothing(closed, as_):
    browser, season = as_(closed.cast.cedar), closed.season
    count = count_of(closed.meeting)
    finalise(minutes_of(closed.meeting), closed.cast.cedar)
    season.common_targets.create(text="Đúng hạn", value=95)
    season.common_targets.create(text="Xong", value=95, reached=96, as_of=date(2026, 9, 1))
    officer = closed.cast.officer.seats.get()
    ash = closed.cast.ash_unit
    Hold.put(season, officer, unit=ash, award=None, since=date(2026, 9, 25), reason="Xác minh đơn")
    card = Scorecard.objects.for_sheet().get(season=season, unit=ash)
    confirmed = {"state": FilingState.SENT, "sent_at": clock.now()}
    card.filings.create(column=Column.FOUND, unit=closed.cast.birch_unit, **confirmed)
    inspected = inspection_of(card)
    page = unescape(browser.get(url("move_season", season.pk, "closed")).content.decode())
    for told in (
        "Inspection minutes that are not final yet: Ash.",
        f"Still a draft: {count.title}.",
        f"Without number and date: {minutes_of(closed.meeting).title}.",
        "No result was noted of the common target “Đúng hạn”.",
        "Ash: not considered since 25/09/2026: Xác minh đơn.",
    ):
        assert told in page
    for untold in ("Xong", inspected.title):  # the draft is told once
        assert untold not in page
    assert browser.post(url("move_season", season.pk, "closed")).status_code == 302
    season.dates.update_or_create(phase="closed", defaults={"due": date(2026, 12, 20)})
    page = browser.get(season.get_absolute_url()).content.decode()
    assert "Planned until" not in page


@pytest.mark.parametrize("elects", [True, False])
def test_a_proposal_or_a_list_not_made_is_told_where_somebody_is_put_forward(stage, as_, elects):
    if elects:
        held(stage)
    else:
        voting(stage).cancel("Không bình xét")
        stage.meeting.close()
    finalise(minutes_of(stage.meeting), stage.cast.cedar)
    browser, address = as_(stage.cast.cedar), url("move_season", stage.season.pk, "closed")

    proposal, listed = "no proposal was written.", "the list of nominees was not finalised."

    def told():
        page = unescape(browser.get(address).content.decode())
        return [
            each for each in (proposal, listed) if f"Awards are put forward, but {each}" in page
        ]

    assert told() == ([proposal, listed] if elects else [])
    proposal_of(stage.meeting)
    assert told() == ([listed] if elects else [])
    finalise(nominees_of(stage.meeting), stage.cast.cedar)
    assert told() == []


def test_the_season_may_close_while_its_final_minutes_are_being_corrected(closed):
    from awards.needs import minutes_are_final

    paper = minutes_of(closed.meeting)
    finalise(paper, closed.cast.cedar)
    paper.correct("Ghi nhầm")
    assert minutes_are_final(closed.season) == []


def test_a_draft_is_not_corrected_nor_a_paper_twice_nor_without_a_reason(closed, as_):
    paper = minutes_of(closed.meeting)
    browser = as_(closed.cast.cedar)
    assert browser.post(url("correct_paper", paper.pk), {"reason": "x"}).status_code == 422
    finalise(paper, closed.cast.cedar)
    assert browser.post(url("correct_paper", paper.pk), {"reason": ""}).status_code == 422
    begun = browser.post(url("correct_paper", paper.pk), {"reason": "x"})
    assert begun.url == url("write_minutes", closed.meeting.pk)
    again = browser.post(url("correct_paper", paper.pk), {"reason": "x"})
    assert again.status_code == 422
    assert "this one counts until that is final" in again.content.decode()
    assert MeetingPaper.objects.count() == 2
    desk = browser.get(closed.meeting.get_absolute_url()).content.decode()
    assert f'href="{paper.get_absolute_url()}">The paper still in force</a>' in desk
    draft = browser.get(MeetingPaper.objects.get(replaces=paper).get_absolute_url())
    assert f'href="{begun.url}">Go on with the draft</a>' in draft.content.decode()


def test_a_correction_begun_by_mistake_is_dropped_and_the_old_paper_stays_in_force(closed, as_):
    old, browser = minutes_of(closed.meeting), as_(closed.cast.cedar)
    finalise(old, closed.cast.cedar)
    begun = browser.post(url("correct_paper", old.pk), {"reason": "Ghi nhầm"})
    draft = MeetingPaper.objects.get(replaces=old)
    way = url("drop_correction", draft.pk)
    for page in (begun.url, draft.get_absolute_url()):
        assert f'href="{way}"' in browser.get(page).content.decode()
    assert "stays in force" in browser.get(way).content.decode()
    assert browser.post(way).url == old.get_absolute_url()
    assert list(MeetingPaper.objects.filter(meeting=closed.meeting)) == [old]
    page = browser.get(old.get_absolute_url()).content.decode()
    assert "It counts until this draft" not in page
    assert url("correct_paper", old.pk) in page
    kept = url("show_history", "paper", old.pk)
    assert [
        "Removed" in as_(who).get(kept).content.decode()
        for who in (closed.cast.cedar, closed.cast.officer, closed.cast.ash)
    ] == [True, True, False]


def test_a_correction_is_not_dropped_while_the_meeting_is_recorded_otherwise(closed, as_):
    old, browser = minutes_of(closed.meeting), as_(closed.cast.cedar)
    counter = closed.meeting.counters.create(name="Bà Hoa")
    old.restate(minutes_facts(closed.meeting))
    finalise(old, closed.cast.cedar)
    browser.post(url("correct_paper", old.pk), {"reason": "Ghi nhầm"})
    way = url("drop_correction", (draft := MeetingPaper.objects.get(replaces=old)).pk)
    why = f"is not what “{old.title}” states: put it back first"
    closed.season.common_targets.create(text="Không có đơn", reached=1, as_of=clock.today())
    for name, refused in (("Bà Hòa", True), ("Bà Hoa", False)):
        counter.name = name
        counter.save()
        assert (why in browser.get(way).content.decode()) is refused
        if refused:  # as it is by who comes between the page and the click
            with pytest.raises(ValidationError), transaction.atomic():
                draft.drop()
        assert browser.post(way).status_code == (422 if refused else 302)
    assert list(MeetingPaper.objects.filter(meeting=closed.meeting)) == [old]


def test_what_takes_the_place_of_a_paper_bears_no_earlier_date(closed, as_):
    old, browser = count_of(closed.meeting), as_(closed.cast.cedar)
    finalise(old, closed.cast.cedar)
    old.correct("Ghi nhầm")
    finalise(new := count_of(closed.meeting), closed.cast.cedar)
    with clock.standing_on(date(2026, 9, 30)):
        old.give_number("12", "BB", clock.today())
        early = number(browser, new, "13", numbered_on="29/9/2026")
        assert early.status_code == 422
        assert "It takes the place of a paper of 30/09/2026" in early.content.decode()
        assert number(browser, new, "13", numbered_on="30/9/2026").status_code == 302


def test_nor_does_what_was_replaced_without_a_number_bear_a_later_one(closed, as_):
    papers, browser = [count_of(closed.meeting)], as_(closed.cast.cedar)
    finalise(papers[0], closed.cast.cedar)
    for _again in range(2):
        papers[-1].correct("Ghi nhầm")
        papers.append(count_of(closed.meeting))
        finalise(papers[-1], closed.cast.cedar)
    with clock.standing_on(date(2026, 10, 3)):
        first, between, last = papers
        first.give_number("12", "BB", date(2026, 9, 30))
        early = number(browser, last, "13", numbered_on="29/9/2026")
        assert "It takes the place of a paper of 30/09/2026" in early.content.decode()
        assert number(browser, last, "13", numbered_on="1/10/2026").status_code == 302
        late = number(browser, between, "14", numbered_on="2/10/2026")
        assert "The paper that takes its place is of 01/10/2026" in late.content.decode()
        assert number(browser, between, "14", numbered_on="1/10/2026").status_code == 302


def test_only_a_draft_that_corrects_is_dropped(closed, as_):
    paper, browser = minutes_of(closed.meeting), as_(closed.cast.cedar)
    assert browser.post(url("drop_correction", paper.pk)).status_code == 422
    finalise(paper, closed.cast.cedar)
    refused = browser.post(url("drop_correction", paper.pk))
    assert (refused.status_code, MeetingPaper.objects.count()) == (422, 1)
    assert "Only a draft that corrects a final paper is dropped." in refused.content.decode()


def test_no_form_of_a_paper_is_opened_that_could_not_be_saved(closed, as_):
    old, listed = minutes_of(closed.meeting), nominees_of(closed.meeting)
    browser, cedar = as_(closed.cast.cedar), closed.cast.cedar

    def led_back(paper, said):
        pages = [url(page, paper.pk) for page in said]
        answers = [browser.get(page, follow=True) for page in pages]
        assert {each.redirect_chain[0][0] for each in answers} == {paper.get_absolute_url()}
        told = [each.content.decode() for each in answers]
        refused = [browser.post(page, typed) for page in pages]
        assert {each.status_code for each in refused} == {422}
        return all(
            sentence in page and sentence in answer.content.decode()
            for sentence, page, answer in zip(said.values(), told, refused, strict=True)
        )

    typed = {"number": "6", "symbol": "BB-CED", "numbered_on": "28/9/2026"}
    no_draft = {"drop_correction": "Only a draft that corrects a final paper is dropped."}
    unfinished = {"number_paper": "Only a final paper gets its number."}
    assert led_back(old, unfinished | no_draft)
    for paper in (old, listed):
        Paper.finalise(paper, b"%PDF", cedar)
    assert led_back(listed, {"number_paper": "This paper bears no number of its own."} | no_draft)
    old.give_number("5", "BB-CED", date(2026, 9, 28))
    Paper.finalise(old.correct("Ghi nhầm"), b"%PDF", cedar)
    assert led_back(old, {"number_paper": "replaced keeps its number and date."} | no_draft)


CORRECTERS = [
    # who           minutes  Ash's sheet
    ("cedar",       302, 403),
    ("cedar_clerk", 302, 403),  # the secretary
    ("ash",         403, 302),
    ("ash_clerk",   403, 403),
    ("officer",     403, 403),
    ("dogwood",     404, 404),
]  # fmt: skip


@pytest.mark.parametrize(("who", "minutes", "sheet"), CORRECTERS)
def test_a_paper_is_corrected_by_whoever_makes_its_kind_final(closed, as_, who, minutes, sheet):
    paper = minutes_of(closed.meeting)
    finalise(paper, closed.cast.cedar)
    make_sheet(closed, closed.season.cards.get(unit=closed.cast.ash_unit), PaperKind.SCORE_TABLE)
    own = SheetPaper.objects.get()
    Paper.finalise(own, b"%PDF", closed.cast.ash)
    browser = as_(getattr(closed.cast, who))
    for one, status in ((paper, minutes), (own, sheet)):
        answer = browser.post(url("correct_paper", one.pk), {"reason": "Ghi nhầm"})
        assert answer.status_code == status


def test_a_paper_that_replaces_one_without_a_number_names_the_last_that_bore_one(closed):
    papers = [minutes_of(closed.meeting)]
    finalise(papers[0], closed.cast.cedar)
    papers[0].give_number("15", "BB", clock.today())
    for reason in ("Sai tên", "Sai chức vụ"):
        papers.append(MeetingPaper.objects.get(pk=papers[-1].pk).correct(reason))
        finalise(papers[-1], closed.cast.cedar)
    told = MeetingPaper.objects.get(pk=papers[-1].pk).facts["replaces"]
    on = "ngày 28 tháng 9 năm 2026"
    assert f"chưa cấp số {on} (đã thay cho văn bản số 15/BB {on}): " in told


def test_a_corrected_sheet_is_issued_anew_and_names_the_old_one(registered, as_):
    send(registered)
    browser = as_(registered.ash)
    browser.post(url("issue_card", registered.card.pk, "target"))
    old = SheetPaper.objects.get()
    browser.post(url("correct_paper", old.pk), {"reason": "Sai tên người ký"})
    shown = browser.get(url("print_card", registered.card.pk, "target")).content.decode()
    assert f"thay thế văn bản chưa cấp số ngày 28 tháng 9 năm 2026: {old.title}" in shown
    assert "Lý do đính chính: Sai tên người ký." in shown
    assert browser.post(url("issue_card", registered.card.pk, "target")).status_code == 302
    new = SheetPaper.objects.get(final=True, replaces=old.pk)
    assert old.title in new.facts["replaces"]


def test_only_who_issues_a_sheet_is_led_on_to_its_draft(closed, as_):
    make_sheet(closed, closed.season.cards.get(unit=closed.cast.ash_unit), PaperKind.SCORE_TABLE)
    draft = url("show_paper", SheetPaper.objects.get().pk)
    assert "Go on with the draft" in as_(closed.cast.ash).get(draft).content.decode()
    assert "Go on with the draft" not in as_(closed.cast.birch).get(draft).content.decode()


def test_only_the_issuing_unit_and_the_officer_number_a_final_paper(closed, as_):
    paper = minutes_of(closed.meeting)
    assert as_(closed.cast.cedar).get(url("show_paper", paper.pk)).status_code == 200
    answer = as_(closed.cast.cedar).post(
        url("number_paper", paper.pk), {"number": "5", "numbered_on": "28/9/2026"}
    )
    assert answer.status_code == 422  # a draft
    finalise(paper, closed.cast.cedar)
    assert as_(closed.cast.ash).get(url("number_paper", paper.pk)).status_code == 403
    assert as_(closed.cast.officer).get(url("number_paper", paper.pk)).status_code == 200


# --- the list -------------------------------------------------------------------------------------


def test_the_list_holds_recognition_papers_too_and_is_narrowed(closed, as_):
    paper = minutes_of(closed.meeting)
    finalise(paper, closed.cast.cedar)
    browser = as_(closed.cast.ash)
    everything = browser.get(url("list_papers")).content.decode()
    assert paper.title in everything
    assert "140/TTT-VP" in everything
    narrowed = {
        "kind=recognition": (False, True),
        "kind=minutes": (True, False),
        "kind=count": (False, False),
        "state=waits": (True, False),
        "state=draft": (False, False),
        "year=2026": (True, True),
        f"block={closed.cast.block.pk}": (True, True),
        "year=1999": (True, True),  # not among the choices: nothing is narrowed
    }
    for query, expected in narrowed.items():
        page = browser.get(f"{url('list_papers')}?{query}").content.decode()
        assert (paper.title in page, "140/TTT-VP" in page) == expected, query
    paper.give_number("12", "BB-CED", clock.today())
    page = browser.get(f"{url('list_papers')}?state=waits").content.decode()
    assert paper.title not in page
    nominees = nominees_of(closed.meeting)  # sent under its proposal's number, and signed
    finalise(nominees, closed.cast.cedar)
    for scan in (None, b"%PDF-1.7"):
        page = browser.get(f"{url('list_papers')}?state=waits").content.decode()
        assert (nominees.title in page) == (scan is None)
        nominees.sign(b"%PDF-1.7")


def test_the_list_says_what_will_stand_there_while_it_is_empty(closed, as_):
    page = as_(closed.cast.dogwood).get(url("list_papers")).content.decode()
    assert "No papers yet." in page


def make_sheet(stage, card, kind):
    """A draft of a sheet whose column was sent."""
    SheetPaper.objects.create(
        season=stage.season, card=card, unit=card.unit, issuer=card.unit, kind=kind,
        column=Column.CLAIMED, block=stage.cast.block, year=2026, title=f"{kind} {card}",
    )  # fmt: skip
    card.filings.get_or_create(
        column=Column.CLAIMED, unit=card.unit, state="sent", sent_at=clock.now()
    )


OF_A_COLUMN = [
    # phase             column          Ash  Birch, who inspects Ash
    (Phase.EXECUTION,    Column.INTERIM, 200, 404),
    (Phase.EXECUTION,    Column.CLAIMED, 404, 404),  # the year went back, as below
    (Phase.SELF_SCORING, Column.FOUND,   404, 404),
    (Phase.INSPECTION,   Column.FOUND,   404, 200),
    (Phase.INSPECTION,   Column.CLAIMED, 200, 404),  # which the head returned
    (Phase.SETTLEMENT,   Column.FINAL,   200, 404),
]  # fmt: skip


def test_a_paper_of_a_column_is_listed_for_whoever_may_open_it(cast, as_):
    issued = {"season": cast.season, "card": cast.card, "block": cast.block, "year": 2026}
    of_ash = {"unit": cast.ash_unit, "issuer": cast.ash_unit, "kind": PaperKind.SCORE_TABLE}
    for phase, column, ash, birch in OF_A_COLUMN:
        put_in_phase(cast, phase)
        paper = SheetPaper.objects.create(**issued, **of_ash, column=column, title="Bảng điểm")
        for user, status in ((cast.ash, ash), (cast.birch, birch)):
            page = as_(user).get(paper.get_absolute_url())
            listed = paper.get_absolute_url() in as_(user).get(url("list_papers")).content.decode()
            assert (page.status_code, listed) == (status, status == 200), (phase, column, user)
            told = "open only in certain phases of the year" in page.content.decode()
            assert told == (status == 404)


ISSUED = [
    # kind                   column         issuer  of Ash's card
    (PaperKind.SCORE_TABLE, Column.FINAL, "ash", True),
    (PaperKind.INSPECTION, Column.FOUND, "birch", True),
    (PaperKind.BOARD, Column.FINAL, "birch", False),  # which was head before Cedar
]


@pytest.mark.parametrize(("kind", "column", "issuer", "has_card"), ISSUED)
def test_in_a_year_that_went_back_who_issued_a_final_paper_reads_it_and_corrects_it_later(
    cast, in_phase, as_, kind, column, issuer, has_card
):
    in_phase(Phase.SETTLEMENT)
    put_in_phase(cast, Phase.PLANNING)
    paper = SheetPaper.objects.create(
        season=cast.season, card=cast.card if has_card else None, block=cast.block, year=2026,
        unit=cast.ash_unit, issuer=getattr(cast, f"{issuer}_unit"), kind=kind, column=column,
        title="Văn bản",
    )  # fmt: skip
    address, correct = paper.get_absolute_url(), reverse("correct_paper", args=[paper.pk])
    assert as_(getattr(cast, issuer)).get(address).status_code == 404
    paper.finalise(b"%PDF", getattr(cast, issuer))
    for name in ("ash", "birch", "cedar", "officer"):
        reads = name == issuer or (not has_card and name in ("cedar", "officer"))  # the office
        browser = as_(getattr(cast, name))
        assert browser.get(address).status_code == (200 if reads else 404), name
        listed = address in browser.get(reverse("list_papers")).content.decode()
        assert listed == reads, name
    if has_card:
        page = as_(getattr(cast, issuer)).get(address).content.decode()
        assert "The year went back before" in page
        assert correct not in page
        assert as_(getattr(cast, issuer)).post(correct, {"reason": "Sai"}).status_code == 403


def test_the_list_costs_the_same_for_one_paper_and_for_many(closed, as_):
    browser = as_(closed.cast.officer)
    finalise(minutes_of(closed.meeting), closed.cast.cedar)
    first, *others = closed.season.cards.all()
    make_sheet(closed, first, PaperKind.REGISTRATION)
    with CaptureQueriesContext(connection) as one:
        browser.get(url("list_papers"))
    for card in others:
        for kind in (PaperKind.REGISTRATION, PaperKind.SCORE_TABLE):
            make_sheet(closed, card, kind)
    with CaptureQueriesContext(connection) as many:
        page = browser.get(url("list_papers")).content.decode()
    assert page.count('/pdf/"') == 6
    assert len(one) == len(many)


# --- sheets and the board -------------------------------------------------------------------------


@pytest.fixture
def registered(cast, in_phase):
    """Ash has filled in its target; nothing is sent yet."""
    in_phase(Phase.REGISTRATION)
    cast.card.write(cast.ash, Column.TARGET, {cast.lines.plan.pk: {"target": Decimal(10)}})
    return cast


def send(cast, column=Column.TARGET):
    seat_of_ash = cast.ash.seats.get()
    Scorecard.objects.get(pk=cast.card.pk).filing_of(seat_of_ash, column).send(seat_of_ash)


PRINTS = [
    # phase              sent   Ash  Birch  Cedar  officer  Dogwood
    (Phase.REGISTRATION, False, 200, 403, 403, 403, 404),
    (Phase.REGISTRATION, True, 200, 403, 403, 403, 404),
    (Phase.EXECUTION, False, 200, 403, 403, 403, 404),
    (Phase.EXECUTION, True, 200, 200, 200, 200, 404),
]


@pytest.mark.parametrize(("phase", "sent", "ash", "birch", "cedar", "officer", "dogwood"), PRINTS)
def test_a_registration_is_printed_by_whoever_may_read_its_column(
    registered, as_, phase, sent, ash, birch, cedar, officer, dogwood
):
    if sent:
        send(registered)
    put_in_phase(registered, phase)
    expected = {"ash": ash, "birch": birch, "cedar": cedar, "officer": officer, "dogwood": dogwood}
    for who, status in expected.items():
        browser = as_(getattr(registered, who))
        for name in ("print_card", "card_pdf"):
            address = url(name, registered.card.pk, "target")
            assert browser.get(address).status_code == status, (who, name)


def test_a_column_that_does_not_exist_is_not_printed(registered, as_):
    for name in ("x", "aims", "final-1"):
        address = url("print_card", registered.card.pk, name)
        assert as_(registered.ash).get(address).status_code == 404


def test_a_sheet_is_issued_by_the_principal_once_it_was_sent(registered, as_):
    address = url("issue_card", registered.card.pk, "target")
    shown = url("print_card", registered.card.pk, "target")
    assert as_(registered.ash).post(address).status_code == 422  # not sent
    send(registered)
    assert as_(registered.ash_clerk).post(address).status_code == 403
    assert f'href="{address}"' not in as_(registered.ash_clerk).get(shown).content.decode()
    assert f'href="{address}"' in as_(registered.ash).get(shown).content.decode()
    assert as_(registered.ash).post(address).status_code == 302
    paper = SheetPaper.objects.get()
    assert (paper.final, paper.issuer, paper.finalised_by) == (
        True, registered.ash_unit, registered.ash,
    )  # fmt: skip
    pdf = as_(registered.ash).get(url("card_pdf", registered.card.pk, "target"))
    assert pdf.url == url("paper_pdf", paper.pk)
    assert as_(registered.ash).post(address).status_code == 422  # once


def test_a_final_sheet_is_not_called_issued_for_no_register_numbers_it(registered, as_):
    send(registered)
    paper = registration_of(Scorecard.objects.get(pk=registered.card.pk))
    paper.finalise(b"%PDF", registered.ash)
    page = as_(registered.ash).get(paper.get_absolute_url()).content.decode()
    assert (">Final</span>" in page, ">Issued</span>" in page) == (True, False)


def test_a_draft_sheet_says_so_on_every_page_and_an_issued_one_does_not(registered, as_):
    import pikepdf

    draft = as_(registered.ash).get(url("card_pdf", registered.card.pk, "target"))
    assert "no-store" in draft["Cache-Control"]
    assert draft.content[:5] == b"%PDF-"
    send(registered)
    paper = registration_of(Scorecard.objects.get(pk=registered.card.pk))
    finalise(paper, registered.ash)
    final = as_(registered.ash).get(url("paper_pdf", paper.pk))
    for content, said in ((draft.content, True), (final.content, False)):
        with pikepdf.open(__import__("io").BytesIO(content)) as pdf:
            facts = pdf.attachments["facts.json"].get_file().read_bytes().decode()
        assert (f'"draft": {str(said).lower()}' in facts) is True


BOARDS = [
    # phase              Ash  Cedar  officer
    (Phase.INSPECTION,   403, 200, 200),
    (Phase.SETTLEMENT,   403, 200, 200),
    (Phase.MEETING,      200, 200, 200),
    (Phase.CLOSED,       200, 200, 200),
]  # fmt: skip


@pytest.mark.parametrize(("phase", "ash", "cedar", "officer"), BOARDS)
def test_the_board_is_printed_when_the_final_column_is_read(
    cast, in_phase, as_, phase, ash, cedar, officer
):
    in_phase(phase)
    for who, status in {"ash": ash, "cedar": cedar, "officer": officer, "dogwood": 404}.items():
        answer = as_(getattr(cast, who)).get(url("print_board", cast.season.pk))
        assert answer.status_code == status, who


def test_the_board_is_issued_once_the_ranking_is_fixed_by_the_head_s_principal(stage, as_):
    address = url("issue_board", stage.season.pk)
    assert as_(stage.cast.cedar).post(address).status_code == 422
    ranked(stage)
    assert as_(stage.cast.cedar_clerk).post(address).status_code == 403
    assert as_(stage.cast.ash).post(address).status_code == 403
    assert as_(stage.cast.cedar).post(address).status_code == 302
    assert SheetPaper.objects.get().final


def test_each_cell_of_the_conditions_is_its_sentence(stage, as_):
    stage.award.requirements.create(rule="registered")
    stage.award.requirements.create(rule="no_hold", order=1)
    stage.season.holds.create(
        unit=stage.cast.birch_unit, reason="Đang xác minh đơn", since=date(2026, 9, 1),
        by=stage.cast.officer.seats.get(),
    )  # fmt: skip
    page = as_(stage.cast.ash, "vi").get(url("show_eligibility", stage.season.pk)).content.decode()
    assert page.count("Không đăng ký") == 3
    assert page.count("Không có việc đang xác minh") == 3  # the condition itself, and two answers
    assert "Chưa xét từ 01/09/2026: Đang xác minh đơn" in page
    assert page.count("Không đủ điều kiện") == 2  # who is on hold is not refused


def test_the_conditions_cost_the_same_for_few_units_and_for_many(db, as_):
    from django.db import transaction

    asked = []
    for members in (3, 9):
        with transaction.atomic():
            stage = make_stage(members=members)
            stage.award.requirements.create(rule="registered")
            browser = as_(stage.cast.officer)
            with CaptureQueriesContext(connection) as queries:
                browser.get(url("show_eligibility", stage.season.pk))
            asked.append(len(queries))
            transaction.set_rollback(True)
    assert asked[0] == asked[1]


def test_a_letter_s_unit_is_named_on_the_minutes_page(stage, as_):
    seat(stage, "Ash", "Birch")
    line(stage, "Cedar").write_in()
    page = as_(stage.secretary).get(url("write_minutes", stage.meeting.pk)).content.decode()
    assert "written opinion" in page
