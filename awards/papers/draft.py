"""The one draft of a meeting's minutes and of its count, stated anew as long as it is one."""

from collections.abc import Callable, Mapping
from typing import Any

from django.db import transaction

from awards.models import Meeting, MeetingPaper
from awards.papers.count import count_facts
from awards.papers.minutes import minutes_facts
from blocks.models import PaperKind
from scoring.papers import local_day


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
    """Return minutes and count minutes as they are now; without ``drafts`` the final ones."""
    papers = MeetingPaper.objects.filter(meeting=meeting).defer("content", "signed_copy", "facts")
    by_kind = {one.kind: one for one in papers.order_by("pk") if drafts or one.final}
    return {kind: by_kind.get(kind) for kind in (PaperKind.MINUTES, PaperKind.COUNT)}


@transaction.atomic
def _of(
    meeting: Meeting, kind: PaperKind, name: str, facts_of: Callable[[Meeting], Any]
) -> MeetingPaper:
    meeting.locked()  # two who write at once write one draft
    paper = last_paper(meeting, kind)
    if paper and paper.final:
        return paper
    facts = facts_of(meeting)
    day = local_day(meeting.opened_at or meeting.starts_at)
    season = meeting.season
    if paper is None:
        earlier = last_paper(meeting.replaces, kind) if meeting.replaces else None
        return MeetingPaper.objects.create(
            meeting=meeting,
            kind=kind,
            block=season.block,
            year=season.year,
            issuer=season.head,  # type: ignore[misc]
            title=f"{name} năm {season.year} – {season.block.name}"[:300],
            dated=day,
            facts=facts,
            replaces=earlier if earlier and earlier.final else None,
        )
    paper.dated = day
    paper.save(update_fields=["dated"])
    paper.restate(facts)
    return paper


WORDS = ("opening", "discussion", "reservations", "closing")


@transaction.atomic
def write_words(
    meeting: Meeting, said: Mapping[str, str], seen: Mapping[str, str]
) -> dict[str, str]:
    """Keep the words of the minutes, as ``Paper.write`` does, in the one draft."""
    return minutes_of(meeting).write(said, seen)  # under the meeting's lock
