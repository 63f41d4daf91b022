"""What units answered to the findings, what was answered to them, and what that did."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from blocks.dates import show_moment
from scoring.methods import Facts
from scoring.models import Criterion, Entry, Explanation, Response, Scorecard, said_of
from scoring.phases import Column, Phase

if TYPE_CHECKING:
    from blocks.models import User

Chip = tuple[str, str]  # colour and words
NUMBERS = ("actual", "target", "points")


def response_said(card: Scorecard) -> Chip:
    """Say what the unit answered to the findings: agreed, explained, may still, or silent."""
    given, until = card.agreement, card.season.explain_until
    day = until.strftime("%d/%m/%Y") if until else ""
    match card.response:
        case Response.AGREED if given:
            words = {"who": given.by.person, "at": show_moment(given.at)}
            return "green", _("Agrees to the findings (%(who)s, %(at)s)") % words
        case Response.EXPLAINED:
            said = list(card.explanations.all())
            waiting = sum(each.answered_at is None for each in said)
            words = {"count": len(said), "open": waiting}
            counted = ngettext(
                "%(count)d explanation, %(open)d not answered yet",
                "%(count)d explanations, %(open)d not answered yet",
                len(said),
            )
            return "amber" if waiting else "green", counted % words
        case Response.AWAITED if day:
            return "blue", _("May agree or explain until %(day)s") % {"day": day}
        case Response.SILENT:
            return "grey", _("Silent until %(day)s: counts as agreement") % {"day": day}
    return "blue", _("May agree or explain")


@dataclass(frozen=True, slots=True)
class Told:
    """An explanation as its reader sees it: words and points of the line, total and rank."""

    explanation: Explanation
    card: Scorecard
    before: str
    after: str
    points: tuple[Decimal | None, Decimal | None]
    ranks: bool  # whether the reader may know ranks: they tell of the other units

    @property
    def url(self) -> str:
        """The page of the line."""
        return reverse("show_line", args=[self.card.pk, self.explanation.criterion_id])

    @property
    def verdict(self) -> Chip:
        """How it was answered (looks: settle)."""
        was, now = self.points
        if self.explanation.answered_at is None:
            return "amber", _("Not answered yet")
        if not self.explanation.changed:
            return "grey", _("Kept as it was")
        if was is None or now is None or was == now:
            return "blue", _("Changed")
        return ("green", _("Raised")) if now > was else ("red", _("Lowered"))


def explained_on(cards: Iterable[Scorecard], user: "User") -> list[Told]:
    """Return what was explained on these cards, which the reader may see; two queries."""
    by_key = {card.pk: card for card in cards}
    said = Explanation.objects.filter(card__in=by_key).order_by("card__official_order", "pk")
    said = said.select_related("criterion__scale", "by__person", "answered_by__person")
    return [told(by_key[each.card_id], each, user) for each in said.prefetch_related("evidence")]


def told(card: Scorecard, explanation: Explanation, user: "User") -> Told:
    """Return one explanation as this reader sees it."""
    season = card.season
    after = explanation.after if explanation.answered_at else None
    return Told(
        explanation,
        card,
        _words(explanation.before),
        _words(after),
        points_of(card, explanation),
        season.has_reached(Phase.MEETING) or season.office_seat(user) is not None,
    )


def _words(said: Mapping[str, str] | None) -> str:
    return said_of(Entry(**kept(said)))


def points_of(card: Scorecard, explanation: Explanation) -> tuple[Decimal | None, Decimal | None]:
    """Return the points of the line before the explanation and after its answer."""
    return points_said(card, explanation.criterion, explanation.before, explanation.after)


def points_said(
    card: Scorecard, criterion: Criterion, *said: Mapping[str, str] | None
) -> tuple[Decimal | None, Decimal | None]:
    """Return what two sayings of a line, kept as text by field, come to on this card."""
    base = card.facts(Column.FINAL)[criterion.pk].target

    def points(facts: dict[str, Any]) -> Decimal | None:
        target = base if facts["target"] is None else facts["target"]
        whole = facts | {"target": target, "level": facts["level"] or None}
        return criterion.tried(Facts(**whole)).points

    was, now = (points(kept(each)) for each in said)
    return was, now


def kept(said: Mapping[str, str] | None) -> dict[str, Any]:
    """Return the facts that were kept as text by field, each as its field holds it."""
    given = {name: text for name, text in (said or {}).items() if text not in {"", "None"}}
    numbers = {name: Decimal(given[name]) if name in given else None for name in NUMBERS}
    return numbers | {"level": given.get("level", "")}
