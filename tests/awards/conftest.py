"""What the tests of meetings and votes share."""

import pytest
from django.utils import translation


@pytest.fixture(autouse=True)
def in_english():
    """Sentences of the models are asked for in English; those of record stay Vietnamese."""
    with translation.override("en"):
        yield
