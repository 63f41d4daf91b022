"""Conditions and rules of a vote, in words for the screen: what is asked, what a share is of."""

import math
from collections.abc import Mapping, Sequence
from decimal import Decimal
from fractions import Fraction

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from awards import tally
from awards.models import Requirement
from awards.models.catalogue import VoteNumbers
from awards.requirements import Takes
from awards.tally import Base, TieRule
from blocks.numbers import percent, show, two_digits

CONDITIONS = {
    "registered": gettext_lazy("The unit has registered the title"),
    "over_fulfilled": gettext_lazy("Line %(parameter)s is over-fulfilled, above 100 percent"),
    "no_hold": gettext_lazy("Nothing is being verified at the unit"),
    "none_counted": gettext_lazy("Line %(parameter)s counts nothing"),
    "advanced_share": gettext_lazy("Advanced workers are at least %(parameter)s percent"),
    "has_fighters": gettext_lazy("Base-level emulation fighters are at least %(parameter)s"),
    "everybody_completed": gettext_lazy("Everybody completed the tasks"),
    "leads_the_block": gettext_lazy("The unit leads the block"),
    "not_proposed_for": gettext_lazy("The unit is not put forward for %(parameter)s"),
}


def condition(asked: Requirement, names: Mapping[str, str]) -> str:
    """Return a condition as a sentence; ``names`` has the awards' short names by code."""
    parameter = asked.parameter
    if asked.takes == Takes.PERCENT:
        parameter = show(Decimal(parameter))
    elif asked.takes == Takes.COUNT:
        parameter = two_digits(int(parameter))
    elif asked.takes == Takes.AWARD:
        parameter = names.get(parameter, parameter)
    return condition_of(asked.rule, parameter)


def condition_of(rule: str, parameter: str) -> str:
    """Return the sentence of a rule with its parameter as written."""
    said = str(CONDITIONS[rule])
    named = "%(" in said  # a translation without a parameter may hold a percent sign
    return said % {"parameter": parameter} if named else said


def required_share(rules: VoteNumbers) -> str:
    """Return "at least 80%" or "above 50%": ≥ and > in words."""
    share = tally.stated(rules.tally_rules.threshold)
    return (_("above %(share)s") if rules.strict else _("at least %(share)s")) % {"share": share}


def share_base(rules: VoteNumbers, members: int) -> str:
    """Return what the share is taken of: "all 05 units"."""
    return {
        Base.MEMBERS: _("of all %(count)s units") % {"count": two_digits(members)},
        Base.PRESENT_AND_WRITTEN: _("of the units present and the written opinions")
        if rules.on_paper
        else _("of the units present"),
        Base.VALID: _("of the valid ballots"),
    }[Base(rules.base)]


def threshold(rules: VoteNumbers, members: int) -> str:
    """Return the required share with its base, and who is left out of it."""
    said = f"{required_share(rules)}, {share_base(rules, members)}"
    if not rules.self_vote:
        said += "; " + _("a unit does not vote on itself and is left out of its base")
    if rules.chair_must_approve:
        said += "; " + _("the chair must be among the yes")
        if not rules.self_vote:
            said += ", " + _("except where the chair's own unit stands")
    return said


def put_forward(rules: VoteNumbers) -> str:
    """Return what becomes of who is elected: an award is given, an office only proposed."""
    return _("Proposed for the office") if getattr(rules, "office", "") else _("Put forward")


def places(rules: VoteNumbers, members: int) -> str:
    """Return how many may be put forward; of a percentage, what it comes to."""
    count = two_digits(tally.places(rules.tally_rules, members))
    if rules.quota_percent is None:
        return count
    share = percent(Fraction(rules.quota_percent) / 100, None)
    return _("%(count)s (%(share)s of %(members)s units, rounded down)") % {
        "count": count,
        "share": share,
        "members": two_digits(members),
    }


def quorum(rules: VoteNumbers, members: int) -> str:
    """Return how many units must take part."""
    needed = max(1, math.ceil(rules.tally_rules.quorum * members))
    part = tally.stated(rules.tally_rules.quorum)
    letters = (
        _("written opinions count")
        if rules.letters_make_quorum
        else _("written opinions do not count")
    )
    return _("at least %(part)s of the members: %(needed)s/%(members)s units; %(letters)s") % {
        "part": part,
        "needed": two_digits(needed),
        "members": two_digits(members),
        "letters": letters,
    }


def marks(rules: VoteNumbers) -> str:
    """Return how many candidates a ballot may mark."""
    if rules.max_marks is None:
        return _("yes or no to every candidate")
    return _("at most %(count)s candidates") % {"count": two_digits(rules.max_marks)}


def ties(rules: VoteNumbers) -> str:
    """Return what decides equal votes."""
    words = {
        TieRule.SCORE: _("the higher verified score"),
        TieRule.RANK: _("the better rank"),
    }
    said = [words[TieRule(rule)] for rule in rules.tie_rules]
    if rules.max_rounds == 1:
        return ", ".join([*said, _("then undecided")] if said else [_("undecided")])
    return ", ".join(
        [*said, _("then a run-off of the tied")] if said else [_("a run-off of the tied")]
    )


def rounds(rules: VoteNumbers) -> str:
    """Return how many rounds there may be, and who goes on."""
    if rules.max_rounds == 1:
        return _("one round only")
    said = ngettext(
        "at most %(rounds)s rounds; another one only where nobody reaches the required share "
        "(%(count)s candidate with the most votes goes on, and all tied with the last of them), or "
        "of those tied for the last place",
        "at most %(rounds)s rounds; another one only where nobody reaches the required share "
        "(the %(count)s candidates with the most votes go on, and all tied with the last of them), "
        "or of those tied for the last place",
        rules.runoff_size,
    )
    return said % {"rounds": rules.max_rounds, "count": two_digits(rules.runoff_size)}


def mode(rules: VoteNumbers) -> str:
    """Return how is voted, and whether on screens only."""
    said = str(rules.get_mode_display())
    return said if rules.on_paper else f"{said}; " + _("no papers, no written opinions")


def in_words(rules: VoteNumbers, members: int) -> Sequence[tuple[str, str]]:
    """Return every rule as a label and its words, in the order of a page."""
    return [
        (_("Mode of voting"), mode(rules)),
        (_("Required share"), threshold(rules, members)),
        (
            _("How many are proposed")
            if getattr(rules, "office", "")
            else _("How many are put forward"),
            places(rules, members),
        ),
        (_("Quorum"), quorum(rules, members)),
        (_("Each unit") if rules.mode == tally.Mode.HANDS else _("On a ballot"), marks(rules)),
        (_("Equal votes"), ties(rules)),
        (_("Rounds"), rounds(rules)),
        (_("Source of the rules"), getattr(rules, "source", "") or "–"),
    ]
