"""Vietnamese order, people by given name, search without accents."""

import unicodedata
from itertools import pairwise

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from blocks.text import nfc, person_sort_key, search_key, sort_key

IN_ORDER = [
    ["An", "Ăn", "Ân", "Ba"],
    ["Dung", "Đức", "Em"],
    ["ma", "mà", "mả", "mã", "má", "mạ"],
    ["ô", "ồ", "ổ", "ỗ", "ố", "ộ", "ơ"],
    ["u", "ú", "ư", "ứ", "v"],
    # letters decide before tones: the tone of the first syllable yields to the second's letters
    ["bà ba", "ba bang", "bà bang", "ba bi"],
    ["Thanh tra huyện Ba Tơ", "Thanh tra huyện Đức Phổ", "Thanh tra huyện Mộ Đức"],
    ["Sở Tài chính", "Sở Tài nguyên và Môi trường", "Sở Tư pháp", "Sở Y tế"],
    ["Khối 1", "Khối 2", "Khối A"],
    ["", "-", "0", "a"],
    ["an", "an an", "anh"],
]


@pytest.mark.parametrize("words", IN_ORDER)
def test_words_sort_as_in_a_vietnamese_dictionary(words):
    assert all(sort_key(one) < sort_key(next_one) for one, next_one in pairwise(words))


def test_people_sort_by_given_name_first():
    people = ["Trần Văn An", "Lê Thị Ánh", "Nguyễn Thị Bình", "Phạm Bình", "Nguyễn Đức Thắng"]
    keys = [person_sort_key(name) for name in people]
    assert all(one < next_one for one, next_one in pairwise(keys))
    assert person_sort_key("") < person_sort_key("An") < person_sort_key("Lê An")


def test_a_given_name_with_its_tone_decides_before_the_family_name():
    assert person_sort_key("Vũ Hoa") < person_sort_key("An Hòa")


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("Đức  Phổ", "duc pho"),
        ("  THANH TRA tỉnh\tQuảng Ngãi ", "thanh tra tinh quang ngai"),
        ("Ưu tú", "uu tu"),
        ("Số 140/TTT-VP", "so 140/ttt-vp"),
    ],
)
def test_a_search_needs_no_accents(text, key):
    assert search_key(text) == key


def test_nfc_joins_what_a_keyboard_typed_apart():
    typed = unicodedata.normalize("NFD", "Nguyễn Thị Diệu")
    assert typed != nfc(typed) == "Nguyễn Thị Diệu"


@given(st.text())
def test_the_way_of_typing_makes_no_difference_to_a_key(text):
    for form in ("NFC", "NFD"):
        same = unicodedata.normalize(form, text)
        assert sort_key(same) == sort_key(nfc(text))
        assert search_key(same) == search_key(nfc(text))


@given(st.text())
def test_a_stored_key_is_plain_ascii_and_has_a_tone_for_each_letter(text):
    letters, tones = sort_key(text).split("!")
    assert sort_key(text).isascii()
    assert len(letters) == len(tones)


@given(st.text())
@example("0 \u0300")
def test_what_is_folded_once_stays_folded(text):
    assert search_key(search_key(text)) == search_key(text)
