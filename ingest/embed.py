"""Texts into vectors: one a text for dense search, and one a token for late interaction.

Late interaction (MaxSim) after Khattab & Zaharia, "ColBERT", SIGIR 2020, with the token vectors of an encoder that was
not trained for it; subtracting their mean over the corpus makes them discriminate (measured in evals/NOTES.md).
"""

import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from ingest.adapter import Adapter
from ingest.model import BUNDLED, bundled_folder, fingerprint, sentence_transformer
from ingest.question_model import question_model
from ingest.settings import Settings

Floats = npt.NDArray[np.float32]


@dataclass(frozen=True)
class Embedded:
    """`dense` (d,) of length 1; `tokens` (n, d) raw token vectors; `token_ids` (n,) of the model's vocabulary."""

    dense: Floats
    tokens: Floats
    token_ids: npt.NDArray[np.int64]


class Encoder(Protocol):
    """What turns text into vectors; `identity` names the vectors, so that an index built with others is refused."""

    identity: str

    def passages(self, texts: Sequence[str]) -> Iterator[Embedded]: ...

    def question(self, text: str, adapter: Adapter | None = None) -> Embedded:
        """Vectors of a question; with an adapter its tokens come from the adapted layers, `dense` never does."""


class SentenceTransformerEncoder:
    """The Encoder of the product: a sentence-transformers model, loaded on first use."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._lock = threading.Lock()  # the tokenizer serves one caller at a time
        self.identity = fingerprint(settings.embedding_model)

    def passages(self, texts: Sequence[str]) -> Iterator[Embedded]:
        """Vectors of passages, in order; encoded in batches of similar length, longest first within a stretch."""
        stretch = 512
        for start in range(0, len(texts), stretch):
            part = [self._settings.passage_prefix + text for text in texts[start : start + stretch]]
            yield from self._encode(part, batch=32)

    def question(self, text: str, adapter: Adapter | None = None) -> Embedded:
        """The vectors of a question; of the bundled model they come without loading torch, the same to four decimals."""
        if self._settings.embedding_model != BUNDLED:
            return self._encode([self._settings.query_prefix + text], batch=1)[0]
        model = question_model(bundled_folder(self._settings.cache))
        plain, tokens, ids = model.encode(self._settings.query_prefix + text, adapter)
        mean = plain.mean(axis=0)
        return Embedded(mean / max(float(np.linalg.norm(mean)), 1e-9), tokens, ids)

    def load(self) -> None:
        """Load the model now instead of on first use."""
        self._model()

    def _model(self) -> Any:
        return sentence_transformer(self._settings.embedding_model, self._settings.cache, self._settings.threads)

    def _encode(self, texts: list[str], batch: int) -> list[Embedded]:
        model = self._model()
        order = sorted(range(len(texts)), key=lambda i: -len(texts[i]))
        with self._lock:
            results = model.encode([texts[i] for i in order], batch_size=batch, output_value=None, show_progress_bar=False)
        out: list[Embedded | None] = [None] * len(texts)
        for i, result in zip(order, results, strict=True):
            dense = result["sentence_embedding"].float().numpy()
            mask = result["attention_mask"].bool() if "attention_mask" in result else slice(None)
            out[i] = Embedded(
                dense / max(float(np.linalg.norm(dense)), 1e-9),
                result["token_embeddings"][mask].float().numpy(),
                result["input_ids"][mask].numpy(),
            )
        return [embedded for embedded in out if embedded is not None]
