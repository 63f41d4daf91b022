"""What units answered to the findings, what was answered to them, and what that did."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from copy import copy
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal
from operator import attrgetter
from typing import TYPE_CHECKING, Any

from django.db.models import prefetch_related_objects
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from blocks.dates import show_date, show_moment
from scoring.board import cards_of, effect_of, may_hear
from scoring.methods import Facts
from scoring.models import Criterion, Entry, Explanation, Response, Scorecard
from scoring.models.entry import facts_said, kept, words_of
from scoring.models.explanation import explained
from scoring.phases import Asked, Column, Phase, resolved

if TYPE_CHECKING:
    from blocks.models import Seat, User
    from scoring.models import Agreement, Standing

Chip = tuple[str, str]  # colour and words
Why = tuple[str, "Seat | None", datetime | None]  # the settler's reason, from which seat and when


def response_said(card: Scorecard) -> Chip:
    """Say what the unit answered to the findings: agreed, explained, may still, or silent; or that
    there are none. Ask it of a card with ``filings``, ``agreements`` and ``explanations``."""
    if card.is_being_settled and card.last_change and card.unheard:
        waiting = waiting_said(card)
        return "amber", f"{waiting}. {card.unheard}" if waiting else card.unheard
    return _responded(card)


def _counted(explained: int, waiting: int) -> str:
    if waiting:
        counted = ngettext(
            "%(count)d explanation, %(open)d not answered yet",
            "%(count)d explanations, %(open)d not answered yet",
            explained,
        )
    else:
        counted = ngettext(
            "%(count)d explanation, answered", "%(count)d explanations, all answered", explained
        )
    return counted % {"count": explained, "open": waiting}


def _responded(card: Scorecard) -> Chip:
    given, until = card.agreement, card.season.explain_until
    day = show_date(until) if until else ""
    said = card.disputed
    waiting = waiting_said(card)
    match card.response:
        case Response.AGREED if given:
            agreed = _agreed(given, rest=bool(said))
            return ("amber", f"{agreed}; {waiting}") if waiting else ("green", agreed)
        case Response.EXPLAINED:
            counted = _counted(len(said), len(card.unanswered))
            if day and card.season.may_still_explain:
                more = _("other lines may be explained until %(day)s") % {"day": day}
                counted = f"{counted}; {more}"
            return "amber" if waiting else "green", counted
        case Response.UNASKED:
            chip = "grey", _("Not inspected (%(reason)s)") % {"reason": card.uninspected}
        case Response.AWAITED if day:
            chip = "blue", _("May agree or explain until %(day)s") % {"day": day}
        case Response.SILENT if card.season.may_still_explain:  # more days were given since
            chip = "grey", _("Silent when the sheet was settled: counts as agreement")
        case Response.SILENT:
            chip = "grey", _("Silent until %(day)s: counts as agreement") % {"day": day}
        case _unknown:
            chip = "blue", _("May agree or explain")
    return ("amber", f"{chip[1]}; {waiting}") if waiting else chip


def _agreed(given: "Agreement", *, rest: bool) -> str:
    """Say what the unit agreed to, who and when; to the ``rest`` where lines were explained."""
    if rest and given.changes:
        said = _("Agrees to the rest of the findings and to what was changed (%(who)s, %(at)s)")
    elif rest:
        said = _("Agrees to the rest of the findings (%(who)s, %(at)s)")
    elif given.changes:
        said = _("Agrees to the findings and to what was changed (%(who)s, %(at)s)")
    else:
        said = _("Agrees to the findings (%(who)s, %(at)s)")
    return said % {"who": given.by.person, "at": show_moment(given.at)}


def waiting_said(card: Scorecard) -> str:
    """Say how many explanations of the card wait for their answer; nothing where none does."""
    count = len(card.unanswered)
    words = ngettext(
        "%(count)d explanation waits for its answer",
        "%(count)d explanations wait for their answer",
        count,
    )
    return words % {"count": count} if count else ""


@dataclass(frozen=True, slots=True)
class Answered:
    """A line that was explained, changed unasked or adjusted by the meeting, as its reader sees it:
    words and points of the line, total and rank, before and after."""

    card: Scorecard
    criterion: Criterion
    before: str
    after: str
    points: tuple[Decimal | None, Decimal | None]
    totals: tuple[Decimal | None, Decimal | None]
    ranks: tuple[int | None, int | None]  # none where the reader may not know: they tell of others
    explanation: Explanation | None  # none where the line was changed without having been disputed
    is_open: bool  # waits for its answer
    changed: bool
    reason: str = ""
    by: "User | None" = None
    at: datetime | None = None
    hands: tuple[int, int] | None = None  # in favour, of the units present: the meeting changed it
    take_back: str = ""  # where its unit takes the explanation back
    was_answered: bool = False  # the settler changed it once more, after an answer
    found_anew: bool = False  # nobody changed it: another finding was taken over since

    @property
    def url(self) -> str:
        """The page of the line; none where an amended scale lost it."""
        line = _line_now(self.card, self.criterion)
        if not is_on_scale(self.card, line):
            return ""
        return reverse("show_line", args=[self.card.pk, line.pk])

    @property
    def moment(self) -> str:
        """When it was that all else stood as total and rank tell it, before and after."""
        if self.hands:
            return _("when the meeting adjusted it")
        if self.explanation:
            if _is_of_earlier_scale(self.card, self.explanation):
                return _("when it was answered, by the scale of that time")
            return _("when it was answered")
        if self.card.season.phase == Phase.SETTLEMENT:
            return _("all else as settled so far")
        return _("all else as settled")

    @property
    def verdict(self) -> Chip:
        """How it was answered (looks: settle)."""
        was, now = self.points
        if not self.url:
            return "grey", _("Line removed from the scale, or scored another way now")
        if self.explanation and self.explanation.lapsed_at:
            return "grey", _("Lapsed: found otherwise since")
        if self.is_open:
            return "amber", _("Not answered yet")
        if not self.changed:
            return "grey", _("Kept as it was")
        if was is None or now is None or was == now:
            return "blue", _("Changed")
        return ("green", _("Raised")) if now > was else ("red", _("Lowered"))


@dataclass(frozen=True, slots=True)
class Unasked:
    """A line that changed without having been disputed: what held before, and from then on. The
    settler changed it unasked, or the meeting itself by a show of hands (decision 17)."""

    card: Scorecard
    criterion: Criterion
    before: Mapping[str, str]
    after: Mapping[str, str]
    reason: str = ""
    by: "User | None" = None
    at: datetime | None = None
    hands: tuple[int, int] | None = None  # in favour, of the units present
    reason_before: str = ""  # why, from which seat and when held what did before
    seat_before: "Seat | None" = None
    at_before: datetime | None = None
    standings: "tuple[Standing, Standing] | None" = None  # of the card, fixed before and after
    was_answered: bool = False  # an explanation of the line had been answered before
    found_anew: bool = False


def is_on_scale(card: Scorecard, criterion: Criterion) -> bool:
    """Tell whether a line is one of the season's scale, or was left behind by an earlier one."""
    return criterion.scale_id == card.season.scale_id


def explained_on(
    cards: Iterable[Scorecard], user: "User", board: Sequence[Scorecard] | None = None
) -> list[Answered]:
    """Return what was explained on these cards, which the reader may see, and what was changed
    unasked there or by the meeting: line by line, in the order in which it happened; a fixed number
    of queries.

    ``board`` are those of ``cards_of``, where they were fetched already: they are left as they
    were.
    """
    by_key = {card.pk: card for card in cards}
    prefetch_related_objects(list(by_key.values()), explained(), resolved(Asked.ADJUSTED)())
    places: dict[tuple[int, int], Place] = {}
    for card in by_key.values():
        for each in card.explanations.all():
            each.card = card
            place = (card.pk, each.criterion_id)
            places.setdefault(place, Place(card, each.criterion)).explained.append(each)
        for one in card.adjustments.all():
            line = _line_now(card, one.criterion)
            places.setdefault((card.pk, line.pk), Place(card, line)).adjusted.append(
                Unasked(
                    card,
                    one.criterion,
                    one.before,
                    one.after,
                    one.reason,
                    one.by.person,
                    one.at,
                    hands=(one.yes, one.present),
                    reason_before=one.reason_before,
                    seat_before=one.seat_before,
                    at_before=one.at_before,
                    standings=one.standings,
                )
            )
    for entry in _settled(by_key.values(), {criterion for _card, criterion in places}):
        place = (entry.card_id, entry.criterion_id)
        if entry.said != entry.found:
            places.setdefault(place, Place(by_key[entry.card_id], entry.criterion))
        if place in places:
            places[place].entry = entry
    ordered = sorted(places.values(), key=lambda p: (p.card.official_order, p.criterion.order))
    happened = [each for place in ordered for each in place.story()]
    whole: list[Scorecard] | None = None
    if any(isinstance(each, Unasked) and not each.standings for each in happened):
        season = next(iter(by_key.values())).season
        whole = _as_settled(cards_of(season) if board is None else board)
    return [
        _changed(each, user, whole) if isinstance(each, Unasked) else _explained(each, user)
        for each in happened
    ]


# What stays unread of an explanation where its card's settled column is.
UNREAD: dict[str, Any] = {
    "before": "", "after": "", "points": (None, None), "totals": (None, None),
    "ranks": (None, None), "take_back": "",
}  # fmt: skip


def kept_on(card: Scorecard, user: "User") -> list[Answered]:
    """Return what was explained and answered on a card whose settled column is not read now, since
    the year went back: the words alone, not what had been found or settled, and to read only."""
    if not may_hear(user, card):
        return []
    prefetch_related_objects([card], explained())
    found = []
    for each in card.explanations.all():
        each.card = card
        found.append(replace(_explained(each, user), **UNREAD))
    return found


def _line_now(card: Scorecard, criterion: Criterion) -> Criterion:
    """Return the line to which an amended scale led what was said on this one, as ``Scale.lock``
    does; itself where there is none."""
    if is_on_scale(card, criterion):
        return criterion
    now = next((line for line in card.season.criteria if line.code == criterion.code), criterion)
    return now if now.continues(criterion) else criterion


def _as_settled(cards: Iterable[Scorecard]) -> list[Scorecard]:
    """Return copies of the season's cards as they were settled: what a meeting adjusts later does
    not change what the settler's changes did."""
    settled = [copy(card) for card in cards]
    prefetch_related_objects(settled, resolved(Asked.ADJUSTED)())
    for card in settled:
        card.entries_by_place = dict(card.entries_by_place)
        for one in reversed(card.adjustments.all()):
            entry = card.settled(one.criterion)
            if entry and facts_said(entry) == one.after:  # else the settler wrote it anew since
                entry = copy(entry)
                entry.hold(one.before)
                card.entries_by_place[entry.criterion_id, entry.column] = entry
    return settled


def adjusted_on(card: Scorecard, criterion: Criterion) -> Any:
    """Return what the meeting adjusted on a line, if what it decided holds there now."""
    prefetch_related_objects([card], resolved(Asked.ADJUSTED)())
    made = [one for one in card.adjustments.all() if one.criterion_id == criterion.pk]
    return made[-1] if made and made[-1].after == card.settled_facts(criterion) else None


def _settled(cards: Iterable[Scorecard], told: Collection[int]) -> Iterable[Entry]:
    """Return what is settled other than it was found, and whatever is settled on the lines of which
    something is told."""
    skipped = [card.pk for card in cards if card.uninspected]
    settled = Entry.objects.filter(card__in=[card.pk for card in cards], column=Column.FINAL)
    return settled.otherwise(skipped, told).select_related("criterion__scale", "seat__person")


@dataclass(slots=True)
class Place:
    """A line of a card: what is settled there, none where its value went on to another scale's
    line, and what was explained and adjusted."""

    card: Scorecard
    criterion: Criterion
    entry: Entry | None = None
    explained: list[Explanation] = field(default_factory=list)
    adjusted: list[Unasked] = field(default_factory=list)

    def story(self) -> Iterator[Explanation | Unasked]:
        """Yield what was explained or adjusted, and between what was changed unasked, or was found
        anew: what nobody had settled before the first is what was found then."""
        happened: list[Explanation | Unasked] = [*self.explained, *self.adjusted]
        happened.sort(key=attrgetter("at"))
        if self.entry is None:
            yield from happened
            return
        held: Mapping[str, str] = self.entry.found
        waits = was_answered = False
        for each in happened:
            before = each.before or {}
            if before != held and (each.seat_before or each is not happened[0]):
                why = (each.reason_before, each.seat_before, each.at_before)
                yield self._change(held, before, why, was_answered=was_answered)
            yield each
            waits = isinstance(each, Explanation) and each.waits
            was_answered |= isinstance(each, Explanation) and each.answered_at is not None
            held = before if each.after is None else each.after
        if self.entry.said != held and not waits:
            why = (self.entry.note, self.entry.seat, self.entry.at)
            change = self._change(held, self.entry.said, why, was_answered=was_answered)
            yield replace(change, found_anew=change.found_anew or self.entry.rests_on is None)

    def _change(
        self, was: Mapping[str, str], now: Mapping[str, str], why: Why, *, was_answered: bool
    ) -> Unasked:
        reason, seat, at = why
        return Unasked(
            self.card,
            self.criterion,
            was,
            now,
            reason,
            seat.person if seat else None,
            at,
            was_answered=was_answered,
            found_anew=seat is None,
        )


def _explained(each: Explanation, user: "User") -> Answered:
    card = each.card
    own = each.waits and user.seat_at(card.unit) is not None
    return Answered(
        card,
        each.criterion,
        *words_around(card, each),
        points_of(card, each),
        (each.total_before, each.total_after),
        (each.rank_before, each.rank_after) if _knows_ranks(card, user) else (None, None),
        each,
        is_open=each.waits,
        changed=each.changed,
        reason=each.answer,
        by=each.answered_by.person if each.answered_by else None,
        at=each.answered_at,
        take_back=reverse("take_explanation_back", args=[each.pk]) if own else "",
    )


def _changed(each: Unasked, user: "User", cards: Sequence[Scorecard] | None) -> Answered:
    card = each.card
    totals: tuple[Decimal | None, Decimal | None] = (None, None)
    ranks: tuple[int | None, int | None] = (None, None)
    if each.standings:
        was, now = each.standings
        totals, ranks = (was.total, now.total), (was.rank, now.rank)
    elif is_on_scale(card, each.criterion):  # what an earlier scale's did, nobody can tell now
        effect = effect_of(
            card, each.criterion, Column.FINAL, each.before, after=each.after, cards=cards
        )
        totals, ranks = effect.totals, effect.ranks
    return Answered(
        card,
        each.criterion,
        words_said(card, each.criterion, each.before),
        words_said(card, each.criterion, each.after),
        points_said(card, each.criterion, each.before, each.after),
        totals,
        ranks if _knows_ranks(card, user) else (None, None),
        None,
        is_open=False,
        changed=True,
        reason=each.reason,
        by=each.by,
        at=each.at,
        hands=each.hands,
        was_answered=each.was_answered,
        found_anew=each.found_anew,
    )


def _knows_ranks(card: Scorecard, user: "User") -> bool:
    season = card.season
    return season.has_reached(Phase.MEETING) or season.office_seat(user) is not None


def words_around(card: Scorecard, explanation: Explanation) -> tuple[str, str]:
    """Return what the line said before the explanation and after its answer: beside the base
    stated then, if an earlier scale was in force, for today's need not have counted."""
    then = _is_of_earlier_scale(card, explanation)
    line, before, after = explanation.criterion, explanation.before, explanation.after
    return words_said(card, line, before, then=then), words_said(card, line, after, then=then)


def words_said(
    card: Scorecard, criterion: Criterion, said: Mapping[str, str] | None, *, then: bool = False
) -> str:
    """Return a saying of a line, kept as text by field, as one reads it on this card; ``then``
    beside the base that was stated with it, if one was."""
    entry = Entry(**kept(said))
    base = entry.target
    if base is None or not then:
        base = card.base_beside(criterion, base)
    return words_of(criterion, entry, base) if entry.says else "–"


def _is_of_earlier_scale(card: Scorecard, explanation: Explanation) -> bool:
    """Tell whether it was answered by an earlier scale than the season has now."""
    scale, answered = card.season.scale, explanation.answered_at
    return bool(answered and scale and scale.locked_at and answered < scale.locked_at)


def points_of(card: Scorecard, explanation: Explanation) -> tuple[Decimal | None, Decimal | None]:
    """Return the points of the line before the explanation and after its answer; none where an
    earlier scale gave them."""
    if _is_of_earlier_scale(card, explanation):
        return None, None
    return points_said(card, explanation.criterion, explanation.before, explanation.after)


def points_said(
    card: Scorecard, criterion: Criterion, *said: Mapping[str, str] | None
) -> tuple[Decimal | None, Decimal | None]:
    """Return what two sayings of a line, kept as text by field, come to on this card; what a
    penalty takes off is below zero."""

    def points(facts: dict[str, Any]) -> Decimal | None:
        base = card.base_beside(criterion, facts["target"])
        whole = facts | {"target": base, "level": facts["level"] or None}
        return criterion.counted(criterion.tried(Facts(**whole)).points)

    was, now = (points(kept(each)) for each in said)
    return was, now
