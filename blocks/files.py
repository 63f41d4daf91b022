"""What an uploaded scan is, by its content, not by its name."""

SIGNATURES = {
    b"%PDF-": "application/pdf",
    b"\xff\xd8\xff": "image/jpeg",
    b"\x89PNG\r\n\x1a\n": "image/png",
}
LARGEST = 20 * 1024 * 1024  # bytes


def content_type(content: bytes) -> str | None:
    """Return the type of a PDF, JPEG or PNG by its first bytes; nothing for anything else."""
    return next((kind for start, kind in SIGNATURES.items() if content.startswith(start)), None)
