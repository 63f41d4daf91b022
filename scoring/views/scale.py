"""Pages of a season's point scale: read by all, drafted by the head, locked once it adds up."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path, reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _

from emulation.access import fetch
from emulation.forms import Form, WholeField
from emulation.http import Request, posted
from emulation.pages import confirm_page, form_page, refusing
from emulation.printing import answer_paper
from scoring.forms import CriterionForm, LoadScaleForm, ScaleForm, Source, TrialForm
from scoring.methods import METHODS, Method, Score
from scoring.models import Criterion, EvidenceNeed, Scale, Season
from scoring.needs import tie_rules_name_lines
from scoring.phases import Asked, Missing, resolved
from scoring.scale_files import SCALES
from scoring.views.season import Crumbs, crumbs_of, season_at, seat_of

# How many twelfths of the panel a field takes; the others half of it.
WIDTHS = {"code": 4, "max": 4, "kind": 4} | dict.fromkeys(
    ("name", "place", "tiers", "levels", "of"), 12
)


@dataclass(slots=True)
class Row:
    """One line of the scale as it is shown: its depth, and what its lines add up to."""

    line: Criterion
    depth: int
    added: Decimal | None = None

    @property
    def adds_up(self) -> bool:
        """Whether a section's lines come to its maximum; other lines always do."""
        return self.added is None or self.added == self.line.max


class VersionForm(Form):
    """Which version of the scale is shown; the newest unless it is named."""

    version = WholeField(required=False, low=Decimal(1), high=Decimal(999))


def show_scale(request: Request, pk: int) -> HttpResponse:
    """Show a version of the season's scale, whole."""
    season = season_at(request, pk)
    form = VersionForm(request.GET)
    version = form.cleaned_data["version"] if form.is_valid() else None
    scale = season.newest_scale
    if version:
        scale = get_object_or_404(season.scales, version=version)
    return render(request, "scoring/scale.html", shown(request, season, scale))


def shown(request: Request, season: Season, scale: Scale | None) -> dict[str, Any]:
    """Return what a page that shows the scale is handed."""
    user = request.user
    newest = season.newest_scale
    is_newest = scale is not None and scale == newest
    drafting = season.is_planning and user.has_perm("scoring.draft_season", season)
    context: dict[str, Any] = {
        "season": season,
        "scale": scale,
        "versions": season.scales.select_related("locked_by__person", "locked_by__unit"),
        "is_newest": is_newest,
        "may_load": drafting,
        "may_amend": drafting and is_newest and bool(scale and scale.is_locked),
    }
    if scale is None:
        return context
    scale.season = season
    draft = is_newest and not scale.is_locked
    added = scale.added()
    rows = rows_of(scale)
    faults = scale.faults if draft and rows else []
    if drafting and draft and rows:
        context |= _told(season, scale)
    return context | {
        "rows": rows,
        "groups": grouped(scale, rows),
        "added": added,
        "short": scale.total - added,
        "over": added - scale.total,
        "faults": faults,
        "methods": explained(scale),
        "may_edit": drafting and draft,
        "may_lock": draft
        and season.is_planning
        and bool(rows)
        and user.has_perm("scoring.lock_scale", season),
    }


def _told(season: Season, draft: Scale) -> dict[str, Any]:
    """What is told of a draft before it is locked: what is left open, which hinders nothing, and
    what is lost."""
    lost = []
    if earlier := season.scale:
        ends = {
            _(
                "What was said on these lines of version %(version)s, their evidence and"
                " explanations, for the draft lacks them or scores them otherwise: %(lines)s."
            ): draft.left_behind(earlier),
            _(
                "The base that was registered or given with the result on these lines of version"
                " %(version)s, for the draft takes it from elsewhere: %(lines)s."
            ): draft.bases_ended(earlier),
        }
        for said, lines in ends.items():
            words = {"version": earlier.version, "lines": ", ".join(line.code for line in lines)}
            lost += [Missing(said % words)] if lines else []
    lacks = [*resolved(Asked.LINES_ASKED)(season), *tie_rules_name_lines(season)]
    return {"left_open": lacks, "lost": lost}


def rows_of(scale: Scale) -> list[Row]:
    """Return the lines with their depth, and the sums of the sections."""
    for line in scale.criteria_in_order:
        line.scale = scale
    by_key = {line.pk: line for line in scale.criteria_in_order}
    for line in scale.criteria_in_order:
        if line.of_id:
            line.of = by_key.get(line.of_id)
    return [
        Row(line, depth, scale.added(line) if line.is_section else None)
        for line, depth in scale.walk()
    ]


def grouped(scale: Scale, rows: list[Row]) -> list[dict[str, Any]]:
    """Return the lines as they count: the scale itself, then bonus, then penalty."""
    main = [row for row in rows if not (row.line.bonus or row.line.penalty)]
    bonus = [row for row in rows if row.line.bonus]
    penalty = [row for row in rows if row.line.penalty]
    return [
        {"rows": main},
        {"name": _("Bonus, outside the total"), "rows": bonus, "cap": scale.bonus_cap},
        {"name": _("Penalty, taken off the total"), "rows": penalty},
    ]


def explained(scale: Scale) -> list[tuple[str, str]]:
    """Return the methods the scale uses, each with how it gives points."""
    used = {line.method for line in scale.criteria_in_order}
    return [
        (str(METHODS[method].label), str(METHODS[method].explanation))
        for method in Method
        if method in used
    ]


def load_scale(request: Request, pk: int) -> HttpResponse:
    """Begin a version of the scale from a starter, last year's, a file or a blank page."""
    season = season_at(request, pk, "scoring.draft_season")
    form = LoadScaleForm(posted(request), request.FILES or None, season=season)
    form.fields["file"].help_text = format_html(
        '<a href="{}">{}</a>', reverse("sample_scale", args=[pk]), _("Download the sample file")
    )
    newest = season.newest_scale
    if newest and newest.is_locked:
        lead = _(
            "A scale is locked already. The new draft must be locked, or discarded, before"
            " registration opens."
        )
    else:
        lead = _("A draft that stands already is kept among the versions.")
    return form_page(
        request,
        form,
        title=_("Begin a scale"),
        button=_("Begin"),
        lead=lead,
        then=reverse("show_scale", args=[season.pk]),
        said=_("The scale is loaded. Look at its lines and sums, then lock it."),
        crumbs=crumbs(season),
    )


def sample_scale(request: Request, pk: int) -> HttpResponse:
    """Answer the starter scale as a file, to be taken as a model of one's own."""
    season_at(request, pk, "scoring.draft_season")
    return answer_paper(
        (SCALES / f"{Source.STARTER}.yaml").read_bytes(),
        "thang-bang-diem-mau.yaml",
        "Thang bảng điểm mẫu.yaml",
        final=False,
        kind="application/yaml",
        attachment=True,
    )


def crumbs(season: Season) -> Crumbs:
    """Return the way to a page of the scale."""
    here = reverse("show_scale", args=[season.pk])
    return [*crumbs_of(season), (_("Point scale"), here)]


def scale_of(request: Request, pk: int, perm: str = "scoring.draft_season") -> Scale:
    """Return the version of a scale, if this person may do this with its season."""
    scales = Scale.objects.filter(season__in=Season.objects.visible_to(request.user))
    related = scales.select_related("season__block__authority", "season__head")
    return fetch(request, related, perm, pk=pk)


def edit_scale(request: Request, pk: int) -> HttpResponse:
    """Change what the scale says of itself: its name, total, cap, places and classes."""
    scale = scale_of(request, pk)
    return form_page(
        request,
        ScaleForm(posted(request), instance=scale),
        title=_("The scale as a whole"),
        then=reverse("show_scale", args=[scale.season_id]),
        said=_("Saved."),
        crumbs=crumbs(scale.season),
    )


def add_criterion(request: Request, pk: int) -> HttpResponse:
    """Add a line to the scale."""
    scale = scale_of(request, pk)
    line = Criterion(scale=scale, method=Method.PROPORTIONAL, evidence=EvidenceNeed.OPTIONAL)
    return _line_page(request, line, _("New line"))


def edit_criterion(request: Request, pk: int) -> HttpResponse:
    """Change a line of the scale, with a trial of what it would give."""
    line = _line(request, pk)
    return _line_page(request, line, str(line))


def _line(request: Request, pk: int) -> Criterion:
    lines = Criterion.objects.filter(scale__season__in=Season.objects.visible_to(request.user))
    related = lines.select_related("scale__season__block__authority", "scale__season__head")
    return fetch(request, related, "scoring.draft_season", pk=pk)


def _line_page(request: Request, line: Criterion, title: str) -> HttpResponse:
    """Show the form of a line beside the tree.

    Another method shows other fields, and a trial computes; neither saves anything.
    """
    scale, season = line.scale, line.scale.season
    redrawn, tried = "redraw" in request.POST, "try" in request.POST
    if redrawn:
        form = CriterionForm(instance=line, initial=request.POST.dict())
    else:
        form = CriterionForm(posted(request), instance=line)
    saves = form.is_bound and not tried
    if saves and form.is_valid() and refusing(form, form.save):
        messages.success(request, _("Saved."))
        return redirect(f"{reverse('show_scale', args=[season.pk])}#line-{form.instance.pk}")
    trial = TrialForm(request.POST if tried else None, line=form)
    context = shown(request, season, scale) | {
        "form": form,
        "fields": [(f, WIDTHS.get(f.name, 6)) for f in form if f.name != "method"],
        "method": form.method,
        "methods_known": [(method.value, METHODS[method].label) for method in Method],
        "trial": trial,
        "score": _tried(form, trial),
        "chosen": line,
        "title": title,
        "explanation": METHODS[form.method].explanation,
        "crumbs": crumbs(season),
    }
    refused = form.is_bound and form.errors
    return render(request, "scoring/scale_line.html", context, status=422 if refused else 200)


def _tried(form: CriterionForm, trial: TrialForm) -> Score | None:
    """What the line as it stands on the form would give; nothing while the form is refused."""
    if form.is_bound and not form.is_valid():
        return None
    return trial.score(form.instance)


def remove_criterion(request: Request, pk: int) -> HttpResponse:
    """Take a line out of the scale, with all that stands in it."""
    line = _line(request, pk)
    season = line.scale.season
    below = len(line.scale.within(line)) - 1
    return confirm_page(
        request,
        lambda: line.scale.take_out(line),
        title=_("Remove the line"),
        sentence=_("Remove “%(line)s”?") % {"line": line},
        next=_("%(count)d lines that stand in it go with it.") % {"count": below} if below else "",
        button=_("Remove"),
        then=reverse("show_scale", args=[season.pk]),
        crumbs=crumbs(season),
    )


def lock_scale(request: Request, pk: int) -> HttpResponse:
    """Lock the scale for the season; every fault of its sums is told."""
    scale = scale_of(request, pk, "scoring.lock_scale")
    season = scale.season
    return confirm_page(
        request,
        lambda: scale.lock(seat_of(request, season)),
        title=_("Lock the point scale"),
        sentence=_("Lock “%(scale)s”?") % {"scale": scale.name},
        next=_(
            "Its lines are not changed any more. Before registration ends it can be amended by a"
            " new version, after the year has gone back to planning."
        ),
        button=_("Lock the point scale"),
        then=reverse("show_scale", args=[season.pk]),
        said=_("The scale is locked."),
        missing=[] if scale.is_locked else [{"sentence": fault} for fault in scale.faults],
        crumbs=crumbs(season),
        **_told(season, scale),
    )


def amend_scale(request: Request, pk: int) -> HttpResponse:
    """Begin the next version as a copy of the locked one."""
    scale = scale_of(request, pk)
    season = scale.season
    return confirm_page(
        request,
        scale.amended,
        title=_("Amend the point scale"),
        sentence=_("Begin a new version of “%(scale)s”?") % {"scale": scale.name},
        next=_("The version that is locked stays among the versions; the new one is a draft."),
        button=_("Begin the new version"),
        danger=False,
        then=reverse("show_scale", args=[season.pk]),
        crumbs=crumbs(season),
    )


def discard_scale(request: Request, pk: int) -> HttpResponse:
    """Throw a draft away."""
    scale = scale_of(request, pk)
    season = scale.season
    return confirm_page(
        request,
        scale.discard,
        title=_("Discard the draft"),
        sentence=_("Discard draft %(version)s of the scale?") % {"version": scale.version},
        button=_("Discard the draft"),
        then=reverse("show_scale", args=[season.pk]),
        crumbs=crumbs(season),
    )


urls = [
    path("seasons/<int:pk>/scale/", show_scale, name="show_scale"),
    path("seasons/<int:pk>/scale/load/", load_scale, name="load_scale"),
    path("seasons/<int:pk>/scale/sample/", sample_scale, name="sample_scale"),
    path("scales/<int:pk>/edit/", edit_scale, name="edit_scale"),
    path("scales/<int:pk>/lock/", lock_scale, name="lock_scale"),
    path("scales/<int:pk>/amend/", amend_scale, name="amend_scale"),
    path("scales/<int:pk>/discard/", discard_scale, name="discard_scale"),
    path("scales/<int:pk>/lines/add/", add_criterion, name="add_criterion"),
    path("lines/<int:pk>/", edit_criterion, name="edit_criterion"),
    path("lines/<int:pk>/remove/", remove_criterion, name="remove_criterion"),
]
