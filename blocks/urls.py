"""Addresses of blocks."""

from django.urls import URLPattern

from blocks.views import account, blocks, people, recognitions, units

urlpatterns: list[URLPattern] = [
    *account.urls,
    *people.urls,
    *units.urls,
    *blocks.urls,
    *recognitions.urls,
]
