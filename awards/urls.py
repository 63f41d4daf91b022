"""Addresses of awards."""

from awards.views import meeting, question, rules, sheet

urlpatterns = [*meeting.urls, *question.urls, *rules.urls, *sheet.urls]
