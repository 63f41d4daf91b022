"""What a phase needs before it opens: each question answered with what is missing, and where."""

from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext as _

from scoring.models import (
    Entry,
    Explanation,
    Filing,
    InspectingUnit,
    Inspection,
    Season,
    SheetPaper,
)
from scoring.papers import outdated_boards
from scoring.phases import OWNED, Column, FilingState, Missing
from scoring.ranking import TieRule


def head_is_named(season: Season) -> list[Missing]:
    """The season has a head, recognised or named by an officer."""
    if season.head_id:
        return []
    return [Missing(_("The season has no head yet."), reverse("name_offices", args=[season.pk]))]


def scale_is_locked(season: Season) -> list[Missing]:
    """The newest version of the scale is locked: its sums were right."""
    newest = season.newest_scale
    if newest and newest.is_locked:
        return []
    if season.scale_id and newest:
        sentence = _("Version %(version)s of the scale is not locked yet.")
        said = sentence % {"version": newest.version}
        return [Missing(said, reverse("show_scale", args=[season.pk]))]
    return [Missing(_("The scale is not locked yet."), reverse("show_scale", args=[season.pk]))]


def tie_rules_name_lines(season: Season) -> list[Missing]:
    """Every rule for equal totals names a line of the newest scale: another decides nothing.
    Nothing while it has no lines at all."""
    scale = season.newest_scale if season.rules.tie_rules else None
    codes = {line.code for line in scale.criteria_in_order} if scale else set()
    said = _("The rule for equal totals “%(rule)s” decides nothing: the scale has no such line.")
    return [
        Missing(said % {"rule": rule.words}, reverse("edit_rules", args=[season.pk]))
        for rule in map(TieRule.parse, season.rules.tie_rules if codes else ())
        if rule.kind.names_a_line and rule.code not in codes
    ]


def _unsent(season: Season, column: Column, sentence: str) -> list[Missing]:
    sent = Filing.objects.filter(column=column, state=FilingState.SENT).values("card")
    late = season.cards.exclude(unit__in=season.unranked).exclude(pk__in=sent).named()
    return [
        Missing(sentence % {"unit": card.unit.short_name or card.unit}, card.address_of(column))
        for card in late
    ]


def targets_are_sent(season: Season) -> list[Missing]:
    """Every unit has sent its targets, or is not ranked."""
    return _unsent(season, Column.TARGET, _("%(unit)s has not sent its targets."))


def aims_are_sent(season: Season) -> list[Missing]:
    """Every unit has sent the titles it aims at, or is not ranked."""
    return _unsent(season, Column.AIM, _("%(unit)s has not sent the titles it aims at."))


def interim_is_sent(season: Season) -> list[Missing]:
    """Every unit has sent its mid-year figures, or is not ranked."""
    return _unsent(season, Column.INTERIM, _("%(unit)s has not sent its mid-year figures."))


def claims_are_sent(season: Season) -> list[Missing]:
    """Every unit has sent its self-score, or is not ranked."""
    return _unsent(season, Column.CLAIMED, _("%(unit)s has not sent its self-score."))


def no_excused_sheet_was_sent(season: Season) -> list[Missing]:
    """No unit has sent a sheet of its own that it was excused from: it is not ranked all the same,
    and once the phase is over the note is not withdrawn any more."""
    asked = [column for column in season.step.writes if column in OWNED]
    excused = [waiver for waiver in season.excuses.values() if waiver.column in asked]
    if not excused:
        return []
    sent = Filing.objects.sent().filter(card__season=season, column__in=asked)
    there = set(sent.values_list("card__unit", "column"))
    models.prefetch_related_objects(excused, "unit__names")
    said = _(
        "%(unit)s has sent %(sheet)s although it was noted that it does not; it is not ranked"
        " unless the note is withdrawn before the year moves on."
    )
    return [
        Missing(
            said % {"unit": waiver.unit.short_name, "sheet": waiver.sheet},
            reverse("withdraw_waiver", args=[waiver.pk]),
        )
        for waiver in excused
        if (waiver.unit_id, waiver.column) in there
    ]


def plan_is_fixed(season: Season) -> list[Missing]:
    """The plan of cross-inspection is fixed, and every unit that is ranked now is in it."""
    plan = reverse("show_plan", args=[season.pk])
    if not season.plan_fixed_at:
        return [Missing(_("The inspection plan is not fixed yet."), plan)]
    left_out = season.cards.filter(inspection__inspectors=None).exclude(unit__in=season.unranked)
    said = _("By the inspection plan nobody inspects %(unit)s.")
    return [Missing(said % {"unit": card.unit.short_name}, plan) for card in left_out.named()]


def _inspectors(season: Season) -> "models.QuerySet[InspectingUnit]":
    """Return who inspects units that are ranked, and is not excused from it."""
    excused = season.waivers.filter(column=Column.FOUND).values("unit")
    found = InspectingUnit.objects.filter(inspection__card__season=season)
    return found.exclude(unit__in=excused).exclude(inspection__card__unit__in=season.unranked)


def findings_are_confirmed(season: Season) -> list[Missing]:
    """Every inspecting unit has confirmed its findings at units that are ranked, or is excused."""
    confirmed = set(
        Filing.objects.filter(
            card__season=season, column=Column.FOUND, state=FilingState.SENT
        ).values_list("card_id", "unit_id")
    )
    inspectors = (
        _inspectors(season)
        .select_related("unit", "inspection__card__unit")
        .prefetch_related("unit__names", "inspection__card__unit__names")
    )
    return [
        Missing(
            _("%(inspector)s has not confirmed its findings at %(unit)s.")
            % {"inspector": i.unit.short_name, "unit": i.inspection.card.unit.short_name},
            i.inspection.card.get_absolute_url(),
        )
        for i in inspectors
        if (i.inspection.card_id, i.unit_id) not in confirmed
    ]


def teams_are_noted(season: Season) -> list[Missing]:
    """Day and leader of every inspection that is made are noted: its minutes print them."""
    unnoted = _inspectors(season).filter(Q(inspection__held_on=None) | Q(inspection__leader=""))
    cards = season.cards.filter(inspection__in=unnoted.values("inspection")).named()
    said = _(
        "Day or leader of the inspection is not noted, and cannot be once it is over: %(units)s."
    )
    units = ", ".join(card.unit.short_name for card in cards)
    plan = reverse("show_plan", args=[season.pk])
    return [Missing(said % {"units": units}, plan)] if units else []


def inspection_minutes_are_final(season: Season) -> list[Missing]:
    """The minutes of every inspection that was confirmed are final, and state what was found."""
    inspections = Inspection.objects.filter(card__season=season).without_minutes().for_page()
    units: dict[bool, list[str]] = {False: [], True: []}
    for each in inspections.order_by("card__official_order"):
        units[each.is_outdated].append(each.card.unit.short_name)
    said = {
        False: _("Inspection minutes that are not final yet: %(units)s."),
        True: _("Inspection minutes to be corrected, for what they state has changed: %(units)s."),
    }
    plan = reverse("show_plan", args=[season.pk])
    return [
        Missing(said[outdated] % {"units": ", ".join(names)}, plan)
        for outdated, names in units.items()
        if names
    ]


def explanations_lapse(season: Season) -> list[Missing]:
    """An explanation that waits for its answer disputes the findings as they are now."""
    lines: dict[int, dict[int, str]] = {}  # the code of each, by its key
    for each in Explanation.objects.lapsing(season):
        lines.setdefault(each.card_id, {})[each.criterion_id] = each.criterion.code
    said = _(
        "%(unit)s: its explanation of %(lines)s lapses, for it was found otherwise since; it may"
        " explain that anew."
    )
    return _by_unit(season, lines, said)


def _by_unit(season: Season, lines: dict[int, dict[int, str]], said: str) -> list[Missing]:
    """Say it of each card with such ``lines``, by its key: the code of each, by its key."""
    cards = season.cards.filter(pk__in=lines).named() if lines else []
    return [
        Missing(
            said % {"unit": card.unit.short_name, "lines": ", ".join(lines[card.pk].values())},
            f"{card.address_of(Column.FOUND)}#line-{next(iter(lines[card.pk]))}",
        )
        for card in cards
    ]


def settled_lines_lapse(season: Season) -> list[Missing]:
    """What was settled other than it was found rests on the findings as they are now."""
    lapsing = Entry.objects.settled_by_hand().filter(card__season=season)
    lapsing = lapsing.exclude(Q(found=F("rests_on")) | Q(said=F("found")))
    lines: dict[int, dict[int, str]] = {}  # the code of each, by its key
    told = lapsing.order_by("criterion__order")
    for card, line, code in told.values_list("card", "criterion", "criterion__code"):
        lines.setdefault(card, {})[line] = code
    said = _("%(unit)s: what was settled on %(lines)s lapses, for it was found otherwise since.")
    return _by_unit(season, lines, said)


def cards_are_settled(season: Season) -> list[Missing]:
    """Every card is settled by its settler, but for those of units that are not ranked."""
    return [
        Missing(
            _("The card of %(unit)s is not settled yet.") % {"unit": card.unit.short_name},
            card.get_absolute_url(),
        )
        for card in season.cards.unsettled().named()
    ]


def ranking_is_fixed(season: Season) -> list[Missing]:
    """The ranking is fixed, and totals and ranks are what was fixed."""
    ranking, board = season.current_ranking, reverse("show_board", args=[season.pk])
    if ranking is None:
        return [Missing(season.unfixed, board)]
    if ranking.outdated():
        said = _("Figures have changed since the ranking was fixed: it is to be fixed anew.")
        return [Missing(said, board)]
    return []


def score_table_states_the_ranking(season: Season) -> list[Missing]:
    """The score table that was issued states the ranking in force."""
    said = _("The ranking was fixed anew with other figures after “%(paper)s” became final.")
    return [
        Missing(said % {"paper": paper.title}, reverse("print_board", args=[season.pk]))
        for paper in outdated_boards(SheetPaper.objects.filter(season=season))
    ]
