"""The history of every table of this app, and the rules only triggers can keep."""

from django.db import migrations

from blocks.history import CREATE, DROP, guard, never, track


def one_bears(rule: str, column: str) -> migrations.RunSQL:
    """Return the guard that of an authority's units one bears a name at a time."""
    return guard(
        rule,
        "blocks_unitname",
        "BEFORE INSERT OR UPDATE",
        f"""
            PERFORM FROM blocks_authority a JOIN blocks_unit u ON u.authority_id = a.id
            WHERE u.id = NEW.unit_id FOR NO KEY UPDATE OF a;  -- one names at a time
            broken := EXISTS (
                SELECT FROM blocks_unitname n
                JOIN blocks_unit theirs ON theirs.id = n.unit_id
                JOIN blocks_unit own ON own.id = NEW.unit_id
                WHERE n.unit_id <> NEW.unit_id AND theirs.authority_id = own.authority_id
                  AND lower(n.{column}) = lower(NEW.{column})
                  AND daterange(n.since, n.until, '[)') && daterange(NEW.since, NEW.until, '[)')
                  AND (theirs.until IS NULL OR theirs.until > NEW.since));
            """,  # noqa: S608
    )


class Migration(migrations.Migration):
    dependencies = [("blocks", "0001_initial")]

    operations = [
        migrations.RunSQL(CREATE, DROP),
        never("a_change_is_never_changed", "blocks_change"),
        track("blocks_user", "password", "last_login", "sort_key", "search_key"),
        track("blocks_seat"),
        track("blocks_authority"),
        track("blocks_unit"),
        track("blocks_unitname", "search_key"),
        track("blocks_succession"),
        track("blocks_block", "search_key"),
        track("blocks_membership"),
        track("blocks_recognition", "file"),
        track("blocks_term"),
        track("blocks_paper", "content", "signed_copy"),
        guard(
            "a_term_is_held_by_a_member",
            "blocks_term",
            "BEFORE INSERT OR UPDATE",
            """
            broken := NOT EXISTS (
                SELECT FROM blocks_membership m
                WHERE m.block_id = NEW.block_id AND m.unit_id = NEW.unit_id
                  AND daterange(m.since, m.until, '[)') @> NEW.since);
            """,
        ),
        guard(
            "a_unit_stays_a_member_while_its_term_starts",
            "blocks_membership",
            "AFTER UPDATE OR DELETE",
            """
            broken := EXISTS (
                SELECT FROM blocks_term t
                WHERE t.block_id = OLD.block_id AND t.unit_id = OLD.unit_id
                  AND NOT EXISTS (
                    SELECT FROM blocks_membership m
                    WHERE m.block_id = t.block_id AND m.unit_id = t.unit_id
                      AND daterange(m.since, m.until, '[)') @> t.since));
            """,
        ),
        one_bears("two_units_of_an_authority_never_bear_one_name_at_once", "name"),
        one_bears("two_units_of_an_authority_never_bear_one_short_name_at_once", "short_name"),
        guard(
            "a_final_paper_is_never_changed",
            "blocks_paper",
            "BEFORE UPDATE OR DELETE",
            """
            broken := OLD.final AND (TG_OP = 'DELETE' OR
                (NEW.kind, NEW.block_id, NEW.year, NEW.unit_id, NEW.issuer_id, NEW.title,
                 NEW.dated, NEW.facts, NEW.words, NEW.final, NEW.finalised_at,
                 NEW.finalised_by_id, NEW.content, NEW.sha256, NEW.replaces_id)
                IS DISTINCT FROM
                (OLD.kind, OLD.block_id, OLD.year, OLD.unit_id, OLD.issuer_id, OLD.title,
                 OLD.dated, OLD.facts, OLD.words, OLD.final, OLD.finalised_at,
                 OLD.finalised_by_id, OLD.content, OLD.sha256, OLD.replaces_id));
            """,
        ),
        guard(
            "an_issued_recognition_is_never_changed",
            "blocks_recognition",
            "BEFORE UPDATE OR DELETE",
            """
            broken := OLD.issued AND (TG_OP = 'DELETE' OR
                (NEW.authority_id, NEW.year, NEW.kind, NEW.number, NEW.symbol, NEW.dated,
                 NEW.signer, NEW.signer_position, NEW.about, NEW.issued)
                IS DISTINCT FROM
                (OLD.authority_id, OLD.year, OLD.kind, OLD.number, OLD.symbol, OLD.dated,
                 OLD.signer, OLD.signer_position, OLD.about, OLD.issued));
            """,
        ),
        guard(
            "a_recognised_term_only_ends",
            "blocks_term",
            "BEFORE UPDATE OR DELETE",
            """
            broken := OLD.recognised AND (TG_OP = 'DELETE' OR
                (NEW.block_id, NEW.unit_id, NEW.role, NEW.recognition_id, NEW.since,
                 NEW.recognised)
                IS DISTINCT FROM
                (OLD.block_id, OLD.unit_id, OLD.role, OLD.recognition_id, OLD.since,
                 OLD.recognised));
            """,
        ),
    ]
