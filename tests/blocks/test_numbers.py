"""Numbers as a Vietnamese office types and reads them."""

from decimal import Decimal
from fractions import Fraction

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from blocks.numbers import (
    NumberDoubtful,
    NumberRefused,
    half_up,
    in_words,
    parse_decimal,
    percent,
    show,
    two_digits,
    typed,
)


@pytest.fixture(autouse=True)
def _in_english():
    with translation.override("en"):
        yield


def read(text, low=0, high=None, places=4):
    bounds = (None if bound is None else Decimal(bound) for bound in (low, high))
    return parse_decimal(text, **dict(zip(("low", "high"), bounds, strict=True)), places=places)


TYPED = [
    # typed, low, high, places, understood
    ("12", 0, 30, 4, "12"),
    ("29,4", 0, 30, 4, "29.4"),
    ("9.5", 0, 30, 4, "9.5"),
    (" 9,50 ", 0, 30, 4, "9.5"),
    ("0.125", 0, 1, 4, "0.125"),
    ("0.125", None, None, 4, "0.125"),
    (",5", 0, 1, 4, "0.5"),
    ("1.250,5", None, None, 4, "1250.5"),
    ("1 250", None, None, 4, "1250"),
    ("1\u00a0250,5", None, None, 4, "1250.5"),
    ("1\u202f250 000", None, None, 4, "1250000"),
    ("1.250.000", None, None, 4, "1250000"),
    ("1,250", None, None, 4, "1.25"),
    ("1250.500", None, None, 4, "1250.5"),
    ("80%", 0, 100, 4, "80"),
    ("80 %", 0, 100, 4, "80"),
    ("-3", -5, 5, 4, "-3"),
    ("−3,5", -5, 5, 4, "-3.5"),
    ("+3", 0, 5, 4, "3"),
    ("007", 0, 10, 4, "7"),
    ("-0", 0, 1, 4, "0"),
    # the bounds belong to the range
    ("12", 12, 30, 4, "12"),
    ("30", 12, 30, 4, "30"),
    # the doubtful shape, when the bounds or the places leave one reading
    ("1.250", 0, 30, 4, "1.25"),
    ("1.250", 2, None, 4, "1250"),
    ("1.250", 0, None, 0, "1250"),
    ("-1.250", -30, 0, 4, "-1.25"),
]


@pytest.mark.parametrize(("text", "low", "high", "places", "understood"), TYPED)
def test_a_typed_number_is_understood_exactly(text, low, high, places, understood):
    number = read(text, low, high, places)
    assert number == Decimal(understood)
    assert str(number) == str(Decimal(understood))


REFUSED = [
    "", " ", ",", ".", "%", "-", "12,", "12.", "1.3OO", "1,250.5", "1,250,000", "1.25.000",
    "1.250.5", "1 25", "12 5000", "1e3", "1E3", "NaN", "nan", "inf", "-Infinity", "١٢", "１２",
    "²", "½", "1_000", "0x10", "--3", "3-", "1'250", "1;2", "%5", "5%%", "12 điểm", "1\x00",
    "9" * 99, "12.50,5", "1２",
]  # fmt: skip


@pytest.mark.parametrize("text", REFUSED)
def test_what_is_no_number_is_refused_whatever_the_bounds(text):
    with pytest.raises(NumberRefused):
        read(text, None, None)


SENTENCES = [
    ("1.3OO", 0, 12, 4, "Enter a number from 0 to 12. The value “1.3OO” was not saved."),
    ("12,01", 0, 12, 4, "Enter a number from 0 to 12. The value “12,01” was not saved."),
    ("1.250", 10, 20, 4, "Enter a number from 10 to 20. The value “1.250” was not saved."),
    ("-1", 0, None, 4, "Enter a number from 0 upwards. The value “-1” was not saved."),
    ("7", None, "2.5", 4, "Enter a number up to 2,5. The value “7” was not saved."),
    ("x", None, None, 4, "Enter a number. The value “x” was not saved."),
    ("2,5", 0, 9, 0, "Enter a whole number. The value “2,5” was not saved."),
    (
        "0,12345", 0, 9, 4,
        "Enter a number with at most 4 decimal places. The value “0,12345” was not saved.",
    ),
    (
        "10000000000000000", 0, None, 4,
        "Enter a number with at most 16 digits. The value “10000000000000000” was not saved.",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("text", "low", "high", "places", "sentence"), SENTENCES)
def test_a_refusal_says_what_to_enter_and_that_nothing_was_saved(text, low, high, places, sentence):
    with pytest.raises(NumberRefused) as refused:
        read(text, low, high, places)
    assert str(refused.value) == sentence


def test_a_number_with_two_fitting_readings_is_asked():
    with pytest.raises(NumberDoubtful) as doubtful:
        read("1.250")
    assert doubtful.value.readings == (Decimal(1250), Decimal("1.25"))
    assert str(doubtful.value) == "It may mean two numbers: type 1250 or 1,25."


SHOWN = [
    ("29.10", None, "29,1"),
    ("29.1", 2, "29,10"),
    ("1250.5", None, "1.250,5"),
    ("1250000", None, "1.250.000"),
    ("30.00", None, "30"),
    ("30", 2, "30,00"),
    ("-3", None, "−3"),
    ("-1250.125", 2, "−1.250,13"),
    ("-0.001", 2, "0,00"),
    ("-0", None, "0"),
    ("1E+3", None, "1.000"),
    ("2.345", 2, "2,35"),
]


@pytest.mark.parametrize(("number", "places", "text"), SHOWN)
def test_a_number_is_shown_the_vietnamese_way(number, places, text):
    assert show(Decimal(number), places) == text


def test_a_fraction_is_shown_with_at_most_four_places():
    assert show(Fraction(1, 2)) == "0,5"
    assert show(Fraction(2, 3)) == "0,6667"
    assert show(7) == "7"


@pytest.mark.parametrize(
    ("share", "places", "text"),
    [
        (Fraction(8, 9), 2, "88,89%"),
        (Fraction(4, 5), 2, "80,00%"),
        (Fraction(4, 5), None, "80%"),
        (Fraction(54, 78), 2, "69,23%"),
        (Fraction(1), 0, "100%"),
        (Fraction(1, 8), 0, "13%"),
    ],
)
def test_a_share_is_shown_as_percent(share, places, text):
    assert percent(share, places) == text


@pytest.mark.parametrize(
    ("number", "places", "rounded"),
    [
        (Decimal("2.345"), 2, "2.35"),
        (Decimal("2.344999"), 2, "2.34"),
        (Decimal("-2.345"), 2, "-2.35"),
        (Fraction(1, 3), 2, "0.33"),
        (Fraction(5, 2), 0, "3"),
        (Fraction(-1, 1000), 2, "0.00"),
        (Decimal("1e20") + 1, 2, "100000000000000000001.00"),
    ],
)
def test_a_half_is_rounded_up(number, places, rounded):
    assert str(half_up(number, places)) == rounded


def test_papers_print_counts_below_ten_with_a_zero():
    assert [two_digits(count) for count in (0, 5, 10, 27, 1250)] == [
        "00",
        "05",
        "10",
        "27",
        "1.250",
    ]


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (0, "không"),
        (5, "năm"),
        (15, "mười lăm"),
        (21, "hai mươi mốt"),
        (104, "một trăm linh bốn"),
        (110, "một trăm mười"),
        (1250, "một nghìn hai trăm năm mươi"),
        (1005, "một nghìn không trăm linh năm"),
        (2_001_000, "hai triệu không trăm linh một nghìn"),
        (999_999, "chín trăm chín mươi chín nghìn chín trăm chín mươi chín"),
        (3_000_000_000, "ba tỷ"),
    ],
)
def test_a_number_is_told_in_words(number, words):
    assert in_words(number) == words


decimals = st.decimals(min_value=-(10**9), max_value=10**9, places=4)


@given(decimals)
def test_what_a_field_holds_reads_back_as_itself(number):
    assert read(typed(number), None, None) == number


@given(decimals)
def test_what_is_shown_reads_back_as_itself_or_is_asked(number):
    try:
        assert read(show(number), None, None) == number
    except NumberDoubtful as doubtful:
        assert number in doubtful.readings  # noqa: PT017 -- either way the number is among them


@given(st.fractions(), st.integers(0, 6))
def test_rounding_is_never_off_by_more_than_half_a_unit(number, places):
    assert abs(Fraction(half_up(number, places)) - number) <= Fraction(1, 2 * 10**places)


@given(st.text(max_size=12))
def test_any_text_is_a_number_or_a_sentence(text):
    try:
        read(text, None, None)
    except NumberRefused as refused:
        assert str(refused)  # noqa: PT017 -- both ends are allowed
    except NumberDoubtful as doubtful:
        assert len(doubtful.readings) == 2  # noqa: PT017
