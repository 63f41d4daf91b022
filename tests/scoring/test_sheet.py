"""What a sheet shows, what a cell answers, and how it is sent."""

from decimal import Decimal

from scoring.models import Entry
from scoring.phases import Column, Phase


def cells(**said):
    """What a browser posts of cells: name=(typed, what it held)."""
    posted = {}
    for key, (typed, was) in said.items():
        posted |= {key.replace("_", "-"): typed, f"was-{key.replace('_', '-')}": was}
    return posted


def key(line, name="actual"):
    return f"c{line.pk}-{name}"


def post(browser, card, column, name, typed, was="", htmx=True):
    """Post one cell as the page does, or the same as a form without JavaScript."""
    headers = {"HX-Request": "true"} if htmx else {}
    data = {name: typed, f"was-{name}": was}
    return browser.post(f"/cards/{card.pk}/?column={column}", data, headers=headers)


def said(card, line, column):
    return Entry.objects.get(card=card, criterion=line, column=column)


def test_a_cell_is_saved_and_the_answer_holds_its_points_but_no_field(cast, in_phase, as_):
    in_phase(Phase.SELF_SCORING)
    name = key(cast.lines.late)
    answer = post(as_(cast.ash_clerk), cast.card, "claimed", name, "3")
    assert answer.status_code == 200
    text = answer.content.decode()
    assert said(cast.card, cast.lines.late, Column.CLAIMED).actual == Decimal(3)
    assert "<input" not in text
    assert "18,50" in text
    assert f'id="{name}-said"' in text
    assert 'data-value="3"' in text


def test_the_sheet_shows_its_open_column_as_fields(cast, in_phase, as_):
    in_phase(Phase.SELF_SCORING)
    page = as_(cast.ash).get(f"/cards/{cast.card.pk}/")
    assert page.status_code == 200
    text = page.content.decode()
    for line in (cast.lines.plan, cast.lines.sudden, cast.lines.late, cast.lines.bonus):
        assert f'name="{key(line)}"' in text
    assert f'name="{key(cast.lines.party, "level")}"' in text
    assert f'name="{key(cast.lines.top)}"' not in text
