"""Pages of a block's year: opened, dated, ruled, moved on and back."""

from collections.abc import Iterator
from typing import Any

from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import path, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from blocks import clock
from blocks.dates import show_date
from blocks.history import acting_as
from blocks.models import Block, Seat
from blocks.models.people import require
from emulation.access import fetch
from emulation.http import Request, posted
from emulation.pages import confirm_page, form_page
from scoring.forms import (
    DatesForm,
    ExemptionForm,
    OfficesForm,
    OpenSeasonForm,
    ReachedForm,
    RulesForm,
    TargetForm,
    ThemeForm,
    this_year,
)
from scoring.models import Agreement, CommonTarget, Entry, Exemption, Explanation, Season, Waiver
from scoring.phases import OWNED, SHEETS, STEPS, Asked, Column, Missing, Part, Phase, resolved
from scoring.progress import progress, targets_of, who_is_waited_for
from scoring.ranking import TieRule

Crumbs = list[tuple[str, str]]

# What happens next, told before a season moves on.
NEXT: dict[Phase, str | Promise] = {
    Phase.REGISTRATION: gettext_lazy(
        "The members of the year are fixed. Every unit registers its targets and titles."
    ),
    Phase.EXECUTION: gettext_lazy(
        "Registered targets and titles are read by all members. Every unit reports at mid-year."
    ),
    Phase.SELF_SCORING: gettext_lazy("Every unit scores itself and sends its sheet."),
    Phase.INSPECTION: gettext_lazy(
        "The self-scores are read by all members. The inspecting units enter their findings."
    ),
    Phase.SETTLEMENT: gettext_lazy(
        "Findings are copied to the settled column. Units explain what they dispute."
    ),
    Phase.MEETING: gettext_lazy("The scores are fixed; the meeting may be opened."),
    Phase.CLOSED: gettext_lazy(
        "The year is closed; its figures and results are not changed any more. Papers still get"
        " number and date, and are corrected."
    ),
}


# What follows when a unit is excused from a sheet of its own, or from its inspections.
UNRANKED = gettext_lazy(
    "Without this sheet of its own the unit is not ranked this year. The year no longer waits for"
    " it, nor for the unit's other sheets, the inspection and the settlement of its score sheet;"
    " they may still be filled."
)
UNINSPECTING = gettext_lazy(
    "The year no longer waits for its findings at the units it inspects; a score sheet that nobody"
    " has inspected is settled from its self-score. The unit's own score sheet is settled and"
    " ranked as before."
)
STANDS = gettext_lazy(
    "%(unit)s is still not ranked after that, for it is noted as well that it does not send"
    " %(others)s; the year waits for none of its sheets."
)
# What is told beside it of a sheet of the registration.
OF_REGISTRATION: dict[Column, str | Promise] = {
    Column.TARGET: gettext_lazy(
        "Targets that were not sent, or were returned and not sent again, do not count: where later"
        " sheets are filled, the base of a line is given with its result."
    ),
    Column.AIM: gettext_lazy(
        "A unit that only aims at no title sends its list with nothing chosen; then it stays in the"
        " ranking."
    ),
}


def season_at(request: Request, pk: int, perm: str = "scoring.view_season") -> Season:
    """Return the season, if this person may do this with it; what follows is written down to the
    seat from which this person acts for it."""
    seasons = Season.objects.visible_to(request.user).for_page()
    season: Season = fetch(request, seasons, perm, pk=pk)
    if request.method == "POST":
        acting_as(season.office_seat(request.user))
    return season


def seat_of(request: Request, season: Season) -> Seat:
    """Return the seat from which this person acts for the season."""
    return require(season.office_seat(request.user), _("Your seats do not include this."))


def crumbs_of(season: Season) -> Crumbs:
    """Return the way to a page of the season."""
    return [
        (season.block.short_name, season.block.get_absolute_url()),
        (str(season.year), season.get_absolute_url()),
    ]


def open_season(request: Request, pk: int) -> HttpResponse:
    """Open a year of the block."""
    blocks = Block.objects.visible_to(request.user).select_related("authority")
    block = fetch(request, blocks, "scoring.open_season", pk=pk)
    seasons = list(block.seasons.all())
    year = this_year({season.year for season in seasons})
    last = max(seasons, key=lambda season: season.year, default=None)
    form = OpenSeasonForm(posted(request), instance=Season(block=block, year=year), last=last)
    return form_page(
        request,
        form,
        title=_("Open a year"),
        button=_("Open the year"),
        then=lambda: reverse("show_season", args=[form.instance.pk]),
        lead=_("Head and deputy come from the recognised terms, the dates are the usual ones."),
        warning=" ".join(resolved(Asked.CARRIED_OVER)(block, year)),
        said=_("The year is open. Look at its dates, then set its scale."),
        crumbs=[(block.short_name, block.get_absolute_url())],
        back=block.get_absolute_url(),
    )


def show_season(request: Request, pk: int) -> HttpResponse:
    """Show the line of the year, how far each unit is, and what is missing."""
    season = season_at(request, pk)
    user = request.user
    may_draft = user.has_perm("scoring.draft_season", season)
    seat = season.office_seat(user)
    lines = progress(season)
    context = {
        "season": season,
        "today": clock.today(),
        "steps": year_line(season),
        "due": None if season.is_closed else season.dates_by_phase.get(season.phase),
        "lines": lines,
        "sent": sum(line.done and not line.excused for line in lines),
        "asked": sum(not line.excused for line in lines),
        "excused": sum(line.excused for line in lines),
        "asks": bool(season.step.writes),
        "states": any(line.asked for line in lines),
        "settles": season.step.by is Part.SETTLER,
        "missing": listed(season.missing, linked=may_draft),
        "missing_before": _missing_before(season.next_phase),
        "left_open": season.left_open if may_draft else [],
        "next": STEPS[season.next_phase].phase if season.next_phase else None,
        "scale": season.newest_scale,
        "targets": targets_of(season),
        "tie_rules": [TieRule.parse(rule).words for rule in season.rules.tie_rules],
        "moves": season.moves.select_related("by__person", "by__unit", "by__authority"),
        "office_changes": season.office_changes.select_related(
            "head", "deputy", "by__person"
        ).prefetch_related("head__names", "deputy__names"),
        "authorisations": season.authorisations.select_related(
            "season", "unit", "by__person"
        ).prefetch_related("unit__names"),
        "may_authorise": bool(season.deputy)
        and not season.is_closed
        and user.has_perm("scoring.authorise_deputy", season),
        "exempt": Exemption.objects.of_season(season).count(),
        "may_draft": may_draft,
        "planning": not season.has_reached(Phase.REGISTRATION),
        "may_rule": seat is not None and season.rules.are_open_to(seat),
        "may_call": season.phase == Phase.MEETING
        and user.has_perm("awards.call_meeting", season)
        and not season.meetings.exclude(state="cancelled").exists(),
        "may_record": season.is_closed and user.has_perm("awards.record_decision", season),
        "may_propose": user.has_perm("awards.write_proposal", season),
        "may_move": user.has_perm("scoring.move_season", season),
        "may_remind": user.has_perm("scoring.remind", season)
        and bool(who_is_waited_for(season, lines)),
        "may_waive": user.has_perm("scoring.waive", season),
        "may_name": user.has_perm("blocks.recognise", season) and not season.is_closed,
    }
    return render(request, "scoring/season.html", context)


def _missing_before(then: Phase | None) -> str:
    """Head what is missing by what comes next."""
    if then is None:
        return ""
    if then == Phase.CLOSED:
        return _("Still missing before the year is closed")
    return _("Missing before %(phase)s") % {"phase": then.label}


def year_line(season: Season) -> list[dict[str, Any]]:
    """Return the steps of the line of the year."""
    states = {True: "done", False: "later"}
    dues = [day.due for day in season.dates_by_phase.values() if day.due]
    own = all(due.year == season.year for due in dues)  # else each with its year
    steps = []
    for phase in STEPS:
        day = season.dates_by_phase.get(phase)
        now = phase == season.phase and not season.is_closed
        due = ""
        if day and day.due:
            due = _("until %(day)s") % {"day": f"{day.due:%d/%m}" if own else show_date(day.due)}
        steps.append(
            {
                "label": phase.label,
                "due": due,
                "state": "now" if now else states[season.has_reached(phase)],
            }
        )
    return steps


def listed(missing: list[Missing], *, linked: bool) -> list[dict[str, str]]:
    """Return what is missing; the ways to mend it only for who may."""
    return [{"sentence": miss.sentence, "url": miss.url if linked else ""} for miss in missing]


def edit_season(request: Request, pk: int) -> HttpResponse:
    """Give the year its theme."""
    season = season_at(request, pk, "scoring.draft_season")
    return _form(request, season, ThemeForm(posted(request), instance=season), _("Theme"))


def edit_dates(request: Request, pk: int) -> HttpResponse:
    """Set when each phase is due and from when it is closed."""
    season = season_at(request, pk, "scoring.draft_season")
    lead = _(
        "Until the closing day one may still send, marked as late. A phase ends when the year"
        " moves on, not on its day. Days are typed as 5/2/2026."
    )
    form = DatesForm(posted(request), season=season)
    return _form(request, season, form, _("Dates of the year"), lead=lead)


def edit_rules(request: Request, pk: int) -> HttpResponse:
    """Set the season's numbers and switches."""
    season = season_at(request, pk, "scoring.draft_season")
    seat = seat_of(request, season)
    if request.method == "GET":
        season.rules.refuse_change(season, seat)
    form = RulesForm(posted(request), instance=season.rules)
    return _form(
        request,
        season,
        form,
        _("Rules of the %(group)s") % {"group": season.block.get_kind_display()},
        save=lambda: form.agree(seat),
    )


def name_offices(request: Request, pk: int) -> HttpResponse:
    """Name head and deputy by an officer's act with a reason."""
    season = season_at(request, pk, "blocks.recognise")
    form = OfficesForm(posted(request), season=season)
    given_now = season.authorisations.not_over().prefetch_related("unit__names")
    ending = [
        _(
            "%(unit)s acts for the head from %(since)s to %(last)s: that ends once another head or"
            " deputy is named."
        )
        % {
            "unit": given.unit,
            "since": show_date(given.since),
            "last": show_date(given.last_day),
        }
        for given in given_now
    ]
    if season.phase == Phase.SETTLEMENT:
        ending.append(
            _("Sheets that are not settled yet may pass to others with another head or deputy.")
        )
    return _form(
        request,
        season,
        form,
        _("Head and deputy of the year"),
        save=lambda: form.name(seat_of_officer(request, season)),
        lead=_("Shown are the units in office now; the reason of a change is kept.")
        if season.head
        else _("Shown are the units that papers recognise; the reason is kept."),
        warning=" ".join(ending),
    )


def seat_of_officer(request: Request, season: Season) -> Seat:
    """Return the person's seat as an officer above the season."""
    seat = request.user.officer_seat(season.block.authority)
    return require(seat, _("Only an officer names head and deputy."))


def _form(request: Request, season: Season, form: Any, title: str, **context: Any) -> HttpResponse:
    if request.method == "GET":  # what is posted its verb refuses, with the form kept
        season.refuse_when_closed()
    return form_page(
        request,
        form,
        title=title,
        then=season.get_absolute_url(),
        said=_("Saved."),
        crumbs=crumbs_of(season),
        **context,
    )


def add_common_target(request: Request, pk: int) -> HttpResponse:
    """Add a target of the whole block."""
    season = season_at(request, pk, "scoring.draft_season")
    form = TargetForm(posted(request), instance=CommonTarget(season=season))
    return _form(request, season, form, _("New common target"))


def edit_common_target(request: Request, pk: int) -> HttpResponse:
    """Change a common target."""
    target = _target(request, pk)
    if request.method == "GET":
        target.refuse_when_noted()
    form = TargetForm(posted(request), instance=target)
    return _form(request, target.season, form, _("Common target"))


def note_reached(request: Request, pk: int) -> HttpResponse:
    """Note what was reached of a common target, as the year goes."""
    target = _target(request, pk)
    form = ReachedForm(posted(request), target=target)
    return _form(
        request,
        target.season,
        form,
        _("What was reached"),
        save=lambda: form.save(seat_of(request, target.season)),
        lead=_("%(target)s. Target: %(figure)s.") % {"target": target.text, "figure": target.figure}
        if target.figure
        else target.text,
    )


def remove_common_target(request: Request, pk: int) -> HttpResponse:
    """Take a common target out."""
    target = _target(request, pk)
    return confirm_page(
        request,
        target.remove,
        title=_("Remove the common target"),
        sentence=_("Remove “%(target)s”?") % {"target": target.text},
        button=_("Remove"),
        then=target.season.get_absolute_url(),
        crumbs=crumbs_of(target.season),
    )


def _target(request: Request, pk: int) -> CommonTarget:
    targets = CommonTarget.objects.filter(season__in=Season.objects.visible_to(request.user))
    related = targets.select_related("season__block__authority", "season__head")
    return fetch(request, related, "scoring.draft_season", pk=pk)


def move_season(request: Request, pk: int, phase: str) -> HttpResponse:
    """Move the season on to this phase, after telling what is missing and what happens next."""
    season = season_at(request, pk, "scoring.move_season")
    if phase not in NEXT:
        raise Http404
    to = Phase(phase)
    words = {"phase": to.label}
    return confirm_page(
        request,
        lambda: season.move_to(to, seat_of(request, season)),
        title=_("Move on to %(phase)s") % words,
        sentence=_("Move the year on to “%(phase)s”?") % words,
        button=_("Move on to %(phase)s") % words,
        then=season.get_absolute_url(),
        said=_("The year moved on to “%(phase)s”.") % words,
        danger=False,
        next=NEXT[to],
        missing=listed(season.missing if to == season.next_phase else [], linked=True),
        left_open=season.left_open if to == season.next_phase else [],
        crumbs=crumbs_of(season),
    )


def go_back(request: Request, pk: int, phase: str) -> HttpResponse:
    """Take the season back to this phase, the one before, with a reason."""
    season = season_at(request, pk, "scoring.move_season")
    if phase not in Phase or season.previous_phase is None:
        raise Http404
    to = Phase(phase)
    if request.method == "GET" and to != season.previous_phase:
        raise ValidationError(season.leads_elsewhere(to))
    words = {"phase": to.label}
    # From the meeting only an officer may go back, so that seat comes first here.
    by = request.user.officer_seat(season.block.authority) or seat_of(request, season)
    return confirm_page(
        request,
        lambda why: season.go_back(by, why, to),
        title=_("Back to %(phase)s") % words,
        sentence=_("Take the year back to “%(phase)s”?") % words,
        button=_("Back to %(phase)s") % words,
        then=season.get_absolute_url(),
        reason=True,
        said=_("The year went back to “%(phase)s”.") % words,
        crumbs=crumbs_of(season),
        missing=listed(season.held_from_going_back(by), linked=True),
        template="scoring/go_back.html",
        reopened=what_is_reopened(season),
        lapses=[sentence for sentence in what_lapses(season) if sentence],
    )


def what_is_reopened(season: Season) -> list[tuple[str, str]]:
    """Return which sheets going back makes drafts again, by column, and of which units."""
    filings = season.reopened_by_going_back.select_related("card__unit")
    units: dict[str, dict[str, None]] = {}  # the names of each column, each once
    for filing in filings.prefetch_related("card__unit__names"):
        units.setdefault(filing.column, {})[filing.card.unit.short_name] = None
    return [(str(column.label), ", ".join(units[column])) for column in Column if column in units]


def what_lapses(season: Season) -> Iterator[str]:
    """Yield what else does not hold once the season goes back, and what of the settlement does."""
    if (back := season.previous_phase) and any(map(season.is_shut, STEPS[back].writes)):
        yield _(
            "“%(phase)s” is closed by its date: extend it, or nobody can fill these sheets."
        ) % {"phase": back.label}
    if season.phase == Phase.SETTLEMENT:
        agreed = Agreement.objects.filter(card__season=season, lapsed_at=None).count()
        if agreed:
            yield ngettext(
                "The agreement of %(count)d unit lapses; it agrees or explains anew.",
                "The agreements of %(count)d units lapse; they agree or explain anew.",
                agreed,
            ) % {"count": agreed}
        if Explanation.objects.waiting().filter(card__season=season).exists():
            yield _("What was explained waits for its answer where the finding stays the same.")
        if Entry.objects.settled_by_hand().filter(card__season=season).exists():
            yield _("What was settled otherwise than found stays where the finding stays the same.")
    if season.current_ranking:
        yield season.rests
    yield resolved(Asked.MEETING_STAYS)(season)


def waive_unit(request: Request, pk: int, column: str, unit: int) -> HttpResponse:
    """Note that a unit will not send a sheet, with the reason."""
    season = season_at(request, pk, "scoring.waive")
    card = get_object_or_404(season.cards.named(), unit=unit)
    if column not in SHEETS:
        raise Http404
    asked = Column(column)
    words = {"unit": card.unit, "sheet": SHEETS[asked]}
    after = f"{UNRANKED} {OF_REGISTRATION.get(asked, '')}" if asked in OWNED else UNINSPECTING
    return confirm_page(
        request,
        lambda why: season.waive(card.unit, asked, seat_of(request, season), why),
        title=_("Note that nothing will be sent"),
        sentence=_("%(unit)s will not send %(sheet)s?") % words,
        next=after,
        button=_("Note it"),
        then=season.get_absolute_url(),
        reason=True,
        said=_("Noted: %(unit)s will not send %(sheet)s.") % words,
        crumbs=crumbs_of(season),
    )


def withdraw_waiver(request: Request, pk: int) -> HttpResponse:
    """Ask a sheet of an excused unit again, with the reason."""
    waivers = Waiver.objects.filter(season__in=Season.objects.visible_to(request.user))
    waivers = waivers.select_related("unit", "season__block__authority", "season__head")
    waiver = fetch(request, waivers, "scoring.waive", pk=pk)
    season = waiver.season
    if request.method == "GET" and (refusal := waiver.may_not_withdraw):
        raise ValidationError(refusal)
    others = ", ".join(other.sheet for other in waiver.beside)
    words = {"unit": waiver.unit, "sheet": waiver.sheet, "others": others}
    after = _("It was excused because: %(reason)s") % {"reason": waiver.reason}
    sentence = _("Wait for %(sheet)s of %(unit)s again?")
    said = _("The year waits for %(sheet)s of %(unit)s again.")
    if season.cards.get(unit=waiver.unit).filing(Column(waiver.column), waiver.unit).is_sent:
        sentence = _("%(unit)s has sent %(sheet)s. Withdraw the note that it does not?")
        said = _("The note is withdrawn: %(unit)s has sent %(sheet)s.")
    if others:
        sentence = _("Withdraw the note that %(unit)s does not send %(sheet)s?")
        said = _(
            "The note is withdrawn. %(unit)s is still not ranked, for it is noted as well that it"
            " does not send %(others)s."
        )
    return confirm_page(
        request,
        lambda why: waiver.withdraw(seat_of(request, season), why),
        title=_("Ask the sheet again"),
        sentence=sentence % words,
        next=f"{after}. {STANDS % words}" if others else after,
        button=_("Ask the sheet again"),
        then=season.get_absolute_url(),
        reason=True,
        danger=False,
        said=said % words,
        crumbs=crumbs_of(season),
    )


def list_exemptions(request: Request, pk: int) -> HttpResponse:
    """Show which lines are not assigned to which unit; add another."""
    season = season_at(request, pk)
    may_edit = (
        request.user.has_perm("scoring.draft_season", season)
        and season.scale is not None
        and season.has_reached(Phase.REGISTRATION)
        and not season.has_reached(Phase.INSPECTION)
    )
    exemptions = Exemption.objects.of_season(season).listed()
    context = {"season": season, "exemptions": exemptions, "may_edit": may_edit}
    return render(request, "scoring/exemptions.html", context)


def add_exemption(request: Request, pk: int) -> HttpResponse:
    """Leave a line out for one unit, with the reason."""
    season = season_at(request, pk, "scoring.draft_season")
    if request.method == "GET":  # what is posted its verb refuses, with the form kept
        Exemption.refuse_when_late(season)
    form = ExemptionForm(posted(request), season=season)
    here = reverse("list_exemptions", args=[season.pk])
    return form_page(
        request,
        form,
        title=_("Leave a line out for a unit"),
        save=lambda: form.save(seat_of(request, season)),
        lead=_("The unit's other points are raised to the scale's total."),
        then=here,
        said=_("Saved."),
        crumbs=[*crumbs_of(season), (_("Lines not assigned"), here)],
    )


def remove_exemption(request: Request, pk: int) -> HttpResponse:
    """Ask a line of a unit again."""
    seen = Exemption.objects.filter(card__season__in=Season.objects.visible_to(request.user))
    exemption = fetch(request, seen.listed(), "scoring.draft_season", pk=pk)
    season = exemption.season
    if request.method == "GET":
        Exemption.refuse_when_late(season, exemption.card)
    here = reverse("list_exemptions", args=[season.pk])
    words = {"unit": exemption.card.unit, "line": exemption.criterion}
    return confirm_page(
        request,
        lambda: exemption.put_back(seat_of(request, season)),
        title=_("Ask the line again"),
        sentence=_("Ask “%(line)s” of %(unit)s again?") % words,
        button=_("Ask the line again"),
        then=here,
        danger=False,
        crumbs=[*crumbs_of(season), (_("Lines not assigned"), here)],
    )


urls = [
    path("blocks/<int:pk>/seasons/open/", open_season, name="open_season"),
    path("seasons/<int:pk>/", show_season, name="show_season"),
    path("seasons/<int:pk>/edit/", edit_season, name="edit_season"),
    path("seasons/<int:pk>/dates/", edit_dates, name="edit_dates"),
    path("seasons/<int:pk>/rules/", edit_rules, name="edit_rules"),
    path("seasons/<int:pk>/offices/", name_offices, name="name_offices"),
    path("seasons/<int:pk>/targets/add/", add_common_target, name="add_common_target"),
    path("targets/<int:pk>/", edit_common_target, name="edit_common_target"),
    path("targets/<int:pk>/reached/", note_reached, name="note_reached"),
    path("targets/<int:pk>/remove/", remove_common_target, name="remove_common_target"),
    path("seasons/<int:pk>/move/<str:phase>/", move_season, name="move_season"),
    path("seasons/<int:pk>/back/<str:phase>/", go_back, name="go_back"),
    path("seasons/<int:pk>/waive/<str:column>/<int:unit>/", waive_unit, name="waive_unit"),
    path("waivers/<int:pk>/withdraw/", withdraw_waiver, name="withdraw_waiver"),
    path("seasons/<int:pk>/not-assigned/", list_exemptions, name="list_exemptions"),
    path("seasons/<int:pk>/not-assigned/add/", add_exemption, name="add_exemption"),
    path("not-assigned/<int:pk>/remove/", remove_exemption, name="remove_exemption"),
]
