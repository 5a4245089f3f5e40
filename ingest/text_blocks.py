"""The lines of one page of a text file as blocks: paragraphs, headings, items, tables, footnotes, comments and fields."""

import re
from collections.abc import Iterator
from dataclasses import replace

from ingest.blocks import Block, note_mark, without_marks
from ingest.text_comments import take_comments
from ingest.text_lines import BULLET, NUMBERED, breaks, goes_on, is_bullet, is_heading, plain
from ingest.text_pages import Page
from ingest.text_side import take_side
from ingest.text_tables import table_at
from ingest.tidy import join_lines, one_line

_STATUS = re.compile(r"^(?:TER (?:BESLISSING|VOORBEREIDING|INFORMATIE|ONDERTEKENING|BESPREKING|KENNISNAME))$")
_ENUMERATED = re.compile(r"^(?:\d{1,2}[.)]|[a-zA-Z][.)])\s+\S")
_INLINE_NOTE = re.compile(r"\s*<sup>(\d{1,2})</sup>")
_RULE = re.compile(r"^(?:---+|<hr/?>|-\s*$)")


def blocks_of(page: Page, marked_up: bool, width: int) -> Iterator[Block]:
    lines, fields = take_side(page.lines)
    yield from (replace(f, page=page.number) for f in fields)
    lines, comments = take_comments(lines)
    wrapped = 40 < width <= 130
    group: list[str] = []
    i = 0
    while i <= len(lines):
        line = lines[i] if i < len(lines) else ""
        table, used = table_at(lines, i, marked_up) if i < len(lines) else (None, 0)
        note = re.match(r"^<sup>(\d{1,2})</sup>\s*(.+)", line)
        if not line.strip() and group and i + 1 < len(lines) and goes_on(group[-1], lines[i + 1], width, wrapped):
            i += 1
            continue
        if (not line.strip() or table or note or line.strip() == "X Noot" or _RULE.match(line.strip())) and group:
            yield from _flush(group, page.number, marked_up)
            group = []
        if table:
            yield replace(table, page=page.number)
            i += used
            continue
        if line.strip() == "X Noot" and i + 2 < len(lines) and lines[i + 1].strip().isdigit():
            end = i + 3
            while end < len(lines) and not breaks(lines[end - 1], lines[end] or ".", width, wrapped):
                end += 1
            yield Block("footnote", one_line(join_lines(lines[i + 2 : end])), page.number, number=lines[i + 1].strip(), info={"table": "1"})
            i = end
            continue
        if note:
            yield Block("footnote", one_line(note[2]), page.number, number=note[1])
        elif line.strip() and not _RULE.match(line.strip()):
            starts = is_bullet(line.strip(), group) or re.match(r"^#{1,6} ", line) or (_ENUMERATED.match(line.strip()) and not group)
            if group and (starts or breaks(group[-1], line, width, wrapped, len(group) == 1)):
                yield from _flush(group, page.number, marked_up)
                group = []
            group.append(line)
        i += 1
    yield from (replace(c, page=page.number) for c in comments)
    yield from (Block("footnote", text, page.number, number=number) for number, text in page.notes)


def _flush(group: list[str], page: int, marked_up: bool) -> Iterator[Block]:
    if not marked_up and len(group) > 1 and re.search(r"[.!?)]\d{0,2}\s*$", group[-2]) and is_heading(group[-1].strip()):
        yield from _flush(group[:-1], page, marked_up)
        group = group[-1:]
    first = group[0].strip()
    level = 0
    if heading := re.match(r"^(#{1,6}) +", first):
        level = len(heading[1])
    text = one_line(join_lines(group))
    if level:
        text = text.lstrip("# ")
    text = _INLINE_NOTE.sub(lambda m: note_mark(m[1]), plain(text) if marked_up else text)
    bare = without_marks(text).strip()
    if not bare:
        return
    if _STATUS.match(bare):
        yield Block("field", bare, page, number="Status")
    elif level:
        yield Block("heading", text, page, level)
    elif bullet := BULLET.match(first) if is_bullet(first, []) else None:
        depth = 2 if bullet["mark"][0] in "©o" or (bullet["mark"][0] == "e" and "_" in bullet["mark"]) or group[0].startswith("  ") else 1
        body = text[len(one_line(first[: bullet.end()])) :] if not marked_up else re.sub(r"^[-*+•]\s+", "", text)
        yield Block("item", re.sub(r"^[\s_]+|[\s_]+$", "", body), page, depth)
    elif is_heading(bare) and (not marked_up or NUMBERED.match(bare)):  # a marked-up file says itself what its headings are
        yield Block("heading", text, page)
    else:
        yield Block("paragraph", text, page)
