"""Lines of a scan cleaned of what recognition makes of specks, bullets, frames and footnote numbers.

A footnote number is hardly ever read right ("2" as "?"), but numbers go up, so they are aligned as a sequence.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from statistics import median

from ingest.blocks import REDACTED
from ingest.layout import Line, Word
from ingest.sheet import Sheet
from ingest.tidy import one_line

_SPECK = re.compile(r"[^\w\ue002€%–—&+=-]+|_+|[_|]\w?")
_GLUED_BULLET = re.compile(r"([«»©®*•¢°]|[oeO]_)_*(?=[^\W_]|$)")
_FRAME = re.compile(r"^[|\\_‚“]+(?=\w|\()|(?<=[\w)])[|_]+$")
_CELL = re.compile(r"[|\\]|^[_‚“‘\[ ]+|[_\] ]+$")
_NUMBERED = re.compile(r"\(?(?:\d{1,2}|[A-Za-z])[.)]")
_MARK = re.compile(r"(.*[a-zà-ÿ)][’'”\"]?[.,;:]|.*[a-zà-ÿ)](?=[\d*°®©£>$^+]))([\d*°®©?!”\"“'’£>$^+]{1,2})")
_BULLET = re.compile(r"[*«©•+°®¢·]")
_OPENING = re.compile(r"[\dlI*°®©?!”\"“'’£>$^+S«]{1,2}")
_LOOKS_LIKE = {"?": "27", "”": "7", '"': "7", "°": "90", "®": "869", "©": "68", "!": "1", "'": "1", "’": "1", "*": "14", "+": "14"}
_LOOKS_LIKE |= {"$": "8", "S": "56", "£": "6", ">": "5", "l": "1", "I": "1", "“": "4", "^": "4", "«": "4"}
_SMALL = 0.9
_LEFT = 70.0


@dataclass(frozen=True)
class _Mark:
    """A place where a footnote number may stand: word `word` of line `line`, up to character `cut`."""

    line: int
    word: int
    cut: int
    sign: str


def tidy_scans(sheets: Sequence[Sheet]) -> list[Sheet]:
    """The sheets with the lines of the scanned ones cleaned."""
    result: list[Sheet] = []
    last = 0
    for sheet in sheets:
        if sheet.scanned and sheet.lines:
            body, feet = _parts(_shifted(list(_without_specks(sheet.lines))))
            feet, numbers = _numbered(feet, last)
            followers = [*(line.x0 for line in body[1:]), 0.0]
            body = _marked([_bulleted(line, after) for line, after in zip(body, followers, strict=True)], numbers)
            last = numbers[-1] if numbers else last
            sheet = replace(sheet, lines=(*body, *feet), tables=tuple(replace(table, rows=_rows(table.rows)) for table in sheet.tables))
        result.append(sheet)
    return result


def _without_specks(lines: Sequence[Line]) -> Iterator[Line]:
    left, usual = median(line.x0 for line in lines), median(line.size for line in lines)
    for line in lines:
        words = [w for w in line.words if w.x1 > left - 22 or len(w.text) > 3]
        signs = _OPENING if line.size < _SMALL * usual else _BULLET
        while len(words) > 1 and _SPECK.fullmatch(words[0].text) and not signs.fullmatch(words[0].text):
            words.pop(0)
        while len(words) > 1 and _is_tail(words[-2], words[-1], line.size):
            words.pop()
        opened = sum(w.text.count("(") - w.text.count(")") for w in words)
        words = [replace(w, text=text) for w in words if (text := _plain(w.text, opened > 0 and w is words[0]))]
        if sum(c.isalnum() for word in words for c in word.text) > 2 or any(word.text == REDACTED for word in words):
            yield Line(tuple(_mended(words)))


def _shifted(lines: list[Line]) -> list[Line]:
    """With the left margin at one place, however the sheet lay on the glass, so that indents can be compared between pages."""
    starts = sorted(line.x0 for line in lines)
    left = next((a for a, b in pairwise(starts) if b - a < 3), 0.0)
    shift = _LEFT - left if abs(_LEFT - left) < 40 else 0.0
    return [Line(tuple(replace(w, x0=w.x0 + shift, x1=w.x1 + shift) for w in line.words)) for line in lines]


def _is_tail(before: Word, last: Word, size: float) -> bool:
    """A speck behind the last word: a lone sign, or one or two letters at a distance."""
    return _SPECK.fullmatch(last.text) is not None or (
        len(last.text) < 3 and last.x0 - before.x1 > 1.2 * size and not last.text.isdecimal()
    )


def _plain(text: str, opens: bool) -> str:
    text = _FRAME.sub("", text)
    return text[1:] if opens and text.startswith("(") and ")" not in text else text


def _mended(words: Sequence[Word]) -> Iterator[Word]:
    """Roman two in "Kamerstukken II", which is read as "Il" or "IL"."""
    for before, word in zip([None, *words], words, strict=False):
        follows = before is not None and "kamerstuk" in before.text.lower()
        yield replace(word, text=re.sub(r"^[I1l|][IlL1|](?=[,.]?$)", "II", word.text)) if follows else word


def _parts(lines: list[Line]) -> tuple[list[Line], list[Line]]:
    """The body, and the small lines at the foot from the first that opens like a footnote."""
    usual = median(line.size for line in lines)
    start = len(lines)
    while start and lines[start - 1].size < _SMALL * usual:
        start -= 1
    opening = next((i for i in range(start, len(lines)) if _opens_note(lines[i])), len(lines))
    feet = [Line(tuple(replace(word, size=0.7 * usual) for word in line.words)) for line in lines[opening:]]
    return lines[:opening], feet


def _opens_note(line: Line) -> bool:
    first = line.words[0].text
    return (len(line.words) > 1 and _OPENING.fullmatch(first) is not None) or re.match(r"\d{1,2}[A-Z]\w", first) is not None


def _numbered(lines: Sequence[Line], last: int) -> tuple[list[Line], list[int]]:
    """Footnotes with the numbers that they must have: each one more than the one before."""
    result: list[Line] = []
    numbers: list[int] = []
    for line in lines:
        if not _opens_note(line):
            result.append(line)
            continue
        first, rest = line.words[0], line.words[1:]
        if glued := re.match(r"(\d{1,2})([A-Z]\w.*)", first.text):
            first, rest = replace(first, text=glued[1]), (replace(first, text=glued[2], x0=first.x0 + 0.5 * line.size), *rest)
        read = int(first.text) if first.text.isdecimal() else 0
        expected = last + 1
        last = read if read == 1 or expected < read < expected + 3 else expected
        numbers.append(last)
        result.append(Line((replace(first, text=str(last)), *rest)))
    return result, numbers


def _rows(rows: Sequence[Sequence[str]]) -> tuple[tuple[str, ...], ...]:
    """Cells without pieces of frame; a first column that counts its rows counts all of them."""
    cells = [[one_line(_CELL.sub("", cell)) for cell in row] for row in rows]
    cells = [[cell.rstrip(")") if cell.count(")") > cell.count("(") else cell for cell in row] for row in cells]
    counted = sum(row[0] == str(number) for number, row in enumerate(cells))
    if re.search(r"nummer|^nr", cells[0][0], re.I) and 5 * counted >= 2 * len(cells):
        cells[1:] = [[str(number), *row[1:]] for number, row in enumerate(cells[1:], 1)]
    return tuple(tuple(row) for row in cells)


def _bulleted(line: Line, after: float) -> Line:
    """A bullet that sticks to its word, a sign at the start, or a short word left of a hanging indent becomes '•'.

    `after` is where the next line starts.
    """
    first = line.words[0]
    if (match := _GLUED_BULLET.match(first.text)) and (rest := first.text[match.end() :]):
        bullet = replace(first, text="•", x1=first.x0 + 0.4 * line.size)
        return Line((bullet, replace(first, text=rest, x0=first.x0 + line.size), *line.words[1:]))
    if len(line.words) < 2 or (len(first.text) > 2 and not match) or _NUMBERED.fullmatch(first.text):
        return line
    gap, hanging = line.words[1].x0 - first.x1, abs(line.words[1].x0 - after) < 4 < after - first.x0
    alone = len(first.text) == 1 and not first.text.isupper() and gap > 0.6 * line.size
    if not first.text.isalnum() or alone or (hanging and gap > 0.4 * line.size):
        return Line((replace(first, text="•"), *line.words[1:]))
    return line


def _marked(lines: list[Line], numbers: Sequence[int]) -> list[Line]:
    """The lines with the numbers set at the places that fit them best."""
    places = [
        _Mark(i, k, match.end(1), match[2])
        for i, line in enumerate(lines)
        for k, word in enumerate(line.words)
        if (match := _MARK.fullmatch(word.text)) and not word.bold
    ]
    for place, number in reversed(_aligned(places, numbers)):
        words = list(lines[place.line].words)
        word = words[place.word]
        edge = word.x1 - 0.3 * word.size
        small = 0.6 * word.size
        mark = replace(
            word, text=str(number), x0=edge, size=small, top=lines[place.line].top, bottom=lines[place.line].top + small, glued=True
        )
        words[place.word : place.word + 1] = [replace(word, text=word.text[: place.cut], x1=edge), mark]
        lines[place.line] = Line(tuple(words))
    return lines


def _aligned(places: Sequence[_Mark], numbers: Sequence[int]) -> list[tuple[_Mark, int]]:
    """The cheapest way to set increasing numbers at places in order; either may be left over."""
    costs: list[list[tuple[float, list[tuple[_Mark, int]]]]] = [[(1.5 * n, []) for n in range(len(numbers) + 1)]]
    for place in places:
        row = [(costs[-1][0][0] + _alone(place.sign), costs[-1][0][1])]
        for n, number in enumerate(numbers, 1):
            over, skip, match = costs[-1][n], row[n - 1], costs[-1][n - 1]
            row.append(
                min(
                    (match[0] + _unlike(place.sign, str(number)), [*match[1], (place, number)]),
                    (over[0] + _alone(place.sign), over[1]),
                    (skip[0] + 1.5, skip[1]),
                    key=lambda entry: entry[0],
                )
            )
        costs.append(row)
    return costs[-1][-1][1]


def _alone(sign: str) -> float:
    """What it costs to take a sign as text: little for what may end a sentence."""
    return 0.2 if sign in "?!”\"'’" else 1.0


def _unlike(sign: str, number: str) -> float:
    pairs = zip(sign, number, strict=False)
    each = (0.0 if a == b else 0.3 if b in _LOOKS_LIKE.get(a, "") else 1.2 for a, b in pairs)
    return sum(each) + 0.8 * abs(len(sign) - len(number))
