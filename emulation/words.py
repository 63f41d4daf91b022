"""The words of a paper, written beside its facts; two who write at once are told of each other."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from blocks import clock
from blocks.models import stamp
from emulation.forms import Form
from emulation.http import Request, posted
from emulation.printing import page_of
from scoring.phases import Missing

LONGEST = 20_000  # signs in one text

Writing = Callable[[dict[str, str], dict[str, str]], dict[str, str]]


class WordsForm(Form):
    """The texts of a paper, each with the stamp of what was loaded. ``labels`` are by name.

    ``short`` are those that are a line or two, each with an example.
    """

    def __init__(
        self,
        data: Any,
        labels: Mapping[str, Any],
        words: Mapping[str, str],
        short: Mapping[str, str],
    ) -> None:
        super().__init__(data, initial={name: words.get(name, "") for name in labels})
        self.names = list(labels)
        for name, label in labels.items():
            text = forms.CharField(
                label=label,
                required=False,
                widget=forms.Textarea(
                    attrs={"class": "form-control", "rows": 2 if name in short else 6}
                    | ({"placeholder": short[name]} if short.get(name) else {})
                ),
            )
            seen = forms.CharField(required=False, max_length=16, widget=forms.HiddenInput())
            seen.initial = stamp(words.get(name, ""))
            self.fields |= {name: text, f"seen-{name}": seen}

    def clean(self) -> None:
        """Refuse a text that is too long for a paper, at its place."""
        for name in self.names:
            text = (self.cleaned_data.get(name) or "").replace("\r\n", "\n").strip()
            if len(text) > LONGEST:
                self.add_error(
                    name,
                    _("At most %(most)s signs; these are %(given)s.")
                    % {"most": LONGEST, "given": len(text)},
                )
            self.cleaned_data[name] = text

    @property
    def said(self) -> dict[str, str]:
        """The texts."""
        return {name: self.cleaned_data[name] for name in self.names}

    @property
    def seen(self) -> dict[str, str]:
        """The stamps of what was loaded."""
        return {name: self.cleaned_data.get(f"seen-{name}", "") for name in self.names}

    def told_of(self, clashing: dict[str, str]) -> None:
        """Show what somebody else wrote meanwhile, and let the next saving be a conscious one."""
        seen = {f"seen-{name}": stamp(text) for name, text in clashing.items()}
        self.data = {**{name: self.data.get(name) for name in self.data}, **seen}
        for name in clashing:
            self.add_error(name, _("Somebody else changed this part meanwhile; nothing was saved."))


def unwritten(
    labels: Mapping[str, Any], words: Mapping[str, str], wanted: Iterable[str], url: str = ""
) -> list[Missing]:
    """Return which of the ``wanted`` texts are empty, as it is told before a paper is final.

    ``url`` is where they are written.
    """
    empty = [labels[name] for name in wanted if not words.get(name)]
    return [Missing(_("“%(part)s” is empty.") % {"part": label}, url) for label in empty]


def words_page(  # noqa: PLR0913 -- each is one part of the page
    request: Request,
    labels: Mapping[str, Any],
    words: Mapping[str, str],
    write: Writing,
    *,
    kind: str,
    facts: Any,
    then: str,
    short: Mapping[str, str] = {},
    template: str = "paper_words.html",
    **context: Any,
) -> HttpResponse:
    """Show the words of a paper beside the page as it prints; keep what is posted.

    ``words`` are what stands now; ``write`` keeps what was sent and returns what somebody else
    changed meanwhile (``Paper.write``), then the page tells both (409).
    """
    form = WordsForm(posted(request), labels, words, short)
    clashing: dict[str, str] = {}
    valid = form.is_bound and form.is_valid()
    if valid:
        clashing = write(form.said, form.seen)
        if not clashing:
            messages.success(
                request,
                _("The words were saved at %(hour)s.")
                % {"hour": f"{timezone.localtime(clock.now()):%H:%M}"},
            )
            return redirect(then)
    said = form.said if valid else form.initial
    if clashing:
        form.told_of(clashing)
    context |= {
        "form": form,
        "clashing": clashing,
        "facts": facts,
        "boxes": {n: (form[n], form[f"seen-{n}"], clashing.get(n)) for n in labels},
        "page": page_of(kind, facts, {**words, **said}),
    }
    status = 409 if clashing else 422 if form.errors else 200
    return render(request, template, context, status=status)
