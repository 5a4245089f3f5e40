"""A small deterministic Encoder: a vector for each word by its digest, and their mean for a text."""

import hashlib
import re
import time
from collections.abc import Iterator, Sequence

import numpy as np

from ingest.adapter import Adapter
from ingest.embed import Embedded, Floats


class WordEncoder:
    """Implements ingest.embed.Encoder without a model. `pause`: seconds that a text takes. `texts`: how many it was given."""

    def __init__(self, identity: str = "woorden", size: int = 16, pause: float = 0.0) -> None:
        self.identity, self._size, self._pause = identity, size, pause
        self.texts = 0
        self._known: dict[str, Floats] = {}

    def passages(self, texts: Sequence[str]) -> Iterator[Embedded]:
        for text in texts:
            time.sleep(self._pause)
            self.texts += 1
            yield self.question(text)

    def question(self, text: str, adapter: Adapter | None = None) -> Embedded:
        words = re.findall(r"\w+", text.lower()) or ["leeg"]
        tokens = np.stack([self._vector(word) for word in words])
        dense = tokens.mean(axis=0)
        ids = np.array([int(hashlib.sha256(word.encode()).hexdigest()[:6], 16) for word in words], np.int64)
        return Embedded((dense / np.linalg.norm(dense)).astype(np.float32), tokens, ids)

    def _vector(self, word: str) -> Floats:
        if word not in self._known:
            digest = hashlib.sha256(word.encode()).digest()[: self._size]
            self._known[word] = np.frombuffer(digest, np.uint8).astype(np.float32) / 128 - 0.99
        return self._known[word]
