"""Coming in and going out, one's own password, one's own account."""

from django.contrib import messages
from django.contrib.auth import login, logout, update_session_auth_hash
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render, resolve_url
from django.urls import path
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from blocks.forms import AccountForm, LoginForm, PasswordForm
from blocks.models import Authority, User
from emulation.http import Request
from emulation.pages import refusing


def wanted(request: HttpRequest) -> str:
    """Return the address of our own that was asked for before the login, or an empty string."""
    address = request.POST.get("next") or request.GET.get("next") or ""
    ours = url_has_allowed_host_and_scheme(
        address, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return address if ours and address.startswith("/") else ""


@login_not_required  # this is where one logs in
@never_cache
@sensitive_post_parameters("password")
def log_in(request: HttpRequest) -> HttpResponse:
    """Ask for user name and password; a refusal does not say which was wrong."""
    onward = wanted(request) or resolve_url("home")
    if request.user.is_authenticated:
        return redirect(onward)
    form = LoginForm(request, request.POST or None)
    if form.is_bound and form.is_valid() and form.user:
        login(request, form.user)
        return redirect(onward)
    context = {"form": form, "next": wanted(request), "empty": not Authority.objects.exists()}
    return render(request, "log_in.html", context, status=422 if form.errors else 200)


@require_POST
def log_out(request: Request) -> HttpResponse:
    """End the session."""
    logout(request)
    return redirect("log_in")


@never_cache
@sensitive_post_parameters("old", "new", "again")
def change_password(request: Request) -> HttpResponse:
    """Give oneself another password; the first one must be changed before anything else."""
    form = PasswordForm(request.user, request.POST or None)
    if form.is_bound and form.is_valid():
        form.save()
        update_session_auth_hash(request, request.user)
        messages.success(request, _("The password was changed."))
        return redirect("home")
    return render(
        request, "change_password.html", {"form": form}, status=422 if form.errors else 200
    )


def show_account(request: Request) -> HttpResponse:
    """Show one's seats; name and phone are one's own to mend."""
    me = User.objects.get(pk=request.user.pk)
    form = AccountForm(request.POST or None, instance=me)
    if form.is_bound and form.is_valid() and refusing(form, form.save):
        messages.success(request, _("Saved."))
        return redirect("show_account")
    seats = me.seats.select_related("authority", "unit").named().order_by("-since")
    context = {"form": form, "seats": seats}
    return render(request, "blocks/account.html", context, status=422 if form.errors else 200)


urls = [
    path("log-in/", log_in, name="log_in"),
    path("log-out/", log_out, name="log_out"),
    path("password/", change_password, name="change_password"),
    path("account/", show_account, name="show_account"),
]
