"""What the phases of scoring need of the awards."""

from collections.abc import Iterable

from django.db.models import Prefetch, Q
from django.urls import reverse
from django.utils.translation import gettext as _

from awards.models import Adjustment, Award, Meeting, MeetingState, Question, Requirement
from awards.papers.outdated import Doubt, doubts_of, said_of
from awards.requirements import Takes
from blocks.dates import show_date
from blocks.models import NUMBERED, Paper, PaperKind, Seat
from scoring.models import Inspection, Season, SheetPaper
from scoring.phases import Missing, Phase


def lines_the_scale_lacks(season: Season) -> list[Missing]:
    """Return the awards a condition of which names a line that the newest scale has not: no unit
    would be eligible. Nothing while it has no lines at all."""
    scale = season.newest_scale
    codes = {line.code for line in scale.criteria_in_order} if scale else set()
    asked = Requirement.objects.filter(award__in=Award.objects.of_season(season))
    asked = asked.select_related("award").order_by("award__order", "award", "order", "pk")
    said = _(
        "“%(award)s” has a condition on line %(code)s, which the scale does not have: no unit would"
        " be eligible."
    )
    return [
        Missing(
            said % {"award": each.award.short_name, "code": each.parameter},
            each.award.get_absolute_url(),
        )
        for each in (asked if codes else ())
        if each.takes == Takes.LINE and each.parameter not in codes
    ]


def minutes_are_final(season: Season) -> list[Missing]:
    """The minutes of a meeting that was held are final, and its count minutes if it has some."""
    meeting = season.meetings.exclude(state=MeetingState.CANCELLED).with_lacking().first()
    if meeting is None:
        return [
            Missing(
                _("The meeting has not been called."), reverse("call_meeting", args=[season.pk])
            )
        ]
    papers = (
        (meeting.lacks_minutes, _("The minutes of the meeting are not final.")),
        (meeting.lacks_count, _("The count minutes are not final.")),
    )
    desk = f"{meeting.get_absolute_url()}#papers"
    return [Missing(sentence, desk) for lacks, sentence in papers if lacks]


def left_open(season: Season) -> list[Missing]:
    """Return what the year leaves open; it is told before closing and hinders nothing. Of
    inspection minutes not what ``inspection_minutes_are_final`` tells, nor those of units that
    inspect no more."""
    told = Inspection.objects.filter(card__season=season).without_minutes()
    papers = (
        Paper.objects.filter(block=season.block_id, year=season.year)
        .exclude(kind=PaperKind.BALLOTS)
        .exclude(meetingpaper__meeting__state=MeetingState.CANCELLED)
        .exclude(kind=PaperKind.INSPECTION, sheetpaper__card__inspection__in=told)
        .filter(Q(sheetpaper=None) | Q(sheetpaper__in=SheetPaper.objects.of_present_teams()))
        .exclude(replaced_by__final=True)
        .only("kind", "title", "final", "number")
    )
    drafts = [paper for paper in papers if not paper.final]
    unnumbered = [
        paper for paper in papers if paper.final and paper.kind in NUMBERED and not paper.number
    ]
    holds = season.holds.today().listed()
    held = reverse("list_holds", args=[season.pk])
    said = _("Still a draft: %(paper)s.")
    found = [Missing(said % {"paper": each.title}, each.get_absolute_url()) for each in drafts]
    said = _("Without number and date: %(paper)s.")
    found += [Missing(said % {"paper": p.title}, p.get_absolute_url()) for p in unnumbered]
    found += outdated(season.meetings.exclude(state=MeetingState.CANCELLED))
    found += results_not_noted(season)
    found += _unproposed(season)
    return found + [Missing(f"{hold.unit.short_name}: {hold.told}.", held) for hold in holds]


def outdated(meetings: Iterable[Meeting], *kinds: PaperKind) -> list[Missing]:
    """Return the final papers of the meetings, of these ``kinds`` alone if any is named, that say
    what is otherwise by now, or have a gap for what is known by now."""
    return [
        Missing(said_of(paper, doubt), paper.get_absolute_url())
        for paper, doubt in doubts_of(meetings).items()
        if doubt is not Doubt.CITED_IN_HAND and (not kinds or paper.kind in kinds)
    ]


def results_not_noted(season: Season) -> list[Missing]:
    """The common targets without a result, and where it is noted while the season is not closed."""
    said = _("No result was noted of the common target “%(target)s”.")
    return [
        Missing(
            said % {"target": target.text},
            "" if season.is_closed else reverse("note_reached", args=[target.pk]),
        )
        for target in season.common_targets.filter(reached__isnull=True)
    ]


def _unproposed(season: Season) -> list[Missing]:
    """That units are put forward, by vote or conditions, and proposal or list was not begun; that
    the proposal lists the score table, and that is not final."""
    proposal = _("Awards are put forward, but no proposal was written.")
    listed = _("Awards are put forward, but the list of nominees was not finalised.")
    wanted = (
        (PaperKind.PROPOSAL, proposal, "write_proposal"),
        (PaperKind.NOMINEES, listed, "print_nominees"),
    )
    meeting = season.meetings.filter(state=MeetingState.CLOSED).first()
    if meeting is None:
        return []
    begun = set(meeting.papers.values_list("kind", flat=True))
    lacking = [
        Missing(said, reverse(page, args=[meeting.pk]))
        for kind, said, page in wanted
        if kind not in begun
    ]
    found = lacking if lacking and meeting.papers.putting_forward().exists() else []
    return found + board_not_final(meeting)


def board_not_final(meeting: Meeting) -> list[Missing]:
    """That the meeting's proposal lists the score table, and that is not final."""
    unmade = _("The proposal lists the score table of the block, which was not finalised.")
    if not meeting.papers.lacking_the_board().exists():
        return []
    return [Missing(unmade, reverse("print_board", args=[meeting.season_id]))]


def meeting_holds_the_season(season: Season, by: Seat) -> list[Missing]:
    """Return what keeps the season from going back from its meeting (decision 14).

    The head's own until the first question was opened, then only an officer's, who cancels the
    meeting before.
    """
    opened = Question.objects.filter(meeting__season=season).exclude(opened_at__isnull=True)
    if not opened.exists():
        return []
    if by.authority_id is None:
        said = _("A question was opened; only an officer goes back, after cancelling the meeting.")
        return [Missing(said)]
    held = Meeting.objects.filter(season=season).exclude(state=MeetingState.CANCELLED)
    return [Missing(_("Cancel the meeting first."), each.get_absolute_url()) for each in held]


def meeting_that_stays(season: Season) -> str:
    """Say what becomes of a meeting called or in session when the season goes back, or nothing."""
    meeting = Meeting.objects.to_be_held().filter(season=season).first()
    if meeting is None:
        return ""
    if meeting.is_planned:
        said = _(
            "The meeting called for %(day)s stays called; it is opened only while the year is in"
            " “%(phase)s”."
        )
        return said % {"day": show_date(meeting.day), "phase": Phase.MEETING.label}
    return _(
        "The meeting is in session: it opens no vote until the settlements are concluded anew and"
        " the year has moved on to the meeting again."
    )


def holds_today(season: Season) -> dict[int, str]:
    """Return what each unit is on hold for today, by unit."""
    held: dict[int, list[str]] = {}
    for hold in season.holds.today().select_related("award"):
        held.setdefault(hold.unit_id, []).append(hold.told)
    return {unit: "; ".join(sentences) for unit, sentences in held.items()}


def adjusted_by_a_meeting() -> "Prefetch[str]":
    """What fetches what meetings changed on cards; what a cancelled one adjusted counts no more."""
    made = Adjustment.objects.exclude(meeting__state=MeetingState.CANCELLED)
    said = ("criterion__scale", "by__person", "seat_before__person", "earlier", "ranking")
    made = made.select_related(*said)
    standings = ("earlier__standings", "ranking__standings")
    return Prefetch("adjustments", made.prefetch_related(*standings))


def take_over_vote_rules(season: Season, last: Season) -> None:
    """Let a new season vote on each matter as the one before it did."""
    for rules in last.vote_rules.all():
        rules.pk, rules._state.adding, rules.season = None, True, season
        rules.save()
