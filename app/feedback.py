"""What readers say about answers, kept in one SQLite file, so that it can become known facts (python -m evals from-feedback)."""

import json
import sqlite3
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal, get_args

from app.private import make_private
from app.types import Answer
from ingest.errors import DossierError, LoadError, SettingsError

Verdict = Literal["right", "wrong", "wrong_passage"]
_TABLE = """
create table if not exists feedback (
    id integer primary key,
    created text not null,
    person text not null,
    verdict text not null check (verdict in ('right', 'wrong', 'wrong_passage')),
    correct_answer text not null,
    question text not null,
    answer text not null
)
"""


@dataclass(frozen=True)
class Feedback:
    """One judgement. created: ISO 8601 in UTC; answer: the answer object as it was shown."""

    id: int
    created: str
    person: str
    verdict: str
    correct_answer: str
    question: str
    answer: Mapping[str, Any]


def record(database: Path, answer: Answer, verdict: Verdict, person: str = "", correct_answer: str = "") -> int:
    """Keep a judgement and return its id; several processes may write at once.

    Raises SettingsError for another verdict, LoadError if the file cannot be written.
    """
    if verdict not in get_args(Verdict):
        raise SettingsError(f"Oordeel '{verdict}' bestaat niet; verwacht {', '.join(get_args(Verdict))}.")
    row = (
        datetime.now(UTC).isoformat(timespec="seconds"),
        person.strip(),
        verdict,
        correct_answer.strip(),
        answer.question,
        json.dumps(answer.to_json(), ensure_ascii=False),
    )
    try:
        make_private(database)
        # The connection's own context manager commits but does not close.
        with closing(sqlite3.connect(database, timeout=10)) as connection, connection:
            connection.execute(_TABLE)
            cursor = connection.execute(
                "insert into feedback (created, person, verdict, correct_answer, question, answer) values (?, ?, ?, ?, ?, ?)", row
            )
            return int(cursor.lastrowid or 0)
    except (DossierError, sqlite3.Error) as error:
        raise LoadError(f"{database}: oordeel niet bewaard ({error}).") from error


def read(database: Path) -> tuple[Feedback, ...]:
    """All judgements, oldest first. Raises LoadError where there are none to read."""
    if not database.is_file():
        raise LoadError(f"{database}: geen oordelen gevonden; ze ontstaan als gebruikers in de chat antwoorden beoordelen.")
    try:
        with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True, timeout=10)) as connection:
            rows = connection.execute(
                "select id, created, person, verdict, correct_answer, question, answer from feedback order by id"
            ).fetchall()
    except sqlite3.Error as error:
        raise LoadError(f"{database} is geen bestand met oordelen ({error}).") from error
    return tuple(
        Feedback(number, created, person, verdict, correct, question, json.loads(answer))
        for number, created, person, verdict, correct, question, answer in rows
    )
