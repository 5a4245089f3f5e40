"""Words, terms and BM25, as tables."""

import numpy as np
import pytest

from app.lexical import Bm25, terms, words


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", []),
        ("De 3.000 euro, 3,7% en 22 mln.", ["de", "3.000", "euro", "3,7%", "en", "22", "mln"]),
        ("Nr. 456 van 32 824", ["nr", "456", "van", "32", "824"]),
        ("taal-eis en Actieagenda’s", ["taal-eis", "en", "actieagenda’s"]),
        ("(SOWIS), [redacted]; ‘Wél’", ["sowis", "redacted", "wél"]),
        ("B1-niveau en COVID19", ["b1", "niveau", "en", "covid19"]),
        ("arbeids- en zorgmigratie", ["arbeids", "en", "zorgmigratie"]),
        ("regel\nregel\ttab", ["regel", "regel", "tab"]),
    ],
)
def test_words(text: str, expected: list[str]) -> None:
    assert words(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("de het een van the of", []),
        ("3.000 euro", ["3.000", "euro"]),
        ("taal-eis", ["taal-eis", "taal", "eis"]),
        ("", []),
    ],
)
def test_terms(text: str, expected: list[str]) -> None:
    assert terms(text) == expected


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("werkgevers", "Werkgever"),
        ("subsidies", "de subsidie"),
        ("gemeenten", "gemeente"),
        ("geëvalueerd", "evalueerde"),
        ("moties", "motie"),
    ],
)
def test_forms_of_a_word_are_one_term(one: str, other: str) -> None:
    assert terms(one) == terms(other) != []


def test_the_text_with_the_rarer_word_wins() -> None:
    index = Bm25(
        [
            terms(text)
            for text in ("de gemeente Utrecht en de subsidie", "de subsidie voor werkgevers", "de gemeente Rijswijk", "de het een")
        ]
    )
    assert int(np.argmax(index.scores(terms("subsidie voor werkgevers")))) == 1
    assert int(np.argmax(index.scores(terms("Welke gemeente? Rijswijk")))) == 2


def test_scores_have_one_row_a_text_and_are_zero_without_a_shared_term() -> None:
    index = Bm25([["brief"], ["nota"], []])
    for query in (["onbekend"], [], terms("van de het")):
        assert index.scores(query).tolist() == [0, 0, 0]
    scores = index.scores(terms("brief"))
    assert scores.dtype == np.float32 and scores[0] > 0 and scores[1:].tolist() == [0, 0]


def test_no_texts_at_all() -> None:
    assert Bm25([]).scores(["brief"]).shape == (0,)
