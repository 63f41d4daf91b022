"""Who fills a card when, and what keeps it from being sent."""

from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils.translation import override

from emulation.turns import Turns
from scoring.models import Entry, Filing, StaffFigures
from scoring.phases import Column, FilingState, Phase

NOBODY = None
CALENDAR = [
    # phase              Ash (owner)      Birch (inspector)  Cedar (head, settles)  Dogwood
    (Phase.PLANNING, None, None, None, None),
    (Phase.REGISTRATION, Column.TARGET, None, None, None),
    (Phase.EXECUTION, Column.INTERIM, None, None, None),
    (Phase.SELF_SCORING, Column.CLAIMED, None, None, None),
    (Phase.INSPECTION, None, Column.FOUND, None, None),
    (Phase.SETTLEMENT, None, None, Column.FINAL, None),
    (Phase.MEETING, None, None, None, None),
    (Phase.CLOSED, None, None, None, None),
]


def open_columns(card, user):
    found = []
    for column in Column:
        try:
            card.open_seat(user, column)
        except PermissionDenied:
            continue
        found.append(column)
    return found


@pytest.mark.parametrize(("phase", "ash", "birch", "cedar", "dogwood"), CALENDAR)
def test_the_column_open_to_each_unit(cast, in_phase, phase, ash, birch, cedar, dogwood):
    in_phase(phase)
    for user, column in (
        (cast.ash, ash), (cast.birch, birch), (cast.cedar, cedar), (cast.dogwood, dogwood)
    ):  # fmt: skip
        opened = open_columns(cast.card, user)
        assert opened[:1] == ([column] if column else [])
        if phase == Phase.REGISTRATION and column:
            assert opened == [Column.TARGET, Column.AIM]


@pytest.mark.parametrize(("phase", "ash", "birch", "cedar", "dogwood"), CALENDAR)
def test_the_list_of_cards_open_to_each_unit_says_the_same(
    cast, in_phase, phase, ash, birch, cedar, dogwood
):
    in_phase(phase)
    for user, column in (
        (cast.ash, ash), (cast.birch, birch), (cast.cedar, cedar), (cast.dogwood, dogwood)
    ):  # fmt: skip
        own = {turn.column for turn in Turns.of(user).sheets if turn.card == cast.card.pk}
        assert own == set(open_columns(cast.card, user))
        assert bool(own) is bool(column)


def fill(cast, column=Column.CLAIMED, user=None):
    lines = cast.lines
    said = {
        lines.plan.pk: {"actual": Decimal(9), "target": Decimal(10)},
        lines.sudden.pk: {"actual": Decimal(2), "target": Decimal(2)},
        lines.party.pk: {"level": "T"},
        lines.late.pk: {"actual": Decimal(1)},
        lines.bonus.pk: {"actual": Decimal(1)},
    }
    cast.card.write(user or cast.ash, column, said)


def test_a_clerk_hands_up_and_the_principal_sends(cast, in_phase):
    in_phase(Phase.REGISTRATION)
    cast.card.write(cast.ash_clerk, Column.TARGET, {cast.lines.plan.pk: {"target": Decimal(10)}})
    clerk, principal = cast.ash_clerk.seats.get(), cast.ash.seats.get()
    filing = cast.card.filing_of(clerk, Column.TARGET)
    with pytest.raises(PermissionDenied):
        filing.send(clerk)
    filing.hand_up(clerk)
    with pytest.raises(PermissionDenied):
        cast.card.write(cast.ash_clerk, Column.TARGET, {cast.lines.plan.pk: {"target": 11}})
    filing.give_back(principal, "Thiếu một cuộc")
    cast.card.write(cast.ash_clerk, Column.TARGET, {cast.lines.plan.pk: {"target": Decimal(11)}})
    filing.hand_up(clerk)
    filing.send(principal)
    assert Filing.objects.get().state == FilingState.SENT
    assert [act.act for act in filing.acts.all()] == ["handed_up", "returned", "handed_up", "sent"]


def test_a_sheet_is_sent_once(cast, in_phase):
    in_phase(Phase.REGISTRATION)
    cast.card.write(cast.ash, Column.TARGET, {cast.lines.plan.pk: {"target": Decimal(10)}})
    seat = cast.ash.seats.get()
    cast.card.filing_of(seat, Column.TARGET).send(seat)
    with override("en"), pytest.raises(ValidationError, match="already"):
        cast.card.filing_of(seat, Column.TARGET).send(seat)


def test_a_claim_is_not_sent_while_a_line_or_the_staff_figures_are_missing(cast, in_phase):
    in_phase(Phase.SELF_SCORING)
    seat = cast.ash.seats.get()
    said = {"actual": Decimal(9), "target": Decimal(10)}
    cast.card.write(cast.ash, Column.CLAIMED, {cast.lines.plan.pk: said})
    with pytest.raises(ValidationError) as refusal:
        cast.card.filing_of(seat, Column.CLAIMED).send(seat)
    assert [message.split(":")[0] for message in refusal.value.messages[:-1]] == [
        "I.2", "II.1", "II.2", "B.1",
    ]  # fmt: skip
    fill(cast)
    StaffFigures.objects.create(
        card=cast.card, people=10, advanced=8, fighters=1, all_completed=True, seat=seat
    )
    cast.card.filing_of(seat, Column.CLAIMED).send(seat)


def test_points_are_computed_from_one_column_s_facts(cast, in_phase):
    in_phase(Phase.REGISTRATION)
    cast.card.write(cast.ash, Column.TARGET, {cast.lines.plan.pk: {"target": Decimal(10)}})
    in_phase(Phase.SELF_SCORING)
    fill(cast)
    total = cast.card.total(Column.CLAIMED)
    assert total.scores[cast.lines.plan.pk].points == Decimal("36.00")
    assert total.scores[cast.lines.plan.pk].words == "9/10 × 40 = 36,00"
    assert (total.main, total.bonus, total.total) == (
        Decimal("90.50"), Decimal("3.00"), Decimal("93.50"),
    )  # fmt: skip


def test_an_entry_takes_only_what_its_method_takes(cast, in_phase):
    from django.db import IntegrityError

    in_phase(Phase.SELF_SCORING)
    with pytest.raises(IntegrityError, match="an_entry_says_what_its_method_takes"):
        Entry.objects.create(
            card=cast.card, criterion=cast.lines.party, column=Column.CLAIMED, actual=1,
            seat=cast.ash.seats.get(),
        )  # fmt: skip


def test_a_finding_that_differs_needs_a_reason(cast, in_phase):
    in_phase(Phase.SELF_SCORING)
    fill(cast)
    in_phase(Phase.INSPECTION)
    fill(cast, Column.FOUND, cast.birch)
    assert cast.card.lacking(Column.FOUND) == []
    cast.card.write(cast.birch, Column.FOUND, {cast.lines.late.pk: {"actual": Decimal(3)}})
    assert [c.code for c, _why in cast.card.lacking(Column.FOUND)] == ["II.2"]
    cast.card.write(cast.birch, Column.FOUND, {cast.lines.late.pk: {"note": "Chậm 3 báo cáo"}})
    assert cast.card.lacking(Column.FOUND) == []


def test_nobody_reads_a_claim_before_inspection(cast, in_phase):
    in_phase(Phase.SELF_SCORING)
    fill(cast)
    seat = cast.ash.seats.get()
    StaffFigures.objects.create(
        card=cast.card, people=10, advanced=8, fighters=1, all_completed=True, seat=seat
    )
    cast.card.filing_of(seat, Column.CLAIMED).send(seat)
    readers = (cast.ash, cast.birch, cast.cedar, cast.officer)
    card = in_phase(Phase.SELF_SCORING) and cast.card
    assert [card.may_read(u, Column.CLAIMED) for u in readers] == [True, False, False, False]
    in_phase(Phase.INSPECTION)
    assert [cast.card.may_read(u, Column.CLAIMED) for u in readers] == [True] * 4


def test_a_value_after_the_wall_is_refused(cast, in_phase):
    from datetime import date

    from tests.factories import PhaseDateFactory

    PhaseDateFactory(season=cast.season, phase=Phase.SELF_SCORING, closes_on=date(2026, 9, 28))
    in_phase(Phase.SELF_SCORING)
    with pytest.raises(PermissionDenied, match="28/09/2026"):
        fill(cast)


def test_sending_after_the_due_date_is_stamped_with_the_late_days(cast, in_phase):
    from datetime import date

    from tests.factories import PhaseDateFactory

    PhaseDateFactory(season=cast.season, phase=Phase.REGISTRATION, due=date(2026, 9, 24))
    in_phase(Phase.REGISTRATION)
    cast.card.write(cast.ash, Column.TARGET, {cast.lines.plan.pk: {"target": Decimal(10)}})
    seat = cast.ash.seats.get()
    cast.card.filing_of(seat, Column.TARGET).send(seat)
    assert Filing.objects.get().late_days == 4
