"""What may stand in the log: when, where and which error, but no row of anybody's."""

import logging
import re
from http import HTTPStatus

FAULT = HTTPStatus.INTERNAL_SERVER_ERROR
# PostgreSQL quotes the offending row or key in DETAIL, and where in the statement in CONTEXT.
ROWS = re.compile(r"^(DETAIL|CONTEXT|HINT|PARAMETERS): .*\n?", re.MULTILINE)


class Discreet(logging.Formatter):
    """Formats a record without the rows that the database quotes in its errors."""

    def format(self, record: logging.LogRecord) -> str:
        """The line, and the traceback if there is one, without quoted rows.

        An answer of 4xx was meant as it is: it needs no traceback.
        """
        if getattr(record, "status_code", FAULT) < FAULT:
            record.exc_info = record.exc_text = None
        return ROWS.sub("", super().format(record))
