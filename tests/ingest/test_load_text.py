"""Text files as converters leave them: pages, wrapped lines, notes, tables in five forms, comment lists."""

from pathlib import Path

import pytest

from ingest.blocks import NOTE_OPEN, Block, Loaded, note_mark
from ingest.load_text import load_text
from ingest.structure import structure
from ingest.types import Document, Source

HEADS = ("", "2025", "2026", "2027")
LONG = "De gemeente legt in het voorjaar nieuwe stallingen aan bij het station en bij de markt."


def _document(text: str, markdown: bool = False) -> Document:
    (document,) = structure(load_text(text, markdown), Source("stuk-0", Path("stuk.txt"), "text/plain", "0"))
    return document


def _table(loaded: Loaded) -> Block:
    return next(b for b in loaded.blocks if b.kind == "table")


@pytest.mark.parametrize(
    "lines",
    [
        "\t2025\t2026\t2027\nBomen\t1,5\t2,0\t\nTotaal\t1,5\t2,0\t3,0",
        "                2025      2026      2027\nBomen            1,5       2,0\nTotaal           1,5       2,0       3,0",
        "| | 2025 | 2026 | 2027 |\n|---|---|---|---|\n| Bomen | 1,5 | 2,0 | |\n| Totaal | 1,5 | 2,0 | 3,0 |",
        "\t\n\t2025\n\t2026\n\t2027\n\n\tBomen\n\t1,5\n\t2,0\n\t\n\n\tTotaal\n\t1,5\n\t2,0\n\t3,0",
    ],
    ids=["tabs", "spaces", "markdown", "a cell a line"],
)
def test_tables_keep_their_columns(lines: str) -> None:
    table = _table(load_text(f"{LONG}\n\nTabel 1: uitgaven (x € 1 mln.)\n{lines}\n\n{LONG}\n"))
    assert table.rows == (HEADS, ("Bomen", "1,5", "2,0", ""), ("Totaal", "1,5", "2,0", "3,0"))
    assert "uncertain" not in table.info


def test_a_flattened_table_is_uncertain_where_a_row_is_short() -> None:
    cells = "2025 2026 2027 Bomen 1,5 2,0 Bankjes (2)1 0 1 2 Totaal 1,5 3,0 2,0".replace("Bankjes (2)1", "Bankjes_(2)1").split()
    text = f"{LONG}\n" + "\n".join(cells).replace("_", " ") + "\nX Noot\n1\nVoor de markt.\n"
    document = _document(text)
    (table,) = document.tables
    assert table.uncertain
    assert {(c.row, c.column, c.value) for c in table.cells if c.row != "Totaal"} == {
        ("Bankjes (2)", "2025", "0"),
        ("Bankjes (2)", "2026", "1"),
        ("Bankjes (2)", "2027", "2"),
    }
    (note,) = document.footnotes
    assert note.text == "Voor de markt." and document.text[: note.anchor].endswith("Bankjes (2)")


def test_wrapped_lines_pages_and_notes() -> None:
    first = "De gemeente legt nieuwe stallingen aan bij het station en vraagt daarvoor geld aan de pro-\nvincie.1 Het plan begint in mei en"
    second = f"gaat door tot het najaar van het jaar daarna.\n\n{LONG}\n\nPlanning\nIn juni is het klaar.\n"
    text = f"{first}\n\n1 Kamerstukken II, 2024/25, 32 824, nr. 451.\n\f{second}"
    document = _document(text)
    assert "geld aan de provincie. Het plan begint in mei en gaat door tot het najaar" in document.text
    (note,) = document.footnotes
    assert document.text[: note.anchor].endswith("de provincie.")
    assert [s.heading for s in document.sections] == ["Planning"]
    assert document.page_at(document.text.index("gaat door")) == 2 and document.page_at(document.text.index("Het plan")) == 1


def test_markdown_notes_are_footnotes() -> None:
    document = _document("# Plan\n\nHet plan is af.[^1] Het begint.\n\n[^1]: Zie de brief.\n", markdown=True)
    (note,) = document.footnotes
    assert (note.number, note.text) == ("1", "Zie de brief.") and document.text[: note.anchor].endswith("is af.")


COMMENTS = """# nota

Stallingen

## Geadviseerd besluit

Stemt u in met het plan voor de nieuwe stalling? Doen we niet <sup>2</sup>

De stalling kost [redacted] per jaar. 3

Nummer: 1\tAuteur: Jansen, P.\tOnderwerp: Highlight\tDatum: Onbepaald
het plan voor de nieuwe stalling
Nummer: 2\tAuteur: Jansen, P.\tOnderwerp: FreeText\tDatum: 7-2-2025 13:10:51
Doen we niet
Nummer: 3\tAuteur: [redacted]\tOnderwerp: Notitie\tDatum: 7-2-2025 13:10:59
Lakken op grond van financiële belangen
"""


def test_comments_leave_the_text_and_are_tied_to_it() -> None:
    document = _document(COMMENTS, markdown=True)
    body = document.text[: document.annotations[0].start]
    assert "Doen we niet" not in body and "3" not in body.replace("\n", " ").split("per jaar")[1]
    highlight, typed, ground = document.annotations
    assert document.text[highlight.marked_start : highlight.marked_end] == "het plan voor de nieuwe stalling"
    assert (typed.marked_text, typed.author, typed.date) == (highlight.marked_text, "Jansen, P.", "7-2-2025 13:10:51")
    assert ground.author == ""
    (hidden,) = document.redactions
    assert hidden.ground == "financiële belangen" and document.text[hidden.start : hidden.end] == "[redacted]"


def test_names_and_references_of_the_column_are_blacked_out_without_a_ground() -> None:
    column = "Datum\n03-04-2025\n\nOnze referentie\n2025-\n\nOpgesteld door\n[redacted]\n\nTweede contactpersoon\n\n"
    document = _document(f"# nota\n\nStallingen\n\n{column}\n" + COMMENTS.split("Stallingen")[1], markdown=True)
    found = [(document.text[r.start - 16 : r.start].strip(), document.text[r.start : r.end], r.ground) for r in document.redactions]
    assert found == [
        ("referentie\n2025-", "", ""),
        ("Opgesteld door", "[redacted]", ""),
        ("e contactpersoon", "", ""),
        ("e stalling kost", "[redacted]", "financiële belangen"),
    ]


def test_the_clearer_of_two_copies_of_a_comment_is_kept() -> None:
    printed = "1\nWelke dan? Het plan blijft werken aan elke vorm van overlast en lawaai"
    slip = printed[2:].replace("van overlast", "vanoverlast")[:-2]
    text = f"# nota\n\nPlan\n\n{LONG}\n\n{printed}\n\nNummer: 1\tAuteur: Jansen, P.\tOnderwerp: FreeText\tDatum: Onbepaald\n{slip}\n"
    document = _document(text, markdown=True)
    assert [a.text for a in document.annotations] == [printed[2:]]
    assert document.text.count("Welke dan?") == 1


def test_a_file_cannot_forge_marks() -> None:
    loaded = load_text(f"Een zin.{note_mark('1')} {LONG}\u200b\n")
    assert not any(NOTE_OPEN in b.text for b in loaded.blocks)
    assert loaded.removed == {"onzichtbare tekens": 3}


def test_a_signature_is_the_sender_and_no_heading() -> None:
    text = f"{LONG}\n\nHoogachtend,\n\nDE MINISTER VAN FIETSEN EN BOMEN,\n\nA.B. de Vries\n"
    document = _document(text)
    assert document.sender == "Minister van fietsen en bomen, A.B. de Vries" and document.sections == ()
