"""`python -m app ask` and `chat --terminal`: answers with numbered quotes and sources, as text that a program can read too."""

import io
import subprocess
import sys
from pathlib import Path

from chat_page import ROOT
from rich.console import Console

from app.terminal import print_answer
from app.types import Answer, Citation, Statement

CITED = Citation(1, "d", "Nota [bold]", "2026-03-15", "d.md", 3, "A > B", "Het is 3.", 0, 9, note="Ouder cijfer.")


def printed(answer: Answer, terminal: bool = False) -> str:
    out = io.StringIO()
    print_answer(answer, Console(file=out, force_terminal=terminal, width=40, highlight=False))
    return out.getvalue()


def test_numbered_sources_and_a_quote_only_where_the_answer_has_other_words() -> None:
    quoted = Answer("Wat?", "answered", "quoted", "“Het is 3.” [1]", (Statement("“Het is 3.”", (1,)),), (CITED,), warnings=("Let op.",))
    assert printed(quoted) == (
        "“Het is 3.” [1]\n! Let op.\n\nBronnen\n[1] Nota [bold]\n    15 maart 2026 · blz. 3 · A > B · d.md\n    ! Ouder cijfer.\n"
    )
    written = Answer("What?", "answered", "written", "Three [1]", (Statement("Three", (1,)),), (CITED,), language="en")
    assert "Sources\n[1] Nota [bold]\n    15 March 2026 · p. 3 · A > B · d.md\n    “Het is 3.”\n" in printed(written)
    assert "\x1b[" in printed(quoted, terminal=True)


def test_a_refusal_has_no_sources() -> None:
    assert printed(Answer("Wat?", "not_found", "quoted", "Hierover staat geen antwoord.")) == "Hierover staat geen antwoord.\n"


def test_a_conversation_in_the_terminal(corpus_index: Path) -> None:
    typed = "Wanneer ging de voortgangsbrief van 2025 naar de Kamer?\nHoeveel keerde SOWIS in 2025 uit?\n\nnieuw\n" + "a" * 1001 + "\n"
    command = [sys.executable, "-m", "app", "chat", "--terminal", "--index", str(corpus_index)]
    run = subprocess.run(command, cwd=ROOT, input=typed, capture_output=True, text=True, timeout=120)
    assert run.returncode == 0, run.stderr
    assert "5 stukken, mrt 2026" in run.stdout
    assert "2,8 miljoen euro" in run.stdout and "[1] Feitenblad: voortgangsbrief" in run.stdout
    assert "Stel een vraag van 1 tot 1000 tekens." in run.stdout
