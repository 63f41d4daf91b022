"""The code by which a signed sheet is known, and what changes it."""

import re
from datetime import date
from decimal import Decimal

import pytest

from scoring.content import SIGNS, content_code, same_code
from scoring.models import Scorecard
from scoring.phases import Column, Phase
from tests.factories import AwardFactory
from tests.scoring.sheets import fill, fill_staff, key, post


def test_a_code_is_eight_signs_none_of_which_is_taken_for_another():
    assert re.fullmatch(f"[{SIGNS}]{{4}}-[{SIGNS}]{{4}}", content_code("a"))
    assert not set(SIGNS) & set("0O1IL2Z5S8B")


def test_the_same_content_has_the_same_code_and_other_content_another():
    said = {"lines": [[1, Decimal(9), None, "T", True]], "as of": "2026-09-15"}
    again = {"as of": "2026-09-15", "lines": [[1, Decimal("9.0000"), None, "T", True]]}
    assert content_code(said) == content_code(again)
    assert len({content_code({"n": number}) for number in range(1000)}) == 1000


@pytest.mark.parametrize("typed", ["7K3F-CA9M", "7k3fca9m", " 7K3F CA9M ", "7K3F–CA9M"])
def test_a_code_is_typed_as_people_type_it(typed):
    assert same_code(typed, "7K3F-CA9M")
    assert not same_code(typed, "7K3F-CA9N")


@pytest.fixture
def scoring(cast, in_phase):
    in_phase(Phase.SELF_SCORING)
    fill(cast, cast.ash, Column.CLAIMED)
    fill_staff(cast)
    return cast


def code_of(cast, column=Column.CLAIMED):
    return Scorecard.objects.for_sheet().get(pk=cast.card.pk).content_code(column)


CHANGES = {
    "a figure": lambda cast, line: {line.pk: {"actual": Decimal(2)}},
    "an estimate": lambda cast, line: {line.pk: {"estimated": True}},
    "a note": lambda cast, line: {line.pk: {"note": "Có biên bản"}},
    "a level": lambda cast, line: {cast.lines.party.pk: {"level": "K"}},
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_what_a_line_says_changes_the_code(scoring, change):
    before = code_of(scoring)
    assert before == code_of(scoring)
    scoring.card.write(scoring.ash, Column.CLAIMED, change(scoring, scoring.lines.late))
    assert code_of(scoring) != before


def test_the_day_of_the_figures_and_the_staff_figures_change_the_code(scoring):
    first = code_of(scoring)
    scoring.card.write_as_of(scoring.ash, Column.CLAIMED, date(2026, 9, 15))
    second = code_of(scoring)
    scoring.card.write_staff(scoring.ash, {"advanced": 10})
    assert len({first, second, code_of(scoring)}) == 3


def test_sending_and_who_signs_do_not_change_the_code(scoring):
    before = code_of(scoring)
    seat = scoring.ash.seats.get()
    scoring.card.filing_of(seat, Column.CLAIMED).send(seat)
    scoring.ash.full_name = "Ash Con"
    scoring.ash.save(update_fields=["full_name"])
    assert code_of(scoring) == before


def test_another_column_and_another_unit_have_other_codes(scoring):
    other = Scorecard.objects.for_sheet().exclude(pk=scoring.card.pk).first()
    empty = {other.content_code(Column.INTERIM), code_of(scoring, Column.INTERIM)}
    assert len({*empty, code_of(scoring)}) == 3


def test_a_title_changes_the_code_of_the_titles_only(cast, in_phase):
    in_phase(Phase.REGISTRATION)
    before = {column: code_of(cast, column) for column in (Column.TARGET, Column.AIM)}
    cast.card.aims.create(award=AwardFactory(), seat=cast.ash.seats.get())
    assert code_of(cast, Column.AIM) != before[Column.AIM]
    assert code_of(cast, Column.TARGET) == before[Column.TARGET]


def test_a_target_changes_the_code_of_the_targets_only(cast, in_phase):
    in_phase(Phase.REGISTRATION)
    before = {column: code_of(cast, column) for column in (Column.TARGET, Column.AIM)}
    cast.card.write(cast.ash, Column.TARGET, {cast.lines.plan.pk: {"target": Decimal(11)}})
    assert code_of(cast, Column.TARGET) != before[Column.TARGET]
    assert code_of(cast, Column.AIM) == before[Column.AIM]


@pytest.mark.parametrize("figure", ["a figure", "as of", "people", "all_completed"])
def test_each_saved_cell_is_answered_with_the_code_of_what_stands_there_now(scoring, as_, figure):
    rules = scoring.season.rules
    rules.scan_replaces_principal = True
    rules.save()
    name, typed, was = {
        "a figure": (key(scoring.lines.late), "2", "1"),
        "as of": ("as-of", "15/09/2026", ""),
        "people": ("staff-people", "13", "12"),
        "all_completed": ("staff-all_completed", "0", "1"),
    }[figure]
    answer = post(as_(scoring.ash), scoring.card, Column.CLAIMED, name, typed, was)
    assert code_of(scoring) in answer.content.decode()
