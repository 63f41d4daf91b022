"""The code by which a signed sheet is told from one that says something else."""

import hashlib
import json
from decimal import Decimal
from typing import Any

SIGNS = "34679ACDEFGHJKMNPQRTUVWXY"  # none of them is taken for another, printed or written
LENGTH = 8


def content_code(said: Any) -> str:
    """Return the code of what is said: eight letters and digits, ``7K3F-CA9M``.

    ``said`` is made of dicts, lists, text, whole numbers, yes and no, Decimals and nothing; a
    Decimal counts as its value, 9 as 9,00.
    """
    text = json.dumps(said, ensure_ascii=False, sort_keys=True, default=_plain)
    left = int.from_bytes(hashlib.sha256(text.encode()).digest())
    code = ""
    for _sign in range(LENGTH):
        left, place = divmod(left, len(SIGNS))
        code += SIGNS[place]
    return f"{code[:4]}-{code[4:]}"


def same_code(typed: str, code: str) -> bool:
    """Tell whether a code that was typed is this one; case, spaces and dashes do not matter."""
    return _bare(typed) == _bare(code)


def _bare(code: str) -> str:
    return "".join(sign for sign in code.upper() if sign.isalnum())


def _plain(value: object) -> str:
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    raise TypeError(value)
