"""All that an index holds, to compare two indexes by."""

from pathlib import Path

from ingest.catalog import Catalog
from ingest.store import VectorStore


def state_of(directory: Path, url: str = "") -> tuple[object, ...]:
    """Documents, passages, windows with their tokens, and the ids of the vectors."""
    catalog = Catalog(directory)
    tokens = {w.vector_id: (w.tokens.tobytes(), w.token_ids.tobytes()) for w in catalog.windows()}
    state = list(catalog.documents()), list(catalog.passages()), sorted(catalog.spans()), tokens
    catalog.close()
    return *state, VectorStore(directory / "chroma", url).ids()
