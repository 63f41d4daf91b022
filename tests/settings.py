"""The settings of the tests: the real ones on plain HTTP, with a quick hash and no built files."""

import os

for name in ("DEBUG", "DATABASE_POOL"):
    os.environ.pop(name, None)
os.environ.update(SECRET_KEY="of the tests", PLAIN_HTTP="1")

from emulation.settings import *  # noqa: E402, F403
from emulation.settings import DATABASES, PLAIN, STORAGES  # noqa: E402

# A statement that does not end, or waits for a lock for ever, is a test that fails.
PATIENCE = "-c statement_timeout=5min -c idle_in_transaction_session_timeout=5min"
DATABASES["default"]["OPTIONS"]["options"] += f" -c synchronous_commit=off {PATIENCE}"
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES = {**STORAGES, "staticfiles": {"BACKEND": PLAIN}}
WHITENOISE_AUTOREFRESH = True
