"""Real browsers on a live server: who is logged in, and how slow the server answers."""

import os
import time
from contextlib import contextmanager

import pytest
from django.core.signals import request_started
from django.test import Client
from playwright.sync_api import Page

os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")  # playwright keeps an event loop here


@pytest.fixture(scope="session")
def base_url():
    """No address of its own: each page names the live server's."""


@contextmanager
def a_slow_server(seconds):
    """Let every writing request take so long before it is answered."""

    def wait(environ, **_other):
        if environ["REQUEST_METHOD"] == "POST":
            time.sleep(seconds)

    request_started.connect(wait)
    try:
        yield
    finally:
        request_started.disconnect(wait)


@pytest.fixture
def browse(live_server, new_context):
    """Open a page as this person, in a browser of one's own that speaks English."""

    def open_page(user, path, **options) -> Page:
        client = Client()
        client.force_login(user)
        context = new_context(locale="vi-VN", **options)
        cookies = {"sessionid": client.cookies["sessionid"].value, "django_language": "en"}
        context.add_cookies(
            [
                {"name": name, "value": value, "url": live_server.url}
                for name, value in cookies.items()
            ]
        )
        page = context.new_page()
        page.goto(live_server.url + path)
        return page

    return open_page
