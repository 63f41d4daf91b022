"""Ranks, tie rules and classes."""

from datetime import UTC, datetime
from decimal import Decimal as Dec

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from scoring.ranking import Contender, Place, TieRule, TieRuleRefused, classify, rank


def day(number):
    return datetime(2026, 9, number, tzinfo=UTC)


def unit(key, total, main=None, penalties=0, sent=None, criterion=None):
    return Contender(
        key,
        Dec(total),
        sections={} if main is None else {"I": Dec(main)},
        criteria={} if criterion is None else {"I.1": Dec(criterion)},
        penalties=Dec(penalties),
        sent_at=None if sent is None else day(sent),
    )


def rules(*texts):
    return [TieRule.parse(text) for text in texts]


def ranks(*contenders, by=()):
    return {place.key: place.rank for place in rank(contenders, rules(*by))}


def test_the_higher_total_stands_first():
    assert rank([unit("ash", 80), unit("birch", 90)], []) == [Place("birch", 1), Place("ash", 2)]


def test_equal_totals_share_their_rank_and_the_next_is_left_empty():
    places = rank([unit("ash", 90), unit("birch", "90.00"), unit("cedar", 80)], [])
    assert places == [
        Place("ash", 1),
        Place("birch", 1),
        Place("cedar", 3),
    ]


DECIDED = [
    ("section I", unit("ash", 90, main="0.9"), unit("birch", 90, main="0.8")),
    ("criterion I.1", unit("ash", 90, criterion=1), unit("birch", 90, criterion="0.5")),
    ("fewer penalties", unit("ash", 90), unit("birch", 90, penalties=1)),
    ("earlier submission", unit("ash", 90, sent=28), unit("birch", 90, sent=29)),
]


@pytest.mark.parametrize(("rule", "better", "worse"), DECIDED)
def test_each_tie_rule_decides_and_is_named(rule, better, worse):
    assert rank([worse, better], rules(rule)) == [Place("ash", 1, rule), Place("birch", 2, rule)]


def test_a_higher_total_beats_every_tie_rule():
    ahead, behind = unit("ash", 91, main=0, penalties=9, sent=30), unit("birch", 90, main=1, sent=1)
    by = ("section I", "fewer penalties", "earlier submission")
    assert ranks(behind, ahead, by=by) == {"ash": 1, "birch": 2}


def test_a_later_rule_is_asked_only_among_those_still_equal():
    places = rank(
        [
            unit("ash", 90, main="0.9", penalties=2),
            unit("birch", 90, main="0.8", penalties=1),
            unit("cedar", 90, main="0.8", penalties=0),
            unit("dogwood", 90, main="0.8", penalties=1),
        ],
        rules("section I", "fewer penalties"),
    )
    assert places == [
        Place("ash", 1, "section I"),
        Place("cedar", 2, "fewer penalties"),
        Place("birch", 3, "fewer penalties"),
        Place("dogwood", 3, "fewer penalties"),
    ]


def test_the_order_of_the_rules_matters():
    one, two = unit("ash", 90, main="0.9", penalties=2), unit("birch", 90, main="0.8")
    assert ranks(one, two, by=("section I", "fewer penalties")) == {"ash": 1, "birch": 2}
    assert ranks(one, two, by=("fewer penalties", "section I")) == {"ash": 2, "birch": 1}


@pytest.mark.parametrize("rule", ["section I", "criterion I.1", "earlier submission"])
def test_a_rule_that_cannot_be_asked_of_each_decides_nothing(rule):
    full, bare = unit("ash", 90, main=1, sent=1, criterion=1), unit("birch", 90)
    assert ranks(full, bare, by=(rule,)) == {"ash": 1, "birch": 1}


def test_nobody_to_rank_is_no_error():
    assert rank([], rules("section I")) == []


@pytest.mark.parametrize(
    "text", ["section I", "criterion I.1", "fewer penalties", "earlier submission"]
)
def test_a_tie_rule_is_written_as_it_was_read(text):
    assert str(TieRule.parse(f"  {text} ")) == text


@pytest.mark.parametrize(
    "text",
    ["", "section", "section ", "criterion I 1", "penalties", "fewer penalties I", "Section I"],
)
def test_a_tie_rule_nobody_knows_is_refused(text):
    with pytest.raises(TieRuleRefused):
        TieRule.parse(text)


def test_a_tie_rule_has_words_for_the_reader():
    with translation.override("en"):
        words = [rule.words for rule in rules(*(rule for rule, *_units in DECIDED))]
    assert words == [
        "higher score in section I",
        "higher score in criterion I.1",
        "fewer penalty points",
        "earlier submission",
    ]


CLASSES = [(Dec(90), "Xuất sắc"), (Dec(80), "Tốt"), (Dec(70), "Khá")]


@pytest.mark.parametrize(
    ("total", "name"),
    [
        ("103", "Xuất sắc"),
        ("90.00", "Xuất sắc"),
        ("89.99", "Tốt"),
        ("70", "Khá"),
        ("69.99", ""),
        ("-3", ""),
    ],
)
def test_the_class_follows_from_the_total(total, name):
    assert classify(Dec(total), CLASSES) == classify(Dec(total), CLASSES[::-1]) == name


few = st.integers(0, 3)
contenders = st.lists(
    st.builds(unit, few, few, few, few, st.integers(1, 4), few), unique_by=lambda one: one.key
) | st.lists(st.builds(unit, st.uuids(), few, few, few, st.integers(1, 4), few))
orders = st.permutations(["section I", "criterion I.1", "fewer penalties", "earlier submission"])


@given(contenders, orders, st.integers(0, 4))
def test_everybody_has_one_rank_and_equals_share_it(units, order, asked):
    by = rules(*order[:asked])
    places = rank(units, by)
    assert {place.key for place in places} == {one.key for one in units}
    for place in places:
        ahead = [other for other in places if other.rank < place.rank]
        assert place.rank == len(ahead) + 1


@given(contenders, orders, st.randoms())
def test_the_order_in_which_units_are_given_changes_no_rank(units, order, random):
    shuffled = random.sample(units, len(units))
    found = [
        {place.key: (place.rank, place.decided_by) for place in rank(given_units, rules(*order))}
        for given_units in (units, shuffled)
    ]
    assert found[0] == found[1]
