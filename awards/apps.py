"""The year-end meeting: who is put forward for what."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from blocks import refusals

SENTENCES = {
    "a_decision_is_never_changed": _(
        "A decision that was recorded is never changed; a correction is another one."
    ),
    "a_grant_is_never_changed": _(
        "A decision that was recorded is never changed; a correction is another one."
    ),
    "a_count_of_leaders_is_never_changed": _(
        "What was stated is never changed; state the number anew."
    ),
    "a_hold_is_only_lifted": _("A hold is never changed; it is lifted, with the reason."),
    "an_award_that_was_voted_or_decided_only_ends": _(
        "An award that was voted or decided on only ends; another takes its place from a day on."
    ),
    "the_conditions_of_a_voted_or_decided_award_stay": _(
        "The conditions of an award that was voted or decided on stay as they were."
    ),
    "a_ballot_is_never_changed": _("A ballot is never changed."),
    "an_outcome_is_never_changed": _("An outcome is never changed."),
    "an_adjustment_is_never_changed": _("What the meeting decided on a score stays."),
    "a_meeting_adjusts_scores_before_the_first_vote_on_an_award": _(
        "A vote on an award was opened; the scores stay. Only an officer can cancel the meeting,"
        " take the year back and call another meeting."
    ),
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
    "a_written_opinion_says_when_it_came": _("State when the letter was received."),
    "the_only_letter_of_a_unit_that_wrote_stays": _(
        "It is the only letter of the unit; note its attendance anew."
    ),
    "a_letter_stays_its_unit_s_and_as_it_was_in_a_closed_season": _(
        "The year is closed; its letters stay as they were noted."
    ),
    "a_vote_sees_letters_of_the_elector_s_own_unit": _(
        "Electors stay as they were when the question was opened."
    ),
    "candidates_stay_as_the_opening_froze_them": _(
        "Candidates stay as they were when the question was opened."
    ),
    "who_has_a_paper_casts_no_secret_ballot_on_a_screen": _(
        "This unit has a paper; it votes on that."
    ),
    "a_paper_is_given_to_who_takes_part_and_has_not_voted": _(
        "A paper is given to a unit that takes part and has not voted."
    ),
    "a_paper_goes_back_unused_while_its_vote_is_open": _(
        "A paper goes back only unused, and while its vote is open."
    ),
    "a_keyed_paper_names_its_elector_unless_the_vote_is_secret": _(
        "A secret ballot names nobody; an open one names its unit."
    ),
    "a_stack_is_counted_while_its_secret_question_is_open": _("The question is not open."),
    "a_confirmed_stack_is_never_changed": _("The stack was confirmed already."),
    "hands_are_counted_while_their_question_is_open": _("The question is not open."),
    "a_matter_of_procedure_stays_as_it_was_decided": _(
        "What the meeting decided stays on record; correct it with a reason."
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
