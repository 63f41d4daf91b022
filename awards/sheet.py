"""The titles a unit aims at, and a ballot, as kinds of the one sheet."""

from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal

from django import forms
from django.http import QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_variables

from awards import wording
from awards.desk import results
from awards.models import Aim, Award, Elector, Meeting, Outcome, Question
from blocks.numbers import two_digits
from scoring.filed_sheet import FiledSheet
from scoring.phases import Column
from scoring.sheet import Act, Cell

if TYPE_CHECKING:
    from blocks.models import User
    from scoring.models import Scorecard

# Aims


class AimLine:
    """One award of the catalogue on the sheet of aims."""

    def __init__(self, sheet: "AimSheet", award: Award) -> None:
        self.sheet, self.award = sheet, award
        self.anchor = f"award-{award.pk}"

    @property
    def is_chosen(self) -> bool:
        """Whether the unit aims at it."""
        return self.award.pk in self.sheet.chosen

    @cached_property
    def cells(self) -> list[Cell]:
        """Its tick, while the registration is open."""
        if not self.sheet.is_open:
            return []
        field = forms.BooleanField(required=False)
        name = self.award.name
        return [Cell(f"a{self.award.pk}", name, field, self.is_chosen, after=name)]


class AimSheet(FiledSheet):
    """The titles and commendations a unit aims at this season: one tick each."""

    part = "awards/_aims.html"
    answer_part = "awards/_aims_anew.html"

    def __init__(self, card: "Scorecard", user: "User") -> None:
        super().__init__(card, user, Column.AIM)

    @property
    def title(self) -> str:
        """What it is, and whose."""
        kind = _("Titles aimed at")
        return f"{kind} – {self.card.unit}"

    @property
    def address(self) -> str:
        """The page on which it is filled."""
        return reverse("fill_aims", args=[self.card.pk])

    @property
    def submit_address(self) -> str:
        """The page on which it is sent."""
        return f"{reverse('submit_aims', args=[self.card.pk])}?column=aim"

    @property
    def print_address(self) -> str:
        """The page on which the registration of titles is printed, where it is read."""
        is_read = self.card.may_read(self.user, Column.AIM)
        return reverse("print_card", args=[self.card.pk, "aim"]) if is_read else ""

    @cached_property
    def chosen(self) -> set[int]:
        """The awards the unit aims at."""
        return {aim.award_id for aim in self.card.aims.all()} if self.is_readable else set()

    @cached_property
    def lines(self) -> list[AimLine]:
        """The awards the unit may aim at; when closed, the chosen ones."""
        if self.is_open:
            awards = Award.objects.to_aim_at(self.card)
        else:
            awards = Award.objects.filter(pk__in=self.chosen)
        return [AimLine(self, award) for award in awards]

    def cell(self, key: str) -> Cell | None:
        """Return the tick of this name, if it is open to the reader."""
        cells = (cell for line in self.lines for cell in line.cells)
        return next((cell for cell in cells if cell.key == key), None)

    def row(self, key: str) -> None:
        """No line of aims has points."""

    def affected(self, keys: Any) -> list[AimLine]:
        """No other line changes."""
        return []

    @property
    def filled(self) -> int:
        """How many awards are aimed at."""
        return len(self.chosen)

    @property
    def filled_chip(self) -> tuple[str, str]:
        """How many awards are chosen; none may be meant."""
        if not self.filled:
            return "grey", _("None chosen")
        return "amber", _("%(count)s chosen") % {"count": two_digits(self.filled)}

    def act(self, name: str) -> Act:
        """Return the act of this name; sending no title is told before it is done."""
        act = super().act(name)
        if not self.filled and name in {"hand_up", "send", "send_with_scan"}:
            none = _("No title is chosen: to send it so means that the unit aims at none.")
            act.then = f"{none} {act.then}"
        return act

    def write(self, said: dict[str, Any]) -> None:
        """Aim at what was ticked, and no longer at what was not."""
        Aim.choose(self.card, self.user, {int(key[1:]): bool(on) for key, on in said.items()})
        self.__dict__.pop("chosen", None)


# Ballots


MARK = forms.ChoiceField(choices=[("1", "yes"), ("0", "no")], required=False)


class BallotLine:
    """One candidate on the ballot: a tick, or yes and no."""

    def __init__(self, sheet: "BallotSheet", candidate: int, unit: int) -> None:
        self.sheet, self.candidate, self.unit = sheet, candidate, unit
        self.key = self.anchor = f"m{candidate}"
        self.is_own = not sheet.question.self_vote and unit == sheet.own_unit

    @property
    def name(self) -> str:
        """What the candidate is called."""
        return self.sheet.names[self.candidate]

    @property
    def rank(self) -> int | None:
        """Its rank in the fixed ranking."""
        return self.sheet.ranks.get(self.unit)

    @cached_property
    def cells(self) -> list[Cell]:
        """Its field, unless the unit may not vote on itself; the page writes the label."""
        return [] if self.is_own else [Cell(self.key, "", MARK)]

    @property
    def marked(self) -> str:
        """What was marked: ``1`` yes, ``0`` no, empty."""
        return (self.cells[0].value or "") if self.cells else ""

    @property
    def said(self) -> str:
        """What was marked, in words."""
        if self.marked == "1":
            return _("Agree")
        return _("Do not agree") if self.marked == "0" else _("Not marked")


class BallotSheet:
    """The ballot of the unit that its reader represents: filled whole, looked at, cast once."""

    part = "awards/_ballot.html"
    note_part = "awards/_ballot_note.html"
    action_part = before_part = "awards/_ballot_nothing.html"
    body_class, form_class = "ballot-page", "ballot"
    saves_each_cell: Literal[False] = False
    scripts = ("js/ballot.js",)

    def __init__(self, question: Question, user: "User") -> None:
        self.question, self.user = question, user
        self.in_review = False
        self.came_late = False  # posted, and not counted

    @property
    def title(self) -> str:
        """How is voted, in which round."""
        turn = _("Round %(round)s") % {"round": self.question.round}
        return f"{self.question.get_mode_display()} · {turn}"

    @property
    def meeting(self) -> Meeting:
        """The meeting at which it is cast."""
        return self.question.meeting

    @property
    def matter(self) -> str:
        """What is voted."""
        words = _("Put forward for: %(title)s") if self.question.award_id else "%(title)s"
        return words % {"title": self.question.title}

    @property
    def crumbs(self) -> list[tuple[str, str]]:
        """Where the page stands."""
        return [(_("Meeting"), self.meeting.get_absolute_url())]

    @property
    def address(self) -> str:
        """The page on which it is filled."""
        return reverse("cast_ballot", args=[self.question.pk])

    @property
    def submit_address(self) -> str:
        """Where it is cast."""
        return reverse("submit_ballot", args=[self.question.pk])

    @property
    def form_address(self) -> str:
        """Where the form posts: to be looked at once more, then to be cast."""
        return self.submit_address if self.in_review else self.address

    # Who votes, and whether now

    @cached_property
    def elector(self) -> Elector | None:
        """The elector whom the reader represents."""
        return self.question.elector_of(self.user, "unit", "voted")

    @property
    def own_unit(self) -> int | None:
        """The unit for which the reader votes."""
        return self.elector.unit_id if self.elector else None

    @property
    def has_voted(self) -> bool:
        """Whether its ballot is in the urn already."""
        return getattr(self.elector, "voted", None) is not None

    @property
    def is_open(self) -> bool:
        """Whether the reader may cast the ballot now."""
        return bool(
            self.question.is_open
            and self.elector
            and not self.question.is_by_hands
            and self.elector.casts
            and not self.elector.votes_on_paper
            and not self.has_voted
        )

    def refuse_unless_open(self) -> None:
        """Raise PermissionDenied if the ballot is somebody else's."""
        if self.question.is_waiting:
            return
        self.question.refuse_unless_it_casts(self.elector)

    @property
    def outcomes(self) -> list[tuple[str, str, Outcome]]:
        """The result, once the question was closed."""
        return results(self.question) if self.question.is_closed else []

    # Lines

    @cached_property
    def ranks(self) -> dict[int, int | None]:
        """The rank of each unit in the ranking that the voters see, or saw."""
        ranking = self.question.ranking
        ranked = ranking.standings.values_list("card__unit", "rank") if ranking else []
        return dict(ranked)

    @cached_property
    def lines(self) -> list[BallotLine]:
        """The candidates, in the order of the list."""
        return [BallotLine(self, *listed) for listed in self.question.listed.items()]

    @cached_property
    def names(self) -> dict[int, str]:
        """What the candidates are called, by key; a ballot that is cast asks for no names."""
        listed = self.question.candidates.select_related("unit").prefetch_related("unit__names")
        return {candidate.pk: self.question.name_of(candidate) for candidate in listed}

    @property
    def places(self) -> str:
        """How many are put forward."""
        rules = self.question
        members = 0 if rules.quota_percent is None else rules.electors.count()
        return f"{wording.put_forward(rules)} {wording.places(rules, members)}."

    @property
    def is_limited(self) -> bool:
        """Whether fewer may be marked than are listed."""
        return self.question.marks_allowed < len(self.lines)

    @property
    def marks(self) -> list[int]:
        """The candidates that are marked yes."""
        return [line.candidate for line in self.lines if line.marked == "1"]

    @property
    def is_blank(self) -> bool:
        """Whether nobody is marked and nobody refused by name."""
        return not self.marks and not self.says_no

    @property
    def leaves_open(self) -> bool:
        """Whether it says neither yes nor no to somebody, and yet something."""
        return not self.is_blank and any(line.cells and not line.marked for line in self.lines)

    @property
    def says_no(self) -> bool:
        """Whether somebody is refused by name."""
        refused = any(line.marked == "0" for line in self.lines)
        return refused and not self.question.one_is_ticked

    @sensitive_variables()
    def check(self) -> None:
        """Refuse marks that no ballot may bear."""
        self.question.checked(None, self.marks)

    def confirmed(self, data: QueryDict) -> bool:
        """Tell whether a blank ballot is meant as one."""
        return not self.is_blank or bool(data.get("blank"))

    @sensitive_variables()
    def write(self) -> None:
        """Cast the ballot."""
        self.__dict__.pop("elector", None)  # asked anew if the ballot is refused
        self.question.cast(self.user, self.marks, says_no=self.says_no)
