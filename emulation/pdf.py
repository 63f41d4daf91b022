"""How a paper becomes a PDF."""

import json
import unicodedata
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from urllib.request import url2pathname

from django.template.loader import render_to_string

from blocks.text import nfc

STATIC = (Path(__file__).resolve().parent.parent / "static").resolve()
EPOCH = datetime(2000, 1, 1)  # noqa: DTZ001 - printed as it stands, in no zone


class Refused(ValueError):
    """A paper asked for a file that papers may not load."""


def clean(value: Any) -> Any:
    """The same JSON with every text in NFC and without control characters, line breaks apart."""
    if isinstance(value, str):
        return "".join(
            sign
            for sign in nfc(value.replace("\r\n", "\n"))
            if sign in "\n\t" or unicodedata.category(sign) not in {"Cc", "Cs"}
        )
    if isinstance(value, Mapping):
        return {key: clean(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [clean(each) for each in value]
    return value


def static_file(url: str) -> Path:
    """The file below static/ that a URL names; Refused for anything else, or if it is missing.

    A missing style or font must stop the paper: another face would be put in its place silently.
    """
    parts = urlsplit(url)
    path = Path(url2pathname(parts.path)).resolve()
    if parts.scheme != "file" or parts.netloc or not path.is_relative_to(STATIC):
        raise Refused(f"A paper loads only files below static/, not {url[:200]}")
    if not path.is_file():
        raise Refused(f"A paper needs the file {path.relative_to(STATIC)} below static/")
    return path


def render_html(
    template: str, facts: Mapping[str, Any], words: Mapping[str, Any], *, draft: bool, title: str
) -> str:
    """The paper's page before it is set: `templates/papers/<template>.html`."""
    context = {"facts": clean(facts), "words": clean(words), "draft": draft, "title": clean(title)}
    return render_to_string(f"papers/{template}.html", context)


def render_pdf(
    template: str, facts: Mapping[str, Any], words: Mapping[str, Any], *, draft: bool, title: str
) -> bytes:
    """The paper as tagged PDF/A-3a, with its facts and words attached as facts.json.

    `template` is the kind of paper (`blocks/paper_facts.py` has the facts of each). The same input
    gives the same bytes on one installation. About 0.1 s a page. Raises Refused when the page asks
    for a file outside static/.
    """
    from weasyprint import HTML, Attachment  # noqa: PLC0415 - half a second, and only papers pay
    from weasyprint.urls import (  # noqa: PLC0415
        FatalURLFetchingError,
        URLFetcher,
        URLFetcherResponse,
    )

    class StaticOnly(URLFetcher):
        def fetch(self, url: str, headers: Any = None) -> URLFetcherResponse:
            try:
                path = static_file(url)
            except Refused as refused:
                # The only error WeasyPrint does not swallow.
                raise FatalURLFetchingError(str(refused)) from refused
            kinds = {".css": "text/css", ".ttf": "font/ttf", ".svg": "image/svg+xml"}
            kind = kinds.get(path.suffix, "application/octet-stream")
            return URLFetcherResponse(path.as_uri(), path.read_bytes(), {"Content-Type": kind})

    page = render_html(template, facts, words, draft=draft, title=title)
    made_from = {"paper": template, "draft": draft, "facts": clean(facts), "words": clean(words)}
    attachment = Attachment(
        string=json.dumps(made_from, ensure_ascii=False, sort_keys=True, indent=1),
        name="facts.json",
        description="Số liệu dùng để lập văn bản này",
        created=EPOCH,
        modified=EPOCH,
        relationship="Data",
        url_fetcher=StaticOnly(),
    )
    try:
        html = HTML(string=page, base_url=STATIC.as_uri() + "/", url_fetcher=StaticOnly())
        pdf: bytes = html.write_pdf(pdf_variant="pdf/a-3a", pdf_tags=True, attachments=[attachment])
    except FatalURLFetchingError as refused:
        raise Refused(str(refused)) from refused
    return pdf
