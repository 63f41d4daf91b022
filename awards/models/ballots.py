"""The urn of a secret vote, how it is emptied and swept, and the ballots that were counted."""

import logging
import secrets
import time
import uuid
from typing import TYPE_CHECKING

from django.contrib.postgres.fields import ArrayField
from django.db import connection, models, transaction
from django.db.models import Q

from awards.models.electors import Elector

if TYPE_CHECKING:
    from awards.models.voting import Question

SWEPT = ("awards_urnpaper", "awards_paperkeying", "awards_paperstack")
SWEEPS = (100, 200, 400, 800, 1600)  # milliseconds between the attempts
logger = logging.getLogger(__name__)


class Marked(models.Model):
    """What a ballot says: ``marks`` are the keys of the candidates it says yes to.

    ``only_no``: it says yes to nobody, but no by name, so it is not blank.
    """

    marks = ArrayField(models.BigIntegerField())
    only_no = models.BooleanField(default=False)
    spoiled = models.BooleanField(default=False)

    class Meta:
        abstract = True
        constraints = [
            models.CheckConstraint(
                name="%(class)s_that_says_only_no_marks_nobody",
                condition=Q(only_no=False) | Q(marks=[], spoiled=False),
            )
        ]


class UrnPaper(Marked):
    """A secret ballot while its question is open. It knows what it says and nothing else."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    question = models.ForeignKey("Question", models.PROTECT, related_name="urn")

    def __str__(self) -> str:
        return "…"


class Ballot(Marked):
    """A counted ballot: whose it is in an open vote, nobody's in a secret one."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    question = models.ForeignKey("Question", models.PROTECT, related_name="ballots")
    elector = models.OneToOneField(Elector, models.PROTECT, null=True, related_name="ballot")

    class Meta(Marked.Meta):
        ordering = ["id"]

    def __str__(self) -> str:
        return "…"


def empty_the_urn(question: "Question") -> None:
    """Move the urn into the box in random order, then sweep away the dead rows.

    While the question is open the place of a row links voter and choice; after the shuffled move
    it does not, and after the vacuum the old rows are gone too (design: Secrecy).
    """
    papers = list(UrnPaper.objects.filter(question=question).values("marks", "only_no", "spoiled"))
    secrets.SystemRandom().shuffle(papers)
    Ballot.objects.bulk_create(Ballot(question=question, **says) for says in papers)
    UrnPaper.objects.filter(question=question).delete()
    if question.is_secret:
        transaction.on_commit(sweep_the_urn, robust=True)


def server_logs_statements() -> bool:
    """Tell whether the database server writes statements, or slow ones, to its log."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT current_setting('log_statement') IN ('mod', 'all')"
            " OR current_setting('log_min_duration_statement') <> '-1'"
            " OR current_setting('log_min_duration_sample') <> '-1'"
            " OR current_setting('log_transaction_sample_rate') <> '0'"
        )
        return bool(cursor.fetchone()[0])


def sweep_the_urn() -> None:
    """Vacuum the urn after the closing was committed; dead rows would link voter and choice.

    A statement that began before the commit may still see them, and then they stay: the sweep is
    repeated until they are gone, for some seconds at most; what stays after that is logged.
    """
    if connection.in_atomic_block:  # a test's transaction; nothing can be swept inside one
        return
    with connection.cursor() as cursor:
        for pause in SWEEPS:
            cursor.execute("VACUUM " + ", ".join(f'"{table}"' for table in SWEPT))
            cursor.execute(
                "SELECT sum(n_dead_tup) FROM pg_stat_user_tables WHERE relname = ANY(%s)",
                [list(SWEPT)],
            )
            if not cursor.fetchone()[0]:
                return
            time.sleep(pause / 1000)
    logger.warning("The urn is not swept: a long transaction still sees its rows.")
