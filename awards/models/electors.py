"""Who votes in a question and who stands in it, as its opening froze them."""

from typing import TYPE_CHECKING, Self

from django.core.exceptions import ValidationError
from django.db import connection, models, transaction
from django.db.models import F, Q
from django.utils.translation import gettext as _

from awards.tally import Mode, Presence
from blocks import clock
from blocks.models import Unit, User

if TYPE_CHECKING:
    from awards.models.voting import Question

TAKES_PART = (Presence.PRESENT, Presence.ONLINE, Presence.WRITTEN)


class ElectorQuerySet(models.QuerySet["Elector"]):
    """Questions about electors."""

    def taking_part(self) -> Self:
        """Keep who takes part: present, online, or by letter."""
        return self.filter(presence__in=TAKES_PART)

    def casting(self) -> Self:
        """Keep who votes: takes part, and is asked."""
        return self.taking_part().filter(is_asked=True)

    def in_the_room(self) -> Self:
        """Keep who is in the room: present, or online."""
        return self.filter(presence__in=[Presence.PRESENT, Presence.ONLINE])

    def on_screen(self) -> Self:
        """Keep who casts on a screen: nobody who has a paper."""
        return self.casting().in_the_room().filter(paper__isnull=True)

    def on_paper(self) -> Self:
        """Keep who has a paper."""
        return self.filter(paper__isnull=False)

    def listed(self) -> Self:
        """Fetch the units with their names, in official order."""
        return (
            self.filter(unit__cards__season=F("question__meeting__season"))
            .order_by("unit__cards__official_order")
            .select_related("unit", "voted", "paper", "representative")
            .prefetch_related("unit__names")
        )


class Elector(models.Model):
    """A member of the block as the opening froze it: present, by letter, or absent.

    One that stands alone where no unit votes on itself has nothing to vote on: it takes part and
    counts for the quorum, but is not asked (``Question.alone``).
    """

    question = models.ForeignKey("Question", models.PROTECT, related_name="electors")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    presence = models.CharField(max_length=10, choices=Presence)
    representative = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="electors"
    )
    represented_by = models.CharField(max_length=160, blank=True)  # as printed
    is_asked = models.BooleanField(default=True)
    letter = models.ForeignKey(  # that this vote saw, whether it counts in it or not
        "Letter", models.PROTECT, null=True, related_name="electors"
    )
    letter_is_empty = models.BooleanField(default=False)  # it came, without a paper for this matter

    objects = ElectorQuerySet.as_manager()

    class Meta:
        ordering = ["question_id", "pk"]
        constraints = [
            models.UniqueConstraint("question", "unit", name="a_unit_is_one_elector"),
            models.UniqueConstraint(
                "question",
                "representative",
                condition=Q(representative__isnull=False),
                name="a_person_casts_for_one_unit",
            ),
            models.CheckConstraint(
                name="whose_letter_holds_no_paper_is_absent",
                condition=Q(letter_is_empty=False) | Q(presence="absent", letter__isnull=False),
            ),
            models.CheckConstraint(
                name="who_votes_by_letter_sent_one_and_who_is_there_none",
                condition=Q(presence="absent")
                | Q(presence="written", letter__isnull=False)
                | Q(presence__in=["present", "online"], letter__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return str(self.unit)

    @property
    def votes_on_paper(self) -> bool:
        """Whether it has a paper: a letter, or one that was handed out. It casts on no screen."""
        return hasattr(self, "paper")

    @property
    def takes_part(self) -> bool:
        """Whether it is there, or wrote."""
        return self.presence in TAKES_PART

    @property
    def casts(self) -> bool:
        """Whether it is among those who cast: takes part, and is asked."""
        return self.takes_part and self.is_asked

    @property
    def may_still_cast(self) -> bool:
        """Whether its ballot on a screen is still awaited: it has no paper."""
        return self.is_awaited(secret=False) and not self.votes_on_paper

    @property
    def why_not_asked(self) -> str:
        """Say why it does not vote although it may take part, or nothing."""
        if self.is_asked:
            return ""
        return _("%(unit)s does not vote here: it alone stands, and no unit votes on itself.") % {
            "unit": self.unit
        }

    @property
    def by_letter(self) -> bool:
        """Whether its ballot came in a letter."""
        return self.presence == Presence.WRITTEN

    @property
    def has_voted(self) -> bool:
        """Whether its ballot was cast, or keyed under its name; of a paper box nobody knows."""
        return hasattr(self, "voted")

    def is_awaited(self, *, secret: bool) -> bool:
        """Whether it is known that it has not voted; of a paper in a secret box nobody knows."""
        in_the_box = secret and self.votes_on_paper
        return self.casts and not self.has_voted and not in_the_box

    @property
    def named(self) -> str:
        """Its short name, and whether it votes on paper or by letter."""
        name = self.unit.short_name
        return f"{name} ({self.way})" if self.way else name

    @property
    def way(self) -> str:
        """Which kind of paper it votes on, or nothing."""
        if not self.votes_on_paper:
            return ""
        return _("by letter") if self.by_letter else _("on paper")


class Candidate(models.Model):
    """A unit that stands in a question."""

    question = models.ForeignKey("Question", models.PROTECT, related_name="candidates")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    order = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["question_id", "order", "pk"]
        constraints = [models.UniqueConstraint("question", "unit", name="a_unit_stands_once")]

    def __str__(self) -> str:
        return str(self.unit)


class Voted(models.Model):
    """This elector has voted. It says when, never what."""

    elector = models.OneToOneField(Elector, models.PROTECT, related_name="voted")
    at = models.DateTimeField(default=clock.now)

    def __str__(self) -> str:
        return str(self.elector)

    @classmethod
    def note(cls, elector: Elector) -> bool:
        """Note that the elector votes now; tell whether it had not voted before.

        Of two who note it at once the second waits for the first, and is told.
        """
        with connection.cursor() as cursor:
            cursor.execute(
                'INSERT INTO "awards_voted" ("elector_id", "at") VALUES (%s, %s)'
                " ON CONFLICT DO NOTHING",
                [elector.pk, clock.now()],
            )
            return bool(cursor.rowcount)


class GivenPaper(models.Model):
    """This elector votes on paper: its letter is in the box, or a paper was handed to it.

    It says who got one and when. What a paper says is known of the box, never of an elector, unless
    the vote is open.
    """

    elector = models.OneToOneField(Elector, models.PROTECT, related_name="paper")
    at = models.DateTimeField(default=clock.now)

    def __str__(self) -> str:
        return str(self.elector)

    @classmethod
    def at_the_opening(cls, question: "Question") -> None:
        """Give papers to whoever cannot vote otherwise: letters, and who has no account."""
        without = Q(presence=Presence.WRITTEN)
        if question.mode != Mode.HANDS:
            without |= Q(representative__isnull=True)
        electors = question.electors.casting().filter(without)
        GivenPaper.objects.bulk_create(GivenPaper(elector=elector) for elector in electors)

    @classmethod
    @transaction.atomic
    def give(cls, question: "Question", unit: Unit) -> None:
        """Note that a paper was handed to this unit; from now on it casts on no screen.

        Raises ValidationError once it has voted or has a paper, once the box was counted, or where
        the vote takes no papers.
        """
        question.take_open(for_update=True)
        elector = question.electors.in_the_room().filter(unit=unit).first()
        if elector is None:
            raise ValidationError(_("Only a unit that is present gets a paper."))
        checks = (
            (not elector.is_asked, elector.why_not_asked),
            (question.mode == Mode.HANDS, _("This vote is by show of hands.")),
            (not question.on_paper, _("This vote takes no papers.")),
            (
                elector.has_voted,
                _("%(unit)s has voted already.") % {"unit": unit},
            ),
            (elector.votes_on_paper, _("%(unit)s has a paper already.") % {"unit": unit}),
        )
        for broken, sentence in checks:
            if broken:
                raise ValidationError(sentence)
        question.box.refuse_once_counted()
        cls.objects.create(elector=elector)

    @classmethod
    @transaction.atomic
    def take_back(cls, question: "Question", elector: Elector) -> None:
        """Note that a paper came back unused: its unit votes on a screen again.

        Raises ValidationError for a letter, for a unit without an account, or once it was keyed or,
        in a secret vote, may have been.
        """
        question.take_open(for_update=True)
        if elector.by_letter or not elector.representative_id:
            raise ValidationError(_("This unit votes on paper only."))
        question.box.let_go(elector)
