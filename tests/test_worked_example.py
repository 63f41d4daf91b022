"""The worked example, played through the models' verbs: points, totals, ranks, votes, outcomes.

The year 2021 of the five public-service units; the expected figures are those of the example.
"""

import re
from contextlib import contextmanager
from datetime import date
from decimal import Decimal
from html import unescape

import pytest
from django.core.exceptions import ValidationError
from django.db import transaction
from django.test import Client
from django.urls import reverse

from awards import requirements
from awards.models import Award, GivenPaper, Hold, Meeting, PaperKeying, Question
from awards.papers import minutes_of
from awards.tally import Base, Mode, Presence, Verdict
from blocks import clock
from blocks.history import recorded
from blocks.models import Change
from blocks.numbers import show
from emulation.demo import steps
from emulation.demo.steps import on
from emulation.demo.ttcp_2021 import MEETING_DAY, TheYear
from scoring.board import Board
from scoring.methods import Facts, score
from scoring.models import Agreement, Explanation, Scale, Scorecard
from scoring.papers import registration_of, score_table_of, titles_of
from scoring.phases import Column
from scoring.scale_files import read

pytestmark = pytest.mark.django_db


@contextmanager
def taken_back():
    """What is done meanwhile is looked at, and nothing of it stays."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


class Watched(TheYear):
    """The year, stopped before its votes to look at who may stand, and at who may on hold."""

    def votes(self):
        self.before = conditions_page(self, date(2021, 12, 2))
        with taken_back():
            self.on_hold()
        super().votes()

    def on_hold(self):
        """Variant F: VCLKH is put on hold the day before; what three and what four yes come to."""
        with steps.on(date(2021, 12, 2)):
            Hold.put(
                self.season, self.officer, unit=self.played["VCLKH"].unit, since=clock.today(),
                award=None, reason="Đang xác minh phản ánh của báo chí",
            )  # fmt: skip
        self.held_up, self.alone = conditions_page(self, date(2021, 12, 2)), {}
        for yes in (3, 4):
            with taken_back():
                flag = self.held.questions.get(award__code="TTCP_FLAG")
                codes = enumerate(self.played)
                with steps.on(date(2021, 12, 3), 9, 30):
                    self.vote(flag, {c: ["TCBTT"] if n < yes else [] for n, c in codes})
                    self.listed = [one.unit for one in flag.candidates.all()]
                    self.count(flag)
                outcome = flag.outcomes.get()
                self.alone[yes] = (outcome.verdict, outcome.sentence)


def conditions_page(year, day) -> dict:
    """What the page of conditions says, by award and unit: the outcome, then each sentence."""
    client = Client()
    with steps.on(day):
        client.force_login(year.officer.person)
        address = reverse("show_eligibility", args=[year.season.pk])
        page = " ".join(client.get(address).content.decode().split())
    codes = {played.unit.name: code for code, played in year.played.items()}
    said = {}
    for table in page.split('<section class="panel">')[1:]:
        award = words(re.search(r"<h2>(.*?)</h2>", table)[1])
        for unit, cells in re.findall(r'<tr> <th scope="row">(.*?)</th>(.*?)</tr>', table):
            *sentences, outcome = re.findall(r"<td>(.*?)</td>", cells)
            chip = re.search(r'class="chip[^>]*>(.*?)<', outcome)[1]
            said[award, codes[words(unit)]] = (words(chip), *map(words, sentences))
        said[award] = words(" ".join(re.findall(r"<dd>(.*?)</dd>", table)))
    return said


def words(markup: str) -> str:
    """The text of a piece of a page, without what only screen readers are told."""
    markup = re.sub(r'<span class="visually-hidden">.*?</span>|<a .*?</a>', "", markup)
    return unescape(re.sub(r"<.*?>", "", markup)).strip()


class TheYearAndItsVariants(Watched):
    """The year, and each step first done otherwise where a variant says so, and taken back."""

    explains = False

    def planning(self) -> None:
        """Lock the scale, then try to lock each that does not add up."""
        super().planning()
        self.refused = {row[1]: self.lock_with(row[1]) for row in MISSHAPEN}

    def lock_with(self, maxima) -> list[str]:
        """Variant J: lock another version of the scale, these lines with another maximum."""
        with taken_back():
            scale = Scale.from_file(self.season, read(steps.SCALES / "ex-100.yaml"))
            for code, most in maxima:
                scale.criteria.filter(code=code).update(max=most)
            try:
                scale.lock(self.head_seat)
            except ValidationError as refusal:
                return refusal.messages
        return []

    def settlement(self) -> None:
        """Settle the year with TCBTT's explanation, then as it was."""
        with taken_back():
            self.explains = True
            super().settlement()
            self.raised = self.what_was_raised()
        self.explains = False
        self.season.refresh_from_db()
        super().settlement()

    def answers(self) -> None:
        """Variant G: TCBTT explains the line too, and its settler gives way."""
        super().answers()
        if not self.explains:
            return
        unit, line = self.played["TCBTT"], self.line("I.2")
        with on(date(2021, 10, 28)), recorded(unit.principal.pk):
            said = Explanation.put(self.card("TCBTT"), unit.principal, line, "Được gia hạn.")
        with on(date(2021, 11, 2)), recorded(self.officer.person_id):
            said.card = self.card("TCBTT")
            said.reply(self.officer.person, EXTENDED, {"actual": Decimal(8), "target": Decimal(8)})

    def what_was_raised(self) -> dict:
        """The explanation, its history, the ranking that was fixed upon it."""
        said = Explanation.objects.get(card=self.card("TCBTT"))
        told = Change.objects.filter(table="scoring_explanation", row=str(said.pk), act="update")
        points = self.card("TCBTT").total(Column.FINAL).scores[said.criterion_id].points
        return {
            "line": said.criterion.code,
            "points": points,
            "totals": (said.total_before, said.total_after),
            "ranks": (said.rank_before, said.rank_after),
            "history": told.get(),
            "standings": self.standings(),
        }

    def standings(self) -> list[tuple[str, int, Decimal]]:
        """Unit, rank and total as they were fixed last, the best first."""
        codes = {played.unit.pk: code for code, played in self.played.items()}
        rows = self.season.current_ranking.standings.values_list("card__unit", "rank", "total")
        return [(codes[unit], *fixed) for unit, *fixed in rows]

    def line(self, code):
        """A line of the scale."""
        return next(c for c in self.season.criteria if c.code == code)

    def papers(self) -> None:
        """Look at the papers of a renamed unit, then print them all as it was."""
        with taken_back():
            self.renamed = self.names_on_papers()
        super().papers()

    def names_on_papers(self) -> dict[str, tuple[str, str]]:
        """Variant L: the day of each paper of TCBTT and the name it prints, in December."""
        unit = self.played["TCBTT"].unit
        with on(date(2021, 7, 1)):
            unit.rename(NEW_NAME, "HVTT", clock.today())
        with on(date(2021, 12, 6)):
            card = self.card("TCBTT")
            minutes = minutes_of(self.held)
            sheets = {
                "targets": registration_of(card),
                "titles": titles_of(card),
                **{column.value: score_table_of(card, column) for column in TABLES},
            }
        names = {
            name: (f"{paper.dated:%d/%m}", paper.facts["unit"], paper.title.split(" – ")[-1])
            for name, paper in sheets.items()
        }
        sat = minutes.facts["attendance"][1]["unit"]
        return names | {"minutes": (f"{minutes.dated:%d/%m}", sat, sat)}

    def votes(self) -> None:
        """Try every variant of the flag, then vote as it was."""
        self.tried = {row[0]: self.variant(*row[1:4]) for row in FLAG_VARIANTS}
        with taken_back():
            self.change_late()
        super().votes()

    def change_late(self) -> None:
        """Variant I: each asks for another score once the first question was opened."""
        with on(MEETING_DAY, 9, 30):
            self.held.questions.order_by("order").first().open()
            self.late = [self.ask(*row[1:4]) for row in LATE]
            meeting = Meeting.objects.exclude(pk=self.held.pk).get()
            self.anew = (meeting.replaces, minutes_of(meeting).facts, self.standings())

    def ask(self, who, name, said) -> tuple[int, str]:
        """Post as this person; the status, and what the page says."""
        if name == "settle":  # the unit agrees to what was changed, so nobody waits its days
            with on(MEETING_DAY, 9, 31):
                principal = self.played["TCBTT"].principal
                card = self.card("TCBTT")
                Agreement.give(card, principal, with_changes=True, seen=card.last_change)
            for code in self.played:
                self.settle(code)
            return 200, ""
        line, card = self.line("I.2"), self.card("TCBTT")
        on_what = {
            "adjust_line": [self.held.pk, card.pk, line.pk], "cancel_meeting": [self.held.pk],
            "fill_card": [card.pk], "move_season": [self.season.pk, "meeting"],
            "go_back": [self.season.pk, "settlement"],
        }  # fmt: skip
        address = reverse(name, args=on_what.get(name, [self.season.pk]))
        people = {
            "head": self.head_seat.person, "officer": self.officer.person,
            "secretary": self.secretary,
        }  # fmt: skip
        client = Client()
        client.force_login(people[who])
        typed = {key.format(line=line.pk): text for key, text in said.items()}
        answer = client.post(address, typed | {"secretary": self.secretary.pk})
        return answer.status_code, words(" ".join(answer.content.decode().split()))

    def variant(self, rules, absent, marks) -> tuple:
        """Vote on the flag with these rules, without these units; nothing of it stays."""
        with on(MEETING_DAY, 9, 30), transaction.atomic():
            flag = self.held.questions.order_by("order").first()
            vars(flag).update(rules)
            flag.save()
            units = [self.played[code].unit for code in absent.split()]
            gone = {"presence": Presence.ABSENT, "representative": None}
            self.held.attendances.filter(unit__in=units).update(**gone)
            try:
                told = self.put(flag, FLAG_MARKS | marks)
            except ValidationError as refusal:
                told = None, *refusal.messages
            transaction.set_rollback(True)
        return told

    def put(self, flag, marks) -> tuple:
        """Open the flag, vote, close it; return the counts and what came of it."""
        codes = {played.unit.pk: code for code, played in self.played.items()}
        spoils = [code for code, marked in marks.items() if marked == SPOILED]
        flag.open()
        for code in spoils:  # the screen refuses two marks; a spoiled ballot comes from paper
            GivenPaper.give(flag, self.played[code].unit)
        for code, marked in marks.items():
            units = [self.played[other].unit.pk for other in marked.split() if marked != SPOILED]
            elector = flag.electors.get(unit=self.played[code].unit)
            if elector.presence == Presence.WRITTEN:
                steps.letter(flag, elector.unit_id, units, self.counters[:2])
            elif code in spoils:
                for by in self.counters[:2]:
                    PaperKeying.key(flag, by, [], spoiled=True)
            elif elector.presence != Presence.ABSENT:
                steps.cast(flag, self.played[code].principal, units)
        flag.close()
        outcomes = [(codes[o.candidate.unit_id], o) for o in flag.outcomes.all()]
        elected = [code for code, o in outcomes if o.verdict == Verdict.ELECTED]
        came = ", ".join(elected) or f"round {flag.following.get().round}"
        said = ", ".join(f"{code} {o.yes}/{o.base}" for code, o in outcomes)
        return (flag.issued, flag.returned, flag.valid, flag.spoiled), f"{said}: {came}"


def by_letter(rows):
    """Ask each row of a table; variants are named by their letter."""
    return pytest.mark.parametrize("row", rows, ids=lambda row: f"{row[0]}")


@pytest.fixture(scope="module")
def year(django_db_setup, django_db_blocker):
    """The whole year, played once for all the tables below."""
    with django_db_blocker.unblock(), transaction.atomic():
        played = TheYearAndItsVariants(lambda _line: None)
        played.play()
        played.after = conditions_page(played, date(2021, 12, 24))
        yield played
        transaction.set_rollback(True)


# fmt: off
EXTENDED = "Nhiệm vụ được gia hạn bằng văn bản."
LINES = ["I.1", "I.2", "I.3", "II.1", "II.2", "II.3", "III.1", "III.2", "III.3", "III.4"]
POINTS = [
    # unit      I.1      I.2      I.3      II.1     II.2    II.3    III.1   III.2   III.3   III.4
    ("TTTT",  "29.40", "10.00", "20.00", "10.00", "4.00", "5.00", "5.00", "4.50", "5.00", "5.00"),
    ("TCBTT", "30.00", "8.75",  "20.00", "10.00", "5.00", "5.00", "5.00", "5.00", "5.00", "5.00"),
    ("VCLKH", "30.00", "10.00", "20.00", "10.00", "5.00", "5.00", "5.00", "4.50", "5.00", "5.00"),
    ("BTT",   "28.80", "9.00",  "20.00", "9.62",  "4.00", "5.00", "5.00", "5.00", "3.75", "2.50"),
    ("TCTT",  "27.50", "10.00", "12.00", "9.44",  "2.00", "4.00", "3.00", "3.50", "5.00", "2.50"),
]
TOTALS = [
    # unit      main     bonus   penalty  verified   self      section I
    ("TTTT",  "97.90", "2.00", "0",    "99.90",  "101.00", "59.40"),
    ("TCBTT", "98.75", "4.25", "0",    "103.00", "104.25", "58.75"),
    ("VCLKH", "99.50", "3.50", "0",    "103.00", "103.50", "60.00"),
    ("BTT",   "92.67", "0",    "0",    "92.67",  "96.42",  "57.80"),
    ("TCTT",  "78.94", "0",    "3.00", "75.94",  "80.94",  "49.50"),
]
RANKS = [
    # unit    rank  class         decided by    rank without tie rules
    ("VCLKH", 1, "Xuất sắc", "section I", 1),
    ("TCBTT", 2, "Xuất sắc", "section I", 1),
    ("TTTT",  3, "Xuất sắc", "",          3),
    ("BTT",   4, "Xuất sắc", "",          4),
    ("TCTT",  5, "Khá",      "",          5),
]
SETTLERS = [
    # the card  inspected by  settled by
    ("TTTT",  "TCTT",  "TCBTT"),    # the head's own: the deputy
    ("TCBTT", "TTTT",  "officer"),  # the deputy's own, inspected by the head: an officer
    ("VCLKH", "TCBTT", "TTTT"),
    ("BTT",   "VCLKH", "TTTT"),
    ("TCTT",  "BTT",   "TTTT"),
]
COUNTS = [
    # question      issued returned valid spoiled
    ("TTCP_FLAG",  5, 5, 5, 0),
    ("TTCP_MERIT", 5, 5, 5, 0),
    ("head",       5, 5, 5, 0),
    ("deputy",     5, 5, 5, 0),
]
OUTCOMES = [
    # question      unit    yes  base  verdict             reserve
    ("TTCP_FLAG",  "VCLKH", 4, 5, Verdict.ELECTED,     None),
    ("TTCP_FLAG",  "TCBTT", 1, 5, Verdict.NOT_ELECTED, None),
    ("TTCP_MERIT", "TCBTT", 5, 5, Verdict.ELECTED,     None),
    ("TTCP_MERIT", "TTTT",  4, 5, Verdict.ELECTED,     None),
    ("TTCP_MERIT", "BTT",   4, 5, Verdict.RESERVE,     1),
    ("head",       "TCBTT", 5, 5, Verdict.ELECTED,     None),
    ("deputy",     "VCLKH", 5, 5, Verdict.ELECTED,     None),
]
MAY_STAND = [
    # award                  who meets every condition
    ("TTCP_FLAG",            {"TCBTT", "VCLKH"}),
    ("TTCP_MERIT",           {"TTTT", "TCBTT", "BTT"}),  # VCLKH has the flag
    ("EXCELLENT_COLLECTIVE", {"TTTT", "TCBTT", "VCLKH"}),
    ("GOV_FLAG",             {"VCLKH"}),                 # registered, and leads the block
]
FLAG, MERIT = "Cờ thi đua của Thanh tra Chính phủ", "Bằng khen của Tổng Thanh tra Chính phủ"
EXCELLENT, GOV = "Tập thể lao động xuất sắc", "Cờ thi đua của Chính phủ"
YES, NO = "Đủ điều kiện", "Không đủ điều kiện"
REGISTERED, CLEAR = "Đã đăng ký", "Không có việc đang xác minh"
WARNED = "Mục P.3 (Viên chức bị cảnh cáo trở lên): "
NOT_YET = "Chưa được đề nghị Cờ thi đua TTCP"
ELIGIBLE = [
    # award, unit          outcome, each condition's sentence, before the votes
    (FLAG, "TTTT",      NO,  REGISTERED, CLEAR, "Mục I.1: 49/50 = 98,00% – không vượt"),
    (FLAG, "TCBTT",     YES, REGISTERED, CLEAR, "Mục I.1: 135/120 = 112,50% – vượt"),
    (FLAG, "VCLKH",     YES, REGISTERED, CLEAR, "Mục I.1: 42/40 = 105,00% – vượt"),
    (FLAG, "BTT",       NO,  REGISTERED, CLEAR, "Mục I.1: 96/100 = 96,00% – không vượt"),
    (FLAG, "TCTT",      NO,  "Không đăng ký", CLEAR, "Mục I.1: 22/24 = 91,67% – không vượt"),
    (MERIT, "TTTT",     YES, REGISTERED, CLEAR, WARNED + "không có", NOT_YET),
    (MERIT, "TCBTT",    YES, REGISTERED, CLEAR, WARNED + "không có", NOT_YET),
    (MERIT, "VCLKH",    YES, REGISTERED, CLEAR, WARNED + "không có", NOT_YET),
    (MERIT, "BTT",      YES, REGISTERED, CLEAR, WARNED + "không có", NOT_YET),
    (MERIT, "TCTT",     NO,  REGISTERED, CLEAR, WARNED + "1", NOT_YET),
    (EXCELLENT, "TTTT",  YES, REGISTERED, CLEAR, "100% hoàn thành nhiệm vụ",
     "Lao động tiên tiến 30/40 = 75,00%, từ 70% trở lên", "04 chiến sĩ thi đua cơ sở"),
    (EXCELLENT, "TCBTT", YES, REGISTERED, CLEAR, "100% hoàn thành nhiệm vụ",
     "Lao động tiên tiến 54/60 = 90,00%, từ 70% trở lên", "08 chiến sĩ thi đua cơ sở"),
    (EXCELLENT, "VCLKH", YES, REGISTERED, CLEAR, "100% hoàn thành nhiệm vụ",
     "Lao động tiên tiến 33/35 = 94,29%, từ 70% trở lên", "05 chiến sĩ thi đua cơ sở"),
    (EXCELLENT, "BTT",   NO,  REGISTERED, CLEAR, "100% hoàn thành nhiệm vụ",
     "Lao động tiên tiến 54/78 = 69,23% < 70%", "07 chiến sĩ thi đua cơ sở"),
    (EXCELLENT, "TCTT",  NO,  REGISTERED, CLEAR, "Có người không hoàn thành nhiệm vụ",
     "Lao động tiên tiến 13/18 = 72,22%, từ 70% trở lên", "01 chiến sĩ thi đua cơ sở"),
]
NOT_LEADING = "Không dẫn đầu Khối (không được đề nghị Cờ thi đua TTCP)"
LEADERS = [
    # unit    outcome, each condition of the Government flag, after the votes (10.8)
    ("TTTT",  NO,  "Không đăng ký", CLEAR, NOT_LEADING),
    ("TCBTT", NO,  REGISTERED,      CLEAR, NOT_LEADING),
    ("VCLKH", YES, REGISTERED,      CLEAR, "Dẫn đầu Khối (được đề nghị Cờ thi đua TTCP)"),
    ("BTT",   NO,  "Không đăng ký", CLEAR, NOT_LEADING),
    ("TCTT",  NO,  "Không đăng ký", CLEAR, NOT_LEADING),
]
ALONE = [
    # variant  yes  the sole candidate's outcome, once VCLKH is on hold; three lead to round 2
    ("F", 3, Verdict.RUN_OFF, "03/05 phiếu đồng ý, đạt 60,00%"),
    ("F", 4, Verdict.ELECTED, "04/05 phiếu đồng ý, đạt 80,00%"),
]
LATER = "Đã bắt đầu bỏ phiếu khen thưởng; điểm giữ nguyên."
HANDS = {"c{line}-actual": "8", "c{line}-target": "8", "reason": "Được gia hạn.",
         "yes": "4", "no": "0", "abstained": "0"}
SETTLED = {"c{line}-actual": "8", "was-c{line}-actual": "7",
           "c{line}-note": EXTENDED, "was-c{line}-note": ""}
WHY = {"reason": "Điểm của TCBTT sai"}
CALLED = {"starts_on": "10/12/2021", "starts_time": "8h30", "place": "Hội trường",
          "agenda": "Bình xét", "chair_honorific": "Ông", "chair_name": "Nguyễn Đức Thắng",
          "chair_position": "Giám đốc", "secretary_position": "", "copies": "2"}
LATE = [
    # variant  who         posts to          what     answer
    ("I", "secretary", "adjust_line",    HANDS,   422, LATER),
    ("I", "officer",   "fill_card",      SETTLED, 403, "cột này không mở"),
    ("I", "head",      "go_back",        WHY,     422, "Đã bắt đầu bỏ phiếu; chỉ cán bộ theo dõi"),
    ("I", "head",      "cancel_meeting", WHY,     403, "Phân công của Ông/Bà không bao gồm"),
    ("I", "officer",   "go_back",        WHY,     422, "Phải hủy hội nghị trước."),
    ("I", "officer",   "cancel_meeting", WHY,     302, ""),
    ("I", "officer",   "go_back",        WHY,     302, ""),
    ("I", "officer",   "fill_card",      SETTLED, 302, ""),
    ("I", "settlers",  "settle",         {},      200, ""),
    ("I", "head",      "move_season",    {},      422, "phải chốt lại xếp hạng."),
    ("I", "head",      "fix_ranking",    {},      422, "Chưa nhập “"),
    ("I", "head",      "fix_ranking",    WHY,     302, ""),
    ("I", "head",      "move_season",    {},      302, ""),
    ("I", "head",      "call_meeting",   CALLED,  302, ""),
]
EXPLAINED = [
    # variant  line    points   total before and after   rank before and after
    ("G", "I.2", "10.00", ("103.00", "104.25"), (2, 1)),
]
RAISED = [
    # variant  unit   rank  total
    ("G", "TCBTT", 1, "104.25"),
    ("G", "VCLKH", 2, "103.00"),
    ("G", "TTTT",  3, "99.90"),
    ("G", "BTT",   4, "92.67"),
    ("G", "TCTT",  5, "75.94"),
]
MISSHAPEN = [
    # variant  maxima that are others           what is said
    ("J", (("I", 58), ("I.2", 8)), ["Các mục lớn cộng lại được 98, không phải 100."]),
    ("J", (("I.2", 8),),           ["Mục I cộng lại được 58, không phải 60."]),
    ("–", (),                      []),
]
ROUNDED = [
    # variant  line  done  planned   points, exact  rounded   shown
    ("K", "I.1",  469, 6000, "2.345",  "2.35", "2,35"),
    ("K", "II.1", 469, 2000, "2.345",  "2.35", "2,35"),
    ("–", "II.1", 468, 2000, "2.340",  "2.34", "2,34"),
]
OLD_NAME, NEW_NAME = "Trường Cán bộ Thanh tra", "Học viện Thanh tra"
TABLES = [Column.INTERIM, Column.CLAIMED, Column.FINAL]
NAMES = [
    # variant  paper    dated    the name it prints, the unit being renamed on 01/07
    ("L", "targets", "26/03", OLD_NAME),
    ("L", "titles",  "26/03", OLD_NAME),
    ("L", "interim", "10/06", OLD_NAME),
    ("L", "claimed", "21/09", NEW_NAME),
    ("L", "final",   "16/11", NEW_NAME),
    ("L", "minutes", "03/12", NEW_NAME),
]
SPOILED = "two units marked"
FLAG_MARKS = {
    "TTTT": "VCLKH", "TCBTT": "TCBTT", "VCLKH": "VCLKH", "BTT": "VCLKH", "TCTT": "VCLKH",
}
PRESENT_OR_WRITTEN = {"base": Base.PRESENT_AND_WRITTEN}
BLANK = {"VCLKH": "", "TCBTT": ""}
NOT_ITSELF = {"self_vote": False, "mode": Mode.OPEN}
NO_QUORUM = "Chưa đủ: cần thêm 01 đơn vị"
FLAG_VARIANTS = [
    # variant  rules     absent      marks      counts     what came of it
    ("–",  {},                 "", {}, (5, 5, 5, 0), "VCLKH 4/5, TCBTT 1/5: VCLKH"),
    ("A",  NOT_ITSELF,         "", BLANK, (5, 5, 5, 0), "VCLKH 3/4, TCBTT 0/4: round 2"),
    ("B",  {},                 "BTT", {}, (4, 4, 4, 0), "VCLKH 3/5, TCBTT 1/5: round 2"),
    ("C",  PRESENT_OR_WRITTEN, "BTT", {}, (4, 4, 4, 0), "VCLKH 3/4, TCBTT 1/4: round 2"),
    ("D",  {},                 "BTT TCTT", {}, None, NO_QUORUM),
    ("E",  {"strict": True},   "", {}, (5, 5, 5, 0), "VCLKH 4/5, TCBTT 1/5: round 2"),
    ("H1", {}, "", {"TCBTT": SPOILED}, (5, 5, 4, 1), "VCLKH 4/5, TCBTT 0/5: VCLKH"),
    ("H2", {}, "", {"VCLKH": SPOILED}, (5, 5, 4, 1), "VCLKH 3/5, TCBTT 1/5: round 2"),
]
# fmt: on


def card_of(year, code) -> Scorecard:
    return Scorecard.objects.for_sheet().get(season=year.season, unit=year.played[code].unit)


def question_of(year, key) -> Question:
    return next(
        question
        for question in year.held.questions.all()
        if key in (question.office, question.award and question.award.code)
    )


@pytest.mark.parametrize(("code", "points"), [(code, points) for code, *points in POINTS])
def test_the_points_of_each_line(year, code, points):
    card = card_of(year, code)
    scores = card.total(Column.FINAL).scores
    by_code = {c.code: scores[c.pk].points for c in year.season.scale.criteria_in_order}
    assert {line: by_code[line] for line in LINES} == {
        line: Decimal(expected) for line, expected in zip(LINES, points, strict=True)
    }


@pytest.mark.parametrize(
    ("code", "main", "bonus", "penalty", "verified", "claimed", "section"), TOTALS
)
def test_the_totals_of_each_card(year, code, main, bonus, penalty, verified, claimed, section):
    card = card_of(year, code)
    total = card.total(Column.FINAL)
    assert (total.main, total.bonus, total.penalty, total.total) == tuple(
        map(Decimal, (main, bonus, penalty, verified))
    )
    assert card.total(Column.CLAIMED).total == Decimal(claimed)
    top = year.season.scale.criteria_in_order[0]
    assert (top.code, total.scores[top.pk].points) == ("I", Decimal(section))


@pytest.mark.parametrize(("code", "rank", "grade", "decided_by", "without_rules"), RANKS)
def test_the_rank_and_class_of_each_card(year, code, rank, grade, decided_by, without_rules):
    standing = year.season.current_ranking.standings.get(card__unit=year.played[code].unit)
    assert (standing.rank, standing.grade, standing.decided_by) == (rank, grade, decided_by)
    season = type(year.season).objects.for_page().get(pk=year.season.pk)
    season.rules.tie_rules = []
    ranks = {row.card.unit_id: row.rank for row in Board.of(season, Column.FINAL).rows}
    assert ranks[year.played[code].unit.pk] == without_rules


@pytest.mark.parametrize(("code", "inspector", "settler"), SETTLERS)
def test_who_inspects_and_who_settles_each_card(year, code, inspector, settler):
    card = card_of(year, code)
    assert [i.unit for i in card.inspectors] == [year.played[inspector].unit]
    expected = None if settler == "officer" else year.played[settler].unit
    assert card.settler == expected


def test_who_was_late_is_stamped_with_the_late_days(year):
    late = {
        code: sum(card_of(year, code).filing(c).late_days for c in (Column.TARGET, Column.AIM))
        for code in year.played
    }
    assert late == {"TTTT": 0, "TCBTT": 0, "VCLKH": 0, "BTT": 0, "TCTT": 4}


@pytest.mark.parametrize(("key", "issued", "returned", "valid", "spoiled"), COUNTS)
def test_the_ballots_of_each_question_reconcile(year, key, issued, returned, valid, spoiled):
    question = question_of(year, key)
    assert (question.issued, question.returned, question.valid, question.spoiled) == (
        issued, returned, valid, spoiled,
    )  # fmt: skip


@pytest.mark.parametrize(("key", "code", "yes", "base", "verdict", "reserve"), OUTCOMES)
def test_the_outcome_of_each_candidate(year, key, code, yes, base, verdict, reserve):
    outcome = question_of(year, key).outcomes.get(candidate__unit=year.played[code].unit)
    assert (outcome.yes, outcome.base, outcome.verdict, outcome.reserve) == (
        yes, base, verdict, reserve,
    )  # fmt: skip


def test_every_outcome_of_the_year_is_in_the_table(year):
    codes = {played.unit.pk: code for code, played in year.played.items()}
    listed = {
        (question.office or question.award.code, codes[outcome.candidate.unit_id])
        for question in year.held.questions.all()
        for outcome in question.outcomes.select_related("candidate")
    }
    assert listed == {row[:2] for row in OUTCOMES}


def test_the_tie_of_the_certificates_is_decided_by_the_verified_score(year):
    outcome = question_of(year, "TTCP_MERIT").outcomes.get(candidate__unit=year.played["TTTT"].unit)
    assert outcome.sentence == (
        "Trung tâm Thông tin: 04/05 phiếu đồng ý, đạt 80,00% tổng số đơn vị thành viên "
        "(quy định từ 70% trở lên) – bằng phiếu, xét điểm thẩm định 99,90 > 92,67, được đề nghị."
    )


@by_letter(FLAG_VARIANTS)
def test_the_variants_of_the_flag(year, row):
    variant, *_how, counts, came = row
    assert year.tried[variant] == (counts, came)


@by_letter(EXPLAINED)
def test_an_explanation_that_is_accepted_restores_the_points_and_history_says_who_and_why(
    year, row
):
    _variant, line, points, totals, ranks = row
    said = year.raised
    assert (said["line"], said["points"]) == (line, Decimal(points))
    assert said["totals"] == tuple(map(Decimal, totals))
    assert said["ranks"] == ranks
    told = said["history"]
    assert (told.user_id, told.before["total_after"]) == (year.officer.person_id, None)
    assert [f"{told.after[key]:.2f}" for key in ("total_before", "total_after")] == list(totals)
    assert told.after["answer"] == EXTENDED


@by_letter(RAISED)
def test_the_ranking_that_is_fixed_upon_the_explanation(year, row):
    _variant, code, rank, total = row
    assert (code, rank, Decimal(total)) in year.raised["standings"]


@by_letter(LATE)
def test_once_a_question_was_opened_only_an_officer_changes_a_score(year, row):
    *_asked, status, sentence = row
    answered, page = year.late[LATE.index(row)]
    assert (answered, sentence in page) == (status, True)


def test_the_meeting_that_is_called_anew_names_the_old_and_has_the_new_standings(year):
    replaced, minutes, standings = year.anew
    assert replaced == year.held
    assert minutes["meeting"]["number"] == 2
    assert WHY["reason"] in minutes["meeting"]["replaces"]
    assert minutes["scores"]["rows"][1]["total"] == "104,25"
    assert standings == [(code, rank, Decimal(total)) for _i, code, rank, total in RAISED]


@by_letter(MISSHAPEN)
def test_a_scale_is_locked_only_when_it_adds_up(year, row):
    _variant, maxima, sentences = row
    assert year.refused[maxima] == sentences


@by_letter(ROUNDED)
def test_the_points_of_a_line_are_rounded_half_up(year, row):
    _variant, line, done, planned, exact, rounded, shown = row
    rule = year.line(line).rule
    points = score(rule, Facts(Decimal(done), Decimal(planned))).points
    assert rule.max * done / planned == Decimal(exact)
    assert (str(points), show(points, 2)) == (rounded, shown)


@by_letter(NAMES)
def test_papers_of_before_a_unit_was_renamed_print_its_old_name(year, row):
    _variant, paper, dated, name = row
    assert year.renamed[paper] == (dated, name, name)


@pytest.mark.parametrize("row", ELIGIBLE, ids=lambda row: f"{row[0]}-{row[1]}")
def test_each_condition_of_each_award_is_answered_for_each_unit_before_the_votes(year, row):
    award, code, *said = row
    assert year.before[award, code] == tuple(said)


def test_every_unit_is_in_the_table_for_the_three_awards(year):
    listed = {key for key in year.before if key[0] in (FLAG, MERIT, EXCELLENT)}
    assert listed == {(award, code) for award, code, *_said in ELIGIBLE}


def test_the_award_by_conditions_lists_who_meets_them_without_a_question(year):
    named = "Trung tâm Thông tin; Trường Cán bộ Thanh tra; Viện Chiến lược và Khoa học Thanh tra"
    assert year.before[EXCELLENT] == named
    assert not year.held.questions.filter(award__code="EXCELLENT_COLLECTIVE").exists()


@pytest.mark.parametrize("row", LEADERS, ids=lambda row: row[0])
def test_the_government_flag_asks_who_registered_and_leads(year, row):
    code, *said = row
    assert year.after[GOV, code] == tuple(said)


def test_two_of_fourteen_leaders_may_be_chosen_and_the_one_who_leads_is_named(year):
    assert year.after[GOV] == (
        "Viện Chiến lược và Khoa học Thanh tra 14 đơn vị dẫn đầu cụm, khối (theo tổng hợp của Vụ "
        "Tổ chức cán bộ (số liệu minh họa)); không quá 20% × 14 = 2,80, được chọn không quá 02 "
        "đơn vị"
    )


@pytest.mark.parametrize("award", [FLAG, MERIT, EXCELLENT])
def test_a_unit_on_hold_is_not_refused_but_not_considered(year, award):
    outcome, registered, hold, *_rest = year.held_up[award, "VCLKH"]
    assert (outcome, registered) == ("Chưa xét", REGISTERED)
    assert hold == "Chưa xét từ 02/12/2021: Đang xác minh phản ánh của báo chí"
    others = {key: said for key, said in year.held_up.items() if key[1] != "VCLKH"}
    assert others == {key: said for key, said in year.before.items() if key[1] != "VCLKH"} | {
        award: year.held_up[award] for award in (FLAG, MERIT, EXCELLENT, GOV)
    }
    assert "Viện Chiến lược" not in year.held_up[award]


@by_letter(ALONE)
def test_who_is_left_alone_on_the_list_needs_four_of_five(year, row):
    _variant, yes, verdict, sentence = row
    assert year.listed == [year.played["TCBTT"].unit]
    assert year.alone[yes][0] == verdict
    assert sentence in year.alone[yes][1]


@pytest.mark.parametrize(("award", "standing"), MAY_STAND)
def test_who_meets_the_conditions_of_each_award(year, award, standing):
    with year_end():
        asked = Award.objects.of(year.authority, year.held.starts_at.date()).get(code=award)
        codes = {played.unit.pk: code for code, played in year.played.items()}
        failed = requirements.failed_by(year.season, asked)
        assert {codes[unit.pk] for unit, why in failed.items() if not why} == standing


def year_end():
    return clock.standing_on(date(2021, 12, 4))
