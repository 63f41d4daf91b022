"""What a unit answers to the findings: it agrees at once, or explains lines and is answered."""

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any, Self

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import models, transaction
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from blocks import clock, history
from blocks.models import Role, Seat
from scoring.board import effect_of
from scoring.models.entry import Entry, facts_said
from scoring.models.evidence import Evidence
from scoring.models.filing import Filing
from scoring.models.scale import Criterion
from scoring.models.scorecard import Scorecard
from scoring.models.season import Season
from scoring.phases import Column, Phase

if TYPE_CHECKING:
    from blocks.models import User


def explaining_seat(card: Scorecard, user: "User") -> Seat:
    """Return the seat from which the user explains lines of the card; PermissionDenied if none."""
    seat = user.seat_at(card.unit)
    if seat is None:
        raise PermissionDenied(_("Only %(unit)s explains its lines.") % {"unit": card.unit})
    return seat


def refuse_unless_settling(card: Scorecard) -> None:
    """Raise ValidationError outside the settlement, or when the card is settled: its unit answers
    to the findings in between."""
    if card.season.shared().phase != Phase.SETTLEMENT:
        raise ValidationError(_("Findings are answered while cards are settled."))
    if Filing.objects.sent().filter(card=card, column=Column.FINAL).exists():
        raise ValidationError(_("The sheet is settled already."))


def settling(card: Scorecard) -> Scorecard:
    """Return the card, its row locked, if its unit may still answer; or refuse, as above."""
    # NO KEY, as in the pages of the sheet: a move of the season may add entries to the card.
    rows = Scorecard.objects.select_for_update(of=("self",), no_key=True)
    card = rows.select_related("unit", "season__rules", "season__scale").get(pk=card.pk)
    refuse_unless_settling(card)
    return card


class Agreement(models.Model):
    """A unit agreed to what was found on its card; it lapses when the year goes back, or when the
    unit agrees anew.

    ``changes`` are the facts of each line that had been changed unasked until then, as text by
    field, by the code of the line, which an amended scale keeps and its key not; none where it
    agreed to the findings alone.
    """

    card = models.ForeignKey(Scorecard, models.PROTECT, related_name="agreements")
    by = models.ForeignKey(Seat, models.PROTECT, related_name="+")
    at = models.DateTimeField(default=clock.now)
    changes = models.JSONField(null=True)
    lapsed_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                "card",
                condition=Q(lapsed_at__isnull=True),
                name="a_unit_agrees_to_its_findings_once",
                violation_error_message=gettext_lazy("The unit has agreed already."),
            )
        ]

    def __str__(self) -> str:
        return str(self.card)

    @classmethod
    @transaction.atomic
    def give(
        cls,
        card: Scorecard,
        user: "User",
        *,
        with_changes: bool = False,
        seen: datetime | None = None,
    ) -> "Agreement":
        """Agree to the findings, as a principal of the card's unit, instead of staying silent.

        Lines that were explained are not part of it: their answers settle them. Nor are those that
        were changed unasked, before or since: what was found is not what was changed. The unit
        agrees to them anew, ``with_changes``. Raises PermissionDenied for others, ValidationError
        outside the settlement, after the window (silence is agreement by then), or when it was
        given; ``with_changes`` while nothing was changed or the findings may be agreed to, or when
        another change followed the one that was ``seen`` last.
        """
        seat = user.seat_at(card.unit, Role.PRINCIPAL)
        if seat is None:
            raise PermissionDenied(
                _("Only the principal of %(unit)s agrees to its findings.") % {"unit": card.unit}
            )
        card = settling(card)
        reason = card.may_not_agree_to_changes if with_changes else card.may_not_agree
        if with_changes and not reason and seen != card.last_change:
            reason = _("A line was changed meanwhile; read what it says now.")
        if reason:
            raise ValidationError(reason)
        history.acting_as(seat)
        card.agreements.filter(lapsed_at__isnull=True).update(lapsed_at=clock.now())
        asked = card.asked(Column.FINAL)
        changes = {line.code: card.settled_facts(line) for line in asked if card.is_changed(line)}
        return cls.objects.create(card=card, by=seat, changes=changes if with_changes else None)


class ExplanationQuerySet(models.QuerySet["Explanation"]):
    """Questions about explanations."""

    def waiting(self) -> Self:
        """Keep those that wait for their answer."""
        return self.filter(answered_at=None, lapsed_at=None)

    def lapsing(self, season: Season) -> list["Explanation"]:
        """Return those of the season's cards that wait, and dispute what is found otherwise by
        now; ``after`` says what is found."""
        waiting = self.waiting().filter(card__season=season).select_related("criterion")
        places = {(each.card_id, each.criterion_id): each for each in waiting}
        lines = {each.criterion_id for each in places.values()}
        settled = Entry.objects.settled().filter(card__season=season, criterion__in=lines)
        lapsing: list[Explanation] = []
        for entry in settled:
            each = places.get((entry.card_id, entry.criterion_id))
            if each and entry.found not in (each.before, entry.rests_on):
                each.after = entry.found
                lapsing.append(each)
        return lapsing


class Explanation(models.Model):
    """A disputed line: what the unit says, what the settler answers, the value before and after.

    It lapses when it was not answered and the year, gone back, found the line otherwise, or locked
    a scale without it: its unit answers to that anew.

    ``before`` and ``after`` are the facts of the settled column, as text by field;
    ``reason_before``, ``seat_before`` and ``at_before`` say why, from which seat (none where what
    was found was taken over) and when the ones before were settled; totals are points. Ranks are
    those the board of that moment gave: none when the unit was not ranked.
    """

    card = models.ForeignKey(Scorecard, models.PROTECT, related_name="explanations")
    criterion = models.ForeignKey(Criterion, models.PROTECT, related_name="+")
    number = models.PositiveSmallIntegerField(default=1)
    text = models.TextField()
    by = models.ForeignKey(Seat, models.PROTECT, related_name="+")
    at = models.DateTimeField(default=clock.now)
    answer = models.TextField(blank=True)
    answered_by = models.ForeignKey(Seat, models.PROTECT, null=True, related_name="+")
    answered_at = models.DateTimeField(null=True)
    lapsed_at = models.DateTimeField(null=True)
    before = models.JSONField(null=True)
    reason_before = models.TextField(blank=True)
    seat_before = models.ForeignKey(Seat, models.PROTECT, null=True, related_name="+")
    at_before = models.DateTimeField(null=True)
    after = models.JSONField(null=True)
    total_before = models.DecimalField(max_digits=10, decimal_places=4, null=True)
    total_after = models.DecimalField(max_digits=10, decimal_places=4, null=True)
    rank_before = models.PositiveSmallIntegerField(null=True)
    rank_after = models.PositiveSmallIntegerField(null=True)

    objects = ExplanationQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                "card", "criterion", "number", name="a_line_is_explained_once_at_a_time"
            ),
            models.CheckConstraint(
                name="an_answer_says_by_whom_and_when",
                condition=Q(answer="", answered_by__isnull=True, answered_at__isnull=True)
                | Q(answered_by__isnull=False, answered_at__isnull=False) & ~Q(answer=""),
            ),
            models.CheckConstraint(
                name="only_what_was_not_answered_lapses",
                condition=Q(lapsed_at__isnull=True) | Q(answered_at__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.card} {self.criterion.code}"

    @classmethod
    @transaction.atomic
    def put(
        cls, card: Scorecard, user: "User", criterion: Criterion, text: str, file: Any = None
    ) -> "Explanation":
        """Dispute a finding inside the window, once; backed by a file, if there is one.

        A line that the settler changed unasked is explained once more until the card is settled.
        Raises PermissionDenied for others than the card's unit, ValidationError as
        ``Scorecard.may_not_explain`` says, outside the settlement, or for a file that is refused.
        """
        seat, card = explaining_seat(card, user), settling(card)
        if reason := card.may_not_explain(criterion):
            raise ValidationError(reason)
        history.acting_as(seat)
        held = card.settled(criterion)
        explanation = cls.objects.create(
            card=card,
            criterion=criterion,
            number=cls.objects.filter(card=card, criterion=criterion).count() + 1,
            text=text.strip(),
            by=seat,
            before=facts_said(held),
            reason_before=held.note if held else "",
            seat_before=held.seat if held and held.rests_on is not None else None,
            at_before=held.at if held else None,
        )
        if file is not None:
            Evidence.attach(card, user, Column.FINAL, criterion, file=file, explanation=explanation)
        return explanation

    @transaction.atomic
    def take_back(self, user: "User") -> None:
        """Take it back while it waits, as its unit; what backs it goes with it.

        Raises PermissionDenied for others, ValidationError when it was answered, taken back or
        lapsed, or outside the settlement.
        """
        seat = explaining_seat(self.card, user)
        settling(self.card)
        self._hold()
        history.acting_as(seat)
        for piece in self.evidence.all():
            piece.drop()
        self.delete()

    @property
    def waits(self) -> bool:
        """Whether it waits for its answer."""
        return self.answered_at is None and self.lapsed_at is None

    def refuse_unless_waiting(self) -> None:
        """Raise ValidationError when it was answered or lapsed."""
        if self.answered_at is not None:
            raise ValidationError(_("It was answered already."))
        if self.lapsed_at is not None:
            raise ValidationError(_("The explanation lapsed: the line was found otherwise since."))

    def _hold(self) -> None:
        """Lock its row. Raises ValidationError when it was answered, lapsed or taken back."""
        now = Explanation.objects.select_for_update().filter(pk=self.pk).first()
        if now is None:
            raise ValidationError(_("The unit took this explanation back."))
        now.refuse_unless_waiting()

    @transaction.atomic
    def reply(self, user: "User", text: str, said: Mapping[str, Any] | None = None) -> None:
        """Answer it with value and reason, as the settler; without ``said`` the value is kept.

        ``said`` maps the facts of the line to what holds from now on; ``text`` is their reason.
        Keeps what the answer did to total and rank. Raises like ``Scorecard.write`` for others,
        ValidationError when it was answered, lapsed or taken back, or outside the settlement.
        """
        refuse_unless_settling(self.card)
        seat = self.card.begin(user, Column.FINAL)
        self._hold()
        if said:
            self.card.settle_line(user, self.criterion, said, text.strip())
        self._say_why(user, text.strip())
        self.answer, self.answered_by, self.answered_at = text.strip(), seat, clock.now()
        self.after = self.card.settled_facts(self.criterion)
        effect = effect_of(self.card, self.criterion, Column.FINAL, self.before or {})
        self.total_before, self.total_after = effect.totals
        self.rank_before, self.rank_after = effect.ranks
        self.save()

    def _say_why(self, user: "User", reason: str) -> None:
        """Let the reason stand on the line too, where a value that was changed on the sheet since
        the explanation, or never was explained there, has none of its own."""
        entry = self.card.settled(self.criterion)
        if entry is None:
            return
        note = reason if self.card.differs(self.criterion, Column.FINAL) else ""
        old = self.reason_before if facts_said(entry) != (self.before or {}) else ""
        if entry.note in {"", old} - {note}:
            self.card.write(user, Column.FINAL, {self.criterion_id: {"note": note}})

    @property
    def changed(self) -> bool:
        """Whether the value changed between the explanation and its answer."""
        return self.answered_at is not None and self.before != self.after


def explained() -> "models.Prefetch[str]":
    """What fetches the explanations of cards with all that a list tells of them, once."""
    said = Explanation.objects.select_related(
        "criterion__scale", "by__person", "answered_by__person", "seat_before__person"
    )
    return models.Prefetch("explanations", said.prefetch_related("evidence"))
