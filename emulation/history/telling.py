"""What a row of history says, in the words of its reader: the thing, the field, before and after.

History keeps tables, columns and keys (``blocks.Change``). Here they become names: a few queries a
table, however many rows are told.
"""

import json
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from dataclasses import field as filled
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import models
from django.db.models import Q
from django.db.models.functions import Cast
from django.utils.translation import gettext as _

from awards.models import Award, Candidate, Elector, GivenPaper, Outcome, Question, Requirement
from awards.tally import Verdict
from blocks.models import Change, Seat, Unit, User
from emulation.history.values import CODED, PREPARED, Row, written
from emulation.history.words import ABOVE, BY_TABLE, STEPS, TOLD, WHOLE, Model, fields_of, label_of
from scoring.models import Criterion, InspectingUnit

NOTHING = "–"
BETWEEN: dict[Model, str] = {User: " ", Criterion: " ", InspectingUnit: " → "}  # parts of a name


@dataclass(frozen=True, slots=True)
class Line:
    """One field of a change; ``before`` or ``after`` may be nothing."""

    label: str
    before: str = ""
    after: str = ""


@dataclass(frozen=True, slots=True)
class Told:
    """One change as its reader reads it."""

    at: datetime
    who: str
    seat: str
    kind: str
    name: str
    act: str  # insert, update, delete
    lines: list[Line] = filled(default_factory=list)


Key = tuple[Model, int]


class Names:
    """What things are called; fetched table by table, also of what was removed since."""

    def __init__(self) -> None:
        self.rows: dict[Key, Row] = {}
        self.units: dict[int, str] = {}
        self.awards: dict[str, str] = {}  # their short names by code
        self.altered: dict[tuple[str, str], list[tuple[int, Row]]] = defaultdict(list)

    def load(self, wanted: Iterable[Key]) -> None:
        """Fetch the rows of these keys, and whatever they are named by in turn."""
        pending = set(wanted)
        while pending:
            keys: dict[Model, set[int]] = defaultdict(set)
            for model, pk in pending - self.rows.keys():
                keys[model].add(pk)
            for model, pks in keys.items():
                self._fetch(model, pks)
            self._fetch_removed(pending - self.rows.keys())
            pending = {near for key in pending for near in self._named_by(key)} - self.rows.keys()

    def _fetch(self, model: Model, pks: set[int]) -> None:
        if model is Unit:
            for unit in Unit.objects.filter(pk__in=pks).named():
                self.units[unit.pk] = unit.name
                self.rows[Unit, unit.pk] = {}
            return
        naming = [model._meta.get_field(name).attname for name in TOLD[model][1]]  # type: ignore[union-attr]
        if model in PREPARED or model is Elector:
            naming = list(fields_of(model))
        for row in model._base_manager.filter(pk__in=pks).values("pk", *naming):
            self.rows[model, row["pk"]] = row

    def _fetch_removed(self, keys: set[Key]) -> None:
        if not keys:
            return
        gone = Change.objects.filter(
            act="delete",
            table__in={model._meta.db_table for model, _pk in keys},
            row__in={str(pk) for _model, pk in keys},
        )
        removed = {
            (BY_TABLE[change["table"]], int(change["row"])): change["before"] or {}
            for change in gone.values("table", "row", "before")
        }
        self.rows |= {key: removed.get(key, {}) for key in keys}

    def look_back(self, changes: Collection[Any]) -> None:
        """Fetch what was altered of the things that are told by their row as it was then."""
        if asking := [int(each.row) for each in changes if BY_TABLE[each.table] is Requirement]:
            of: set[Any] = {self.rows.get((Requirement, pk), {}).get("award_id") for pk in asking}
            authorities = Award.objects.filter(pk__in=of).values("authority")
            known = Award.objects.filter(Q(authority=None) | Q(authority__in=authorities))
            self.awards = dict(known.order_by("since").values_list("code", "short_name"))
        rows = [(each.table, each.row) for each in changes if BY_TABLE[each.table] in PREPARED]
        altered = Change.objects.filter(
            act="update",
            table__in={table for table, _row in rows},
            row__in={row for _table, row in rows},
        )
        for pk, table, row, before in altered.values_list("pk", "table", "row", "before"):
            self.altered[table, row].append((pk, before or {}))

    def at(self, change: Any) -> Row:
        """Return what the changed thing said then: what later changes altered is put back."""
        row = dict(self.rows.get((BY_TABLE[change.table], int(change.row)), {}))
        for pk, before in self.altered[change.table, change.row]:  # the latest first
            if pk > change.pk:
                row |= before
        return row

    def _named_by(self, key: Key) -> Iterator[Key]:
        model, row = key[0], self.rows[key]
        for name in TOLD[model][1]:
            field: Any = model._meta.get_field(name)
            if field.is_relation and row.get(field.attname) is not None:
                yield field.related_model, row[field.attname]

    def of(self, key: Key, less: tuple[str, ...] = ()) -> str:
        """Return what the thing is called, without the fields ``less``."""
        model, pk = key
        if model is Unit:
            return self.units.get(pk, "")
        row = self.rows.get(key, {})
        said = [
            self.value(model._meta.get_field(name), row.get(model._meta.get_field(name).attname))  # type: ignore[union-attr]
            for name in TOLD[model][1]
            if name not in less
        ]
        return BETWEEN.get(model, " · ").join(part for part in said if part != NOTHING)

    def value(self, field: Any, raw: Any) -> str:
        """Write a value of history as the field's reader writes it."""
        if raw in (None, "", [], {}):
            return NOTHING
        if field.is_relation:
            return self.of((field.related_model, raw)) or _("(removed)")
        if coded := CODED.get((field.model, field.name)):
            return coded(raw)
        if field.name == "act":
            return str(STEPS.get(raw, raw))
        if field.flatchoices:
            return str(dict(field.flatchoices).get(raw, raw))
        return written(field, raw)


def told(changes: models.QuerySet[Change]) -> list[Told]:
    """Tell the changes in the reader's language, in their order.

    One that says in words what was said before, such as a line's row in a newer scale, is left out.
    """
    rows = [_exact(change) for change in changes.defer("before", "after").annotate(**AS_TEXT)]
    names = Names()
    wanted: set[Key] = set()
    for change in rows:
        model = BY_TABLE[change.table]
        wanted |= {(model, int(change.row)), *_mentioned(model, change)}
        wanted |= {(User, change.user_id)} if change.user_id else set()
        wanted |= {(Seat, change.seat_id)} if change.seat_id else set()
    names.load(wanted)
    names.look_back(rows)
    found = ((change, _told(change, names)) for change in rows)
    return [one for change, one in found if one.lines or not _says_something(change)]


def _says_something(change: Any) -> bool:
    """Whether a change has a field that is told."""
    told_of = fields_of(BY_TABLE[change.table])
    return change.act == "update" and any(attname in change.became for attname in told_of)


AS_TEXT = {
    "was": Cast("before", models.TextField()),
    "became": Cast("after", models.TextField()),
}


def _exact(change: Any) -> Any:
    """Read the figures as they were written, never as floating points."""
    for name in AS_TEXT:
        text = getattr(change, name)
        setattr(change, name, json.loads(text, parse_float=Decimal) if text else {})
    return change


def _mentioned(model: Model, change: Any) -> Iterator[Key]:
    """The things to which a change's values refer."""
    for attname, field in fields_of(model).items():
        if field.is_relation:
            for row in (change.was, change.became):
                if row.get(attname) is not None:
                    yield field.related_model, row[attname]  # type: ignore[misc]


def _told(change: Any, names: Names) -> Told:
    model = BY_TABLE[change.table]
    if prepare := PREPARED.get(model):
        prepare(change, names.at(change), names.awards)
    person = change.user_id or names.rows.get((Seat, change.seat_id), {}).get("person_id")
    return Told(
        at=change.at,
        who=names.of((User, person)) if person else _("The system"),
        seat=names.of((Seat, change.seat_id), less=("person",)) if change.seat_id else "",
        kind=str(TOLD[model][0]),
        name=names.of((model, int(change.row))),
        act=change.act,
        lines=[
            line
            for line in _lines(model, change, names)
            if line.before != line.after or not line.after
        ],
    )


def _lines(model: Model, change: Any, names: Names) -> Iterator[Line]:
    if change.act == "delete":
        yield from _end_of_paper(model, change, names)
        return
    for attname, field in fields_of(model).items():
        if attname not in change.became or (change.act == "insert" and field.name in ABOVE):
            continue
        if field.name in WHOLE:
            if change.act == "update":
                yield Line(label_of(field), after=_appeared(change, attname))
            continue
        after = _for_vote(field, change, names) or names.value(field, change.became[attname])
        if change.act == "update":
            yield Line(label_of(field), names.value(field, change.was.get(attname)), after)
        elif _is_said(change.became[attname]) and field.name not in TOLD[model][1]:
            yield Line(label_of(field), after=after)


def _appeared(change: Any, attname: str) -> str:
    """Say that something told only as a whole is there now, or no more; nothing where it became
    another."""
    if not change.was.get(attname):
        return _("added")
    return "" if change.became[attname] else _("removed")


def _end_of_paper(model: Model, change: Any, names: Names) -> Iterator[Line]:
    """Say why a paper is none any more: a letter was found empty, any other came back."""
    if model is GivenPaper:
        wrote = names.rows.get((Elector, change.was["elector_id"]), {}).get("letter_id")
        empty, unused = _("the letter held no paper for this matter"), _("given back unused")
        yield Line(_("What became of it"), after=empty if wrote else unused)


def _for_vote(field: Any, change: Any, names: Names) -> str:
    """Say of a result that it is undecided, or proposes somebody for an office; or nothing of any
    other value."""
    verdict = change.became.get(field.name) if field.model is Outcome else None
    if verdict == Verdict.RESERVE and change.became.get("reserve") is None:
        return _("Tied, undecided")
    if verdict != Verdict.ELECTED:
        return ""
    candidate = names.rows.get((Candidate, change.became["candidate_id"]), {})
    question = names.rows.get((Question, candidate.get("question_id", 0)), {})
    return _("Proposed for the office") if question.get("office") else ""


def _is_said(raw: Any) -> bool:
    """Whether a new row says something in a field; a nought is a figure like any other."""
    return raw is not False and raw not in (None, "", [], {})
