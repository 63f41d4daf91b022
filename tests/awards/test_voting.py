"""One question: who may open it, who casts what, how it is counted, what nobody changes."""

from datetime import timedelta
from decimal import Decimal
from functools import partial

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from awards.desk import Desk
from awards.models import Ballot, Keying, Outcome, PaperKeying, Question, Voted
from awards.tally import Base, Mode, Presence, Verdict
from blocks import clock
from blocks.models import Office
from blocks.refusals import constraint_name
from scoring.models import Season, Standing
from scoring.phases import Phase
from tests.awards.stage import (
    BOTH_OFFICES,
    call,
    cast_by_all,
    committee,
    key,
    later,
    line,
    make_stage,
    mark,
    ranked,
    seat,
    voting,
)
from tests.factories import AwardFactory, VoteRulesFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def stage():
    return make_stage()


@pytest.fixture
def question(stage):
    return voting(stage)


def text(response) -> str:
    return " ".join(response.content.decode().split())


def refused(act, *args) -> str:
    with pytest.raises(ValidationError) as caught:
        act(*args)
    return " ".join(caught.value.messages)


def by_database(name: str):
    """What the database itself refuses, by the name of its rule."""
    return pytest.raises(IntegrityError, match=name)


# --- before it opens ---


def test_only_a_meeting_in_session_opens_a_question(stage):
    seat(stage)
    assert "not in session" in refused(stage.question.open)


def test_a_question_opens_only_while_the_season_is_at_its_meeting(stage):
    seat(stage)
    stage.meeting.open()
    Season.objects.update(phase=Phase.SETTLEMENT)
    assert "not at its meeting" in refused(Question.objects.get().open)


def test_votes_without_quorum_are_refused():
    stage = make_stage(members=5)
    seat(stage, "Ash", "Birch", "Cedar")
    stage.meeting.open()
    assert "Not enough: 01 more unit is needed" in refused(
        stage.question.open
    )  # 3 of 5; 4 are needed


def test_a_letter_makes_the_quorum_where_the_rules_say_so():
    stage = make_stage(members=5)
    seat(stage, "Ash", "Birch", "Cedar")
    line(stage, "Elm 0").write_in()
    stage.meeting.open()
    stage.question.open()
    assert stage.question.is_open


def test_a_letter_makes_no_quorum_where_the_rules_say_so():
    stage = make_stage(members=5, flag={"letters_make_quorum": False})
    seat(stage, "Ash", "Birch", "Cedar")
    line(stage, "Elm 0").write_in()
    stage.meeting.open()
    assert "01 more unit is needed" in refused(stage.question.open)


def test_who_has_left_makes_no_quorum_any_more():
    stage = make_stage(members=5)
    seat(stage, "Ash", "Birch", "Cedar", "Elm 0")
    stage.meeting.open()
    gone = line(stage, "Elm 0")
    gone.left_at = clock.now()
    gone.save()
    assert "01 more unit is needed" in refused(stage.question.open)


def test_who_came_back_counts_again():
    stage = make_stage(members=5)
    seat(stage, "Ash", "Birch", "Cedar", "Elm 0")
    stage.meeting.open()
    back = line(stage, "Elm 0")
    back.left_at, back.arrived_at = clock.now(), clock.now() + timedelta(minutes=5)
    back.save()
    stage.question.open()
    assert stage.question.electors.casting().count() == 4


def test_everything_that_is_missing_is_told_at_once(stage):
    told = stage.question.opening.missing
    assert len(told) == 3  # no session, no quorum, no secret


def test_secret_needs_three_casting_electors(stage):
    seat(stage, "Ash", "Birch")
    stage.meeting.open()
    assert stage.question.opening.missing == ["A secret vote needs at least three units that cast."]


def test_an_open_vote_needs_no_three_electors():
    stage = make_stage(flag={"mode": Mode.OPEN})
    seat(stage, "Ash", "Birch")
    stage.meeting.open()
    stage.question.open()
    assert stage.question.is_open


def test_one_question_is_open_at_a_time(stage):
    other = AwardFactory(order=20)
    VoteRulesFactory(season=stage.season, award=other, mode=Mode.OPEN)
    stage.meeting.questions.all().delete()
    stage.meeting.attendances.all().delete()
    stage.meeting.delete()
    call(stage)
    seat(stage)
    stage.meeting.open()
    first, second = stage.meeting.questions.all()
    first.open()
    assert "Another question is open." in refused(second.open)
    with by_database("a_meeting_has_one_open_question"):
        Question.objects.filter(pk=second.pk).update(state="open")


def test_an_award_that_excludes_another_is_decided_first():
    stage = make_stage(called=False)
    merit = AwardFactory(name="Bằng khen", order=5, code="MERIT")  # before the flag by its number
    merit.requirements.create(rule="not_proposed_for", parameter="FLAG")
    VoteRulesFactory(season=stage.season, award=merit, mode=Mode.OPEN)
    call(stage)
    seat(stage)
    stage.meeting.open()
    flag, certificate = stage.meeting.questions.all()
    assert (flag.award, certificate.award) == (stage.award, merit)
    assert "To be decided before: Cờ thi đua." in refused(certificate.open)


def test_who_is_put_forward_for_the_excluding_award_is_no_candidate():
    stage = make_stage(called=False, flag={"mode": Mode.OPEN, "threshold_part": 50})
    merit = AwardFactory(name="Bằng khen", order=20, code="MERIT")
    merit.requirements.create(rule="not_proposed_for", parameter="FLAG")
    VoteRulesFactory(season=stage.season, award=merit, mode=Mode.OPEN)
    call(stage)
    flag = voting(stage)
    for name in ("Ash", "Birch"):
        flag.cast(stage.people[name], mark(flag, "Ash"))
    flag.close()
    certificate = stage.meeting.questions.get(award=merit)
    assert stage.cast.ash_unit not in certificate.standing_units()
    stage.meeting.cancel("Sai thành phần", stage.cast.officer)  # what it voted counts no more
    again = call(stage)
    assert stage.cast.ash_unit in again.questions.get(award=merit).standing_units()


def test_a_secret_question_does_not_open_while_the_server_logs_statements(stage):
    seat(stage)
    stage.meeting.open()
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL log_statement = 'mod'")
    assert "logs statements" in refused(stage.question.open)
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL log_statement = 'none'")
        cursor.execute("SET LOCAL log_min_duration_statement = 1000")
    assert "logs statements" in refused(stage.question.open)
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL log_min_duration_statement = -1")
    stage.question.open()


def test_who_stands_is_frozen_when_the_vote_is_opened(stage):
    stage.award.requirements.create(rule="no_hold")
    question = voting(stage)
    assert [c.unit.short_name for c in question.candidates.all()] == ["Ash", "Birch", "Cedar"]
    officer = stage.cast.officer.seats.get()
    stage.season.holds.create(unit=stage.cast.ash_unit, reason="Đơn", by=officer)
    assert len(Question.objects.get(pk=question.pk).standing_units()) == 3


def test_a_question_without_candidates_does_not_open(stage):
    stage.award.requirements.create(rule="everybody_completed")
    seat(stage)
    stage.meeting.open()
    assert "Nobody stands" in refused(stage.question.open)


def test_whether_the_members_may_stand_is_asked_once_when_a_vote_is_opened():
    stage = make_stage(flag={"self_vote": False, "mode": Mode.OPEN, "on_paper": False})
    seat(stage)
    stage.meeting.open()
    with CaptureQueriesContext(connection) as asked:
        stage.question.open()
    cards = [each for each in asked.captured_queries if 'FROM "scoring_scorecard"' in each["sql"]]
    assert len(cards) == 1


def test_nobody_lists_candidates_of_an_award_by_hand(stage):
    assert "conditions" in refused(stage.question.list_candidates, [stage.cast.ash_unit])


def test_only_a_member_of_the_season_stands_for_an_office():
    stage = make_stage(offices=BOTH_OFFICES)
    head = stage.meeting.questions.get(office=Office.HEAD)
    assert "Only a member" in refused(head.list_candidates, [stage.cast.dogwood_unit])


def test_the_rotation_proposes_head_and_deputy():
    stage = make_stage(offices=BOTH_OFFICES)
    head, deputy = stage.meeting.questions.exclude(office="").order_by("order")
    assert (head.office, deputy.office) == (Office.HEAD, Office.DEPUTY)
    assert head.standing_units() == [stage.cast.ash_unit]  # after Cedar, the head
    assert deputy.standing_units() == [stage.cast.birch_unit]


def test_the_elected_head_leaves_the_deputy_s_list():
    stage = make_stage(offices=BOTH_OFFICES, flag={"mode": Mode.OPEN})
    flag = voting(stage)
    flag.cancel("Không bình xét")
    head, deputy = stage.meeting.questions.exclude(office="").order_by("order")
    deputy.list_candidates([stage.cast.birch_unit, stage.cast.ash_unit])
    head.list_candidates([stage.cast.birch_unit])
    head.open()
    for person in stage.people.values():
        head.cast(person, mark(head, "Birch"))
    head.close()
    assert "được giới thiệu làm Khối trưởng năm 2027" in head.outcomes.get().sentence
    deputy.refresh_from_db()
    deputy.open()
    assert [c.unit for c in deputy.candidates.all()] == [stage.cast.ash_unit]


# --- casting ---


def test_only_the_representative_s_account_casts_whatever_its_seat(stage):
    clerk = stage.cast.ash_clerk
    line(stage, "Ash").sit(clerk)
    seat(stage, "Birch", "Cedar")
    stage.meeting.open()
    stage.question.open()
    with pytest.raises(PermissionDenied):
        stage.question.cast(stage.cast.ash, [])  # the principal, who does not represent today
    stage.question.cast(clerk, [])
    assert Voted.objects.get().elector.unit == stage.cast.ash_unit


def test_a_new_representative_casts_from_the_next_question_on(stage, question):
    line(stage, "Ash").sit(stage.cast.ash_clerk)
    with pytest.raises(PermissionDenied):
        question.cast(stage.cast.ash_clerk, [])
    question.cast(stage.cast.ash, [])


def test_a_unit_votes_once(stage, question):
    question.cast(stage.cast.ash, mark(question, "Ash"))
    again = Question.objects.get(pk=question.pk)
    assert "Ash has voted already" in refused(again.cast, stage.cast.ash, mark(question, "Birch"))
    assert question.urn.count() == 1


def test_an_over_marked_ballot_is_refused(stage, question):
    assert "Mark at most 01; 02 are marked." in refused(
        question.cast, stage.cast.ash, mark(question, "Ash", "Birch")
    )
    assert not Voted.objects.exists()


def test_marks_for_strangers_are_refused(stage, question):
    assert "not for a candidate" in refused(question.cast, stage.cast.ash, [999_999])


def test_a_blank_ballot_is_a_ballot(stage, question):
    cast_by_all(question, stage)
    question.close()
    assert (question.returned, question.valid, question.blank) == (3, 3, 3)


def test_a_unit_does_not_vote_on_itself_where_the_rules_forbid_it():
    stage = make_stage(flag={"self_vote": False, "on_paper": False})
    question = voting(stage)
    assert "does not vote on itself" in refused(
        question.cast, stage.cast.ash, mark(question, "Ash")
    )
    question.cast(stage.cast.ash, mark(question, "Birch"))
    question.cast(stage.cast.cedar, mark(question, "Birch"))
    question.cast(stage.cast.birch, mark(question, "Ash"))
    question.close()
    assert (question.outcomes.get(candidate__unit=stage.cast.birch_unit).base) == 2


def test_a_vote_after_the_closing_is_refused(stage, question):
    mine = Question.objects.get(pk=question.pk)  # the page of somebody slow
    marks = mark(question, "Ash")
    question.close()
    assert "not counted" in refused(mine.cast, stage.cast.ash, marks)
    assert not Voted.objects.exists()


def test_who_looked_before_the_opening_votes_by_what_the_opening_froze(stage):
    mine = Question.objects.get(pk=stage.question.pk)
    assert not mine.keys_listed
    Question.objects.filter(pk=mine.pk).update(max_marks=2)
    question = voting(stage)
    mine.cast(stage.cast.ash, mark(question, "Ash", "Birch"))
    assert question.urn.get().marks == sorted(mark(question, "Ash", "Birch"))


def test_who_leaves_stays_an_elector_and_may_still_cast(stage, question):
    gone = line(stage, "Ash")
    gone.left_at = clock.now()
    gone.save()
    question.cast(stage.cast.ash, mark(question, "Ash"))
    assert Voted.objects.count() == 1


def test_who_is_absent_has_no_ballot():
    stage = make_stage(members=4)
    question = voting(stage, "Ash", "Birch", "Cedar")
    with pytest.raises(PermissionDenied):
        question.cast(stage.people["Elm 0"], [])
    question.close()
    assert question.issued == 3


# --- letters ---


@pytest.fixture
def letter():
    """Four members; Elm is absent, its letter comes while the flag is voted openly."""
    stage = make_stage(members=4, flag={"mode": Mode.OPEN})
    stage.question = voting(stage, "Ash", "Birch", "Cedar")
    stage.question.receive_letter(stage.cast.units["Elm 0"], clock.now())
    stage.letter = stage.question.electors.get(unit=stage.cast.units["Elm 0"])
    stage.committee = committee(stage, "Ash", "Birch", "Cedar")
    return stage


def test_a_letter_received_while_open_turns_absent_into_written(letter):
    assert letter.letter.presence == Presence.WRITTEN
    assert line(letter, "Elm 0").presence == Presence.WRITTEN
    assert line(letter, "Elm 0").letter_received_at == clock.now()


def test_only_the_letter_of_an_absent_unit_is_received(letter):
    assert "absent unit" in refused(letter.question.receive_letter, letter.cast.ash_unit)


def test_a_letter_after_the_closing_is_refused(letter):
    key(letter.question, letter.committee[:2], elector=letter.letter)
    letter.question.close()
    assert "not open" in refused(letter.question.receive_letter, letter.cast.ash_unit)


def test_a_letter_is_keyed_by_two(letter):
    one, two, _three = letter.committee
    marks = mark(letter.question, "Birch")
    assert key(letter.question, [one], marks, elector=letter.letter) == [Keying.ONCE]
    assert not Voted.objects.exists()
    again = partial(key, elector=letter.letter)
    assert "Another person" in refused(again, letter.question, [one], marks)
    assert again(letter.question, [two], marks) == [Keying.COUNTED]
    assert letter.question.ballots.get().marks == marks
    assert not PaperKeying.objects.exists()


def test_two_keyings_that_differ_are_both_forgotten(letter):
    one, two, _three = letter.committee
    again = partial(key, letter.question, elector=letter.letter)
    again([one], mark(letter.question, "Birch"))
    assert again([two], mark(letter.question, "Ash")) == [Keying.DIFFERED]
    assert not PaperKeying.objects.exists()
    assert not Voted.objects.exists()
    marks = mark(letter.question, "Birch")
    assert again([two], marks) == [Keying.ONCE]


def test_a_letter_is_counted_once(letter):
    one, two, three = letter.committee
    marks = mark(letter.question, "Birch")
    again = partial(key, elector=letter.letter)
    again(letter.question, [one, two], marks)
    assert "voted already" in refused(again, letter.question, [three], marks)


def test_a_ballot_on_screen_is_not_keyed(letter):
    ash = letter.question.electors.get(unit=letter.cast.ash_unit)
    assert "on paper" in refused(partial(key, elector=ash), letter.question, letter.committee[:1])


def test_who_is_present_without_an_account_has_its_paper_keyed():
    stage = make_stage(flag={"mode": Mode.OPEN})
    seat(stage, "Ash", "Birch")
    cedar = line(stage, "Cedar")
    cedar.presence, cedar.name = Presence.PRESENT, "Ông Trần Văn B"
    cedar.save()
    stage.meeting.open()
    stage.question.open()
    elector = stage.question.electors.get(unit=stage.cast.cedar_unit)
    key(
        stage.question,
        committee(stage, "Ash", "Birch"),
        mark(stage.question, "Ash"),
        elector=elector,
    )
    assert Ballot.objects.get().elector == elector


def test_a_question_is_not_counted_while_a_letter_is_keyed_once(letter):
    key(letter.question, letter.committee[:1], elector=letter.letter)
    assert "keyed once only" in refused(letter.question.close)


def test_a_letter_counts_for_its_round_and_no_further(letter):
    marks = mark(letter.question, "Birch")
    key(letter.question, letter.committee[:2], marks, elector=letter.letter)
    letter.question.close()  # one yes of four: nobody passes
    second = letter.question.following.get()
    elm = line(letter, "Elm 0")
    assert second.presence_of(elm) == Presence.ABSENT
    with clock.standing_on(clock.today(), later(1).time()):
        elm.write_in()  # a new one
    assert second.presence_of(elm) == Presence.WRITTEN


# --- counting ---


def test_closing_by_two_people_tells_the_second(stage, question):
    other = Question.objects.get(pk=question.pk)
    question.close()
    assert "not open" in refused(other.close)
    assert Outcome.objects.count() == 3


def test_a_result_is_computed_with_its_sentence():
    stage = make_stage(members=5)
    question = voting(stage)
    for name, person in stage.people.items():
        question.cast(person, mark(question, "Birch" if name == "Birch" else "Ash"))
    question.close()
    best = question.outcomes.first()
    assert best.verdict == Verdict.ELECTED
    assert best.sentence == (
        "Thanh tra huyện Ash: 04/05 phiếu đồng ý, đạt 80,00% tổng số đơn vị thành viên "
        "(quy định từ 80% trở lên) – được đề nghị."
    )
    assert (question.issued, question.returned, question.valid) == (5, 5, 5)
    assert not question.following.exists()


def test_nobody_over_the_share_makes_a_run_off_with_its_candidates():
    stage = make_stage(members=5)
    question = voting(stage)
    for name, chosen in zip(stage.people, ("Ash", "Ash", "Birch", "Birch", "Cedar"), strict=True):
        question.cast(stage.people[name], mark(question, chosen))
    question.close()
    second = question.following.get()
    assert second.round == 2
    assert [c.unit.short_name for c in second.candidates.all()] == ["Ash", "Birch"]
    second.open()
    assert [c.unit.short_name for c in second.candidates.all()] == ["Ash", "Birch"]


def test_a_tie_is_decided_by_the_fixed_ranking():
    stage = make_stage(members=4, flag={"threshold_part": 50, "tie_rules": ["score"]})
    ranking = ranked(stage)
    for card, total in zip(stage.season.cards.all(), (80, 90, 70, 60), strict=True):
        Standing.objects.create(
            ranking=ranking, card=card, main=total, bonus=0, penalty=0, total=Decimal(total), rank=1
        )
    question = voting(stage)
    for name, chosen in zip(stage.people, ("Ash", "Ash", "Birch", "Birch"), strict=True):
        question.cast(stage.people[name], mark(question, chosen))
    question.close()
    best = question.outcomes.first()
    assert best.candidate.unit == stage.cast.birch_unit
    assert "xét điểm thẩm định 90,00 > 80,00" in best.sentence


def test_an_open_ballot_names_its_unit():
    stage = make_stage(flag={"mode": Mode.OPEN})
    question = voting(stage)
    question.cast(stage.cast.ash, mark(question, "Birch"))
    assert Ballot.objects.get().elector.unit == stage.cast.ash_unit


def test_the_chair_must_be_among_the_yes_where_the_rules_ask_it():
    flag = {"mode": Mode.OPEN, "chair_must_approve": True, "threshold_part": 50}
    stage = make_stage(flag=flag)
    question = voting(stage)
    for name in ("Ash", "Birch"):
        question.cast(stage.people[name], mark(question, "Ash"))
    question.cast(stage.cast.cedar, mark(question, "Birch"))  # Cedar is head, and presides
    question.close()
    ash = question.outcomes.get(candidate__unit=stage.cast.ash_unit)
    assert ash.verdict != Verdict.ELECTED
    assert "thiếu ý kiến đồng ý của Chủ trì" in ash.sentence


def test_who_closes_a_vote_that_asks_the_chair_s_yes_is_told_that_the_chair_has_not_voted(as_):
    stage = make_stage(flag={"mode": Mode.OPEN, "chair_must_approve": True})
    question, told = voting(stage), "Cedar, has not voted: without the chair&#x27;s yes nobody can"
    for name, is_told in (("Ash", True), ("Cedar", False)):
        question.cast(stage.people[name], [])
        page = text(as_(stage.secretary).get(reverse("close_question", args=[question.pk])))
        assert (told in page) == is_told


@pytest.mark.parametrize(
    ("base", "verdict"),
    [(Base.MEMBERS, Verdict.RUN_OFF), (Base.PRESENT_AND_WRITTEN, Verdict.ELECTED)],
)
def test_the_share_is_taken_of_the_base_the_rules_name(base, verdict):
    stage = make_stage(members=4, flag={"base": base})
    question = voting(stage, "Ash", "Birch", "Cedar")
    for name in ("Ash", "Birch", "Cedar"):
        question.cast(stage.people[name], mark(question, "Ash"))
    question.close()  # 3 of 4 members are 75%, 3 of 3 present all
    assert question.outcomes.get(candidate__unit=stage.cast.ash_unit).verdict == verdict


# --- cancelling ---


def test_a_cancelled_question_keeps_the_box_and_publishes_nothing(stage, question):
    question.cast(stage.cast.ash, mark(question, "Birch"))
    question.cancel("Danh sách sai")
    assert question.ballots.count() == 1
    assert not question.urn.exists()
    assert not question.outcomes.exists()
    assert question.returned is None


def test_cancelling_asks_for_the_reason(question):
    assert "reason" in refused(question.cancel, "  ")


def test_a_counted_question_is_not_cancelled(question):
    question.close()
    assert "over" in refused(question.cancel, "Vì sao không")


def test_a_cancelled_question_is_put_anew_once(stage, question):
    question.cancel("Danh sách sai")
    again = question.put_anew()
    assert (again.award, again.round, again.is_waiting) == (stage.award, 1, True)
    assert "put anew: once" in refused(question.put_anew)
    with by_database("a_meeting_votes_on_a_matter_once_a_round"):
        Question.from_rules(stage.meeting, stage.rules, 9)


def test_what_was_cancelled_twice_is_put_anew_from_the_last_time(stage, question):
    question.cancel("Danh sách sai")
    again = question.put_anew()
    again.cancel("Phát nhầm phiếu")
    assert "put anew: once" in refused(question.put_anew)
    assert Desk(stage.meeting).given_up == [again]
    assert again.put_anew().is_waiting


@pytest.fixture
def hanging():
    """A flag, and a certificate for which nobody stands who was put forward for the flag."""
    stage = make_stage(called=False, flag={"mode": Mode.OPEN, "threshold_part": 50})
    merit = AwardFactory(name="Bằng khen", order=20, code="MERIT")
    merit.requirements.create(rule="not_proposed_for", parameter="FLAG")
    VoteRulesFactory(season=stage.season, award=merit, mode=Mode.OPEN)
    call(stage)
    stage.flag = voting(stage)
    stage.certificate = stage.meeting.questions.get(award=merit)
    return stage


def test_a_vote_that_was_broken_off_holds_back_what_hangs_on_it(hanging):
    hanging.flag.cancel("Phát nhầm phiếu")
    waits = "To be decided before: Cờ thi đua (its vote was broken off: put it anew)."
    assert waits in refused(hanging.certificate.open)
    again = hanging.flag.put_anew()
    assert "To be decided before: Cờ thi đua." in refused(hanging.certificate.open)
    again.cancel("Không bình xét")  # given up before it was opened
    hanging.certificate.open()


def test_only_whoever_runs_the_meeting_is_told_what_to_do_with_a_vote_broken_off(hanging, as_):
    hanging.flag.cancel("Phát nhầm phiếu")
    desk = hanging.meeting.get_absolute_url()
    member, secretary = (text(as_(one).get(desk)) for one in (hanging.cast.ash, hanging.secretary))
    waits, how = "Votes that depend on its result wait.", "to give it up, put it anew too"
    assert waits in member
    assert waits in secretary
    assert how in secretary
    assert how not in member


def test_what_another_vote_hung_on_is_not_put_anew_after_it(hanging):
    hanging.flag.cancel("Phát nhầm phiếu")
    again = hanging.flag.put_anew()
    again.cancel("Không bình xét")
    hanging.certificate.open()
    assert "before a vote is opened in which who stands follows" in refused(again.put_anew)
    hanging.certificate.cancel("Mở nhầm")
    assert again.put_anew().is_waiting


def test_whoever_opens_a_vote_is_told_what_is_then_put_to_the_vote_no_more(hanging, as_):
    hanging.flag.cancel("Phát nhầm phiếu")
    hanging.flag.put_anew().cancel("Không bình xét")
    said = "“Cờ thi đua” was cancelled and not put anew; once this vote is opened"
    secretary = as_(hanging.secretary)
    ways = (
        hanging.meeting.get_absolute_url(),
        hanging.certificate.get_absolute_url(),
        reverse("open_question", args=[hanging.certificate.pk]),
    )
    for page in ways:
        assert said in text(secretary.get(page))


def test_what_was_given_up_stays_told_after_the_next_vote_and_the_page_offers_nothing(hanging, as_):
    hanging.flag.cancel("Phát nhầm phiếu")
    again = hanging.flag.put_anew()
    again.cancel("Không bình xét")
    secretary, desk = as_(hanging.secretary), hanging.meeting.get_absolute_url()
    why = "(Phát nhầm phiếu; Không bình xét)"
    said = f"was cancelled {why} and not put anew: it puts nobody forward."
    address = reverse("put_anew", args=[again.pk])
    assert address in text(secretary.get(desk))
    hanging.certificate.open()
    assert said in text(secretary.get(desk))
    assert address not in text(secretary.get(desk))
    hanging.certificate.close()
    hanging.certificate.following.get().cancel("Không bỏ phiếu lại")
    assert said in text(secretary.get(reverse("close_meeting", args=[hanging.meeting.pk])))
    page = text(secretary.get(desk))
    assert said in page
    assert "Not put to the vote: Không bình xét" in page
    assert "Not put to the vote: Không bình xét" in text(secretary.get(again.get_absolute_url()))
    answer = secretary.get(address, follow=True)
    assert answer.redirect_chain == [(again.get_absolute_url(), 302)]
    assert "Only a cancelled question is put anew: once" in text(answer)


def test_an_office_is_proposed_and_an_award_put_forward(as_):
    stage = make_stage(offices=BOTH_OFFICES)
    seat(stage)
    stage.meeting.open()
    secretary, desk = as_(stage.secretary), stage.meeting.get_absolute_url()
    flag, head, _deputy = stage.meeting.questions.all()
    assert "<p>Put forward 01" in text(secretary.get(desk))
    flag.cancel("Không bình xét")
    assert "<p>Proposed for the office 01" in text(secretary.get(desk))
    head.open()
    assert "<p>Proposed for the office 01" in text(secretary.get(desk))
    projected = text(secretary.get(reverse("project_meeting", args=[stage.meeting.pk])))
    assert "Proposed for the office 01" in projected
    assert "How many are proposed" in text(secretary.get(head.get_absolute_url()))
    head.cancel("Không giới thiệu")
    said = "was cancelled (Không giới thiệu) and not put anew: it proposes nobody."
    assert said in text(secretary.get(desk))


def test_the_next_deputy_waits_for_a_vote_on_the_head_that_was_broken_off():
    stage = make_stage(offices=BOTH_OFFICES)
    seat(stage)
    stage.meeting.open()
    flag, head, deputy = stage.meeting.questions.all()
    flag.cancel("Không bình xét")
    head.open()
    head.cancel("Mất mạng")
    assert "Head of the block in 2027 (its vote was broken off" in refused(deputy.open)


def test_a_cancelled_round_is_put_anew_as_that_round(stage):
    question = voting(stage)
    question.cast(stage.cast.ash, mark(question, "Ash"))
    question.cast(stage.cast.birch, mark(question, "Birch"))
    question.cast(stage.cast.cedar, mark(question, "Cedar"))
    question.close()
    second = question.following.get()
    second.open()
    second.cancel("Mất mạng")
    again = second.put_anew()
    assert (again.round, again.previous) == (2, question)
    assert [c.unit for c in again.candidates.all()] == [c.unit for c in second.candidates.all()]
    again.open()


# --- what the database itself refuses ---


@pytest.fixture
def counted(stage):
    """A counted secret question of three ballots."""
    stage.question = voting(stage)
    for person in stage.people.values():
        stage.question.cast(person, mark(stage.question, "Ash"))
    stage.question.close()
    return stage


@pytest.mark.parametrize(
    ("sql", "rule"),
    [
        ("UPDATE awards_ballot SET marks = '{}'", "a_ballot_is_never_changed"),
        ("DELETE FROM awards_ballot", "a_ballot_is_never_changed"),
        ("UPDATE awards_outcome SET yes = 0", "an_outcome_is_never_changed"),
        ("DELETE FROM awards_outcome", "an_outcome_is_never_changed"),
        ("DELETE FROM awards_voted", "a_vote_is_never_taken_back"),
        (
            "UPDATE awards_elector SET presence = 'absent'",
            "electors_stay_as_the_opening_froze_them",
        ),
        ("DELETE FROM awards_elector", "electors_stay_as_the_opening_froze_them"),
        ('UPDATE awards_candidate SET "order" = 9', "candidates_stay_as_the_opening_froze_them"),
        ("UPDATE awards_question SET quota = 3", "a_counted_question_is_never_changed"),
        ("UPDATE awards_question SET state = 'open'", "a_counted_question_is_never_changed"),
        (
            "INSERT INTO awards_ballot (id, question_id, marks, spoiled)"
            " SELECT gen_random_uuid(), id, '{}', false FROM awards_question",
            "a_ballot_goes_into_an_open_question",
        ),
        (
            "INSERT INTO awards_urnpaper (id, question_id, marks)"
            " SELECT gen_random_uuid(), id, '{}' FROM awards_question",
            "the_urn_takes_papers_of_an_open_question",
        ),
        (
            "INSERT INTO awards_outcome"
            ' (question_id, candidate_id, "order", yes, base, verdict, sentence)'
            " SELECT question_id, candidate_id, 9, 3, 3, 'elected', 'x' FROM awards_outcome",
            "an_outcome_comes_from_an_open_question",
        ),
    ],
)
def test_the_database_keeps_what_was_counted(counted, sql, rule):
    with by_database(rule), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql)


@pytest.mark.parametrize(
    ("sql", "rule"),
    [
        ("UPDATE awards_elector SET letter_id = NULL", "electors_stay_as_the_opening_froze_them"),
        ("DELETE FROM awards_letter", "the_only_letter_of_a_unit_that_wrote_stays"),
        (
            "UPDATE awards_letter SET attendance_id = (SELECT min(id) FROM awards_attendance)",
            "a_letter_stays_its_unit_s_and_as_it_was_in_a_closed_season",
        ),
        (
            "UPDATE scoring_season SET phase = 'closed';"
            " UPDATE awards_letter SET received_at = now()",
            "a_letter_stays_its_unit_s_and_as_it_was_in_a_closed_season",
        ),
        (
            "UPDATE awards_attendance SET presence = 'written' WHERE presence = 'present'",
            "a_written_opinion_says_when_it_came",
        ),
    ],
)
def test_the_database_keeps_which_letter_a_vote_saw(letter, sql, rule):
    letter.question.cancel("Danh sách sai")
    with by_database(rule) as caught, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql)
    assert constraint_name(caught.value) == rule


@pytest.mark.parametrize(
    ("sql", "rule"),
    [
        ("UPDATE awards_urnpaper SET marks = '{}'", "a_paper_in_the_urn_is_never_changed"),
        (
            "UPDATE awards_question SET threshold_part = 1",
            "the_rules_of_an_opened_question_stay",
        ),
        ("UPDATE awards_question SET state = 'waiting'", "the_rules_of_an_opened_question_stay"),
        (
            "UPDATE awards_elector SET representative_id = NULL",
            "an_elector_stays_in_its_question",
        ),
        (
            "UPDATE awards_elector SET presence = 'online'",
            "electors_stay_as_the_opening_froze_them",
        ),
        ("DELETE FROM awards_candidate", "candidates_stay_as_the_opening_froze_them"),
        ("DELETE FROM awards_voted", "a_vote_is_never_taken_back"),
        (
            "INSERT INTO awards_ballot (id, question_id, elector_id, marks, spoiled)"
            " SELECT gen_random_uuid(), question_id, id, '{}', false FROM awards_elector",
            "a_ballot_names_its_elector_unless_the_vote_is_secret",
        ),
    ],
)
def test_the_database_keeps_an_open_vote_as_it_was_opened(stage, question, sql, rule):
    question.cast(stage.cast.ash, [])
    with by_database(rule) as caught, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql)
    assert constraint_name(caught.value) == rule


def test_an_absent_unit_has_voted_in_no_table():
    stage = make_stage(members=4)
    question = voting(stage, "Ash", "Birch", "Cedar")
    elm = question.electors.get(presence=Presence.ABSENT)
    with by_database("nobody_votes_on_a_question_that_is_not_open"):
        Voted.objects.create(elector=elm)
