"""A block's year, in numbers."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from blocks import refusals

KEPT = (
    "entries", "filings", "staff_figures", "agreements", "explanations", "cards", "rankings",
    "scales", "activities", "participations", "role_models",
)  # fmt: skip
SENTENCES = {
    "an_entry_says_what_its_method_takes": _("The method of this line does not take this fact."),
    "a_locked_scale_s_lines_are_never_changed": _("The scale is locked; amend it instead."),
    "a_locked_scale_is_never_changed": _("The scale is locked; amend it instead."),
    "a_unit_never_inspects_itself": _("A unit never inspects itself."),
    "two_units_never_inspect_each_other": _("Two units never inspect each other."),
    "a_closed_season_is_never_changed": _("The season is closed; it is not changed any more."),
    "an_explanation_that_is_over_only_follows_its_line": _(
        "An explanation that was answered or lapsed stays as it is."
    ),
    "a_signed_scan_is_never_changed": _("A scan that was sent is kept as it is."),
    "a_standing_is_never_changed": _("A fixed ranking stays; fix it anew instead."),
    **{
        f"{what}_of_a_closed_season_stay": _("The season is closed; it is not changed any more.")
        for what in KEPT
    },
}


class ScoringConfig(AppConfig):
    name = "scoring"
    verbose_name = _("Scoring")

    def ready(self) -> None:
        """Resolve the needs of the phases now, so that a wrong name stops the start, not a move."""
        from scoring.phases import resolve_needs  # noqa: PLC0415 -- models are ready only now

        resolve_needs()
        refusals.SENTENCES.update(SENTENCES)
