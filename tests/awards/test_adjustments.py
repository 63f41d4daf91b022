"""The meeting itself adjusts a score, until the first vote on an award; after that an officer only.

The worked example's year stands at its meeting: VCLKH and TCBTT both have 103.00, VCLKH leads.
"""

import re
from datetime import time, timedelta
from decimal import Decimal
from html import unescape

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, connection, transaction
from django.template.loader import render_to_string
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from awards.models import Adjustment, Meeting
from awards.papers import minutes_of
from awards.papers.minutes import minutes_facts
from awards.tally import Mode
from blocks import clock
from blocks.models import Change, Office, Role
from scoring.acts import copy_found_to_final
from scoring.answers import explained_on
from scoring.models import Explanation, Ranking, Scorecard, Season
from scoring.papers import reason_of, score_table_facts
from scoring.phases import Column, Phase
from scoring.views.board import BoardPage
from tests.awards.stage import moment
from tests.conftest import person
from tests.factories import AwardFactory, VoteRulesFactory
from tests.scoring.worked import settle_all, worked_example

pytestmark = pytest.mark.django_db
LATE = "A vote on an award was opened; the scores stay. Only an officer can cancel the meeting"
CALL = {
    "starts_on": "29/9/2026", "starts_time": "8h30", "place": "Hội trường", "agenda": "Bình xét",
    "chair_honorific": "Bà", "chair_name": "TTTT", "chair_position": "Giám đốc",
    "secretary_position": "", "copies": "2",
}  # fmt: skip


@pytest.fixture
def at_meeting():
    """The year of the worked example, its ranking fixed, its meeting in session, BTT absent."""
    year = worked_example()
    settle_all(year.season)
    year.head_seat = year.people["TTTT"].seats.get()
    Ranking.fix(year.season, year.head_seat)
    Season.objects.filter(pk=year.season.pk).update(phase=Phase.MEETING)
    year.season.refresh_from_db()
    year.secretary = person("Thư ký", Role.CLERK, unit=year.units["TTTT"])
    award = AwardFactory(name="Cờ thi đua", short_name="Cờ", order=10, code="FLAG")
    rules = {"mode": Mode.OPEN, "threshold_part": 80, "quota": 1, "max_marks": 1}
    VoteRulesFactory(season=year.season, award=award, **rules)
    VoteRulesFactory(season=year.season, office=Office.HEAD, **rules)
    year.meeting = call(year)
    for code in ("TTTT", "TCBTT", "VCLKH", "TCTT"):
        line = year.meeting.attendances.get(unit=year.units[code])
        line.sit(year.people[code])
    year.meeting.open()
    year.line = year.season.scale.criteria.get(code="I.2")
    return year


def officer_of(year):
    return person("Theo dõi", Role.OFFICER, authority=year.season.block.authority)


def call(year) -> Meeting:
    return Meeting.call(
        year.season,
        starts_at=moment(f"{clock.today()} 08:00"),
        place="Hội trường",
        chair_name="TTTT",
        chair_position="Giám đốc",
        secretary=year.secretary,
    )


def words(answer) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", answer.content.decode())).split())


def where(year, code="TCBTT") -> str:
    return reverse("adjust_line", args=[year.meeting.pk, year.cards[code].pk, year.line.pk])


def adjust(year, as_, who=None, **changed):
    said = {
        f"c{year.line.pk}-actual": "8", f"c{year.line.pk}-target": "8",
        "reason": "Có văn bản gia hạn.", "yes": "3", "no": "1", "abstained": "0",
    }  # fmt: skip
    return as_(who or year.secretary).post(where(year), said | changed)


def refused(answer, sentence: str, status: int = 422) -> None:
    assert answer.status_code == status
    assert sentence in words(answer)
    assert not Adjustment.objects.exists()
    assert Ranking.objects.count() == 1


def ranks(ranking) -> dict[str, tuple[int, str]]:
    return {
        standing.card.unit.short_name: (standing.rank, f"{standing.total:.2f}")
        for standing in ranking.standings.select_related("card__unit")
    }


def test_the_meeting_adjusts_a_line_and_the_standings_are_fixed_anew(at_meeting, as_):
    year = at_meeting
    desk = as_(year.secretary).get(year.meeting.get_absolute_url())
    assert "Adjust a score by a show of hands…" in words(desk)
    choose = reverse("adjust_score", args=[year.meeting.pk])
    chosen = {"card": year.cards["TCBTT"].pk, "criterion": year.line.pk}
    assert as_(year.secretary).post(choose, chosen).url == where(year)
    page = words(as_(year.secretary).get(where(year)))
    assert re.search(r"total 103(,00)?\. Line I\.2 .+, now: .+\. Units present: 04\.", page)
    assert adjust(year, as_).status_code == 302
    made = Adjustment.objects.get()
    assert (made.yes, made.no, made.abstained, made.present) == (3, 1, 0, 4)
    assert (made.by.person, made.reason) == (year.secretary, "Có văn bản gia hạn.")
    assert (made.earlier.number, made.ranking.number) == (1, 2)
    assert made.ranking.reason == "I.2: Có văn bản gia hạn."
    assert ranks(made.earlier)["TCBTT"] == (2, "103.00")
    assert ranks(made.ranking)["TCBTT"] == (1, "104.25")
    assert ranks(made.ranking)["VCLKH"] == (2, "103.00")
    assert year.season.current_ranking == made.ranking
    entry = year.cards["TCBTT"].entries.get(criterion=year.line, column=Column.FINAL)
    assert (entry.actual, entry.note) == (8, "Có văn bản gia hạn.")
    assert Change.objects.filter(table="awards_adjustment", user_id=year.secretary.pk).exists()
    desk = words(as_(year.people["VCLKH"]).get(year.meeting.get_absolute_url()))
    said = "TCBTT, I.2: total 103,00 → 104,25, rank 2 → 1. Có văn bản gia hạn. (03/04 in favour)"
    assert said in desk.replace("( ", "(").replace(" ,", ",").replace(" .", ".")
    news = "2021: the meeting adjusted the points of TCBTT (I.2)"
    homes = {code: words(as_(year.people[code]).get("/")) for code in ("TCBTT", "VCLKH")}
    assert {code: news in home for code, home in homes.items()} == {"TCBTT": True, "VCLKH": False}


def test_the_minutes_print_old_and_new(at_meeting, as_):
    year = at_meeting
    adjust(year, as_, yes="3", no="0", abstained="1")
    (told,) = minutes_facts(year.meeting)["adjustments"]
    assert (told["unit"], told["code"]) == ("Thanh tra huyện TCBTT", "I.2")
    assert (told["old"], told["new"]) == ("8,75", "10,00")
    assert (told["old_total"], told["new_total"]) == ("103,00", "104,25")
    assert (told["old_rank"], told["new_rank"]) == ("2", "1")
    assert told["others"] == [{"unit": "Thanh tra huyện VCLKH", "old_rank": "1", "new_rank": "2"}]
    page = words(as_(year.secretary).get(reverse("write_minutes", args=[year.meeting.pk])))
    paper = minutes_of(year.meeting)
    assert paper.facts["adjustments"] == [told]
    assert page
    text = printed(year)
    assert (
        "điều chỉnh từ 8,75 thành 10,00 điểm; tổng điểm từ 103,00 thành 104,25, xếp hạng từ 2 "
        "thành 1. Lý do: Có văn bản gia hạn. Biểu quyết giơ tay: 03/04 đơn vị có mặt đồng ý, "
        "00 đơn vị không đồng ý, 01 đơn vị không biểu quyết. Theo đó, xếp hạng của "
        "Thanh tra huyện VCLKH từ 1 thành 2."
    ) in text


TOLD = (
    "Adjusted by the meeting 03/04 in favour Raised Có văn bản gia hạn. "
    "Ông Thư ký, 09:00, 28/09/2026 7/8 8/8 8,75 10,00 "
    "103,00 104,25 when the meeting adjusted it 2 1"
)


def as_it_is(card) -> Scorecard:
    return Scorecard.objects.for_sheet().get(pk=card.pk)


def printed(year) -> str:
    paper = minutes_of(year.meeting)
    facts = {"facts": paper.facts, "words": {}, "group": "Khối", "paper": paper}
    return render_to_string("papers/minutes.html", facts)


def test_the_minutes_print_the_results_where_the_points_stay(at_meeting, as_):
    year = at_meeting
    same = {f"c{year.line.pk}-actual": "14", f"c{year.line.pk}-target": "16"}
    assert adjust(year, as_, **same).status_code == 302
    assert (
        "điều chỉnh kết quả từ 7/8 thành 14/16, giữ nguyên 8,75 điểm; tổng điểm giữ nguyên 103,00, "
        "giữ nguyên hạng 2. Lý do: Có văn bản gia hạn."
    ) in printed(year)


def test_papers_and_pages_say_that_the_meeting_decided_and_not_the_settler_s_reason(
    at_meeting, as_
):
    year = at_meeting
    card, line = year.cards["TCBTT"], year.line
    card.entries.filter(criterion=line, column=Column.FINAL).update(note="Chậm.")
    card.entries.filter(criterion=line, column=Column.CLAIMED).update(actual=6)
    assert reason_of(as_it_is(card), line) == "Chậm."
    adjust(year, as_)
    said = "Hội nghị điều chỉnh ngày 28/09/2026 (03/04 đơn vị có mặt đồng ý): Có văn bản gia hạn."
    assert reason_of(as_it_is(card), line) == said
    (row,) = (
        row
        for row in score_table_facts(as_it_is(card), Column.FINAL)["lines"]
        if row["code"] == line.code
    )
    assert row["reason"] == said
    (unit,) = (each for each in minutes_facts(year.meeting)["changes"] if "TCBTT" in each["unit"])
    assert {each["code"]: each["reason"] for each in unit["lines"]}[line.code] == said
    url = reverse("show_derivation", args=[card.pk, Column.FINAL, line.pk])
    assert "Adjusted by the meeting (03/04 in favour) 09:00" in words(
        as_(year.people["VCLKH"]).get(url)
    )
    card.entries.filter(criterion=line, column=Column.FINAL).update(actual=2, note="Viết lại.")
    assert reason_of(as_it_is(card), line) == "Viết lại."


def test_every_page_of_a_line_tells_what_the_meeting_changed_on_it(at_meeting, as_):
    year = at_meeting
    card, line = year.cards["TCBTT"].pk, year.line.pk
    pages = [
        reverse("show_derivation", args=[card, Column.FINAL, line]),
        reverse("show_line", args=[card, line]),
        reverse("fill_card", args=[card]),
        reverse("show_board", args=[year.season.pk]),
    ]
    adjust(year, as_)
    browser = as_(year.people["VCLKH"])
    assert [page for page in pages if TOLD not in words(browser.get(page))] == []
    year.meeting.cancel("Bão số 9", officer_of(year))
    assert [page for page in pages if "Adjusted by" in words(browser.get(page))] == []


def test_what_was_changed_unasked_before_is_told_as_well(at_meeting, as_):
    year = at_meeting
    card, line = year.cards["TCBTT"], year.line
    card.entries.filter(criterion=line, column=Column.FOUND).update(actual=6)
    settler = card.settled(line).seat.person
    with clock.standing_on(clock.today(), time(10)):
        adjust(year, as_)
    page = words(as_(year.people["VCLKH"]).get(reverse("show_line", args=[card.pk, line.pk])))
    assert page.index("Changed without having been disputed") < page.index("Adjusted by")
    assert f"{settler}, 09:00" in page


def test_what_the_settler_changed_keeps_its_effect_whatever_the_meeting_adjusts(at_meeting, as_):
    year = at_meeting
    other = year.season.scale.criteria.get(code="I.1")
    where = {"criterion": other, "column": Column.FINAL}
    entry = year.cards["TCBTT"].entries.get(**where)
    entry.actual, entry.note = entry.actual - 1, "Hồ sơ"
    entry.save()

    def told():
        cards = [Scorecard.objects.for_sheet().get(pk=year.cards["TCBTT"].pk)]
        said = explained_on(cards, year.people["TCBTT"])
        return [each for each in said if each.criterion == other]

    (before,) = told()
    assert before.totals[0] > before.totals[1]
    assert adjust(year, as_).status_code == 302
    (after,) = told()
    assert (after.totals, after.ranks) == (before.totals, before.ranks)
    board = BoardPage(Season.objects.get(pk=year.season.pk), year.officer)
    (there,) = [each for each in board.explanations if each.criterion == other]
    assert (there.totals, there.ranks) == (before.totals, before.ranks)
    assert board.outdated == ""  # what it tells of the past leaves its figures alone


def test_what_the_settler_writes_after_an_adjustment_counts_in_what_is_told(at_meeting, as_):
    year = at_meeting
    other = year.season.scale.criteria.get(code="I.1")
    assert adjust(year, as_).status_code == 302
    Season.objects.get(pk=year.season.pk).go_back(year.head_seat, "Xem lại")
    card = Scorecard.objects.for_sheet().get(pk=year.cards["TCBTT"].pk)
    said = {
        year.line.pk: {"actual": Decimal(2), "note": "Sổ"},
        other.pk: {"actual": card.settled(other).actual - 1, "note": "Hồ sơ"},
    }
    card.write(year.officer, Column.FINAL, said)
    card = Scorecard.objects.for_sheet().get(pk=card.pk)
    (told,) = [each for each in explained_on([card], year.officer) if each.criterion == other]
    assert told.totals[1] == card.total(Column.FINAL).total


def test_what_the_meeting_adjusted_is_told_of_the_line_as_it_was_when_the_scale_changes(
    at_meeting, as_
):
    year = at_meeting
    assert adjust(year, as_).status_code == 302
    while not (season := Season.objects.get(pk=year.season.pk)).is_planning:
        season.go_back(year.head_seat, "Sửa thang điểm")
    season.scale.amended().lock(year.head_seat)
    copy_found_to_final(season)
    Season.objects.filter(pk=season.pk).update(phase=Phase.MEETING)
    (told,) = minutes_facts(Meeting.objects.get(pk=year.meeting.pk))["adjustments"]
    assert (told["old"], told["new"]) == ("8,75", "10,00")
    page = words(as_(year.people["VCLKH"]).get(reverse("show_board", args=[season.pk])))
    assert TOLD in page
    assert "Changed without having been disputed" not in page


def test_the_minutes_tell_no_explanation_of_a_line_that_the_scale_lost(at_meeting):
    year = at_meeting
    said = {"by": year.head_seat, "answered_by": year.head_seat, "answered_at": clock.now()}
    Explanation.objects.create(
        card=year.cards["TCBTT"], criterion=year.line, text="Được gia hạn.", answer="Có văn bản.",
        before={"actual": "7.0000"}, after={"actual": "8.0000"}, **said,
    )  # fmt: skip

    def told():
        facts = minutes_facts(Meeting.objects.get(pk=year.meeting.pk))["explanations"]
        return [each["code"] for each in facts]

    assert told() == [year.line.code]
    while not (season := Season.objects.get(pk=year.season.pk)).is_planning:
        season.go_back(year.head_seat, "Sửa thang điểm")
    scale = season.scale.amended()
    scale.criteria.filter(code=year.line.code).update(code="I.99")
    scale.lock(year.head_seat)
    copy_found_to_final(season)
    Season.objects.filter(pk=season.pk).update(phase=Phase.MEETING)
    assert told() == []


@pytest.mark.parametrize("more", [0, 4])
def test_more_adjustments_cost_no_more_queries(at_meeting, as_, more):
    year = at_meeting
    adjust(year, as_)
    made = Adjustment.objects.get()
    for _number in range(more):
        ranking = Ranking.fix_anew(year.season, year.head_seat, "Sai số liệu")
        made.pk, made.ranking, made.before, made.after = None, ranking, made.after, made.before
        made.save(force_insert=True)
    address, browser = reverse("show_board", args=[year.season.pk]), as_(year.people["VCLKH"])
    with CaptureQueriesContext(connection) as queries:
        page = words(browser.get(address))
    assert page.count("Adjusted by the meeting") == 1 + more
    assert len(queries) == 18


HANDS = [
    (
        {"yes": "3", "no": "0"},
        "Units in favour, against and without a hand raised together are the units present.",
    ),
    (
        {"yes": "4", "no": "1"},
        "Units in favour, against and without a hand raised together are the units present.",
    ),
    ({"yes": "2", "no": "2"}, "Not more than half of the units present are in favour"),
    ({"yes": "2", "no": "1", "abstained": "1"}, "Not more than half of the units present"),
    ({"yes": ""}, "Fill in “"),
    ({"yes": "ba"}, "ba"),
    ({"yes": "2,5", "no": "1,5"}, "2,5"),
    ({"reason": " "}, "Fill in “"),
]


@pytest.mark.parametrize(("hands", "sentence"), HANDS)
def test_hands_that_do_not_add_up_or_carry_are_refused(at_meeting, as_, hands, sentence):
    refused(adjust(at_meeting, as_, **hands), sentence)


def test_hands_that_do_not_add_up_are_not_said_to_be_too_few(at_meeting, as_):
    answer = adjust(at_meeting, as_, yes="3", no="3")
    refused(answer, "are the units present.")
    assert "Not more than half" not in words(answer)


def test_a_value_that_stays_is_no_adjustment(at_meeting, as_):
    same = {f"c{at_meeting.line.pk}-actual": "7", f"c{at_meeting.line.pk}-target": "8"}
    refused(adjust(at_meeting, as_, **same), "This is the value as it was; nothing was changed.")


WHO = [("TTTT", 403), ("TCBTT", 403), ("officer", 403), ("stranger", 404)]


@pytest.mark.parametrize(("who", "status"), WHO)
def test_only_the_named_secretary_notes_it(at_meeting, as_, who, status):
    from tests.factories import AuthorityFactory

    year = at_meeting
    stranger = person("stranger", Role.OFFICER, authority=AuthorityFactory())
    user = {"officer": year.officer, "stranger": stranger}.get(who) or year.people[who]
    assert adjust(year, as_, user).status_code == status
    choose = reverse("adjust_score", args=[year.meeting.pk])
    assert as_(user).get(choose).status_code == status
    assert not Adjustment.objects.exists()


def test_nobody_else_makes_it_by_any_other_way(at_meeting):
    year = at_meeting
    card = Scorecard.objects.for_sheet().get(pk=year.cards["TCBTT"].pk)
    hands = {"yes": 4, "no": 0, "abstained": 0}
    with pytest.raises(PermissionDenied):
        Adjustment.make(year.meeting, year.people["TTTT"], card, year.line, {}, "Vì", **hands)


def test_without_quorum_nothing_is_adjusted(at_meeting, as_):
    for code in ("VCLKH", "TCTT"):
        at_meeting.meeting.attendances.filter(unit=at_meeting.units[code]).update(presence="absent")
    answer = adjust(at_meeting, as_, yes="2", no="0")
    assert answer.status_code == 422
    assert not Adjustment.objects.exists()


@pytest.mark.parametrize("state", ["planned", "closed"])
def test_nothing_is_adjusted_outside_the_session(at_meeting, as_, state):
    Meeting.objects.update(state=state)
    refused(adjust(at_meeting, as_), "The meeting is not in session.")


def test_nothing_is_adjusted_nor_offered_while_the_year_is_back_in_settlement(at_meeting, as_):
    Season.objects.update(phase=Phase.SETTLEMENT)
    sentence = "The season is not at its meeting."
    choose = reverse("adjust_score", args=[at_meeting.meeting.pk])
    refused(adjust(at_meeting, as_), sentence)
    browser = as_(at_meeting.secretary)
    for page in (choose, where(at_meeting)):
        refused(browser.get(page), sentence)
    desk = browser.get(at_meeting.meeting.get_absolute_url())
    assert (sentence in words(desk), choose in desk.content.decode()) == (True, False)


def open_the_vote(year) -> None:
    year.meeting.questions.get(award__isnull=False).open()


@pytest.mark.parametrize("state", ["open", "closed", "cancelled"])
def test_nothing_is_adjusted_once_a_vote_on_an_award_was_opened(at_meeting, as_, state):
    open_the_vote(at_meeting)
    question = at_meeting.meeting.questions.get(award__isnull=False)
    {"open": lambda: None, "closed": question.close, "cancelled": lambda: question.cancel("Sai")}[
        state
    ]()
    refused(adjust(at_meeting, as_), LATE)
    desk = words(as_(at_meeting.secretary).get(at_meeting.meeting.get_absolute_url()))
    assert LATE in desk
    assert "Adjust a score by a show of hands…" not in desk


def test_the_database_takes_no_adjustment_after_that_either(at_meeting, as_):
    adjust(at_meeting, as_)
    made = Adjustment.objects.get()
    for act in (lambda: Adjustment.objects.update(yes=4), Adjustment.objects.all().delete):
        with (
            pytest.raises(IntegrityError, match="an_adjustment_is_never_changed"),
            transaction.atomic(),
        ):
            act()
    open_the_vote(at_meeting)
    made.pk, made._state.adding = None, True
    made.ranking = made.earlier
    sentence = "a_meeting_adjusts_scores_before_the_first_vote_on_an_award"
    with pytest.raises(IntegrityError, match=sentence):
        made.save()


def test_the_standings_are_fixed_anew_only_at_the_meeting_and_with_a_reason(at_meeting):
    from django.core.exceptions import ValidationError

    with pytest.raises(ValidationError, match=r"[Rr]eason|lý do"):
        Ranking.fix_anew(at_meeting.season, at_meeting.head_seat, " ")
    Season.objects.update(phase=Phase.SETTLEMENT)
    with pytest.raises(ValidationError):
        Ranking.fix_anew(at_meeting.season, at_meeting.head_seat, "Vì")


def test_what_a_cancelled_meeting_adjusted_is_set_back_and_the_ranking_fixed_anew(at_meeting, as_):
    year = at_meeting
    card = year.cards["TCBTT"]
    card.entries.filter(criterion=year.line, column=Column.FINAL).update(note="Theo sổ")
    held = Scorecard.objects.for_sheet().get(pk=card.pk)
    before, settled = held.settled_facts(year.line), held.settled(year.line)
    first = year.season.current_ranking
    with clock.standing_on(clock.today() + timedelta(days=1)):
        assert adjust(year, as_).status_code == 302
    officer = as_(officer_of(year))
    address = reverse("cancel_meeting", args=[year.meeting.pk])
    told = "The scores it adjusted are set back, and the ranking is fixed anew."
    assert told in officer.get(address).content.decode()
    with clock.standing_on(clock.today() + timedelta(days=2)):
        assert officer.post(address, {"reason": "Sai thành phần"}).status_code == 302
    again = Scorecard.objects.for_sheet().get(pk=card.pk)
    assert again.settled_facts(year.line) == before
    stands = again.settled(year.line)
    assert (stands.note, stands.seat_id, stands.at) == ("Theo sổ", settled.seat_id, settled.at)
    desk = words(officer.get(year.meeting.get_absolute_url()))
    assert "what it had adjusted went back to what held before" in desk
    anew = Season.objects.get(pk=year.season.pk).current_ranking
    assert anew.reason == "TCBTT I.2 trở lại như trước khi hội nghị bị hủy (Sai thành phần)"
    fixed = [{s.card_id: (s.total, s.rank) for s in r.standings.all()} for r in (first, anew)]
    assert fixed[0] == fixed[1]


def test_a_line_that_was_changed_since_stays_when_the_meeting_is_cancelled(at_meeting, as_):
    year = at_meeting
    assert adjust(year, as_).status_code == 302
    said = year.cards["TCBTT"].entries.filter(criterion=year.line, column=Column.FINAL)
    said.update(actual=1)
    officer = as_(officer_of(year))
    officer.post(reverse("cancel_meeting", args=[year.meeting.pk]), {"reason": "Sai"})
    assert said.get().actual == 1


def test_a_vote_shows_the_standings_its_voters_saw_though_the_ranking_was_fixed_anew(
    at_meeting, as_
):
    year = at_meeting
    open_the_vote(year)
    year.meeting.cancel("Sai", officer_of(year))
    Season.objects.update(phase=Phase.SETTLEMENT)
    said = year.cards["TCBTT"].entries.filter(criterion=year.line, column=Column.FINAL)
    said.update(actual=8)
    with clock.standing_on(clock.today() + timedelta(days=1)):
        Ranking.fix(year.season, year.head_seat, "Tính lại")
    assert ranks(year.season.current_ranking)["TCBTT"] == (1, "104.25")
    question = year.meeting.questions.get(award__isnull=False)
    shown = words(as_(year.secretary).get(question.get_absolute_url()))
    assert f"{year.units['TCBTT'].name} 2 103,00" in shown
