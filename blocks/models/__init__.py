"""People, units, blocks, papers and history."""

from blocks.models.blocks import Block, Membership, Office, Recognition, Term, members_on
from blocks.models.changes import Change
from blocks.models.papers import NUMBERED, Paper, PaperKind, stamp
from blocks.models.people import Honorific, Role, Seat, User, require
from blocks.models.units import Authority, Succession, Unit, UnitName

__all__ = [
    "NUMBERED",
    "Authority",
    "Block",
    "Change",
    "Honorific",
    "Membership",
    "Office",
    "Paper",
    "PaperKind",
    "Recognition",
    "Role",
    "Seat",
    "Succession",
    "Term",
    "Unit",
    "UnitName",
    "User",
    "members_on",
    "require",
    "stamp",
]
