"""Addresses of awards."""

from awards.views import (
    adjustment,
    ballots,
    box,
    catalogue,
    decisions,
    eligibility,
    holds,
    meeting,
    minutes,
    papers,
    proposal,
    question,
    rules,
    sheet,
)

urlpatterns = [
    *sheet.urls,  # found first: a whole room casts in the same minute
    *adjustment.urls,
    *box.urls,
    *catalogue.urls,
    *decisions.urls,
    *ballots.urls,
    *eligibility.urls,
    *holds.urls,
    *meeting.urls,
    *minutes.urls,
    *papers.urls,
    *proposal.urls,
    *question.urls,
    *rules.urls,
]
