"""What is to do beside the sheets: years to move on, papers, second keys, decisions to record."""

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from django.db.models import Exists, OuterRef, Prefetch, Q
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from awards.models import (
    Aim,
    DecidedBy,
    Decision,
    Meeting,
    MeetingPaper,
    MeetingState,
    Outcome,
    Question,
)
from awards.needs import puts_forward
from awards.tally import Verdict
from blocks import clock
from blocks.models import NUMBERED, Paper, PaperKind, Role
from emulation.templatetags.ui import days_left
from scoring.models import Inspection, Season
from scoring.phases import Phase

if TYPE_CHECKING:
    from collections.abc import Iterable

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


def all_sent(season: Season, progress: Progress) -> bool:
    """Tell whether every sheet of the season's phase is sent; so it is where there is none."""
    sent, wanted = progress.get(season.pk, (0, 0))
    return sent == wanted


def moves_of(user: "User", seasons: "Iterable[Season]", progress: Progress) -> list[Task]:
    """Return the rows of the seasons that the user moves on, as a principal of the head.

    What else is missing is asked only where all is sent: of the one season or two that one leads.
    """
    return [
        Task(
            what=_("Move on to %(phase)s – %(place)s")
            % {"phase": then.label, "place": f"{season.block.short_name} {season.year}"},
            url=reverse("move_season", args=[season.pk, then]),
            button=_("Move on"),
            note=_("nothing is missing any more"),
        )
        for season in seasons
        if (then := season.next_phase)
        and all_sent(season, progress)
        and season.head_seat(user, Role.PRINCIPAL)
        and not season.missing
    ]


def papers_of(user: "User", meetings: "Iterable[Meeting]") -> list[Task]:
    """Return the rows of the minutes that are not final, of the meetings that were held; then of
    the papers that come next."""
    closed = [meeting.pk for meeting in meetings if meeting.is_closed]
    elected = Outcome.objects.filter(
        question__meeting=OuterRef("pk"), question__award__isnull=False, verdict=Verdict.ELECTED
    )
    held = MeetingPaper.objects.exclude(replaced_by__final=True).order_by("final", "pk")
    held = held.defer("content", "signed_copy", "facts", "words")
    written = Meeting.objects.filter(pk__in=closed).written_by(user).with_lacking()
    aimed = Aim.objects.filter(
        card__season=OuterRef("season"), award__decided_by=DecidedBy.CONDITIONS
    )
    may_meet = Exists(aimed) | Q(season__rules__registration_required=False)
    written = written.annotate(elects=Exists(elected), may_meet_conditions=may_meet)
    written = written.prefetch_related(Prefetch("papers", held))
    with_offices = written.select_related("season__block", "season__head", "season__deputy")
    of_closed = MeetingPaper.objects.filter(meeting__in=closed)
    outdated = {paper.pk for paper in of_closed.citing_what_is_replaced()} if closed else set()
    rows: list[Task] = []
    for meeting in with_offices if closed else ():
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
        if not meeting.lacks_minutes:
            rows += _next_papers(user, meeting, place, outdated)
    return rows


def _next_papers(user: "User", meeting: Any, place: str, outdated: set[int]) -> list[Task]:
    """Return the rows of what comes after the minutes, to who acts for the head.

    That is the proposal with the number of the minutes that it cites, its own number, the list of
    nominees, then the other numbers. What states what was replaced since is corrected, and gets no
    number.
    """
    if (seat := meeting.season.head_seat(user)) is None:
        return []
    papers = {paper.kind: paper for paper in meeting.papers.all()}  # of a kind the final one last
    unnumbered = {
        kind: _number(paper)
        for kind in NUMBERED
        if (paper := papers.get(kind))
        and paper.final
        and not paper.number
        and paper.issuer_id == seat.unit_id
    }
    is_principal = meeting.season.head_seat(user, Role.PRINCIPAL) is not None
    proposal, nominees = papers.get(PaperKind.PROPOSAL), papers.get(PaperKind.NOMINEES)
    proposes = meeting.elects or (meeting.may_meet_conditions and puts_forward(meeting))
    cited = [row for kind, row in unnumbered.items() if kind == PaperKind.MINUTES]
    if proposes and not (proposal and proposal.final):
        final = is_principal and proposal
        written = Task(
            what=f"{PaperKind.PROPOSAL.label} – {place}",
            url=reverse("write_proposal", args=[meeting.pk]),
            button=_("Finalise the proposal") if final else _("Write the proposal"),
            note=_("the minutes it cites have no number yet") if cited else _("not final yet"),
        )
        return [*cited, written]
    if stale := [paper for paper in papers.values() if paper.pk in outdated]:
        corrected = {paper.replaces_id for paper in meeting.papers.all()}
        return cited + [
            Task(
                what=f"{paper.get_kind_display()} – {place}",
                url=paper.get_absolute_url(),
                button=_("Correct"),
                note=_("states what was replaced since"),
            )
            for paper in stale
            if paper.pk not in corrected and user.has_perm("blocks.correct_paper", paper)
        ]
    lacks_list = proposes and is_principal and not (nominees and nominees.final)
    if lacks_list and PaperKind.PROPOSAL not in unnumbered:
        return [
            Task(
                what=f"{PaperKind.NOMINEES.label} – {place}",
                url=reverse("print_nominees", args=[meeting.pk]),
                button=_("Finalise the list"),
                note=_("not final yet"),
            )
        ]
    first = unnumbered.get(PaperKind.PROPOSAL)
    return [first] if first else list(unnumbered.values())[:1]


def _number(paper: MeetingPaper) -> Task:
    return Task(
        what=_("Number and date: %(paper)s") % {"paper": paper.title},
        url=reverse("number_paper", args=[paper.pk]),
        button=_("Enter number and date"),
        note=_("as the register gave them"),
    )


def inspections_of(user: "User") -> list[Task]:
    """Return the rows of the minutes that are not final, of the inspections that the user's units
    have confirmed: a principal of theirs finalises them."""
    units = [seat.unit_id for seat in user.seats_in_force if seat.unit and seat.is_principal]
    phases = (Phase.INSPECTION, Phase.SETTLEMENT, Phase.MEETING)
    own = Inspection.objects.filter(inspectors__unit__in=units, card__season__phase__in=phases)
    word = _("Inspection minutes")
    return [
        Task(
            what=f"{word} – {card.unit.short_name}, {card.season.block.short_name}"
            f" {card.season.year}",
            url=reverse("inspection_minutes", args=[inspection.pk]),
            button=_("Write the minutes"),
            note=_("not final yet"),
        )
        for inspection in (own.without_minutes().for_page().distinct() if units else ())
        if (card := inspection.card)
    ]


def corrections_of(user: "User") -> list[Task]:
    """Return the rows of the corrections that were begun and are neither final nor dropped."""
    own = Q(issuer__in=user.units) | Q(meetingpaper__meeting__secretary=user)
    begun = Paper.objects.filter(own, final=False, replaces__isnull=False)
    begun = begun.exclude(meetingpaper__meeting__state=MeetingState.CANCELLED)
    begun = begun.defer("content", "signed_copy", "facts").select_related(
        "block",
        "meetingpaper__meeting__season__head",
        "sheetpaper__card__season__head",
        "sheetpaper__card__inspection",
        "sheetpaper__season__head",
    )
    return [
        Task(
            what=_("Correction of a paper – %(place)s")
            % {"place": f"{draft.block.short_name} {draft.year}"},
            url=draft.get_absolute_url(),
            button=_("Go on with the draft"),
            note=_("%(paper)s: not final yet") % {"paper": draft.title},
        )
        for draft in begun
        if user.has_perm("blocks.correct_paper", draft)
    ]


def keys_of(user: "User", meetings: "Iterable[Meeting]") -> list[Task]:
    """Return the rows of the votes in which the user keys or counts papers: what nobody did yet,
    or what another did once."""
    if not any(meeting.is_open for meeting in meetings):
        return []
    rows = []
    for question in Question.objects.keyed_by(user).for_page():
        words = {"title": question.title}
        if question.box.begun_by - {user.pk}:
            what, button = _("Second key: %(title)s") % words, _("Key again")
            note = _("keyed or counted once; another person does it again")
        elif question.box.is_untouched:
            what, button = _("Papers to be counted: %(title)s") % words, _("Count the papers")
            note = _("papers and written opinions; once the last one is in")
            if not question.is_secret:
                note = _("papers and written opinions, as each comes in")
        else:
            continue
        url = question.get_absolute_url()
        rows.append(Task(what=what, url=url, button=button, note=note, first=True))
    return rows


def decisions_of(user: "User") -> list[Task]:
    """Return the rows of the years whose proposal was made, and on which what the authority decided
    is not recorded: on nothing, or not on every award that was voted."""
    if not user.authorities:
        return []
    proposed = MeetingPaper.objects.filter(
        meeting__season=OuterRef("pk"), kind=PaperKind.PROPOSAL, final=True
    ).exclude(meeting__state=MeetingState.CANCELLED)
    held = Decision.objects.of_the_meeting_held()
    decided = held.filter(season=OuterRef("pk"))
    elected = Outcome.objects.filter(
        ~Exists(
            held.filter(
                season=OuterRef("question__meeting__season"),
                award__code=OuterRef("question__award__code"),
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
            note=_("the proposal was made; not every decision is recorded yet"),
        )
        for season in seasons.select_related("block").order_by("-year", "block__code")
    ]
