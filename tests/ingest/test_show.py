"""`python -m ingest show` prints what was understood, of a file and of what an index holds."""

import json
from pathlib import Path

import pytest
from doubles import WordEncoder

from ingest.__main__ import main
from ingest.errors import DossierError, IndexMissing, LoadError
from ingest.pipeline import index
from ingest.show import show

NOTA = """TER BESLISSING

Datum
06-11-2024

Aan Wethouder

# nota

Fietsenstalling aan de Laan

## Aanleiding

De stalling kost [redacted] per jaar.<sup>1</sup> Er is geen dekking.

## Planning

| Tijd | Actie |
|---|---|
| Mei 2025 | Openen |

<sup>1</sup> Kamerstukken II, 2024/25, 32 824, nr. 451.

Nummer: 1\tAuteur: Jansen, P.\tOnderwerp: Highlight\tDatum: 7-2-2025 12:48:35
Er is geen dekking.
Nummer: 2\tAuteur:\tOnderwerp: Notitie\tDatum: 7-2-2025 12:49:00
Lakken op grond van financiële belangen
"""


@pytest.fixture
def nota(tmp_path: Path) -> Path:
    path = tmp_path / "stalling.md"
    path.write_text(NOTA, encoding="utf-8")
    return path


def test_a_file_is_shown_in_dutch(nota: Path) -> None:
    text = show(str(nota), nota.parent / "geen-index", as_json=False)
    for words in (
        "═══ Fietsenstalling aan de Laan",
        "Datum:         2024-11-06",
        "Aan:           Wethouder",
        "Status:        TER BESLISSING",
        "  Aanleiding  [aanleiding]",
        "  Mei 2025 | Openen",
        "1. Kamerstukken II, 2024/25, 32 824, nr. 451.\n      bij: “De stalling kost [redacted] per jaar.”",
        "Jansen, P., 7-2-2025 12:48:35, Highlight: Er is geen dekking.\n      bij: “Er is geen dekking.”",
        "▇▇▇ per jaar. Er is geen dekking.",
        "[grond: financiële belangen]",
        "table p. 1",
    ):
        assert words in text


def test_json_holds_every_field_and_the_passages(nota: Path) -> None:
    (document,) = json.loads(show(str(nota), nota.parent, as_json=True))["documents"]
    assert (document["date"], document["kind"]) == ("2024-11-06", "nota")
    assert document["redactions"][0]["ground"] == "financiële belangen"
    assert {p["kind"] for p in document["passages"]} == {"metadata", "text", "table", "footnote", "annotation"}
    assert document["text"][document["sections"][0]["start"] :].startswith("Aanleiding")


def test_a_document_of_the_index_is_found_by_id_title_and_file_name(nota: Path, tmp_path: Path) -> None:
    directory = tmp_path / "index"
    index([nota], directory, encoder=WordEncoder())
    by_title = show("fietsenstalling aan de laan", directory, as_json=False)
    identity = json.loads(show("stalling.md", directory, as_json=True))["documents"][0]["document_id"]
    assert show(identity, directory, as_json=False) == by_title
    assert "Aanleiding" in by_title


def test_what_is_not_there_is_said_with_what_looks_like_it(nota: Path, tmp_path: Path) -> None:
    directory = tmp_path / "index"
    with pytest.raises(IndexMissing, match="Er is geen index"):
        show("stalling", directory, as_json=False)
    index([nota], directory, encoder=WordEncoder())
    with pytest.raises(DossierError, match=r"(?s)geen bestand.*Fietsenstalling aan de Laan"):
        show("Fietsenstalling aan de Lan", directory, as_json=False)
    (tmp_path / "leeg.txt").write_bytes(b"")
    with pytest.raises(LoadError, match=r"leeg\.txt"):
        show(str(tmp_path / "leeg.txt"), directory, as_json=False)


def test_the_command(nota: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["show", str(nota), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["documents"]
    assert main(["show", "weg", "--index", str(nota.parent / "geen")]) == 1
    assert "Er is geen index" in capsys.readouterr().err
