"""Addresses of scoring."""

from django.urls import URLPattern

from scoring.views import (
    activities,
    authorisation,
    board,
    derivation,
    inspection,
    line,
    papers,
    plan,
    reminder,
    scale,
    season,
    sheet,
)

urlpatterns: list[URLPattern] = [
    *activities.urls,
    *authorisation.urls,
    *board.urls,
    *derivation.urls,
    *inspection.urls,
    *line.urls,
    *papers.urls,
    *plan.urls,
    *reminder.urls,
    *season.urls,
    *scale.urls,
    *sheet.urls,
]
