"""Answers in a terminal, with numbered sources (rich); and a conversation there."""

from datetime import date

from rich.console import Console
from rich.text import Text

from app.access import Visitor
from app.desk import Desk
from app.texts import say, say_date
from app.types import Answer, Citation, Turn
from ingest.errors import DossierError


def print_answer(answer: Answer, console: Console) -> None:
    """The answer, its warnings, and per [n] the source; its quote too where the answer says it in other words."""
    for statement in answer.statements:
        marks = "".join(f"[{number}]" for number in statement.citations)
        _print(console, Text.assemble(statement.text, " ", (marks, "bold cyan")))
    if not answer.statements:
        _print(console, Text(answer.text))
    for warning in answer.warnings:
        _print(console, Text(f"! {warning}", "yellow"))
    if answer.citations:
        _print(console, Text(f"\n{say(answer.language, 'sources')}", "bold"))
    for citation in answer.citations:
        number = f"[{citation.number}] "
        _print(console, Text.assemble((number, "bold cyan"), (citation.title, "bold"), f"\n    {_place(citation, answer)}"))
        if citation.quote not in answer.text:
            _print(console, Text(f"    “{' '.join(citation.quote.split())}”", "italic"))
        if citation.note:
            _print(console, Text(f"    ! {citation.note}", "yellow"))


def converse(desk: Desk, who: Visitor, mode: str, console: Console) -> int:
    """Questions from the keyboard until there are no more; the models load while the first one is typed. Exit status 0."""
    desk.open()
    _print(console, Text(say("nl", "terminal", indexed=desk.shelf.readable(who.levels).summary("nl")), "bold"))
    history: list[str] = []
    while True:
        try:
            question = console.input(Text("\n? ", "bold cyan")).strip()
            if question == "nieuw":
                history.clear()
            elif question:
                with console.status(say("nl", "searching")):
                    answer = desk.ask(Turn(question, tuple(history)), who, mode)
                print_answer(answer, console)
                history.append(question)
        except DossierError as error:
            _print(console, Text(str(error), "red"))
        except (EOFError, KeyboardInterrupt):
            console.print()
            return 0


def _place(citation: Citation, answer: Answer) -> str:
    day = date.fromisoformat(citation.date) if citation.date else None
    parts = (say_date(day, answer.language), say(answer.language, "page", page=citation.page), citation.section, citation.source)
    return " · ".join(filter(None, parts))


def _print(console: Console, text: Text) -> None:
    console.print(text, soft_wrap=not console.is_terminal)  # lines stay whole for a program that reads them
