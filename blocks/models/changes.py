"""What changed, when, by whom."""

from typing import Any, Self

from django.contrib.postgres.indexes import BrinIndex
from django.db import models
from django.db.models import Q
from django.db.models.functions import Cast


class ChangeQuerySet(models.QuerySet["Change"]):
    """Questions about history."""

    def of(self, model: type[models.Model], row: Any) -> Self:
        """Keep what happened to the row of a model with this key, or, by an OuterRef, with that of
        the query around."""
        key = Cast(row, models.CharField())
        return self.filter(table=model._meta.db_table, row=key)


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

    objects = ChangeQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        indexes = [
            models.Index(fields=["table", "row"], name="changes_of_a_row"),
            models.Index(fields=["table"], condition=Q(act="delete"), name="removals_by_table"),
            BrinIndex(fields=["at"], name="changes_by_time"),
        ]

    def __str__(self) -> str:
        return f"{self.act} {self.table} {self.row}"
