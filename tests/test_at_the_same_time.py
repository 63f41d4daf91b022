"""What happens when people act in the same moment: nothing acknowledged is lost, nothing doubled.

Each act runs in a thread with its own connection. A *meeting point* makes the race certain: who
comes to it waits for the others, unless PostgreSQL says that a lock holds one of them back. The
controls take the lock away, and there they meet.
"""

import itertools
import re
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from decimal import Decimal
from functools import partial
from threading import Event

import pytest
from django.core.exceptions import ValidationError
from django.db import DatabaseError, connection, models, transaction
from django.forms.models import model_to_dict
from django.urls import reverse
from django.utils import translation

from awards.forms import AttendanceForm
from awards.models import (
    Attendance,
    Award,
    Ballot,
    Meeting,
    MeetingPaper,
    Outcome,
    Question,
    UrnPaper,
    Voted,
)
from awards.models import voting as voting_models
from awards.papers import minutes_of
from blocks import clock
from blocks.dates import show_date
from blocks.models import Paper
from emulation import printing
from scoring.models import (
    Entry,
    Filing,
    FilingAct,
    Inspection,
    Scorecard,
    Season,
    SeasonRules,
    SheetPaper,
)
from scoring.models.entry import SAID
from scoring.papers import board_of
from scoring.phases import Column, FilingState, Phase
from scoring.sheet import SheetForm
from tests.awards.stage import call, line, make_stage, mark, seat, voting
from tests.conftest import make_cast, put_in_phase
from tests.scoring.sheets import address, entry, fill, fill_staff, key, post
from tests.test_killed_server import busy

pytestmark = pytest.mark.django_db(transaction=True)

PATIENCE = 30  # seconds
THIRTY = 30


def together(*acts: Callable) -> list:
    """Do all of these at once; what each returned, or the refusal or error that stopped it."""
    start = threading.Barrier(len(acts))

    def run(act):
        start.wait(30)
        try:
            with translation.override("en"):
                return act()
        except Exception as refusal:
            return refusal
        finally:
            connection.close()

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(run, acts))


class MeetingPoints:
    """Lets who calls a method wait for others before it goes on."""

    def __init__(self, monkeypatch) -> None:
        self.monkeypatch, self.locks = monkeypatch, True

    def __call__(self, owner, name: str, people: int = 2) -> threading.Event:
        """Let so many callers wait for each other; return whether all came."""
        coming, met, passed, act = itertools.count(1), Event(), Event(), getattr(owner, name)

        def waiting(*args, **kwargs):
            if next(coming) == people and not passed.is_set():
                met.set()
            if not passed.is_set():
                self.wait(met)
                passed.set()
            return act(*args, **kwargs)

        self.monkeypatch.setattr(owner, name, waiting)
        return met

    def during(self, owner, name: str, act: Callable) -> Callable:
        """Let the first caller wait for this act; return the act, which waits for the caller."""
        begun, done, method = Event(), Event(), getattr(owner, name)

        def waiting(*args, **kwargs):
            if not begun.is_set():
                begun.set()
                self.wait(done)
            return method(*args, **kwargs)

        def meanwhile():
            assert begun.wait(PATIENCE), f"nobody came to {name}"
            try:
                return act()
            finally:
                done.set()

        self.monkeypatch.setattr(owner, name, waiting)
        return meanwhile

    def wait(self, event: Event) -> None:
        """Wait for this, or until a lock holds somebody back."""
        until = time.monotonic() + PATIENCE
        while not event.wait(0.02) and not (self.locks and busy("Lock")):
            assert time.monotonic() < until, "nobody came, and no lock held anybody back"


@pytest.fixture
def meet(monkeypatch) -> MeetingPoints:
    return MeetingPoints(monkeypatch)


@pytest.fixture
def all_meet(meet) -> MeetingPoints:
    """Nothing holds anybody back here: who is slow is waited for."""
    meet.locks = False
    return meet


@pytest.fixture
def no_row_locks(monkeypatch, all_meet):
    """Nobody takes a row FOR UPDATE any more: what the controls break."""
    monkeypatch.setattr(models.QuerySet, "select_for_update", lambda self, **_how: self)


@pytest.fixture
def looked_at(monkeypatch):
    """Nobody takes a question any more, who asks for its state reads it."""

    def look_only(self, *, for_update=False):
        self.state = Question.objects.values_list("state", flat=True).get(pk=self.pk)

    monkeypatch.setattr(Question, "take", look_only)


@contextmanager
def without(table: str, constraint: str):
    """Take a constraint off a table; the rows are gone when it comes back."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint"
            " WHERE conrelid = %s::regclass AND conname LIKE %s", [table, constraint],
        )  # fmt: skip
        name, definition = cursor.fetchone()
        cursor.execute(f'ALTER TABLE "{table}" DROP CONSTRAINT "{name}"')
        try:
            yield
        finally:
            cursor.execute(f'TRUNCATE "{table}"')
            cursor.execute(f'ALTER TABLE "{table}" ADD CONSTRAINT "{name}" {definition}')


def browsing(browser, way: str, said: dict[str, str] | None = None) -> Callable:
    """What posts this and answers a page also where the server fails."""
    browser.raise_request_exception = False  # that of one thread would be raised in all
    return partial(browser.post, way, said)


def statuses(answers: list) -> list[int]:
    return sorted(answer.status_code for answer in answers)


# --- casting ---


def casting(browser, question: Question, name: str) -> Callable:
    """What casts a ballot for the unit of this name."""
    marked = {f"m{mark(question, name)[0]}": "1"}
    return partial(browser.post, reverse("submit_ballot", args=[question.pk]), marked)


def test_a_block_of_thirty_votes_in_the_same_second(as_, all_meet):
    """All ballots are in the air together: the question's row is shared, nobody waits in turn."""
    stage = make_stage(members=THIRTY)
    question = voting(stage)
    in_the_air = all_meet(Question, "put", THIRTY)
    people = list(stage.people.values())
    names = ["Ash" if place % 5 else "Birch" for place in range(THIRTY)]
    acts = [
        casting(as_(person), question, name) for person, name in zip(people, names, strict=True)
    ]
    assert statuses(together(*acts)) == [302] * THIRTY
    assert in_the_air.is_set()
    assert Voted.objects.count() == UrnPaper.objects.count() == THIRTY
    Question.objects.get(pk=question.pk).close()
    counted = Question.objects.get(pk=question.pk)
    assert (counted.issued, counted.returned, counted.valid) == (THIRTY, THIRTY, THIRTY)
    yes = {o.candidate.unit.short_name: o.yes for o in counted.outcomes.all() if o.yes}
    assert yes == {"Ash": 24, "Birch": 6}


def test_if_ballots_owned_the_question_they_would_wait_in_turn(as_, meet, monkeypatch):
    """The control: with the lock of a closing no two ballots meet."""
    take = Question.take
    monkeypatch.setattr(Question, "take", lambda self, **_how: take(self, for_update=True))
    stage = make_stage()
    question = voting(stage)
    in_the_air = meet(Question, "put", 3)
    acts = [casting(as_(person), question, "Ash") for person in stage.people.values()]
    assert statuses(together(*acts)) == [302] * 3
    assert not in_the_air.is_set()


def two_phones(as_, person) -> list:
    return [as_(person), as_(person)]


def a_double_click(as_, person) -> list:
    return [as_(person)] * 2


TWICE = pytest.mark.parametrize("browsers", [two_phones, a_double_click])


def vote_twice(as_, meet, browsers) -> list:
    """Ash marks Ash and Birch in the same moment: both ballots were found in order."""
    stage = make_stage()
    question = voting(stage)
    meet(Question, "put")
    acts = [
        casting(browser, question, name)
        for browser, name in zip(browsers(as_, stage.cast.ash), ("Ash", "Birch"), strict=True)
    ]
    return together(*acts)


@TWICE
def test_one_elector_votes_once_from_two_phones_and_by_a_double_click(as_, all_meet, browsers):
    answers = vote_twice(as_, all_meet, browsers)
    assert statuses(answers) == [302, 409]
    assert Voted.objects.count() == UrnPaper.objects.count() == 1


@TWICE
def test_without_the_rule_of_the_database_one_elector_would_vote_twice(as_, all_meet, browsers):
    """The control: only the unique elector keeps the second ballot out."""
    with without("awards_voted", "%elector_id%key"):
        answers = vote_twice(as_, all_meet, browsers)
        assert statuses(answers) == [302, 302]
        assert UrnPaper.objects.count() == 2


# --- opening ---


def open_while_noting(as_, meet) -> list[str]:
    """Elm 0's letter is noted on the roll while the vote is opened: what vote and roll then say."""
    stage = make_stage(members=4)
    seat(stage, "Ash", "Birch", "Cedar")
    stage.meeting.open()
    roll = reverse("edit_attendance", args=[line(stage, "Elm 0").pk])
    letter = {"presence": "written", "honorific": "Ông", "letter_received_at": "8:00"}
    note = partial(as_(stage.secretary).post, roll, letter)
    open_the_vote = meet.during(Attendance, "save", Question.objects.get(pk=stage.question.pk).open)
    answer, refusal = together(note, open_the_vote)
    assert (answer.status_code, refusal) == (302, None)
    elm = stage.question.electors.get(unit=stage.cast.units["Elm 0"])
    return [elm.presence, line(stage, "Elm 0").presence]


def test_a_letter_noted_while_the_vote_is_opened_counts_for_it(as_, meet):
    assert open_while_noting(as_, meet) == ["written", "written"]


def test_without_the_lock_the_letter_would_be_lost_for_the_vote(as_, meet, no_row_locks):
    """The control: the vote has frozen the unit as absent, and the roll says that it wrote."""
    assert open_while_noting(as_, meet) == ["absent", "written"]


def note_twice(as_, meet) -> list:
    """A unit is noted as present in one tab, and as absent in another that shows the same."""
    stage = make_stage()
    meet(AttendanceForm, "note")
    browser, url = as_(stage.secretary), reverse("edit_attendance", args=[line(stage, "Ash").pk])
    (shown,) = re.findall(r'name="was" value="(\w+)"', browser.get(url).content.decode())
    tabs = {"presence": "absent", "absent_because": "bão"}, {"presence": "online", "name": "Nam"}
    return together(
        *[partial(browser.post, url, {"honorific": "Ông", "was": shown, **said}) for said in tabs]
    )


def test_of_two_who_note_one_unit_the_second_is_told_what_the_first_did(as_, meet):
    assert statuses(note_twice(as_, meet)) == [302, 422]


def test_without_the_lock_one_note_would_be_lost_without_a_word(as_, meet, no_row_locks):
    """The control: each finds what its page showed, and the second overwrites the first."""
    assert statuses(note_twice(as_, meet)) == [302, 302]


def edit_twice(as_, meet) -> list:
    """An officer changes the name of an award in one window, its source in another."""
    officer = make_cast().officer
    award = Award.objects.create(
        authority=officer.authorities[0], code="A", name="Cờ", short_name="Cờ", source="Điều 1"
    )
    meet(Award, "mend")
    browser, url = as_(officer), reverse("edit_award", args=[award.pk])
    (loaded,) = re.findall(r'name="loaded" value="(\w+)"', browser.get(url).content.decode())
    sent = model_to_dict(award, ["name", "short_name", "kind", "decided_by", "order", "source"])
    sent |= {"since": show_date(award.since), "loaded": loaded}
    windows = {"name": "Cờ thi đua"}, {"source": "Điều 2"}
    return together(*[partial(browser.post, url, sent | said) for said in windows])


def test_of_two_who_save_one_form_the_second_is_told_what_the_first_saved(as_, meet):
    assert statuses(edit_twice(as_, meet)) == [302, 422]


def test_without_its_turn_the_second_would_put_back_what_the_first_changed(
    as_, meet, no_row_locks, monkeypatch
):
    """The control: each form finds what its page showed."""
    monkeypatch.setattr("emulation.forms.in_turn", lambda *_of: None)
    assert statuses(edit_twice(as_, meet)) == [302, 302]


def note_while_finalising(as_, meet) -> list:
    """Ash is noted on the roll while the minutes of the meeting are finalised."""
    stage = make_stage()
    seat(stage)
    stage.meeting.open()
    stage.meeting.questions.get().cancel("Chưa đủ hồ sơ")
    stage.meeting.close()
    final = partial(minutes_of(stage.meeting).finalise, b"%PDF-1.7", stage.cast.cedar)
    roll = reverse("edit_attendance", args=[line(stage, "Ash").pk])
    said = {"presence": "online", "honorific": "Ông", "name": "Nam"}
    note = partial(as_(stage.secretary).post, roll, said)
    answer, refusal = together(note, meet.during(Meeting, "locked", final))
    assert refusal is None
    return [answer.status_code, line(stage, "Ash").presence]


def test_who_is_noted_while_the_minutes_are_finalised_is_refused(as_, meet):
    assert note_while_finalising(as_, meet) == [403, "present"]


def note_while_closing(as_, meet) -> list[int]:
    """Elm 0's letter is noted on the roll while the vote it is not in is closed."""
    stage = make_stage(members=4)
    question = voting(stage, "Ash", "Birch", "Cedar")
    roll = reverse("edit_attendance", args=[line(stage, "Elm 0").pk])
    letter = {"presence": "written", "honorific": "Ông", "letter_received_at": "8:00"}
    note = partial(as_(stage.secretary).post, roll, letter)
    close = partial(as_(stage.secretary).post, reverse("close_question", args=[question.pk]))
    return statuses(together(close, meet.during(voting_models, "count", note)))


def test_a_letter_noted_while_the_vote_is_closed_is_there_for_the_next(as_, meet):
    assert note_while_closing(as_, meet) == [302, 302]


def test_without_the_lock_it_would_be_refused_for_a_vote_that_is_over(as_, all_meet, looked_at):
    """The control: the vote that is just being counted seems to be open."""
    assert note_while_closing(as_, all_meet) == [302, 422]


def end_while_calling(meet) -> bool:
    """The award ends today while the meeting of today that votes on it is called."""
    stage = make_stage(called=False)
    end = partial(stage.award.end, clock.today())
    meeting, refusal = together(partial(call, stage), meet.during(Award, "in_force_on", end))
    assert isinstance(meeting, Meeting)
    return isinstance(refusal, ValidationError)


def test_an_award_does_not_end_while_the_meeting_that_votes_on_it_is_called(meet):
    assert end_while_calling(meet)


def test_without_the_lock_it_would_be_voted_as_it_no_longer_is(meet, no_row_locks):
    """The control: whoever ends it sees no meeting yet."""
    assert not end_while_calling(meet)


# --- closing ---


def close_twice(as_, meet) -> tuple[Question, list]:
    """The secretary closes at two desks in the same moment."""
    stage = make_stage()
    question = voting(stage)
    for person in stage.people.values():
        question.cast(person, mark(question, "Ash"))
    meet(voting_models, "count")
    close = reverse("close_question", args=[question.pk])
    return question, together(*[partial(as_(stage.secretary).post, close) for _desk in range(2)])


def test_of_two_people_closing_the_second_is_told_and_the_result_is_one(as_, meet):
    question, answers = close_twice(as_, meet)
    first, second = sorted(answers, key=lambda answer: answer.status_code)
    assert (first.status_code, second.status_code) == (302, 422)
    assert "The question is not open." in second.content.decode()
    assert Outcome.objects.count() == 3
    assert Ballot.objects.count() == Question.objects.get(pk=question.pk).returned == 3


def test_without_the_lock_two_people_would_count(as_, meet, looked_at):
    """The control: both count, and only the rules of the tables stop the second."""
    _question, answers = close_twice(as_, meet)
    told = " ".join(answer.content.decode() for answer in answers)
    assert "More ballots came back than were issued." in told


def close_while_others_vote(meet) -> list[int | None]:
    """Three have voted; the others vote while the closing counts.

    Returns how many ballots were acknowledged, and how many were counted.
    """
    stage = make_stage(members=6)
    question = voting(stage)
    marks = mark(question, "Ash")
    first, others = (list(stage.people.values())[part] for part in (slice(3), slice(3, None)))

    def ballots(people) -> list:
        cast = [partial(Question.objects.get(pk=question.pk).cast, one, marks) for one in people]
        return [told for told in together(*cast) if not isinstance(told, Exception)]

    acknowledged = len(ballots(first))
    close = Question.objects.get(pk=question.pk).close
    late, closed = together(meet.during(voting_models, "count", partial(ballots, others)), close)
    assert not isinstance(closed, Exception)
    return [acknowledged + len(late), Question.objects.get(pk=question.pk).returned]


def test_closing_while_others_vote_loses_nothing_that_was_acknowledged(meet):
    assert close_while_others_vote(meet) == [3, 3]
    assert Voted.objects.count() == Ballot.objects.count() == 3
    assert not UrnPaper.objects.exists()


def test_without_the_lock_a_ballot_would_be_lost(all_meet, looked_at):
    """The control: what is cast after the urn was emptied is acknowledged and counted nowhere."""
    assert close_while_others_vote(all_meet) == [6, 3]


def close_while(as_, meet, act: str) -> tuple[Question, list]:
    """A vote that nobody wins is closed; meanwhile its meeting is cancelled, or it is opened."""
    stage = make_stage()
    question = voting(stage)
    for name, person in stage.people.items():
        question.cast(person, mark(question, "Birch" if name == "Birch" else "Ash"))
    whose, way, said = {
        "cancel": (stage.cast.officer, ("cancel_meeting", stage.meeting), {"reason": "Sai ngày"}),
        "open": (stage.secretary, ("open_question", question), {}),
    }[act]

    other = browsing(as_(whose), reverse(way[0], args=[way[1].pk]), said)
    close = browsing(as_(stage.secretary), reverse("close_question", args=[question.pk]))
    return question, together(close, meet.during(voting_models, "count", other))


def rounds(question: Question) -> list[tuple[int, str]]:
    return [(one.round, one.state) for one in question.meeting.questions.order_by("round")]


def test_a_meeting_is_cancelled_with_the_round_that_a_vote_just_led_to(as_, meet):
    question, answers = close_while(as_, meet, "cancel")
    assert [answer.status_code for answer in answers] == [302, 302]
    assert rounds(question) == [(1, "closed"), (2, "cancelled")]


def test_a_second_click_on_open_while_the_vote_is_closed_is_told(as_, meet):
    question, answers = close_while(as_, meet, "open")
    assert [answer.status_code for answer in answers] == [302, 422]
    assert "The question was opened already." in answers[1].content.decode()
    assert rounds(question) == [(1, "closed"), (2, "waiting")]


@pytest.mark.parametrize("act", ["cancel", "open"])
def test_if_a_meeting_were_locked_against_its_questions_too_one_would_be_lost(
    as_, meet, monkeypatch, caplog, act
):
    """The control: the next round wants the meeting, whose holder waits for the question."""
    whole = models.QuerySet.select_for_update
    monkeypatch.setattr(
        models.QuerySet,
        "select_for_update",
        lambda self, **how: whole(self, **how | {"no_key": False}),
    )
    _question, answers = close_while(as_, meet, act)
    assert 500 in statuses(answers)
    assert "deadlock detected" in caplog.text


# --- a session ---


def open_while_cancelling(as_, meet) -> tuple[Meeting, list]:
    """The session is opened in the moment in which an officer cancels the meeting."""
    stage = make_stage()
    cancel, start = (
        reverse(name, args=[stage.meeting.pk]) for name in ("cancel_meeting", "open_meeting")
    )
    begin = meet.during(Meeting, "locked", browsing(as_(stage.secretary), start))
    said = {"reason": "Sai ngày"}
    answers = together(browsing(as_(stage.cast.officer), cancel, said), begin)
    return Meeting.objects.get(pk=stage.meeting.pk), answers


def test_a_session_that_is_opened_while_its_meeting_is_cancelled_is_told(as_, meet):
    meeting, answers = open_while_cancelling(as_, meet)
    assert [answer.status_code for answer in answers] == [302, 422]
    assert "The meeting was cancelled already." in answers[1].content.decode()
    assert meeting.state == "cancelled"


def test_if_the_session_took_its_meeting_before_the_season_one_would_be_lost(
    as_, meet, monkeypatch, caplog
):
    """The control: each holds what the other wants."""
    begin = Meeting.open

    @transaction.atomic
    def the_wrong_way_round(self):
        self.locked()
        begin(self)

    monkeypatch.setattr(Meeting, "open", the_wrong_way_round)
    _meeting, answers = open_while_cancelling(as_, meet)
    assert 500 in statuses(answers)
    assert "deadlock detected" in caplog.text


# --- a move of the season ---


def move_while_writing(meet) -> list[str]:
    """Ash writes a cell of the mid-year report while Cedar moves the season on: what came first."""
    cast = make_cast()
    put_in_phase(cast, Phase.EXECUTION)

    def write():
        card = Scorecard.objects.get(pk=cast.card.pk)
        return card.write(cast.ash, Column.INTERIM, {cast.lines.late.pk: {"actual": Decimal(1)}})

    season = Season.objects.get(pk=cast.season.pk)
    on = partial(season.move_to, Phase.SELF_SCORING, cast.cedar_seat)
    move = meet.during(Scorecard, "_say", on)
    assert not [end for end in together(write, move) if isinstance(end, Exception)]
    with connection.cursor() as cursor:
        cursor.execute(
            'SELECT "table" FROM blocks_change WHERE "table" IN'
            " ('scoring_entry', 'scoring_phasechange') ORDER BY id"
        )
        return list(dict.fromkeys(table for (table,) in cursor.fetchall()))


def test_a_move_of_the_season_waits_for_the_cell_that_is_written(meet):
    assert move_while_writing(meet) == ["scoring_entry", "scoring_phasechange"]


def test_without_the_lock_a_cell_would_be_written_after_the_move(all_meet, monkeypatch):
    """The control: the season's row is looked at, not shared."""
    monkeypatch.setattr(Season, "shared", lambda self: Season.objects.get(pk=self.pk))
    assert move_while_writing(all_meet) == ["scoring_phasechange", "scoring_entry"]


def test_cells_that_are_saved_while_the_season_moves_are_saved_or_told(as_):
    """Three units type on and on while the head moves on: what was acknowledged stands."""
    cast = make_cast()
    put_in_phase(cast, Phase.EXECUTION)
    browsers = [as_(cast.ash), as_(cast.birch), as_(cast.cedar)]
    cards = list(cast.season.cards.all())
    name = key(cast.lines.late)

    def type_on(browser, card):
        told = []
        for value, before in (("1", ""), ("2", "1"), ("3", "2"), ("4", "3")):
            told.append(post(browser, card, "interim", name, value, before).status_code)
        return told

    move = partial(
        as_(cast.cedar).post, reverse("move_season", args=[cast.season.pk, Phase.SELF_SCORING])
    )
    typing = [partial(type_on, b, c) for b, c in zip(browsers, cards, strict=True)]
    *told, moved = together(*typing, move)
    assert moved.status_code == 302
    for card, answers in zip(cards, told, strict=True):
        saved = [status for status in answers if status == 200]
        assert sorted(answers) == [200] * len(saved) + [403] * (4 - len(saved))
        stands = Entry.objects.filter(card=card, column=Column.INTERIM).first()
        assert (stands.actual if stands else 0) == len(saved)


# --- the sheet ---


@pytest.fixture
def scoring():
    cast = make_cast()
    put_in_phase(cast, Phase.SELF_SCORING)
    return cast


def two_clerks(scoring, as_, meet) -> list:
    """Ash's principal and clerk type into the same empty cell of a sheet that was begun."""
    scoring.card.write(scoring.ash, Column.CLAIMED, {scoring.lines.bonus.pk: {"actual": 1}})
    meet(SheetForm, "save")
    name = key(scoring.lines.late)
    return together(
        partial(post, as_(scoring.ash), scoring.card, "claimed", name, "3"),
        partial(post, as_(scoring.ash_clerk), scoring.card, "claimed", name, "4"),
    )


def test_of_two_clerks_in_one_cell_the_second_is_shown_what_the_first_saved(scoring, as_, meet):
    answers = two_clerks(scoring, as_, meet)
    assert statuses(answers) == [200, 409]
    saved = answers.index(next(a for a in answers if a.status_code == 200))
    value = (3, 4)[saved]
    assert entry(scoring.card, scoring.lines.late, Column.CLAIMED).actual == value
    assert f"Meanwhile “{value}” was entered here;" in answers[1 - saved].content.decode()


def test_without_the_lock_two_clerks_would_both_be_told_saved(scoring, as_, meet, no_row_locks):
    """The control: the card's row is not taken, and one value is lost without a word."""
    assert statuses(two_clerks(scoring, as_, meet)) == [200, 200]


def two_tabs(scoring, as_, meet) -> list:
    """One person fills the two figures of one line in two tabs."""
    line, browser = scoring.lines.sudden, as_(scoring.ash)
    scoring.card.write(scoring.ash, Column.CLAIMED, {line.pk: {"note": "–"}})  # it was begun
    meet(Scorecard, "_say")
    return together(
        partial(post, browser, scoring.card, "claimed", key(line, "actual"), "3"),
        partial(post, browser, scoring.card, "claimed", key(line, "target"), "4"),
    )


def test_two_tabs_that_fill_one_line_lose_nothing_of_each_other(scoring, as_, meet):
    assert statuses(two_tabs(scoring, as_, meet)) == [200, 200]
    stored = entry(scoring.card, scoring.lines.sudden, Column.CLAIMED)
    assert (stored.actual, stored.target) == (3, 4)


def test_not_even_without_the_lock_for_each_writes_its_own_figure(scoring, as_, meet, no_row_locks):
    assert statuses(two_tabs(scoring, as_, meet)) == [200, 200]
    stored = entry(scoring.card, scoring.lines.sudden, Column.CLAIMED)
    assert (stored.actual, stored.target) == (3, 4)


def test_if_the_whole_line_were_written_one_tab_would_write_over_the_other(
    scoring, as_, meet, no_row_locks, monkeypatch
):
    """The control: what one tab has not seen goes into its statement as well."""
    upsert = models.QuerySet.bulk_create
    whole = {"update_fields": [*SAID, "seat", "at"]}
    monkeypatch.setattr(
        models.QuerySet, "bulk_create", lambda self, rows, **how: upsert(self, rows, **how | whole)
    )
    assert statuses(two_tabs(scoring, as_, meet)) == [200, 200]
    stored = entry(scoring.card, scoring.lines.sudden, Column.CLAIMED)
    assert (stored.actual, stored.target) in {(3, None), (None, 4)}


def send_twice(scoring, as_, meet) -> list:
    """The principal sends in two tabs in the same moment."""
    fill(scoring, scoring.ash, Column.CLAIMED)
    fill_staff(scoring)
    meet(Filing, "_record")
    send = partial(as_(scoring.ash).post, address(scoring.card, "claimed", "send"))
    return together(send, send)


def test_a_sheet_is_sent_once_by_a_double_click(scoring, as_, meet):
    assert statuses(send_twice(scoring, as_, meet)) == [302, 409]
    assert FilingAct.objects.filter(act="sent").count() == 1
    assert Filing.objects.get(column=Column.CLAIMED).state == FilingState.SENT


def test_without_the_locks_a_sheet_would_be_sent_twice(scoring, as_, meet, no_row_locks):
    assert statuses(send_twice(scoring, as_, meet)) == [302, 302]
    assert FilingAct.objects.filter(act="sent").count() == 2


# --- plan and papers ---


def draw_twice(as_, meet) -> tuple[Season, list]:
    """The head's principal and its clerk draw lots in the same moment, for seven units."""
    cast = make_cast(more_units=4)
    put_in_phase(cast, Phase.SELF_SCORING)
    SeasonRules.objects.update(inspectors_per_card=2)
    meet(Inspection, "_proposed")
    draw = reverse("draw_plan", args=[cast.season.pk])
    said = {"how": "lots"}
    answers = together(
        partial(as_(cast.cedar).post, draw, said), partial(as_(cast.cedar_clerk).post, draw, said)
    )
    return Season.objects.get(pk=cast.season.pk), answers


def is_one_draw(season: Season) -> bool:
    """Whether the pairs are those of the code that is shown: of one draw and no other."""
    pairs = Inspection.pairs_of(season)
    return len(pairs) == 14 and Inspection.is_as_drawn(season, pairs)


def test_of_two_draws_the_last_one_stands_whole(as_, meet):
    season, answers = draw_twice(as_, meet)
    assert statuses(answers) == [302, 302]
    assert is_one_draw(season)


def test_without_the_lock_two_draws_would_mix(as_, meet, no_row_locks, monkeypatch):
    """The control: the rows that a draw writes before its pairs hold nobody back either."""
    monkeypatch.setattr(Inspection, "_forget_teams", lambda *_of: None)
    save = SeasonRules.save
    monkeypatch.setattr(
        SeasonRules, "save", lambda self, **how: how.get("update_fields") or save(self, **how)
    )
    season, answers = draw_twice(as_, meet)
    assert statuses(answers) != [302, 302] or not is_one_draw(season)


def finalise_twice(meet, monkeypatch) -> tuple[list, list]:
    """The minutes are finalised at two desks in the same moment; how often they were rendered."""
    stage = make_stage()
    minutes_of(stage.meeting)
    rendered = []

    def quickly(*_facts, **_how):
        rendered.append("rendered")
        return b"%PDF-1.7"

    monkeypatch.setattr(printing, "render_pdf", quickly)
    meet(printing, "render_pdf")
    ends = together(
        *[lambda: printing.finalise(Paper.objects.get(), stage.secretary) for _desk in range(2)]
    )
    return ends, rendered


def test_a_paper_finalised_twice_is_rendered_once_and_the_second_is_told(meet, monkeypatch):
    ends, rendered = finalise_twice(meet, monkeypatch)
    assert [end.messages for end in ends if end] == [["This paper is final already."]]
    assert Paper.objects.get().final
    assert rendered == ["rendered"]


def test_without_the_lock_a_paper_would_be_rendered_twice(meet, monkeypatch, no_row_locks):
    """The control: both render; the database itself keeps the first bytes."""
    _ends, rendered = finalise_twice(meet, monkeypatch)
    assert rendered == ["rendered"] * 2


PAPERS = pytest.mark.parametrize("kind", [MeetingPaper, SheetPaper])


def drop_while_writing(as_, meet, kind) -> Paper | Exception:
    """The correction of the minutes, or of the board, is written while somebody drops it."""
    stage = make_stage()
    of_meeting, of_season = partial(minutes_of, stage.meeting), partial(board_of, stage.season)
    write = of_meeting if kind is MeetingPaper else of_season
    old = write()
    old.finalise(b"%PDF-1.7", stage.cast.cedar)
    way = reverse("drop_correction", args=[old.correct("Ghi nhầm").pk])
    drop = meet.during(kind, "save", partial(as_(stage.cast.cedar).post, way))
    written, answer = together(write, drop)
    assert answer.status_code == 302
    assert kind.objects.get().final  # the one in force
    return written


@PAPERS
def test_a_correction_is_dropped_after_who_is_writing_it(as_, meet, kind):
    assert isinstance(drop_while_writing(as_, meet, kind), kind)


@PAPERS
def test_without_the_lock_the_correction_would_be_gone_while_it_is_written(
    as_, meet, no_row_locks, kind
):
    """The control: who writes finds no paper any more, and that is told nobody as a refusal."""
    assert isinstance(drop_while_writing(as_, meet, kind), DatabaseError)
