"""One question at a time through the bundled model, in numpy: no torch to import, so a first answer comes seconds sooner.

The converted folder (model.py) is read as it stands: a BERT encoder (Devlin et al. 2019) with weights in bfloat16, computed in
32 bits. Passages, which come in batches, go faster through torch. Not handled: other models, and texts in batches.
"""

import json
from collections import ChainMap
from collections.abc import Iterable, Mapping
from functools import lru_cache
from pathlib import Path

import numpy as np
import numpy.typing as npt

from ingest.adapter import Adapter

Floats = npt.NDArray[np.float32]
_MAX_TOKENS = 512


class QuestionModel:
    """The model in a folder; read at once (0.1 GB)."""

    def __init__(self, folder: Path) -> None:
        from threadpoolctl import ThreadpoolController
        from tokenizers import Tokenizer

        # A question is too small for threads to help, and on a busy machine they wait for each other for tenths of seconds.
        self._threads = ThreadpoolController()
        config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
        self._heads, self._epsilon = int(config["num_attention_heads"]), float(config["layer_norm_eps"])
        self._tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        self._tokenizer.enable_truncation(_MAX_TOKENS)
        stored = _tensors(folder / "model.safetensors")
        self._words = stored.pop("embeddings.word_embeddings.weight")  # 250,000 rows, of which a question needs a few
        self._weights = {name: _full(tensor) for name, tensor in stored.items()}
        self._layers = int(config["num_hidden_layers"])
        self._adapted: tuple[Adapter, Mapping[str, Floats]] | None = None

    def encode(self, text: str, adapter: Adapter | None = None) -> tuple[Floats, Floats, npt.NDArray[np.int64]]:
        """(tokens, d) the vectors of the last layer, the same with the adapter's differences, and (tokens,) their ids."""
        ids = np.array(self._tokenizer.encode(text).ids, np.int64)
        with self._threads.limit(limits=1, user_api="blas"):
            if adapter is None:
                tokens = self._through(self._embedded(ids), range(self._layers), self._weights)
                return tokens, tokens, ids
            state = self._through(self._embedded(ids), range(adapter.first), self._weights)
            last = range(adapter.first, self._layers)
            return self._through(state, last, self._weights), self._through(state, last, self._changed(adapter)), ids

    def before(self, text: str, layer: int) -> Floats:
        """(tokens, d) what goes into a layer: for the training of an adapter."""
        ids = np.array(self._tokenizer.encode(text).ids, np.int64)
        return self._through(self._embedded(ids), range(layer), self._weights)

    def _changed(self, adapter: Adapter) -> Mapping[str, Floats]:
        """The weights with the adapter's differences added."""
        if self._adapted is None or self._adapted[0] is not adapter:
            changed = {f"{name}.weight": self._weights[f"{name}.weight"] + more for name, more in adapter.differences().items()}
            self._adapted = adapter, ChainMap(changed, self._weights)
        return self._adapted[1]

    def _embedded(self, ids: npt.NDArray[np.int64]) -> Floats:
        places = self._weights["embeddings.position_embeddings.weight"][: len(ids)]
        kind = self._weights["embeddings.token_type_embeddings.weight"][0]
        return _normed(_full(self._words[ids]) + places + kind, "embeddings.LayerNorm", self._weights, self._epsilon)

    def _through(self, state: Floats, layers: Iterable[int], weights: Mapping[str, Floats]) -> Floats:
        for layer in layers:
            name = f"encoder.layer.{layer}"
            met = _linear(self._attention(state, f"{name}.attention.self", weights), f"{name}.attention.output.dense", weights)
            state = _normed(state + met, f"{name}.attention.output.LayerNorm", weights, self._epsilon)
            inner = _gelu(_linear(state, f"{name}.intermediate.dense", weights))
            state = _normed(state + _linear(inner, f"{name}.output.dense", weights), f"{name}.output.LayerNorm", weights, self._epsilon)
        return state

    def _attention(self, state: Floats, name: str, weights: Mapping[str, Floats]) -> Floats:
        parts = (_linear(state, f"{name}.{part}", weights) for part in ("query", "key", "value"))
        query, key, value = (part.reshape(len(state), self._heads, -1).swapaxes(0, 1) for part in parts)
        scores = query @ key.swapaxes(1, 2) / np.float32(np.sqrt(query.shape[-1]))
        shares = np.exp(scores - scores.max(axis=-1, keepdims=True))
        shares /= shares.sum(axis=-1, keepdims=True)
        return np.asarray((shares @ value).swapaxes(0, 1).reshape(state.shape), np.float32)


def _linear(state: Floats, name: str, weights: Mapping[str, Floats]) -> Floats:
    return np.asarray(state @ weights[f"{name}.weight"].T + weights[f"{name}.bias"], np.float32)


def _normed(state: Floats, name: str, weights: Mapping[str, Floats], epsilon: float) -> Floats:
    centred = state - state.mean(axis=-1, keepdims=True)
    scaled = centred / np.sqrt(np.square(centred).mean(axis=-1, keepdims=True) + epsilon)
    return np.asarray(scaled * weights[f"{name}.weight"] + weights[f"{name}.bias"], np.float32)


@lru_cache(maxsize=1)
def question_model(folder: Path) -> QuestionModel:
    """Read a model once per process."""
    return QuestionModel(folder)


def _tensors(file: Path) -> dict[str, npt.NDArray[np.uint16]]:
    """The tensors of a safetensors file in bfloat16, as their bits, on disk until they are used."""
    with file.open("rb") as start:
        size = int.from_bytes(start.read(8), "little")
        head = json.loads(start.read(size))
    data = np.memmap(file, np.uint16, "r", offset=8 + size)
    head.pop("__metadata__", None)
    found = {}
    for name, place in head.items():
        first, last = place["data_offsets"]
        found[name] = data[first // 2 : last // 2].reshape(place["shape"])
    return found


def _full(bits: npt.NDArray[np.uint16]) -> Floats:
    """bfloat16 is the upper half of a 32-bit float."""
    return (bits.astype(np.uint32) << 16).view(np.float32)


def _gelu(x: Floats) -> Floats:
    """x Φ(x), with the error function of Abramowitz & Stegun 7.1.26 (off by at most 1.5e-7)."""
    z = np.abs(x) * np.float32(np.sqrt(0.5))
    t = 1 / (1 + np.float32(0.3275911) * z)
    series = t * (0.254829592 + t * (-0.284496736 + t * (1.421413741 + t * (-1.453152027 + t * 1.061405429))))
    error = np.sign(x) * (1 - series * np.exp(-z * z))
    return np.asarray(x * (1 + error) / 2, np.float32)
