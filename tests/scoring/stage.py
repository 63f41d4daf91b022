"""Acts of those who take part in a settlement, through the pages."""

import re
from decimal import Decimal
from html import unescape

from django.urls import reverse

from blocks import clock
from scoring.models import Explanation, Filing, PhaseChange, Scorecard
from scoring.phases import Column, FilingState, Phase
from tests.scoring.sheets import address, key
from tests.scoring.test_line import line_page


def opened(season, by) -> None:
    """Settlement opened today."""
    PhaseChange.objects.create(season=season, old=Phase.INSPECTION, new=Phase.SETTLEMENT, by=by)


def card_of(cast) -> Scorecard:
    return Scorecard.objects.for_sheet().get(pk=cast.card.pk)


def words(answer) -> str:
    text = unescape(re.sub(r"<[^>]+>", " ", answer.content.decode()))
    return " ".join(text.split())


def explain(cast, as_, line=None, text="Báo cáo gửi đúng hạn.", who=None, **more):
    url = line_page(cast, line or cast.lines.late, "explain/")
    return as_(who or cast.ash).post(url, {"text": text} | more)


def reply(cast, as_, value="0", reason="Đã đối chiếu sổ văn bản.", who=None):
    explanation = Explanation.objects.order_by("-pk").first()
    data = {key(cast.lines.late): value, "reason": reason}
    return as_(who or cast.cedar).post(f"/explanations/{explanation.pk}/answer/", data)


def agree(cast, as_, who=None):
    return as_(who or cast.ash).post(reverse("agree_findings", args=[cast.card.pk]))


def agree_to_changes(cast, as_):
    unit = as_(cast.ash)
    page = unit.get(reverse("agree_changes", args=[cast.card.pk]), follow=True)
    return unit.post(page.request["PATH_INFO"] + "?" + page.request["QUERY_STRING"])


def settle(cast, as_):
    return as_(cast.cedar).post(address(cast.card, "final", "send"))


def change_unasked(cast, value, line=None) -> None:
    said = {"actual": Decimal(value), "note": "Sổ"}
    card_of(cast).write(cast.cedar, Column.FINAL, {(line or cast.lines.late).pk: said})


def send_all(season, *columns):
    for card in season.cards.all():
        for column in columns:
            Filing.objects.create(
                card=card, column=column, state=FilingState.SENT, sent_at=clock.now()
            )
