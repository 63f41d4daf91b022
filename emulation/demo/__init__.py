"""The demonstration: two real groups, played through the same verbs the pages call."""
