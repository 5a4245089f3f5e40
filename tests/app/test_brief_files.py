"""The files of a briefing as other programs see them: DOCX with styles, numbers and footnotes, and a tagged PDF with bookmarks."""

import io
import re
import shutil
import subprocess
import zipfile
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import docx
import pypdf
import pypdfium2 as pdfium
import pytest
from brief_documents import brief_on
from lxml import etree

from app.brief_docx import brief_docx
from app.brief_markdown import brief_markdown
from app.brief_pdf import brief_pdf
from app.brief_types import Request

ALL = Request(today=date(2025, 6, 1))
W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"


def part(content: bytes, name: str) -> Any:
    return etree.fromstring(zipfile.ZipFile(io.BytesIO(content)).read(name))


def test_the_docx_has_styles_numbers_and_contents() -> None:
    made = brief_on("waterveiligheid", ALL)
    content = brief_docx(made)
    file = docx.Document(io.BytesIO(content))
    headings = [p.text for p in file.paragraphs if p.style and p.style.name == "Heading 1"]
    assert headings == [chapter.title for chapter in made.chapters]
    assert {"Title", "Heading 1", "Heading 2", "List Bullet", "toc 1", "Caption"} <= {p.style.name for p in file.paragraphs if p.style}
    assert file.core_properties.title == made.title and file.core_properties.language == "nl-NL"
    numbered = part(content, "word/styles.xml").xpath("//w:style[@w:styleId='Heading1']//w:numId/@w:val", namespaces={"w": W[1:-1]})
    levels = part(content, "word/numbering.xml").xpath(
        f"//w:abstractNum[@w:abstractNumId='{numbered[0]}']//w:pStyle/@w:val", namespaces={"w": W[1:-1]}
    )
    assert levels == ["Heading1", "Heading2"]
    fields = [e.text for e in part(content, "word/document.xml").iter(f"{W}instrText")]
    assert any(field.strip().startswith("TOC ") for field in fields)
    money = next(c for c in made.chapters if c.key == "money")
    assert [tuple(cell.text for cell in row.cells) for row in file.tables[0].rows] == list(money.tables[0].rows)


def test_every_source_is_a_footnote_once_and_every_citation_leads_to_one() -> None:
    made = brief_on("waterveiligheid", ALL)
    content = brief_docx(made)
    notes = part(content, "word/footnotes.xml")
    texts = ["".join(e.itertext()) for e in notes if e.get(f"{W}type") is None]
    assert len(texts) == len(made.citations)
    for citation, text in zip(made.citations, texts, strict=True):
        assert " ".join(citation.quote.split()) in text and citation.title in text
    body = part(content, "word/document.xml")
    ids = [int(e.get(f"{W}id")) for e in body.iter(f"{W}footnoteReference")]
    assert ids == list(range(1, len(texts) + 1))
    again = [e.text for e in body.iter(f"{W}instrText") if "NOTEREF" in e.text]
    marks = {e.get(f"{W}name") for e in body.iter(f"{W}bookmarkStart")}
    assert again and {name for field in again for name in re.findall(r"bron\d+", field)} <= marks


def test_the_docx_opens_in_libreoffice(tmp_path: Path) -> None:
    soffice = shutil.which("soffice")
    if not soffice:
        pytest.skip("LibreOffice is not here (apt-get install libreoffice-writer-nogui)")
    made = brief_on("waterveiligheid", replace(ALL, length="three"))
    (tmp_path / "briefing.docx").write_bytes(brief_docx(made))
    command = [
        soffice,
        "--headless",
        f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}",
        "--convert-to",
        "pdf",
        "--outdir",
        str(tmp_path),
    ]
    subprocess.run([*command, str(tmp_path / "briefing.docx")], check=True, capture_output=True, timeout=150)
    text = " ".join(" ".join(page.extract_text() for page in pypdf.PdfReader(tmp_path / "briefing.pdf").pages).split())
    for chapter in made.chapters:
        assert chapter.title in text
    assert made.citations[0].title in text


def tags(element: Any) -> list[str]:
    """All structure types below an element, in reading order."""
    element = element.get_object()
    if not isinstance(element, dict):
        return []
    kids = element.get("/K", [])
    own = [str(element["/S"])] if "/S" in element else []
    return own + [tag for kid in (kids if isinstance(kids, list) else [kids]) for tag in tags(kid)]


def titles(outline: list[Any]) -> list[str]:
    return [title for entry in outline for title in (titles(entry) if isinstance(entry, list) else [str(entry.title)])]


def test_the_pdf_is_tagged_and_has_bookmarks() -> None:
    made = brief_on("waterveiligheid", ALL)
    content = brief_pdf(made)
    reader = pypdf.PdfReader(io.BytesIO(content))
    catalog: Any = reader.trailer["/Root"]
    assert catalog["/MarkInfo"]["/Marked"] and str(catalog["/Lang"]).startswith("nl")
    assert b"pdfuaid" in content  # says that it is PDF/UA, which Typst has checked
    found = tags(catalog["/StructTreeRoot"])
    assert {"/H1", "/H2", "/P", "/L", "/LI", "/Table", "/TR", "/TH", "/TD", "/Link"} <= set(found)
    marked = titles(list(reader.outline))
    for chapter in made.chapters:
        assert any(chapter.title in title for title in marked)
    assert found.count("/Link") >= sum(len(line.citations) for chapter in made.chapters for line in chapter.lines)


@pytest.mark.parametrize("name", ["fietsmobiliteit", "jeugdzorg", "waterveiligheid"])
@pytest.mark.parametrize(("length", "pages"), [("one", 1), ("three", 3)])
def test_a_short_briefing_takes_the_pages_it_says(name: str, length: str, pages: int) -> None:
    """Without the sources, which follow."""
    made = brief_on(name, replace(ALL, length=length))
    file = pdfium.PdfDocument(brief_pdf(replace(made, citations=made.citations)))
    before = [i for i in range(len(file)) if re.search(r"^Bronnen\r?$", file[i].get_textpage().get_text_range(), re.M)]
    started = before[0]
    text = file[started].get_textpage().get_text_range()
    assert started + (not text.startswith("Bronnen")) <= pages
    assert len(made.chapters) >= 7


def test_document_text_cannot_become_markup() -> None:
    made = brief_on("waterveiligheid", replace(ALL, length="one"))
    line = replace(made.chapters[0].lines[0], text='#eval("1") <b>vet</b> [koppeling](http://elders) $x$ \x07')
    first = replace(made.chapters[0], lines=(line,))
    nasty = replace(made, chapters=(first, *made.chapters[1:]))
    shown = pdfium.PdfDocument(brief_pdf(nasty))[0].get_textpage().get_text_range()
    assert '#eval("1") <b>vet</b> [koppeling](http://elders) $x$' in " ".join(shown.split())
    assert "<b>vet</b>" in "".join(p.text for p in docx.Document(io.BytesIO(brief_docx(nasty))).paragraphs)
    assert "\\[koppeling\\]" in brief_markdown(nasty) and "\\<b\\>" in brief_markdown(nasty)
