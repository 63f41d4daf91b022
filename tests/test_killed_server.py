"""A web process is killed between click and answer: nothing acknowledged is lost, nothing doubled.

The process is a real granian on a free port, on the database of the tests; it dies as at a loss of
power. PostgreSQL goes on.
"""

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

import pytest
from django.db import connection, transaction
from django.urls import reverse

from awards.models import UrnPaper, Voted
from scoring.models import Entry
from scoring.phases import Column, Phase
from tests.awards.stage import make_stage, mark, voting
from tests.conftest import make_cast, put_in_phase
from tests.scoring.sheets import address, key
from tests.served import Served, request

pytestmark = pytest.mark.django_db(transaction=True)

OURS, WITHOUT_TRANSACTIONS = (
    "emulation.wsgi:application",
    "tests.without_transactions:application",
)
LONGEST = 30  # seconds


@pytest.fixture
def serve():
    """Start the application on the database of the tests; what still runs is killed at the end."""
    servers = []

    def start(application: str = OURS) -> Served:
        database = connection.settings_dict["NAME"]
        servers.append(Served.start(application, "tests.settings", database))
        return servers[-1]

    yield start
    for server in servers:
        server.kill()


def session_of(as_, person) -> str:
    return as_(person).cookies["sessionid"].value


def wait_until(holds) -> None:
    """Look again and again, for a while."""
    until = time.monotonic() + LONGEST
    while not holds():
        assert time.monotonic() < until, "it never came"
        time.sleep(0.02)


def busy(event: str) -> list[int]:
    """The connections to this database that wait for ``event``."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_stat_clear_snapshot()")  # a transaction looks once otherwise
        cursor.execute(
            "SELECT pid FROM pg_stat_activity WHERE datname = current_database()"
            " AND (wait_event_type = %s OR wait_event = %s)",
            [event, event],
        )
        return [pid for (pid,) in cursor.fetchall()]


def killed_while_casting(server: Served, ballot: bytes) -> tuple[int, int]:
    """Kill the server when it wants to put the paper into the urn, after it noted who voted.

    Returns the answer, and how many have voted by what is stored then.
    """
    with ThreadPoolExecutor(1) as browser:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("LOCK TABLE awards_urnpaper IN EXCLUSIVE MODE")
            told = browser.submit(server.ask, ballot)
            wait_until(lambda: busy("Lock"))
            server.kill()
            for pid in busy("Lock"):  # PostgreSQL notices that nobody is there any more
                cursor.execute("SELECT pg_terminate_backend(%s)", [pid])
            wait_until(lambda: not busy("Lock"))
        return told.result(LONGEST), Voted.objects.count()


def a_ballot(as_) -> bytes:
    """Ash's ballot, ready to be sent."""
    stage = make_stage()
    question = voting(stage)
    path = reverse("submit_ballot", args=[question.pk])
    return request(path, session_of(as_, stage.cast.ash), f"m{mark(question, 'Birch')[0]}=1")


def test_a_ballot_whose_server_dies_is_not_half_cast_and_is_cast_again(as_, serve):
    ballot = a_ballot(as_)
    assert killed_while_casting(serve(), ballot) == (0, 0)
    assert UrnPaper.objects.count() == 0
    again = serve()
    assert again.ask(ballot) == 302
    assert again.ask(ballot) == 409
    assert Voted.objects.count() == UrnPaper.objects.count() == 1


def test_without_transactions_the_ballot_of_who_has_voted_would_be_lost(as_, serve):
    """The control: the unit is noted as having voted, and its paper is in no urn."""
    ballot = a_ballot(as_)
    assert killed_while_casting(serve(WITHOUT_TRANSACTIONS), ballot) == (0, 1)
    assert UrnPaper.objects.count() == 0


SLOW = """
CREATE FUNCTION commit_slowly() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN PERFORM pg_sleep(1); RETURN NULL; END $$;
CREATE CONSTRAINT TRIGGER commit_slowly AFTER INSERT ON awards_urnpaper
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION commit_slowly();
"""


def test_a_ballot_that_was_stored_and_not_answered_is_not_cast_twice(as_, serve):
    """The server dies while PostgreSQL commits: the voter clicks again and is told."""
    ballot, server = a_ballot(as_), serve()
    with connection.cursor() as cursor:
        cursor.execute(SLOW)
    try:
        with ThreadPoolExecutor(1) as browser:
            told = browser.submit(server.ask, ballot)
            wait_until(lambda: busy("PgSleep"))
            server.kill()
            assert told.result(LONGEST) == 0
        wait_until(Voted.objects.count)
        assert serve().ask(ballot) == 409
        assert Voted.objects.count() == UrnPaper.objects.count() == 1
    finally:
        with connection.cursor() as cursor:
            cursor.execute("DROP FUNCTION commit_slowly CASCADE")


def test_every_cell_that_was_acknowledged_is_stored_when_the_server_dies(as_, serve):
    cast = make_cast(more_lines=200)
    put_in_phase(cast, Phase.SELF_SCORING)
    idle = set(busy("Client"))  # whoever else is connected
    server, session = serve(), session_of(as_, cast.ash)
    saved, enough = [], threading.Event()

    def type_on() -> None:
        for line in cast.lines.more:
            body = f"{key(line)}=3&was-{key(line)}="
            cell = request(address(cast.card, "claimed"), session, body, **{"HX-Request": "true"})
            if server.ask(cell) != 200:
                return
            saved.append(line.pk)
            if len(saved) == 5:
                enough.set()

    def type_until_nobody_answers() -> None:
        with suppress(OSError):  # nobody listens any more
            type_on()

    clerk = threading.Thread(target=type_until_nobody_answers)
    clerk.start()
    assert enough.wait(LONGEST)
    server.kill()
    clerk.join(LONGEST)
    wait_until(lambda: idle.issuperset(busy("Client")))
    stored = Entry.objects.filter(column=Column.CLAIMED, actual=3)
    keys = list(stored.order_by("pk").values_list("criterion", flat=True))
    assert keys[: len(saved)] == saved
    assert len(keys) <= len(saved) + 1  # one may have been stored and not been answered
