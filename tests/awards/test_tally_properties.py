"""The vote, counted: what holds for every vote there could be."""

from collections import Counter
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from itertools import groupby

from hypothesis import assume, given
from hypothesis import strategies as st

from awards.tally import (
    Base,
    Candidate,
    Elector,
    Mode,
    Paper,
    Presence,
    Rules,
    TieRule,
    Verdict,
    places,
    quorum,
    tally,
)

UNITS = "abcdefg"
BETTER_OR_LEVEL = {  # what a candidate may become by one more yes
    Verdict.ELECTED: {Verdict.ELECTED},
    Verdict.RESERVE: {Verdict.ELECTED, Verdict.RUN_OFF, Verdict.RESERVE},
}
THRESHOLDS = [Fraction(1, n) for n in (5, 4, 3, 2, 1)] + [Fraction(2, 3), Fraction(4, 5)]
shares = st.fractions(min_value=0, max_value=1, max_denominator=10)


@st.composite
def rules(draw):
    threshold = draw(st.sampled_from(THRESHOLDS))
    return Rules(
        mode=Mode.OPEN,
        quorum=draw(shares),
        letters_make_quorum=draw(st.booleans()),
        threshold=threshold,
        strict=threshold < 1 and draw(st.booleans()),
        base=draw(st.sampled_from(Base)),
        quota=draw(st.sampled_from([1, 2, 3, 0, Fraction(1, 5), Fraction(2, 5), Fraction(1)])),
        max_marks=draw(st.sampled_from([None, None, None, 1, 2, 3])),
        self_vote=draw(st.booleans()),
        chair_must_approve=draw(st.sampled_from([False, False, False, True])),
        tie_rules=tuple(draw(st.permutations(list(TieRule)))[: draw(st.integers(0, 2))]),
        max_rounds=draw(st.integers(1, 3)),
        runoff_size=draw(st.integers(1, 3)),
    )


@st.composite
def votes(draw):
    """Everything `tally` takes, as keyword arguments."""
    members = UNITS[: draw(st.sampled_from([5, 4, 5, 6, 7, 3, 1, 0]))]
    at = st.sampled_from([Presence.PRESENT, Presence.PRESENT, *Presence])
    electors = [Elector(unit, draw(at)) for unit in members]
    list_ = [
        Candidate(
            unit.upper(),
            f"Đơn vị {unit.upper()}",
            unit,
            draw(st.none() | st.sampled_from([Decimal(90), Decimal("92.5"), Decimal(95)])),
            draw(st.none() | st.integers(1, 3)),
        )
        for unit in draw(st.permutations(UNITS))[: draw(st.sampled_from([3, 2, 4, 5, 1, 0]))]
    ]
    each = st.lists(st.booleans(), min_size=len(list_), max_size=len(list_))
    marks = each.map(
        lambda yes: frozenset(c.key for c, said in zip(list_, yes, strict=True) if said)
    )
    papers = [
        Paper(draw(marks), elector.key, draw(st.sampled_from([False] * 7 + [True])))
        for elector in electors
        if elector.casts and draw(st.sampled_from([True] * 7 + [False]))
    ]
    return {
        "rules": draw(rules()),
        "electors": electors,
        "candidates": list_,
        "papers": papers,
        "round": draw(st.integers(1, 3)),
        "taken": draw(st.sampled_from([0, 0, 1, 2])),
        "chair": draw(st.none() | st.sampled_from(UNITS)),
    }


def fates(result):
    return {o.candidate: o for o in result.outcomes}


@given(votes())
def test_the_counts_reconcile(vote):
    result = tally(**vote)
    assert result.issued >= result.returned == result.valid + result.spoiled
    assert result.blank <= result.valid
    assert result.returned == len(vote["papers"])
    room = vote["rules"].max_marks or len(vote["candidates"])
    assert result.spoiled == sum(p.spoiled or len(p.marks) > room for p in vote["papers"])
    assert result.base <= len(vote["electors"])
    for outcome in result.outcomes:
        assert outcome.yes <= result.valid - result.blank
        assert outcome.yes <= outcome.base
        assert result.base - outcome.base in {0, 1}


def how_many_elected(result):
    return sum(outcome.verdict == Verdict.ELECTED for outcome in result.outcomes)


@given(votes())
def test_no_more_are_elected_than_there_are_places(vote):
    result = tally(**vote)
    assert result.places == places(vote["rules"], len(vote["electors"]), vote["taken"])
    elected = how_many_elected(result)
    assert elected <= result.places
    quota, members = vote["rules"].quota, len(vote["electors"])
    allowed = quota if isinstance(quota, int) else quota * members
    assert not elected or elected + vote["taken"] <= allowed


@given(votes())
def test_every_candidate_has_one_outcome_with_its_own_sentence(vote):
    result = tally(**vote)
    names = {c.key: c.name for c in vote["candidates"]}
    assert Counter(o.candidate for o in result.outcomes) == Counter(names.keys())
    for outcome in result.outcomes:
        assert outcome.sentence.startswith(f"{names[outcome.candidate]}: ")
        assert outcome.sentence.endswith(".")
        assert " – " in outcome.sentence
    assert result.why.endswith(".")


@given(votes())
def test_the_next_round_is_who_goes_to_a_run_off_and_never_comes_after_the_last(vote):
    result = tally(**vote)
    assert result.next_round == tuple(
        o.candidate for o in result.outcomes if o.verdict == Verdict.RUN_OFF
    )
    if result.next_round:
        assert vote["round"] < vote["rules"].max_rounds
        assert how_many_elected(result) < result.places


@given(votes())
def test_a_verdict_agrees_with_the_share(vote):
    rules = vote["rules"]
    for outcome in tally(**vote).outcomes:
        share, needed = outcome.share, rules.threshold
        enough = share is not None and (share > needed if rules.strict else share >= needed)
        if outcome.verdict in {Verdict.ELECTED, Verdict.RESERVE, Verdict.NO_CHAIR}:
            assert enough
        if outcome.verdict == Verdict.NOT_ELECTED:
            assert not enough
        if enough and not rules.chair_must_approve:
            assert outcome.verdict in {Verdict.ELECTED, Verdict.RESERVE, Verdict.RUN_OFF}
        stuck = "chưa phân định được" in outcome.sentence
        numbered = outcome.reserve is not None
        assert numbered == (outcome.verdict == Verdict.RESERVE) or (stuck and not numbered)


@given(votes())
def test_nobody_passes_a_place_to_somebody_with_a_smaller_share(vote):
    passed = [o for o in tally(**vote).outcomes if o.verdict in {Verdict.ELECTED, Verdict.RESERVE}]
    assert [o.share for o in passed] == sorted((o.share for o in passed), reverse=True)
    verdicts = [verdict for verdict, _some in groupby(o.verdict for o in passed)]
    assert verdicts in (
        [],
        [Verdict.ELECTED],
        [Verdict.RESERVE],
        [Verdict.ELECTED, Verdict.RESERVE],
    )
    numbers = [o.reserve or 1 for o in passed if o.verdict == Verdict.RESERVE]
    assert numbers == sorted(numbers)


@given(votes(), st.randoms(use_true_random=False))
def test_the_order_of_the_ballots_never_matters(vote, random):
    shuffled = vote["papers"].copy()
    random.shuffle(shuffled)
    assert tally(**vote | {"papers": shuffled}) == tally(**vote)


@given(votes(), st.randoms(use_true_random=False))
def test_the_order_of_the_electors_never_matters(vote, random):
    shuffled = vote["electors"].copy()
    random.shuffle(shuffled)
    assert tally(**vote | {"electors": shuffled}) == tally(**vote)


@given(votes(), st.randoms(use_true_random=False))
def test_the_order_of_the_list_changes_no_outcome_only_how_equals_are_listed(vote, random):
    shuffled = vote["candidates"].copy()
    random.shuffle(shuffled)
    before, after = tally(**vote), tally(**vote | {"candidates": shuffled})
    assert _without_ties(before) == _without_ties(after)
    assert set(before.next_round) == set(after.next_round)
    for old, new in zip(before.outcomes, after.outcomes, strict=True):
        assert old.candidate == new.candidate or (old.share or 0) == (new.share or 0)
        assert (old.verdict, old.reserve) == (new.verdict, new.reserve)


def _without_ties(result):
    """The outcomes; a sentence that declares a tie names its equals in the order of the list."""
    return {
        o.candidate: replace(o, sentence="") if " với " in o.sentence else o
        for o in result.outcomes
    }


@given(votes(), st.data())
def test_one_more_yes_never_costs_its_candidate_anything(vote, data):
    """A mark added to a valid paper with room for it; one's own does nothing where excluded."""
    assume(vote["candidates"])
    candidate = data.draw(st.sampled_from(vote["candidates"]))
    room = vote["rules"].max_marks or len(vote["candidates"])
    open_to_it = [
        at
        for at, paper in enumerate(vote["papers"])
        if candidate.key not in paper.marks and not paper.spoiled and len(paper.marks) < room
    ]
    assume(open_to_it)
    at = data.draw(st.sampled_from(open_to_it))
    papers = vote["papers"].copy()
    papers[at] = replace(papers[at], marks=papers[at].marks | {candidate.key})
    before = fates(tally(**vote))
    after = fates(tally(**vote | {"papers": papers}))
    old, new = before[candidate.key], after[candidate.key]
    own = not vote["rules"].self_vote and papers[at].elector == candidate.unit
    assert new.yes == old.yes + (not own)
    assert new.verdict in BETTER_OR_LEVEL.get(old.verdict, set(Verdict))
    if old.reserve and new.reserve and not _stuck(old, new):
        assert new.reserve <= old.reserve
    for key in before.keys() - {candidate.key}:  # the others' shares are as they were
        assert (after[key].yes, after[key].base) == (before[key].yes, before[key].base)


def _stuck(*outcomes):
    """A tie nobody settled leaves its place empty and so lengthens the list of reserves."""
    return any("chưa phân định được" in o.sentence for o in outcomes)


@given(votes())
def test_a_blank_paper_costs_nobody_more_than_a_paper_for_somebody_else(vote):
    """So nobody gains by marking nobody, nor loses by another's paper being blank."""
    assume(vote["candidates"])
    whole = replace(vote["rules"], self_vote=True, max_marks=None)
    vote |= {"rules": whole, "papers": [replace(p, spoiled=False) for p in vote["papers"]]}
    blank = [replace(p, marks=frozenset()) for p in vote["papers"]]
    assert {o.base for o in tally(**vote | {"papers": blank}).outcomes} == {
        o.base for o in tally(**vote).outcomes
    }


@given(rules(), st.lists(st.sampled_from(Presence), max_size=30))
def test_a_quorum_is_met_by_exactly_the_members_it_needs(rules, at):
    found = quorum(rules, [Elector(key, presence) for key, presence in enumerate(at)])
    assert found.met == (found.have >= found.needed)
    assert found.have <= len(at)
    assert Fraction(found.needed) >= rules.quorum * len(at)
    assert found.needed == 1 or Fraction(found.needed - 1) < rules.quorum * len(at)


@given(votes())
def test_who_is_added_to_the_quorum_never_breaks_it(vote):
    here = [replace(e, presence=Presence.PRESENT) for e in vote["electors"]]
    if quorum(vote["rules"], vote["electors"]).met:
        assert quorum(vote["rules"], here).met
