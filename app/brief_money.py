"""Money: tables as they stand with a check of their totals, and the amounts that sentences name."""

import re
from collections.abc import Sequence
from decimal import Decimal

from app.brief_reading import Reading, Said, iso, say_when, unnumbered, values_in, with_antecedent
from app.brief_types import Draft, Grid, Part, Source
from app.texts import say
from ingest.numerals import parse_number
from ingest.types import Document, Table

_TOTAL = re.compile(r"^totaal\b|^total\b|^som\b", re.I)
_MONEY = re.compile(r"€|\beuro\b|\bmln\b|\bmiljoen\b|\bmiljard\b|\bx\s*1", re.I)
# What there is money for, or is not, where no amount is named.
_FUNDED = re.compile(
    r"\b(?:geen|onvoldoende|extra|structureel|structurele)\s+(?:\w+\s+)?(?:budget|geld|middelen|dekking)\b"
    r"|\b(?:budget|middelen|geld)\s+(?:\w+\s+)?(?:beschikbaar|vrijgemaakt)\b|\b(?:niet|nog\s+niet)\s+gedekt\b|\bongedekte?\b|\bfinanciering\b.{0,60}\baf\b"
    r"|\bniet\s+akkoord\b.{0,80}\bdekking\b",
    re.I,
)


def money(reading: Reading, language: str) -> Part:
    """Tables newest first, then what does not add up, then amounts in sentences."""
    grids: list[Grid] = []
    drafts: list[Draft] = []
    for document in reading.newest_first:
        for table in document.tables:
            if is_money(table) and not (table.aligned_copy and table.aligned_copy in reading.by_id):
                grids.append(_grid(reading, document, table, language))
                drafts += _differences(document, table, language)
                if table.uncertain:
                    source = Source(document.document_id, table.start, table.end, kind="table")
                    drafts.append(Draft(say(language, "uncertain_table"), (source,), {"kind": "uncertain"}, 7.0))
    for said in reversed(reading.everything()):
        if _amounts(said):
            drafts.append(_amount(with_antecedent(reading, said), language))
        elif _FUNDED.search(said.text) and not said.text.endswith(":"):
            drafts.append(_funding(with_antecedent(reading, said), language))
    return Part("money", tuple(drafts), tuple(grids))


def is_money(table: Table) -> bool:
    head = " ".join((table.caption, table.unit, *(table.rows[0] if table.rows else ())))
    return bool(_MONEY.search(head)) and len(table.cells) > 1


def _grid(reading: Reading, document: Document, table: Table, language: str) -> Grid:
    copies = [d for d in reading.documents if any(t.aligned_copy == document.document_id for t in d.tables)]
    sources = [Source(document.document_id, table.start, table.end, kind="table")]
    sources += [
        Source(d.document_id, t.start, t.end, kind="table") for d in copies for t in d.tables if t.aligned_copy == document.document_id
    ]
    caption = f"{table.caption or say(language, 'part_table')} – {document.title}, {say_when(document, language)}"
    data = {"document": document.as_of.isoformat() if document.as_of else "", "unit": table.unit}
    return Grid(caption, table.rows, tuple(sources), data)


def _differences(document: Document, table: Table, language: str) -> list[Draft]:
    """A line for each column whose rows do not add up to its total, as a plain sum of what is filled in."""
    found = []
    total = next((row for row in table.rows[1:] if _TOTAL.search(row[0])), None)
    if total is None or any(len(row) != len(table.rows[0]) for row in table.rows):
        return []
    items = [row for row in table.rows[1:] if row is not total and not _TOTAL.search(row[0])]
    for column, name in enumerate(table.rows[0]):
        if column == 0 or (stated := _number(total[column])) is None:
            continue
        values = [(row[column], number) for row in items if (number := _number(row[column])) is not None]
        added = sum((number for _, number in values), Decimal(0))
        if not values or added == stated:
            continue
        terms = " + ".join(text for text, number in values if number)
        text = say(language, "brief_differs", column=name, terms=terms, sum=say_number(added, language), total=total[column])
        data = {"kind": "differs", "column": name, "sum": say_number(added, "nl"), "total": total[column]}
        sources = [Source(document.document_id, c.start, c.end, kind="table") for c in table.cells if c.column == name and c.value]
        table_source = Source(document.document_id, table.start, table.end, kind="table")
        found.append(Draft(text, (table_source, *sources[-1:]), data, 9.0))
    return found


def _number(cell: str) -> Decimal | None:
    text = re.sub(r"[€\s*]", "", cell)
    return parse_number(text) if re.fullmatch(r"\d[\d.,]*", text) else None


def say_number(number: Decimal, language: str) -> str:
    plain = format(number.normalize(), "f")
    return plain.replace(".", ",") if language == "nl" else plain


def _amounts(said: Said) -> Sequence[str]:
    return (
        []
        if said.text.startswith("Tabel") or re.search(r"\(?\bx\s*€?\s*1[\s.)]", said.text)
        else [value.text for value in values_in(said.text) if value.kind == "amount" and Decimal(str(value.value)) >= 1000]
    )


def _funding(said: Said, language: str) -> Draft:
    text = say(language, "brief_stated", quote=said.text, date=say_when(said.document, language))
    subject = unnumbered(said.path[-1]) if said.path else said.document.title
    newest = said.document.as_of.toordinal() / 1e5 if said.document.as_of else 0
    return Draft(text, (said.source,), {"kind": "funding", "subject": subject, "date": iso(said.document)}, newest, subject)


def _amount(said: Said, language: str) -> Draft:
    amounts = [v for v in values_in(said.text) if v.kind == "amount"]
    subject = unnumbered(said.path[-1]) if said.path else said.document.title
    data = {"kind": "amount", "amounts": [str(v.value) for v in amounts], "subject": subject, "date": iso(said.document)}
    size = max(float(Decimal(str(v.value))) for v in amounts)
    text = say(language, "brief_stated", quote=said.text, date=say_when(said.document, language))
    return Draft(
        text, (said.source,), data, min(size / 1e9, 1) + (said.document.as_of.toordinal() / 1e5 if said.document.as_of else 0), subject
    )
