"""Three groups of a province in 2019, left in registration, in inspection and in a meeting.

The groups, their heads and deputies are real; members marked ``assumed`` and all scores, people
and dates of letters are invented. What is still to be done is due some days after the day on which
the demonstration is loaded, so that a visitor can go on.
"""

from dataclasses import dataclass, field
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

from django.utils import timezone

from awards.catalogue_file import load_catalogue
from awards.models import Award, Counter, Meeting, Question, VoteRules
from awards.tally import Mode, TieRule
from blocks import clock
from blocks.history import recorded
from blocks.models import Block, Office, Recognition, Seat
from emulation.demo import cast as stage
from emulation.demo import steps
from emulation.demo.steps import on
from scoring.methods import Facts, Method
from scoring.models import (
    Agreement,
    CommonTarget,
    Criterion,
    PhaseDate,
    Ranking,
    Scorecard,
    Season,
    SeasonRules,
    StaffFigures,
)
from scoring.phases import ORDER, Column, Phase

YEAR = 2019
RULES_PAPER = "Quy chế hoạt động của Khối, Cụm năm 2019 (số liệu minh họa)"
DATES = {
    Phase.PLANNING: date(2019, 2, 28),
    Phase.REGISTRATION: date(2019, 3, 31),
    Phase.EXECUTION: date(2019, 6, 15),
    Phase.SELF_SCORING: date(2019, 9, 30),
    Phase.INSPECTION: date(2019, 10, 31),
    Phase.SETTLEMENT: date(2019, 11, 20),
    Phase.MEETING: date(2019, 12, 6),
    Phase.CLOSED: date(2019, 12, 20),
}
SHORT = {"CUM-NAM": "Cụm phía Nam", "KHOI-KT": "Khối Kinh tế", "KHOI-NC-VX": "Khối NC-VX"}
BEGUN = 4  # in the phase that is left open: the last unit that has begun
UNTIL = {
    "KHOI-KT": Phase.REGISTRATION,
    "KHOI-NC-VX": Phase.INSPECTION,
    "CUM-NAM": Phase.MEETING,
}


@dataclass
class TheProvince:
    """The province's recognition paper, then each group as far as it goes."""

    say: steps.Say
    seats: dict[str, dict[str, stage.Played]] = field(default_factory=dict)

    def play(self) -> list[Season]:
        """Play all three groups."""
        stated = stage.group_file("quang-ngai-2019.yaml")
        with on(date(2019, 1, 10)):
            self.authority, self.officer = stage.authority(
                stated["authority"], "Quảng Ngãi", "quangngai.theodoi"
            )
            load_catalogue()
            blocks = {group["code"]: self.people(group) for group in stated["groups"]}
        with on(date(2019, 1, 25)):
            self.recognition(stated, blocks)
        return [
            TheGroup(self, blocks[group["code"]], group, self.say).play()
            for group in stated["groups"]
        ]

    def people(self, group: dict[str, Any]) -> Block:
        """Put one group with its members on stage."""
        block = stage.block(self.authority, group, SHORT[group["code"]])
        self.seats[group["code"]] = {
            member["name"]: stage.play_member(
                block,
                member,
                order,
                superior=superior_of(member["name"]),
                place=place_of(member["name"]),
                head_title="Chánh Thanh tra",
            )
            for order, member in enumerate(group["members"], start=1)
        }
        return block

    def recognition(self, stated: dict[str, Any], blocks: dict[str, Block]) -> None:
        """One letter names the heads and deputies of all three groups."""
        decision = stated["decision"]
        paper = Recognition.objects.create(
            authority=self.authority,
            year=YEAR,
            kind=Recognition.Kind.LETTER,
            number=decision["number"],
            symbol=decision["symbol"],
            dated=clock.today(),
            signer="Trần Minh Hải",
            signer_position="Chánh Thanh tra tỉnh (số liệu minh họa)",
            about=decision["about"],
        )
        offices = [
            (blocks[group["code"]], member["role"], self.seats[group["code"]][member["name"]].unit)
            for group in stated["groups"]
            for member in group["members"]
            if "role" in member
        ]
        with recorded(self.officer.person_id):
            stage.recognise(paper, offices, clock.today())
        self.say(f"{clock.today():%d/%m/%Y}  Văn bản {paper.reference}: {len(offices)} chức danh")


def superior_of(name: str) -> str:
    """Return the body printed above a unit's name."""
    place = name.removeprefix("Thanh tra ")
    return place if place.startswith("Sở ") else f"Ủy ban nhân dân {place}"


def place_of(name: str) -> str:
    """Return the place before the date on a unit's papers: its district, else the province."""
    for level in ("huyện", "thành phố"):
        if name.startswith(f"Thanh tra {level} "):
            return name.removeprefix(f"Thanh tra {level} ")
    return "Quảng Ngãi"


@dataclass
class TheGroup:
    """One group's year, up to the phase in which it is left."""

    province: TheProvince
    block: Block
    stated: dict[str, Any]
    say: steps.Say

    def play(self) -> Season:
        """Play until the phase of ``UNTIL``."""
        self.played = self.province.seats[self.block.code]
        self.head = self.played[self.stated["members"][0]["name"]]
        until = UNTIL[self.block.code]
        with on(date(2019, 2, 15)):
            self.planning()
        acts = (
            (Phase.REGISTRATION, self.registration),
            (Phase.EXECUTION, self.execution),
            (Phase.SELF_SCORING, self.self_scoring),
            (Phase.INSPECTION, self.inspection),
            (Phase.SETTLEMENT, self.settlement),
            (Phase.MEETING, self.meeting),
        )
        for phase, act in acts:
            if ORDER.index(phase) <= ORDER.index(until):
                act(left_open=phase == until)
        self.leave_due_dates(until)
        self.say(f"{self.block}: để lại ở “{self.season.get_phase_display()}”")
        return self.season

    @property
    def head_seat(self) -> Seat:
        """The seat of the head's principal."""
        return self.head.principal_seat

    def card(self, played: stage.Played) -> Scorecard:
        """The card of a unit, as it stands now."""
        return Scorecard.objects.for_sheet().get(season=self.season, unit=played.unit)

    def planning(self) -> None:
        """Season, dates, rules, targets, scale."""
        with recorded(self.province.officer.person_id):
            self.season = Season.objects.create(
                block=self.block,
                year=YEAR,
                theme="Kỷ cương, trách nhiệm, hiệu quả (số liệu minh họa)",
            )
            SeasonRules.objects.create(season=self.season, source=RULES_PAPER)
            self.season.take_offices_from_terms()
        with recorded(self.head.clerk.pk):
            PhaseDate.objects.bulk_create(
                PhaseDate(season=self.season, phase=phase, due=due) for phase, due in DATES.items()
            )
            CommonTarget.objects.create(
                season=self.season,
                text="Cuộc thanh tra theo kế hoạch ban hành kết luận đúng thời hạn",
                value=95,
                measure="%",
            )
            self.vote_rules()
        steps.scale_from(self.season, "starter-tt-100.yaml", self.head_seat)
        self.lines = self.season.criteria

    def vote_rules(self) -> None:
        """The flag in secret, the certificates and offices openly."""
        awards = Award.objects.of(self.block.authority, clock.today()).filter(decided_by="vote")
        for award in awards:
            leads = award.marks_the_leader
            VoteRules.objects.create(
                season=self.season,
                award=award,
                mode=Mode.SECRET if leads else Mode.OPEN,
                threshold_part=80 if leads else 70,
                quota=1 if leads else 2,
                max_marks=1 if leads else None,
                tie_rules=[TieRule.SCORE],
                source=RULES_PAPER,
            )
        for office in Office:
            VoteRules.objects.create(
                season=self.season, office=office, mode=Mode.OPEN, threshold_part=50,
                strict=True, quota=1, tie_rules=[], source=RULES_PAPER,
            )  # fmt: skip

    def facts(self, number: int, *, modest: bool) -> dict[int, Facts]:
        """Invent a unit's results; the modest reading is what an inspection finds."""
        return {
            line.pk: invented_facts(line, number, modest=modest)
            for line in self.lines
            if line.takes
        }

    def registration(self, *, left_open: bool) -> None:
        """All register; in the group that is left here some have only begun."""
        with on(date(2019, 3, 1)):
            steps.move(self.season, Phase.REGISTRATION, self.head_seat)
            awards = list(Award.objects.of(self.block.authority, clock.today()))
        self.together()
        wanted = [line for line in self.lines if line.wants_target]
        for number, played in enumerate(self.played.values()):
            if left_open and number > BEGUN:
                continue
            facts = self.facts(number, modest=True)
            targets = {line.pk: facts[line.pk].target or Decimal(1) for line in wanted}
            with on(date(2019, 3, 5 + number)):
                if left_open and number == BEGUN:
                    first = dict(list(targets.items())[:1])
                    self.begin(played, first)
                    continue
                steps.targets_and_aims(self.card(played), played, targets, awards[: 2 + number % 2])
            if left_open and number == BEGUN - 1:
                continue
            with on(date(2019, 3, 12 + number)):
                for column in (Column.TARGET, Column.AIM):
                    steps.send(self.card(played), played.principal, column)

    def together(self) -> None:
        """All but the last sign the year's agreement; the head holds somebody up. Invented."""
        units = [played.unit for played in self.played.values()]
        with on(date(2019, 3, 4)):
            name = "Ký kết giao ước thi đua năm 2019 (số liệu minh họa)"
            steps.activity(self.season, self.head.clerk_seat, name, units[:-1])
            steps.role_model(
                self.season, self.head, "Tổ tiếp công dân (số liệu minh họa)",
                "Tiếp, hướng dẫn kịp thời, không để phát sinh đơn thư vượt cấp.",
            )  # fmt: skip

    def begin(self, played: stage.Played, targets: dict[int, Decimal]) -> None:
        """Type the first lines only."""
        with recorded(played.clerk.pk):
            self.card(played).write(
                played.clerk, Column.TARGET, {key: {"target": t} for key, t in targets.items()}
            )

    def execution(self, *, left_open: bool) -> None:
        """Mid-year figures."""
        del left_open
        with on(date(2019, 4, 5)):
            steps.move(self.season, Phase.EXECUTION, self.head_seat)
        for number, played in enumerate(self.played.values()):
            with on(date(2019, 6, 5 + number)):
                half = steps.half_year(self.facts(number, modest=True))
                steps.fill(self.card(played), played.clerk, Column.INTERIM, half)
                steps.send(self.card(played), played.principal, Column.INTERIM)

    def self_scoring(self, *, left_open: bool) -> None:
        """Claims, some a little above what will be found."""
        del left_open
        with on(date(2019, 9, 1)):
            steps.move(self.season, Phase.SELF_SCORING, self.head_seat)
        for number, played in enumerate(self.played.values()):
            with on(date(2019, 9, 18 + number)):
                card = self.card(played)
                steps.fill(
                    card, played.clerk, Column.CLAIMED, self.facts(number, modest=number % 3 > 0)
                )
                with recorded(played.clerk.pk):
                    StaffFigures.objects.create(
                        card=card, people=9 + number, advanced=8, fighters=1 + number % 2,
                        all_completed=True, seat=played.clerk_seat,
                    )  # fmt: skip
                steps.send(self.card(played), played.principal, Column.CLAIMED)
        with on(date(2019, 9, 28)):
            steps.plan(self.season, self.head_seat)

    def inspection(self, *, left_open: bool) -> None:
        """Findings; in the group that is left here half of them are still to be made."""
        with on(date(2019, 10, 1)):
            steps.move(self.season, Phase.INSPECTION, self.head_seat)
        members = list(self.played.values())
        for number, played in enumerate(members):
            if left_open and number > BEGUN:
                continue
            inspector = members[number - 1]
            with on(date(2019, 10, 7 + number)):
                card = self.card(played)
                steps.appoint(card, inspector)
                if left_open and number == BEGUN:
                    with recorded(inspector.clerk.pk):
                        card.take_over(inspector.clerk, Column.FOUND, Column.CLAIMED)
                    continue
                found = self.facts(number, modest=True)
                steps.find(card, inspector.clerk, found, lambda _line: "Đối chiếu hồ sơ gốc.")
                if not (left_open and number == BEGUN - 1):
                    steps.send(self.card(played), inspector.principal, Column.FOUND)

    def settlement(self, *, left_open: bool) -> None:
        """Every card is settled, the ranking fixed."""
        del left_open
        with on(date(2019, 11, 1)):
            steps.move(self.season, Phase.SETTLEMENT, self.head_seat)
        for played in list(self.played.values())[:2]:  # the others are silent until 8 November
            with on(date(2019, 11, 4)), recorded(played.principal.pk):
                Agreement.give(self.card(played), played.principal)
        for number, played in enumerate(self.played.values()):
            with on(date(2019, 11, 10 + number)):
                card = self.card(played)
                user = next(
                    (p.principal for p in self.played.values() if p.unit == card.settler),
                    self.province.officer.person,
                )
                steps.send(card, user, Column.FINAL)
        with on(date(2019, 11, 21)), recorded(self.head_seat.person_id):
            Ranking.fix(self.season, self.head_seat)

    def meeting(self, *, left_open: bool) -> None:
        """The meeting is in session, its first question open, two ballots cast."""
        del left_open
        with on(date(2019, 11, 25)):
            steps.move(self.season, Phase.MEETING, self.head_seat)
            with recorded(self.head.clerk.pk):
                held = Meeting.call(
                    self.season,
                    starts_at=timezone.make_aware(datetime.combine(date(2019, 12, 6), time(8))),
                    place="Hội trường Thanh tra huyện Minh Long",
                    agenda="Báo cáo kết quả chấm điểm, xếp hạng\nThảo luận\n"
                    "Bỏ phiếu đề nghị khen thưởng\nGiới thiệu Cụm trưởng, Cụm phó năm 2020",
                    chair_name=self.head.principal.full_name,
                    chair_position="Chánh Thanh tra, đại diện Cụm trưởng",
                    secretary=self.head.clerk,
                    secretary_position=self.head.clerk.position,
                )
        with on(date(2019, 12, 6), 8):
            self.sit(held)
        with on(date(2019, 12, 6), 9):
            self.vote(held)

    def sit(self, held: Meeting) -> None:
        """Five present, one by letter, one absent."""
        members = list(self.played.values())
        with recorded(self.head.clerk.pk):
            for number, played in enumerate(members):
                line = held.attendances.get(unit=played.unit)
                if number < len(members) - 2:
                    line.sit(played.principal)
                elif number == len(members) - 2:
                    line.write_in()
            for duty, played in zip(Counter.Duty, members[1:4], strict=True):
                Counter.objects.create(
                    meeting=held, person=played.clerk, name=played.clerk.full_name,
                    position=played.clerk.position, duty=duty,
                )  # fmt: skip
            held.open()

    def vote(self, held: Meeting) -> None:
        """Open the first question and cast two ballots."""
        first = held.questions.order_by("order").first()
        if not isinstance(first, Question):
            raise AssertionError("the meeting has no question")
        with recorded(self.head.clerk.pk):
            first.open()
        stands = [candidate.unit_id for candidate in first.candidates.all()]
        for played in list(self.played.values())[1:3]:
            steps.cast(first, played.principal, stands[:1])

    def leave_due_dates(self, until: Phase) -> None:
        """What is still to be done is due some days after today, and says it is invented."""
        left = ORDER[ORDER.index(until) :]
        with recorded(self.head.clerk.pk):
            self.season.set_dates(
                {
                    phase: (clock.today() + steps.days(10 + 14 * number), None)
                    for number, phase in enumerate(left)
                }
            )


def invented_facts(line: Criterion, number: int, *, modest: bool) -> Facts:
    """Invent what one unit says on one line; the modest reading is one case less, now and then."""
    less = 1 if modest and (number + line.order) % 4 == 0 else 0
    base = Decimal(6 + (number * 3 + line.order) % 9)
    if line.method in (Method.PROPORTIONAL, Method.TIERED):
        over = Decimal(1) if line.code == "I.1.1" and number % 3 == 1 else Decimal(0)
        return Facts(actual=base + over - less, target=base)
    if line.method == Method.SELECT:
        levels = [level for level, _points in line.levels]
        return Facts(level=levels[min(number % 3, len(levels) - 2)])
    if line.method == Method.PASS_FAIL:
        head_or_deputy = {"B.4": 0, "B.5": 1}.get(line.code)
        return Facts(actual=Decimal(number == head_or_deputy))
    if line.penalty:
        return Facts(actual=Decimal(0))
    if line.method == Method.DEDUCT:
        return Facts(actual=Decimal((number + line.order) % 3 + less))
    return Facts(actual=Decimal((number + line.order) % 3))
