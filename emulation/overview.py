"""Which blocks one sees and how far each is; one block; what an officer has to do."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.conf import settings
from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.utils.translation import gettext as _

from awards.models import Aim, Award
from blocks import clock
from blocks.models import Authority, Block, Membership, Office, Recognition, Seat, Term, Unit, User
from emulation import offices
from emulation.access import allow, fetch
from emulation.http import Request
from scoring.models import Filing, InspectingUnit, Scorecard, Season, Waiver
from scoring.phases import OWNED, Column, FilingState, Part
from scoring.progress import contacts_of, targets_of, targets_said


@dataclass(slots=True)
class Row:
    """One block in the list: its season, how many of its sheets are sent, how many are late."""

    block: Block
    season: Season | None = None
    head: Unit | None = None
    due: date | None = None
    sent: int = 0
    asked: int = 0
    late: int = 0


def current_season(seasons: Iterable[Season], year: int) -> Season | None:
    """Return the season of the year, or else the last one before or after it."""
    ordered = sorted(seasons, key=lambda season: (season.year == year, season.year))
    return ordered[-1] if ordered else None


def rows_of(blocks: Iterable[Block]) -> list[Row]:
    """Return a row for each block; the number of queries does not depend on how many there are."""
    today, blocks = clock.today(), list(blocks)
    by_block: dict[int, list[Season]] = {}
    for season in Season.objects.filter(block__in=blocks).for_page():
        by_block.setdefault(season.block_id, []).append(season)
    heads = {
        term.block_id: term.unit
        for term in Term.objects.recognised()
        .today()
        .filter(block__in=blocks, role=Office.HEAD)
        .select_related("unit")
        .prefetch_related("unit__names")
    }
    rows = [Row(one, current_season(by_block.get(one.pk, []), today.year)) for one in blocks]
    counts = counts_of([row.season for row in rows if row.season])
    for row in rows:
        row.head = heads.get(row.block.pk)
        if row.season:
            row.head = row.season.head or row.head
            day = row.season.dates_by_phase.get(row.season.phase)
            row.due = day.due if day else None
            row.sent, row.asked = counts.get(row.season.pk, (0, 0))
            if row.due and row.due < today:
                row.late = row.asked - row.sent
    return rows


def counts_of(seasons: Iterable[Season]) -> dict[int, tuple[int, int]]:
    """Return for each season how many sheets of its phase are sent, and how many are asked.

    A unit's sheet is sent when all columns of the phase are. None is asked on the card of a unit
    that is not ranked, nor of an inspecting unit that is excused.
    """
    step = {season.pk: season.step for season in seasons}
    sheets: dict[int, list[tuple[int, int | None, int]]] = {}  # season: card, who sends, whose
    for season, card, unit in Scorecard.objects.filter(season__in=seasons).values_list(
        "season", "pk", "unit"
    ):
        if step[season].by is not Part.INSPECTOR:
            by = unit if step[season].by is Part.OWNER else None
            sheets.setdefault(season, []).append((card, by, unit))
    pairs = InspectingUnit.objects.filter(inspection__card__season__in=seasons)
    for season, card, by, unit in pairs.values_list(
        "inspection__card__season", "inspection__card", "unit", "inspection__card__unit"
    ):
        if step[season].by is Part.INSPECTOR:
            sheets.setdefault(season, []).append((card, by, unit))
    sent = Filing.objects.filter(card__season__in=seasons, state=FilingState.SENT)
    found = set(sent.values_list("card", "column", "unit"))
    settled = {(card, column) for card, column, _unit in found}
    waivers = Waiver.objects.filter(season__in=seasons)
    waived = set(waivers.values_list("season", "unit", "column"))
    unranked = {(season, unit) for season, unit, column in waived if column in OWNED}

    def sent_of(season: int, card: int, by: int | None, unit: int) -> list[bool]:
        """Whether each column that is asked was sent."""
        return [
            (card, column) in settled if by is None else (card, column, by) in found
            for column in step[season].writes
            if (season, unit) not in unranked and (season, by, column) not in waived
        ]

    counted = {
        season: [asked for sheet in of if (asked := sent_of(season, *sheet))]
        for season, of in sheets.items()
        if step[season].writes
    }
    return {season: (sum(map(all, asked)), len(asked)) for season, asked in counted.items()}


def list_blocks(request: Request) -> HttpResponse:
    """List the blocks one sees: head, phase, due date, how many have sent, who is late."""
    blocks = Block.objects.visible_to(request.user).select_related("authority")
    today = clock.today()
    context = {
        "rows": rows_of(blocks.today()),
        "ended": blocks.filter(until__lte=today),
        "today": today,
        "steers": bool(request.user.authorities),
    }
    return render(request, "blocks/blocks.html", context)


def show_block(request: Request, pk: int) -> HttpResponse:
    """Show one block: its offices and by which paper, this year, its members, past years."""
    blocks = Block.objects.visible_to(request.user).select_related("authority")
    block = fetch(request, blocks, "blocks.view_block", pk=pk)
    today = clock.today()
    seasons = list(block.seasons.for_page().order_by("-year"))
    season = current_season(seasons, today.year)
    members = list(block.memberships.on(today).listed())
    contacts = contacts_of([member.unit for member in members])
    aims = aims_of(season, request.user) if season else {}
    context = {
        "this_block": block,  # inside a template's blocks `block` is the block of the template
        "season": season,
        "day": season.dates_by_phase.get(season.phase) if season else None,
        "targets": targets_of(season) if season else [],
        "targets_said": targets_said(season) if season else "",
        "has_this_year": any(one.year == today.year for one in seasons),
        "year": today.year,
        "past": [one for one in seasons if one != season],
        "offices": offices_of(block, season, today),
        "rotation": rotation_of(block, season, today),
        "members": [
            (member, contacts.get(member.unit_id), aims.get(member.unit_id, ""))
            for member in members
        ],
        "coming": block.memberships.filter(since__gt=today).listed(),
        "former": block.memberships.filter(until__lte=today).listed(),
        "may_manage": request.user.has_perm("blocks.manage_block", block),
        "today": today,
    }
    return render(request, "blocks/block.html", context)


def offices_of(
    block: Block, season: Season | None, today: date
) -> list[tuple[str, Unit | None, Any]]:
    """Return each office with who holds it and the paper that names it, if one does."""
    year = season.year if season else today.year
    terms = block.terms.in_year(year).order_by("since").select_related("unit", "recognition")
    named = {
        term.role: term for term in terms.prefetch_related("unit__names").defer("recognition__file")
    }
    held = {Office.HEAD: season.head, Office.DEPUTY: season.deputy} if season else {}
    shown = []
    for role in Office:
        term = named.get(role)
        unit = held.get(role) or (term.unit if term else None)
        paper = term.recognition if term and unit == term.unit else None
        shown.append((role.value, unit, paper))
    return shown


def rotation_of(block: Block, season: Season | None, today: date) -> list[tuple[int, Unit, str]]:
    """Return the head of this year and of the next two, each with how sure that is, or nothing.

    A later year's head is the one a paper recognises, else whom the meeting put forward, else the
    next in the rotation.
    """
    head = season.head if season else None
    year = season.year if season else today.year
    turns = block.rotation_after(head, today) if head else offices.rotation(block, today)
    ring = [head, *turns] if head else turns
    later = block.terms.recognised().filter(role=Office.HEAD, since__year__gt=year)
    named = {
        term.since.year: term.unit
        for term in later.select_related("unit").prefetch_related("unit__names")
    }
    elected = offices.elected_for(block, year + 1).get(Office.HEAD) if season else None
    shown: list[tuple[int, Unit, str]] = []
    for of_year in range(year, year + 3) if ring else ():
        last = shown[-1][1] if shown else None
        following = ring[(ring.index(last) + 1) % len(ring)] if last in ring else ring[0]
        unit, sure = named.get(of_year, following), ""
        if of_year > year and of_year not in named:
            sure = _("expected")
            if elected and of_year == year + 1:
                unit, sure = elected, _("put forward by the meeting")
        shown.append((of_year, unit, sure))
    return shown


def aims_of(season: Season, user: User) -> dict[int, str]:
    """Return what each unit aims at, or why one does not read it: one reads one's own, and once
    sent and read by the block everybody's."""
    aims = Aim.objects.filter(card__season=season).select_related("award", "card")
    sent = set(
        Filing.objects.filter(card__season=season, column=Column.AIM)
        .filter(state=FilingState.SENT)
        .values_list("card", flat=True)
    )
    own = {unit.pk for unit in user.units}
    open_to_all = Column.AIM in season.step.reads
    named: dict[int, list[str]] = {}
    for aim in aims.order_by("award__order"):
        named.setdefault(aim.card_id, []).append(aim.award.short_name)

    def said(card: int, unit: int) -> str:
        if unit in own or (open_to_all and card in sent):
            return ", ".join(named.get(card, []))
        return _("not sent") if open_to_all else _("not public yet")

    cards = season.cards.values_list("pk", "unit")
    return {unit: said(card, unit) for card, unit in cards}


def show_administration(request: Request) -> HttpResponse:
    """Show an officer what there is to look after, and what is still missing."""
    above = request.user.authorities
    allow(request, "blocks.administer", next(iter(above), None))
    rows = rows_of(Block.objects.filter(authority__in=above).today().select_related("authority"))
    steps = what_there_is(above)
    context = {
        "authorities": above,
        "steps": steps,
        "beginning": not all(step["count"] for step in steps if step["begins"]),
        "missing": missing_of(rows),
        "plain_http": settings.PLAIN_HTTP,
        "drafts": Recognition.objects.listed().filter(authority__in=above, issued=False),
        "waiting": User.objects.visible_to(request.user).without_password(),
    }
    return render(request, "blocks/administration.html", context)


def what_there_is(above: list[Authority]) -> list[dict[str, Any]]:
    """Return how many units, people, blocks and papers an officer looks after, in the order in
    which an empty installation begins."""
    units = Unit.objects.filter(authority__in=above).today()
    blocks = Block.objects.filter(authority__in=above).today()
    seats = Seat.objects.today().filter(Q(unit__authority__in=above) | Q(authority__in=above))
    people = seats.values("person").distinct()
    papers = Recognition.objects.filter(authority__in=above)
    awards = Award.objects.today().filter(Q(authority__in=above) | Q(authority__isnull=True))
    counts = [
        (units.count(), _("Units"), "list_units", "add_unit", _("Add a unit")),
        (blocks.count(), _("Blocks, clusters"), "list_blocks", "add_block", _("Add a block")),
        (people.count(), _("People"), "list_people", "add_person", _("Add a person")),
        (papers.count(), _("Recognition papers"), "list_recognitions", "add_recognition",
         _("Draft a paper")),
        (awards.count(), _("Catalogue of awards"), "list_awards", "add_award",
         _("Add a title or commendation")),
    ]  # fmt: skip
    return [
        {
            "count": count,
            "label": label,
            "url": reverse(shown),
            "add": reverse(added),
            "add_label": add,
            "begins": shown != "list_awards",  # a block may begin without an award of its own
        }
        for count, label, shown, added, add in counts
    ]


def missing_of(rows: list[Row]) -> list[dict[str, str]]:
    """Return what the blocks still lack this year: members, a head, an open season."""
    year, lacks = clock.today().year, []
    peopled = set(Membership.objects.today().values_list("block", flat=True))
    for row in rows:
        said, url = {"block": row.block.short_name, "year": year}, row.block.get_absolute_url()
        if row.block.pk not in peopled:
            lacks.append({"sentence": _("%(block)s has no members yet.") % said, "url": url})
        elif row.head is None:
            papers = reverse("list_recognitions")
            lacks.append({"sentence": _("%(block)s has no head yet.") % said, "url": papers})
        elif row.season is None or row.season.year != year:
            sentence = _("The season %(year)s of %(block)s is not opened yet.") % said
            lacks.append({"sentence": sentence, "url": url})
    return lacks


urls = [
    path("blocks/", list_blocks, name="list_blocks"),
    path("blocks/<int:pk>/", show_block, name="show_block"),
    path("administration/", show_administration, name="show_administration"),
]
