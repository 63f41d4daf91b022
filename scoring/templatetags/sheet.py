"""How a sheet is written: its rows, its fields, its points, and what became of a field.

Written in Python, for a sheet has a thousand elements and whoever fills it waits. What is not our
own goes through ``e``.
"""

from collections.abc import Iterable
from functools import cached_property
from html import escape
from typing import TYPE_CHECKING, Any

from django import forms, template
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from blocks.numbers import show
from emulation.templatetags.ui import MISSING, chip, icon
from scoring.phases import Column
from scoring.sheet import WAS, Cell, Said

if TYPE_CHECKING:
    from scoring.answers import Answered
    from scoring.card_sheet import CardLine, CardSheet, StaffLine, Told

register = template.Library()

OOB = ' hx-swap-oob="true"'  # an answer's part, put where the page has one of its id


def e(text: Any) -> str:
    """Return the text as it stands in a page, between quotes too."""
    return escape(str(text))


# --- a field ---


def field(cell: Cell) -> str:
    """Return the field, holding what was typed or what is stored."""
    text = cell.stored if cell.typed is None else cell.typed
    wrong = cell.said is not None and cell.said.state in {"refused", "asked"}
    css = f"{cell.css} refused" if wrong else cell.css
    invalid = ' aria-invalid="true"' if wrong else ""
    own = "".join(f' {name}="{e(value)}"' for name, value in cell.field.widget.attrs.items())
    given = (
        f'id="{cell.key}" name="{cell.key}" class="{css}" aria-label="{e(cell.label)}"'
        f' aria-describedby="{cell.key}-said"{invalid}{own}'
    )
    match cell.field.widget:
        case forms.CheckboxInput():
            return f'<input type="checkbox" value="1" {given}{" checked" if text else ""}>'
        case forms.Select(choices=choices):
            options = "".join(
                f'<option value="{e(value)}"{" selected" if value == text else ""}>{e(words)}'
                "</option>"
                for value, words in choices
            )
            return f"<select {given}>{options}</select>"
        case forms.Textarea():
            return f"<textarea {given}>\n{e(text)}</textarea>"
    return f'<input type="text" value="{e(text)}" {given}>'


@register.simple_tag
def box(cell: Cell, address: str) -> SafeString:
    """The field with what stands before and after it, posting itself when it changes."""
    key, was = cell.key, WAS + cell.key
    held = cell.stored if cell.was is None else cell.was
    before = f'<span class="unit">{e(cell.before)}</span> ' if cell.before else ""
    after = f' <span class="unit">{e(cell.after)}</span>' if cell.after else ""
    css = "cell"
    if cell.caption:
        css, after = "cell captioned", f'{after}<small class="caption">{e(cell.caption)}</small>'
    return SafeString(
        f'<span class="{css}" hx-post="{e(address)}" hx-trigger="change" hx-swap="none"'
        f' hx-sync="this:queue last" hx-params="{key},{was}">{before}'
        f'<label class="bare">{field(cell)}{after}</label>'
        f'<input type="hidden" name="{was}" id="{was}" value="{e(held)}"></span>'
    )


@register.simple_tag
def said(
    cell: Cell, row: "CardLine | None" = None, *, oob: bool = False, saved: bool = False
) -> SafeString:
    """What became of a field, at the field; an answer opens or closes the line of the reason."""
    key, told = e(cell.key), cell.said or Said("")
    attrs = OOB if oob else ""
    if told.value is not None:
        attrs += f' data-value="{e(told.value)}"'
    if told.was is not None:
        attrs += f' data-was="{e(told.was)}"'
    if saved and row is not None and row.note:
        attrs += f' data-{"opens" if row.note_is_open else "closes"}="reason-{row.key}"'
    answers = "".join(
        f' <button class="btn btn-sm btn-outline-primary" data-answers="{key}" name="{name}"'
        f' value="{e(value)}">{e(words)}</button>'
        for name, value, words in told.answers
    )
    return SafeString(
        f'<output class="said {told.state}" id="{key}-said" for="{key}"{attrs}>'
        f"{e(told.words)}{answers}</output>"
    )


@register.simple_tag
def cells(line: Any, address: str) -> SafeString:
    """The fields of a line side by side, then what they say."""
    boxes = "".join(box(cell, address) for cell in line.cells)
    return SafeString(f'<div class="cells">{boxes}{"".join(map(said, line.cells))}</div>')


# --- what changes with a field ---


@register.simple_tag
def points(line: "CardLine", *, oob: bool = False) -> SafeString:
    """The points of the open column with the way to how they come about, and why if unclear."""
    score = line.score
    counted = line.criterion.counted(score.points) if score else None
    if counted is None:
        figure = f'<span class="soft">{MISSING}</span>'
    else:
        shown = show(counted, line.sheet.places)
        away = ' tabindex="-1"' if line.cells else ""  # the line's own page leads there too
        figure = f'<a class="how" href="{line.url}"{away}>{shown}</a>'
    why = f" <small>{e(score.words)}</small>" if score and line.explains else ""
    return SafeString(f'<output id="points-{line.key}"{OOB if oob else ""}>{figure}{why}</output>')


@register.simple_tag
def lack(line: "CardLine", *, oob: bool = False) -> SafeString:
    """What a line still lacks though something was said: a reason."""
    swap = OOB if oob else ""
    return SafeString(
        f'<output class="said lack" id="lack-{line.key}"{swap}>{e(line.lack)}</output>'
    )


@register.simple_tag
def remark(line: "CardLine", *, oob: bool = False) -> SafeString:
    """What looks like a slip in a line's figures."""
    swap = OOB if oob else ""
    return SafeString(
        f'<output class="said lack" id="remark-{line.key}"{swap}>{e(line.remark)}</output>'
    )


@register.simple_tag
def estimate(line: "CardLine", *, oob: bool = False) -> SafeString:
    """That the open column still says what the unit had marked as an estimate."""
    kept = marked_estimate() if line.keeps_estimate else ""
    return SafeString(f'<output id="estimate-{line.key}"{OOB if oob else ""}>{kept}</output>')


def marked_estimate() -> str:
    """Return what stands beside a figure that is an estimate."""
    word = _("estimate")
    return f' <small class="soft">({e(word)})</small>'


# --- the table ---


class Rows:
    """The rows of a score sheet; what is the same in all of them is made once."""

    def __init__(self, sheet: "CardSheet") -> None:
        self.sheet = sheet
        self.most, self.target, self.last_year, self.points, self.evidence = (
            f'data-label="{e(word)}"'
            for word in (_("Maximum"), _("Target"), _("Last year"), _("Points"), _("Evidence"))
        )
        self.add, self.see = _("Add"), _("See")
        fold, self.reason = _("Fold or unfold the section"), _("Reason")
        self.estimate = marked_estimate()
        self.fold = (
            f'<button type="button" class="fold" aria-expanded="true" hidden>{icon("down")}'
            f'<span class="visually-hidden">{e(fold)}</span></button>'
        )
        self.blanks = self.beside("")

    def beside(self, claimed: str) -> str:
        """Return the columns of text, empty but for what was claimed."""
        sheet, blank = self.sheet, '<td class="target"></td>'
        return "".join(
            [
                blank if sheet.shows_target else "",
                *(
                    f'<td class="column column-{head.column}" data-label="{e(head.label)}">'
                    f"{e(claimed) if head.column == Column.CLAIMED else ''}</td>"
                    for head in sheet.heads
                ),
                blank if sheet.last_year else "",
            ]
        )

    @cached_property
    def rest(self) -> str:
        """From the open column to the right edge, empty."""
        return f'<td colspan="{self.sheet.open_width}"></td>' if self.sheet.open_width else ""

    def line(self, line: "CardLine") -> str:
        """Return the row of a line, and under it the row of its reason."""
        sheet, criterion = self.sheet, line.criterion
        css = f' class="section level-{line.depth}"' if line.is_section else ""
        most = "" if criterion.max is None else show(criterion.max)
        name = f"{self.fold if line.folds else ''}{e(criterion.name)}"
        if line.left_out:
            name += f'<small class="told">{e(line.left_out)}</small>'
        row = [
            f'<tr id="{line.anchor}"{css}><td class="code">{e(criterion.code)}</td>'
            f'<th class="name" scope="row">{name}</th>'
            f'<td class="max num" {self.most}>{most}</td>'
        ]
        if sheet.shows_target:
            row.append(f'<td class="target" {self.target}>{e(line.target)}</td>')
        row += map(self.told, line.told)
        if sheet.last_year:
            row.append(f'<td class="target" {self.last_year}>{e(line.last_year)}</td>')
        if sheet.is_open:
            row.append(self.open(line))
            if sheet.has_points:
                row.append(f'<td class="points num" {self.points}>{points(line)}</td>')
        if sheet.has_points:
            row.append(f'<td class="evidence" {self.evidence}>{self.panel(line)}</td>')
        return f"{''.join(row)}</tr>{self.why(line)}"

    def told(self, told: "Told") -> str:
        """Return what an earlier column says."""
        words, figure = "", ""
        if told.words or told.estimated:
            words = f"{e(told.words)}{self.estimate if told.estimated else ''}<br>"
        if told.points is not None:
            shown = show(told.points, self.sheet.places)
            figure = f'<a class="how" href="{told.url}">{shown}</a>'
        note = f'<small class="told">{e(told.note)}</small>' if told.note else ""
        label = f'data-label="{e(told.label)}"'
        return f'<td class="column column-{told.column}" {label}>{words}{figure}{note}</td>'

    def open(self, line: "CardLine") -> str:
        """Return the cell of the open column."""
        if not line.cells:
            return "<td></td>"
        kept = estimate(line) if line.may_keep_estimate else ""
        said = f"{kept}{remark(line) if line.may_slip else ''}"
        return f'<td class="open">{cells(line, self.sheet.address)}{said}</td>'

    def panel(self, line: "CardLine") -> str:
        """Return the way to the line's evidence and explanations."""
        if not line.panel:
            return ""
        if line.may_dispute:
            words = _("Explain")
        elif line.evidence:
            files, papers = line.evidence[True], line.evidence[False]
            said = (
                ngettext("%(count)s file", "%(count)s files", files) % {"count": files},
                ngettext("%(count)s paper", "%(count)s papers", papers) % {"count": papers},
            )
            words = ", ".join(
                each for each, count in zip(said, (files, papers), strict=True) if count
            )
        else:
            words = self.add if line.cells else self.see
        words = e(words)
        required = ""
        if line.wants_evidence:
            why = _("of six months; required for the year") if line.evidence else _("required")
            required = f" <small>({e(why)})</small>"
        code = f'<span class="visually-hidden"> {e(line.criterion.code)}</span>'
        button = ' class="btn btn-sm btn-outline-primary text-nowrap"' if line.may_dispute else ""
        explained = " <br>" + chip(line.explained, _("Explanation")) if line.explained else ""
        return f'<a{button} href="{line.panel}">{words}{code}</a>{required}{explained}'

    def why(self, line: "CardLine") -> str:
        """Return the row of the reason, hidden while none is asked."""
        if (note := line.note) is None:
            return ""
        return (
            f'<tr class="reason" id="reason-{line.key}"{"" if line.note_is_open else " hidden"}>'
            f'<td class="code"></td><td class="name"></td><td class="max"></td>{self.blanks}'
            f'<td class="open" colspan="{self.sheet.open_width}"><div class="cells">'
            f'<b class="reason-word">{e(self.reason)}</b>'
            f"{box(note, self.sheet.address)}{said(note)}{lack(line)}</div></td></tr>"
        )

    def heading(self, name: str, most: str = "", fold: str = "") -> str:
        """Return a row that says what stands under it."""
        return (
            '<tr class="section"><td class="code"></td>'
            f'<th class="name" scope="row">{fold}{e(name)}</th>'
            f'<td class="max num" {self.most}>{most}</td>{self.blanks}{self.rest}</tr>'
        )

    def group(self, heading: str, lines: "list[CardLine]") -> list[str]:
        """Return the rows that fold together; a cap over all bonus stands at their heading."""
        rows = [*map(self.line, lines)]
        if heading:
            cap = self.sheet.bonus_cap if lines[0].criterion.bonus else None
            rows.insert(0, self.heading(heading, "" if cap is None else show(cap), self.fold))
        return rows

    def staff(self, line: "StaffLine") -> str:
        """Return the row of a staff figure."""
        head = (
            f'<tr id="{line.anchor}"><td class="code"></td>'
            f'<th class="name" scope="row">{e(line.name)}</th><td class="max"></td>'
        )
        if not line.cells:
            return f"{head}{self.beside(line.words)}{self.rest}</tr>"
        return (
            f"{head}{self.blanks}"
            f'<td class="open">{cells(line, self.sheet.address)}</td>'
            '<td class="points"></td><td class="evidence"></td></tr>'
        )


@register.simple_tag
def rows(sheet: "CardSheet") -> SafeString:
    """The rows of a score sheet: each top section in a body of its own, then the staff figures."""
    write = Rows(sheet)
    bodies = [write.group(heading, lines) for heading, lines in sheet.groups]
    if sheet.staff:
        bodies.append([write.heading(_("Staff figures")), *map(write.staff, sheet.staff)])
    return SafeString("".join(f"<tbody>{''.join(body)}</tbody>" for body in bodies))


# --- what was explained ---


@register.filter
def compared(explanations: "Iterable[Answered]") -> bool:
    """Whether total and rank without and with the change are told of any."""
    return any(told.totals[1] is not None for told in explanations)
