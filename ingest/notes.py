"""Footnotes laid behind the running text, each tied to the place in it where its mark stood."""

import re
from collections import Counter
from collections.abc import Sequence

from ingest.blocks import Block
from ingest.canvas import Canvas, Span
from ingest.sentences import sentence_spans
from ingest.types import Footnote

# words that tell nothing of what a note is about
_COMMON = re.compile(r"(?:hier|daar|waar)(?:mee|bij|van|in)|word(?:t|en)|werden|heeft|hebben|zullen|onder|andere|tevens")


def lay_footnotes(canvas: Canvas, blocks: Sequence[Block], commented: set[str]) -> tuple[Footnote, ...]:
    """The footnotes among `blocks`; of a mark without a note the note is empty. `commented`: numbers that comments bear."""
    body = list(canvas.spans)
    notes: list[Footnote] = []
    pages: list[int] = []
    for block in blocks:
        line = Block("footnote", f"{block.number} {block.text}", block.page, number=block.number)
        span = canvas.put(line, "\n" if notes else "\n\n")
        notes.append(Footnote(block.number, block.text, span.start, span.end, _anchor(canvas, block)))
        pages.append(block.page)
    known = [*notes]
    for i, note in enumerate(notes):
        if note.anchor < 0 and not blocks[i].info.get("table"):
            low = max((n.anchor for n in known[:i] if n.anchor >= 0), default=-1)
            high = min((n.anchor for n in notes[i + 1 :] if n.anchor >= 0), default=len(canvas.text))
            near = [s for s in body if s.block.kind in ("paragraph", "item") and s.block.page == pages[i] and low <= s.end < high]
            anchor = _guess(canvas.text, note, [s for s in near if s.start > low] or near, body)
            notes[i] = known[i] = Footnote(note.number, note.text, note.start, note.end, anchor)
    told = {n.number for n, block in zip(notes, blocks, strict=True) if n.anchor >= 0 and not block.info.get("table")} | commented
    for number, places in canvas.anchors.items():
        if number.isdigit() and number not in told:
            notes.append(Footnote(number, "", places[0][0], places[0][0], places[0][0]))
    return tuple(notes)


def _anchor(canvas: Canvas, block: Block) -> int:
    """The mark with the note's number that is nearest by page; -1 if there is none."""
    in_table = canvas.anchors.get(f"t{block.number}", [])
    places = in_table if block.info.get("table") else canvas.anchors.get(block.number, []) or in_table
    return min(places, key=lambda p: (abs(p[1] - block.page), -p[0]))[0] if places else -1


def _guess(text: str, note: Footnote, between: Sequence[Span], body: Sequence[Span]) -> int:
    """Where a mark that was lost must have stood: at the end of the only block between its neighbours, else of the
    sentence there that shares the rarest words with the note; -1 where nothing tells."""
    if len(between) == 1:
        return between[0].end
    counts = Counter(word for span in body for word in set(_words(text[span.start : span.end])))
    wanted = set(_words(note.text))
    scored = [
        (sum(1 / counts[word] for word in wanted & set(_words(text[a:b]))), -a, b)
        for span in between
        for a, b in sentence_spans(text, span.start, span.end)
    ]
    best = max(scored, default=(0.0, 0, -1))
    return best[2] if best[0] else -1


def _words(text: str) -> list[str]:
    return [word for word in re.findall(r"[a-zà-ÿ]{5,}", text.lower()) if not _COMMON.fullmatch(word)]
