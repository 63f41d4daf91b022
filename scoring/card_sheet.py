"""A scorecard as a sheet: its lines, what each column says on them, and the one that is open."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple

from django import forms
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from blocks.models import Role, Seat
from blocks.numbers import show
from emulation.forms import DayField, NumberField, WholeField
from scoring.answers import Answered, explained_on, response_said
from scoring.board import may_read, own_columns, races_in
from scoring.filed_sheet import FiledSheet
from scoring.methods import Facts, Method, Score, WhenNothingDue, is_over
from scoring.models import Criterion, Denominator, Entry, EvidenceNeed, Inspection, Scorecard
from scoring.models.entry import words_of
from scoring.models.scorecard import COMPARED
from scoring.papers import may_print
from scoring.phases import COLUMN_PHASE, Column, Phase
from scoring.sheet import Cell, Lack
from scoring.totals import Total

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from blocks.models import User
    from scoring.models import Evidence

SHOWN = (Column.INTERIM, Column.CLAIMED, Column.FOUND, Column.FINAL)  # each as text with points
HEADS = {
    Column.TARGET: gettext_lazy("Registered target"),
    Column.INTERIM: gettext_lazy("Six-month result"),
    Column.CLAIMED: gettext_lazy("Result"),
    Column.FOUND: gettext_lazy("Cross-inspected"),
    Column.FINAL: gettext_lazy("Settled"),
}
SCORE_SHEET = gettext_lazy("Score sheet")
TITLES = {  # of the other columns
    Column.TARGET: gettext_lazy("Emulation registration"),
    Column.INTERIM: gettext_lazy("Six-month result"),
}
SHORT = {
    Column.INTERIM: gettext_lazy("Six months"),
    Column.CLAIMED: gettext_lazy("Self-scored"),
    Column.FOUND: gettext_lazy("Inspected"),
    Column.FINAL: gettext_lazy("Settled"),
}
STAFF = {
    "people": gettext_lazy("People of the unit"),
    "advanced": gettext_lazy("Advanced workers"),
    "fighters": gettext_lazy("Base-level emulation fighters"),
    "all_completed": gettext_lazy("Everybody completed the tasks"),
}
# What is typed where cases are counted, unless the scale calls it otherwise.
COUNTED: dict[str, tuple[Any, Any]] = {
    Method.COUNT: (gettext_lazy("cases"), ""),
    Method.DEDUCT: (gettext_lazy("faults"), ""),
    Method.PLUS_MINUS: (gettext_lazy("cases that add"), gettext_lazy("cases that take off")),
}
MEASURED = (gettext_lazy("Done"), gettext_lazy("Base"))  # where a result is measured
YES_NO = [("", "–"), ("1", gettext_lazy("Yes")), ("0", gettext_lazy("No"))]
# A field keeps nothing of what is typed, so all sheets share it; who changes one copies it first.
PASSED = forms.TypedChoiceField(choices=YES_NO, coerce=Decimal, empty_value=None, required=False)
COMPLETED = forms.TypedChoiceField(choices=YES_NO, coerce=int, empty_value=None, required=False)
NUMBER = NumberField(required=False)
WHOLE = WholeField(required=False)
TICK = forms.BooleanField(required=False)
REASON = forms.CharField(required=False, max_length=1000, widget=forms.Textarea({"rows": 2}))
AS_OF = "as-of"
ESTIMATED = (Column.INTERIM, Column.CLAIMED)  # where a unit may mark a line as an estimate
FITTING = 3  # columns of text that stand beside each other on 1366 pixels; an open one counts two


@lru_cache
def points_field(most: Decimal | None, places: int) -> NumberField:
    """Return the field for points from 0 to ``most``, with so many decimal places."""
    return NumberField(required=False, high=most, places=places)


def _with_place(view: str, *args: Any) -> str:
    """Return the address of a view of a line with ``%s`` for the line: it is asked for each."""
    return reverse(view, args=[*args, 0]).replace("/0/", "/%s/")


class Told(NamedTuple):
    """What an earlier column says on a line: words, points and their derivation."""

    column: Column
    label: str
    words: str
    points: Decimal | None
    url: str = ""
    estimated: bool = False
    note: str = ""


@dataclass(frozen=True, slots=True)
class Head:
    """The head of a column that is shown as text, with its total."""

    column: Column
    label: str
    short: str  # its label beside each line
    folded: bool
    total: Decimal | None


class CardLine:
    """One criterion on the sheet; what it shows is made when it is asked for."""

    def __init__(self, sheet: "CardSheet", criterion: Criterion, depth: int) -> None:
        self.sheet, self.criterion, self.depth = sheet, criterion, depth
        self.key = str(criterion.pk)
        self.anchor = f"line-{criterion.pk}"
        self.is_section = criterion.is_section

    def _entry(self, column: Column | None) -> Entry | None:
        return self.sheet.card.entries_by_place.get((self.criterion.pk, column or ""))

    @property
    def left_out(self) -> str:
        """That the line is not assigned to the unit, and why; or nothing."""
        if self.criterion.pk not in self.sheet.left_out:
            return ""
        return _("Not assigned: %(reason)s") % {"reason": self.sheet.left_out[self.criterion.pk]}

    # What others said

    @property
    def target(self) -> str:
        """The base as it was registered or as the scale fixes it."""
        base = self.base
        if self.left_out:
            return ""
        if base is None:
            return "–" if self.criterion.wants_target else ""
        return f"{show(base)} {self.criterion.measure}".strip()

    @property
    def base(self) -> Decimal | None:
        """The base that is only read: registered, or fixed by the scale."""
        return self.sheet.card.base_of(self.criterion)

    @property
    def told(self) -> list[Told]:
        """What each column that is shown as text says."""
        return [self._told(head.column) for head in self.sheet.heads]

    @property
    def scored(self) -> list[Told]:
        """What each column with points says, the open one too: without the six-month results."""
        facts_only = (Column.TARGET, Column.INTERIM)
        return [self._told(each) for each in self.sheet.readable if each not in facts_only]

    def _told(self, column: Column) -> Told:
        entry = None if self.left_out else self._entry(column)
        score = self.sheet.score(column, self.criterion) if self.sheet.scores(column) else None
        return Told(
            column,
            str(SHORT[column]),
            self._words(entry),
            self.criterion.counted(score.points) if score else None,
            self.sheet.derivation(column, self.criterion) if score else "",
            bool(entry and entry.is_estimate),
            entry.note if entry else "",
        )

    def _words(self, entry: Entry | None) -> str:
        """The facts of an entry as one reads them; a dash where it says nothing."""
        if self.is_section or not self.criterion.takes:
            return ""
        if entry is None or not entry.says:
            return "–"
        base = self.sheet.card.base_beside(self.criterion, entry.target)
        return "" if entry.points is not None else words_of(self.criterion, entry, base)

    @property
    def keeps_estimate(self) -> bool:
        """Whether the open column still says what the unit had marked as an estimate."""
        entry = self._entry(self.sheet.column)
        return bool(entry and entry.is_estimate and self.sheet.column not in ESTIMATED)

    @property
    def may_keep_estimate(self) -> bool:
        """Whether the open column takes over what the unit may have marked as an estimate."""
        return self.sheet.column in COMPARED and bool(self.cells)

    @property
    def last_year(self) -> str:
        """What the unit reached on the line of this code in the block's season before."""
        is_asked = self.criterion.pk in self.sheet.asked
        return self.sheet.last_year.get(self.criterion.code, "–") if is_asked else ""

    # What is said now

    @property
    def score(self) -> Score | None:
        """The points of the open column, with their words."""
        return self.sheet.score(self.sheet.column, self.criterion)

    @property
    def explains(self) -> bool:
        """Whether the words of the points are shown: a line that waits for its facts has none."""
        score = self.score
        if self.is_section or score is None:
            return False
        filled = self.sheet.card.is_filled(self.criterion, self.sheet.column)
        return score.points is not None or not score.assigned or filled or not self.criterion.takes

    @property
    def heading(self) -> str:
        """Under which heading it stands outside the sections; none for a line of the main part."""
        if self.is_section:
            return ""
        if self.criterion.penalty:
            return _("Penalty points")
        return _("Bonus points") if self.criterion.bonus else ""

    @property
    def folds(self) -> bool:
        """Whether the lines under it fold away on a phone."""
        return self.is_section and self.depth == 0

    @property
    def url(self) -> str:
        """Where the points of the open column are derived."""
        return self.sheet.derivation(self.sheet.column, self.criterion)

    @property
    def evidence(self) -> Counter[bool]:
        """How many files (True) and papers that were seen (False) back the line."""
        return self.sheet.evidence[self.criterion.pk]

    @property
    def wants_evidence(self) -> bool:
        """Whether the open self-score is not sent without evidence that the line has not yet."""
        required = self.criterion.evidence == EvidenceNeed.REQUIRED
        claims = self.sheet.column == Column.CLAIMED and bool(self.cells)
        return required and claims and self.criterion.pk not in self.sheet.backed

    @property
    def panel(self) -> str:
        """The address of the line's evidence and explanations; none where there can be none."""
        wanted = self.evidence or self.explained or self.may_explain or bool(self.cells)
        return self.sheet.line_address % self.criterion.pk if wanted else ""

    @property
    def explained(self) -> str:
        """The colour of its explanation: amber while the answer is awaited, then green."""
        return self.sheet.explained.get(self.criterion.pk, "")

    @property
    def may_explain(self) -> bool:
        """Whether its unit may dispute what was found."""
        sheet = self.sheet
        return sheet.may_explain and not sheet.card.may_not_explain(self.criterion)

    @property
    def may_dispute(self) -> bool:
        """Whether there is something to dispute: what was found, or settled, is not the claim."""
        if not self.may_explain:
            return False
        card = self.sheet.card
        return card.differs(self.criterion, Column.FOUND) or card.changed_unasked(self.criterion)

    @cached_property
    def cells(self) -> list[Cell]:
        """The fields of the open column; none where the line is not asked."""
        sheet = self.sheet
        if not sheet.is_open or self.criterion.pk not in sheet.asked:
            return []
        if sheet.column == Column.TARGET:
            called = self.criterion.measure or self.criterion.target_label
            return [self._number("target", after=called)]
        return self.value_cells

    @property
    def value_cells(self) -> list[Cell]:
        """The fields of what the column says on the line, whether it is open here or not."""
        return [MAKERS[name](self) for name in self._fields]

    @property
    def _fields(self) -> list[str]:
        names = list(self.criterion.takes)
        if "target" in names and self.base is not None:
            names.remove("target")
        if self.sheet.column in ESTIMATED:
            names.append("estimated")
        return names

    @cached_property
    def note(self) -> Cell | None:
        """The field for the reason, where the line may need one."""
        sheet = self.sheet
        needs = self.criterion.method == Method.MANUAL or sheet.column in COMPARED
        if not self.cells or not needs or sheet.column == Column.TARGET:
            return None
        return self._cell("note", REASON, _("Reason"), css="reason")

    @property
    def note_is_open(self) -> bool:
        """Whether the line of the reason is shown: it is needed, or given."""
        entry = self._entry(self.sheet.column)
        by_hand = self.criterion.method == Method.MANUAL and self.sheet.column not in COMPARED
        return bool(entry and entry.note) or by_hand or self.differs

    @property
    def differs(self) -> bool:
        """Whether it says something else than the column it is compared to."""
        return self.sheet.card.differs(self.criterion, self.sheet.column)

    @property
    def lack(self) -> str:
        """What the line still lacks though something was said: a reason."""
        entry = self._entry(self.sheet.column)
        reason = self.sheet.lack_of.get(self.criterion.pk, "")
        return reason if entry and entry.says and self.sheet.is_open else ""

    @property
    def is_share(self) -> bool:
        """Whether it asks for a share of a whole, both given here; no plan, which is exceeded."""
        sheet, criterion = self.sheet, self.criterion
        whole = criterion.has_base and criterion.denominator == Denominator.STATED
        return whole and bool(self.cells) and criterion.pk not in sheet.exceeded

    @property
    def may_slip(self) -> bool:
        """Whether its figures may look like a slip: of a share, where cases are counted, or a
        registered base."""
        slips = self.sheet.column == Column.TARGET or self.criterion.method in COUNTED
        return self.is_share or (bool(self.cells) and slips)

    @property
    def remark(self) -> str:
        """What looks like a slip in the figures of a share, a count or a registered base, and
        hinders nothing."""
        entry = self._entry(self.sheet.column)
        facts = Facts(entry.actual, entry.target) if entry else Facts()
        if self.sheet.column == Column.TARGET:
            then = {"then": WhenNothingDue(self.criterion.when_nothing_due).label}
            said = _("0 means that nothing is due on this line (%(then)s): check the figure.")
            return said % then if facts.target == 0 else ""
        if self.criterion.method in COUNTED:
            parts = [number for number in facts[:2] if number is not None and number % 1]
            return _("Cases are counted here, not points: check the figure.") if parts else ""
        if not is_over(self.criterion.rule, facts):
            return ""
        words = {"done": self._called("actual"), "base": self._called("target")}
        return _("“%(done)s” is more than “%(base)s”: check the two figures.") % words

    @property
    def affected(self) -> "list[CardLine]":
        """The lines whose points change with this one: itself, what reads it, its sections."""
        lines = self.sheet.by_criterion
        readers = [line for line in lines.values() if line.criterion.of_id == self.criterion.pk]
        found = [self, *readers]
        for line in [self, *readers]:
            parent = line.criterion.parent_id
            while parent:
                found.append(lines[parent])
                parent = lines[parent].criterion.parent_id
        return found

    # How the fields are made

    def _cell(self, name: str, field: forms.Field, label: str, **more: Any) -> Cell:
        entry = self._entry(self.sheet.column)
        value = getattr(entry, name) if entry else None
        return Cell(
            f"c{self.criterion.pk}-{name}", f"{self.criterion.code}: {label}", field, value, **more
        )

    def _called(self, name: str) -> str:
        """What a number is called: by the scale, else as all of its method are."""
        done, base = COUNTED.get(self.criterion.method, MEASURED)
        own, usual = {
            "actual": (self.criterion.actual_label, done),
            "target": (self.criterion.target_label, base),
        }[name]
        return own or str(usual)

    def _number(self, name: str, **more: str) -> Cell:
        return self._cell(name, NUMBER, self._called(name), css="number", **more)

    def _captioned(self, name: str, **more: str) -> Cell:
        """One of two numbers side by side, which only its caption tells from the other."""
        return self._number(name, caption=self._called(name), **more)

    def _actual(self) -> Cell:
        if self.criterion.method == Method.PASS_FAIL:
            return self._cell("actual", PASSED, self.criterion.name)
        base = self.base
        after = self.criterion.measure
        if base is not None and "target" in self.criterion.takes:
            after = f"/ {show(base)} {after}".strip()
        elif self.criterion.method in COUNTED:
            after = self._worth(self.criterion.actual_label, self.criterion.each, 0)
        elif "target" in self.criterion.takes:
            return self._captioned("actual")
        return self._number("actual", after=after)

    def _target(self) -> Cell:
        label = self.criterion.target_label
        if self.criterion.method == Method.PLUS_MINUS:
            return self._number("target", after=self._worth(label, self.criterion.penalty_each, 1))
        return self._captioned("target", after=self.criterion.measure, before="/")

    def _worth(self, called: str, each: Decimal | None, place: int) -> str:
        """What is counted in a field and what each is worth: ``faults × 0,5 points``."""
        what, measure = COUNTED[self.criterion.method][place], self.criterion.measure
        noun = called or (f"{what} ({measure})" if measure else what)
        return _("%(what)s × %(points)s points") % {"what": noun, "points": show(each or 0)}

    def _level(self) -> Cell:
        choices = [("", "–"), *((level, level) for level, _points in self.criterion.levels)]
        field = forms.ChoiceField(choices=choices, required=False)
        return self._cell("level", field, self.criterion.name, css="level")

    def _points(self) -> Cell:
        most = self.criterion.max
        field = points_field(most, self.sheet.places)
        after = f"/ {show(most)}" if most is not None else ""
        return self._cell("points", field, _("Points"), css="number", after=after)

    def _estimated(self) -> Cell:
        label, after = self.sheet.estimate_words
        return self._cell("estimated", TICK, label, after=after)


MAKERS: dict[str, Callable[[CardLine], Cell]] = {
    "actual": CardLine._actual,
    "target": CardLine._target,
    "level": CardLine._level,
    "points": CardLine._points,
    "estimated": CardLine._estimated,
}


class StaffLine:
    """One staff figure on the self-scoring sheet."""

    def __init__(self, sheet: "CardSheet", name: str) -> None:
        self.sheet, self.name = sheet, str(STAFF[name])
        self.figure = name
        self.key = f"staff-{name}"
        self.anchor = f"line-{self.key}"

    @property
    def value(self) -> Any:
        """The figure as it is stored."""
        return getattr(getattr(self.sheet.card, "staff_figures", None), self.figure, None)

    @property
    def words(self) -> str:
        """The figure as text."""
        value = self.value
        if value is None:
            return "–"
        return show(value) if not isinstance(value, bool) else _("Yes") if value else _("No")

    @cached_property
    def cells(self) -> list[Cell]:
        """Its field, while the self-score is open."""
        if not self.sheet.is_open or self.sheet.column != Column.CLAIMED:
            return []
        if self.figure != "all_completed":
            return [Cell(self.key, self.name, WHOLE, self.value, css="number")]
        said = None if self.value is None else int(self.value)
        return [Cell(self.key, self.name, COMPLETED, said)]


class CardSheet(FiledSheet):
    """A scorecard as one reader sees it: earlier columns as text, one column open."""

    part = "scoring/_table.html"
    answer_part = "scoring/_points_anew.html"

    def __init__(self, card: Scorecard, user: "User", column: Column | None = None) -> None:
        written = [c for c in card.season.step.writes if c != Column.AIM]
        ahead = Column.TARGET if card.season.is_planning else Column.FINAL
        super().__init__(card, user, column or next(iter(written), ahead))
        if column is None and not self.is_open and self.column not in self.readable:
            self.column = next(reversed(self.readable), self.column)
            self.__dict__.pop("seat", None)

    @property
    def title(self) -> str:
        """What the paper is called, and whose it is."""
        kind = TITLES.get(self.column, SCORE_SHEET)
        return f"{kind} – {self.card.unit}"

    @cached_property
    def address(self) -> str:
        """The page on which this column is filled."""
        return self.card.address_of(self.column)

    @property
    def submit_address(self) -> str:
        """The page on which this column is sent."""
        return f"{reverse('submit_card', args=[self.card.pk])}?column={self.column}"

    @property
    def lender(self) -> Column | None:
        """The column from which empty lines of the open one may be taken over, if there are any."""
        lender = self.card.compared(self.column)
        return lender if self.is_open and lender in self.readable else None

    @property
    def source(self) -> Column | None:
        """The column from which the empty lines of the open one may be taken over now."""
        source, entries = self.lender, self.card.entries_by_place
        if source is None:
            return None
        said = {key for key, entry in entries.items() if entry.says}
        gives = any((pk, source) in said and (pk, self.column) not in said for pk in self.asked)
        return source if gives else None

    @property
    def source_words(self) -> str:
        """What the button that takes lines over says."""
        if self.source == Column.CLAIMED:
            return _("Take the self-score over into the empty lines")
        return _("Take the findings over into the empty lines")

    @property
    def take_over_address(self) -> str:
        """Where the empty lines are taken over."""
        return f"{reverse('take_over', args=[self.card.pk])}?column={self.column}"

    # Columns

    @cached_property
    def readable(self) -> list[Column]:
        """The columns the reader may read, in order."""
        return [
            column
            for column in (Column.TARGET, *SHOWN)
            if self.season.has_reached(COLUMN_PHASE[column])
            and may_read(self.user, self.card, column)
            and not (column == Column.FOUND and self.card.uninspected)
        ]

    @property
    def is_sealed(self) -> bool:
        """Whether the column is filled by others and not read yet (decision 15)."""
        if self.column == Column.FOUND and self.card.uninspected:
            return False
        begun = self.season.has_reached(COLUMN_PHASE[self.column])
        return begun and self.seat is None and self.column not in self.readable

    @property
    def print_address(self) -> str:
        """The page on which this column is printed, where it and those beside it are read."""
        if self.column not in self.readable or not may_print(self.user, self.card, self.column):
            return ""
        return reverse("print_card", args=[self.card.pk, self.column.value])

    @property
    def minutes_address(self) -> str:
        """Where the minutes of the cross-inspection are written or read."""
        reads = self.column == Column.FOUND and self.card.may_read(self.user, Column.FOUND)
        if not reads or not self.card.inspectors or self.card.uninspected:
            return ""
        return reverse("inspection_minutes", args=[self.card.inspection.pk])

    @cached_property
    def minutes_are_outdated(self) -> bool:
        """Whether these minutes are final and to be corrected; not asked while it is filled."""
        own = Inspection.objects.filter(card=self.card.pk)
        return bool(self.minutes_address) and not self.is_open and own.outdated().exists()

    @cached_property
    def heads(self) -> list[Head]:
        """The columns shown as text."""
        hidden = self.column if self.is_open else None
        return [self._head(c) for c in SHOWN if c in self.readable and c != hidden]

    def _head(self, column: Column) -> Head:
        scored = self.scores(column)
        folded = not scored and self.season.has_reached(Phase.SELF_SCORING)
        total = self._sum(column) if scored else None
        return Head(column, str(column.label), str(SHORT[column]), folded, total)

    def scores(self, column: Column) -> bool:
        """Whether a column of text has points: six-month results are facts only, but on the page
        of their own, whose head adds them up."""
        return column != Column.INTERIM or column == self.column

    @property
    def folds(self) -> bool:
        """Whether a column is folded away behind a switch."""
        return any(head.folded for head in self.heads)

    @cached_property
    def estimate_words(self) -> tuple[str, str]:
        """What the tick of an estimate is called, and what stands beside it."""
        of_year = self.column != Column.INTERIM
        label = _("Estimate of the year") if of_year else _("Estimate of the six months")
        return label, _("estimated")

    @property
    def open_head(self) -> str:
        """The head of the open column."""
        return str(HEADS[self.column])

    @property
    def shows_target(self) -> bool:
        """Whether the registered targets are a column of text."""
        return Column.TARGET in self.readable and not (self.is_open and not self.has_points)

    @property
    def unregistered(self) -> str:
        """Why no registered target counts on it, if the unit was excused from registering one."""
        return self.card.unregistered if self.card.asked(Column.TARGET) else ""

    @cached_property
    def last_year(self) -> dict[str, str]:
        """What the unit reached in the block's season before, by the code of the line.

        It stands beside the targets that are registered: the settled value, else the unit's own.
        """
        if self.column != Column.TARGET:
            return {}
        card = self.card.of_the_year_before
        if card is None:
            return {}
        said, estimate = {}, _("estimate")
        for column in (Column.CLAIMED, Column.FINAL):
            for criterion in card.season.criteria if may_read(self.user, card, column) else []:
                entry = card.entries_by_place.get((criterion.pk, column))
                if entry and entry.says:
                    base = card.base_beside(criterion, entry.target)
                    words = words_of(criterion, entry, base)
                    said[criterion.code] = f"{words} ({estimate})" if entry.estimated else words
        return said

    @property
    def has_points(self) -> bool:
        """Whether the column is scored: all but the targets."""
        return self.column != Column.TARGET

    @property
    def open_width(self) -> int:
        """How many columns stand from the open one to the right edge."""
        return self.is_open + (self.is_open and self.has_points) + self.has_points

    @property
    def is_wide(self) -> bool:
        """Whether it scrolls sideways inside on a screen of the office."""
        return len([head for head in self.heads if not head.folded]) + 2 * self.is_open > FITTING

    # Lines

    @cached_property
    def places(self) -> int:
        """With how many decimals points are shown."""
        return self.season.scale.places if self.season.scale else 2

    @property
    def bonus_cap(self) -> Decimal | None:
        """What all bonus together comes to at most."""
        return self.season.scale.bonus_cap if self.season.scale else None

    @cached_property
    def by_criterion(self) -> dict[int, CardLine]:
        """The lines by their criterion, each section followed by its own."""
        scale = self.season.scale
        under: dict[int | None, list[Criterion]] = defaultdict(list)
        for criterion in scale.criteria_in_order if scale else []:
            under[criterion.parent_id].append(criterion)
        lines: dict[int, CardLine] = {}

        def add(parent: int | None, depth: int) -> None:
            for criterion in under[parent]:
                lines[criterion.pk] = CardLine(self, criterion, depth)
                add(criterion.pk, depth + 1)

        add(None, 0)
        return lines

    @cached_property
    def staff(self) -> list[StaffLine]:
        """The staff figures, from the self-scoring on, for whoever may read the self-score."""
        return [StaffLine(self, name) for name in STAFF] if Column.CLAIMED in self.readable else []

    @property
    def groups(self) -> list[tuple[str, list[CardLine]]]:
        """The lines by their top section, to be folded together on a phone.

        Bonus and penalty lines outside the sections stand together under a heading of their own.
        """
        groups: list[tuple[str, list[CardLine]]] = []
        for line in self.by_criterion.values():
            if line.depth == 0:
                heading = line.heading
                if not heading or not groups or groups[-1][0] != heading:
                    groups.append((heading, []))
            groups[-1][1].append(line)
        return groups

    @cached_property
    def asked(self) -> set[int]:
        """The criteria that ask something of the column."""
        return {criterion.pk for criterion in self.card.asked(self.column)}

    @cached_property
    def left_out(self) -> dict[int, str]:
        """Why criteria are not assigned to the unit; one query where some are not."""
        reasons = self.card.exemptions.values_list("criterion", "reason")
        return dict(reasons) if self.card.left_out else {}

    @cached_property
    def exceeded(self) -> set[int | None]:
        """The criteria that another line gives points for exceeding."""
        return {line.criterion.of_id for line in self.by_criterion.values()}

    def cell(self, key: str) -> Cell | None:
        """Return the cell of this name, if it is open to the reader."""
        if key == AS_OF:
            return self.as_of
        start, _dash, name = key.partition("-")
        if start == "staff" and name in STAFF:
            return next(iter(StaffLine(self, name).cells), None)
        line = self.row(key)
        cells = [*line.cells, line.note] if line else []
        return next((cell for cell in cells if cell and cell.key == key), None)

    @cached_property
    def as_of(self) -> Cell | None:
        """Up to which day the figures go."""
        if not self.is_open or self.column not in ESTIMATED:
            return None
        label = _("Figures up to")
        field = DayField(required=False, year=self.season.year)
        return Cell(AS_OF, label, field, self.filing.as_of, css="day")

    @property
    def as_of_read(self) -> date | None:
        """Up to which day the figures go that are only read: the column's own, or those that were
        claimed."""
        if self.as_of:
            return None
        own = self.column in ESTIMATED or Column.CLAIMED not in self.readable
        return self.card.filing(self.column if own else Column.CLAIMED).as_of

    def row(self, key: str) -> CardLine | None:
        """Return the line of a cell; the staff figures have none."""
        start = key.partition("-")[0]
        return next(
            (line for line in self.by_criterion.values() if f"c{line.criterion.pk}" == start), None
        )

    def affected(self, keys: Iterable[str]) -> list[CardLine]:
        """Return the lines whose points change with these cells, each once."""
        found: dict[int, CardLine] = {}
        for line in filter(None, map(self.row, keys)):
            found |= {other.criterion.pk: other for other in line.affected}
        return list(found.values())

    # Points

    @cached_property
    def _totals(self) -> dict[Column, Total]:
        return {}

    def total_of(self, column: Column) -> Total:
        """Return what a column adds up to."""
        if column not in self._totals:
            self._totals[column] = self.card.total(column, races_in(self.season, column))
        return self._totals[column]

    @property
    def total(self) -> Total | None:
        """What the column in front adds up to; nothing for targets or without a scale."""
        known = self.is_open or self.column in self.readable
        return self.total_of(self.column) if self.has_points and known and self.has_lines else None

    @property
    def sum_words(self) -> str:
        """How the total is composed, where it is more than the sum of its lines."""
        total = self.total
        if total is None:
            return ""
        plain = not (total.bonus or total.penalty) and total.main == total.raw
        return "" if plain else total.words

    @property
    def has_lines(self) -> bool:
        """Whether there is a locked scale."""
        return self.season.scale_id is not None

    def _sum(self, column: Column) -> Decimal | None:
        return self.total_of(column).total if self.has_lines else None

    def score(self, column: Column, criterion: Criterion) -> Score | None:
        """Return the points of a line in a column; none for what is not scored."""
        if column == Column.TARGET:
            return None
        return self.total_of(column).scores.get(criterion.pk)

    def derivation(self, column: Column, criterion: Criterion) -> str:
        """Return the address of the derivation of a number."""
        if column not in self._derivations:
            self._derivations[column] = _with_place("show_derivation", self.card.pk, column)
        return self._derivations[column] % criterion.pk

    @cached_property
    def _derivations(self) -> dict[Column, str]:
        return {}

    @cached_property
    def line_address(self) -> str:
        """The address of a line's page, with a place for the line."""
        return _with_place("show_line", self.card.pk)

    @property
    def total_address(self) -> str:
        """The address of the derivation of the total."""
        return reverse("show_derivation", args=[self.card.pk, self.column])

    @cached_property
    def typed_by_others(self) -> str:
        """Say what of the open findings was typed by units that inspect the card no more, as the
        plan was changed; or nothing."""
        if self.column != Column.FOUND or not self.is_open:
            return ""
        said = Counter(
            entry.seat_id
            for (line, column), entry in self.card.entries_by_place.items()
            if column == Column.FOUND and entry.says and line in self.asked
        )
        own = {seat.pk for seat in self.user.seats_in_force if seat.unit_id in self.card.inspecting}
        if not said.keys() - own:
            return ""
        seats = Seat.objects.filter(pk__in=filter(None, said)).exclude(
            unit__in=self.card.inspecting
        )
        others = list(seats.select_related("unit").order_by("pk"))
        if not others:
            return ""
        count = sum(said[seat.pk] for seat in others)
        words = ngettext(
            "What stands on %(count)d line was typed by %(units)s before the inspecting unit was"
            " changed: check it, mend what was found otherwise, then confirm.",
            "What stands on %(count)d lines was typed by %(units)s before the inspecting unit was"
            " changed: check it, mend what was found otherwise, then confirm.",
            count,
        )
        units = ", ".join(dict.fromkeys(seat.unit.short_name for seat in others if seat.unit))
        return words % {"count": count, "units": units}

    @property
    def left_empty(self) -> str:
        """What is told before it is handed up or sent: also of findings that others typed, and that
        no day is given up to which the figures go."""
        undated = self.column in ESTIMATED and not self.filing.as_of
        day = (
            _("“Figures up to” is empty: nobody reads up to which day they go.") if undated else ""
        )
        return " ".join(filter(None, [super().left_empty, day, self.typed_by_others]))

    @property
    def confirmations(self) -> list[tuple[str, bool]]:
        """Which of several inspecting units have confirmed what was found."""
        if self.column != Column.FOUND or len(self.card.inspectors) == 1:
            return []
        return [
            (each.unit.short_name, self.card.filing(Column.FOUND, each.unit).is_sent)
            for each in self.card.inspectors
        ]

    # Evidence and progress

    @cached_property
    def evidence(self) -> dict[int, Counter[bool]]:
        """How many files and papers each line has, as far as the reader sees them."""
        columns = self.backed_columns
        found: dict[int, Counter[bool]] = defaultdict(Counter)
        for piece in self.card.backing:
            if piece["column"] in columns:
                found[piece["criterion"]][piece["is_file"]] += 1
        return found

    @cached_property
    def left_behind(self) -> "QuerySet[Evidence] | None":
        """What backs lines that the scale has no more, as far as the reader sees it: no line leads
        to it. Asked only where there is some."""
        if not self.evidence.keys() - self.by_criterion.keys():
            return None
        pieces = self.card.evidence.filter(column__in=self.backed_columns, explanation=None)
        lost = pieces.exclude(criterion__scale=self.season.scale_id)
        return lost.select_related("criterion")

    @property
    def backed_columns(self) -> set[Column]:
        """The columns of which the reader sees what backs them: those it reads or writes, and its
        own unit's."""
        written = [self.column] if self.seat else []
        return {*self.readable, *own_columns(self.user, self.card), *written}

    @cached_property
    def backed(self) -> set[int]:
        """The criteria that have evidence for the column in front."""
        pieces = self.card.backing
        return {piece["criterion"] for piece in pieces if piece["column"] == self.column}

    @cached_property
    def explanations(self) -> list[Answered]:
        """What was explained and answered, for whoever may read the settlement."""
        known = Column.FINAL in self.readable
        return explained_on([self.card], self.user) if known else []

    @cached_property
    def explained(self) -> dict[int, str]:
        """The colours of the explanations, by criterion."""
        asked = self.card.disputed if self.explanations else []
        return {each.criterion_id: "amber" if each.waits else "green" for each in asked}

    @cached_property
    def may_explain(self) -> bool:
        """Whether it is the reader's unit that answers to the findings now."""
        return self.card.is_being_settled and self.user.seat_at(self.card.unit) is not None

    @property
    def may_answer(self) -> bool:
        """Whether the reader answers explanations now: whoever settles the card."""
        return self.is_open and self.column == Column.FINAL

    @property
    def may_agree(self) -> bool:
        """Whether the reader may agree to the findings at once."""
        return self._agrees and not self.card.may_not_agree

    @property
    def may_agree_to_changes(self) -> bool:
        """Whether the reader may agree to what was changed unasked."""
        return self._agrees and not self.card.may_not_agree_to_changes

    @property
    def _agrees(self) -> bool:
        principal = self.user.seat_at(self.card.unit, Role.PRINCIPAL)
        return self.card.is_being_settled and principal is not None

    @property
    def is_left_to_the_principal(self) -> bool:
        """Whether the reader explains lines, while another of the unit agrees to the rest."""
        return self.may_explain and not self._agrees and not self.card.may_not_agree

    @property
    def due_sentence(self) -> str:
        """By which day it is promised; the inspectors' day is over for who answers to them."""
        return "" if self.column == Column.FOUND and self.may_explain else super().due_sentence

    @property
    def response(self) -> tuple[str, str] | None:
        """What the unit answered to the findings, as colour and words, once they are open."""
        return response_said(self.card) if self.season.has_reached(Phase.SETTLEMENT) else None

    @property
    def changed_unasked(self) -> list[CardLine]:
        """The lines that the settler changed and its own unit may still explain once more."""
        changed = self.card.changes if self.may_explain else []
        return [self.by_criterion[criterion.pk] for criterion in changed]

    @property
    def lapsed(self) -> list[CardLine]:
        """The lines whose explanation lapsed, and which the reader's unit may explain anew."""
        said = self.card.explanations.all() if self.may_explain else []
        lapsed = {each.criterion_id for each in said if each.lapsed_at}
        lines = [line for key, line in self.by_criterion.items() if key in lapsed]
        return [line for line in lines if not self.card.may_not_explain(line.criterion)]

    @property
    def settled_lapsed(self) -> list[CardLine]:
        """The lines on which what was settled lapsed, and which the reader may settle or explain
        anew. Ask it of a card ``with_lapsed``."""
        if not (self.may_answer or self.may_explain):
            return []
        codes = self.card.lapsed_codes
        lines = [line for line in self.by_criterion.values() if line.criterion.code in codes]
        if self.may_answer:
            return lines
        return [line for line in lines if not self.card.may_not_explain(line.criterion)]

    @property
    def to_answer(self) -> list[CardLine]:
        """The lines whose explanation waits for the reader's answer."""
        waiting = self.card.unanswered if self.may_answer else set()
        return [line for key, line in self.by_criterion.items() if key in waiting]

    @cached_property
    def filled(self) -> int:
        """How many of the asked lines are filled."""
        card = self.card
        return sum(card.is_filled(line, self.column) for line in card.asked(self.column))

    @property
    def fillable(self) -> int:
        """How many lines are asked."""
        return len(self.asked)

    @property
    def chips(self) -> list[tuple[str, str]]:
        """How far it is; once all lines are filled, whether the staff figures are not."""
        if self.column == Column.FOUND and (self.card.uninspected or self.may_explain):
            return []  # the response says it
        chips = super().chips
        done = self.is_open and self.filled == self.fillable
        if done and self.column == Column.CLAIMED and not self.card.staff_is_complete:
            chips.append(("amber", _("Staff figures are missing")))
        return chips

    @property
    def asks_for(self) -> str:
        """Which lines want a target, where targets are registered: the others want none."""
        if not self.is_open or self.has_points or self.fillable == self._takers:
            return ""
        words = ngettext(
            "A target is registered on %(count)d line; the others are scored by their result.",
            "Targets are registered on %(count)d lines; the others are scored by their result.",
            self.fillable,
        )
        return words % {"count": self.fillable}

    @property
    def _takers(self) -> int:
        return len(self.card.asked(Column.CLAIMED))

    @cached_property
    def lack_of(self) -> dict[int, str]:
        """What each line lacks, by criterion."""
        return {criterion.pk: why for criterion, why in self.card.lacking(self.column)}

    @property
    def lacks(self) -> list[Lack]:
        """What it still lacks, each with the address where it is mended."""
        return [self._lack(criterion, why) for criterion, why in self.filing.lacking]

    def _lack(self, criterion: Criterion | None, why: str) -> Lack:
        if criterion:
            said = f"{criterion.code} {criterion.name}: {why}"
            return Lack(said, f"{self.address}#line-{criterion.pk}")
        if self.column == Column.FINAL:
            return Lack(why, self.address, _("See"))
        empty = (line.anchor for line in self.staff if line.value is None)
        return Lack(why, f"{self.address}#{next(empty, 'line-staff-people')}")

    # Writing

    def write(self, said: dict[str, Any]) -> None:
        """Write what the cells of these names say now, by the card's own verbs."""
        lines: dict[int, dict[str, Any]] = {}
        staff: dict[str, Any] = {}
        for key, value in said.items():
            start, _dash, name = key.partition("-")
            if key == AS_OF:
                self.card.write_as_of(self.user, self.column, value)
            elif start == "staff":
                # a choice is a number; the figures, and so their content code, say yes or no
                is_chosen = name == "all_completed" and value is not None
                staff[name] = bool(value) if is_chosen else value
            else:
                text = name in {"level", "note"}
                lines.setdefault(int(start[1:]), {})[name] = value or "" if text else value
        if staff:
            self.card.write_staff(self.user, staff)
        if lines:
            self.card.write(self.user, self.column, lines)
        for name in ("_totals", "lack_of", "filled"):
            self.__dict__.pop(name, None)
