"""The vote, counted: the worked example, its variants, and one table for every rule."""

import unicodedata
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

import pytest
from django.core.exceptions import ValidationError

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
    in_vain,
    places,
    quorum,
    tally,
)

ELECTED, RESERVE, RUN_OFF, NOT_ELECTED, NO_CHAIR = (
    Verdict.ELECTED,
    Verdict.RESERVE,
    Verdict.RUN_OFF,
    Verdict.NOT_ELECTED,
    Verdict.NO_CHAIR,
)
NAMES = {
    "TTTT": "Trung tâm Thông tin",
    "TCBTT": "Trường Cán bộ Thanh tra",
    "VCLKH": "Viện Chiến lược và Khoa học Thanh tra",
    "BTT": "Báo Thanh tra",
    "TCTT": "Tạp chí Thanh tra",
}
SCORES = {"TTTT": "99.90", "TCBTT": "103.00", "VCLKH": "103.00", "BTT": "92.67", "TCTT": "75.94"}
RANKS = {"VCLKH": 1, "TCBTT": 2, "TTTT": 3, "BTT": 4, "TCTT": 5}


def members(**presence):
    """The five units; present unless it is said otherwise, BTT by letter."""
    at = {"BTT": Presence.WRITTEN} | presence
    return [Elector(unit, at.get(unit, Presence.PRESENT)) for unit in NAMES]


def standing(*units):
    return [Candidate(u, NAMES[u], u, Decimal(SCORES[u]), RANKS[u]) for u in units]


def ballots(**marks):
    """Who marked whom: ballots(TTTT='VCLKH', TCTT='') is a mark and a blank paper."""
    return [Paper(frozenset(text.split()), elector) for elector, text in marks.items()]


def verdicts(result):
    return [(o.candidate, o.verdict, o.yes, o.base) for o in result.outcomes]


def sentence(result, candidate):
    return next(o.sentence for o in result.outcomes if o.candidate == candidate)


# --- the worked example ---

FLAG = Rules(mode=Mode.OPEN, threshold=Fraction(4, 5), quota=1, max_marks=1)
CERTIFICATE = Rules(mode=Mode.OPEN, threshold=Fraction(7, 10), quota=Fraction(2, 5))
OFFICE = Rules(mode=Mode.OPEN, threshold=Fraction(1, 2), strict=True, quota=1)

FLAG_MARKS = {"TTTT": "VCLKH", "VCLKH": "VCLKH", "BTT": "VCLKH", "TCTT": "VCLKH", "TCBTT": "TCBTT"}
CERTIFICATE_MARKS = {
    "TTTT": "TTTT TCBTT",
    "TCBTT": "TTTT TCBTT BTT",
    "VCLKH": "TTTT TCBTT BTT",
    "BTT": "TTTT TCBTT BTT",
    "TCTT": "TCBTT BTT",
}


def test_the_flag_goes_to_the_institute():
    result = tally(FLAG, members(), standing("VCLKH", "TCBTT"), ballots(**FLAG_MARKS), round=1)
    assert (result.issued, result.returned, result.valid, result.spoiled) == (5, 5, 5, 0)
    assert verdicts(result) == [("VCLKH", ELECTED, 4, 5), ("TCBTT", NOT_ELECTED, 1, 5)]
    assert [o.sentence for o in result.outcomes] == [
        "Viện Chiến lược và Khoa học Thanh tra: 04/05 phiếu đồng ý, đạt 80,00% tổng số đơn vị "
        "thành viên (quy định từ 80% trở lên) – được đề nghị.",
        "Trường Cán bộ Thanh tra: 01/05 phiếu đồng ý, đạt 20,00% tổng số đơn vị thành viên "
        "(quy định từ 80% trở lên) – chưa đủ tỷ lệ.",
    ]
    assert result.why == "Vòng 1: 01 đơn vị được đề nghị, đủ số lượng (01)."
    assert result.next_round == ()


def test_the_second_certificate_goes_by_the_verified_score():
    list_ = standing("TTTT", "TCBTT", "BTT")
    result = tally(CERTIFICATE, members(), list_, ballots(**CERTIFICATE_MARKS), round=1)
    assert (result.issued, result.returned, result.valid, result.spoiled) == (5, 5, 5, 0)
    assert result.places == 2
    assert [(o.candidate, o.verdict, o.yes, o.reserve) for o in result.outcomes] == [
        ("TCBTT", ELECTED, 5, None),
        ("TTTT", ELECTED, 4, None),
        ("BTT", RESERVE, 4, 1),
    ]
    assert [o.sentence for o in result.outcomes] == [
        "Trường Cán bộ Thanh tra: 05/05 phiếu đồng ý, đạt 100,00% tổng số đơn vị thành viên "
        "(quy định từ 70% trở lên) – được đề nghị.",
        "Trung tâm Thông tin: 04/05 phiếu đồng ý, đạt 80,00% tổng số đơn vị thành viên (quy định "
        "từ 70% trở lên) – bằng phiếu, xét điểm thẩm định 99,90 > 92,67, được đề nghị.",
        "Báo Thanh tra: 04/05 phiếu đồng ý, đạt 80,00% tổng số đơn vị thành viên (quy định từ 70% "
        "trở lên) – đủ tỷ lệ, ngoài số lượng được đề nghị (02), dự phòng số 1 (bằng phiếu, xét "
        "điểm thẩm định 99,90 > 92,67).",
    ]


@pytest.mark.parametrize(
    ("unit", "words"),
    [
        ("TCBTT", "được giới thiệu làm Khối trưởng năm 2022"),
        ("VCLKH", "được giới thiệu làm Khối phó năm 2022"),
    ],
)
def test_the_next_offices_are_introduced_in_their_own_words(unit, words):
    votes = ballots(**dict.fromkeys(NAMES, unit))
    result = tally(OFFICE, members(), standing(unit), votes, round=1, elected_words=words)
    assert verdicts(result) == [(unit, ELECTED, 5, 5)]
    assert sentence(result, unit) == (
        f"{NAMES[unit]}: 05/05 phiếu đồng ý, đạt 100,00% tổng số đơn vị thành viên "
        f"(quy định trên 50%) – {words}."
    )
    assert result.why == "Vòng 1: 01 đơn vị được giới thiệu, đủ số lượng (01)."


LATE = FLAG_MARKS.keys() - {"BTT"}


@pytest.mark.parametrize(
    ("rules", "presence", "list_", "marks", "expected", "next_round"),
    [
        pytest.param(
            replace(FLAG, self_vote=False),
            {},
            "VCLKH TCBTT",
            FLAG_MARKS | {"VCLKH": "", "TCBTT": ""},
            [("VCLKH", RUN_OFF, 3, 4), ("TCBTT", RUN_OFF, 0, 4)],
            ("VCLKH", "TCBTT"),
            id="A: nobody votes on itself",
        ),
        pytest.param(
            replace(FLAG, self_vote=False),
            {},
            "VCLKH TCBTT",
            FLAG_MARKS,
            [("VCLKH", RUN_OFF, 3, 4), ("TCBTT", RUN_OFF, 0, 4)],
            ("VCLKH", "TCBTT"),
            id="A: its own mark would not count",
        ),
        pytest.param(
            FLAG,
            {"BTT": Presence.ABSENT},
            "VCLKH TCBTT",
            {u: FLAG_MARKS[u] for u in LATE},
            [("VCLKH", RUN_OFF, 3, 5), ("TCBTT", RUN_OFF, 1, 5)],
            ("VCLKH", "TCBTT"),
            id="B: the letter comes after closing",
        ),
        pytest.param(
            replace(FLAG, base=Base.PRESENT_AND_WRITTEN),
            {"BTT": Presence.ABSENT},
            "VCLKH TCBTT",
            {u: FLAG_MARKS[u] for u in LATE},
            [("VCLKH", RUN_OFF, 3, 4), ("TCBTT", RUN_OFF, 1, 4)],
            ("VCLKH", "TCBTT"),
            id="C: of those present, 75 per cent",
        ),
        pytest.param(
            replace(FLAG, strict=True),
            {},
            "VCLKH TCBTT",
            FLAG_MARKS,
            [("VCLKH", RUN_OFF, 4, 5), ("TCBTT", RUN_OFF, 1, 5)],
            ("VCLKH", "TCBTT"),
            id="E: more than 80 per cent",
        ),
        pytest.param(
            FLAG,
            {},
            "TCBTT",
            dict.fromkeys(NAMES, "TCBTT") | {"VCLKH": ""},
            [("TCBTT", ELECTED, 4, 5)],
            (),
            id="F: the sole candidate with four",
        ),
        pytest.param(
            FLAG,
            {},
            "TCBTT",
            dict.fromkeys(NAMES, "TCBTT") | {"VCLKH": "", "TTTT": ""},
            [("TCBTT", RUN_OFF, 3, 5)],
            ("TCBTT",),
            id="F: the sole candidate with three",
        ),
        pytest.param(
            FLAG,
            {},
            "VCLKH TCBTT",
            FLAG_MARKS | {"TCBTT": "VCLKH TCBTT"},
            [("VCLKH", ELECTED, 4, 5), ("TCBTT", NOT_ELECTED, 0, 5)],
            (),
            id="H: the school marks two",
        ),
        pytest.param(
            FLAG,
            {},
            "VCLKH TCBTT",
            FLAG_MARKS | {"VCLKH": "VCLKH TCBTT"},
            [("VCLKH", RUN_OFF, 3, 5), ("TCBTT", RUN_OFF, 1, 5)],
            ("VCLKH", "TCBTT"),
            id="H: the institute marks two",
        ),
    ],
)
def test_the_variants_of_the_flag(rules, presence, list_, marks, expected, next_round):
    votes = ballots(**marks)
    result = tally(rules, members(**presence), standing(*list_.split()), votes, round=1)
    assert verdicts(result) == expected
    assert result.next_round == next_round


def test_a_late_letter_leaves_four_ballots_returned():
    electors = members(BTT=Presence.ABSENT)
    votes = ballots(**{u: FLAG_MARKS[u] for u in LATE})
    result = tally(FLAG, electors, standing("VCLKH", "TCBTT"), votes, round=1)
    assert (result.issued, result.returned, result.valid, result.base) == (4, 4, 4, 5)
    assert result.why == (
        "Vòng 1: không có đơn vị nào được đề nghị do chưa đủ tỷ lệ; bỏ phiếu vòng 2 giữa Viện "
        "Chiến lược và Khoa học Thanh tra và Trường Cán bộ Thanh tra."
    )


def test_an_over_marked_ballot_is_spoiled_and_its_unit_stays_in_the_base():
    votes = ballots(**FLAG_MARKS | {"TCBTT": "VCLKH TCBTT"})
    result = tally(FLAG, members(), standing("VCLKH", "TCBTT"), votes, round=1)
    assert (result.returned, result.valid, result.spoiled, result.base) == (5, 4, 1, 5)


# --- the quorum ---


@pytest.mark.parametrize(
    ("fraction", "letters", "present", "written", "absent", "needed", "have", "met", "words"),
    [
        (Fraction(2, 3), True, 4, 1, 0, 4, 5, True, "Enough take part (05/05)"),
        (Fraction(2, 3), True, 3, 1, 1, 4, 4, True, "Enough take part (04/05)"),
        (Fraction(2, 3), False, 3, 1, 1, 4, 3, False, "Not enough: 01 more unit is needed"),
        (Fraction(2, 3), True, 3, 0, 2, 4, 3, False, "Not enough: 01 more unit is needed"),  # D
        (Fraction(2, 3), True, 4, 0, 2, 4, 4, True, "Enough take part (04/06)"),
        (Fraction(2, 3), True, 6, 0, 1, 5, 6, True, "Enough take part (06/07)"),
        (Fraction(1, 2), True, 3, 0, 3, 3, 3, True, "Enough take part (03/06)"),
        (Fraction(1), True, 4, 0, 1, 5, 4, False, "Not enough: 01 more unit is needed"),
        (Fraction(0), True, 0, 0, 5, 1, 0, False, "Not enough: 01 more unit is needed"),
        (Fraction(2, 3), True, 0, 0, 0, 1, 0, False, "Not enough: 01 more unit is needed"),
        (Fraction(2, 3), True, 12, 0, 6, 12, 12, True, "Enough take part (12/18)"),
    ],
)
def test_a_quorum_is_a_fraction_of_the_members_rounded_up(
    fraction, letters, present, written, absent, needed, have, met, words
):
    at = [Presence.PRESENT] * present + [Presence.WRITTEN] * written + [Presence.ABSENT] * absent
    rules = Rules(quorum=fraction, letters_make_quorum=letters)
    found = quorum(rules, [Elector(key, state) for key, state in enumerate(at)])
    assert (found.needed, found.have, found.met, found.sentence) == (needed, have, met, words)


def test_who_takes_part_online_is_there():
    electors = [Elector(1, Presence.ONLINE), Elector(2, Presence.ABSENT)]
    assert quorum(Rules(quorum=Fraction(1, 2)), electors).met


@pytest.mark.parametrize(
    ("rules", "casting", "standing", "numbers"),
    [
        (Rules(threshold=Fraction(4, 5)), 5, [0, 1], ("06", "05")),  # of seven: 5,6
        (Rules(threshold=Fraction(4, 5)), 6, [0, 1], None),
        (Rules(threshold=Fraction(3, 7)), 3, [0], None),
        (Rules(threshold=Fraction(3, 7), strict=True), 3, [0], ("04", "03")),
        (Rules(threshold=Fraction(4, 5), base=Base.PRESENT_AND_WRITTEN), 1, [0], None),
        (Rules(threshold=Fraction(4, 5), base=Base.VALID), 1, [0], None),
        (Rules(threshold=Fraction(1), self_vote=False), 6, [0, 1], ("06", "05")),
        (Rules(threshold=Fraction(1), self_vote=False), 6, [0, 6], None),  # 6 is absent: all others
        (Rules(threshold=Fraction(4, 5)), 5, [], None),
    ],
)
def test_it_is_known_beforehand_where_nobody_can_reach_the_required_share(
    rules, casting, standing, numbers
):
    members = [
        Elector(key, Presence.PRESENT if key < casting else Presence.ABSENT) for key in range(7)
    ]
    said = in_vain(rules, members, standing)
    expected = "At least {} units must agree and only {} take part: nobody can reach the "
    expected += "required share, unless more units come or write."
    assert said == (expected.format(*numbers) if numbers else "")


# --- the threshold and the base ---

HALF, TWO_THIRDS = Fraction(1, 2), Fraction(2, 3)
EIGHTY, NINETY = Fraction(4, 5), Fraction(9, 10)


@pytest.mark.parametrize("mode", list(Mode))
@pytest.mark.parametrize(
    ("threshold", "strict", "yes", "of", "passes"),
    [
        (HALF, False, 3, 6, True),
        (HALF, True, 3, 6, False),
        (HALF, True, 4, 6, True),
        (TWO_THIRDS, False, 4, 6, True),
        (TWO_THIRDS, True, 4, 6, False),
        (Fraction(6667, 10000), False, 4, 6, False),
        (Fraction(7, 10), False, 3, 5, False),
        (Fraction(7, 10), False, 4, 5, True),
        (EIGHTY, False, 4, 5, True),
        (EIGHTY, True, 4, 5, False),
        (EIGHTY, False, 5, 6, True),
        (EIGHTY, False, 5, 7, False),
        (NINETY, False, 9, 10, True),
        (NINETY, True, 9, 10, False),
        (Fraction(1), False, 4, 5, False),
        (Fraction(1), False, 5, 5, True),
    ],
)
def test_a_share_reaches_the_threshold_or_passes_it(mode, threshold, strict, yes, of, passes):
    rules = Rules(mode=mode, threshold=threshold, strict=strict, max_rounds=1)
    papers = [Paper(frozenset({"x"} if at < yes else ()), None) for at in range(of)]
    result = tally(
        rules, list(map(Elector, range(of))), [Candidate("x", "Đơn vị X")], papers, round=1
    )
    assert verdicts(result) == [("x", ELECTED if passes else NOT_ELECTED, yes, of)]


# Seven members: four present (one of them spoils), one online, one by letter (blank), one absent.
SEVEN = [
    *(Elector(unit, Presence.PRESENT) for unit in "abcd"),
    Elector("e", Presence.ONLINE),
    Elector("f", Presence.WRITTEN),
    Elector("g", Presence.ABSENT),
]


def by(*, spoiled="", **marks):
    return [
        Paper(frozenset(text.split()), elector, elector in spoiled)
        for elector, text in marks.items()
    ]


SEVEN_PAPERS = by(a="a g", b="a g", c="a g", d="a g", e="a", f="", spoiled="d")


@pytest.mark.parametrize(
    ("base", "self_vote", "candidate", "yes", "of"),
    [
        (Base.MEMBERS, True, "a", 4, 7),
        (Base.MEMBERS, False, "a", 3, 6),
        (Base.MEMBERS, True, "g", 3, 7),
        (Base.MEMBERS, False, "g", 3, 6),  # absent, but a member
        (Base.PRESENT_AND_WRITTEN, True, "a", 4, 6),
        (Base.PRESENT_AND_WRITTEN, False, "a", 3, 5),
        (Base.PRESENT_AND_WRITTEN, False, "f", 0, 5),  # it wrote
        (Base.PRESENT_AND_WRITTEN, False, "g", 3, 6),  # absent: it was never in this base
        (Base.VALID, True, "a", 4, 5),
        (Base.VALID, False, "a", 3, 4),
        (Base.VALID, False, "d", 0, 5),  # its ballot is spoiled
        (Base.VALID, False, "f", 0, 4),  # a blank ballot is valid
        (Base.VALID, False, "g", 3, 5),
        (Base.MEMBERS, False, "z", 0, 7),  # no member
    ],
)
def test_a_unit_that_may_not_vote_on_itself_leaves_its_base(base, self_vote, candidate, yes, of):
    rules = Rules(mode=Mode.OPEN, base=base, self_vote=self_vote)
    list_ = [Candidate(unit, unit.upper(), unit) for unit in dict.fromkeys("ag" + candidate)]
    result = tally(rules, SEVEN, list_, SEVEN_PAPERS, round=1)
    assert (result.returned, result.valid, result.blank, result.spoiled) == (6, 5, 1, 1)
    assert [(o.yes, o.base) for o in result.outcomes if o.candidate == candidate] == [(yes, of)]


@pytest.mark.parametrize(
    ("voted", "of"),
    [(True, 4), (False, 5)],
)
def test_in_a_secret_vote_the_list_of_who_voted_says_whether_the_own_ballot_is_in(voted, of):
    rules = Rules(mode=Mode.SECRET, base=Base.VALID, self_vote=False)
    electors = [Elector("a", voted=voted), *map(Elector, "bcdef")]
    papers = [Paper(frozenset())] * 5
    result = tally(rules, electors, [Candidate("a", "A", "a")], papers, round=1)
    assert [o.base for o in result.outcomes] == [of]


@pytest.mark.parametrize(
    ("base", "self_vote", "words"),
    [
        (Base.MEMBERS, True, "04/07 phiếu đồng ý, đạt 57,14% tổng số đơn vị thành viên"),
        (
            Base.MEMBERS,
            False,
            "03/06 phiếu đồng ý, đạt đúng 50% tổng số đơn vị thành viên, không kể đơn vị được xét",
        ),
        (
            Base.PRESENT_AND_WRITTEN,
            True,
            "04/06 phiếu đồng ý, đạt 66,67% tổng số đơn vị có mặt và gửi ý kiến bằng văn bản",
        ),
        (Base.VALID, True, "04/05 phiếu đồng ý, đạt 80,00% tổng số phiếu hợp lệ"),
    ],
)
def test_the_sentence_names_its_base(base, self_vote, words):
    rules = Rules(mode=Mode.OPEN, base=base, self_vote=self_vote, strict=True, max_rounds=1)
    list_ = [Candidate("a", "Đơn vị A", "a"), Candidate("g", "Đơn vị G", "g")]
    found = sentence(tally(rules, SEVEN, list_, SEVEN_PAPERS, round=1), "a")
    tail = "chưa đủ tỷ lệ" if not self_vote else "được đề nghị"
    assert found == f"Đơn vị A: {words} (quy định trên 50%) – {tail}."


@pytest.mark.parametrize(
    ("threshold", "yes", "of", "reached", "required"),
    [
        (Fraction(2, 3), 2, 3, "66,67%", "từ 2/3 trở lên"),
        (Fraction(6667, 10000), 2, 3, "66,667%", "từ 66,67% trở lên"),  # not: 66,67% is too few
        (Fraction(665, 1000), 2, 3, "66,67%", "từ 66,5% trở lên"),
        (Fraction(1), 3, 3, "100,00%", "từ 100% trở lên"),
        (Fraction(1, 2), 0, 3, "0,00%", "từ 50% trở lên"),
    ],
)
def test_the_share_on_paper_never_looks_like_a_threshold_it_does_not_meet(
    threshold, yes, of, reached, required
):
    papers = [Paper(frozenset({"x"} if at < yes else ())) for at in range(of)]
    electors = list(map(Elector, range(of)))
    result = tally(Rules(threshold=threshold), electors, [Candidate("x", "X")], papers, round=1)
    assert f", đạt {reached} tổng số đơn vị thành viên (quy định {required})" in sentence(
        result, "x"
    )


def test_a_show_of_hands_counts_hands():
    papers = [Paper(frozenset({"x"}))] * 4
    electors = list(map(Elector, range(5)))
    rules = Rules(mode=Mode.HANDS, threshold=NINETY)
    result = tally(rules, electors, [Candidate("x", "X")], papers, round=1)
    assert sentence(result, "x") == (
        "X: 04/05 đơn vị giơ tay đồng ý, đạt 80,00% tổng số đơn vị thành viên "
        "(quy định từ 90% trở lên) – chưa đủ tỷ lệ, biểu quyết vòng 2."
    )


# --- the quota, reserves, ties ---


def votes_for(**counts):
    """Papers that give each candidate its number, the first papers to all."""
    return [
        Paper(frozenset(key for key, count in counts.items() if at < count))
        for at in range(max(counts.values(), default=0))
    ]


def stand(*keys, scores=(), ranks=()):
    scores, ranks = dict(zip(keys, scores, strict=False)), dict(zip(keys, ranks, strict=False))
    return [
        Candidate(key, f"Đơn vị {key.upper()}", key, scores.get(key), ranks.get(key))
        for key in keys
    ]


TEN = list(map(Elector, range(10)))


def ten(rules, list_, *, vote=1, taken=0, **counts):
    return tally(rules, TEN, list_, votes_for(**counts), round=vote, taken=taken)


@pytest.mark.parametrize(
    ("quota", "members", "taken", "free"),
    [
        (1, 5, 0, 1),
        (1, 5, 1, 0),
        (1, 5, 2, 0),
        (0, 5, 0, 0),
        (3, 2, 0, 3),
        (Fraction(1, 5), 14, 0, 2),  # 2,8: "không quá" is never above
        (Fraction(1, 5), 15, 0, 3),
        (Fraction(1, 5), 4, 0, 0),
        (Fraction(2, 5), 5, 0, 2),
        (Fraction(2, 5), 5, 1, 1),
        (Fraction(1), 5, 0, 5),
        (Fraction(1, 3), 0, 0, 0),
        (Fraction(29, 100), 100, 0, 29),  # as a float 28,999…
    ],
)
def test_a_quota_that_is_a_fraction_is_rounded_down(quota, members, taken, free):
    assert places(Rules(quota=quota), members, taken) == free


@pytest.mark.parametrize(
    ("quota", "taken", "counts", "expected"),
    [
        pytest.param(
            2,
            0,
            {"a": 9, "b": 8, "c": 7, "d": 6, "e": 2},
            [
                ("a", ELECTED, None),
                ("b", ELECTED, None),
                ("c", RESERVE, 1),
                ("d", RESERVE, 2),
                ("e", NOT_ELECTED, None),
            ],
            id="reserves in order",
        ),
        pytest.param(
            2,
            1,
            {"a": 9, "b": 8, "c": 7},
            [("a", ELECTED, None), ("b", RESERVE, 1), ("c", RESERVE, 2)],
            id="those of earlier rounds have their places",
        ),
        pytest.param(
            2, 2, {"a": 9, "b": 8}, [("a", RESERVE, 1), ("b", RESERVE, 2)], id="no place left"
        ),
        pytest.param(0, 0, {"a": 9}, [("a", RESERVE, 1)], id="no place at all"),
        pytest.param(
            3,
            0,
            {"a": 9, "b": 2},
            [("a", ELECTED, None), ("b", NOT_ELECTED, None)],
            id="fewer than places",
        ),
        pytest.param(
            2,
            0,
            {"a": 8, "b": 8, "c": 6},
            [("a", ELECTED, None), ("b", ELECTED, None), ("c", RESERVE, 1)],
            id="a tie inside the quota needs no rule",
        ),
        pytest.param(
            1,
            0,
            {"a": 9, "b": 7, "c": 7, "d": 6},
            [("a", ELECTED, None), ("b", RESERVE, 1), ("c", RESERVE, 1), ("d", RESERVE, 3)],
            id="tied reserves share their number",
        ),
        pytest.param(
            1,
            0,
            {"a": 8, "b": 8, "c": 6},
            [("a", RUN_OFF, None), ("b", RUN_OFF, None), ("c", RESERVE, 2)],
            id="a tie across the edge leaves reserve 1 to who loses it",
        ),
        pytest.param(
            2,
            0,
            {"a": 9, "b": 7, "c": 7, "d": 7, "e": 6},
            [
                ("a", ELECTED, None),
                ("b", RUN_OFF, None),
                ("c", RUN_OFF, None),
                ("d", RUN_OFF, None),
                ("e", RESERVE, 3),
            ],
            id="three tied for the second place",
        ),
    ],
)
def test_places_go_down_the_order_of_those_who_passed(quota, taken, counts, expected):
    result = ten(Rules(quota=quota, tie_rules=()), stand(*counts), taken=taken, **counts)
    assert [(o.candidate, o.verdict, o.reserve) for o in result.outcomes] == expected


SCORE, RANK = (TieRule.SCORE,), (TieRule.RANK,)


@pytest.mark.parametrize(
    ("tie_rules", "scores", "ranks", "first", "reason"),
    [
        (SCORE, (90, 95), (1, 2), "b", "xét điểm thẩm định 95,00 > 90,00"),
        (RANK, (90, 95), (1, 2), "a", "xét xếp hạng thứ 1 trên thứ 2"),
        (SCORE + RANK, (95, 95), (3, 2), "b", "xét xếp hạng thứ 2 trên thứ 3"),
        (SCORE + RANK, ("95.125", "95.1249"), (2, 1), "a", "xét điểm thẩm định 95,1250 > 95,1249"),
        (SCORE + RANK, (None, 95), (1, 2), "a", "xét xếp hạng thứ 1 trên thứ 2"),
        (SCORE, (95, 95), (1, 2), None, ""),
        (SCORE, (None, 95), (1, 2), None, ""),
        ((), (90, 95), (1, 2), None, ""),
    ],
)
def test_equal_shares_are_parted_by_the_tie_rules_in_order(tie_rules, scores, ranks, first, reason):
    exact = [None if score is None else Decimal(score) for score in scores]
    list_ = stand("a", "b", scores=exact, ranks=ranks)
    result = ten(Rules(quota=1, tie_rules=tie_rules), list_, a=7, b=7)
    if first is None:
        assert [o.verdict for o in result.outcomes] == [RUN_OFF, RUN_OFF]
        assert result.next_round == ("a", "b")
        return
    winner, loser = result.outcomes
    assert (winner.candidate, winner.verdict, loser.verdict) == (first, ELECTED, RESERVE)
    assert winner.sentence.endswith(f" – bằng phiếu, {reason}, được đề nghị.")
    assert loser.sentence.endswith(
        f" – đủ tỷ lệ, ngoài số lượng được đề nghị (01), dự phòng số 1 (bằng phiếu, {reason})."
    )


def test_a_tie_rule_is_asked_only_where_all_the_tied_have_its_number():
    list_ = stand("a", "b", "c", scores=(Decimal(90), Decimal(95), None), ranks=(1, 2, 3))
    result = ten(Rules(quota=1, tie_rules=SCORE + RANK), list_, a=7, b=7, c=7)
    assert [(o.candidate, o.verdict) for o in result.outcomes] == [
        ("a", ELECTED),
        ("b", RESERVE),
        ("c", RESERVE),
    ]


def test_a_tie_rule_may_part_some_and_leave_the_others_to_a_run_off():
    list_ = stand("a", "b", "c", "d", scores=map(Decimal, (99, 90, 90, 80)))
    result = ten(Rules(quota=2), list_, a=7, b=7, c=7, d=7)
    assert [(o.candidate, o.verdict, o.reserve) for o in result.outcomes] == [
        ("a", ELECTED, None),
        ("b", RUN_OFF, None),
        ("c", RUN_OFF, None),
        ("d", RESERVE, 2),
    ]
    assert [o.sentence.partition(" – ")[2] for o in result.outcomes] == [
        "bằng phiếu, xét điểm thẩm định 99,00 > 90,00, được đề nghị.",
        "đủ tỷ lệ, bằng phiếu với Đơn vị C, bỏ phiếu vòng 2.",
        "đủ tỷ lệ, bằng phiếu với Đơn vị B, bỏ phiếu vòng 2.",
        "đủ tỷ lệ, ngoài số lượng được đề nghị (02), dự phòng số 2 "
        "(bằng phiếu, xét điểm thẩm định 90,00 > 80,00).",
    ]
    assert result.why == (
        "Vòng 1: 01 đơn vị được đề nghị; Đơn vị B và Đơn vị C bằng phiếu ở vị trí cuối, "
        "bỏ phiếu vòng 2 giữa các đơn vị này."
    )


def test_a_reserve_is_compared_with_the_reserve_before_it():
    list_ = stand("a", "b", "c", scores=map(Decimal, (99, 90, 80)))
    result = ten(Rules(quota=1), list_, a=9, b=7, c=7)
    assert [o.sentence.partition(" – ")[2] for o in result.outcomes] == [
        "được đề nghị.",
        "đủ tỷ lệ, ngoài số lượng được đề nghị (01), dự phòng số 1 "
        "(bằng phiếu, xét điểm thẩm định 90,00 > 80,00).",
        "đủ tỷ lệ, ngoài số lượng được đề nghị (01), dự phòng số 2 "
        "(bằng phiếu, xét điểm thẩm định 90,00 > 80,00).",
    ]


def test_who_may_not_vote_on_itself_is_compared_by_share():
    # a is a member: 3 of 4 without itself; z is none: 3 of 5.
    electors = list(map(Elector, "abcde"))
    papers = by(a="z", b="a z", c="a z", d="a")
    rules = Rules(mode=Mode.OPEN, self_vote=False, tie_rules=())
    list_ = [Candidate("z", "Z"), Candidate("a", "A", "a")]
    result = tally(rules, electors, list_, papers, round=1)
    assert verdicts(result) == [("a", ELECTED, 3, 4), ("z", RESERVE, 3, 5)]


def test_equal_shares_of_different_bases_are_called_equal_shares():
    electors = [Elector("a"), Elector("b"), Elector("c", Presence.ABSENT)]
    rules = Rules(mode=Mode.OPEN, base=Base.PRESENT_AND_WRITTEN, self_vote=False, tie_rules=())
    list_ = [Candidate("a", "A", "a"), Candidate("c", "C", "c")]
    result = tally(rules, electors, list_, by(a="c", b="a c"), round=1)
    assert verdicts(result) == [("a", RUN_OFF, 1, 1), ("c", RUN_OFF, 2, 2)]
    assert sentence(result, "a").endswith(" – đủ tỷ lệ, bằng tỷ lệ với C, bỏ phiếu vòng 2.")


# --- the rounds ---


@pytest.mark.parametrize(
    ("size", "counts", "goes_on"),
    [
        (2, {"a": 4, "b": 3, "c": 2}, ("a", "b")),
        (2, {"a": 4, "b": 3, "c": 3, "d": 1}, ("a", "b", "c")),
        (2, {"a": 4, "b": 4, "c": 4}, ("a", "b", "c")),
        (3, {"a": 4, "b": 3, "c": 2, "d": 1}, ("a", "b", "c")),
        (2, {"a": 4}, ("a",)),
        (1, {"a": 4, "b": 4, "c": 3}, ("a", "b")),
        (2, {"a": 0, "b": 0, "c": 0}, ("a", "b", "c")),
    ],
)
def test_where_nobody_passes_the_best_and_all_tied_with_them_go_on(size, counts, goes_on):
    result = ten(Rules(runoff_size=size), stand(*counts), **counts)
    assert result.next_round == goes_on
    assert [o.verdict for o in result.outcomes] == [
        RUN_OFF if o.candidate in goes_on else NOT_ELECTED for o in result.outcomes
    ]
    left_out = [o.sentence for o in result.outcomes if o.verdict == NOT_ELECTED]
    assert all(text.endswith("– chưa đủ tỷ lệ, không vào vòng 2.") for text in left_out)


@pytest.mark.parametrize(
    ("rules", "vote", "taken", "counts", "next_round", "why"),
    [
        (
            Rules(),
            1,
            0,
            {"a": 4, "b": 3},
            ("a", "b"),
            "Vòng 1: không có đơn vị nào được đề nghị do chưa đủ tỷ lệ; bỏ phiếu vòng 2 giữa "
            "Đơn vị A và Đơn vị B.",
        ),
        (
            Rules(),
            1,
            0,
            {"a": 4},
            ("a",),
            "Vòng 1: không có đơn vị nào được đề nghị do chưa đủ tỷ lệ; bỏ phiếu vòng 2 đối với "
            "Đơn vị A.",
        ),
        (
            Rules(),
            2,
            0,
            {"a": 4, "b": 3},
            (),
            "Vòng 2: không có đơn vị nào được đề nghị do chưa đủ tỷ lệ, đã hết 02 vòng.",
        ),
        (
            Rules(max_rounds=3),
            2,
            0,
            {"a": 4, "b": 3},
            ("a", "b"),
            "Vòng 2: không có đơn vị nào được đề nghị do chưa đủ tỷ lệ; bỏ phiếu vòng 3 giữa "
            "Đơn vị A và Đơn vị B.",
        ),
        (
            Rules(tie_rules=()),
            1,
            0,
            {"a": 7, "b": 7, "c": 7},
            ("a", "b", "c"),
            "Vòng 1: không có đơn vị nào được đề nghị; Đơn vị A, Đơn vị B và Đơn vị C bằng phiếu, "
            "bỏ phiếu vòng 2 giữa các đơn vị này.",
        ),
        (
            Rules(tie_rules=()),
            2,
            0,
            {"a": 7, "b": 7},
            (),
            "Vòng 2: không có đơn vị nào được đề nghị; Đơn vị A và Đơn vị B bằng phiếu, chưa phân "
            "định được sau 02 vòng.",
        ),
        (
            Rules(quota=3),
            1,
            0,
            {"a": 7, "b": 3},
            (),
            "Vòng 1: 01 đơn vị được đề nghị; không có đơn vị khác đủ tỷ lệ; còn 02/03 để trống.",
        ),
        (
            Rules(quota=3),
            2,
            2,
            {"a": 7, "b": 6},
            (),
            "Vòng 2: 01 đơn vị được đề nghị, đủ số lượng (03).",
        ),
        (Rules(quota=1), 2, 1, {"a": 7}, (), "Số lượng được đề nghị (01) đã đủ từ vòng trước."),
        (Rules(quota=1), 1, 1, {"a": 3}, (), "Số lượng được đề nghị (01) đã đủ từ vòng trước."),
        (Rules(quota=0), 1, 0, {"a": 3}, (), "Số lượng được đề nghị là 00."),
        (Rules(), 1, 0, {}, (), "Danh sách đề nghị xét để trống, không có kết quả."),
    ],
)
def test_what_becomes_of_the_question_is_said_in_a_sentence(
    rules, vote, taken, counts, next_round, why
):
    result = ten(rules, stand(*counts), vote=vote, taken=taken, **counts)
    assert (result.next_round, result.why) == (next_round, why)


def test_who_is_still_tied_after_the_last_vote_is_undecided_where_nobody_was_elected():
    result = ten(Rules(tie_rules=()), stand("a", "b", "c"), vote=2, a=7, b=7, c=6)
    assert [(o.candidate, o.verdict, o.reserve) for o in result.outcomes] == [
        ("a", RESERVE, None),
        ("b", RESERVE, None),
        ("c", RESERVE, 3),
    ]
    assert sentence(result, "a").endswith(
        " – đủ tỷ lệ, bằng phiếu với Đơn vị B, đã hết 02 vòng, chưa phân định được."
    )


@pytest.mark.parametrize(
    ("taken", "counts"), [(1, {"a": 7, "b": 7}), (0, {"z": 9, "a": 7, "b": 7})]
)
def test_who_is_still_tied_behind_somebody_elected_is_an_equal_reserve(taken, counts):
    result = ten(Rules(quota=2, tie_rules=()), stand(*counts), vote=2, taken=taken, **counts)
    assert [(o.verdict, o.reserve) for o in result.outcomes[-2:]] == [(RESERVE, 1), (RESERVE, 1)]
    assert sentence(result, "a").endswith(", chưa phân định được, dự phòng số 1.")


def test_a_place_between_two_rounds_is_won_in_the_run_off():
    rules = Rules(quota=2, tie_rules=())
    first = ten(rules, stand("a", "b", "c"), a=9, b=7, c=7)
    assert [o.verdict for o in first.outcomes] == [ELECTED, RUN_OFF, RUN_OFF]
    assert first.next_round == ("b", "c")
    second = ten(rules, stand("b", "c"), vote=2, taken=1, b=6, c=8)
    assert [(o.candidate, o.verdict, o.reserve) for o in second.outcomes] == [
        ("c", ELECTED, None),
        ("b", RESERVE, 1),
    ]


# --- the chair ---

CHAIRED = Rules(
    mode=Mode.OPEN, threshold=HALF, chair_must_approve=True, quota=2, max_rounds=1, tie_rules=()
)


@pytest.mark.parametrize(
    ("rules", "chair", "papers", "expected"),
    [
        (CHAIRED, "c", by(a="x", b="x", c="x"), ELECTED),
        (CHAIRED, "c", by(a="x", b="x", c=""), NO_CHAIR),
        (CHAIRED, "c", by(a="x", b="x"), NO_CHAIR),
        (CHAIRED, "c", by(a="x", b="x", c="x", spoiled="c"), NO_CHAIR),
        (CHAIRED, "c", by(a="", b="", c="x"), NOT_ELECTED),
        (CHAIRED, None, by(a="x", b="x", c="x"), NO_CHAIR),
        (replace(CHAIRED, chair_must_approve=False), "c", by(a="x", b="x", c=""), ELECTED),
    ],
)
def test_the_chair_must_be_among_the_yes(rules, chair, papers, expected):
    electors = list(map(Elector, "abc"))
    result = tally(rules, electors, [Candidate("x", "X")], papers, round=1, chair=chair)
    assert [o.verdict for o in result.outcomes] == [expected]
    if expected == NO_CHAIR:
        assert sentence(result, "x").endswith(" – đủ tỷ lệ nhưng thiếu ý kiến đồng ý của Chủ trì.")
        assert "do thiếu ý kiến đồng ý của Chủ trì, đã hết 01 vòng" in result.why


@pytest.mark.parametrize(("self_vote", "expected"), [(True, NO_CHAIR), (False, ELECTED)])
def test_the_chair_is_not_asked_about_itself_where_it_may_not_vote_on_itself(self_vote, expected):
    rules = replace(CHAIRED, self_vote=self_vote)
    papers = by(a="c", b="c", c="")
    electors = list(map(Elector, "abc"))
    result = tally(rules, electors, [Candidate("c", "C", "c")], papers, round=1, chair="c")
    assert [o.verdict for o in result.outcomes] == [expected]


def test_without_the_chair_the_best_go_to_the_next_voteall_the_same():
    rules = replace(CHAIRED, max_rounds=2)
    electors = list(map(Elector, "abc"))
    list_ = [Candidate("x", "X"), Candidate("y", "Y")]
    papers = by(a="x", b="x y", c="")
    result = tally(rules, electors, list_, papers, round=1, chair="c")
    assert [o.verdict for o in result.outcomes] == [RUN_OFF, RUN_OFF]
    assert result.why == (
        "Vòng 1: không có trường hợp nào được đề nghị do chưa đủ tỷ lệ hoặc thiếu ý kiến "
        "đồng ý của Chủ trì; bỏ phiếu vòng 2 giữa X và Y."
    )


# --- papers ---


@pytest.mark.parametrize(
    ("max_marks", "paper", "valid", "blank", "yes"),
    [
        (1, Paper(frozenset({"x"})), 1, 0, 1),
        (1, Paper(frozenset()), 1, 1, 0),
        (None, Paper(frozenset(), only_no=True), 1, 0, 0),  # who is refused by name says something
        (1, Paper(frozenset({"x", "y"})), 0, 0, 0),
        (2, Paper(frozenset({"x", "y"})), 1, 0, 1),
        (None, Paper(frozenset({"x", "y"})), 1, 0, 1),
        (None, Paper(frozenset({"x", "nobody"})), 0, 0, 0),
        (None, Paper(frozenset({"x"}), spoiled=True), 0, 0, 0),
        (None, Paper(frozenset(), spoiled=True), 0, 0, 0),
    ],
)
def test_a_paper_is_valid_blank_or_spoiled(max_marks, paper, valid, blank, yes):
    list_ = [Candidate("x", "X"), Candidate("y", "Y")]
    result = tally(Rules(max_marks=max_marks), [Elector(1)], list_, [paper], round=1)
    assert (result.returned, result.valid, result.blank, result.spoiled) == (
        1,
        valid,
        blank,
        1 - valid,
    )
    assert [o.yes for o in result.outcomes if o.candidate == "x"] == [yes]


def test_a_paper_that_is_not_returned_is_issued_all_the_same():
    result = tally(Rules(), TEN, [Candidate("x", "X")], [Paper(frozenset())] * 8, round=1, issued=9)
    assert (result.issued, result.returned) == (9, 8)


def test_papers_counted_by_hand_are_added_to_those_of_the_screen():
    list_ = [Candidate("x", "X"), Candidate("y", "Y")]
    stack = Stack(valid=4, blank=1, spoiled=1, yes={"x": 3, "y": 2})
    result = tally(Rules(), TEN, list_, [Paper(frozenset({"x"}))] * 4, round=1, stacks=[stack])
    assert (result.returned, result.valid, result.blank, result.spoiled) == (9, 8, 1, 1)
    assert verdicts(result) == [("x", ELECTED, 7, 10), ("y", NOT_ELECTED, 2, 10)]


def test_papers_with_yes_and_no_may_say_no_to_all_without_being_blank():
    list_ = [Candidate("x", "X")]
    stack = Stack(valid=4, yes={"x": 1})
    result = tally(Rules(), TEN, list_, [], round=1, stacks=[stack])
    assert (result.valid, result.blank) == (4, 0)
    assert verdicts(result) == [("x", RUN_OFF, 1, 10)]


def test_the_chair_among_hands_counted_is_stated_with_the_count():
    rules = replace(CHAIRED, mode=Mode.HANDS)
    for chair, expected in ((frozenset({"x"}), ELECTED), (frozenset(), NO_CHAIR)):
        stack = Stack(valid=3, yes={"x": 2}, chair=chair)
        electors = list(map(Elector, "abc"))
        result = tally(
            rules, electors, [Candidate("x", "X")], [], round=1, chair="c", stacks=[stack]
        )
        assert [o.verdict for o in result.outcomes] == [expected]


# --- nothing there ---


@pytest.mark.parametrize(
    ("rules", "electors", "papers", "words"),
    [
        (
            Rules(base=Base.VALID),
            TEN,
            [],
            "X: không có phiếu hợp lệ nào để tính tỷ lệ – chưa đủ tỷ lệ, bỏ phiếu vòng 2.",
        ),
        (
            Rules(base=Base.VALID),
            TEN,
            [Paper(frozenset(), spoiled=True)],
            "X: không có phiếu hợp lệ nào để tính tỷ lệ – chưa đủ tỷ lệ, bỏ phiếu vòng 2.",
        ),
        (
            Rules(base=Base.PRESENT_AND_WRITTEN),
            [Elector(1, Presence.ABSENT)],
            [],
            "X: không có đơn vị nào có mặt hoặc gửi ý kiến bằng văn bản để tính tỷ lệ – "
            "chưa đủ tỷ lệ, bỏ phiếu vòng 2.",
        ),
        (
            Rules(base=Base.PRESENT_AND_WRITTEN, on_paper=False),
            [Elector(1, Presence.ABSENT)],
            [],
            "X: không có đơn vị nào có mặt để tính tỷ lệ – chưa đủ tỷ lệ, bỏ phiếu vòng 2.",
        ),
        (
            Rules(),
            [],
            [],
            "X: không có đơn vị thành viên nào để tính tỷ lệ – chưa đủ tỷ lệ, bỏ phiếu vòng 2.",
        ),
        (
            Rules(mode=Mode.OPEN, self_vote=False),
            [Elector("x")],
            [Paper(frozenset("x"), "x")],
            "X: không có đơn vị thành viên nào (không kể đơn vị được xét) để tính tỷ lệ – "
            "chưa đủ tỷ lệ, bỏ phiếu vòng 2.",
        ),
    ],
)
def test_an_empty_base_is_said_not_divided_by(rules, electors, papers, words):
    result = tally(rules, electors, [Candidate("x", "X", "x")], papers, round=1)
    assert [(o.share, o.sentence) for o in result.outcomes] == [(None, words)]


def test_an_empty_list_has_no_outcome_and_no_next_round():
    result = tally(Rules(), TEN, [], [Paper(frozenset())] * 10, round=1)
    assert (result.outcomes, result.next_round, result.blank) == ((), (), 10)


# --- what is refused ---

X = [Candidate("x", "X"), Candidate("y", "Y")]


@pytest.mark.parametrize(
    ("rules", "changes"),
    [
        pytest.param({"mode": Mode.OPEN}, {"papers": by(a="x") + by(a="x")}, id="two ballots"),
        pytest.param({"mode": Mode.OPEN}, {"papers": by(z="x")}, id="a ballot of no member"),
        pytest.param({"mode": Mode.OPEN}, {"papers": by(c="x")}, id="a ballot of who is absent"),
        pytest.param({}, {"papers": by(a="x")}, id="a secret ballot with a name"),
        pytest.param({}, {"papers": [Paper(frozenset())] * 3}, id="more than voters"),
        pytest.param({}, {"papers": [Paper(frozenset())] * 2, "issued": 1}, id="more than issued"),
        pytest.param({}, {"issued": 4}, id="more issued than members"),
        pytest.param({}, {"candidates": [*X, X[0]]}, id="a candidate twice"),
        pytest.param({}, {"electors": [Elector("a"), Elector("a")]}, id="a member twice"),
        pytest.param({}, {"round": 0}, id="no round"),
        pytest.param({}, {"taken": -1}, id="fewer than no places taken"),
        pytest.param({}, {"stacks": [Stack(valid=1, yes={"x": 2})]}, id="more yes than papers"),
        pytest.param({}, {"stacks": [Stack(valid=1, blank=1, yes={"x": 1})]}, id="yes on a blank"),
        pytest.param({}, {"stacks": [Stack(valid=1, blank=2)]}, id="more blanks than papers"),
        pytest.param(
            {"max_marks": 1}, {"stacks": [Stack(valid=1)]}, id="a ticked paper without a tick"
        ),
        pytest.param({}, {"stacks": [Stack(valid=1, yes={"z": 1})]}, id="a yes for nobody"),
        pytest.param({}, {"stacks": [Stack(valid=2, yes={"x": 2, "y": -1})]}, id="below zero"),
        pytest.param(
            {"max_marks": 1},
            {"stacks": [Stack(valid=2, yes={"x": 2, "y": 1})]},
            id="more marks than room",
        ),
        pytest.param(
            {"self_vote": False},
            {
                "candidates": [Candidate("a", "A", "a")],
                "electors": [Elector("a"), Elector("b")],
                "papers": [Paper(frozenset("a"))] * 2,
            },
            id="its own vote in a secret box",
        ),
    ],
)
def test_counts_that_contradict_each_other_are_refused(rules, changes):
    stated = {
        "electors": [Elector("a"), Elector("b"), Elector("c", Presence.ABSENT)],
        "candidates": X,
        "papers": [],
        "round": 1,
    }
    tally(Rules(**rules), **stated)
    with pytest.raises(ValidationError):
        tally(Rules(**rules), **stated | changes)


@pytest.mark.parametrize(
    "wrong",
    [
        {"mode": Mode.SECRET, "chair_must_approve": True},
        {"threshold": 0.8},
        {"quorum": 0.5},
        {"quota": 0.4},
        {"quota": Decimal("0.4")},
        {"threshold": Fraction(0)},
        {"threshold": Fraction(6, 5)},
        {"threshold": Fraction(1), "strict": True},
        {"quorum": Fraction(6, 5)},
        {"quorum": Fraction(-1)},
        {"quota": -1},
        {"quota": Fraction(6, 5)},
        {"max_marks": 0},
        {"max_rounds": 0},
        {"runoff_size": 0},
        {"tie_rules": ("drawn",)},
    ],
    ids=str,
)
def test_rules_that_contradict_themselves_are_refused(wrong):
    with pytest.raises(ValidationError):
        Rules(**wrong)


def test_what_the_database_holds_as_text_is_understood():
    plain = Rules(mode="open", base="valid", tie_rules=["score", "rank"], self_vote=False)
    electors = [Elector("a", "present"), Elector("b", "written"), Elector("c", "absent")]
    list_ = [Candidate("a", "A", "a", Decimal(9), 1), Candidate("c", "C", "c", Decimal(8), 2)]
    result = tally(plain, electors, list_, by(a="c", b="a c"), round=1)
    assert verdicts(result) == [("a", ELECTED, 1, 1), ("c", RESERVE, 2, 2)]


def test_sentences_are_composed_letters():
    result = tally(FLAG, members(), standing("VCLKH", "TCBTT"), ballots(**FLAG_MARKS), round=1)
    for text in (result.why, *(o.sentence for o in result.outcomes)):
        assert unicodedata.is_normalized("NFC", text)
