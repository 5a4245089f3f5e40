"""Whether an index is whole: its catalog is sound, and each sentence window has its vector and each vector its window."""

import sqlite3
from collections import Counter
from contextlib import closing
from pathlib import Path

from ingest.catalog import Catalog
from ingest.errors import DossierError
from ingest.settings import Settings
from ingest.store import VectorStore

_MEND = "herstel met: python -m ingest check --repair"


def check(directory: Path, settings: Settings) -> list[str]:
    """A Dutch line for each fault found; none where all is well. Raises IndexMissing without an index."""
    catalog = Catalog(directory)
    try:
        if damage := [line for line in _damage(directory / "catalog.sqlite") if line != "ok"]:
            return [f"De catalogus is beschadigd ({damage[0]}); zet een back-up terug met: python -m ingest restore BESTAND --replace"]
        wanted = catalog.vector_ids()
        try:
            store = VectorStore(directory / "chroma", settings.chroma_url)
            store.sound()
            stored = store.ids()
        except DossierError as error:
            return [f"{error}; {_MEND}"]
        lost = Counter(identity.rsplit("@", 1)[0] for identity in wanted - stored)
        paths = {source_id: row.path for source_id, row in catalog.sources().items()}
        faults = [f"{paths[i]}: {n} vectoren ontbreken; {_MEND}" for i, n in sorted(lost.items())]
        if orphans := stored - wanted:
            faults.append(f"{len(orphans)} vectoren horen bij geen stuk en blijven ongebruikt; {_MEND}")
        return faults
    finally:
        catalog.close()


def _damage(path: Path) -> list[str]:
    """What SQLite finds wrong with a database; ['ok'] for nothing."""
    try:
        with closing(sqlite3.connect(path)) as database:
            return [str(row[0]) for row in database.execute("PRAGMA integrity_check")]
    except sqlite3.Error as error:
        return [str(error)]
