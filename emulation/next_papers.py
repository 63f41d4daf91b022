"""Which papers of a meeting that was held come next: written, numbered, corrected; by whom."""

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from django.urls import reverse
from django.utils.translation import gettext as _

from awards.models import MeetingPaper
from awards.models.meeting import CITES
from awards.papers.outdated import Doubt
from blocks.models import NUMBERED, PaperKind, Role
from emulation.task import Task

if TYPE_CHECKING:
    from blocks.models import Paper, Seat, User


def number_of(paper: "Paper", note: str = "") -> Task:
    """Return the row of a final paper whose number the register has yet to give."""
    return Task(
        what=_("Number and date: %(paper)s") % {"paper": paper.title},
        url=reverse("number_paper", args=[paper.pk]),
        button=_("Enter number and date"),
        note=note or _("as the register gave them"),
    )


@dataclass
class NextPapers:
    """What waits for the user of the final papers of one meeting, and of those that follow them.

    The meeting comes with its ``papers`` that are not replaced, of a kind the final one last, and
    with ``proposes``: whether its final minutes put units forward; ``lacks_board``: whether its
    proposal lists the block's score table, and that is not final.
    """

    user: "User"
    meeting: Any
    doubts: dict[MeetingPaper, Doubt]

    @property
    def rows(self) -> list[Task]:
        """The number of the minutes, what goes up to the authority, the count minutes."""
        minutes, count = self._settle(PaperKind.MINUTES), self._settle(PaperKind.COUNT)
        return [row for row in (minutes, self._sent_up(), self._board(), count) if row]

    @cached_property
    def papers(self) -> dict[str, MeetingPaper]:
        """The paper of each kind that holds: the final one, else its draft."""
        return {paper.kind: paper for paper in self.meeting.papers.all()}

    @cached_property
    def final(self) -> dict[str, MeetingPaper]:
        """Those of them that are final."""
        return {kind: paper for kind, paper in self.papers.items() if paper.final}

    @cached_property
    def being_corrected(self) -> set[int | None]:
        """The papers in whose place a draft is begun."""
        return {paper.replaces_id for paper in self.meeting.papers.all() if not paper.final}

    @cached_property
    def seat(self) -> "Seat | None":
        """The seat from which the user acts for the head."""
        seat: Seat | None = self.meeting.season.head_seat(self.user)
        return seat

    @property
    def is_principal(self) -> bool:
        """Whether the user acts for the head as a principal."""
        return self.meeting.season.head_seat(self.user, Role.PRINCIPAL) is not None

    def _is_outdated(self, kind: PaperKind) -> bool:
        return kind in self.final and self.doubts.get(self.final[kind]) is Doubt.OUTDATED

    def _lacks_number(self, kind: PaperKind) -> bool:
        """Whether the register of the user's unit has yet to give the number of a final paper."""
        paper = self.final.get(kind)
        if paper is None or paper.number or kind not in NUMBERED:
            return False
        return self.seat is not None and paper.issuer_id == self.seat.unit_id

    def _settle(self, kind: PaperKind) -> Task | None:
        """A final paper is corrected where it is outdated, by who may; else it gets its number."""
        if self._is_outdated(kind):
            return self._correct(self.final[kind])
        return self._number(self.final[kind]) if self._lacks_number(kind) else None

    def _sent_up(self) -> Task | None:
        """The proposal comes before its list, which cites its number."""
        proposes = self.seat and self.meeting.proposes
        if proposes and PaperKind.PROPOSAL not in self.final:
            return self._write_proposal()
        if self._is_outdated(PaperKind.PROPOSAL) or self._lacks_number(PaperKind.PROPOSAL):
            return self._settle(PaperKind.PROPOSAL)
        if proposes and self.is_principal and PaperKind.NOMINEES not in self.final:
            return self._finalise_list()
        return self._settle(PaperKind.NOMINEES)

    def _write_proposal(self) -> Task:
        minutes = self.final[PaperKind.MINUTES]
        note = _("not final yet")
        if not minutes.number:
            note = _("the minutes it cites have no number yet")
            if self.seat and minutes.issuer_id != self.seat.unit_id:
                note = _("the minutes it cites have no number yet: %(unit)s notes it")
                note %= {"unit": minutes.issuer.short_name}
        begun = self.is_principal and PaperKind.PROPOSAL in self.papers
        return Task(
            what=f"{PaperKind.PROPOSAL.label} – {self.meeting.season.short_name}",
            url=reverse("write_proposal", args=[self.meeting.pk]),
            button=_("Finalise the proposal") if begun else _("Write the proposal"),
            note=self._in_hand(PaperKind.PROPOSAL) or note,
        )

    def _finalise_list(self) -> Task:
        return Task(
            what=f"{PaperKind.NOMINEES.label} – {self.meeting.season.short_name}",
            url=reverse("print_nominees", args=[self.meeting.pk]),
            button=_("Finalise the list"),
            note=self._in_hand(PaperKind.NOMINEES) or _("not final yet"),
        )

    def _board(self) -> Task | None:
        """The score table that goes up with the proposal, and gets no number of its own."""
        if not (self.meeting.lacks_board and self.is_principal):
            return None
        return Task(
            what=f"{PaperKind.BOARD.label} – {self.meeting.season.short_name}",
            url=reverse("print_board", args=[self.meeting.season_id]),
            button=_("Finalise"),
            note=_("the proposal lists it; not final yet"),
        )

    def _in_hand(self, kind: PaperKind) -> str:
        """Say that what a paper of this kind cites is being corrected, or nothing."""
        cited = self.final.get(CITES.get(kind, ""))
        is_in_hand = cited is not None and cited.pk in self.being_corrected
        return _("what it cites is being corrected") if is_in_hand else ""

    def _correct(self, paper: MeetingPaper) -> Task | None:
        begun = paper.pk in self.being_corrected
        if begun or not self.user.has_perm("blocks.correct_paper", paper):
            return None
        return Task(
            what=f"{paper.get_kind_display()} – {self.meeting.season.short_name}",
            url=paper.get_absolute_url(),
            button=_("Correct"),
            note=_("states what has changed since"),
        )

    def _number(self, paper: MeetingPaper) -> Task:
        return number_of(paper, self._in_hand(PaperKind(paper.kind)))
