"""Every rule of the count with every other, against the rule restated in whole numbers.

Mode × threshold × base × quorum × quota × tie rules × self-vote × round, over some votes. The
restatement below sorts nothing: it asks of each candidate how many others are ahead of it.
"""

from decimal import Decimal
from fractions import Fraction
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from awards.tally import (
    Base,
    Candidate,
    Elector,
    Mode,
    Paper,
    Presence,
    Rules,
    Stack,
    TieRule,
    Verdict,
    quorum,
    tally,
)

THRESHOLDS = [(1, 2, False), (1, 2, True), (2, 3, False), (2, 3, True), (4, 5, False), (4, 5, True)]
QUOTAS = [1, 2, Fraction(2, 5)]
TIES = [(), (TieRule.SCORE,), (TieRule.RANK,), (TieRule.SCORE, TieRule.RANK)]
QUORA = [(1, 2), (2, 3), (1, 1)]
AT = dict(zip("abcdef", [*[Presence.PRESENT] * 4, Presence.WRITTEN, Presence.ABSENT], strict=True))
LISTED = [("a", "90", 2), ("b", "95", 1), ("c", "90", 3), ("f", "80", 4)]
VOTES = [  # who marks whom; f is absent
    {"a": "abc", "b": "abc", "c": "abc", "d": "abc", "e": "abc"},
    {"a": "ab", "b": "ab", "c": "ab", "d": "ab", "e": "c"},
    {"a": "b", "b": "a", "c": "a", "d": "bf", "e": ""},
    {"a": "cf", "b": "cf", "c": "cf", "d": "cf"},
    {},
]


def restated(rules, votes, vote):  # noqa: C901 -- the whole rule in one place
    """Return yes, base, verdict and reserve of each candidate, in whole numbers."""
    places = rules.quota if isinstance(rules.quota, int) else rules.quota.numerator * 6 // 5
    base = {Base.MEMBERS: 6, Base.PRESENT_AND_WRITTEN: 5, Base.VALID: len(votes)}[rules.base]
    in_base = {Base.MEMBERS: AT, Base.PRESENT_AND_WRITTEN: "abcde", Base.VALID: votes}[rules.base]
    own = not rules.self_vote
    yes = {c: sum(c in m for u, m in votes.items() if not (own and u == c)) for c, *_ in LISTED}
    of = {c: base - (own and c in in_base) for c in yes}
    part, whole = rules.threshold.numerator, rules.threshold.denominator

    def enough(c):
        reached, needed = yes[c] * whole, part * of[c]
        return of[c] > 0 and (reached > needed or (reached == needed and not rules.strict))

    def more(c, d):
        return yes[c] * (of[d] or 1) > yes[d] * (of[c] or 1)

    worth = {c: {"score": Decimal(score), "rank": -rank} for c, score, rank in LISTED}

    def ahead_of(c, d):
        if more(c, d) or more(d, c):
            return more(c, d)
        for rule in rules.tie_rules:
            if worth[c][rule] != worth[d][rule]:
                return worth[c][rule] > worth[d][rule]
        return False

    passed = [c for c in yes if enough(c)]
    ahead = {c: sum(ahead_of(d, c) for d in passed) for c in passed}
    level = {c: sum(ahead[d] == ahead[c] for d in passed) for c in passed}
    elected = [c for c in passed if ahead[c] + level[c] <= places]
    last = vote >= rules.max_rounds
    said = {}
    for c, mine in yes.items():
        verdict, reserve = Verdict.NOT_ELECTED, None
        if c in elected:
            verdict = Verdict.ELECTED
        elif c in passed and ahead[c] < places and not last:
            verdict = Verdict.RUN_OFF
        elif c in passed:
            filled = len(elected) if last else places
            undecided = last and not elected and ahead[c] == 0 < places  # whom could it stand for?
            verdict, reserve = Verdict.RESERVE, None if undecided else ahead[c] - filled + 1
        elif not (passed or last) and sum(more(d, c) for d in yes) < rules.runoff_size:
            verdict = Verdict.RUN_OFF
        said[c] = (mine, of[c], verdict, reserve)
    return said


def counted(rules, votes, vote):
    """Return the same of the tally: named papers, nameless ones, or hands as counts."""
    electors = [Elector(unit, at, voted=unit in votes) for unit, at in AT.items()]
    list_ = [Candidate(c, c.upper(), c, Decimal(score), rank) for c, score, rank in LISTED]
    own = not rules.self_vote
    marks = {u: frozenset(m) - ({u} if own else set()) for u, m in votes.items()}
    papers, stacks = [], []
    if rules.mode == Mode.OPEN:
        papers = [Paper(frozenset(votes[u]), u) for u in votes]  # the own mark is left out there
    elif rules.mode == Mode.SECRET:
        papers = [Paper(said) for said in marks.values()]
    elif votes:
        yes = {c: sum(c in said for said in marks.values()) for c, *_ in LISTED}
        stacks = [Stack(valid=len(votes), yes=yes)]
    result = tally(rules, electors, list_, papers, stacks=stacks, round=vote)
    return {o.candidate: (o.yes, o.base, o.verdict, o.reserve) for o in result.outcomes}


@pytest.mark.parametrize("mode", list(Mode))
@pytest.mark.parametrize(("part", "whole", "strict"), THRESHOLDS)
@pytest.mark.parametrize("base", list(Base))
def test_every_rule_with_every_other_means_what_it_says(mode, part, whole, strict, base):
    for quota, ties, self_vote, vote, votes, needed in product(
        QUOTAS, TIES, (True, False), (1, 2), VOTES, QUORA
    ):
        rules = Rules(
            mode=mode, quorum=Fraction(*needed), threshold=Fraction(part, whole), strict=strict,
            base=base, quota=quota, self_vote=self_vote, tie_rules=ties,
        )  # fmt: skip
        assert counted(rules, votes, vote) == restated(rules, votes, vote), (rules, votes, vote)


@pytest.mark.parametrize(("part", "whole"), QUORA)
@pytest.mark.parametrize("letters", [True, False])
def test_every_quorum_is_the_least_whole_number_that_reaches_its_part(part, whole, letters):
    rules = Rules(quorum=Fraction(part, whole), letters_make_quorum=letters)
    for present, written, absent in product(range(6), range(4), range(4)):
        at = (
            [Presence.PRESENT] * present + [Presence.WRITTEN] * written + [Presence.ABSENT] * absent
        )
        have = present + written * letters
        enough = have * whole >= part * len(at) and have > 0
        assert quorum(rules, [Elector(n, one) for n, one in enumerate(at)]).met == enough


marks = st.frozensets(st.sampled_from("abcf"), max_size=4)


@given(st.lists(st.tuples(marks, st.booleans()), max_size=5), st.integers(0, 5))
def test_papers_counted_as_a_stack_mean_what_they_mean_one_by_one(drawn, at):
    rules = Rules(mode=Mode.SECRET, quota=2, tie_rules=())
    electors = [Elector(unit, presence) for unit, presence in AT.items()]
    list_ = [Candidate(c, c.upper(), c) for c, *_ in LISTED]
    papers = [Paper(said, spoiled=spoiled) for said, spoiled in drawn]
    stacked = [paper for paper in papers[at:] if not paper.spoiled]
    stack = Stack(
        valid=len(stacked),
        blank=sum(not paper.marks for paper in stacked),
        spoiled=len(papers[at:]) - len(stacked),
        yes={c: sum(c in paper.marks for paper in stacked) for c, *_ in LISTED},
    )
    one_by_one = tally(rules, electors, list_, papers, round=1)
    assert tally(rules, electors, list_, papers[:at], stacks=[stack], round=1) == one_by_one
