"""Sentences of the screen in both languages."""

import pytest
from django.utils import translation
from django.utils.html import escape
from django.utils.translation import gettext


@pytest.fixture
def sentence():
    """What a page says for a sentence of ours in a language."""

    def said(text, language, **facts):
        with translation.override(language):
            return escape(gettext(text) % facts if facts else gettext(text))

    return said
