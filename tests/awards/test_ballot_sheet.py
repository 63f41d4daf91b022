"""The titles a unit aims at and its ballot, through the one sheet."""

import re
from datetime import date

import pytest
from django.db import IntegrityError, transaction

from awards.models import Aim, Ballot, GivenPaper, UrnPaper, Voted
from scoring.models import Filing
from scoring.phases import Column, FilingState, Phase
from tests.awards.stage import line, make_stage, mark, voting
from tests.factories import AwardFactory

OF_SEVERAL = {"max_marks": None, "threshold_part": 50, "quota": 2}


@pytest.fixture
def stage(db):
    return make_stage()


def ballot(question, cast=False):
    return f"/questions/{question.pk}/ballot/" + ("cast/" if cast else "")


def marks(question, **said):
    """What a browser posts of a ballot: Birch="1" for yes, "0" for no."""
    return {f"m{mark(question, name)[0]}": value for name, value in said.items()}


def urn(question):
    return [paper.marks for paper in UrnPaper.objects.filter(question=question)]


def note(answer):
    """The sentences of an answer that stand out."""
    found = re.findall(r'<p class="note[^>]*>(.*?)</p>', answer.content.decode(), re.S)
    return " ".join(" ".join(re.sub(r"<[^>]+>", " ", part) for part in found).split())


# Aims


def test_a_unit_ticks_what_it_aims_at_and_sends_it(cast, in_phase, as_):
    in_phase(Phase.REGISTRATION)
    flag, paper = AwardFactory(name="Cờ thi đua"), AwardFactory(name="Bằng khen")
    url, browser = f"/cards/{cast.card.pk}/aims/", as_(cast.ash)
    page = browser.get(url).content.decode()
    assert "Cờ thi đua" in page
    assert "Bằng khen" in page
    for award in (flag, paper):
        posted = {f"a{award.pk}": "1", f"was-a{award.pk}": ""}
        answer = browser.post(url, posted, headers={"HX-Request": "true"})
        assert answer.status_code == 200
    browser.post(url, {f"was-a{paper.pk}": "1"}, headers={"HX-Request": "true"})
    assert [aim.award for aim in Aim.objects.all()] == [flag]
    assert browser.post(f"{url}submit/?column=aim&act=send").status_code == 302
    assert Filing.objects.get(column=Column.AIM).state == FilingState.SENT
    refused = browser.post(
        url, {f"a{paper.pk}": "1", f"was-a{paper.pk}": ""}, headers={"HX-Request": "true"}
    )
    assert refused.status_code == 403


def test_an_award_with_two_versions_is_offered_once_and_as_it_was_chosen(cast, in_phase, as_):
    in_phase(Phase.REGISTRATION)
    old = AwardFactory(name="Cờ cũ", code="FLAG", since=date(2020, 1, 1), until=date(2026, 7, 1))
    new = AwardFactory(name="Cờ mới", code="FLAG", since=date(2026, 7, 1))
    url, browser = f"/cards/{cast.card.pk}/aims/", as_(cast.ash)
    assert names_of(browser.get(url), old, new) == ["Cờ mới"]
    Aim.objects.create(card=cast.card, award=old, seat=cast.ash.seats.get())
    assert names_of(browser.get(url), old, new) == ["Cờ cũ"]
    both = {f"a{new.pk}": "1", f"was-a{new.pk}": ""}
    browser.post(url, both, headers={"HX-Request": "true"})
    assert [aim.award for aim in Aim.objects.all()] == [old]
    browser.post(url, {f"was-a{old.pk}": "1"}, headers={"HX-Request": "true"})
    assert not Aim.objects.exists()


def names_of(answer, *awards):
    """Those of the awards that the page names, in their order."""
    page = answer.content.decode()
    return [award.name for award in awards if award.name in page]


def test_others_read_the_aims_once_the_registration_is_over(cast, in_phase, as_):
    in_phase(Phase.REGISTRATION)
    award = AwardFactory(name="Cờ thi đua")
    Aim.choose(cast.card, cast.ash, {award.pk: True})
    seat = cast.ash.seats.get()
    cast.card.filing_of(seat, Column.AIM).send(seat)
    url = f"/cards/{cast.card.pk}/aims/"
    assert "Cờ thi đua" not in as_(cast.birch).get(url).content.decode()
    in_phase(Phase.EXECUTION)
    assert "Cờ thi đua" in as_(cast.birch).get(url).content.decode()
    assert as_(cast.dogwood).get(url).status_code == 404


def test_an_award_of_another_authority_is_not_aimed_at(cast, in_phase, as_):
    in_phase(Phase.REGISTRATION)
    award = AwardFactory(name="Cờ khác", authority=cast.other_authority)
    url, browser = f"/cards/{cast.card.pk}/aims/", as_(cast.ash)
    assert "Cờ khác" not in browser.get(url).content.decode()
    browser.post(url, {f"a{award.pk}": "1", f"was-a{award.pk}": ""}, headers={"HX-Request": "true"})
    assert not Aim.objects.exists()


# Ballots


BUTTONS = ("Change the ballot", "Cast the ballot")


def test_a_ballot_is_filled_looked_over_and_cast_once(stage, as_):
    question = voting(stage)
    browser, said = as_(stage.cast.ash), marks(question, Birch="1")
    page = browser.get(ballot(question))
    assert "Thanh tra huyện Ash" in page.content.decode()
    review = browser.post(ballot(question), said)
    assert review.status_code == 200
    assert urn(question) == []
    change, confirm = (review.content.decode().index(f">{w}</button>") for w in BUTTONS)
    assert change < confirm
    assert re.search(r'class="ballot-chosen">Thanh tra huyện Birch<', review.content.decode())
    assert "is not marked" not in review.content.decode()
    cast = browser.post(ballot(question, cast=True), said)
    assert (cast.status_code, cast["Location"]) == (302, ballot(question))
    assert urn(question) == [mark(question, "Birch")]
    after = browser.get(ballot(question))
    assert "Voted." in note(after)
    desk = stage.meeting.get_absolute_url()
    assert f'<a class="btn btn-primary" href="{desk}">' in after.content.decode()


def test_a_second_ballot_is_told_so_and_not_counted(stage, as_):
    question = voting(stage)
    browser = as_(stage.cast.ash)
    browser.post(ballot(question, cast=True), marks(question, Birch="1"))
    for url in (ballot(question), ballot(question, cast=True)):
        again = browser.post(url, marks(question, Cedar="1"))
        assert again.status_code == 409
        assert "has voted already" in note(again)
    assert urn(question) == [mark(question, "Birch")]


def test_a_ballot_that_comes_after_the_closing_is_told_when_it_closed(db, as_):
    stage = make_stage(members=4)
    question = voting(stage)
    for name in ("Birch", "Cedar", "Elm 0"):
        question.cast(stage.people[name], mark(question, "Birch"))
    question.close()
    browser = as_(stage.cast.ash)
    late = browser.post(ballot(question, cast=True), marks(question, Birch="1"))
    assert late.status_code == 409
    assert "The chair closed the vote at 09:00; this ballot was not counted." in note(late)
    assert not Voted.objects.filter(elector__unit=stage.cast.ash_unit).exists()
    assert Ballot.objects.filter(question=question).count() == 3


def test_over_marking_is_refused_and_the_marks_stay(stage, as_):
    question = voting(stage)
    browser = as_(stage.cast.ash)
    for url in (ballot(question), ballot(question, cast=True)):
        answer = browser.post(url, marks(question, Birch="1", Cedar="1"))
        assert answer.status_code == 422
        assert "Mark at most 01; 02 are marked." in note(answer)
        assert len(re.findall(r'value="1" checked', answer.content.decode())) == 2
    assert urn(question) == []


def test_a_blank_ballot_must_be_meant(stage, as_):
    question = voting(stage)
    browser = as_(stage.cast.ash)
    review = browser.post(ballot(question), {})
    assert 'name="blank"' in review.content.decode()
    assert browser.post(ballot(question, cast=True), {}).status_code == 422
    assert urn(question) == []
    assert browser.post(ballot(question, cast=True), {"blank": "1"}).status_code == 302
    assert urn(question) == [[]]


def test_several_names_have_yes_and_no_each_and_all_no_is_no_blank_ballot(db, as_):
    stage = make_stage(flag=OF_SEVERAL)
    question = voting(stage)
    browser = as_(stage.cast.ash)
    page = browser.get(ballot(question)).content.decode()
    assert page.count('type="radio"') == 6
    said = marks(question, Ash="0", Birch="0", Cedar="0")
    review = browser.post(ballot(question), said).content.decode()
    assert 'name="blank"' not in review
    assert "is not marked" not in review
    assert browser.post(ballot(question, cast=True), said).status_code == 302
    said = marks(question, Ash="1", Birch="1", Cedar="0")
    assert as_(stage.cast.birch).post(ballot(question, cast=True), said).status_code == 302
    assert sorted(urn(question)) == [[], sorted(mark(question, "Ash", "Birch"))]
    as_(stage.cast.cedar).post(ballot(question, cast=True), {"blank": "1"})
    question.close()
    question.refresh_from_db()
    assert (question.valid, question.blank) == (3, 1)  # only Cedar's; Ash refused all by name


def test_one_no_is_enough_for_a_ballot_not_to_be_blank(db, as_):
    stage = make_stage(flag=OF_SEVERAL)
    question = voting(stage)
    said = marks(question, Cedar="0")
    browser = as_(stage.cast.ash)
    told = "is not marked is counted as one not agreed to"
    review = browser.post(ballot(question), said).content.decode()
    assert ('name="blank"' in review, told in review) == (False, True)
    nothing = browser.post(ballot(question), {}).content.decode()
    assert ('name="blank"' in nothing, told in nothing) == (True, False)
    assert browser.post(ballot(question, cast=True), said).status_code == 302
    assert [paper.only_no for paper in UrnPaper.objects.filter(question=question)] == [True]


def test_where_one_is_ticked_nobody_is_refused_by_name(stage, as_):
    question = voting(stage)
    said = marks(question, Birch="0") | {"blank": "1"}
    assert as_(stage.cast.ash).post(ballot(question, cast=True), said).status_code == 302
    assert [paper.only_no for paper in UrnPaper.objects.filter(question=question)] == [False]


def test_the_database_keeps_no_yes_on_a_ballot_that_says_only_no(stage):
    question = voting(stage)
    rule = "urnpaper_that_says_only_no_marks_nobody"
    with pytest.raises(IntegrityError, match=rule), transaction.atomic():
        UrnPaper.objects.create(question=question, marks=mark(question, "Ash"), only_no=True)


def test_what_was_looked_over_can_be_changed(stage, as_):
    question = voting(stage)
    answer = as_(stage.cast.ash).post(ballot(question), marks(question, Birch="1") | {"edit": "1"})
    birch = mark(question, "Birch")[0]
    assert re.search(rf'type="checkbox" name="m{birch}" value="1" checked', answer.content.decode())


def test_an_open_vote_is_cast_with_its_name(db, as_):
    stage = make_stage(flag={"mode": "open"})
    question = voting(stage)
    browser = as_(stage.cast.ash)
    assert "This vote is open" in browser.get(ballot(question)).content.decode()
    browser.post(ballot(question, cast=True), marks(question, Birch="1"))
    cast = Ballot.objects.get(question=question)
    assert (cast.elector.unit, cast.marks) == (stage.cast.ash_unit, mark(question, "Birch"))


def test_who_chose_whom_in_an_open_vote_and_who_cast_it_is_read_once_it_is_closed(db, as_):
    stage = make_stage(flag={"mode": "open"})
    question = voting(stage)
    page = question.get_absolute_url()
    as_(stage.cast.ash).post(ballot(question, cast=True), marks(question, Birch="1"))
    as_(stage.cast.birch).post(ballot(question, cast=True), {"none": "1"})
    assert "Who chose whom" not in as_(stage.cast.cedar).get(page).content.decode()
    line(stage, "Ash").sit(stage.cast.ash_clerk)  # who sits there since cast nothing
    question.close()
    shown = " ".join(as_(stage.cast.cedar).get(page).content.decode().split())
    assert '<dt>Ash</dt><dd>Birch <span class="soft">(Ông Ash)</span></dd>' in shown
    assert "<dt>Cedar</dt>" not in shown  # it cast no ballot


def test_only_the_account_that_represents_a_unit_casts(stage, as_):
    line(stage, "Cedar").write_in()
    question = voting(stage, "Ash", "Birch")
    said = marks(question, Birch="1")
    for user in (stage.cast.ash_clerk, stage.cast.cedar, stage.cast.officer):
        assert as_(user).post(ballot(question, cast=True), said).status_code == 403
    for user in (stage.cast.dogwood, stage.cast.stranger):
        assert as_(user).post(ballot(question, cast=True), said).status_code == 404
    assert urn(question) == []


def test_the_page_of_an_open_question_leads_who_has_not_voted_to_the_ballot(stage, as_):
    question = voting(stage, "Ash", "Birch", "Cedar")

    def leads(who):
        page = as_(who).get(question.get_absolute_url()).content.decode()
        return ballot(question) in page

    assert (leads(stage.cast.ash), leads(stage.cast.officer)) == (True, False)
    question.cast(stage.cast.ash, [])
    GivenPaper.give(question, stage.cast.birch_unit)
    assert (leads(stage.cast.ash), leads(stage.cast.birch)) == (False, False)


def test_before_the_opening_the_page_waits_and_after_the_closing_it_tells_the_result(stage, as_):
    browser, question = as_(stage.cast.ash), stage.question
    assert "has not been opened yet" in note(browser.get(ballot(question)))
    question = voting(stage)
    for name in stage.people:
        question.cast(stage.people[name], mark(question, "Birch"))
    question.close()
    page = browser.get(ballot(question)).content.decode()
    assert question.outcomes.first().sentence in page


def test_no_page_of_a_ballot_is_kept_and_none_carries_a_mark(stage, as_):
    question = voting(stage)
    browser, said = as_(stage.cast.ash), marks(question, Birch="1")
    before = dict(browser.session.items())
    answers = [
        browser.get(ballot(question)),
        browser.post(ballot(question), said),
        browser.post(ballot(question, cast=True), said),
        browser.get(ballot(question)),
    ]
    for answer in answers:
        assert "no-store" in answer["Cache-Control"]
    assert dict(browser.session.items()) == before
    assert f"m{mark(question, 'Birch')[0]}" not in answers[2]["Location"]
    assert "messages" not in browser.cookies
    assert "Birch" not in answers[3].content.decode()


def test_a_ballot_loads_no_script_that_keeps_what_is_typed(stage, as_):
    page = as_(stage.cast.ash).get(ballot(voting(stage))).content.decode()
    assert "sheet.js" not in page
    assert "ballot.js" in page


@pytest.mark.parametrize("members", [3, 9])
def test_a_longer_ballot_costs_no_more_queries(db, as_, django_assert_num_queries, members):
    stage = make_stage(members=members, flag=OF_SEVERAL)
    question = voting(stage)
    browser, said = as_(stage.cast.ash), marks(question, Birch="1")
    with django_assert_num_queries(12):
        browser.get(ballot(question))
    with django_assert_num_queries(15):
        browser.post(ballot(question, cast=True), said)
    assert urn(question) == [mark(question, "Birch")]
