"""The stage on which every address is tried: two blocks of one authority, one of another.

Each block has, in years of their own, one season in each phase in which something is tried, and
in 2026 a meeting with its vote open. Whoever plays a single part plays no other: the secretary,
the counter and the elector come from a unit that is a member of no block.
"""

from datetime import date
from types import SimpleNamespace

from awards.models import (
    Decision,
    Elector,
    Guest,
    Hold,
    Meeting,
    MeetingPaper,
    Procedure,
    Requirement,
)
from awards.tally import Mode, Presence
from blocks import clock
from blocks.models import PaperKind, Role, Term
from scoring.models import (
    Activity,
    Authorisation,
    CommonTarget,
    Evidence,
    Exemption,
    Explanation,
    Filing,
    InspectingUnit,
    Inspection,
    PhaseChange,
    RoleModel,
    Scorecard,
    Season,
    SheetPaper,
    SignedScan,
    Waiver,
)
from scoring.phases import Column, FilingState, Phase
from tests import factories
from tests.awards.stage import moment
from tests.conftest import a_scale, a_unit, person

YEARS = {
    Phase.PLANNING: 2031,
    Phase.REGISTRATION: 2030,
    Phase.SELF_SCORING: 2029,
    Phase.INSPECTION: 2028,
    Phase.SETTLEMENT: 2027,
    Phase.MEETING: 2026,
}
ROLES = (
    "clerk", "principal", "head_clerk", "head", "deputy", "inspector",
    "officer", "secretary", "counter", "elector",
)  # fmt: skip


def make_world(more: int = 0) -> SimpleNamespace:
    """Own block, the one beside it, and the one beyond, each full of things.

    ``more`` makes one's own larger: so many members and lines more.
    """
    world = SimpleNamespace()
    authority = factories.AuthorityFactory(name="Thanh tra tỉnh Quảng Ngãi")
    other = factories.AuthorityFactory(name="Thanh tra tỉnh Khác")
    world.award = factories.AwardFactory(name="Cờ thi đua", short_name="Cờ", code="FLAG")
    world.own = a_block(world, authority, "Rừng", more)
    world.beside = a_block(world, authority, "Biển")
    world.beyond = a_block(world, other, "Núi")
    return world


def a_block(world, authority, tag: str, more: int = 0) -> SimpleNamespace:
    """A block of five members (or more) with everything in it, and whoever plays a part in it."""
    it = SimpleNamespace(authority=authority, world=world, tag=tag, more=more)
    it.block = factories.BlockFactory(authority=authority, name=f"Khối {tag}", code=tag)
    names = [*"ABCDE", *(f"F {n}" for n in range(more))]
    it.units = [a_unit(authority, f"{tag} {name}") for name in names]
    it.members = [
        factories.MembershipFactory(block=it.block, unit=unit, official_order=n, turn=n)
        for n, unit in enumerate(it.units, start=1)
    ]
    it.outside = a_unit(authority, f"{tag} ngoài")
    unit, deputy, head, _voting, inspector = it.units[:5]
    it.unit = unit
    seats = {
        "clerk": (Role.CLERK, unit), "principal": (Role.PRINCIPAL, unit),
        "head_clerk": (Role.CLERK, head), "head": (Role.PRINCIPAL, head),
        "deputy": (Role.PRINCIPAL, deputy), "inspector": (Role.PRINCIPAL, inspector),
        "secretary": (Role.CLERK, it.outside), "counter": (Role.CLERK, it.outside),
        "elector": (Role.CLERK, it.outside),
    }  # fmt: skip
    it.people = {
        name: person(f"{tag} {name}", role, unit=at, position="Chánh Thanh tra")
        for name, (role, at) in seats.items()
    }
    it.people["officer"] = person(f"{tag} officer", Role.OFFICER, authority=authority)
    it.person = it.people["clerk"]
    it.seat = it.person.seats.get()
    name_the_offices(it)
    it.seasons = {phase: a_season(it, phase, year) for phase, year in YEARS.items()}
    fill_the_years(it)
    hold_the_meeting(it)
    remember_the_past(it)
    return it


def name_the_offices(it) -> None:
    """An issued recognition, and a draft that names somebody else."""
    facts = {"number": "140", "symbol": "TTT", "dated": date(2026, 1, 5), "signer": "Nguyễn A"}
    it.recognition = factories.RecognitionFactory(authority=it.authority, **facts)
    for role, unit in (("head", it.units[2]), ("deputy", it.units[1])):
        factories.TermFactory(block=it.block, unit=unit, role=role, recognition=it.recognition)
    it.recognition.issue()
    it.recognition.attach("quét.pdf", b"%PDF-1.7")
    it.draft = factories.RecognitionFactory(authority=it.authority, year=2027)
    it.term = factories.TermFactory(
        block=it.block, unit=it.unit, role="head", recognition=it.draft, since=date(2027, 1, 1)
    )
    assert Term.objects.filter(block=it.block, recognised=True).count() == 2


def a_season(it, phase: Phase, year: int) -> SimpleNamespace:
    """A year of the block with its scale, its cards dealt and inspected, in the phase."""
    season = factories.SeasonFactory(
        block=it.block, year=year, head=it.units[2], deputy=it.units[1]
    )
    factories.SeasonRulesFactory(season=season)
    lines = a_scale(season, it.more)
    lines.scale.lock(it.people["head"].seats.get())
    season.refresh_from_db()
    for n, unit in enumerate(it.units, start=1):
        card = Scorecard.objects.create(season=season, unit=unit, official_order=n, turn=n)
        inspection = Inspection.objects.create(card=card)
        if n == 1:
            InspectingUnit.objects.create(inspection=inspection, unit=it.units[4])
    Season.objects.filter(pk=season.pk).update(phase=phase)
    season.refresh_from_db()
    card = season.cards.get(unit=it.unit)
    return SimpleNamespace(season=season, lines=lines, card=card, inspection=card.inspection)


def fill_the_years(it) -> None:
    """Whatever hangs on a season: targets, a draft scale, evidence, explanations, papers."""
    planning = it.seasons[Phase.PLANNING].season
    it.draft_scale = factories.ScaleFactory(season=planning, version=2)
    it.draft_line = factories.CriterionFactory(scale=it.draft_scale)
    it.target = CommonTarget(season=it.seasons[Phase.MEETING].season, text="Hoàn thành", order=1)
    it.target.save()
    it.activity = Activity.objects.create(
        season=it.seasons[Phase.MEETING].season, name="Ký giao ước", held_on=date(2026, 3, 2)
    )
    it.activity.participations.create(unit=it.unit)
    it.role_model = RoleModel.objects.create(
        season=it.seasons[Phase.MEETING].season, unit=it.unit, name="Nguyễn A", deed="Việc tốt"
    )
    officer = it.people["officer"].seats.get()
    scoring, settling = it.seasons[Phase.SELF_SCORING], it.seasons[Phase.SETTLEMENT]
    it.exemption = Exemption.leave_out(scoring.card, scoring.lines.late, officer, "Không giao")
    it.waiver = Waiver.objects.create(
        season=scoring.season,
        unit=it.units[1],
        column=Column.CLAIMED,
        reason="Sáp nhập",
        by=officer,
    )
    PhaseChange.objects.create(
        season=scoring.season, old=Phase.EXECUTION, new=Phase.SELF_SCORING, by=officer
    )
    it.evidence = Evidence.attach(
        scoring.card, it.person, Column.CLAIMED, scoring.lines.plan,
        file=("a.pdf", b"%PDF-1.7"),
    )  # fmt: skip
    it.explanation = Explanation.objects.create(
        card=settling.card, criterion=settling.lines.plan, text="Lý do", by=it.seat
    )
    meeting = it.seasons[Phase.MEETING]
    common = {"block": it.block, "year": 2026, "issuer": it.unit, "title": "Văn bản"}
    meeting.card.filings.create(
        column=Column.TARGET, unit=it.unit, state=FilingState.SENT, sent_at=clock.now()
    )
    it.sheet_paper = SheetPaper.objects.create(
        **common, kind=PaperKind.SCORE_TABLE, unit=it.unit, season=meeting.season,
        card=meeting.card, column=Column.TARGET,
    )  # fmt: skip
    it.hold = Hold.objects.create(
        season=meeting.season, unit=it.unit, award=it.world.award, reason="Xác minh", by=officer
    )


def hold_the_meeting(it) -> None:
    """A meeting in session with an open vote; one letter is to be keyed."""
    season = it.seasons[Phase.MEETING].season
    it.vote_rules = factories.VoteRulesFactory(
        season=season, award=it.world.award, mode=Mode.SECRET, threshold_part=50, max_marks=1,
        quota=1,
    )  # fmt: skip
    it.free_rules = factories.VoteRulesFactory(
        season=it.seasons[Phase.PLANNING].season, award=it.world.award, mode=Mode.OPEN,
        threshold_part=50,
    )  # fmt: skip
    it.meeting = Meeting.call(
        season, starts_at=moment(f"{clock.today()} 08:00"), place="Hội trường", chair_name="C",
        chair_position="Chánh Thanh tra", secretary=it.people["secretary"],
    )  # fmt: skip
    it.counter = it.meeting.counters.create(person=it.people["counter"], name="Counter")
    it.guest = Guest.objects.create(meeting=it.meeting, name="Khách")
    it.procedure = Procedure.objects.create(meeting=it.meeting, matter="A", yes=1, no=0, abstain=0)
    lines = {line.unit_id: line for line in it.meeting.attendances.all()}
    for unit, who in zip(it.units, ("principal", "deputy", "head", "elector"), strict=False):
        lines[unit.pk].sit(it.people[who])
    for unit in it.units[5:]:
        lines[unit.pk].sit(person(f"{unit.short_name} sits", Role.PRINCIPAL, unit=unit))
    it.first_letter = lines[it.units[4].pk].write_in()
    it.attendance = lines[it.unit.pk]
    it.meeting.open()
    it.question = it.meeting.questions.first()
    it.question.open()
    it.letter = Elector.objects.get(question=it.question, presence=Presence.WRITTEN)


def a_meeting_that_is_over(it, season) -> Meeting:
    """A meeting at which nothing is voted any more."""
    return Meeting.objects.create(
        season=season, state="closed", starts_at=moment("2025-12-05 08:00"), place="A",
        opened_at=moment("2025-12-05 08:00"), closed_at=moment("2025-12-05 11:00"),
        chair_name="C", chair_position="Chánh Thanh tra", secretary=it.people["secretary"],
    )  # fmt: skip


def remember_the_past(it) -> None:
    """A year whose meeting is over, the authority's decision on it; what hangs on no year.

    Another meeting has final minutes, which nobody mends any more.
    """
    officer = it.people["officer"].seats.get()
    it.past = a_season(it, Phase.MEETING, 2025)
    it.past_meeting = a_meeting_that_is_over(it, it.past.season)
    settled = a_meeting_that_is_over(it, it.seasons[Phase.INSPECTION].season)
    it.paper = MeetingPaper.objects.create(
        block=it.block, year=2026, issuer=it.units[2], title="Biên bản", kind=PaperKind.COUNT,
        meeting=settled,
    )  # fmt: skip
    it.paper.finalise(b"%PDF-1.7", it.people["secretary"])
    it.paper.sign(b"%PDF-1.7")
    it.decision = Decision.objects.create(
        season=it.past.season, award=it.world.award, number="12/QĐ", dated=date(2026, 1, 5),
        signer="Nguyễn A", by=officer,
    )  # fmt: skip
    it.award = factories.AwardFactory(authority=it.authority)
    it.requirement = Requirement.objects.create(award=it.award, rule="registered")
    it.authorisation = Authorisation.objects.create(
        season=it.seasons[Phase.MEETING].season, unit=it.units[1], reason="Đi công tác", by=officer,
        since=date(2027, 1, 1), until=date(2027, 2, 1),
    )  # fmt: skip
    filing = Filing.objects.get(card=it.seasons[Phase.SELF_SCORING].card, column=Column.CLAIMED)
    it.scan = SignedScan.objects.create(
        filing=filing, code="ABCD-EFGH", file_name="a.pdf", content=b"%PDF-1.7", size=8,
        kind="application/pdf", sha256="0" * 64, seat=it.seat,
    )  # fmt: skip
