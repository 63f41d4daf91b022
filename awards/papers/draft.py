"""The one draft of each paper of a meeting, stated anew as long as it is one."""

import json
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from awards.models import Meeting, MeetingPaper, Question
from awards.papers.ballots import ballot_facts
from awards.papers.count import count_facts
from awards.papers.minutes import minutes_facts
from awards.papers.proposal import first_words, nominees_facts, proposal_facts
from blocks import clock
from blocks.models import PaperKind
from blocks.paper_facts import BallotsFacts


def minutes_of(meeting: Meeting) -> MeetingPaper:
    """Return the minutes: the one draft with fresh facts, or the final ones as they are."""
    name = "Biên bản hội nghị bình xét thi đua"
    return _of(meeting, PaperKind.MINUTES, name, minutes_facts)


def count_of(meeting: Meeting) -> MeetingPaper:
    """Return the count minutes: the one draft with fresh facts, or the final ones as they are."""
    return _of(meeting, PaperKind.COUNT, "Biên bản kiểm phiếu", count_facts)


def last_paper(meeting: Meeting, kind: PaperKind) -> MeetingPaper | None:
    """Return the meeting's paper of this kind, draft or final, if there is one."""
    papers = MeetingPaper.objects.filter(meeting=meeting, kind=kind).order_by("-pk")
    return papers.defer("content", "signed_copy").first()


def papers_at_hand(meeting: Meeting, *, drafts: bool) -> dict[PaperKind, MeetingPaper | None]:
    """Return minutes and count minutes as they are now; without ``drafts`` the final ones.

    A meeting at which nothing was counted has no count minutes.
    """
    papers = MeetingPaper.objects.filter(meeting=meeting).defer("content", "signed_copy", "facts")
    by_kind = {one.kind: one for one in papers.order_by("pk") if drafts or one.final}
    kinds = [PaperKind.MINUTES, *([PaperKind.COUNT] if meeting.has_counted else [])]
    return {kind: by_kind.get(kind) for kind in kinds}


def proposal_of(meeting: Meeting) -> MeetingPaper:
    """Return the proposal: the one draft with fresh facts, or the final one as it is."""
    first = first_words(meeting, meeting.papers.cited(PaperKind.MINUTES))
    name = "Tờ trình đề nghị khen thưởng"
    return _of(meeting, PaperKind.PROPOSAL, name, proposal_facts, first=first, day=clock.today())


def nominees_of(meeting: Meeting) -> MeetingPaper:
    """Return the list of nominees: the one draft with fresh facts, or the final one as it is."""
    name = "Danh sách đề nghị khen thưởng"
    return _of(meeting, PaperKind.NOMINEES, name, nominees_facts, day=clock.today())


RECORDED = {PaperKind.MINUTES: minutes_facts, PaperKind.COUNT: count_facts}
# What of their facts, beside letters, is mended on the meeting's pages while a draft corrects them.
MENDED = (
    "meeting", "chair", "attendance", "guests", "committee", "agenda", "procedures",
    "later_procedures", "copies",
)  # fmt: skip


def recorded_otherwise(draft: MeetingPaper) -> str:
    """Say that what is recorded at the meeting by now is not what the final paper states that this
    draft corrects: once the draft is dropped, nobody could mend the one or the other. Or nothing.
    """
    facts_of = RECORDED.get(PaperKind(draft.kind))
    if facts_of is None or draft.replaces is None:
        return ""
    recorded = json.loads(json.dumps(facts_of(draft.meeting)))
    if _mended(recorded) == _mended(draft.replaces.facts):
        return ""
    return _(
        "What was mended at the meeting since is not what “%(paper)s” states: put it back first, or"
        " finalise this correction."
    ) % {"paper": draft.replaces.title}


def _mended(facts: Mapping[str, Any]) -> list[Any]:
    letters = [
        (letter["unit"], letter["received"])
        for question in facts["questions"]
        for letter in question["letters"]
    ]
    return [*(facts.get(name) for name in MENDED), letters]


@transaction.atomic
def ballots_of(question: Question, copies: int, a_page: int) -> MeetingPaper:
    """Return the question's ballot papers: the one draft with this many copies, or the final one.

    A final one gives way to another when the list of who stands is not any more what it prints.
    """
    meeting = question.meeting.locked()
    facts = ballot_facts(question, copies, a_page)
    last = last_ballots(question)
    if last and last.final and not ballots_changed(last, facts):
        return last
    if last is None or last.final:
        season = meeting.season
        title = f"{facts['name']} năm {season.year} – {facts['matter']} – vòng {question.round}"
        last = MeetingPaper(
            meeting=meeting,
            question=question,
            kind=PaperKind.BALLOTS,
            block=season.block,
            year=season.year,
            issuer=season.head,
            title=title[:300],
            replaces=last,
        )
    last.dated = meeting.day
    last.facts = last.stated(facts)
    last.save()
    return last


def last_ballots(question: Question) -> MeetingPaper | None:
    """Return the question's ballot papers, draft or final, if there are some."""
    papers = MeetingPaper.objects.filter(question=question).order_by("-pk")
    return papers.defer("content", "signed_copy").first()


def ballots_changed(paper: MeetingPaper, facts: BallotsFacts) -> bool:
    """Whether who stands, or how it is marked, is not any more what the paper prints."""
    said: Any = facts
    return any(paper.facts[name] != said[name] for name in ("candidates", "rule", "matter"))


def stale_ballots(question: Question) -> MeetingPaper | None:
    """Return the fixed ballot papers of a vote to come that print another list, if there are."""
    last = last_ballots(question) if question.is_waiting else None
    if last is None or not last.final or not ballots_changed(last, ballot_facts(question, 1, 1)):
        return None
    return last


@transaction.atomic
def _of(  # noqa: PLR0913 -- what a draft is made of
    meeting: Meeting,
    kind: PaperKind,
    name: str,
    facts_of: Callable[[Meeting], Any],
    *,
    first: dict[str, str] | None = None,
    day: date | None = None,
) -> MeetingPaper:
    meeting.locked()  # two who write at once write one draft
    paper = last_paper(meeting, kind)
    if paper and paper.final:
        return paper
    season = meeting.season
    if paper is None:
        others = MeetingPaper.objects.filter(meeting__season=season, kind=kind, final=True)
        paper = MeetingPaper(
            meeting=meeting,
            kind=kind,
            block=season.block,
            year=season.year,
            issuer=season.head,
            title=f"{name} năm {season.year} – {season.block.name}"[:300],
            words=first or {},
            replaces=others.order_by("-pk").first(),  # of a cancelled meeting
        )
    paper.dated = day or meeting.day
    paper.facts = paper.stated(facts_of(meeting))
    paper.save()
    return paper


WORDS = ("opening", "discussion", "reservations", "closing")


@transaction.atomic
def write_words(
    meeting: Meeting, said: Mapping[str, str], seen: Mapping[str, str]
) -> dict[str, str]:
    """Keep the words of the minutes, as ``Paper.write`` does, in the one draft."""
    return minutes_of(meeting).write(said, seen)  # under the meeting's lock
