"""What each kind of paper says: the facts it is made from, as they are frozen with it.

Facts and words are plain JSON. Numbers of record (scores, shares) are strings as they are to be
printed ("99,90"); counts are whole numbers (a paper writes 5 as "05"); dates are ISO strings
("2021-12-03"), moments are local and without a zone ("2021-12-03T08:30"). What is absent is "",
[] or, where a number is meant, None; a fact marked NotRequired may be left out. Names are those of
the paper's date (`design.md` 2, decision 16). A facts dict holds nothing that is not printed:
it travels inside the PDF, so it must never tie a secret ballot to an elector.
"""

from typing import Literal, NotRequired, TypedDict


class BlockFacts(TypedDict):
    """The block or cluster a paper speaks of; `kind` decides between Khối and Cụm."""

    name: str
    kind: Literal["block", "cluster"]


class IssuerFacts(TypedDict):
    """Who issues the paper: the head of page 1, left.

    `symbol` follows the number: "BB-TTTT" prints "Số:      /BB-TTTT"; "" leaves the line out
    (a unit's own sheet has no number).
    """

    superior: str
    name: str
    symbol: str


class PersonFacts(TypedDict):
    """A person as printed: `name` with Ông or Bà, `position` with its unit, `role` here."""

    name: str
    position: str
    role: NotRequired[str]


class SignatureFacts(TypedDict):
    """One signature: the lines over it in capitals ("KT. GIÁM ĐỐC", "PHÓ GIÁM ĐỐC"), the name."""

    lines: list[str]
    name: str
    note: NotRequired[str]


class PaperFacts(TypedDict):
    """What every paper says.

    `year` is the season's. `illustrative` prints "số liệu minh họa" on every page. `code` is the
    content code printed at the foot, by which a signed scan is matched to what it was printed from.
    `replaces` names the paper that this one takes the place of, as a sentence without its stop; the
    reason is the word `correction`.
    """

    block: BlockFacts
    year: int
    issuer: IssuerFacts
    illustrative: bool
    code: NotRequired[str]
    replaces: NotRequired[str]


# --- the meeting: minutes and count ---------------------------------------------------------------


class MeetingFacts(TypedDict):
    """When and where the meeting was held.

    `number` is 1 unless a meeting was cancelled before it; `replaces` then names the minutes this
    one takes the place of, with the reason, as a sentence. `closed` is "" while the meeting lasts
    (a draft): gaps are left for it.
    """

    number: int
    replaces: str
    opened: str
    closed: str
    place: str


class AttendanceFacts(TypedDict):
    """One member unit at the meeting.

    `office` is "head", "deputy" or "". `received`: when the written opinion came. `authority`: the
    letter of authority, as cited. `arrived` and `left` are "" for who was there throughout.
    `reason`: why the unit is absent. `voted_before`: who represented it in votes, and is replaced
    since.
    """

    unit: str
    office: Literal["head", "deputy", ""]
    representative: str
    voted_before: NotRequired[str]
    position: str
    presence: Literal["present", "online", "written", "absent"]
    received: str
    authority: str
    arrived: str
    left: str
    reason: str


class QuorumFacts(TypedDict):
    """Counts of units, the number the rules ask for, and the rule with its source.

    They are those `at` the opening of the first vote; where none was opened, it is "".
    """

    at: str
    members: int
    present: int
    written: int
    absent: int
    counted: int
    needed: int
    met: bool
    rule: str
    source: str


class TargetFacts(TypedDict):
    """A common target of the block; `as_of` the day of the result, `met` None while nobody said."""

    text: str
    target: str
    result: str
    as_of: str
    met: bool | None


class SectionFacts(TypedDict):
    """A section of the scale: its code, its name, its maximum as printed."""

    code: str
    name: str
    max: str


class StandingFacts(TypedDict):
    """One unit's fixed standing.

    `sections` in the order of `ScoresFacts.sections`. `rank` is "" and `unranked` the reason for a
    unit that is not ranked. `tie` is the sentence of the tie rule that decided, or "";
    `uninspected` says that and why nobody inspected it, or "".
    """

    unit: str
    sections: list[str]
    bonus: str
    penalty: str
    total: str
    rank: str
    klass: str
    tie: str
    uninspected: str
    unranked: str


class ScoresFacts(TypedDict):
    """The score table; `scale` names the scale it was made by. Rows in the block's order."""

    scale: str
    sections: list[SectionFacts]
    rows: list[StandingFacts]


class ChangedLine(TypedDict):
    """A line whose final points differ from the unit's own, and why."""

    code: str
    criterion: str
    claimed: str
    final: str
    difference: str
    reason: str


class ChangesFacts(TypedDict):
    """One unit: its own total against the final one, and each line that made the difference."""

    unit: str
    claimed: str
    final: str
    difference: str
    lines: list[ChangedLine]


class ExplanationFacts(TypedDict):
    """An explanation that was accepted, with result and points before and after."""

    unit: str
    code: str
    criterion: str
    explanation: str
    answer: str
    result_before: str
    result_after: str
    before: str
    after: str


class RankFacts(TypedDict):
    """A unit whose rank became another because another unit's score changed."""

    unit: str
    old_rank: str
    new_rank: str


class AdjustmentFacts(TypedDict):
    """A line the meeting itself changed: result, points, total and rank old and new, and hands.

    `electors` are the units present; `others` those whose rank changed with it.
    """

    unit: str
    code: str
    criterion: str
    old_result: str
    new_result: str
    old: str
    new: str
    old_total: str
    new_total: str
    old_rank: str
    new_rank: str
    others: list[RankFacts]
    reason: str
    yes: int
    no: int
    abstained: int
    electors: int


class RuleFacts(TypedDict):
    """One rule of the vote as applied, and the document it comes from."""

    text: str
    source: str


class ConditionFacts(TypedDict):
    """One unit against the conditions of an award; `reason` says which decided."""

    unit: str
    result: str
    reason: str


class ConditionalAwardFacts(TypedDict):
    """An award decided by its conditions, without a question."""

    award: str
    source: str
    rows: list[ConditionFacts]


class AuthorityAwardFacts(TypedDict):
    """An award the authority decides: what the meeting states about it."""

    award: str
    sentence: str


class LetterFacts(TypedDict):
    """A written opinion: whose, received when, whether it counts in this round and why not."""

    unit: str
    received: str
    counted: bool
    reason: NotRequired[str]


class ExcludedFacts(TypedDict):
    """A unit or person not on the list of candidates, and why (not eligible, on hold)."""

    name: str
    reason: str


class CandidateFacts(TypedDict):
    """A candidate's count. `share` is of the question's base, as printed ("80,00%").

    `sentence` is of record and printed word for word; where it does not itself begin with the
    candidate's name, the name is put before it. `abstain` counts the units that raised no hand; it
    is there for a show of hands only.
    """

    name: str
    yes: int
    no: int
    abstain: NotRequired[int]
    share: str
    outcome: str
    sentence: str


class QuestionFacts(TypedDict):
    """One question in one round.

    `issued` … `unused` are None for a show of hands. Of the returned papers `by_screen`,
    `by_paper` and `by_letter` say which way they came, `by_either` how many on a paper or by letter
    where nobody knows which of them are lost; `keyed` counts the papers of a secret box
    that two people keyed one by one, `keyed_by` names them. `rule` is threshold, base and quota in
    words. `cancelled` is the reason, and then nothing is counted: it was broken off, or withdrawn
    where it was not `opened`; `anew` is when it was put to the vote once more, `again` says of that
    vote that one was broken off before. `conclusion` is the sentence of the question as a whole, or
    "" ("Không có đơn vị đạt tỷ lệ; bỏ phiếu vòng 2 …"). `absent` names the units that had no ballot
    in this round, `not_voted` those of an open vote that gave none, `not_asked` the one that takes
    part and has nothing to vote on: it alone stands; `not_returned` counts the papers given out
    that did not come back (`issued` is `returned`, `unused` and these), `given_up` those of a vote
    that was cancelled.
    """

    title: str
    mode: Literal["secret", "open", "hands"]
    round: int
    rule: str
    source: str
    opened: str
    closed: str
    electors: int
    present: int
    written: int
    absent: list[str]
    issued: int | None
    returned: int | None
    valid: int | None
    spoiled: int | None
    blank: int | None
    unused: int | None
    by_screen: int
    by_paper: int
    by_letter: int
    by_either: NotRequired[int]
    not_returned: NotRequired[int]
    given_up: NotRequired[int]
    not_voted: NotRequired[list[str]]
    not_asked: NotRequired[list[str]]
    keyed: NotRequired[int]
    keyed_by: NotRequired[str]
    letters: list[LetterFacts]
    excluded: list[ExcludedFacts]
    candidates: list[CandidateFacts]
    conclusion: str
    cancelled: str
    again: NotRequired[bool]
    anew: NotRequired[str]


class ResultFacts(TypedDict):
    """Who is put forward for one award, who stays undecided, who stands in reserve, in order.

    `to_come` is what a draft says of a vote that is not over ("chờ bỏ phiếu vòng 2"), else "".
    """

    award: str
    units: list[str]
    undecided: list[str]
    reserves: list[str]
    to_come: NotRequired[str]


class OfficesFacts(TypedDict):
    """Who is put forward as next head and deputy; "" where the place stays empty.

    In a draft what is still to come of the vote stands there, as in `ResultFacts`.
    """

    year: int
    head: str
    deputy: str


class MinutesFacts(PaperFacts):
    """Minutes of the yearly meeting (`minutes`): Biên bản hội nghị tổng kết, bình xét thi đua.

    `procedures` were decided by hands before the first vote, `later_procedures` since.
    """

    meeting: MeetingFacts
    chair: PersonFacts
    secretary: PersonFacts
    attendance: list[AttendanceFacts]
    guests: list[PersonFacts]
    quorum: QuorumFacts
    committee: list[PersonFacts]
    agenda: list[str]
    procedures: NotRequired[list[str]]
    later_procedures: NotRequired[list[str]]
    targets: list[TargetFacts]
    scores: ScoresFacts
    changes: list[ChangesFacts]
    explanations: list[ExplanationFacts]
    adjustments: list[AdjustmentFacts]
    rules: list[RuleFacts]
    conditional: list[ConditionalAwardFacts]
    by_authority: list[AuthorityAwardFacts]
    questions: list[QuestionFacts]
    results: list[ResultFacts]
    offices: OfficesFacts | None
    copies: int


class MinutesWords(TypedDict, total=False):
    """The secretary's words, plain text, an empty line between paragraphs; each may be left out."""

    opening: str
    discussion: str
    reservations: str
    closing: str


class CountFacts(PaperFacts):
    """Minutes of the count (`count`): one for the meeting, a section for every question.

    `committee` has everybody who signs, with `role` (Trưởng ban, Ủy viên, Thư ký).
    `finished` is when the committee ended its work.
    """

    meeting: MeetingFacts
    committee: list[PersonFacts]
    questions: list[QuestionFacts]
    finished: str
    copies: int


# --- what is proposed to the authority ------------------------------------------------------------


class PlaceFacts(TypedDict):
    """A unit's place in the fixed ranking."""

    rank: str
    unit: str
    total: str


class NomineeFacts(TypedDict):
    """A unit that is put forward; `yes` and `total` are None where nothing was voted. `of` says
    what the share is of."""

    unit: str
    score: str
    rank: str
    yes: int | None
    total: int | None
    share: str
    said: NotRequired[str]
    of: NotRequired[str]
    note: str


class NomineeAwardFacts(TypedDict):
    """Who is put forward for one award."""

    award: str
    rows: list[NomineeFacts]


class ProposalFacts(PaperFacts):
    """The proposal to the authority (`proposal`): Tờ trình.

    `date` is "" until the register gives it; `held` and `venue` are the meeting's. `minutes_number`
    and `minutes_numbered` are those of the minutes when it was made, else "". `present` and
    `written` were there when the first vote was opened, if it was `voted`. `ranking` in the order
    of the ranks.
    """

    place: str
    date: str
    held: str
    venue: str
    minutes_number: str
    minutes_numbered: str
    voted: bool
    members: int
    present: int
    written: int
    ranking: list[PlaceFacts]
    awards: list[NomineeAwardFacts]
    by_authority: list[AuthorityAwardFacts]
    signature: SignatureFacts


class ProposalWords(TypedDict, total=False):
    """The office's words. `bases`, `dossier`, `recipients`: one a line."""

    to: str
    bases: str
    process: str
    request: str
    dossier: str
    recipients: str


class NomineesFacts(PaperFacts):
    """The list that goes with the proposal (`nominees`), A4 landscape.

    `symbol` is the proposal's; once it has them, `number` is its number whole, `numbered` its day.
    """

    symbol: str
    number: str
    numbered: str
    awards: list[NomineeAwardFacts]
    signature: SignatureFacts


class BallotsFacts(PaperFacts):
    """Ballot papers to be cut (`ballots`): all alike, without any number.

    `name` is what the paper is called, `rule` how it is marked: `one_is_ticked` of several, or each
    has yes and no. `named`: it has a place for the unit that votes. `a_page`: 4, 2 or 1.
    """

    name: str
    matter: str
    held: str
    round: int
    one_is_ticked: bool
    named: bool
    rule: str
    candidates: list[str]
    copies: int
    a_page: int


# --- sheets of a unit -----------------------------------------------------------------------------


class RegisteredLine(TypedDict):
    """A criterion and what the unit registers for it; a section has no target.

    `measure` is the unit of measure, `target` the number as printed, `max` the points.
    """

    kind: Literal["section", "line"]
    code: str
    name: str
    measure: str
    target: str
    max: str
    note: str


class FromUnitFacts(PaperFacts):
    """What a paper says that a unit sends to the head of its block.

    `to` is whom it is addressed to; `place` and `date` stand at the right of the head, `date` may
    be "" (written by hand). `recipients` without dashes and signs; the last is the file copy.
    """

    unit: str
    to: list[str]
    place: str
    date: str
    theme: str
    recipients: list[str]
    signature: SignatureFacts


class RegistrationFacts(FromUnitFacts):
    """A unit's registration of targets (`registration`): Bản đăng ký thi đua."""

    lines: list[RegisteredLine]


class TitleFacts(TypedDict):
    """A title or commendation a unit registers for: its kind in words, and the law it rests on."""

    name: str
    kind: str
    source: str


class TitlesFacts(FromUnitFacts):
    """A unit's registration of titles (`titles`): Bản đăng ký danh hiệu thi đua."""

    titles: list[TitleFacts]


class ColumnFacts(TypedDict):
    """What one column says on one line: the result ("49/50") and the points ("29,40")."""

    result: str
    points: str


class ScoreLine(TypedDict):
    """One line of a unit's sheet.

    `kind`: section (bold), line, bonus, penalty, total (bold, ruled off). `columns` has a key for
    every column in `ScoreTableFacts.columns`. `derivation` are the words of the last column that
    computed the points ("49/50 × 30 = 29,40").
    """

    kind: Literal["section", "line", "bonus", "penalty", "total"]
    code: str
    name: str
    max: str
    target: str
    columns: dict[str, ColumnFacts]
    difference: str
    reason: str
    derivation: str


class ScoreTableFacts(PaperFacts):
    """A unit's sheet (`score_table`): Bảng chấm điểm, A4 landscape.

    `columns` are those filled and allowed, in order: a self-scored sheet has ["claimed"] only, the
    six-month results ["interim"], without points. `called` is its name. `as_of` is the day up to
    which the figures go, or ""; `uninspected` why nobody inspected, or ""; `staff` a sentence
    without its stop, or "". The result of a line that is an estimate ends in "(ước)".
    Signatures from left to right.
    """

    unit: str
    scale: str
    place: str
    date: str
    called: str
    as_of: str
    uninspected: str
    staff: str
    columns: list[Literal["interim", "claimed", "found", "final"]]
    lines: list[ScoreLine]
    signatures: list[SignatureFacts]


class SeenFacts(TypedDict):
    """What was seen for one line: papers and files, as cited."""

    code: str
    papers: list[str]


class InspectionFacts(PaperFacts):
    """Minutes of a cross-inspection (`inspection`): Biên bản kiểm tra chéo.

    `inspectors` are the units that inspect, `held` the day or "", `team` the members besides the
    `leader`. `lines` have the columns claimed and found. Signatures from left to right.
    """

    unit: str
    inspectors: list[str]
    held: str
    place: str
    leader: str
    team: list[str]
    seen: list[SeenFacts]
    scale: str
    lines: list[ScoreLine]
    copies: int
    signatures: list[SignatureFacts]


class InspectionWords(TypedDict, total=False):
    """The team's words, plain text; each may be left out.

    `basis` is the decision that set up the team, `hours` when it worked, `opinion` the unit's.
    """

    basis: str
    hours: str
    documents: str
    strengths: str
    limits: str
    recommendations: str
    opinion: str


class BoardUnit(TypedDict):
    """A unit as a column of the board."""

    name: str
    short: str


class BoardLine(TypedDict):
    """One row of the board: a value for every unit, in the units' order.

    `kind`: section, line, bonus, penalty, total (bold), rank, klass.
    """

    kind: Literal["section", "line", "bonus", "penalty", "total", "rank", "klass"]
    code: str
    name: str
    max: str
    values: list[str]


class BoardFacts(PaperFacts):
    """The block's board (`board`): Bảng tổng hợp điểm, A4 landscape, criteria as rows.

    Many units are spread over several tables. `notes` are sentences under the last table (ties
    decided, units not ranked and why). `outdated` says that figures have changed since the ranking
    was fixed, else "".
    """

    scale: str
    outdated: str
    place: str
    date: str
    units: list[BoardUnit]
    lines: list[BoardLine]
    notes: list[str]
    signatures: list[SignatureFacts]
