"""How history writes what is kept as a code, or in parts that are told together."""

import re
from collections.abc import Callable, Mapping
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any

from django.db import models
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext as _

from awards.models import Attendance, Question, Requirement, VoteRules
from awards.requirements import TAKES, Takes
from awards.tally import TieRule, stated
from awards.wording import condition_of
from blocks.clock import ONE_DAY
from blocks.dates import show_date, show_moment
from blocks.files import ENDINGS
from blocks.numbers import show
from emulation.history.words import Model
from scoring.models import Agreement, Authorisation, Evidence, Ranking, SeasonRules, SignedScan
from scoring.ranking import TieRule as RankTie

FIGURE = re.compile(r"\d+(\.\d+)?")
SHARES = (("quorum_part", "quorum_whole"), ("threshold_part", "threshold_whole"))

Row = Mapping[str, Any]


def _kind(media_type: str) -> str:
    """Return what a file is, as its name ends: PNG."""
    return ENDINGS[media_type][0].removeprefix(".").upper()


def _ties(rules: list[str]) -> str:
    return "; ".join(str(TieRule(rule).label) for rule in rules)


def _last_day(until: date | str) -> str:
    """Return the day before, which is the last of what holds until then."""
    return show_date((date.fromisoformat(until) if isinstance(until, str) else until) - ONE_DAY)


def _rank_ties(rules: list[str]) -> str:
    return "; ".join(RankTie.parse(rule).words for rule in rules)


CODED: dict[tuple[Model, str], Callable[[Any], str]] = {  # what is kept as a code, in words
    (VoteRules, "tie_rules"): _ties,
    (Question, "tie_rules"): _ties,
    (SeasonRules, "tie_rules"): _rank_ties,
    (Agreement, "changes"): ", ".join,
    (Requirement, "rule"): lambda rule: condition_of(rule, "…"),
    (Question, "round"): lambda number: _("round %(round)s") % {"round": number},
    (Ranking, "number"): lambda number: _("fixing no. %(number)s") % {"number": number},
    (Evidence, "kind"): _kind,
    (SignedScan, "kind"): _kind,
    (Evidence, "size"): filesizeformat,
    (SignedScan, "size"): filesizeformat,
    (Authorisation, "until"): _last_day,
}


def _write_parameter(change: Any, row: Row, awards: Mapping[str, str]) -> None:
    """Write the parameter of a condition as what it is: a figure, another award."""
    for said in (change.was, change.became):
        rule, parameter = said.get("rule", row.get("rule", "")), said.get("parameter", "")
        if TAKES.get(rule) == Takes.PERCENT and FIGURE.fullmatch(parameter):
            said["parameter"] = show(Decimal(parameter))
        elif TAKES.get(rule) == Takes.AWARD:
            said["parameter"] = awards.get(parameter, parameter)


def _write_shares(change: Any, row: Row, _awards: Mapping[str, str]) -> None:
    """Write the two fields of a share as one: 80%, 2/3."""
    for said in (change.was, change.became):
        for part, whole in SHARES:
            if part in said or whole in said:
                both = {**row, **said}
                said[part] = stated(Fraction(both[part], both[whole]))
                said.pop(whole, None)


def _name_nobody(change: Any, _row: Row, _awards: Mapping[str, str]) -> None:
    """Take Ông or Bà off a new line of the roll that names nobody yet."""
    if change.act == "insert" and not change.became.get("name"):
        change.became.pop("honorific", None)


Preparing = Callable[[Any, Row, Mapping[str, str]], None]
# Not field by field: with the row of then, and the short names of the awards by code.
PREPARED: dict[Model, Preparing] = {
    Requirement: _write_parameter,
    VoteRules: _write_shares,
    Question: _write_shares,
    Attendance: _name_nobody,
}


def written(field: Any, raw: Any) -> str:
    """Write a plain value: history keeps days and moments as text."""
    match field:
        case models.BooleanField():
            return _("yes") if raw else _("no")
        case models.DateTimeField():
            return show_moment(datetime.fromisoformat(raw) if isinstance(raw, str) else raw)
        case models.DateField():
            return show_date(date.fromisoformat(raw) if isinstance(raw, str) else raw)
        case models.DecimalField():
            return show(Decimal(raw))
    return _listed(raw) if isinstance(raw, list) else str(raw)


def _listed(values: list[Any]) -> str:
    parts = (" ".join(map(str, v)) if isinstance(v, list) else str(v) for v in values)
    return "; ".join(parts)
