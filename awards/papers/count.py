"""What the count minutes say: the committee and every vote's count."""

from django.utils.translation import override

from awards.models import Meeting
from awards.papers.questions import Gathered, question_facts
from blocks.paper_facts import CountFacts
from scoring.papers import block_facts, issuer_facts, local_iso


def count_facts(meeting: Meeting) -> CountFacts:
    """Gather what the counting committee signs."""
    with override("vi"):
        gathered = Gathered.at(meeting)
        season = gathered.meeting.season
        ends = [question.closed_at for question in gathered.questions if question.closed_at]
        return {
            "block": block_facts(season.block),
            "year": season.year,
            "issuer": issuer_facts(season.head, gathered.day, "BB"),
            "illustrative": season.block.illustrative,
            "meeting": gathered.meeting_facts,
            "committee": gathered.committee,
            "questions": [
                question_facts(gathered, each) for each in gathered.questions if each.opened_at
            ],
            "finished": local_iso(max(ends, default=None)),
            "copies": gathered.meeting.copies,
        }
