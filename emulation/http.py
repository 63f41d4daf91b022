"""What a view is handed."""

from django.http import HttpRequest
from django_htmx.middleware import HtmxDetails

from blocks.models import User


class Request(HttpRequest):
    """A request of somebody who is logged in."""

    user: User
    htmx: HtmxDetails
