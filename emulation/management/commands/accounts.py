"""Who can log in to the demonstration, as what, and what to try."""

from collections.abc import Iterator
from typing import Any

from django.core.management.base import BaseCommand

from awards.models import Elector, QuestionState
from blocks.models import Block, Role, Seat, Unit, User
from emulation.demo.cast import password
from scoring.models import Filing, Season
from scoring.phases import FilingState, Phase

TO_TRY = {
    Phase.REGISTRATION: {
        "officer": "xem tiến độ đăng ký, ghi nhận không gửi",
        "head": "xem đơn vị nào chưa gửi, chuyển sang Thực hiện khi đủ",
        "head clerk": "soạn thời hạn, chỉ tiêu chung, kế hoạch",
        "member": "duyệt và gửi bản đăng ký chỉ tiêu, danh hiệu",
        "member clerk": "nhập chỉ tiêu, danh hiệu đăng ký, trình lãnh đạo",
    },
    Phase.INSPECTION: {
        "officer": "theo dõi kiểm tra chéo, ghi nhận không gửi",
        "head": "xem tiến độ, chuyển sang Giải trình, thẩm định khi đủ",
        "head clerk": "cập nhật ngày, địa điểm, đoàn kiểm tra",
        "member": "xác nhận kết quả kiểm tra chéo đơn vị được phân công",
        "member clerk": "nhập kết quả kiểm tra chéo, lý do từng mục",
    },
    Phase.MEETING: {
        "officer": "theo dõi hội nghị, hủy hội nghị khi cần",
        "head": "chủ trì hội nghị đang họp, bỏ phiếu",
        "head clerk": "thư ký: điểm danh, mở và kết thúc bỏ phiếu, viết biên bản",
        "member": "xem hội nghị, kết quả chấm điểm, điều kiện khen thưởng",
        "member clerk": "Ban kiểm phiếu: nhập ý kiến gửi bằng văn bản",
        "elector": "đại biểu: bỏ phiếu kín đang mở, trên điện thoại cũng được",
    },
    Phase.CLOSED: {
        "officer": "đọc toàn bộ năm 2021, soạn văn bản công nhận năm 2022",
        "head": "đọc biên bản, bảng điểm, nhập số và ngày văn bản",
        "head clerk": "thư ký: xem biên bản đã hoàn tất, cách tính từng điểm",
        "member": "xem kết quả, cách tính điểm, điều kiện khen thưởng",
        "member clerk": "xem bảng chấm điểm của đơn vị mình",
    },
}
ROLES = {
    "officer": "Cán bộ theo dõi",
    "head": "Lãnh đạo {noun} trưởng",
    "head clerk": "Cán bộ {noun} trưởng",
    "member": "Lãnh đạo thành viên",
    "member clerk": "Cán bộ thành viên",
    "elector": "Đại biểu bỏ phiếu",
}


class Command(BaseCommand):
    """``manage.py accounts``: one account a role in each group of the demonstration."""

    help = "Print accounts of the demonstration, one a role, with the password."

    def handle(self, *_args: Any, **_options: Any) -> None:
        """Print them, group by group."""
        blocks = Block.objects.filter(illustrative=True).order_by("-authority__unit", "pk")
        if not blocks:
            self.stdout.write("Chưa có dữ liệu minh họa: chạy make play trước.")
            return
        self.stdout.write(f"Mật khẩu của mọi tài khoản minh họa: {password()}")
        for block in blocks:
            season = block.seasons.select_related("head", "deputy").order_by("-year").first()
            if season is None:
                continue
            self.stdout.write(f"\n{block} – {season.year}: {season.get_phase_display()}")
            for role, user in cast_of(season):
                said = ROLES[role].format(noun=block.noun)
                tries = TO_TRY.get(Phase(season.phase), {}).get(role, "")
                told = ": ".join(filter(None, (str(user), tries)))
                self.stdout.write(f"  {user.username:<20} {said:<22} {told}")


def cast_of(season: Season) -> Iterator[tuple[str, User]]:
    """One person a role: the officer, the head's two, a member's two, an elector."""
    officer = Seat.objects.filter(authority=season.block.authority, role=Role.OFFICER).first()
    if officer:
        yield "officer", officer.person
    yield from _seated(season.head, Role.PRINCIPAL, "head")
    yield from _seated(season.head, Role.CLERK, "head clerk")
    yield from _seated(_member_of(season, FilingState.HANDED_UP), Role.PRINCIPAL, "member")
    yield from _seated(_member_of(season, FilingState.FILLING), Role.CLERK, "member clerk")
    waiting = Elector.objects.casting().filter(
        question__meeting__season=season,
        question__state=QuestionState.OPEN,
        voted__isnull=True,
        representative__isnull=False,
    )
    elector = waiting.exclude(unit=season.head).select_related("representative").last()
    if elector and elector.representative:
        yield "elector", elector.representative


def _member_of(season: Season, state: FilingState) -> Unit | None:
    """A member that is neither head nor deputy; rather one that has a sheet in this state."""
    outside = {season.head_id, season.deputy_id}
    units = {card.unit_id: card.unit for card in season.cards.all() if card.unit_id not in outside}
    waiting = Filing.objects.filter(
        card__season=season, column__in=season.step.writes, state=state, unit__in=units
    ).first()
    return waiting.unit if waiting else next(iter(units.values()), None)


def _seated(unit: Unit | None, role: Role, called: str) -> Iterator[tuple[str, User]]:
    seat = Seat.objects.filter(unit=unit, role=role).select_related("person").first()
    if unit and seat:
        yield called, seat.person
