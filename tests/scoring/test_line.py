"""What backs a line, what its unit explains, and what is answered."""

from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from scoring.acts import copy_found_to_final
from scoring.models import Entry, Evidence, Explanation, Filing
from scoring.phases import Column, FilingState, Phase
from tests.conftest import put_in_phase
from tests.scoring.test_sheet import address, fill, fill_staff, key, post


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


# Evidence


def test_a_file_is_attached_handed_out_and_removed(scoring, as_):
    browser, line = as_(scoring.ash_clerk), scoring.lines.late
    answer = browser.post(line_page(scoring, line, "evidence/"), {"file": a_file()})
    assert answer.status_code == 302
    evidence = Evidence.objects.get()
    assert (evidence.column, evidence.size, len(evidence.sha256)) == (Column.CLAIMED, 8, 64)
    assert "Kết luận số 5.pdf" in browser.get(line_page(scoring, line)).content.decode()
    assert "1 file" in browser.get(address(scoring.card, "claimed")).content.decode()
    given = browser.get(f"/evidence/{evidence.pk}/")
    assert b"".join(given.streaming_content) == b"%PDF-1.7"
    assert given["Content-Disposition"].startswith("attachment")
    assert given["Content-Type"] == "application/octet-stream"
    assert browser.post(f"/evidence/{evidence.pk}/remove/").status_code == 302
    assert not Evidence.objects.exists()


def test_a_paper_that_was_seen_is_evidence_and_nothing_at_all_is_none(scoring, as_):
    browser, url = as_(scoring.ash), line_page(scoring, scoring.lines.late, "evidence/")
    assert browser.post(url, {"subject": "Kết luận"}).status_code == 422
    answer = browser.post(url, {"reference": "5/KL-TTr", "dated": "5/2/2026"})
    assert answer.status_code == 302
    assert str(Evidence.objects.get()) == "5/KL-TTr"


def test_a_file_that_is_too_large_is_refused(scoring, as_, monkeypatch):
    monkeypatch.setattr("scoring.models.evidence.MOST_BYTES", 4)
    url = line_page(scoring, scoring.lines.late, "evidence/")
    answer = as_(scoring.ash).post(url, {"file": a_file()})
    assert answer.status_code == 422
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


# Explanations


def test_a_line_is_explained_answered_and_settled(settling, as_):
    line, card = settling.lines.late, settling.card
    unit, settler = as_(settling.ash), as_(settling.cedar)
    url = line_page(settling, line, "explain/")
    assert "Explain" in unit.get(address(card, "final")).content.decode()
    assert unit.post(url, {"text": "Báo cáo gửi đúng hạn qua trục liên thông."}).status_code == 302
    explanation = Explanation.objects.get()
    assert explanation.by == settling.ash.seats.get()
    refused = settler.post(address(card, "final", "send"))
    assert refused.status_code == 422
    assert "An explanation is not answered yet." in refused.content.decode()
    post(settler, card, "final", key(line), "0", "1")
    post(settler, card, "final", key(line, "note"), "Chấp nhận giải trình")
    answer = settler.post(f"/explanations/{explanation.pk}/answer/", {"text": "Đã đối chiếu."})
    assert answer.status_code == 302
    explanation.refresh_from_db()
    assert (explanation.before["actual"], explanation.after["actual"]) == ("1.0000", "0.0000")
    assert explanation.changed
    assert settler.post(address(card, "final", "send")).status_code == 302
    assert Filing.objects.get(column=Column.FINAL).state == FilingState.SENT


def test_a_line_is_explained_once_and_once_more_when_it_was_changed_unasked(settling, as_):
    line, card, unit = settling.lines.late, settling.card, as_(settling.ash)
    url = line_page(settling, line, "explain/")
    assert unit.post(url, {"text": "Một"}).status_code == 302
    assert unit.post(url, {"text": "Hai"}).status_code == 422
    Explanation.objects.get().reply(settling.cedar, "Giữ nguyên")
    assert unit.post(url, {"text": "Hai"}).status_code == 422
    card.write(settling.cedar, Column.FINAL, {line.pk: {"actual": Decimal(5), "note": "Bổ sung"}})
    assert unit.post(url, {"text": "Hai"}).status_code == 302
    assert [each.number for each in Explanation.objects.all()] == [1, 2]


def test_only_the_unit_explains_and_only_the_settler_answers(settling, as_):
    line = settling.lines.late
    url = line_page(settling, line, "explain/")
    for user in (settling.birch, settling.cedar, settling.officer):
        assert as_(user).post(url, {"text": "Thay"}).status_code == 403
    as_(settling.ash).post(url, {"text": "Một"})
    explanation = Explanation.objects.get()
    for user in (settling.ash, settling.birch, settling.officer):
        answer = as_(user).post(f"/explanations/{explanation.pk}/answer/", {"text": "Được"})
        assert answer.status_code == 403
    assert as_(settling.dogwood).post(url, {"text": "Một"}).status_code == 404


def test_nothing_is_explained_before_the_settlement_or_after_the_card_is_settled(
    settling, in_phase, as_
):
    unit, url = as_(settling.ash), line_page(settling, settling.lines.late, "explain/")
    seat = settling.cedar.seats.get()
    settling.card.filing_of(seat, Column.FINAL).send(seat)
    assert unit.post(url, {"text": "Một"}).status_code == 422
    in_phase(Phase.INSPECTION)
    assert unit.post(url, {"text": "Một"}).status_code == 422
    assert not Explanation.objects.exists()
    assert Entry.objects.filter(column=Column.FINAL).exists()
