"""Narrowing a question to some of the documents: which those are, and an assistant that sees no others."""

import copy
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ingest.embed import Floats
from ingest.library import Library
from ingest.types import Document

if TYPE_CHECKING:
    from app.answer import Assistant

_WIDER = 20  # how many times more windows are looked up, because most belong to other documents


@dataclass(frozen=True)
class Choice:
    """What a person narrowed to; an empty field leaves that free. Months are 'YYYY-MM'."""

    documents: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    senders: tuple[str, ...] = ()
    levels: tuple[str, ...] = ()
    since: str = ""
    until: str = ""

    def allows(self, document: Document) -> bool:
        month = document.as_of.isoformat()[:7] if document.as_of else ""
        return (
            (not self.documents or document.document_id in self.documents)
            and (not self.kinds or document.kind in self.kinds)
            and (not self.senders or document.sender in self.senders)
            and (not self.levels or document.access in self.levels)
            and (not self.since or month >= self.since)
            and (not self.until or "" < month <= self.until)
        )

    def among(self, documents: Iterable[Document]) -> frozenset[str] | None:
        """Ids of the documents that are allowed; None if nothing is chosen."""
        return None if self == Choice() else frozenset(d.document_id for d in documents if self.allows(d))


def narrowed(whole: "Assistant", documents: Collection[str]) -> "Assistant":
    """The assistant as it would be with only these documents; made in milliseconds, to be dropped when the index changes."""
    from app.retrieve import Retriever

    part = copy.copy(whole)
    part.library = _Part(whole.library, documents)
    part._retriever = Retriever(part.library, whole.encoder)
    return part


class _Part(Library):
    """Some of the documents of a library, sharing what it has in memory."""

    def __init__(self, whole: Library, documents: Collection[str]) -> None:
        vars(self).update(vars(whole))
        self.passages = {key: p for key, p in whole.passages.items() if p.document_id in documents}
        self.spans = {key: s for key, s in whole.spans.items() if s.passage_id in self.passages}

    def refresh(self) -> bool:
        return False

    def nearest(self, vector: Floats, n: int, levels: Sequence[str] | None = None) -> list[tuple[str, float]]:
        return super().nearest(vector, n * _WIDER, levels)[:n]
