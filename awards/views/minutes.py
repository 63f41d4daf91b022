"""The minutes as they are written: the secretary's words beside the facts; then fixed, once."""

from typing import Any

from django import forms
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from awards.models import Meeting
from awards.papers import count_facts, count_of, minutes_facts, minutes_of
from awards.papers.draft import WORDS, last_paper, stamp, write_words
from awards.views.meeting import crumbs as meeting_crumbs
from awards.views.meeting import fetch_meeting, posted
from blocks.models import PaperKind
from emulation.forms import Form
from emulation.http import Request
from emulation.pages import confirm_page
from emulation.printing import NAMES, answer_pdf, draft_pdf, finalise, page_of

LONGEST = 20_000  # signs in one part of the minutes


class WordsForm(Form):
    """The secretary's words, each with the stamp of what was loaded."""

    opening = forms.CharField(label=gettext_lazy("Opening"))
    discussion = forms.CharField(label=gettext_lazy("Discussion"))
    reservations = forms.CharField(label=gettext_lazy("Opinions kept in the minutes"))
    closing = forms.CharField(label=gettext_lazy("Conclusion"))

    def __init__(self, data: Any, words: dict[str, str]) -> None:
        super().__init__(data, initial=words)
        for name in WORDS:
            field = self.fields[name]
            field.required = False
            field.widget = forms.Textarea(attrs={"class": "form-control", "rows": 8})
            seen = forms.CharField(required=False, max_length=16, widget=forms.HiddenInput())
            seen.initial = stamp(words.get(name, ""))
            self.fields[f"seen-{name}"] = seen

    def clean(self) -> None:
        """Refuse a text that is too long for a paper, at its place."""
        for name in WORDS:
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
        """The four texts."""
        return {name: self.cleaned_data[name] for name in WORDS}

    @property
    def seen(self) -> dict[str, str]:
        """The stamps of what was loaded."""
        return {name: self.cleaned_data.get(f"seen-{name}", "") for name in WORDS}

    def told_of(self, clashing: dict[str, str]) -> None:
        """Show what somebody else wrote meanwhile, and let the next saving be a conscious one."""
        seen = {f"seen-{name}": stamp(text) for name, text in clashing.items()}
        self.data = {**{name: self.data.get(name) for name in self.data}, **seen}
        for name in clashing:
            self.add_error(name, _("Somebody else changed this part meanwhile; nothing was saved."))


def write_minutes(request: Request, pk: int) -> HttpResponse:
    """Write the minutes' words beside the facts, which stand as they are recorded."""
    meeting = fetch_meeting(request, "awards.write_minutes", pk=pk)
    if meeting.is_cancelled:
        raise PermissionDenied(_("The meeting was cancelled; its minutes are not written."))
    paper = last_paper(meeting, PaperKind.MINUTES)
    if paper and paper.final:
        return redirect(paper)
    words = paper.words if paper else {}
    form = WordsForm(posted(request), words)
    clashing: dict[str, str] = {}
    if form.is_bound and form.is_valid():
        clashing = write_words(meeting, form.said, form.seen)
        if not clashing:
            return redirect("write_minutes", meeting.pk)
        form.told_of(clashing)
    status = 409 if clashing else 422 if form.errors else 200
    return render(
        request, "awards/minutes.html", _desk(request, meeting, form, clashing), status=status
    )


def _desk(
    request: Request, meeting: Meeting, form: WordsForm, clashing: dict[str, str]
) -> dict[str, Any]:
    facts = minutes_facts(meeting)
    words = form.said if form.is_bound and form.is_valid() else form.initial
    count = last_paper(meeting, PaperKind.COUNT)
    return {
        "meeting": meeting,
        "season": meeting.season,
        "facts": facts,
        "form": form,
        "boxes": {name: (form[name], form[f"seen-{name}"], clashing.get(name)) for name in WORDS},
        "page": page_of(PaperKind.MINUTES, facts, words),
        "count": count,
        "may_finalise": meeting.is_closed
        and request.user.has_perm("awards.finalise_minutes", meeting),
        "crumbs": meeting_crumbs(meeting),
    }


def preview_minutes(request: Request, pk: int) -> HttpResponse:
    """Answer the minutes as a draft in PDF: the facts as they are now, the words as saved."""
    meeting = fetch_meeting(request, "awards.write_minutes", pk=pk)
    return _preview(meeting, PaperKind.MINUTES, minutes_facts(meeting))


def preview_count(request: Request, pk: int) -> HttpResponse:
    """Answer the count minutes as a draft in PDF."""
    meeting = fetch_meeting(request, "awards.write_minutes", pk=pk)
    return _preview(meeting, PaperKind.COUNT, count_facts(meeting))


def _preview(meeting: Meeting, kind: PaperKind, facts: Any) -> HttpResponse:
    paper = last_paper(meeting, kind)
    if paper and paper.final:
        return redirect("paper_pdf", paper.pk)
    words = paper.words if paper else {}
    content = draft_pdf(kind, facts, words, f"{NAMES[kind]} {meeting.season}")
    plain = f"{kind}-{meeting.season.block.code.lower()}-{meeting.season.year}-du-thao.pdf"
    name = (
        f"{NAMES[kind]} – {meeting.season.block.short_name} – {meeting.season.year} (dự thảo).pdf"
    )
    return answer_pdf(content, plain, name.replace("/", "-"), final=False)


def finalise_minutes(request: Request, pk: int) -> HttpResponse:
    """Fix the minutes of a closed meeting, once."""
    return _finalise(
        request,
        pk,
        minutes_of,
        _("Finalise the minutes"),
        _("Finalise these minutes? They are printed without a watermark and never changed again."),
    )


def finalise_count(request: Request, pk: int) -> HttpResponse:
    """Fix the count minutes of a closed meeting, once."""
    return _finalise(
        request,
        pk,
        count_of,
        _("Finalise the count minutes"),
        _("Finalise the count minutes? They are never changed again."),
    )


def _finalise(request: Request, pk: int, paper_of: Any, title: str, sentence: str) -> HttpResponse:
    meeting = fetch_meeting(request, "awards.finalise_minutes", pk=pk)
    return confirm_page(
        request,
        lambda: _fix(request, meeting, paper_of),
        title=title,
        sentence=sentence,
        button=title,
        then=reverse("write_minutes", args=[meeting.pk]),
        next=_("Afterwards print it, have it signed and sealed, and note its number and date."),
        said=_("The paper is final."),
        crumbs=meeting_crumbs(meeting),
    )


def _fix(request: Request, meeting: Meeting, paper_of: Any) -> None:
    if not meeting.is_closed:
        raise ValidationError(_("The minutes are finalised once the meeting is closed."))
    finalise(paper_of(meeting), request.user)


urls = [
    path("meetings/<int:pk>/minutes/", write_minutes, name="write_minutes"),
    path("meetings/<int:pk>/minutes/draft/", preview_minutes, name="preview_minutes"),
    path("meetings/<int:pk>/minutes/finalise/", finalise_minutes, name="finalise_minutes"),
    path("meetings/<int:pk>/count/draft/", preview_count, name="preview_count"),
    path("meetings/<int:pk>/count/finalise/", finalise_count, name="finalise_count"),
]
