"""A document into passages: spans of one section that respect blocks and sentences; tables, notes and comments apart.

What is embedded is `context` (title and headings) plus the text; what may be quoted is the text alone.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ingest.sentences import sentence_spans
from ingest.types import Document, Passage, Section, Table

VERSION = "1"  # part of the manifest: a change here re-indexes
WORDS = 150
_HARD_WORDS = 220


@dataclass(frozen=True)
class _Unit:
    """One block's span and the sentences in it."""

    start: int
    end: int
    section: Section | None
    sentences: tuple[tuple[int, int], ...]


def passages(document: Document) -> tuple[Passage, ...]:
    """The passages of a document in order; of a duplicate only what its twin does not say (its comments, notes)."""
    out = [*_metadata(document)]
    body_end = _body_end(document)
    if not document.duplicate_of:
        out += _running(document, body_end)
        out += (_table(document, table, i) for i, table in enumerate(document.tables))
        out += (
            _single(document, "footnote", i, note.start, note.end, _near(document, note.anchor))
            for i, note in enumerate(document.footnotes)
            if note.text and note.end > note.start
        )
    out += (_annotation(document, i) for i, note in enumerate(document.annotations) if note.text)
    return tuple(out)


def _body_end(document: Document) -> int:
    tails = [n.start for n in document.footnotes if n.text and n.end > n.start] + [a.start for a in document.annotations]
    return min(tails, default=len(document.text))


def _metadata(document: Document) -> Iterator[Passage]:
    """The lines above the first section, where they carry metadata (status, date, addressee, subject)."""
    head = document.text[: _head_end(document)].strip()
    if head:
        start = document.text.index(head)
        yield _make(document, "metadata", 0, start, start + len(head), "", ((start, start + len(head)),))


def _head_end(document: Document) -> int:
    """Where the lines end that carry the metadata of a nota, above its first section or table; 0 where there are none."""
    end = min([*(s.start for s in document.sections[:1]), *(t.start for t in document.tables[:1])], default=0)
    return end if document.kind == "nota" and end < 700 else 0


def _running(document: Document, body_end: int) -> Iterator[Passage]:
    number = 0
    group: list[_Unit] = []
    size = 0
    for unit in _units(document, body_end):
        words = len(document.text[unit.start : unit.end].split())
        full = group and ((size + words > WORDS and size > 40) or size + words > _HARD_WORDS)
        if group and (unit.section != group[-1].section or full or _table_between(document, group[-1].end, unit.start)):
            yield _joined(document, number, group)
            number, group, size = number + 1, [], 0
        group.append(unit)
        size += words
    if group:
        yield _joined(document, number, group)


def _units(document: Document, body_end: int) -> Iterator[_Unit]:
    """Blocks below headings; a long block in pieces of whole sentences. Headings and tables are no units."""
    headings = {s.start: s for s in document.sections}
    first = _head_end(document)
    tables = [(t.start, t.end) for t in document.tables]
    for line in re.finditer(r"[^\n]+", document.text[:body_end]):
        start, end = line.span()
        if start in headings or start < first or any(a <= start < b for a, b in tables) or not line[0].strip():
            continue
        section = document.section_at(start)
        sentences = sentence_spans(document.text, start, end)
        piece: list[tuple[int, int]] = []
        for sentence in sentences:
            if piece and len(document.text[piece[0][0] : sentence[1]].split()) > WORDS:
                yield _Unit(piece[0][0], piece[-1][1], section, tuple(piece))
                piece = []
            if sentence[1] - sentence[0] > 4000:  # no sentence: a line without punctuation, cut at spaces
                yield from (_Unit(a, b, section, ((a, b),)) for a, b in _slices(document.text, *sentence))
                continue
            piece.append(sentence)
        if piece:
            yield _Unit(piece[0][0], piece[-1][1], section, tuple(piece))


def _slices(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    while start < end:
        stop = min(start + 1000, end)
        if stop < end and (space := text.rfind(" ", start + 1, stop)) > start:
            stop = space
        yield start, stop
        start = stop + (1 if stop < end and text[stop] == " " else 0)


def _table_between(document: Document, start: int, end: int) -> bool:
    return any(start <= t.start < end for t in document.tables)


def _joined(document: Document, number: int, group: Sequence[_Unit]) -> Passage:
    sentences = tuple(s for unit in group for s in unit.sentences)
    label = group[0].section.label if group[0].section else ""
    return _make(document, "text", number, group[0].start, group[-1].end, label, sentences)


def _table(document: Document, table: Table, number: int) -> Passage:
    caption = document.text.rfind(table.caption, 0, table.start) if table.caption else -1
    start = caption if caption >= 0 and table.start - caption < len(table.caption) + 4 else table.start
    rows = [m.span() for m in re.finditer(r"[^\n]*\S[^\n]*", document.text[table.start : table.end])]
    sentences = tuple((table.start + a, table.start + b) for a, b in rows)
    return _make(document, "table", number, start, table.end, _near(document, table.start), sentences)


def _single(document: Document, kind: str, number: int, start: int, end: int, section: str) -> Passage:
    return _make(document, kind, number, start, end, section, tuple(sentence_spans(document.text, start, end)))


def _annotation(document: Document, number: int) -> Passage:
    note = document.annotations[number]
    section = _near(document, note.marked_start)
    return _make(document, "annotation", number, note.start, note.end, section, ((note.start, note.end),), note.page)


def _near(document: Document, offset: int) -> str:
    section = document.section_at(offset) if offset >= 0 else None
    return section.label if section else ""


def _make(
    document: Document, kind: str, number: int, start: int, end: int, section: str, sentences: tuple[tuple[int, int], ...], page: int = 0
) -> Passage:
    anchor = next((n.anchor for n in document.footnotes if kind == "footnote" and n.start == start and n.anchor >= 0), start)
    first = page or document.page_at(anchor)
    return Passage(
        passage_id=f"{document.document_id}/{kind}/{number}",
        document_id=document.document_id,
        section_path=section,
        start=start,
        end=end,
        first_page=first,
        last_page=page or document.page_at(max(anchor, end - 1) if kind in ("text", "table") else anchor),
        text=document.text[start:end],
        context=" | ".join(filter(None, (document.title, section))),
        kind=kind,
        sentences=sentences,
    )
