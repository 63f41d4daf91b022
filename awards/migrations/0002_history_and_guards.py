"""The history of the tables that link no voter to a choice, and what only triggers can keep."""

from django.db import migrations

from blocks.history import guard, never, track

QUESTION_IS_NOT_OPEN = """
SELECT state <> 'open' INTO broken FROM awards_question WHERE id = NEW.question_id;
"""


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
                "voterules",
                "meeting",
                "attendance",
                "guest",
                "counter",
                "question",
                "elector",
                "candidate",
                "voted",
                "paperstack",
                "outcome",
            )
        ),
        track("awards_meetingpaper", key="paper_ptr_id"),
        never("a_ballot_is_never_changed", "awards_ballot"),
        never("an_outcome_is_never_changed", "awards_outcome"),
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
            SELECT q.state <> 'open' OR e.presence = 'absent' INTO broken
            FROM awards_elector e JOIN awards_question q ON q.id = e.question_id
            WHERE e.id = NEW.elector_id;
            """,
        ),
        never("a_vote_is_never_taken_back", "awards_voted"),
        guard(
            "electors_stay_as_the_opening_froze_them",
            "awards_elector",
            "BEFORE INSERT OR UPDATE OR DELETE",
            """
            SELECT state <> 'waiting' INTO broken FROM awards_question
            WHERE id = coalesce(NEW.question_id, OLD.question_id);
            IF broken AND TG_OP = 'UPDATE' THEN  -- a letter turns absent into written while open
                broken := NOT (OLD.presence = 'absent' AND NEW.presence = 'written'
                    AND OLD.unit_id = NEW.unit_id AND OLD.question_id = NEW.question_id
                    AND EXISTS (SELECT FROM awards_question
                                WHERE id = NEW.question_id AND state = 'open'));
            END IF;
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
    ]
