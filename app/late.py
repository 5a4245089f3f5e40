"""Late interaction: how well each token of a question is met by some token of a window (MaxSim).

Question tokens come out of adapted last layers, go through a learned map and get learned weights (`python -m evals train`), which
costs next to nothing at search time because windows stay as they were indexed. Another model than these were learned for goes without.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np

from ingest.adapter import Adapter
from ingest.catalog import Window
from ingest.embed import Embedded, Floats

PREFIX = 3  # tokens of "<s> query :" that say nothing of the question
LEARNED = Path(__file__).with_name("question_map.npz")


@dataclass(frozen=True, eq=False)
class QuestionMap:
    """What was learned of questions: an adapter of the encoder's last layers, the mean of their tokens (d,), a linear map (d, d)
    and the vector that tells how much a token weighs (d,)."""

    adapter: Adapter
    centre: Floats
    matrix: Floats
    weigh: Floats


def question_tokens(question: Embedded, mean: Floats, learned: QuestionMap | None) -> tuple[Floats, Floats]:
    """(tokens, d) unit vectors of a question's own tokens, and their weights (tokens,), which add up to 1."""
    raw = question.tokens[PREFIX:-1] if len(question.tokens) > PREFIX + 1 else question.tokens
    if learned is None:
        return unit(np.asarray(raw - mean, np.float32)), np.full(len(raw), 1 / len(raw), np.float32)
    centred = np.asarray(raw - (mean + learned.centre) / 2, np.float32)
    logits = unit(centred) @ learned.weigh
    weights = np.exp(logits - logits.max())
    return unit(np.asarray(centred + centred @ learned.matrix, np.float32)), (weights / weights.sum()).astype(np.float32)


def late_scores(tokens: Floats, windows: Sequence[Window], mean: Floats) -> Floats:
    """Best cosine of every question token with any token of each window: (windows, tokens)."""
    if not windows:
        return np.zeros((0, len(tokens)), np.float32)
    flat = unit(np.concatenate([window.tokens for window in windows]) - mean)
    starts = np.cumsum([0, *(len(window.tokens) for window in windows[:-1])])
    return np.maximum.reduceat(flat @ tokens.T, starts, axis=0)


def unit(vectors: Floats) -> Floats:
    """Rows scaled to length 1."""
    return np.asarray(vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-9), np.float32)


@lru_cache(maxsize=2)
def question_map(model: str) -> QuestionMap | None:
    """What was learned for questions to the encoder with this identity; None for another than it was learned with."""
    with np.load(LEARNED) as file:
        if str(file["model"]) != model:
            return None
        parts = {
            side: {name.removeprefix(f"{side}/"): file[name] for name in file.files if name.startswith(f"{side}/")}
            for side in ("down", "up")
        }
        adapter = Adapter(int(file["first"]), parts["down"], parts["up"])
        return QuestionMap(adapter, *(file[name].astype(np.float32) for name in ("centre", "matrix", "weigh")))


def save_question_map(learned: QuestionMap, model: str) -> None:
    """Write what was learned, in half precision."""
    halves = {name: getattr(learned, name).astype(np.float16) for name in ("centre", "matrix", "weigh")}
    for side, parts in (("down", learned.adapter.down), ("up", learned.adapter.up)):
        halves |= {f"{side}/{name}": part.astype(np.float16) for name, part in parts.items()}
    np.savez_compressed(LEARNED, model=np.array(model), first=np.array(learned.adapter.first), **halves)
