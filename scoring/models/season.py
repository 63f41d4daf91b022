"""A block's year: its rules, its dates, its phase, and how it moves on and back."""

from collections.abc import Collection, Mapping
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import TYPE_CHECKING, Any, Self

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import models, transaction
from django.db.models import Exists, F, OuterRef, Q
from django.db.models.expressions import RawSQL
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from blocks import clock, history
from blocks.dates import show_date, show_moment
from blocks.models import Block, Office, Recognition, Seat, Unit
from blocks.models.blocks import in_sight, members_on
from blocks.text import phrase
from scoring.models import card_sql
from scoring.models.authorisation import Authorisation
from scoring.phases import (
    COLUMN_PHASE,
    ORDER,
    OWNED,
    SHEETS,
    STEPS,
    Asked,
    Column,
    FilingState,
    Missing,
    Part,
    Phase,
    Step,
    after,
    before,
    missing_before,
    resolved,
    told_before,
)
from scoring.plan import infeasible

if TYPE_CHECKING:
    from blocks.models import User
    from scoring.models.filing import FilingQuerySet
    from scoring.models.scale import Criterion, Scale
    from scoring.models.standing import Ranking


class SeasonQuerySet(models.QuerySet["Season"]):
    """Questions about seasons."""

    def visible_to(self, user: "User") -> Self:
        """Keep the seasons of the blocks one sees."""
        return self.filter(in_sight(user, "block"))

    def led_by(self, user: "User") -> Self:
        """Keep the seasons for whose head the user acts today: ``Season.head_seat``, in SQL."""
        acting = Authorisation.objects.today().filter(
            season=OuterRef("pk"), unit=OuterRef("deputy")
        )
        return self.filter(Q(head__in=user.units) | Q(Exists(acting), deputy__in=user.units))

    def running(self) -> Self:
        """Keep the seasons that are not closed."""
        return self.exclude(phase=Phase.CLOSED)

    def held_by(self, unit: Unit) -> Self:
        """Keep the seasons whose head or deputy the unit is."""
        return self.filter(Q(head=unit) | Q(deputy=unit))

    def for_page(self) -> Self:
        """Fetch what every page of a season shows, in a fixed number of queries."""
        return self.select_related(
            "block__authority", "head", "deputy", "rules", "scale"
        ).prefetch_related("head__names", "deputy__names", "dates")

    def with_fixed_at(self) -> Self:
        """Add ``fixed_at``: when a ranking was fixed last, whether it is in force or not."""
        return self.annotate(fixed_at=RawSQL(card_sql.FIXED_AT, (), models.DateTimeField()))


class Copied(models.TextChoices):
    """What a new season may take over from the one before it."""

    SCALE = "scale", gettext_lazy("the point scale")
    RULES = "rules", gettext_lazy("the rules of the block")
    DATES = "dates", gettext_lazy("the dates, a year later")
    TARGETS = "targets", gettext_lazy("the common targets")


# Month and day by which each phase is promised, as the sector's groups usually set them; the
# dossiers are due before 20 December (575/QĐ-TTCP, 2019). Every season edits its own.
USUAL_DUE = {
    Phase.PLANNING: (2, 15),
    Phase.REGISTRATION: (3, 31),
    Phase.EXECUTION: (6, 15),
    Phase.SELF_SCORING: (9, 30),
    Phase.INSPECTION: (10, 31),
    Phase.SETTLEMENT: (11, 20),
    Phase.MEETING: (12, 10),
    Phase.CLOSED: (12, 19),
}
USUAL_CLOSING = {Phase.REGISTRATION: (4, 16)}
Days = tuple[date | None, date | None]  # due, closed from


class Season(models.Model):
    """One block's year."""

    block = models.ForeignKey(Block, models.PROTECT, related_name="seasons")
    year = models.PositiveSmallIntegerField(gettext_lazy("year"))
    theme = models.CharField(gettext_lazy("theme"), max_length=300, blank=True)
    phase = models.CharField(max_length=20, choices=Phase, default=Phase.PLANNING, editable=False)
    head = models.ForeignKey(
        Unit, models.PROTECT, null=True, related_name="headed_seasons", editable=False
    )
    deputy = models.ForeignKey(
        Unit, models.PROTECT, null=True, blank=True, related_name="+", editable=False
    )
    scale = models.ForeignKey(
        "scoring.Scale", models.PROTECT, null=True, related_name="+", editable=False
    )
    plan_fixed_at = models.DateTimeField(null=True, editable=False)
    draw_code = models.CharField(max_length=12, blank=True, editable=False)
    has_meeting: bool  # where home's ``steered_by`` added it, as are the two that follow
    cancelled_because: str | None
    acts_until: date | None

    objects = SeasonQuerySet.as_manager()

    class Meta:
        ordering = ["-year", "block"]
        constraints = [
            models.UniqueConstraint(
                "block",
                "year",
                name="a_block_has_one_season_a_year",
                violation_error_message=gettext_lazy("The block has a season of this year."),
            ),
            models.CheckConstraint(
                name="a_season_s_phase_is_known", condition=Q(phase__in=Phase.values)
            ),
            models.CheckConstraint(
                name="head_and_deputy_are_two_units",
                condition=Q(deputy__isnull=True) | ~Q(deputy=F("head")),
                violation_error_message=gettext_lazy("Head and deputy are two units."),
            ),
            models.CheckConstraint(
                name="a_running_season_has_a_head",
                condition=Q(phase=Phase.PLANNING) | Q(head__isnull=False),
                violation_error_message=gettext_lazy("The season has no head yet."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.block} {self.year}"

    @property
    def short_name(self) -> str:
        """Its block and year, as a row names them."""
        return f"{self.block.short_name} {self.year}"

    def get_absolute_url(self) -> str:
        """Return the address of the season's page."""
        return reverse("show_season", args=[self.pk])

    @property
    def step(self) -> Step:
        """The row of the table of phases in which the season is."""
        return STEPS[Phase(self.phase)]

    @property
    def next_phase(self) -> Phase | None:
        """The phase it would move to."""
        return after(Phase(self.phase))

    @property
    def previous_phase(self) -> Phase | None:
        """The phase it would go back to, if this one lets it."""
        return before(Phase(self.phase)) if self.step.goes_back else None

    @property
    def is_planning(self) -> bool:
        """Whether its scale may still be changed."""
        return self.phase == Phase.PLANNING

    @property
    def is_closed(self) -> bool:
        """Whether the year is over and nothing of it is changed any more."""
        return self.phase == Phase.CLOSED

    def refuse_figures_of(self, day: date | None) -> None:
        """Raise ValidationError where figures are to go up to a day that has not come, or that is
        of another year."""
        if day and (day > clock.today() or day.year != self.year):
            raise ValidationError(
                _("Figures go up to a day of %(year)s that has come; %(day)s was not saved."),
                params={"year": self.year, "day": show_date(day)},
            )

    def has_reached(self, phase: Phase) -> bool:
        """Tell whether the season is in ``phase`` or past it."""
        return ORDER.index(Phase(self.phase)) >= ORDER.index(phase)

    @property
    def missing(self) -> list[Missing]:
        """What is missing before the next phase, each with its address."""
        return missing_before(self, self.next_phase) if self.next_phase else []

    @property
    def left_open(self) -> list[Missing]:
        """What is told before the next phase and hinders nothing, each with its address."""
        return told_before(self, self.next_phase) if self.next_phase else []

    @property
    def criteria(self) -> "list[Criterion]":
        """The lines of the locked scale; none while it is not locked."""
        return self.scale.criteria_in_order if self.scale else []

    @cached_property
    def dates_by_phase(self) -> dict[str, "PhaseDate"]:
        """The promised and closing days, by phase."""
        return {day.phase: day for day in self.dates.all()}

    @cached_property
    def excuses(self) -> dict[tuple[int, str], "Waiver"]:
        """The waivers in force, by unit and column."""
        return {(waiver.unit_id, waiver.column): waiver for waiver in self.waivers.all()}

    @property
    def excused_from_inspecting(self) -> dict[int, "Waiver"]:
        """The waivers of units that do not send what they find at others, their names fetched."""
        found = {unit: waiver for (unit, column), waiver in self.excuses.items()
                 if column == Column.FOUND}  # fmt: skip
        models.prefetch_related_objects([*found.values()], "unit__names")
        return found

    @property
    def unranked(self) -> dict[int, "Waiver"]:
        """By which waiver units are not ranked: that of a sheet of their own (decision 13).

        The year waits for none of their sheets any more, nor for their inspection and settlement.
        """
        found: dict[int, Waiver] = {}
        for (unit, column), waiver in self.excuses.items():
            if column in OWNED:
                found.setdefault(unit, waiver)
        return found

    def due(self, column: Column) -> date | None:
        """Return the day by which the column is promised, or nothing."""
        day = self.dates_by_phase.get(COLUMN_PHASE[column])
        return day.due if day else None

    def closes_on(self, column: Column) -> date | None:
        """Return the first day on which the column can no longer be written, or nothing."""
        day = self.dates_by_phase.get(COLUMN_PHASE[column])
        return day.closes_on if day else None

    def is_shut(self, column: Column) -> bool:
        """Tell whether the column's wall has come: it is not written any more, nor sent."""
        closes_on = self.closes_on(column)
        return closes_on is not None and clock.today() >= closes_on

    def refuse_when_shut(self, column: Column) -> None:
        """Raise PermissionDenied, with its day, once the column's wall has come."""
        closes_on = self.closes_on(column)
        if closes_on and self.is_shut(column):
            raise PermissionDenied(
                _("This column closed on %(day)s.") % {"day": show_date(closes_on)}
            )

    @cached_property
    def findings_opened_at(self) -> datetime | None:
        """When the window opened last in which units answer to the findings, or nothing."""
        ways = [(move.at, move.old, move.new) for move in self.moves.all()]
        opened = [at for at, *way in ways if way == [Phase.INSPECTION, Phase.SETTLEMENT]]
        return opened[-1] if opened else None

    @property
    def explain_until(self) -> date | None:
        """The last day on which units answer to the findings; silence after it is agreement.

        So many days after settlement opened as the rules give; nothing before it was opened, nor
        in a year that went back before it: it is opened anew.
        """
        opened = self.findings_opened_at
        if opened is None or not self.has_reached(Phase.SETTLEMENT):
            return None
        return timezone.localtime(opened).date() + timedelta(days=self.rules.explanation_days)

    @property
    def may_still_explain(self) -> bool:
        """Whether the window in which units answer to the findings has not ended."""
        until = self.explain_until
        return until is None or clock.today() <= until

    @property
    def current_ranking(self) -> "Ranking | None":
        """The ranking in force: the last one fixed; none while any card that is ranked is not
        settled."""
        fixed = self.rankings.select_related("by__person").order_by("-number")
        return fixed.exclude(RawSQL(card_sql.NOT_IN_FORCE, (), models.BooleanField())).first()

    @cached_property
    def fixed_at(self) -> datetime | None:
        """When a ranking was fixed last. See ``with_fixed_at``."""
        return self.rankings.order_by("-number").values_list("at", flat=True).first()

    @property
    def unfixed(self) -> str:
        """That no ranking is in force, in a sentence; ask it where there is none."""
        return self.rests or _("The ranking is not fixed yet.")

    @property
    def rests(self) -> str:
        """That the ranking is not in force while a sheet waits to be settled, and what follows;
        nothing where none was fixed."""
        if self.fixed_at is None:
            return ""
        return _(
            "The ranking fixed on %(at)s does not stand until every sheet is settled; then it"
            " stands again, or is fixed anew where totals or ranks have changed."
        ) % {"at": show_moment(self.fixed_at)}

    @cached_property
    def acting_unit_id(self) -> int | None:
        """The deputy while it acts for the head today, by an authorisation."""
        authorised = self.authorisations.today().filter(unit=self.deputy_id)
        return authorised.values_list("unit", flat=True).first() if self.deputy_id else None

    def head_seat(self, user: "User", *roles: str) -> Seat | None:
        """Return the seat from which the user acts for the head: there, or at the acting deputy."""
        seat = user.seat_at(self.head, *roles)
        if seat is None and (seat := user.seat_at(self.deputy, *roles)) is not None:
            seat = seat if self.acting_unit_id else None
        return seat

    def office_seat(self, user: "User") -> Seat | None:
        """Return the seat from which the user acts for the head, or as an officer above it."""
        return self.head_seat(user) or user.officer_seat(self.block.authority)

    def locked(self) -> "Season":
        """Return the season's row, locked against everybody else's move and writing."""
        return Season.objects.select_for_update().get(pk=self.pk)

    def shared(self) -> "Season":
        """Return the season's row, locked against a move but shared with other writers.

        Moves take the row FOR UPDATE, cells and ballots FOR SHARE, so that nobody writes through
        a closing door (design: Locks).
        """
        columns = ", ".join(f'"{field.column}"' for field in Season._meta.concrete_fields)
        with_lock = f'SELECT {columns} FROM "scoring_season" WHERE "id" = %s FOR SHARE'  # noqa: S608
        return Season.objects.raw(with_lock, [self.pk])[0]

    @classmethod
    @transaction.atomic
    def open(
        cls, block: Block, year: int, *, theme: str = "", copied: Collection[str] = ()
    ) -> "Season":
        """Open a block's year: its rules, its dates, head and deputy as recognised by now.

        ``copied`` names what the season before it hands over (``Copied``); without it the dates
        are the usual ones. Raises ValidationError when the block has a season of this year.
        """
        season = cls(block=block, year=year, theme=theme)
        season.validate_constraints()
        season.save()
        last = block.seasons.filter(year__lt=year).order_by("-year").first()
        rules = SeasonRules(season=season)
        if last and Copied.RULES in copied:
            rules.take_over(last.rules)
        rules.save()
        season.set_dates(season._first_dates(last if Copied.DATES in copied else None))
        season.take_offices_from_terms()
        if last and Copied.RULES in copied:
            resolved(Asked.VOTE_RULES)(season, last)
        if last and Copied.TARGETS in copied:
            for target in last.common_targets.all():
                target.copy_to(season)
        if last and last.scale and Copied.SCALE in copied:
            last.scale.copy_to(season)
        return season

    def _first_dates(self, last: "Season | None") -> dict[Phase, Days]:
        if last is None:
            usual = {phase: date(self.year, *day) for phase, day in USUAL_DUE.items()}
            walls = {phase: date(self.year, *day) for phase, day in USUAL_CLOSING.items()}
            return {phase: (due, walls.get(phase)) for phase, due in usual.items()}
        years = self.year - last.year
        return {
            Phase(day.phase): (_years_later(day.due, years), _years_later(day.closes_on, years))
            for day in last.dates.all()
        }

    def set_dates(self, dates: Mapping[Phase, Days]) -> None:
        """Set when each phase is due and from when it is closed; a phase left out keeps its days.

        Raises ValidationError when the season is closed or a wall stands before its due date.
        """
        self.refuse_when_closed()
        for phase, (due, closes_on) in dates.items():
            day = self.dates.filter(phase=phase).first() or PhaseDate(season=self, phase=phase)
            day.due, day.closes_on = due, closes_on
            day.validate_constraints()
            day.save()
        self.__dict__.pop("dates_by_phase", None)

    def refuse_when_closed(self) -> "Season":
        """Return the season's row, shared: it holds off a move that would end the year.

        Raises ValidationError when the year is over.
        """
        season = self.shared()
        if season.is_closed:
            raise ValidationError(_("The season is closed; it is not changed any more."))
        return season

    @property
    def is_under_way(self) -> bool:
        """Whether its members are known and it is not closed: from registration to the meeting."""
        return not (self.is_planning or self.is_closed)

    def refuse_unless_under_way(self) -> None:
        """Raise ValidationError before registration and when the year is over, as above."""
        if self.refuse_when_closed().is_planning:
            raise ValidationError(
                _("This is noted once registration is open: then the year's members are known.")
            )

    def edit(self, theme: str) -> None:
        """Give the year its theme."""
        self.refuse_when_closed()
        self.theme = theme
        self.save(update_fields=["theme"])

    def _put_in_office(self, head: Unit | None, deputy: Unit | None) -> None:
        """Save who is head and deputy. Raises ValidationError when the two are one."""
        self.head, self.deputy = head, deputy
        self.validate_constraints()
        self.save(update_fields=["head", "deputy"])

    @property
    def recognised_offices(self) -> dict[str, Unit]:
        """Who the recognised terms of the year name last, by office; nobody where that one left."""
        terms = self.block.terms.in_year(self.year).last_by_office()
        there = set(self.block.memberships.today().values_list("unit", flat=True))
        return {role: term.unit for role, term in terms.items() if term.unit_id in there}

    def take_offices_from_terms(self) -> None:
        """Name as head and deputy whoever the recognised terms of the year name last."""
        held = self.recognised_offices
        self._put_in_office(held.get(Office.HEAD), held.get(Office.DEPUTY))

    @transaction.atomic
    def take_offices_from(self, paper: Recognition, by: Seat) -> None:
        """Name head and deputy as the paper that was issued does, by who issued it; an office that
        it does not name stays with who holds it."""
        last = self.block.terms.in_year(self.year).last_by_office()
        named = {r: term.unit for r, term in last.items() if term.recognition_id == paper.pk}
        head, deputy = named.get(Office.HEAD, self.head), named.get(Office.DEPUTY, self.deputy)
        if (self.head, self.deputy) == (head, deputy):
            return
        if head is None:
            self._put_in_office(head, deputy)
        else:
            said = f"{paper.reference}, {show_date(paper.dated or clock.today())}"
            self._change_offices(head, deputy, by, said)

    @property
    def members(self) -> models.QuerySet[Unit]:
        """Its units in official order: those with a card, before registration the block's."""
        if self.has_reached(Phase.REGISTRATION):
            dealt = Unit.objects.filter(cards__season=self).order_by("cards__official_order")
            return dealt.prefetch_related("names")
        return members_on(self.block, clock.today())

    @property
    def may_hold_office(self) -> models.QuerySet[Unit]:
        """Its members that have not left the block."""
        return self.members.filter(pk__in=self.block.memberships.today().values("unit"))

    @transaction.atomic
    def name_offices(self, head: Unit, deputy: Unit | None, by: Seat, reason: str) -> None:
        """Name another head or deputy by an officer's act with a reason (decision 12).

        What authorised the former deputy to act for the former head ends with that. Raises
        PermissionDenied for anybody but an officer, ValidationError when the season is closed, the
        units are no members or have left, they hold the offices already, or the two are one.
        """
        if by.authority_id != self.block.authority_id:
            raise PermissionDenied(_("Only an officer names head and deputy."))
        before = self.locked().refuse_when_closed()
        if not reason.strip():
            raise ValidationError(_("Give the reason."))
        members = set(self.may_hold_office.values_list("pk", flat=True))
        if not {unit.pk for unit in (head, deputy) if unit} <= members:
            raise ValidationError(_("Head and deputy are members of the block."))
        if (before.head, before.deputy) == (head, deputy):
            raise ValidationError(_("These units hold the offices already."))
        before._change_offices(head, deputy, by, reason.strip())
        self.head, self.deputy = head, deputy
        self.__dict__.pop("acting_unit_id", None)

    def _change_offices(self, head: Unit, deputy: Unit | None, by: Seat, reason: str) -> None:
        history.acting_as(by)
        for given in self.authorisations.not_over():
            given.end(by)
        self.__dict__.pop("acting_unit_id", None)
        self._put_in_office(head, deputy)
        OfficeChange.objects.create(season=self, head=head, deputy=deputy, by=by, reason=reason)

    @transaction.atomic
    def move_to(self, phase: Phase, by: Seat) -> None:
        """Move on to the next phase: the only way a season changes phase forward.

        Raises ValidationError with every missing thing, or when it is not the next phase (two
        people clicked, one of them second).
        """
        season = self.locked()
        if phase != season.next_phase:
            raise ValidationError(season.leads_elsewhere(phase))
        if missing := missing_before(season, phase):
            raise ValidationError([miss.sentence for miss in missing])
        season._enter(phase, by)
        if STEPS[phase].opened:
            resolved(STEPS[phase].opened)(season)
        self._forget()

    def leads_elsewhere(self, to: Phase) -> str:
        """Say that the season is in a phase already, or does not lead there from where it is."""
        if to == self.phase:
            return _("The season is in “%(now)s” already.") % {"now": to.label}
        words = {"now": self.get_phase_display(), "then": to.label}
        return _("The season is in “%(now)s”; it does not lead to “%(then)s”.") % words

    @transaction.atomic
    def go_back(self, by: Seat, reason: str, to: Phase | None = None) -> None:
        """Go back one phase with a reason; its sheets become drafts again (decision 14).

        So do those that were begun in the phase that is left: they rest on what may change now.
        Once a question was opened at the meeting, only an officer does so, who has cancelled the
        meeting before. Raises ValidationError or PermissionDenied; the first also when that phase
        is not ``to``, which was asked for, any more (two people clicked, one of them second).
        """
        season = self.locked()
        phase = season.previous_phase
        if phase is None:
            raise ValidationError(_("The season does not go back from here."))
        if to and to != phase:
            raise ValidationError(season.leads_elsewhere(to))
        if not reason.strip():
            raise ValidationError(_("Give the reason."))
        if held := season.held_from_going_back(by):
            raise PermissionDenied(held[0].sentence)
        left = Phase(season.phase)
        reopened = list(season.reopened_by_going_back)
        season._enter(phase, by, reason)
        for filing in reopened:
            filing.reopen(by, reason)
        if left == Phase.SETTLEMENT:  # what was agreed to may be found otherwise now
            season.lapse_agreements()
        self._forget()

    def held_from_going_back(self, by: Seat) -> list[Missing]:
        """Return what keeps the season from going back, as who goes back from this seat reads it:
        its meeting, once a question was opened there."""
        if self.phase != Phase.MEETING:
            return []
        held: list[Missing] = resolved(Asked.MEETING_HOLDS)(self, by)
        return held

    @property
    def reopened_by_going_back(self) -> "FilingQuerySet":
        """The sheets sent or handed up that going back one phase makes drafts again."""
        from scoring.models.filing import Filing  # noqa: PLC0415 -- cards come after seasons

        back = self.previous_phase
        columns = [*STEPS[back].writes, *self.step.writes] if back else []
        under_way = Filing.objects.filter(state__in=[FilingState.SENT, FilingState.HANDED_UP])
        return under_way.filter(card__season=self, column__in=columns)

    def lapse_agreements(self) -> None:
        """Let every agreement to the findings lapse; the rows stay."""
        from scoring.models.explanation import Agreement  # noqa: PLC0415 -- comes after seasons

        given = Agreement.objects.filter(card__season=self, lapsed_at__isnull=True)
        given.update(lapsed_at=clock.now())

    def _forget(self) -> None:
        """Read anew what a move changes."""
        self.refresh_from_db(fields=["phase"])
        self.__dict__.pop("findings_opened_at", None)

    def _enter(self, phase: Phase, by: Seat, note: str = "") -> None:
        history.acting_as(by)
        PhaseChange.objects.create(season=self, old=self.phase, new=phase, by=by, note=note)
        self.phase = phase
        self.save(update_fields=["phase"])

    @transaction.atomic
    def waive(self, unit: Unit, column: Column, by: Seat, reason: str) -> "Waiver":
        """Note that the unit will not submit this column (decision 13).

        Without a sheet of its own it is unranked, and the year waits for no other sheet of it, nor
        for its inspection and settlement; without its findings at others its own card goes on as
        before. Raises ValidationError when nothing is asked of the unit now, or it has sent it
        already.
        """
        from scoring.models.filing import Filing  # noqa: PLC0415 -- cards come after seasons

        season = self.locked()
        if column not in season.step.writes or season.step.by is Part.SETTLER:
            raise ValidationError(_("This is not asked for in the season's present phase."))
        if not season.cards.filter(unit=unit).exists():
            raise ValidationError(_("The unit has no sheet in this season."))
        if not reason.strip():
            raise ValidationError(_("Give the reason."))
        sent = Filing.objects.sent().filter(card__season=season, column=column)
        if season.step.by is Part.OWNER:
            all_sent = sent.filter(card__unit=unit).exists()
        else:
            asked = season.cards.filter(inspection__inspectors__unit=unit)
            all_sent = (
                asked.exists()
                and not asked.exclude(pk__in=sent.filter(unit=unit).values("card")).exists()
            )
        if all_sent:
            raise ValidationError(_("The unit has sent this already."))
        history.acting_as(by)
        waiver = Waiver(season=season, unit=unit, column=column, by=by, reason=reason.strip())
        waiver.validate_constraints()
        waiver.save()
        self.__dict__.pop("excuses", None)
        return waiver

    @property
    def newest_scale(self) -> "Scale | None":
        """The last version of the scale, locked or not."""
        return next(iter(self.scales.all()), None)

    def add_scale(self, **fields: Any) -> "Scale":
        """Begin another version of the scale, while planning."""
        if self.locked().phase != Phase.PLANNING:
            raise ValidationError(_("The scale is changed only while planning."))
        version = self.scales.aggregate(last=models.Max("version"))["last"] or 0
        return self.scales.create(version=version + 1, **fields)


class SeasonRules(models.Model):
    """The season's numbers and switches, each with the paper it comes from (decision 5)."""

    season = models.OneToOneField(Season, models.CASCADE, related_name="rules")
    registration_required = models.BooleanField(
        gettext_lazy("only registered titles are considered"), default=True
    )
    scan_replaces_principal = models.BooleanField(
        gettext_lazy("a clerk may send with a scan of the signed sheet"), default=False
    )
    tie_rules = models.JSONField(gettext_lazy("what decides equal totals, in order"), default=list)
    inspectors_per_card = models.PositiveSmallIntegerField(
        gettext_lazy("inspecting units for each unit"), default=1
    )
    explanation_days = models.PositiveSmallIntegerField(gettext_lazy("days to explain"), default=7)
    source = models.CharField(
        gettext_lazy("paper these rules come from"), max_length=300, blank=True
    )

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="a_unit_is_inspected_by_at_least_one", condition=Q(inspectors_per_card__gte=1)
            )
        ]

    COPIED = (
        "registration_required",
        "scan_replaces_principal",
        "tie_rules",
        "inspectors_per_card",
        "explanation_days",
        "source",
    )

    def __str__(self) -> str:
        return f"{self.season}: {self.source}"

    def take_over(self, other: "SeasonRules") -> None:
        """Take the numbers of another season's rules; the caller saves."""
        for name in self.COPIED:
            setattr(self, name, getattr(other, name))

    def refuse_change(self, season: Season, seat: Seat) -> None:
        """Raise PermissionDenied or ValidationError unless this seat may change them now.

        While planning whoever drafts the season may, later only an officer, until the meeting.
        """
        if season.has_reached(Phase.MEETING):
            raise ValidationError(_("The rules are not changed any more once the meeting is due."))
        if not season.is_planning and seat.authority_id is None:
            raise PermissionDenied(_("Once planning is over, only an officer changes the rules."))

    def _refuse_breaking_what_runs(self, season: Season) -> None:
        """Raise ValidationError where a window that runs would be shortened or end behind the wall
        of the settlement, or a plan that is fixed would have another number of inspecting units."""
        held = SeasonRules.objects.get(pk=self.pk)
        if season.phase == Phase.SETTLEMENT and self.explanation_days < held.explanation_days:
            said = _("The window is open: units were told %(count)s days; it is only extended now.")
            words = {"count": held.explanation_days}
            raise ValidationError({"explanation_days": said % words})
        wall, until = season.closes_on(Column.FINAL), held.season.explain_until
        more = timedelta(days=self.explanation_days - held.explanation_days)
        if more and wall and until and until + more >= wall:
            said = _("Settlement closes on %(day)s; units cannot explain up to that day or beyond.")
            raise ValidationError({"explanation_days": said % {"day": show_date(wall)}})
        if season.plan_fixed_at and self.inspectors_per_card != held.inspectors_per_card:
            said = _(
                "The plan of inspections is fixed with %(count)s for each unit; open it first."
            )
            words = {"count": held.inspectors_per_card}
            raise ValidationError({"inspectors_per_card": said % words})

    def are_open_to(self, seat: Seat) -> bool:
        """Whether this seat may change them now."""
        try:
            self.refuse_change(self.season, seat)
        except (PermissionDenied, ValidationError):
            return False
        return True

    def agree(self, seat: Seat) -> None:
        """Save what was agreed.

        Raises as ``refuse_change``, and ValidationError where the members are too few for so many
        inspecting units (decision 18); one is always allowed, for members may still come.
        """
        season = self.season.shared()
        self.refuse_change(season, seat)
        self._refuse_breaking_what_runs(season)
        reason = infeasible(season.members.count(), self.inspectors_per_card)
        if reason and self.inspectors_per_card > 1:
            raise ValidationError({"inspectors_per_card": reason})
        history.acting_as(seat)
        self.save()


def _years_later(day: date | None, years: int) -> date | None:
    """Return the same day so many years later; 29 February becomes the 28th where there is none."""
    if day is None:
        return None
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return day.replace(year=day.year + years, day=28)


class PhaseDate(models.Model):
    """When a phase is promised to be done, and from when its columns are closed."""

    season = models.ForeignKey(Season, models.CASCADE, related_name="dates")
    phase = models.CharField(max_length=20, choices=Phase)
    due = models.DateField(gettext_lazy("due"), null=True, blank=True)
    closes_on = models.DateField(gettext_lazy("closed from"), null=True, blank=True)

    class Meta:
        ordering = ["season_id", "due"]
        constraints = [
            models.UniqueConstraint("season", "phase", name="a_phase_has_one_date_in_a_season"),
            models.CheckConstraint(
                name="a_phase_closes_after_its_due_date",
                condition=Q(due__isnull=True)
                | Q(closes_on__isnull=True)
                | Q(closes_on__gt=F("due")),
                violation_error_message=gettext_lazy(
                    "The closing day must come after the due date."
                ),
            ),
            models.CheckConstraint(
                name="a_date_s_phase_is_known", condition=Q(phase__in=Phase.values)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_phase_display()}: {self.due}"


class PhaseChange(models.Model):
    """One move of a season: from where, to where, by whom, why."""

    season = models.ForeignKey(Season, models.PROTECT, related_name="moves")
    old = models.CharField(max_length=20, choices=Phase)
    new = models.CharField(max_length=20, choices=Phase)
    by = models.ForeignKey(Seat, models.PROTECT, related_name="+")
    at = models.DateTimeField(default=clock.now)
    note = models.CharField(max_length=500, blank=True)

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.season}: {self.old} → {self.new}"

    @property
    def is_back(self) -> bool:
        """Whether the season went back."""
        return ORDER.index(Phase(self.new)) < ORDER.index(Phase(self.old))


class OfficeChange(models.Model):
    """Another head or deputy in the middle of the year, by an officer's act or a paper, and why."""

    season = models.ForeignKey(Season, models.PROTECT, related_name="office_changes")
    head = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    deputy = models.ForeignKey(Unit, models.PROTECT, null=True, related_name="+")
    reason = models.CharField(gettext_lazy("reason"), max_length=500)
    by = models.ForeignKey(Seat, models.PROTECT, related_name="+")
    at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.season}: {self.head}"


class WaiversInForce(models.Manager["Waiver"]):
    """The waivers that were not withdrawn: a withdrawn one excuses nobody anywhere."""

    def get_queryset(self) -> models.QuerySet["Waiver"]:
        """Leave the withdrawn out."""
        return super().get_queryset().filter(withdrawn_at__isnull=True)


class Waiver(models.Model):
    """A unit excused from submitting a column, with the reason."""

    season = models.ForeignKey(Season, models.PROTECT, related_name="waivers")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="waivers")
    column = models.CharField(max_length=10, choices=Column)
    reason = models.CharField(gettext_lazy("reason"), max_length=500)
    by = models.ForeignKey(Seat, models.PROTECT, related_name="+")
    at = models.DateTimeField(default=clock.now)
    withdrawn_because = models.CharField(max_length=500, blank=True)
    withdrawn_by = models.ForeignKey(Seat, models.PROTECT, null=True, related_name="+")
    withdrawn_at = models.DateTimeField(null=True)

    objects = WaiversInForce()
    recorded = models.Manager["Waiver"]()  # the withdrawn ones too

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                "season",
                "unit",
                "column",
                condition=Q(withdrawn_at__isnull=True),
                name="a_unit_is_excused_once",
                violation_error_message=gettext_lazy("The unit is excused already."),
            ),
            models.CheckConstraint(
                name="a_withdrawn_waiver_says_by_whom_and_why",
                condition=Q(withdrawn_at__isnull=True, withdrawn_by=None, withdrawn_because="")
                | Q(withdrawn_at__isnull=False, withdrawn_by__isnull=False)
                & ~Q(withdrawn_because=""),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.unit}: {self.reason}"

    @property
    def sheet(self) -> str:
        """What its unit does not send, within a sentence."""
        return str(SHEETS[Column(self.column)])

    @property
    def because(self) -> str:
        """Its reason within a sentence: written as one, it is told without its full stop."""
        return phrase(self.reason) or self.reason

    @property
    def withholds(self) -> str:
        """Which unit does not send what it finds at others, and why, within a sentence; ask it of
        ``Season.excused_from_inspecting``."""
        said = {"unit": self.unit.short_name, "reason": self.because}
        return _("%(unit)s does not send its findings: %(reason)s") % said

    def unranks(self, unit: Unit) -> str:
        """That its unit, fetched with its name, is not ranked, and why, in a sentence; ask it of
        ``Season.unranked``."""
        said = {"unit": unit.short_name, "sheet": self.sheet, "reason": self.because}
        return _(
            "%(unit)s is not ranked this year: it was noted that it does not send %(sheet)s"
            " (%(reason)s)."
        ) % said  # fmt: skip

    @property
    def beside(self) -> list["Waiver"]:
        """The other waivers by which its unit is not ranked; none beside one of an inspection."""
        own = [each for each in self.season.excuses.values() if each.unit_id == self.unit_id]
        others = [each for each in own if each.column in OWNED and each.pk != self.pk]
        return others if self.column in OWNED else []

    @property
    def may_not_withdraw(self) -> str:
        """Why its sheet cannot be asked again now, and what helps; or nothing."""
        return self._over(self.season)

    def _over(self, season: Season) -> str:
        phase = COLUMN_PHASE[Column(self.column)]
        if phase == season.phase or not season.has_reached(phase):
            return ""
        return _(
            "The note stays for now: it is withdrawn while the year is in “%(phase)s” or before it,"
            " and a year that is further can go back."
        ) % {"phase": phase.label}

    @transaction.atomic
    def withdraw(self, by: Seat, reason: str) -> None:
        """Ask the sheet of the unit again, while its phase is on, or before it in a year that went
        back.

        Raises ValidationError without a reason, when the phase is over, or when it was withdrawn
        already (two clicks).
        """
        if refusal := self._over(self.season.locked()):
            raise ValidationError(refusal)
        if not reason.strip():
            raise ValidationError(_("Give the reason."))
        if not Waiver.objects.filter(pk=self.pk).exists():
            raise ValidationError(_("The waiver was withdrawn already."))
        history.acting_as(by)
        self.withdrawn_by, self.withdrawn_at = by, clock.now()
        self.withdrawn_because = reason.strip()
        self.save(update_fields=["withdrawn_by", "withdrawn_at", "withdrawn_because"])
        self.season.__dict__.pop("excuses", None)
