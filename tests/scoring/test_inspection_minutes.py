"""The minutes of a cross-inspection and the registration of titles: who reads, writes, fixes."""

import re
from datetime import date, time

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from awards.needs import left_open
from blocks import clock, paper_facts
from blocks.models import Role, stamp
from scoring.inspection_paper import confirmed_at, inspection_facts, inspection_of
from scoring.models import Entry, Evidence, Filing, Inspection, Scorecard, Season, SheetPaper
from scoring.needs import inspection_minutes_are_final
from scoring.papers import titles_facts, titles_of
from scoring.phases import Column, Phase
from scoring.views.inspection import LABELS
from tests.conftest import person, put_in_phase
from tests.factories import AwardFactory, CriterionFactory, ScaleFactory
from tests.scoring.worked import worked_example

WORDS = dict.fromkeys(LABELS, "")
LOADED = {f"seen-{name}": stamp("") for name in LABELS}


@pytest.fixture
def year(db):
    """The worked example; TCTT inspected TTTT on 5 October 2021, and confirmed."""
    on = worked_example()
    card = on.cards["TTTT"]
    card.inspection.__class__.objects.filter(card=card).update(
        held_on=date(2021, 10, 5),
        place="Trụ sở",
        leader="Bà Hương",
        leader_position="Phó Chánh Thanh tra",
        team="Ông Minh\n\nBà Hà",
    )
    on.clerk = person("clerk of TCTT", Role.CLERK, unit=on.units["TCTT"])
    on.inspection = card.inspection
    return on


def card_of(year, code="TTTT"):
    return Scorecard.objects.for_sheet().get(pk=year.cards[code].pk)


def confirm(year):
    """Every inspecting unit of TTTT has confirmed."""
    for each in card_of(year).inspectors:
        filing, _made = Filing.objects.get_or_create(
            card=year.cards["TTTT"], column=Column.FOUND, unit=each.unit
        )
        Filing.objects.filter(pk=filing.pk).update(state="sent", sent_at=clock.now())


def unconfirm(year):
    year.cards["TTTT"].filings.filter(column=Column.FOUND).update(state="filling", sent_at=None)


def at(year, name="inspection_minutes"):
    return reverse(name, args=[year.inspection.pk])


def phase(year, wanted):
    Season.objects.filter(pk=year.season.pk).update(phase=wanted)


def test_the_facts_hold_team_place_and_each_line_s_claim_finding_and_reason(year):
    facts = inspection_facts(card_of(year))
    wanted = set(paper_facts.InspectionFacts.__required_keys__)
    assert set(facts) == wanted - {"code", "replaces"}
    assert (facts["held"], facts["leader"], facts["team"]) == (
        "2021-10-05", "Bà Hương, Phó Chánh Thanh tra", ["Ông Minh", "Bà Hà"],
    )  # fmt: skip
    assert "Bà Hương" in [signature["name"] for signature in facts["signatures"]]
    assert facts["inspectors"] == [year.units["TCTT"].name]
    assert facts["issuer"]["name"] == year.units["TCTT"].name
    lines = {line["code"]: line for line in facts["lines"]}
    assert lines["I.1"]["columns"] == {
        "claimed": {"result": "50/50", "points": "30,00"},
        "found": {"result": "49/50", "points": "29,40"},
    }
    assert lines["I.1"]["difference"] == "−0,60"
    total = facts["lines"][-1]["columns"]
    assert (total["claimed"]["points"], total["found"]["points"]) == ("101,00", "99,90")


def test_the_facts_cite_the_papers_seen_by_line(year):
    card = card_of(year)
    lines = {line.code: line for line in card.season.criteria}
    seat = year.people["TTTT"].seats.get()
    same = {"card": card, "seat": seat}
    Evidence.objects.create(
        criterion=lines["I.2"], column=Column.CLAIMED, file="x", file_name="Sổ.pdf",
        kind="application/pdf", size=9, sha256="0" * 64, **same,
    )  # fmt: skip
    Evidence.objects.create(
        criterion=lines["I.1"], column=Column.FOUND, number="15", symbol="QĐ-TTTT",
        dated=date(2021, 1, 12), subject="giao kế hoạch", original_seen=True, **same,
    )  # fmt: skip
    Evidence.objects.create(
        criterion=lines["I.1"], column=Column.TARGET, number="1", symbol="KH",
        dated=date(2021, 1, 5), subject="đăng ký", **same,
    )  # fmt: skip
    assert inspection_facts(card)["seen"] == [
        {"code": "I.1", "papers": [
            "Văn bản số 15/QĐ-TTTT ngày 12/01/2021 giao kế hoạch (đã đối chiếu bản gốc)"
        ]},
        {"code": "I.2", "papers": ["Sổ.pdf"]},
    ]  # fmt: skip


ROLES = [
    # who            writes while inspecting, in settlement; reads in settlement
    ("clerk",        200, 200, True),   # of the inspecting unit
    ("TCTT",         200, 200, True),
    ("TTTT",         403, 200, False),  # the inspected unit
    ("BTT",          403, 200, False),
    ("officer",      403, 200, False),
]  # fmt: skip


@pytest.mark.parametrize(("who", "inspecting", "settling", "writes"), ROLES)
def test_who_reads_and_who_writes_the_minutes(year, as_, who, inspecting, settling, writes):
    browser = as_(getattr(year, who, None) or year.people[who])
    phase(year, Phase.INSPECTION)
    assert browser.get(at(year)).status_code == inspecting
    phase(year, Phase.SETTLEMENT)
    page = browser.get(at(year))
    assert page.status_code == settling
    assert ("<textarea" in page.content.decode()) == writes
    said = browser.post(at(year), WORDS | LOADED | {"strengths": "Tốt"})
    assert said.status_code == (302 if writes else 403)
    assert SheetPaper.objects.exists() == writes


def test_in_a_year_that_went_back_before_the_inspection_nobody_reads_them_and_is_told_so(year, as_):
    phase(year, Phase.SELF_SCORING)
    told = "Before the season is in “Cross-inspection” nobody writes or reads these minutes"
    for name in ("inspection_minutes", "finalise_inspection"):
        answer = as_(year.people["TCTT"]).get(at(year, name))
        assert (answer.status_code, told in answer.content.decode()) == (403, True)


def test_nobody_of_another_block_sees_the_minutes(year, as_, cast):
    for name in ("inspection_minutes", "inspection_pdf", "finalise_inspection"):
        assert as_(cast.ash).get(at(year, name)).status_code == 404


def test_the_words_stand_on_the_page_and_in_the_draft(year, as_):
    browser = as_(year.clerk)
    said = {name: f"Lời về {name}." for name in LABELS}
    assert browser.post(at(year), said | LOADED).status_code == 302
    page = browser.get(at(year)).content.decode()
    for text in said.values():
        assert page.count(text) == 2  # in its box and as it prints
    pdf = browser.get(at(year, "inspection_pdf"))
    assert pdf.content.startswith(b"%PDF")
    assert "no-store" in pdf["Cache-Control"]


def test_two_who_write_the_same_part_are_told_of_each_other(year, as_):
    browser = as_(year.clerk)
    browser.post(at(year), WORDS | LOADED | {"limits": "Một"})
    answer = browser.post(at(year), WORDS | LOADED | {"limits": "Hai"})
    assert answer.status_code == 409
    assert "Một" in answer.content.decode()
    assert SheetPaper.objects.get().words["limits"] == "Một"


def test_the_minutes_are_fixed_by_an_inspecting_principal_once_all_have_confirmed(year, as_):
    unconfirm(year)
    principal = as_(year.people["TCTT"])
    assert principal.post(at(year, "finalise_inspection")).status_code == 422
    assert not SheetPaper.objects.exists()
    confirm(year)
    assert as_(year.clerk).post(at(year, "finalise_inspection")).status_code == 403
    assert as_(year.people["TTTT"]).post(at(year, "finalise_inspection")).status_code == 403
    as_(year.clerk).post(at(year), WORDS | LOADED | {"opinion": "Thống nhất."})
    assert principal.post(at(year, "finalise_inspection")).status_code == 302
    paper = SheetPaper.objects.get()
    assert (paper.final, paper.issuer, paper.unit) == (
        True, year.units["TCTT"], year.units["TTTT"],
    )  # fmt: skip
    assert paper.words["opinion"] == "Thống nhất."
    assert principal.get(at(year)).url == paper.get_absolute_url()
    assert principal.post(at(year, "finalise_inspection")).status_code == 422
    assert as_(year.people["TTTT"]).get(reverse("paper_pdf", args=[paper.pk])).status_code == 200


def test_what_would_print_as_dots_is_told_before_the_minutes_are_fixed(year, as_):
    confirm(year)
    phase(year, Phase.INSPECTION)
    principal = as_(year.people["TCTT"])
    principal.post(at(year), WORDS | LOADED | {"strengths": "Đúng hạn.", "limits": "Không."})
    type(year.inspection).objects.filter(pk=year.inspection.pk).update(place="")
    page = principal.get(at(year, "finalise_inspection")).content.decode()
    told = re.findall("“([^”]+)” is empty", page)
    assert told == [
        "Place", "Decision that set up the team",
        "Hours the team worked; the day is printed after them", "Recommendations",
        "What the inspected unit says",
    ]  # fmt: skip
    way = f'<a href="{reverse("edit_inspection", args=[year.inspection.pk])}">'
    assert way in page
    by_hand = "“Place” is empty and stays so, for the inspection is over: write it by hand"
    assert by_hand not in page
    phase(year, Phase.SETTLEMENT)  # place and leader are not mended any more
    page = principal.get(at(year, "finalise_inspection")).content.decode()
    assert (way in page, by_hand in page) == (False, True)
    assert principal.post(at(year, "finalise_inspection")).status_code == 302


@pytest.mark.parametrize("lacking", [{"leader": ""}, {"held_on": None}])
def test_a_day_or_leader_not_noted_is_told_before_the_inspection_is_over(year, lacking):
    phase(year, Phase.INSPECTION)
    inspections = type(year.inspection).objects
    inspections.update(held_on=date(2021, 10, 5), leader="Bà Hương")

    def told():
        season = Season.objects.get(pk=year.season.pk)
        return [each.sentence for each in season.left_open if "trưởng đoàn" in each.sentence]

    assert told() == []
    inspections.filter(pk=year.inspection.pk).update(**lacking)
    assert [sentence.rpartition(": ")[2] for sentence in told()] == ["TTTT."]
    for each in card_of(year).inspectors:
        year.season.waive(each.unit, Column.FOUND, year.people["TTTT"].seats.get(), "Bão lũ")
    assert told() == []


def test_all_inspecting_units_confirm_before_the_minutes_are_fixed(year, as_):
    year.inspection.inspectors.create(unit=year.units["BTT"])
    confirm(year)
    assert confirmed_at(card_of(year)) is not None
    Filing.objects.filter(card=year.cards["TTTT"], unit=year.units["BTT"]).update(
        state="filling", sent_at=None
    )
    assert confirmed_at(card_of(year)) is None
    grows, over = "the facts may still change", "The inspection is over, and not every inspecting"
    for now, said in ((Phase.INSPECTION, [True, False]), (Phase.SETTLEMENT, [False, True])):
        phase(year, now)
        page = as_(year.clerk).get(at(year)).content.decode()
        assert [each in page for each in (grows, over)] == said
    year.season.waivers.create(
        unit=year.units["BTT"], column=Column.FOUND, reason="Hỏa hoạn",
        by=year.people["TTTT"].seats.get(),
    )  # fmt: skip
    assert confirmed_at(card_of(year)) is not None


def excuse(year, unit="TCTT", column=Column.FOUND) -> None:
    """The unit that inspects is excused, or another."""
    year.season.waivers.create(
        unit=year.units[unit], column=column, reason="Hỏa hoạn",
        by=year.people["TTTT"].seats.get(),
    )  # fmt: skip


def test_who_confirmed_and_was_excused_later_has_inspected(year, as_):
    confirm(year)
    excuse(year)
    assert confirmed_at(card_of(year)) is not None
    phase(year, Phase.SETTLEMENT)
    reader = as_(year.people["BTT"])
    assert reader.get(at(year)).status_code == 200
    plan = reader.get(reverse("show_plan", args=[year.season.pk])).content.decode()
    assert at(year) in plan


@pytest.mark.parametrize("waived", [("TCTT", Column.FOUND), ("TTTT", Column.CLAIMED)])
def test_where_nobody_inspected_there_are_no_minutes(year, as_, waived):
    Filing.objects.filter(card=year.cards["TTTT"], column=Column.FOUND).update(
        state="filling", sent_at=None
    )
    excuse(year, *waived)
    phase(year, Phase.SETTLEMENT)
    reader = as_(year.people["BTT"])
    assert reader.get(at(year)).status_code == 404
    plan = reader.get(reverse("show_plan", args=[year.season.pk])).content.decode()
    assert at(year) not in plan


def test_the_final_minutes_are_corrected_by_the_inspecting_principal(year, as_):
    confirm(year)
    principal = as_(year.people["TCTT"])
    principal.post(at(year), WORDS | LOADED | {"limits": "Không"})
    principal.post(at(year, "finalise_inspection"))
    old = SheetPaper.objects.get()
    address = reverse("correct_paper", args=[old.pk])
    assert as_(year.people["TTTT"]).post(address, {"reason": "Sai"}).status_code == 403
    assert principal.post(address, {"reason": "Ghi thiếu hạn chế"}).status_code == 302
    page = principal.get(at(year)).content.decode()
    assert "thay thế văn bản chưa cấp số" in page
    assert "Ghi thiếu hạn chế" in page
    assert principal.post(at(year, "finalise_inspection")).status_code == 302
    assert SheetPaper.objects.get(replaces=old.pk).words["limits"] == "Không"


def test_findings_confirmed_anew_make_other_minutes_with_the_same_words_that_say_why(year, as_):
    confirm(year)
    first = inspection_of(card_of(year))
    first.say({"limits": "Không", "correction": "x"})
    first.finalise(b"%PDF", year.people["TCTT"])
    with clock.standing_on(clock.today() + (date(2021, 1, 2) - date(2021, 1, 1))):
        confirm(year)
        why, browser = "Kết quả kiểm tra chéo được xác nhận lại", as_(year.people["TCTT"])
        page = browser.get(at(year)).content.decode()
        assert f"({why})" in page
        assert re.search(r'<textarea name="limits"[^>]*>\s*Không</textarea>', page)
        asked = browser.get(reverse("finalise_inspection", args=[year.inspection.pk]))
        assert "“Limits” is empty" not in asked.content.decode()
        seen = {"seen-limits": stamp("Không"), "seen-opinion": stamp("")}
        said = {"limits": "Không", "opinion": "Thống nhất"} | seen
        assert browser.post(at(year), said).status_code == 302
        second = inspection_of(card_of(year))
    assert second.replaces_id == first.pk
    assert {name: text for name, text in second.words.items() if text} == {
        "limits": "Không",
        "opinion": "Thống nhất",
        "correction": why,
    }
    assert first.title in second.facts["replaces"]


def test_the_plan_leads_to_the_minutes_whoever_may_read_them(year, as_):
    address = reverse("show_plan", args=[year.season.pk])
    phase(year, Phase.INSPECTION)
    assert at(year) in as_(year.clerk).get(address).content.decode()
    assert at(year) not in as_(year.people["BTT"]).get(address).content.decode()
    phase(year, Phase.SETTLEMENT)
    assert at(year) in as_(year.people["BTT"]).get(address).content.decode()


def test_an_inspection_that_no_unit_makes_has_no_minutes(year, as_):
    year.inspection.inspectors.all().delete()
    assert as_(year.people["TTTT"]).get(at(year)).status_code == 404


def test_the_minutes_cost_the_same_for_few_papers_seen_and_for_many(year):
    def asked():
        with CaptureQueriesContext(connection) as queries:
            inspection_facts(card_of(year))
        return len(queries)

    asked()  # the lines of a locked scale are read once
    few = asked()
    for line in card_of(year).season.criteria:
        if not line.is_section:
            Evidence.objects.create(
                card=year.cards["TTTT"], criterion=line, column=Column.CLAIMED,
                number="1", symbol="BC", dated=date(2021, 9, 1), subject="báo cáo",
                seat=year.people["TTTT"].seats.get(),
            )  # fmt: skip
    assert asked() == few


@pytest.mark.parametrize("when", [Phase.INSPECTION, Phase.SETTLEMENT])
def test_minutes_of_an_inspection_that_nobody_has_to_make_any_more_are_not_corrected(
    cast, in_phase, as_, when
):
    season = in_phase(Phase.INSPECTION)
    old = found_by(cast, "Birch")
    old.finalise(b"%PDF", cast.birch)
    cast.card.filings.update(state="filling", sent_at=None)
    line = {"card": cast.card, "criterion": cast.lines.late, "seat": cast.birch.seats.get()}
    with clock.standing_on(clock.today(), time(10)):
        Entry.objects.create(**line, column=Column.FOUND, actual=3, at=clock.now())
    address, browser = reverse("correct_paper", args=[old.pk]), as_(cast.birch)

    def said():
        page = browser.get(old.get_absolute_url()).content.decode()
        return ["has changed since it became final" in page, address in page]

    assert said() == [True, True]
    season.waive(cast.birch_unit, Column.FOUND, cast.cedar_seat, "Bão lũ")
    in_phase(when)
    assert said() == [False, False]
    refused = browser.post(address, {"reason": "Sai"})
    assert "Nobody has to inspect Ash any more" in refused.content.decode()
    assert refused.status_code == 403
    draft = old.correct("Sai")  # begun before the unit was excused
    assert draft.get_absolute_url() not in browser.get("/").content.decode()
    page = browser.get(draft.get_absolute_url()).content.decode()
    ways = [reverse("inspection_minutes", args=[cast.card.inspection.pk]),
            reverse("drop_correction", args=[draft.pk])]  # fmt: skip
    assert [way in page for way in ways] == [False, True]


# --- another team ---------------------------------------------------------------------------------


def lay_anew(cast):
    """The year goes back before the inspection; each unit inspects another than it did."""
    season = put_in_phase(cast, Phase.SELF_SCORING)
    Inspection.lay(season, [(inspected, by) for by, inspected in Inspection.pairs_of(season)])
    Inspection.fix(season, cast.cedar_seat)
    put_in_phase(cast, Phase.INSPECTION)


def found_by(cast, name):
    """This unit has confirmed what was found at Ash; return its minutes, a draft."""
    Filing.objects.create(
        card=cast.card, column=Column.FOUND, unit=cast.units[name],
        state="sent", sent_at=clock.now(),
    )  # fmt: skip
    return inspection_of(Scorecard.objects.for_sheet().get(pk=cast.card.pk))


@pytest.fixture
def former(cast, in_phase):
    """Final minutes of Ash that Birch issued, before Cedar inspected it instead."""
    in_phase(Phase.INSPECTION)
    minutes = found_by(cast, "Birch")
    minutes.say({"basis": "QĐ 12"})
    minutes.finalise(b"%PDF", cast.birch)
    cast.card.filings.update(state="filling", sent_at=None)
    lay_anew(cast)
    return minutes


READERS = [
    # phase             Ash  Birch Cedar
    (Phase.SELF_SCORING, 404, 200, 404),
    (Phase.INSPECTION, 404, 200, 200),
    (Phase.SETTLEMENT, 200, 200, 200),
]


@pytest.mark.parametrize(("phase", "ash", "birch", "cedar"), READERS)
def test_minutes_of_a_former_team_are_listed_for_who_may_open_them_and_wait_for_nothing(
    cast, former, as_, phase, ash, birch, cedar
):
    put_in_phase(cast, phase)
    address = former.get_absolute_url()
    for name, status in (("ash", ash), ("birch", birch), ("cedar", cedar)):
        browser = as_(getattr(cast, name))
        listed = address in browser.get(reverse("list_papers")).content.decode()
        assert (browser.get(address).status_code, listed) == (status, status == 200), name
        assert reverse("number_paper", args=[former.pk]) not in browser.get("/").content.decode()
        for url in (reverse("list_papers"), address, reverse("search") + "?q=kiểm tra chéo"):
            told = "Of a former team" in (page := browser.get(url).content.decode())
            assert (told, "Waits for signature and number" in page) == (status == 200, False), url
        waiting = browser.get(reverse("list_papers") + "?state=waits").content.decode()
        assert address not in waiting
    page, correct = as_(cast.cedar).get(address), reverse("correct_paper", args=[former.pk])
    told = "Birch does not inspect Ash any more: these minutes stay as they are"
    if cedar == 200:
        assert (told in page.content.decode(), correct in page.content.decode()) == (True, False)
        refused = as_(cast.cedar).post(correct, {"reason": "Sai"})
        assert (refused.status_code, told in refused.content.decode()) == (403, True)
    former.give_number("7", "BB", clock.today())
    page = as_(cast.birch).get(reverse("list_papers")).content.decode()
    assert ("Of a former team (7/BB" in page, "Issued (7/BB" in page) == (True, False)


def test_the_new_team_reads_that_another_typed_what_it_is_to_confirm(cast, in_phase, as_):
    in_phase(Phase.INSPECTION)
    said = {line.pk: {"actual": 1} for line in (cast.lines.late, cast.lines.bonus)}
    said |= {line.pk: {"actual": 1, "target": 1} for line in (cast.lines.plan, cast.lines.sudden)}
    said |= {cast.lines.party.pk: {"level": "XS"}}
    cast.card.write(cast.birch, Column.FOUND, said)
    lost = CriterionFactory(scale=ScaleFactory(season=cast.season, version=2))
    birch = cast.birch.seats.get()
    cast.card.entries.create(criterion=lost, column=Column.FOUND, actual=1, seat=birch)
    address = f"{cast.card.get_absolute_url()}{{}}?column=found"
    told = "What stands on 5 lines was typed by Birch before the inspecting unit was changed"

    def read_by(user):
        pages = [as_(user).get(address.format(of)).content.decode() for of in ("", "submit/")]
        return [told in page for page in pages]

    def state():
        season = cast.season.get_absolute_url()
        pages = ("/", season, reverse("show_plan", args=[cast.season.pk]))
        texts = [as_(cast.cedar).get(page).content.decode() for page in pages]
        return ["Filled in before; to be confirmed" in text for text in texts]

    assert read_by(cast.birch_clerk) == [False, False]
    assert state() == [False] * 3
    lay_anew(cast)
    assert read_by(cast.cedar) == [True, True]
    assert state() == [True] * 3
    name = f"c{cast.lines.late.pk}-actual"
    typed = as_(cast.cedar_clerk).post(
        address.format(""), {name: "2", f"was-{name}": "1"}, headers={"HX-Request": "true"}
    )
    assert "Filling 5/5" in typed.content.decode()
    assert state() == [False] * 3
    Scorecard.objects.get(pk=cast.card.pk).write(cast.cedar_clerk, Column.FOUND, said)
    assert read_by(cast.cedar) == [False, False]


def test_what_the_new_team_confirmed_is_confirmed_on_sheet_and_print_and_is_issued(
    cast, former, as_
):
    paper, issue = (
        reverse(name, args=[cast.card.pk, "found"]) for name in ("print_card", "issue_card")
    )
    put_in_phase(cast, Phase.SETTLEMENT)
    browser = as_(cast.ash)
    assert issue not in browser.get(paper).content.decode()
    assert browser.get(issue).status_code == 422
    found_by(cast, "Cedar")
    assert issue in browser.get(paper).content.decode()
    assert browser.get(issue).status_code == 200
    page = as_(cast.officer).get(f"{cast.card.get_absolute_url()}?column=found").content.decode()
    assert ("Confirmed" in page, "Filling" in page) == (True, False)


def test_minutes_that_do_not_name_a_unit_that_inspects_too_now_are_to_be_corrected(
    cast, in_phase, as_
):
    in_phase(Phase.INSPECTION)
    minutes = found_by(cast, "Birch")
    minutes.finalise(b"%PDF", cast.birch)
    number = reverse("number_paper", args=[minutes.pk])
    assert not minutes.is_outdated
    assert number in as_(cast.birch).get("/").content.decode()
    cast.card.inspection.inspectors.create(unit=cast.dogwood_unit)
    assert minutes.is_outdated
    assert number not in as_(cast.birch).get("/").content.decode()


def test_the_new_team_writes_minutes_of_its_own(cast, former, as_):
    minutes = reverse("inspection_minutes", args=[cast.card.inspection.pk])
    found_by(cast, "Cedar").delete()
    [missing] = inspection_minutes_are_final(cast.season)
    assert missing.sentence == "Biên bản kiểm tra chéo chưa hoàn tất: Ash."
    assert minutes in as_(cast.cedar).get("/").content.decode()
    assert as_(cast.cedar).post(f"{minutes}finalise/").status_code == 302
    paper = SheetPaper.objects.exclude(pk=former.pk).get()
    assert (paper.final, paper.issuer, paper.replaces, paper.words) == (
        True, cast.cedar_unit, None, {},
    )  # fmt: skip
    assert inspection_minutes_are_final(cast.season) == []
    told = [each.url for each in left_open(cast.season)]
    assert (paper.get_absolute_url() in told, former.get_absolute_url() in told) == (True, False)


def test_who_opens_the_plan_or_lays_another_reads_what_stands_of_it(cast, in_phase, as_):
    season = in_phase(Phase.INSPECTION)
    typed, issued = "Findings are typed already of Ash:", "Inspection minutes are final already of"
    pages = [reverse(name, args=[season.pk]) for name in ("unfix_plan", "draw_plan")]

    def told(words):
        return [words in as_(cast.cedar).get(page).content.decode() for page in pages]

    minutes = found_by(cast, "Birch")
    in_phase(Phase.SELF_SCORING)
    assert (told(typed), told(issued)) == ([True, True], [False, False])
    drafted = "Inspection minutes are drafted already of Ash: where another unit inspects, the"
    assert told(drafted) == [False, False]  # nothing is written there
    minutes.say({"basis": "QĐ 12"})
    assert told(drafted) == [True, True]
    minutes.finalise(b"%PDF", cast.birch)
    assert told(f"{issued} Ash:") == told("Day, leader and members stay where") == [True, True]


def test_a_draft_of_minutes_is_given_up_once_a_plan_is_fixed_by_which_its_unit_inspects_no_more(
    cast, in_phase, as_
):
    season = in_phase(Phase.INSPECTION)
    found_by(cast, "Birch").say({"basis": "QĐ 12"})
    told, fixing = "minutes of Ash are given up", reverse("fix_plan", args=[season.pk])
    Season.objects.update(phase=Phase.SELF_SCORING)
    assert told not in as_(cast.cedar).get(fixing).content.decode()
    Inspection.fix(season, cast.cedar_seat)
    assert SheetPaper.objects.count() == 1
    Season.objects.update(plan_fixed_at=None)
    swapped = [(inspected, by) for by, inspected in Inspection.pairs_of(season)]
    Inspection.lay(season, swapped)
    assert told in as_(cast.cedar).get(fixing).content.decode()
    Inspection.fix(season, cast.cedar_seat)
    assert not SheetPaper.objects.exists()


# --- the registration of titles -------------------------------------------------------------------


@pytest.fixture
def registered(cast, in_phase):
    """Ash aims at one award; nothing is sent yet."""
    in_phase(Phase.REGISTRATION)
    award = AwardFactory(name="Cờ thi đua", source="Thông tư 03/2024/TT-TTCP")
    cast.card.aims.create(award=award, seat=cast.ash.seats.get())
    return cast


def send(cast, column=Column.AIM):
    seat = cast.ash.seats.get()
    Scorecard.objects.get(pk=cast.card.pk).filing_of(seat, column).send(seat)
    return Scorecard.objects.get(pk=cast.card.pk)


def test_the_registration_of_titles_states_each_with_its_source(registered):
    facts = titles_facts(registered.card)
    assert set(facts) | {"replaces"} == (
        set(paper_facts.TitlesFacts.__required_keys__) | {"code", "replaces"}
    )
    assert facts["titles"] == [
        {"name": "Cờ thi đua", "kind": "Danh hiệu thi đua", "source": "Thông tư 03/2024/TT-TTCP"}
    ]
    assert facts["signature"]["name"] == "Ông Ash"


def test_the_sheet_of_aims_leads_to_its_print_which_is_issued_once_sent(registered, as_):
    sheet = reverse("fill_aims", args=[registered.card.pk])
    shown = reverse("print_card", args=[registered.card.pk, "aim"])
    issue = reverse("issue_card", args=[registered.card.pk, "aim"])
    browser = as_(registered.ash)
    assert f'href="{shown}"' in browser.get(sheet).content.decode()
    assert "Cờ thi đua" in browser.get(shown).content.decode()
    assert browser.post(issue).status_code == 422
    send(registered)
    assert browser.post(issue).status_code == 302
    paper = SheetPaper.objects.get()
    assert (paper.final, paper.kind, paper.file_name.startswith("dang-ky-danh-hieu")) == (
        True, "titles", True,
    )  # fmt: skip
    assert titles_of(Scorecard.objects.get(pk=registered.card.pk)) == paper


def test_a_sheet_that_was_sent_anew_after_its_paper_was_final_is_printed_once_more_and_says_why(
    registered, as_
):
    browser = as_(registered.ash)
    issue = reverse("issue_card", args=[registered.card.pk, "aim"])
    send(registered)
    browser.post(issue)
    old = SheetPaper.objects.get()
    doubt = "The sheet was sent anew since this paper became final"
    assert doubt not in browser.get(old.get_absolute_url()).content.decode()
    with clock.standing_on(clock.today() + clock.ONE_DAY):
        seat = registered.ash.seats.get()
        Scorecard.objects.get(pk=registered.card.pk).filing_of(seat, Column.AIM).take_back(seat)
        send(registered)
        assert doubt in browser.get(old.get_absolute_url()).content.decode()
        asked = browser.get(issue).content.decode()
        assert f"It takes the place of “{old.title}”" in asked
        browser.post(issue)
    new = SheetPaper.objects.get(replaces=old)
    assert (new.final, new.words["correction"]) == (
        True,
        "Nội dung được gửi lại sau khi văn bản hoàn tất",
    )
    assert doubt not in browser.get(old.get_absolute_url()).content.decode()


def test_others_print_the_titles_once_the_phase_lets_them_read_aims(registered, as_):
    shown = reverse("print_card", args=[registered.card.pk, "aim"])
    send(registered)
    assert as_(registered.birch).get(shown).status_code == 403
    assert (
        f'href="{shown}"'
        not in as_(registered.birch)
        .get(reverse("fill_aims", args=[registered.card.pk]))
        .content.decode()
    )
    put_in_phase(registered, Phase.EXECUTION)
    assert as_(registered.birch).get(shown).status_code == 200
    assert as_(registered.dogwood).get(shown).status_code == 404
