"""Learns what retrieval and refusal weigh from sets of known facts.

One map of questions is learned on a dossier with many of them, one on all other dossiers, and their weights are averaged (Wortsman et
al., "Model soups", ICML 2022): learned together, the first would drown what holds for a dossier that nobody has seen. Writes what is
learned of questions (app/question_map.npz), the weights of the window features (app/ranker.json) and those of the refusal signals
(app/calibration.json). The first two minimise the cross-entropy of the windows that hold the evidence among the best candidates; the
third is a logistic regression. Features and signals are weighed as they are for questions and dossiers that the question map has not
seen (four folds), because on those it has seen they look better than they will be. Offline, on the CPU, about an hour.
"""

import copy
import json
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import lru_cache
from pathlib import Path

import numpy as np
import numpy.typing as npt
import torch
from sklearn.linear_model import LogisticRegression
from sklearn.preprocessing import StandardScaler
from tqdm import tqdm

from app.evidence import select
from app.late import PREFIX, QuestionMap, late_scores, question_map, question_tokens, save_question_map, unit
from app.question import Question, understand
from app.rank import NAMES
from app.refuse import SIGNALS, SUBJECT, signals
from app.retrieve import Ranked, Retrieved, Retriever
from app.types import Turn
from evals.known_facts import load
from evals.text import holds, shared, states_any
from evals.types import KnownFact
from ingest.adapter import Adapter
from ingest.catalog import Window
from ingest.embed import Floats, SentenceTransformerEncoder
from ingest.library import Library
from ingest.model import BUNDLED, bundled_folder, sentence_transformer
from ingest.pipeline import index
from ingest.question_model import question_model
from ingest.settings import settings

SEED, FOLDS = 7, 4
UNSEEN = ("nachttrein",)  # the dossier that nothing is learned from, to measure how it goes with another
_MANY = 400  # questions on a dossier from which a fold leaves out some of them, not all
LAYERS, RANK, EPOCHS = 3, 16, 4  # of the adapter
_PARTS = ("attention.self.query", "attention.self.value", "attention.output.dense", "output.dense")
_HARD, _TEMPERATURE = 30, 0.04
_WITHOUT = 0.2  # weight of a question whose evidence was taken away, next to one that is really unanswerable
_FEWER_EACH, _FEWER = 0.04, 0.10  # share of the answerable questions that a gate, and that both may cost
_STRANGERS = 400  # questions that are asked of another dossier

Mask = npt.NDArray[np.bool_]


@dataclass
class Example:
    """A question with its candidate windows as retrieved before anything is learned; `right` marks those that hold the evidence,
    `telling` also those that state every fact. `before` goes into the first adapted layer."""

    set_name: str
    fact: KnownFact
    question: Question
    retriever: Retriever
    library: Library
    found: Retrieved
    plain: Floats
    before: Floats
    windows: list[Window] = field(repr=False)
    right: Mask
    telling: Mask

    def features(self, late: Floats) -> Floats:
        """Features of the candidates with another late similarity (n,)."""
        table = np.stack([window.features for window in self.found.windows])
        passages = [window.span.passage_id for window in self.found.windows]
        groups = np.array([passages.index(p) for p in passages])
        best = np.full(len(late), -9.0, np.float32)
        np.maximum.at(best, groups, late)
        for name, column in (("late", late), ("passage_late", best[groups])):
            table[:, NAMES.index(name)] = (column - column.mean()) / (column.std() + 1e-6)
        table[:, NAMES.index("late_best")] = late * 4
        return table


def training_sets(originals: Path | None = None) -> list[tuple[Path, Path]]:
    """The sets to learn from with their corpora: the factsheets, the fictional dossiers and, where the original
    documents are, the development sets on them. The gold set is kept out, as a check."""
    here = Path(__file__).parent
    places = [(here / "sets/feitenbladen.yaml", here.parent / "corpus")]
    dossiers = [folder for folder in sorted((here / "dossiers").iterdir()) if folder.is_dir() and folder.name not in UNSEEN]
    places += [(here / f"sets/{folder.name}.yaml", folder) for folder in dossiers]
    if originals is not None and originals.is_dir():
        places += [(path, originals) for path in sorted((here / "sets").glob("actieagenda-*.yaml"))]
    return places


@contextmanager
def collected(places: Sequence[tuple[Path, Path]]) -> Iterator[list[Example]]:
    """Examples of all questions of the sets, each over its corpus, which is indexed into a temporary place."""
    encoder = SentenceTransformerEncoder(settings())
    with tempfile.TemporaryDirectory() as folder:
        opened: dict[Path, tuple[Library, Retriever, dict[str, Window]]] = {}
        out = []
        for set_path, corpus in places:
            if corpus not in opened:
                target = Path(folder) / str(len(opened))
                index([corpus], target, encoder=encoder)
                library = Library(target, settings(), encoder.identity)
                windows = {w.vector_id: replace(w, tokens=w.tokens.astype(np.float16)) for w in library.windows(list(library.spans))}
                opened[corpus] = library, Retriever(library, encoder), windows
            for fact in tqdm(load(set_path), desc=set_path.stem):
                out.append(_example(set_path.stem, fact, encoder, *opened[corpus]))
        yield out


def _example(
    name: str, fact: KnownFact, encoder: SentenceTransformerEncoder, library: Library, retriever: Retriever, windows: dict[str, Window]
) -> Example:
    question = understand(Turn(fact.question, fact.history))
    found = retriever.retrieve(question)
    right, telling = [], []
    for window in found.windows:
        document = library.documents[library.passages[window.span.passage_id].document_id]
        text = document.text[window.span.start : window.span.stop]
        snippets = [s for s in fact.evidence if document.source_name.startswith(s.doc)]
        right.append(any(holds(text, s.quote) or shared(text, s.quote) >= 0.85 for s in snippets))
        telling.append(right[-1] or (bool(fact.facts) and all(states_any(text, alternatives) for alternatives in fact.facts)))
    prefixed = settings().query_prefix + question.text
    before = question_model(bundled_folder(settings().cache)).before(prefixed, _first_layer())
    plain = encoder.question(question.text).tokens[PREFIX:-1]
    here = [windows[window.span.vector_id] for window in found.windows]
    return Example(name, fact, question, retriever, library, found, plain, before, here, np.array(right), np.array(telling))


@lru_cache(maxsize=1)
def _first_layer() -> int:
    return len(_transformer().encoder.layer) - LAYERS


def _transformer() -> torch.nn.Module:
    model = sentence_transformer(BUNDLED, settings().cache)
    return copy.deepcopy(model[0].model).float().eval()


class _LowRank(torch.nn.Module):  # type: ignore[misc]
    """A linear part with a low-rank difference."""

    def __init__(self, part: torch.nn.Linear) -> None:
        super().__init__()
        self.part = part
        self.down = torch.nn.Parameter(torch.randn(RANK, part.in_features) / part.in_features**0.5)
        self.up = torch.nn.Parameter(torch.zeros(part.out_features, RANK))

    def forward(self, state: torch.Tensor) -> torch.Tensor:
        added: torch.Tensor = self.part(state) + (state @ self.down.T) @ self.up.T
        return added


def fit_map(examples: Sequence[Example], rate: float = 5e-4) -> QuestionMap:
    """Adapter, linear map and token weights, by listwise cross-entropy over hard candidates."""
    torch.manual_seed(SEED)
    order = np.random.default_rng(SEED)
    examples = [e for e in examples if e.fact.answerable and e.right.any()]
    centre = np.concatenate([e.plain for e in examples]).mean(axis=0).astype(np.float32)
    first, layers = _first_layer(), _transformer().encoder.layer[-LAYERS:]
    changed: dict[str, _LowRank] = {}
    for number, layer in enumerate(layers):
        for weights in layer.parameters():
            weights.requires_grad_(False)
        for module in layer.modules():
            if isinstance(module, torch.nn.Dropout):
                module.p = 0.0
        for name in _PARTS:
            parent, _, last = name.rpartition(".")
            part = _LowRank(layer.get_submodule(name))
            setattr(layer.get_submodule(parent), last, part)
            changed[f"encoder.layer.{first + number}.{name}"] = part
    matrix = torch.zeros(len(centre), len(centre), requires_grad=True)
    weigh = torch.zeros(len(centre), requires_grad=True)
    low_rank = [weights for part in changed.values() for weights in (part.down, part.up)]
    optimiser = torch.optim.AdamW(
        [
            {"params": [matrix], "lr": 3e-4, "weight_decay": 1e-2},
            {"params": [weigh], "lr": 9e-4, "weight_decay": 1e-3},
            {"params": low_rank, "lr": rate, "weight_decay": 1e-2},
        ]
    )
    steps = torch.optim.lr_scheduler.LinearLR(optimiser, 1.0, 0.1, EPOCHS * len(examples))
    normal = torch.nn.functional.normalize
    for _ in range(EPOCHS):
        for i in tqdm(order.permutation(len(examples)), desc="vragen leren lezen"):
            windows, right = _hardest(examples[i], centre)
            state = torch.from_numpy(examples[i].before)[None]
            for layer in layers.train():
                state = layer(state)
            tokens = state[0][PREFIX:-1] - torch.from_numpy((examples[i].library.token_mean + centre) / 2)
            mapped, weights = normal(tokens + tokens @ matrix, dim=1), torch.softmax(normal(tokens, dim=1) @ weigh, 0)
            flat = torch.from_numpy(unit(np.concatenate([w.tokens for w in windows]).astype(np.float32) - examples[i].library.token_mean))
            parts = torch.split(flat @ mapped.T, [len(w.tokens) for w in windows])
            similar = torch.stack([(part.max(0).values * weights).sum() for part in parts]) / _TEMPERATURE
            loss = torch.logsumexp(similar, 0) - torch.logsumexp(similar[:right], 0)
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
            steps.step()
    down = {name: part.down.detach().numpy() for name, part in changed.items()}
    up = {name: part.up.detach().numpy() for name, part in changed.items()}
    return QuestionMap(Adapter(first, down, up), centre, matrix.detach().numpy(), weigh.detach().numpy())


def _hardest(example: Example, centre: Floats) -> tuple[list[Window], int]:
    """The right windows (at most four, and how many) and the wrong ones that look most like the question."""
    mean = example.library.token_mean
    similar = late_scores(unit(np.asarray(example.plain - (mean + centre) / 2, np.float32)), example.windows, mean).mean(axis=1)
    best = np.argsort(-similar)
    right = [i for i in best if example.right[i]][:4]
    return [example.windows[i] for i in [*right, *[i for i in best if not example.right[i]][:_HARD]]], len(right)


def found_with(example: Example, learned: QuestionMap) -> tuple[Floats, Floats]:
    """(windows, tokens) similarities of the candidates under a map, and the (tokens,) weights."""
    encoder = SentenceTransformerEncoder(settings())
    mean = example.library.token_mean
    tokens, weights = question_tokens(encoder.question(example.question.text, learned.adapter), mean, learned)
    return late_scores(tokens, example.windows, mean), weights


def fit_weights(examples: Sequence[Example], lates: Sequence[Floats], decay: float = 0.02, steps: int = 200) -> Floats:
    """Weights of the features, by the same loss over all candidates, drawn towards late similarity alone."""
    pairs = [(e, late) for e, late in zip(examples, lates, strict=True) if e.fact.answerable and e.right.any()]
    tables = [torch.from_numpy(e.features(late)) for e, late in pairs]
    marks = [torch.from_numpy(e.right) for e, _ in pairs]
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
    return np.asarray(weights.detach().numpy(), np.float32)


def ranked(example: Example, similar: Floats, token_weights: Floats, vector: Floats, keep: Mask | None = None) -> Retrieved:
    """What would be retrieved with these similarities and weights of features, of the candidates that are kept."""
    late = similar @ token_weights
    table = example.features(late)
    scores = table @ vector
    order = [i for i in np.argsort(-scores, kind="stable") if keep is None or keep[i]]
    windows = example.found.windows
    return Retrieved(
        tuple(Ranked(windows[i].span, float(scores[i]), float(late[i]), windows[i].dense, table[i], similar[i]) for i in order),
        (),
        example.found.tokens,
        token_weights,
    )


def fit_refusal(examples: Sequence[Example], seen: Sequence[tuple[Floats, Floats]], vector: Floats) -> dict[str, object]:
    """The two gates of refusal and their threshold. The first sets answerable questions against unanswerable ones, and against answerable
    ones whose evidence was taken away, so that the wording of a question alone tells little; the second against questions on another
    dossier. Both sides of a gate count the same.
    """
    rows, labels, weights = [], [], []
    for example, (similar, token_weights) in zip(examples, seen, strict=True):
        for keep in (None, ~_touched(example)):
            if keep is not None and (not example.fact.answerable or keep.sum() < 20):
                continue
            rows.append(_signals(example, ranked(example, similar, token_weights, vector, keep)))
            labels.append(example.fact.answerable and keep is None)
            weights.append(1.0 if keep is None else _WITHOUT)
    table, answerable = np.stack(rows), np.array(labels)
    strange = np.stack(list(strangers(examples, vector)))
    subject = np.concatenate([table[answerable], strange])
    gates = [
        _gate(table, answerable, np.array(weights, np.float32), SIGNALS),
        _gate(subject, np.arange(len(subject)) < answerable.sum(), np.ones(len(subject), np.float32), SUBJECT),
    ]
    sure = np.stack([table[answerable] @ slopes + bias for slopes, bias in gates])
    edges = np.quantile(sure, _FEWER_EACH, axis=1)  # subtracted, so that one threshold serves both
    least = np.quantile((sure - edges[:, None]).min(axis=0), _FEWER)
    return {
        "refusal_threshold": round(float(1 / (1 + np.exp(-least))), 3),
        "gates": [
            {"bias": round(float(bias - edge), 4), "weights": _named(names, slopes[[SIGNALS.index(name) for name in names]])}
            for (slopes, bias), edge, names in zip(gates, edges, (SIGNALS, SUBJECT), strict=True)
        ],
    }


def _gate(table: Floats, answerable: Mask, weights: Floats, names: Sequence[str]) -> tuple[Floats, float]:
    """(signals,) slopes, 0 for those that are not named, and the bias of a logistic regression."""
    columns = [SIGNALS.index(name) for name in names]
    each = np.where(answerable, 1.0, weights * answerable.sum() / weights[~answerable].sum())
    scaler = StandardScaler().fit(table[:, columns])
    model = LogisticRegression(C=0.3, max_iter=1000).fit(scaler.transform(table[:, columns]), answerable, sample_weight=each)
    slopes = np.zeros(len(SIGNALS), np.float32)
    slopes[columns] = model.coef_[0] / scaler.scale_
    return slopes, float(model.intercept_[0] - slopes[columns] @ scaler.mean_)


def strangers(examples: Sequence[Example], vector: Floats) -> Iterator[Floats]:
    """The signals of answerable questions that are asked of another dossier."""
    order = np.random.default_rng(SEED)
    dossiers = list({id(e.library): e for e in examples}.values())
    asked = [e for e in examples if e.fact.answerable and not e.fact.history]
    for place in order.permutation(len(asked))[:_STRANGERS]:
        example = asked[place]
        others = [e for e in dossiers if not _akin(e.set_name, example.set_name)]
        other = others[order.integers(len(others))]
        found = other.retriever.retrieve(example.question)
        scores = np.stack([window.features for window in found.windows]) @ vector
        best = sorted((replace(w, score=float(s)) for w, s in zip(found.windows, scores, strict=True)), key=lambda w: -w.score)
        yield _signals(replace(example, library=other.library), replace(found, windows=tuple(best)))


def _akin(one: str, other: str) -> bool:
    """Whether two sets are about the same matters: the factsheets are of the original documents."""
    first, second = (name.partition("-")[0].replace("feitenbladen", "actieagenda") for name in (one, other))
    return first == second


def _signals(example: Example, found: Retrieved) -> Floats:
    return signals(example.question, found, select(example.question, found, example.library), example.library)


def _touched(example: Example) -> Mask:
    """The candidates that hold the evidence, state every fact, or share words with one that holds it."""
    spans = [w.span for w in example.found.windows]
    right = [span for span, holding in zip(spans, example.right, strict=True) if holding]
    near = [any(s.passage_id == r.passage_id and s.start < r.stop and r.start < s.stop for r in right) for s in spans]
    return np.asarray(example.telling | np.array(near, bool))


def measure(examples: Sequence[Example], scores: Sequence[Floats]) -> dict[str, float]:
    """recall@1/3/5/10 and mean reciprocal rank of windows that hold the evidence; what was no candidate counts as not found."""
    ranks = []
    for example, score in zip(examples, scores, strict=True):
        if example.fact.answerable:
            order = np.argsort(-score, kind="stable")
            ranks.append(next((k for k, i in enumerate(order, 1) if example.right[i]), 10**6))
    found = np.array(ranks)
    return {f"@{k}": round(float((found <= k).mean()), 3) for k in (1, 3, 5, 10)} | {"mrr": round(float((1 / found).mean()), 3)}


def train(examples: Sequence[Example], folder: Path, report: Callable[[str], None] = print) -> None:
    """Fit on everything and write the three files; prints what questions get from a map that has not seen them."""
    groups = grouped(examples)
    whole = [fit_map(group) for group in groups]
    unseen: dict[int, tuple[Floats, Floats]] = {}
    for fold in range(FOLDS):
        for number, group in enumerate(groups):
            out = left_out(group, fold)
            learned = fit_map([e for i, e in enumerate(group) if i not in out])
            blended = blend([learned if k == number else each for k, each in enumerate(whole)])
            unseen |= {id(group[i]): found_with(group[i], blended) for i in out}
    save_question_map(blend(whole), SentenceTransformerEncoder(settings()).identity)
    question_map.cache_clear()
    weigh(examples, [unseen[id(e)] for e in examples], folder, report)


def grouped(examples: Sequence[Example]) -> list[list[Example]]:
    """The examples of each dossier with many questions, and those of all others together."""
    dossiers: dict[int, list[Example]] = {}
    for example in examples:
        dossiers.setdefault(id(example.library), []).append(example)
    many = [group for group in dossiers.values() if len(group) >= _MANY]
    few = [example for group in dossiers.values() if len(group) < _MANY for example in group]
    return [group for group in (*many, few) if group]


def blend(maps: Sequence[QuestionMap]) -> QuestionMap:
    """The average of what was learned: a low rank of each, side by side, and the mean of the rest."""
    first = maps[0].adapter
    down = {name: np.concatenate([each.adapter.down[name] for each in maps]) for name in first.down}
    up = {name: np.concatenate([each.adapter.up[name] / np.float32(len(maps)) for each in maps], axis=1) for name in first.up}
    means = (np.asarray(np.mean([getattr(m, name) for m in maps], axis=0), np.float32) for name in ("centre", "matrix", "weigh"))
    return QuestionMap(Adapter(first.first, down, up), *means)


def left_out(group: Sequence[Example], fold: int) -> set[int]:
    """The places of the examples that a fold leaves out: questions on the one dossier of the group, else whole dossiers."""
    libraries = list(dict.fromkeys(id(e.library) for e in group))
    if len(libraries) == 1:
        return set(np.random.default_rng(SEED).permutation(len(group))[fold::FOLDS].tolist())
    return {i for i, e in enumerate(group) if libraries.index(id(e.library)) % FOLDS == fold}


def weigh(examples: Sequence[Example], seen: Sequence[tuple[Floats, Floats]], folder: Path, report: Callable[[str], None] = print) -> None:
    """Fit and write the weights of features and signals, from similarities by a map that has not seen the question."""
    lates = [similar @ weights for similar, weights in seen]
    vector = fit_weights(examples, lates)
    report(f"gelijkenis, ongezien: {measure(examples, lates)}")
    report(f"met kenmerken: {measure(examples, [e.features(late) @ vector for e, late in zip(examples, lates, strict=True)])}")
    _write(folder / "ranker.json", {"weights": _named(NAMES, vector), "bias": 0.0})
    _write(folder / "calibration.json", fit_refusal(examples, seen, vector))


def _named(names: Sequence[str], weights: Floats) -> dict[str, float]:
    return {name: round(float(weight), 4) for name, weight in zip(names, weights, strict=True)}


def _write(path: Path, content: dict[str, object]) -> None:
    path.write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")
