"""What a loader hands to `structure`: the blocks of a file in reading order, before any offset exists.

Inline marks inside a block's text: `note_mark(n)` where a footnote mark stood, `note_mark("c" + n)` where a comment was
typed into the text, REDACTED where something was
blacked out without leaving words. `structure` takes both out of the running text and keeps their place.
"""

import re
from dataclasses import dataclass, field, replace

NOTE_OPEN, NOTE_CLOSE, REDACTED = "\ue000", "\ue001", "\ue002"


def note_mark(number: str) -> str:
    return f"{NOTE_OPEN}{number}{NOTE_CLOSE}"


@dataclass(frozen=True)
class Block:
    """One block. `kind` is heading, paragraph, item, table, footnote, annotation or field.

    heading: `level` 1 (most important) to 6, 0 where the loader cannot tell. item: `level` is the depth from 1.
    table: `rows` holds all cells, head row first, '' for an empty one; `text` is the caption, if it is known.
    footnote: `number` and `text`. field: a line of the metadata column of a nota (`number` is the label such as
    'Datum', `text` the value) or its status line (label 'Status').
    annotation: `number`, `text` (contents), and in `info`: author, kind (as printed, or the PDF subtype), date (as
    printed: d-m-yyyy hh:mm:ss, or 'Onbepaald'), marked (the words that it marks, where known), near (the line beside it).
    Any kind may have `info["pages"]`: "offset:page …", where in `text` a later page starts.
    """

    kind: str
    text: str
    page: int = 1
    level: int = 0
    rows: tuple[tuple[str, ...], ...] = ()
    number: str = ""
    info: dict[str, str] = field(default_factory=dict)

    @property
    def page_breaks(self) -> tuple[tuple[int, int], ...]:
        """(offset in the text, page) for each page that the block runs on to."""
        pairs = (part.split(":") for part in self.info.get("pages", "").split())
        return tuple((int(offset), int(page)) for offset, page in pairs)

    def joined(self, text: str, start: int, other: "Block") -> "Block":
        """With `text`, in which the words of the block `other` start at an offset."""
        breaks = [*self.page_breaks, *([(start, other.page)] if other.page != self.last_page else [])]
        breaks += [(start + offset, page) for offset, page in other.page_breaks]
        return self._broken(text, breaks)

    def spliced(self, start: int, end: int, new: str) -> "Block":
        """With `new` in the place of `text[start:end]`."""
        shift = len(new) - (end - start)
        breaks = [(offset + shift * (offset >= end), page) for offset, page in self.page_breaks]
        return self._broken(self.text[:start] + new + self.text[end:], breaks)

    @property
    def last_page(self) -> int:
        return self.page_breaks[-1][1] if self.page_breaks else self.page

    def _broken(self, text: str, breaks: list[tuple[int, int]]) -> "Block":
        pages = {"pages": " ".join(f"{offset}:{page}" for offset, page in breaks)} if breaks else {}
        return replace(self, text=text, info=self.info | pages)


def without_marks(text: str) -> str:
    """The text without its inline marks."""
    return re.sub(rf"{NOTE_OPEN}.*?{NOTE_CLOSE}|{REDACTED}", "", text)


@dataclass(frozen=True)
class Loaded:
    """A file as blocks. `page_quality` is in [0, 1] per page (1: a good text layer), empty where it does not apply.

    `removed` counts characters that a cleaning step took out, by the name of the step.
    """

    blocks: tuple[Block, ...]
    pages: int = 1
    title: str = ""
    warnings: tuple[str, ...] = ()
    page_quality: tuple[float, ...] = ()
    removed: dict[str, int] = field(default_factory=dict)
