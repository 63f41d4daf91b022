"""The deputy acts for the head from a day to another: Birch for Cedar."""

import re
from datetime import date

import pytest

from blocks import clock
from blocks.models import Change
from scoring.models import Authorisation, Filing, Scorecard, Season
from scoring.phases import Column, FilingState, Phase
from tests.scoring.sheets import address, fill, fill_staff

FROM, TO = date(2026, 9, 20), date(2026, 10, 5)  # today is the 28th of September


def authorise(cast, since=FROM, last_day=TO):
    by = cast.cedar.seats.get()
    return Authorisation.give(cast.season, by, since, last_day, "Giấy ủy quyền 12/GUQ-TTT")


def season_of(cast):
    return Season.objects.get(pk=cast.season.pk)


def acts(user, cast, permission="scoring.move_season"):
    from blocks.models import User

    return User.objects.get(pk=user.pk).has_perm(permission, season_of(cast))


@pytest.mark.parametrize("giver", ["cedar", "officer"])
def test_the_head_or_an_officer_lets_the_deputy_act_and_the_season_s_page_says_so(
    cast, as_, in_phase, giver
):
    browser = as_(getattr(cast, giver))
    url = f"/seasons/{cast.season.pk}/deputy/"
    assert url in browser.get(f"/seasons/{cast.season.pk}/").content.decode()
    said = {"since": "20/9/2026", "last_day": "5/10/2026", "reason": "Giấy ủy quyền 12/GUQ-TTT"}
    assert browser.post(url, said).status_code == 302
    given = Authorisation.objects.get()
    assert (given.unit, given.since, given.last_day) == (cast.birch_unit, FROM, TO)
    page = as_(cast.ash).get(f"/seasons/{cast.season.pk}/").content.decode()
    assert "Birch, 20/09/2026 – 05/10/2026" in page
    assert "acts for the head now" in page
    assert "Giấy ủy quyền 12/GUQ-TTT" in page
    assert url not in page
    in_phase(Phase.CLOSED)
    over = as_(cast.ash).get(f"/seasons/{cast.season.pk}/").content.decode()
    assert "acts for the head now" not in over


@pytest.mark.parametrize(
    ("who", "status"),
    [("cedar_clerk", 403), ("birch", 403), ("ash", 403), ("dogwood", 404), ("stranger", 404)],
)
def test_nobody_else_lets_the_deputy_act(cast, as_, who, status):
    said = {"since": "20/9/2026", "last_day": "5/10/2026", "reason": "Đi vắng"}
    answer = as_(getattr(cast, who)).post(f"/seasons/{cast.season.pk}/deputy/", said)
    assert answer.status_code == status
    assert not Authorisation.objects.exists()


def test_an_acting_deputy_does_not_let_itself_act_longer(cast, as_):
    given = authorise(cast)
    browser = as_(cast.birch)
    said = {"since": "6/10/2026", "last_day": "5/12/2026", "reason": "Tự gia hạn"}
    assert browser.post(f"/seasons/{cast.season.pk}/deputy/", said).status_code == 403
    assert browser.post(f"/authorisations/{given.pk}/end/").status_code == 403


REFUSALS = {
    "no reason": ({"reason": " "}, "Fill in “"),
    "last before first": ({"last_day": "19/9/2026"}, "does not come before the first"),
    "over": ({"since": "1/9/2026", "last_day": "10/9/2026"}, "This time is over already."),
    "twice": ({"since": "1/10/2026"}, "acts for the head in that period already"),
    "no day": ({"since": "31/2/2026"}, ""),
}


@pytest.mark.parametrize(("said", "sentence"), REFUSALS.values(), ids=REFUSALS)
def test_a_wrong_authorisation_is_refused_with_a_sentence(cast, as_, said, sentence):
    authorise(cast, date(2026, 10, 1), date(2026, 10, 3))
    whole = {"since": "4/10/2026", "last_day": "5/10/2026", "reason": "Đi vắng"} | said
    answer = as_(cast.cedar).post(f"/seasons/{cast.season.pk}/deputy/", whole)
    assert answer.status_code == 422
    assert sentence in answer.content.decode()
    assert Authorisation.objects.count() == 1


DAYS = [
    (date(2026, 9, 19), False),
    (FROM, True),
    (date(2026, 9, 28), True),
    (TO, True),
    (date(2026, 10, 6), False),
]


@pytest.mark.parametrize(("day", "holds"), DAYS)
def test_the_deputy_acts_from_the_first_to_the_last_day_and_it_ends_by_itself(cast, day, holds):
    with clock.standing_on(date(2026, 9, 18)):
        authorise(cast)
    with clock.standing_on(day):
        assert acts(cast.birch, cast) is holds
        assert acts(cast.birch_clerk, cast, "scoring.draft_season") is holds
        assert Season.objects.led_by(cast.birch).exists() is holds
        assert acts(cast.birch_clerk, cast) is False  # a clerk does nothing final


def test_the_head_and_the_others_may_what_they_could(cast):
    authorise(cast)
    assert acts(cast.cedar, cast)
    assert not acts(cast.ash, cast)
    assert acts(cast.officer, cast)
    assert list(Season.objects.led_by(cast.cedar)) == [cast.season]
    assert not Season.objects.led_by(cast.ash).exists()


def test_another_deputy_does_not_act_by_the_authorisation_of_the_last_one(cast):
    authorise(cast)
    Season.objects.update(deputy=cast.ash_unit)
    assert not acts(cast.birch, cast)
    assert not acts(cast.ash, cast)
    assert not Season.objects.led_by(cast.birch).exists()
    assert not Season.objects.led_by(cast.ash).exists()


def test_the_acting_deputy_moves_the_year_on(cast, in_phase, as_):
    in_phase(Phase.EXECUTION)
    url = f"/seasons/{cast.season.pk}/move/self_scoring/"
    assert as_(cast.birch).post(url).status_code == 403
    authorise(cast)
    assert as_(cast.birch).post(url).status_code == 302
    assert season_of(cast).phase == Phase.SELF_SCORING
    assert cast.season.moves.get().by == cast.birch.seats.get()


def test_the_acting_deputy_returns_a_sheet_that_was_sent(cast, in_phase, as_):
    in_phase(Phase.SELF_SCORING)
    fill(cast, cast.ash, Column.CLAIMED)
    fill_staff(cast)
    seat = cast.ash.seats.get()
    cast.card.filing_of(seat, Column.CLAIMED).send(seat)
    url = address(cast.card, "claimed", "send_back")
    assert as_(cast.birch).post(url, {"note": "Thiếu"}).status_code == 403
    authorise(cast)
    assert as_(cast.birch_clerk).post(url, {"note": "Thiếu"}).status_code == 403
    assert as_(cast.birch).post(url, {"note": "Thiếu"}).status_code == 302
    assert Filing.objects.get(column=Column.CLAIMED).state == FilingState.RETURNED


def test_home_shows_the_year_to_whoever_acts_for_its_head(cast, in_phase, as_):
    in_phase(Phase.SELF_SCORING)
    link = f'href="/seasons/{cast.season.pk}/"'
    assert link not in as_(cast.birch).get("/").content.decode()
    authorise(cast)
    assert link in as_(cast.birch).get("/").content.decode()


def test_who_settles_a_card_does_not_change(cast):
    def settlers():
        cards = Scorecard.objects.with_settler().order_by("pk")
        return [card.settler_id for card in cards]

    before = settlers()
    authorise(cast)
    assert settlers() == before
    card = Scorecard.objects.get(unit=cast.cedar_unit)
    assert card.seat_for(cast.birch, Column.FINAL) == cast.birch.seats.get()  # as deputy, as before
    card = Scorecard.objects.get(unit=cast.birch_unit)
    assert card.settler is None  # its inspector is the head: an officer settles
    assert card.seat_for(cast.birch, Column.FINAL) is None


def test_ended_before_its_day_it_holds_no_more_at_once(cast, as_):
    given = authorise(cast)
    browser = as_(cast.cedar)
    assert (
        f"/authorisations/{given.pk}/end/"
        in browser.get(f"/seasons/{cast.season.pk}/").content.decode()
    )
    answer = browser.post(f"/authorisations/{given.pk}/end/", follow=True).content.decode()
    assert "Birch acts for the head no more." in answer
    assert f"/authorisations/{given.pk}/end/" not in answer
    assert not acts(cast.birch, cast)
    assert browser.post(f"/authorisations/{given.pk}/end/").status_code == 422


def test_one_that_began_today_is_taken_out_at_once_and_history_tells_it(cast, as_):
    given = authorise(cast, clock.today())
    url, browser = f"/authorisations/{given.pk}/end/", as_(cast.cedar)
    assert url in browser.get(f"/seasons/{cast.season.pk}/").content.decode()
    assert "It began today and is taken out at once." in browser.get(url).content.decode()
    answer = browser.post(url, follow=True).content.decode()
    assert "Birch acts for the head no more." in answer
    assert not acts(cast.birch, cast)
    assert not Authorisation.objects.exists()
    past = as_(cast.ash).get(f"/history/season/{cast.season.pk}/").content.decode()
    kinds = re.findall(
        r"<th scope=\"row\">The deputy acts.*?chip chip-\w+\">(\w+)<", past, re.DOTALL
    )
    assert kinds == ["Removed", "Added"]
    # whose it was, and its last day, as its page says
    assert "Thanh tra huyện Birch · 28/09/2026 · 05/10/2026" in past


def test_one_that_has_not_begun_is_taken_out(cast, as_):
    given = authorise(cast, date(2026, 10, 1))
    assert as_(cast.officer).post(f"/authorisations/{given.pk}/end/").status_code == 302
    assert not Authorisation.objects.exists()


@pytest.mark.parametrize(
    ("head", "deputy", "kept"),
    [("ash", "birch", []), ("cedar", "ash", []), ("cedar", "birch", [TO, date(2026, 10, 8)])],
)
def test_with_another_head_or_deputy_it_ends_as_the_page_said_before(cast, as_, head, deputy, kept):
    for days in ((FROM, TO), (date(2026, 10, 7), date(2026, 10, 8))):
        authorise(cast, *days)
    url, browser = f"/seasons/{cast.season.pk}/offices/", as_(cast.officer)
    warned = "Birch acts for the head from 20/09/2026 to 05/10/2026: that ends once another head"
    assert warned in browser.get(url).content.decode()
    units = {"head": getattr(cast, f"{head}_unit").pk, "deputy": getattr(cast, f"{deputy}_unit").pk}
    answer = browser.post(url, units | {"reason": "Sáp nhập"})
    assert answer.status_code == (422 if kept else 302)  # who holds them already is not named
    given = Authorisation.objects.all()
    assert [each.last_day for each in given] == (kept or [date(2026, 9, 27)])
    assert acts(cast.birch, cast) is bool(kept)
    assert (warned in browser.get(url).content.decode()) is bool(kept)
    said = {"since": "28/9/2026", "last_day": "5/10/2026", "reason": "Đi vắng"}
    answer = as_(getattr(cast, head)).post(f"/seasons/{cast.season.pk}/deputy/", said)
    assert answer.status_code == (422 if kept else 302)


def test_history_keeps_it(cast, as_):
    said = {"since": "20/9/2026", "last_day": "5/10/2026", "reason": "Đi vắng"}
    as_(cast.cedar).post(f"/seasons/{cast.season.pk}/deputy/", said)
    kept = Change.objects.get(table="scoring_authorisation")
    assert kept.after["reason"] == "Đi vắng"
    assert (kept.user_id, kept.seat_id) == (cast.cedar.pk, cast.cedar.seats.get().pk)
