"""Adding a block, mending it, and who becomes, stays and ceases to be a member."""

from django.db.models import Max, QuerySet
from django.http import HttpResponse
from django.urls import path, reverse
from django.utils.translation import gettext as _

from blocks import clock
from blocks.forms import BlockForm, EndForm, MembershipForm
from blocks.models import Block, Membership
from emulation.access import allow, fetch
from emulation.http import Request
from emulation.pages import form_page
from emulation.parting import end_membership, sitting


def crumbs(block: Block | None = None) -> list[tuple[str, str]]:
    """The way to a block's page."""
    way = [(_("Blocks, clusters"), reverse("list_blocks"))]
    return [*way, (block.short_name, block.get_absolute_url())] if block else way


def memberships_of(request: Request) -> QuerySet[Membership]:
    """The memberships of the blocks one sees."""
    blocks = Block.objects.visible_to(request.user)
    return Membership.objects.filter(block__in=blocks).select_related("block__authority", "unit")


def add_block(request: Request) -> HttpResponse:
    """Add a block or a cluster."""
    allow(request, "blocks.administer", next(iter(request.user.authorities), None))
    form = BlockForm(request.user, request.POST or None)
    return form_page(
        request,
        form,
        title=_("Add a block or cluster"),
        then=form.instance.get_absolute_url,
        crumbs=crumbs(),
        back=reverse("list_blocks"),
    )


def edit_block(request: Request, pk: int) -> HttpResponse:
    """Mend what a block is called, or end it."""
    blocks = Block.objects.visible_to(request.user).select_related("authority")
    block = fetch(request, blocks, "blocks.manage_block", pk=pk)
    title, way = _("Edit %(block)s") % {"block": block}, crumbs(block)
    form = BlockForm(request.user, request.POST or None, instance=block)
    return form_page(request, form, title=title, then=block.get_absolute_url(), crumbs=way)


def add_member(request: Request, pk: int) -> HttpResponse:
    """Take a unit into the block; both orders are proposed at the end."""
    blocks = Block.objects.visible_to(request.user).select_related("authority")
    block = fetch(request, blocks, "blocks.manage_block", pk=pk)
    last = block.memberships.today().aggregate(order=Max("official_order"), turn=Max("turn"))
    place = {"official_order": (last["order"] or 0) + 1, "turn": (last["turn"] or 0) + 1}
    form = MembershipForm(
        request.user, request.POST or None, instance=Membership(block=block, **place)
    )
    title = _("Add a member to %(block)s") % {"block": block}
    return form_page(
        request,
        form,
        title=title,
        lead=_(
            "The unit takes part in the years whose registration begins from now on; a year that"
            " runs takes it in once it went back to planning and registration begins anew."
        ),
        then=block.get_absolute_url(),
        crumbs=crumbs(block),
    )


def edit_member(request: Request, pk: int) -> HttpResponse:
    """Mend since when a unit is a member, and its two orders."""
    member = fetch(request, memberships_of(request), "blocks.manage_block", pk=pk)
    form = MembershipForm(request.user, request.POST or None, instance=member)
    title, way = str(member.unit), crumbs(member.block)
    return form_page(request, form, title=title, then=member.block.get_absolute_url(), crumbs=way)


def end_member(request: Request, pk: int) -> HttpResponse:
    """Note from when a unit is no member any more."""
    member = fetch(request, memberships_of(request), "blocks.manage_block", pk=pk)
    form = EndForm(request.POST or None, initial={"on": clock.today()})
    said = {"unit": member.unit, "block": member.block.short_name}
    return form_page(
        request,
        form,
        title=_("%(unit)s leaves %(block)s") % said,
        lead=_(
            "Years in which the unit took part keep its sheets and results. A year that runs waits"
            " for its sheets until the year's page notes that it does not send them."
        ),
        warning=sitting(member.unit, member.block),
        save=lambda: end_membership(member, form.cleaned_data["on"]),
        then=member.block.get_absolute_url(),
        button=_("End the membership"),
        danger=True,
        crumbs=crumbs(member.block),
    )


urls = [
    path("blocks/new/", add_block, name="add_block"),
    path("blocks/<int:pk>/edit/", edit_block, name="edit_block"),
    path("blocks/<int:pk>/members/new/", add_member, name="add_member"),
    path("members/<int:pk>/edit/", edit_member, name="edit_member"),
    path("members/<int:pk>/end/", end_member, name="end_member"),
]
