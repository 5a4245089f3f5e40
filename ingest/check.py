"""Whether an index is whole: its catalog is sound, and each sentence window has its vector and each vector its window."""

import sqlite3
from collections import Counter
from pathlib import Path

from ingest.catalog import Catalog
from ingest.settings import Settings
from ingest.store import VectorStore


def check(directory: Path, settings: Settings, repair: bool = False) -> list[str]:
    """A Dutch line for each fault found; none where all is well. `repair` removes vectors without a window; a source that
    lost vectors is mended by the next `python -m ingest` on it. Raises IndexMissing without an index.
    """
    catalog = Catalog(directory)
    try:
        faults = [f"De catalogus is beschadigd: {line}." for line in _damage(directory) if line != "ok"]
        store = VectorStore(directory / "chroma", settings.chroma_url)
        wanted, stored = catalog.vector_ids(), store.ids()
        lost = Counter(identity.rsplit("@", 1)[0] for identity in wanted - stored)
        paths = {source_id: row.path for source_id, row in catalog.sources().items()}
        faults += [f"{paths[i]}: {n} vectoren ontbreken; herstel met: python -m ingest '{paths[i]}'" for i, n in sorted(lost.items())]
        if orphans := stored - wanted:
            done = "zijn verwijderd" if repair else "blijven ongebruikt; verwijder ze met: python -m ingest check --repair"
            faults.append(f"{len(orphans)} vectoren horen bij geen stuk en {done}.")
        if repair:
            store.delete(orphans)
        return faults
    finally:
        catalog.close()


def _damage(directory: Path) -> list[str]:
    with sqlite3.connect(directory / "catalog.sqlite") as database:
        return [str(row[0]) for row in database.execute("PRAGMA integrity_check")]
