"""Awards, meetings, questions and ballots."""

from awards.models.adjustment import Adjustment
from awards.models.attendance import Attendance, Letter
from awards.models.ballots import Ballot, UrnPaper
from awards.models.box import Hands, Keyer, Keying, PaperKeying, PaperStack
from awards.models.catalogue import Aim, Award, DecidedBy, Requirement, VoteRules
from awards.models.counting import Outcome
from awards.models.decisions import Decision, Grant, LeaderCount
from awards.models.electors import Candidate, Elector, GivenPaper, Voted
from awards.models.holds import Hold
from awards.models.meeting import (
    Counter,
    Guest,
    Meeting,
    MeetingPaper,
    MeetingState,
    Procedure,
)
from awards.models.voting import Question, QuestionState

__all__ = [
    "Adjustment",
    "Aim",
    "Attendance",
    "Award",
    "Ballot",
    "Candidate",
    "Counter",
    "DecidedBy",
    "Decision",
    "Elector",
    "GivenPaper",
    "Grant",
    "Guest",
    "Hands",
    "Hold",
    "Keyer",
    "Keying",
    "LeaderCount",
    "Letter",
    "Meeting",
    "MeetingPaper",
    "MeetingState",
    "Outcome",
    "PaperKeying",
    "PaperStack",
    "Procedure",
    "Question",
    "QuestionState",
    "Requirement",
    "UrnPaper",
    "VoteRules",
    "Voted",
]
