"""Awards, meetings, questions and ballots."""

from awards.models.catalogue import Aim, Award, DecidedBy, Hold, Requirement, VoteRules
from awards.models.meeting import (
    Attendance,
    Counter,
    Guest,
    Meeting,
    MeetingPaper,
    MeetingState,
)
from awards.models.voting import (
    Ballot,
    Candidate,
    Elector,
    Keying,
    LetterKeying,
    Outcome,
    PaperStack,
    Question,
    QuestionState,
    UrnPaper,
    Voted,
)

__all__ = [
    "Aim",
    "Attendance",
    "Award",
    "Ballot",
    "Candidate",
    "Counter",
    "DecidedBy",
    "Elector",
    "Guest",
    "Hold",
    "Keying",
    "LetterKeying",
    "Meeting",
    "MeetingPaper",
    "MeetingState",
    "Outcome",
    "PaperStack",
    "Question",
    "QuestionState",
    "Requirement",
    "UrnPaper",
    "VoteRules",
    "Voted",
]
