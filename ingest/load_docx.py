"""A Word document (.docx) as blocks: styles, lists, tables, footnotes and comments; deleted and hidden text is left out.

Not handled: headers and footers (page furniture), text in drawings, and page numbers (a .docx has no pages, so all is page 1).
"""

import io
import re
import zipfile
from collections.abc import Iterator
from datetime import datetime
from typing import Any

import docx

from ingest.blocks import Block, Loaded, note_mark
from ingest.docx_styles import paragraph_styles, parse_xml
from ingest.errors import LoadError
from ingest.tidy import one_line, tidy

MAX_UNPACKED = 100 * 2**20
MAX_RATIO, RATIO_MATTERS_FROM = 150, 20 * 2**20
_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_SKIPPED = {f"{_W}{name}" for name in ("del", "moveFrom", "pPr", "rPr", "instrText", "delText")} | {
    "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
}


def load_docx(data: bytes, name: str) -> Loaded:
    """Raises LoadError for a damaged file, one that unpacks to more than MAX_UNPACKED bytes, or one with a DTD."""
    _refuse_bombs(data, name)
    try:
        return _Reader(docx.Document(io.BytesIO(data)), name).read()
    except (LoadError, MemoryError, RecursionError):
        raise
    except Exception as error:  # python-docx raises KeyError, ValueError, XMLSyntaxError, … for damaged files
        raise LoadError(f"{name}: het Word-bestand is beschadigd en kan niet worden gelezen ({error.__class__.__name__}).") from error


def _refuse_bombs(data: bytes, name: str) -> None:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            size = sum(member.file_size for member in archive.infolist())
            if size > MAX_UNPACKED or (size > RATIO_MATTERS_FROM and size > MAX_RATIO * len(data)):
                raise LoadError(
                    f"{name}: het Word-bestand wordt uitgepakt {size / 2**20:.0f} MiB groot (grens {MAX_UNPACKED // 2**20} MiB); "
                    "het wordt niet geopend."
                )
            for member in archive.namelist():
                # Zero bytes go first, so that a DTD in UTF-16 is seen as well.
                if member.endswith((".xml", ".rels")) and b"<!DOCTYPE" in archive.read(member).replace(b"\0", b""):
                    raise LoadError(f"{name}: het Word-bestand bevat een DTD met entiteiten; dat is onveilig en wordt geweigerd.")
    except (zipfile.BadZipFile, RuntimeError, NotImplementedError, EOFError, OSError, ValueError) as error:
        raise LoadError(f"{name}: het Word-bestand is beschadigd of versleuteld en kan niet worden uitgepakt.") from error


class _Reader:
    """One pass over the body; notes and comments are looked up where the text refers to them."""

    def __init__(self, document: Any, name: str) -> None:
        self.body = getattr(document.element, "body", None)
        if self.body is None:
            raise LoadError(f"{name}: het Word-bestand heeft geen tekst: het hoofddeel is beschadigd.")
        self.title = tidy(document.core_properties.title or "").strip()
        parts = {str(part.partname): part.blob for part in document.part.package.iter_parts()}
        self.styles = paragraph_styles(parts.get("/word/styles.xml", b""), parts.get("/word/numbering.xml", b""))
        self.notes = _by_id(parts.get("/word/footnotes.xml"), "footnote") | {
            f"e{key}": note for key, note in _by_id(parts.get("/word/endnotes.xml"), "endnote").items()
        }
        self.comments = _by_id(parts.get("/word/comments.xml"), "comment")
        self.numbers: dict[str, str] = {}  # note id → number as printed
        self.pending: list[Block] = []  # notes and comments of the paragraph or table at hand
        self.marking: dict[str, list[str]] = {}  # words of the comments that are open
        self.has_title = False
        self.commented = self.hidden = 0

    def read(self) -> Loaded:
        blocks: list[Block] = []
        for block in self._blocks(self.body):
            caption = blocks[-1] if blocks and blocks[-1].info.get("style") == "caption" else None
            if block.kind == "table" and caption:
                blocks[-1] = Block("table", caption.text, rows=block.rows)
            else:
                blocks.append(block)
            if block.info.get("style") != "caption":
                blocks += self.pending
                self.pending = []
        blocks = [*blocks, *self.pending]
        removed = {"verborgen tekst": self.hidden} if self.hidden else {}
        return Loaded(tuple(_without_style(block) for block in blocks), title=self.title, removed=removed)

    def _blocks(self, parent: Any) -> Iterator[Block]:
        for element in parent:
            if element.tag == f"{_W}p":
                yield from self._paragraph(element)
            elif element.tag == f"{_W}tbl":
                yield Block("table", "", rows=self._rows(element))
            elif element.tag in (f"{_W}sdt", f"{_W}sdtContent", f"{_W}ins", f"{_W}customXml"):
                yield from self._blocks(element)

    def _paragraph(self, element: Any) -> Iterator[Block]:
        style = self.styles.of(element)
        raw = "".join(self._text(element))
        if not raw.strip():
            return
        label = f"{self.styles.number(style)} " if style.numbered else ""
        if style.kind == "heading":
            self.has_title |= style.title
            level = min(style.level + (self.has_title and not style.title), 6)
            yield Block("heading", one_line(label + raw), level=level)
        elif style.kind == "item":
            yield Block("item", one_line(label + raw), level=style.level)
        else:
            # A hard break after punctuation ends a paragraph; elsewhere it is only layout.
            for part in re.split(r"(?<=[.,:;!?])\s*\n", raw):
                if part.strip():
                    yield Block("paragraph", one_line(part), info={"style": style.kind})

    def _text(self, element: Any) -> Iterator[str]:
        """The visible text of a paragraph, with marks for its notes."""
        for child in element:
            if child.tag in _SKIPPED:
                continue
            if child.tag == f"{_W}t":
                text = tidy(child.text or "")
                for words in self.marking.values():
                    words.append(text)
                yield text
            elif child.tag in (f"{_W}br", f"{_W}cr", f"{_W}p"):
                yield "\n"
            elif child.tag == f"{_W}tab":
                yield " "
            elif child.tag == f"{_W}noBreakHyphen":
                yield "-"
            elif child.tag in (f"{_W}footnoteReference", f"{_W}endnoteReference"):
                yield self._note(("e" if "endnote" in child.tag else "") + child.get(f"{_W}id", ""))
            elif child.tag == f"{_W}commentRangeStart":
                self.marking[child.get(f"{_W}id", "")] = []
            elif child.tag == f"{_W}commentReference":
                self._comment(child.get(f"{_W}id", ""))
            elif child.tag == f"{_W}r" and _hidden(child):
                self.hidden += sum(len(t.text or "") for t in child.iter(f"{_W}t"))
                continue
            if len(child):
                yield from self._text(child)

    def _note(self, key: str) -> str:
        if key not in self.numbers and key in self.notes:
            number = self.numbers[key] = str(len(self.numbers) + 1)
            self.pending.append(Block("footnote", self._prose(self.notes[key]), number=number))
        return note_mark(self.numbers[key]) if key in self.numbers else ""

    def _comment(self, key: str) -> None:
        marked, comment = one_line("".join(self.marking.pop(key, []))), self.comments.get(key)
        if comment is not None:
            info = {"author": tidy(comment.get(f"{_W}author", "")), "kind": "Opmerking", "date": _date(comment.get(f"{_W}date"))}
            self.commented += 1
            self.pending.append(Block("annotation", self._prose(comment), number=str(self.commented), info=info | {"marked": marked}))

    def _prose(self, element: Any) -> str:
        return "\n".join(text for p in element.iter(f"{_W}p") if (text := one_line("".join(self._text(p)))))

    def _rows(self, table: Any) -> tuple[tuple[str, ...], ...]:
        rows: list[tuple[str, ...]] = []
        for row in table.iterchildren(f"{_W}tr"):
            cells: list[str] = []
            for cell in row.iter(f"{_W}tc"):
                text = one_line(" ".join("".join(self._text(p)) for p in cell.iterchildren(f"{_W}p")))
                span, merge = cell.find(f".//{_W}gridSpan"), cell.find(f".//{_W}vMerge")
                if merge is not None and merge.get(f"{_W}val") != "restart" and rows and len(cells) < len(rows[-1]):
                    text = rows[-1][len(cells)]
                cells += [text] * (int(span.get(f"{_W}val", "1")) if span is not None else 1)
            rows.append(tuple(cells))
        width = max((len(row) for row in rows), default=0)
        return tuple(row + ("",) * (width - len(row)) for row in rows)


def _without_style(block: Block) -> Block:
    return Block("paragraph", block.text) if "style" in block.info else block


def _by_id(blob: bytes | None, tag: str) -> dict[str, Any]:
    elements = parse_xml(blob or b"").iter(f"{_W}{tag}")
    return {e.get(f"{_W}id", ""): e for e in elements if e.get(f"{_W}type", "normal") == "normal"}


def _hidden(run: Any) -> bool:
    """Whether nobody can see this run: marked hidden, at most 1 point high, or white on an unshaded page."""
    props = run.find(f"{_W}rPr")
    if props is None:
        return False
    vanish, size, colour = (props.find(f"{_W}{tag}") for tag in ("vanish", "sz", "color"))
    if vanish is not None and vanish.get(f"{_W}val", "true") not in ("0", "false"):
        return True
    if size is not None and int(size.get(f"{_W}val", "20")) <= 2:
        return True
    white = colour is not None and colour.get(f"{_W}val", "").upper() == "FFFFFF"
    shaded = any(found is not None for found in (props.find(f"{_W}shd"), props.find(f"{_W}highlight")))
    return white and not shaded and not any(a.tag == f"{_W}tc" for a in run.iterancestors())


def _date(value: str | None) -> str:
    try:
        moment = datetime.fromisoformat(value or "")
    except ValueError:
        return "Onbepaald"
    return f"{moment.day}-{moment.month}-{moment.year} {moment:%H:%M:%S}"
