"""How numbers are typed and written.

A comma is the decimal sign, and so is a lone point. Only the shape ``1.250`` can be read in two
ways; it is asked, never guessed. Nothing here rounds a number that was typed.
"""

import re
from decimal import Decimal
from fractions import Fraction

from django.utils.translation import gettext as _

from blocks.refusals import LONGEST, TypedRefused
from blocks.text import nfc

Number = int | Decimal | Fraction

# What the columns of the database hold: numeric(20, 4).
MOST_DIGITS = 16
MOST_PLACES = 4

_TYPED = re.compile(
    r"""
    (?P<sign>[-+\u2212\u2013]?)[ ]?
    (?P<whole>
        [1-9][0-9]{0,2}(?:(?P<points>(?:\.[0-9]{3})+)|(?:[ ][0-9]{3})+)
        | [0-9]+
    )?
    (?:(?P<comma>,[0-9]+)|(?P<point>\.[0-9]+))?
    [ ]?%?
    """,
    re.VERBOSE | re.ASCII,
)


class NumberRefused(TypedRefused):
    """What was typed is no number, or none that fits; its text is the sentence for the cell."""


class NumberDoubtful(ValueError):
    """What was typed has two readings that both fit: thousands, and decimals after a point."""

    def __init__(self, readings: tuple[Decimal, Decimal]) -> None:
        both = {"first": typed(readings[0]), "second": typed(readings[1])}
        super().__init__(_("It may mean two numbers: type %(first)s or %(second)s.") % both)
        self.readings = readings

    @property
    def answers(self) -> list[tuple[str, str]]:
        """Both numbers as a field holds them, each with what its button says."""
        return [(typed(number), _read_out(number)) for number in self.readings]


def _read_out(number: Decimal) -> str:
    whole = number == number.to_integral_value() and number >= 0
    return f"{show(number)} – {in_words(int(number))}" if whole else show(number)


def parse_decimal(
    text: str, *, low: Decimal | None, high: Decimal | None, places: int = MOST_PLACES
) -> Decimal:
    """Return the number somebody typed, exactly.

    Spaces between thousands and a percent sign are accepted (``80%`` is 80). Bounds include their
    ends; None leaves an end open. Raise NumberRefused, or NumberDoubtful for ``1.250`` where both
    1250 and 1.25 fit the bounds and the places.
    """
    readings = _readings(text)
    fitting = [reading for reading in readings if _refusal(reading, low, high, places) is None]
    if len(fitting) > 1:
        raise NumberDoubtful((fitting[0], fitting[1]))
    if not fitting:
        asked = _refusal(readings[0], low, high, places) if readings else None
        raise NumberRefused(asked or _range(low, high), text)
    return fitting[0]


def _readings(text: str) -> list[Decimal]:
    """Return what the text may mean: nothing, one number, or two."""
    clean = " ".join(nfc(text).split()) if len(text) <= LONGEST else ""
    match = _TYPED.fullmatch(clean)
    if match is None or not (match["whole"] or match["comma"] or match["point"]):
        return []
    sign = "-" if match["sign"] in {"-", "\u2212", "\u2013"} else ""
    whole = re.sub(r"[. ]", "", match["whole"] or "0")
    decimals = (match["comma"] or match["point"] or "")[1:]
    if match["point"] and match["points"]:
        return []  # 1.250.5: the points cannot be both
    readings = [Decimal(f"{sign}{whole}.{decimals or 0}")]
    if not decimals and match["points"] and match["points"].count(".") == 1:
        readings.append(Decimal(sign + match["whole"]))
    return [_plain(reading) for reading in readings]


def _refusal(number: Decimal, low: Decimal | None, high: Decimal | None, places: int) -> str | None:
    """Return why the number does not fit, or None."""
    if (low is not None and number < low) or (high is not None and number > high):
        return _range(low, high)
    if abs(number) >= 10**MOST_DIGITS:
        return _("Enter a number with at most %(digits)s digits.") % {"digits": MOST_DIGITS}
    if number != half_up(number, places):
        if not places:
            return _("Enter a whole number.")
        return _("Enter a number with at most %(places)s decimal places.") % {"places": places}
    return None


def _range(low: Decimal | None, high: Decimal | None) -> str:
    bounds = {"low": "" if low is None else show(low), "high": "" if high is None else show(high)}
    if low is not None and high is not None:
        return _("Enter a number from %(low)s to %(high)s.") % bounds
    if low is not None:
        return _("Enter a number from %(low)s upwards.") % bounds
    if high is not None:
        return _("Enter a number up to %(high)s.") % bounds
    return _("Enter a number.")


def product(*factors: Number, by: Number = 1) -> Fraction:
    """Return what the factors multiply to, divided by ``by``, exactly."""
    bottom, top = by.as_integer_ratio()
    for factor in factors:
        over, under = factor.as_integer_ratio()
        top, bottom = top * over, bottom * under
    return Fraction(top, bottom)


def is_less(one: Number, other: Number) -> bool:
    """Tell whether the one is less than the other, exactly, whatever kind of number each is."""
    top, bottom = one.as_integer_ratio()
    over, under = other.as_integer_ratio()
    return top * under < over * bottom


def half_up(number: Number, places: int) -> Decimal:
    """Return the number with so many decimal places, a half rounded away from zero."""
    return Decimal(f"{_units(number, places)}E-{places}")


def _units(number: Number, places: int) -> int:
    """How many units of the last place the rounded number is."""
    top, bottom = number.as_integer_ratio()
    units = (2 * abs(top) * 10**places + bottom) // (2 * bottom)
    return -units if top < 0 else units


def show(number: Number, places: int | None = None) -> str:
    """Return the number as it is read: ``29,10``, ``1.250,5``, ``−3``.

    Without ``places`` there are as many decimals as the number has; a fraction gets at most four.
    """
    whole, decimals, minus = _digits(number, places)
    return minus + f"{int(whole):,}".replace(",", ".") + ("," + decimals if decimals else "")


def typed(number: Number) -> str:
    """Return the number as a field holds it: without thousands, so that it reads back as itself."""
    whole, decimals, minus = _digits(number, None)
    return ("-" if minus else "") + whole + ("," + decimals if decimals else "")


def percent(fraction: Number, places: int | None = 2) -> str:
    """Return a share as ``88,89%``, half up; with ``places=None`` as many places as it has."""
    return show(Fraction(fraction) * 100, places) + "%"


def two_digits(count: int) -> str:
    """Return a count as papers print it: below ten with a zero, ``05``."""
    return f"0{count}" if 0 <= count < 10 else show(count)  # noqa: PLR2004 -- ten is ten


def _plain(number: Decimal) -> Decimal:
    """Return the number without an exponent and trailing zeros, exactly."""
    whole, decimals, minus = _digits(number, None)
    return Decimal(f"{'-' if minus else ''}{whole}.{decimals}")


def _digits(number: Number, places: int | None) -> tuple[str, str, str]:
    """Return the digits before and after the comma, and the minus sign where there is one."""
    if places is None and not isinstance(number, Fraction):
        whole, _point, decimals = format(Decimal(number).copy_abs(), "f").partition(".")
        return whole, decimals.rstrip("0"), "−" if number < 0 else ""
    rounded = MOST_PLACES if places is None else places
    units = _units(number, rounded)
    figures = str(abs(units)).zfill(rounded + 1)
    whole, decimals = figures[: len(figures) - rounded], figures[len(figures) - rounded :]
    return whole, decimals.rstrip("0") if places is None else decimals, "−" if units < 0 else ""


_ONES = ("không", "một", "hai", "ba", "bốn", "năm", "sáu", "bảy", "tám", "chín")
_SCALES = ("", " nghìn", " triệu", " tỷ", " nghìn tỷ", " triệu tỷ")


def in_words(number: int) -> str:
    """Return a whole number from 0 below 10^18 in Vietnamese: ``một nghìn hai trăm năm mươi``."""
    if not number:
        return _ONES[0]
    groups: list[str] = []
    for scale in _SCALES:
        number, three = divmod(number, 1000)
        if three:
            groups.insert(0, _three_in_words(three, after_thousands=number > 0) + scale)
    return " ".join(groups)


def _three_in_words(three: int, *, after_thousands: bool) -> str:
    hundreds, rest = divmod(three, 100)
    tens, ones = divmod(rest, 10)
    words: list[str] = []
    if hundreds or after_thousands:
        words += [_ONES[hundreds], "trăm"]
    if tens > 1:
        words += [_ONES[tens], "mươi"]
    elif tens:
        words.append("mười")
    elif ones and words:
        words.append("linh")
    if ones:
        words.append(_last_in_words(tens, ones))
    return " ".join(words)


def _last_in_words(tens: int, ones: int) -> str:
    if ones == 1 and tens > 1:
        return "mốt"
    if ones == 5 and tens:  # noqa: PLR2004 -- fifteen is mười lăm
        return "lăm"
    return _ONES[ones]
