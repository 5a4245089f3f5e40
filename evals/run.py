"""Ask every question of a set, judge the answers and blame the misses; broken off, it goes on where it was."""

import json
import random
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
from tqdm import tqdm

from app.types import Answer, Turn
from evals.blame import blame
from evals.figures import figures, group
from evals.metrics import judge
from evals.protocols import Asks, Library, Traced, Traces
from evals.types import Item, KnownFact, Run, item_from_json, item_to_json

SEED = 0
Progress = Callable[[int, int], None]


def run(
    assistant: Asks,
    facts: Sequence[KnownFact],
    library: Library,
    about: Mapping[str, Any],
    mode: str = "quoted",
    partial: Path | None = None,
    workers: int = 1,
    progress: Progress | None = None,
    problems: Sequence[str] = (),
) -> Run:
    """Score a set. An exception in the assistant is a wrong answer, with its text; the rest goes on.

    partial: a JSON-lines file that keeps what is done; one of another set, index, mode or setting is begun anew. progress is
    called with (done, total) from this thread. workers > 1 helps where answers wait for a model server, not on two cores.
    """
    random.seed(SEED)
    np.random.seed(SEED)
    about = {**about, "mode": mode, "seeds": {"python": SEED, "numpy": SEED, "bootstrap": SEED}}
    done = _resume(partial, about) if partial else {}
    started, began = datetime.now(UTC), time.perf_counter()
    waiting = [fact for fact in facts if fact.id not in done or done[fact.id].fact != fact]
    items = {identity: done[identity] for identity in done}
    with ThreadPoolExecutor(max_workers=workers) as pool:
        results: Iterable[Item] = (
            pool.map(lambda fact: _ask(assistant, fact, library, mode), waiting)
            if workers > 1
            else (_ask(assistant, fact, library, mode) for fact in waiting)
        )
        for item in _shown(results, len(facts) - len(waiting), len(facts), progress):
            items[item.fact.id] = item
            if partial:
                with partial.open("a", encoding="utf-8") as file:
                    file.write(json.dumps(item_to_json(item), ensure_ascii=False) + "\n")
    ordered = tuple(items[fact.id] for fact in facts)
    about |= {"created": started.isoformat(timespec="seconds"), "seconds": round(time.perf_counter() - began, 2)}
    return Run(
        about=about,
        items=ordered,
        overall=figures(ordered, SEED),
        by_category=group(ordered, lambda item: item.fact.category, SEED),
        by_difficulty=group(ordered, lambda item: item.fact.difficulty, SEED),
        problems=tuple(problems),
    )


def _ask(assistant: Asks, fact: KnownFact, library: Library, mode: str) -> Item:
    turn, error = Turn(fact.question, fact.history), ""
    answer: Answer | None = None
    trace: Traced | None = None
    began = time.perf_counter()
    try:
        # A quoted answer is traced at once: asking and then tracing a miss would do the work twice.
        if mode == "quoted" and isinstance(assistant, Traces):
            trace = assistant.trace(turn)
            answer = trace.answer
        else:
            answer = assistant.ask(turn, mode)
    except Exception as problem:  # whatever goes wrong is the assistant's, and is judged as a missing answer
        error = f"{problem.__class__.__name__}: {problem}"
    seconds = time.perf_counter() - began
    score = judge(fact, answer, library.documents)
    if answer and trace is None and not score.correct and isinstance(assistant, Traces):
        trace = _traced(assistant, turn)
    reason = blame(fact, answer, score, library, trace, error)
    return Item(fact, _plain(answer) if answer else None, round(seconds, 4), score, reason, error)


def _traced(assistant: Traces, turn: Turn) -> Traced | None:
    """A written answer's evidence is that of the quoted one; without it blame goes by the quotes."""
    try:
        return assistant.trace(turn)
    except Exception:
        return None


def _plain(answer: Answer) -> dict[str, Any]:
    plain: dict[str, Any] = json.loads(json.dumps(answer.to_json()))
    return plain


def _shown(items: Iterable[Item], done: int, total: int, progress: Progress | None) -> Iterator[Item]:
    """The same items, with a call per item, or else a bar where there is a terminal to show it."""
    bar = tqdm(items, initial=done, total=total, unit="vraag", disable=progress is not None or not sys.stderr.isatty())
    for number, item in enumerate(bar, done + 1):
        yield item
        if progress:
            progress(number, total)


def _resume(partial: Path, about: Mapping[str, Any]) -> dict[str, Item]:
    """What was done under the same circumstances, without the crashes; else an empty file that starts with them."""
    head = json.dumps(dict(about), sort_keys=True, default=str)
    done: dict[str, Item] = {}
    if partial.is_file():
        lines = partial.read_text(encoding="utf-8").splitlines()
        if lines and lines[0] == head:
            for line in lines[1:]:
                try:
                    item = item_from_json(json.loads(line))
                except ValueError:  # the line that was being written when it was broken off
                    continue
                done[item.fact.id] = item
            done = {identity: item for identity, item in done.items() if item.answer}
    kept = [json.dumps(item_to_json(item), ensure_ascii=False) for item in done.values()]
    partial.parent.mkdir(parents=True, exist_ok=True)
    partial.write_text("\n".join([head, *kept]) + "\n", encoding="utf-8")
    return done
