"""The history of the tables that link no voter to a choice, and what only triggers can keep."""

from django.db import migrations

from blocks.history import guard, never, track

QUESTION_IS_NOT_OPEN = """
SELECT state <> 'open' INTO broken FROM awards_question WHERE id = NEW.question_id;
"""


VOTED_OR_DECIDED = """
broken := EXISTS (SELECT FROM awards_question WHERE award_id = {award} AND opened_at IS NOT NULL)
    OR EXISTS (SELECT FROM awards_decision WHERE award_id = {award});
"""


NUMBERS = (
    "award_id", "office", "round", "meeting_id",
    "mode", "quorum_part", "quorum_whole", "letters_make_quorum", "threshold_part",
    "threshold_whole", "strict",
    "base", "quota", "quota_percent", "max_marks", "self_vote", "on_paper", "chair_must_approve", "tie_rules",
    "max_rounds", "runoff_size",
)  # fmt: skip


def row(prefix: str) -> str:
    return "(" + ", ".join(f'{prefix}."{name}"' for name in NUMBERS) + ")"


class Migration(migrations.Migration):
    dependencies = [("awards", "0001_initial"), ("scoring", "0002_history_and_guards")]

    operations = [
        *(
            track(f"awards_{name}")
            for name in (
                "award",
                "requirement",
                "aim",
                "hold",
                "decision",
                "grant",
                "leadercount",
                "voterules",
                "meeting",
                "adjustment",
                "attendance",
                "letter",
                "guest",
                "counter",
                "question",
                "elector",
                "candidate",
                "voted",
                "givenpaper",
                "keyer",
                "hands",
                "procedure",
                "outcome",
            )
        ),
        # what its papers say stays out of history: less the total it would tell of the screens
        track("awards_paperstack", "valid", "blank", "spoiled", "yes", "differed"),
        track("awards_meetingpaper", key="paper_ptr_id"),
        never("a_decision_is_never_changed", "awards_decision"),
        never("a_grant_is_never_changed", "awards_grant"),
        never("a_count_of_leaders_is_never_changed", "awards_leadercount"),
        guard(
            "a_hold_is_only_lifted",
            "awards_hold",
            "BEFORE UPDATE OR DELETE",
            """
            broken := TG_OP = 'DELETE' OR OLD.until IS NOT NULL
                OR (NEW.season_id, NEW.unit_id, NEW.award_id, NEW.since, NEW.reason, NEW.by_id)
                IS DISTINCT FROM
                (OLD.season_id, OLD.unit_id, OLD.award_id, OLD.since, OLD.reason, OLD.by_id);
            """,
        ),
        guard(
            "an_award_that_was_voted_or_decided_only_ends",
            "awards_award",
            "BEFORE UPDATE",
            """
            IF to_jsonb(NEW) - 'until' IS DISTINCT FROM to_jsonb(OLD) - 'until' THEN
            """
            + VOTED_OR_DECIDED.format(award="OLD.id")
            + "END IF;",
        ),
        guard(
            "the_conditions_of_a_voted_or_decided_award_stay",
            "awards_requirement",
            "BEFORE INSERT OR UPDATE OR DELETE",
            VOTED_OR_DECIDED.format(award="coalesce(OLD.award_id, NEW.award_id)"),
        ),
        never("a_ballot_is_never_changed", "awards_ballot"),
        never("an_outcome_is_never_changed", "awards_outcome"),
        never("an_adjustment_is_never_changed", "awards_adjustment"),
        guard(
            "a_meeting_adjusts_scores_before_the_first_vote_on_an_award",
            "awards_adjustment",
            "BEFORE INSERT",
            """
            broken := EXISTS (
                SELECT FROM awards_question WHERE meeting_id = NEW.meeting_id
                AND award_id IS NOT NULL AND opened_at IS NOT NULL);
            """,
        ),
        guard(
            "a_ballot_names_its_elector_unless_the_vote_is_secret",
            "awards_ballot",
            "BEFORE INSERT",
            """
            SELECT (mode = 'secret') <> (NEW.elector_id IS NULL) INTO broken
            FROM awards_question WHERE id = NEW.question_id;
            """,
        ),
        guard(
            "a_ballot_goes_into_an_open_question",
            "awards_ballot",
            "BEFORE INSERT",
            QUESTION_IS_NOT_OPEN,
        ),
        guard(
            "the_urn_takes_papers_of_an_open_question",
            "awards_urnpaper",
            "BEFORE INSERT",
            QUESTION_IS_NOT_OPEN,
        ),
        guard(
            "nobody_votes_on_a_question_that_is_not_open",
            "awards_voted",
            "BEFORE INSERT",
            """
            SELECT q.state <> 'open' OR e.presence = 'absent' OR NOT e.is_asked INTO broken
            FROM awards_elector e JOIN awards_question q ON q.id = e.question_id
            WHERE e.id = NEW.elector_id;
            """,
        ),
        never("a_vote_is_never_taken_back", "awards_voted"),
        guard(
            "who_has_a_paper_casts_no_secret_ballot_on_a_screen",
            "awards_voted",
            "BEFORE INSERT",
            """
            SELECT q.mode = 'secret' INTO broken FROM awards_givenpaper g
            JOIN awards_elector e ON e.id = g.elector_id
            JOIN awards_question q ON q.id = e.question_id
            WHERE g.elector_id = NEW.elector_id;
            """,
        ),
        guard(
            "a_paper_is_given_to_who_takes_part_and_has_not_voted",
            "awards_givenpaper",
            "BEFORE INSERT",
            """
            SELECT q.state <> 'open' OR e.presence = 'absent' OR NOT e.is_asked OR NOT q.on_paper
                OR EXISTS (SELECT FROM awards_voted WHERE elector_id = e.id) INTO broken
            FROM awards_elector e JOIN awards_question q ON q.id = e.question_id
            WHERE e.id = NEW.elector_id;
            """,
        ),
        guard(  # the papers given stay at least as many as were keyed
            "a_paper_goes_back_unused_while_its_vote_is_open",
            "awards_givenpaper",
            "BEFORE UPDATE OR DELETE",
            """
            SELECT TG_OP = 'UPDATE' OR q.state <> 'open'
                OR EXISTS (SELECT FROM awards_voted WHERE elector_id = e.id)
                OR EXISTS (SELECT FROM awards_paperkeying WHERE elector_id = e.id)
                OR EXISTS (SELECT FROM awards_paperstack WHERE question_id = q.id)
                OR q.mode = 'secret' AND (
                    SELECT count(*) FROM awards_givenpaper g
                    JOIN awards_elector o ON o.id = g.elector_id WHERE o.question_id = q.id
                ) <= (
                    SELECT count(*) FROM awards_urnpaper WHERE question_id = q.id
                ) - (
                    SELECT count(*) FROM awards_voted v
                    JOIN awards_elector o ON o.id = v.elector_id WHERE o.question_id = q.id
                ) + (
                    SELECT count(*) FROM awards_paperkeying WHERE question_id = q.id
                ) INTO broken
            FROM awards_elector e JOIN awards_question q ON q.id = e.question_id
            WHERE e.id = OLD.elector_id;
            """,
        ),
        guard(
            "a_keyed_paper_names_its_elector_unless_the_vote_is_secret",
            "awards_paperkeying",
            "BEFORE INSERT OR UPDATE",
            """
            SELECT state <> 'open' OR (mode = 'secret') <> (NEW.elector_id IS NULL) INTO broken
            FROM awards_question WHERE id = NEW.question_id;
            """,
        ),
        guard(
            "a_stack_is_counted_while_its_secret_question_is_open",
            "awards_paperstack",
            "BEFORE INSERT OR UPDATE OR DELETE",
            """
            SELECT state <> 'open' OR mode <> 'secret' INTO broken
            FROM awards_question WHERE id = coalesce(NEW.question_id, OLD.question_id);
            """,
        ),
        guard(
            "a_confirmed_stack_is_never_changed",
            "awards_paperstack",
            "BEFORE UPDATE",
            "broken := OLD.confirmed_by_id IS NOT NULL;",
        ),
        guard(
            "hands_are_counted_while_their_question_is_open",
            "awards_hands",
            "BEFORE INSERT OR UPDATE OR DELETE",
            """
            SELECT q.state <> 'open' OR q.mode <> 'hands' INTO broken
            FROM awards_candidate c JOIN awards_question q ON q.id = c.question_id
            WHERE c.id = coalesce(NEW.candidate_id, OLD.candidate_id);
            """,
        ),
        never("a_matter_of_procedure_stays_as_it_was_decided", "awards_procedure"),
        guard(
            "electors_stay_as_the_opening_froze_them",
            "awards_elector",
            "BEFORE INSERT OR UPDATE OR DELETE",
            """
            SELECT state <> 'waiting' INTO broken FROM awards_question
            WHERE id = coalesce(NEW.question_id, OLD.question_id);
            IF TG_OP = 'UPDATE' AND EXISTS (
                SELECT FROM awards_question WHERE id = NEW.question_id AND state = 'open'
            ) THEN
                broken := NOT CASE NEW.presence
                    WHEN 'written' THEN OLD.presence = 'absent'  -- a letter came that counts
                    WHEN 'absent' THEN
                        -- one came that does not count, or it holds no paper
                        OLD.presence = 'absent' AND OLD.letter_id IS NULL AND NOT NEW.letter_is_empty
                        OR OLD.presence = 'written' AND NEW.letter_is_empty
                        AND OLD.letter_id = NEW.letter_id
                        AND NOT EXISTS (SELECT FROM awards_givenpaper WHERE elector_id = NEW.id)
                    ELSE FALSE
                END;
            END IF;
            """,
        ),
        guard(
            "a_written_opinion_says_when_it_came",
            "awards_attendance",
            "BEFORE INSERT OR UPDATE",
            """
            broken := NEW.presence = 'written'
                AND NOT EXISTS (SELECT FROM awards_letter WHERE attendance_id = NEW.id);
            """,
        ),
        guard(
            "the_only_letter_of_a_unit_that_wrote_stays",
            "awards_letter",
            "BEFORE DELETE",
            """
            broken := EXISTS (
                SELECT FROM awards_attendance WHERE id = OLD.attendance_id AND presence = 'written'
            ) AND NOT EXISTS (
                SELECT FROM awards_letter WHERE attendance_id = OLD.attendance_id AND id <> OLD.id
            );
            """,
        ),
        guard(
            "a_letter_stays_its_unit_s_and_as_it_was_in_a_closed_season",
            "awards_letter",
            "BEFORE INSERT OR UPDATE OR DELETE",
            """
            SELECT s.phase = 'closed' OR TG_OP = 'UPDATE' AND NEW.attendance_id <> OLD.attendance_id
            INTO broken FROM awards_attendance a JOIN awards_meeting m ON m.id = a.meeting_id
            JOIN scoring_season s ON s.id = m.season_id
            WHERE a.id = coalesce(OLD.attendance_id, NEW.attendance_id);
            """,
        ),
        guard(
            "a_vote_sees_letters_of_the_elector_s_own_unit",
            "awards_elector",
            "BEFORE INSERT OR UPDATE",
            """
            broken := NEW.letter_id IS NOT NULL AND NOT EXISTS (
                SELECT FROM awards_letter l JOIN awards_attendance a ON a.id = l.attendance_id
                JOIN awards_question q ON q.meeting_id = a.meeting_id
                WHERE l.id = NEW.letter_id AND a.unit_id = NEW.unit_id AND q.id = NEW.question_id
            );
            """,
        ),
        guard(
            "candidates_stay_as_the_opening_froze_them",
            "awards_candidate",
            "BEFORE INSERT OR UPDATE OR DELETE",
            """
            SELECT state <> 'waiting' INTO broken FROM awards_question
            WHERE id = coalesce(NEW.question_id, OLD.question_id);
            """,
        ),
        guard(
            "a_counted_question_is_never_changed",
            "awards_question",
            "BEFORE UPDATE OR DELETE",
            "broken := OLD.state IN ('closed', 'cancelled');",
        ),
        guard(
            "a_meeting_of_a_closed_season_is_never_changed",
            "awards_meeting",
            "BEFORE UPDATE OR DELETE",
            """
            SELECT phase = 'closed' INTO broken FROM scoring_season WHERE id = OLD.season_id;
            """,
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
            broken := (NEW.question_id, NEW.unit_id, NEW.representative_id, NEW.is_asked) IS DISTINCT
                FROM (OLD.question_id, OLD.unit_id, OLD.representative_id, OLD.is_asked);
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
