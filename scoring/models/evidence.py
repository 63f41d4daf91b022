"""What backs a line, and what a unit answers to a finding."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy

from blocks import clock
from blocks.models import Seat
from scoring.models.scale import Criterion
from scoring.models.scorecard import Scorecard
from scoring.phases import Column


class Evidence(models.Model):
    """A file for a line, or a reference to a paper that was seen."""

    card = models.ForeignKey(Scorecard, models.PROTECT, related_name="evidence")
    criterion = models.ForeignKey(Criterion, models.PROTECT, related_name="+")
    column = models.CharField(max_length=10, choices=Column)
    file = models.FileField(upload_to="evidence", blank=True)
    file_name = models.CharField(max_length=200, blank=True)
    sha256 = models.CharField(max_length=64, blank=True)
    size = models.PositiveIntegerField(null=True)
    reference = models.CharField(max_length=80, blank=True)
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
                name="evidence_is_a_file_with_its_hash_or_a_reference",
                condition=(~Q(file="") & Q(sha256__regex="^[0-9a-f]{64}$")) | ~Q(reference=""),
                violation_error_message=gettext_lazy("Attach a file or name the paper seen."),
            )
        ]

    def __str__(self) -> str:
        return self.file_name or self.reference


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
