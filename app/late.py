"""Late interaction: how well each token of a question is met by some token of a window (MaxSim)."""

from collections.abc import Sequence

import numpy as np

from ingest.catalog import Window
from ingest.embed import Embedded, Floats

_PREFIX = 3  # tokens of "<s> query :" that say nothing of the question


def late_scores(question: Embedded, windows: Sequence[Window], mean: Floats) -> Floats:
    """Best cosine of every question token with any token of each window, after subtracting `mean`: (windows, tokens)."""
    if not windows:
        return np.zeros((0, 1), np.float32)
    asked = _unit(question.tokens - mean)[_PREFIX:-1]
    flat = _unit(np.concatenate([window.tokens for window in windows]) - mean)
    starts = np.cumsum([0, *(len(window.tokens) for window in windows[:-1])])
    return np.maximum.reduceat(flat @ asked.T, starts, axis=0)


def _unit(vectors: Floats) -> Floats:
    return vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-9)


def best_tokens(question: Embedded, window: Window, mean: Floats) -> Floats:
    """Cosine of every token of one window with every token of the question: (window tokens, question tokens)."""
    return np.asarray(_unit(window.tokens - mean) @ _unit(question.tokens - mean)[_PREFIX:-1].T, np.float32)
