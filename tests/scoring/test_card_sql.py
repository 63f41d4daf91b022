"""What pages ask of cards in SQL is what the cards say themselves, whatever befell them."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import date, time, timedelta
from decimal import Decimal

import pytest
from django.core.exceptions import ObjectDoesNotExist, PermissionDenied, ValidationError
from django.db import models, transaction
from django.db.models.expressions import RawSQL
from django.utils import timezone

from blocks import clock
from blocks.models import Role, User
from emulation.turns import Turn, Turns
from scoring.models import (
    Agreement,
    Criterion,
    Entry,
    Evidence,
    Exemption,
    Explanation,
    InspectingUnit,
    Inspection,
    Scorecard,
    Season,
)
from scoring.models.card_sql import UNSETTLED, not_inspected
from scoring.models.entry import facts_said
from scoring.models.scorecard import Response
from scoring.phases import OWNED, Column, Phase
from tests.conftest import TODAY, person
from tests.factories import SeatFactory
from tests.scoring.sheets import fill, fill_staff
from tests.scoring.worked import sent

REFUSED = (PermissionDenied, ValidationError, ObjectDoesNotExist)


class Deeds:
    """What may befall Ash's card: each deed is a verb, done by who may do it, or refused."""

    def __init__(self, cast) -> None:
        self._cast = cast

    @property
    def _season(self) -> Season:
        return Season.objects.get(pk=self._cast.season.pk)

    @property
    def _card(self) -> Scorecard:
        return Scorecard.objects.for_sheet().get(pk=self._cast.card.pk)

    @property
    def _settler(self) -> User:
        unit = self._card.settler
        return getattr(self._cast, unit.short_name.lower()) if unit else self._cast.officer

    def _line(self, name: str) -> Criterion:
        """The line on the scale that holds now, whatever its code became."""
        return self._season.scale.criteria.get(name=getattr(self._cast.lines, name).name)

    def _send(self, user: User, column: Column) -> None:
        seat = user.seats.get()
        self._card.filing_of(seat, column).send(seat)

    def _say(self, user: User, column: Column, value: int) -> None:
        said = {self._line("late").pk: {"actual": Decimal(value), "note": "Sổ"}}
        self._card.write(user, column, said)

    def _reply(self, said: dict | None = None) -> None:
        waits = Explanation.objects.get(answered_at=None, criterion=self._line("late"))
        waits.card = self._card
        waits.reply(self._settler, "Đã đối chiếu.", said)

    # While the units score themselves

    def leave_out(self) -> None:
        Exemption.leave_out(self._card, self._cast.lines.late, self._cast.cedar_seat, "Không giao")

    def back(self) -> None:
        says = {"number": "5", "dated": TODAY, "subject": "Kết luận", "original_seen": True}
        Evidence.attach(self._card, self._cast.ash, Column.CLAIMED, self._cast.lines.party, **says)

    def claim(self) -> None:
        self._send(self._cast.ash, Column.CLAIMED)

    def register_not(self) -> None:
        """Ash does not register; the year has moved on to the self-scores since."""
        self._season._enter(Phase.REGISTRATION, self._cast.cedar_seat, "")
        self._season.waive(self._cast.ash_unit, Column.TARGET, self._cast.cedar_seat, "Mới")
        self._season._enter(Phase.SELF_SCORING, self._cast.cedar_seat, "")

    def register(self) -> None:
        self._season._enter(Phase.REGISTRATION, self._cast.cedar_seat, "")
        self._season.waivers.get(unit=self._cast.ash_unit).withdraw(self._cast.cedar_seat, "Nhầm")
        self._season._enter(Phase.SELF_SCORING, self._cast.cedar_seat, "")

    def excuse_ash(self) -> None:
        self._season.waive(self._cast.ash_unit, Column.CLAIMED, self._cast.cedar_seat, "Sáp nhập")

    def ask_ash(self) -> None:
        self._season.waivers.get(unit=self._cast.ash_unit).withdraw(self._cast.cedar_seat, "Nhầm")

    def inspect(self) -> None:
        """Birch inspects Ash, and nobody the others: theirs are excused."""
        self._season.move_to(Phase.INSPECTION, self._cast.cedar_seat)
        for unit in (self._cast.ash_unit, self._cast.cedar_unit):
            self._season.waive(unit, Column.FOUND, self._cast.cedar_seat, "Bận")
        fill(self._cast, self._cast.birch, Column.FOUND)

    def inspect_by_two(self) -> None:
        """Cedar was to inspect Ash as well, and nobody Cedar."""
        self.inspect()
        InspectingUnit.objects.filter(inspection__card__unit=self._cast.cedar_unit).delete()
        InspectingUnit.objects.create(
            inspection=self._cast.card.inspection, unit=self._cast.cedar_unit
        )

    # While they inspect

    def find(self) -> None:
        self._say(self._cast.birch, Column.FOUND, 2)

    def confirm(self) -> None:
        self._send(self._cast.birch, Column.FOUND)

    def excuse_birch(self) -> None:
        self._season.waive(self._cast.birch_unit, Column.FOUND, self._cast.cedar_seat, "Bận")

    def ask_birch(self) -> None:
        self._season.waivers.get(unit=self._cast.birch_unit).withdraw(self._cast.cedar_seat, "Nhầm")

    def open(self) -> None:
        self._season.move_to(Phase.SETTLEMENT, self._cast.cedar_seat)

    def open_too_early(self) -> None:
        """The settlement begins before Birch has confirmed; no verb lets it."""
        self._season._enter(Phase.SETTLEMENT, self._cast.cedar_seat, "")

    # While cards are settled

    def agree(self) -> None:
        Agreement.give(self._card, self._cast.ash)

    def agree_to_changes(self) -> None:
        seen = Scorecard.objects.for_sheet().get(pk=self._card.pk).last_change
        Agreement.give(self._card, self._cast.ash, with_changes=True, seen=seen)

    def explain(self) -> None:
        Explanation.put(self._card, self._cast.ash, self._line("late"), "Gửi đúng hạn.")

    def explain_another(self) -> None:
        Explanation.put(self._card, self._cast.ash, self._line("party"), "Xuất sắc.")

    def keep(self) -> None:
        self._reply()

    def lower(self) -> None:
        self._reply({"actual": Decimal(7)})

    def change(self) -> None:
        self._say(self._settler, Column.FINAL, 5)

    def change_another(self) -> None:
        said = {self._line("party").pk: {"level": "K", "note": "Sổ"}}
        self._card.write(self._settler, Column.FINAL, said)

    def change_back(self) -> None:
        self._say(self._settler, Column.FINAL, 1)

    def clear(self) -> None:
        said = {self._line("late").pk: {"actual": None, "note": ""}}
        self._card.write(self._settler, Column.FINAL, said)

    def change_more(self) -> None:
        self._say(self._settler, Column.FINAL, 6)

    def say_why(self) -> None:
        said = {self._line("late").pk: {"note": "Sổ văn bản đến"}}
        self._card.write(self._settler, Column.FINAL, said)

    def hand_up(self) -> None:
        self._card.open_seat(self._cast.cedar_clerk, Column.FINAL)
        seat = self._cast.cedar_clerk.seats.get()
        self._card.filing_of(seat, Column.FINAL).hand_up(seat)

    def settle(self) -> None:
        self._send(self._settler, Column.FINAL)

    def take_back(self) -> None:
        seat = self._settler.seats.get()
        self._card.filing_of(seat, Column.FINAL).take_back(seat)

    def name_another_head(self) -> None:
        by = self._cast.officer.seats.get()
        self._season.name_offices(self._cast.ash_unit, self._cast.birch_unit, by, "Sáp nhập")

    def meet_and_go_back(self) -> None:
        self._season._enter(Phase.MEETING, self._cast.cedar_seat, "")
        self.go_back()

    def lapse(self) -> None:
        self._season.lapse_agreements()

    def shut(self) -> None:
        self._season.set_dates({Phase.SETTLEMENT: (None, clock.today())})

    def go_back(self) -> None:
        self._season.go_back(self._cast.cedar_seat, "Kiểm tra lại")

    def rescale(self) -> None:
        """In an amended scale the late reports have another code; the year is inspected again."""
        self._season._enter(Phase.PLANNING, self._cast.cedar_seat, "")
        scale = self._season.scale.amended()
        scale.criteria.filter(name=self._cast.lines.late.name).update(code="II.9")
        scale.lock(self._cast.cedar_seat)
        self._season._enter(Phase.INSPECTION, self._cast.cedar_seat, "")

    def wait(self) -> None:
        """The days in which the unit is heard go by."""


# The questions in SQL, and in Python


def asked_in_sql(cast) -> dict:
    uninspected = RawSQL(not_inspected("scoring_scorecard.id"), (), models.BooleanField())
    cards = Scorecard.objects.filter(season=cast.season).with_settler().with_left_out()
    cards = list(cards.with_backing().annotate(skipped=uninspected).select_related("season"))
    answering = {card.pk: card for card in Scorecard.objects.answering(cast.everywhere)}
    is_over = cards[0].season.has_reached(Phase.SETTLEMENT)
    skipped = {card.pk for card in cards if is_over and card.skipped}
    settled = Entry.objects.filter(card__in=cards, column=Column.FINAL).with_found(skipped)
    told = {"settled": {(e.card_id, e.criterion_id): (e.said, e.found) for e in settled}}
    for card in cards:
        told[card.pk] = {
            "settler": card.settler_id,
            "left out": set(card.left_out_keys),
            "backing": [(each["criterion"], each["column"]) for each in card.backing],
            "uninspected": card.pk in skipped,
        }
        if asked := answering.get(card.pk):
            told[card.pk] |= {
                "opened": timezone.localtime(asked.opened_at).date(),
                "is answered": asked.is_answered,
                "changed": asked.changed_at,
                "is to answer": asked.is_to_answer,
                "until": asked.answers_until if asked.is_to_answer else None,
            }
    for user in cast.people:
        told[user.username] = set(Turns.of(user).sheets)
    return told


def asked_in_python(cast) -> dict:
    cards = Scorecard.objects.filter(season=cast.season).select_related(
        "unit", "season__head", "season__deputy", "season__rules", "season__scale",
        "season__block__authority", "inspection",
    ).prefetch_related(
        "entries", "filings", "agreements", "explanations", "evidence", "season__waivers",
        "season__moves", "season__dates", "inspection__inspectors__unit",
    )  # fmt: skip
    said = {user.username: turns_of(user, cards) for user in cast.people}
    said["settled"] = {}
    for card in cards:
        said[card.pk] = answers_of(card)
        for (line, column), entry in card.entries_by_place.items():
            if column == Column.FINAL:
                found = card.entries_by_place.get((line, card.compared(Column.FINAL)))
                said["settled"][card.pk, line] = (facts_said(entry), facts_said(found))
    return said


def answers_of(card: Scorecard) -> dict:
    season, inspectors = card.season, [each.unit for each in card.inspectors]
    offices = filter(None, (season.head, season.deputy))
    settlers = [unit.pk for unit in offices if unit not in (card.unit, *inspectors)]
    said = {
        "settler": settlers[0] if settlers else None,
        "left out": card.left_out,
        "backing": [
            (each.criterion_id, each.column) for each in card.evidence.filter(explanation=None)
        ],
        "uninspected": bool(card.uninspected),
    }
    is_settled = card.filing(Column.FINAL).is_sent
    if season.phase != Phase.SETTLEMENT or is_settled:
        return said
    changed = [card.settled(line).at for line in card.changes]
    waits = card.response == Response.AWAITED
    if changed:
        waits = clock.today() <= card.heard_until
    agrees = not card.may_not_agree or not card.may_not_agree_to_changes
    assert not waits or (card.unheard and agrees)
    return said | {
        "opened": season.explain_until - timedelta(days=season.rules.explanation_days),
        "is answered": card.response not in (Response.AWAITED, Response.SILENT),
        "changed": max(changed, default=None),
        "is to answer": waits,
        "until": card.heard_until if waits else None,
    }


def is_excused(card: Scorecard) -> bool:
    return any(card.waived_because(column) for column in OWNED)


def turns_of(user: User, cards: Iterable[Scorecard]) -> set[Turn]:
    turns = set()
    for card in cards:
        for column in card.season.step.writes:
            if seat := card.seat_for(user, column):
                asked = column == Column.FINAL and card.unanswered
                excused = is_excused(card) and not asked
                excused = excused or card.waived_because(column, seat.unit_id)
                waits = not excused and is_open(card, user, column)
                turns.add(Turn(card.pk, column, waits))
    return turns


def is_open(card: Scorecard, user: User, column: Column) -> bool:
    try:
        card.open_seat(user, column)
    except PermissionDenied:
        return False
    return True


# What happens, and what is asked then

AFTERWARDS = (
    "agree", "agree_to_changes", "explain", "explain_another", "change", "hand_up", "settle",
    "name_another_head", "meet_and_go_back", "shut", "go_back", "wait",
)  # fmt: skip


def happens(cast, life: Sequence[str]) -> None:
    """Let the last deed of a life happen, and ask all cards both ways an hour later."""
    do(cast, life)
    ask(cast, life)


def do(cast, life: Sequence[str]) -> None:
    with clock.standing_on(day_of(life), time(6 + len(life))), transaction.atomic():
        getattr(Deeds(cast), life[-1])()


def ask(cast, life: Sequence[str]) -> None:
    with clock.standing_on(day_of(life), time(7 + len(life))):
        assert asked_in_sql(cast) == asked_in_python(cast), life


def day_of(life: Sequence[str]) -> date:
    return TODAY + timedelta(days=8 * life.count("wait"))  # past the days to explain


@contextmanager
def undone() -> Iterator[None]:
    """Undo in the end what is done inside."""
    mark = transaction.savepoint()
    try:
        yield
    finally:
        transaction.savepoint_rollback(mark)


@pytest.fixture
def scored(cast, in_phase):
    """The units have scored themselves; Ash has not sent it yet."""
    in_phase(Phase.REGISTRATION)
    cast.card.write(cast.ash, Column.TARGET, {cast.lines.plan.pk: {"target": Decimal(10)}})
    in_phase(Phase.SELF_SCORING)
    fill(cast, cast.ash, Column.CLAIMED)
    fill_staff(cast)
    cast.everywhere = person("Everywhere", Role.CLERK, unit=cast.ash_unit)
    for unit in (cast.birch_unit, cast.cedar_unit):
        sent(cast.season.cards.get(unit=unit), Column.CLAIMED, unit)
        SeatFactory(person=cast.everywhere, role=Role.CLERK, unit=unit)
    Inspection.fix(cast.season, cast.cedar_seat)
    cast.people = [cast.ash, cast.birch, cast.cedar, cast.cedar_clerk, cast.officer]
    return cast


OPENED = "claim inspect confirm open"
OPENINGS = [
    OPENED,
    "claim inspect find excuse_birch open",  # nobody inspected Ash; something was written down
    "claim inspect excuse_birch confirm open",  # it did all the same
    "claim inspect excuse_birch ask_birch confirm open",
    "claim inspect excuse_birch ask_birch open_too_early",
    "claim inspect_by_two confirm open",
    "claim inspect_by_two excuse_birch open",
    "excuse_ash inspect confirm open",
    "excuse_ash inspect open",  # nobody waits for the inspection of who is not ranked
    "register_not inspect open",
    "register_not register claim inspect confirm open",
    "excuse_ash ask_ash claim inspect confirm open",
    "leave_out back claim inspect confirm open",
]


@pytest.mark.parametrize("opening", OPENINGS)
def test_cards_are_asked_the_same_in_sql_however_they_were_inspected(scored, opening):
    life = opening.split()
    for step in range(len(life)):
        happens(scored, life[: step + 1])
    happened = []
    for deed in AFTERWARDS:
        with undone():
            with suppress(*REFUSED):
                do(scored, [*life, deed])
                happened.append(deed)
            ask(scored, [*life, deed])
    assert {"name_another_head", "go_back", "wait"} < {*happened}  # nothing refuses these


LIVES = [
    "explain keep change explain lower change agree agree_to_changes settle",
    "explain explain_another lower agree change_back",
    "explain lower wait settle take_back change",
    "agree change clear change_back settle",
    "agree change explain keep settle",
    "agree change agree_to_changes change_another agree_to_changes settle",
    "agree change agree_to_changes say_why change_more change settle",
    "agree change agree_to_changes change_back change_more explain keep change",
    "change agree change_another explain keep agree_to_changes settle",
    "wait change agree_to_changes settle",
    "agree change wait hand_up",
    "change agree change wait settle",
    "change wait agree_to_changes change wait settle",
    "change change_another explain lower agree lapse",
    "wait change explain lower settle",
    "agree hand_up name_another_head settle take_back change",
    "agree settle name_another_head take_back",
    "agree settle wait meet_and_go_back change explain",
    "wait go_back confirm open agree shut",
    "explain lower agree go_back find confirm open explain keep",
    "change wait go_back confirm open agree",
    "agree change go_back confirm open agree",
    "change go_back excuse_birch open change agree_to_changes settle",
    "explain rescale open change agree agree_to_changes settle",
    "explain lower rescale open explain_another change agree",
]


def test_cards_are_asked_the_same_in_sql_whatever_is_answered_to_the_findings(scored):
    opening = OPENED.split()
    for step in range(len(opening)):
        happens(scored, opening[: step + 1])
    for later in LIVES:
        with undone():
            life = list(opening)
            for deed in later.split():
                life.append(deed)
                happens(scored, life)


def test_a_list_of_the_cards_that_wait_asks_only_once_of_each_whether_it_does():
    assert str(Scorecard.objects.unsettled().query).count(UNSETTLED) == 1
