"""From ranked windows to the few sentences that answer, or none.

A window is cut to the sentences that carry its match; windows that overlap or say the same become one; how many are
kept depends on how clearly the first one leads and on what kind of answer is asked.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from app.late import token_scores
from app.question import Question
from app.retrieve import Ranked, Retrieved
from app.types import Evidence
from ingest.library import Library

MAX_QUOTES = 3
MAX_WORDS = 100
_GAIN = 0.035  # mean similarity that a second sentence must add to be quoted too
_WIDE = frozenset({"list", "reason", "definition", "manner"})


@dataclass(frozen=True)
class Margins:
    """How far below the best window another may score to be quoted as well, by the width of the question."""

    narrow: float = 1.2
    wide: float = 2.0


def select(question: Question, retrieved: Retrieved, library: Library, margins: Margins = Margins()) -> tuple[Evidence, ...]:  # noqa: B008
    """The evidence for a question, best first; at most MAX_QUOTES spans of together MAX_WORDS words."""
    if not retrieved.windows:
        return ()
    best = retrieved.windows[0].score
    margin = margins.wide if question.kind in _WIDE or len(question.kinds) > 1 or "change" in question.cues else margins.narrow
    chosen: list[Evidence] = []
    words = 0
    for window in retrieved.windows[:25]:
        if window.score < best - margin or len(chosen) == MAX_QUOTES:
            break
        passage = library.passages[window.span.passage_id]
        document = library.documents[passage.document_id]
        start, end = _cut(question, window, retrieved, library)
        text = document.text[start:end]
        size = len(text.split())
        if any(_same(text, other.text) or e_overlap(other, passage.document_id, start, end) for other in chosen):
            continue
        if chosen and words + size > MAX_WORDS:
            continue
        words += size
        chosen.append(Evidence(passage.document_id, passage.passage_id, start, end, text, window.score, {"late": window.late, "dense": window.dense}))
    return tuple(chosen)


def e_overlap(other: Evidence, document_id: str, start: int, end: int) -> bool:
    """Whether two spans of one document share words."""
    return other.document_id == document_id and other.start < end and start < other.end


def _cut(question: Question, window: Ranked, retrieved: Retrieved, library: Library) -> tuple[int, int]:
    """The sentences of a window that carry its match."""
    span = window.span
    passage = library.passages[span.passage_id]
    inside = [s for s in passage.sentences if s[0] >= span.start and s[1] <= span.stop]
    if passage.kind != "text" or len(inside) != 2:
        return span.start, span.stop
    tokens = token_scores(retrieved.tokens, library.windows([span.vector_id])[0], library.token_mean)
    share = (inside[0][1] - span.start) / (span.stop - span.start)
    border = round(3 + (len(tokens) - 4) * share)
    first, second = tokens[:border].max(axis=0), tokens[border:].max(axis=0)
    weights = retrieved.token_weights
    both = float(np.maximum(first, second) @ weights)
    alone = [float(first @ weights), float(second @ weights)]
    lead = int(np.argmax(alone))
    return inside[lead] if both - alone[lead] < _GAIN else (span.start, span.stop)


def _same(a: str, b: str) -> bool:
    one, two = set(re.findall(r"\w+", a.lower())), set(re.findall(r"\w+", b.lower()))
    return len(one & two) > 0.85 * min(len(one), len(two)) if one and two else False


def documents_of(evidence: Sequence[Evidence]) -> tuple[str, ...]:
    """Ids of the documents quoted, each once, in order."""
    return tuple(dict.fromkeys(e.document_id for e in evidence))
