import json
import logging
import re
import subprocess
import typing
import unicodedata
from io import BytesIO
from pathlib import Path

import pikepdf
import pytest

from blocks import paper_facts
from emulation.pdf import STATIC, Refused, render_html, render_pdf, static_file

HERE = Path(__file__).parent
KINDS = {
    "minutes": paper_facts.MinutesFacts,
    "count": paper_facts.CountFacts,
    "registration": paper_facts.RegistrationFacts,
    "score_table": paper_facts.ScoreTableFacts,
    "board": paper_facts.BoardFacts,
    "titles": paper_facts.TitlesFacts,
    "inspection": paper_facts.InspectionFacts,
    "proposal": paper_facts.ProposalFacts,
    "nominees": paper_facts.NomineesFacts,
}
BALLOTS = {"ballots": paper_facts.BallotsFacts}
MM = 72 / 25.4


def sample(name):
    return json.loads((HERE / f"{name}.json").read_text(encoding="utf-8"))


def pdf_of(kind, facts=None, words=None, *, draft=False):
    return render_pdf(kind, facts or sample(kind), words or {}, draft=draft, title="Văn bản")


def run(*command, pdf, check=True):
    done = subprocess.run(command, input=pdf, capture_output=True, check=check)
    return done.stdout.decode()


def pages_of(pdf):
    """The text of every page in the order it is set, spaces and line ends as one space."""
    pages = run("pdftotext", "-raw", "-", "-", pdf=pdf).split("\f")[:-1]
    return [re.sub(r"\s+", " ", page) for page in pages]


def lines_of(pdf):
    """The lines of the paper as they are broken."""
    return run("pdftotext", "-raw", "-", "-", pdf=pdf).splitlines()


def text_of(pdf):
    return " ".join(pages_of(pdf))


def words_of(pdf):
    """Every page as its size in points and its words with their boxes."""
    found = run("pdftotext", "-bbox", "-", "-", pdf=pdf)
    word = re.compile(r'<word xMin="(.*?)" yMin="(.*?)" xMax="(.*?)" yMax="(.*?)">(.*?)</word>')
    for page in re.split(r"<page ", found)[1:]:
        size = re.search(r'width="(.*?)" height="(.*?)"', page)
        boxes = [(*map(float, match[:4]), match[4]) for match in word.findall(page)]
        yield (float(size[1]), float(size[2])), boxes


@pytest.fixture(scope="module")
def papers():
    """Each kind of paper, final, as the sample facts make it."""
    return {kind: pdf_of(kind) for kind in KINDS | BALLOTS}


@pytest.fixture(scope="module")
def minutes_text():
    return text_of(pdf_of("minutes", words=sample("words")))


def flat(text):
    return re.sub(r"\s+", " ", text)


def test_the_minutes_print_every_unit_with_its_scores_rank_and_class(minutes_text):
    for row in sample("minutes")["scores"]["rows"]:
        numbers = [*row["sections"], row["bonus"], row["penalty"], row["total"], row["rank"]]
        assert row["unit"] in minutes_text
        assert " ".join([*numbers, row["klass"]]) in minutes_text
    assert "cùng đạt 103,00 điểm; xếp thứ tự theo điểm mục I (60,00 so với 58,75)" in minutes_text


def test_the_minutes_print_every_count_and_every_outcome_sentence_word_for_word(minutes_text):
    for question in sample("minutes")["questions"]:
        assert question["title"] in minutes_text
        assert flat(question["rule"]) in minutes_text
        for candidate in question["candidates"]:
            assert candidate["sentence"] in minutes_text
            yes, no = f"{candidate['yes']:02}", f"{candidate['no']:02}"
            assert f"{yes} {no} {candidate['share']}" in minutes_text
    assert "Phát ra: 05 phiếu; thu về: 05 phiếu; hợp lệ: 05 phiếu" in minutes_text


def test_what_a_ballot_left_unmarked_is_not_said_to_be_refused(minutes_text):
    assert "Không đồng ý hoặc không đánh dấu Tỷ lệ" in minutes_text


def test_the_minutes_print_attendance_quorum_agenda_changes_and_rules_with_their_source(
    minutes_text,
):
    assert "có mặt 04 đơn vị, gửi ý kiến bằng văn bản 01 đơn vị" in minutes_text
    assert "từ 04 đơn vị; số đơn vị được tính là 05: Hội nghị đủ điều kiện" in minutes_text
    assert "Báo Thanh tra (đã gửi ý kiến bằng văn bản)" in minutes_text
    assert "Giấy ủy quyền số 12/GUQ-TCB ngày 01/12/2021" in minutes_text
    facts = sample("minutes")
    for item in facts["agenda"]:
        assert item in minutes_text
    for unit in facts["changes"]:
        for line in unit["lines"]:
            assert line["reason"] in minutes_text
            assert f"{line['claimed']} {line['final']} {line['difference']}" in minutes_text
    for rule in facts["rules"]:
        assert f"{rule['text']} ({rule['source']})" in minutes_text


@pytest.mark.parametrize(
    ("presence", "in_the_table", "in_the_list"),
    [
        ("absent", "Vắng (đi công tác)", "Báo Thanh tra (đi công tác)."),
        (
            "written",
            "Vắng (đi công tác), gửi ý kiến bằng văn bản (nhận lúc",
            "Báo Thanh tra (đi công tác; đã gửi ý kiến bằng văn bản).",
        ),
    ],
)
def test_the_minutes_say_why_a_unit_is_absent(presence, in_the_table, in_the_list):
    facts = sample("minutes")
    (absent,) = [each for each in facts["attendance"] if each["unit"] == "Báo Thanh tra"]
    absent |= {"presence": presence, "reason": "đi công tác"}
    text = text_of(pdf_of("minutes", facts))
    assert in_the_table in text
    assert f"Vắng mặt: {in_the_list}" in text


def test_the_minutes_hold_the_secretarys_words_as_text_and_never_as_markup():
    words = {"discussion": 'Một <img src="http://example.org/a.png"> & hai.\n\nĐoạn sau.'}
    pdf = pdf_of("minutes", words=words)
    assert 'Một <img src="http://example.org/a.png"> & hai.' in text_of(pdf)
    assert "Đoạn sau." in text_of(pdf)


def test_the_minutes_print_adjustments_reservations_letters_not_counted_and_cancellations():
    facts = sample("minutes")
    facts["adjustments"] = [
        {
            "unit": "Báo Thanh tra",
            "code": "III.3",
            "criterion": "Tham gia các hoạt động của Khối",
            "old": "3,75",
            "new": "5,00",
            "old_total": "92,67",
            "new_total": "93,92",
            "old_rank": "4",
            "new_rank": "4",
            "others": [],
            "reason": "có xác nhận tham gia hoạt động thứ tư",
            "yes": 4,
            "no": 0,
            "abstained": 0,
            "electors": 4,
        }
    ]
    words = {"reservations": "Tạp chí Thanh tra đề nghị xem lại cách trừ điểm."}
    facts["questions"][1]["cancelled"] = "danh sách thiếu 01 đơn vị"
    facts["questions"][0]["letters"].append(
        {
            "unit": "Tạp chí Thanh tra",
            "received": "2021-12-03T10:20",
            "counted": False,
            "reason": "nhận sau khi kết thúc bỏ phiếu",
        }
    )
    text = text_of(pdf_of("minutes", facts, words))
    assert "điều chỉnh từ 3,75 thành 5,00 điểm; tổng điểm từ 92,67 thành 93,92" in text
    assert "04/04 đơn vị có mặt đồng ý" in text
    assert words["reservations"] in text
    assert "Không có ý kiến bảo lưu." in text_of(pdf_of("minutes", facts, {}))
    assert "Lý do: danh sách thiếu 01 đơn vị." in text
    assert facts["questions"][1]["candidates"][0]["sentence"] not in text
    assert "không tính vào kết quả vòng 1: nhận sau khi kết thúc bỏ phiếu." in text


def test_a_show_of_hands_prints_no_ballot_papers():
    facts = sample("count")
    facts["questions"] = facts["questions"][2:3]
    question = facts["questions"][0]
    question.update(mode="hands", letters=[], by_letter=0, keyed=0)
    question.update(dict.fromkeys(["issued", "returned", "valid", "spoiled", "blank", "unused"]))
    for candidate in question["candidates"]:
        candidate["abstain"] = 1
    text = text_of(pdf_of("count", facts))
    assert "biểu quyết giơ tay" in text
    assert "Không đồng ý hoặc không đánh dấu Không biểu quyết" in text  # of the written opinions
    question["written"] = 0
    assert "Không đồng ý Không biểu quyết" in text_of(pdf_of("count", facts))
    assert "Phát ra" not in text


@pytest.mark.parametrize(
    ("written", "lines"),
    [
        (0, ["Thanh tra Sở Thông tin và", "Truyền thông"]),
        (1, ["Thanh tra Sở Thông", "tin và Truyền thông"]),
    ],
)
def test_a_long_name_takes_two_lines_in_the_table_of_a_show_of_hands(written, lines):
    facts = sample("count")
    facts["questions"] = facts["questions"][:1]
    question = facts["questions"][0]
    question.update(mode="hands", written=written)
    for candidate in question["candidates"]:
        candidate.update(name="Thanh tra Sở Thông tin và Truyền thông", abstain=1)
    printed = lines_of(pdf_of("count", facts))
    first = printed.index("1", printed.index("Tỷ lệ Kết quả"))
    assert printed[first + 1 : first + 3] == lines


def test_the_count_says_that_papers_keyed_one_by_one_cannot_be_wholly_secret():
    facts = sample("count")
    facts["questions"] = facts["questions"][:1]
    warning = "không thể bảo đảm giữ kín hoàn toàn"
    assert warning in text_of(pdf_of("count", facts))
    facts["questions"][0]["keyed"] = 0
    assert warning not in text_of(pdf_of("count", facts))


def test_the_count_is_signed_by_every_member_of_the_committee(papers):
    last = pages_of(papers["count"])[-1]
    for person in sample("count")["committee"]:
        assert person["role"].upper() in last
        assert person["name"].removeprefix("Ông ").removeprefix("Bà ") in last


def test_opening_and_closing_words_stand_under_headings_of_their_own(minutes_text):
    words = sample("words")
    assert f"II. Khai mạc {flat(words['opening'])[:30]}" in minutes_text
    assert f"Kết luận, bế mạc {flat(words['closing'])[:30]}" in minutes_text
    without = text_of(pdf_of("minutes"))
    assert "II. Nội dung chương trình" in without
    assert re.search(r"\. Bế mạc Hội nghị kết thúc vào hồi", without)


def test_the_units_of_a_round_add_up_to_the_members(minutes_text):
    assert "Tổng số đơn vị thành viên: 05; có mặt: 04; gửi ý kiến bằng văn bản: 01" in minutes_text
    facts = sample("minutes")
    question = facts["questions"][0]
    question.update(electors=7, absent=["Tạp chí Thanh tra", "Báo Thanh tra"])
    said = "vắng mặt, không tham gia vòng này: 02 (Tạp chí Thanh tra, Báo Thanh tra)."
    assert said in text_of(pdf_of("minutes", facts))


def test_a_class_that_no_unit_has_is_no_column_of_the_minutes(minutes_text):
    assert "Xếp hạng Xếp loại" in minutes_text
    facts = sample("minutes")
    for row in facts["scores"]["rows"]:
        row["klass"] = ""
    assert "Xếp loại" not in text_of(pdf_of("minutes", facts))


@pytest.mark.parametrize("more", range(4))
def test_three_rows_at_least_stand_above_the_signatures_of_a_score_table(more):
    facts = sample("score_table")
    facts["lines"] += [facts["lines"][2] | {"code": f"Z.{n}"} for n in range(more)]
    last = pages_of(pdf_of("score_table", facts))[-1]
    codes = [line["code"] for line in facts["lines"][-3:]]
    assert all(f"{code} " in last for code in codes)


@pytest.mark.parametrize("columns", [["claimed", "found"], None])
def test_what_was_done_of_what_was_due_is_never_broken(columns):
    facts = sample("score_table")
    facts["columns"] = columns or facts["columns"]
    for cell in facts["lines"][2]["columns"].values():
        cell["result"] = "5.200/5.000"
    facts["lines"][2]["derivation"] = "min(5.200/5.000; 1) × 10 = 10,00"
    told = "\n".join(
        box[4] for _size, boxes in words_of(pdf_of("score_table", facts)) for box in boxes
    )
    assert len(re.findall(r"5\.200/5\.000", told)) == len(facts["columns"]) + 1


def test_papers_that_did_not_come_back_are_counted_and_none_of_them_is_said_to_be_sealed():
    facts = sample("count")
    for question in facts["questions"]:
        question |= {"by_paper": 0, "by_letter": 0, "unused": 3}  # three did not vote on screen
    said = text_of(pdf_of("count", facts))
    assert "Các phiếu đều được bỏ trên máy, không có phiếu giấy." in said
    assert "không sử dụng đã được niêm phong" not in said
    facts["questions"][0] |= {"not_returned": 2}
    said = text_of(pdf_of("count", facts))
    assert "không thu về: 02 phiếu" in said
    assert "Không có phiếu giấy nào thu về để kiểm." in said
    facts["questions"][0] |= {"by_paper": 1}
    said = text_of(pdf_of("count", facts))
    assert said.count("không thu về") == 1
    assert "đã kiểm được niêm phong và lưu cùng biên bản này." in said
    facts["questions"][0] |= {"by_paper": 0, "not_returned": 0, "given_up": 2}
    said = text_of(pdf_of("count", facts))
    assert "không có phiếu giấy" not in said
    assert "văn bản của nội dung đã hủy không tính kết quả, được niêm phong riêng." in said


def test_a_cluster_is_never_called_a_block():
    for kind in ("minutes", "count", "registration", "board", "titles", "inspection", "proposal"):
        text = json.dumps(sample(kind), ensure_ascii=False).replace("Khối", "Cụm")
        facts = json.loads(text.replace('"block", ', '"cluster", '))
        facts["block"]["kind"] = "cluster"
        printed = text_of(pdf_of(kind, facts))
        assert "Cụm" in printed
        assert "khối" not in printed.replace("cụm, khối", "").lower()


def test_the_registration_prints_targets_with_their_measure_and_recipients(papers):
    text = text_of(papers["registration"])
    for line in sample("registration")["lines"]:
        assert line["name"] in text
        if line["target"]:
            assert f"{line['measure']} {line['target']} {line['max']}" in text
    assert "Nơi nhận:" in text
    assert "Lưu: VT, HCTH." in text
    assert "Mã nội dung: 7F3A-91C2" in text


def test_a_column_in_which_no_line_says_anything_is_not_printed():
    facts = sample("registration")
    assert "Đơn vị tính" in text_of(pdf_of("registration", facts))
    for line in facts["lines"]:
        line["measure"] = line["note"] = ""
    text = text_of(pdf_of("registration", facts))
    assert "Đơn vị tính" not in text
    assert "Ghi chú" not in text


def test_the_registration_of_titles_prints_each_with_what_it_rests_on(papers):
    text = text_of(papers["titles"])
    assert "BẢN ĐĂNG KÝ DANH HIỆU THI ĐUA" in text
    for number, title in enumerate(sample("titles")["titles"], start=1):
        assert f"{number} {title['name']} {title['kind']} {title['source']}" in text
    assert "Nơi nhận:" in text
    assert "GIÁM ĐỐC" in text
    facts = sample("titles") | {"titles": []}
    text = text_of(pdf_of("titles", facts))
    assert "không đăng ký danh hiệu thi đua" in text
    assert "cam kết" not in text


def test_a_list_is_printed_with_its_own_marks_alone_however_it_was_typed():
    words = {
        "to": "Thanh tra Chính phủ;\nVụ Tổ chức cán bộ.",
        "bases": "Căn cứ Luật;\nCăn cứ Quy chế.",
        "dossier": "1. Tờ trình;\n2) Danh sách.\n- Biên bản",
        "recipients": "Như trên;\n- Vụ TCCB;\nLưu: VT.",
    }
    text = text_of(pdf_of("proposal", sample("proposal"), words))
    for said in (
        "Kính gửi: Thanh tra Chính phủ; Vụ Tổ chức cán bộ",
        "Căn cứ Luật; Căn cứ Quy chế.",
        "1. Tờ trình; 2. Danh sách; 3. Biên bản.",
        "- Như trên;",
        "- Vụ TCCB;",
        "- Lưu: VT.",
    ):
        assert said in text
    assert not re.search(r";[;.]|\.\.|- -|\d\. \d[.)]", text)


INSPECTION_WORDS = {
    "basis": "Căn cứ Quyết định số 45/QĐ-TTTT ngày 28 tháng 9 năm 2021",
    "hours": "Từ 08 giờ 30 phút đến 11 giờ 00 phút",
    "documents": "Sổ theo dõi kỷ luật lao động.",
    "strengths": "Hoàn thành vượt tiến độ.",
    "limits": "Còn 01 báo cáo gửi chậm.",
    "recommendations": "Gửi báo cáo đúng hạn.",
    "opinion": "Đơn vị thống nhất với kết quả kiểm tra.",
}


def test_the_inspection_minutes_print_team_papers_seen_findings_and_the_words():
    facts = sample("inspection")
    text = text_of(pdf_of("inspection", facts, INSPECTION_WORDS))
    for said in INSPECTION_WORDS.values():
        assert said in text
    assert "11 giờ 00 phút, ngày 05 tháng 10 năm 2021, tại Trụ sở Trung tâm Thông tin" in text
    assert "Đơn vị kiểm tra: Tạp chí Thanh tra." in text
    assert "Trưởng đoàn: Bà Trần Thị Hương." in text
    assert "Thành viên: Ông Lê Văn Minh; Bà Phạm Thu Hà." in text
    for line in facts["seen"]:
        assert f"Mục {line['code']}: {'; '.join(line['papers'])}." in text
    for line in facts["lines"]:
        assert line["name"] in text
        assert line["reason"] in text
    assert "50/50 30,00 49/50 29,40 −0,60" in text
    assert "Biên bản được lập thành 03 bản" in text
    assert "Số: /BB-TCTT" in text
    for office in ("THƯ KÝ ĐOÀN", "TRƯỞNG ĐOÀN", "ĐẠI DIỆN ĐƠN VỊ"):
        assert office in text


def test_a_reason_that_cites_a_document_breaks_within_its_column():
    facts = sample("inspection")
    reason = "Sở Nội vụ có văn bản phê bình số 15/SNV ngày 02/8/2019, chậm 12/15 báo cáo"
    facts["lines"][1]["reason"] = reason
    printed = set()
    for (width, _height), boxes in words_of(pdf_of("inspection", facts)):
        printed |= {word for *_box, word in boxes}
        assert max(right for _left, _top, right, *_rest in boxes) <= width - 40
    assert {"số", "02/8/2019,", "12/15"} <= printed


@pytest.mark.parametrize("kind", ["inspection", "score_table", "board", "registration"])
def test_the_code_of_a_criterion_is_never_torn(kind):
    facts = sample(kind)
    for place, line in enumerate(facts["lines"]):
        line["name"] = f"Vượt {'kế hoạch ' * (place % 8)}(I.1), (II.3.1), (III.2), (IV.10)"
    lines = lines_of(pdf_of(kind, facts))
    assert any("(II.3.1)" in line for line in lines)
    assert not [line for line in lines if re.search(r"\([IV.0-9]*$", line)]


def test_the_minutes_tear_no_code_of_a_criterion():
    facts = sample("minutes")
    for place, unit in enumerate(facts["changes"]):
        for line in unit["lines"]:
            line["criterion"] = line["reason"] = f"Vượt {'mức ' * place}(I.1), (II.3.1), (III.2)"
    line = facts["explanations"][0]
    facts["explanations"] = [
        line | {"unit": "Báo" + " Thanh tra" * times, "criterion": "chậm " * 9 + "so với IV.10"}
        for times in range(1, 16)
    ]
    torn = r"\([IV.0-9]*$|\bI[IV]*\.$"
    assert not [each for each in lines_of(pdf_of("minutes", facts)) if re.search(torn, each)]


@pytest.mark.parametrize("kind", ["minutes", "count"])
def test_who_has_no_position_is_named_without_a_gap(kind):
    facts = sample(kind)
    named = [facts[who] for who in ("chair", "secretary") if who in facts]
    named += facts.get("guests", []) + facts["committee"]
    for person in named:
        person["position"] = ""
    html = render_html(kind, facts, {}, draft=False, title="")
    for person in named:
        assert re.search(rf"{person['name']}[,.;]", html)
    assert not re.search(r", ?[,.;]", html)


def test_a_count_for_which_nobody_was_named_leaves_gaps_for_the_committee_and_its_signatures():
    html = flat(
        render_html("count", sample("count") | {"committee": []}, {}, draft=False, title="")
    )
    assert "Ban kiểm phiếu gồm …… thành viên:" in html
    assert re.findall(r'"item">(\d)\. …', html) == ["1", "2", "3"]
    assert '<p class="office">BAN KIỂM PHIẾU</p>' in html


def test_inspection_minutes_leave_gaps_for_words_that_nobody_wrote():
    text = text_of(pdf_of("inspection", sample("inspection") | {"held": "", "leader": ""}))
    assert "Vào hồi …… giờ …… phút, ngày tháng năm" in text
    assert "Trưởng đoàn: ………" in text
    assert text.count("………………………………………………………") >= 4


PROPOSAL_WORDS = {
    "to": "Thanh tra Chính phủ",
    "bases": "Căn cứ Luật Thi đua, khen thưởng số 06/2022/QH15;\nCăn cứ Quy chế của Khối.",
    "process": "Các đơn vị đều thống nhất.",
    "request": "Kính trình xem xét, quyết định./.",
    "dossier": "Tờ trình\nBiên bản kiểm phiếu",
    "recipients": "Như trên\nLưu: VT",
}


def test_the_proposal_prints_bases_process_numbers_dossier_recipients_and_who_signs():
    facts = sample("proposal")
    text = text_of(pdf_of("proposal", facts, PROPOSAL_WORDS))
    assert "TỜ TRÌNH Về việc đề nghị tặng danh hiệu thi đua" in text
    assert "Số: /TTr-TTTT" in text
    assert "Hà Nội, ngày tháng năm" in text
    assert "Kính gửi: Thanh tra Chính phủ" in text
    for line in PROPOSAL_WORDS["bases"].splitlines():
        assert line in text
    assert "có mặt 04/05 đơn vị thành viên, 01 đơn vị gửi ý kiến bằng văn bản." in text
    assert "hạng 1: Viện Chiến lược và Khoa học Thanh tra (103,00 điểm);" in text
    assert "Các đơn vị đều thống nhất." in text
    assert (
        "2. Cờ thi đua của Thanh tra Chính phủ: 01 đơn vị, gồm Viện Chiến lược và Khoa học Thanh "
        "tra (04/05 phiếu đồng ý, đạt 80,00%)." in text
    )
    assert "1. Tập thể lao động xuất sắc: 03 đơn vị, gồm Trung tâm Thông tin;" in text
    assert "Cờ thi đua của Chính phủ: Viện Chiến lược" in text
    assert "(Có Danh sách đề nghị khen thưởng kèm theo.)" in text
    assert "1. Tờ trình; 2. Biên bản kiểm phiếu." in text
    last = pages_of(pdf_of("proposal", facts, PROPOSAL_WORDS))[-1]
    assert "Kính trình xem xét, quyết định./." in last
    assert "- Như trên; - Lưu: VT." in last
    assert "GIÁM ĐỐC" in last
    facts["awards"][1]["rows"] = []
    assert "Cờ thi đua của Thanh tra Chính phủ: không có đơn vị được đề nghị." in text_of(
        pdf_of("proposal", facts, PROPOSAL_WORDS)
    )


def test_the_legal_bases_of_a_proposal_are_in_italics_each_on_its_line():
    html = render_html("proposal", sample("proposal"), PROPOSAL_WORDS, draft=False, title="")
    assert html.count('<p class="basis">') == 2
    assert ".basis { font-style: italic }" in (STATIC / "css/papers.css").read_text()


def test_the_list_of_nominees_prints_each_with_score_rank_votes_and_share(papers):
    text = text_of(papers["nominees"])
    assert text.startswith("Phụ lục DANH SÁCH ĐỀ NGHỊ TẶNG DANH HIỆU THI ĐUA")
    assert "(Kèm theo Tờ trình số /TTr-TTTT ngày tháng năm của Trung tâm Thông tin)" in text
    for said in (
        "1 Trung tâm Thông tin Tập thể lao động xuất sắc 99,90 3 – – Xét theo điều kiện",
        "Cờ thi đua của Thanh tra Chính phủ 103,00 1 04/05 80,00% Bỏ phiếu kín",
        "103,00 2 05/05 100,00% Biểu quyết công khai",
        "99,90 3 04/05 80,00% Biểu quyết công khai, vòng 2",
        "Danh sách gồm 06 đề nghị: Tập thể lao động xuất sắc: 03 đơn vị;",
    ):
        assert said in text
    facts = sample("nominees") | {"awards": []}
    assert "Không có đơn vị được đề nghị." in text_of(pdf_of("nominees", facts))


@pytest.mark.parametrize("count", [6, 9])
def test_no_more_than_one_nominee_goes_to_the_next_page_with_the_signature(count):
    facts = sample("nominees")
    facts["awards"] = facts["awards"][1:2]
    facts["awards"][0]["rows"] *= count
    *before, last = pages_of(pdf_of("nominees", facts))
    assert "Nguyễn Đức Thắng" in last
    assert not before or last.count("80,00%") == 1


# --- ballot papers --------------------------------------------------------------------------------

CUT = [
    # copies, a page, pages
    (1, 4, 1),
    (4, 4, 1),
    (5, 4, 2),
    (5, 2, 3),
    (3, 1, 3),
    (30, 4, 8),
]


@pytest.mark.parametrize(("copies", "a_page", "pages"), CUT)
def test_so_many_ballot_papers_stand_on_so_many_pages(copies, a_page, pages):
    facts = sample("ballots") | {"copies": copies, "a_page": a_page}
    printed = pages_of(pdf_of("ballots", facts))
    assert len(printed) == pages
    assert [page.count("PHIẾU SUY TÔN") for page in printed] == [a_page] * (pages - 1) + [
        copies - a_page * (pages - 1)
    ]


def test_a_ballot_paper_says_what_is_voted_who_stands_and_how_to_mark_it(papers):
    facts = sample("ballots")
    page = text_of(pdf_of("ballots", facts | {"copies": 1, "round": 2}))
    for said in (
        facts["block"]["name"], "(Đóng dấu)", "PHIẾU SUY TÔN", "Ngày 03 tháng 12 năm 2021",
        "Cờ thi đua của Thanh tra Chính phủ (vòng 2)", "Đồng ý", facts["rule"],
        *facts["candidates"],
    ):  # fmt: skip
        assert said in page


def test_a_ballot_paper_of_an_open_vote_has_a_line_for_the_unit_that_votes():
    facts = sample("ballots") | {"copies": 1}
    assert "Đơn vị bỏ phiếu" not in text_of(pdf_of("ballots", facts))
    assert "Đơn vị bỏ phiếu:" in text_of(pdf_of("ballots", facts | {"named": True}))


def test_a_ballot_paper_has_a_no_for_each_name_unless_one_of_several_is_ticked():
    facts = sample("ballots") | {"copies": 1}
    assert "Không đồng ý" not in text_of(pdf_of("ballots", facts))
    page = text_of(pdf_of("ballots", facts | {"one_is_ticked": False}))
    assert "Đồng ý Không đồng ý" in page


@pytest.mark.parametrize("a_page", [4, 2, 1])
def test_the_yes_in_the_no_of_a_ballot_paper_is_not_torn(a_page):
    facts = sample("ballots") | {"copies": 1, "a_page": a_page, "one_is_ticked": False}
    head = "TT Được đề nghị xét Đồng ý"
    lines = lines_of(pdf_of("ballots", facts))
    if a_page == 4:  # too narrow for one line
        place = lines.index(head)
        assert lines[place + 1 : place + 3] == ["Không", "đồng ý"]
    else:
        assert f"{head} Không đồng ý" in lines


@pytest.mark.parametrize("a_page", [4, 2, 1])
def test_nothing_tells_one_ballot_paper_from_another(a_page):
    facts = sample("ballots") | {"copies": 8, "a_page": a_page, "illustrative": False}
    for _size, boxes in words_of(pdf_of("ballots", facts)):
        assert not [box for box in boxes if box[3] < 15 * MM]  # no number of the page
    whole = pages_of(pdf_of("ballots", facts))
    assert len(set(whole)) == 1


@pytest.mark.parametrize(
    ("candidates", "a_page"), [(1, 4), (5, 4), (6, 2), (10, 2), (11, 1), (30, 1)]
)
def test_as_many_ballot_papers_stand_on_a_page_as_its_list_lets(candidates, a_page):
    from awards.papers.ballots import most_a_page

    assert most_a_page(candidates) == a_page
    names = [f"Thanh tra huyện Nghĩa Hành, tỉnh Quảng Ngãi {n}" for n in range(candidates)]
    facts = sample("ballots") | {"candidates": names, "a_page": a_page, "copies": a_page}
    pdf = pdf_of("ballots", facts | {"named": True})
    assert len(pages_of(pdf)) == 1
    (((_width, height), boxes),) = words_of(pdf)
    assert [box[4] for box in boxes].count("riêng") == a_page  # the last line of each is there
    assert max(box[3] for box in boxes if box[4] == "riêng") < height - 15 * MM
    assert overlapping(boxes) == []


def test_a_paper_names_the_one_it_takes_the_place_of_and_why():
    old = "Văn bản này thay thế văn bản số 12/BB-TTTT ngày 06 tháng 12 năm 2021: Biên bản"
    for kind in KINDS:
        facts = sample(kind) | {"replaces": old}
        text = text_of(pdf_of(kind, facts, {"correction": "ghi nhầm tên"}))
        assert f"({old}. Lý do đính chính: ghi nhầm tên.)" in text
        assert f"({old}.)" in text_of(pdf_of(kind, facts))


def test_the_score_table_prints_each_line_with_its_derivation(papers):
    text = text_of(papers["score_table"])
    for line in sample("score_table")["lines"]:
        assert line["name"] in text
        assert line["derivation"] in text
        assert line["columns"]["final"]["points"] in text


def test_a_score_table_shows_only_the_columns_it_was_given():
    facts = sample("score_table")
    facts["columns"] = ["claimed"]
    text = text_of(pdf_of("score_table", facts))
    assert "Đơn vị tự chấm" in text
    assert "Thẩm định" not in text
    assert "29,40" in text  # only in the words that explain it
    assert text.count("29,40") == 1


@pytest.mark.parametrize("kind", KINDS | BALLOTS)
def test_the_sample_facts_are_what_the_schema_says(kind):
    assert list(misfits(sample(kind), (KINDS | BALLOTS)[kind], kind)) == []


def misfits(value, wanted, where):
    """Where the value is not what the type says."""
    origin, inner = typing.get_origin(wanted), typing.get_args(wanted)
    if typing.is_typeddict(wanted):
        yield from misfits_of_a_dict(value, wanted, where)
    elif origin is list:
        for number, each in enumerate(value):
            yield from misfits(each, inner[0], f"{where}[{number}]")
    elif origin is dict:
        for key, each in value.items():
            yield from misfits(each, inner[1], f"{where}.{key}")
    elif not any(fits(value, each, where) for each in inner or (wanted,)):
        yield f"{where}: {value!r} is no {wanted}"


def fits(value, wanted, where):
    if typing.is_typeddict(wanted):
        return value is not None and not list(misfits(value, wanted, where))
    return value == wanted if not isinstance(wanted, type) else type(value) is wanted


def misfits_of_a_dict(value, wanted, where):
    hints = typing.get_type_hints(wanted)
    yield from (f"{where}.{key} is missing" for key in wanted.__required_keys__ - set(value))
    yield from (f"{where}.{key} is not known" for key in set(value) - set(hints))
    for key in set(value) & set(hints):
        yield from misfits(value[key], hints[key], f"{where}.{key}")


@pytest.mark.parametrize("kind", KINDS)
def test_a_paper_is_a4_with_the_margins_of_decree_30(papers, kind):
    wide = kind in {"score_table", "board", "nominees"}
    for (width, height), boxes in words_of(papers[kind]):
        a4 = (297, 210) if wide else (210, 297)
        assert (round(width / MM), round(height / MM)) == a4
        top, foot = 20 * MM, height - 20 * MM
        body = [box for box in boxes if box[1] >= top - 1 and box[3] <= foot + 8]
        assert min(box[0] for box in body) >= 30 * MM - 1
        assert max(box[2] for box in body) <= width - 15 * MM + 1
        assert max(box[3] for box in boxes) < height - 10 * MM


@pytest.mark.parametrize("kind", KINDS)
def test_pages_are_numbered_in_the_top_margin_from_the_second_on(papers, kind):
    for number, ((width, _height), boxes) in enumerate(words_of(papers[kind]), start=1):
        above = [box for box in boxes if box[3] < 20 * MM + 1]
        assert [box[4] for box in above] == ([] if number == 1 else [str(number)])
        for box in above:  # in the middle of the text
            middle = (30 * MM + width - 15 * MM) / 2
            assert (box[0] + box[2]) / 2 == pytest.approx(middle, abs=2)


@pytest.mark.parametrize("kind", KINDS | BALLOTS)
def test_every_font_is_embedded_and_is_tinos(papers, kind):
    lines = run("pdffonts", "-", pdf=papers[kind]).splitlines()[2:]
    assert lines
    for line in lines:
        assert re.match(r"[A-Z]{6}\+Tinos(-\w+)*\s", line), line
        assert re.search(r"Identity-H\s+yes yes yes", line), line


@pytest.mark.parametrize("kind", KINDS | BALLOTS)
def test_a_paper_is_sound_tagged_vietnamese_and_archival(papers, kind, tmp_path):
    file = tmp_path / "paper.pdf"
    file.write_bytes(papers[kind])
    checked = subprocess.run(["qpdf", "--check", file], capture_output=True, check=False)
    assert checked.returncode == 0, checked.stdout + checked.stderr
    with pikepdf.open(file) as pdf:
        assert pdf.Root.MarkInfo.Marked
        assert str(pdf.Root.Lang) == "vi"
        assert str(pdf.docinfo.Title) == "Văn bản"
        with pdf.open_metadata() as about:
            assert (about["pdfaid:part"], about["pdfaid:conformance"]) == ("3", "A")


@pytest.mark.parametrize("kind", KINDS)
def test_a_paper_leads_nowhere_outside_itself(papers, kind):
    with pikepdf.open(BytesIO(papers[kind])) as pdf:
        for thing in pdf.objects:
            if isinstance(thing, pikepdf.Dictionary):
                assert "/URI" not in thing
                assert thing.get("/S") not in {"/URI", "/Launch", "/GoToR", "/JavaScript"}


def test_the_facts_travel_with_the_paper(papers):
    with pikepdf.open(BytesIO(papers["minutes"])) as pdf:
        carried = json.loads(pdf.attachments["facts.json"].get_file().read_bytes())
    assert carried["facts"] == sample("minutes")
    assert carried["paper"] == "minutes"


def test_the_same_facts_make_the_same_bytes(papers):
    assert pdf_of("registration") == papers["registration"]


@pytest.mark.parametrize("kind", KINDS | BALLOTS)
def test_a_draft_is_marked_on_every_page_and_a_final_paper_on_none(papers, kind):
    draft = pdf_of(kind, draft=True)
    assert all("DỰ THẢO" in page for page in pages_of(draft))
    assert "DỰ THẢO" not in text_of(papers[kind])


def test_the_mark_of_a_draft_lies_behind_the_text():
    with pikepdf.open(BytesIO(pdf_of("registration", draft=True))) as pdf:
        for page in pdf.pages:
            drawn = pikepdf.parse_content_stream(page)
            names = [str(each.operator) for each in drawn]
            # The mark is the only thing drawn with curves.
            assert "Do" in names or "c" in names
            mark = names.index("Do") if "Do" in names else names.index("c")
            assert mark < names.index("TJ")


@pytest.mark.parametrize("illustrative", [True, False])
def test_invented_figures_are_said_to_be_so_on_every_page(illustrative):
    facts = {**sample("registration"), "illustrative": illustrative}
    pages = pages_of(pdf_of("registration", facts))
    assert all(("Số liệu minh họa" in page) == illustrative for page in pages)


def test_vietnamese_letters_come_back_composed(papers):
    text = run("pdftotext", "-", "-", pdf=papers["minutes"])
    assert text == unicodedata.normalize("NFC", text)
    for letters in ("Ễn", "Ắng", "Mỹ", "ủy quyền", "Ủy viên", "ngày"):
        assert letters in text


def test_letters_typed_apart_are_printed_and_carried_composed():
    facts = sample("registration")
    facts["unit"] = unicodedata.normalize("NFD", "Thanh tra tỉnh Quảng Ngãi Ễ Ắ ỹ")
    pdf = pdf_of("registration", facts)
    assert "Thanh tra tỉnh Quảng Ngãi Ễ Ắ ỹ" in text_of(pdf)
    with pikepdf.open(BytesIO(pdf)) as opened:
        carried = opened.attachments["facts.json"].get_file().read_bytes().decode()
    assert "Quảng Ngãi Ễ Ắ ỹ" in carried


def test_signatures_never_stand_alone_on_a_page():
    facts = sample("minutes")
    for part in ("targets", "changes", "explanations", "conditional", "questions", "rules"):
        facts[part] = []
    lengths = set()
    for count in range(0, 12, 2):
        words = {"closing": "\n\n".join(f"Ý kiến thứ {n + 1}." for n in range(count))}
        pages = pages_of(pdf_of("minutes", facts, words))
        lengths.add(len(pages))
        assert "Hội nghị kết thúc vào hồi" in pages[-1]
        assert "THƯ KÝ" in pages[-1]
        assert pages[-1].index("Hội nghị kết thúc") < pages[-1].index("Nguyễn Đức Thắng")
    assert len(lengths) > 1  # the edge of a page was crossed on the way


HEADS = [
    # the unit above, the office, the lines in which they are set
    ("Ủy ban nhân dân huyện Minh Long", "Thanh tra huyện Minh Long",
     ["ỦY BAN NHÂN DÂN HUYỆN", "MINH LONG", "THANH TRA HUYỆN", "MINH LONG"]),
    ("Sở Lao động - Thương binh và Xã hội", "Thanh tra tỉnh Bà Rịa - Vũng Tàu",
     ["SỞ LAO ĐỘNG - THƯƠNG", "BINH VÀ XÃ HỘI", "THANH TRA TỈNH", "BÀ RỊA - VŨNG TÀU"]),
    ("Ủy ban nhân dân thành phố Hồ Chí Minh", "Thanh tra thành phố Hồ Chí Minh",
     ["ỦY BAN NHÂN DÂN", "THÀNH PHỐ HỒ CHÍ MINH", "THANH TRA THÀNH PHỐ", "HỒ CHÍ MINH"]),
    ("Thanh tra Chính phủ", "Trường Cán bộ Thanh tra",
     ["THANH TRA CHÍNH PHỦ", "TRƯỜNG CÁN BỘ", "THANH TRA"]),
    ("Sở Thông tin và Truyền thông", "Thanh tra Sở",
     ["SỞ THÔNG TIN VÀ", "TRUYỀN THÔNG", "THANH TRA SỞ"]),
    ("", "THANH TRA THÀNH PHỐ QUẢNG NGÃI", ["THANH TRA THÀNH PHỐ", "QUẢNG NGÃI"]),
]  # fmt: skip


@pytest.mark.parametrize(("superior", "name", "lines"), HEADS)
def test_no_place_s_name_is_torn_in_the_head_of_a_paper_and_no_word_stands_alone(
    superior, name, lines
):
    facts = sample("count")
    facts["issuer"].update(superior=superior, name=name)
    printed = lines_of(pdf_of("count", facts))
    assert printed[: printed.index("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM")] == lines


def test_signatures_under_a_table_take_its_last_row_with_them():
    facts = sample("board")
    lines = facts["lines"]
    lengths = set()
    for count in range(0, 21, 4):
        facts["lines"] = lines[:count] + lines[-3:]
        facts["notes"] = []
        pages = pages_of(pdf_of("board", facts))
        lengths.add(len(pages))
        assert "Xếp loại" in pages[-1]
        assert "NGƯỜI LẬP BẢNG" in pages[-1]
    assert len(lengths) > 1


def test_the_head_of_a_table_stands_on_each_of_its_pages():
    facts = sample("score_table")
    facts["lines"] *= 4
    pages = pages_of(pdf_of("score_table", facts))
    assert len(pages) > 4
    assert all("Nội dung, tiêu chí" in page for page in pages)


def test_thirty_units_and_sixty_criteria_stand_on_the_board_uncut():
    facts = sample("board")
    units, criteria = 30, 60
    facts["units"] = [
        {"name": f"Thanh tra huyện số {n}", "short": f"Đức Phổ{n:02}"} for n in range(1, units + 1)
    ]
    facts["lines"] = [
        {
            "kind": "line",
            "code": f"I.{row}",
            "name": f"Tiêu chí thứ {row} về kết quả thực hiện nhiệm vụ chính trị được giao",
            "max": "10",
            "values": [f"{row},{column:02}" for column in range(units)],
        }
        for row in range(criteria)
    ]
    totals = [f"1{n:02},{n:02}" for n in range(units)]
    facts["lines"].append(
        {"kind": "total", "code": "", "name": "Tổng điểm", "max": "600", "values": totals}
    )
    pdf = pdf_of("board", facts)
    text = text_of(pdf)
    for unit, total in zip(facts["units"], totals, strict=True):
        assert text.replace(" ", "").count(unit["short"].replace(" ", "")) > 3  # on each page
        assert total in text
    for row in range(criteria):
        assert text.count(f" I.{row} ") == 3  # once in each of three tables
    for (width, height), boxes in list(words_of(pdf))[::4]:
        assert max(box[2] for box in boxes) <= width - 15 * MM + 1
        assert max(box[3] for box in boxes) <= height
        assert overlapping(boxes) == []


def overlapping(boxes):
    """Pairs of words printed over each other."""
    pairs = []
    for number, (left, top, right, bottom, word) in enumerate(boxes):
        for other in boxes[number + 1 :]:
            wide = min(right, other[2]) - max(left, other[0])
            high = min(bottom, other[3]) - max(top, other[1])
            if wide > 1 and high > 5:
                pairs.append((word, other[4]))
    return pairs


def test_a_name_that_is_not_shortened_stands_in_no_key_of_the_board():
    facts = sample("board")
    assert "Báo TTr – Báo Thanh tra; Tạp chí TTr – Tạp chí Thanh tra." in text_of(
        pdf_of("board", facts)
    )
    facts["units"][3]["short"] = "Báo Thanh tra"
    text = text_of(pdf_of("board", facts))
    assert "Viện CL&KH – Viện Chiến lược và Khoa học Thanh tra; Tạp chí TTr – Tạp" in text
    assert "Báo Thanh tra – " not in text
    for unit in facts["units"]:
        unit["short"] = unit["name"]
    assert "Tên viết tắt" not in text_of(pdf_of("board", facts))


def test_eleven_units_are_spread_evenly_over_two_tables():
    facts = sample("board")
    facts["units"] = [{"name": f"Đơn vị {n}", "short": f"ĐV{n}"} for n in range(1, 12)]
    facts["lines"] = [
        {"kind": "line", "code": "I", "name": "Tiêu chí", "max": "9", "values": ["1,00"] * 11}
    ]
    text = text_of(pdf_of("board", facts))
    assert "Bảng 1/2: đơn vị thứ 1 đến 6" in text
    assert "Bảng 2/2: đơn vị thứ 7 đến 11" in text


@pytest.mark.parametrize("kind", KINDS | BALLOTS)
def test_nothing_in_a_paper_is_words_over_words(papers, kind):
    for _size, boxes in words_of(papers[kind]):
        assert overlapping(boxes) == []


@pytest.mark.parametrize("count", [1, 4, 5, 6, 7, 10])
def test_a_score_table_of_many_sections_keeps_its_columns_apart(count):
    facts = sample("minutes")
    for part in ("targets", "changes", "explanations", "conditional", "questions", "rules"):
        facts[part] = []
    scores = facts["scores"]
    scores["sections"] = [
        {"code": "IVX"[n % 3] * 2, "name": "Mục", "max": "10"} for n in range(count)
    ]
    for row in scores["rows"]:
        row["sections"] = ["100,00"] * count
    pdf = pdf_of("minutes", facts)
    assert all(row["unit"] in text_of(pdf) for row in scores["rows"])
    for (width, _height), boxes in words_of(pdf):
        assert overlapping(boxes) == []
        assert max(box[2] for box in boxes) <= width - 15 * MM + 1


def test_a_draft_of_a_meeting_that_lasts_leaves_gaps_for_its_end():
    facts = sample("minutes")
    facts["meeting"]["closed"] = ""
    assert "kết thúc vào hồi …… giờ …… phút" in text_of(pdf_of("minutes", facts, draft=True))


@pytest.mark.parametrize("kind", KINDS | BALLOTS)
def test_the_setter_has_nothing_to_complain_of(kind, caplog):
    caplog.set_level(logging.WARNING, logger="weasyprint")
    logger = logging.getLogger("weasyprint")
    logger.addHandler(caplog.handler)
    try:
        pdf_of(kind, draft=True)
    finally:
        logger.removeHandler(caplog.handler)
    assert caplog.records == []


@pytest.mark.parametrize(
    "url",
    [
        "http://example.org/a.css",
        "https://example.org/a.css",
        "ftp://example.org/a",
        "data:text/css,p{}",
        "file:///etc/passwd",
        "file://example.org/etc/passwd",
        f"file://{STATIC}/../manage.py",
        f"file://{STATIC}/%2e%2e/manage.py",
        f"file://{STATIC}/fonts/missing.ttf",
        f"file://{STATIC}/fonts",
    ],
)
def test_a_paper_loads_nothing_but_files_below_static(url):
    with pytest.raises(Refused):
        static_file(url)


def test_a_paper_loads_files_below_static():
    assert static_file(f"file://{STATIC}/css/papers.css") == STATIC / "css/papers.css"


def test_a_page_that_asks_for_another_host_makes_no_paper(settings, tmp_path):
    (tmp_path / "papers").mkdir()
    (tmp_path / "papers/bad.html").write_text("<link rel=stylesheet href='http://example.org/a'>")
    settings.TEMPLATES = [{**settings.TEMPLATES[0], "DIRS": [tmp_path], "APP_DIRS": False}]
    with pytest.raises(Refused):
        render_pdf("bad", {}, {}, draft=False, title="")
