"""Compounds, spellings and abbreviations, from the texts of a small library."""

import pytest

from app.lexical import terms
from app.vocabulary import Vocabulary, abbreviations

TEXTS = (
    "De markt voor fietsen groeit. De gemeente geeft subsidie aan de werkgever en aan werkgevers.",
    "De fietsmarkt en de werkgeverssubsidie: elke gemeente doet mee. De vereniging van gemeenten stemt in.",
    "Het Centraal Overleg Fietsparkeren (COF) besprak de stalling; de dienst (RWS) niet.",
)
WORDS = Vocabulary(TEXTS)


@pytest.mark.parametrize(
    ("word", "parts"),
    [
        ("werkgeverssubsidie", ("werkgevers", "subsidie")),
        ("gemeentesubsidie", ("gemeente", "subsidie")),
        ("subsidieplafond", ("subsidie",)),  # of a word that is not known the half that is
        ("fietsmarkt", ()),  # "fiets" is no word here, and the compound is known as it is
        ("gemeente", ()),
        ("van", ()),
    ],
)
def test_a_compound_is_cut_into_words_of_the_library(word: str, parts: tuple[str, ...]) -> None:
    assert WORDS.parts(word) == parts


@pytest.mark.parametrize(
    ("word", "meant"),
    [("gemeete", "gemeente"), ("verenigng", "vereniging"), ("gemeente", ""), ("bakfiets", ""), ("van", "")],
)
def test_an_unknown_word_gets_its_likely_spelling(word: str, meant: str) -> None:
    assert WORDS.spelling(word) == meant


def test_abbreviations_are_found_where_they_are_explained() -> None:
    assert list(abbreviations(TEXTS[2])) == [("COF", "Centraal Overleg Fietsparkeren")]
    assert list(abbreviations("de Vereniging van Nederlandse Scholen (VNS)")) == [("VNS", "Vereniging van Nederlandse Scholen")]
    assert list(abbreviations("in november 2024 de motie Pietersma (NM)")) == []


def test_a_question_with_an_abbreviation_finds_the_long_form_and_the_other_way() -> None:
    assert set(terms("Overleg Fietsparkeren")) <= set(WORDS.query("Wat besprak het COF?"))
    assert set(terms("COF")) <= set(WORDS.query("Wat besprak het Centraal Overleg Fietsparkeren?"))
    assert not set(terms("COF")) & set(WORDS.query("Wat besprak het overleg?"))


def test_a_sloppy_question_shares_terms_with_the_text() -> None:
    assert set(terms("gemeente subsidie")) <= set(WORDS.query("welke gemeete geeft subsdie"))
