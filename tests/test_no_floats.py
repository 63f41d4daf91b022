"""No score, share or threshold is ever a float."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
ALLOWED: frozenset[str] = frozenset()
SOURCES = [
    path.relative_to(ROOT).as_posix()
    for app in ("blocks", "scoring", "awards")
    for path in sorted((ROOT / app).rglob("*.py"))
]


def floats_in(source):
    """The lines that write a float or make one."""
    return [
        node.lineno
        for node in ast.walk(ast.parse(source))
        if (isinstance(node, ast.Constant) and isinstance(node.value, float | complex))
        or (isinstance(node, ast.Call) and getattr(node.func, "id", "") == "float")
        or getattr(node, "attr", "") == "FloatField"
    ]


@pytest.mark.parametrize("path", SOURCES)
def test_the_rules_are_computed_without_floats(path):
    assert path in ALLOWED or floats_in((ROOT / path).read_text(encoding="utf-8")) == []


@pytest.mark.parametrize("source", ["half = 0.5", "float(x)", "models.FloatField()", "1e3"])
def test_a_float_would_be_found(source):
    assert floats_in(source) == [1]
