"""A scanned page turned straight, with what only its picture shows: bold print, black bars and ruling lines."""

import re
from collections.abc import Sequence
from dataclasses import replace
from statistics import median

from ingest.layout import Word
from ingest.pdf_page import Page, with_bars
from ingest.picture import Box, Picture

_BOLD = 1.35  # strokes this much thicker than usual; measured: bold 1.6 to 1.9, regular 0.8 to 1.2


def read_scan(page: Page, words: Sequence[Word], picture: Picture) -> Page:
    """The page with `words` in the order of recognition; words on black bars are specks and go."""
    lines = _as_recognised(words)
    slope = _slope(lines)
    strokes = {id(word): picture.stroke(word) for word in words}
    usual = median([strokes[id(word)] for word in words if len(word.text) > 2] or [1.0])
    straight = [
        _turned(replace(word, bold=bold, size=size), slope)
        for line in lines
        for size in [_size(line, picture)]
        for word, bold in _weights(line, strokes, _BOLD * usual)
    ]
    bars = [_turned_box(bar, slope) for bar in picture.bars()]
    edges = _joined([_turned_box(edge, slope) for edge in picture.edges()], bars)
    seen = [word for word in straight if not any(word.inside(*bar) for bar in bars)]
    return replace(page, words=tuple(with_bars(seen, bars)), bars=tuple(bars), edges=tuple(edges), scanned=True)


def _as_recognised(words: Sequence[Word]) -> list[list[Word]]:
    """Words that follow each other from left to right at about one height."""
    lines: list[list[Word]] = []
    for word in words:
        last = lines[-1][-1] if lines else None
        if last and abs(last.middle - word.middle) < 0.7 * word.size and -1 < word.x0 - last.x1 < 4 * word.size:
            lines[-1].append(word)
        else:
            lines.append([word])
    return lines


def _slope(lines: Sequence[Sequence[Word]]) -> float:
    """How far lines go down per point to the right: the median of those long enough to tell."""
    long = [line for line in lines if len(line) > 4 and line[-1].x1 - line[0].x0 > 100]
    return median([(line[-1].middle - line[0].middle) / (line[-1].x0 - line[0].x0) for line in long] or [0.0])


def _size(line: Sequence[Word], picture: Picture) -> float:
    """The font size of a line from the height of its letters; recognition is often off by half."""
    sizes = []
    for word in line:
        tall, deep = bool(re.search(r"[bdfhkl\dA-Z]", word.text)), bool(re.search(r"[gpqy]", word.text))
        dotted = not tall and re.search(r"[ijtà-ÿ]", word.text)  # whether a dot was seen as part of the letter is not known
        height = picture.height_of(word)
        if len(word.text) > 2 and height and not dotted:
            sizes.append(height / ((0.74 if tall else 0.56) + 0.22 * deep))
    return round(median(sizes), 1) if sizes else line[0].size


def _weights(line: Sequence[Word], strokes: dict[int, float], limit: float) -> list[tuple[Word, bool]]:
    """Whether each word is bold; a line that mostly is, or mostly is not, is taken as a whole."""
    total = sum(len(word.text) for word in line)
    share = sum(len(word.text) for word in line if strokes[id(word)] > limit) / total
    return [(word, share > 0.7 or (share > 0.3 and strokes[id(word)] > limit)) for word in line]


def _turned(word: Word, slope: float) -> Word:
    x0, top, x1, bottom = _turned_box((word.x0, word.top, word.x1, word.bottom), slope)
    return replace(word, x0=x0, top=top, x1=x1, bottom=bottom)


def _turned_box(box: Box, slope: float) -> Box:
    """Turned about the corner of the page; right for the small angles of a scanner."""
    x0, top, x1, bottom = box
    down, right = slope * (x0 + x1) / 2, slope * (top + bottom) / 2
    return x0 + right, top - down, x1 + right, bottom - down


def _joined(edges: Sequence[Box], bars: Sequence[Box]) -> list[Box]:
    """Pieces of one ruling line as one box; the sides of black bars are left out."""
    apart = [
        e for e in edges if not any(bar[0] - 2 < e[0] and e[2] < bar[2] + 2 and bar[1] - 2 < e[1] and e[3] < bar[3] + 2 for bar in bars)
    ]
    joined: list[Box] = []
    for upright in (False, True):
        pieces = sorted(
            (e for e in apart if (e[3] - e[1] > e[2] - e[0]) == upright),
            key=lambda e: (round(e[0 if upright else 1]), e[1 if upright else 0]),
        )
        joined += _runs([(e[1], e[0], e[3], e[2]) if upright else e for e in pieces], upright)
    return joined


def _runs(pieces: Sequence[Box], upright: bool) -> list[Box]:
    """Lying pieces (along, across, along, across) joined where they nearly touch."""
    runs: list[Box] = []
    for piece in pieces:
        for index, run in enumerate(runs):
            if abs(piece[1] - run[1]) < 2.5 and piece[0] < run[2] + 5 and piece[2] > run[0] - 5:
                runs[index] = (min(run[0], piece[0]), run[1], max(run[2], piece[2]), run[3])
                break
        else:
            runs.append(piece)
    return [(a, b, c, d) if not upright else (b, a, d, c) for a, b, c, d in runs]
