"""Measure the pages and print the figures: ``make bench``.

Everything happens in a database of its own that is made and dropped here. What is compared is
measured in turns, for the machine is never quiet. The ballots go through a real granian with one
worker and four threads over sixteen open connections; the generator shares the machine with it.
"""

import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

os.environ["DJANGO_SETTINGS_MODULE"] = "bench.settings"
os.environ.setdefault("PLAIN_HTTP", "1")

import django

django.setup()

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from awards.papers import minutes_facts
from bench import stage
from bench.load import CONNECTIONS, post_all, served
from bench.measure import Sample, in_turns, show
from emulation import postgres
from emulation.pdf import EPOCH, STATIC, clean, render_html
from scoring.phases import Column, Phase
from tests.served import request

TURNS = int(os.environ.get("TURNS", "10"))
BLOCKS = 10  # with an open question of 30 electors each
SET_ON = 16_700  # transactions a second of pgbench on the machine on which the aims were set
AS_TYPED = "application/x-www-form-urlencoded"  # as htmx posts a cell
PGBENCH = """\
SELECT "state" FROM "awards_question" WHERE "id" = {question};
INSERT INTO "bench_bare" ("id", "question", "marks")
    VALUES (gen_random_uuid(), {question}, '{{1}}');
"""


def browser(user: Any) -> Client:
    """A browser in which this person is logged in."""
    client = Client(headers={"host": "127.0.0.1"})
    client.force_login(user)
    return client


def getting(client: Client, address: str) -> Callable[[], None]:
    """What opens a page; it must answer 200."""

    def get() -> None:
        answer = client.get(address)
        if answer.status_code != 200:
            raise SystemExit(f"{address} answered {answer.status_code}")

    return get


def saving(client: Client, card: Any, line: Any) -> Callable[[], None]:
    """What saves one cell of the self-score, another value each time."""
    name, address = f"c{line.pk}-actual", f"{card.get_absolute_url()}?column={Column.CLAIMED}"
    stored = ["1"]

    def save() -> None:
        typed = "2" if stored[0] == "1" else "1"
        posted = {name: typed, f"was-{name}": stored[0]}
        answer = client.post(
            address, urlencode(posted), content_type=AS_TYPED, headers={"HX-Request": "true"}
        )
        if answer.status_code != 200:
            raise SystemExit(f"{address} answered {answer.status_code}")
        stored[0] = typed

    return save


def counted(sample: Sample) -> Sample:
    """Do it twice, count the queries of the second time."""
    sample.act()
    with CaptureQueriesContext(connection) as queries:
        sample.act()
    sample.queries = len(queries)
    return sample


def pages() -> list[Sample]:
    """The sheet, a cell, the board."""
    filling = stage.a_season(Phase.SELF_SCORING)
    inspecting = stage.a_season(Phase.INSPECTION)
    settling = stage.a_season(Phase.SETTLEMENT)
    owner, card = browser(filling.people[5]), filling.cards[5]
    inspector, inspected = browser(inspecting.people[6]), inspecting.cards[5]
    officer = browser(settling.officer)
    counts = [line for line, takes in filling.lines if takes == "actual"]
    board = reverse("show_board", args=[settling.season.pk])
    samples = [
        Sample(
            "open a sheet of 60 lines, self-scoring",
            getting(owner, card.get_absolute_url()),
            "aim ≤ 25 ms, ≤ 12 queries",
        ),
        Sample(
            "open a sheet of 60 lines, cross-inspection",
            getting(inspector, inspected.get_absolute_url()),
            "aim ≤ 25 ms, ≤ 12 queries",
        ),
        Sample("save one cell", saving(owner, card, counts[0]), "aim ≤ 12 ms"),
        Sample(
            "show the board of 30 units × 60 criteria",
            getting(officer, board),
            "aim ≤ 100 ms, ≤ 15 queries",
        ),
        Sample(
            "the same board by criteria",
            getting(officer, f"{board}?view=criteria"),
            "aim ≤ 100 ms, ≤ 15 queries",
        ),
    ]
    for sample in samples:
        counted(sample)
    in_turns(samples, TURNS, in_a_row=5)
    show(samples)
    return samples


def minutes() -> None:
    """The minutes through HTTP, beside WeasyPrint alone on the same page with the same options."""
    from weasyprint import HTML, Attachment

    held = stage.a_meeting_held(stage.a_season(Phase.SETTLEMENT))
    secretary = browser(held.people[0])
    facts = clean(minutes_facts(held.meeting))
    page = render_html("minutes", facts, {}, draft=True, title="Biên bản")
    text = json.dumps({"facts": facts}, ensure_ascii=False)

    def bare() -> None:
        kept = Attachment(string=text, name="facts.json", created=EPOCH, modified=EPOCH)
        html = HTML(string=page, base_url=STATIC.as_uri() + "/")
        html.write_pdf(pdf_variant="pdf/a-3a", pdf_tags=True, attachments=[kept])

    address = reverse("preview_minutes", args=[held.meeting.pk])
    ours = counted(Sample("render the minutes of 30 units", getting(secretary, address)))
    alone = Sample("bare WeasyPrint, same page and options", bare)
    in_turns([ours, alone], (TURNS + 1) // 2, in_a_row=2)
    ours.aim = f"× {ours.median / alone.median:.2f} (aim ≤ 1.25)"
    show([ours, alone])


def session_of(user: Any) -> str:
    """A session in which this person is logged in; returns its key."""
    store = SessionStore()
    store[SESSION_KEY] = str(user.pk)
    store[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    store[HASH_SESSION_KEY] = user.get_session_auth_hash()
    store.create()
    return str(store.session_key)


def ballots() -> float:
    """Ballots through the server, beside the bare view and pgbench, in turns.

    Returns how many transactions a second pgbench did; 0 where it is not installed.
    """
    casting, plain = [], []
    for _number in range(BLOCKS):
        held = stage.a_meeting(stage.a_season(Phase.SETTLEMENT, scored=False))
        chosen, *_others = held.question.candidates.all()
        for person in held.people:
            key = session_of(person)
            ballot = reverse("submit_ballot", args=[held.question.pk])
            casting.append(request(ballot, key, f"m{chosen.pk}=1"))
            plain.append(request(f"/bare/{held.question.pk}/", key, f"mark={chosen.pk}"))
    question = held.question.pk
    database = str(connection.settings_dict["NAME"])
    rates: dict[str, list[float]] = {"ours": [], "bare": [], "pgbench": []}
    with served(database) as server:
        for number in range(TURNS + 1):
            turn = {"ours": post_all(server, casting), "bare": post_all(server, plain)}
            if tool := pgbench():
                turn["pgbench"] = transactions(tool, database, question)
            for name, rate in turn.items():
                if number:  # the first turn warms up
                    rates[name].append(rate)
            with connection.cursor() as cursor:  # the next turn votes anew
                cursor.execute("TRUNCATE awards_voted, awards_urnpaper, bench_bare")
    ratio = statistics.median(
        ours / bare for ours, bare in zip(rates["ours"], rates["bare"], strict=True)
    )
    tell("cast a ballot through HTTP", rates["ours"], f"× {ratio:.2f} of bare (aim ≥ 0.60)")
    tell("bare view: one SELECT, one INSERT", rates["bare"], f"{CONNECTIONS} connections")
    if not rates["pgbench"]:
        print("  pgbench is left out: it is not installed (Debian: postgresql-contrib).")
        return 0
    tell("pgbench, the same two statements", rates["pgbench"], f"{CONNECTIONS} connections")
    return statistics.median(rates["pgbench"])


def tell(name: str, rates: list[float], words: str) -> None:
    """Print a row of rates."""
    low, high = min(rates), max(rates)
    print(f"  {name:<44}{statistics.median(rates):8.0f} /s  ({low:.0f} … {high:.0f})  {words}")


def compare(measured: list[Sample], faster: float) -> None:
    """Print what the pages would take where pgbench is ``faster`` by so much: there the aims were
    set, and this machine is another from hour to hour."""
    print(f"The aims in ms were set where pgbench does {SET_ON} /s, × {faster:.2f} of this run:")
    for sample in measured:
        print(f"  {sample.name:<44}{sample.median / faster:8.1f} ms there{'':26}{sample.aim}")


def pgbench() -> str:
    """Where pgbench is: beside the server's own programs, or the newest of Debian's; or nowhere."""
    beside = [folder / "pgbench" for folder in postgres.candidates()]
    found = [str(path) for path in beside if path.exists()]
    return next(iter(found), shutil.which("pgbench") or "")


def transactions(tool: str, database: str, question: int) -> float:
    """Run the two statements in a transaction by pgbench; return how many a second."""
    given = connection.settings_dict
    where = {"PGHOST": given["HOST"], "PGPORT": given["PORT"], "PGUSER": given["USER"]}
    secret = {"PGPASSWORD": given["PASSWORD"], "PGDATABASE": database}
    environment = os.environ | {k: str(v) for k, v in (where | secret).items() if v}
    with tempfile.TemporaryDirectory() as folder:
        script = Path(folder) / "ballot.sql"
        statements = PGBENCH.format(question=question)
        script.write_text(f"BEGIN;\n{statements}COMMIT;\n", encoding="utf-8")
        size = ["-c", str(CONNECTIONS), "-j", "2", "-t", "200"]
        answer = subprocess.run(
            [tool, "-n", *size, "-f", str(script)],
            env=environment, capture_output=True, text=True, check=True,
        ).stdout  # fmt: skip
    line = next(line for line in answer.splitlines() if line.startswith("tps"))
    return float(Decimal(line.split()[2]))


def main() -> None:
    """Make the database, measure, drop it."""
    connection.settings_dict["TEST"]["NAME"] = f"emulation_bench_{os.getpid()}"
    name = connection.settings_dict["NAME"]
    connection.creation.create_test_db(verbosity=0, serialize=False)
    try:
        print(
            f"Medians of {TURNS} turns, some in a row each; in brackets 10th and 90th percentile."
        )
        measured = pages()
        minutes()
        print(f"Ballots: medians of {TURNS} turns; in brackets the slowest and the fastest turn.")
        if rate := ballots():
            compare(measured, SET_ON / rate)
    finally:
        connection.creation.destroy_test_db(name, verbosity=0)


if __name__ == "__main__":
    sys.exit(main())
