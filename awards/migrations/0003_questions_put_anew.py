"""A cancelled round may be put anew; and what the first guards left open is closed."""

import django.db.models.deletion
from django.db import migrations, models

from blocks.history import guard, never

NUMBERS = (
    "award_id", "office", "round", "meeting_id",
    "mode", "quorum_part", "quorum_whole", "letters_make_quorum", "threshold_percent", "strict",
    "base", "quota", "quota_percent", "max_marks", "self_vote", "chair_must_approve", "tie_rules",
    "max_rounds", "runoff_size",
)  # fmt: skip


def row(prefix: str) -> str:
    return "(" + ", ".join(f'{prefix}."{name}"' for name in NUMBERS) + ")"


class Migration(migrations.Migration):
    dependencies = [("awards", "0002_history_and_guards")]

    operations = [
        migrations.AlterField(
            model_name="question",
            name="previous",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="following",
                to="awards.question",
            ),
        ),
        migrations.AddConstraint(
            model_name="question",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state", "cancelled"), _negated=True),
                fields=("meeting", "award", "office", "round"),
                name="a_meeting_votes_on_a_matter_once_a_round",
                nulls_distinct=False,
                violation_error_message="This matter is put to the vote already.",
            ),
        ),
        never("a_paper_in_the_urn_is_never_changed", "awards_urnpaper", "UPDATE"),
        guard(
            "an_outcome_comes_from_an_open_question",
            "awards_outcome",
            "BEFORE INSERT",
            "SELECT state <> 'open' INTO broken FROM awards_question WHERE id = NEW.question_id;",
        ),
        guard(
            "an_elector_stays_in_its_question",
            "awards_elector",
            "BEFORE UPDATE",
            """
            broken := (NEW.question_id, NEW.unit_id, NEW.representative_id)
                IS DISTINCT FROM (OLD.question_id, OLD.unit_id, OLD.representative_id);
            """,
        ),
        guard(
            "a_candidate_stays_in_its_question",
            "awards_candidate",
            "BEFORE UPDATE",
            "broken := NEW.question_id <> OLD.question_id;",
        ),
        guard(
            "the_rules_of_an_opened_question_stay",
            "awards_question",
            "BEFORE UPDATE",
            f"""
            broken := OLD.state <> 'waiting' AND (
                NEW.state = 'waiting' OR {row("NEW")} IS DISTINCT FROM {row("OLD")});
            """,
        ),
    ]
