"""Who is put forward: quorum, base, threshold, quota, ties and rounds, in exact fractions.

The computation in prose, so that a reader can check it by hand:

1. *Counting.* issued ≥ returned = valid + spoiled. A paper with more marks than allowed, or with
   a mark outside the list, is spoiled however it came. A blank paper (nothing is marked, nobody
   refused by name) is valid: it says no to everybody, is counted apart and stays in every base.
   (Otherwise a yes on a blank paper would raise the base of all the others, and one more yes could
   cost somebody the award.)
2. *Base.* All members; those present and those who wrote; or the valid ballots. Where a unit may
   not vote on itself its own mark is dropped and its base shrinks by one, candidate by candidate,
   but only where the unit's voice is in the base at all.
3. *Threshold.* yes ÷ base against the threshold, ≥ or >, as fractions: 66,666…% is not 66,67%.
   Where the chair must be among the yes a candidate without that yes does not pass.
4. *Quota.* A number, or a fraction of all members rounded down ("không quá" is never above). Those
   elected in earlier rounds have taken their places.
5. *Order.* Those who passed stand by share; equal shares by the tie rules, in order; a rule is
   asked only where all the tied have the number it compares. Places go down this order, who
   passed beyond them is a reserve. Those whom no rule separates share their reserve number.
6. *The quota's edge.* Those whom no rule separates and for whom there are too few places go to
   a run-off among themselves.
7. *Rounds.* Where nobody passes, the best `runoff_size` and all tied with the last of them go to
   the next round. After `max_rounds` the place stays empty; those still tied are equal reserves,
   or undecided where nobody was elected whom they could stand in for.
   Where somebody passed and places remain there is no further round by itself: the rule was
   applied and those below the threshold failed it.

The sentences of outcomes are of record and therefore Vietnamese; what is only shown, the labels of
the choices and the quorum, is translated.
"""

import math
from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from itertools import groupby
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import TextChoices
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from blocks.numbers import half_up, percent, show, two_digits
from blocks.text import phrase


class Mode(TextChoices):
    SECRET = "secret", _("Secret ballot")
    OPEN = "open", _("Public vote")
    HANDS = "hands", _("Show of hands")


class Base(TextChoices):
    """What a share is a share of."""

    MEMBERS = "members", _("All member units")
    PRESENT_AND_WRITTEN = "present", _("Units present and written opinions")
    VALID = "valid", _("Valid ballots")


class Presence(TextChoices):
    PRESENT = "present", _("Present")
    ONLINE = "online", _("Present online")
    WRITTEN = "written", _("Absent, with a written opinion")
    ABSENT = "absent", _("Absent")


class TieRule(TextChoices):
    """What separates equal shares."""

    SCORE = "score", _("Higher verified score")
    RANK = "rank", _("Better rank")


class Verdict(TextChoices):
    ELECTED = "elected", _("Put forward")
    RUN_OFF = "run_off", _("Goes to the next round")
    RESERVE = "reserve", _("Reserve")
    NOT_ELECTED = "not_elected", _("Below the required share")
    NO_CHAIR = "no_chair", _("Without the chair's yes")


TIE_RULES: dict[str, Callable[["Candidate"], Decimal | int | None]] = {  # the greater the better
    TieRule.SCORE: lambda candidate: candidate.score,
    TieRule.RANK: lambda candidate: None if candidate.rank is None else -candidate.rank,
}


@dataclass(frozen=True, slots=True)
class Rules:
    """The numbers and switches of one vote; every one of them is data of the season.

    ``quorum`` is a fraction of the members, rounded up. ``quota`` is a number of places, or a
    `Fraction` of the members, rounded down (so ``1`` is one place, ``Fraction(1)`` everybody).
    ``max_marks`` None: as many marks as there are candidates. ``on_paper``: letters are taken, so
    the words speak of them. Raises `ValidationError` for rules that contradict themselves.
    """

    mode: Mode = Mode.SECRET
    on_paper: bool = True
    quorum: Fraction = Fraction(2, 3)
    letters_make_quorum: bool = True
    threshold: Fraction = Fraction(1, 2)
    strict: bool = False
    base: Base = Base.MEMBERS
    quota: int | Fraction = 1
    max_marks: int | None = None
    self_vote: bool = True
    chair_must_approve: bool = False
    tie_rules: tuple[str, ...] = (TieRule.SCORE,)
    max_rounds: int = 2
    runoff_size: int = 2

    def __post_init__(self) -> None:
        for wrong, sentence in (
            (not isinstance(self.quorum, int | Fraction), _("The quorum is an exact fraction.")),
            (
                not isinstance(self.threshold, int | Fraction),
                _("The threshold is an exact fraction."),
            ),
            (
                not isinstance(self.quota, int | Fraction),
                _("The quota is a number or an exact fraction."),
            ),
            (not 0 <= self.quorum <= 1, _("The quorum is between 0 and 1.")),
            (not 0 < self.threshold <= 1, _("The threshold is above 0 and at most 1.")),
            (self.strict and self.threshold == 1, _("Nobody can have more than every vote.")),
            (self.quota < 0, _("The quota cannot be below zero.")),
            (
                isinstance(self.quota, Fraction) and self.quota > 1,
                _("A quota that is a fraction of the members is at most 1."),
            ),
            (
                self.max_marks is not None and self.max_marks < 1,
                _("A ballot has room for one mark at least."),
            ),
            (self.max_rounds < 1, _("A vote has one round at least.")),
            (self.runoff_size < 1, _("A next round has one candidate at least.")),
            (not set(self.tie_rules) <= set(TIE_RULES), _("Unknown tie rule.")),
            (
                self.mode == Mode.SECRET and self.chair_must_approve,
                _("In a secret vote nobody can know whether the chair said yes."),
            ),
        ):
            _refuse(wrong, sentence)


@dataclass(frozen=True, slots=True)
class Elector:
    """One member of the block. ``key`` is the unit's; absent ones are members only.

    ``voted`` says whether its ballot is among those returned. It is read only where units may not
    vote on themselves, the base is the valid ballots, and the ballots do not name their electors.
    """

    key: Hashable
    presence: Presence = Presence.PRESENT
    voted: bool = True

    @property
    def casts(self) -> bool:
        return self.presence != Presence.ABSENT


@dataclass(frozen=True, slots=True)
class Candidate:
    """Who stands: ``unit`` is the key of the elector it is (None: a person, or no member)."""

    key: Hashable
    name: str
    unit: Hashable | None = None
    score: Decimal | None = None
    rank: int | None = None


@dataclass(frozen=True, slots=True)
class Paper:
    """One ballot: the keys of the candidates it says yes to, and whose it is in an open vote.

    ``only_no``: it says yes to nobody, but no by name, so it is not blank.
    """

    marks: frozenset[Hashable]
    elector: Hashable | None = None
    spoiled: bool = False
    only_no: bool = False


@dataclass(frozen=True, slots=True)
class Stack:
    """Papers counted by hand: ``blank`` is a part of ``valid``, ``yes`` counts by candidate.

    Where units may not vote on themselves their own marks are left out when counting by hand.
    ``chair`` holds the candidates the chair is among the yes for, where the rules ask that.
    """

    valid: int
    blank: int = 0
    spoiled: int = 0
    yes: Mapping[Hashable, int] | None = None
    chair: frozenset[Hashable] = frozenset()


@dataclass(frozen=True, slots=True)
class Quorum:
    """How many members must take part, how many do, and the words for the page."""

    needed: int
    have: int
    met: bool
    sentence: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the vote means for one candidate. ``candidate`` is its key.

    ``base`` is the candidate's own (one less where it may not vote on itself); ``share`` is None
    where the base is empty; ``reserve`` is the number of a reserve, shared by equals;
    without one it is undecided: tied, no round left, nobody elected whom it could stand in for.
    """

    candidate: Hashable
    yes: int
    base: int
    share: Fraction | None
    verdict: Verdict
    reserve: int | None
    sentence: str


@dataclass(frozen=True, slots=True)
class Result:
    """One round, counted: issued ≥ returned = valid + spoiled; ``blank`` is a part of ``valid``.

    ``outcomes`` stand elected first, then by share; equals stand in the order they were given.
    ``next_round`` holds the keys of the candidates of the next round, empty when there is none.
    """

    issued: int
    returned: int
    valid: int
    blank: int
    spoiled: int
    base: int
    places: int
    outcomes: tuple[Outcome, ...]
    next_round: tuple[Hashable, ...]
    why: str


# --- before the vote ---


def quorum(rules: Rules, electors: Sequence[Elector]) -> Quorum:
    """May the vote be opened? The fraction of all members, rounded up, one at least."""
    needed = max(1, math.ceil(rules.quorum * len(electors)))
    have = sum(
        e.casts and (rules.letters_make_quorum or e.presence != Presence.WRITTEN) for e in electors
    )
    met = have >= needed
    short = ngettext(
        "Not enough: %(count)s more unit is needed",
        "Not enough: %(count)s more units are needed",
        needed - have,
    )
    sentence = (
        gettext("Enough take part (%(have)s/%(all)s)")
        % {"have": two_digits(have), "all": two_digits(len(electors))}
        if met
        else short % {"count": two_digits(needed - have)}
    )
    return Quorum(needed, have, met, sentence)


def places(rules: Rules, members: int, taken: int = 0) -> int:
    """How many may still be elected; a fraction of the members is rounded down."""
    return max(0, _quota(rules, members) - taken)


def _quota(rules: Rules, members: int) -> int:
    return rules.quota if isinstance(rules.quota, int) else math.floor(rules.quota * members)


def in_vain(rules: Rules, electors: Sequence[Elector], units: Iterable[Hashable]) -> str:
    """Say that nobody can reach the required share with those who take part now, or nothing.

    ``units`` are the keys of those who stand (None: no member); each is asked only for its own
    vote. Only a share of all members can be out of reach.
    """
    keys = {elector.key for elector in electors}
    casting = {elector.key for elector in electors if elector.casts}
    most = needed = 0
    for unit in units if rules.base == Base.MEMBERS else ():
        own = set() if rules.self_vote else {unit} & keys
        base, votes = len(keys) - len(own), len(casting - own)
        if _is_enough(rules, votes, base):
            return ""
        wanted = rules.threshold * base
        needed = math.floor(wanted) + 1 if rules.strict else math.ceil(wanted)
        most = max(most, votes)
    if not needed:
        return ""
    return gettext(
        "At least %(needed)s units must agree and only %(most)s take part: nobody can reach the "
        "required share, unless more units come or write."
    ) % {"needed": two_digits(needed), "most": two_digits(most)}


# --- the count ---


@dataclass(frozen=True, slots=True)
class _Count:
    valid: int
    blank: int
    spoiled: int
    yes: Counter[Hashable]
    named: Mapping[Hashable, bool]  # elector of a named ballot → is the ballot valid
    nameless: bool
    chair: frozenset[Hashable]  # whom the chair said yes to

    @property
    def returned(self) -> int:
        return self.valid + self.spoiled


def _count(
    rules: Rules,
    candidates: Sequence[Candidate],
    papers: Iterable[Paper],
    stacks: Iterable[Stack],
    chair: Hashable | None,
) -> _Count:
    own = {} if rules.self_vote else {c.key: c.unit for c in candidates}
    listed = {c.key for c in candidates}
    valid = blank = spoiled = 0
    yes: Counter[Hashable] = Counter()
    named: dict[Hashable, bool] = {}
    nameless = False
    approved: set[Hashable] = set()
    for paper in papers:
        good = _is_valid(rules, listed, paper)
        if paper.elector is None:
            nameless = True
        else:
            named[paper.elector] = good
        if not good:
            spoiled += 1
            continue
        valid += 1
        blank += not (paper.marks or paper.only_no)
        counted = {
            mark for mark in paper.marks if paper.elector is None or own.get(mark) != paper.elector
        }
        yes.update(counted)
        if chair is not None and paper.elector == chair:
            approved |= counted
    for stack in stacks:
        nameless = True
        valid += stack.valid
        blank += stack.blank
        spoiled += stack.spoiled
        yes.update(stack.yes or {})
        approved |= stack.chair
    return _Count(valid, blank, spoiled, yes, named, nameless, frozenset(approved))


def _is_valid(rules: Rules, listed: set[Hashable], paper: Paper) -> bool:
    over_marked = rules.max_marks is not None and len(paper.marks) > rules.max_marks
    return not (paper.spoiled or over_marked or paper.marks - listed)


def _base(rules: Rules, electors: Sequence[Elector], count: _Count) -> int:
    if rules.base == Base.MEMBERS:
        return len(electors)
    if rules.base == Base.PRESENT_AND_WRITTEN:
        return sum(e.casts for e in electors)
    return count.valid


def _is_in_base(rules: Rules, elector: Elector | None, count: _Count) -> bool:
    """Whether a candidate's own unit is one of those its share is taken of."""
    if elector is None:
        return False
    if rules.base == Base.MEMBERS:
        return True
    if rules.base == Base.PRESENT_AND_WRITTEN:
        return elector.casts
    if elector.key in count.named:
        return count.named[elector.key]
    return count.nameless and elector.casts and elector.voted


# --- the order ---


@dataclass(frozen=True, slots=True)
class _Tallied:
    candidate: Candidate
    yes: int
    base: int
    own_left_out: bool
    enough: bool
    approved: bool

    @property
    def share(self) -> Fraction | None:
        return Fraction(self.yes, self.base) if self.base else None

    @property
    def order(self) -> Fraction:
        return self.share or Fraction(0)

    @property
    def passed(self) -> bool:
        return self.enough and self.approved


def _is_enough(rules: Rules, yes: int, base: int) -> bool:
    if not base:
        return False
    share = Fraction(yes, base)
    return share > rules.threshold if rules.strict else share >= rules.threshold


def _by_share(tallied: Iterable[_Tallied]) -> list[list[_Tallied]]:
    ordered = sorted(tallied, key=lambda t: -t.order)
    return [list(equal) for _share, equal in groupby(ordered, key=lambda t: t.order)]


def _asked(rules: Rules, tied: Iterable[_Tallied]) -> list[str]:
    """The tie rules that can be asked of all the tied."""
    return [
        rule
        for rule in rules.tie_rules
        if all(TIE_RULES[rule](t.candidate) is not None for t in tied)
    ]


def _separated(rules: Rules, tied: list[_Tallied]) -> list[list[_Tallied]]:
    """Equal shares, parted by the tie rules as far as they reach, best first."""
    asked = _asked(rules, tied)

    def worth(t: _Tallied) -> tuple[Any, ...]:
        return tuple(TIE_RULES[rule](t.candidate) for rule in asked)

    ordered = sorted(tied, key=worth, reverse=True)
    return [list(equals) for _worth, equals in groupby(ordered, key=worth)]


@dataclass(frozen=True, slots=True)
class _Part:
    """Candidates that nothing separates, and what the vote means for all of them."""

    equals: list[_Tallied]
    verdict: Verdict
    reserve: int | None = None
    stuck: bool = False  # tied at the quota's edge with no round left


def _placed(parts: Iterable[list[_Tallied]], free: int, taken: int, *, last: bool) -> list[_Part]:
    """Places go down the order of those who passed; `free` of them, `taken` are filled."""
    placed: list[_Part] = []
    filled = ahead = 0
    for equals in parts:
        in_turn = ahead == filled < free
        if in_turn and filled + len(equals) <= free:
            placed.append(_Part(equals, Verdict.ELECTED))
            filled += len(equals)
        elif in_turn and not last:
            placed.append(_Part(equals, Verdict.RUN_OFF))
            filled = free  # the run-off fills them; the reserves behind keep their numbers
        else:
            number = ahead - filled + 1 if taken + filled or not in_turn else None
            placed.append(_Part(equals, Verdict.RESERVE, number, stuck=in_turn))
        ahead += len(equals)
    return placed


def _failed(rules: Rules, groups: list[list[_Tallied]], *, again: bool) -> list[_Part]:
    """Those who did not pass; with ``again`` the best of them, with all the tied, go on."""
    parts: list[_Part] = []
    ahead = 0
    for equals in groups:
        goes_on = again and ahead < rules.runoff_size
        for tallied in equals:
            verdict = Verdict.NO_CHAIR if tallied.enough else Verdict.NOT_ELECTED
            parts.append(_Part([tallied], Verdict.RUN_OFF if goes_on else verdict))
        ahead += len(equals)
    return parts


def tally(  # noqa: PLR0913
    rules: Rules,
    electors: Sequence[Elector],
    candidates: Sequence[Candidate],
    papers: Iterable[Paper],
    *,
    round: int,  # noqa: A002
    taken: int = 0,
    chair: Hashable | None = None,
    issued: int | None = None,
    stacks: Iterable[Stack] = (),
    elected_words: str = "được đề nghị",
) -> Result:
    """Count one round and say what it means, by the rules in this module's first lines.

    ``taken`` places were filled in earlier rounds. ``chair`` is the chair's key as an elector,
    None if the chair has no vote (then nobody passes a rule that asks for the chair's yes; that
    rule is not asked of the chair's own unit where units may not vote on themselves).
    ``issued`` defaults to the casting electors. ``stacks`` are papers counted by hand.
    Whether the quorum is met is asked at the opening (`quorum`), not here.
    Raises `ValidationError` for counts that contradict each other.
    """
    _refuse(round < 1 or taken < 0, _("Rounds are counted from one, places taken from zero."))
    papers, stacks = list(papers), list(stacks)
    issued = sum(e.casts for e in electors) if issued is None else issued
    count = _count(rules, candidates, papers, stacks, chair)
    _check(rules, electors, candidates, papers, stacks, issued, count)
    base = _base(rules, electors, count)
    by_key = {e.key: e for e in electors}

    def tallied(candidate: Candidate) -> _Tallied:
        own = None if rules.self_vote else by_key.get(candidate.unit)
        own_left_out = _is_in_base(rules, own, count)
        its_base = base - own_left_out
        yes = count.yes[candidate.key]
        is_chair = own is not None and own.key == chair
        approved = not rules.chair_must_approve or is_chair or candidate.key in count.chair
        _refuse(yes > its_base, _("A candidate has more votes than there are units to vote."))
        enough = _is_enough(rules, yes, its_base)
        return _Tallied(candidate, yes, its_base, own_left_out, enough, approved)

    everybody = [tallied(candidate) for candidate in candidates]
    passed = _by_share(t for t in everybody if t.passed)
    failed = _by_share(t for t in everybody if not t.passed)
    free = places(rules, len(electors), taken)
    last = round >= rules.max_rounds
    parts = [
        *_placed(
            (part for equals in passed for part in _separated(rules, equals)),
            free,
            taken,
            last=last,
        ),
        *_failed(rules, failed, again=not passed and free > 0 and not last),
    ]
    words = _Words(
        rules, round, _quota(rules, len(electors)), free, elected_words, parts, bool(count.named)
    )
    return Result(
        issued=issued,
        returned=count.returned,
        valid=count.valid,
        blank=count.blank,
        spoiled=count.spoiled,
        base=base,
        places=free,
        outcomes=tuple(
            Outcome(
                candidate=t.candidate.key,
                yes=t.yes,
                base=t.base,
                share=t.share,
                verdict=part.verdict,
                reserve=part.reserve,
                sentence=words.of(part, t),
            )
            for part in parts
            for t in part.equals
        ),
        next_round=tuple(t.candidate.key for t in words.going_on),
        why=words.why(),
    )


def _refuse(wrong: bool, sentence: Any) -> None:  # noqa: FBT001
    if wrong:
        raise ValidationError(sentence)


def _check(  # noqa: PLR0913, PLR0917
    rules: Rules,
    electors: Sequence[Elector],
    candidates: Sequence[Candidate],
    papers: Sequence[Paper],
    stacks: Sequence[Stack],
    issued: int,
    count: _Count,
) -> None:
    """Refuse counts that cannot be true together."""
    named = [paper.elector for paper in papers if paper.elector is not None]
    casting = {e.key for e in electors if e.casts}
    keys = {candidate.key for candidate in candidates}
    for wrong, sentence in (
        (
            len({e.key for e in electors}) < len(electors),
            _("A member stands twice among the electors."),
        ),
        (len(keys) < len(candidates), _("A candidate stands twice on the list.")),
        (len(set(named)) < len(named), _("A unit has two ballots.")),
        (not set(named) <= casting, _("A ballot comes from a unit that does not vote.")),
        (rules.mode == Mode.SECRET and bool(named), _("A secret ballot names nobody.")),
        (count.returned > issued, _("More ballots came back than were issued.")),
        (count.returned > len(casting), _("More ballots came back than units vote.")),
        (issued > len(electors), _("More ballots were issued than there are members.")),
        (
            any(not adds_up(rules, keys, stack) for stack in stacks),
            _("The counted papers do not add up."),
        ),
    ):
        _refuse(wrong, sentence)


def one_is_ticked(max_marks: int | None, listed: int) -> bool:
    """Tell whether one of several is ticked on a ballot; otherwise each name has yes and no."""
    return max_marks == 1 < listed


def adds_up(rules: Rules, keys: set[Hashable], stack: Stack) -> bool:
    """Tell whether papers counted by hand can be true of this list; ``keys`` are the candidates'.

    A paper bears no more marks than it has room for. Where one of several is ticked, one that is
    not blank bears its mark; where each name has yes and no it may say no to all. Hands are counted
    without blanks, and own marks that were left out leave papers without any.
    """
    yes = stack.yes or {}
    marked = stack.valid - stack.blank
    room = len(keys) if rules.max_marks is None else min(rules.max_marks, len(keys))
    ticks = one_is_ticked(rules.max_marks, len(keys))
    every_paper_marks = ticks and rules.mode != Mode.HANDS and rules.self_vote
    return (
        min(stack.blank, stack.spoiled, marked, *yes.values()) >= 0
        and set(yes) <= keys
        and all(count <= marked for count in yes.values())
        and (sum(yes.values()) >= marked or not every_paper_marks)
        and sum(yes.values()) <= marked * room
    )


# --- the words ---

BELOW = "chưa đủ tỷ lệ"
WITHOUT_CHAIR = "thiếu ý kiến đồng ý của Chủ trì"  # who said no, or did not vote


def base_words(rules: Rules) -> str:
    """What a share is a share of; letters are named only where they are taken."""
    letters = " và gửi ý kiến bằng văn bản" if rules.on_paper else ""
    return {
        Base.MEMBERS: "tổng số đơn vị thành viên",
        Base.PRESENT_AND_WRITTEN: f"tổng số đơn vị có mặt{letters}",
        Base.VALID: "tổng số phiếu hợp lệ",
    }[rules.base]


def own_words(rules: Rules) -> str:
    """What of a unit that does not vote on itself is left out of its base."""
    return "phiếu của đơn vị" if rules.base == Base.VALID else "đơn vị"


def _empty_words(rules: Rules) -> str:
    letters = " hoặc gửi ý kiến bằng văn bản" if rules.on_paper else ""
    return {
        Base.MEMBERS: "không có đơn vị thành viên nào",
        Base.PRESENT_AND_WRITTEN: f"không có đơn vị nào có mặt{letters}",
        Base.VALID: "không có phiếu hợp lệ nào",
    }[rules.base]


def hands_sentence(matter: str, yes: int, no: int, abstain: int) -> str:
    """What a show of hands on a matter of procedure means: more than half of those there pass it.

    There is somebody in the room: ``yes + no + abstain`` is above 0.
    """
    there = yes + no + abstain
    half = Fraction(1, 2)
    share = Fraction(yes, there) if there else Fraction(0)
    matter = phrase(matter)
    passed = "được thông qua" if share > half else "không được thông qua"
    return (
        f"{matter[:1].upper()}{matter[1:]}: "
        f"{two_digits(yes)}/{two_digits(there)} đơn vị có mặt giơ tay đồng ý, "
        f"{two_digits(no)} đơn vị không đồng ý, {two_digits(abstain)} đơn vị không biểu quyết, "
        f"đạt {_reached(share, half)} (quy định trên {stated(half)}) – {passed}."
    )


@dataclass(frozen=True, slots=True)
class _Words:
    """The sentences of one round, as an office writes them."""

    rules: Rules
    round: int
    quota: int
    free: int
    elected: str
    parts: list[_Part]
    named: bool  # of a show of hands: letters are among what was counted

    @property
    def going_on(self) -> list[_Tallied]:
        return [t for part in self.parts if part.verdict == Verdict.RUN_OFF for t in part.equals]

    @property
    def is_again(self) -> bool:
        """The next round is one because nobody passed, not because some are tied."""
        return any(not t.passed for t in self.going_on)

    @property
    def hands(self) -> bool:
        return self.rules.mode == Mode.HANDS

    @property
    def verb(self) -> str:
        """'được đề nghị', 'được giới thiệu': what the quota is a quota of."""
        return " ".join(self.elected.split()[:3])

    @property
    def next_round(self) -> str:
        return f"{'biểu quyết' if self.hands else 'bỏ phiếu'} vòng {self.round + 1}"

    @property
    def required(self) -> str:
        share = stated(self.rules.threshold)
        return f"trên {share}" if self.rules.strict else f"từ {share} trở lên"

    def of(self, part: _Part, t: _Tallied) -> str:
        return f"{t.candidate.name}: {self.counted(t)} – {self.meaning(part, t)}."

    def counted(self, t: _Tallied) -> str:
        raised = "đơn vị đồng ý" if self.named else "đơn vị giơ tay đồng ý"
        votes = raised if self.hands else "phiếu đồng ý"
        less = f"không kể {own_words(self.rules)} được xét" if t.own_left_out else ""
        if t.share is None:
            own = f" ({less})" if less else ""
            return f"{_empty_words(self.rules)}{own} để tính tỷ lệ"
        own = f", {less}" if less else ""
        return (
            f"{two_digits(t.yes)}/{two_digits(t.base)} {votes}, "
            f"đạt {self.share_reached(t.share)} {base_words(self.rules)}{own} "
            f"(quy định {self.required})"
        )

    def share_reached(self, share: Fraction) -> str:
        threshold = self.rules.threshold
        if self.rules.strict and share == threshold:  # 66,67% would look like more than 2/3
            return f"đúng {stated(share)}"
        return _reached(share, threshold)

    def meaning(self, part: _Part, t: _Tallied) -> str:
        if part.verdict == Verdict.ELECTED:
            reason = self.reason(part, t)
            return f"{reason}, {self.elected}" if reason else self.elected
        if part.verdict == Verdict.RESERVE:
            return self.reserve(part, t)
        if part.verdict == Verdict.RUN_OFF and t.passed:
            return f"đủ tỷ lệ, {self.tie(part, t)}, {self.next_round}"
        short = f"đủ tỷ lệ nhưng {WITHOUT_CHAIR}" if t.enough else BELOW
        if part.verdict == Verdict.RUN_OFF:
            return f"{short}, {self.next_round}"
        return f"{short}, không vào vòng {self.round + 1}" if self.is_again else short

    def reserve(self, part: _Part, t: _Tallied) -> str:
        number = f"dự phòng số {part.reserve}"
        if part.stuck:
            rounds = f"đã hết {two_digits(self.round)} vòng"
            undecided = f"đủ tỷ lệ, {self.tie(part, t)}, {rounds}, chưa phân định được"
            return f"{undecided}, {number}" if part.reserve else undecided
        reason = self.tie(part, t) if len(part.equals) > 1 else self.reason(part, t)
        return f"đủ tỷ lệ, ngoài số lượng {self.verb} ({two_digits(self.quota)}), {number}" + (
            f" ({reason})" if reason else ""
        )

    def equal(self, *tied: _Tallied) -> str:
        if len({t.yes for t in tied}) > 1:
            return "bằng tỷ lệ"
        return "bằng số đơn vị đồng ý" if self.hands else "bằng phiếu"

    def tie(self, part: _Part, t: _Tallied) -> str:
        others = [other for other in part.equals if other is not t]
        return f"{self.equal(t, *others)} với {_together(others)}"

    def reason(self, part: _Part, t: _Tallied) -> str:
        """The tie rule that set this candidate apart from its nearest equal, if one did."""
        level = [p for p in self.parts if any(o.passed and o.order == t.order for o in p.equals)]
        everyone = [other for p in level for other in p.equals]
        pair = self.compared(level, part, t)
        rule = _decided(_asked(self.rules, everyone), *pair) if pair else ""
        return f"{self.equal(*everyone)}, {rule}" if rule else ""

    def compared(
        self, level: list[_Part], part: _Part, t: _Tallied
    ) -> tuple[_Tallied, _Tallied] | None:
        """An elected one with the best that is not; a reserve with the one before it, or after."""
        at = level.index(part)
        if part.verdict == Verdict.ELECTED:
            worse = [p.equals[0] for p in level[at:] if p.verdict != part.verdict]
            return (t, worse[0]) if worse else None
        if at:
            return level[at - 1].equals[-1], t
        return (t, level[1].equals[0]) if level[1:] else None

    def why(self) -> str:
        if not self.parts:
            return "Danh sách đề nghị xét để trống, không có kết quả."
        if not self.quota:
            return f"Số lượng {self.verb} là 00."
        if not self.free:
            return f"Số lượng {self.verb} ({two_digits(self.quota)}) đã đủ từ vòng trước."
        return f"Vòng {self.round}: {self.elected_count()}{self.left()}."

    def elected_count(self) -> str:
        count = sum(len(p.equals) for p in self.parts if p.verdict == Verdict.ELECTED)
        if not count:
            return f"không có {self.noun} nào {self.verb}"
        return f"{two_digits(count)} {self.noun} {self.verb}"

    def left(self) -> str:
        """What becomes of the places that are left."""
        elected = sum(len(p.equals) for p in self.parts if p.verdict == Verdict.ELECTED)
        left = self.free - elected
        if not left:
            return f", đủ số lượng ({two_digits(self.quota)})"
        going_on = self.going_on
        if self.is_again:
            among = "giữa" if len(going_on) > 1 else "đối với"
            return f" do {self.lack()}; {self.next_round} {among} {_together(going_on)}"
        if going_on:
            last = " ở vị trí cuối" if self.quota > 1 else ""
            tied = f"{_together(going_on)} {self.equal(*going_on)}{last}"
            return f"; {tied}, {self.next_round} giữa các {self.noun} này"
        stuck = next((p.equals for p in self.parts if p.stuck), None)
        if stuck:
            tied = f"; {_together(stuck)} {self.equal(*stuck)}, chưa phân định được"
            return f"{tied} sau {two_digits(self.round)} vòng{self.empty(left)}"
        if elected:
            return f"; không có {self.noun} khác đủ tỷ lệ{self.empty(left)}"
        return f" do {self.lack()}, đã hết {two_digits(self.round)} vòng{self.empty(left)}"

    def lack(self) -> str:
        """Why nobody passed: too few votes, or the chair's is missing, or the one and the other."""
        short = [t.enough for p in self.parts for t in p.equals]
        return " hoặc ".join([BELOW] * (not all(short)) + [WITHOUT_CHAIR] * any(short))

    def empty(self, left: int) -> str:
        """How many places stay empty; of one place it is said already that nobody has it."""
        return (
            f"; còn {two_digits(left)}/{two_digits(self.quota)} để trống" if self.quota > 1 else ""
        )

    @property
    def noun(self) -> str:
        """Units are counted as units; where persons stand too, as cases."""
        units = all(t.candidate.unit is not None for p in self.parts for t in p.equals)
        return "đơn vị" if units else "trường hợp"


def _decided(asked: Iterable[str], better: _Tallied, worse: _Tallied) -> str:
    """'xét điểm thẩm định 99,90 > 92,67': the first rule that tells the two apart."""
    over, under = better.candidate, worse.candidate
    for rule in asked:
        if rule == TieRule.SCORE and over.score != under.score:
            return f"xét điểm thẩm định {_compared(over, under)}"
        if rule == TieRule.RANK and over.rank != under.rank:
            return f"xét xếp hạng thứ {over.rank} trên thứ {under.rank}"
    return ""


def _compared(over: Candidate, under: Candidate) -> str:
    scores = [score for score in (over.score, under.score) if score is not None]
    digits = max(2, *(-int(score.as_tuple().exponent) for score in scores))
    return " > ".join(show(score, digits) for score in scores)


def _together(tied: Iterable[_Tallied]) -> str:
    """'A', 'A và B', 'A, B và C'."""
    *first, final = (t.candidate.name for t in tied)
    return f"{', '.join(first)} và {final}" if first else final


def stated(share: Fraction) -> str:
    """'80%', '66,5%', and '2/3' where two places do not say it exactly."""
    if (share * 10_000).denominator == 1:
        return percent(share, None)
    return f"{share.numerator}/{share.denominator}"


def _reached(share: Fraction, threshold: Fraction) -> str:
    """The share with two places, or as many as it takes not to look like the threshold."""
    digits = 2
    while share != threshold and half_up(share * 100, digits) == half_up(threshold * 100, digits):
        digits += 1
    return percent(share, digits)
