"""One row of what is to do, as the first page shows it."""

from dataclasses import dataclass
from datetime import date

from django.utils.text import capfirst
from django.utils.translation import gettext as _

from blocks import clock
from emulation.templatetags.ui import days_left

SOON = 3  # days


@dataclass(frozen=True, slots=True)
class Task:
    """One row: what, how far, until when, and where it is done."""

    what: str
    url: str
    button: str
    chip: tuple[str, str] | None = None  # colour and word
    note: str = ""
    due: date | None = None
    first: bool = False  # before all that has a date

    @property
    def when(self) -> tuple[str, str]:
        """The promised day as colour and word: red when it is past, amber when it is near."""
        if self.due is None:
            return ("blue", _("Now")) if self.first else ("grey", _("No date"))
        days = (self.due - clock.today()).days
        colour = "red" if days < 0 else "amber" if days <= SOON else "grey"
        return colour, capfirst(days_left(self.due, clock.today()))
