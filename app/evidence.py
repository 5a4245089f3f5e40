"""From ranked windows to the few sentences that answer, or none.

Windows that touch or say the same become one; how many are kept depends on how clearly the first one leads. What another
document says too is found apart, to be cited with the quote that it repeats.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from app.enumeration import enumerations, shortened
from app.lexical import terms
from app.question import Question
from app.rank import VALUE_KINDS
from app.retrieve import Ranked, Retrieved
from app.types import Evidence
from app.wordlists import POINTS_BACK
from ingest.library import Library, Span
from ingest.values import Value, find_values

MAX_QUOTES = 3
MAX_WORDS = 105
MAX_QUOTE_WORDS = 90
MARGIN = 1.8  # how far below the best window another may score to be quoted as well
_BESIDE = 3.0  # and one that overlaps or follows a quote, while that stays this short
_BESIDE_WORDS = 60
_CONTEXT = 4.0  # and one that is cited with the quote it overlaps or follows, but not shown
_SAME = 0.85  # share of the words of the shorter of two texts above which they say the same
_SHARED = 0.2  # share of the content words of the shorter of two texts from which a value in both is about the same
_NEAR = 4.0  # how far below the best window what says the same may score; beyond, it has to share more
_SHARED_FAR = 0.4
_POINTS_BACK = re.compile(POINTS_BACK)
_GAP = 3  # characters between two sentences that follow each other


def select(question: Question, retrieved: Retrieved, library: Library) -> tuple[Evidence, ...]:
    """The evidence for a question, best first; at most MAX_QUOTES spans of together MAX_WORDS words.

    A window that overlaps one that was chosen, or follows it, makes that quote longer: the answer often runs on. A window in a list
    stands for the whole list, when a list is asked or the window announces it; a quote that points back gets what it points at, and what
    stands around a quote and tells of the question is cited with it.
    """
    windows = [window for window in retrieved.windows[:40] if not _copied(window.span, library)]
    chosen: list[Evidence] = []
    for window in windows:
        if window.score < windows[0].score - _BESIDE:
            break
        near = window.score >= windows[0].score - MARGIN
        evidence = _evidence(window, library)
        if any(_within(evidence, other) for other in chosen):
            continue
        beside = next((i for i, other in enumerate(chosen) if not other.shown and _touches(other, evidence)), None)
        if beside is not None:
            longer = _joined(chosen[beside], evidence, library)
            most = MAX_QUOTE_WORDS if near else _BESIDE_WORDS
            if _words(longer) <= most and _words(*chosen[:beside], longer, *chosen[beside + 1 :]) <= MAX_WORDS:
                chosen[beside] = longer
        elif not near or any(_same(evidence.text, other.text) or overlap(other, window, library) for other in chosen):
            continue
        elif len(chosen) < MAX_QUOTES:
            whole = _whole_list(question, evidence, library, MAX_WORDS - _words(*chosen))
            if not chosen or _words(*chosen, whole) <= MAX_WORDS:
                chosen = [other for other in chosen if not _within(other, whole)] + [whole]
    for i, each in enumerate(chosen):
        longer = _with_antecedent(each, library)
        others = chosen[:i] + chosen[i + 1 :]
        if _words(longer) <= MAX_QUOTE_WORDS and _words(longer, *others) <= MAX_WORDS and not any(_touches(longer, o) for o in others):
            chosen[i] = longer
    around = [_evidence(window, library) for window in windows if window.score >= windows[0].score - _CONTEXT]
    return tuple(each if each.shown else _in_context(each, [o for o in chosen if o is not each], around, library) for each in chosen)


def elsewhere(question: Question, evidence: Sequence[Evidence], retrieved: Retrieved, library: Library) -> tuple[tuple[int, Evidence], ...]:
    """The best windows of documents that are not quoted yet which say what a quote says: the same sentence, or a share of its words
    with a value of the kind that is asked. Each with the place of that quote; one of a document, and with the evidence at most MAX_QUOTES.
    """
    quotes = [_said(each.text) for each in evidence]
    found: list[tuple[int, Evidence]] = []
    for window in retrieved.windows[:40]:
        if len(evidence) + len(found) >= MAX_QUOTES:
            break
        other = _evidence(window, library)
        document = library.documents[other.document_id]
        if document.duplicate_of or any(other.document_id == each.document_id for each in (*evidence, *(e for _, e in found))):
            continue
        share = _SHARED if window.score >= retrieved.windows[0].score - _NEAR else _SHARED_FAR
        repeated = next((i for i, quote in enumerate(quotes) if _says_too(question, _said(other.text), quote, share)), None)
        if repeated is not None:
            found.append((repeated, other))
    return tuple(found)


@dataclass(frozen=True)
class _Said:
    words: frozenset[str]
    terms: frozenset[str]
    values: frozenset[Value]


@lru_cache(maxsize=2_000)
def _said(text: str) -> _Said:
    return _Said(frozenset(re.findall(r"\w+", text.lower())), frozenset(terms(text)), frozenset(find_values(text)))


def _says_too(question: Question, other: _Said, quote: _Said, share: float) -> bool:
    if _part(other.words, quote.words) > _SAME and other.values <= quote.values:
        return True
    asked = {value for value in quote.values - set(question.values) if value.kind in VALUE_KINDS.get(question.kind, ())}
    return bool(other.values & asked) and _part(other.terms, quote.terms) >= share


def _part(one: frozenset[str], other: frozenset[str]) -> float:
    """The share of the smaller set that the other has too."""
    return len(one & other) / min(len(one), len(other)) if one and other else 0.0


def _evidence(window: Ranked, library: Library) -> Evidence:
    passage = library.passages[window.span.passage_id]
    start, end = window.span.start, window.span.stop
    text = library.documents[passage.document_id].text[start:end]
    return Evidence(passage.document_id, passage.passage_id, start, end, text, window.score, {"late": window.late, "dense": window.dense})


def _whole_list(question: Question, evidence: Evidence, library: Library, room: int) -> Evidence:
    """The list that the evidence is a part of, shortened where it is too long to show; the evidence itself if that is not asked."""
    if library.passages[evidence.passage_id].kind != "text":
        return evidence
    text = library.documents[evidence.document_id].text
    listed = next((each for each in enumerations(text) if each.start < evidence.end and evidence.start < each.end), None)
    if listed is None or not (question.kind == "list" or evidence.start < listed.items[0][0]):
        return evidence
    start, end = min(evidence.start, listed.start), max(evidence.end, listed.end)
    whole = replace(evidence, start=start, end=end, text=text[start:end])
    if _words(whole) <= min(MAX_QUOTE_WORDS, room):
        return whole
    shown = shortened(text, listed, min(MAX_QUOTE_WORDS, room)) if question.kind == "list" else ""
    return replace(whole, start=listed.start, end=listed.end, text=text[listed.start : listed.end], shown=shown) if shown else evidence


def _with_antecedent(evidence: Evidence, library: Library) -> Evidence:
    """A quote that opens by pointing back, with the sentence before it in its passage."""
    passage, text = library.passages[evidence.passage_id], library.documents[evidence.document_id].text
    before = [sentence for sentence in passage.sentences if sentence[1] <= evidence.start]
    opening = next((text[start:end] for start, end in passage.sentences if start >= evidence.start), "")
    if passage.kind != "text" or evidence.shown or not before or not _POINTS_BACK.search(opening):
        return evidence
    start = before[-1][0]
    return replace(evidence, start=start, text=text[start : evidence.end])


def _in_context(quote: Evidence, others: Sequence[Evidence], around: Sequence[Evidence], library: Library) -> Evidence:
    """A quote that is cited with what else its surroundings say of the question, and shown without."""
    wide = quote
    for each in around:
        longer = _joined(wide, each, library)
        if _touches(wide, each) and _words(longer) <= MAX_QUOTE_WORDS and not any(_touches(longer, other) for other in others):
            wide = longer
    before, after = "… " * (wide.start < quote.start), " …" * (quote.end < wide.end)
    return replace(wide, shown=f"{before}{quote.text}{after}") if before or after else quote


def _within(one: Evidence, other: Evidence) -> bool:
    return one.document_id == other.document_id and other.start <= one.start and one.end <= other.end


def _touches(one: Evidence, other: Evidence) -> bool:
    """Whether two spans of one passage overlap or follow each other."""
    return one.passage_id == other.passage_id and other.start <= one.end + _GAP and one.start <= other.end + _GAP


def _joined(one: Evidence, other: Evidence, library: Library) -> Evidence:
    start, end = min(one.start, other.start), max(one.end, other.end)
    return replace(one, start=start, end=end, text=library.documents[one.document_id].text[start:end])


def _words(*evidence: Evidence) -> int:
    return sum(len((each.shown or each.text).split()) for each in evidence)


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
    one, other = _said(a), _said(b)
    return _part(one.words, other.words) > _SAME and one.values == other.values
