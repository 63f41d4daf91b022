"""How dates are typed and written."""

import re
from datetime import date, datetime

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from blocks.refusals import TypedRefused
from blocks.text import nfc

_DAY_FIRST = re.compile(
    r"([0-9]{1,2})\s*[-/.]\s*([0-9]{1,2})(?:\s*[-/.]\s*([0-9]{4}|[0-9]{2}))?", re.ASCII
)
_YEAR_FIRST = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})", re.ASCII)
_EARLIEST, _LATEST = 1900, 2199

WEEKDAYS = (
    gettext_lazy("Monday"),
    gettext_lazy("Tuesday"),
    gettext_lazy("Wednesday"),
    gettext_lazy("Thursday"),
    gettext_lazy("Friday"),
    gettext_lazy("Saturday"),
    gettext_lazy("Sunday"),
)


class DateRefused(TypedRefused):
    """What was typed is no day; its text is the sentence for the field."""


def parse_date(text: str, *, year: int) -> date:
    """Return the day somebody typed: ``5/2/2026``, ``05-02-26``, or ``5/2`` of this ``year``.

    The day comes first; two digits of a year are of this century. Raise DateRefused.
    """
    clean = " ".join(nfc(text).split())
    if match := _DAY_FIRST.fullmatch(clean):
        day, month, typed = match.groups()
    elif match := _YEAR_FIRST.fullmatch(clean):
        typed, month, day = match.groups()
    else:
        raise DateRefused(_("Enter a date as day/month/year, e.g. 05/02/2026."), text)
    return _day(text, year if typed is None else _year(typed), int(month), int(day))


def _year(typed: str) -> int:
    return int(typed) if len(typed) > 2 else 2000 + int(typed)  # noqa: PLR2004 -- two digits


def _day(text: str, year: int, month: int, day: int) -> date:
    if not _EARLIEST <= year <= _LATEST:
        raise DateRefused(_("Enter a year from 1900 to 2199."), text)
    try:
        return date(year, month, day)
    except ValueError:
        raise DateRefused(_("There is no such day in the calendar."), text) from None


def show_date(day: date) -> str:
    """Return ``05/02/2026``."""
    return f"{day.day:02}/{day.month:02}/{day.year:04}"


def show_deadline(day: date) -> str:
    """Return the date with its weekday, in the reader's language: ``Thứ Tư 30/09/2026``."""
    return f"{WEEKDAYS[day.weekday()]} {show_date(day)}"


def show_hour(moment: datetime) -> str:
    """Return the local time, in the reader's language: ``08 giờ 05``."""
    local = _local(moment)
    return _("%(hour)s:%(minute)s") % {"hour": f"{local.hour:02}", "minute": f"{local.minute:02}"}


def show_moment(moment: datetime) -> str:
    """Return the local time and day, in the reader's language: ``17 giờ 00, 30/09/2026``."""
    local = _local(moment)
    return _("%(hour)s:%(minute)s, %(date)s") % {
        "hour": f"{local.hour:02}",
        "minute": f"{local.minute:02}",
        "date": show_date(local),
    }


def paper_date(day: date) -> str:
    """Return ``ngày 05 tháng 02 năm 2026``, as papers print it.

    Days below ten and January and February get a zero (Decree 30/2020/NĐ-CP, Annex I, II.4).
    """
    month = f"{day.month:02}" if day.month <= 2 else str(day.month)  # noqa: PLR2004 -- February
    return f"ngày {day.day:02} tháng {month} năm {day.year}"


def paper_time(moment: datetime) -> str:
    """Return the local time as papers print it: ``08 giờ 30 phút``."""
    local = _local(moment)
    return f"{local.hour:02} giờ {local.minute:02} phút"


def _local(moment: datetime) -> datetime:
    """Return the moment in local time; a naive one is local already."""
    return timezone.localtime(moment) if timezone.is_aware(moment) else moment
