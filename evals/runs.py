"""A run on disk: one JSON with everything that is needed to show, compare and repeat it."""

import json
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from evals.types import Figure, Figures, Run, item_from_json, item_to_json
from ingest.errors import LoadError

VERSION = 1


def save(run: Run, path: Path) -> None:
    """Write `path` at once: a run that is cut short leaves no half file."""
    plain = {
        "version": VERSION,
        "about": dict(run.about),
        "figures": _plain(run.overall),
        "by_category": {name: _plain(each) for name, each in run.by_category.items()},
        "by_difficulty": {name: _plain(each) for name, each in run.by_difficulty.items()},
        "problems": list(run.problems),
        "items": [item_to_json(item) for item in run.items],
    }
    scratch = path.with_suffix(".tmp")
    scratch.write_text(json.dumps(plain, ensure_ascii=False, indent=1), encoding="utf-8")
    scratch.replace(path)


def open_run(path: Path) -> Run:
    """Read a run: its JSON, or the folder that holds run.json. Raises LoadError if it is not one."""
    file = path / "run.json" if path.is_dir() else path
    try:
        plain = json.loads(file.read_text(encoding="utf-8"))
        if plain["version"] != VERSION:
            raise LoadError(f"{file} heeft versie {plain['version']}; verwacht {VERSION}. Draai de meting opnieuw.")
        return Run(
            about=plain["about"],
            items=tuple(map(item_from_json, plain["items"])),
            overall=_figures(plain["figures"]),
            by_category={name: _figures(each) for name, each in plain["by_category"].items()},
            by_difficulty={name: _figures(each) for name, each in plain["by_difficulty"].items()},
            problems=tuple(plain["problems"]),
        )
    except OSError as error:
        raise LoadError(f"{file}: geen meting gevonden; verwacht het bestand run.json dat 'python -m evals run' schrijft.") from error
    except (ValueError, KeyError, TypeError) as error:
        raise LoadError(f"{file} is geen meting van 'python -m evals run' ({error.__class__.__name__}: {error}).") from error


def _plain(figures: Figures) -> dict[str, Any]:
    return {name: asdict(figure) for name, figure in figures.items()}


def _figures(plain: Mapping[str, Mapping[str, Any]]) -> dict[str, Figure]:
    return {name: Figure(**figure) for name, figure in plain.items()}
