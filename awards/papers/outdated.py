"""Which final papers of meetings say what is otherwise by now: replaced, numbered anew, mended."""

from collections import defaultdict
from collections.abc import Iterable
from enum import Enum, auto
from typing import Any

from django.db.models import Exists, F, Func, JSONField, OuterRef, Value
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from awards.models import Elector, Meeting, MeetingPaper
from awards.models.meeting import CITES
from awards.papers.draft import stale_ballots
from awards.papers.proposal import cites, cites_otherwise
from awards.papers.questions import Gathered
from blocks.models import Change, PaperKind
from blocks.text import phrase
from scoring.models import SheetPaper
from scoring.needs import score_table_states_the_ranking
from scoring.papers import local_iso
from scoring.phases import Missing

LETTERS = "$.questions[*].letters[*].received"  # in the facts of minutes and of count minutes


class Doubt(Enum):
    """Why a final paper is not simply numbered and sent."""

    OUTDATED = auto()  # it is to be corrected
    LEFT_BLANK = auto()  # it has a gap for a number that there is by now
    CITED_IN_HAND = auto()  # what it cites is being corrected


OUTDATED = {
    PaperKind.PROPOSAL: gettext_lazy(
        "“%(paper)s” cites minutes that were replaced, or not by the number and date that they"
        " bear; correct it too."
    ),
    PaperKind.NOMINEES: gettext_lazy(
        "“%(paper)s” cites a proposal that was replaced, or whose number or date was corrected;"
        " correct it too."
    ),
    PaperKind.COUNT: gettext_lazy(
        "“%(paper)s” differs from the minutes of the meeting in the day, the place, the counting"
        " committee or the times of letters; correct it too."
    ),
}
LEFT_BLANK = {
    PaperKind.PROPOSAL: gettext_lazy(
        "“%(paper)s” cites the minutes without the number that they bear by now: write number and"
        " date by hand into it, or correct the paper."
    ),
    PaperKind.NOMINEES: gettext_lazy(
        "“%(paper)s” has a gap for the number of its proposal: write number and date by hand into"
        " it, or correct the paper."
    ),
}
IN_HAND = gettext_lazy(
    "What “%(paper)s” cites is being corrected; number and send it once that correction is final."
)


def said_of(paper: MeetingPaper, doubt: Doubt) -> str:
    """Return the sentence of a doubt."""
    tables = {Doubt.OUTDATED: OUTDATED, Doubt.LEFT_BLANK: LEFT_BLANK}
    said = tables[doubt][PaperKind(paper.kind)] if doubt in tables else IN_HAND
    return said % {"paper": paper.title}


def doubt_told(paper: Any) -> str:
    """Say what is doubtful of a paper, or nothing: those of meetings cite one another, a sheet's
    states figures."""
    if isinstance(paper, SheetPaper):
        return _sheet_doubt(paper) if paper.final and not paper.is_replaced else ""
    if not isinstance(paper, MeetingPaper) or paper.meeting.is_cancelled:
        return ""
    if paper.question and paper == stale_ballots(paper.question):
        return _(
            "Who stands, or how it is marked, has changed since these were fixed; do not use them."
        )
    doubt = doubts_of([paper.meeting]).get(paper)
    return said_of(paper, doubt) if doubt else ""


def _sheet_doubt(paper: SheetPaper) -> str:
    """Inspection minutes state findings, and count while their unit inspects; the block's score
    table its ranking, which rests while a sheet waits to be settled."""
    if paper.kind == PaperKind.BOARD:
        if told := board_anew(paper):
            return told.sentence
        return "" if paper.season.current_ranking else paper.season.rests
    if why := paper.may_not_be_corrected:
        return str(why)
    if paper.is_outdated:
        said = _("What “%(paper)s” states has changed since it became final; correct it.")
        return said % {"paper": paper.title}
    if paper.kind == PaperKind.INSPECTION or not paper.was_sent_anew:
        return ""
    return _("The sheet was sent anew since this paper became final: finalise its print once more.")


def board_anew(paper: Any) -> Missing | None:
    """Lead from a score table of a block that states another ranking than the one in force to the
    page that issues the new one, or nothing."""
    if not isinstance(paper, SheetPaper) or paper.kind != PaperKind.BOARD:
        return None
    holds = paper.final and not paper.is_replaced
    return next(iter(score_table_states_the_ranking(paper.season)), None) if holds else None


def citing_behind(paper: Any) -> Missing | None:
    """Lead from a proposal to the final list that has a gap for its number, or states another;
    from minutes to the final proposal that cites them without theirs."""
    citing = next((kind for kind, cited in CITES.items() if cited == paper.kind), None)
    if not isinstance(paper, MeetingPaper) or citing is None:
        return None
    if not paper.number or paper.is_replaced or paper.meeting.is_cancelled:
        return None
    said = {Doubt.LEFT_BLANK: _("“%(paper)s” cites these minutes without their number:")}
    if citing == PaperKind.NOMINEES:
        said = {
            Doubt.LEFT_BLANK: _("“%(paper)s” has a gap for this number:"),
            Doubt.OUTDATED: _("“%(paper)s” states another number or date; correct it too:"),
        }
    doubts: dict[Any, Doubt] = doubts_of([paper.meeting])
    for each, doubt in doubts.items():
        states = each.cited_number, each.cited_day
        if each.kind == citing and doubt in said and states != _known_as(paper):
            return Missing(said[doubt] % {"paper": each.title}, each.get_absolute_url())
    return None


def doubts_of(meetings: Iterable[Meeting]) -> dict[MeetingPaper, Doubt]:
    """Return the final papers in force of these meetings that are in doubt, and why.

    The number of queries does not depend on how many there are.
    """
    by_meeting: dict[int, dict[str, Any]] = defaultdict(dict)
    for paper in _papers(meetings):
        by_meeting[paper.meeting_id][paper.kind] = paper
    unsettled = [meeting for meeting, papers in by_meeting.items() if _may_differ(papers)]
    recorded = _recorded(unsettled) if unsettled else {}
    overtaken = _overtaken(by_meeting.values())
    return {
        paper: doubt
        for meeting, papers in by_meeting.items()
        for paper in papers.values()
        if (
            doubt := Doubt.OUTDATED
            if paper.pk in overtaken
            else _doubt(paper, papers, recorded.get(meeting))
        )
    }


def _papers(meetings: Iterable[Meeting]) -> Iterable[Any]:
    """The final papers in force, with what of their facts is asked for, without their bytes."""
    papers = MeetingPaper.objects.filter(meeting__in=meetings, final=True)
    papers = papers.exclude(kind=PaperKind.BALLOTS).exclude(replaced_by__final=True)
    drafts = MeetingPaper.objects.filter(replaces=OuterRef("pk"), final=False)
    letters = Func(
        F("facts"),
        Value(LETTERS),
        function="jsonb_path_query_array",
        output_field=JSONField(),
    )
    return papers.defer("content", "signed_copy", "facts", "words").annotate(
        opened=F("facts__meeting__opened"),
        place=F("facts__meeting__place"),
        committee=F("facts__committee"),
        letters=letters,
        cited_number=Coalesce(F("facts__minutes_number"), F("facts__number")),
        cited_day=Coalesce(F("facts__minutes_numbered"), F("facts__numbered")),
        bases=F("words__bases"),
        replaced_in=F("replaces__meetingpaper__meeting"),
        being_corrected=Exists(drafts),
    )


def _doubt(paper: Any, papers: dict[str, Any], recorded: Any) -> Doubt | None:
    if paper.kind == PaperKind.COUNT:
        said = recorded or (
            _said(papers[PaperKind.MINUTES]) if PaperKind.MINUTES in papers else None
        )
        return Doubt.OUTDATED if said and said != _said(paper) else None
    cited = papers.get(CITES.get(PaperKind(paper.kind), ""))
    if cited is None:
        return None
    if paper.kind == PaperKind.NOMINEES and not paper.cited_number:
        if not cited.reference or paper.is_signed:
            return None
        return Doubt.CITED_IN_HAND if cited.being_corrected else Doubt.LEFT_BLANK
    states = paper.cited_number, paper.cited_day
    renumbered = paper.cited_number and states != _known_as(cited)
    typed = paper.kind == PaperKind.PROPOSAL and cites_otherwise(paper.bases or "", cited)
    if typed or renumbered or cited.finalised_at > paper.finalised_at:
        return Doubt.OUTDATED
    blank = Doubt.LEFT_BLANK if _cites_no_number(paper, cited) else None
    return Doubt.CITED_IN_HAND if cited.being_corrected else blank


def _cites_no_number(paper: Any, minutes: Any) -> bool:
    """Whether a proposal was final before its minutes had their number, and lacks it still."""
    if paper.kind != PaperKind.PROPOSAL or not minutes.reference or paper.cited_number:
        return False
    return not (paper.is_signed or cites(paper.bases or "", minutes))


def _known_as(paper: Any) -> tuple[str, str]:
    """The number and date by which others cite a paper."""
    return paper.reference, paper.numbered_on.isoformat() if paper.numbered_on else ""


def _overtaken(meetings: Iterable[dict[str, Any]]) -> set[int]:
    """The lists with a gap that were signed before their proposal took the place of another: what
    was written into them by hand is the number of that one. Only history knows when."""
    pairs = [
        (nominees, proposal)
        for papers in meetings
        if (nominees := papers.get(PaperKind.NOMINEES)) and not nominees.cited_number
        if (proposal := papers.get(PaperKind.PROPOSAL)) and nominees.is_signed
        if proposal.replaced_in == proposal.meeting_id
    ]
    rows = [str(paper.pk) for pair in pairs for paper in pair]
    if not rows:
        return set()
    changes = Change.objects.filter(table="blocks_paper", row__in=rows).order_by("pk")
    places = changes.values_list("row", "pk")
    signed = dict(places.filter(after__has_key="signed_copy_sha256"))
    final = dict(places.filter(after__final=True))
    return {
        nominees.pk
        for nominees, proposal in pairs
        if signed[str(nominees.pk)] < final[str(proposal.pk)]
    }


# --- what minutes and count minutes both say ------------------------------------------------------


def _may_differ(papers: dict[str, Any]) -> bool:
    """Whether the count minutes are final and what they say may still be mended for the minutes."""
    minutes = papers.get(PaperKind.MINUTES)
    return PaperKind.COUNT in papers and (minutes is None or minutes.being_corrected)


def _said(paper: Any) -> tuple[Any, ...]:
    """What a paper says: day, place, committee, when the letters came."""
    return (paper.opened or "")[:10], paper.place, paper.committee, sorted(paper.letters)


def _recorded(meetings: list[int]) -> dict[int, tuple[Any, ...]]:
    """What the minutes of these meetings would say of that now, by meeting."""
    seen = Elector.objects.filter(
        question__meeting__in=meetings, question__state="closed", letter__isnull=False
    )
    letters: dict[int, list[str]] = defaultdict(list)
    for meeting, received_at in seen.values_list("question__meeting", "letter__received_at"):
        letters[meeting].append(local_iso(received_at))
    held = Meeting.objects.filter(pk__in=meetings).prefetch_related("counters__person")
    return {
        meeting.pk: (
            meeting.day.isoformat(),
            phrase(meeting.place),
            Gathered(meeting).committee,
            sorted(letters[meeting.pk]),
        )
        for meeting in held
    }
