"""`python -m app user` and `python -m app audit`: accounts, and the audit log, from the command line."""

import argparse
import getpass
import json
import sys
from pathlib import Path

from app.access import ROLES
from app.accounts import Accounts
from app.audit import Audit
from app.retention import forget
from ingest.access import LEVELS
from ingest.errors import SettingsError
from ingest.settings import settings

_DAY = 24 * 3600.0


def add_parsers(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Put both commands in the parser of `python -m app`."""
    user = commands.add_parser("user", help="accounts: add, list, set, password, block, unblock, token, remove")
    actions = user.add_subparsers(required=True, metavar="OPDRACHT")
    texts = {
        "add": "nieuw account; vraagt om het wachtwoord",
        "list": "alle accounts",
        "set": "andere rol of groepen",
        "password": "nieuw wachtwoord; beëindigt de sessies",
        "block": "laat iemand niet meer toe; beëindigt de sessies",
        "unblock": "laat iemand weer toe, ook na te veel verkeerde wachtwoorden",
        "token": "een sleutel waarmee een programma namens het account vraagt",
        "remove": "verwijder het account",
    }
    for name, text in texts.items():
        each = actions.add_parser(name, help=text, description=text)
        each.set_defaults(run=_user, action=name)
        _index(each)
        if name != "list":
            each.add_argument("name", metavar="NAAM")
        if name in ("add", "set"):
            each.add_argument("--role", choices=ROLES, default="lezer" if name == "add" else None, help="wat iemand mag doen (lezer)")
            each.add_argument(
                "--groups", nargs="*", metavar="GROEP", help=f"wat iemand mag lezen: {', '.join(LEVELS)}, of namen van groepen (openbaar)"
            )
        if name == "token":
            each.add_argument("--days", type=int, default=90, help="hoe lang hij geldt (%(default)s)")
    audit = commands.add_parser("audit", help="het logboek: export, forget")
    actions = audit.add_subparsers(required=True, metavar="OPDRACHT")
    export = actions.add_parser("export", help="schrijf de gebeurtenissen, een JSON-object per regel")
    export.add_argument("--since", default="", metavar="DATUM", help="vanaf deze dag (2026-03-01)")
    export.add_argument("--until", default="9999", metavar="DATUM", help="tot deze dag")
    export.add_argument("--out", type=Path, metavar="BESTAND", help="anders naar standaarduitvoer")
    export.set_defaults(run=_export)
    old = actions.add_parser("forget", help="verwijder wat ouder is uit logboek, gesprekken en oordelen")
    old.add_argument("--days", type=int, required=True, help="wat ouder is dan dit aantal dagen")
    old.set_defaults(run=_forget)
    for each in (export, old):
        _index(each)


def _index(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--index", type=Path, default=settings().index, help="map van de index (%(default)s)")


def _user(options: argparse.Namespace) -> int:
    accounts = Accounts(options.index.parent / "accounts.sqlite")
    match options.action:
        case "add":
            accounts.add(options.name, _password(), options.role, options.groups or ())
        case "set":
            accounts.change(options.name, options.role, options.groups)
        case "password":
            accounts.change(options.name, password=_password())
        case "block" | "unblock":
            accounts.change(options.name, blocked=options.action == "block")
        case "remove":
            accounts.remove(options.name)
        case "token":
            if accounts.find(options.name) is None:
                raise SettingsError(f"Er is geen account '{options.name}'.")
            print(accounts.open_session(options.name, options.days * _DAY, options.days * _DAY))
            return 0
    for account in accounts.list():
        state = " (geblokkeerd)" if account.blocked else ""
        print(f"{account.name}: {account.role}; {', '.join(account.groups) or LEVELS[0]}; {account.origin}{state}")
    return 0


def _password() -> str:
    """Typed twice, or one line of standard input."""
    if not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\n")
    password = getpass.getpass("Wachtwoord: ")
    if getpass.getpass("Nog eens: ") != password:
        raise SettingsError("De wachtwoorden zijn niet gelijk.")
    return password


def _export(options: argparse.Namespace) -> int:
    lines = (json.dumps(entry, ensure_ascii=False) + "\n" for entry in _audit(options).entries(options.since, options.until))
    if options.out is None:
        sys.stdout.writelines(lines)
        return 0
    try:
        options.out.touch(mode=0o600)  # it says who asked what
        with options.out.open("w", encoding="utf-8") as file:
            file.writelines(lines)
    except OSError as error:
        raise SettingsError(f"'{options.out}' is niet te schrijven: {error.strerror}.") from error
    return 0


def _forget(options: argparse.Namespace) -> int:
    _audit(options)
    print(f"{forget(options.index.parent, options.days)} verwijderd.")
    return 0


def _audit(options: argparse.Namespace) -> Audit:
    path = options.index.parent / "audit.sqlite"
    if not path.is_file():
        raise SettingsError(f"Er is geen logboek '{path}'; het ontstaat als de webchat wordt gebruikt.")
    return Audit(path)
