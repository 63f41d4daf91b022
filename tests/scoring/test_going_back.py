"""What becomes of findings, explanations and settled lines once the year goes back."""

import re
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from blocks import clock
from blocks.models import Change
from scoring.acts import copy_found_to_final
from scoring.inspection_paper import inspection_facts
from scoring.methods import Method
from scoring.models import Agreement, Evidence, Explanation, Filing, Response, Season
from scoring.papers import reason_of
from scoring.phases import Column, Phase
from tests.conftest import put_in_phase
from tests.scoring.sheets import address, key
from tests.scoring.stage import (
    agree,
    agree_to_changes,
    card_of,
    change_unasked,
    explain,
    opened,
    reply,
    words,
)
from tests.scoring.test_line import a_file, line_page
from tests.scoring.worked import settle_all

READERS = ("ash", "birch", "cedar", "officer")
# what was found at first, what is found again, what is settled then and whether its reason stays
FOUND_AGAIN = [("1", "3", "Sổ"), ("2", "2", ""), ("3", "3", "")]


def test_an_agreement_lapses_when_the_findings_may_change(settling, as_):
    agree(settling, as_)
    Season.objects.get(pk=settling.season.pk).go_back(settling.cedar_seat, "Kiểm tra lại")
    given = Agreement.objects.get()
    assert given.lapsed_at is not None
    put_in_phase(settling, Phase.SETTLEMENT)
    opened(settling.season, settling.cedar_seat)
    assert card_of(settling).response == Response.AWAITED
    told = "the agreement of 28/09/2026 lapsed, for the year went back; explain what you dispute"
    assert told in words(as_(settling.ash).get("/"))
    assert agree(settling, as_).status_code == 302
    assert Agreement.objects.count() == 2
    assert "lapsed, for the year went back" not in words(as_(settling.ash).get("/"))


def test_before_the_year_goes_back_it_is_said_what_lapses_and_what_stays(settling, as_):
    url = reverse("go_back", args=[settling.season.pk, "inspection"])
    lapses, stays, fixed = (
        "The agreement of 1 unit lapses; it agrees or explains anew.",
        "What was settled otherwise than found stays where the finding stays the same.",
        "does not stand until every sheet is settled; then it stands again, or is fixed anew",
    )
    text = words(as_(settling.cedar).get(url))
    assert not any(said in text for said in (lapses, stays, fixed))
    agree(settling, as_)
    change_unasked(settling, 3)
    Filing.objects.filter(column=Column.FINAL).delete()
    settle_all(settling.season)
    settling.season.rankings.create(by=settling.cedar_seat)
    text = words(as_(settling.cedar).get(url))
    assert all(said in text for said in (lapses, stays, fixed))


def found_again(cast, value) -> None:
    """The year goes back to the inspection, where so much is found, and on again."""
    Season.objects.get(pk=cast.season.pk).go_back(cast.cedar_seat, "Kiểm tra lại")
    found = cast.card.entries.filter(criterion=cast.lines.late, column=Column.FOUND)
    found.update(actual=Decimal(value), note="Sổ công văn", at=clock.now())
    opened(cast.season, cast.cedar_seat)
    copy_found_to_final(put_in_phase(cast, Phase.SETTLEMENT))


def without_the_line(cast, **anew) -> None:
    """The year goes back to planning, where the line of the late reports is given another code, or
    what else is said ``anew``, and on again to the settlement."""
    while not (season := Season.objects.get(pk=cast.season.pk)).is_planning:
        season.go_back(cast.cedar_seat, "Sửa thang điểm")
    scale = season.scale.amended()
    scale.criteria.filter(code=cast.lines.late.code).update(**anew or {"code": "II.9"})
    scale.lock(cast.cedar_seat)
    copy_found_to_final(put_in_phase(cast, Phase.SETTLEMENT))
    opened(cast.season, cast.cedar_seat)


def test_a_base_that_is_registered_since_the_scale_was_amended_counts_on_every_page(settling, as_):
    sudden = settling.lines.sudden  # 4/4 was claimed and found
    explain(settling, as_, sudden)
    answer = {key(sudden): "3", key(sudden, "target"): "4", "reason": "Sổ"}
    as_(settling.cedar).post(f"/explanations/{Explanation.objects.get().pk}/answer/", answer)
    while not (season := Season.objects.get(pk=settling.season.pk)).is_planning:
        season.go_back(settling.cedar_seat, "Sửa thang điểm")
    scale = season.scale.amended()
    locking, told = reverse("lock_scale", args=[scale.pk]), "takes it from elsewhere: I.2."
    assert told not in words(as_(settling.cedar).get(locking))
    scale.criteria.filter(code__in=["I.2", "B.1"]).update(denominator="registered")
    assert told in words(as_(settling.cedar).get(locking))
    with clock.standing_on(date(2026, 9, 29)):
        scale.lock(settling.cedar_seat)
    line = scale.criteria.get(code="I.2")
    registered = {"seat": settling.ash.seats.get(), "target": 5, "column": Column.TARGET}
    settling.card.entries.create(criterion=line, **registered)
    copy_found_to_final(put_in_phase(settling, Phase.SETTLEMENT))
    opened(settling.season, settling.cedar_seat)
    settling.card.entries.filter(criterion=line, column=Column.FOUND).update(target=None)
    assert not card_of(settling).differs(line, Column.FOUND)
    change_unasked(settling, 2, line)
    page = words(as_(settling.ash).get(address(settling.card, "final")))
    assert "Đột xuất 20 5 – 4/5 16,00 4/5 16,00 2/5 8,00" in page
    assert "3/5 2/5 12,00 8,00 85,50 81,50" in page
    assert re.search(r"4/4 3/4 [0-9,]+ [0-9,]+ when it was answered, by the scale of", page)


@pytest.mark.parametrize(("again", "settled", "reason"), FOUND_AGAIN)
def test_what_was_changed_stays_when_the_settlement_begins_anew_if_the_finding_is_the_same(
    settling, again, settled, reason
):
    change_unasked(settling, 3)
    found_again(settling, again)
    entry = card_of(settling).settled(settling.lines.late)
    assert (entry.actual, entry.note) == (Decimal(settled), reason)
    assert entry.seat == (settling.cedar_seat if reason else None)


def test_an_answer_stays_when_the_year_is_inspected_again_and_the_finding_is_the_same(
    settling, as_
):
    explain(settling, as_)
    told = words(as_(settling.ash).get(line_page(settling, settling.lines.late)))
    assert "Total and rank compare" not in told
    reply(settling, as_)
    told = words(as_(settling.ash).get(line_page(settling, settling.lines.late)))
    told = told.partition("Total and rank compare")[2]
    found_again(settling, 1)
    assert told in words(as_(settling.ash).get(line_page(settling, settling.lines.late)))
    card = card_of(settling)
    assert (card.settled(settling.lines.late).actual, card.changes) == (Decimal(0), [])
    assert settling.lines.late not in dict(card.lacking(Column.FINAL))


def test_what_was_found_otherwise_after_an_answer_is_nobody_s_change_and_may_be_explained_again(
    settling, as_
):
    explain(settling, as_)
    reply(settling, as_)
    found_again(settling, 2)
    page = words(as_(settling.ash).get(line_page(settling, settling.lines.late)))
    told = "Found otherwise when it was inspected again Lowered The reason is not given yet. 0 2"
    assert told in page
    card = card_of(settling)
    assert card.may_not_explain(settling.lines.late) == ""
    lacking = dict(card.lacking(Column.FINAL))[settling.lines.late]
    assert lacking == "Khác với giá trị đã trả lời giải trình, phải nêu lý do."
    told = "Found otherwise when it was inspected again Lowered Sổ mới"
    card.write(settling.cedar, Column.FINAL, {settling.lines.late.pk: {"note": "Sổ mới"}})
    assert reason_of(card_of(settling), settling.lines.late) == "Sổ mới"  # nobody answered that
    for _again in range(2):  # the reason stays with the finding
        page = words(as_(settling.ash).get(line_page(settling, settling.lines.late)))
        assert told in page
        found_again(settling, 2)
    explain(settling, as_)
    reply(settling, as_, "2", "Đã kiểm tra lại.")
    page = words(as_(settling.ash).get(line_page(settling, settling.lines.late)))
    assert told in page
    assert "Changed" not in page


def test_an_explanation_lapses_when_the_line_is_found_otherwise_before_it_is_answered(
    settling, as_
):
    unit, line = as_(settling.ash), settling.lines.late
    explain(settling, as_)
    number = Explanation.objects.get().pk
    found_again(settling, 2)
    told_at_home = f"Explanation lapsed: {line.code}"
    home = words(unit.get("/"))
    assert told_at_home in home
    assert "May agree or explain" in words(as_(settling.cedar).get(address(settling.card, "final")))
    anew = f"found otherwise since; each may be explained anew: {line.code}"
    assert anew in words(unit.get(address(settling.card, "found")))
    told = "Lapsed: found otherwise since 1 2 19,50 19,00"
    assert told in words(unit.get(line_page(settling, line)))
    for act, who in (("take-back", settling.ash), ("answer", settling.cedar)):
        answer = as_(who).get(f"/explanations/{number}/{act}/")
        said = "The explanation lapsed: the line was found otherwise since."
        assert (answer.status_code, said in words(answer)) == (422, True)
    explain(settling, as_, text="Sổ ghi sai ngày.")
    assert anew not in words(unit.get(address(settling.card, "found")))
    home = words(unit.get("/"))
    assert told_at_home not in home
    reply(settling, as_, "2", "Giữ nguyên.")
    page = words(unit.get(line_page(settling, line)))
    assert told in page
    assert "Kept as it was Giữ nguyên." in page
    assert "Lowered" not in page
    assert card_of(settling).changes == []


def test_an_explanation_still_waits_when_the_line_is_found_as_it_was(settling, as_):
    explain(settling, as_)
    with clock.standing_on(date(2026, 9, 30)):
        found_again(settling, 1)
        assert card_of(settling).unanswered == {settling.lines.late.pk}
        home = words(as_(settling.ash).get("/"))  # all was found anew, so it is asked for all
        season = words(as_(settling.cedar).get(settling.season.get_absolute_url()))
        assert "Explanation lapsed" not in home
        assert "Agree or explain" in home
        waits = "May agree or explain until 07/10/2026; 1 explanation waits for its answer"
        assert all(waits in text for text in (home, season))
        assert reply(settling, as_).status_code == 302


def test_moving_on_tells_which_explanations_lapse_and_going_back_that_they_may(settling, as_):
    explain(settling, as_)
    waits = "What was explained waits for its answer where the finding stays the same."
    assert waits in words(
        as_(settling.cedar).get(reverse("go_back", args=[settling.season.pk, "inspection"]))
    )
    season = Season.objects.get(pk=settling.season.pk)
    season.go_back(settling.cedar_seat, "Kiểm tra lại")
    said = f"Ash: its explanation of {settling.lines.late.code} lapses"
    assert said not in words(as_(settling.cedar).get(season.get_absolute_url()))
    found = settling.card.entries.filter(criterion=settling.lines.late, column=Column.FOUND)
    found.update(actual=2)
    assert said in words(as_(settling.cedar).get(season.get_absolute_url()))


@pytest.mark.parametrize("ended", [reply, lambda cast, as_: found_again(cast, 2)])
def test_what_was_explained_follows_its_line_to_an_amended_scale_and_is_never_changed_otherwise(
    settling, as_, ended
):
    explain(settling, as_)
    ended(settling, as_)
    while not (season := Season.objects.get(pk=settling.season.pk)).is_planning:
        season.go_back(settling.cedar_seat, "Sửa thang điểm")
    scale = season.scale.amended()
    with clock.standing_on(date(2026, 9, 29)):
        scale.lock(settling.cedar_seat)
    explanation = Explanation.objects.get()
    assert explanation.criterion.scale == scale
    put_in_phase(settling, Phase.SETTLEMENT)
    page = words(as_(settling.ash).get(address(settling.card, "final")))
    assert ("when it was answered, by the scale of that time" in page) == bool(explanation.answer)
    told = "1 0 93,50 94,00" if explanation.answer else "1 2 19,50 19,00 – –"
    assert told in page  # the points on the line were those of another scale
    rule = "an_explanation_that_is_over_only_follows_its_line"
    for change in (explanation.delete, lambda: Explanation.objects.update(text="Khác")):
        with pytest.raises(IntegrityError, match=rule), transaction.atomic():
            change()


def test_what_was_answered_and_found_otherwise_since_is_told_alike_on_every_page(settling, as_):
    unit, head, sheet = as_(settling.ash), as_(settling.cedar), address(settling.card, "final")
    season, agreeing = settling.season.get_absolute_url(), f"/cards/{settling.card.pk}/agree/"
    explain(settling, as_)
    waits = "What it explained is not given up: each explanation is answered."
    assert waits in words(unit.get(agreeing))
    reply(settling, as_)
    with clock.standing_on(date(2026, 9, 30)):
        found_again(settling, 2)
        asked = words(unit.get(agreeing))
        assert "agree to the rest of what was found?" in asked
        assert waits not in asked
        agree(settling, as_)
        for url in (sheet, line_page(settling, settling.lines.late)):
            page = words(unit.get(url))
            assert "hanged after the finding or after the answer" in page
            assert "without having been disputed" not in page
        for url in (sheet, season, reverse("show_board", args=[settling.season.pk])):
            page = words(head.get(url))
            assert "The unit may still agree or explain until 07/10/2026." in page
            assert "Agrees to the rest" not in page
        agree_to_changes(settling, as_)
        said = "Agrees to the rest of the findings and to what was changed"
        assert said in words(head.get(season))


def test_a_unit_whose_agreement_lapsed_is_asked_for_all_though_a_line_was_changed_too(
    settling, as_
):
    agree(settling, as_)
    change_unasked(settling, 3)
    again = "it may be explained once more"
    assert again in words(as_(settling.ash).get("/"))
    found_again(settling, 1)
    home = words(as_(settling.ash).get("/"))
    assert "A line has changed" in home
    assert "explain what you dispute; silence is agreement" in home
    assert again not in home


def test_a_unit_that_explained_is_asked_again_once_the_findings_opened_anew(settling, as_):
    explain(settling, as_)
    reply(settling, as_)
    home = words(as_(settling.ash).get("/"))
    assert "Agree or explain" not in home
    with clock.standing_on(date(2026, 9, 30)):
        found_again(settling, 1)
        home = words(as_(settling.ash).get("/"))
    assert "May agree or explain until 07/10/2026" in home
    assert "Agree or explain" in home


def test_going_back_and_on_writes_nothing_anew_of_what_was_found_alike(settling):
    copied = settling.card.entries.filter(column=Column.FINAL, seat=None)
    keys = [str(entry.pk) for entry in copied]
    written = Change.objects.filter(table="scoring_entry", act="update", row__in=keys)
    before = written.count()
    Season.objects.get(pk=settling.season.pk).go_back(settling.cedar_seat, "Kiểm tra lại")
    with clock.standing_on(date(2026, 9, 30)):
        copy_found_to_final(put_in_phase(settling, Phase.SETTLEMENT))
    assert (len(keys) > 1, written.count()) == (True, before)


def test_moving_on_tells_which_settled_lines_lapse(settling, as_):
    change_unasked(settling, 3)
    Season.objects.get(pk=settling.season.pk).go_back(settling.cedar_seat, "Kiểm tra lại")
    url = settling.season.get_absolute_url()
    said = f"Ash: what was settled on {settling.lines.late.code} lapses"  # the head competes
    assert said not in words(as_(settling.cedar).get(url))
    settling.card.entries.filter(criterion=settling.lines.late, column=Column.FOUND).update(
        actual=2
    )
    page = as_(settling.cedar).get(url)
    assert said in words(page)
    line = f"{address(settling.card, 'found')}#line-{settling.lines.late.pk}"
    assert f'href="{line}"' in page.content.decode()


def test_unit_and_settler_are_told_at_home_and_on_the_sheet_which_settled_lines_lapsed_meanwhile(
    settling, as_
):
    line = settling.lines.late
    told = f"what was settled on {line.code} lapsed: it was found otherwise since"
    said = f"What was settled there lapsed, for it was found otherwise since: {line.code}"

    def who_reads(sentence, url):
        return {who: sentence in words(as_(getattr(settling, who)).get(url)) for who in READERS}

    def on_sheet():
        return who_reads(said, address(settling.card, "final"))

    def at_home():
        home = who_reads(told, "/")
        assert on_sheet() == home
        return home

    nobody = dict.fromkeys(READERS, False)
    change_unasked(settling, 3)
    found_again(settling, 1)
    assert at_home() == nobody  # it was found as before
    found_again(settling, 2)
    assert at_home() == nobody | {"ash": True, "cedar": True}
    with clock.standing_on(date(2026, 10, 20)):  # its unit explains no more
        assert on_sheet() == nobody | {"cedar": True}
    sent_at = clock.now() + timedelta(minutes=1)
    filing = settling.card.filing_of(settling.cedar_seat, Column.FINAL)
    Filing.objects.filter(pk=filing.pk).update(sent_at=sent_at)  # concluded, and taken back
    assert at_home() == nobody
    Filing.objects.filter(pk=filing.pk).update(sent_at=None)
    change_unasked(settling, 3)
    assert at_home() == nobody


def test_who_read_an_explanation_finds_it_in_the_history_of_a_year_that_went_back(settling, as_):
    explain(settling, as_)
    Season.objects.get(pk=settling.season.pk).go_back(settling.cedar_seat, "Kiểm tra lại")
    readers = (settling.ash, settling.cedar, settling.officer, settling.birch)
    pages = [as_(each).get(f"/history/card/{settling.card.pk}/") for each in readers]
    offered = ['value="explanation"' in page.content.decode() for page in pages]
    assert offered == [True, True, True, False]  # who inspects reads it once settlement goes on
    assert ["Báo cáo gửi đúng hạn." in words(page) for page in pages] == offered


@pytest.mark.parametrize("answered", [True, False])
def test_while_the_year_is_back_the_line_shows_who_could_read_it_the_words_without_the_values(
    settling, as_, answered
):
    explain(settling, as_, file=a_file())
    if answered:
        reply(settling, as_)
    Season.objects.get(pk=settling.season.pk).go_back(settling.cedar_seat, "Kiểm tra lại")
    file, acts = f"/evidence/{Evidence.objects.get().pk}/", ("take-back", "answer/")
    told = "Báo cáo gửi đúng hạn.", "Đã đối chiếu sổ văn bản."
    for who in ("ash", "ash_clerk", "cedar", "officer", "birch"):
        reads, browser = who != "birch", as_(getattr(settling, who))
        answer = browser.get(line_page(settling, settling.lines.late))
        page = answer.content.decode()
        assert [text in words(answer) for text in told] == [reads, reads and answered]
        assert not any(value in words(answer) for value in ("Result, points", "Raised"))
        history = words(browser.get(f"/history/card/{settling.card.pk}/"))
        assert ("Total after" in history, told[0] in history) == (False, reads)
        given = browser.get(file)
        assert (file in page, given.status_code) == (reads, 200 if reads else 403)
        assert not reads or b"".join(given.streaming_content)
        assert not any(act in page for act in acts)


@pytest.mark.parametrize("answered", [True, False])
def test_what_was_explained_on_a_line_that_the_scale_lost_is_still_read(settling, as_, answered):
    explain(settling, as_)
    if answered:
        reply(settling, as_)
    without_the_line(settling)
    verdict = "Line removed from the scale, or scored another way now"
    for url in (
        address(settling.card, "final"),
        reverse("show_board", args=[settling.season.pk]),
    ):
        page = as_(settling.ash).get(url)
        assert "Báo cáo gửi đúng hạn." in words(page)
        assert verdict in words(page)
        assert "Raised" not in words(page)
        assert "Found otherwise when it was inspected again" not in words(page)
        assert line_page(settling, settling.lines.late) not in page.content.decode()


def test_the_page_of_a_line_that_is_scored_otherwise_shows_what_was_said_on_it_before(
    settling, as_
):
    code = settling.lines.late.code
    explain(settling, as_)
    Evidence.objects.create(
        card=settling.card, criterion=settling.lines.late, column=Column.CLAIMED, number=12,
        symbol="BC-TTr", dated=date(2026, 9, 1), subject="Báo cáo", seat=settling.ash.seats.get(),
    )  # fmt: skip
    without_the_line(settling, method=Method.PASS_FAIL)
    line = Season.objects.get(pk=settling.season.pk).scale.criteria.get(code=code)
    page = words(as_(settling.ash).get(line_page(settling, line)))
    assert "Báo cáo gửi đúng hạn." in page
    assert "12/BC-TTr, 01/09/2026 Báo cáo of the line as an earlier version" in page
    home = words(as_(settling.ash).get("/"))
    assert "Agree or explain" in home
    assert "Explanation lapsed" not in home  # it can never be explained anew


def test_nobody_waits_for_an_answer_on_a_line_that_the_scale_lost(settling, as_):
    explain(settling, as_)
    without_the_line(settling)
    explanation = Explanation.objects.get()
    for url in ("/", address(settling.card, "final"), settling.season.get_absolute_url()):
        page = words(as_(settling.cedar).get(url))
        assert "May agree or explain until" in page or url == "/"
        assert "waits for its answer" not in page
        assert (
            f"/explanations/{explanation.pk}/" not in as_(settling.cedar).get(url).content.decode()
        )
    for user, act in ((settling.cedar, "answer"), (settling.ash, "take-back")):
        assert as_(user).get(f"/explanations/{explanation.pk}/{act}/").status_code == 404
    home = words(as_(settling.ash).get("/"))
    assert "Agree or explain" in home
    assert "agree to all that was found" in words(
        as_(settling.ash).get(f"/cards/{settling.card.pk}/agree/")
    )


def test_minutes_of_an_inspection_cite_nothing_of_a_line_that_the_scale_lost(settling, as_):
    backs = {"number": 12, "symbol": "BC-TTr", "dated": date(2026, 9, 1), "subject": "Báo cáo"}
    for line in (settling.lines.late, settling.lines.plan):
        Evidence.objects.create(
            card=settling.card, criterion=line, column=Column.CLAIMED,
            seat=settling.ash.seats.get(), **backs,
        )  # fmt: skip
    without_the_line(settling)
    seen = inspection_facts(card_of(settling))["seen"]
    assert [each["code"] for each in seen] == [settling.lines.plan.code]


def test_what_backs_a_line_that_the_scale_lost_is_linked_on_the_sheet(settling, as_):
    file = Evidence.objects.create(
        card=settling.card, criterion=settling.lines.late, column=Column.CLAIMED,
        seat=settling.ash.seats.get(), file="late.pdf", file_name="Báo cáo chậm.pdf",
        kind="application/pdf", sha256="0" * 64, size=9,
    )  # fmt: skip
    url, linked = address(settling.card, "claimed"), f'href="/evidence/{file.pk}/"'
    with CaptureQueriesContext(connection) as queries:
        assert linked not in as_(settling.ash).get(url).content.decode()
    assert not [each for each in queries if 'FROM "scoring_evidence"' in each["sql"]]
    without_the_line(settling)
    page = as_(settling.ash).get(url).content.decode()
    assert linked in page
    assert "Evidence that did not go on to the scale as it is now" in page


def test_what_was_settled_on_a_line_that_the_scale_lost_is_told_not_to_count(settling, as_):
    change_unasked(settling, 3)
    without_the_line(settling)
    page = words(as_(settling.ash).get(address(settling.card, "final")))
    assert "Line removed from the scale, or scored another way now" in page
    assert "Lowered" not in page


def test_an_answer_sent_once_the_year_went_back_is_refused_and_not_lost(settling, as_):
    explain(settling, as_)
    Season.objects.get(pk=settling.season.pk).go_back(settling.cedar_seat, "Kiểm tra lại")
    answer = reply(settling, as_, "2", "Đã xem sổ gốc.")
    assert answer.status_code == 422
    assert "Findings are answered while cards are settled." in words(answer)
    assert "Đã xem sổ gốc." in answer.content.decode()
    assert reply(settling, as_, who=settling.birch).status_code == 403
