"""Sets of known facts: read from each kind of file, refused with file and line."""

from datetime import date
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import pytest
from openpyxl import Workbook
from small_world import FACTS, TEXTS

from evals.check import check, texts_by_source
from evals.known_facts import load, write
from evals.spreadsheet import COLUMNS, write_rows
from evals.types import KnownFactsError
from ingest.errors import LoadError
from ingest.types import Document

GOOD = """\
- id: a
  question: Hoeveel tuinen?
  category: number
  facts:
  - - twaalf
    - 12
  - [2025-07-04]
  forbidden: [dertien]
  history:
  - Wat is het plan?
  evidence:
  - doc: tuinen
    quote: "twaalf buurttuinen"
  answerable: true
  difficulty: easy
- id: b
  question: Wie is de koning?
  category: unanswerable
  facts: []
  evidence: []
  answerable: false
"""


def _file(folder: Path, text: str, name: str = "set.yaml") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def test_yaml_keeps_values_as_written(tmp_path: Path) -> None:
    first, second = load(_file(tmp_path, GOOD))
    assert first.facts == (("twaalf", "12"), ("2025-07-04",))
    assert first.forbidden == ("dertien",) and first.history == ("Wat is het plan?",)
    assert (first.answerable, second.answerable, first.difficulty, second.difficulty) == (True, False, "easy", "medium")


@pytest.mark.parametrize(
    ("old", "new", "line", "words"),
    [
        ("id: b", "id: a", 16, "staat al op regel 1"),
        ("  question: Wie is de koning?\n", "", 16, "'question' ontbreekt"),
        ("answerable: false", "answerable: misschien", 21, "verwacht true of false"),
        ("answerable: false", "answerable: true", 19, "minstens één feit"),
        ('    quote: "twaalf buurttuinen"\n', "", 12, "precies 'doc'"),
        ("difficulty: easy", "moeilijk: ja", 15, "onbekende sleutel 'moeilijk'"),
        ("    - 12\n", "    - ''\n", 5, "zonder lege"),
        ("facts: []", "facts: [[x]]", 21, "geen feiten"),
        ("category: number", "category: {a: b}", 3, "moet tekst zijn"),
        ("- id: b", "- id: b: c", 16, "geen geldige YAML"),
    ],
)
def test_a_problem_is_named_with_file_and_line(tmp_path: Path, old: str, new: str, line: int, words: str) -> None:
    path = _file(tmp_path, GOOD.replace(old, new))
    with pytest.raises(KnownFactsError) as caught:
        load(path)
    messages = [str(problem) for problem in caught.value.problems]
    assert any(each.startswith(f"{path}:{line}:") and words in each for each in messages), messages


def test_all_problems_are_named_at_once(tmp_path: Path) -> None:
    path = _file(tmp_path, GOOD.replace("id: b", "id: a").replace("answerable: true", "answerable: soms"))
    with pytest.raises(KnownFactsError) as caught:
        load(path)
    assert [problem.line for problem in caught.value.problems] == [14, 16]


@pytest.mark.parametrize(("name", "text"), [("set.txt", "x"), ("leeg.yaml", ""), ("weg.yaml", None)])
def test_what_is_no_set(tmp_path: Path, name: str, text: str | None) -> None:
    path = tmp_path / name if text is None else _file(tmp_path, text, name)
    with pytest.raises(LoadError):
        load(path)


@pytest.mark.parametrize("text", ["a: b\n", "- tekst\n", "just words\n"])
def test_yaml_of_another_form(tmp_path: Path, text: str) -> None:
    with pytest.raises(KnownFactsError, match="verwacht een lijst van vragen"):
        load(_file(tmp_path, text))


@pytest.mark.parametrize("name", ["set.csv", "set.xlsx"])
def test_a_spreadsheet_equals_the_yaml(tmp_path: Path, name: str) -> None:
    write(FACTS, tmp_path / "set.yaml")
    write_rows(FACTS, tmp_path / name)
    assert load(tmp_path / name) == load(tmp_path / "set.yaml") == FACTS


def test_csv_from_a_dutch_excel(tmp_path: Path) -> None:
    path = tmp_path / "set.csv"
    path.write_bytes(
        "id;question;category;fact;answerable\na;Wie coördineert?;who;€ 3 | drie euro;waar\n;;;tweede feit;\n".encode("cp1252")
    )
    (fact,) = load(path)
    assert fact.question == "Wie coördineert?"
    assert fact.facts == (("€ 3", "drie euro"), ("tweede feit",))


def test_csv_problem_has_its_line(tmp_path: Path) -> None:
    path = _file(tmp_path, 'id,question,category,fact\na,"Een\nlange vraag",fact,x\nb,Vraag,,y\n', "set.csv")
    with pytest.raises(KnownFactsError, match=rf"{path}:4: b: 'category' ontbreekt"):
        load(path)


def test_unknown_columns_are_named(tmp_path: Path) -> None:
    with pytest.raises(KnownFactsError, match="kolommen zijn id, vraag"):
        load(_file(tmp_path, "id,vraag\n1,2\n", "set.csv"))


def test_xlsx_cells_are_read_as_shown(tmp_path: Path) -> None:
    book = Workbook()
    sheet = book.worksheets[0]
    sheet.append(COLUMNS)
    for number, value in enumerate((0.17, 2027, 2.7, date(2025, 7, 4)), 1):
        sheet.append([f"q{number}", "Vraag", None, "number", value])
    sheet["E2"].number_format = "0%"
    book.save(tmp_path / "set.xlsx")
    assert [fact.facts[0][0] for fact in load(tmp_path / "set.xlsx")] == ["17%", "2027", "2.7", "2025-07-04"]


def test_a_formula_stays_text(tmp_path: Path) -> None:
    write(FACTS, tmp_path / "set.yaml")
    text = (tmp_path / "set.yaml").read_text().replace("Wat kost de aanleg?", "=SOM(1)")
    facts = load(_file(tmp_path, text))
    write_rows(facts, tmp_path / "set.xlsx")
    assert load(tmp_path / "set.xlsx") == facts


def test_no_workbook(tmp_path: Path) -> None:
    with pytest.raises(KnownFactsError, match="geen geldig"):
        load(_file(tmp_path, "x", "set.xlsx"))


def test_check_finds_what_the_corpus_does_not_hold(tmp_path: Path) -> None:
    assert check(FACTS, TEXTS, Path("set.yaml")) == ()
    path = _file(tmp_path, GOOD.replace("twaalf buurttuinen", "dertien buurttuinen"))
    messages = [str(problem) for problem in check(load(path), TEXTS, path)]
    assert f"{path}:12: a: bewijs niet gevonden in tuinen-2025.md: 'dertien buurttuinen'" in messages
    assert any(each.startswith(f"{path}:5: a: feit 'twaalf' staat niet in het bewijs") for each in messages)
    other = load(_file(tmp_path, GOOD.replace("doc: tuinen", "doc: '999'")))
    assert "geen document begint met '999'" in check(other, TEXTS, path)[0].message
    derived = load(_file(tmp_path, GOOD.replace("difficulty: easy", "derived: true")))
    assert check(derived, TEXTS, path) == ()


def test_the_documents_of_a_bundle_are_one_source() -> None:
    documents = [
        SimpleNamespace(source_name=name, text=text)
        for name, text in (("a.txt", "eerste nota"), ("b.txt", "brief"), ("a.txt", "tweede nota"))
    ]
    texts = texts_by_source(cast(list[Document], documents))
    assert list(texts) == ["a.txt", "b.txt"]
    assert "eerste nota" in texts["a.txt"] and "tweede nota" in texts["a.txt"]
