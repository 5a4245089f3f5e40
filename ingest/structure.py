"""Blocks into documents: parts of a bundle, metadata, the canonical text with its offsets, sections, tables, notes.

A canonical text holds, in this order: the metadata lines of a nota, the running text (one block a line, a blank line
between paragraphs), then the footnotes and the comments, which leave the running text but stay citable.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from difflib import SequenceMatcher

from ingest.blocks import NOTE_CLOSE, NOTE_OPEN, REDACTED, Block, Loaded
from ingest.headings import heading_path, role_of
from ingest.metadata import Metadata, read_metadata
from ingest.types import Annotation, Cell, Document, Footnote, Redaction, Reference, Section, Source, Table

_REDACTED = re.compile(r"\[redacted\]", re.I)
_GROUND = re.compile(r"[Ll]akken op grond van\s+(.+)")
_KAMERSTUK = re.compile(
    r"Kamerstuk(?:ken)?\s*(?:I{1,2}L?|IL)?,?\s*(?:20\d\d\s*[/-]\s*\d{2,4},?)?\s*(\d{2} ?\d{3}|\d{4})?(?:[- ]([IVXL]+))?,?\s*nr\.?\s*(\d+)"
)
_LEVELS_MEANT = {"text/html", "text/markdown", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"}


def structure(loaded: Loaded, source: Source) -> tuple[Document, ...]:
    """The documents of a file, in order; a bundle gives one for each nota."""
    parts = _parts(list(loaded.blocks))
    documents: list[Document] = []
    for number, blocks in enumerate(parts, 1):
        bundle = source.source_id if len(parts) > 1 else ""
        identity = f"{source.source_id}#{number}" if bundle else source.source_id
        document = _Builder(identity, source, bundle).build(blocks, loaded)
        twin = next((d for d in documents if d.title == document.title and d.date == document.date and _alike(d, document)), None)
        documents.append(replace(document, duplicate_of=twin.document_id) if twin else document)
    return tuple(documents)


def _parts(blocks: list[Block]) -> list[list[Block]]:
    """Split before each nota: its 'nota' heading together with the addressee, stamp and metadata lines above it."""
    starts = []
    for i, block in enumerate(blocks):
        if block.kind in ("heading", "paragraph") and re.fullmatch(r"nota", block.text.strip(), re.I):
            start = i
            while start > 0 and _belongs_above(blocks[start - 1]) and blocks[start - 1].page == block.page:
                start -= 1
            starts.append(start)
    if len(starts) < 2:
        return [blocks]
    edges = [0, *starts[1:], len(blocks)]
    return [blocks[a:b] for a, b in zip(edges, edges[1:], strict=False)]


def _belongs_above(block: Block) -> bool:
    return block.kind == "field" or bool(
        re.match(r"Aan\b.{2,80}$|.*\bbesproken\b|Directie\b|Ministerie van|\[redacted\]|\(bladwijzer\)", block.text) and len(block.text) < 90
    )


def _alike(a: Document, b: Document) -> bool:
    matcher = SequenceMatcher(None, a.text[:4000].split(), b.text[:4000].split(), autojunk=False)
    return matcher.quick_ratio() > 0.8 and matcher.ratio() > 0.8


@dataclass
class _Builder:
    """Lays blocks down one after another and notes where each stands."""

    identity: str
    source: Source
    bundle: str
    text: str = ""
    pages: list[int] = field(default_factory=list)
    headings: list[tuple[int, Block]] = field(default_factory=list)
    tables: list[Table] = field(default_factory=list)
    anchors: dict[str, list[tuple[int, int]]] = field(default_factory=dict)
    redactions: list[Redaction] = field(default_factory=list)
    spans: list[tuple[int, int, Block]] = field(default_factory=list)
    commented: set[tuple[str, int]] = field(default_factory=set)

    def build(self, blocks: Sequence[Block], loaded: Loaded) -> Document:
        first_page = min((b.page for b in blocks), default=1)
        last_page = max((b.page for b in blocks), default=1)
        meta = read_metadata(blocks, loaded.title if not self.bundle else "", self.source)
        self._lay_fields(meta)
        running = [b for b in blocks if b.kind not in ("field", "footnote", "annotation")]
        for i, block in enumerate(running):
            self._lay(block, running[i + 1] if i + 1 < len(running) else None, running[i - 1] if i else None)
        body_end = len(self.text)
        self.commented = {(b.number, b.page) for b in blocks if b.kind == "annotation"}
        footnotes = self._lay_footnotes([b for b in blocks if b.kind == "footnote"])
        annotations = self._lay_annotations([b for b in blocks if b.kind == "annotation"])
        page_starts = self._page_starts(first_page, last_page)
        return Document(
            document_id=self.identity,
            source_id=self.source.source_id,
            source_name=self.source.name,
            title=meta.title,
            kind=meta.kind,
            date=meta.date,
            text=self.text,
            page_starts=page_starts,
            first_page=first_page,
            sender=meta.sender,
            recipient=meta.recipient,
            status=meta.status,
            period=meta.period,
            estimated=meta.estimated,
            date_note=meta.date_note,
            kamerstuk=meta.kamerstuk,
            part_of=self.bundle,
            access=self.source.access,
            sections=self._sections(body_end, meta),
            tables=tuple(self.tables),
            footnotes=footnotes,
            annotations=annotations,
            redactions=self._with_grounds(annotations),
            references=self._references(),
            warnings=(*loaded.warnings, *meta.warnings),
            page_quality=loaded.page_quality,
        )

    def _lay_fields(self, meta: Metadata) -> None:
        for label, value in meta.fields:
            line = value if label == "Status" else f"{label}\n{value}".rstrip()
            self._put(line, "\n" if self.text else "", Block("field", line))

    def _put(self, text: str, gap: str, block: Block) -> int:
        """Append a block's text without its inline marks; remembers anchors and gaps. Returns where it starts."""
        self.text += gap
        start = len(self.text)
        place = 0
        for mark in re.finditer(rf"{NOTE_OPEN}(.*?){NOTE_CLOSE}|\s*{REDACTED}", text):
            self.text += text[place : mark.start()]
            place = mark.end()
            if mark[1] is not None:
                self.anchors.setdefault(mark[1], []).append((len(self.text), block.page))
            else:
                self.redactions.append(Redaction(len(self.text), len(self.text), block.page))
        self.text += text[place:]
        for hidden in _REDACTED.finditer(self.text, start):
            self.redactions.append(Redaction(hidden.start(), hidden.end(), block.page))
        self.spans.append((start, len(self.text), block))
        return start

    def _lay(self, block: Block, following: Block | None, previous: Block | None) -> None:
        gap = ("\n" if block.kind == "item" and previous and previous.kind == "item" else "\n\n") if self.text else ""
        if block.kind == "table":
            self._lay_table(block, gap, previous)
            return
        caption = following is not None and following.kind == "table" and re.match(r"Tabel\b", block.text)
        start = self._put(block.text, gap, block)
        if block.kind == "heading" and not caption:
            self.headings.append((start, block))

    def _lay_table(self, block: Block, gap: str, previous: Block | None) -> None:
        caption = block.text or (previous.text if previous and re.match(r"Tabel\b", previous.text) else "")
        if block.text:
            self._put(block.text, gap, replace(block, kind="paragraph"))
            gap = "\n"
        self.text += gap
        start = len(self.text)
        uncertain = bool(block.info.get("uncertain"))
        head = block.rows[0]
        places: list[tuple[int, int]] = []
        cells: list[Cell] = []
        for r, row in enumerate(block.rows):
            self.text += "\n" if r else ""
            full = len(row) == len(head)
            for c, value in enumerate(row):
                self.text += "\t" if c else ""
                place = (len(self.text), len(self.text) + len(value))
                self.text += value
                if r == 0:
                    places.append(place)
                elif c and value and full:
                    cells.append(Cell(row[0], head[c], value, *place, *places[c]))
        for hidden in _REDACTED.finditer(self.text, start):
            self.redactions.append(Redaction(hidden.start(), hidden.end(), block.page))
        self.spans.append((start, len(self.text), block))
        unit = re.search(r"\((x\s*(?:€\s*)?1[^)]*|in [^)]*|€[^)]*)\)", caption)
        self.tables.append(Table(caption, unit[1] if unit else "", block.rows, tuple(cells), start, len(self.text), uncertain))

    def _lay_footnotes(self, blocks: list[Block]) -> tuple[Footnote, ...]:
        notes = []
        for block in blocks:
            line = f"{block.number} {block.text}"
            start = self._put(line, "\n\n" if not notes else "\n", block)
            places = self.anchors.get(block.number, [])
            anchor = min(places, key=lambda p: (abs(p[1] - block.page), -p[0]))[0] if places and not block.info.get("table") else -1
            notes.append(Footnote(block.number, block.text, start, start + len(line), anchor))
        known = {n.number for n in notes if n.anchor >= 0} | {n for n, _ in self.commented}
        for number, places in self.anchors.items():
            if number not in known:
                notes.append(Footnote(number, "", places[0][0], places[0][0], places[0][0]))
        return tuple(notes)

    def _lay_annotations(self, blocks: list[Block]) -> tuple[Annotation, ...]:
        out: list[Annotation] = []
        for block in blocks:
            info = block.info
            head = f"Nummer: {block.number} Auteur: {info.get('author', '')} Onderwerp: {info.get('kind', '')} Datum: {info.get('date', '')}"
            head = re.sub(r" +", " ", head).strip()
            start = self._put(head + (f"\n{block.text}" if block.text else ""), "\n\n" if not out else "\n", block)
            marked = info.get("marked") or (block.text if re.match(r"Highlight|Markering", info.get("kind", "")) else "")
            place = self._find(marked, block.page)
            noted = any(b.kind == "footnote" and b.number == block.number for _, _, b in self.spans)
            if not marked and not noted and block.text and (at := next((o for o, p in self.anchors.get(block.number, []) if p == block.page), None)):
                place = self._sentence_before(at)
                marked = self.text[place[0] : place[1]]
            out.append(
                Annotation(
                    block.number,
                    info.get("author", ""),
                    info.get("kind", ""),
                    info.get("date", ""),
                    block.page,
                    block.text,
                    start,
                    len(self.text),
                    marked,
                    *place,
                )
            )
        return tuple(self._borrow_mark(out, i) for i in range(len(out)))

    def _borrow_mark(self, notes: list[Annotation], i: int) -> Annotation:
        """A typed comment without a mark of its own belongs to the highlight next to it by the same author."""
        note = notes[i]
        if note.marked_text or not note.text or not note.author:
            return note
        for j in (i + 1, i - 1):
            if 0 <= j < len(notes) and notes[j].marked_text and notes[j].page == note.page and notes[j].author == note.author:
                other = notes[j]
                return replace(note, marked_text=other.marked_text, marked_start=other.marked_start, marked_end=other.marked_end)
        return note

    def _sentence_before(self, offset: int) -> tuple[int, int]:
        """The block that holds the offset, where a comment's number stands in the text."""
        return next(((s, e) for s, e, b in self.spans if s < offset <= e and b.kind != "field"), (offset, offset))

    def _find(self, words: str, page: int) -> tuple[int, int]:
        """Where marked words stand in the running text of that page or the next; white space may differ."""
        tokens = re.findall(r"\w+", words)
        if len(tokens) < 2:
            return (-1, -1)
        for words_sought in (tokens, tokens[1:]):  # the first word may be lost under the comment's mark
            pattern = re.compile(r"[\W_]*".join(map(re.escape, words_sought)), re.I)
            for start, end, block in self.spans:
                near = block.kind not in ("field", "footnote", "annotation") and abs(block.page - page) <= 1
                if near and (match := pattern.search(self.text, start, end)):
                    return match.start(), match.end()
        return (-1, -1)

    def _with_grounds(self, annotations: Sequence[Annotation]) -> tuple[Redaction, ...]:
        grounds = {a.page: (m[1].strip(), a) for a in annotations if (m := _GROUND.search(a.text))}
        body = {(s, e) for s, e, b in self.spans if b.kind in ("field", "annotation")}
        out = []
        unseen = set(grounds) - {r.page for r in self.redactions}
        for page in unseen:  # a ground without a visible place: the bar left no trace in the text
            note = grounds[page][1]
            out.append(Redaction(note.start, note.start, page, grounds[page][0], note.start, note.end))
        for redaction in sorted(self.redactions, key=lambda r: r.start):
            if any(s <= redaction.start < e for s, e in body):
                continue
            ground, note = grounds.get(redaction.page, ("", None))
            out.append(replace(redaction, ground=ground, ground_start=note.start, ground_end=note.end) if note else redaction)
        return tuple(out)

    def _references(self) -> tuple[Reference, ...]:
        return tuple(
            Reference(m[0].strip(), re.sub(r"\D", "", m[1] or "") + (f"-{m[2]}" if m[2] else ""), m[3], m.start(), m.end())
            for m in _KAMERSTUK.finditer(self.text)
        )

    def _page_starts(self, first: int, last: int) -> tuple[int, ...]:
        """Offset where each page's first block starts; a page without blocks starts where the next one does."""
        starts = {}
        for start, _, block in self.spans:
            if block.kind not in ("footnote", "annotation", "field"):
                starts.setdefault(block.page, start)
        out: list[int] = []
        following = len(self.text)
        for page in range(last, first - 1, -1):
            following = min(starts.get(page, following), following)
            out.append(following)
        out.reverse()
        return (0, *out[1:])

    def _sections(self, body_end: int, meta: Metadata) -> tuple[Section, ...]:
        trail: list[tuple[int, str]] = []
        sections: list[Section] = []
        levels_meant = self.source.media_type in _LEVELS_MEANT
        for i, (start, block) in enumerate(self.headings):
            heading = re.sub(rf"{NOTE_OPEN}.*?{NOTE_CLOSE}|{REDACTED}", "", block.text).strip()
            end = self.headings[i + 1][0] if i + 1 < len(self.headings) else body_end
            if meta.is_front(heading):
                continue
            trail = heading_path(trail, heading, block.level if levels_meant else 0)
            role = next((r for _, h in reversed(trail) if (r := role_of(h))), "")
            number = re.match(r"(?:Pijler |Kernpunt |Hoofdstuk |Actielijn )?(\d+(?:\.\d+)*|[a-z](?=\.))", heading)
            sections.append(Section(number[1] if number else "", heading, tuple(h for _, h in trail), role, start, end))
        return tuple(sections)
