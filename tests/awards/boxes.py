"""Papers in a box in the tests: who votes on paper, what is typed of a stack."""

from tests.awards.stage import address as url
from tests.awards.stage import committee, line, make_stage, mark, moment, seat, without_account

FREE = {"max_marks": None, "threshold_part": 50, "quota": 2}


def few_papers(**more):
    """Five members in a secret vote: three on screen, one without an account, one letter."""
    stage = make_stage(members=5, **more)
    seat(stage, "Ash", "Birch", "Cedar")
    without_account(stage, "Elm 0")
    line(stage, "Elm 1").write_in(moment("2026-09-27 15:30"))
    stage.meeting.open()
    stage.question.open()
    stage.one, stage.two = committee(stage, "Ash", "Birch")
    return stage


def counts(question, *, yes=None, **said) -> dict:
    """What is typed of four papers that all say yes to Ash; the counts that are told differ."""
    numbers = {"issued": 4, "returned": 4, "valid": 4, "blank": 0, "spoiled": 0} | said
    agreed = {"Ash": 4} | (yes or {})
    short = {f"yes_{c.pk}": agreed.get(c.unit.short_name, 0) for c in question.candidates.all()}
    return numbers | short


def type_counts(client, question, **said):
    return client.post(url("count_box", question), counts(question, **said), follow=True)


def cast_on_screen(stage, *names: str) -> None:
    for name in names or ("Ash", "Birch", "Cedar"):
        stage.question.cast(stage.people[name], mark(stage.question, "Ash"))


def stack_of(question, issued=4, returned=4, blank=0, spoiled=0, **yes) -> dict:
    listed = question.candidates.all()
    return {
        "issued": issued,
        "returned": returned,
        "valid": returned - spoiled,
        "blank": blank,
        "spoiled": spoiled,
        "yes": {c.pk: yes.get(c.unit.short_name, 0) for c in listed},
    }
