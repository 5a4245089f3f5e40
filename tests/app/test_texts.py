"""What a reader sees: every text in both languages, with the same blanks, and every text that is asked for."""

import ast
from datetime import date
from pathlib import Path
from string import Formatter

import pytest

from app.texts import MONTHS, TEXTS, say, say_date

APP = Path(__file__).parents[2] / "app"


def blanks(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name is not None}


def asked_for() -> set[str]:
    """The keys that the code names: the second argument of `say`."""
    keys = set()
    for path in APP.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "say" and len(node.args) > 1:
                keys |= {leaf.value for leaf in ast.walk(node.args[1]) if isinstance(leaf, ast.Constant) and isinstance(leaf.value, str)}
    return keys


def test_the_languages_have_the_same_keys() -> None:
    assert TEXTS["nl"].keys() == TEXTS["en"].keys()
    assert MONTHS.keys() == TEXTS.keys()


@pytest.mark.parametrize("key", TEXTS["nl"])
def test_every_text_is_there_in_both_languages(key: str) -> None:
    dutch, english = TEXTS["nl"][key], TEXTS["en"][key]
    assert dutch.strip() and english.strip()
    assert blanks(dutch) == blanks(english)
    filled = dict.fromkeys(blanks(dutch), "×")
    assert "{" not in say("nl", key, **filled) + say("en", key, **filled)


def test_every_text_that_the_code_names_is_there() -> None:
    keys = {key for key in asked_for() if not key.endswith("_")}  # 'kind_' and its like are completed
    assert len(keys) > 10
    assert keys - TEXTS["nl"].keys() <= {"one", ""}, keys - TEXTS["nl"].keys()


@pytest.mark.parametrize(
    ("day", "language", "said"),
    [
        (date(2025, 7, 4), "nl", "4 juli 2025"),
        (date(2025, 7, 4), "en", "4 July 2025"),
        (date(2026, 3, 15), "nl", "15 maart 2026"),
        (None, "nl", "zonder datum"),
        (None, "en", "no date"),
    ],
)
def test_dates_in_words(day: date | None, language: str, said: str) -> None:
    assert say_date(day, language) == said
