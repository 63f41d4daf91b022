"""How dates, counts and texts are written on a paper."""

import itertools
import re
from datetime import date, datetime
from typing import Any

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from blocks import dates, numbers

register = template.Library()

UNITS_A_TABLE = 10
MOST_SECTIONS = 3
MOST_SECTIONS_UPRIGHT = 6
KINDS_OF_PLACES = {("thành", "phố"), ("thị", "xã"), ("thị", "trấn"), ("đặc", "khu")}


@register.filter
def paper_date(value: str) -> str:
    """`ngày 03 tháng 12 năm 2021` of an ISO date or moment; of "" the same with gaps to fill."""
    if not value:
        return "ngày      tháng      năm         ".replace(" ", "\u00a0")
    return dates.paper_date(date.fromisoformat(value[:10]))


@register.filter
def short_date(value: str) -> str:
    """`30/11/2021` of an ISO date, for a narrow cell."""
    return dates.show_date(date.fromisoformat(value[:10]))


@register.filter
def paper_time(value: str, since: str = "") -> str:
    """`08 giờ 30 phút` of an ISO moment; of "" the same with gaps to fill. With its day where
    that is another than that of ``since``."""
    if not value:
        return "…… giờ …… phút"
    if since and value[:10] != since[:10]:
        return moment(value)
    return dates.paper_time(datetime.fromisoformat(value))


@register.filter
def moment(value: str) -> str:
    """`16 giờ 00 phút, ngày 02 tháng 12 năm 2021`; of a date without a time, the date."""
    if not value:
        return "…… giờ …… phút, ngày …… tháng …… năm ………"
    return f"{paper_time(value)}, {paper_date(value)}" if "T" in value else paper_date(value)


@register.filter
def two_digits(value: int) -> str:
    """A count as papers write it: `05`."""
    return numbers.two_digits(value)


@register.filter
def act(mode: str) -> str:
    """What the units do in a vote."""
    return "biểu quyết" if mode == "hands" else "bỏ phiếu"


@register.filter
def voted_by(mode: str) -> str:
    """How it is voted."""
    return {
        "secret": "bỏ phiếu kín",
        "open": "biểu quyết công khai bằng phiếu",
        "hands": "biểu quyết giơ tay",
    }[mode]


@register.filter
def group_word(kind: str) -> str:
    """Khối for a block, Cụm for a cluster."""
    return "Cụm" if kind == "cluster" else "Khối"


@register.filter
def dash(value: Any) -> Any:
    """What stands in a cell that has nothing to say."""
    return "–" if value in {"", None} else value


@register.filter
def paragraphs(text: str | None) -> SafeString:
    """Plain text as paragraphs, one a line, as an office writes papers."""
    parts = [line.strip() for line in (text or "").splitlines() if line.strip()]
    return format_html_join("", "<p>{}</p>", ((part,) for part in parts))


@register.filter
def named(sentence: str, name: str) -> str:
    """The sentence as it stands, with the name before it unless it begins with it."""
    return sentence if sentence.startswith(name) else f"{name}: {sentence}"


@register.filter
def stopped(text: str) -> str:
    """The text with one full stop at its end."""
    return text if text.endswith((".", "!", "?", "…")) else f"{text}."


@register.filter
def with_presence(attendance: list[dict[str, Any]], presence: str) -> list[dict[str, Any]]:
    """The units whose presence is one of these, comma-separated."""
    return [each for each in attendance if each["presence"] in presence.split(",")]


@register.filter
def person(name: str) -> str:
    """The name under a signature: without Ông or Bà."""
    return re.sub(r"^(Ông|Bà) ", "", name)


@register.filter
def office(name: str) -> SafeString:
    """An office's name in capitals, of which no line end tears a proper name.

    `Minh Long`, `Bà Rịa - Vũng Tàu` stay whole: every syllable of a proper name has its capital.
    So do `thành phố` and the like, and the last two words: none stands alone on a line.
    """
    words = name.split()
    pieces: list[str] = []
    for place, word in enumerate(words):
        if pieces and (place == len(words) - 1 or goes_on(words[:place], word)):
            pieces[-1] += f" {word}"
        else:
            pieces.append(word)
    whole = ((piece.upper(),) for piece in pieces)
    return format_html_join(" ", '<span class="whole">{}</span>', whole)


def goes_on(before: list[str], word: str) -> bool:
    """Whether the word belongs to the name, or to the kind of place, that ends before it."""
    last = next((each for each in reversed(before) if each != "-"), "")
    both_proper = last[:1].isupper() and word[:1].isupper()
    return word == "-" or both_proper or (last, word) in KINDS_OF_PLACES


@register.filter
def with_position(person: dict[str, str]) -> str:
    """Name a person, then the position and the duty at the meeting where they are known."""
    return ", ".join(filter(None, (person.get(key) for key in ("name", "position", "role"))))


@register.filter
def score_class(scores: dict[str, Any]) -> str:
    """How the score table is set: many sections need a smaller hand, very many a page across."""
    sections = len(scores["sections"])
    if sections > MOST_SECTIONS_UPRIGHT:
        return "spread"
    return "narrow" if sections > MOST_SECTIONS else ""


@register.filter
def any_says(rows: list[dict[str, Any]], what: str) -> bool:
    """Does any row say something in this column? One that says nothing is not printed."""
    return any(row[what] for row in rows)


@register.filter
def unbroken(text: str) -> SafeString:
    """The text with each `5.200/5.000`, date and criterion (`I.3.1`) in one piece."""
    parts = re.split(r"(\d[\d.,]*(?:/\d[\d.,]*)+|\b[A-Z]+(?:\.\d+)+)", str(text))
    marked = (
        '<span class="figure">{}</span>' if place % 2 else "{}" for place in range(len(parts))
    )
    return format_html(SafeString("").join(marked), *parts)


@register.filter
def given_up(questions: list[dict[str, Any]]) -> int:
    """How many papers were given out for questions that were cancelled."""
    return sum(question.get("given_up", 0) for question in questions)


@register.filter
def lost_papers(questions: list[dict[str, Any]]) -> int:
    """How many papers of all the questions were given out and did not come back."""
    return sum(question.get("not_returned", 0) for question in questions)


@register.filter
def on_paper(questions: list[dict[str, Any]]) -> bool:
    """Were there ballots on paper, letters among them?"""
    ways = ("by_paper", "by_letter", "by_either")
    return any(question.get(way) for question in questions for way in ways)


@register.filter
def counted_letters(letters: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The written opinions that count in this round."""
    return [letter for letter in letters if letter["counted"]]


@register.filter
def column_word(column: str) -> str:
    """What a column of a sheet is called."""
    return {
        "interim": "Kết quả 6 tháng",
        "claimed": "Đơn vị tự chấm",
        "found": "Kiểm tra chéo",
        "final": "Thẩm định",
    }[column]


@register.filter
def is_scored(columns: list[str]) -> bool:
    """Whether the columns have points: the six-month results are facts only."""
    return columns != ["interim"]


@register.filter
def has_reasons(facts: dict[str, Any]) -> bool:
    """Whether a sheet has a column of reasons: beside another column, or where one was given."""
    return len(facts["columns"]) > 1 or any(line["reason"] for line in facts["lines"])


@register.filter
def cells(line: dict[str, Any], columns: list[str]) -> list[dict[str, str]]:
    """The line's cells in the order of the columns; a column it has nothing in is empty."""
    return [line["columns"].get(column, {"result": "", "points": ""}) for column in columns]


@register.filter
def shortened(units: list[dict[str, str]]) -> list[dict[str, str]]:
    """The units whose name is not written in full in a narrow column."""
    return [unit for unit in units if unit["short"] != unit["name"]]


@register.filter
def unit_tables(facts: dict[str, Any]) -> list[dict[str, Any]]:
    """The board cut into tables of at most ten units, as even as can be.

    Each has `first`, `last` (counted from 1), `units` and `lines`, whose `values` are cut alike.
    """
    units = facts["units"]
    pieces = max(1, -(-len(units) // UNITS_A_TABLE))
    edges = [round_half_up(len(units) * piece, pieces) for piece in range(pieces + 1)]
    return [
        {
            "first": start + 1,
            "last": end,
            "units": units[start:end],
            "lines": [{**line, "values": line["values"][start:end]} for line in facts["lines"]],
        }
        for start, end in itertools.pairwise(edges)
    ]


def round_half_up(numerator: int, denominator: int) -> int:
    return (2 * numerator + denominator) // (2 * denominator)


@register.filter
def rows(text: str | None) -> list[str]:
    """The lines of a text that say something."""
    return [line.strip() for line in (text or "").splitlines() if line.strip()]


LIST_MARK = re.compile(r"^(?:[-–+•*]|\d{1,2}[.)])\s+")


@register.filter
def items(text: str | None) -> list[str]:
    """The lines of a list without the mark and the stop that print puts there itself."""
    return [LIST_MARK.sub("", line).rstrip(" ;.") for line in rows(text)]


@register.filter
def as_basis(text: str) -> str:
    """A document on which a paper rests, as papers cite it: `Căn cứ Kế hoạch số 05/KH-TTr …`."""
    return text if text.casefold().startswith("căn cứ") else f"Căn cứ {text}"


@register.filter
def nominee_rows(awards: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Every nominee with its award, in the order of the awards."""
    return [row | {"award": award["award"]} for award in awards for row in award["rows"]]


@register.filter
def ballot_pages(facts: dict[str, Any]) -> list[range]:
    """The ballot papers page by page."""
    copies, each = facts["copies"], facts["a_page"]
    return [range(min(each, copies - start)) for start in range(0, copies, each)]
