"""The read side of an index: documents and passages in memory, vectors on demand."""

import copy
import hashlib
import threading
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
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
        self._whole = True
        self._read()

    def _read(self) -> None:
        meta = self._catalog.meta()
        self.generation = meta.get("generation", "0")
        self._model = meta.get("model")
        self._sources = self._catalog.sources()
        self._hold(
            {d.document_id: d for d in self._catalog.documents()},
            {p.passage_id: p for p in self._catalog.passages()},
            {row[0]: Span(*row) for row in self._catalog.spans()},
        )

    def _hold(self, documents: dict[str, Document], passages: dict[str, Passage], spans: dict[str, Span]) -> None:
        """Take these as the contents, and make from them what is made from contents."""
        self.documents, self.passages, self.spans = documents, passages, spans
        sources = {d.source_id: self._sources[d.source_id] for d in documents.values()}
        self.paths: dict[str, Path] = {i: Path(row.path) for i, row in sources.items()}
        versions = sorted((i, row.version) for i, row in sources.items())
        self.fingerprint = hashlib.sha256(repr((self._model, versions)).encode()).hexdigest()[:16]
        self.token_mean = self._mean_token()

    def only(self, documents: Collection[str]) -> "Library":
        """The library as it would be if it held only the documents with these ids: nothing in it is made from another one.

        It shares what is in memory, and stays as it is when the index changes.
        """
        part = copy.copy(self)
        part._whole = False
        passages = {key: p for key, p in self.passages.items() if p.document_id in documents}
        part._hold(
            {key: _unlinked(d, documents) for key, d in self.documents.items() if key in documents},
            passages,
            {key: s for key, s in self.spans.items() if s.passage_id in passages},
        )
        return part

    def refresh(self) -> bool:
        """Read again if another process has written since; whether it had."""
        if self._catalog.meta().get("generation", "0") == self.generation:
            return False
        self._store.reopen()
        self._read()
        return True

    def _mean_token(self) -> Floats:
        """Mean token vector over (at most) the first windows, which late interaction subtracts."""
        with self._lock:
            vectors = [window.tokens for window in self._catalog.windows(sorted(self.spans)[:_SAMPLE])]
        return np.concatenate(vectors).mean(axis=0) if vectors else np.zeros(1, np.float32)

    def nearest(self, vector: Floats, n: int) -> list[tuple[str, float]]:
        """The n windows nearest to a question's dense vector: (vector_id, cosine), best first."""
        if not self._whole:
            return self._store.search(vector, n, list(self.spans))
        unpublished = max(self._store.count() - len(self.spans), 0)  # of a run that is busy, or was killed
        found = self._store.search(vector, n + unpublished)
        return [(identity, score) for identity, score in found if identity in self.spans][:n]

    def windows(self, vector_ids: Sequence[str]) -> list[Window]:
        """The windows with these ids, in that order, with their token vectors."""
        with self._lock:
            found = {window.vector_id: window for window in self._catalog.windows(vector_ids)}
        return [found[i] for i in vector_ids]


def _unlinked(document: Document, kept: Collection[str]) -> Document:
    """The document without its links to documents that are not kept."""
    references = tuple(r if r.document_id in kept else replace(r, document_id="") for r in document.references)
    tables = tuple(t if t.aligned_copy in kept else replace(t, aligned_copy="") for t in document.tables)
    return replace(document, references=references, tables=tables)
