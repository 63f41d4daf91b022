"""What is not cast on a screen: papers handed out, keyed or counted as a stack."""

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, connection, transaction

from awards.models import GivenPaper, Hands, PaperKeying, PaperStack, Question, Voted, VoteRules
from awards.papers import count_facts, minutes_facts
from awards.papers.ballots import ballot_facts
from awards.tally import Mode, Presence, Verdict
from blocks import clock
from blocks.models import Change
from emulation.printing import page_of
from tests.awards.boxes import FREE, cast_on_screen, counts, few_papers, stack_of, type_counts
from tests.awards.stage import address as url
from tests.awards.stage import (
    call,
    committee,
    key,
    line,
    make_stage,
    mark,
    moment,
    seat,
    voting,
    without_account,
    words,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def box():
    """Seven members in a secret vote: three on screen, three without an account, one letter."""
    stage = make_stage(members=7, flag=FREE)
    seat(stage, "Ash", "Birch", "Cedar")
    without_account(stage, "Elm 0", "Elm 1", "Elm 2")
    line(stage, "Elm 3").write_in(moment("2026-09-27 15:30"))
    stage.meeting.open()
    stage.question.open()
    stage.one, stage.two = committee(stage, "Ash", "Birch")
    return stage


# --- who votes on paper ---


def test_letters_and_who_has_no_account_vote_on_paper_from_the_opening(box):
    on_paper = box.question.electors.on_paper()
    assert {e.unit.short_name for e in on_paper} == {"Elm 0", "Elm 1", "Elm 2", "Elm 3"}


def test_who_got_a_paper_casts_on_no_screen(box, as_):
    client = as_(box.secretary)
    page = client.get(url("give_paper", box.question)).content.decode()
    assert "Thanh tra huyện Ash" in page
    assert "Elm 0" not in page  # has one
    client.post(url("give_paper", box.question), {"unit": box.cast.ash_unit.pk})
    with pytest.raises(PermissionDenied, match="has a paper"):
        box.question.cast(box.cast.ash, [])
    assert as_(box.cast.ash).get(url("cast_ballot", box.question)).status_code == 403
    assert not Question.objects.open_to(box.cast.ash).exists()


def test_the_database_lets_nobody_vote_twice_on_screen_and_on_paper(box):
    elm = box.question.electors.get(unit=box.cast.units["Elm 0"])
    rule = "who_has_a_paper_casts_no_secret_ballot_on_a_screen"
    with pytest.raises(IntegrityError, match=rule), transaction.atomic():
        Voted.objects.create(elector=elm)
    cast_on_screen(box, "Ash")
    ash = box.question.electors.get(unit=box.cast.ash_unit)
    rule = "a_paper_is_given_to_who_takes_part_and_has_not_voted"
    with pytest.raises(IntegrityError, match=rule), transaction.atomic():
        GivenPaper.objects.create(elector=ash)
    key(box.question, [box.one, box.two])
    key(box.question, [box.one])
    rule = "a_paper_goes_back_unused_while_its_vote_is_open"
    with pytest.raises(IntegrityError, match=rule), transaction.atomic():
        GivenPaper.objects.all().delete()  # one after the other: two may go, two are keyed
    with pytest.raises(IntegrityError, match=rule), transaction.atomic():
        GivenPaper.objects.update(at=clock.now())


def test_a_paper_given_to_the_wrong_unit_goes_back_unused_and_it_votes_on_its_screen(box, as_):
    question, client = box.question, as_(box.one)
    GivenPaper.give(question, box.cast.ash_unit)
    ash = question.electors.get(unit=box.cast.ash_unit)
    back = url("take_paper_back", ash)
    assert f'href="{back}"' in words(client.get(question.get_absolute_url()))
    assert "Did Ash give its paper back unused?" in words(client.get(back))
    assert "Ash votes on its screen again." in words(client.post(back, follow=True))
    gone = Change.objects.get(table="awards_givenpaper", act="delete")
    assert gone.before["elector_id"] == ash.pk
    cast_on_screen(box)
    for person in (box.one, box.two):
        PaperStack.count(question, person, stack_of(question, Ash=4))
    question.close()
    counted = Question.objects.get(pk=question.pk)
    assert (counted.issued, counted.returned, counted.outcomes.first().yes) == (7, 7, 7)


@pytest.mark.parametrize(
    ("begin", "sentence"),
    [
        (lambda box: key(box.question, [box.one]), "this one may be among them"),
        (lambda box: key(box.question, [box.one, box.two]), "this one may be among them"),
        (
            lambda box: PaperStack.count(
                box.question, box.one, stack_of(box.question, 5, 5, Ash=5)
            ),
            "The box was counted already",
        ),
    ],
)
def test_once_a_paper_of_a_secret_box_was_keyed_or_counted_none_goes_back(
    box, as_, begin, sentence
):
    GivenPaper.give(box.question, box.cast.ash_unit)
    cast_on_screen(box, "Birch", "Cedar")
    if "counted" in sentence:  # a stack needs three on screen
        PaperStack.objects.bulk_create(
            [PaperStack(question=box.question, issued=5, returned=5, valid=5, typed_by=box.one)]
        )
    else:
        begin(box)
    back = url("take_paper_back", box.question.electors.get(unit=box.cast.ash_unit))
    client = as_(box.one)
    assert back not in words(client.get(box.question.get_absolute_url()))
    assert sentence in words(client.get(back, follow=True))
    answer = client.post(back)
    assert (answer.status_code, sentence in words(answer)) == (422, True)
    assert box.question.box.given == 5


def test_a_letter_and_the_paper_of_a_unit_without_an_account_do_not_go_back(box, as_):
    for elector in box.question.electors.on_paper():
        answer = as_(box.one).post(url("take_paper_back", elector))
        assert "This unit votes on paper only." in words(answer)


def test_who_has_voted_gets_no_paper(box, as_):
    cast_on_screen(box, "Ash")
    answer = as_(box.one).post(url("give_paper", box.question), {"unit": box.cast.ash_unit.pk})
    assert answer.status_code == 422


def test_papers_are_handed_out_by_committee_and_secretary_only(box, as_):
    for name in ("give_paper", "key_paper", "count_box", "forget_stack"):
        assert as_(box.cast.cedar).get(url(name, box.question)).status_code == 403
        assert as_(box.cast.stranger).get(url(name, box.question)).status_code == 404
        assert as_(box.one).get(url(name, box.question)).status_code == 200


def test_the_page_of_a_vote_names_who_has_not_voted_to_who_counts_and_to_nobody_else(box, as_):
    page = box.question.get_absolute_url()
    readers = (box.secretary, box.one, box.cast.birch)
    assert ["Not yet: " in words(as_(who).get(page)) for who in readers] == [True, True, False]


# --- a stack: typed by one, confirmed by another ---


def test_a_stack_typed_by_one_and_confirmed_by_another_counts_with_the_screens(box, as_):
    cast_on_screen(box)
    one, two, secretary = as_(box.one), as_(box.two), as_(box.secretary)
    assert "no-store" in one.get(url("count_box", box.question)).headers["Cache-Control"]
    assert "Typed once" in words(type_counts(one, box.question))
    page = words(secretary.get(box.question.get_absolute_url()))
    assert "wait for another person to confirm" in page
    assert url("close_question", box.question) not in page
    assert "<b>03</b>/07" in page  # an unconfirmed stack counts nothing
    assert "Both counts agree" in words(type_counts(two, box.question))
    assert "<b>07</b>/07" in words(secretary.get(box.question.get_absolute_url()))
    secretary.post(url("close_question", box.question))
    question = Question.objects.get(pk=box.question.pk)
    assert (question.issued, question.returned, question.valid) == (7, 7, 7)
    best = question.outcomes.first()
    assert (best.yes, best.base, best.verdict) == (7, 7, Verdict.ELECTED)
    assert best.sentence == (
        "Thanh tra huyện Ash: 07/07 phiếu đồng ý, đạt 100,00% tổng số đơn vị thành viên "
        "(quy định từ 50% trở lên) – được đề nghị."
    )
    facts = count_facts(box.meeting)["questions"][0]
    assert [facts[name] for name in ("by_screen", "by_paper", "by_letter")] == [3, 3, 1]
    assert (facts["issued"], facts["returned"], facts["unused"]) == (7, 7, 0)
    assert facts["keyed"] == 0


def test_the_second_person_is_another_one(box, as_):
    one = as_(box.one)
    type_counts(one, box.question)
    assert "Correct my counts" in words(one.get(box.question.get_absolute_url()))
    count = url("count_box", box.question)
    typed = {
        who: 'name="issued" value="' in as_(who).get(count).content.decode()
        for who in (box.one, box.two)
    }
    assert typed == {box.one: True, box.two: False}  # one's own are there to be mended
    said = "They stand in place of those you typed before; another person types them again."
    assert said in words(type_counts(one, box.question))
    assert not PaperStack.objects.get().is_confirmed
    rule = "a_stack_is_confirmed_by_another_person"
    with pytest.raises(IntegrityError, match=rule), transaction.atomic():
        PaperStack.objects.update(confirmed_by=box.one)


def test_two_counts_that_differ_are_told_and_another_confirms_the_later(box, as_):
    type_counts(as_(box.one), box.question)
    answer = type_counts(as_(box.two), box.question, valid=3, spoiled=1, yes={"Ash": 3})
    assert "The two counts differ: Valid papers, Spoiled papers, Ash." in words(answer)
    stack = PaperStack.objects.get()
    assert (stack.typed_by, stack.is_confirmed, stack.spoiled) == (box.two, False, 1)
    page = words(as_(box.secretary).get(box.question.get_absolute_url()))
    assert "Two counts differed: Valid papers, Spoiled papers, Ash." in page
    assert f"were typed by {box.two};" in page
    answer = type_counts(as_(box.one), box.question, valid=3, spoiled=1, yes={"Ash": 3})
    assert "Both counts agree" in words(answer)
    answer = type_counts(as_(box.two), box.question)
    assert answer.status_code == 422
    assert PaperStack.objects.get().spoiled == 1


def test_who_types_again_takes_with_the_counts_what_was_told_of_them(box, as_):
    type_counts(as_(box.one), box.question)
    type_counts(as_(box.two), box.question, valid=3, spoiled=1, yes={"Ash": 3})
    type_counts(as_(box.two), box.question)
    page = words(as_(box.secretary).get(box.question.get_absolute_url()))
    assert "Two counts differed" not in page
    assert "Both counts agree" in words(type_counts(as_(box.one), box.question))


def test_the_second_person_does_not_see_what_the_first_typed(box, as_):
    type_counts(as_(box.one), box.question)
    page = as_(box.two).get(url("count_box", box.question)).content.decode()
    assert 'value="4"' not in page
    assert (
        "04"
        not in words(as_(box.two).get(box.question.get_absolute_url()))
        .split("Paper box")[1]
        .split("counted once")[1]
        .split("Who stands")[0]
    )


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        ({"issued": 5}, "04 papers were given out by the roll, not 05."),
        ({"issued": 5, "returned": 5, "valid": 5}, "04 papers were given out by the roll"),
        ({"returned": 5, "valid": 5}, "More papers came back than were given out."),
        ({"valid": 3}, "Valid and spoiled papers together are those returned."),
        ({"blank": 5, "yes": {"Ash": 0}}, "Blank papers are a part of the valid ones."),
        ({"yes": {"Ash": 5}}, "do not go with the papers"),
        ({"blank": 1}, "do not go with the papers"),  # a yes on a blank paper
        ({"returned": 2, "valid": 2, "yes": {"Ash": 2}}, "Fewer than three papers are keyed"),
        ({"spoiled": "-1"}, "0"),
        ({"valid": "vài"}, "number"),
        ({"valid": ""}, "required"),
    ],
)
def test_a_stack_that_cannot_be_true_is_refused_with_its_sentence(box, as_, said, sentence):
    answer = type_counts(as_(box.one), box.question, **said)
    assert answer.status_code == 422
    assert sentence in words(answer)
    assert not PaperStack.objects.exists()


def test_a_paper_has_room_for_so_many_marks():
    stage = make_stage(members=4, flag={"max_marks": 1})
    without_account(stage, *stage.people)
    stage.meeting.open()
    stage.question.open()
    one = committee(stage, "Ash")[0]
    with pytest.raises(Exception, match="do not go with the papers"):
        PaperStack.count(stage.question, one, stack_of(stage.question, Ash=4, Birch=1))
    with pytest.raises(Exception, match="do not go with the papers"):  # a ticked paper, no tick
        PaperStack.count(stage.question, one, stack_of(stage.question, Ash=3))
    assert PaperStack.count(stage.question, one, stack_of(stage.question, Ash=3, Birch=1)) == []


def test_papers_that_did_not_come_back_reconcile(box, as_):
    cast_on_screen(box)
    for person in (box.one, box.two):
        type_counts(as_(person), box.question, returned=3, valid=3, blank=1, yes={"Ash": 2})
    page = words(as_(box.secretary).get(url("close_question", box.question)))
    assert "06 of 07 units have voted. 01 papers that were given out did not come back." in page
    box.question.close()
    question = Question.objects.get()
    assert (question.issued, question.returned, question.valid, question.blank) == (7, 6, 6, 1)
    assert count_facts(box.meeting)["questions"][0]["not_returned"] == 1


# Who may vote in which way, and who did; then issued, unused, lost, returned.
BACK = [
    ({"mode": Mode.OPEN, "screens": 3, "cast": 2}, (3, 1, 0, 2)),
    (
        {"mode": Mode.OPEN, "screens": 3, "papers": 2, "letters": 1, "cast": 1, "keyed": 2},
        (6, 2, 1, 3),
    ),
    ({"screens": 3}, (3, 3, 0, 0)),
    ({"screens": 3, "papers": 2, "letters": 2, "keyed": 3}, (7, 3, 1, 3)),
    ({"screens": 3, "papers": 2, "letters": 1, "cast": 3, "keyed": 1}, (6, 0, 2, 4)),
    ({"screens": 3, "papers": 4, "cast": 3, "boxed": 3}, (7, 0, 1, 6)),
    ({"screens": 4, "papers": 3, "letters": 1, "cast": 3, "boxed": 4}, (8, 1, 0, 7)),
    ({"screens": 3, "papers": 4, "boxed": 3}, (7, 3, 1, 3)),
]


def counted(*, mode=Mode.SECRET, screens, papers=0, letters=0, cast=0, keyed=0, boxed=0):
    """A stage whose question was counted: so many cast on screen, were keyed, in a full box."""
    stage = make_stage(members=screens + papers + letters, flag=FREE | {"mode": mode})
    names = list(stage.people)
    seat(stage, *names[:screens])
    without_account(stage, *names[screens : screens + papers])
    for name in names[screens + papers :]:
        line(stage, name).write_in()
    stage.meeting.open()
    question, people = stage.question, committee(stage, "Ash", "Birch")
    question.open()
    for name in names[:cast]:
        question.cast(stage.people[name], mark(question, "Ash"))
    given = list(question.electors.on_paper().order_by("-presence"))  # letters first
    for elector in given[:keyed]:
        key(question, people, mark(question, "Ash"), elector=elector)
    if boxed:
        for one in people:
            PaperStack.count(question, one, stack_of(question, len(given), boxed, Ash=boxed))
    question.close()
    return stage


@pytest.mark.parametrize(("came", "told"), BACK)
def test_what_was_issued_is_unused_lost_or_returned_on_the_page(as_, came, told):
    stage = counted(**came)
    issued, unused, lost, returned = (f"{number:02}" for number in told)
    page = words(as_(stage.secretary).get(stage.question.get_absolute_url()))
    facts_shown = [
        f"<dt>Ballots issued</dt><dd>{issued}</dd>",
        f"<dt>Ballots unused</dt><dd>{unused}</dd>",
        *([f"<dt>Papers that did not come back</dt><dd>{lost}</dd>"] if told[2] else []),
        f"<dt>Ballots returned</dt><dd>{returned}</dd>",
    ]
    assert "".join(facts_shown) in page


@pytest.mark.parametrize("kind", ["minutes", "count"])
@pytest.mark.parametrize(("came", "told"), BACK)
def test_what_was_issued_is_unused_lost_or_returned_on_papers(db, came, told, kind):
    stage = counted(**came)
    issued, unused, lost, returned = (f"{number:02}" for number in told)
    facts = {"minutes": minutes_facts, "count": count_facts}[kind](stage.meeting)
    paper = " ".join(page_of(kind, facts, {}).split())
    assert f"Phát ra: {issued} phiếu; thu về: {returned} phiếu;" in paper
    not_back = f"; không thu về: {lost} phiếu" if told[2] else ""
    assert f"; không sử dụng: {unused} phiếu{not_back}." in paper


def test_whoever_closes_is_told_that_no_paper_came_back(as_):
    stage = make_stage(members=4)
    without_account(stage, "Elm 0")
    question = voting(stage, "Ash", "Birch", "Cedar")
    for person in committee(stage, "Ash", "Birch"):
        PaperStack.count(question, person, stack_of(question, issued=1, returned=0))
    page = words(as_(stage.secretary).get(url("close_question", question)))
    assert "01 papers that were given out did not come back." in page
    assert "Not yet: Ash, Birch, Cedar." in page


def test_the_papers_of_a_cancelled_vote_are_not_denied(box):
    box.question.cancel("Danh sách sai")
    (told,) = count_facts(box.meeting)["questions"]
    assert (told["given_up"], told["not_returned"], told["by_paper"]) == (4, 0, 0)


def test_a_box_nobody_counted_keeps_the_question_open(box, as_):
    cast_on_screen(box)
    answer = as_(box.secretary).post(url("close_question", box.question))
    assert answer.status_code == 422
    assert "The paper box was not counted: 04 papers were given out." in words(answer)
    key(box.question, [box.one, box.two], mark(box.question, "Ash"))  # the letter; no paper came
    box.question.close()
    assert Question.objects.get(pk=box.question.pk).returned == 4


def test_a_letter_in_the_box_comes_out_of_it_again(box, as_):
    cast_on_screen(box)
    line(box, "Elm 2").write_in()
    answer = type_counts(as_(box.one), box.question, returned=0, valid=0, yes={"Ash": 0})
    assert answer.status_code == 422
    assert "01 written opinions are in the box, and only 00 papers are counted." in words(answer)


def test_a_secret_vote_is_not_closed_over_a_letter_that_was_not_keyed():
    stage = make_stage(members=5)
    seat(stage, "Ash", "Birch", "Cedar")
    for name in ("Elm 0", "Elm 1"):
        line(stage, name).write_in(moment("2026-09-27 15:30"))
    stage.meeting.open()
    stage.question.open()
    people = committee(stage, "Ash", "Birch")
    key(stage.question, people, mark(stage.question, "Ash"))
    with pytest.raises(Exception, match="02 written opinions are in the box, and only 01 papers"):
        stage.question.close()
    key(stage.question, people, mark(stage.question, "Ash"))
    stage.question.cast(stage.cast.ash, [])
    stage.question.close()


def test_a_secret_vote_is_not_closed_over_one_or_two_ballots(as_):
    stage = make_stage(members=4)
    question, secretary = voting(stage), as_(stage.secretary)
    said = "Fewer than three ballots are in: the result would tell what each says."
    close, desk = url("close_question", question), stage.meeting.get_absolute_url()
    for name, closes in (("Ash", False), ("Birch", False), ("Cedar", True)):
        cast_on_screen(stage, name)
        assert (close in words(secretary.get(desk))) == closes
        assert (said in words(secretary.get(question.get_absolute_url()))) != closes
        assert (said in words(secretary.get(close, follow=True))) != closes
        assert secretary.post(close).status_code == (302 if closes else 422)
    assert Question.objects.get(round=1).is_closed


def test_nor_where_none_of_its_papers_came_back():
    stage = make_stage(members=4)
    without_account(stage, "Elm 0")
    question = voting(stage, "Ash", "Birch", "Cedar")
    for person in committee(stage, "Ash", "Birch"):
        PaperStack.count(question, person, stack_of(question, issued=1, returned=0))
    cast_on_screen(stage, "Ash", "Birch")
    with pytest.raises(Exception, match="Fewer than three ballots are in"):
        question.close()


@pytest.mark.parametrize("mode", [Mode.OPEN, Mode.HANDS])
def test_a_vote_under_names_is_not_closed_over_a_letter_that_was_not_keyed(as_, mode):
    stage = make_stage(members=5, flag={"mode": mode, "max_marks": None})
    line(stage, "Elm 0").write_in()
    question, secretary = voting(stage, "Ash", "Birch", "Cedar"), as_(stage.secretary)
    if mode == Mode.HANDS:
        shown = {"yes": 3, "no": 0, "abstain": 0, "chair": False}
        Hands.count(question, dict.fromkeys(question.listed, shown))
    answer = secretary.get(url("close_question", question), follow=True)
    assert "The written opinion was received but not keyed: Elm 0." in words(answer)
    assert secretary.post(url("close_question", question)).status_code == 422
    letter = question.electors.get(presence=Presence.WRITTEN)
    people = committee(stage, "Ash", "Birch")
    key(question, people[:1], mark(question, "Ash"), elector=letter)
    answer = secretary.post(url("close_question", question))
    assert "keyed once only" in words(answer)
    key(question, people[1:], mark(question, "Ash"), elector=letter)
    assert secretary.post(url("close_question", question)).status_code == 302


def test_whoever_closes_is_told_who_has_not_voted(as_):
    stage = make_stage(members=5, flag={"mode": Mode.OPEN})
    without_account(stage, "Elm 0")
    question = voting(stage, "Ash", "Birch", "Cedar")
    question.cast(stage.cast.ash, mark(question, "Ash"))
    page = words(as_(stage.secretary).get(url("close_question", question)))
    assert "01 of 04 units have voted." in page
    assert "Not yet: Birch, Cedar, Elm 0 (on paper)." in page
    question.close()
    facts = minutes_facts(stage.meeting)["questions"][0]
    assert [name.split()[-2:] for name in facts["not_voted"]] == [
        ["huyện", "Birch"],
        ["huyện", "Cedar"],
        ["Elm", "0"],
    ]


def test_the_minutes_of_a_secret_vote_name_nobody_who_did_not_vote(few):
    for _paper in range(2):
        key(few.question, [few.one, few.two], mark(few.question, "Birch"))
    cast_on_screen(few, "Ash")
    page = few.question.awaited
    assert [elector.unit.short_name for elector in page] == ["Birch", "Cedar"]
    few.question.close()
    assert minutes_facts(few.meeting)["questions"][0]["not_voted"] == []


def test_no_paper_joins_a_box_that_was_counted(box, as_):
    type_counts(as_(box.one), box.question)
    for name, posted in (
        ("give_paper", {"unit": box.cast.ash_unit.pk}),
        ("key_paper", {"marks": mark(box.question, "Ash")}),
    ):
        answer = as_(box.one).post(url(name, box.question), posted)
        assert answer.status_code == 422
        assert "counted already" in words(answer) or "typed as counts" in words(answer)
    as_(box.one).post(url("forget_stack", box.question))
    assert not PaperStack.objects.exists()
    answer = as_(box.one).post(url("give_paper", box.question), {"unit": box.cast.ash_unit.pk})
    assert answer.status_code == 302


def test_a_confirmed_stack_is_never_changed_and_goes_with_its_question(box):
    for person in (box.one, box.two):
        PaperStack.count(box.question, person, stack_of(box.question, Ash=4))
    for sql, rule in (
        ("UPDATE awards_paperstack SET spoiled = 1", "a_confirmed_stack_is_never_changed"),
        ("UPDATE awards_paperstack SET returned = 2, valid = 2", "a_confirmed_stack_is_never"),
    ):
        with (
            pytest.raises(IntegrityError, match=rule),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(sql)
    cast_on_screen(box)
    box.question.close()
    with (
        pytest.raises(IntegrityError, match="while_its_secret_question_is_open"),
        transaction.atomic(),
    ):
        PaperStack.objects.all().delete()


def test_who_counted_papers_stays_on_the_committee(box, as_):
    PaperStack.count(box.question, box.one, stack_of(box.question, Ash=4))
    for person, status in ((box.one, 422), (box.two, 302)):
        counter = box.meeting.counters.get(person=person)
        answer = as_(box.secretary).post(url("remove_counter", counter))
        assert answer.status_code == status
    assert box.meeting.counters.get().person == box.one


def test_history_keeps_who_counted_and_not_what_the_papers_say(box):
    for person in (box.one, box.two):
        PaperStack.count(box.question, person, stack_of(box.question, Ash=4))
    rows = Change.objects.filter(table="awards_paperstack")
    assert [set(row.after) for row in rows.order_by("pk")] == [
        {"id", "question_id", "issued", "returned", "typed_by_id", "confirmed_by_id"},
        {"confirmed_by_id"},
    ]


# --- fewer than three papers ---


def test_fewer_than_three_papers_are_keyed_one_by_one_into_the_urn(few, as_):
    cast_on_screen(few)
    one, two = as_(few.one), as_(few.two)
    page = words(one.get(few.question.get_absolute_url()))
    assert url("count_box", few.question) not in page
    address = url("key_paper", few.question)
    for marked in ({"marks": mark(few.question, "Ash")}, {"spoiled": "on"}):
        assert "Keyed once" in words(one.post(address, marked, follow=True))
        assert one.post(address, marked).status_code == 422  # the second is another
        assert "Both keyings agree" in words(two.post(address, marked, follow=True))
    assert "No paper is left in the box" in words(one.post(address, {"blank": "on"}))
    assert sorted((paper.marks, paper.spoiled) for paper in few.question.urn.all())[0] == ([], True)
    assert Voted.objects.count() == 3  # of the box nobody knows who
    assert not PaperKeying.objects.exists()
    few.question.close()
    question = Question.objects.get()
    assert (question.issued, question.returned, question.valid, question.spoiled) == (5, 5, 4, 1)
    assert question.outcomes.first().yes == 4
    facts = count_facts(few.meeting)["questions"][0]
    assert [facts[name] for name in ("by_screen", "by_paper", "by_letter")] == [3, 1, 1]
    assert (facts["keyed"], facts["keyed_by"]) == (
        2,
        f"{few.one} (thành viên Ban kiểm phiếu) và {few.two} (thành viên Ban kiểm phiếu)",
    )
    assert not question.ballots.exclude(elector=None).exists()


def test_the_count_says_that_a_member_and_the_secretary_keyed_the_papers(few):
    key(few.question, [few.secretary, few.two], mark(few.question, "Ash"))
    key(few.question, [few.two, few.secretary], mark(few.question, "Ash"))
    cast_on_screen(few, "Ash")
    few.question.close()
    facts = count_facts(few.meeting)
    said = f"{few.secretary} (Thư ký Hội nghị) và {few.two} (thành viên Ban kiểm phiếu)"
    assert f"do {said} lần lượt nhập từng phiếu" in page_of("count", facts, {})


def test_who_has_keyed_papers_stays_on_the_committee(few, as_):
    key(few.question, [few.one, few.two], mark(few.question, "Ash"))
    counter = few.meeting.counters.get(person=few.one)
    answer = as_(few.secretary).post(url("remove_counter", counter))
    assert "has counted papers of this meeting and stays on the committee" in words(answer)


def test_fewer_than_three_papers_are_never_typed_as_counts(few, as_):
    answer = as_(few.one).post(
        url("count_box", few.question),
        counts(few.question, issued=2, returned=2, valid=2, yes={"Ash": 2}),
    )
    assert answer.status_code == 422
    assert "Fewer than three papers are keyed one by one" in words(answer)
    rule = "fewer_than_three_papers_are_keyed_one_by_one"
    with pytest.raises(IntegrityError, match=rule), transaction.atomic():
        PaperStack.objects.create(
            question=few.question, issued=2, returned=2, valid=2, typed_by=few.one
        )


def counted_by_two(box):
    cast_on_screen(box)
    for person in (box.one, box.two):
        PaperStack.count(box.question, person, stack_of(box.question, Ash=4))


@pytest.mark.parametrize(
    ("act", "why"),
    [
        (counted_by_two, "The stack was confirmed already."),
        (lambda box: key(box.question, [box.one, box.two]), "were keyed one by one"),
        (lambda box: box.question.cancel("Sai"), "The question is not open."),
    ],
)
def test_the_box_is_counted_on_no_page_where_its_counts_would_be_refused(box, as_, act, why):
    way, browser = url("count_box", box.question), as_(box.one)
    assert browser.get(way).status_code == 200
    act(box)
    answer = browser.get(way, follow=True)
    assert answer.redirect_chain == [(box.question.get_absolute_url(), 302)]
    assert why in words(answer)
    assert browser.post(way, counts(box.question)).status_code == 422


def test_on_the_roll_no_paper_is_awaited_once_the_box_is_counted(few, as_):
    cast_on_screen(few)
    client, page = as_(few.secretary), few.meeting.get_absolute_url()
    roll = words(client.get(page)).split('id="roll"')[1]
    assert "Not counted yet: 02 papers" in words(client.get(page))
    assert (roll.count("has voted"), roll.count("on paper"), roll.count("by letter")) == (3, 1, 0)
    for _paper in range(2):
        key(few.question, [few.one, few.two], mark(few.question, "Ash"))
    roll = words(client.get(page)).split('id="roll"')[1]
    assert (roll.count("has voted"), roll.count("on paper"), roll.count("by letter")) == (3, 1, 0)
    assert "Not counted yet" not in words(client.get(page))


def test_of_a_box_from_which_a_paper_is_missing_nobody_says_whose(few, as_):
    cast_on_screen(few)
    key(few.question, [few.one, few.two], mark(few.question, "Ash"))
    secretary = as_(few.secretary)
    desk = words(secretary.get(few.meeting.get_absolute_url()))
    assert "Not counted yet: 01 papers, of those of: Elm 0 (on paper), Elm 1 (by letter)" in desk
    assert "not voted yet" not in desk
    page = words(secretary.get(url("close_question", few.question)))
    assert (
        "01 papers are not keyed yet, or did not come back, "
        "of those of: Elm 0 (on paper), Elm 1 (by letter)."
    ) in page
    assert "Not yet" not in page
    assert Question.objects.get().awaited == []
    few.question.close()
    facts = count_facts(few.meeting)
    told = facts["questions"][0]
    assert [told[f"by_{way}"] for way in ("screen", "paper", "letter", "either")] == [3, 0, 0, 1]
    assert "bỏ phiếu trên máy 03, phiếu giấy và ý kiến bằng văn bản 01." in page_of(
        "count", facts, {}
    )


def test_who_keyed_a_paper_once_is_not_led_to_key_it_again_but_takes_it_back(few, as_):
    one, two = as_(few.one), as_(few.two)
    page, address = few.question.get_absolute_url(), url("key_paper", few.question)
    assert "This is the second time" not in words(two.get(address))
    key(few.question, [few.one], mark(few.question, "Ash"))
    assert f'{address}"' not in words(one.get(page))
    answer = one.get(address, follow=True)
    assert answer.redirect_chain == [(page, 302)]
    assert "Keyed once; another person keys it again." in words(answer)
    assert f'href="{address}">Key again</a>' in words(two.get(page))
    assert "This is the second time" in words(two.get(address))
    taken_back_by_who_keyed_it(few.question, url("forget_paper", few.question), one, two)
    assert f'href="{address}">Key a paper' in words(one.get(page))


def taken_back_by_who_keyed_it(question, way, one, two):
    """The first takes back what it keyed by mistake, once; nobody else does."""
    page, nothing = question.get_absolute_url(), "You have keyed no such paper"
    assert [way in words(browser.get(page)) for browser in (one, two)] == [True, False]
    assert nothing in words(two.get(way, follow=True))
    assert [browser.post(way).status_code for browser in (two, one, one)] == [422, 302, 422]
    assert not question.keyings.exists()


def test_who_keyed_a_letter_once_is_not_led_to_key_it_again_but_takes_it_back(as_):
    stage = make_stage(members=4, flag={"mode": Mode.OPEN})
    line(stage, "Elm 0").write_in()
    question = voting(stage, "Ash", "Birch", "Cedar")
    letter = question.electors.get(presence=Presence.WRITTEN)
    one, two = committee(stage, "Ash", "Birch")
    key(question, [one], mark(question, "Ash"), elector=letter)
    address = url("key_letter", letter)
    assert f'{address}"' not in words(as_(one).get(question.get_absolute_url()))
    assert as_(one).get(address, follow=True).redirect_chain == [(question.get_absolute_url(), 302)]
    assert f'href="{address}">Key again' in words(as_(two).get(question.get_absolute_url()))
    taken_back_by_who_keyed_it(question, url("forget_letter", letter), as_(one), as_(two))
    assert as_(one).get(address).status_code == 200


def test_a_box_whose_papers_are_keyed_one_by_one_does_not_ask_for_counts(box, as_):
    asked, page = "Three papers or more are counted", box.question.get_absolute_url()
    assert asked in words(as_(box.two).get(page))
    key(box.question, [box.one], mark(box.question, "Ash"))
    said = words(as_(box.two).get(page))
    assert asked not in said
    assert "the others are keyed in the same way" in said


def test_that_the_committee_is_too_small_is_told_before_papers_are_given_and_keyed(as_):
    stage = make_stage(flag=FREE)
    seat(stage)
    stage.meeting.open()
    secretary = as_(stage.secretary)
    said, nobody = "No counting committee is named yet", "are keyed by two people: name members"
    assert said in words(secretary.get(url("open_question", stage.question)))
    stage.question.open()
    page = words(secretary.get(url("give_paper", stage.question)))
    assert said in page
    assert nobody in page
    assert nobody not in words(secretary.get(stage.question.get_absolute_url()))
    GivenPaper.give(stage.question, stage.cast.ash_unit)
    assert nobody in words(secretary.get(url("key_paper", stage.question)))
    page = words(secretary.get(stage.question.get_absolute_url()))
    assert nobody in page.split("It cannot be closed yet")[1]
    committee(stage, "Ash")
    page = words(secretary.get(url("give_paper", stage.question)))
    assert "The counting committee has fewer than three people: 01." in page
    assert nobody not in page


def test_of_a_letter_in_the_box_nobody_says_whether_it_was_opened(few, as_):
    client, page = as_(few.one), few.question.get_absolute_url()
    assert "by letter" in words(client.get(page))
    key(few.question, [few.one], mark(few.question, "Ash"))
    key(few.question, [few.two], mark(few.question, "Birch"))  # both are forgotten, it is open
    said = words(client.get(page)).split("Paper box")[1]
    assert "by letter" in said
    assert "unopened" not in said


def test_a_keyed_paper_of_a_secret_vote_knows_no_elector(few):
    key(few.question, [few.one], mark(few.question, "Ash"))
    assert PaperKeying.objects.get().elector is None
    letter = few.question.electors.get(presence=Presence.WRITTEN)
    rule = "a_keyed_paper_names_its_elector_unless_the_vote_is_secret"
    with pytest.raises(IntegrityError, match=rule), transaction.atomic():
        PaperKeying.objects.update(elector=letter)


def test_a_letter_of_a_secret_vote_is_keyed_by_nobody_under_its_name(few, as_):
    letter = few.question.electors.get(presence=Presence.WRITTEN)
    answer = as_(few.one).get(url("key_letter", letter), follow=True)
    assert "unopened into the paper box" in words(answer)
    assert few.question.get_absolute_url() == answer.redirect_chain[-1][0]


def test_papers_keyed_one_by_one_are_not_typed_as_counts_too(box, as_):
    key(box.question, [box.one, box.two], mark(box.question, "Ash"))
    answer = type_counts(as_(box.one), box.question)
    assert "keyed one by one; key the others too" in words(answer)


def test_where_fewer_than_three_vote_on_screen_the_stack_would_tell_their_ballots(as_):
    stage = make_stage(members=5)
    seat(stage, "Ash", "Birch")
    without_account(stage, "Cedar", "Elm 0", "Elm 1")
    stage.meeting.open()
    stage.question.open()
    one = committee(stage, "Ash")[0]
    with pytest.raises(Exception, match="Fewer than three units vote on screen"):
        PaperStack.count(stage.question, one, stack_of(stage.question, 3, 3, Ash=3))
    page = as_(one).get(stage.question.get_absolute_url())
    assert "so the papers of this box are keyed one by one" in words(page)
    assert url("count_box", stage.question) not in page.content.decode()
    assert url("key_paper", stage.question) in page.content.decode()


def test_where_fewer_than_three_have_voted_on_screen_the_papers_are_keyed_instead(box, as_):
    for person in (box.one, box.two):
        PaperStack.count(box.question, person, stack_of(box.question, Ash=4))
    cast_on_screen(box, "Ash", "Birch")
    answer = as_(box.secretary).post(url("close_question", box.question))
    assert "Fewer than three units voted on screen" in words(answer)
    as_(box.one).post(url("forget_stack", box.question))
    for _paper in range(4):
        key(box.question, [box.one, box.two], mark(box.question, "Ash"))
    box.question.close()
    assert Question.objects.get().ballots.count() == 6


def test_a_question_is_not_counted_while_a_paper_was_keyed_once(few):
    key(few.question, [few.one], mark(few.question, "Ash"))
    with pytest.raises(Exception, match="keyed once only"):
        few.question.close()


# --- a vote without papers ---

SCREENS = {"self_vote": False, "on_paper": False}


def test_secret_with_self_vote_excluded_takes_no_papers(as_):
    stage = make_stage(called=False)
    rule = "a_secret_voterules_without_self_votes_takes_no_papers"
    with pytest.raises(IntegrityError, match=rule), transaction.atomic():
        VoteRules.objects.update(self_vote=False)
    VoteRules.objects.update(**SCREENS)
    page = words(as_(stage.cast.cedar).get(url("list_vote_rules", stage.season)))
    assert "no papers, no written opinions" in page


def test_where_no_papers_are_taken_a_letter_is_none_and_an_account_is_needed(as_):
    stage = make_stage(members=5, flag=SCREENS)
    seat(stage, "Ash", "Birch", "Cedar")
    line(stage, "Elm 0").write_in()
    without_account(stage, "Elm 1")
    stage.meeting.open()
    assert stage.question.opening.missing == [
        "This vote takes no papers, and these units have no account to vote with: Elm 1."
        " Choose one in the attendance."
    ]
    line(stage, "Elm 1").sit(stage.people["Elm 1"])
    stage.question.open()
    assert stage.question.electors.get(unit=stage.cast.units["Elm 0"]).presence == Presence.ABSENT
    with pytest.raises(Exception, match="takes no papers"):
        GivenPaper.give(stage.question, stage.cast.ash_unit)
    letter = url("receive_letter", stage.question)
    assert "No absent unit is left" in words(as_(stage.secretary).get(letter, follow=True))


# --- blank papers, and those that say only no ---


def test_a_paper_that_says_only_no_is_keyed_as_such_and_is_not_blank(as_):
    few = few_papers(flag=FREE)
    cast_on_screen(few)
    one, two = as_(few.one), as_(few.two)
    address = url("key_paper", few.question)
    form = words(one.get(address))
    assert "is not marked is counted as one not agreed to" in form
    assert "Marked on the paper" not in form
    one.post(address, {"says_no": "on"})
    assert "differ" in words(two.post(address, {"blank": "on"}, follow=True))
    for says in ({"says_no": "on"}, {"blank": "on"}):
        one.post(address, says)
        assert "Both keyings agree" in words(two.post(address, says, follow=True))
    few.question.close()
    question = Question.objects.get()
    assert (question.valid, question.blank) == (5, 1)


ALONE = "A paper with a yes is keyed by its yes alone"


@pytest.mark.parametrize(
    ("marks", "ticked", "refused"),
    [
        (["Ash"], {"says_no": "on"},                  ALONE),
        (["Ash"], {"blank": "on"},                    "A paper that says something is not blank"),
        ([],      {"says_no": "on", "blank": "on"},   "A paper that says something is not blank"),
        ([],      {},                                 "Nothing is ticked. If the paper is blank"),
        (["Ash"], {"says_no": "on", "spoiled": "on"}, None),
        ([],      {"blank": "on"},                    None),
    ],
)  # fmt: skip
def test_a_paper_is_keyed_as_one_thing(as_, marks, ticked, refused):
    few = few_papers(flag=FREE | {"mode": "open"})
    elector = few.question.electors.on_paper().first()
    said = {"marks": mark(few.question, *marks)} | ticked
    answer = as_(few.one).post(url("key_letter", elector), said)
    assert answer.status_code == (422 if refused else 302)
    assert (refused or "") in words(answer)
    assert few.question.keyings.exists() != bool(refused)


@pytest.mark.parametrize(
    ("flag", "said"),
    [
        (FREE, "One that says only no is valid, not blank"),
        ({"max_marks": 1}, "A blank paper ticks nobody."),
    ],
)
def test_who_counts_the_box_is_told_which_papers_are_blank(as_, flag, said):
    stage = make_stage(members=7, flag=flag)
    without_account(stage, "Elm 0", "Elm 1", "Elm 2")
    question = voting(stage, "Ash", "Birch", "Cedar")
    page = words(as_(committee(stage, "Ash")[0]).get(url("count_box", question)))
    assert said in page
    assert ("says only no" in page) == (flag is FREE)


def test_where_one_is_ticked_the_printed_paper_asks_no_no():
    stage = make_stage(members=4)
    facts = ballot_facts(stage.question, 1, 1)
    assert facts["one_is_ticked"]
    assert facts["rule"].startswith("Đánh dấu X vào ô của không quá 01 đơn vị. Không ghi tên")
    stage.question.max_marks = None
    assert not ballot_facts(stage.question, 1, 1)["one_is_ticked"]


def test_where_one_is_ticked_no_paper_is_asked_whom_it_refuses(as_):
    stage = make_stage(members=4)
    without_account(stage, "Elm 0")
    seat(stage, "Ash", "Birch", "Cedar")
    stage.meeting.open()
    stage.question.open()
    one = committee(stage, "Ash")[0]
    form = words(as_(one).get(url("key_paper", stage.question)))
    assert "Marked on the paper" in form
    for untold in ("says_no", "is not marked"):
        assert untold not in form


# --- opening while another is open ---


def test_a_question_that_cannot_be_opened_says_why_instead_of_asking(as_):
    stage = make_stage(called=False)
    other = make_other_award(stage)
    call(stage)
    voting(stage)
    second = stage.meeting.questions.get(award=other)
    answer = as_(stage.secretary).get(url("open_question", second), follow=True)
    assert "Another question is open." in words(answer)
    assert url("open_question", second) not in words(answer)


def make_other_award(stage):
    from tests.factories import AwardFactory, VoteRulesFactory

    award = AwardFactory(name="Bằng khen", order=20, code="MERIT")
    VoteRulesFactory(season=stage.season, award=award, mode=Mode.OPEN)
    return award
