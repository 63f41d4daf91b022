"""The settings of the measurements: the real ones, and beside them the bare view and its table."""

from emulation.settings import *  # noqa: F403
from emulation.settings import BASE_DIR, INSTALLED_APPS, PLAIN, STORAGES

INSTALLED_APPS = [*INSTALLED_APPS, "bench"]
ROOT_URLCONF = "bench.urls"
WSGI_APPLICATION = "bench.wsgi.application"
STORAGES = {**STORAGES, "staticfiles": {"BACKEND": PLAIN}}
STATIC_ROOT = BASE_DIR / "static"
