"""Small files for the loader tests, made from nothing: a PDF writer of a page's worth of operators, and .docx parts."""

import io
import zipfile
from collections.abc import Sequence
from pathlib import Path

import docx

FORMATS = Path(__file__).resolve().parents[3] / "shared" / "formats"
MISSING = f"het proefmateriaal in {FORMATS} ontbreekt"


def text(x: float, y: float, words: str, size: float = 9, font: str = "F1", mode: int = 0) -> str:
    """A line of text at (x, y) from the bottom left. Fonts: F1 regular, F2 bold, F3 italic. Mode 3 is invisible."""
    escaped = words.replace("\\", "\\\\").replace("(", "\\(").replace(")", "\\)")
    return f"BT {mode} Tr /{font} {size} Tf {x} {y} Td ({escaped}) Tj ET"


def box(x: float, y: float, width: float, height: float, grey: float = 0) -> str:
    """A filled box."""
    return f"{grey} g {x} {y} {width} {height} re f 0 g"


def stroke(x0: float, y0: float, x1: float, y1: float) -> str:
    """A ruling line."""
    return f"0.5 w {x0} {y0} m {x1} {y1} l S"


def pdf(pages: Sequence[Sequence[str]], annotations: Sequence[str] = (), rotate: int = 0) -> bytes:
    """A PDF of A4 pages with these operators; `annotations` are dictionaries on the first page."""
    objects: list[bytes] = [b"", b""]
    fonts = ("Helvetica", "Helvetica-Bold", "Helvetica-Oblique")
    resources = " ".join(
        f"/F{i} << /Type /Font /Subtype /Type1 /BaseFont /{name} /Encoding /WinAnsiEncoding >>" for i, name in enumerate(fonts, 1)
    )
    kids = []
    for number, operators in enumerate(pages):
        content = "\n".join(operators).encode("cp1252")
        objects.append(b"<< /Length %d >> stream\n%s\nendstream" % (len(content), content))
        notes = f"/Annots [{' '.join(annotations)}]" if number == 0 and annotations else ""
        kids.append(len(objects) + 1)
        place = f"/Parent 2 0 R /MediaBox [0 0 595 842] /Rotate {rotate}"
        page = f"<< /Type /Page {place} /Contents {len(objects)} 0 R {notes} /Resources << /Font << {resources} >> >> >>"
        objects.append(page.encode("cp1252"))
    objects[0] = b"<< /Type /Catalog /Pages 2 0 R >>"
    objects[1] = f"<< /Type /Pages /Kids [{' '.join(f'{kid} 0 R' for kid in kids)}] /Count {len(kids)} >>".encode()
    out = io.BytesIO(b"%PDF-1.7\n")
    out.seek(0, io.SEEK_END)
    offsets = []
    for number, body in enumerate(objects, 1):
        offsets.append(out.tell())
        out.write(b"%d 0 obj\n%s\nendobj\n" % (number, body))
    table = out.tell()
    out.write(b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1))
    out.write(b"".join(b"%010d 00000 n \n" % offset for offset in offsets))
    out.write(b"trailer << /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, table))
    return out.getvalue()


def docx_bytes(document: "docx.document.Document") -> bytes:  # type: ignore[name-defined]
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def with_part(data: bytes, name: str, content: str) -> bytes:
    """The archive with one part replaced or added."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for member in old.namelist():
            if member != name:
                new.writestr(member, old.read(member))
        new.writestr(name, content)
    return out.getvalue()
