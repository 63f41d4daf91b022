"""What a unit answers to the findings, what the settler answers, and what that does."""

import re
from datetime import date, time, timedelta
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from blocks import clock
from blocks.models import Change
from scoring.answers import explained_on
from scoring.models import (
    Agreement,
    Evidence,
    Exemption,
    Explanation,
    Filing,
    PhaseChange,
    Response,
    Scorecard,
    Season,
    SeasonRules,
)
from scoring.papers import reason_of
from scoring.phases import Column, FilingState, Phase
from tests.scoring.sheets import address
from tests.scoring.stage import (
    agree,
    agree_to_changes,
    card_of,
    change_unasked,
    explain,
    opened,
    reply,
    settle,
    words,
)
from tests.scoring.test_line import a_file, line_page
from tests.scoring.worked import worked_example

LAST_DAY = date(2026, 10, 5)  # seven days after 28 September
TOO_LATE = date(2026, 10, 6)


# The unit agrees at once


def test_a_principal_agrees_to_the_findings_and_everybody_reads_it(settling, as_):
    assert "Agree to the findings" in words(as_(settling.ash).get(address(settling.card, "found")))
    assert agree(settling, as_).status_code == 302
    given = Agreement.objects.get()
    assert (given.card, given.by) == (settling.card, settling.ash.seats.get())
    said = "Agrees to the findings (Ông Ash"
    for reader in (settling.cedar, settling.ash_clerk, settling.officer):
        assert said in words(as_(reader).get(address(settling.card, "found")))
        assert said in words(as_(reader).get(settling.season.get_absolute_url()))
        assert said in words(as_(reader).get(reverse("show_board", args=[settling.season.pk])))
    assert Change.objects.filter(table="scoring_agreement", user_id=settling.ash.pk).exists()


WHO_AGREES = [("ash", 302), ("ash_clerk", 403), ("birch", 403), ("cedar", 403), ("officer", 403),
              ("dogwood", 404), ("stranger", 404)]  # fmt: skip


@pytest.mark.parametrize(("who", "status"), WHO_AGREES)
def test_only_a_principal_of_the_unit_agrees(settling, as_, who, status):
    user = getattr(settling, who)
    assert agree(settling, as_, user).status_code == status
    url = reverse("agree_findings", args=[settling.card.pk])
    if status != 302:
        assert as_(user).get(url).status_code == status
    assert Agreement.objects.exists() is (status == 302)
    offered = "Agree to the findings" in words(as_(settling.ash_clerk).get(url))
    assert not offered or "cannot" in words(as_(settling.ash_clerk).get(url))


def refused(answer, sentence: str) -> None:
    assert answer.status_code == 422
    assert sentence in words(answer)
    if answer.wsgi_request.method == "GET":
        assert "Nothing was saved" not in words(answer)


def test_agreeing_twice_is_refused(settling, as_):
    agree(settling, as_)
    refused(agree(settling, as_), "The unit has agreed already.")
    with pytest.raises(IntegrityError, match="a_unit_agrees_to_its_findings_once"):
        Agreement.objects.create(card=settling.card, by=settling.ash.seats.get())


def test_who_agreed_explains_nothing_any_more(settling, as_):
    agree(settling, as_)
    refused(explain(settling, as_), "The unit agreed to the findings on 28/09/2026.")
    page = words(as_(settling.ash).get(address(settling.card, "found")))
    assert "Explain" not in page


def test_who_explained_may_agree_to_the_rest(settling, as_):
    explain(settling, as_)
    assert "Agree to the findings" in words(as_(settling.ash).get(address(settling.card, "found")))
    asked = as_(settling.ash).get(reverse("agree_findings", args=[settling.card.pk]))
    assert "What it explained is not given up" in words(asked)
    assert agree(settling, as_).status_code == 302
    page = words(as_(settling.ash).get(address(settling.card, "found")))
    assert "Agrees to the rest of the findings (Ông Ash" in page
    assert "1 explanation waits for its answer" in page
    refused(
        explain(settling, as_, line=settling.lines.party),
        "The unit agreed to the findings on 28/09/2026.",
    )
    reply(settling, as_)
    assert settle(settling, as_).status_code == 302


# The window


def test_the_last_day_of_the_window_is_so_many_days_after_settlement_opened(settling):
    season = Season.objects.get(pk=settling.season.pk)
    assert season.explain_until == LAST_DAY
    season.rules.explanation_days = 0
    season.rules.save()
    assert Season.objects.get(pk=season.pk).explain_until == date(2026, 9, 28)


def test_settlement_does_not_close_while_units_may_explain(settling, as_):
    season, officer = settling.season, as_(settling.officer)
    dates, rules = (reverse(name, args=[season.pk]) for name in ("edit_dates", "edit_rules"))
    answer = officer.post(dates, {"settlement_closes_on": f"{LAST_DAY:%d/%m/%Y}"})
    assert answer.status_code == 422
    assert "Units may explain until 05/10/2026; it closes after" in answer.content.decode()
    wall = f"{LAST_DAY + timedelta(days=1):%d/%m/%Y}"
    assert officer.post(dates, {"settlement_closes_on": wall}).status_code == 302
    given = {"inspectors_per_card": "1", "explanation_days": "8"}
    answer = officer.post(rules, given)
    assert answer.status_code == 422
    assert "Settlement closes on 06/10/2026; units cannot explain" in answer.content.decode()
    assert officer.post(rules, given | {"explanation_days": "7"}).status_code == 302


def test_more_days_to_explain_are_not_told_of_a_sheet_that_is_settled(settling, as_):
    with clock.standing_on(LAST_DAY + timedelta(days=1)):
        assert settle(settling, as_).status_code == 302
        SeasonRules.objects.filter(season=settling.season).update(explanation_days=30)
        page = words(as_(settling.ash).get(address(settling.card, "found")))
    assert "Silent when the sheet was settled: counts as agreement" in page
    assert "May agree or explain until" not in page


def test_the_window_begins_anew_when_settlement_opens_anew(settling):
    by = settling.cedar_seat
    with clock.standing_on(date(2026, 10, 20)):
        PhaseChange.objects.create(
            season=settling.season, old=Phase.SETTLEMENT, new=Phase.INSPECTION, by=by, note="Sai"
        )
        opened(settling.season, by)
        PhaseChange.objects.create(
            season=settling.season, old=Phase.MEETING, new=Phase.SETTLEMENT, by=by, note="Sai"
        )  # coming back from the meeting is no new window
    assert Season.objects.get(pk=settling.season.pk).explain_until == date(2026, 10, 27)


DAYS = [
    # day        response          explained  agreed
    (LAST_DAY, Response.AWAITED, 302, 302),
    (TOO_LATE, Response.SILENT,  422, 422),
]  # fmt: skip


@pytest.mark.parametrize(("day", "response", "explained", "agreed"), DAYS)
def test_a_unit_answers_until_the_last_day_and_its_silence_is_agreement(
    settling, as_, day, response, explained, agreed
):
    sentence = "Findings were answered until 05/10/2026; silence is agreement."
    with clock.standing_on(day):
        assert card_of(settling).response == response
        answer = explain(settling, as_)
        assert answer.status_code == explained
        assert (sentence in words(answer)) is (explained == 422)
        Explanation.objects.all().delete()
        answer = agree(settling, as_)
        assert answer.status_code == agreed
        assert (sentence in words(answer)) is (agreed == 422)


def test_silence_after_the_window_says_that_it_is_agreement(settling, as_):
    season, board = settling.season, reverse("show_board", args=[settling.season.pk])
    pages = (address(settling.card, "found"), season.get_absolute_url(), board)
    for url in pages:
        assert "May agree or explain until 05/10/2026" in words(as_(settling.cedar).get(url))
    with clock.standing_on(TOO_LATE):
        for url in pages:
            said = words(as_(settling.cedar).get(url))
            assert "Silent until 05/10/2026: counts as agreement" in said


@pytest.mark.parametrize("who", ["ash", "ash_clerk", "birch"])
def test_the_findings_tell_who_answers_to_them_what_to_do_and_not_that_they_are_locked(
    settling, as_, who
):
    page = words(as_(getattr(settling, who)).get(address(settling.card, "found")))
    answers = who != "birch"
    assert ("Locked" in page) is not answers
    assert ("the principal of the unit agrees to the findings." in page) is (who == "ash_clerk")
    assert ("Agree to the findings" in page) is (who == "ash")


def test_no_card_is_settled_before_its_unit_was_heard(settling, as_):
    refused(settle(settling, as_), "The unit may still agree or explain until 05/10/2026.")
    seat = settling.cedar.seats.get()
    from django.core.exceptions import ValidationError

    with pytest.raises(ValidationError):
        card_of(settling).filing_of(seat, Column.FINAL).send(seat)
    with clock.standing_on(TOO_LATE):
        assert settle(settling, as_).status_code == 302
    assert Filing.objects.get(column=Column.FINAL).state == FilingState.SENT


def test_a_unit_that_explained_one_line_is_still_heard_on_the_others(settling, as_):
    explain(settling, as_)
    reply(settling, as_)
    with clock.standing_on(LAST_DAY):
        refused(settle(settling, as_), "The unit may still agree or explain until 05/10/2026.")
        assert explain(settling, as_, line=settling.lines.party).status_code == 302


HEARD = [
    # what the unit does about a change of 20 October, and whether the card is settled on that day
    ("nothing", 422), ("explains", 302), ("agrees", 302),
]  # fmt: skip


@pytest.mark.parametrize(("does", "status"), HEARD)
def test_a_line_changed_unasked_gives_the_unit_its_days_again(settling, as_, does, status):
    agree(settling, as_)
    with clock.standing_on(date(2026, 10, 20)):
        change_unasked(settling, 5)
    with clock.standing_on(date(2026, 10, 20), time(15)):
        refused(settle(settling, as_), "The unit may still agree or explain until 27/10/2026.")
        if does == "explains":
            explain(settling, as_)
            reply(settling, as_)
        elif does == "agrees":
            assert agree_to_changes(settling, as_).status_code == 302
        assert settle(settling, as_).status_code == status
    with clock.standing_on(date(2026, 10, 28)):
        assert status == 302 or settle(settling, as_).status_code == 302


def test_a_card_is_settled_at_once_when_its_unit_agreed(settling, as_):
    agree(settling, as_)
    assert settle(settling, as_).status_code == 302


# The unit explains, the settler answers


def test_a_line_is_explained_with_a_file_and_answered_with_value_and_reason(settling, as_):
    line, card = settling.lines.late, settling.card
    unit, settler = as_(settling.ash), as_(settling.cedar)
    assert "Explain" in words(unit.get(line_page(settling, line)))
    assert explain(settling, as_, file=a_file()).status_code == 302
    explanation = Explanation.objects.get()
    assert (explanation.by, explanation.number) == (settling.ash.seats.get(), 1)
    refused(settle(settling, as_), "An explanation is not answered yet.")
    assert "1 explanation, 1 not answered yet" in words(settler.get(address(card, "final")))
    assert reply(settling, as_).status_code == 302
    explanation.refresh_from_db()
    assert (explanation.before["actual"], explanation.after["actual"]) == ("1.0000", "0.0000")
    assert (explanation.changed, explanation.answered_by) == (True, settling.cedar_seat)
    assert explanation.total_after - explanation.total_before == Decimal("0.5")
    entry = card.entries.get(criterion=line, column=Column.FINAL)
    assert (entry.actual, entry.note) == (Decimal(0), "Đã đối chiếu sổ văn bản.")
    for url in (line_page(settling, line), address(card, "final")):
        page = words(unit.get(url))
        assert "Báo cáo gửi đúng hạn." in page
        assert "Raised" in page
        assert "19,50 20,00" in page
        assert "Đã đối chiếu sổ văn bản." in page
    agree(settling, as_)
    assert settle(settling, as_).status_code == 302


KINDS = [("0", "Raised", True), ("1", "Kept as it was", False), ("3", "Lowered", True)]


@pytest.mark.parametrize(("value", "verdict", "changed"), KINDS)
def test_an_answer_keeps_raises_or_lowers(settling, as_, value, verdict, changed):
    explain(settling, as_)
    assert reply(settling, as_, value).status_code == 302
    assert Explanation.objects.get().changed is changed
    assert verdict in words(as_(settling.ash).get(line_page(settling, settling.lines.late)))


BAD = [("", "0", "Fill in “"), ("Vì", "", "Fill in “"), ("Vì", "nhiều", "nhiều"), ("Vì", "-1", "0")]


@pytest.mark.parametrize(("reason", "value", "sentence"), BAD)
def test_an_answer_without_value_or_reason_is_refused_and_nothing_is_saved(
    settling, as_, reason, value, sentence
):
    explain(settling, as_)
    refused(reply(settling, as_, value, reason), sentence)
    assert Explanation.objects.get().answered_at is None
    assert card_of(settling).entries.get(
        criterion=settling.lines.late, column=Column.FINAL
    ).actual == Decimal(1)


def test_a_sheet_offers_to_explain_what_was_found_or_settled_otherwise_until_it_is_settled(
    settling, as_
):
    def offered() -> list[str]:
        page = words(as_(settling.ash).get(address(settling.card, "found")))
        return re.findall(r"Explain (\S+)", page)

    assert offered() == []
    found = settling.card.entries.filter(criterion=settling.lines.plan)
    found.filter(column__in=["found", "final"]).update(actual=8, note="Một cuộc chưa xong")
    assert offered() == [settling.lines.plan.code]
    change_unasked(settling, 5)
    assert offered() == [settling.lines.plan.code, settling.lines.late.code]
    filing = settling.card.filings.filter(column=Column.FINAL)
    filing.update(state=FilingState.SENT, sent_at=clock.now())
    assert offered() == []


def test_who_settles_is_led_to_the_explanations_that_wait(settling, as_):
    led = f'an answer: <a href="{line_page(settling, settling.lines.late)}">'
    sheet, home = address(settling.card, "final"), "1 explanation waits for its answer"
    assert led not in as_(settling.cedar).get(sheet).content.decode()
    explain(settling, as_)
    assert led in as_(settling.cedar).get(sheet).content.decode()
    assert led not in as_(settling.ash).get(sheet).content.decode()
    assert home in words(as_(settling.cedar).get("/"))
    reply(settling, as_)
    assert led not in as_(settling.cedar).get(sheet).content.decode()
    assert home not in words(as_(settling.cedar).get("/"))


def test_an_explanation_is_answered_once(settling, as_):
    explain(settling, as_)
    reply(settling, as_)
    refused(reply(settling, as_, "5"), "It was answered already.")
    explanation = Explanation.objects.get()
    assert explanation.after["actual"] == "0.0000"
    with pytest.raises(IntegrityError, match="an_explanation_that_is_over_only_follows_its_line"):
        Explanation.objects.update(answer="Khác")


def test_what_backs_an_explanation_stays_and_is_read_by_whoever_reads_the_settlement(settling, as_):
    explain(settling, as_, file=a_file())
    evidence = Evidence.objects.get()
    for user, status in (("ash", 200), ("cedar", 200), ("officer", 200), ("birch", 403),
                         ("dogwood", 404)):  # fmt: skip
        answer = as_(getattr(settling, user)).get(f"/evidence/{evidence.pk}/")
        assert answer.status_code == status
        assert status != 200 or b"".join(answer.streaming_content)
    for user in (settling.ash, settling.cedar):
        assert as_(user).post(f"/evidence/{evidence.pk}/remove/").status_code == 403
    assert Evidence.objects.exists()


def test_what_backs_an_explanation_is_not_counted_as_evidence_of_the_line(settling, as_):
    explain(settling, as_, file=a_file())
    for column in (Column.CLAIMED, Column.FOUND, Column.FINAL):
        assert "1 file" not in words(as_(settling.ash).get(address(settling.card, column)))


def test_only_the_unit_explains_and_only_the_settler_answers(settling, as_):
    for user in (settling.birch, settling.cedar, settling.officer):
        assert explain(settling, as_, who=user).status_code == 403
    assert explain(settling, as_, who=settling.dogwood).status_code == 404
    explain(settling, as_)
    for user in (settling.ash, settling.birch, settling.officer):
        assert reply(settling, as_, who=user).status_code == 403
    assert Explanation.objects.get().answered_at is None


def test_nothing_is_explained_before_the_settlement_or_after_the_card_is_settled(
    settling, in_phase, as_
):
    agree(settling, as_)
    settle(settling, as_)
    refused(explain(settling, as_), "The sheet is settled already.")
    for phase in (Phase.INSPECTION, Phase.MEETING):
        in_phase(phase)
        refused(explain(settling, as_), "Findings are answered while cards are settled.")
        refused(agree(settling, as_), "Findings are answered while cards are settled.")
    assert not Explanation.objects.exists()


# A line that the settler changed unasked


def test_a_line_is_explained_once_and_once_more_when_it_was_changed_unasked(settling, as_):
    assert explain(settling, as_).status_code == 302
    refused(explain(settling, as_), "The line was explained; the answer is awaited.")
    reply(settling, as_, "1")
    refused(explain(settling, as_), "The line was explained and answered.")
    change_unasked(settling, 5)
    with clock.standing_on(TOO_LATE):
        assert explain(settling, as_, text="Hai").status_code == 302
        reply(settling, as_, "5")
        refused(explain(settling, as_), "The line was explained and answered.")
    assert [each.number for each in Explanation.objects.all()] == [1, 2]


def test_what_is_changed_once_more_after_an_answer_is_told_so_with_or_without_its_reason_yet(
    settling, as_
):
    explain(settling, as_)
    reply(settling, as_, "0", "Đúng hạn.")
    card, line, page = settling.card, settling.lines.late, line_page(settling, settling.lines.late)
    with clock.standing_on(date(2026, 9, 29)):
        card.write(settling.cedar, Column.FINAL, {line.pk: {"actual": 2, "note": ""}})
        told = "Changed once more after the answer Lowered"
        why = "The reason is not given yet."
        assert f"{told} {why} Ông Cedar, 09:00, 29/09/2026 0 2" in words(
            as_(settling.ash).get(page)
        )
        card.write(settling.cedar, Column.FINAL, {line.pk: {"note": "Sổ"}})
        assert f"{told} Sổ Ông Cedar, 09:00, 29/09/2026 0 2" in words(as_(settling.ash).get(page))
        assert "Raised Đúng hạn." in words(as_(settling.ash).get(page))


def test_an_answer_is_taken_back_only_with_a_reason_and_is_told(settling, as_):
    explain(settling, as_)
    reply(settling, as_, "0", "Đúng hạn.")
    card, line = settling.card, settling.lines.late
    with clock.standing_on(date(2026, 9, 29)):
        card.write(settling.cedar, Column.FINAL, {line.pk: {"actual": 1, "note": ""}})  # as found
        assert line in dict(card_of(settling).lacking("final"))
        card.write(settling.cedar, Column.FINAL, {line.pk: {"note": "Sổ"}})
        page = words(as_(settling.ash).get(line_page(settling, line)))
    assert "Changed once more after the answer Lowered Sổ Ông Cedar, 09:00, 29/09/2026 0 1" in page
    assert line not in dict(card_of(settling).lacking("final"))


def test_who_explained_a_line_reads_until_when_others_may_be_explained(settling, as_):
    explain(settling, as_)
    sheet = address(settling.card, "found")
    until = "other lines may be explained until 05/10/2026"
    assert until in words(as_(settling.ash).get(sheet))
    with clock.standing_on(TOO_LATE):
        assert until not in words(as_(settling.ash).get(sheet))


@pytest.mark.parametrize("sign", [1, -1])
def test_what_a_penalty_takes_off_counts_as_lowered_and_what_it_no_longer_does_as_raised(db, sign):
    year = worked_example()
    card, line = year.cards["TCTT"], year.season.scale.criteria.get(code="P.3")
    entry = card.entries.get(criterion=line, column=Column.FINAL)
    entry.actual, entry.note = entry.actual + sign, "Hồ sơ"
    entry.save()
    (told,) = explained_on([Scorecard.objects.for_sheet().get(pk=card.pk)], year.people["TCTT"])
    was, now = told.points
    assert was == Decimal("-3.00")
    assert now - was == -3 * sign
    assert told.totals[1] - told.totals[0] == -3 * sign
    assert told.verdict[0] == ("red" if sign > 0 else "green")


@pytest.mark.parametrize("before", ["agreed", "silent"])
def test_who_agreed_or_was_silent_may_answer_what_was_changed_unasked_until_the_card_is_settled(
    settling, as_, before
):
    if before == "agreed":
        agree(settling, as_)
    change_unasked(settling, 5)
    with clock.standing_on(TOO_LATE):
        page = words(as_(settling.ash).get(address(settling.card, "found")))
        assert "Changed without having been disputed" in page
        other = settling.lines.party
        assert explain(settling, as_, line=other).status_code == 422
        assert explain(settling, as_).status_code == 302
        assert Explanation.objects.get().before["actual"] == "5.0000"
        reply(settling, as_, "1", "Nhầm đơn vị.")
        settle(settling, as_)
        refused(explain(settling, as_), "The sheet is settled already.")


def test_agreeing_to_the_findings_leaves_what_was_changed_unasked_before_to_be_answered(
    settling, as_
):
    unit, line = as_(settling.ash), settling.lines.late
    change_unasked(settling, 5)
    with clock.standing_on(date(2026, 9, 29)):
        asked = words(unit.get(reverse("agree_findings", args=[settling.card.pk])))
        assert (
            f"unless whoever settles the sheet changes it or it has changed already: {line.code}."
            in asked
        )
        assert agree(settling, as_).status_code == 302
        assert (
            line_page(settling, line, "explain/")
            in unit.get(line_page(settling, line)).content.decode()
        )
        refused(settle(settling, as_), "The unit may still agree or explain until 05/10/2026.")
        assert explain(settling, as_).status_code == 302
        assert explain(settling, as_, line=settling.lines.party).status_code == 422


def test_a_unit_agrees_to_what_was_changed_unasked_by_name_and_to_nothing_by_a_second_click(
    settling, as_
):
    unit, line = as_(settling.ash), settling.lines.late
    address_of = reverse("agree_changes", args=[settling.card.pk])
    refused(agree_to_changes(settling, as_), "No line was changed unasked")
    change_unasked(settling, 5)
    with clock.standing_on(date(2026, 9, 29)):
        refused(agree_to_changes(settling, as_), "The unit agrees to the findings first.")
        agree(settling, as_)
        refused(agree(settling, as_), "The unit has agreed already.")
        page = unit.get(address(settling.card, "found"))
        assert address_of in page.content.decode()
        asked = words(unit.get(address_of, follow=True))
        assert f"after the finding or after the answer: {line.code}?" in asked
        assert "Lowered Sổ Ông Cedar, 09:00, 28/09/2026 1 5" in asked
        assert agree_to_changes(settling, as_).status_code == 302
        refused(explain(settling, as_), "The unit agreed to the findings on 29/09/2026.")
        page = words(unit.get(address(settling.card, "found")))
        assert "Agrees to the findings and to what was changed (Ông Ash" in page
        history = words(unit.get(reverse("show_history", args=["card", settling.card.pk])))
        assert f"Changes agreed to: {line.code}" in history
        assert "Lapsed: – changed to 09:00, 29/09/2026" in history
        assert settle(settling, as_).status_code == 302


AGREED_TO = [
    # what happens after the unit agreed to a change to 5, and whether it is heard on it once more
    ([{"note": "Sổ mới"}], False),
    ([{"actual": 5, "note": "Sổ mới"}], False),
    ([{"actual": 6}], True),
    ([{"actual": 6}, {"actual": 5}], False),  # away, and back again
    ([{"actual": 1}], False),  # back to what was found
    ([{"actual": 1}, {"actual": 5}], False),
    ([{"actual": 6}, "answered", {"actual": 5}], True),  # an answer since
]


@pytest.mark.parametrize(("happened", "heard"), AGREED_TO)
def test_who_agreed_to_a_change_is_heard_anew_when_the_value_is_another_not_when_its_reason_is(
    settling, as_, happened, heard
):
    late = settling.lines.late
    card_of(settling).write(settling.cedar, Column.FINAL, {late.pk: {"actual": 5}})
    with clock.standing_on(date(2026, 9, 29)):
        agree(settling, as_)
        agree_to_changes(settling, as_)
        assert Agreement.objects.last().changes == {late.code: {"actual": "5.0000"}}
    for day, deed in enumerate(happened, 1):
        with clock.standing_on(date(2026, 10, day)):
            if deed == "answered":
                explain(settling, as_)
                reply(settling, as_, "1")
            else:
                card_of(settling).write(settling.cedar, Column.FINAL, {late.pk: deed})
    assert card_of(settling).changes == ([late] if heard else [])
    asked = Scorecard.objects.answering(settling.ash).get(pk=settling.card.pk).changed_at
    assert bool(asked) is heard


def test_what_is_agreed_to_beside_an_earlier_change_leaves_that_agreed_to(settling, as_):
    for day, line, value in ((29, settling.lines.late, 5), (30, settling.lines.party, "K")):
        with clock.standing_on(date(2026, 9, day)):
            fact = {"level": value} if line.levels else {"actual": value}
            card_of(settling).write(settling.cedar, Column.FINAL, {line.pk: fact})
        with clock.standing_on(date(2026, 9, day), time(15)):
            agree(settling, as_)
            assert card_of(settling).changes == [line]
            agree_to_changes(settling, as_)
            assert card_of(settling).changes == []


def test_what_was_changed_since_the_page_was_opened_is_not_agreed_to_unread(settling, as_):
    change_unasked(settling, 5)
    with clock.standing_on(date(2026, 9, 29)):
        agree(settling, as_)
        unit = as_(settling.ash)
        seen = unit.get(reverse("agree_changes", args=[settling.card.pk])).url
    with clock.standing_on(date(2026, 9, 30)):
        change_unasked(settling, 6)
        refused(unit.post(seen), "A line was changed meanwhile; read what it says now.")
        assert agree_to_changes(settling, as_).status_code == 302


def test_what_is_changed_between_the_click_and_the_lock_is_not_agreed_to(settling, as_):
    change_unasked(settling, 5)
    with clock.standing_on(date(2026, 9, 29)):
        agree(settling, as_)
        card = card_of(settling)
        seen = card.last_change
    with clock.standing_on(date(2026, 9, 30)):
        change_unasked(settling, 6)
        with pytest.raises(ValidationError, match="Vừa có mục được điều chỉnh thêm"):
            Agreement.give(card, settling.ash, with_changes=True, seen=seen)


@pytest.mark.parametrize("when", ["before", "after"])
def test_a_line_that_is_not_asked_of_the_unit_is_neither_explained_nor_waited_for(
    settling, as_, when
):
    if when == "after":
        assert explain(settling, as_).status_code == 302
        assert card_of(settling).unanswered
    Exemption.objects.create(card=settling.card, criterion=settling.lines.late)
    if when == "before":
        refused(explain(settling, as_), "The line is not asked of this unit.")
    assert not card_of(settling).unanswered


def test_a_change_that_is_agreed_to_by_name_stands_in_the_table_before_its_reason(settling, as_):
    agree(settling, as_)
    late = settling.lines.late
    card_of(settling).write(settling.cedar, Column.FINAL, {late.pk: {"actual": Decimal(5)}})
    page = words(as_(settling.ash).get(line_page(settling, late)))
    assert "Changed without having been disputed Lowered The reason is not given yet." in page


def test_who_may_not_explain_a_line_reads_why_instead_of_a_form(settling, as_):
    unit, url = as_(settling.ash), line_page(settling, settling.lines.late, "explain/")
    assert "Send the explanation" in words(unit.get(url))
    assert as_(settling.cedar).get(url).status_code == 403
    agree(settling, as_)
    page = unit.get(url)
    refused(page, "The unit agreed to the findings on 28/09/2026.")
    assert "<textarea" not in page.content.decode()


def test_who_has_answered_an_explanation_reads_so_instead_of_a_form(settling, as_):
    explain(settling, as_)
    settler, url = as_(settling.cedar), f"/explanations/{Explanation.objects.get().pk}/answer/"
    assert "Send the answer" in words(settler.get(url))
    reply(settling, as_)
    page = settler.get(url)
    refused(page, "It was answered already.")
    assert "<textarea" not in page.content.decode()


def test_who_may_not_agree_reads_why_and_is_asked_nothing(settling, as_):
    unit, url = as_(settling.ash), reverse("agree_findings", args=[settling.card.pk])
    agree(settling, as_)
    page = unit.get(url)
    refused(page, "The unit has agreed already.")
    assert "agree to all that was found" not in words(page)


@pytest.mark.parametrize("phase", [Phase.INSPECTION, Phase.MEETING])
def test_nothing_is_agreed_to_when_the_year_has_moved_since_the_page_was_opened(
    settling, in_phase, as_, phase
):
    explain(settling, as_, settling.lines.party)
    change_unasked(settling, 5)
    agree(settling, as_)
    unit = as_(settling.ash)
    seen = unit.get(reverse("agree_changes", args=[settling.card.pk])).url
    in_phase(phase)
    taken_back = f"/explanations/{Explanation.objects.get().pk}/take-back/"
    for url in (seen, reverse("agree_findings", args=[settling.card.pk]), taken_back):
        for answer in (unit.get(url), unit.post(url)):
            refused(answer, "Findings are answered while cards are settled.")


def test_what_was_typed_is_given_back_when_it_may_no_longer_be_said(settling, as_):
    explain(settling, as_, settling.lines.party, "Giữ")
    agree(settling, as_)
    page = explain(settling, as_, text="Báo cáo gửi đúng hạn.")
    refused(page, "The unit agreed to the findings on 28/09/2026.")
    assert "Báo cáo gửi đúng hạn.</textarea>" in page.content.decode()
    settler, url = as_(settling.cedar), f"/explanations/{Explanation.objects.get().pk}/answer/"
    data = {f"c{settling.lines.party.pk}-level": "T", "reason": "Đã đối chiếu."}
    assert settler.post(url, data).status_code == 302
    page = settler.post(url, data | {"reason": "Đã xem lại."})
    refused(page, "It was answered already.")
    assert "Đã xem lại.</textarea>" in page.content.decode()


def test_an_unasked_change_tells_its_values_its_reason_and_its_effect(settling, as_):
    change_unasked(settling, 3)
    pages = (line_page(settling, settling.lines.late), address(settling.card, "final"))
    row = "Changed without having been disputed Lowered Sổ Ông Cedar, 09:00, 28/09/2026"
    for url in pages:
        assert f"{row} 1 3 19,50 18,50 93,50 92,50" in words(as_(settling.ash).get(url))
    explain(settling, as_)
    waiting = words(as_(settling.ash).get(pages[0]))
    assert "may be explained once more" not in waiting
    with clock.standing_on(date(2026, 9, 29)):
        reply(settling, as_, "1", "Nhầm đơn vị.")
    for url in pages:
        page = words(as_(settling.ash).get(url))
        assert f"{row} 1 3 19,50 18,50 93,50" in page
        assert "Raised Nhầm đơn vị." in page
    board = words(as_(settling.cedar).get(reverse("show_board", args=[settling.season.pk])))
    assert "Total and rank compare the sheet without and with the change of the line" in board
    assert "1 3 19,50 18,50 93,50 92,50 all else as settled so far" in board
    assert "3 1 18,50 19,50 92,50 93,50 when it was answered" in board


def test_a_value_kept_after_an_explanation_keeps_its_reason_and_the_papers_print_the_answer_too(
    settling, as_
):
    change_unasked(settling, 3)
    explain(settling, as_)
    with clock.standing_on(date(2026, 9, 29)):
        reply(settling, as_, "3", "Giữ nguyên.")
    page = words(as_(settling.ash).get(line_page(settling, settling.lines.late)))
    row = "Changed without having been disputed Lowered Sổ Ông Cedar, 09:00, 28/09/2026"
    assert row in page
    assert "Kept as it was Giữ nguyên." in page
    card = card_of(settling)
    assert card.settled(settling.lines.late).note == "Sổ"
    assert reason_of(card, settling.lines.late) == "Sổ. Trả lời giải trình: Giữ nguyên."


def typed(cast, value, note="") -> None:
    said = {"actual": Decimal(value)} | ({"note": note} if note else {})
    card_of(cast).write(cast.cedar, Column.FINAL, {cast.lines.late.pk: said})


TYPED = [
    # the settler's reason before, value and reason typed on the sheet meanwhile, the line's reason
    ("", "0", "", "Đúng hạn."),
    ("Sổ", "2", "", "Đúng hạn."),  # the reason was of another value
    ("Sổ", "2", "Sổ mới", "Sổ mới"),
    ("Sổ", "1", "", ""),  # as it was found: nothing is to be said
    ("Sổ", "3", "", "Sổ"),  # kept
]


@pytest.mark.parametrize(("before", "value", "note", "reason"), TYPED)
def test_a_value_typed_on_the_sheet_takes_its_reason_from_the_answer(
    settling, as_, before, value, note, reason
):
    if before:
        typed(settling, 3, before)
    explain(settling, as_)
    typed(settling, value, note)
    assert reply(settling, as_, value, "Đúng hạn.").status_code == 302
    card = card_of(settling)
    assert card.settled(settling.lines.late).note == reason
    assert settling.lines.late not in dict(card.lacking("final"))


def test_nobody_is_named_as_who_settled_what_was_found(settling, as_):
    url = reverse("show_derivation", args=[settling.card.pk, "final", settling.lines.late.pk])
    row = words(as_(settling.cedar).get(url)).partition("Settled 1")[2]
    assert row.startswith(" 19,50 taken over from “Cross-inspected” 09:00")


@pytest.mark.parametrize("left_out", [True, False])
def test_a_line_that_is_not_asked_of_the_unit_is_not_told_as_changed(settling, left_out):
    change_unasked(settling, 3)
    if left_out:
        settling.card.exemptions.create(criterion=settling.lines.late, reason="Không giao")
    told = Scorecard.objects.answering(settling.ash).get(pk=settling.card.pk).changed_at
    assert (told is None) == left_out == (card_of(settling).changes == [])


def test_what_is_explained_stands_beside_what_was_claimed_found_and_settled(settling, as_):
    change_unasked(settling, 3)
    form = words(as_(settling.ash).get(line_page(settling, settling.lines.late, "explain/")))
    explain(settling, as_)
    settler = as_(settling.cedar)
    answer = words(settler.get(f"/explanations/{Explanation.objects.get().pk}/answer/"))
    assert "Self-scored" in form
    for page in (form, answer):
        assert "Cross-inspected 1 19,50 – Settled 3 18,50 Sổ" in page
    assert "Báo cáo gửi đúng hạn." in answer


# It may be taken back


WHO_TAKES_BACK = [("ash", 302), ("ash_clerk", 302), ("birch", 403), ("cedar", 403),
                  ("officer", 403), ("dogwood", 404)]  # fmt: skip


@pytest.mark.parametrize(("who", "status"), WHO_TAKES_BACK)
def test_the_unit_takes_its_explanation_back_while_it_is_not_answered(settling, as_, who, status):
    explain(settling, as_, who=settling.ash_clerk, file=a_file())
    user, url = getattr(settling, who), f"/explanations/{Explanation.objects.get().pk}/take-back/"
    assert as_(user).get(url).status_code == (200 if status == 302 else status)
    assert as_(user).post(url).status_code == status
    kept = int(status != 302)
    assert (Explanation.objects.count(), Evidence.objects.count()) == (kept, kept)


def test_an_answered_explanation_is_not_taken_back(settling, as_):
    explain(settling, as_)
    url = f"/explanations/{Explanation.objects.get().pk}/take-back/"
    assert url in as_(settling.ash).get(address(settling.card, "final")).content.decode()
    reply(settling, as_)
    assert url not in as_(settling.ash).get(address(settling.card, "final")).content.decode()
    for answer in (as_(settling.ash).get(url), as_(settling.ash).post(url)):
        refused(answer, "It was answered already.")
        assert "Take back “" not in words(answer)


def test_what_is_taken_back_between_the_click_and_the_lock_is_not_answered(settling, as_):
    explain(settling, as_)
    explanation = Explanation.objects.get()
    Explanation.objects.get().take_back(settling.ash)
    with pytest.raises(ValidationError, match="Đơn vị đã thu hồi giải trình này"):
        explanation.reply(settling.cedar, "Đã đối chiếu.")


# History


def test_history_tells_who_agreed_and_what_an_answer_did_to_the_total_but_no_rank(settling, as_):
    url = reverse("show_history", args=["card", settling.card.pk])
    explain(settling, as_)
    reply(settling, as_)
    page = words(as_(settling.ash).get(url))
    assert "Đã đối chiếu sổ văn bản." in page
    assert "Total after" in page
    assert "ank after" not in page
    assert "Đã đối chiếu" not in words(as_(settling.birch).get(url))
    other = settling.season.cards.get(unit=settling.birch_unit)
    as_(settling.birch).post(reverse("agree_findings", args=[other.pk]))
    page = words(as_(settling.ash).get(reverse("show_history", args=["card", other.pk])))
    assert "Agreement to the findings" in page


def test_history_tells_an_answer_s_value_and_reason_as_one_change(settling, as_):
    explain(settling, as_)
    line = Change.objects.filter(table="scoring_entry")
    before = line.count()
    reply(settling, as_)
    assert line.count() == before + 1
    assert line.first().after["note"] == "Đã đối chiếu sổ văn bản."


# What it does to the ranks: TCBTT of the worked example explains I.2


@pytest.mark.parametrize(
    ("tie_rules", "was"), [(None, 2), ([], 1)], ids=["section I decides", "no tie rules"]
)
def test_the_board_tells_old_and_new_value_total_and_rank(db, as_, tie_rules, was):
    year = worked_example(tie_rules=tie_rules)
    opened(year.season, year.people["TTTT"].seats.get())
    card, line = year.cards["TCBTT"], year.season.scale.criteria.get(code="I.2")
    text = "Nhiệm vụ được gia hạn bằng văn bản."
    url = reverse("explain_line", args=[card.pk, line.pk])
    assert as_(year.people["TCBTT"]).post(url, {"text": text}).status_code == 302
    explanation = Explanation.objects.get()
    answer = reverse("answer_explanation", args=[explanation.pk])
    data = {f"c{line.pk}-actual": "8", f"c{line.pk}-target": "8", "reason": "Có văn bản gia hạn."}
    assert as_(year.officer).post(answer, data).status_code == 302  # the head inspected TCBTT
    board = reverse("show_board", args=[year.season.pk])
    page = words(as_(year.people["TTTT"]).get(board))
    assert "8,75 10,00 103,00 104,25" in page
    assert f"104,25 when it was answered {was} 1" in page
    assert "Có văn bản gia hạn." in page
    assert str(year.officer) in page


def test_a_member_reads_effects_on_ranks_only_from_the_meeting_on(db, as_):
    year = worked_example()
    opened(year.season, year.people["TTTT"].seats.get())
    card, line = year.cards["TCBTT"], year.season.scale.criteria.get(code="I.2")
    Explanation.put(card, year.people["TCBTT"], line, "Gia hạn.")
    said = {"actual": Decimal(8), "target": Decimal(8)}
    explanation = Explanation.objects.get()
    explanation.card = Scorecard.objects.for_sheet().get(pk=card.pk)
    explanation.reply(year.officer, "Đúng.", said)
    url = reverse("show_line", args=[card.pk, line.pk])
    for reader in ("TCBTT", "VCLKH"):
        assert "104,25 when it was answered 2 1" not in words(as_(year.people[reader]).get(url))
    assert "103,00 104,25" in words(as_(year.people["TCBTT"]).get(url))
    assert "103,00 104,25" not in words(as_(year.people["VCLKH"]).get(url))
    assert "104,25 when it was answered 2 1" in words(as_(year.people["TTTT"]).get(url))
    Season.objects.filter(pk=year.season.pk).update(phase=Phase.MEETING)
    for reader in ("TCBTT", "VCLKH"):
        assert "104,25 when it was answered 2 1" in words(as_(year.people[reader]).get(url))


@pytest.mark.parametrize("table", ["agreement", "explanation"])
def test_what_was_answered_in_a_closed_season_stays(settling, in_phase, as_, table):
    model, name = {
        "agreement": (Agreement, "agreements"),
        "explanation": (Explanation, "explanations"),
    }[table]
    agree(settling, as_) if table == "agreement" else explain(settling, as_)
    in_phase(Phase.CLOSED)
    sentence = f"{name}_of_a_closed_season_stay"
    with pytest.raises(IntegrityError, match=sentence), transaction.atomic():
        model.objects.all().delete()


DEEDS = {
    "explained": lambda cast, as_, line: explain(cast, as_, line=line, file=a_file()),
    "changed": lambda cast, as_, line: change_unasked(cast, 3, line),
}


@pytest.mark.parametrize("deed", DEEDS)
def test_more_lines_explained_or_changed_cost_no_more_queries(settling, as_, deed):
    pages = (
        address(settling.card, "found"),
        settling.season.get_absolute_url(),
        reverse("show_board", args=[settling.season.pk]),
    )

    def asked() -> list[int]:
        counts = []
        for url in pages:
            browser = as_(settling.cedar)
            with CaptureQueriesContext(connection) as queries:
                assert browser.get(url).status_code == 200
            counts.append(len(queries))
        return counts

    DEEDS[deed](settling, as_, settling.lines.late)
    few = asked()
    for line in (settling.lines.bonus, settling.lines.sudden, settling.lines.plan):
        DEEDS[deed](settling, as_, line)
    assert asked() == few
