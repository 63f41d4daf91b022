"""What the units of a season did together and whom they hold up: noted by whom, when, and shown."""

import re
import unicodedata
from datetime import date
from functools import partial
from html import unescape

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.urls import reverse

from blocks import clock
from scoring.models import Activity, Participation, RoleModel
from scoring.phases import Phase
from tests.factories import UnitFactory

pytestmark = pytest.mark.django_db

LATER = "1/10/2026"  # the tests stand on 28 September 2026


def words(response) -> str:
    """What the page says, without marks."""
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", response.content.decode())).split())


def shown(browser, season) -> str:
    return words(browser.get(reverse("list_activities", args=[season.pk])))


def note(browser, season, name="Hội thao", day="15/6", units=()):
    data = {"name": name, "held_on": day, "units": [unit.pk for unit in units]}
    return browser.post(reverse("add_activity", args=[season.pk]), data)


def hold_up(browser, card, name="Bà Lan", deed="Có sáng kiến"):
    return browser.post(reverse("add_role_model", args=[card.pk]), {"name": name, "deed": deed})


@pytest.fixture
def season(in_phase):
    """The cast's season while it is carried out."""
    return in_phase(Phase.EXECUTION)


# Activities


def test_an_activity_is_noted_with_its_day_and_the_units_that_took_part(cast, season, as_):
    answer = note(as_(cast.cedar_clerk), season, units=[cast.birch_unit, cast.ash_unit])
    assert (answer.status_code, answer.url) == (302, f"/seasons/{season.pk}/activities/")
    activity = season.activities.get()
    assert (activity.name, activity.held_on) == ("Hội thao", date(2026, 6, 15))
    assert set(activity.participations.values_list("unit", flat=True)) == {
        cast.ash_unit.pk, cast.birch_unit.pk,
    }  # fmt: skip
    assert "15/06/2026 Hội thao 2/3: Ash, Birch" in shown(as_(cast.ash), season)


def test_ticking_anew_takes_out_whom_one_no_longer_ticks(cast, season, as_):
    head = as_(cast.cedar)
    note(head, season, units=[cast.ash_unit, cast.birch_unit])
    activity = season.activities.get()
    kept = activity.participations.get(unit=cast.birch_unit)
    page = head.get(reverse("edit_activity", args=[activity.pk])).content.decode()
    assert page.count(" checked") == 2
    data = {"name": "Hội thao Khối", "held_on": "16/6/2026",
            "units": [cast.birch_unit.pk, cast.cedar_unit.pk]}  # fmt: skip
    head.post(reverse("edit_activity", args=[activity.pk]), data)
    assert "16/06/2026 Hội thao Khối 2/3: Birch, Cedar" in shown(head, season)
    assert activity.participations.get(unit=cast.birch_unit) == kept


def test_activities_stand_by_their_day(cast, season, as_):
    head = as_(cast.cedar)
    for name, day in (("Tổng kết", "1/12"), ("Giao ước", "2/3"), ("Sơ kết", "15/6")):
        note(head, season, name, day)
    told = shown(head, season)
    assert told.index("Giao ước") < told.index("Sơ kết") < told.index("Tổng kết")


def test_an_activity_whose_day_is_to_come_is_planned_and_nobody_took_part_yet(cast, season, as_):
    head = as_(cast.cedar)
    answer = note(head, season, day=LATER, units=[cast.ash_unit])
    assert answer.status_code == 422
    assert "ticked from 01/10/2026 on, when the day has come" in words(answer)
    assert not season.activities.exists()
    note(head, season, day=LATER)
    assert "01/10/2026 Hội thao planned" in shown(head, season)


def test_what_was_held_says_that_who_took_part_is_not_noted_yet(cast, season, as_):
    head = as_(cast.cedar)
    note(head, season, day=LATER)
    with clock.standing_on(date(2026, 10, 1)):
        assert "01/10/2026 Hội thao not noted yet" in shown(head, season)
        data = {"name": "Hội thao", "held_on": LATER, "units": [cast.ash_unit.pk]}
        head.post(reverse("edit_activity", args=[season.activities.get().pk]), data)
        assert "01/10/2026 Hội thao 1/3: Ash" in shown(head, season)


def test_an_activity_of_a_held_day_is_not_put_off_while_units_are_ticked(cast, season, as_):
    head = as_(cast.cedar)
    note(head, season, units=[cast.ash_unit])
    activity = season.activities.get()
    data = {"name": "Hội thao", "held_on": LATER, "units": [cast.ash_unit.pk]}
    assert head.post(reverse("edit_activity", args=[activity.pk]), data).status_code == 422
    activity.refresh_from_db()
    assert activity.held_on == date(2026, 6, 15)


@pytest.mark.parametrize("day", ["31/12/2025", "1/1/2027"])
def test_an_activity_has_a_day_of_the_year(cast, season, as_, day):
    answer = note(as_(cast.cedar), season, day=day)
    assert answer.status_code == 422
    assert "Enter a day of the year: from 01/01/2026 to 31/12/2026." in words(answer)
    assert not season.activities.exists()


def test_the_first_and_the_last_day_are_of_the_year(cast, season, as_):
    for day in ("1/1/2026", "31/12/2026"):
        assert note(as_(cast.cedar), season, day=day).status_code == 302


def test_of_each_unit_it_is_told_in_how_many_noted_activities_it_took_part(cast, season, as_):
    head = as_(cast.cedar)
    everybody = [cast.ash_unit, cast.birch_unit, cast.cedar_unit]
    assert "Activities attended" not in shown(head, season)
    note(head, season, "Giao ước", "2/3", everybody)
    note(head, season, "Sơ kết", "15/6", everybody)
    note(head, season, "Hội thao", "1/9", [cast.birch_unit])
    note(head, season, "Về nguồn", "2/9")  # who took part is not noted yet
    note(head, season, "Tổng kết", "1/12")
    told = shown(as_(cast.ash), season)
    assert re.search(r"Ash 2/3 .*Birch 3/3 .*Cedar 2/3", told)


def test_an_activity_is_noted_once_a_day(cast, season, as_):
    head = as_(cast.cedar)
    note(head, season)
    answer = note(head, season)
    assert answer.status_code == 422
    assert "An activity of this name is noted on this day already." in words(answer)
    assert note(head, season, day="16/6").status_code == 302
    with pytest.raises(IntegrityError, match="an_activity_is_noted_once_a_day"):
        Activity.objects.create(season=season, name="Hội thao", held_on=date(2026, 6, 15))


def test_capital_letters_make_no_second_activity(cast, season, as_):
    head = as_(cast.cedar)
    note(head, season, "Ký kết Giao ước Đoàn kết")
    answer = note(head, season, "ký kết giao ước đoàn kết")
    assert answer.status_code == 422
    assert "An activity of this name is noted on this day already." in words(answer)
    first = season.activities.get()
    data = {"name": "KÝ KẾT giao ước Đoàn kết", "held_on": "15/6/2026"}
    assert head.post(reverse("edit_activity", args=[first.pk]), data).status_code == 302


def test_only_members_of_the_year_take_part(cast, season, as_):
    assert note(as_(cast.cedar), season, units=[cast.dogwood_unit]).status_code == 422
    assert not season.activities.exists()


def test_an_activity_is_removed_after_asking_and_its_history_stays(cast, season, as_):
    head = as_(cast.cedar)
    note(head, season, units=[cast.ash_unit])
    address = reverse("remove_activity", args=[season.activities.get().pk])
    assert "Remove “Hội thao” of 15/06/2026?" in words(head.get(address))
    assert season.activities.exists()
    assert head.post(address).status_code == 302
    assert "There is nothing at this address, or no longer" in words(head.get(address))
    assert not season.activities.exists()
    assert not Participation.objects.exists()
    told = words(as_(cast.ash).get(f"/history/season/{season.pk}/"))
    assert "Ông Cedar Principal · Thanh tra huyện Cedar Activity Hội thao Removed" in told


@pytest.mark.parametrize("kind", ["activity", "role model"])
def test_what_was_removed_meanwhile_does_not_come_back(cast, season, as_, kind):
    if kind == "activity":
        note(as_(cast.cedar), season)
        thing = Activity.objects.get()
        change = partial(thing.note, [], cast.cedar_seat)
    else:
        hold_up(as_(cast.ash), cast.card)
        thing = RoleModel.objects.get()
        change = partial(thing.put, cast.cedar_seat)
    type(thing).objects.get().remove(cast.cedar_seat)
    with pytest.raises(ValidationError, match="vừa bị xóa"):
        change()
    assert not type(thing).objects.exists()


def test_a_unit_outside_the_year_takes_part_in_nothing(cast, season, as_):
    note(as_(cast.cedar), season)
    with pytest.raises(ValidationError, match="Chỉ đơn vị thành viên"):
        Activity.objects.get().note([UnitFactory()], cast.cedar_seat)


def test_history_says_who_noted_that_a_unit_took_part(cast, season, as_):
    note(as_(cast.officer), season, units=[cast.ash_unit])
    for kind, pk in (("season", season.pk), ("across", cast.block.pk)):
        told = words(as_(cast.officer).get(f"/history/{kind}/{pk}/"))
        assert "Taking part Thanh tra huyện Ash · Hội thao Added" in told
        assert "Oak Officer · Thanh tra tỉnh Quảng Ngãi Activity Hội thao Added" in told


@pytest.mark.parametrize(
    ("who", "status"),
    [("officer", 302), ("cedar", 302), ("cedar_clerk", 302), ("birch", 403), ("ash", 403),
     ("ash_clerk", 403), ("stranger", 404), ("dogwood", 404)],
)  # fmt: skip
def test_the_head_s_people_and_the_officer_note_activities(cast, season, as_, who, status):
    assert note(as_(getattr(cast, who)), season).status_code == status
    assert season.activities.exists() is (status == 302)


# Role models


@pytest.mark.parametrize(
    ("who", "status"),
    [("ash", 302), ("ash_clerk", 302), ("cedar", 302), ("cedar_clerk", 302), ("officer", 302),
     ("birch", 403), ("birch_clerk", 403), ("stranger", 404), ("dogwood", 404)],
)  # fmt: skip
def test_a_unit_the_head_or_the_officer_names_the_unit_s_role_model(cast, season, as_, who, status):
    assert hold_up(as_(getattr(cast, who)), cast.card).status_code == status
    assert RoleModel.objects.filter(season=season, unit=cast.ash_unit).exists() is (status == 302)


def test_role_models_stand_by_the_units_order_with_what_they_did(cast, season, as_):
    for who in ("cedar", "birch", "ash"):
        card = season.cards.get(unit=getattr(cast, f"{who}_unit"))
        hold_up(as_(getattr(cast, who)), card, f"Bà {who}", "Có sáng kiến")
    told = shown(as_(cast.officer), season)
    assert re.search(r"Ash Bà ash .*Có sáng kiến .*Birch Bà birch .*Cedar Bà cedar", told)


def test_a_role_model_is_changed_and_removed_by_its_unit_alone_among_the_members(cast, season, as_):
    hold_up(as_(cast.ash), cast.card)
    example = season.role_models.get()
    edit, remove = (reverse(f"{act}_role_model", args=[example.pk]) for act in ("edit", "remove"))
    data = {"name": "Bà Lan", "deed": "Hai sáng kiến"}
    for address in (edit, remove):
        assert as_(cast.birch).post(address, data).status_code == 403
    assert as_(cast.ash_clerk).post(edit, data).status_code == 302
    example.refresh_from_db()
    assert example.deed == "Hai sáng kiến"
    assert "Remove “Bà Lan” of Thanh tra huyện Ash?" in words(as_(cast.ash).get(remove))
    assert as_(cast.ash).post(remove).status_code == 302
    assert not season.role_models.exists()
    told = words(as_(cast.birch).get(f"/history/season/{season.pk}/"))
    assert "Ash clerk Clerk · Thanh tra huyện Ash Role model Bà Lan" in told
    assert "Role model Bà Lan Removed" in told


def test_a_unit_names_a_role_model_once_however_it_is_typed(cast, season, as_):
    client = as_(cast.ash)
    hold_up(client, cast.card, "Bà Huyền")
    assert season.role_models.get().name == unicodedata.normalize("NFC", "Bà Huyền")
    answer = hold_up(client, cast.card, unicodedata.normalize("NFD", "Bà Huyền"))
    assert answer.status_code == 422
    assert "The unit names this role model already." in words(answer)
    with pytest.raises(IntegrityError, match="a_unit_names_a_role_model_once"):
        RoleModel.objects.create(season=season, unit=cast.ash_unit, name="Bà Huyền", deed="x")


def test_capital_letters_make_no_second_role_model_of_a_unit(cast, season, as_):
    head = as_(cast.cedar)
    hold_up(head, cast.card, "Đội Thanh tra 1")
    answer = hold_up(head, cast.card, "đội thanh tra 1")
    assert answer.status_code == 422
    assert "The unit names this role model already." in words(answer)
    other = season.cards.get(unit=cast.birch_unit)
    assert hold_up(head, other, "đội thanh tra 1").status_code == 302


@pytest.mark.parametrize(("name", "deed"), [("", "x"), ("x", ""), ("x" * 201, "x"),
                                            ("x", "x" * 1001)])  # fmt: skip
def test_a_role_model_says_who_and_what_in_so_many_signs(cast, season, as_, name, deed):
    assert hold_up(as_(cast.ash), cast.card, name, deed).status_code == 422
    assert not season.role_models.exists()


# When


@pytest.mark.parametrize(
    ("phase", "status", "sentence"),
    [
        (Phase.PLANNING, 422, "noted once registration is open"),
        (Phase.REGISTRATION, 302, ""),
        (Phase.MEETING, 302, ""),
        (Phase.CLOSED, 422, "not changed any more"),
    ],
)
def test_both_are_noted_from_registration_to_the_end(cast, in_phase, as_, phase, status, sentence):
    season, head = in_phase(phase), as_(cast.cedar)
    for answer in (note(head, season), hold_up(head, cast.card)):
        assert answer.status_code == status
        assert sentence in words(answer)
    assert (season.activities.count(), season.role_models.count()) == (
        (1, 1) if status == 302 else (0, 0)
    )


@pytest.mark.parametrize(
    ("phase", "sentence"),
    [(Phase.PLANNING, "noted once registration is open"), (Phase.CLOSED, "not changed any more")],
)
def test_no_form_opens_before_registration_or_after_the_end_and_what_was_typed_is_given_back(
    cast, in_phase, as_, phase, sentence
):
    season, head = in_phase(Phase.MEETING), as_(cast.cedar)
    note(head, season, units=[cast.ash_unit])
    hold_up(head, cast.card)
    activity, example = season.activities.get(), season.role_models.get()
    in_phase(phase)
    for name, thing, data in (
        ("add_activity", season, {"name": "Khác", "held_on": "15/6/2026"}),
        ("edit_activity", activity, {"name": "Khác", "held_on": "15/6/2026"}),
        ("remove_activity", activity, {}),
        ("add_role_model", cast.card, {"name": "Khác", "deed": "Khác"}),
        ("edit_role_model", example, {"name": "Khác", "deed": "Khác"}),
        ("remove_role_model", example, {}),
    ):
        address = reverse(name, args=[thing.pk])
        for answer in (opened := head.get(address), posted := head.post(address, data)):
            assert answer.status_code == 422
            assert sentence in words(answer)
        assert "<form" not in opened.content.decode().partition("<main")[2]
        assert ('value="Khác"' in posted.content.decode()) is bool(data)
    told = shown(head, season)
    assert "15/06/2026 Hội thao 1/3: Ash" in told
    assert "Bà Lan" in told
    assert "Khác" not in told


CHANGES = {
    "added": lambda of, more: of.model.objects.create(**more),
    "changed": lambda of, _more: of.update(id=10**6),
    "removed": lambda of, _more: of._raw_delete(of.db),
}


@pytest.mark.parametrize("change", CHANGES)
@pytest.mark.parametrize("table", ["activities", "participations", "role_models"])
def test_what_was_done_in_a_closed_season_stays(cast, in_phase, as_, table, change):
    season, head = in_phase(Phase.MEETING), as_(cast.cedar)
    note(head, season, units=[cast.ash_unit])
    hold_up(head, cast.card)
    activity = season.activities.get()
    of, more = {
        "activities": (Activity.objects.all(), {"season": season, "name": "A",
                                                "held_on": date(2026, 6, 1)}),
        "participations": (Participation.objects.all(), {"activity": activity,
                                                         "unit": cast.birch_unit}),
        "role_models": (RoleModel.objects.all(), {"season": season, "unit": cast.ash_unit,
                                                  "name": "A", "deed": "B"}),
    }[table]  # fmt: skip
    in_phase(Phase.CLOSED)
    sentence = f"{table}_of_a_closed_season_stay"
    with pytest.raises(IntegrityError, match=sentence), transaction.atomic():
        CHANGES[change](of, more)


# The page


def ways(browser, season) -> set[str]:
    """Which acts the page leads to."""
    page = browser.get(reverse("list_activities", args=[season.pk])).content.decode()
    names = ("activities/add/", "activities/", "cards/", "role-models/")
    return {name for name in names if re.search(rf'href="/(seasons/\d+/)?{name}[\d"]', page)}


def test_the_page_leads_to_what_its_reader_may_do(cast, in_phase, as_):
    season = in_phase(Phase.EXECUTION)
    note(as_(cast.cedar), season)
    hold_up(as_(cast.ash), cast.card)
    everything = {"activities/add/", "activities/", "cards/", "role-models/"}
    assert ways(as_(cast.cedar_clerk), season) == everything
    assert ways(as_(cast.officer), season) == everything
    assert ways(as_(cast.ash_clerk), season) == {"cards/", "role-models/"}
    assert ways(as_(cast.birch), season) == {"cards/"}
    for phase in (Phase.PLANNING, Phase.CLOSED):
        in_phase(phase)
        assert ways(as_(cast.cedar), season) == set()


def test_the_season_leads_there_and_the_page_leads_back(cast, as_):
    here = reverse("list_activities", args=[cast.season.pk])
    assert f'href="{here}"' in as_(cast.ash).get(f"/seasons/{cast.season.pk}/").content.decode()
    back = as_(cast.ash).get(here).content.decode()
    assert f'href="/seasons/{cast.season.pk}/"' in back
    assert f'href="/history/season/{cast.season.pk}/"' in back


@pytest.mark.parametrize(
    ("who", "phase", "sentence"),
    [
        ("cedar", Phase.EXECUTION, "Note what is done together, also ahead of its day"),
        ("ash", Phase.EXECUTION, "the Head notes them here"),
        ("cedar", Phase.PLANNING, "This is noted once registration is open"),
        ("ash", Phase.CLOSED, "No activity was noted in this year."),
    ],
)
def test_an_empty_page_says_what_to_do(cast, in_phase, as_, who, phase, sentence):
    assert sentence in shown(as_(getattr(cast, who)), in_phase(phase))
