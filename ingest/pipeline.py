"""From files to index: `index` brings an index in line with what is on disk; `index_document` shows one file's way.

Safe to kill at any moment: vectors are written first under new ids, then the catalog changes in one transaction, then
the old vectors go; whatever a kill leaves behind is removed by the next run.
"""

import hashlib
import json
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from tqdm import tqdm

from ingest import passages as chunking
from ingest.access import tidy
from ingest.adapter import Adapter
from ingest.blocks import Loaded
from ingest.catalog import FORMAT, Catalog, SourceRow, Window
from ingest.embed import Embedded, Encoder, Floats, SentenceTransformerEncoder
from ingest.errors import DossierError, LoadError
from ingest.links import linked
from ingest.lock import write_lock
from ingest.passages import passages
from ingest.sandbox import load_many
from ingest.settings import Settings
from ingest.settings import settings as environment
from ingest.sources import find_files, identify, read_source
from ingest.store import VectorStore
from ingest.structure import structure
from ingest.types import Document, Passage, Source
from ingest.windows import WindowSpan, windows

LOADER_VERSION = "5"  # raise it when loaders or structure change, so that everything is read again


@dataclass(frozen=True)
class Report:
    """What a run did: file names, and one line for each failure. Times in seconds."""

    indexed: tuple[str, ...] = ()
    unchanged: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    failed: tuple[str, ...] = ()
    documents: int = 0
    passages: int = 0
    seconds: dict[str, float] = field(default_factory=dict)


def index(
    paths: Sequence[Path],
    directory: Path,
    settings: Settings | None = None,
    encoder: Encoder | None = None,
    jobs: int = 2,
    rebuild: bool = False,
    progress: bool = False,
    tell: Callable[[str], None] = lambda line: None,
) -> Report:
    """Index files and folders into `directory`; files that vanished from a named folder are removed.

    `rebuild` reads everything anew and drops what is not named; each file keeps its old version until its new one is
    there, unless the index holds vectors of another model, which cannot be kept beside the new ones.
    `tell` gets a line for each failure as it happens. Raises IndexLocked, IndexMismatch or DossierError when nothing
    can be written; a file that cannot be read is reported and the rest goes on.
    """
    settings = settings or environment()
    encoder = encoder or SentenceTransformerEncoder(settings)
    with write_lock(directory):
        catalog = Catalog(directory, create=True)
        store = VectorStore(directory / "chroma", settings.chroma_url)
        try:
            if rebuild and not catalog.fits(encoder.identity):
                catalog.clear()
                store.clear()
            catalog.expect(encoder.identity)
            catalog.set_meta(model=encoder.identity, format=FORMAT)
            wanted, stored = catalog.vector_ids(), store.ids()
            store.delete(stored - wanted)  # what a kill left behind
            incomplete = {identity.rsplit("@", 1)[0] for identity in wanted - stored}  # vectors that were lost
            report = _bring_in_line(paths, catalog, store, encoder, settings, jobs, rebuild, incomplete, progress, tell)
        finally:
            catalog.close()
    return report


def index_document(
    loaded: Loaded, source: Source, version: str, encoder: Encoder
) -> tuple[list[Document], list[Passage], list[Window], Floats]:
    """One file's way from blocks to what is stored: documents, passages, windows and their dense vectors (n, d).

    Raises LoadError for a file whose blocks cannot be made sense of.
    """
    documents, parts, spans = _understood(loaded, source)
    embedded = list(encoder.passages([span.text for span in spans]))
    kept = [
        Window(f"{source.source_id}@{version}/{i}", span.passage_id, span.start, span.stop, e.tokens, e.token_ids)
        for i, (span, e) in enumerate(zip(spans, embedded, strict=True))
    ]
    dense = np.stack([e.dense for e in embedded]) if embedded else np.zeros((0, 0), np.float32)
    return documents, parts, kept, dense


def _understood(loaded: Loaded, source: Source) -> tuple[list[Document], list[Passage], list[WindowSpan]]:
    try:
        documents = list(structure(loaded, source))
        parts = [passage for document in documents for passage in passages(document)]
        return documents, parts, windows(parts, {d.document_id: d for d in documents})
    except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError) as error:  # one strange file must not stop the rest
        raise LoadError(f"{source.name}: is gelezen, maar niet te begrijpen ({error.__class__.__name__}: {error}).") from error


def remove(source_id: str, directory: Path, settings: Settings | None = None) -> None:
    """Take one file out of the index. Raises DossierError if it is not there."""
    with write_lock(directory):
        catalog = Catalog(directory)
        if source_id not in catalog.sources():
            raise DossierError(f"'{source_id}' staat niet in de index.")
        doomed = catalog.vector_ids(source_id)
        catalog.remove(source_id)
        VectorStore(directory / "chroma", (settings or environment()).chroma_url).delete(doomed)
        catalog.close()


def set_access(source_id: str, level: str, directory: Path) -> None:
    """Give one file of the index another level or group ('': the one that it has on disk). Raises DossierError if it is not there."""
    with write_lock(directory):
        catalog = Catalog(directory)
        try:
            if source_id not in catalog.sources():
                raise DossierError(f"'{source_id}' staat niet in de index.")
            catalog.set_access(source_id, tidy(level))
        finally:
            catalog.close()


def _bring_in_line(
    paths: Sequence[Path],
    catalog: Catalog,
    store: VectorStore,
    encoder: Encoder,
    settings: Settings,
    jobs: int,
    rebuild: bool,
    incomplete: set[str],
    progress: bool,
    tell: Callable[[str], None],
) -> Report:
    began = time.perf_counter()
    known = catalog.sources()
    failed: list[str] = []

    def fail(error: DossierError) -> None:
        failed.append(str(error))
        tell(str(error))

    found: dict[str, tuple[Source, Path]] = {}
    present: set[str] = set()
    for path in paths:
        try:
            for file, root in find_files([path]):
                present.add(identify(file))
                try:
                    source = read_source(file)
                    found.setdefault(source.source_id, (source, root))
                except LoadError as error:
                    fail(error)
        except LoadError as error:
            fail(error)
    stale = set(known) if rebuild else incomplete
    todo = {i: (s, r) for i, (s, r) in found.items() if i in stale or i not in known or known[i].version != _version(s, encoder)}
    unchanged = [s.name for i, (s, _) in found.items() if i not in todo]
    roots = {str(p.resolve()) for p in paths if p.is_dir()}
    gone = [row for i, row in known.items() if i not in present and (rebuild or row.root in roots)]
    for row in gone:
        doomed = catalog.vector_ids(row.source_id)
        catalog.remove(row.source_id)
        store.delete(doomed)
    seconds = {"reading": 0.0, "encoding": 0.0, "writing": 0.0}
    timed = _Timed(encoder)
    indexed, documents, count = [], 0, 0
    bar = tqdm(total=len(todo), desc="Indexeren", unit="stuk", disable=not progress or not todo)
    for source, root, loaded in _read(todo, settings, jobs):
        bar.set_postfix_str(f"{count} passages, {source.name[:28]}")
        if isinstance(loaded, LoadError):
            fail(loaded)
        else:
            version = _version(source, encoder)
            try:
                made, parts, kept, dense = index_document(loaded, source, version, timed)
                if not parts:
                    raise LoadError(f"{source.name}: er is geen leesbare tekst gevonden.")
            except LoadError as error:
                fail(error)
            else:
                start = time.perf_counter()
                old = catalog.vector_ids(source.source_id)
                store.upsert([w.vector_id for w in kept], dense, [source.access] * len(kept))
                catalog.replace(
                    SourceRow(source.source_id, str(source.path), str(root), source.sha256, version, source.access), made, parts, kept
                )
                store.delete(old - {w.vector_id for w in kept})
                seconds["writing"] += time.perf_counter() - start
                indexed.append(source.name)
                documents += len(made)
                count += len(parts)
        bar.update()
    bar.close()
    for document in linked(list(catalog.documents())):  # also after a run in which nothing changed: the last one may have been killed here
        catalog.update(document)
    seconds["encoding"] = timed.seconds
    seconds["total"] = time.perf_counter() - began
    seconds["reading"] = seconds["total"] - seconds["encoding"] - seconds["writing"]
    return Report(tuple(indexed), tuple(unchanged), tuple(Path(r.path).name for r in gone), tuple(failed), documents, count, seconds)


def _read(todo: dict[str, tuple[Source, Path]], settings: Settings, jobs: int) -> Iterator[tuple[Source, Path, Loaded | LoadError]]:
    sources = list(todo.values())
    results = load_many([s.path for s, _ in sources], jobs, settings.pdf_password, settings.file_seconds, settings.file_memory_mib * 2**20)
    for (source, root), (_, loaded) in zip(sources, results, strict=True):
        yield source, root, loaded


def _version(source: Source, encoder: Encoder) -> str:
    """Names the content, its sidecar and level, the code that reads it, and the model."""
    overrides = json.dumps(source.overrides, sort_keys=True, default=str)
    parts = (source.sha256, overrides, source.access, LOADER_VERSION, chunking.VERSION, encoder.identity)
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:16]


class _Timed:
    """An encoder that counts the seconds spent on passages."""

    def __init__(self, encoder: Encoder) -> None:
        self._encoder, self.identity, self.seconds = encoder, encoder.identity, 0.0

    def passages(self, texts: Sequence[str]) -> Iterator[Embedded]:
        start = time.perf_counter()
        out = list(self._encoder.passages(texts))
        self.seconds += time.perf_counter() - start
        return iter(out)

    def question(self, text: str, adapter: Adapter | None = None) -> Embedded:
        return self._encoder.question(text, adapter)
