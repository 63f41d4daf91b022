"""What cards add up to: caps, lines not assigned, and scales that do not add up."""

from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from blocks.numbers import half_up
from scoring.methods import Facts, Method, Race, Rule, WhenNothingDue, frontrunner_race
from scoring.ranking import Contender, TieRule, classify, rank
from scoring.scale_files import SCALES, load, read, read_facts
from scoring.totals import Line, Tree, faults_of_scale, total

M, D = Method, Decimal
GROUPS = Path(__file__).parents[2] / "emulation" / "groups"


@pytest.fixture(autouse=True)
def _in_english():
    with translation.override("en"):
        yield


def line(code, method, most=None, *, parent=None, **more):
    numbers = {name: D(more[name]) for name in ("each", "penalty_each") if name in more}
    rule = Rule(method, None if most is None else D(most), **(more | numbers))
    return Line(code, parent, code, rule)


SCALE = [
    line("I", M.SECTION, 60),
    line("I.1", M.PROPORTIONAL, 40, parent="I"),
    line("I.2", M.DEDUCT, 20, each=1, parent="I"),
    line("II", M.SECTION, 40),
    line("II.1", M.MANUAL, 30, parent="II"),
    line("II.2", M.PROPORTIONAL, 10, parent="II"),
    line("B.1", M.COUNT, 6, each=3, bonus=True),
    line("B.2", M.OVER_FULFILMENT, 8, each="0.1", of="I.1", bonus=True),
    line("P.1", M.COUNT, each=2, penalty=True),
]
FACTS = {
    "I.1": Facts(D(49), D(50)),
    "I.2": Facts(D(3)),
    "II.1": Facts(points=D("25.5")),
    "II.2": Facts(D(2), D(3)),
    "B.1": Facts(D(1)),
    "P.1": Facts(D(2)),
}


def add_up(facts, scale=SCALE, *, scale_total=100, bonus_cap=10, places=2, **more):
    cap = None if bonus_cap is None else D(bonus_cap)
    return total(
        Tree(scale), facts, places=places, scale_total=D(scale_total), bonus_cap=cap, **more
    )


def shares_of(card) -> dict:
    shares = {code: card.share(code) for code in card.scores}
    return {code: share for code, share in shares.items() if share is not None}


def test_a_card_adds_up_from_its_rounded_leaves():
    card = add_up(FACTS)
    points = {code: str(scored.points) for code, scored in card.scores.items()}
    assert points == {
        "I": "56.20", "I.1": "39.20", "I.2": "17.00",
        "II": "32.17", "II.1": "25.50", "II.2": "6.67",
        "B.1": "3.00", "B.2": "0.00", "P.1": "4.00",
    }  # fmt: skip
    assert card.scores["I"].words == "39,20 + 17,00 = 56,20"
    assert (card.main, card.bonus, card.penalty) == (D("88.37"), D("3.00"), D("4.00"))
    assert card.total == D("87.37")
    assert card.words == "88,37 + 3,00 − 4,00 = 87,37"


def test_nothing_filled_adds_up_to_nothing():
    card = add_up({})
    assert card.total == 0
    assert card.scores["I"].points is None
    assert card.scores["I"].words == "Not filled in yet."


def test_what_is_filled_adds_up_and_the_rest_is_nothing():
    card = add_up({"I.1": Facts(D(1), D(2)), "II.2": Facts(D(1)), "P.1": Facts(D(0))})
    assert card.total == D("20.00")
    assert card.scores["II"].points is None


def test_one_cap_lies_over_all_bonus():
    rich = FACTS | {"B.1": Facts(D(9)), "I.1": Facts(D(100), D(50))}
    card = add_up(rich)
    assert (card.scores["B.1"].points, card.scores["B.2"].points) == (D(6), D(8))
    assert card.bonus == D("10.00")
    assert card.words == "bonus 14,00, at most 10; 89,17 + 10,00 − 4,00 = 95,17"
    assert add_up(rich, bonus_cap=None).bonus == D("14.00")


def test_a_line_not_assigned_raises_the_rest_and_is_rounded_once():
    card = add_up(FACTS, not_assigned={"II.2"})
    # 81,70 of 90 assigned: 81,70 × 100 ÷ 90 = 90,777…
    assert card.raw == D("81.70")
    assert card.main == D("90.78")
    assert card.total == D("89.78")
    assert card.words == "81,70 × 100/90 = 90,78; 90,78 + 3,00 − 4,00 = 89,78"
    assert card.scores["II"].points == D("25.50")  # sections print raw
    assert card.share("II") == Fraction("25.5") / 30  # and are compared by their own maximum
    assert card.share("II.2") is None
    assert not card.scores["II.2"].assigned


def test_a_whole_section_may_be_left_out():
    card = add_up(FACTS, not_assigned={"II"})
    assert card.main == half_up(Fraction("56.2") * 100 / 60, 2) == D("93.67")
    assert not card.scores["II"].assigned
    assert not card.scores["II.1"].assigned


def test_a_line_with_nothing_due_is_left_out_by_its_own_rule():
    facts = FACTS | {"II.2": Facts(None, D(0))}
    card = add_up(facts)
    assert card.main == add_up(FACTS, not_assigned={"II.2"}).main


@pytest.mark.parametrize(
    ("nothing_due", "main"), [(WhenNothingDue.FULL, "91.70"), (WhenNothingDue.ZERO, "81.70")]
)
def test_a_line_with_nothing_due_may_count_fully_or_not_at_all(nothing_due, main):
    scale = [
        line("II.2", M.PROPORTIONAL, 10, parent="II", when_nothing_due=nothing_due)
        if each.code == "II.2"
        else each
        for each in SCALE
    ]
    assert add_up(FACTS | {"II.2": Facts(None, D(0))}, scale).main == D(main)


def test_a_bonus_not_assigned_raises_nothing():
    card = add_up(FACTS, not_assigned={"B.1"})
    assert (card.main, card.bonus) == (D("88.37"), D(0))


def test_over_fulfilment_of_a_line_not_assigned_is_not_assigned():
    card = add_up(FACTS, not_assigned={"I.1"})
    assert not card.scores["B.2"].assigned


def test_a_card_with_nothing_assigned_has_no_main_points():
    card = add_up(FACTS, not_assigned={"I", "II"})
    assert (card.main, card.total) == (D(0), D("-1.00"))


def test_the_frontrunner_needs_its_race():
    scale = [line("I.1", M.FRONTRUNNER, 100)]
    cards = {"ash": {"I.1": Facts(D(60), D(50))}, "birch": {"I.1": Facts(D(40), D(50))}}
    race = frontrunner_race({unit: facts["I.1"] for unit, facts in cards.items()})
    totals = [add_up(card, scale, races={"I.1": race}).total for card in cards.values()]
    assert totals == [D(100), D(40)]
    assert add_up(cards["ash"], scale).total == D(0)


def test_a_scale_without_decimals_rounds_each_leaf_to_whole_points():
    scale = [
        Line(each.key, each.parent, each.code, Rule(each.rule.method, each.rule.max, places=0))
        for each in SCALE
        if each.code in {"II", "II.1", "II.2"}
    ]
    card = add_up(FACTS, scale, scale_total=40, places=0)
    assert (card.scores["II.1"].points, card.scores["II.2"].points) == (D(26), D(7))
    assert str(card.total) == "33"


def test_a_section_within_a_section_adds_up_from_within():
    scale = [
        line("I", M.SECTION, 30),
        line("I.1", M.SECTION, 20, parent="I"),
        line("I.1.1", M.MANUAL, 20, parent="I.1"),
        line("I.2", M.MANUAL, 10, parent="I"),
    ]
    facts = {"I.1.1": Facts(points=D(15)), "I.2": Facts(points=D(4))}
    card = add_up(facts, scale, scale_total=30)
    assert (card.scores["I.1"].points, card.scores["I"].points) == (D(15), D(19))
    assert shares_of(card) == {
        "I": Fraction(19, 30),
        "I.1": Fraction(15, 20),
        "I.1.1": Fraction(15, 20),
        "I.2": Fraction(4, 10),
    }


counts = st.decimals(0, 200, places=2)
one = counts.map(Facts)
two = st.tuples(counts, counts).map(lambda pair: Facts(*pair))
facts_of_scale = st.fixed_dictionaries(
    {},
    optional={
        "I.1": two,
        "I.2": one,
        "II.1": st.decimals(0, 30, places=2).map(lambda given: Facts(points=given)),
        "II.2": two,
        "B.1": one,
        "P.1": one,
    },
)


def test_the_same_facts_in_another_race_are_scored_anew_and_told_in_the_language_of_the_reader():
    line = Line("1", None, "1", Rule(Method.FRONTRUNNER, D(20)))
    tree, facts = Tree([line]), Facts(D(11), D(10))
    apart = [tree.score(line, facts, None, race).points for race in (None, Race(D(12), D(10)))]
    assert apart == [None, D("15.00")]
    waiting = tree.score(line, facts, None, None)
    assert waiting.words == "Computed when all have filed."
    with translation.override("vi"):
        assert tree.score(line, facts, None, None).words == "Tính khi tất cả đơn vị đã gửi."


@given(facts_of_scale, st.sets(st.sampled_from(["I", "I.1", "I.2", "II", "II.1", "II.2"])))
def test_main_points_stay_within_the_scale_whatever_is_assigned(facts, not_assigned):
    card = add_up(facts, not_assigned=not_assigned)
    assert 0 <= card.main <= 100
    assert 0 <= card.bonus <= 10
    assert card.total == card.main + card.bonus - card.penalty
    assert all(0 <= share <= 1 for share in shares_of(card).values())


@given(facts_of_scale)
def test_sections_hold_exactly_the_sum_of_their_lines(facts):
    card = add_up(facts)
    points = {code: scored.points or D(0) for code, scored in card.scores.items()}
    assert points["I"] == points["I.1"] + points["I.2"]
    assert points["II"] == points["II.1"] + points["II.2"]
    assert card.raw == points["I"] + points["II"]


def test_the_scales_that_come_with_the_house_add_up():
    for path in SCALES.glob("*.yaml"):
        scale = read(path)
        assert faults_of_scale(Tree([each.line for each in scale.lines]), scale.total) == []


def changed(code, **more):
    """SCALE with something changed on one line; the parent, or a parameter of its rule."""
    return [
        replace(
            each,
            parent=more.get("parent", each.parent),
            rule=replace(each.rule, **{k: v for k, v in more.items() if k != "parent"}),
        )
        if each.code == code
        else each
        for each in SCALE
    ]


MISSHAPEN = [
    (changed("I.1", max=D(38)), ["Section I adds up to 58, not 60."]),
    (
        changed("I", max=D(58)),
        ["Section I adds up to 60, not 58.", "The top level of the scale adds up to 98, not 100."],
    ),
    (SCALE[:3], ["The top level of the scale adds up to 60, not 100."]),
    (
        [*SCALE, line("III", M.SECTION, 5)],
        ["Section III has no lines.", "The top level of the scale adds up to 105, not 100."],
    ),
    (changed("B.2", of="I.9"), ["Line B.2 reads I.9, which the scale does not have."]),
    (changed("B.2", of="I.2"), ["Line B.2 reads I.2, which has no result and base."]),
    (
        [*SCALE, line("B.1", M.PASS_FAIL, 2, bonus=True)],
        ["The code B.1 stands on more than one line."],
    ),
    (changed("B.1", parent="I"), ["Bonus and penalty lines stand outside the sections: B.1."]),
    (changed("B.1", penalty=True), ["Line B.1 cannot be a bonus and a penalty at once."]),
    (changed("I.1", method=M.TIERED), ["Line I.1 lacks its tiers."]),
    (changed("II.2", method=M.SELECT), ["Line II.2 lacks its levels."]),
    (changed("B.1", max=None), ["Line B.1 lacks its maximum."]),
    (changed("P.1", each=D(-2)), ["The numbers of line P.1 must be above 0."]),
    (changed("I.1", cap=D(0)), ["The cap of line I.1 must not be below 1 (100%)."]),
    (
        changed("I.1", method=M.TIERED, tiers=((D(100), D(41)), (D(90), D(12)))),
        ["The points of line I.1 must lie between 0 and 40."],
    ),
    (
        changed("I.1", method=M.TIERED, tiers=((D(90), D(12)), (D(100), D(40)))),
        ["The tiers of line I.1 must go from the highest to the lowest."],
    ),
    (
        changed("II.2", method=M.SELECT, levels=(("T", D(10)), ("T", D(1)))),
        ["A level of line II.2 is named twice."],
    ),
    (
        changed("I.1", floor=D(50)),
        ["The lowest of line I.1 lies above its maximum."],
    ),
    (
        changed("II.2", parent="II.1"),
        [
            "Line II.2 stands in II.1, which is no section.",
            "Section II adds up to 30, not 40.",
        ],
    ),
    (
        changed("II.2", parent="IV"),
        [
            "Line II.2 stands in IV, which the scale does not have.",
            "Section II adds up to 30, not 40.",
        ],
    ),
    (
        changed("II", parent="II"),
        [
            "Line II stands in itself.",
            "Line II.1 stands in itself.",
            "Line II.2 stands in itself.",
            "Section II adds up to 80, not 40.",
            "The top level of the scale adds up to 60, not 100.",
        ],
    ),
    (
        changed("II", bonus=True),
        [
            "Section II cannot be a bonus or a penalty; its lines can.",
            "The top level of the scale adds up to 60, not 100.",
        ],
    ),
]


@pytest.mark.parametrize(("scale", "sentences"), MISSHAPEN)
def test_a_scale_that_does_not_add_up_says_each_reason(scale, sentences):
    assert faults_of_scale(Tree(scale), D(100)) == sentences


# The worked example: five real units with invented numbers (domain.md 10.4).
EX_100 = read(SCALES / "ex-100.yaml")
RESULTS = load(GROUPS / "ttcp-2021-results.yaml")
UNITS = ["TTTT", "TCBTT", "VCLKH", "BTT", "TCTT"]


def example(unit, column="verified"):
    stated = RESULTS["verified"][unit] | (RESULTS["claimed"][unit] if column == "claimed" else {})
    rules = {each.code: each.rule for each in EX_100.lines}
    facts = {code: read_facts(rules[code], said) for code, said in stated.items()}
    return total(
        Tree([each.line for each in EX_100.lines]),
        facts,
        places=EX_100.places,
        scale_total=EX_100.total,
        bonus_cap=EX_100.bonus_cap,
    )


COLUMNS = ["I.1", "I.2", "I.3", "II.1", "II.2", "II.3", "III.1", "III.2", "III.3", "III.4"]
POINTS = {
    #         I.1  I.2   I.3   II.1 II.2 II.3 III.1 III.2 III.3 III.4   main bonus pen. total
    "TTTT": "29.40 10.00 20.00 10.00 4.00 5.00 5.00 4.50 5.00 5.00   97.90 2.00 0.00  99.90",
    "TCBTT": "30.00 8.75 20.00 10.00 5.00 5.00 5.00 5.00 5.00 5.00   98.75 4.25 0.00 103.00",
    "VCLKH": "30.00 10.00 20.00 10.00 5.00 5.00 5.00 4.50 5.00 5.00  99.50 3.50 0.00 103.00",
    "BTT": "28.80 9.00 20.00 9.62 4.00 5.00 5.00 5.00 3.75 2.50      92.67 0.00 0.00  92.67",
    "TCTT": "27.50 10.00 12.00 9.44 2.00 4.00 3.00 3.50 5.00 2.50    78.94 0.00 3.00  75.94",
}


@pytest.mark.parametrize("unit", UNITS)
def test_the_worked_example_gives_the_points_of_its_table(unit):
    card = example(unit)
    sums = [card.main, card.bonus, card.penalty, card.total]
    leaves = [card.scores[code].points for code in COLUMNS]
    assert " ".join(map(str, leaves + sums)).split() == POINTS[unit].split()


@pytest.mark.parametrize("column", ["verified", "claimed"])
def test_the_worked_example_gives_its_totals(column):
    assert {unit: example(unit, column).total for unit in UNITS} == RESULTS["expected"][column]


def test_the_worked_example_gives_its_sections():
    sections = {unit: example(unit).scores["I"].points for unit in UNITS}
    assert sections == RESULTS["expected"]["section_I"]


@pytest.mark.parametrize(
    ("rules", "expected"), [(EX_100.tie_rules, "ranks"), ((), "ranks_without_tie_rules")]
)
def test_the_worked_example_gives_its_ranks(rules, expected):
    cards = {unit: example(unit) for unit in UNITS}
    contenders = [
        Contender(unit, card.total, shares_of(card), shares_of(card), card.penalty)
        for unit, card in cards.items()
    ]
    places = rank(contenders, [TieRule.parse(text) for text in rules])
    assert {place.key: place.rank for place in places} == RESULTS["expected"][expected]


def test_the_worked_example_gives_its_classes():
    classes = {unit: classify(example(unit).total, EX_100.classification) for unit in UNITS}
    assert classes == dict.fromkeys(UNITS, "Xuất sắc") | {"TCTT": "Khá"}
