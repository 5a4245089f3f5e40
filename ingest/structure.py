"""Blocks into documents: parts of a bundle, metadata, the canonical text with its offsets, sections, tables, notes.

A canonical text holds, in this order: the metadata lines of a nota, the running text (one block a line, a blank line
between paragraphs), then the footnotes and the comments, which leave the running text but stay citable.
"""

import re
from collections.abc import Sequence
from dataclasses import replace
from difflib import SequenceMatcher

from ingest.blocks import REDACTED, Block, Loaded
from ingest.bundle import split_bundle
from ingest.canvas import Canvas, Span
from ingest.grounds import with_grounds
from ingest.headings import heading_path, role_of
from ingest.metadata import Metadata, read_metadata
from ingest.notes import lay_footnotes
from ingest.references import find_references
from ingest.remarks import lay_annotations
from ingest.types import Document, Section, Source, Table

# Elsewhere levels are only a matter of style, and are judged by wording, so that a text file and its PDF come out alike.
_LEVELS_MEANT = {"text/html", "text/markdown", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"}
_NAMES = ("Opgesteld door", "Behandeld door", "Auteur", "Contactpersoon", "Tweede contactpersoon")
_REFERENCES = ("Onze referentie", "Ons kenmerk", "Kenmerk")
_ASIDE = ("field", "footnote", "annotation")


def structure(loaded: Loaded, source: Source) -> tuple[Document, ...]:
    """The documents of a file, in order; a bundle gives one for each nota."""
    parts = split_bundle(loaded.blocks)
    documents: list[Document] = []
    for number, blocks in enumerate(parts, 1):
        bundle = source.source_id if len(parts) > 1 else ""
        document = _document(f"{source.source_id}#{number}" if bundle else source.source_id, bundle, blocks, loaded, source)
        twin = next((d for d in documents if d.title == document.title and d.date == document.date and _alike(d, document)), None)
        documents.append(replace(document, duplicate_of=twin.document_id) if twin else document)
    return tuple(documents)


def _alike(a: Document, b: Document) -> bool:
    matcher = SequenceMatcher(None, a.text[:4000].split(), b.text[:4000].split(), autojunk=False)
    return matcher.quick_ratio() > 0.8 and matcher.ratio() > 0.8


def _document(identity: str, bundle: str, blocks: Sequence[Block], loaded: Loaded, source: Source) -> Document:
    first = min((b.page for b in blocks), default=1)
    last = max((b.last_page for b in blocks), default=1)
    meta = read_metadata(blocks, "" if bundle else loaded.title, source)
    canvas = Canvas()
    for label, value in meta.fields:
        canvas.put(Block("field", _field(label, value), first), "\n")
    tables, headings = _lay(canvas, [b for b in blocks if b.kind not in _ASIDE])
    body_end = len(canvas.text)
    commented = {b.number for b in blocks if b.kind == "annotation"}
    footnotes = lay_footnotes(canvas, [b for b in blocks if b.kind == "footnote"], commented)
    annotations = lay_annotations(canvas, [b for b in blocks if b.kind == "annotation"])
    return Document(
        document_id=identity,
        source_id=source.source_id,
        source_name=source.name,
        title=meta.title,
        kind=meta.kind,
        date=meta.date,
        text=canvas.text,
        page_starts=_page_starts(canvas, first, last),
        first_page=first,
        sender=meta.sender,
        recipient=meta.recipient,
        status=meta.status,
        period=meta.period,
        estimated=meta.estimated,
        date_note=meta.date_note,
        kamerstuk=meta.kamerstuk,
        part_of=bundle,
        access=source.access,
        sections=_sections(canvas, headings, body_end, meta, source.media_type in _LEVELS_MEANT),
        tables=tables,
        footnotes=footnotes,
        annotations=annotations,
        redactions=tuple(sorted((*canvas.column, *with_grounds(canvas, annotations)), key=lambda r: r.start)),
        references=find_references(canvas.text),
        warnings=(*loaded.warnings, *meta.warnings),
        page_quality=loaded.page_quality[first - 1 : last],
    )


def _field(label: str, value: str) -> str:
    """A line of the metadata column; a name or the rest of a reference that must have stood there is blacked out."""
    gone = (label in _NAMES and not value) or (label in _REFERENCES and value.endswith("-"))
    return value if label == "Status" else f"{label}\n{value}{REDACTED if gone else ''}".rstrip()


def _lay(canvas: Canvas, blocks: Sequence[Block]) -> tuple[tuple[Table, ...], list[Span]]:
    """The running text; a caption above a table is no heading."""
    tables: list[Table] = []
    headings: list[Span] = []
    for i, block in enumerate(blocks):
        above = blocks[i - 1] if i else None
        below = blocks[i + 1] if i + 1 < len(blocks) else None
        if block.kind == "table":
            caption = block.text or (above.text if above and _is_caption(above) else "")
            if block.text:
                canvas.put(replace(block, kind="paragraph"))
            tables.append(canvas.put_table(block, caption, "\n" if block.text else "\n\n"))
            continue
        span = canvas.put(block, "\n" if block.kind == "item" and above and above.kind == "item" else "\n\n")
        if block.kind == "heading" and not (below and below.kind == "table" and _is_caption(block)):
            headings.append(span)
    return tuple(tables), headings


def _is_caption(block: Block) -> bool:
    return bool(re.match(r"Tabel\b", block.text))


def _page_starts(canvas: Canvas, first: int, last: int) -> tuple[int, ...]:
    """Offset where the running text of each page starts; a page without text starts where the next one does."""
    starts: dict[int, int] = {}
    for page, offset in canvas.page_starts:
        starts.setdefault(page, offset)
    out: list[int] = []
    following = len(canvas.text)
    for page in range(last, first - 1, -1):
        following = min(starts.get(page, following), following)
        out.append(following)
    return (0, *out[-2::-1])


def _sections(canvas: Canvas, headings: Sequence[Span], body_end: int, meta: Metadata, levels_meant: bool) -> tuple[Section, ...]:
    trail: list[tuple[int, str]] = []
    sections: list[Section] = []
    for i, span in enumerate(headings):
        heading = canvas.text[span.start : span.end].strip()
        end = headings[i + 1].start if i + 1 < len(headings) else body_end
        if meta.is_front(heading) or not heading:
            continue
        trail = heading_path(trail, heading, span.block.level if levels_meant else 0)
        role = next((r for _, h in reversed(trail) if (r := role_of(h))), "")
        number = re.match(r"(?:Pijler |Kernpunt |Hoofdstuk |Actielijn )?(\d+(?:\.\d+)*|[a-z](?=\.))", heading)
        sections.append(Section(number[1] if number else "", heading, tuple(h for _, h in trail), role, span.start, end))
    return tuple(sections)
