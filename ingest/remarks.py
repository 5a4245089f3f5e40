"""Comments laid behind the running text, each tied to the words that it marks or the block beside which it was written."""

import re
from collections.abc import Sequence
from dataclasses import replace

from ingest.blocks import Block, without_marks
from ingest.canvas import Canvas
from ingest.types import Annotation

_NOWHERE = (-1, -1)


def lay_annotations(canvas: Canvas, blocks: Sequence[Block]) -> tuple[Annotation, ...]:
    """The comments among `blocks`, in their order."""
    notes: list[Annotation] = []
    for block in blocks:
        info = block.info
        head = f"Nummer: {block.number} Auteur: {info.get('author', '')} Onderwerp: {info.get('kind', '')} Datum: {info.get('date', '')}"
        line = re.sub(r" +", " ", head).strip() + (f"\n{block.text}" if block.text else "")
        span = canvas.put(replace(block, text=line, info={}), "\n" if notes else "\n\n")
        marked = without_marks(info.get("marked", "")).strip()
        if _is_highlight(block) and (not marked or _letters(marked) == _letters(block.text)):
            marked = block.text  # a list prints what was marked, with what a box around the words may miss
        place = canvas.find(marked, block.page) if marked else _beside(canvas, block)
        if not marked and place != _NOWHERE and info.get("author"):
            marked = canvas.text[slice(*place)]
        author, kind, date = info.get("author", ""), info.get("kind", ""), info.get("date", "")
        notes.append(Annotation(block.number, author, kind, date, block.page, block.text, span.start, span.end, marked, *place))
    highlights = [note for note, block in zip(notes, blocks, strict=True) if _is_highlight(block) and note.marked_text]
    return tuple(note if note in highlights else _with_highlight(note, highlights) for note in notes)


def _letters(text: str) -> str:
    return re.sub(r"\W", "", text)


def _is_highlight(block: Block) -> bool:
    return bool(re.match(r"Highlight|Markering", block.info.get("kind", "")))


def _beside(canvas: Canvas, block: Block) -> tuple[int, int]:
    """The block that holds the mark of a comment, or the line beside it."""
    if not block.text:
        return _NOWHERE
    noted = any(s.block.kind == "footnote" and s.block.number == block.number for s in canvas.spans)
    places = canvas.anchors.get(f"c{block.number}", []) or canvas.anchors.get("" if noted else block.number, [])
    offset = min(((abs(page - block.page), o) for o, page in places), default=(0, -1))[1]
    if offset < 0:
        offset = canvas.find(block.info.get("near", ""), block.page)[1]
    span = canvas.span_at(offset) if offset >= 0 else None
    return (span.start, span.end) if span else _NOWHERE


def _with_highlight(note: Annotation, highlights: Sequence[Annotation]) -> Annotation:
    """A typed comment belongs to the author's highlight in the block beside it; if that is not known, to the next by number."""
    if not note.text or not note.author:
        return note
    own = [h for h in highlights if h.author == note.author and h.page == note.page]
    if note.marked_start >= 0:
        found = next((h for h in own if note.marked_start <= h.marked_start < note.marked_end), None)
    else:
        found = next((h for step in (1, -1) for h in own if h.number == str(int(note.number) + step)), None)
    if found is None:
        return note
    return replace(note, marked_text=found.marked_text, marked_start=found.marked_start, marked_end=found.marked_end)
