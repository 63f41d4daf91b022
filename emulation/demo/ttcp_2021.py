"""The year 2021 of the Government Inspectorate's public-service units, on its own dates.

Units, theme, targets and titles are real; scores, people and the dates of letters are invented
(``domain.md`` 10 of the design gives the numbers; ``emulation/groups`` holds them).
"""

from dataclasses import dataclass, field
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

from django.utils import timezone

from awards.catalogue_file import load_catalogue
from awards.models import Award, Counter, Guest, LeaderCount, Meeting, Question, VoteRules
from awards.papers import count_of, minutes_of, nominees_of, proposal_of
from awards.tally import Mode, Presence, TieRule
from blocks import clock
from blocks.history import recorded
from blocks.models import Block, Honorific, Office, Recognition, Seat, User
from blocks.numbers import show
from emulation.demo import cast as stage
from emulation.demo import steps
from emulation.demo.steps import on
from emulation.printing import finalise
from scoring.inspection_paper import inspection_of
from scoring.methods import Facts
from scoring.models import (
    Agreement,
    CommonTarget,
    Evidence,
    EvidenceNeed,
    Explanation,
    PhaseDate,
    Ranking,
    Scorecard,
    Season,
    SeasonRules,
    StaffFigures,
)
from scoring.papers import board_of, registration_of, score_table_of, titles_of
from scoring.phases import Column, Phase
from scoring.scale_files import load, read_facts

YEAR = 2021
RULES_PAPER = "Quy chế hoạt động năm 2021 của Khối"
DATES = {
    Phase.PLANNING: date(2021, 3, 19),
    Phase.REGISTRATION: date(2021, 3, 31),
    Phase.EXECUTION: date(2021, 6, 15),
    Phase.SELF_SCORING: date(2021, 9, 30),
    Phase.INSPECTION: date(2021, 10, 15),
    Phase.SETTLEMENT: date(2021, 11, 20),
    Phase.MEETING: date(2021, 12, 3),
    Phase.CLOSED: date(2021, 12, 20),
}
REASONS = {
    "I.1": "Đối chiếu danh mục sản phẩm: 01 sản phẩm chưa nghiệm thu trước ngày 30/9.",
    "I.2": "01 nhiệm vụ đột xuất hoàn thành sau thời hạn trong văn bản giao.",
    "III.1": "Sổ văn bản đến: hai văn bản đăng ký gửi chậm, tổng cộng 04 ngày.",
    "III.2": "Sổ văn bản đến: 01 báo cáo gửi sau thời hạn.",
    "III.3": "Vắng 01 hoạt động của Khối (theo danh sách điểm danh).",
    "III.4": "Mới có 01 sáng kiến được công nhận.",
    "P.3": "Có 01 quyết định kỷ luật cảnh cáo trong năm.",
}
EXPLAINED = (
    "Đơn vị có 02 sáng kiến; sáng kiến thứ hai đã nghiệm thu, đang chờ quyết định công nhận."
)
ANSWERED = (
    "Chỉ tính sáng kiến đã có quyết định công nhận trước ngày 30/9; giữ nguyên kết quả kiểm tra."
)
# Whom two units hold up; invented.
ROLE_MODELS = {
    "TCBTT": (
        "Bà Trần Minh Hạnh, giảng viên (số liệu minh họa)",
        "Xây dựng 03 bài giảng điện tử về nghiệp vụ thanh tra, dùng trong 12 lớp bồi dưỡng.",
    ),
    "VCLKH": (
        "Phòng Nghiên cứu khoa học (số liệu minh họa)",
        "Hoàn thành trước hạn 02 đề tài khoa học cấp bộ, nghiệm thu loại xuất sắc.",
    ),
}
# The secretary's words of the minutes; invented, like the figures.
WORDS = {
    "opening": "Thay mặt Khối trưởng, ông Nguyễn Đức Thắng khai mạc Hội nghị, nêu mục đích, yêu "
    "cầu và thông qua chương trình làm việc. Hội nghị nghe Báo cáo tổng kết phong trào thi đua năm "
    "2021 với chủ đề “Siết chặt kỷ cương, tăng cường hiệu quả” và Báo cáo kết quả chấm điểm, kiểm "
    "tra chéo, thẩm định của Khối.",
    "discussion": "Các đại biểu thảo luận, cơ bản nhất trí với Báo cáo tổng kết và kết quả chấm "
    "điểm, xếp hạng.\n\n"
    "Đại diện Tạp chí Thanh tra nhận trách nhiệm về việc gửi chậm văn bản đăng ký và báo cáo; đề "
    "nghị năm 2022 Khối nhắc lịch nộp trước hạn 05 ngày.\n\n"
    "Đại diện Viện Chiến lược và Khoa học Thanh tra đề nghị thống nhất sớm danh mục sản phẩm được "
    "tính là hoàn thành kế hoạch năm, làm căn cứ khi kiểm tra chéo.\n\n"
    "Chủ trì tiếp thu các ý kiến, giao Thư ký tổng hợp để Khối trưởng năm 2022 xem xét khi xây "
    "dựng thang bảng điểm.",
    "closing": "Phát biểu kết luận, Chủ trì cảm ơn các đơn vị đã phối hợp trong năm; giao Khối "
    "trưởng hoàn chỉnh hồ sơ đề nghị khen thưởng, gửi Thanh tra Chính phủ trước ngày 15/12/2021 và "
    "bàn giao hồ sơ của Khối khi có văn bản công nhận Khối trưởng, Khối phó năm 2022.",
}
# What the teams wrote in the minutes of their inspections.
INSPECTED = {
    "basis": "Căn cứ Kế hoạch kiểm tra chéo năm 2021 của Khối, phân công theo thứ tự luân phiên;",
    "hours": "Từ 08 giờ 30 phút đến 11 giờ 00 phút",
    "documents": "Danh mục sản phẩm năm 2021, sổ văn bản đến, hồ sơ đánh giá, xếp loại cán bộ.",
    "strengths": "Hồ sơ, minh chứng đầy đủ, sắp xếp theo từng tiêu chí; số liệu kê khai cơ bản "
    "khớp với hồ sơ.",
    "limits": "Các tiêu chí có chênh lệch được ghi rõ lý do tại bảng trên.",
    "recommendations": "Đề nghị đơn vị rà soát thời hạn gửi văn bản, báo cáo trong năm 2022.",
    "opinion": "Đơn vị thống nhất với kết quả kiểm tra.",
}
MEETING_DAY = date(2021, 12, 3)
OPENINGS = ((9, 30), (9, 45), (10, 15), (10, 30))  # of the four questions; each takes ten minutes
RULE = {"mode": Mode.SECRET, "quorum_part": 2, "quorum_whole": 3, "source": RULES_PAPER}


@dataclass
class TheYear:
    """The year on stage, step by step."""

    say: steps.Say
    played: dict[str, stage.Played] = field(default_factory=dict)
    facts: dict[str, dict[int, Facts]] = field(default_factory=dict)
    claims: dict[str, dict[int, Facts]] = field(default_factory=dict)

    def play(self) -> Season:
        """Play the whole year; everything happens on its own day."""
        self.stated = stage.group_file("ttcp-2021.yaml")
        self.results = load(stage.GROUPS / "ttcp-2021-results.yaml")
        with on(date(2021, 1, 15)):
            self.people()
        with on(date(2021, 1, 20)):
            self.recognition()
        with on(date(2021, 2, 15)):
            self.planning()
        self.registration()
        self.execution()
        self.self_scoring()
        self.inspection()
        self.settlement()
        self.meeting()
        self.papers()
        return self.season

    # The stage

    def people(self) -> None:
        """Authority, units, people, block."""
        self.authority, self.officer = stage.authority(
            self.stated["authority"], "Hà Nội", "ttcp.theodoi"
        )
        group = self.stated["groups"][0]
        self.block: Block = stage.block(self.authority, group, "Khối sự nghiệp TTCP")
        heads = {"TTTT": "Giám đốc", "TCBTT": "Hiệu trưởng", "VCLKH": "Viện trưởng"}
        for order, member in enumerate(group["members"], start=1):
            code = member["code"]
            named = ("Nguyễn Đức Thắng", Honorific.MR) if code == "TTTT" else None
            title = heads.get(code, "Tổng Biên tập")
            self.played[code] = stage.play_member(
                self.block,
                member,
                order,
                superior="Thanh tra Chính phủ",
                place="Hà Nội",
                head_title=f"{title} {member['name']}",
                named=named,
            )
        load_catalogue()
        self.say(f"{clock.today():%d/%m/%Y}  {self.block}: {len(self.played)} đơn vị thành viên")

    def recognition(self) -> None:
        """One paper names head and deputy."""
        paper = Recognition.objects.create(
            authority=self.authority,
            year=YEAR,
            kind=Recognition.Kind.NOTICE,
            number="86",
            symbol="TB-TTCP",
            dated=clock.today(),
            signer="Trần Ngọc Liêm",
            signer_position="Phó Tổng Thanh tra Chính phủ",
            about="về việc công nhận Khối trưởng, Khối phó năm 2021 (số liệu minh họa)",
        )
        with recorded(self.officer.person_id):
            stage.recognise(
                paper,
                [
                    (self.block, Office.HEAD, self.played["TTTT"].unit),
                    (self.block, Office.DEPUTY, self.played["TCBTT"].unit),
                ],
                clock.today(),
            )
        self.say(f"{clock.today():%d/%m/%Y}  Công nhận Khối trưởng, Khối phó: {paper.reference}")

    def planning(self) -> None:
        """Theme, dates, rules, common targets, scale, rules of the votes."""
        group = self.stated["groups"][0]
        with recorded(self.officer.person_id):
            self.season = Season.objects.create(block=self.block, year=YEAR, theme=group["theme"])
            SeasonRules.objects.create(
                season=self.season, inspectors_per_card=1, explanation_days=23, source=RULES_PAPER
            )
            self.season.take_offices_from_terms()
        head = self.played["TTTT"]
        with recorded(head.clerk.pk):
            PhaseDate.objects.bulk_create(
                PhaseDate(season=self.season, phase=phase, due=due) for phase, due in DATES.items()
            )
            CommonTarget.objects.bulk_create(
                CommonTarget(
                    season=self.season,
                    order=order,
                    text=target["text"],
                    value=target["value"],
                    measure=target["unit"],
                )
                for order, target in enumerate(group["block_targets"])
            )
            self.vote_rules()
        steps.scale_from(self.season, "ex-100.yaml", head.principal_seat)
        self.say(f"{clock.today():%d/%m/%Y}  Khóa thang bảng điểm EX-100: 100 điểm")

    def vote_rules(self) -> None:
        """The flag in secret, the certificates and the offices openly."""
        awards = {award.code: award for award in self.awards()}
        self.season.vote_rules.create(
            award=awards["TTCP_FLAG"],
            **RULE | {"threshold_part": 80, "quota": 1, "max_marks": 1},
            tie_rules=[TieRule.SCORE],
        )
        VoteRules.objects.create(
            season=self.season,
            award=awards["TTCP_MERIT"],
            **RULE | {"mode": Mode.OPEN, "threshold_part": 70},
            quota=None,
            quota_percent=40,
            tie_rules=[TieRule.SCORE],
        )
        for office in Office:
            VoteRules.objects.create(
                season=self.season,
                office=office,
                **RULE | {"mode": Mode.OPEN, "threshold_part": 50},
                strict=True,
                quota=1,
                tie_rules=[],
            )

    def awards(self) -> list[Award]:
        """The catalogue in force on the day."""
        return list(Award.objects.of(self.authority, clock.today()))

    # The year

    @property
    def head_seat(self) -> Seat:
        """The seat of the head's principal."""
        return self.played["TTTT"].principal_seat

    def card(self, code: str) -> Scorecard:
        """The card of a unit, as it stands now."""
        return Scorecard.objects.for_sheet().get(season=self.season, unit=self.played[code].unit)

    def move(self, phase: Phase) -> None:
        """Move on and say so."""
        steps.move(self.season, phase, self.head_seat)
        self.say(f"{clock.today():%d/%m/%Y}  Chuyển sang: {self.season.get_phase_display()}")

    def read_results(self) -> None:
        """Read what was verified and what was claimed otherwise, by line."""
        lines = {c.code: c for c in self.season.criteria}
        for code, stated in self.results["verified"].items():
            said: dict[str, Any] = dict(stated)
            claimed = said | self.results["claimed"].get(code, {})
            self.facts[code] = {
                lines[line].pk: read_facts(lines[line].rule, value) for line, value in said.items()
            }
            self.claims[code] = {
                lines[line].pk: read_facts(lines[line].rule, value)
                for line, value in claimed.items()
            }

    def registration(self) -> None:
        """Every unit registers targets and titles; one is two days late with both papers."""
        with on(date(2021, 3, 19)):
            self.move(Phase.REGISTRATION)
            self.read_results()
            awards = {award.code: award for award in self.awards()}
        registered = {
            member["code"]: member["registers"] for member in self.stated["groups"][0]["members"]
        }
        for number, (code, played) in enumerate(self.played.items()):
            wanted = [c.pk for c in self.season.criteria if c.wants_target]
            targets = {key: self.facts[code][key].target or Decimal(0) for key in wanted}
            with on(date(2021, 3, 24 + number)):
                steps.targets_and_aims(
                    self.card(code), played, targets, [awards[a] for a in registered[code]]
                )
            with on(date(2021, 4, 2) if code == "TCTT" else date(2021, 3, 25 + number), 15):
                for column in (Column.TARGET, Column.AIM):
                    steps.send(self.card(code), played.principal, column)
                late = self.card(code).filing(Column.TARGET).late_days
                note = f", chậm {late:02d} ngày" if late else ""
                self.say(f"{clock.today():%d/%m/%Y}  {played.unit} gửi bản đăng ký{note}")

    def execution(self) -> None:
        """What is done together, mid-year figures; the campaigns are real, their days invented."""
        with on(date(2021, 4, 5)):
            self.move(Phase.EXECUTION)
        days = (date(2021, 4, 6), date(2021, 5, 19))
        for day, campaign in zip(days, self.stated["groups"][0]["campaigns"], strict=True):
            self.together(day, f"Phát động: {campaign['name']} (ngày minh họa)")
        for number, (code, played) in enumerate(self.played.items()):
            with on(date(2021, 6, 9 + number)):
                steps.fill(
                    self.card(code), played.clerk, Column.INTERIM,
                    steps.half_year(self.facts[code]),
                )  # fmt: skip
                steps.send(self.card(code), played.principal, Column.INTERIM)
        with on(date(2021, 6, 15)):
            self.reached("96.97", "29.87", "24", "2")
        self.say("15/06/2021  Sơ kết 6 tháng: 5/5 đơn vị đã gửi")
        self.together(date(2021, 6, 15), "Hội nghị sơ kết 6 tháng đầu năm (số liệu minh họa)")
        self.together(
            date(2021, 8, 20), "Tọa đàm trực tuyến về văn hóa công sở (số liệu minh họa)", "BTT"
        )

    def together(self, day: date, name: str, absent: str = "") -> None:
        """Everybody takes part in an activity of the block, but one that is absent."""
        units = [played.unit for code, played in self.played.items() if code != absent]
        with on(day):
            steps.activity(self.season, self.played["TTTT"].clerk_seat, name, units)

    def self_scoring(self) -> None:
        """Every unit scores itself and gives its staff figures."""
        with on(date(2021, 9, 1)):
            self.move(Phase.SELF_SCORING)
        for number, (code, played) in enumerate(self.played.items()):
            with on(date(2021, 9, 20 + number)):
                card = self.card(code)
                steps.fill(card, played.clerk, Column.CLAIMED, self.claims[code])
                with recorded(played.clerk.pk):
                    StaffFigures.objects.create(
                        card=card, seat=played.clerk_seat, **self.results["staff"][code]
                    )
                    self.back(card, played.clerk)
                steps.send(self.card(code), played.principal, Column.CLAIMED)
        for code, said in ROLE_MODELS.items():
            with on(date(2021, 9, 27)):
                steps.role_model(self.season, self.played[code], *said)
        with on(date(2021, 9, 28)):
            steps.plan(self.season, self.head_seat)
            self.say("28/09/2021  Kế hoạch kiểm tra chéo theo thứ tự luân phiên, 5 cặp")

    def back(self, card: Scorecard, clerk: User) -> None:
        """Name the paper that backs each line of the claim that asks for evidence."""
        for criterion in self.season.criteria:
            if criterion.evidence == EvidenceNeed.REQUIRED:
                Evidence.attach(
                    card, clerk, Column.CLAIMED, criterion, number="45", symbol="BC",
                    dated=clock.today(), subject=f"{criterion.name} (số liệu minh họa)",
                )  # fmt: skip

    def inspection(self) -> None:
        """Each unit inspects the next one."""
        with on(date(2021, 10, 4)):
            self.move(Phase.INSPECTION)
        codes = list(self.played)
        for place, code in enumerate(codes):
            inspector = self.played[codes[place - 1]]
            with on(date(2021, 10, 5 + place)):
                card = self.card(code)
                steps.appoint(card, inspector)
                steps.find(
                    card, inspector.clerk, self.facts[code],
                    lambda line: REASONS.get(line, "Theo hồ sơ kiểm tra."),
                )  # fmt: skip
                steps.send(self.card(code), inspector.principal, Column.FOUND)
                with recorded(inspector.principal.pk):
                    minutes = inspection_of(self.card(code))
                    minutes.say(INSPECTED)
                    finalise(minutes, inspector.principal)
                self.say(
                    f"{clock.today():%d/%m/%Y}  {inspector.unit} kiểm tra {self.played[code].unit}"
                )

    def answers(self) -> None:
        """Two units agree to the findings, one explains a line in vain, two are silent."""
        for code in ("TTTT", "VCLKH"):
            with on(date(2021, 10, 20)), recorded(self.played[code].principal.pk):
                Agreement.give(self.card(code), self.played[code].principal)
        unit, line = self.played["BTT"], next(c for c in self.season.criteria if c.code == "III.4")
        with on(date(2021, 10, 28)), recorded(unit.principal.pk):
            said = Explanation.put(self.card("BTT"), unit.principal, line, EXPLAINED)
        with on(date(2021, 11, 2)), recorded(self.head_seat.person_id):
            said.card = self.card("BTT")
            said.reply(self.head_seat.person, ANSWERED)
        self.say("10/11/2021  Hết hạn giải trình: 02 đơn vị thống nhất, 01 giải trình")

    def reached(self, *figures: str) -> None:
        """The head's clerk notes how far the common targets are; the figures are invented."""
        head = self.played["TTTT"]
        with recorded(head.clerk.pk):
            for target, figure in zip(self.season.common_targets.all(), figures, strict=True):
                target.note(Decimal(figure), clock.today(), head.clerk_seat)

    def settlement(self) -> None:
        """The settler settles each card by name; the ranking is fixed."""
        with on(date(2021, 10, 18)):
            self.move(Phase.SETTLEMENT)
        self.answers()
        for place, (code, played) in enumerate(self.played.items()):
            with on(date(2021, 11, 15 + place)):
                user = self.settle(code)
                total = self.card(code).total(Column.FINAL).total
                self.say(f"{clock.today():%d/%m/%Y}  {user} kết luận {played.unit}: {show(total)}")
        with on(date(2021, 11, 22)):
            self.reached("98.27", "33.77", "26", "4")
            with recorded(self.head_seat.person_id):
                ranking = Ranking.fix(self.season, self.head_seat)
            first = ranking.standings.first()
            if first:
                self.say(
                    f"22/11/2021  Chốt xếp hạng: hạng 1 {first.card.unit}, {show(first.total, 2)}"
                )

    def settle(self, code: str) -> User:
        """Settle a card by whoever does: the head's principal, the deputy's, or the officer."""
        card = self.card(code)
        user = next(
            (p.principal for p in self.played.values() if p.unit == card.settler),
            self.officer.person,
        )
        steps.send(card, user, Column.FINAL)
        return user

    # The meeting

    def meeting(self) -> None:
        """The meeting of 3 December: four present, one by letter; four questions."""
        head = self.played["TTTT"]
        with on(date(2021, 11, 25)):
            self.move(Phase.MEETING)
            with recorded(head.clerk.pk):
                self.held = Meeting.call(
                    self.season,
                    starts_at=timezone.make_aware(datetime.combine(date(2021, 12, 3), time(8))),
                    place="Hội trường Trung tâm Thông tin, Hà Nội",
                    agenda="Tuyên bố lý do, giới thiệu đại biểu\n"
                    "Báo cáo tổng kết phong trào thi đua năm 2021\n"
                    "Báo cáo kết quả chấm điểm, xếp hạng\n"
                    "Thảo luận\nBầu Ban kiểm phiếu\n"
                    "Bỏ phiếu đề nghị khen thưởng\n"
                    "Giới thiệu Khối trưởng, Khối phó năm 2022",
                    chair_name=head.principal.full_name,
                    chair_position=f"{head.principal.position}, đại diện Khối trưởng",
                    secretary=head.clerk,
                    secretary_position=head.clerk.position,
                )
        with on(MEETING_DAY, 8):
            self.attendance()
        self.votes()

    def attendance(self) -> None:
        """Who sits for which unit, who counts."""
        with recorded(self.played["TTTT"].clerk.pk):
            for code, played in self.played.items():
                line = self.held.attendances.get(unit=played.unit)
                if code == "BTT":
                    line.write_in(
                        timezone.make_aware(datetime.combine(date(2021, 12, 2), time(15, 30)))
                    )
                else:
                    line.sit(played.principal)
            Guest.objects.create(
                meeting=self.held,
                name=str(self.officer.person),
                position=f"{self.officer.position}, Thanh tra Chính phủ",
            )
            self.counters = [self.played[code].clerk for code in ("TCBTT", "VCLKH", "TCTT")]
            for duty, user in zip(Counter.Duty, self.counters, strict=True):
                Counter.objects.create(
                    meeting=self.held, person=user, name=user.full_name, position=user.position,
                    duty=duty,
                )  # fmt: skip
            self.held.open()
        self.say("03/12/2021  Khai mạc hội nghị: 4 đơn vị có mặt, 1 đơn vị gửi ý kiến bằng văn bản")

    def votes(self) -> None:
        """Who marked whom stands in the worked example."""
        everybody = list(self.played)
        flag = {code: ["VCLKH"] for code in everybody} | {"TCBTT": ["TCBTT"]}
        merit = {code: ["TTTT", "TCBTT", "BTT"] for code in everybody}
        merit |= {"TCTT": ["TCBTT", "BTT"], "TTTT": ["TTTT", "TCBTT"]}
        head, deputy = ({code: [stands] for code in everybody} for stands in ("TCBTT", "VCLKH"))
        marks = {"TTCP_FLAG": flag, "TTCP_MERIT": merit, "head": head, "deputy": deputy}
        questions = self.held.questions.order_by("order")
        for (hour, minute), question in zip(OPENINGS, questions, strict=True):
            key = question.award.code if question.award else question.office
            with on(MEETING_DAY, hour, minute):
                self.vote(question, marks[key])
            with on(MEETING_DAY, hour, minute + 10):
                self.count(question)
        with on(MEETING_DAY, 11, 15), recorded(self.secretary.pk):
            self.held.close()

    @property
    def secretary(self) -> User:
        """The named secretary of the meeting, who clicks at the chair's direction."""
        return self.played["TTTT"].clerk

    def vote(self, question: Question, marks: dict[str, list[str]]) -> None:
        """Open, cast, key the letter."""
        units = {code: played.unit.pk for code, played in self.played.items()}
        with recorded(self.secretary.pk):
            question.propose_for_office()
            question.open()
        for code, marked in marks.items():
            chosen = [units[other] for other in marked]
            elector = question.electors.get(unit=units[code])
            if elector.presence == Presence.WRITTEN:
                steps.letter(question, units[code], chosen, self.counters[:2])
            else:
                steps.cast(question, self.played[code].principal, chosen)

    def count(self, question: Question) -> None:
        """Close the question and say what came of it."""
        with recorded(self.secretary.pk):
            question.close()
        self.say(f"03/12/2021  {question.title}:")
        for outcome in question.outcomes.all():
            self.say(f"            {outcome.sentence}")

    # The papers

    def papers(self) -> None:
        """Minutes and count on the day, the sheets after it, a number, the end of the year."""
        head = self.played["TTTT"]
        with on(MEETING_DAY, 11, 45):
            with recorded(self.secretary.pk):
                minutes = minutes_of(self.held)
                minutes.say(WORDS)
                counted = count_of(self.held)
            with recorded(head.principal.pk):
                for paper in (counted, minutes):
                    finalise(paper, head.principal)
                finalise(board_of(self.season), head.principal)
        with on(date(2021, 12, 6)):
            for code, played in self.played.items():
                card = self.card(code)
                with recorded(played.principal.pk):
                    finalise(registration_of(card), played.principal)
                    finalise(titles_of(card), played.principal)
                    finalise(score_table_of(card, Column.FINAL), played.principal)
            with recorded(self.secretary.pk):
                minutes.give_number("12", "BB-TTTT", clock.today())
        self.proposal()
        with on(date(2021, 12, 20)):
            self.move(Phase.CLOSED)
        with on(date(2021, 12, 24)), recorded(self.officer.person_id):
            LeaderCount.state(
                self.season, self.officer, 14, "tổng hợp của Vụ Tổ chức cán bộ (số liệu minh họa)"
            )

    def proposal(self) -> None:
        """The proposal of 15 December with its list, numbered on the same day."""
        head = self.played["TTTT"]
        with on(date(2021, 12, 15)), recorded(head.principal.pk):
            proposed = proposal_of(self.held)
            for paper in (proposed, nominees_of(self.held)):
                finalise(paper, head.principal)
            proposed.give_number("35", "TTr-TTTT", clock.today())
        self.say("15/12/2021  Tờ trình đề nghị khen thưởng: 35/TTr-TTTT")
