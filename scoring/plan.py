"""Who inspects whom.

The members stand in a circle, in the order of their rotation or as drawn, and each inspects the k
units that follow it. With k ≤ ⌊(n − 1) ÷ 2⌋ each inspects exactly k units and is inspected by
exactly k, nobody inspects itself and no two inspect each other.
"""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from hashlib import sha256
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

Key = Any  # whatever names a line, a card or a unit: a code or a database id
Pair = tuple[Key, Key]


class PlanRefused(ValueError):
    """No such plan is possible; its text is the sentence."""


def largest_k(n: int) -> int:
    """Return how many units each of n members can inspect at most."""
    return max(0, (n - 1) // 2)


def infeasible(n: int, k: int) -> str:
    """Return why n members cannot inspect k units each, or an empty string."""
    most = largest_k(n)
    if not most:
        return _("Cross-inspection needs at least three units.")
    if k < 1:
        return _("Each unit inspects at least one other.")
    if k > most:
        numbers = {"n": n, "most": most}
        return (
            ngettext(
                "With %(n)s units each can inspect at most %(most)s other,"
                " or two would inspect each other.",
                "With %(n)s units each can inspect at most %(most)s others,"
                " or two would inspect each other.",
                most,
            )
            % numbers
        )
    return ""


def propose(order: Sequence[Key], k: int, draw: str | None = None) -> list[Pair]:
    """Return the pairs (inspector, inspected), each member's k pairs together.

    Without ``draw`` the circle is ``order``. With it the members are ordered by the SHA-256 of the
    code, a colon and the member's key: anyone can repeat the draw, whatever the order was before.
    Raise PlanRefused.
    """
    if reason := infeasible(len(order), k):
        raise PlanRefused(reason)
    circle = list(order) if draw is None else sorted(order, key=lambda key: _lot(draw, key))
    n = len(circle)
    return [
        (inspector, circle[(place + shift) % n])
        for place, inspector in enumerate(circle)
        for shift in range(1, k + 1)
    ]


def _lot(draw: str, key: Key) -> str:
    return sha256(f"{draw}:{key}".encode()).hexdigest()


def faults(
    pairs: Sequence[Pair],
    members: Sequence[Key],
    name: Mapping[Key, str] | None = None,
    k: int | None = None,
    spared: Collection[Key] = (),
) -> list[str]:
    """Return a sentence for each reason why a plan cannot stand; an empty list if none.

    ``name`` gives the units' names for the sentences. ``k`` is the load of each; without it, what
    the number of pairs suggests. ``spared`` need not be inspected: with them nobody makes or
    receives more than ``k`` inspections, and every other member receives all of its own.
    """
    load = k or max(1, _round_up(len(pairs), len(members)))
    return [
        *clashes(pairs, members, name),
        *_loads(pairs, members, _Named(name or {}), load, spared),
    ]


def clashes(
    pairs: Sequence[Pair], members: Sequence[Key], name: Mapping[Key, str] | None = None
) -> list[str]:
    """Return why pairs cannot stand together at all, their loads apart: a plan half made."""
    named = _Named(name or {})
    return [
        *_strangers(pairs, members, named),
        *_oneself_and_mutual(pairs, named),
        *_doubled(pairs, named),
    ]


def _round_up(pairs: int, members: int) -> int:
    """Return pairs ÷ members, rounded up; 0 without members."""
    return -(-pairs // members) if members else 0


class _Named:
    """Names for keys; a key without one is told as it is."""

    def __init__(self, names: Mapping[Key, str]) -> None:
        self.names = names

    def __call__(self, key: Key) -> str:
        return self.names.get(key, str(key))


def _strangers(pairs: Sequence[Pair], members: Sequence[Key], named: _Named) -> list[str]:
    known = set(members)
    strangers = dict.fromkeys(key for pair in pairs for key in pair if key not in known)
    sentence = _("%(unit)s is not a member of this year.")
    return [sentence % {"unit": named(key)} for key in strangers]


def _oneself_and_mutual(pairs: Sequence[Pair], named: _Named) -> list[str]:
    found = []
    seen: set[Pair] = set()
    for inspector, inspected in dict.fromkeys(pairs):
        words = {"unit": named(inspector), "other": named(inspected)}
        if inspector == inspected:
            found.append(_("%(unit)s cannot inspect itself.") % words)
        elif (inspected, inspector) in seen:
            found.append(_("%(other)s and %(unit)s cannot inspect each other.") % words)
        seen.add((inspector, inspected))
    return found


def _doubled(pairs: Sequence[Pair], named: _Named) -> list[str]:
    return [
        _("%(unit)s is down to inspect %(other)s more than once.")
        % {"unit": named(inspector), "other": named(inspected)}
        for (inspector, inspected), times in Counter(pairs).items()
        if times > 1
    ]


def _loads(
    pairs: Sequence[Pair],
    members: Sequence[Key],
    named: _Named,
    load: int,
    spared: Collection[Key],
) -> list[str]:
    listed = set(pairs)
    inspecting = Counter(inspector for inspector, _inspected in listed)
    inspected = Counter(inspected for _inspector, inspected in listed)
    found = []
    for key in members:
        words = {"unit": named(key), "load": load}
        if inspecting[key] > load or (inspecting[key] < load and not spared):
            counted = words | {"count": inspecting[key]}
            found.append(_("%(unit)s inspects %(count)s units, not %(load)s.") % counted)
        if inspected[key] > load or (inspected[key] < load and key not in spared):
            counted = words | {"count": inspected[key]}
            found.append(_("%(unit)s is inspected by %(count)s units, not %(load)s.") % counted)
    return found
