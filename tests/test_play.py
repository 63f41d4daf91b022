"""The demonstration played whole: its minutes as they print, and that it plays once."""

import hashlib
import re
import subprocess
import unicodedata
from io import StringIO

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import transaction

from awards.models import Outcome
from blocks.models import Change, Paper, PaperKind, Seat, Unit, User
from emulation.demo.cast import password
from scoring.models import Inspection, PhaseDate, Season
from scoring.phases import Phase

pytestmark = pytest.mark.django_db  # each test undoes only its own

PAPERS = 25  # four of the meeting, the board; four sheets of each of five units
UNITS = [
    # unit                       I     II    III   bonus penalty total rank class
    "Trung tâm Thông tin         59,40 19,00 19,50 2,00  0,00   99,90 3    Xuất sắc",
    "Trường Cán bộ Thanh tra     58,75 20,00 20,00 4,25  0,00  103,00 2    Xuất sắc",
    "Viện Chiến lược và Khoa học Thanh tra "
    "                            60,00 20,00 19,50 3,50  0,00  103,00 1    Xuất sắc",
    "Báo Thanh tra               57,80 18,62 16,25 0,00  0,00   92,67 4    Xuất sắc",
    "Tạp chí Thanh tra           49,50 15,44 14,00 0,00  3,00   75,94 5    Khá",
]
CLAIMED = ["101,00 99,90 −1,10", "104,25 103,00 −1,25", "103,50 103,00 −0,50", "96,42 92,67 −3,75",
           "80,94 75,94 −5,00"]  # fmt: skip
SENTENCES = [
    "Viện Chiến lược và Khoa học Thanh tra: 04/05 phiếu đồng ý, đạt 80,00% tổng số đơn vị thành "
    "viên (quy định từ 80% trở lên) – được đề nghị.",
    "Trường Cán bộ Thanh tra: 01/05 phiếu đồng ý, đạt 20,00% tổng số đơn vị thành viên (quy định "
    "từ 80% trở lên) – chưa đủ tỷ lệ.",
    "Trường Cán bộ Thanh tra: 05/05 phiếu đồng ý, đạt 100,00% tổng số đơn vị thành viên (quy định "
    "từ 70% trở lên) – được đề nghị.",
    "Trung tâm Thông tin: 04/05 phiếu đồng ý, đạt 80,00% tổng số đơn vị thành viên (quy định từ "
    "70% trở lên) – bằng phiếu, xét điểm thẩm định 99,90 > 92,67, được đề nghị.",
    "Trường Cán bộ Thanh tra: 05/05 phiếu đồng ý, đạt 100,00% tổng số đơn vị thành viên (quy định "
    "trên 50%) – được giới thiệu làm Khối trưởng năm 2022.",
    "Viện Chiến lược và Khoa học Thanh tra: 05/05 phiếu đồng ý, đạt 100,00% tổng số đơn vị thành "
    "viên (quy định trên 50%) – được giới thiệu làm Khối phó năm 2022.",
]
RESULTS = [
    "Cờ thi đua của Thanh tra Chính phủ: đề nghị 01 đơn vị: Viện Chiến lược và Khoa học Thanh tra.",
    "Bằng khen của Tổng Thanh tra Chính phủ: đề nghị 02 đơn vị: Trường Cán bộ Thanh tra; Trung tâm "
    "Thông tin; dự phòng: Báo Thanh tra.",
    "Tập thể lao động xuất sắc: đề nghị 03 đơn vị: Trung tâm Thông tin; Trường Cán bộ Thanh tra; "
    "Viện Chiến lược và Khoa học Thanh tra.",
    "Lao động tiên tiến 54/78 = 69,23% < 70%",
    "mục I.1: 49/50 = 98,00% – không vượt",
    "Vắng mặt: Báo Thanh tra (đã gửi ý kiến bằng văn bản).",
    "Phát ra: 05 phiếu; thu về: 05 phiếu; hợp lệ: 05 phiếu (trong đó phiếu trắng: "
    "00 phiếu); không hợp lệ: 00 phiếu",
    "cùng đạt 103,00 điểm; xếp thứ tự theo điểm mục I (60,00 so với 58,75)",
]


@pytest.fixture(scope="module")
def played(django_db_setup, django_db_blocker, tmp_path_factory):
    """Both groups, played once; the folder the papers are written to."""
    out = tmp_path_factory.mktemp("out")
    with django_db_blocker.unblock(), transaction.atomic():
        call_command("play", out=out, stdout=StringIO())
        yield out
        transaction.set_rollback(True)


@pytest.fixture(scope="module")
def minutes(played):
    """The text of the minutes in the order it is set, with single spaces."""
    found = subprocess.run(
        ["pdftotext", "-raw", played / "bien-ban-hoi-nghi-khoi-sn-2021.pdf", "-"],
        capture_output=True,
        check=True,
    )
    pages = found.stdout.decode().split("\f")
    bare = [re.sub(r"^\d+\n|\nSố liệu minh họa\s*$", "\n", page) for page in pages]
    return re.sub(r"\s+", " ", " ".join(bare))


@pytest.mark.parametrize("row", UNITS)
def test_the_minutes_print_each_unit_with_its_scores_rank_and_class(minutes, row):
    assert " ".join(row.split()) in minutes


@pytest.mark.parametrize("figures", CLAIMED)
def test_the_minutes_print_each_unit_s_own_total_against_the_verified_one(minutes, figures):
    assert figures in minutes


@pytest.mark.parametrize("sentence", SENTENCES + RESULTS)
def test_the_minutes_print_the_sentences_of_the_worked_example(minutes, sentence):
    assert sentence in minutes


def test_the_minutes_print_every_outcome_of_record_word_for_word(played, minutes):
    outcomes = Outcome.objects.filter(question__meeting__season__year=2021)
    assert outcomes.count() == 7
    for outcome in outcomes:
        assert outcome.sentence in minutes
        assert f"{outcome.yes:02} {5 - outcome.yes:02}" in minutes


def test_the_minutes_are_normalised_text(minutes):
    assert unicodedata.is_normalized("NFC", minutes)


def test_the_minutes_say_that_the_figures_are_invented_and_are_no_draft(minutes):
    assert "(Số liệu minh họa)" in minutes
    assert "DỰ THẢO" not in minutes


def test_every_final_paper_is_written_under_a_plain_name(played):
    names = sorted(path.name for path in played.iterdir())
    assert len(names) == PAPERS
    assert all(re.fullmatch(r"[a-z0-9-]+\.pdf", name) for name in names)
    assert "ban-dang-ky-thi-dua-khoi-sn-2021-vclkh.pdf" in names


def test_what_is_written_are_the_bytes_that_are_kept(played):
    kept = set(Paper.objects.filter(final=True).values_list("sha256", flat=True))
    written = {hashlib.sha256(path.read_bytes()).hexdigest() for path in played.iterdir()}
    assert written == kept


def test_the_year_is_closed_on_its_day_and_the_minutes_have_their_number(played):
    season = Season.objects.get(year=2021)
    assert season.phase == Phase.CLOSED
    assert season.moves.last().at.date().isoformat() == "2021-12-20"
    minutes = Paper.objects.get(kind=PaperKind.MINUTES, year=2021)
    assert minutes.reference == "12/BB-TTTT"
    assert minutes.finalised_at.date().isoformat() == "2021-12-03"


def test_dates_and_inspections_are_changed_by_who_may(played):
    people = User.objects.in_bulk()

    def who_changed(thing):
        changes = Change.objects.filter(table=thing._meta.db_table, row=thing.pk)
        assert changes
        return {people[change.user_id] for change in changes}

    for day in PhaseDate.objects.all():
        assert all(who.has_perm("scoring.draft_season", day.season) for who in who_changed(day))
    for inspection in Inspection.objects.all():
        changed_by = who_changed(inspection)
        assert all(who.has_perm("scoring.appoint_team", inspection) for who in changed_by)


def test_nobody_acts_from_another_s_seat(played):
    seats = Seat.objects.in_bulk()
    for change in Change.objects.exclude(seat_id=None):
        assert seats[change.seat_id].person_id == change.user_id


def counts():
    """How many rows every table holds, history too."""
    models = [
        m for app in ("blocks", "scoring", "awards") for m in apps.get_app_config(app).get_models()
    ]
    return {model.__name__: model.objects.count() for model in models}


def test_a_district_s_papers_are_dated_at_the_district_and_a_department_s_in_the_province(played):
    places = dict(Unit.objects.values_list("names__name", "place"))
    assert places["Thanh tra huyện Ba Tơ"] == "Ba Tơ"
    assert places["Thanh tra thành phố Quảng Ngãi"] == "Quảng Ngãi"
    assert places["Thanh tra Sở Công Thương"] == "Quảng Ngãi"


def test_a_second_play_changes_nothing(played):
    before = counts()
    hashes = {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in played.iterdir()}
    call_command("play", out=played, stdout=StringIO())
    assert counts() == before
    assert {
        path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in played.iterdir()
    } == hashes


def test_the_accounts_that_are_printed_open_the_door(played):
    said = StringIO()
    call_command("accounts", stdout=said)
    text = said.getvalue()
    assert password() in text
    names = re.findall(r"^  (\S+)", text, re.M)
    assert {"ttcp.theodoi", "tttt.ld", "tttt.cb", "quangngai.theodoi", "minhlong.ld"} <= set(names)
    for user in User.objects.filter(username__in=names):
        assert user.check_password(password())
        assert user.seats_in_force
