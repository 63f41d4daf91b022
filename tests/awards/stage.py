"""A meeting on stage: the cast's block with its awards, rules, representatives and secretary.

Cedar's clerk writes; the principals of Ash, Birch, Cedar (and Elm 0, Elm 1, …) sit for their units.
"""

from datetime import datetime, timedelta
from types import SimpleNamespace

from django.urls import reverse
from django.utils import timezone

from awards.models import Meeting, PaperKeying
from awards.tally import Mode, Presence
from blocks import clock
from blocks.models import Office, Role
from scoring.models import Ranking
from scoring.phases import Phase
from tests.conftest import make_cast, person, put_in_phase
from tests.factories import AwardFactory, VoteRulesFactory
from tests.scoring.worked import settle_all

OPEN = {"mode": Mode.OPEN, "threshold_part": 50, "strict": True, "quota": 1}
FLAG = {"mode": Mode.SECRET, "threshold_part": 80, "quota": 1, "max_marks": 1}


def moment(text: str) -> datetime:
    """``2026-09-28 08:30`` of local time."""
    return timezone.make_aware(datetime.fromisoformat(text))


def make_stage(*, members: int = 3, flag=None, offices=(), called: bool = True) -> SimpleNamespace:
    """A season at its meeting, with one award to be voted, and a meeting that was called."""
    cast = make_cast(more_units=members - 3)
    put_in_phase(cast, Phase.MEETING)
    stage = SimpleNamespace(cast=cast, season=cast.season, secretary=cast.cedar_clerk)
    stage.people = {"Ash": cast.ash, "Birch": cast.birch, "Cedar": cast.cedar}
    for name, unit in list(cast.units.items())[3:]:
        stage.people[name] = person(name, Role.PRINCIPAL, unit=unit, position="Chánh Thanh tra")
    stage.award = AwardFactory(name="Cờ thi đua", short_name="Cờ", order=10, code="FLAG")
    stage.rules = VoteRulesFactory(season=cast.season, award=stage.award, **(FLAG | (flag or {})))
    for office in offices:
        VoteRulesFactory(season=cast.season, office=office, **OPEN)
    if called:
        call(stage)
    return stage


def call(stage) -> Meeting:
    """Call the meeting, for today at eight."""
    stage.meeting = Meeting.call(
        stage.season,
        starts_at=moment(f"{clock.today()} 08:00"),
        place="Hội trường",
        chair_name="Cedar",
        chair_position="Chánh Thanh tra",
        secretary=stage.secretary,
    )
    stage.question = stage.meeting.questions.first()
    return stage.meeting


def ranked(stage) -> Ranking:
    """Every card settled and a ranking fixed, its standings left to be told."""
    settle_all(stage.season)
    return Ranking.objects.create(season=stage.season, by=stage.cast.cedar_seat)


def seat(stage, *names: str) -> None:
    """Note the principals of these units (all of them, unless named) as present."""
    for name in names or stage.people:
        line(stage, name).sit(stage.people[name])


def without_account(stage, *names: str) -> None:
    """These units have somebody in the room who has no account."""
    for name in names:
        one = line(stage, name)
        one.presence, one.name = Presence.PRESENT, f"Ông {name}"
        one.save()


def line(stage, name: str):
    """The attendance of a unit."""
    return stage.meeting.attendances.get(unit=stage.cast.units[name])


def voting(stage, *names: str):
    """The meeting in session with these units present, its first question open."""
    seat(stage, *names)
    stage.meeting.open()
    stage.question.refresh_from_db()
    stage.question.open()
    return stage.question


def cast_by_all(question, stage, *names: str) -> None:
    """Everybody who represents a unit marks these."""
    for voter in stage.people.values():
        question.cast(voter, mark(question, *names))


def mark(question, *names: str) -> list[int]:
    """The keys of the candidates that are these units."""
    short = {c.unit.short_name: c.pk for c in question.candidates.all()}
    return [short[name] for name in names]


def committee(stage, *names: str) -> list:
    """Name the clerks of these units as the counting committee; return their people."""
    people = [getattr(stage.cast, f"{name.lower()}_clerk") for name in names]
    for one in people:
        stage.meeting.counters.create(person=one, name=one.full_name)
    return people


def key(question, people, marks=(), *, elector=None, spoiled=False) -> list:
    """Let these people key a paper, one after the other; return what became of it each time."""
    return [
        PaperKeying.key(question, one, marks, elector=elector, spoiled=spoiled) for one in people
    ]


def later(minutes: int) -> datetime:
    """So many minutes from now."""
    return clock.now() + timedelta(minutes=minutes)


BOTH_OFFICES = (Office.HEAD, Office.DEPUTY)


def address(name: str, thing, *more: str) -> str:
    """The address of this page of a thing."""
    return reverse(name, args=[thing.pk, *more])


def words(response) -> str:
    """What a page says, with single blanks."""
    return " ".join(response.content.decode().split())
