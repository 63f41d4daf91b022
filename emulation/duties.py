"""What is to do beside the sheets: years to move on, papers, second keys, decisions to record."""

from typing import TYPE_CHECKING

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Exists, OuterRef, Prefetch, Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from awards.models import (
    Award,
    DecidedBy,
    Decision,
    Meeting,
    MeetingPaper,
    MeetingState,
    Outcome,
    Question,
)
from awards.papers.outdated import doubts_of
from awards.tally import Verdict
from blocks.models import NUMBERED, Membership, Paper, PaperKind, Role, Seat, Unit
from emulation.next_papers import NextPapers, number_of
from emulation.permissions import paper_reader, writer_of_paper
from emulation.printing import own_kind
from emulation.task import Task
from scoring.models import InspectingUnit, Inspection, Season, SheetPaper
from scoring.papers import outdated_boards
from scoring.phases import Missing, Phase

if TYPE_CHECKING:
    from collections.abc import Iterable

    from blocks.models import User

Lacking = dict[Season, list[Missing]]  # what keeps a season from its next phase
INSPECTED = (Phase.INSPECTION, Phase.SETTLEMENT, Phase.MEETING)
BY_HEAD = tuple(kind for kind in NUMBERED if kind != PaperKind.INSPECTION)
Progress = dict[int, tuple[int, int]]  # season: how many sheets of its phase are sent, of how many


def all_sent(season: Season, progress: Progress) -> bool:
    """Tell whether every sheet of the season's phase is sent; so it is where there is none."""
    sent, wanted = progress.get(season.pk, (0, 0))
    return sent == wanted


def moved_by(user: "User", seasons: "Iterable[Season]", progress: Progress) -> Lacking:
    """Return the seasons that the user moves on, as a principal of the head, with what is missing.

    It is asked only where all is sent: of the one season or two that one leads.
    """
    return {
        season: season.missing
        for season in seasons
        if season.next_phase
        and all_sent(season, progress)
        and season.head_seat(user, Role.PRINCIPAL)
    }


def moves_of(seasons: Lacking) -> list[Task]:
    """Return the rows of the seasons that may move on, or lack nothing but their ranking."""
    rows = (
        _move(season, then, missing)
        for season, missing in seasons.items()
        if (then := season.next_phase)
    )
    return [row for row in rows if row]


def _move(season: Season, then: Phase, missing: list[Missing]) -> Task | None:
    place = season.short_name
    if not missing:
        return Task(
            what=_("Move on to %(phase)s – %(place)s") % {"phase": then.label, "place": place},
            url=reverse("move_season", args=[season.pk, then]),
            button=_("Move on"),
            note=_open_before(season, then) or _("nothing is missing any more"),
        )
    board = reverse("show_board", args=[season.pk])
    if any(miss.url != board for miss in missing):
        return None
    return Task(
        what=_("Fix the ranking – %(place)s") % {"place": place},
        url=board,
        button=_("See"),
        note=missing[0].sentence,
    )


def _open_before(season: Season, then: Phase) -> str:
    """Say how much the year leaves open when it is closed, as the page that moves it lists it."""
    count = len(season.left_open) if then == Phase.CLOSED else 0
    if not count:
        return ""
    return ngettext(
        "possible now, but %(count)s thing is still open",
        "possible now, but %(count)s things are still open",
        count,
    ) % {"count": count}


def scales_of(user: "User", seasons: "Iterable[Season]") -> list[Task]:
    """Return the rows of the drafts of an amended scale that wait for the user to lock them."""
    return [
        Task(
            what=_("Lock the scale – %(place)s") % {"place": season.short_name},
            url=reverse("show_scale", args=[season.pk]),
            button=_("See"),
            note=_("Version %(version)s of the scale is not locked yet.")
            % {"version": draft.version},
        )
        for season in seasons
        if season.is_planning
        and season.scale_id
        and (draft := season.newest_scale)
        and not draft.is_locked
        and user.has_perm("scoring.lock_scale", season)
    ]


def papers_of(user: "User") -> list[Task]:
    """Return the rows of the minutes that are not final, of the meetings that were held; then of
    the papers that come next, also once the year is closed."""
    held = MeetingPaper.objects.exclude(replaced_by__final=True).order_by("final", "pk")
    held = held.defer("content", "signed_copy", "facts", "words")
    forward = MeetingPaper.objects.putting_forward().filter(meeting=OuterRef("pk"))
    written = Meeting.objects.filter(state=MeetingState.CLOSED).written_by(user).with_lacking()
    board = MeetingPaper.objects.lacking_the_board().filter(meeting=OuterRef("pk"))
    written = written.annotate(proposes=Exists(forward), lacks_board=Exists(board))
    written = written.prefetch_related(Prefetch("papers", held))
    meetings = list(written.select_related("season__block", "season__head", "season__deputy"))
    doubts = doubts_of(meetings) if meetings else {}
    rows: list[Task] = []
    for meeting in meetings:
        place = meeting.season.short_name
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
        rows += NextPapers(user, meeting, doubts).rows
    return rows


def inspections_of(user: "User") -> list[Task]:
    """Return the rows of the minutes that are not final, also once the year is closed, of the
    inspections that the user's units have confirmed: its clerks write the words, its principals
    finalise them; to those also of minutes that are to be corrected. Where a correction is begun,
    ``corrections_of`` leads to it."""
    seats = [seat for seat in user.seats_in_force if seat.unit]
    binding = [seat.unit_id for seat in seats if seat.is_principal]
    own = Inspection.objects.filter(inspectors__unit__in=user.units).without_minutes()
    own = own.filter(Q(issued_at=None) | Q(inspectors__unit__in=binding))
    closed = Q(card__season__phase=Phase.CLOSED, issued_at=None)  # nothing is corrected there
    word = _("Inspection minutes")
    begun = SheetPaper.objects.filter(
        kind=PaperKind.INSPECTION, final=False, replaces__isnull=False
    )
    waiting = own.filter(Q(card__season__phase__in=INSPECTED) | closed)
    waiting = waiting.exclude(card__papers__in=begun).for_page().distinct()
    return [
        Task(
            what=f"{word} – {card.unit.short_name}, {card.season.block.short_name}"
            f" {card.season.year}",
            url=reverse("inspection_minutes", args=[inspection.pk]),
            button=_("Correct") if inspection.is_outdated else _("Write the minutes"),
            note=_("states what has changed since")
            if inspection.is_outdated
            else _("not final yet"),
        )
        for inspection in (waiting if seats else ())
        if (card := inspection.card)
    ]


def numbers_of(user: "User") -> list[Task]:
    """Return the rows of the minutes of inspections whose number the register of the user's unit
    has yet to give, also once the year is closed; then of the papers of a meeting that it issued as
    head, where another is head since: the papers of whoever is head stand in ``papers_of``."""
    if not user.units:
        return []
    anew = Inspection.objects.filter(card=OuterRef("sheetpaper__card")).outdated()
    # what is to be corrected is not numbered; in a closed year nothing is corrected any more, and
    # in one that went back before the inspection what was found may yet become otherwise
    phase = "sheetpaper__card__season__phase"
    stands = Q(**{phase: Phase.CLOSED}) | Q(~Exists(anew), **{f"{phase}__in": INSPECTED})
    # those of a unit that inspects no more wait for nothing
    inspects = Exists(InspectingUnit.objects.filter(
        unit=OuterRef("issuer"), inspection__card=OuterRef("sheetpaper__card")
    ))  # fmt: skip
    led = Q(meetingpaper__meeting__season__in=Season.objects.led_by(user))
    former = Q(meetingpaper__meeting__state=MeetingState.CLOSED, replaced_by=None) & ~led
    issued = Paper.objects.filter(
        Q(kind=PaperKind.INSPECTION) & stands & inspects | Q(kind__in=BY_HEAD) & former,
        issuer__in=user.units,
        final=True,
        number="",
    )
    issued = issued.exclude(replaced_by__final=True).order_by("kind", "pk")
    return [number_of(paper) for paper in issued.only("title")]


def boards_of(user: "User", seasons: "Iterable[Season]") -> list[Task]:
    """Return the rows of the score tables that state another ranking than the one in force, of the
    seasons for whose head the user acts as a principal. Where a correction is begun,
    ``corrections_of`` leads to it."""
    ranked = (Phase.SETTLEMENT, Phase.MEETING)
    led = [each for each in seasons if each.phase in ranked if each.head_seat(user, Role.PRINCIPAL)]
    issued = SheetPaper.objects.filter(season__in=led, replaced_by=None)
    return [
        Task(
            what=f"{PaperKind.BOARD.label} – {paper.season.block.short_name} {paper.year}",
            url=reverse("print_board", args=[paper.season_id]),
            button=_("Finalise"),
            note=_("the ranking was fixed anew with other figures since it became final"),
        )
        for paper in (outdated_boards(issued) if led else ())
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
    drafts = [
        draft
        for draft in begun
        if writer_of_paper(user, draft) and paper_reader(user, draft) and not _stays(draft)
    ]
    return [
        Task(
            what=_("Correction of a paper – %(place)s")
            % {"place": f"{draft.block.short_name} {draft.year}"},
            url=draft.get_absolute_url(),
            button=_("Go on with the draft"),
            note=_("%(paper)s: not final yet") % {"paper": draft.title},
        )
        for draft in drafts
    ]


def _stays(draft: Paper) -> bool:
    """Whether the draft corrects minutes that are not corrected any more."""
    own = own_kind(draft)
    return isinstance(own, SheetPaper) and bool(own.may_not_be_corrected)


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
    is not recorded: on nothing, or not on every award for which vote or conditions name units."""
    if not user.authorities:
        return []
    proposals = MeetingPaper.objects.filter(kind=PaperKind.PROPOSAL, final=True)
    proposals = proposals.exclude(meeting__state=MeetingState.CANCELLED)
    proposals = proposals.exclude(replaced_by__final=True)
    proposed = proposals.filter(meeting__season=OuterRef("pk"))
    held = Decision.objects.of_the_meeting_held()
    decided = held.filter(season=OuterRef("pk"))
    season = OuterRef(OuterRef("pk"))
    elected = Outcome.objects.filter(
        question__meeting__season=season,
        question__meeting__state=MeetingState.CLOSED,
        question__award=OuterRef("pk"),
        verdict=Verdict.ELECTED,
    )
    named = proposals.filter(meeting__season=season).naming(OuterRef("name"))
    lacking = Award.objects.known_to(OuterRef("block__authority")).filter(
        Exists(elected) | Q(Exists(named), decided_by=DecidedBy.CONDITIONS),
        ~Exists(held.filter(season=season, award__code=OuterRef("code"))),
    )
    seasons = Season.objects.filter(
        ~Exists(decided) | Exists(lacking),
        Exists(proposed),
        block__authority__in=user.authorities,
    ).annotate(lacking=ArraySubquery(lacking.order_by("order", "pk").values("short_name")))
    return [
        Task(
            what=_("Decision of the authority – %(place)s") % {"place": season.short_name},
            url=reverse("show_eligibility", args=[season.pk]),
            button=_("Record the decision"),
            note=_("the proposal was made; not recorded yet: %(awards)s")
            % {"awards": ", ".join(dict.fromkeys(season.lacking))}
            if season.lacking
            else _("the proposal was made; no decision is recorded yet"),
        )
        for season in seasons.select_related("block").order_by("-year", "block__code")
    ]


def principals_of(user: "User") -> list[Task]:
    """Return the rows of the units the user looks after, members of a block, that have no
    principal: the last is gone, or a clerk is there alone where no year lets it send with scans."""
    if not user.authorities:
        return []
    seats = Seat.objects.filter(unit=OuterRef("pk"), person__is_active=True).not_over()
    had = Seat.objects.filter(unit=OuterRef("pk"), role=Role.PRINCIPAL)
    bound = Season.objects.running().filter(
        cards__unit=OuterRef("pk"), rules__scan_replaces_principal=False
    )
    units = Unit.objects.filter(
        Exists(had) | Exists(seats.filter(role=Role.CLERK)) & Exists(bound),
        Exists(Membership.objects.today().filter(unit=OuterRef("pk"))),
        ~Exists(seats.filter(role=Role.PRINCIPAL)),
        authority__in=user.authorities,
    )
    return [
        Task(
            what=_("No principal – %(unit)s") % {"unit": unit.short_name},
            url=unit.get_absolute_url(),
            button=_("See"),
            note=_("nobody is there for what is handed up"),
        )
        for unit in units.named()
    ]
