"""Who may stand for what, and why not: each condition answers with a sentence.

A condition is a row of the catalogue (``Requirement``) that names one of the rules below and its
parameter. Each rule answers of one card ``Answer(passed, sentence)``; the sentence with its
figures is of record in Vietnamese and printed so; a page shows it in its reader's language.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from fractions import Fraction
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from django.db.models import prefetch_related_objects
from django.utils import timezone
from django.utils.translation import gettext as _

from awards.tally import Verdict
from blocks import clock
from blocks.models import Change
from blocks.numbers import percent, show, two_digits
from scoring.phases import Column, FilingState

if TYPE_CHECKING:
    from awards.models import Award, Decision, Hold, Meeting, Requirement
    from blocks.models import Unit
    from scoring.methods import Facts
    from scoring.models import Criterion, Scorecard, Season


class Takes(StrEnum):
    """What the parameter of a rule is."""

    NOTHING = "nothing"
    LINE = "line"  # the code of a line of the scale
    PERCENT = "percent"  # above 0, at most 100
    COUNT = "count"  # a whole number from 1
    AWARD = "award"  # the code of another award


@dataclass(frozen=True, slots=True)
class Answer:
    """Whether a condition is met, and the sentence that says why; on hold is not a refusal."""

    passed: bool
    sentence: str
    on_hold: bool = False


Rule = Callable[["Scorecard", "Award", str], Answer]


def registered(card: "Scorecard", award: "Award", _parameter: str) -> Answer:
    """The unit has sent that it aims at the award, whichever period of it was in force then.

    A rule of the block, not of the law since 2024 (Law 06/2022/QH15, Art. 7).
    """
    if not card.season.rules.registration_required:
        return Answer(passed=True, sentence=_("registration is not required"))
    if not any(aim.award.code == award.code for aim in card.aims.all()):
        return Answer(passed=False, sentence=_("has not registered"))
    if card.filing(Column.AIM).state != FilingState.SENT:
        return Answer(passed=False, sentence=_("the registration was not sent"))
    return Answer(passed=True, sentence=_("has registered"))


def _settled(card: "Scorecard", code: str) -> "tuple[Criterion, Facts] | str":
    """Return the line of this code with what is settled on it, or why there is nothing to see."""
    criterion = next((line for line in card.season.criteria if line.code == code), None)
    if criterion is None:
        return _("the scale has no line %(code)s") % {"code": code}
    if criterion.pk in card.left_out:
        return _("line %(code)s: not assigned") % {"code": code}
    facts = card.facts(Column.FINAL).get(criterion.pk)
    return (criterion, facts) if facts and facts.actual is not None else _nothing(code)


def _nothing(code: str) -> str:
    return _("line %(code)s: no figures yet") % {"code": code}


def over_fulfilled(card: "Scorecard", _award: "Award", parameter: str) -> Answer:
    """The line ``parameter`` is over 100 % of its base (Law 06/2022/QH15, Art. 26.1a)."""
    settled = _settled(card, parameter)
    if isinstance(settled, str):
        return Answer(passed=False, sentence=settled)
    actual, target = settled[1].actual, settled[1].target
    if actual is None or target is None:
        return Answer(passed=False, sentence=_nothing(parameter))
    figures = {"code": parameter, "done": f"{show(actual)}/{show(target)}"}
    if not target:
        words = _("line %(code)s: %(done)s, nothing was planned, so nothing is over-fulfilled")
        return Answer(passed=False, sentence=words % figures)
    share = Fraction(actual) / Fraction(target)
    figures["share"] = _share(share, Fraction(1))
    over = _("line %(code)s: %(done)s = %(share)s – over-fulfilled")
    not_over = _("line %(code)s: %(done)s = %(share)s – not over-fulfilled")
    return Answer(share > 1, (over if share > 1 else not_over) % figures)


def _share(share: Fraction, bound: Fraction) -> str:
    """Return a share with two places, or with all it has where rounding would make it the bound."""
    shown = percent(share)
    return percent(share, None) if share != bound and shown == percent(bound) else shown


def no_hold(card: "Scorecard", award: "Award", _parameter: str) -> Answer:
    """Nothing is being verified at the unit (Decree 152/2025: chưa xét)."""
    hold = known(card.season).hold_of(card.unit_id, award)
    if hold is None:
        return Answer(passed=True, sentence=_("nothing is being verified"))
    return Answer(passed=False, sentence=hold.sentence, on_hold=True)


def none_counted(card: "Scorecard", _award: "Award", parameter: str) -> Answer:
    """The settled count of the line ``parameter`` is zero, such as disciplined people."""
    settled = _settled(card, parameter)
    if isinstance(settled, str):
        return Answer(passed=False, sentence=settled)
    criterion, count = settled[0], settled[1].actual or 0
    figures = {
        "code": parameter,
        "name": criterion.name,
        "count": show(count) if count else _("none at all"),
    }
    return Answer(not count, _("line %(code)s (%(name)s): %(count)s") % figures)


def advanced_share(card: "Scorecard", _award: "Award", parameter: str) -> Answer:
    """At least ``parameter`` percent are advanced workers (Law 06/2022/QH15, Art. 27.1c)."""
    figures = getattr(card, "staff_figures", None)
    if figures is None or not figures.people or figures.advanced is None:
        return Answer(passed=False, sentence=_("advanced workers: no staff figures yet"))
    share, bound = Fraction(figures.advanced, figures.people), Fraction(parameter) / 100
    said = {
        "done": f"{show(figures.advanced)}/{show(figures.people)}",
        "share": _share(share, bound),
        "least": percent(bound, None),
    }
    fewer = _("advanced workers %(done)s = %(share)s < %(least)s")
    enough = _("advanced workers %(done)s = %(share)s, at least %(least)s")
    return Answer(share >= bound, (enough if share >= bound else fewer) % said)


def has_fighters(card: "Scorecard", _award: "Award", parameter: str) -> Answer:
    """At least ``parameter`` base-level emulation fighters (Law 06/2022/QH15, Art. 27.1d)."""
    figures = getattr(card, "staff_figures", None)
    if figures is None or figures.fighters is None:
        return Answer(
            passed=False, sentence=_("base-level emulation fighters: no staff figures yet")
        )
    least, count = int(parameter or 1), figures.fighters
    if count == 0:
        return Answer(passed=False, sentence=_("no base-level emulation fighter"))
    words = _("base-level emulation fighters: %(count)s") % {"count": two_digits(count)}
    return Answer(count >= least, words if count >= least else f"{words} < {two_digits(least)}")


def everybody_completed(card: "Scorecard", _award: "Award", _parameter: str) -> Answer:
    """Everybody completed the tasks (Law 06/2022/QH15, Art. 27.1b)."""
    figures = getattr(card, "staff_figures", None)
    if figures is None or figures.all_completed is None:
        return Answer(passed=False, sentence=_("tasks completed: no staff figures yet"))
    done = figures.all_completed
    return Answer(
        done, _("everybody completed the tasks") if done else _("not everybody completed the tasks")
    )


def leads_the_block(card: "Scorecard", _award: "Award", _parameter: str) -> Answer:
    """The unit was elected for the award marked as the leader's (Law 06/2022/QH15, Art. 25)."""
    leaders = {unit: code for unit, code, leader in elected(card.season) if leader}
    block = {"block": card.season.block.get_kind_display()}
    if not leaders:
        words = _("the %(block)s has no leading unit yet: the meeting decides that, not the rank")
        return Answer(passed=False, sentence=words % block)
    leads = card.unit_id in leaders
    code = next(iter(leaders.values()))
    words = (
        _("leads the %(block)s (put forward for %(name)s)")
        if leads
        else _("does not lead the %(block)s (not put forward for %(name)s)")
    )
    return Answer(leads, words % (block | {"name": known(card.season).names.get(code, code)}))


def not_proposed_for(card: "Scorecard", _award: "Award", parameter: str) -> Answer:
    """The unit is not put forward for the excluding award already (Law 06/2022, Art. 5.2c)."""
    proposed = any(
        unit == card.unit_id and code == parameter for unit, code, _leader in elected(card.season)
    )
    name = known(card.season).names.get(parameter, parameter)
    words = _("put forward for %(name)s") if proposed else _("not put forward for %(name)s")
    return Answer(not proposed, words % {"name": name})


class AsOf(NamedTuple):
    """Which holds count: those of a day, by what was on record at a place in the history."""

    day: date
    place: int | None = None  # by all that is on record now


class Known:
    """What conditions look at beyond one card: who is on hold, who was elected so far, what awards
    are called. Each is asked of the database once. With a meeting: as that meeting knew it."""

    def __init__(self, season: "Season", meeting: "Meeting | None" = None) -> None:
        self.season, self.meeting = season, meeting

    @cached_property
    def holds(self) -> "list[Hold]":
        """The holds of the season."""
        return list(self.season.holds.select_related("award").with_places())

    def hold_of(self, unit: int, award: "Award") -> "Hold | None":
        """Return the hold that keeps the award from the unit, if there is one."""
        holds = [each for each in self.holds if each.unit_id == unit and each.covers(award)]
        return next((each for each in holds if each.counted(*self.as_of(award))), None)

    def as_of(self, award: "Award") -> AsOf:
        """Return which holds count for the award: those known when it was decided, else today's.

        The meeting decides at its closing what the conditions decide; what only the authority
        decides is open until its decision is recorded.
        """
        if self.meeting:
            return self._at_the_meeting
        if award.decided_by == "authority":
            return self._decided.get(award.code) or AsOf(clock.today())
        by_conditions = award.decided_by == "conditions"
        is_past = by_conditions or self.season.is_closed
        return self._at_the_meeting if is_past else AsOf(clock.today())

    @cached_property
    def _at_the_meeting(self) -> AsOf:
        """What its end knew, of the day of that; before it is over, today's."""
        meeting = self.meeting or self.season.meetings.filter(state="closed").first()
        if meeting is None or not meeting.is_over:
            return AsOf(clock.today())
        ended = meeting.closed_at
        return AsOf(timezone.localdate(ended) if ended else meeting.day, meeting.end_in_history)

    @cached_property
    def _decided(self) -> dict[str, AsOf]:
        """What was known when the authority's first decision on each award was recorded."""
        first: dict[str, tuple[int, datetime]] = {}
        for code, pk, at in self.season.decisions.order_by("pk").values_list(
            "award__code", "pk", "at"
        ):
            first.setdefault(code, (pk, at))
        places = Change.objects.filter(
            table="awards_decision", row__in=[str(pk) for pk, _at in first.values()], act="insert"
        )
        place_of = dict(places.values_list("row", "pk"))
        return {
            code: AsOf(timezone.localdate(at), place_of[str(pk)])
            for code, (pk, at) in first.items()
        }

    @cached_property
    def names(self) -> dict[str, str]:
        """The short names of the awards that the season's authority knows, by code."""
        from awards.models import Award  # noqa: PLC0415 -- each needs the other

        awards = Award.objects.known_to(self.season.block.authority_id).order_by("since")
        return dict(awards.values_list("code", "short_name"))

    @cached_property
    def elected(self) -> list[tuple[int, str, bool]]:
        """Who was elected: unit, the award's code, whether it marks the leader.

        What a cancelled meeting voted does not count.
        """
        from awards.models import MeetingState, Outcome  # noqa: PLC0415 -- each needs the other

        outcomes = Outcome.objects.filter(
            question__meeting__season=self.season,
            question__award__isnull=False,
            verdict=Verdict.ELECTED,
        ).exclude(question__meeting__state=MeetingState.CANCELLED)
        return list(
            outcomes.values_list(
                "candidate__unit", "question__award__code", "question__award__marks_the_leader"
            )
        )


def known(season: "Season") -> Known:
    """Return what is known of the season: with ``cards_of`` asked once for all its cards."""
    found: Known | None = season.__dict__.get("known")
    return found or Known(season)


def elected(season: "Season") -> list[tuple[int, str, bool]]:
    """Return who was elected so far: unit, the award's code, whether it marks the leader."""
    return known(season).elected


RULES: dict[str, Rule] = {
    rule.__name__: rule
    for rule in (
        registered,
        over_fulfilled,
        no_hold,
        none_counted,
        advanced_share,
        has_fighters,
        everybody_completed,
        leads_the_block,
        not_proposed_for,
    )
}
TAKES: dict[str, Takes] = {
    name: {
        "over_fulfilled": Takes.LINE,
        "none_counted": Takes.LINE,
        "advanced_share": Takes.PERCENT,
        "has_fighters": Takes.COUNT,
        "not_proposed_for": Takes.AWARD,
    }.get(name, Takes.NOTHING)
    for name in RULES
}


def answers(card: "Scorecard", award: "Award") -> "list[tuple[Requirement, Answer]]":
    """Return every condition of the award with its answer for the card, in the reader's language;
    what is kept of record is asked in Vietnamese."""
    return [
        (requirement, RULES[requirement.rule](card, award, requirement.parameter))
        for requirement in award.requirements.all()
    ]


def may_stand(card: "Scorecard", award: "Award") -> bool:
    """Tell whether the card meets every condition of the award."""
    return all(answer.passed for _requirement, answer in answers(card, award))


def cards_of(season: "Season", meeting: "Meeting | None" = None) -> "list[Scorecard]":
    """Return the season's cards with all that the conditions look at: now, or as a meeting did."""
    said = (Column.TARGET, Column.FINAL)
    cards = season.cards.of_season(season, said).select_related("staff_figures")
    found = list(cards.prefetch_related("aims__award", "filings"))
    season.__dict__["known"] = Known(season, meeting)
    for card in found:
        card.season = season
    return found


def failed_by(season: "Season", award: "Award") -> "dict[Unit, str]":
    """Return the conditions each unit fails: "" for those that may stand.

    Best rank first, then official order.
    """
    prefetch_related_objects([award], "requirements")
    ranking = season.current_ranking
    ranks = dict(ranking.standings.values_list("card", "rank")) if ranking else {}
    cards = cards_of(season)
    cards.sort(key=lambda card: (ranks.get(card.pk) or len(ranks) + 1, card.official_order))
    return {card.unit: failed_words(card, award) for card in cards}


def failed_words(card: "Scorecard", award: "Award") -> str:
    """Return the sentences of the conditions that the card does not meet."""
    said = answers(card, award)
    return "; ".join(answer.sentence for _asked, answer in said if not answer.passed)


def given_before(award: "Award", decisions: "Iterable[Decision]") -> list[str]:
    """Say which units have an award that excludes this one by a decision, of those ``listed``,
    whose meeting was cancelled: it gives nobody the award (``Known.elected``), and stands until it
    is corrected."""
    prefetch_related_objects([award], "requirements")
    excluding = [asked.parameter for asked in award.requirements.all() if asked.takes == "award"]
    said = _(
        "%(unit)s has %(award)s by decision no. %(number)s on a meeting that was cancelled: the"
        " officer corrects that decision where it holds no longer."
    )
    return [
        said % {"unit": unit.short_name, "award": each.award.short_name, "number": each.number}
        for each in decisions
        if each.lost_its_meeting and each.award.code in excluding
        for unit in each.units.all()
    ]


def on_hold(card: "Scorecard", award: "Award") -> bool:
    """Tell whether the award is not considered for the unit while something is verified."""
    return any(answer.on_hold for _asked, answer in answers(card, award))


def proposed(season: "Season", award: "Award", cards: "list[Scorecard]") -> list[int]:
    """Return the keys of the units put forward: elected, or meeting the conditions without a vote.

    Those that the authority chooses among are named: registered, and leading their block.
    """
    if award.decided_by == "vote":
        chosen = {unit for unit, code, _leader in elected(season) if code == award.code}
        return [card.unit_id for card in cards if card.unit_id in chosen]
    return [card.unit_id for card in cards if may_stand(card, award)]


def proposed_units(season: "Season", award: "Award") -> "list[Unit]":
    """Return the units put forward for one award, in official order."""
    prefetch_related_objects([award], "requirements")
    cards = sorted(cards_of(season), key=lambda card: card.official_order)
    by_unit = {card.unit_id: card.unit for card in cards}
    return [by_unit[pk] for pk in proposed(season, award, cards)]
