"""What a scale written as a YAML file says.

A file is read whole or refused with one sentence; nothing of a refused file is used. Numbers are
read exactly as they are written. Whether the scale adds up is not asked here: a draft may not yet
(``scoring.totals.faults_of_scale``).
"""

import re
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import yaml
from django.utils.translation import gettext as _

from blocks.text import nfc
from scoring.methods import Facts, Method, Rule, WhenNothingDue, missing_parameters
from scoring.ranking import TieRule, TieRuleRefused
from scoring.totals import Line

SCALES = Path(__file__).parent / "scales"
_MOST_PLACES = 4
_MOST_DIGITS = 16
_MOST_LINES = 500
_NUMBER = re.compile(r"-?[0-9]+(\.[0-9]+)?", re.ASCII)


class ScaleFileRefused(ValueError):
    """The file is no scale; its text is the sentence that says where and why."""


@dataclass(frozen=True, slots=True)
class ScaleLine:
    """One criterion or section of a file, with all that the file says of it.

    ``denominator`` is ``registered`` (stands on the registration sheet), ``stated`` (given with the
    result) or ``fixed``, then ``base`` is the number.
    """

    code: str
    parent: str | None
    name: str
    rule: Rule
    evidence: bool = False
    denominator: str = "stated"
    base: Decimal | None = None
    measure: str = ""
    done_label: str = ""
    base_label: str = ""

    @property
    def line(self) -> Line:
        """The line as totals want it; codes are its keys."""
        return Line(self.code, self.parent, self.code, self.rule)


@dataclass(frozen=True, slots=True)
class ScaleFile:
    """A scale as its file states it."""

    code: str
    name: str
    total: Decimal
    bonus_cap: Decimal | None
    places: int
    lines: tuple[ScaleLine, ...]
    classification: tuple[tuple[Decimal, str], ...] = ()
    tie_rules: tuple[str, ...] = ()
    disqualify: tuple[str, ...] = ()


def read(path: Path) -> ScaleFile:
    """Return the scale of a file. Raise ScaleFileRefused, or OSError if there is no file."""
    return read_bytes(path.read_bytes(), path.name)


def read_bytes(content: bytes, name: str) -> ScaleFile:
    """Return the scale of a file's content; raise ScaleFileRefused, which names the file."""
    try:
        return _scale(_Reader(_loaded(content), ""))
    except ScaleFileRefused as refused:
        raise ScaleFileRefused(f"{name}: {refused}") from refused


def load(path: Path) -> Any:
    """Return what a YAML file says, with every number exact; raise ScaleFileRefused."""
    return _loaded(path.read_bytes())


def _loaded(content: bytes) -> Any:
    try:
        return yaml.load(content.decode("utf-8-sig"), _ExactLoader)  # noqa: S506 -- it is safe
    except ScaleFileRefused:
        raise
    except RecursionError as error:
        raise ScaleFileRefused(_("The file is nested too deep.")) from error
    except UnicodeDecodeError as error:
        raise ScaleFileRefused(_("The file is no text in UTF-8.")) from error
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        where = {"line": mark.line + 1, "column": mark.column + 1} if mark else {}
        raise ScaleFileRefused(
            _(
                "The file cannot be read from line %(line)s, character %(column)s, on; compare it"
                " there with the sample file."
            )
            % where
            if mark
            else _("The file cannot be read; compare it with the sample file.")
        ) from error
    except (yaml.YAMLError, ValueError) as error:
        raise ScaleFileRefused(
            _("The file cannot be read; compare it with the sample file.")
        ) from error


def read_facts(rule: Rule, stated: Any) -> Facts:
    """Return the facts a results file states: ``[49, 50]``, ``3``, ``true`` or a level.

    Raise ScaleFileRefused.
    """
    if rule.method == Method.SELECT:
        return Facts(level=str(stated))
    if rule.method == Method.PASS_FAIL:
        return Facts(actual=Decimal(bool(stated)))
    if rule.method == Method.MANUAL:
        return Facts(points=_number(stated, "points", low=None))
    if isinstance(stated, list) and len(stated) == 2:  # noqa: PLR2004 -- actual and target
        actual, target = (_number(number, "facts", low=None) for number in stated)
        return Facts(actual, target)
    return Facts(actual=_number(stated, "facts", low=None))


class _ExactLoader(yaml.SafeLoader):
    """Safe YAML whose numbers are decimals and whose mappings name nothing twice.

    It knows no references: a small file of them would unfold without end.
    """

    def compose_node(self, parent: Any, index: Any) -> Any:
        """Compose a node; refuse a reference to another."""
        if self.check_event(yaml.AliasEvent):
            raise ScaleFileRefused(_("References (*) are not allowed in the file."))
        return super().compose_node(parent, index)


def _decimal(loader: yaml.SafeLoader, node: yaml.ScalarNode) -> Decimal | str:
    """The number as written; .nan, 1e3 and octals stay text, which no number accepts."""
    written = loader.construct_scalar(node)
    return Decimal(written) if _NUMBER.fullmatch(written) else written


def _mapping(loader: yaml.SafeLoader, node: yaml.MappingNode) -> dict[Hashable, Any]:
    seen: set[str] = set()
    for key, _value in node.value:
        if str(key.value) in seen:
            raise ScaleFileRefused(_("“%(key)s” is stated twice.") % {"key": key.value})
        seen.add(str(key.value))
    return loader.construct_mapping(node, deep=True)


_ExactLoader.add_constructor("tag:yaml.org,2002:int", _decimal)
_ExactLoader.add_constructor("tag:yaml.org,2002:float", _decimal)
_ExactLoader.add_constructor("tag:yaml.org,2002:map", _mapping)


class _Reader:
    """A mapping of the file that says where it stands when something in it is wrong."""

    def __init__(self, stated: Any, where: str) -> None:
        self.where = where
        if not isinstance(stated, Mapping):
            raise self.refused(_("lines of the form “name: value” are expected."))
        self.stated = stated

    def refused(self, why: str) -> ScaleFileRefused:
        return ScaleFileRefused(f"{self.where}: {why}" if self.where else why)

    def only(self, names: Sequence[str]) -> None:
        for name in self.stated:
            if name not in names:
                raise self.refused(_("the entry “%(name)s” is not known here.") % {"name": name})

    def has(self, name: str) -> bool:
        return self.stated.get(name) is not None

    def get(self, name: str, kind: type = object) -> Any:
        """The value of a name that must be there and of this kind."""
        if not self.has(name):
            raise self.refused(_("“%(name)s” is missing.") % {"name": name})
        if not isinstance(self.stated[name], kind):
            raise self.refused(_("“%(name)s” is not of the right kind.") % {"name": name})
        return self.stated[name]

    def text(self, name: str, default: str | None = None) -> str:
        if default is not None and not self.has(name):
            return default
        stated = self.get(name)
        if isinstance(stated, bool | list | Mapping) or not str(stated).strip():
            raise self.refused(_("“%(name)s” must be a text.") % {"name": name})
        return nfc(" ".join(str(stated).split()))

    def number(self, name: str, *, low: int | None = 0) -> Decimal:
        return _within(self, self.get(name), name, low=low)

    def number_or_none(self, name: str) -> Decimal | None:
        return self.number(name) if self.has(name) else None

    def yes(self, name: str) -> bool:
        return bool(self.get(name, bool)) if self.has(name) else False


def _number(stated: Any, name: str, *, low: int | None = 0) -> Decimal:
    """A number that a column numeric(20, 4) holds, not below ``low``."""
    words = {"name": name, "stated": stated, "places": _MOST_PLACES}
    if not isinstance(stated, Decimal):
        raise ScaleFileRefused(_("“%(name)s” must be a number, not “%(stated)s”.") % words)
    if low is not None and stated < low:
        raise ScaleFileRefused(_("“%(name)s” must not be negative.") % words)
    if abs(stated) >= 10**_MOST_DIGITS or -int(stated.as_tuple().exponent) > _MOST_PLACES:
        raise ScaleFileRefused(_("“%(name)s” has more than %(places)s decimal places.") % words)
    return stated


_SCALE_NAMES = (
    "code",
    "name",
    "total",
    "bonus_cap",
    "rounding",
    "criteria",
    "classification",
    "tie_rules",
    "disqualify",
)
_LINE_NAMES = (
    "code",
    "parent",
    "name",
    "method",
    "max",
    "cap",
    "each",
    "penalty_each",
    "floor",
    "tiers",
    "levels",
    "of",
    "when_nothing_due",
    "bonus",
    "penalty",
    "evidence",
    "denominator",
    "measure",
    "done_label",
    "base_label",
)


def _scale(file: _Reader) -> ScaleFile:
    file.only(_SCALE_NAMES)
    places = _places(file)
    if len(file.get("criteria", list)) > _MOST_LINES:
        raise file.refused(_("A scale has at most %(most)s lines.") % {"most": _MOST_LINES})
    criteria = [
        _Reader(stated, _("line %(number)s") % {"number": number})
        for number, stated in enumerate(file.get("criteria", list), start=1)
    ]
    codes = {criterion.text("code") for criterion in criteria}
    return ScaleFile(
        code=file.text("code"),
        name=file.text("name"),
        total=file.number("total"),
        bonus_cap=file.number_or_none("bonus_cap"),
        places=places,
        lines=tuple(_line(criterion, codes, places) for criterion in criteria),
        classification=_classification(file),
        tie_rules=tuple(str(_tie_rule(file, text)) for text in _texts(file, "tie_rules")),
        disqualify=tuple(_texts(file, "disqualify")),
    )


def _places(file: _Reader) -> int:
    if not file.has("rounding"):
        return 2
    rounding = _Reader(file.get("rounding"), "rounding")
    rounding.only(("places", "mode"))
    if rounding.text("mode", "half_up") != "half_up":
        raise rounding.refused(_("only half_up is known."))
    places = rounding.number("places")
    if places not in range(_MOST_PLACES + 1):
        raise rounding.refused(_("places must be a whole number from 0 to 4."))
    return int(places)


def _line(criterion: _Reader, codes: set[str], places: int) -> ScaleLine:
    code = criterion.text("code")
    criterion.where = code
    criterion.only(_LINE_NAMES)
    above = code.rpartition(".")[0]
    denominator, base = _denominator(criterion)
    return ScaleLine(
        code=code,
        parent=criterion.text("parent", above if above in codes else "") or None,
        name=criterion.text("name"),
        rule=_rule(criterion, places),
        evidence=criterion.yes("evidence"),
        denominator=denominator,
        base=base,
        measure=criterion.text("measure", ""),
        done_label=criterion.text("done_label", ""),
        base_label=criterion.text("base_label", ""),
    )


def _rule(criterion: _Reader, places: int) -> Rule:
    method = criterion.text("method")
    if method not in Method:
        raise criterion.refused(_("the method “%(method)s” is unknown.") % {"method": method})
    nothing_due = criterion.text("when_nothing_due", WhenNothingDue.NOT_ASSIGNED)
    if nothing_due not in WhenNothingDue:
        raise criterion.refused(
            _("“%(name)s” is unknown for when nothing is due.") % {"name": nothing_due}
        )
    rule = Rule(
        method=Method(method),
        max=criterion.number_or_none("max"),
        places=places,
        cap=criterion.number("cap") if criterion.has("cap") else Decimal(1),
        each=criterion.number_or_none("each"),
        penalty_each=criterion.number_or_none("penalty_each"),
        floor=criterion.number("floor", low=None) if criterion.has("floor") else Decimal(0),
        tiers=_tiers(criterion),
        levels=_levels(criterion),
        when_nothing_due=WhenNothingDue(nothing_due),
        of=criterion.text("of", "") or None,
        bonus=criterion.yes("bonus"),
        penalty=criterion.yes("penalty"),
    )
    missing = missing_parameters(rule)
    if rule.max is None and not rule.penalty:
        missing.insert(0, "max")
    if missing:
        raise criterion.refused(_("“%(name)s” is missing.") % {"name": missing[0]})
    return rule


def _denominator(criterion: _Reader) -> tuple[str, Decimal | None]:
    if criterion.has("denominator") and isinstance(criterion.get("denominator"), Decimal):
        return "fixed", criterion.number("denominator")
    denominator = criterion.text("denominator", "stated")
    if denominator not in {"registered", "stated"}:
        raise criterion.refused(_("“denominator” is registered, stated or a number."))
    return denominator, None


def _tiers(criterion: _Reader) -> tuple[tuple[Decimal, Decimal], ...]:
    pairs = _pairs(criterion, "tiers")
    return tuple(
        (_within(criterion, bound, "tiers"), _within(criterion, points, "tiers"))
        for bound, points in pairs
    )


def _levels(criterion: _Reader) -> tuple[tuple[str, Decimal], ...]:
    if not criterion.has("levels"):
        return ()
    return tuple(
        (nfc(str(level)), _within(criterion, points, "levels"))
        for level, points in criterion.get("levels", dict).items()
    )


def _classification(file: _Reader) -> tuple[tuple[Decimal, str], ...]:
    return tuple(
        (_within(file, bound, "classification"), nfc(str(name)))
        for bound, name in _pairs(file, "classification")
    )


def _tie_rule(file: _Reader, text: str) -> TieRule:
    try:
        return TieRule.parse(text)
    except TieRuleRefused as refused:
        raise file.refused(str(refused)) from refused


def _texts(reader: _Reader, name: str) -> list[str]:
    return [nfc(str(text)) for text in reader.get(name, list)] if reader.has(name) else []


def _pairs(reader: _Reader, name: str) -> list[Sequence[Any]]:
    stated = reader.get(name, list) if reader.has(name) else []
    if any(not isinstance(pair, list) or len(pair) != 2 for pair in stated):  # noqa: PLR2004
        raise reader.refused(_("“%(name)s” must be a list of pairs.") % {"name": name})
    return stated


def _within(reader: _Reader, stated: Any, name: str, *, low: int | None = 0) -> Decimal:
    """The number, or a refusal that says where it stands."""
    try:
        return _number(stated, name, low=low)
    except ScaleFileRefused as refused:
        raise reader.refused(str(refused)) from refused
