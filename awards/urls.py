"""Addresses of awards."""

from awards.views import eligibility, meeting, minutes, papers, question, rules, sheet

urlpatterns = [
    *eligibility.urls,
    *meeting.urls,
    *minutes.urls,
    *papers.urls,
    *question.urls,
    *rules.urls,
    *sheet.urls,
]
