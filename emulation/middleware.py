"""What surrounds every request: one recorded transaction, a session, a password of one's own."""

import uuid
from collections.abc import Callable
from http import HTTPStatus

from django.conf import settings
from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseNotAllowed
from django.shortcuts import redirect, render
from django.urls import Resolver404, resolve
from django.utils import translation
from django.utils.translation import gettext as _

from blocks import refusals
from blocks.history import recorded

Answer = Callable[[HttpRequest], HttpResponseBase]
READING = ("GET", "HEAD", "OPTIONS")


class ChosenLanguage:
    """Vietnamese, unless the reader chose English by the switch: the browser is not asked."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer in the language of the reader's cookie."""
        chosen = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME)
        known = dict(settings.LANGUAGES)
        language = chosen if chosen in known else settings.LANGUAGE_CODE
        with translation.override(language):
            request.LANGUAGE_CODE = language
            response = self.get_response(request)
            response.headers.setdefault("Content-Language", language)
            return response


class RecordWrites:
    """One transaction a writing request, written down as its person's; refused means undone.

    An answer of 400 or more leaves nothing behind. A refusal of the models or of the database that
    no view caught becomes a page with its sentence, rendered after the transaction has ended.
    """

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer, inside a recorded transaction if the request may write."""
        if request.method in READING:
            response = self.get_response(request)
        elif request.method != "POST":
            response = HttpResponseNotAllowed([*READING, "POST"])
        else:
            with recorded(getattr(request.user, "pk", None), uuid.uuid4()):
                response = self.get_response(request)
                if response.status_code >= HTTPStatus.BAD_REQUEST:
                    transaction.set_rollback(True)
        if response.status_code == HTTPStatus.METHOD_NOT_ALLOWED:
            page = render(request, "405.html", status=response.status_code)
            page["Allow"] = response["Allow"]
            return page
        return getattr(request, "refusal", lambda: response)()

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """Note a refusal, to be told once the transaction is over."""
        if isinstance(error, ValidationError):
            sentences, status = list(error.messages), HTTPStatus.UNPROCESSABLE_ENTITY
        elif isinstance(error, IntegrityError):
            sentences, status = [refusals.sentence(error)], HTTPStatus.CONFLICT
        else:
            return None
        request.refusal = lambda: render(  # type: ignore[attr-defined]
            request, "refused.html", {"sentences": sentences}, status=status
        )
        return HttpResponse(status=status)


class RequireLogin(LoginRequiredMiddleware):
    """Every address asks for a login; a part of a page answers 401 instead of leading away."""

    def handle_no_permission(  # type: ignore[override]
        self, request: HttpRequest, view_func: Callable[..., HttpResponseBase]
    ) -> HttpResponseBase:
        """Redirect a page to the login, refuse a part of a page."""
        if request.headers.get("HX-Request"):
            return HttpResponse(_("Your session has ended."), status=HTTPStatus.UNAUTHORIZED)
        return super().handle_no_permission(request, view_func)


class OwnPassword:
    """Whoever still has the first password changes it before anything else."""

    OPEN = ("change_password", "log_out", "set_language", "set_theme")

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Lead to the change of the password, or answer."""
        if getattr(request.user, "must_change_password", False) and not self._is_open(request):
            return redirect("change_password")
        return self.get_response(request)

    def _is_open(self, request: HttpRequest) -> bool:
        try:
            return resolve(request.path_info).url_name in self.OPEN
        except Resolver404:
            return False
