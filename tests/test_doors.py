"""Every address × every role × own block, the one beside it, the one beyond: one table.

A new address needs one line in ``DOORS``. ``page`` is read, ``form`` is read and sent, ``act`` is
only sent. A line says who may, by role; ``sees`` says who gets a 403 with the reason instead of a
404. Beside one's own block only the officer sees anything, and beyond the authority nobody.
"""

# ruff: noqa: E501 -- one line a door

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

import pytest
from django.db import transaction
from django.template import Origin
from django.template.loaders.base import Loader
from django.test import Client, override_settings
from django.urls import get_resolver, reverse

from blocks import clock
from emulation import permissions
from emulation.settings import TEMPLATES
from scoring.phases import Column, Phase
from tests.doors import ROLES, make_world

pytestmark = pytest.mark.django_db

MEMBERS = {"clerk", "principal", "head_clerk", "head", "deputy", "inspector"}
HEAD = {"head_clerk", "head"}
OFFICER, SECRETARY, COUNTER, ELECTOR = {"officer"}, {"secretary"}, {"counter"}, {"elector"}
OWN = {"clerk", "principal"}
BLOCK = MEMBERS | OFFICER
ROOM = BLOCK | SECRETARY | COUNTER | ELECTOR
ALL = set(ROLES)
NOBODY: set[str] = set()
AUTHORITY = {"officer"}
BY_OFFICE = OFFICER | HEAD  # the head's clerk drafts
BINDING = OFFICER | {"head"}  # only its principal does what cannot be undone


@dataclass(frozen=True)
class Door:
    """An address, the permission it asks, what it is tried on, who may, who else sees it."""

    name: str
    permission: str
    on: Callable | None
    may: set[str]
    sees: set[str]
    read: bool = True
    sent: bool = False
    answers: int = 200  # to whoever may read it
    shared: bool = False  # of the authority: members of the block beside see it as their own

    @property
    def label(self) -> str:
        return f"{self.name} {self.permission}"


def page(name, permission, on, may, sees=None, **more):
    return Door(name, permission, on, may, sees or may, **more)


def form(name, permission, on, may, sees=BLOCK, **more):
    return Door(name, permission, on, may, sees, sent=True, **more)


def act(name, permission, on, may, sees=BLOCK):
    return Door(name, permission, on, may, sees, read=False, sent=True)


# What an address is tried on, in a block of the stage.


def of(name):
    return lambda it: [getattr(it, name).pk]


def season(phase=Phase.MEETING, *more):
    return lambda it: [it.seasons[phase].season.pk, *more]


def card(phase, *more):
    return lambda it: [it.seasons[phase].card.pk, *more]


def line(phase, name="plan"):
    return lambda it: [it.seasons[phase].card.pk, getattr(it.seasons[phase].lines, name).pk]


def history(kind, on):
    return lambda it: [kind, *on(it)]


# fmt: off
DOORS = [
    # the frame
    page("home", "", None, ALL),
    page("search", "", None, ALL),
    page("list_blocks", "", None, ALL),
    page("list_people", "", None, ALL),
    page("list_units", "", None, ALL),
    page("list_recognitions", "", None, ALL),
    page("list_meetings", "", None, ALL),
    page("list_papers", "", None, ALL),
    form("show_account", "", None, ALL, ALL),
    form("change_password", "", None, ALL, ALL),
    act("log_out", "", None, ALL, ALL),
    act("set_theme", "", None, ALL, ALL),
    form("set_language", "", None, ALL, ALL, answers=302),
    page("log_in", "", None, ALL, answers=302),
    page("show_administration", "blocks.administer", None, OFFICER, ALL),

    # people and units
    form("add_person", "blocks.manage_clerks", None, OFFICER | {"principal", "head", "deputy", "inspector"}, ALL),
    page("show_person", "blocks.view_person", of("person"), OWN | OFFICER),
    form("edit_person", "blocks.manage_person", of("person"), OFFICER | {"principal"}, OWN | OFFICER),
    form("give_password", "blocks.manage_person", of("person"), OFFICER | {"principal"}, OWN | OFFICER),
    form("add_seat", "blocks.manage_clerks", of("person"), OFFICER | {"principal"}, OWN | OFFICER),
    form("end_seat", "blocks.manage_seat", of("seat"), OFFICER | {"principal"}, OWN | OFFICER),
    form("add_unit", "blocks.administer", None, OFFICER, ALL),
    page("show_unit", "blocks.view_unit", of("unit"), BLOCK),
    form("edit_unit", "blocks.manage_unit", of("unit"), OFFICER),
    form("rename_unit", "blocks.manage_unit", of("unit"), OFFICER),
    form("close_unit", "blocks.manage_unit", of("unit"), OFFICER),

    # blocks and recognitions
    form("add_block", "blocks.administer", None, OFFICER, ALL),
    page("show_block", "blocks.view_block", of("block"), BLOCK),
    form("edit_block", "blocks.manage_block", of("block"), OFFICER),
    form("add_member", "blocks.manage_block", of("block"), OFFICER),
    form("edit_member", "blocks.manage_block", lambda it: [it.members[0].pk], OFFICER),
    form("end_member", "blocks.manage_block", lambda it: [it.members[0].pk], OFFICER),
    form("add_recognition", "blocks.administer", None, OFFICER, ALL),
    page("show_recognition", "blocks.view_recognition", of("recognition"), BLOCK),
    page("show_recognition", "blocks.view_recognition", of("draft"), OFFICER),
    page("show_recognition_file", "blocks.view_recognition", of("recognition"), BLOCK),
    form("edit_recognition", "blocks.recognise", of("recognition"), OFFICER),
    form("edit_recognition", "blocks.recognise", of("draft"), OFFICER, OFFICER),
    form("add_term", "blocks.manage_block", lambda it: [it.draft.pk, it.block.pk], OFFICER, OFFICER),
    form("issue_recognition", "blocks.recognise", of("recognition"), OFFICER),
    act("remove_term", "blocks.manage_block", of("term"), OFFICER, OFFICER),

    # a year
    form("open_season", "scoring.open_season", of("block"), OFFICER),
    page("show_season", "scoring.view_season", season(), BLOCK),
    form("edit_season", "scoring.draft_season", season(), BY_OFFICE),
    form("edit_dates", "scoring.draft_season", season(), BY_OFFICE),
    form("edit_rules", "scoring.draft_season", season(Phase.PLANNING), BY_OFFICE),
    form("name_offices", "blocks.recognise", season(), OFFICER),
    form("add_common_target", "scoring.draft_season", season(), BY_OFFICE),
    form("edit_common_target", "scoring.draft_season", of("target"), BY_OFFICE),
    form("note_reached", "scoring.draft_season", of("target"), BY_OFFICE),
    form("remove_common_target", "scoring.draft_season", of("target"), BY_OFFICE),
    page("list_activities", "scoring.view_season", season(), BLOCK),
    form("add_activity", "scoring.draft_season", season(), BY_OFFICE),
    form("edit_activity", "scoring.draft_season", of("activity"), BY_OFFICE),
    form("remove_activity", "scoring.draft_season", of("activity"), BY_OFFICE),
    form("add_role_model", "scoring.name_role_model", card(Phase.MEETING), OWN | BY_OFFICE),
    form("edit_role_model", "scoring.name_role_model", of("role_model"), OWN | BY_OFFICE),
    form("remove_role_model", "scoring.name_role_model", of("role_model"), OWN | BY_OFFICE),
    form("move_season", "scoring.move_season", season(Phase.MEETING, "closed"), BINDING),
    form("go_back", "scoring.move_season", season(Phase.SELF_SCORING, "execution"), BINDING),
    page("remind_units", "scoring.remind", season(Phase.SELF_SCORING), BY_OFFICE, BLOCK),
    form("waive_unit", "scoring.waive", lambda it: [it.seasons[Phase.SELF_SCORING].season.pk, "claimed", it.unit.pk], BINDING),
    form("withdraw_waiver", "scoring.waive", of("waiver"), BINDING),
    page("list_exemptions", "scoring.view_season", season(), BLOCK),
    form("add_exemption", "scoring.draft_season", season(Phase.SELF_SCORING), BY_OFFICE),
    form("remove_exemption", "scoring.draft_season", of("exemption"), BY_OFFICE),

    # the scale
    page("show_scale", "scoring.view_season", season(), BLOCK),
    form("load_scale", "scoring.draft_season", season(Phase.PLANNING), BY_OFFICE),
    page("sample_scale", "scoring.draft_season", season(Phase.PLANNING), BY_OFFICE, BLOCK),
    form("edit_scale", "scoring.draft_season", of("draft_scale"), BY_OFFICE),
    form("lock_scale", "scoring.lock_scale", of("draft_scale"), BINDING),
    form("amend_scale", "scoring.draft_season", of("draft_scale"), BY_OFFICE),
    form("discard_scale", "scoring.draft_season", of("draft_scale"), BY_OFFICE),
    form("add_criterion", "scoring.draft_season", of("draft_scale"), BY_OFFICE),
    form("edit_criterion", "scoring.draft_season", of("draft_line"), BY_OFFICE),
    form("remove_criterion", "scoring.draft_season", of("draft_line"), BY_OFFICE),

    # the plan
    page("show_plan", "scoring.view_season", season(Phase.SELF_SCORING), BLOCK),
    form("draw_plan", "scoring.draft_season", season(Phase.SELF_SCORING), BY_OFFICE),
    act("change_plan", "scoring.draft_season", season(Phase.SELF_SCORING), BY_OFFICE),
    form("fix_plan", "scoring.fix_plan", season(Phase.SELF_SCORING), BINDING),
    form("unfix_plan", "scoring.fix_plan", season(Phase.SELF_SCORING), BINDING),
    form("edit_inspection", "scoring.appoint_team", lambda it: [it.seasons[Phase.INSPECTION].inspection.pk], BY_OFFICE | {"inspector"}),

    # sheets
    page("fill_card", "scoring.view_card", card(Phase.SELF_SCORING), BLOCK),
    act("fill_card", "scoring.view_card", card(Phase.SELF_SCORING), OWN),
    act("fill_card", "scoring.view_card", card(Phase.INSPECTION), {"inspector"}),
    act("fill_card", "scoring.view_card", card(Phase.SETTLEMENT), HEAD),
    act("submit_card", "scoring.view_card", card(Phase.SELF_SCORING), BLOCK),
    page("submit_card", "scoring.view_card", card(Phase.MEETING), BLOCK, answers=302),
    act("take_over", "scoring.view_card", card(Phase.INSPECTION), {"inspector"}),
    page("fill_aims", "scoring.view_card", card(Phase.REGISTRATION), BLOCK),
    act("fill_aims", "scoring.view_card", card(Phase.REGISTRATION), OWN),
    act("submit_aims", "scoring.view_card", card(Phase.REGISTRATION), BLOCK),
    page("submit_aims", "scoring.view_card", card(Phase.MEETING), BLOCK, answers=302),
    page("show_line", "scoring.view_card", line(Phase.SELF_SCORING), BLOCK),
    form("add_evidence", "scoring.view_card", line(Phase.SELF_SCORING), OWN),
    page("show_evidence", "scoring.view_card", of("evidence"), OWN, BLOCK),
    form("remove_evidence", "scoring.view_card", of("evidence"), OWN),
    form("explain_line", "scoring.view_card", line(Phase.SETTLEMENT, "bonus"), OWN),
    form("answer_explanation", "scoring.view_card", of("explanation"), HEAD),
    form("take_explanation_back", "scoring.view_card", of("explanation"), OWN),
    page("show_derivation", "scoring.view_card", card(Phase.MEETING, Column.FINAL), BLOCK),
    page("print_card", "scoring.view_card", card(Phase.MEETING, "aim"), OWN, BLOCK),
    page("card_pdf", "scoring.view_card", card(Phase.MEETING, "aim"), OWN, BLOCK),
    form("issue_card", "scoring.issue_sheet", card(Phase.MEETING, "target"), {"principal"}),
    page("show_board", "scoring.view_season", season(), BLOCK),
    form("fix_ranking", "scoring.fix_ranking", season(Phase.SETTLEMENT), BINDING),
    page("print_board", "scoring.view_season", season(), BLOCK),
    page("board_pdf", "scoring.view_season", season(), BLOCK),
    form("issue_board", "scoring.issue_board", season(), BINDING),
    page("show_eligibility", "scoring.view_season", season(), BLOCK),

    # the meeting
    form("call_meeting", "awards.call_meeting", season(Phase.SETTLEMENT), BY_OFFICE),
    page("show_meeting", "awards.view_meeting", of("meeting"), ROOM),
    page("meeting_status", "awards.view_meeting", of("meeting"), ROOM),
    page("project_meeting", "awards.view_meeting", of("meeting"), ROOM),
    form("edit_meeting", "awards.call_meeting", of("meeting"), BY_OFFICE, ROOM),
    form("open_meeting", "awards.run_meeting", of("meeting"), SECRETARY, ROOM),
    form("close_meeting", "awards.run_meeting", of("meeting"), SECRETARY, ROOM),
    form("cancel_meeting", "awards.cancel_meeting", of("meeting"), OFFICER, ROOM),
    form("add_guest", "awards.take_attendance", of("meeting"), SECRETARY | HEAD, ROOM),
    form("add_counter", "awards.take_attendance", of("meeting"), SECRETARY | HEAD, ROOM),
    form("edit_attendance", "awards.take_attendance", of("attendance"), SECRETARY | HEAD, ROOM),
    form("add_letter", "awards.take_attendance", of("attendance"), SECRETARY | HEAD, ROOM),
    form("edit_letter", "awards.take_attendance", of("first_letter"), SECRETARY | HEAD, ROOM),
    form("remove_letter", "awards.take_attendance", of("first_letter"), SECRETARY | HEAD, ROOM),
    form("edit_guest", "awards.take_attendance", of("guest"), SECRETARY | HEAD, ROOM),
    form("remove_guest", "awards.take_attendance", of("guest"), SECRETARY | HEAD, ROOM),
    form("edit_counter", "awards.take_attendance", of("counter"), SECRETARY | HEAD, ROOM),
    form("remove_counter", "awards.take_attendance", of("counter"), SECRETARY | HEAD, ROOM),
    form("write_minutes", "awards.write_minutes", of("meeting"), SECRETARY | HEAD, ROOM),
    page("preview_minutes", "awards.write_minutes", of("meeting"), SECRETARY | HEAD, ROOM),
    page("preview_count", "awards.write_minutes", of("meeting"), SECRETARY | HEAD, ROOM, answers=302),
    form("finalise_minutes", "awards.finalise_minutes", of("past_meeting"), SECRETARY | {"head"}, BLOCK | SECRETARY),
    form("finalise_count", "awards.finalise_minutes", of("meeting"), SECRETARY | {"head"}, ROOM, answers=422),
    page("list_vote_rules", "scoring.view_season", season(), BLOCK),
    form("add_vote_rules", "scoring.draft_season", season(Phase.PLANNING), BY_OFFICE),
    form("edit_vote_rules", "scoring.draft_season", of("free_rules"), BY_OFFICE),
    form("remove_vote_rules", "scoring.draft_season", of("free_rules"), BY_OFFICE),

    # the vote
    page("show_question", "awards.view_question", of("question"), ROOM),
    form("list_candidates", "awards.take_attendance", of("question"), SECRETARY | HEAD, ROOM, answers=302),
    form("open_question", "awards.run_meeting", of("question"), SECRETARY, ROOM, answers=302),
    form("close_question", "awards.run_meeting", of("question"), SECRETARY, ROOM, answers=302),
    form("cancel_question", "awards.run_meeting", of("question"), SECRETARY, ROOM),
    form("put_anew", "awards.run_meeting", of("question"), SECRETARY, ROOM, answers=302),
    form("receive_letter", "awards.run_meeting", of("question"), SECRETARY, ROOM, answers=302),
    form("key_letter", "awards.key_letter", of("letter"), SECRETARY | COUNTER, ROOM, answers=302),
    form("forget_letter", "awards.key_letter", of("letter"), SECRETARY | COUNTER, ROOM, answers=302),
    form("forget_paper", "awards.key_letter", of("question"), SECRETARY | COUNTER, ROOM, answers=302),
    form("find_empty", "awards.run_meeting", of("letter"), SECRETARY, ROOM),
    form("cast_ballot", "awards.cast_ballot", of("question"), ELECTOR | {"principal", "deputy", "head"}, ROOM),
    form("submit_ballot", "awards.cast_ballot", of("question"), ELECTOR | {"principal", "deputy", "head"}, ROOM, answers=302),

    # the paper box, hands, the meeting's own adjustment
    form("give_paper", "awards.key_letter", of("question"), SECRETARY | COUNTER, ROOM),
    form("take_paper_back", "awards.key_letter", of("letter"), SECRETARY | COUNTER, ROOM),
    form("key_paper", "awards.key_letter", of("question"), SECRETARY | COUNTER, ROOM),
    form("count_box", "awards.key_letter", of("question"), SECRETARY | COUNTER, ROOM),
    form("forget_stack", "awards.key_letter", of("question"), SECRETARY | COUNTER, ROOM),
    form("count_hands", "awards.run_meeting", of("question"), SECRETARY, ROOM, answers=302),
    form("decide_by_hands", "awards.run_meeting", of("meeting"), SECRETARY, ROOM),
    form("correct_hands", "awards.run_meeting", of("procedure"), SECRETARY, ROOM),
    form("take_roll", "awards.take_attendance", of("past_meeting"), SECRETARY | HEAD, BLOCK | SECRETARY),
    form("adjust_score", "awards.adjust_score", of("meeting"), SECRETARY, ROOM, answers=422),
    form("adjust_line", "awards.adjust_score", lambda it: [it.meeting.pk, *line(Phase.MEETING)(it)], SECRETARY, ROOM, answers=422),
    page("print_ballots", "awards.print_ballots", of("question"), SECRETARY | HEAD | COUNTER, ROOM),
    page("ballots_pdf", "awards.print_ballots", of("question"), SECRETARY | HEAD | COUNTER, ROOM),
    form("fix_ballots", "awards.print_ballots", of("question"), SECRETARY | HEAD | COUNTER, ROOM),

    # who may be proposed, and what the authority decides
    page("list_awards", "", None, ALL),
    form("add_award", "awards.manage_award", None, OFFICER, ALL),
    page("show_award", "awards.view_award", of("award"), BLOCK, shared=True),
    form("edit_award", "awards.manage_award", of("award"), OFFICER, shared=True),
    form("renew_award", "awards.manage_award", of("award"), OFFICER, shared=True),
    form("end_award", "awards.manage_award", of("award"), OFFICER, shared=True),
    form("add_requirement", "awards.manage_award", of("award"), OFFICER, shared=True),
    form("edit_requirement", "awards.manage_award", of("requirement"), OFFICER, shared=True),
    form("remove_requirement", "awards.manage_award", of("requirement"), OFFICER, shared=True),
    page("list_holds", "scoring.view_season", season(), BLOCK),
    form("put_on_hold", "awards.hold_award", season(), OFFICER),
    form("lift_hold", "awards.hold_award", of("hold"), OFFICER),
    form("record_decision", "awards.record_decision", lambda it: [it.past.season.pk, it.world.award.pk], OFFICER),
    form("correct_decision", "awards.record_decision", of("decision"), OFFICER),
    form("state_leaders", "awards.record_decision", lambda it: [it.past.season.pk], OFFICER),

    # the proposal, minutes of an inspection, the deputy, agreeing
    form("write_proposal", "awards.write_proposal", of("past_meeting"), HEAD, BLOCK | SECRETARY),
    page("preview_proposal", "awards.write_proposal", of("past_meeting"), HEAD, BLOCK | SECRETARY),
    form("finalise_proposal", "awards.finalise_proposal", of("past_meeting"), {"head"}, BLOCK | SECRETARY),
    form("print_nominees", "awards.write_proposal", of("past_meeting"), HEAD, BLOCK | SECRETARY),
    page("nominees_pdf", "awards.write_proposal", of("past_meeting"), HEAD, BLOCK | SECRETARY),
    form("issue_nominees", "awards.finalise_proposal", of("past_meeting"), {"head"}, BLOCK | SECRETARY),
    form("inspection_minutes", "scoring.write_inspection", lambda it: [it.seasons[Phase.INSPECTION].inspection.pk], {"inspector"}),
    page("inspection_pdf", "scoring.view_card", lambda it: [it.seasons[Phase.INSPECTION].inspection.pk], {"inspector"}, BLOCK),
    form("finalise_inspection", "scoring.finalise_inspection", lambda it: [it.seasons[Phase.INSPECTION].inspection.pk], {"inspector"}, answers=302),
    form("authorise_deputy", "scoring.authorise_deputy", season(), BINDING),
    form("end_authorisation", "scoring.authorise_deputy", of("authorisation"), BINDING),
    form("agree_findings", "scoring.agree_findings", card(Phase.SETTLEMENT), {"principal"}),
    form("agree_changes", "scoring.agree_findings", card(Phase.SETTLEMENT), {"principal"}),
    page("export_board", "scoring.view_season", season(), BLOCK),
    page("show_scan", "scoring.view_card", of("scan"), OWN, BLOCK),

    # papers
    page("show_paper", "blocks.view_paper", of("paper"), BLOCK),
    page("paper_pdf", "blocks.view_paper", of("paper"), BLOCK),
    form("number_paper", "blocks.number_paper", of("paper"), BY_OFFICE),
    form("sign_paper", "blocks.sign_paper", of("paper"), BY_OFFICE),
    form("unsign_paper", "blocks.sign_paper", of("paper"), BY_OFFICE),
    page("signed_paper", "blocks.view_paper", of("paper"), BLOCK),
    form("correct_paper", "blocks.correct_paper", of("paper"), {"head"}),
    form("drop_correction", "blocks.correct_paper", of("paper"), {"head"}, answers=302),

    # history
    page("show_history", "blocks.view_unit", history("unit", of("unit")), BLOCK),
    page("show_history", "blocks.view_person", history("person", of("person")), OWN | OFFICER),
    page("show_history", "blocks.view_block", history("block", of("block")), BLOCK),
    page("show_history", "blocks.view_recognition", history("recognition", of("recognition")), BLOCK),
    page("show_history", "blocks.view_paper", history("paper", of("paper")), BLOCK),
    page("show_history", "scoring.view_season", history("season", season()), BLOCK),
    page("show_history", "scoring.view_season", history("scale", season()), BLOCK),
    page("show_history", "scoring.view_season", history("line", of("draft_line")), BLOCK),
    page("show_history", "scoring.view_season", history("plan", season()), BLOCK),
    page("show_history", "scoring.view_card", history("card", card(Phase.SELF_SCORING)), BLOCK),
    page("show_history", "awards.view_meeting", history("meeting", of("meeting")), ROOM),
    page("show_history", "blocks.manage_block", history("across", of("block")), OFFICER, BLOCK),
    page("show_history", "blocks.administer", history("authority", of("authority")), OFFICER),
]
# fmt: on


# The stage: one for all doors; whatever a request changes is taken back at once.


class Blank(Loader):
    """Every page is empty, a refusal its reason alone: what a door says is its status."""

    def get_template_sources(self, template_name):
        yield Origin(template_name, template_name, self)

    def get_contents(self, origin):
        return "{{ exception }}" if origin.name == "403.html" else ""


IN_COOKIES = "django.contrib.sessions.backends.signed_cookies"
OPTIONS = {**TEMPLATES[0]["OPTIONS"], "loaders": [f"{__name__}.Blank"]}
BLANK = [{**TEMPLATES[0], "APP_DIRS": False, "OPTIONS": OPTIONS}]


@pytest.fixture(scope="module")
def world(django_db_setup, django_db_blocker, tmp_path_factory):
    media = tmp_path_factory.mktemp("media")
    with (
        django_db_blocker.unblock(),
        clock.standing_on(date(2026, 9, 28)),
        override_settings(TEMPLATES=BLANK, MEDIA_ROOT=media, SESSION_ENGINE=IN_COOKIES),
        transaction.atomic(),
    ):
        it = make_world()
        it.keys = {role: log_in(it.own.people[role]) for role in ROLES}
        yield it
        transaction.set_rollback(True)


def log_in(person):
    """Return the cookie of a session."""
    browser = Client()
    browser.force_login(person)
    return browser.cookies["sessionid"].value


def browser_of(world, role):
    """A browser just logged in; a request may end its session."""
    browser = Client(raise_request_exception=False)
    browser.cookies["sessionid"] = world.keys[role]
    return browser


@pytest.fixture
def asked(monkeypatch):
    """The permissions that are asked while a door is tried."""
    names = set()
    for name, rule in permissions.RULES.items():

        def ask(user, thing, name=name, rule=rule):
            names.add(name)
            return rule(user, thing)

        monkeypatch.setitem(permissions.RULES, name, ask)
    return names


def try_door(browser, method, address):
    """Ask; what a sent form changed is taken back at once."""
    if method == "get":
        answer = browser.get(address)
        if answer.streaming:
            b"".join(answer.streaming_content)  # to the end, which closes the file
        return answer
    with transaction.atomic():
        answer = browser.post(address)
        transaction.set_rollback(True)
    return answer


def said(door, method, answer):
    """What an answer means: the status, but one word for every lawful answer to an empty POST."""
    status = answer.status_code
    if method == "post" and (
        status in (200, 302) or (400 <= status < 500 and status not in (403, 404))
    ):
        return "done or refused with a sentence"
    if status == 403 and not answer.content.strip():
        return "403 without a reason"
    return status


def meant(door, role, method, scope):
    sees, may = role in door.sees, role in door.may
    if scope == "beyond" or (scope == "beside" and role != "officer" and not door.shared):
        sees = may = False
    if not sees:
        return 404
    if not may:
        return 403
    return door.answers if method == "get" else "done or refused with a sentence"


def tries(door):
    """Method, role and scope of every request: what is also read is sent by whoever may, at home."""
    for scope in ("own", "beside", "beyond") if door.on else ("own",):
        for role in ROLES:
            if door.read:
                yield "get", role, scope
            if door.sent and (not door.read or (scope == "own" and role in door.may)):
                yield "post", role, scope


@pytest.mark.parametrize("door", DOORS, ids=[door.label for door in DOORS])
def test_every_door_opens_to_whom_the_table_says(world, asked, door):
    found, wanted = {}, {}
    for method, role, scope in tries(door):
        address = reverse(door.name, args=door.on(getattr(world, scope)) if door.on else [])
        answer = try_door(browser_of(world, role), method, address)
        found[method, role, scope] = said(door, method, answer)
        wanted[method, role, scope] = meant(door, role, method, scope)
    wrong = {
        tried: (found[tried], wanted[tried]) for tried in found if found[tried] != wanted[tried]
    }
    assert wrong == {}
    assert not door.permission or door.permission in asked


def named():
    def walk(patterns):
        for pattern in patterns:
            if hasattr(pattern, "url_patterns"):
                yield from walk(pattern.url_patterns)
            else:
                yield pattern.name

    return set(walk(get_resolver().url_patterns))


def test_every_named_address_stands_in_the_table():
    assert named() == {door.name for door in DOORS}


def test_every_permission_is_asked_by_some_door():
    assert set(permissions.RULES) == {door.permission for door in DOORS} - {""}


@pytest.mark.parametrize("door", [d for d in DOORS if not d.read], ids=lambda door: door.name)
def test_what_is_only_sent_is_not_read(world, door):
    address = reverse(door.name, args=door.on(world.own) if door.on else [])
    read = any(other.read for other in DOORS if other.name == door.name)
    for role in door.may:
        assert (browser_of(world, role).get(address).status_code == 405) != read


def test_a_stranger_is_led_to_the_login_whatever_is_asked(world):
    open_to_all = {"log_in", "set_theme", "set_language"}
    for door in DOORS:
        address = reverse(door.name, args=door.on(world.own) if door.on else [])
        for method in ("get", "post"):
            answer = try_door(Client(), method, address)
            if door.name not in open_to_all:
                assert answer.status_code == 302, address
                assert answer.url.startswith("/log-in/"), address
