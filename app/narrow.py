"""Narrowing a question to some of the documents: which those are."""

from collections.abc import Iterable
from dataclasses import dataclass

from ingest.types import Document


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
