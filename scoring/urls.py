"""Addresses of scoring."""

from django.urls import URLPattern

from scoring.views import sheet

urlpatterns: list[URLPattern] = [*sheet.urls]
