"""From a question to ranked sentence windows and passages: dense (Chroma), BM25 and late interaction, fused.

The union of the best dense and BM25 windows is compared token by token with the question; the features of each window
(rank.py) are weighed by a small learned model.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from app.late import QuestionMap, late_scores, question_map, question_tokens
from app.lexical import Bm25
from app.question import Question
from app.rank import features, weigh
from app.types import Hit
from app.vocabulary import Vocabulary
from ingest.embed import Encoder, Floats
from ingest.library import Library, Span

CANDIDATES = 200


@dataclass(frozen=True)
class Ranked:
    """A window with its score (log-odds that it answers), its features, and its similarity to the question in [-1, 1]; `similar`
    has that of each token of the question."""

    span: Span
    score: float
    late: float
    dense: float
    features: Floats
    similar: Floats


@dataclass(frozen=True)
class Retrieved:
    windows: tuple[Ranked, ...]
    hits: tuple[Hit, ...]
    tokens: Floats
    token_weights: Floats


class Retriever:
    """Searches one library; build it again when the library has changed."""

    def __init__(self, library: Library, encoder: Encoder, learned: QuestionMap | None = None) -> None:
        """`learned`: what was learned of questions, if not what belongs to the encoder."""
        self._library, self._encoder = library, encoder
        self._learned = learned or question_map(encoder.identity)
        self._ids = list(library.spans)
        self._row = {identity: i for i, identity in enumerate(self._ids)}
        documents, passages = library.documents, library.passages
        self._text = []
        for span in library.spans.values():
            passage = passages[span.passage_id]
            self._text.append(documents[passage.document_id].text[span.start : span.stop])
        self._passage_ids = list(passages)
        self._passage_row = {identity: i for i, identity in enumerate(self._passage_ids)}
        self._owner = np.array([self._passage_row[span.passage_id] for span in library.spans.values()], dtype=np.int64)
        self._vocabulary = Vocabulary([f"{p.context} {p.text}" for p in passages.values()])
        contexts = [passages[span.passage_id].context for span in library.spans.values()]
        self._windows = Bm25([self._vocabulary.terms(f"{c} {t}") for c, t in zip(contexts, self._text, strict=True)])
        self._passages = Bm25([self._vocabulary.terms(f"{p.context} {p.text}") for p in passages.values()])

    def retrieve(self, question: Question) -> Retrieved:
        """Rank the windows and passages of the library."""
        embedded = self._encoder.question(question.text, self._learned.adapter if self._learned else None)
        tokens, weights = question_tokens(embedded, self._library.token_mean, self._learned)
        query = self._vocabulary.query(question.text)
        lexical = self._windows.scores(query)
        lexical_passage = self._passages.scores(query)[self._owner] if len(self._owner) else lexical
        near = dict(self._library.nearest(embedded.dense, CANDIDATES))
        pool = {self._row[i] for i in near}
        for scores in (lexical, lexical_passage):
            best = np.argsort(-scores, kind="stable")[:CANDIDATES]
            pool |= {int(i) for i in best if scores[i] > 0}
        rows = sorted(pool)
        if not rows:
            return Retrieved((), (), tokens, weights)
        ids = [self._ids[i] for i in rows]
        late = late_scores(tokens, self._library.windows(ids), self._library.token_mean)
        floor = min(near.values(), default=0.0)
        dense = np.array([near.get(i, floor) for i in ids], np.float32)
        spans = [self._library.spans[i] for i in ids]
        mean = late @ weights
        texts = [self._text[i] for i in rows]
        table = features(question, query, spans, texts, self._library, mean, dense, lexical[rows], lexical_passage[rows])
        scores = weigh(table)
        order = np.argsort(-scores, kind="stable")
        ranked = tuple(Ranked(spans[i], float(scores[i]), float(mean[i]), float(dense[i]), table[i], late[i]) for i in order)
        return Retrieved(ranked, self._hits(ranked), tokens, weights)

    def _hits(self, ranked: Sequence[Ranked]) -> tuple[Hit, ...]:
        """Passages by their best window."""
        hits: dict[str, Hit] = {}
        for window in ranked:
            passage = self._library.passages[window.span.passage_id]
            if passage.passage_id not in hits:
                document = self._library.documents[passage.document_id]
                hits[passage.passage_id] = Hit(
                    passage.passage_id,
                    document.document_id,
                    document.source_name,
                    passage.section_path,
                    passage.text,
                    window.score,
                    passage.start,
                    passage.end,
                )
        return tuple(hits.values())
