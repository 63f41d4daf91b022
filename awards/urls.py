"""Addresses of awards."""

from awards.views import (
    adjustment,
    box,
    eligibility,
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
    *eligibility.urls,
    *meeting.urls,
    *minutes.urls,
    *papers.urls,
    *question.urls,
    *rules.urls,
    *sheet.urls,
]
