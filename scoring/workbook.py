"""How a table of units and criteria becomes an Excel file: numbers as numbers, texts as texts."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from io import BytesIO
from typing import Any

HEADS = 3  # rows of the head: code, name, maximum
TOP = 4  # the row in which the head begins, under two lines of title and an empty one
NARROW, NAME, NOTE = 9, 34, 40  # widths, in signs


@dataclass(frozen=True, slots=True)
class Head:
    """The head of one column; ``places`` after the comma for a number, None for text."""

    code: str
    name: str
    maximum: Decimal | str | None = None  # a text names the row of the maxima
    places: int | None = 2
    width: int = NARROW
    strong: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """What the sheet says. ``rows`` have a value for every head."""

    title: str
    note: str
    heads: Sequence[Head]
    rows: Sequence[Sequence[Any]] = field(default_factory=list)


def workbook(table: Table) -> bytes:
    """Return the table as .xlsx: head and first two columns frozen, A4 landscape, head repeated.

    Numbers keep their exact value under a Vietnamese format. A text is never a formula, whatever
    it begins with.
    """
    from openpyxl import Workbook  # noqa: PLC0415 -- only whoever exports pays for it
    from openpyxl.styles import Alignment, Border, Font, PatternFill, Side  # noqa: PLC0415
    from openpyxl.utils import get_column_letter  # noqa: PLC0415

    book = Workbook()
    book.properties.creator, book.properties.title = "Thi đua", table.title
    sheet = book.active
    sheet.title = "Tổng hợp điểm"
    thin = Side(style="thin", color="788796")
    frame, ground = Border(thin, thin, thin, thin), PatternFill("solid", fgColor="E9EEF3")

    def put(row: int, column: int, value: Any, places: int | None = None) -> Any:
        cell = sheet.cell(row, column)
        if isinstance(value, str):
            cell.value = value
            cell.data_type = "s"  # "=1+1" too
            cell.quotePrefix = value.startswith(("=", "+", "-", "@"))
        elif value is not None:
            cell.value = value
            cell.number_format = "[$-42A]#,##0" + (f".{'0' * places}" if places else "")
        return cell

    put(1, 1, table.title).font = Font(bold=True, size=14)
    put(2, 1, table.note).font = Font(italic=True)
    for column, head in enumerate(table.heads, start=1):
        for row, said in enumerate((head.code, head.name, head.maximum), start=TOP):
            cell = put(row, column, said)
            cell.font, cell.fill, cell.border = Font(bold=True), ground, frame
            cell.alignment = Alignment("center", "center", wrap_text=True)
        sheet.column_dimensions[get_column_letter(column)].width = head.width
    for row, values in enumerate(table.rows, start=TOP + HEADS):
        for column, (head, value) in enumerate(zip(table.heads, values, strict=True), start=1):
            cell = put(row, column, value, head.places)
            cell.border, cell.font = frame, Font(bold=head.strong)
            cell.alignment = Alignment(vertical="center", wrap_text=head.places is None)

    sheet.freeze_panes = sheet.cell(TOP + HEADS, 3)
    sheet.page_setup.orientation, sheet.page_setup.paperSize = "landscape", 9  # A4
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    sheet.print_title_rows = f"{TOP}:{TOP + HEADS - 1}"
    sheet.print_title_cols = "A:B"
    sheet.oddFooter.center.text = "&P/&N"
    held = BytesIO()
    book.save(held)
    return held.getvalue()
