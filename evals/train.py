"""Learns what retrieval and refusal weigh from sets of known facts.

Writes the map of question tokens (app/question_map.npz), the weights of the window features (app/ranker.json) and those of
the refusal signals (app/calibration.json). The first two minimise the cross-entropy of the windows that hold the evidence
among the best candidates, the third is a logistic regression. `--cross` reports what held-out sets and questions get. Runs
offline on the CPU in a few minutes.
"""

import json
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import numpy.typing as npt
import torch
from scipy.optimize import minimize
from tqdm import tqdm

from app import late as late_module
from app.evidence import select
from app.late import PREFIX, late_scores
from app.lexical import terms
from app.question import Question, understand
from app.rank import NAMES, features
from app.refuse import SIGNALS, signals
from app.retrieve import Retriever
from app.types import Turn
from evals.known_facts import load
from evals.text import holds, shared
from ingest.catalog import Window
from ingest.embed import Embedded, Floats, SentenceTransformerEncoder
from ingest.library import Library
from ingest.pipeline import index
from ingest.settings import settings

SEED = 7
DEFAULT_THRESHOLD = 0.4
SIGNS = {"late": 1, "dense": 1, "lead": 1, "spread": 1, "known": 1, "near": 1, "near_passage": 1, "kind_present": 1, "new_name": 1}
SIGNS |= {"kind_absent": -1, "year_absent": -1, "not_yet": -1, "short_question": 0, "english": 0, "follow_up": 0}
_HARD, _TEMPERATURE = 30, 0.04


@dataclass
class Example:
    """A question with its candidate windows; `right` marks those that hold the evidence."""

    set_name: str
    question: Question
    embedded: Embedded
    mean: Floats
    windows: list[Window]
    right: npt.NDArray[np.bool_]
    judge: Callable[[Floats], Floats]  # late similarities (n,) → features (n, names)


@dataclass(frozen=True)
class Map:
    centre: Floats
    matrix: Floats
    weigh: Floats


def training_sets(originals: Path | None = None) -> list[tuple[Path, Path]]:
    """The sets to learn from with their corpora: the factsheets, the fictional dossiers and, where the original
    documents are, the development set on them. The gold set is kept out, as a check."""
    here = Path(__file__).parent
    places = [(here / "sets/feitenbladen.yaml", here.parent / "corpus")]
    places += [(here / f"sets/{folder.name}.yaml", folder) for folder in sorted((here / "dossiers").iterdir()) if folder.is_dir()]
    if originals is not None and originals.is_dir():
        places.append((here / "sets/actieagenda-dev.yaml", originals))
    return places


def collect(set_path: Path, corpus: Path) -> list[Example]:
    """Examples of the answerable questions of a set over a corpus, which is indexed into a temporary place."""
    encoder = SentenceTransformerEncoder(settings())
    with tempfile.TemporaryDirectory() as folder:
        index([corpus], Path(folder), encoder=encoder)
        library = Library(Path(folder), settings(), encoder.identity)
        retriever = Retriever(library, encoder)
        shelf: dict[str, Window] = {}  # every window once, in half precision: candidates overlap between questions
        out = []
        for fact in tqdm(load(set_path), desc=set_path.stem):
            if not fact.answerable:
                continue
            question = understand(Turn(fact.question, fact.history))
            found = retriever.retrieve(question)
            spans = [window.span for window in found.windows]
            texts, names = [], []
            for span in spans:
                document = library.documents[library.passages[span.passage_id].document_id]
                texts.append(document.text[span.start : span.stop])
                names.append(document.source_name)
            right = np.array(
                [
                    any(name.startswith(s.doc) and (holds(text, s.quote) or shared(text, s.quote) >= 0.85) for s in fact.evidence)
                    for text, name in zip(texts, names, strict=True)
                ]
            )
            if not right.any():
                continue
            columns = np.stack([window.features for window in found.windows])
            dense = np.array([window.dense for window in found.windows], np.float32)

            def judge(
                late: Floats,
                question: Question = question,
                spans: list[object] = spans,  # type: ignore[assignment]
                texts: list[str] = texts,
                columns: Floats = columns,
                dense: Floats = dense,
            ) -> Floats:
                made = features(question, terms(question.text), spans, texts, library, late, dense, dense, dense)  # type: ignore[arg-type]
                keep = [NAMES.index(name) for name in ("lexical", "lexical_passage")]
                made[:, keep] = columns[:, keep]
                return made

            missing = [s.vector_id for s in spans if s.vector_id not in shelf]
            shelf |= {w.vector_id: replace(w, tokens=w.tokens.astype(np.float16)) for w in library.windows(missing)}
            windows = [shelf[s.vector_id] for s in spans]
            out.append(Example(set_path.stem, question, encoder.question(question.text), library.token_mean, windows, right, judge))
        for example in out:  # features need the library, which goes with the folder: fill them for now with today's map
            example.judge = _Frozen(example)
        return out


class _Frozen:
    """The features of an example with the late columns left open."""

    def __init__(self, example: Example) -> None:
        self._table = example.judge(np.zeros(len(example.windows), np.float32))
        passages = [window.passage_id for window in example.windows]
        self._groups = np.array([passages.index(p) for p in passages])

    def __call__(self, late: Floats) -> Floats:
        table = self._table.copy()
        best = np.full(len(late), -9.0, np.float32)
        np.maximum.at(best, self._groups, late)
        for name, column in (("late", late), ("passage_late", best[self._groups])):
            table[:, NAMES.index(name)] = (column - column.mean()) / (column.std() + 1e-6)
        table[:, NAMES.index("late_best")] = late * 4
        return table


def fit_map(examples: Sequence[Example], epochs: int = 2, rate: float = 3e-4) -> Map:
    """Question-side linear map and token weights, by listwise cross-entropy over hard candidates."""
    torch.manual_seed(SEED)
    order = np.random.default_rng(SEED)
    raw = [e.embedded.tokens[PREFIX:-1] for e in examples]
    centre = np.concatenate(raw).mean(axis=0).astype(np.float32)
    width = len(centre)
    matrix = torch.zeros(width, width, requires_grad=True)
    weigh = torch.zeros(width, requires_grad=True)
    optimiser = torch.optim.AdamW(
        [{"params": [matrix], "lr": rate, "weight_decay": 1e-2}, {"params": [weigh], "lr": 3 * rate, "weight_decay": 1e-3}]
    )
    unit = torch.nn.functional.normalize
    prepared = []
    for example, tokens in zip(examples, raw, strict=True):
        plain = late_scores(late_module.unit(tokens - (example.mean + centre) / 2), example.windows, example.mean).mean(axis=1)
        right = np.flatnonzero(example.right)[:4]
        wrong = [i for i in np.argsort(-plain) if not example.right[i]][:_HARD]
        chosen = [*right, *wrong]
        windows = [example.windows[i].tokens - example.mean for i in chosen]
        question = torch.tensor(tokens - (example.mean + centre) / 2)
        flat = unit(torch.tensor(np.concatenate(windows)), dim=1).half()
        prepared.append((question, flat, [len(w) for w in windows], len(right)))
    for _ in range(epochs):
        for i in order.permutation(len(prepared)):
            question, flat, sizes, count = prepared[i]
            mapped = unit(question + question @ matrix, dim=1)
            weights = torch.softmax(unit(question, dim=1) @ weigh, 0)
            parts = torch.split(flat.float() @ mapped.T, sizes)
            similar = torch.stack([(part.max(0).values * weights).sum() for part in parts]) / _TEMPERATURE
            loss = torch.logsumexp(similar, 0) - torch.logsumexp(similar[:count], 0)
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
    return Map(centre, matrix.detach().numpy(), weigh.detach().numpy())


def late_of(example: Example, learned: Map) -> Floats:
    """Late similarity of every candidate under a map."""
    raw = example.embedded.tokens[PREFIX:-1]
    centred = np.asarray(raw - (example.mean + learned.centre) / 2, np.float32)
    logits = late_module.unit(centred) @ learned.weigh
    weights = np.exp(logits - logits.max())
    tokens = late_module.unit(np.asarray(centred + centred @ learned.matrix, np.float32))
    return np.asarray(late_scores(tokens, example.windows, example.mean) @ (weights / weights.sum()), np.float32)


def fit_weights(examples: Sequence[Example], lates: Sequence[Floats], decay: float = 0.02, steps: int = 300) -> dict[str, float]:
    """Weights of the features, by the same loss over all candidates, drawn towards late similarity alone."""
    tables = [torch.tensor(e.judge(late)) for e, late in zip(examples, lates, strict=True)]
    marks = [torch.tensor(e.right) for e in examples]
    prior = torch.zeros(len(NAMES))
    prior[NAMES.index("late")] = 1.5
    weights = prior.clone().requires_grad_()
    optimiser = torch.optim.Adam([weights], lr=0.03)
    for _ in range(steps):
        scored = [(table @ weights, mark) for table, mark in zip(tables, marks, strict=True)]
        loss = torch.stack([torch.logsumexp(scores, 0) - torch.logsumexp(scores[mark], 0) for scores, mark in scored]).mean()
        loss = loss + decay * ((weights - prior) ** 2).sum()
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
    return {name: round(float(w), 4) for name, w in zip(NAMES, weights.detach(), strict=True)}


def fit_refusal(places: Sequence[tuple[Path, Path]], path: Path) -> None:
    """Weights of the refusal signals: answerable against unanswerable questions, both kinds counting the same.

    Keeps the threshold of the file; `python -m evals calibrate` finds a new one.
    """
    encoder = SentenceTransformerEncoder(settings())
    rows, answerable = [], []
    for set_path, corpus in places:
        with tempfile.TemporaryDirectory() as folder:
            index([corpus], Path(folder), encoder=encoder)
            library = Library(Path(folder), settings(), encoder.identity)
            retriever = Retriever(library, encoder)
            for fact in tqdm(load(set_path), desc=f"weigeren: {set_path.stem}"):
                question = understand(Turn(fact.question, fact.history))
                found = retriever.retrieve(question)
                rows.append(signals(question, found, select(question, found, library), library, retriever.known(question)))
                answerable.append(fact.answerable)
    weights, bias = _signed_regression(np.stack(rows), np.array(answerable))
    kept = json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {"refusal_threshold": DEFAULT_THRESHOLD}
    kept |= {
        "bias": round(bias, 4),
        "weights": {name: round(float(w), 4) for name, w in zip(SIGNALS, weights, strict=True)},
    }
    path.write_text(json.dumps(kept, indent=1) + "\n", encoding="utf-8")


def _signed_regression(table: Floats, answerable: npt.NDArray[np.bool_], decay: float = 0.02) -> tuple[Floats, float]:
    """Logistic regression whose weights may not go against sense (SIGNS): every set paraphrases its answerable questions
    and words its near misses literally, so that without bounds literal questions would be refused."""
    mean, scale = table.mean(axis=0), table.std(axis=0) + 1e-6
    scaled = (table - mean) / scale
    each = np.where(answerable, 0.5 / answerable.sum(), 0.5 / (~answerable).sum())
    limits = {1: (0, None), -1: (None, 0), 0: (0, 0)}
    bounds = [limits[SIGNS[name]] if name in SIGNS else (None, None) for name in SIGNALS] + [(None, None)]

    def loss(values: Floats) -> tuple[float, Floats]:
        margin = np.where(answerable, 1, -1) * (scaled @ values[:-1] + values[-1])
        slope = -each * np.where(answerable, 1, -1) / (1 + np.exp(margin))
        gradient = np.append(scaled.T @ slope + 2 * decay * values[:-1], slope.sum())
        return float((each * np.logaddexp(0, -margin)).sum() + decay * (values[:-1] ** 2).sum()), gradient

    found = minimize(loss, np.zeros(len(SIGNALS) + 1), jac=True, bounds=bounds, method="L-BFGS-B").x
    weights = found[:-1] / scale
    return weights, float(found[-1] - (weights * mean).sum())


def measure(examples: Sequence[Example], score: Callable[[Example], Floats]) -> dict[str, float]:
    """recall@1/3/5/10 of windows, recall@1/5 of passages, and MRR."""
    ranks, passage_ranks = [], []
    for example in examples:
        order = np.argsort(-score(example), kind="stable")
        ranks.append(next(k for k, i in enumerate(order) if example.right[i]))
        seen: list[str] = []
        for i in order:
            if example.windows[i].passage_id not in seen:
                seen.append(example.windows[i].passage_id)
            if example.right[i]:
                passage_ranks.append(seen.index(example.windows[i].passage_id))
                break
    found = np.array(ranks)
    out = {f"venster@{k}": float((found < k).mean()) for k in (1, 3, 5, 10)}
    out |= {f"passage@{k}": float((np.array(passage_ranks) < k).mean()) for k in (1, 5, 10)}
    return {name: round(value, 3) for name, value in (out | {"mrr": float((1 / (found + 1)).mean())}).items()}


def cross(examples: Sequence[Example], report: Callable[[str], None] = print) -> None:
    """What a set gets from models that never saw it, and what questions get from models that never saw them."""
    names = sorted({e.set_name for e in examples})
    rng = np.random.default_rng(SEED)
    folds = [(f"zonder {name}", [e for e in examples if e.set_name != name], [e for e in examples if e.set_name == name]) for name in names]
    shuffled = [examples[i] for i in rng.permutation(len(examples))]
    for f in range(3):
        folds.append((f"vragen {f + 1}/3", [e for k, e in enumerate(shuffled) if k % 3 != f], shuffled[f::3]))
    for label, train, test in folds:
        if not train or not test:
            continue
        learned = fit_map(train)
        weights = fit_weights(train, [late_of(e, learned) for e in train])
        vector = np.array([weights[n] for n in NAMES], np.float32)
        flat = Map(learned.centre, np.zeros_like(learned.matrix), np.zeros_like(learned.weigh))
        report(f"{label} ({len(train)} → {len(test)})")
        report(f"  gelijkenis zonder leren  {measure(test, lambda e, m=flat: late_of(e, m))}")  # type: ignore[misc]
        report(f"  geleerde gelijkenis      {measure(test, lambda e, m=learned: late_of(e, m))}")  # type: ignore[misc]
        report(f"  met kenmerken            {measure(test, lambda e, m=learned, v=vector: e.judge(late_of(e, m)) @ v)}")  # type: ignore[misc]


def train(examples: Sequence[Example], folder: Path) -> None:
    """Fit on everything and write both files."""
    learned = fit_map(examples)
    model = SentenceTransformerEncoder(settings()).identity
    np.savez_compressed(
        folder / "question_map.npz",
        model=model,
        centre=learned.centre.astype(np.float16),
        matrix=learned.matrix.astype(np.float16),
        weigh=learned.weigh.astype(np.float16),
    )
    weights = fit_weights(examples, [late_of(e, learned) for e in examples])
    (folder / "ranker.json").write_text(json.dumps({"weights": weights, "bias": 0.0}, indent=1) + "\n", encoding="utf-8")
