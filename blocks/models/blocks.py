"""Which blocks there are, who is a member since when, and who leads them by which paper."""

import hashlib
from datetime import date
from typing import TYPE_CHECKING, Any, Self

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import F, Func, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from blocks import clock
from blocks.dates import show_date
from blocks.models.units import Authority, Unit
from blocks.periods import PERIOD, Period, PeriodQuerySet, holds_on, same
from blocks.text import nfc, search_key

if TYPE_CHECKING:
    from blocks.models.people import User


def in_sight(user: "User", path: str = "") -> Q:
    """Return what keeps the blocks of one's authorities, and those one's units are or were members
    of; or the things that ``path`` leads from to such a block."""
    authority = f"{path}__authority__in" if path else "authority__in"
    return Q((authority, user.authorities)) | Q((f"{path or 'pk'}__in", user.blocks))


class BlockQuerySet(PeriodQuerySet):
    """Questions about blocks."""

    def visible_to(self, user: "User") -> Self:
        """Keep the blocks one sees (``in_sight``)."""
        return self.filter(in_sight(user))

    def called(self, words: str) -> Self:
        """Keep the blocks whose name holds the words, marks aside."""
        return self.filter(search_key__contains=search_key(words))


class Block(Period):
    """A group of units that compete with each other: a block (khối) or a cluster (cụm)."""

    class Kind(models.TextChoices):
        BLOCK = "block", _("Block")
        CLUSTER = "cluster", _("Cluster")

    authority = models.ForeignKey(
        Authority, models.PROTECT, related_name="blocks", verbose_name=_("authority")
    )
    kind = models.CharField(_("kind"), max_length=10, choices=Kind, default=Kind.BLOCK)
    code = models.CharField(_("code"), max_length=20)
    name = models.CharField(_("name"), max_length=200)
    short_name = models.CharField(_("short name"), max_length=60)
    illustrative = models.BooleanField(_("holds illustrative figures"), default=False)
    search_key = models.CharField(max_length=250, editable=False)

    objects = BlockQuerySet.as_manager()

    class Meta(Period.Meta):
        ordering = ["authority", "name"]
        constraints = [
            *Period.Meta.constraints,
            models.UniqueConstraint(
                "authority",
                "code",
                name="a_block_s_code_is_unique_at_its_authority",
                violation_error_message=_("Another block of the authority has this code."),
            ),
            models.CheckConstraint(
                name="a_block_is_a_block_or_a_cluster", condition=Q(kind__in=["block", "cluster"])
            ),
            models.CheckConstraint(
                name="a_block_s_name_is_normalised_text",
                condition=Q(name=Func(F("name"), function="normalize")),
                violation_error_message=_("The name is not normalised text."),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def save(self, *args: object, **kwargs: object) -> None:
        """Save, with the key by which blocks are found."""
        self.search_key = search_key(f"{self.name} {self.short_name}")
        super().save(*args, **kwargs)  # type: ignore[arg-type]

    def get_absolute_url(self) -> str:
        """Return the address of the block's page."""
        return reverse("show_block", args=[self.pk])

    @property
    def noun(self) -> str:
        """Khối or cụm, as the kind has it; the word of papers and of outcome sentences."""
        return "Khối" if self.kind == self.Kind.BLOCK else "Cụm"

    def rotation_after(self, head: Unit, on: date) -> list[Unit]:
        """Return the members in the order in which they become head after ``head``.

        The turn of the memberships in force on that day goes round; a head that is no member any
        more is followed by the first.
        """
        members = list(
            self.memberships.on(on)
            .order_by("turn")
            .select_related("unit")
            .prefetch_related("unit__names")
        )
        units = [membership.unit for membership in members]
        start = units.index(head) + 1 if head in units else 0
        return [unit for unit in units[start:] + units[:start] if unit != head]


class MembershipQuerySet(PeriodQuerySet):
    """Questions about memberships."""

    def listed(self) -> Self:
        """Fetch the units with their names, in the official order of papers and lists."""
        return (
            self.order_by("official_order", "pk")
            .select_related("unit")
            .prefetch_related("unit__names")
        )


class Membership(Period):
    """A unit in a block: its place on papers and its turn in the rotation."""

    block = models.ForeignKey(Block, models.PROTECT, related_name="memberships")
    unit = models.ForeignKey(
        Unit, models.PROTECT, related_name="memberships", verbose_name=_("unit")
    )
    official_order = models.PositiveSmallIntegerField(_("official order"))
    turn = models.PositiveSmallIntegerField(_("turn in the rotation"))
    assumed = models.BooleanField(_("assumed for illustration"), default=False)

    objects = MembershipQuerySet.as_manager()

    class Meta(Period.Meta):
        ordering = ["official_order", "pk"]
        constraints = [
            *Period.Meta.constraints,
            ExclusionConstraint(
                name="a_unit_is_a_member_of_a_block_once_at_a_time",
                expressions=[
                    (same("block"), RangeOperators.OVERLAPS),
                    (same("unit"), RangeOperators.OVERLAPS),
                    (PERIOD, RangeOperators.OVERLAPS),
                ],
                violation_error_message=_("The unit is a member of the block in that period."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.unit} ∈ {self.block}"

    @transaction.atomic
    def end(self, on: date) -> None:
        """End the membership from ``on``.

        Raises ValidationError when it has ended, or while the unit is head or deputy from then on.
        """
        if self.until and self.until <= clock.today():
            raise ValidationError(_("This membership has ended already."))
        holding = Q(until__isnull=True) | Q(until__gt=on)
        terms = self.block.terms.recognised().filter(holding, unit=self.unit)
        if term := terms.select_related("recognition").order_by("since").last():
            paper = term.recognition
            raise ValidationError(
                _(
                    "%(unit)s is head or deputy then by %(paper)s of %(day)s, for %(year)s; a paper"
                    " names another one first."
                ),
                params={
                    "unit": self.unit,
                    "paper": f"{paper.get_kind_display()} {paper.reference}",
                    "day": show_date(paper.dated or term.since),
                    "year": paper.year,
                },
            )
        self.until = on
        self.save(update_fields=["until"])


class Office(models.TextChoices):
    """An office of a block, held by a unit."""

    HEAD = "head", _("Head")
    DEPUTY = "deputy", _("Deputy")


class RecognitionQuerySet(models.QuerySet["Recognition"]):
    """Questions about the papers that name heads and deputies."""

    def visible_to(self, user: "User") -> Self:
        """Keep those of one's authorities, and issued ones about a block one sees."""
        about = Term.objects.filter(block__in=Block.objects.visible_to(user))
        return self.filter(
            Q(authority__in=user.authorities) | Q(issued=True, pk__in=about.values("recognition"))
        )

    def listed(self) -> Self:
        """Leave the bytes of the files where they are."""
        return self.defer("file")


class Recognition(models.Model):
    """One paper of the authority that names heads and deputies of several blocks.

    It is a draft while number, symbol, date or signer is missing; its terms count once issued.
    """

    class Kind(models.TextChoices):
        LETTER = "letter", _("Official letter")
        NOTICE = "notice", _("Notice")
        DECISION = "decision", _("Decision")

    authority = models.ForeignKey(Authority, models.PROTECT, related_name="recognitions")
    year = models.PositiveSmallIntegerField(_("year"))
    kind = models.CharField(_("kind of paper"), max_length=10, choices=Kind, default=Kind.LETTER)
    number = models.CharField(_("number"), max_length=20, blank=True)
    symbol = models.CharField(_("symbol"), max_length=40, blank=True)
    dated = models.DateField(_("date of the paper"), null=True, blank=True)
    signer = models.CharField(_("signed by"), max_length=120, blank=True)
    signer_position = models.CharField(_("position of the signer"), max_length=120, blank=True)
    about = models.CharField(_("subject line"), max_length=300)
    issued = models.BooleanField(default=False, editable=False)
    file = models.BinaryField(null=True, editable=False)
    file_name = models.CharField(max_length=200, blank=True, editable=False)
    file_sha256 = models.CharField(max_length=64, blank=True, editable=False)

    objects = RecognitionQuerySet.as_manager()

    class Meta:
        ordering = ["-year", "-pk"]
        constraints = [
            models.CheckConstraint(
                name="an_issued_recognition_is_complete",
                condition=Q(issued=False)
                | (~Q(number="") & ~Q(symbol="") & ~Q(signer="") & Q(dated__isnull=False)),
                violation_error_message=_(
                    "An issued paper needs its number, symbol, date and signer."
                ),
            )
        ]

    def __str__(self) -> str:
        return f"{self.reference} {self.about}".strip()

    def get_absolute_url(self) -> str:
        """Return the address of the paper's page."""
        return reverse("show_recognition", args=[self.pk])

    @property
    def reference(self) -> str:
        """Number and symbol as an office writes them: ``140/TTT-VP``."""
        return f"{self.number}/{self.symbol}" if self.number else ""

    @property
    def missing(self) -> list[str]:
        """What the draft still lacks, as the names of its fields."""
        return [
            str(self._meta.get_field(name).verbose_name)  # type: ignore[union-attr]
            for name in ("number", "symbol", "dated", "signer")
            if not getattr(self, name)
        ]

    def attach(self, name: str, content: bytes) -> None:
        """Keep the scan of the paper, with its SHA-256; a later one takes its place."""
        self.file, self.file_name = content, nfc(name)[-200:]
        self.file_sha256 = hashlib.sha256(content).hexdigest()
        self.save(update_fields=["file", "file_name", "file_sha256"])

    @transaction.atomic
    def name_holders(
        self, block: Block, holders: dict[str, Unit | None], since: date, until: date | None = None
    ) -> None:
        """Name the block's head and deputy on this draft, in the place of whom it named before.

        Raises ValidationError once issued, when both are one unit, when nobody is named, or when
        they do not begin in the paper's year.
        """
        if self.issued:
            raise ValidationError(_("This paper was issued already."))
        if since.year != self.year:
            raise ValidationError(
                _("The paper names the offices of %(year)s; they begin in that year."),
                params={"year": self.year},
            )
        named = {role: unit for role, unit in holders.items() if unit}
        if not named:
            raise ValidationError(_("Name the head, the deputy or both."))
        if len({unit.pk for unit in named.values()}) < len(named):
            raise ValidationError(_("Head and deputy are two units."))
        self.terms.filter(block=block).delete()
        for role, unit in named.items():
            self.terms.create(block=block, role=role, unit=unit, since=since, until=until)

    @transaction.atomic
    def issue(self) -> None:
        """Let the terms count: an office without an end ends where the next holder's term starts.

        Raises ValidationError while the paper is a draft, names nobody, or was issued before.
        """
        paper = Recognition.objects.select_for_update().get(pk=self.pk)
        if paper.issued:
            raise ValidationError(_("This paper was issued already."))
        if paper.missing:
            raise ValidationError(
                _("Still missing: %(what)s."), params={"what": ", ".join(paper.missing)}
            )
        terms = list(paper.terms.select_related("block"))
        if not terms:
            raise ValidationError(_("The paper names no head and no deputy yet."))
        for term in terms:
            Term.objects.filter(
                block=term.block,
                role=term.role,
                recognised=True,
                until__isnull=True,
                since__lt=term.since,
            ).update(until=term.since)
            term.recognised = True
            term.save(update_fields=["recognised"])
        self.issued = True
        self.save(update_fields=["issued"])


class TermQuerySet(PeriodQuerySet):
    """Questions about the offices of blocks."""

    def recognised(self) -> Self:
        """Keep the terms of issued papers."""
        return self.filter(recognised=True)

    def in_year(self, year: int) -> Self:
        """Keep the recognised terms that hold on some day of the year."""
        return self.recognised().filter(
            Q(until__isnull=True) | Q(until__gt=date(year, 1, 1)), since__lte=date(year, 12, 31)
        )

    def last_by_office(self) -> "dict[str, Term]":
        """Return the last term of each office, with its unit and the unit's names."""
        terms: Any = self.order_by("since").select_related("unit").prefetch_related("unit__names")
        return {term.role: term for term in terms}


class Term(Period):
    """An office of a block held by a unit for a time, by a paper of the authority."""

    block = models.ForeignKey(Block, models.PROTECT, related_name="terms", verbose_name=_("block"))
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="terms", verbose_name=_("unit"))
    role = models.CharField(_("office"), max_length=10, choices=Office)
    recognition = models.ForeignKey(Recognition, models.CASCADE, related_name="terms")
    recognised = models.BooleanField(default=False, editable=False)

    objects = TermQuerySet.as_manager()

    class Meta(Period.Meta):
        ordering = ["block", "since", "-role"]
        constraints = [
            *Period.Meta.constraints,
            *(
                ExclusionConstraint(
                    name=f"a_block_has_one_{role}_at_a_time",
                    expressions=[
                        (same("block"), RangeOperators.OVERLAPS),
                        (PERIOD, RangeOperators.OVERLAPS),
                    ],
                    condition=Q(role=role, recognised=True),
                    violation_error_message=message,
                )
                for role, message in (
                    ("head", _("The block already has a head in that period.")),
                    ("deputy", _("The block already has a deputy in that period.")),
                )
            ),
            models.UniqueConstraint(
                "recognition",
                "block",
                "role",
                name="a_paper_names_one_holder_of_an_office",
                violation_error_message=_("The paper names a holder of this office already."),
            ),
            models.CheckConstraint(
                name="an_office_is_head_or_deputy", condition=Q(role__in=Office.values)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_role_display()} {self.block}: {self.unit}"


def members_on(block: Block, day: date) -> models.QuerySet[Unit]:
    """Return the units that are members of the block on ``day``, in official order."""
    return (
        Unit.objects.filter(holds_on(day, "memberships__"), memberships__block=block)
        .order_by("memberships__official_order")
        .prefetch_related("names")
    )
