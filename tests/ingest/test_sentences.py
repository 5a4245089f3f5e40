"""Sentences as spans: where one ends, and where a point does not end one."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.sentences import sentence_spans


def split(text: str) -> list[str]:
    return [text[start:end] for start, end in sentence_spans(text)]


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        ("", []),
        (" \n\t\n", []),
        ("Zonder punt", ["Zonder punt"]),
        ("Een zin. En nog een.", ["Een zin.", "En nog een."]),
        ("Klopt dat? Ja! Zeker…", ["Klopt dat?", "Ja!", "Zeker…"]),
        ("  Een zin.   Twee.  ", ["Een zin.", "Twee."]),
        ("Eerste regel\nTweede regel. Derde", ["Eerste regel", "Tweede regel.", "Derde"]),
        ("Het is 2,7 procent. Dat is 3.000 meer.", ["Het is 2,7 procent.", "Dat is 3.000 meer."]),
        ("Zie Kamerstuk 32 824, nr. 456. Daarin staat het.", ["Zie Kamerstuk 32 824, nr. 456.", "Daarin staat het."]),
        ("Dit geldt o.a. Het Rijk en bijv. Utrecht.", ["Dit geldt o.a. Het Rijk en bijv. Utrecht."]),
        ("Door mr. J.N.J. Nobel ondertekend. Met bijlage.", ["Door mr. J.N.J. Nobel ondertekend.", "Met bijlage."]),
        ("Er is 5 mln. Dat is genoeg.", ["Er is 5 mln.", "Dat is genoeg."]),
        ("De motie van het lid Becker c.s. De Kamer nam die aan.", ["De motie van het lid Becker c.s.", "De Kamer nam die aan."]),
        ("De motie Diederik van Dijk c.s. Kamerleden.", ["De motie Diederik van Dijk c.s.", "Kamerleden."]),
        ("Hij vroeg: ‘waarom niet?’ Zij zweeg.", ["Hij vroeg: ‘waarom niet?’", "Zij zweeg."]),
        ("Dat stond in de brief (van 2025). Daarna niets.", ["Dat stond in de brief (van 2025).", "Daarna niets."]),
        ("Het begint in 2026. 300 mensen doen mee.", ["Het begint in 2026.", "300 mensen doen mee."]),
        ("Voor dit punt geldt. kleine letter gaat door.", ["Voor dit punt geldt. kleine letter gaat door."]),
        ("1. Eerste punt. 2. Tweede punt.", ["1. Eerste punt.", "2. Tweede punt."]),
        ("The Minister, e.g. Nobel, agreed. The House did not.", ["The Minister, e.g. Nobel, agreed.", "The House did not."]),
    ],
)
def test_sentences(text: str, sentences: list[str]) -> None:
    assert split(text) == sentences


def test_spans_refer_to_the_whole_text() -> None:
    text = "Vooraf. Een zin. En twee. Achteraf."
    assert [text[a:b] for a, b in sentence_spans(text, 8, 25)] == ["Een zin.", "En twee."]


@given(st.text(alphabet="ab A.?!…:;\n\t()’”1€•", max_size=80))
def test_spans_are_in_order_and_lose_no_word(text: str) -> None:
    spans = sentence_spans(text)
    assert all(a < b for a, b in spans) and all(x[1] <= y[0] for x, y in pairwise(spans))
    assert all(text[a:b] == text[a:b].strip() and "\n" not in text[a:b] for a, b in spans)
    covered = {i for a, b in spans for i in range(a, b)}
    assert all(text[i].isspace() for i in range(len(text)) if i not in covered)
