"""Question in, cited answer out: the whole flow in one short function."""

import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from app.compose import compose
from app.evidence import select
from app.question import Question, understand
from app.refuse import confidence, threshold
from app.retrieve import Retriever
from app.types import Answer, Evidence, Hit, Turn
from ingest.embed import Encoder, SentenceTransformerEncoder
from ingest.library import Library
from ingest.settings import Settings
from ingest.settings import settings as environment


@dataclass(frozen=True)
class Trace:
    """An answer with what led to it: all ranked passages and the evidence that was selected, even if refused."""

    answer: Answer
    question: Question
    hits: tuple[Hit, ...]
    evidence: tuple[Evidence, ...]


class Assistant:
    """Answers questions about one index. Raises IndexMissing or IndexMismatch when it cannot be opened."""

    def __init__(self, index: Path, settings: Settings | None = None, encoder: Encoder | None = None) -> None:
        self.settings = settings or environment()
        self.encoder = encoder or SentenceTransformerEncoder(self.settings)
        self.library = Library(index, self.settings, self.encoder.identity)
        self._retriever = Retriever(self.library, self.encoder)
        self._lock = threading.Lock()

    def ask(self, turn: Turn, mode: str = "quoted", levels: Sequence[str] | None = None) -> Answer:
        """One answer. `levels`: the access levels that the person may read (None: all)."""
        return self.trace(turn, levels).answer

    def trace(self, turn: Turn, levels: Sequence[str] | None = None) -> Trace:
        """One answer with its history, for the evals."""
        start = time.perf_counter()
        retriever = self._current()
        question = understand(turn)
        retrieved = retriever.retrieve(question, levels)
        found = time.perf_counter()
        evidence = select(question, retrieved, self.library)
        sure = confidence(question, retrieved, evidence, self.library, retriever.known(question))
        limit = threshold(self.settings)
        answer = compose(question, evidence if sure >= limit else (), self.library, retrieved.hits)
        end = time.perf_counter()
        answer = replace(
            answer,
            retrieved=retrieved.hits[:10],
            confidence=sure,
            fingerprint=self.library.fingerprint,
            seconds=end - start,
            timings={"retrieve": found - start, "compose": end - found},
        )
        return Trace(answer, question, retrieved.hits, evidence)

    def _current(self) -> Retriever:
        """The retriever, made again when another process has changed the index."""
        with self._lock:
            if self.library.refresh():
                self._retriever = Retriever(self.library, self.encoder)
            return self._retriever
