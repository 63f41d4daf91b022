"""What an uploaded file is, by its content."""

import io
import zipfile
from zipfile import ZIP_DEFLATED

import pytest

from blocks import files
from blocks.files import DOCX, XLSX, content_type

MACROS = "application/vnd.ms-excel.sheet.macroEnabled.main+xml"


def office(kind=XLSX, part="xl/workbook.xml", *, has=True, more=(), form="{kind}.main+xml"):
    """An Office file whose list says what its main part is; ``more`` are other parts."""
    listed = (
        '<?xml version="1.0" encoding="UTF-8"?>'
        '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
        f'<Override PartName="/{part}" ContentType="{form.format(kind=kind)}"/></Types>'
    )
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", listed)
        if has:
            archive.writestr(part, "<main/>")
        for name, content in more:
            archive.writestr(name, content)
    return packed.getvalue()


def a_workbook():
    from openpyxl import Workbook

    packed = io.BytesIO()
    Workbook().save(packed)
    return packed.getvalue()


def plain_zip():
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("a.txt", "xin chào")
    return packed.getvalue()


KNOWN = [
    (b"%PDF-1.7\n", "application/pdf"),
    (b"\xff\xd8\xff\xe0 a photo", "image/jpeg"),
    (b"\x89PNG\r\n\x1a\n a picture", "image/png"),
    (office(XLSX, "xl/workbook.xml"), XLSX),
    (office(DOCX, "word/document.xml"), DOCX),
    (a_workbook(), XLSX),
]
UNKNOWN = {
    "nothing": b"",
    "program": b"MZ\x90\x00",
    "page": b"<html><script>alert(1)</script>",
    "picture that runs": b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>',
    "old office file": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
    "pdf further down": b"<html>%PDF-1.7",
    "any archive": plain_zip(),
    "start of an archive": b"PK\x03\x04",
    "cut archive": office()[:-20],
    "list without its main part": office(has=False),
    "macros": office(form=MACROS),
    "slides": office(
        "application/vnd.openxmlformats-officedocument.presentationml.presentation",
        "ppt/presentation.xml",
    ),
}


@pytest.mark.parametrize(("content", "kind"), KNOWN, ids=["pdf", "jpeg", "png", "x", "w", "real"])
def test_a_file_is_what_it_contains(content, kind):
    assert content_type(content) == kind


@pytest.mark.parametrize("content", UNKNOWN.values(), ids=UNKNOWN)
def test_anything_else_is_nothing(content):
    assert content_type(content) is None


def test_an_office_file_that_unpacks_into_too_much_is_nothing():
    bomb = office(more=[("xl/bomb.bin", bytes(files.LARGEST_UNPACKED))])
    assert len(bomb) < files.LARGEST / 10
    assert content_type(bomb) is None


def test_an_office_file_of_too_many_parts_is_nothing():
    parts = [(f"p{number}", "") for number in range(files.MOST_PARTS)]
    assert content_type(office(more=parts)) is None


def test_a_list_of_parts_that_is_too_long_is_not_read_to_its_end():
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", ZIP_DEFLATED) as archive:
        archive.writestr(
            "[Content_Types].xml",
            f'<Override PartName="/xl/workbook.xml" ContentType="{XLSX}.main+xml"/>'.encode()
            + b" " * files.LARGEST_LIST,
        )
        archive.writestr("xl/workbook.xml", "<main/>")
    assert content_type(packed.getvalue()) is None
