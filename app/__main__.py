"""`python -m app ask`, `chat`, `brief`, `user` and `audit`."""

import argparse
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from app.audit import record_here, who_here
from app.manage import add_parsers
from app.types import Answer, Turn
from ingest.access import allow_list
from ingest.errors import OUT_OF_MEMORY, DossierError, SettingsError, out_of_memory
from ingest.settings import settings

if TYPE_CHECKING:
    from app.answer import Assistant


def main(arguments: list[str] | None = None) -> int:
    """Exit status: 0 done, 1 some input failed, 2 wrong usage."""
    options = _parser().parse_args(arguments)
    try:
        return int(options.run(options))
    except DossierError as error:
        print(error, file=sys.stderr)
        return 1
    except (MemoryError, RuntimeError, ImportError, OSError, SystemError) as error:
        if not out_of_memory(error):
            raise
        print(OUT_OF_MEMORY, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 1


def _parser() -> argparse.ArgumentParser:
    description = "Vraagt de stukken, met bij elke uitspraak de woorden waarop die rust."
    parser = argparse.ArgumentParser(prog="python -m app", description=description)
    commands = parser.add_subparsers(dest="command", required=True)
    ask = commands.add_parser("ask", help="beantwoord één vraag, of met --jsonl een bestand met vragen")
    ask.add_argument("question", nargs="?", help="de vraag")
    ask.add_argument("--json", action="store_true", help="het antwoord als één JSON-object")
    ask.add_argument("--jsonl", metavar="BESTAND", help="een vraag per regel: {\"id\", \"question\", \"history\"}; - is standaardinvoer")
    ask.set_defaults(run=_ask)
    ask.add_argument("--access", nargs="*", metavar="NIVEAU", help="alleen wat iemand met deze niveaus en groepen mag lezen (anders alles)")
    chat = commands.add_parser("chat", help="de webchat")
    chat.add_argument("--host", default="127.0.0.1", help="adres (%(default)s)")
    chat.add_argument("--port", type=int, default=7860, help="poort (%(default)s)")
    chat.add_argument("--terminal", action="store_true", help="een gesprek hier, zonder webpagina")
    chat.set_defaults(run=_chat)
    add_parsers(commands)
    brief = commands.add_parser("brief", help="een briefing over het hele dossier, of over één onderwerp")
    brief.add_argument("topic", nargs="?", default="", metavar="ONDERWERP", help="het onderwerp; zonder: het hele dossier")
    brief.add_argument("--format", choices=["md", "docx", "pdf", "json"], default="md", help="vorm (%(default)s)")
    brief.add_argument("--out", type=Path, metavar="BESTAND", help="waarheen; zonder: standaarduitvoer")
    brief.add_argument("--length", choices=["one", "three", "all"], default="all", help="één of drie bladzijden, of alles (%(default)s)")
    brief.add_argument("--since", metavar="DATUM", help="alleen wat nieuw of anders is in stukken van na deze dag (jjjj-mm-dd)")
    brief.add_argument("--between", nargs=2, metavar="STUK", help="twee stukken naast elkaar (id, bestand, datum of titel)")
    brief.add_argument("--access", nargs="*", metavar="NIVEAU", help="alleen wat iemand met deze niveaus mag lezen (anders alles)")
    brief.add_argument("--language", choices=["nl", "en"], default="nl", help="taal van kopjes en toelichting (%(default)s)")
    brief.add_argument("--today", metavar="DATUM", help="de dag waarop dit gelezen wordt (jjjj-mm-dd; zonder: vandaag)")
    brief.set_defaults(run=_brief)
    for command in (ask, chat, brief):
        modes = "citaten, of in eigen woorden (%(default)s)"
        command.add_argument("--mode", choices=["quoted", "written"], default=settings().mode, help=modes)
        command.add_argument("--index", type=Path, default=settings().index, help="map van de index (%(default)s)")
    return parser


def _ask(options: argparse.Namespace) -> int:
    if (options.question is None) == (options.jsonl is None):
        _parser().error("geef óf een vraag, óf --jsonl BESTAND")
    from app.answer import Assistant

    assistant = Assistant(options.index, levels=None if options.access is None else allow_list(options.access))
    if options.jsonl is None:
        answer = _asked(assistant, Turn(options.question), options)
        if options.json:
            print(json.dumps(answer.to_json(), ensure_ascii=False))
        else:
            from rich.console import Console

            from app.terminal import print_answer

            print_answer(answer, Console(highlight=False))
        return 0
    failed = False
    for request in _requests(options.jsonl):
        try:
            turn = Turn(str(request["question"]), tuple(map(str, request.get("history") or ())))
            result = _asked(assistant, turn, options).to_json(str(request.get("id", "")))
        except (KeyError, TypeError, ValueError, DossierError) as error:
            failed = True
            result = {"id": str(request.get("id", "")), "status": "error", "error": f"{error.__class__.__name__}: {error}"}
        print(json.dumps(result, ensure_ascii=False), flush=True)
    return int(failed)


def _asked(assistant: "Assistant", turn: Turn, options: argparse.Namespace) -> Answer:
    """The answer, which is in the log (where there is one) before it is given."""
    answer = assistant.ask(turn, options.mode)
    record_here(options.index, "question", turn.question, (c.document for c in answer.citations), answer.status)
    return answer


def _requests(name: str) -> Iterator[dict[str, Any]]:
    """The questions of a JSONL file; a line that cannot be read becomes one that fails, so that order is kept."""
    try:
        lines = sys.stdin if name == "-" else Path(name).open(encoding="utf-8")  # noqa: SIM115 (closed below)
    except OSError as error:
        raise SettingsError(f"'{name}' is niet te lezen: {error.strerror}.") from error
    with lines:
        for line in lines:
            if line.strip():
                try:
                    request = json.loads(line)
                except json.JSONDecodeError:
                    request = {}
                yield request if isinstance(request, dict) else {}


def _brief(options: argparse.Namespace) -> int:
    from app.brief_file import brief_file

    return brief_file(options)


def _chat(options: argparse.Namespace) -> int:
    if options.terminal:
        from rich.console import Console

        from app.desk import Desk
        from app.terminal import converse

        return converse(Desk(options.index), who_here(), options.mode, Console(highlight=False))
    from app.chat import serve

    return serve(options.index, options.host, options.port)


if __name__ == "__main__":
    sys.exit(main())
