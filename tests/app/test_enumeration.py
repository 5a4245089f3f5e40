"""What is a list in a document, and how a long one is shown."""

import pytest

from app.enumeration import enumerations, shortened

LAWN = "Dat kost geld. Het gras gaat weg:\n\nbij de poort, omdat het daar nat is;\naan de straat;\nachter de schuur.\n\nDe rest blijft."


@pytest.mark.parametrize(
    ("text", "lists"),
    [
        (LAWN, [["bij de poort, omdat het daar nat is;", "aan de straat;", "achter de schuur."]]),
        ("Wij vragen u:\n\n1. te maaien;\n\n2. te harken.\n\nDank.", [["1. te maaien;", "2. te harken."]]),  # numbered, so over blank lines
        ("Wij vragen u:\n\na) te maaien.\n\nPunt 1 Gras\n\nHet gras is lang.", []),  # what follows is numbered otherwise
        ("Let op:\nhet gras is nat.", []),  # one line is no list
        ("De poort gaat open om:\n", []),
        ("Zonder aankondiging\neen\ntwee", []),
    ],
)
def test_a_list_is_what_a_sentence_ending_in_a_colon_announces(text: str, lists: list[list[str]]) -> None:
    assert [[text[start:end] for start, end in each.items] for each in enumerations(text)] == lists


def test_a_list_begins_with_the_sentence_that_announces_it() -> None:
    (only,) = enumerations(LAWN)
    assert LAWN[only.start : only.end].startswith("Het gras gaat weg") and LAWN[only.start : only.end].endswith("schuur.")


def test_items_are_cut_at_a_clause_so_that_no_figure_loses_its_other_half() -> None:
    text = "Wat verandert:\n\nde prijs gaat van 10 naar 12 euro omdat alles duurder wordt;\nde poort blijft langer open dan nu;\nhet gras."
    (only,) = enumerations(text)
    assert shortened(text, only, 60) == " ".join(text.split())
    assert shortened(text, only, 20) == "Wat verandert: de prijs gaat van 10 naar 12 euro … de poort blijft langer open dan nu; het gras."
    assert shortened(text, only, 15) == ""
    told = text.replace("omdat alles", "per jaar. Dat komt omdat alles")  # an item of two sentences tells more than it lists
    assert shortened(told, enumerations(told)[0], 20) == ""
