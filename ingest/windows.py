"""The sentence windows of a passage: what late interaction compares with a question, and what an answer quotes from.

Two neighbouring sentences say together what one leaves to a pronoun; a table, comment or metadata block is one window.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from ingest.types import Document, Passage

_WHOLE = ("table", "annotation", "metadata")


@dataclass(frozen=True)
class WindowSpan:
    """`text` is what is embedded: `document.text[start:stop]`, for a comment with the words it marks."""

    passage_id: str
    start: int
    stop: int
    text: str


def windows(passages: Sequence[Passage], documents: Mapping[str, Document]) -> list[WindowSpan]:
    """All windows of these passages, in order."""
    out = []
    for passage in passages:
        document = documents[passage.document_id]
        for start, stop in _spans(passage):
            text = document.text[start:stop]
            if passage.kind == "annotation":
                note = next(a for a in document.annotations if a.start == passage.start)
                text = f"Opmerking van {note.author}: {note.text} bij: {note.marked_text}" if note.author else note.text
            elif passage.kind == "table":
                text = f"{passage.section_path}\n{text}"
            out.append(WindowSpan(passage.passage_id, start, stop, text))
    return out


def _spans(passage: Passage) -> list[tuple[int, int]]:
    sentences = passage.sentences
    if passage.kind in _WHOLE or len(sentences) < 2:
        return [(passage.start, passage.end)]
    return [(a[0], b[1]) for a, b in pairwise(sentences)]
