"""The audit log: who did what when, and which documents were used; one SQLite file beside the index.

With DOSSIER_AUDIT_TEXT=hash it keeps a keyed hash in the place of a question: the same question has the same hash, but
the words cannot be had back. The key is a file of its own (audit.key), so that it can be kept elsewhere or destroyed.
"""

import getpass
import hashlib
import hmac
import json
import os
import secrets
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Literal

from app.access import Visitor
from app.private import make_private
from ingest.errors import DossierError
from ingest.settings import settings

_Work = Literal["question", "document", "export", "briefing", "library", "evaluation"]
Event = _Work | Literal["sign-in", "sign-in refused", "sign-out", "password", "password refused"]
_COLUMNS = ("at", "person", "event", "text", "documents", "result", "request")
_SCHEMA = """
create table if not exists audit (
  at text not null, person text not null, event text not null, text text not null, documents text not null, result text not null,
  request text not null);
create index if not exists audit_at on audit (at);
"""


class Audit:
    """The log of one index. Raises DossierError where it cannot be written: what is not logged is not done."""

    def __init__(self, database: Path, hashed: bool = False) -> None:
        self._database, self._hashed = database, hashed
        make_private(database)
        with self._open() as db:
            db.execute("pragma journal_mode=wal")
            db.executescript(_SCHEMA)

    def record(self, who: Visitor, event: Event, text: str = "", documents: Iterable[str] = (), result: str = "") -> None:
        """One event; `documents` are ids, `result` says how it went (for a question its status)."""
        kept = self._hash(text) if self._hashed and text else text
        now = datetime.now(UTC).isoformat(timespec="milliseconds")
        row = (now, who.name, event, kept, json.dumps(sorted(set(documents))), result, who.request)
        with self._open() as db:
            db.execute("insert into audit values (?, ?, ?, ?, ?, ?, ?)", row)

    def entries(self, since: str = "", until: str = "9999") -> Iterator[dict[str, Any]]:
        """The events from `since` up to `until` (ISO 8601, either may be only a date), oldest first."""
        with self._open() as db:
            query = f"select {', '.join(_COLUMNS)} from audit where at >= ? and at < ? order by at, rowid"
            for row in db.execute(query, (since, until)):
                yield {**dict(zip(_COLUMNS, row, strict=True)), "documents": json.loads(row[4])}

    def forget(self, days: int) -> int:
        """Delete what is older than this many days; how many events that were."""
        with self._open() as db:
            gone = db.execute("delete from audit where at < ?", (before(days),)).rowcount
        with closing(sqlite3.connect(self._database, timeout=10)) as db:
            db.execute("pragma wal_checkpoint(truncate)")
            if gone:
                db.execute("vacuum")  # so that it is gone from the file as well
        return gone

    def _hash(self, text: str) -> str:
        path = self._database.with_suffix(".key")
        try:
            if not path.is_file():
                path.touch(mode=0o600)
                path.write_text(secrets.token_hex(32), encoding="utf-8")
            key = path.read_text(encoding="utf-8").encode()
        except OSError as error:
            raise DossierError(f"De sleutel van het logboek '{path}' is niet te lezen of te schrijven ({error.strerror}).") from error
        return "hmac-sha256:" + hmac.new(key, " ".join(text.lower().split()).encode(), hashlib.sha256).hexdigest()

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        try:
            with closing(sqlite3.connect(self._database, timeout=10)) as db, db:
                yield db
        except sqlite3.Error as error:
            raise DossierError(f"Het logboek '{self._database}' is niet te lezen of te schrijven ({error}).") from error


def who_here() -> Visitor:
    """Whoever gives a command on this machine, by the name that the operating system has; the files of the index are open to them."""
    try:
        return Visitor(f"os:{getpass.getuser()}", levels=None)
    except (OSError, KeyError):  # an account without a name
        return Visitor(f"os:{os.getuid()}", levels=None)


def record_here(index: Path, event: Event, text: str, documents: Iterable[str], result: str) -> None:
    """Log what is done on the command line where the chat keeps a log of this index. Raises DossierError if that cannot be written."""
    database = index.parent / "audit.sqlite"
    if database.is_file():
        Audit(database, settings().audit_text == "hash").record(who_here(), event, text, documents, result)


def before(days: int) -> str:
    """The moment this many days ago, as the stores write it."""
    return (datetime.now(UTC) - timedelta(days=days)).isoformat()
