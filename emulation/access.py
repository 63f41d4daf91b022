"""The one door to every thing: seen or 404, allowed or 403."""

from typing import Any, TypeVar

from django.core.exceptions import PermissionDenied
from django.db.models import Model, QuerySet
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _

from emulation.http import Request

M = TypeVar("M", bound=Model)


def fetch(request: Request, queryset: "QuerySet[M]", perm: str, **lookup: Any) -> M:
    """Return the object at this address, if this person may do this with it.

    Hand in what is visible (``visible_to(user)``): 404 if it does not exist or is not theirs to
    see, 403 with the reason if it is visible but not theirs to touch.
    """
    thing = get_object_or_404(queryset, **lookup)
    allow(request, perm, thing)
    return thing


def allow(request: Request, perm: str, thing: object) -> None:
    """Raise PermissionDenied unless this person may do this with the thing."""
    if not request.user.has_perm(perm, thing):
        raise PermissionDenied(_("Your seats do not include this."))
