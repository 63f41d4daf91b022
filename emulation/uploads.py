"""How an uploaded file is read, and handed out again."""

from io import BytesIO
from pathlib import PurePath
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.files import File
from django.http import FileResponse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from blocks.files import ATTACHMENTS, ENDINGS, LARGEST, SCANS, content_type
from blocks.text import nfc

HELP: dict[tuple[str, ...], str | Promise] = {
    SCANS: gettext_lazy("PDF, JPEG or PNG, at most 20 MB."),
    ATTACHMENTS: gettext_lazy("PDF, JPEG, PNG, XLSX or DOCX, at most 20 MB."),
}
REFUSED: dict[tuple[str, ...], str | Promise] = {
    SCANS: gettext_lazy("This is no PDF, JPEG or PNG file."),
    ATTACHMENTS: gettext_lazy("This is no PDF, JPEG, PNG, XLSX or DOCX file."),
}


class UploadField(forms.FileField):
    """A file of one of these types; cleaned to its name and its bytes, or to nothing."""

    default_error_messages = {"empty": gettext_lazy("The file is empty.")}

    def __init__(self, *, kinds: tuple[str, ...] = SCANS, **kwargs: Any) -> None:
        self.kinds = kinds
        super().__init__(**{"help_text": HELP[kinds], **kwargs})

    def clean(self, data: Any, initial: Any = None) -> Any:
        """Read the file once, and look at what it is."""
        upload = super().clean(data, initial)
        if not upload:
            return None
        if upload.size > LARGEST:
            raise ValidationError(_("The file is larger than 20 MB."))
        content: bytes = upload.read()
        if content_type(content) not in self.kinds:
            raise ValidationError(str(REFUSED[self.kinds]))
        return nfc(upload.name), content


class SeveralFiles(forms.FileInput):
    """Several files chosen at once."""

    allow_multiple_selected = True


class UploadsField(UploadField):
    """Several files of these types; cleaned to the name and the bytes of each."""

    widget = SeveralFiles

    def clean(self, data: Any, initial: Any = None) -> Any:
        """Read each file, naming those that are refused; none is one that was not given."""
        read, refused = [], []
        for upload in data or [None]:
            try:
                read.append(super().clean(upload, initial))
            except ValidationError as refusal:
                named = f"“{nfc(upload.name)}”: " if upload else ""
                refused += [f"{named}{sentence}" for sentence in refusal.messages]
        if refused:
            raise ValidationError(refused)
        return [*filter(None, read)]


def answer_file(content: bytes | File, kind: str, name: str) -> FileResponse:
    """Hand out a file as what it is; only PDF and pictures are shown in the browser.

    The name it came with is only told, with the ending of what it is.
    """
    ending = ENDINGS[kind]
    told = name if PurePath(name.lower()).suffix in ending else f"{name}{ending[0]}"
    response = FileResponse(
        BytesIO(content) if isinstance(content, bytes) else content,
        as_attachment=kind not in SCANS,
        filename=told,
        content_type=kind,
    )
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, no-cache"
    return response
