"""Who changed what: what a transaction says of itself, and the triggers that write it down.

One append-only table, ``blocks.Change``, is filled by one trigger function on every domain table.
Who acts and in which request comes from settings local to the transaction (decision 23).
"""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from django.db import connection, transaction
from django.db.migrations.operations import RunSQL

from blocks.storage import together

if TYPE_CHECKING:
    from blocks.models import Seat


def _say(**facts: object) -> None:
    names = ", ".join("set_config(%s, %s, true)" for _ in facts)
    values = [
        part
        for name, fact in facts.items()
        for part in (f"emulation.{name}", "" if fact is None else str(fact))
    ]
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {names}", values)


@contextmanager
def recorded(user_id: int | None, request: uuid.UUID | None = None) -> Iterator[None]:
    """Run one transaction whose changes are written down as this person's, in this request."""
    with together(), transaction.atomic():
        _say(user=user_id, seat=None, request=request)
        yield


def acting_as(seat: "Seat | None") -> None:
    """Write what follows in this transaction down to ``seat`` as well as to its person."""
    _say(seat=seat.pk if seat else None)


CREATE = """
CREATE FUNCTION record_change() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    old_row jsonb; new_row jsonb; was jsonb; became jsonb; hidden text[] := TG_ARGV[1:];
BEGIN
    IF TG_OP <> 'INSERT' THEN old_row := to_jsonb(OLD) - hidden; END IF;
    IF TG_OP <> 'DELETE' THEN new_row := to_jsonb(NEW) - hidden; END IF;
    was := old_row; became := new_row;
    IF TG_OP = 'UPDATE' THEN
        SELECT jsonb_object_agg(o.key, o.value), jsonb_object_agg(o.key, new_row -> o.key)
          INTO was, became
          FROM jsonb_each(old_row) o WHERE new_row -> o.key IS DISTINCT FROM o.value;
        IF was IS NULL THEN RETURN NULL; END IF;
    END IF;
    INSERT INTO blocks_change (at, user_id, seat_id, request, "table", "row", act, before, after)
    VALUES (clock_timestamp(),
            nullif(current_setting('emulation.user', true), '')::bigint,
            nullif(current_setting('emulation.seat', true), '')::bigint,
            nullif(current_setting('emulation.request', true), '')::uuid,
            TG_TABLE_NAME, coalesce(new_row, old_row) ->> TG_ARGV[0], lower(TG_OP), was, became);
    RETURN NULL;
END $$
"""
DROP = "DROP FUNCTION record_change()"


def track(table: str, *hidden: str, key: str = "id") -> RunSQL:
    """Return the migration step that writes down every change of ``table``, less ``hidden``."""
    arguments = ", ".join(f"'{name}'" for name in (key, *hidden))
    return RunSQL(
        f'CREATE TRIGGER recorded AFTER INSERT OR UPDATE OR DELETE ON "{table}" '
        f"FOR EACH ROW EXECUTE FUNCTION record_change({arguments})",
        f'DROP TRIGGER recorded ON "{table}"',
    )


def guard(name: str, table: str, events: str, body: str, *, declare: str = "") -> RunSQL:
    """Return the migration step of a rule the database keeps, whose name is its sentence.

    ``body`` is PL/pgSQL that says ``broken := true`` where the rule is broken; ``events`` is for
    example ``"BEFORE INSERT OR UPDATE"``. The refusal is a ``check_violation`` with this name.
    """
    answer = "RETURN NULL" if events.startswith("AFTER") else "RETURN coalesce(NEW, OLD)"
    return RunSQL(
        f"""
        CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$
        DECLARE broken boolean := false; {declare}
        BEGIN
            {body}
            IF broken THEN
                RAISE EXCEPTION '{name}' USING ERRCODE = 'check_violation',
                    CONSTRAINT = '{name}', TABLE = TG_TABLE_NAME;
            END IF;
            {answer};
        END $$;
        CREATE TRIGGER {name} {events} ON "{table}" FOR EACH ROW EXECUTE FUNCTION {name}();
        """,
        f'DROP TRIGGER {name} ON "{table}"; DROP FUNCTION {name}()',
    )


def never(name: str, table: str, events: str = "UPDATE OR DELETE") -> RunSQL:
    """Return the migration step that refuses these events on ``table`` altogether."""
    return guard(name, table, f"BEFORE {events}", "broken := true;")
