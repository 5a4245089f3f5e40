"""A briefing as Markdown: chapters, lines with their source numbers, and the sources with their quotes."""

import re
from datetime import date

from app.brief_types import Briefing, Line
from app.texts import say, say_date
from app.types import Citation


def brief_markdown(briefing: Briefing) -> str:
    """The whole briefing; document text is escaped, so that it is read as text."""
    out = [f"# {plain(briefing.title)}", "", plain(briefing.notice), ""]
    for number, chapter in enumerate(briefing.chapters, 1):
        out += [f"## {number}. {plain(chapter.title)}", ""]
        for table in chapter.tables:
            out += [f"**{plain(table.caption)}** {marks(table.citations) if not table.row_citations else ''}".rstrip(), ""]
            cells = [[plain(cell) or " " for cell in row] for row in table.rows]
            for row, numbers in zip(cells[1:], table.row_citations, strict=False):
                row[-1] += f" {marks(numbers)}"
            rows = ["| " + " | ".join(row) + " |" for row in cells]
            out += [rows[0], "|" + " --- |" * len(table.rows[0]), *rows[1:], ""]
        head = ""
        for line in chapter.lines:
            if line.head and line.head != head:
                out += [*([""] if head else []), f"### {plain(line.head)}", ""]
            head = line.head or head
            out.append(_item(line))
        if chapter.left_out:
            out += ["", f"*{say(briefing.language, 'brief_left_out', count=chapter.left_out)}*"]
        out.append("")
    if briefing.citations:
        out += [f"## {say(briefing.language, 'brief_sources')}", ""]
        out += [f"{c.number}. {plain(place(c, briefing.language))}: “{plain(' '.join(c.quote.split()))}”" for c in briefing.citations]
    return "\n".join(out).rstrip() + "\n"


def _item(line: Line) -> str:
    return f"- {plain(line.text)} {marks(line.citations)}"


def marks(numbers: tuple[int, ...]) -> str:
    return "".join(f"[{number}]" for number in numbers)


def place(citation: Citation, language: str) -> str:
    """'Title, date, p. 3, section (file)'."""
    day = date.fromisoformat(citation.date) if citation.date else None
    parts = (citation.title, say_date(day, language), say(language, "page", page=citation.page), citation.section)
    return ", ".join(part for part in parts if part) + f" ({citation.source})"


def plain(text: str) -> str:
    return re.sub(r"([\\`*_{}\[\]<>#|])", r"\\\1", text)
