"""What waits for me."""

from django.http import HttpResponse
from django.shortcuts import render

from emulation.http import Request


def home(request: Request) -> HttpResponse:
    """Show what waits for the reader, by date."""
    return render(request, "home.html", {})
