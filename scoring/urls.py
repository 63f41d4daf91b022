"""Addresses of scoring."""

from django.urls import URLPattern

from scoring.views import plan, scale, season, sheet

urlpatterns: list[URLPattern] = [*plan.urls, *season.urls, *scale.urls, *sheet.urls]
