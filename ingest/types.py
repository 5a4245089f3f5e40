"""What flows through ingestion: frozen records whose offsets refer to a document's canonical text."""

import datetime as dt
from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True)
class Source:
    """A file on disk. `overrides` holds the fields of a sidecar `NAME.meta.yaml`."""

    source_id: str
    path: Path
    media_type: str
    sha256: str
    access: str = ""
    overrides: dict[str, object] = field(default_factory=dict)

    @property
    def name(self) -> str:
        return self.path.name


@dataclass(frozen=True)
class Section:
    """A heading and the text below it, up to the next heading of any level: `text[start:end]`."""

    number: str
    heading: str
    path: tuple[str, ...]
    role: str
    start: int
    end: int

    @property
    def label(self) -> str:
        return " > ".join(self.path)


@dataclass(frozen=True)
class Cell:
    """One filled cell; `start`/`end` are the offsets of its value in the canonical text."""

    row: str
    column: str
    value: str
    start: int
    end: int
    header_start: int = 0
    header_end: int = 0


@dataclass(frozen=True)
class Table:
    """Rows include the head row; an empty cell is ''. `uncertain` means columns could not be aligned: a row that is shorter
    than the head has no cells, and `aligned_copy` is a document of the index that has the same table whole, if any.
    """

    caption: str
    unit: str
    rows: tuple[tuple[str, ...], ...]
    cells: tuple[Cell, ...]
    start: int
    end: int
    uncertain: bool = False
    aligned_copy: str = ""


@dataclass(frozen=True)
class Footnote:
    """`anchor` is the offset in the running text right after which the mark stood (-1: not found)."""

    number: str
    text: str
    start: int
    end: int
    anchor: int


@dataclass(frozen=True)
class Annotation:
    """A comment in the margin. `start`/`end`: where its words stand; `marked_*`: the passage that it marks."""

    number: str
    author: str
    kind: str
    date: str
    page: int
    text: str
    start: int
    end: int
    marked_text: str = ""
    marked_start: int = -1
    marked_end: int = -1


@dataclass(frozen=True)
class Redaction:
    """A blacked-out place at `start:end` (empty span: a gap), with the ground that is given, if any."""

    start: int
    end: int
    page: int
    ground: str = ""
    ground_start: int = -1
    ground_end: int = -1


@dataclass(frozen=True)
class Reference:
    """A Kamerstuk or other reference as written; `document_id` is set where the corpus holds it."""

    text: str
    dossier: str
    number: str
    start: int
    end: int
    document_id: str = ""


@dataclass(frozen=True)
class Document:
    """One nota, letter or annex. `date_note` explains an uncertain or contradicted date; `period` replaces a missing one."""

    document_id: str
    source_id: str
    source_name: str
    title: str
    kind: str
    date: dt.date | None
    text: str
    page_starts: tuple[int, ...]
    first_page: int = 1
    sender: str = ""
    recipient: str = ""
    status: str = ""
    period: str = ""
    estimated: dt.date | None = None
    date_note: str = ""
    kamerstuk: str = ""
    part_of: str = ""
    duplicate_of: str = ""
    access: str = ""
    sections: tuple[Section, ...] = ()
    tables: tuple[Table, ...] = ()
    footnotes: tuple[Footnote, ...] = ()
    annotations: tuple[Annotation, ...] = ()
    redactions: tuple[Redaction, ...] = ()
    references: tuple[Reference, ...] = ()
    warnings: tuple[str, ...] = ()
    page_quality: tuple[float, ...] = ()

    @property
    def as_of(self) -> dt.date | None:
        """The date to sort by: the certain one, else the latest that the period allows."""
        return self.date or self.estimated

    def page_at(self, offset: int) -> int:
        """Page number (as printed order in the file, from 1) on which the offset lies."""
        page = 0
        for number, start in enumerate(self.page_starts):
            if start <= offset:
                page = number
        return self.first_page + page

    def section_at(self, offset: int) -> Section | None:
        """The innermost section that covers the offset."""
        found = None
        for section in self.sections:
            if section.start <= offset < max(section.end, section.start + 1):
                found = section
        return found


@dataclass(frozen=True)
class Passage:
    """A retrievable span of one document. `context` (title and headings) is embedded with it but never quoted.

    `kind` is text, table, footnote or annotation; `sentences` are the (start, end) spans that may be quoted.
    """

    passage_id: str
    document_id: str
    section_path: str
    start: int
    end: int
    first_page: int
    last_page: int
    text: str
    context: str
    kind: str = "text"
    sentences: tuple[tuple[int, int], ...] = ()
