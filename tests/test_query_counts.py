"""A page asks the database as often for many rows as for few: every address that is read.

Each address of ``tests/test_doors.py`` is asked on a small stage and on a larger one, where there
is more of whatever a page may list; the larger one may not cost a query more.
"""

import re
from collections import Counter

import pytest
from django.db import connection, transaction
from django.test import Client, override_settings
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tests.crowd import crowd
from tests.doors import ROLES, make_world
from tests.test_doors import DOORS, IN_COOKIES, log_in, named

pytestmark = pytest.mark.django_db
MORE = 2
READ = [door for door in DOORS if door.read]

# What the walk leaves out: set as PDF; where the queries of its facts are counted instead.
ELSEWHERE = {
    "card_pdf": "tests/scoring/test_papers.py",
    "board_pdf": "tests/scoring/test_papers.py",
    "inspection_pdf": "tests/scoring/test_inspection_minutes.py",
    "preview_minutes": "tests/awards/test_minutes.py",
    "preview_count": "tests/awards/test_minutes.py",
    "preview_proposal": "tests/test_proposals.py",
    "nominees_pdf": "tests/test_proposals.py",
}
WALKED = [door for door in READ if door.name not in ELSEWHERE]
# What stands behind the address where a bare one would show nothing.
ASKED = {"search": {"q": "Rừng"}}
# What a unit's principal sees otherwise than an officer.
OWN_PAGES = {
    "home", "show_season", "list_activities", "fill_card", "fill_aims", "show_line",
    "explain_line", "show_meeting", "show_question",
}  # fmt: skip


def walk(more: int) -> dict:
    """Read every page of a stage with so many more units, lines and rows; nothing of it stays."""
    with transaction.atomic():
        it = make_world(more).own
        crowd(it, 1 + more)
        keys = {role: log_in(someone) for role, someone in it.people.items()}
        found = {
            (n, door.label, role): asked(it, door, keys[role])
            for n, door in enumerate(WALKED)
            for role in readers(door)
        }
        transaction.set_rollback(True)
    return found


def readers(door) -> set[str]:
    """An officer if one may, or who else acts there; where a unit sees another page, it too."""
    may = [role for role in ("officer", "secretary", "head", *ROLES) if role in door.may]
    return {may[0]} | ({"principal"} if door.name in OWN_PAGES else set())


def asked(it, door, key: str) -> Counter[str]:
    """How often the page of a door asks what, numbers aside; what it writes is taken back."""
    browser = Client()
    browser.cookies["sessionid"] = key
    address = reverse(door.name, args=door.on(it) if door.on else [])
    with transaction.atomic():
        with CaptureQueriesContext(connection) as queries:
            answer = browser.get(address, ASKED.get(door.name, {}))
        if answer.streaming:
            b"".join(answer.streaming_content)
        transaction.set_rollback(True)
    assert answer.status_code == door.answers, address
    return Counter(re.sub(r"\d+(\)?, \(?\d+)*", "N", query["sql"]) for query in queries)


def test_no_page_costs_more_queries_on_a_larger_stage(tmp_path):
    with override_settings(MEDIA_ROOT=tmp_path, SESSION_ENGINE=IN_COOKIES):
        few, many = walk(0), walk(MORE)
    grown = {
        page: {statement[:300]: more for statement, more in (many[page] - few[page]).items()}
        for page in few
        if many[page].total() > few[page].total()
    }
    assert grown == {}


def test_every_address_that_is_read_is_walked_or_left_out_with_a_reason():
    walked = {door.name for door in WALKED}
    only_sent = {door.name for door in DOORS} - {door.name for door in DOORS if door.read}
    assert walked.isdisjoint(ELSEWHERE)
    assert walked | set(ELSEWHERE) | only_sent == named()
