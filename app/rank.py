"""Features of a window for a question, and the linear model that weighs them (trained by `python -m evals.train`)."""

import json
import re
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

import numpy as np

from app.lexical import terms
from app.mentions import mentioned
from app.question import Question
from ingest.embed import Floats
from ingest.library import Library, Span
from ingest.types import Document, Passage
from ingest.values import find_values

_REASON = re.compile(
    r"\b(?:omdat|doordat|daarom|vanwege|wegens|want|gezien|aangezien|immers|zodat|om te|in verband met|als gevolg|gelet op|dankzij)\b", re.I
)
_NAME = re.compile(r"(?<![.!?:]\s)(?<!^)\b[A-Z][\w&-]+")
_REDACTED = re.compile(r"\[redacted\]|\bgelakt\b|[Ll]akken op grond", re.I)
VALUE_KINDS = {
    "percentage": {"percent", "percentpoint"},
    "amount": {"amount"},
    "number": {"number", "percent", "amount"},
    "date": {"date", "quarter", "time"},
    "duration": {"number", "date"},
}
NAMES = (
    "late",
    "late_best",
    "dense",
    "lexical",
    "lexical_passage",
    "passage_late",
    "heading",
    "kind_present",
    "kind_absent",
    "annotation_cued",
    "annotation_uncued",
    "table_cued",
    "table_uncued",
    "metadata_cued",
    "metadata_uncued",
    "footnote_cued",
    "footnote_uncued",
    "year_present",
    "year_absent",
    "redacted_cued",
    "redacted_valued",
    "newest",
    "length",
    "short",
    "advice",
    "document_named",
    "document_unnamed",
)


def features(
    question: Question,
    query: Sequence[str],
    spans: Sequence[Span],
    texts: Sequence[str],
    library: Library,
    late: Floats,
    dense: Floats,
    lexical: Floats,
    lexical_passage: Floats,
) -> Floats:
    """One row a window, one column a name in NAMES. `late` is the similarity of late interaction (windows,)."""
    passages = [library.passages[span.passage_id] for span in spans]
    documents = [library.documents[passage.document_id] for passage in passages]
    by_passage: dict[str, float] = {}
    for passage, score in zip(passages, late, strict=True):
        by_passage[passage.passage_id] = max(by_passage.get(passage.passage_id, -9.0), float(score))
    support = np.array([by_passage[p.passage_id] for p in passages], np.float32)
    dates = sorted({d.as_of for d in documents if d.as_of})
    newness = [dates.index(d.as_of) / max(len(dates) - 1, 1) if d.as_of else 0.5 for d in documents]
    rows = [
        _judged(question, set(query), passage, document, text, new)
        for passage, document, text, new in zip(passages, documents, texts, newness, strict=True)
    ]
    mentions = mentioned(question, library.documents.values())
    alone = len(mentions) == 1 and not question.two_parts  # of two halves of a question, one may be about another document
    named = np.array([any(d.document_id in ids for ids in mentions) for d in documents], np.float32)
    columns = [_scaled(late), late * 4, _scaled(dense), _scaled(lexical), _scaled(lexical_passage), _scaled(support)]
    return np.column_stack([*columns, np.array(rows, np.float32), named, (1 - named) * alone]).astype(np.float32)


def weigh(table: Floats) -> Floats:
    """Score of each row: the higher, the likelier that the window answers."""
    weights, bias = _model()
    return np.asarray(table @ weights + bias, np.float32)


def _judged(question: Question, query: set[str], passage: Passage, document: Document, text: str, newness: float) -> list[float]:
    kinds, years = _facts(text)
    present = has_kind(question, text, kinds)
    dated = bool(question.years & years) or bool(document.as_of and str(document.as_of.year) in question.years)
    heading = _heading(passage.context)
    size = len(text.split())
    cue = question.cues
    hidden = bool(_REDACTED.search(text))
    kind = passage.kind
    valued = question.kind in ("amount", "number", "list", "person", "percentage")
    return [
        len(query & heading) / max(len(query), 1),
        float(present is True),
        float(present is False),
        float(kind == "annotation" and "annotation" in cue),
        float(kind == "annotation" and "annotation" not in cue),
        float(kind == "table" and "table" in cue),
        float(kind == "table" and "table" not in cue),
        float(kind == "metadata" and "metadata" in cue),
        float(kind == "metadata" and "metadata" not in cue),
        float(kind == "footnote" and "footnote" in cue),
        float(kind == "footnote" and "footnote" not in cue),
        float(bool(question.years) and dated),
        float(bool(question.years) and not dated),
        float(hidden and "redacted" in cue),
        float(hidden and valued),
        newness,
        min(size, 120) / 40,
        float(size < 8),
        float(document.kind == "nota" and passage.kind == "text"),
    ]


@lru_cache(maxsize=50_000)
def _facts(text: str) -> tuple[frozenset[str], frozenset[str]]:
    """Kinds of values in a text, and the years that it names."""
    values = find_values(text)
    return frozenset(v.kind for v in values), frozenset(str(v.value)[:4] for v in values if v.kind in ("date", "quarter"))


@lru_cache(maxsize=20_000)
def _heading(context: str) -> frozenset[str]:
    return frozenset(terms(context))


def has_kind(question: Question, text: str, kinds: frozenset[str]) -> bool | None:
    """Whether the text holds the kind of thing that is asked; None where that cannot be seen from the outside."""
    if wanted := VALUE_KINDS.get(question.kind):
        return bool(kinds & wanted) or bool(_REDACTED.search(text))
    if question.kind in ("person", "organisation"):
        return bool(_NAME.search(text))
    if question.kind == "reason":
        return bool(_REASON.search(text))
    if question.kind == "list":
        return text.count(",") >= 2 or text.count("\n") >= 2 or bool(re.search(r"\b(?:en|of)\b", text))
    return None


def _scaled(scores: Floats) -> Floats:
    """Zero mean and unit deviation within one question's candidates."""
    return np.asarray((scores - scores.mean()) / (scores.std() + 1e-6), np.float32)


@lru_cache(maxsize=1)
def _model() -> tuple[Floats, float]:
    path = Path(__file__).with_name("ranker.json")
    model = json.loads(path.read_text(encoding="utf-8"))
    return np.array([model["weights"][name] for name in NAMES], np.float32), float(model["bias"])
