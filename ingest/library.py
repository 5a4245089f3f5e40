"""The read side of an index: documents and passages in memory, vectors on demand."""

import hashlib
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ingest.catalog import Catalog, Window
from ingest.embed import Floats
from ingest.settings import Settings
from ingest.store import VectorStore
from ingest.types import Document, Passage

_SAMPLE = 3000


@dataclass(frozen=True)
class Span:
    """A sentence window without its vectors."""

    vector_id: str
    passage_id: str
    start: int
    stop: int


class Library:
    """An open index. Raises IndexMissing if there is none, IndexMismatch if `model` is not the one that built it."""

    def __init__(self, directory: Path, settings: Settings, model: str) -> None:
        self.directory = directory
        self._lock = threading.Lock()
        self._catalog = Catalog(directory)
        self._catalog.expect(model)
        self._store = VectorStore(directory / "chroma", settings.chroma_url)
        self._read()

    def _read(self) -> None:
        meta = self._catalog.meta()
        self.generation = meta.get("generation", "0")
        sources = self._catalog.sources()
        self.documents: dict[str, Document] = {d.document_id: d for d in self._catalog.documents()}
        self.passages: dict[str, Passage] = {p.passage_id: p for p in self._catalog.passages()}
        self.spans: dict[str, Span] = {row[0]: Span(*row) for row in self._catalog.spans()}
        self.paths: dict[str, Path] = {i: Path(row.path) for i, row in sources.items()}
        versions = sorted((row.source_id, row.version) for row in sources.values())
        self.fingerprint = hashlib.sha256(repr((meta.get("model"), versions)).encode()).hexdigest()[:16]
        self.token_mean = self._mean_token()

    def refresh(self) -> bool:
        """Read again if another process has written since; whether it had."""
        if self._catalog.meta().get("generation", "0") == self.generation:
            return False
        self._store.reopen()
        self._read()
        return True

    def _mean_token(self) -> Floats:
        """Mean token vector over (at most) the first windows, which late interaction subtracts."""
        sample = self._catalog.windows(sorted(self.spans)[:_SAMPLE])
        vectors = [window.tokens for window in sample]
        return np.concatenate(vectors).mean(axis=0) if vectors else np.zeros(1, np.float32)

    def nearest(self, vector: Floats, n: int, levels: Sequence[str] | None = None) -> list[tuple[str, float]]:
        """The n windows nearest to a question's dense vector: (vector_id, cosine), best first."""
        unpublished = max(self._store.count() - len(self.spans), 0)  # of a run that is busy, or was killed
        found = self._store.search(vector, n + unpublished, levels)
        return [(identity, score) for identity, score in found if identity in self.spans][:n]

    def windows(self, vector_ids: Sequence[str]) -> list[Window]:
        """The windows with these ids, in that order, with their token vectors."""
        with self._lock:
            found = {window.vector_id: window for window in self._catalog.windows(vector_ids)}
        return [found[i] for i in vector_ids]
