"""The papers of a meeting: what they say, and the one draft of each."""

from awards.papers.count import count_facts
from awards.papers.draft import count_of, minutes_of
from awards.papers.minutes import minutes_facts

__all__ = ["count_facts", "count_of", "minutes_facts", "minutes_of"]
