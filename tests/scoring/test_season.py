"""A year is opened, dated, ruled, moved on and back; everybody is told why not."""

import re
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import translation

from blocks import clock
from blocks.models import Change, Role, Seat
from scoring.models import (
    CommonTarget,
    Copied,
    Entry,
    Exemption,
    Filing,
    PhaseChange,
    Season,
    SeasonRules,
)
from scoring.phases import Column, FilingState, Phase
from scoring.progress import progress
from scoring.views.season import year_line
from tests.conftest import make_cast, person, put_in_phase
from tests.factories import (
    BlockFactory,
    MembershipFactory,
    RecognitionFactory,
    TermFactory,
    UnitFactory,
)
from tests.pages import page, post
from tests.scoring.stage import send_all, words

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _in_english():
    with translation.override("en"):
        yield


# Opening


def test_an_officer_opens_a_year_with_rules_usual_dates_and_the_recognised_head(cast, as_):
    data = {"year": "2027", "theme": "Mới"}
    response, _text = post(as_(cast.officer), "open_season", cast.block.pk, **data)
    season = Season.objects.get(block=cast.block, year=2027)
    assert response.url == reverse("show_season", args=[season.pk])
    assert (season.theme, season.phase) == ("Mới", Phase.PLANNING)
    assert (season.head, season.deputy) == (cast.cedar_unit, cast.birch_unit)
    assert season.rules.inspectors_per_card == 1
    due = {day.phase: day.due for day in season.dates.all()}
    assert due[Phase.SELF_SCORING] == date(2027, 9, 30)
    assert due[Phase.CLOSED] == date(2027, 12, 19)
    assert season.dates.get(phase=Phase.REGISTRATION).closes_on == date(2027, 4, 16)


def test_a_year_is_written_without_a_point_between_thousands(cast, as_):
    response, text = post(as_(cast.officer), "open_season", cast.block.pk, year="202")
    assert response.status_code == 422
    assert "Enter a year from 2000 to 2100." in text


def test_the_same_year_is_never_opened_twice(cast, as_):
    response, text = post(as_(cast.officer), "open_season", cast.block.pk, year="2026")
    assert response.status_code == 422
    assert "The block has a season of this year." in text
    assert cast.block.seasons.count() == 1
    with pytest.raises(ValidationError):
        Season.open(cast.block, 2026)
    with pytest.raises(IntegrityError), transaction.atomic():
        Season.objects.create(block=cast.block, year=2026)


@pytest.mark.parametrize(
    ("who", "status"),
    [("officer", 200), ("cedar", 403), ("ash", 403), ("stranger", 404), ("dogwood", 404)],
)
def test_only_an_officer_of_the_authority_opens_a_year(cast, as_, who, status):
    response, _text = page(as_(getattr(cast, who)), "open_season", cast.block.pk)
    assert response.status_code == status


def test_a_year_takes_over_what_the_last_one_hands_on(cast):
    SeasonRules.objects.filter(season=cast.season).update(
        explanation_days=12, source="Quy chế số 1", tie_rules=["section II"]
    )
    cast.season.set_dates({Phase.SELF_SCORING: (date(2026, 9, 10), date(2026, 9, 20))})
    CommonTarget(season=cast.season, text="100% hoàn thành", value=100).put()
    cast.season.common_targets.get().note(Decimal(98), date(2026, 9, 1), cast.cedar_seat)
    season = Season.open(cast.block, 2027, copied=Copied.values)
    assert season.rules.explanation_days == 12
    assert (season.rules.source, season.rules.tie_rules) == ("Quy chế số 1", ["section II"])
    day = season.dates.get(phase=Phase.SELF_SCORING)
    assert (day.due, day.closes_on) == (date(2027, 9, 10), date(2027, 9, 20))
    target = season.common_targets.get()
    assert (target.text, target.value, target.reached) == ("100% hoàn thành", 100, None)
    codes = list(season.newest_scale.criteria.values_list("code", flat=True))
    assert codes == list(cast.lines.scale.criteria.values_list("code", flat=True))
    assert season.scale is None
    assert not season.newest_scale.is_locked


def test_a_year_that_takes_nothing_over_begins_with_the_usual_rules(cast):
    SeasonRules.objects.filter(season=cast.season).update(explanation_days=12)
    season = Season.open(cast.block, 2027)
    assert season.rules.explanation_days == 7
    assert season.newest_scale is None


def test_the_29th_of_february_becomes_the_28th_a_year_later(cast):
    leap = Season.open(cast.block, 2028)
    leap.set_dates({Phase.PLANNING: (date(2028, 2, 29), None)})
    following = Season.open(cast.block, 2029, copied=[Copied.DATES])
    assert following.dates.get(phase=Phase.PLANNING).due == date(2029, 2, 28)


# Head and deputy


def test_the_head_named_when_the_year_opened_stays_though_terms_change(cast):
    paper = RecognitionFactory(
        authority=cast.authority, number="9", symbol="X", dated=date(2026, 6, 1), signer="B"
    )
    TermFactory(
        block=cast.block, unit=cast.ash_unit, role="head", recognition=paper, since=date(2026, 6, 1)
    )
    paper.issue()
    cast.season.refresh_from_db()
    assert cast.season.head == cast.cedar_unit
    assert cast.season.recognised_offices["head"] == cast.ash_unit
    cast.ash_unit.memberships.update(until=clock.today())
    assert "head" not in cast.season.recognised_offices  # no former one gets it back


def test_an_officer_names_another_head_and_the_reason_is_kept(cast, as_):
    client = as_(cast.officer)
    response, _text = post(
        client, "name_offices", cast.season.pk, head=cast.ash_unit.pk, deputy=cast.birch_unit.pk
    )
    assert response.status_code == 422  # without a reason
    data = {"head": cast.ash_unit.pk, "deputy": cast.birch_unit.pk, "reason": "Sáp nhập"}
    post(client, "name_offices", cast.season.pk, **data)
    cast.season.refresh_from_db()
    assert cast.season.head == cast.ash_unit
    assert "Sáp nhập" in page(client, "show_season", cast.season.pk)[1]


def test_the_page_that_names_offices_shows_who_is_in_office_not_who_was_recognised(cast, as_):
    cast.season.name_offices(cast.ash_unit, cast.birch_unit, cast.officer.seats.get(), "Sáp nhập")
    _response, text = page(as_(cast.officer), "name_offices", cast.season.pk)
    shown = [int(pk) for pk in re.findall(r'<option value="(\d+)" selected>', text)]
    assert shown == [cast.ash_unit.pk, cast.birch_unit.pk]
    assert "Shown are the units in office now" in text


def test_the_page_that_names_offices_says_that_sheets_in_settlement_may_pass_on(
    cast, in_phase, as_
):
    for phase in (Phase.INSPECTION, Phase.SETTLEMENT):
        in_phase(phase)
        _response, text = page(as_(cast.officer), "name_offices", cast.season.pk)
        assert ("not settled yet may pass to others" in text) is (phase == Phase.SETTLEMENT)


def test_only_an_officer_names_the_head(cast, as_):
    assert page(as_(cast.cedar), "name_offices", cast.season.pk)[0].status_code == 403
    with pytest.raises(PermissionDenied):
        cast.season.name_offices(cast.ash_unit, None, cast.cedar_seat, "Vì")


def test_head_and_deputy_are_two_members(cast, as_):
    client, seat = as_(cast.officer), cast.officer.seats.get()
    _response, text = post(
        client, "name_offices", cast.season.pk,
        head=cast.ash_unit.pk, deputy=cast.ash_unit.pk, reason="Vì",
    )  # fmt: skip
    assert "Head and deputy are two units." in text
    with pytest.raises(ValidationError, match="members of the block"):
        cast.season.name_offices(cast.dogwood_unit, None, seat, "Vì")
    with pytest.raises(ValidationError, match="hold the offices already"):
        cast.season.name_offices(cast.season.head, cast.season.deputy, seat, "Vì")


def test_a_unit_that_has_left_the_block_is_named_for_no_office(cast, as_, in_phase):
    in_phase(Phase.INSPECTION)
    cast.block.memberships.filter(unit=cast.ash_unit).update(until=clock.today())
    client, said = as_(cast.officer), {"head": cast.cedar_unit.pk, "reason": "Vì"}
    assert f'value="{cast.ash_unit.pk}"' not in page(client, "name_offices", cast.season.pk)[1]
    answer, _text = post(client, "name_offices", cast.season.pk, deputy=cast.ash_unit.pk, **said)
    assert answer.status_code == 422


# The way on


def test_what_is_missing_before_a_year_is_closed_is_headed_by_what_happens_then(
    cast, in_phase, as_
):
    in_phase(Phase.MEETING)
    said = page(as_(cast.ash), "show_season", cast.season.pk)[1]
    assert "Still missing before the year is closed" in said


def test_a_year_moves_on_by_its_heads_principal_once_nothing_is_missing(cast, in_phase, as_):
    in_phase(Phase.EXECUTION)
    client = as_(cast.cedar)
    assert "Nothing is missing." in page(client, "show_season", cast.season.pk)[1]
    response, _text = post(client, "move_season", cast.season.pk, Phase.SELF_SCORING)
    assert response.status_code == 302
    cast.season.refresh_from_db()
    assert cast.season.phase == Phase.SELF_SCORING
    move = cast.season.moves.get()
    assert (move.old, move.new, move.by) == ("execution", "self_scoring", cast.cedar_seat)


def test_moving_on_to_self_scoring_names_who_has_not_reported_and_hinders_nothing(
    cast, in_phase, as_
):
    season = in_phase(Phase.EXECUTION)
    send_all(season, Column.INTERIM)
    Filing.objects.filter(card=cast.card).delete()
    client, said = as_(cast.cedar), "Ash has not sent its mid-year figures."
    assert said in page(client, "show_season", season.pk)[1]
    _response, text = page(client, "move_season", season.pk, Phase.SELF_SCORING)
    assert said in text
    assert "Birch has not sent" not in text
    assert post(client, "move_season", season.pk, Phase.SELF_SCORING)[0].status_code == 302


def test_every_missing_thing_is_told_and_the_year_stays(cast, in_phase, as_):
    in_phase(Phase.SELF_SCORING)
    client = as_(cast.cedar)
    for response, text in (
        page(client, "show_season", cast.season.pk),
        page(client, "move_season", cast.season.pk, Phase.INSPECTION),
        post(client, "move_season", cast.season.pk, Phase.INSPECTION),
    ):
        assert response.status_code in (200, 422)
        for name in ("Ash", "Birch", "Cedar"):
            assert f"{name} has not sent its self-score." in text
        assert "The inspection plan is not fixed yet." in text
        assert reverse("show_plan", args=[cast.season.pk]) in text
    cast.season.refresh_from_db()
    assert cast.season.phase == Phase.SELF_SCORING


@pytest.mark.parametrize("phase", [Phase.INSPECTION, Phase.REGISTRATION, Phase.CLOSED])
def test_a_year_moves_only_to_the_next_phase(cast, in_phase, phase):
    in_phase(Phase.EXECUTION)
    with pytest.raises(ValidationError, match="does not lead to"):
        cast.season.move_to(phase, cast.cedar_seat)


def test_of_two_who_move_the_year_the_second_is_told(cast, in_phase, as_):
    in_phase(Phase.EXECUTION)
    post(as_(cast.cedar), "move_season", cast.season.pk, Phase.SELF_SCORING)
    response, text = post(as_(cast.officer), "move_season", cast.season.pk, Phase.SELF_SCORING)
    assert response.status_code == 422
    assert "The season is in “Self-scoring” already." in text
    assert cast.season.moves.count() == 1


@pytest.mark.parametrize("phase", ["planning", "nowhere"])
def test_there_is_no_way_to_what_is_no_next_phase(cast, as_, phase):
    assert page(as_(cast.cedar), "move_season", cast.season.pk, phase)[0].status_code == 404


def test_registration_deals_a_card_to_each_member(cast):
    season = Season.open(cast.block, 2027, copied=[Copied.SCALE])
    season.newest_scale.lock(cast.cedar_seat)
    season.refresh_from_db()
    season.move_to(Phase.REGISTRATION, cast.cedar_seat)
    assert [card.unit for card in season.cards.all()] == list(cast.units.values())


def test_without_head_and_scale_registration_does_not_open(cast, as_):
    block = BlockFactory(authority=cast.authority)
    season = Season.open(block, 2027)
    assert season.head is None
    _response, text = page(as_(cast.officer), "move_season", season.pk, Phase.REGISTRATION)
    assert "The season has no head yet." in text
    assert "The scale is not locked yet." in text
    assert reverse("name_offices", args=[season.pk]) in text


def test_what_a_unit_has_not_sent_leads_to_that_very_sheet(cast, in_phase, as_):
    season, head = in_phase(Phase.REGISTRATION), as_(cast.cedar)
    _response, text = page(head, "move_season", season.pk, Phase.EXECUTION)
    for address in (f"/cards/{cast.card.pk}/?column=target", f"/cards/{cast.card.pk}/aims/"):
        assert f'href="{address}"' in text
        assert head.get(address).status_code == 200


# Back


def test_going_back_needs_a_reason(cast, in_phase, as_):
    in_phase(Phase.INSPECTION)
    response, _text = post(as_(cast.cedar), "go_back", cast.season.pk, "self_scoring", reason=" ")
    assert response.status_code == 422
    cast.season.refresh_from_db()
    assert cast.season.phase == Phase.INSPECTION


def test_going_back_makes_the_sheets_drafts_again(cast, in_phase, as_):
    season = in_phase(Phase.INSPECTION)
    send_all(season, Column.TARGET, Column.CLAIMED)
    inspector = cast.card.inspectors[0].unit
    found = Filing.objects.create(
        card=cast.card, column=Column.FOUND, unit=inspector, state=FilingState.SENT,
        sent_at=clock.now(),
    )  # fmt: skip
    said = page(as_(cast.cedar), "go_back", season.pk, "self_scoring")[1].partition(
        "become drafts again"
    )[2]
    listed = re.findall("<li>(.*?)</li>", said)
    assert listed == ["Self-scored: Ash, Birch, Cedar", "Cross-inspected: Ash"]
    post(as_(cast.cedar), "go_back", season.pk, "self_scoring", reason="Thiếu minh chứng")
    season.refresh_from_db()
    assert season.phase == Phase.SELF_SCORING
    assert season.moves.get().note == "Thiếu minh chứng"
    assert "Opened again: Thiếu minh chứng" in as_(cast.ash).get("/").content.decode()
    states = Filing.objects.filter(column=Column.CLAIMED).values_list("state", flat=True)
    assert set(states) == {FilingState.FILLING}
    found.refresh_from_db()
    assert found.state == FilingState.FILLING  # it rested on the claims
    targets = Filing.objects.filter(column=Column.TARGET).values_list("state", flat=True)
    assert set(targets) == {FilingState.SENT}


def test_two_who_take_the_year_back_at_once_take_it_back_one_phase(cast, in_phase, as_):
    in_phase(Phase.SETTLEMENT)
    stale = {"reason": "Kiểm tra lại"}
    done = [
        post(as_(w), "go_back", cast.season.pk, "inspection", **stale)
        for w in (cast.cedar, cast.officer)
    ]
    assert [answer.status_code for answer, _text in done] == [302, 422]
    assert "The season is in “Cross-inspection” already." in done[1][1]
    shown, text = page(as_(cast.officer), "go_back", cast.season.pk, "inspection")
    assert (shown.status_code, "already" in text) == (422, True)
    cast.season.refresh_from_db()
    assert cast.season.phase == Phase.INSPECTION


def test_where_nothing_was_sent_nothing_is_said_to_become_a_draft(cast, in_phase, as_):
    in_phase(Phase.REGISTRATION)
    text = page(as_(cast.cedar), "go_back", cast.season.pk, "planning")[1]
    assert "No sheet of these phases is sent at present" in text


def test_who_takes_the_year_back_behind_a_closing_date_is_told_so(cast, in_phase, as_):
    season = in_phase(Phase.INSPECTION)
    said = "“Self-scoring” is closed by its date: extend it"
    for days, told in ((1, False), (0, True)):
        season.dates.update_or_create(
            phase=Phase.SELF_SCORING, defaults={"closes_on": clock.today() + timedelta(days=days)}
        )
        text = page(as_(cast.cedar), "go_back", season.pk, "self_scoring")[1]
        assert (said in text) is told


def test_a_unit_that_joined_is_taken_in_once_registration_begins_anew(cast, in_phase):
    season = in_phase(Phase.REGISTRATION)
    unit = UnitFactory(authority=cast.authority)
    MembershipFactory(block=cast.block, unit=unit, official_order=9, turn=9)
    before = season.cards.count()
    season.go_back(cast.cedar_seat, "Thêm đơn vị")
    Season.objects.get(pk=season.pk).move_to(Phase.REGISTRATION, cast.cedar_seat)
    assert season.cards.count() == before + 1


def test_a_year_that_went_back_to_planning_still_leads_to_the_sheets(cast, in_phase, as_):
    season = in_phase(Phase.REGISTRATION)
    season.go_back(cast.cedar_seat, "Sửa thang bảng điểm")
    shown = page(as_(cast.ash), "show_season", season.pk)[0].content.decode()
    assert all(f'href="{card.get_absolute_url()}"' in shown for card in season.cards.all())


def test_a_year_that_is_planned_does_not_go_back(cast, as_):
    assert page(as_(cast.cedar), "go_back", cast.season.pk, "planning")[0].status_code == 404


def test_a_year_that_went_back_shows_no_lapsed_window_no_settlement_and_the_draft_of_its_scale(
    cast, in_phase, as_
):
    client, season = as_(cast.ash), in_phase(Phase.SETTLEMENT)
    season.moves.create(old=Phase.INSPECTION, new=Phase.SETTLEMENT, by=cast.cedar_seat)

    def told(head):
        text = page(client, "show_season", season.pk)[1].partition(f"<dt>{head}</dt><dd>")[2]
        return re.sub("<[^>]+>", "", text.partition("</dd>")[0])

    cast.season.set_dates(dict.fromkeys(Phase, (date(2026, 11, 20), None)))
    for phase, window, due in (
        (Phase.SETTLEMENT, "07 (until 05/10/2026)", "To be settled by Friday"),
        (Phase.INSPECTION, "07", "Due Friday"),
    ):
        in_phase(phase)
        assert told("Days to explain") == window
        assert due in words(page(client, "show_season", season.pk)[0])  # as the sheet calls it
    in_phase(Phase.PLANNING).add_scale(total=Decimal(90))
    assert told("Point scale") == "90 points draft"
    text = page(client, "fill_card", cast.card.pk)[1]
    assert (">Registration of targets</a>" in text, "Settlement" in text) == (True, False)


# Who may what

PEOPLE = ["officer", "cedar", "cedar_clerk", "birch", "ash", "stranger", "dogwood"]
ALLOWED = [
    # address                            officer cedar clerk deputy member stranger outsider
    (("show_season",), [200, 200, 200, 200, 200, 404, 404]),
    (("show_scale",), [200, 200, 200, 200, 200, 404, 404]),
    (("list_exemptions",), [200, 200, 200, 200, 200, 404, 404]),
    (("edit_season",), [200, 200, 200, 403, 403, 404, 404]),
    (("edit_dates",), [200, 200, 200, 403, 403, 404, 404]),
    (("edit_rules",), [200, 403, 403, 403, 403, 404, 404]),  # planning is over
    (("add_common_target",), [200, 200, 200, 403, 403, 404, 404]),
    (("add_exemption",), [200, 200, 200, 403, 403, 404, 404]),
    (("load_scale",), [200, 200, 200, 403, 403, 404, 404]),
    (("move_season", "self_scoring"), [200, 200, 403, 403, 403, 404, 404]),
    (("go_back", "registration"), [200, 200, 403, 403, 403, 404, 404]),
    (("name_offices",), [200, 403, 403, 403, 403, 404, 404]),
]


@pytest.mark.parametrize(("address", "statuses"), ALLOWED, ids=[a[0] for a, _s in ALLOWED])
def test_who_may_do_what_with_a_year(cast, in_phase, as_, address, statuses):
    in_phase(Phase.EXECUTION)
    name, *rest = address
    got = [
        page(as_(getattr(cast, who)), name, cast.season.pk, *rest)[0].status_code for who in PEOPLE
    ]
    assert got == statuses


def test_a_refusal_says_why(cast, as_):
    _response, text = page(as_(cast.ash), "edit_dates", cast.season.pk)
    assert "Your seats do not include this." in text


def test_a_member_reads_the_same_without_buttons(cast, in_phase, as_):
    in_phase(Phase.SELF_SCORING)
    text = page(as_(cast.ash), "show_season", cast.season.pk)[1]
    assert "Birch has not sent its self-score." in text
    assert "Birch clerk" in text  # whom to call
    for name in ("move_season", "go_back", "edit_dates", "edit_rules", "add_common_target"):
        to = {"move_season": [Phase.INSPECTION], "go_back": [Phase.EXECUTION]}
        arguments = [cast.season.pk, *to.get(name, [])]
        assert f'href="{reverse(name, args=arguments)}"' not in text
    assert "Note not sending" not in text


# Dates


def dates(season, **changed):
    said = {
        f"{day.phase}_{name}": f"{getattr(day, name):%d/%m/%Y}"
        for day in season.dates.all()
        for name in ("due", "closes_on")
        if getattr(day, name)
    }
    return said | changed


@pytest.fixture
def dated(cast):
    cast.season.set_dates(cast.season._first_dates(None))
    return cast.season


def test_dates_are_typed_as_people_type_them(dated, cast, as_):
    post(
        as_(cast.cedar_clerk), "edit_dates", dated.pk,
        **dates(dated, self_scoring_due="5/9/2026", self_scoring_closes_on="15-10-26"),
    )  # fmt: skip
    day = dated.dates.get(phase=Phase.SELF_SCORING)
    assert (day.due, day.closes_on) == (date(2026, 9, 5), date(2026, 10, 15))


def test_days_that_another_window_saved_meanwhile_are_told_not_put_back(dated, cast, as_):
    clerk = as_(cast.cedar_clerk)
    shown = clerk.get(reverse("edit_dates", args=[dated.pk])).content.decode()
    (loaded,) = re.findall(r'name="loaded" value="(\w+)"', shown)
    first = dates(dated, self_scoring_due="5/9/2026", loaded=loaded)
    assert post(clerk, "edit_dates", dated.pk, **first)[0].status_code == 302
    assert Change.objects.latest("pk").seat_id == cast.cedar_clerk.seats.get().pk
    second = dates(dated, meeting_due="11/12/2026", loaded=loaded) | {
        "self_scoring_due": first["execution_due"]
    }
    response, text = post(clerk, "edit_dates", dated.pk, **second)
    assert response.status_code == 422
    assert "Self-scoring, due: 05/09/2026" in text


def test_a_new_wall_is_no_day_that_is_over_unless_its_phase_is(dated, cast, as_, in_phase):
    clerk, wall = as_(cast.cedar_clerk), {"self_scoring_closes_on": "27/9/2026"}
    said = dates(dated, self_scoring_due="5/9/2026", **wall)
    for phase, status in ((Phase.SELF_SCORING, 422), (Phase.INSPECTION, 302)):
        in_phase(phase)
        response, text = post(clerk, "edit_dates", dated.pk, **said)
        assert response.status_code == status
        assert ("This day is over already" in text) == (status == 422)
    in_phase(Phase.SELF_SCORING)  # the year went back: the wall it has is kept
    assert post(clerk, "edit_dates", dated.pk, **said)[0].status_code == 302


@pytest.mark.parametrize(("last", "shown"), [("2026", "until 10/12"), ("2027", "until 10/12/2026")])
def test_the_days_of_a_year_bear_its_number_once_one_is_of_another(dated, last, shown):
    dated.dates.filter(phase=Phase.CLOSED).update(due=f"{last}-12-19")
    due = {step["label"]: step["due"] for step in year_line(Season.objects.get(pk=dated.pk))}
    assert due[Phase.MEETING.label] == shown


@pytest.mark.parametrize(
    ("changed", "field", "sentence"),
    [
        ({"execution_closes_on": "15/6/2026"}, "execution_closes_on", "must come after the due"),
        ({"inspection_due": "1/9/2026"}, "inspection_due", "must not come before “Self-scoring”"),
        ({"meeting_due": "31/11/2026"}, "meeting_due", "no such day"),
    ],
)
def test_a_wrong_date_is_refused_at_its_field(dated, cast, as_, changed, field, sentence):
    response, text = post(as_(cast.cedar), "edit_dates", dated.pk, **dates(dated, **changed))
    assert response.status_code == 422
    assert sentence in text.split(f'id="error_1_id_{field}"')[1][:300]
    assert dated.dates.get(phase=Phase.MEETING).due == date(2026, 12, 10)


def test_after_the_due_date_one_still_sends_and_is_late_until_the_wall(dated, cast, in_phase):
    season = in_phase(Phase.SELF_SCORING)
    season.set_dates({Phase.SELF_SCORING: (date(2026, 9, 24), date(2026, 9, 29))})
    line = next(one for one in progress(season) if one.unit == cast.ash_unit)
    assert [words for _colour, words in line.asked[0].chips] == ["Empty", "4 days overdue"]
    card = season.cards.get(unit=cast.ash_unit)
    assert card.open_seat(cast.ash, Column.CLAIMED)
    with clock.standing_on(date(2026, 9, 29)), pytest.raises(PermissionDenied, match="closed on"):
        season.cards.get(unit=cast.ash_unit).open_seat(cast.ash, Column.CLAIMED)


# Rules, theme


def rules(**changed):
    return {"inspectors_per_card": "1", "explanation_days": "7"} | changed


def test_rules_are_edited_while_planning_by_the_heads_clerk(cast, as_):
    Season.objects.filter(pk=cast.season.pk).update(phase=Phase.PLANNING)
    post(
        as_(cast.cedar_clerk), "edit_rules", cast.season.pk,
        **rules(explanation_days="9", tie_0="fewer penalties", tie_1="section II",
                source="Quy chế 2026"),
    )  # fmt: skip
    held = SeasonRules.objects.get(season=cast.season)
    assert (held.explanation_days, held.registration_required) == (9, False)
    assert held.tie_rules == ["fewer penalties", "section II"]
    assert held.source == "Quy chế 2026"


def test_the_same_tie_rule_is_not_named_twice(cast, as_):
    response, text = post(
        as_(cast.cedar), "edit_rules", cast.season.pk, **rules(tie_0="section I", tie_2="section I")
    )
    assert response.status_code == 422
    assert "This rule stands above already." in text


@pytest.mark.parametrize(
    ("phase", "who", "status"),
    [
        (Phase.EXECUTION, "cedar", 403),
        (Phase.EXECUTION, "officer", 302),
        (Phase.MEETING, "officer", 422),
    ],
)
def test_later_only_an_officer_changes_the_rules_until_the_meeting(
    cast, in_phase, as_, phase, who, status
):
    in_phase(phase)
    client = as_(getattr(cast, who))
    link = reverse("edit_rules", args=[cast.season.pk])
    assert (link in page(client, "show_season", cast.season.pk)[1]) is (status == 302)
    asked = page(client, "edit_rules", cast.season.pk)[0].status_code
    assert asked == (200 if status == 302 else status)
    response, _text = post(client, "edit_rules", cast.season.pk, **rules(explanation_days="9"))
    assert response.status_code == status
    changed = SeasonRules.objects.get(season=cast.season).explanation_days == 9
    assert changed is (status == 302)


@pytest.mark.parametrize(
    ("phase", "changed", "said"),
    [
        (Phase.SETTLEMENT, {"explanation_days": "6"}, "units were told 7 days"),
        (Phase.SETTLEMENT, {"explanation_days": "8"}, ""),
        (Phase.INSPECTION, {"explanation_days": "6"}, ""),
        (Phase.INSPECTION, {"inspectors_per_card": "2"}, "is fixed with 1 for each unit"),
    ],
)
def test_no_rule_shortens_a_window_that_is_open_or_leaves_a_fixed_plan(
    cast, in_phase, as_, phase, changed, said
):
    Season.objects.filter(pk=in_phase(phase).pk).update(plan_fixed_at=clock.now())
    response, text = post(as_(cast.officer), "edit_rules", cast.season.pk, **rules(**changed))
    assert (response.status_code, said in text) == (422 if said else 302, True)


CLOSED = [
    ("edit_season", {"theme": "Khác"}),
    ("add_common_target", {"text": "Mới"}),
    ("edit_rules", rules(explanation_days="9")),
    ("edit_dates", {"planning_due": "1/1/2026"}),
    ("name_offices", {"head": None, "reason": "Vì"}),
]


@pytest.mark.parametrize(("name", "data"), CLOSED, ids=[name for name, _data in CLOSED])
def test_a_closed_year_opens_no_form_and_is_not_changed_any_more(cast, in_phase, as_, name, data):
    in_phase(Phase.CLOSED)
    data = {key: cast.ash_unit.pk if value is None else value for key, value in data.items()}
    officer = as_(cast.officer)
    for response, text in (
        page(officer, name, cast.season.pk),
        post(officer, name, cast.season.pk, **data),
    ):
        assert response.status_code == 422
        assert "not changed any more" in text
    assert f'name="{next(iter(data))}"' in text.partition("<main")[2]  # what was typed is kept


def test_the_theme_is_edited(cast, as_):
    post(as_(cast.cedar_clerk), "edit_season", cast.season.pk, theme="Kỷ cương")
    cast.season.refresh_from_db()
    assert cast.season.theme == "Kỷ cương"


# Lines not assigned


def test_a_line_is_left_out_for_one_unit_with_a_reason_and_asked_again(cast, in_phase, as_):
    season = in_phase(Phase.REGISTRATION)
    client = as_(cast.cedar_clerk)
    data = {"card": cast.card.pk, "criterion": cast.lines.sudden.pk, "reason": "Không được giao"}
    post(client, "add_exemption", season.pk, **data)
    exemption = Exemption.objects.get()
    assert "Không được giao" in page(as_(cast.birch), "list_exemptions", season.pk)[1]
    response, text = post(client, "add_exemption", season.pk, **data)
    assert response.status_code == 422
    assert "left out for this unit already" in text
    assert post(as_(cast.birch), "remove_exemption", exemption.pk)[0].status_code == 403
    post(client, "remove_exemption", exemption.pk)
    assert not Exemption.objects.exists()


def test_a_line_is_left_out_only_with_a_reason_and_before_self_scoring_ends(cast, in_phase, as_):
    season = in_phase(Phase.SELF_SCORING)
    card, seat = season.cards.first(), cast.cedar_seat
    with pytest.raises(ValidationError, match="reason"):
        Exemption.leave_out(card, cast.lines.sudden, seat, " ")
    with pytest.raises(ValidationError, match="not on the sheet"):
        Exemption.leave_out(card, cast.lines.top, seat, "Vì")
    exemption = Exemption.leave_out(card, cast.lines.sudden, seat, "Vì")
    in_phase(Phase.INSPECTION)
    for name, key in (("add_exemption", season.pk), ("remove_exemption", exemption.pk)):
        answer, text = page(as_(cast.cedar), name, key)
        assert (answer.status_code, "before inspection" in text) == (422, True)
    with pytest.raises(ValidationError, match="before inspection"):
        Exemption.leave_out(card, cast.lines.plan, seat, "Vì")
    with pytest.raises(ValidationError, match="before inspection"):
        Exemption.objects.get(pk=exemption.pk).put_back(seat)


# Progress

STATES = [
    ({}, [("grey", "Empty")]),
    ({"state": FilingState.FILLING}, [("amber", "Filling")]),
    ({"state": FilingState.HANDED_UP}, [("blue", "With the principal")]),
    ({"state": FilingState.RETURNED}, [("amber", "Returned for completion")]),
    ({"state": FilingState.TAKEN_BACK}, [("grey", "Taken back")]),
    ({"state": FilingState.SENT}, [("green", "Sent")]),
    ({"state": FilingState.SENT, "late_days": 4}, [("amber", "Sent 4 days late")]),
    ({"state": FilingState.SENT, "late_days": 1}, [("amber", "Sent 1 day late")]),
]


@pytest.mark.parametrize(("filing", "chips"), STATES)
def test_how_far_a_sheet_is(cast, in_phase, filing, chips):
    season = in_phase(Phase.SELF_SCORING)
    if filing:
        sent_at = clock.now() if filing["state"] == FilingState.SENT else None
        Filing.objects.create(card=cast.card, column=Column.CLAIMED, sent_at=sent_at, **filing)
    (asked,) = progress(season)[0].asked
    assert asked.chips == chips
    assert asked.done is (filing.get("state") == FilingState.SENT)


def test_what_is_filled_is_counted_against_what_is_asked(cast, in_phase):
    season = in_phase(Phase.SELF_SCORING)
    Exemption.leave_out(cast.card, cast.lines.sudden, cast.cedar_seat, "Vì")
    Filing.objects.create(card=cast.card, column=Column.CLAIMED)
    for line, fact in ((cast.lines.plan, {"actual": 9}), (cast.lines.party, {"level": "T"})):
        Entry.objects.create(
            card=cast.card, criterion=line, column=Column.CLAIMED, seat=cast.cedar_seat, **fact
        )
    line = progress(season)[0]
    assert line.asked[0].chips == [("amber", "Filling 2/4")]
    assert line.updated == clock.now()


def test_an_inspecting_unit_is_asked_for_each_card_it_inspects(cast, in_phase):
    season = in_phase(Phase.INSPECTION)
    birch = progress(season)[1]
    assert birch.unit == cast.birch_unit
    assert [asked.label for asked in birch.asked] == ["inspects Ash"]
    Filing.objects.create(
        card=cast.card, column=Column.FOUND, unit=cast.birch_unit, state=FilingState.SENT,
        sent_at=clock.now(),
    )  # fmt: skip
    assert progress(season)[1].done


def test_whom_to_call_is_the_clerk_otherwise_the_principal(cast):
    assert progress(cast.season)[0].contact.person == cast.ash_clerk
    stays = person("stays", Role.CLERK, unit=cast.ash_unit)
    Seat.objects.filter(person=cast.ash_clerk).update(until=date(2027, 4, 1))
    assert progress(cast.season)[0].contact.person == stays
    Seat.objects.filter(person=stays).delete()
    assert progress(cast.season)[0].contact.person == cast.ash_clerk
    cast.ash_clerk.seats.get().end()
    with clock.standing_on(date(2026, 9, 30)):
        assert progress(cast.season)[0].contact.person == cast.ash


# Cost


@pytest.mark.parametrize(
    "phase",
    [Phase.PLANNING, Phase.REGISTRATION, Phase.SELF_SCORING, Phase.INSPECTION, Phase.SETTLEMENT],
)
def test_the_page_costs_the_same_with_many_units(db, as_, phase):
    counts = []
    for more in (0, 27):
        cast = make_cast_anew(more)
        put_in_phase(cast, phase)
        waived = {"unit": cast.birch_unit, "column": Column.FOUND, "by": cast.cedar_seat}
        cast.season.waivers.create(**waived, reason="Bão lũ")
        client = as_(cast.officer)
        client.get(reverse("show_season", args=[cast.season.pk]))
        with CaptureQueriesContext(connection) as queries:
            page(client, "show_season", cast.season.pk)
        counts.append(len(queries))
    assert counts[0] == counts[1]


def make_cast_anew(more):
    """A larger cast in place of the one before it."""
    from blocks.models import Authority, User

    for count, authority in enumerate(Authority.objects.all()):
        authority.name = f"Cũ {authority.pk} {count}"
        authority.save()
    for user in User.objects.all():
        user.username = f"old{user.pk}"
        user.save()
    return make_cast(more_units=more)


def test_a_new_member_is_listed_before_registration_only(cast):
    unit = cast.dogwood_unit
    MembershipFactory(block=cast.block, unit=unit, official_order=9, turn=9)
    person("New", Role.CLERK, unit=unit)
    assert [line.unit for line in progress(cast.season)][-1] == unit
    put_in_phase(cast, Phase.REGISTRATION)
    assert unit not in [line.unit for line in progress(cast.season)]


def test_each_move_is_told_with_its_reason(cast, in_phase, as_):
    in_phase(Phase.EXECUTION)
    PhaseChange.objects.create(
        season=cast.season, old="execution", new="registration", by=cast.cedar_seat, note="Nhầm"
    )
    assert "Nhầm" in page(as_(cast.ash), "show_season", cast.season.pk)[1]
