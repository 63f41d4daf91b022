"""Hundreds of requests that no page of ours sends: each is refused with a sentence, none is kept.

The tables below are multiplied into requests. After each the database holds exactly what it held
before: every table is counted and hashed.
"""

# ruff: noqa: E501 -- one line a request

import io
import itertools
import zipfile
from urllib.parse import quote

import pytest
from django.apps import apps
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.urls import reverse

from scoring.models import Entry
from scoring.phases import Column, Phase
from tests.awards.stage import make_stage, voting
from tests.conftest import make_cast, put_in_phase
from tests.factories import CriterionFactory

pytestmark = pytest.mark.django_db

HUGE = "9" * 30
LONG = "a" * 5000
NFD = "Kế hoạch năm"
RTL = "\u202e21"

# What is no figure of any kind, in whatever field of figures it is typed.
NO_FIGURES = {
    "a word": "mười", "letters among digits": "1O0", "not a number": "NaN", "infinity": "Infinity",
    "a sign of infinity": "∞", "an exponent": "1e5", "hexadecimal": "0x10", "below zero": "-1",
    "two signs": "--5", "two commas": "1,2,3", "a fraction": "½", "a division": "1/2",
    "a formula": "=1+1", "markup": "<b>5</b>", "SQL": "1; DROP TABLE blocks_unit",
    "a null byte": "1\0", "only a null byte": "\0", "written from the right": RTL,
    "a line break": "1\n2", "huge": HUGE, "endless": "1" * 5000, "too many decimals": "1,123456789",
    "underscores": "1_000", "Arabic digits": "١٢", "a path": "../../etc/passwd",
}  # fmt: skip
# Python reads these as numbers, and a key is one: they name nothing that there is.
NO_KEYS = NO_FIGURES | {"underscores": "999_999_999", "Arabic digits": "٩٩٩٩٩٩٩٩٩"}
NO_LEVELS = {
    "unknown": "Z", "a number": "1", "a null byte": "T\0", "long": LONG, "from the right": RTL,
    "markup": "<script>", "another case": "xs", "a list": "XS,T",
}  # fmt: skip
NO_TEXTS = {"a null byte": "lý do\0", "too long": LONG}
NO_DAYS = {
    "no day": "31/02/2026", "no month": "1/13/2026", "words": "hôm qua", "a null byte": "1/1/2026\0",
    "huge": HUGE, "year zero": "1/1/0", "reversed": "2026/01/01x", "negative": "-1/1/2026",
}  # fmt: skip


def state():
    """How many rows every table holds, and their hash."""
    tables = [model._meta.db_table for model in apps.get_models() if model._meta.managed]
    parts = [
        f"SELECT '{t}', count(*), md5(coalesce(string_agg(r::text, '|' ORDER BY r::text), '')) "
        f"FROM {t} r"
        for t in tables
        if t != "django_session"
    ]
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(parts))
        return {table: rest for table, *rest in cursor.fetchall()}


def log_in(person):
    browser = Client(raise_request_exception=False)
    browser.force_login(person)
    browser.cookies["django_language"] = "en"
    return browser


def refused(answers, *, but=()):
    """Send the requests one by one; return what was not refused with a sentence, or was kept."""
    before, wrong, count = state(), {}, 0
    for name, send in answers:
        answer = send()
        count += 1
        text = b"".join(answer.streaming_content) if answer.streaming else answer.content
        if not 400 <= answer.status_code < 500:
            wrong[name] = answer.status_code
        elif len(text.strip()) < 10:
            wrong[name] = "no sentence"
        if (now := state()) != before:
            before, wrong[name] = now, f"{answer.status_code}, and something was kept"
    return wrong, count


HTMX = {"HX-Request": "true"}


# The sheet


@pytest.fixture
def sheet(db):
    """Ash scores itself; the columns' fields are open."""
    cast = make_cast()
    put_in_phase(cast, Phase.REGISTRATION)
    cast.card.write(cast.ash, Column.TARGET, {cast.lines.plan.pk: {"target": 10}})
    put_in_phase(cast, Phase.SELF_SCORING)
    cast.browser = log_in(cast.ash)
    cast.address = f"/cards/{cast.card.pk}/"
    return cast


def cells(cast):
    """Every kind of field of the sheet with what it never holds."""
    lines = cast.lines
    return [
        (f"c{lines.plan.pk}-actual", NO_FIGURES),
        (f"c{lines.sudden.pk}-target", NO_FIGURES),
        (f"c{lines.late.pk}-actual", NO_FIGURES),
        ("staff-people", NO_FIGURES),
        (f"c{lines.party.pk}-level", NO_LEVELS),
        (f"c{lines.plan.pk}-note", NO_TEXTS),
        ("as-of", NO_DAYS),
    ]


def test_no_field_of_a_sheet_takes_what_it_never_holds(sheet):
    stored = {f"c{sheet.lines.plan.pk}-actual": "", "as-of": ""}

    def sends():
        for name, values in cells(sheet):
            for what, value in values.items():
                posted = {name: value, f"was-{name}": stored.get(name, "")}
                yield (
                    f"{name}: {what}",
                    lambda p=posted: sheet.browser.post(sheet.address, p, headers=HTMX),
                )

    wrong, count = refused(sends())
    assert wrong == {}
    assert count >= 100


def test_a_field_of_a_sheet_takes_what_it_holds(sheet):
    name = f"c{sheet.lines.plan.pk}-actual"
    answer = sheet.browser.post(sheet.address, {name: "7,5", f"was-{name}": ""}, headers=HTMX)
    assert answer.status_code == 200
    assert str(Entry.objects.get(column=Column.CLAIMED).actual) == "7.5000"


def test_a_sheet_takes_no_field_that_is_not_its_own(sheet):
    other = CriterionFactory()
    names = {
        "a section": f"c{sheet.lines.top.pk}-actual", "a line of another scale": f"c{other.pk}-actual",
        "no such line": "c0-actual", "a huge line": f"c{HUGE}-actual", "an endless line": f"c{'9' * 5000}-actual",
        "a negative line": "c-1-actual", "another column's fact": f"c{sheet.lines.plan.pk}-target",
        "points of a counted line": f"c{sheet.lines.late.pk}-points", "no fact": f"c{sheet.lines.plan.pk}-",
        "an unknown fact": f"c{sheet.lines.plan.pk}-seat", "the card itself": "card", "the state": "state",
        "unknown staff": "staff-seat", "a null byte": f"c{sheet.lines.plan.pk}-actual\0", "empty": "",
        "other digits": f"c{'١٢'}-actual", "a path": "../../etc", "long": LONG,
    }  # fmt: skip
    wrong, count = refused(
        (
            what,
            lambda n=name, h=how: sheet.browser.post(
                sheet.address, {n: "5", f"was-{n}": ""}, headers=h
            ),
        )
        for what, name in names.items()
        for how in (HTMX, {})
    )
    assert wrong == {}
    assert count == 2 * len(names)


BODIES = {
    "nothing": ("application/x-www-form-urlencoded", b""),
    "no UTF-8": ("application/x-www-form-urlencoded", b"%(name)s=%%ff%%fe&was-%(name)s="),
    "half a letter": ("application/x-www-form-urlencoded", b"%(name)s=%%e1%%ba&was-%(name)s="),
    "raw bytes": ("application/x-www-form-urlencoded", b"%(name)s=\xff\xfe&was-%(name)s="),
    "a surrogate": ("application/x-www-form-urlencoded", b"%(name)s=%%ed%%a0%%80&was-%(name)s="),
    "JSON": ("application/json", b'{"%(name)s": "5", "was-%(name)s": ""}'),
    "plain text": ("text/plain", b"%(name)s=5"),
    "XML": ("application/xml", b"<!DOCTYPE x [<!ENTITY e SYSTEM 'file:///etc/passwd'>]><x>&e;</x>"),
    "no type": ("", b"%(name)s=5&was-%(name)s="),
    "a form without bounds": ("multipart/form-data", b"--x\r\n"),
    "a form broken off": ("multipart/form-data; boundary=x", b'--x\r\nContent-Disposition: form-data; name="a'),
    "an unknown coding": ("application/x-www-form-urlencoded; charset=utf-99", b"%(name)s=x&was-%(name)s="),
    "too many fields": ("application/x-www-form-urlencoded", b"&".join(b"was-%d=" % n for n in range(6000))),
    "too long": ("application/x-www-form-urlencoded", b"%(name)s=" + b"9" * (6 * 1024 * 1024)),
    "the field twice, the last one wrong": ("application/x-www-form-urlencoded", b"%(name)s=5&%(name)s=x&was-%(name)s="),
}  # fmt: skip


def test_a_sheet_reads_only_forms(sheet):
    name = f"c{sheet.lines.plan.pk}-actual".encode()
    wrong, _count = refused(
        (
            what,
            lambda b=body, k=kind: sheet.browser.generic(
                "POST",
                sheet.address,
                b.replace(b"%(name)s", name).replace(b"%%", b"%"),
                content_type=k,
            ),
        )
        for what, (kind, body) in BODIES.items()
    )
    assert wrong == {}


def test_a_sheet_is_only_read_and_sent(sheet):
    wrong, _count = refused(
        (method, lambda m=method: sheet.browser.generic(m, sheet.address))
        for method in ("PUT", "PATCH", "DELETE")
    )
    assert wrong == {}


def test_an_act_that_is_none_is_refused(sheet):
    acts = ["destroy", "\0", "../send", "send\0", HUGE, LONG, "gửi", RTL, "send_back", "take_back"]
    wrong, _count = refused(
        (act, lambda a=act: sheet.browser.post(
            reverse("submit_card", args=[sheet.card.pk], query={"column": "claimed", "act": a})))
        for act in acts
    )  # fmt: skip
    assert wrong == {}


# Files


def zipped(**files):
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return target.getvalue()


PDF, PNG, JPEG = b"%PDF-1.7\n", b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff\xe0"
FILES = {
    "an empty file": ("a.pdf", b""),
    "a text that says it is a PDF": ("a.pdf", b"hello, this is no PDF"),
    "a page of HTML": ("a.html", b"<html><script>alert(1)</script>"),
    "HTML that says it is a PDF": ("a.pdf", b"<html><script>alert(1)</script>"),
    "an SVG": ("a.svg", b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>'),
    "an SVG that says it is a PNG": ("a.png", b'<svg xmlns="http://www.w3.org/2000/svg"/>'),
    "a program": ("a.exe", b"MZ\x90\x00" + b"\0" * 60),
    "a program that says it is a PDF": ("a.pdf", b"MZ\x90\x00" + b"\0" * 60),
    "a script": ("a.sh", b"#!/bin/sh\nrm -rf /"),
    "a script that says it is a picture": ("a.jpg", b"#!/bin/sh\nrm -rf /"),
    "an archive": ("a.zip", zipped(a="b")),
    "an archive that says it is a document": ("a.docx", zipped(a="b")),
    "an archive that says it is a table": ("a.xlsx", zipped(a="b")),
    "an archive broken off": ("a.docx", zipped(**{"word/document.xml": "<x/>"})[:40]),
    "an old document": ("a.doc", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600),
    "a GIF": ("a.gif", b"GIF89a" + b"\0" * 40),
    "a PDF behind something else": ("a.pdf", b"<html>" + b" " * 2000 + PDF),
    "only the first byte of a PDF": ("a.pdf", b"%"),
    "only null bytes": ("a.pdf", b"\0" * 100),
    "too large": ("a.pdf", PDF + b"0" * (20 * 1024 * 1024)),
    "a JSON": ("a.json", b"{}"),
    "a certificate": ("a.pem", b"-----BEGIN PRIVATE KEY-----"),
    "an mbox": ("a.eml", b"From: a@b\r\n\r\nx"),
    "a name of a path and no PDF": ("../../../etc/passwd", b"root:x:0:0"),
    "a name with a null byte and no PDF": ("a.pdf\0.exe", b"MZ"),
    "a name from the right and no PDF": ("a\u202efdp.exe", b"MZ"),
    "a long name and no PDF": ("a" * 4000 + ".pdf", b"MZ"),
}  # fmt: skip


def uploads(cast):
    return reverse("add_evidence", args=[cast.card.pk, cast.lines.plan.pk])


@pytest.fixture
def media(tmp_path, settings):
    settings.MEDIA_ROOT = tmp_path / "media"
    return settings.MEDIA_ROOT


def kept(media):
    return sorted(path for path in media.rglob("*") if path.is_file()) if media.exists() else []


def test_no_file_is_taken_for_what_its_name_says(sheet, media):
    wrong, count = refused(
        (what, lambda n=name, c=content: sheet.browser.post(
            uploads(sheet), {"file": SimpleUploadedFile(n, c, "application/pdf")}))
        for what, (name, content) in FILES.items()
    )  # fmt: skip
    assert wrong == {}
    assert kept(media) == []
    assert count == len(FILES)


PAPERS = {
    "nothing at all": {},
    "a text for a file": {"file": "/etc/passwd"},
    "a null byte in the subject": {"number": "1", "subject": "a\0", "dated": "1/1/2026"},
    "a null byte in the number": {"number": "1\0", "symbol": "BC", "dated": "1/1/2026"},
    "a long number": {"number": LONG, "symbol": "BC", "dated": "1/1/2026", "subject": "x"},
    "a long symbol": {"number": "1", "symbol": LONG, "dated": "1/1/2026", "subject": "x"},
    "a long subject": {"number": "1", "symbol": "BC", "dated": "1/1/2026", "subject": LONG},
    **{
        f"dated {what}": {"number": "1", "symbol": "BC", "subject": "x", "dated": day}
        for what, day in NO_DAYS.items()
    },
}  # fmt: skip


def test_no_paper_is_named_that_cannot_be(sheet, media):
    wrong, _count = refused(
        (what, lambda p=posted: sheet.browser.post(uploads(sheet), p))
        for what, posted in PAPERS.items()
    )
    assert wrong == {}


NAMES = ["../../../etc/passwd.pdf", "..\\..\\boot.pdf", "/etc/cron.d/x.pdf", "a\u202efdp.pdf", NFD + ".pdf",
         "CON.pdf", " .pdf", "%2e%2e%2fx.pdf", "a" * 150 + ".pdf"]  # fmt: skip


@pytest.mark.parametrize("name", NAMES)
def test_a_file_lies_where_we_put_it_whatever_its_name(sheet, media, name):
    answer = sheet.browser.post(
        uploads(sheet), {"file": SimpleUploadedFile(name, PDF, "application/pdf")}
    )
    assert answer.status_code in (302, 422)
    for path in kept(media):
        assert path.parent == media / "evidence"
        assert "passwd" not in path.name


# Ballots


@pytest.fixture
def ballot(db):
    """Ash has a secret ballot of one mark before it; another question has candidates of its own."""
    stage = make_stage(members=5, offices=("head",))
    stage.open = voting(stage)
    stage.browser = log_in(stage.cast.ash)
    return stage


def test_no_ballot_is_cast_that_is_none(ballot):
    own = [f"m{candidate.pk}" for candidate in ballot.open.candidates.all()]
    first, second = own[0], own[1]
    marks = {
        **{f"marked {what}": {first: value} for what, value in (NO_LEVELS | NO_FIGURES).items() if value != "1"},
        "two marks of one": {first: "1", second: "1"},
        "everybody": dict.fromkeys(own, "1"),
        "one candidate twice over": {first: ["1", "x"]},
    }  # fmt: skip
    pages = [reverse(name, args=[ballot.open.pk]) for name in ("cast_ballot", "submit_ballot")]
    wrong, count = refused(
        (f"{what} {page}", lambda p=posted, a=page: ballot.browser.post(a, p))
        for (what, posted), page in itertools.product(marks.items(), pages)
    )
    assert wrong == {}
    assert count >= 60


def test_no_ballot_names_whom_it_does_not_list(ballot):
    strangers = {
        "of another question": "m999999", "huge": f"m{HUGE}", "endless": "m" + "9" * 5000,
        "a unit": f"m{ballot.cast.ash_unit.pk}x", "nobody": "m", "negative": "m-1", "null": "m1\0",
        "the elector": "elector", "the unit": "unit", "the question": "question",
    }  # fmt: skip
    page = reverse("submit_ballot", args=[ballot.open.pk])
    wrong, _count = refused(
        (what, lambda n=name: ballot.browser.post(page, {n: "1"}))
        for what, name in strangers.items()
    )
    assert wrong == {}


# Addresses


KEYS = ["0", HUGE, "9" * 5000, "-1", "1.5", "1e3", "١٢", "NaN", "%00", "..", "%2e%2e%2f", "%ff"]
THINGS = ["cards", "seasons", "blocks", "units", "people", "papers", "questions", "meetings",
          "recognitions", "evidence", "inspections", "letters", "history/card", "scales", "activities",
          "role-models"]  # fmt: skip


def test_an_address_of_nothing_is_no_page(sheet):
    wrong, count = refused(
        (f"{thing} {key}", lambda t=thing, k=key: sheet.browser.get(f"/{t}/{k}/"))
        for thing in THINGS
        for key in KEYS
        if (thing, key) != ("cards", "..")
    )
    assert wrong == {}
    assert count >= 150


STRANGE = ["\0", HUGE, "-1", "NaN", LONG, RTL, "' OR 1=1 --", "<b>", "%", "_", "\\", "[]"]
QUERIES = ["/search/?q=", "/people/?q=", "/units/?q=", "/people/?page=", "/units/?page=",
           "/papers/?year=", "/papers/?block=", "/papers/?kind=", "/papers/?page=", "/people/new/?unit=",
           "/log-in/?next="]  # fmt: skip


def test_no_query_breaks_a_list(sheet):
    browser = log_in(sheet.officer)
    before = state()
    own = [f"/cards/{sheet.card.pk}/?column=", f"/seasons/{sheet.season.pk}/board/?view=",
           f"/seasons/{sheet.season.pk}/scale/?version=", f"/history/across/{sheet.block.pk}/?person=",
           f"/history/across/{sheet.block.pk}/?since=", f"/history/across/{sheet.block.pk}/?kind=",
           f"/history/card/{sheet.card.pk}/?line="]  # fmt: skip
    broken = {
        page + value: status
        for page in [*QUERIES, *own]
        for value in STRANGE
        if (status := browser.get(page + quote(value)).status_code) >= 500
    }
    assert broken == {}
    assert state() == before


# The other forms


def test_no_other_form_takes_what_it_never_holds(sheet):
    stage, officer = sheet, log_in(sheet.officer)
    unit = {
        "authority": stage.authority.pk,
        "name": "Đơn vị",
        "short_name": "ĐV",
        "since": "1/1/2020",
    }
    person = {"full_name": "Nguyễn Văn Bình", "honorific": "Ông", "username": "binh", "role": "clerk",
              "unit": stage.ash_unit.pk, "since": "1/1/2026"}  # fmt: skip
    member = {
        "unit": stage.dogwood_unit.pk,
        "official_order": "9",
        "turn": "9",
        "since": "1/1/2026",
    }
    forms = [
        ("/units/new/", unit, {"name": NO_TEXTS, "since": NO_DAYS, "authority": NO_KEYS}),
        ("/people/new/", person, {"full_name": NO_TEXTS, "username": NO_TEXTS, "role": NO_LEVELS}),
        (f"/blocks/{stage.block.pk}/members/new/", member,
         {"unit": NO_KEYS, "official_order": NO_FIGURES, "since": NO_DAYS}),
        (f"/seasons/{stage.season.pk}/targets/add/", {"text": "Chỉ tiêu", "value": "1"},
         {"text": NO_TEXTS, "value": NO_FIGURES}),
        (f"/seasons/{stage.season.pk}/activities/add/",
         {"name": "Hội thao", "held_on": "1/9/2026", "units": stage.ash_unit.pk},
         {"name": NO_TEXTS, "held_on": NO_DAYS, "units": NO_KEYS}),
        (f"/cards/{stage.card.pk}/role-models/add/", {"name": "Bà Lan", "deed": "Sáng kiến"},
         {"name": NO_TEXTS, "deed": NO_TEXTS}),
        (f"/seasons/{stage.season.pk}/offices/", {"head": stage.ash_unit.pk, "reason": "x"},
         {"head": NO_KEYS, "reason": {"a null byte": "x\0", "long": LONG}}),
    ]  # fmt: skip
    wrong, count = refused(
        (f"{page} {name}: {what}", lambda a=page, p=good | {name: value}: officer.post(a, p))
        for page, good, fields in forms
        for name, values in fields.items()
        for what, value in values.items()
    )
    assert wrong == {}
    assert count >= 100


def test_a_log_in_survives_anything(db):
    browser = Client(raise_request_exception=False)
    wrong, _count = refused(
        (
            f"{name} {value[:9]!r}",
            lambda p={"username": "a", "password": "b"} | {name: value}: browser.post(
                "/log-in/", p
            ),
        )
        for name in ("username", "password")
        for value in ("\0", LONG, RTL, "a\0b", NFD, "' OR 1=1", "%ff")
    )
    assert wrong == {}
