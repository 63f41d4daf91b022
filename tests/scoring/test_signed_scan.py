"""A clerk sends with a scan of what the principal signed, where the season's rules allow it."""

import hashlib
import re
from decimal import Decimal
from urllib.parse import unquote

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction

from blocks.files import PDF
from blocks.models import Change
from scoring.models import Filing, Scorecard, SeasonRules, SignedScan
from scoring.papers import registration_facts, score_table_facts
from scoring.phases import Column, FilingState, Phase
from tests.blocks.test_files import office
from tests.factories import AwardFactory
from tests.papers.test_papers import text_of
from tests.scoring.sheets import address, fill, fill_staff, key, output, post

SCAN = b"%PDF-1.7 signed and stamped"


@pytest.fixture
def scoring(cast, in_phase):
    """Ash's sheet is filled, and the rules let its clerk send with a scan."""
    SeasonRules.objects.update(scan_replaces_principal=True)
    in_phase(Phase.REGISTRATION)
    cast.card.write(cast.ash, Column.TARGET, {cast.lines.plan.pk: {"target": Decimal(10)}})
    in_phase(Phase.SELF_SCORING)
    fill(cast, cast.ash, Column.CLAIMED)
    fill_staff(cast)
    return cast


def code_of(cast, column=Column.CLAIMED):
    return Scorecard.objects.for_sheet().get(pk=cast.card.pk).content_code(column)


def send(browser, card, column="claimed", *, code, content=SCAN, at=None):
    file = SimpleUploadedFile("ban da ky.pdf", content)
    url = at or address(card, column, "send_with_scan")
    return browser.post(url, {"file": file, "code": code})


def test_a_clerk_sends_with_a_scan_of_the_signed_sheet(scoring, as_):
    clerk, code = as_(scoring.ash_clerk), code_of(scoring)
    page = clerk.get(address(scoring.card, "claimed")).content.decode()
    assert "Send with a signed, stamped copy" in page
    asked = clerk.get(address(scoring.card, "claimed", "send_with_scan")).content.decode()
    assert 'enctype="multipart/form-data"' in asked
    assert send(clerk, scoring.card, code=code).status_code == 302
    filing, scan = Filing.objects.get(column=Column.CLAIMED), SignedScan.objects.get()
    assert (filing.state, filing.scan) == (FilingState.SENT, scan)
    assert (bytes(scan.content), scan.kind, scan.size) == (SCAN, PDF, len(SCAN))
    assert scan.sha256 == hashlib.sha256(SCAN).hexdigest()
    assert (scan.code, scan.seat) == (code, scoring.ash_clerk.seats.get())
    assert [act.act for act in filing.acts.all()] == ["sent_scanned"]


def test_the_filing_says_that_it_was_sent_with_a_signed_copy(scoring, as_):
    send(as_(scoring.ash_clerk), scoring.card, code=code_of(scoring))
    browser = as_(scoring.ash_clerk, "vi")
    page = browser.get(address(scoring.card, "claimed")).content.decode()
    assert "Kèm bản đã ký, đóng dấu" in page
    assert f"/scans/{SignedScan.objects.get().pk}/" in page
    season = as_(scoring.cedar, "vi").get(f"/seasons/{scoring.season.pk}/").content.decode()
    assert "Kèm bản đã ký, đóng dấu" in season


def test_a_scan_of_other_content_is_refused_by_its_code(scoring, as_):
    clerk, printed = as_(scoring.ash_clerk), code_of(scoring)
    post(clerk, scoring.card, "claimed", key(scoring.lines.late), "2", "1")
    answer = send(clerk, scoring.card, code=printed)
    assert answer.status_code == 409
    said = answer.content.decode()
    assert said.count("the sheet was changed after it was printed: print and sign it anew.") == 1
    assert not SignedScan.objects.exists()
    assert Filing.objects.get(column=Column.CLAIMED).state == FilingState.FILLING
    post(clerk, scoring.card, "claimed", key(scoring.lines.late), "1", "2")
    assert send(clerk, scoring.card, code=printed.lower().replace("-", " ")).status_code == 302


def test_the_code_stands_on_the_paper_and_on_the_screen_beside_print(scoring, as_):
    clerk, code = as_(scoring.ash_clerk), code_of(scoring)
    page = clerk.get(address(scoring.card, "claimed")).content.decode()
    assert re.search(rf'Print</a><output id="code"><small[^>]*>Content code <b>{code}</b>', page)
    paper = clerk.get(f"/cards/{scoring.card.pk}/print/claimed/").content.decode()
    assert f"Mã nội dung: {code}" in paper
    card = Scorecard.objects.for_sheet().get(pk=scoring.card.pk)
    assert score_table_facts(card, Column.CLAIMED)["code"] == code


def pdf(browser, card, column="claimed"):
    """Download the print; tell its name and its words."""
    answer = browser.get(f"/cards/{card.pk}/print/{column}/pdf/")
    return unquote(answer["Content-Disposition"]), text_of(answer.content)


def test_the_print_to_be_signed_bears_its_code_and_no_watermark(scoring, as_):
    clerk = as_(scoring.ash_clerk)
    page = clerk.get(f"/cards/{scoring.card.pk}/print/claimed/").content.decode()
    assert "This is the print to be signed, stamped and scanned" in page
    name, text = pdf(clerk, scoring.card)
    assert "(để ký).pdf" in name
    assert code_of(scoring) in text
    assert "DỰ THẢO" not in text


def test_a_print_that_nobody_signs_stays_a_draft(scoring, as_):
    clerk = as_(scoring.ash_clerk)
    assert "DỰ THẢO" in pdf(as_(scoring.ash), scoring.card)[1]  # the principal sends, then issues
    post(clerk, scoring.card, "claimed", key(scoring.lines.late), "", "1")
    assert "DỰ THẢO" in pdf(clerk, scoring.card)[1]  # a line is missing
    post(clerk, scoring.card, "claimed", key(scoring.lines.late), "1", "")
    SeasonRules.objects.update(scan_replaces_principal=False)
    assert "DỰ THẢO" in pdf(clerk, scoring.card)[1]  # no scan is taken


def test_titles_that_change_leave_the_targets_that_were_sent_with_a_scan_as_signed(
    scoring, in_phase, as_
):
    in_phase(Phase.REGISTRATION)
    code = code_of(scoring, Column.TARGET)
    clerk = as_(scoring.ash_clerk)
    assert send(clerk, scoring.card, "target", code=code).status_code == 302
    scoring.card.aims.create(award=AwardFactory(name="Bằng khen"), seat=scoring.ash.seats.get())
    assert (
        f"Content code <b>{code}</b>" in clerk.get(address(scoring.card, "target")).content.decode()
    )
    assert "Bằng khen" not in pdf(clerk, scoring.card, "target")[1]


def test_each_saved_cell_shows_the_new_code(scoring, as_):
    answer = post(
        as_(scoring.ash_clerk), scoring.card, "claimed", key(scoring.lines.late), "2", "1"
    )
    assert output(answer, "code") == f"Content code {code_of(scoring)}"


def test_without_that_rule_there_is_no_such_button_and_no_such_act(scoring, as_):
    SeasonRules.objects.update(scan_replaces_principal=False)
    clerk = as_(scoring.ash_clerk)
    page = clerk.get(address(scoring.card, "claimed")).content.decode()
    assert "send_with_scan" not in page
    assert "Content code" not in page
    assert send(clerk, scoring.card, code=code_of(scoring)).status_code == 403
    assert not Filing.objects.filter(state=FilingState.SENT).exists()


def test_only_the_unit_sends_with_a_scan(scoring, as_):
    for user, status in (
        (scoring.birch_clerk, 403),
        (scoring.officer, 403),
        (scoring.dogwood, 404),
    ):
        assert send(as_(user), scoring.card, code=code_of(scoring)).status_code == status
    assert not SignedScan.objects.exists()


@pytest.mark.parametrize("content", [b"MZ", b"<html>", office(), b""])
def test_a_scan_is_a_pdf_a_jpeg_or_a_png(scoring, as_, content):
    answer = send(as_(scoring.ash_clerk), scoring.card, code=code_of(scoring), content=content)
    assert answer.status_code == 422
    assert not SignedScan.objects.exists()


def test_without_scan_or_code_nothing_is_sent(scoring, as_):
    url = address(scoring.card, "claimed", "send_with_scan")
    assert as_(scoring.ash_clerk).post(url, {"code": code_of(scoring)}).status_code == 422
    file = SimpleUploadedFile("a.pdf", SCAN)
    assert as_(scoring.ash_clerk).post(url, {"file": file}).status_code == 422
    assert not Filing.objects.filter(state=FilingState.SENT).exists()


def test_a_sheet_that_lacks_a_line_is_not_sent_with_a_scan_either(scoring, as_):
    clerk = as_(scoring.ash_clerk)
    post(clerk, scoring.card, "claimed", key(scoring.lines.late), "", "1")
    assert send(clerk, scoring.card, code=code_of(scoring)).status_code == 422
    assert not SignedScan.objects.exists()


def test_what_was_handed_up_is_sent_with_a_scan_too(scoring, as_):
    clerk = as_(scoring.ash_clerk)
    assert clerk.post(address(scoring.card, "claimed", "hand_up")).status_code == 302
    assert "send_with_scan" in clerk.get(address(scoring.card, "claimed")).content.decode()
    assert send(clerk, scoring.card, code=code_of(scoring)).status_code == 302


def test_the_scan_is_read_by_whoever_reads_the_column_and_nobody_else(scoring, in_phase, as_):
    send(as_(scoring.ash_clerk), scoring.card, code=code_of(scoring))
    url = f"/scans/{SignedScan.objects.get().pk}/"
    for user in (scoring.ash, scoring.ash_clerk):
        given = as_(user).get(url)
        assert b"".join(given.streaming_content) == SCAN
        assert given["Content-Type"] == PDF
        assert given["X-Content-Type-Options"] == "nosniff"
    sealed = ((scoring.birch, 403), (scoring.officer, 403), (scoring.dogwood, 404))
    for user, status in (*sealed, (scoring.stranger, 404)):
        assert as_(user).get(url).status_code == status
    in_phase(Phase.INSPECTION)
    for user in (scoring.birch, scoring.officer):
        assert as_(user).get(url).status_code == 200
    assert as_(scoring.dogwood).get(url).status_code == 404


def test_a_scan_that_was_taken_back_counts_no_more_and_is_its_unit_s_only(scoring, in_phase, as_):
    send(as_(scoring.ash_clerk), scoring.card, code=code_of(scoring))
    old = SignedScan.objects.get()
    principal = as_(scoring.ash)
    assert principal.post(address(scoring.card, "claimed", "take_back")).status_code == 302
    assert Filing.objects.get(column=Column.CLAIMED).scan is None
    assert principal.post(address(scoring.card, "claimed", "send")).status_code == 302
    in_phase(Phase.INSPECTION)
    assert as_(scoring.birch).get(f"/scans/{old.pk}/").status_code == 403
    assert principal.get(f"/scans/{old.pk}/").status_code == 200


def test_a_clerk_takes_back_what_was_sent_with_a_scan_and_nothing_that_its_principal_sent(
    scoring, as_
):
    clerk, principal = as_(scoring.ash_clerk), as_(scoring.ash)
    send(clerk, scoring.card, code=code_of(scoring))
    assert "take_back" in clerk.get(address(scoring.card, "claimed")).content.decode()
    assert clerk.post(address(scoring.card, "claimed", "take_back")).status_code == 302
    assert Filing.objects.get(column=Column.CLAIMED).state == FilingState.TAKEN_BACK
    assert principal.post(address(scoring.card, "claimed", "send")).status_code == 302
    assert "take_back" not in clerk.get(address(scoring.card, "claimed")).content.decode()
    assert clerk.post(address(scoring.card, "claimed", "take_back")).status_code == 403
    page = clerk.get(f"/history/card/{scoring.card.pk}/").content.decode()
    assert "sent with a signed, stamped copy" in page


def test_whoever_sent_with_a_scan_is_not_printed_as_its_signer(scoring, as_):
    send(as_(scoring.ash_clerk), scoring.card, code=code_of(scoring))
    card = Scorecard.objects.for_sheet().get(pk=scoring.card.pk)
    signer = score_table_facts(card, Column.CLAIMED)["signatures"][-1]
    assert signer["name"] == str(scoring.ash)


def test_titles_are_sent_with_their_own_signed_sheet(scoring, in_phase, as_):
    in_phase(Phase.REGISTRATION)
    scoring.card.aims.create(award=AwardFactory(), seat=scoring.ash.seats.get())
    clerk, code = as_(scoring.ash_clerk), code_of(scoring, Column.AIM)
    assert code in clerk.get(f"/cards/{scoring.card.pk}/aims/").content.decode()
    assert code in clerk.get(f"/cards/{scoring.card.pk}/print/aim/").content.decode()
    aims = f"/cards/{scoring.card.pk}/aims/submit/?column=aim&act=send_with_scan"
    wrong = code_of(scoring, Column.TARGET)
    assert send(clerk, scoring.card, at=aims, code=wrong).status_code == 409
    assert send(clerk, scoring.card, at=aims, code=code).status_code == 302
    assert Filing.objects.sent().get(column=Column.AIM).scan.code == code


def test_targets_are_sent_with_the_signed_registration(scoring, in_phase, as_):
    in_phase(Phase.REGISTRATION)
    card = Scorecard.objects.for_sheet().get(pk=scoring.card.pk)
    code = registration_facts(card)["code"]
    assert send(as_(scoring.ash_clerk), scoring.card, "target", code=code).status_code == 302


def test_the_six_month_results_are_printed_with_their_code_and_without_points(
    scoring, in_phase, as_
):
    in_phase(Phase.EXECUTION)
    lines = scoring.lines
    scoring.card.write(scoring.ash, Column.INTERIM, {lines.plan.pk: {"actual": Decimal(4)}})
    clerk, code = as_(scoring.ash_clerk), code_of(scoring, Column.INTERIM)
    paper = clerk.get(f"/cards/{scoring.card.pk}/print/interim/").content.decode()
    assert "KẾT QUẢ THỰC HIỆN 6 THÁNG NĂM 2026" in paper
    assert "4/10" in paper
    assert "Cách tính" not in paper
    assert f"Mã nội dung: {code}" in paper
    assert send(clerk, scoring.card, "interim", code=code).status_code == 302


def test_a_scan_is_never_changed_and_history_keeps_all_but_its_bytes(scoring, as_):
    send(as_(scoring.ash_clerk), scoring.card, code=code_of(scoring))
    scan = SignedScan.objects.get()
    for act in (
        lambda: SignedScan.objects.update(code="0000-0000"),
        lambda: SignedScan.objects.all()._raw_delete("default"),
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            act()
    kept = Change.objects.get(table="scoring_signedscan")
    assert kept.after["sha256"] == scan.sha256
    assert "content" not in kept.after
    assert kept.user_id == scoring.ash_clerk.pk
