"""A text file divided into pages, with the footnotes at the foot of each apart.

Without form feeds a page break is judged from what converters leave of it.
"""

import re
from dataclasses import dataclass, field

from ingest.text_comments import COMMENT, NO_COMMENTS
from ingest.text_lines import BULLET
from ingest.tidy import join_lines, one_line

_NOTE = re.compile(r"^(\d{1,2}|[^\w\s«©•\uf0b7–(\"'‘“|-])\s+(?=\S)")
_NO_NOTE = re.compile(r"^\d{1,2}\s+(?:januari|februari|maart|april|mei|juni|juli|augustus|september|oktober|november|december|procent)\b")


@dataclass
class Page:
    number: int
    lines: list[str] = field(default_factory=list)
    notes: list[tuple[str, str]] = field(default_factory=list)


def split_pages(text: str, marked_up: bool) -> list[Page]:
    """Split at form feeds; else at lines that start with one space (what is left of a form feed); else, in converted
    notas with comment lists, behind each list and at gaps of three blank lines."""
    if "\f" in text:
        return [Page(n, part.split("\n")) for n, part in enumerate(text.split("\f"), 1)]
    lines = text.split("\n")
    indented = [i for i, line in enumerate(lines) if re.match(r" [^\s\t]", line)]
    page, pages = Page(1), []
    if any(COMMENT.search(line) or NO_COMMENTS.search(line) for line in lines):
        blank, seen_comment = 0, False
        for line in lines:
            empty = line == ""
            listed = bool(COMMENT.search(line))
            body = bool(re.match(r"#{1,6} |\*\*|[-•] \w.{30,}", line))
            after_list = seen_comment and not listed and not empty and (blank >= 2 or body)
            head = re.search(r"\S\s{3,}Datum\s*$", line) is not None  # the running head of a nota's next page
            gap = head or (blank >= 3 and not re.match(r"^(---|<sup>|<hr|\d{1,2}$)", line) and not listed)
            if not empty and any(x.strip() for x in page.lines) and (after_list or gap):
                pages.append(page)
                page, seen_comment = Page(page.number + 1), False
            blank = blank + 1 if empty else 0
            if NO_COMMENTS.search(line):
                pages.append(page)
                page, seen_comment, blank = Page(page.number + 1), False, 0
                continue
            seen_comment = seen_comment or listed
            page.lines.append(line)
    else:
        breaks = set(indented[0 if indented and indented[0] else 1 :]) if 0 < len(indented) <= max(2, len(lines) // 20) else set()
        for i, line in enumerate(lines):
            if i in breaks and not marked_up:
                pages.append(page)
                page = Page(page.number + 1)
            page.lines.append(line)
    if any(line.strip() for line in page.lines) or not pages:
        pages.append(page)
    return pages


def take_notes(page: Page, expected: int) -> int:
    """Move the footnotes at the foot of a page out of its lines; returns the next number to expect."""
    lines = page.lines
    start = None
    for i, line in enumerate(lines):
        mark = _NOTE.match(line)
        if mark is None or i < len(lines) // 3 or not _is_note_foot(lines[i:], expected):
            continue
        start = i
        break
    if start is None:
        return expected
    notes: list[tuple[str, list[str]]] = []
    links = False
    for line in lines[start:]:
        mark = _NOTE.match(line)
        if not line.strip():
            links = bool(notes)
        elif mark and (not mark[1].isdigit() or int(mark[1]) == expected + len(notes)):
            notes.append((str(expected + len(notes)), [line[mark.end() :]]))
            links = False
        elif links and re.match(r"^https?://", line.strip()):
            continue  # addresses that a converter printed below the notes
        else:
            notes[-1][1].append(line)
    page.notes = [(number, one_line(join_lines(part))) for number, part in notes]
    page.lines = lines[:start]
    return expected + len(notes)


def _is_note_foot(lines: list[str], expected: int) -> bool:
    """Whether these lines to the end of the page read as footnotes that start at the expected number."""
    marks = [m[1] for line in lines if (m := _NOTE.match(line))]
    if not marks or not (marks[0] == str(expected) or not marks[0].isdigit()):
        return False
    if re.match(
        r"^\d{1,2}\s+(?:januari|februari|maart|april|mei|juni|juli|augustus|september|oktober|november|december|procent)\b", lines[0]
    ):
        return False
    if not marks[0].isdigit() and not any(re.search(r"Kamerstuk|https?:|TZ\d{6}|\b(?:19|20)\d\d\b", line) for line in lines[:3]):
        return False
    return len([line for line in lines if line.strip()]) <= 16 and not any(BULLET.match(line) and line[0] not in "*" for line in lines[1:])
