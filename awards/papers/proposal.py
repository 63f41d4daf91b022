"""What the proposal to the authority and its list of nominees say, and the words it begins with."""

import re
from collections.abc import Iterator
from datetime import date
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from django.utils.translation import override

from awards import requirements, tally
from awards.models import Award, Meeting, MeetingPaper, Question
from awards.models.meeting import BOARD
from awards.papers.minutes import authority_facts, quorum_facts
from awards.papers.questions import Gathered, left_out_of_base
from awards.tally import Mode, Verdict
from blocks import clock
from blocks.dates import paper_date
from blocks.models import PaperKind, Role, Unit
from blocks.numbers import percent, show
from blocks.paper_facts import (
    NomineeAwardFacts,
    NomineeFacts,
    NomineesFacts,
    PlaceFacts,
    ProposalFacts,
    SignatureFacts,
)
from blocks.text import phrase
from scoring.papers import (
    SEALED,
    Result,
    block_facts,
    issuer_facts,
    office_lines,
    results_of,
    seat_on,
    signature,
)

NUMBERED_MINUTES = re.compile(  # of the meeting, not of a count, an inspection, a council
    r"biên bản (số \d|(của )?hội nghị\b((?!biên bản).)*\d/BB)", re.IGNORECASE
)
BASES = Path(__file__).parent.parent / "bases.yaml"
WAYS = {
    Mode.SECRET: "Bỏ phiếu kín",
    Mode.OPEN: "Biểu quyết công khai",
    Mode.HANDS: "Biểu quyết giơ tay",
}


def proposal_facts(meeting: Meeting) -> ProposalFacts:
    """Gather what the proposal states: the meeting, the ranking, who is put forward for what."""
    with override("vi"):
        gathered = Gathered.at(meeting)
        season = gathered.meeting.season
        results = results_of(season, gathered.day)
        quorum = quorum_facts(gathered)
        minutes = meeting.papers.cited(PaperKind.MINUTES)
        return {
            "block": block_facts(season.block),
            "year": season.year,
            "issuer": issuer_facts(season.head, clock.today(), "TTr"),
            "illustrative": season.block.illustrative,
            "place": season.head.place if season.head else "",
            "date": "",  # the register gives it with the number
            "held": gathered.day.isoformat(),
            "venue": phrase(gathered.meeting.place),
            "minutes_number": minutes.reference if minutes else "",
            "minutes_numbered": _numbered(minutes),
            "voted": bool(quorum["at"]),
            "members": quorum["members"],
            "present": quorum["present"],
            "written": quorum["written"],
            "ranking": _ranking(season.scale.places if season.scale else 2, results),
            "awards": nominees(gathered, results),
            "by_authority": authority_facts(gathered),
            "signature": _signature(season.head),
        }


def nominees_facts(meeting: Meeting) -> NomineesFacts:
    """Gather the list that goes with the proposal: each nominee with score, rank and votes."""
    proposal = meeting.papers.cited(PaperKind.PROPOSAL)
    with override("vi"):
        gathered = Gathered.at(meeting)
        season = gathered.meeting.season
        return {
            "block": block_facts(season.block),
            "year": season.year,
            "issuer": issuer_facts(season.head, clock.today()),
            "illustrative": season.block.illustrative,
            "symbol": issuer_facts(season.head, clock.today(), "TTr")["symbol"],
            "number": proposal.reference if proposal else "",
            "numbered": _numbered(proposal),
            "awards": nominees(gathered, results_of(season, gathered.day)),
            "signature": _signature(season.head),
        }


def _numbered(paper: MeetingPaper | None) -> str:
    return paper.numbered_on.isoformat() if paper and paper.numbered_on else ""


def _signature(head: Unit | None) -> SignatureFacts:
    today = clock.today()
    principal = seat_on(head, Role.PRINCIPAL, today)
    return signature(office_lines(principal, today), principal, SEALED)


def _ranking(places: int, results: list[Result]) -> list[PlaceFacts]:
    ranked = sorted((r for r in results if r.rank), key=lambda r: (r.rank, r.card.official_order))
    return [
        {"rank": str(each.rank), "unit": each.name, "total": show(each.total, places)}
        for each in ranked
    ]


def nominees(gathered: Gathered, results: list[Result]) -> list[NomineeAwardFacts]:
    """Who is put forward for each award, in the awards' order: by the vote or by conditions."""
    scale = gathered.meeting.season.scale
    places = scale.places if scale else 2
    known = {result.card.unit_id: result for result in results}
    told: list[NomineeAwardFacts] = []
    for award, is_voted in gathered.put_forward:
        rows: list[NomineeFacts] = []
        for unit, votes in _elected(gathered, award) if is_voted else _met(gathered, award):
            result = known[unit]
            ranked = result.rank is not None
            row: Any = votes | {
                "unit": gathered.names[unit],
                "score": show(result.total, places),
                "rank": str(result.rank) if ranked else "",
            }
            rows.append(row)
        told.append({"award": award.name, "rows": rows})
    return told


def _elected(gathered: Gathered, award: Award) -> Iterator[tuple[int, Any]]:
    """The units elected for the award over all its rounds, each with its votes."""
    for question in gathered.questions:
        if question.award != award or not question.is_closed:
            continue
        for outcome in question.outcomes.all():
            if outcome.verdict == Verdict.ELECTED:
                share = percent(Fraction(outcome.yes, outcome.base)) if outcome.base else ""
                said = "đơn vị đồng ý" if question.is_by_hands else "phiếu đồng ý"
                votes = {"yes": outcome.yes, "total": outcome.base, "share": share, "said": said}
                of = tally.base_words(question.tally_rules) + left_out_of_base(question)
                yield outcome.candidate.unit_id, votes | {"of": of, "note": _way(question)}


def _way(question: Question) -> str:
    way = WAYS[Mode(question.mode)]
    return f"{way}, vòng {question.round}" if question.round > 1 else way


def _met(gathered: Gathered, award: Award) -> Iterator[tuple[int, Any]]:
    """The units that meet the conditions of an award without a question."""
    for card in gathered.cards:
        if requirements.may_stand(card, award):
            none = {"yes": None, "total": None, "share": "", "said": "", "of": ""}
            yield card.unit_id, none | {"note": "Xét theo điều kiện"}


# --- the words it begins with ---------------------------------------------------------------------


@cache
def _bases() -> list[dict[str, Any]]:
    known: list[dict[str, Any]] = yaml.safe_load(BASES.read_text(encoding="utf-8"))
    return known


def legal_bases(day: date) -> list[str]:
    """The texts in force on the day that are known for certain, law first."""
    return [
        base["text"]
        for base in _bases()
        if base.get("since", date.min) <= day <= base.get("until", date.max)
    ]


def cites(bases: str, minutes: MeetingPaper) -> bool:
    """Tell whether a line of the legal bases names the number and the date of the minutes.

    The date as papers print it or in figures, with or without noughts before.
    """
    day = minutes.numbered_on or minutes.dated
    on = rf"\b0?{day.day}([-/.]| tháng )0?{day.month}([-/.]| năm ){day.year}\b"
    by = rf"(?<!\d)0*{re.escape(minutes.reference)}"
    return any(re.search(by, line) and re.search(on, line) for line in bases.splitlines())


def cites_otherwise(bases: str, minutes: MeetingPaper) -> bool:
    """Tell whether the legal bases name minutes by a number, but not these as they are numbered."""
    is_right = minutes.reference and cites(bases, minutes)
    return not is_right and NUMBERED_MINUTES.search(bases) is not None


def first_words(meeting: Meeting, minutes: MeetingPaper | None) -> dict[str, str]:
    """The words a proposal begins with, to be changed at will; ``minutes`` are cited as a basis."""
    season = meeting.season
    authority, noun = season.block.authority, season.block.noun
    head = season.head.name_on(clock.today()) if season.head else ""
    bases = [f"Căn cứ {text}" for text in legal_bases(meeting.day)]
    if season.rules.source:
        bases.append(f"Căn cứ {season.rules.source}")
    if minutes:
        held = f"Hội nghị tổng kết, bình xét thi đua {paper_date(minutes.dated)}"
        if minutes.reference and minutes.numbered_on:
            held = f"số {minutes.reference} {paper_date(minutes.numbered_on)} của {held}"
        bases.append(f"Căn cứ Biên bản {held}")
    dossier = [
        "Tờ trình",
        "Danh sách đề nghị khen thưởng",
        "Biên bản Hội nghị tổng kết, bình xét thi đua",
        *(["Biên bản kiểm phiếu"] if meeting.has_counted else []),
        BOARD,
        "Báo cáo thành tích của các đơn vị được đề nghị",
    ]
    return {
        "to": authority.name,
        "bases": "\n".join([*(f"{text};" for text in bases[:-1]), *(f"{b}." for b in bases[-1:])]),
        "process": "",
        "request": f"{head} kính trình {authority.name} xem xét, quyết định./.",
        "dossier": "\n".join(dossier),
        "recipients": f"Như trên\nCác đơn vị thành viên của {noun}\nLưu: VT",
    }
