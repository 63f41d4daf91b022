"""Who is excused from sending, what that means for the year, and how it is taken back."""

import re
from html import unescape

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError
from django.urls import reverse
from django.utils import translation

from blocks import clock
from emulation.overview import counts_of
from emulation.turns import Turn, Turns
from scoring.board import Board
from scoring.models import (
    Filing,
    Inspection,
    Season,
    Waiver,
)
from scoring.needs import cards_are_settled
from scoring.phases import COLUMN_PHASE, Column, FilingState, Phase
from scoring.progress import progress
from tests.pages import page, post
from tests.scoring.stage import send_all

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _in_english():
    with translation.override("en"):
        yield


def test_a_waived_unit_is_not_waited_for_nor_counted_as_sent_nor_ranked(cast, in_phase, as_):
    season = in_phase(Phase.SELF_SCORING)
    client = as_(cast.cedar)
    post(client, "waive_unit", season.pk, Column.CLAIMED, cast.ash_unit.pk, reason="Giải thể")
    for sent in (False, True):  # all the same
        if sent:
            cast.card.filings.create(
                column=Column.CLAIMED, unit=cast.ash_unit, state="sent", sent_at=clock.now()
            )
        text = page(client, "show_season", season.pk)[1]
        assert "Ash has not sent its self-score." not in text
        assert "Progress: 0/2 units have sent, 1 unit not waited for" in text
        assert "Giải thể" in text
        assert "0 of 2 sheets sent" in client.get("/").content.decode()
    ash = next(r for r in Board.of(season, Column.CLAIMED).rows if r.card.unit == cast.ash_unit)
    assert (ash.rank, ash.unranked_because) == (None, "Giải thể")


def test_each_waiver_of_a_unit_is_told_at_its_own_sheet_and_taken_back_there(cast, in_phase, as_):
    season = in_phase(Phase.REGISTRATION)
    for column, reason in ((Column.TARGET, "Sáp nhập."), (Column.AIM, "Không xét")):
        season.waive(cast.ash_unit, column, cast.cedar_seat, reason)
    text = page(as_(cast.cedar), "show_season", season.pk)[1]
    for waiver in season.waivers.all():
        assert reverse("withdraw_waiver", args=[waiver.pk]) in text
    assert "it does not send the registered targets (Sáp nhập)" in text
    assert "it does not send the titles aimed at (Không xét)" in text


def test_of_two_waivers_of_a_unit_each_sheet_tells_its_own(cast, in_phase, as_):
    season, unit = in_phase(Phase.REGISTRATION), as_(cast.ash)
    for column, reason in ((Column.TARGET, "Sáp nhập"), (Column.AIM, "Không xét")):
        season.waive(cast.ash_unit, column, cast.cedar_seat, reason)
    told = "it does not send the titles aimed at (Không xét)."
    text = unescape(unit.get(reverse("fill_aims", args=[cast.card.pk])).content.decode())
    assert told in text
    assert "Sáp nhập" not in text
    assert told in unescape(unit.get("/").content.decode())


def test_withdrawing_one_of_two_waivers_says_what_still_stands(cast, in_phase, as_):
    season, head = in_phase(Phase.REGISTRATION), as_(cast.cedar)
    one, other = (
        season.waive(cast.ash_unit, column, cast.cedar_seat, "Sáp nhập")
        for column in (Column.TARGET, Column.AIM)
    )
    stands = "for it is noted as well that it does not send the titles aimed at"
    text = page(head, "withdraw_waiver", one.pk)[1]
    assert stands in text
    assert "Wait for" not in text
    assert post(head, "withdraw_waiver", one.pk, reason="Nhầm")[0].status_code == 302
    said = page(head, "show_season", season.pk)[1]
    assert "The note is withdrawn. Thanh tra huyện Ash is still not ranked" in said
    assert stands in said
    assert "The year waits for" not in said
    assert "Wait for the titles aimed at" in page(head, "withdraw_waiver", other.pk)[1]


EXCUSED = [
    # excused from   sent           the head is told
    (Column.TARGET, Column.TARGET, True),
    (Column.AIM, Column.AIM, True),
    (Column.TARGET, Column.AIM, False),
]


@pytest.mark.parametrize(("excused", "sheet", "told"), EXCUSED)
def test_the_head_is_told_that_an_excused_unit_has_sent_all_the_same_before_the_year_moves_on(
    cast, in_phase, as_, excused, sheet, told
):
    season, head = in_phase(Phase.REGISTRATION), as_(cast.cedar)
    waiver = season.waive(cast.ash_unit, excused, cast.cedar_seat, "Sáp nhập")
    send_all(season, sheet)
    Filing.objects.filter(card__season=season).exclude(card=cast.card).delete()
    text = page(head, "show_season", season.pk)[1]
    assert (
        "it is not ranked unless the note is withdrawn before the year moves on" in text
    ) is told
    asked = page(head, "withdraw_waiver", waiver.pk)[1]
    assert ("Withdraw the note that it does not?" in asked) is told
    there = Filing.objects.filter(card=cast.card, column=sheet)
    there.update(state=FilingState.RETURNED, sent_at=None)
    assert "is not ranked unless" not in page(head, "show_season", season.pk)[1]
    assert season.unranked == {cast.ash_unit.pk: waiver}  # sending alone changes nothing


@pytest.mark.parametrize(
    ("column", "prepare", "sentence"),
    [
        (Column.TARGET, "nothing", "not asked for"),
        (Column.CLAIMED, "twice", "excused already"),
        (Column.CLAIMED, "sent", "sent this already"),
    ],
)
def test_a_unit_is_waived_only_for_what_is_asked_of_it(cast, in_phase, column, prepare, sentence):
    season = in_phase(Phase.SELF_SCORING)
    if prepare == "twice":
        season.waive(cast.ash_unit, column, cast.cedar_seat, "Vì")
    elif prepare == "sent":
        send_all(season, Column.CLAIMED)
    with pytest.raises(ValidationError, match=sentence):
        season.waive(cast.ash_unit, column, cast.cedar_seat, "Vì")


def test_who_confirmed_all_it_inspects_is_not_excused_from_it_any_more(cast, in_phase):
    season = in_phase(Phase.INSPECTION)
    filing = {"card": cast.card, "column": Column.FOUND, "unit": cast.birch_unit}
    sent = Filing.objects.create(**filing, state="sent", sent_at=clock.now())
    with pytest.raises(ValidationError, match="sent this already"):
        season.waive(cast.birch_unit, Column.FOUND, cast.cedar_seat, "Vì")
    sent.delete()
    season.waive(cast.birch_unit, Column.FOUND, cast.cedar_seat, "Vì")


def test_nobody_is_waived_without_a_reason_or_a_sheet(cast, in_phase, as_):
    season = in_phase(Phase.SELF_SCORING)
    client = as_(cast.cedar)
    address = ("waive_unit", season.pk, Column.CLAIMED)
    assert post(client, *address, cast.ash_unit.pk, reason="")[0].status_code == 422
    assert post(client, *address, cast.dogwood_unit.pk, reason="Vì")[0].status_code == 404
    assert season.waivers.count() == 0


def test_settling_is_never_waived(cast, in_phase):
    season = in_phase(Phase.SETTLEMENT)
    with pytest.raises(ValidationError):
        season.waive(cast.ash_unit, Column.FINAL, cast.cedar_seat, "Vì")


WAIVED = [
    # excused from             in phase            ranked  settled
    (Column.TARGET,  Phase.REGISTRATION, False, False),
    (Column.AIM,     Phase.REGISTRATION, False, False),
    (Column.INTERIM, Phase.EXECUTION,    False, False),
    (Column.CLAIMED, Phase.SELF_SCORING, False, False),
    (Column.FOUND,   Phase.INSPECTION,   True,  True),  # Ash inspects Cedar and does not report
]  # fmt: skip


@pytest.mark.parametrize(("column", "phase", "ranked", "settled"), WAIVED)
def test_a_unit_is_unranked_and_unsettled_only_without_a_sheet_of_its_own(
    cast, in_phase, column, phase, ranked, settled
):
    in_phase(phase).waive(cast.ash_unit, column, cast.cedar_seat, "Bão lũ")
    season = in_phase(Phase.SETTLEMENT)
    ash = next(r for r in Board.of(season, Column.FINAL).rows if r.card.unit == cast.ash_unit)
    assert (ash.rank is not None) is ranked
    assert ash.unranked_because == ("" if ranked else "Bão lũ")
    waiting = [miss.sentence for miss in cards_are_settled(season)]
    assert ("The card of Ash is not settled yet." in waiting) is settled
    assert Turn(cast.card.pk, Column.FINAL, settled) in Turns.of(cast.cedar).sheets
    line = next(line for line in progress(season) if line.unit == cast.ash_unit)
    assert line.done is not settled
    assert counts_of([season])[season.pk] == (0, 3 if settled else 2)


@pytest.mark.parametrize(
    ("reason", "told"), [("Bão lũ.", "Bão lũ"), ("Bão, lũ v.v.", "Bão, lũ v.v.")]
)
def test_the_reason_of_a_waiver_is_told_without_its_full_stop(cast, in_phase, reason, told):
    Inspection.fix(in_phase(Phase.SELF_SCORING), cast.cedar_seat)
    season = in_phase(Phase.INSPECTION)
    waiver = season.waive(cast.birch_unit, Column.FOUND, cast.cedar_seat, reason)
    line = next(line for line in progress(season) if line.unit == cast.birch_unit)
    assert [sheet.because for sheet in line.asked] == [waiver.because] == [told]


SAID = "Ash is not ranked this year: it was noted that it does not send %s (Bão lũ)."
LATER = [
    # excused from  which is, in words          not waited for
    (Column.TARGET,  "the registered targets", Column.AIM),
    (Column.TARGET,  "the registered targets", Column.INTERIM),
    (Column.TARGET,  "the registered targets", Column.FOUND),
    (Column.AIM,     "the titles aimed at",    Column.CLAIMED),
    (Column.INTERIM, "the six-month results",  Column.CLAIMED),
    (Column.CLAIMED, "the self-score",         Column.FOUND),
]  # fmt: skip
AWAITED = {
    Column.AIM: "Ash has not sent the titles it aims at.",
    Column.INTERIM: "Ash has not sent its mid-year figures.",
    Column.CLAIMED: "Ash has not sent its self-score.",
    Column.FOUND: "Birch has not confirmed its findings at Ash.",
}


@pytest.mark.parametrize(("excused", "sheet", "column"), LATER)
def test_the_year_waits_for_no_sheet_nor_inspection_of_an_unranked_unit_and_says_why(
    cast, in_phase, as_, excused, sheet, column
):
    then, phase = COLUMN_PHASE[excused], COLUMN_PHASE[column]
    Inspection.fix(in_phase(Phase.SELF_SCORING), cast.cedar_seat)
    writer = cast.birch if column == Column.FOUND else cast.ash
    in_phase(phase)

    def asked() -> tuple[bool, bool, bool, int]:
        """Whether it keeps the year, is a task, is done in the table; how many are asked."""
        season = Season.objects.get(pk=cast.season.pk)
        told = [miss.sentence for miss in [*season.missing, *season.left_open]]
        line = next(each for each in progress(season) if each.unit == writer.seats.get().unit)
        done = next(sheet.done for sheet in line.asked if sheet.column == column)
        turn = Turn(cast.card.pk, column, waits=True) in Turns.of(writer).sheets
        return AWAITED[column] in told, turn, done, counts_of([season])[season.pk][1]

    assert asked() == (True, True, False, 3)
    waiver = in_phase(then).waive(cast.ash_unit, excused, cast.cedar_seat, "Bão lũ")
    season = in_phase(phase)
    assert asked() == (False, False, True, 2)
    said, client = SAID % sheet, as_(writer)
    table = page(client, "show_season", season.pk)[1]
    chip = "Need not be inspected" if column == Column.FOUND else "Unranked"
    assert said in table
    assert f">{chip}<" in table
    way = reverse("fill_aims" if column == Column.AIM else "fill_card", args=[cast.card.pk])
    text = unescape(client.get(way, {"column": column}).content.decode())
    assert f"{said} The year does not wait for this sheet; it may still be filled." in text
    assert f">{chip}<" in text
    assert said in unescape(client.get("/").content.decode())
    assert AWAITED[column] not in page(as_(cast.cedar), "remind_units", season.pk)[1]
    cast.card.begin(writer, column)  # it may be filled all the same
    in_phase(then)
    waiver.withdraw(cast.cedar_seat, "Đã gửi")
    season = in_phase(phase)
    assert asked() == (True, True, False, 3)
    assert said not in page(client, "show_season", season.pk)[1]


MEANT = [
    (Phase.REGISTRATION, Column.AIM, "sends its list with nothing chosen; then it stays in the"),
    (Phase.REGISTRATION, Column.TARGET, "Ash will not send the registered targets?"),
    (
        Phase.REGISTRATION,
        Column.TARGET,
        "Targets that were not sent, or were returned and not sent",
    ),
    (Phase.SELF_SCORING, Column.CLAIMED, "the unit is not ranked this year. The year no longer"),
    (Phase.INSPECTION, Column.FOUND, "Ash will not send the findings of its inspections?"),
    (Phase.INSPECTION, Column.FOUND, "The unit's own score sheet is settled and ranked as before."),
]


@pytest.mark.parametrize(("phase", "column", "sentence"), MEANT)
def test_the_page_of_a_waiver_says_what_it_means(cast, in_phase, as_, phase, column, sentence):
    season = in_phase(phase)
    text = page(as_(cast.cedar), "waive_unit", season.pk, column, cast.ash_unit.pk)[1]
    assert sentence in text


def test_a_waiver_is_withdrawn_with_a_reason_while_its_phase_is_on(cast, in_phase, as_):
    season = in_phase(Phase.SELF_SCORING)
    waiver = season.waive(cast.ash_unit, Column.CLAIMED, cast.cedar_seat, "Sáp nhập")
    client = as_(cast.cedar)
    assert reverse("withdraw_waiver", args=[waiver.pk]) in page(client, "show_season", season.pk)[1]
    assert post(client, "withdraw_waiver", waiver.pk, reason=" ")[0].status_code == 422
    assert season.waivers.exists()
    assert post(client, "withdraw_waiver", waiver.pk, reason="Chưa sáp nhập")[0].status_code == 302
    waiver = Waiver.recorded.get()
    assert (waiver.reason, waiver.withdrawn_because) == ("Sáp nhập", "Chưa sáp nhập")
    assert waiver.withdrawn_by == cast.cedar_seat
    assert "Ash has not sent its self-score." in page(client, "show_season", season.pk)[1]
    assert post(client, "withdraw_waiver", waiver.pk, reason="Lại")[0].status_code == 404
    with pytest.raises(ValidationError, match="withdrawn already"):
        waiver.withdraw(cast.cedar_seat, "Lại")
    season.waive(cast.ash_unit, Column.CLAIMED, cast.cedar_seat, "Sáp nhập từ 01/10")
    assert Waiver.recorded.count() == 2


def test_a_waiver_stays_once_its_phase_is_over(cast, in_phase, as_):
    waiver = in_phase(Phase.SELF_SCORING).waive(
        cast.ash_unit, Column.CLAIMED, cast.cedar_seat, "Sáp nhập"
    )
    season, client = in_phase(Phase.SETTLEMENT), as_(cast.cedar)
    response, text = post(client, "withdraw_waiver", waiver.pk, reason="Chưa sáp nhập")
    assert response.status_code == 422
    way = "it is withdrawn while the year is in “Self-scoring” or before it, and a year"
    assert way in text
    assert season.waivers.exists()
    address = reverse("withdraw_waiver", args=[waiver.pk])
    asked = client.get(address)
    assert asked.status_code == 422
    assert way in asked.content.decode()
    assert address not in page(client, "show_season", season.pk)[1]


@pytest.mark.parametrize(
    ("column", "sheet"),
    [(Column.CLAIMED, "the self-score"), (Column.AIM, "the titles aimed at")],
)
def test_a_waiver_of_another_phase_or_sheet_is_told_and_withdrawn_where_the_year_stands(
    cast, in_phase, as_, column, sheet
):
    waiver = in_phase(COLUMN_PHASE[column]).waive(
        cast.ash_unit, column, cast.cedar_seat, "Sáp nhập"
    )
    season, client = in_phase(Phase.REGISTRATION), as_(cast.cedar)
    text = page(client, "show_season", season.pk)[1]
    assert text.count(reverse("withdraw_waiver", args=[waiver.pk])) == 1
    assert text.count(f"it was noted that it does not send {sheet}") == 1
    assert f"Wait for {sheet} of" in page(client, "withdraw_waiver", waiver.pk)[1]
    assert post(client, "withdraw_waiver", waiver.pk, reason="Chưa sáp nhập")[0].status_code == 302
    assert "Ash has not sent its targets." in page(client, "show_season", season.pk)[1]


@pytest.mark.parametrize(
    ("column", "told", "back"),
    [
        (Column.CLAIMED, "it was noted that it does not send the self-score", Phase.PLANNING),
        (Column.FOUND, "Cross-inspected: Will not send", Phase.PLANNING),
        (Column.FOUND, "Cross-inspected: Will not send", Phase.SELF_SCORING),
    ],
)
def test_a_year_that_went_back_names_each_waiver_and_the_way_to_withdraw_it(
    cast, in_phase, as_, column, told, back
):
    waiver = in_phase(COLUMN_PHASE[column]).waive(
        cast.ash_unit, column, cast.cedar_seat, "Sáp nhập"
    )
    address, season = reverse("withdraw_waiver", args=[waiver.pk]), in_phase(back)
    for user, links in ((cast.cedar, 1), (cast.officer, 1), (cast.ash, 0)):
        html = as_(user).get(reverse("show_season", args=[season.pk])).content.decode()
        assert told in " ".join(re.sub(r"<[^>]+>", " ", html).split())
        assert html.count(address) == links
    assert post(as_(cast.cedar), "withdraw_waiver", waiver.pk, reason="Nhầm")[0].status_code == 302
    assert address not in page(as_(cast.cedar), "show_season", season.pk)[1]


def test_the_database_takes_no_withdrawal_without_a_reason(cast, in_phase):
    waiver = in_phase(Phase.SELF_SCORING).waive(
        cast.ash_unit, Column.CLAIMED, cast.cedar_seat, "Sáp nhập"
    )
    with pytest.raises(IntegrityError, match="a_withdrawn_waiver_says_by_whom_and_why"):
        Waiver.objects.filter(pk=waiver.pk).update(withdrawn_at=clock.now())
