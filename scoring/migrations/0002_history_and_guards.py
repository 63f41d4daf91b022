"""The history of every table of this app, and the rules only triggers can keep."""

from django.db import migrations
from django.db.migrations.operations import RunSQL

from blocks.history import guard, never, track

OF_A_CARD = """
SELECT s.phase = 'closed' INTO broken FROM scoring_season s
JOIN scoring_scorecard c ON c.season_id = s.id
WHERE c.id = coalesce(NEW.card_id, OLD.card_id);
"""
OF_A_SEASON = """
SELECT s.phase = 'closed' INTO broken FROM scoring_season s
WHERE s.id = coalesce(NEW.season_id, OLD.season_id);
"""
OF_AN_ACTIVITY = """
SELECT s.phase = 'closed' INTO broken FROM scoring_season s
JOIN scoring_activity a ON a.season_id = s.id
WHERE a.id = coalesce(NEW.activity_id, OLD.activity_id);
"""


def kept(name: str, table: str, body: str) -> RunSQL:
    """Return the step that keeps a table's rows of closed seasons as they are (decision 24)."""
    return guard(name, table, "BEFORE INSERT OR UPDATE OR DELETE", body)


class Migration(migrations.Migration):
    dependencies = [("scoring", "0001_initial"), ("blocks", "0002_history_and_guards")]

    operations = [
        *(
            track(f"scoring_{name}")
            for name in (
                "season",
                "seasonrules",
                "phasedate",
                "phasechange",
                "officechange",
                "authorisation",
                "waiver",
                "reminder",
                "commontarget",
                "activity",
                "participation",
                "rolemodel",
                "scale",
                "criterion",
                "scorecard",
                "exemption",
                "entry",
                "filing",
                "filingact",
                "stafffigures",
                "evidence",
                "inspection",
                "inspectingunit",
                "agreement",
                "explanation",
                "ranking",
                "standing",
            )
        ),
        track("scoring_sheetpaper", key="paper_ptr_id"),
        track("scoring_signedscan", "content"),
        never("a_signed_scan_is_never_changed", "scoring_signedscan"),
        guard(
            "an_entry_says_what_its_method_takes",
            "scoring_entry",
            "BEFORE INSERT OR UPDATE",
            """
            SELECT method INTO how FROM scoring_criterion WHERE id = NEW.criterion_id;
            broken := CASE
                WHEN how IN ('proportional', 'tiered', 'frontrunner', 'plus_minus') THEN
                    NEW.level <> '' OR NEW.points IS NOT NULL
                WHEN how IN ('count', 'deduct') THEN
                    NEW.level <> '' OR NEW.points IS NOT NULL OR NEW.target IS NOT NULL
                WHEN how = 'pass_fail' THEN
                    NEW.level <> '' OR NEW.points IS NOT NULL OR NEW.target IS NOT NULL
                    OR NEW.actual NOT IN (0, 1)
                WHEN how = 'select' THEN
                    NEW.actual IS NOT NULL OR NEW.target IS NOT NULL OR NEW.points IS NOT NULL
                WHEN how = 'manual' THEN
                    NEW.actual IS NOT NULL OR NEW.target IS NOT NULL OR NEW.level <> ''
                ELSE num_nonnulls(NEW.actual, NEW.target, NEW.points) > 0 OR NEW.level <> ''
            END;
            """,
            declare="how varchar;",
        ),
        guard(
            "a_locked_scale_s_lines_are_never_changed",
            "scoring_criterion",
            "BEFORE INSERT OR UPDATE OR DELETE",
            """
            SELECT locked_at IS NOT NULL INTO broken FROM scoring_scale
            WHERE id = coalesce(NEW.scale_id, OLD.scale_id);
            """,
        ),
        guard(
            "a_locked_scale_is_never_changed",
            "scoring_scale",
            "BEFORE UPDATE OR DELETE",
            "broken := OLD.locked_at IS NOT NULL;",
        ),
        guard(
            "a_unit_never_inspects_itself",
            "scoring_inspectingunit",
            "BEFORE INSERT OR UPDATE",
            """
            broken := EXISTS (
                SELECT FROM scoring_inspection i JOIN scoring_scorecard c ON c.id = i.card_id
                WHERE i.id = NEW.inspection_id AND c.unit_id = NEW.unit_id);
            """,
        ),
        guard(
            "two_units_never_inspect_each_other",
            "scoring_inspectingunit",
            "BEFORE INSERT OR UPDATE",
            """
            broken := EXISTS (
                SELECT FROM scoring_inspection mine
                JOIN scoring_scorecard inspected ON inspected.id = mine.card_id
                JOIN scoring_scorecard inspector
                  ON inspector.season_id = inspected.season_id AND inspector.unit_id = NEW.unit_id
                JOIN scoring_inspection theirs ON theirs.card_id = inspector.id
                JOIN scoring_inspectingunit back
                  ON back.inspection_id = theirs.id AND back.unit_id = inspected.unit_id
                WHERE mine.id = NEW.inspection_id);
            """,
        ),
        guard(
            "a_closed_season_is_never_changed",
            "scoring_season",
            "BEFORE UPDATE OR DELETE",
            "broken := OLD.phase = 'closed';",
        ),
        kept("entries_of_a_closed_season_stay", "scoring_entry", OF_A_CARD),
        kept("filings_of_a_closed_season_stay", "scoring_filing", OF_A_CARD),
        kept("staff_figures_of_a_closed_season_stay", "scoring_stafffigures", OF_A_CARD),
        kept("agreements_of_a_closed_season_stay", "scoring_agreement", OF_A_CARD),
        kept("explanations_of_a_closed_season_stay", "scoring_explanation", OF_A_CARD),
        guard(
            "an_explanation_that_is_over_only_follows_its_line",
            "scoring_explanation",
            "BEFORE UPDATE OR DELETE",
            """
            broken := (OLD.answered_at IS NOT NULL OR OLD.lapsed_at IS NOT NULL)
                AND to_jsonb(OLD) - 'criterion_id' IS DISTINCT FROM to_jsonb(NEW) - 'criterion_id';
            """,
        ),
        kept("cards_of_a_closed_season_stay", "scoring_scorecard", OF_A_SEASON),
        kept("rankings_of_a_closed_season_stay", "scoring_ranking", OF_A_SEASON),
        kept("scales_of_a_closed_season_stay", "scoring_scale", OF_A_SEASON),
        kept("activities_of_a_closed_season_stay", "scoring_activity", OF_A_SEASON),
        kept("participations_of_a_closed_season_stay", "scoring_participation", OF_AN_ACTIVITY),
        kept("role_models_of_a_closed_season_stay", "scoring_rolemodel", OF_A_SEASON),
        guard(
            "a_standing_is_never_changed",
            "scoring_standing",
            "BEFORE UPDATE OR DELETE",
            "broken := true;",
        ),
    ]
