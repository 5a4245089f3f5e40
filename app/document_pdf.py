"""Text blocks as a tagged PDF with bookmarks: headings, paragraphs, lists, tables and sources, in reading order.

What is drawn is marked as it is drawn (reportlab), and the structure tree is laid over it afterwards (pypdf), as PDF 1.7
§14.8 has it. Not handled: right-to-left text, and characters that the font lacks (shown by their nearest in Latin, else "?").
"""

import io
import unicodedata
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache
from html import escape
from pathlib import Path
from typing import Any

import reportlab
from pypdf import PdfReader, PdfWriter
from pypdf.generic import (
    ArrayObject,
    BooleanObject,
    DictionaryObject,
    IndirectObject,
    NameObject,
    NumberObject,
    TextStringObject,
)
from reportlab.lib.colors import HexColor
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import cm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import BaseDocTemplate, Flowable, Frame, PageTemplate, Paragraph, Spacer, Table, TableStyle

from app.texts import say

_MARGIN = 2 * cm
_LINK = HexColor("#154273")
_RULE = HexColor("#8a8a8a")
_SHADE = HexColor("#eef1f5")


@dataclass(frozen=True)
class Block:
    """`kind`: title, heading, subheading, paragraph, item, quote, source (with its `number`) or table (with its `rows`, the
    first of which is the head). `marks` are the numbers of the sources; `row_marks` those of each row below the head.
    """

    kind: str
    text: str = ""
    marks: tuple[int, ...] = ()
    number: int = 0
    rows: tuple[tuple[str, ...], ...] = ()
    row_marks: tuple[tuple[int, ...], ...] = ()


def write_pdf(title: str, blocks: Sequence[Block], language: str = "nl") -> bytes:
    """The PDF. Headings become bookmarks, and a mark links to the source with its number."""
    _fonts()
    root = _Node("Document")
    sources = {block.number for block in blocks if block.kind == "source"}
    story = [flowable for block in _grouped(blocks) for flowable in _flowables(block, root, sources)]
    out = io.BytesIO()
    document = _Layout(out, title, language)
    document.build(story, canvasmaker=_canvas(language))
    return _tagged(out.getvalue(), root, title, language)


@dataclass
class _Node:
    """A structure element: its kids, and the marked content (page, id) and place on the page of what was drawn of it."""

    tag: str
    kids: list["_Node"] = field(default_factory=list)
    marked: list[tuple[int, int]] = field(default_factory=list)
    places: list[tuple[int, float, float, float, float]] = field(default_factory=list)

    def add(self, tag: str) -> "_Node":
        self.kids.append(_Node(tag))
        return self.kids[-1]


class _Text(Paragraph):
    """A paragraph that marks what it draws; its parts on two pages belong to one element."""

    def __init__(self, text: str, style: ParagraphStyle, node: _Node | None = None, **more: Any) -> None:
        super().__init__(text, style, **more)
        self.node = node
        self.bookmark: tuple[str, int] | None = None

    def split(self, width: float, height: float) -> list[Any]:
        parts: list[Any] = super().split(width, height)
        for part in parts:
            part.node = self.node
        if parts:
            parts[0].bookmark = self.bookmark
        return parts

    def draw(self) -> None:
        canvas: Any = self.canv
        if self.bookmark:
            name, level = self.bookmark
            canvas.bookmarkPage(name, fit="XYZ", top=canvas.absolutePosition(0, self.height)[1] + 6)
            canvas.addOutlineEntry(self.getPlainText(), name, level, closed=False)
        if self.node is None:
            super().draw()
            return
        page = canvas.getPageNumber()
        mark = canvas.marks[page]
        canvas.marks[page] += 1
        self.node.marked.append((page, mark))
        x, y = canvas.absolutePosition(0, 0)
        self.node.places.append((page, x, y, x + self.width, y + self.height))
        canvas.addLiteral(f"/{self.node.tag} <</MCID {mark}>> BDC")
        super().draw()
        canvas.addLiteral("EMC")


class _Grid(Table):
    """A table whose lines and shades are marked as decoration."""

    def _drawBkgrnd(self) -> None:
        self._decorate("_drawBkgrnd")

    def _drawLines(self) -> None:
        self._decorate("_drawLines")

    def _decorate(self, method: str) -> None:
        self.canv.addLiteral("/Artifact BMC")
        vars(Table)[method](self)
        self.canv.addLiteral("EMC")


class _Layout(BaseDocTemplate):
    def __init__(self, out: io.BytesIO, title: str, language: str) -> None:
        super().__init__(
            out,
            pagesize=A4,
            title=title,
            author="Dossierwijzer",
            leftMargin=_MARGIN,
            rightMargin=_MARGIN,
            topMargin=_MARGIN,
            bottomMargin=_MARGIN,
        )
        frame = Frame(_MARGIN, _MARGIN, A4[0] - 2 * _MARGIN, A4[1] - 2 * _MARGIN, 0, 0, 0, 0)
        self.addPageTemplates([PageTemplate("page", [frame])])


def _canvas(language: str) -> Any:
    """A canvas that counts marked content per page and numbers the pages when it knows how many there are."""

    class Numbered(Canvas):
        def __init__(self, *arguments: Any, **named: Any) -> None:
            super().__init__(*arguments, **named)
            self.marks: dict[int, int] = defaultdict(int)
            self._states: list[dict[str, Any]] = []

        def showPage(self) -> None:
            self._states.append(dict(self.__dict__))
            vars(Canvas)["_startPage"](self)

        def save(self) -> None:
            for number, state in enumerate(self._states, 1):
                self.__dict__.update(state)
                self.addLiteral("/Artifact <</Type /Pagination>> BDC")
                self.setFont("Vera", 7.5)
                self.setFillColor(HexColor("#595959"))
                self.drawRightString(A4[0] - _MARGIN, 1.1 * cm, say(language, "brief_page_of", page=number, count=len(self._states)))
                self.addLiteral("EMC")
                super().showPage()
            super().save()

    return Numbered


@cache
def _fonts() -> None:
    """The fonts that come with reportlab, embedded in the PDF."""
    folder = Path(reportlab.__file__).parent / "fonts"
    for name in ("Vera", "VeraBd", "VeraIt", "VeraBI"):
        pdfmetrics.registerFont(TTFont(name, str(folder / f"{name}.ttf")))
    pdfmetrics.registerFontFamily("Vera", normal="Vera", bold="VeraBd", italic="VeraIt", boldItalic="VeraBI")


def _style(kind: str) -> ParagraphStyle:
    size, before, after, bold, indent = {
        "title": (17, 0, 8, True, 0),
        "heading": (12.5, 12, 4, True, 0),
        "subheading": (9.5, 7, 2, True, 0),
        "paragraph": (9, 0, 4, False, 0),
        "item": (9, 0, 3, False, 11),
        "quote": (8.5, 0, 4, False, 14),
        "source": (7.5, 0, 2.5, False, 20),
        "cell": (8, 0, 0, False, 0),
    }[kind]
    return ParagraphStyle(
        kind,
        fontName="VeraBd" if bold else "Vera",
        fontSize=size,
        leading=size * 1.35,
        spaceBefore=before,
        spaceAfter=after,
        leftIndent=indent,
        bulletIndent=0,
        keepWithNext=kind in ("heading", "subheading"),
        textColor=_LINK if kind in ("title", "heading") else HexColor("#111111"),
        allowWidows=0,
        allowOrphans=0,
    )


def _grouped(blocks: Sequence[Block]) -> Iterator[list[Block]]:
    """Items and sources that follow each other are one list."""
    group: list[Block] = []
    for block in blocks:
        if group and not (block.kind == group[0].kind and block.kind in ("item", "source")):
            yield group
            group = []
        group.append(block)
    if group:
        yield group


_TAGS = {"title": "H1", "heading": "H2", "subheading": "H3", "paragraph": "P", "quote": "BlockQuote"}


def _flowables(group: Sequence[Block], root: _Node, sources: set[int]) -> Iterator[Flowable]:
    first = group[0]
    if first.kind in ("item", "source"):
        node = root.add("L")
        for block in group:
            entry = node.add("LI")
            label = f'<a name="bron{block.number}"/>{block.number}.' if block.kind == "source" else "•"
            style = _style(block.kind)
            yield _Text(_marked(block, sources), style, entry.add("LBody"), bulletText=None if block.kind == "source" else label)
    elif first.kind == "table":
        yield from _table(first, root.add("Table"), sources)
    else:
        text = _Text(_marked(first, sources), _style(first.kind), root.add(_TAGS[first.kind]))
        level = {"title": 0, "heading": 1, "subheading": 2}.get(first.kind)
        if level is not None:
            text.bookmark = (f"kop{len(root.kids)}", level)
        yield text


def _marked(block: Block, sources: set[int]) -> str:
    text = _shown(block.text)
    if block.kind == "source":
        return f'<a name="bron{block.number}"/>{block.number}. {text}'
    return text + _links(block.marks, sources)


def _links(marks: Sequence[int], sources: set[int]) -> str:
    linked = (f'<a href="#bron{n}" color="#154273">[{n}]</a>' if n in sources else f"[{n}]" for n in marks)
    return f' <font size="7">{"".join(linked)}</font>' if marks else ""


def _shown(text: str) -> str:
    """Escaped, with what the font lacks replaced."""
    font: Any = pdfmetrics.getFont("Vera")
    known = font.face.charToGlyph
    out = []
    for character in text.replace("→", "->"):
        if ord(character) in known or character in "\n\t":
            out.append(character)
        else:
            plain = unicodedata.normalize("NFKD", character)
            out.append("".join(c for c in plain if ord(c) in known) or "?")
    return escape("".join(out), quote=False)


def _table(block: Block, node: _Node, sources: set[int]) -> Iterator[Flowable]:
    if block.text:
        yield _Text(f"<b>{_shown(block.text)}</b>{_links(block.marks, sources)}", _style("paragraph"), node.add("Caption"))
    columns = len(block.rows[0])
    cells: list[list[Any]] = []
    for number, row in enumerate(block.rows):
        line = node.add("TR")
        marks = block.row_marks[number - 1] if number and number <= len(block.row_marks) else ()
        drawn: list[Any] = []
        for place, cell in enumerate(row):
            head = number == 0 or place == 0
            text = _shown(cell) + (_links(marks, sources) if place == columns - 1 else "")
            drawn.append(_Text(f"<b>{text}</b>" if number == 0 else text, _style("cell"), line.add("TH" if head else "TD")))
        cells.append(drawn)
    grid = _Grid(cells, colWidths=_widths(block.rows), repeatRows=1)
    grid.setStyle(
        TableStyle(
            [
                ("GRID", (0, 0), (-1, -1), 0.4, _RULE),
                ("BACKGROUND", (0, 0), (-1, 0), _SHADE),
                ("VALIGN", (0, 0), (-1, -1), "TOP"),
                ("TOPPADDING", (0, 0), (-1, -1), 3),
                ("BOTTOMPADDING", (0, 0), (-1, -1), 4),
            ]
        )
    )
    yield grid
    yield Spacer(1, 8)


def _widths(rows: Sequence[Sequence[str]]) -> list[float]:
    """By the longest cell of each column, the first one at least a fifth of the page."""
    longest: list[float] = [min(max(len(row[i]) for row in rows if i < len(row)), 60) + 3 for i in range(len(rows[0]))]
    longest[0] = max(longest[0], sum(longest) / 5)
    return [(A4[0] - 2 * _MARGIN) * length / sum(longest) for length in longest]


def _tagged(content: bytes, root: _Node, title: str, language: str) -> bytes:
    """The same PDF with the structure tree of `root`, its language and its title."""
    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(content)))
    tree = DictionaryObject({NameObject("/Type"): NameObject("/StructTreeRoot")})
    tree_reference = writer._add_object(tree)
    parents: dict[int, dict[int, IndirectObject]] = defaultdict(dict)
    links: dict[int, IndirectObject] = {}
    places: list[tuple[tuple[int, float, float, float, float], IndirectObject]] = []

    def element(node: _Node, parent: IndirectObject) -> IndirectObject | None:
        made = DictionaryObject(
            {NameObject("/Type"): NameObject("/StructElem"), NameObject("/S"): NameObject(f"/{node.tag}"), NameObject("/P"): parent}
        )
        reference = writer._add_object(made)
        kids = ArrayObject()
        for page, mark in node.marked:
            content = {"/Type": NameObject("/MCR"), "/Pg": writer.pages[page - 1].indirect_reference, "/MCID": NumberObject(mark)}
            kids.append(DictionaryObject({NameObject(key): value for key, value in content.items()}))
            parents[page - 1][mark] = reference
        kids += [kid for each in node.kids if (kid := element(each, reference)) is not None]
        if not kids:
            return None
        made[NameObject("/K")] = kids
        if node.tag == "TH":
            attributes = {
                NameObject("/O"): NameObject("/Table"),
                NameObject("/Scope"): NameObject("/Column" if _in_head(root, node) else "/Row"),
            }
            made[NameObject("/A")] = DictionaryObject(attributes)
        places.extend((place, reference) for place in node.places)
        return reference

    top = element(root, tree_reference)
    tree[NameObject("/K")] = ArrayObject([top] if top else [])
    _tag_links(writer, places, links)
    numbers = ArrayObject()
    for number, page in enumerate(writer.pages):
        page[NameObject("/StructParents")] = NumberObject(number)
        page[NameObject("/Tabs")] = NameObject("/S")
        marks = parents[number]
        numbers += [NumberObject(number), ArrayObject([marks[mark] for mark in sorted(marks)])]
    for key, reference in sorted(links.items()):
        numbers += [NumberObject(key), reference]
    tree[NameObject("/ParentTree")] = writer._add_object(DictionaryObject({NameObject("/Nums"): numbers}))
    tree[NameObject("/ParentTreeNextKey")] = NumberObject(len(writer.pages) + len(links))
    catalog = writer.root_object
    catalog[NameObject("/StructTreeRoot")] = tree_reference
    catalog[NameObject("/MarkInfo")] = DictionaryObject({NameObject("/Marked"): BooleanObject(True)})
    catalog[NameObject("/Lang")] = TextStringObject("nl-NL" if language == "nl" else "en-GB")
    catalog[NameObject("/ViewerPreferences")] = DictionaryObject({NameObject("/DisplayDocTitle"): BooleanObject(True)})
    writer.add_metadata({"/Title": title, "/Author": "Dossierwijzer"})
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def _in_head(root: _Node, cell: _Node) -> bool:
    return any(
        cell in table.kids[1 if table.kids[0].tag == "Caption" else 0].kids for table in root.kids if table.tag == "Table" and table.kids
    )


def _tag_links(
    writer: PdfWriter, places: Sequence[tuple[tuple[int, float, float, float, float], IndirectObject]], links: dict[int, IndirectObject]
) -> None:
    """A Link element for every link, in the element in whose place it lies; `links` gets their keys in the parent tree."""
    key = len(writer.pages)
    for number, page in enumerate(writer.pages, 1):
        for annotation in page.get("/Annots", ArrayObject()):
            note = annotation.get_object()
            left, bottom, right, top = (float(value) for value in note["/Rect"])
            x, y = (left + right) / 2, (bottom + top) / 2
            home = next((ref for (on, a, b, c, d), ref in places if on == number and a - 2 <= x <= c + 2 and b - 2 <= y <= d + 2), None)
            if home is None:
                continue
            made = DictionaryObject(
                {NameObject("/Type"): NameObject("/StructElem"), NameObject("/S"): NameObject("/Link"), NameObject("/P"): home}
            )
            target = DictionaryObject(
                {NameObject("/Type"): NameObject("/OBJR"), NameObject("/Pg"): page.indirect_reference, NameObject("/Obj"): annotation}
            )
            made[NameObject("/K")] = ArrayObject([target])
            links[key] = writer._add_object(made)
            parent: Any = home.get_object()
            parent["/K"].append(links[key])
            note[NameObject("/StructParent")] = NumberObject(key)
            note[NameObject("/Contents")] = TextStringObject(str(note.get("/Dest", "")).strip("/").replace("bron", "bron "))
            key += 1
