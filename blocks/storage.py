"""Files that stand or fall with the rows that name them.

A row is undone with its transaction, a file is not: whoever runs the transaction removes afterwards
what was written in it and is named by no row.
"""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from contextvars import ContextVar

from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.db import DatabaseError, models
from django.utils.translation import gettext as _

Written = list[tuple[models.Model, str, str]]  # the row, its field, the file's name

_written: ContextVar[Written | None] = ContextVar("written", default=None)


@contextmanager
def together() -> Iterator[None]:
    """Run a transaction, or a part of one that is run so already; then remove what is orphaned."""
    if _written.get() is not None:
        yield
        return
    written: Written = []
    token = _written.set(written)
    try:
        yield
    finally:
        _written.reset(token)
        for row, field, name in written:
            _remove_orphan(row, field, name)


def _remove_orphan(row: models.Model, field: str, name: str) -> None:
    # Whether the row was committed may not be known, the file may not be reached: it stays.
    with suppress(DatabaseError, OSError):
        if not type(row)._default_manager.filter(**{field: name}).exists():
            getattr(row, field).storage.delete(name)


def keep(row: models.Model, field: str, content: bytes) -> None:
    """Store the bytes under a name of our own and let the row's field name them; the caller saves.

    Asked inside ``together``. Raises ValidationError when the file cannot be written.
    """
    place = getattr(row, field)
    name = place.field.generate_filename(row, uuid.uuid4().hex)
    written = _written.get()
    if written is None:
        raise RuntimeError("A file is kept inside together().")
    written.append((row, field, name))
    try:
        setattr(row, field, place.storage.save(name, ContentFile(content)))
    except OSError as error:
        raise ValidationError(
            _("The file could not be stored on the server. Nothing was saved.")
        ) from error
