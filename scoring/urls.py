"""Addresses of scoring."""

from django.urls import URLPattern

from scoring.views import board, derivation, papers, plan, scale, season, sheet

urlpatterns: list[URLPattern] = [
    *board.urls,
    *derivation.urls,
    *papers.urls,
    *plan.urls,
    *season.urls,
    *scale.urls,
    *sheet.urls,
]
