"""What holds for every file: offsets round-trip, passages stay inside one document and table, and no text is lost on the way."""

import re
from pathlib import Path

from hypothesis import example, given, settings
from hypothesis import strategies as st

from ingest.blocks import NOTE_CLOSE, NOTE_OPEN, REDACTED, Block, Loaded, note_mark, without_marks
from ingest.load_text import load_text
from ingest.passages import passages
from ingest.structure import structure
from ingest.tidy import tidy
from ingest.types import Document, Source

SOURCE = Source("stuk-000000", Path("stuk.txt"), "text/plain", "0" * 64)
FIELDS = ("Datum", "Onze referentie", "Opgesteld door")

word = st.text("abcdefghijklmnopqrstuvwxyzéëABC0123456789-€%", min_size=1, max_size=9)
mark = st.sampled_from(["", "", "", note_mark("1"), note_mark("2"), note_mark("c1"), f" {REDACTED}", ".", ";", " [redacted]"])
sentence = st.lists(st.builds(str.__add__, word, mark), min_size=1, max_size=12).map(" ".join)
prose = st.lists(sentence, min_size=1, max_size=4).map(". ".join)


@st.composite
def blocks(draw: st.DrawFn) -> tuple[Block, ...]:
    """Blocks as a loader may give them, pages rising; now and then the opening of a nota, so that bundles occur."""
    out: list[Block] = []
    page = 1
    for _ in range(draw(st.integers(1, 14))):
        page += draw(st.sampled_from([0, 0, 0, 1]))
        kind = draw(st.sampled_from(["heading", "paragraph", "paragraph", "item", "table", "footnote", "annotation", "field", "nota"]))
        text = draw(prose)
        if kind == "nota":
            out += [Block("heading", "nota", page, level=1), Block("heading", draw(word), page, level=2)]
        elif kind == "table":
            width = draw(st.integers(2, 4))
            rows = draw(st.lists(st.lists(st.one_of(word, st.just("")), min_size=width, max_size=width).map(tuple), min_size=2, max_size=4))
            out.append(Block("table", draw(st.sampled_from(["", "Tabel 1 (x € 1 mln.)"])), page, rows=tuple(rows)))
        elif kind == "annotation":
            info = {"author": draw(word), "kind": draw(st.sampled_from(["Highlight", "Notitie"])), "date": "Onbepaald", "near": text[:20]}
            out.append(Block("annotation", without_marks(text), page, number=draw(st.sampled_from("123")), info=info))
        elif kind == "field":
            out.append(Block("field", draw(word), page, number=draw(st.sampled_from(FIELDS))))
        elif kind == "footnote":
            out.append(Block("footnote", without_marks(text), page, number=draw(st.sampled_from("123"))))
        else:
            runs_on = kind == "paragraph" and len(text) > 20 and draw(st.booleans())
            info = {"pages": f"{draw(st.integers(1, len(text)))}:{page + 1}"} if runs_on else {}
            out.append(Block(kind, text, page, level=draw(st.integers(0, 3)), info=info))
            page += bool(runs_on)
    return tuple(out)


def _documents(found: tuple[Block, ...]) -> tuple[Document, ...]:
    return structure(Loaded(found, pages=max(b.last_page for b in found)), SOURCE)


def _words(text: str) -> list[str]:
    return re.findall(r"\w+", without_marks(text))


@given(blocks())
@settings(max_examples=80, deadline=None)
def test_offsets_round_trip(found: tuple[Block, ...]) -> None:
    for document in _documents(found):
        text = document.text
        assert not {NOTE_OPEN, NOTE_CLOSE, REDACTED} & set(text)
        for section in document.sections:
            assert text[section.start : section.end].startswith(section.heading)
        for table in document.tables:
            assert text[table.start : table.end] == "\n".join("\t".join(row) for row in table.rows)
            assert all(text[c.start : c.end] == c.value and text[c.header_start : c.header_end] == c.column for c in table.cells)
        for note in document.footnotes:
            assert text[note.start : note.end] == (f"{note.number} {note.text}" if note.text else "")
            assert -1 <= note.anchor <= len(text)
        for remark in document.annotations:
            assert text[remark.start : remark.end].endswith(remark.text)
            assert remark.marked_start <= remark.marked_end <= len(text)
        for hidden in document.redactions:
            assert text[hidden.start : hidden.end] in ("", "[redacted]")
        assert list(document.page_starts) == sorted(document.page_starts)
        assert document.page_starts[0] == 0 and document.page_starts[-1] <= len(text)


# Two sections in a row may have the same heading.
SAME_HEADING = (Block("heading", "0 0"), Block("heading", "0"), Block("paragraph", "0"), Block("heading", "0"), Block("paragraph", "0"))


@given(blocks())
@example(SAME_HEADING)
@settings(max_examples=80, deadline=None)
def test_a_passage_stays_in_its_document_section_and_table(found: tuple[Block, ...]) -> None:
    documents = _documents(found)
    last_page = max(b.last_page for b in found)
    for document in documents:
        for passage in passages(document):
            assert passage.document_id == document.document_id
            assert document.text[passage.start : passage.end] == passage.text
            assert passage.text and 1 <= passage.first_page <= passage.last_page <= last_page
            assert all(passage.start <= a < b <= passage.end for a, b in passage.sentences)
            for table in document.tables:
                apart = passage.end <= table.start or table.end <= passage.start
                assert apart or (passage.kind == "table" and passage.end == table.end)
            if passage.kind == "text":
                inside = {document.section_at(a) for a, _ in passage.sentences}
                assert len(inside) == 1


@given(blocks())
@settings(max_examples=80, deadline=None)
def test_no_text_is_lost_between_loader_and_passages(found: tuple[Block, ...]) -> None:
    documents = _documents(found)
    said: list[str] = []
    for document in documents:
        twin = next((d for d in documents if d.document_id == document.duplicate_of), document)
        parts = [*passages(document), *passages(twin)]
        said += _words(" ".join([document.title, document.status, *(s.heading for s in document.sections), *(p.text for p in parts)]))
    kept = set(said)
    for block in found:
        if block.kind == "field":
            continue  # of a nota's column only the fields of its first page are kept
        if block.kind == "annotation" and not block.text:
            continue
        whole = " ".join([block.text, *(value for row in block.rows for value in row)])
        assert set(_words(whole)) <= kept, block


@given(st.text("abcé AB.:;\n\t•-–123#*|<>sup\ue000\ue001\ue002\xad\xa0\f", max_size=400))
@settings(max_examples=100, deadline=None)
def test_a_text_file_keeps_its_words(text: str) -> None:
    loaded = load_text(text)
    whole = "".join(" ".join([b.text, b.number, *(value for row in b.rows for value in row)]) for b in loaded.blocks)
    letters = set(re.findall(r"[abcéAB]", tidy(text)))
    assert letters <= set(whole)


@given(st.text(max_size=300))
@settings(max_examples=100, deadline=None)
def test_any_text_becomes_documents_with_round_trips(text: str) -> None:
    for document in structure(load_text(text), SOURCE):
        for passage in passages(document):
            assert document.text[passage.start : passage.end] == passage.text
