"""What is to do beside the sheets: years to move on, papers, second keys, decisions to record."""

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from django.db.models import Exists, OuterRef
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from awards.models import (
    Decision,
    Meeting,
    MeetingPaper,
    MeetingState,
    Outcome,
    Question,
)
from awards.tally import Verdict
from blocks import clock
from blocks.models import PaperKind, Role
from emulation.templatetags.ui import days_left
from scoring.models import Filing, Ranking, Scale, Season
from scoring.phases import Column, Phase

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django.db.models import QuerySet

    from blocks.models import User

SOON = 3  # days

Progress = dict[int, tuple[int, int]]  # season: how many sheets of its phase are sent, of how many


@dataclass(frozen=True, slots=True)
class Task:
    """One row: what, how far, until when, and where it is done."""

    what: str
    url: str
    button: str
    chip: tuple[str, str] | None = None  # colour and word
    note: str = ""
    due: date | None = None
    first: bool = False  # before all that has a date

    @property
    def when(self) -> tuple[str, str]:
        """The promised day as colour and word: red when it is past, amber when it is near."""
        if self.due is None:
            return ("blue", _("Now")) if self.first else ("grey", _("No date"))
        days = (self.due - clock.today()).days
        colour = "red" if days < 0 else "amber" if days <= SOON else "grey"
        return colour, capfirst(days_left(self.due, clock.today()))


def with_what_is_ready(seasons: "QuerySet[Season]") -> "QuerySet[Season]":
    """Add what ``is_ready`` asks of each season beside its sheets: ``scoring.needs``, in SQL."""
    of_season = {"season": OuterRef("pk")}
    settled = Filing.objects.sent().filter(card__season=OuterRef("pk"), column=Column.FINAL)
    newest = Scale.objects.filter(**of_season).order_by("-version")
    held = Meeting.objects.exclude(state=MeetingState.CANCELLED).with_lacking()
    return seasons.annotate(
        scale_locked_at=newest.values("locked_at")[:1],
        ranked_at=Ranking.objects.filter(**of_season).order_by("-number").values("at")[:1],
        settled_at=settled.order_by("-sent_at").values("sent_at")[:1],
        minutes_final=Exists(held.filter(**of_season, lacks_minutes=False, lacks_count=False)),  # type: ignore[misc]
    )


def is_ready(season: Season, progress: Progress) -> bool:
    """Tell whether nothing is missing any more before the phase that follows."""
    sent, wanted = progress.get(season.pk, (0, 0))
    all_sent, said = sent == wanted, vars(season)
    match season.phase:
        case Phase.PLANNING:
            return bool(season.head_id and said["scale_locked_at"])
        case Phase.SELF_SCORING:
            return all_sent and season.plan_fixed_at is not None
        case Phase.SETTLEMENT:
            ranked, settled = said["ranked_at"], said["settled_at"]
            return all_sent and bool(ranked) and (settled is None or ranked >= settled)
        case Phase.MEETING:
            return bool(said["minutes_final"])
    return all_sent


def moves_of(user: "User", seasons: "Iterable[Season]", progress: Progress) -> list[Task]:
    """Return the rows of the seasons that the user moves on, as a principal of the head."""
    return [
        Task(
            what=_("Move on to %(phase)s – %(place)s")
            % {"phase": then.label, "place": f"{season.block.short_name} {season.year}"},
            url=reverse("move_season", args=[season.pk, then]),
            button=_("Move on"),
            note=_("nothing is missing any more"),
        )
        for season in seasons
        if (then := season.next_phase) and is_ready(season, progress) and _moves(user, season)
    ]


def _moves(user: "User", season: Season) -> bool:
    """Whether the user is a principal of the head, or of the deputy that acts for it."""
    leads = (season.head, season.deputy)  # the deputy's year is not here unless it acts
    return any(user.seat_at(unit, Role.PRINCIPAL) for unit in leads)


def papers_of(user: "User", meetings: "Iterable[Meeting]") -> list[Task]:
    """Return the rows of the minutes that are not final, of the meetings that were held."""
    closed = [meeting.pk for meeting in meetings if meeting.is_closed]
    written = Meeting.objects.filter(pk__in=closed).written_by(user).with_lacking()
    rows: list[Task] = []
    for meeting in written.select_related("season__block") if closed else ():
        place = f"{meeting.season.block.short_name} {meeting.season.year}"
        write, desk = reverse("write_minutes", args=[meeting.pk]), meeting.get_absolute_url()
        papers = (
            (meeting.lacks_minutes, _("Minutes of the meeting"), write, _("Write the minutes")),
            (meeting.lacks_count, _("Count minutes"), f"{desk}#papers", _("See")),
        )
        rows += [
            Task(what=f"{what} – {place}", url=url, button=button, note=_("not final yet"))
            for lacks, what, url, button in papers
            if lacks
        ]
    return rows


def second_keys_of(user: "User", meetings: "Iterable[Meeting]") -> list[Task]:
    """Return the rows of the votes in which the user keys or counts what another did once."""
    in_session = any(meeting.is_open for meeting in meetings)
    questions = Question.objects.to_key_again(user).for_page()
    return [
        Task(
            what=_("Second key: %(title)s") % {"title": question.title},
            url=question.get_absolute_url(),
            button=_("Key again"),
            note=_("keyed or counted once; another person does it again"),
            first=True,
        )
        for question in (questions if in_session else ())
    ]


def decisions_of(user: "User") -> list[Task]:
    """Return the rows of the years whose proposal was made, and on which what the authority decided
    is not recorded: on nothing, or not on every award that was voted."""
    if not user.authorities:
        return []
    proposed = MeetingPaper.objects.filter(
        meeting__season=OuterRef("pk"), kind=PaperKind.PROPOSAL, final=True
    ).exclude(meeting__state=MeetingState.CANCELLED)
    decided = Decision.objects.filter(season=OuterRef("pk"))
    elected = Outcome.objects.filter(
        ~Exists(
            Decision.objects.filter(
                season=OuterRef("question__meeting__season"), award=OuterRef("question__award")
            )
        ),
        question__meeting__season=OuterRef("pk"),
        question__meeting__state=MeetingState.CLOSED,
        question__award__isnull=False,
        verdict=Verdict.ELECTED,
    )
    seasons = Season.objects.filter(
        ~Exists(decided) | Exists(elected), Exists(proposed), block__authority__in=user.authorities
    )
    return [
        Task(
            what=_("Decision of the authority – %(place)s")
            % {"place": f"{season.block.short_name} {season.year}"},
            url=reverse("show_eligibility", args=[season.pk]),
            button=_("Record the decision"),
            note=_("the proposal was made; no decision is recorded yet"),
        )
        for season in seasons.select_related("block").order_by("-year", "block__code")
    ]
