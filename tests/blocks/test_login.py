"""Coming in, going out, and a password of one's own."""

import unicodedata

import pytest
from django.test import Client

from blocks.models import User
from tests.factories import PASSWORD, UserFactory

pytestmark = pytest.mark.django_db


def comes_in(username, password=PASSWORD, **more):
    client = Client()
    return client, client.post("/log-in/", {"username": username, "password": password, **more})


def test_whoever_knows_name_and_password_comes_in(cast):
    client, answer = comes_in("ash")
    assert answer.status_code == 302
    assert client.get("/account/").status_code == 200


def test_a_user_name_is_found_whatever_its_case(cast):
    assert comes_in("ASH")[1].status_code == 302


def test_a_password_is_the_same_however_its_marks_were_typed(cast):
    typed = unicodedata.normalize("NFD", PASSWORD)
    assert typed != PASSWORD
    assert comes_in("ash", typed)[1].status_code == 302


def test_spaces_around_a_password_belong_to_it(cast):
    assert comes_in("ash", f" {PASSWORD}")[1].status_code == 422


@pytest.mark.parametrize("language", ["en", "vi"])
@pytest.mark.parametrize("name", ["ash", "nobody"])
def test_a_refusal_does_not_tell_whether_the_name_exists(cast, name, language, sentence):
    client = Client()
    client.cookies["django_language"] = language
    answer = client.post("/log-in/", {"username": name, "password": "wrong"})
    assert answer.status_code == 422
    assert sentence("The user name or the password is wrong.", language) in answer.content.decode()


def test_who_may_not_log_in_is_refused_with_the_same_sentence(cast):
    User.objects.filter(pk=cast.ash.pk).update(is_active=False)
    answer = comes_in("ash")[1]
    assert answer.status_code == 422


def test_the_page_asked_for_comes_after_the_login(cast):
    assert comes_in("ash", next="/account/")[1].url == "/account/"


@pytest.mark.parametrize(
    "address", ["https://elsewhere.example/", "//elsewhere.example", "javascript:x"]
)
def test_no_other_host_comes_after_the_login(cast, address):
    assert comes_in("ash", next=address)[1].url == "/"


def test_going_out_is_a_click_and_ends_the_session(cast, as_):
    client = as_(cast.ash)
    assert client.get("/log-out/").status_code == 405
    assert client.post("/log-out/").url == "/log-in/"
    assert client.get("/account/").status_code == 302


def test_an_empty_installation_says_how_to_begin(db):
    assert "manage.py begin" in Client().get("/log-in/").content.decode()


def test_an_installation_with_an_authority_does_not(cast):
    assert "manage.py begin" not in Client().get("/log-in/").content.decode()


def test_a_first_password_leads_to_its_change_and_nowhere_else(cast):
    password = cast.ash.give_first_password()
    client, _answer = comes_in("ash", password)
    assert client.get("/account/").url == "/password/"
    answer = client.post("/password/", {"new": "một cụm từ riêng", "again": "một cụm từ riêng"})
    assert answer.status_code == 302
    assert client.get("/account/").status_code == 200
    assert comes_in("ash", "một cụm từ riêng")[1].status_code == 302
    assert comes_in("ash", password)[1].status_code == 422


@pytest.mark.parametrize("language", ["en", "vi"])
@pytest.mark.parametrize(
    ("typed", "refusal"),
    [
        ({"old": "wrong"}, "This is not the present password."),
        ({"again": "another one"}, "The two passwords differ."),
        (
            {"new": PASSWORD, "again": PASSWORD},
            "The new password is the present one; choose another.",
        ),
    ],
)
def test_a_change_of_password_is_refused_with_a_sentence(
    cast, as_, sentence, typed, refusal, language
):
    said = {"old": PASSWORD, "new": "một cụm từ riêng", "again": "một cụm từ riêng"} | typed
    answer = as_(cast.ash, language).post("/password/", said)
    assert answer.status_code == 422
    assert sentence(refusal, language) in answer.content.decode()
    assert User.objects.get(pk=cast.ash.pk).check_password(PASSWORD)


@pytest.mark.parametrize("language", ["en", "vi"])
def test_a_short_password_is_refused(cast, as_, sentence, language):
    said = {"old": PASSWORD, "new": "ngắn", "again": "ngắn"}
    answer = as_(cast.ash, language).post("/password/", said)
    assert answer.status_code == 422
    refusal = "The password needs at least %(count)d characters."
    assert sentence(refusal, language, count=10) in answer.content.decode()


def test_changing_the_password_keeps_this_session_and_ends_the_others(cast, as_):
    here, there = as_(cast.ash), as_(cast.ash)
    said = {"old": PASSWORD, "new": "một cụm từ riêng", "again": "một cụm từ riêng"}
    assert here.post("/password/", said).status_code == 302
    assert here.get("/account/").status_code == 200
    assert there.get("/account/").status_code == 302


def test_name_and_phone_are_one_s_own_to_mend(cast, as_):
    said = {"honorific": "Bà", "full_name": " Nguyễn  Thị Hoa ", "phone": "0905 123 456"}
    assert as_(cast.ash).post("/account/", said).status_code == 302
    person = User.objects.get(pk=cast.ash.pk)
    assert (str(person), person.phone) == ("Bà Nguyễn Thị Hoa", "0905 123 456")
    assert person.search_key == "nguyen thi hoa"


def test_the_account_shows_one_s_seats(cast, as_):
    page = as_(cast.ash).get("/account/").content.decode()
    assert "Thanh tra huyện Ash" in page


def test_a_person_without_a_seat_comes_in_and_sees_nothing(cast, as_):
    nobody = UserFactory()
    client = as_(nobody)
    assert client.get("/account/").status_code == 200
    assert client.get(f"/blocks/{cast.block.pk}/").status_code == 404
