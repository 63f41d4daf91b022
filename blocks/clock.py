"""What time it is, for every default date, every stamp and every late day.

Only tests and the player of the demonstration year stand the clock on another day; a request never
does. Days are local days of Asia/Ho_Chi_Minh (``settings.TIME_ZONE``). History keeps the server's
own time (decision 6).
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, time, timedelta

from django.utils import timezone

ONE_DAY = timedelta(days=1)

_standing: datetime | None = None


def now() -> datetime:
    """Return the moment that counts as now, with its time zone."""
    return _standing or timezone.now()


def today() -> date:
    """Return the local day that counts as today."""
    return timezone.localtime(now()).date()


@contextmanager
def standing_on(day: date, at: time = time(9)) -> Iterator[None]:
    """Let the clock stand on ``day`` at the local time ``at`` while the block runs."""
    global _standing  # noqa: PLW0603 -- there is one clock, and every thread reads the same
    before, _standing = _standing, timezone.make_aware(datetime.combine(day, at))
    try:
        yield
    finally:
        _standing = before
