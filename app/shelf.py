"""What is in the index, as the page shows it: documents, passages and files, read again when the index has changed."""

import threading
from collections import defaultdict
from datetime import date
from pathlib import Path

from app.texts import MONTHS, say
from ingest.catalog import Catalog
from ingest.types import Document, Passage


class Shelf:
    """The documents of an index; needs no model. Raises IndexMissing if there is no index."""

    def __init__(self, index: Path) -> None:
        self._catalog = Catalog(index)
        self._lock = threading.Lock()
        self._generation = ""
        self._documents: dict[str, Document] = {}
        self._passages: dict[str, tuple[Passage, ...]] = {}
        self._paths: dict[str, Path] = {}

    @property
    def generation(self) -> str:
        """What changes whenever the index does."""
        self._refresh()
        return self._generation

    def documents(self) -> dict[str, Document]:
        """All documents by id, in the order of the index."""
        self._refresh()
        return self._documents

    def document(self, document_id: str) -> Document | None:
        return self.documents().get(document_id)

    def passages(self, document_id: str) -> tuple[Passage, ...]:
        self._refresh()
        return self._passages.get(document_id, ())

    def path(self, document: Document) -> Path:
        """The file that a document was read from."""
        self._refresh()
        return self._paths[document.source_id]

    def months(self) -> list[str]:
        """The months, 'YYYY-MM', from which there are documents, oldest first."""
        return sorted({day.isoformat()[:7] for d in self.documents().values() if (day := d.as_of)})

    def summary(self, language: str) -> str:
        """'12 stukken, okt 2024 – mrt 2026'."""
        months = self.months()
        count = say(language, "documents_one" if len(self.documents()) == 1 else "documents", count=len(self.documents()))
        if not months:
            return count
        first, last = (say_month(month, language) for month in (months[0], months[-1]))
        return f"{count}, {first}" + (f" – {last}" if last != first else "")

    def _refresh(self) -> None:
        with self._lock:
            generation = self._catalog.meta().get("generation", "0")
            if generation == self._generation:
                return
            passages: dict[str, list[Passage]] = defaultdict(list)
            for passage in self._catalog.passages():
                passages[passage.document_id].append(passage)
            self._passages = {key: tuple(values) for key, values in passages.items()}
            self._paths = {key: Path(row.path) for key, row in self._catalog.sources().items()}
            self._documents = {d.document_id: d for d in self._catalog.documents()}
            self._generation = generation


def say_month(month: str, language: str) -> str:
    """'2024-10' as 'okt 2024'."""
    day = date.fromisoformat(month + "-01")
    name = MONTHS[language][day.month - 1]
    return f"{'mrt' if name == 'maart' else name[:3]} {day.year}"
