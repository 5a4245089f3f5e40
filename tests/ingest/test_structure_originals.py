"""The five original documents, exactly: what originals.yaml says of documents, dates, sections, tables, notes, comments and redactions.

The originals and the known facts are not in the repository; without them these tests are skipped.
"""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from summaries import ORIGINALS, documents_of, summaries

from ingest.passages import passages
from ingest.types import Document

pytestmark = pytest.mark.skipif(not ORIGINALS.is_dir(), reason=f"the original documents are not here ({ORIGINALS} is missing)")
EXPECTED: dict[str, list[dict[str, Any]]] = yaml.safe_load((Path(__file__).with_name("originals.yaml")).read_text(encoding="utf-8"))
GOLD = ORIGINALS.parent / "gold" / "actieagenda.yaml"
# sentences that a note mark, a comment, a page break or the metadata column interrupts in the file
INTERRUPTED = {"000": 2, "001": 9, "002": 13, "003": 5, "004": 0}


def _file(key: str) -> Path:
    return next(ORIGINALS.glob(f"{key}_*.txt"))


def _documents() -> list[Document]:
    return [document for key in EXPECTED for document in documents_of(_file(key))]


@pytest.mark.parametrize("key", EXPECTED)
def test_documents_are_understood(key: str) -> None:
    found = list(summaries(_file(key)))
    assert [d.get("date") for d in found] == [d.get("date") for d in EXPECTED[key]]
    for got, expected in zip(found, EXPECTED[key], strict=True):
        for part in expected.keys() | got.keys():
            assert got.get(part) == expected.get(part), part


def test_there_are_twelve_documents_and_one_is_there_twice() -> None:
    documents = _documents()
    assert len(documents) == 12
    (copy,) = [d for d in documents if d.duplicate_of]
    original = next(d for d in documents if d.document_id == copy.duplicate_of)
    assert copy.annotations and original.annotations
    assert {p.kind for p in passages(copy)} == {"metadata", "annotation"}


def test_an_undated_letter_has_a_period_and_no_date() -> None:
    undated = [d for d in _documents() if d.date is None]
    assert len(undated) == 2
    for document in undated:
        assert document.period and document.period in document.date_note
        assert document.as_of == document.estimated


def test_bundle_pages_run_from_1_to_22() -> None:
    bundle = documents_of(_file("003"))
    pages = [page for d in bundle for page in range(d.first_page, d.first_page + len(d.page_starts))]
    assert pages == list(range(1, 23))
    assert all(d.part_of == d.source_id for d in bundle)


@pytest.mark.parametrize("key", EXPECTED)
def test_sentences_stand_in_the_file_as_they_are(key: str) -> None:
    def flat(text: str) -> str:
        return " ".join(re.sub(r"\*+|^#+ |<sup>\d+</sup>|\[footnoteRef:\d+\]", "", text, flags=re.M).split())

    source = flat(_file(key).read_text(encoding="utf-8"))
    sentences = [d.text[a:b] for d in documents_of(_file(key)) for p in passages(d) if p.kind == "text" for a, b in p.sentences]
    assert sum(flat(sentence) not in source for sentence in sentences) == INTERRUPTED[key]


@pytest.mark.skipif(not GOLD.is_file(), reason=f"the known facts are not here ({GOLD} is missing)")
def test_evidence_of_the_known_facts_is_in_the_canonical_text() -> None:
    def flat(text: str) -> str:
        return " ".join(text.split())

    texts = {key: " ".join(flat(d.text) for d in documents_of(_file(key))) for key in EXPECTED}
    questions = yaml.safe_load(GOLD.read_text(encoding="utf-8"))
    missing = {q["id"] for q in questions for e in q.get("evidence") or () if flat(e["quote"]) not in texts[str(e["doc"])[:3]]}
    # one quotes a heading with its '#', one a table row with the number of its note
    assert missing <= {"ann-besproken-november", "tab-startbanen-jaar"}


def test_offsets_point_at_what_they_name() -> None:
    for document in _documents():
        for section in document.sections:
            assert document.text.startswith(section.heading, section.start)
        for cell in (c for t in document.tables for c in t.cells):
            assert document.text[cell.start : cell.end] == cell.value
            assert document.text[cell.header_start : cell.header_end] == cell.column
        for note in (n for n in document.footnotes if n.text):
            assert document.text[note.start : note.end] == f"{note.number} {note.text}"
        for remark in document.annotations:
            assert document.text[remark.start : remark.end].endswith(remark.text)
        for reference in document.references:
            assert document.text[reference.start : reference.end] == reference.text
