"""Views of scoring, by subject."""
