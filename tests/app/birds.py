"""A library of ten invented documents, each with a word of its own and an access of its own, and a chat over it without a browser."""

import json
import sys
from pathlib import Path

from argon2 import PasswordHasher
from starlette.testclient import TestClient

from app.accounts import Accounts
from app.answer import Assistant
from app.chat import build, build_core
from app.conversations import Conversations
from app.desk import Desk
from app.gate import Gate
from app.shelf import Shelf
from app.types import Answer
from ingest.access import LEVELS
from ingest.pipeline import index
from ingest.settings import Settings

sys.path.insert(0, str(Path(__file__).parents[1] / "ingest"))
from doubles import WordEncoder

QUICK = PasswordHasher(time_cost=1, memory_cost=64, parallelism=1)
GROUPS = ("groep noord", "groep zuid")
# A word that occurs in one document only, as its file name, title, heading, sender and text; and the access of that document.
MARKERS = {
    "zilverreiger": "openbaar",
    "kwikstaart": "openbaar",
    "boomklever": "intern",
    "goudplevier": "intern",
    "nachtzwaluw": "vertrouwelijk",
    "roerdomp": "vertrouwelijk",
    "wulp": "",
    "ijsvogel": GROUPS[0],
    "kerkuil": GROUPS[0],
    "steenuil": GROUPS[1],
}
TEXT = """# Nota {name}

Afzender: Dienst {name}
Datum: {day} maart 2026

## Kosten van {name}

De aanleg van het park kost {day} miljoen euro, zegt {name}. Het park opent in 20{day}.

## Besluit {name}

De wethouder besluit over het park, omdat {name} dat vraagt. Zie de brief van {other}.

| Post | Bedrag |
|---|---|
| Beheer van {name} in het park | {day} |
"""


def write(folder: Path, names: list[str]) -> None:
    for number, name in enumerate(MARKERS, 11):
        if name in names:
            text = TEXT.format(name=name.title(), day=number, other=name.title())
            place = folder / MARKERS[name].replace(" ", "-") if MARKERS[name] in LEVELS else folder / name
            place.mkdir(parents=True, exist_ok=True)
            place.joinpath(f"{name}.md").write_text(text, encoding="utf-8")
            if MARKERS[name] in GROUPS:
                place.joinpath(".meta.yaml").write_text(f"access: {MARKERS[name].upper()}\n", encoding="utf-8")


class World:
    """An index of some of the documents, an assistant that answers whatever it can, and one that refuses everything."""

    def __init__(self, place: Path, names: list[str]) -> None:
        self.index = place / "index"
        write(place / "stukken", names)
        index([place / "stukken"], self.index, Settings(), WordEncoder())
        self.assistant = Assistant(self.index, Settings(refusal_threshold=0), WordEncoder())
        self.refuser = Assistant(self.index, Settings(refusal_threshold=1), WordEncoder())
        self.shelf = Shelf(self.index)


def hidden(levels: frozenset[str]) -> list[str]:
    """What may not be read, worked out without the code under test."""
    return [name for name, access in MARKERS.items() if (access or "vertrouwelijk") not in levels]


def leaks(told: str, levels: frozenset[str], asked: str = "") -> list[str]:
    """Marker words in what was told, other than those that the person typed."""
    return [name for name in hidden(levels) if name in told.lower() and name not in asked.lower()]


def without_echo(answer: Answer) -> str:
    values = {key: value for key, value in answer.to_json().items() if key not in ("question", "standalone")}
    return json.dumps(values, ensure_ascii=False)


class Site:
    """The chat over a library, as TestClients have it; `pages`: with those of Gradio. `password` is that of every account."""

    password = "een lang wachtwoord"

    def __init__(self, world: World, place: Path, local: bool = True, pages: bool = False, **settings: object) -> None:
        self.settings = Settings(**settings)
        self.desk = Desk(world.index, self.settings)
        self.desk._assistant = world.assistant
        self.desk._loaded.set()
        self.accounts = Accounts(place / "accounts.sqlite", hasher=QUICK)
        self.conversations = Conversations(place / "chat.sqlite")
        self.gate = Gate(self.accounts, self.settings, local)
        self.app = build(self.desk, self.gate) if pages else build_core(self.desk, self.gate, self.conversations)

    def client(self, scheme: str = "http", peer: str = "127.0.0.1") -> TestClient:
        return TestClient(self.app, f"{scheme}://127.0.0.1", follow_redirects=False, client=(peer, 5000))

    def person(self, name: str, role: str = "lezer", groups: tuple[str, ...] = ()) -> TestClient:
        """A client of a new account, signed in."""
        self.accounts.add(name, self.password, role, groups)
        client = self.client()
        assert sign_in(client, name, self.password) == 303
        return client


def sign_in(client: TestClient, name: str, password: str) -> int:
    return client.post("/aanmelden", data={"naam": name, "wachtwoord": password}).status_code
