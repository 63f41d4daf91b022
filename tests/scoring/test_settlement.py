"""Who settles a card, and when the ranking is fixed."""

import re
from datetime import timedelta
from decimal import Decimal
from functools import partial

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import translation

from blocks import clock
from emulation.turns import Turns
from scoring.models import Filing, InspectingUnit, Ranking, Scorecard, Season, Standing
from scoring.phases import Column, FilingState, Phase, missing_before
from tests.conftest import put_in_phase
from tests.scoring.worked import settle_all, worked_example
from tests.test_at_the_same_time import together


@pytest.fixture(autouse=True)
def _in_english():
    with translation.override("en"):
        yield


# Who settles

SETTLERS = [
    # the card of  inspected by         deputy    settled by
    ("Ash",   ["Birch"],           "Birch", "Cedar"),    # neither: the head
    ("Cedar", ["Ash"],             "Birch", "Birch"),    # the head's own: the deputy
    ("Ash",   ["Cedar"],           "Birch", "Birch"),    # the head inspects: the deputy
    ("Ash",   ["Cedar", "Birch"],  "Birch", "officer"),  # both inspect: an officer
    ("Birch", ["Cedar"],           "Birch", "officer"),  # the deputy's own, the head inspects
    ("Cedar", ["Birch"],           "Birch", "officer"),  # the head's own, the deputy inspects
    ("Cedar", ["Ash"],             None,    "officer"),  # the head's own, no deputy
    ("Ash",   ["Elm 0"],           None,    "Cedar"),    # no deputy is needed
]  # fmt: skip


@pytest.mark.parametrize(("card", "inspectors", "deputy", "settler"), SETTLERS)
def test_the_settler_of_a_card(db, card, inspectors, deputy, settler):
    from tests.conftest import make_cast

    cast = make_cast(more_units=1)
    cast.season.deputy = cast.units[deputy] if deputy else None
    cast.season.save(update_fields=["deputy"])
    card = cast.season.cards.get(unit=cast.units[card])
    InspectingUnit.objects.filter(inspection__card__season=cast.season).delete()
    for name in inspectors:
        InspectingUnit.objects.create(inspection=card.inspection, unit=cast.units[name])
    put_in_phase(cast, Phase.SETTLEMENT)

    card = Scorecard.objects.for_sheet().get(pk=card.pk)
    found = card.settler.short_name if card.settler else "officer"
    assert found == settler
    people = {"Ash": cast.ash, "Birch": cast.birch, "Cedar": cast.cedar, "officer": cast.officer}
    for name, user in people.items():
        may = name == settler
        assert (card.seat_for(user, Column.FINAL) is not None) is may
        assert (card.pk in {turn.card for turn in Turns.of(user).sheets}) is may


# A card is settled once, by name


@pytest.fixture
def year(db):
    return worked_example()


def test_a_card_is_settled_once_by_name(year):
    card = Scorecard.objects.for_sheet().get(pk=year.cards["VCLKH"].pk)
    settler = year.people["TTTT"]
    seat = card.seat_for(settler, Column.FINAL)
    card.filing_of(seat, Column.FINAL).send(seat)
    filing = Filing.objects.get(card=card, column=Column.FINAL)
    assert (filing.unit, filing.acts.get().by.person) == (year.units["TTTT"], settler)
    with pytest.raises(ValidationError, match="already"):
        card.filing_of(seat, Column.FINAL).send(seat)
    with pytest.raises(PermissionDenied):
        card.write(settler, Column.FINAL, {_line(card, "III.2").pk: {"actual": Decimal(0)}})


def test_a_sheet_passes_to_whoever_settles_it_once_another_head_is_named(year):
    card = Scorecard.objects.for_sheet().get(pk=year.cards["VCLKH"].pk)
    card.filing_of(seat_of(year), Column.FINAL).send(seat_of(year))
    officer = year.officer.seats.get()
    year.season.name_offices(year.units["BTT"], year.units["TCBTT"], officer, "Sáp nhập")
    card = Scorecard.objects.for_sheet().get(pk=card.pk)
    settler, seat = year.people["BTT"], seat_of(year, "BTT")
    with pytest.raises(PermissionDenied, match="This sheet was sent"):
        card.write(settler, Column.FINAL, {_line(card, "III.2").pk: {"actual": Decimal(0)}})
    card.filing_of(seat, Column.FINAL).take_back(seat)
    card.filing_of(seat, Column.FINAL).send(seat)
    filing = Filing.objects.get(card=card, column=Column.FINAL)
    assert (filing.unit, filing.is_sent) == (year.units["BTT"], True)


def test_a_concluded_sheet_names_who_concluded_it_though_another_head_is_named(year, as_):
    card = Scorecard.objects.for_sheet().get(pk=year.cards["VCLKH"].pk)
    card.filing_of(seat_of(year), Column.FINAL).send(seat_of(year))
    officer = year.officer.seats.get()
    year.season.name_offices(year.units["BTT"], year.units["TCBTT"], officer, "Sáp nhập")
    browser = as_(year.people["BTT"])
    pages = [year.season.get_absolute_url(), card.address_of(Column.FINAL), "/"]
    others = ["BTT", "BTT", "TCBTT", "TCBTT"]
    said = [sorted(_settlers(browser, url)) for url in pages]
    assert said == [[*others, "TTTT"], ["TTTT"], ["TTTT"]]
    card = Scorecard.objects.for_sheet().get(pk=card.pk)
    card.filing_of(seat_of(year, "BTT"), Column.FINAL).take_back(seat_of(year, "BTT"))
    assert [sorted(_settlers(browser, url)) for url in pages] == [["BTT", *others], [], []]


def _settlers(browser, url):
    return re.findall(r"settled by (\w+)", browser.get(url).content.decode())


def test_whoever_is_not_the_settler_is_told_who_is(year):
    card = Scorecard.objects.for_sheet().get(pk=year.cards["VCLKH"].pk)
    for name in ("TCBTT", "VCLKH", "BTT"):
        with pytest.raises(PermissionDenied, match="TTTT"):
            card.open_seat(year.people[name], Column.FINAL)


def test_a_changed_line_needs_a_reason(year):
    card = Scorecard.objects.for_sheet().get(pk=year.cards["VCLKH"].pk)
    settler, line = year.people["TTTT"], _line(card, "III.2")
    seat = card.seat_for(settler, Column.FINAL)
    card.write(settler, Column.FINAL, {line.pk: {"actual": Decimal(0)}})
    with pytest.raises(ValidationError, match=r"III\.2: .*reason"):
        card.filing_of(seat, Column.FINAL).send(seat)
    card.write(settler, Column.FINAL, {line.pk: {"note": "Báo cáo gửi đúng hạn."}})
    card = Scorecard.objects.for_sheet().get(pk=card.pk)
    with clock.standing_on(clock.today() + timedelta(days=8)):
        card.filing_of(seat, Column.FINAL).send(seat)
    assert Filing.objects.get(card=card, column=Column.FINAL).is_sent


def _line(card, code):
    return card.season.scale.criteria.get(code=code)


# The ranking


def seat_of(year, code="TTTT"):
    return year.people[code].seats.get()


def test_the_ranking_waits_for_every_card(year):
    settle_all(year.season)
    year.cards["BTT"].filings.filter(column=Column.FINAL).update(state=FilingState.FILLING)
    with pytest.raises(ValidationError) as refusal:
        Ranking.fix(year.season, seat_of(year))
    assert refusal.value.messages == ["The card of BTT is not settled yet."]
    assert not Ranking.objects.exists()


def test_the_ranking_does_not_wait_for_an_excused_unit(year):
    settle_all(year.season)
    year.cards["BTT"].filings.filter(column=Column.FINAL).delete()
    year.season.waivers.create(
        unit=year.units["BTT"], column=Column.CLAIMED, by=seat_of(year), reason="Sáp nhập"
    )
    ranking = Ranking.fix(year.season, seat_of(year))
    ranks = ranking.standings.values_list("card__unit", "rank", "unranked_because")
    assert list(ranks) == [
        (year.units["VCLKH"].pk, 1, ""),
        (year.units["TCBTT"].pk, 2, ""),
        (year.units["TTTT"].pk, 3, ""),
        (year.units["TCTT"].pk, 4, ""),
        (year.units["BTT"].pk, None, "Sáp nhập"),
    ]


def test_the_longest_reason_of_an_excuse_fits_a_standing(year):
    settle_all(year.season)
    year.season.waivers.create(
        unit=year.units["BTT"], column=Column.CLAIMED, by=seat_of(year), reason="x" * 500
    )
    ranking = Ranking.fix(year.season, seat_of(year))
    assert ranking.standings.get(rank=None).unranked_because == "x" * 500


@pytest.mark.parametrize("phase", [p for p in Phase if p != Phase.SETTLEMENT])
def test_the_ranking_is_fixed_only_while_cards_are_settled(year, phase):
    settle_all(year.season)
    Season.objects.filter(pk=year.season.pk).update(phase=phase)
    with pytest.raises(ValidationError, match="while cards are settled"):
        Ranking.fix(year.season, seat_of(year))


def test_the_ranks_of_the_worked_example_are_stored_with_the_rule_that_decided(year):
    settle_all(year.season)
    ranking = Ranking.fix(year.season, seat_of(year))
    stored = [
        (s.card.unit.short_name, s.rank, s.total, s.grade, s.decided_by, s.sections["I"])
        for s in ranking.standings.all()
    ]
    assert stored == [
        ("VCLKH", 1, Decimal("103.00"), "Xuất sắc", "section I", "60.00"),
        ("TCBTT", 2, Decimal("103.00"), "Xuất sắc", "section I", "58.75"),
        ("TTTT", 3, Decimal("99.90"), "Xuất sắc", "", "59.40"),
        ("BTT", 4, Decimal("92.67"), "Xuất sắc", "", "57.80"),
        ("TCTT", 5, Decimal("75.94"), "Khá", "", "49.50"),
    ]


def test_without_tie_rules_equal_totals_share_their_rank(db):
    year = worked_example(tie_rules=[])
    settle_all(year.season)
    ranking = Ranking.fix(year.season, seat_of(year))
    assert list(ranking.standings.values_list("rank", flat=True)) == [1, 1, 3, 4, 5]


def test_a_ranking_fixed_anew_needs_a_reason_and_leaves_the_first_as_it_was(year):
    settle_all(year.season)
    first = Ranking.fix(year.season, seat_of(year))
    before = list(first.standings.values())
    with pytest.raises(ValidationError, match="needs a reason"):
        Ranking.fix(year.season, seat_of(year), "  ")
    line = _line(year.cards["TCBTT"], "I.2")
    year.cards["TCBTT"].entries.filter(criterion=line, column=Column.FINAL).update(actual=8)
    again = Ranking.fix(year.season, seat_of(year), "Giải trình được chấp nhận")
    assert (again.number, again.reason) == (2, "Giải trình được chấp nhận")
    assert again.standings.first().card == year.cards["TCBTT"]
    assert again.standings.first().total == Decimal("104.25")
    assert list(first.standings.values()) == before
    assert year.season.current_ranking == again


def test_a_ranking_that_rests_on_a_card_opened_again_is_not_shown_as_fixed(year, as_):
    settle_all(year.season)
    Ranking.fix(year.season, seat_of(year))
    browser = as_(seat_of(year).person)
    board = reverse("show_board", args=[year.season.pk])
    assert browser.get(board).context["board"].ranking is not None
    Filing.objects.filter(card=year.cards["BTT"], column=Column.FINAL).update(
        state=FilingState.FILLING, sent_at=None
    )
    assert browser.get(board).context["board"].ranking is None
    for phase in (Phase.INSPECTION, Phase.EXECUTION):  # went back
        Season.objects.filter(pk=year.season.pk).update(phase=phase)
        assert RESTS in browser.get(board).content.decode()


@pytest.mark.parametrize("column", [column for column in Column if column != Column.FOUND])
def test_what_only_one_unit_writes_is_filed_once(year, column):
    card, one, other = year.cards["BTT"], year.units["BTT"], year.units["TTTT"]
    Filing.objects.get_or_create(card=card, column=column, defaults={"unit": one})
    sentence = "what_only_one_unit_writes_is_filed_once"
    for unit in (other, None):
        with pytest.raises(IntegrityError, match=sentence), transaction.atomic():
            Filing.objects.create(card=card, column=column, unit=unit)


@pytest.mark.parametrize("act", ["update", "delete"])
def test_a_standing_never_changes(year, act):
    settle_all(year.season)
    Ranking.fix(year.season, seat_of(year))
    standing = Standing.objects.filter(rank=1)
    with pytest.raises(IntegrityError, match="a_standing_is_never_changed"), transaction.atomic():
        standing.update(rank=2) if act == "update" else standing.delete()
    assert standing.exists()


@pytest.mark.django_db(transaction=True)
def test_of_two_people_fixing_at_once_one_fixes_and_the_other_is_told():
    year = worked_example()
    settle_all(year.season)
    fix = [
        partial(Ranking.fix, Season.objects.get(pk=year.season.pk), seat_of(year, code))
        for code in ("TTTT", "TCBTT")
    ]
    told = [str(end.message) for end in together(*fix) if isinstance(end, ValidationError)]
    assert told == ["The ranking was fixed already; fixing it anew needs a reason."]
    assert Ranking.objects.get().standings.count() == 5


# The page that fixes it

MAY_FIX = [
    ("the head's principal", "TTTT", 200),
    ("the officer", "officer", 200),
    ("the deputy", "TCBTT", 403),
    ("a member", "VCLKH", 403),
    ("a stranger", "stranger", 404),
]


@pytest.mark.parametrize(("_who", "name", "status"), MAY_FIX)
def test_who_may_fix_the_ranking(year, as_, _who, name, status):
    from blocks.models import Role
    from tests.conftest import person
    from tests.factories import AuthorityFactory

    stranger = person("stranger", Role.OFFICER, authority=AuthorityFactory())
    user = {"officer": year.officer, "stranger": stranger}.get(name) or year.people[name]
    settle_all(year.season)
    address = reverse("fix_ranking", args=[year.season.pk])
    assert as_(user).get(address).status_code == status
    posted = as_(user).post(address)
    assert posted.status_code == (302 if status == 200 else status)
    assert Ranking.objects.exists() is (status == 200)


def test_the_head_s_clerk_sees_everything_but_does_not_fix(year, as_):
    from blocks.models import Role
    from tests.conftest import person

    clerk = person("clerk of the head", Role.CLERK, unit=year.units["TTTT"])
    settle_all(year.season)
    assert as_(clerk).post(reverse("fix_ranking", args=[year.season.pk])).status_code == 403
    assert "103,00" in as_(clerk).get(reverse("show_board", args=[year.season.pk])).content.decode()


def test_the_page_lists_each_card_that_is_not_settled_with_its_link(year, as_):
    settle_all(year.season)
    year.cards["BTT"].filings.filter(column=Column.FINAL).delete()
    browser, address = as_(year.people["TTTT"]), reverse("fix_ranking", args=[year.season.pk])
    page = browser.get(address).content.decode()
    assert "The card of BTT is not settled yet." in page
    assert f'href="{year.cards["BTT"].get_absolute_url()}"' in page
    assert "The card of TTTT" not in page
    assert browser.post(address).status_code == 422
    assert not Ranking.objects.exists()


def test_the_page_asks_for_a_reason_the_second_time(year, as_):
    settle_all(year.season)
    browser, address = as_(year.people["TTTT"]), reverse("fix_ranking", args=[year.season.pk])
    assert browser.post(address).status_code == 302
    assert browser.post(address).status_code == 422
    assert browser.post(address, {"reason": "Có giải trình mới"}).status_code == 302
    reasons = Ranking.objects.order_by("number").values_list("number", "reason")
    assert list(reasons) == [(1, ""), (2, "Có giải trình mới")]


CHANGED = "Figures have changed since the ranking was fixed"
RESTS = (
    "The ranking fixed on 09:00, 28/09/2026 does not stand until every sheet is settled; then it"
    " stands again, or is fixed anew where totals or ranks have changed."
)
UNFIXED = ["The card of BTT is not settled yet.", RESTS]
STANDS = [
    # what befell the sheet of BTT  what the year is missing                     the board says
    ("nothing",                     [],                                          "Ranking fixed"),
    ("taken back",                  UNFIXED,                                     RESTS),
    ("settled again as it was",     [],                                          "Ranking fixed"),
    ("settled again otherwise",     [f"{CHANGED}: it is to be fixed anew."],     CHANGED),
]  # fmt: skip


@pytest.mark.parametrize(("befell", "missing", "told"), STANDS)
def test_the_year_and_the_board_agree_whether_the_fixed_ranking_stands(
    year, as_, befell, missing, told
):
    settle_all(year.season)
    Ranking.fix(year.season, seat_of(year))
    card, settler = year.cards["BTT"], year.people["TTTT"].seats.get()
    filing = card.filings.get(column=Column.FINAL)
    if befell != "nothing":
        filing.take_back(settler)
    if befell == "settled again otherwise":
        line = year.season.scale.criteria.get(code="I.1")
        card.entries.filter(criterion=line, column=Column.FINAL).update(actual=3, note="Sổ")
    if befell.startswith("settled"):
        Filing.objects.filter(pk=filing.pk).update(state="sent", sent_at=clock.now())
    season = Season.objects.get(pk=year.season.pk)
    assert [miss.sentence for miss in missing_before(season, Phase.MEETING)] == missing
    board = as_(year.people["TTTT"]).get(reverse("show_board", args=[season.pk]))
    assert told in board.content.decode()
    assert (CHANGED in board.content.decode()) is (told == CHANGED)
    paper = as_(year.people["TTTT"]).get(reverse("print_board", args=[season.pk]))
    assert (RESTS in paper.content.decode()) is (told == RESTS)


@pytest.mark.parametrize("fixed", [True, False])
def test_taking_a_conclusion_back_says_what_becomes_of_the_fixed_ranking(year, as_, fixed):
    settle_all(year.season)
    if fixed:
        Ranking.fix(year.season, seat_of(year))
    url = reverse("submit_card", args=[year.cards["BTT"].pk])
    page = as_(year.people["TTTT"]).get(url, {"column": "final", "act": "take_back"})
    text = page.content.decode()
    assert "Take the conclusion on the score sheet of" in text
    assert (RESTS in text) is fixed
