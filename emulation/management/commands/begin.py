"""Name the first authority and officer of an empty installation; load the awards there are."""

from argparse import ArgumentParser
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from awards.catalogue_file import load_catalogue
from blocks.models import Authority, Honorific, Role, Seat, User
from blocks.text import nfc

QUESTIONS = {
    "authority": "Tên cơ quan quản lý (ví dụ Thanh tra tỉnh Quảng Ngãi)",
    "short": "Tên viết tắt của cơ quan",
    "place": "Địa danh ghi trước ngày tháng trên văn bản",
    "officer": "Họ và tên cán bộ theo dõi khối, cụm",
    "honorific": "Ông hay Bà",
}


class Command(BaseCommand):
    """``manage.py begin``: asks for what the arguments do not say."""

    help = "Name the first authority and its officer; prints the officer's one-time password."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take the names as arguments; what is left out is asked."""
        for name, question in QUESTIONS.items():
            parser.add_argument(f"--{name}", help=question)
        parser.add_argument("--username", help="Tên đăng nhập; bỏ trống thì lấy theo họ tên")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Make both, unless there is an authority already."""
        if Authority.objects.exists():
            raise CommandError(
                "Đã có cơ quan quản lý; cán bộ khác do cán bộ theo dõi thêm trong trang Quản trị."
            )
        said = {name: self.answer(name, options[name]) for name in QUESTIONS}
        try:
            person, password = self.begin(said, options["username"] or "")
        except ValidationError as refusal:
            raise CommandError(" ".join(refusal.messages)) from refusal
        self.stdout.write(f"Cán bộ theo dõi: {person}")
        self.stdout.write(f"Tên đăng nhập:   {person.username}")
        self.stdout.write(f"Mật khẩu:        {password}  (dùng một lần, đổi khi đăng nhập lần đầu)")

    def answer(self, name: str, said: str | None) -> str:
        """Return what the argument said, or ask until there is an answer."""
        while not (said := nfc(" ".join((said or "").split()))):
            try:
                said = input(f"{QUESTIONS[name]}: ")
            except EOFError:
                raise CommandError(f"Thiếu --{name}: {QUESTIONS[name]}.") from None
        return said

    @transaction.atomic
    def begin(self, said: dict[str, str], username: str) -> tuple[User, str]:
        """Save the authority, the officer and the seat; return the officer and the password."""
        if said["honorific"] not in Honorific.values:
            raise CommandError("Ông hay Bà: nhập đúng một trong hai.")
        authority = Authority(name=said["authority"], short_name=said["short"], place=said["place"])
        authority.full_clean()
        authority.save()
        person = User(
            username=nfc(username) or User.objects.free_username(said["officer"]),
            full_name=said["officer"],
            honorific=said["honorific"],
        )
        person.full_clean(exclude=["password", "sort_key", "search_key"])
        person.save()
        Seat.objects.create(person=person, role=Role.OFFICER, authority=authority)
        load_catalogue()
        return person, person.give_first_password()
