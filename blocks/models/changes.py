"""What changed, when, by whom."""

from django.contrib.postgres.indexes import BrinIndex
from django.db import models
from django.db.models import Q


class Change(models.Model):
    """One row of history, written by the database itself and never changed."""

    at = models.DateTimeField()
    user_id = models.BigIntegerField(null=True)
    seat_id = models.BigIntegerField(null=True)
    request = models.UUIDField(null=True)
    table = models.CharField(max_length=63)
    row = models.CharField(max_length=40)
    act = models.CharField(max_length=6)
    before = models.JSONField(null=True)
    after = models.JSONField(null=True)

    class Meta:
        ordering = ["-pk"]
        indexes = [
            models.Index(fields=["table", "row"], name="changes_of_a_row"),
            models.Index(fields=["table"], condition=Q(act="delete"), name="removals_by_table"),
            BrinIndex(fields=["at"], name="changes_by_time"),
        ]

    def __str__(self) -> str:
        return f"{self.act} {self.table} {self.row}"
