#!/usr/bin/env python
"""The command line of the project: `manage.py <command>`."""

import os
import sys
from pathlib import Path


def main() -> None:
    """Run a command; where `make` left a secret key of its own in .local/, use that."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "emulation.settings")
    key = Path(__file__).resolve().parent / ".local" / "secret_key"
    if "SECRET_KEY" not in os.environ and key.exists():
        os.environ.setdefault("SECRET_KEY_FILE", str(key))

    from django.core.management import execute_from_command_line  # noqa: PLC0415

    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
