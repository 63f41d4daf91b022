"""A sheet that goes the way of filings: how far it is, what may be done with it, what it lacks."""

from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal

from django.core.exceptions import PermissionDenied
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from blocks import clock
from blocks.dates import show_date
from blocks.models import Seat
from emulation.templatetags.ui import days_left, office, weekday_date
from scoring.models import Filing, Scorecard, Waiver
from scoring.phases import COLUMN_PHASE, Column, FilingState, Part
from scoring.progress import STATES, filling, overdue, sent_chip, settled_by, unasked_chip
from scoring.sheet import Act, Lack
from scoring.totals import Total

if TYPE_CHECKING:
    from blocks.models import Unit, User

TASKS = {
    Column.TARGET: gettext_lazy("Registration of targets"),
    Column.AIM: gettext_lazy("Registration of titles"),
    Column.INTERIM: gettext_lazy("Six-month report"),
    Column.CLAIMED: gettext_lazy("Self-scoring"),
    Column.FOUND: gettext_lazy("Cross-inspection"),
    Column.FINAL: gettext_lazy("Settlement"),
}

SEND = {
    Column.TARGET: gettext_lazy("Send the registered targets to “%(block)s”?"),
    Column.AIM: gettext_lazy("Send the titles aimed at to “%(block)s”?"),
    Column.INTERIM: gettext_lazy("Send the six-month results to “%(block)s”?"),
    Column.CLAIMED: gettext_lazy("Send the self-score to “%(block)s”?"),
    Column.FOUND: gettext_lazy("Confirm the results of the inspection at %(unit)s?"),
    Column.FINAL: gettext_lazy("Settle the score sheet of %(unit)s?"),
}
SEND_BUTTON = {
    Column.FOUND: gettext_lazy("Confirm the inspection"),
    Column.FINAL: gettext_lazy("Settle the score sheet"),
}
DONE = {
    Column.FOUND: gettext_lazy("The inspection is confirmed."),
    Column.FINAL: gettext_lazy("The score sheet is settled."),
}
TAKE_BACK = {
    Column.FOUND: gettext_lazy("Take the confirmed inspection at %(unit)s back?"),
    Column.FINAL: gettext_lazy("Take the conclusion on the score sheet of %(unit)s back?"),
}
NOT_SENT = gettext_lazy("Not sent yet: this is still missing.")
NOT_YET = {
    Column.FOUND: gettext_lazy("Not confirmed yet: this is still missing."),
    Column.FINAL: gettext_lazy("Not settled yet: this is still missing."),
}
WITH_SCAN = gettext_lazy("With a signed, stamped copy")


class FiledSheet:
    """What every column that is filed shares: its seat, its filing, its acts."""

    body_class = "sheet-page"
    form_class = "sheet-form"
    note_part = "scoring/_note.html"
    action_part = "scoring/_action.html"
    before_part = "scoring/_before.html"
    saves_each_cell: Literal[True] = True
    scripts = ("vendor/htmx/htmx.min.js", "js/sheet.js")

    def __init__(self, card: Scorecard, user: "User", column: Column) -> None:
        self.card, self.user, self.column = card, user, column
        self.season = card.season
        self.block = card.season.block

    # What a kind of sheet says of itself

    @property
    def address(self) -> str:
        """The page on which it is filled."""
        raise NotImplementedError

    @property
    def submit_address(self) -> str:
        """The page on which it is sent."""
        raise NotImplementedError

    @property
    def print_address(self) -> str:
        """Where it is printed, if it can be."""
        return ""

    @property
    def minutes_address(self) -> str:
        """Where the minutes of what was found are written, if the column has some."""
        return ""

    @property
    def code(self) -> str:
        """The content code of what it says now, where the season's rules let a scan be sent."""
        shown = self.season.rules.scan_replaces_principal and self.print_address
        return self.card.content_code(self.column) if shown and self.is_readable else ""

    @property
    def is_readable(self) -> bool:
        """Whether the reader may see what the column says."""
        return bool(self.seat) or self.card.may_read(self.user, self.column)

    @property
    def scan_address(self) -> str:
        """Where the scan is seen with which it was sent, for whoever reads the column."""
        scan = self.filing.scan_id
        return reverse("show_scan", args=[scan]) if scan and self.is_readable else ""

    @property
    def lender(self) -> Column | None:
        """The column from which empty lines may be taken over, if there are any."""
        return None

    @property
    def source(self) -> Column | None:
        """The column from which empty lines may be taken over now."""
        return None

    @property
    def is_sealed(self) -> bool:
        """Whether there is something that its reader may not read yet (decision 15)."""
        return False

    @property
    def folds(self) -> bool:
        """Whether a column is folded away behind a switch."""
        return False

    @property
    def confirmations(self) -> list[tuple[str, bool]]:
        """Which of several inspecting units have confirmed."""
        return []

    @property
    def total(self) -> Total | None:
        """What it adds up to, if it has points."""
        return None

    # Whose it is, and whether it is open

    @cached_property
    def seat(self) -> Seat | None:
        """The seat from which the reader fills this column."""
        return self.card.seat_for(self.user, self.column)

    @property
    def filing(self) -> Filing:
        """The filing for which the reader's seat answers, or the column's."""
        return self.card.filing(self.column, self.seat.unit if self.seat else None)

    @property
    def is_running(self) -> bool:
        """Whether the column's phase is on and no wall stands before it."""
        return self.column in self.season.step.writes and not self.season.is_shut(self.column)

    @cached_property
    def is_open(self) -> bool:
        """Whether the reader may write now."""
        return bool(
            self.seat
            and self.is_running
            and not self.filing.is_sent
            and (Filing.binds(self.seat) or not self.filing.is_handed_up)
        )

    def refuse_unless_open(self) -> None:
        """Raise PermissionDenied with the reason unless the reader may write now."""
        self.card.open_seat(self.user, self.column)

    @property
    def siblings(self) -> list[tuple[Column, str, str]]:
        """The two sheets of a registration, each with its name and address; else none."""
        if self.column not in {Column.TARGET, Column.AIM}:
            return []
        names = ((Column.TARGET, _("Registered targets")), (Column.AIM, _("Titles aimed at")))
        return [(column, name, self.card.address_of(column)) for column, name in names]

    @property
    def form_address(self) -> str:
        """Where the form posts without JavaScript."""
        return self.address

    @property
    def crumbs(self) -> list[tuple[str, str]]:
        """Where the page stands."""
        season = self.season.short_name
        return [(season, self.season.get_absolute_url()), (self.task, self.address)]

    # What is said of it

    @property
    def task(self) -> str:
        """What filling it is called."""
        return str(TASKS[self.column])

    @property
    def filled(self) -> int:
        """How many of its lines are filled."""
        return 0

    @property
    def fillable(self) -> int:
        """How many lines it has to fill."""
        return 0

    @property
    def unasked(self) -> Waiver | None:
        """The waiver by which the year does not wait for it, if there is one."""
        # A waiver of an inspection excuses who inspects, not the unit whose card it is.
        seat = self.seat if self.column == Column.FOUND else None
        return self.card.unasked(self.column, seat.unit if seat else None)

    @property
    def unranked(self) -> str:
        """Why the card's unit is not ranked, and what that means for this sheet; or nothing.

        Of several waivers that of this very sheet is told.
        """
        waiver = self.card.unasked(self.column)
        if waiver is None:
            return ""
        said = waiver.unranks(self.card.unit)
        if self.is_running and not self.filing.is_sent:
            said += " " + _("The year does not wait for this sheet; it may still be filled.")
        return said

    @property
    def chips(self) -> list[tuple[str, str]]:
        """How far it is on its way, each a colour and a word (looks: States of a sheet)."""
        filing, due, today = self.filing, self.due, clock.today()
        if (waiver := self.unasked) and not filing.is_sent:
            if waiver.column == self.column:
                return [("grey", _("Not sent (%(reason)s)") % {"reason": waiver.because})]
            return [unasked_chip(waiver, self.column)]
        chips = [sent_chip(filing) if filing.is_sent else self.state_chip]
        if self.is_running and not filing.is_sent and due and due < today:
            chips.append(("red", overdue(due, today)))
        if filing.scan_id:
            chips.append(("green", str(WITH_SCAN)))
        if not self.is_running and self.season.has_reached(COLUMN_PHASE[self.column]):
            chips.append(("grey", _("Locked")))
        return chips

    @property
    def state_chip(self) -> tuple[str, str]:
        """The state of the filing, or how much of it is filled."""
        filing = self.filing
        if filing.state == FilingState.FILLING:
            return self.filled_chip
        return STATES[filing.state], filing.get_state_display()

    @property
    def filled_chip(self) -> tuple[str, str]:
        """How many lines are filled."""
        if not self.filled:
            return "grey", _("Empty")
        return filling(self.filing, self.filled, self.fillable)

    @property
    def due(self) -> date | None:
        """The day by which it is promised."""
        return self.season.due(self.column)

    @property
    def due_sentence(self) -> str:
        """By which day it is promised, in words; nothing to who waits for a settlement."""
        if self.due is None or (self.column == Column.FINAL and self.seat is None):
            return ""
        says = _("To be settled by %(day)s") if self.column == Column.FINAL else _("Due %(day)s")
        said = says % {"day": weekday_date(self.due)}
        if self.is_running and self.due >= clock.today() and not self.filing.is_sent:
            said += f" ({days_left(self.due, clock.today())})"
        return said

    @property
    def concluded_by(self) -> str:
        """Who concluded a settlement, though another unit settles the card since; or nothing."""
        if self.column != Column.FINAL or not self.filing.is_sent:
            return ""
        return settled_by(self.season, self.filing.unit)

    @property
    def returned_by(self) -> str:
        """Who returned it or opened it again, and when, in a sentence; see ``returned_because``."""
        act = self.filing.noted_act if self.returned_because else None
        if act is None:
            return ""
        day = show_date(timezone.localtime(act.at).date())
        of = str(act.by.unit or act.by.authority)
        if act.act == "sent_back" and act.by.unit_id == self.season.deputy_id is not None:
            of += f", {office(self.block, 'deputy')}"
        said = {"who": act.by.person, "of": of, "day": day}
        if act.act != "reopened":
            return _("%(who)s (%(of)s) returned it on %(day)s to be completed:") % said
        if self.season.step.by is Part.OWNER:  # only the season's way back opens it again
            return _("The season went back on %(day)s and the sheet is a draft again:") % said
        return _("It is a draft again since %(day)s (%(who)s, %(of)s):") % said

    @property
    def locked_because(self) -> str:
        """Why its unit can no longer send what it did not send, and who can help; or nothing."""
        filing, day = self.filing, self.season.closes_on(self.column)
        if self.seat is None or self.is_running or filing.is_sent or self.unasked:
            return ""
        if not self.season.has_reached(COLUMN_PHASE[self.column]):
            went_back = _(
                "The year went back before “%(phase)s”: what was typed is kept, and is filled on"
                " once the year is there again."
            ) % {"phase": COLUMN_PHASE[self.column].label}
            return went_back if filing.pk else ""
        if self.column not in self.season.step.writes:
            return _("The phase “%(phase)s” is over; this sheet was not sent.") % {
                "phase": COLUMN_PHASE[self.column].label
            }
        if self.user.has_perm("scoring.draft_season", self.season):
            return _("Locked since %(day)s; give more time in the dates of the year.") % {
                "day": show_date(day) if day else ""
            }
        head = self.season.head
        return _("Locked since %(day)s. Ask %(head)s for more time.") % {
            "day": show_date(day) if day else "",
            "head": f"{office(self.block, 'head')} ({head})" if head else self.block.authority,
        }

    @cached_property
    def stranded(self) -> str:
        """That nobody is there to approve the sheet, told to its clerk, who cannot send it or has
        handed it up; or nothing."""
        seat, filing = self.seat, self.filing
        if seat is None or Filing.binds(seat) or not self.is_running or filing.is_sent:
            return ""
        if not self._unapproved or (self._sends_scans and not filing.is_handed_up):
            return ""
        said = (
            _(
                "%(unit)s has no principal who could approve it: take it back, or ask"
                " %(authority)s for a principal."
            )
            if filing.is_handed_up
            else _("%(unit)s has no principal who could approve it; ask %(authority)s for one.")
        )
        return said % {"unit": seat.unit, "authority": seat.unit and seat.unit.authority}

    @cached_property
    def _unapproved(self) -> bool:
        """Whether the clerk's unit has no principal to hand the sheet up to."""
        return bool(self.seat and self.seat.unit and not self.seat.unit.has_principal)

    @property
    def _sends_scans(self) -> bool:
        return self.season.rules.scan_replaces_principal

    @property
    def returned_because(self) -> str:
        """The note with which it was returned or opened again; read by who fills it, and by who
        may return it that it was returned with: not what a unit says to its own clerk."""
        returned = self.filing.state == FilingState.RETURNED
        if self.seat:
            is_draft = returned or self.filing.state == FilingState.FILLING
            return self.filing.last_note if is_draft else ""
        act = self.filing.noted_act if returned and self.head_seat else None
        return act.note if act and act.act == "sent_back" else ""

    # What may be done with it

    @property
    def acts(self) -> list[Act]:
        """What the reader may do with the whole now; the first is the page's button."""
        seat, filing = self.seat, self.filing
        if not self.is_running:
            return []
        if seat is None:
            return [self.act("send_back")] if self.head_seat and filing.is_sent else []
        if filing.is_sent:
            return [self.act("take_back")] if filing.may_take_back(seat) else []
        if not Filing.binds(seat):
            sending = [self.act("send_with_scan")] if self._sends_scans else []
            if filing.is_handed_up:
                return [*sending, self.act("take_back")] if self._unapproved else sending
            return sending if self._unapproved else [self.act("hand_up"), *sending]
        send = self.act("send")
        return [send, self.act("give_back")] if filing.is_handed_up else [send]

    @property
    def may_issue(self) -> bool:
        """Whether the reader may make a final paper of what was sent."""
        return self.filing.is_sent and self.user.has_perm("scoring.issue_sheet", self.card)

    @property
    def head_seat(self) -> Seat | None:
        """The seat from which the reader may return a unit's sheet that was sent."""
        return self._office_seat if self._office_seat and Filing.binds(self._office_seat) else None

    @property
    def returner(self) -> "Unit | None":
        """The unit whose principal may return the sheet, told to its clerk; or nothing."""
        if self.seat or self.head_seat or not (self.is_running and self.filing.is_sent):
            return None
        return self._office_seat.unit if self._office_seat else None

    @cached_property
    def _office_seat(self) -> Seat | None:
        """The reader's seat where units answer to the head: of the head, or of an officer."""
        return self.season.office_seat(self.user) if self.season.step.by is Part.OWNER else None

    def act(self, name: str) -> Act:
        """Return the act of this name; another name is refused."""
        words = {"block": str(self.block), "unit": str(self.card.unit)}
        match name:
            case "hand_up":
                return Act(
                    name,
                    _("To the principal"),
                    _("Hand the sheet to the principal of the unit?"),
                    _("The principal approves and sends it, or returns it with a note."),
                    _("Not handed up yet: this is still missing."),
                    warns=self.left_empty,
                    said=_("Handed to the principal."),
                )
            case "send":
                return Act(
                    name,
                    self._send_button,
                    str(SEND[self.column]) % words,
                    self._after_sending,
                    NOT_YET.get(self.column, NOT_SENT),
                    warns=self.left_empty,
                    said=str(DONE.get(self.column) or _("Sent.")),
                )
            case "send_with_scan":
                return Act(
                    name,
                    _("Send with a signed, stamped copy"),
                    str(SEND[self.column]) % words,
                    _(
                        "Print the sheet, have it signed and stamped, scan it, and type the code"
                        " that stands on it. It is taken back while the phase “%(phase)s” is not"
                        " over; a sheet that is changed is printed and signed anew."
                    )
                    % {"phase": COLUMN_PHASE[self.column].label},
                    NOT_SENT,
                    warns=self.left_empty,
                    wants_scan=True,
                    said=_("Sent."),
                )
            case "give_back":
                return Act(
                    name,
                    _("Return…"),
                    _("Return the sheet for completion?"),
                    _("The clerk sees the reason and fills it again."),
                    wants_note=True,
                    said=_("Returned for completion."),
                )
            case "send_back":
                return Act(
                    name,
                    _("Return…"),
                    _("Return the sheet of %(unit)s for completion?") % words,
                    self._after_returning,
                    wants_note=True,
                    said=_("Returned for completion."),
                )
            case "take_back":
                return Act(
                    name,
                    _("Take back"),
                    self._taking_back % words,
                    self._after_taking_back,
                    danger=True,
                    said=_("Taken back."),
                )
        raise PermissionDenied(_("There is no such act."))

    @property
    def _send_button(self) -> str:
        special = SEND_BUTTON.get(self.column)
        return str(special or (_("Approve and send") if self.filing.is_handed_up else _("Send")))

    @property
    def _after_sending(self) -> str:
        said = {
            Column.FOUND: _(
                "To change it afterwards, the principal takes the confirmation back while the phase"
                " “%(phase)s” is not over."
            ),
            Column.FINAL: _(
                "Its unit explains nothing any more. To change it afterwards, whoever settled it"
                " takes that back while the phase “%(phase)s” is not over."
            ),
        }
        usual = _(
            "To change it after sending, the principal takes it back while the phase “%(phase)s”"
            " is not over."
        )
        return said.get(self.column, usual) % {"phase": COLUMN_PHASE[self.column].label}

    @property
    def _taking_back(self) -> str:
        if self.filing.is_handed_up:
            return _("Take back the sheet that was handed up?")
        return str(TAKE_BACK.get(self.column) or _("Take the sheet back?"))

    @property
    def _after_taking_back(self) -> str:
        if self.filing.is_handed_up:
            return _("It may be filled again.")
        if self.column == Column.FOUND:
            return _(
                "The year waits for the inspection until it is confirmed again. Minutes that are"
                " final are corrected then, if the figures changed."
            )
        if self.column != Column.FINAL:
            return _("The others no longer read it until it is sent again.")
        said = _("The settled points may be changed until the sheet is settled again.")
        if self.season.current_ranking and not self.card.unranked:
            said += f" {self.season.rests}"
        return said

    @property
    def _after_returning(self) -> str:
        said = _("The unit sees the reason, completes the sheet and sends it again.")
        if not self.is_readable:
            said += " " + _(
                "What it says is not read by others yet: return it where the unit asks for it, and"
                " say what is to be completed."
            )
        return said

    @property
    def left_empty(self) -> str:
        """How many lines are not filled, told before it is handed up or sent."""
        count = self.fillable - self.filled
        words = ngettext(
            "%(count)d line is not filled, or not wholly.",
            "%(count)d lines are not filled, or not wholly.",
            count,
        )
        return words % {"count": count} if count > 0 else ""

    def missing(self, act: Act) -> list[Lack]:
        """Return what keeps it from being handed up or sent, each with the line to mend it."""
        return self.lacks if act.name in {"hand_up", "send", "send_with_scan"} else []

    @property
    def lacks(self) -> list[Lack]:
        """What it still lacks."""
        return []

    def do(self, act: Act, **said: Any) -> None:
        """Do the act by the filing's own verb."""
        seat = self.head_seat if act.name == "send_back" else self.seat
        if seat is None:
            raise PermissionDenied(
                _("Only %(who)s can do this.") % {"who": self.card.fillers(self.column)}
            )
        getattr(self.filing, act.name)(seat, **said)
