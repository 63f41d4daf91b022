"""What is measured: blocks of 30 units with a scale of 60 lines, and questions open to all."""

from decimal import Decimal
from types import SimpleNamespace

from awards.models import Meeting, Question
from awards.tally import Mode, Presence
from blocks import clock
from blocks.models import Membership, Role, Seat, Unit, UnitName, User
from scoring.methods import Method
from scoring.models import (
    Entry,
    Filing,
    InspectingUnit,
    Inspection,
    Ranking,
    Scale,
    Scorecard,
    Season,
    StaffFigures,
)
from scoring.phases import Column, FilingState, Phase
from tests import factories
from tests.factories import LONG_AGO

UNITS = 30
SECTIONS, IN_EACH = 6, 9  # lines: 6 + 6 × 9 = 60
FILLED = {
    Phase.SELF_SCORING: (Column.TARGET, Column.INTERIM, Column.CLAIMED),
    Phase.INSPECTION: (Column.TARGET, Column.INTERIM, Column.CLAIMED, Column.FOUND),
    Phase.SETTLEMENT: (*Column,),
}
# What the nine lines of a section are, and what is said on each.
LINES = (
    (dict(method=Method.PROPORTIONAL, denominator="registered", measure="cuộc", each=None), "both"),
    (dict(method=Method.PROPORTIONAL, measure="vụ", each=None), "both"),
    (dict(method=Method.DEDUCT, each=Decimal("0.5")), "actual"),
    (dict(method=Method.SELECT, levels=[["XS", "2"], ["T", "1"], ["K", "0"]], each=None), "level"),
    (dict(method=Method.COUNT, each=Decimal("0.2")), "actual"),
    (dict(method=Method.PASS_FAIL, each=None), "actual"),
    (dict(method=Method.MANUAL, each=None), "points"),
    (dict(method=Method.TIERED, tiers=[["90", "2"], ["50", "1"]], each=None), "both"),
    (dict(method=Method.PROPORTIONAL, measure="bài", each=None), "both"),
)
SAID = {
    "both": {"actual": Decimal(9), "target": Decimal(10)},
    "actual": {"actual": Decimal(1)},
    "level": {"level": "T"},
    "points": {"points": Decimal("1.5"), "note": "Theo biên bản làm việc"},
}


def a_block() -> SimpleNamespace:
    """A block of 30 units with their names, a principal each, and an officer above them."""
    authority = factories.AuthorityFactory()
    block = factories.BlockFactory(authority=authority)
    units = Unit.objects.bulk_create(
        Unit(authority=authority, since=LONG_AGO) for _number in range(UNITS)
    )
    UnitName.objects.bulk_create(
        UnitName(
            unit=unit,
            name=f"Thanh tra huyện số {unit.pk}",
            short_name=f"Huyện {unit.pk}",
            since=LONG_AGO,
        )
        for unit in units
    )
    Membership.objects.bulk_create(
        Membership(block=block, unit=unit, official_order=order, turn=order, since=LONG_AGO)
        for order, unit in enumerate(units, start=1)
    )
    people = User.objects.bulk_create(
        User(username=f"principal{unit.pk}", full_name=f"Nguyễn Văn {unit.pk}", password="!")
        for unit in units
    )
    Seat.objects.bulk_create(
        Seat(person=person, role=Role.PRINCIPAL, unit=unit, since=LONG_AGO)
        for person, unit in zip(people, units, strict=True)
    )
    officer = factories.UserFactory(password="!")
    factories.SeatFactory(person=officer, role=Role.OFFICER, authority=authority)
    return SimpleNamespace(block=block, units=units, people=people, officer=officer)


def a_season(phase: Phase, *, scored: bool = True) -> SimpleNamespace:
    """A block's year in this phase; everything that is said by then is said on every line."""
    on = a_block()
    on.season = factories.SeasonFactory(block=on.block, head=on.units[0], deputy=on.units[1])
    factories.SeasonRulesFactory(season=on.season, tie_rules=[])
    on.seat = on.people[0].seats.get()
    if scored:
        on.lines = _scale(on)
    on.cards = Scorecard.objects.bulk_create(
        Scorecard(season=on.season, unit=unit, official_order=order, turn=order)
        for order, unit in enumerate(on.units, start=1)
    )
    visits = Inspection.objects.bulk_create(Inspection(card=card) for card in on.cards)
    InspectingUnit.objects.bulk_create(
        InspectingUnit(inspection=visit, unit=on.units[(place + 1) % UNITS])
        for place, visit in enumerate(visits)
    )
    if scored:
        _say(on, FILLED[phase])
    Season.objects.filter(pk=on.season.pk).update(phase=phase)
    on.season = Season.objects.get(pk=on.season.pk)
    return on


def _scale(on: SimpleNamespace) -> list:
    """The locked scale of 60 lines: which facts each takes, by criterion."""
    total = SECTIONS * IN_EACH * 2
    scale: Scale = factories.ScaleFactory(season=on.season, total=Decimal(total))
    lines = []
    for number in range(1, SECTIONS + 1):
        section = factories.CriterionFactory(
            scale=scale, code=f"{number}", method=Method.SECTION, max=IN_EACH * 2, each=None
        )
        for place, (rule, takes) in enumerate(LINES, start=1):
            code = f"{number}.{place}"
            name = f"Thực hiện nhiệm vụ được giao theo kế hoạch công tác năm, nội dung {code}"
            line = factories.CriterionFactory(
                scale=scale, parent=section, code=code, name=name, max=2, **rule
            )
            lines.append((line, takes))
    scale.lock(on.seat)
    return lines


def _say(on: SimpleNamespace, columns: tuple[Column, ...]) -> None:
    """Fill these columns of every card; all but the last were sent."""
    seats = {seat.unit_id: seat for seat in Seat.objects.filter(unit__in=on.units)}
    said, filed = [], []
    for card in on.cards:
        for column in columns:
            filed.append(
                Filing(
                    card=card,
                    column=column,
                    unit_id=card.unit_id,
                    state=FilingState.FILLING if column == columns[-1] else FilingState.SENT,
                    sent_at=None if column == columns[-1] else clock.now(),
                )
            )
            for line, takes in on.lines:
                if column == Column.TARGET:
                    facts = {"target": Decimal(10)} if line.wants_target else {}
                else:
                    facts = dict(SAID[takes])
                    if line.wants_target:
                        del facts["target"]
                if facts and column != Column.AIM:
                    said.append(
                        Entry(
                            card=card,
                            criterion=line,
                            column=column,
                            seat=seats[card.unit_id],
                            **facts,
                        )
                    )
    Entry.objects.bulk_create(said, batch_size=2000)
    Filing.objects.bulk_create(filed)
    StaffFigures.objects.bulk_create(
        StaffFigures(
            card=card,
            people=20,
            advanced=15,
            fighters=3,
            all_completed=True,
            seat=seats[card.unit_id],
        )
        for card in on.cards
    )


def a_meeting(season: SimpleNamespace) -> SimpleNamespace:
    """The season's meeting in session, everybody present, its secret question open."""
    Season.objects.filter(pk=season.season.pk).update(phase=Phase.SETTLEMENT)
    season.season.refresh_from_db()
    if season.season.scale_id:
        Filing.objects.filter(card__season=season.season, column=Column.FINAL).update(
            state=FilingState.SENT, sent_at=clock.now(), unit=season.units[0]
        )
        Ranking.fix(season.season, season.seat)
    Season.objects.filter(pk=season.season.pk).update(phase=Phase.MEETING)
    season.season.refresh_from_db()
    award = factories.AwardFactory()
    factories.VoteRulesFactory(
        season=season.season,
        award=award,
        mode=Mode.SECRET,
        threshold_part=80,
        quota=1,
        max_marks=1,
    )
    season.meeting = Meeting.call(
        season.season,
        starts_at=clock.now(),
        place="Hội trường",
        chair_name="Nguyễn Văn A",
        chair_position="Chánh Thanh tra",
        secretary=season.people[0],
    )
    for line, person in zip(season.meeting.attendances.all(), season.people, strict=True):
        line.presence, line.representative = Presence.PRESENT, person
        line.name, line.position = person.full_name, "Chánh Thanh tra"
        line.save()
    season.meeting.open()
    season.question = season.meeting.questions.get()
    season.question.open()
    return season


def a_meeting_held(season: SimpleNamespace) -> SimpleNamespace:
    """The meeting after its vote: all cast for one of two units, the question was counted."""
    a_meeting(season)
    question: Question = season.question
    marks = [candidate.pk for candidate in question.candidates.all()[:2]]
    for place, person in enumerate(season.people):
        question.cast(person, [marks[place % 5 == 0]])
    question.close()
    if following := question.following.first():
        following.cancel("Kết thúc đo")
    season.meeting.close()
    return season
