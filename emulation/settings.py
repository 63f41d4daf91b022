"""The settings; what differs between machines comes from the environment."""

import gc
import os
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured

from emulation import postgres

BASE_DIR = Path(__file__).resolve().parent.parent
LOCAL = BASE_DIR / ".local"

# Look for garbage less often: a board makes a hundred thousand objects; looking took a third of its
# time.
gc.set_threshold(10_000)

# Joins are written in an order that serves: to try all orders of twelve took longer than the query.
PLANNER = "-c join_collapse_limit=4"
# A statement that a connection runs again is not planned again.
PREPARED = {"server_side_binding": True, "prepare_threshold": 5}


def flag(name: str) -> bool:
    """Is the switch on: 1, true, yes or on?"""
    return os.environ.get(name, "").lower() in {"1", "true", "yes", "on"}


def words(name: str, default: str = "") -> list[str]:
    """The comma-separated words of a variable."""
    return [word.strip() for word in os.environ.get(name, default).split(",") if word.strip()]


def secret_key() -> str:
    """The key of SECRET_KEY or of the file SECRET_KEY_FILE; there is no default."""
    file = os.environ.get("SECRET_KEY_FILE")
    if key := os.environ.get("SECRET_KEY") or (file and Path(file).read_text().strip()):
        return key
    raise ImproperlyConfigured(
        "No secret key: set SECRET_KEY, or SECRET_KEY_FILE to a file that holds one "
        "(`make db` makes .local/secret_key for the demo)."
    )


def database() -> dict[str, Any]:
    """DATABASE_URL, or the embedded server; EMULATION_DB names the database in both.

    `postgresql://user:password@host:5432/name?sslmode=require`, or `postgresql:///name?host=/run/folder`
    for a unix socket; what else the query says goes to libpq. Where a pooler stands between
    (DATABASE_POOLER), nothing is prepared and nothing is set when connecting.
    """
    url = urlsplit(os.environ.get("DATABASE_URL", ""))
    options: dict[str, Any] = dict(parse_qsl(url.query))
    if not flag("DATABASE_POOLER"):
        options |= PREPARED | {"options": f"{PLANNER} {options.get('options', '')}".strip()}
    if url.scheme not in {"", "postgres", "postgresql"}:
        raise ImproperlyConfigured("DATABASE_URL: only postgresql:// is spoken here.")
    if flag("DATABASE_POOL"):
        options["pool"] = {"min_size": 2, "max_size": 16, "timeout": 10}
    embedded = {"HOST": str(postgres.run_dir()), "PORT": "", "USER": postgres.ROLE, "PASSWORD": ""}
    given = {
        "HOST": unquote(url.hostname or "") or options.pop("host", ""),
        "PORT": str(url.port or options.pop("port", "")),
        "USER": unquote(url.username or ""),
        "PASSWORD": unquote(url.password or ""),
    }
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": os.environ.get("EMULATION_DB") or unquote(url.path[1:]) or "emulation",
        **(given if url.scheme else embedded),
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": options,
    }


DEBUG = flag("DEBUG")
PLAIN_HTTP = flag("PLAIN_HTTP")  # a closed network without certificates; shown to the officer
SECRET_KEY = secret_key()
ALLOWED_HOSTS = words("ALLOWED_HOSTS", "localhost,127.0.0.1,[::1]")
CSRF_TRUSTED_ORIGINS = words("CSRF_TRUSTED_ORIGINS")
DATABASES = {"default": database()}

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "crispy_forms",
    "crispy_bootstrap5",
    "django_htmx",
    "csp",
    "blocks",
    "scoring",
    "awards",
    "emulation",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "emulation.middleware.ChosenLanguage",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "emulation.middleware.RequireLogin",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "emulation.middleware.OwnPassword",
    "emulation.middleware.RecordWrites",  # innermost: its transaction is the view and nothing else
]
ROOT_URLCONF = "emulation.urls"
WSGI_APPLICATION = "emulation.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "django.template.context_processors.i18n",
                "emulation.context.frame",
            ],
        },
    },
]
CRISPY_ALLOWED_TEMPLATE_PACKS = CRISPY_TEMPLATE_PACK = "bootstrap5"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "blocks.User"  # its names are unique in lower case, by a constraint
AUTHENTICATION_BACKENDS = ["emulation.permissions.Rulebook"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS: list[dict[str, Any]] = [
    {
        "NAME": "blocks.passwords.LongEnough",
        "OPTIONS": {"min_length": 10},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "log_in"
LOGIN_REDIRECT_URL = "home"
LOGOUT_REDIRECT_URL = "log_in"

LANGUAGE_CODE = "vi"
LANGUAGES = [("vi", "Tiếng Việt"), ("en", "English")]
LOCALE_PATHS = [BASE_DIR / "locale"]
TIME_ZONE = "Asia/Ho_Chi_Minh"
USE_TZ = True

STATIC_URL = "/static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
STATIC_ROOT = Path(os.environ.get("STATIC_ROOT", LOCAL / "static"))
MANIFEST = "whitenoise.storage.CompressedManifestStaticFilesStorage"
PLAIN = "django.contrib.staticfiles.storage.StaticFilesStorage"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": PLAIN if DEBUG else MANIFEST},
}
WHITENOISE_ALLOW_ALL_ORIGINS = False
MEDIA_ROOT = Path(os.environ.get("MEDIA_ROOT", LOCAL / "media"))  # never served by a URL of its own
FILE_UPLOAD_PERMISSIONS = 0o640
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024  # bytes, files apart
DATA_UPLOAD_MAX_NUMBER_FIELDS = 5000
DATA_UPLOAD_MAX_NUMBER_FILES = 20

SECURE_SSL_REDIRECT = SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = not (PLAIN_HTTP or DEBUG)
LANGUAGE_COOKIE_SECURE = SESSION_COOKIE_SECURE
SECURE_HSTS_SECONDS = 31536000 if SECURE_SSL_REDIRECT else 0
# Other hosts of the office's domain, and browsers' preload lists, are not ours to decide on.
SILENCED_SYSTEM_CHECKS = ["auth.W004", "security.W005", "security.W021"]
if flag("BEHIND_PROXY"):  # the proxy sets this header and drops a client's own
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SESSION_COOKIE_AGE = 12 * 60 * 60  # seconds: a working day
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
CSRF_COOKIE_HTTPONLY = LANGUAGE_COOKIE_HTTPONLY = True
LANGUAGE_COOKIE_SAMESITE = "Lax"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "img-src": [SELF, "data:"],
        "object-src": [NONE],
        "base-uri": [NONE],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    },
}
DEFAULT_EXCEPTION_REPORTER_FILTER = "django.views.debug.SafeExceptionReporterFilter"
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "discreet": {
            "()": "emulation.logs.Discreet",
            "format": "{asctime} {levelname} {name}: {message}",
            "style": "{",
        },
    },
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "discreet"}},
    "root": {"handlers": ["stderr"], "level": "WARNING"},
    # Replaces Django's own handlers, which would mail whole requests.
    "loggers": {"django": {"handlers": ["stderr"], "level": "WARNING", "propagate": False}},
}
