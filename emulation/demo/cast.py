"""Who plays: authorities, units, blocks and people of the demonstration.

Units, blocks and heads are real (the files in ``emulation/groups``); the people are invented, but
for the director the press named, and every block says that its figures are illustrative.
"""

import secrets
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from django.conf import settings
from django.contrib.auth.hashers import make_password

from blocks.models import (
    Authority,
    Block,
    Honorific,
    Membership,
    Recognition,
    Role,
    Seat,
    Term,
    Unit,
    User,
)
from blocks.text import search_key

GROUPS = Path(__file__).parent.parent / "groups"
SINCE = date(2015, 1, 1)

SURNAMES = "Nguyễn Trần Lê Phạm Hoàng Phan Vũ Đặng Bùi Đỗ Hồ Ngô Dương Lý Đinh".split()  # noqa: SIM905
WOMEN = "Thị Hoa,Thị Hằng,Thu Hà,Thị Lan,Thanh Mai,Thị Ngọc,Thị Yến,Kim Oanh".split(",")  # noqa: SIM905
MEN = "Văn An,Đức Bình,Quốc Cường,Văn Dũng,Minh Đức,Hữu Hải,Văn Khánh,Thành Long".split(",")  # noqa: SIM905


@dataclass
class Played:
    """A unit on stage: its principal, who decides, and its clerk, who types."""

    unit: Unit
    principal: User
    clerk: User

    @property
    def principal_seat(self) -> Seat:
        """The seat of the principal."""
        return self.principal.seats.get()

    @property
    def clerk_seat(self) -> Seat:
        """The seat of the clerk."""
        return self.clerk.seats.get()


def group_file(name: str) -> dict[str, Any]:
    """Read one of the files of real groups."""
    return yaml.safe_load((GROUPS / name).read_text(encoding="utf-8"))


@cache
def password() -> str:
    """Return the password of all accounts of this demonstration, made once on this machine."""
    kept = Path(settings.LOCAL) / "demo_password"
    if not kept.exists():
        kept.parent.mkdir(parents=True, exist_ok=True)
        kept.touch(mode=0o600)
        kept.write_text(f"thi-dua-{secrets.token_hex(3)}", encoding="utf-8")
    return kept.read_text(encoding="utf-8").strip()


@cache
def hashed_password() -> str:
    """Return the password as it is kept; hashed once, for a good hash is slow."""
    return make_password(password())


def person(username: str, full_name: str, honorific: str = Honorific.MR) -> User:
    """Give somebody an account with the password of the demonstration."""
    user = User(
        username=username,
        full_name=full_name,
        honorific=honorific,
        phone=f"0905 {len(username):03d} {sum(map(ord, username)) % 1000:03d}",
    )
    user.password = hashed_password()
    user.save()
    return user


def invented(number: int) -> tuple[str, str]:
    """Return the name and the form of address of the ``number``-th invented person.

    The first 120 differ from each other: after each round of surnames the given names move on.
    """
    surname = SURNAMES[number % len(SURNAMES)]
    given = number + 2 * (number // len(SURNAMES))
    if number % 3 == 1:
        return f"{surname} {WOMEN[given % len(WOMEN)]}", Honorific.MRS
    return f"{surname} {MEN[given % len(MEN)]}", Honorific.MR


def authority(stated: dict[str, Any], place: str, officer: str) -> tuple[Authority, Seat]:
    """Put an authority and its officer on stage."""
    made = Authority.objects.create(
        name=stated["name"], short_name=stated["short"], office=stated["office"], place=place
    )
    name, honorific = invented(User.objects.count())
    user = person(officer, name, honorific)
    position = f"Chuyên viên {stated['office']}"
    return made, Seat.objects.create(
        person=user, role=Role.OFFICER, authority=made, position=position, since=SINCE
    )


def slug(text: str) -> str:
    """Return a name as the middle of a user name: ``minhlong``."""
    return "".join(char for char in search_key(text) if char.isalnum())


def short_of(name: str) -> str:
    """Return what narrow columns call a unit."""
    short = name
    for prefix in ("Thanh tra huyện ", "Thanh tra thành phố ", "Thanh tra "):
        short = short.removeprefix(prefix) if short.startswith(prefix) else short
    for long, brief in SHORTER.items():
        short = short.replace(long, brief)
    return short


SHORTER = {
    "Sở Kế hoạch và Đầu tư": "Sở KH&ĐT",
    "Sở Giao thông vận tải": "Sở GTVT",
    "Sở Tài nguyên và Môi trường": "Sở TN&MT",
    "Sở Nông nghiệp và Phát triển nông thôn": "Sở NN&PTNT",
    "Sở Thông tin và Truyền thông": "Sở TT&TT",
    "Sở Giáo dục và Đào tạo": "Sở GD&ĐT",
    "Sở Lao động - Thương binh và Xã hội": "Sở LĐ-TB&XH",
    "Sở Văn hóa, Thể thao và Du lịch": "Sở VH-TT&DL",
    "Sở Khoa học và Công nghệ": "Sở KH&CN",
    "Viện Chiến lược và Khoa học Thanh tra": "Viện CL&KHTT",
    "Trường Cán bộ Thanh tra": "Trường CBTT",
    "Trung tâm Thông tin": "TT Thông tin",
}


def block(at: Authority, stated: dict[str, Any], short_name: str) -> Block:
    """Put a block on stage."""
    return Block.objects.create(
        authority=at,
        kind=stated["kind"],
        code=stated["code"],
        name=stated["name"],
        short_name=short_name,
        illustrative=True,
        since=SINCE,
    )


def play_member(  # noqa: PLR0913 -- a member is all of this
    into: Block,
    stated: dict[str, Any],
    order: int,
    *,
    superior: str,
    place: str,
    head_title: str,
    named: tuple[str, str] | None = None,
) -> Played:
    """Put a unit with its people on stage, as a member of the block."""
    unit = Unit.objects.create(
        authority=into.authority,
        superior=superior,
        place=place,
        symbol=stated.get("code", ""),
        since=SINCE,
    )
    short = short_of(stated["name"])
    unit.names.create(name=stated["name"], short_name=short, since=SINCE)
    Membership.objects.create(
        block=into,
        unit=unit,
        official_order=order,
        turn=order,
        since=SINCE,
        assumed=stated.get("assumed", False),
    )
    base = slug(stated.get("code") or short)
    seed = User.objects.count()
    name, honorific = named or invented(seed)
    principal = person(f"{base}.ld", name, honorific)
    clerk = person(f"{base}.cb", *invented(seed + 1))
    Seat.objects.create(
        person=principal, role=Role.PRINCIPAL, unit=unit, position=head_title, since=SINCE
    )
    Seat.objects.create(
        person=clerk,
        role=Role.CLERK,
        unit=unit,
        position=f"Chuyên viên {stated['name']}",
        since=SINCE,
    )
    return Played(unit, principal, clerk)


def recognise(paper: Recognition, offices: list[tuple[Block, str, Unit]], since: date) -> None:
    """Name heads and deputies by one paper and issue it."""
    for at, role, unit in offices:
        Term.objects.create(recognition=paper, block=at, role=role, unit=unit, since=since)
    paper.issue()
