"""What the commands print of a run: for a person in a terminal, or a JSON object a line for a program (the page for evaluators)."""

import json
import sys
from pathlib import Path

from evals import report
from evals.compare import Comparison
from evals.figures import MEASURES
from evals.run import Progress
from evals.texts import say
from evals.types import Run


def print_run(result: Run) -> None:
    """What is wrong with the set, and every figure with its interval."""
    for problem in result.problems:
        print(f"Let op: {problem}", file=sys.stderr)
    print(f"{result.name}: {len(result.items)} vragen in {result.about['seconds']} s")
    for name, figure in result.overall.items():
        label, unit = say("nl", f"measure_{name}"), MEASURES[name].unit
        print(f"  {label:<36} {report.value(figure, unit):>12}  {report.interval(figure, unit):>11}  n={figure.n}")


def print_comparison(comparison: Comparison) -> None:
    """The questions that changed, the figures side by side, and the paired test."""
    for warning in comparison.warnings:
        print(f"Let op: {warning}")
    for title, changes in (("beter", comparison.better), ("slechter", comparison.worse)):
        print(f"{len(changes)} {title}")
        for change in changes:
            stage = next((item.blame.stage for item in (change.before, change.after) if item and item.blame), "")
            print(f"  {change.id:<32} {stage}")
    for name, each in comparison.differences.items():
        ratio = f"  {each.after / each.before:.1f}x" if each.before else ""
        span = f"{each.low * 100:+.0f} tot {each.high * 100:+.0f}"
        print(f"  {say('nl', f'measure_{name}'):<36} {each.before:.0%} -> {each.after:.0%}  ({span} punt, p = {each.p:.3f}){ratio}")
    print(f"McNemar, exact, tweezijdig over {comparison.questions} vragen: p = {comparison.p:.4f}")


def progress(as_json: bool) -> Progress | None:
    """A line {"done", "total"} a question, or None for the bar that a terminal gets."""
    return (lambda done, total: print(json.dumps({"done": done, "total": total}), flush=True)) if as_json else None


def print_result(result: Run, folder: Path) -> None:
    """The last line for a program."""
    print(json.dumps({"run": folder.name, "problems": list(result.problems)}, ensure_ascii=False), flush=True)
