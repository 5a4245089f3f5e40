"""A briefing as a Word document: real styles, numbered headings, footnotes for the sources and a table of contents.

python-docx has no footnotes, so their part of the file is written here (ECMA-376 §17.11). A source that is cited again is a
reference to its first footnote.
"""

import io
from collections.abc import Sequence
from dataclasses import replace
from typing import Any
from xml.sax.saxutils import escape

import docx
from docx.enum.style import WD_STYLE_TYPE
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.opc.packuri import PackURI
from docx.opc.part import Part
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.shared import Cm, Pt, RGBColor

from app.brief_markdown import place
from app.brief_types import Briefing, Table
from app.texts import say
from app.types import Citation

_FOOTNOTES = "application/vnd.openxmlformats-officedocument.wordprocessingml.footnotes+xml"
_BLUE = RGBColor(0x15, 0x42, 0x73)


def brief_docx(briefing: Briefing) -> bytes:
    """The whole briefing."""
    return _Paper(briefing).write()


class _Paper:
    def __init__(self, briefing: Briefing) -> None:
        self._briefing = briefing
        self._citations = {c.number: c for c in briefing.citations}
        self._noted: list[int] = []
        self._file = docx.Document()
        self._prepare()

    def write(self) -> bytes:
        briefing = self._briefing
        self._file.add_heading(briefing.title, 0)
        self._file.add_paragraph(briefing.notice)
        if briefing.length != "one":
            self._contents()
        for number, chapter in enumerate(briefing.chapters, 1):
            heading = self._file.add_heading(chapter.title, 1)
            _bookmark(heading, f"hoofdstuk{number}", 9000 + number)
            for table in chapter.tables:
                self._table(table)
            head = ""
            for line in chapter.lines:
                if line.head and line.head != head:
                    self._file.add_heading(line.head, 2)
                head = line.head or head
                item = self._file.add_paragraph(_clean(line.text), "List Bullet")
                self._notes(item, line.citations)
            if chapter.left_out:
                self._file.add_paragraph(say(briefing.language, "brief_left_out", count=chapter.left_out))
        self._write_footnotes()
        out = io.BytesIO()
        self._file.save(out)
        return out.getvalue()

    def _prepare(self) -> None:
        """Page, fonts, language, numbered headings, and the styles that footnotes need."""
        file, styles = self._file, self._file.styles
        file.core_properties.title = self._briefing.title
        file.core_properties.author = "Dossierwijzer"
        language = "nl-NL" if self._briefing.language == "nl" else "en-GB"
        file.core_properties.language = language
        section = file.sections[0]
        section.page_width, section.page_height = Cm(21), Cm(29.7)
        section.left_margin = section.right_margin = section.top_margin = section.bottom_margin = Cm(2)
        normal = styles["Normal"]
        normal.font.name, normal.font.size = "Arial", Pt(9.5)
        normal.paragraph_format.space_after = Pt(4)
        tongue = parse_xml(f'<w:lang {nsdecls("w")} w:val="{language}"/>')
        normal.element.get_or_add_rPr().append(tongue)
        for default in styles.element.iter(qn("w:docDefaults")):
            for each in default.iter(qn("w:lang")):
                each.set(qn("w:val"), language)
        for name, size in (("Title", 18), ("Heading 1", 13), ("Heading 2", 10)):
            style = styles[name]
            style.font.size, style.font.color.rgb, style.font.name = Pt(size), _BLUE, "Arial"
            style.element.rPr.rFonts.attrib.clear()
            style.element.rPr.rFonts.set(qn("w:ascii"), "Arial")
            style.element.rPr.rFonts.set(qn("w:hAnsi"), "Arial")
        reference = styles.add_style("footnote reference", WD_STYLE_TYPE.CHARACTER)
        reference.font.superscript = True
        note = styles.add_style("footnote text", WD_STYLE_TYPE.PARAGRAPH)
        note.base_style, note.font.size = normal, Pt(7.5)
        note.paragraph_format.space_after = Pt(1)
        contents = styles.add_style("toc 1", WD_STYLE_TYPE.PARAGRAPH)
        contents.base_style = normal
        contents.paragraph_format.space_after = Pt(1)
        self._number_headings()
        self._number_pages()

    def _number_headings(self) -> None:
        """One multilevel list, tied to the two heading styles."""
        numbering = self._file.part.numbering_part.element
        levels = "".join(
            f'<w:lvl w:ilvl="{level}"><w:start w:val="1"/><w:numFmt w:val="decimal"/><w:pStyle w:val="Heading{level + 1}"/>'
            f'<w:lvlText w:val="{text}"/><w:lvlJc w:val="left"/><w:pPr><w:ind w:left="{indent}" w:hanging="{indent}"/></w:pPr></w:lvl>'
            for level, text, indent in ((0, "%1", 432), (1, "%1.%2", 576))
        )
        kind = f'<w:abstractNum {nsdecls("w")} w:abstractNumId="90"><w:multiLevelType w:val="multilevel"/>{levels}</w:abstractNum>'
        numbering.insert(0, parse_xml(kind))
        numbering.append(parse_xml(f'<w:num {nsdecls("w")} w:numId="90"><w:abstractNumId w:val="90"/></w:num>'))
        for level in (0, 1):
            properties = self._file.styles[f"Heading {level + 1}"].element.get_or_add_pPr()
            properties.append(parse_xml(f'<w:numPr {nsdecls("w")}><w:ilvl w:val="{level}"/><w:numId w:val="90"/></w:numPr>'))

    def _number_pages(self) -> None:
        footer = self._file.sections[0].footer.paragraphs[0]
        footer.alignment = 2  # right
        before, between, after = say(self._briefing.language, "brief_page_of", page="\0", count="\0").split("\0")
        footer.add_run(before)
        _field(footer, "PAGE", "1")
        footer.add_run(between)
        _field(footer, "NUMPAGES", "1")
        footer.add_run(after)

    def _contents(self) -> None:
        """A table of contents that Word can bring up to date; until then it has the chapters, as links."""
        self._file.add_paragraph().add_run(say(self._briefing.language, "brief_contents")).bold = True
        for number, chapter in enumerate(self._briefing.chapters, 1):
            paragraph = self._file.add_paragraph(style="toc 1")
            if number == 1:
                _mark(paragraph, "begin")
                _instruction(paragraph, r'TOC \o "1-1" \n \h \z')
                _mark(paragraph, "separate")
            text = escape(f"{number}  {chapter.title}")
            shown = f'<w:r><w:t xml:space="preserve">{text}</w:t></w:r>'
            link = f'<w:hyperlink {nsdecls("w")} w:anchor="hoofdstuk{number}" w:history="1">{shown}</w:hyperlink>'
            paragraph._p.append(parse_xml(link))
            if number == len(self._briefing.chapters):
                _mark(paragraph, "end")

    def _table(self, table: Table) -> None:
        if not table.row_citations:
            caption = self._file.add_paragraph(_clean(table.caption), "Caption")
            self._notes(caption, table.citations)
        grid = self._file.add_table(len(table.rows), len(table.rows[0]), "Table Grid")
        first = 3.0 if table.data.get("kind") == "beside" else 4.4
        rest = (17.0 - first) / max(len(table.rows[0]) - 1, 1)
        for number, column in enumerate(grid.columns):
            for cell in column.cells:
                cell.width = Cm(rest if number else first)
        for row_number, row in enumerate(table.rows):
            cells = grid.rows[row_number].cells
            for cell, text in zip(cells, row, strict=False):
                paragraph = cell.paragraphs[0]
                paragraph.paragraph_format.space_after = Pt(1)
                run = paragraph.add_run(_clean(text))
                run.font.size, run.bold = Pt(8.5), row_number == 0
            if row_number and row_number <= len(table.row_citations):
                self._notes(cells[len(row) - 1].paragraphs[0], table.row_citations[row_number - 1])
        grid.rows[0]._tr.get_or_add_trPr().append(parse_xml(f"<w:tblHeader {nsdecls('w')}/>"))
        for each in grid.rows:
            each._tr.get_or_add_trPr().append(parse_xml(f"<w:cantSplit {nsdecls('w')}/>"))
        self._file.add_paragraph()

    def _notes(self, paragraph: Any, numbers: Sequence[int]) -> None:
        """A footnote for each source; a reference to it where it has been cited before."""
        for place_in_line, number in enumerate(numbers):
            if place_in_line:
                comma = paragraph.add_run(",")
                comma.font.superscript = True
            if number in self._noted:
                _field(paragraph, f"NOTEREF bron{number} \\f \\h", str(self._noted.index(number) + 1), "footnotereference")
                continue
            self._noted.append(number)
            look = '<w:rPr><w:rStyle w:val="footnotereference"/></w:rPr>'
            mark = f'<w:r {nsdecls("w")}>{look}<w:footnoteReference w:id="{len(self._noted)}"/></w:r>'
            start = f'<w:bookmarkStart {nsdecls("w")} w:id="{number}" w:name="bron{number}"/>'
            for part in (start, mark, f'<w:bookmarkEnd {nsdecls("w")} w:id="{number}"/>'):
                paragraph._p.append(parse_xml(part))

    def _write_footnotes(self) -> None:
        notes = "".join(self._footnote(place_in_text, self._citations[number]) for place_in_text, number in enumerate(self._noted, 1))
        separators = "".join(
            f'<w:footnote w:type="{kind}" w:id="{identity}"><w:p><w:r><w:{mark}/></w:r></w:p></w:footnote>'
            for kind, identity, mark in (("separator", -1, "separator"), ("continuationSeparator", 0, "continuationSeparator"))
        )
        content = f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?><w:footnotes {nsdecls("w")}>{separators}{notes}</w:footnotes>'
        part = Part(PackURI("/word/footnotes.xml"), _FOOTNOTES, content.encode(), self._file.part.package)
        self._file.part.relate_to(part, RELATIONSHIP_TYPE.FOOTNOTES)

    def _footnote(self, identity: int, citation: Citation) -> str:
        quote = " ".join(citation.quote.split())
        words = quote.split()
        if self._briefing.length != "all" and len(words) > 14:  # the line has the quote itself
            quote = " ".join(words[:12]) + " …"
        innermost = replace(citation, section=citation.section.split(" > ")[-1])
        text = escape(_clean(f" {place(innermost, self._briefing.language)}: “{quote}”"))
        return (
            f'<w:footnote w:id="{identity}"><w:p><w:pPr><w:pStyle w:val="footnotetext"/></w:pPr>'
            f'<w:r><w:rPr><w:rStyle w:val="footnotereference"/></w:rPr><w:footnoteRef/></w:r>'
            f'<w:r><w:t xml:space="preserve">{text}</w:t></w:r></w:p></w:footnote>'
        )


def _clean(text: str) -> str:
    """Without the control characters that XML cannot hold."""
    return "".join(c for c in text if c in "\t\n" or ord(c) >= 32)


def _bookmark(paragraph: Any, name: str, identity: int) -> None:
    paragraph._p.insert(1, parse_xml(f'<w:bookmarkStart {nsdecls("w")} w:id="{identity}" w:name="{name}"/>'))
    paragraph._p.append(parse_xml(f'<w:bookmarkEnd {nsdecls("w")} w:id="{identity}"/>'))


def _field(paragraph: Any, instruction: str, shown: str, style: str = "") -> None:
    _mark(paragraph, "begin")
    _instruction(paragraph, instruction)
    _mark(paragraph, "separate")
    look = f'<w:rPr><w:rStyle w:val="{style}"/></w:rPr>' if style else ""
    paragraph._p.append(parse_xml(f"<w:r {nsdecls('w')}>{look}<w:t>{shown}</w:t></w:r>"))
    _mark(paragraph, "end")


def _mark(paragraph: Any, kind: str) -> None:
    paragraph._p.append(parse_xml(f'<w:r {nsdecls("w")}><w:fldChar w:fldCharType="{kind}"/></w:r>'))


def _instruction(paragraph: Any, text: str) -> None:
    paragraph._p.append(parse_xml(f'<w:r {nsdecls("w")}><w:instrText xml:space="preserve"> {escape(text)} </w:instrText></w:r>'))
