"""A sheet in the tests: its fields and addresses, what an answer says, what is filled in."""

import re
from decimal import Decimal

from scoring.models import Entry


def key(line, name="actual"):
    return f"c{line.pk}-{name}"


def address(card, column, act=""):
    page = "submit/" if act else ""
    return f"/cards/{card.pk}/{page}?column={column}" + (f"&act={act}" if act else "")


def post(browser, card, column, name, typed, was="", *, htmx=True):
    """Post one cell as the page does, or the same as a form without JavaScript."""
    headers = {"HX-Request": "true"} if htmx else {}
    return browser.post(address(card, column), {name: typed, f"was-{name}": was}, headers=headers)


def entry(card, line, column):
    return Entry.objects.get(card=card, criterion=line, column=column)


def cell(answer, name):
    """The mark of one cell in an answer: its class and its words."""
    found = re.search(rf'<output class="said ?([a-z]*)" id="{name}-said"[^>]*>(.*?)</output>',
                      answer.content.decode(), re.S)  # fmt: skip
    return (found[1], found[2].strip()) if found else None


def output(answer, name):
    """The words of an output of an answer, without marks."""
    found = re.search(rf'<output id="{name}"[^>]*>(.*?)</output>', answer.content.decode(), re.S)
    return " ".join(re.sub(r"<[^>]+>", " ", found[1]).split()) if found else None


def remarked(answer, line):
    """What is remarked of a line's figures; None where nothing can be."""
    found = re.search(rf'id="remark-{line.pk}"[^>]*>(.*?)</output>', answer.content.decode())
    return found[1] if found else None


def held(page, name):
    """What a field of a page holds."""
    field = re.search(rf'<input[^>]* name="{name}"[^>]*>', page)[0]
    return re.search(r' value="([^"]*)"', field)[1]


def fill(cast, user, column, **more):
    """Say something on every line of the cast's card, by the model's verb."""
    lines = cast.lines
    cast.card.write(user, column, {
        lines.plan.pk: {"actual": Decimal(9), "target": Decimal(10)},
        lines.sudden.pk: {"actual": Decimal(4), "target": Decimal(4)},
        lines.party.pk: {"level": "T"},
        lines.late.pk: {"actual": Decimal(1)},
        lines.bonus.pk: {"actual": Decimal(1)},
        **{line.pk: {"actual": Decimal(0)} for line in lines.more},
    })  # fmt: skip


def fill_staff(cast):
    cast.card.write_staff(
        cast.ash, {"people": 12, "advanced": 11, "fighters": 2, "all_completed": True}
    )
