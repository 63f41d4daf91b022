"""The papers that name heads and deputies: drafted, refused, issued, read."""

import hashlib
import re
from datetime import date, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext

from awards.models import Candidate, Meeting, Outcome, Question
from awards.tally import Mode, Verdict
from blocks import clock
from blocks.models import Office, Recognition, Term
from emulation import offices
from scoring.models import Authorisation, Season
from scoring.phases import Phase
from tests.conftest import a_unit
from tests.factories import BlockFactory, MembershipFactory, RecognitionFactory, TermFactory

pytestmark = pytest.mark.django_db
PDF = b"%PDF-1.4 a scan"


def text(page):
    return " ".join(re.sub(r"<[^>]+>", " ", page.content.decode()).split())


def said(cast, **more):
    return {
        "authority": cast.authority.pk,
        "kind": "letter",
        "year": "2027",
        "about": "về việc công nhận Khối trưởng năm 2027",
        "number": "15",
        "symbol": "TTT-VP",
        "dated": "20/01/2027",
        "signer": "Nguyễn A",
        "signer_position": "Chánh Thanh tra",
    } | more


@pytest.fixture
def draft(cast):
    """A draft of 2027 that lacks nothing but names."""
    return RecognitionFactory(
        authority=cast.authority, year=2027, number="15", symbol="TTT-VP",
        dated=date(2027, 1, 20), signer="Nguyễn A",
    )  # fmt: skip


def name(client, draft, cast, **more):
    form = {"head": cast.ash_unit.pk, "deputy": "", "since": "20/01/2027", "until": ""} | more
    return client.post(f"/recognitions/{draft.pk}/blocks/{cast.block.pk}/", form)


def issue(client, paper):
    return client.post(f"/recognitions/{paper.pk}/issue/")


def test_an_officer_drafts_a_paper_that_still_lacks_its_number(cast, as_):
    officer = as_(cast.officer)
    form = said(cast, number="", dated="", signer="")
    assert officer.post("/recognitions/new/", form).status_code == 302
    paper = Recognition.objects.get(year=2027)
    assert not paper.issued
    page = text(officer.get(f"/recognitions/{paper.pk}/"))
    for lack in ("number", "date of the paper", "signed by"):
        assert f"Still missing: {lack}." in page
    assert "The paper names no head and no deputy yet." in page
    assert "Issue the paper" not in page


def test_nobody_but_an_officer_drafts_one(cast, as_):
    assert as_(cast.cedar).post("/recognitions/new/", said(cast)).status_code == 403
    assert as_(cast.stranger).post("/recognitions/new/", said(cast)).status_code == 422


@pytest.mark.parametrize("act", ["", "edit/", "issue/", "file/"])
def test_a_draft_is_seen_by_the_authority_only(cast, as_, draft, act):
    address = f"/recognitions/{draft.pk}/{act}"
    assert as_(cast.stranger).get(address).status_code == 404
    assert as_(cast.cedar).get(address).status_code == 404


def test_an_issued_paper_is_read_by_the_blocks_it_names(cast, as_):
    address = f"/recognitions/{cast.recognition.pk}/"
    page = text(as_(cast.ash_clerk).get(address))
    assert "Official letter 140/TTT-VP" in page
    assert "Head – Thanh tra huyện Cedar" in page
    assert as_(cast.dogwood).get(address).status_code == 404
    assert as_(cast.ash).get(address + "edit/").status_code == 403


def test_a_member_sees_nothing_of_the_other_blocks_of_a_paper(cast, as_):
    other = BlockFactory(authority=cast.authority, name="Khối Khác")
    MembershipFactory(block=other, unit=cast.dogwood_unit)
    paper = RecognitionFactory(
        authority=cast.authority, number="9", symbol="TTT", dated=date(2026, 5, 1), signer="A"
    )
    for block, unit in ((other, cast.dogwood_unit), (cast.block, cast.ash_unit)):
        TermFactory(recognition=paper, block=block, unit=unit, role="head", since=date(2026, 5, 1))
    paper.issue()
    page = text(as_(cast.dogwood).get(f"/recognitions/{paper.pk}/"))
    assert "Khối Khác" in page
    assert "Rừng" not in page


# Whom it names


def test_the_next_in_the_rotation_are_proposed(cast, as_, draft):
    page = as_(cast.officer).get(f"/recognitions/{draft.pk}/blocks/{cast.block.pk}/")
    chosen = re.findall(r'<option value="(\d+)" selected>', page.content.decode())
    assert chosen == [str(cast.ash_unit.pk), str(cast.birch_unit.pk)]
    assert "Proposed: the next in the rotation." in text(page)


def elected(cast, role, unit):
    meeting = Meeting.objects.filter(season=cast.season).first() or Meeting.objects.create(
        season=cast.season, starts_at="2026-12-08T08:00+07:00", place="x", chair_name="A",
        chair_position="B", secretary=cast.cedar_clerk,
    )  # fmt: skip
    question = Question.objects.create(meeting=meeting, office=role, mode=Mode.OPEN, order=1)
    candidate = Candidate.objects.create(question=question, unit=unit, order=1)
    Question.objects.filter(pk=question.pk).update(state="open")
    Outcome.objects.create(
        question=question, candidate=candidate, order=1, yes=3, base=3,
        verdict=Verdict.ELECTED, sentence="x",
    )  # fmt: skip
    Question.objects.filter(pk=question.pk).update(state="closed")


def test_whom_the_last_meeting_elected_are_proposed_before_the_rotation(cast, as_, draft):
    elected(cast, Office.HEAD, cast.birch_unit)
    elected(cast, Office.DEPUTY, cast.ash_unit)
    page = as_(cast.officer).get(f"/recognitions/{draft.pk}/blocks/{cast.block.pk}/")
    chosen = re.findall(r'<option value="(\d+)" selected>', page.content.decode())
    assert chosen == [str(cast.birch_unit.pk), str(cast.ash_unit.pk)]
    assert "Proposed: whom the meeting of 2026 put forward." in text(page)


def test_whom_the_meeting_put_forward_is_told_where_the_rotation_stands(cast, as_):
    page = f"/blocks/{cast.block.pk}/"
    assert "2027 Ash (expected) 2028 Birch" in text(as_(cast.officer).get(page))
    elected(cast, Office.HEAD, cast.birch_unit)
    told = "2027 Birch (put forward by the meeting) 2028 Cedar (expected)"
    assert told in text(as_(cast.officer).get(page))


GO_ON = "No paper names the offices of 2027 yet; those of before go on: Head Cedar; Deputy Birch."


def test_a_year_that_no_paper_names_yet_tells_who_goes_on_and_who_was_put_forward(cast, as_):
    elected(cast, Office.HEAD, cast.ash_unit)
    said = f"{GO_ON} The meeting of 2026 put forward: Head Ash."
    assert said in text(as_(cast.officer).get(f"/blocks/{cast.block.pk}/seasons/open/"))
    season = Season.open(cast.block, 2027)
    assert said in text(as_(cast.officer).get(f"/seasons/{season.pk}/"))
    assert GO_ON not in text(as_(cast.ash).get(f"/seasons/{season.pk}/"))
    assert "go on" not in text(as_(cast.officer).get(f"/seasons/{cast.season.pk}/"))


def test_who_goes_on_is_told_until_a_paper_or_an_officer_names_the_offices(cast, as_, draft):
    season = Season.open(cast.block, 2027)
    draft.name_holders(cast.block, {"head": cast.ash_unit}, date(2027, 1, 20))
    offices.issue(draft, cast.officer)
    assert "go on: Deputy Birch." in text(as_(cast.officer).get(f"/seasons/{season.pk}/"))
    season.refresh_from_db()
    season.name_offices(cast.ash_unit, None, cast.officer.seats.get(), "Chưa có Khối phó")
    assert "go on" not in text(as_(cast.officer).get(f"/seasons/{season.pk}/"))


@pytest.mark.parametrize("named", ["ash", "cedar"])
def test_a_paper_that_names_another_head_ends_what_let_the_former_deputy_act(cast, draft, named):
    season, officer = Season.open(cast.block, 2027), cast.officer.seats.get()
    today = clock.today()
    Authorisation.give(season, officer, today, today + timedelta(days=9), "Đi vắng")
    units = {"head": getattr(cast, f"{named}_unit"), "deputy": cast.birch_unit}
    draft.name_holders(cast.block, units, date(2027, 1, 20))
    offices.issue(draft, cast.officer)
    assert Authorisation.objects.not_over().exists() is (named == "cedar")


def test_a_paper_that_changes_the_offices_of_a_year_that_runs_is_told_as_an_officer_s_act(
    cast, as_
):
    Season.objects.update(phase=Phase.EXECUTION)
    cast.season.refresh_from_db()
    cast.season.name_offices(cast.cedar_unit, cast.ash_unit, cast.officer.seats.get(), "Sáp nhập")
    paper = RecognitionFactory(
        authority=cast.authority, year=2026, number="16", symbol="TTT-VP",
        dated=date(2026, 9, 28), signer="Nguyễn A",
    )  # fmt: skip
    officer, said = (
        as_(cast.officer),
        "2026: Head is now Birch (16/TTT-VP, 28/09/2026)",
    )
    name(officer, paper, cast, head=cast.birch_unit.pk, since="28/09/2026")
    assert said not in text(as_(cast.cedar).get("/"))
    assert issue(officer, paper).status_code == 302
    assert said in text(as_(cast.cedar).get("/"))
    page = text(as_(cast.cedar).get(f"/seasons/{cast.season.pk}/"))
    assert "Head: Birch; Deputy: Ash 28/09/2026 09:00, Ông Oak: 16/TTT-VP, 28/09/2026" in page


def test_a_draft_shows_and_follows_who_is_in_office_an_issued_paper_whom_it_replaced(
    cast, as_, draft
):
    officer, ash = as_(cast.officer), cast.ash_unit
    cast.season.name_offices(ash, cast.cedar_unit, cast.officer.seats.get(), "Sáp nhập")
    page = text(officer.get(f"/recognitions/{draft.pk}/"))
    assert "In office now By this paper" in page
    assert "Head Ash – –" in page
    form = officer.get(f"/recognitions/{draft.pk}/blocks/{cast.block.pk}/").content.decode()
    chosen = re.findall(r'<option value="(\d+)" selected>', form)
    assert chosen == [str(cast.birch_unit.pk), str(cast.cedar_unit.pk)]
    assert "2027 Birch (expected)" in text(officer.get(f"/blocks/{cast.block.pk}/"))
    name(officer, draft, cast, head=cast.birch_unit.pk)
    issue(officer, draft)
    page = text(officer.get(f"/recognitions/{draft.pk}/"))
    assert "Recognised before By this paper" in page
    assert "Head Cedar Thanh tra huyện Birch" in page


def test_before_a_paper_is_issued_its_officer_reads_which_year_takes_the_offices(cast, as_, draft):
    officer, address = as_(cast.officer), f"/recognitions/{draft.pk}/issue/"
    name(officer, draft, cast)
    said = "The year 2027 that runs takes its head and deputy from it at once ("
    assert said not in text(officer.get(address))
    Season.open(cast.block, 2027)
    assert said in text(officer.get(address))


def test_before_a_paper_is_issued_its_officer_reads_where_a_meeting_put_others_forward(
    cast, as_, draft
):
    elected(cast, Office.HEAD, cast.birch_unit)
    officer, address = as_(cast.officer), f"/recognitions/{draft.pk}/issue/"
    said = "The paper names other units than the meeting of 2026 put forward ("
    for unit, told in ((cast.ash_unit, True), (cast.birch_unit, False)):
        assert name(officer, draft, cast, head=unit.pk).status_code == 302
        page = text(officer.get(address))
        assert (said in page, f"{cast.block.short_name}: Head Birch" in page) == (told, told)


def test_one_paper_names_several_blocks(cast, as_, draft):
    other = BlockFactory(authority=cast.authority)
    MembershipFactory(block=other, unit=cast.dogwood_unit)
    officer = as_(cast.officer)
    assert name(officer, draft, cast).status_code == 302
    form = {"head": cast.dogwood_unit.pk, "since": "20/01/2027"}
    address = f"/recognitions/{draft.pk}/blocks/{other.pk}/"
    assert officer.post(address, form).status_code == 302
    assert {term.block for term in draft.terms.all()} == {cast.block, other}


def test_naming_again_takes_the_place_of_the_first_names(cast, as_, draft):
    officer = as_(cast.officer)
    name(officer, draft, cast, deputy=cast.birch_unit.pk)
    name(officer, draft, cast, head=cast.birch_unit.pk)
    assert [(term.role, term.unit) for term in draft.terms.all()] == [("head", cast.birch_unit)]


def test_a_name_is_taken_off_a_draft_by_a_click(cast, as_, draft):
    officer = as_(cast.officer)
    name(officer, draft, cast)
    term = draft.terms.get()
    assert officer.get(f"/terms/{term.pk}/remove/").status_code == 405
    assert as_(cast.stranger).post(f"/terms/{term.pk}/remove/").status_code == 404
    assert officer.post(f"/terms/{term.pk}/remove/").status_code == 302
    assert not draft.terms.exists()


def test_a_recognised_term_is_not_taken_off(cast, as_):
    term = cast.recognition.terms.first()
    assert as_(cast.officer).post(f"/terms/{term.pk}/remove/").status_code == 404


@pytest.mark.parametrize("language", ["en", "vi"])
@pytest.mark.parametrize(
    ("more", "refusal"),
    [
        ({"until": "20/01/2027"}, "The end must come after the start."),
        ({"until": "19/01/2027"}, "The end must come after the start."),
        ({"head": ""}, "Name the head, the deputy or both."),
        ({"deputy": "the head"}, "Head and deputy are two units."),
    ],
)  # fmt: skip
def test_a_term_is_refused_with_a_sentence(cast, as_, draft, sentence, more, refusal, language):
    if "deputy" in more:
        more = {"deputy": cast.ash_unit.pk}
    answer = name(as_(cast.officer, language), draft, cast, **more)
    assert answer.status_code == 422
    assert sentence(refusal, language) in answer.content.decode()
    assert not draft.terms.exists()


@pytest.mark.parametrize("language", ["en", "vi"])
def test_only_a_member_of_that_day_is_head(cast, as_, draft, sentence, language):
    MembershipFactory(block=cast.block, unit=cast.dogwood_unit, since=date(2027, 6, 1))
    draft.dated = date(2027, 6, 20)
    draft.save()
    form = {"head": cast.dogwood_unit.pk, "since": "31/05/2027"}
    answer = name(as_(cast.officer, language), draft, cast, **form)
    assert answer.status_code == 422
    refusal = "Only a unit that is a member of the block on that day can be its head or deputy."
    assert sentence(refusal, language) in answer.content.decode()


@pytest.mark.parametrize("since", ["31/12/2026", "01/01/2028"])
def test_an_office_of_another_year_is_not_named(cast, as_, draft, since):
    answer = name(as_(cast.officer), draft, cast, since=since)
    assert answer.status_code == 422
    assert "The paper names the offices of 2027; they begin" in answer.content.decode()


@pytest.mark.parametrize(
    ("year", "dated", "since"),
    [(2027, "20/12/2026", "01/01/2027"), (2027, "", "01/01/2027"), (2026, "", "28/09/2026")],
)
def test_offices_begin_with_the_paper_but_in_its_year(cast, as_, draft, year, dated, since):
    draft.year, draft.dated = year, date(2026, 12, 20) if dated else None
    draft.save()
    page = as_(cast.officer).get(f"/recognitions/{draft.pk}/blocks/{cast.block.pk}/")
    assert f'value="{since}"' in page.content.decode()


def test_a_paper_is_not_dated_years_away_from_its_year(cast, as_, draft):
    form = {
        "authority": cast.authority.pk, "kind": draft.kind, "year": "2027", "about": "về việc",
        "number": "15", "symbol": "TTT", "dated": "01/01/2018", "signer": "A",
        "signer_position": "",
    }  # fmt: skip
    answer = as_(cast.officer).post(f"/recognitions/{draft.pk}/edit/", form)
    assert answer.status_code == 422
    assert "The paper is for 2027; check its date." in answer.content.decode()


def test_a_unit_that_is_no_member_is_not_offered(cast, as_, draft):
    answer = name(as_(cast.officer), draft, cast, head=cast.dogwood_unit.pk)
    assert answer.status_code == 422


# Issuing


def test_issuing_asks_first_and_names_the_old_and_the_new_head(cast, as_, draft):
    officer = as_(cast.officer)
    name(officer, draft, cast)
    page = text(officer.get(f"/recognitions/{draft.pk}/issue/"))
    assert "Thanh tra huyện Cedar Thanh tra huyện Ash 20/01/2027" in page
    draft.refresh_from_db()
    assert not draft.issued


def test_a_new_head_ends_the_term_of_the_old_one(cast, as_, draft):
    officer = as_(cast.officer)
    name(officer, draft, cast)
    assert issue(officer, draft).status_code == 302
    heads = Term.objects.recognised().filter(block=cast.block, role="head").order_by("since")
    assert [(term.unit, term.since, term.until) for term in heads] == [
        (cast.cedar_unit, date(2026, 1, 1), date(2027, 1, 20)),
        (cast.ash_unit, date(2027, 1, 20), None),
    ]
    assert cast.block.terms.get(role="deputy", recognised=True).until is None


def test_a_running_season_takes_its_head_from_a_paper_of_its_year(cast, as_):
    paper = RecognitionFactory(
        authority=cast.authority, year=2026, number="16", symbol="TTT-VP",
        dated=date(2026, 9, 28), signer="Nguyễn A",
    )  # fmt: skip
    officer = as_(cast.officer)
    name(officer, paper, cast, since="28/09/2026")
    assert issue(officer, paper).status_code == 302
    season = Season.objects.get(pk=cast.season.pk)
    assert (season.head, season.deputy) == (cast.ash_unit, cast.birch_unit)


def test_a_paper_of_another_year_leaves_this_season_s_head(cast, as_, draft):
    officer = as_(cast.officer)
    name(officer, draft, cast)
    issue(officer, draft)
    assert Season.objects.get(pk=cast.season.pk).head == cast.cedar_unit


@pytest.mark.parametrize("language", ["en", "vi"])
def test_a_block_has_one_head_at_a_time(cast, as_, draft, sentence, language):
    officer = as_(cast.officer, language)
    draft.year = 2026
    draft.save()
    name(officer, draft, cast, since="01/01/2026")
    answer = issue(officer, draft)
    assert answer.status_code == 422
    refusal = "The block already has a head in that period."
    assert sentence(refusal, language) in answer.content.decode()
    draft.refresh_from_db()
    assert not draft.issued


@pytest.mark.parametrize("language", ["en", "vi"])
def test_a_paper_that_lacks_something_is_not_issued(cast, as_, draft, sentence, language):
    officer = as_(cast.officer, language)
    answer = issue(officer, draft)
    assert answer.status_code == 422
    assert (
        sentence("The paper names no head and no deputy yet.", language) in answer.content.decode()
    )
    name(officer, draft, cast)
    Recognition.objects.filter(pk=draft.pk).update(signer="", number="")
    answer = issue(officer, draft)
    assert answer.status_code == 422
    told = sentence("Still missing: %(what)s.", language, what="|").split("|")[0]
    assert told in answer.content.decode()


def test_a_paper_is_issued_once(cast, as_):
    answer = issue(as_(cast.officer), cast.recognition)
    assert answer.status_code == 422
    assert "This paper was issued already." in answer.content.decode()


def test_an_issued_paper_is_not_changed_and_names_nobody_else(cast, as_):
    officer = as_(cast.officer)
    officer.post(f"/recognitions/{cast.recognition.pk}/edit/", said(cast, number="999"))
    cast.recognition.refresh_from_db()
    assert cast.recognition.number == "140"
    answer = name(officer, cast.recognition, cast)
    assert answer.status_code == 422
    assert "This paper was issued already." in answer.content.decode()


def test_the_database_itself_keeps_an_issued_paper(cast):
    from django.db import IntegrityError, transaction

    for act in (
        lambda: Recognition.objects.filter(pk=cast.recognition.pk).update(number="999"),
        lambda: Recognition.objects.filter(pk=cast.recognition.pk).update(issued=False),
        lambda: Term.objects.filter(recognition=cast.recognition).update(unit=cast.ash_unit),
        lambda: Term.objects.filter(recognition=cast.recognition).delete(),
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            act()


# The scan


def upload(client, paper, content, called="công văn.pdf"):
    file = SimpleUploadedFile(called, content, content_type="application/octet-stream")
    return client.post(f"/recognitions/{paper.pk}/edit/", {"file": file})


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (PDF, "application/pdf"),
        (b"\xff\xd8\xff\xe0 a photo", "image/jpeg"),
        (b"\x89PNG\r\n\x1a\n a picture", "image/png"),
    ],
)
def test_a_scan_is_kept_with_its_hash_and_handed_out_as_what_it_is(cast, as_, content, kind):
    assert upload(as_(cast.officer), cast.recognition, content, "scan.exe").status_code == 302
    paper = Recognition.objects.get(pk=cast.recognition.pk)
    assert paper.file_sha256 == hashlib.sha256(content).hexdigest()
    answer = as_(cast.ash).get(f"/recognitions/{paper.pk}/file/")
    assert b"".join(answer.streaming_content) == content
    assert answer["Content-Type"] == kind
    assert answer["X-Content-Type-Options"] == "nosniff"


def test_a_scan_is_handed_to_those_who_see_the_paper_only(cast, as_):
    upload(as_(cast.officer), cast.recognition, PDF)
    address = f"/recognitions/{cast.recognition.pk}/file/"
    assert as_(cast.dogwood).get(address).status_code == 404
    assert as_(cast.stranger).get(address).status_code == 404


def test_a_paper_without_a_scan_has_none_to_hand_out(cast, as_):
    assert as_(cast.ash).get(f"/recognitions/{cast.recognition.pk}/file/").status_code == 404


@pytest.mark.parametrize("language", ["en", "vi"])
@pytest.mark.parametrize(
    ("content", "refusal"),
    [
        (b"MZ a program", "This is no PDF, JPEG or PNG file."),
        (b"<html>", "This is no PDF, JPEG or PNG file."),
        (PDF + bytes(20 * 1024 * 1024), "The file is larger than 20 MB."),
    ],
    ids=["program", "page", "large"],
)
def test_a_file_that_is_no_scan_is_refused(cast, as_, sentence, content, refusal, language):
    answer = upload(as_(cast.officer, language), cast.recognition, content, "công văn.pdf")
    assert answer.status_code == 422
    assert sentence(refusal, language) in answer.content.decode()
    assert not Recognition.objects.get(pk=cast.recognition.pk).file


def test_a_draft_takes_its_scan_with_its_words(cast, as_, draft):
    form = said(cast, file=SimpleUploadedFile("a.pdf", PDF))
    assert as_(cast.officer).post(f"/recognitions/{draft.pk}/edit/", form).status_code == 302
    assert bytes(Recognition.objects.get(pk=draft.pk).file) == PDF


# Lists


def questions_asked(client, address):
    client.get(address)
    with CaptureQueriesContext(connection) as queries:
        assert client.get(address).status_code == 200
    return len(queries)


def test_lists_of_thirty_papers_and_blocks_ask_as_many_questions_as_one(cast, as_, draft):
    officer = as_(cast.officer)
    name(officer, draft, cast, deputy=cast.birch_unit.pk)
    addresses = ["/recognitions/", f"/recognitions/{draft.pk}/", f"/recognitions/{draft.pk}/issue/"]
    few = [questions_asked(officer, address) for address in addresses]
    for n in range(30):
        block = BlockFactory(authority=cast.authority)
        MembershipFactory(block=block, unit=a_unit(cast.authority, f"Pine {n}"))
        unit = block.memberships.get().unit
        old = RecognitionFactory(
            authority=cast.authority, number=str(n), symbol="T", dated=date(2026, 1, 1), signer="A"
        )
        TermFactory(recognition=old, block=block, unit=unit, role="head")
        old.issue()
        TermFactory(recognition=draft, block=block, unit=unit, role="head", since=date(2027, 1, 20))
    assert [questions_asked(officer, address) for address in addresses] == few
