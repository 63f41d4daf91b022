"""The year-end meeting: who is put forward for what."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from blocks import refusals

SENTENCES = {
    "a_ballot_is_never_changed": _("A ballot is never changed."),
    "an_outcome_is_never_changed": _("An outcome is never changed."),
    "a_vote_is_never_taken_back": _("A ballot that was cast stays cast."),
    "a_ballot_names_its_elector_unless_the_vote_is_secret": _(
        "A secret ballot names nobody; an open one names its unit."
    ),
    "a_ballot_goes_into_an_open_question": _("The question is not open."),
    "the_urn_takes_papers_of_an_open_question": _("The question is not open."),
    "nobody_votes_on_a_question_that_is_not_open": _("The question is not open."),
    "electors_stay_as_the_opening_froze_them": _(
        "Electors stay as they were when the question was opened."
    ),
    "candidates_stay_as_the_opening_froze_them": _(
        "Candidates stay as they were when the question was opened."
    ),
    "a_paper_in_the_urn_is_never_changed": _("A ballot is never changed."),
    "an_outcome_comes_from_an_open_question": _("An outcome is never changed."),
    "an_elector_stays_in_its_question": _(
        "Electors stay as they were when the question was opened."
    ),
    "a_candidate_stays_in_its_question": _(
        "Candidates stay as they were when the question was opened."
    ),
    "the_rules_of_an_opened_question_stay": _(
        "The rules of a question stay as they were when it was opened."
    ),
    "a_counted_question_is_never_changed": _("A counted question is never changed."),
    "a_meeting_of_a_closed_season_is_never_changed": _(
        "The season is closed; it is not changed any more."
    ),
}


class AwardsConfig(AppConfig):
    name = "awards"
    verbose_name = _("Awards")

    def ready(self) -> None:
        """Hand over what the triggers of this app say to a person."""
        refusals.SENTENCES.update(SENTENCES)
