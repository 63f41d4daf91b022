"""Who inspects whom: drawn, changed by hand, fixed, and shown."""

import re
from datetime import date

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import translation

from blocks import clock
from scoring.models import Filing, InspectingUnit, Inspection, Season
from scoring.needs import plan_is_fixed
from scoring.phases import Column, FilingState, Phase
from scoring.plan import propose
from tests.conftest import a_unit, make_cast, put_in_phase
from tests.factories import SeasonFactory, SeasonRulesFactory, SeatFactory


@pytest.fixture(autouse=True)
def _in_english():
    with translation.override("en"):
        yield


@pytest.fixture
def seven(db):
    """The cast with four more units: at most three inspect each."""
    cast = make_cast(more_units=4)
    put_in_phase(cast, Phase.SELF_SCORING)
    return cast


def page_of(as_, user, season):
    return as_(user).get(reverse("show_plan", args=[season.pk])).content.decode()


def pairs_of(cast):
    names = {unit.pk: name for name, unit in cast.units.items()}
    return [(names[one], names[other]) for one, other in Inspection.pairs_of(cast.season)]


def clear(cast):
    InspectingUnit.objects.filter(inspection__card__season=cast.season).delete()


def test_before_units_are_on_stage_nobody_says_how_many_may_inspect(cast, as_):
    empty = Season.open(cast.block, 2027)
    assert "(at most " not in page_of(as_, cast.officer, empty)
    assert "(at most 1)" in page_of(as_, cast.officer, cast.season)


# Who may


ACTS = ["show_plan", "draw_plan", "change_plan", "fix_plan", "unfix_plan"]
MAY = [
    #                      show draw change fix  unfix
    ("cedar",              [200, 200, 302, 200, 200]),  # the head's principal
    ("cedar_clerk",        [200, 200, 302, 403, 403]),  # the head's clerk drafts
    ("officer",            [200, 200, 302, 200, 200]),
    ("birch",              [200, 403, 403, 403, 403]),  # the deputy reads
    ("ash",                [200, 403, 403, 403, 403]),  # a member reads
    ("stranger",           [404, 404, 404, 404, 404]),
    ("dogwood",            [404, 404, 404, 404, 404]),
]  # fmt: skip


@pytest.mark.parametrize(("name", "statuses"), MAY)
def test_who_may_do_what_with_the_plan(cast, in_phase, as_, name, statuses):
    season = in_phase(Phase.SELF_SCORING)
    browser, found = as_(getattr(cast, name)), []
    for act in ACTS:
        address = reverse(act, args=[season.pk])
        pair = {"inspector": cast.birch_unit.pk, "inspected": cast.ash_unit.pk, "wanted": "1"}
        answer = browser.post(address, pair) if act == "change_plan" else browser.get(address)
        found.append(answer.status_code)
    assert found == statuses


def test_a_member_reads_the_plan_without_anything_to_press(seven, as_):
    page = page_of(as_, seven.ash, seven.season)
    assert page.count('class="on"') == 7
    assert page.count('class="self"') == 7
    assert "Birch" in page
    assert "hx-post" not in page
    assert reverse("draw_plan", args=[seven.season.pk]) not in page


def test_a_clerk_of_the_head_reads_who_fixes_the_draft(seven, as_):
    said = "A principal of Cedar fixes it."
    people = (seven.cedar_clerk, seven.cedar, seven.ash)
    assert [said in page_of(as_, who, seven.season) for who in people] == [True, False, False]


def test_the_plan_names_head_and_deputy(cast, as_):
    page = page_of(as_, cast.ash, cast.season)
    rows = re.findall(r'<th scope="row">(\w+) <span class="soft">\((\w+)\)', page)
    assert rows == [("Birch", "Deputy"), ("Cedar", "Head")]


def test_before_registration_there_is_nobody_to_inspect(cast, as_):
    season = SeasonFactory(block=cast.block, year=2027, head=cast.cedar_unit)
    SeasonRulesFactory(season=season)
    assert "once registration is open" in page_of(as_, cast.cedar, season)


# Laying it


def test_the_rules_ask_no_more_inspecting_units_than_the_members_can_give(seven, as_):
    browser, address = as_(seven.officer), reverse("edit_rules", args=[seven.season.pk])
    answer = browser.post(address, {"inspectors_per_card": "4", "explanation_days": "7"})
    assert answer.status_code == 422
    assert "With 7 units each can inspect at most 3 others" in answer.content.decode()
    browser.post(address, {"inspectors_per_card": "3", "explanation_days": "7"})
    assert Season.objects.get(pk=seven.season.pk).rules.inspectors_per_card == 3


def test_the_rotation_lays_the_plan(seven, as_):
    address = reverse("draw_plan", args=[seven.season.pk])
    as_(seven.officer).post(address, {"how": "turns", "inspectors_per_card": "2"})
    seven.season.refresh_from_db()
    names = list(seven.units)
    assert sorted(pairs_of(seven)) == sorted(propose(names, 2))
    assert seven.season.draw_code == ""
    assert Season.objects.get(pk=seven.season.pk).rules.inspectors_per_card == 2


def test_once_the_year_is_planned_the_head_draws_with_as_many_units_as_the_rules_say(seven, as_):
    browser, address = as_(seven.cedar), reverse("draw_plan", args=[seven.season.pk])
    form = browser.get(address).content.decode()
    assert "by the rules: 01; an officer changes that." in form
    assert "inspectors_per_card" not in form
    browser.post(address, {"how": "lots", "inspectors_per_card": "3"})
    assert Season.objects.get(pk=seven.season.pk).rules.inspectors_per_card == 1
    assert len(pairs_of(seven)) == 7
    with pytest.raises(PermissionDenied, match="only an officer"):
        Inspection.draw(seven.season, seven.cedar_seat, 3, lots=True)


def test_a_draw_can_be_repeated_from_its_code_and_the_official_order(seven, as_):
    browser = as_(seven.officer)
    address = reverse("draw_plan", args=[seven.season.pk])
    browser.post(address, {"how": "lots", "inspectors_per_card": "3"})
    code = Season.objects.get(pk=seven.season.pk).draw_code
    assert re.fullmatch(r"[A-Z2-9]{4}", code)
    numbers = dict(enumerate(seven.units, start=1))
    again = [(numbers[one], numbers[other]) for one, other in propose(range(1, 8), 3, draw=code)]
    assert sorted(pairs_of(seven)) == sorted(again)
    page = page_of(as_, seven.ash, seven.season)
    assert f"<b>{code}</b>" in page
    assert "changed by hand" not in page


def test_laying_a_plan_anew_says_which_one_is_replaced_and_presumes_no_way(seven, as_):
    browser, address = as_(seven.cedar), reverse("draw_plan", args=[seven.season.pk])
    form = browser.get(address).content.decode()
    assert "The plan laid before is replaced. Pairs changed by hand are lost. Day, leader" in form
    assert "checked" not in form
    answer = browser.post(address, {"how": ""})
    assert (answer.status_code, len(pairs_of(seven))) == (422, 7)
    code = Inspection.draw(seven.season, seven.cedar_seat, 1, lots=True)
    form = browser.get(address).content.decode()
    assert f"The plan drawn by lot with the code {code} is replaced." in form
    InspectingUnit.objects.all().delete()
    assert "is replaced" not in browser.get(address).content.decode()


def test_a_drawn_plan_that_was_changed_by_hand_says_so(seven, as_):
    seat = seven.cedar_seat
    Inspection.draw(seven.season, seat, 1, lots=True)
    inspector, inspected = Inspection.pairs_of(seven.season)[0]
    units = {unit.pk: unit for unit in seven.units.values()}
    Inspection.change(seven.season, seat, units[inspector], units[inspected], wanted=False)
    assert "then changed by hand" in page_of(as_, seven.ash, seven.season)


@pytest.mark.parametrize("by_hand", [False, True])
def test_day_and_team_stay_where_the_same_unit_inspects_and_go_on_to_no_other(seven, by_hand):
    season, seat, names = seven.season, seven.cedar_seat, ("held_on", "place", "leader", "team")
    noted = {"leader": "Bà Hoa", "leader_position": "Chánh Thanh tra", "team": "Ông An"}
    seven.card.inspection.appoint(held_on=date(2026, 10, 7), place="Trụ sở", **noted)
    here = Inspection.objects.filter(card=seven.card)
    Inspection.lay(season, Inspection.pairs_of(season))
    Inspection.change(season, seat, seven.cedar_unit, seven.ash_unit, wanted=False)
    assert here.values_list(*names).get() == (date(2026, 10, 7), "Trụ sở", "Bà Hoa", "Ông An")
    if by_hand:
        Inspection.change(season, seat, seven.birch_unit, seven.ash_unit, wanted=False)
    else:
        Inspection.lay(season, [(inspected, by) for by, inspected in Inspection.pairs_of(season)])
    assert here.values_list(*names).get() == (None, "Trụ sở", "", "")
    assert here.get().led_by == ""


@pytest.mark.parametrize("k", ["0", "4", "x"])
def test_no_more_inspectors_than_the_members_allow(seven, as_, k):
    before = pairs_of(seven)
    address = reverse("draw_plan", args=[seven.season.pk])
    answer = as_(seven.officer).post(address, {"how": "turns", "inspectors_per_card": k})
    assert answer.status_code == 422
    assert pairs_of(seven) == before


def test_what_is_infeasible_is_said_beforehand(seven, as_):
    seven.season.rules.inspectors_per_card = 4
    seven.season.rules.save()
    page = page_of(as_, seven.cedar, seven.season)
    assert "With 7 units each can inspect at most 3 others" in page
    form = as_(seven.cedar).get(reverse("draw_plan", args=[seven.season.pk])).content.decode()
    assert "With 7 units each can be inspected by 3 others at most." in form


def test_two_units_cannot_inspect_each_other_at_all(cast, in_phase, as_):
    season = in_phase(Phase.SELF_SCORING)
    clear(cast)
    cast.season.cards.get(unit=cast.cedar_unit).inspection.delete()
    cast.season.cards.get(unit=cast.cedar_unit).delete()
    page = page_of(as_, cast.cedar, season)
    assert "Cross-inspection needs at least three units." in page
    assert reverse("draw_plan", args=[season.pk]) not in page
    answer = as_(cast.cedar).get(reverse("draw_plan", args=[season.pk]))
    assert answer.status_code == 422
    assert "Cross-inspection needs at least three units." in answer.content.decode()


# By hand


def change(as_, user, cast, inspector, inspected, *, wanted=True, htmx=False):
    said = {
        "inspector": cast.units[inspector].pk,
        "inspected": cast.units[inspected].pk,
        "wanted": "1" if wanted else "0",
    }
    headers = {"hx-request": "true"} if htmx else {}
    address = reverse("change_plan", args=[cast.season.pk])
    return as_(user).post(address, said, headers=headers)


def test_a_pair_is_put_and_taken_off_by_hand(seven, as_):
    clear(seven)
    assert change(as_, seven.cedar_clerk, seven, "Ash", "Elm 1").status_code == 302
    assert pairs_of(seven) == [("Ash", "Elm 1")]
    change(as_, seven.cedar_clerk, seven, "Ash", "Elm 1")
    assert pairs_of(seven) == [("Ash", "Elm 1")]
    change(as_, seven.cedar_clerk, seven, "Ash", "Elm 1", wanted=False)
    change(as_, seven.cedar_clerk, seven, "Ash", "Elm 1", wanted=False)
    assert pairs_of(seven) == []


REFUSED = [
    ("Ash", "Birch", "Ash cannot inspect Birch: Birch inspects Ash already."),
    ("Ash", "Ash", "Ash cannot inspect itself."),
    ("Cedar", "Ash", "Ash is inspected by 1 already; take one off first."),
]


@pytest.mark.parametrize("htmx", [False, True])
@pytest.mark.parametrize(("inspector", "inspected", "why"), REFUSED)
def test_a_pair_that_cannot_be_says_at_once_why(seven, as_, inspector, inspected, why, htmx):
    before = pairs_of(seven)
    answer = change(as_, seven.cedar, seven, inspector, inspected, htmx=htmx)
    assert answer.status_code == 422
    assert why in answer.content.decode()
    assert pairs_of(seven) == before


def test_the_answer_to_a_tick_holds_its_cell_and_the_new_loads_only(seven, as_):
    clear(seven)
    answer = change(as_, seven.cedar, seven, "Ash", "Elm 1", htmx=True).content.decode()
    ash, elm = seven.units["Ash"].pk, seven.units["Elm 1"].pk
    assert re.findall(r'id="([\w-]+)"[^>]*hx-swap-oob', answer) == [
        f"pick-{ash}-{elm}", f"makes-{ash}", f"takes-{elm}", "plan-said", "plan-faults",
    ]  # fmt: skip
    assert f'id="pair-{ash}-{elm}"' in answer
    assert answer.count("<input") == 1
    assert " checked" in answer
    assert f'id="makes-{ash}" hx-swap-oob="true">1<' in answer


def test_somebody_outside_the_season_is_no_choice(seven, as_):
    said = {"inspector": seven.dogwood_unit.pk, "inspected": seven.ash_unit.pk, "wanted": "1"}
    address = reverse("change_plan", args=[seven.season.pk])
    for headers in ({}, {"hx-request": "true"}):
        answer = as_(seven.cedar).post(address, said, headers=headers)
        assert answer.status_code == 422


def test_the_database_lets_nobody_inspect_itself(cast):
    with pytest.raises(IntegrityError, match="a_unit_never_inspects_itself"), transaction.atomic():
        InspectingUnit.objects.create(inspection=cast.card.inspection, unit=cast.ash_unit)


def test_the_database_lets_no_two_units_inspect_each_other(cast):
    birch = cast.season.cards.get(unit=cast.birch_unit)  # Birch inspects Ash
    with (
        pytest.raises(IntegrityError, match="two_units_never_inspect_each_other"),
        transaction.atomic(),
    ):
        InspectingUnit.objects.create(inspection=birch.inspection, unit=cast.ash_unit)


def test_the_database_lets_a_unit_inspect_a_card_once(cast):
    with pytest.raises(IntegrityError, match="inspects_a_card_once"), transaction.atomic():
        InspectingUnit.objects.create(inspection=cast.card.inspection, unit=cast.birch_unit)


def test_last_year_s_pairs_are_marked_and_allowed(cast, as_):
    last = SeasonFactory(block=cast.block, year=2025, head=cast.cedar_unit)
    for unit, inspector in ((cast.ash_unit, cast.birch_unit), (cast.birch_unit, cast.ash_unit)):
        card = last.cards.create(unit=unit, official_order=1, turn=1)
        if unit == cast.ash_unit:
            inspection = Inspection.objects.create(card=card)
            InspectingUnit.objects.create(inspection=inspection, unit=inspector)
    page = page_of(as_, cast.ash, cast.season)
    assert page.count('class="repeat"') == 1
    assert page.count('class="on"') == 2
    put_in_phase(cast, Phase.SELF_SCORING)
    Inspection.fix(cast.season, cast.cedar_seat)


# Fixing it


def test_the_plan_is_fixed_only_with_exact_loads(seven, as_):
    browser, address = as_(seven.cedar), reverse("fix_plan", args=[seven.season.pk])
    inspector, inspected = pairs_of(seven)[0]
    change(as_, seven.cedar, seven, inspector, inspected, wanted=False)
    asked = browser.get(address).content.decode()
    assert f"{inspector} inspects 0 units, not 1." in asked
    assert '<form method="post" novalidate' not in asked
    answer = browser.post(address)
    assert answer.status_code == 422
    assert f"{inspector} inspects 0 units, not 1." in answer.content.decode()
    assert f"{inspected} is inspected by 0 units, not 1." in answer.content.decode()
    change(as_, seven.cedar, seven, inspector, inspected)
    assert browser.post(address).status_code == 302
    assert Season.objects.get(pk=seven.season.pk).plan_fixed_at


def test_who_is_not_ranked_is_marked_in_the_plan_which_is_fixed_without_it(seven, as_):
    seven.season.waive(seven.ash_unit, Column.CLAIMED, seven.cedar_seat, "Bão lũ")
    page = page_of(as_, seven.cedar, seven.season)
    assert len(re.findall(r">Ash <span[^>]*>\(need not be inspected\)", page)) == 1
    assert state_of(page)[0] == ("grey", "Need not be inspected")
    inspector = next(one for one, other in pairs_of(seven) if other == "Ash")
    change(as_, seven.cedar, seven, inspector, "Ash", wanted=False)
    assert "that has to be inspected" in page_of(as_, seven.cedar, seven.season)
    assert as_(seven.cedar).post(reverse("fix_plan", args=[seven.season.pk])).status_code == 302
    season = Season.objects.get(pk=seven.season.pk)
    assert plan_is_fixed(season) == []
    put_in_phase(seven, Phase.INSPECTION)
    page = as_(seven.cedar).get(season.get_absolute_url()).content.decode()
    assert "Progress: 0/6 units have sent, 1 unit not waited for" in page
    put_in_phase(seven, Phase.SELF_SCORING)
    season.waivers.get().withdraw(seven.cedar_seat, "Đã gửi")
    [missing] = plan_is_fixed(Season.objects.get(pk=season.pk))
    assert missing.sentence == "By the inspection plan nobody inspects Ash."


@pytest.mark.parametrize("how", ["turns", "lots"])
def test_a_plan_is_laid_without_who_need_not_be_inspected_and_its_code_repeats_it(seven, as_, how):
    season, browser = seven.season, as_(seven.officer)
    season.waive(seven.ash_unit, Column.CLAIMED, seven.cedar_seat, "Bão lũ")
    address = reverse("draw_plan", args=[season.pk])
    form = browser.get(address).content.decode()
    assert "Need not be inspected and are left out: Ash." in form
    browser.post(address, {"how": how, "inspectors_per_card": "3"})
    season.refresh_from_db()
    numbers = dict(enumerate(seven.units, start=1))
    whole = propose(range(1, 8), 3, draw=season.draw_code or None)
    again = [(numbers[one], numbers[other]) for one, other in whole if numbers[other] != "Ash"]
    assert sorted(pairs_of(seven)) == sorted(again)
    season.waivers.get().withdraw(seven.cedar_seat, "Đã gửi")
    page = page_of(as_, seven.cedar, season)
    assert "Ash is inspected by 0 units, not 3." in page
    assert "changed by hand" not in page


def test_a_drawn_plan_leaves_a_unit_that_was_once_excused_out_whole_or_was_changed_by_hand(
    seven, as_
):
    season = seven.season
    as_(seven.officer).post(
        reverse("draw_plan", args=[season.pk]), {"how": "lots", "inspectors_per_card": "3"}
    )
    season = Season.objects.get(pk=season.pk)
    waiver = season.waive(seven.ash_unit, Column.CLAIMED, seven.cedar_seat, "Bão lũ")
    waiver.withdraw(seven.cedar_seat, "Đã gửi")
    said = []
    for inspector in [one for one, other in pairs_of(seven) if other == "Ash"]:
        change(as_, seven.cedar, seven, inspector, "Ash", wanted=False)
        said.append("then changed by hand" in page_of(as_, seven.ash, season))
    assert said == [True, True, False]


def test_a_fixed_plan_is_changed_only_after_it_is_opened_again(seven, as_):
    seat, (ash, elm) = seven.cedar_seat, (seven.units["Ash"], seven.units["Elm 1"])
    Inspection.fix(seven.season, seat)
    for act in (
        lambda: Inspection.draw(seven.season, seat, 2, lots=True),
        lambda: Inspection.change(seven.season, seat, ash, elm, wanted=True),
        lambda: Inspection.fix(seven.season, seat),
    ):
        with pytest.raises(ValidationError, match="fixed already"):
            act()
    assert "hx-post" not in page_of(as_, seven.cedar, seven.season)
    address = reverse("unfix_plan", args=[seven.season.pk])
    assert as_(seven.cedar).post(address).status_code == 302
    Inspection.change(seven.season, seat, ash, elm, wanted=False)
    with pytest.raises(ValidationError, match="not fixed"):
        Inspection.unfix(seven.season, seat)


def test_once_the_inspection_has_begun_the_plan_stays(seven, as_):
    seat, (ash, elm) = seven.cedar_seat, (seven.units["Ash"], seven.units["Elm 1"])
    Inspection.fix(seven.season, seat)
    put_in_phase(seven, Phase.INSPECTION)
    for act in (
        lambda: Inspection.draw(seven.season, seat, 2, lots=True),
        lambda: Inspection.change(seven.season, seat, ash, elm, wanted=True),
        lambda: Inspection.unfix(seven.season, seat),
    ):
        with pytest.raises(ValidationError, match="inspection has begun"):
            act()
    page = page_of(as_, seven.cedar, seven.season)
    assert reverse("unfix_plan", args=[seven.season.pk]) not in page


# The inspections


def test_head_officer_and_inspectors_note_day_and_team(cast, in_phase, as_):
    in_phase(Phase.INSPECTION)
    address = reverse("edit_inspection", args=[cast.card.inspection.pk])
    said = {"held_on": "7/10/2026", "place": "Trụ sở", "leader": "Bà Hoa", "team": "Ông An"}
    people = (cast.cedar_clerk, cast.officer, cast.birch_clerk, cast.ash, cast.stranger)
    found = [as_(user).post(address, said).status_code for user in people]
    assert found == [302, 302, 302, 403, 404]
    inspection = Inspection.objects.get(card=cast.card)
    assert (inspection.held_on, inspection.leader) == (date(2026, 10, 7), "Bà Hoa")
    page = page_of(as_, cast.ash, cast.season)
    assert "07/10/2026" in page
    assert address not in page
    assert address in page_of(as_, cast.birch, cast.season)


def test_a_leader_with_two_positions_is_named_with_mr_or_ms_alone(cast, in_phase, as_):
    cast.birch.seats.update(position="Chánh Thanh tra")
    fir = a_unit(cast.authority, "Fir")
    cast.card.inspection.inspectors.create(unit=fir)
    SeatFactory(person=cast.birch, unit=fir, position="Thành viên")
    in_phase(Phase.INSPECTION)
    address = reverse("edit_inspection", args=[cast.card.inspection.pk])
    data = {"held_on": "7/10", "place": "", "leader": cast.birch.full_name}
    assert as_(cast.cedar_clerk).post(address, data).status_code == 302
    assert Inspection.objects.get(card=cast.card).led_by == str(cast.birch)


def test_a_leader_with_an_account_is_named_with_mr_or_ms_and_the_position(cast, in_phase, as_):
    cast.birch.seats.update(position="Chánh Thanh tra")
    in_phase(Phase.INSPECTION)
    address = reverse("edit_inspection", args=[cast.card.inspection.pk])
    birch, own = cast.birch.full_name, "Chánh Thanh tra"
    for name, position, kept in (
        (birch, "", f"{cast.birch}, {own}"),
        (birch, "Trưởng phòng", f"{cast.birch}, Trưởng phòng"),
        ("Hoa", "", "Hoa"),
    ):
        data = {"held_on": "7/10", "place": "", "leader": name, "leader_position": position}
        as_(cast.cedar_clerk).post(address, data)
        assert Inspection.objects.get(card=cast.card).led_by == kept
    assert kept in page_of(as_, cast.ash, cast.season)


def test_a_day_that_is_none_is_refused_at_its_place(cast, in_phase, as_):
    in_phase(Phase.INSPECTION)
    address = reverse("edit_inspection", args=[cast.card.inspection.pk])
    for day in ("31/2/2026", "31/12/2025", "1/1/2028"):
        assert as_(cast.birch).post(address, {"held_on": day}).status_code == 422, day
    assert as_(cast.birch).post(address, {"held_on": "5/1/2027"}).status_code == 302


def test_a_leader_who_is_printed_without_mr_or_ms_is_told(cast, in_phase, as_):
    in_phase(Phase.INSPECTION)
    address = reverse("edit_inspection", args=[cast.card.inspection.pk])
    for name, told in (("Hoa", True), ("bà Hoa", False), ("", False)):
        answer = as_(cast.birch).post(address, {"held_on": "7/10", "leader": name}, follow=True)
        said = f"“{name}” is printed as typed: without Ông or Bà before it."
        assert (said in answer.content.decode()) == told, name


def test_history_says_how_the_plan_was_drawn_and_when_it_was_fixed(seven, as_):
    Inspection.draw(seven.season, seven.cedar_seat, 1, lots=True)
    Inspection.fix(seven.season, seven.cedar_seat)
    page = as_(seven.cedar).get(f"/history/plan/{seven.season.pk}/").content.decode()
    assert "Code of the draw" in page
    assert "Plan fixed" in page


def test_who_fixes_the_plan_is_told_of_teams_to_units_that_need_none(seven, as_):
    browser, address = as_(seven.cedar), reverse("fix_plan", args=[seven.season.pk])
    said = "The plan sends a team to units that need not be inspected:"
    assert said not in browser.get(address).content.decode()
    _inspector, spared = pairs_of(seven)[0]
    unit = next(unit for unit in seven.units.values() if unit.short_name == spared)
    seven.season.waive(unit, Column.CLAIMED, seven.officer.seats.get(), "Giải thể")
    assert f"{said} {spared}." in browser.get(address).content.decode()


def test_day_and_team_stay_once_the_inspection_is_over(cast, in_phase, as_):
    in_phase(Phase.SETTLEMENT)
    address = reverse("edit_inspection", args=[cast.card.inspection.pk])
    answer = as_(cast.birch).post(address, {"held_on": "7/10/2026"})
    assert answer.status_code == 422
    assert "The inspection is over" in answer.content.decode()
    assert f'"{address}"' not in page_of(as_, cast.birch, cast.season)


def state_of(page):
    return re.findall(r'<span class="chip chip-(\w+)">([^<]+)</span></td>', page)


def test_the_state_of_an_inspection(cast, in_phase, as_):
    from scoring.models import PhaseDate
    from tests.conftest import TODAY

    season = in_phase(Phase.SELF_SCORING)
    assert state_of(page_of(as_, cast.ash, season))[0] == ("grey", "Not begun")
    in_phase(Phase.INSPECTION)
    assert state_of(page_of(as_, cast.ash, season))[0] == ("grey", "Not filled in yet")
    filing = Filing.objects.create(card=cast.card, column=Column.FOUND, unit=cast.birch_unit)
    in_phase(Phase.SELF_SCORING)
    typed = ("grey", "Filled in before; to be confirmed")
    assert state_of(page_of(as_, cast.ash, season))[0] == typed
    in_phase(Phase.INSPECTION)
    assert state_of(page_of(as_, cast.ash, season))[0] == ("amber", "Filling")
    Filing.objects.update(state=FilingState.HANDED_UP)
    assert state_of(page_of(as_, cast.ash, season))[0] == ("blue", "With the principal")
    Filing.objects.update(state=FilingState.FILLING)
    due = PhaseDate.objects.create(season=season, phase=Phase.INSPECTION, due=TODAY)
    assert state_of(page_of(as_, cast.ash, season))[0] == ("amber", "Filling")
    due.due = date(2026, 9, 26)
    due.save()
    assert state_of(page_of(as_, cast.ash, season))[0] == ("red", "2 days overdue")
    Filing.objects.filter(pk=filing.pk).update(state=FilingState.SENT, sent_at=clock.now())
    assert state_of(page_of(as_, cast.ash, season))[0] == ("green", "Confirmed")
    minutes = f"/inspections/{season.cards.get(official_order=3).inspection.pk}/minutes/"
    assert minutes in page_of(as_, cast.ash, season)
    season.waivers.create(
        unit=cast.ash_unit, column=Column.FOUND, by=cast.cedar_seat, reason="Bão lũ"
    )  # Ash inspects the last card
    assert state_of(page := page_of(as_, cast.ash, season))[2] == ("grey", "Excused")
    assert minutes not in page
    clear(cast)
    assert state_of(page_of(as_, cast.ash, season))[0] == ("grey", "Nobody inspects it yet")


@pytest.mark.parametrize("reader", ["ash", "cedar"])
def test_more_units_cost_no_more_queries(cast, in_phase, as_, reader):
    season = in_phase(Phase.SELF_SCORING)
    few = queries_of(as_, getattr(cast, reader), season)
    add_units(cast, 27)
    assert season.cards.count() == 30
    assert queries_of(as_, getattr(cast, reader), season) == few <= 20


def queries_of(as_, user, season):
    browser = as_(user)
    with CaptureQueriesContext(connection) as queries:
        assert browser.get(reverse("show_plan", args=[season.pk])).status_code == 200
    return len(queries)


def add_units(cast, count):
    inspector = cast.ash_unit
    for order in range(4, 4 + count):
        unit = a_unit(cast.authority, f"Fir {order}")
        card = cast.season.cards.create(unit=unit, official_order=order, turn=order)
        inspection = Inspection.objects.create(card=card)
        InspectingUnit.objects.create(inspection=inspection, unit=inspector)
        inspector = unit
