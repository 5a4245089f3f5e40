"""From ranked windows to the few sentences that answer, or none.

A window is cut to the sentences that carry its match; windows that overlap or say the same become one; how many are
kept depends on how clearly the first one leads and on what kind of answer is asked.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from app.question import Question
from app.retrieve import Retrieved
from app.types import Evidence
from ingest.library import Library, Span

MAX_QUOTES = 3
MAX_WORDS = 100
_WIDE = frozenset({"list", "reason", "definition", "manner"})


@dataclass(frozen=True)
class Margins:
    """How far below the best window another may score to be quoted as well: for a narrow question, for a wide one, and
    for the first window of another document when the question asks to compare."""

    narrow: float = 2.0
    wide: float = 2.5
    other: float = 3.5


def select(question: Question, retrieved: Retrieved, library: Library, margins: Margins = Margins()) -> tuple[Evidence, ...]:
    """The evidence for a question, best first; at most MAX_QUOTES spans of together MAX_WORDS words."""
    windows = [window for window in retrieved.windows[:40] if not _copied(window.span, library)]
    if not windows:
        return ()
    best = windows[0].score
    margin = margins.wide if question.kind in _WIDE or len(question.kinds) > 1 or "change" in question.cues else margins.narrow
    several = compares(question)
    chosen: list[Evidence] = []
    words = 0
    for window in windows:
        passage = library.passages[window.span.passage_id]
        document = library.documents[passage.document_id]
        elsewhere = several and bool(chosen) and all(e.document_id != passage.document_id for e in chosen)
        if len(chosen) == MAX_QUOTES or window.score < best - (margins.other if several else margin):
            break
        kept_free = several and len(chosen) == MAX_QUOTES - 1 and len(documents_of(chosen)) == 1
        if (window.score < best - margin or kept_free) and not elsewhere:
            continue
        start, end = window.span.start, window.span.stop
        text = document.text[start:end]
        size = len(text.split())
        if any(_same(text, other.text) or overlap(other, passage.document_id, start, end) for other in chosen):
            continue
        if chosen and words + size > MAX_WORDS:
            continue
        words += size
        why = {"late": window.late, "dense": window.dense}
        chosen.append(Evidence(passage.document_id, passage.passage_id, start, end, text, window.score, why))
    return tuple(chosen)


def _copied(span: Span, library: Library) -> bool:
    """Whether a window is of a table whose columns are uncertain, and which stands elsewhere with certain ones."""
    tables = library.documents[library.passages[span.passage_id].document_id].tables
    return any(t.uncertain and t.aligned_copy in library.documents and span.start < t.end and t.start < span.stop for t in tables)


def compares(question: Question) -> bool:
    """Whether the question sets two moments or documents side by side, so that one document cannot answer it."""
    return "change" in question.cues or len(question.years) > 1 or question.two_parts


def overlap(other: Evidence, document_id: str, start: int, end: int) -> bool:
    """Whether two spans of one document share words."""
    return other.document_id == document_id and other.start < end and start < other.end


def _same(a: str, b: str) -> bool:
    one, two = set(re.findall(r"\w+", a.lower())), set(re.findall(r"\w+", b.lower()))
    return len(one & two) > 0.85 * min(len(one), len(two)) if one and two else False


def documents_of(evidence: Sequence[Evidence]) -> tuple[str, ...]:
    """Ids of the documents quoted, each once, in order."""
    return tuple(dict.fromkeys(e.document_id for e in evidence))
