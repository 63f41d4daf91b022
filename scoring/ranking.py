"""In which order the units of a block stand.

The higher total stands first. Where totals are equal, the season's tie rules are asked in their
order, each among those that are still equal after the rules before it:

- *section I* and *criterion I.1*: who reached more of that section or criterion, measured against
  its own maximum, so that a line which was not assigned does no harm;
- *fewer penalties*: who lost fewer points to penalties;
- *earlier submission*: who sent its sheet earlier.

A rule that cannot be asked of each of them (a criterion not assigned, a sheet not sent) decides
nothing among them. What is still equal after all rules shares its rank, and the next rank is left
empty for each who shares (1, 1, 3); the vote decides. Units that are waived or on hold are not
ranked: whoever asks leaves them out.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from itertools import groupby
from typing import Any, Self

from django.utils.translation import gettext as _

Key = Any  # whatever names a line, a card or a unit: a code or a database id
Measure = Fraction | Decimal


class TieKind(StrEnum):
    """What a tie rule compares; the value is how a scale file writes it."""

    SECTION = "section"
    CRITERION = "criterion"
    FEWER_PENALTIES = "fewer penalties"
    EARLIER_SUBMISSION = "earlier submission"

    @property
    def names_a_line(self) -> bool:
        """Whether the code of a section or criterion follows."""
        return self in {TieKind.SECTION, TieKind.CRITERION}


class TieRuleRefused(ValueError):
    """A tie rule nobody knows; its text is the sentence."""


@dataclass(frozen=True, slots=True)
class Contender:
    """A unit that is ranked.

    ``sections`` and ``criteria`` hold by code what was reached of each, as a share of its maximum
    (``Total.share``); ``penalties`` are the points subtracted, positive.
    """

    key: Key
    total: Decimal
    sections: Mapping[str, Measure] = field(default_factory=dict)
    criteria: Mapping[str, Measure] = field(default_factory=dict)
    penalties: Decimal = Decimal(0)
    sent_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class TieRule:
    """One rule for equal totals."""

    kind: TieKind
    code: str = ""

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read a rule as a scale writes it: ``section I``, ``fewer penalties``.

        Raise TieRuleRefused.
        """
        text = " ".join(text.split())
        for kind in TieKind:
            code = text.removeprefix(f"{kind} ") if kind.names_a_line else ""
            if text == kind and not kind.names_a_line:
                return cls(kind)
            if code and code != text and " " not in code:
                return cls(kind, code)
        raise TieRuleRefused(_("Nobody knows the tie rule “%(text)s”.") % {"text": text})

    def __str__(self) -> str:
        return f"{self.kind} {self.code}".strip()

    @property
    def words(self) -> str:
        """The rule as the reader is told it, in the reader's language."""
        said = {
            TieKind.SECTION: _("higher score in section %(code)s"),
            TieKind.CRITERION: _("higher score in criterion %(code)s"),
            TieKind.FEWER_PENALTIES: _("fewer penalty points"),
            TieKind.EARLIER_SUBMISSION: _("earlier submission"),
        }
        return said[self.kind] % {"code": self.code}

    def measure(self, contender: Contender) -> Measure | datetime | None:
        """Return what the rule compares; None where it cannot be asked."""
        asked: dict[TieKind, Callable[[], Measure | datetime | None]] = {
            TieKind.SECTION: lambda: contender.sections.get(self.code),
            TieKind.CRITERION: lambda: contender.criteria.get(self.code),
            TieKind.FEWER_PENALTIES: lambda: -contender.penalties,
            TieKind.EARLIER_SUBMISSION: lambda: contender.sent_at,
        }
        return asked[self.kind]()

    @property
    def highest_first(self) -> bool:
        """Whether more of the measure is better."""
        return self.kind != TieKind.EARLIER_SUBMISSION


@dataclass(frozen=True, slots=True)
class Place:
    """Where a contender stands.

    ``decided_by`` is the tie rule, as written, that told it from the last of those with its total;
    None where the total sufficed or nothing decided.
    """

    key: Key
    rank: int
    decided_by: str | None = None


def rank(contenders: Sequence[Contender], tie_rules: Sequence[TieRule]) -> list[Place]:
    """Return the places in order; who shares a rank stands in the order given."""
    places: list[Place] = []
    for equals in _apart(contenders, lambda one: one.total, highest_first=True):
        for group, decided_by in _untie(equals, tie_rules, None):
            shared = len(places) + 1
            places += [Place(one.key, shared, decided_by) for one in group]
    return places


def _untie(
    group: Sequence[Contender], tie_rules: Sequence[TieRule], decided_by: str | None
) -> list[tuple[Sequence[Contender], str | None]]:
    """Split contenders of equal total by the rules in their order; say which rule split last."""
    if len(group) == 1 or not tie_rules:
        return [(group, decided_by)]
    rule, *rest = tie_rules
    if any(rule.measure(one) is None for one in group):
        return _untie(group, rest, decided_by)
    parts = _apart(group, rule.measure, highest_first=rule.highest_first)
    decided = str(rule) if len(parts) > 1 else decided_by
    return [found for part in parts for found in _untie(part, rest, decided)]


def _apart(
    contenders: Iterable[Contender], measure: Callable[[Contender], Any], *, highest_first: bool
) -> list[list[Contender]]:
    """Group contenders of equal measure, the better group first, each in the order given."""
    ordered = sorted(contenders, key=measure, reverse=highest_first)
    return [list(group) for _measure, group in groupby(ordered, key=measure)]


def classify(total: Decimal, table: Sequence[tuple[Decimal, str]]) -> str:
    """Return the class of a total: the highest bound it reaches, or nothing below all bounds."""
    reached = [(bound, name) for bound, name in table if total >= bound]
    return max(reached)[1] if reached else ""
