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
