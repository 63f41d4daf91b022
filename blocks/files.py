"""What an uploaded file is, by its content, never by its name."""

import re
import zipfile
import zlib
from io import BytesIO

LARGEST = 20 * 1024 * 1024  # bytes of one file
LARGEST_UNPACKED = 300 * 1024 * 1024  # bytes of an Office file's parts together
MOST_PARTS = 5000  # of an Office file
LARGEST_LIST = 1024 * 1024  # bytes of an Office file's list of its parts

PDF, JPEG, PNG = "application/pdf", "image/jpeg", "image/png"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
SCANS = (PDF, JPEG, PNG)
ATTACHMENTS = (*SCANS, XLSX, DOCX)
ENDINGS = {
    PDF: (".pdf",),
    JPEG: (".jpg", ".jpeg"),
    PNG: (".png",),
    XLSX: (".xlsx",),
    DOCX: (".docx",),
}

SIGNATURES = {b"%PDF-": PDF, b"\xff\xd8\xff": JPEG, b"\x89PNG\r\n\x1a\n": PNG}
ZIP = b"PK\x03\x04"
PART_LIST = (
    "[Content_Types].xml"  # ISO/IEC 29500-2: every Office file says in it what its parts are
)
OVERRIDE = re.compile(rb"<(?:\w+:)?Override\s[^<>]*>")
ATTRIBUTE = re.compile(rb"""(PartName|ContentType)\s*=\s*["']([^"']*)["']""")


def content_type(content: bytes) -> str | None:
    """Return the media type of a PDF, JPEG, PNG, XLSX or DOCX; nothing for anything else.

    A workbook or document with macros has another main part and is nothing here.
    """
    if content.startswith(ZIP):
        return _office_type(content)
    return next((kind for start, kind in SIGNATURES.items() if content.startswith(start)), None)


def _office_type(content: bytes) -> str | None:
    """Return what the main part of an Office file is; only the list of its parts is unpacked."""
    try:
        with zipfile.ZipFile(BytesIO(content)) as archive:
            parts = archive.infolist()
            if len(parts) > MOST_PARTS or sum(p.file_size for p in parts) > LARGEST_UNPACKED:
                return None
            with archive.open(PART_LIST) as file:
                listed = file.read(LARGEST_LIST + 1)
            names = archive.namelist()
    # An archive that is no archive is told by whatever it stumbles over: Python names them all.
    except (zipfile.BadZipFile, KeyError, OSError, EOFError, ValueError, NotImplementedError,
            RuntimeError, zlib.error):  # fmt: skip
        return None
    if len(listed) > LARGEST_LIST:
        return None
    for override in OVERRIDE.findall(listed):
        said = {
            name: value.decode("utf-8", "replace") for name, value in ATTRIBUTE.findall(override)
        }
        for kind in (XLSX, DOCX):
            main = said.get(b"ContentType") == f"{kind}.main+xml"
            if main and said.get(b"PartName", "").removeprefix("/") in names:
                return kind
    return None
