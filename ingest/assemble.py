"""Lines of pages to blocks: headings, paragraphs, list items, footnotes; across page breaks.

Style decides where the loader knows it (size, bold, italic); indents and gaps between lines decide the rest.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from ingest.blocks import REDACTED, Block
from ingest.layout import Line
from ingest.sheet import BULLETS, ENDED, NUMBERED, Sheet, Style, marker_words, measure, note_number
from ingest.tables import PageTable
from ingest.tidy import SOFT_HYPHEN, join_lines, one_line

_LETTERED_HEADING = re.compile(r"[a-z]\. [A-Z][^.;:]{3,60}")
_SMALL = 0.87  # of the body size: footnotes


@dataclass
class _Open:
    """The block that is being read. `breaks` are (index into lines, page) where a later page starts."""

    kind: str
    page: int
    x0: float
    lines: list[Line]
    texts: list[str]
    level: int = 0
    style: Style | None = None
    breaks: list[tuple[int, int]] = field(default_factory=list)
    rows: tuple[tuple[str, ...], ...] = ()


def assemble(sheets: Sequence[Sheet]) -> list[Block]:
    """Blocks in reading order; after the text of a page come its footnotes and fields.

    `info["pages"]` of a block that runs over a page break is "offset:page …", the places in its text where a page starts.
    """
    reader = _Reader(sheets)
    for sheet in sheets:
        reader.read(sheet)
    return reader.blocks()


class _Reader:
    def __init__(self, sheets: Sequence[Sheet]) -> None:
        self.usual = measure(sheets)
        self.flow: list[_Open | Block] = []
        self.last: _Open | None = None  # the last block of the running text
        self.note: _Open | None = None
        self.indents: list[float] = []
        self.hanging: list[tuple[float, float]] = []  # where bullets and their text started
        self.seen_fields: dict[str, str] = {}
        self.near = 3.0

    def read(self, sheet: Sheet) -> None:
        self.near = 5.0 if sheet.scanned else 3.0
        lines, notes = self._feet(sheet)
        elements: list[tuple[float, Line | PageTable]] = [(line.top, line) for line in lines]
        elements += [(table.top, table) for table in sheet.tables]
        following = dict(pairwise(lines))
        for _, element in sorted(elements, key=lambda pair: pair[0]):
            if isinstance(element, PageTable):
                self._table(element, sheet.number)
            else:
                self._line(element, following.get(element), sheet)
        for line in notes:
            self._footnote(line, sheet.number)
        self._fields(sheet)

    def _line(self, line: Line, following: Line | None, sheet: Sheet) -> None:
        used = marker_words(line)
        style = self._heading_style(line, following, used, sheet)
        if (style is None and used == 0 and self._continues(line, sheet)) or (style is not None and self._same_heading(line, style, sheet)):
            self._append(line, line.text, sheet.number)
        elif style is not None:
            self.indents = []
            self._start(_Open("heading", sheet.number, line.x0, [line], [line.text], style=style))
        elif used:
            self.hanging.append((line.x0, line.words[used].x0))
            text = line.text if NUMBERED.fullmatch(line.words[0].text) else line.text_from(used)
            self._start(_Open("item", sheet.number, line.words[used].x0, [line], [text], level=self._depth(line.x0)))
        else:
            if self.indents and line.x0 <= self.indents[0] - self.near:
                self.indents = []
            lost = [column for column in self.hanging if sheet.scanned and abs(line.x0 - column[1]) < 5 and line.text[0].isupper()]
            if lost:  # the bullet was not recognised
                marker, column = min(lost, key=lambda found: abs(line.x0 - found[1]))
                depth = self._depth(marker + line.x0 - column)
                self._start(_Open("item", sheet.number, line.x0, [line], [line.text], level=depth))
            else:
                self._start(_Open("paragraph", sheet.number, line.x0, [line], [line.text]))

    def _start(self, opened: _Open) -> None:
        self.last = opened
        self.flow.append(opened)

    def _append(self, line: Line, text: str, page: int) -> None:
        assert self.last is not None
        if page != (self.last.breaks[-1][1] if self.last.breaks else self.last.page):
            self.last.breaks.append((len(self.last.texts), page))
            self.last.x0 = line.x0  # the margin may be another on this page
        self.last.lines.append(line)
        self.last.texts.append(text)

    def _table(self, table: PageTable, page: int) -> None:
        before = self.last
        if before and before.kind == "table" and before.page < page and len(before.rows[0]) == len(table.rows[0]):
            before.rows += table.rows[table.rows[0] == before.rows[0] :]  # it runs on; a repeated head row is left out
            return
        caption = before and before.kind == "paragraph" and before.page == page and re.match(r"tabel\b", before.texts[0], re.I)
        if before and caption:
            before.kind, before.rows = "table", table.rows
        else:
            self._start(_Open("table", page, table.box[0], [], [], rows=table.rows))

    def _depth(self, x0: float) -> int:
        while self.indents and self.indents[-1] > x0 + self.near:
            self.indents.pop()
        if not self.indents or self.indents[-1] < x0 - self.near:
            self.indents.append(x0)
        return len(self.indents)

    def _heading_style(self, line: Line, following: Line | None, used: int, sheet: Sheet) -> Style | None:
        text, last = line.text, self.last
        if (
            last
            and last.style
            and last.style[0] > self.usual.body
            and abs(last.style[0] - line.size) < 0.3
            and self._same_heading(line, last.style, sheet)
        ):
            return last.style  # the rest of a title, whatever it says
        hanging = following is not None and following.x0 > line.x0 + self.near
        if sheet.scanned and _LETTERED_HEADING.fullmatch(text) and not hanging:
            return self.usual.body, False, True
        if not any(c.isalpha() for c in text) or (used and (not line.bold or line.words[0].text in BULLETS)):
            return None
        if line.size >= self.usual.body * (1.22 if sheet.scanned else 1.07) and (
            not sheet.scanned or text[0].isupper() or line.size > 1.5 * self.usual.body
        ):
            return round(line.size * 2) / 2, line.bold, line.italic
        size = self.usual.body if sheet.scanned else round(line.size * 2) / 2
        if line.bold and len(text) < 170:
            return size, True, line.italic
        alone = not self._continues(line, sheet) or (last is not None and bool(ENDED.search(last.texts[-1])))
        short = len(text) < 90 and text[0].isupper() and text[-1] not in ".,;:!?" and line.x1 < self.usual.right - 2 * line.size
        if line.italic and short and alone and not (following and following.italic):
            return size, False, True
        return None

    def _same_heading(self, line: Line, style: Style, sheet: Sheet) -> bool:
        last = self.last
        if last is None or last.kind != "heading" or last.page != sheet.number or last.style is None or last.style[1:] != style[1:]:
            return False
        return abs(last.style[0] - style[0]) < (1.5 if sheet.scanned else 0.6) and 0 < line.top - last.lines[-1].top < 1.6 * line.size

    def _continues(self, line: Line, sheet: Sheet) -> bool:
        """Whether an unmarked line goes on with the block before it."""
        last = self.last
        if (
            last is None
            or last.kind not in ("paragraph", "item")
            or not last.lines
            or _tall(line, self.usual.body)
            or _tall(last.lines[-1], self.usual.body)
        ):
            return False
        before = last.lines[-1]
        torn = sheet.scanned and line.text[0].islower() and not ENDED.search(last.texts[-1])
        aligned = abs(line.x0 - last.x0) <= self.near or (torn and abs(line.x0 - last.x0) < 20)
        page = last.breaks[-1][1] if last.breaks else last.page
        if page != sheet.number:
            ended = ENDED.search(last.texts[-1]) is not None
            fresh = sheet.scanned and ended and line.text[0].isupper()  # rather an item that lost its bullet
            hanging = last.kind == "item" and aligned and line.x0 > self.usual.left + self.near and not fresh
            return page == sheet.number - 1 and ((not ended and (aligned or line.text[0].islower())) or hanging)
        if (
            not 0 < line.top - before.top <= 1.25 * self.usual.pitch * max(line.size, before.size)
            or abs(line.size - before.size) > 0.2 * self.usual.body
        ):
            return False
        indented = last.kind == "paragraph" and len(last.lines) == 1 and 0 < before.x0 - line.x0 < 3 * line.size
        if indented and not aligned:
            last.x0 = line.x0
            return True
        if last.kind == "item" and not (sheet.scanned and ENDED.search(before.text)):
            return aligned
        return aligned and not self._ends_early(before, line)

    def _ends_early(self, before: Line, line: Line) -> bool:
        """A line that left room for the first word of the next one was ended on purpose."""
        first = line.words[0]
        room = self.usual.right - before.x1 > (first.x1 - first.x0) + 1.5 * line.size
        return room and (not line.text[0].islower() or ENDED.search(before.text) is not None)

    def _feet(self, sheet: Sheet) -> tuple[list[Line], list[Line]]:
        """The lines of the page, and the small ones at its foot from the first footnote number on."""
        lines, count = list(sheet.lines), len(sheet.lines)
        while count and lines[count - 1].size <= _SMALL * self.usual.body:
            count -= 1
        start = next((i for i in range(count, len(lines)) if note_number(lines[i])), len(lines))
        runs_on = self.note is not None and self.note.page == sheet.number - 1 and not ENDED.search(self.note.texts[-1])
        if runs_on and start < len(lines):
            start = count
        return lines[:start], lines[start:]

    def _footnote(self, line: Line, page: int) -> None:
        number = note_number(line)
        if number:
            self.note = _Open(f"footnote {number}", page, line.x0, [line], [line.text_from(1)])
            self.flow.append(self.note)
        elif self.note is not None:
            self.note.texts.append(line.text)

    def _fields(self, sheet: Sheet) -> None:
        """The fields of a nota once, though each of its pages repeats some."""
        date = dict(sheet.fields).get("Datum")
        opens = any(label == "Status" for label, _ in sheet.fields) or any(line.text.lower() == "nota" for line in sheet.lines)
        if opens or (date and date != self.seen_fields.get("Datum", date)):
            self.seen_fields = {}
        for label, value in sheet.fields:
            if not label or label not in self.seen_fields:
                self.flow.append(Block("field", value, page=sheet.number, number=label))
            self.seen_fields[label] = value

    def blocks(self) -> list[Block]:
        headings = [opened for opened in self.flow if isinstance(opened, _Open) and opened.kind == "heading"]
        styles = sorted({h.style for h in headings if h.style}, key=lambda s: (-s[0], not s[1], s[2]))
        levels = {style: min(rank, 6) for rank, style in enumerate(styles, 1)}
        return [block for opened in self.flow for block in self._block(opened, levels)]

    def _block(self, opened: _Open | Block, levels: dict[Style, int]) -> Iterator[Block]:
        if isinstance(opened, Block):
            yield opened
            return
        text = self._joined(opened.texts)
        if opened.kind.startswith("footnote"):
            yield Block("footnote", text, opened.page, number=opened.kind.split()[1])
        elif opened.kind == "table":
            yield Block("table", text, opened.page, rows=opened.rows)
        elif opened.style and len(text) < 250:
            yield Block("heading", text, opened.page, level=levels[opened.style])
        elif text:
            kind = "paragraph" if opened.kind == "heading" else opened.kind
            breaks = " ".join(f"{len(self._joined(opened.texts[:index])) + 1}:{page}" for index, page in opened.breaks)
            yield Block(kind, text, opened.page, level=opened.level, info={"pages": breaks} if breaks else {})

    def _joined(self, texts: Sequence[str]) -> str:
        text = one_line(join_lines(texts, self.usual.known)).replace(SOFT_HYPHEN, "")
        return re.sub(rf"{REDACTED}(?:\s*{REDACTED})+", REDACTED, text)


def _tall(line: Line, body: float) -> bool:
    """A bar over several lines: a paragraph of its own."""
    return all(word.text == REDACTED for word in line.words) and line.bottom - line.top > 1.8 * body
