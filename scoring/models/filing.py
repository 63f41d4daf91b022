"""How a sheet goes from its clerk to the block: filled, handed up, sent, taken back."""

import hashlib
from collections.abc import Iterable
from datetime import date
from typing import TYPE_CHECKING, Self

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import models, transaction
from django.db.models import Q
from django.db.models.expressions import RawSQL
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from blocks import clock, history
from blocks.files import LARGEST, SCANS, content_type
from blocks.models import Seat, Unit
from blocks.text import nfc
from scoring.content import same_code
from scoring.phases import Column, FilingState

if TYPE_CHECKING:
    from scoring.models.scale import Criterion

OPEN_STATES = (FilingState.FILLING, FilingState.RETURNED, FilingState.TAKEN_BACK)
# Names the table of the filings: for the outermost query, not for one inside.
NOTED = """(
    SELECT note FROM scoring_filingact
    WHERE scoring_filingact.filing_id = scoring_filing.id AND note <> ''
    ORDER BY scoring_filingact.id DESC LIMIT 1
)"""


class FilingQuerySet(models.QuerySet["Filing"]):
    """Questions about filings."""

    def with_note(self) -> Self:
        """Add ``noted``: the last note, see ``last_note``."""
        return self.annotate(noted=RawSQL(NOTED, (), models.TextField()))

    def sent(self) -> Self:
        """Keep what was sent."""
        return self.filter(state=FilingState.SENT)


class Filing(models.Model):
    """The way of one column of one card from its clerk to the block.

    For *found* there is one filing for each inspecting unit: its confirmation. For *final* the
    unit is the settler's; none when an officer settles.
    """

    card = models.ForeignKey("scoring.Scorecard", models.PROTECT, related_name="filings")
    column = models.CharField(max_length=10, choices=Column)
    unit = models.ForeignKey(Unit, models.PROTECT, null=True, related_name="+")
    state = models.CharField(max_length=10, choices=FilingState, default=FilingState.FILLING)
    as_of = models.DateField(gettext_lazy("figures up to"), null=True, blank=True)
    sent_at = models.DateTimeField(null=True)
    late_days = models.PositiveSmallIntegerField(default=0)
    scan = models.ForeignKey("SignedScan", models.PROTECT, null=True, related_name="+")
    noted: str | None  # where ``with_note`` added it

    objects = FilingQuerySet.as_manager()

    class Meta:
        ordering = ["card_id", "column", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["card", "column", "unit"],
                nulls_distinct=False,
                name="a_column_is_filed_once_by_a_unit",
            ),
            models.UniqueConstraint(
                fields=["card", "column"],
                condition=~Q(column=Column.FOUND),
                name="what_only_one_unit_writes_is_filed_once",
            ),
            models.CheckConstraint(
                name="what_was_sent_says_when",
                condition=~Q(state="sent") | Q(sent_at__isnull=False),
            ),
            models.CheckConstraint(
                name="a_scan_is_of_what_was_sent", condition=Q(scan__isnull=True) | Q(state="sent")
            ),
            models.CheckConstraint(
                name="a_filing_s_state_is_known", condition=Q(state__in=FilingState.values)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.card} {self.column}: {self.state}"

    @property
    def sent_on(self) -> date | None:
        """The local day on which it was sent."""
        return timezone.localtime(self.sent_at).date() if self.sent_at else None

    @property
    def is_sent(self) -> bool:
        """Whether it was sent and not taken back."""
        return self.state == FilingState.SENT

    @property
    def is_handed_up(self) -> bool:
        """Whether it waits for the principal."""
        return self.state == FilingState.HANDED_UP

    @property
    def last_note(self) -> str:
        """Why it was returned or reopened last."""
        if "noted" in self.__dict__:
            return self.noted or ""
        notes = [act.note for act in self.acts.all() if act.note] if self.pk else []
        return notes[-1] if notes else ""

    @property
    def noted_act(self) -> "FilingAct | None":
        """The step of ``last_note``, with who took it."""
        acts = self.acts.exclude(note="").select_related("by__person", "by__unit", "by__authority")
        return acts.last()

    def refuse_unless_open_to(self, seat: Seat) -> None:
        """Raise PermissionDenied unless the seat may write: sent is closed, handed up is the
        principal's."""
        if self.is_sent:
            raise PermissionDenied(_("This sheet was sent; to change it, it is taken back first."))
        if self.is_handed_up and not self.binds(seat):
            raise PermissionDenied(_("This sheet is with the principal for approval."))

    @staticmethod
    def binds(seat: Seat) -> bool:
        """Tell whether what is done from this seat binds its unit: a principal, an officer."""
        return seat.is_principal or seat.unit_id is None

    @transaction.atomic
    def hand_up(self, seat: Seat) -> None:
        """Hand the sheet to the principal for approval (Trình lãnh đạo).

        Raises ValidationError while the unit has none, and like ``send``.
        """
        if seat.unit and not seat.unit.has_principal:
            raise ValidationError(
                _("%(unit)s has no principal who could approve it; ask %(authority)s for one."),
                params={"unit": seat.unit, "authority": seat.unit.authority},
            )
        self._refuse_while_lacking()
        self._step(seat, FilingState.HANDED_UP, "handed_up", OPEN_STATES)

    @transaction.atomic
    def send(self, seat: Seat) -> None:
        """Send the sheet to the block; stamps the late days. Only a principal, or an officer.

        Raises PermissionDenied for a clerk, ValidationError with each line that still lacks
        something, or when it was sent already (two clicks).
        """
        if not self.binds(seat):
            raise PermissionDenied(_("Only the principal of the unit sends."))
        self._send(seat, "sent")

    @transaction.atomic
    def send_with_scan(self, seat: Seat, file: tuple[str, bytes], code: str) -> None:
        """Send the sheet with a scan of what the principal signed (Gửi kèm bản đã ký, đóng dấu).

        ``file`` is its name and its bytes, ``code`` the content code that stands on it (decision
        10). Raises PermissionDenied where the season's rules do not allow it, ValidationError when
        the code is not that of the present content, when the file is no scan, and like ``send``.
        """
        if not self.card.season.rules.scan_replaces_principal:
            raise PermissionDenied(_("Only the principal of the unit sends."))
        if not same_code(code, self.card.content_code(Column(self.column))):
            raise ValidationError({
                "code": _(
                    "The code does not match. Compare it with the one at the foot of the print; if"
                    " it is the same, the sheet was changed after it was printed: print and sign it"
                    " anew."
                )
            })  # fmt: skip
        name, content = file
        scan = SignedScan(
            code=self.card.content_code(Column(self.column)),
            file_name=nfc(name)[-200:],
            content=content,
            kind=content_type(content) or "",
            size=len(content),
            sha256=hashlib.sha256(content).hexdigest(),
            seat=seat,
        )
        scan.validate_constraints(exclude={"filing"})
        self._send(seat, "sent_scanned", scan)

    def _send(self, seat: Seat, act: str, scan: "SignedScan | None" = None) -> None:
        self._refuse_while_lacking()
        due = self.card.season.due(Column(self.column))
        self.unit, self.sent_at = seat.unit, clock.now()
        self.late_days = max(0, (clock.today() - due).days) if due else 0
        states = (*OPEN_STATES, FilingState.HANDED_UP)
        self._step(seat, FilingState.SENT, act, states, scan=scan)

    @transaction.atomic
    def give_back(self, seat: Seat, note: str) -> None:
        """Return the sheet to the clerk with a note (Trả lại). Only a principal."""
        if not self.binds(seat):
            raise PermissionDenied(_("Only the principal of the unit returns."))
        if not note.strip():
            raise ValidationError(_("Give the reason."))
        self._step(seat, FilingState.RETURNED, "returned", (FilingState.HANDED_UP,), note)

    @transaction.atomic
    def take_back(self, seat: Seat) -> None:
        """Take a sent sheet back until its phase ends (Thu hồi), or one that was handed up to
        nobody. See ``may_take_back``."""
        self.card.season.shared()  # before the filing, as every step takes them
        now = Filing.objects.select_for_update().filter(pk=self.pk).first() or self
        if not now.may_take_back(seat):
            raise PermissionDenied(_("Only the principal of the unit takes back."))
        of = FilingState.SENT if self.binds(seat) or now.is_sent else FilingState.HANDED_UP
        self._step(seat, FilingState.TAKEN_BACK, "taken_back", (of,))

    def may_take_back(self, seat: Seat) -> bool:
        """Tell whether who sits there takes it back: a principal; a clerk what was sent with a
        scan, for its principal may never log in (decision 10), and what no principal is there to
        approve."""
        return self.binds(seat) or self.scan_id is not None or self.is_stranded(seat)

    def is_stranded(self, seat: Seat) -> bool:
        """Tell whether it was handed up from the seat's unit and nobody is there to approve it."""
        return bool(self.is_handed_up and seat.unit and not seat.unit.has_principal)

    @transaction.atomic
    def send_back(self, seat: Seat, note: str) -> None:
        """Return a sent sheet for completion, as the season's head or an officer (decision 10)."""
        season = self.card.season
        heads = seat.is_principal and seat.unit_id in {season.head_id, season.acting_unit_id}
        if not heads and seat.authority_id != season.block.authority_id:
            raise PermissionDenied(_("Only the head or an officer returns a sheet that was sent."))
        if not note.strip():
            raise ValidationError(_("Give the reason."))
        self._step(seat, FilingState.RETURNED, "sent_back", (FilingState.SENT,), note)

    def reopen(self, seat: Seat, note: str) -> None:
        """Make it a draft again, because the season went back or a finding changed."""
        if self.state in (FilingState.SENT, FilingState.HANDED_UP):
            self._record(seat, FilingState.FILLING, "reopened", note)

    @property
    def lacking(self) -> "list[tuple[Criterion | None, str]]":
        """What keeps it from being handed up or sent: the line, none where it is the staff figures
        of a self-score or the whole of a settlement, and why."""
        column = Column(self.column)
        lacks: list[tuple[Criterion | None, str]] = [*self.card.lacking(column)]
        if column == Column.CLAIMED and not self.card.staff_is_complete:
            lacks.append((None, _("The staff figures are not filled yet.")))
        if column == Column.FINAL and (early := self.card.unheard):
            lacks.append((None, early))
        return lacks

    def _refuse_while_lacking(self) -> None:
        if lacks := self.lacking:
            raise ValidationError([f"{c.code}: {why}" if c else why for c, why in lacks])

    def _step(  # noqa: PLR0913 -- the parts of one row
        self,
        seat: Seat,
        state: FilingState,
        act: str,
        of: Iterable[str],
        note: str = "",
        *,
        scan: "SignedScan | None" = None,
    ) -> None:
        """Change the state under the season's lock and this row's, if it is one of ``of``."""
        season = self.card.season.shared()
        if self.column not in season.step.writes:
            raise ValidationError(_("The phase of this sheet is over."))
        self.card.season.refuse_when_shut(Column(self.column))
        if self._state.adding:
            self.save()
        now = Filing.objects.select_for_update().get(pk=self.pk)
        if now.state not in of:
            raise ValidationError(
                _("The sheet is in the state “%(state)s” already."),
                params={"state": now.get_state_display()},
            )
        if scan:
            scan.filing = self
            scan.save()
        self._record(seat, state, act, note, scan)

    def _record(
        self, seat: Seat, state: FilingState, act: str, note: str, scan: "SignedScan | None" = None
    ) -> None:
        history.acting_as(seat)
        self.state, self.scan = state, scan
        self.save(update_fields=["state", "unit", "sent_at", "late_days", "scan"])
        self.acts.create(act=act, by=seat, note=note.strip())


class SignedScan(models.Model):
    """A scan of the signed, stamped sheet with which a column was sent, and the code on it."""

    filing = models.ForeignKey(Filing, models.PROTECT, related_name="scans")
    code = models.CharField(max_length=9)
    file_name = models.CharField(max_length=200)
    content = models.BinaryField()
    kind = models.CharField(max_length=100)  # the media type, by the content
    size = models.PositiveIntegerField()  # bytes
    sha256 = models.CharField(max_length=64)
    seat = models.ForeignKey(Seat, models.PROTECT, related_name="+")
    at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                name="a_signed_scan_has_its_type_size_and_hash",
                condition=Q(kind__in=SCANS, sha256__regex="^[0-9a-f]{64}$", size__lte=LARGEST),
                violation_error_message=gettext_lazy(
                    "This is no PDF, JPEG or PNG file of at most 20 MB."
                ),
            )
        ]

    def __str__(self) -> str:
        return f"{self.filing}: {self.file_name}"


class FilingAct(models.Model):
    """One step of a sheet's way: handed up, returned, sent (scanned), taken back, reopened."""

    filing = models.ForeignKey(Filing, models.PROTECT, related_name="acts")
    act = models.CharField(max_length=12)
    by = models.ForeignKey(Seat, models.PROTECT, related_name="+")
    at = models.DateTimeField(default=clock.now)
    note = models.CharField(max_length=1000, blank=True)

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.filing}: {self.act}"
