"""The worked example built row by row: EX-100 and the results of the five units of 2021."""

from datetime import date
from decimal import Decimal
from pathlib import Path
from types import SimpleNamespace

from blocks import clock
from blocks.models import Role
from scoring.models import Entry, Filing, InspectingUnit, Inspection, Scale, Scorecard, Season
from scoring.phases import Column, FilingState, Phase
from scoring.scale_files import load, read, read_facts
from tests import factories
from tests.conftest import a_unit, person

ROOT = Path(__file__).parent.parent.parent
RESULTS = load(ROOT / "emulation" / "groups" / "ttcp-2021-results.yaml")
CODES = ["TTTT", "TCBTT", "VCLKH", "BTT", "TCTT"]  # in official order; head, deputy, members


def worked_example(phase=Phase.SETTLEMENT, tie_rules=None) -> SimpleNamespace:
    """Put the five units on stage in ``phase``, everything claimed, found and copied to final."""
    authority = factories.AuthorityFactory(name="Thanh tra Chính phủ", short_name="TTCP")
    block = factories.BlockFactory(authority=authority, name="Khối sự nghiệp", code="SN")
    on = SimpleNamespace(block=block, units={}, people={}, cards={})
    for order, code in enumerate(CODES, start=1):
        on.units[code] = a_unit(authority, code)
        factories.MembershipFactory(
            block=block, unit=on.units[code], official_order=order, turn=order
        )
        on.people[code] = person(code, Role.PRINCIPAL, unit=on.units[code])
    on.officer = person("officer of the block", Role.OFFICER, authority=authority)
    on.season = factories.SeasonFactory(
        block=block, year=2021, head=on.units["TTTT"], deputy=on.units["TCBTT"]
    )
    factories.SeasonRulesFactory(season=on.season, tie_rules=[])
    scale = Scale.from_file(on.season, read(ROOT / "scoring" / "scales" / "ex-100.yaml"))
    seat = on.people["TTTT"].seats.get()
    scale.lock(seat)
    if tie_rules is not None:
        on.season.rules.tie_rules = tie_rules
        on.season.rules.save(update_fields=["tie_rules"])
    for order, code in enumerate(CODES, start=1):
        on.cards[code] = Scorecard.objects.create(
            season=on.season, unit=on.units[code], official_order=order, turn=order
        )
    for place, code in enumerate(CODES):  # TTTT inspects TCBTT, …, TCTT inspects TTTT
        inspection = Inspection.objects.create(card=on.cards[code])
        InspectingUnit.objects.create(inspection=inspection, unit=on.units[CODES[place - 1]])
    for code in CODES:
        _say(on, code, scale)
    Season.objects.filter(pk=on.season.pk).update(phase=phase)
    on.season = Season.objects.get(pk=on.season.pk)
    on.cards = {code: Scorecard.objects.get(pk=card.pk) for code, card in on.cards.items()}
    return on


def _say(on, code, scale):
    card, seat = on.cards[code], on.people[code].seats.get()
    verified = RESULTS["verified"][code]
    claimed = verified | RESULTS["claimed"].get(code, {})
    entries = []
    for line in scale.criteria_in_order:
        if line.code not in verified:
            continue
        for column, said in (
            (Column.CLAIMED, claimed), (Column.FOUND, verified), (Column.FINAL, verified)
        ):  # fmt: skip
            facts = read_facts(line.rule, said[line.code])
            entries.append(
                Entry(
                    card=card, criterion=line, column=column, seat=seat, actual=facts.actual,
                    target=None if line.wants_target else facts.target,
                    level=facts.level or "", points=facts.points,
                )
            )  # fmt: skip
        if line.wants_target:
            base = read_facts(line.rule, verified[line.code]).target
            entries.append(
                Entry(
                    card=card, criterion=line, column=Column.TARGET, seat=seat,
                    target=base or Decimal(0),
                )
            )  # fmt: skip
    Entry.objects.bulk_create(entries)
    with clock.standing_on(date(2021, 9, 20 + CODES.index(code))):
        sent(card, Column.CLAIMED, on.units[code])


def sent(card, column, unit):
    """Note that the column was sent, without asking whether it may be."""
    return Filing.objects.create(
        card=card, column=column, unit=unit, state=FilingState.SENT, sent_at=clock.now()
    )


def settle_all(season) -> None:
    """Note that every card is settled by its settler."""
    for card in season.cards.with_settler():
        sent(card, Column.FINAL, card.settler)
