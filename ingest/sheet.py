"""A page that is ready to be read, and what can be told from its lines: what is usual, and how a line opens."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from ingest.layout import Line
from ingest.tables import PageTable

BULLETS = frozenset("•◦▪■●‣·○\uf0b7\uf0a7\uf02d")
_DASHES = frozenset("–—-*o")  # bullets only with a wide space behind them
NUMBERED = re.compile(r"\(?(?:\d{1,2}|[A-Za-z]|[ivx]{1,4})[.)]")
ENDED = re.compile(r"[.!?:;][’'”\"»)\ue000-\ue001\d]*$")

Style = tuple[float, bool, bool]  # size, bold, italic


@dataclass(frozen=True)
class Sheet:
    """One page: its lines and tables without side column and furniture."""

    number: int
    lines: tuple[Line, ...]
    tables: tuple[PageTable, ...] = ()
    fields: tuple[tuple[str, str], ...] = ()
    scanned: bool = False


@dataclass(frozen=True)
class Measures:
    """What is usual in a document, in points: the size of its text, line distance as a multiple of size, left and right margin.

    `known` are its words in lower case, by which hyphens at line ends are judged.
    """

    body: float
    pitch: float
    left: float
    right: float
    known: frozenset[str]


def measure(sheets: Sequence[Sheet]) -> Measures:
    """Measured over all lines; most letters decide."""
    lines = [line for sheet in sheets for line in sheet.lines]
    sizes = Counter[float]()
    for line in lines:
        sizes[round(line.size * 2) / 2] += len(line.text)
    body = sizes.most_common(1)[0][0] if sizes else 10.0
    texts = [line for line in lines if abs(line.size - body) < 1]
    pairs = [(a, b) for sheet in sheets for a, b in pairwise(sheet.lines) if abs(a.size - b.size) < 0.5]
    steps = Counter(round((b.top - a.top) / a.size * 20) / 20 for a, b in pairs if 0 < b.top - a.top < 3 * a.size)
    starts = Counter(round(line.x0) for line in texts)
    ends = sorted(line.x1 for line in texts)
    words = (word.strip(".,;:()").lower() for line in lines for word in line.text.split()[:-1])
    return Measures(
        body=body,
        pitch=steps.most_common(1)[0][0] if steps else 1.3,
        left=min((x for x, count in starts.items() if count > 0.04 * starts.total()), default=0.0),
        right=ends[int(len(ends) * 0.97)] if ends else 0.0,
        known=frozenset(word for word in words if len(word) > 3),
    )


def marker_words(line: Line) -> int:
    """How many words at the start of the line are a bullet or number: 0 or 1."""
    if len(line.words) < 2:
        return 0
    first, gap = line.words[0].text, line.words[1].x0 - line.words[0].x1
    if first in BULLETS:
        return 1
    numbered = NUMBERED.fullmatch(first) is not None
    return int((first in _DASHES or numbered) and gap > (0.45 if numbered else 0.55) * line.size)


def note_number(line: Line) -> str:
    """The number that opens a footnote, else ''."""
    first = line.words[0].text
    return first if len(line.words) > 1 and re.fullmatch(r"\d{1,3}", first) else ""
