"""What the desk of a meeting shows: what was, what is now, who is here."""

from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from django.utils.translation import gettext as _

from awards import tally
from awards.models import Adjustment, Attendance, Elector, Meeting, Outcome, Question
from awards.models.box import LEAST_SECRET
from awards.tally import Presence, Quorum, Verdict
from blocks.models import User
from blocks.text import phrase

COLOURS = {
    Verdict.ELECTED: "green",
    Verdict.RESERVE: "blue",
    Verdict.RUN_OFF: "amber",
    Verdict.NOT_ELECTED: "grey",
    Verdict.NO_CHAIR: "grey",
}
PRESENCE_COLOURS = {
    Presence.PRESENT: "green",
    Presence.ONLINE: "green",
    Presence.WRITTEN: "blue",
    Presence.ABSENT: "grey",
}


@dataclass(slots=True)
class RollLine:
    """One unit on the roll: its line of attendance, and its elector in the open question."""

    line: Attendance
    elector: Elector | None = None
    secret: bool = False
    letter: datetime | None = None  # when the letter came that counts in the vote now or next

    @property
    def colour(self) -> str:
        """The colour of how it takes part now."""
        return PRESENCE_COLOURS[self.line.presence_now]

    @property
    def word(self) -> str:
        """How it takes part; of who has gone, that."""
        gone = self.line.is_there and self.line.has_left
        return _("Left") if gone else str(Presence(self.line.presence).label)

    @property
    def votes(self) -> bool:
        """Whether it is among those who cast in the open question."""
        return self.elector is not None and self.elector.casts

    @property
    def is_left_out(self) -> bool:
        """Whether it takes part in the open question and is not asked: it alone stands."""
        return self.elector is not None and self.elector.takes_part and not self.votes

    @property
    def voted(self) -> bool:
        """Whether its ballot was cast; never what it says."""
        return self.elector is not None and self.elector.has_voted

    @property
    def is_awaited(self) -> bool:
        """Whether its ballot is still awaited; of a paper in a secret box nobody knows."""
        return self.elector is not None and self.elector.is_awaited(secret=self.secret)

    @property
    def on_paper(self) -> bool:
        """Whether it has a paper, and casts on no screen."""
        return self.elector is not None and self.elector.votes_on_paper


@dataclass
class Desk:
    """A meeting as its chair and secretary see it; a fixed number of queries."""

    meeting: Meeting

    @cached_property
    def questions(self) -> list[Question]:
        """Its questions in the order of voting, with their outcomes."""
        found = list(
            self.meeting.questions.select_related("award", "previous").prefetch_related(
                "outcomes__candidate__unit__names", "award__requirements"
            )
        )
        for question in found:
            question.meeting = self.meeting
        return found

    @cached_property
    def adjustments(self) -> list[Adjustment]:
        """The scores that the meeting itself changed."""
        found = self.meeting.adjustments.select_related("card__unit", "criterion")
        return list(
            found.prefetch_related("card__unit__names", "earlier__standings", "ranking__standings")
        )

    @cached_property
    def open_question(self) -> Question | None:
        """The question that takes ballots now."""
        return next((question for question in self.questions if question.is_open), None)

    @cached_property
    def next_question(self) -> Question | None:
        """The question that is to be opened next."""
        return next((question for question in self.questions if question.is_waiting), None)

    @cached_property
    def given_up(self) -> list[Question]:
        """What was cancelled and not put anew."""
        last = {one.turn: one for one in self.questions}
        return [one for one in last.values() if one.is_cancelled]

    @property
    def anew(self) -> list[Question]:
        """What of it may still be put anew: ``may_be_put_anew`` of all at once."""
        if self.meeting.is_over:
            return []
        return [one for one in self.given_up if one.is_free_among(self.questions)]

    @cached_property
    def last_question(self) -> Question | None:
        """The question that was counted last."""
        counted = [question for question in self.questions if question.is_closed]
        return max(counted, key=lambda question: question.closed_at, default=None)  # type: ignore[arg-type, return-value]

    @cached_property
    def roll(self) -> list[RollLine]:
        """The members in official order."""
        question = self.open_question
        electors: dict[int, Elector] = {}
        if question:
            found = question.electors.select_related("voted", "paper", "letter")
            electors = {elector.unit_id: elector for elector in found}
        secret = bool(question and question.is_secret)
        lines = self.meeting.attendances.listed().with_authority(self.meeting.day)
        return [
            RollLine(line, elector, secret, self._letter_of(line, elector))
            for line, elector in ((line, electors.get(line.unit_id)) for line in lines)
        ]

    def _letter_of(self, line: Attendance, elector: Elector | None) -> datetime | None:
        """When the letter came that the open vote saw, or the next one will; else the first."""
        if line.presence != Presence.WRITTEN:
            return None
        following = None if elector else self.next_question
        seen = elector.letter if elector else following and following.letter_of(line)
        return seen.received_at if seen else line.letter_received_at

    @property
    def somebody_is_there(self) -> bool:
        """Whether attendance was begun."""
        return any(row.line.is_there for row in self.roll)

    @property
    def casting(self) -> list[RollLine]:
        """Who votes in the open question."""
        return [line for line in self.roll if line.votes]

    @cached_property
    def papers_counted(self) -> int:
        """How many papers count by now; of a secret question nobody knows whose."""
        question = self.open_question
        if question and question.is_secret:
            return question.box.counted
        return sum(line.voted and line.on_paper for line in self.roll)

    @property
    def voted_on_screen(self) -> int:
        """How many have voted on a screen."""
        return sum(line.voted and not line.on_paper for line in self.roll)

    @property
    def voted(self) -> int:
        """How many ballots the open question has."""
        return self.voted_on_screen + self.papers_counted

    @property
    def not_voted(self) -> list[RollLine]:
        """Who has not voted yet in the open question; of a paper in a secret box nobody knows."""
        return [row for row in self.roll if row.is_awaited]

    @property
    def gone(self) -> list[str]:
        """Who was there and has left: none of them counts for what is opened now."""
        left = (row.line for row in self.roll if row.line.is_there and row.line.has_left)
        return [line.unit.short_name for line in left]

    @property
    def waits_for_screens(self) -> bool:
        """Whether somebody has still to vote on a screen."""
        question = self.open_question
        electors = (row.elector for row in self.roll if row.elector)
        return question is not None and question.waits_for_screens(electors)

    @cached_property
    def boxed(self) -> list[RollLine]:
        """Who has a paper in a secret vote, until the box was counted."""
        rows = [row for row in self.roll if row.secret and row.on_paper]
        question = self.open_question
        return rows if rows and question and not question.box.is_counted else []

    @property
    def papers_left(self) -> int:
        """How many of these papers do not count yet; nobody knows whose."""
        return len(self.boxed) - self.papers_counted

    @cached_property
    def quorum(self) -> Quorum | None:
        """Whether what is voted now or next has its quorum; after the votes, by the last rules."""
        question = self.open_question or self.next_question
        if question:
            electors = question.electors_now(for_quorum=True)
            return tally.quorum(question.tally_rules, electors)
        last = self.last_question
        return tally.quorum(last.tally_rules, self.meeting.electors()) if last else None

    @property
    def stamp(self) -> str:
        """What changes whenever the meeting takes a step, as soon as the vote may be closed, and
        once all have voted; a page that has another one is old."""
        states = "".join(f"{question.pk}{question.state[:2]}" for question in self.questions)
        ballots = f"{self.voted >= LEAST_SECRET:d}{self.waits_for_screens:d}"
        return f"{self.meeting.state[:2]}{states}{ballots if self.open_question else ''}"

    def own_ballot(self, user: User) -> Elector | None:
        """Return the elector for whom this person still casts in the open question."""
        if self.open_question and self.open_question.is_by_hands:
            return None
        electors = (line.elector for line in self.roll if line.elector)
        own = (each for each in electors if each.representative_id == user.pk)
        return next((each for each in own if each.may_still_cast), None)


def given_up(question: Question) -> str:
    """Say why a question was never opened; or cancelled and not put anew, and what that means."""
    before = question.vote_before
    ended = [one for one in (before, question) if one and one.is_cancelled]
    if not any(one.was_broken_off for one in ended):
        said = _("“%(what)s”, round %(round)s, was not put to the vote: %(why)s.")
    elif question.office:
        said = _(
            "“%(what)s”, round %(round)s, was cancelled (%(why)s) and not put anew: it proposes"
            " nobody."
        )
    else:
        said = _(
            "“%(what)s”, round %(round)s, was cancelled (%(why)s) and not put anew: it puts nobody"
            " forward."
        )
    why = "; ".join(phrase(one.cancelled_because) for one in ended)
    return said % {"what": question.title, "round": question.round, "why": why}


def results(question: Question) -> list[tuple[str, str, Outcome]]:
    """Return colour, word and outcome of each candidate, in the order of the result."""
    return [
        (COLOURS[Verdict(outcome.verdict)], word_for(question, outcome), outcome)
        for outcome in question.outcomes.all()
    ]


def word_for(question: Question, outcome: Outcome) -> str:
    """Return the outcome in a few words; an office is proposed, not given."""
    if outcome.is_undecided:
        return _("Tied, undecided")
    if outcome.verdict == Verdict.RESERVE:
        said = _("Reserve no. %(number)s") % {"number": outcome.reserve}
        equals = [one for one in question.outcomes.all() if one.reserve == outcome.reserve]
        return said if len(equals) == 1 else _("%(reserve)s, tied") % {"reserve": said}
    if outcome.verdict == Verdict.RUN_OFF:
        return _("Goes to round %(round)s") % {"round": question.round + 1}
    if outcome.verdict == Verdict.ELECTED and question.office:
        return _("Proposed for the office")
    return str(Verdict(outcome.verdict).label)


def sign(question: Question) -> str:
    """Return the icon of a question's state, or nothing while it waits, or counts no more."""
    if question.is_open:
        return "here"
    if question.is_cancelled or question.is_fruitless:
        return "cross"
    return "tick" if question.is_closed and not question.meeting.is_cancelled else ""


def summary(question: Question) -> str:
    """Return what became of a question in a few words: who is put forward, or what follows."""
    if question.is_cancelled:
        return _("Cancelled") if question.was_broken_off else _("Not put to the vote")
    elected = [o for o in question.outcomes.all() if o.verdict == Verdict.ELECTED]
    if elected:
        return ", ".join(outcome.candidate.unit.short_name for outcome in elected)
    if any(outcome.verdict == Verdict.RUN_OFF for outcome in question.outcomes.all()):
        return _("Goes to round %(round)s") % {"round": question.round + 1}
    if not question.is_closed:
        return ""
    return _("Nobody is proposed") if question.office else _("Nobody is put forward")
