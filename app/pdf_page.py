"""The child that draws one page of a PDF, a bare interpreter (`python -m app.pdf_page`) with limits on time and memory.

Its order is one line of JSON; it answers with one line of JSON, and then the picture (PNG). The canonical text is tidier than
the text layer of the file, so the quote is found by its letters and digits alone.
"""

import io
import json
import re
import sys
from pathlib import Path
from typing import Any

from ingest.errors import LoadError
from ingest.sandbox import limit

_DPI = 96
_MAX_PIXELS = 30_000_000
_LEAST = 24  # letters of a quote that must be found, where it goes on on another page
Box = tuple[float, float, float, float]


def draw(path: Path, number: int, quote: str, zoom: int, password: str) -> tuple[bytes, int, int]:
    """(PNG, marked lines, pages in the file) of page `number` (from 1). Raises LoadError if there is no such page."""
    import pypdfium2 as pdfium
    from PIL import Image, ImageChops, ImageDraw

    try:
        file = pdfium.PdfDocument(path, password=password or None)
    except (pdfium.PdfiumError, OSError) as error:
        raise LoadError(f"{path.name}: kan niet worden geopend ({error}).") from error
    if not 1 <= number <= len(file):
        raise LoadError(f"{path.name}: bladzijde {number} bestaat niet; er zijn er {len(file)}.")
    page = file[number - 1]
    width, height = page.get_size()
    scale = min(_DPI / 72 * zoom / 100, (_MAX_PIXELS / (width * height)) ** 0.5)
    picture: Any = page.render(scale=scale).to_pil().convert("RGB")
    boxes = _lines(page, quote)
    marks = Image.new("RGB", picture.size, "white")
    pen = ImageDraw.Draw(marks)
    for left, bottom, right, top in boxes:
        box = (left - 1, height - top - 1, right + 1, height - bottom + 1)
        pen.rectangle([side * scale for side in box], fill="#ffe680")
    out = io.BytesIO()
    ImageChops.multiply(picture, marks).save(out, "PNG")
    return out.getvalue(), len(boxes), len(file)


def _lines(page: Any, quote: str) -> list[Box]:
    """A box for each line of the quote on this page: (left, bottom, right, top) in points."""
    layer = page.get_textpage()
    places = [(i, c) for i in range(layer.count_chars()) if (c := layer.get_text_range(i, 1).lower()) and c.isalnum() and len(c) == 1]
    page_letters = "".join(c for _, c in places)
    start, size = _find(page_letters, "".join(re.findall(r"[^\W_]", quote.lower())))
    lines: list[Box] = []
    for i, _ in places[start : start + size]:
        left, bottom, right, top = layer.get_charbox(i)
        if lines and bottom < lines[-1][3] and top > lines[-1][1] and left >= lines[-1][0]:
            a, b, c, d = lines[-1]
            lines[-1] = (min(a, left), min(b, bottom), max(c, right), max(d, top))
        else:
            lines.append((left, bottom, right, top))
    return lines


def _find(page: str, quote: str) -> tuple[int, int]:
    """Where the quote, or as much of its beginning or end as this page holds, is: (start, length), (0, 0) if nowhere."""
    if not quote:
        return 0, 0
    if quote in page:
        return page.index(quote), len(quote)
    for size in range(len(quote) - 1, _LEAST - 1, -1):
        if page.endswith(quote[:size]) or (at := page.find(quote[:size])) >= 0:
            at = page.rfind(quote[:size])
            return at, size
        if (at := page.find(quote[-size:])) >= 0:
            return at, size
    return 0, 0


def _child() -> None:
    order = json.loads(sys.stdin.buffer.readline())
    limit(order["seconds"], order["memory"])
    try:
        image, marked, pages = draw(Path(order["path"]), order["number"], order["quote"], order["zoom"], order["password"])
        answer: dict[str, Any] = {"marked": marked, "pages": pages}
    except LoadError as error:
        image, answer = b"", {"error": str(error)}
    sys.stdout.buffer.write(json.dumps(answer).encode() + b"\n" + image)


if __name__ == "__main__":
    _child()
