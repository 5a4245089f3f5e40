"""Evaluations for the page: sets to choose from, one run at a time in a child process, runs that were kept, their reports.

`evals` knows this package and not the other way round, so it is reached as a command (`python -m evals`). A run goes on
when the page is left, and is found again by whoever opens the page. It asks what its maker may read, and is shown to those
who may read as much.
"""

import contextlib
import json
import os
import subprocess
import sys
import threading
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Literal

from app.texts import say, say_date
from ingest.access import allow_list
from ingest.errors import DossierError, LoadError

_ROOT = Path(__file__).parents[1]
_SHIPPED, _DOSSIERS = _ROOT / "evals" / "sets", _ROOT / "evals" / "dossiers"
TYPES = (".yaml", ".yml", ".csv", ".xlsx")


@dataclass(frozen=True)
class Progress:
    """The run that goes on or was the last: `run` is its name once it is done, `error` why it is not."""

    state: Literal["idle", "busy", "done", "stopped", "failed"] = "idle"
    set: str = ""
    done: int = 0
    total: int = 0
    run: str = ""
    error: str = ""


class Evaluations:
    """Those of one index; runs and uploaded sets are kept in `evals` beside it."""

    def __init__(self, index: Path) -> None:
        self._index = index.absolute()
        self.folder = self._index.parent / "evals"
        self._lock = threading.Lock()
        self._child: subprocess.Popen[str] | None = None
        self.progress = Progress()

    def sets(self) -> dict[str, Path]:
        """Sets by file name: what was uploaded, and what ships."""
        uploaded = [path for path in sorted((self.folder / "sets").glob("*")) if path.suffix.lower() in TYPES]
        return {path.name: path for path in (*sorted(_SHIPPED.glob("*.yaml")), *uploaded)}

    def keep(self, path: Path) -> str:
        """Keep an uploaded set; its name. Raises LoadError for another kind of file."""
        if path.suffix.lower() not in TYPES:
            raise LoadError(f"{path.name}: verwacht een bestand dat eindigt op {', '.join(TYPES)}.")
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)  # runs hold what documents say
        (self.folder / "sets").mkdir(exist_ok=True)
        (self.folder / "sets" / path.name).write_bytes(path.read_bytes())
        return path.name

    def start(self, name: str, mode: str, levels: Collection[str] | None = None) -> bool:
        """Begin a run of this set, or go on with one that was broken off; False if one is going on already."""
        known_facts = self.sets()[name]
        dossier = _DOSSIERS / known_facts.stem
        # A set with a dossier of its own is asked of that; every other of the documents of the chat.
        place = ["--corpus", str(dossier)] if dossier.is_dir() else ["--index", str(self._index)]
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with self._lock:
            if self.progress.state == "busy":
                return False
            self.progress = Progress("busy", name)
        access = [] if levels is None else ["--access", *sorted(levels)]
        command = ["run", str(known_facts), *place, "--runs", str(self.folder), "--mode", mode, "--json", *access]
        threading.Thread(target=self._follow, args=(command, known_facts.parent), name="evaluation", daemon=True).start()
        return True

    def stop(self) -> None:
        """Break off the run; what it has asked is kept, and the next run of the same set goes on there."""
        with self._lock:
            if self.progress.state == "busy":
                self.progress = replace(self.progress, state="stopped")
                if self._child:
                    self._child.terminate()

    def runs(self, language: str, levels: Collection[str] | None, readable: Collection[str]) -> list[tuple[str, str]]:
        """(what it is in words, name) of the runs that are done and may be seen, the last one first.

        That is for who may read what it was allowed to (`levels`; None: everything), and all that it used: `readable` are the ids of
        what may be read now.
        """
        files = sorted(self.folder.glob("*/run.json"), key=lambda path: path.stat().st_mtime, reverse=True)
        found = [(_facts(path, path.stat().st_mtime_ns), path.parent.name) for path in files]
        return [(_label(facts, name, language), name) for facts, name in found if levels is None or self._open(facts, levels, readable)]

    def _open(self, facts: Mapping[str, Any], levels: Collection[str], readable: Collection[str]) -> bool:
        access, own = facts.get("access"), facts.get("index") == str(self._index.resolve())  # else: of a set with its own documents
        return access is not None and allow_list(access) <= set(levels) and (not own or facts["used"] <= set(readable))

    def report(
        self, run: str, levels: Collection[str] | None, readable: Collection[str], earlier: str = "", language: str = "nl"
    ) -> Path:
        """The HTML report of a run, beside an earlier one if that is named. Raises LoadError if there is no such run to be seen."""
        known = {name for _, name in self.runs("nl", levels, readable)}
        for name in filter(None, (run, earlier)):
            if name not in known:
                raise LoadError(f"Er is geen meting '{name}'.")
        beside = earlier if earlier != run else ""
        name = (f"naast-{beside}" if beside else "report") + ("" if language == "nl" else f"-{language}")
        page = self.folder / run / f"{name}.html"
        if not page.is_file():
            other = ["--compare", str(self.folder / beside)] if beside else []
            self._evals(["report", str(self.folder / run), *other, "--language", language, "--out", str(page)])
        return page

    def _follow(self, command: list[str], folder: Path) -> None:
        """Run a command and keep its progress; `folder` is left out of what it says is wrong."""
        with self._popen(command) as child:
            self._child = child
            _give_way(child.pid)
            said: list[str] = []
            listener = threading.Thread(target=lambda: said.extend(child.stderr or ()), daemon=True)
            listener.start()
            for line in child.stdout or ():
                with contextlib.suppress(ValueError), self._lock:
                    news = json.loads(line)
                    if self.progress.state == "busy":
                        self.progress = replace(self.progress, **{key: news[key] for key in ("done", "total", "run") if key in news})
            status = child.wait()
            listener.join(5)
        with self._lock:
            self._child = None
            if self.progress.state == "busy":
                error = _last("".join(said).replace(f"{folder}{os.sep}", "")) if status else ""
                self.progress = replace(self.progress, state="failed" if status else "done", error=error)

    def _evals(self, arguments: list[str]) -> None:
        with self._popen(arguments) as child:
            _, said = child.communicate()
        if child.returncode:
            raise DossierError(_last(said))

    def _popen(self, arguments: list[str]) -> "subprocess.Popen[str]":
        command = [sys.executable, "-m", "evals", *arguments]
        return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=_ROOT)


def offered() -> bool:
    """Whether the evals are installed here."""
    return find_spec("evals") is not None


def _last(said: str) -> str:
    """What a command said was wrong; of a traceback only the end."""
    said = said.strip()
    return said.splitlines()[-1] if "Traceback (most" in said else said[-2000:]


def _give_way(process: int) -> None:
    """Questions of people go before those of a run."""
    with contextlib.suppress(OSError, AttributeError):  # it has ended already; Windows
        os.setpriority(os.PRIO_PROCESS, process, 10)


@lru_cache(maxsize=500)
def _facts(run: Path, changed: int) -> Mapping[str, Any]:
    """What a run is about, the share of right answers, the documents used; `changed` only makes a changed file be read again."""
    try:
        plain = json.loads(run.read_text(encoding="utf-8"))
        answers = [item["answer"] for item in plain["items"] if item["answer"]]
        used = {part["document"] for answer in answers for part in (*answer["citations"], *answer["retrieved"])}
        return {**plain["about"], "share": plain["figures"]["correct"]["value"], "used": used}
    except (OSError, ValueError, KeyError, TypeError):
        return {}


def _label(facts: Mapping[str, Any], name: str, language: str) -> str:
    try:
        created = datetime.fromisoformat(facts["created"]).astimezone()
        moment = f"{say_date(created.date(), language)} {created:%H:%M}"
        mode, share = say(language, f"mode_{facts['mode']}").lower(), round(facts["share"] * 100)
        return say(language, "evaluate_run", set=facts["set"], moment=moment, system=facts["system"], mode=mode, share=share)
    except (ValueError, KeyError, TypeError):
        return name
