"""From ranked windows to the few sentences that answer, or none.

Windows that touch or say the same become one; how many are kept depends on how clearly the first one leads. What another
document says too is found apart, to be cited with the first quote.
"""

import re
from collections.abc import Sequence
from dataclasses import replace

from app.lexical import terms
from app.question import Question
from app.rank import VALUE_KINDS
from app.retrieve import Ranked, Retrieved
from app.types import Evidence
from ingest.library import Library, Span
from ingest.values import find_values

MAX_QUOTES = 3
MAX_WORDS = 105
MAX_QUOTE_WORDS = 90
MARGIN = 1.8  # how far below the best window another may score to be quoted as well
_SAME = 0.85  # share of the words of the shorter of two texts above which they say the same
_SHARED = 0.2  # share of the content words of the shorter of two texts from which a value in both is about the same
_NEAR = 4.0  # how far below the best window what says the same may score
_GAP = 3  # characters between two sentences that follow each other


def select(retrieved: Retrieved, library: Library) -> tuple[Evidence, ...]:
    """The evidence for a question, best first; at most MAX_QUOTES spans of together MAX_WORDS words.

    A window that overlaps one that was chosen, or follows it, makes that quote longer: the answer often runs on.
    """
    windows = [window for window in retrieved.windows[:40] if not _copied(window.span, library)]
    chosen: list[Evidence] = []
    for window in windows:
        if window.score < windows[0].score - MARGIN:
            break
        evidence = _evidence(window, library)
        beside = next((i for i, other in enumerate(chosen) if _touches(other, evidence)), None)
        if beside is not None:
            longer = _joined(chosen[beside], evidence, library)
            if _words(longer) <= MAX_QUOTE_WORDS and _words(*chosen[:beside], longer, *chosen[beside + 1 :]) <= MAX_WORDS:
                chosen[beside] = longer
        elif any(_same(evidence.text, other.text) or overlap(other, window, library) for other in chosen):
            continue
        elif not chosen or (len(chosen) < MAX_QUOTES and _words(*chosen, evidence) <= MAX_WORDS):
            chosen.append(evidence)
    return tuple(chosen)


def elsewhere(question: Question, evidence: Sequence[Evidence], retrieved: Retrieved, library: Library) -> tuple[Evidence, ...]:
    """The best windows of documents that are not quoted yet which say what the best quote says: the same sentence, or a share of its words
    with a value of the kind that is asked. One of a document, and with the evidence at most MAX_QUOTES.
    """
    if not evidence:
        return ()
    best = evidence[0]
    said, words = set(find_values(best.text)), set(terms(best.text))
    told = {value for value in said - set(question.values) if value.kind in VALUE_KINDS.get(question.kind, ())}
    found: list[Evidence] = []
    for window in retrieved.windows[:40]:
        if len(evidence) + len(found) >= MAX_QUOTES or window.score < retrieved.windows[0].score - _NEAR:
            break
        other = _evidence(window, library)
        document = library.documents[other.document_id]
        if document.duplicate_of or any(other.document_id == each.document_id for each in (*evidence, *found)):
            continue
        values, theirs = set(find_values(other.text)), set(terms(other.text))
        alike = _alike(other.text, best.text) > _SAME and values <= said
        if alike or (values & told and len(theirs & words) >= _SHARED * min(len(theirs), len(words))):
            found.append(other)
    return tuple(found)


def _evidence(window: Ranked, library: Library) -> Evidence:
    passage = library.passages[window.span.passage_id]
    start, end = window.span.start, window.span.stop
    text = library.documents[passage.document_id].text[start:end]
    return Evidence(passage.document_id, passage.passage_id, start, end, text, window.score, {"late": window.late, "dense": window.dense})


def _touches(one: Evidence, other: Evidence) -> bool:
    """Whether two spans of one passage overlap or follow each other."""
    return one.passage_id == other.passage_id and other.start <= one.end + _GAP and one.start <= other.end + _GAP


def _joined(one: Evidence, other: Evidence, library: Library) -> Evidence:
    start, end = min(one.start, other.start), max(one.end, other.end)
    return replace(one, start=start, end=end, text=library.documents[one.document_id].text[start:end])


def _words(*evidence: Evidence) -> int:
    return sum(len(each.text.split()) for each in evidence)


def _copied(span: Span, library: Library) -> bool:
    """Whether a window is of a table whose columns are uncertain, and which stands elsewhere with certain ones."""
    tables = library.documents[library.passages[span.passage_id].document_id].tables
    return any(t.uncertain and t.aligned_copy in library.documents and span.start < t.end and t.start < span.stop for t in tables)


def overlap(evidence: Evidence, window: Ranked, library: Library) -> bool:
    """Whether a window shares words with a quote."""
    document_id = library.passages[window.span.passage_id].document_id
    return evidence.document_id == document_id and evidence.start < window.span.stop and window.span.start < evidence.end


def _same(a: str, b: str) -> bool:
    """Whether two texts have nearly the same words, and the same values: 17 % then and 22 % now are two things."""
    return _alike(a, b) > _SAME and set(find_values(a)) == set(find_values(b))


def _alike(a: str, b: str) -> float:
    one, two = set(re.findall(r"\w+", a.lower())), set(re.findall(r"\w+", b.lower()))
    return len(one & two) / min(len(one), len(two)) if one and two else 0.0
