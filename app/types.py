"""What flows from question to answer; `Answer.to_json` is the answer object of the interface."""

from dataclasses import dataclass, field
from datetime import date
from typing import Any


@dataclass(frozen=True)
class Turn:
    """A question with the earlier user turns of its conversation, oldest first."""

    question: str
    history: tuple[str, ...] = ()


@dataclass(frozen=True)
class Hit:
    """A retrieved passage, best first. `score` is comparable within one question only."""

    passage_id: str
    document_id: str
    source: str
    section: str
    text: str
    score: float
    start: int = 0
    end: int = 0


@dataclass(frozen=True)
class Evidence:
    """A span of a document that may answer, its score in [0, 1] and why it scored. `shown` is what an answer shows of a long list."""

    document_id: str
    passage_id: str
    start: int
    end: int
    text: str
    score: float
    why: dict[str, float] = field(default_factory=dict)
    shown: str = ""


@dataclass(frozen=True)
class Citation:
    """`document.text[start:end] == quote`, always. `note` is a warning for this quote, in the reader's language."""

    number: int
    document: str
    title: str
    date: str
    source: str
    page: int
    section: str
    quote: str
    start: int
    end: int
    kind: str = ""
    role: str = ""
    note: str = ""


@dataclass(frozen=True)
class Statement:
    text: str
    citations: tuple[int, ...]


@dataclass(frozen=True)
class Answer:
    """`status` is answered or not_found; an answered one has at least one citation per statement."""

    question: str
    status: str
    mode: str
    text: str
    statements: tuple[Statement, ...] = ()
    citations: tuple[Citation, ...] = ()
    retrieved: tuple[Hit, ...] = ()
    as_of: date | None = None
    warnings: tuple[str, ...] = ()
    seconds: float = 0.0
    timings: dict[str, float] = field(default_factory=dict)
    confidence: float = 0.0
    fingerprint: str = ""
    language: str = "nl"
    standalone: str = ""
    nearest: tuple[str, ...] = ()

    def to_json(self, identity: str = "") -> dict[str, Any]:
        """The answer object of the interface (see README); `id` is echoed from the request."""
        return {
            "id": identity,
            "question": self.question,
            "standalone": self.standalone,
            "status": self.status,
            "mode": self.mode,
            "language": self.language,
            "text": self.text,
            "statements": [{"text": s.text, "citations": list(s.citations)} for s in self.statements],
            "citations": [dict(vars(c)) for c in self.citations],
            "retrieved": [
                {"document": h.document_id, "source": h.source, "section": h.section, "text": h.text, "score": round(h.score, 4)}
                for h in self.retrieved
            ],
            "as_of": self.as_of.isoformat() if self.as_of else None,
            "warnings": list(self.warnings),
            "nearest": list(self.nearest),
            "confidence": round(self.confidence, 4),
            "seconds": round(self.seconds, 4),
            "timings": {k: round(v, 4) for k, v in self.timings.items()},
            "fingerprint": self.fingerprint,
        }
