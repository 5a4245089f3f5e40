"""Comments in a PDF (highlights, notes, typed text) as blocks, with the words that they mark."""

import io
import re
from collections.abc import Callable, Sequence
from typing import Any

from pypdf import PageObject, PdfReader

from ingest.blocks import Block
from ingest.copies import clearer
from ingest.layout import Line, lines_of
from ingest.pdf_page import Box, Page
from ingest.tidy import one_line, tidy

_COMMENTS = frozenset(
    ("/Text", "/FreeText", "/Highlight", "/Underline", "/StrikeOut", "/Squiggly", "/Caret", "/Stamp", "/Ink", "/Square", "/Line")
)
_DATE = re.compile(r"D:(\d{4})(\d\d)(\d\d)(\d\d)?(\d\d)?(\d\d)?")

View = Callable[[float, float, float, float], Box]


def pdf_annotations(data: bytes, password: str, pages: Sequence[Page], views: Sequence[View]) -> list[Block]:
    """Annotation blocks, numbered per page as printed in a comment list.

    `info` has author, kind, date, marked, and `near`: the line of text beside the comment. `views` turn the boxes of
    each page into coordinates as seen. Raises whatever pypdf raises for a damaged file.
    """
    reader = PdfReader(io.BytesIO(data), password=password or None)
    blocks: list[Block] = []
    for page, view in zip(pages, views, strict=True):
        lines: list[Line] | None = None
        number = 0
        side = reader.pages[page.number - 1]
        for reference in side.get("/Annots") or []:
            item = reference.get_object()
            if item.get("/Subtype") not in _COMMENTS:
                continue
            lines = lines_of(page.words) if lines is None else lines
            number += 1
            blocks.append(_block(item, side, page, view, lines, str(number)))
    return blocks


def _block(item: Any, side: PageObject, page: Page, view: View, lines: Sequence[Line], number: str) -> Block:
    boxes = _quads(item, view)
    rect = view(*(float(value) for value in item.get("/Rect", (0, 0, 0, 0))))
    info = {
        "author": _string(item, "/T"),
        "kind": _string(item, "/Subj") or str(item["/Subtype"])[1:],
        "date": _date(_string(item, "/M") or _string(item, "/CreationDate")),
        "marked": _marked(boxes, lines),
        "near": _near(boxes[0] if boxes else rect, lines),
    }
    words = clearer(_string(item, "/Contents"), _drawn(item, side))
    return Block("annotation", words, page.number, number=number, info=info)


def _drawn(item: Any, side: PageObject) -> str:
    """The words of typed text as they are drawn on the page, which may differ from what is stored with it."""
    drawn = item.get("/AP", {}).get("/N") if item["/Subtype"] == "/FreeText" else None
    return one_line(tidy(side.extract_xform_text(drawn.get_object()))) if drawn is not None else ""


def _string(item: Any, key: str) -> str:
    return one_line(tidy(str(item.get(key) or "")))


def _date(value: str) -> str:
    """As a comment list prints it: d-m-yyyy hh:mm:ss, or 'Onbepaald'."""
    match = _DATE.match(value)
    if not match:
        return "Onbepaald"
    year, month, day, *clock = match.groups(default="00")
    return f"{int(day)}-{int(month)}-{year} {':'.join(clock)}"


def _quads(item: Any, view: View) -> list[Box]:
    values = [float(value) for value in item.get("/QuadPoints") or []]
    quads = [values[i : i + 8] for i in range(0, len(values) - 7, 8)]
    return [view(min(q[::2]), min(q[1::2]), max(q[::2]), max(q[1::2])) for q in quads]


def _marked(boxes: Sequence[Box], lines: Sequence[Line]) -> str:
    """The words in the boxes; a word counts when its middle is inside."""
    parts = []
    for line in lines:
        words = tuple(word for word in line.words if any(word.inside(*box) for box in boxes))
        if words:
            parts.append(Line(words).text)
    return one_line(" ".join(parts))


def _near(box: Box, lines: Sequence[Line]) -> str:
    """The line beside the head of the box; of two columns the one that is closest."""
    height = min((box[1] + box[3]) / 2, box[1] + 6)
    beside = [part for line in lines for part in line.segments if part.top - 3 <= height <= part.bottom + 3]

    def distance(part: Line) -> tuple[float, float]:
        return max(part.x0 - box[2], box[0] - part.x1, 0.0), abs((part.top + part.bottom) / 2 - height)

    return min(beside, key=distance).text if beside else ""
