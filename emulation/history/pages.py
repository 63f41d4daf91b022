"""The pages of history: who reads which, narrowed to a person, a kind of thing and days.

Whoever may read a thing reads its history; officers read across a block and their authority.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django import forms
from django.core.paginator import Paginator
from django.db.models import Q, QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from awards.models import Meeting
from blocks.models import Authority, Block, Change, Paper, Recognition, Unit, User
from blocks.text import search_key
from emulation.access import fetch
from emulation.forms import DayField, Form
from emulation.history import parts
from emulation.history.parts import Part, as_text, of_rows, seen_papers
from emulation.history.telling import told
from emulation.history.words import TOLD, Model
from emulation.http import Request, asked_key
from scoring.models import Criterion, Entry, Evidence, Explanation, Scorecard, Season

A_PAGE = 50  # changes
OF_A_LINE = (Entry, Evidence, Explanation)


def _seasons(user: User) -> QuerySet[Season]:
    return Season.objects.visible_to(user).for_page()


def _lines(user: User) -> QuerySet[Criterion]:
    seen = Criterion.objects.filter(scale__season__in=Season.objects.visible_to(user))
    return seen.select_related("scale__season__block")


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of thing with a history: who reads it, which changes are its, where it stands."""

    permission: str
    seen: Callable[[User], QuerySet[Any]]
    changes: Callable[[User, Any], list[Part]]
    address: Callable[[Any], str] = lambda thing: thing.get_absolute_url()
    left_out: str | Promise = ""  # what of it is not told to everybody
    part: str | Promise = ""  # which part of the thing, where others have the same name


def _on(view: str) -> Callable[[Any], str]:
    return lambda thing: reverse(view, args=[thing.pk])


KINDS: dict[str, Kind] = {
    "unit": Kind("blocks.view_unit", Unit.objects.visible_to, parts.of_unit),
    "person": Kind("blocks.view_person", User.objects.visible_to, parts.of_person),
    "block": Kind(
        "blocks.view_block",
        lambda u: Block.objects.visible_to(u).select_related("authority"),
        parts.of_block,
    ),
    "recognition": Kind(
        "blocks.view_recognition",
        lambda u: Recognition.objects.visible_to(u).listed().select_related("authority"),
        parts.of_recognition,
    ),
    "paper": Kind(
        "blocks.view_paper",
        lambda u: Paper.objects.filter(seen_papers(u)).defer("content", "signed_copy"),
        parts.of_paper,
    ),
    "season": Kind("scoring.view_season", _seasons, parts.of_season),
    "scale": Kind(
        "scoring.view_season", _seasons, parts.of_scale, _on("show_scale"), part=_("Point scale")
    ),
    "line": Kind(
        "scoring.view_season",
        _lines,
        parts.of_line,
        lambda line: f"{reverse('show_scale', args=[line.scale.season_id])}#line-{line.pk}",
    ),
    "plan": Kind(
        "scoring.view_season", _seasons, parts.of_plan, _on("show_plan"), part=_("Inspection plan")
    ),
    "card": Kind(
        "scoring.view_card",
        lambda u: Scorecard.objects.visible_to(u).for_sheet(),
        parts.of_card,
        left_out=_("What was typed before a sheet was first sent is told only to who fills it."),
    ),
    "meeting": Kind(
        "awards.view_meeting", lambda u: Meeting.objects.visible_to(u).for_desk(), parts.of_meeting
    ),
    "across": Kind(
        "blocks.manage_block",
        lambda u: Block.objects.visible_to(u).select_related("authority"),
        parts.across_block,
        part=_("All of the block, cluster"),
    ),
    "authority": Kind(
        "blocks.administer",
        lambda u: Authority.objects.filter(pk__in=[one.pk for one in u.authorities]),
        parts.across_authority,
        lambda _authority: reverse("show_administration"),
    ),
}


# The page


class FilterForm(Form):
    """Whose changes, of which kind of thing, on which days; of which line of a sheet."""

    person = forms.CharField(label=_("Done by"), max_length=120, required=False)
    kind = forms.ChoiceField(label=_("Thing"), required=False)
    since = DayField(label=_("From"), required=False, saved=False)
    until = DayField(label=_("Until"), required=False, saved=False)
    line = forms.IntegerField(required=False, min_value=1, widget=forms.HiddenInput())

    def __init__(self, data: Any, models: list[Model]) -> None:
        super().__init__(data)
        kinds = [(model._meta.model_name, TOLD[model][0]) for model in models]
        self.fields["kind"] = forms.ChoiceField(
            label=_("Thing"), required=False, choices=[("", gettext("All")), *kinds]
        )
        for field in self.fields.values():
            css = "form-select" if isinstance(field, forms.ChoiceField) else "form-control"
            field.widget.attrs |= {"class": css}

    def clean(self) -> None:
        """Refuse days in the wrong order."""
        since, until = (self.cleaned_data.get(name) for name in ("since", "until"))
        if since and until and since > until:
            self.add_error("until", gettext("This day is before the first one."))

    def narrow(self, of: list[Part]) -> list[Part]:
        """Keep what was asked for."""
        if not self.is_valid():
            return []
        asked, wanted = self.cleaned_data, Q()
        if search_key(asked["person"]) == search_key(gettext("The system")):
            wanted &= Q(user_id=None, seat_id=None)
        elif asked["person"]:
            wanted &= Q(user_id__in=User.objects.called(asked["person"]).values("pk"))
        if asked["since"]:
            wanted &= Q(at__gte=midnight(asked["since"]))
        if asked["until"]:
            wanted &= Q(at__lt=midnight(asked["until"] + timedelta(days=1)))
        if asked["line"]:
            of = [
                (model, of_rows(changes, as_text(model.objects.filter(criterion=asked["line"]))))
                for model, changes in of
                if model in OF_A_LINE
            ]
        return [
            (model, changes.filter(wanted))
            for model, changes in of
            if not asked["kind"] or model._meta.model_name == asked["kind"]
        ]


def midnight(day: date) -> datetime:
    """Return the moment at which a local day begins."""
    return timezone.make_aware(datetime.combine(day, time.min))


def joined(of: list[Part], name: str) -> QuerySet[Any]:
    """Return this value of all these changes, each once; each part asks its own index."""
    asked = [changes.order_by().values_list(name, flat=True) for _model, changes in of]
    return asked[0].union(*asked[1:]) if asked else Change.objects.none()


def _line_of(thing: Any, asked: int | None) -> Criterion | None:
    """The line of a sheet to which its history is narrowed, or nothing."""
    if asked is None or not isinstance(thing, Scorecard):
        return None
    return Criterion.objects.filter(scale__season=thing.season_id, pk=asked).first()


def show_history(request: Request, kind: str, pk: int) -> HttpResponse:
    """Show what was changed of a thing: what, from what to what, by whom, when."""
    if kind not in KINDS:
        raise Http404
    of_kind = KINDS[kind]
    thing = fetch(request, of_kind.seen(request.user), of_kind.permission, pk=pk)
    of = of_kind.changes(request.user, thing)
    if of_kind.left_out:  # else few kinds are empty, and to ask of a whole block takes long
        told_of = set(joined(of, "table"))
        of = [(model, changes) for model, changes in of if model._meta.db_table in told_of]
    models = list(dict.fromkeys(model for model, _changes in of))
    line = _line_of(thing, asked_key(request, "line"))
    form = FilterForm(request.GET, [m for m in models if not line or m in OF_A_LINE])
    keys = joined(form.narrow(of), "pk").order_by("-pk")
    page = Paginator(keys, A_PAGE).get_page(request.GET.get("page"))
    changes = Change.objects.filter(pk__in=list(page.object_list))
    query = request.GET.copy()
    query.pop("page", None)
    context = {
        "thing": " – ".join(str(part) for part in (line, of_kind.part, thing) if part),
        "back": reverse("show_line", args=[pk, line.pk]) if line else of_kind.address(thing),
        "left_out": of_kind.left_out,
        "page": page,
        "changes": told(changes),
        "form": form,
        "query": query.urlencode(),
        "filtered": any(request.GET.get(name) for name in form.fields),
    }
    return render(request, "history.html", context, status=422 if form.errors else 200)


urls = [path("history/<slug:kind>/<int:pk>/", show_history, name="show_history")]
