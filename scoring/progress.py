"""How far each unit is with the sheets of the present phase, and whom to call there."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from django.db.models import Count, Max, Q, prefetch_related_objects
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from blocks import clock
from blocks.models import Membership, Role, Seat, Unit
from scoring.answers import response_said
from scoring.models import (
    CommonTarget,
    Entry,
    Filing,
    InspectingUnit,
    Scorecard,
    Season,
    TargetState,
    Waiver,
)
from scoring.phases import OWNED, Column, FilingState, Part, Phase

Chip = tuple[str, str]  # colour and words

STATES: dict[str, str] = {
    FilingState.FILLING: "amber",
    FilingState.HANDED_UP: "blue",
    FilingState.RETURNED: "amber",
    FilingState.SENT: "green",
    FilingState.TAKEN_BACK: "grey",
}
TARGET_COLOURS = {
    TargetState.FOLLOWED: "grey",
    TargetState.REACHED: "green",
    TargetState.MISSED: "amber",
    TargetState.UNTOLD: "amber",
}


@dataclass(slots=True)
class Asked:
    """One sheet that is asked of a unit now: what it is called here, and how far it is."""

    card: Scorecard
    column: Column
    label: str
    chips: list[Chip]
    done: bool
    waivable: bool = False
    waiver: Waiver | None = None
    because: str = ""  # the year does not wait for it

    @property
    def address(self) -> str:
        """The page of the sheet in the column that is asked, where it is also returned."""
        return self.card.address_of(self.column)

    @property
    def withdrawable(self) -> bool:
        """Whether the unit may be asked again: it was excused from this very sheet, or from one of
        a later phase, which the year has left by going back."""
        if self.waiver is None or self.waiver.may_not_withdraw:
            return False
        asked_now = self.waiver.column in self.card.season.step.writes
        return self.waiver.column == self.column or not asked_now


@dataclass(slots=True)
class Line:
    """One unit in the table of progress."""

    order: int
    unit: Unit
    card: Scorecard | None = None
    asked: list[Asked] = field(default_factory=list)
    updated: datetime | None = None
    member: Membership | None = None  # as long as the year runs
    contact: Seat | None = None
    reminded: int = 0

    @property
    def done(self) -> bool:
        """Whether nothing is expected of the unit any more."""
        return all(sheet.done for sheet in self.asked)

    @property
    def excused(self) -> bool:
        """Whether the year waits for nothing of what the unit sends now, or has sent all the same,
        if for anything: it is counted apart."""
        return all(sheet.waiver for sheet in self.asked)


@dataclass(frozen=True, slots=True)
class Work:
    """What was written in one column of one card: how many lines, and when last."""

    filled: int = 0
    at: datetime | None = None


def progress(season: Season) -> list[Line]:
    """Return a line for each unit, in official order; before registration its members' contacts,
    with the cards of a year that went back there.

    The number of queries does not depend on the number of units.
    """
    if not season.has_reached(Phase.REGISTRATION):
        members = season.block.memberships.on(clock.today()).listed()
        lines = [Line(member.official_order, member.unit) for member in members]
        cards = {card.unit_id: card for card in season.cards.all()}
        for line in lines:
            if card := cards.get(line.unit.pk):
                line.card, card.season = card, season
                line.asked += _of_other_phases(card, line)
    else:
        lines = _lines_of_cards(season)
    held = season.block.memberships.filter(since__lte=clock.today()).order_by("since")
    places = {} if season.is_closed else {each.unit_id: each for each in held}
    contacts = contacts_of([line.unit for line in lines])
    reminders = season.reminders.filter(phase=season.phase).values_list("unit")
    reminded = dict(reminders.order_by().annotate(Count("pk")))
    for line in lines:
        line.member = places.get(line.unit.pk)
        line.contact = contacts.get(line.unit.pk)
        line.reminded = reminded.get(line.unit.pk, 0)
    return lines


def targets_of(season: Season) -> list[tuple[CommonTarget, Chip]]:
    """Return the common targets of the year, each with how it stands."""
    targets = [(target, target.state) for target in season.common_targets.all()]
    return [(target, (TARGET_COLOURS[state], str(state.label))) for target, state in targets]


def targets_said(season: Season) -> str:
    """Return how many common targets there are and how they stand: ``4 (đạt 2, …)``."""
    states = Counter(target.state for target in season.common_targets.all())
    said = ", ".join(f"{state.label} {states[state]}" for state in TargetState if states[state])
    return f"{states.total()} ({said})" if states else ""


def who_is_waited_for(season: Season, lines: Iterable[Line]) -> list[Line]:
    """Return the lines of the units that are still to send; nobody while a settler writes. Who has
    no ``contact`` cannot be reminded."""
    return [line for line in lines if not line.done] if season.step.asks_units else []


def contacts_of(units: Iterable[Unit]) -> dict[int, Seat]:
    """Return whom to call at each unit: its clerk, otherwise its principal; rather who stays."""
    seats = (
        Seat.objects.today()
        .filter(unit__in=list(units), person__is_active=True)
        .select_related("person")
        .order_by("since", "pk")
    )
    found: dict[int, Seat] = {}
    for seat in sorted(seats, key=lambda s: (s.role != Role.CLERK, s.until is not None)):
        found.setdefault(seat.unit_id or 0, seat)
    return found


def _lines_of_cards(season: Season) -> list[Line]:
    found = season.cards.named().with_settler().with_left_out().prefetch_related("filings")
    settles = season.step.by is Part.SETTLER
    cards = list(found.with_changes().with_inspecting() if settles else found)
    if settles:
        prefetch_related_objects(cards, "agreements__by__person", "explanations")
        prefetch_related_objects([season], "waivers")
    for card in cards:
        card.season = season
    lines = [Line(card.official_order, card.unit, card) for card in cards]
    columns = season.step.writes
    if columns:
        table = _Table(season, cards)
        for line in lines:
            for column in columns:
                line.asked += table.asked_of(line, column)
            if line.card:
                line.asked += _of_other_phases(line.card, line)
            line.updated = max((at for at in table.times(line, columns) if at), default=None)
    return lines


def _of_other_phases(card: Scorecard, line: Line) -> Iterator[Asked]:
    """The sheets of phases that the year has left by going back, which the unit was excused from
    and may be asked again, where none of this phase says so."""
    told = {sheet.waiver for sheet in line.asked}
    for (unit, column), waiver in card.season.excuses.items():
        if unit == line.unit.pk and waiver not in told and not waiver.may_not_withdraw:
            asked = Column(column)
            because = waiver.unranks(line.unit) if asked in OWNED else waiver.because
            chips = [unasked_chip(waiver, asked)]
            yield Asked(
                card, asked, str(asked.label), chips, done=True, waiver=waiver, because=because
            )


class _Table:
    """What the present phase's sheets are at, read once for all units."""

    def __init__(self, season: Season, cards: Sequence[Scorecard]) -> None:
        self.season, self.cards = season, {card.pk: card for card in cards}
        self.today = clock.today()
        says = Q(actual__isnull=False) | Q(target__isnull=False) | Q(points__isnull=False)
        counted = (
            Entry.objects.filter(says | ~Q(level=""), card__season=season)
            .filter(column__in=season.step.writes, criterion__scale=season.scale_id)
            .values("card", "column")
            .annotate(filled=Count("pk"), last=Max("at"))
        )
        self.work = {
            (row["card"], row["column"]): Work(row["filled"], row["last"]) for row in counted
        }
        self.inspected: dict[int, list[Scorecard]] = {}
        if season.step.by is Part.INSPECTOR:
            pairs = InspectingUnit.objects.filter(inspection__card__season=season)
            for unit, card in pairs.values_list("unit", "inspection__card"):
                self.inspected.setdefault(unit, []).append(self.cards[card])
        self.units = {card.unit_id: card.unit for card in cards}

    def asked_of(self, line: Line, column: Column) -> list[Asked]:
        """The sheets of one column that the unit is to send; of a settlement, its own card."""
        card = line.card
        if card is None:
            return []
        if self.season.step.by is Part.INSPECTOR:
            return [
                self._asked(
                    other,
                    column,
                    line.unit,
                    _("inspects %(unit)s") % {"unit": other.unit.short_name},
                )
                for other in self.inspected.get(line.unit.pk, [])
            ]
        if self.season.step.by is Part.SETTLER:
            filing = card.filing(column)
            settler = filing.unit_id if filing.is_sent else card.settler_id
            label = settled_by(self.season, self.units.get(settler) if settler else None)
            asked = self._asked(card, column, None, label)
            if not asked.done:
                asked.chips.append(response_said(card))
            return [asked]
        several = len(self.season.step.writes) > 1
        return [self._asked(card, column, None, str(column.label) if several else "")]

    def _asked(self, card: Scorecard, column: Column, by: Unit | None, label: str) -> Asked:
        """One sheet; ``by`` is the inspecting unit where it is not the card's own."""
        filing = card.filing(column, by)
        if waiver := card.unasked(column, by):
            chip = sent_chip(filing) if filing.is_sent else unasked_chip(waiver, column)
            return Asked(
                card,
                column,
                label,
                [chip],
                done=True,
                waiver=waiver,
                because=waiver.unranks(card.unit) if waiver.column in OWNED else waiver.because,
            )
        chips = [self._state(card, column, filing)]
        if filing.scan_id:
            chips.append(("green", _("With a signed, stamped copy")))
        due = self.season.due(column)
        if not filing.is_sent and due and due < self.today:
            chips.append(("red", overdue(due, self.today)))
        waivable = self.season.step.by is not Part.SETTLER
        return Asked(
            card,
            column,
            label,
            chips,
            done=filing.is_sent,
            waivable=waivable,
        )

    def _state(self, card: Scorecard, column: Column, filing: Filing) -> Chip:
        if filing.is_sent:
            return sent_chip(filing)
        work = self.work.get((card.pk, column))
        if filing._state.adding and not work:
            return "grey", _("Empty")
        if filing.state == FilingState.FILLING and work:
            return filling(filing, work.filled, len(card.asked(column)))
        return STATES[filing.state], str(FilingState(filing.state).label)

    def times(self, line: Line, columns: Sequence[Column]) -> list[datetime | None]:
        """When anything happened on the unit's sheets of these columns."""
        if line.card is None:
            return []
        cards = [line.card]
        if self.season.step.by is Part.INSPECTOR:
            cards = self.inspected.get(line.unit.pk, [])
        keys = [(card.pk, column) for card in cards for column in columns]
        written = [self.work[key].at for key in keys if key in self.work]
        sent = [
            filing.sent_at
            for card in cards
            for filing in card.filings.all()
            if filing.column in columns and filing.is_sent
        ]
        return written + sent


def settled_by(season: Season, unit: Unit | None) -> str:
    """Say which unit settles a card, or has concluded it; none where an officer does."""
    return _("settled by %(who)s") % {"who": (unit or season.block.authority).short_name}


def filling(filing: Filing, filled: int, asked: int) -> Chip:
    """Return how many lines of a sheet that was begun are filled; of findings that only others
    typed so far, as another unit inspected, that they are to be confirmed."""
    if filing.column == Column.FINAL and filled >= asked:
        return "amber", _("Not settled yet")
    if filing.column == Column.FOUND and filing._state.adding:
        return "grey", _("Filled in before; to be confirmed")
    return "amber", _("Filling %(filled)d/%(asked)d") % {"filled": filled, "asked": asked}


def unasked_chip(waiver: Waiver, column: Column) -> Chip:
    """Return the state of a sheet for which the year does not wait: its unit will not send it, or
    is not ranked without another."""
    if waiver.column == column:
        return "grey", _("Will not send")
    if column == Column.FOUND:  # the card's unit is not ranked, who inspects it may well be
        return "grey", _("Need not be inspected")
    return "violet", _("Unranked")


def sent_chip(filing: Filing) -> Chip:
    """Return the state of a sheet that was sent: in time, or how many days late.

    What was found is confirmed, a card is settled: neither is sent.
    """
    days = filing.late_days
    done = {Column.FOUND: _("Confirmed"), Column.FINAL: _("Concluded")}
    if state := done.get(Column(filing.column)):
        late = ngettext("%(state)s, %(days)d day late", "%(state)s, %(days)d days late", days)
        return ("amber", late % {"state": state, "days": days}) if days else ("green", state)
    if not days:
        return "green", _("Sent")
    words = ngettext("Sent %(days)d day late", "Sent %(days)d days late", days)
    return "amber", words % {"days": days}


def overdue(due: date, today: date) -> str:
    """Return how long a sheet is overdue, in words."""
    days = (today - due).days
    words = ngettext("%(days)d day overdue", "%(days)d days overdue", days) % {"days": days}
    return capfirst(words)
