"""What a card adds up to, and whether a scale does.

Each line is rounded half up at its leaf; sections and totals add what was rounded. Where lines are
not assigned to a unit, its main points are raised to the whole scale, main × total ÷ (total −
maxima left out), and rounded once. Total = main + min(bonus, cap) − penalties.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from functools import cached_property, lru_cache
from itertools import pairwise

from django.utils.translation import gettext as _

from blocks.numbers import half_up, product, show
from scoring.methods import (
    METHODS,
    UNFILLED,
    Facts,
    Key,
    Method,
    Race,
    Rule,
    Score,
    missing_parameters,
    score,
)

NO_FACTS = Facts()
NOT_ASSIGNED = Score(None, lambda: _("Not assigned."), assigned=False)


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a scale: ``parent`` is the key of its section, None at the top."""

    key: Key
    parent: Key | None
    code: str
    rule: Rule


@dataclass(frozen=True, slots=True)
class Total:
    """What one column of one card adds up to.

    ``raw`` is the main points as printed, ``main`` the same raised for lines that were not
    assigned. ``maxima`` holds what every assigned line and section is worth at most.
    """

    scores: dict[Key, Score]
    raw: Decimal
    main: Decimal
    bonus: Decimal
    penalty: Decimal
    total: Decimal
    says: Callable[[], str]
    maxima: dict[Key, Decimal] = field(default_factory=dict)

    @property
    def words(self) -> str:
        """How the total comes about."""
        return self.says()

    def share(self, key: Key) -> Fraction | None:
        """Return points ÷ the maximum assigned of a line or section, for tie rules; or nothing."""
        points, most = self.scores[key].points, self.maxima.get(key)
        return Fraction(points) / Fraction(most) if points is not None and most else None


def total(  # noqa: PLR0913 -- the scale's own numbers are named, not bundled
    tree: "Tree",
    facts: Mapping[Key, Facts],
    *,
    places: int,
    scale_total: Decimal,
    bonus_cap: Decimal | None,
    not_assigned: Set[Key] = frozenset(),
    races: Mapping[Key, Race] | None = None,
) -> Total:
    """Return what the lines of a scale add up to, lines still empty counting nothing.

    ``not_assigned`` names lines or whole sections that are not this unit's; a line whose rule says
    so when nothing was due joins them by itself. ``races`` holds the race of each frontrunner line
    that may be known.
    """
    left_out = tree.under(not_assigned)
    races = races or {}
    scores = {
        line.key: _leaf_score(tree, line, facts, left_out, races.get(line.key))
        for line in tree.leaves
    }
    maxima = {line.key: _max(line) for line in tree.leaves if scores[line.key].assigned}
    tree.add_sections(scores, maxima, places)

    raw = half_up(_add(scores, tree.main_leaves), places)
    missing = sum((_max(line) for line in tree.main_leaves if line.key not in maxima), Decimal(0))
    main = _raised(raw, scale_total, scale_total - missing, places)
    earned = half_up(_add(scores, tree.bonuses), places)
    bonus = earned if bonus_cap is None else min(earned, half_up(bonus_cap, places))
    penalty = half_up(_add(scores, tree.penalties), places)

    def words() -> str:
        raised = capped = ""
        if 0 < missing < scale_total:
            quotient = f"{show(scale_total)}/{show(scale_total - missing)}"
            raised = f"{show(raw, places)} × {quotient} = {show(main, places)}"
        if bonus != earned:
            numbers = {"earned": show(earned, places), "cap": show(bonus)}
            capped = _("bonus %(earned)s, at most %(cap)s") % numbers
        summed = " + ".join(show(part, places) for part in (main, bonus))
        end = f"{summed} − {show(penalty, places)} = {show(main + bonus - penalty, places)}"
        return "; ".join(part for part in (raised, capped, end) if part)

    return Total(
        scores=scores,
        raw=raw,
        main=main,
        bonus=bonus,
        penalty=penalty,
        total=main + bonus - penalty,
        says=words,
        maxima=maxima,
    )


def _max(line: Line) -> Decimal:
    return line.rule.max or Decimal(0)


def _raised(raw: Decimal, scale_total: Decimal, remaining: Decimal, places: int) -> Decimal:
    """The main points raised to the whole scale where lines were left out."""
    if remaining == scale_total or remaining <= 0:
        return raw
    return half_up(product(raw, scale_total, by=remaining), places)


def _leaf_score(
    tree: "Tree", line: Line, facts: Mapping[Key, Facts], left_out: Set[Key], race: Race | None
) -> Score:
    of = line.rule.of
    if line.key in left_out or (of is not None and of in left_out):
        return NOT_ASSIGNED
    said, other = facts.get(line.key, NO_FACTS), None if of is None else facts.get(of)
    return tree.score(line, said, other, race)


def _add(scores: Mapping[Key, Score], lines: Sequence[Line]) -> Decimal:
    return sum((scores[line.key].points or Decimal(0) for line in lines), Decimal(0))


class Tree:
    """The lines of a scale by their place, and what they gave, made once for all its cards."""

    def __init__(self, lines: Sequence[Line]) -> None:
        self.lines = lines
        self.children: dict[Key | None, list[Line]] = defaultdict(list)
        self.by_key = {line.key: line for line in lines}
        for line in lines:
            self.children[line.parent].append(line)

    def score(self, line: Line, facts: Facts, other: Facts | None, race: Race | None) -> Score:
        """The score of a line; what another card, column or page asked is not computed again."""
        return _scored(self, line.key, facts, other, race)

    @cached_property
    def leaves(self) -> list[Line]:
        return [line for line in self.lines if line.rule.method != Method.SECTION]

    @cached_property
    def bonuses(self) -> list[Line]:
        return [line for line in self.leaves if line.rule.bonus]

    @cached_property
    def penalties(self) -> list[Line]:
        return [line for line in self.leaves if line.rule.penalty]

    @cached_property
    def main_leaves(self) -> list[Line]:
        return [line for line in self.leaves if not (line.rule.bonus or line.rule.penalty)]

    @cached_property
    def top_sections(self) -> list[Line]:
        known = {line.key for line in self.lines}
        sections = (line for line in self.lines if line.rule.method == Method.SECTION)
        return [line for line in sections if line.parent not in known]

    def main_children(self, key: Key) -> list[Line]:
        return [line for line in self.children[key] if not (line.rule.bonus or line.rule.penalty)]

    def under(self, keys: Set[Key]) -> set[Key]:
        """The keys and everything below them."""
        found = set(keys)
        waiting = list(keys)
        while waiting:
            below = {line.key for line in self.children.get(waiting.pop(), [])} - found
            found |= below
            waiting.extend(below)
        return found

    def add_sections(
        self, scores: dict[Key, Score], maxima: dict[Key, Decimal], places: int
    ) -> None:
        """Give every section the sum of its children, the innermost first, and their maxima."""

        def add(section: Line) -> None:
            children = self.main_children(section.key)
            for child in children:
                if child.rule.method == Method.SECTION:
                    add(child)
            parts = [scores[child.key] for child in children]
            scores[section.key] = _section_score(parts, places)
            if scores[section.key].assigned:
                maxima[section.key] = sum(
                    (maxima.get(child.key, Decimal(0)) for child in children), Decimal(0)
                )

        for section in self.top_sections:
            add(section)


@lru_cache(maxsize=20_000)  # some 16 MB: the boards of five large blocks
def _scored(tree: Tree, key: Key, facts: Facts, other: Facts | None, race: Race | None) -> Score:
    return score(tree.by_key[key].rule, facts, other=other, race=race)


def _section_score(parts: Sequence[Score], places: int) -> Score:
    """The raw sum of what is filled in; nothing yet where nothing is."""
    points = [part.points for part in parts if part.points is not None]
    if parts and not any(part.assigned for part in parts):
        return NOT_ASSIGNED
    if not points:
        return UNFILLED
    added = half_up(sum(points, Decimal(0)), places)

    def words() -> str:
        return f"{' + '.join(show(part, places) for part in points)} = {show(added, places)}"

    return Score(added, words)


def faults_of_scale(tree: Tree, scale_total: Decimal) -> list[str]:
    """Return a sentence for each reason why the scale cannot be locked; an empty list if none."""
    found = [fault for check in _CHECKS for fault in check(tree)]
    top = [line for line in tree.children[None] if not (line.rule.bonus or line.rule.penalty)]
    added = sum((_max(line) for line in top), Decimal(0))
    if added != scale_total:
        numbers = {"added": show(added), "total": show(scale_total)}
        found.append(_("The top level of the scale adds up to %(added)s, not %(total)s.") % numbers)
    return found


def _codes_are_unique(tree: Tree) -> Iterator[str]:
    for code, times in Counter(line.code for line in tree.lines).items():
        if times > 1:
            yield _("The code %(code)s stands on more than one line.") % {"code": code}


def _parents_are_sections(tree: Tree) -> Iterator[str]:
    methods = {line.key: line.rule.method for line in tree.lines}
    codes = {line.key: line.code for line in tree.lines}
    reached = tree.under({line.parent for line in tree.lines if line.parent not in methods})
    for line in tree.lines:
        words = {"code": line.code, "parent": codes.get(line.parent, str(line.parent))}
        if line.parent is None:
            continue
        if line.parent not in methods:
            yield _("Line %(code)s stands in %(parent)s, which the scale does not have.") % words
        elif methods[line.parent] != Method.SECTION:
            yield _("Line %(code)s stands in %(parent)s, which is no section.") % words
        elif line.key not in reached:
            yield _("Line %(code)s stands in itself.") % words


def _bonus_and_penalty_stand_outside(tree: Tree) -> Iterator[str]:
    for line in tree.lines:
        rule, words = line.rule, {"code": line.code}
        if not (rule.bonus or rule.penalty):
            continue
        if rule.bonus and rule.penalty:
            yield _("Line %(code)s cannot be a bonus and a penalty at once.") % words
        if rule.method == Method.SECTION:
            yield _("Section %(code)s cannot be a bonus or a penalty; its lines can.") % words
        elif line.parent is not None:
            yield _("Bonus and penalty lines stand outside the sections: %(code)s.") % words


def _sections_add_up(tree: Tree) -> Iterator[str]:
    for line in tree.lines:
        if line.rule.method != Method.SECTION:
            continue
        children = tree.main_children(line.key)
        added = sum((_max(child) for child in children), Decimal(0))
        words = {"code": line.code, "added": show(added), "max": show(_max(line))}
        if not children:
            yield _("Section %(code)s has no lines.") % words
        elif added != line.rule.max:
            yield _("Section %(code)s adds up to %(added)s, not %(max)s.") % words


def _parameters_are_there(tree: Tree) -> Iterator[str]:
    for line in tree.lines:
        missing = missing_parameters(line.rule)
        if line.rule.max is None and not line.rule.penalty and "max" not in missing:
            missing.insert(0, "max")
        for name in missing:
            yield _("Line %(code)s lacks %(what)s.") % {
                "code": line.code,
                "what": _PARAMETERS[name](),
            }


_PARAMETERS: dict[str, Callable[[], str]] = {
    "max": lambda: _("its maximum"),
    "each": lambda: _("the points for each"),
    "penalty_each": lambda: _("the points taken off for each"),
    "tiers": lambda: _("its tiers"),
    "levels": lambda: _("its levels"),
    "of": lambda: _("the line it reads"),
}


def _numbers_make_sense(tree: Tree) -> Iterator[str]:
    for line in tree.lines:
        rule, words = line.rule, {"code": line.code, "max": show(_max(line))}
        positive = (rule.max, rule.each, rule.penalty_each)
        if any(number is not None and number <= 0 for number in positive):
            yield _("The numbers of line %(code)s must be above 0.") % words
        if rule.cap < 1:
            yield _("The cap of line %(code)s must not be below 1 (100%%).") % words
        if rule.max is not None and rule.floor > rule.max:
            yield _("The lowest of line %(code)s lies above its maximum.") % words
        named = [points for _name, points in (*rule.tiers, *rule.levels)]
        if rule.max is not None and any(not 0 <= points <= rule.max for points in named):
            yield _("The points of line %(code)s must lie between 0 and %(max)s.") % words
        bounds = [bound for bound, _points in rule.tiers]
        if any(one <= two for one, two in pairwise(bounds)):
            yield _("The tiers of line %(code)s must go from the highest to the lowest.") % words
        if len({name for name, _points in rule.levels}) < len(rule.levels):
            yield _("A level of line %(code)s is named twice.") % words


def _lines_read_are_there(tree: Tree) -> Iterator[str]:
    readable = {line.key for line in tree.leaves if _has_base(line.rule)}
    codes = {line.key: line.code for line in tree.lines}
    for line in tree.lines:
        of = line.rule.of
        words = {"code": line.code, "other": codes.get(of, str(of))}
        if line.rule.method != Method.OVER_FULFILMENT or of is None or of in readable:
            continue
        if of in codes:
            yield _("Line %(code)s reads %(other)s, which has no result and base.") % words
        else:
            yield _("Line %(code)s reads %(other)s, which the scale does not have.") % words


def _has_base(rule: Rule) -> bool:
    """Whether the method takes a result and what was to be reached."""
    return "target" in METHODS[rule.method].takes and rule.method != Method.PLUS_MINUS


_CHECKS: tuple[Callable[[Tree], Iterator[str]], ...] = (
    _codes_are_unique,
    _parents_are_sections,
    _bonus_and_penalty_stand_outside,
    _parameters_are_there,
    _numbers_make_sense,
    _lines_read_are_there,
    _sections_add_up,
)
