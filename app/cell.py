"""What a table says in one line: "row, column: value", and whether its items add up to its total."""

import re
from collections.abc import Sequence
from decimal import Decimal

from app.lexical import terms
from app.question import Question
from app.texts import say
from ingest.numerals import parse_number
from ingest.types import Cell, Table

_ADDS_UP = re.compile(r"\boptel|\btell?(?:en|t)?\b.*\bop\b|\bklop(?:t|pen)\b|\bsom van\b|\badd(?:s)? up\b|\bsum of\b", re.I)
_TOTAL = re.compile(r"totaal|total", re.I)
_MOST = 3  # cells in one line


def cell_lead(question: Question, table: Table) -> str:
    """The cells that a question points at by row and column; '' where it points at none, at too many, or columns are uncertain."""
    if table.uncertain:
        return ""
    filled = [cell for cell in table.cells if re.search(r"\d", cell.value)]
    asked = re.findall(r"\w+", question.text.lower())
    columns = [column for column in dict.fromkeys(cell.column for cell in filled) if _named(column, asked)]
    if _ADDS_UP.search(question.text) and len(columns) == 1 and (added := _added(question, [c for c in filled if c.column == columns[0]])):
        return added
    rows = _rows(set(terms(question.text)), list(dict.fromkeys(cell.row for cell in filled)))
    anywhere = not columns and not question.years
    cells = [cell for cell in filled if cell.row in rows and (cell.column in columns or (anywhere and _amount(cell)))]
    if not 0 < len(cells) <= _MOST:
        return ""
    unit = f" ({table.unit})" if table.unit else ""
    said = [say(question.language, "cell", row=c.row, column=c.column, value=c.value, unit=unit).rstrip(".") for c in cells]
    return "; ".join(said) + "."


def _named(column: str, asked: Sequence[str]) -> bool:
    """Whether a question names a column: all its words, an abbreviated one by its beginning."""
    words = re.findall(r"\w+", column.lower())
    short = column.endswith(".") and len(column) > 4
    return bool(words) and all(any(w == word or (short and w.startswith(word)) for w in asked) for word in words)


def _rows(asked: set[str], heads: Sequence[str]) -> list[str]:
    """The rows that most of whose name is in the question."""
    shares = {head: len(asked & names) / len(names) for head in heads if (names := set(terms(re.sub(r"\(.*?\)", "", head))))}
    best = max(shares.values(), default=0.0)
    return [head for head, share in shares.items() if share == best] if best >= 0.5 else []


def _added(question: Question, column: Sequence[Cell]) -> str:
    """Whether the items of a column add up to its total: computed, and said to be."""
    total = next((_amount(cell) for cell in column if _TOTAL.search(cell.row)), None)
    items = [amount for cell in column if not _TOTAL.search(cell.row) and (amount := _amount(cell)) is not None]
    if total is None or not items:
        return ""
    added = sum(items, Decimal(0))
    key = "total_right" if added == total else "total"
    return say(question.language, key, column=column[0].column, sum=_written(added), total=_written(total))


def _amount(cell: Cell) -> Decimal | None:
    digits = re.search(r"\d(?:[\d.,]*\d)?", cell.value)
    return parse_number(digits[0]) or None if digits else None


def _written(value: Decimal) -> str:
    return f"{value.normalize():f}".replace(".", ",")
