"""The catalogue: everybody of the blocks reads it, an officer keeps that of the authority."""

import re
from datetime import date

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from awards.catalogue_file import load_catalogue
from awards.models import Award, DecidedBy, Meeting, Requirement
from awards.requirements import Takes
from blocks.refusals import constraint_name
from scoring.phases import Column, Phase
from tests.awards.stage import make_stage, moment, voting
from tests.factories import AwardFactory, VoteRulesFactory

FLAG = {
    "name": "Cờ thi đua của tỉnh", "short_name": "Cờ tỉnh", "kind": "title", "decided_by": "vote",
    "order": "10", "since": "1/1/2026", "source": "Luật số 06/2022/QH15, Điều 26",
}  # fmt: skip


def url(name, *args):
    return reverse(name, args=args)


def text(response):
    return " ".join(response.content.decode().split())


@pytest.fixture
def flag(cast):
    return AwardFactory(
        authority=cast.authority, code="CO_TINH", name=FLAG["name"], short_name="Cờ tỉnh",
        since=date(2026, 1, 1),
    )  # fmt: skip


# Reading


def test_everybody_of_the_blocks_reads_the_awards_with_conditions_period_and_source(cast, as_):
    load_catalogue()
    page = text(as_(cast.ash_clerk).get(url("list_awards")))
    assert "Cờ thi đua của Ủy ban nhân dân tỉnh" in page
    assert "Line I.1.1 is over-fulfilled, above 100 percent" in page
    assert "Advanced workers are at least 70 percent" in page
    assert "The unit is not put forward for Cờ UBND tỉnh" in page
    assert "Luật Thi đua, khen thưởng số 06/2022/QH15, Điều 26" in page
    assert "No longer in force (4)" in page
    assert "Tổng Thanh tra Chính phủ" not in page  # another authority's
    assert url("add_award") not in page


def test_the_awards_of_another_authority_are_not_seen(cast, as_, flag):
    assert as_(cast.stranger).get(flag.get_absolute_url()).status_code == 404
    assert as_(cast.ash).get(flag.get_absolute_url()).status_code == 200


def test_an_officer_finds_the_catalogue_under_administration(cast, as_, flag):
    assert f'href="{url("list_awards")}"' in text(as_(cast.officer).get(url("show_administration")))


def test_a_longer_catalogue_costs_no_more_queries(cast, as_, flag):
    browser, asked = as_(cast.officer), []
    for more in (0, 6):
        for _ in range(more):
            AwardFactory(authority=cast.authority).requirements.create(rule="registered")
        with CaptureQueriesContext(connection) as queries:
            browser.get(url("list_awards"))
        asked.append(len(queries))
    assert asked[0] == asked[1]


# Writing


def test_an_officer_adds_an_award_of_the_authority_and_its_conditions(cast, as_):
    browser = as_(cast.officer)
    response = browser.post(url("add_award"), FLAG)
    award = Award.objects.get()
    assert response.url == award.get_absolute_url()
    assert (award.authority, award.code, award.since) == (
        cast.authority, "CO_TINH", date(2026, 1, 1),
    )  # fmt: skip
    asked = {"rule": "over_fulfilled", "parameter": "I.1", "source": "Điều 26"}
    assert browser.post(url("add_requirement", award.pk), asked).status_code == 302
    said = {"rule": "advanced_share", "parameter": "70,5%", "source": "Điều 27"}
    assert browser.post(url("add_requirement", award.pk), said).status_code == 302
    page = text(browser.get(award.get_absolute_url()))
    assert "Line I.1 is over-fulfilled, above 100 percent" in page
    assert "Advanced workers are at least 70,5 percent" in page


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"source": ""}, "Fill in “"),
        ({"since": "31/2/2026"}, "31/2/2026"),
        ({"decided_by": "dice"}, "Select a valid choice"),
        ({"decided_by": "conditions", "marks_the_leader": "on"}, "Only an award that is voted"),
        ({"share_of_leaders": "20"}, "belongs to an award that the authority decides"),
        ({"decided_by": "authority", "share_of_leaders": "120"}, "at most 100 percent"),
        ({"order": "-1"}, "Enter a number from 0 to"),
    ],
)
def test_an_award_that_makes_no_sense_is_refused_with_a_sentence(cast, as_, changed, sentence):
    response = as_(cast.officer).post(url("add_award"), FLAG | changed)
    assert (response.status_code, Award.objects.count()) == (422, 0)
    assert sentence in text(response)


def test_the_same_award_is_not_twice_in_the_catalogue_at_once(cast, as_, flag):
    for until in (None, date(2026, 12, 1)):
        Award.objects.update(until=until)
        response = as_(cast.officer).post(url("add_award"), FLAG)
        assert response.status_code == 422
        period = "01/01/2026 – 30/11/2026." if until else "from 01/01/2026."
        assert f"The catalogue has “{flag.name}” in that period already: {period}" in text(response)
    with pytest.raises(IntegrityError) as refused, transaction.atomic():
        AwardFactory(authority=cast.authority, code="CO_TINH", since=date(2026, 5, 1))
    assert constraint_name(refused.value) == "an_award_s_code_is_unique_at_a_time"
    AwardFactory(authority=cast.other_authority, code="CO_TINH", since=date(2026, 5, 1))


def test_an_award_is_known_by_its_names_whatever_its_code(cast, as_, flag):
    Award.objects.update(code="DELIVERED")
    response = as_(cast.officer).post(url("add_award"), FLAG | {"short_name": "cờ TỈNH"})
    assert response.status_code == 422
    assert "in that period already: from" in text(response)


def test_an_award_that_had_ended_comes_back_as_another_period_with_its_conditions(cast, as_, flag):
    Award.objects.update(code="DELIVERED", until=date(2026, 9, 1))
    flag.requirements.create(rule="registered", source="Điều 26")
    browser = as_(cast.officer)
    again = f"{url('add_award')}?again={flag.pk}"
    assert f'href="{again}"' in text(browser.get(flag.get_absolute_url()))
    assert f'value="{FLAG["name"]}"' in text(browser.get(again))
    assert browser.post(again, FLAG | {"since": "1/9/2026"}).status_code == 302
    new = Award.objects.get(since=date(2026, 9, 1))
    assert (new.code, new.until) == ("DELIVERED", None)
    assert [asked.rule for asked in new.requirements.all()] == ["registered"]
    assert new.get_absolute_url() in text(browser.get(flag.get_absolute_url()))
    for wrong in ("x", "9" * 30, new.pk):
        answer = browser.get(f"{url('add_award')}?again={wrong}")
        assert answer.status_code == (404 if wrong == new.pk else 200)


def test_what_another_window_saved_meanwhile_is_not_put_back_unseen(cast, as_, flag):
    browser, edit = as_(cast.officer), url("edit_award", flag.pk)
    loaded = re.search(r'name="loaded" value="(\w+)"', text(browser.get(edit)))[1]
    assert browser.post(edit, FLAG | {"name": "Cờ A", "loaded": loaded}).status_code == 302
    mine = FLAG | {"source": "Điều 5", "loaded": loaded}
    answer = browser.post(edit, mine)
    assert answer.status_code == 422
    assert "What stands: Name: Cờ A; Source:" in text(answer)
    assert Award.objects.get().name == "Cờ A"
    loaded = re.search(r'name="loaded" value="(\w+)"', text(answer))[1]
    for _click in range(2):  # a conscious saving; a double click is one
        assert browser.post(edit, mine | {"loaded": loaded}).status_code == 302
    assert Award.objects.get().source == "Điều 5"


@pytest.mark.parametrize(
    ("rule", "said", "sentence"),
    [
        ("over_fulfilled", {"parameter": ""}, "Say what the condition asks for."),
        ("over_fulfilled", {"parameter": "X.9"}, "No scale has a line X.9."),
        ("none_counted", {"parameter": "X.9"}, "No scale has a line X.9."),
        ("advanced_share", {"parameter": "0"}, "Enter a percentage above 0, at most 100."),
        ("advanced_share", {"parameter": "100,01"}, "Enter a percentage above 0, at most 100."),
        ("advanced_share", {"parameter": "NaN"}, "Enter a percentage above 0, at most 100."),
        ("advanced_share", {"parameter": "bảy mươi"}, "Enter a percentage above 0, at most 100."),
        ("has_fighters", {"parameter": "0"}, "Enter a whole number from 1 to 10.000."),
        ("has_fighters", {"parameter": "1,5"}, "Enter a whole number from 1 to 10.000."),
        ("has_fighters", {"parameter": "٣"}, "Enter a whole number from 1 to 10.000."),
        ("not_proposed_for", {"other": ""}, "Choose another award of the catalogue."),
        ("not_proposed_for", {"other": "CO_TINH"}, "Select a valid choice"),
        ("no_such_rule", {}, "Select a valid choice"),
    ],
)
def test_a_condition_that_could_not_be_asked_is_refused(cast, as_, flag, rule, said, sentence):
    posted = {"rule": rule, "source": "Quy chế"} | said
    response = as_(cast.officer).post(url("add_requirement", flag.pk), posted)
    assert (response.status_code, flag.requirements.count()) == (422, 0)
    assert sentence in text(response)


def test_an_award_asks_a_condition_once(cast, as_, flag):
    browser, asked = as_(cast.officer), {"rule": "registered", "source": "Quy chế"}
    assert browser.post(url("add_requirement", flag.pk), asked).status_code == 302
    response = browser.post(url("add_requirement", flag.pk), asked)
    assert response.status_code == 422
    assert "The award asks this condition already." in text(response)


def test_a_condition_is_mended_and_removed_while_no_season_uses_the_award(cast, as_, flag):
    other = AwardFactory(authority=cast.authority, short_name="Bằng khen")
    asked = flag.requirements.create(rule="has_fighters", parameter="1")
    browser = as_(cast.officer)
    browser.post(
        url("edit_requirement", asked.pk),
        {"rule": "not_proposed_for", "other": other.code, "source": "Điều 5"},
    )
    assert "not put forward for Bằng khen" in text(browser.get(flag.get_absolute_url()))
    browser.post(url("remove_requirement", asked.pk))
    assert not flag.requirements.exists()


def test_a_version_with_an_end_is_mended_too_while_no_season_uses_it(cast, as_, flag):
    asked = flag.requirements.create(rule="registered")
    flag.end(date(2027, 1, 1))
    page = text(as_(cast.officer).get(flag.get_absolute_url()))
    for name, key in (
        ("edit_award", flag.pk), ("end_award", flag.pk), ("add_requirement", flag.pk),
        ("edit_requirement", asked.pk), ("remove_requirement", asked.pk),
    ):  # fmt: skip
        assert url(name, key) in page


@pytest.mark.parametrize("who", ["cedar", "ash_clerk"])
def test_only_an_officer_of_the_authority_keeps_its_catalogue(cast, as_, flag, who):
    asked = flag.requirements.create(rule="registered")
    browser = as_(getattr(cast, who))
    for address in (
        url("add_award"), url("edit_award", flag.pk), url("renew_award", flag.pk),
        url("end_award", flag.pk), url("add_requirement", flag.pk),
        url("edit_requirement", asked.pk), url("remove_requirement", asked.pk),
    ):  # fmt: skip
        assert browser.get(address).status_code == 403, address
        assert browser.post(address, FLAG).status_code == 403, address
    assert as_(cast.stranger).post(url("end_award", flag.pk), {"on": "1/1/2027"}).status_code == 404


def test_the_awards_of_every_authority_are_nobody_s_to_change(cast, as_):
    shared = AwardFactory(authority=None)
    asked = shared.requirements.create(rule="registered")
    browser = as_(cast.officer)
    assert url("edit_award", shared.pk) not in text(browser.get(shared.get_absolute_url()))
    assert browser.post(url("end_award", shared.pk), {"on": "1/1/2027"}).status_code == 403
    assert browser.post(url("remove_requirement", asked.pk)).status_code == 403


# An award that a season uses


@pytest.fixture
def used(cast, flag):
    """The block votes on the flag, which asks that it was registered."""
    flag.requirements.create(rule="registered", source="Quy chế")
    VoteRulesFactory(season=cast.season, award=flag)
    return flag


def test_an_award_in_use_is_changed_by_ending_it_and_another_takes_its_place(cast, as_, used):
    browser = as_(cast.officer)
    assert browser.get(url("edit_award", used.pk)).url == url("renew_award", used.pk)
    response = browser.post(
        url("renew_award", used.pk), FLAG | {"name": "Cờ mới", "since": "1/10/2026"}
    )
    used.refresh_from_db()
    new = Award.objects.get(name="Cờ mới")
    assert response.url == new.get_absolute_url()
    assert (used.until, new.since, new.code) == (date(2026, 10, 1), date(2026, 10, 1), used.code)
    page = text(browser.get(new.get_absolute_url()))
    assert f"{used.since:%d/%m/%Y} – 30/09/2026" in page  # its last day in force
    assert [asked.rule for asked in new.requirements.all()] == ["registered"]
    assert used.requirements.count() == 1
    browser.post(url("remove_requirement", new.requirements.get().pk))
    assert (new.requirements.count(), used.requirements.count()) == (0, 1)


@pytest.mark.parametrize(("name", "day"), [("renew_award", "since"), ("end_award", "on")])
def test_a_version_that_begins_later_ends_only_after_that_day(cast, as_, used, name, day):
    new = used.copy(date(2026, 12, 1))
    used.give_way_to(new)
    browser, address = as_(cast.officer), url(name, new.pk)
    assert 'value="02/12/2026"' in text(browser.get(address))
    for early in ("1/12/2026", "1/10/2026"):
        response = browser.post(address, FLAG | {day: early})
        assert (response.status_code, Award.objects.count()) == (422, 2)
        refused = response.context["form"].errors[day][0]
        assert refused == "The award is in force from 01/12/2026 only: choose a later day."


def test_another_cannot_take_its_place_once_it_has_ended(cast, as_, used):
    used.end(date(2026, 6, 1))
    AwardFactory(authority=cast.authority, code=used.code, since=date(2030, 1, 1))
    for day in ("1/7/2026", "1/6/2026"):
        response = as_(cast.officer).post(url("renew_award", used.pk), FLAG | {"since": day})
        assert (response.status_code, Award.objects.count()) == (422, 2)
        refused = response.context["form"].errors["since"][0]
        assert "The award is no longer in force from 01/06/2026" in refused
    used.refresh_from_db()
    assert used.until == date(2026, 6, 1)


def test_what_a_season_uses_is_not_mended(cast, as_, used):
    browser, asked = as_(cast.officer), used.requirements.get()
    sentence = "A season uses this award: change it from a day on"
    for address, posted in (
        (url("edit_award", used.pk), FLAG),
        (url("add_requirement", used.pk), {"rule": "no_hold", "source": "Quy chế"}),
        (url("edit_requirement", asked.pk), {"rule": "no_hold", "source": "Quy chế"}),
        (url("remove_requirement", asked.pk), {}),
    ):
        asks = [browser.post(address, posted)]
        if "conditions" in address:
            asks.append(browser.get(address))
        for response in asks:
            assert response.status_code == 422, address
            assert sentence in text(response)
    assert [one.rule for one in used.requirements.all()] == ["registered"]
    page = text(browser.get(used.get_absolute_url()))
    assert url("renew_award", used.pk) in page
    assert url("add_requirement", used.pk) not in page


def test_an_award_ends_on_a_day_and_stays_readable(cast, as_, used):
    browser = as_(cast.officer)
    assert browser.post(url("end_award", used.pk), {"on": "1/9/2026"}).status_code == 302
    assert "No longer in force (1)" in text(browser.get(url("list_awards")))
    assert browser.post(url("end_award", used.pk), {"on": "1/1/2025"}).status_code == 422


def in_december(cast, in_phase):
    """Call the meeting of the cast's season for 3 December."""
    in_phase(Phase.MEETING)
    return Meeting.call(
        cast.season, starts_at=moment("2026-12-03 08:00"), place="Hội trường", chair_name="Cedar",
        chair_position="Chánh Thanh tra", secretary=cast.cedar_clerk,
    )  # fmt: skip


def test_a_meeting_votes_on_the_award_as_it_is_on_its_day(cast, in_phase, used):
    new = used.copy(date(2026, 11, 1))
    used.give_way_to(new)
    meeting = in_december(cast, in_phase)
    assert [question.award for question in meeting.questions.all()] == [new]


@pytest.mark.parametrize("over", [False, True])
@pytest.mark.parametrize(("name", "day"), [("renew_award", "since"), ("end_award", "on")])
def test_an_award_that_a_meeting_votes_on_changes_after_its_day(
    cast, as_, in_phase, used, name, day, over
):
    in_december(cast, in_phase)
    if over:  # its papers and its year's pages stay as they are
        held = {"opened_at": moment("2026-12-03 08:00"), "closed_at": moment("2026-12-03 11:00")}
        Meeting.objects.update(state="closed", **held)
    browser, address = as_(cast.officer), url(name, used.pk)
    told = f"The meeting of {cast.block} on 03/12/2026 is about this award as it is now"
    assert told in text(browser.get(address))
    response = browser.post(address, FLAG | {day: "3/12/2026"})
    assert (response.status_code, text(response).count(told)) == (422, 1)
    assert browser.post(address, FLAG | {day: "4/12/2026"}).status_code == 302


@pytest.mark.parametrize("state", ["open", "closed"])
def test_no_award_begins_or_ends_among_the_meetings_that_were_held(
    cast, as_, in_phase, used, state
):
    meeting = in_december(cast, in_phase)
    meeting.questions.all().delete()  # it dealt with this award by conditions alone
    Award.objects.filter(pk=used.pk).update(decided_by=DecidedBy.CONDITIONS)
    held = {"opened_at": moment("2026-12-03 08:00"), "closed_at": moment("2026-12-03 11:00")}
    Meeting.objects.update(state=state, **held)
    browser, told = as_(cast.officer), "on 03/12/2026 was held with the awards as they were"
    new = FLAG | {"name": "Giấy khen", "short_name": "Giấy khen"}
    for address, said in (
        (url("add_award"), new | {"since": "3/12/2026"}),
        (url("renew_award", used.pk), FLAG | {"since": "1/9/2026"}),
        (url("end_award", used.pk), {"on": "1/9/2026"}),
    ):
        answer = browser.post(address, said)
        assert (answer.status_code, told in text(answer)) == (422, True), address
    assert browser.post(url("add_award"), new | {"since": "4/12/2026"}).status_code == 302
    added = Award.objects.latest("pk")
    assert told in text(browser.post(url("edit_award", added.pk), new | {"since": "1/1/2019"}))


def test_an_award_is_not_ended_after_another_has_taken_its_place(cast, as_, flag):
    flag.give_way_to(flag.copy(date(2026, 10, 1)))
    answer = as_(cast.officer).post(url("end_award", flag.pk), {"on": "1/11/2026"})
    assert answer.status_code == 422
    assert "in that period already: from 01/10/2026." in text(answer)


@pytest.mark.parametrize("gone", ["questions", "meeting"])
def test_a_vote_that_was_cancelled_holds_no_change_back(cast, as_, in_phase, used, gone):
    meeting = in_december(cast, in_phase)
    found = meeting.questions if gone == "questions" else Meeting.objects
    found.update(state="cancelled", cancelled_because="Hoãn")
    response = as_(cast.officer).post(url("end_award", used.pk), {"on": "1/12/2026"})
    assert response.status_code == 302


def test_who_ends_an_award_is_told_which_running_years_registered_it(cast, as_, in_phase, used):
    in_phase(Phase.REGISTRATION)
    seat = cast.ash.seats.get()
    used.aims.create(card=cast.card, seat=seat)
    registration = cast.card.filing_of(seat, Column.AIM)
    registration.save()
    browser, told = as_(cast.officer), f"and that stays: {cast.season}."
    shown = text(browser.get(url("end_award", used.pk)))
    ticked = f"registrations that are not sent yet, and the tick stays: {cast.season}."
    assert (told in shown, ticked in shown) == (False, True)
    registration.send(seat)
    for name in ("end_award", "renew_award"):
        shown = text(browser.get(url(name, used.pk)))
        assert (told in shown, ticked in shown) == (True, False)
    assert browser.post(url("end_award", used.pk), {"on": "1/9/2026"}).status_code == 302


@pytest.mark.parametrize(
    ("name", "change"),
    [
        ("an_award_that_was_voted_or_decided_only_ends",
         lambda award: Award.objects.filter(pk=award.pk).update(name="Cờ khác")),
        ("the_conditions_of_a_voted_or_decided_award_stay",
         lambda award: award.requirements.create(rule="registered")),
        ("the_conditions_of_a_voted_or_decided_award_stay",
         lambda award: award.requirements.update(source="khác")),
        ("the_conditions_of_a_voted_or_decided_award_stay",
         lambda award: award.requirements.all().delete()),
    ],
)  # fmt: skip
def test_the_database_keeps_what_was_voted_on(db, name, change):
    stage = make_stage()
    stage.award.requirements.create(rule="no_hold")
    voting(stage)
    with pytest.raises(IntegrityError) as refused, transaction.atomic():
        change(stage.award)
    assert constraint_name(refused.value) == name
    stage.award.end(date(2027, 1, 1))  # ending is not changing


@pytest.mark.parametrize(
    ("name", "rule", "parameter"),
    [
        ("an_award_asks_only_known_conditions", "no_such_rule", "x"),
        ("a_condition_has_the_parameter_it_asks_for", "over_fulfilled", ""),
        ("a_condition_has_the_parameter_it_asks_for", "registered", "I.1"),
    ],
)
def test_the_database_takes_no_condition_that_could_not_be_asked(cast, flag, name, rule, parameter):
    with pytest.raises(IntegrityError) as refused, transaction.atomic():
        flag.requirements.create(rule=rule, parameter=parameter)
    assert constraint_name(refused.value) == name


def test_every_condition_of_the_file_could_be_typed_on_the_page(cast):
    load_catalogue()
    for asked in Requirement.objects.select_related("award"):
        if asked.takes != Takes.LINE:  # the cast's scale has other lines
            asked.clean()
