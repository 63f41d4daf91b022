"""Who may do what: the one table of permissions.

A rule asks a person and a thing; a thing is, or belongs to, a block, a season, a meeting, a unit or
an authority. What depends on the phase is no permission but a turn: it stands in
``scoring.phases`` and the models' verbs ask it. There are no superusers (decision 11).
"""

from collections.abc import Callable
from typing import Any

from django.contrib.auth.backends import BaseBackend
from django.http import HttpRequest

from awards.models import Award, Meeting, Question
from blocks.models import Authority, Block, Paper, PaperKind, Recognition, Role, Seat, Unit, User
from blocks.text import nfc
from emulation.printing import own_kind
from scoring.board import may_read
from scoring.models import Inspection, Season, SheetPaper
from scoring.phases import Column

Rule = Callable[[User, Any], bool]


def authority_of(thing: Any) -> Authority | None:
    """Return the authority a thing belongs to."""
    if isinstance(thing, Authority):
        return thing
    if isinstance(thing, Unit):
        return thing.authority
    if isinstance(thing, Seat):
        return thing.unit.authority if thing.unit else thing.authority
    block = block_of(thing)
    return block.authority if block else getattr(thing, "authority", None)


def block_of(thing: Any) -> Block | None:
    """Return the block a thing belongs to."""
    if isinstance(thing, Block):
        return thing
    if isinstance(thing, Paper):
        return thing.block
    season = season_of(thing)
    return season.block if season else getattr(thing, "block", None)


def season_of(thing: Any) -> Season | None:
    """Return the season a thing belongs to."""
    if isinstance(thing, Season):
        return thing
    meeting = meeting_of(thing)
    return meeting.season if meeting else getattr(thing, "season", None)


def meeting_of(thing: Any) -> Meeting | None:
    """Return the meeting a thing belongs to."""
    return thing if isinstance(thing, Meeting) else getattr(thing, "meeting", None)


def officer(user: User, thing: Any) -> bool:
    """An officer of the authority the thing belongs to."""
    authority = authority_of(thing)
    return authority is not None and user.officer_seat(authority) is not None


def member(user: User, thing: Any) -> bool:
    """Somebody of a unit that is or was a member of the block."""
    block = block_of(thing)
    return block is not None and block.pk in user.blocks


def head(user: User, thing: Any) -> bool:
    """Somebody who acts for the season's head: its clerk drafts."""
    season = season_of(thing)
    return season is not None and season.head_seat(user) is not None


def head_principal(user: User, thing: Any) -> bool:
    """A principal who acts for the season's head: does what cannot be undone."""
    season = season_of(thing)
    return season is not None and season.head_seat(user, Role.PRINCIPAL) is not None


def principal_of_head(user: User, thing: Any) -> bool:
    """A principal of the head itself: the acting deputy does not let itself act longer."""
    season = season_of(thing)
    return season is not None and user.seat_at(season.head, Role.PRINCIPAL) is not None


def secretary(user: User, thing: Any) -> bool:
    """The named secretary of the meeting, who clicks by the chair's direction."""
    meeting = meeting_of(thing)
    return meeting is not None and meeting.secretary_id == user.pk


def counter(user: User, thing: Any) -> bool:
    """A member of the meeting's counting committee."""
    meeting = meeting_of(thing)
    return meeting is not None and meeting.counters.filter(person=user).exists()


def representative(user: User, thing: Any) -> bool:
    """Whoever represents a unit at the meeting."""
    meeting = meeting_of(thing)
    return meeting is not None and meeting.attendances.filter(representative=user).exists()


def elector(user: User, thing: Any) -> bool:
    """Whoever represents an elector of the question; only that account casts."""
    return isinstance(thing, Question) and thing.electors.filter(representative=user).exists()


def inspector(user: User, thing: Any) -> bool:
    """Somebody of a unit that makes the inspection."""
    units = [unit.pk for unit in user.units]
    return isinstance(thing, Inspection) and thing.inspectors.filter(unit__in=units).exists()


def inspecting_principal(user: User, thing: Any) -> bool:
    """A principal of a unit that makes the inspection."""
    return isinstance(thing, Inspection) and any(
        user.seat_at(each.unit, Role.PRINCIPAL) for each in thing.inspectors.all()
    )


def principal_of_unit(user: User, thing: Any) -> bool:
    """A principal of the unit."""
    return isinstance(thing, Unit) and user.seat_at(thing, Role.PRINCIPAL) is not None


def principal_of_sheet(user: User, thing: Any) -> bool:
    """A principal of the unit whose card it is."""
    return user.seat_at(thing.unit, Role.PRINCIPAL) is not None


def of_unit(user: User, thing: Any) -> bool:
    """Somebody of the unit a thing belongs to."""
    unit = thing if isinstance(thing, Unit) else getattr(thing, "unit", None)
    return isinstance(unit, Unit) and user.seat_at(unit) is not None


def sees_unit(user: User, thing: Any) -> bool:
    """Whoever shares a block with the unit, or is above it."""
    return isinstance(thing, Unit) and Unit.objects.visible_to(user).contains(thing)


def names_a_block_of_mine(user: User, thing: Any) -> bool:
    """Whoever reads an issued paper that names the head of a block one sees."""
    return isinstance(thing, Recognition) and Recognition.objects.visible_to(user).contains(thing)


def knows(user: User, thing: Any) -> bool:
    """Oneself, a colleague of a unit, or an officer above the person."""
    return isinstance(thing, User) and User.objects.visible_to(user).contains(thing)


def manages_seat(user: User, thing: Any) -> bool:
    """An officer above the seat; a principal where it is a clerk's of the own unit."""
    if not isinstance(thing, Seat):
        return False
    own_clerk = thing.role == Role.CLERK and user.seat_at(thing.unit, Role.PRINCIPAL) is not None
    return own_clerk or officer(user, thing)


def governs(user: User, thing: Any) -> bool:
    """Whoever manages every seat the person holds or will hold; without one, its last seat.

    A new password lets its giver in as the person: nobody gives one to somebody who may do
    elsewhere what the giver may not.
    """
    if not isinstance(thing, User):
        return False
    seats = list(thing.seats.select_related("unit__authority", "authority").order_by("since", "pk"))
    return bool(seats) and all(
        manages_seat(user, seat) for seat in [seat for seat in seats if seat.is_open] or seats[-1:]
    )


def paper_reader(user: User, thing: Any) -> bool:
    """Whoever reads a paper: one of a sheet or board as the phase lets read its column, or final
    and issued by the own unit."""
    sheet = own_kind(thing)
    if not isinstance(sheet, SheetPaper) or sheet.is_issued_by(user):
        return True
    if sheet.card:
        return may_read(user, sheet.card, Column(sheet.column))
    return sheet.column in sheet.season.step.reads or bool(sheet.season.office_seat(user))


def of_issuer(user: User, thing: Any) -> bool:
    """Somebody of the unit that issues the paper: its register gave the number."""
    return user.seat_at(thing.issuer) is not None


ISSUES = {  # what whoever makes this kind of paper final is allowed, and on what
    PaperKind.MINUTES: "awards.finalise_minutes",
    PaperKind.COUNT: "awards.finalise_minutes",
    PaperKind.REGISTRATION: "scoring.issue_sheet",
    PaperKind.SCORE_TABLE: "scoring.issue_sheet",
    PaperKind.BOARD: "scoring.issue_board",
    PaperKind.TITLES: "scoring.issue_sheet",
    PaperKind.INSPECTION: "scoring.finalise_inspection",
    PaperKind.NOMINEES: "awards.finalise_proposal",
    PaperKind.PROPOSAL: "awards.finalise_proposal",
    PaperKind.BALLOTS: "awards.print_ballots",
}


WRITES = ISSUES | {  # what whoever goes on with a draft is allowed, where its words are written
    PaperKind.MINUTES: "awards.write_minutes",
    PaperKind.INSPECTION: "scoring.write_inspection",
    PaperKind.NOMINEES: "awards.write_proposal",
    PaperKind.PROPOSAL: "awards.write_proposal",
}


def by_kind(names: dict[PaperKind, str]) -> Rule:
    """Return the rule of a paper that asks, of what the paper states, the one of its kind."""

    def rule(user: User, thing: Any) -> bool:
        if not isinstance(thing, Paper):
            return False
        paper = own_kind(thing)
        of = getattr(paper, "meeting", None) or paper.card or paper.season
        if paper.kind == PaperKind.INSPECTION:
            of = of.inspection
        return RULES[names[PaperKind(thing.kind)]](user, of)

    return rule


writer_of_paper = by_kind(WRITES)


def sees_award(user: User, thing: Any) -> bool:
    """Whoever is of a block, or above one, that may aim at the award."""
    return isinstance(thing, Award) and Award.objects.visible_to(user).contains(thing)


def either(*rules: Rule) -> Rule:
    """Return the rule that one of these is enough."""
    return lambda user, thing: any(rule(user, thing) for rule in rules)


def both(*rules: Rule) -> Rule:
    """Return the rule that all of these are needed."""
    return lambda user, thing: all(rule(user, thing) for rule in rules)


reader = either(officer, member)

# fmt: off
RULES: dict[str, Rule] = {
    "blocks.administer":        officer,             # an authority: its units, people, blocks
    "blocks.manage_unit":       officer,
    "blocks.view_unit":         sees_unit,
    "blocks.manage_clerks":     either(officer, principal_of_unit),
    "blocks.view_person":       knows,
    "blocks.manage_person":     governs,             # name, phone, password
    "blocks.manage_seat":       manages_seat,
    "blocks.view_block":        reader,
    "blocks.manage_block":      officer,             # its name, members, orders
    "blocks.recognise":         officer,             # papers that name heads and deputies
    "blocks.view_recognition":  names_a_block_of_mine,
    "blocks.view_paper":        both(reader, paper_reader),
    "blocks.number_paper":      either(officer, of_issuer),
    "blocks.sign_paper":        either(officer, of_issuer),       # adds the scan of the signed one
    "blocks.correct_paper":     by_kind(ISSUES),     # begins, or drops, what takes its place

    "scoring.open_season":      officer,
    "scoring.view_season":      reader,
    "scoring.draft_season":     either(officer, head),            # theme, dates, scale, plan
    "scoring.name_role_model":  either(officer, head, of_unit),   # of a unit, on its card
    "scoring.lock_scale":       either(officer, head_principal),
    "scoring.fix_plan":         either(officer, head_principal),
    "scoring.appoint_team":     either(officer, head, inspector),
    "scoring.write_inspection": inspector,           # the words of its minutes
    "scoring.finalise_inspection": inspecting_principal,
    "scoring.authorise_deputy": either(officer, principal_of_head),  # to act from–to
    "scoring.move_season":      either(officer, head_principal),  # on and back
    "scoring.waive":            either(officer, head_principal),
    "scoring.remind":           either(officer, head),
    "scoring.view_card":        reader,              # which columns of it: the table of phases
    "scoring.agree_findings":   principal_of_sheet,               # of a unit, on its own card
    "scoring.fix_ranking":      either(officer, head_principal),
    "scoring.issue_sheet":      principal_of_sheet,               # a card as printed, once sent
    "scoring.issue_board":      either(officer, head_principal),

    "awards.view_award":        sees_award,
    "awards.manage_award":      officer,             # of one's authority; none is every one's
    "awards.hold_award":        officer,             # the head competes for the same awards
    "awards.record_decision":   officer,             # of the authority; the number of leaders
    "awards.call_meeting":      either(officer, head),
    "awards.view_meeting":      either(reader, secretary, representative, counter),
    "awards.take_attendance":   either(secretary, head),
    "awards.run_meeting":       secretary,           # opens and closes, by the chair's direction
    "awards.adjust_score":      secretary,           # by a show of hands of the meeting
    "awards.cancel_meeting":    officer,
    "awards.key_letter":        either(secretary, counter),
    "awards.view_question":     either(reader, secretary, representative, counter),
    "awards.cast_ballot":       elector,
    "awards.write_minutes":     either(secretary, head),
    "awards.finalise_minutes":  either(secretary, head_principal),
    "awards.write_proposal":    head,                # its words; prints the list of nominees
    "awards.finalise_proposal": head_principal,
    "awards.print_ballots":     either(secretary, head, counter),
}
# fmt: on


class Rulebook(BaseBackend):
    """Makes Django's own ``user.has_perm(name, thing)`` ask the table."""

    def authenticate(
        self,
        request: HttpRequest | None,
        username: str | None = None,
        password: str | None = None,
        **_other: Any,
    ) -> User | None:
        """Return the person of this user name and password, or nothing."""
        if username is None or password is None:
            return None
        try:
            user = User.objects.get_by_natural_key(nfc(username))
        except User.DoesNotExist:
            User().set_password(password)  # as slow as a wrong password: names are not guessed
            return None
        return user if user.check_password(password) and user.is_active else None

    def get_user(self, user_id: int) -> User | None:
        """Return the person of a session."""
        return User.objects.with_seats(user_id)

    def has_perm(self, user_obj: Any, perm: str, obj: object = None) -> bool:
        """Ask the table; a name that is not in it is a mistake of ours."""
        return obj is not None and RULES[perm](user_obj, obj)
