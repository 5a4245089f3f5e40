"""Known facts as a spreadsheet: one fact a row, so that evaluators can add questions in Excel or LibreOffice.

A row adds its fact and its snippet to the question; rows of one question follow each other and have its id, or no id. Within
the cells fact, forbidden and history, ` | ` parts the alternatives.
"""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any

from evals.types import Entry, KnownFact, KnownFactsError, Problem

COLUMNS = ["id", "question", "history", "category", "fact", "forbidden", "evidence_doc", "evidence_quote", "answerable", "difficulty",
           "derived", "note"]  # fmt: skip
_LISTED = {"fact", "forbidden", "history", "evidence_doc", "evidence_quote"}


def read_rows(path: Path) -> list[Entry]:
    """Entries of a .csv (comma or semicolon, UTF-8 or Windows) or of the first sheet of an .xlsx."""
    rows = _xlsx(path) if path.suffix.lower() == ".xlsx" else _csv(path)
    line, head = next(rows, (1, []))
    columns = [name.strip().lower() for name in head]
    unknown = [name for name in columns if name and name not in COLUMNS]
    missing = [name for name in ("id", "question", "category", "fact") if name not in columns]
    if unknown or missing:
        found = ", ".join(columns) or "niets"
        raise KnownFactsError((Problem(str(path), line, f"kolommen zijn {found}; verwacht {', '.join(COLUMNS)}"),))
    entries: list[Entry] = []
    for line, cells in rows:
        row = {column: cell.strip() for column, cell in zip(columns, cells, strict=False) if column and cell.strip()}
        if row:
            _add(entries, row, line)
    return entries


def write_rows(facts: Iterable[KnownFact], path: Path) -> None:
    """Write a .csv or .xlsx that `read_rows` reads back to the same facts."""
    rows = [COLUMNS, *(row for fact in facts for row in _rows(fact))]
    if path.suffix.lower() == ".xlsx":
        from openpyxl import Workbook

        book = Workbook()
        sheet = book.worksheets[0]
        for number, row in enumerate(rows, 1):
            for column, text in enumerate(row, 1):
                # Text, never a formula: a cell that begins with = would be run by the spreadsheet.
                sheet.cell(number, column, text).data_type = "s"
        sheet.freeze_panes = "A2"
        book.save(path)
        return
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        csv.writer(file, delimiter=";").writerows(rows)


def _add(entries: list[Entry], row: dict[str, str], line: int) -> None:
    identity = row.get("id", "")
    if not entries or (identity and identity != entries[-1].data["id"]):
        data: dict[str, Any] = {key: value for key, value in row.items() if key not in _LISTED}
        data |= {"id": identity, "facts": [], "evidence": []}
        data |= {key: _split(row[key]) for key in ("history", "forbidden") if key in row}
        entries.append(Entry(data, {"id": line} | {key: line for key in row}))
    data, lines = entries[-1].data, entries[-1].lines
    if "fact" in row:
        lines[f"facts.{len(data['facts'])}"] = line
        data["facts"].append(_split(row["fact"]))
    if "evidence_doc" in row or "evidence_quote" in row:
        lines[f"evidence.{len(data['evidence'])}"] = line
        data["evidence"].append({"doc": row.get("evidence_doc", ""), "quote": row.get("evidence_quote", "")})


def _rows(fact: KnownFact) -> Iterator[list[str]]:
    for number in range(max(1, len(fact.facts), len(fact.evidence))):
        first = number == 0
        snippet = fact.evidence[number] if number < len(fact.evidence) else None
        cells = {
            "id": fact.id,
            "question": fact.question if first else "",
            "history": " | ".join(fact.history) if first else "",
            "category": fact.category if first else "",
            "fact": " | ".join(fact.facts[number]) if number < len(fact.facts) else "",
            "forbidden": " | ".join(fact.forbidden) if first else "",
            "evidence_doc": snippet.doc if snippet else "",
            "evidence_quote": snippet.quote if snippet else "",
            "answerable": ("ja" if fact.answerable else "nee") if first else "",
            "difficulty": fact.difficulty if first else "",
            "derived": ("ja" if fact.derived else "nee") if first else "",
            "note": fact.note if first else "",
        }
        yield [cells[column] for column in COLUMNS]


def _split(cell: str) -> list[str]:
    return [part.strip() for part in cell.split("|") if part.strip()]


def _csv(path: Path) -> Iterator[tuple[int, Sequence[str]]]:
    data = path.read_bytes()
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = data.decode("cp1252")  # what a Dutch Excel writes for "CSV"
    head = text.partition("\n")[0]
    reader = csv.reader(io.StringIO(text), delimiter=";" if head.count(";") > head.count(",") else ",")
    line = 1
    for row in reader:
        yield line, row
        line = reader.line_num + 1


def _xlsx(path: Path) -> Iterator[tuple[int, Sequence[str]]]:
    from zipfile import BadZipFile

    from openpyxl import load_workbook

    try:
        book = load_workbook(path, read_only=True, data_only=True)
    except (BadZipFile, KeyError, ValueError) as error:
        raise KnownFactsError((Problem(str(path), 0, f"geen geldig .xlsx-bestand: {error}"),)) from error
    for number, row in enumerate(book.worksheets[0].iter_rows(), 1):
        yield number, [_as_written(cell.value, cell.number_format or "") for cell in row]
    book.close()


def _as_written(value: object, form: str) -> str:
    """A cell as its reader sees it: 0.17 shown as a percentage is 17%, a date is 2025-07-04."""
    if isinstance(value, bool):
        return "ja" if value else "nee"
    if isinstance(value, float) and "%" in form:
        return f"{value * 100:.10g}%"
    if isinstance(value, float):
        return f"{value:.10g}"
    if isinstance(value, datetime):
        return value.date().isoformat()
    return value.isoformat() if isinstance(value, date) else "" if value is None else str(value)
