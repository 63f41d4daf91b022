"""Who inspects whom: exact loads, never oneself, never each other."""

from collections import Counter

import pytest
from django.utils import translation

from scoring.plan import PlanRefused, faults, infeasible, largest_k, propose

UNITS = ["TTTT", "TCBTT", "VCLKH", "BTT", "TCTT"]
FEASIBLE = [(n, k) for n in range(3, 31) for k in range(1, largest_k(n) + 1)]


@pytest.fixture(autouse=True)
def _in_english():
    with translation.override("en"):
        yield


@pytest.mark.parametrize(("n", "k"), FEASIBLE)
@pytest.mark.parametrize("draw", [None, "03/09/2026-7"])
def test_every_feasible_plan_is_exact_and_fair(n, k, draw):
    pairs = propose(range(n), k, draw)
    assert Counter(inspector for inspector, _ in pairs) == dict.fromkeys(range(n), k)
    assert Counter(inspected for _, inspected in pairs) == dict.fromkeys(range(n), k)
    assert len(set(pairs)) == n * k
    assert all(one != other and (other, one) not in pairs for one, other in pairs)
    assert infeasible(n, k) == ""
    assert faults(pairs, range(n), k=k) == faults(pairs, range(n)) == []


@pytest.mark.parametrize(("n", "k"), FEASIBLE)
def test_a_feasible_plan_stands_without_those_that_need_not_be_inspected(n, k):
    pairs = propose(range(n), k)
    for spared in (range(count) for count in range(1, n + 1)):
        kept = [pair for pair in pairs if pair[1] not in spared]
        assert faults(kept, range(n), k=k, spared=spared) == []
        assert faults(pairs, range(n), k=k, spared=spared) == []  # they may be, all the same
        assert len(faults(kept[1:], range(n), k=k, spared=spared)) == bool(kept)


@pytest.mark.parametrize("n", range(3, 31))
def test_one_more_than_the_largest_load_would_be_mutual(n):
    k = largest_k(n) + 1
    assert infeasible(n, k)
    circle = {(one, (one + shift) % n) for one in range(n) for shift in range(1, k + 1)}
    assert any((other, one) in circle for one, other in circle)


def test_the_worked_example_follows_the_rotation():
    assert propose(UNITS, 1) == [
        ("TTTT", "TCBTT"),
        ("TCBTT", "VCLKH"),
        ("VCLKH", "BTT"),
        ("BTT", "TCTT"),
        ("TCTT", "TTTT"),
    ]


def test_a_draw_can_be_repeated_by_anyone():
    drawn = propose(UNITS, 2, draw="A")
    assert sorted(propose(UNITS[::-1], 2, draw="A")) == sorted(drawn)
    assert len({tuple(sorted(propose(UNITS, 2, draw=code))) for code in "ABCDEFGH"}) > 1


@pytest.mark.parametrize(
    ("n", "k", "sentence"),
    [
        (0, 1, "Cross-inspection needs at least three units."),
        (2, 1, "Cross-inspection needs at least three units."),
        (5, 0, "Each unit inspects at least one other."),
        (
            4, 2,
            "With 4 units each can inspect at most 1 other, or two would inspect each other.",
        ),
        (
            5, 3,
            "With 5 units each can inspect at most 2 others, or two would inspect each other.",
        ),
    ],
)  # fmt: skip
def test_what_cannot_be_planned_says_why(n, k, sentence):
    assert infeasible(n, k) == sentence
    with pytest.raises(PlanRefused) as refused:
        propose(range(n), k)
    assert str(refused.value) == sentence


NAMES = {"TTTT": "Trung tâm Thông tin", "BTT": "Báo Thanh tra"}


def swapped(*changes):
    """The rotation of the example with some inspectors' units exchanged."""
    return list((dict(propose(UNITS, 1)) | dict(changes)).items())


FAULTY = [
    (
        swapped(("TTTT", "TTTT"), ("TCTT", "TCBTT")),
        ["Trung tâm Thông tin cannot inspect itself."],
    ),
    (
        swapped(("TCBTT", "TTTT"), ("TCTT", "VCLKH")),
        ["Trung tâm Thông tin and TCBTT cannot inspect each other."],
    ),
    (
        [*propose(UNITS, 1), ("TTTT", "TCBTT")],
        ["Trung tâm Thông tin is down to inspect TCBTT more than once."],
    ),
    (
        [*propose(UNITS, 1), ("STP", "BTT")],
        ["STP is not a member of this year.", "Báo Thanh tra is inspected by 2 units, not 1."],
    ),
    (
        propose(UNITS, 1)[1:],
        [
            "Trung tâm Thông tin inspects 0 units, not 1.",
            "TCBTT is inspected by 0 units, not 1.",
        ],
    ),
    (
        swapped(("TTTT", "BTT")),
        ["TCBTT is inspected by 0 units, not 1.", "Báo Thanh tra is inspected by 2 units, not 1."],
    ),
]


@pytest.mark.parametrize(("pairs", "sentences"), FAULTY)
def test_a_plan_edited_by_hand_says_its_faults_by_name(pairs, sentences):
    assert faults(pairs, UNITS, NAMES, k=1) == sentences


def test_nobody_makes_or_receives_more_than_its_load_for_those_that_need_not_be_inspected():
    pairs = [*propose(UNITS, 1), ("VCLKH", "TCTT"), ("VCLKH", "TTTT")]
    assert faults(pairs, UNITS, NAMES, k=1, spared={"TCTT", "TTTT"}) == [
        "Trung tâm Thông tin is inspected by 2 units, not 1.",
        "VCLKH inspects 3 units, not 1.",
        "TCTT is inspected by 2 units, not 1.",
    ]


def test_an_empty_plan_leaves_everybody_out():
    assert len(faults([], UNITS)) == 2 * len(UNITS)
