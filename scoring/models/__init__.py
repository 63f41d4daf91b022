"""Seasons, scales, cards, inspections and standings."""

from scoring.models.activity import Activity, Participation, RoleModel
from scoring.models.authorisation import Authorisation
from scoring.models.common_target import CommonTarget, TargetState
from scoring.models.entry import Entry, StaffFigures, said_of
from scoring.models.evidence import Evidence
from scoring.models.exemption import Exemption
from scoring.models.explanation import Agreement, Explanation
from scoring.models.filing import Filing, FilingAct, SignedScan
from scoring.models.inspection import InspectingUnit, Inspection
from scoring.models.reminder import Reminder
from scoring.models.scale import Criterion, Denominator, EvidenceNeed, Scale
from scoring.models.scorecard import Response, Scorecard
from scoring.models.season import (
    Copied,
    OfficeChange,
    PhaseChange,
    PhaseDate,
    Season,
    SeasonRules,
    Waiver,
)
from scoring.models.sheet_paper import SheetPaper
from scoring.models.standing import Ranking, Standing

__all__ = [
    "Activity",
    "Agreement",
    "Authorisation",
    "CommonTarget",
    "Copied",
    "Criterion",
    "Denominator",
    "Entry",
    "Evidence",
    "EvidenceNeed",
    "Exemption",
    "Explanation",
    "Filing",
    "FilingAct",
    "InspectingUnit",
    "Inspection",
    "OfficeChange",
    "Participation",
    "PhaseChange",
    "PhaseDate",
    "Ranking",
    "Reminder",
    "Response",
    "RoleModel",
    "Scale",
    "Scorecard",
    "Season",
    "SeasonRules",
    "SheetPaper",
    "SignedScan",
    "StaffFigures",
    "Standing",
    "TargetState",
    "Waiver",
    "said_of",
]
