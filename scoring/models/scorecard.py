"""One unit's year: what each column says on each line, and who sent which column when."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from functools import cached_property
from typing import TYPE_CHECKING, Any, Self

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import models, transaction
from django.db.models import Q
from django.db.models.expressions import RawSQL
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from blocks import clock, history
from blocks.dates import show_date
from blocks.models import Seat, Unit
from blocks.models.blocks import in_sight
from scoring.content import content_code
from scoring.methods import Facts, Method
from scoring.models import card_sql
from scoring.models.entry import FACTS, SAID, Entry, StaffFigures, facts_said
from scoring.models.filing import Filing
from scoring.models.inspection import InspectingUnit
from scoring.models.scale import Criterion, Denominator, EvidenceNeed
from scoring.models.season import Season
from scoring.phases import COLUMN_PHASE, OWNED, STEPS, Column, FilingState, Part, Phase
from scoring.totals import Total, total

if TYPE_CHECKING:
    from blocks.models import User
    from scoring.models.explanation import Agreement, Explanation
    from scoring.models.season import Waiver

COMPLETE = (Column.TARGET, Column.CLAIMED, Column.FOUND, Column.FINAL)  # sent only when full
COMPARED = {Column.FOUND: Column.CLAIMED, Column.FINAL: Column.FOUND}


def inspectors() -> "models.Prefetch[str]":
    """What fetches the units that inspect a card."""
    return models.Prefetch("inspection__inspectors", InspectingUnit.objects.select_related("unit"))


class Response(StrEnum):
    """What a unit answered to the findings on its card."""

    AGREED = "agreed"
    EXPLAINED = "explained"  # some lines
    AWAITED = "awaited"  # the window has not ended
    SILENT = "silent"  # which is agreement
    UNASKED = "unasked"  # nobody inspected: there is nothing to answer to


class ScorecardQuerySet(models.QuerySet["Scorecard"]):
    """Questions about cards."""

    def visible_to(self, user: "User") -> Self:
        """Keep the cards of the seasons one sees; what of them one reads, each card answers."""
        return self.filter(in_sight(user, "season__block"))

    def with_left_out(self) -> Self:
        """Add ``left_out_keys``: the lines that are not assigned to the unit."""
        return self.annotate(left_out_keys=RawSQL(card_sql.LEFT_OUT, ()))

    def with_backing(self) -> Self:
        """Add ``backing``: criterion and column of each piece of evidence, and whether it is a
        file or a paper that was seen; what backs an explanation stands with it."""
        return self.annotate(backing=RawSQL(card_sql.BACKING, (), models.JSONField()))

    def by_season(self) -> Self:
        """Order them by year, the newest first, then by block, in official order."""
        return self.order_by("-season__year", "season__block__name", "official_order", "pk")

    def named(self) -> Self:
        """Fetch the units with their names, in official order."""
        return self.select_related("unit").prefetch_related("unit__names")

    def with_inspectors(self) -> Self:
        """Fetch the units that inspect them."""
        return self.select_related("inspection").prefetch_related(inspectors())

    def with_settler(self) -> Self:
        """Add ``settler_id``: the unit that settles the card, none when an officer does."""
        return self.annotate(settler_id=RawSQL(card_sql.SETTLER, (), models.BigIntegerField()))

    def with_changes(self) -> Self:
        """Add ``changed_at``, when a line was changed unasked last on which the unit was not heard
        yet (``Scorecard.changes``, in SQL)."""
        return self.annotate(changed_at=RawSQL(card_sql.CHANGED_AT, (), models.DateTimeField()))

    def with_lapsed(self) -> Self:
        """Add ``lapsed_codes``: the lines, by their codes, on which what was settled lapsed since
        something else was found, and nobody settled anything since."""
        return self.annotate(lapsed_codes=RawSQL(card_sql.LAPSED, ()))

    def with_inspecting(self) -> Self:
        """Add ``inspecting_keys``: the units that inspect the card."""
        return self.annotate(inspecting_keys=RawSQL(card_sql.INSPECTING, ()))

    def with_unsettled(self) -> Self:
        """Add ``is_unsettled``: whether it waits to be settled. That of a unit that is not ranked
        does not."""
        return self.annotate(is_unsettled=RawSQL(card_sql.UNSETTLED, (), models.BooleanField()))

    def unsettled(self) -> Self:
        """Keep the cards that wait to be settled."""
        return self.filter(RawSQL(card_sql.UNSETTLED, (), models.BooleanField()))

    def answering(self, user: "User") -> Self:
        """Keep the cards of the user's units that are being settled, with what their unit answered;
        that of a unit that is not ranked too, for it is heard as well (``is_being_settled``).

        Adds ``opened_at``, when the window opened last; ``is_answered``, whether the unit agreed or
        explained; and ``changed_at``. ``Scorecard.answers_until`` tells from them.
        """
        cards = self.filter(unit__in=user.units, season__phase=Phase.SETTLEMENT)
        return (
            cards.exclude(RawSQL(card_sql.CONCLUDED, (), models.BooleanField()))
            .select_related("season__rules")
            .with_changes()
            .annotate(
                opened_at=RawSQL(card_sql.OPENED_AT, (), models.DateTimeField()),
                is_answered=RawSQL(card_sql.IS_ANSWERED, (), models.BooleanField()),
            )
        )

    def for_home(self) -> Self:
        """Fetch what a list of sheets tells of each, in a fixed number of queries."""
        now = Q(column=Column.TARGET)  # a registered base, which a result needs
        for step in STEPS.values():
            now |= Q(card__season__phase=step.phase, column__in=step.writes)
        cards = self.for_sheet().with_inspectors().select_related("season__head", "season__deputy")
        return cards.prefetch_related(
            models.Prefetch("entries", Entry.objects.filter(now)),
            "unit__names",
            "explanations",
            "season__dates",
            "season__waivers__unit__names",
            "aims",
        )

    def for_sheet(self) -> Self:
        """Fetch what a sheet shows, in a fixed number of queries."""
        return (
            self.with_settler()
            .with_left_out()
            .with_backing()
            .select_related(
                "season__block__authority",
                "season__rules",
                "season__scale",
                "unit",
                "inspection",
                "staff_figures",
            )
            .prefetch_related(models.Prefetch("filings", Filing.objects.with_note()))
        )

    def of_season(self, season: Season, columns: Iterable[str] = tuple(Column)) -> Self:
        """Keep the season's cards, in official order, with what these columns say.

        When it was said is fetched only where it is asked: to read three thousand times takes long.
        """
        said = Entry.objects.filter(column__in=columns).defer("at", "rests_on")
        return (
            self.filter(season=season)
            .named()
            .with_left_out()
            .prefetch_related(models.Prefetch("entries", said))
        )


class Scorecard(models.Model):
    """One unit's year in one season; the record of who was a member."""

    season = models.ForeignKey(Season, models.PROTECT, related_name="cards")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="cards")
    official_order = models.PositiveSmallIntegerField()
    turn = models.PositiveSmallIntegerField()
    backing: list[dict[str, Any]]  # where ``with_backing`` added it
    left_out_keys: list[int]  # where ``with_left_out`` added it
    inspecting_keys: list[int]  # where ``with_inspecting`` added it
    is_unsettled: bool  # where ``with_unsettled`` added it
    opened_at: datetime | None  # where ``answering`` added it, as is the one that follows
    is_answered: bool
    changed_at: datetime | None  # where ``with_changes`` added it
    settler_id: int | None  # where ``with_settler`` added it
    lapsed_codes: list[str]  # where ``with_lapsed`` added it

    objects = ScorecardQuerySet.as_manager()

    class Meta:
        ordering = ["season_id", "official_order", "pk"]
        constraints = [
            models.UniqueConstraint("season", "unit", name="a_unit_has_one_card_in_a_season")
        ]

    def __str__(self) -> str:
        return f"{self.unit} {self.season.year}"

    def get_absolute_url(self) -> str:
        """Return the address of the sheet."""
        return reverse("fill_card", args=[self.pk])

    def address_of(self, column: Column) -> str:
        """Return the address of one column; the list of titles is a page of its own."""
        if column == Column.AIM:
            return reverse("fill_aims", args=[self.pk])
        return f"{self.get_absolute_url()}?column={column}"

    # Who writes and reads

    def seat_for(self, user: "User", column: Column) -> Seat | None:
        """Return the seat from which the user fills this column of the card, or nothing.

        The seat follows from the thing (decision 9). It does not ask whether the column is open.
        """
        part = STEPS[COLUMN_PHASE[column]].by
        if part is Part.OWNER:
            return user.seat_at(self.unit)
        if part is Part.INSPECTOR:
            units = [inspector.unit for inspector in self.inspectors]
            return next((seat for unit in units if (seat := user.seat_at(unit))), None)
        return self._settling_seat(user)

    def _settling_seat(self, user: "User") -> Seat | None:
        if (settler := self.settler) is not None:
            return user.seat_at(settler)
        return user.officer_seat(self.season.block.authority)

    @cached_property
    def inspectors(self) -> list[InspectingUnit]:
        """The units that inspect this card."""
        if getattr(self, "inspection", None) is None:
            return []
        models.prefetch_related_objects([self], inspectors())
        return list(self.inspection.inspectors.all())

    @property
    def inspecting(self) -> list[int]:
        """The units that inspect this card, by key. See ``with_inspecting``."""
        known = self.__dict__.get("inspecting_keys")
        return [each.unit_id for each in self.inspectors] if known is None else known

    @cached_property
    def settler(self) -> Unit | None:
        """The unit that settles the card; none when an officer does. See ``with_settler``."""
        card = self
        if "settler_id" not in self.__dict__:
            card = Scorecard.objects.with_settler().get(pk=self.pk)
        if card.settler_id is None:
            return None
        season = self.season
        return season.head if card.settler_id == season.head_id else season.deputy

    def may_read(self, user: "User", column: Column) -> bool:
        """Tell whether the user may read what the column says.

        Its filler reads it from its phase on; the others of the block once it was submitted and
        the phase reached in which the table lets them (decision 15).
        """
        if column == Column.FOUND and self.season.step.by is Part.INSPECTOR:
            return self.seat_for(user, column) is not None
        if self.season.has_reached(COLUMN_PHASE[column]) and self.seat_for(user, column):
            return True
        return column in self.season.step.reads and (
            column in (Column.FOUND, Column.FINAL) or self.filing(column).is_sent
        )

    # What the columns say

    @cached_property
    def entries_by_place(self) -> dict[tuple[int, str], "Entry"]:
        """What was said, by criterion and column."""
        return {(entry.criterion_id, entry.column): entry for entry in self.entries.all()}

    def is_silent(self, column: Column) -> bool:
        """Tell whether its unit is not ranked, and nothing at all was said in the column."""
        said = (entry for (_line, of), entry in self.entries_by_place.items() if of == column)
        return self.unit_id in self.season.unranked and not any(entry.says for entry in said)

    def facts(self, column: Column) -> dict[int, Facts]:
        """Return one column's facts by criterion, the registered and fixed bases filled in."""
        entries = self.entries_by_place
        said: dict[int, Facts] = {}
        for criterion in self.season.criteria:
            entry = entries.get((criterion.pk, column))
            stated = entry.target if entry else None
            said[criterion.pk] = Facts(
                actual=entry.actual if entry else None,
                target=self.base_beside(criterion, stated),
                level=(entry.level or None) if entry else None,
                points=entry.points if entry else None,
            )
        return said

    def registered_target(self, criterion: Criterion) -> Decimal | None:
        """Return the base registered for a line, or nothing."""
        entry = self.entries_by_place.get((criterion.pk, Column.TARGET))
        return entry.target if entry and not self.unregistered else None

    @cached_property
    def unregistered(self) -> str:
        """Why no target is registered whatever a draft says: its unit is excused from registering,
        and what it had begun was not sent, or was returned and not sent again. Or nothing."""
        return "" if self.filing(Column.TARGET).is_sent else self.waived_because(Column.TARGET)

    def base_of(self, criterion: Criterion) -> Decimal | None:
        """Return the base that is only read: registered, or fixed by the scale; or nothing."""
        if criterion.denominator == Denominator.FIXED:
            return criterion.fixed_target
        return self.registered_target(criterion) if criterion.wants_target else None

    def base_beside(self, criterion: Criterion, stated: Decimal | None) -> Decimal | None:
        """Return the base that counts beside a result: registered, or fixed by the scale; only
        where there is neither, what was ``stated`` with it, or nothing."""
        base = self.base_of(criterion)
        return stated if base is None else base

    def is_filled(self, criterion: Criterion, column: Column) -> bool:
        """Tell whether every fact is given that the line asks of the column."""
        entry = self.entries_by_place.get((criterion.pk, column))
        return bool(entry and entry.fills(criterion, column, self.base_of(criterion)))

    @property
    def of_the_year_before(self) -> "Scorecard | None":
        """The unit's card in the block's season before this one."""
        before = Season.objects.filter(block=self.season.block_id, year__lt=self.season.year)
        cards = Scorecard.objects.filter(season__in=before.order_by("-year")[:1], unit=self.unit_id)
        return cards.for_sheet().prefetch_related("entries").first()

    def total(self, column: Column, races: Mapping[Any, Any] | None = None) -> Total:
        """Compute one column: the points of every line with their words, sections and the total.

        ``races`` are the season's races to the frontrunner (``races_in``), by criterion.
        """
        scale = self.season.scale
        if scale is None:
            raise ValidationError(_("The season has no locked scale yet."))
        return total(
            scale.lines,
            self.facts(column),
            places=scale.places,
            scale_total=scale.total,
            bonus_cap=scale.bonus_cap,
            not_assigned=self.left_out,
            races=races or {},
        )

    @property
    def left_out(self) -> set[int]:
        """The lines that are not assigned to the unit, by key. See ``with_left_out``."""
        known = self.__dict__.get("left_out_keys")
        return set(self.exemptions.values_list("criterion", flat=True) if known is None else known)

    # What its unit answers to the findings

    @property
    def is_being_settled(self) -> bool:
        """Whether the card is being settled, so that its unit answers to the findings."""
        return self.season.phase == Phase.SETTLEMENT and not self.filing(Column.FINAL).is_sent

    @cached_property
    def agreement(self) -> "Agreement | None":
        """The agreement to the findings that was given and has not lapsed."""
        return next((each for each in self.agreements.all() if each.lapsed_at is None), None)

    @property
    def response(self) -> Response:
        """What its unit answered to the findings, silence included (decision 17)."""
        if self.agreement:
            return Response.AGREED
        opened = self.season.findings_opened_at
        if any(opened is None or each.at >= opened for each in self.disputed):
            return Response.EXPLAINED  # what was explained before they opened anew is past
        if self.uninspected:
            return Response.UNASKED
        heard = self.season.may_still_explain and not self.filing(Column.FINAL).is_sent
        return Response.AWAITED if heard else Response.SILENT

    @property
    def heard_until(self) -> date | None:
        """The last day on which its unit is still heard before the card is settled, or nothing.

        That is the window, unless the unit agreed or nobody inspected; and as many days again from
        the last line that was changed unasked, unless the unit answered to it (decision 17).
        """
        closed = self.agreement or self.uninspected
        days = [] if closed else [self.season.explain_until]
        if changed := self.last_change:
            window = timedelta(days=self.season.rules.explanation_days)
            days.append(timezone.localtime(changed).date() + window)
        return max((day for day in days if day), default=None)

    @property
    def last_change(self) -> datetime | None:
        """When a line was changed unasked last to which the unit did not answer, or nothing.

        See ``with_changes``.
        """
        if "changed_at" in self.__dict__:
            return self.changed_at
        changed = (self.entries_by_place[line.pk, Column.FINAL].at for line in self.changes)
        return max(changed, default=None)

    @property
    def unheard(self) -> str:
        """Why it is too early to settle: its unit may still agree or explain; or nothing."""
        until = self.heard_until
        if until is None or until < clock.today():
            return ""
        return _("The unit may still agree or explain until %(day)s.") % {"day": show_date(until)}

    @property
    def answers_until(self) -> date | None:
        """Until when its unit is to agree or explain; none when it has, or without a window. A line
        changed before the findings opened anew does not shorten the window they opened.

        Ask it of ``answering``.
        """
        moments = [self.changed_at, None if self.is_answered else self.opened_at]
        since = max((at for at in moments if at), default=None)
        window = timedelta(days=self.season.rules.explanation_days)
        return timezone.localtime(since).date() + window if since else None

    @property
    def is_to_answer(self) -> bool:
        """Whether it is its unit's turn to agree or explain. Ask it of ``answering``."""
        if until := self.answers_until:
            return clock.today() <= until
        return not self.is_answered

    @property
    def may_not_agree(self) -> str:
        """Why its unit cannot agree now to what was found and it has not explained, or nothing."""
        if self.agreement:
            return _("The unit has agreed already.")
        return self._nothing_found or self._window_over

    @property
    def may_not_agree_to_changes(self) -> str:
        """Why its unit cannot agree now to what was changed unasked, or nothing."""
        if not self.changes:
            return _("No line was changed unasked that the unit has not answered to.")
        return "" if self.may_not_agree else _("The unit agrees to the findings first.")

    @property
    def _window_over(self) -> str:
        until = self.season.explain_until
        if until is None or self.season.may_still_explain:
            return ""
        return _("Findings were answered until %(day)s; silence is agreement.") % {
            "day": show_date(until)
        }

    def may_not_explain(self, criterion: Criterion) -> str:
        """Say why its unit may not explain the line now, or nothing."""
        if not criterion.takes or criterion.pk in self.left_out:
            return _("The line is not asked of this unit.")
        last = self.last_explained.get(criterion.pk)
        if last and last.waits:
            return _("The line was explained; the answer is awaited.")
        if self.changed_unasked(criterion):
            return ""
        if last:
            return _("The line was explained and answered.")
        if given := self.agreement:
            day = show_date(timezone.localtime(given.at))
            return _("The unit agreed to the findings on %(day)s.") % {"day": day}
        return self._nothing_found or self._window_over

    @property
    def _nothing_found(self) -> str:
        return _("The card was not inspected: there are no findings.") if self.uninspected else ""

    @property
    def disputed(self) -> list["Explanation"]:
        """The explanations that wait or were answered: one that lapsed, or of a line that the scale
        lost, disputes nothing now."""
        said = [each for each in self.explanations.all() if each.lapsed_at is None]
        lines = {line.pk for line in self.season.criteria} if said else set()  # most have none
        return [each for each in said if each.criterion_id in lines]

    @cached_property
    def last_explained(self) -> dict[int, "Explanation"]:
        """The last explanation of each line that is ``disputed``."""
        return {each.criterion_id: each for each in self.disputed}

    def is_changed(self, criterion: Criterion) -> bool:
        """Tell whether the settler changed the line since it was found, or answered last, and its
        unit did not explain it since."""
        last = self.last_explained.get(criterion.pk)
        now = self.settled_facts(criterion)
        if not now or (last and last.waits):
            return False
        before = self.compared(Column.FINAL) or ""
        found = facts_said(self.entries_by_place.get((criterion.pk, before)))
        return now != ((last.after or {}) if last else found)

    def changed_unasked(self, criterion: Criterion) -> bool:
        """Tell whether the line ``is_changed`` and its unit has not agreed to the value that it has
        now, whatever its reason, since the last answer."""
        if not self.is_changed(criterion):
            return False
        agreed, last = self.agreement, self.last_explained.get(criterion.pk)
        if agreed is None or (last and last.answered_at and last.answered_at >= agreed.at):
            return True
        return (agreed.changes or {}).get(criterion.code) != self.settled_facts(criterion)

    @cached_property
    def changes(self) -> list[Criterion]:
        """The lines that were changed unasked, on which its unit was not heard yet."""
        return [line for line in self.asked(Column.FINAL) if self.changed_unasked(line)]

    def settled_facts(self, criterion: Criterion) -> dict[str, str]:
        """Return what the settled column says on a line now, as text by field."""
        return facts_said(self.settled(criterion))

    def settled(self, criterion: Criterion) -> Entry | None:
        """Return what stands in the settled column of a line: facts, reason, by whom and when."""
        return self.entries_by_place.get((criterion.pk, Column.FINAL))

    @transaction.atomic
    def settle_line(
        self, user: "User", criterion: Criterion, said: Mapping[str, Any], reason: str
    ) -> None:
        """Write what holds on a line, as its settler; the reason stands where it differs.

        What is kept as it was keeps the reason, the name and the time that stand there.
        """
        entry = self.settled(criterion)
        if entry and all(getattr(entry, name) == value for name, value in said.items()):
            return
        self.write(user, Column.FINAL, {criterion.pk: {**said, "note": reason}})
        if not self.differs(criterion, Column.FINAL):
            self.write(user, Column.FINAL, {criterion.pk: {"note": ""}})

    def content_code(self, column: Column) -> str:
        """Return the code printed on the sheet of this column, by which a scan of it is known.

        It is that of what the unit says there: facts, bases, estimates, notes, the day of the
        figures, the staff figures, the titles.
        """
        facts = self.facts(column)
        lines = []
        for criterion in self.asked(column) if column != Column.AIM else []:
            entry = self.entries_by_place.get((criterion.pk, column))
            more = [entry.note, entry.estimated] if entry else ["", False]
            lines.append([criterion.pk, *facts[criterion.pk], *more])
        figures = getattr(self, "staff_figures", None) if column == Column.CLAIMED else None
        as_of = self.filing(column).as_of
        return content_code({
            "card": self.pk,
            "column": column,
            "lines": lines,
            "as of": as_of.isoformat() if as_of else "",
            "staff": [getattr(figures, name) for name in StaffFigures.FIGURES] if figures else [],
            "aims": sorted(aim.award_id for aim in self.aims.all()) if column == Column.AIM else [],
        })  # fmt: skip

    # Filings

    @property
    def uninspected(self) -> str:
        """Why nobody inspected the card, once that is over (``let_off``); or nothing. It is settled
        from the self-score, and there are no findings to answer."""
        return self.let_off if self.season.has_reached(Phase.SETTLEMENT) else ""

    @cached_property
    def let_off(self) -> str:
        """Why nobody has to inspect the card and nobody has: all who were to are excused, each by
        name, or the year does not wait for it as its unit is not ranked. Or nothing."""
        if not self.season.excuses:
            return ""
        if any(filing.is_sent for filing in self.filings.all() if filing.column == Column.FOUND):
            return ""
        excused = self.season.excused_from_inspecting
        reasons = [excused[unit].withholds for unit in self.inspecting if unit in excused]
        if self.unranked:
            reasons.append(self.unranked.because)
        elif len(reasons) < len(self.inspecting):
            return ""
        return "; ".join(reasons)

    def compared(self, column: Column) -> Column | None:
        """Return the column that this one is compared to, if any."""
        if column == Column.FINAL and self.uninspected:
            return Column.CLAIMED
        return COMPARED.get(column)

    def waived_because(self, column: Column, unit_id: int | None = None) -> str:
        """Return why the unit (the card's own unless another is named) is excused, or nothing."""
        waiver = self.season.excuses.get((unit_id or self.unit_id, column))
        return waiver.because if waiver else ""

    @property
    def unranked(self) -> "Waiver | None":
        """The waiver by which its unit is not ranked, if there is one."""
        return self.season.unranked.get(self.unit_id)

    def unasked(self, column: Column, unit: Unit | None = None) -> "Waiver | None":
        """Return the waiver by which the year does not wait for the column, if there is one: that
        of this very sheet (of the inspecting ``unit``), or the one by which the card's own unit is
        not ranked."""
        sender = self.unit_id if column in OWNED else unit.pk if unit else 0
        return self.season.excuses.get((sender, column)) or self.unranked

    def filing(self, column: Column, unit: Unit | None = None) -> Filing:
        """Return the filing of a column (of this inspecting unit), unsaved when there is none."""
        if column == Column.FOUND and unit is None:
            return self._found_filing
        for filing in self.filings.all():
            whose = column != Column.FOUND or (unit and filing.unit_id == unit.pk)
            if filing.column == column and whose:
                return filing
        return Filing(card=self, column=column, unit=unit)

    @property
    def _found_filing(self) -> Filing:
        """The filing that tells how far the findings are: that of an inspecting unit that is still
        to confirm them, else the last that did. Units that inspect the card no more, as the plan
        was changed, are asked nothing."""
        filed = {each.unit_id: each for each in self.filings.all() if each.column == Column.FOUND}
        sent: list[Filing] = []
        for unit in self.inspecting:
            filing = filed.get(unit) or Filing(card=self, column=Column.FOUND, unit_id=unit)
            if filing.is_sent:
                sent.append(filing)
            elif not self.waived_because(Column.FOUND, unit):
                return filing
        none = Filing(card=self, column=Column.FOUND)
        return max(sent, key=lambda filing: filing.sent_at or clock.now(), default=none)

    def filing_of(self, seat: Seat, column: Column) -> Filing:
        """Return the filing for which this seat answers: each inspecting unit has one of its own;
        that of a card that is settled passes to the unit that settles it now."""
        held = self.filings.filter(column=column)
        if column == Column.FOUND:
            held = held.filter(unit=seat.unit)
        return held.first() or Filing(card=self, column=column, unit=seat.unit)

    @transaction.atomic
    def write(
        self, user: "User", column: Column, said: Mapping[int, Mapping[str, Any]]
    ) -> list["Entry"]:
        """Write what was said on some lines, under the lock that a move of the season takes too.

        ``said`` maps a criterion's key to the fields that change (``actual``, ``target``,
        ``level``, ``points``, ``note``, ``estimated``). Raises PermissionDenied when the column is
        not the user's or not open, ValidationError when the day has passed or a value does not
        fit. Returns the entries as they stand now.
        """
        seat = self.begin(user, column)
        criteria = {c.pk: c for c in self.season.criteria if c.pk in said}
        written = []
        for key, fields in said.items():
            if key not in criteria:
                raise ValidationError(_("This line is not on the sheet."))
            written.append(self._say(criteria[key], column, seat, fields))
        if column == Column.FOUND:
            self._withdraw_confirmations(seat)
        self.entries_by_place.update({(e.criterion_id, e.column): e for e in written})
        self.__dict__.pop("changes", None)
        return written

    def _forget(self) -> None:
        for name in ("entries_by_place", "changes"):
            self.__dict__.pop(name, None)

    @transaction.atomic
    def adjust(
        self,
        criterion: Criterion,
        said: Mapping[str, Any],
        by: Seat | None,
        reason: str,
        at: datetime | None = None,
    ) -> None:
        """Write what the meeting itself decided on a settled line, with its reason (decision 17),
        or what held before, as it was said ``at`` that time; the caller holds the season's lock.

        Raises ValidationError when the line is not asked.
        """
        if criterion.pk not in {line.pk for line in self.asked(Column.FINAL)}:
            raise ValidationError(_("This line is not on the sheet."))
        when = at or clock.now()
        self._say(criterion, Column.FINAL, by, {**said, "note": reason.strip(), "at": when})
        self._forget()

    @transaction.atomic
    def write_staff(self, user: "User", said: Mapping[str, Any]) -> "StaffFigures":
        """Write some of the staff figures, as a part of the self-score.

        ``said`` maps ``people``, ``advanced``, ``fighters`` (whole numbers) and ``all_completed``
        (yes or no) to what is said now; None takes a figure back. Raises like ``write``.
        """
        seat = self.begin(user, Column.CLAIMED)
        figures, _created = StaffFigures.objects.select_for_update().get_or_create(
            card=self, defaults={"seat": seat}
        )
        for name, value in said.items():
            setattr(figures, name, value)
        figures.seat = seat
        figures.validate_constraints()
        figures.save()
        self.staff_figures = figures
        return figures

    @transaction.atomic
    def write_as_of(self, user: "User", column: Column, day: date | None) -> None:
        """Note up to which day the column's figures go. Raises like ``write``.

        It is a day of the season's year that has come.
        """
        seat = self.begin(user, column)
        self.season.refuse_figures_of(day)
        self.filings.filter(pk=self.filing_of(seat, column).pk).update(as_of=day)
        self.filing(column).as_of = day  # its content code is told at once

    def _say(
        self, criterion: Criterion, column: Column, seat: Seat | None, fields: Mapping[str, Any]
    ) -> "Entry":
        """Write what was said on a line; what was not said there stays as it is."""
        new: dict[str, Any] = {"seat": seat, "at": clock.now(), **fields}
        if column in COMPARED and set(fields) & set(FACTS):
            new["estimated"] = False  # what is found or settled anew is no estimate of the unit's
        place = {"card": self, "criterion": criterion, "column": column}
        held = self.entries_by_place.get((criterion.pk, column))
        only_why = held and held.rests_on is None and not set(fields) & set(FACTS)
        if column == Column.FINAL and not only_why:
            found = (criterion.pk, self.compared(column) or "")
            new["rests_on"] = facts_said(self.entries_by_place.get(found))
        said = {name: getattr(held, name) for name in SAID} if held else {}
        entry = Entry(**{**said, **place, **new})
        Entry.objects.bulk_create(
            [entry], update_conflicts=True, unique_fields=[*place], update_fields=[*new]
        )
        return entry

    def open_seat(self, user: "User", column: Column) -> Seat:
        """Return the seat from which the user may write the column now, or refuse with why.

        Takes the season's row FOR SHARE until the transaction ends.
        """
        return self._open(user, column)[0]

    def _open(self, user: "User", column: Column) -> tuple[Seat, Filing]:
        """Return the seat, and the filing for which it answers. See ``open_seat``."""
        season = self.season.shared()
        seat = self.seat_for(user, column)
        if seat is None:
            raise PermissionDenied(
                _("Only %(who)s can fill this column.") % {"who": self.fillers(column)}
            )
        if column not in season.step.writes:
            raise PermissionDenied(
                _("The season is in “%(phase)s”; this column is not open.")
                % {"phase": season.get_phase_display()}
            )
        self.season.refuse_when_shut(column)
        filing = self.filing_of(seat, column)
        filing.refuse_unless_open_to(seat)
        return seat, filing

    def fillers(self, column: Column) -> str:
        """Name who fills the column, for a refusal that says who can help."""
        part = STEPS[COLUMN_PHASE[column]].by
        if part is Part.OWNER:
            return str(self.unit)
        if part is Part.INSPECTOR:
            return ", ".join(str(i.unit) for i in self.inspectors) or _("its inspectors")
        return str(self.settler or self.season.block.authority)

    def begin(self, user: "User", column: Column) -> Seat:
        """Return the seat that writes the column from now on, its filing begun; or refuse."""
        seat, filing = self._open(user, column)
        history.acting_as(seat)
        if filing._state.adding:
            self.filings.add(filing, bulk=False)  # what was fetched of them before is asked anew
        return seat

    def _withdraw_confirmations(self, seat: Seat) -> None:
        """A finding that changes is to be confirmed anew by the other inspecting units."""
        confirmed = self.filings.filter(column=Column.FOUND, state=FilingState.SENT)
        for filing in confirmed.exclude(unit=seat.unit):
            filing.reopen(seat, _("A finding was changed afterwards."))

    @transaction.atomic
    def take_over(self, user: "User", column: Column, source: Column) -> int:
        """Copy what ``source`` says to the lines that ``column`` asks for and that are still empty;
        return how many."""
        seat = self.begin(user, column)
        filled = {entry.criterion_id for entry in self.entries.filter(column=column) if entry.says}
        empty = {criterion.pk for criterion in self.asked(column)} - filled
        copies = [
            entry.copy_to(column, seat)
            for entry in self.entries.filter(column=source, criterion__in=empty)
            if entry.says
        ]
        Entry.objects.bulk_create(
            copies,
            update_conflicts=True,
            unique_fields=["card", "criterion", "column"],
            update_fields=[*FACTS, "estimated", "seat", "at"],
        )
        self._forget()
        return len(copies)

    # What is missing before it can be sent

    def asked(self, column: Column) -> list[Criterion]:
        """Return the lines that ask something of this column."""
        left_out = self.left_out
        return [
            criterion
            for criterion in self.season.criteria
            if criterion.takes
            and criterion.pk not in left_out
            and (column != Column.TARGET or criterion.wants_target)
        ]

    def lacking(self, column: Column) -> list[tuple[Criterion, str]]:
        """Return the lines that keep the column from being sent, each with the reason."""
        lacks = []
        open_ = self.unanswered if column == Column.FINAL else set()
        for criterion in self.asked(column):
            if criterion.pk in open_:
                lacks.append((criterion, _("An explanation is not answered yet.")))
            entry = self.entries_by_place.get((criterion.pk, column))
            if reason := self._lack(criterion, column, entry):
                lacks.append((criterion, reason))
        return lacks

    @property
    def unanswered(self) -> set[int]:
        """The criteria whose explanation awaits its answer; of a line that is no longer asked of
        the unit, nobody need give one."""
        waiting = {each.criterion_id for each in self.disputed if each.waits}
        return waiting - self.left_out if waiting else waiting  # most cards need not ask

    @property
    def staff_is_complete(self) -> bool:
        """Whether every staff figure is given."""
        figures: StaffFigures | None = getattr(self, "staff_figures", None)
        return figures is not None and figures.complete

    def _lack(self, criterion: Criterion, column: Column, entry: "Entry | None") -> str:
        if column in COMPLETE and not self.is_filled(criterion, column):
            return _("Not filled yet.")
        if entry is None:
            return ""
        if column == Column.CLAIMED and entry.actual != 0 and criterion.pk in self.unbacked:
            return self.unbacked[criterion.pk]
        repeats = column in COMPARED and not self.differs(criterion, column)
        if criterion.method == Method.MANUAL and entry.says and not (entry.note or repeats):
            return _("Points given by hand need a reason.")
        if entry.note or not self.differs(criterion, column):
            return ""
        earlier = self.entries_by_place.get((criterion.pk, self.compared(column) or ""))
        return (
            _("It is not what was answered to the explanation: that needs a reason.")
            if earlier and not entry.differs_from(earlier, self.base_of(criterion))
            else _("A value that differs needs a reason.")
        )

    @cached_property
    def unbacked(self) -> dict[int, str]:
        """Why the criteria that ask for evidence have none for the claim, by key."""
        asking = {c.pk for c in self.season.criteria if c.evidence == EvidenceNeed.REQUIRED}
        if not asking:
            return {}
        pieces = set(self.evidence.values_list("criterion", "column"))
        return {
            key: _("Evidence is required; the files of the six-month report are not of the year.")
            if (key, Column.INTERIM) in pieces
            else _("Evidence is required.")
            for key in asking
            if (key, Column.CLAIMED) not in pieces
        }

    def differs(self, criterion: Criterion, column: Column) -> bool:
        """Tell whether the column says something else on a line than the one it is compared to;
        the settled one also, whether than what was answered last."""
        entry = self.entries_by_place.get((criterion.pk, column))
        if entry is None or not entry.says:
            return False
        explained = column == Column.FINAL and criterion.pk in self.last_explained
        if explained and self.is_changed(criterion):
            return True
        earlier = self.entries_by_place.get((criterion.pk, self.compared(column) or ""))
        return bool(earlier and entry.differs_from(earlier, self.base_of(criterion)))

    @property
    def claim_sent_at(self) -> datetime | None:
        """When the claim was sent, for the tie rule of earlier submission."""
        return self.filing(Column.CLAIMED).sent_at
