"""So many more of whatever the pages of a block may list: what a larger stage is made of."""

from datetime import date

from awards.models import (
    Aim,
    Decision,
    Grant,
    Guest,
    Hold,
    LeaderCount,
    MeetingPaper,
    Procedure,
    Question,
)
from awards.tally import Mode, Presence, Verdict
from blocks import clock
from blocks.models import PaperKind, Role
from scoring.models import (
    Activity,
    Authorisation,
    CommonTarget,
    Entry,
    Evidence,
    Exemption,
    Explanation,
    FilingAct,
    OfficeChange,
    PhaseChange,
    Ranking,
    Reminder,
    RoleModel,
    SheetPaper,
    StaffFigures,
    Waiver,
)
from scoring.phases import Column, FilingState, Phase
from tests import factories
from tests.conftest import TODAY, a_unit, person


def crowd(it, times: int) -> None:
    """Add so many of everything that the pages of a block may list."""
    it.office = it.people["officer"].seats.get()
    for n in range(times):
        people_and_units(it, n)
        blocks_and_papers(it, n)
        awards_of(it, n)
        for year in it.seasons.values():
            year_of(it, year, n)
        meetings_of(it, n)
    for year in (*it.seasons.values(), it.past):
        cards_of(it, year, times)
    papers_of(it, times)


def people_and_units(it, n: int) -> None:
    """A clerk, an officer, a former seat, a former name, a former member that was merged."""
    person(f"{it.tag} more {n}", Role.CLERK, unit=it.unit)
    person(f"{it.tag} officer {n}", Role.OFFICER, authority=it.authority)
    days = {"since": date(2001 + n, 1, 1), "until": date(2001 + n, 6, 1)}
    factories.SeatFactory(person=it.person, unit=it.unit, **days)
    it.unit.rename(f"Thanh tra huyện cũ {n}", f"Cũ {n}", date(2020 + n, 1, 1))
    former = a_unit(it.authority, f"{it.tag} cũ {n}")
    factories.MembershipFactory(
        block=it.block, unit=former, official_order=50 + n, turn=50 + n, until=date(2022, 1, 1)
    )
    former.close(date(2023, 1, 1), "merged", f"QĐ {n}", it.unit)


def blocks_and_papers(it, n: int) -> None:
    """Another block with its year and its recognition; a former year of this one."""
    block = factories.BlockFactory(authority=it.authority)
    factories.MembershipFactory(block=block, unit=it.unit)
    season = factories.SeasonFactory(block=block, head=it.unit)
    factories.SeasonRulesFactory(season=season)
    before = factories.SeasonFactory(block=it.block, year=2001 + n, head=it.unit)
    factories.SeasonRulesFactory(season=before)
    facts = {"number": f"{n}", "symbol": "TTT", "dated": date(2025, 1, 5), "signer": "Nguyễn A"}
    paper = factories.RecognitionFactory(authority=it.authority, **facts)
    factories.TermFactory(block=block, unit=it.unit, role="head", recognition=paper)
    factories.TermFactory(
        block=block, unit=it.unit, role="head", recognition=it.draft, since=date(2027, 1, 1)
    )
    paper.issue()


CONDITIONS = [("registered", ""), ("no_hold", ""), ("advanced_share", "70"),
              ("over_fulfilled", "I.1"), ("none_counted", "II.2")]  # fmt: skip


def awards_of(it, n: int) -> None:
    """An award with its conditions and rules, a hold, a decision, a count of leaders."""
    award = factories.AwardFactory(authority=it.authority, order=20 + n)
    for asking in (award, it.award):
        for rule, parameter in CONDITIONS:
            asking.requirements.get_or_create(rule=rule, parameter=parameter)
        asking.requirements.create(rule="not_proposed_for", parameter=f"{it.world.award.code}{n}")
    for phase in (Phase.PLANNING, Phase.SETTLEMENT):
        season = it.seasons[phase].season
        factories.VoteRulesFactory(season=season, award=award, threshold_part=50)
    season = it.seasons[Phase.MEETING].season
    Hold.objects.create(season=season, unit=it.units[n], reason="Xác minh", by=it.office)
    decision = Decision.objects.create(
        season=it.past.season, award=award, number=f"{n}/QĐ", dated=date(2026, 1, 5),
        signer="Nguyễn A", by=it.office,
    )  # fmt: skip
    for decided in (decision, it.decision):
        Grant.objects.create(decision=decided, unit=it.units[n])
    LeaderCount.objects.create(
        authority=it.authority, year=2025, count=14, source="Báo cáo", by=it.office
    )
    it.more_awards = [*getattr(it, "more_awards", []), award]


def year_of(it, year, n: int) -> None:
    """Whatever hangs on a year, once more."""
    season, unit = year.season, it.units[n]
    CommonTarget(season=season, text=f"Chỉ tiêu {n}", value=5).put()
    activity = Activity.objects.create(
        season=season, name=f"Hoạt động {n}", held_on=date(season.year, 1, 5)
    )
    for each in it.units:
        activity.participations.create(unit=each)
    RoleModel.objects.create(season=season, unit=unit, name="Nguyễn B", deed="Việc tốt")
    PhaseChange.objects.create(
        season=season, old=Phase.PLANNING, new=Phase.REGISTRATION, by=it.office
    )
    OfficeChange.objects.create(season=season, head=it.units[2], reason="Vì", by=it.office)
    Reminder.objects.create(season=season, unit=unit, phase=season.phase, by=it.office)
    Waiver.objects.create(
        season=season, unit=[it.units[3], *it.units[5:]][n], reason="Sáp nhập", by=it.office,
        column=next(iter(season.step.writes), Column.CLAIMED),
    )  # fmt: skip
    Authorisation.objects.create(
        season=season, unit=it.units[1], reason="Đi công tác", by=it.office,
        since=date(2028 + n, 1, 1), until=date(2028 + n, 2, 1),
    )  # fmt: skip


FACTS = {"plan": {"actual": 8}, "sudden": {"actual": 7, "target": 8}, "party": {"level": "T"},
         "late": {"actual": 1}, "bonus": {"actual": 1}}  # fmt: skip
COLUMNS = {
    Column.TARGET: Phase.REGISTRATION, Column.INTERIM: Phase.EXECUTION,
    Column.CLAIMED: Phase.SELF_SCORING, Column.FOUND: Phase.INSPECTION,
    Column.FINAL: Phase.SETTLEMENT,
}  # fmt: skip


def cards_of(it, year, times: int) -> None:
    """Each unit has said everything up to the present column, sent what is before it, and more."""
    season, lines = year.season, year.lines
    facts = {getattr(lines, name): fact for name, fact in FACTS.items()}
    facts |= {line: {"actual": 1} for line in lines.more}
    columns = [column for column, phase in COLUMNS.items() if season.has_reached(phase)]
    for card in season.cards.all():
        for column in columns:
            say(it, card, column, facts)
            file(it, card, column, times)
        if Column.CLAIMED in columns:
            StaffFigures.objects.create(
                card=card, people=30, advanced=25, fighters=5, all_completed=True, seat=it.seat
            )
        for award in it.more_awards:
            Aim.objects.create(card=card, award=award, seat=it.seat)
        for line in [lines.late, *lines.more][:times]:
            Exemption.objects.get_or_create(card=card, criterion=line, reason="Không giao")
        for line in [lines.sudden, lines.party, lines.late][:times]:
            back(it, card, line, columns[2:])
    if season.phase == Phase.MEETING:
        Ranking.fix_anew(season, it.office, "Chốt")


def say(it, card, column, facts) -> None:
    """What a column says on each line."""
    Entry.objects.bulk_create(
        Entry(
            card=card, criterion=line, column=column, seat=it.seat, note="Lý do",
            **({"target": 10} if column == Column.TARGET else fact),
        )
        for line, fact in facts.items()
        if column != Column.TARGET or line.wants_target
    )  # fmt: skip


def file(it, card, column, times: int) -> None:
    """How a column went to the block: sent, once its phase is over."""
    units = {Column.FOUND: it.units[4], Column.FINAL: it.units[2]}
    filing, _new = card.filings.get_or_create(column=column, unit=units.get(column, card.unit))
    if column not in card.season.step.writes:
        filing.state, filing.sent_at = FilingState.SENT, clock.now()
        filing.save()
    for _n in range(times):
        FilingAct.objects.create(filing=filing, act="sent", by=it.seat, note="Ý kiến")


def back(it, card, line, columns) -> None:
    """What stands behind a line, and that it was explained."""
    for column in columns:
        Evidence.objects.create(
            card=card, criterion=line, column=column, number="5", dated=TODAY,
            subject="Báo cáo", seat=it.seat,
        )  # fmt: skip
    if Column.FINAL in columns:
        Explanation.objects.create(card=card, criterion=line, text="Lý do", by=it.seat)


def meetings_of(it, n: int) -> None:
    """Another meeting in another block, guests, counters, matters; a vote that is over."""
    for meeting in (it.meeting, it.past_meeting):
        Guest.objects.create(meeting=meeting, name=f"Khách {n}")
        someone = person(f"{it.tag} counter {n} {meeting.pk}", Role.CLERK, unit=it.outside)
        meeting.counters.create(person=someone, name=someone.full_name)
        Procedure.objects.create(
            meeting=meeting, matter=f"Việc {n}", yes=3, no=0, abstain=0, sentence="Nhất trí."
        )
    rules = {"mode": Mode.OPEN, "threshold_part": 50, "quota": 1}
    Question.objects.create(
        meeting=it.meeting, award=it.more_awards[n], order=20 + n, source="Quy chế", **rules
    )
    over = Question.objects.create(
        meeting=it.past_meeting, award=it.more_awards[n], order=20 + n, source="Quy chế", **rules
    )
    for place, unit in enumerate(it.units):
        over.electors.create(unit=unit, presence=Presence.PRESENT)
        over.candidates.create(unit=unit, order=place)
    this = Question.objects.filter(pk=over.pk)
    this.update(state="open", opened_at=clock.now())
    for place, candidate in enumerate(over.candidates.all()):
        verdict = Verdict.ELECTED if place == n else Verdict.RESERVE
        over.outcomes.create(
            candidate=candidate, order=place, yes=3, base=5, verdict=verdict,
            sentence="Được đề nghị.",
        )  # fmt: skip
    counts = {"issued": 5, "returned": 5, "valid": 5, "blank": 0, "spoiled": 0}
    this.update(state="closed", closed_at=clock.now(), **counts)


def papers_of(it, times: int) -> None:
    """Drafts of each unit's sheets, and so many of the minutes."""
    season = it.seasons[Phase.MEETING].season
    common = {"block": it.block, "year": 2026, "title": "Văn bản"}
    for card in season.cards.all():
        for kind in (PaperKind.REGISTRATION, PaperKind.SCORE_TABLE, PaperKind.TITLES):
            SheetPaper.objects.create(
                **common, kind=kind, unit=card.unit, issuer=card.unit, season=season, card=card,
                column=Column.CLAIMED, number="5", symbol="BC",
            )  # fmt: skip
    for _n in range(times):
        MeetingPaper.objects.create(
            **common, issuer=it.units[2], kind=PaperKind.MINUTES, meeting=it.past_meeting
        )
