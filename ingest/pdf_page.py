"""What stands on one PDF page, read with PDFium: words with boxes and style, black bars, ruling lines, and whether it is a picture."""

import ctypes
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import pypdfium2.raw as pdfium

from ingest.blocks import REDACTED
from ingest.layout import Word, cleaned

Box = tuple[float, float, float, float]  # x0, top, x1, bottom
_INVISIBLE = 3  # text render mode of an OCR layer
_DARK, _LIGHT = 60, 235
_LINE_END_HYPHENS = (2, 0xFFFE)  # what PDFium makes of a hyphen at the end of a line
_TINY = 2.0  # points: letters that nobody can read


@dataclass(frozen=True)
class Page:
    """`scanned`: pictures cover most of it; `recognised`: by our own OCR. `edges` are thin boxes: ruling lines, sides of table cells."""

    number: int
    width: float
    height: float
    words: tuple[Word, ...] = ()
    bars: tuple[Box, ...] = ()
    edges: tuple[Box, ...] = ()
    scanned: bool = False
    hidden: int = 0
    covered: int = 0
    recognised: bool = False

    @property
    def needs_ocr(self) -> bool:
        return self.scanned and sum(len(word.text) for word in self.words) < 20


@dataclass(frozen=True)
class _Style:
    bold: bool
    italic: bool
    shade: int
    visible: bool


def read_page(page: Any, number: int) -> Page:
    """`page` is a pypdfium2 page; `hidden` and `covered` count the characters that were dropped because nobody can see them."""
    width, height = page.get_size()
    view = page_view(page)
    bars: list[Box] = []
    fills: list[Box] = []
    edges: list[Box] = []
    pictures, printed = 0.0, 0  # share of the page; letters that are printed over the pictures
    for item in page.get_objects(max_depth=3):
        if item.type == pdfium.FPDF_PAGEOBJ_IMAGE:
            x0, top, x1, bottom = view(*item.get_bounds())
            pictures, printed = pictures + max(x1 - x0, 0) * max(bottom - top, 0) / (width * height), 0
        elif item.type == pdfium.FPDF_PAGEOBJ_TEXT:
            printed += pdfium.FPDFTextObj_GetTextRenderMode(item) != _INVISIBLE
        elif item.type == pdfium.FPDF_PAGEOBJ_PATH:
            box = view(*item.get_bounds())
            shade = _shade(item)
            if shade < _DARK and _is_bar(box):
                bars.append(box)
            elif shade < _LIGHT and min(box[2] - box[0], box[3] - box[1]) > 4:
                fills.append(box)
            else:
                edges += [view(*edge) for edge in _edges(item)]
    scanned = pictures > 0.5 and not printed
    words, hidden = _words(page, view, scanned)
    count = sum(len(word.text) for word in words)
    bars = [bar for bar in _merged(bars) if (bar[2] - bar[0]) * (bar[3] - bar[1]) < 0.5 * width * height]
    fills += bars
    bars = [bar for bar in bars if not any(word.shade > 2 * _DARK and word.inside(*bar) for word in words)]  # light on black: a table head
    words = [w for w in words if w.inside(0, 0, width, height) and (w.shade < _LIGHT or pictures or any(w.inside(*fill) for fill in fills))]
    hidden += count - sum(len(word.text) for word in words)
    seen = [word for word in words if not any(word.inside(*bar) for bar in bars)]
    covered = sum(len(word.text) for word in words) - sum(len(word.text) for word in seen)
    return Page(number, width, height, tuple(with_bars(seen, bars)), tuple(bars), tuple(edges), scanned, hidden, covered)


def with_bars(words: list[Word], bars: list[Box]) -> list[Word]:
    """The words, with a word REDACTED for each bar, as high as the line on which it lies."""
    result = list(words)
    for x0, top, x1, bottom in bars:
        beside = [w for w in words if min(w.bottom, bottom) - max(w.top, top) > 0.5 * (w.bottom - w.top)]
        size = beside[0].size if beside and bottom - top < 2.5 * beside[0].size else bottom - top
        result.append(Word(REDACTED, x0, top, x1, bottom, size))
    return result


def page_view(page: Any) -> Callable[[float, float, float, float], Box]:
    """Turns a box in PDF coordinates (left, bottom, right, top) into one as seen, with the page's rotation."""
    left, bottom, right, top = page.get_cropbox()
    rotation = page.get_rotation()

    def turned(x: float, y: float) -> tuple[float, float]:
        if rotation == 90:
            return y - bottom, x - left
        if rotation == 180:
            return right - x, y - bottom
        if rotation == 270:
            return top - y, right - x
        return x - left, top - y

    def view(x0: float, y0: float, x1: float, y1: float) -> Box:
        (a, b), (c, d) = turned(x0, y0), turned(x1, y1)
        return min(a, c), min(b, d), max(a, c), max(b, d)

    return view


@dataclass
class _Growing:
    """A word to which letters are still added."""

    letters: list[str]
    x0: float
    top: float
    x1: float
    bottom: float
    size: float
    style: _Style
    owner: int
    glued: bool

    def word(self) -> Word:
        style = self.style
        return Word(
            "".join(self.letters), self.x0, self.top, self.x1, self.bottom, self.size, style.bold, style.italic, style.shade, self.glued
        )


def _words(page: Any, view: Callable[[float, float, float, float], Box], scanned: bool) -> tuple[list[Word], int]:
    """All words in the order of the content stream, and how many characters were invisible."""
    text = page.get_textpage()
    words: list[_Growing] = []
    styles: dict[int, _Style] = {}
    box, spaced, hidden = pdfium.FS_RECTF(), True, 0
    for index in range(text.count_chars()):
        code = pdfium.FPDFText_GetUnicode(text, index)
        letter = "-" if code in _LINE_END_HYPHENS else chr(code) if code < 0x110000 else "\ufffd"
        if letter.isspace() or not code or (code not in _LINE_END_HYPHENS and pdfium.FPDFText_IsGenerated(text, index) == 1):
            spaced = True
            continue
        owner = ctypes.cast(pdfium.FPDFText_GetTextObject(text, index), ctypes.c_void_p).value or 0
        style = styles.get(owner)
        if style is None:
            style = styles[owner] = _style(text, index)
        if not style.visible and not scanned:
            hidden += 1
            continue
        pdfium.FPDFText_GetLooseCharBox(text, index, box)
        x0, top, x1, bottom = view(box.left, box.bottom, box.right, box.top)
        size = bottom - top
        last = words[-1] if words else None
        gap = x0 - last.x1 if last and min(last.bottom, bottom) > max(last.top, top) else size
        level = last is not None and abs(last.bottom - bottom) < 0.6 * last.size
        if last and level and not spaced and -0.5 * size < gap < 0.2 * size and _same_style(last, owner, style, size):
            last.letters.append(letter)
            last.x1, last.top, last.bottom = max(x1, last.x1), min(top, last.top), max(bottom, last.bottom)
        elif size > _TINY:
            glued = -0.5 * size < gap < (0.2 if not spaced else 0 if scanned else 0.08) * size
            words.append(_Growing([letter], x0, top, x1, bottom, size, style, owner, glued))
        else:
            hidden += 1
        spaced = False
    return cleaned(growing.word() for growing in words), hidden


def _same_style(last: _Growing, owner: int, style: _Style, size: float) -> bool:
    return last.owner == owner or (last.style == style and abs(last.size - size) < 0.1 * size)


def _style(text: Any, index: int) -> _Style:
    name, flags = ctypes.create_string_buffer(128), ctypes.c_int()
    pdfium.FPDFText_GetFontInfo(text, index, name, 128, flags)
    font = name.value.decode("utf-8", "replace").lower()
    item = pdfium.FPDFText_GetTextObject(text, index)
    invisible = bool(item) and pdfium.FPDFTextObj_GetTextRenderMode(item) == _INVISIBLE
    colour = _colour(item) if item else (0, 0, 0, 255)
    bold = any(part in font for part in ("bold", "black", "heavy", "semibold", "demi")) or pdfium.FPDFText_GetFontWeight(text, index) >= 700
    italic = "italic" in font or "oblique" in font or bool(flags.value & 64)
    return _Style(bold, italic, sum(colour[:3]) // 3, not invisible and colour[3] > 8)


def _colour(item: Any) -> tuple[int, int, int, int]:
    parts = [ctypes.c_uint() for _ in range(4)]
    pdfium.FPDFPageObj_GetFillColor(item, *parts)
    return parts[0].value, parts[1].value, parts[2].value, parts[3].value


def _shade(item: Any) -> int:
    """The lightest part of a path's fill colour, from 0 (black) to 255; 255 where it is not filled."""
    mode, stroke = ctypes.c_int(), ctypes.c_int()
    pdfium.FPDFPath_GetDrawMode(item, mode, stroke)
    *colour, alpha = _colour(item)
    return max(colour) if mode.value and alpha > 200 else 255


def _is_bar(box: Box) -> bool:
    """Higher than a rule and wider than a letter; a narrow upright box is decoration."""
    width, height = box[2] - box[0], box[3] - box[1]
    return height > 4 and width > 6 and width > 0.6 * height


def _edges(item: Any) -> Iterator[Box]:
    """The horizontal and vertical strokes of a path, in PDF coordinates; a thin filled box is one stroke."""
    x0, y0, x1, y1 = item.get_bounds()
    if min(x1 - x0, y1 - y0) < 2.5:
        yield x0, y0, x1, y1
        return
    mode, stroke = ctypes.c_int(), ctypes.c_int()
    pdfium.FPDFPath_GetDrawMode(item, mode, stroke)
    count = pdfium.FPDFPath_CountSegments(item)
    if not stroke.value or count > 500:
        return
    matrix, points = item.get_matrix(), []
    for index in range(count):
        segment = pdfium.FPDFPath_GetPathSegment(item, index)
        x, y = ctypes.c_float(), ctypes.c_float()
        pdfium.FPDFPathSegment_GetPoint(segment, x, y)
        points.append((*matrix.on_point(x.value, y.value), pdfium.FPDFPathSegment_GetType(segment)))
    for (ax, ay, _), (bx, by, kind) in pairwise(points):
        if kind == pdfium.FPDF_SEGMENT_LINETO and min(abs(ax - bx), abs(ay - by)) < 1:
            yield min(ax, bx), min(ay, by), max(ax, bx), max(ay, by)
    if count in (4, 5) and points:  # a box that is closed rather than drawn to its end
        yield (
            min(points[0][0], points[-1][0]),
            min(points[0][1], points[-1][1]),
            max(points[0][0], points[-1][0]),
            max(points[0][1], points[-1][1]),
        )


def _merged(bars: list[Box]) -> list[Box]:
    """Bars that touch on one line become one; so do lines of bars that touch each other."""
    merged: list[Box] = []
    for bar in sorted(bars, key=lambda b: (b[1], b[0])):
        for index, (x0, top, x1, bottom) in enumerate(merged):
            if bar[0] <= x1 + 1 and bar[2] >= x0 - 1 and bar[1] <= bottom + 1 and bar[3] >= top - 1:
                merged[index] = (min(x0, bar[0]), min(top, bar[1]), max(x1, bar[2]), max(bottom, bar[3]))
                break
        else:
            merged.append(bar)
    return merged
