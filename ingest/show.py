"""What was understood of a file or document, for people who check it before they trust it: as Dutch text, or as JSON."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from difflib import get_close_matches
from pathlib import Path

from ingest.catalog import Catalog
from ingest.errors import DossierError
from ingest.passages import passages
from ingest.sandbox import load_safely
from ingest.sentences import sentence_spans
from ingest.settings import settings
from ingest.sources import read_source
from ingest.structure import structure
from ingest.types import Document, Passage, Redaction


@dataclass(frozen=True)
class _Seen:
    """Documents with their passages; `removed` (characters by cleaning step) is only known of a file."""

    documents: tuple[Document, ...]
    passages: tuple[Passage, ...]
    removed: dict[str, int]


def show(what: str, index: Path, as_json: bool) -> str:
    """`what` is a file on disk, which is read anew, or the id, title or file name of what `index` holds.

    Raises LoadError for a file that cannot be read, IndexMissing without an index, DossierError when nothing is found.
    """
    path = Path(what)
    seen = _of_file(path) if path.is_file() else _of_index(what, index)
    if as_json:
        documents = [asdict(d) | {"passages": [asdict(p) for p in _of(d, seen.passages)]} for d in seen.documents]
        return json.dumps({"documents": documents, "removed": seen.removed}, ensure_ascii=False, indent=2, default=str)
    lines = [line for document in seen.documents for line in (*_document(document, _of(document, seen.passages)), "")]
    lines += [f"Opgeruimd: {', '.join(f'{step} ({count} tekens)' for step, count in seen.removed.items())}"] * bool(seen.removed)
    return "\n".join(lines).rstrip()


def _of_file(path: Path) -> _Seen:
    path = path.resolve()
    environment = settings()
    loaded = load_safely(path, environment.pdf_password, environment.file_seconds, environment.file_memory_mib * 2**20)
    documents = structure(loaded, read_source(path))
    return _Seen(documents, tuple(p for document in documents for p in passages(document)), loaded.removed)


def _of_index(what: str, directory: Path) -> _Seen:
    catalog = Catalog(directory)
    try:
        documents = list(catalog.documents())
        wanted = [d for d in documents if what in _names(d)]
        wanted = wanted or [d for d in documents if what.casefold() in (name.casefold() for name in _names(d))]
        if not wanted:
            names = sorted({name for d in documents for name in (d.title, d.document_id)})
            near = "".join(f"\n  {name}" for name in get_close_matches(what, names, 3, 0.4))
            hint = f" Lijkt erop:{near}" if near else ""
            raise DossierError(f"'{what}' is geen bestand, en geen id, titel of bestandsnaam van een stuk in '{directory}'.{hint}")
        kept = {d.document_id for d in wanted}
        return _Seen(tuple(wanted), tuple(p for p in catalog.passages() if p.document_id in kept), {})
    finally:
        catalog.close()


def _names(document: Document) -> tuple[str, ...]:
    return document.document_id, document.source_id, document.title, document.source_name


def _of(document: Document, all_passages: Sequence[Passage]) -> list[Passage]:
    return [p for p in all_passages if p.document_id == document.document_id]


def _document(document: Document, parts: Sequence[Passage]) -> Iterator[str]:
    yield f"═══ {document.title}"
    yield from _metadata(document)
    yield from _listed("Koppen", [f"{'  ' * (len(s.path) - 1)}{s.heading}{f'  [{s.role}]' if s.role else ''}" for s in document.sections])
    for table in document.tables:
        yield f"\nTabel: {table.caption or 'zonder opschrift'}{f' (eenheid: {table.unit})' if table.unit else ''}"
        if table.uncertain:
            yield "  LET OP: de kolommen zijn in het bestand verloren gegaan; in korte rijen is niet zeker bij welke kolom een waarde hoort"
        if table.aligned_copy:
            yield f"  De tabel staat wel geheel in {table.aligned_copy}"
        yield from (f"  {' | '.join(cell or '·' for cell in row)}" for row in table.rows)
    notes = [
        f"{n.number}. {n.text or '(tekst niet in het bestand)'}\n      bij: {_hangs_on(document, n.anchor)}" for n in document.footnotes
    ]
    yield from _listed("Voetnoten", notes)
    comments = [
        f"p. {a.page}, {a.author or 'zonder naam'}, {a.date}, {a.kind}: {a.text or '(zonder woorden)'}"
        + (f"\n      bij: “{a.marked_text}”" if a.marked_text else "")
        for a in document.annotations
    ]
    yield from _listed("Opmerkingen", comments)
    yield from _listed("Weggelakt", [_redaction(document, r) for r in document.redactions])
    references = [f"{r.text}{f' → {r.document_id}' if r.document_id else ''}" for r in document.references]
    yield from _listed("Verwijzingen", list(dict.fromkeys(references)))
    yield from _listed("Passages", [_passage(p) for p in parts])


def _metadata(document: Document) -> Iterator[str]:
    last = document.first_page + len(document.page_starts) - 1
    pages = f"{document.first_page}" + (f"-{last}" if last > document.first_page else "")
    when = document.date.isoformat() if document.date else f"onbekend; {document.period}" if document.period else "onbekend"
    quality = [f"{q:.2f}" for q in document.page_quality]
    for label, value in (
        ("Id", document.document_id),
        ("Bestand", f"{document.source_name}, pagina {pages}"),
        ("Soort", document.kind),
        ("Datum", when),
        ("Let op", document.date_note),
        ("Van", document.sender),
        ("Aan", document.recipient),
        ("Status", document.status),
        ("Kamerstuk", document.kamerstuk),
        ("Bundel", document.part_of),
        ("Dubbel met", document.duplicate_of),
        ("Toegang", document.access),
        ("Leesbaarheid", ", ".join(quality)),
        *(("Waarschuwing", warning) for warning in document.warnings),
    ):
        if value:
            yield f"{label + ':':14} {value}"


def _listed(title: str, items: Sequence[str]) -> Iterator[str]:
    if items:
        yield f"\n{title} ({len(items)})"
        yield from (f"  {item}" for item in items)


def _hangs_on(document: Document, anchor: int) -> str:
    """The sentence that ends at, or holds, the offset."""
    if anchor < 0:
        return "(plaats niet gevonden)"
    line = document.text.rfind("\n", 0, anchor) + 1, document.text.find("\n", anchor)
    spans = sentence_spans(document.text, line[0], line[1] if line[1] >= 0 else None)
    start, end = next(((a, b) for a, b in spans if a < anchor <= b), (anchor, anchor))
    return f"“{document.text[start:end]}”"


def _redaction(document: Document, redaction: Redaction) -> str:
    before, after = document.text[max(redaction.start - 40, 0) : redaction.start], document.text[redaction.end : redaction.end + 40]
    around = " ".join(f"{before} ▇▇▇ {after}".split())
    return f"p. {redaction.page}: … {around} …{f'  [grond: {redaction.ground}]' if redaction.ground else '  [geen grond genoemd]'}"


def _passage(passage: Passage) -> str:
    pages = f"p. {passage.first_page}" + (f"-{passage.last_page}" if passage.last_page > passage.first_page else "")
    start = " ".join(passage.text.split())
    shown = start if len(start) <= 90 else f"{start[:88]} …"
    return f"{passage.kind} {pages}, {len(passage.text.split())} woorden, {passage.section_path or '(zonder kop)'}: {shown}"
