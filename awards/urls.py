"""Addresses of awards."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
