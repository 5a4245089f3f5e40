import io
import zipfile
from collections import Counter

import docx
import pytest
from make_files import FORMATS, MISSING, docx_bytes, with_part

from ingest.blocks import NOTE_OPEN, note_mark
from ingest.errors import LoadError
from ingest.load_docx import load_docx


def _kinds(data: bytes) -> list[tuple[str, int, str]]:
    return [(b.kind, b.level, b.text) for b in load_docx(data, "proef.docx").blocks]


def test_title_headings_lists_and_text_keep_their_rank() -> None:
    document = docx.Document()
    document.add_heading("Fietsplan", 0)
    document.add_heading("Kosten", 1)
    document.add_paragraph("Het plan kost weinig.")
    document.add_paragraph("stalling", style="List Bullet")
    document.add_paragraph("rek", style="List Bullet 2")
    assert _kinds(docx_bytes(document)) == [
        ("heading", 1, "Fietsplan"),
        ("heading", 2, "Kosten"),
        ("paragraph", 0, "Het plan kost weinig."),
        ("item", 1, "stalling"),
        ("item", 2, "rek"),
    ]


def test_numbered_list_gets_its_printed_numbers() -> None:
    document = docx.Document()
    document.add_paragraph("eerst dit", style="List Number")
    document.add_paragraph("dan dat", style="List Number")
    assert [t for _, _, t in _kinds(docx_bytes(document))] == ["1. eerst dit", "2. dan dat"]


def test_table_with_caption_empty_and_merged_cells() -> None:
    document = docx.Document()
    document.add_paragraph("Tabel 1: stallingen", style="Caption")
    table = document.add_table(rows=3, cols=3)
    for row, cells in zip(table.rows, (("", "2025", "2026"), ("Noord", "3", ""), ("Zuid", "4", "5")), strict=True):
        for cell, value in zip(row.cells, cells, strict=True):
            cell.text = value
    table.cell(1, 1).merge(table.cell(1, 2))
    (block,) = load_docx(docx_bytes(document), "proef.docx").blocks
    assert (block.kind, block.text) == ("table", "Tabel 1: stallingen")
    assert block.rows == (("", "2025", "2026"), ("Noord", "3", "3"), ("Zuid", "4", "5"))


def test_hidden_and_deleted_text_is_left_out_and_counted() -> None:
    document = docx.Document()
    paragraph = document.add_paragraph("Zichtbaar")
    paragraph.add_run(" geheim").font.hidden = True
    data = docx_bytes(document)
    body = zipfile.ZipFile(io.BytesIO(data)).read("word/document.xml").decode()
    body = body.replace("</w:p>", "<w:del><w:r><w:delText>weg</w:delText></w:r></w:del></w:p>", 1)
    loaded = load_docx(with_part(data, "word/document.xml", body), "proef.docx")
    assert [b.text for b in loaded.blocks] == ["Zichtbaar"]
    assert loaded.removed == {"verborgen tekst": 7}


def test_comment_becomes_an_annotation_with_the_words_it_marks() -> None:
    document = docx.Document()
    paragraph = document.add_paragraph("De stalling is ")
    run = paragraph.add_run("altijd vol")
    document.add_comment(run, text="Is dat zo?", author="A. Jansen", initials="AJ")
    note = load_docx(docx_bytes(document), "proef.docx").blocks[-1]
    assert (note.kind, note.number, note.text) == ("annotation", "1", "Is dat zo?")
    assert note.info["author"] == "A. Jansen" and note.info["marked"] == "altijd vol"


def test_marks_in_the_file_cannot_forge_a_footnote() -> None:
    document = docx.Document()
    document.add_paragraph(f"Echt{note_mark('7')} waar")
    assert NOTE_OPEN not in load_docx(docx_bytes(document), "proef.docx").blocks[0].text


@pytest.mark.parametrize("declaration", ['<!DOCTYPE w [<!ENTITY a "b">]>', '<!DOCTYPE w SYSTEM "http://127.0.0.1:9/x">'])
def test_dtd_is_refused(declaration: str) -> None:
    data = with_part(docx_bytes(docx.Document()), "word/document.xml", f'<?xml version="1.0"?>{declaration}<w/>')
    with pytest.raises(LoadError, match=r"proef\.docx: .*DTD"):
        load_docx(data, "proef.docx")


def test_zip_bomb_is_refused_before_it_is_unpacked() -> None:
    data = with_part(docx_bytes(docx.Document()), "word/document.xml", " " * (101 * 2**20))
    with pytest.raises(LoadError, match=r"10[12] MiB groot \(grens 100 MiB\)"):
        load_docx(data, "proef.docx")


@pytest.mark.parametrize("data", [b"PK\x03\x04 geen zip", docx_bytes(docx.Document())[:2000]])
def test_damaged_file_is_named(data: bytes) -> None:
    with pytest.raises(LoadError, match=r"^proef\.docx: .*beschadigd"):
        load_docx(data, "proef.docx")


@pytest.mark.skipif(not FORMATS.is_dir(), reason=MISSING)
def test_annex_has_its_sections_table_and_notes() -> None:
    loaded = load_docx((FORMATS / "bijlage-2-cw31.docx").read_bytes(), "bijlage.docx")
    counts = Counter(b.kind for b in loaded.blocks)
    assert (counts["heading"], counts["item"], counts["table"], counts["footnote"]) == (11, 2, 1, 2)
    (table,) = (b for b in loaded.blocks if b.kind == "table")
    assert table.rows[0] == ("", "2025", "2026", "2027", "2028", "2029", "2030", "Struc.")
    assert table.rows[1][:2] == ("Actieagenda", "5,0") and table.rows[1][5:] == ("9,2", "", "0")
    assert len(table.rows) == 5 and table.text.endswith("(x 1 mln.)")
    marks = [b.text.count(note_mark(n)) for n in "12" for b in loaded.blocks]
    assert sum(marks) == 2
    assert next(b for b in loaded.blocks if b.kind == "footnote").text.count("\n") == 5
