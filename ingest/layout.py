"""Words with boxes to lines in reading order. Coordinates are points from the top left corner of the page as it is seen.

Shared by text layers and OCR. Not handled: running text in two or more columns.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cached_property

from ingest.blocks import REDACTED, note_mark
from ingest.tidy import SOFT_HYPHEN, tidy


@dataclass(frozen=True)
class Word:
    """`size`: of the font, in points. `shade`: of its ink, from 0 (black) to 255. `glued`: no space stands before it."""

    text: str
    x0: float
    top: float
    x1: float
    bottom: float
    size: float
    bold: bool = False
    italic: bool = False
    shade: int = 0
    glued: bool = False

    @property
    def middle(self) -> float:
        return (self.top + self.bottom) / 2

    def inside(self, x0: float, top: float, x1: float, bottom: float) -> bool:
        """Whether the middle of the word lies in the box."""
        return x0 <= (self.x0 + self.x1) / 2 <= x1 and top <= self.middle <= bottom


@dataclass(frozen=True)
class Line:
    """Words of one printed line, from left to right."""

    words: tuple[Word, ...]

    @cached_property
    def size(self) -> float:
        """The size that most letters have."""
        counts: Counter[float] = Counter()
        for word in self.words:
            counts[round(word.size, 1)] += len(word.text)
        return counts.most_common(1)[0][0]

    @cached_property
    def x0(self) -> float:
        return self.words[0].x0

    @cached_property
    def x1(self) -> float:
        return max(word.x1 for word in self.words)

    @cached_property
    def top(self) -> float:
        return min(word.top for word in self._full)

    @cached_property
    def bottom(self) -> float:
        return max(word.bottom for word in self._full)

    @cached_property
    def bold(self) -> bool:
        return all(word.bold for word in self._styled)

    @cached_property
    def italic(self) -> bool:
        return all(word.italic for word in self._styled)

    @cached_property
    def segments(self) -> list["Line"]:
        """The line divided where the space is far wider than a space."""
        parts = [[self.words[0]]]
        for word in self.words[1:]:
            if word.x0 - parts[-1][-1].x1 > 1.5 * self.size:
                parts.append([word])
            else:
                parts[-1].append(word)
        return [Line(tuple(part)) for part in parts]

    @cached_property
    def text(self) -> str:
        """The words with spaces; superscript numbers as note marks."""
        return self.text_from(0)

    def text_from(self, index: int) -> str:
        """The text without the first `index` words."""
        text = ""
        for word in self.words[index:]:
            if text and self.is_mark(word):
                text += note_mark(word.text)
            else:
                text += word.text if word.glued or not text else f" {word.text}"
        return text

    def is_mark(self, word: Word) -> bool:
        """A footnote number: smaller than its line, and above the foot of the line."""
        raised = word.bottom < self.bottom - 0.1 * self.size and word.top < self.top + 0.35 * self.size
        return word.text.isdecimal() and len(word.text) < 4 and word.size < 0.85 * self.size and raised

    @cached_property
    def _full(self) -> list[Word]:
        return [word for word in self.words if word.size >= 0.85 * self.size] or list(self.words)

    @cached_property
    def _styled(self) -> list[Word]:
        """The words whose weight says something: not bullets, marks or bars."""
        return [w for w in self.words if any(c.isalpha() for c in w.text) and w.size >= 0.85 * self.size and w.text != REDACTED] or [
            Word("", 0, 0, 0, 0, 0)
        ]


def lines_of(words: Iterable[Word]) -> list[Line]:
    """Groups words by height on the page, top to bottom. Large words come first, so that small marks join their line."""
    lines: list[list[Word]] = []
    for word in sorted(words, key=lambda w: (-round(w.size), w.middle)):
        fitting = [line for line in lines if _same_line(line[0], word)]
        if fitting:
            min(fitting, key=lambda line: abs(line[0].middle - word.middle)).append(word)
        else:
            lines.append([word])
    return sorted((Line(tuple(sorted(line, key=lambda w: w.x0))) for line in lines), key=lambda line: (line.top, line.x0))


def _same_line(first: Word, word: Word) -> bool:
    low, high = sorted((first.bottom - first.top, word.bottom - word.top))
    return high < 2.5 * low and min(first.bottom, word.bottom) - max(first.top, word.top) >= 0.5 * low


def cleaned(words: Iterable[Word]) -> list[Word]:
    """Words with plain characters; those that vanish by it are dropped. A soft hyphen that ends a word stays for `join_lines`."""
    plain = ((word, tidy(word.text).strip() + SOFT_HYPHEN * word.text.endswith(SOFT_HYPHEN)) for word in words)
    return [replace(word, text=text) for word, text in plain if text]
