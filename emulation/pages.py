"""Pages that behave alike: a form that saves, an act that is confirmed."""

from collections.abc import Callable, Sequence
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _

from blocks import refusals
from blocks.text import is_addressed
from emulation.forms import Form
from emulation.http import Request, posted

Saving = Callable[[], Any]


def refusing(form: forms.BaseForm, act: Saving) -> bool:
    """Do the act; what the models or the database refuse becomes an error of the form."""
    try:
        with transaction.atomic():
            act()
    except ValidationError as refusal:
        form.add_error(None, refusal)
    except IntegrityError as refusal:
        form.add_error(None, refusals.sentence(refusal))
    return not form.errors


def form_page(  # noqa: PLR0913 -- each is one word of the page
    request: Request,
    form: Any,
    *,
    title: str,
    then: str | Callable[[], str],
    save: Saving | None = None,
    button: str | None = None,
    said: str | None = None,
    template: str = "form.html",
    **context: Any,
) -> HttpResponse:
    """Show a form; when it is valid, save, say so, and go on to ``then``. 422 when it is not."""
    act = save or getattr(form, "save", None)
    if form.is_bound and form.is_valid() and act and refusing(form, act):
        if said:
            messages.success(request, said)
        return redirect(then() if callable(then) else then)
    back = then if isinstance(then, str) else None
    context = {"form": form, "title": title, "button": button or _("Save"), "back": back} | context
    return render(request, template, context, status=422 if form.errors else 200)


def tell_bare(request: Request, name: str) -> None:
    """Say that papers print a name as it was typed, where that is without Ông or Bà."""
    if name and not is_addressed(name):
        said = _("“%(name)s” is printed as typed: without Ông or Bà before it.")
        messages.warning(request, said % {"name": name})


class ReasonForm(Form):
    """Asks why."""

    reason = forms.CharField(
        label=_("Reason"), max_length=500, widget=forms.Textarea(attrs={"rows": 3})
    )


class PlainForm(Form):
    """Asks nothing but the click."""


def confirm_page(  # noqa: PLR0913 -- each is one word of the page
    request: Request,
    act: Callable[..., Any],
    *,
    title: str,
    sentence: str,
    button: str,
    then: str | Callable[[], str],
    reason: bool = False,
    danger: bool = True,
    said: str | None = None,
    template: str = "confirm.html",
    missing: Sequence[Any] = (),
    **context: Any,
) -> HttpResponse:
    """Ask before an act that cannot be undone; with ``reason`` the act is called with the why.

    Where ``then`` is known only after the act, ``back`` says where one goes without doing it.
    While something is ``missing``, it is listed and nothing is asked.
    """
    form: Form = (ReasonForm if reason else PlainForm)(posted(request))
    if (
        not missing
        and form.is_bound
        and form.is_valid()
        and refusing(form, lambda: act(form.cleaned_data["reason"]) if reason else act())
    ):
        if said:
            messages.success(request, said)
        return redirect(then() if callable(then) else then)
    shown = {
        "form": form,
        "title": title,
        "sentence": sentence,
        "button": button,
        "danger": danger,
        "back": then,
        "missing": missing,
    }
    refused = form.is_bound and (missing or form.errors)
    return render(request, template, shown | context, status=422 if refused else 200)
