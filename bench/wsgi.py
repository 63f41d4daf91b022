"""What granian calls while the ballots are measured: the application with the bare view beside."""

import os

os.environ["DJANGO_SETTINGS_MODULE"] = "bench.settings"

from emulation.wsgi import application

__all__ = ["application"]
