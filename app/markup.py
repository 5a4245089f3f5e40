"""Answers as HTML for the page. Everything that comes from a document or a person is escaped here."""

from collections.abc import Sequence
from datetime import date
from html import escape
from urllib.parse import quote

from app.shelf import Shelf
from app.texts import TEXTS, say, say_date
from app.types import Answer, Citation
from ingest.types import Document

_ROOM = 300  # characters of context on either side of a quote that is (nearly) its whole passage


def answer_html(answer: Answer, turn: int, language: str, other: Sequence[str] = ()) -> str:
    """The answer as a person reads it; each [n] leads to the source card `bron-TURN-n`.

    `other`: questions that the documents do answer, of which two are offered when this one was not.
    """
    if answer.status != "answered":
        offered = "".join(f'<li><a class="question" href="#vraag">{escape(question)}</a></li>' for question in other[:2])
        offer = f'<p lang="{language}">{say(language, "answerable")}</p><ul>{offered}</ul>' if offered else ""
        return f'<div class="answer not-found" lang="{answer.language}"><p>{escape(answer.text)}</p>{offer}</div>'
    parts = []
    for position, statement in enumerate(answer.statements):
        marks = "".join(
            _mark(c, turn, position, language) for number in statement.citations for c in answer.citations if c.number == number
        )
        parts.append(f"<p>{escape(statement.text)} {marks}</p>")
    if answer.mode == "written":
        parts.append(_quotes(answer, turn, language))
    notes = "".join(f'<p class="warning">{escape(warning)}</p>' for warning in answer.warnings)
    stand = f'<p class="stand">{say(language, "as_of", date=say_date(answer.as_of, language))}</p>' if answer.as_of else ""
    kind = "answer written" if answer.mode == "written" else "answer"
    return f'<div class="{kind}" lang="{answer.language}">{"".join(parts)}{notes}{stand}</div>'


def _quotes(answer: Answer, turn: int, language: str) -> str:
    """The quotes below what was written from them, each once."""
    lines = (
        f'<p lang="nl">“{escape(" ".join(c.quote.split()))}” {_mark(c, turn, len(answer.statements) + c.number, language)}</p>'
        for c in answer.citations
    )
    return f'<div class="quotes"><p class="stand" lang="{language}">{say(language, "quotes_of")}</p>{"".join(lines)}</div>'


def _mark(citation: Citation, turn: int, position: int, language: str) -> str:
    target = f"bron-{turn}-{citation.number}"
    name = say(language, "source_number", number=citation.number, title=citation.title)
    peek = f"peek-{turn}-{position}-{citation.number}"
    return (
        f'<span class="marked"><a class="mark" href="#{target}" data-turn="{turn}" aria-label="{escape(name)}" '
        f'aria-describedby="{peek}">[{citation.number}]</a>'
        f'<span class="peek" role="tooltip" id="{peek}">{escape(_short(citation.quote))}</span></span>'
    )


def sources_html(answers: Sequence[Answer], shelf: Shelf, language: str) -> str:
    """The source cards of a conversation, by turn; those of the last turn are shown."""
    turns = [
        f'<section class="turn" id="bronnen-{turn}" data-turn="{turn}"{"" if turn == len(answers) else " hidden"}>'
        f'<h3>{escape(say(language, "sources_of", question=_short(answer.question, 90)))}</h3>'
        f"{''.join(_card(c, turn, shelf, language) for c in answer.citations) or _none(answer, language)}</section>"
        for turn, answer in enumerate(answers, 1)
    ]
    return "".join(turns) or f'<p class="hint">{say(language, "sources_hint")}</p>'


def _none(answer: Answer, language: str) -> str:
    near = "".join(f"<li>{escape(place)}</li>" for place in answer.nearest)
    return f'<p>{say(language, "no_sources")}</p>' + (f'<p>{say(language, "nearest_places")}</p><ul>{near}</ul>' if near else "")


def _card(citation: Citation, turn: int, shelf: Shelf, language: str) -> str:
    document = shelf.document(citation.document)
    day = date.fromisoformat(citation.date) if citation.date else None
    facts = [
        TEXTS[language].get(f"kind_{document.kind}", document.kind) if document else "",
        say_date(day, language) if day or not document or not document.period else document.period,
        say(language, "page", page=citation.page),
    ]
    role = TEXTS[language].get(f"role_{citation.role}", "") or (TEXTS[language].get(f"part_{citation.kind}", ""))
    lines = [
        f'<h4 id="kop-{turn}-{citation.number}"><span class="number">[{citation.number}]</span> {escape(citation.title)}</h4>',
        f'<p class="facts">{escape(" · ".join(filter(None, facts)))}</p>',
        f'<p class="place">{escape(citation.section)}</p>' if citation.section else "",
        f'<p class="role">{escape(role)}</p>' if role else "",
        f'<blockquote class="blockquote" lang="nl">{_context(citation, document, shelf)}</blockquote>',
        f'<p class="warning">{escape(citation.note)}</p>' if citation.note else "",
        f'<p class="file">{_whole(citation, document, language)}{escape(say(language, "file", name=citation.source))}</p>',
    ]
    name = f"bron-{turn}-{citation.number}"
    return f'<article class="source" id="{name}" tabindex="-1" aria-labelledby="kop-{turn}-{citation.number}">{"".join(lines)}</article>'


def _whole(citation: Citation, document: Document | None, language: str) -> str:
    """The link that opens the document at the quote."""
    if document is None:
        return ""
    place = f"/stuk/{quote(citation.document, safe='')}?van={citation.start}&amp;tot={citation.end}&amp;taal={language}#citaat"
    name = say(language, "whole_document_of", title=citation.title)
    label = say(language, "whole_document")
    return f'<a class="whole" href="{place}" target="_blank" aria-label="{escape(name)}">{label}</a> '


def _context(citation: Citation, document: Document | None, shelf: Shelf) -> str:
    """The quote, marked, inside its passage; the quote alone if the document has changed since."""
    if document is None or document.text[citation.start : citation.end] != citation.quote:
        return f"<mark>{escape(citation.quote)}</mark>"
    spans = [
        (p.start, p.end)
        for p in shelf.passages(document.document_id)
        if p.start <= citation.start and citation.end <= p.end
    ]
    start, end = min(spans, key=lambda span: span[1] - span[0], default=(citation.start, citation.end))
    if end - start < len(citation.quote) + _ROOM // 2:
        section = document.section_at(citation.start)
        first, last = (section.start, max(section.end, citation.end)) if section else (0, len(document.text))
        start, end = max(first, citation.start - _ROOM), min(citation.end + _ROOM, last)
    before, after = document.text[start : citation.start], document.text[citation.end : end]
    if start and document.text[start - 1].isalnum():
        before = "… " + before.partition(" ")[2]
    if end < len(document.text) and document.text[end].isalnum():
        after = after.rpartition(" ")[0] + " …"
    return f"{escape(before.lstrip())}<mark>{escape(citation.quote)}</mark>{escape(after.rstrip())}"


def _short(text: str, limit: int = 240) -> str:
    text = " ".join(text.split())
    return text if len(text) <= limit else text[:limit].rsplit(" ", 1)[0] + " …"
