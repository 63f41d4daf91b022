"""What the pages cost, measured beside the least they could cost: ``make bench``."""
