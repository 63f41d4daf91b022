"""What was changed of a thing, by whom, when: told to whoever may read the thing."""
