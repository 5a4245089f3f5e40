"""Two runs of the same questions: which changed, and whether the difference could be chance."""

from dataclasses import dataclass
from fractions import Fraction
from math import comb

import numpy as np

from evals.types import Item, Run

RESAMPLES = 10_000


@dataclass(frozen=True)
class Change:
    """A question whose verdict differs; `before` or `after` is None where a run lacks it, which counts as wrong."""

    id: str
    before: Item | None
    after: Item | None

    @property
    def better(self) -> bool:
        return bool(self.after and self.after.score.correct)


@dataclass(frozen=True)
class Difference:
    """after minus before of a figure, its 95 % paired bootstrap interval, and the share of resamples on the other side of 0, doubled."""

    before: float
    after: float
    low: float
    high: float
    p: float


@dataclass(frozen=True)
class Comparison:
    """p: exact two-sided McNemar test over all questions of either run. warnings: why the runs may not be comparable."""

    questions: int
    better: tuple[Change, ...]
    worse: tuple[Change, ...]
    p: float
    differences: dict[str, Difference]
    warnings: tuple[str, ...]


def compare(before: Run, after: Run, seed: int = 0) -> Comparison:
    """Compare over all questions of both runs; a question that one lacks is wrong there, so that omission never helps."""
    first, second = ({item.fact.id: item for item in run.items} for run in (before, after))
    names = list(dict.fromkeys([*first, *second]))
    changes = [Change(name, first.get(name), second.get(name)) for name in names if _right(first.get(name)) != _right(second.get(name))]
    better = tuple(change for change in changes if change.better)
    worse = tuple(change for change in changes if not change.better)
    differences = {}
    for figure in ("correct", "fact_recall", "false_refusals", "refused_unanswerable", "citation_recall", "numbers_grounded"):
        difference = _difference(figure, [(first.get(name), second.get(name)) for name in names], seed)
        if difference:
            differences[figure] = difference
    return Comparison(len(names), better, worse, mcnemar(len(better), len(worse)), differences, _warnings(before, after))


def mcnemar(better: int, worse: int) -> float:
    """Exact two-sided McNemar test (McNemar 1947, in binomial form): the chance of so uneven a split of the changed questions."""
    changed = better + worse
    tail = sum(comb(changed, number) for number in range(min(better, worse) + 1))
    return min(1.0, float(Fraction(2 * tail, 2**changed)))


def _right(item: Item | None) -> bool:
    return item is not None and item.score.correct


def _difference(figure: str, pairs: list[tuple[Item | None, Item | None]], seed: int) -> Difference | None:
    rows = np.array([[*_share(one, other, figure), *_share(other, one, figure)] for one, other in pairs], dtype=float)
    if not len(rows) or not rows[:, 1].sum() or not rows[:, 3].sum():
        return None
    chosen = np.random.default_rng(seed).integers(0, len(rows), (RESAMPLES, len(rows)))
    sums = rows[chosen].sum(axis=1)
    sums = sums[(sums[:, 1] > 0) & (sums[:, 3] > 0)]
    spread = sums[:, 2] / sums[:, 3] - sums[:, 0] / sums[:, 1]
    low, high = np.percentile(spread, [2.5, 97.5])
    total = rows.sum(axis=0)
    p = min(1.0, 2 * min(float((spread <= 0).mean()), float((spread >= 0).mean())))
    return Difference(total[0] / total[1], total[2] / total[3], float(low), float(high), p)


def _share(item: Item | None, other: Item | None, figure: str) -> tuple[float, float]:
    """A missing question keeps the denominator that the other run has for it, and the worst numerator."""
    if item:
        return item.score.shares[figure]
    denominator = other.score.shares[figure][1] if other else 0.0
    return (denominator if figure == "false_refusals" else 0.0), denominator


def _warnings(before: Run, after: Run) -> tuple[str, ...]:
    warnings = []
    if before.about.get("set_sha256") != after.about.get("set_sha256"):
        warnings.append(f"de metingen gebruiken niet dezelfde vragen: {before.name} en {after.name}")
    missing = {item.fact.id for item in before.items} ^ {item.fact.id for item in after.items}
    if missing:
        warnings.append(
            f"{len(missing)} vragen staan in maar één van beide en tellen in de andere als fout: {', '.join(sorted(missing)[:5])}"
        )
    if before.about.get("fingerprint") != after.about.get("fingerprint"):
        warnings.append("de index verschilt (vingerafdruk)")
    return tuple(warnings)
