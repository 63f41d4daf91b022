"""Who may stand for what, and why not: each condition answers with a sentence.

A condition is a row of the catalogue (``Requirement``) that names one of the rules below and its
parameter. Each rule answers of one card ``Answer(passed, sentence)``; the sentence is of record, in
Vietnamese, and printed.
"""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING

from django.db.models import prefetch_related_objects

from awards.tally import Verdict
from blocks import clock
from blocks.numbers import percent, show
from scoring.phases import Column

if TYPE_CHECKING:
    from awards.models import Award, Requirement
    from blocks.models import Unit
    from scoring.methods import Facts
    from scoring.models import Criterion, Scorecard, Season


@dataclass(frozen=True, slots=True)
class Answer:
    """Whether a condition is met, and the sentence that says why."""

    passed: bool
    sentence: str


Rule = Callable[["Scorecard", "Award", str], Answer]


def registered(card: "Scorecard", award: "Award", _parameter: str) -> Answer:
    """The unit aims at the award this season; a rule of the block, not of the law since 2024."""
    if not card.season.rules.registration_required:
        return Answer(passed=True, sentence="không yêu cầu đăng ký")
    aims = any(aim.award_id == award.pk for aim in card.aims.all())
    return Answer(aims, "đã đăng ký" if aims else "không đăng ký")


def _line(card: "Scorecard", code: str) -> "tuple[Criterion | None, Facts | None]":
    """Return the line of this code, and what is settled on it."""
    lines = card.season.criteria
    criterion = next((line for line in lines if line.code == code), None)
    return criterion, card.facts(Column.FINAL).get(criterion.pk) if criterion else None


def over_fulfilled(card: "Scorecard", _award: "Award", parameter: str) -> Answer:
    """The line ``parameter`` is over 100 % of its base (Law 06/2022/QH15, Art. 26.1a)."""
    _criterion, facts = _line(card, parameter)
    if facts is None or facts.actual is None or not facts.target:
        return Answer(passed=False, sentence=f"mục {parameter}: chưa có số liệu")
    share = Fraction(facts.actual) / Fraction(facts.target)
    words = f"mục {parameter} đạt {percent(share)}"
    return Answer(share > 1, f"{words}, {'vượt' if share > 1 else 'không vượt'} kế hoạch")


def no_hold(card: "Scorecard", award: "Award", _parameter: str) -> Answer:
    """Nothing is being verified at the unit (Decree 152/2025: chưa xét)."""
    hold = next(
        (
            hold
            for hold in card.season.holds.all()
            if hold.unit_id == card.unit_id
            and hold.award_id in (None, award.pk)
            and hold.holds_on(clock.today())
        ),
        None,
    )
    if hold is None:
        return Answer(passed=True, sentence="không có việc đang xác minh")
    return Answer(passed=False, sentence=f"chưa xét từ {hold.since:%d/%m/%Y}: {hold.reason}")


def none_counted(card: "Scorecard", _award: "Award", parameter: str) -> Answer:
    """The settled count of the line ``parameter`` is zero, such as disciplined people."""
    criterion, facts = _line(card, parameter)
    count = (facts.actual if facts else None) or Decimal(0)
    name = criterion.name if criterion else parameter
    return Answer(count == 0, f"{name}: {show(count)}")


def advanced_share(card: "Scorecard", _award: "Award", parameter: str) -> Answer:
    """At least ``parameter`` percent are advanced workers (Law 06/2022/QH15, Art. 27.1c)."""
    figures = getattr(card, "staff_figures", None)
    if figures is None or not figures.people or figures.advanced is None:
        return Answer(passed=False, sentence="chưa có số liệu nhân sự")
    share = Fraction(figures.advanced, figures.people)
    words = f"lao động tiên tiến {figures.advanced}/{figures.people} đạt {percent(share)}"
    return Answer(share >= Fraction(parameter) / 100, f"{words} (quy định từ {parameter}%)")


def has_fighters(card: "Scorecard", _award: "Award", parameter: str) -> Answer:
    """At least ``parameter`` base-level emulation fighters (Law 06/2022/QH15, Art. 27.1d)."""
    figures = getattr(card, "staff_figures", None)
    count = figures.fighters or 0 if figures else 0
    return Answer(count >= int(parameter or 1), f"chiến sĩ thi đua cơ sở: {count}")


def everybody_completed(card: "Scorecard", _award: "Award", _parameter: str) -> Answer:
    """Everybody completed the tasks (Law 06/2022/QH15, Art. 27.1b)."""
    figures = getattr(card, "staff_figures", None)
    if figures is None or figures.all_completed is None:
        return Answer(passed=False, sentence="chưa có số liệu nhân sự")
    done = figures.all_completed
    return Answer(
        done, "100% hoàn thành nhiệm vụ" if done else "có người không hoàn thành nhiệm vụ"
    )


def leads_the_block(card: "Scorecard", _award: "Award", _parameter: str) -> Answer:
    """The unit was elected for the award marked as the leader's (Law 06/2022/QH15, Art. 25)."""
    leads = any(unit == card.unit_id and leader for unit, _code, leader in elected(card.season))
    noun = card.season.block.noun
    return Answer(leads, f"dẫn đầu {noun}" if leads else f"không dẫn đầu {noun}")


def not_proposed_for(card: "Scorecard", _award: "Award", parameter: str) -> Answer:
    """The unit is not put forward for the excluding award already (Law 06/2022, Art. 5.2c)."""
    proposed = any(
        unit == card.unit_id and code == parameter for unit, code, _leader in elected(card.season)
    )
    name = _names(card.season).get(parameter, parameter)
    return Answer(not proposed, f"{'đã' if proposed else 'chưa'} được đề nghị {name}")


def _names(season: "Season") -> dict[str, str]:
    from awards.models import Award  # noqa: PLC0415 -- each needs the other

    known: dict[str, str] | None = getattr(season, "award_names", None)
    return known or dict(Award.objects.values_list("code", "short_name"))


def elected(season: "Season") -> list[tuple[int, str, bool]]:
    """Return who was elected so far: unit, the award's code, whether it marks the leader.

    What a cancelled meeting voted does not count. ``cards_of`` asks once for all its cards.
    """
    if (known := getattr(season, "elected_so_far", None)) is not None:
        return known
    from awards.models import MeetingState, Outcome  # noqa: PLC0415 -- each needs the other

    outcomes = Outcome.objects.filter(
        question__meeting__season=season, question__award__isnull=False, verdict=Verdict.ELECTED
    ).exclude(question__meeting__state=MeetingState.CANCELLED)
    return list(
        outcomes.values_list(
            "candidate__unit", "question__award__code", "question__award__marks_the_leader"
        )
    )


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


def answers(card: "Scorecard", award: "Award") -> "list[tuple[Requirement, Answer]]":
    """Return every condition of the award with its answer for the card."""
    return [
        (requirement, RULES[requirement.rule](card, award, requirement.parameter))
        for requirement in award.requirements.all()
    ]


def may_stand(card: "Scorecard", award: "Award") -> bool:
    """Tell whether the card meets every condition of the award."""
    return all(answer.passed for _requirement, answer in answers(card, award))


def cards_of(season: "Season") -> "list[Scorecard]":
    """Return the season's cards with all that the conditions look at."""
    cards = season.cards.of_season(season).select_related("staff_figures").prefetch_related("aims")
    found = list(cards)
    prefetch_related_objects([season], "holds")
    season.elected_so_far = None  # type: ignore[attr-defined]
    season.elected_so_far = elected(season)  # type: ignore[attr-defined]
    season.award_names = _names(season)  # type: ignore[attr-defined]
    for card in found:
        card.season = season
    return found


def eligible_units(season: "Season", award: "Award") -> "list[Unit]":
    """Return the units that may stand for the award, best rank first, then official order."""
    prefetch_related_objects([award], "requirements")
    ranking = season.current_ranking
    ranks = dict(ranking.standings.values_list("card", "rank")) if ranking else {}
    cards = [card for card in cards_of(season) if may_stand(card, award)]
    cards.sort(key=lambda card: (ranks.get(card.pk) or len(ranks) + 1, card.official_order))
    return [card.unit for card in cards]
