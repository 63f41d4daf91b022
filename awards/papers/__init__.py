"""The papers of a meeting: what they say, and the one draft of each."""

from awards.papers.count import count_facts
from awards.papers.draft import count_of, minutes_of, nominees_of, proposal_of
from awards.papers.minutes import minutes_facts
from awards.papers.proposal import nominees_facts, proposal_facts

__all__ = [
    "count_facts",
    "count_of",
    "minutes_facts",
    "minutes_of",
    "nominees_facts",
    "nominees_of",
    "proposal_facts",
    "proposal_of",
]
