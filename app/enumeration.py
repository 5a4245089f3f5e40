"""Lists in a document: the sentence that announces one, and its items, each on a line of its own."""

import re
from dataclasses import dataclass
from functools import lru_cache

from ingest.sentences import sentence_spans

_ANNOUNCED = re.compile(r":[ \t]*\n{1,2}(?=\S)")
_NUMBERED = re.compile(r"\(?(?:([a-zA-Z]|[ivx]+)|(\d{1,2}))[.)]\s|([A-Z]\w*)\s\d{1,2}\b")  # "b) …", "2. …", "Pijler 1 …"
_CLAUSE = r"over|om|die|dat|waar\w*|zodat|omdat|doordat|door|waaronder|zoals|terwijl|about|which|who|that|because|so|by"
_BORDER = re.compile(rf"(?<=[;.?!])\s|\s(?=(?:{_CLAUSE})\b)")
_MAX_ANNOUNCING = 40  # words
_LEAST = 5  # words of an item that is cut


@dataclass(frozen=True)
class Enumeration:
    """`start` is where the announcing sentence begins; `items` are the spans of the lines after it."""

    start: int
    items: tuple[tuple[int, int], ...]

    @property
    def end(self) -> int:
        return self.items[-1][1]


@lru_cache(maxsize=256)
def enumerations(text: str) -> tuple[Enumeration, ...]:
    """All lists of at least two items that a sentence ending in a colon announces. Items on neighbouring lines; with a
    blank line between them only when they are numbered."""
    found = []
    for mark in _ANNOUNCED.finditer(text):
        line = text.rfind("\n", 0, mark.start()) + 1
        start = sentence_spans(text, line, mark.start() + 1)[-1][0]
        items = _items(text, mark.end())
        if len(items) > 1 and len(text[start : mark.start()].split()) <= _MAX_ANNOUNCING:
            found.append(Enumeration(start, items))
    return tuple(found)


def _items(text: str, position: int) -> tuple[tuple[int, int], ...]:
    numbered = _numbered(text, position)
    items: list[tuple[int, int]] = []
    while position < len(text):
        end = text.find("\n", position)
        end = len(text) if end < 0 else end
        if end > position:
            items.append((position, end))
        elif not numbered or _numbered(text, end + 1) != numbered:
            break
        position = end + 1
    return tuple(items)


def _numbered(text: str, position: int) -> str:
    """How the item that begins here is numbered: by a letter, a digit or after a word; empty if it is not."""
    mark = _NUMBERED.match(text, position)
    return mark[3] or ("letter" if mark[1] else "digit") if mark else ""


def shortened(text: str, listed: Enumeration, words: int) -> str:
    """The list in at most this many words, on one line: items cut at the border of a clause, so that no figure loses the one it goes
    with, and with … where something is left out. Empty if that cannot be done, or if an item is a text of its own."""
    if any(len(sentence_spans(text, start, end)) > 1 for start, end in listed.items):
        return ""
    announced = text[listed.start : listed.items[0][0]].split()
    items = [text[start:end].split() for start, end in listed.items]
    for each in range(max(map(len, items)), _LEAST - 1, -1):
        cut = [_cut(item, each) for item in items]
        if len(announced) + sum(map(len, cut)) <= words:
            shown = [
                " ".join(kept).rstrip(",;") + " …" if len(kept) < len(item) else " ".join(item)
                for kept, item in zip(cut, items, strict=True)
            ]
            return " ".join([*announced, *shown])
    return ""


def _cut(item: list[str], words: int) -> list[str]:
    """The item up to the last border within this many words, or up to the first one."""
    if len(item) <= words:
        return item
    line = " ".join(item)
    borders = [len(line[: mark.start()].split()) for mark in _BORDER.finditer(line)]
    fit = [border for border in borders if border >= _LEAST] or [len(item)]
    return item[: max((border for border in fit if border <= words), default=fit[0])]
