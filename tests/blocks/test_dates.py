"""Dates as they are typed, shown and printed."""

from datetime import UTC, date, datetime

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from blocks.dates import (
    DateRefused,
    paper_date,
    paper_time,
    parse_date,
    show_date,
    show_deadline,
    show_moment,
)

TODAY = date(2026, 9, 30)


@pytest.fixture(autouse=True)
def _in_english():
    with translation.override("en"):
        yield


@pytest.mark.parametrize(
    "text",
    ["5/2/2026", "05/02/2026", "05-02-26", "5/2", " 5 / 2 / 26 ", "5.2.2026", "5-2", "2026-02-05"],
)
def test_a_date_is_typed_day_first_in_several_ways(text):
    assert parse_date(text, year=2026) == date(2026, 2, 5)


REFUSED = [
    ("31/2/2026", "There is no such day in the calendar."),
    ("29/2", "There is no such day in the calendar."),
    ("2/31/2026", "There is no such day in the calendar."),
    ("0/1", "There is no such day in the calendar."),
    ("5/2/1026", "Enter a year from 1900 to 2199."),
    ("5/2/026", "Enter a date as day/month/year, e.g. 05/02/2026."),
    ("", "Enter a date as day/month/year, e.g. 05/02/2026."),
    ("5", "Enter a date as day/month/year, e.g. 05/02/2026."),
    ("hôm nay", "Enter a date as day/month/year, e.g. 05/02/2026."),
    ("５/２/2026", "Enter a date as day/month/year, e.g. 05/02/2026."),
    ("٥/٢", "Enter a date as day/month/year, e.g. 05/02/2026."),
]


@pytest.mark.parametrize(("text", "sentence"), REFUSED)
def test_nonsense_is_refused_with_a_sentence(text, sentence):
    with pytest.raises(DateRefused) as refused:
        parse_date(text, year=2026)
    assert str(refused.value) == f"{sentence} The value “{text}” was not saved."


def test_the_leap_day_is_accepted_in_a_leap_year_only():
    assert parse_date("29/2", year=2028) == date(2028, 2, 29)


@given(st.dates(date(1900, 1, 1), date(2199, 12, 31)))
def test_a_shown_date_reads_back_as_itself(day):
    assert parse_date(show_date(day), year=2026) == day


@pytest.mark.parametrize(
    ("day", "paper"),
    [
        (date(2026, 2, 5), "ngày 05 tháng 02 năm 2026"),
        (date(2021, 12, 3), "ngày 03 tháng 12 năm 2021"),
        (date(2021, 3, 19), "ngày 19 tháng 3 năm 2021"),
    ],
)
def test_papers_print_a_date_by_the_decree(day, paper):
    assert paper_date(day) == paper


def test_a_deadline_has_its_weekday():
    assert show_deadline(TODAY) == "Wednesday 30/09/2026"
    with translation.override("vi"):
        assert show_deadline(TODAY) == "Thứ Tư 30/09/2026"
        assert show_deadline(date(2026, 10, 4)) == "Chủ nhật 04/10/2026"


def test_a_moment_is_told_in_local_time():
    moment = datetime(2026, 9, 30, 10, 0, tzinfo=UTC)
    assert show_moment(moment) == "17:00, 30/09/2026"
    assert paper_time(moment) == "17 giờ 00 phút"


def test_a_naive_moment_is_local_already():
    assert paper_time(datetime(2026, 2, 5, 8, 30)) == "08 giờ 30 phút"  # noqa: DTZ001
