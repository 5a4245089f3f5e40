"""What is in the index, as the page shows it: documents, passages and files, read again when the index has changed."""

import copy
import threading
from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from app.texts import MONTHS, say
from ingest.access import may_read
from ingest.catalog import Catalog
from ingest.types import Document, Passage


@dataclass(frozen=True)
class _Contents:
    generation: str = ""
    documents: dict[str, Document] = field(default_factory=dict)
    passages: dict[str, tuple[Passage, ...]] = field(default_factory=dict)
    paths: dict[str, Path] = field(default_factory=dict)


class Shelf:
    """The documents of an index that someone may read; needs no model. Raises IndexMissing if there is no index."""

    def __init__(self, index: Path) -> None:
        self._catalog = Catalog(index)
        self._lock = threading.Lock()
        self._held = _Contents()
        self._whole = self
        self._levels: Collection[str] | None = None

    def readable(self, levels: Collection[str] | None) -> "Shelf":
        """The shelf as someone with this allow-list sees it (None: everything)."""
        part = copy.copy(self)
        part._levels = levels
        return part

    @property
    def generation(self) -> str:
        """What changes whenever the index does."""
        return self._contents().generation

    def documents(self) -> dict[str, Document]:
        """All documents by id, in the order of the index."""
        return {i: d for i, d in self._contents().documents.items() if may_read(d.access, self._levels)}

    def document(self, document_id: str) -> Document | None:
        found = self._contents().documents.get(document_id)
        return found if found and may_read(found.access, self._levels) else None

    def passages(self, document_id: str) -> tuple[Passage, ...]:
        return self._contents().passages.get(document_id, ()) if self.document(document_id) else ()

    def path(self, document: Document) -> Path:
        """The file that a document was read from."""
        return self._contents().paths[document.source_id]

    def months(self) -> list[str]:
        """The months, 'YYYY-MM', from which there are documents, oldest first."""
        return sorted({day.isoformat()[:7] for d in self.documents().values() if (day := d.as_of)})

    def summary(self, language: str) -> str:
        """'12 stukken, okt 2024 – mrt 2026'."""
        months, number = self.months(), len(self.documents())
        count = say(language, "documents_one" if number == 1 else "documents", count=number)
        if not months:
            return count
        first, last = (say_month(month, language) for month in (months[0], months[-1]))
        return f"{count}, {first}" + (f" – {last}" if last != first else "")

    def _contents(self) -> _Contents:
        """What the index holds, shared by all parts of the shelf."""
        whole = self._whole
        with whole._lock:
            generation = whole._catalog.meta().get("generation", "0")
            if generation != whole._held.generation:
                passages: dict[str, list[Passage]] = defaultdict(list)
                for passage in whole._catalog.passages():
                    passages[passage.document_id].append(passage)
                whole._held = _Contents(
                    generation,
                    {d.document_id: d for d in whole._catalog.documents()},
                    {key: tuple(values) for key, values in passages.items()},
                    {key: Path(row.path) for key, row in whole._catalog.sources().items()},
                )
            return whole._held


def say_month(month: str, language: str) -> str:
    """'2024-10' as 'okt 2024'."""
    day = date.fromisoformat(month + "-01")
    name = MONTHS[language][day.month - 1]
    return f"{'mrt' if name == 'maart' else name[:3]} {day.year}"
