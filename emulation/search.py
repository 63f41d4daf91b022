"""Where something is: units, people, blocks, years and papers by their words, marks aside."""

import unicodedata
from dataclasses import dataclass
from functools import cache
from typing import Any
from urllib.parse import urlencode

from django.db.models import CharField, F, Func, Q, QuerySet, Value
from django.db.models.functions import Concat
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.utils.translation import gettext as _

from awards.models import MeetingPaper
from blocks.forms import FindForm
from blocks.models import Block, Paper, Recognition, Unit, User
from blocks.text import search_key
from emulation.http import Request
from emulation.printing import state_of, with_teams
from scoring.models import Season, SheetPaper

SHORTEST = 2  # letters
SHOWN = 20  # of each kind


@cache
def marked_letters() -> tuple[str, str]:
    """Return the letters that are written with marks or large, and what each is without."""
    letters = [
        chr(code) for code in (*range(0x41, 0x5B), *range(0xC0, 0x250), *range(0x1EA0, 0x1EFA))
    ]
    plain = {letter: search_key(letter) for letter in letters}
    kept = {
        a: b
        for a, b in plain.items()
        if len(b) == 1 and b != a and unicodedata.category(a)[0] == "L"
    }
    return "".join(kept), "".join(kept.values())


class Plain(Func):
    """A column without marks and capitals, as ``search_key`` has it."""

    function = "translate"
    output_field = CharField()

    def __init__(self, field: str) -> None:
        super().__init__(F(field), *map(Value, marked_letters()))


@dataclass(frozen=True, slots=True)
class Found:
    """What was found of one kind: as lines of text, address and a note; are there more?"""

    label: str
    lines: list[tuple[str, str, str]]
    more: str = ""  # the address of a list that shows them all


def found(label: str, things: QuerySet[Any], note: Any, more: str = "") -> Found:
    """Return the first of the things found, each with its note."""
    some = list(things[: SHOWN + 1])
    lines = [(str(thing), thing.get_absolute_url(), str(note(thing))) for thing in some[:SHOWN]]
    return Found(label, lines, more if len(some) > SHOWN else "")


def seasons_called(user: User, words: str) -> QuerySet[Season]:
    """The years one sees in whose block, theme or number every word is found."""
    seasons = Season.objects.visible_to(user).select_related("block")
    seasons = seasons.annotate(plain_theme=Plain("theme"))
    for word in search_key(words).split():
        fits = Q(block__search_key__contains=word) | Q(plain_theme__contains=word)
        if word.isdecimal() and len(word) == 4:  # noqa: PLR2004 -- a year
            fits |= Q(year=int(word))
        seasons = seasons.filter(fits)
    return seasons


def papers_called(user: User, words: str) -> QuerySet[Paper]:
    """The papers of meetings and of sheets that one reads."""
    papers = Paper.objects.filter(
        Q(pk__in=MeetingPaper.objects.visible_to(user).values("pk"))
        | Q(pk__in=SheetPaper.objects.visible_to(user).values("pk"))
    )
    found = numbered(with_teams(papers), "title", words)
    return found.select_related(
        "block", "replaced_by", "meetingpaper__meeting", "sheetpaper"
    ).defer("content", "signed_copy", "replaced_by__content", "replaced_by__signed_copy")


def recognitions_called(user: User, words: str) -> QuerySet[Recognition]:
    """The papers that name heads, as far as one sees them."""
    papers = numbered(Recognition.objects.visible_to(user), "about", words)
    return papers.select_related("authority").listed()  # type: ignore[attr-defined]


def numbered(papers: QuerySet[Any], title: str, words: str) -> QuerySet[Any]:
    """Keep the papers whose title, or number and symbol, holds the words."""
    key = search_key(words)
    reference = Concat("number", Value("/"), "symbol")
    papers = papers.alias(plain_title=Plain(title), reference_text=reference)
    return papers.filter(Q(plain_title__contains=key) | Q(reference_text__icontains=words.strip()))


def search(request: Request) -> HttpResponse:
    """Show what is found, kind by kind; only what one sees anyway."""
    form = FindForm(request.GET)
    words, user = form.words.strip(), request.user
    enough = len(search_key(words)) >= SHORTEST
    groups = []
    if enough:
        units = Unit.objects.visible_to(user).called(words).named().by_block()
        people = User.objects.visible_to(user).called(words).seated().order_by("sort_key", "pk")
        blocks = Block.objects.visible_to(user).called(words).select_related("authority")
        listed = f"?{urlencode({'q': words})}"
        groups = [
            found(
                _("Units"), units, lambda one: one.block_name or "", reverse("list_units") + listed
            ),
            found(_("People"), people, seats_of, reverse("list_people") + listed),
            found(_("Blocks, clusters"), blocks, lambda one: one.authority),
            found(_("Seasons"), seasons_called(user, words), lambda one: one.theme),
            found(_("Papers"), papers_called(user, words), block_and_state),
            found(
                _("Recognition papers"), recognitions_called(user, words), lambda one: one.authority
            ),
        ]
    context = {
        "words": words,
        "enough": enough,
        "groups": [group for group in groups if group.lines],
    }
    return render(request, "search.html", context)


def block_and_state(paper: Paper) -> str:
    """Of which block a paper is, and whether it is in force, under which number."""
    _colour, state = state_of(paper)
    return f"{paper.block} · {state}"


def seats_of(person: User) -> str:
    """Where a person sits today, in words."""
    return ", ".join(
        f"{seat.get_role_display()} – {seat.place}" for seat in getattr(person, "held", [])
    )


urls = [path("search/", search, name="search")]
