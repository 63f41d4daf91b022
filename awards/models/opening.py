"""What keeps a vote from being opened, and what is told of it before."""

from collections.abc import Collection
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from awards import requirements, tally
from awards.models.ballots import server_logs_statements
from awards.models.box import LEAST_SECRET
from awards.tally import Presence
from scoring.phases import Phase

if TYPE_CHECKING:
    from awards.models.attendance import Attendance
    from awards.models.voting import Question


@dataclass(frozen=True)
class Opening:
    """A question that is to be opened, as its meeting stands now."""

    question: "Question"

    @property
    def missing(self) -> list[str]:
        """What still keeps the question from being opened, each a sentence."""
        question = self.question
        electors = question.electors_now()
        quorum = tally.quorum(question.tally_rules, electors)
        casting = question.casting_now
        screenless = self._without_an_account()
        open_now = question.meeting.question_open()
        earlier = self._before()
        checks = (
            (not question.is_waiting, _("The question was opened already.")),
            (not question.meeting.is_open, _("The meeting is not in session.")),
            (
                question.meeting.season.phase != Phase.MEETING,
                _("The season is not at its meeting."),
            ),
            (open_now not in (None, question), _("Another question is open.")),
            (bool(earlier), _("To be decided before: %(what)s.") % {"what": "; ".join(earlier)}),
            (not quorum.met, quorum.sentence),
            (
                question.is_secret and casting < LEAST_SECRET,
                _("A secret vote needs at least three units that cast."),
            ),
            (
                question.is_secret and server_logs_statements(),
                _("The database server logs statements; a secret vote would not be secret."),
            ),
            (not question.standing_units(), _("Nobody stands: no unit meets the conditions.")),
            (
                bool(screenless),
                _(
                    "This vote takes no papers, and these units have no account to vote with: "
                    "%(who)s. Choose one in the attendance."
                )
                % {"who": ", ".join(screenless)},
            ),
        )
        return [str(sentence) for broken, sentence in checks if broken]

    @property
    def doubts(self) -> list[str]:
        """What is told before the opening and does not hinder it, each a sentence."""
        question = self.question
        own = [] if question.self_vote else [unit.pk for unit in question.standing_units()]
        said = [tally.in_vain(question.tally_rules, question.electors_now(), own or [None])]
        said += self._given_up_for_good
        if question.award and question.meeting.replaces_id:
            decided = question.meeting.season.decisions.in_force().listed()
            said += requirements.given_before(question.award, decided)
        waits = self._waits_for_papers
        if waits:
            said.append(question.meeting.lacks_keyers)
        if waits or question.is_secret:
            said += question.meeting.committee_lacks
        return [sentence for sentence in said if sentence]

    @property
    def _given_up_for_good(self) -> list[str]:
        """Which matters were cancelled and may be put anew only until this vote is opened."""
        before = self._voted_before
        said = _(
            "“%(what)s” was cancelled and not put anew; once this vote is opened, it is put to the"
            " vote no more at this meeting."
        )
        return [
            said % {"what": other.title}
            for other in before
            if self.question.hangs_on(other) and other.is_free_among(before)
        ]

    @property
    def unlike_before(self) -> list[str]:
        """Who is off the list, whose letter is spent, unlike in the vote before, whose turn it is;
        until it opens."""
        return [*self._off_the_list(), *self._letters_spent(), *self._other_turn()]

    def _other_turn(self) -> list[str]:
        """Say whose turn it is now, where the list is as letters saw it."""
        question = self.question
        kept = question.is_waiting and question.office and not question.listed_at
        if not (kept and question.candidates.exists()):
            return []
        turn, listed = question.units_in_turn, question.standing_units()
        if question.previous_id or set(turn) == set(listed):
            return []
        said = _(
            "%(listed)s stands, as when the list was made; by the rotation it is now the turn of"
            " %(turn)s. Choose the list anew if another is to stand; written opinions that came"
            " do not count for it."
        )
        names = [", ".join(unit.short_name for unit in units) for units in (listed, turn)]
        return [said % {"listed": names[0], "turn": names[1] or "–"}]

    def _letters_spent(self) -> list[str]:
        """Say whose letter came too early for this vote on the matter, each a sentence."""
        question = self.question
        if not (question.is_waiting and question.on_paper):
            return []
        told = (self.letter_spent(line) for line in question.meeting.attendances.listed())
        return [sentence for sentence in told if sentence]

    def letter_spent(self, line: "Attendance") -> str:
        """Say that the letter of a unit came too early for this vote on the matter, or nothing."""
        question = self.question
        letter = question.letter_of(line)
        if not (letter and question.on_paper) or question.takes(letter.received_at):
            return ""
        unlisted = _(
            "The written opinion of %(unit)s came before the list of this vote was changed and does"
            " not count in it; without a new one the unit is absent in this vote."
        )
        spent = _(
            "The written opinion of %(unit)s came before the last vote on this matter was over, or"
            " in that minute, and does not count in this one; without a new one the unit is absent"
            " in this vote."
        )
        said = unlisted if question.precedes_the_list(letter.received_at) else spent
        return said % {"unit": line.unit.name}

    def _off_the_list(self) -> list[str]:
        """Who of the round before is no longer on the list, and why, each a sentence.

        Only until this round is opened: then ``left_out`` keeps them.
        """
        question = self.question
        if not (question.is_waiting and question.previous_id):
            return []
        gone = _("%(unit)s is no longer on the list of this round: %(why)s.")
        failed = question.asked_of.items()
        return [gone % {"unit": unit.short_name, "why": why} for unit, why in failed if why]

    @property
    def _waits_for_papers(self) -> bool:
        """Whether a unit votes by letter, or has no account to vote with."""
        question = self.question
        return any(
            question.presence_of(line) == Presence.WRITTEN
            or (not line.representative_id and line.is_there and not question.is_by_hands)
            for line in question.meeting.attendances.exclude(unit=question.alone)
        )

    def _without_an_account(self) -> list[str]:
        """Return who is there and could vote on paper only, where papers are not taken."""
        question = self.question
        if question.on_paper or question.is_by_hands:
            return []
        lines = question.meeting.attendances.listed().filter(representative=None)
        lines = lines.exclude(unit=question.alone)
        there = (Presence.PRESENT, Presence.ONLINE)
        return [line.unit.short_name for line in lines if line.presence_now in there]

    @cached_property
    def _voted_before(self) -> Collection["Question"]:
        """What is voted before, each matter in each round once: as it was put to the vote last."""
        earlier = self.question.meeting.questions.filter(
            order__lt=self.question.order
        ).select_related("award", "meeting__season__block")
        return {question.turn: question for question in earlier}.values()

    @property
    def awaits(self) -> list["Question"]:
        """What is not decided yet and may still change who stands here."""
        return [
            question
            for question in self._voted_before
            if not question.is_closed
            and (not question.is_cancelled or question.was_broken_off)
            and self.question.hangs_on(question)
        ]

    def _before(self) -> list[str]:
        """Name what is decided before: what waits, and a broken-off vote that this one hangs on."""
        return [
            question.title
            if question.is_waiting
            else _("%(what)s (its vote was broken off: put it anew)") % {"what": question.title}
            for question in self._voted_before
            if question.is_waiting or (question.was_broken_off and self.question.hangs_on(question))
        ]
