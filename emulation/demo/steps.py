"""The steps of a year, each through the verbs that the pages call."""

from collections.abc import Callable, Collection, Mapping
from datetime import date, time, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from awards.models import Aim, Award, Elector, PaperKeying, Question
from blocks import clock
from blocks.history import recorded
from blocks.models import Seat, Unit, User
from emulation.demo.cast import Played
from scoring.methods import Facts
from scoring.models import Activity, Inspection, RoleModel, Scale, Scorecard, Season
from scoring.phases import Column, Phase
from scoring.plan import propose
from scoring.scale_files import read

SCALES = Path(__file__).parent.parent.parent / "scoring" / "scales"
Say = Callable[[str], None]
FIELDS = ("actual", "target", "level", "points")


def as_said(facts: Facts) -> dict[str, Any]:
    """Return the facts as a card's ``write`` takes them."""
    return {name: value for name in FIELDS if (value := getattr(facts, name)) not in (None, "")}


def scale_from(season: Season, file: str, by: Seat) -> Scale:
    """Load a scale from its file, look at its sums, lock it."""
    with recorded(by.person_id):
        scale = Scale.from_file(season, read(SCALES / file))
        scale.lock(by)
    season.refresh_from_db()
    return scale


def activity(season: Season, by: Seat, name: str, units: Collection[Unit]) -> None:
    """Note what is done together on the day, and the units that take part."""
    with recorded(by.person_id):
        Activity(season=season, name=name, held_on=clock.today()).note(units, by)


def role_model(season: Season, played: Played, name: str, deed: str) -> None:
    """Let a unit's clerk hold up somebody of it as an example."""
    with recorded(played.clerk.pk):
        RoleModel(season=season, unit=played.unit, name=name, deed=deed).put(played.clerk_seat)


def targets_and_aims(
    card: Scorecard, played: Played, targets: Mapping[int, Decimal], awards: list[Award]
) -> None:
    """Register targets and titles: the clerk types and hands up, the principal sends both."""
    with recorded(played.clerk.pk):
        card.write(
            played.clerk, Column.TARGET, {key: {"target": base} for key, base in targets.items()}
        )
        seat = card.open_seat(played.clerk, Column.AIM)
        for award in awards:
            Aim.objects.create(card=card, award=award, seat=seat)
        for column in (Column.TARGET, Column.AIM):
            card.filing_of(seat, column).hand_up(seat)


def send(card: Scorecard, user: User, column: Column) -> None:
    """Approve and send one column, from the seat that the thing asks for."""
    with recorded(user.pk):
        seat = card.seat_for(user, column)
        if seat is None:
            raise AssertionError(f"{user} has no seat for {column} of {card}")
        card.filing_of(seat, column).send(seat)


def fill(card: Scorecard, user: User, column: Column, facts: Mapping[int, Facts]) -> None:
    """Fill a column: a registered base is not typed again."""
    own_base = {c.pk for c in card.season.criteria if c.denominator == "registered"}
    said = {}
    for key, fact in facts.items():
        fields = as_said(fact)
        if key in own_base:
            fields.pop("target", None)
        said[key] = fields
    with recorded(user.pk):
        card.write(user, column, said)


def appoint(card: Scorecard, inspector: Played) -> None:
    """Let the inspecting unit's clerk note that its principal leads the inspection that day."""
    boss = inspector.principal
    with recorded(inspector.clerk.pk):
        card.inspection.appoint(
            held_on=clock.today(),
            place="Trụ sở đơn vị",
            leader=str(boss),
            leader_position=boss.position,
        )


def find(
    card: Scorecard, user: User, facts: Mapping[int, Facts], why: Callable[[str], str]
) -> None:
    """Inspect a card: what differs from the claim is given its reason."""
    fill(card, user, Column.FOUND, facts)
    card = Scorecard.objects.for_sheet().get(pk=card.pk)
    reasons = {
        criterion.pk: {"note": why(criterion.code)}
        for criterion, _lack in card.lacking(Column.FOUND)
    }
    if reasons:
        with recorded(user.pk):
            card.write(user, Column.FOUND, reasons)


def half_year(facts: Mapping[int, Facts]) -> dict[int, Facts]:
    """Return about half of each ratio's result: the invented figures of the half year."""
    return {
        key: Facts(actual=Decimal(int(fact.actual / 2)), target=fact.target)
        for key, fact in facts.items()
        if fact.actual is not None and fact.target is not None
    }


def move(season: Season, phase: Phase, by: Seat) -> None:
    """Move the season on, by its head's principal."""
    with recorded(by.person_id):
        season.move_to(phase, by)
    season.refresh_from_db()


def plan(season: Season, by: Seat) -> None:
    """Propose the plan in rotation order, and fix it."""
    order = list(season.cards.order_by("turn").values_list("unit_id", flat=True))
    with recorded(by.person_id):
        Inspection.lay(season, propose(order, season.rules.inspectors_per_card))
        Inspection.fix(season, by)


def cast(question: Question, user: User, units: list[int]) -> None:
    """Cast a ballot that marks the candidates of these units."""
    with recorded(user.pk):
        question.cast(user, marks_of(question, units))


def letter(question: Question, unit: int, units: list[int], keyed_by: list[User]) -> None:
    """Key a letter's ballot twice, by two members of the counting committee.

    In a secret vote it is a paper of the box, and bears no name.
    """
    elector = None if question.is_secret else Elector.objects.get(question=question, unit=unit)
    for user in keyed_by:
        with recorded(user.pk):
            PaperKeying.key(question, user, marks_of(question, units), elector=elector)


def marks_of(question: Question, units: list[int]) -> list[int]:
    """Return the keys of the candidates of these units."""
    return list(question.candidates.filter(unit__in=units).values_list("pk", flat=True))


def on(day: date, hour: int = 9, minute: int = 0) -> Any:
    """Stand the clock on a day of the played year."""
    return clock.standing_on(day, time(hour, minute))


def days(count: int) -> timedelta:
    """Return so many days."""
    return timedelta(days=count)
