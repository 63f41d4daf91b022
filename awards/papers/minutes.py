"""What the minutes of the meeting say: attendance, quorum, scores, votes, results."""

from collections import defaultdict
from datetime import datetime
from decimal import Decimal
from operator import itemgetter
from typing import Any

from django.db.models import prefetch_related_objects
from django.utils import timezone
from django.utils.translation import override

from awards import tally
from awards.models import Attendance, Award, DecidedBy, Meeting, Procedure, Question
from awards.models.catalogue import VoteNumbers
from awards.models.decisions import places
from awards.papers.questions import (
    Gathered,
    elected_in,
    left_out_of_base,
    met_words,
    question_facts,
    title_of,
)
from awards.requirements import failed_words, may_stand, on_hold
from awards.tally import Base, Mode, Presence, TieRule
from blocks.dates import paper_date, paper_time
from blocks.models import Office
from blocks.numbers import percent, show, two_digits
from blocks.paper_facts import (
    AdjustmentFacts,
    AttendanceFacts,
    AuthorityAwardFacts,
    ChangedLine,
    ChangesFacts,
    ConditionalAwardFacts,
    ExplanationFacts,
    MinutesFacts,
    OfficesFacts,
    QuorumFacts,
    ResultFacts,
    RuleFacts,
    ScoresFacts,
    StandingFacts,
    TargetFacts,
)
from blocks.text import phrase
from scoring.answers import points_of, points_said, words_around, words_said
from scoring.board import Board
from scoring.models import Explanation, Season, TargetState
from scoring.papers import (
    Result,
    block_facts,
    issuer_facts,
    local_iso,
    measured,
    post,
    reason_of,
    results_of,
    scale_sentence,
    section_facts,
    signed,
    tie_sentences,
    top_sections,
)
from scoring.phases import Asked, Column, resolved


def minutes_facts(meeting: Meeting) -> MinutesFacts:
    """Gather what the minutes state; the secretary's words are not part of it."""
    with override("vi"):
        gathered = Gathered.at(meeting)
        meeting = gathered.meeting
        season = meeting.season
        results = results_of(season, gathered.day)
        return {
            "block": block_facts(season.block),
            "year": season.year,
            "issuer": issuer_facts(season.head, gathered.day, "BB"),
            "illustrative": season.block.illustrative,
            "meeting": gathered.meeting_facts,
            "chair": {
                "name": f"{meeting.chair_honorific} {meeting.chair_name}",
                "position": meeting.chair_position,
            },
            "secretary": {
                "name": str(meeting.secretary),
                "position": meeting.secretary_position or meeting.secretary.position,
            },
            "attendance": attendance_facts(gathered),
            "guests": [
                {"name": guest.name, "position": guest.position} for guest in meeting.guests.all()
            ],
            "quorum": quorum_facts(gathered),
            "committee": gathered.committee,
            "agenda": [item.strip(" ;.") for item in meeting.agenda.splitlines() if item.strip()],
            "procedures": procedure_facts(gathered, later=False),
            "later_procedures": procedure_facts(gathered, later=True),
            "targets": target_facts(season),
            "scores": scores_facts(season, results),
            "changes": changes_facts(season, results),
            "explanations": explanation_facts(gathered),
            "adjustments": adjustment_facts(gathered),
            "rules": rule_facts(gathered),
            "conditional": conditional_facts(gathered),
            "by_authority": authority_facts(gathered),
            "questions": [question_facts(gathered, each) for each in gathered.questions],
            "results": result_facts(gathered),
            "offices": offices_facts(gathered),
            "copies": meeting.copies,
        }


def attendance_facts(gathered: Gathered) -> list[AttendanceFacts]:
    """Every member unit: who came for it, or how it took part."""
    season = gathered.meeting.season
    offices: dict[int | None, Any] = {season.deputy_id: "deputy", season.head_id: "head"}
    rows: list[AttendanceFacts] = [
        {
            "unit": gathered.names[line.unit_id],
            "office": offices.get(line.unit_id, ""),
            "representative": line.addressed,
            "position": post(line.position, gathered.names[line.unit_id]),
            "presence": line.presence,  # type: ignore[typeddict-item]
            "received": local_iso(line.letter_received_at)
            if line.presence == Presence.WRITTEN and line.letter_received_at
            else "",
            "authority": line.letter_of_authority,
            "arrived": local_iso(line.arrived_at) if line.came_late else "",
            "left": local_iso(line.left_at) if line.is_there and line.has_left else "",
            "reason": phrase(line.absent_because),
        }
        for line in gathered.attendances
    ]
    for row, line in zip(rows, gathered.attendances, strict=True):
        if names := _voted_before(gathered, line):
            row["voted_before"] = ", ".join(names)
    return rows


def _voted_before(gathered: Gathered, line: Attendance) -> dict[str, None]:
    """Name who represented the unit in votes and does so no more: that it voted, never what.

    Of a unit whose account got a paper while the vote was open it is not known who used that.
    """
    electors = [
        each
        for question in gathered.questions
        for each in question.electors.all()
        if each.unit_id == line.unit_id
        and (each.has_voted or each.votes_on_paper or (question.is_by_hands and each.casts))
        and not (each.representative_id and each.votes_on_paper)
        and (each.representative_id is None or each.representative_id != line.representative_id)
    ]
    names = dict.fromkeys(
        each.represented_by or str(each.representative or "") for each in electors
    )
    return {name: None for name in names if name not in {"", line.addressed}}


def procedure_facts(gathered: Gathered, *, later: bool) -> list[str]:
    """What was decided by hands on procedure: before the first vote was opened, or later."""
    opened = [question.opened_at for question in gathered.all_questions if question.opened_at]
    first = min(opened, default=None)
    return [
        _taken_later(gathered, each) if later else each.sentence
        for each in gathered.meeting.procedures.standing()
        if later == (first is not None and each.at >= first)
    ]


def _taken_later(gathered: Gathered, hands: Procedure) -> str:
    """The sentence of a show of hands with its time, and the vote after which it was taken."""
    over = [
        (each.closed_at, f", sau vòng {each.round} của nội dung “{title_of(each)}”")
        for each in gathered.questions
        if each.opened_at and each.closed_at and each.closed_at <= hands.at
    ]
    _ended, after = max(over, default=(None, ""))
    day = timezone.localdate(hands.at)
    at = paper_time(hands.at) + (f", {paper_date(day)}" if day != gathered.day else "")
    return f"{phrase(hands.sentence)} (biểu quyết lúc {at}{after})."


def _rules(gathered: Gathered) -> tuple[VoteNumbers, str]:
    """The rules of the first question put to the vote, and their source."""
    first = next(iter(gathered.questions), None) or gathered.meeting.questions.first()
    return (first, first.source) if first else (Question(), "")


def quorum_facts(gathered: Gathered) -> QuorumFacts:
    """Whether enough units took part for anything to be decided: as the first vote found them,
    whoever came later or had gone."""
    opened = [(vote.opened_at, vote) for vote in gathered.all_questions if vote.opened_at]
    at, first = min(opened, key=itemgetter(0), default=(None, None))
    rules, source = (first, first.source) if first else _rules(gathered)
    electors = [
        tally.Elector(key=line.unit_id, presence=Presence(line.presence))
        for line in gathered.attendances
    ]
    if first and at:
        electors = _found_by(first, at, gathered.attendances)
    quorum = tally.quorum(rules.tally_rules, electors)
    written = sum(elector.presence == Presence.WRITTEN for elector in electors)
    absent = sum(elector.presence == Presence.ABSENT for elector in electors)
    letters = " hoặc gửi ý kiến bằng văn bản" if rules.letters_make_quorum else ""
    return {
        "at": local_iso(at) if at else "",
        "members": len(electors),
        "present": len(electors) - written - absent,
        "written": written,
        "absent": absent,
        "counted": quorum.have,
        "needed": quorum.needed,
        "met": quorum.met,
        "rule": f"Hội nghị được tiến hành khi có từ {tally.stated(rules.tally_rules.quorum)} "
        f"tổng số đơn vị thành viên trở lên dự họp{letters}",
        "source": source,
    }


def _found_by(vote: Question, at: datetime, lines: list[Attendance]) -> list[tally.Elector]:
    """The units as a vote that was opened then found them; their letters were there also where the
    vote takes none."""
    found = {elector.unit_id: Presence(elector.presence) for elector in vote.electors.all()}
    for line in lines:
        received = line.letter_received_at if line.presence == Presence.WRITTEN else None
        is_absent = found.get(line.unit_id) == Presence.ABSENT
        if is_absent and not vote.on_paper and received and received <= at:
            found[line.unit_id] = Presence.WRITTEN
    return [tally.Elector(key=unit, presence=presence) for unit, presence in found.items()]


def target_facts(season: Season) -> list[TargetFacts]:
    """The common targets of the block and what was reached."""
    return [
        {
            "text": target.text,
            "target": measured(target.value, target.measure),
            "result": target.result
            if target.is_in_words
            else measured(target.reached, target.measure),
            "as_of": target.as_of.isoformat() if target.as_of else "",
            "met": {TargetState.REACHED: True, TargetState.MISSED: False}.get(target.state),
        }
        for target in season.common_targets.all()
    ]


def scores_facts(season: Season, results: list[Result]) -> ScoresFacts:
    """The score table: sections, bonus, penalty, total, rank and class of every unit."""
    scale = season.scale
    if scale is None:
        return {"scale": "", "sections": [], "rows": []}
    ties = tie_sentences(results, season)
    codes = [line.code for line in top_sections(scale)]
    places = scale.places

    def row(result: Result) -> StandingFacts:
        ranked = result.rank is not None

        def sum_of(points: Decimal | None) -> str:
            return "" if result.silent or points is None else show(points, places)

        return {
            "unit": result.name,
            "sections": [sum_of(result.sections.get(code)) for code in codes],
            "bonus": sum_of(result.bonus),
            "penalty": sum_of(result.penalty),
            "total": sum_of(result.total),
            "rank": str(result.rank) if ranked else "",
            "klass": result.grade if ranked else "",
            "tie": ties.get(result.card.pk, ""),
            "uninspected": result.uninspected,
            "unranked": result.unranked_because,
        }

    return {
        "scale": scale_sentence(scale, season.block, season.year),
        "sections": section_facts(scale),
        "rows": [row(result) for result in results],
    }


def changes_facts(season: Season, results: list[Result]) -> list[ChangesFacts]:
    """Where the settled points are not the unit's own, line by line, with the reason."""
    scale = season.scale
    if scale is None:
        return []
    places = scale.places
    told_on = ("explanations", resolved(Asked.ADJUSTED)())
    prefetch_related_objects([each.card for each in results], *told_on)
    claims = {
        row.card.pk: row
        for row in Board.of(season, Column.CLAIMED, [each.card for each in results]).rows
    }
    told: list[ChangesFacts] = []
    for result in results:
        claim = claims[result.card.pk]
        if not claim.card.filing(Column.CLAIMED).is_sent:
            continue
        lines: list[ChangedLine] = []
        for line in scale.criteria_in_order:
            before, after = (
                line.counted(scores[line.pk].points) or 0
                for scores in (claim.total.scores, result.computed.scores)
            )
            if line.is_section or before == after:
                continue
            lines.append(
                {
                    "code": line.code,
                    "criterion": line.name,
                    "claimed": show(before, places),
                    "final": show(after, places),
                    "difference": signed(after - before, places),
                    "reason": _why(result, line),
                }
            )
        difference = result.total - claim.total.total
        if lines or difference:
            told.append(
                {
                    "unit": result.name,
                    "claimed": show(claim.total.total, places),
                    "final": show(result.total, places),
                    "difference": signed(difference, places),
                    "lines": lines,
                }
            )
    return told


def _why(result: Result, line: Any) -> str:
    if line.of_id:
        return f"Tính theo kết quả mục {line.of.code}"
    return reason_of(result.card, line)


def explanation_facts(gathered: Gathered) -> list[ExplanationFacts]:
    """The explanations that changed something, with the points before and after; of lines that
    are on the scale as they were."""
    season = gathered.meeting.season
    places = season.scale.places if season.scale else 2
    cards = {card.pk: card for card in gathered.cards}
    found = Explanation.objects.filter(card__season=season, criterion__scale=season.scale_id)
    told: list[ExplanationFacts] = []
    for each in found.exclude(answer="").select_related("criterion__scale"):
        card = cards[each.card_id]
        if not each.changed:
            continue
        points, said = points_of(card, each), words_around(card, each)
        told.append(
            {
                "unit": gathered.names[card.unit_id],
                "code": each.criterion.code,
                "criterion": each.criterion.name,
                "explanation": each.text,
                "answer": each.answer,
                "result_before": said[0],
                "result_after": said[1],
                "before": _points(points[0], places),
                "after": _points(points[1], places),
            }
        )
    return told


def adjustment_facts(gathered: Gathered) -> list[AdjustmentFacts]:
    """What the meeting itself changed: points, total and rank old and new, the show of hands."""
    season = gathered.meeting.season
    places = season.scale.places if season.scale else 2
    cards = {card.pk: card for card in gathered.cards}
    made = gathered.meeting.adjustments.select_related("criterion__scale").prefetch_related(
        "earlier__standings", "ranking__standings"
    )
    told: list[AdjustmentFacts] = []
    for each in made:
        was = {one.card_id: one for one in each.earlier.standings.all()}
        now = {one.card_id: one for one in each.ranking.standings.all()}
        card = cards[each.card_id]
        points = points_said(card, each.criterion, each.before, each.after)
        own = each.standings
        told.append(
            {
                "unit": gathered.names[card.unit_id],
                "code": each.criterion.code,
                "criterion": each.criterion.name,
                "old_result": words_said(card, each.criterion, each.before),
                "new_result": words_said(card, each.criterion, each.after),
                "old": _points(points[0], places),
                "new": _points(points[1], places),
                "old_total": show(own[0].total, places),
                "new_total": show(own[1].total, places),
                "old_rank": _rank(own[0].rank),
                "new_rank": _rank(own[1].rank),
                "others": [
                    {
                        "unit": gathered.names[other.unit_id],
                        "old_rank": _rank(was[other.pk].rank),
                        "new_rank": _rank(now[other.pk].rank),
                    }
                    for other in gathered.cards
                    if other.pk != card.pk and was[other.pk].rank != now[other.pk].rank
                ],
                "reason": each.reason,
                "yes": each.yes,
                "no": each.no,
                "abstained": each.abstained,
                "electors": each.present,
            }
        )
    return told


def _points(points: Decimal | None, places: int) -> str:
    return "–" if points is None else show(points, places)


def _rank(rank: int | None) -> str:
    return "–" if rank is None else str(rank)


def rule_facts(gathered: Gathered) -> list[RuleFacts]:
    """The rules of the votes as applied, each once, with the paper it comes from.

    A rule that holds for some of the questions names them.
    """
    members = len(gathered.cards)
    held: dict[tuple[str, str], list[str]] = defaultdict(list)
    counted = [question for question in gathered.questions if question.is_closed]
    for question in counted:
        for text in _rule_texts(question, members):
            titles = held[text, question.source]
            if title_of(question) not in titles:
                titles.append(title_of(question))
    everybody = {title_of(question) for question in counted}
    return [
        {
            "text": text
            if set(titles) == everybody
            else f"{'; '.join(titles)}: {text[0].lower()}{text[1:]}",
            "source": source,
        }
        for (text, source), titles in held.items()
    ]


def _rule_texts(rules: VoteNumbers, members: int) -> list[str]:
    hands = rules.mode == Mode.HANDS
    vote, voting = ("ý kiến", "biểu quyết") if hands else ("phiếu", "bỏ phiếu")
    own = f"được {voting}" if rules.self_vote else f"không {voting}"
    base = tally.base_words(rules.tally_rules)
    if rules.base == Base.MEMBERS:
        base = f"tổng số {two_digits(members)} đơn vị thành viên, kể cả đơn vị vắng mặt"
    base += left_out_of_base(rules)
    texts = [
        f"Mỗi đơn vị thành viên có 01 {vote}; đơn vị được đề nghị xét {own} cho chính mình",
        f"Tỷ lệ {vote} đồng ý tính trên {base}",
        "Ý kiến bằng văn bản nhận trước khi kết thúc bỏ phiếu được tính vào kết quả của vòng đó, "
        "không tính cho vòng sau, lần bỏ phiếu lại"
        if rules.on_paper
        else "Không nhận phiếu giấy, ý kiến bằng văn bản",
    ]
    if rules.chair_must_approve:
        but = "" if rules.self_vote else ", trừ khi xét đơn vị của Chủ trì"
        texts.append(f"Phải được Chủ trì đồng ý{but}")
    ties = {TieRule.SCORE: "điểm thẩm định", TieRule.RANK: "thứ hạng"}
    if rules.tie_rules:
        by = ", sau đó theo ".join(ties[TieRule(rule)] for rule in rules.tie_rules)
        texts.append(f"Bằng số phiếu ở giới hạn số lượng thì xếp theo {by}")
    return texts


def conditional_facts(gathered: Gathered) -> list[ConditionalAwardFacts]:
    """The awards that conditions decide, each unit with the reason."""
    return [
        {
            "award": award.name,
            "source": award.source,
            "rows": [
                {
                    "unit": gathered.names[card.unit_id],
                    "result": _result(card, award),
                    "reason": _capital(failed_words(card, award) or met_words(card, award)),
                }
                for card in gathered.cards
            ],
        }
        for award in gathered.decided_by(DecidedBy.CONDITIONS)
    ]


def _result(card: Any, award: Award) -> str:
    if may_stand(card, award):
        return "Đủ điều kiện"
    return "Chưa xét" if on_hold(card, award) else "Không đủ điều kiện"


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def authority_facts(gathered: Gathered) -> list[AuthorityAwardFacts]:
    """The awards the authority decides: who meets the conditions, who registered in vain."""
    noun = gathered.meeting.season.block.noun
    told: list[AuthorityAwardFacts] = []
    for award in gathered.decided_by(DecidedBy.AUTHORITY):
        meet = [card for card in gathered.cards if may_stand(card, award)]
        aimed = [
            card
            for card in gathered.cards
            if card not in meet and any(aim.award.code == award.code for aim in card.aims.all())
        ]
        parts = []
        if meet:
            names = ", ".join(gathered.names[card.unit_id] for card in meet)
            parts.append(
                f"{names}: {met_words(meet[0], award)}; {noun} nêu tên để cơ quan quản lý "
                f"lựa chọn{_among(gathered, award)}"
            )
        parts += [
            f"{gathered.names[card.unit_id]} đã đăng ký nhưng {failed_words(card, award)}"
            for card in aimed
        ]
        told.append(
            {
                "award": award.name,
                "sentence": ". ".join(parts) or "Không có đơn vị đủ điều kiện",
            }
        )
    return told


def _among(gathered: Gathered, award: Award) -> str:
    """Say among how many the authority chooses: the share, and its figures once stated."""
    among = places(award, gathered.meeting.season)
    if among is None:
        return ""
    if among.source:
        return f"; {among.sentence}"
    return f" trong số không quá {percent(among.share, None)} đơn vị dẫn đầu các cụm, khối"


def result_facts(gathered: Gathered) -> list[ResultFacts]:
    """Who is put forward for each award, who stays undecided, and who stands in reserve."""
    told: list[ResultFacts] = []
    for award, is_voted in gathered.put_forward:
        own = gathered.of_matter(award_id=award.pk)
        if is_voted:
            elected, undecided, reserves = elected_in(own)
        else:
            meet = [card for card in gathered.cards if may_stand(card, award)]
            elected, undecided, reserves = [card.unit_id for card in meet], [], []
        told.append(
            {
                "award": award.name,
                "units": [gathered.names[unit] for unit in elected],
                "undecided": [gathered.names[unit] for unit in undecided],
                "reserves": [gathered.names[unit] for unit in reserves],
                "to_come": gathered.to_come(own),
            }
        )
    return told


def offices_facts(gathered: Gathered) -> OfficesFacts | None:
    """Who is put forward as next head and deputy, if that is voted."""
    if not any(question.office for question in gathered.all_questions):
        return None
    named = {}
    for office in Office:
        own = gathered.of_matter(office=office.value)
        elected, *_others = elected_in(own)
        named[office.value] = gathered.names[elected[0]] if elected else gathered.to_come(own)
    return {
        "year": gathered.meeting.season.year + 1,
        "head": named[Office.HEAD],
        "deputy": named[Office.DEPUTY],
    }
