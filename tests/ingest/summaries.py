"""What the tests compare of a document; a text of more than five words is shortened to its first two and a digest."""

import hashlib
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

from ingest.load import load
from ingest.sources import read_source
from ingest.structure import structure
from ingest.types import Document

ORIGINALS = Path(__file__).resolve().parents[3] / "shared" / "corpus"


@cache
def documents_of(path: Path) -> tuple[Document, ...]:
    return structure(load(path), read_source(path))


def short(text: str) -> str:
    words = text.split()
    if len(re.findall(r"\w+", text)) <= 5:
        return text
    return f"{' '.join(words[:2])} … {hashlib.sha256(' '.join(words).encode()).hexdigest()[:8]}"


def metadata(document: Document) -> dict[str, Any]:
    """The fields that are filled, and the pages of the file that the document takes."""
    fields = ("kind", "title", "sender", "recipient", "status", "kamerstuk", "period", "date_note")
    told: dict[str, Any] = {name: short(value) for name in fields if (value := getattr(document, name))}
    told |= {name: str(value) for name in ("date", "estimated") if (value := getattr(document, name))}
    last = document.first_page + len(document.page_starts) - 1
    return told | {"pages": f"{document.first_page}-{last}"} | ({"duplicate": True} if document.duplicate_of else {})


def sections(document: Document) -> list[list[Any]]:
    """[page, role, number, path …] of each."""
    return [[document.page_at(s.start), s.role, s.number, *map(short, s.path)] for s in document.sections]


def cells(document: Document) -> list[list[str]]:
    """[column, row, value] of each filled cell, tables in order."""
    return [[short(c.column), short(c.row), short(c.value)] for table in document.tables for c in table.cells]


def footnotes(document: Document) -> list[list[str]]:
    """[number, the three words before its mark, the note]."""
    return [
        [n.number, " ".join(document.text[: n.anchor].split()[-3:]) if n.anchor >= 0 else "", short(n.text)] for n in document.footnotes
    ]


def annotations(document: Document) -> list[list[Any]]:
    """[page, number, words, author, kind, date, marked words]."""
    return [[a.page, a.number, short(a.text), a.author, a.kind, a.date, short(a.marked_text)] for a in document.annotations]


def redactions(document: Document) -> list[list[Any]]:
    """[page, the three words before it, the ground]."""
    return [[r.page, _before(document, r.start), r.ground] for r in document.redactions]


def _before(document: Document, offset: int) -> str:
    return " ".join(document.text[: max(offset, 0)].split()[-3:])


def summary(document: Document) -> dict[str, Any]:
    parts = {"sections": sections, "cells": cells, "footnotes": footnotes, "annotations": annotations, "redactions": redactions}
    return metadata(document) | {name: found for name, part in parts.items() if (found := part(document))}


def summaries(path: Path) -> Iterator[dict[str, Any]]:
    return map(summary, documents_of(path))
