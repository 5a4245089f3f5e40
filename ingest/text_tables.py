"""Tables in a text file: Markdown, tabs, one cell a line, a list of annexes, and a table flattened to a column of values."""

import re

from ingest.blocks import Block, note_mark
from ingest.text_comments import COMMENT
from ingest.text_lines import plain
from ingest.tidy import one_line

_PART = re.compile(r"\S+(?: \S+)*")  # words with single spaces between them
_NUMBER = re.compile(r"^(?:[\d.,]+|20\d\d|Struc\.?|-)$")


def table_at(lines: list[str], at: int, marked_up: bool) -> tuple[Block | None, int]:
    """A table that starts at this line, with the number of lines it takes; (None, 0) if there is none."""
    line = lines[at]
    if re.match(r"^\s*\|.*\|\s*$", line):
        used = 0
        rows = []
        while at + used < len(lines) and re.match(r"^\s*\|.*\|\s*$", lines[at + used]):
            cells = [one_line(plain(c)) for c in lines[at + used].strip().strip("|").split("|")]
            if not all(re.fullmatch(r":?-{2,}:?", c) for c in cells):
                rows.append(tuple(cells))
            used += 1
        return (Block("table", "", rows=_rectangle(rows)), used) if len(rows) > 1 else (None, 0)
    filled = [cell for cell in line.split("\t") if cell.strip()]
    if "\t" in line and filled and (len(filled) > 1 or not line.startswith("\t")) and not COMMENT.search(line):
        used, rows = 0, []
        while at + used < len(lines) and lines[at + used].strip() and "\t" in lines[at + used]:
            rows.append(tuple(one_line(plain(c)) for c in lines[at + used].rstrip("\n").split("\t")))
            used += 1
        return (Block("table", "", rows=_rectangle(rows)), used) if len(rows) > 1 else (None, 0)
    if line.startswith("\t"):
        return _cell_a_line(lines, at)
    if len(_PART.findall(line)) > 1:
        return _spaced(lines, at)
    if re.match(r"^Volgnummer\s+Naam\s+Actie\s+Informatie$", line.strip()):
        return _annex_list(lines, at)
    if _NUMBER.match(line.strip()) and at + 4 < len(lines):
        return _flattened(lines, at)
    return None, 0


def _spaced(lines: list[str], at: int) -> tuple[Block | None, int]:
    """Columns that only spaces keep apart: a head of at least two columns above at least two rows with a label.

    A value belongs to the head that begins or ends nearest to it; where two values share a head the table is uncertain.
    """
    heads = [m.span() for m in _PART.finditer(lines[at])]
    names = [m[0] for m in _PART.finditer(lines[at])]
    if lines[at].startswith("  "):
        names = ["", *names]
    else:
        heads = heads[1:]
    rows: list[tuple[str, ...]] = []
    while at + len(rows) + 1 < len(lines):
        parts = list(_PART.finditer(lines[at + len(rows) + 1]))
        if len(parts) < 2 or parts[0].start() > 3 or len(parts) > len(heads) + 1:
            break
        values = [""] * len(heads)
        for part in parts[1:]:
            places = [min(abs(part.start() - start), abs(part.end() - end)) for start, end in heads]
            values[places.index(min(places))] = part[0]
        full = sum(map(bool, values)) == len(parts) - 1
        rows.append((parts[0][0], *(values if full else [part[0] for part in parts[1:]])))
    if len(heads) < 2 or len(rows) < 2:
        return None, 0
    uncertain = {"uncertain": "1"} if any(len(row) != len(names) for row in rows) else {}
    return Block("table", "", rows=(tuple(names), *rows), info=uncertain), len(rows) + 1


def _annex_list(lines: list[str], at: int) -> tuple[Block | None, int]:
    """The list of annexes at the end of a nota where only spaces divide its columns; actions start with a set phrase."""
    text, used = "", 1
    while at + used < len(lines) and (not lines[at + used].strip() or re.match(r"^\d{1,2} |[a-z]", lines[at + used].strip())):
        text += " " + lines[at + used].strip()
        used += 1
    rows = [
        (m[1], m[2].strip(), m[3].strip(), "")
        for m in re.finditer(
            r"(?:^|\s)(\d{1,2}) (.+?) ((?:Verzenden|Bijlage bij|Ter [a-z]+|Niet|Publiceren)\b.*?)(?=\s+\d{1,2} [A-Z(]|\s*$)", text
        )
    ]
    return (Block("table", "", rows=(("Volgnummer", "Naam", "Actie", "Informatie"), *rows)), used) if rows else (None, 0)


def _cell_a_line(lines: list[str], at: int) -> tuple[Block | None, int]:
    """Cells each on a line that starts with a tab, rows divided by a blank line."""
    rows: list[list[str]] = [[]]
    used = 0
    while at + used < len(lines) and (lines[at + used].startswith("\t") or not lines[at + used].strip()):
        if lines[at + used].startswith("\t"):
            rows[-1].append(lines[at + used].strip())
        elif rows[-1]:
            if at + used + 1 >= len(lines) or not lines[at + used + 1].startswith("\t"):
                break
            rows.append([])
        used += 1
    filled = [row for row in rows if row]
    if len(filled) < 2 or len({len(row) for row in filled}) != 1 or len(filled[0]) < 2:
        return None, 0
    return Block("table", "", rows=tuple(tuple(row) for row in filled)), used


def _flattened(lines: list[str], at: int) -> tuple[Block | None, int]:
    """A table of which only a column of values is left: column heads, then each row's label and its filled cells."""
    heads: list[str] = []
    i = at
    while i < len(lines) and _NUMBER.match(lines[i].strip()):
        heads.append(lines[i].strip())
        i += 1
    rows: list[tuple[str, ...]] = []
    while i < len(lines) and not re.match(r"X Noot|\d|$", lines[i].strip()) and i + 1 < len(lines) and _NUMBER.match(lines[i + 1].strip()):
        row = [lines[i].strip()]
        i += 1
        while i < len(lines) and _NUMBER.match(lines[i].strip()):
            row.append(lines[i].strip())
            i += 1
        rows.append(tuple(row))
    if len(heads) < 3 or len(rows) < 2:
        return None, 0
    if i + 1 < len(lines) and lines[i].strip() == "X Noot":
        number = lines[i + 1].strip()
        rows = [(re.sub(rf"(?<=[)\w]){re.escape(number)}$", note_mark(number), row[0]), *row[1:]) for row in rows]
    return Block("table", "", rows=(("", *heads), *rows), info={"uncertain": "1"}), i - at


def _rectangle(rows: list[tuple[str, ...]]) -> tuple[tuple[str, ...], ...]:
    width = max(map(len, rows), default=0)
    return tuple(row + ("",) * (width - len(row)) for row in rows)
