"""What the meeting itself changes of a settled score, before the first vote on an award."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import models, transaction
from django.db.models import F, Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from awards.models.meeting import Meeting
from blocks import clock, history
from blocks.models import Seat
from scoring.models import Criterion, Ranking, Scorecard
from scoring.models.entry import kept

if TYPE_CHECKING:
    from blocks.models import User
    from scoring.models import Standing


class Adjustment(models.Model):
    """A line of a card that the meeting changed by a show of hands (decision 17).

    ``before`` and ``after`` are the facts of the settled column, as text by field;
    ``reason_before``, ``seat_before`` and ``at_before`` say why, from which seat and when the ones
    before were settled. ``earlier`` is the ranking as it was,
    ``ranking`` the one that was fixed anew for this. Hands are units.
    """

    meeting = models.ForeignKey(Meeting, models.PROTECT, related_name="adjustments")
    card = models.ForeignKey(Scorecard, models.PROTECT, related_name="adjustments")
    criterion = models.ForeignKey(Criterion, models.PROTECT, related_name="+")
    before = models.JSONField()
    reason_before = models.CharField(max_length=1000, blank=True)
    seat_before = models.ForeignKey(Seat, models.PROTECT, null=True, related_name="+")
    at_before = models.DateTimeField(null=True)
    after = models.JSONField()
    reason = models.CharField(gettext_lazy("reason"), max_length=1000)
    present = models.PositiveSmallIntegerField()
    yes = models.PositiveSmallIntegerField(gettext_lazy("in favour"))
    no = models.PositiveSmallIntegerField(gettext_lazy("against"))
    abstained = models.PositiveSmallIntegerField(gettext_lazy("no hand raised"))
    earlier = models.ForeignKey(Ranking, models.PROTECT, related_name="+")
    ranking = models.OneToOneField(Ranking, models.PROTECT, related_name="adjustment")
    by = models.ForeignKey(Seat, models.PROTECT, related_name="+")
    at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(name="an_adjustment_says_why", condition=~Q(reason="")),
            models.CheckConstraint(
                name="hands_at_an_adjustment_are_those_of_the_present",
                condition=Q(present=F("yes") + F("no") + F("abstained")),
                violation_error_message=gettext_lazy(
                    "Units in favour, against and without a hand raised together are the units"
                    " present."
                ),
            ),
            models.CheckConstraint(
                name="an_adjustment_is_carried_by_more_than_half_of_the_present",
                condition=Q(yes__gt=F("present") - F("yes")),
                violation_error_message=gettext_lazy(
                    "Not more than half of the units present are in favour; the score stays. Where "
                    "the minutes are to say so, note it as a show of hands on procedure."
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.card} {self.criterion.code}"

    @property
    def standings(self) -> tuple["Standing", "Standing"]:
        """Where the card stood before, and where it stands since."""
        was, now = (
            next(one for one in ranking.standings.all() if one.card_id == self.card_id)
            for ranking in (self.earlier, self.ranking)
        )
        return was, now

    @classmethod
    @transaction.atomic
    def make(  # noqa: PLR0913, PLR0917 -- each is one word of the minutes
        cls,
        meeting: Meeting,
        user: "User",
        card: Scorecard,
        criterion: Criterion,
        said: Mapping[str, Any],
        reason: str,
        *,
        yes: int,
        no: int,
        abstained: int,
    ) -> "Adjustment":
        """Change a line as the meeting decided, and fix the standings anew.

        By the chair's direction, so only the named secretary: PermissionDenied. ``said`` maps the
        facts of the line to what holds from now on. Raises ValidationError once a vote on an award
        was opened, without quorum, when nothing changes, or when the hands do not add up to the
        units present or to more than half of them in favour.
        """
        season = meeting.season.locked()
        meeting = meeting.locked()
        seat = next(iter(user.seats_in_force), None)
        if meeting.secretary_id != user.pk or seat is None:
            raise PermissionDenied(_("Only the secretary of the meeting notes this."))
        meeting.season = season
        if refusal := meeting.may_not_adjust:
            raise ValidationError(refusal)
        earlier = season.current_ranking
        card = Scorecard.objects.for_sheet().get(pk=card.pk)  # as it stands now that it is locked
        before, held = card.settled_facts(criterion), card.settled(criterion)
        history.acting_as(seat)
        card.adjust(criterion, said, seat, reason)
        after = card.settled_facts(criterion)
        if earlier is None or before == after:
            raise ValidationError(_("This is the value as it was; nothing was changed."))
        adjustment = cls(
            meeting=meeting, card=card, criterion=criterion,
            before=before, after=after, reason=reason.strip(),
            reason_before=held.note if held else "",
            seat_before=held.seat if held else None, at_before=held.at if held else None,
            present=meeting.units_there, yes=yes, no=no, abstained=abstained,
            by=seat, earlier=earlier,
        )  # fmt: skip
        adjustment.validate_constraints()
        adjustment.ranking = Ranking.fix_anew(season, seat, f"{criterion.code}: {reason}"[:500])
        adjustment.save()
        return adjustment

    def undo(self) -> bool:
        """Let the line say again what it said before, why, by whom and since when; False where
        something else holds by now."""
        card = Scorecard.objects.for_sheet().get(pk=self.card_id)
        if card.settled_facts(self.criterion) != self.after:
            return False
        before = (kept(self.before), self.seat_before, self.reason_before, self.at_before)
        card.adjust(self.criterion, *before)
        return True
