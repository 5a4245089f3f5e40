"""How sure it is that the evidence answers the question: a calibrated probability, below whose threshold nothing is said."""

import json
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

import numpy as np

from app.question import Question
from app.retrieve import Retrieved
from app.types import Evidence
from ingest.library import Library
from ingest.settings import Settings


def confidence(question: Question, retrieved: Retrieved, evidence: Sequence[Evidence], library: Library) -> float:
    """Probability in [0, 1] that the question is answered by its evidence."""
    if not retrieved.windows or not evidence:
        return 0.0
    top = retrieved.windows[0]
    return float(1 / (1 + np.exp(-12 * (top.late - 0.42))))


def threshold(settings: Settings) -> float:
    """The setting if given, else the calibrated value."""
    if settings.refusal_threshold is not None:
        return settings.refusal_threshold
    return float(_calibration()["refusal_threshold"])


@lru_cache(maxsize=1)
def _calibration() -> dict[str, float]:
    values: dict[str, float] = json.loads(Path(__file__).with_name("calibration.json").read_text(encoding="utf-8"))
    return values
