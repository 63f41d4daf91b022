"""The common targets of a block: set, changed, what was reached of them, and who notes it."""

import re
from datetime import date
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError
from django.urls import reverse
from django.utils import translation

from awards.papers.minutes import target_facts
from blocks import clock
from scoring.models import CommonTarget, Season, TargetState
from scoring.phases import Phase
from tests.pages import page, post
from tests.scoring.stage import words

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _in_english():
    with translation.override("en"):
        yield


def season_says(client, pk) -> str:
    return words(page(client, "show_season", pk)[0])


def test_a_common_target_is_set_and_reached(cast, in_phase, as_):
    client, pk = as_(cast.cedar_clerk), cast.season.pk
    data = {"text": "100% hoàn thành", "value": "100", "measure": "%"}
    post(client, "add_common_target", cast.season.pk, **data)
    target = cast.season.common_targets.get()
    assert target.state == TargetState.FOLLOWED
    edit = f'href="{reverse("edit_common_target", args=[target.pk])}"'
    assert edit in page(client, "show_season", pk)[1]
    response, _text = post(client, "note_reached", target.pk, reached="98,5", as_of="15/6")
    assert response.status_code == 302
    target.refresh_from_db()
    assert (target.reached, target.as_of) == (Decimal("98.5"), date(2026, 6, 15))
    assert "100% 98,5% by 15/06/2026 being followed" in season_says(as_(cast.ash), pk)
    cast.season.common_targets.create(text="Không trễ hạn")
    in_phase(Phase.MEETING)
    assert "98,5% by 15/06/2026 not reached" in season_says(as_(cast.ash), pk)
    assert "no result noted" in season_says(as_(cast.ash), pk)
    post(client, "note_reached", target.pk, reached="100", as_of="20/9/2026")
    assert "100% by 20/09/2026 reached" in season_says(as_(cast.ash), pk)
    assert edit not in page(client, "show_season", pk)[1]  # it would be refused
    changed = {**data, "value": "80"}
    said = "A result is noted of this target; take the result back before it is changed."
    for answer, text in (
        page(client, "edit_common_target", target.pk),
        post(client, "edit_common_target", target.pk, **changed),
    ):
        assert (answer.status_code, said in text) == (422, True)
    post(client, "note_reached", target.pk)
    assert post(client, "edit_common_target", target.pk, **changed)[0].status_code == 302
    assert post(as_(cast.ash), "remove_common_target", target.pk)[0].status_code == 403
    assert post(as_(cast.stranger), "remove_common_target", target.pk)[0].status_code == 404


def test_a_doubtful_number_is_asked_below_its_field_with_two_buttons_after_one_that_saves(
    cast, in_phase, as_
):
    target = in_phase(Phase.MEETING).common_targets.create(text="Đúng hạn", value=95)
    client, said = as_(cast.cedar_clerk, "vi"), {"as_of": "15/6"}
    response, asked = post(client, "note_reached", target.pk, reached="1.250", **said)
    assert response.status_code == 422
    form = asked.split("<main")[1].split("<form method")[-1]
    buttons = re.findall(r"<button([^>]*)>([^<]+)<", form)
    assert 'class="visually-hidden"' in buttons[0][0]  # Enter presses the first: it answers nothing
    answers = [(re.findall(r'name="reached" value="(.+)"', at), words) for at, words in buttons[1:]]
    assert answers == [
        (["1250"], "1.250 – một nghìn hai trăm năm mươi"), (["1,25"], "1,25"), ([], "Lưu"),
    ]  # fmt: skip
    for answer, number in (("1250", 1250), ("1,25", Decimal("1.25"))):
        post(client, "note_reached", target.pk, reached=["1.250", answer], **said)
        target.refresh_from_db()
        assert target.reached == number


def test_a_result_noted_after_the_year_goes_up_to_a_day_of_the_year(cast, in_phase, as_):
    season = in_phase(Phase.MEETING)
    target = season.common_targets.create(text="Đúng hạn", value=95)
    with clock.standing_on(date(2027, 1, 5)):
        post(as_(cast.cedar_clerk), "note_reached", target.pk, reached="98", as_of="31/12")
    target.refresh_from_db()
    assert target.as_of == date(2026, 12, 31)


def test_a_common_target_is_removed_only_while_the_year_is_planned(cast, in_phase, as_):
    client, pk = as_(cast.cedar_clerk), cast.season.pk
    target = cast.season.common_targets.create(text="Đúng hạn", value=95)
    in_phase(Phase.REGISTRATION)
    response, text = post(client, "remove_common_target", target.pk)
    assert (response.status_code, cast.season.common_targets.count()) == (422, 1)
    assert "now note its result" in text
    way = reverse("remove_common_target", args=[target.pk])
    assert way not in page(client, "show_season", pk)[1]
    in_phase(Phase.PLANNING)
    assert way in page(client, "show_season", pk)[1]
    target.season.phase = Phase.PLANNING  # as it was known before somebody moved the season on
    in_phase(Phase.REGISTRATION)
    with pytest.raises(ValidationError):
        target.remove()
    in_phase(Phase.PLANNING)
    post(client, "remove_common_target", target.pk)
    assert cast.season.common_targets.count() == 0


@pytest.mark.parametrize(
    ("reached", "at_once", "at_the_end"),
    [("1", "yes by 15/06/2026 reached", "yes by 15/06/2026 reached"),
     ("0", "no by 15/06/2026 being followed", "no by 15/06/2026 not reached")],
)  # fmt: skip
def test_a_target_in_words_is_reached_or_it_is_not(
    cast, in_phase, as_, reached, at_once, at_the_end
):
    client, pk = as_(cast.cedar_clerk), cast.season.pk
    post(client, "add_common_target", pk, text="Công khai kết luận", value="", measure="")
    target = cast.season.common_targets.get()
    post(client, "note_reached", target.pk, reached=reached, as_of="15/6")
    assert at_once in season_says(client, pk)
    in_phase(Phase.MEETING)
    assert at_the_end in season_says(client, pk)
    with translation.override("vi"):
        facts = target_facts(Season.objects.get(pk=pk))[0]
    assert (facts["result"], facts["met"]) == (("có", True) if reached == "1" else ("không", False))


def test_a_day_to_come_is_refused_at_its_field_together_with_a_doubtful_figure(cast, as_):
    target = CommonTarget.objects.create(season=cast.season, text="Đúng hạn", value=95)
    data = {"reached": "1.250", "as_of": "29/9/2026"}
    response, _text = post(as_(cast.cedar_clerk), "note_reached", target.pk, **data)
    said = response.context["form"].errors
    assert (set(said), said["as_of"]) == ({"reached", "as_of"}, ["This day has not come yet."])


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        ({"reached": "98"}, "Give both the figure and the day up to which it goes, or neither."),
        ({"as_of": "1/9/2026"}, "Give both the figure and the day up to which it goes"),
        ({"reached": "98", "as_of": "29/9/2026"}, "This day has not come yet."),
        ({"reached": "98", "as_of": "31/12/2025"}, "Figures go up to a day of 2026"),
        ({"reached": "-1", "as_of": "1/9/2026"}, "0"),
        ({"reached": "nhiều", "as_of": "1/9/2026"}, "nhiều"),
    ],
)
def test_a_figure_that_says_no_day_of_the_year_that_has_come_is_not_noted(
    cast, as_, data, sentence
):
    target = CommonTarget.objects.create(season=cast.season, text="Đúng hạn", value=95)
    response, text = post(as_(cast.cedar_clerk), "note_reached", target.pk, **data)
    assert response.status_code == 422
    assert sentence in text
    target.refresh_from_db()
    assert (target.reached, target.as_of) == (None, None)


@pytest.mark.parametrize(
    ("who", "status"),
    [("cedar_clerk", 302), ("officer", 302), ("ash", 403), ("birch", 403), ("stranger", 404)],
)
def test_the_head_s_clerk_or_an_officer_notes_what_was_reached(cast, as_, who, status):
    target = CommonTarget.objects.create(season=cast.season, text="Đúng hạn", value=95)
    data = {"reached": "96", "as_of": "1/9/2026"}
    assert post(as_(getattr(cast, who)), "note_reached", target.pk, **data)[0].status_code == status
    target.refresh_from_db()
    assert (target.state == TargetState.REACHED) is (status == 302)


def test_the_database_takes_no_reached_figure_without_its_day(cast):
    with pytest.raises(IntegrityError, match="a_reached_figure_says_up_to_which_day"):
        CommonTarget.objects.create(season=cast.season, text="Đúng hạn", value=95, reached=96)
