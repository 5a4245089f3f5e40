"""What documents of one index know of each other: references to a Kamerstuk that is there, and aligned copies of flattened tables."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from ingest.types import Document, Table


def linked(documents: Sequence[Document]) -> Iterator[Document]:
    """The documents whose links have changed, with the new ones."""
    bearers = {_key(d.kamerstuk.replace("nr", "")): d.document_id for d in documents if d.kamerstuk}
    aligned = [(d.document_id, table) for d in documents for table in d.tables if not table.uncertain]
    for document in documents:
        references = tuple(replace(r, document_id=bearers.get(_key(r.dossier + r.number), "")) for r in document.references)
        tables = tuple(replace(table, aligned_copy=_aligned_copy(table, aligned)) for table in document.tables)
        if (references, tables) != (document.references, document.tables):
            yield replace(document, references=references, tables=tables)


def _key(text: str) -> str:
    return "".join(filter(str.isalnum, text))


def _aligned_copy(table: Table, aligned: Sequence[tuple[str, Table]]) -> str:
    """A table that has the same heads, and a row for each full row of this one with the same values."""
    if not table.uncertain:
        return ""
    full = [row[1:] for row in table.rows if len(row) == len(table.rows[0])]
    return next((document_id for document_id, other in aligned if full[1:] and all(row in [r[1:] for r in other.rows] for row in full)), "")
