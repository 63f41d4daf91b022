"""The rules of each vote: typed, proposed, copied, and what of them cannot be."""

import re
from fractions import Fraction

import pytest
from django.core.exceptions import ValidationError
from django.utils import translation

from awards import wording
from awards.models import (
    Attendance,
    Meeting,
    VoteRules,
)
from awards.papers import minutes_facts
from awards.papers.questions import rule_words
from awards.tally import Mode
from blocks.models import Office
from tests.awards.stage import (
    BOTH_OFFICES,
    address,
    call,
    make_stage,
    voting,
    words,
)

pytestmark = pytest.mark.django_db


RULES = {
    "mode": "secret",
    "quorum": "2/3",
    "on_paper": "on",
    "letters_make_quorum": "on",
    "threshold": "66,5",
    "strict": "1",
    "base": "members",
    "places": "40%",
    "self_vote": "on",
    "tie_order": "score,rank",
    "max_rounds": "2",
    "runoff_size": "2",
    "source": "Điều 5 Quy chế",
}


def test_a_second_window_that_adds_the_same_rules_is_refused_with_a_sentence(as_):
    stage = make_stage(called=False)
    client, url = as_(stage.cast.cedar_clerk), address("add_vote_rules", stage.season)
    assert client.post(url, RULES | {"matter": "head"}).status_code == 302
    answer = client.post(url, RULES | {"matter": "head"})
    assert answer.status_code == 422
    assert "onstraint" not in words(answer)
    assert VoteRules.objects.filter(office=Office.HEAD).count() == 1


def test_rules_are_added_for_an_office_while_no_meeting_was_called(as_):
    stage = make_stage(called=False)
    client = as_(stage.cast.cedar_clerk)
    client.post(address("add_vote_rules", stage.season), RULES | {"matter": "head"})
    rules = VoteRules.objects.get(office=Office.HEAD)
    assert (rules.quota, rules.quota_percent, rules.strict) == (None, 40, True)
    assert rules.tally_rules.threshold == Fraction(133, 200)
    assert rules.tie_rules == ["score", "rank"]
    page = words(client.get(address("list_vote_rules", stage.season)))
    assert "Head of the block in 2027" in page
    assert "above 66,5%, of all 03 units" in page
    assert "01 (40% of 03 units, rounded down)" in page


def test_two_thirds_is_typed_as_such_and_said_as_such(as_):
    stage = make_stage(called=False)
    client = as_(stage.cast.cedar_clerk)
    url = address("edit_vote_rules", stage.rules)
    typed = RULES | {"threshold": "2/3", "strict": ""}
    assert client.post(url, typed).status_code == 302
    rules = VoteRules.objects.get()
    assert rules.tally_rules.threshold == Fraction(2, 3)
    assert 'value="2/3"' in client.get(url).content.decode()
    assert "at least 2/3, of all 03 units" in words(
        client.get(address("list_vote_rules", stage.season))
    )
    assert "từ 2/3 trở lên" in rule_words(rules, 3)


def test_a_matter_has_one_set_of_rules(as_):
    stage = make_stage(called=False, offices=[Office.HEAD])
    client = as_(stage.cast.cedar_clerk)
    url = address("add_vote_rules", stage.season)
    assert client.post(url, RULES | {"matter": "head"}).status_code == 422
    assert client.post(url, RULES | {"matter": str(stage.award.pk)}).status_code == 422


@pytest.mark.parametrize(
    ("typed", "kept"), [("80", (80, 100)), ("4/5", (80, 100)), ("2/3", (2, 3))]
)
def test_a_share_that_stays_the_same_is_kept_as_it_was_written(as_, typed, kept):
    stage = make_stage(called=False)
    url = address("edit_vote_rules", stage.rules)
    assert as_(stage.cast.cedar_clerk).post(url, RULES | {"threshold": typed}).status_code == 302
    stage.rules.refresh_from_db()
    assert (stage.rules.threshold_part, stage.rules.threshold_whole) == kept


@pytest.mark.parametrize(("typed", "said"), [("70%", "70%"), ("2/3", "2/3"), ("3/4", "75%")])
def test_the_quorum_reads_as_a_percentage_where_two_places_say_it(as_, typed, said):
    stage = make_stage(called=False)
    browser = as_(stage.cast.cedar_clerk)
    sent = RULES | {"quorum": typed}
    assert browser.post(address("edit_vote_rules", stage.rules), sent).status_code == 302
    page = words(browser.get(address("list_vote_rules", stage.season)))
    assert f"at least {said} of the members" in page


@pytest.mark.parametrize(
    ("most", "by", "said"),
    [
        (1, [], "undecided"),
        (1, ["score"], "the higher verified score, then undecided"),
        (2, [], "a run-off of the tied"),
    ],
)
def test_where_there_is_one_round_only_no_run_off_is_promised(db, most, by, said):
    stage = make_stage(called=False)
    stage.rules.max_rounds, stage.rules.tie_rules = most, by
    with translation.override("en"):
        assert wording.ties(stage.rules) == said


def test_where_no_letters_are_taken_the_base_is_of_those_present(as_):
    stage = make_stage(called=False)
    screens = {"on_paper": "", "letters_make_quorum": "", "base": "present"}
    browser = as_(stage.cast.cedar_clerk)
    assert browser.post(address("edit_vote_rules", stage.rules), RULES | screens).status_code == 302
    stage.rules.refresh_from_db()
    with translation.override("vi"):
        assert wording.share_base(stage.rules, 3) == "tính trên số đơn vị có mặt"
    call(stage)
    question = voting(stage)
    question.close()
    facts = minutes_facts(stage.meeting)
    assert "Tỷ lệ phiếu đồng ý tính trên tổng số đơn vị có mặt" in [
        r["text"] for r in facts["rules"]
    ]
    (told,) = facts["questions"]
    assert "tính trên tổng số đơn vị có mặt;" in told["rule"]
    assert all(
        "đạt 0,00% tổng số đơn vị có mặt (quy định" in each["sentence"]
        for each in told["candidates"]
    )


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"chair_must_approve": "on"}, "nobody can know whether the chair said yes"),
        ({"threshold": "100"}, "Nobody can have more than every vote"),
        ({"threshold": "0"}, "above 0"),
        ({"threshold": "66,6667%"}, "2 decimal"),
        ({"quorum": "66,6667%"}, "2 decimal"),
        ({"quorum": "3/2"}, "at most the whole"),
        ({"quorum": "hai phần ba"}, "Enter a fraction or a percentage: 2/3, 70%."),
        ({"places": "hai"}, "Enter a whole number, or a percentage of the members: 2, 40%."),
        ({"places": "140%"}, "100"),
        ({"mode": "raised"}, "valid choice"),
        ({"max_marks": "0"}, "1"),
        ({"quorum": "0/3"}, "part of the members, above 0"),
        ({"quorum": "0%"}, "part of the members, above 0"),
        ({"places": "0"}, "a number from 1, or a percentage above 0"),
        ({"places": "0%"}, "a number from 1, or a percentage above 0"),
        ({"places": "33%"}, "33% of 03 units, rounded down, is 00"),
        ({"places": "4"}, "has 03 units."),
        ({"max_marks": "99"}, "has 03 units."),
        ({"on_paper": ""}, "no written opinions; they cannot count for the quorum"),
    ],
)
def test_rules_that_make_no_sense_are_refused_with_their_sentence(as_, wrong, sentence):
    stage = make_stage(called=False)
    answer = as_(stage.cast.cedar_clerk).post(
        address("edit_vote_rules", stage.rules), RULES | wrong
    )
    assert answer.status_code == 422
    assert sentence in words(answer)
    stage.rules.refresh_from_db()
    assert stage.rules.threshold_part == 80


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"chair_must_approve": "on"}, "nobody can know whether the chair said yes"),
        ({"threshold": "0"}, "The required share is above 0"),
    ],
)
def test_what_is_wrong_with_rules_is_said_once(as_, wrong, sentence):
    stage = make_stage(called=False)
    url = address("edit_vote_rules", stage.rules)
    page = words(as_(stage.cast.cedar_clerk).post(url, RULES | wrong))
    errors = page.partition("<form")[2]
    assert errors.count(sentence) == 1
    assert "The threshold is above 0" not in errors


def test_a_required_share_that_is_none_is_refused_in_vietnamese_too(as_):
    stage = make_stage(called=False)
    client = as_(stage.cast.cedar_clerk)
    client.cookies["django_language"] = "vi"
    url = address("edit_vote_rules", stage.rules)
    answer = client.post(url, RULES | {"threshold": "0"})
    assert answer.status_code == 422
    assert "không quá 100%." in words(answer)


def test_no_form_is_shown_where_every_matter_has_its_rules(as_):
    stage = make_stage(called=False, offices=BOTH_OFFICES)
    answer = as_(stage.cast.cedar_clerk).get(address("add_vote_rules", stage.season), follow=True)
    assert "Every award that is voted, and every office, has its rules already." in words(answer)
    assert answer.request["PATH_INFO"] == address("list_vote_rules", stage.season)


def test_rules_stay_once_the_meeting_was_called(stage, as_):
    client = as_(stage.cast.cedar_clerk)
    answer = client.get(address("edit_vote_rules", stage.rules), follow=True)
    assert "they stay as they are" in words(answer)
    assert answer.redirect_chain[-1][0] == address("list_vote_rules", stage.season)
    answer = client.post(address("edit_vote_rules", stage.rules), RULES)
    assert answer.status_code == 422
    assert client.post(address("remove_vote_rules", stage.rules)).status_code == 422
    assert VoteRules.objects.get().threshold_part == 80
    assert "they stay as they are" in words(client.get(address("list_vote_rules", stage.season)))


def test_rules_are_drafted_by_the_head_only(as_):
    stage = make_stage(called=False)
    url = address("edit_vote_rules", stage.rules)
    assert as_(stage.cast.ash).get(url).status_code == 403
    assert as_(stage.cast.stranger).get(url).status_code == 404
    assert as_(stage.cast.ash).get(address("list_vote_rules", stage.season)).status_code == 200


def test_a_question_takes_the_rules_of_its_season(stage):
    assert stage.question.mode == Mode.SECRET
    assert stage.question.threshold_part == stage.rules.threshold_part
    assert Attendance.objects.count() == 3


def test_the_season_leads_to_its_meeting(db, as_):
    stage = make_stage()
    page = as_(stage.cast.ash).get(stage.season.get_absolute_url()).content.decode()
    assert f'href="{stage.meeting.get_absolute_url()}"' in page


def test_no_meeting_is_called_with_rules_that_put_nobody_forward():
    stage = make_stage(called=False)
    stage.season.vote_rules.update(quota=None, quota_percent=33)  # of three: less than one
    with pytest.raises(ValidationError, match="33% of 03 units, rounded down, is 00"):
        call(stage)
    assert not Meeting.objects.exists()


def test_rules_that_another_window_saved_meanwhile_are_not_put_back_unseen(as_):
    stage = make_stage(called=False)
    edit, client = address("edit_vote_rules", stage.rules), as_(stage.cast.cedar_clerk)
    loaded = re.search(r'name="loaded" value="(\w+)"', words(client.get(edit)))[1]
    assert client.post(edit, RULES | {"loaded": loaded}).status_code == 302
    answer = client.post(edit, RULES | {"threshold": "80", "loaded": loaded})
    assert answer.status_code == 422
    assert "What stands: Required share: 66,5%." in words(answer)
    assert VoteRules.objects.get().tally_rules.threshold == Fraction(133, 200)
