"""What backs a line, what its unit explains, and what is answered."""

import hashlib
import re
from datetime import date
from pathlib import Path

import pytest
from django.conf import settings as django_settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, transaction

from blocks.files import DOCX, JPEG, PDF, PNG, XLSX
from blocks.history import never, recorded
from scoring.acts import copy_found_to_final
from scoring.models import Evidence
from scoring.phases import Column, Phase
from tests.blocks.test_files import office
from tests.conftest import put_in_phase
from tests.scoring.sheets import address, fill, fill_staff


@pytest.fixture(autouse=True)
def files_of_its_own(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def scoring(cast, in_phase):
    in_phase(Phase.SELF_SCORING)
    return cast


@pytest.fixture
def settling(cast, in_phase):
    """Ash's card was inspected by Birch and is now settled by Cedar."""
    in_phase(Phase.SELF_SCORING)
    fill(cast, cast.ash, Column.CLAIMED)
    fill_staff(cast)
    seat = cast.ash.seats.get()
    cast.card.filing_of(seat, Column.CLAIMED).send(seat)
    in_phase(Phase.INSPECTION)
    fill(cast, cast.birch, Column.FOUND)
    seat = cast.birch.seats.get()
    cast.card.filing_of(seat, Column.FOUND).send(seat)
    copy_found_to_final(put_in_phase(cast, Phase.SETTLEMENT))
    return cast


def line_page(cast, line, end=""):
    return f"/cards/{cast.card.pk}/lines/{line.pk}/{end}"


def a_file(content=b"%PDF-1.7", name="Kết luận số 5.pdf"):
    return SimpleUploadedFile(name, content, "text/html")


def stored():
    """The names of the files that are kept."""
    root = Path(django_settings.MEDIA_ROOT)
    return [str(path.relative_to(root)) for path in root.rglob("*") if path.is_file()]


def test_the_page_of_a_line_leads_to_no_derivation_that_its_reader_may_not_read(scoring, as_):
    page, how = line_page(scoring, scoring.lines.plan), f"/cards/{scoring.card.pk}/how/claimed/"
    led = [how in as_(who).get(page).content.decode() for who in (scoring.ash, scoring.birch)]
    assert led == [True, False]
    assert as_(scoring.birch).get(how).status_code == 403


def test_the_page_of_a_line_tells_the_result_and_its_points_while_they_are_scored(scoring, as_):
    line = scoring.lines.plan
    fill(scoring, scoring.ash, Column.CLAIMED)
    pages = [
        as_(who).get(line_page(scoring, line)).content.decode()
        for who in (scoring.ash_clerk, scoring.birch)
    ]
    assert [
        f'class="how" href="/cards/{scoring.card.pk}/how/claimed/{line.pk}/' in page
        for page in pages
    ] == [True, False]


# Evidence


def test_a_file_is_attached_handed_out_and_removed(
    scoring, as_, django_capture_on_commit_callbacks
):
    browser, line = as_(scoring.ash_clerk), scoring.lines.late
    answer = browser.post(line_page(scoring, line, "evidence/"), {"file": a_file()})
    assert answer.status_code == 302
    evidence = Evidence.objects.get()
    assert (evidence.column, evidence.size, evidence.kind) == (Column.CLAIMED, 8, PDF)
    assert evidence.sha256 == hashlib.sha256(b"%PDF-1.7").hexdigest()
    assert "Kết luận số 5.pdf" in browser.get(line_page(scoring, line)).content.decode()
    assert "1 file" in browser.get(address(scoring.card, "claimed")).content.decode()
    given = browser.get(f"/evidence/{evidence.pk}/")
    assert b"".join(given.streaming_content) == b"%PDF-1.7"
    with django_capture_on_commit_callbacks(execute=True):
        assert browser.post(f"/evidence/{evidence.pk}/remove/").status_code == 302
    assert not Evidence.objects.exists()
    assert stored() == []


@pytest.mark.parametrize(
    ("content", "called", "kind", "disposition"),
    [
        (b"%PDF-1.7", "a.pdf", PDF, 'inline; filename="a.pdf"'),
        (b"\xff\xd8\xff", "A.JPEG", JPEG, 'inline; filename="A.JPEG"'),
        (b"\x89PNG\r\n\x1a\n", "a", PNG, 'inline; filename="a.png"'),
        (office(XLSX), "a.xlsx", XLSX, 'attachment; filename="a.xlsx"'),
        (office(DOCX, "word/document.xml"), "a.docx", DOCX, 'attachment; filename="a.docx"'),
        (b"%PDF-1.7", "a.html", PDF, 'inline; filename="a.html.pdf"'),
    ],
)
def test_a_file_is_handed_out_as_what_it_contains(scoring, as_, content, called, kind, disposition):
    browser = as_(scoring.ash_clerk)
    url = line_page(scoring, scoring.lines.late, "evidence/")
    assert browser.post(url, {"file": a_file(content, called)}).status_code == 302
    evidence = Evidence.objects.get()
    given = browser.get(f"/evidence/{evidence.pk}/")
    assert b"".join(given.streaming_content) == content
    assert given["Content-Type"] == evidence.kind == kind
    assert given["Content-Disposition"] == disposition
    assert given["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize("content", [b"MZ", b"<html>", office(has=False), b""])
def test_a_file_of_another_type_is_refused_whatever_its_name(scoring, as_, content):
    url = line_page(scoring, scoring.lines.late, "evidence/")
    answer = as_(scoring.ash).post(url, {"file": a_file(content, "a.pdf")})
    assert answer.status_code == 422
    assert not Evidence.objects.exists()
    assert stored() == []


def test_several_files_are_attached_at_once_and_each_only_once(scoring, as_):
    browser, url = as_(scoring.ash), line_page(scoring, scoring.lines.late, "evidence/")
    both = [a_file(b"%PDF-1.7 a", "a.pdf"), a_file(b"%PDF-1.7 b", "b.pdf")]
    assert browser.post(url, {"file": both}).status_code == 302
    assert [str(each) for each in Evidence.objects.all()] == ["a.pdf", "b.pdf"]
    assert "Attached already: a.pdf; b.pdf" in browser.get(url).content.decode()
    again = [a_file(b"%PDF-1.7 c", "c.pdf"), a_file(b"%PDF-1.7 a", "other name.pdf")]
    answer = browser.post(url, {"file": again})
    assert answer.status_code == 422
    assert (
        "“other name.pdf” is attached to this line already, as “a.pdf”." in answer.content.decode()
    )
    assert Evidence.objects.count() == len(stored()) == 2


def test_of_several_files_those_that_are_refused_are_named(scoring, as_):
    url = line_page(scoring, scoring.lines.late, "evidence/")
    sent = [a_file(b"%PDF-1.7", "a.pdf"), a_file(b"MZ", "b.pdf"), a_file(b"", "c.pdf")]
    answer = as_(scoring.ash).post(url, {"file": sent})
    said = answer.context["form"].errors["file"]
    kinds = "This is no PDF, JPEG, PNG, XLSX or DOCX file."
    assert said == [f"“b.pdf”: {kinds}", "“c.pdf”: The file is empty."]
    assert not Evidence.objects.exists()


def test_a_paper_of_a_day_that_has_not_come_is_refused(scoring, as_):
    url = line_page(scoring, scoring.lines.late, "evidence/")
    paper = {"number": "5", "dated": "12/3/2030", "subject": "Kết luận"}
    answer = as_(scoring.ash).post(url, paper)
    assert answer.status_code == 422
    assert "This day has not come yet." in answer.content.decode()
    assert not Evidence.objects.exists()


def test_a_file_larger_than_20_mb_is_refused(scoring, as_):
    url = line_page(scoring, scoring.lines.late, "evidence/")
    most = b"%PDF-1.7" + bytes(20 * 1024 * 1024 - 8)
    assert as_(scoring.ash).post(url, {"file": a_file(most)}).status_code == 302
    answer = as_(scoring.ash).post(url, {"file": a_file(most + b"0")})
    assert answer.status_code == 422
    assert "The file is larger than 20 MB." in answer.content.decode()
    assert Evidence.objects.count() == len(stored()) == 1


def test_no_file_stays_of_a_row_that_was_undone(scoring, as_):
    """The database refuses the row after its file was written."""
    url = line_page(scoring, scoring.lines.late, "evidence/")
    never("no_evidence_today", "scoring_evidence", "INSERT").database_forwards(
        "scoring", connection.schema_editor(), None, None
    )
    answer = as_(scoring.ash).post(url, {"file": a_file()})
    assert answer.status_code == 422
    assert not Evidence.objects.exists()
    assert stored() == []


def test_no_file_stays_when_the_request_is_refused_after_it_was_kept(scoring):
    with recorded(scoring.ash.pk):
        Evidence.attach(
            scoring.card, scoring.ash, Column.CLAIMED, scoring.lines.late, file=("a.pdf", b"%PDF-")
        )
        assert len(stored()) == 1
        transaction.set_rollback(True)
    assert not Evidence.objects.exists()
    assert stored() == []


def test_no_row_stays_of_a_file_that_cannot_be_written(scoring, as_, settings):
    Path(settings.MEDIA_ROOT, "evidence").write_text("no folder")
    url = line_page(scoring, scoring.lines.late, "evidence/")
    answer = as_(scoring.ash).post(url, {"file": a_file()})
    assert answer.status_code == 422
    assert "The file could not be stored on the server." in answer.content.decode()
    assert not Evidence.objects.exists()


def test_a_file_is_stored_under_a_name_of_our_own(scoring, as_):
    url = line_page(scoring, scoring.lines.late, "evidence/")
    for content in (b"%PDF-1.7 a", b"%PDF-1.7 b"):
        as_(scoring.ash).post(url, {"file": a_file(content, name="../../etc/passwd.pdf")})
    assert len(stored()) == 2
    assert all(re.fullmatch("evidence/[0-9a-f]{32}", name) for name in stored())
    assert {each.file_name for each in Evidence.objects.all()} == {"passwd.pdf"}


PAPER = {"number": "5", "symbol": "KL-TTr", "dated": "5/2/2026", "subject": "Kết luận thanh tra"}


def test_a_paper_that_was_seen_is_evidence_with_number_symbol_date_and_subject(scoring, as_):
    browser, url = as_(scoring.ash), line_page(scoring, scoring.lines.late, "evidence/")
    assert browser.post(url, PAPER | {"original_seen": "on"}).status_code == 302
    paper = Evidence.objects.get()
    assert (str(paper), paper.dated, paper.original_seen) == ("5/KL-TTr", date(2026, 2, 5), True)
    page = browser.get(line_page(scoring, scoring.lines.late)).content.decode()
    assert "5/KL-TTr, 05/02/2026" in page
    assert "Kết luận thanh tra" in page
    assert ">1 paper<" in browser.get(address(scoring.card, "claimed")).content.decode()
    assert browser.post(url, {"file": a_file()}).status_code == 302
    assert ">1 file, 1 paper<" in browser.get(address(scoring.card, "claimed")).content.decode()
    assert browser.get(f"/evidence/{paper.pk}/").status_code == 404  # it has no file


@pytest.mark.parametrize("left_out", ["number", "dated", "subject"])
def test_without_a_file_a_paper_is_named_in_full(scoring, as_, left_out):
    url = line_page(scoring, scoring.lines.late, "evidence/")
    answer = as_(scoring.ash).post(url, PAPER | {left_out: ""})
    assert answer.status_code == 422
    assert "Attach a file, or name the paper seen" in answer.content.decode()
    assert not Evidence.objects.exists()


def test_evidence_of_a_claim_is_sealed_like_the_claim(scoring, in_phase, as_):
    url = line_page(scoring, scoring.lines.late, "evidence/")
    as_(scoring.ash).post(url, {"file": a_file()})
    evidence = Evidence.objects.get()
    for user, status in ((scoring.birch, 403), (scoring.cedar, 403), (scoring.dogwood, 404)):
        assert as_(user).get(f"/evidence/{evidence.pk}/").status_code == status
        assert as_(user).post(f"/evidence/{evidence.pk}/remove/").status_code == status
        assert as_(user).post(url, {"file": a_file()}).status_code == status
    page = as_(scoring.birch).get(line_page(scoring, scoring.lines.late)).content.decode()
    assert "Kết luận số 5.pdf" not in page
    fill(scoring, scoring.ash, Column.CLAIMED)
    fill_staff(scoring)
    seat = scoring.ash.seats.get()
    scoring.card.filing_of(seat, Column.CLAIMED).send(seat)
    in_phase(Phase.INSPECTION)
    given = as_(scoring.birch).get(f"/evidence/{evidence.pk}/")
    assert b"".join(given.streaming_content) == b"%PDF-1.7"
    assert as_(scoring.ash).post(f"/evidence/{evidence.pk}/remove/").status_code == 403
    assert Evidence.objects.exists()


def test_a_unit_reads_what_it_attached_itself_also_in_a_year_that_went_back(scoring, in_phase, as_):
    line = scoring.lines.late
    as_(scoring.ash).post(line_page(scoring, line, "evidence/"), {"file": a_file()})
    file = f"/evidence/{Evidence.objects.get().pk}/"
    in_phase(Phase.EXECUTION)
    for user, reads in ((scoring.ash, True), (scoring.birch, False), (scoring.cedar, False)):
        page = as_(user).get(line_page(scoring, line)).content.decode()
        assert [f'href="{file}"' in page, f"{file}remove/" in page] == [reads, False]
        given = as_(user).get(file)
        assert given.status_code == (200 if reads else 403)
        assert not reads or b"".join(given.streaming_content)
        assert as_(user).post(f"{file}remove/").status_code == 403
