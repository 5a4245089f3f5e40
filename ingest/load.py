"""A file as blocks: what it is, is decided by its content; its name only tells Markdown from plain text."""

import re
from collections.abc import Callable
from pathlib import Path

from ingest.blocks import Loaded
from ingest.decode import decode
from ingest.errors import LoadError

MAX_BYTES = 50 * 2**20
SUPPORTED = ("pdf", "docx", "html", "txt", "md")
_ENDINGS = {
    ".pdf": "pdf",
    ".docx": "docx",
    ".html": "html",
    ".htm": "html",
    ".xhtml": "html",
    ".txt": "text",
    ".md": "text",
    ".markdown": "text",
}
_MAGIC = (
    (b"\x89PNG", "een PNG-afbeelding"),
    (b"\xff\xd8\xff", "een JPEG-afbeelding"),
    (b"GIF8", "een GIF-afbeelding"),
    (b"II*\0", "een TIFF-afbeelding"),
    (b"MM\0*", "een TIFF-afbeelding"),
    (b"\xd0\xcf\x11\xe0", "een oud Office-bestand (.doc, .xls of .msg)"),
    (b"{\\rtf", "een RTF-bestand"),
    (b"\x1f\x8b", "een gzip-bestand"),
    (b"\x7fELF", "een programma"),
    (b"MZ", "een programma"),
)
_ARCHIVES = (
    (b"xl/workbook.xml", "een Excel-werkmap"),
    (b"ppt/presentation.xml", "een PowerPoint-presentatie"),
    (b"mimetypeapplication/vnd.oasis", "een OpenDocument-bestand"),
)


def load(path: Path, password: str = "", scans: Callable[[int], None] = lambda pages: None) -> Loaded:
    """Raises LoadError, with the file's name, for whatever cannot be read.

    `scans` is called with the number of pages that need OCR before that starts.
    """
    try:
        size = path.stat().st_size
        if size > MAX_BYTES:
            raise LoadError(f"{path.name}: is {size / 2**20:.0f} MiB groot; de grens is {MAX_BYTES // 2**20} MiB.")
        data = path.read_bytes()
    except OSError as error:
        raise LoadError(f"{path.name}: kan niet worden geopend ({error.strerror or error.__class__.__name__}).") from error
    if not data.strip(b"\0 \t\r\n"):
        raise LoadError(f"{path.name}: is leeg.")
    kind = _kind(data, path)
    try:
        return _loaded(kind, data, path, password, scans)
    except (LoadError, MemoryError):
        raise
    except RecursionError as error:
        raise LoadError(f"{path.name}: is te diep genest om te lezen.") from error
    except Exception as error:  # the file is to blame: parsers raise many kinds of errors for damaged ones
        raise LoadError(f"{path.name}: is beschadigd en kan niet worden gelezen ({error.__class__.__name__}).") from error


def _kind(data: bytes, path: Path) -> str:
    """pdf, docx, html or text; raises LoadError naming what the file is instead."""
    head = data[:1024]
    if b"%PDF-" in head:
        return "pdf"
    if data.startswith(b"PK\x03\x04"):
        if b"word/document.xml" in data:
            return "docx"
        raise _unsupported(path, next((name for mark, name in _ARCHIVES if mark in data), "een zip-bestand"))
    for magic, name in _MAGIC:
        if data.startswith(magic):
            raise _unsupported(path, name)
    text = decode(data[:4096])
    if _is_binary(text):
        raise _unsupported(path, "geen tekst")
    expected = _ENDINGS.get(path.suffix.lower(), "")
    if expected == "html" or (
        expected != "text" and re.match(r"\s*(?:<!--.*?-->\s*)*<(?:!doctype html|html|head|body)\b", text, re.I | re.S)
    ):
        return "html"
    if expected == "text":
        return "text"
    raise _unsupported(
        path, "platte tekst" if expected else f"een bestand met extensie '{path.suffix}'" if path.suffix else "een bestand zonder extensie"
    )


def _is_binary(text: str) -> bool:
    return "\0" in text or sum(c < " " and c not in "\t\n\f\x1b" for c in text) > 0.02 * len(text)


def _unsupported(path: Path, found: str) -> LoadError:
    promised = f", geen {path.suffix[1:].upper()}" if path.suffix.lower() in _ENDINGS and _ENDINGS[path.suffix.lower()] != "text" else ""
    return LoadError(f"{path.name}: is {found}{promised}; ondersteund zijn {', '.join(SUPPORTED)}.")


def _loaded(kind: str, data: bytes, path: Path, password: str, scans: Callable[[int], None]) -> Loaded:
    """Imports only the loader that is needed, so that a child process starts fast."""
    if kind == "pdf":
        from ingest.load_pdf import load_pdf

        return load_pdf(data, path.name, password, scans)
    if kind == "docx":
        from ingest.load_docx import load_docx

        return load_docx(data, path.name)
    if kind == "html":
        from ingest.load_html import load_html

        return load_html(data, path.name)
    from ingest.load_text import load_text

    return load_text(decode(data), markdown=path.suffix.lower() in (".md", ".markdown"))
