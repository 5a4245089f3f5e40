"""A whole document as an HTML page that opens at a quote; and the frame that all pages outside Gradio share."""

import re
from collections.abc import Iterator
from functools import lru_cache
from html import escape
from pathlib import Path

from app.texts import TEXTS, say, say_date
from ingest.types import Document, Table


def document_page(document: Document, start: int, end: int, language: str, picture: str = "") -> str:
    """The document with `text[start:end]` marked. `picture`: the address of its page images, if it has them."""
    facts = [
        (say(language, "kind"), TEXTS[language].get(f"kind_{document.kind}", document.kind)),
        (say(language, "date"), say_date(document.date, language) if document.date else document.period or say_date(None, language)),
        (say(language, "sender"), document.sender),
        (say(language, "recipient"), document.recipient),
        (say(language, "kamerstuk"), document.kamerstuk),
        (say(language, "level"), document.access),
        (say(language, "source_file"), document.source_name),
        (say(language, "remark"), "; ".join(filter(None, (document.date_note, *document.warnings)))),
    ]
    rows = "".join(f"<dt>{escape(name)}</dt><dd>{escape(value)}</dd>" for name, value in facts if value)
    image = f'<p><a href="{escape(picture)}">{say(language, "page_image")}</a></p>' if picture else ""
    body = f'<dl>{rows}</dl>{image}<div class="text" lang="nl">{"".join(_blocks(document, start, end, language))}</div>'
    return frame(document.title, body, language)


def frame(title: str, body: str, language: str) -> str:
    """A page around `body`, which must be escaped already."""
    home = "/" if language == "nl" else "/en/"
    return (
        f'<!doctype html><html lang="{language}"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(title)} – Dossierwijzer</title><link rel=\"icon\" href=\"data:,\"><style>{_style()}</style></head>"
        f'<body><header><a href="{home}">Dossierwijzer</a></header><main class="stuk"><h1>{escape(title)}</h1>{body}</main></body></html>'
    )


@lru_cache(maxsize=1)
def _style() -> str:
    return Path(__file__).with_name("static").joinpath("document.css").read_text(encoding="utf-8")


def _blocks(document: Document, start: int, end: int, language: str) -> Iterator[str]:
    """Headings, paragraphs, tables and page numbers, in reading order."""
    text = document.text
    depth = {section.start: min(len(section.path) + 1, 6) for section in document.sections}
    pages = [(offset, document.first_page + i) for i, offset in enumerate(document.page_starts)]
    several = len(pages) > 1
    for found in re.finditer(r"\S(?:.|\n(?!\s*\n))*", text):
        left, right = found.span()
        while several and pages and pages[0][0] <= left:
            number = pages.pop(0)[1]
            yield f'<p class="page" id="blad-{number}">{say(language, "page", page=number)}</p>'
        table = next((t for t in document.tables if t.start < right and left < t.end), None)
        if left in depth:
            first = text.find("\n", left, right)
            border = right if first < 0 else first
            yield f"<h{depth[left]}>{_marked(text, left, border, start, end)}</h{depth[left]}>"
            left = border
        if table and "\t" in text[left:right]:
            yield _table(text, table, left, right, start, end)
        elif text[left:right].strip():
            yield f"<p>{_marked(text, left, right, start, end)}</p>"


def _table(text: str, table: Table, left: int, right: int, start: int, end: int) -> str:
    rows: list[str] = []
    offset = left
    for line in text[left:right].split("\n"):
        cells, place = [], offset
        for cell in line.split("\t"):
            cells.append(_marked(text, place, place + len(cell), start, end))
            place += len(cell) + 1
        tag = "td" if rows or offset > table.start + len(line) else "th"
        rows.append("<tr>" + "".join(f"<{tag}>{cell}</{tag}>" for cell in cells) + "</tr>")
        offset += len(line) + 1
    name = escape(table.caption or "tabel")
    return f'<div class="wide" tabindex="0" role="region" aria-label="{name}"><table>{"".join(rows)}</table></div>'


def _marked(text: str, left: int, right: int, start: int, end: int) -> str:
    """`text[left:right]` escaped, with what falls between start and end marked."""
    a, b = min(max(start, left), right), max(min(end, right), left)
    if a >= b:
        return escape(text[left:right])
    name = ' id="citaat"' if left <= start else ""
    return f"{escape(text[left:a])}<mark{name}>{escape(text[a:b])}</mark>{escape(text[b:right])}"
