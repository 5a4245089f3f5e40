"""An index in one file, made and put back while it is being asked.

The file is a tar with the catalog, the vectors and what lies beside the index (conversations and the like, uploads, runs of
evaluators), and the SHA-256 of each. Restoring keeps the order of an ingest: vectors first, then the catalog in one transaction, then
the vectors that are left over go; a kill at any moment leaves either the old index or the new one.
"""

import hashlib
import json
import os
import shutil
import sqlite3
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath

import numpy as np

from ingest.catalog import Catalog
from ingest.check import check
from ingest.errors import DossierError, IndexMissing
from ingest.lock import write_lock
from ingest.settings import Settings
from ingest.store import VectorStore

_CATALOG, _VECTORS, _IDS, _MANIFEST = "catalog.sqlite", "vectors.npy", "ids.json", "manifest.json"
_BESIDE = "beside"  # the folder in the archive for what lies beside the index
_FILES = ("uploads/**/*", "evals/sets/*", "evals/*/run.json")  # of which these, and the databases; a report is made from its run
_FORMAT = 1


@dataclass(frozen=True)
class Kept:
    """What an archive holds: numbers, and the time it was made (ISO 8601, UTC)."""

    documents: int
    vectors: int
    files: int
    created: str


def backup(directory: Path, archive: Path, settings: Settings) -> Kept:
    """Write an index to `archive`, which is only replaced by a whole and checked one. No ingest can run meanwhile; questions can.

    Raises DossierError where the index is not whole, is being written, or there is no room.
    """
    if not (directory / _CATALOG).is_file():
        raise IndexMissing(f"Er is geen index in '{directory}'.")
    with _told(f"De back-up '{archive}' is niet gemaakt"), write_lock(directory), _scratch(archive.parent) as scratch:
        content = scratch / "content"
        content.mkdir()
        catalog = Catalog(directory)
        try:
            catalog.copy_to(content / _CATALOG)
            ids = sorted(catalog.vector_ids())
            documents = sum(1 for _ in catalog.documents())
        finally:
            catalog.close()
        np.save(content / _VECTORS, VectorStore(directory / "chroma", settings.chroma_url).vectors(ids))
        (content / _IDS).write_text(json.dumps(ids), encoding="utf-8")
        _copy_beside(directory.resolve().parent, content / _BESIDE)
        names = sorted(p.relative_to(content).as_posix() for p in content.rglob("*") if p.is_file())
        manifest = {
            "format": _FORMAT,
            "created": datetime.now(UTC).isoformat(timespec="seconds"),
            "documents": documents,
            "vectors": len(ids),
            "sha256": {name: _digest(content / name) for name in names},
        }
        (content / _MANIFEST).write_text(json.dumps(manifest, indent=1), encoding="utf-8")
        made = scratch / "archive.tar"
        made.touch(0o600)  # it holds the text of every document
        with tarfile.open(made, "w") as tar:
            for name in (_MANIFEST, *names):
                tar.add(content / name, arcname=name)
        shutil.rmtree(content)
        kept = _unpack(made, scratch / "again")
        with made.open("rb") as file:
            os.fsync(file.fileno())
        made.replace(archive)
        return kept


def restore(archive: Path, directory: Path, settings: Settings, replace: bool = False) -> Kept:
    """Put an index back, its uploads, and of the databases beside it those that are not there any more.

    Accounts, log and conversations that are there stay: an older copy would let in who was blocked since, and lose entries. Raises
    DossierError for an archive that is not whole, before anything is changed, and where an index is in the way without `replace`.
    """
    if (directory / _CATALOG).is_file() and not replace:
        raise DossierError(f"In '{directory}' is al een index. Vervang hem door --replace op te geven.")
    beside = directory.resolve().parent
    with _told(f"De back-up '{archive}' is niet teruggezet"), _scratch(beside) as scratch:
        kept = _unpack(archive, scratch)
        with write_lock(directory):
            _bring_back(scratch, directory, settings)
            _restore_beside(scratch / _BESIDE, beside)
            if faults := check(directory, settings):
                raise DossierError(f"De teruggezette index is niet heel: {faults[0]}")
    return kept


def _bring_back(content: Path, directory: Path, settings: Settings) -> None:
    ids: list[str] = json.loads((content / _IDS).read_text(encoding="utf-8"))
    archived = Catalog(content)
    model = archived.meta().get("model", "")
    levels = {source_id: row.access for source_id, row in archived.sources().items()}
    archived.close()
    current = _sound_catalog(directory)
    store = VectorStore(directory / "chroma", settings.chroma_url)
    try:
        if not current.fits(model):  # vectors of two models cannot stand beside each other
            current.clear()
            store.clear()
        store.upsert(ids, np.load(content / _VECTORS), [levels[identity.rsplit("@", 1)[0]] for identity in ids])
        current.adopt(content / _CATALOG)
        store.delete(store.ids() - set(ids))
    finally:
        current.close()


def _sound_catalog(directory: Path) -> Catalog:
    """The catalog that is there, or a new one; a damaged one is set aside."""
    try:
        catalog = Catalog(directory, create=True)
        catalog.sources()
        return catalog
    except DossierError:
        for part in directory.glob(f"{_CATALOG}*"):
            part.rename(part.with_name(f"beschadigd-{part.name}"))
        return Catalog(directory, create=True)


def _unpack(archive: Path, place: Path) -> Kept:
    """Extract and check an archive: nothing outside `place`, nothing missing, every digest right, one vector for each window."""
    wrong = f"'{archive}' is geen hele back-up"
    try:
        with tarfile.open(archive, "r:") as tar:
            tar.extractall(place, filter="data")
        manifest = json.loads((place / _MANIFEST).read_text(encoding="utf-8"))
        digests: dict[str, str] = manifest["sha256"]
        found = {p.relative_to(place).as_posix() for p in place.rglob("*") if p.is_file()} - {_MANIFEST}
        if manifest["format"] != _FORMAT or found != digests.keys() or any(_digest(place / n) != d for n, d in digests.items()):
            raise DossierError(f"{wrong}: de inhoud past niet bij de lijst met controlesommen.")
        catalog = Catalog(place)
        try:
            whole = catalog.vector_ids() == set(json.loads((place / _IDS).read_text(encoding="utf-8")))
            documents = sum(1 for _ in catalog.documents())
        finally:
            catalog.close()
        vectors = np.load(place / _VECTORS, mmap_mode="r")
        if not whole or len(vectors) != manifest["vectors"]:
            raise DossierError(f"{wrong}: catalogus en vectoren passen niet bij elkaar.")
        return Kept(documents, len(vectors), sum(name.startswith(f"{_BESIDE}/") for name in found), manifest["created"])
    except (tarfile.TarError, ValueError, KeyError, EOFError) as error:
        raise DossierError(f"{wrong} ({error.__class__.__name__}: {error}).") from error


def _copy_beside(folder: Path, place: Path) -> None:
    for database in sorted(folder.glob("*.sqlite")):
        _copy_database(database, place / database.name)
    for file in sorted(p for files in _FILES for p in folder.glob(files) if p.is_file() and not p.is_symlink()):
        target = place / file.relative_to(folder)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(file, target)


def _restore_beside(place: Path, folder: Path) -> None:
    for file in sorted(p for p in place.rglob("*") if p.is_file()):
        inside = PurePosixPath(file.relative_to(place).as_posix())
        target = folder / inside
        if inside.suffix == ".sqlite" and len(inside.parts) == 1:
            if not target.exists():
                _copy_database(file, target)
        else:
            target.parent.mkdir(parents=True, exist_ok=True)
            partly = target.with_name(f".{target.name}.partly")
            shutil.copy2(file, partly)
            partly.replace(target)


def _copy_database(database: Path, target: Path) -> None:
    """SQLite's own copy, which is right also while either is in use."""
    target.parent.mkdir(parents=True, exist_ok=True)
    target.touch(0o600)
    with closing(sqlite3.connect(database, timeout=30)) as old, closing(sqlite3.connect(target, timeout=30)) as new:
        old.backup(new)


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


@contextmanager
def _scratch(folder: Path) -> Iterator[Path]:
    """A folder for what is under way, on the disk where it is to go."""
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder, prefix=".dossier-") as scratch:
        yield Path(scratch)


@contextmanager
def _told(what: str) -> Iterator[None]:
    try:
        yield
    except (OSError, sqlite3.Error) as error:
        raise DossierError(f"{what}: {error}. Is de schijf vol of alleen-lezen?") from error
