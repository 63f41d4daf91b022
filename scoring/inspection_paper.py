"""What the minutes of a cross-inspection say, and the one draft of them."""

from datetime import datetime

from django.utils.translation import override

from blocks import clock
from blocks.dates import show_date
from blocks.models import PaperKind, Role
from blocks.paper_facts import InspectionFacts, SeenFacts
from blocks.text import phrase
from scoring.models import Evidence, Scorecard, SheetPaper
from scoring.papers import (
    SEALED,
    block_facts,
    draft_of,
    issuer_facts,
    local_day,
    office_lines,
    scale_sentence,
    score_lines,
    seat_on,
    signature,
)
from scoring.phases import Column

COLUMNS = (Column.CLAIMED, Column.FOUND)
OTHERS = 2  # copies beside one for each inspecting unit: the unit's own and the head's


def confirmed_at(card: Scorecard) -> datetime | None:
    """When the last of the inspecting units confirmed; nothing while one has not that is not
    excused."""
    filings = [card.filing(Column.FOUND, each.unit) for each in card.inspectors]
    asked = [
        filing
        for filing in filings
        if filing.is_sent or not card.waived_because(Column.FOUND, filing.unit_id)
    ]
    moments = [filing.sent_at for filing in asked if filing.is_sent and filing.sent_at]
    return max(moments) if asked and len(moments) == len(asked) else None


def inspection_facts(card: Scorecard) -> InspectionFacts:
    """Gather what the team found on the unit's sheet; its words are not part of it."""
    with override("vi"):
        season, block, inspection = card.season, card.season.block, card.inspection
        sent = confirmed_at(card)
        day = inspection.held_on or (local_day(sent) if sent else clock.today())
        inspectors = [each.unit for each in card.inspectors]
        principal = seat_on(card.unit, Role.PRINCIPAL, day)
        return {
            "block": block_facts(block),
            "year": season.year,
            "issuer": issuer_facts(next(iter(inspectors), None), day, "BB"),
            "illustrative": block.illustrative,
            "unit": card.unit.name_on(day),
            "inspectors": [unit.name_on(day) for unit in inspectors],
            "held": inspection.held_on.isoformat() if inspection.held_on else "",
            "place": phrase(inspection.place),
            "leader": inspection.led_by,
            "team": [line.strip() for line in inspection.team.splitlines() if line.strip()],
            "seen": _seen(card),
            "scale": scale_sentence(season.scale, block, season.year) if season.scale else "",
            "lines": score_lines(card, COLUMNS),
            "copies": len(inspectors) + OTHERS,
            "signatures": [
                {"lines": ["Thư ký Đoàn"], "name": ""},
                {"lines": ["Trưởng đoàn"], "name": inspection.leader},
                signature(
                    ["Đại diện đơn vị được kiểm tra", *office_lines(principal, day)],
                    principal,
                    SEALED,
                ),
            ],
        }


def _seen(card: Scorecard) -> list[SeenFacts]:
    """What stands behind the lines of what was claimed and found, line by line."""
    columns = [column.value for column in COLUMNS]
    found = Evidence.objects.filter(card=card, column__in=columns)
    found = found.filter(criterion__scale=card.season.scale_id).select_related("criterion")
    by_line: dict[str, list[str]] = {line.code: [] for line in card.season.criteria}
    for each in found:
        by_line[each.criterion.code].append(_cited(each))
    return [{"code": code, "papers": papers} for code, papers in by_line.items() if papers]


def _cited(evidence: Evidence) -> str:
    """A paper by number, date and subject; a file by its name."""
    said = evidence.file_name
    if evidence.reference:
        on = f" ngày {show_date(evidence.dated)}" if evidence.dated else ""
        about = f" {evidence.subject}" if evidence.subject else ""
        said = f"Văn bản số {evidence.reference}{on}{about}"
    return f"{said} (đã đối chiếu bản gốc)" if evidence.original_seen else said


def inspection_of(card: Scorecard) -> SheetPaper:
    """Return the minutes: the one draft, restated; or the final ones as they are.

    Final ones give way to another draft when the findings were confirmed anew afterwards.
    """
    sent = confirmed_at(card)
    held = card.inspection.held_on or (local_day(sent) if sent else clock.today())
    name = f"Biên bản kiểm tra chéo năm {card.season.year} – {card.unit.name_on(held)}"
    shown = {"unit": card.unit, "issuer": card.inspectors[0].unit, "title": name, "dated": held}
    wanted = {"card": card, "column": Column.FOUND, "kind": PaperKind.INSPECTION}
    return draft_of(card.season, wanted, shown, lambda: inspection_facts(card), sent)
