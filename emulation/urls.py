"""Which address shows what; the name of an address is the name of its view."""

from django.contrib.auth.decorators import login_not_required
from django.urls import include, path
from django.views.i18n import set_language

from emulation import overview, search, views
from emulation.history import pages as history
from emulation.home import home

urlpatterns = [
    path("", home, name="home"),
    path("theme/", views.set_theme, name="set_theme"),
    path("language/", login_not_required(set_language), name="set_language"),
    *overview.urls,
    *search.urls,
    *history.urls,
    path("", include("awards.urls")),  # the ballot's addresses are the first of them
    path("", include("scoring.urls")),
    path("", include("blocks.urls")),
]
