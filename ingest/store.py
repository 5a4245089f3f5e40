"""The vector index: Chroma, embedded in the index directory or a server named by DOSSIER_CHROMA_URL.

Records are versioned by their id (`source@version/…`); which ids count is said by the catalog, so a half-written batch
is never seen and can be removed later. A filter is an allow-list of ids: `$ne` and its like would match records without
the key, and a level that is stored here could lag behind the catalog.
"""

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import urlparse
from uuid import uuid4

import numpy as np

from ingest.embed import Floats
from ingest.errors import DossierError

_COLLECTION = "windows"
_NAME = "collection.txt"


class VectorStore:
    """Vectors by id with the access level of their document. Not safe to write from two processes (see lock.py)."""

    def __init__(self, directory: Path, url: str = "") -> None:
        self._directory, self._url = directory, url
        self._open()

    def _open(self) -> None:
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
            self._collection.upsert(
                ids=list(ids[part]), embeddings=vectors[part], metadatas=[{"access": level or "none"} for level in levels[part]]
            )

    def delete(self, ids: Iterable[str]) -> None:
        doomed = list(ids)
        for start in range(0, len(doomed), self._batch):
            self._collection.delete(ids=doomed[start : start + self._batch])

    def ids(self) -> set[str]:
        """All ids that are stored, whether they count or not."""
        return set(self._collection.get(include=[])["ids"])

    def clear(self) -> None:
        """Drop all vectors, and with them what they have in common: their length."""
        self._client.delete_collection(self._name)
        self._open()

    def count(self) -> int:
        return int(self._collection.count())

    def search(self, vector: Floats, n: int, among: Sequence[str] | None = None) -> list[tuple[str, float]]:
        """The n nearest ids with their cosine similarity, best first. `among`: the only ids that may be looked at."""
        total = self.count() if among is None else len(among)
        if not total:
            return []
        ids = None if among is None else list(among)
        found = self._collection.query(query_embeddings=[np.asarray(vector)], n_results=min(n, total), ids=ids, include=["distances"])
        return [(identity, 1.0 - float(distance)) for identity, distance in zip(found["ids"][0], found["distances"][0], strict=True)]


def _identity(path: Path) -> str:
    """What tells the collection of this index from those of others on the same server."""
    if not path.is_file():
        path.write_text(uuid4().hex[:12], encoding="utf-8")
    return path.read_text(encoding="utf-8").strip()
