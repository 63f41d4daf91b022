"""What backs a line, or what a unit explains of it."""

import hashlib
from functools import partial
from typing import TYPE_CHECKING, Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import models, transaction
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from blocks import clock
from blocks.files import ATTACHMENTS, LARGEST, content_type
from blocks.models import Seat
from blocks.storage import keep, together
from blocks.text import nfc
from scoring.models.scale import Criterion
from scoring.models.scorecard import Scorecard
from scoring.phases import Column

if TYPE_CHECKING:
    from blocks.models import User
    from scoring.models.explanation import Explanation


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
    explanation = models.ForeignKey(
        "scoring.Explanation", models.PROTECT, null=True, related_name="evidence"
    )
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
    def attach(  # noqa: PLR0913 -- each is one word of what is attached
        cls,
        card: Scorecard,
        user: "User",
        column: Column,
        criterion: Criterion,
        *,
        file: tuple[str, bytes] | None = None,
        explanation: "Explanation | None" = None,
        **words: Any,
    ) -> "Evidence":
        """Back a line of the column with a file, or with the name of a paper that was seen.

        ``file`` is its name and its bytes; ``words`` are ``number``, ``symbol``, ``dated``,
        ``subject``, ``original_seen``; what backs an explanation comes with it, from
        whoever explains. Row and file are saved together or not at all. Raises
        PermissionDenied like ``Scorecard.write``, ValidationError for a file that is too large or
        of another type or there already, when it cannot be stored, and when there is neither a
        file nor a paper.
        """
        evidence = cls(
            card=card, criterion=criterion, column=column, explanation=explanation, **words
        )
        evidence.seat = explanation.by if explanation else card.begin(user, column)
        if file is not None:
            name, content = file
            evidence.file_name = nfc(name)[-200:]
            evidence.kind, evidence.size = content_type(content) or "", len(content)
            evidence.sha256 = hashlib.sha256(content).hexdigest()
            evidence.file = evidence.sha256  # until it is stored
            same = {"criterion": criterion, "column": column, "explanation": explanation}
            if there := card.evidence.filter(**same, sha256=evidence.sha256).first():
                raise ValidationError(
                    _("“%(name)s” is attached to this line already, as “%(there)s”."),
                    params={"name": name, "there": there.file_name},
                )
        evidence.validate_constraints()
        if file is not None:
            keep(evidence, "file", content)
        evidence.save()
        return evidence

    @transaction.atomic
    def remove(self, user: "User") -> None:
        """Take it away while its column is open to the user; history keeps that it was there.

        What backs an explanation stays with it: PermissionDenied.
        """
        if self.explanation_id:
            raise PermissionDenied(_("What backs an explanation stays with it."))
        self.card.begin(user, Column(self.column))
        self.drop()

    def drop(self) -> None:
        """Delete the row, and its file once that is certain."""
        self.delete()
        if self.file.name:
            delete = partial(self.file.storage.delete, self.file.name)
            transaction.on_commit(delete, robust=True)
