"""Who stands where: the ranking as it was fixed."""

from collections.abc import Iterable
from decimal import Decimal
from functools import cached_property

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from blocks import clock, history
from blocks.models import Seat
from scoring.board import Board, Figures, Row
from scoring.models.scorecard import Scorecard
from scoring.models.season import Season
from scoring.phases import Column, Phase, resolved


class Ranking(models.Model):
    """One fixing of the season's ranking; the last one counts, the earlier ones stay."""

    season = models.ForeignKey(Season, models.PROTECT, related_name="rankings")
    number = models.PositiveSmallIntegerField(default=1)
    by = models.ForeignKey(Seat, models.PROTECT, related_name="+")
    at = models.DateTimeField(default=clock.now)
    reason = models.CharField(gettext_lazy("reason"), max_length=500, blank=True)

    class Meta:
        ordering = ["season", "number"]
        constraints = [
            models.UniqueConstraint("season", "number", name="a_ranking_s_number_is_unique"),
            models.CheckConstraint(
                name="a_later_ranking_says_why", condition=Q(number=1) | ~Q(reason="")
            ),
        ]

    def __str__(self) -> str:
        return f"{self.season}, {self.number}"

    @cached_property
    def figures(self) -> dict[int, Figures]:
        """What was fixed, by card."""
        return {each.card_id: each.figures for each in self.standings.all()}

    def outdated(self, rows: Iterable[Row] = ()) -> str:
        """Return that totals or ranks are not any more what was fixed, in a sentence; or nothing.

        ``rows`` are those of the settled board, where it was computed already.
        """
        now = rows or Board.of(self.season, Column.FINAL).rows
        fixed = {card: (figures.total, figures.rank) for card, figures in self.figures.items()}
        if all((row.total.total, row.rank) == fixed.get(row.card.pk) for row in now):
            return ""
        return _(
            "Figures have changed since the ranking was fixed; totals and ranks are what was fixed."
        )

    @classmethod
    @transaction.atomic
    def fix(cls, season: Season, by: Seat, reason: str = "") -> "Ranking":
        """Fix the ranking from the settled column: totals, ranks, classes, the deciding rule.

        Raises ValidationError outside the settlement phase, while a card is not settled, or when
        it was fixed before (perhaps by somebody else just now) and no reason is given.
        """
        season = season.locked()  # and who is excused as it is now
        if season.phase != Phase.SETTLEMENT:
            raise ValidationError(_("The ranking is fixed while cards are settled."))
        if missing := resolved("scoring.needs.cards_are_settled")(season):
            raise ValidationError([miss.sentence for miss in missing])
        if season.rankings.exists() and not reason.strip():
            raise ValidationError(
                _("The ranking was fixed already; fixing it anew needs a reason.")
            )
        return cls._store(season, by, reason)

    @classmethod
    @transaction.atomic
    def fix_anew(cls, season: Season, by: Seat, reason: str) -> "Ranking":
        """Fix it anew after the meeting itself adjusted a line (decision 17).

        Raises ValidationError when the season is not at its meeting, or without a reason.
        """
        season = season.locked()
        if season.phase != Phase.MEETING:
            raise ValidationError(_("The season is not at its meeting."))
        if not reason.strip():
            raise ValidationError(_("Give the reason."))
        return cls._store(season, by, reason)

    @classmethod
    def _store(cls, season: Season, by: Seat, reason: str) -> "Ranking":
        """Store the board of the settled column as it is now."""
        history.acting_as(by)
        number = season.rankings.count() + 1
        ranking = cls.objects.create(season=season, number=number, by=by, reason=reason.strip())
        board = Board.of(season, Column.FINAL)
        Standing.objects.bulk_create(
            Standing(
                ranking=ranking,
                card=row.card,
                main=row.total.main,
                bonus=row.total.bonus,
                penalty=row.total.penalty,
                total=row.total.total,
                sections={code: str(points) for code, points in row.sections.items()},
                rank=row.rank,
                grade=row.grade,
                decided_by=row.decided_by or "",
                unranked_because=row.unranked_because,
            )
            for row in board.rows
        )
        return ranking


class Standing(models.Model):
    """What one card came to when the ranking was fixed. Points; ``rank`` is none when unranked."""

    ranking = models.ForeignKey(Ranking, models.PROTECT, related_name="standings")
    card = models.ForeignKey(Scorecard, models.PROTECT, related_name="standings")
    main = models.DecimalField(max_digits=10, decimal_places=4)
    bonus = models.DecimalField(max_digits=10, decimal_places=4)
    penalty = models.DecimalField(max_digits=10, decimal_places=4)
    total = models.DecimalField(max_digits=10, decimal_places=4)
    sections = models.JSONField(default=dict)
    rank = models.PositiveSmallIntegerField(null=True)
    grade = models.CharField(max_length=60, blank=True)
    decided_by = models.CharField(max_length=120, blank=True)
    unranked_because = models.CharField(max_length=500, blank=True)

    class Meta:
        ordering = ["ranking_id", models.F("rank").asc(nulls_last=True), "card__official_order"]
        constraints = [
            models.UniqueConstraint("ranking", "card", name="a_card_stands_once_in_a_ranking"),
            models.CheckConstraint(
                name="an_unranked_card_says_why",
                condition=Q(rank__isnull=False) | ~Q(unranked_because=""),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.rank or '–'} {self.card}"

    @property
    def figures(self) -> Figures:
        """What was fixed, as a board shows it."""
        return Figures(
            main=self.main,
            bonus=self.bonus,
            penalty=self.penalty,
            total=self.total,
            sections={code: Decimal(points) for code, points in self.sections.items()},
            rank=self.rank,
            grade=self.grade,
            decided_by=self.decided_by,
            unranked_because=self.unranked_because,
        )
