"""Late interaction: how well each token of a question is met by some token of a window (MaxSim).

Question tokens first go through a learned map and get learned weights (`python -m evals train`), which costs nothing at
search time because windows stay as they were indexed. Vectors of another model than it was trained on go unmapped.
"""

from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

import numpy as np

from ingest.catalog import Window
from ingest.embed import Embedded, Floats

PREFIX = 3  # tokens of "<s> query :" that say nothing of the question
MAP_FILE = Path(__file__).with_name("question_map.npz")


def question_tokens(question: Embedded, mean: Floats, model: str) -> tuple[Floats, Floats]:
    """(tokens, d) unit vectors of a question's own tokens, and their weights (tokens,), which add up to 1."""
    raw = question.tokens[PREFIX:-1] if len(question.tokens) > PREFIX + 1 else question.tokens
    learned = _learned(model)
    if learned is None:
        return unit(np.asarray(raw - mean, np.float32)), np.full(len(raw), 1 / len(raw), np.float32)
    centre, matrix, weigh = learned
    centred = np.asarray(raw - (mean + centre) / 2, np.float32)
    logits = unit(centred) @ weigh
    weights = np.exp(logits - logits.max())
    return unit(np.asarray(centred + centred @ matrix, np.float32)), (weights / weights.sum()).astype(np.float32)


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
def _learned(model: str) -> tuple[Floats, Floats, Floats] | None:
    if not MAP_FILE.is_file():
        return None
    with np.load(MAP_FILE) as file:
        if str(file["model"]) != model:
            return None
        return file["centre"].astype(np.float32), file["matrix"].astype(np.float32), file["weigh"].astype(np.float32)
