"""What is written on screen, and what the pages may and may not hold."""

import re
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from django.test import RequestFactory
from django.utils import translation

from emulation.context import frame
from emulation.templatetags import ui
from emulation.views import set_theme

ROOT = Path(__file__).parent.parent
OURS = [
    path
    for folder, kinds in {"templates": {".html"}, "static": {".css", ".js", ".svg"}}.items()
    for path in (ROOT / folder).rglob("*")
    if path.suffix in kinds
]
PAGES = [path for path in OURS if path.suffix == ".html" and "papers" not in path.parts]


@pytest.mark.parametrize(
    ("written", "read"),
    [
        (ui.number(Decimal("29.1"), 2), "29,10"),
        (ui.number(Decimal("1250.5000")), "1.250,5"),
        (ui.number(0), "0"),
        (ui.number(None), "–"),
        (ui.signed(Decimal("1.25"), 2), "+1,25"),
        (ui.signed(Decimal("-0.5"), 2), "−0,50"),
        (ui.two(5), "05"),
        (ui.vi_date(date(2026, 2, 5)), "05/02/2026"),
        (ui.vi_date(None), "–"),
        (ui.hour(datetime(2026, 9, 28, 7, 5, tzinfo=UTC)), "14 giờ 05"),
        (ui.clock_time(datetime(2026, 9, 28, 7, 5, tzinfo=UTC)), "14:05"),
    ],
)
def test_numbers_and_days_are_written_the_vietnamese_way(written, read):
    assert written == read


@pytest.mark.parametrize(("due", "words"), [(30, "2 days left"), (28, "due today"), (26, "2 days")])
def test_a_deadline_says_how_far_it_is(due, words):
    with translation.override("en"):
        assert words in ui.days_left(date(2026, 9, due), date(2026, 9, 28))


def test_the_line_of_the_year_marks_the_step_before_now_and_next_for_phones():
    states = ["done", "done", "now", "later", "later"]
    steps = ui.year_line([{"label": state, "state": state} for state in states])["steps"]
    assert [step["near"] for step in steps] == [False, True, True, True, False]


def test_a_chosen_theme_is_kept_in_a_cookie_and_leads_back():
    request = RequestFactory().post("/theme/", {"theme": "dark", "next": "/blocks/"})
    response = set_theme(request)
    assert (response.url, response.cookies["theme"].value) == ("/blocks/", "dark")


def test_a_theme_leads_to_no_other_host():
    request = RequestFactory().post("/theme/", {"theme": "dark", "next": "//elsewhere.example/"})
    assert set_theme(request).url == "/"


def test_an_unknown_theme_is_refused():
    request = RequestFactory().post("/theme/", {"theme": "pink"})
    response = set_theme(request)
    assert (response.status_code, response.cookies.get("theme")) == (400, None)


def test_a_forged_theme_cookie_falls_back_to_the_device():
    request = RequestFactory().get("/")
    request.COOKIES["theme"] = '"><script>'
    assert frame(request)["frame"]["theme"] == "auto"


@pytest.mark.parametrize("path", OURS, ids=lambda path: str(path.relative_to(ROOT)))
def test_nothing_is_loaded_from_another_host(path):
    text = path.read_text().replace("http://www.w3.org/2000/svg", "")
    assert re.findall(r"(?:https?:)?//[\w-]+\.[\w.-]+\w", text) == []


@pytest.mark.parametrize("path", PAGES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_page_has_no_inline_style_or_script(path):
    text = path.read_text()
    assert re.findall(r"<style|\sstyle=|\son[a-z]+=|\shx-on|<script(?![^>]*\ssrc=)", text) == []


def test_the_stylesheet_stays_on_the_floor_of_browsers():
    css = re.sub(r"/\*.*?\*/", "", (ROOT / "static/css/site.css").read_text(), flags=re.DOTALL)
    assert re.findall(r":has\(|color-mix\(|^\s*&|\[popover", css, flags=re.MULTILINE) == []
