"""The table into which the bare view puts a row."""

import uuid

from django.contrib.postgres.fields import ArrayField
from django.db import models


class Bare(models.Model):
    """As wide as a paper in the urn; no foreign key, trigger or history."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    question = models.BigIntegerField()
    marks = ArrayField(models.BigIntegerField())

    def __str__(self) -> str:
        return str(self.id)
