"""The application without its transactions: the control of what a killed server must not lose."""

from django.db.transaction import Atomic

from emulation.wsgi import application

Atomic.__enter__ = lambda self: None
Atomic.__exit__ = lambda self, *error: None

__all__ = ["application"]
