"""The office files give the same documents, dates, section paths, table cells and comments as their .txt twins."""

import shutil
from collections.abc import Callable
from typing import Any

import pytest
from make_files import FORMATS, MISSING
from summaries import ORIGINALS, annotations, cells, documents_of, metadata

from ingest.types import Document

pytestmark = pytest.mark.skipif(not (FORMATS.is_dir() and ORIGINALS.is_dir()), reason=MISSING)
TWINS = {
    "kamerbrief-2026-03.pdf": "001",
    "kst-32824-456.html": "002",
    "beslisnotas-2024-2025.pdf": "003",
    "bijlage-2-cw31.docx": "004",
    "nota-2026-02-20-ocr.pdf": "000",
    "nota-2026-02-20-scan.pdf": "000",
}


def _pair(name: str) -> tuple[tuple[Document, ...], tuple[Document, ...]]:
    if "scan" in name and shutil.which("tesseract") is None:
        pytest.skip("tesseract is missing: apt-get install tesseract-ocr tesseract-ocr-nld")
    return documents_of(FORMATS / name), documents_of(next(ORIGINALS.glob(f"{TWINS[name]}_*.txt")))


def _same(name: str, part: Callable[[Document], Any]) -> None:
    office, text = _pair(name)
    assert [part(d) for d in office] == [part(d) for d in text]


@pytest.mark.parametrize("name", TWINS)
def test_documents_and_dates(name: str) -> None:
    _same(name, lambda d: metadata(d) | {"pages": ""})


@pytest.mark.parametrize("name", TWINS)
def test_section_paths_and_roles(name: str) -> None:
    _same(name, lambda d: [(s.path, s.role, s.number) for s in d.sections])


@pytest.mark.parametrize("name", TWINS)
def test_table_cells(name: str) -> None:
    office, text = _pair(name)
    for a, b in zip(office, text, strict=True):
        # recognised capitals may be wrong in a scan
        mine, other = (str(cells(d)).casefold() if TWINS[name] == "000" else cells(d) for d in (a, b))
        if any(table.uncertain for table in b.tables):
            assert [cell for cell in mine if cell in other] == other  # only what is certain in the flattened copy
        else:
            assert mine == other


@pytest.mark.parametrize("name", TWINS)
def test_annotations(name: str) -> None:
    _same(name, annotations)


@pytest.mark.parametrize("name", [name for name in TWINS if name.endswith(".pdf")])
def test_pages_of_sections(name: str) -> None:
    _same(name, lambda d: [d.page_at(s.start) for s in d.sections])


@pytest.mark.parametrize("name", TWINS)
def test_places_of_footnotes(name: str) -> None:
    def places(document: Document) -> list[tuple[str, str]]:
        numbered = [n for n in document.footnotes if "[redacted]" not in document.text[max(n.anchor - 20, 0) : n.anchor]]
        return sorted((n.number, document.text[max(n.anchor - 8, 0) : n.anchor].strip("’.")[-6:]) for n in numbered if n.anchor >= 0)

    _same(name, places)


def test_every_blacked_out_place_has_the_same_ground() -> None:
    office, text = _pair("beslisnotas-2024-2025.pdf")
    for a, b in zip(office, text, strict=True):
        assert {(r.page, r.ground) for r in a.redactions} == {(r.page, r.ground) for r in b.redactions}
