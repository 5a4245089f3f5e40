"""A briefing as a tagged PDF: chapters with bookmarks, and the sources with their quotes at the end."""

from itertools import groupby
from typing import Any

from app.brief_markdown import place
from app.brief_types import Briefing, Chapter
from app.pdf import pdf
from app.texts import say


def brief_pdf(briefing: Briefing) -> bytes:
    """The whole briefing. Raises DossierError if Typst cannot make it."""
    sources = [{"number": c.number, "place": place(c, briefing.language), "quote": " ".join(c.quote.split())} for c in briefing.citations]
    data = {
        "title": briefing.title,
        "language": briefing.language,
        "notice": briefing.notice,
        "chapters": [_chapter(chapter, briefing.language) for chapter in briefing.chapters],
        "sources": sources,
        "sources_title": say(briefing.language, "brief_sources"),
    }
    return pdf("briefing", data)


def _chapter(chapter: Chapter, language: str) -> dict[str, Any]:
    """Lines with the same head below one heading."""
    groups = [
        {"head": head, "lines": [{"text": line.text, "citations": line.citations} for line in lines]}
        for head, lines in groupby(chapter.lines, key=lambda line: line.head)
    ]
    tables = [{"caption": t.caption, "rows": t.rows, "citations": t.citations, "row_citations": t.row_citations} for t in chapter.tables]
    left_out = say(language, "brief_left_out", count=chapter.left_out) if chapter.left_out else ""
    return {"title": chapter.title, "groups": groups, "tables": tables, "left_out": left_out}
