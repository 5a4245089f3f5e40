"""A web page as blocks: the main content in reading order, without navigation, scripts and text that nobody sees.

Not handled: text that only a script or a style sheet in another file adds or hides; nothing is fetched.
"""

import re
from collections.abc import Iterator

from bs4 import BeautifulSoup, Tag
from bs4.element import Comment, Declaration, NavigableString, ProcessingInstruction

from ingest.blocks import Block, Loaded, note_mark
from ingest.decode import decode
from ingest.errors import LoadError
from ingest.html_hidden import hidden_elements
from ingest.tidy import one_line, tidy

_FURNITURE = (
    "script,style,noscript,template,iframe,svg,object,embed,canvas,form,button,input,select,nav,head,[role=navigation],[role=search]"
)
_BLOCKS = frozenset(  # elements that end the line before them
    re.findall(
        r"\w+",
        "address article aside blockquote body caption center dd details div dl dt fieldset figcaption figure footer h1 h2 h3 h4 h5 h6 "
        "header hr html li main ol p pre section summary table tbody td tfoot th thead tr ul",
    )
)
_NOTE_ID = re.compile(r"(?:fn|ftn|note|noot|footnote|voetnoot|supernote-content)[-_:]?(\d{1,3})", re.I)
_MARK = re.compile(r"[\[(]?(\d{1,3}|[*†‡]{1,3})[\])]?")
_BREAK = re.compile(r"(?<=[.,:;!?])\s*\n\s*")  # a hard break after punctuation ends a paragraph; elsewhere it is layout


def load_html(data: bytes, name: str) -> Loaded:
    """Raises LoadError when the page holds no text."""
    soup = BeautifulSoup(_characters(data), "lxml")
    title = one_line(tidy(soup.title.get_text())) if soup.title else ""
    removed = {"verborgen tekst": _drop(hidden_elements(soup))}
    root = soup.find("main") or soup.find(role="main") or _only(soup.find_all("article")) or soup.body or soup
    before = len(soup.get_text(" ", strip=True))
    outside = [] if root.name in ("main", "article") else root.find_all(["header", "footer"])
    _drop([*soup.select(_FURNITURE), *outside])
    blocks = tuple(_Walker().blocks(root))
    if not blocks:
        raise LoadError(f"{name}: de webpagina bevat geen leesbare tekst.")
    removed["navigatie en opmaak"] = max(before - len(root.get_text(" ", strip=True)), 0)
    return Loaded(blocks, title=title, removed={step: count for step, count in removed.items() if count})


def _characters(data: bytes) -> bytes | str:
    """Bytes where the page names its encoding itself, else text decoded by our own rules."""
    named = re.search(rb"<meta[^>]+charset|<\?xml[^>]+encoding", data[:2048], re.I)
    return data if named and not data.startswith((b"\xff\xfe", b"\xfe\xff")) else decode(data)


def _only(articles: list[Tag]) -> Tag | None:
    return articles[0] if len(articles) == 1 else None


def _drop(elements: list[Tag]) -> int:
    """Takes the elements out of the page; the number of characters that went."""
    count = 0
    for element in elements:
        if not element.decomposed:
            count += len(element.get_text(" ", strip=True))
            element.decompose()
    return count


class _Walker:
    """Inline text is gathered until a block element ends it."""

    def blocks(self, node: Tag, depth: int = 0) -> Iterator[Block]:
        inline = ""
        for child in node.children:
            if isinstance(child, Tag) and (child.name in _BLOCKS or child.find(_BLOCKS) is not None):
                yield from _paragraphs(inline)
                inline = ""
                yield from self._block(child, depth)
            else:
                inline += _inline(child, inline)
        yield from _paragraphs(inline)

    def _block(self, tag: Tag, depth: int) -> Iterator[Block]:
        note = _note_number(tag)
        if re.fullmatch(r"h[1-6]", tag.name):
            if text := one_line(_inline(tag)):
                yield Block("heading", text, level=int(tag.name[1]))
        elif note:
            if text := re.sub(rf"^\W*{note}\W*\s", "", one_line(tidy(tag.get_text()))):
                yield Block("footnote", text, number=note, info={"table": "1"} if _follows_table(tag) else {})
        elif tag.name in ("ul", "ol"):
            yield from self._list(tag, depth + 1)
        elif tag.name == "table" and _is_data(tag):
            caption = tag.find("caption")
            yield Block("table", one_line(_inline(caption)) if caption else "", rows=_rows(tag))
        elif not (tag.name == "p" and _is_note_heading(tag)):
            yield from self.blocks(tag, depth)

    def _list(self, tag: Tag, depth: int) -> Iterator[Block]:
        number = int(str(tag.get("start") or "1")) if str(tag.get("start") or "1").isdigit() else 1
        for child in tag.find_all(True, recursive=False):
            if child.name != "li" or _note_number(child):
                yield from self._block(child, depth)
            else:
                yield from self._item(child, depth, f"{number}. " if tag.name == "ol" else "")
                number += 1

    def _item(self, tag: Tag, depth: int, label: str) -> Iterator[Block]:
        """The paragraphs of an item are one item; lists and tables inside it follow."""
        words: list[str] = []
        inner: list[Block] = []
        for block in self.blocks(tag, depth):
            if block.kind in ("paragraph", "heading") and not inner:
                words.append(block.text)
            else:
                inner.append(block)
        if words:
            yield Block("item", label + " ".join(words), level=depth)
        yield from inner


def _paragraphs(text: str) -> Iterator[Block]:
    for part in _BREAK.split(text):
        if part.strip():
            yield Block("paragraph", one_line(part))


def _inline(node: object, before: str = "") -> str:
    """The text of inline content, with note marks for its superscript references; a <br> is a line end."""
    if isinstance(node, (Comment, Declaration, ProcessingInstruction)):
        return ""
    if isinstance(node, NavigableString):
        return tidy(re.sub(r"\s+", " ", str(node)))
    if not isinstance(node, Tag):
        return ""
    if node.name == "br":
        return "\n"
    if node.name == "sup" and (match := _MARK.fullmatch(node.get_text(strip=True))) and not re.search(r"\b[ckd]?m$", before):
        return note_mark(match[1])
    text = ""
    for child in node.children:
        text += _inline(child, text or before)
    return text


def _note_number(tag: Tag) -> str:
    """The number of a footnote's own text: by its id, or by a superscript that opens a paragraph of a note block."""
    if tag.name in ("li", "p", "div", "dd") and (match := _NOTE_ID.fullmatch(str(tag.get("id") or ""))):
        return match[1]
    first = next((child for child in tag.children if isinstance(child, Tag) or str(child).strip()), None)
    if tag.name == "p" and isinstance(first, Tag) and first.name == "sup" and tag.find_parent(_is_note_block):
        return first.get_text(strip=True)
    return ""


def _is_note_block(tag: Tag) -> bool:
    names = " ".join([str(tag.get("role") or ""), *(tag.get_attribute_list("class") or [])]).lower()
    return bool(re.search(r"\bnote\b|noot|footnote|doc-endnotes", names))


def _follows_table(tag: Tag) -> bool:
    """Whether a note belongs to the table just above its block: such notes count on their own."""
    block = tag.find_parent(_is_note_block)
    before = block.find_previous_sibling() if block else None
    return before is not None and (before.name == "table" or before.find("table") is not None)


def _is_note_heading(tag: Tag) -> bool:
    return re.fullmatch(r"(?:[X\d]\s+)?(?:voet)?noot", tag.get_text(strip=True), re.I) is not None


def _is_data(table: Tag) -> bool:
    """False for a table that only lays out the page."""
    return table.find("table") is None and table.get("role") != "presentation" and len(table.find_all("tr")) > 1


def _rows(table: Tag) -> tuple[tuple[str, ...], ...]:
    """All cells; one that spans rows or columns stands in each place that it covers."""
    rows = table.find_all("tr")
    grid: list[dict[int, str]] = [{} for _ in rows]
    for y, row in enumerate(rows):
        x = 0
        for cell in row.find_all(["td", "th"]):
            while x in grid[y]:
                x += 1
            text = one_line(_inline(cell))
            for down in range(y, min(y + _span(cell, "rowspan"), len(rows))):
                grid[down] |= dict.fromkeys(range(x, x + _span(cell, "colspan")), text)
    width = max((max(row, default=-1) + 1 for row in grid), default=0)
    return tuple(tuple(row.get(x, "") for x in range(width)) for row in grid if any(row.values()))


def _span(cell: Tag, name: str) -> int:
    value = str(cell.get(name) or "1")
    return min(max(int(value), 1), 100) if value.isdigit() else 1
