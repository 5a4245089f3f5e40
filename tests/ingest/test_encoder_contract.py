"""What every Encoder must do; the same tests run on the double and on the real one."""

import numpy as np
import pytest
from doubles import WordEncoder

from ingest.embed import Encoder, SentenceTransformerEncoder
from ingest.settings import Settings

TEXTS = ["De fietsenstalling gaat open.", "De gemeente plant vijf bomen aan de Laan.", "De stalling voor fietsen wordt geopend."]


@pytest.fixture(params=[WordEncoder, lambda: SentenceTransformerEncoder(Settings())], ids=["double", "real"], scope="module")
def encoder(request: pytest.FixtureRequest) -> Encoder:
    made: Encoder = request.param()
    return made


def test_shapes_and_lengths(encoder: Encoder) -> None:
    found = list(encoder.passages(TEXTS))
    assert len(found) == len(TEXTS)
    for embedded in [*found, encoder.question("Wanneer opent de stalling?")]:
        assert embedded.dense.ndim == 1 and np.linalg.norm(embedded.dense) == pytest.approx(1, abs=1e-3)
        assert embedded.tokens.shape == (len(embedded.token_ids), len(embedded.dense))
        assert embedded.tokens.dtype == np.float32 and embedded.token_ids.dtype == np.int64


def test_order_is_kept_and_a_text_has_one_vector(encoder: Encoder) -> None:
    together = [e.dense for e in encoder.passages(TEXTS)]
    apart = [next(iter(encoder.passages([text]))).dense for text in TEXTS]
    assert all(a @ b > 0.99 for a, b in zip(together, apart, strict=True))


def test_no_texts_give_no_vectors_and_identity_is_told(encoder: Encoder) -> None:
    assert list(encoder.passages([])) == []
    assert encoder.identity
