"""The first authority and the first officer of an empty installation."""

import re
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from blocks.models import Authority, User

pytestmark = pytest.mark.django_db
NAMES = {
    "authority": "Thanh tra tỉnh Quảng Ngãi",
    "short": "TTT",
    "place": "Quảng Ngãi",
    "officer": "Nguyễn Thị Hoa",
    "honorific": "Bà",
}


def begin(**said):
    out = StringIO()
    call_command("begin", **NAMES | said, stdout=out)
    return out.getvalue()


def test_the_first_officer_comes_in_with_the_printed_password_and_changes_it():
    told = begin()
    password = re.search(r"Mật khẩu: +(\S+)", told).group(1)
    hoa = User.objects.get(username="hoant")
    assert [authority.name for authority in hoa.authorities] == ["Thanh tra tỉnh Quảng Ngãi"]
    client = Client()
    client.post("/log-in/", {"username": "hoant", "password": password})
    assert client.get("/administration/").url == "/password/"
    client.post("/password/", {"new": "một cụm từ riêng", "again": "một cụm từ riêng"})
    assert client.get("/administration/").status_code == 200


def test_there_is_one_beginning_only():
    begin()
    with pytest.raises(CommandError, match="Đã có cơ quan quản lý"):
        begin(authority="Một cơ quan khác")
    assert Authority.objects.count() == 1


def test_what_is_not_said_is_asked(monkeypatch):
    answers = iter(["", "Trần Văn Bốn"])
    monkeypatch.setattr("builtins.input", lambda _question: next(answers))
    begin(officer=None)
    assert User.objects.get().full_name == "Trần Văn Bốn"


def test_a_wrong_answer_leaves_nothing_behind():
    with pytest.raises(CommandError):
        begin(honorific="Anh")
    assert not Authority.objects.exists()
