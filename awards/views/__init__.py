"""Views of awards, by subject."""
