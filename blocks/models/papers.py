"""Which official papers there are: what they say, when they became final, under which number."""

import hashlib
import re
from collections.abc import Mapping
from datetime import date
from typing import Any, Self

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from blocks import clock
from blocks.dates import paper_date, show_date
from blocks.models.blocks import Block
from blocks.models.people import User
from blocks.models.units import Unit
from blocks.text import search_key


class PaperKind(models.TextChoices):
    """Which paper it is; the templates under ``templates/papers`` bear these names."""

    MINUTES = "minutes", _("Minutes of the meeting")
    COUNT = "count", _("Count minutes")
    REGISTRATION = "registration", _("Registration sheet")
    SCORE_TABLE = "score_table", _("Score table of a unit")
    BOARD = "board", _("Score table of the block")
    TITLES = "titles", _("Registration of titles")
    INSPECTION = "inspection", _("Cross-inspection minutes")
    NOMINEES = "nominees", _("List of nominees")
    PROPOSAL = "proposal", _("Proposal to the authority")
    BALLOTS = "ballots", _("Ballot papers")


NUMBERED = (
    PaperKind.MINUTES,
    PaperKind.COUNT,
    PaperKind.INSPECTION,
    PaperKind.PROPOSAL,
)  # what the register of the office numbers
# A list of nominees goes under its proposal's number; ballot papers bear none.
UNNUMBERED = (PaperKind.NOMINEES, PaperKind.BALLOTS)
NOT_DROPPED = _("Only a draft that corrects a final paper is dropped.")
SCORED = (PaperKind.SCORE_TABLE, PaperKind.BOARD)  # what a year was worth
# What happened on that day: at the meeting, at the inspection.
RECORDS = (PaperKind.MINUTES, PaperKind.COUNT, PaperKind.INSPECTION)

FILE_NAMES = {
    PaperKind.MINUTES: "bien-ban-hoi-nghi",
    PaperKind.COUNT: "bien-ban-kiem-phieu",
    PaperKind.REGISTRATION: "ban-dang-ky-thi-dua",
    PaperKind.SCORE_TABLE: "bang-cham-diem",
    PaperKind.BOARD: "bang-tong-hop-diem",
    PaperKind.TITLES: "dang-ky-danh-hieu",
    PaperKind.INSPECTION: "bien-ban-kiem-tra-cheo",
    PaperKind.NOMINEES: "danh-sach-de-nghi",
    PaperKind.PROPOSAL: "to-trinh",
    PaperKind.BALLOTS: "phieu-bau",
}


FRESH = {  # what a paper that takes another's place does not take over from it
    "id", "paper_ptr", "final", "finalised_at", "finalised_by", "content", "sha256", "replaces",
    "number", "symbol", "numbered_on", "signed_copy", "signed_copy_sha256",
}  # fmt: skip


def stamp(text: str) -> str:
    """What tells one version of a text from another, as a page carries it along."""
    return hashlib.sha256(text.encode()).hexdigest()[:16]


# What is read of a paper to name it in the one that takes its place.
KNOWN_BY = (
    "kind", "number", "symbol", "numbered_on", "dated", "title", "facts", "replaces",
)  # fmt: skip


class Paper(models.Model):
    """An official document: kind, facts, words, and once final its bytes and their hash.

    A draft is rendered from its facts and words; a final paper is never rendered again (decision
    24). Its number and date are typed in afterwards, as the issuing agency's register gave them.
    """

    kind = models.CharField(_("kind"), max_length=20, choices=PaperKind)
    block = models.ForeignKey(Block, models.PROTECT, related_name="papers")
    year = models.PositiveSmallIntegerField(_("year"))
    unit = models.ForeignKey(
        Unit, models.PROTECT, null=True, blank=True, related_name="papers"
    )  # whose sheet it is; none: a paper of the whole block
    issuer = models.ForeignKey(Unit, models.PROTECT, related_name="issued_papers")
    title = models.CharField(_("title"), max_length=300)
    dated = models.DateField(_("day it speaks of"), default=clock.today)
    facts = models.JSONField(default=dict)
    words = models.JSONField(default=dict)
    final = models.BooleanField(default=False)
    finalised_at = models.DateTimeField(null=True)
    finalised_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    content = models.BinaryField(null=True)
    sha256 = models.CharField(max_length=64, blank=True)
    replaces = models.OneToOneField(
        "self", models.PROTECT, null=True, blank=True, related_name="replaced_by"
    )
    number = models.CharField(_("number"), max_length=20, blank=True)
    symbol = models.CharField(_("symbol"), max_length=40, blank=True)
    numbered_on = models.DateField(_("date of the number"), null=True, blank=True)
    signed_copy = models.BinaryField(null=True)
    signed_copy_sha256 = models.CharField(max_length=64, blank=True)

    class Meta:
        ordering = ["-dated", "-pk"]
        constraints = [
            models.CheckConstraint(
                name="a_final_paper_has_its_bytes_and_their_hash",
                condition=Q(final=False, content__isnull=True, finalised_at__isnull=True)
                | Q(final=True, content__isnull=False, finalised_at__isnull=False)
                & Q(sha256__regex="^[0-9a-f]{64}$"),
            ),
            models.CheckConstraint(
                name="a_paper_s_kind_is_known", condition=Q(kind__in=PaperKind.values)
            ),
            models.CheckConstraint(
                name="a_signed_copy_is_of_a_final_paper_and_has_its_hash",
                condition=Q(signed_copy__isnull=True, signed_copy_sha256="")
                | Q(
                    final=True,
                    signed_copy__isnull=False,
                    signed_copy_sha256__regex="^[0-9a-f]{64}$",
                ),
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        """Return the address of the paper's page."""
        return reverse("show_paper", args=[self.pk])

    @property
    def file_name(self) -> str:
        """A speaking file name in plain letters: ``bien-ban-hoi-nghi-khoi-sn-2021.pdf``."""
        parts = [FILE_NAMES[PaperKind(self.kind)], self.block.code, str(self.year)]
        if self.unit:
            parts.append(self.unit.symbol or self.unit.short_name)
        if self.replaces_id:
            parts.append(str(self.pk))
        return "-".join(re.findall("[a-z0-9]+", search_key(" ".join(parts)))) + ".pdf"

    def say(self, words: dict[str, str]) -> None:
        """Keep the secretary's words; the facts are not touched. Raises once final."""
        if self.final:
            raise ValidationError(_("A final paper is never changed."))
        self.words = words
        self.save(update_fields=["words"])

    def write(self, said: Mapping[str, str], seen: Mapping[str, str]) -> dict[str, str]:
        """Keep the words somebody typed; return those that somebody else changed meanwhile.

        ``said`` holds the texts as they were sent, ``seen`` the ``stamp`` of each as it was loaded.
        Where both changed a text nothing at all is kept, and what stands now is returned. What was
        not changed here keeps what another wrote. Raises ValidationError once final.
        """
        now = {name: str(self.words.get(name, "")) for name in said}
        changed = {name for name in said if stamp(said[name]) != seen.get(name)}
        clashing = {
            name: now[name]
            for name in sorted(changed)
            if said[name] != now[name] and stamp(now[name]) != seen.get(name)
        }
        if not clashing:
            self.say(self.words | now | {name: said[name] for name in changed})
        return clashing

    def stated(self, facts: Any) -> Any:
        """Return the facts with the sentence that names the paper this one takes the place of."""
        if not self.replaces_id:
            return facts
        old = Paper.objects.only(*KNOWN_BY).get(pk=self.replaces_id)
        return facts | {"replaces": f"Văn bản này thay thế văn bản {old._known_by}: {old.title}"}

    @property
    def _known_by(self) -> str:
        """The number and date that it goes under: a list of nominees goes under its proposal's."""
        if self.kind == PaperKind.NOMINEES:
            on = self.facts.get("numbered")
            under = f"kèm theo Tờ trình số {self.facts['number']} " if on else ""
            return under + paper_date(date.fromisoformat(on) if on else self.dated)
        if self.reference:
            return f"số {self.reference} {paper_date(self.numbered_on or self.dated)}"
        of = f"chưa cấp số {paper_date(self.dated)}"
        older = Paper.objects.only(*KNOWN_BY).filter(replaced_by=self.pk).first()
        return f"{of} (đã thay cho văn bản {older._known_by})" if older else of

    def restate(self, facts: dict[str, Any]) -> None:
        """Take the facts anew while the paper is a draft. Raises once final."""
        if self.final:
            raise ValidationError(_("A final paper is never changed."))
        self.facts = self.stated(facts)
        self.save(update_fields=["facts"])

    @transaction.atomic
    def correct(self, reason: str) -> Self:
        """Begin the paper that takes this one's place: a draft with the same words that names it.

        Raises ValidationError while this one is a draft, and when another replaces it already.
        """
        Paper.objects.select_for_update().only("pk").get(pk=self.pk)
        if why := self.may_not_be_taken_over:
            raise ValidationError(why)
        fields = [field for field in self._meta.concrete_fields if field.name not in FRESH]
        same = {field.attname: getattr(self, field.attname) for field in fields}
        same["words"] = self.words | {"correction": reason}
        draft = type(self)(replaces_id=self.pk, **same)
        draft.facts = draft.stated(self.facts)
        draft.save()
        return draft

    @property
    def may_not_be_taken_over(self) -> str:
        """Say why no paper that takes its place is begun, or nothing."""
        if not self.final:
            return str(_("A draft is not corrected but changed."))
        later = Paper.objects.filter(replaces=self.pk).only("final").first()
        if later is None:
            return ""
        return str(
            _("Another paper takes its place already.")
            if later.final
            else _("A draft that corrects it is begun; this one counts until that is final.")
        )

    @property
    def is_replaced(self) -> bool:
        """Whether a final paper holds in its place."""
        later = getattr(self, "replaced_by", None)
        return bool(later and later.final)

    @property
    def is_correction(self) -> bool:
        """Whether it is a draft that was begun to correct a final paper."""
        begun = self.pk is not None and not self.final and self.replaces_id is not None
        return begun and "correction" in self.words

    @transaction.atomic
    def drop(self) -> None:
        """Give up a correction that was begun: the draft goes, the final paper stays in force.

        What the draft said stays in history. Raises ValidationError for anything else.
        """
        kept = (
            Paper.objects.select_for_update()
            .only("final", "words", "replaces")
            .filter(pk=self.pk)
            .first()
        )
        if kept is None or not kept.is_correction:
            raise ValidationError(NOT_DROPPED)
        self.delete()

    @transaction.atomic
    def finalise(self, content: bytes, by: User) -> None:
        """Fix the bytes and their hash; from now on the database refuses to change them."""
        paper = Paper.objects.select_for_update().defer("content", "signed_copy").get(pk=self.pk)
        if paper.final:
            raise ValidationError(_("This paper is final already."))
        self.content, self.sha256 = content, hashlib.sha256(content).hexdigest()
        self.final, self.finalised_at, self.finalised_by = True, clock.now(), by
        self.save(update_fields=["content", "sha256", "final", "finalised_at", "finalised_by"])

    @property
    def may_not_be_numbered(self) -> str:
        """Say why it gets no number, or no other, or nothing."""
        checks = (
            (not self.final, _("Only a final paper gets its number.")),
            (self.kind in UNNUMBERED, _("This paper bears no number of its own.")),
            (
                self.is_replaced and bool(self.number),
                _("A paper that was replaced keeps its number and date."),
            ),
        )
        return next((str(sentence) for broken, sentence in checks if broken), "")

    def give_number(self, number: str, symbol: str, on: date) -> None:
        """Note the number, symbol and date that the issuing agency's register gave.

        Raises ValidationError while the paper is a draft, for another number once it is replaced,
        for a day more than a year before the paper's year, of a score table before that year,
        before the one on which happened what it is the minutes of, or before that of the paper
        whose place it takes.
        A double is no error: see ``doubles``.
        """
        if why := self.may_not_be_numbered:
            raise ValidationError(why)
        if self.kind in RECORDS and on < self.dated:
            raise ValidationError(
                _("These minutes tell of %(day)s; they bear no earlier date."),
                params={"day": show_date(self.dated)},
            )
        least = self.year if self.kind in SCORED else self.year - 1
        if on.year < least:
            raise ValidationError(
                _("A paper of %(year)s bears no date that long before."), params={"year": self.year}
            )
        self._refuse_out_of_order(on)
        self.number, self.symbol, self.numbered_on = number, symbol, on
        self.save(update_fields=["number", "symbol", "numbered_on"])

    def _refuse_out_of_order(self, on: date) -> None:
        """Raise ValidationError for a day before that of the paper whose place it takes, or after
        that of the one that takes its place; those between without a number are passed over."""
        older = self.replaces
        while older and not older.numbered_on:
            older = older.replaces
        if older and older.numbered_on and on < older.numbered_on:
            raise ValidationError(
                _("It takes the place of a paper of %(day)s; it bears no earlier date."),
                params={"day": show_date(older.numbered_on)},
            )
        newer = getattr(self, "replaced_by", None)
        while newer and not newer.numbered_on:
            newer = getattr(newer, "replaced_by", None)
        if newer and on > newer.numbered_on:
            raise ValidationError(
                _("The paper that takes its place is of %(day)s; it bears no later date."),
                params={"day": show_date(newer.numbered_on)},
            )

    @property
    def reference(self) -> str:
        """Number and symbol as an office writes them: ``12/BB-TTTT``."""
        return "/".join(part for part in (self.number, self.symbol) if part) if self.number else ""

    def doubles(self, number: str, symbol: str, on: date) -> models.QuerySet["Paper"]:
        """The issuer's other papers of that year with this number and symbol: ``5`` is ``05``.

        Without a symbol those of the same kind.
        """
        same = Q(symbol__iexact=symbol) if symbol else Q(symbol="", kind=self.kind)
        bare = re.escape(number.lstrip("0"))
        others = Paper.objects.filter(
            same, issuer=self.issuer_id, number__iregex=f"^0*{bare}$", numbered_on__year=on.year
        )
        return others.exclude(pk=self.pk).defer("content", "signed_copy")

    @property
    def may_not_be_signed(self) -> str:
        """Say why no signed copy is kept of it, or no other, or nothing."""
        if not self.final:
            return str(_("Only a final paper is signed."))
        if self.kind == PaperKind.BALLOTS:
            return str(_("Ballot papers are not signed."))
        kept = self.is_replaced and self.is_signed
        return str(_("A paper that was replaced keeps its signed copy.")) if kept else ""

    def sign(self, scan: bytes) -> None:
        """Keep the scan of the signed and sealed paper; history keeps its hash.

        Raises ValidationError while the paper is a draft, and for another once it is replaced.
        """
        if why := self.may_not_be_signed:
            raise ValidationError(why)
        self.signed_copy, self.signed_copy_sha256 = scan, hashlib.sha256(scan).hexdigest()
        self.save(update_fields=["signed_copy", "signed_copy_sha256"])

    def unsign(self) -> None:
        """Keep no signed copy of it: another file was uploaded by mistake. Raises as ``sign``."""
        if why := self.may_not_be_signed:
            raise ValidationError(why)
        self.signed_copy, self.signed_copy_sha256 = None, ""
        self.save(update_fields=["signed_copy", "signed_copy_sha256"])

    @property
    def is_signed(self) -> bool:
        """Whether a scan of the signed paper is kept; of nothing else "signed" is said."""
        return bool(self.signed_copy_sha256)
