"""Both languages are complete: every sentence stands in Vietnamese, and none is stale."""

import ast
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import polib
import pytest

ROOT = Path(__file__).parent.parent
CATALOGUE = ROOT / "locale" / "vi" / "LC_MESSAGES" / "django.po"
PLACE = re.compile(r"%\([a-z_]+\)[sd]|%[sd]")


@pytest.fixture(scope="module")
def vietnamese():
    return polib.pofile(str(CATALOGUE))


@pytest.fixture(scope="module")
def asked(tmp_path_factory):
    """Every sentence the sources ask for, gathered anew from a copy of them."""
    copy = tmp_path_factory.mktemp("sources")
    for name in ("blocks", "scoring", "awards", "emulation", "templates"):
        shutil.copytree(ROOT / name, copy / name, ignore=shutil.ignore_patterns("__pycache__"))
    (copy / "locale").mkdir()
    subprocess.run(
        [Path(sys.executable).parent / "django-admin", "makemessages", "-l", "vi", "--no-location"],
        cwd=copy,
        env={k: v for k, v in os.environ.items() if k != "DJANGO_SETTINGS_MODULE"},
        check=True,
        capture_output=True,
    )
    fresh = polib.pofile(str(copy / "locale" / "vi" / "LC_MESSAGES" / "django.po"))
    return {(entry.msgctxt, entry.msgid) for entry in fresh}


def test_every_sentence_asked_for_stands_in_the_catalogue_and_none_is_stale(vietnamese, asked):
    listed = {(entry.msgctxt, entry.msgid) for entry in vietnamese if not entry.obsolete}
    assert sorted(map(str, asked - listed)) == []
    assert sorted(map(str, listed - asked)) == []


def test_no_sentence_is_asked_for_within_an_f_string_where_it_is_not_gathered():
    for app in ("blocks", "scoring", "awards", "emulation"):
        for source in (ROOT / app).rglob("*.py"):
            strings = [
                n for n in ast.walk(ast.parse(source.read_text())) if type(n) is ast.JoinedStr
            ]
            calls = [n for string in strings for n in ast.walk(string) if type(n) is ast.Call]
            asking = [n.lineno for n in calls if getattr(n.func, "id", "") in {"_", "ngettext"}]
            assert asking == [], source


def test_every_sentence_is_translated_and_none_is_a_guess(vietnamese):
    assert [entry.msgid for entry in vietnamese.untranslated_entries()] == []
    assert [entry.msgid for entry in vietnamese.fuzzy_entries()] == []


def test_a_translation_keeps_the_places_of_its_values(vietnamese):
    for entry in vietnamese:
        said = [entry.msgstr, *entry.msgstr_plural.values()]
        for text in filter(None, said):
            wanted = set(PLACE.findall(entry.msgid_plural or entry.msgid))
            assert set(PLACE.findall(text)) == wanted, entry.msgid


def test_no_two_sentences_that_count_something_are_translated_alike(vietnamese):
    """Each counts another thing: one that says what another says was taken over by mistake."""
    said = [entry.msgstr_plural[0] for entry in vietnamese if entry.msgid_plural]
    assert [text for text in set(said) if said.count(text) > 1] == []


def test_the_catalogue_is_written_in_composed_letters():
    import unicodedata

    text = CATALOGUE.read_text(encoding="utf-8")
    assert text == unicodedata.normalize("NFC", text)


def test_no_vietnamese_stands_in_the_pages_themselves():
    """Screens speak through the catalogue; only papers are written in Vietnamese."""
    marks = re.compile(r"[ăâđêôơưàáảãạèéẻẽẹìíỉĩịòóỏõọùúủũụỳýỷỹỵ]", re.IGNORECASE)
    found = [
        path.relative_to(ROOT)
        for path in (ROOT / "templates").rglob("*.html")
        if "papers" not in path.parts and marks.search(path.read_text(encoding="utf-8"))
    ]
    assert found == []
