"""What kinds of things and fields are called in histories."""

from typing import Any

from django.db import models
from django.utils.functional import Promise
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy, pgettext_lazy

from awards.models import (
    Aim,
    Attendance,
    Award,
    Candidate,
    Counter,
    Decision,
    Grant,
    Guest,
    Hold,
    LeaderCount,
    Meeting,
    MeetingPaper,
    Outcome,
    Question,
    Requirement,
    VoteRules,
)
from blocks.models import (
    Authority,
    Block,
    Membership,
    Paper,
    Recognition,
    Seat,
    Succession,
    Term,
    Unit,
    UnitName,
    User,
)
from scoring.models import (
    Activity,
    CommonTarget,
    Criterion,
    Entry,
    Evidence,
    Exemption,
    Explanation,
    Filing,
    FilingAct,
    InspectingUnit,
    Inspection,
    OfficeChange,
    Participation,
    PhaseChange,
    PhaseDate,
    Ranking,
    RoleModel,
    Scale,
    Scorecard,
    Season,
    SeasonRules,
    SheetPaper,
    StaffFigures,
    Waiver,
)

Model = type[models.Model]

# Every kind of thing whose history is told: what it is called, and the fields that name one of it.
# Who voted when, electors, the urn and ballots are never told here.
TOLD: dict[Model, tuple[Promise | str, tuple[str, ...]]] = {
    Authority: (gettext_lazy("Authority"), ("name",)),
    Unit: (gettext_lazy("Unit"), ()),
    UnitName: (gettext_lazy("Name of a unit"), ("unit",)),
    Succession: (gettext_lazy("Succession of a unit"), ("old",)),
    User: (gettext_lazy("Person"), ("honorific", "full_name")),
    Seat: (gettext_lazy("Seat"), ("person", "role", "unit", "authority")),
    Block: (gettext_lazy("Block, cluster"), ("name",)),
    Membership: (gettext_lazy("Member of a block"), ("unit", "block")),
    Term: (gettext_lazy("Office of a block"), ("role", "unit", "block")),
    Recognition: (gettext_lazy("Recognition paper"), ("about", "year")),
    Paper: (gettext_lazy("Paper"), ("title",)),
    MeetingPaper: (gettext_lazy("Paper of a meeting"), ("paper_ptr",)),
    SheetPaper: (gettext_lazy("Paper of a sheet"), ("paper_ptr",)),
    Season: (gettext_lazy("Year"), ("year",)),
    SeasonRules: (gettext_lazy("Rules of the year"), ()),
    PhaseDate: (gettext_lazy("Dates of the year"), ("phase",)),
    PhaseChange: (gettext_lazy("Move of the year"), ("old", "new")),
    OfficeChange: (gettext_lazy("Head and deputy of the year"), ("head", "deputy")),
    Waiver: (gettext_lazy("Nothing will be sent"), ("unit", "column")),
    CommonTarget: (gettext_lazy("Common target"), ("text",)),
    Activity: (gettext_lazy("Activity"), ("name",)),
    Participation: (gettext_lazy("Taking part"), ("unit", "activity")),
    RoleModel: (gettext_lazy("Role model"), ("name",)),
    Scale: (gettext_lazy("Point scale"), ("name", "version")),
    Criterion: (gettext_lazy("Line of the scale"), ("code", "name")),
    Scorecard: (gettext_lazy("Sheet"), ("unit",)),
    Exemption: (gettext_lazy("Line not assigned"), ("card", "criterion")),
    Entry: (gettext_lazy("Line of the sheet"), ("criterion", "column")),
    Filing: (gettext_lazy("State of a sheet"), ("card", "column")),
    FilingAct: (gettext_lazy("Step of a sheet"), ("filing",)),
    StaffFigures: (gettext_lazy("Staff figures"), ("card",)),
    Evidence: (gettext_lazy("Evidence"), ("criterion", "column")),
    Explanation: (gettext_lazy("Explanation"), ("criterion",)),
    Inspection: (gettext_lazy("Cross-inspection"), ("card",)),
    InspectingUnit: (gettext_lazy("Inspecting unit"), ("unit", "inspection")),
    Ranking: (gettext_lazy("Fixing of the ranking"), ("number",)),
    Award: (gettext_lazy("Award"), ("name",)),
    Requirement: (gettext_lazy("Condition of an award"), ("award", "rule")),
    Aim: (gettext_lazy("Title aimed at"), ("award",)),
    Hold: (pgettext_lazy("history", "On hold"), ("unit", "award")),
    Decision: (gettext_lazy("Decision of the authority"), ("award", "number")),
    Grant: (gettext_lazy("Unit that gets the award"), ("unit", "decision")),
    LeaderCount: (gettext_lazy("Units that lead a block"), ("year",)),
    VoteRules: (gettext_lazy("Rules of a vote"), ("award", "office")),
    Meeting: (gettext_lazy("Meeting"), ("starts_at",)),
    Attendance: (gettext_lazy("Attendance"), ("unit",)),
    Guest: (gettext_lazy("Guest"), ("name",)),
    Counter: (gettext_lazy("Counting committee"), ("name",)),
    Question: (gettext_lazy("Matter of the vote"), ("award", "office", "round")),
    Candidate: (gettext_lazy("Put forward"), ("unit", "question")),
    Outcome: (gettext_lazy("Result of the vote"), ("candidate",)),
}
BY_TABLE: dict[str, Model] = {model._meta.db_table: model for model in TOLD}

# What fields are called that stand on no form and have no name of their own.
FIELDS: dict[str, Promise | str] = {
    "act": gettext_lazy("step"),
    "activity": gettext_lazy("activity"),
    "actual": gettext_lazy("result"),
    "answer": gettext_lazy("answer"),
    "answered_at": gettext_lazy("answered"),
    "answered_by": gettext_lazy("answered by"),
    "authority": gettext_lazy("authority"),
    "award": gettext_lazy("award"),
    "base": gettext_lazy("counted on"),
    "blank": gettext_lazy("blank papers"),
    "block": gettext_lazy("block, cluster"),
    "cancelled_because": gettext_lazy("cancelled because"),
    "candidate": gettext_lazy("put forward"),
    "card": gettext_lazy("sheet"),
    "closed_at": gettext_lazy("ended"),
    "column": gettext_lazy("column"),
    "conclusion": gettext_lazy("conclusion"),
    "corrects": gettext_lazy("corrects"),
    "criterion": gettext_lazy("line"),
    "dated": gettext_lazy("dated"),
    "decision": gettext_lazy("decision"),
    "deputy": gettext_lazy("deputy"),
    "draw_code": gettext_lazy("code of the draw"),
    "estimated": gettext_lazy("estimated"),
    "facts": gettext_lazy("facts"),
    "file_name": gettext_lazy("file"),
    "filing": gettext_lazy("sheet"),
    "final": gettext_lazy("final"),
    "finalised_at": gettext_lazy("final since"),
    "head": gettext_lazy("head"),
    "inspection": gettext_lazy("inspected"),
    "issued": pgettext_lazy("history", "issued"),
    "issuer": gettext_lazy("issued by"),
    "kind": gettext_lazy("kind"),
    "late_days": gettext_lazy("days late"),
    "level": gettext_lazy("level"),
    "lifted_by": gettext_lazy("lifted by"),
    "locked_at": gettext_lazy("locked since"),
    "locked_by": gettext_lazy("locked by"),
    "meeting": gettext_lazy("meeting"),
    "must_change_password": gettext_lazy("must change the password"),
    "new": pgettext_lazy("history", "to"),
    "note": gettext_lazy("note"),
    "number": gettext_lazy("number"),
    "office": gettext_lazy("office"),
    "old": pgettext_lazy("history", "from"),
    "on": gettext_lazy("day"),
    "opened_at": gettext_lazy("opened"),
    "order": gettext_lazy("order"),
    "official_order": gettext_lazy("official order"),
    "original_seen": gettext_lazy("compared with the original"),
    "parameter": gettext_lazy("parameter"),
    "parent": gettext_lazy("in section"),
    "person": gettext_lazy("person"),
    "phase": gettext_lazy("phase"),
    "plan_fixed_at": gettext_lazy("plan fixed"),
    "points": gettext_lazy("points"),
    "previous": gettext_lazy("earlier round"),
    "question": gettext_lazy("matter of the vote"),
    "recognised": gettext_lazy("recognised"),
    "recognition": gettext_lazy("recognition paper"),
    "reference": gettext_lazy("number of the paper"),
    "replaces": gettext_lazy("takes the place of"),
    "reserve": gettext_lazy("reserve"),
    "returned": gettext_lazy("papers returned"),
    "round": gettext_lazy("round"),
    "rule": gettext_lazy("condition"),
    "scale": gettext_lazy("point scale"),
    "season": gettext_lazy("year"),
    "sentence": gettext_lazy("sentence of the result"),
    "sent_at": gettext_lazy("sent"),
    "size": gettext_lazy("size in bytes"),
    "source": gettext_lazy("source"),
    "spoiled": gettext_lazy("spoiled papers"),
    "state": gettext_lazy("state"),
    "subject": gettext_lazy("what it is about"),
    "target": gettext_lazy("base"),
    "text": gettext_lazy("text"),
    "turn": gettext_lazy("turn in the rotation"),
    "unit": gettext_lazy("unit"),
    "valid": gettext_lazy("valid papers"),
    "verdict": gettext_lazy("result"),
    "version": gettext_lazy("version"),
    "words": gettext_lazy("words"),
    "yes": gettext_lazy("papers in favour"),
}
# What the row of history says itself (who, when), and what is for the machine alone.
UNSAID = {
    "id", "at", "by", "seat", "sort_key", "search_key", "file", "content", "sha256", "file_sha256",
    "signed_copy", "signed_copy_sha256", "paper_ptr", "finalised_by", "before", "after",
    "password", "last_login",
}  # fmt: skip
ABOVE = {
    "season",
    "card",
    "meeting",
    "scale",
    "block",
    "order",
}  # goes without saying of a new thing
WHOLE = {"facts", "words"}  # that they changed is told, not each part of them
STEPS: dict[str, Promise | str] = {
    "handed_up": gettext_lazy("handed up"),
    "returned": gettext_lazy("returned by the principal"),
    "sent": pgettext_lazy("history", "sent"),
    "taken_back": gettext_lazy("taken back"),
    "sent_back": gettext_lazy("returned for completion"),
    "reopened": gettext_lazy("opened again"),
}


def fields_of(model: Model) -> dict[str, models.Field]:
    """Return the fields of a table that are told, by the column in which history keeps them."""
    return {
        field.attname: field
        for field in model._meta.local_concrete_fields
        if field.name not in UNSAID
    }


def label_of(field: Any) -> str:
    """Return what a field is called: by its form, or here."""
    own = field.verbose_name
    name = own if isinstance(own, Promise) else FIELDS.get(field.name, own)
    return str(capfirst(str(name)))
