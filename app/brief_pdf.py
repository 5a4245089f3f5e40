"""A briefing as a tagged PDF: chapters with bookmarks, and the sources with their quotes at the end."""

from app.brief_markdown import place
from app.brief_types import Briefing
from app.document_pdf import Block, write_pdf
from app.texts import say


def brief_pdf(briefing: Briefing) -> bytes:
    """The whole briefing."""
    blocks = [Block("title", briefing.title), Block("paragraph", briefing.notice)]
    for number, chapter in enumerate(briefing.chapters, 1):
        blocks.append(Block("heading", f"{number}. {chapter.title}"))
        for table in chapter.tables:
            own = table.row_citations
            caption = "" if own else table.caption
            blocks.append(Block("table", caption, () if own else table.citations, rows=table.rows, row_marks=own))
        head = ""
        for line in chapter.lines:
            if line.head and line.head != head:
                blocks.append(Block("subheading", line.head))
            head = line.head or head
            blocks.append(Block("item", line.text, line.citations))
        if chapter.left_out:
            blocks.append(Block("paragraph", say(briefing.language, "brief_left_out", count=chapter.left_out)))
    if briefing.citations:
        blocks.append(Block("heading", say(briefing.language, "brief_sources")))
        for c in briefing.citations:
            blocks.append(Block("source", f"{place(c, briefing.language)}: “{' '.join(c.quote.split())}”", number=c.number))
    return write_pdf(briefing.title, blocks, briefing.language)
