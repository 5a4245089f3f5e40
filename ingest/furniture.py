"""What returns on every page: running headers, running footers and page numbers."""

import re
from collections import Counter
from collections.abc import Sequence

from ingest.layout import Line

_NUMBER = re.compile(r"(?:-\s*)?(?:pagina|page|blad|p\.)?\s*\d{1,4}(?:\s*(?:van|of|/|-)\s*(?:\d{1,4})?)?", re.I)
_PRINTED = re.compile(r"(?:pagina|page|blad)\s+\d{1,4}(?:\s*(?:van|of|/)\s*\d{1,4})?", re.I)
_MARGIN = 0.13  # of the page height, at the top and at the bottom


def without_furniture(pages: Sequence[tuple[float, Sequence[Line]]]) -> tuple[list[list[Line]], int]:
    """The lines of each page (given with its height) without furniture, and how many characters went.

    Furniture is a line near the edge that stands on more than half of the pages and at least three (digits apart), or
    that is only a page number at the very edge.
    """
    keys = [{_key(line) for line in lines if _edge(line, height)} for height, lines in pages]
    counts = Counter(key for page in keys for key in page)
    often = {key for key, count in counts.items() if count >= max(3, 0.5 * len(pages)) and len(key) > 3}
    kept: list[list[Line]] = []
    removed = 0
    for height, lines in pages:
        page = [line for line in lines if not _is_furniture(line, height, lines, often)]
        removed += sum(len(line.text) for line in lines) - sum(len(line.text) for line in page)
        kept.append(page)
    return kept, removed


def _key(line: Line) -> str:
    return re.sub(r"\d+", "#", line.text.lower())


def _edge(line: Line, height: float) -> bool:
    return line.bottom < _MARGIN * height or line.top > (1 - _MARGIN) * height


def _is_furniture(line: Line, height: float, lines: Sequence[Line], often: set[str]) -> bool:
    if not _edge(line, height):
        return False
    outermost = line is lines[0] or line is lines[-1]
    return _key(line) in often or bool(_PRINTED.fullmatch(line.text)) or (outermost and bool(_NUMBER.fullmatch(line.text)))
