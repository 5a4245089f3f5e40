"""Evidence into a quoted answer: each statement a verbatim quote with its citation, or what is said of its absence."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from app.cell import cell_lead
from app.question import Question
from app.texts import say, say_date
from app.types import Answer, Citation, Evidence, Hit, Statement
from ingest.library import Library
from ingest.types import Document, Redaction

_MAX_WORDS = 120  # of an answer, with its lead; the last quote is left out of one that is longer


def compose(
    question: Question,
    evidence: Sequence[Evidence],
    library: Library,
    hits: Sequence[Hit],
    counted: str = "",
    also: Sequence[tuple[int, Evidence]] = (),
) -> Answer:
    """The quoted answer; status not_found when there is no evidence. `counted`: how many there are of what is not named.

    `also`: where other documents say what a quote says, with the place of that quote; they are cited with it, not quoted.
    """
    if not evidence:
        return _not_found(question, library, hits, counted)
    newest = max((d.as_of for e in evidence if (d := library.documents[e.document_id]).as_of), default=None)
    quoted = [*evidence, *(each for _, each in also)]
    citations = tuple(_citation(number, e, library, question.language, newest) for number, e in enumerate(quoted, 1))
    statements = [Statement(f"“{_tidy(e.shown or e.text)}”", (number,)) for number, e in enumerate(evidence, 1)]
    for number, (place, _) in enumerate(also, len(evidence) + 1):
        statements[place] = replace(statements[place], citations=(*statements[place].citations, number))
    lead = _redacted(question, evidence, library, citations) or _from_table(question, citations, library)
    if lead:
        statements = [lead, *statements]
    text = " ".join(f"{s.text} {''.join(f'[{n}]' for n in s.citations)}" for s in statements)
    if len(text.split()) > _MAX_WORDS and len(evidence) > 1:
        return compose(question, evidence[:-1], library, hits, counted, [each for each in also if each[0] < len(evidence) - 1])
    return Answer(
        question=question.asked,
        status="answered",
        mode="quoted",
        text=text,
        statements=tuple(statements),
        citations=citations,
        as_of=newest,
        warnings=tuple(dict.fromkeys(c.note for c in citations[: len(evidence)] if c.note)),
        language=question.language,
        standalone=question.text,
    )


def _tidy(quote: str) -> str:
    return " ".join(quote.split())


def _citation(number: int, evidence: Evidence, library: Library, language: str, newest: date | None) -> Citation:
    document = library.documents[evidence.document_id]
    passage = library.passages[evidence.passage_id]
    section = document.section_at(evidence.start) if passage.kind in ("text", "table") else None
    return Citation(
        number=number,
        document=document.document_id,
        title=document.title,
        date=document.date.isoformat() if document.date else "",
        source=document.source_name,
        page=document.page_at(evidence.start) if passage.kind in ("text", "table") else passage.first_page,
        section=passage.section_path,
        quote=evidence.text,
        start=evidence.start,
        end=evidence.end,
        kind=passage.kind,
        role=section.role if section else "",
        note=_note(document, evidence, language, newest),
    )


def _note(document: Document, evidence: Evidence, language: str, newest: date | None) -> str:
    table = next((t for t in document.tables if t.start < evidence.end and evidence.start < t.end), None)
    if table and table.uncertain:
        return say(language, "uncertain_table")
    page = document.page_at(evidence.start) - document.first_page
    if document.page_quality and page < len(document.page_quality) and document.page_quality[page] < 0.6:
        return say(language, "poor_scan")
    if newest and document.as_of and document.as_of < newest:
        return say(language, "older", date=say_date(document.as_of, language))
    return ""


def _redacted(question: Question, evidence: Sequence[Evidence], library: Library, citations: Sequence[Citation]) -> Statement | None:
    """The lead of an answer about something blacked out, when the best evidence has a gap where the answer should be."""
    if question.kind in ("reason", "definition", "yesno") and "redacted" not in question.cues:
        return None
    document = library.documents[evidence[0].document_id]
    hidden = next((r for r in document.redactions if evidence[0].start <= r.start <= evidence[0].end), None)
    if hidden and library.passages[evidence[0].passage_id].kind == "metadata" and not _asks_for(question, document, hidden):
        return None
    if hidden is None or (question.kind not in ("amount", "number", "list", "person", "percentage") and "redacted" not in question.cues):
        return None
    text = say(question.language, "redacted_ground", ground=hidden.ground) if hidden.ground else say(question.language, "redacted")
    return Statement(text, (citations[0].number,))


def _from_table(question: Question, citations: Sequence[Citation], library: Library) -> Statement | None:
    """The lead of an answer out of a table: the cell that is asked, with its row and column."""
    for citation in citations:
        for table in library.documents[citation.document].tables:
            if citation.start <= table.start < table.end <= citation.end and (text := cell_lead(question, table)):
                return Statement(text, (citation.number,))
    return None


def _asks_for(question: Question, document: Document, hidden: Redaction) -> bool:
    """Whether the label of a blacked-out place in the metadata column (its own line, or the one above) is in the question."""
    label = document.text[: hidden.start].split("\n")[-2:]
    return any(len(word) > 5 and word in question.text.lower() for line in label for word in line.lower().split())


def _not_found(question: Question, library: Library, hits: Sequence[Hit], counted: str) -> Answer:
    nearest = []
    for hit in hits:
        document = library.documents[hit.document_id]
        place = hit.section or document.title
        label = f"{place} ({document.title}, {say_date(document.date, question.language)})" if hit.section else place
        if label not in nearest:
            nearest.append(label)
        if len(nearest) == 2:
            break
    text = say(question.language, "counted", number=counted) if counted else say(question.language, "not_found")
    if nearest:
        text += " " + say(question.language, "nearest", sections=nearest[0])
    return Answer(
        question=question.asked,
        status="not_found",
        mode="quoted",
        text=text,
        language=question.language,
        standalone=question.text,
        nearest=tuple(nearest),
    )
