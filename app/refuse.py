"""How sure it is that the evidence answers the question: a calibrated probability, below whose threshold nothing is said.

Similarity alone cannot tell an unanswerable question from an answerable one, so the signals also look for what is asked:
whether its words are known and stand near, and whether the kind of thing and the year are there.
"""

import json
import re
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

import numpy as np

from app.lexical import terms
from app.question import Question
from app.rank import NAMES
from app.retrieve import Retrieved
from app.types import Evidence
from ingest.embed import Floats
from ingest.library import Library
from ingest.settings import Settings
from ingest.values import find_values

SIGNALS = (
    "late",
    "dense",
    "lead",
    "spread",
    "known",
    "near",
    "near_passage",
    "kind_present",
    "kind_absent",
    "year_absent",
    "asks_person",
    "asks_list",
    "asks_number",
    "asks_reason",
    "asks_date",
    "new_name",
    "not_yet",
    "short_question",
    "english",
    "follow_up",
)
_NAMES_MISSING = 2.5
_COUNTED = re.compile(
    r"\b(?:welke|which|what|de|the) (\d+|twee|drie|vier|vijf|zes|zeven|acht|negen|tien|two|three|four|five|six|seven|eight|nine|ten) "
    r"(?:\w+ )?(?:gemeente|stad|stede|land|organisatie|bedrij|instelling|partij|kamerl|minister|"
    r"departement|persone|provincie|regio|scho|waterschap|municipalit|cit|countr|organi|compan|member|part|school|province|region)",
    re.I,
)
_NOT_YET = re.compile(r"\b(?:zal|zullen|volgt|wordt|worden|verwacht|binnenkort|op korte termijn|nog niet|later)\b", re.I)


def signals(question: Question, retrieved: Retrieved, evidence: Sequence[Evidence], library: Library, known: float) -> Floats:
    """One value a name in SIGNALS. `known`: share of the question's terms that occur in the library."""
    top, rest = retrieved.windows[0], retrieved.windows[1:40]
    late = np.array([window.late for window in retrieved.windows[:100]])
    asked = set(terms(question.text))
    text = " ".join(e.text for e in evidence)
    context = " ".join(library.passages[e.passage_id].context + " " + library.passages[e.passage_id].text for e in evidence)
    column = {name: float(top.features[NAMES.index(name)]) for name in ("kind_present", "kind_absent", "year_absent")}
    names = {w for w in re.findall(r"\b[A-Z][\w&-]+", text)} - {w for w in re.findall(r"\w+", question.text)}
    values = {
        "late": top.late,
        "dense": top.dense,
        "lead": top.score - (rest[0].score if rest else top.score),
        "spread": (top.late - float(late.mean())) / (float(late.std()) + 1e-6),
        "known": known,
        "near": len(asked & set(terms(text))) / max(len(asked), 1),
        "near_passage": len(asked & set(terms(context))) / max(len(asked), 1),
        **column,
        "asks_person": float(question.kind == "person"),
        "asks_list": float(question.kind == "list"),
        "asks_number": float(question.kind in ("number", "amount", "percentage", "duration")),
        "asks_reason": float(question.kind == "reason"),
        "asks_date": float(question.kind == "date"),
        "new_name": float(question.kind in ("person", "organisation") and len(names) > 1),
        "not_yet": float(bool(_NOT_YET.search(text))),
        "short_question": float(len(asked) < 4),
        "english": float(question.language == "en"),
        "follow_up": float(question.follow_up),
    }
    return np.array([values[name] for name in SIGNALS], np.float32)


def confidence(question: Question, retrieved: Retrieved, evidence: Sequence[Evidence], library: Library, known: float) -> float:
    """Probability in [0, 1] that the question is answered by its evidence."""
    if not retrieved.windows or not evidence:
        return 0.0
    model = _calibration()
    weights = np.array([model["weights"][name] for name in SIGNALS])
    logit = float(signals(question, retrieved, evidence, library, known) @ weights + model["bias"])
    if names_missing(question, " ".join(e.text for e in evidence)):
        logit -= _NAMES_MISSING
    return float(1 / (1 + np.exp(-logit)))


def names_missing(question: Question, text: str) -> bool:
    """Whether a known number of named things is asked for ("welke acht gemeenten") and the text names fewer."""
    asked = _COUNTED.search(question.asked)
    if asked is None:
        return False
    number = find_values(asked[1])
    named = set(re.findall(r"\b[A-Z][\w-]+", re.sub(r"(?:^|[.!?:]\s+)\w+", " ", text))) - set(re.findall(r"\w+", question.text))
    return bool(number) and len(named) < float(number[0].value)




def threshold(settings: Settings) -> float:
    """The setting if given, else the calibrated value."""
    if settings.refusal_threshold is not None:
        return settings.refusal_threshold
    return float(_calibration()["refusal_threshold"])


@lru_cache(maxsize=1)
def _calibration() -> dict:  # type: ignore[type-arg]
    values: dict = json.loads(Path(__file__).with_name("calibration.json").read_text(encoding="utf-8"))  # type: ignore[type-arg]
    return values
