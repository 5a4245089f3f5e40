"""Conversations of people, kept in one SQLite file with the whole answer object of every turn.

A person is known by an opaque name (guard.py); nobody can reach a conversation of someone else.
"""

import json
import secrets
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from app.access import Visitor, readable
from app.private import make_private
from app.shelf import Shelf
from app.types import Answer, Citation, Hit, Statement
from ingest.errors import DossierError

_SCHEMA = """
create table if not exists conversation (
  id text primary key, person text not null, title text not null, updated text not null, choice text not null default '{}');
create table if not exists turn (
  conversation text not null references conversation on delete cascade, position integer not null, answer text not null,
  primary key (conversation, position));
create index if not exists conversation_person on conversation (person, updated);
"""
_TITLE = 60
_KEPT = 200  # conversations that are listed


@dataclass(frozen=True)
class Conversation:
    """`choice` is what the question was narrowed to; `turns` the answers, oldest first."""

    id: str
    title: str
    choice: Mapping[str, Any]
    turns: tuple[Answer, ...] = ()


class Conversations:
    """The store. Raises DossierError where the file cannot be read or written."""

    def __init__(self, database: Path) -> None:
        self._database = database
        make_private(database)
        with self._open() as db:
            db.execute("pragma journal_mode=wal")
            db.executescript(_SCHEMA)

    def list(self, person: str) -> list[tuple[str, str]]:
        """(title, id) of a person's conversations, the last used first."""
        with self._open() as db:
            rows = db.execute(
                "select title, id from conversation where person = ? order by updated desc, rowid desc limit ?", (person, _KEPT)
            )
            return list(rows)

    def get(self, identity: str | None, person: str) -> Conversation | None:
        with self._open() as db:
            row = db.execute("select id, title, choice from conversation where id = ? and person = ?", (identity, person)).fetchone()
            if row is None:
                return None
            turns = db.execute("select answer from turn where conversation = ? order by position", (identity,)).fetchall()
        return Conversation(row[0], row[1], json.loads(row[2]), tuple(restore(json.loads(answer)) for (answer,) in turns))

    def add(self, identity: str | None, person: str, answer: Answer, choice: Mapping[str, Any]) -> str:
        """Add a turn, to a new conversation if the person has none by this id; the conversation's id."""
        now = datetime.now(UTC).isoformat()
        with self._open() as db:
            if not db.execute("select 1 from conversation where id = ? and person = ?", (identity, person)).fetchone():
                identity = secrets.token_urlsafe(12)
                title = answer.question if len(answer.question) <= _TITLE else answer.question[: _TITLE - 1].rsplit(" ", 1)[0] + " …"
                db.execute("insert into conversation (id, person, title, updated) values (?, ?, ?, ?)", (identity, person, title, now))
            db.execute("update conversation set updated = ?, choice = ? where id = ?", (now, json.dumps(choice), identity))
            db.execute(
                "insert into turn select ?, coalesce(max(position), -1) + 1, ? from turn where conversation = ?",
                (identity, json.dumps(answer.to_json(), ensure_ascii=False), identity),
            )
        assert identity
        return identity

    def rename(self, identity: str | None, person: str, title: str) -> None:
        if title.strip():
            with self._open() as db:
                db.execute("update conversation set title = ? where id = ? and person = ?", (title.strip()[:200], identity, person))

    def delete(self, identity: str | None, person: str) -> None:
        with self._open() as db:
            db.execute("delete from conversation where id = ? and person = ?", (identity, person))

    def cut(self, identity: str | None, person: str, turns: int) -> None:
        """Keep only the first turns, to ask the next one again."""
        with self._open() as db:
            db.execute(
                "delete from turn where position >= ? and conversation in (select id from conversation where id = ? and person = ?)",
                (turns, identity, person),
            )

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        try:
            with closing(sqlite3.connect(self._database, timeout=10)) as db, db:
                db.execute("pragma foreign_keys=on")
                yield db
        except sqlite3.Error as error:
            raise DossierError(f"De gesprekken in '{self._database}' zijn niet te lezen of te schrijven ({error}).") from error


def recall(store: Conversations, identity: str | None, who: Visitor, shelf: Shelf) -> Conversation | None:
    """A conversation of the visitor as it may be shown now: rights and documents may have changed since."""
    found = store.get(identity, who.name)
    documents = shelf.readable(who.levels).documents()
    return replace(found, turns=tuple(readable(answer, documents, who.levels) for answer in found.turns)) if found else None


def restore(values: Mapping[str, Any]) -> Answer:
    """The Answer of an answer object (`Answer.to_json`)."""
    hits = tuple(Hit("", h["document"], h["source"], h["section"], h["text"], h["score"]) for h in values["retrieved"])
    return Answer(
        question=values["question"],
        status=values["status"],
        mode=values["mode"],
        text=values["text"],
        statements=tuple(Statement(s["text"], tuple(s["citations"])) for s in values["statements"]),
        citations=tuple(Citation(**c) for c in values["citations"]),
        retrieved=hits,
        as_of=date.fromisoformat(values["as_of"]) if values["as_of"] else None,
        warnings=tuple(values["warnings"]),
        seconds=values["seconds"],
        timings=values["timings"],
        confidence=values["confidence"],
        fingerprint=values["fingerprint"],
        language=values["language"],
        standalone=values["standalone"],
        nearest=tuple(values["nearest"]),
    )
