"""Tables on a page: cells between ruling lines, or columns of words that stand under each other.

A cell that spans rows or columns is repeated in each place that it covers. Not handled: a table of one column.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from ingest.layout import Line, Word, lines_of
from ingest.tidy import join_lines

Box = tuple[float, float, float, float]
_NEAR = 3.0
_MAX_EDGES = 2000  # more is a drawing


@dataclass(frozen=True)
class PageTable:
    """`rows` with the head row first; `box` is where the table stands on the page."""

    rows: tuple[tuple[str, ...], ...]
    box: Box

    @property
    def top(self) -> float:
        return self.box[1]


def ruled_tables(words: Sequence[Word], edges: Sequence[Box]) -> tuple[list[PageTable], list[Word]]:
    """Tables of at least two columns between ruling lines, and the words outside them."""
    tables, rest = [], list(words)
    for group in _touching(edges) if len(edges) <= _MAX_EDGES else []:
        columns = _positions((e[0] + e[2]) / 2 for e in group if e[2] - e[0] < e[3] - e[1])
        rows = _positions((e[1] + e[3]) / 2 for e in group if e[2] - e[0] > e[3] - e[1])
        if len(columns) < 3 or len(rows) < 2:
            continue
        box = (columns[0] - 1, rows[0] - 1, columns[-1] + 1, rows[-1] + 1)
        inside = [word for word in rest if word.inside(*box)]
        cells = _filled(inside, columns, rows, group)
        if sum(bool(cell) for row in cells for cell in row) > 1:
            tables.append(PageTable(tuple(row for row in cells if any(row)), box))
            rest = [word for word in rest if not word.inside(*box)]
    return tables, rest


def aligned_tables(lines: Sequence[Line]) -> tuple[list[PageTable], list[Line]]:
    """Tables without ruling lines (three columns, or two over at least three lines), and the lines outside them."""
    tables, rest, index = [], [], 0
    while index < len(lines):
        run = _run(lines[index:])
        columns = _columns(run)
        full = sum(len(line.segments) > 1 for line in run)
        if len(run) > 1 and ((len(columns) > 2 and full > 1) or (len(columns) == 2 and full > 2)):
            box = (min(line.x0 for line in run), run[0].top, max(line.x1 for line in run), run[-1].bottom)
            tables.append(PageTable(_rows(run, columns), box))
            index += len(run)
        else:
            rest.append(lines[index])
            index += 1
    return tables, rest


def _touching(edges: Sequence[Box]) -> list[list[Box]]:
    groups: list[list[Box]] = []
    for edge in edges:
        near = [g for g in groups if any(_overlap(edge, other) for other in g)]
        groups = [g for g in groups if not any(g is other for other in near)] + [[edge, *(e for g in near for e in g)]]
    return groups


def _overlap(a: Box, b: Box) -> bool:
    return a[0] <= b[2] + _NEAR and b[0] <= a[2] + _NEAR and a[1] <= b[3] + _NEAR and b[1] <= a[3] + _NEAR


def _positions(values: Iterable[float]) -> list[float]:
    """Sorted, with values that nearly coincide taken as one."""
    positions: list[float] = []
    for value in sorted(values):
        if not positions or value - positions[-1] > _NEAR:
            positions.append(value)
    return positions


def _filled(words: Sequence[Word], columns: Sequence[float], rows: Sequence[float], edges: Sequence[Box]) -> list[tuple[str, ...]]:
    """The text of each cell; places without a line between them are one cell."""
    owner = {(r, c): (r, c) for r in range(len(rows) - 1) for c in range(len(columns) - 1)}
    for r, (top, bottom) in enumerate(pairwise(rows)):
        for c, (left, right) in enumerate(pairwise(columns)):
            across, down = (left + right) / 2, (top + bottom) / 2
            if c and not any(abs((e[0] + e[2]) / 2 - left) < _NEAR and e[1] <= down <= e[3] for e in edges):
                owner[r, c] = owner[r, c - 1]
            elif r and not any(abs((e[1] + e[3]) / 2 - top) < _NEAR and e[0] <= across <= e[2] for e in edges):
                owner[r, c] = owner[r - 1, c]
    cells: dict[tuple[int, int], list[Word]] = {}
    for word in words:
        r = max(sum(word.middle > y for y in rows[:-1]) - 1, 0)
        c = max(sum((word.x0 + word.x1) / 2 > x for x in columns[:-1]) - 1, 0)
        cells.setdefault(owner[r, c], []).append(word)
    texts = {key: join_lines(line.text for line in lines_of(found)) for key, found in cells.items()}
    return [tuple(texts.get(owner[r, c], "") for c in range(len(columns) - 1)) for r in range(len(rows) - 1)]


def _columns(lines: Sequence[Line]) -> list[tuple[float, float]]:
    """The ranges that segments cover, from left to right."""
    columns: list[tuple[float, float]] = []
    for low, high in sorted((s.x0, s.x1) for line in lines for s in line.segments):
        if columns and low <= columns[-1][1] + 2:
            columns[-1] = columns[-1][0], max(columns[-1][1], high)
        else:
            columns.append((low, high))
    return columns


def _run(lines: Sequence[Line]) -> list[Line]:
    """The lines from the first one on that keep its columns apart."""
    wanted = len(lines[0].segments)
    run = [lines[0]]
    if wanted < 2 or (len(lines[0].words[0].text) == 1 and not lines[0].words[0].text.isalnum()):
        return run
    for line in lines[1:]:
        if line.top - run[-1].top > 3 * line.size or len(_columns([*run, line])) < wanted or line.x1 < _columns(run)[0][0]:
            break
        run.append(line)
    while len(run) > 1 and len(run[-1].segments) == 1 and run[-1].x0 <= _columns(run)[0][1]:
        run.pop()  # text under the first column alone is what follows the table
    return run


def _rows(lines: Sequence[Line], columns: Sequence[tuple[float, float]]) -> tuple[tuple[str, ...], ...]:
    """Lines to rows. Where some lines stand closer than others, those are one row; else each filled first cell opens one."""
    gaps = [b.top - a.top for a, b in pairwise(lines)]
    divided = max(gaps) > 1.2 * min(gaps) and any(len(line.segments) < len(columns) for line in lines)
    rows: list[list[list[str]]] = []
    for line, gap in zip(lines, [0.0, *gaps], strict=True):
        cells: list[str] = [""] * len(columns)
        for segment in line.segments:
            index = next(i for i, (low, high) in enumerate(columns) if low - 2 <= segment.x0 <= high + 2)
            cells[index] = segment.text
        opens = gap > 1.15 * min(gaps) if divided else bool(cells[0])
        if not rows or opens:
            rows.append([[] for _ in columns])
        for cell, text in zip(rows[-1], cells, strict=True):
            cell.append(text)
    return tuple(tuple(join_lines(cell) for cell in row) for row in rows)
