"""A whole evaluation in one call, for the command line and for the page: load, check, run, save, report."""

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from evals import report, runs
from evals.check import check, texts_by_source
from evals.known_facts import load
from evals.protocols import Asks, Library
from evals.run import Progress, run
from evals.types import Run

PARTIAL, RUN, REPORT = "partial.jsonl", "run.json", "report.html"


def evaluate(
    assistant: Asks,
    library: Library,
    known_facts: Path,
    folder: Path,
    about: Mapping[str, Any],
    mode: str = "quoted",
    workers: int = 1,
    progress: Progress | None = None,
) -> Run:
    """Score a set and leave run.json and report.html in the folder; broken off, the same call goes on where it was."""
    facts = load(known_facts)
    problems = [str(problem) for problem in check(facts, texts_by_source(library.documents.values()), known_facts)]
    folder.mkdir(parents=True, exist_ok=True)
    result = run(assistant, facts, library, about, mode, folder / PARTIAL, workers, progress, problems)
    runs.save(result, folder / RUN)
    report.write(result, folder / REPORT)
    (folder / PARTIAL).unlink()
    return result


def folder_for(known_facts: Path, system: str, mode: str, root: Path = Path(".dossier/evals")) -> Path:
    """The last unfinished folder for this set, system and mode, to go on with; else a new one."""
    name = f"{known_facts.stem}-{system}-{mode}"
    unfinished = [path.parent for path in root.glob(f"{name}-*/{PARTIAL}") if not (path.parent / RUN).exists()]
    return max(unfinished, default=root / f"{name}-{datetime.now():%Y%m%d-%H%M%S}")
