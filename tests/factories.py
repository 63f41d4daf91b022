"""The dullest valid things; a test states only what matters to it."""

from datetime import date
from decimal import Decimal

import factory
from factory.django import DjangoModelFactory

from awards.models import Award, VoteRules
from blocks.models import (
    Authority,
    Block,
    Membership,
    Recognition,
    Role,
    Seat,
    Term,
    Unit,
    UnitName,
    User,
)
from scoring.methods import Method
from scoring.models import Criterion, PhaseDate, Scale, Season, SeasonRules

LONG_AGO = date(2019, 1, 1)
PASSWORD = "một mật khẩu dài"


class AuthorityFactory(DjangoModelFactory):
    class Meta:
        model = Authority

    name = factory.Sequence(lambda n: f"Thanh tra tỉnh {n}")
    short_name = factory.Sequence(lambda n: f"TTT {n}")
    place = "Quảng Ngãi"


class UnitFactory(DjangoModelFactory):
    class Meta:
        model = Unit

    authority = factory.SubFactory(AuthorityFactory)
    since = LONG_AGO


class UnitNameFactory(DjangoModelFactory):
    class Meta:
        model = UnitName

    unit = factory.SubFactory(UnitFactory)
    name = factory.Sequence(lambda n: f"Thanh tra huyện {n}")
    short_name = factory.Sequence(lambda n: f"Huyện {n}")
    since = LONG_AGO


class UserFactory(DjangoModelFactory):
    class Meta:
        model = User

    username = factory.Sequence(lambda n: f"person{n}")
    full_name = factory.Sequence(lambda n: f"Nguyễn Văn {n}")
    password = factory.django.Password(PASSWORD)


class SeatFactory(DjangoModelFactory):
    class Meta:
        model = Seat

    person = factory.SubFactory(UserFactory)
    role = Role.CLERK
    since = LONG_AGO


class BlockFactory(DjangoModelFactory):
    class Meta:
        model = Block

    authority = factory.SubFactory(AuthorityFactory)
    code = factory.Sequence(lambda n: f"K{n}")
    name = factory.Sequence(lambda n: f"Khối thi đua số {n}")
    short_name = factory.Sequence(lambda n: f"Khối {n}")
    since = LONG_AGO


class MembershipFactory(DjangoModelFactory):
    class Meta:
        model = Membership

    block = factory.SubFactory(BlockFactory)
    unit = factory.SubFactory(UnitFactory)
    official_order = factory.Sequence(lambda n: n)
    turn = factory.Sequence(lambda n: n)
    since = LONG_AGO


class RecognitionFactory(DjangoModelFactory):
    class Meta:
        model = Recognition

    authority = factory.SubFactory(AuthorityFactory)
    year = 2026
    about = "về việc công nhận Khối trưởng, Khối phó"


class TermFactory(DjangoModelFactory):
    class Meta:
        model = Term

    since = date(2026, 1, 1)
    recognition = factory.SubFactory(RecognitionFactory)


class SeasonFactory(DjangoModelFactory):
    class Meta:
        model = Season

    block = factory.SubFactory(BlockFactory)
    year = 2026


class SeasonRulesFactory(DjangoModelFactory):
    class Meta:
        model = SeasonRules

    season = factory.SubFactory(SeasonFactory)
    tie_rules = ["section I", "fewer penalties"]


class PhaseDateFactory(DjangoModelFactory):
    class Meta:
        model = PhaseDate


class ScaleFactory(DjangoModelFactory):
    class Meta:
        model = Scale

    season = factory.SubFactory(SeasonFactory)
    name = "Thang điểm 2026"
    total = Decimal(100)
    classification = [["90", "Xuất sắc"], ["80", "Tốt"], ["0", "Khá"]]


class CriterionFactory(DjangoModelFactory):
    class Meta:
        model = Criterion

    scale = factory.SubFactory(ScaleFactory)
    order = factory.Sequence(lambda n: n)
    code = factory.Sequence(lambda n: f"X.{n}")
    name = factory.Sequence(lambda n: f"Tiêu chí {n}")
    method = Method.COUNT
    each = Decimal(1)


class AwardFactory(DjangoModelFactory):
    class Meta:
        model = Award

    code = factory.Sequence(lambda n: f"AWARD{n}")
    name = factory.Sequence(lambda n: f"Bằng khen số {n}")
    short_name = factory.Sequence(lambda n: f"BK{n}")
    since = LONG_AGO


class VoteRulesFactory(DjangoModelFactory):
    class Meta:
        model = VoteRules

    season = factory.SubFactory(SeasonFactory)
    source = "Quy chế của Khối"
