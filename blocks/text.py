"""How Vietnamese text is normalised, sorted and searched."""

import unicodedata

# The order of a Vietnamese dictionary; f, j, w and z stand where foreign words need them.
_LETTERS = {letter: place for place, letter in enumerate("aăâbcdđeêfghijklmnoôơpqrstuưvwxyz")}
_TONES = {"\u0300": "1", "\u0309": "2", "\u0303": "3", "\u0301": "4", "\u0323": "5"}

# The keys are compared byte by byte (collation "C"), so each of these is lower than the next.
_BETWEEN_NAMES = " "
_BEFORE_TONES = "!"
_SPACE = "#"
_OTHER = "$"
_FIRST_LETTER = ord("A")


def nfc(text: str) -> str:
    """The text with every letter and its marks as one character, however it was typed."""
    return unicodedata.normalize("NFC", text)


def phrase(text: str) -> str:
    """The text as it stands within a sentence: without the full stop it was typed with."""
    is_kept = text.endswith(("..", "v.v."))
    return text if is_kept else text.removesuffix(".")


def sort_key(text: str) -> str:
    """The text as a key for a column with collation "C": letters decide first, then tones.

    The tones stand in the order ngang, huyền, hỏi, ngã, sắc, nặng. Signs come before digits, digits
    before letters, as in ICU's vi-VN; capitals and runs of spaces make no difference.
    """
    letters: list[str] = []
    tones: list[str] = []
    for char in unicodedata.normalize("NFD", _folded(text)):
        if char in _TONES and tones:
            tones[-1] = _TONES[char]
        elif unicodedata.combining(char) and letters:
            letters[-1] += char
        else:
            letters.append(char)
            tones.append("0")
    return "".join(map(_place, letters)) + _BEFORE_TONES + "".join(tones)


def person_sort_key(full_name: str) -> str:
    """The key of a person in a list: the given name, which stands last, decides first."""
    *rest, given = full_name.split() or [""]
    return sort_key(given) + _BETWEEN_NAMES + sort_key(" ".join(rest))


def search_key(text: str) -> str:
    """The text without marks, capitals and superfluous spaces: "Đức  Phổ" becomes "duc pho"."""
    decomposed = unicodedata.normalize("NFD", _folded(text))
    bare = "".join(char for char in decomposed if not unicodedata.combining(char))
    return " ".join(bare.replace("đ", "d").split())  # a mark may stand where no letter does


def is_name_of(typed: str, full_name: str) -> bool:
    """Whether what was typed names this person: capitals, spaces, full stops and Ông or Bà before
    it aside."""
    said, name = (_folded(nfc(text).replace(".", " ")) for text in (typed, full_name))
    return said in (name, f"ông {name}", f"bà {name}")


def is_addressed(name: str) -> bool:
    """Whether a name is typed with Ông or Bà before it, as papers print it."""
    return _folded(nfc(name)).startswith(("ông ", "bà "))


def _folded(text: str) -> str:
    return " ".join(text.lower().split())


def _place(letter: str) -> str:
    """One character for a letter with its own marks (â, ơ), lower the earlier it sorts."""
    if letter.isspace():
        return _SPACE
    if letter in "0123456789":
        return letter
    place = _LETTERS.get(nfc(letter), _LETTERS.get(letter[0]))
    return _OTHER if place is None else chr(_FIRST_LETTER + place)
