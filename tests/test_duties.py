"""What is to do beside the sheets, told on the first page: to whom, until when, and where."""

from datetime import time

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from awards.models import DecidedBy, Decision, GivenPaper, Meeting, MeetingPaper, PaperStack
from awards.needs import left_open
from awards.papers import count_of, minutes_of, nominees_of, proposal_of
from blocks import clock
from blocks.models import Paper, Role, Seat, User
from emulation.printing import finalise
from scoring.inspection_paper import inspection_of
from scoring.models import Entry, Filing, Ranking, Scorecard, Season, SeasonRules
from scoring.papers import board_of
from scoring.phases import FilingState, Part, Phase
from tests.awards.stage import call, committee, key, make_stage, mark, ranked, seat, voting
from tests.conftest import person, put_in_phase
from tests.factories import (
    AuthorityFactory,
    AwardFactory,
    ScaleFactory,
    SeasonFactory,
    SeasonRulesFactory,
    VoteRulesFactory,
)

SENDING = [phase for phase in Phase if phase not in {Phase.PLANNING, Phase.MEETING, Phase.CLOSED}]


def tasks(as_, user, begins):
    """The rows of the first page that begin with these words."""
    rows = as_(user).get("/").context["tasks"]
    return [row for row in rows if row.what.startswith(begins)]


def send_all(season):
    """Every sheet of the phase is sent, the last moment ago."""
    sent = {"state": FilingState.SENT, "sent_at": clock.now()}
    for card in season.cards.all():
        inspectors = card.inspection.inspectors.all() if season.step.by is Part.INSPECTOR else []
        units = [each.unit for each in inspectors] or [card.unit]
        for column in season.step.writes:
            for unit in units:
                Filing.objects.create(card=card, column=column, unit=unit, **sent)


@pytest.mark.parametrize("phase", SENDING)
def test_the_head_s_principal_moves_the_year_on_once_nothing_is_missing(cast, as_, phase):
    season = put_in_phase(cast, phase)
    assert tasks(as_, cast.cedar, "Move on") == []
    send_all(season)
    if phase == Phase.SELF_SCORING:
        Season.objects.filter(pk=season.pk).update(plan_fixed_at=None)
        assert tasks(as_, cast.cedar, "Move on") == []
        Season.objects.filter(pk=season.pk).update(plan_fixed_at=clock.now())
    if phase == Phase.SETTLEMENT:
        assert tasks(as_, cast.cedar, "Move on") == []
        Ranking.fix(season, cast.cedar_seat)
    assert Season.objects.get(pk=season.pk).missing == []
    (row,) = tasks(as_, cast.cedar, "Move on")
    assert row.url == reverse("move_season", args=[season.pk, season.next_phase])
    assert [tasks(as_, user, "Move on") for user in (cast.cedar_clerk, cast.birch)] == [[], []]


def test_another_figure_after_the_ranking_was_fixed_asks_to_fix_it_anew_first(cast, as_):
    season = put_in_phase(cast, Phase.SETTLEMENT)
    send_all(season)
    Ranking.fix(season, cast.cedar_seat)
    assert tasks(as_, cast.cedar, "Move on")
    (led,) = as_(cast.cedar).get("/").context["leading"]
    assert led.chip == ("blue", "Next: Meeting")
    Entry.objects.create(
        card=cast.card, criterion=cast.lines.bonus, column="final", actual=1, seat=cast.cedar_seat
    )
    assert Season.objects.get(pk=season.pk).missing
    assert tasks(as_, cast.cedar, "Move on") == []
    (row,) = tasks(as_, cast.cedar, "Fix the ranking")
    assert (row.url, "anew" in row.note) == (reverse("show_board", args=[season.pk]), True)
    (led,) = as_(cast.cedar).get("/").context["leading"]
    assert (led.chip, row.note in led.note) == (None, True)  # what the move would be refused for
    assert [tasks(as_, user, "Fix the ranking") for user in (cast.cedar_clerk, cast.birch)] == [
        [], [],
    ]  # fmt: skip


@pytest.mark.parametrize("phase", [Phase.INSPECTION, Phase.MEETING, Phase.CLOSED])
def test_the_minutes_of_a_confirmed_inspection_stand_there_until_they_are_final(cast, as_, phase):
    minutes = "Inspection minutes"
    put_in_phase(cast, Phase.INSPECTION)
    assert tasks(as_, cast.birch, minutes) == []
    inspection = cast.card.inspection
    Filing.objects.create(
        card=cast.card, column="found", unit=cast.birch_unit,
        state=FilingState.SENT, sent_at=clock.now(),
    )  # fmt: skip
    put_in_phase(cast, phase)
    (row,) = tasks(as_, cast.birch, minutes)
    assert (row.what, row.url) == (
        f"{minutes} – Ash, {cast.block.short_name} 2026",
        reverse("inspection_minutes", args=[inspection.pk]),
    )
    (clerk_s,) = tasks(as_, cast.birch_clerk, minutes)  # who writes their words
    assert (clerk_s, tasks(as_, cast.ash, minutes)) == (row, [])
    assert as_(cast.birch).post(f"{row.url}finalise/").status_code == 302
    assert [tasks(as_, user, minutes) for user in (cast.birch, cast.birch_clerk)] == [[], []]
    paper, users = Paper.objects.get(), (cast.birch, cast.birch_clerk, cast.ash, cast.cedar)
    waiting = [[row.url for row in tasks(as_, user, "Number and date")] for user in users]
    number = [reverse("number_paper", args=[paper.pk])]
    assert waiting == [number, number, [], []]
    paper.give_number("7", "BB", clock.today())
    assert tasks(as_, cast.birch, "Number and date") == []


def test_final_inspection_minutes_are_to_be_corrected_once_what_they_state_has_changed(cast, as_):
    season, minutes = put_in_phase(cast, Phase.INSPECTION), "Inspection minutes"
    confirm = {"card": cast.card, "column": "found", "unit": cast.birch_unit}
    filing = Filing.objects.create(**confirm, state=FilingState.SENT, sent_at=clock.now())
    typed = Entry.objects.create(
        card=cast.card, criterion=cast.lines.late, column="found", actual=2,
        seat=cast.birch.seats.get(),
    )  # fmt: skip
    card = Scorecard.objects.for_sheet().get(pk=cast.card.pk)
    inspection_of(card).finalise(b"%PDF", cast.birch)
    paper, sheet = Paper.objects.get(), f"{cast.card.get_absolute_url()}?column=found"
    told = "what they state has changed: Ash."
    places = (
        (cast.birch, paper.get_absolute_url(), "has changed since it became final; correct it."),
        (cast.cedar, season.get_absolute_url(), told),
        (cast.birch, sheet, "To be corrected"),
    )

    def said():
        return [words in as_(who).get(url).content.decode() for who, url, words in places]

    assert (said(), tasks(as_, cast.birch, minutes)) == ([False] * 3, [])
    for phase in (Phase.SELF_SCORING, Phase.INSPECTION):  # went back, where they wait
        put_in_phase(cast, phase)
        assert len(tasks(as_, cast.birch, "Number and date")) == (phase == Phase.INSPECTION)
    with clock.standing_on(clock.today(), time(10)):
        Filing.objects.filter(pk=filing.pk).update(sent_at=clock.now())
        assert tasks(as_, cast.birch, minutes) == []  # confirmed anew as it was
        for actual in (3, 2):  # mistyped, and put right
            Entry.objects.filter(pk=typed.pk).update(actual=actual, at=clock.now())
            assert said() == [actual != 2] * 3
            assert len(tasks(as_, cast.birch, minutes)) == (actual != 2)
            assert len(tasks(as_, cast.birch, "Number and date")) == (actual == 2)
        Entry.objects.create(
            card=cast.card, criterion=cast.lines.bonus, column="found", actual=1,
            seat=cast.birch.seats.get(),
        )  # fmt: skip
    assert said() == [True] * 3
    (row,) = tasks(as_, cast.birch, minutes)
    assert row.button == "Correct"
    assert tasks(as_, cast.birch, "Number and date") == []
    draft = inspection_of(Scorecard.objects.for_sheet().get(pk=cast.card.pk))
    assert tasks(as_, cast.birch, minutes) == []
    for phase, read in ((Phase.SELF_SCORING, False), (Phase.INSPECTION, True)):
        put_in_phase(cast, phase)  # went back, and on
        assert len(tasks(as_, cast.birch, "Correction of a paper")) == read
        assert tasks(as_, cast.birch, "Number and date") == []
    with clock.standing_on(clock.today(), time(11)):
        draft.finalise(b"%PDF", cast.birch)
    assert (said(), tasks(as_, cast.birch, minutes)) == ([False] * 3, [])
    assert len(tasks(as_, cast.birch, "Number and date")) == 1
    with clock.standing_on(clock.today(), time(12)):
        Entry.objects.filter(pk=typed.pk).update(actual=4, at=clock.now())
    for phase in (Phase.MEETING, Phase.CLOSED):  # where nothing is corrected any more
        put_in_phase(cast, phase)
        assert len(tasks(as_, cast.birch, minutes)) == (phase == Phase.MEETING)


def test_minutes_of_inspections_are_told_before_the_year_moves_on_and_hinder_nothing(cast, as_):
    season = put_in_phase(cast, Phase.INSPECTION)
    send_all(season)
    for phase, then in ((Phase.INSPECTION, "settlement"), (Phase.SETTLEMENT, "meeting")):
        put_in_phase(cast, phase)
        if phase == Phase.SETTLEMENT:
            send_all(season)
            Ranking.fix(season, cast.cedar_seat)
        moves = as_(cast.cedar).get(reverse("move_season", args=[season.pk, then]))
        told = "Inspection minutes that are not final yet: Ash, Birch, Cedar."
        assert (moves.status_code, told in moves.content.decode()) == (200, True)
        assert Season.objects.get(pk=season.pk).missing == []


def test_a_planned_year_moves_on_once_its_scale_is_locked(cast, as_):
    season = put_in_phase(cast, Phase.PLANNING)
    assert len(tasks(as_, cast.cedar, "Move on to Registration")) == 1
    season.add_scale()
    assert tasks(as_, cast.cedar, "Move on") == []


@pytest.fixture
def stage(db):
    """The meeting is called; a flag and a praise are to be voted."""
    stage = make_stage(flag={"threshold_part": 50}, called=False)
    stage.praise = AwardFactory(name="Bằng khen", short_name="BK", order=20, code="PRAISE")
    VoteRulesFactory(season=stage.season, award=stage.praise, threshold_part=50, quota=1)
    call(stage)
    ranked(stage)
    return stage


def hold(stage):
    """The meeting is over: Ash was elected for both."""
    seat(stage)
    stage.meeting.open()
    for question in stage.meeting.questions.all():
        question.open()
        for voter in stage.people.values():
            question.cast(voter, mark(question, "Ash"))
        question.close()
    stage.meeting.close()


def test_minutes_wait_for_the_secretary_and_the_head_until_they_are_final(stage, as_):
    assert tasks(as_, stage.secretary, ("Minutes", "Count minutes")) == []
    hold(stage)
    for user in (stage.secretary, stage.cast.cedar):
        minutes, count = tasks(as_, user, ("Minutes", "Count minutes"))
        assert minutes.url == reverse("write_minutes", args=[stage.meeting.pk])
        assert count.url == f"{stage.meeting.get_absolute_url()}#papers"
    for user in (stage.cast.birch, stage.cast.officer):
        assert tasks(as_, user, ("Minutes", "Count minutes")) == []
    finalise(count_of(stage.meeting), stage.secretary)
    (minutes,) = tasks(as_, stage.secretary, ("Minutes", "Count minutes"))
    assert tasks(as_, stage.cast.cedar, "Move on") == []
    finalise(minutes_of(stage.meeting), stage.secretary)
    assert tasks(as_, stage.secretary, ("Minutes", "Count minutes")) == []
    assert len(tasks(as_, stage.cast.cedar, "Move on to Closed")) == 1


def test_what_was_keyed_or_counted_once_waits_for_the_others_of_the_committee(db, as_):
    stage = make_stage()
    ash, birch = committee(stage, "Ash", "Birch")
    question = voting(stage)

    def waiting():
        people = {
            "ash": ash,
            "birch": birch,
            "clerk": stage.secretary,
            "head": stage.cast.cedar,
        }
        return [name for name, user in people.items() if tasks(as_, user, "Second key")]

    GivenPaper.give(question, stage.cast.birch_unit)
    assert waiting() == []
    key(question, [ash], mark(question, "Ash"))
    assert waiting() == ["birch", "clerk"]
    (row,) = tasks(as_, birch, "Second key")
    assert (row.url, row.first) == (question.get_absolute_url(), True)
    key(question, [birch], mark(question, "Ash"))
    assert waiting() == []


def test_papers_that_nobody_keyed_yet_wait_for_the_committee_and_those_that_differed_too(db, as_):
    stage = make_stage()
    ash, birch = committee(stage, "Ash", "Birch")
    question = voting(stage)
    keepers = (ash, birch, stage.secretary)

    def waiting():
        return [len(tasks(as_, user, "Papers to be counted")) for user in keepers]

    assert waiting() == [0, 0, 0]
    GivenPaper.give(question, stage.cast.birch_unit)
    assert waiting() == [1, 1, 1]
    assert tasks(as_, stage.cast.cedar, "Papers to be counted") == []
    key(question, [ash], mark(question, "Ash"))
    assert waiting() == [0, 0, 0]
    key(question, [birch], mark(question, "Birch"))  # differs: both are forgotten
    assert waiting() == [1, 1, 1]
    key(question, [ash, birch], mark(question, "Ash"))
    assert waiting() == [0, 0, 0]


def test_letters_of_an_open_vote_wait_until_each_is_keyed(db, as_):
    stage = make_stage(members=5, flag={"mode": "open"})
    ash, birch = committee(stage, "Ash", "Birch")
    for name in ("Elm 0", "Elm 1"):
        stage.meeting.attendances.get(unit=stage.cast.units[name]).write_in()
    question = voting(stage, "Ash", "Birch", "Cedar")
    first, second = question.electors.on_paper()
    key(question, [ash], [], elector=first)
    assert len(tasks(as_, ash, "Papers to be counted")) == 1
    assert len(tasks(as_, birch, "Second key")) == 1
    key(question, [ash], [], elector=second)
    assert tasks(as_, ash, ("Papers to be counted", "Second key")) == []


def test_a_box_that_was_counted_once_waits_for_the_others_of_the_committee(db, as_):
    stage = make_stage()
    ash, birch = committee(stage, "Ash", "Birch")
    question = voting(stage)
    for unit in ("ash_unit", "birch_unit", "cedar_unit"):
        GivenPaper.give(question, getattr(stage.cast, unit))
    yes = {candidate.pk: 0 for candidate in question.candidates.all()}
    counts = {"issued": 3, "returned": 3, "valid": 3, "blank": 3, "spoiled": 0, "yes": yes}
    PaperStack.count(question, ash, counts)
    assert [len(tasks(as_, user, "Second key")) for user in (ash, birch)] == [0, 1]
    PaperStack.count(question, birch, counts)
    assert tasks(as_, birch, "Second key") == []


def decide(stage, award):
    Decision.record(
        stage.season, award, stage.cast.officer.seats.get(), [stage.cast.ash_unit],
        number="25/QĐ-TTT", dated=clock.today(), signer="A",
    )  # fmt: skip


COUNT_NUMBER = "Number and date: Biên bản kiểm phiếu năm 2026"
COMES_NEXT = ("Proposal", "List of nominees", "Number and date")


def test_after_the_minutes_the_head_is_told_what_comes_next(stage, as_):
    hold(stage)
    cedar, clerk, meeting = stage.cast.cedar, stage.secretary, stage.meeting

    def told():
        rows = [tasks(as_, user, COMES_NEXT) for user in (cedar, clerk)]
        return [[(row.button, row.url, row.note) for row in of_one] for of_one in rows]

    assert told() == [[], []]
    for paper in (minutes_of(meeting), count_of(meeting)):
        finalise(paper, clerk)
    names = [row.what.split(" –")[0] for row in as_(cedar).get("/").context["tasks"]]
    minutes = MeetingPaper.objects.get(kind="minutes")
    assert names[1:] == ["Proposal to the authority", COUNT_NUMBER, "Move on to Closed"]
    cites = "the minutes it cites have no number yet"
    page = reverse("write_proposal", args=[meeting.pk])
    write, list_page = ("Write the proposal", page), reverse("print_nominees", args=[meeting.pk])
    register = "Enter number and date"
    count = MeetingPaper.objects.get(kind="count")
    of_minutes, of_count = (
        (register, reverse("number_paper", args=[paper.pk]), "as the register gave them")
        for paper in (minutes, count)
    )
    assert told() == [[of_minutes, (*write, cites), of_count]] * 2
    minutes.give_number("15", "BB", clock.today())
    proposal = proposal_of(meeting)
    final = ("Finalise the proposal", page, "not final yet")
    assert told() == [[final, of_count], [(*write, "not final yet"), of_count]]
    finalise(proposal, cedar)
    number = (register, reverse("number_paper", args=[proposal.pk]), "as the register gave them")
    assert told() == [[number, of_count]] * 2
    proposal.give_number("20", "TTr", clock.today())
    assert told() == [[("Finalise the list", list_page, "not final yet"), of_count], [of_count]]
    finalise(nominees_of(meeting), cedar)
    assert told() == [[of_count]] * 2
    count.give_number("16", "BB", clock.today())
    assert told() == [[], []]
    for user in (stage.cast.ash, stage.cast.officer):
        assert tasks(as_, user, COMES_NEXT) == []


def test_the_number_of_minutes_waits_for_the_unit_that_issued_them_though_another_is_head_since(
    stage, as_
):
    hold(stage)
    cast, minutes = stage.cast, minutes_of(stage.meeting)
    minutes.finalise(b"%PDF", cast.cedar)
    Season.objects.filter(pk=stage.season.pk).update(head=cast.ash_unit, deputy=cast.birch_unit)
    number = reverse("number_paper", args=[minutes.pk])
    assert [row.url for row in tasks(as_, cast.cedar, COMES_NEXT)] == [number]
    (row,) = tasks(as_, cast.ash, COMES_NEXT)
    assert (row.button, row.note) == (
        "Write the proposal", "the minutes it cites have no number yet: Cedar notes it",
    )  # fmt: skip
    minutes.give_number("15", "BB", clock.today())
    assert tasks(as_, cast.cedar, COMES_NEXT) == []


def test_the_papers_that_wait_go_on_waiting_once_the_year_is_closed(stage, as_):
    hold(stage)
    cedar, meeting = stage.cast.cedar, stage.meeting
    for paper in (minutes_of(meeting), count_of(meeting)):
        finalise(paper, cedar)
    (move,) = tasks(as_, cedar, "Move on to Closed")
    assert move.note.startswith("possible now, but ")
    before = [
        [row.url for row in tasks(as_, user, COMES_NEXT)] for user in (cedar, stage.secretary)
    ]
    assert [len(rows) for rows in before] == [3, 3]
    put_in_phase(stage.cast, Phase.CLOSED)
    after = [[row.url for row in tasks(as_, user, COMES_NEXT)] for user in (cedar, stage.secretary)]
    assert after == before
    for kind, number in (("minutes", "15"), ("count", "16")):
        MeetingPaper.objects.get(kind=kind).give_number(number, "BB", clock.today())
    finalise(proposal_of(meeting), cedar)
    assert [row.what.split(":")[0] for row in tasks(as_, cedar, COMES_NEXT)] == ["Number and date"]
    MeetingPaper.objects.get(kind="proposal").give_number("20", "TTr", clock.today())
    finalise(nominees_of(meeting), cedar)
    assert tasks(as_, cedar, COMES_NEXT) == []


def test_closing_the_year_is_said_to_lack_nothing_where_it_leaves_nothing_open(stage, as_):
    hold(stage)
    cedar, meeting = stage.cast.cedar, stage.meeting
    today = clock.today()
    for paper, number in ((minutes_of, "15"), (count_of, "16"), (proposal_of, "20")):
        finalise(paper(meeting), cedar)
        MeetingPaper.objects.latest("pk").give_number(number, "X", today)
    (move,) = tasks(as_, cedar, "Move on to Closed")
    assert move.note == "possible now, but 2 things are still open"
    nominees_of(meeting).finalise(b"%PDF", cedar)
    board_of(stage.season).finalise(b"%PDF", cedar)
    (move,) = tasks(as_, cedar, "Move on to Closed")
    assert move.note == "nothing is missing any more"


def test_the_score_table_waits_for_who_issues_it_once_a_proposal_lists_it_until_it_is_final(
    stage, as_
):
    hold(stage)
    cedar, meeting, season = stage.cast.cedar, stage.meeting, stage.season
    minutes_of(meeting).finalise(b"%PDF", cedar)
    users = (cedar, stage.secretary, stage.cast.officer, stage.cast.ash)
    page = reverse("print_board", args=[season.pk])

    def told():
        rows = [tasks(as_, user, "Score table of the block") for user in users]
        year = [each.url for each in left_open(season) if each.url == page]
        return [len(row) for row in rows], year

    assert told() == ([0, 0, 0, 0], [])
    proposal, waits = proposal_of(meeting), ([1, 0, 0, 0], [page])
    assert told() == waits
    lists = proposal.words
    for other in ("Tờ trình", "Bảng kê\nBáo cáo điểm mới"):
        proposal.say(lists | {"dossier": other})
        assert told() == ([0, 0, 0, 0], [])
    for reworded in ("Tờ trình\nBảng chấm điểm của Khối", "BẢNG XẾP HẠNG các đơn vị"):
        proposal.say(lists | {"dossier": reworded})
        assert told() == waits
    proposal.say(lists)
    proposal.finalise(b"%PDF", cedar)
    put_in_phase(stage.cast, Phase.CLOSED)
    assert told() == waits
    assert as_(cedar).post(reverse("issue_board", args=[season.pk])).status_code == 302
    assert told() == ([0, 0, 0, 0], [])


@pytest.mark.parametrize("more", [0, 2])
def test_more_meetings_whose_papers_wait_cost_no_more_queries(stage, as_, more):
    hold(stage)
    finalise(minutes_of(stage.meeting), stage.secretary)
    cast, now = stage.cast, clock.now()
    AwardFactory(code="LABOUR", decided_by=DecidedBy.CONDITIONS)
    results = {"results": [{"award": "Cờ", "units": ["Ash"]}]}
    for year in range(2030, 2030 + more):
        season = SeasonFactory(
            block=cast.block, year=year, head=cast.cedar_unit, phase=Phase.MEETING
        )
        SeasonRulesFactory(season=season, registration_required=False)
        held = {"season": season, "state": "closed", "starts_at": now, "opened_at": now}
        meeting = Meeting.objects.create(secretary=stage.secretary, **held)
        MeetingPaper.objects.create(
            kind="minutes", meeting=meeting, block=cast.block, year=year, issuer=cast.cedar_unit,
            final=True, finalised_at=now, content=b"x", sha256="0" * 64, facts=results,
        )  # fmt: skip
    browser = as_(stage.secretary)
    with CaptureQueriesContext(connection) as queries:
        rows = browser.get("/").context["tasks"]
    assert len([row for row in rows if row.what.startswith(COMES_NEXT)]) == 2 + 2 * more
    assert len(queries) == 30


@pytest.mark.parametrize(
    ("registered", "next_paper"), [(False, "Number and date: Biên bản"), (True, "Proposal")]
)
def test_a_proposal_waits_where_units_are_put_forward_also_by_conditions_alone(
    stage, as_, registered, next_paper
):
    award = AwardFactory(code="LABOUR", decided_by=DecidedBy.CONDITIONS)
    SeasonRules.objects.filter(season=stage.season).update(registration_required=True)
    if registered:
        stage.cast.card.aims.create(award=award, seat=stage.cast.ash.seats.get())
    seat(stage)
    stage.meeting.open()
    for question in stage.meeting.questions.all():
        question.cancel("Chưa đủ hồ sơ")
    stage.meeting.close()
    finalise(minutes_of(stage.meeting), stage.secretary)
    row = tasks(as_, stage.cast.cedar, COMES_NEXT)[-1]
    assert row.what.startswith(next_paper)


@pytest.mark.parametrize("phase", [Phase.MEETING, Phase.CLOSED])
def test_a_proposal_waits_for_the_officer_until_the_decision_is_recorded(stage, as_, phase):
    labour, nobody_s = (
        AwardFactory(name=name, code=name, decided_by=DecidedBy.CONDITIONS) for name in "LN"
    )
    nobody_s.requirements.create(rule="has_fighters", parameter="9")
    elsewhere = {"authority": AuthorityFactory(), "decided_by": DecidedBy.CONDITIONS}
    AwardFactory(name=labour.name, code="THEIRS", **elsewhere)
    for award in (labour, nobody_s):
        stage.cast.card.aims.create(award=award, seat=stage.cast.ash.seats.get())
    hold(stage)
    officer = stage.cast.officer
    assert tasks(as_, officer, "Decision") == []
    finalise(minutes_of(stage.meeting), stage.cast.cedar)
    finalise(proposal_of(stage.meeting), stage.cast.cedar)
    put_in_phase(stage.cast, phase)
    (row,) = tasks(as_, officer, "Decision of the authority")
    assert row.url == reverse("show_eligibility", args=[stage.season.pk])
    names = [award.short_name for award in (stage.award, stage.praise, labour)]
    assert sorted(row.note.split(": ")[1].split(", ")) == sorted(names)
    for user in (stage.cast.cedar, stage.cast.stranger):
        assert tasks(as_, user, "Decision") == []
    decide(stage, stage.award)
    assert len(tasks(as_, officer, "Decision")) == 1  # the other award was voted too
    decide(stage, stage.praise)
    (row,) = tasks(as_, officer, "Decision")  # as was one that the conditions gave
    assert row.note == f"the proposal was made; not recorded yet: {labour.short_name}"
    decide(stage, labour)
    assert tasks(as_, officer, "Decision") == []


@pytest.mark.parametrize("phase", [Phase.MEETING, Phase.CLOSED])
def test_a_correction_that_was_begun_waits_until_it_is_final_or_dropped(stage, as_, phase):
    hold(stage)
    minutes = minutes_of(stage.meeting)
    finalise(minutes, stage.cast.cedar)
    Meeting.objects.update(secretary=stage.cast.ash_clerk)  # of another unit than the issuer's
    put_in_phase(stage.cast, phase)
    other = person("other", Role.CLERK, unit=stage.cast.cedar_unit)
    users = (stage.cast.cedar, stage.cast.ash_clerk, other, stage.cast.ash)
    assert [len(tasks(as_, user, "Correction")) for user in users] == [0, 0, 0, 0]
    draft = minutes.correct("Sai tên")
    assert [len(tasks(as_, user, "Correction")) for user in users] == [1, 1, 1, 0]
    (row,) = tasks(as_, stage.cast.cedar, "Correction")
    assert row.url == draft.get_absolute_url()
    assert reverse("write_minutes", args=[stage.meeting.pk]) in (
        as_(other).get(row.url).content.decode()
    )
    draft.drop()
    assert tasks(as_, stage.cast.cedar, "Correction") == []
    again = minutes.correct("Sai chức vụ")
    assert len(tasks(as_, stage.cast.cedar, "Correction")) == 1
    finalise(again, stage.cast.cedar)
    assert tasks(as_, stage.cast.cedar, "Correction") == []


def test_a_proposal_that_cites_replaced_minutes_is_corrected_and_gets_no_number(stage, as_):
    hold(stage)
    cedar, secretary = stage.cast.cedar, stage.secretary
    minutes = minutes_of(stage.meeting)
    for paper in (minutes, count_of(stage.meeting)):
        finalise(paper, secretary)
        MeetingPaper.objects.get(pk=paper.pk).give_number(f"1{paper.pk}", "BB", clock.today())
    proposal = proposal_of(stage.meeting)
    finalise(proposal, cedar)
    again = MeetingPaper.objects.get(pk=minutes.pk).correct("Sai tên")
    with clock.standing_on(clock.today(), time(10)):
        finalise(again, secretary)

    def told(user):
        return [(row.url, row.note) for row in tasks(as_, user, COMES_NEXT)]

    number = (reverse("number_paper", args=[again.pk]), "as the register gave them")
    stale = (proposal.get_absolute_url(), "states what has changed since")
    assert told(cedar) == [number, stale]
    assert told(secretary) == [number]  # who corrects no proposal
    again.give_number("17", "BB", clock.today())
    draft = MeetingPaper.objects.get(pk=proposal.pk).correct("Biên bản đã đính chính")
    assert told(cedar) == []
    assert tasks(as_, cedar, "Correction")[0].url == draft.get_absolute_url()
    bases = draft.words["bases"].replace(f"số 1{minutes.pk}/BB", "số 17/BB")
    draft.say(draft.words | {"bases": bases})
    with clock.standing_on(clock.today(), time(11)):
        finalise(proposal_of(stage.meeting), cedar)
    assert told(cedar) == [(reverse("number_paper", args=[draft.pk]), number[1])]


@pytest.fixture
def sent_up(stage):
    """All papers are final, numbered but for the count minutes; each later than what it cites."""
    hold(stage)
    made = [
        (minutes_of, 9, "15"),
        (count_of, 9, ""),
        (proposal_of, 10, "20"),
        (nominees_of, 11, ""),
    ]
    for paper_of, hour, number in made:
        with clock.standing_on(clock.today(), time(hour)):
            paper = paper_of(stage.meeting)
            finalise(paper, stage.cast.cedar)
            if number:
                paper.give_number(number, "X", clock.today())
    return stage


def of_kind(kind):
    """The one of this kind that was made last."""
    return MeetingPaper.objects.filter(kind=kind).latest("pk")


def correct(stage, kind, paper_of, hour):
    of_kind(kind).correct("Sai tên")
    with clock.standing_on(clock.today(), time(hour)):
        finalise(paper_of(stage.meeting), stage.cast.cedar)
    return of_kind(kind)


def test_a_corrected_proposal_gets_its_number_before_the_list_that_cites_it_is_corrected(
    sent_up, as_
):
    cedar, clerk = sent_up.cast.cedar, sent_up.secretary
    again = correct(sent_up, "proposal", proposal_of, 12)
    number, count = (reverse("number_paper", args=[p.pk]) for p in (again, of_kind("count")))
    for user in (cedar, clerk):
        assert [row.url for row in tasks(as_, user, COMES_NEXT)] == [number, count]
    again.give_number("21", "X", clock.today())
    stale = of_kind("nominees").get_absolute_url()
    assert [row.url for row in tasks(as_, cedar, COMES_NEXT)] == [stale, count]
    assert [row.url for row in tasks(as_, clerk, COMES_NEXT)] == [count]


def test_the_first_page_fetches_the_bytes_of_no_paper(sent_up, as_):
    correct(sent_up, "minutes", minutes_of, 12)
    browser = as_(sent_up.cast.cedar)
    with CaptureQueriesContext(connection) as queries:
        rows = browser.get("/").context["tasks"]
    assert of_kind("proposal").get_absolute_url() in [row.url for row in rows]
    assert not [query["sql"] for query in queries if '"content"' in query["sql"]]


def test_while_what_a_paper_cites_is_corrected_that_is_told_with_its_number(sent_up, as_):
    proposal, cedar = of_kind("proposal"), sent_up.cast.cedar
    draft = of_kind("minutes").correct("Sai tên")
    page = as_(cedar).get(reverse("number_paper", args=[proposal.pk])).content.decode()
    assert "cites is being corrected" in page
    draft.drop()
    page = as_(cedar).get(reverse("number_paper", args=[proposal.pk])).content.decode()
    assert "cites is being corrected" not in page


def test_the_number_of_a_proposal_waits_with_a_word_while_the_minutes_it_cites_are_corrected(
    stage, as_
):
    hold(stage)
    for paper_of in (minutes_of, count_of, proposal_of):
        finalise(paper_of(stage.meeting), stage.cast.cedar)
    number = reverse("number_paper", args=[of_kind("proposal").pk])
    told = {row.url: row.note for row in tasks(as_, stage.secretary, COMES_NEXT)}
    assert told[number] == "as the register gave them"
    of_kind("minutes").correct("Sai tên")
    told = {row.url: row.note for row in tasks(as_, stage.secretary, COMES_NEXT)}
    assert told[number] == "what it cites is being corrected"


def test_a_number_that_was_corrected_makes_what_cites_it_outdated(sent_up, as_):
    cedar, count = sent_up.cast.cedar, of_kind("count")
    proposal, nominees = of_kind("proposal"), of_kind("nominees")
    count.give_number("16", "X", clock.today())
    form = as_(cedar).get(reverse("number_paper", args=[proposal.pk])).content.decode()
    assert f"“{nominees.title}” cites this paper" in form
    assert tasks(as_, cedar, COMES_NEXT) == []
    proposal.give_number("22", "X", clock.today())
    (row,) = tasks(as_, cedar, COMES_NEXT)
    assert (row.url, row.button) == (nominees.get_absolute_url(), "Correct")
    page = as_(cedar).get(proposal.get_absolute_url()).content.decode()
    assert f"“{nominees.title}” states another number or date; correct it too:" in page
    assert f'href="{row.url}">Open the paper' in page
    of_kind("minutes").give_number("17", "X", clock.today())
    (row,) = tasks(as_, cedar, COMES_NEXT)
    assert row.url == proposal.get_absolute_url()


def test_count_minutes_wait_to_be_corrected_once_something_else_is_noted_for_the_minutes(
    stage, as_
):
    hold(stage)
    count = count_of(stage.meeting)
    finalise(count, stage.secretary)
    users = (stage.secretary, stage.cast.cedar)
    number, stale = reverse("number_paper", args=[count.pk]), count.get_absolute_url()

    def told():
        return [[row.url for row in tasks(as_, u, ("Number", "Count"))] for u in users]

    assert told() == [[number], [number]]
    Meeting.objects.update(place="Nhà văn hóa")
    assert told() == [[stale], [stale]]
    finalise(minutes_of(stage.meeting), stage.secretary)
    assert [of_one[-1] for of_one in told()] == [stale, stale]
    again = correct(stage, "count", count_of, 12)
    renumber = reverse("number_paper", args=[again.pk])
    assert [of_one[-1] for of_one in told()] == [renumber, renumber]


def test_no_correction_waits_once_its_meeting_was_cancelled(stage, as_):
    hold(stage)
    minutes = minutes_of(stage.meeting)
    finalise(minutes, stage.cast.cedar)
    minutes.correct("Sai tên")
    stage.meeting.cancel("Sai thành phần", stage.cast.officer)
    for user in (stage.cast.cedar, stage.secretary):
        assert tasks(as_, user, "Correction") == []


@pytest.mark.parametrize("more", [0, 2])
def test_the_draft_of_an_amended_scale_waits_for_who_may_lock_it(cast, as_, more):
    seasons = [put_in_phase(cast, Phase.PLANNING)]
    assert tasks(as_, cast.cedar, "Lock the scale") == []
    for year in range(2030, 2030 + more):
        season = SeasonFactory(block=cast.block, year=year, head=cast.cedar_unit)
        seasons.append(season)
        scale = ScaleFactory(season=season, locked_at=clock.now(), locked_by=cast.cedar_seat)
        Season.objects.filter(pk=season.pk).update(scale=scale)
    for season in seasons:
        ScaleFactory(season=season, version=2)
    urls = {reverse("show_scale", args=[season.pk]) for season in seasons}
    for user, theirs in ((cast.cedar, urls), (cast.officer, urls), (cast.cedar_clerk, set())):
        assert {row.url for row in tasks(as_, user, "Lock the scale")} == theirs
    browser = as_(cast.officer)
    with CaptureQueriesContext(connection) as queries:
        browser.get("/")
    assert len(queries) == 24


@pytest.mark.parametrize("more", [0, 2])
def test_more_years_to_move_on_cost_no_more_queries(cast, as_, more):
    put_in_phase(cast, Phase.PLANNING)
    for year in range(2030, 2030 + more):
        season = SeasonFactory(block=cast.block, year=year, head=cast.cedar_unit)
        SeasonRulesFactory(season=season)
        ScaleFactory(season=season, locked_at=clock.now(), locked_by=cast.cedar_seat)
    browser = as_(cast.cedar)
    with CaptureQueriesContext(connection) as queries:
        rows = browser.get("/").context["tasks"]
    assert len(rows) == 1 + more
    assert len(queries) == 27


@pytest.mark.parametrize("gone", ["seat ended", "kept from logging in"])
def test_the_officer_is_told_of_a_unit_whose_last_principal_is_gone(cast, as_, gone):
    def told(user=cast.officer):
        return [row.what for row in tasks(as_, user, "No principal")]

    Seat.objects.filter(unit=cast.birch_unit, role=Role.PRINCIPAL).delete()  # never had one
    assert told() == ["No principal – Birch"]
    SeasonRules.objects.update(scan_replaces_principal=True)  # its clerk sends
    assert told() == []
    if gone == "seat ended":
        cast.ash.seats.get().end()
    else:
        User.objects.filter(pk=cast.ash.pk).update(is_active=False)
    assert (told(), told(cast.stranger)) == (["No principal – Ash"], [])
    person("Aspen", Role.PRINCIPAL, unit=cast.ash_unit)
    assert told() == []
