"""What refusals say to a person: of something typed, and by the database.

Every invariant is a constraint or a trigger whose name is a sentence (decision 25). Constraints of
models carry their message themselves; the triggers' messages stand here and in the apps above,
which add theirs with ``SENTENCES.update``.
"""

from django.apps import apps
from django.db import IntegrityError
from django.db.models import BaseConstraint
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from blocks.text import nfc

SENTENCES: dict[str, str | Promise] = {
    "a_term_is_held_by_a_member": gettext_lazy(
        "Only a unit that is a member of the block on that day can be its head or deputy."
    ),
    "a_change_is_never_changed": gettext_lazy("History is never changed."),
    "two_units_of_an_authority_never_bear_one_name_at_once": gettext_lazy(
        "Another unit of this authority bears this name in that period."
    ),
    "two_units_of_an_authority_never_bear_one_short_name_at_once": gettext_lazy(
        "Another unit of this authority bears this short name in that period; lists, boards and "
        "papers could not tell them apart."
    ),
    "a_final_paper_is_never_changed": gettext_lazy(
        "A final paper is never changed; a correction is a new paper that names it."
    ),
    "an_issued_recognition_is_never_changed": gettext_lazy(
        "An issued paper is never changed; a new paper takes its place."
    ),
    "a_recognised_term_only_ends": gettext_lazy(
        "An office that a paper recognised only ends; another paper names another unit."
    ),
    "a_unit_stays_a_member_while_its_term_starts": gettext_lazy(
        "The unit is head or deputy of the block in that period; its membership stays."
    ),
}


LONGEST = 40  # letters of something typed that its refusal repeats


class TypedRefused(ValueError):
    """What was typed cannot be taken; its text says ``why``, and that it was not saved."""

    def __init__(self, why: str, typed: str) -> None:
        shown = typed if len(typed) <= LONGEST else typed[:LONGEST] + "…"
        not_saved = _("The value “%(text)s” was not saved.") % {"text": nfc(shown)}
        super().__init__(f"{why} {not_saved}")
        self.why = why


def constraint_name(error: BaseException) -> str:
    """Return the name of the constraint or trigger that refused, or an empty string."""
    diagnosis = getattr(error.__cause__, "diag", None)
    return getattr(diagnosis, "constraint_name", None) or ""


def has_words(constraint: BaseConstraint) -> bool:
    """Whether a constraint says something to a person, not its name alone."""
    return constraint.violation_error_message != constraint.default_violation_error_message


def sentence(error: IntegrityError) -> str:
    """Return what a refusal of the database says to the reader, in the reader's language."""
    name = constraint_name(error)
    if name in SENTENCES:
        return str(SENTENCES[name])
    for model in apps.get_models():
        for constraint in model._meta.constraints:
            if constraint.name == name and has_words(constraint):
                return str(constraint.get_violation_error_message())
    return _("This contradicts what is recorded already. Nothing was saved.")
