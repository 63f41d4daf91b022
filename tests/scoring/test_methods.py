"""What each method makes of its facts: points and the words that explain them."""

from decimal import Decimal
from fractions import Fraction

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from scoring.methods import (
    METHODS,
    Facts,
    Method,
    Race,
    Rule,
    Score,
    WhenNothingDue,
    frontrunner_race,
    is_filled,
    is_over,
    missing_parameters,
    score,
)

M, D = Method, Decimal
TIERS = ((D(100), D(20)), (D(95), D(16)), (D(90), D(12)), (D(0), D(0)))
LEVELS = (("XS", D(5)), ("T", D(4)), ("HT", D(2)), ("K", D(0)))


@pytest.fixture(autouse=True)
def _in_english():
    with translation.override("en"):
        yield


def rule(method, most=None, **more):
    numbers = {name: D(value) for name, value in more.items() if name in RULE_NUMBERS}
    return Rule(method, None if most is None else D(most), **(more | numbers))


RULE_NUMBERS = {"each", "penalty_each", "cap", "floor"}


def facts(actual=None, target=None, **more):
    return Facts(
        None if actual is None else D(actual), None if target is None else D(target), **more
    )


# fmt: off
EXAMPLES = [
    (rule(M.PROPORTIONAL, 30), facts(49, 50),   "29.40", "49/50 × 30 = 29,40"),
    (rule(M.PROPORTIONAL, 10), facts(75, 78),   "9.62",  "75/78 × 10 = 9,62"),
    (rule(M.PROPORTIONAL, 10), facts(17, 18),   "9.44",  "17/18 × 10 = 9,44"),
    (rule(M.PROPORTIONAL, 30), facts(135, 120), "30.00",
     "135/120 × 30 = 33,75 → 30,00 (at most 30)"),
    (rule(M.PROPORTIONAL, 30, cap="1.1"), facts(135, 120), "33.00",
     "135/120 × 30 = 33,75 → 33,00 (at most 33)"),
    (rule(M.PROPORTIONAL, 1, places=1), facts("0.85", 1), "0.9", "0,85/1 × 1 = 0,9"),
    (rule(M.PROPORTIONAL, 5), facts(0, 4),      "0.00",  "0/4 × 5 = 0,00"),
    (rule(M.TIERED, 20, tiers=TIERS), facts(11, 12),     "12.00", "reached 91,67% → 12 points"),
    (rule(M.TIERED, 20, tiers=TIERS), facts(5200, 5000), "20.00", "reached 104,00% → 20 points"),
    (rule(M.TIERED, 20, tiers=TIERS), facts(95, 100),    "16.00", "reached 95,00% → 16 points"),
    (rule(M.TIERED, 20, tiers=TIERS), facts(89, 100),    "0.00",  "reached 89,00% → 0 points"),
    # 94,996 % must not be told as 95,00 %
    (rule(M.TIERED, 20, tiers=TIERS), facts("14249.4", 15000), "12.00",
     "reached 94,996% → 12 points"),
    (rule(M.TIERED, 20, tiers=TIERS[:2]), facts(1, 2),   "0.00",  "reached 50,00% → 0 points"),
    (rule(M.PASS_FAIL, 2), facts(1),            "2.00",  "yes → 2 points"),
    (rule(M.PASS_FAIL, 2), facts(0),            "0.00",  "no → 0 points"),
    (rule(M.SELECT, 5, levels=LEVELS), facts(level="T"), "4.00", "T → 4 points"),
    (rule(M.SELECT, 5, levels=LEVELS), facts(level="?"), None, "The scale has no level “?”."),
    (rule(M.COUNT, 5, each="2.5"), facts(2),    "5.00",  "2 × 2,5 = 5,00 (at most 5)"),
    (rule(M.COUNT, 5, each="2.5"), facts(3),    "5.00",  "3 × 2,5 = 7,50 → 5,00 (at most 5)"),
    (rule(M.COUNT, each=2, penalty=True), facts(7), "14.00", "7 × 2 = 14,00"),
    (rule(M.DEDUCT, 5, each="0.5"), facts(4),   "3.00",  "5 − 4 × 0,5 = 3,00"),
    (rule(M.DEDUCT, 5, each="0.5"), facts(12),  "0.00",
     "5 − 12 × 0,5 = −1,00 → 0,00 (at least 0)"),
    (rule(M.PLUS_MINUS, 5, each=2, penalty_each="0.5"), facts(2, 1), "3.50",
     "2 × 2 − 1 × 0,5 = 3,50"),
    (rule(M.PLUS_MINUS, 5, each=2, penalty_each="0.5"), facts(2, 0), "4.00",
     "2 × 2 − 0 × 0,5 = 4,00"),
    (rule(M.PLUS_MINUS, 5, each=2, penalty_each="0.5"), facts(3, 0), "5.00",
     "3 × 2 − 0 × 0,5 = 6,00 → 5,00 (at most 5)"),
    (rule(M.PLUS_MINUS, 5, each=2, penalty_each=1, floor=-3), facts(0, 4), "-3.00",
     "0 × 2 − 4 × 1 = −4,00 → −3,00 (at least −3)"),
    (rule(M.MANUAL, 5), facts(points=D("4.5")), "4.50",  "given directly = 4,50"),
    (rule(M.SECTION, 60), facts(),              None,    "The sum of its lines."),
]
# fmt: on


def scored(*args, **kwargs) -> Score:
    """The score with its words spoken, to be compared."""
    found = score(*args, **kwargs)
    return found._replace(says=found.words)


@pytest.mark.parametrize(("line", "said", "points", "words"), EXAMPLES)
def test_the_points_of_a_line_and_their_words(line, said, points, words):
    assert scored(line, said) == Score(None if points is None else D(points), words)


def test_every_method_of_the_table_has_an_example_or_a_test_below():
    shown = {line.method for line, *_rest in EXAMPLES}
    assert set(METHODS) == set(Method) == shown | {M.OVER_FULFILMENT, M.FRONTRUNNER}


OVER = [
    (facts(135, 120), "1.25", "0,1 × (100 × 135/120 − 100) = 1,25"),
    (facts(42, 40), "0.50", "0,1 × (100 × 42/40 − 100) = 0,50"),
    (facts(49, 50), "0.00", "0,1 × (100 × 49/50 − 100) = −0,20 → 0,00 (at least 0)"),
    (facts(2, 1), "3.00", "0,1 × (100 × 2/1 − 100) = 10,00 → 3,00 (at most 3)"),
    (facts(2, None), None, "Computed when the line it reads is filled in."),
    (None, None, "Computed when the line it reads is filled in."),
]


@pytest.mark.parametrize(("other", "points", "words"), OVER)
def test_over_fulfilment_reads_another_line(other, points, words):
    line = rule(M.OVER_FULFILMENT, 3, each="0.1", of="I.1", bonus=True)
    assert scored(line, facts(), other=other) == Score(None if points is None else D(points), words)


def test_over_fulfilment_of_nothing_due_is_not_assigned():
    line = rule(M.OVER_FULFILMENT, 3, each="0.1", of="I.1")
    assert not scored(line, facts(), other=facts(None, 0)).assigned


RACE = {
    "below": facts(45, 50),
    "at": facts(50, 50),
    "over": facts(55, 50),
    "front": facts(72, 60),
    "idle": facts(None, 0),
}
FRONT = [
    ("below", "9.00", "½ × 20 × 45/50 = 9,00"),
    ("at", "10.00", "½ × 20 × 50/50 = 10,00"),
    ("over", "12.27", "½ × 20 + ½ × 20 × (55 − 50)/(72 − 50) = 12,27"),
    ("front", "20.00", "frontrunner → 20 points"),
]


@pytest.mark.parametrize(("card", "points", "words"), FRONT)
def test_the_frontrunner_gets_all_and_the_others_stand_in_proportion(card, points, words):
    race = frontrunner_race(RACE)
    assert race == Race(D(72), D(60), complete=True)
    assert scored(rule(M.FRONTRUNNER, 20), RACE[card], race=race) == Score(D(points), words)


def test_a_target_of_nothing_is_outside_the_race():
    assert not scored(rule(M.FRONTRUNNER, 20), RACE["idle"], race=frontrunner_race(RACE)).assigned


def test_a_large_unit_behind_a_small_frontrunner_is_capped_at_the_maximum():
    race = frontrunner_race({"small": facts(20, 10), "large": facts(150, 100)})
    large = scored(rule(M.FRONTRUNNER, 20), facts(150, 100), race=race)
    assert race.actual == D(20)
    assert large.points == D("20.00")


def test_two_equally_far_over_both_get_the_maximum():
    cards = {"one": facts(12, 10), "two": facts(24, 20)}
    race = frontrunner_race(cards)
    line = rule(M.FRONTRUNNER, 20)
    assert [scored(line, card, race=race).points for card in cards.values()] == [D(20), D(20)]


def test_where_nobody_is_over_its_target_nobody_is_the_frontrunner():
    race = frontrunner_race({"at": facts(50, 50), "below": facts(1, 2)})
    assert race == Race()
    assert race.lead is None
    assert scored(rule(M.FRONTRUNNER, 20), facts(50, 50), race=race).points == D("10.00")


@pytest.mark.parametrize("race", [None, frontrunner_race(RACE | {"late": facts(None, 5)})])
def test_the_race_is_computed_when_all_have_filed(race):
    waiting = scored(rule(M.FRONTRUNNER, 20), RACE["over"], race=race)
    assert waiting == Score(None, "Computed when all have filed.")


NOTHING_DUE = [
    (WhenNothingDue.FULL, Score(D("10.00"), "Nothing was due: 10,00")),
    (WhenNothingDue.ZERO, Score(D("0.00"), "Nothing was due: 0,00")),
    (WhenNothingDue.NOT_ASSIGNED, Score(None, "Nothing was due: not assigned.", assigned=False)),
]


@pytest.mark.parametrize("method", [M.PROPORTIONAL, M.TIERED, M.FRONTRUNNER])
@pytest.mark.parametrize(("when_nothing_due", "expected"), NOTHING_DUE)
@pytest.mark.parametrize("actual", [None, 0, 3])
def test_where_nothing_was_due_the_scale_says_what_counts(
    method, when_nothing_due, expected, actual
):
    line = rule(method, 10, tiers=TIERS, when_nothing_due=when_nothing_due)
    assert scored(line, facts(actual, 0)) == expected


UNFILLED = [
    (rule(M.PROPORTIONAL, 30), facts(None, 50)),
    (rule(M.PROPORTIONAL, 30), facts(49, None)),
    (rule(M.TIERED, 20, tiers=TIERS), facts()),
    (rule(M.PASS_FAIL, 2), facts()),
    (rule(M.SELECT, 5, levels=LEVELS), facts(level="")),
    (rule(M.COUNT, 5, each=1), facts()),
    (rule(M.DEDUCT, 5, each=1), facts()),
    (rule(M.PLUS_MINUS, 5, each=1, penalty_each=1), facts(None, 0)),
    (rule(M.PLUS_MINUS, 5, each=1, penalty_each=1), facts(1, None)),
    (rule(M.FRONTRUNNER, 20), facts(1, None)),
    (rule(M.MANUAL, 5), facts(1, 1)),
]


@pytest.mark.parametrize(
    ("line", "said", "over"),
    [
        (rule(M.PROPORTIONAL, 30), facts(8, 5), True),
        (rule(M.PROPORTIONAL, 30), facts(5, 5), False),
        (rule(M.PROPORTIONAL, 30), facts(8), False),
        (rule(M.PROPORTIONAL, 30, cap="1.1"), facts(8, 5), False),
        (rule(M.TIERED, 20, tiers=TIERS), facts(8, 5), True),
        (rule(M.TIERED, 20, tiers=((D(110), D(20)), *TIERS)), facts(8, 5), False),
        (rule(M.FRONTRUNNER, 20), facts(8, 5), False),
        (rule(M.PLUS_MINUS, 20, each=1, penalty_each=1), facts(8, 5), False),
    ],
)
def test_more_than_the_whole_is_a_slip_where_no_more_than_the_whole_counts(line, said, over):
    assert is_over(line, said) is over


@pytest.mark.parametrize(("line", "said"), UNFILLED)
def test_a_line_without_its_facts_has_no_points_yet(line, said):
    assert not is_filled(line, said)
    assert scored(line, said) == Score(None, "Not filled in yet.")


def test_a_line_without_its_parameters_says_so():
    line = rule(M.TIERED, 20)
    assert missing_parameters(line) == ["tiers"]
    assert scored(line, facts(1, 1)) == Score(
        None, "The scale does not yet say how this line is scored."
    )


counts = st.decimals(0, 10**6, places=4)
maxima = st.decimals(D("0.5"), 1000, places=2)


@given(
    st.sampled_from([M.PROPORTIONAL, M.TIERED, M.COUNT, M.DEDUCT, M.PLUS_MINUS, M.FRONTRUNNER]),
    maxima,
    counts,
    counts,
    st.dictionaries(st.integers(), st.builds(Facts, counts, counts)),
)
def test_points_stay_between_nothing_and_the_maximum(method, most, actual, target, cards):
    tiers = ((D(100), most), (D(50), most / 2))
    line = Rule(method, most, each=D(2), penalty_each=D(1), tiers=tiers)
    mine = Facts(actual, target)
    scored = score(line, mine, race=frontrunner_race(cards | {"me": mine}))
    assert (scored.points is None) is not scored.assigned
    assert scored.points is None or 0 <= scored.points <= most
    assert scored.points is None or scored.points.as_tuple().exponent == -2


@given(st.sampled_from([M.PROPORTIONAL, M.TIERED]), counts, counts, counts.filter(bool))
def test_who_does_more_never_gets_less(method, one, two, target):
    line = Rule(method, D(20), tiers=TIERS)
    less, more = (scored(line, Facts(done, target)).points for done in sorted((one, two)))
    assert less <= more


@given(counts, counts.filter(bool), st.integers(0, 4))
def test_a_leaf_is_the_exact_share_rounded_once(actual, target, places):
    line = Rule(M.PROPORTIONAL, D(30), places=places)
    exact = min(30 * Fraction(actual) / Fraction(target), Fraction(30))
    difference = Fraction(scored(line, Facts(actual, target)).points) - exact
    assert -Fraction(1, 2 * 10**places) < difference <= Fraction(1, 2 * 10**places)


@given(st.dictionaries(st.integers(), st.builds(Facts, counts, counts.filter(bool)), min_size=1))
def test_over_the_target_is_more_than_half_and_below_it_less(cards):
    line, race = Rule(M.FRONTRUNNER, D(20), places=4), frontrunner_race(cards)
    for card in cards.values():
        points = scored(line, card, race=race).points
        assert points >= 10 if card.actual >= card.target else points <= 10
