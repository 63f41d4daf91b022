"""Who logs in, and which seats a person holds since when."""

import secrets
from datetime import date
from functools import cached_property
from typing import Any, ClassVar, Self

from django.contrib.auth import get_backends
from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import models, transaction
from django.db.models import F, Func, Q
from django.db.models.expressions import RawSQL
from django.db.models.functions import Coalesce, Lower
from django.urls import reverse
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _

from blocks import clock
from blocks.models.units import Authority, Unit
from blocks.periods import PERIOD, Period, PeriodQuerySet, same
from blocks.text import nfc, person_sort_key, search_key


class Honorific(models.TextChoices):
    """How papers address a person."""

    MR = "Ông", "Ông"
    MRS = "Bà", "Bà"


class UserQuerySet(models.QuerySet["User"]):
    """Questions about people."""

    def visible_to(self, user: "User") -> Self:
        """Keep oneself, the people of one's authorities, and those of one's units."""
        seats = Seat.objects.filter(
            Q(authority__in=user.authorities)
            | Q(unit__authority__in=user.authorities)
            | Q(unit__in=user.units)
        )
        return self.filter(Q(pk=user.pk) | Q(pk__in=seats.values("person")))

    def seated(self) -> Self:
        """Fetch the seats in force too, as ``held``, with the names of their places."""
        held = Seat.objects.today().select_related("authority", "unit").named()
        return self.prefetch_related(models.Prefetch("seats", held, to_attr="held"))

    def without_password(self) -> Self:
        """Keep who holds a seat but was given no password yet."""
        held = Seat.objects.not_over().values("person")
        unusable = UNUSABLE_PASSWORD_PREFIX
        return self.filter(pk__in=held, is_active=True, password__startswith=unusable)

    def with_seats(self, key: int) -> "User | None":
        """Return who may log in, with the seats in force, in one query; every page asks this."""
        held = Seat.objects.in_force().select_related("person")
        seats = list(held.filter(person=key, person__is_active=True))
        if not seats:
            return self.filter(pk=key, is_active=True).first()
        user = seats[0].person
        user.seats_in_force = seats
        return user

    def called(self, words: str) -> Self:
        """Keep whose name or user name holds the words, marks and case aside."""
        return self.filter(
            Q(search_key__contains=search_key(words)) | Q(username__icontains=words.strip())
        )


class UserManager(BaseUserManager.from_queryset(UserQuerySet)):  # type: ignore[misc]
    """Finds people by user name whatever its case."""

    def get_by_natural_key(self, username: str | None) -> "User":
        """Return the person of this user name; case does not matter."""
        return self.get(username__iexact=nfc(username or ""))

    def free_username(self, full_name: str) -> str:
        """Propose a user name nobody has, given name and initials: ``hoant``, ``hoant2``."""
        *rest, given = search_key(full_name).split() or ["cb"]
        base = "".join(char for char in given + "".join(n[0] for n in rest) if char.isalnum())
        base = base or "cb"
        taken = {
            name.lower()
            for name in self.filter(username__istartswith=base).values_list("username", flat=True)
        }
        numbered = (f"{base}{number}" for number in range(2, len(taken) + 3))
        return next(name for name in (base, *numbered) if name not in taken)


class User(AbstractBaseUser):
    """A person who may log in. What the person may do follows from the seats it holds."""

    username = models.CharField(_("user name"), max_length=60)
    full_name = models.CharField(_("full name"), max_length=120)
    honorific = models.CharField(
        _("Mr or Ms"), max_length=3, choices=Honorific, default=Honorific.MR
    )
    phone = models.CharField(_("phone"), max_length=30, blank=True)
    email = models.EmailField(_("email"), blank=True)
    is_active = models.BooleanField(_("may log in"), default=True)
    must_change_password = models.BooleanField(default=False)
    sort_key = models.CharField(max_length=300, db_collation="C", editable=False)
    search_key = models.CharField(max_length=150, editable=False)

    objects: ClassVar[UserManager] = UserManager()

    USERNAME_FIELD = "username"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["full_name"]

    class Meta:
        ordering = ["sort_key"]
        constraints = [
            models.UniqueConstraint(
                Lower("username"),
                name="a_user_name_belongs_to_one_person",
                violation_error_message=_("Somebody has this user name already."),
            ),
            models.CheckConstraint(
                name="a_user_name_is_normalised_text",
                condition=Q(username=Func(F("username"), function="normalize")),
                violation_error_message=_("The user name is not normalised text."),
            ),
            models.CheckConstraint(
                name="a_person_is_called_mr_or_ms", condition=Q(honorific__in=Honorific.values)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.honorific} {self.full_name}"

    def get_absolute_url(self) -> str:
        """Return the address of the person's page."""
        return reverse("show_person", args=[self.pk])

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Save, with the keys by which people are sorted and found."""
        self.sort_key = person_sort_key(self.full_name)
        self.search_key = search_key(self.full_name)
        if (fields := kwargs.get("update_fields")) and "full_name" in fields:
            kwargs["update_fields"] = {*fields, "sort_key", "search_key"}
        super().save(*args, **kwargs)

    def set_password(self, raw_password: str | None) -> None:
        """Keep a password; input methods differ in how they write marks, so it is normalised."""
        super().set_password(nfc(raw_password) if raw_password else raw_password)

    def check_password(self, raw_password: str | None) -> bool:
        """Tell whether this is the person's password, however its marks were typed."""
        return super().check_password(nfc(raw_password or ""))

    @property
    def password_stamp(self) -> str:
        """What tells whether the password is still the same, without telling the password."""
        return salted_hmac("blocks.models.User.password_stamp", self.password).hexdigest()

    def has_perm(self, perm: str, obj: Any = None) -> bool:
        """Ask the one table of permissions; nobody stands above it (decision 11)."""
        return self.is_active and any(
            backend.has_perm(self, perm, obj)
            for backend in get_backends()
            if hasattr(backend, "has_perm")
        )

    def give_first_password(self) -> str:
        """Set a one-time first password, to be changed at the first login, and return it."""
        letters = "abcdefghjkmnpqrstuvwxyz23456789"
        password = "-".join("".join(secrets.choice(letters) for _ in range(4)) for _ in range(3))
        self.set_password(password)
        self.must_change_password = True
        self.save(update_fields=["password", "must_change_password"])
        return password

    @cached_property
    def seats_in_force(self) -> list["Seat"]:
        """The seats the person holds today, with their units and authorities."""
        return list(self.seats.in_force())

    @property
    def units(self) -> list[Unit]:
        """The units in which the person sits today."""
        return [seat.unit for seat in self.seats_in_force if seat.unit]

    @property
    def blocks(self) -> set[int]:
        """The keys of the blocks of which the person's units are or were members."""
        return {key for seat in self.seats_in_force for key in seat.block_keys}

    @property
    def authorities(self) -> list[Authority]:
        """The authorities whose officer the person is today."""
        return [seat.authority for seat in self.seats_in_force if seat.authority]

    def seat_at(self, unit: Unit | None, *roles: str) -> "Seat | None":
        """Return the person's seat at the unit, a principal's before a clerk's, or nothing."""
        seats = [
            seat
            for seat in self.seats_in_force
            if unit and seat.unit_id == unit.pk and (not roles or seat.role in roles)
        ]
        return min(seats, key=lambda seat: seat.role != Role.PRINCIPAL, default=None)

    def officer_seat(self, authority: Authority) -> "Seat | None":
        """Return the person's seat as an officer of the authority, or nothing."""
        return next((s for s in self.seats_in_force if s.authority_id == authority.pk), None)

    @property
    def position(self) -> str:
        """The position printed beside the name today."""
        return next((seat.position for seat in self.seats_in_force if seat.position), "")


class Role(models.TextChoices):
    """What a seat is for (decision 9)."""

    CLERK = "clerk", _("Clerk")
    PRINCIPAL = "principal", _("Principal")
    OFFICER = "officer", _("Officer")


# Every page asks for the seats of its reader: to compile these two took the ORM longer than to run
# them. They name the table of the seats: for the outermost query, not for one inside.
BLOCK_KEYS = """ARRAY(
    SELECT block_id FROM blocks_membership WHERE blocks_membership.unit_id = blocks_seat.unit_id
)"""
UNIT_NAME = """(
    SELECT name FROM blocks_unitname
    WHERE blocks_unitname.unit_id = blocks_seat.unit_id AND blocks_unitname.since <= %s
    ORDER BY since DESC LIMIT 1
)"""


class SeatQuerySet(PeriodQuerySet):
    """Questions about seats."""

    def named(self) -> Self:
        """Fetch the names of the units too."""
        return self.prefetch_related("unit__names")

    def in_force(self) -> Self:
        """Keep what holds today, with unit and authority; add ``block_keys`` and ``place_name``.

        The one are the blocks of which the unit is or was a member, the other what unit or
        authority are called today.
        """
        return (
            self.today()
            .select_related("authority", "unit__authority")
            .annotate(
                block_keys=RawSQL(BLOCK_KEYS, ()),
                place_name=Coalesce(
                    RawSQL(UNIT_NAME, (clock.today(),), models.CharField()), "authority__name"
                ),
            )
        )

    def not_over(self) -> Self:
        """Keep what holds today or begins later."""
        return self.filter(Q(until__isnull=True) | Q(until__gt=clock.today()))


class Seat(Period):
    """A person's dated place: clerk or principal of a unit, or officer of an authority."""

    person = models.ForeignKey(User, models.PROTECT, related_name="seats", verbose_name=_("person"))
    role = models.CharField(_("role"), max_length=10, choices=Role)
    unit = models.ForeignKey(
        Unit, models.PROTECT, null=True, blank=True, related_name="seats", verbose_name=_("unit")
    )
    authority = models.ForeignKey(
        Authority,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="seats",
        verbose_name=_("authority"),
    )
    position = models.CharField(_("position as printed"), max_length=120, blank=True)
    block_keys: list[int]  # where ``in_force`` added them
    place_name: str | None

    objects = SeatQuerySet.as_manager()

    class Meta(Period.Meta):
        ordering = ["role", "since", "pk"]
        constraints = [
            *Period.Meta.constraints,
            models.CheckConstraint(
                name="an_officer_sits_at_an_authority_and_others_at_a_unit",
                condition=Q(role="officer", authority__isnull=False, unit__isnull=True)
                | Q(role__in=["clerk", "principal"], unit__isnull=False, authority__isnull=True),
                violation_error_message=_(
                    "An officer sits at an authority; a clerk and a principal sit at a unit."
                ),
            ),
            ExclusionConstraint(
                name="a_person_holds_a_seat_once_at_a_time",
                expressions=[
                    (same("person"), RangeOperators.OVERLAPS),
                    (same("unit"), RangeOperators.OVERLAPS),
                    (PERIOD, RangeOperators.OVERLAPS),
                ],
                condition=Q(unit__isnull=False),
                violation_error_message=_(
                    "The person holds a seat at this unit in that period; "
                    "end that seat on the person's page first."
                ),
            ),
            ExclusionConstraint(
                name="a_person_is_officer_once_at_a_time",
                expressions=[
                    (same("person"), RangeOperators.OVERLAPS),
                    (same("authority"), RangeOperators.OVERLAPS),
                    (PERIOD, RangeOperators.OVERLAPS),
                ],
                condition=Q(authority__isnull=False),
                violation_error_message=_("The person is an officer there in that period."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person}, {self.get_role_display()}, {self.unit or self.authority}"

    @property
    def place(self) -> "Unit | Authority | None":
        """The unit or the authority at which it is."""
        return self.unit or self.authority

    @property
    def is_open(self) -> bool:
        """Whether it holds today or begins later."""
        return self.until is None or self.until > clock.today()

    @property
    def first_end(self) -> date:
        """The first day without it, if it is ended now: a seat holds one day at least."""
        return max(clock.today(), self.since + clock.ONE_DAY)

    @property
    def may_end(self) -> bool:
        """Whether it would hold longer if it were not ended now."""
        return self.until is None or self.until > self.first_end

    @property
    def is_principal(self) -> bool:
        """Whether what is done from this seat binds the unit."""
        return self.role == Role.PRINCIPAL

    @transaction.atomic
    def end(self) -> None:
        """End the seat today; a seat that started today is ended from tomorrow on.

        Raises ValidationError when it has ended, or when it is the last officer's of an authority.
        """
        if not self.may_end:
            raise ValidationError(_("This seat has ended already."))
        if self.authority:
            Authority.objects.select_for_update().get(pk=self.authority.pk)
            others = self.authority.seats.today().filter(person__is_active=True)
            if not others.exclude(person=self.person_id).exists():
                raise ValidationError(_("An authority keeps at least one officer."))
        self.until = self.first_end
        self.save(update_fields=["until"])


def require(seat: Seat | None, reason: str) -> Seat:
    """Return the seat, or refuse with the reason."""
    if seat is None:
        raise PermissionDenied(reason)
    return seat
