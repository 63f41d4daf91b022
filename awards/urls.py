"""Addresses of awards."""

from awards.views import box, eligibility, meeting, minutes, papers, question, rules, sheet

urlpatterns = [
    *box.urls,
    *eligibility.urls,
    *meeting.urls,
    *minutes.urls,
    *papers.urls,
    *question.urls,
    *rules.urls,
    *sheet.urls,
]
