"""The settings of the tests: the real ones on plain HTTP, with a quick hash and no built files."""

import os

for name in ("DEBUG", "DATABASE_POOL"):
    os.environ.pop(name, None)
os.environ.update(SECRET_KEY="of the tests", PLAIN_HTTP="1")

from emulation.settings import *  # noqa: E402, F403
from emulation.settings import DATABASES, PLAIN, STORAGES  # noqa: E402

DATABASES["default"]["OPTIONS"]["options"] += " -c synchronous_commit=off"
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES = {**STORAGES, "staticfiles": {"BACKEND": PLAIN}}
WHITENOISE_AUTOREFRESH = True
