"""Pages of a meeting: called, attended, opened, closed; its desk and its projector."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django_htmx.http import HttpResponseClientRefresh

from awards import wording
from awards.desk import Desk, given_up, results, sign, summary
from awards.forms import (
    AttendanceForm,
    CounterForm,
    DutyForm,
    GuestForm,
    LetterTimeForm,
    MeetingForm,
    roll_of,
)
from awards.models import Attendance, Counter, Guest, Letter, Meeting, MeetingState
from awards.models.catalogue import not_voted_on
from awards.models.meeting import CALLED_IN, STAYS
from awards.papers.draft import papers_at_hand
from awards.tally import Presence
from blocks import clock
from blocks.dates import show_moment
from blocks.history import acting_as
from emulation.access import allow, fetch
from emulation.http import Request, posted
from emulation.pages import confirm_page, form_page, refusing, tell_bare
from emulation.printing import state_of
from scoring.models import Season
from scoring.phases import Missing

STATE_COLOURS = {
    MeetingState.PLANNED: "blue",
    MeetingState.OPEN: "green",
    MeetingState.CLOSED: "grey",
    MeetingState.CANCELLED: "red",
}


def list_meetings(request: Request) -> HttpResponse:
    """Show the meetings one sees, and the seasons for which one may call one."""
    meetings = Meeting.objects.visible_to(request.user).for_desk()
    waiting = (
        Season.objects.visible_to(request.user)
        .filter(phase__in=CALLED_IN)
        .exclude(meetings__in=Meeting.objects.exclude(state=MeetingState.CANCELLED))
        .for_page()
    )
    context = {
        "meetings": [(meeting, STATE_COLOURS[MeetingState(meeting.state)]) for meeting in meetings],
        "to_call": [s for s in waiting if request.user.has_perm("awards.call_meeting", s)],
    }
    return render(request, "awards/meetings.html", context)


def call_meeting(request: Request, pk: int) -> HttpResponse:
    """Call the season's meeting."""
    season = fetch(
        request, Season.objects.visible_to(request.user).for_page(), "awards.call_meeting", pk=pk
    )
    if why := Meeting.may_not_be_called(season):
        raise ValidationError(why)
    called = season.meetings.exclude(state=MeetingState.CANCELLED).first()
    if request.method == "GET" and called:
        messages.info(request, _("The season has a meeting already."))
        return redirect(called)
    form = MeetingForm(posted(request), season=season, instance=None)
    form.instance.season = season
    return form_page(
        request,
        form,
        title=_("Call the meeting"),
        button=_("Call the meeting"),
        save=lambda: _call(request, season, form),
        then=lambda: season.meetings.exclude(state=MeetingState.CANCELLED).get().get_absolute_url(),
        back=reverse("list_meetings"),
        said=_("The meeting is called."),
        lead=str(season),
        warning=" ".join(not_voted_on(season, form.initial.get("starts_on") or clock.today())),
        crumbs=crumbs(),
    )


def _call(request: Request, season: Season, form: MeetingForm) -> None:
    acting_as(season.office_seat(request.user))
    meeting = Meeting.call(season, **form.facts)
    for said in not_voted_on(season, meeting.day):
        messages.warning(request, said)


def fetch_meeting(request: Request, perm: str, **lookup: Any) -> Meeting:
    """Return the meeting at this address; what follows is written down to this person's seat."""
    meeting = fetch(request, Meeting.objects.visible_to(request.user).for_desk(), perm, **lookup)
    if request.method == "POST":
        acting_as(meeting.season.office_seat(request.user))
    return meeting


def crumbs(meeting: Meeting | None = None) -> list[tuple[str, str]]:
    """Return where a page of a meeting stands."""
    above = [(_("Meetings"), reverse("list_meetings"))]
    return [*above, (str(meeting), meeting.get_absolute_url())] if meeting else above


def rights(request: Request, meeting: Meeting) -> dict[str, bool]:
    """Return what this person may do at the meeting, for the templates."""
    return {
        name: request.user.has_perm(f"awards.{name}", meeting)
        for name in (
            "run_meeting",
            "take_attendance",
            "call_meeting",
            "adjust_score",
            "cancel_meeting",
            "key_letter",
            "write_minutes",
            "finalise_minutes",
            "write_proposal",
            "print_ballots",
        )
    }


def sees_who(may: dict[str, bool]) -> bool:
    """Whether who has these rights is told who has not voted yet."""
    return may["take_attendance"] or may["cancel_meeting"] or may["key_letter"]


def show_meeting(request: Request, pk: int) -> HttpResponse:
    """Show the desk: the questions so far, what is now, who is here."""
    meeting = fetch_meeting(request, "awards.view_meeting", pk=pk)
    context = desk_context(request, Desk(meeting))
    may = context["may"]
    drafts = may["write_minutes"] or (meeting.is_cancelled and may["cancel_meeting"])
    papers = papers_at_hand(meeting, drafts=drafts)
    told = context["mends"] or (may["call_meeting"] and meeting.may_be_mended)
    context["calls_another"] = may["call_meeting"] and not Meeting.may_not_be_called(meeting.season)
    context["former_head"] = meeting.chair_of_former_head if told else ""
    context["papers"] = {
        str(kind): (paper, state_of(paper) if paper else ("grey", _("Draft")))
        for kind, paper in papers.items()
        if paper or may["write_minutes"]
    }
    return render(request, "awards/meeting.html", context)


def desk_context(request: Request, desk: Desk) -> dict[str, Any]:
    """Return what the desk and its parts that refresh themselves show."""
    meeting, members = desk.meeting, len(desk.roll)
    question = desk.open_question or desk.next_question
    may, mends = rights(request, meeting), meeting.may_be_mended
    return {
        "desk": desk,
        "meeting": meeting,
        "season": meeting.season,
        "may": may,
        "mends": may["take_attendance"] and mends,
        "mends_hands": may["run_meeting"] and mends,
        "procedures": meeting.procedures.standing(),
        "sees_who": sees_who(may),
        "colour": STATE_COLOURS[MeetingState(meeting.state)],
        "agenda": [line for line in meeting.agenda.splitlines() if line.strip()],
        "questions": [
            (one, sign(one), summary(one), one.is_again_among(desk.questions))
            for one in desk.questions
        ],
        "given_up": [(one, given_up(one), one in desk.anew) for one in desk.given_up],
        "question": question,
        "threshold": wording.threshold(question, members) if question else "",
        "put_forward": wording.put_forward(question) if question else "",
        "places": wording.places(question, members) if question else "",
        "uncounted": desk.open_question.box.uncounted
        if desk.open_question and may["run_meeting"]
        else [],
        "own": desk.own_ballot(request.user),
        "counters": meeting.counters.select_related("person").order_by("duty", "pk"),
    }


def meeting_status(request: Request, pk: int) -> HttpResponse:
    """Answer the desk's asking what changed; a page that shows an earlier step is loaded anew."""
    meeting = fetch_meeting(request, "awards.view_meeting", pk=pk)
    desk = Desk(meeting)
    if request.GET.get("was") != desk.stamp:
        return HttpResponseClientRefresh()
    return render(request, "awards/_status.html", desk_context(request, desk) | {"apart": True})


def project_meeting(request: Request, pk: int) -> HttpResponse:
    """Show what the whole room may see; while a vote is open only how many have voted."""
    meeting = fetch_meeting(request, "awards.view_meeting", pk=pk)
    desk = Desk(meeting)
    last = desk.last_question
    context = desk_context(request, desk) | {"results": results(last) if last else []}
    template = "awards/_projected.html" if request.htmx else "awards/projector.html"
    return render(request, template, context)


def edit_meeting(request: Request, pk: int) -> HttpResponse:
    """Change time, place, agenda, chair or secretary."""
    meeting = fetch_to_mend(request, "awards.call_meeting", pk)
    form = MeetingForm(posted(request), season=meeting.season, instance=meeting)
    return form_page(
        request,
        form,
        title=_("Time, place, chair, secretary"),
        save=lambda: _change(request, form),
        then=meeting.get_absolute_url(),
        said=_("The meeting is changed."),
        crumbs=crumbs(meeting),
    )


def _change(request: Request, form: MeetingForm) -> None:
    meeting = form.save()
    if "starts_on" in form.changed_data:
        for said in meeting.otherwise_on(meeting.day):
            messages.warning(request, said)


def fetch_to_mend(request: Request, perm: str, pk: int) -> Meeting:
    """Return a meeting that may still be mended. Raises PermissionDenied with the reason."""
    meeting = fetch_meeting(request, perm, pk=pk)
    if not meeting.may_be_mended:
        raise PermissionDenied(STAYS)
    return meeting


def edit_attendance(request: Request, pk: int) -> HttpResponse:
    """Note who is there for a unit."""
    meeting = _fetch_roll(request, get_object_or_404(Attendance, pk=pk).meeting_id)
    lines = meeting.attendances.select_related("unit", "representative")
    line = lines.prefetch_related("unit__names").with_missed().get(pk=pk)
    form = AttendanceForm(posted(request), instance=line)
    letters = list(line.letters.with_seen())
    return form_page(
        request,
        form,
        title=line.unit.name,
        save=lambda: _note(request, form),
        then=meeting.get_absolute_url(),
        said=_("Saved."),
        lead=_("An open vote keeps its electors; a change counts from the next vote on.")
        if meeting.question_open()
        else "",
        crumbs=crumbs(meeting),
        template="awards/attendance.html",
        line=line,
        letters=letters,
        takes_another=letters and line.presence == Presence.WRITTEN and not meeting.is_over,
    )


def _fetch_roll(request: Request, pk: int) -> Meeting:
    """Return a meeting whose roll may be mended, held against who else would note it now: what is
    read of it afterwards is what stands."""
    meeting = fetch_to_mend(request, "awards.take_attendance", pk)
    if request.method == "POST" and not meeting.locked().may_be_mended:
        raise PermissionDenied(STAYS)
    return meeting


def _note(request: Request, form: AttendanceForm) -> None:
    form.note()
    _tell_of_letter(request, form)
    _tell_who_votes(request, form.instance)


def _tell_who_votes(request: Request, line: Attendance) -> None:
    """Say who casts the unit's ballot in the open vote, where another represents it since."""
    question = line.meeting.question_open()
    own = question and not question.is_by_hands and question.electors.filter(unit=line.unit).first()
    if own and own.may_still_cast and own.representative_id != line.representative_id:
        said = _(
            "The vote that is open keeps the representative it began with (%(name)s), unless the"
            " unit gets a paper; the change counts from the next vote on."
        )
        messages.warning(request, said % {"name": own.represented_by or own.representative})


def _tell_of_letter(request: Request, form: AttendanceForm) -> None:
    if form.instance.presence != Presence.WRITTEN:
        return
    if "letter_received_at" in form.changed_data and (letter := form.instance.letters.first()):
        _tell_where_printed(request, letter)


def _tell_where_printed(request: Request, letter: Letter) -> None:
    """Say that a letter's time that was mended is printed with the rounds that counted it too."""
    if letter.is_printed_with_counts:
        said = _(
            "%(unit)s: the minutes print this time with the votes that saw the letter; count"
            " minutes that are final stay."
        )
        messages.info(request, said % {"unit": letter.attendance.unit.short_name})


def _tell_where_spent(request: Request, pk: int) -> None:
    """Say for which votes, open or to come, the letter of a unit came too early."""
    line = Attendance.objects.select_related("unit", "meeting__season__block").get(pk=pk)
    for question in line.meeting.questions.ahead().select_related("award"):
        if said := question.opening.letter_spent(line):
            messages.warning(request, f"{question.title}: {said}")


def add_letter(request: Request, pk: int) -> HttpResponse:
    """Note another letter of an absent unit, for votes that its first came too early for."""
    line = get_object_or_404(Attendance.objects.select_related("unit"), pk=pk)
    meeting = line.meeting = fetch_to_mend(request, "awards.take_attendance", line.meeting_id)
    form = LetterTimeForm(posted(request), day=meeting.day)
    lead = _(
        "For a vote for which the letter before came too early: a further round, a vote put anew,"
        " a list that was changed. The letters before stay."
    )

    def note(received_at: datetime) -> None:
        if line.note_letter(received_at):
            messages.success(request, _("Saved."))
        else:
            messages.info(request, _("A letter of this minute is there already; none was added."))
        _tell_where_spent(request, line.pk)

    return _letter_page(request, line, form, note, title=_("Another letter"), lead=lead)


def edit_letter(request: Request, pk: int) -> HttpResponse:
    """Correct when a later letter came."""
    letter = _fetch_letter(request, pk)
    form = LetterTimeForm(
        posted(request),
        day=letter.attendance.meeting.day,
        initial={"letter_received_at": letter.received_at},
    )

    def mend(received_at: datetime) -> None:
        letter.mend(received_at)
        _tell_where_printed(request, letter)
        _tell_where_spent(request, letter.attendance_id)

    title = _("When the letter came")
    return _letter_page(request, letter.attendance, form, mend, title=title, said=_("Saved."))


def remove_letter(request: Request, pk: int) -> HttpResponse:
    """Take out a later letter that was noted by mistake, after asking."""
    letter = _fetch_letter(request, pk)
    words = {"unit": letter.attendance.unit.short_name, "moment": show_moment(letter.received_at)}
    return confirm_page(
        request,
        letter.drop,
        title=_("Take the letter out"),
        sentence=_("Take out the letter of %(unit)s that came %(moment)s?") % words,
        button=_("Take out"),
        then=reverse("edit_attendance", args=[letter.attendance_id]),
        crumbs=crumbs(letter.attendance.meeting),
    )


def _fetch_letter(request: Request, pk: int) -> Letter:
    """Return a letter of a meeting that may still be mended."""
    letter = get_object_or_404(Letter.objects.select_related("attendance__unit"), pk=pk)
    line = letter.attendance
    line.meeting = fetch_to_mend(request, "awards.take_attendance", line.meeting_id)
    return letter


def _letter_page(
    request: Request,
    line: Attendance,
    form: LetterTimeForm,
    save: Callable[[datetime], None],
    **words: str,
) -> HttpResponse:
    return form_page(
        request,
        form,
        save=lambda: save(form.cleaned_data["letter_received_at"]),
        then=reverse("edit_attendance", args=[line.pk]),
        crumbs=crumbs(line.meeting),
        **words,
    )


def take_roll(request: Request, pk: int) -> HttpResponse:
    """Note who is there for every unit at once; all is saved together, or nothing."""
    meeting = _fetch_roll(request, pk)
    rows = roll_of(meeting, posted(request))
    if request.method == "POST" and not [row for row in rows if not row.is_valid()]:
        changed = [row for row in rows if row.has_changed()]
        if not [row for row in changed if not refusing(row, row.note)]:
            messages.success(request, _("The roll is noted."))
            for row in changed:
                _tell_of_letter(request, row)
                _tell_who_votes(request, row.instance)
            return redirect(meeting)
    context = {"meeting": meeting, "rows": rows, "crumbs": crumbs(meeting)}
    status = 422 if any(row.errors for row in rows) else 200
    return render(request, "awards/roll.html", context, status=status)


def add_guest(request: Request, pk: int) -> HttpResponse:
    """Note somebody who attends without a vote."""
    meeting = fetch_to_mend(request, "awards.take_attendance", pk)
    form = GuestForm(posted(request), instance=Guest(meeting=meeting))
    return _add(request, meeting, form, _("Add a guest"))


def edit_guest(request: Request, pk: int) -> HttpResponse:
    """Mend name and position of somebody who attends without a vote."""
    guest = get_object_or_404(Guest, pk=pk)
    meeting = fetch_to_mend(request, "awards.take_attendance", guest.meeting_id)
    return _add(request, meeting, GuestForm(posted(request), instance=guest), guest.name)


def add_counter(request: Request, pk: int) -> HttpResponse:
    """Name a member of the counting committee."""
    meeting = fetch_to_mend(request, "awards.take_attendance", pk)
    form = CounterForm(posted(request), instance=Counter(meeting=meeting))
    return _add(request, meeting, form, _("Add a member of the counting committee"))


def edit_counter(request: Request, pk: int) -> HttpResponse:
    """Mend as what a member of the counting committee is named; also of one who has counted."""
    counter = get_object_or_404(Counter, pk=pk)
    meeting = fetch_to_mend(request, "awards.take_attendance", counter.meeting_id)
    return _add(request, meeting, DutyForm(posted(request), instance=counter), counter.addressed)


def _add(request: Request, meeting: Meeting, form: Any, title: str) -> HttpResponse:
    response = form_page(
        request,
        form,
        title=title,
        save=form.save,
        then=meeting.get_absolute_url(),
        crumbs=crumbs(meeting),
    )
    if form.is_bound and not form.errors:
        tell_bare(request, getattr(form.instance, "addressed", form.instance.name))
    return response


def remove_guest(request: Request, pk: int) -> HttpResponse:
    """Take a guest off the list."""
    guest = get_object_or_404(Guest, pk=pk)
    return _remove(request, guest, guest.delete)


def remove_counter(request: Request, pk: int) -> HttpResponse:
    """Take somebody off the counting committee."""
    counter = get_object_or_404(Counter, pk=pk)
    return _remove(request, counter, counter.take_off)


def _remove(request: Request, person: Guest | Counter, act: Callable[[], Any]) -> HttpResponse:
    meeting = fetch_to_mend(request, "awards.take_attendance", person.meeting_id)
    return confirm_page(
        request,
        act,
        title=person.name,
        sentence=_("Take %(name)s off the list?") % {"name": person.name},
        button=_("Take off the list"),
        then=meeting.get_absolute_url(),
        crumbs=crumbs(meeting),
    )


def open_meeting(request: Request, pk: int) -> HttpResponse:
    """Open the session, by the chair's direction."""
    meeting = fetch_meeting(request, "awards.run_meeting", pk=pk)
    return _confirm(
        request,
        meeting,
        meeting.open,
        title=_("Open the meeting"),
        sentence=_("Open the meeting by the direction of the chair, %(chair)s?")
        % {"chair": f"{meeting.chair_honorific} {meeting.chair_name}"},
        next=_("The minutes print the time of this click as the opening."),
        left_open=[*map(Missing, meeting.otherwise_today), *_nobody_there(meeting)],
    )


def _nobody_there(meeting: Meeting) -> list[Missing]:
    if Desk(meeting).somebody_is_there:
        return []
    said = _("Nobody is noted as present yet; take the attendance first.")
    return [Missing(said, reverse("take_roll", args=[meeting.pk]))]


def close_meeting(request: Request, pk: int) -> HttpResponse:
    """Close the session, by the chair's direction, after telling what is not voted yet."""
    meeting = fetch_meeting(request, "awards.run_meeting", pk=pk)
    desk = Desk(meeting)
    unvoted = _("Still to be voted or cancelled: %(what)s.")
    return _confirm(
        request,
        meeting,
        meeting.close,
        title=_("Close the meeting"),
        sentence=_("Close the meeting by the direction of the chair, %(chair)s?")
        % {"chair": f"{meeting.chair_honorific} {meeting.chair_name}"},
        next=_(
            "Nothing is voted after that. The minutes print the time of this click; it may be"
            " corrected until they are final."
        ),
        missing=[
            Missing(unvoted % {"what": one.title}, one.get_absolute_url())
            for one in desk.questions
            if one.is_waiting or one.is_open
        ],
        left_open=[Missing(given_up(one), one.get_absolute_url()) for one in desk.given_up],
    )


def cancel_meeting(request: Request, pk: int) -> HttpResponse:
    """Cancel the meeting with a reason; another can be called."""
    meeting = fetch_meeting(request, "awards.view_meeting", pk=pk)
    allow(request, "awards.cancel_meeting", meeting)
    if why := meeting.may_not_be_cancelled:
        raise PermissionDenied(why)
    running = meeting.question_open()
    consequence = _("Another meeting can be called after that; its minutes name this one.")
    if running:
        consequence = (
            _("The vote “%(what)s” is open; it is cancelled too.") % {"what": running.title}
            + f" {consequence}"
        )
    if meeting.adjustments.exists():
        back = _("The scores it adjusted are set back, and the ranking is fixed anew.")
        consequence = f"{back} {consequence}"
    return _confirm(
        request,
        meeting,
        lambda reason: meeting.cancel(reason, request.user),
        title=_("Cancel the meeting"),
        sentence=_(
            "Cancel this meeting? Its votes, and what was written for its minutes, can still be"
            " read, but count no more."
        )
        if meeting.papers.exists()
        else _("Cancel this meeting? Its votes can still be read, but count no more."),
        next=consequence,
        warning=_went_out(meeting),
        reason=True,
        danger=True,
    )


def _went_out(meeting: Meeting) -> str:
    """Name the final papers of the meeting and what was decided on it already, or nothing."""
    papers = [
        " ".join(filter(None, [each.get_kind_display(), each.reference, signed]))
        for each in meeting.papers.that_went_out()
        for signed in [_("(signed)") if each.is_signed else ""]
    ]
    decided = meeting.season.decisions.in_force().of_the_meeting_held()
    numbers = [
        f"{each.award.short_name}: {each.number}" for each in decided.select_related("award")
    ]
    told = (
        (papers, _("Final already: %(what)s. These papers stay, as those of a cancelled meeting.")),
        (numbers, _("Decided by the authority already: %(what)s. The decisions stay recorded.")),
    )
    return " ".join(said % {"what": "; ".join(what)} for what, said in told if what)


def _confirm(
    request: Request, meeting: Meeting, act: Any, *, title: str, danger: bool = False, **words: Any
) -> HttpResponse:
    return confirm_page(
        request,
        act,
        title=title,
        button=title,
        then=meeting.get_absolute_url(),
        danger=danger,
        crumbs=crumbs(meeting),
        **words,
    )


urls = [
    path("meetings/", list_meetings, name="list_meetings"),
    path("seasons/<int:pk>/meeting/", call_meeting, name="call_meeting"),
    path("meetings/<int:pk>/", show_meeting, name="show_meeting"),
    path("meetings/<int:pk>/status/", meeting_status, name="meeting_status"),
    path("meetings/<int:pk>/projector/", project_meeting, name="project_meeting"),
    path("meetings/<int:pk>/edit/", edit_meeting, name="edit_meeting"),
    path("meetings/<int:pk>/open/", open_meeting, name="open_meeting"),
    path("meetings/<int:pk>/close/", close_meeting, name="close_meeting"),
    path("meetings/<int:pk>/cancel/", cancel_meeting, name="cancel_meeting"),
    path("meetings/<int:pk>/guests/add/", add_guest, name="add_guest"),
    path("meetings/<int:pk>/counters/add/", add_counter, name="add_counter"),
    path("meetings/<int:pk>/roll/", take_roll, name="take_roll"),
    path("attendances/<int:pk>/", edit_attendance, name="edit_attendance"),
    path("attendances/<int:pk>/letter/", add_letter, name="add_letter"),
    path("attendances/letters/<int:pk>/", edit_letter, name="edit_letter"),
    path("attendances/letters/<int:pk>/remove/", remove_letter, name="remove_letter"),
    path("guests/<int:pk>/", edit_guest, name="edit_guest"),
    path("guests/<int:pk>/remove/", remove_guest, name="remove_guest"),
    path("counters/<int:pk>/", edit_counter, name="edit_counter"),
    path("counters/<int:pk>/remove/", remove_counter, name="remove_counter"),
]
