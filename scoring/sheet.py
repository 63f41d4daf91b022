"""The one sheet: lines of which one column is open to its reader, saved as typed, sent once.

Registering, reporting, self-scoring, inspecting, settling and voting are one thing to a person. A
kind of sheet says what its lines are and what its verbs do; the form and the pair of pages here
are the same for all. An answer to a cell never contains a field (design 5).
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from http import HTTPStatus
from typing import Any, Literal, Protocol

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.debug import sensitive_variables

from blocks.dates import show_date
from blocks.numbers import typed
from emulation.forms import Form, normalised
from emulation.http import Request
from emulation.pages import refusing
from emulation.uploads import UploadField

WAS = "was-"  # before a cell's name: what the field held when it was shown


@dataclass(slots=True)
class Said:
    """What a cell says of itself: ``saved``, ``refused``, ``asked`` or ``changed``, and why."""

    state: str
    words: str | Promise = ""
    value: str | None = None  # the value as it was understood
    was: str | None = None  # what is stored now
    answers: Sequence[tuple[str, str, str]] = ()  # what it asks: a field, its value, and in words


@dataclass(slots=True)
class Cell:
    """One field of a line: its name, what it may hold, and what is stored."""

    key: str
    label: str
    field: forms.Field
    value: Any = None
    css: str = ""
    before: str = ""
    after: str = ""
    caption: str = ""  # what the field is called, shown over it
    typed: str | None = None  # what was typed and is not stored
    was: str | None = None  # what was stored when that was typed
    said: Said | None = None

    @property
    def stored(self) -> str:
        """The stored value as the field holds it."""
        return as_text(self.value)


def as_text(value: Any) -> str:
    """Return a value as its field holds it; a tick is ``1``, nothing is empty."""
    match value:
        case None | False:
            return ""
        case True:
            return "1"
        case Decimal():
            return typed(value)
        case date():
            return show_date(value)
    return str(value)


@dataclass(slots=True)
class Act:
    """What may be done with a whole sheet, and what is asked before."""

    name: str
    button: str | Promise
    title: str | Promise
    then: str | Promise = ""  # what happens next
    lacking: str | Promise = ""  # what stands over what is missing
    warns: str = ""  # what it is done without
    wants_note: bool = False
    wants_scan: bool = False
    danger: bool = False
    said: str | Promise = ""

    @property
    def verb(self) -> str:
        """The word on the button that does it: without the sign that something is asked before."""
        return str(self.button).removesuffix("…")

    @property
    def is_primary(self) -> bool:
        """Whether it is the page's filled button where it comes first: it leads on."""
        return not (self.danger or self.wants_note)


@dataclass(slots=True)
class Lack:
    """What a sheet still lacks before it is sent, with the place to mend it."""

    sentence: str
    url: str
    action: str | Promise = field(default=gettext_lazy("Fill in"))


class Line(Protocol):
    """A line of a sheet; what else it shows is between its kind and that kind's template."""

    @property
    def anchor(self) -> str:
        """What its address ends with."""

    @property
    def cells(self) -> list[Cell]:
        """Its fields that are open to the reader."""


class Sheet(Protocol):
    """What the pages need of any sheet: a scorecard in whatever phase, a list of aims, a ballot."""

    @property
    def title(self) -> str:
        """What it is called, and whose it is."""

    @property
    def part(self) -> str:
        """The template of its lines."""

    @property
    def address(self) -> str:
        """The page on which it is filled."""

    @property
    def submit_address(self) -> str:
        """The page on which it is sent."""

    @property
    def is_open(self) -> bool:
        """Whether its reader may write now."""

    def refuse_unless_open(self) -> None:
        """Raise PermissionDenied with the reason unless the reader may write now."""


class CellSheet(Sheet, Protocol):
    """A sheet each of whose cells is saved by itself, and with which acts are done."""

    saves_each_cell: Literal[True]

    @property
    def answer_part(self) -> str:
        """The template of what an answer refreshes beside its cells."""

    @property
    def acts(self) -> list[Act]:
        """What its reader may do with the whole now; the first is the page's button."""

    def cell(self, key: str) -> Cell | None:
        """Return the cell of this name, if it is open to the reader."""

    def row(self, key: str) -> Line | None:
        """Return the line of a cell, if it has one with points."""

    def affected(self, keys: Iterable[str]) -> Sequence[Line]:
        """Return the lines whose points change with these cells."""

    def write(self, said: dict[str, Any]) -> None:
        """Write what the cells of these names say now."""

    def act(self, name: str) -> Act:
        """Return the act of this name, whether or not it is possible now."""

    def missing(self, act: Act) -> list[Lack]:
        """Return what keeps the act from being done."""

    def do(self, act: Act, **said: Any) -> None:
        """Do the act with what was said of it: why, or the scan and its code."""


class WholeSheet(Sheet, Protocol):
    """A sheet that is filled whole, looked at once more, and saved once."""

    saves_each_cell: Literal[False]
    in_review: bool
    came_late: bool  # posted, and not counted

    @property
    def lines(self) -> Sequence[Line]:
        """The lines in order; the form gives their cells what was posted."""

    def check(self) -> None:
        """Raise ValidationError for what the whole may not hold."""

    def confirmed(self, data: QueryDict) -> bool:
        """Tell whether a whole that looks like a slip is meant as it is."""

    def write(self) -> None:
        """Save the whole."""


def tidy(text: str) -> str:
    """Return a posted text as it is compared: one kind of line ends, no blanks around it."""
    return text.replace("\r\n", "\n").strip()


class SheetForm(forms.Form):
    """What was posted of a sheet: only what this person changed is read and written.

    Each field is posted with what it held when it was shown; a cell that somebody changed
    meanwhile is an error with the code ``changed`` (design 5). Raises ValidationError for a field
    that is not on the sheet.
    """

    def __init__(self, sheet: CellSheet, data: QueryDict) -> None:
        self.sheet = sheet
        posted = normalised(data)
        keys = [name.removeprefix(WAS) for name in posted if name.startswith(WAS)]
        self.posted = [cell for key in keys if (cell := sheet.cell(key))]
        if len(self.posted) < len(keys) or not keys:
            raise ValidationError(
                _("What was sent does not fit this sheet. Load the page again and repeat it.")
            )
        self.changed = [
            cell for cell in self.posted if self._text(posted, cell) != tidy(posted[WAS + cell.key])
        ]
        for cell in self.changed:
            cell.typed = self._text(posted, cell)
        super().__init__({cell.key: cell.typed for cell in self.changed})
        self.was = {cell.key: tidy(posted[WAS + cell.key]) for cell in self.changed}
        self.fields.update({cell.key: cell.field for cell in self.changed})

    @staticmethod
    def _text(posted: QueryDict, cell: Cell) -> str:
        return tidy(posted.get(cell.key, ""))

    def clean(self) -> None:
        """Refuse a value where something else was stored since the field was shown."""
        for cell in self.changed:
            if cell.key not in self.cleaned_data:
                continue
            new = as_text(self.cleaned_data[cell.key])
            if cell.stored not in {self.was[cell.key], new}:
                said = {"value": _in_words(cell, cell.stored), "own": _in_words(cell, cell.typed)}
                sentence = _("Meanwhile %(value)s was entered here; %(own)s is not saved.")
                sentence %= said
                self.add_error(cell.key, ValidationError(sentence, code="changed"))

    def save(self) -> None:
        """Write what changed."""
        new = {cell.key: self.cleaned_data[cell.key] for cell in self.changed}
        differing = {
            cell.key: cell for cell in self.changed if as_text(new[cell.key]) != cell.stored
        }
        if differing:
            self.sheet.write({key: new[key] for key in differing})
        for key, cell in differing.items():
            cell.value = new[key]
        for cell in self.changed:
            cell.typed = None

    @property
    def conflicts(self) -> bool:
        """Whether a cell was changed by somebody else."""
        return any(e.code == "changed" for errors in self.errors.as_data().values() for e in errors)

    def tell(self) -> None:
        """Let every posted cell say what became of it."""
        data = self.errors.as_data()
        other = [message for error in data.get("__all__", []) for message in error.messages]
        for cell in self.posted:
            errors = data.get(cell.key)
            if data:
                cell.was = self.was.get(cell.key)
            if errors:
                cell.said = _said_of(cell, errors[0])
            elif other and cell in self.changed:
                cell.said = Said("refused", " ".join(other))
            elif not data:
                cell.said = Said("saved", _("saved"), value=cell.stored, was=cell.stored)


def _in_words(cell: Cell, text: str | None) -> str:
    choices, nothing = dict(getattr(cell.field, "choices", ())), _("nothing")
    return f"“{choices.get(text, text) or nothing}”"


def _said_of(cell: Cell, error: ValidationError) -> Said:
    sentence = " ".join(error.messages)
    if error.code == "doubtful":
        answers = [(cell.key, *answer) for answer in (error.params or {})["answers"]]
        return Said("asked", _("It means:"), answers=answers)
    if error.code == "changed":
        answers = [
            (cell.key, cell.stored, _("Keep what is stored")),
            (WAS + cell.key, cell.stored, _("Save mine")),
        ]
        return Said("changed", sentence, was=cell.stored, answers=answers)
    return Said("refused", sentence)


def fill_sheet(request: Request, sheet_of: Callable[[], CellSheet | WholeSheet]) -> HttpResponse:
    """Show a sheet, or write what was posted of it: one cell, or all that was changed.

    ``sheet_of`` makes the sheet, locked against other writers when the request writes. A sheet
    that is saved as a whole is shown once more for review; ``submit_sheet`` saves it.
    """
    sheet = sheet_of()
    if not sheet.saves_each_cell:
        return _review(request, sheet) if request.method == "POST" else _page(request, sheet)
    if request.method != "POST":
        return _page(request, sheet)
    if not sheet.is_open:
        return _refusal(request, sheet)
    try:
        form = SheetForm(sheet, request.POST)
    except ValidationError as refusal:
        if not request.htmx or not _posted_keys(request):
            raise
        return _told(request, sheet, " ".join(refusal.messages), HTTPStatus.UNPROCESSABLE_ENTITY)
    saved = form.is_valid() and refusing(form, form.save)
    form.tell()
    status = HTTPStatus.OK if saved else HTTPStatus.UNPROCESSABLE_ENTITY
    if form.conflicts:
        status = HTTPStatus.CONFLICT
    if request.htmx:
        return _answer(request, sheet, form.posted, status)
    return redirect(sheet.address) if saved else _page(request, sheet, form, status)


def _page(
    request: Request, sheet: Sheet, form: forms.Form | None = None, status: int = HTTPStatus.OK
) -> HttpResponse:
    return render(request, "scoring/sheet.html", {"sheet": sheet, "form": form}, status=status)


def _answer(request: Request, sheet: CellSheet, cells: Iterable[Cell], status: int) -> HttpResponse:
    cells = list(cells)
    context = {
        "sheet": sheet,
        "told": [(cell, sheet.row(cell.key)) for cell in cells],
        "affected": sheet.affected([cell.key for cell in cells]),
        "saved": status == HTTPStatus.OK,
    }
    return render(request, "scoring/_answer.html", context, status=status)


def _refusal(request: Request, sheet: CellSheet) -> HttpResponse:
    """Tell at the posted cells why the column is not open: the cells themselves are gone."""
    sentence = _why_closed(sheet) or _("This column is not open.")
    if not request.htmx:
        raise PermissionDenied(sentence)
    return _told(request, sheet, sentence, HTTPStatus.FORBIDDEN)


def _posted_keys(request: Request) -> list[str]:
    """Return the keys of the cells that are posted, each with what it held when it was shown."""
    return [name.removeprefix(WAS) for name in request.POST if name.startswith(WAS)]


def _told(request: Request, sheet: CellSheet, sentence: str, status: int) -> HttpResponse:
    """Tell it at the posted cells, which the sheet does not have."""
    said = Said("refused", sentence)
    cells = [Cell(key, "", forms.CharField(), said=said) for key in _posted_keys(request)]
    return _answer(request, sheet, cells, status)


def _why_closed(sheet: Sheet) -> str:
    """Say why the reader may not write the column now, and who may; nothing where it is open."""
    try:
        sheet.refuse_unless_open()
    except PermissionDenied as refusal:
        return str(refusal)
    return ""


class WholeForm(forms.Form):
    """What was posted of a sheet that is saved as a whole; what it may not hold, the sheet says."""

    def __init__(self, sheet: WholeSheet, data: QueryDict) -> None:
        self.sheet = sheet
        super().__init__(normalised(data))
        cells = (cell for line in sheet.lines for cell in line.cells)
        self.fields.update({cell.key: cell.field for cell in cells if cell.key in self.data})

    def clean(self) -> None:
        """Ask the sheet what is wrong with the whole."""
        for line in self.sheet.lines:
            for cell in line.cells:
                cell.value = self.cleaned_data.get(cell.key)
        self.sheet.check()


@sensitive_variables()
def _review(request: Request, sheet: WholeSheet) -> HttpResponse:
    """Show the whole once more before it is saved, or again to be changed."""
    if not sheet.is_open:
        return _too_late(request, sheet)
    form = WholeForm(sheet, request.POST)
    sheet.in_review = form.is_valid() and "edit" not in request.POST
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
    return _page(request, sheet, form, status)


def _too_late(request: Request, sheet: WholeSheet) -> HttpResponse:
    """Tell that what was posted does not count any more."""
    sheet.came_late = True
    return _page(request, sheet, status=HTTPStatus.CONFLICT)


class ActForm(Form):
    """Which act is done with a sheet, and why or with which scan where it asks so."""

    act = forms.SlugField(required=False)
    note = forms.CharField(
        label=gettext_lazy("Reason"), max_length=1000, widget=forms.Textarea(attrs={"rows": 3})
    )
    file = UploadField(label=gettext_lazy("Scan of the signed, stamped sheet"))
    code = forms.CharField(
        label=gettext_lazy("Content code on the scanned sheet"),
        max_length=20,
        help_text=gettext_lazy("It stands at the foot of every page: 7K3F-CA9M."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters"}),
    )

    def __init__(self, *args: Any, act: Act | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        asked = {
            "act": act is None,
            "note": act is not None and act.wants_note,
            "file": act is not None and act.wants_scan,
            "code": act is not None and act.wants_scan,
        }
        for name in [name for name, wanted in asked.items() if not wanted]:
            self.fields.pop(name)


def submit_sheet(request: Request, sheet_of: Callable[[], CellSheet | WholeSheet]) -> HttpResponse:
    """Ask before an act on the whole sheet, then do it, all by the sheet's own verbs.

    What is missing is listed with links to the lines, without a button. A refusal is a sentence:
    422 while something is missing, 409 when it was done already.
    """
    sheet = sheet_of()
    if not sheet.saves_each_cell:
        return _submit_whole(request, sheet)
    asked = ActForm(request.GET)
    name = asked.cleaned_data["act"] if asked.is_valid() else ""
    if not name and not sheet.acts:
        return redirect(sheet.address)
    act = sheet.act(name) if name else sheet.acts[0]
    posted = (request.POST, request.FILES) if request.method == "POST" else ()
    form = ActForm(*posted, act=act)
    missing = sheet.missing(act)
    if form.is_bound and form.is_valid() and not missing:
        if refusing(form, lambda: sheet.do(act, **form.cleaned_data)):
            messages.success(request, str(act.said))
            return redirect(sheet.address)
        return _confirmation(request, sheet, act, form, missing, HTTPStatus.CONFLICT)
    wrong = form.is_bound
    status = HTTPStatus.UNPROCESSABLE_ENTITY if wrong else HTTPStatus.OK
    return _confirmation(request, sheet, act, form, missing, status)


def _confirmation(  # noqa: PLR0913, PLR0917 -- the parts of one page
    request: Request, sheet: CellSheet, act: Act, form: ActForm, missing: list[Lack], status: int
) -> HttpResponse:
    possible = any(act.name == other.name for other in sheet.acts)
    context = {
        "sheet": sheet,
        "act": act,
        "form": form,
        "missing": missing,
        "possible": possible,
        "why_not": "" if possible else _why_closed(sheet),
    }
    return render(request, "scoring/submit.html", context, status=status)


@sensitive_variables()
def _submit_whole(request: Request, sheet: WholeSheet) -> HttpResponse:
    """Save the whole sheet, once; a refusal shows the page with its sentence.

    Whose it is and whether it is open decides the verb that writes it; the page asks afterwards,
    to say why nothing was saved.
    """
    if request.method != "POST":
        return redirect(sheet.address)
    form, status = WholeForm(sheet, request.POST), HTTPStatus.UNPROCESSABLE_ENTITY
    if form.is_valid() and not sheet.confirmed(request.POST):
        sheet.in_review = True
        form.add_error(None, _("Tick below that it is meant to be blank, or change it."))
    elif form.is_valid():
        if refusing(form, sheet.write):
            return redirect(sheet.address)
        status = HTTPStatus.CONFLICT
    sheet.refuse_unless_open()
    return _page(request, sheet, form, status) if sheet.is_open else _too_late(request, sheet)
