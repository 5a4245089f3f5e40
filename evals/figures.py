"""The figures of a set: every share, retrieval with ir-measures, length and latency, each with a bootstrap interval."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from evals.types import Figure, Item


@dataclass(frozen=True)
class Measure:
    """A figure's unit (share, words or seconds; '' for a rank measure) and whether more is better; what it is called: texts.py."""

    unit: str = "share"
    more_is_better: bool = True


MEASURES: Mapping[str, Measure] = {
    "correct": Measure(),
    "fact_recall": Measure(),
    "refused_unanswerable": Measure(),
    "false_refusals": Measure(more_is_better=False),
    "citation_recall": Measure(),
    "citation_precision": Measure(),
    "quotes_verbatim": Measure(),
    "numbers_grounded": Measure(),
    "recall@1": Measure(),
    "recall@3": Measure(),
    "recall@5": Measure(),
    "recall@10": Measure(),
    "mrr": Measure(""),
    "ndcg@10": Measure(""),
    "words": Measure("words", False),
    "too_long": Measure(more_is_better=False),
    "forbidden_said": Measure(more_is_better=False),
    "crashed": Measure(more_is_better=False),
    "latency_median": Measure("seconds", False),
    "latency_p95": Measure("seconds", False),
}
RESAMPLES = 2000


def figures(items: Sequence[Item], seed: int = 0) -> dict[str, Figure]:
    """Every measure over these items, in the order of MEASURES.

    A share is the sum of numerators over the sum of denominators. The interval is the 2.5th to 97.5th percentile of 2000
    resamples of the questions (Efron's percentile bootstrap).
    """
    shares = {name: [item.score.shares[name] for item in items] for name in (items[0].score.shares if items else ())}
    shares |= _retrieval(items)
    times = [(item.seconds,) for item in items if item.answer]
    lengths = [(float(item.score.words),) for item in items if item.status == "answered"]
    result = {name: _interval(pairs, _ratio, seed) for name, pairs in shares.items()}
    result["words"] = _interval(lengths, _percentile(50), seed)
    result["latency_median"] = _interval(times, _percentile(50), seed)
    result["latency_p95"] = _interval(times, _percentile(95), seed)
    return {name: result[name] for name in MEASURES if name in result}


def group(items: Iterable[Item], key: Callable[[Item], str], seed: int = 0) -> dict[str, dict[str, Figure]]:
    """Figures per group, groups in alphabetical order, difficulties from easy to hard."""
    groups: dict[str, list[Item]] = {}
    for item in items:
        groups.setdefault(key(item), []).append(item)
    order = ("easy", "medium", "hard")
    names = sorted(groups, key=lambda name: (order.index(name) if name in order else -1, name))
    return {name: figures(groups[name], seed) for name in names}


def _retrieval(items: Iterable[Item]) -> dict[str, list[tuple[float, float]]]:
    """Success@k, reciprocal rank and nDCG per question with evidence.

    The things to be found are the snippets, each at the place of the first passage that holds it. A passage that holds none
    fills its place; a question without an answer found nothing.
    """
    import ir_measures
    from ir_measures import RR, Success, nDCG

    relevant, ranked, asked = [], [], []
    for item in items:
        if not item.fact.evidence:
            continue
        asked.append(item.fact.id)
        places = item.score.ranks
        relevant += [ir_measures.Qrel(item.fact.id, f"snippet {number}", 1) for number in range(len(places))]
        for rank in range(1, 11):
            here = [f"snippet {number}" for number, place in enumerate(places) if place == rank] or [f"other {rank}"]
            # Snippets of one passage share its place; the second follows directly, so that the order stays strict.
            ranked += [ir_measures.ScoredDoc(item.fact.id, name, 1 / (rank + number / 100)) for number, name in enumerate(here)]
    names = {Success @ 1: "recall@1", Success @ 3: "recall@3", Success @ 5: "recall@5", Success @ 10: "recall@10"}
    names |= {RR @ 10: "mrr", nDCG @ 10: "ndcg@10"}
    if not asked:
        return {name: [] for name in names.values()}
    found = {(result.query_id, names[result.measure]): result.value for result in ir_measures.iter_calc(list(names), relevant, ranked)}
    return {name: [(found.get((identity, name), 0.0), 1.0) for identity in asked] for name in names.values()}


_Statistic = Callable[[np.ndarray], np.ndarray]


def _ratio(samples: np.ndarray) -> np.ndarray:
    sums = samples.sum(axis=1)
    return np.asarray(np.divide(sums[:, 0], sums[:, 1], out=np.full(len(sums), np.nan), where=sums[:, 1] > 0))


def _percentile(percent: float) -> _Statistic:
    return lambda samples: np.asarray(np.percentile(samples[:, :, 0], percent, axis=1))


def _interval(rows: Sequence[tuple[float, ...]], statistic: _Statistic, seed: int) -> Figure:
    values = np.array([row for row in rows if len(row) == 1 or row[1] > 0], dtype=float)
    if not len(values):
        return Figure(None, None, None, 0)
    chosen = np.random.default_rng(seed).integers(0, len(values), (RESAMPLES, len(values)))
    low, high = np.nanpercentile(statistic(values[chosen]), [2.5, 97.5])
    return Figure(float(statistic(values[None])[0]), float(low), float(high), len(values))
