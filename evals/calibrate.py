"""The refusal threshold: below which confidence nothing is answered, from answerable and unanswerable questions.

A set has far more answerable questions, so by default both kinds weigh the same: the threshold that maximises the mean of
right answers kept and of unanswerable questions refused. Cross-validation (five folds, ten times, each kind spread evenly)
says what it brings on questions that it has not seen; the median over the folds is used.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np

from evals.types import Item
from ingest.errors import SettingsError

FOLDS, REPEATS, SEED = 5, 10, 0


@dataclass(frozen=True)
class Judged:
    """One question answered without a threshold. right: whether the answer is correct when it is given."""

    confidence: float
    answerable: bool
    right: bool


@dataclass(frozen=True)
class Point:
    """What a threshold would do, as shares: of answerable questions answered and answered right, of unanswerable refused."""

    threshold: float
    answered: float
    right: float
    refused: float

    @property
    def balance(self) -> float:
        return (self.right + self.refused) / 2


@dataclass(frozen=True)
class Calibration:
    """threshold: the chosen one. balance: as fitted, held_out: by cross-validation, without: with no threshold at all."""

    threshold: float
    balance: float
    held_out: float
    without: float
    right: float
    refused: float
    answerable: int
    unanswerable: int
    curve: tuple[Point, ...]


def calibrate(items: Sequence[Item], seed: int = SEED) -> Calibration:
    """Find the threshold from items that were asked with threshold 0, so that each has the answer that it would get.

    Raises SettingsError with fewer than five answerable or five unanswerable questions.
    """
    judged = [_judge(item) for item in items]
    kinds = [[each for each in judged if each.answerable is kind] for kind in (True, False)]
    if min(map(len, kinds)) < FOLDS:
        found = f"{len(kinds[0])} beantwoordbare en {len(kinds[1])} onbeantwoordbare vragen"
        raise SettingsError(f"IJken vergt van beide soorten minstens {FOLDS} vragen; de set heeft {found}.")
    random = np.random.default_rng(seed)
    thresholds, held_out = [], []
    for _ in range(REPEATS):
        folds = [np.array_split(random.permutation(len(kind)), FOLDS) for kind in kinds]
        for number in range(FOLDS):
            test = [kinds[kind][index] for kind in (0, 1) for index in folds[kind][number]]
            train = [kinds[kind][index] for kind in (0, 1) for fold in folds[kind][:number] + folds[kind][number + 1 :] for index in fold]
            thresholds.append(_best(train))
            held_out.append(_point(test, thresholds[-1]).balance)
    chosen = round(float(np.median(thresholds)), 4)
    point = _point(judged, chosen)
    return Calibration(
        threshold=chosen,
        balance=point.balance,
        held_out=float(np.mean(held_out)),
        without=_point(judged, 0.0).balance,
        right=point.right,
        refused=point.refused,
        answerable=len(kinds[0]),
        unanswerable=len(kinds[1]),
        curve=curve(items),
    )


def curve(items: Sequence[Item], steps: int = 100) -> tuple[Point, ...]:
    """What each threshold from 0 to 1 would do to these answers; empty unless there are questions of both kinds."""
    judged = [_judge(item) for item in items]
    if len({each.answerable for each in judged}) < 2:
        return ()
    return tuple(_point(judged, step / steps) for step in range(steps + 1))


def write(calibration: Calibration, path: Path, about: Mapping[str, Any]) -> None:
    """Write the threshold into the settings file that the app reads, beside the weights that `train` put there."""
    plain = {name: round(value, 4) for name, value in asdict(calibration).items() if name not in ("curve", "threshold")}
    path.parent.mkdir(parents=True, exist_ok=True)
    kept = json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}
    kept |= {"refusal_threshold": calibration.threshold, "found": plain, "about": dict(about)}
    path.write_text(json.dumps(kept, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")


def _judge(item: Item) -> Judged:
    # An answer that says not_found by itself stays a refusal at every threshold.
    confidence = item.confidence if item.status == "answered" else -1.0
    return Judged(confidence, item.fact.answerable, item.fact.answerable and item.score.correct)


def _point(judged: Sequence[Judged], threshold: float) -> Point:
    answerable = [each for each in judged if each.answerable]
    unanswerable = [each for each in judged if not each.answerable]
    given = [each for each in answerable if each.confidence >= threshold]
    refused = [each for each in unanswerable if each.confidence < threshold]
    return Point(
        threshold,
        len(given) / max(1, len(answerable)),
        sum(each.right for each in given) / max(1, len(answerable)),
        len(refused) / max(1, len(unanswerable)),
    )


def _best(judged: Sequence[Judged]) -> float:
    """The middle of the widest range of thresholds with the best balance: no single question decides."""
    values = sorted({0.0, 1.0, *(each.confidence for each in judged if each.confidence > 0)})
    middles = [(low + high) / 2 for low, high in pairwise(values)]
    balances = [_point(judged, middle).balance for middle in middles]
    best = [number for number, balance in enumerate(balances) if balance >= max(balances) - 1e-9]
    widest = max(best, key=lambda number: values[number + 1] - values[number])
    return middles[widest]
