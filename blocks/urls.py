"""Addresses of blocks."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
