"""Addresses of awards."""

from awards.views import meeting, question, rules

urlpatterns = [*meeting.urls, *question.urls, *rules.urls]
