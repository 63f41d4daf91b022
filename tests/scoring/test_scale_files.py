"""A scale's file is read whole, exactly, or refused with the reason."""

import re
from decimal import Decimal

import pytest
import yaml
from django.utils import translation

from scoring.methods import Facts, Method, Rule, WhenNothingDue
from scoring.scale_files import SCALES, ScaleFileRefused, load, read, read_bytes, read_facts


@pytest.fixture(autouse=True)
def _in_english():
    with translation.override("en"):
        yield


MINIMAL = """
code: T
name: "Thang điểm"
total: 10
criteria:
  - {code: I, name: "Nhiệm vụ", max: 10, method: section}
  - {code: I.1, name: "Kế hoạch", max: 7.5, method: proportional, cap: 1.1, evidence: true,
     denominator: registered, when_nothing_due: full, measure: cuộc}
  - {code: I.2, name: "Xếp loại", max: 2.5, method: select, levels: {T: 2.5, K: 0}}
"""


@pytest.fixture
def scale_file(tmp_path):
    def write(text):
        path = tmp_path / "scale.yaml"
        path.write_text(text, encoding="utf-8")
        return path

    return write


def test_a_small_file_is_read_with_all_its_parameters(scale_file):
    scale = read(scale_file(MINIMAL))
    assert (scale.code, scale.total, scale.bonus_cap, scale.places) == ("T", 10, None, 2)
    plan = scale.lines[1]
    assert plan.rule == Rule(
        Method.PROPORTIONAL,
        Decimal("7.5"),
        cap=Decimal("1.1"),
        when_nothing_due=WhenNothingDue.FULL,
    )
    assert (plan.parent, plan.evidence, plan.denominator, plan.measure) == (
        "I",
        True,
        "registered",
        "cuộc",
    )
    assert scale.lines[2].rule.levels == (("T", Decimal("2.5")), ("K", Decimal(0)))
    assert scale.lines[2].line.key == "I.2"


def test_a_base_may_be_fixed_by_the_scale(scale_file):
    plan = read(scale_file(MINIMAL.replace("denominator: registered", "denominator: 4"))).lines[1]
    assert (plan.denominator, plan.base) == ("fixed", Decimal(4))


def test_the_starter_scale_has_its_depth():
    scale = read(SCALES / "starter-tt-100.yaml")
    parents = {line.code: line.parent for line in scale.lines}
    assert (parents["I.1.1"], parents["I.1"], parents["I"], parents["B.1"]) == (
        "I.1",
        "I",
        None,
        None,
    )
    assert len(scale.disqualify) == 3


REFUSED = [
    ("method: section", "method: sums", "I: the method “sums” is unknown."),
    ("max: 7.5", "max: nhiều", "I.1: “max” must be a number, not “nhiều”."),
    ("max: 7.5", "max: .nan", "I.1: “max” must be a number, not “.nan”."),
    ("max: 7.5", "max: .inf", "I.1: “max” must be a number, not “.inf”."),
    ("max: 7.5", "max: 7.5e+0", "I.1: “max” must be a number, not “7.5e+0”."),
    ("max: 7.5", "max: true", "I.1: “max” must be a number, not “True”."),
    ("max: 7.5", "max: 7.12345", "I.1: “max” has more than 4 decimal places."),
    ("max: 7.5", "max: -7.5", "I.1: “max” must not be negative."),
    ("max: 7.5, ", "", "I.1: “max” is missing."),
    (', levels: {T: 2.5, K: 0}', "", "I.2: “levels” is missing."),
    ("K: 0}", "K: x}", "I.2: “levels” must be a number, not “x”."),
    ("code: I.2, ", "", "line 3: “code” is missing."),
    ("evidence: true", "evidence: có", "I.1: “evidence” is not of the right kind."),
    ("evidence: true", "evidnce: true", "I.1: the entry “evidnce” is not known here."),
    ("registered", "promised", "I.1: “denominator” is registered, stated or a number."),
    ("due: full", "due: half", "I.1: “half” is unknown for when nothing is due."),
    ("code: T", "code: [T]", "“code” must be a text."),
    ("total: 10", "", "“total” is missing."),
    ("total: 10", "total: [10]", "“total” must be a number, not “[Decimal('10')]”."),
    ("total: 10", "total: 10\ntotal: 12", "“total” is stated twice."),
    ("total: 10", "total: 10\nties: []", "the entry “ties” is not known here."),
    ("total: 10", "total: 10\ntie_rules: [draw]", "Nobody knows the tie rule “draw”."),
    ("total: 10", "total: 10\nrounding: {places: 5}",
     "rounding: places must be a whole number from 0 to 4."),
    ("total: 10", "total: 10\nrounding: {places: 2, mode: even}",
     "rounding: only half_up is known."),
    ("total: 10", "total: 10\nclassification: [90, 80]",
     "“classification” must be a list of pairs."),
    (MINIMAL, "- 1", "lines of the form “name: value” are expected."),
    (MINIMAL, "code: T\nname: N\ntotal: 1\ncriteria: [1]",
     "line 1: lines of the form “name: value” are expected."),
    (MINIMAL, "code: T\nname: N\ntotal: 1\ncriteria: x", "“criteria” is not of the right kind."),
]  # fmt: skip


@pytest.mark.parametrize(("good", "bad", "sentence"), REFUSED)
def test_a_wrong_file_is_refused_with_its_place_and_reason(scale_file, good, bad, sentence):
    assert good in MINIMAL
    with pytest.raises(ScaleFileRefused) as refused:
        read(scale_file(MINIMAL.replace(good, bad, 1)))
    assert str(refused.value) == f"scale.yaml: {sentence}"


@pytest.mark.parametrize("text", ["a: [", "!!python/object:os.system x"])
def test_what_is_no_yaml_is_refused(scale_file, text):
    with pytest.raises(ScaleFileRefused, match=r"scale\.yaml: The file cannot be read"):
        read(scale_file(text))


def test_numbers_are_read_as_they_are_written(scale_file):
    assert load(scale_file("[0.1, 2.50, 7]")) == [Decimal("0.1"), Decimal("2.50"), Decimal(7)]
    assert yaml.safe_load("0.1").__class__ is float  # what the reader avoids


@pytest.mark.parametrize(
    ("method", "stated", "facts"),
    [
        (Method.PROPORTIONAL, [Decimal(49), Decimal(50)], Facts(Decimal(49), Decimal(50))),
        (Method.COUNT, Decimal(2), Facts(Decimal(2))),
        (Method.PASS_FAIL, True, Facts(Decimal(1))),
        (Method.PASS_FAIL, False, Facts(Decimal(0))),
        (Method.SELECT, "XS", Facts(level="XS")),
        (Method.MANUAL, Decimal("4.5"), Facts(points=Decimal("4.5"))),
    ],
)
def test_results_are_read_by_the_method_of_their_line(method, stated, facts):
    assert read_facts(Rule(method), stated) == facts


def test_a_result_that_is_no_number_is_refused():
    with pytest.raises(ScaleFileRefused):
        read_facts(Rule(Method.COUNT), "hai")


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"a: &a [1]\nb: [*a, *a]", "References (*) are not allowed in the file."),
        (b"[" * 5000, "The file is nested too deep."),
        (b"a: 2021-13-45", "The file cannot be read; compare it with the sample file."),
        (b"\xff\xfe\x00", "The file is no text in UTF-8."),
    ],
)
def test_a_file_that_would_tie_up_the_server_is_refused(content, sentence):
    with pytest.raises(ScaleFileRefused, match=re.escape(sentence)):
        read_bytes(content, "scale.yaml")


def test_a_scale_has_at_most_five_hundred_lines():
    lines = "\n".join(f"- {{code: P.{n}, name: x, method: count, each: 1}}" for n in range(501))
    with pytest.raises(ScaleFileRefused, match="at most 500 lines"):
        read_bytes(f"code: T\nname: T\ntotal: 1\ncriteria:\n{lines}".encode(), "scale.yaml")


@pytest.mark.parametrize(
    ("name", "codes"), [("ex-100", {"I.1", "I.3"}), ("starter-tt-100", {"I.1.1", "I.4.1"})]
)
def test_a_base_that_is_a_plan_is_registered(name, codes):
    scale = read(SCALES / f"{name}.yaml")
    assert {line.code for line in scale.lines if line.denominator == "registered"} == codes
