"""When nothing is answered, on questions of our own; the share of right refusals is measured by the evals."""

from pathlib import Path

import pytest

from app.answer import Assistant
from app.question import understand
from app.refuse import names_missing
from app.types import Turn


@pytest.mark.parametrize(
    ("asked", "text", "missing"),
    [
        ("Welke acht gemeenten doen mee?", "Er doen acht gemeenten mee aan de proef.", "acht"),
        ("Welke 3 scholen begonnen?", "Drie scholen begonnen: de Regenboog, de Wissel en de Esdoorn.", ""),
        ("Welke drie scholen begonnen?", "Drie scholen begonnen, waaronder de Wissel.", "drie"),
        ("Which eight municipalities take part?", "Er doen acht gemeenten mee.", "eight"),
        ("Welke acht gemeenten doen mee?", "Er doen twaalf gemeenten mee.", ""),  # not the number that is asked for
        ("Hoeveel gemeenten doen mee?", "Er doen acht gemeenten mee.", ""),
    ],
)
def test_a_number_without_the_names(asked: str, text: str, missing: str) -> None:
    assert names_missing(understand(Turn(asked)), text) == missing


@pytest.fixture(scope="module")
def assistant(corpus_index: Path) -> Assistant:
    return Assistant(corpus_index)


@pytest.mark.parametrize(
    "asked",
    [
        "Wie is de koning van Nederland?",
        "wordt het morgen mooi weer",
        "What is the capital of Canada?",
        "Wie won het wk van 2022?",
        "Hoeveel kilometer is het van Amsterdam naar Parijs met de trein en hoe lang duurt die reis gemiddeld?",
        "Wie won in 2024 het Eurovisie Songfestival en met welk liedje was dat?",
    ],
)
def test_what_has_nothing_to_do_with_the_documents_is_not_answered(assistant: Assistant, asked: str) -> None:
    answer = assistant.ask(Turn(asked))
    assert answer.status == "not_found" and answer.citations == ()


@pytest.mark.parametrize(
    "asked",
    [
        "Wat is SOWIS?",
        "Wat is OBI?",
        "Wie is Nobel?",
        "Hoeveel keerde SOWIS in 2025 uit?",
        "Wanneer was de aftrap van de Nationale Dialoog?",
    ],
)
def test_a_literal_question_is_answered(assistant: Assistant, asked: str) -> None:
    assert assistant.ask(Turn(asked)).status == "answered"
