"""What is done at once when a season enters a phase."""

from django.db import models
from django.db.models import F, Q
from django.db.models.expressions import RawSQL

from blocks import clock
from scoring.models import Entry, Explanation, Scorecard, Season
from scoring.models.card_sql import not_inspected
from scoring.models.entry import FACTS
from scoring.phases import Column


def freeze_the_members(season: Season) -> None:
    """Give every member of the block its card: from now on the card is the record (decision 16)."""
    members = season.block.memberships.on(clock.today())
    Scorecard.objects.bulk_create(
        [
            Scorecard(
                season=season,
                unit_id=member.unit_id,
                official_order=member.official_order,
                turn=member.turn,
            )
            for member in members
        ],
        ignore_conflicts=True,
    )


def copy_found_to_final(season: Season) -> None:
    """Copy what was found to what is settled, or claimed where nobody inspected; from here on a
    line changes only with a reason.

    When the year comes here once more, what was answered or changed stays where the finding on
    which it rests is the same, as does what was copied then; nobody settled what is copied. An
    explanation that disputes another finding lapses.
    """
    for explanation in Explanation.objects.lapsing(season):
        explanation.lapsed_at = clock.now()
        explanation.save(update_fields=["lapsed_at", "after"])
    entries = Entry.objects.filter(card__season=season)
    skipped = RawSQL(not_inspected("scoring_entry.card_id"), (), models.BooleanField())
    found = entries.filter(column=Column.FOUND).exclude(skipped)
    found |= entries.filter(skipped, column=Column.CLAIMED)
    stays = entries.settled_by_hand().filter(Q(found=F("rests_on")))
    settled = set(stays.values_list("card", "criterion"))
    copied = entries.filter(column=Column.FINAL, rests_on__isnull=True)
    there = {(entry.card_id, entry.criterion_id): entry for entry in copied}
    Entry.objects.bulk_create(
        [
            entry.copy_to(Column.FINAL, None)
            for entry in found
            if (place := (entry.card_id, entry.criterion_id)) not in settled
            and not (place in there and there[place].repeats(entry))
        ],
        update_conflicts=True,
        unique_fields=["card", "criterion", "column"],
        update_fields=[*FACTS, "estimated", "note", "seat", "at", "rests_on"],
    )
