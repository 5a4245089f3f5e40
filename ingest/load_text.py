"""Plain text and Markdown into blocks: pages, headings, items, tables, footnotes, comment lists, metadata columns.

Text files come from PDF converters, OCR and web pages, so most of it is judged: a line that breaks although the next
word would have fitted ends a paragraph; a short line without closing punctuation is a heading; the foot of a page whose
lines continue the numbering is footnotes. Not handled: text in more than one column.
"""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from ingest.blocks import REDACTED, Block, Loaded, note_mark

_COMMENT = re.compile(r"Nummer:\s*(\d+)\s+Auteur:?\s*(.*?)\s*Onderwerp:\s*(.*?)\s*Datum:\s*(.*?)\s*$")
_NO_COMMENTS = re.compile(r"Deze pagina bevat geen opmerkingen", re.I)
_COMMENT_TITLE = re.compile(r"^#*\s*Overzicht van opmerkingen bij|^Pagina:\s*\d+$", re.I)
_FIELD = re.compile(
    r"^(Directie|Datum|Onze referentie|Opgesteld door|Tweede contactpersoon|Uiterlijk bij|Bijlage\(n\)|Bijlagen?|Kopie aan)\s*:?$"
)
_FIELD_VALUE = re.compile(r"^(\d{1,2}[-/ ]|\d{4}[-:]|\d{1,2}$|20\d\d\b|\[redacted\]|\d{1,2} \w+ \d{4})", re.I)
_STATUS = re.compile(r"^(?:TER (?:BESLISSING|VOORBEREIDING|INFORMATIE|ONDERTEKENING|BESPREKING|KENNISNAME))$")
_BULLET = re.compile(r"^(?P<mark>[•·\uf0b7▪■–*+-]\s+|[\uf0b7•·]|«\s*_*\s*|[*e]\s?_+\s*|[©o]\s+_*\s*|©_+\s*)(?=\S)")
_ENUMERATED = re.compile(r"^(?:\d{1,2}[.)]|[a-zA-Z][.)])\s+\S")
_NUMBERED = re.compile(r"^(?:\d{1,2}(?:\.\d{1,2})+\.?|\d{1,2}\.|[a-z]\.|Pijler \d|Kernpunt \d|Hoofdstuk \d|Bijlage \d|BIJLAGE \d)[ :.]")
_TERMINAL = re.compile(r"[.!?:;,…”\"')]$")
_INLINE_NOTE = re.compile(r"\s*<sup>(\d{1,2})</sup>")
_NUMBER_CELL = re.compile(r"^(?:[\d.,]+|20\d\d|Struc\.?|-)$")
_LONGEST_HEADING = 130


@dataclass
class _Page:
    number: int
    lines: list[str] = field(default_factory=list)
    notes: list[tuple[str, str]] = field(default_factory=list)


def load_text(text: str, markdown: bool = False) -> Loaded:
    """Blocks of a text. `markdown`: heading levels are meant; otherwise '#' only says that a line is a heading."""
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\u00ad", "")
    before = len(text)
    text = re.sub(r"[\u200b-\u200f\u202a-\u202e\u2060\ufeff]", "", text)
    hidden = before - len(text)
    pandoc: list[Block] = []

    for number in re.findall(r"\[footnoteRef:(\d+)\]", text):
        text = text.replace(f"[footnoteRef:{number}]", note_mark(number))
        if note := re.search(rf"\s*\[{number}:\s+(.*?)\s*\](?=\s*(?:\n|$))", text, re.S):
            pandoc.append(Block("footnote", _join(note[1].split("\n")), number=number))
            text = text[: note.start()] + text[note.end() :]
    if re.search(r"Lakken op grond van", text):  # in a released file a gap inside a sentence is a blacked-out value
        text = re.sub(r"(?<=[a-z]) {2,}(?=[a-z])", f" {REDACTED} ", text)
    marked_up = markdown or bool(re.search(r"^#{1,6} \S", text, re.M))
    pages = _pages(text, marked_up)
    blocks: list[Block] = []
    expected = 1
    for page in pages if not marked_up else []:
        expected = _take_page_notes(page, expected)
    widths = sorted(len(line.strip()) for page in pages for line in page.lines if len(line.strip()) > 30)
    width = widths[int(len(widths) * 0.9)] if widths else 80
    notes_known = any(page.notes for page in pages)
    for page in pages:
        blocks += _blocks_of(page, marked_up, width)
    blocks = _join_over_pages(_drop_printed_comments(blocks))
    blocks = _labels_and_lists(blocks)
    blocks = _mark_notes(blocks, pages) if notes_known else _mark_unknown_notes(blocks)
    blocks = [b if markdown else replace(b, level=0) if b.kind == "heading" else b for b in blocks]
    return Loaded(tuple([*blocks, *pandoc]), len(pages), removed={"onzichtbare tekens": hidden} if hidden else {})


def _pages(text: str, marked_up: bool) -> list[_Page]:
    """Split at form feeds; else at lines that start with one space (what is left of a form feed); else, in converted
    notas with comment lists, behind each list and at gaps of three blank lines."""
    if "\f" in text:
        return [_Page(n, part.split("\n")) for n, part in enumerate(text.split("\f"), 1)]
    lines = text.split("\n")
    indented = [i for i, line in enumerate(lines) if re.match(r" [^\s\t]", line)]
    page, pages = _Page(1), []
    if any(_COMMENT.search(line) or _NO_COMMENTS.search(line) for line in lines):
        blank, seen_comment = 0, False
        for line in lines:
            empty = line == ""
            listed = bool(_COMMENT.search(line))
            body = bool(re.match(r"#{1,6} |\*\*|[-•] \w.{30,}", line))
            after_list = seen_comment and not listed and not empty and (blank >= 2 or body)
            gap = blank >= 3 and not re.match(r"^(---|<sup>|<hr|\d{1,2}$)", line) and not listed
            if not empty and any(x.strip() for x in page.lines) and (after_list or gap):
                pages.append(page)
                page, seen_comment = _Page(page.number + 1), False
            blank = blank + 1 if empty else 0
            if _NO_COMMENTS.search(line):
                pages.append(page)
                page, seen_comment, blank = _Page(page.number + 1), False, 0
                continue
            seen_comment = seen_comment or listed
            page.lines.append(line)
    else:
        breaks = set(indented[0 if indented and indented[0] else 1 :]) if 0 < len(indented) <= max(2, len(lines) // 20) else set()
        for i, line in enumerate(lines):
            if i in breaks and not marked_up:
                pages.append(page)
                page = _Page(page.number + 1)
            page.lines.append(line)
    if any(line.strip() for line in page.lines) or not pages:
        pages.append(page)
    return pages


def _take_page_notes(page: _Page, expected: int) -> int:
    """Move the footnotes at the foot of a page out of its lines; returns the next number to expect."""
    lines = page.lines
    start = None
    for i, line in enumerate(lines):
        mark = re.match(r"^(\d{1,2}|[^\w\s«©•\uf0b7–(\"'‘“-])\s+(?=\S)", line)
        if mark is None or i < len(lines) // 3 or not _is_note_foot(lines[i:], expected):
            continue
        start = i
        break
    if start is None:
        return expected
    notes: list[tuple[str, list[str]]] = []
    links = False
    for line in lines[start:]:
        mark = re.match(r"^(\d{1,2}|[^\w\s«©•\uf0b7–(\"'‘“-])\s+(?=\S)", line)
        if not line.strip():
            links = bool(notes)
        elif mark and (not mark[1].isdigit() or int(mark[1]) == expected + len(notes)):
            notes.append((str(expected + len(notes)), [line[mark.end() :]]))
            links = False
        elif links and re.match(r"^https?://", line.strip()):
            continue  # addresses that a converter printed below the notes
        else:
            notes[-1][1].append(line)
    page.notes = [(number, _join(part)) for number, part in notes]
    page.lines = lines[:start]
    return expected + len(notes)


def _is_note_foot(lines: list[str], expected: int) -> bool:
    """Whether these lines to the end of the page read as footnotes that start at the expected number."""
    marks = [m[1] for line in lines if (m := re.match(r"^(\d{1,2}|[^\w\s«©•\uf0b7–(\"'‘“-])\s+(?=\S)", line))]
    if not marks or not (marks[0] == str(expected) or not marks[0].isdigit()):
        return False
    if re.match(r"^\d{1,2}\s+(?:januari|februari|maart|april|mei|juni|juli|augustus|september|oktober|november|december|procent)\b", lines[0]):
        return False
    if not marks[0].isdigit() and not any(re.search(r"Kamerstuk|https?:|TZ\d{6}|\b(?:19|20)\d\d\b", line) for line in lines[:3]):
        return False
    return len([line for line in lines if line.strip()]) <= 16 and not any(_BULLET.match(line) and line[0] not in "*" for line in lines[1:])


def _join(lines: list[str]) -> str:
    """Lines into running text: a hyphen at a line's end is a break hyphen before a lower-case letter, unless 'in- en'."""
    out = ""
    for line in lines:
        line = re.sub(r"[ \t\u00a0]+", " ", line).strip()
        if not line:
            continue
        if re.search(r"[a-zà-ÿ]-$", out) and re.match(r"[a-zà-ÿ]", line) and not re.match(r"(?:en|of|dan wel|als)\b", line):
            out = out[:-1] + line
        elif re.search(r"[\w)]-$", out) and re.match(r"[A-Z]", line):
            out += line
        else:
            out += (" " if out else "") + line
    return out


def _blocks_of(page: _Page, marked_up: bool, width: int) -> Iterator[Block]:
    lines, fields = _take_side_column(page.lines)
    yield from (replace(f, page=page.number) for f in fields)
    lines, comments = _take_comments(lines)
    wrapped = 40 < width <= 130
    group: list[str] = []
    i = 0
    while i <= len(lines):
        line = lines[i] if i < len(lines) else ""
        table, used = _table(lines, i, marked_up) if i < len(lines) else (None, 0)
        note = re.match(r"^<sup>(\d{1,2})</sup>\s*(.+)", line)
        if not line.strip(" \t\u00a0") and group and i + 1 < len(lines) and _goes_on(group[-1], lines[i + 1], width, wrapped):
            i += 1
            continue
        if (not line.strip(" \t\u00a0") or table or note or line.strip() == "X Noot" or re.match(r"^(?:---+|<hr/?>|-\s*$)", line.strip())) and group:
            yield from _flush(group, page.number, marked_up)
            group = []
        if table:
            yield replace(table, page=page.number)
            i += used
            continue
        if line.strip() == "X Noot" and i + 2 < len(lines) and lines[i + 1].strip().isdigit():
            end = i + 3
            while end < len(lines) and not _breaks(lines[end - 1], lines[end] or ".", width, wrapped):
                end += 1
            yield Block("footnote", _join(lines[i + 2 : end]), page.number, number=lines[i + 1].strip(), info={"table": "1"})
            i = end
            continue
        if note:
            yield Block("footnote", _join([note[2]]), page.number, number=note[1])
        elif line.strip(" \t\u00a0") and not re.match(r"^(?:---+|<hr/?>|-\s*$)", line.strip()):
            starts = _is_bullet(line.strip(), group) or re.match(r"^#{1,6} ", line) or (_ENUMERATED.match(line.strip()) and not group)
            if group and (starts or _breaks(group[-1], line, width, wrapped, len(group) == 1)):
                yield from _flush(group, page.number, marked_up)
                group = []
            group.append(line)
        i += 1
    yield from (replace(c, page=page.number) for c in comments)
    yield from (Block("footnote", text, page.number, number=number) for number, text in page.notes)


def _is_bullet(line: str, group: list[str]) -> bool:
    """A dash in front of a lower-case word or bracket inside an unfinished sentence is punctuation, not a bullet."""
    dash = re.match(r"^[–-]\s+[a-zà-ÿ(]", line)
    quoted = re.match(r"^«[^»]*»", line)
    return bool(_BULLET.match(line)) and not quoted and not (dash and group and not re.search(r"[.!?:;]\s*$", group[-1]))


def _breaks(line: str, following: str, width: int, wrapped: bool, first: bool = False) -> bool:
    """Whether a paragraph ends between two lines: the next word would still have fitted, or lines do not wrap at all."""
    line, following = line.strip(), following.strip()
    if re.match(r"^#{1,6} ", line):
        return True
    if not wrapped:
        return not re.match(r"[a-zà-ÿ]", following) or bool(re.search(r"[.!?:;]$", line))
    if _NUMBERED.match(following) and re.search(r"[.!?:;]$|^\S.{0,60}$", line) and not re.match(r"^\d{1,2}\.\s", following):
        return True
    if re.match(r"^\d\d \d{3}\b", following) and not re.search(r"Kamerstuk\w*$|\bII,?$", line):
        return True
    room = len(line) + 1 + len(following.split()[0])
    if first and len(line) <= 80 and not re.search(r"[.!?:;,]", re.sub(r"^(?:[\d.]+|\w+ \d:)", "", line)) and re.match(r"[A-Z]", following):
        return room < 0.95 * width and not re.search(r"\b(?:de|het|een|van|en|of|in|op|voor|aan|met|door)$", line)
    if re.search(r"[.!?:;]$", line):
        return room < 0.93 * width and not re.match(r"[a-zà-ÿ]", following)
    return room < 0.86 * width and bool(re.match(r"[A-Z0-9À-Ý‘“«\"(]", following)) and not re.search(r"[,(–-]$|\b(?:de|het|een|van|en|of|in|op|voor|aan|met|door)$", line)


def _goes_on(line: str, following: str, width: int, wrapped: bool) -> bool:
    """Whether a blank line stands inside a sentence: the line before is full, and neither side says otherwise."""
    following = following.strip()
    if not wrapped or not following or _BULLET.match(following) or re.match(r"^(?:#|<sup>|---|nota\b)", following):
        return False
    return not re.search(r"[.!?:;][’”\"')]?\d{0,2}\s*$", line) and len(line.strip()) > 0.5 * width and not _breaks(line, following, width, wrapped)


def _flush(group: list[str], page: int, marked_up: bool) -> Iterator[Block]:
    if len(group) > 1 and re.search(r"[.!?)]\d{0,2}\s*$", group[-2]) and _looks_like_heading(group[-1].strip()):
        yield from _flush(group[:-1], page, marked_up)
        group = group[-1:]
    first = group[0].strip()
    level = 0
    if heading := re.match(r"^(#{1,6}) +", first):
        level = len(heading[1])
    text = _join(group)
    if level:
        text = text.lstrip("# ")
    text = _INLINE_NOTE.sub(lambda m: note_mark(m[1]), _plain(text) if marked_up else text)
    bare = re.sub(r"\ue000.*?\ue001", "", text).strip()
    if not bare:
        return
    if _STATUS.match(bare):
        yield Block("field", bare, page, number="Status")
    elif level:
        yield Block("heading", text, page, level)
    elif bullet := _BULLET.match(first) if _is_bullet(first, []) else None:
        depth = 2 if bullet["mark"][0] in "©o" or (bullet["mark"][0] == "e" and "_" in bullet["mark"]) or group[0].startswith("  ") else 1
        body = text[len(_join([first[: bullet.end()]])) :] if not marked_up else re.sub(r"^[-*+•]\s+", "", text)
        yield Block("item", re.sub(r"^[\s_]+|[\s_]+$", "", body), page, depth)
    elif _looks_like_heading(bare):
        yield Block("heading", text, page)
    else:
        yield Block("paragraph", text, page)


def _looks_like_heading(text: str) -> bool:
    if re.match(r"^nota( |$)", text):
        return True
    if len(text) > _LONGEST_HEADING or not re.match(r"[A-Z0-9À-Ý‘«]|[a-z]\. ", text) or len(text) < 3:
        return False
    if re.match(r"^(?:Aan|Van|Datum|Onderwerp|Betreft)\b\s*:?\s+\S", text) or re.search(r"@|https?:", text):
        return False
    if _NUMBERED.match(text):
        return not re.search(r"[.!?,]$", text) or bool(re.match(r"^(?:Pijler|BIJLAGE|Bijlage)", text))
    return not _TERMINAL.search(text) or (bool(re.search(r"\([^()]{2,12}\)$", text)) and len(text) < 70)


def _plain(text: str) -> str:
    """Markdown emphasis away, words kept."""
    text = re.sub(r"(\*\*\*|\*\*|__)(?=\S)(.+?)(?<=\S)\1", r"\2", text)
    text = re.sub(r"(?<![\w*])[*_](?=\S)([^*_]+?)(?<=\S)[*_](?![\w*])", r"\1", text)
    return re.sub(r"</?(?:b|i|u|strong|em|br)\s*/?>", "", text)


def _take_side_column(lines: list[str]) -> tuple[list[str], list[Block]]:
    """Lift the metadata column of a nota: a label alone on a line with its value below it, or glued by OCR behind the
    first lines of a page ("… Datum" above "… 20 februari 2026")."""
    kept: list[str] = []
    fields: list[Block] = []
    i = 0
    while i < len(lines):
        plain = re.sub(r"\*\*", "", lines[i]).strip(" \u00a0#")
        glued = re.match(r"^(.{12,}?)\s+Datum\s*$", plain) if i < 6 else None
        below = re.match(r"^(.*?)[\s_]*\b(\d{1,2} [a-z]+ 20\d\d)\s*$", lines[i + 1].strip()) if glued and i + 1 < len(lines) else None
        if glued and below:
            fields.append(Block("field", below[2], number="Datum"))
            kept += [lines[i][: lines[i].rfind("Datum")].rstrip(), below[1]]
            i += 2
            continue
        if plain == "Aan":
            j = next((j for j in range(i + 1, min(i + 3, len(lines))) if lines[j].strip()), i)
            kept += [f"Aan {lines[j].strip()}" if j > i else plain, ""]
            i = j + 1
            continue
        if label := _FIELD.match(re.sub(r"\s*\[redacted\]$", "", plain, flags=re.I)):
            j = i + 1
            while j < len(lines) and j < i + 3 and not lines[j].strip(" \t\u00a0"):
                j += 1
            value = re.sub(r"\*\*", "", lines[j]).strip(" \u00a0") if j < len(lines) else ""
            if _FIELD_VALUE.match(value):
                fields.append(Block("field", value, number=label[1]))
                i = j + 1
                continue
            if label[1] not in ("Bijlagen", "Bijlage"):
                fields.append(Block("field", "", number=label[1]))
                i += 1
                continue
        if re.match(r"^(?:Onze )?referentie$", plain):
            i += 1
            continue
        kept.append(lines[i])
        i += 1
    return kept, [f for f in fields if f.text or f.number != "Bijlagen"]


def _take_comments(lines: list[str]) -> tuple[list[str], list[Block]]:
    """Lift a printed comment list: each head line with the words below it."""
    heads = [i for i, line in enumerate(lines) if _COMMENT.search(line)]
    if not heads:
        return [line for line in lines if not _COMMENT_TITLE.match(line.strip())], []
    notes: list[tuple[re.Match[str], list[str]]] = []
    orphans: list[str] = []
    current: list[str] | None = None
    blanks = 0
    for line in lines[heads[0] :]:
        clean = re.sub(r"^[-\s☰📄\u00a0]+|<hr/?>|^---+$", "", line).strip()
        if head := _COMMENT.search(line):
            current = []
            notes.append((head, current))
            blanks = 0
        elif not clean:
            blanks += 1
        elif current is not None and (blanks == 0 or (_holds_text(notes[-1][0]) and blanks <= 3 and not current)):
            current.append(clean)
            blanks = 0
        else:
            orphans.append(clean)
            current = None
    comments = []
    for head, words in notes:
        author = re.sub(r"\[redacted\]", "", head[2], flags=re.I).strip(" \u00a0")
        comments.append(
            Block("annotation", _join(words), number=head[1], info={"author": author, "kind": head[3].strip(), "date": head[4].strip(), "marked": ""})
        )
    for words in orphans:  # words that the converter printed behind the list: the first typed comment that has none
        for k, comment in enumerate(comments):
            if not comment.text and _holds_text(notes[k][0]) and comment.info["author"]:
                comments[k] = replace(comment, text=words)
                break
    top = [line for line in lines[: heads[0]] if not _COMMENT_TITLE.match(line.strip())]
    return top, comments


def _holds_text(head: re.Match[str]) -> bool:
    return not re.match(r"Markering|Highlight", head[3]) or bool(re.sub(r"\[redacted\]", "", head[2], flags=re.I).strip(" \u00a0"))


def _table(lines: list[str], at: int, marked_up: bool) -> tuple[Block | None, int]:
    """A table that starts at this line, with the number of lines it takes; (None, 0) if there is none."""
    line = lines[at]
    if re.match(r"^\s*\|.*\|\s*$", line):
        used = 0
        rows = []
        while at + used < len(lines) and re.match(r"^\s*\|.*\|\s*$", lines[at + used]):
            cells = [_plain(c.strip()) for c in lines[at + used].strip().strip("|").split("|")]
            if not all(re.fullmatch(r":?-{2,}:?", c) for c in cells):
                rows.append(tuple(cells))
            used += 1
        return (Block("table", "", rows=_rectangle(rows)), used) if len(rows) > 1 else (None, 0)
    if line.count("\t") and line.strip() and not line.startswith("\t") and not _COMMENT.search(line):
        used, rows = 0, []
        while at + used < len(lines) and lines[at + used].strip() and "\t" in lines[at + used]:
            rows.append(tuple(_plain(c.strip()) for c in lines[at + used].rstrip("\n").split("\t")))
            used += 1
        return (Block("table", "", rows=_rectangle(rows)), used) if len(rows) > 1 else (None, 0)
    if line.startswith("\t"):
        return _cell_a_line(lines, at)
    if re.match(r"^Volgnummer\s+Naam\s+Actie\s+Informatie$", line.strip()):
        return _annex_list(lines, at)
    if _NUMBER_CELL.match(line.strip()) and at + 4 < len(lines):
        return _flattened(lines, at)
    return None, 0


def _annex_list(lines: list[str], at: int) -> tuple[Block | None, int]:
    """The list of annexes at the end of a nota where only spaces divide its columns; actions start with a set phrase."""
    text, used = "", 1
    while at + used < len(lines) and (not lines[at + used].strip() or re.match(r"^\d{1,2} |[a-z]", lines[at + used].strip())):
        text += " " + lines[at + used].strip()
        used += 1
    rows = [
        (m[1], m[2].strip(), m[3].strip(), "")
        for m in re.finditer(r"(?:^|\s)(\d{1,2}) (.+?) ((?:Verzenden|Bijlage bij|Ter [a-z]+|Niet|Publiceren)\b.*?)(?=\s+\d{1,2} [A-Z(]|\s*$)", text)
    ]
    return (Block("table", "", rows=(("Volgnummer", "Naam", "Actie", "Informatie"), *rows)), used) if rows else (None, 0)


def _cell_a_line(lines: list[str], at: int) -> tuple[Block | None, int]:
    """Cells each on a line that starts with a tab, rows divided by a blank line."""
    rows: list[list[str]] = [[]]
    used = 0
    while at + used < len(lines) and (lines[at + used].startswith("\t") or not lines[at + used].strip()):
        if lines[at + used].startswith("\t"):
            rows[-1].append(lines[at + used].strip())
        elif rows[-1]:
            if at + used + 1 >= len(lines) or not lines[at + used + 1].startswith("\t"):
                break
            rows.append([])
        used += 1
    filled = [row for row in rows if row]
    if len(filled) < 2 or len({len(row) for row in filled}) != 1 or len(filled[0]) < 2:
        return None, 0
    return Block("table", "", rows=tuple(tuple(row) for row in filled)), used


def _flattened(lines: list[str], at: int) -> tuple[Block | None, int]:
    """A table of which only a column of values is left: column heads, then each row's label and its filled cells."""
    heads: list[str] = []
    i = at
    while i < len(lines) and _NUMBER_CELL.match(lines[i].strip()):
        heads.append(lines[i].strip())
        i += 1
    rows: list[tuple[str, ...]] = []
    while i < len(lines) and not re.match(r"X Noot|\d|$", lines[i].strip()) and i + 1 < len(lines) and _NUMBER_CELL.match(lines[i + 1].strip()):
        row = [lines[i].strip()]
        i += 1
        while i < len(lines) and _NUMBER_CELL.match(lines[i].strip()):
            row.append(lines[i].strip())
            i += 1
        rows.append(tuple(row))
    if len(heads) < 3 or len(rows) < 2:
        return None, 0
    return Block("table", "", rows=(("", *heads), *rows), info={"uncertain": "1"}), i - at


def _rectangle(rows: list[tuple[str, ...]]) -> tuple[tuple[str, ...], ...]:
    width = max(map(len, rows), default=0)
    return tuple(row + ("",) * (width - len(row)) for row in rows)


def _drop_printed_comments(blocks: list[Block]) -> list[Block]:
    """Comments that the converter also printed in the text leave it, with their bare numbers; a stamp at the top stays."""

    def letters(text: str) -> str:
        return re.sub(r"[^a-zà-ÿ]", "", text.lower())

    comments: dict[int, list[str]] = {}
    for block in blocks:
        if block.kind == "annotation":
            comments.setdefault(block.page, []).append(letters(block.text))
    out = []
    for block in blocks:
        told = comments.get(block.page)
        if told and block.kind in ("paragraph", "heading", "item") and not re.search(r"\bbesproken\b", block.text):
            words = letters(block.text)
            if not words and not re.search(r"\[redacted\]", block.text, re.I) or len(block.text) < 4 and words in "".join(told):
                continue
            if 5 < len(words) < 40 and not block.level and any(words in other and len(words) < len(other) for other in told):
                continue
            if len(words) > 12 and any(words[:60] == other[:60] for other in told):
                continue
        out.append(block)
    return out


def _join_over_pages(blocks: list[Block]) -> list[Block]:
    """Mend sentences that a page break, a blank line, a footnote or the side column interrupts."""
    out: list[Block] = []
    for block in blocks:
        if out and block.kind == "heading" and not block.level and re.match(r"De (?:Minister|Staatssecretaris|minister|staatssecretaris)\b.*,$", out[-1].text):
            block = replace(block, kind="paragraph")  # the name below a signature
        last = next((k for k in range(len(out) - 1, -1, -1) if out[k].kind in ("paragraph", "item", "heading", "table")), None)
        if last is not None and block.kind in ("paragraph", "item", "heading") and out[last].kind in ("paragraph", "item", "heading"):
            a, b = re.sub(r"\ue000.*?\ue001", "", out[last].text).rstrip(), block.text
            continues = bool(re.match(r"[a-zà-ÿ(]", b)) and not re.match(r"[a-z]\. |nota\b", b) and block.kind != "item"
            unfinished = len(a) > 25 and not re.search(r"[.!?:;”\"]\d{0,2}$", a) and not (out[last].kind == "heading" and out[last].level)
            wide = out[last].kind != "heading" or len(a) > 45
            if continues and unfinished and wide:
                kind = "paragraph" if out[last].kind == "heading" and re.search(r"[.!?;]$", b) else out[last].kind
                out[last] = replace(out[last], kind=kind, text=_join([out[last].text, b]))
                continue
        out.append(block)
    return out


def _labels_and_lists(blocks: list[Block]) -> list[Block]:
    """Short lines that only look like headings: labels that recur over lists, and runs of three or more (a list)."""
    recurring = {t for t, n in Counter(b.text for b in blocks if b.kind == "heading" and not b.level).items() if n >= 4}
    out = [replace(b, kind="paragraph") if b.kind == "heading" and b.text in recurring and not b.level else b for b in blocks]
    for i in range(len(out) - 1):  # numbered lines without text below them are a list
        pair = out[i], out[i + 1]
        if all(b.kind in ("heading", "item") and not b.level and re.match(r"^\d{1,2}\. ", b.text) for b in pair):
            out[i : i + 2] = [replace(b, kind="item") for b in pair]
    out = [replace(b, level=1) if b.kind == "item" and not b.level else b for b in out]
    run: list[int] = []
    for i in range(len(out) + 1):
        block = out[i] if i < len(out) else None
        if block is not None and not block.level and _is_short_line(block):
            run.append(i)
            continue
        if len(run) >= 4 and run[0] > 7:
            for k in run[:-1] if block is not None and block.kind in ("paragraph", "item") else run:
                out[k] = replace(out[k], kind="item", level=1)
        run = []
    return out


def _is_short_line(block: Block) -> bool:
    if block.kind == "paragraph":
        return len(block.text) < 50 and not re.search(r"[.!?,]$", block.text) and block.text[0] in "("
    return block.kind == "heading" and not _NUMBERED.match(block.text) and len(block.text) < 90


def _mark_notes(blocks: list[Block], pages: list[_Page]) -> list[Block]:
    """Put a mark where a page's text refers to one of its notes: the number glued behind a word, or a sign that OCR
    made of it, in order; a note whose mark is lost goes to the one item or sentence between its neighbours, if any."""
    out = list(blocks)
    for page in pages:
        places: dict[str, tuple[int, int, int]] = {}
        body = [k for k, b in enumerate(out) if b.page in (page.number, page.number - 1) and b.kind in ("paragraph", "item", "heading")]
        at = (0, 0)
        for number, _ in page.notes:
            glued = re.compile(rf"(?:(?<=[^\W\d_]{{3}})|(?<=[.,;:)’”'])){number}(?=[\s.,;)]|$)")
            apart = re.compile(rf"(?<=[.)”]) {number}(?= )")
            for pattern, k in [(p, k) for p in (glued, apart) for k in body if k >= at[0]]:
                match = pattern.search(out[k].text, at[1] if k == at[0] else 0)
                if match and not re.search(r"\bnr\.? ?$|\bartikel $", out[k].text[: match.start()]):
                    places[number] = (k, match.start(), match.end())
                    at = (k, match.end())
                    break
        _guess_garbled(out, page, body, places)
        for number, (k, start, end) in sorted(places.items(), key=lambda p: (p[1][0], -p[1][1])):
            out[k] = replace(out[k], text=out[k].text[:start] + note_mark(number) + out[k].text[end:])
    return out


def _guess_garbled(out: list[Block], page: _Page, body: list[int], places: dict[str, tuple[int, int, int]]) -> None:
    missing = [n for n, _ in page.notes if n not in places]
    signs = [
        (k, m.start(1), m.end(1))
        for k in body
        if out[k].page == page.number
        for m in re.finditer(r"(?<=[.!?’”])(['’]?[+*°®>£]{1,2})(?=\s|$)", out[k].text)
    ]
    order = [n for n, _ in page.notes]
    for k, start, end in signs:
        fitting = [
            n
            for n in missing
            if all(places[m] < (k, start, end) for m in order[: order.index(n)] if m in places)
            and all(places[m] > (k, start, end) for m in order[order.index(n) + 1 :] if m in places)
        ]
        if fitting:
            before = [places[m][0] for m in order if m in places and places[m] < (k, start, end)]
            skipped = len([b for b in body if before and max(before) < b < k and out[b].kind == "item"])
            number = fitting[min(skipped, len(fitting) - 1)]
            places[number] = (k, start, end)
            missing.remove(number)
    for number in missing:
        i = order.index(number)
        low = next((places[m] for m in reversed(order[:i]) if m in places), None)
        high = next((places[m] for m in order[i + 1 :] if m in places), None)
        if low and high:
            between = [k for k in body if low[0] < k < high[0]]
            if len(between) == 1:
                places[number] = (between[0], len(out[between[0]].text), len(out[between[0]].text))
                continue
        words = set(re.findall(r"[a-zà-ÿ]{5,}", dict(page.notes)[number].lower()))
        best = max(
            (
                (len(words & set(re.findall(r"[a-zà-ÿ]{5,}", sentence[0].lower()))), -k, k, sentence.end())
                for k in body
                if out[k].page == page.number and out[k].kind != "heading" and (low is None or k > low[0]) and (high is None or k < high[0])
                for sentence in re.finditer(r"[^.]+\.", out[k].text)
            ),
            default=(0, 0, 0, 0),
        )
        if best[0]:
            places[number] = (best[2], best[3], best[3])


def _mark_unknown_notes(blocks: list[Block]) -> list[Block]:
    """Without notes in the file: numbers glued behind words that count up 1, 2, 3, … are marks all the same."""
    out, expected, found = list(blocks), 1, []
    for k, block in enumerate(out):
        if block.kind not in ("paragraph", "item"):
            continue
        at = 0
        mark = r"(?:(?<=[a-zà-ÿ)»”A-Z\d][.,;:»”)])|(?<=[a-zà-ÿ]{2})|(?<=[A-Z]{3}))%d(?=[\s.,;)]|$)"
        while match := re.compile(mark % expected).search(block.text, at):
            found.append((k, match.start(), match.end(), str(expected)))
            at, expected = match.end(), expected + 1
    if len(found) < 3:
        return out
    for k, start, end, number in reversed(found):
        out[k] = replace(out[k], text=out[k].text[:start] + note_mark(number) + out[k].text[end:])
    return out
