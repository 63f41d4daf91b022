"""The cast: Ash is judged, Birch inspects Ash, Cedar is head, Dogwood is outside.

One block of three members in 2026, with its scale locked and its cards dealt. Each unit has a
principal (``cast.ash``) and a clerk (``cast.ash_clerk``); ``cast.officer`` looks after the block;
``cast.stranger`` is an officer of another authority.
"""

import os
import re
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from html import unescape
from types import SimpleNamespace

import pytest
from django.db import connection
from django.test import Client
from hypothesis import HealthCheck, settings

os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")  # playwright keeps an event loop here

# No test is timed: a busy machine may take as long as it needs.
settings.register_profile("calm", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("calm")

TODAY = date(2026, 9, 28)


@pytest.fixture(autouse=True)
def the_clock_stands():
    """Every test is on 28 September 2026 unless it says otherwise."""
    from blocks import clock

    with clock.standing_on(TODAY):
        yield


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup, django_db_blocker):
    """The database of the tests: in the end it is dropped, whoever is still connected to it.

    Once browsers were started, what runs is connected in Playwright's context; when that ends,
    nobody closes the connection.
    """
    yield
    with django_db_blocker.unblock(), connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )


def person(name: str, role: str, *, unit=None, authority=None, position=""):
    from tests.factories import SeatFactory, UserFactory

    user = UserFactory(username=name.lower().replace(" ", "_"), full_name=name)
    SeatFactory(person=user, role=role, unit=unit, authority=authority, position=position)
    return user


def a_unit(authority, name: str):
    from tests.factories import UnitFactory, UnitNameFactory

    unit = UnitFactory(authority=authority)
    UnitNameFactory(unit=unit, name=f"Thanh tra huyện {name}", short_name=name)
    return unit


def a_scale(season, more: int = 0):
    """A locked scale of 100: I (60) and II (40); ``more`` penalty lines make it longer."""
    from scoring.methods import Method
    from scoring.models import Denominator
    from tests.factories import CriterionFactory, ScaleFactory

    scale = ScaleFactory(season=season)
    top = CriterionFactory(scale=scale, code="I", name="Nhiệm vụ", method=Method.SECTION, max=60)
    other = CriterionFactory(scale=scale, code="II", name="Thi đua", method=Method.SECTION, max=40)
    lines = SimpleNamespace(scale=scale, top=top, other=other)
    lines.plan = CriterionFactory(
        scale=scale, parent=top, code="I.1", name="Kế hoạch năm", method=Method.PROPORTIONAL,
        max=40, denominator=Denominator.REGISTERED, measure="cuộc", each=None,
    )  # fmt: skip
    lines.sudden = CriterionFactory(
        scale=scale, parent=top, code="I.2", name="Đột xuất", method=Method.PROPORTIONAL,
        max=20, each=None,
    )  # fmt: skip
    lines.party = CriterionFactory(
        scale=scale, parent=other, code="II.1", name="Xếp loại chi bộ", method=Method.SELECT,
        max=20, levels=[["XS", "20"], ["T", "15"], ["K", "0"]], each=None,
    )  # fmt: skip
    lines.late = CriterionFactory(
        scale=scale, parent=other, code="II.2", name="Báo cáo chậm", method=Method.DEDUCT,
        max=20, each=Decimal("0.5"),
    )  # fmt: skip
    lines.bonus = CriterionFactory(
        scale=scale, code="B.1", name="Khen thưởng", method=Method.COUNT, max=6, each=3, bonus=True
    )
    lines.more = [
        CriterionFactory(scale=scale, code=f"P.{n}", name=f"Điểm trừ {n}", penalty=True)
        for n in range(more)
    ]
    return lines


def make_cast(*, more_lines: int = 0, more_units: int = 0) -> SimpleNamespace:
    """Put the cast on stage; ``more_lines`` and ``more_units`` make it larger for query counts."""
    from blocks.models import Role
    from scoring.models import InspectingUnit, Inspection, Scorecard
    from tests import factories

    authority = factories.AuthorityFactory(name="Thanh tra tỉnh Quảng Ngãi", short_name="TTT")
    block = factories.BlockFactory(authority=authority, name="Khối thi đua Rừng", code="RUNG")
    cast = SimpleNamespace(authority=authority, block=block, units={})
    names = ["Ash", "Birch", "Cedar", *(f"Elm {n}" for n in range(more_units))]
    for order, name in enumerate(names, start=1):
        unit = a_unit(authority, name)
        factories.MembershipFactory(block=block, unit=unit, official_order=order, turn=order)
        cast.units[name] = unit
        if order <= 3:
            low = name.lower()
            setattr(cast, f"{low}_unit", unit)
            setattr(cast, low, person(name, Role.PRINCIPAL, unit=unit, position="Chánh Thanh tra"))
            setattr(cast, f"{low}_clerk", person(f"{name} clerk", Role.CLERK, unit=unit))
    cast.dogwood_unit = a_unit(authority, "Dogwood")
    cast.dogwood = person("Dogwood", Role.PRINCIPAL, unit=cast.dogwood_unit)
    cast.officer = person("Oak", Role.OFFICER, authority=authority)
    cast.other_authority = factories.AuthorityFactory(name="Thanh tra tỉnh Khác")
    cast.stranger = person("Stranger", Role.OFFICER, authority=cast.other_authority)
    recognition = factories.RecognitionFactory(
        authority=authority,
        number="140",
        symbol="TTT-VP",
        dated=date(2026, 1, 20),
        signer="Nguyễn A",
    )
    for role, unit in (("head", cast.cedar_unit), ("deputy", cast.birch_unit)):
        factories.TermFactory(block=block, unit=unit, role=role, recognition=recognition)
    recognition.issue()
    cast.recognition = recognition
    cast.season = factories.SeasonFactory(
        block=block, head=cast.cedar_unit, deputy=cast.birch_unit, theme="Siết chặt kỷ cương"
    )
    factories.SeasonRulesFactory(season=cast.season)
    cast.lines = a_scale(cast.season, more_lines)
    cast.cedar_seat = cast.cedar.seats.get()
    cast.lines.scale.lock(cast.cedar_seat)
    cast.season.refresh_from_db()
    for order, unit in enumerate(cast.units.values(), start=1):
        Scorecard.objects.create(season=cast.season, unit=unit, official_order=order, turn=order)
    units = list(cast.units.values())
    for place, unit in enumerate(units):  # Birch inspects Ash, Cedar Birch, …, Ash the last
        card = cast.season.cards.get(unit=unit)
        inspection = Inspection.objects.create(card=card)
        InspectingUnit.objects.create(inspection=inspection, unit=units[(place + 1) % len(units)])
    cast.card = cast.season.cards.get(unit=cast.ash_unit)
    return cast


@pytest.fixture
def cast(db):
    return make_cast()


@pytest.fixture
def in_phase(cast) -> Callable:
    """Put the cast's season into a phase, whatever it needs; only tests may."""
    return lambda phase: put_in_phase(cast, phase)


def put_in_phase(cast, phase):
    from scoring.models import Scorecard, Season

    Season.objects.filter(pk=cast.season.pk).update(phase=phase)
    cast.season.refresh_from_db()
    cast.season.__dict__.pop("dates_by_phase", None)
    cast.card = Scorecard.objects.get(pk=cast.card.pk)
    return cast.season


def ticked(answer) -> dict:
    """What the tick posts that an answer shows to ask whether something unusual is meant."""
    shown = re.search(r'<input type="checkbox" name="anyway"[^>]*>', answer.content.decode())
    value = re.search(r'value="([^"]*)"', shown[0])
    return {"anyway": unescape(value[1])}


@pytest.fixture
def as_() -> Callable:
    """A browser logged in as this person, speaking English unless told otherwise."""

    def log_in(user, language: str = "en") -> Client:
        client = Client(headers={"accept-language": language})
        client.force_login(user)
        client.cookies["django_language"] = language
        return client

    return log_in


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args):
    return {
        **browser_type_launch_args,
        "executable_path": "/usr/bin/chromium",
        "args": [
            "--no-sandbox",
            "--disable-gpu",
            "--disable-quic",
            "--no-first-run",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
        ],
    }
