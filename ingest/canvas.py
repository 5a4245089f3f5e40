"""The canonical text as it grows: blocks laid one after another without their inline marks, and where each of them stands."""

import re
from dataclasses import dataclass, field

from ingest.blocks import NOTE_CLOSE, NOTE_OPEN, REDACTED, Block, without_marks
from ingest.types import Cell, Redaction, Table

_MARK = re.compile(rf"{NOTE_OPEN}(.*?){NOTE_CLOSE}|\A{REDACTED}\s*|\s*{REDACTED}")
_PRINTED = re.compile(r"\[redacted\]", re.I)


@dataclass(frozen=True)
class Span:
    """Where a block stands: `text[start:end]`."""

    start: int
    end: int
    block: Block


@dataclass
class Canvas:
    """`anchors`: for each note number the (offset, page) of its marks, "t" before the number for those in a table.

    `page_starts`: (page, offset) wherever the running text comes to a page. `redactions`: of the running text, without
    ground; `column`: of the metadata column (names, references), for which no ground is ever given.
    """

    text: str = ""
    spans: list[Span] = field(default_factory=list)
    anchors: dict[str, list[tuple[int, int]]] = field(default_factory=dict)
    redactions: list[Redaction] = field(default_factory=list)
    column: list[Redaction] = field(default_factory=list)
    page_starts: list[tuple[int, int]] = field(default_factory=list)

    def put(self, block: Block, gap: str = "\n\n") -> Span:
        """Append a block's text behind a gap (none at the very start); one that is only blacked out leaves no text."""
        words = _MARK.sub("", block.text)
        self.text += gap if self.text and words else ""
        span = Span(len(self.text), len(self.text) + len(words), block)
        self.text += words
        self._note(block.text, span.start, block)
        self.spans.append(span)
        return span

    def put_table(self, block: Block, caption: str, gap: str = "\n\n") -> Table:
        """Append the rows of a table as lines with tabs; cells of a row that is short have no certain column."""
        self.text += gap if self.text else ""
        start = len(self.text)
        rows = tuple(tuple(without_marks(value) for value in row) for row in block.rows)
        heads: list[tuple[int, int]] = []
        cells: list[Cell] = []
        for r, row in enumerate(rows):
            self.text += "\n" if r else ""
            for c, value in enumerate(row):
                self.text += "\t" if c else ""
                place = len(self.text), len(self.text) + len(value)
                self.text += value
                self._note(block.rows[r][c], place[0], block, "t")
                if r == 0:
                    heads.append(place)
                elif c and value and len(row) == len(rows[0]):
                    cells.append(Cell(row[0], rows[0][c], value, *place, *heads[c]))
        self.spans.append(Span(start, len(self.text), block))
        self.page_starts.append((block.page, start))
        unit = re.search(r"\((x\s*(?:€\s*)?1[^)]*|in [^)]*|€[^)]*)\)", caption)
        uncertain = bool(block.info.get("uncertain"))
        return Table(caption, unit[1] if unit else "", rows, tuple(cells), start, len(self.text), uncertain)

    def span_at(self, offset: int) -> Span | None:
        """The block that ends at, or holds, the offset."""
        return next((span for span in self.spans if span.start < offset <= span.end), None)

    def find(self, words: str, page: int) -> tuple[int, int]:
        """Where these words stand in the running text of that page or the next, white space apart; (-1, -1) if nowhere."""
        tokens = re.findall(r"\w+", without_marks(words))
        for sought in (tokens, tokens[1:]):  # the first word may be lost under the mark of a comment
            if len(sought) < 2:
                continue
            pattern = re.compile(r"[\W_]*".join(map(re.escape, sought)), re.I)
            for span in self.spans:
                near = page in range(span.block.page - 1, span.block.last_page + 2)
                running = span.block.kind not in ("field", "footnote", "annotation")
                if near and running and (match := pattern.search(self.text, span.start, span.end)):
                    return match.span()
        return -1, -1

    def _note(self, raw: str, start: int, block: Block, prefix: str = "") -> None:
        """Remember where the marks and page breaks of a text that was laid at `start` have come to stand."""
        gone = 0
        page = block.page
        breaks = [*block.page_breaks] if raw is block.text else []
        running = block.kind not in ("field", "footnote", "annotation")
        hidden = self.column if block.kind == "field" else self.redactions if running else []
        if raw is block.text and running:
            self.page_starts.append((block.page, start))

        def turn_to(offset: int) -> None:
            nonlocal page
            while breaks and breaks[0][0] <= offset:
                at, page = breaks.pop(0)
                self.page_starts.append((page, start + at - gone))

        for mark in _MARK.finditer(raw):
            turn_to(mark.start())
            place = start + mark.start() - gone
            if mark[1] is not None:
                self.anchors.setdefault(prefix + mark[1], []).append((place, page))
            else:
                hidden.append(Redaction(place, place, page))
            gone += len(mark[0])
        turn_to(len(raw))
        plain = _MARK.sub("", raw)
        hidden += [Redaction(start + m.start(), start + m.end(), page) for m in _PRINTED.finditer(plain)]
