"""The proposal, its list of nominees, the ballot papers: what they state, who makes them when."""

import re
from datetime import UTC, date, datetime, time

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils.translation import override

from awards.models import Letter, MeetingPaper
from awards.needs import left_open
from awards.papers import (
    count_of,
    minutes_of,
    nominees_facts,
    nominees_of,
    proposal_facts,
    proposal_of,
)
from awards.papers.ballots import ballot_facts
from awards.papers.draft import ballots_of
from awards.papers.outdated import OUTDATED
from awards.papers.proposal import cites_otherwise, first_words, legal_bases
from awards.views.proposal import LABELS
from blocks import clock, paper_facts
from blocks.models import Office, Paper, PaperKind, stamp
from emulation.printing import finalise, page_of
from tests.awards.stage import (
    BOTH_OFFICES,
    committee,
    key,
    line,
    make_stage,
    mark,
    moment,
    ranked,
    seat,
    voting,
)


@pytest.fixture
def stage(db):
    stage = make_stage(flag={"mode": "open", "threshold_part": 60})
    ranked(stage)
    return stage


def hold(stage):
    """The meeting is over: Ash was elected by all."""
    question = voting(stage)
    for person in stage.people.values():
        question.cast(person, mark(question, "Ash"))
    question.close()
    stage.meeting.close()
    return stage


@pytest.fixture
def closed(stage):
    return hold(stage)


@pytest.fixture
def minuted(closed):
    """And its minutes are final."""
    finalise(minutes_of(closed.meeting), closed.cast.cedar)
    return closed


def url(name, stage):
    return reverse(name, args=[stage.meeting.pk])


def loaded(stage):
    """The words as a fresh page carries them, with their stamps."""
    paper = MeetingPaper.objects.filter(kind=PaperKind.PROPOSAL).last()
    minutes = MeetingPaper.objects.filter(kind=PaperKind.MINUTES).last()
    words = paper.words if paper else first_words(stage.meeting, minutes)
    said = {name: words.get(name, "") for name in LABELS}
    return said | {f"seen-{name}": stamp(text) for name, text in said.items()}


# --- what the proposal states ---------------------------------------------------------------------

BASES = [
    # day               law             decree           circular of the Inspector General
    (date(2021, 12, 15), "năm 2003",     "91/2017/NĐ-CP",  "01/2016/TT-TTCP"),
    (date(2023, 12, 31), "năm 2003",     "91/2017/NĐ-CP",  "01/2016/TT-TTCP"),
    (date(2024, 1, 1),   "06/2022/QH15", "98/2023/NĐ-CP",  "01/2016/TT-TTCP"),
    (date(2024, 5, 15),  "06/2022/QH15", "98/2023/NĐ-CP",  "03/2024/TT-TTCP"),
    (date(2025, 7, 1),   "06/2022/QH15", "152/2025/NĐ-CP", None),
    (date(2026, 11, 25), "06/2022/QH15", "152/2025/NĐ-CP", None),
    (date(2027, 3, 1),   "06/2022/QH15", None,             None),
]  # fmt: skip


@pytest.mark.parametrize(("day", "law", "decree", "circular"), BASES)
def test_a_proposal_cites_what_is_in_force_on_its_day(day, law, decree, circular):
    bases = legal_bases(day)
    wanted = [text for text in (law, decree, circular) if text]
    assert len(bases) == len(wanted)
    assert all(text in base for text, base in zip(wanted, bases, strict=True))


def test_a_proposal_begins_with_words_that_cite_rules_and_minutes(minuted):
    minutes = MeetingPaper.objects.get(kind=PaperKind.MINUTES)
    minutes.give_number("12", "BB-CED", date(2026, 9, 29))
    rules = minuted.season.rules
    rules.source = "Quy chế của Khối"
    rules.save()
    words = proposal_of(minuted.meeting).words
    bases = words["bases"].splitlines()
    assert bases[-2] == "Căn cứ Quy chế của Khối;"
    assert bases[-1] == (
        "Căn cứ Biên bản số 12/BB-CED ngày 29 tháng 9 năm 2026 của"
        " Hội nghị tổng kết, bình xét thi đua ngày 28 tháng 9 năm 2026."
    )
    assert words["to"] == minuted.cast.authority.name
    assert "Biên bản kiểm phiếu" in words["dossier"]
    assert words["recipients"].splitlines()[0] == "Như trên"


def test_the_facts_of_proposal_and_list_are_what_their_schema_says(closed):
    for facts, kind in (
        (proposal_facts(closed.meeting), paper_facts.ProposalFacts),
        (nominees_facts(closed.meeting), paper_facts.NomineesFacts),
        (ballot_facts(closed.question, 3, 4), paper_facts.BallotsFacts),
    ):
        assert set(facts) == set(kind.__required_keys__)


def test_a_nominee_stands_on_the_list_with_its_votes(closed):
    (award,) = nominees_facts(closed.meeting)["awards"]
    (row,) = award["rows"]
    assert award["award"] == "Cờ thi đua"
    assert (row["unit"], row["yes"], row["total"], row["share"], row["note"]) == (
        closed.cast.ash_unit.name, 3, 3, "100,00%", "Biểu quyết công khai",
    )  # fmt: skip
    assert proposal_facts(closed.meeting)["awards"] == [award]


def test_the_proposal_states_the_meeting_and_leaves_its_date_to_the_register(closed):
    facts = proposal_facts(closed.meeting)
    assert (facts["held"], facts["venue"], facts["date"]) == ("2026-09-28", "Hội trường", "")
    assert (facts["members"], facts["present"], facts["written"]) == (3, 3, 0)
    assert facts["issuer"]["symbol"].startswith("TTr")


def test_the_proposal_costs_the_same_for_few_units_and_for_many(db):
    from django.db import transaction

    asked = []
    for members in (3, 9):
        with transaction.atomic():
            stage = hold(make_stage(members=members, flag={"mode": "open"}))
            with CaptureQueriesContext(connection) as queries:
                proposal_facts(stage.meeting)
                nominees_facts(stage.meeting)
            asked.append(len(queries))
            transaction.set_rollback(True)
    assert asked[0] == asked[1]


# --- who writes it, when --------------------------------------------------------------------------

PAGES = ("write_proposal", "preview_proposal", "print_nominees", "nominees_pdf")
WRITERS = [("cedar", 200), ("cedar_clerk", 200), ("ash", 403), ("officer", 403), ("dogwood", 404)]


@pytest.mark.parametrize(("who", "status"), WRITERS)
def test_the_head_writes_the_proposal_and_prints_its_list(closed, as_, who, status):
    browser = as_(getattr(closed.cast, who))
    for page in PAGES:
        assert browser.get(url(page, closed)).status_code == status, page


def test_there_is_no_proposal_before_the_meeting_is_closed(stage, as_):
    seat(stage)
    stage.meeting.open()
    for page in PAGES:
        assert as_(stage.cast.cedar).get(url(page, stage)).status_code == 403


@pytest.mark.parametrize(
    ("name", "kind"),
    [("finalise_proposal", PaperKind.PROPOSAL), ("issue_nominees", PaperKind.NOMINEES)],
)
def test_it_is_final_once_the_minutes_are_by_the_head_s_principal(closed, as_, name, kind):
    principal = as_(closed.cast.cedar)
    assert principal.post(url(name, closed)).status_code == 422
    assert not Paper.objects.exists()
    finalise(minutes_of(closed.meeting), closed.cast.cedar)
    assert as_(closed.cast.ash).post(url(name, closed)).status_code == 403
    assert as_(closed.cast.cedar_clerk).post(url(name, closed)).status_code == 403
    answer = principal.post(url(name, closed))
    paper = MeetingPaper.objects.get(kind=kind)
    assert (answer.status_code, answer.url) == (302, paper.get_absolute_url())
    assert (paper.final, paper.issuer) == (True, closed.cast.cedar_unit)
    assert principal.post(url(name, closed)).status_code == 422
    assert as_(closed.cast.ash).get(reverse("paper_pdf", args=[paper.pk])).status_code == 200
    listed = as_(closed.cast.ash).get(reverse("list_papers")).content.decode()
    assert paper.title in listed


def test_who_cannot_finalise_the_proposal_reads_who_does(minuted, as_):
    said = "the principal of the Head finalises the proposal"
    for who, told in ((minuted.cast.cedar_clerk, True), (minuted.cast.cedar, False)):
        page = as_(who).get(url("write_proposal", minuted)).content.decode()
        assert (said in page) == told


def test_the_words_of_the_proposal_are_changed_at_will_and_kept(minuted, as_):
    browser = as_(minuted.cast.cedar_clerk)
    assert (
        "Luật Thi đua, khen thưởng" in browser.get(url("write_proposal", minuted)).content.decode()
    )
    said = loaded(minuted) | {"bases": "Căn cứ văn bản khác.", "process": "Đã thống nhất."}
    assert browser.post(url("write_proposal", minuted), said).status_code == 302
    page = browser.get(url("write_proposal", minuted)).content.decode()
    assert "Căn cứ văn bản khác." in page
    assert "Luật Thi đua, khen thưởng" not in page
    again = loaded(minuted) | {"process": "Khác.", "seen-process": stamp("")}
    assert browser.post(url("write_proposal", minuted), again).status_code == 409


def test_before_a_proposal_is_final_what_it_lacks_is_told(minuted, as_):
    browser = as_(minuted.cast.cedar)
    unnumbered = "The minutes have no number yet"
    foreign = "name minutes by a number; the minutes of this meeting have none yet."
    uncited = "do not cite the minutes with their number and date: 12/BB-CED, 29/09/2026."
    browser.post(url("write_proposal", minuted), loaded(minuted) | {"process": "Đã thống nhất."})

    def told():
        page = browser.get(url("finalise_proposal", minuted)).content.decode()
        return [said for said in (unnumbered, foreign, uncited) if said in page]

    assert told() == [unnumbered]
    said = loaded(minuted) | {"bases": "Căn cứ Biên bản số 11/BB-CED ngày 25/9/2026."}
    browser.post(url("write_proposal", minuted), said)
    assert told() == [foreign]
    minutes = MeetingPaper.objects.get(kind=PaperKind.MINUTES)
    minutes.give_number("12", "BB-CED", date(2026, 9, 29))
    assert told() == [uncited]
    for cited, lacks in (
        ("số 12/BB-CED", [uncited]),
        ("số 12/BB-CED ngày 28 tháng 9 năm 2026", [uncited]),
        ("số 12/BB-CED;\nCăn cứ Quy chế ngày 29/9/2026", [uncited]),
        ("số 12/BB-CED ngày 29/09/2026", []),
        ("số 12/BB-CED ngày 29 tháng 9 năm 2026", []),
    ):
        said = {"bases": f"Căn cứ Biên bản {cited}."}
        browser.post(url("write_proposal", minuted), loaded(minuted) | said)
        assert told() == lacks
    assert browser.post(url("finalise_proposal", minuted)).status_code == 302


def test_before_a_proposal_is_final_what_it_prints_empty_is_told(minuted, as_):
    browser = as_(minuted.cast.cedar)
    browser.post(url("write_proposal", minuted), loaded(minuted) | {"to": "", "process": ""})
    page = browser.get(url("finalise_proposal", minuted)).content.decode()
    assert re.findall("“([^”]*)” is empty", page) == ["Addressed to"]


@pytest.mark.parametrize(
    ("numbered", "refused"), [(True, [422, 422, 302]), (False, [422, 302, 302])]
)
def test_a_proposal_bears_no_date_before_that_of_the_minutes_it_cites(
    minuted, as_, numbered, refused
):
    if numbered:
        minutes = MeetingPaper.objects.get(kind=PaperKind.MINUTES)
        minutes.give_number("12", "BB-CED", date(2026, 9, 29))
    browser = as_(minuted.cast.cedar)
    with clock.standing_on(date(2026, 9, 30)):
        browser.post(url("finalise_proposal", minuted))
        way = reverse("number_paper", args=[proposal_of(minuted.meeting).pk])
        typed = {"number": "35", "symbol": "TTr-CED"}
        answers = [browser.post(way, typed | {"numbered_on": f"{d}/9/2026"}) for d in (27, 28, 29)]
    assert [answer.status_code for answer in answers] == refused
    said = "It cites the minutes of 29/09/2026; it bears no earlier date."
    assert (said in answers[0].content.decode()) == numbered


def test_the_list_of_nominees_bears_the_number_of_the_proposal_or_tells_it_has_none(minuted, as_):
    browser, unnumbered = as_(minuted.cast.cedar), "The proposal has no number yet"
    browser.post(url("finalise_proposal", minuted))
    assert unnumbered in browser.get(url("issue_nominees", minuted)).content.decode()
    proposal = MeetingPaper.objects.get(kind=PaperKind.PROPOSAL)
    proposal.give_number("35", "TTr-CED", date(2026, 9, 28))
    assert unnumbered not in browser.get(url("issue_nominees", minuted)).content.decode()
    page = browser.get(url("print_nominees", minuted)).content.decode()
    assert "Kèm theo Tờ trình số 35/TTr-CED ngày 28 tháng 9 năm 2026" in page


def test_the_list_of_nominees_bears_no_number_of_a_proposal_that_was_replaced(minuted, as_):
    browser, unnumbered = as_(minuted.cast.cedar), "The proposal has no number yet"
    finalise(proposal_of(minuted.meeting), minuted.cast.cedar)
    old = MeetingPaper.objects.get(kind=PaperKind.PROPOSAL)
    old.give_number("35", "TTr-CED", date(2026, 9, 28))
    old.correct("Thiếu căn cứ")
    assert nominees_facts(minuted.meeting)["number"] == "35/TTr-CED"  # a draft replaces nothing yet
    finalise(proposal_of(minuted.meeting), minuted.cast.cedar)
    facts = nominees_facts(minuted.meeting)
    assert (facts["number"], facts["numbered"]) == ("", "")
    assert unnumbered in browser.get(url("issue_nominees", minuted)).content.decode()


def test_a_proposal_of_a_year_long_over_cites_what_was_in_force_at_its_meeting(closed):
    closed.meeting.opened_at = datetime(2019, 12, 5, 8, tzinfo=UTC)
    bases = first_words(closed.meeting, None)["bases"]
    assert "năm 2003" in bases
    assert "06/2022/QH15" not in bases


def test_a_final_proposal_is_corrected_like_any_paper(minuted, as_):
    browser = as_(minuted.cast.cedar)
    browser.post(url("finalise_proposal", minuted))
    old = MeetingPaper.objects.get(kind=PaperKind.PROPOSAL)
    old.give_number("35", "TTr-CED", clock.today())
    address = reverse("correct_paper", args=[old.pk])
    assert as_(minuted.cast.cedar_clerk).post(address, {"reason": "Sai"}).status_code == 403
    browser.post(address, {"reason": "Thiếu căn cứ"})
    assert (
        "thay thế văn bản số 35/TTr-CED"
        in browser.get(url("write_proposal", minuted)).content.decode()
    )
    browser.post(url("finalise_proposal", minuted))
    assert MeetingPaper.objects.get(replaces=old.pk).final
    assert browser.get(reverse("list_papers")).content.decode().count("In place of 35/TTr-CED") == 1


def test_the_proposal_cites_the_minutes_in_force_while_a_correction_of_them_is_a_draft(
    minuted, as_
):
    minutes = MeetingPaper.objects.get(kind=PaperKind.MINUTES)
    minutes.give_number("12", "BB-CED", clock.today())
    minutes.correct("Ghi nhầm")
    page = as_(minuted.cast.cedar).get(url("write_proposal", minuted)).content.decode()
    assert "Căn cứ Biên bản số 12/BB-CED" in page
    assert proposal_of(minuted.meeting).words["bases"].count("số 12/BB-CED") == 1


DRAFTS = {
    "minutes": minutes_of,
    "count": count_of,
    "proposal": proposal_of,
    "nominees": nominees_of,
}


def corrected(paper, by, hour):
    """The paper is corrected, and what corrects it is final at this hour."""
    paper.correct("Ghi nhầm")
    draft = DRAFTS[paper.kind](paper.meeting)
    with clock.standing_on(date(2026, 9, 28), time(hour)):
        finalise(draft, by)
    return draft


def told_to_correct(paper, browser):
    """Where it is told that the paper states what was replaced: its page, its number, the year."""
    with override("en"):
        said = str(OUTDATED[PaperKind(paper.kind)]) % {"paper": paper.title}
    pages = [paper.get_absolute_url(), reverse("number_paper", args=[paper.pk])]
    told = {said in browser.get(page, follow=True).content.decode() for page in pages}
    with override("en"):
        told.add(any(said in each.sentence for each in left_open(paper.meeting.season)))
    assert len(told) == 1
    return told.pop()


def test_a_proposal_is_told_to_be_corrected_after_the_minutes_it_cites(minuted, as_):
    browser, cedar = as_(minuted.cast.cedar), minuted.cast.cedar
    minutes = MeetingPaper.objects.get(kind=PaperKind.MINUTES)
    warning = "cites this paper; correct it too, afterwards"
    correct = reverse("correct_paper", args=[minutes.pk])
    assert warning not in browser.get(correct).content.decode()
    with clock.standing_on(date(2026, 9, 28), time(15)):
        finalise(proposal_of(minuted.meeting), cedar)
    proposal = MeetingPaper.objects.get(kind=PaperKind.PROPOSAL)
    proposal.give_number("20", "TTr-CED", clock.today())
    with clock.standing_on(date(2026, 9, 28), time(16)):
        finalise(nominees_of(minuted.meeting), cedar)
    assert warning in browser.get(correct).content.decode()
    assert not told_to_correct(proposal, browser)
    corrected(minutes, cedar, 17)
    assert told_to_correct(proposal, browser)
    nominees = MeetingPaper.objects.get(kind=PaperKind.NOMINEES)
    assert not told_to_correct(nominees, browser)
    assert not told_to_correct(corrected(proposal, cedar, 18), browser)
    assert told_to_correct(nominees, browser)
    assert not told_to_correct(corrected(nominees, cedar, 19), browser)


@pytest.mark.parametrize(
    ("cited", "otherwise"),
    [
        ("Biên bản số 13/BB-CED ngày 29-9-2026 của Hội nghị ngày 28/9/2026", False),
        ("Biên bản Hội nghị tổng kết, bình xét thi đua ngày 28 tháng 9 năm 2026", False),
        ("Biên bản kiểm phiếu số 12/BB-CED ngày 28/9/2026", False),
        ("Biên bản số 12/BB-CED ngày 29/9/2026", True),
        ("biên bản Hội nghị số 12/BB-CED ngày 29/9/2026", True),
        ("Biên bản số 13/BB-CED ngày 28/9/2026", True),
        ("Biên bản số 113/BB-CED ngày 29/9/2026", True),
        ("Biên bản số 013/BB-CED ngày 29/9/2026", False),
        ("Biên bản Hội nghị ngày 29/9/2026 và Biên bản kiểm phiếu số 12/BB-CED", False),
        ("Biên bản Hội nghị ngày 29/9/2026 và các Biên bản kiểm tra chéo số 5/BB-TTr", False),
        ("Biên bản Hội nghị ngày 29/9/2026;\nBiên bản họp Hội đồng TĐKT số 5/BB-HĐ", False),
    ],
)
def test_words_cite_minutes_otherwise_where_they_name_another_number_or_date(cited, otherwise):
    on = date(2026, 9, 29)
    minutes = MeetingPaper(number="13", symbol="BB-CED", numbered_on=on, dated=on)
    assert cites_otherwise(f"Căn cứ Luật số 06/2022/QH15;\nCăn cứ {cited}.", minutes) == otherwise


def test_a_proposal_that_was_final_with_an_old_number_in_its_words_is_told_to_be_corrected(
    minuted, as_
):
    browser, cedar = as_(minuted.cast.cedar), minuted.cast.cedar
    minutes = MeetingPaper.objects.get(kind=PaperKind.MINUTES)
    minutes.give_number("12", "BB-CED", clock.today())
    proposal = proposal_of(minuted.meeting)
    minutes.give_number("13", "BB-CED", clock.today())
    finalise(proposal_of(minuted.meeting), cedar)
    assert proposal_of(minuted.meeting).facts["minutes_number"] == "13/BB-CED"
    assert told_to_correct(proposal, browser)


def test_a_list_with_a_gap_for_the_number_of_its_proposal_tells_it_once_there_is_one(minuted, as_):
    browser, cedar = as_(minuted.cast.cedar), minuted.cast.cedar
    for paper_of in (proposal_of, nominees_of):
        finalise(paper_of(minuted.meeting), cedar)
    nominees = MeetingPaper.objects.get(kind=PaperKind.NOMINEES)
    said = "has a gap for the number of its proposal"

    def told():
        with override("en"):
            sentences = [each.sentence for each in left_open(minuted.season)]
        assert not any("correct it too" in each for each in sentences)
        page = browser.get(nominees.get_absolute_url()).content.decode()
        in_hand = "is being corrected; number and send it once" in page
        return [any(said in each for each in sentences), said in page, in_hand]

    assert told() == [False, False, False]
    proposal = MeetingPaper.objects.get(kind=PaperKind.PROPOSAL)
    typed = {"number": "35", "symbol": "TTr-CED", "numbered_on": "28/9/2026"}
    way = reverse("number_paper", args=[proposal.pk])
    led_to = browser.post(way, typed, follow=True).content.decode()
    assert "has a gap for this number:" in led_to
    assert "35/TTr-CED" not in browser.get(url("print_nominees", minuted)).content.decode()
    assert f'href="{nominees.get_absolute_url()}"' in led_to
    assert told() == [True, True, False]
    minutes = MeetingPaper.objects.get(kind=PaperKind.MINUTES).correct("Ghi nhầm")
    assert said not in browser.get(url("finalise_minutes", minuted)).content.decode()
    minutes.drop()
    draft = proposal.correct("Ghi nhầm")
    assert told() == [False, False, True]
    draft.drop()
    nominees.sign(b"%PDF-1.7")
    assert told() == [False, False, False]
    assert "has a gap" not in browser.get(proposal.get_absolute_url()).content.decode()
    corrected(proposal, cedar, 17)  # the number in the scan is that of the old one
    assert told_to_correct(nominees, browser)
    nominees.sign(b"%PDF-1.4")
    assert not told_to_correct(nominees, browser)


def test_a_proposal_that_cites_minutes_without_their_number_tells_it_once_they_have_one(
    minuted, as_
):
    browser, pages = as_(minuted.cast.cedar), ("minutes", "proposal")
    finalise(proposal_of(minuted.meeting), minuted.cast.cedar)
    minutes, proposal = (MeetingPaper.objects.get(kind=kind) for kind in pages)
    said = "without the number that they bear by now"

    def told():
        with override("en"):
            year = any(said in each.sentence for each in left_open(minuted.season))
        page = browser.get(proposal.get_absolute_url()).content.decode()
        behind = browser.get(minutes.get_absolute_url()).content.decode()
        return [year, said in page, "cites these minutes without their number" in behind]

    assert told() == [False, False, False]
    minutes.give_number("12", "BB-CED", clock.today())
    assert told() == [True, True, True]
    draft = minutes.correct("Ghi nhầm")
    assert told() == [False, False, False]
    draft.drop()
    proposal.sign(b"%PDF-1.7")
    assert told() == [False, False, False]
    assert not told_to_correct(corrected(proposal, minuted.cast.cedar, 17), browser)
    assert told() == [False, False, False]


@pytest.mark.parametrize("cites", [True, False])
def test_a_list_whose_proposal_was_replaced_and_numbered_again_prints_its_number_once_corrected(
    minuted, as_, cites
):
    browser, cedar = as_(minuted.cast.cedar), minuted.cast.cedar
    with clock.standing_on(date(2026, 9, 28), time(15)):
        finalise(proposal_of(minuted.meeting), cedar)
    old = MeetingPaper.objects.get(kind=PaperKind.PROPOSAL)
    if cites:
        old.give_number("35", "TTr-CED", clock.today())
    with clock.standing_on(date(2026, 9, 28), time(16)):
        finalise(nominees_of(minuted.meeting), cedar)
    nominees = MeetingPaper.objects.get(kind=PaperKind.NOMINEES)
    later = corrected(old, cedar, 17)
    later.give_number("36", "TTr-CED", clock.today())
    page = browser.get(nominees.get_absolute_url()).content.decode()
    gap = "has a gap for the number of its proposal"
    assert (gap in page, "a proposal that was replaced" in page) == (not cites, cites)
    led_on = "states another number or date" if cites else "has a gap for this number"
    ways = [paper.get_absolute_url() for paper in (old, later)]
    assert [led_on in browser.get(way).content.decode() for way in ways] == [False, True]
    new = corrected(nominees, cedar, 18)
    assert "Tờ trình số 36/TTr-CED ngày 28 tháng 9 năm 2026" in page_of("nominees", new.facts, {})
    page = browser.get(new.get_absolute_url()).content.decode()
    assert (gap in page, "a proposal that was replaced" in page) == (False, False)
    assert led_on not in browser.get(ways[1]).content.decode()


@pytest.mark.parametrize("place", ["Hội trường", "Nhà văn hóa"])
def test_count_minutes_are_told_to_be_corrected_where_the_minutes_name_another_place(
    closed, as_, place
):
    cedar, meeting = closed.cast.cedar, closed.meeting
    for paper in (minutes_of(meeting), count_of(meeting)):
        finalise(paper, cedar)
    meeting.place = place
    meeting.save()
    minutes = MeetingPaper.objects.get(kind=PaperKind.MINUTES)
    minutes.correct("Ghi nhầm")
    with clock.standing_on(date(2026, 9, 28), time(17)):
        finalise(minutes_of(meeting), cedar)
    count = MeetingPaper.objects.get(kind=PaperKind.COUNT)
    assert told_to_correct(count, as_(cedar)) == (place != "Hội trường")


def name_another_counter(stage):
    stage.meeting.counters.create(name="Đỗ Văn An")


def name_another_place(stage):
    stage.meeting.place = "Nhà văn hóa"
    stage.meeting.save()


def mend_a_letter(stage):
    Letter.objects.get().mend(moment("2026-09-28 08:10"))


def name_a_guest(stage):  # whom the count minutes do not name
    stage.meeting.guests.create(name="Đỗ Văn An")


@pytest.mark.parametrize(
    ("mend", "differs"),
    [
        (name_another_counter, True),
        (name_another_place, True),
        (mend_a_letter, True),
        (name_a_guest, False),
    ],
)
def test_count_minutes_that_are_final_first_are_told_to_differ_from_what_is_noted_since(
    stage, as_, mend, differs
):
    cedar, meeting = stage.cast.cedar, stage.meeting
    line(stage, "Birch").write_in(moment("2026-09-28 08:05"))
    keyers = committee(stage, "Ash", "Birch")
    question = voting(stage, "Ash", "Cedar")
    for name in ("Ash", "Cedar"):
        question.cast(stage.people[name], mark(question, "Ash"))
    key(question, keyers, mark(question, "Ash"), elector=question.electors.on_paper().get())
    question.close()
    meeting.close()
    count = count_of(meeting)
    finalise(count, cedar)
    browser, said = as_(cedar), f"“{count.title}” differs from the minutes"
    finalising = url("finalise_minutes", stage)

    def told():
        return told_to_correct(count, browser), said in browser.get(finalising).content.decode()

    assert told() == (False, False)
    mend(stage)
    assert told() == (differs, differs)
    finalise(minutes_of(meeting), cedar)
    assert told_to_correct(count, browser) == differs
    corrected(count, cedar, 17)
    assert not told_to_correct(MeetingPaper.objects.filter(kind="count").last(), browser)


@pytest.mark.parametrize(("numbered", "state"), [(False, "Waits for signature"), (True, "Issued")])
def test_the_list_of_nominees_says_the_state_of_its_paper(minuted, as_, numbered, state):
    browser = as_(minuted.cast.cedar)
    if numbered:
        proposal = proposal_of(minuted.meeting)
        finalise(proposal, minuted.cast.cedar)
        proposal.give_number("9", "TTr", clock.today())
    browser.post(url("issue_nominees", minuted))
    paper = MeetingPaper.objects.get(kind=PaperKind.NOMINEES)
    number = reverse("number_paper", args=[paper.pk])  # it goes under that of the proposal
    for address in (paper.get_absolute_url(), url("print_nominees", minuted)):
        page = browser.get(address).content.decode()
        assert f">{state}</span>" in page
        assert number not in page


def test_meeting_and_season_lead_the_head_to_proposal_and_list(closed, as_):
    for address in (closed.meeting.get_absolute_url(), closed.season.get_absolute_url()):
        for who, leads in ((closed.cast.cedar_clerk, True), (closed.cast.ash, False)):
            page = as_(who).get(address).content.decode()
            assert (url("write_proposal", closed) in page) == leads
            assert (url("print_nominees", closed) in page) == leads


def test_where_the_decision_is_recorded_proposal_and_list_are_at_hand(minuted, as_):
    page, cedar = reverse("show_eligibility", args=[minuted.season.pk]), minuted.cast.cedar
    papers = [proposal_of(minuted.meeting), nominees_of(minuted.meeting)]
    officer = as_(minuted.cast.officer)
    for paper in papers:
        assert paper.get_absolute_url() not in officer.get(page).content.decode()
        finalise(paper, cedar)
        assert paper.get_absolute_url() in officer.get(page).content.decode()
    later = corrected(papers[0], cedar, 17)
    shown = officer.get(page).content.decode()
    assert later.get_absolute_url() in shown
    assert papers[0].get_absolute_url() not in shown


def test_the_draft_of_a_proposal_leads_back_to_where_it_is_written(minuted, as_):
    for paper, page in (
        (proposal_of(minuted.meeting), "write_proposal"),
        (nominees_of(minuted.meeting), "print_nominees"),
    ):
        shown = as_(minuted.cast.cedar).get(paper.get_absolute_url()).content.decode()
        assert url(page, minuted) in shown
        assert url("write_minutes", minuted) not in shown


# --- ballot papers --------------------------------------------------------------------------------


def papers(stage, name="print_ballots", query=""):
    return reverse(name, args=[stage.question.pk]) + query


PRINTERS = [("cedar", 200), ("cedar_clerk", 200), ("birch_clerk", 200), ("ash", 403),
            ("officer", 403), ("dogwood", 404)]  # fmt: skip


@pytest.mark.parametrize(("who", "status"), PRINTERS)
def test_secretary_head_and_committee_print_ballot_papers(stage, as_, who, status):
    committee(stage, "Birch")
    browser = as_(getattr(stage.cast, who))
    for name in ("print_ballots", "ballots_pdf", "fix_ballots"):
        assert browser.get(papers(stage, name)).status_code == status
    page = browser.get(reverse("show_question", args=[stage.question.pk]))
    if page.status_code == 200:
        assert (papers(stage) in page.content.decode()) == (status == 200)


def test_the_ballot_papers_name_who_stands_in_official_order_and_the_rule(stage):
    facts = ballot_facts(stage.question, 3, 4)
    assert facts["candidates"] == [unit.name for unit in stage.question.standing_units()]
    assert (facts["name"], facts["round"]) == ("Phiếu suy tôn", 1)
    assert "không quá 01 đơn vị" in facts["rule"]
    assert "không bỏ phiếu cho chính mình" not in facts["rule"]
    stage.question.self_vote = False
    assert "không bỏ phiếu cho chính mình" in ballot_facts(stage.question, 3, 4)["rule"]


def test_an_office_is_voted_with_a_phieu_bau(db):
    stage = make_stage(offices=[Office.HEAD])
    question = stage.meeting.questions.get(office=Office.HEAD)
    facts = ballot_facts(question, 3, 4)
    assert facts["name"] == "Phiếu bầu"
    assert facts["matter"].startswith("Giới thiệu")


def test_ballot_papers_carry_a_watermark_until_they_are_fixed(stage, as_):
    browser = as_(stage.secretary)
    draft = browser.get(papers(stage, "ballots_pdf"))
    assert "no-store" in draft["Cache-Control"]
    query = "?copies=7&a_page=2"
    assert browser.post(papers(stage, "fix_ballots", query)).status_code == 302
    paper = MeetingPaper.objects.get()
    assert (paper.final, paper.question, paper.kind) == (True, stage.question, "ballots")
    assert (paper.facts["copies"], paper.facts["a_page"]) == (7, 2)
    assert browser.get(papers(stage, "ballots_pdf")).url == reverse("paper_pdf", args=[paper.pk])
    assert browser.post(papers(stage, "fix_ballots", query)).status_code == 422


def test_after_the_vote_no_ballot_papers_are_offered_that_were_not_fixed(closed, as_):
    page = as_(closed.secretary).get(papers(closed)).content.decode()
    assert "The vote is over; no ballot papers were fixed for it." in page
    assert papers(closed, "ballots_pdf") not in page
    assert as_(closed.secretary).post(papers(closed, "fix_ballots")).status_code == 422


ASKED = [
    # query                    status
    ("",                       200),
    ("?copies=1&a_page=1",     200),
    ("?copies=200&a_page=4",   200),
    ("?copies=0&a_page=4",     422),
    ("?copies=201&a_page=4",   422),
    ("?copies=-1",             422),
    ("?copies=1.5",            422),
    ("?copies=x",              422),
    ("?a_page=3",              422),
    ("?a_page=x&copies=%00",   422),
]  # fmt: skip


@pytest.mark.parametrize(("query", "status"), ASKED)
def test_copies_and_papers_a_page_are_asked_within_bounds(stage, as_, query, status):
    assert as_(stage.secretary).get(papers(stage, query=query)).status_code == status


def test_papers_of_a_list_that_changed_are_fixed_anew(stage, as_):
    browser = as_(stage.secretary)
    browser.post(papers(stage, "fix_ballots"))
    old = MeetingPaper.objects.get()
    stage.award.requirements.create(rule="no_hold")
    stage.season.holds.create(
        unit=stage.cast.birch_unit, reason="Đang xác minh đơn", since=date(2026, 9, 1),
        by=stage.cast.officer.seats.get(),
    )  # fmt: skip
    seat(stage)
    stage.meeting.open()
    for name in ("print_ballots", "show_question", "open_question"):
        assert "do not use them" in browser.get(papers(stage, name)).content.decode()
    page = as_(stage.cast.cedar).get(old.get_absolute_url()).content.decode()
    assert "do not use them" in page
    way = reverse("number_paper", args=[old.pk])
    assert way not in page
    typed = {"number": "5", "symbol": "PB", "numbered_on": "28/9/2026"}
    assert "no number of its own" in as_(stage.cast.cedar).post(way, typed).content.decode()
    assert browser.post(papers(stage, "fix_ballots")).status_code == 302
    new = MeetingPaper.objects.get(replaces=old.pk)
    assert stage.cast.birch_unit.name not in new.facts["candidates"]


def test_who_fixes_papers_is_told_what_may_still_change_their_list(as_, db):
    stage = make_stage(offices=BOTH_OFFICES)
    said, secretary = ": who stands may still change.", as_(stage.secretary)
    voting(stage)
    for question in stage.meeting.questions.all():
        stage.question = question
        page = secretary.get(papers(stage, "fix_ballots")).content.decode()
        assert page.count(said) == (question.office == Office.DEPUTY)
    assert f"Head of the block in 2027{said}" in page


def test_a_closed_vote_needs_no_new_papers(stage, as_):
    hold(stage)
    assert as_(stage.secretary).post(papers(stage, "fix_ballots")).status_code == 422
    assert not MeetingPaper.objects.exists()


def test_the_ballot_paper_of_an_open_vote_has_a_place_for_the_unit_s_name(db):
    stage = make_stage(flag={"mode": "open"})
    facts = ballot_facts(stage.question, 3, 4)
    assert facts["named"]
    assert facts["rule"].endswith("Ghi tên đơn vị bỏ phiếu.")
    stage.question.mode = "secret"
    facts = ballot_facts(stage.question, 3, 4)
    assert not facts["named"]
    assert "Không ghi tên" in facts["rule"]


@pytest.mark.parametrize("flag", [{"mode": "hands"}, {"self_vote": False, "on_paper": False}])
def test_a_vote_that_takes_no_papers_has_no_ballot_papers(db, as_, flag):
    stage = make_stage(flag=flag)
    assert as_(stage.secretary).get(papers(stage)).status_code == 404
    page = as_(stage.secretary).get(reverse("show_question", args=[stage.question.pk]))
    assert papers(stage) not in page.content.decode()


def test_the_ballot_papers_hold_nothing_of_an_elector(stage):
    voting(stage)
    said = str(ballots_of(stage.question, 3, 4).facts)
    for elector in stage.question.electors.all():
        assert str(elector.representative) not in said  # Ông Ash
