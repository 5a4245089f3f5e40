"""Make an index whole again: the vectors from the canonical texts in its catalog, which is the one thing that must be left."""

from collections import defaultdict
from pathlib import Path

import numpy as np

from ingest.catalog import Catalog
from ingest.embed import Encoder, SentenceTransformerEncoder
from ingest.errors import DossierError
from ingest.settings import Settings
from ingest.store import VectorStore, set_aside
from ingest.types import Document, Passage
from ingest.windows import windows


def repair(directory: Path, settings: Settings, encoder: Encoder | None = None) -> list[str]:
    """Mend what `check` finds, apart from a damaged catalog; a Dutch line for each thing done. The caller holds the write lock.

    A vector index that cannot be read is set aside and made anew; on a server it is cleared only by hand. Raises DossierError for a
    catalog that cannot be read, and IndexMismatch for an index of another model.
    """
    encoder = encoder or SentenceTransformerEncoder(settings)
    catalog = Catalog(directory)
    done: list[str] = []
    try:
        catalog.expect(encoder.identity)
        documents = {d.document_id: d for d in catalog.documents()}
        try:
            store = VectorStore(directory / "chroma", settings.chroma_url)
            store.sound()
        except DossierError:
            if settings.chroma_url:
                raise
            aside = set_aside(directory / "chroma")
            done.append(f"De vectorindex was beschadigd en staat nu in '{aside.name}'; er is een nieuwe gemaakt.")
            store = VectorStore(directory / "chroma")
        wanted, stored = catalog.vector_ids(), store.ids()
        if orphans := stored - wanted:
            store.delete(orphans)
            done.append(f"{len(orphans)} vectoren die bij geen stuk hoorden, zijn verwijderd.")
        if lost := wanted - stored:
            _rebuild(catalog, store, encoder, documents, lost)
            done.append(f"{len(lost)} vectoren zijn opnieuw gemaakt uit de teksten in de catalogus.")
        return done
    finally:
        catalog.close()


def _rebuild(catalog: Catalog, store: VectorStore, encoder: Encoder, documents: dict[str, Document], lost: set[str]) -> None:
    """The lost vectors, file by file, under the ids that the catalog has for them."""
    names = {(passage_id, start, stop): identity for identity, passage_id, start, stop in catalog.spans()}
    passages: dict[str, list[Passage]] = defaultdict(list)
    for passage in catalog.passages():
        passages[documents[passage.document_id].source_id].append(passage)
    for source_id, own in passages.items():
        spans = [(names.get((s.passage_id, s.start, s.stop), ""), s.text) for s in windows(own, documents)]
        todo = [(identity, text) for identity, text in spans if identity in lost]
        if len(todo) < sum(identity.rsplit("@", 1)[0] == source_id for identity in lost):
            raise DossierError("De catalogus is van een andere versie. Maak de index opnieuw: python -m ingest MAP --rebuild")
        if todo:
            dense = np.stack([embedded.dense for embedded in encoder.passages([text for _, text in todo])])
            store.upsert([identity for identity, _ in todo], dense, [documents[own[0].document_id].access] * len(todo))
