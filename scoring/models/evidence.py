"""What backs a line, and what a unit answers to a finding."""

import hashlib
from functools import partial
from typing import TYPE_CHECKING, Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import models, transaction
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from blocks import clock, history
from blocks.files import ATTACHMENTS, LARGEST, content_type
from blocks.models import Seat
from blocks.storage import keep, together
from blocks.text import nfc
from scoring.models.filing import Filing
from scoring.models.scale import Criterion
from scoring.models.scorecard import FACTS, Entry, Scorecard
from scoring.phases import Column, Phase

if TYPE_CHECKING:
    from blocks.models import User


class Evidence(models.Model):
    """A file for a line, or a reference to a paper that was seen."""

    card = models.ForeignKey(Scorecard, models.PROTECT, related_name="evidence")
    criterion = models.ForeignKey(Criterion, models.PROTECT, related_name="+")
    column = models.CharField(max_length=10, choices=Column)
    file = models.FileField(upload_to="evidence", blank=True)
    file_name = models.CharField(max_length=200, blank=True)
    kind = models.CharField(max_length=100, blank=True)  # the media type, by the content
    sha256 = models.CharField(max_length=64, blank=True)
    size = models.PositiveIntegerField(null=True)  # bytes
    number = models.CharField(max_length=20, blank=True)
    symbol = models.CharField(max_length=40, blank=True)
    dated = models.DateField(null=True, blank=True)
    subject = models.CharField(max_length=300, blank=True)
    original_seen = models.BooleanField(default=False)
    seat = models.ForeignKey(Seat, models.PROTECT, related_name="+")
    at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering = ["pk"]
        verbose_name_plural = "evidence"
        constraints = [
            models.CheckConstraint(
                name="evidence_is_a_file_or_a_paper_that_was_seen",
                condition=~Q(file="") | ~Q(number="") & Q(dated__isnull=False) & ~Q(subject=""),
                violation_error_message=gettext_lazy(
                    "Attach a file, or name the paper seen: number, date, subject."
                ),
            ),
            models.CheckConstraint(
                name="a_file_of_evidence_has_its_type_size_and_hash",
                condition=Q(file="", kind="", sha256="", size__isnull=True)
                | ~Q(file="")
                & Q(kind__in=ATTACHMENTS, sha256__regex="^[0-9a-f]{64}$")
                & Q(size__isnull=False, size__lte=LARGEST),
                violation_error_message=gettext_lazy(
                    "This is no PDF, JPEG, PNG, XLSX or DOCX file of at most 20 MB."
                ),
            ),
        ]

    def __str__(self) -> str:
        return self.file_name or self.reference

    @property
    def reference(self) -> str:
        """Number and symbol of the paper as an office writes them: ``5/KL-TTr``."""
        return "/".join(part for part in (self.number, self.symbol) if part)

    @classmethod
    @together()
    @transaction.atomic
    def attach(
        cls,
        card: Scorecard,
        user: "User",
        column: Column,
        criterion: Criterion,
        *,
        file: tuple[str, bytes] | None = None,
        **words: Any,
    ) -> "Evidence":
        """Back a line of the column with a file, or with the name of a paper that was seen.

        ``file`` is its name and its bytes; ``words`` are ``number``, ``symbol``, ``dated``,
        ``subject``, ``original_seen``. Row and file are saved together or not at all. Raises
        PermissionDenied like ``Scorecard.write``, ValidationError for a file that is too large or
        of another type, when it cannot be stored, and when there is neither a file nor a paper.
        """
        evidence = cls(card=card, criterion=criterion, column=column, **words)
        evidence.seat = card.begin(user, column)
        if file is not None:
            name, content = file
            evidence.file_name = nfc(name)[-200:]
            evidence.kind, evidence.size = content_type(content) or "", len(content)
            evidence.sha256 = hashlib.sha256(content).hexdigest()
            evidence.file = evidence.sha256  # until it is stored
        evidence.validate_constraints()
        if file is not None:
            keep(evidence, "file", content)
        evidence.save()
        return evidence

    @transaction.atomic
    def remove(self, user: "User") -> None:
        """Take it away while its column is open to the user; history keeps that it was there."""
        self.card.begin(user, Column(self.column))
        self.delete()
        if self.file.name:
            delete = partial(self.file.storage.delete, self.file.name)
            transaction.on_commit(delete, robust=True)


class Explanation(models.Model):
    """A disputed line: what the unit says, what the settler answers, the value before and after."""

    card = models.ForeignKey(Scorecard, models.PROTECT, related_name="explanations")
    criterion = models.ForeignKey(Criterion, models.PROTECT, related_name="+")
    number = models.PositiveSmallIntegerField(default=1)
    text = models.TextField()
    by = models.ForeignKey(Seat, models.PROTECT, related_name="+")
    at = models.DateTimeField(default=clock.now)
    answer = models.TextField(blank=True)
    answered_by = models.ForeignKey(Seat, models.PROTECT, null=True, related_name="+")
    answered_at = models.DateTimeField(null=True)
    before = models.JSONField(null=True)
    after = models.JSONField(null=True)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                "card", "criterion", "number", name="a_line_is_explained_once_at_a_time"
            ),
            models.CheckConstraint(
                name="an_answer_says_by_whom_and_when",
                condition=Q(answer="", answered_by__isnull=True, answered_at__isnull=True)
                | Q(answered_by__isnull=False, answered_at__isnull=False) & ~Q(answer=""),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.card} {self.criterion.code}"

    @classmethod
    @transaction.atomic
    def put(cls, card: Scorecard, user: "User", criterion: Criterion, text: str) -> "Explanation":
        """Dispute a finding, once; once more when the settler changed the answered line unasked.

        Raises PermissionDenied for others than the card's unit, ValidationError outside the
        settlement, when the card is settled, or when the line was explained already.
        """
        season, seat = card.season.shared(), user.seat_at(card.unit)
        if seat is None:
            raise PermissionDenied(_("Only %(unit)s explains its lines.") % {"unit": card.unit})
        if season.phase != Phase.SETTLEMENT:
            raise ValidationError(_("Findings are explained while cards are settled."))
        if Filing.objects.sent().filter(card=card, column=Column.FINAL).exists():
            raise ValidationError(_("The sheet is settled already."))
        facts = facts_of(card, criterion)
        last = cls.objects.filter(card=card, criterion=criterion).order_by("-number").first()
        if last and last.answered_at is None:
            raise ValidationError(_("The line was explained; the answer is awaited."))
        if last and last.after == facts:
            raise ValidationError(_("The line was explained and answered."))
        history.acting_as(seat)
        number = last.number + 1 if last else 1
        return cls.objects.create(
            card=card, criterion=criterion, number=number, text=text.strip(), by=seat, before=facts
        )

    @transaction.atomic
    def reply(self, user: "User", text: str) -> None:
        """Answer it, as the settler; the value is kept or was changed on the sheet before.

        Raises like ``Scorecard.write`` for others, ValidationError when it was answered.
        """
        seat = self.card.begin(user, Column.FINAL)
        if self.answered_at is not None:
            raise ValidationError(_("It was answered already."))
        self.answer, self.answered_by, self.answered_at = text.strip(), seat, clock.now()
        self.after = facts_of(self.card, self.criterion)
        self.save(update_fields=["answer", "answered_by", "answered_at", "after"])

    @property
    def changed(self) -> bool:
        """Whether the value changed between the explanation and its answer."""
        return self.answered_at is not None and self.before != self.after


def facts_of(card: Scorecard, criterion: Criterion) -> dict[str, str]:
    """Return what the settled column says on a line now, as text by field."""
    entry = Entry.objects.filter(card=card, criterion=criterion, column=Column.FINAL).first()
    return {name: str(getattr(entry, name)) for name in FACTS} if entry else {}
