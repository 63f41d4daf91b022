"""Addresses of awards."""

from awards.views import (
    adjustment,
    box,
    catalogue,
    decisions,
    eligibility,
    holds,
    meeting,
    minutes,
    papers,
    question,
    rules,
    sheet,
)

urlpatterns = [
    *adjustment.urls,
    *box.urls,
    *catalogue.urls,
    *decisions.urls,
    *eligibility.urls,
    *holds.urls,
    *meeting.urls,
    *minutes.urls,
    *papers.urls,
    *question.urls,
    *rules.urls,
    *sheet.urls,
]
