"""Who has not sent is reminded: whom the message names, what it says, who may write it."""

from datetime import date

import pytest
from django.core.exceptions import ValidationError
from django.utils import translation

from blocks import clock
from scoring.models import Filing, Reminder
from scoring.phases import Column, FilingState, Phase
from scoring.progress import progress
from tests.pages import page, post

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _in_english():
    with translation.override("en"):
        yield


def test_the_head_reminds_who_has_not_sent_and_the_year_counts_it(cast, in_phase, as_):
    season = in_phase(Phase.EXECUTION)
    seat = cast.birch.seats.get()
    birch = season.cards.get(unit=cast.birch_unit)
    birch.filing_of(seat, Column.INTERIM).send(seat)
    head = as_(cast.cedar_clerk)
    _response, text = page(head, "remind_units", season.pk)
    assert "Still to be sent – Khối thi đua Rừng, 2026:\n- Six-month report: Ash, Cedar." in text
    for _again in range(2):
        post(head, "remind_units", season.pk, units=[cast.ash_unit.pk])
    assert (
        list(season.reminders.values_list("unit", "phase", "by"))
        == [(cast.ash_unit.pk, "execution", cast.cedar_clerk.seats.get().pk)] * 2
    )
    assert [line.reminded for line in progress(season)] == [2, 0, 0]
    assert "2 times" in page(as_(cast.ash), "show_season", season.pk)[1]


def test_behind_the_wall_the_message_says_whom_to_ask_for_more_time(cast, in_phase, as_):
    season = in_phase(Phase.EXECUTION)
    season.set_dates({Phase.EXECUTION: (date(2026, 9, 25), clock.today())})
    _response, text = page(as_(cast.cedar), "remind_units", season.pk)
    assert "Locked since 28/09/2026. Ask Head for more time." in text
    assert "Due: " not in text


def test_the_message_names_the_ticked_units_only_each_by_what_it_lacks(cast, in_phase, as_):
    season, client = in_phase(Phase.REGISTRATION), as_(cast.cedar)
    Filing.objects.create(
        card=cast.card, column=Column.AIM, state=FilingState.SENT, sent_at=clock.now(),
        unit=cast.ash_unit,
    )  # fmt: skip
    ticked = [cast.ash_unit.pk, cast.cedar_unit.pk]
    response, text = post(client, "remind_units", season.pk, units=ticked, rewrite="1", text="x")
    assert response.status_code == 200
    assert "- Registration of targets: Ash, Cedar.\n- Registration of titles: Cedar." in text
    assert "Birch." not in text
    assert not season.reminders.exists()


def test_a_unit_that_has_sent_or_is_unknown_is_not_reminded(cast, in_phase, as_):
    season = in_phase(Phase.EXECUTION)
    for units in ([], [cast.dogwood_unit.pk], ["x"]):
        response, _text = post(as_(cast.cedar), "remind_units", season.pk, units=units)
        assert response.status_code == 422
    assert not season.reminders.exists()


def test_a_unit_that_is_no_more_is_marked_and_not_reminded(cast, in_phase, as_):
    season, client = in_phase(Phase.SELF_SCORING), as_(cast.cedar)
    assert "no longer exists" not in page(client, "show_season", season.pk)[1]
    cast.ash_unit.close(clock.today(), "closed", "QĐ 1/UBND")
    assert "no longer exists" in page(client, "show_season", season.pk)[1]
    told = "nobody there has an account and can be reminded: Ash."
    response, text = page(client, "remind_units", season.pk)
    assert cast.ash_unit not in response.context["form"].fields["units"].queryset
    assert (told in text, ": Birch, Cedar." in text) == (True, True)
    for unit in (cast.birch_unit, cast.cedar_unit):
        season.waive(unit, Column.CLAIMED, cast.cedar_seat, "Vì")
    _response, text = page(client, "remind_units", season.pk)
    assert (told in text, "Every unit has sent" in text) == (True, False)
    assert "/remind/" in page(client, "show_season", season.pk)[1]
    season.waive(cast.ash_unit, Column.CLAIMED, cast.cedar_seat, "Vì")
    assert "/remind/" not in page(client, "show_season", season.pk)[1]


@pytest.mark.parametrize(
    ("phase", "marked"),
    [(Phase.SELF_SCORING, True), (Phase.PLANNING, False), (Phase.CLOSED, False)],
)
def test_a_unit_that_left_the_block_within_the_year_is_marked_and_reminded_while_it_may_send(
    cast, in_phase, as_, phase, marked
):
    season, client = in_phase(phase), as_(cast.cedar)
    member = cast.block.memberships.get(unit=cast.ash_unit)
    member.end(clock.today() + clock.ONE_DAY)
    ends = "until the end of 28/09/2026"
    assert (ends in page(client, "show_season", season.pk)[1]) == (phase != Phase.CLOSED)
    with clock.standing_on(clock.today() + clock.ONE_DAY):
        assert ("left the Block" in page(client, "show_season", season.pk)[1]) == marked
        assert (": Ash, Birch, Cedar." in page(client, "remind_units", season.pk)[1]) == marked


def test_nobody_is_reminded_while_nothing_is_asked_of_the_units(cast, in_phase, as_):
    for phase in (Phase.PLANNING, Phase.SETTLEMENT, Phase.MEETING):
        season = in_phase(phase)
        assert "Nothing is asked" in page(as_(cast.cedar), "remind_units", season.pk)[1]
        with pytest.raises(ValidationError):
            Reminder.note(season, [cast.ash_unit], cast.cedar_seat)


def test_only_the_head_and_the_officer_remind(cast, in_phase, as_):
    season = in_phase(Phase.EXECUTION)
    asked = {cast.officer: 200, cast.cedar_clerk: 200, cast.ash: 403, cast.stranger: 404}
    for user, status in asked.items():
        assert page(as_(user), "remind_units", season.pk)[0].status_code == status
