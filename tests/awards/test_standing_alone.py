"""A unit that alone stands where none votes on itself: it is there, and has nothing to vote on."""

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, connection, transaction
from django.urls import reverse

from awards.models import GivenPaper, Hands, Hold, Question
from awards.papers import count_facts, minutes_facts
from awards.tally import Base, Mode, Presence, Verdict
from blocks import clock
from tests.awards.stage import committee, key, line, make_stage, mark, moment, seat

pytestmark = pytest.mark.django_db

SCREENS = {"mode": Mode.SECRET, "on_paper": False}
OTHERS = ("Birch", "Cedar", "Elm 0")


def alone(*there: str, members: int = 4, **rules):
    """The vote on an award for which only Ash stands, open; these units are there (or all)."""
    said = {"mode": Mode.OPEN, "self_vote": False, "threshold_part": 60} | rules
    stage = make_stage(members=members, flag=said)
    stage.award.requirements.create(rule="no_hold")
    by = stage.cast.officer.seats.get()
    for name, unit in stage.cast.units.items():
        if name != "Ash":
            Hold.put(stage.season, by, unit=unit, since=clock.today(), reason="Đang xác minh")
    seat(stage, *there)
    stage.meeting.open()
    stage.question.refresh_from_db()
    return stage


def opened(*there: str, **how):
    stage = alone(*there, **how)
    stage.question.open()
    return stage


def refused(act, *args) -> str:
    with pytest.raises((ValidationError, PermissionDenied)) as caught:
        act(*args)
    return str(caught.value)


def text(response) -> str:
    return " ".join(response.content.decode().split())


def ballot_of(stage) -> str:
    return reverse("cast_ballot", args=[stage.question.pk])


@pytest.mark.parametrize("how", [{}, SCREENS], ids=["open", "secret"])
def test_it_is_not_asked_to_vote_nor_waited_for(as_, how):
    stage = opened(**how)
    assert [elector.unit.short_name for elector in stage.question.awaited] == list(OTHERS)
    ash = as_(stage.cast.ash)
    assert ballot_of(stage) not in text(ash.get("/"))
    assert ballot_of(stage) not in text(ash.get(stage.meeting.get_absolute_url()))
    assert ballot_of(stage) in text(as_(stage.cast.birch).get("/"))
    answer = ash.get(ballot_of(stage))
    assert answer.status_code == 403
    assert "Ash does not vote here: it alone stands, and no unit votes on itself." in text(answer)
    assert "does not vote here" in refused(stage.question.cast, stage.cast.ash, [])
    desk = text(as_(stage.secretary).get(stage.meeting.get_absolute_url()))
    assert "<b>00</b>/03" in desk
    assert "Not yet: Birch, Cedar, Elm 0" in desk
    assert "does not vote: it alone stands" in desk


@pytest.mark.parametrize("base", Base)
@pytest.mark.parametrize("how", [{}, SCREENS], ids=["open", "secret"])
def test_no_ballot_of_it_is_counted_and_the_papers_say_why(base, how):
    stage = opened(base=base, **how)
    for name in OTHERS:
        stage.question.cast(stage.people[name], mark(stage.question, "Ash"))
    stage.question.close()
    said = Question.objects.get(pk=stage.question.pk)
    assert (said.issued, said.returned, said.valid, said.blank) == (3, 3, 3, 0)
    (outcome,) = said.outcomes.all()
    assert (outcome.yes, outcome.base, outcome.verdict) == (3, 3, Verdict.ELECTED)
    for facts in (minutes_facts(stage.meeting), count_facts(stage.meeting)):
        (told,) = facts["questions"]
        assert (told["not_voted"], told["not_asked"]) == ([], ["Thanh tra huyện Ash"])
        assert (told["present"], told["unused"], told["by_screen"]) == (4, 0, 3)


def test_who_is_asked_and_gives_no_ballot_is_named_and_it_is_not():
    stage = opened()
    stage.question.cast(stage.cast.birch, mark(stage.question, "Ash"))
    stage.question.close()
    (told,) = minutes_facts(stage.meeting)["questions"]
    assert told["not_voted"] == ["Thanh tra huyện Cedar", "Thanh tra huyện Elm 0"]


def test_where_two_stand_each_votes_on_the_other():
    stage = alone()
    hold = stage.season.holds.get(unit=stage.cast.birch_unit)
    hold.lift(clock.today(), stage.cast.officer.seats.get(), "Không có vi phạm")
    stage.question.open()
    assert stage.question.electors.casting().count() == 4
    stage.question.cast(stage.cast.ash, mark(stage.question, "Birch"))


def test_where_a_unit_votes_on_itself_it_is_asked():
    stage = opened(self_vote=True)
    stage.question.cast(stage.cast.ash, mark(stage.question, "Ash"))
    assert stage.question.electors.casting().count() == 4


def test_it_is_there_and_makes_the_quorum():
    stage = alone("Ash", "Birch", "Cedar", quorum_part=3, quorum_whole=4)
    stage.question.open()
    assert stage.question.electors.casting().count() == 2


@pytest.mark.parametrize(("members", "opens"), [(3, False), (4, True)])
def test_a_secret_vote_needs_three_that_cast_besides_it(members, opens):
    stage = alone(members=members, **SCREENS)
    few = "A secret vote needs at least three units that cast."
    assert (few in stage.question.opening.missing) is not opens


def test_its_letter_makes_the_quorum_and_is_no_ballot():
    stage = alone("Birch", "Cedar", quorum_part=3, quorum_whole=4)
    line(stage, "Ash").write_in(moment("2026-09-27 16:00"))
    stage.question.open()
    assert not GivenPaper.objects.exists()
    assert (stage.question.box.letters, stage.question.box.uncounted) == (0, [])
    stage.question.close()
    (told,) = minutes_facts(stage.meeting)["questions"]
    (letter,) = told["letters"]
    assert (told["issued"], told["written"], letter["counted"]) == (2, 1, False)
    assert letter["reason"].startswith("chỉ có đơn vị này được đề nghị xét")


def test_its_letter_that_comes_while_the_vote_is_open_is_noted_on_the_roll(as_):
    stage = opened("Birch", "Cedar", "Elm 0")
    assert "does not vote here" in refused(stage.question.receive_letter, stage.cast.ash_unit)
    page = text(as_(stage.secretary).get(stage.question.get_absolute_url()))
    assert reverse("receive_letter", args=[stage.question.pk]) not in page
    roll = reverse("edit_attendance", args=[line(stage, "Ash").pk])
    said = {"presence": "written", "honorific": "Ông", "letter_received_at": "8:00"}
    assert as_(stage.secretary).post(roll, said).status_code == 302
    assert line(stage, "Ash").presence == Presence.WRITTEN


def test_no_paper_is_handed_to_it():
    stage = opened()
    assert "does not vote here" in refused(GivenPaper.give, stage.question, stage.cast.ash_unit)


def test_without_an_account_it_hinders_no_vote_on_screens():
    stage = alone(*OTHERS, **SCREENS)
    ash = line(stage, "Ash")
    ash.presence, ash.name = Presence.PRESENT, "Ông Nguyễn Văn A"
    ash.save()
    assert stage.question.opening.missing == []


def test_without_an_account_it_has_no_paper_that_is_keyed():
    stage = alone(*OTHERS)
    ash = line(stage, "Ash")
    ash.presence, ash.name = Presence.PRESENT, "Ông Nguyễn Văn A"
    ash.save()
    assert stage.question.opening.doubts == []
    stage.question.open()
    elector = stage.question.electors.get(unit=stage.cast.ash_unit)
    assert "does not vote on paper" in refused(
        lambda: key(stage.question, committee(stage, "Ash"), elector=elector)
    )


@pytest.mark.parametrize("base", Base)
def test_its_hand_is_not_raised_on_itself_and_the_base_is_without_it_once(base):
    stage = opened(mode=Mode.HANDS, base=base)
    (listed,) = mark(stage.question, "Ash")
    three = {"yes": 3, "no": 0, "abstain": 0, "chair": False}
    Hands.count(stage.question, {listed: three})
    stage.question.close()
    (outcome,) = stage.question.outcomes.all()
    assert (outcome.yes, outcome.base) == (3, 3)
    (told,) = minutes_facts(stage.meeting)["questions"]
    (candidate,) = told["candidates"]
    assert (told["not_asked"], candidate["no"]) == (["Thanh tra huyện Ash"], 0)


def test_as_many_ballot_papers_are_offered_as_units_vote(as_):
    stage = alone()
    page = text(as_(stage.secretary).get(reverse("print_ballots", args=[stage.question.pk])))
    assert 'name="copies" value="3"' in page


@pytest.mark.parametrize(
    ("sql", "rule"),
    [
        (
            "INSERT INTO awards_voted (elector_id, at) SELECT id, now() FROM awards_elector"
            " WHERE NOT is_asked",
            "nobody_votes_on_a_question_that_is_not_open",
        ),
        (
            "INSERT INTO awards_givenpaper (elector_id, at) SELECT id, now() FROM awards_elector"
            " WHERE NOT is_asked",
            "a_paper_is_given_to_who_takes_part_and_has_not_voted",
        ),
        (
            "UPDATE awards_elector SET is_asked = true",
            "an_elector_stays_in_its_question",
        ),
    ],
)
def test_the_database_takes_no_ballot_of_it(sql, rule):
    opened()
    with (
        pytest.raises(IntegrityError, match=rule),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(sql)
