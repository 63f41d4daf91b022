"""What belongs to no app: the colours of the page."""

from __future__ import annotations

from datetime import timedelta

from django import forms
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest
from django.shortcuts import redirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

A_YEAR = timedelta(days=365)


class ThemeForm(forms.Form):
    theme = forms.ChoiceField(
        label=_("Colours"),
        choices=[("light", _("Light")), ("dark", _("Dark")), ("auto", _("As the device"))],
    )
    next = forms.CharField(required=False)


@login_not_required
@require_POST
def set_theme(request: HttpRequest) -> HttpResponse:
    """Keep the reader's colours in a cookie, and go back to the page they came from."""
    form = ThemeForm(request.POST)
    if not form.is_valid():
        return HttpResponseBadRequest(_("No such colours."))
    back = form.cleaned_data["next"]
    if not back.startswith("/") or not url_has_allowed_host_and_scheme(
        back, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    ):
        back = "/"
    response = redirect(back)
    response.set_cookie(
        "theme",
        form.cleaned_data["theme"],
        max_age=A_YEAR,
        samesite="Lax",
        secure=request.is_secure(),
        httponly=True,
    )
    return response
