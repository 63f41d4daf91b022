"""What the web server calls; here, and only here, connections are pooled."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "emulation.settings")
os.environ.setdefault("DATABASE_POOL", "1")

application = get_wsgi_application()
