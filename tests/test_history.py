"""What was changed of a thing, in the words of whoever may read it, and never a word more."""

import html
import re
from datetime import date
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.timezone import localtime

from awards.models import GivenPaper, Guest, VoteRules
from awards.tally import Mode, Presence
from blocks.files import PNG
from blocks.models import Change, Office, Recognition
from emulation.history.pages import KINDS
from emulation.history.words import BY_TABLE, FIELDS, TOLD, fields_of
from scoring.models import CommonTarget, Evidence, Inspection, Scorecard, SeasonRules
from scoring.phases import Column, Phase
from tests.awards.stage import line, make_stage, mark, moment, seat, voting
from tests.conftest import put_in_phase
from tests.factories import AwardFactory, CriterionFactory, ScaleFactory

pytestmark = pytest.mark.django_db


def words(answer) -> str:
    """What the page says, without marks."""
    return html.unescape(" ".join(re.sub(r"<[^>]+>", " ", answer.content.decode()).split()))


def history(browser, kind, pk, **asked) -> str:
    answer = browser.get(f"/history/{kind}/{pk}/", asked)
    assert answer.status_code == 200
    return words(answer).split("Filter")[-1].split("Lọc")[-1]


def rename(cast, as_, name="Thanh tra huyện Áo"):
    said = {"name": name, "short_name": "Áo", "since": "01/01/2019"}
    assert as_(cast.officer).post(f"/units/{cast.ash_unit.pk}/name/", said).status_code == 302


def test_a_change_says_when_who_what_and_from_what_to_what(cast, as_):
    rename(cast, as_)
    told = history(as_(cast.ash), "unit", cast.ash_unit.pk)
    assert "Oak Name of a unit Thanh tra huyện Áo" in told
    assert re.search(r"Name: Thanh tra huyện Ash changed to Thanh tra huyện Áo", told)
    assert re.search(r"\d\d:\d\d, \d\d/\d\d/\d{4}", told)


def test_a_change_is_told_in_the_reader_s_language(cast, as_):
    rename(cast, as_)
    told = history(as_(cast.ash, "vi"), "unit", cast.ash_unit.pk)
    assert "Tên đơn vị Thanh tra huyện Áo Tên: Thanh tra huyện Ash" in told


def test_a_change_names_the_seat_from_which_it_was_made(cast, as_, in_phase):
    season = in_phase(Phase.PLANNING)
    said = {"old": "", "theme": "Kỷ cương"}
    assert as_(cast.cedar).post(f"/seasons/{season.pk}/edit/", said).status_code == 302
    as_(cast.officer).post(
        f"/seasons/{season.pk}/offices/",
        {"head": cast.ash_unit.pk, "deputy": "", "reason": "Thay đổi nhân sự"},
    )
    told = history(as_(cast.ash), "season", season.pk)
    assert "Theme: Siết chặt kỷ cương changed to Kỷ cương" in told
    assert "Oak Officer · Thanh tra tỉnh Quảng Ngãi" in told
    assert "Head: Thanh tra huyện Cedar changed to Thanh tra huyện Ash" in told


def test_the_lines_of_a_scale_that_is_taken_over_are_told_once_each(cast, as_):
    browser, last = as_(cast.officer), Change.objects.latest("pk").pk
    said = {"year": "2027", "theme": "", "copied": ["scale"]}
    assert browser.post(f"/blocks/{cast.block.pk}/seasons/open/", said).status_code == 302
    lines = cast.lines.scale.criteria.count()
    assert Change.objects.filter(table="scoring_criterion", pk__gt=last).count() == lines


@pytest.mark.parametrize(("value", "said"), [("1250.1", "1.250,1"), ("0", "0")])
def test_figures_are_told_as_they_were_written_a_nought_too(cast, as_, in_phase, value, said):
    season = in_phase(Phase.PLANNING)
    CommonTarget(season=season, text="Hoàn thành", value=Decimal(value)).put()
    assert f"Figure: {said} " in history(as_(cast.ash), "season", season.pk)


def test_what_was_removed_is_told_with_the_name_it_had(db, as_):
    stage = make_stage()
    guest = Guest.objects.create(meeting=stage.meeting, name="Bà Khách")
    as_(stage.secretary).post(f"/guests/{guest.pk}/remove/")
    told = history(as_(stage.cast.ash), "meeting", stage.meeting.pk)
    assert "Other participant Bà Khách Removed" in told
    assert "Other participant Bà Khách Added" in told


def test_a_pair_taken_off_the_plan_stays_in_its_history(cast, as_, in_phase):
    season = in_phase(Phase.SELF_SCORING)
    Inspection.change(season, cast.cedar_seat, cast.birch_unit, cast.ash_unit, wanted=False)
    told = history(as_(cast.ash), "plan", season.pk)
    assert "Inspecting unit Thanh tra huyện Birch → Thanh tra huyện Ash Removed" in told


# Decision 15: nobody reads a claim before inspection, and drafts stay with their writers


@pytest.fixture
def claimed(cast):
    """Ash typed 741, then 743, then sent its claim: two drafts that could leak; no hour says so."""
    put_in_phase(cast, Phase.SELF_SCORING)
    fill_all(cast, 741)
    fill_all(cast, 743)
    cast.card.write_staff(
        cast.ash, {"people": 761, "advanced": 11, "fighters": 2, "all_completed": True}
    )
    Scorecard.objects.get(pk=cast.card.pk).filing(Column.CLAIMED).send(cast.ash.seats.get())
    return cast


def fill_all(cast, figure):
    lines = cast.lines
    base = {"actual": Decimal(figure), "target": Decimal(50)}
    cast.card.write(cast.ash, Column.CLAIMED, {
        lines.plan.pk: {**base, "note": "Vượt kế hoạch"},
        lines.sudden.pk: base,
        lines.party.pk: {"level": "T"},
        lines.late.pk: {"actual": Decimal(1)},
        lines.bonus.pk: {"actual": Decimal(1)},
    })  # fmt: skip


DRAFT, CLAIM, STAFF = "Result: 741", "Result: 741 changed to 743", "People: – changed to 761"


@pytest.mark.parametrize("reader", ["birch", "birch_clerk", "cedar", "cedar_clerk", "officer"])
def test_nobody_else_reads_of_a_claim_in_history_before_inspection(claimed, as_, reader):
    browser = as_(getattr(claimed, reader))
    pages = [history(browser, "card", claimed.card.pk)]
    pages.append(history(browser, "card", claimed.card.pk, line=claimed.lines.plan.pk))
    if reader == "officer":
        pages.append(history(browser, "across", claimed.block.pk))
    for told in pages:
        assert not any(figure in told for figure in ("741", "743", "761", "Vượt kế hoạch"))


def test_the_history_of_a_sheet_says_that_it_is_not_whole_and_offers_no_kind_that_is_empty(
    claimed, as_
):
    put_in_phase(claimed, Phase.INSPECTION)
    address = f"/history/card/{claimed.card.pk}/"
    told = as_(claimed.birch).get(address).content.decode()
    assert "What was typed before a sheet was first sent is told only to who fills it." in told
    assert 'value="filing"' in told
    assert 'value="entry"' not in told
    assert 'value="entry"' in as_(claimed.ash).get(address).content.decode()


@pytest.mark.parametrize("reader", ["ash", "ash_clerk"])
def test_the_unit_reads_its_own_drafts(claimed, as_, reader):
    told = history(as_(getattr(claimed, reader)), "card", claimed.card.pk)
    assert all(said in told for said in (DRAFT, CLAIM, STAFF))


@pytest.mark.parametrize("reader", ["birch", "cedar", "officer"])
def test_others_read_from_the_sending_on_once_the_phase_lets_them(claimed, as_, reader):
    put_in_phase(claimed, Phase.INSPECTION)
    told = history(as_(getattr(claimed, reader)), "card", claimed.card.pk)
    assert "State of a sheet Thanh tra huyện Ash · Self-scored" in told
    assert "Step: Sent" in told or "Step: sent" in told
    assert not any(said in told for said in (DRAFT, CLAIM, STAFF))


def test_what_is_changed_after_the_sending_is_read_by_all(claimed, as_):
    seat = claimed.ash.seats.get()
    Scorecard.objects.get(pk=claimed.card.pk).filing(Column.CLAIMED).take_back(seat)
    fill_all(claimed, 744)
    Scorecard.objects.get(pk=claimed.card.pk).filing(Column.CLAIMED).send(seat)
    put_in_phase(claimed, Phase.INSPECTION)
    told = history(as_(claimed.birch), "card", claimed.card.pk)
    assert "Result: 743 changed to 744" in told
    assert CLAIM not in told


def test_a_line_of_a_sheet_has_its_own_history(claimed, as_):
    told = history(as_(claimed.ash), "card", claimed.card.pk, line=claimed.lines.late.pk)
    assert "II.2 Báo cáo chậm" in told
    assert "I.1 Kế hoạch năm" not in told
    line, card = claimed.lines.late, claimed.card
    page = as_(claimed.ash).get(f"/history/card/{card.pk}/?line={line.pk}").content.decode()
    assert f'<a href="/cards/{card.pk}/lines/{line.pk}/">{line} – ' in page
    assert 'value="scorecardstaff"' not in page
    assert 'value="entry"' in page
    for wrong in ("x", "9" * 30, "0"):
        answer = as_(claimed.ash).get(f"/history/card/{card.pk}/?line={wrong}")
        assert f'href="/cards/{card.pk}/lines/' not in answer.content.decode()


def test_a_finding_is_read_by_its_inspectors_alone_until_it_is_confirmed(claimed, as_):
    put_in_phase(claimed, Phase.INSPECTION)
    card = Scorecard.objects.get(pk=claimed.card.pk)
    card.write(claimed.birch, Column.FOUND, {claimed.lines.late.pk: {"actual": Decimal("37.25")}})
    assert "Result: 37,25" in history(as_(claimed.birch), "card", card.pk)
    for reader in (claimed.ash, claimed.cedar, claimed.officer):
        assert "37,25" not in history(as_(reader), "card", card.pk)


def test_whom_a_draft_named_before_its_issue_is_the_officer_s(cast, as_):
    paper = Recognition.objects.create(authority=cast.authority, year=2027, about="công nhận")
    for unit in (cast.ash_unit, cast.birch_unit):
        paper.name_holders(cast.block, {"head": unit, "deputy": None}, date(2027, 1, 1))
    told = history(as_(cast.officer), "block", cast.block.pk)
    assert "Head · Thanh tra huyện Ash · Khối thi đua Rừng Removed" in told
    assert "Head · Thanh tra huyện Ash" not in history(as_(cast.ash), "block", cast.block.pk)
    assert as_(cast.ash).get(f"/history/recognition/{paper.pk}/").status_code == 404
    issued = history(as_(cast.ash), "recognition", cast.recognition.pk)
    assert "Issued: no changed to yes" in issued
    assert "Signed by" not in issued


# The vote


LINKING = {"awards_voted", "awards_ballot", "awards_urnpaper", "awards_paperkeying",
           "awards_paperstack"}  # fmt: skip


def test_no_history_tells_who_voted_or_what_is_on_a_ballot():
    assert not LINKING & set(BY_TABLE)


@pytest.mark.parametrize("reader", ["ash", "cedar", "officer"])
@pytest.mark.parametrize("kind", ["meeting", "across"])
def test_the_history_of_a_meeting_links_no_voter_to_a_choice(db, as_, reader, kind):
    stage = make_stage()
    question = voting(stage)
    for person in stage.people.values():
        question.cast(person, mark(question, "Ash"))
    question.close()
    assert Change.objects.filter(table__in=LINKING).exists()  # data that could leak
    person = getattr(stage.cast, reader)
    pk = {"meeting": stage.meeting.pk, "across": stage.cast.block.pk}[kind]
    answer = as_(person).get(f"/history/{kind}/{pk}/")
    if kind == "across" and reader != "officer":
        assert answer.status_code == 403
        return
    shown = list(answer.context["page"].paginator.object_list)
    tables = set(Change.objects.filter(pk__in=shown).values_list("table", flat=True))
    assert not tables & LINKING
    assert {"awards_question", "awards_attendance", "awards_outcome"} <= tables


def test_the_history_of_a_vote_says_its_tie_rules_in_words(db, as_):
    stage = make_stage(flag={"tie_rules": ["score", "rank"]})
    answer = as_(stage.cast.officer).get(f"/history/meeting/{stage.meeting.pk}/")
    assert "Higher verified score; Better rank" in words(answer)


def test_the_history_of_a_vote_says_shares_rounds_and_the_roll_as_its_pages_do(db, as_):
    stage = make_stage(flag={"threshold_part": 80})
    page = history(as_(stage.cast.officer), "meeting", stage.meeting.pk)
    assert "Quorum: 2/3" in page
    assert "Required share: 80%" in page
    assert "Cờ thi đua · round 1" in page
    assert "Thanh tra huyện Ash Added Attendance: Absent" in page  # nobody is named: no Ông or Bà
    line(stage, "Ash").sit(stage.cast.birch)
    VoteRules.objects.update(threshold_part=2, threshold_whole=3)
    VoteRules.objects.update(threshold_part=1)
    VoteRules.objects.update(threshold_part=60, threshold_whole=100)
    page = history(as_(stage.cast.officer), "season", stage.season.pk)
    assert "Required share: 80% changed to 2/3" in page
    assert "Required share: 2/3 changed to 1/3" in page  # of the whole that it had then
    assert "Required share: 1/3 changed to 60%" in page


def test_history_says_who_found_a_letter_empty_and_who_took_a_paper_back(as_):
    stage = make_stage(members=5, flag={"mode": Mode.OPEN})
    line(stage, "Elm 0").write_in(moment("2026-09-27 15:30"))
    question = voting(stage, "Ash", "Birch", "Cedar", "Elm 1")
    letter = question.electors.get(presence=Presence.WRITTEN)
    GivenPaper.give(question, stage.cast.ash_unit)
    given = question.electors.get(unit=stage.cast.ash_unit)
    as_(stage.secretary).post(reverse("find_empty", args=[letter.pk]))
    as_(stage.secretary).post(reverse("take_paper_back", args=[given.pk]))
    told = "Ballot paper or letter of a unit"
    assert told not in history(as_(stage.cast.ash), "meeting", stage.meeting.pk)
    question.close()
    page = history(as_(stage.cast.officer), "meeting", stage.meeting.pk)
    said = "Ông Cedar clerk Clerk · Thanh tra huyện Cedar"
    vote = f"Cờ thi đua · round 1 · {localtime(question.opened_at):%H:%M, %d/%m/%Y}"
    letter_of, empty = f"Thanh tra huyện Elm 0 · {vote}", "The letter holds no paper"
    gone = "Removed What became of it:"
    assert f"{said} {told} {letter_of} {gone} the letter held no paper for this matter" in page
    assert re.search(f"{said} Who takes part in the vote {letter_of} .*{empty} .*: no ", page)
    assert f"{said} {told} Thanh tra huyện Ash · {vote} {gone} given back unused" in page


def test_history_says_of_an_office_who_is_proposed_and_of_an_award_who_is_put_forward(as_):
    stage = make_stage(flag={"mode": Mode.OPEN, "threshold_part": 50}, offices=[Office.HEAD])
    seat(stage)
    stage.meeting.open()
    for question in stage.meeting.questions.all():
        question.open()
        listed = question.candidates.first()
        for each in stage.people.values():
            question.cast(each, [listed.pk])
        question.close()
    page = history(as_(stage.cast.officer), "meeting", stage.meeting.pk)
    for said in ("Proposed for the office", "Put forward"):
        assert page.count(f"Result: {said}") == 1


def test_history_says_of_a_tie_that_it_is_undecided_and_of_a_list_that_stays_nothing(as_):
    stage = make_stage(flag={"mode": Mode.OPEN, "max_rounds": 1}, offices=[Office.HEAD])
    seat(stage)
    stage.meeting.open()
    office = stage.meeting.questions.exclude(office="").get()
    office.list_candidates([stage.cast.ash_unit, stage.cast.birch_unit])
    office.max_rounds = 1
    office.save()
    stage.meeting.questions.exclude(pk=office.pk).get().cancel("Không xét")
    listed = list(office.candidates.values_list("pk", flat=True))
    office.open()
    assert list(office.candidates.values_list("pk", flat=True)) == listed
    for each in stage.people.values():
        office.cast(each, listed)
    office.close()
    page = history(as_(stage.cast.officer), "meeting", stage.meeting.pk)
    assert (page.count("Result: Tied, undecided"), "Reserve" in page) == (2, False)


def test_history_says_of_a_file_what_it_is_and_how_large(cast, as_, in_phase):
    in_phase(Phase.SELF_SCORING)
    said = {"file_name": "a.png", "kind": PNG, "size": 90611, "file": "a", "sha256": "0" * 64}
    said |= {"seat": cast.ash_clerk.seats.get(), "column": Column.CLAIMED}
    Evidence.objects.create(card=cast.card, criterion=cast.season.scale.criteria.first(), **said)
    page = history(as_(cast.ash_clerk, "vi"), "card", cast.card.pk)
    assert "Loại: PNG" in page
    assert "Dung lượng: 88,5 KB" in page


def test_history_says_conditions_and_papers_given_out_in_words(db, as_):
    stage = make_stage()
    merit = AwardFactory(authority=stage.cast.authority, code="MERIT", name="Bằng khen")
    asked = merit.requirements.create(rule="advanced_share", parameter="66.5")
    merit.requirements.filter(pk=asked.pk).update(parameter="70.5")
    merit.requirements.create(rule="none_counted", parameter="1.2")  # the code of a line
    voting(stage).close()
    client = as_(stage.cast.officer)
    page = words(client.get(f"/history/authority/{stage.cast.authority.pk}/"))
    assert "Advanced workers are at least … percent" in page
    assert "66,5 changed to 70,5" in page
    assert "parameter: 1.2" in page.lower()
    assert "Papers given out" in words(client.get(f"/history/meeting/{stage.meeting.pk}/"))
    merit.requirements.filter(parameter="1.2").update(parameter="1.2.3")
    merit.requirements.filter(parameter="1.2.3").update(rule="advanced_share", parameter="80.5")
    page = words(client.get(f"/history/authority/{stage.cast.authority.pk}/"))
    assert "1.2.3 changed to 80,5" in page  # each side by the condition it was then
    assert "1.2 changed to 1.2.3" in page


def test_a_condition_that_was_taken_off_an_award_stays_in_history(cast, as_):
    flag = AwardFactory(authority=cast.authority, code="FLAG_1", short_name="Cờ tỉnh")
    merit = AwardFactory(authority=cast.authority, code="MERIT", name="Bằng khen")
    asked = merit.requirements.create(rule="not_proposed_for", parameter=flag.code)
    asked.drop()
    page = words(as_(cast.officer).get(f"/history/authority/{cast.authority.pk}/?kind=requirement"))
    assert [word in page for word in ("Added", "Removed", "Cờ tỉnh", "FLAG_1")] == [
        True,
        True,
        True,
        False,
    ]


def test_history_says_how_a_year_ranks_equal_totals_as_its_page_does(cast, as_):
    SeasonRules.objects.get(season=cast.season)
    SeasonRules.objects.update(tie_rules=["section I", "fewer penalties"])
    page = words(as_(cast.officer).get(f"/history/season/{cast.season.pk}/"))
    assert "higher score in section I; fewer penalty points" in page


def test_a_move_of_the_year_is_told_once_with_its_reason(cast, in_phase, as_):
    in_phase(Phase.SELF_SCORING)
    cast.season.go_back(cast.cedar_seat, "Nhập thiếu kết quả")
    for kind, pk in (("season", cast.season.pk), ("across", cast.block.pk)):
        page = history(as_(cast.officer), kind, pk)
        assert (page.count("Self-scoring"), "Nhập thiếu kết quả" in page) == (1, True), page


def test_a_new_line_of_a_scale_says_nothing_of_what_it_has_none_of(cast, as_):
    page = history(as_(cast.officer), "line", cast.lines.late.pk)
    assert ("Method: " in page, "Levels: " in page, "Tiers: " in page) == (True, False, False)


# The page


def test_a_change_that_says_in_words_what_was_said_before_is_left_out(cast, in_phase, as_):
    """A line of a newer scale takes the place of its own older one: the entry says the same."""
    in_phase(Phase.SELF_SCORING)
    old = cast.lines.late
    cast.card.write(cast.ash, Column.CLAIMED, {old.pk: {"actual": Decimal(1)}})
    newer = ScaleFactory(season=cast.season, version=2)
    same = CriterionFactory(
        scale=newer, code=old.code, name=old.name, method=old.method, max=old.max, each=old.each
    )
    entry = cast.card.entries.get(criterion=old)

    def rows_after(**said):
        for name, value in said.items():
            setattr(entry, name, value)
        entry.save()
        return len(as_(cast.ash).get(f"/history/card/{cast.card.pk}/").context["changes"])

    before = rows_after()
    assert rows_after(criterion=same) == before
    assert rows_after(actual=Decimal(2)) == before + 1


def test_history_is_narrowed_to_a_person_a_thing_and_days(cast, as_):
    rename(cast, as_)
    officer = as_(cast.officer)

    def rows(**asked):
        answer = officer.get(f"/history/authority/{cast.authority.pk}/", asked)
        return answer.context["changes"]

    assert {told.who for told in rows(person="oak")} == {"Ông Oak"}
    assert {told.kind for told in rows(kind="unitname")} == {"Name of a unit"}
    assert rows(person="nobody at all") == []
    assert {told.who for told in rows(person="the system")} == {"The system"}
    assert rows(until="01/01/2020") == []
    assert rows(since="01/01/2020") != []


def test_a_day_that_is_none_is_refused_with_a_sentence(cast, as_):
    answer = as_(cast.officer).get(f"/history/block/{cast.block.pk}/", {"since": "31/02/2026"})
    assert answer.status_code == 422
    assert "calendar. Until" in words(answer)  # and not that it was not saved
    days = {"since": "27/11/2026", "until": "26/11/2026"}
    answer = as_(cast.officer).get(f"/history/block/{cast.block.pk}/", days)
    assert answer.status_code == 422
    assert "This day is before the first one." in words(answer)


def test_what_is_kept_is_told_but_for_who_voted_and_how(db):
    with connection.cursor() as cursor:
        cursor.execute("SELECT tgrelid::regclass::text FROM pg_trigger WHERE tgname = 'recorded'")
        kept = {table for (table,) in cursor.fetchall()}
    assert kept - {model._meta.db_table for model in TOLD} == {
        "awards_hands", "awards_keyer", "awards_paperstack", "awards_voted",
        "scoring_standing",  # the fixing it belongs to is told
    }  # fmt: skip


def test_every_field_that_is_told_has_a_name():
    unnamed = [
        f"{model.__name__}.{field.name}"
        for model in TOLD
        for field in fields_of(model).values()
        if not isinstance(field.verbose_name, Promise) and field.name not in FIELDS
    ]
    assert unnamed == []


@pytest.mark.parametrize(
    ("kind", "of"),
    [
        ("unit", "ash_unit"), ("person", "ash"), ("block", "block"), ("season", "season"),
        ("recognition", "recognition"), ("scale", "season"), ("plan", "season"), ("card", "card"),
        ("across", "block"), ("authority", "authority"),
    ],
)  # fmt: skip
def test_a_longer_history_costs_no_more_queries(cast, as_, kind, of):
    thing, browser = getattr(cast, of), as_(cast.officer)

    def queries():
        with CaptureQueriesContext(connection) as asked:
            assert browser.get(f"/history/{kind}/{thing.pk}/").status_code == 200
        return len(asked)

    def change(number):
        rename(cast, as_, f"Thanh tra huyện Ash {number}")
        CommonTarget(season=cast.season, text=f"Chỉ tiêu {number}").put()
        cast.ash.phone = f"09{number}"
        cast.ash.save()

    change(0)
    few = queries()
    for number in range(1, 4):
        change(number)
    assert queries() == few <= 45


@pytest.mark.parametrize(
    ("kind", "of"),
    [("unit", "ash_unit"), ("season", "season"), ("plan", "season"), ("card", "card"),
     ("across", "block")],
)  # fmt: skip
def test_which_rows_a_history_is_of_is_found_once_and_not_for_every_change(cast, kind, of):
    of_kind = KINDS[kind].changes(cast.officer, getattr(cast, of))
    plans = [changes.values("pk").explain() for _model, changes in of_kind]
    assert any(plans)
    assert [plan for plan in plans if plan and "InitPlan" not in plan] == []


def test_every_kind_of_thing_leads_to_its_history_from_its_page(cast, as_, in_phase):
    in_phase(Phase.SELF_SCORING)
    pages = {
        f"/units/{cast.ash_unit.pk}/": f"unit/{cast.ash_unit.pk}",
        f"/people/{cast.ash.pk}/": f"person/{cast.ash.pk}",
        f"/blocks/{cast.block.pk}/": f"across/{cast.block.pk}",
        f"/recognitions/{cast.recognition.pk}/": f"recognition/{cast.recognition.pk}",
        f"/seasons/{cast.season.pk}/": f"season/{cast.season.pk}",
        f"/seasons/{cast.season.pk}/scale/": f"scale/{cast.season.pk}",
        f"/seasons/{cast.season.pk}/plan/": f"plan/{cast.season.pk}",
        f"/cards/{cast.card.pk}/": f"card/{cast.card.pk}",
        f"/cards/{cast.card.pk}/lines/{cast.lines.late.pk}/":
            f"card/{cast.card.pk}/?line={cast.lines.late.pk}",
        "/administration/": f"authority/{cast.authority.pk}",
    }  # fmt: skip
    for page, address in pages.items():
        assert f"/history/{address}" in as_(cast.officer).get(page).content.decode(), page


def test_an_unknown_kind_is_no_page(cast, as_):
    assert as_(cast.officer).get(f"/history/ballot/{cast.block.pk}/").status_code == 404
    assert "ballot" not in KINDS
