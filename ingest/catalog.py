"""The catalog: an SQLite file that says what is in the index. A source is replaced in one transaction, so readers see
either its old version or its new one. It holds the canonical documents, the passages and the token vectors of their
sentence windows (8-bit), from which everything else can be rebuilt.
"""

import json
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import asdict, dataclass, fields
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from ingest.embed import Floats
from ingest.errors import DossierError, IndexMismatch, IndexMissing
from ingest.types import Annotation, Cell, Document, Footnote, Passage, Redaction, Reference, Section, Table

_SCHEMA = """
CREATE TABLE IF NOT EXISTS meta (key TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS sources (
  source_id TEXT PRIMARY KEY, path TEXT NOT NULL, root TEXT NOT NULL, sha256 TEXT NOT NULL, version TEXT NOT NULL, access TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS documents (
  document_id TEXT PRIMARY KEY, source_id TEXT NOT NULL REFERENCES sources ON DELETE CASCADE, body TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS passages (
  passage_id TEXT PRIMARY KEY, document_id TEXT NOT NULL REFERENCES documents ON DELETE CASCADE, position INTEGER NOT NULL,
  body TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS windows (
  vector_id TEXT PRIMARY KEY, passage_id TEXT NOT NULL REFERENCES passages ON DELETE CASCADE, start INTEGER NOT NULL, stop INTEGER NOT NULL,
  tokens BLOB NOT NULL, scales BLOB NOT NULL, token_ids BLOB NOT NULL);
CREATE INDEX IF NOT EXISTS documents_source ON documents (source_id);
CREATE INDEX IF NOT EXISTS passages_document ON passages (document_id);
CREATE INDEX IF NOT EXISTS windows_passage ON windows (passage_id);
"""
FORMAT = "1"


@dataclass(frozen=True)
class SourceRow:
    """`version` names the content, the code and the model that made what is stored of a source."""

    source_id: str
    path: str
    root: str
    sha256: str
    version: str
    access: str


@dataclass(frozen=True)
class Window:
    """One or two sentences, `document.text[start:stop]`, with the token vectors of late interaction."""

    vector_id: str
    passage_id: str
    start: int
    stop: int
    tokens: Floats
    token_ids: npt.NDArray[np.int64]


class Catalog:
    """Opens, or with `create` makes, the catalog of an index directory."""

    def __init__(self, directory: Path, create: bool = False) -> None:
        path = directory / "catalog.sqlite"
        if not create and not path.is_file():
            raise IndexMissing(f"Er is geen index in '{directory}'. Maak hem met: python -m ingest MAP --index {directory}")
        try:
            directory.mkdir(parents=True, exist_ok=True)
            self._db = sqlite3.connect(path, timeout=30, check_same_thread=False)
            self._db.execute("PRAGMA foreign_keys=ON")
            if create:
                self._db.execute("PRAGMA journal_mode=WAL")
                self._db.executescript(_SCHEMA)
        except (OSError, sqlite3.Error) as error:
            raise DossierError(f"De catalogus '{path}' is niet te openen of te schrijven: {error}") from error

    def close(self) -> None:
        self._db.close()

    def meta(self) -> dict[str, str]:
        return dict(self._rows("SELECT key, value FROM meta"))

    def set_meta(self, **values: str) -> None:
        if values.items() - self.meta().items():
            with self._written(), self._db:
                self._db.executemany("INSERT OR REPLACE INTO meta VALUES (?, ?)", values.items())

    def expect(self, model: str) -> None:
        """Raise IndexMismatch if the index holds vectors of another model or an older format."""
        meta = self.meta()
        for key, wanted in (("model", model), ("format", FORMAT)):
            if meta.get(key, wanted) != wanted:
                raise IndexMismatch(
                    f"De index is gemaakt met {key} '{meta[key]}', maar ingesteld is '{wanted}'. "
                    "Maak hem opnieuw: python -m ingest MAP --rebuild"
                )

    def fits(self, model: str) -> bool:
        """Whether `expect` would let this model pass."""
        try:
            self.expect(model)
        except IndexMismatch:
            return False
        return True

    def clear(self) -> None:
        """Forget all sources and what made them."""
        with self._transaction():
            self._db.execute("DELETE FROM sources")
            self._db.execute("DELETE FROM meta WHERE key IN ('model', 'format')")

    def sources(self) -> dict[str, SourceRow]:
        rows = self._rows("SELECT source_id, path, root, sha256, version, access FROM sources")
        return {row[0]: SourceRow(*row) for row in rows}

    def vector_ids(self, source_id: str | None = None) -> set[str]:
        if source_id is None:
            return {row[0] for row in self._rows("SELECT vector_id FROM windows")}
        query = "SELECT vector_id FROM windows JOIN passages USING (passage_id) JOIN documents USING (document_id) WHERE source_id = ?"
        return {row[0] for row in self._rows(query, (source_id,))}

    def replace(self, source: SourceRow, documents: Sequence[Document], passages: Sequence[Passage], windows: Iterable[Window]) -> None:
        """Put a source's new version in the place of its old one, in one transaction."""
        with self._transaction():
            changed = "SELECT 'access:' || source_id FROM sources WHERE source_id = ? AND access != ?"  # the last change of a level wins
            self._db.execute(f"DELETE FROM meta WHERE key IN ({changed})", (source.source_id, source.access))
            self._db.execute("DELETE FROM sources WHERE source_id = ?", (source.source_id,))
            self._db.execute("INSERT INTO sources VALUES (?, ?, ?, ?, ?, ?)", tuple(asdict(source).values()))
            self._db.executemany("INSERT INTO documents VALUES (?, ?, ?)", [(d.document_id, source.source_id, _dump(d)) for d in documents])
            self._db.executemany(
                "INSERT INTO passages VALUES (?, ?, ?, ?)",
                [(p.passage_id, p.document_id, i, _dump(p)) for i, p in enumerate(passages)],
            )
            self._db.executemany("INSERT INTO windows VALUES (?, ?, ?, ?, ?, ?, ?)", map(_pack, windows))

    def update(self, document: Document) -> None:
        """Store a document again under its id, its passages unchanged."""
        with self._transaction():
            self._db.execute("UPDATE documents SET body = ? WHERE document_id = ?", (_dump(document), document.document_id))

    def remove(self, source_id: str) -> None:
        with self._transaction():
            self._db.execute("DELETE FROM sources WHERE source_id = ?", (source_id,))

    def set_access(self, source_id: str, level: str) -> None:
        """Give a source another level than it has on disk; '' gives it back the one it has there."""
        with self._transaction():
            self._db.execute("DELETE FROM meta WHERE key = ?", (f"access:{source_id}",))
            if level:
                self._db.execute("INSERT INTO meta VALUES (?, ?)", (f"access:{source_id}", level))

    def documents(self) -> Iterator[Document]:
        query = (
            "SELECT body, COALESCE(value, access) FROM documents JOIN sources USING (source_id) "
            "LEFT JOIN meta ON key = 'access:' || source_id ORDER BY path, documents.rowid"
        )
        for body, access in self._rows(query):
            yield _document(json.loads(body), access)

    def passages(self) -> Iterator[Passage]:
        query = (
            "SELECT passages.body FROM passages JOIN documents USING (document_id) JOIN sources USING (source_id) ORDER BY path, position"
        )
        for (body,) in self._rows(query):
            values = json.loads(body)
            yield Passage(**{**values, "sentences": tuple(map(tuple, values["sentences"]))})

    def windows(self, vector_ids: Sequence[str] | None = None) -> Iterator[Window]:
        """All windows, or those with these ids, in no particular order."""
        columns = "SELECT vector_id, passage_id, start, stop, tokens, scales, token_ids FROM windows"
        if vector_ids is None:
            yield from map(_unpack, self._rows(columns))
            return
        for start in range(0, len(vector_ids), 500):
            part = list(vector_ids[start : start + 500])
            yield from map(_unpack, self._rows(f"{columns} WHERE vector_id IN ({','.join('?' * len(part))})", part))

    def spans(self) -> list[tuple[str, str, int, int]]:
        """(vector_id, passage_id, start, stop) of every window, in reading order."""
        return list(
            self._rows(
                "SELECT vector_id, windows.passage_id, start, stop FROM windows JOIN passages USING (passage_id) "
                "JOIN documents USING (document_id) JOIN sources USING (source_id) ORDER BY path, position, start"
            )
        )

    def copy_to(self, path: Path) -> None:
        """A copy of the whole catalog as it is now, whatever others write meanwhile."""
        with self._written(), closing(sqlite3.connect(path)) as copy:
            self._db.backup(copy)

    def adopt(self, path: Path) -> None:
        """Put what another catalog holds in the place of everything here, in one transaction; a level that was given here stays."""
        with self._written():
            self._db.execute("ATTACH ? AS other", (str(path),))
        try:
            with self._transaction():
                self._db.execute("DELETE FROM sources")
                self._db.execute("INSERT OR REPLACE INTO meta SELECT * FROM other.meta WHERE key IN ('model', 'format')")
                self._db.execute("INSERT OR IGNORE INTO meta SELECT * FROM other.meta")
                for table in ("sources", "documents", "passages", "windows"):
                    self._db.execute(f"INSERT INTO {table} SELECT * FROM other.{table} ORDER BY rowid")
        finally:
            self._db.execute("DETACH other")

    def _rows(self, query: str, values: Sequence[str] = ()) -> Iterator[tuple[Any, ...]]:
        try:
            yield from self._db.execute(query, values)
        except sqlite3.Error as error:
            raise DossierError(
                f"De catalogus is niet te lezen ({error}). Is de schijf alleen-lezen of de map beschadigd? Kijk met: python -m ingest check"
            ) from error

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        with self._written(), self._db:
            self._db.execute("BEGIN IMMEDIATE")
            yield
            self._db.execute(
                "INSERT OR REPLACE INTO meta "
                "SELECT 'generation', CAST(COALESCE((SELECT value FROM meta WHERE key='generation'), 0) AS INTEGER) + 1"
            )

    @contextmanager
    def _written(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.Error as error:
            raise DossierError(f"De catalogus is niet te schrijven ({error}). Is de schijf vol of alleen-lezen?") from error


def _dump(record: Document | Passage) -> str:
    return json.dumps(asdict(record), ensure_ascii=False, default=lambda value: value.isoformat())


def _document(values: dict[str, Any], access: str) -> Document:
    parts = {
        "sections": Section,
        "tables": Table,
        "footnotes": Footnote,
        "annotations": Annotation,
        "redactions": Redaction,
        "references": Reference,
    }
    for name, kind in parts.items():
        values[name] = tuple(_record(kind, item) for item in values[name])
    for name in ("date", "estimated"):
        values[name] = date.fromisoformat(values[name]) if values[name] else None
    for name in ("page_starts", "warnings", "page_quality"):
        values[name] = tuple(values[name])
    return Document(**{**values, "access": access})


def _record(kind: type[Any], item: dict[str, Any]) -> Any:
    if kind is Section:
        item["path"] = tuple(item["path"])
    if kind is Table:
        item["rows"] = tuple(map(tuple, item["rows"]))
        item["cells"] = tuple(Cell(**cell) for cell in item["cells"])
    known = {f.name for f in fields(kind)}
    return kind(**{key: value for key, value in item.items() if key in known})


def _pack(window: Window) -> tuple[str, str, int, int, bytes, bytes, bytes]:
    scales = np.maximum(np.abs(window.tokens).max(axis=1, keepdims=True), 1e-9) / 127
    tokens = np.round(window.tokens / scales).astype(np.int8)
    ids = window.token_ids.astype(np.int32).tobytes()
    return window.vector_id, window.passage_id, window.start, window.stop, tokens.tobytes(), scales.astype(np.float32).tobytes(), ids


def _unpack(row: tuple[Any, ...]) -> Window:
    identity, passage_id, start, stop, tokens, scales, ids = row
    scale = np.frombuffer(scales, np.float32)[:, None]
    vectors = np.frombuffer(tokens, np.int8).reshape(len(scale), -1).astype(np.float32) * scale
    return Window(identity, passage_id, start, stop, vectors, np.frombuffer(ids, np.int32).astype(np.int64))
