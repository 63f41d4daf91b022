"""Who leads each block now, who is likely to lead it next, and what a new paper changes."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from awards.models import Outcome
from awards.tally import Verdict
from blocks import clock
from blocks.models import Block, Office, Recognition, Term, Unit, User, require
from emulation.templatetags.ui import office
from scoring.models import Season
from scoring.phases import Missing


@dataclass(slots=True)
class Holder:
    """One office of a block: its holder, and the term by which a paper names another."""

    role: str
    now: Unit | None = None
    term: Term | None = None


@dataclass(slots=True)
class Line:
    """One block on the page of a paper."""

    block: Block
    offices: list[Holder] = field(default_factory=list)

    @property
    def named(self) -> bool:
        """Whether the paper names anybody in this block."""
        return any(office.term for office in self.offices)


def lines_of(paper: Recognition, user: User) -> list[Line]:
    """Return a line for each block the paper names, and of a draft for each it could name.

    ``now`` is who is in office while it is a draft; once it is issued, who was recognised the day
    before its terms. A fixed number of queries.
    """
    terms = list(
        paper.terms.select_related("block__authority", "unit").prefetch_related("unit__names")
    )
    blocks = {term.block_id: term.block for term in terms}
    if not paper.issued:
        more = Block.objects.filter(authority=paper.authority_id).today()
        blocks |= {block.pk: block for block in more.select_related("authority")}
    seen = set(Block.objects.visible_to(user).filter(pk__in=blocks).values_list("pk", flat=True))
    named = {(term.block_id, term.role): term for term in terms}
    before = recognised_before(paper, named, seen) if paper.issued else holders(seen, clock.today())
    lines = [
        Line(
            block, [Holder(role, before.get((pk, role)), named.get((pk, role))) for role in Office]
        )
        for pk, block in blocks.items()
        if pk in seen
    ]
    return sorted(lines, key=lambda line: line.block.name)


def recognised_before(
    paper: Recognition, named: dict[tuple[int, str], Term], blocks: Iterable[int]
) -> dict[tuple[int, str], Unit]:
    """Return whom other papers recognise in each office until the paper's own terms begin."""
    held = Term.objects.recognised().filter(block__in=blocks).exclude(recognition=paper)
    day = paper.dated or clock.today()
    before: dict[tuple[int, str], Unit] = {}
    for term in held.order_by("since").select_related("unit").prefetch_related("unit__names"):
        new = named.get((term.block_id, term.role))
        begins = new.since if new else day
        if term.since < begins and (term.until is None or term.until >= begins):
            before[term.block_id, term.role] = term.unit
    return before


def holders(blocks: Iterable[int], on: date) -> dict[tuple[int, str], Unit]:
    """Return who holds each office of the blocks that day: by the terms, but in the last year
    opened by then those that it has, for an officer may have named others within it."""
    terms = Term.objects.recognised().on(on).filter(block__in=blocks).select_related("unit")
    held = {(term.block_id, term.role): term for term in terms.prefetch_related("unit__names")}
    found = {key: term.unit for key, term in held.items()}
    seasons = Season.objects.filter(block__in=blocks, year__lte=on.year, head__isnull=False)
    seasons = seasons.select_related("head", "deputy").order_by("year")
    last = {
        season.block_id: season
        for season in seasons.prefetch_related("head__names", "deputy__names")
    }
    for block, season in last.items():
        for role, unit in ((Office.HEAD, season.head), (Office.DEPUTY, season.deputy)):
            key = block, role.value
            if key in held and held[key].since.year > season.year:
                continue
            found.pop(key, None)
            if unit:
                found[key] = unit
    return found


def missing_of(paper: Recognition) -> list[dict[str, Any]]:
    """Return what a draft lacks before it is issued, each with the address where it is mended."""
    if paper.issued:
        return []
    edit = reverse("edit_recognition", args=[paper.pk])
    lacks = [
        {"sentence": _("Still missing: %(what)s.") % {"what": name}, "url": edit}
        for name in paper.missing
    ]
    if not paper.terms.exists():
        lacks.append({"sentence": _("The paper names no head and no deputy yet."), "url": ""})
    return lacks


def proposed(block: Block, paper: Recognition) -> tuple[dict[str, Unit | None], str]:
    """Return whom the paper likely names as head and deputy, and the sentence that says why.

    Those it names already; else whom the last meeting elected; else the next in the rotation.
    """
    if named := {term.role: term.unit for term in paper.terms.filter(block=block)}:
        return dict(named), ""
    if elected := elected_for(block, paper.year):
        return dict(elected), _("Proposed: whom the meeting of %(year)s put forward.") % {
            "year": paper.year - 1
        }
    on = paper.dated or clock.today()
    head = holders([block.pk], on).get((block.pk, Office.HEAD))
    turns = block.rotation_after(head, on) if head else rotation(block, on)
    heads: dict[str, Unit | None] = dict(zip(Office.values, turns, strict=False))
    return heads, _("Proposed: the next in the rotation.") if turns else ""


def elected_for(block: Block, year: int) -> dict[str, Unit]:
    """Return whom the meeting of the year before put forward for the offices of ``year``."""
    return _elected([block], year).get(block.pk, {})


def _elected(blocks: Iterable[Block], year: int) -> dict[int, dict[str, Unit]]:
    outcomes = (
        Outcome.objects.filter(
            question__meeting__season__block__in=blocks,
            question__meeting__season__year=year - 1,
            verdict=Verdict.ELECTED,
        )
        .exclude(question__office="")
        .exclude(question__meeting__state="cancelled")
        .exclude(question__state="cancelled")
        .select_related("candidate__unit", "question__meeting__season")
        .prefetch_related("candidate__unit__names")
        .order_by("pk")
    )
    found: dict[int, dict[str, Unit]] = defaultdict(dict)
    for one in outcomes:
        of_block = found[one.question.meeting.season.block_id]
        of_block[one.question.office] = one.candidate.unit
    return found


def named_otherwise(paper: Recognition, lines: Iterable[Line]) -> str:
    """Say in which blocks the paper names others than the meetings put forward, or nothing."""
    elected = _elected([line.block for line in lines], paper.year)
    others: list[str] = []
    for line in lines:
        put_forward = elected.get(line.block.pk, {})
        named = {holder.role: holder.term.unit for holder in line.offices if holder.term}
        if any(put_forward.get(role, unit) != unit for role, unit in named.items()):
            others.append(f"{line.block.short_name}: {_offices_said(line.block, put_forward)}")
    if not others:
        return ""
    said = _("The paper names other units than the meeting of %(year)s put forward (%(units)s).")
    return said % {"year": paper.year - 1, "units": " | ".join(others)}


def carried_over(block: Block, year: int, now: dict[str, Unit | None] | None = None) -> list[str]:
    """Return that no paper names head or deputy for this very year, or nothing.

    Whoever was named in an earlier year without an end goes on, unless another is in office
    ``now``; whom the meeting put forward is said beside it.
    """
    last = block.terms.in_year(year).last_by_office()
    kept = {r: t.unit for r, t in last.items() if t.until is None and t.since.year < year}
    kept = {r: unit for r, unit in kept.items() if now is None or now[r] == unit}
    if not kept:
        return []
    said = _("No paper names the offices of %(year)s yet; those of before go on: %(units)s.")
    found = [said % {"year": year, "units": _offices_said(block, kept)}]
    if elected := {r: unit for r, unit in elected_for(block, year).items() if r in kept}:
        said = _("The meeting of %(year)s put forward: %(units)s.")
        found.append(said % {"year": year - 1, "units": _offices_said(block, elected)})
    return found


def _offices_said(block: Block, units: dict[str, Unit]) -> str:
    return "; ".join(f"{office(block, r)} {units[r].short_name}" for r in Office if r in units)


def not_recognised_yet(season: Season) -> list[Missing]:
    """That the year's head or deputy are those of before, while nobody named others."""
    now = {Office.HEAD.value: season.head, Office.DEPUTY.value: season.deputy}
    said = carried_over(season.block, season.year, now)
    return [Missing(" ".join(said))] if said else []


def rotation(block: Block, on: date) -> list[Unit]:
    """Return who follows the head of that day, in turn; with no head known, all in turn."""
    last = (
        block.terms.recognised()
        .filter(role=Office.HEAD, since__lte=on)
        .order_by("-since")
        .select_related("unit")
        .first()
    )
    if last:
        return block.rotation_after(last.unit, on)
    members = block.memberships.on(on).order_by("turn").select_related("unit")
    return [member.unit for member in members.prefetch_related("unit__names")]


@transaction.atomic
def issue(paper: Recognition, user: User) -> None:
    """Issue the paper, as an officer; the running seasons of its year take their head and deputy
    from it.

    Raises ValidationError as ``Recognition.issue`` does.
    """
    paper.issue()
    for season in seasons_taking(paper):
        by = require(
            user.officer_seat(season.block.authority), _("Only an officer names head and deputy.")
        )
        season.take_offices_from(paper, by)


def seasons_taking(paper: Recognition) -> Any:
    """The years that run and take their head and deputy from the paper once it is issued."""
    blocks = paper.terms.values("block")
    running = Season.objects.running().filter(block__in=blocks, year=paper.year)
    return running.select_related("block__authority", "head", "deputy").order_by("block__name")
