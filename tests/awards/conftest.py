"""What the tests of meetings and votes share."""

import pytest
from django.utils import translation

from awards.tally import Mode
from tests.awards.boxes import few_papers
from tests.awards.stage import key, line, make_stage, mark, moment, voting


@pytest.fixture(autouse=True)
def in_english():
    """Sentences of the models are asked for in English; those of record stay Vietnamese."""
    with translation.override("en"):
        yield


@pytest.fixture
def stage():
    return make_stage()


@pytest.fixture
def secretary(stage, as_):
    return as_(stage.secretary)


@pytest.fixture
def closed():
    """The meeting after its vote: Ash and Birch on screen, Cedar by letter."""
    stage = make_stage(flag={"mode": Mode.OPEN, "threshold_part": 50})
    line(stage, "Cedar").write_in(moment("2026-09-27 15:30"))
    question = voting(stage, "Ash", "Birch")
    for name in ("Ash", "Birch"):
        question.cast(stage.people[name], mark(question, "Ash"))
    letter = question.electors.get(unit=stage.cast.cedar_unit)
    key(question, [stage.cast.ash_clerk, stage.cast.birch_clerk], elector=letter)
    question.close()
    stage.meeting.close()
    return stage


@pytest.fixture
def few():
    return few_papers()
