"""A secret vote stays one: nothing on record links voter and choice once it was closed.

While a vote is open the place of a row does link them; the first tests show it, so that the others
are known to look in the right place.
"""

import json
import threading
import time
from contextlib import closing

import pytest
from django.core.management import call_command
from django.db import connection, transaction
from django.urls import reverse
from factory.django import DjangoModelFactory

from awards.models import PaperKeying, PaperStack, Question, UrnPaper, Voted
from awards.models import ballots as ballot_models
from awards.models.box import LEAST_SECRET
from awards.tally import Mode, Presence
from emulation.logs import Discreet
from scoring.models.scale import _agreed
from tests.awards.stage import (
    cast_by_all,
    committee,
    key,
    line,
    make_stage,
    mark,
    voting,
)

EIGHT = 8  # as many members: two random orders are equal once in 40,320 times
DIFFERS_ANYWAY = {"id", "at", "request", "password", "last_login"}


def rows(sql: str, *values) -> list[tuple]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return cursor.fetchall()


def empty_the_database() -> None:
    """Begin where nothing was: two runs bear the same names, and no row fills another's gap."""
    call_command("flush", interactive=False, verbosity=0, reset_sequences=True)
    _agreed.cache_clear()  # the keys of scales begin again
    for factory in DjangoModelFactory.__subclasses__():
        factory.reset_sequence(0)


def eight_votes(*, exchanged: bool = False) -> Question:
    """Eight units vote in secret, each for another; ``exchanged``: two of them the other's way."""
    empty_the_database()
    stage = make_stage(members=EIGHT, flag={"threshold_part": 50})
    question = voting(stage)
    question.stage = stage
    names = list(stage.people)
    chosen = names[1:] + names[:1]
    if exchanged:
        chosen[0], chosen[5] = chosen[5], chosen[0]
    for name, mine in zip(names, chosen, strict=True):
        question.cast(stage.people[name], mark(question, mine))
    return question


def by_place(table: str, key: str, order: str) -> list:
    return [key for (key,) in rows(f'SELECT {key} FROM "{table}" ORDER BY {order}')]


def guessed_by(order: str, box: str) -> list[tuple[int, int]]:
    """Pair voters and choices as somebody would who reads both tables in this order."""
    voters = by_place("awards_voted", "elector_id", order)
    marks = by_place(box, "marks[1]", order)
    return list(zip(voters, marks, strict=True))


def true_pairs(question: Question) -> list[tuple[int, int]]:
    names = list(question.stage.people)
    electors = {e.unit.short_name: e.pk for e in question.electors.all()}
    chosen = names[1:] + names[:1]
    return [
        (electors[name], mark(question, mine)[0]) for name, mine in zip(names, chosen, strict=True)
    ]


def photograph() -> dict[str, list]:
    """Everything the database holds, but what is another in each run: keys of ballots, times.

    With each row stands its place, and which transaction wrote it, counted from the first.
    """
    tables = rows(
        "SELECT tablename FROM pg_tables WHERE schemaname = 'public'"
        " AND tablename NOT LIKE 'django_%%' ORDER BY 1"
    )
    found: dict[str, list] = {}
    writers = set()
    for (table,) in tables:
        found[table] = []
        for row, xmin, ctid in rows(
            f'SELECT row_to_json(t), t.xmin::text::bigint, t.ctid::text FROM "{table}" t'
        ):
            kept = {name: value for name, value in row.items() if name not in DIFFERS_ANYWAY}
            writers.add(xmin)
            found[table].append([json.dumps(kept, sort_keys=True), xmin, ctid])
    first = {xmin: place for place, xmin in enumerate(sorted(writers))}
    for table, lines in found.items():
        for one in lines:
            one[1] = first[one[1]]
            if table == "awards_ballot":  # the shuffle's own order, looked at apart
                one[2] = ""
        lines.sort()
    return found


# --- while it is open, and after ---


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("order", ["ctid", "xmin::text::bigint"])
def test_while_open_the_place_of_a_row_links_voter_and_choice_and_after_closing_it_does_not(order):
    question = eight_votes()
    assert sorted(guessed_by(order, "awards_urnpaper")) == sorted(true_pairs(question))
    question.close()
    assert len({xmin for (xmin,) in rows("SELECT xmin::text FROM awards_ballot")}) == 1
    assert sorted(guessed_by("ctid", "awards_ballot")) != sorted(true_pairs(question))
    assert sorted(guessed_by("id", "awards_ballot")) != sorted(true_pairs(question))


@pytest.mark.django_db(transaction=True)
def test_exchanging_two_votes_leaves_the_same_database():
    """What differs while the vote is open is the same once it was closed: in every table."""
    open_photographs, closed_photographs = [], []
    for exchanged in (False, True):
        question = eight_votes(exchanged=exchanged)
        open_photographs.append(photograph())
        question.close()
        closed_photographs.append(photograph())
    one, other = open_photographs
    assert [table for table in one if one[table] != other[table]] == ["awards_urnpaper"]
    one, other = closed_photographs
    assert [table for table in one if one[table] != other[table]] == []
    assert one["awards_ballot"]
    assert one["blocks_change"]


@pytest.mark.django_db(transaction=True)
def test_the_urn_is_swept_after_the_closing_was_committed():
    question = eight_votes()
    assert rows("SELECT pg_relation_size('awards_urnpaper') > 0") == [(True,)]
    question.close()
    assert not UrnPaper.objects.exists()
    assert rows("SELECT pg_relation_size('awards_urnpaper')") == [(0,)]


@pytest.mark.django_db(transaction=True)
def test_the_sweep_waits_for_who_still_sees_the_rows():
    question = eight_votes()
    looking = threading.Event()

    def look() -> None:
        with closing(connection), transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
                cursor.execute("SELECT count(*) FROM awards_urnpaper")
            looking.set()
            time.sleep(0.7)

    reader = threading.Thread(target=look)
    reader.start()
    looking.wait(5)
    question.close()
    reader.join()
    assert rows("SELECT pg_relation_size('awards_urnpaper')") == [(0,)]


@pytest.mark.django_db(transaction=True)
def test_without_the_sweep_the_rows_of_the_urn_would_stay(monkeypatch):
    monkeypatch.setattr(ballot_models, "sweep_the_urn", lambda: None)
    question = eight_votes()
    question.close()
    assert not UrnPaper.objects.exists()
    assert rows("SELECT pg_relation_size('awards_urnpaper') > 0") == [(True,)]


@pytest.mark.django_db(transaction=True)
def test_a_cancelled_secret_question_is_shuffled_and_swept_too():
    question = eight_votes()
    question.cancel("Danh sách sai")
    assert sorted(guessed_by("ctid", "awards_ballot")) != sorted(true_pairs(question))
    assert rows("SELECT pg_relation_size('awards_urnpaper')") == [(0,)]


def boxed(*, papers: int, exchanged: str = "") -> Question:
    """Eight units vote in secret, some on papers from the box; three or more papers as a stack.

    ``exchanged``: two on screens, or two whose papers are in the box, chose the other's way.
    """
    empty_the_database()
    stage = make_stage(members=EIGHT, flag={"threshold_part": 50})
    names = list(stage.people)
    on_screen, on_paper = names[:-papers], names[-papers:]
    for name in on_paper:
        one = line(stage, name)
        one.presence, one.name = Presence.PRESENT, name
        one.save()
    question = voting(stage, *on_screen)
    question.stage = stage
    chosen = ["Ash", "Birch", *on_screen[2:]]
    if exchanged == "screen":
        chosen[:2] = ["Birch", "Ash"]
    for name, mine in zip(on_screen, chosen, strict=True):
        question.cast(stage.people[name], mark(question, mine))
    people = committee(stage, "Ash", "Birch")
    if papers < LEAST_SECRET:
        for mine in ("Ash", "Cedar")[:papers]:
            key(question, people, mark(question, mine))
    else:
        counts = {"issued": papers, "returned": papers, "valid": papers, "blank": 0, "spoiled": 0}
        yes = dict.fromkeys(question.keys_listed, 0) | {mark(question, "Ash")[0]: papers}
        for one in people:
            PaperStack.count(question, one, counts | {"yes": yes})
    return question


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("papers", [2, 4])
def test_with_papers_from_the_box_too_exchanging_two_votes_leaves_the_same_database(papers):
    open_photographs, closed_photographs = [], []
    for exchanged in ("", "screen"):
        question = boxed(papers=papers, exchanged=exchanged)
        open_photographs.append(photograph())
        question.close()
        closed_photographs.append(photograph())
    one, other = open_photographs
    assert [table for table in one if one[table] != other[table]] == ["awards_urnpaper"]
    one, other = closed_photographs
    assert [table for table in one if one[table] != other[table]] == []
    assert len(one["awards_voted"]) == EIGHT - papers


@pytest.mark.django_db(transaction=True)
def test_papers_keyed_one_by_one_are_swept_with_the_urn():
    question = boxed(papers=2)
    assert rows("SELECT pg_relation_size('awards_paperkeying') > 0") == [(True,)]
    question.close()
    assert rows("SELECT pg_relation_size('awards_paperkeying')") == [(0,)]
    assert question.ballots.count() == EIGHT
    assert not question.ballots.exclude(elector=None).exists()


@pytest.mark.django_db(transaction=True)
def test_counts_of_a_stack_that_were_taken_back_are_swept_too():
    question = boxed(papers=4)
    question.box.forget_stack()
    question.cancel("Mất hòm phiếu")
    assert rows("SELECT pg_relation_size('awards_paperstack')") == [(0,)]


@pytest.mark.django_db
def test_no_answer_address_session_or_log_line_says_what_was_marked(as_, caplog):
    """The key of the one that is marked is like no other number; then the ballot is in the urn."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT setval('awards_candidate_id_seq', 987654320)")
    stage = make_stage()
    question = voting(stage)
    marked = str(mark(question, "Birch")[0])
    client = as_(stage.cast.ash)
    with caplog.at_level("DEBUG"):
        ballot = client.get(reverse("cast_ballot", args=[question.pk]))
        assert marked in ballot.content.decode()  # the control: there it can be marked
        answer = client.post(reverse("submit_ballot", args=[question.pk]), {f"m{marked}": "1"})
        after = client.get(answer.headers["Location"])
    assert UrnPaper.objects.get().marks == [int(marked)]
    assert marked not in answer.headers["Location"] + answer.content.decode()
    assert marked not in after.content.decode()
    assert marked not in str(dict(client.session)) + str(client.cookies)
    django_logs = [r.getMessage() for r in caplog.records if r.name != "django.db.backends"]
    assert not [said for said in django_logs if marked in said]


@pytest.mark.django_db
def test_an_error_while_casting_logs_nothing_of_the_ballot(as_, caplog):
    with connection.cursor() as cursor:
        cursor.execute("SELECT setval('awards_candidate_id_seq', 987654320)")
    stage = make_stage()
    question = voting(stage)
    marked = str(mark(question, "Birch")[0])
    with connection.cursor() as cursor:  # the urn breaks
        cursor.execute("ALTER TABLE awards_urnpaper ADD CONSTRAINT torn CHECK (false) NOT VALID")
    client = as_(stage.cast.ash)
    client.raise_request_exception = False
    answer = client.post(reverse("submit_ballot", args=[question.pk]), {f"m{marked}": "1"})
    assert answer.status_code >= 400
    assert not Voted.objects.exists()
    lines = [Discreet().format(record) for record in caplog.records]
    assert lines
    assert marked not in "".join(lines) + answer.content.decode().replace(f"m{marked}", "")


@pytest.mark.django_db
def test_ballots_of_a_secret_question_have_no_elector():
    stage = make_stage()
    question = voting(stage)
    for person in stage.people.values():
        question.cast(person, mark(question, "Ash"))
    question.close()
    assert question.ballots.count() == 3
    assert not question.ballots.exclude(elector=None).exists()


@pytest.mark.django_db
def test_history_knows_who_voted_and_no_ballot():
    stage = make_stage()
    question = voting(stage)
    cast_by_all(question, stage, "Birch")
    question.close()
    tables = {table for (table,) in rows('SELECT DISTINCT "table" FROM blocks_change')}
    assert "awards_voted" in tables
    assert not tables & {"awards_ballot", "awards_urnpaper", "awards_paperkeying"}


@pytest.mark.django_db
def test_what_a_letter_says_is_forgotten_once_it_was_keyed():
    stage = make_stage(members=4)
    line(stage, "Elm 0").write_in()
    question = voting(stage, "Ash", "Birch", "Cedar")
    key(question, committee(stage, "Ash", "Birch"), mark(question, "Ash"))
    assert not PaperKeying.objects.exists()
    for name in ("Ash", "Birch"):
        question.cast(stage.people[name], mark(question, "Ash"))
    question.close()
    assert [ballot.elector for ballot in question.ballots.all()] == [None] * 3


# --- the pages ---


@pytest.mark.django_db
def test_a_member_s_page_never_names_who_has_voted(as_):
    stage = make_stage(flag={"mode": Mode.SECRET})
    question = voting(stage)
    question.cast(stage.cast.ash, mark(question, "Birch"))
    member = as_(stage.cast.birch).get(stage.meeting.get_absolute_url()).content.decode()
    desk = as_(stage.secretary).get(stage.meeting.get_absolute_url()).content.decode()
    assert "has voted" in desk
    assert "has voted" not in member
    assert "<b>01</b>/03" in member


@pytest.mark.django_db
def test_the_projector_shows_how_many_have_voted_and_nobody_s_name(as_):
    stage = make_stage()
    question = voting(stage)
    question.cast(stage.cast.ash, mark(question, "Birch"))
    page = as_(stage.secretary).get(reverse("project_meeting", args=[stage.meeting.pk]))
    assert "01/03" in page.content.decode()
    assert not [name for name in ("Ash", "Birch") if f"huyện {name}" in page.content.decode()]


@pytest.mark.django_db
def test_no_page_shows_a_count_before_the_closing(as_):
    stage = make_stage()
    question = voting(stage)
    for person in stage.people.values():
        question.cast(person, mark(question, "Birch"))
    page = as_(stage.secretary).get(question.get_absolute_url()).content.decode()
    assert "phiếu đồng ý" not in page
