"""How sure it is that the evidence answers the question: a calibrated probability, below whose threshold nothing is said.

Similarity alone cannot tell an unanswerable question from an answerable one. So the signals also look at how much of the question
the evidence meets, token by token, and for what is asked: a name, a number, a date, a cost, an outcome that is there already. Two
gates weigh them, and the stricter one decides: whether what is asked is there, and whether it is about these documents at all. One
that does both does neither well, because what is asked in vain on the right subject looks more like an answer than much that is one.
"""

import json
import re
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np

from app.evidence import overlap
from app.lexical import terms
from app.question import Question
from app.rank import has_kind
from app.retrieve import Retrieved
from app.types import Evidence
from ingest.embed import Floats
from ingest.library import Library
from ingest.settings import Settings
from ingest.values import contains_value, find_values

SIGNALS = (
    "cover",
    "uncovered",
    "strangest",
    "dense",
    "dense_best",
    "lead",
    "certain",
    "tokens",
    "terms",
    "kind",
    "english",
    "follow_up",
    "asks_number",
    "asks_date",
    "asks_person",
    "asks_list",
    "asks_reason",
    "name_absent",
    "name_present",
    "number_absent",
    "date_absent",
    "cost_absent",
    "outcome_pending",
    "not_yet",
    "year_absent",
)
# Those that tell whether the question is about these documents at all.
SUBJECT = ("cover", "uncovered", "strangest", "dense", "dense_best", "lead", "certain")
_NAMES_MISSING = 2.5
# Between how many tokens and terms the length of a question may tell; "Wat is SOWIS?" is not unanswerable for being short.
_TOKENS, _TERMS = (12, 40), (5, 12)
_COUNTED = re.compile(
    r"\b(?:welke|which|what|de|the) (\d+|twee|drie|vier|vijf|zes|zeven|acht|negen|tien|two|three|four|five|six|seven|eight|nine|ten) "
    r"(?:\w+ )?(?:gemeente|stad|stede|land|organisatie|bedrij|instelling|partij|kamerl|minister|"
    r"departement|persone|provincie|regio|scho|waterschap|municipalit|cit|countr|organi|compan|member|part|school|province|region)",
    re.I,
)
_NOT_YET = re.compile(r"\b(?:zal|zullen|volgt|verwacht|binnenkort|nog niet|later)\b", re.I)
_PENDING = re.compile(r"onderzocht|verkend|verkenning|worden?\b|\bzal\b|zullen|\bstart|verwacht|voornemens|ontvangen|\bgaat\b", re.I)
_ASKS_NAME = re.compile(
    r"\bhoe (?:heet|heten|heette)\b|\bna(?:am|men)\b|\bwie\b|\bwho\b|\bname[sd]?\b|"
    r"\b(?:welke|which) (?:\w+ )?(?:gemeente|stad|stede|land|organisatie|bedrij|instelling|partij|kamerl|minister|regio|scho|"
    r"universiteit|bureau|municipalit|cit|countr|organi|compan|part|region|school|universit|agenc)",
    re.I,
)
_ASKS_COST = re.compile(r"\bkost|\bprijs|budget|bedrag|hoeveel (?:geld|euro)|\bcost|how much money", re.I)
_ASKS_OUTCOME = re.compile(
    r"conclusie|uitkomst|resulta|\bbleek|bevinding|oordeel|opgeleverd|adviseert|\bvond|outcome|finding|conclud|result|recommend", re.I
)
_NAME = re.compile(r"(?<![.!?:]\s)(?<!^)\b[A-Z][\w&-]+")


def signals(question: Question, retrieved: Retrieved, evidence: Sequence[Evidence], library: Library) -> Floats:
    """One value a name in SIGNALS."""
    top, weights = retrieved.windows[0], retrieved.token_weights
    quoted = [
        w
        for w in retrieved.windows[:40]
        if any(e.passage_id == w.span.passage_id and e.start <= w.span.start and w.span.stop <= e.end for e in evidence)
    ]
    best = np.stack([w.similar for w in quoted or [top]]).max(axis=0)
    everywhere = np.stack([w.similar for w in retrieved.windows]).max(axis=0)
    document = library.passages[top.span.passage_id].document_id
    rest = [w for w in retrieved.windows[1:40] if not overlap(evidence[0], w, library)]
    scores = np.array([w.score for w in retrieved.windows[:60]])
    dense = np.sort([w.dense for w in retrieved.windows])  # against the others, because how alike all are differs from dossier to dossier
    text = " ".join(e.text for e in evidence)
    first = library.documents[document].text[top.span.start : top.span.stop]
    named = set(_NAME.findall(re.sub(r"^\W*\w+", "", first))) - set(re.findall(r"\w+", question.text))
    given = {(v.kind, v.value) for v in question.values}
    there = {v.kind for v in find_values(first) if (v.kind, v.value) not in given}
    asks_number = question.kind in ("number", "amount", "percentage", "duration")
    asks_name = bool(_ASKS_NAME.search(question.text))
    present = has_kind(question, first, frozenset(there))
    values = {
        "cover": float(weights @ best),
        "uncovered": float(weights @ (best < 0.4)),
        "strangest": float(everywhere.min()),
        "dense": top.dense - float(dense.mean()),
        "dense_best": float(dense[-1] - dense[-50:].mean()),
        "lead": top.score - rest[0].score if rest else 5.0,
        "certain": float(1 / np.exp(scores - top.score).sum()),
        "tokens": float(np.log(np.clip(len(weights), *_TOKENS))),
        "terms": float(np.clip(len(set(terms(question.text))), *_TERMS)),
        "kind": 0.5 if present is None else float(present),
        "english": question.language == "en",
        "follow_up": question.follow_up,
        "asks_number": asks_number,
        "asks_date": question.kind == "date",
        "asks_person": question.kind == "person",
        "asks_list": question.kind == "list",
        "asks_reason": question.kind == "reason",
        "name_absent": asks_name and not named,
        "name_present": asks_name and bool(named),
        "number_absent": asks_number and not there & {"number", "percent", "amount"},
        "date_absent": question.kind == "date" and not present,
        "cost_absent": bool(_ASKS_COST.search(question.text)) and "amount" not in there,
        "outcome_pending": bool(_ASKS_OUTCOME.search(question.text) and _PENDING.search(first)),
        "not_yet": bool(_NOT_YET.search(text)),
        "year_absent": bool(question.years) and not question.years & _years(evidence, library),
    }
    return np.array([float(values[name]) for name in SIGNALS], np.float32)


def _years(evidence: Sequence[Evidence], library: Library) -> set[str]:
    """The years that the passages of the evidence name, and those of their documents."""
    text = " ".join(library.passages[e.passage_id].text for e in evidence)
    dates = [library.documents[e.document_id].as_of for e in evidence]
    return {*re.findall(r"\b(?:19|20)\d\d\b", text), *(str(date.year) for date in dates if date)}


def confidence(question: Question, retrieved: Retrieved, evidence: Sequence[Evidence], library: Library) -> float:
    """Probability in [0, 1] that the question is answered by its evidence."""
    if not retrieved.windows or not evidence:
        return 0.0
    found = dict(zip(SIGNALS, signals(question, retrieved, evidence, library).tolist(), strict=True))
    gates = _calibration()["gates"]
    logit = min(sum(weight * found[name] for name, weight in gate["weights"].items()) + gate["bias"] for gate in gates)
    if names_missing(question, " ".join(e.text for e in evidence)):
        logit -= _NAMES_MISSING
    return float(1 / (1 + np.exp(-logit)))


def names_missing(question: Question, text: str) -> str:
    """The number in a question for a known number of named things ("welke acht gemeenten") if the text gives that number and fewer
    names; '' otherwise."""
    asked = _COUNTED.search(question.asked)
    number = find_values(asked[1]) if asked else ()
    if not asked or not number or not contains_value(find_values(text), number[0]):
        return ""
    named = set(re.findall(r"\b[A-Z][\w-]+", re.sub(r"(?:^|[.!?:]\s+)\w+", " ", text))) - set(re.findall(r"\w+", question.text))
    return asked[1] if len(named) < float(number[0].value) else ""


def threshold(settings: Settings) -> float:
    """The setting if given, else the calibrated value."""
    if settings.refusal_threshold is not None:
        return settings.refusal_threshold
    return float(_calibration()["refusal_threshold"])


@lru_cache(maxsize=1)
def _calibration() -> dict[str, Any]:
    values: dict[str, Any] = json.loads(Path(__file__).with_name("calibration.json").read_text(encoding="utf-8"))
    return values
