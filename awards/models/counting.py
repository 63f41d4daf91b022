"""What a vote comes to: how it is counted, and what it meant for each candidate."""

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import F, Q
from django.utils.translation import override

from awards import tally
from awards.models.box import Hands, PaperStack
from awards.models.electors import Candidate
from awards.tally import Presence, Verdict
from blocks.numbers import half_up

if TYPE_CHECKING:
    from awards.models.voting import Question
    from awards.tally import Result


class Outcome(models.Model):
    """What the vote meant for one candidate, with the sentence that explains it."""

    question = models.ForeignKey("Question", models.PROTECT, related_name="outcomes")
    candidate = models.OneToOneField(Candidate, models.PROTECT, related_name="outcome")
    order = models.PositiveSmallIntegerField()
    yes = models.PositiveSmallIntegerField()
    base = models.PositiveSmallIntegerField()
    verdict = models.CharField(max_length=12, choices=Verdict)
    reserve = models.PositiveSmallIntegerField(null=True)
    sentence = models.TextField()

    class Meta:
        ordering = ["question_id", "order"]
        constraints = [
            models.CheckConstraint(
                name="nobody_has_more_yes_than_the_base", condition=Q(yes__lte=F("base"))
            )
        ]

    def __str__(self) -> str:
        return self.sentence

    @property
    def name(self) -> str:
        """What its candidate is called on papers."""
        return self.question.name_of(self.candidate)

    @property
    def is_undecided(self) -> bool:
        """Whether it is tied with no round left, and nobody was elected: a reserve of nobody."""
        return self.verdict == Verdict.RESERVE and self.reserve is None


def count(question: "Question") -> "Result":
    """Return what was voted and what it means, computed from ballots, stacks and hands."""
    season = question.meeting.season
    ranking = season.current_ranking
    standings = {
        standing.card.unit_id: standing
        for standing in (ranking.standings.select_related("card") if ranking else [])
    }
    places = season.scale.places if season.scale else 2

    def standing_for(candidate: Candidate) -> tally.Candidate:
        standing = standings.get(candidate.unit_id)
        return tally.Candidate(
            key=candidate.pk,
            name=question.name_of(candidate),
            unit=candidate.unit_id,
            score=half_up(standing.total, places) if standing else None,
            rank=standing.rank if standing else None,
        )

    listed = question.candidates.select_related("unit").prefetch_related("unit__names")
    return tally.tally(
        question.tally_rules,
        [
            tally.Elector(
                key=elector.unit_id,
                presence=Presence(elector.presence),
                voted=elector.has_voted or (question.is_by_hands and elector.is_asked),
            )
            for elector in question.electors.select_related("voted")
        ],
        [standing_for(candidate) for candidate in listed],
        [
            tally.Paper(
                marks=frozenset(ballot.marks),
                elector=ballot.elector.unit_id if ballot.elector else None,
                only_no=ballot.only_no,
                spoiled=ballot.spoiled,
            )
            for ballot in question.ballots.select_related("elector")
        ],
        round=question.round,
        taken=_places_taken(question),
        chair=season.head_id,
        issued=question.electors.casting().count(),
        stacks=_stacks(question),
        elected_words=_elected_words(question),
    )


def _stacks(question: "Question") -> list[tally.Stack]:
    """What was counted by hand: the papers of the box, or the hands in the room."""
    if question.is_by_hands:
        return [Hands.for_tally(question)]
    return [stack.for_tally for stack in PaperStack.objects.filter(question=question)]


def _elected_words(question: "Question") -> str:
    """How the outcome's sentence, of record, says that somebody is elected."""
    with override("vi"):
        return "được đề nghị" if question.award_id else f"được giới thiệu làm {question.title}"


def _places_taken(question: "Question") -> int:
    """How many places earlier rounds of this matter have filled."""
    taken, earlier = 0, question.previous
    while earlier:
        taken += earlier.outcomes.filter(verdict=Verdict.ELECTED).count()
        earlier = earlier.previous
    return taken
