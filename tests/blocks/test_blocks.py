"""Blocks, their members and orders; what the list and the page of a block show to whom."""

import re
from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from awards.models import Aim
from blocks import clock
from blocks.models import Block, Membership
from scoring.models import CommonTarget, Filing, PhaseDate, Season
from scoring.phases import Column, FilingState, Phase
from tests.conftest import a_unit
from tests.factories import (
    AwardFactory,
    BlockFactory,
    MembershipFactory,
    RecognitionFactory,
    UnitFactory,
    UnitNameFactory,
)

pytestmark = pytest.mark.django_db


def text(page):
    """What a page says, without tags and runs of spaces."""
    return " ".join(re.sub(r"<[^>]+>", " ", page.content.decode()).split())


def new_block(cast, **said):
    return {
        "authority": cast.authority.pk,
        "kind": "cluster",
        "code": "NAM",
        "name": "Cụm thi đua phía Nam",
        "short_name": "Cụm phía Nam",
        "since": "01/01/2020",
        "until": "",
    } | said


def test_an_officer_adds_a_cluster(cast, as_):
    assert as_(cast.officer).post("/blocks/new/", new_block(cast)).status_code == 302
    assert Block.objects.get(code="NAM").noun == "Cụm"


def test_nobody_else_adds_one(cast, as_):
    assert as_(cast.cedar).post("/blocks/new/", new_block(cast)).status_code == 403
    assert as_(cast.stranger).post("/blocks/new/", new_block(cast)).status_code == 422


@pytest.mark.parametrize("language", ["en", "vi"])
@pytest.mark.parametrize(
    ("said", "refusal"),
    [
        ({"code": "RUNG"}, "Another block of the authority has this code."),
        ({"until": "01/01/2020"}, "The end must come after the start."),
        ({"until": "31/12/2019"}, "The end must come after the start."),
    ],
)
def test_a_block_is_refused_with_a_sentence(cast, as_, sentence, said, refusal, language):
    answer = as_(cast.officer, language).post("/blocks/new/", new_block(cast, **said))
    assert answer.status_code == 422
    assert sentence(refusal, language) in answer.content.decode()


@pytest.mark.parametrize("act", ["", "edit/", "members/new/"])
def test_a_block_of_another_authority_is_not_found(cast, as_, act):
    assert as_(cast.stranger).get(f"/blocks/{cast.block.pk}/{act}").status_code == 404
    assert as_(cast.dogwood).get(f"/blocks/{cast.block.pk}/{act}").status_code == 404


@pytest.mark.parametrize("act", ["edit/", "end/"])
def test_a_membership_of_another_authority_is_not_found(cast, as_, act):
    member = cast.ash_unit.memberships.get()
    assert as_(cast.stranger).get(f"/members/{member.pk}/{act}").status_code == 404
    assert as_(cast.ash).get(f"/members/{member.pk}/{act}").status_code == 403


def test_an_officer_takes_a_unit_in_at_the_end_of_both_orders(cast, as_):
    officer, address = as_(cast.officer), f"/blocks/{cast.block.pk}/members/new/"
    page = officer.get(address).content.decode()
    assert re.search(r'name="official_order" value="4"', page)
    said = {"unit": cast.dogwood_unit.pk, "since": "01/01/2026", "official_order": 4, "turn": 4}
    assert officer.post(address, said).status_code == 302
    assert cast.dogwood_unit.memberships.get().block == cast.block


@pytest.mark.parametrize("language", ["en", "vi"])
def test_a_unit_is_a_member_once_at_a_time(cast, as_, sentence, language):
    membership = cast.ash_unit.memberships.get()
    membership.until = date(2026, 6, 1)
    membership.save()
    said = {"unit": cast.ash_unit.pk, "since": "01/05/2026", "official_order": 4, "turn": 4}
    address = f"/blocks/{cast.block.pk}/members/new/"
    answer = as_(cast.officer, language).post(address, said)
    assert answer.status_code == 422
    refusal = "The unit is a member of the block in that period."
    assert sentence(refusal, language) in answer.content.decode()
    assert as_(cast.officer).post(address, said | {"since": "01/06/2026"}).status_code == 302


def test_the_two_orders_are_mended_apart(cast, as_):
    member = cast.ash_unit.memberships.get()
    said = {"since": "01/01/2019", "official_order": 3, "turn": 1}
    assert as_(cast.officer).post(f"/members/{member.pk}/edit/", said).status_code == 302
    member.refresh_from_db()
    assert (member.official_order, member.turn) == (3, 1)


def test_a_member_leaves_on_a_day(cast, as_):
    member = cast.ash_unit.memberships.get()
    said = {"on": "01/10/2026"}
    assert as_(cast.officer).post(f"/members/{member.pk}/end/", said).status_code == 302
    member.refresh_from_db()
    assert member.until == date(2026, 10, 1)


@pytest.mark.parametrize("language", ["en", "vi"])
def test_the_head_does_not_leave(cast, as_, sentence, language):
    member = cast.cedar_unit.memberships.get()
    answer = as_(cast.officer, language).post(f"/members/{member.pk}/end/", {"on": "01/10/2026"})
    assert answer.status_code == 422
    refusal = (
        "%(unit)s is head or deputy then by %(paper)s of %(day)s, for %(year)s; a paper names"
        " another one first."
    )
    paper = {"en": "Official letter 140/TTT-VP", "vi": "Công văn 140/TTT-VP"}[language]
    words = {"unit": cast.cedar_unit, "paper": paper, "day": "20/01/2026", "year": 2026}
    assert sentence(refusal, language, **words) in answer.content.decode()


def test_a_former_head_that_an_officer_s_act_replaced_leaves_and_its_office_ends(cast, as_):
    cast.season.name_offices(cast.ash_unit, cast.birch_unit, cast.officer.seats.get(), "Sáp nhập")
    member, said = cast.cedar_unit.memberships.get(), {"on": "15/01/2027"}
    assert as_(cast.officer).post(f"/members/{member.pk}/end/", said).status_code == 302
    (term,) = cast.cedar_unit.terms.all()
    assert term.until == date(2027, 1, 15)
    with clock.standing_on(date(2027, 1, 15)):
        season = Season.open(cast.block, 2027)
    assert (season.head, season.deputy) == (None, cast.birch_unit)


@pytest.mark.parametrize("language", ["en", "vi"])
def test_a_membership_does_not_end_before_it_starts(cast, as_, sentence, language):
    member = cast.ash_unit.memberships.get()
    answer = as_(cast.officer, language).post(f"/members/{member.pk}/end/", {"on": "31/12/2018"})
    assert answer.status_code == 422
    assert sentence("The end must come after the start.", language) in answer.content.decode()


def test_a_second_membership_does_not_start_after_its_end(cast, as_):
    member = cast.ash_unit.memberships.get()
    member.end(date(2026, 10, 1))
    before = {"since": date(2010, 1, 1), "until": date(2012, 1, 1), "official_order": 1, "turn": 1}
    cast.block.memberships.create(unit=cast.ash_unit, **before)
    said = {"since": "02/10/2026", "official_order": 1, "turn": 1}
    answer = as_(cast.officer).post(f"/members/{member.pk}/edit/", said)
    assert answer.status_code == 422
    assert "The end must come after the start." in answer.content.decode()


@pytest.mark.parametrize("language", ["en", "vi"])
def test_a_membership_under_a_term_does_not_move_past_it(cast, as_, sentence, language):
    member = cast.cedar_unit.memberships.get()
    said = {"since": "01/02/2026", "official_order": 3, "turn": 3}
    answer = as_(cast.officer, language).post(f"/members/{member.pk}/edit/", said)
    assert answer.status_code == 422
    refusal = "The unit is head or deputy of the block in that period; its membership stays."
    assert sentence(refusal, language) in answer.content.decode()


# The page of one block


def test_a_block_s_page_names_its_head_its_deputy_and_the_paper(cast, as_):
    page = text(as_(cast.ash).get(f"/blocks/{cast.block.pk}/"))
    assert "Head 2026 Thanh tra huyện Cedar ( Official letter 140/TTT-VP , 20/01/2026)" in page
    assert "Deputy 2026 Thanh tra huyện Birch" in page
    assert "Siết chặt kỷ cương" in page


def test_a_block_and_a_cluster_name_their_heads_each_by_its_word(cast, as_):
    address = f"/blocks/{cast.block.pk}/"
    assert "Khối trưởng 2026" in text(as_(cast.ash, "vi").get(address))
    Block.objects.filter(pk=cast.block.pk).update(kind="cluster")
    assert "Cụm trưởng 2026" in text(as_(cast.ash, "vi").get(address))


def test_the_rotation_goes_on_from_the_head(cast, as_):
    page = text(as_(cast.ash).get(f"/blocks/{cast.block.pk}/"))
    assert "2026 Cedar 2027 Ash (expected) 2028 Birch (expected)" in page


def test_a_later_head_that_a_paper_recognises_is_no_longer_expected(cast, as_):
    paper = RecognitionFactory(
        authority=cast.authority, number="9", symbol="TTT", dated=date(2026, 12, 20),
        signer="Nguyễn A", year=2027,
    )  # fmt: skip
    paper.name_holders(cast.block, {"head": cast.birch_unit}, date(2027, 1, 1))
    paper.issue()
    page = text(as_(cast.ash).get(f"/blocks/{cast.block.pk}/"))
    assert "2026 Cedar 2027 Birch 2028 Cedar (expected)" in page


def test_members_stand_in_official_order_with_whom_to_call(cast, as_):
    cast.birch.seats.get()
    cast.ash_clerk.phone = "0905 123 456"
    cast.ash_clerk.save()
    page = text(as_(cast.birch).get(f"/blocks/{cast.block.pk}/"))
    assert "1 Thanh tra huyện Ash 01/01/2019 Ông Ash clerk 0905 123 456" in page
    assert page.index("1 Thanh tra huyện Ash") < page.index("2 Thanh tra huyện Birch")


def test_titles_aimed_at_are_one_s_own_until_the_block_reads_them(cast, as_, in_phase):
    award = AwardFactory(short_name="Cờ thi đua")
    Aim.objects.create(card=cast.card, award=award, seat=cast.ash.seats.get())
    address = f"/blocks/{cast.block.pk}/"
    in_phase(Phase.REGISTRATION)
    assert "Cờ thi đua" in text(as_(cast.ash).get(address))
    assert "Cờ thi đua" not in text(as_(cast.birch).get(address))
    assert "Cờ thi đua" not in text(as_(cast.officer).get(address))
    assert "not public yet" in text(as_(cast.officer).get(address))
    in_phase(Phase.EXECUTION)
    assert "Cờ thi đua" not in text(as_(cast.birch).get(address))
    assert "not public yet" not in text(as_(cast.birch).get(address))
    send(cast.card, Column.AIM)
    assert "Cờ thi đua" in text(as_(cast.birch).get(address))


STANDING = [
    # phase               reached: one of two, none of the two over its figure
    (Phase.EXECUTION, "2 (being followed 1, reached 1)"),
    (Phase.MEETING,   "2 (reached 1, not reached 1)"),
    (Phase.CLOSED,    "2 (reached 1, not reached 1)"),
]  # fmt: skip


@pytest.mark.parametrize(("phase", "said"), STANDING)
def test_common_targets_say_how_they_stand_and_not_reached_only_at_the_year_s_end(
    cast, in_phase, as_, phase, said
):
    for text_, value, reached in (("Đúng hạn", 95, 96), ("Đủ hồ sơ", 100, 80)):
        CommonTarget.objects.create(
            season=cast.season, text=text_, value=value, reached=reached, as_of=date(2026, 9, 1)
        )
    in_phase(phase)
    page = text(as_(cast.ash).get(f"/blocks/{cast.block.pk}/"))
    assert said in page
    assert "(80 by 01/09/2026)" in page


def test_an_officer_may_open_the_year_that_is_not_open(cast, as_):
    page = text(as_(cast.officer).get(f"/blocks/{cast.block.pk}/"))
    assert "Open the season" not in page
    Season.objects.filter(pk=cast.season.pk).update(year=2025)
    assert "Open the season 2026" in text(as_(cast.officer).get(f"/blocks/{cast.block.pk}/"))
    assert "Open the season" not in text(as_(cast.cedar).get(f"/blocks/{cast.block.pk}/"))


def test_former_members_stay_in_sight(cast, as_):
    gone = a_unit(cast.authority, "Oldwood")
    MembershipFactory(block=cast.block, unit=gone, until=date(2025, 1, 1))
    assert "Thanh tra huyện Oldwood 01/01/2019 – 31/12/2024" in text(
        as_(cast.ash).get(f"/blocks/{cast.block.pk}/")
    )


# The list of blocks


def send(card, column, unit=None):
    sent = {"state": FilingState.SENT, "sent_at": "2026-09-01T00:00Z"}
    Filing.objects.create(card=card, column=column, unit=unit or card.unit, **sent)


def row(page, block):
    """The cells of a block's row, as text."""
    lines = re.findall(r"<tr>(.*?)</tr>", page.content.decode(), re.DOTALL)
    line = next(line for line in lines if f'/blocks/{block.pk}/"' in line)
    cells = re.findall(r"<t[dh][^>]*>(.*?)</t[dh]>", line, re.DOTALL)
    return [" ".join(re.sub(r"<[^>]+>", " ", cell).split()) for cell in cells]


def test_the_list_counts_who_has_sent_and_who_is_late(cast, as_, in_phase):
    in_phase(Phase.SELF_SCORING)
    PhaseDate.objects.create(season=cast.season, phase=Phase.SELF_SCORING, due=date(2026, 9, 26))
    send(cast.card, Column.CLAIMED)
    cells = row(as_(cast.officer).get("/blocks/"), cast.block)
    assert cells[1] == "Cedar Birch"
    assert cells[3:] == ["Self-scoring", "26/09/2026 2 days overdue", "1/3", "2"]


def test_nobody_is_late_before_the_due_date(cast, as_, in_phase):
    in_phase(Phase.SELF_SCORING)
    PhaseDate.objects.create(season=cast.season, phase=Phase.SELF_SCORING, due=date(2026, 9, 28))
    assert row(as_(cast.officer).get("/blocks/"), cast.block)[5:] == ["0/3", "–"]


def test_registration_is_sent_when_targets_and_titles_are(cast, as_, in_phase):
    in_phase(Phase.REGISTRATION)
    send(cast.card, Column.TARGET)
    assert row(as_(cast.officer).get("/blocks/"), cast.block)[5] == "0/3"
    send(cast.card, Column.AIM)
    assert row(as_(cast.officer).get("/blocks/"), cast.block)[5] == "1/3"


def test_inspections_are_counted_by_inspecting_unit(cast, as_, in_phase):
    in_phase(Phase.INSPECTION)
    send(cast.card, Column.FOUND, cast.birch_unit)
    assert row(as_(cast.officer).get("/blocks/"), cast.block)[5] == "1/3"


def test_an_excused_unit_is_not_waited_for(cast, as_, in_phase):
    season = in_phase(Phase.SELF_SCORING)
    season.waive(cast.ash_unit, Column.CLAIMED, cast.cedar_seat, "chia tách")
    assert row(as_(cast.officer).get("/blocks/"), cast.block)[5] == "0/2"


def test_one_sees_the_blocks_of_one_s_units_and_authorities_only(cast, as_):
    other = BlockFactory(authority=cast.authority)
    assert other.name in text(as_(cast.officer).get("/blocks/"))
    page = text(as_(cast.ash).get("/blocks/"))
    assert cast.block.name in page
    assert other.name not in page
    assert cast.block.name not in text(as_(cast.dogwood).get("/blocks/"))


def another_block(cast, n):
    block = BlockFactory(authority=cast.authority)
    for order in range(3):
        unit = UnitFactory(authority=cast.authority)
        UnitNameFactory(unit=unit)
        MembershipFactory(block=block, unit=unit, official_order=order, turn=order)
        head = unit
    season = Season.objects.create(block=block, year=2026, head=head)
    Season.objects.filter(pk=season.pk).update(phase=list(Phase)[n % 8])
    PhaseDate.objects.create(season=season, phase=list(Phase)[n % 8], due=date(2026, 9, 1))


def questions_asked(client, address):
    client.get(address)
    with CaptureQueriesContext(connection) as queries:
        assert client.get(address).status_code == 200
    return len(queries)


@pytest.mark.parametrize("address", ["/blocks/", "/administration/"])
def test_a_list_of_thirty_blocks_asks_as_many_questions_as_one(cast, as_, address):
    for n in range(8):  # a block in each phase
        another_block(cast, n)
    few = questions_asked(as_(cast.officer), address)
    for n in range(8, 30):
        another_block(cast, n)
    assert questions_asked(as_(cast.officer), address) == few


def test_a_block_of_thirty_members_asks_as_many_questions_as_one_of_three(cast, as_, in_phase):
    in_phase(Phase.EXECUTION)
    award = AwardFactory()
    address = f"/blocks/{cast.block.pk}/"
    Aim.objects.create(card=cast.card, award=award, seat=cast.ash.seats.get())
    send(cast.card, Column.AIM)
    few = questions_asked(as_(cast.officer), address)
    for n in range(30):
        unit = a_unit(cast.authority, f"Pine {n}")
        MembershipFactory(block=cast.block, unit=unit, official_order=9 + n, turn=9 + n)
        card = cast.season.cards.create(unit=unit, official_order=9 + n, turn=9 + n)
        Aim.objects.create(card=card, award=award, seat=cast.ash.seats.get())
        send(card, Column.AIM)
    assert questions_asked(as_(cast.officer), address) == few
    assert Membership.objects.filter(block=cast.block).count() == 33


# What an officer has to do


def test_administration_is_an_officer_s(cast, as_):
    assert as_(cast.officer).get("/administration/").status_code == 200
    assert as_(cast.cedar).get("/administration/").status_code == 403


def test_plain_http_is_told_to_the_officer(cast, as_, settings):
    settings.PLAIN_HTTP = True
    assert "Unencrypted connection" in text(as_(cast.officer).get("/administration/"))
    settings.PLAIN_HTTP = False
    assert "Unencrypted connection" not in text(as_(cast.officer).get("/administration/"))


def test_administration_says_what_a_block_lacks(cast, as_):
    BlockFactory(authority=cast.authority, short_name="Khối Trống")
    Season.objects.filter(pk=cast.season.pk).update(year=2025)
    page = text(as_(cast.officer).get("/administration/"))
    assert "Khối Trống has no members yet." in page
    assert f"The season 2026 of {cast.block.short_name} is not opened yet." in page


def test_an_empty_installation_is_told_how_to_begin(cast, as_):
    assert "To begin: add the units" in text(as_(cast.stranger).get("/administration/"))
    assert "To begin" not in text(as_(cast.officer).get("/administration/"))
