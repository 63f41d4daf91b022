"""Views of blocks, by subject."""
