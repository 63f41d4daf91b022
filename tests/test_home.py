"""What waits for whom, on the first page and beside its name in the menu."""

import re
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from awards.models import Meeting, MeetingState
from blocks import clock
from blocks.models import Role, User
from emulation.home import count_of
from emulation.turns import Turns
from scoring.models import (
    Agreement,
    Authorisation,
    Entry,
    Explanation,
    Inspection,
    PhaseChange,
    PhaseDate,
    Scorecard,
    StaffFigures,
)
from scoring.phases import Column, Phase
from tests.awards.stage import committee, make_stage, mark, voting
from tests.conftest import make_cast, put_in_phase
from tests.factories import SeasonFactory, SeatFactory
from tests.scoring.stage import opened
from tests.scoring.worked import sent


def page(browser):
    answer = browser.get("/")
    assert answer.status_code == 200
    return answer


def rows(answer, group="tasks"):
    """The rows of a group: the words of each, without marks."""
    context = answer.context[group]
    return [task.what for task in context]


def words(answer):
    text = re.sub(r"<[^>]+>", " ", answer.content.decode())
    return " ".join(text.split())


def test_home_is_made_though_a_season_moves_on_meanwhile(cast, in_phase, as_, monkeypatch):
    in_phase(Phase.SELF_SCORING)
    turns = Turns.of(cast.ash)
    in_phase(Phase.INSPECTION)
    monkeypatch.setattr(Turns, "of", lambda _user: turns)
    assert rows(page(as_(cast.ash))) == []


def test_sheets_stand_by_year_and_block_whichever_was_made_first(cast, in_phase):
    in_phase(Phase.SELF_SCORING)
    older = cast.season
    for year in (older.year - 1, older.year + 1):
        season = SeasonFactory(block=older.block, year=year)
        season.cards.create(unit=cast.ash_unit, official_order=1, turn=1)
    years = [card.season.year for card in Scorecard.objects.filter(unit=cast.ash_unit).by_season()]
    assert years == sorted(years, reverse=True)


@pytest.mark.parametrize("phase", Phase)
def test_it_is_the_turn_of_whoever_has_the_seat_to_write(cast, in_phase, phase):
    season = in_phase(phase)
    for user in (cast.ash, cast.ash_clerk, cast.birch, cast.cedar, cast.dogwood, cast.officer):
        turns = {(turn.card, turn.column) for turn in Turns.of(user).sheets}
        assert turns == {
            (card.pk, column)
            for card in season.cards.all()
            for column in season.step.writes
            if card.seat_for(user, column)
        }


def test_what_is_behind_its_wall_or_excused_waits_for_nobody(cast, in_phase):
    season = in_phase(Phase.SELF_SCORING)

    def waits():
        return [turn.waits for turn in Turns.of(cast.ash).sheets]

    assert waits() == [True]
    waiver = season.waive(cast.ash_unit, Column.CLAIMED, cast.cedar_seat, "Bão")
    assert waits() == [False]
    waiver.withdraw(cast.cedar_seat, "Đã nộp")
    assert waits() == [True]
    wall = {"due": clock.today() - timedelta(1), "closes_on": clock.today()}
    PhaseDate.objects.update_or_create(season=season, phase=season.phase, defaults=wall)
    assert waits() == [False]


def fresh(user):
    return type(user).objects.get(pk=user.pk)


@pytest.fixture
def in_2026(cast, in_phase):
    def put(phase, due=None):
        season = in_phase(phase)
        block = season.block
        block.short_name = "Rừng"
        block.save(update_fields=["short_name"])
        if due:
            PhaseDate.objects.update_or_create(season=season, phase=phase, defaults={"due": due})
        return cast

    return put


CALENDAR = [
    # phase               Ash's clerk          Birch                 Cedar, the head
    (Phase.PLANNING, [], [], ["Move on to Registration"]),
    (Phase.REGISTRATION, ["Registration of targets", "Registration of titles"],
     ["Registration of targets", "Registration of titles"],
     ["Registration of targets", "Registration of titles"]),
    (Phase.EXECUTION, ["Six-month report"], ["Six-month report"], ["Six-month report"]),
    (Phase.SELF_SCORING, ["Self-scoring"], ["Self-scoring"], ["Self-scoring"]),
    (Phase.INSPECTION, ["Cross-inspection"], ["Cross-inspection"], ["Cross-inspection"]),
    (Phase.SETTLEMENT, ["Results of the inspection"], ["Settlement", "Results of the inspection"],
     ["Settlement", "Results of the inspection"]),
    (Phase.MEETING, [], [], []),
    (Phase.CLOSED, [], [], []),
]  # fmt: skip


@pytest.mark.parametrize(("phase", "ash", "birch", "cedar"), CALENDAR)
def test_what_waits_for_each_in_each_phase(in_2026, as_, phase, ash, birch, cedar):
    cast = in_2026(phase)
    for user, expected in ((cast.ash_clerk, ash), (cast.birch, birch), (cast.cedar, cedar)):
        assert [what.split(" – ")[0] for what in rows(page(as_(user)))] == expected
    for user in (cast.dogwood, cast.stranger):
        assert rows(page(as_(user))) == []


def test_the_number_in_the_menu_is_the_number_of_sheets_and_ballots_that_wait(in_2026, as_):
    for phase in Phase:
        cast = in_2026(phase)
        for user in (cast.ash_clerk, cast.ash, cast.birch, cast.cedar, cast.officer):
            there = [what for what in rows(page(as_(user))) if not what.startswith("Move on")]
            assert count_of(fresh(user)) == len(there), (phase, user)


def test_a_registered_base_fills_its_line_here_as_on_the_season_s_page(in_2026, as_):
    cast = in_2026(Phase.REGISTRATION)
    plan, clerk = cast.lines.plan, as_(cast.ash_clerk)
    cast.card.write(cast.ash_clerk, Column.TARGET, {plan.pk: {"target": Decimal(10)}})
    in_2026(Phase.SELF_SCORING)
    cast.card.write(cast.ash_clerk, Column.CLAIMED, {plan.pk: {"actual": Decimal(9)}})
    assert "Filling 1/5" in words(page(clerk))
    assert "Filling 1/5" in words(clerk.get(f"/seasons/{cast.season.pk}/"))


def test_a_sheet_goes_from_the_clerk_s_list_to_the_principal_s_and_back(in_2026, as_):
    cast = in_2026(Phase.EXECUTION, due=date(2026, 9, 26))
    cast.card.write(cast.ash_clerk, Column.INTERIM, {cast.lines.late.pk: {"actual": Decimal(1)}})
    clerk, principal = as_(cast.ash_clerk), as_(cast.ash)
    text = words(page(clerk))
    assert "2 days overdue" in text
    assert "Filling 1/5" in text
    seat, boss = cast.ash_clerk.seats.get(), cast.ash.seats.get()
    filing = cast.card.filing_of(seat, Column.INTERIM)
    filing.hand_up(seat)
    assert rows(page(clerk)) == []
    assert rows(page(clerk), "others") == ["Six-month report – Rừng 2026"]
    assert "Approve" in words(page(principal))
    filing.give_back(boss, "Thiếu số liệu")
    assert "Thiếu số liệu" in words(page(clerk))
    filing.hand_up(seat)
    filing.send(boss)
    assert (rows(page(clerk)), rows(page(principal))) == ([], [])
    text = words(page(principal))
    assert "1 of 3 sheets sent" in text
    assert "overdue" not in text


def test_of_a_unit_that_registers_on_two_sheets_both_are_waited_for(in_2026, as_):
    cast = in_2026(Phase.REGISTRATION)
    seat = cast.ash.seats.get()
    cast.card.filing_of(seat, Column.AIM).send(seat)
    assert "0 of 3 units have sent all" in words(page(as_(cast.ash)))


def test_the_earliest_date_stands_first_and_a_ballot_before_all(db, as_):
    stage = make_stage()
    question = voting(stage)
    browser = as_(stage.cast.ash)
    assert rows(page(browser)) == ["Vote: Cờ thi đua"]
    assert count_of(fresh(stage.cast.ash)) == 1
    question.cast(stage.cast.ash, mark(question, "Birch"))
    assert rows(page(browser)) == []


def test_the_head_is_led_to_call_the_meeting_and_afterwards_to_its_papers(db, as_):
    stage = make_stage()
    cedar = as_(stage.cast.cedar)
    calls = reverse("call_meeting", args=[stage.season.pk])
    (row,) = page(cedar).context["leading"]
    assert row.url == stage.season.get_absolute_url()
    stage.meeting.cancel("Bão số 9", stage.cast.officer)
    (row,) = page(cedar).context["leading"]
    assert (row.button, row.url) == ("Call the meeting", calls)
    assert row.note == "The meeting was cancelled: Bão số 9"
    season = cedar.get(stage.season.get_absolute_url()).content.decode()
    assert f'btn-primary" href="{calls}"' in season
    assert "Bão số 9" in season
    Meeting.objects.filter(pk=stage.meeting.pk).update(
        state=MeetingState.CLOSED,
        opened_at=clock.now(),
        closed_at=clock.now(),
        cancelled_because="",
    )
    (row,) = page(cedar).context["meetings"]
    assert row.note == "minutes, proposal, list of nominees"


def test_a_meeting_that_is_to_come_leads_all_who_take_part_to_its_desk(db, as_):
    stage = make_stage()
    counter = committee(stage, "Birch")[0]
    season = stage.season
    takes_part = (stage.secretary, counter, stage.cast.ash, stage.cast.officer)
    for user in takes_part:
        (row,) = page(as_(user)).context["meetings"]
        assert (row.what, row.url) == (
            f"Meeting – {season.block.short_name} {season.year}",
            stage.meeting.get_absolute_url(),
        )
    assert rows(page(as_(stage.cast.dogwood)), "meetings") == []
    stage.meeting.cancel("Bão số 9", stage.cast.officer)
    for user in takes_part:
        assert rows(page(as_(user)), "meetings") == []


def test_an_officer_finds_the_running_seasons_of_the_authority_at_once(in_2026, as_):
    cast = in_2026(Phase.EXECUTION)
    answer = page(as_(cast.officer))
    assert rows(answer, "leading") == ["Execution – Rừng 2026"]
    assert "Blocks looked after" in words(answer)
    assert rows(page(as_(cast.stranger)), "leading") == []


def test_who_sits_in_two_units_reads_whose_each_sheet_is(in_2026, as_):
    cast = in_2026(Phase.SELF_SCORING)
    one = as_(cast.ash_clerk).get("/").content.decode()
    SeatFactory(person=cast.ash_clerk, unit=cast.birch.seats.get().unit, role=Role.CLERK)
    two = as_(User.objects.get(pk=cast.ash_clerk.pk)).get("/").content.decode()
    for unit in ("Ash", "Birch"):
        assert (f" – {unit}, " in one, f" – {unit}, " in two) == (False, True)


def test_a_unit_that_is_excused_has_nothing_to_do(in_2026, as_):
    cast = in_2026(Phase.EXECUTION)
    cast.season.waive(cast.ash_unit, Column.INTERIM, cast.cedar.seats.get(), "Sáp nhập")
    assert rows(page(as_(cast.ash))) == []
    assert count_of(fresh(cast.ash)) == 0


def test_the_head_is_told_when_all_have_sent(in_2026, as_):
    cast = in_2026(Phase.EXECUTION)
    for name in ("ash", "birch", "cedar"):
        user = getattr(cast, name)
        card = Scorecard.objects.get(unit=getattr(cast, f"{name}_unit"))
        seat = user.seats.get()
        assert "3 of 3 sheets sent" not in words(page(as_(cast.cedar)))
        card.filing_of(seat, Column.INTERIM).send(seat)
    answer = page(as_(cast.cedar))
    assert rows(answer, "leading") == ["Execution – Rừng 2026"]
    assert rows(page(as_(cast.birch)), "leading") == []
    assert "Next: Self-scoring" in words(answer)


def answers(cast, as_):
    """What stands among the tasks of Ash's clerk, the number in the menu, and what is awaited."""
    answer = page(as_(cast.ash_clerk))
    tasks = rows(answer)
    assert len(tasks) == count_of(fresh(cast.ash_clerk)) == count_of(fresh(cast.ash))
    return tasks, rows(answer, "others")


def test_a_unit_is_to_answer_to_the_findings_until_it_did_or_the_window_ended(in_2026, as_):
    cast = in_2026(Phase.SETTLEMENT)
    PhaseChange.objects.create(
        season=cast.season, old=Phase.INSPECTION, new=Phase.SETTLEMENT, by=cast.cedar_seat
    )
    found = ["Results of the inspection – Rừng 2026"]
    principal, clerk = words(page(as_(cast.ash))), words(page(as_(cast.ash_clerk)))
    assert ("Agree or explain" in principal, "Agree or explain" in clerk) == (True, False)
    assert "explain what you dispute; the principal agrees" in clerk
    with clock.standing_on(date(2026, 10, 5)):
        assert answers(cast, as_) == (found, [])
    with clock.standing_on(date(2026, 10, 6)):
        assert answers(cast, as_) == ([], found)
    Explanation.put(cast.card, cast.ash, cast.lines.late, "Gửi đúng hạn.")
    assert answers(cast, as_) == ([], found)
    Explanation.objects.get().take_back(cast.ash)
    assert answers(cast, as_) == (found, [])
    Agreement.give(cast.card, cast.ash)
    assert answers(cast, as_) == ([], found)


def test_an_unranked_unit_whose_findings_stand_answers_to_them_as_the_others_do(in_2026, as_):
    cast = in_2026(Phase.SELF_SCORING)
    cast.season.waive(cast.ash_unit, Column.CLAIMED, cast.cedar_seat, "Sáp nhập")
    sent(cast.card, Column.FOUND, cast.birch_unit)
    cast = in_2026(Phase.SETTLEMENT)
    found, offers = ["Results of the inspection – Rừng 2026"], "Agree to the findings"

    def waits():
        settling = cast.card.filing_of(cast.cedar_seat, Column.FINAL)
        return any(line is None for line, _why in settling.lacking)

    PhaseChange.objects.create(
        season=cast.season, old=Phase.INSPECTION, new=Phase.SETTLEMENT, by=cast.cedar_seat
    )
    assert (answers(cast, as_), waits()) == ((found, []), True)
    assert offers in as_(cast.ash).get(cast.card.get_absolute_url()).content.decode()
    Agreement.give(cast.card, cast.ash)
    cast = in_2026(Phase.SETTLEMENT)
    assert (answers(cast, as_), waits()) == (([], found), False)


def test_what_an_unranked_unit_explains_waits_for_its_settler_alone(in_2026, as_):
    cast = in_2026(Phase.SELF_SCORING)
    cast.season.waive(cast.ash_unit, Column.CLAIMED, cast.cedar_seat, "Sáp nhập")
    sent(cast.card, Column.FOUND, cast.birch_unit)
    cast = in_2026(Phase.SETTLEMENT)
    for column in (Column.FOUND, Column.FINAL):
        said = {"criterion": cast.lines.late, "column": column, "actual": Decimal(1)}
        Entry.objects.create(card=cast.card, seat=cast.cedar_seat, **said)
    settled = "Settlement – Ash, Rừng 2026"
    assert settled not in rows(page(as_(cast.cedar)))
    put = Explanation.put(cast.card, cast.ash, cast.lines.late, "Gửi đúng hạn.")
    for user, waits in ((cast.cedar, True), (cast.birch, False), (cast.officer, False)):
        assert (settled in rows(page(as_(user)))) is waits
    put.card = Scorecard.objects.for_sheet().get(pk=cast.card.pk)
    put.reply(cast.cedar, "Đã đối chiếu.", None)
    assert settled not in rows(page(as_(cast.cedar)))


@pytest.mark.parametrize("answered", ["explained", "agreed", "silent", "turned back"])
def test_a_line_changed_unasked_is_to_answer_once_more(in_2026, as_, answered):
    cast = in_2026(Phase.SETTLEMENT)
    PhaseChange.objects.create(
        season=cast.season, old=Phase.INSPECTION, new=Phase.SETTLEMENT, by=cast.cedar_seat
    )
    said = {"criterion": cast.lines.late, "card": cast.card, "seat": cast.cedar_seat}
    for column in (Column.FOUND, Column.FINAL):
        Entry.objects.create(column=column, actual=Decimal(1), **said)
    Agreement.give(cast.card, cast.ash)

    def change(value):
        card = Scorecard.objects.for_sheet().get(pk=cast.card.pk)
        facts = {"actual": Decimal(value), "note": "Sổ"}
        card.write(cast.cedar, Column.FINAL, {cast.lines.late.pk: facts})

    found = ["Results of the inspection – Rừng 2026"]
    with clock.standing_on(date(2026, 10, 20)):
        change(2)
        assert answers(cast, as_) == (found, [])
        assert "A line has changed" in words(page(as_(cast.ash)))
    with clock.standing_on(date(2026, 10, 27)):
        assert answers(cast, as_) == (found, [])
        match answered:
            case "explained":
                Explanation.put(cast.card, cast.ash, cast.lines.late, "Gửi đúng hạn.")
            case "agreed":
                seen = Scorecard.objects.for_sheet().get(pk=cast.card.pk).last_change
                Agreement.give(cast.card, cast.ash, with_changes=True, seen=seen)
            case "turned back":
                change(1)
    day = date(2026, 10, 28 if answered == "silent" else 27)
    with clock.standing_on(day):
        assert answers(cast, as_) == ([], found)


def test_the_moves_of_one_s_blocks_are_news(in_2026, as_):
    cast = in_2026(Phase.EXECUTION)
    PhaseChange.objects.create(
        season=cast.season, old=Phase.REGISTRATION, new=Phase.EXECUTION, by=cast.cedar_seat
    )
    answer = page(as_(cast.ash))
    assert "28/09/2026 Rừng 2026: moved to Execution" in words(answer)
    assert [news.url for news in answer.context["news"]] == [cast.season.get_absolute_url()]
    cast.season.go_back(cast.cedar_seat, "Thiếu")
    assert "Rừng 2026: went back to Registration (Thiếu)" in words(page(as_(cast.ash)))
    assert "moved to" not in words(page(as_(cast.dogwood)))


@pytest.mark.parametrize(
    ("head", "deputy", "told"),
    [
        ("ash", "cedar", "Head is now Ash; Deputy is now Cedar"),
        ("ash", "birch", "Head is now Ash"),
        ("cedar", "ash", "Deputy is now Ash"),
        ("cedar", "", "Deputy: nobody now"),
    ],
)
def test_another_head_or_deputy_is_news(in_2026, as_, head, deputy, told):
    cast = in_2026(Phase.EXECUTION)
    units = getattr(cast, f"{head}_unit"), getattr(cast, f"{deputy}_unit", None)
    cast.season.name_offices(*units, cast.officer.seats.get(), "Sáp nhập")
    said = f"28/09/2026 Rừng 2026: {told} (Sáp nhập)"
    answer = page(as_(cast.cedar))
    assert said in words(answer)
    assert [news.url for news in answer.context["news"]] == [cast.season.get_absolute_url()]
    assert said not in words(page(as_(cast.dogwood)))


def test_a_plan_that_is_fixed_is_news_that_name_to_each_unit_who_inspects_it(in_2026, as_):
    cast = in_2026(Phase.SELF_SCORING)
    Inspection.fix(cast.season, cast.cedar_seat)
    said = "28/09/2026 Rừng 2026: the inspection plan is fixed"
    answer = page(as_(cast.ash))
    assert f"{said} (your unit is inspected by: Birch; it inspects: Cedar)" in words(answer)
    assert [news.url for news in answer.context["news"]] == [
        reverse("show_plan", args=[cast.season.pk])
    ]
    officer = words(page(as_(cast.officer)))
    assert (said in officer, "your unit is" in officer) == (True, False)
    assert said not in words(page(as_(cast.dogwood)))


def test_the_day_of_an_inspection_is_news_to_who_inspects_and_who_is_inspected(
    in_2026, as_, monkeypatch
):
    monkeypatch.setattr("emulation.news.RECENT", timedelta(days=36_500))  # history has its clock
    cast = in_2026(Phase.SELF_SCORING)
    inspection = Inspection.objects.get(card__unit=cast.ash_unit)
    said = "Rừng 2026: Ash is inspected on"

    def appoint(day):
        inspection.appoint(held_on=day, place="Hội trường", leader="Bà Birch", team="")

    appoint(date(2026, 12, 9))
    assert said not in words(page(as_(cast.ash)))  # the plan may still change
    Inspection.fix(cast.season, cast.cedar_seat)
    appoint(date(2026, 12, 10))
    told = f"{said} 10/12/2026 (Hội trường; Bà Birch)"
    answers = {name: words(page(as_(getattr(cast, name)))) for name in ("ash", "birch", "cedar")}
    assert {name for name, answer in answers.items() if told in answer} == {"ash", "birch"}
    put_in_phase(cast, Phase.SETTLEMENT)
    assert said not in words(page(as_(cast.ash)))


def test_what_settlement_did_on_a_card_is_news_to_its_own_unit(in_2026, as_):
    cast = in_2026(Phase.SETTLEMENT)
    Explanation.objects.create(
        card=cast.card, criterion=cast.lines.late, text="Đúng hạn", by=cast.ash.seats.get(),
        before={}, answer="Đã đối chiếu", answered_by=cast.cedar_seat, answered_at=clock.now(),
        after={},
    )  # fmt: skip
    sent(cast.card, Column.FINAL, cast.cedar_unit)
    told = [
        f"Rừng 2026: the explanations of Ash were answered ({cast.lines.late.code})",
        "Rừng 2026: the sheet of Ash is settled",
    ]

    def news(user):
        return [said in words(page(as_(user))) for said in told]

    assert news(cast.ash_clerk) == [True, True]
    assert news(cast.birch) == [False, False]
    put_in_phase(cast, Phase.INSPECTION)
    assert news(cast.ash_clerk) == [False, False]


def test_more_days_to_explain_are_news_while_units_explain(in_2026, as_, monkeypatch):
    monkeypatch.setattr("emulation.news.RECENT", timedelta(days=36_500))  # history has its clock
    cast = in_2026(Phase.SETTLEMENT)
    opened(cast.season, cast.cedar_seat)
    officer = cast.officer.seats.get()
    cast.season.rules.source = "Quy chế"
    cast.season.rules.agree(officer)
    said, until = "the days to explain were changed", "answer to the findings until 07/10/2026"
    assert said not in words(page(as_(cast.ash)))
    cast.season.rules.explanation_days = 9
    cast.season.rules.agree(officer)
    assert f"Rừng 2026: {said}; units {until}" in words(page(as_(cast.ash)))
    put_in_phase(cast, Phase.MEETING)
    assert said not in words(page(as_(cast.ash)))


def test_who_acts_for_the_head_by_authorisation_reads_until_when(in_2026, as_):
    cast = in_2026(Phase.EXECUTION)
    since, last = clock.today(), clock.today() + timedelta(days=4)
    Authorisation.give(cast.season, cast.cedar_seat, since, last, "Giấy ủy quyền")
    said = f"acts for the Head until the end of {last:%d/%m/%Y}"
    (row,) = page(as_(cast.birch)).context["leading"]
    assert row.note.startswith(said)
    (row,) = page(as_(cast.cedar)).context["leading"]
    assert said not in row.note


@pytest.mark.parametrize("more", [0, 12])
def test_home_costs_no_more_queries_for_more_units_and_lines(db, as_, more):
    cast = make_cast(more_lines=more, more_units=more)
    put_in_phase(cast, Phase.SELF_SCORING)
    for card in cast.season.cards.all():
        StaffFigures.objects.create(card=card, people=3, seat=cast.cedar_seat)
    cast.card.write(cast.ash, Column.CLAIMED, {cast.lines.late.pk: {"actual": Decimal(1)}})
    put_in_phase(cast, Phase.SETTLEMENT)
    browser = as_(cast.cedar)
    with CaptureQueriesContext(connection) as queries:
        answer = page(browser)
    assert len(rows(answer)) == more + 2
    assert len(queries) == 45
