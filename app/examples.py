"""Example questions out of the indexed documents themselves; only those that the assistant answers from that document."""

import re
from collections.abc import Callable, Iterator, Sequence

from app.texts import say
from app.types import Answer, Turn
from ingest.types import Document

_TRIED = 24


def examples(documents: Sequence[Document], ask: Callable[[Turn], Answer], language: str, wanted: int = 4) -> tuple[str, ...]:
    """At most `wanted` questions, spread over the documents, each tried with `ask`."""
    found: list[str] = []
    queues = [list(_candidates(d, language)) for d in documents]
    tried = 0
    while any(queues) and len(found) < wanted and tried < _TRIED:
        for document, queue in zip(documents, queues, strict=True):
            while queue and len(found) < wanted and tried < _TRIED:
                question = queue.pop(0)
                tried += 1
                answer = ask(Turn(question))
                if question not in found and any(c.document == document.document_id for c in answer.citations):
                    found.append(question)
                    break
    return tuple(found)


def _candidates(document: Document, language: str) -> Iterator[str]:
    """Questions about the rows of its tables with a figure, then about its headings."""
    for table in document.tables:
        for cell in table.cells:
            if re.search(r"\d", cell.value) and 3 <= len(cell.row.split()) <= 9 and not re.search(r"\d", cell.row) and len(table.cells) > 4:
                yield say(language, "example_figure", row=_inside(cell.row))
    for section in document.sections:
        heading = re.sub(r"^(?:[\d.]+|[a-z]\.)\s*|^[^:]{1,12}:\s*", "", section.heading).strip(" .:")
        if not section.role and section.end - section.start > 300 and 1 <= len(heading.split()) <= 5 and not re.search(r"\d", heading):
            yield say(language, "example_section", heading=_inside(heading))


def _inside(text: str) -> str:
    """As it is written inside a sentence: without its capital, unless it is an abbreviation."""
    return text[0].lower() + text[1:] if text[1:2].islower() else text
