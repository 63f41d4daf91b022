"""How a board is written, criteria as rows: two thousand numbers, each with the way to how it came
about; in Python, for whoever compares waits."""

from typing import TYPE_CHECKING

from django import template
from django.utils.safestring import SafeString

from emulation.templatetags.ui import number

if TYPE_CHECKING:
    from scoring.views.board import Number

register = template.Library()


@register.simple_tag
def figures(numbers: "list[Number]", places: int) -> SafeString:
    """The cells of a row; where both columns are shown, the claim stands small below."""
    return SafeString("".join(_cell(each, places) for each in numbers))


def _cell(figure: "Number", places: int) -> str:
    below = ""
    if figure.claimed is not None:
        below = f'<br><small class="soft">{number(figure.claimed, places)}</small>'
    shown = number(figure.points, places)
    return f'<td class="num"><a class="how" href="{figure.url}">{shown}</a>{below}</td>'
