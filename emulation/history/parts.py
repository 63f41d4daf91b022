"""Which changes belong to a thing.

Of a sheet one reads the history of the columns one may read; what was typed before a column was
first sent stays with those who typed it (decision 15).
"""

from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import BigIntegerField, BooleanField, CharField, Func, Min, Q, QuerySet
from django.db.models.fields.json import KT
from django.db.models.functions import Cast

from awards.models import (
    Adjustment,
    Aim,
    Attendance,
    Award,
    Candidate,
    Counter,
    Decision,
    Elector,
    GivenPaper,
    Grant,
    Guest,
    Hold,
    LeaderCount,
    Letter,
    Meeting,
    MeetingPaper,
    Outcome,
    Procedure,
    Question,
    QuestionState,
    Requirement,
    VoteRules,
)
from blocks.models import (
    Authority,
    Block,
    Change,
    Membership,
    Paper,
    Recognition,
    Seat,
    Succession,
    Term,
    Unit,
    UnitName,
    User,
)
from emulation.history.words import Model
from scoring.board import may_hear, may_read
from scoring.models import (
    Activity,
    Agreement,
    Authorisation,
    CommonTarget,
    Criterion,
    Entry,
    Evidence,
    Exemption,
    Explanation,
    Filing,
    FilingAct,
    InspectingUnit,
    Inspection,
    OfficeChange,
    Participation,
    PhaseChange,
    PhaseDate,
    Ranking,
    Reminder,
    RoleModel,
    Scale,
    Scorecard,
    Season,
    SeasonRules,
    SheetPaper,
    SignedScan,
    StaffFigures,
    Waiver,
)
from scoring.phases import Column, FilingState

FIGURES = ("actual", "target", "points")
Part = tuple[Model, QuerySet[Change]]


class _Keys(ArraySubquery):
    empty_result_set_value = NotImplemented  # what surely finds nothing is not asked at all


class _Among(Func):
    """Is this value one of those keys?"""

    template = "%(expressions)s)"
    arg_joiner = " = ANY("
    output_field = BooleanField()


def of_rows(changes: QuerySet[Change], rows: QuerySet[Any]) -> QuerySet[Change]:
    """Keep the changes of these rows, given as history writes their keys.

    The keys are found once and looked up in the index. A join is planned by what PostgreSQL last
    counted, and of tables that were empty then it reads every row anew for every change.
    """
    return changes.filter(_Among("row", _Keys(rows)))


def of(model: Model, gone: dict[str, Any] | None = None, *among: Q, **live: Any) -> list[Part]:
    """Return the changes of the rows that are ``live`` now, and of removed ones that were ``gone``.

    ``gone`` asks what a removed row held, as history keeps it: ``{"unit_id": 5}``, or the key of
    one of some rows.
    """
    changes = Change.objects.filter(table=model._meta.db_table)
    rows = model._base_manager.filter(*among, **live).order_by()
    parts: list[Part] = [(model, of_rows(changes, as_text(rows)))]
    if gone:
        removed = Change.objects.filter(table=model._meta.db_table, act="delete")
        for name, value in gone.items():
            if isinstance(value, QuerySet):
                removed = removed.alias(held=KT(f"before__{name}"))
                removed = removed.filter(held__in=as_text(value.order_by()))
            else:
                removed = removed.filter(**{f"before__{name}": value})
        parts.append((model, of_rows(changes, removed.values("row"))))
    return parts


def as_text(rows: QuerySet[Any]) -> QuerySet[Any]:
    """Return the keys of rows as history writes them."""
    return rows.annotate(key=Cast("pk", CharField())).values("key")


def of_unit(user: User, unit: Unit) -> list[Part]:
    """A unit: its names, its blocks and offices; its seats for whoever knows its people."""
    parts = [
        *of(Unit, pk=unit.pk),
        *of(UnitName, unit=unit),
        *of(Succession, None, Q(old=unit) | Q(new=unit)),
        *of(Membership, {"unit_id": unit.pk}, unit=unit),
        *of(Term, unit=unit, recognised=True),
    ]
    knows = user.seat_at(unit) or user.has_perm("blocks.manage_clerks", unit)
    return [*parts, *of(Seat, unit=unit)] if knows else parts


def of_person(_user: User, person: User) -> list[Part]:
    """A person and its seats."""
    return [*of(User, pk=person.pk), *of(Seat, person=person)]


def of_block(user: User, block: Block) -> list[Part]:
    """A block, its members, and who was recognised; drafts are the officer's."""
    parts = [
        *of(Block, pk=block.pk),
        *of(Membership, {"block_id": block.pk}, block=block),
    ]
    if user.officer_seat(block.authority):
        return [*parts, *of(Term, {"block_id": block.pk}, block=block)]
    return [*parts, *of(Term, block=block, recognised=True)]


def of_recognition(user: User, paper: Recognition) -> list[Part]:
    """A recognition paper; what it said as a draft is the officer's."""
    parts = of(Recognition, pk=paper.pk)
    if user.officer_seat(paper.authority):
        return [*parts, *of(Term, {"recognition_id": paper.pk}, recognition=paper)]
    ((model, changes),) = parts
    issued = changes.filter(after__issued=True).aggregate(first=Min("pk"))["first"]
    return [(model, changes.filter(pk__gte=issued or 0))]


def of_season(_user: User, season: Season) -> list[Part]:
    """A year: its rules, dates, moves, offices, waivers, targets, activities, votes, decisions."""
    mine = {"season_id": season.pk}
    return [
        *_years(pk=season.pk),
        *of(SeasonRules, season=season),
        *of(PhaseDate, mine, season=season),
        *of(PhaseChange, season=season),
        *of(OfficeChange, season=season),
        *of(Waiver, mine, season=season),
        *of(Authorisation, mine, season=season),
        *of(Reminder, season=season),
        *of(CommonTarget, mine, season=season),
        *_activities([season.pk]),
        *of(RoleModel, mine, season=season),
        *of(VoteRules, mine, season=season),
        *of(Ranking, season=season),
        *of(Hold, season=season),
        *of(Decision, season=season),
        *of(Grant, decision__season=season),
    ]


def _years(**live: Any) -> list[Part]:
    """Years; that one moved is told by its move, with the reason."""
    ((model, changes),) = of(Season, **live)
    return [(model, changes.exclude(act="update", after__has_key="phase"))]


def _activities(seasons: list[int]) -> list[Part]:
    """What was done together, and which units took part in what still stands."""
    mine = list(Activity.objects.filter(season__in=seasons).order_by().values_list("pk", flat=True))
    return [
        *of(Activity, {"season_id__in": seasons}, pk__in=mine),
        *of(Participation, {"activity_id__in": mine}, activity__in=mine),
    ]


def of_scale(_user: User, season: Season) -> list[Part]:
    """The versions of a season's scale, line by line."""
    mine = list(season.scales.values_list("pk", flat=True))
    return [
        *of(Scale, {"season_id": season.pk}, season=season),
        *of(Criterion, {"scale_id__in": mine}, scale__season=season),
    ]


def of_line(_user: User, line: Criterion) -> list[Part]:
    """One line of a scale."""
    return of(Criterion, pk=line.pk)


def of_plan(_user: User, season: Season) -> list[Part]:
    """Who inspects whom, when and by whom led; how the plan was drawn, when it was fixed."""
    ((model, changes),) = of(Season, pk=season.pk)
    drawn = changes.filter(act="update", after__has_any_keys=["draw_code", "plan_fixed_at"])
    return [*_plan([season.pk]), (model, drawn)]


def _plan(seasons: list[int]) -> list[Part]:
    mine = list(
        Inspection.objects.filter(card__season__in=seasons).order_by().values_list("pk", flat=True)
    )
    return [
        *of(Inspection, card__season__in=seasons),
        *of(InspectingUnit, {"inspection_id__in": mine}, inspection__in=mine),
    ]


def of_card(user: User, card: Scorecard) -> list[Part]:
    """A sheet, column by column, as far as the reader reads it."""
    parts = [*of(Scorecard, pk=card.pk), *of(Exemption, {"card_id": card.pk}, card=card)]
    columns = [column for column in Column if may_read(user, card, column)]
    parts += of(Agreement, card=card)
    if may_hear(user, card):
        ((model, said),) = of(Explanation, card=card)
        if Column.FINAL not in columns:  # an answer tells what it did to the settled total
            said = said.exclude(act="update", after__has_key="total_after")
        parts.append((model, said))
    first = _first_sent(card)
    for column in columns:
        here = _of_column(card, column)
        if card.seat_for(user, column) is None and column != Column.FINAL:
            if column not in first:
                continue
            here = [(model, changes.filter(pk__gte=first[column])) for model, changes in here]
        parts += here
    return parts


def _of_column(card: Scorecard, column: Column) -> list[Part]:
    said = {"card_id": card.pk, "column": column.value}
    begun = Q(act="insert", after__level="", **{f"after__{name}": None for name in FIGURES})
    ((entry, entries),) = of(Entry, card=card, column=column)
    parts = [
        (entry, entries.exclude(begun)),  # a line that was begun says nothing yet
        *of(Evidence, said, card=card, column=column),
        *of(Filing, card=card, column=column),
        *of(FilingAct, filing__card=card, filing__column=column),
        *of(SignedScan, filing__card=card, filing__column=column),
    ]
    if column == Column.CLAIMED:
        parts += of(StaffFigures, card=card)
    if column == Column.AIM:
        parts += of(Aim, {"card_id": card.pk}, card=card)
    return parts


def _first_sent(card: Scorecard) -> dict[str, int]:
    """Return the change by which each column was first sent."""
    columns = {str(filing.pk): filing.column for filing in card.filings.all()}
    sent = Change.objects.filter(table="scoring_filing", row__in=columns, after__state="sent")
    rows = sent.order_by().values("row").annotate(first=Min("pk")).values_list("row", "first")
    first: dict[str, int] = {}
    for row, pk in rows:
        column = columns[row]
        first[column] = min(pk, first.get(column, pk))
    return first


def of_meeting(_user: User, meeting: Meeting) -> list[Part]:
    """A meeting, who attended, what was put to the vote and what came of it.

    Whose letter came or was empty is told; who voted and what is on a ballot nowhere.
    """
    return _meetings([meeting.pk])


def _meetings(meetings: list[int]) -> list[Part]:
    mine = {"meeting_id__in": meetings}
    questions = list(
        Question.objects.filter(meeting__in=meetings).order_by().values_list("pk", flat=True)
    )
    lines = list(
        Attendance.objects.filter(meeting__in=meetings).order_by().values_list("pk", flat=True)
    )
    ((elector, frozen),) = of(Elector, question__in=questions)
    return [
        *of(Meeting, pk__in=meetings),
        *of(Attendance, meeting__in=meetings),
        *of(Letter, {"attendance_id__in": lines}, attendance__in=lines),
        *of(Adjustment, meeting__in=meetings),
        *of(Procedure, meeting__in=meetings),
        *of(Guest, mine, meeting__in=meetings),
        *of(Counter, mine, meeting__in=meetings),
        *of(Question, pk__in=questions),
        *of(Candidate, {"question_id__in": questions}, question__in=questions),
        (elector, frozen.filter(act="update")),  # as frozen, it is the attendance
        *_papers_given(questions),
        *of(Outcome, question__in=questions),
    ]


def _papers_given(questions: list[int]) -> list[Part]:
    """Who got a paper, and from whom it was taken back, once the vote is over: until then that is
    for whoever runs it."""
    over = [QuestionState.CLOSED, QuestionState.CANCELLED]
    electors = Elector.objects.filter(question__in=questions, question__state__in=over)
    ((given, there),) = of(GivenPaper, elector__in=electors)
    changes = Change.objects.filter(table=given._meta.db_table)
    held = Cast(KT("before__elector_id"), BigIntegerField())
    removed = changes.filter(act="delete").annotate(held=held).filter(held__in=electors)
    return [(given, there), (given, of_rows(changes, removed.values("row")))]


def of_paper(user: User, paper: Paper) -> list[Part]:
    """A paper: how it was written, made final and numbered; corrections that were dropped.

    What a dropped draft said is for those who read drafts.
    """
    drafts = user.has_perm("blocks.correct_paper", paper) or user.officer_seat(
        paper.block.authority
    )
    return of(Paper, {"replaces_id": paper.pk} if drafts else None, pk=paper.pk)


def across_block(user: User, block: Block) -> list[Part]:
    """A block and all its years; single cells of sheets are told on each sheet's own page."""
    seasons = list(block.seasons.values_list("pk", flat=True))
    cards = list(Scorecard.objects.filter(season__in=seasons).values_list("pk", flat=True))
    scales = list(Scale.objects.filter(season__in=seasons).values_list("pk", flat=True))
    meetings = list(Meeting.objects.filter(season__in=seasons).values_list("pk", flat=True))
    mine = {"season_id__in": seasons}
    ((filing, filed),) = of(Filing, card__in=cards)
    return [
        *of_block(user, block),
        *_years(pk__in=seasons),
        *of(SeasonRules, season__in=seasons),
        *of(PhaseDate, mine, season__in=seasons),
        *of(PhaseChange, season__in=seasons),
        *of(OfficeChange, season__in=seasons),
        *of(Waiver, mine, season__in=seasons),
        *of(Authorisation, mine, season__in=seasons),
        *of(Reminder, season__in=seasons),
        *of(CommonTarget, mine, season__in=seasons),
        *_activities(seasons),
        *of(RoleModel, mine, season__in=seasons),
        *of(VoteRules, mine, season__in=seasons),
        *of(Scale, mine, pk__in=scales),
        *of(Criterion, {"scale_id__in": scales}, scale__in=scales),
        *_plan(seasons),
        *of(Exemption, {"card_id__in": cards}, card__in=cards),
        (filing, filed.filter(after__state__in=[FilingState.SENT, FilingState.TAKEN_BACK])),
        *of(Ranking, season__in=seasons),
        *of(Hold, season__in=seasons),
        *of(Decision, season__in=seasons),
        *of(Grant, decision__season__in=seasons),
        *_meetings(meetings),
        *of(Paper, {"block_id": block.pk}, seen_papers(user), block=block),
    ]


def across_authority(user: User, authority: Authority) -> list[Part]:
    """What an authority keeps: its units, people, blocks, recognition papers, awards."""
    blocks = list(authority.blocks.values_list("pk", flat=True))
    at = Q(authority=authority) | Q(unit__authority=authority)
    people = Seat.objects.filter(at).values("person")
    return [
        *of(Authority, pk=authority.pk),
        *of(Unit, authority=authority),
        *of(UnitName, unit__authority=authority),
        *of(Succession, old__authority=authority),
        *of(User, pk__in=people),
        *of(Seat, None, at),
        *of(Block, authority=authority),
        *of(Membership, {"block_id__in": blocks}, block__in=blocks),
        *of(Term, {"block_id__in": blocks}, block__in=blocks),
        *of(Recognition, authority=authority),
        *of(Award, authority=authority),
        *of(Requirement, {"award_id": authority.awards.all()}, award__authority=authority),
        *of(LeaderCount, authority=authority),
    ]


def seen_papers(user: User) -> Q:
    """Keep the papers one may read."""
    return Q(pk__in=MeetingPaper.objects.visible_to(user).values("pk")) | Q(
        pk__in=SheetPaper.objects.visible_to(user).values("pk")
    )
