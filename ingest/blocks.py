"""What a loader hands to `structure`: the blocks of a file in reading order, before any offset exists.

Inline marks inside a block's text: `note_mark(n)` where a footnote mark stood, REDACTED where something was
blacked out without leaving words. `structure` takes both out of the running text and keeps their place.
"""

from dataclasses import dataclass, field

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
    printed: d-m-yyyy hh:mm:ss, or 'Onbepaald'), marked (the words that it marks, where known).
    """

    kind: str
    text: str
    page: int = 1
    level: int = 0
    rows: tuple[tuple[str, ...], ...] = ()
    number: str = ""
    info: dict[str, str] = field(default_factory=dict)


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
