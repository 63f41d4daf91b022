"""What an issued paper said, and whom it named, stays."""

from django.db import migrations

from blocks.history import guard


class Migration(migrations.Migration):
    dependencies = [("blocks", "0002_history_and_guards")]

    operations = [
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
