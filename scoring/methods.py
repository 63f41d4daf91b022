"""From facts to points and words.

A method takes the facts of one line and gives its points, exact until they are rounded half up to
the places of the scale, and the words that explain them. The table METHODS says of each method
which facts it takes, which parameters it needs and what the scale's editor tells about it.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any, NamedTuple

from django.db.models import TextChoices
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, gettext_noop

from blocks.numbers import half_up, is_less, percent, product, show

Key = Any  # whatever names a line, a card or a unit: a code or a database id


class Method(TextChoices):
    """How a line of the scale gives points (domain.md 4.1)."""

    SECTION = "section", gettext_lazy("section")
    PROPORTIONAL = "proportional", gettext_lazy("proportional")
    TIERED = "tiered", gettext_lazy("tiered")
    PASS_FAIL = "pass_fail", gettext_lazy("pass or fail")
    SELECT = "select", gettext_lazy("choice of a level")
    COUNT = "count", gettext_lazy("count of cases")
    DEDUCT = "deduct", gettext_lazy("deduction")
    PLUS_MINUS = "plus_minus", gettext_lazy("plus and minus")
    OVER_FULFILMENT = "over_fulfilment", gettext_lazy("over-fulfilment")
    FRONTRUNNER = "frontrunner", gettext_lazy("relative to the frontrunner")
    MANUAL = "manual", gettext_lazy("points given directly")


class WhenNothingDue(TextChoices):
    """What a line gives where nothing was due: its target is 0."""

    FULL = "full", gettext_lazy("full points")
    ZERO = "zero", gettext_lazy("no points")
    NOT_ASSIGNED = "not_assigned", gettext_lazy("not assigned")


@dataclass(frozen=True, slots=True)
class Rule:
    """The parameters of one line.

    ``tiers`` are (from so many percent, points), the highest first; ``levels`` (level, points).
    ``cap`` is the highest share of the target that counts, 1 for 100 %. ``of`` is the key of the
    line that over-fulfilment reads. A penalty's points are positive; the total subtracts them.
    """

    method: Method
    max: Decimal | None = None
    places: int = 2
    cap: Decimal = Decimal(1)
    each: Decimal | None = None
    penalty_each: Decimal | None = None
    floor: Decimal = Decimal(0)
    tiers: tuple[tuple[Decimal, Decimal], ...] = ()
    levels: tuple[tuple[str, Decimal], ...] = ()
    when_nothing_due: WhenNothingDue = WhenNothingDue.NOT_ASSIGNED
    of: Key | None = None
    bonus: bool = False
    penalty: bool = False


class Facts(NamedTuple):
    """What one column says on one line; each method takes only some of it.

    Pass or fail: ``actual`` is 1 or 0. Plus and minus: ``actual`` counts the good cases, ``target``
    the bad ones.
    """

    actual: Decimal | None = None
    target: Decimal | None = None
    level: str | None = None
    points: Decimal | None = None


class Score(NamedTuple):
    """The points of a line and the words that explain them.

    ``points`` is None while something is missing, and where the line is not assigned. ``says``
    makes the words when they are asked for, in the reader's language: a board computes thousands of
    lines and shows the words of none.
    """

    points: Decimal | None
    says: Callable[[], str]
    assigned: bool = True

    @property
    def words(self) -> str:
        """How the points come about, or why there are none."""
        return self.says()


UNFILLED = Score(None, lambda: _("Not filled in yet."))


@dataclass(frozen=True, slots=True)
class Race:
    """Who is ahead on one line: the frontrunner's facts, None while nobody is over its target."""

    actual: Decimal | None = None
    target: Decimal | None = None
    complete: bool = True

    @property
    def lead(self) -> Fraction | None:
        """The frontrunner's (actual − target) ÷ target."""
        if self.actual is None or self.target is None:
            return None
        return _over(self.actual, self.target)


@dataclass(frozen=True, slots=True)
class Spec:
    """What the house knows of a method.

    ``takes`` names fields of Facts, ``needs`` fields of Rule that must not be empty.
    """

    takes: tuple[str, ...]
    needs: tuple[str, ...]
    score: Callable[[Rule, Facts, Facts | None, Race | None], Score]
    label: Promise | str
    explanation: Promise


def score(
    rule: Rule, facts: Facts, *, other: Facts | None = None, race: Race | None = None
) -> Score:
    """Return the points and words of one line.

    ``other`` holds the facts of the line that over-fulfilment reads; ``race`` is what
    ``frontrunner_race`` made of all cards, None while the others may not be known.
    """
    spec = METHODS[rule.method]
    if missing_parameters(rule):
        return Score(None, _without_parameters)
    if "target" in spec.takes and rule.method != Method.PLUS_MINUS and facts.target == 0:
        return _nothing_due(rule)
    if not is_filled(rule, facts):
        return UNFILLED
    return spec.score(rule, facts, other, race)


def _without_parameters() -> str:
    return _("The scale does not yet say how this line is scored.")


def is_filled(rule: Rule, facts: Facts) -> bool:
    """Whether the line has all facts its method takes."""
    takes = METHODS[rule.method].takes
    return all((fact := getattr(facts, name)) is not None and fact != "" for name in takes)


def is_over(rule: Rule, facts: Facts) -> bool:
    """Tell whether more was done than its base although no more than 100 % of it counts.

    Of a share of a whole that is a slip: the two figures stand the wrong way round. Where a cap or
    a tier above 100 %, or the way to the frontrunner, lets more count, it is none.
    """
    highest = max((bound for bound, _points in rule.tiers), default=Decimal(0)) / 100
    most = {Method.PROPORTIONAL: rule.cap, Method.TIERED: highest}.get(rule.method)
    if most is None or most > 1 or facts.actual is None or facts.target is None:
        return False
    return facts.actual > facts.target


def missing_parameters(rule: Rule) -> list[str]:
    """Return the names of the parameters that the method needs and the rule lacks."""
    needs = METHODS[rule.method].needs
    return [name for name in needs if (given := getattr(rule, name)) is None or given == ()]


def frontrunner_race(facts_by_card: Mapping[Key, Facts]) -> Race:
    """Return who is ahead on a line: the highest (actual − target) ÷ target above 0.

    A target of 0 is outside the race (domain.md 4.1). Waived cards, and those the line is not
    assigned to, are left out by whoever asks. Where two are equally far over, the larger result
    is the frontrunner's. The race is complete when nobody's facts are missing.
    """
    leader: tuple[Fraction, Decimal, Decimal] | None = None
    complete = True
    for facts in facts_by_card.values():
        if facts.target == 0:
            continue
        if facts.actual is None or facts.target is None:
            complete = False
            continue
        runner = (_over(facts.actual, facts.target), facts.actual, facts.target)
        if runner[0] > 0 and (leader is None or runner > leader):
            leader = runner
    if leader is None:
        return Race(complete=complete)
    return Race(actual=leader[1], target=leader[2], complete=complete)


def _over(actual: Decimal, target: Decimal) -> Fraction:
    return product(actual, by=target) - 1


def _share(facts: Facts) -> Fraction:
    """Actual ÷ target; the caller has seen to it that both are there and the target is not 0."""
    return product(_given(facts.actual), by=_given(facts.target))


def _given(number: Decimal | None) -> Decimal:
    """The number, which ``is_filled`` or ``missing_parameters`` has vouched for."""
    if number is None:
        raise ValueError("A fact or parameter is missing.")
    return number


def _nothing_due(rule: Rule) -> Score:
    if rule.when_nothing_due == WhenNothingDue.NOT_ASSIGNED:
        return Score(None, lambda: _("Nothing was due: not assigned."), assigned=False)
    full = rule.when_nothing_due == WhenNothingDue.FULL
    points = half_up(_given(rule.max) if full else 0, rule.places)

    def words() -> str:
        return _("Nothing was due: %(points)s") % {"points": _points(rule, points)}

    return Score(points, words)


def _points(rule: Rule, points: Fraction | Decimal) -> str:
    return show(points, rule.places)


def _sum(
    rule: Rule,
    in_words: Callable[[], str],
    exact: Fraction,
    *,
    low: Decimal | None = Decimal(0),
    high: Decimal | None = None,
) -> Score:
    """Return the result of a written sum within its bounds, naming the bound that stopped it."""
    bound, limit = None, ""
    if low is not None and is_less(exact, low):
        bound, limit = low, gettext_noop("at least %(points)s")
    elif high is not None and is_less(high, exact):
        bound, limit = high, gettext_noop("at most %(points)s")
    points = half_up(exact if bound is None else bound, rule.places)

    def words() -> str:
        said = f"{in_words()} = {_points(rule, exact)}"
        if bound is None:
            return said
        stopped = _(limit) % {"points": show(bound)}
        return f"{said} → {_points(rule, bound)} ({stopped})"

    return Score(points, words)


def _worth(rule: Rule, points: Decimal, reason: Callable[[], str]) -> Score:
    """Return points that the scale names for a reason: a tier, a level, a pass."""

    def words() -> str:
        said = {"reason": reason(), "points": show(points)}
        return _("%(reason)s → %(points)s points") % said

    return Score(half_up(points, rule.places), words)


def _section(rule: Rule, facts: Facts, other: Facts | None, race: Race | None) -> Score:
    return Score(None, lambda: _("The sum of its lines."))


def _proportional(rule: Rule, facts: Facts, other: Facts | None, race: Race | None) -> Score:
    full, actual, target = _given(rule.max), _given(facts.actual), _given(facts.target)
    limit = half_up(product(full, rule.cap), rule.places)

    def in_words() -> str:
        return f"{show(actual)}/{show(target)} × {show(full)}"

    return _sum(rule, in_words, product(full, actual, by=target), high=limit)


def _tiered(rule: Rule, facts: Facts, other: Facts | None, race: Race | None) -> Score:
    share = _share(facts)
    reached = (points for bound, points in rule.tiers if not is_less(100 * share, bound))

    def reason() -> str:
        return _("reached %(share)s") % {"share": _honest_percent(share, rule.tiers)}

    return _worth(rule, next(reached, Decimal(0)), reason)


def _honest_percent(share: Fraction, tiers: tuple[tuple[Decimal, Decimal], ...]) -> str:
    """The share with as many places as it takes not to look like a tier it did not reach."""
    places = 2
    while any(
        100 * share < Fraction(bound) <= Fraction(half_up(100 * share, places))
        for bound, _points in tiers
    ):
        places += 1
    return percent(share, places)


def _pass_fail(rule: Rule, facts: Facts, other: Facts | None, race: Race | None) -> Score:
    if facts.actual:
        return _worth(rule, _given(rule.max), lambda: _("yes"))
    return _worth(rule, Decimal(0), lambda: _("no"))


def _select(rule: Rule, facts: Facts, other: Facts | None, race: Race | None) -> Score:
    level = facts.level or ""
    levels = dict(rule.levels)
    if level not in levels:
        return Score(None, lambda: _("The scale has no level “%(level)s”.") % {"level": level})
    return _worth(rule, levels[level], lambda: level)


def _count(rule: Rule, facts: Facts, other: Facts | None, race: Race | None) -> Score:
    count, each = _given(facts.actual), _given(rule.each)
    exact = product(count, each)
    scored = _sum(rule, lambda: f"{show(count)} × {show(each)}", exact, high=rule.max)
    most = rule.max
    if most is None or is_less(most, exact):
        return scored

    def words() -> str:
        limit = _("at most %(points)s") % {"points": show(most)}
        return f"{scored.words} ({limit})"

    return Score(scored.points, words)


def _deduct(rule: Rule, facts: Facts, other: Facts | None, race: Race | None) -> Score:
    full, count, each = _given(rule.max), _given(facts.actual), _given(rule.each)
    exact = Fraction(full) - product(count, each)

    def in_words() -> str:
        return f"{show(full)} − {show(count)} × {show(each)}"

    return _sum(rule, in_words, exact, low=rule.floor, high=full)


def _plus_minus(rule: Rule, facts: Facts, other: Facts | None, race: Race | None) -> Score:
    good, bad = _given(facts.actual), _given(facts.target)
    plus, minus = _given(rule.each), _given(rule.penalty_each)
    exact = product(good, plus) - product(bad, minus)

    def in_words() -> str:
        return f"{show(good)} × {show(plus)} − {show(bad)} × {show(minus)}"

    return _sum(rule, in_words, exact, low=rule.floor, high=rule.max)


def _over_fulfilment(rule: Rule, facts: Facts, other: Facts | None, race: Race | None) -> Score:
    if other is not None and other.target == 0:
        return _nothing_due(rule)
    if other is None or other.actual is None or other.target is None:
        return Score(None, lambda: _("Computed when the line it reads is filled in."))
    each, actual, target = _given(rule.each), other.actual, other.target
    exact = product(each, 100) * (_share(other) - 1)

    def in_words() -> str:
        return f"{show(each)} × (100 × {show(actual)}/{show(target)} − 100)"

    return _sum(rule, in_words, exact, high=rule.max)


def _frontrunner(rule: Rule, facts: Facts, other: Facts | None, race: Race | None) -> Score:
    if race is None or not race.complete:
        return Score(None, lambda: _("Computed when all have filed."))
    actual, target, full = _given(facts.actual), _given(facts.target), _given(rule.max)
    half = Fraction(full) / 2
    ahead = race.actual
    if actual <= target or ahead is None:

        def below() -> str:
            return f"½ × {show(full)} × {show(actual)}/{show(target)}"

        return _sum(rule, below, half * _share(facts), high=full)
    if _over(actual, target) == race.lead:
        return _worth(rule, full, lambda: _("frontrunner"))
    if actual >= ahead:

        def reason() -> str:  # with a small target the frontrunner may have done less in numbers
            return _("over its target, and not below the frontrunner's result")

        return _worth(rule, full, reason)
    gain = (Fraction(actual) - Fraction(target)) / (Fraction(ahead) - Fraction(target))

    def between() -> str:
        to_lead = f"({show(actual)} − {show(target)})/({show(ahead)} − {show(target)})"
        return f"½ × {show(full)} + ½ × {show(full)} × {to_lead}"

    return _sum(rule, between, half + half * gain, high=full)


def _manual(rule: Rule, facts: Facts, other: Facts | None, race: Race | None) -> Score:
    given = _given(facts.points)
    return _sum(rule, lambda: _("given directly"), Fraction(given), high=_given(rule.max))


_TWO = ("actual", "target")

METHODS: Mapping[str, Spec] = {
    Method.SECTION: Spec(
        takes=(),
        needs=("max",),
        score=_section,
        label=Method.SECTION.label,
        explanation=gettext_lazy("The sum of its lines; nothing is filled in here."),
    ),
    Method.PROPORTIONAL: Spec(
        takes=_TWO,
        needs=("max",),
        score=_proportional,
        label=Method.PROPORTIONAL.label,
        explanation=gettext_lazy(
            "Maximum × done ÷ base, at most the maximum unless a higher share is to count."
        ),
    ),
    Method.TIERED: Spec(
        takes=_TWO,
        needs=("max", "tiers"),
        score=_tiered,
        label=Method.TIERED.label,
        explanation=gettext_lazy(
            "Done ÷ base as a percentage; the first tier that is reached gives its points."
        ),
    ),
    Method.PASS_FAIL: Spec(
        takes=("actual",),
        needs=("max",),
        score=_pass_fail,
        label=Method.PASS_FAIL.label,
        explanation=gettext_lazy("The maximum if it is so, otherwise nothing."),
    ),
    Method.SELECT: Spec(
        takes=("level",),
        needs=("max", "levels"),
        score=_select,
        label=Method.SELECT.label,
        explanation=gettext_lazy("One level is chosen; it gives its points."),
    ),
    Method.COUNT: Spec(
        takes=("actual",),
        needs=("each",),
        score=_count,
        label=Method.COUNT.label,
        explanation=gettext_lazy(
            "The number of cases × the points for each, at most the maximum if there is one."
        ),
    ),
    Method.DEDUCT: Spec(
        takes=("actual",),
        needs=("max", "each"),
        score=_deduct,
        label=Method.DEDUCT.label,
        explanation=gettext_lazy(
            "The maximum less the number of faults × the points for each, never below 0."
        ),
    ),
    Method.PLUS_MINUS: Spec(
        takes=_TWO,
        needs=("max", "each", "penalty_each"),
        score=_plus_minus,
        label=Method.PLUS_MINUS.label,
        explanation=gettext_lazy(
            "Good cases × their points less bad cases × theirs, within the lowest and highest."
        ),
    ),
    Method.OVER_FULFILMENT: Spec(
        takes=(),
        needs=("max", "each", "of"),
        score=_over_fulfilment,
        label=Method.OVER_FULFILMENT.label,
        explanation=gettext_lazy(
            "Points for every percent by which another line is over-fulfilled, at most the maximum;"
            " nothing is filled in here."
        ),
    ),
    Method.FRONTRUNNER: Spec(
        takes=_TWO,
        needs=("max",),
        score=_frontrunner,
        label=Method.FRONTRUNNER.label,
        explanation=gettext_lazy(
            "Half the maximum for reaching the target, less in proportion below it; the unit"
            " furthest over its target gets the maximum and the others over theirs stand in"
            " between. Computed when all units have filed."
        ),
    ),
    Method.MANUAL: Spec(
        takes=("points",),
        needs=("max",),
        score=_manual,
        label=Method.MANUAL.label,
        explanation=gettext_lazy("Points from 0 to the maximum, given with a reason."),
    ),
}
