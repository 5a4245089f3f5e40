"""What flows through a briefing: lines and tables, each with the spans of the documents that it rests on."""

from collections.abc import Collection
from dataclasses import asdict, dataclass, field
from datetime import date
from typing import Any

from app.types import Citation


@dataclass(frozen=True)
class Source:
    """`text[start:end]` of a document; `page` where that is not where the offset lies (comments, footnotes)."""

    document_id: str
    start: int
    end: int
    page: int = 0
    kind: str = ""


@dataclass(frozen=True)
class Draft:
    """A line before its sources have numbers. `data` says in fields what `text` says in words; `weight` orders lines for
    the shorter lengths; `head` is a subject that several lines share.
    """

    text: str
    sources: tuple[Source, ...]
    data: dict[str, Any] = field(default_factory=dict)
    weight: float = 0.0
    head: str = ""


@dataclass(frozen=True)
class Grid:
    """A table; the first row is its head."""

    caption: str
    rows: tuple[tuple[str, ...], ...]
    sources: tuple[Source, ...]
    data: dict[str, Any] = field(default_factory=dict)
    row_sources: tuple[tuple[Source, ...], ...] = ()


@dataclass(frozen=True)
class Part:
    """A chapter before the length is chosen."""

    key: str
    drafts: tuple[Draft, ...] = ()
    grids: tuple[Grid, ...] = ()


@dataclass(frozen=True)
class Line:
    text: str
    citations: tuple[int, ...]
    head: str = ""
    data: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Table:
    """The first row is the head; `row_citations` has the sources of each row below it, where rows have their own."""

    caption: str
    rows: tuple[tuple[str, ...], ...]
    citations: tuple[int, ...]
    data: dict[str, Any] = field(default_factory=dict)
    row_citations: tuple[tuple[int, ...], ...] = ()


@dataclass(frozen=True)
class Chapter:
    """`left_out` lines are in the longer briefing only."""

    key: str
    title: str
    lines: tuple[Line, ...] = ()
    tables: tuple[Table, ...] = ()
    left_out: int = 0


@dataclass(frozen=True)
class Briefing:
    """Every line and table has at least one citation, and for every citation `document.text[start:end] == quote`."""

    title: str
    topic: str
    language: str
    length: str
    today: date
    as_of: date | None
    notice: str
    chapters: tuple[Chapter, ...] = ()
    citations: tuple[Citation, ...] = ()

    def to_json(self) -> dict[str, Any]:
        plain = asdict(self)
        plain["today"] = self.today.isoformat()
        plain["as_of"] = self.as_of.isoformat() if self.as_of else None
        return plain


@dataclass(frozen=True)
class Request:
    """What is asked for. `since` is a day, or two document ids to compare; `levels` is the allow-list of levels and groups
    (None: everything); `today` is the day on which it is read.
    """

    topic: str = ""
    length: str = "all"
    language: str = "nl"
    today: date = field(default_factory=date.today)
    since: date | None = None
    between: tuple[str, str] | None = None
    levels: Collection[str] | None = None
