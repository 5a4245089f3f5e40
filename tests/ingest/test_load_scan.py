"""Scans: recognition itself only where tesseract is installed, what is done with its words everywhere."""

import shutil
from collections import Counter

import pytest
from make_files import FORMATS, MISSING

from ingest import ocr
from ingest.blocks import note_mark
from ingest.errors import LoadError
from ingest.layout import Line, Word
from ingest.load_pdf import load_pdf
from ingest.picture import Picture
from ingest.sandbox import load_safely
from ingest.scan_lines import tidy_scans
from ingest.sheet import Sheet

needs_formats = pytest.mark.skipif(not FORMATS.is_dir(), reason=MISSING)
needs_tesseract = pytest.mark.skipif(shutil.which("tesseract") is None, reason="tesseract ontbreekt: apt-get install tesseract-ocr-nld")


def _line(y: float, *words: str, x: float = 70, size: float = 9, gap: float = 3) -> Line:
    row = []
    for word in words:
        row.append(Word(word, x, y, x + 5 * len(word), y + size, size))
        x += 5 * len(word) + gap
    return Line(tuple(row))


def _tidied(*lines: Line) -> list[str]:
    margin = [_line(20, "gewone", "regel"), _line(32, "gewone", "regel")]
    (sheet,) = tidy_scans([Sheet(1, (*margin, *lines), scanned=True)])
    return [line.text for line in sheet.lines[2:]]


@pytest.mark.parametrize("bullet", ["«", "*", "©", "«__", "©_", "°", "+"])
def test_bullets_are_known_in_any_guise(bullet: str) -> None:
    assert _tidied(_line(60, bullet, "Een", "punt")) == ["• Een punt"]
    if len(bullet) > 1:
        assert _tidied(_line(60, bullet + "Een", "punt")) == ["• Een punt"]


def test_a_letter_is_a_bullet_only_left_of_a_hanging_indent() -> None:
    hanging = [_line(60, "e", "Een", "punt", gap=8), _line(72, "loopt", "door", x=83)]
    assert _tidied(*hanging)[0] == "• Een punt"
    assert _tidied(_line(60, "de", "stalling"), _line(72, "is", "vol"))[0] == "de stalling"


def test_specks_beside_the_text_go() -> None:
    noise = _line(60, "|", "Een", "regel", "tekst", "_")
    assert _tidied(noise) == ["Een regel tekst"]


def test_footnote_numbers_are_taken_as_a_sequence() -> None:
    body = [_line(60, "Dit", "staat", "vast.*"), _line(72, "Dit", "ook.?"), _line(84, "En", "dit.®")]
    feet = [_line(780, "1", "Bron", "een", size=6), _line(790, "?", "Bron", "twee", size=6), _line(800, "8", "Bron", "drie", size=6)]
    texts = _tidied(*body, *feet)
    assert texts[:2] == [f"Dit staat vast.{note_mark('1')}", f"Dit ook.{note_mark('2')}"]
    assert texts[3:] == ["1 Bron een", "2 Bron twee", "3 Bron drie"]


def test_a_question_keeps_its_mark() -> None:
    feet = [_line(780, "1", "Bron", "een", size=6)]
    assert _tidied(_line(60, "Stemt", "u", "in?"), *feet)[0] == "Stemt u in?"


def test_numerals_of_parliament_are_mended() -> None:
    assert _tidied(_line(60, "Kamerstukken", "Il,", "2025/26")) == ["Kamerstukken II, 2025/26"]


def _picture(*boxes: tuple[int, int, int, int]) -> Picture:
    """White, at one pixel a point, with black boxes (x0, top, x1, bottom)."""
    width, height = 600, 400
    rows = [bytearray(b"\xff" * width) for _ in range(height)]
    for x0, top, x1, bottom in boxes:
        for y in range(top, bottom):
            rows[y][x0:x1] = b"\x10" * (x1 - x0)
    return Picture(width, height, 72, b"".join(rows))


def test_bars_and_ruling_lines_are_seen_in_a_picture() -> None:
    picture = _picture((100, 50, 160, 60), (100, 200, 400, 201), (100, 200, 101, 300), (500, 0, 512, 60))
    assert picture.bars() == [(100, 50, 160, 60)]  # the upright block is decoration
    edges = [edge for edge in picture.edges() if edge[1] >= 100]
    assert (100, 200, 400, 200) in edges and (100, 200, 100, 300) in edges


def test_thick_strokes_are_measured() -> None:
    thin, thick = Word("l", 10, 10, 14, 20, 10), Word("l", 30, 10, 36, 20, 10)
    picture = _picture((11, 10, 12, 20), (31, 10, 34, 20))
    assert picture.stroke(thick) == pytest.approx(3 * picture.stroke(thin)) and picture.stroke(thin) > 0


def test_missing_tesseract_names_the_command(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    with pytest.raises(LoadError, match=r"^scan\.pdf: .*apt-get install tesseract-ocr tesseract-ocr-nld"):
        ocr.ocr_pages([_picture()], "scan.pdf")


@needs_tesseract
def test_missing_language_names_the_command(monkeypatch: pytest.MonkeyPatch, tmp_path: "pytest.TempPathFactory") -> None:
    monkeypatch.setenv("TESSDATA_PREFIX", str(tmp_path))
    with pytest.raises(LoadError, match=r"Nederlandse gegevens .*tesseract-ocr-nld"):
        ocr.ocr_pages([_picture()], "scan.pdf")


def _expect_nota(name: str, marks: set[int]) -> None:
    announced: list[int] = []
    loaded = load_pdf((FORMATS / name).read_bytes(), name, scans=announced.append)
    assert announced == ([4] if "scan" in name else [])
    blocks = loaded.blocks
    headings = [b.text for b in blocks if b.kind == "heading"]
    assert headings[0] == "nota" and "Aanleiding" in headings and "b. Coalitieakkoord" in headings
    assert [h.split(":")[0] for h in headings if h.startswith(("Kernpunt", "Pijler"))] == [
        "Kernpunt 1",
        "Kernpunt 2",
        "Pijler 1",
        "Pijler 2",
        "Pijler 3",
    ]
    counts = Counter(b.kind for b in blocks)
    assert (counts["footnote"], counts["table"], counts["field"]) == (10, 1, 2)
    assert [b.number for b in blocks if b.kind == "footnote"] == [str(n) for n in range(1, 11)]
    body = " ".join(b.text for b in blocks)
    assert {n for n in range(1, 11) if note_mark(str(n)) in body} >= marks
    (table,) = (b for b in blocks if b.kind == "table")
    assert [row[1] for row in table.rows] == ["Naam", "Kamerbrief", "Bijlage 1", "Bijlage 2", "Bijlage 3"]
    assert [row[0] for row in table.rows[1:]] == ["1", "2", "3", "4"]
    (day,) = (b for b in blocks if b.number == "Datum")
    assert day.text == "20 februari 2026"
    assert not any("20 februari 2026" in b.text for b in blocks if b.kind != "field")
    assert loaded.warnings and len(loaded.page_quality) == 4 and min(loaded.page_quality) > 0.85


@needs_formats
def test_noisy_text_layer_gives_the_nota() -> None:
    _expect_nota("nota-2026-02-20-ocr.pdf", {1, 2, 4, 5, 6, 7, 8, 9, 10})


@needs_formats
@needs_tesseract
def test_scan_gives_the_nota() -> None:
    _expect_nota("nota-2026-02-20-scan.pdf", {1, 2, 4, 5, 6, 7, 8})


@needs_formats
@needs_tesseract
def test_scan_fits_the_limits_of_the_child() -> None:
    """Its time limit is that of a text file: the child asks for more as soon as it finds pages to recognise."""
    assert load_safely(FORMATS / "nota-2026-02-20-scan.pdf", seconds=3).pages == 4
