"""What a view is handed."""

from typing import Any

from django.http import HttpRequest
from django_htmx.middleware import HtmxDetails

from blocks.models import User


class Request(HttpRequest):
    """A request of somebody who is logged in."""

    user: User
    htmx: HtmxDetails


def posted(request: HttpRequest) -> Any:
    """Return what was posted, or nothing where the page is only read."""
    return request.POST if request.method == "POST" else None


DIGITS = 10  # fewer than these has every key


def asked_key(request: Request, name: str) -> int | None:
    """Return the key that the address asks for under this name (``?line=5``), or nothing."""
    asked = request.GET.get(name, "")
    is_key = asked.isascii() and asked.isdecimal() and len(asked) < DIGITS
    return int(asked) if is_key else None
