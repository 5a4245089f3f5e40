"""Files on disk: which there are below a path, their identity and content hash, and the sidecar that overrides metadata."""

import datetime as dt
import hashlib
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import yaml

from ingest.access import LEVELS, tidy
from ingest.errors import LoadError
from ingest.types import Source
from ingest.values import parse_date

TYPES = {
    ".txt": "text/plain",
    ".md": "text/markdown",
    ".pdf": "application/pdf",
    ".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ".html": "text/html",
    ".htm": "text/html",
}
_SIDECAR = ".meta.yaml"
FIELDS = ("title", "kind", "date", "sender", "recipient", "status", "period", "kamerstuk", "access")


def find_files(paths: Sequence[Path]) -> Iterator[tuple[Path, Path]]:
    """(file, root) for every file at or below the paths, sorted; hidden files and sidecars are passed over.

    Raises LoadError for a path that does not exist.
    """
    for path in paths:
        if path.is_dir():
            root = path.resolve()
            for file in sorted(root.rglob("*")):
                hidden = any(part.startswith(".") for part in file.relative_to(root).parts)
                if file.is_file() and not hidden and not file.name.endswith(_SIDECAR):
                    yield file, root
        elif path.is_file():
            yield path.resolve(), path.resolve()
        else:
            raise LoadError(f"'{path}' bestaat niet. Noem een map of bestand dat er is.")


def read_source(path: Path) -> Source:
    """Identity, hash, type, access level and overrides of a file. Raises LoadError, one line with the file's name."""
    media_type = TYPES.get(path.suffix.lower())
    if media_type is None:
        raise LoadError(f"{path.name}: bestandstype '{path.suffix or 'geen'}' wordt niet gelezen; wel: {', '.join(TYPES)}.")
    try:
        digest = hashlib.sha256()
        with path.open("rb") as file:
            while block := file.read(1 << 20):
                digest.update(block)
        if path.stat().st_size == 0:
            raise LoadError(f"{path.name}: het bestand is leeg.")
        overrides = _sidecar(path)
        access = tidy(overrides.get("access")) or _folder_level(path)
    except OSError as error:
        raise LoadError(f"{path.name}: niet te lezen ({error.strerror}).") from error
    return Source(identify(path), path, media_type, digest.hexdigest(), access, overrides)


def identify(path: Path) -> str:
    """A readable id, the same for the same path: the file's stem and six hexadecimal digits of the path."""
    stem = re.sub(r"[^\w.-]+", "-", path.stem).strip("-.") or "stuk"
    return f"{stem[:60]}-{hashlib.sha256(str(path).encode()).hexdigest()[:6]}"


def _folder_level(path: Path) -> str:
    """The level of the innermost folder that has one: from `access: …` in its `.meta.yaml`, or because it is named after a level."""
    for folder in path.parents:
        sidecar = folder / _SIDECAR
        level = tidy(_read_sidecar(sidecar, ("access",)).get("access")) if sidecar.is_file() else ""
        if level or folder.name.lower() in LEVELS:
            return level or folder.name.lower()
    return ""


def _sidecar(path: Path) -> dict[str, Any]:
    for sidecar in (path.with_name(path.name + _SIDECAR), path.with_name(path.stem + _SIDECAR)):
        if sidecar.is_file():
            return _read_sidecar(sidecar, FIELDS)
    return {}


def _read_sidecar(sidecar: Path, known: Sequence[str]) -> dict[str, Any]:
    name = f"{sidecar.parent.name}/{sidecar.name}" if sidecar.name == _SIDECAR else sidecar.name
    try:
        values = yaml.safe_load(sidecar.read_text(encoding="utf-8")) or {}
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise LoadError(f"{name}: geen geldige YAML ({str(error).splitlines()[0]}).") from error
    if not isinstance(values, dict):
        raise LoadError(f"{name}: verwacht regels 'veld: waarde' ({', '.join(known)}).")
    if unknown := [str(key) for key in values if key not in known]:
        raise LoadError(f"{name}: onbekend veld '{unknown[0]}'; bekend zijn {', '.join(known)}.")
    day = values.get("date")
    if day and not isinstance(day, dt.date) and parse_date(str(day)) is None:
        raise LoadError(f"{name}: '{day}' is geen datum; schrijf haar als 2026-03-31.")
    return values
