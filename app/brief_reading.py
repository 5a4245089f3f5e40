"""The documents as a briefing reads them: by date, without what may not be seen, as sentences with their place."""

import re
from bisect import bisect_left
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property, lru_cache

from app.brief_types import Source
from app.enumeration import enumerations
from app.texts import say, say_date
from app.wordlists import POINTS_BACK
from ingest.access import may_read
from ingest.sentences import sentence_spans
from ingest.types import Document, Passage, Section
from ingest.values import Value, find_values


@dataclass(frozen=True)
class Said:
    """A sentence (or row, or comment) of a document. `text` has single spaces; the quote is `document.text[start:end]`."""

    document: Document
    start: int
    end: int
    kind: str = "text"
    page: int = 0

    @cached_property
    def text(self) -> str:
        return " ".join(self.document.text[self.start : self.end].split())

    @cached_property
    def section(self) -> Section | None:
        return self.document.section_at(self.start) if self.kind in ("text", "table") else None

    @property
    def path(self) -> tuple[str, ...]:
        return self.section.path if self.section else ()

    @property
    def role(self) -> str:
        return self.section.role if self.section else ""

    @property
    def source(self) -> Source:
        return Source(self.document.document_id, self.start, self.end, self.page, self.kind)


class Reading:
    """The documents and their sentences. `levels`: the allow-list of levels and groups (None: everything)."""

    def __init__(self, documents: Iterable[Document], passages: Iterable[Passage], levels: Collection[str] | None = None) -> None:
        allowed = [d for d in documents if may_read(d.access, levels)]
        self.documents = tuple(sorted(allowed, key=lambda d: (d.as_of or date.min, d.document_id)))
        self.by_id = {d.document_id: d for d in self.documents}
        self._rows: dict[str, list[Said]] = {}
        self._said: dict[str, dict[tuple[int, int], Said]] = {identity: {} for identity in self.by_id}
        for passage in passages:
            document = self.by_id.get(passage.document_id)
            if document is None or passage.kind not in ("text", "footnote"):
                continue
            page = passage.first_page if passage.kind == "footnote" else 0
            number = _NOTE_NUMBER.match(document.text, passage.start, passage.end) if passage.kind == "footnote" else None
            for span in _spans(document.text, number.end() if number else passage.start, passage.end):
                self._said[document.document_id].setdefault(span, Said(document, *span, passage.kind, page))

    @cached_property
    def originals(self) -> tuple[Document, ...]:
        """Without those that are a second copy of another."""
        return tuple(d for d in self.documents if d.duplicate_of not in self.by_id)

    @property
    def newest_first(self) -> tuple[Document, ...]:
        return self.originals[::-1]

    def copies(self, document: Document) -> tuple[Document, ...]:
        return tuple(d for d in self.documents if d.duplicate_of == document.document_id)

    def said(self, document: Document, kinds: Sequence[str] = ("text",)) -> list[Said]:
        """Sentences in the order of the text."""
        return sorted((s for s in self._said[document.document_id].values() if s.kind in kinds), key=lambda s: s.start)

    def before(self, said: Said) -> Said | None:
        """The sentence before it in the order of the text."""
        row = self._rows.setdefault(said.document.document_id, self.said(said.document))
        place = bisect_left([s.start for s in row], said.start)
        return row[place - 1] if place else None

    def everything(self, kinds: Sequence[str] = ("text",)) -> list[Said]:
        return [s for document in self.originals for s in self.said(document, kinds)]

    def lines(self, document: Document, section: Section) -> list[Said]:
        """The lines of a section below its heading, without its tables."""
        start = section.start + len(section.heading)
        return [
            Said(document, start + m.start(), start + m.end())
            for m in re.finditer(r"[^\n]*\S", document.text[start : section.end])
            if not in_table(document, start + m.start())
        ]


def _spans(text: str, start: int, end: int) -> list[tuple[int, int]]:
    """Sentences; what stands between brackets after one, "(Start: Q3)", belongs to it."""
    spans: list[tuple[int, int]] = []
    for begin, stop in sentence_spans(text, start, end):
        mark = _NOTE_MARK.match(text, begin, stop)
        begin = mark.end() if mark and mark.end() < stop else begin
        bracket = re.compile(r"\([^()]*(?:\)[.;]?(?=\s+[A-ZÀ-Ý]|$)|$)").match(text, begin, stop)
        if bracket and spans and "\n" not in text[spans[-1][1] : begin]:
            spans[-1] = (spans[-1][0], bracket.end())
            begin = bracket.end() + len(text[bracket.end() : stop]) - len(text[bracket.end() : stop].lstrip())
        planned = _PLANNED.search(text, begin, stop)  # "… (Start: Q3) Next sentence", without a full stop between them
        if planned and begin < planned.start():
            spans.append((begin, planned.end()))
            begin = planned.end() + len(text[planned.end() : stop]) - len(text[planned.end() : stop].lstrip())
        for glued in _GLUED_MARK.finditer(text, begin, stop):  # "… dashboard.3 Het eerste …": the mark of a note that was not found
            spans.append((begin, glued.start(1)))
            begin = glued.end()
        if begin < stop:
            spans.append((begin, stop))
    return spans


def with_antecedent(reading: Reading, said: Said) -> Said:
    """A sentence that points back ("De kosten hiervan …", "Hij begint …") with the one before it in its paragraph."""
    if said.kind != "text" or not _POINTS_BACK.search(said.text):
        return said
    before = reading.before(said)
    between = said.document.text[before.end : said.start] if before else ""
    if before is None or "\n\n" in between or before.section != said.section or before.text.endswith(":"):
        return said
    return Said(said.document, before.start, said.end)


def whole_list(said: Said) -> Said:
    """A sentence that announces a list, or is a line of one, as the announcement with all its lines; others as they are."""
    for listed in enumerations(said.document.text):
        whole = Said(said.document, listed.start, listed.end)
        if listed.start < said.end and said.start < listed.end and not any(in_table(said.document, start) for start, _ in listed.items):
            return whole if len(whole.text.split()) <= _LONGEST_LIST else said
    return said


_POINTS_BACK = re.compile(POINTS_BACK)
_LONGEST_LIST = 120  # words
_GLUED_MARK = re.compile(r"(?<=[a-zà-ÿ)”»]\.)(\d{1,2})\s+(?=[A-ZÀ-Ý])")
_NOTE_NUMBER = re.compile(r"\[?\d{1,2}\]?\s+(?=[A-ZÀ-Ý])")
_NOTE_MARK = re.compile(r"\*+\s?(?=[A-ZÀ-Ý])")
_PLANNED = re.compile(r"\((?:start|q[1-4]|reeds|lopend|gestart)\b[^()]*\)(?=\s+[A-ZÀ-Ý])", re.I)


@lru_cache(maxsize=20_000)
def values_in(text: str) -> tuple[Value, ...]:
    """`find_values`, once for each sentence: several chapters ask the same."""
    return find_values(text)


def in_table(document: Document, offset: int) -> bool:
    return any(table.start <= offset < table.end for table in document.tables)


def title_source(document: Document) -> Source:
    """Where the title stands; the first line of the document if it is not found as such."""
    words = r"\s+".join(map(re.escape, document.title.split()))
    match = re.search(words, document.text, re.I) if words else None
    if match is None:
        match = re.search(r"[^\n]*\S", document.text)
    start, end = match.span() if match else (0, 0)
    return Source(document.document_id, start, end)


def say_when(document: Document, language: str) -> str:
    """'4 juli 2025', or 'omstreeks …' where the date was inferred."""
    if document.date or not document.as_of:
        return say_date(document.date, language)
    return say(language, "brief_about", date=say_date(document.as_of, language))


def unnumbered(heading: str) -> str:
    """A heading without its number, for what gets a number of its own here."""
    return re.sub(r"^\d+(?:\.\d+)*\.?\s+(?=\S)", "", heading)


def iso(document: Document) -> str:
    """The date to sort by, '' if there is none."""
    return document.as_of.isoformat() if document.as_of else ""


def is_nota(document: Document) -> bool:
    return document.kind == "nota"
