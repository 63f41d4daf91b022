"""What the papers of cards and of the block's board say, gathered from the models.

Nothing here writes but the verbs that make or restate the one draft of a paper
(``registration_of``, ``score_table_of``, ``board_of``). Names are those of the paper's date. Facts
are Vietnamese whatever the reader's language, for papers are.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from itertools import groupby, pairwise
from operator import itemgetter
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import override

from blocks import clock
from blocks.models import Block, PaperKind, Role, Seat, Unit, User
from blocks.numbers import percent, show, two_digits
from blocks.paper_facts import (
    BlockFacts,
    BoardFacts,
    BoardLine,
    ColumnFacts,
    FromUnitFacts,
    IssuerFacts,
    RegisteredLine,
    RegistrationFacts,
    ScoreLine,
    ScoreTableFacts,
    SectionFacts,
    SignatureFacts,
    TitlesFacts,
)
from emulation.templatetags.papers import stopped
from scoring.answers import adjusted_on
from scoring.board import Board, Row, may_read, races_of
from scoring.methods import Facts, Method, Score
from scoring.models import Criterion, Scale, Scorecard, Season, SheetPaper
from scoring.models.filing import FilingAct
from scoring.models.sheet_paper import SheetPaperQuerySet
from scoring.phases import Column
from scoring.ranking import TieKind, TieRule
from scoring.totals import Total

PRINTED = (Column.CLAIMED, Column.FOUND, Column.FINAL)
CALLED = {
    Column.INTERIM: "Kết quả thực hiện 6 tháng",
    Column.CLAIMED: "Bảng chấm điểm thi đua",
    Column.FOUND: "Bảng chấm điểm thi đua",
    Column.FINAL: "Bảng chấm điểm thi đua",
}
ESTIMATED = "(ước)"
SEALED = "Ký, đóng dấu, ghi rõ họ tên"
# Why another paper takes a final one's place.
SENT_ANEW = "Nội dung được gửi lại sau khi văn bản hoàn tất"
SAID_ANEW = {
    PaperKind.INSPECTION: "Kết quả kiểm tra chéo được xác nhận lại",
    PaperKind.BOARD: "Xếp hạng được chốt lại",
}


# --- pieces that every paper shares ---------------------------------------------------------------


def local_day(moment: datetime) -> date:
    """The local day of a moment."""
    return timezone.localtime(moment).date()


def local_iso(moment: datetime | None) -> str:
    """A moment as facts hold it: local, to the minute, without a zone; "" for none."""
    if moment is None:
        return ""
    return timezone.localtime(moment).replace(tzinfo=None).isoformat(timespec="minutes")


def block_facts(block: Block) -> BlockFacts:
    """The block as papers name it."""
    return {"name": block.name, "kind": "block" if block.kind == Block.Kind.BLOCK else "cluster"}


def issuer_facts(unit: Unit | None, day: date, kind: str = "") -> IssuerFacts:
    """Who issues the paper; ``kind`` is the abbreviation that stands before the unit's symbol."""
    symbol = "-".join(part for part in (kind, unit.symbol if unit else "") if part) if kind else ""
    return {
        "superior": unit.superior if unit else "",
        "name": unit.name_on(day) if unit else "",
        "symbol": symbol,
    }


def scale_sentence(scale: Scale, block: Block, year: int) -> str:
    """By which scale the points were given."""
    said = f"Theo Thang bảng điểm năm {year} của {block.name}: {show(scale.total)} điểm"
    if scale.bonus_cap is not None:
        said += f", điểm thưởng không quá {show(scale.bonus_cap)} điểm"
    return said


def signed(number: Decimal | int, places: int) -> str:
    """A difference as papers print it: ``+1,25``, ``−0,50``; nothing where there is none."""
    if not number:
        return ""
    return ("+" if number > 0 else "") + show(number, places)


def top_sections(scale: Scale) -> list[Criterion]:
    """The sections at the top of the scale."""
    return [line for line in scale.criteria_in_order if line.is_section and not line.parent_id]


def section_facts(scale: Scale) -> list[SectionFacts]:
    """The top sections as the heads of columns."""
    return [
        {"code": line.code, "name": line.name, "max": show(line.max) if line.max else ""}
        for line in top_sections(scale)
    ]


def measured(value: Decimal | None, measure: str) -> str:
    """A figure with its unit of measure: ``100%``, ``05 đơn vị``."""
    if value is None:
        return ""
    if measure == "%":
        return f"{show(value).rstrip()}%"
    figure = two_digits(int(value)) if value == int(value) else show(value)
    return f"{figure} {measure}".strip()


# --- results --------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Result:
    """What one unit came to: as it was fixed, or as it is computed while nothing is fixed."""

    card: Scorecard
    name: str
    computed: Total
    sections: dict[str, Decimal]
    bonus: Decimal
    penalty: Decimal
    total: Decimal
    rank: int | None
    grade: str
    unranked_because: str

    @property
    def silent(self) -> bool:
        """Whether nothing at all was settled of a unit that is not ranked: no sum is told."""
        return self.card.is_silent(Column.FINAL)

    @property
    def uninspected(self) -> str:
        """That nobody inspected it, why, and by what it was settled then; or nothing, as of a unit
        that is not ranked: its card need not be settled."""
        if self.unranked_because or not self.card.uninspected:
            return ""
        return (
            f"không được kiểm tra chéo ({self.card.uninspected}), "
            "thẩm định trên kết quả đơn vị tự chấm"
        )


def results_of(season: Season, day: date) -> list[Result]:
    """Each unit's result, in official order; what was fixed wins over what is computed."""
    ranking = season.current_ranking
    fixed = {each.card_id: each for each in ranking.standings.all()} if ranking else {}
    rows = sorted(Board.of(season, Column.FINAL).rows, key=lambda row: row.card.official_order)
    return [_result(row, fixed.get(row.card.pk), day) for row in rows]


def _result(row: Row, fixed: Any, day: date) -> Result:
    said = fixed or row
    sums = fixed or row.total
    sections = said.sections.items()
    return Result(
        card=row.card,
        name=row.card.unit.name_on(day),
        computed=row.total,
        sections={code: Decimal(points) for code, points in sections},
        bonus=sums.bonus,
        penalty=sums.penalty,
        total=sums.total,
        rank=said.rank,
        grade=said.grade,
        unranked_because=said.unranked_because,
    )


def tie_sentences(results: Iterable[Result], season: Season) -> dict[int, str]:
    """How equal totals were set apart, by the card of the one placed better."""
    scale = season.scale
    if scale is None:
        return {}
    ranked = sorted(
        (each for each in results if each.rank), key=lambda r: (r.rank, r.card.official_order)
    )
    rules = [TieRule.parse(text) for text in season.rules.tie_rules]
    said = {}
    for better, worse in pairwise(ranked):
        if better.total != worse.total:
            continue
        both = f"{better.name} và {worse.name} cùng đạt {show(better.total, scale.places)} điểm"
        if better.rank == worse.rank:
            said[better.card.pk] = f"{both}, đồng hạng {better.rank}"
        elif words := _parted(rules, better, worse, scale):
            said[better.card.pk] = f"{both}; xếp thứ tự theo {words}"
    return said


def _parted(rules: list[TieRule], better: Result, worse: Result, scale: Scale) -> str:
    """The first rule in which the two differ, with what it compared."""
    for rule in rules:
        if rule.kind == TieKind.EARLIER_SUBMISSION:
            sent = [each.card.claim_sent_at for each in (better, worse)]
            if all(sent) and sent[0] != sent[1]:
                return "thời điểm gửi bảng tự chấm (gửi sớm hơn)"
        elif rule.kind == TieKind.FEWER_PENALTIES:
            if better.penalty != worse.penalty:
                lost = [show(each.penalty, scale.places) for each in (better, worse)]
                return f"điểm trừ ít hơn ({lost[0]} so với {lost[1]})"
        else:
            got = [_reached(rule.code, each, scale) for each in (better, worse)]
            if got[0] != got[1]:
                noun = "mục" if rule.kind == TieKind.SECTION else "tiêu chí"
                return f"điểm {noun} {rule.code} ({got[0]} so với {got[1]})"
    return ""


def _reached(code: str, result: Result, scale: Scale) -> str:
    """The points on a line; their share of its maximum where lines were not assigned."""
    line = next((line for line in scale.criteria_in_order if line.code == code), None)
    if line is None:
        return "–"
    share = result.computed.share(line.pk)
    if result.computed.raw != result.computed.main and share is not None:
        return percent(share)
    return show(result.computed.scores[line.pk].points or Decimal(0), scale.places)


def said_result(line: Criterion, facts: Facts) -> str:
    """What was stated on a line, as its cell prints it: ``49/50``, ``Tốt``, ``có``, ``02``."""
    if line.method == Method.PASS_FAIL:
        return "" if facts.actual is None else ("có" if facts.actual else "không")
    if facts.level:
        return facts.level
    if facts.actual is None:
        return ""
    if "target" in line.takes and facts.target is not None:
        return f"{show(facts.actual)}/{show(facts.target)}"
    return show(facts.actual)


# --- who signs ------------------------------------------------------------------------------------


def office_lines(seat: Seat | None, day: date) -> list[str]:
    """The lines over a signature: the position without the unit's own name.

    A deputy signs for the principal: "KT. Chánh Thanh tra" stands above (Decree 30/2020/NĐ-CP,
    article 13 and annex I).
    """
    if seat is None or not seat.position:
        return ["Lãnh đạo đơn vị"]
    position = post(seat.position, seat.unit.name_on(day) if seat.unit else "")
    deputy, _space, office = position.partition(" ")
    if deputy.casefold() != "phó" or not office:
        return [position]
    return [f"KT. {office[0].upper()}{office[1:]}", position]


def post(position: str, unit: str) -> str:
    """A position without the unit it is held at: ``Giám đốc``, ``Chánh Thanh tra``."""
    return position.removesuffix(unit.removeprefix("Thanh tra ")).strip() or position


def full_post(position: str, unit: str) -> str:
    """A position with the unit it is held at: ``Chánh Thanh tra Sở Tư pháp``."""
    if not position or unit.removeprefix("Thanh tra ") in position:
        return position
    said, named = position.split(), unit.split()
    shared = max(n for n in range(len(named) + 1) if said[len(said) - n :] == named[:n])
    return " ".join([*said, *named[shared:]])


def seat_on(unit: Unit | None, role: Role, day: date) -> Seat | None:
    """Who held such a seat at the unit on the day."""
    if unit is None:
        return None
    seats = Seat.objects.on(day).filter(unit=unit, role=role).select_related("person", "unit")
    return seats.prefetch_related("unit__names").first()


def senders_of(card: Scorecard) -> dict[str, Seat]:
    """Which principal sent each column last, by column; not who sent what another had signed."""
    sent = FilingAct.objects.filter(filing__card=card, act="sent").order_by("pk")
    sent = sent.select_related("filing", "by__person", "by__unit", "by__authority")
    return {act.filing.column: act.by for act in sent.prefetch_related("by__unit__names")}


def signature(lines: list[str], seat: Seat | None, note: str = "") -> SignatureFacts:
    """One signature: the lines over it, and whoever holds the seat."""
    said: SignatureFacts = {"lines": lines, "name": str(seat.person) if seat else ""}
    if note:
        said["note"] = note
    return said


# --- a unit's registration ------------------------------------------------------------------------


def registration_facts(card: Scorecard) -> RegistrationFacts:
    """The targets the unit registers; the titles it aims at are a paper of their own."""
    with override("vi"):
        noun = card.season.block.noun
        return {
            **_from_unit(card, Column.TARGET, f"Các đơn vị thành viên của {noun}"),
            "lines": [_registered(card, line) for line in _registered_lines(card.season.scale)],
        }


def _from_unit(card: Scorecard, column: Column, *others: str) -> FromUnitFacts:
    """What both registrations say of the unit; ``others`` get the paper beside head and deputy."""
    filing = card.filing(column)
    day = (filing.is_sent and filing.sent_on) or clock.today()
    season, block = card.season, card.season.block
    signer = senders_of(card).get(column) if filing.is_sent else None
    signer = signer or seat_on(card.unit, Role.PRINCIPAL, day)
    return {
        "block": block_facts(block),
        "year": season.year,
        "issuer": issuer_facts(card.unit, day),
        "illustrative": block.illustrative,
        "unit": card.unit.name_on(day),
        "to": [f"{block.noun} trưởng {block.name}"],
        "place": card.unit.place,
        "date": day.isoformat() if filing.is_sent else "",
        "theme": season.theme,
        "recipients": [f"{block.noun} trưởng, {block.noun} phó", *others, "Lưu: VT"],
        "signature": signature(office_lines(signer, day), signer, SEALED),
        "code": card.content_code(column),
    }


def _registered_lines(scale: Scale | None) -> list[Criterion]:
    """The lines that ask for a target, with the sections they stand in."""
    lines = scale.criteria_in_order if scale else []
    by_key = {line.pk: line for line in lines}
    asked = [line for line in lines if line.wants_target]
    wanted = {line.pk for line in asked}
    for line in asked:
        above = line.parent_id
        while above:
            wanted.add(above)
            above = by_key[above].parent_id
    return [line for line in lines if line.pk in wanted]


def _registered(card: Scorecard, line: Criterion) -> RegisteredLine:
    entry = card.entries_by_place.get((line.pk, Column.TARGET))
    exempt = line.pk in card.left_out
    note = (entry.note if entry else "") or ("Không giao" if exempt else "")
    return {
        "kind": "section" if line.is_section else "line",
        "code": line.code,
        "name": line.name,
        "measure": "" if line.is_section else line.measure,
        "target": show(entry.target) if entry and entry.target is not None else "",
        "max": "" if line.max is None else show(line.max),
        "note": note,
    }


def titles_facts(card: Scorecard) -> TitlesFacts:
    """The titles and commendations the unit registers for, each with its source."""
    with override("vi"):
        return {
            **_from_unit(card, Column.AIM),
            "titles": [
                {
                    "name": aim.award.name,
                    "kind": aim.award.get_kind_display(),
                    "source": aim.award.source,
                }
                for aim in card.aims.select_related("award").order_by("award__order", "award")
            ],
        }


# --- a unit's score table -------------------------------------------------------------------------


def score_table_facts(card: Scorecard, column: Column) -> ScoreTableFacts:
    """What the columns up to this one say on the unit's sheet, line by line, and why.

    The rank is the block's to say (its score table): a unit's sheet is issued before it is fixed.
    """
    with override("vi"):
        season, block = card.season, card.season.block
        columns = tuple(c for c in beside(column) if c != Column.FOUND or not card.uninspected)
        filing = card.filing(column)
        day = (filing.is_sent and filing.sent_on) or clock.today()
        as_of = card.filing(Column.INTERIM if column == Column.INTERIM else Column.CLAIMED).as_of
        facts: ScoreTableFacts = {
            "block": block_facts(block),
            "year": season.year,
            "issuer": issuer_facts(card.unit, day),
            "illustrative": block.illustrative,
            "unit": card.unit.name_on(day),
            "scale": scale_sentence(season.scale, block, season.year) if season.scale else "",
            "place": card.unit.place,
            "date": day.isoformat() if filing.is_sent else "",
            "columns": [each.value for each in columns],  # type: ignore[misc]
            "lines": score_lines(card, columns),
            "signatures": _signatures(card, column, day),
            "called": CALLED[column],
            "as_of": as_of.isoformat() if as_of else "",
            "uninspected": card.uninspected,
            "staff": _staff_sentence(card) if column != Column.INTERIM else "",
            "code": card.content_code(column),
        }
        return facts


def beside(column: Column) -> tuple[Column, ...]:
    """The columns printed on the sheet of one; what is registered and the six-month results stand
    alone."""
    return PRINTED[: PRINTED.index(column) + 1] if column in PRINTED else (column,)


def may_print(user: User, card: Scorecard, column: Column) -> bool:
    """Tell whether the user may read the column and those that are printed beside it."""
    return all(may_read(user, card, each) for each in beside(column))


def _staff_sentence(card: Scorecard) -> str:
    """The staff figures as the unit states them; nothing while one is missing."""
    figures = getattr(card, "staff_figures", None)
    if figures is None or not figures.complete:
        return ""
    return (
        f"Số người của đơn vị: {two_digits(figures.people)}; lao động tiên tiến: "
        f"{two_digits(figures.advanced)}; chiến sĩ thi đua cơ sở: {two_digits(figures.fighters)}; "
        f"100% hoàn thành nhiệm vụ: {'có' if figures.all_completed else 'không'}"
    )


def score_lines(card: Scorecard, columns: tuple[Column, ...]) -> list[ScoreLine]:
    """The sheet line by line in these columns, with bonus, penalty and total under it."""
    scale = card.season.scale
    if scale is None:
        return []
    season_cards = list(card.season.cards.of_season(card.season).prefetch_related("filings"))
    for each in season_cards:
        each.season = card.season
    totals = {
        column: card.total(column, races_of(card.season, season_cards, column))
        for column in columns
    }
    facts = {column: card.facts(column) for column in columns}
    lines = scale.criteria_in_order
    said = [_score_line(card, line, totals, facts) for line in lines]
    if columns == (Column.INTERIM,):
        wanted = zip(said, lines, strict=True)
        return list(_headed([row for row, line in wanted if line.takes or line.is_section]))
    main = [row for row, line in zip(said, lines, strict=True) if not (line.bonus or line.penalty)]
    rows = main
    for noun, of, sign in (("thưởng", "bonus", 1), ("trừ", "penalty", -1)):
        own = [row for row, line in zip(said, lines, strict=True) if getattr(line, of)]
        if own:
            cap = scale.bonus_cap if of == "bonus" else None
            limit = f" (không quá {show(cap)} điểm)" if cap is not None else ""
            sums = {column: getattr(totals[column], of) * sign for column in columns}
            head = _sum_line(f"Điểm {noun}{limit}", sums, scale)
            rows = [*rows, head, *own]
    sums = {column: totals[column].total for column in columns}
    last = _sum_line("Tổng điểm", sums, scale, kind="total", most=show(scale.total))
    last["derivation"] = totals[columns[-1]].words
    rows = [*rows, last]
    if silent := {column for column in columns if card.is_silent(column)}:
        for row in rows:
            _leave_open(row, silent, columns[-1])
    return rows


def _headed(rows: Iterable[ScoreLine]) -> Iterator[ScoreLine]:
    """Put a heading over bonus and over penalty, which no section holds and no sum heads here."""
    for kind, lines in groupby(rows, key=itemgetter("kind")):
        if name := {"bonus": "Điểm thưởng", "penalty": "Điểm trừ"}.get(kind):
            nothing: ColumnFacts = {"result": "", "points": ""}
            yield {
                "kind": "section", "code": "", "name": name, "max": "", "target": "",
                "columns": {Column.INTERIM.value: nothing}, "difference": "", "reason": "",
                "derivation": "",
            }  # fmt: skip
        yield from lines


def _leave_open(row: ScoreLine, silent: set[Column], last: Column) -> None:
    """Tell no sum and no difference of columns in which nothing was said."""
    if row["kind"] in {"section", "total"}:
        for column in silent:
            row["columns"][column.value]["points"] = "–"
    if silent & {Column.CLAIMED, last}:
        row["difference"] = ""
    if row["kind"] == "total" and last in silent:
        row["derivation"] = ""


def _score_line(
    card: Scorecard,
    line: Criterion,
    totals: Mapping[Column, Total],
    facts: Mapping[Column, dict[int, Facts]],
) -> ScoreLine:
    places = line.scale.places
    scores = {column: totals[column].scores[line.pk] for column in totals}
    last = list(totals)[-1]
    target = card.registered_target(line) if line.wants_target else None
    return {
        "kind": _kind(line),
        "code": line.code,
        "name": line.name,
        "max": "" if line.max is None or line.penalty else show(line.max),
        "target": "" if target is None else show(target),
        "columns": {
            column.value: _cell(card, line, column, facts[column][line.pk], scores[column])
            for column in totals
        },
        "difference": signed(_difference(line, scores, last), places),
        "reason": reason_of(card, line, last),
        "derivation": "" if line.is_section or last == Column.INTERIM else scores[last].words,
    }


def _kind(line: Criterion) -> Any:
    if line.is_section:
        return "section"
    if line.penalty:
        return "penalty"
    return "bonus" if line.bonus else "line"


def _cell(
    card: Scorecard, line: Criterion, column: Column, facts: Facts, score: Score
) -> ColumnFacts:
    entry = card.entries_by_place.get((line.pk, column))
    said = "" if line.is_section or line.pk in card.left_out else said_result(line, facts)
    if column == Column.INTERIM and facts.points is not None:  # given, not computed
        said = f"{show(facts.points)} điểm"
    points = None if column == Column.INTERIM else line.counted(score.points)
    return {
        "result": " ".join(filter(None, (said, ESTIMATED if entry and entry.is_estimate else ""))),
        "points": "" if points is None else show(points, line.scale.places),
    }


def _difference(line: Criterion, scores: Mapping[Column, Score], last: Column) -> Decimal:
    """How far the last column is from the unit's own."""
    if last in {Column.INTERIM, Column.CLAIMED}:
        return Decimal(0)
    before, now = (line.counted(scores[c].points) or Decimal(0) for c in (Column.CLAIMED, last))
    return now - before


def _sum_line(
    name: str,
    sums: Mapping[Column, Decimal],
    scale: Scale,
    *,
    kind: Any = "section",
    most: str = "",
) -> ScoreLine:
    change = sums[list(sums)[-1]] - sums[Column.CLAIMED]
    return {
        "kind": kind,
        "code": "",
        "name": name,
        "max": most,
        "target": "",
        "columns": {
            column.value: {"result": "", "points": show(points, scale.places)}
            for column, points in sums.items()
        },
        "difference": signed(change, scale.places),
        "reason": "",
        "derivation": "",
    }


def reason_of(card: Scorecard, line: Criterion, column: Column = Column.FINAL) -> str:
    """Why the value differs from the unit's own: what the meeting decided; else the settler's word
    or the inspectors', and what the settler answered to the unit's explanation. On the unit's own
    sheet, why it gives itself points directly."""
    if column == Column.FINAL and (made := adjusted_on(card, line)):
        day, hands = local_day(made.at), f"{two_digits(made.yes)}/{two_digits(made.present)}"
        held = f"Hội nghị điều chỉnh ngày {day:%d/%m/%Y} ({hands} đơn vị có mặt đồng ý)"
        return f"{held}: {made.reason}"
    told = beside(column)[:0:-1] or (column,)
    entries = (card.entries_by_place.get((line.pk, each)) for each in told)
    said = next((entry.note for entry in entries if entry and entry.note), "")
    explained = card.last_explained.get(line.pk) if column == Column.FINAL else None
    if explained is None or explained.answer in {"", said} or card.is_changed(line):
        return said  # what was answered, if anything, was not of what stands there now
    answer = f"Trả lời giải trình: {explained.answer}"
    return f"{stopped(said)} {answer}" if said else answer


def _signatures(card: Scorecard, column: Column, day: date) -> list[SignatureFacts]:
    """Who signs: who drew up or inspected or settled, and the unit's principal."""
    senders = senders_of(card)
    filled = column if column == Column.INTERIM else Column.CLAIMED
    own = senders.get(filled) or seat_on(card.unit, Role.PRINCIPAL, day)
    principal = signature(office_lines(own, day), own, SEALED)
    if column == filled:
        clerk = seat_on(card.unit, Role.CLERK, day)
        return [signature(["Người lập bảng"], clerk), principal]
    inspection = getattr(card, "inspection", None)
    team: SignatureFacts = {
        "lines": ["Đại diện đoàn kiểm tra"],
        "name": inspection.leader if inspection else "",
    }
    if column == Column.FOUND:
        return [team, principal]
    settler = signature(["Người kết luận thẩm định"], senders.get(Column.FINAL))
    return [settler, principal] if card.uninspected else [team, settler, principal]


# --- the block's board ----------------------------------------------------------------------------


def board_facts(season: Season) -> BoardFacts:
    """Every unit's settled points on every line, with total, rank and class."""
    with override("vi"):
        ranking = season.current_ranking
        day = local_day(ranking.at if ranking else clock.now())
        scale, block = season.scale, season.block
        results = results_of(season, day)
        head = seat_on(season.head, Role.PRINCIPAL, day)
        lines = _board_lines(results, scale) if scale else []
        ties = tie_sentences(results, season)
        unranked = [
            f"{each.name}: không xếp hạng, lý do: {each.unranked_because}"
            for each in results
            if each.unranked_because
        ]
        uninspected = [f"{each.name}: {each.uninspected}" for each in results if each.uninspected]
        return {
            "block": block_facts(block),
            "year": season.year,
            "issuer": issuer_facts(season.head, day),
            "illustrative": block.illustrative,
            "scale": scale_sentence(scale, block, season.year) if scale else "",
            "outdated": ranking.outdated() if ranking else "",
            "place": season.head.place if season.head else "",
            "date": day.isoformat() if ranking else "",
            "units": [
                {"name": each.name, "short": _short(each.card.unit, day)} for each in results
            ],
            "lines": lines,
            "notes": [*ties.values(), *uninspected, *unranked],
            "signatures": [
                signature(["Người lập bảng"], seat_on(season.head, Role.CLERK, day)),
                signature(
                    [f"Đại diện {block.noun} trưởng", *office_lines(head, day)], head, SEALED
                ),
            ],
        }


def _short(unit: Unit, day: date) -> str:
    name = unit.names_on(day)
    return name.short_name if name else ""


def _board_lines(results: list[Result], scale: Scale) -> list[BoardLine]:
    """The lines with every unit's points; bonus and penalty under their sums, below the scale."""
    places, criteria = scale.places, scale.criteria_in_order

    def row(line: Criterion) -> BoardLine:
        scored = [
            None if each.silent else line.counted(each.computed.scores[line.pk].points)
            for each in results
        ]
        return {
            "kind": _kind(line),
            "code": line.code,
            "name": line.name,
            "max": "" if line.max is None or line.penalty else show(line.max),
            "values": ["" if points is None else show(points, places) for points in scored],
        }

    def shown(sums: Iterable[Decimal]) -> list[str]:
        told = zip(sums, results, strict=True)
        return ["" if each.silent else show(of, places) for of, each in told]

    def summed(name: str, sums: Iterable[Decimal]) -> BoardLine:
        values = shown(sums)
        return {"kind": "section", "code": "", "name": name, "max": "", "values": values}

    lines = [row(line) for line in criteria if not (line.bonus or line.penalty)]
    if any(each.computed.main != each.computed.raw for each in results):
        raised = "Điểm các mục, quy đổi theo thang điểm"
        lines.append(summed(raised, (each.computed.main for each in results)))
    for noun, of, sign in (("thưởng", "bonus", 1), ("trừ", "penalty", -1)):
        if own := [row(line) for line in criteria if getattr(line, of)]:
            sums = (getattr(each, of) * sign for each in results)
            lines += [summed(f"Điểm {noun}", sums), *own]
    ends: tuple[tuple[Any, str, str, list[str]], ...] = (
        ("total", "Tổng điểm", show(scale.total), shown(each.total for each in results)),
        ("rank", "Xếp hạng", "", [str(each.rank or "") for each in results]),
        ("klass", "Xếp loại", "", [each.grade if each.rank else "" for each in results]),
    )
    return lines + [
        {"kind": kind, "code": "", "name": name, "max": most_, "values": values}
        for kind, name, most_, values in ends
        if any(values)
    ]


# --- the one draft of each ------------------------------------------------------------------------


def registration_of(card: Scorecard) -> SheetPaper:
    """Return the unit's registration: the one draft, restated; or the final one as it is.

    A final one gives way to another draft when the unit sent its targets anew afterwards.
    """
    return _card_paper(
        card, PaperKind.REGISTRATION, Column.TARGET, "Bản đăng ký thi đua", registration_facts
    )


def titles_of(card: Scorecard) -> SheetPaper:
    """Return the unit's registration of titles, as ``registration_of`` does."""
    return _card_paper(
        card, PaperKind.TITLES, Column.AIM, "Đăng ký danh hiệu thi đua", titles_facts
    )


def score_table_of(card: Scorecard, column: Column) -> SheetPaper:
    """Return the unit's score table up to this column, as ``registration_of`` does."""

    def facts(of: Scorecard) -> ScoreTableFacts:
        return score_table_facts(of, column)

    return _card_paper(card, PaperKind.SCORE_TABLE, column, CALLED[column], facts)


def _card_paper(
    card: Scorecard,
    kind: PaperKind,
    column: Column,
    name: str,
    facts_of: Callable[[Scorecard], Any],
) -> SheetPaper:
    filing = card.filing(column)
    dated = (filing.is_sent and filing.sent_on) or clock.today()
    return draft_of(
        card.season,
        {"card": card, "column": column, "kind": kind},
        {
            "unit": card.unit,
            "issuer": card.unit,
            "title": f"{name} năm {card.season.year} – {card.unit.name_on(dated)}",
            "dated": dated,
        },
        lambda: facts_of(card),
        filing.sent_at,
    )


def board_of(season: Season) -> SheetPaper:
    """Return the board's paper: the one draft, restated; or the final one as it is.

    A final one gives way to another draft when the ranking was fixed otherwise afterwards.
    """
    ranking = season.current_ranking
    said_at = ranking.at if ranking else None
    return draft_of(
        season,
        {"card": None, "column": Column.FINAL, "kind": PaperKind.BOARD},
        {
            "unit": None,
            "issuer": season.head,
            "title": f"Bảng tổng hợp điểm, xếp hạng năm {season.year} – {season.block.name}",
            "dated": local_day(said_at or clock.now()),
        },
        lambda: board_facts(season),
        said_at,
    )


@transaction.atomic
def draft_of(
    season: Season,
    wanted: dict[str, Any],
    shown: dict[str, Any],
    facts_of: Callable[[], Any],
    said_at: datetime | None,
) -> SheetPaper:
    """Return the last paper ``wanted`` names, restated while it is a draft, or a new draft.

    ``shown`` are the fields that a draft takes anew; ``said_at`` is when what it prints was sent.
    """
    season.locked()  # two who print at once make one draft
    papers = SheetPaper.objects.filter(season=season, **wanted).of_present_teams().order_by("-pk")
    last = papers.defer("content", "signed_copy").first()
    if last and last.final and not is_outdated(last, said_at):
        return last
    shown["title"] = shown["title"][:300]
    if last is None or last.final:
        draft = SheetPaper(
            season=season,
            block=season.block,
            year=season.year,
            replaces=last,
            words=words_in_place_of(last) if last else {},
            **wanted,
            **shown,
        )
        draft.facts = draft.stated(facts_of())
        draft.save()
        return draft
    for name, value in shown.items():
        setattr(last, name, value)
    last.save(update_fields=list(shown))
    last.restate(facts_of())
    return last


def words_in_place_of(paper: SheetPaper) -> dict[str, str]:
    """Return the words with which a draft in the place of a final paper begins: its own, why."""
    return paper.words | {"correction": SAID_ANEW.get(PaperKind(paper.kind), SENT_ANEW)}


def is_outdated(paper: SheetPaper, said_at: datetime | None) -> bool:
    """Whether what a final paper prints was said anew after it became final; a ranking that was
    fixed anew with the same figures leaves the board's one as it is."""
    anew = bool(said_at and paper.finalised_at and said_at > paper.finalised_at)
    if not anew or paper.kind != PaperKind.BOARD:
        return anew
    now = board_facts(paper.season)
    return any(paper.facts[part] != now[part] for part in ("lines", "notes"))


def outdated_boards(papers: SheetPaperQuerySet) -> list[SheetPaper]:
    """Return those of the papers that are final score tables of a block, in force, and state
    something else than the ranking in force."""
    found = papers.overtaken().select_related("season__block", "season__head", "season__deputy")
    return [
        paper
        for paper in found.defer("content", "signed_copy")
        if (ranking := paper.season.current_ranking) and is_outdated(paper, ranking.at)
    ]
