"""What is found, by whom, with and without marks."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from awards.models import Meeting, MeetingPaper
from blocks import clock
from emulation.search import marked_letters
from scoring.models import Season, SheetPaper
from scoring.phases import Phase
from tests.conftest import a_unit
from tests.factories import BlockFactory, MembershipFactory, SeatFactory, UserFactory

pytestmark = pytest.mark.django_db


def found(client, words):
    page = client.get("/search/", {"q": words}).content.decode()
    main = page[page.index("<main") :]
    return re.findall(r'<li><a href="(/[^"]+)">', main)


FINAL = {"final": True, "finalised_at": "2026-09-01T00:00Z", "content": b"x", "sha256": "0" * 64}


def a_paper(model, cast, **said):
    stated = {"kind": "minutes", "title": "Biên bản Hội nghị bình xét", "issuer": cast.cedar_unit}
    return model.objects.create(block=cast.block, year=2026, **stated | said)


def minutes(cast, **said):
    meeting = Meeting.objects.filter(season=cast.season).first() or Meeting.objects.create(
        season=cast.season, starts_at="2026-12-08T08:00+07:00", place="x", chair_name="A",
        chair_position="B", secretary=cast.cedar_clerk,
    )  # fmt: skip
    return a_paper(MeetingPaper, cast, meeting=meeting, **said)


@pytest.mark.parametrize("words", ["huyen ash", "Huyện Ash", "ASH"])
def test_a_unit_is_found_without_marks(cast, as_, words):
    assert f"/units/{cast.ash_unit.pk}/" in found(as_(cast.birch), words)


def test_a_person_is_found_by_those_who_see_it(cast, as_):
    hoa = UserFactory(full_name="Nguyễn Thị Hòa")
    SeatFactory(person=hoa, unit=cast.ash_unit)
    address = f"/people/{hoa.pk}/"
    assert address in found(as_(cast.officer), "thi hoa")
    assert address in found(as_(cast.ash), "thi hoa")
    assert address not in found(as_(cast.birch), "thi hoa")
    assert address not in found(as_(cast.stranger), "thi hoa")


def test_a_block_is_found(cast, as_):
    assert f"/blocks/{cast.block.pk}/" in found(as_(cast.ash), "rung")


@pytest.mark.parametrize("words", ["siet chat", "Siết chặt kỷ cương", "rung 2026", "KỶ CƯƠNG 2026"])
def test_a_season_is_found_by_theme_block_and_year(cast, as_, words):
    assert f"/seasons/{cast.season.pk}/" in found(as_(cast.ash), words)


def test_a_season_of_another_year_is_not(cast, as_):
    assert f"/seasons/{cast.season.pk}/" not in found(as_(cast.ash), "rung 2025")


@pytest.mark.parametrize("words", ["hoi nghi binh", "Hội nghị", "12/BB", "12/bb-khoi"])
def test_a_paper_is_found_by_title_and_number(cast, as_, words):
    paper = minutes(cast, number="12", symbol="BB-KHOI", **FINAL)
    assert paper.get_absolute_url() in found(as_(cast.ash), words)


def test_of_two_papers_with_one_title_each_tells_its_number_and_whether_it_is_in_force(cast, as_):
    first = minutes(cast, number="12", symbol="BB", numbered_on="2026-09-02", **FINAL)
    again = {"number": "15", "symbol": "BB", "numbered_on": "2026-09-09", "replaces": first}
    minutes(cast, **again, **FINAL)
    page = as_(cast.ash).get("/search/", {"q": "hoi nghi"}).content.decode()
    assert page.count("Khối thi đua Rừng · Replaced by another") == 1
    assert page.count("Khối thi đua Rừng · Issued (15/BB, 09/09/2026)") == 1


def test_a_draft_is_found_by_those_who_write_it_only(cast, as_):
    draft = minutes(cast)
    assert draft.get_absolute_url() in found(as_(cast.cedar), "hoi nghi")
    assert draft.get_absolute_url() not in found(as_(cast.birch), "hoi nghi")


def test_the_print_of_a_sheet_is_found_by_its_unit_until_the_block_reads_it(cast, as_, in_phase):
    sheet = a_paper(
        SheetPaper, cast, kind="score_table", title="Bảng tự chấm", unit=cast.ash_unit,
        season=cast.season, card=cast.card, column="claimed",
    )  # fmt: skip
    in_phase(Phase.SELF_SCORING)
    assert sheet.get_absolute_url() in found(as_(cast.ash), "tu cham")
    assert sheet.get_absolute_url() not in found(as_(cast.birch), "tu cham")
    in_phase(Phase.INSPECTION)
    assert sheet.get_absolute_url() not in found(as_(cast.birch), "tu cham")  # it was returned
    cast.card.filings.create(
        column="claimed", unit=cast.ash_unit, state="sent", sent_at=clock.now()
    )
    assert sheet.get_absolute_url() in found(as_(cast.birch), "tu cham")


@pytest.mark.parametrize("words", ["140/TTT", "khoi truong"])
def test_a_recognition_is_found(cast, as_, words):
    assert f"/recognitions/{cast.recognition.pk}/" in found(as_(cast.ash), words)


def test_another_authority_finds_nothing_of_this_one(cast, as_):
    minutes(cast, **FINAL)
    for words in ("ash", "rung", "siet chat", "hoi nghi", "140/TTT", "cedar"):
        assert found(as_(cast.stranger), words) == []
        assert found(as_(cast.dogwood), words) == []


@pytest.mark.parametrize("words", ["", "a", "%", "_", "%%", "__"])
def test_too_little_is_no_search(cast, as_, words):
    assert found(as_(cast.officer), words) == []


@pytest.mark.parametrize("words", ["không có gì như thế", "' OR 1=1 --", "x" * 500, "\x00ab"])
def test_odd_words_find_nothing_and_break_nothing(cast, as_, words):
    assert as_(cast.officer).get("/search/", {"q": words}).status_code == 200


def test_what_was_typed_is_shown_as_text(cast, as_):
    page = as_(cast.officer).get("/search/", {"q": '"><script>x'}).content.decode()
    assert "<script>x" not in page


def test_every_vietnamese_letter_is_found_by_its_bare_one():
    marked, bare = marked_letters()
    letters = "ăâđêôơưáàảãạấầẩẫậắằẳẵặéèẻẽẹếềểễệíìỉĩịóòỏõọốồổỗộớờởỡợúùủũụứừửữựýỳỷỹỵ"
    assert set(letters + letters.upper()) <= set(marked)
    assert len(marked) == len(bare)


def test_more_results_ask_no_more_questions(cast, as_, in_phase):
    def asked():
        client = as_(cast.officer)
        client.get("/search/", {"q": "thi dua"})
        with CaptureQueriesContext(connection) as queries:
            assert client.get("/search/", {"q": "thanh tra"}).status_code == 200
            assert client.get("/search/", {"q": "thi dua"}).status_code == 200
            assert client.get("/search/", {"q": "nguyen"}).status_code == 200
            assert client.get("/search/", {"q": "hoi nghi"}).status_code == 200
        return len(queries)

    def more(n):
        block = BlockFactory(authority=cast.authority)
        unit = a_unit(cast.authority, f"Pine {n}")
        MembershipFactory(block=block, unit=unit)
        SeatFactory(person=UserFactory(), unit=unit)
        Season.objects.create(block=block, year=2026, head=unit)
        minutes(cast, **FINAL)
        a_paper(
            SheetPaper, cast, kind="score_table", title="Bảng tự chấm thi đua",
            unit=cast.ash_unit, season=cast.season, card=cast.card, column="claimed", **FINAL,
        )  # fmt: skip

    in_phase(Phase.INSPECTION)
    more(0)
    few = asked()
    for n in range(1, 30):
        more(n)
    assert asked() == few
