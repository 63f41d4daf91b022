"""What keeps the house in order: its direction, its doors, its names, its history."""

import ast
import re
from pathlib import Path

import pytest
from django.apps import apps
from django.db import IntegrityError, connection, transaction
from django.urls import get_resolver
from django.utils.translation import override

from awards.models import Candidate
from blocks.refusals import constraint_name, sentence
from emulation.permissions import RULES
from tests.awards.stage import make_stage

ROOT = Path(__file__).parent.parent
APPS = ["blocks", "scoring", "awards"]  # each may import those before it, never those after
SOURCES = [
    path
    for package in (*APPS, "emulation")
    for path in (ROOT / package).rglob("*.py")
    if "migrations" not in path.parts
]


def imports(path: Path) -> set[str]:
    """The dotted modules a file imports at its top level or within its functions."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            found.add(node.module or "")
    return found


def faulty(is_faulty) -> list[str]:
    """The sources of which this is true."""
    return [str(path.relative_to(ROOT)) for path in SOURCES if is_faulty(path)]


def test_apps_depend_only_on_the_ones_below():
    def looks_up(path):
        app = path.relative_to(ROOT).parts[0]
        above = APPS[APPS.index(app) + 1 :] if app in APPS else []
        return {name.split(".")[0] for name in imports(path)} & set(above)

    assert faulty(looks_up) == []


def test_what_is_asked_of_an_app_above_is_named_where_the_start_finds_it():
    def asks_by_a_path_of_its_own(path):
        return re.search(r"\bresolved\([\"']awards", path.read_text(encoding="utf-8"))

    assert faulty(asks_by_a_path_of_its_own) == []


def test_models_never_import_the_project():
    def knows_the_project(path):
        return "models" in path.parts and any(n.split(".")[0] == "emulation" for n in imports(path))

    assert faulty(knows_the_project) == []


def test_nothing_listens_for_signals():
    assert faulty(lambda path: any("signals" in name for name in imports(path))) == []


def test_a_module_opens_with_what_it_answers():
    def says_nothing(path):
        text = path.read_text(encoding="utf-8")
        return text and not ast.get_docstring(ast.parse(text))

    assert faulty(says_nothing) == []


def test_no_module_is_a_drawer_of_odds_and_ends():
    drawers = {"utils", "helpers", "common", "misc", "services"}
    assert faulty(lambda path: path.stem in drawers) == []


DOMAIN = [model for app in APPS for model in apps.get_app_config(app).get_models()]
LINKING = {"awards_ballot", "awards_urnpaper", "awards_paperkeying"}  # a voter to a choice
UNTRACKED = LINKING | {"blocks_change"}


@pytest.mark.django_db
def test_every_domain_table_writes_its_history():
    with connection.cursor() as cursor:
        cursor.execute("SELECT tgrelid::regclass::text FROM pg_trigger WHERE tgname = 'recorded'")
        tracked = {name for (name,) in cursor.fetchall()}
    tables = {model._meta.db_table for model in DOMAIN}
    assert tracked == tables - UNTRACKED


@pytest.mark.parametrize("model", DOMAIN, ids=[model.__name__ for model in DOMAIN])
def test_a_constraint_s_name_is_a_sentence(model):
    for constraint in model._meta.constraints:
        words = constraint.name.split("_")
        assert len(words) >= 4, constraint.name
        assert len(constraint.name) < 64, constraint.name


@pytest.mark.django_db
def test_every_guard_of_the_database_has_its_sentence_for_the_reader():
    from blocks.refusals import SENTENCES

    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT DISTINCT tgname FROM pg_trigger WHERE NOT tgisinternal AND tgname <> 'recorded'"
        )
        guards = {name for (name,) in cursor.fetchall()}
    assert guards == set(SENTENCES)


@pytest.mark.parametrize("language", ["vi", "en"])
def test_every_refusal_of_the_database_can_be_said(language):
    """Django fills a constraint's sentence with its name, so a bare percent sign breaks it."""
    from blocks.refusals import SENTENCES

    constraints = [each for model in DOMAIN for each in model._meta.constraints]
    with override(language):
        said = [str(each.get_violation_error_message()) for each in constraints]
        said += map(str, SENTENCES.values())
    assert [sentence for sentence in said if not sentence or "%%" in sentence] == []


def test_a_constraint_without_a_sentence_is_told_without_its_name(db):
    stage = make_stage()
    twice = [Candidate(question=stage.question, unit=stage.cast.ash_unit) for _n in range(2)]
    with pytest.raises(IntegrityError) as refused, transaction.atomic():
        Candidate.objects.bulk_create(twice)
    assert constraint_name(refused.value) == "a_unit_stands_once"
    with override("en"):
        assert sentence(refused.value).startswith("This contradicts what is recorded already.")


def named_addresses():
    for pattern in get_resolver().url_patterns:
        yield from walk(pattern)


def walk(pattern):
    if hasattr(pattern, "url_patterns"):
        for inner in pattern.url_patterns:
            yield from walk(inner)
    else:
        yield pattern


ADDRESSES = list(named_addresses())
OPEN = {"log_in", "set_language", "set_theme"}  # before anybody is logged in


@pytest.mark.parametrize("pattern", ADDRESSES, ids=[str(p.name) for p in ADDRESSES])
def test_an_address_bears_the_name_of_its_view(pattern):
    view = pattern.callback
    assert pattern.name == getattr(view, "__name__", pattern.name)


@pytest.mark.django_db
@pytest.mark.parametrize("pattern", ADDRESSES, ids=[str(p.name) for p in ADDRESSES])
def test_a_stranger_is_led_to_the_login_from_every_address(client, pattern):
    from django.urls import reverse

    arguments = dict.fromkeys(pattern.pattern.converters, 1)
    for name, converter in pattern.pattern.converters.items():
        if converter.__class__.__name__ in ("StringConverter", "SlugConverter"):
            arguments[name] = "x"
    response = client.get(reverse(pattern.name, kwargs=arguments))
    if pattern.name in OPEN:
        assert response.status_code in (200, 302, 405)
    else:
        assert response.status_code == 302
        assert response.url.startswith("/log-in/")


@pytest.mark.parametrize("name", RULES)
def test_every_permission_is_asked_somewhere(name):
    sources = [*SOURCES, *(ROOT / "templates").rglob("*.html")]
    used = [
        path
        for path in sources
        if path.name != "permissions.py" and f'"{name}"' in path.read_text(encoding="utf-8")
    ]
    assert used


def test_every_permission_asked_is_in_the_table():
    asked = set()
    for path in [*SOURCES, *(ROOT / "templates").rglob("*.html")]:
        if path.name != "permissions.py":
            text = path.read_text(encoding="utf-8")
            asked |= set(re.findall(r'"((?:blocks|scoring|awards)\.[a-z]+_[a-z_]+)"', text))
    needs = {name for name in asked if name.startswith(("scoring.needs", "awards.needs"))}
    assert asked <= set(RULES) | needs


def test_the_page_about_the_architecture_names_every_model_and_every_permission():
    page = (ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8")
    missing = {model.__name__ for model in DOMAIN if f"`{model.__name__}`" not in page}
    missing |= {name for name in RULES if f"`{name}`" not in page}
    assert not missing


def test_no_template_compares_a_word_of_the_domain():
    words = re.compile(
        r"""\{%\s*(?:el)?if[^%]*==\s*["'](?:planning|registration|execution|self_scoring"""
        r"""|inspection|settlement|meeting|closed|secret|open|sent|waiting|officer|clerk"""
        r"""|principal|block|cluster|target|claimed|found|final)["']"""
    )
    found = [
        (path.relative_to(ROOT), match.group())
        for path in (ROOT / "templates").rglob("*.html")
        if "papers" not in path.parts
        for match in words.finditer(path.read_text(encoding="utf-8"))
    ]
    assert not found


def test_the_project_runs_without_anything_beside_it():
    for path in SOURCES:
        assert "/shared" not in path.read_text(encoding="utf-8"), path
