"""What the frame around every page shows of its reader: theme, things to do, seats."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from emulation.home import count_of

THEMES = ("light", "dark", "auto")


def chosen_theme(request: HttpRequest) -> str:
    """The theme of the reader's cookie; the machine's own where none was chosen."""
    theme = request.COOKIES.get("theme", "")
    return theme if theme in THEMES else "auto"


def seats_of(user: Any) -> list[Any]:
    """The reader's seats in force today."""
    return list(getattr(user, "seats_in_force", []))


def authority_of(user: Any) -> Any:
    """The authority whose name stands at the top: the reader's, or that of the reader's unit."""
    for seat in seats_of(user):
        return seat.authority or seat.unit.authority
    return None


def things_to_do(user: Any) -> int:
    """How many things wait for this reader: the number beside "My work"."""
    return count_of(user) if user.is_authenticated else 0


def administers(user: Any) -> bool:
    """Whether "Administration" stands in this reader's menu: officers have it."""
    return bool(getattr(user, "authorities", []))


def frame(request: HttpRequest) -> dict[str, Any]:
    """The context processor; what costs a query is asked only where the page shows it."""
    user = getattr(request, "user", None)
    shown: dict[str, Any] = {"theme": chosen_theme(request)}
    if user is not None:
        shown |= {
            "todo": SimpleLazyObject(lambda: things_to_do(user)),
            "administers": SimpleLazyObject(lambda: administers(user)),
            "authority": SimpleLazyObject(lambda: authority_of(user)),
            "seats": SimpleLazyObject(lambda: seats_of(user)),
        }
    return {"frame": shown}
