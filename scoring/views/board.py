"""What the cards of a season come to, side by side; the ranking as it was fixed."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import ROUND_HALF_UP, Decimal
from functools import cached_property
from itertools import chain
from typing import Any

from django import forms
from django.core.exceptions import PermissionDenied
from django.db.models import prefetch_related_objects
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import override

from blocks.models import User
from blocks.models.people import require
from emulation.forms import Form
from emulation.http import Request
from emulation.pages import confirm_page
from emulation.printing import answer_paper
from scoring.answers import Answered, explained_on, response_said
from scoring.board import Board, Figures, Row, cards_of, may_compare
from scoring.models import Criterion, Ranking, Scorecard, Season
from scoring.models.explanation import explained
from scoring.needs import cards_are_settled
from scoring.phases import Asked, Column, Phase, resolved
from scoring.ranking import TieRule
from scoring.views.plan import season_of
from scoring.workbook import NAME, NOTE, Head, Table, workbook

FINAL, CLAIMED, BOTH = Column.FINAL.value, Column.CLAIMED.value, "both"
SETTLEMENT, MEETING = Phase.SETTLEMENT, Phase.MEETING
UNITS, CRITERIA = "units", "criteria"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class BoardForm(Form):
    """Which column the board shows, and which way round."""

    column = forms.ChoiceField(
        required=False, choices=[(name, name) for name in (FINAL, CLAIMED, BOTH)]
    )
    view = forms.ChoiceField(required=False, choices=[(name, name) for name in (UNITS, CRITERIA)])

    def chosen(self, name: str) -> str:
        """Return what was chosen, or nothing."""
        return self.cleaned_data.get(name, "") if self.is_valid() else ""


@dataclass(slots=True)
class Number:
    """A number of the board: points, beside them the claim where both are shown, the derivation."""

    points: Decimal | None
    claimed: Decimal | None = None
    url: str = ""
    code: str = ""


@dataclass(slots=True)
class Line:
    """One unit on the board, as its reader may see it."""

    card: Scorecard
    figures: Figures
    claimed: Figures | None
    mine: bool
    rank: int | None
    words: str
    on_hold: str
    silent: bool = False  # nothing at all was said of a unit that is not ranked
    sections: list[Number] = field(default_factory=list)
    url: str = ""
    claimed_url: str = ""
    bar: SafeString | str = ""

    @property
    def sums(self) -> Figures | None:
        """The figures to be shown: none where nothing was said that they could be the sum of."""
        return None if self.silent else self.figures

    @property
    def difference(self) -> Decimal | None:
        """The total less what the unit claimed."""
        return self.sums.total - self.claimed.total if self.sums and self.claimed else None

    @property
    def held(self) -> bool:
        """Whether the unit is not ranked."""
        return bool(self.figures.unranked_because)


class BoardPage:
    """The board as its reader sees it: columns allowed, figures fixed or as they are now."""

    def __init__(self, season: Season, user: User, column: str = "", view: str = "") -> None:
        self.season, self.user, self.asked = season, user, column
        self.turned = view == CRITERIA

    # What may be read

    @cached_property
    def cards(self) -> list[Scorecard]:
        """The season's cards, in official order."""
        columns = (Column.TARGET, Column.CLAIMED, Column.FINAL)
        return cards_of(self.season, columns, changes=self.season.phase == Phase.SETTLEMENT)

    @cached_property
    def read(self) -> dict[str, list[Scorecard]]:
        """The cards whose column its reader sees, by column."""
        return {
            column: [c for c in self.cards if may_compare(self.user, c, Column(column))]
            for column in (FINAL, CLAIMED)
        }

    def sees_all(self, column: str) -> bool:
        """Tell whether the reader sees every card's column, so that ranks tell nothing new."""
        return len(self.read[column]) == len(self.cards)

    @property
    def whole(self) -> bool:
        """Whether the reader sees every unit on the board."""
        return self.sees_all(self.front)

    @property
    def not_shown(self) -> str:
        """From when on the figures of the others that are not shown stand here; or nothing."""
        if self.whole:
            return ""
        if self.front == FINAL:
            said, phase = (
                _("Settled points of others, and the ranks, stand here from “%(phase)s” on."),
                MEETING,
            )
        elif self.season.has_reached(SETTLEMENT):
            return _("Only the self-scores that were sent are shown; ranks follow once all are.")
        else:
            said, phase = (
                _("Self-scores of others, and the ranks, stand here from “%(phase)s” on."),
                SETTLEMENT,
            )
        return said % {"phase": phase.label}

    @property
    def on_sheets(self) -> bool:
        """Whether others' self-scores that are not shown here are read on their sheets."""
        return CLAIMED in self.season.step.reads and not self.season.has_reached(SETTLEMENT)

    @property
    def may_print(self) -> bool:
        """Whether the paper of the board, which tells of every unit, is the reader's to print."""
        return bool(self.column) and self.sees_all(FINAL)

    @cached_property
    def columns(self) -> list[str]:
        """The columns to choose from."""
        found = [column for column in (FINAL, CLAIMED) if self.read[column]]
        return [*found, BOTH] if len(found) > 1 else found

    @property
    def column(self) -> str:
        """The column chosen, or the first there is."""
        return self.asked if self.asked in self.columns else next(iter(self.columns), "")

    @property
    def front(self) -> str:
        """The column whose points stand in front."""
        return CLAIMED if self.column == CLAIMED else FINAL

    @property
    def both(self) -> bool:
        """Whether the claim stands beside what was settled."""
        return self.column == BOTH

    @property
    def compares(self) -> bool:
        """Whether the difference to the claim is shown."""
        return self.front == FINAL and bool(self.read[CLAIMED])

    @cached_property
    def choices(self) -> list[dict[str, Any]]:
        """The switch of columns: label, address, whether it is the one shown."""
        labels = {FINAL: _("Settled"), CLAIMED: _("Self-scored"), BOTH: _("Both")}
        return [
            {
                "label": labels[column],
                "url": self._address(column, self.turned),
                "on": column == self.column,
            }
            for column in self.columns
        ]

    @property
    def turn_url(self) -> str:
        """The address of the board the other way round."""
        return self._address(self.column, not self.turned)

    @staticmethod
    def _address(column: str, turned: bool) -> str:  # noqa: FBT001
        return f"?column={column}&view={CRITERIA if turned else UNITS}"

    # Figures

    @cached_property
    def live(self) -> dict[str, dict[int, Row]]:
        """The rows as they are now, by column and card."""
        return {
            column: {
                row.card.pk: row for row in Board.of(self.season, Column(column), self.cards).rows
            }
            for column in {self.front, *([CLAIMED] if self.compares else [])}
        }

    @cached_property
    def ranking(self) -> Ranking | None:
        """The ranking in force, if the board shows what was settled. While a card waits none is
        (``Season.current_ranking``), which the cards fetched here tell without a query."""
        waits = any(card.is_unsettled for card in self.cards)
        return self.season.current_ranking if self.front == FINAL and not waits else None

    @cached_property
    def unfixed(self) -> str:
        """That the ranking is not fixed, where the board shows what was settled; that the one that
        was does not stand, in a year that went back before the settlement; or nothing."""
        if not self.season.has_reached(SETTLEMENT):
            return self.season.rests
        return self.season.unfixed if self.front == FINAL and not self.ranking else ""

    @cached_property
    def fixed(self) -> dict[int, Figures]:
        """What was fixed, by card."""
        return self.ranking.figures if self.ranking else {}

    @cached_property
    def outdated(self) -> str:
        """That figures are not any more what was fixed, to who sees them all; or nothing."""
        if self.ranking is None or not self.sees_all(FINAL):
            return ""
        return self.ranking.outdated(self.live[FINAL].values())

    def figures(self, card: Scorecard) -> Figures:
        """Return what a card came to: as it was fixed, else as it is now."""
        return self.fixed.get(card.pk) or self.live[self.front][card.pk].figures

    @cached_property
    def lines(self) -> list[Line]:
        """A line for each card the reader sees, in order of rank, the unranked last."""
        own = {unit.pk for unit in self.user.units}
        ranked = self.whole
        holds = resolved(Asked.HOLDS)(self.season)
        claims = {card.pk for card in self.read[CLAIMED]} if self.compares else set()
        lines = []
        for card in self.read[self.front] if self.column else []:
            figures = self.figures(card)
            silent = card.is_silent(Column(self.front))
            claims_it = card.pk in claims and not card.is_silent(Column.CLAIMED)
            claimed = self.live[CLAIMED][card.pk].figures if claims_it else None
            lines.append(
                Line(
                    card=card,
                    figures=figures,
                    claimed=claimed,
                    mine=card.unit_id in own,
                    rank=figures.rank if ranked else None,
                    words="; ".join(self._words(card, figures, ranked=ranked)),
                    on_hold=holds.get(card.unit_id, ""),
                    silent=silent,
                    sections=list(self._sections(card, None if silent else figures, claimed)),
                    url=self.derivation(card),
                    claimed_url=self.derivation(card, column=CLAIMED) if claimed else "",
                )
            )
        if ranked and not self.turned:
            lines.sort(key=lambda line: (line.rank is None, line.rank or 0))
        self._draw(lines)
        return lines

    def _sections(
        self, card: Scorecard, figures: Figures | None, claimed: Figures | None
    ) -> Iterator[Number]:
        for section in self.sections:
            yield Number(
                figures.sections.get(section.code) if figures else None,
                claimed.sections.get(section.code) if claimed else None,
                self.derivation(card, section),
                section.code,
            )

    def _words(self, card: Scorecard, figures: Figures, *, ranked: bool) -> Iterator[str]:
        """Say why a unit stands where it stands, where its total alone does not."""
        if ranked and figures.unranked_because:
            yield _("Unranked: %(reason)s") % {"reason": figures.unranked_because}
            return
        if self.front == FINAL and card.uninspected:
            yield _("not inspected (%(reason)s)") % {"reason": card.uninspected}
        if ranked and figures.decided_by:
            rule = TieRule.parse(figures.decided_by).words
            yield (
                _("rank %(rank)s: equal totals, decided by %(rule)s")
                % {"rank": figures.rank, "rule": rule}
            )
        if ranked and self._ranks.count(figures.rank) > 1:
            yield _("shares rank %(rank)s; the meeting decides") % {"rank": figures.rank}

    @cached_property
    def _ranks(self) -> list[int | None]:
        return [self.figures(card).rank for card in self.cards]

    def _draw(self, lines: Sequence[Line]) -> None:
        shown = [f for line in lines for f in (line.figures, line.claimed) if f]
        whole = max((f.total for f in shown), default=Decimal(0))
        scale_total = self.season.scale.total if self.season.scale else Decimal(0)
        for line in lines:
            line.bar = bars(
                line.figures.total,
                line.claimed.total if line.claimed else None,
                max(whole, scale_total),
            )

    def derivation(
        self, card: Scorecard, criterion: Criterion | None = None, column: str = ""
    ) -> str:
        """Return the address where a number is explained."""
        line = f"{criterion.pk}/" if criterion else ""
        return f"{self._how[card.pk]}{column or self.front}/{line}"

    @cached_property
    def _how(self) -> dict[int, str]:
        return {
            card.pk: reverse("show_derivation", args=[card.pk, FINAL]).removesuffix(f"{FINAL}/")
            for card in self.cards
        }

    # What units answered to the findings

    @cached_property
    def explanations(self) -> list[Answered]:
        """What was explained on the cards whose settlement the reader sees."""
        return explained_on(self.read[FINAL], self.user, self.cards) if self.read[FINAL] else []

    @cached_property
    def responses(self) -> list[tuple[Scorecard, tuple[str, str]]]:
        """What each unit answered to the findings, while cards are settled."""
        if self.season.phase != Phase.SETTLEMENT:
            return []
        prefetch_related_objects(self.cards, "agreements__by__person", explained())
        return [(card, response_said(card)) for card in self.cards]

    # The head of the table

    @cached_property
    def criteria(self) -> list[Criterion]:
        """All lines of the scale."""
        return self.season.criteria

    @cached_property
    def sections(self) -> list[Criterion]:
        """The top sections of the scale, which are the board's columns."""
        return [c for c in self.criteria if c.is_section and not c.parent_id]

    @property
    def has_classes(self) -> bool:
        """Whether the scale puts totals into classes."""
        return bool(self.season.scale and self.season.scale.classes)

    @property
    def has_bonus(self) -> bool:
        """Whether the scale has bonus lines."""
        return any(c.bonus for c in self.criteria)

    @property
    def has_penalty(self) -> bool:
        """Whether the scale has penalty lines."""
        return any(c.penalty for c in self.criteria)

    @cached_property
    def raised(self) -> bool:
        """Whether the main points of some card are not just the sum of its sections."""
        return any(
            line.figures.main != sum(line.figures.sections.values(), Decimal(0))
            for line in self.lines
        )

    @property
    def places(self) -> int:
        """To how many places the scale rounds."""
        return self.season.scale.places if self.season.scale else 2

    # The other way round

    @cached_property
    def by_criterion(self) -> list[dict[str, Any]]:
        """A row for each line of the scale, with every card's points."""
        return [
            {
                "criterion": criterion,
                "section": criterion.is_section,
                "numbers": [self._points(line, criterion) for line in self.lines],
            }
            for criterion in self.criteria
        ]

    def _points(self, line: Line, criterion: Criterion) -> Number:
        def points(column: str) -> Decimal | None:
            scores: Mapping[Any, Any] = self.live[column][line.card.pk].total.scores
            return criterion.counted(scores[criterion.pk].points)

        return Number(
            None if line.silent else points(self.front),
            points(CLAIMED) if self.both and line.claimed else None,
            self.derivation(line.card, criterion),
        )


def bars(total: Decimal, claimed: Decimal | None, whole: Decimal) -> SafeString:
    """Draw a total, and under it the claim, as bars of ``whole``; the figures stand beside them."""
    part = '<rect class="bar-part" y="{}" width="{}" height="{}"/>'
    ground = '<rect class="bar-ground" width="100" height="10"/>'
    height = 6 if claimed is not None else 10
    drawn = format_html(ground + part, 0, _width(total, whole), height)
    if claimed is not None:
        compared = format_html(part, 7, _width(claimed, whole), 3)
        drawn = format_html('{}<g class="bar-compare">{}</g>', drawn, compared)
    return format_html(
        '<svg class="bar" viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true">'
        "{}</svg>",
        drawn,
    )


def _width(part: Decimal, whole: Decimal) -> str:
    share = part * 100 / whole if whole else Decimal(0)
    kept = min(Decimal(100), max(Decimal(0), share))
    return str(kept.quantize(Decimal("0.1"), ROUND_HALF_UP))


# Views


def show_board(request: Request, pk: int) -> HttpResponse:
    """Show what the cards come to, side by side."""
    season = season_of(request, pk, "scoring.view_season")
    form = BoardForm(request.GET)
    board = BoardPage(season, request.user, form.chosen("column"), form.chosen("view"))
    may_fix = season.phase == Phase.SETTLEMENT and request.user.has_perm(
        "scoring.fix_ranking", season
    )
    context = {"season": season, "board": board, "may_fix": may_fix}
    return render(request, "scoring/board.html", context)


def export_board(request: Request, pk: int) -> HttpResponse:
    """Answer the board as an Excel file: the units its reader sees, each line of the scale."""
    season = season_of(request, pk, "scoring.view_season")
    board = BoardPage(season, request.user, BoardForm(request.GET).chosen("column"), CRITERIA)
    if not board.column:
        raise PermissionDenied(_("There are no figures to export yet."))
    with override("vi"):
        content = workbook(table_of(board))
    of, of_plain = {
        CLAIMED: (" – tự chấm", "-tu-cham"),
        BOTH: (" – thẩm định, tự chấm", "-tham-dinh-tu-cham"),
    }.get(board.column, ("", ""))
    name = f"Bảng tổng hợp điểm{of} – {season.block.short_name} – {season.year}.xlsx"
    plain = f"bang-tong-hop-diem{of_plain}-{season.block.code.lower()}-{season.year}.xlsx"
    name = name.replace("/", "-")
    return answer_paper(content, plain, name, final=False, kind=XLSX, attachment=True)


def table_of(board: BoardPage) -> Table:
    """The board as a table of units and criteria, in official order; Vietnamese, as papers are."""
    season, places = board.season, board.places
    total = season.scale.total if season.scale else None
    column = {
        CLAIMED: "Cột Đơn vị tự chấm",
        BOTH: "Cột Thẩm định, cạnh đó là Đơn vị tự chấm",
    }.get(board.column, "Cột Thẩm định")
    state = "đã chốt xếp hạng" if board.ranking else "tạm tính"
    invented = "; số liệu minh họa" if season.block.illustrative else ""
    numbers = [
        *(
            Head(c.code, c.name, c.max, places=places, width=14, strong=c.is_section)
            for c in board.criteria
        ),
        Head("", "Điểm thưởng", places=places),
        Head("", "Điểm trừ", places=places),
        Head("", "Tổng điểm", total, places=places, strong=True),
    ]
    claims = [replace(head, name=f"{head.name} (tự chấm)", strong=False) for head in numbers]
    heads = [
        Head("", "TT", places=0, width=5),
        Head("", "Đơn vị", "Điểm tối đa", places=None, width=NAME),
        *_beside(numbers, claims, board),
        Head("", "Xếp hạng", places=0, strong=True),
        Head("", "Xếp loại", places=None, width=12),
        Head("", "Ghi chú", places=None, width=NOTE),
    ]
    by_line = [row["numbers"] for row in board.by_criterion]
    rows = []
    for place, line in enumerate(board.lines, start=1):
        told = [of_line[place - 1] for of_line in by_line]
        points = [*(number.points for number in told), *_ends(line.sums)]
        claimed = [*(number.claimed for number in told), *_ends(line.claimed)]
        rows.append([
            place,
            line.card.unit.name,
            *_beside(points, claimed, board),
            line.rank,
            line.figures.grade if line.rank else "",
            "\n".join(filter(None, (line.words, capfirst(line.on_hold)))),
        ])  # fmt: skip
    title = f"Bảng tổng hợp điểm, xếp hạng thi đua năm {season.year} – {season.block.name}"
    about = f"{column}, {state}{invented}"
    more = board.outdated or board.unfixed
    return Table(title, f"{about}. {more}" if more else about, heads, rows)


def _beside(front: Iterable[Any], claims: Iterable[Any], board: BoardPage) -> list[Any]:
    # where the board shows both, each claim beside its own
    return list(chain.from_iterable(zip(front, claims, strict=True)) if board.both else front)


def _ends(figures: Figures | None) -> list[Decimal | None]:
    return [figures.bonus, -figures.penalty, figures.total] if figures else [None] * 3


def fix_ranking(request: Request, pk: int) -> HttpResponse:
    """Fix the ranking, after asking; while something is missing, say what and where."""
    season = season_of(request, pk, "scoring.fix_ranking")
    seat = require(season.office_seat(request.user), _("Your seats do not include this."))
    then = reverse("show_board", args=[season.pk])
    crumbs = [
        (season.short_name, season.get_absolute_url()),
        (_("Ranking board"), then),
    ]
    anew = season.rankings.exists()
    return confirm_page(
        request,
        lambda reason="": Ranking.fix(season, seat, reason),
        title=_("Fix the ranking anew") if anew else _("Fix the ranking"),
        sentence=_("Fix totals, ranks and classes of %(season)s as they stand now?")
        % {"season": season},
        next=_("What was fixed stays on record; a later fixing is a new one, with its reason."),
        button=_("Fix the ranking anew") if anew else _("Fix the ranking"),
        then=then,
        reason=anew,
        danger=anew,
        said=_("The ranking is fixed."),
        missing=cards_are_settled(season),
        crumbs=crumbs,
    )


urls = [
    path("seasons/<int:pk>/board/", show_board, name="show_board"),
    path("seasons/<int:pk>/board/export/", export_board, name="export_board"),
    path("seasons/<int:pk>/board/fix/", fix_ranking, name="fix_ranking"),
]
