"""A ballot on a phone: no more marks than allowed, one look more, cast once."""

import pytest
from playwright.sync_api import expect

from awards.models import UrnPaper, Voted
from tests.awards.stage import make_stage, mark, voting

pytestmark = pytest.mark.django_db(transaction=True)
PHONE = {"viewport": {"width": 360, "height": 640}, "has_touch": True, "is_mobile": True}


def ballot(question):
    return f"/questions/{question.pk}/ballot/"


def sideways(page):
    return page.evaluate("document.documentElement.scrollWidth") > 360


def test_one_of_several_is_ticked_looked_over_and_cast_on_a_phone(browse):
    stage = make_stage()
    question = voting(stage)
    page = browse(stage.cast.ash, ballot(question), **PHONE)
    assert not sideways(page)
    for box in page.locator(".ballot-choice").all():
        assert box.bounding_box()["height"] >= 48
    page.get_by_text("Thanh tra huyện Cedar").tap()
    page.get_by_text("Thanh tra huyện Birch").tap()  # takes the place of the first
    expect(page.locator("input:checked")).to_have_count(1)
    page.get_by_role("button", name="Look it over and vote").tap()
    expect(page.locator(".ballot-chosen")).to_have_text("Thanh tra huyện Birch")
    page.get_by_role("button", name="Change the ballot").tap()
    expect(page.get_by_role("checkbox", name="Thanh tra huyện Birch")).to_be_checked()
    page.get_by_role("button", name="Look it over and vote").tap()
    assert not UrnPaper.objects.exists()
    page.get_by_role("button", name="Cast the ballot").tap()
    expect(page.get_by_role("status")).to_contain_text("Voted.")
    assert [paper.marks for paper in UrnPaper.objects.all()] == [mark(question, "Birch")]
    page.go_back()  # to the review, which answered what was posted
    expect(page.get_by_role("status")).to_contain_text("Voted.")
    page.reload()
    expect(page.get_by_role("status")).to_contain_text("Voted.")
    assert Voted.objects.count() == 1
    assert page.evaluate("Object.keys(localStorage).length") == 0


def test_several_names_have_two_targets_each_and_no_mark_too_many(browse):
    stage = make_stage(flag={"max_marks": 2, "threshold_part": 50, "quota": 2})
    question = voting(stage)
    page = browse(stage.cast.ash, ballot(question), **PHONE)
    assert not sideways(page)
    for target in page.locator(".ballot-line label").all():
        assert target.bounding_box()["height"] >= 48
    for name in ("Ash", "Birch", "Cedar"):
        page.get_by_role("radiogroup", name=name).get_by_text("Agree", exact=True).tap()
    expect(page.locator("#too-many")).to_be_visible()
    expect(page.locator("input[value='1']:checked")).to_have_count(2)
    page.get_by_role("radiogroup", name="Cedar").get_by_text("Do not agree").tap()
    page.get_by_role("button", name="Look it over and vote").tap()
    page.get_by_role("button", name="Cast the ballot").tap()
    expect(page.get_by_role("status")).to_contain_text("Voted.")
    assert [paper.marks for paper in UrnPaper.objects.all()] == [mark(question, "Ash", "Birch")]


def test_a_vote_closed_while_the_ballot_was_filled_is_told(browse):
    stage = make_stage(members=4)
    question = voting(stage)
    page = browse(stage.cast.ash, ballot(question), **PHONE)
    page.get_by_text("Thanh tra huyện Birch").tap()
    for name in ("Birch", "Cedar", "Elm 0"):
        question.cast(stage.people[name], mark(question, "Birch"))
    question.close()
    page.get_by_role("button", name="Look it over and vote").tap()
    expect(page.get_by_role("alert").first).to_contain_text("closed the vote at 09:00")
    assert Voted.objects.count() == 3
