"""What waits for me: what is mine to do, by date, then what waits for others, then the news."""

from datetime import date
from typing import TYPE_CHECKING

from django.db.models import (
    Case,
    Exists,
    OuterRef,
    Prefetch,
    Q,
    Subquery,
    When,
    prefetch_related_objects,
)
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from awards.models import Hold, Meeting, MeetingState, Question
from awards.sheet import AimSheet
from blocks import clock
from blocks.dates import show_date
from blocks.models import Office
from emulation.duties import (
    Progress,
    all_sent,
    boards_of,
    corrections_of,
    decisions_of,
    inspections_of,
    keys_of,
    moved_by,
    moves_of,
    numbers_of,
    papers_of,
    principals_of,
    scales_of,
)
from emulation.http import Request
from emulation.news import RECENT, news_for
from emulation.overview import counts_of
from emulation.task import Task
from emulation.templatetags.ui import office
from emulation.turns import Turns
from scoring.answers import is_on_scale, response_said, waiting_said
from scoring.card_sheet import CardSheet
from scoring.filed_sheet import FiledSheet
from scoring.models import (
    Authorisation,
    Explanation,
    Scorecard,
    Season,
)
from scoring.phases import Column, FilingState, Missing, Part, Phase

if TYPE_CHECKING:
    from collections.abc import Iterable

    from blocks.models import User

FAR = date.max


def count_of(user: "User") -> int:
    """Return how many sheets, ballots and answers wait for the user: one query, on every page; one
    more while cards of the user's units are settled, and while there is a meeting.

    What ``duties`` adds is listed by home alone: to ask for it would cost every page as much.
    """
    turns = Turns.of(user)
    sheets = sum(turn.waits for turn in turns.sheets)
    ballots = Question.objects.open_to(user).count() if Phase.MEETING in turns.phases else 0
    answers = user.units and Phase.SETTLEMENT in turns.phases
    settled = Scorecard.objects.answering(user) if answers else []
    return sheets + ballots + sum(card.is_to_answer for card in settled)


def sheets_of(user: "User") -> tuple[list[FiledSheet], list[FiledSheet]]:
    """Return the sheets that wait for the user, and those that are done in their phase."""
    waiting: list[FiledSheet] = []
    done: list[FiledSheet] = []
    waits = {(turn.card, turn.column): turn.waits for turn in Turns.of(user).sheets}
    cards = Scorecard.objects.filter(pk__in={card for card, _column in waits}).by_season()
    for card in cards.for_home().with_lapsed() if waits else []:
        for column in card.season.step.writes:
            if (card.pk, column) not in waits:
                continue  # the season moved on since
            sheet = AimSheet(card, user) if column == Column.AIM else CardSheet(card, user, column)
            (waiting if waits[card.pk, column] else done).append(sheet)
    concluded = [sheet.filing for sheet in done if sheet.column == Column.FINAL]
    prefetch_related_objects(concluded, "unit__names")
    return waiting, done


def _task(sheet: FiledSheet) -> Task:
    """Return the row of a sheet that waits."""
    filing = sheet.filing
    why = sheet.returned_because
    if why and filing.state == FilingState.FILLING:
        why = _("Opened again: %(reason)s") % {"reason": why}
    if filing.is_handed_up:
        button = _("Approve")
    elif sheet.filled:
        button = _("Go on")
    else:
        button = _("Begin")
    notes = [why or (waiting_said(sheet.card) if sheet.column == Column.FINAL else "")]
    notes.append(_settled_lapsed(sheet.card))
    return Task(
        what=f"{sheet.task} – {_whose(sheet)}",
        url=sheet.address,
        button=button,
        chip=sheet.state_chip,
        note="; ".join(filter(None, notes)),
        due=sheet.due,
    )


def _place(of: Scorecard | Hold, user: "User", *, own: bool = True) -> str:
    """Name the block and year; where the row is not of an ``own`` unit, or the reader has several,
    the unit too."""
    place = of.season.short_name
    return place if own and len(user.units) == 1 else f"{of.unit.short_name}, {place}"


def _whose(sheet: FiledSheet) -> str:
    return _place(sheet.card, sheet.user, own=sheet.season.step.by is Part.OWNER)


def _counted(season: Season, sent: int, wanted: int) -> str:
    """Say how many sheets of the phase are sent; cards are settled, not sent."""
    if season.step.by is Part.SETTLER:
        words = _("%(sent)d of %(wanted)d settled")
    elif len(season.step.writes) > 1:
        words = _("%(sent)d of %(wanted)d units have sent all")
    else:
        words = _("%(sent)d of %(wanted)d sheets sent")
    return words % {"sent": sent, "wanted": wanted}


def _sent(sheet: FiledSheet, progress: Progress) -> Task:
    """Return the row of a sheet that was sent or handed up, or whose unit is excused."""
    sent, wanted = progress[sheet.season.pk]
    locked, concluded = sheet.locked_because, sheet.concluded_by
    counted = _counted(sheet.season, sent, wanted)
    return Task(
        what=f"{sheet.task} – {_whose(sheet)}",
        url=sheet.address,
        button=_("See"),
        chip=sheet.chips[-1 if locked else 0],
        note=locked
        or sheet.stranded
        or sheet.unranked
        or (f"{concluded}; {counted}" if concluded else counted),
        due=sheet.due if sheet.due and sheet.due >= clock.today() else None,
    )


def answers_of(user: "User") -> tuple[list[Task], list[Task]]:
    """Return the rows of the user's own cards that are being settled: those on which it is the
    unit's turn to agree or explain, and those on which others are awaited."""
    cards = Scorecard.objects.answering(user).with_lapsed().by_season()
    cards = cards.select_related("season__block", "season__scale")
    listed = (
        cards.with_inspectors()
        .with_left_out()
        .prefetch_related(
            "season__moves",
            "season__dates",
            "season__waivers__unit__names",
            "filings",
            "agreements__by__person",
            Prefetch("explanations", Explanation.objects.select_related("criterion")),
        )
    )
    rows: dict[bool, list[Task]] = {True: [], False: []}
    for card in listed:
        rows[card.is_to_answer].append(_findings(card, user))
    return rows[True], rows[False]


def _findings(card: Scorecard, user: "User") -> Task:
    """Return the row of a card that is being settled, as its own unit sees it: its clerk explains,
    its principal agrees too."""
    place = _place(card, user)
    note, chip, button = "", response_said(card), _("See")
    binds = any(seat.unit_id == card.unit_id and seat.is_principal for seat in user.seats_in_force)
    if card.is_to_answer:
        button = _("Agree or explain") if binds else _("Explain")
    shown = Column.FINAL if card.uninspected else Column.FOUND
    if card.is_to_answer:
        note = _("explain what you dispute; silence is agreement")
        if card.is_answered:
            note = _("it may be explained once more; silence is agreement")
        elif not binds:
            note = _("explain what you dispute; the principal agrees; silence is agreement")
        note = "; ".join(filter(None, [_lapsed_agreement(card), note]))
        if card.changed_at:
            chip = ("amber", _("A line has changed"))
        elif not card.is_answered and (lapsed := _lapsed(card)):
            chip = ("amber", _("Explanation lapsed: %(lines)s") % {"lines": lapsed})
    return Task(
        what=_("Results of the inspection – %(place)s") % {"place": place},
        url=card.address_of(shown),
        button=button,
        chip=chip,
        note="; ".join(filter(None, [note, _settled_lapsed(card)])),
        due=card.answers_until if card.is_to_answer else card.season.due(Column.FINAL),
    )


def _lapsed_agreement(card: Scorecard) -> str:
    """Say that the agreement of a card whose unit is asked again lapsed, and of which day it was;
    or nothing."""
    given = [] if card.is_answered else list(card.agreements.all())
    if not given:
        return ""
    day = show_date(timezone.localtime(given[-1].at).date())
    return _("the agreement of %(day)s lapsed, for the year went back") % {"day": day}


def _settled_lapsed(card: Scorecard) -> str:
    """Say on which lines what was settled lapsed and nobody settled anew; or nothing."""
    said = _("what was settled on %(lines)s lapsed: it was found otherwise since")
    return said % {"lines": ", ".join(card.lapsed_codes)} if card.lapsed_codes else ""


def _lapsed(card: Scorecard) -> str:
    """Name the lines whose explanation lapsed, by their codes; what the scale lost is not explained
    anew."""
    told = [each.criterion for each in card.explanations.all() if each.lapsed_at]
    lines = {line for line in told if is_on_scale(card, line)}
    return ", ".join(line.code for line in sorted(lines, key=lambda line: line.order))


def holds_of(user: "User") -> list[Hold]:
    """Return the holds on the user's units, of years that run, this year or the last, that are in
    force or were lifted of late, the newest first."""
    late = Q(season__year__gte=clock.today().year - 1) | ~Q(season__phase=Phase.CLOSED)
    own = Hold.objects.filter(late, unit__in=user.units)
    own = own.filter(Q(until=None) | Q(until__gte=clock.today() - RECENT))
    own = own.select_related("season__block", "unit", "award").prefetch_related("unit__names")
    return list(own.order_by("-since", "-pk")) if user.units else []


def _hold(hold: Hold, user: "User") -> Task:
    """Return the row of a hold that is in force: what its unit waits for."""
    return Task(
        what=_("On hold – %(place)s") % {"place": _place(hold, user)},
        url=reverse("list_holds", args=[hold.season_id]),
        button=_("See"),
        note=hold.told,
    )


def _ballots(user: "User") -> list[Task]:
    questions = Question.objects.open_to(user).for_page()
    return [
        Task(
            what=_("Vote: %(title)s") % {"title": question.title},
            url=reverse("cast_ballot", args=[question.pk]),
            button=_("Vote"),
            note=str(question.get_mode_display()),
            first=True,
        )
        for question in questions
    ]


def steered_by(user: "User") -> list[Season]:
    """Return the running seasons that the user's units lead, or the user's authority organises."""
    led = Season.objects.led_by(user)
    above = Season.objects.filter(block__authority__in=user.authorities)
    live = Meeting.objects.exclude(state=MeetingState.CANCELLED).filter(season=OuterRef("pk"))
    cancelled = Meeting.objects.filter(season=OuterRef("pk"), state=MeetingState.CANCELLED)
    given = Authorisation.objects.today().filter(season=OuterRef("pk"), unit=OuterRef("deputy"))
    instead = Case(When(deputy__in=user.units, then=Subquery(given.values("until")[:1])))
    added = {
        "has_meeting": Exists(live),
        "cancelled_because": Subquery(cancelled.order_by("-pk").values("cancelled_because")[:1]),
        "acts_until": instead,
    }
    seasons = (led | above).running().annotate(**added)
    seasons = seasons.select_related("block__authority", "head", "deputy")
    return list(seasons.prefetch_related("dates", "scales"))


def _season(season: Season, progress: Progress, missing: list[Missing]) -> Task:
    """Return the row of a season the user steers: how far it is, and whether it may move on, or
    what is ``missing`` before, where that is known."""
    sent, wanted = progress.get(season.pk, (0, 0))
    then, day = season.next_phase, season.dates_by_phase.get(season.phase)
    sends = bool(season.step.writes)
    over = sends and all_sent(season, progress)
    calls = season.phase == Phase.MEETING and not season.has_meeting
    note = _counted(season, sent, wanted) if sends else ""
    if over and missing:
        note, over = f"{note}. {missing[0].sentence}", False
    if calls and (why := season.cancelled_because):
        note = _("The meeting was cancelled: %(why)s") % {"why": why}
    if until := season.acts_until:
        acts = _("acts for the %(head)s until the end of %(day)s")
        acts %= {
            "head": office(season.block, Office.HEAD),
            "day": show_date(until - clock.ONE_DAY),
        }
        note = f"{acts}; {note}" if note else acts
    return Task(
        what=f"{season.get_phase_display()} – {season.short_name}",
        url=reverse("call_meeting", args=[season.pk]) if calls else season.get_absolute_url(),
        button=_("Call the meeting") if calls else _("See"),
        note=note,
        chip=("blue", _("Next: %(phase)s") % {"phase": then.label}) if then and over else None,
        due=day.due if day else None,
    )


def _meetings(meetings: "Iterable[Meeting]") -> list[Task]:
    """Return the rows of the meetings in hand: who takes part finds the desk here, its secretary
    and its counters among them; after the session its papers."""
    word = _("Meeting")
    return [
        Task(
            what=f"{word} – {meeting.season.short_name}",
            url=meeting.get_absolute_url(),
            button=_("Go to the meeting"),
            chip=("blue" if meeting.is_open else "grey", meeting.get_state_display()),
            note=_("minutes, proposal, list of nominees") if meeting.is_closed else meeting.place,
            due=None
            if meeting.is_open or meeting.is_closed
            else timezone.localtime(meeting.starts_at).date(),
            first=meeting.is_open,
        )
        for meeting in meetings
    ]


def home(request: Request) -> HttpResponse:
    """Show what waits for the reader, by date."""
    user = request.user
    waiting, done = sheets_of(user)
    steered = steered_by(user)
    seasons = {season.pk: season for season in [*(sheet.season for sheet in done), *steered]}
    progress = counts_of(seasons.values()) if seasons else {}
    moving = moved_by(user, steered, progress)
    to_answer, answered = answers_of(user)
    in_hand = Meeting.objects.visible_to(user).in_hand().order_by("starts_at")
    meetings = list(in_hand.select_related("season__block"))
    tasks = _ballots(user) + [_task(sheet) for sheet in waiting] + to_answer
    tasks += keys_of(user, meetings) + papers_of(user) + inspections_of(user)
    tasks += numbers_of(user)
    tasks += (
        boards_of(user, steered)
        + moves_of(moving)
        + scales_of(user, steered)
        + decisions_of(user)
        + corrections_of(user)
        + principals_of(user)
    )
    holds = holds_of(user)
    tasks.sort(key=lambda task: (not task.first, task.due or FAR))
    context = {
        "tasks": tasks,
        "meetings": _meetings(meetings),
        "leading": [_season(season, progress, moving.get(season, [])) for season in steered],
        "others": answered
        + [_sent(sheet, progress) for sheet in done]
        + [_hold(hold, user) for hold in holds if not hold.until],
        "steers": bool(user.authorities),
        "news": news_for(user, holds),
        "today": clock.today(),
        "has_seat": bool(user.seats_in_force),
    }
    return render(request, "home.html", context)
