"""From ranked windows to the few sentences that answer, or none.

Windows that overlap or say the same become one; how many are kept depends on how clearly the first one leads.
"""

import re

from app.retrieve import Retrieved
from app.types import Evidence
from ingest.library import Library, Span

MAX_QUOTES = 3
MAX_WORDS = 100
MARGIN = 2.0  # how far below the best window another may score to be quoted as well


def select(retrieved: Retrieved, library: Library) -> tuple[Evidence, ...]:
    """The evidence for a question, best first; at most MAX_QUOTES spans of together MAX_WORDS words."""
    windows = [window for window in retrieved.windows[:40] if not _copied(window.span, library)]
    if not windows:
        return ()
    best = windows[0].score
    chosen: list[Evidence] = []
    words = 0
    for window in windows:
        passage = library.passages[window.span.passage_id]
        document = library.documents[passage.document_id]
        if len(chosen) == MAX_QUOTES or window.score < best - MARGIN:
            break
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


def overlap(other: Evidence, document_id: str, start: int, end: int) -> bool:
    """Whether two spans of one document share words."""
    return other.document_id == document_id and other.start < end and start < other.end


def _same(a: str, b: str) -> bool:
    one, two = set(re.findall(r"\w+", a.lower())), set(re.findall(r"\w+", b.lower()))
    return len(one & two) > 0.85 * min(len(one), len(two)) if one and two else False
