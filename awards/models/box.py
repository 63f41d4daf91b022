"""What is not cast on a screen: papers of the box, keyed or counted as a stack, and hands."""

from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import F, Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from awards import tally
from awards.models.ballots import Marked, UrnPaper
from awards.models.electors import Candidate, Elector, GivenPaper, Voted
from awards.tally import Presence
from blocks.models import User
from blocks.numbers import two_digits

if TYPE_CHECKING:
    from awards.models.voting import Question

LEAST_SECRET = 3  # fewer casting electors, or papers counted together, and a secret is none

COUNTED = gettext_lazy(
    "The box was counted already. Take its counts back first, or cancel the question."
)
CONFIRMED = gettext_lazy("The stack was confirmed already.")
NOT_KEYED = gettext_lazy("You have keyed no such paper that another person has still to confirm.")
NONE_LEFT = gettext_lazy("No paper is left in the box: all that were given out are keyed.")


class Keying(StrEnum):
    """What became of a paper that was keyed."""

    ONCE = "once"  # another member of the committee keys it again
    COUNTED = "counted"  # both agreed: it is in the urn
    DIFFERED = "differed"  # both keyings are forgotten, both start again


class PaperKeying(Marked):
    """What one of the committee read from a paper, until another reads the same.

    Of an open vote the paper bears its unit's name. Of a secret one it is any paper from the box:
    one after the other, so that no row knows which elector had it.
    """

    question = models.ForeignKey("Question", models.PROTECT, related_name="keyings")
    elector = models.OneToOneField(Elector, models.PROTECT, null=True, related_name="keying")
    by = models.ForeignKey(User, models.PROTECT, related_name="+")

    class Meta(Marked.Meta):
        constraints = [
            *Marked.Meta.constraints,
            models.UniqueConstraint(
                fields=["question", "elector"],
                nulls_distinct=False,
                name="one_paper_of_the_box_is_keyed_at_a_time",
                violation_error_message=gettext_lazy("Another paper of the box is being keyed."),
            ),
        ]

    def __str__(self) -> str:
        return "…"

    @classmethod
    @transaction.atomic
    def key(  # noqa: PLR0913 -- each is one word of what is read from a paper
        cls,
        question: "Question",
        by: User,
        marks: Iterable[int],
        *,
        says_no: bool = False,
        spoiled: bool = False,
        elector: Elector | None = None,
    ) -> Keying:
        """Key a paper: one of the committee keys it, another keys it again.

        ``says_no``: somebody is refused by name; without a yes it is not blank all the same.
        ``elector`` is whose paper it is in an open vote, nobody's in a secret one. What the first
        keyed is forgotten as soon as the second agrees; when they differ both are forgotten and
        both start again. Raises ValidationError when both are one person, or there is no such paper
        to be keyed.
        """
        question.take_open(for_update=True)
        if elector is None or question.is_secret:
            elector = None
            if why := question.box.not_keyed:
                raise ValidationError(why)
        else:
            _refuse_unless_on_paper(elector)
        wanted = [] if spoiled else question.checked(elector, marks)
        says = {
            "marks": wanted,
            "only_no": says_no and not wanted and not spoiled,
            "spoiled": spoiled,
        }
        first = cls.objects.filter(question=question, elector=elector).first()
        if first is None:
            cls.objects.create(question=question, elector=elector, by=by, **says)
            return Keying.ONCE
        if first.by_id == by.pk:
            raise ValidationError(_("Another person keys it the second time."))
        first.delete()
        if any(getattr(first, name) != said for name, said in says.items()):
            return Keying.DIFFERED
        for person in (first.by, by):
            Keyer.objects.get_or_create(question=question, person=person)
        if elector is None:
            UrnPaper.objects.create(question=question, **says)
        else:
            question.put(elector, **says)
        return Keying.COUNTED

    @classmethod
    @transaction.atomic
    def forget(cls, question: "Question", by: User, elector: Elector | None = None) -> None:
        """Take back what one keyed by mistake, before another person keys it the second time.

        Raises ValidationError where there is nothing of this person's to be taken back any more.
        """
        question.take_open(for_update=True)
        forgotten, _each = cls.objects.filter(question=question, elector=elector, by=by).delete()
        if not forgotten:
            raise ValidationError(NOT_KEYED)


class Keyer(models.Model):
    """Somebody who keyed papers of a question that count: who it was, never which paper."""

    question = models.ForeignKey("Question", models.PROTECT, related_name="keyers")
    person = models.ForeignKey(User, models.PROTECT, related_name="+")

    class Meta:
        ordering = ["question_id", "pk"]
        constraints = [
            models.UniqueConstraint(
                "question", "person", name="who_keys_papers_is_named_once_a_question"
            )
        ]

    def __str__(self) -> str:
        return str(self.person)


def _refuse_unless_on_paper(elector: Elector) -> None:
    if not elector.votes_on_paper:
        raise ValidationError(_("This unit does not vote on paper."))
    if Voted.objects.filter(elector=elector).exists():
        raise ValidationError(_("%(unit)s has voted already."), params={"unit": elector.unit})


class PaperStack(models.Model):
    """The papers of a secret question's box, counted by hand: typed by one, confirmed by another.

    ``yes`` counts the papers that say yes, by the candidate's key. Fewer than three papers are
    keyed one by one into the urn instead: their counts would tell what each says. ``differed`` are
    the counts in which those typed first were others, by name or by the candidate's key.
    """

    COUNTS = ("issued", "returned", "valid", "blank", "spoiled", "yes")

    question = models.OneToOneField("Question", models.PROTECT, related_name="counted_stack")
    issued = models.PositiveSmallIntegerField()
    returned = models.PositiveSmallIntegerField()
    valid = models.PositiveSmallIntegerField()
    blank = models.PositiveSmallIntegerField(default=0)
    spoiled = models.PositiveSmallIntegerField(default=0)
    yes = models.JSONField(default=dict)
    differed = models.JSONField(default=list)
    typed_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    confirmed_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="a_stack_of_papers_reconciles",
                condition=Q(returned__lte=F("issued"))
                & Q(returned=F("valid") + F("spoiled"))
                & Q(blank__lte=F("valid")),
                violation_error_message=gettext_lazy(
                    "Issued, returned, valid and spoiled papers do not add up."
                ),
            ),
            models.CheckConstraint(
                name="a_stack_is_confirmed_by_another_person",
                condition=Q(confirmed_by__isnull=True) | ~Q(confirmed_by=F("typed_by")),
                violation_error_message=gettext_lazy("Another person confirms the stack."),
            ),
            models.CheckConstraint(
                name="fewer_than_three_papers_are_keyed_one_by_one",
                condition=Q(returned=0) | Q(returned__gte=LEAST_SECRET),
                violation_error_message=gettext_lazy(
                    "Fewer than three papers are keyed one by one, never typed as counts: "
                    "the counts would tell what each says."
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.question}: {self.returned}/{self.issued}"

    @property
    def is_confirmed(self) -> bool:
        """Whether two people counted the same."""
        return self.confirmed_by_id is not None

    @property
    def as_typed(self) -> dict[str, int]:
        """The counts by the names under which they are typed."""
        counts = {name: getattr(self, name) for name in self.COUNTS if name != "yes"}
        return counts | {f"yes_{key}": papers for key, papers in self.yes.items()}

    @property
    def for_tally(self) -> tally.Stack:
        """The stack as the tally takes it."""
        yes: dict[Hashable, int] = {int(key): papers for key, papers in self.yes.items()}
        return tally.Stack(valid=self.valid, blank=self.blank, spoiled=self.spoiled, yes=yes)

    @classmethod
    @transaction.atomic
    def count(cls, question: "Question", by: User, counts: Mapping[str, Any]) -> list[str]:
        """Type the counts of the box; the same counts typed by another confirm them.

        ``counts`` has the names of ``COUNTS``, ``yes`` a number for every candidate's key. Returns
        in words in what a second person differs from the first: then theirs stand, and another
        confirms them. Raises ValidationError for counts that cannot be true, or a box that is keyed
        paper by paper.
        """
        question.take_open(for_update=True)
        counts = {**counts, "yes": {str(key): n for key, n in counts["yes"].items()}}
        stack = cls.objects.filter(question=question).first()
        if stack and stack.is_confirmed:
            raise ValidationError(CONFIRMED)
        differed: list[str] = []
        is_second = stack is not None and stack.typed_by_id != by.pk
        if stack and is_second:
            differed = stack.differing(counts)
            if not differed:
                stack.confirmed_by = by
                stack.save(update_fields=["confirmed_by"])
                return []
        pk = stack.pk if stack else None
        typed = cls(question=question, typed_by=by, pk=pk, differed=differed, **counts)
        typed.refuse_unless_it_reconciles()
        typed.save(force_update=bool(stack))
        return typed.differed_in_words if is_second else []

    def differing(self, counts: Mapping[str, Any]) -> list[str]:
        """Return the counts in which these differ from those typed first, as ``differed`` does."""
        named = [
            name for name in self.COUNTS if name != "yes" and getattr(self, name) != counts[name]
        ]
        keys = [str(key) for key in self.question.listed]
        return named + [key for key in keys if self.yes.get(key) != counts["yes"].get(key)]

    @property
    def differed_in_words(self) -> list[str]:
        """In what the counts that stand differ from those before them, never by how much."""
        words = {
            "issued": _("Papers given out"),
            "returned": _("Papers returned"),
            "valid": _("Valid papers"),
            "blank": _("Blank papers"),
            "spoiled": _("Spoiled papers"),
        }
        named = [word for name, word in words.items() if name in self.differed]
        listed = self.question.candidates.select_related("unit").prefetch_related("unit__names")
        return named + [c.unit.short_name for c in listed if str(c.pk) in self.differed]

    def refuse_unless_it_reconciles(self) -> None:
        """Raise ValidationError with all that cannot be true of this stack."""
        question, given = self.question, self.question.box.given
        checks = (
            (
                self.issued != given,
                _("%(given)s papers were given out by the roll, not %(issued)s.")
                % {"given": two_digits(given), "issued": two_digits(self.issued)},
            ),
            (self.returned > self.issued, _("More papers came back than were given out.")),
            (bool(short := question.box.short_of_letters(self.returned)), short),
            (
                self.returned != self.valid + self.spoiled,
                _("Valid and spoiled papers together are those returned."),
            ),
            (self.blank > self.valid, _("Blank papers are a part of the valid ones.")),
            (
                0 < self.returned < LEAST_SECRET,
                _(
                    "Fewer than three papers are keyed one by one, never typed as counts: "
                    "the counts would tell what each says."
                ),
            ),
            (
                not tally.adds_up(question.tally_rules, question.keys_listed, self.for_tally),
                _(
                    "The yes of the candidates, %(yes)s in all, do not go with the papers that are"
                    " marked: %(marked)s, that is %(valid)s valid less %(blank)s blank."
                )
                % {
                    "yes": two_digits(sum(self.yes.values())),
                    "marked": two_digits(self.valid - self.blank),
                    "valid": two_digits(self.valid),
                    "blank": two_digits(self.blank),
                },
            ),
        )
        wrong = [*question.box.not_typed, *(sentence for broken, sentence in checks if broken)]
        if wrong:
            raise ValidationError(wrong)


class Hands(models.Model):
    """A show of hands on one candidate, counted in the room and typed by the secretary.

    ``chair`` says whether the chair is among the yes; it is asked only where the rules want it.
    """

    candidate = models.OneToOneField(Candidate, models.PROTECT, related_name="hands")
    yes = models.PositiveSmallIntegerField()
    no = models.PositiveSmallIntegerField()
    abstain = models.PositiveSmallIntegerField()
    chair = models.BooleanField(default=False)

    def __str__(self) -> str:
        return f"{self.candidate}: {self.yes}"

    @classmethod
    def not_counted(cls, question: "Question") -> str:
        """Say why no hands are typed of this vote, whatever these are, or nothing."""
        if not question.is_open:
            return _("The question is not open.")
        return "" if question.is_by_hands else _("This vote is not by show of hands.")

    @classmethod
    @transaction.atomic
    def count(cls, question: "Question", counts: Mapping[int, Mapping[str, Any]]) -> None:
        """Type the hands for every candidate, by its key: yes, no, abstain, and the chair's.

        Raises ValidationError unless they are as many as the units in the room, candidate by
        candidate, less the candidate's own where it does not vote on itself.
        """
        question.take_open(for_update=True)
        if why := cls.not_counted(question):
            raise ValidationError(why)
        there = set(question.electors.in_the_room().values_list("unit", flat=True))
        head = question.meeting.season.head_id
        asks_chair = question.chair_must_approve and head in there
        wrong = []
        for candidate in question.candidates.select_related("unit").prefetch_related("unit__names"):
            said = counts[candidate.pk]
            left_out = not question.self_vote and candidate.unit_id in there
            asked = len(there) - left_out
            shown = said["yes"] + said["no"] + said["abstain"]
            words = {
                "unit": candidate.unit.short_name,
                "shown": two_digits(shown),
                "asked": two_digits(asked),
            }
            if shown != asked and left_out:
                wrong.append(
                    _(
                        "%(unit)s: %(shown)s hands were typed, %(asked)s units vote: it does not "
                        "vote on itself."
                    )
                    % words
                )
            elif shown != asked:
                wrong.append(
                    _("%(unit)s: %(shown)s hands were typed, %(asked)s units are in the room.")
                    % words
                )
            presides = left_out and candidate.unit_id == head
            wrong += cls._wrong_of_chair(said, words, asked if asks_chair and not presides else 0)
            cls.objects.update_or_create(candidate=candidate, defaults=dict(said))
        room, yes = len(there) * question.marks_allowed, sum(s["yes"] for s in counts.values())
        if yes > room:
            wrong.append(
                _(
                    "%(yes)s yes were typed in all; %(there)s units with at most %(allowed)s each"
                    " give %(room)s."
                )
                % {
                    "yes": two_digits(yes),
                    "there": two_digits(len(there)),
                    "allowed": two_digits(question.marks_allowed),
                    "room": two_digits(room),
                }
            )
        if wrong:
            raise ValidationError(wrong)

    @staticmethod
    def _wrong_of_chair(said: Mapping[str, Any], words: dict[str, str], asked: int) -> list[str]:
        """Say that the chair is among the yes where nobody is, or is not where everybody is.

        ``asked`` is how many vote, the chair with them; 0 where the chair's yes is not asked.
        """
        if said["chair"] and not said["yes"]:
            return [_("%(unit)s: nobody agrees, so the chair is not among the yes.") % words]
        if 0 < asked == said["yes"] and not said["chair"]:
            return [_("%(unit)s: everybody agrees, so the chair is among the yes.") % words]
        return []

    @classmethod
    def for_tally(cls, question: "Question") -> tally.Stack:
        """Return the hands as the tally takes them: as many papers as there are units there."""
        hands = list(cls.objects.filter(candidate__question=question))
        return tally.Stack(
            valid=question.electors.casting().in_the_room().count(),
            yes={each.candidate_id: each.yes for each in hands},
            chair=frozenset(each.candidate_id for each in hands if each.chair),
        )


@dataclass(frozen=True)
class PaperBox:
    """The box into which the papers of a question go; the letters of a secret one unopened."""

    question: "Question"

    @property
    def stack(self) -> PaperStack | None:
        """The counts of its papers, once somebody typed them."""
        return PaperStack.objects.filter(question=self.question).select_related("typed_by").first()

    @property
    def given(self) -> int:
        """How many electors have a paper: letters, and papers handed out."""
        return self.question.electors.on_paper().count()

    @property
    def few_on_screen(self) -> bool:
        """Whether so few vote on a screen that typed counts would leave their ballots alone."""
        return 0 < self.question.electors.on_screen().count() < LEAST_SECRET

    @property
    def voted_by_name(self) -> int:
        """Of how many it is noted that they voted: of a secret vote those on a screen, of an open
        one those whose paper was keyed too."""
        return Voted.objects.filter(elector__question=self.question).count()

    @property
    def keyed(self) -> int:
        """How many papers of a secret question were keyed: what the urn holds beyond the screens'.

        Who casts on a screen is noted as having voted, a paper from the box is not.
        """
        return self.question.urn.count() - self.voted_by_name if self.question.is_secret else 0

    @property
    def left(self) -> int:
        """How many papers that were given out are not keyed yet."""
        return self.given - self.keyed

    @property
    def counted(self) -> int:
        """How many papers of a secret question count by now: keyed, or in a confirmed stack."""
        stack = self.stack
        return self.keyed + (stack.returned if stack and stack.is_confirmed else 0)

    @property
    def is_counted(self) -> bool:
        """Whether all of a secret question's papers count: in a confirmed stack, or each keyed."""
        stack = self.stack
        return stack.is_confirmed if stack else self.left == 0

    @property
    def is_untouched(self) -> bool:
        """Whether papers were given out that nobody keyed or counted, not even once."""
        if self.question.is_secret:
            begun = self.stack is not None or self.question.keyings.exists()
            return not begun and self.left > 0
        return self.question.electors.on_paper().filter(voted=None, keying=None).exists()

    @property
    def begun_by(self) -> set[int]:
        """The keys of those who keyed a paper or counted the box, which another does again."""
        people = set(self.question.keyings.values_list("by", flat=True))
        if (stack := self.stack) and not stack.is_confirmed:
            people.add(stack.typed_by_id)
        return people

    @property
    def waits(self) -> bool:
        """Whether papers wait to be keyed or counted, the first time or the second."""
        return self.is_untouched or bool(self.begun_by)

    @property
    def not_keyed(self) -> str:
        """Say why no paper is taken out of it and keyed without a name, or nothing."""
        question = self.question
        checks = (
            (not question.is_open, _("The question is not open.")),
            (question.is_by_hands, _("This vote is by show of hands.")),
            (not question.is_secret, _("Open papers bear names; each is keyed under its own.")),
            (self.stack is not None, _("The papers of the box were typed as counts.")),
            (not self.left, NONE_LEFT),
        )
        return next((str(sentence) for broken, sentence in checks if broken), "")

    @property
    def not_typed(self) -> list[str]:
        """Why its papers are not typed as counts, whatever these are, each a sentence."""
        question, stack = self.question, self.stack
        checks = (
            (not question.is_open, _("The question is not open.")),
            (stack is not None and stack.is_confirmed, CONFIRMED),
            (not question.is_secret, _("Open papers bear names; each is keyed under its own.")),
            (not self.given, _("No paper was given out.")),
            (
                self.keyed > 0 or question.keyings.exists(),
                _("Papers of the box were keyed one by one; key the others too."),
            ),
            (
                self.few_on_screen,
                _(
                    "Fewer than three units vote on screen; beside typed counts their ballots "
                    "would stand alone. Key the papers of the box one by one."
                ),
            ),
        )
        sentences = [str(sentence) for broken, sentence in checks if broken]
        return sentences if question.is_open else sentences[:1]

    def refuse_once_counted(self) -> None:
        """Raise ValidationError once the papers were typed as counts: no other joins them."""
        if self.stack:
            raise ValidationError(COUNTED)

    def why_it_stays(self, elector: Elector) -> str:
        """Say why the paper noted for this elector stays noted, or nothing: it was keyed, or it may
        be one of those that were. Of a letter that is known by opening it."""
        if not self.question.is_secret:
            keyed = elector.has_voted or self.question.keyings.filter(elector=elector).exists()
            words = {"unit": elector.unit}
            return _("The ballot of %(unit)s was keyed already.") % words if keyed else ""
        if self.stack:
            return str(COUNTED)
        begun = self.keyed + self.question.keyings.count()
        if elector.by_letter:
            return str(NONE_LEFT) if begun >= self.given else ""
        return _("Papers of the box were keyed, and this one may be among them.") if begun else ""

    def let_go(self, elector: Elector) -> None:
        """Note no paper for this elector any more. Raises ValidationError as ``why_it_stays``."""
        if not GivenPaper.objects.filter(elector=elector).exists():
            raise ValidationError(_("This unit does not vote on paper."))
        if stays := self.why_it_stays(elector):
            raise ValidationError(stays)
        GivenPaper.objects.filter(elector=elector).delete()

    @transaction.atomic
    def forget_stack(self) -> None:
        """Take the counts back while the question is open; the box is counted anew."""
        self.question.take_open(for_update=True)
        PaperStack.objects.filter(question=self.question).delete()

    @property
    def letters(self) -> int:
        """How many letters are in it: each is a paper that comes out again."""
        return self.question.electors.casting().filter(presence=Presence.WRITTEN).count()

    def short_of_letters(self, papers: int) -> str:
        """Say that so many papers are fewer than the letters in the box, or nothing."""
        letters = self.letters
        if papers >= letters:
            return ""
        return _(
            "%(letters)s written opinions are in the box, and only %(papers)s papers are counted."
        ) % {"letters": two_digits(letters), "papers": two_digits(papers)}

    def _letters_not_keyed(self) -> str:
        """Name whose letter nobody keyed, where letters bear names."""
        letters = self.question.electors.casting().listed().filter(presence=Presence.WRITTEN)
        out = letters.filter(voted__isnull=True, keying__isnull=True)
        return "" if self.question.is_secret else ", ".join(e.unit.short_name for e in out)

    @property
    def lacks_hands(self) -> bool:
        """Whether hands were to be counted, and not all were."""
        if not self.question.is_by_hands:
            return False
        shown = Hands.objects.filter(candidate__question=self.question).count()
        return shown < len(self.question.keys_listed)

    @property
    def uncounted(self) -> list[str]:
        """What of papers and hands still keeps the question from being closed, each a sentence."""
        question, stack = self.question, self.stack
        given, keyed, voted = self.given, self.keyed, self.voted_by_name
        not_keyed = self._letters_not_keyed()
        short = self.short_of_letters(keyed) if question.is_secret and keyed else ""
        checks = (
            (
                question.keyings.exists(),
                _("A paper was keyed once only; key it the second time."),
            ),
            (
                bool(not_keyed),
                _("The written opinion was received but not keyed: %(who)s.") % {"who": not_keyed},
            ),
            (bool(short), short),
            (
                stack is not None and not stack.is_confirmed,
                _("The counts of the paper box wait for another person to confirm them."),
            ),
            (
                question.is_secret and stack is None and given > 0 and keyed == 0,
                _("The paper box was not counted: %(count)s papers were given out.")
                % {"count": two_digits(given)},
            ),
            (
                stack is not None and stack.returned > 0 and 0 < voted < LEAST_SECRET,
                _(
                    "Fewer than three units voted on screen; beside typed counts their ballots "
                    "would stand alone. Take the counts back and key the papers one by one."
                ),
            ),
            (
                question.is_secret
                and 0 < voted + (stack.returned if stack else keyed) < LEAST_SECRET,
                _(
                    "Fewer than three ballots are in: the result would tell what each says. Wait"
                    " for more, or cancel this question."
                ),
            ),
            (
                self.lacks_hands,
                _("The hands were not counted yet."),
            ),
        )
        sentences = [sentence for broken, sentence in checks if broken]
        if sentences and self.waits and (lacks := question.meeting.lacks_keyers):
            sentences.append(lacks)
        return sentences
