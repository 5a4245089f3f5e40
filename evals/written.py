"""Answers in own words beside quoted ones: as correct, how short, how faithful, how fast, in how much memory; and a list to read.

Faithfulness is judged here by rules of its own, apart from `app/verify.py`: a value or name of a shown statement that no quote
that it cites has, is a fault. Whether a statement says what its quote says, a person judges in the list (evals/NOTES.md).
"""

import re
import statistics
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from evals.types import Item, Run
from ingest.values import contains_value, find_values


@dataclass(frozen=True)
class Comparison:
    """Shares in [0, 1], words and seconds as medians; `faults` are values and names of statements that their quotes lack;
    `literal`: how many of `written` are whole sentences of their sources."""

    correct_quoted: float
    correct_written: float
    refused_alike: bool
    asked: int
    written: int
    literal: int
    words: float
    words_written: float
    faults: tuple[str, ...]
    first_statement: float
    whole: float

    def lines(self) -> list[str]:
        return [
            f"juist: citaten {self.correct_quoted:.3f}, in eigen woorden {self.correct_written:.3f}",
            f"weigeringen gelijk: {'ja' if self.refused_alike else 'NEE'}",
            f"in eigen woorden gezegd: {self.written} van {self.asked} beantwoorde vragen, waarvan {self.literal} met een hele zin uit het "
            "stuk; bij de andere blijven de citaten staan",
            f"woorden, mediaan: {self.words:.0f} over alle, {self.words_written:.0f} over wat in eigen woorden is gezegd",
            f"getallen, datums en namen niet in het citaat: {len(self.faults)} {'; '.join(self.faults)}",
            f"eerste gecontroleerde zin, mediaan: {self.first_statement:.1f} s; heel antwoord: {self.whole:.1f} s",
            f"geheugen van dit proces, hoogste: {peak_memory():.2f} GiB",
        ]


def compare_modes(quoted: Run, written: Run) -> Comparison:
    """Both runs are over the same questions, in the same order."""
    answered = [item for item in written.items if item.answer and item.status == "answered"]
    said = [item for item in answered if item.answer and item.answer["mode"] == "written"]
    times = [item.answer["timings"] for item in answered if item.answer and "written" in item.answer["timings"]]
    return Comparison(
        correct_quoted=_share(quoted.items),
        correct_written=_share(written.items),
        refused_alike=[i.status for i in quoted.items] == [i.status for i in written.items],
        asked=len(answered),
        written=len(said),
        literal=sum(all(s["text"].startswith("“") for s in (item.answer or {})["statements"]) for item in said),
        words=_median([item.score.words for item in answered]),
        words_written=_median([item.score.words for item in said]),
        faults=tuple(fault for item in said for fault in faults(item.answer or {})),
        first_statement=_median([t["first_statement"] for t in times if "first_statement" in t]),
        whole=_median([t["written"] for t in times]),
    )


def faults(answer: Mapping[str, Any]) -> list[str]:
    """Values and names in the statements of an answer object that no quote that they cite has."""
    found = []
    for statement in answer.get("statements", ()):
        quotes = " ".join(c["quote"] for c in answer["citations"] if c["number"] in statement["citations"])
        given = find_values(quotes)
        found += [value.text for value in find_values(statement["text"]) if not contains_value(given, value)]
        names = re.findall(r"(?<!^)(?<![.!?] )\b[A-Z][\w-]+", statement["text"])
        found += [name for name in names if name.lower() not in quotes.lower() and not find_values(name)]
    return found


def listing(written: Run, most: int = 60) -> str:
    """Questions with their written statements and the quotes they cite, in Markdown, for a person to read through."""
    lines: list[str] = []
    for item in written.items:
        if not item.answer or item.answer["mode"] != "written" or len(lines) == most:
            continue
        cited = {number for s in item.answer["statements"] for number in s["citations"]}
        quotes = "".join(f"\n   - [{c['number']}] {' '.join(c['quote'].split())}" for c in item.answer["citations"] if c["number"] in cited)
        verdict = "juist" if item.score.correct else "onjuist"
        lines.append(f"{len(lines) + 1}. {item.fact.question} ({verdict})\n   {item.answer['text']}{quotes}")
    return "\n".join(lines) + "\n"


def save_listing(written: Run, path: Path) -> None:
    path.write_text(listing(written), encoding="utf-8")


def peak_memory() -> float:
    """GiB that this process held at most, with the model file as far as it was in memory; nan where that is not known."""
    try:
        import resource
    except ImportError:  # not on Windows
        return float("nan")
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (2**30 if sys.platform == "darwin" else 2**20)


def _share(items: Sequence[Item]) -> float:
    return sum(item.score.correct for item in items) / max(1, len(items))


def _median(values: Sequence[float]) -> float:
    return statistics.median(values) if values else float("nan")
