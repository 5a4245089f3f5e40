"""A conversation as a file that stands on its own: questions, answers, quotes and sources."""

import io
import re
from collections.abc import Iterator
from datetime import date

from app.conversations import Conversation
from app.pdf import pdf
from app.texts import say, say_date
from app.types import Answer, Citation


def export_markdown(conversation: Conversation, language: str) -> str:
    """The conversation as Markdown."""
    lines = [f"# {_plain(conversation.title)}", "", say(language, "export_notice", date=say_date(date.today(), language)), ""]
    for answer in conversation.turns:
        lines += [f"## {_plain(answer.question)}", "", *(f"{_plain(text)}\n" for text in _statements(answer))]
        lines += [f"> {_plain(warning)}\n" for warning in answer.warnings]
        for c in answer.citations:
            quote = " ".join(c.quote.split())
            lines += [f"**[{c.number}] {_plain(c.title)}** – {_plain(_place(c, language))}", "", f"> {_plain(quote)}", ""]
    return "\n".join(lines)


def export_docx(conversation: Conversation, language: str) -> bytes:
    """The conversation as a Word document."""
    import docx

    file = docx.Document()
    file.core_properties.title = conversation.title
    file.core_properties.author = "Dossierwijzer"
    file.core_properties.language = "nl-NL" if language == "nl" else "en-GB"
    file.add_heading(conversation.title, 0)
    file.add_paragraph(say(language, "export_notice", date=say_date(date.today(), language)))
    for answer in conversation.turns:
        file.add_heading(answer.question, 1)
        for text in _statements(answer):
            file.add_paragraph(text)
        for warning in answer.warnings:
            file.add_paragraph(warning, "Intense Quote")
        for c in answer.citations:
            file.add_paragraph().add_run(f"[{c.number}] {c.title} – {_place(c, language)}").bold = True
            file.add_paragraph(" ".join(c.quote.split()), "Quote")
    out = io.BytesIO()
    file.save(out)
    return out.getvalue()


def export_pdf(conversation: Conversation, language: str) -> bytes:
    """The conversation as a tagged PDF."""
    turns = [
        {
            "question": answer.question,
            "statements": list(_statements(answer)),
            "warnings": list(answer.warnings),
            "citations": [
                {"source": f"[{c.number}] {c.title}", "place": _place(c, language), "quote": " ".join(c.quote.split()), "language": "nl"}
                for c in answer.citations
            ],
        }
        for answer in conversation.turns
    ]
    notice = say(language, "export_notice", date=say_date(date.today(), language))
    return pdf("gesprek", {"title": conversation.title, "language": language, "notice": notice, "turns": turns})


def _statements(answer: Answer) -> Iterator[str]:
    if not answer.statements:
        yield answer.text
    for statement in answer.statements:
        yield f"{statement.text} {''.join(f'[{number}]' for number in statement.citations)}"


def _place(citation: Citation, language: str) -> str:
    day = date.fromisoformat(citation.date) if citation.date else None
    return ", ".join(filter(None, (say_date(day, language), say(language, "page", page=citation.page), citation.section, citation.source)))


def _plain(text: str) -> str:
    """Text that Markdown takes literally, so that no picture or link of a document comes to life."""
    return re.sub(r"([\\`*_{}\[\]<>#!|])", r"\\\1", text)
