"""Plain text and Markdown into blocks: pages, headings, items, tables, footnotes, comment lists, metadata columns.

Text files come from PDF converters, OCR and web pages, so most of it is judged: a line that breaks although the next
word would have fitted ends a paragraph; a short line without closing punctuation is a heading; the foot of a page whose
lines continue the numbering is footnotes. Not handled: text in more than one column.
"""

import re
from dataclasses import replace

from ingest.blocks import REDACTED, Block, Loaded, note_mark
from ingest.text_blocks import blocks_of
from ingest.text_comments import without_printed
from ingest.text_marks import mark_notes, mark_unknown
from ingest.text_mend import join_over_pages, labels_and_lists
from ingest.text_pages import split_pages, take_notes
from ingest.tidy import join_lines, one_line, tidy


def load_text(text: str, markdown: bool = False) -> Loaded:
    """Blocks of a text. `markdown`: heading levels are meant; otherwise '#' only says that a line is a heading."""
    hidden = len(text)
    text = tidy(re.sub(r"\u00ad\n\s*", "", text))
    hidden -= len(text)
    pandoc: list[Block] = []

    for number in re.findall(r"\[footnoteRef:(\d+)\]", text):
        text = text.replace(f"[footnoteRef:{number}]", note_mark(number))
        if note := re.search(rf"\s*\[{number}:\s+(.*?)\s*\](?=\s*(?:\n|$))", text, re.S):
            pandoc.append(Block("footnote", one_line(join_lines(note[1].split("\n"))), number=number))
            text = text[: note.start()] + text[note.end() :]
    if re.search(r"Lakken op grond van", text):  # in a released file a gap inside a sentence is a blacked-out value
        text = re.sub(r"(?<=[a-z]) {2,}(?=[a-z])", f" {REDACTED} ", text)
    text = re.sub(r"^\[\^(\d{1,2})\]:\s*", r"<sup>\1</sup> ", text, flags=re.M)
    text = re.sub(r"\[\^(\d{1,2})\]", r"<sup>\1</sup>", text)
    marked_up = markdown or bool(re.search(r"^#{1,6} \S", text, re.M))
    pages = split_pages(text, marked_up)
    blocks: list[Block] = []
    expected = 1
    for page in pages if not marked_up else []:
        expected = take_notes(page, expected)
    widths = sorted(len(line.strip()) for page in pages for line in page.lines if len(line.strip()) > 30)
    width = widths[int(len(widths) * 0.9)] if widths else 80
    notes_known = any(page.notes for page in pages)
    for page in pages:
        blocks += blocks_of(page, marked_up, width)
    blocks = join_over_pages(without_printed(blocks))
    blocks = labels_and_lists(blocks)
    blocks = mark_notes(blocks, pages) if notes_known else mark_unknown(blocks)
    blocks = [b if markdown else replace(b, level=0) if b.kind == "heading" else b for b in blocks]
    return Loaded(tuple([*blocks, *pandoc]), len(pages), removed={"onzichtbare tekens": hidden} if hidden else {})
