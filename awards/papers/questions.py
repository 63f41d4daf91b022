"""What the papers of a meeting say of each question: counts, candidates, who was left out."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from fractions import Fraction
from functools import cached_property
from typing import Any

from django.db.models import Prefetch

from awards import requirements, tally
from awards.models import (
    Attendance,
    Award,
    DecidedBy,
    Elector,
    Meeting,
    Outcome,
    Question,
    QuestionState,
)
from awards.models.catalogue import VoteNumbers
from awards.tally import Mode, Presence, Verdict
from blocks.dates import paper_date
from blocks.numbers import percent, show, two_digits
from blocks.paper_facts import (
    CandidateFacts,
    ExcludedFacts,
    LetterFacts,
    MeetingFacts,
    PersonFacts,
    QuestionFacts,
)
from blocks.text import phrase
from scoring.models import Scorecard
from scoring.papers import local_iso

OVER = [QuestionState.CLOSED, QuestionState.CANCELLED]
DUTIES = {"leader": "Trưởng ban", "member": "Ủy viên", "secretary": "Thư ký"}


@dataclass
class Gathered:
    """All that the papers of one meeting look at, fetched once.

    The number of queries depends neither on the units nor on the questions.
    """

    meeting: Meeting

    @classmethod
    def at(cls, meeting: Meeting) -> "Gathered":
        """Fetch the meeting anew, with all that hangs on it."""
        fetched = (
            Meeting.objects.select_related(
                "season__block__authority",
                "season__head",
                "season__deputy",
                "season__scale",
                "season__rules",
                "secretary",
                "replaces",
            )
            .prefetch_related("season__head__names", "guests", "counters__person")
            .get(pk=meeting.pk)
        )
        return cls(fetched)

    @property
    def day(self) -> date:
        """The local day of the meeting: names are those of it."""
        return self.meeting.day

    @cached_property
    def cards(self) -> list[Scorecard]:
        """The season's cards with what the conditions look at, in official order."""
        return sorted(
            requirements.cards_of(self.meeting.season, self.meeting),
            key=lambda card: card.official_order,
        )

    @cached_property
    def names(self) -> dict[int, str]:
        """What each member was called on the day of the meeting."""
        return {card.unit_id: card.unit.name_on(self.day) for card in self.cards}

    @cached_property
    def attendances(self) -> list[Attendance]:
        """Who was there, in official order."""
        return list(self.meeting.attendances.listed())

    @property
    def questions(self) -> list[Question]:
        """The questions that were counted or cancelled, in the order of the agenda."""
        return [question for question in self.all_questions if question.state in OVER]

    @cached_property
    def all_questions(self) -> list[Question]:
        """The questions in the order of the agenda, with those that are still to be voted."""
        electors = Elector.objects.select_related("voted", "paper", "letter", "representative")
        outcomes = Outcome.objects.select_related("candidate__hands")
        return list(
            self.meeting.questions.select_related(
                "award", "previous", "counted_stack"
            ).prefetch_related(
                "award__requirements",
                "candidates",
                "keyers__person",
                Prefetch("electors", electors),
                Prefetch("outcomes", outcomes),
            )
        )

    @cached_property
    def awards(self) -> list[Award]:
        """The awards in force on the day, with their conditions."""
        season = self.meeting.season
        awards = Award.objects.of(season.block.authority, self.day)
        return list(awards.prefetch_related("requirements"))

    def decided_by(self, how: DecidedBy) -> list[Award]:
        """The awards decided in this way that a unit aims at, where registering is required."""
        aimed = {aim.award.code for card in self.cards for aim in card.aims.all()}
        required = self.meeting.season.rules.registration_required
        return [
            award
            for award in self.awards
            if award.decided_by == how and (award.code in aimed or not required)
        ]

    @cached_property
    def put_forward(self) -> list[tuple[Award, bool]]:
        """The awards for which units may be put forward, in order, and whether each is voted.

        The others of them are decided by conditions.
        """
        voted = {question.award for question in self.all_questions if question.award}
        awards = {*voted, *self.decided_by(DecidedBy.CONDITIONS)}
        in_order = sorted(awards, key=lambda award: (award.order, award.pk))
        return [(award, award in voted) for award in in_order]

    def of_matter(self, **matter: Any) -> list[Question]:
        """The questions of one award or office, in their order."""
        return [
            question
            for question in self.all_questions
            if all(getattr(question, name) == value for name, value in matter.items())
        ]

    def to_come(self, own: list[Question]) -> str:
        """What a draft says of a matter whose next vote is still to come; nothing of any other."""
        if not own or self.meeting.is_over:
            return ""
        last = own[-1]
        is_free = last.was_broken_off and last.is_free_among(self.all_questions)
        if not (last.is_waiting or last.is_open or is_free):
            return ""
        act = "biểu quyết" if last.is_by_hands else "bỏ phiếu"
        again = " lại" if any(q.was_broken_off and q.turn == last.turn for q in own) else ""
        which = f" vòng {last.round}" if last.round > 1 else ""
        return f"chờ {act}{again}{which}"

    @property
    def meeting_facts(self) -> MeetingFacts:
        """When and where, and what it takes the place of."""
        meeting = self.meeting
        number, replaces, earlier = 1, "", meeting.replaces
        if earlier:
            replaces = (
                f"Hội nghị này thay cho hội nghị {paper_date(earlier.day)} đã hủy "
                f"(lý do: {phrase(earlier.cancelled_because)})"
            )
        while earlier:  # one that was cancelled before its session was not held
            number += earlier.opened_at is not None
            earlier = earlier.replaces
        return {
            "number": number,
            "replaces": replaces,
            "opened": local_iso(meeting.held_at),
            "closed": local_iso(meeting.closed_at),
            "place": phrase(meeting.place),
        }

    @property
    def committee(self) -> list[PersonFacts]:
        """The counting committee, its head first."""
        order = list(DUTIES)
        counters = sorted(self.meeting.counters.all(), key=lambda each: order.index(each.duty))
        return [
            {
                "name": each.addressed,
                "position": each.position,
                "role": DUTIES[each.duty],
            }
            for each in counters
        ]


def question_facts(gathered: Gathered, question: Question) -> QuestionFacts:
    """One question in one round, as it was counted; of a cancelled one only why."""
    electors = list(question.electors.all())
    voted = [elector for elector in electors if hasattr(elector, "voted")]
    came = by_way(question, electors)
    unused, lost = question.unused_and_lost(electors)
    cancelled = question.cancelled_because
    counted = question.is_closed
    there = (Presence.PRESENT, Presence.ONLINE)
    return {
        "title": title_of(question),
        "mode": question.mode,  # type: ignore[typeddict-item]
        "round": question.round,
        "rule": rule_words(question, len(electors) or len(gathered.cards)),
        "source": question.source,
        "opened": local_iso(question.opened_at),
        "closed": local_iso(question.closed_at),
        "electors": len(electors),
        "present": sum(elector.presence in there for elector in electors),
        "written": sum(elector.presence == Presence.WRITTEN for elector in electors),
        "absent": [
            gathered.names[card.unit_id]
            for card in gathered.cards
            for elector in electors
            if elector.unit_id == card.unit_id and elector.presence == Presence.ABSENT
        ],
        "issued": question.issued,
        "returned": question.returned,
        "valid": question.valid,
        "spoiled": question.spoiled,
        "blank": question.blank,
        "unused": None if question.issued is None else unused,
        "by_screen": came[0],
        "by_paper": came[1],
        "by_letter": came[2],
        "by_either": came[3],
        "given_up": sum(each.votes_on_paper for each in electors) if cancelled else 0,
        "not_returned": lost,
        "not_voted": _not_voted(gathered, question, electors),
        "not_asked": [
            gathered.names[each.unit_id]
            for each in electors
            if each.takes_part and not each.is_asked
        ],
        "keyed": sum(came[1:]) if question.is_secret and not counted_by_two(question) else 0,
        "keyed_by": _keyed_by(gathered, question),
        "letters": _letters(gathered, question, electors) if counted else [],
        "excluded": _excluded(gathered, question) if counted else [],
        "candidates": [_candidate(gathered, question, voted, o) for o in question.outcomes.all()],
        "conclusion": question.conclusion,
        "cancelled": cancelled,
        "again": question.is_again_among(gathered.all_questions),
        "anew": local_iso(_opened_anew(gathered, question)),
    }


def _opened_anew(gathered: Gathered, question: Question) -> datetime | None:
    """When the same round of the matter was put to the vote in place of this one, if it was."""
    later = (e for e in gathered.all_questions if e.pk > question.pk and e.turn == question.turn)
    return next((each.opened_at for each in later if each.opened_at), None)


def counted_by_two(question: Question) -> bool:
    """Tell whether the papers of the box were typed as counts, so that nobody keyed one."""
    return hasattr(question, "counted_stack")


def _keyed_by(gathered: Gathered, question: Question) -> str:
    """Name who keyed papers one by one, each with the part it had: they may know what one says."""
    counters = {each.person_id for each in gathered.meeting.counters.all()}
    part = {True: "thành viên Ban kiểm phiếu", False: "Thư ký Hội nghị"}
    named = [f"{each} ({part[each.person_id in counters]})" for each in question.keyers.all()]
    return " và ".join(", ".join(some) for some in (named[:-1], named[-1:]) if some)


def by_way(question: Question, electors: list[Elector]) -> tuple[int, int, int, int]:
    """Of the ballots returned: how many came on a screen, on a paper, by letter, by either.

    Of a secret question only the screens are known by name; what came besides came from the box.
    Where that held papers and letters, and not all came out, nobody knows which did: by either.
    """
    if not question.is_closed or question.returned is None:
        return 0, 0, 0, 0
    on_paper = [elector for elector in electors if elector.votes_on_paper]
    if question.is_secret:
        on_screen = sum(elector.has_voted for elector in electors)
        boxed = question.returned - on_screen
    else:
        boxed = sum(elector.has_voted for elector in on_paper)
        on_paper = [elector for elector in on_paper if elector.has_voted]
        on_screen = question.returned - boxed
    letters = sum(elector.by_letter for elector in on_paper)
    if boxed < len(on_paper) and 0 < letters < len(on_paper):
        return on_screen, 0, 0, boxed
    by_letter = min(boxed, letters)
    return on_screen, boxed - by_letter, by_letter, 0


def _not_voted(gathered: Gathered, question: Question, electors: list[Elector]) -> list[str]:
    """Who had a ballot in an open vote and gave none; of a secret one only the count is told."""
    if question.mode != Mode.OPEN or not question.is_closed:
        return []
    silent = {each.unit_id for each in electors if each.is_awaited(secret=False)}
    return [name for unit, name in gathered.names.items() if unit in silent]


def title_of(question: Question) -> str:
    """What is voted, as a heading of the paper."""
    return question.title if question.award_id else f"Giới thiệu {question.title}"


def left_out_of_base(rules: VoteNumbers) -> str:
    """Say that the unit that is voted on is not counted in its own base, or nothing."""
    if rules.self_vote:
        return ""
    return f", không kể {tally.own_words(rules.tally_rules)} đang được xét"


def rule_words(rules: VoteNumbers, members: int) -> str:
    """Threshold, base and quota in the words of papers."""
    share = tally.stated(rules.tally_rules.threshold)
    required = f"trên {share}" if rules.strict else f"từ {share} trở lên"
    places = two_digits(tally.places(rules.tally_rules, members))
    quota = places
    if rules.quota_percent is not None:
        percentage = f"{show(rules.quota_percent)}%"
        quota = f"không quá {percentage} tổng số đơn vị thành viên, tức là {places}"
    named = "được giới thiệu" if getattr(rules, "office", "") else "được đề nghị"
    words = (
        f"Tỷ lệ yêu cầu: {required}, tính trên {tally.base_words(rules.tally_rules)}"
        f"{left_out_of_base(rules)}; "
        f"số lượng {named}: {quota}"
    )
    if rules.max_marks is not None:
        words += f"; mỗi phiếu chọn không quá {two_digits(rules.max_marks)} đơn vị"
    return words


def _letters(gathered: Gathered, question: Question, electors: list[Elector]) -> list[LetterFacts]:
    """The letters that were there when the round closed: those it counted, and those it did not."""
    of_unit = {elector.unit_id: elector for elector in electors}
    told: list[LetterFacts] = []
    for line in gathered.attendances:
        elector = of_unit[line.unit_id]
        if elector.letter is None:
            continue
        letter: LetterFacts = {
            "unit": gathered.names[line.unit_id],
            "received": local_iso(
                elector.letter.received_at
                if question.on_paper
                else line.letter_received_at or elector.letter.received_at
            ),
            "counted": elector.casts and elector.by_letter,
        }
        if not letter["counted"]:
            letter["reason"] = _why_not(question, elector)
        told.append(letter)
    return told


def _why_not(question: Question, elector: Elector) -> str:
    """Why a letter that was there does not count in this round."""
    if elector.letter_is_empty:
        return "trong thư không có phiếu của nội dung này"
    if not elector.is_asked:
        return "chỉ có đơn vị này được đề nghị xét và đơn vị không bỏ phiếu cho chính mình"
    if not question.on_paper:
        return "nội dung này không nhận ý kiến bằng văn bản"
    if elector.letter and question.precedes_the_list(elector.letter.received_at):
        return "nhận trước khi danh sách thay đổi"
    if (before := question.vote_before) and before.is_cancelled:
        return "gửi cho lần bỏ phiếu đã hủy"
    return "nhận trước khi vòng trước kết thúc"


def _excluded(gathered: Gathered, question: Question) -> list[ExcludedFacts]:
    """The units that were not on the list of an award, each with the conditions it failed then.

    Of a later round those that the round before sent on and that were no longer on its list.
    """
    if question.award is None:
        return []
    listed = {candidate.unit_id for candidate in question.candidates.all()}
    later = question.round > 1
    return [
        {
            "name": gathered.names[card.unit_id],
            "reason": question.left_out.get(str(card.unit_id))
            or "không có trong danh sách khi bắt đầu bỏ phiếu",
        }
        for card in gathered.cards
        if (str(card.unit_id) in question.left_out if later else card.unit_id not in listed)
    ]


def met_words(card: Scorecard, award: Award) -> str:
    """The sentences of all conditions."""
    return "; ".join(answer.sentence for _asked, answer in requirements.answers(card, award))


def _candidate(
    gathered: Gathered, question: Question, voted: list[Elector], outcome: Outcome
) -> CandidateFacts:
    unit = outcome.candidate.unit_id
    own = 0 if question.self_vote else sum(elector.unit_id == unit for elector in voted)
    share = percent(Fraction(outcome.yes, outcome.base)) if outcome.base else ""
    name, (_then, _colon, counted) = gathered.names[unit], outcome.sentence.partition(": ")
    facts: CandidateFacts = {
        "name": name,
        "yes": outcome.yes,
        "no": max(0, (question.valid or 0) - own - outcome.yes),
        "share": share,
        "outcome": outcome_words(question, outcome),
        "sentence": f"{name}: {counted}",  # a unit may be renamed from this day after the count
    }
    if question.is_by_hands:
        hands = outcome.candidate.hands
        letters = [elector for elector in voted if elector.by_letter]
        own = 0 if question.self_vote else sum(elector.unit_id == unit for elector in letters)
        facts["no"] = hands.no + len(letters) - own - (outcome.yes - hands.yes)
        facts["abstain"] = hands.abstain
    return facts


def outcome_words(question: Question, outcome: Outcome) -> str:
    """The outcome in the words of the table."""
    again = "Biểu quyết" if question.mode == Mode.HANDS else "Bỏ phiếu"
    words: Mapping[str, str] = {
        Verdict.ELECTED: "Được đề nghị" if question.award_id else "Được giới thiệu",
        Verdict.RESERVE: "Chưa phân định"
        if outcome.is_undecided
        else f"Dự phòng số {outcome.reserve}",
        Verdict.RUN_OFF: f"{again} vòng {question.round + 1}",
        Verdict.NOT_ELECTED: "Chưa đủ tỷ lệ",
        Verdict.NO_CHAIR: "Thiếu ý kiến đồng ý của Chủ trì",
    }
    return words[outcome.verdict]


def elected_in(own: list[Question]) -> tuple[list[int], list[int], list[int]]:
    """The units elected for one matter over all its rounds, the undecided, then the reserves."""
    outcomes = [outcome for question in own for outcome in question.outcomes.all()]
    elected = [o.candidate.unit_id for o in outcomes if o.verdict == Verdict.ELECTED]
    undecided = [o.candidate.unit_id for o in outcomes if o.is_undecided]
    reserves = sorted((o for o in outcomes if o.reserve), key=lambda o: o.reserve or 0)
    others = [o.candidate.unit_id for o in reserves if o.candidate.unit_id not in elected]
    return elected, undecided, others
