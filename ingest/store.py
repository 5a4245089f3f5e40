"""The vector index: Chroma, embedded in the index directory or a server named by DOSSIER_CHROMA_URL.

Records are versioned by their id (`source@version/…`); which ids count is said by the catalog, so a half-written batch
is never seen and can be removed later. A filter is an allow-list of ids: `$ne` and its like would match records without
the key, and a level that is stored here could lag behind the catalog.
"""

import shutil
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType
from typing import Any, cast
from urllib.parse import urlparse
from uuid import uuid4

import numpy as np

from ingest.embed import Floats
from ingest.errors import DossierError, out_of_memory

_COLLECTION = "windows"
_NAME = "collection.txt"


class VectorStore:
    """Vectors by id with the access level of their document. Not safe to write from two processes (see lock.py)."""

    def __init__(self, directory: Path, url: str = "") -> None:
        self._directory, self._url = directory, url
        self._open()

    def _open(self) -> None:
        # Where it is installed (with the tools of `make sbom`), jsonschema has this compile 38 grammars at import: a second, for nothing.
        cast(dict[str, ModuleType | None], sys.modules).setdefault("rfc3987_syntax", None)
        import chromadb
        from chromadb.config import Settings as ChromaSettings

        quiet = ChromaSettings(anonymized_telemetry=False)
        try:
            name = _COLLECTION
            self._directory.mkdir(parents=True, exist_ok=True)
            if self._url:
                name = f"{_COLLECTION}-{_identity(self._directory / _NAME)}"
                address = urlparse(self._url)
                secure = address.scheme == "https"
                client = chromadb.HttpClient(
                    host=address.hostname or "localhost", port=address.port or (443 if secure else 8000), ssl=secure, settings=quiet
                )
            else:
                client = chromadb.PersistentClient(str(self._directory), settings=quiet)
            self._client, self._name = client, name
            self._collection: Any = client.get_or_create_collection(
                name, configuration={"hnsw": {"space": "cosine"}}, embedding_function=None
            )
        except Exception as error:  # chromadb raises many kinds, down to bare Exception
            if out_of_memory(error):
                raise MemoryError from error
            place = self._url or str(self._directory)
            raise DossierError(
                f"De vectorindex op {place} is niet te openen ({error}). Draait de server, of is de map beschadigd?"
            ) from error
        self._batch = int(client.get_max_batch_size())

    def reopen(self) -> None:
        """Forget what this process knew of the index, after another process wrote to it."""
        if not self._url:
            from chromadb.api.shared_system_client import SharedSystemClient

            SharedSystemClient.clear_system_cache()
        self._open()

    def upsert(self, ids: Sequence[str], vectors: Floats, levels: Sequence[str]) -> None:
        """Write vectors (n, d) with their access level, in batches that Chroma takes."""
        for start in range(0, len(ids), self._batch):
            part = slice(start, start + self._batch)
            with self._told("te schrijven"):
                self._collection.upsert(
                    ids=list(ids[part]), embeddings=vectors[part], metadatas=[{"access": level or "none"} for level in levels[part]]
                )

    def delete(self, ids: Iterable[str]) -> None:
        doomed = list(ids)
        for start in range(0, len(doomed), self._batch):
            with self._told("te schrijven"):
                self._collection.delete(ids=doomed[start : start + self._batch])

    def ids(self) -> set[str]:
        """All ids that are stored, whether they count or not."""
        with self._told("te lezen"):
            return set(self._collection.get(include=[])["ids"])

    def vectors(self, ids: Sequence[str]) -> Floats:
        """The vectors (n, d) with these ids, in that order. Raises DossierError if one is not there."""
        found: dict[str, Floats] = {}
        for start in range(0, len(ids), self._batch):
            with self._told("te lezen"):
                part = self._collection.get(ids=list(ids[start : start + self._batch]), include=["embeddings"])
            found |= dict(zip(part["ids"], part["embeddings"], strict=True))
        if lost := len(ids) - len(found):
            raise DossierError(f"{lost} vectoren ontbreken; herstel ze met: python -m ingest check --repair")
        return np.stack([found[identity] for identity in ids]).astype(np.float32) if ids else np.zeros((0, 0), np.float32)

    def sound(self) -> None:
        """Raises DossierError if the vectors cannot be read or searched."""
        for vector in self.vectors(sorted(self.ids())[:1]):
            self.search(vector, 1)

    def clear(self) -> None:
        """Drop all vectors, and with them what they have in common: their length."""
        with self._told("te schrijven"):
            self._client.delete_collection(self._name)
        self._open()

    def count(self) -> int:
        with self._told("te lezen"):
            return int(self._collection.count())

    def search(self, vector: Floats, n: int, among: Sequence[str] | None = None) -> list[tuple[str, float]]:
        """The n nearest ids with their cosine similarity, best first. `among`: the only ids that may be looked at."""
        total = self.count() if among is None else len(among)
        if not total:
            return []
        ids = None if among is None else list(among)
        with self._told("te doorzoeken"):
            found = self._collection.query(query_embeddings=[np.asarray(vector)], n_results=min(n, total), ids=ids, include=["distances"])
        return [(identity, 1.0 - float(distance)) for identity, distance in zip(found["ids"][0], found["distances"][0], strict=True)]

    @contextmanager
    def _told(self, what: str) -> Iterator[None]:
        """Chroma's errors, of many kinds, as one line."""
        try:
            yield
        except Exception as error:
            cause = " ".join(str(error).split())[:200]
            raise DossierError(
                f"De vectorindex op {self._url or self._directory} is niet {what} ({cause}). Is de schijf vol of alleen-lezen, "
                "of draait de server niet? Kijk met: python -m ingest check"
            ) from error


def set_aside(directory: Path) -> Path:
    """Move a damaged vector index out of the way, so that a new one can be made; where it went."""
    from chromadb.api.shared_system_client import SharedSystemClient

    SharedSystemClient.clear_system_cache()
    aside = directory.with_name(f"{directory.name}-beschadigd-{uuid4().hex[:6]}")
    shutil.move(directory, aside)
    return aside


def _identity(path: Path) -> str:
    """What tells the collection of this index from those of others on the same server."""
    if not path.is_file():
        path.write_text(uuid4().hex[:12], encoding="utf-8")
    return path.read_text(encoding="utf-8").strip()
