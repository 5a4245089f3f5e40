"""The real assistant over a corpus, and the circumstances under which it is measured."""

import hashlib
import sys
from collections.abc import Collection, Sequence
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING, Any

from evals.protocols import Library
from ingest.errors import LoadError
from ingest.settings import Settings

if TYPE_CHECKING:
    from app.answer import Assistant

_SECRET = ("password", "secret", "token", "key")
_PACKAGES = ("numpy", "torch", "sentence-transformers", "chromadb", "bm25s", "llama-index-core")


def prepare(corpus: Sequence[Path], index: Path, settings: Settings, levels: Collection[str] | None = None) -> "Assistant":
    """An assistant over these documents; builds or updates the index first, which costs nothing when nothing changed.

    It answers who may read these levels and groups (None: all). Without a corpus the index is taken as it is.

    Raises LoadError when a file of the corpus cannot be read: a measurement over less than the corpus would mislead.
    """
    from app.answer import Assistant
    from ingest.pipeline import index as build

    missing = [str(path) for path in corpus if not path.exists()]
    if missing:
        raise LoadError(f"{', '.join(missing)}: bestaat niet; geef met --corpus de map met de documenten.")
    report = build(list(corpus), index, settings) if corpus else None
    if report and report.failed:
        raise LoadError("Niet alle documenten zijn te lezen: " + "; ".join(map(str, report.failed)))
    return Assistant(index, settings, levels=levels)


def circumstances(
    known_facts: Path, corpus: Sequence[Path], index: Path, settings: Settings, library: Library, system: str = "dossierwijzer"
) -> dict[str, Any]:
    """All that decides the answers, for replay: set, corpus, index fingerprint, models, settings without secrets, code, versions."""
    plain = settings.model_dump(mode="json")
    shown = {name: "***" if value and any(word in name for word in _SECRET) else value for name, value in plain.items()}
    return {
        "set": known_facts.name,
        "set_path": str(known_facts.resolve()),
        "set_sha256": hashlib.sha256(known_facts.read_bytes()).hexdigest(),
        "corpus": [str(path.resolve()) for path in corpus],
        "index": str(index.resolve()),
        "system": system,
        "fingerprint": library.fingerprint,
        "models": {name: value for name, value in shown.items() if "model" in name},
        "settings": shown,
        "code": _code(),
        "versions": {"python": sys.version.split()[0], **{name: _version(name) for name in _PACKAGES}},
    }


def _code() -> str:
    """A digest of the sources of ingest and app, so that a run tells which code answered."""
    digest = hashlib.sha256()
    root = Path(__file__).resolve().parent.parent
    for path in sorted([*root.glob("ingest/**/*.py"), *root.glob("app/**/*.py")]):
        digest.update(path.relative_to(root).as_posix().encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()[:16]


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return ""
