"""Accounts and sessions, in one SQLite file beside the index: who may come in, with which role and groups.

Passwords are hashed with argon2id; of a session only the hash of its token is kept. What an account may read is looked
up with every request, so what is taken away is gone at once.
"""

import hashlib
import json
import secrets
import sqlite3
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from app.access import ROLES, Role, Visitor
from app.private import make_private
from ingest.access import LEVELS, allow_list, tidy
from ingest.errors import DossierError, SettingsError

SHORTEST, LONGEST_PASSWORD = 12, 1000  # characters of a password
ATTEMPTS = 5  # wrong passwords a minute, for one name or from one address
LOCKED_AFTER = 10  # wrong passwords in a row
LOCKED_FOR = 15 * 60  # seconds
LONGEST = 12 * 3600  # seconds that a session lasts at most
_SCHEMA = """
create table if not exists account (
  name text primary key, password text not null default '', role text not null, groups text not null, origin text not null,
  blocked integer not null default 0, failed integer not null default 0, locked_until real not null default 0);
create table if not exists session (
  token text primary key, account text not null references account on delete cascade, seen real not null, ends real not null,
  idle real not null);
create table if not exists attempt (who text not null, at real not null);
create index if not exists attempt_who on attempt (who, at);
"""


class Refused(DossierError):
    """A sign-in that is refused; `wait` is the number of seconds after which to try again (0: the name or password is wrong)."""

    def __init__(self, wait: float = 0.0) -> None:
        super().__init__("geweigerd")
        self.wait = wait


@dataclass(frozen=True)
class Account:
    """`origin` is local, oidc or proxy; only a local one has a password."""

    name: str
    role: Role
    groups: tuple[str, ...]
    origin: str
    blocked: bool

    @property
    def visitor(self) -> Visitor:
        return Visitor(self.name, self.role, allow_list(self.groups), signed_in=True, local=self.origin == "local")


class Accounts:
    """The store. Raises DossierError where the file cannot be read or written. `clock` gives seconds since 1970."""

    def __init__(self, database: Path, clock: Callable[[], float] = time.time, hasher: PasswordHasher | None = None) -> None:
        self._database, self._clock = database, clock
        self._hasher = hasher or PasswordHasher()
        self._one_at_a_time = threading.Lock()  # a hash takes 64 MB
        make_private(database)
        with self._open() as db:
            db.execute("pragma journal_mode=wal")
            db.executescript(_SCHEMA)
        self._nobody = self._hasher.hash(secrets.token_urlsafe())

    def any(self) -> bool:
        with self._open() as db:
            return db.execute("select 1 from account limit 1").fetchone() is not None

    def list(self) -> list[Account]:
        with self._open() as db:
            return [_account(row) for row in db.execute("select name, role, groups, origin, blocked from account order by name")]

    def find(self, name: str) -> Account | None:
        with self._open() as db:
            row = db.execute("select name, role, groups, origin, blocked from account where name = ?", (name,)).fetchone()
        return _account(row) if row else None

    def add(self, name: str, password: str, role: Role = "lezer", groups: Iterable[str] = ()) -> None:
        """A new local account. Raises SettingsError for a name that is taken, or a password that is too short."""
        if not name.strip() or len(name) > 100 or not name.isprintable():
            raise SettingsError(f"'{name}' kan geen naam van een account zijn.")
        if self.find(name):
            raise SettingsError(f"Er is al een account '{name}'.")
        hashed = self._hash(password)
        with self._open() as db:
            values = (name, hashed, role, _dump(groups), "local")
            db.execute("insert into account (name, password, role, groups, origin) values (?, ?, ?, ?, ?)", values)

    def change(
        self,
        name: str,
        role: Role | None = None,
        groups: Iterable[str] | None = None,
        password: str | None = None,
        blocked: bool | None = None,
    ) -> None:
        """Change an account; a new password and a block end its sessions. Raises SettingsError if there is no such account."""
        self._expect(name)
        with self._open() as db:
            if role is not None:
                db.execute("update account set role = ? where name = ?", (role, name))
            if groups is not None:
                db.execute("update account set groups = ? where name = ?", (_dump(groups), name))
            if password is not None:
                db.execute("update account set password = ?, failed = 0, locked_until = 0 where name = ?", (self._hash(password), name))
            if blocked is not None:
                db.execute("update account set blocked = ?, failed = 0, locked_until = 0 where name = ?", (blocked, name))
            if blocked or password is not None:
                db.execute("delete from session where account = ?", (name,))

    def remove(self, name: str) -> None:
        """Raises SettingsError if there is no such account."""
        self._expect(name)
        with self._open() as db:
            db.execute("delete from account where name = ?", (name,))

    def know(self, name: str, origin: str, names: Iterable[str]) -> Account:
        """The account of someone whom a provider or proxy vouches for, with what the names of their groups give.

        Raises Refused when it is blocked, or has the name of an account of another origin.
        """
        given = {tidy(each) for each in names}
        role = max((r for r in ROLES if r in given), key=ROLES.index, default=ROLES[0])
        groups = _dump(given - set(ROLES))
        with self._open() as db:
            db.execute(
                "insert into account (name, role, groups, origin) values (?, ?, ?, ?) on conflict (name) do update "
                "set role = excluded.role, groups = excluded.groups where origin = excluded.origin and (role, groups) != "
                "(excluded.role, excluded.groups)",
                (name, role, groups, origin),
            )
        found = self.find(name)
        if found is None or found.blocked or found.origin != origin:
            raise Refused
        return found

    def sign_in(self, name: str, password: str, address: str) -> Account:
        """The account with this name and password. Raises Refused, alike for a wrong name and a wrong password."""
        now, keys = self._clock(), (f"name:{name}", f"address:{address}")
        with self._open() as db:
            db.execute("begin immediate")
            db.execute("delete from attempt where at < ?", (now - 60,))
            for key in keys:
                count, first = db.execute("select count(*), min(at) from attempt where who = ?", (key,)).fetchone()
                if count >= ATTEMPTS:
                    raise Refused(first + 60 - now)
            db.executemany("insert into attempt values (?, ?)", [(key, now) for key in keys])  # counted before it is tried
            row = db.execute("select password, blocked, locked_until from account where name = ? and origin = 'local'", (name,)).fetchone()
        stored, blocked, locked_until = row or (self._nobody, 1, 0.0)
        right = self._verify(stored, password)
        if locked_until > now:
            raise Refused(locked_until - now)
        with self._open() as db:
            if not right or blocked:
                db.execute(
                    "update account set failed = failed + 1, locked_until = case when failed + 1 >= ? then ? else 0 end where name = ?",
                    (LOCKED_AFTER, now + LOCKED_FOR, name),
                )
            else:
                db.execute("update account set failed = 0, locked_until = 0 where name = ?", (name,))
                db.execute("delete from attempt where who = ? or who = ? and at = ?", (*keys, now))
        found = self.find(name)
        if not right or blocked or found is None:
            raise Refused
        return found

    def open_session(self, name: str, idle: float, longest: float = LONGEST) -> str:
        """A token that stands for the account, until `idle` seconds without use or `longest` seconds have passed."""
        token, now = secrets.token_urlsafe(32), self._clock()
        with self._open() as db:
            db.execute("delete from session where ends < ? or seen + idle < ?", (now, now))
            db.execute("insert into session values (?, ?, ?, ?, ?)", (_digest(token), name, now, now + longest, idle))
        return token

    def session(self, token: str) -> Account | None:
        """The account that a token stands for, None if it has ended."""
        now = self._clock()
        with self._open() as db:
            row = db.execute(
                "select name, role, groups, origin, blocked, seen from session join account on account = name "
                "where token = ? and ends > ? and seen + idle > ? and not blocked",
                (_digest(token), now, now),
            ).fetchone()
            if row and now - row[5] > 10:
                db.execute("update session set seen = ? where token = ?", (now, _digest(token)))
        return _account(row) if row else None

    def close_session(self, token: str) -> None:
        with self._open() as db:
            db.execute("delete from session where token = ?", (_digest(token),))

    def _expect(self, name: str) -> None:
        if self.find(name) is None:
            raise SettingsError(f"Er is geen account '{name}'.")

    def _hash(self, password: str) -> str:
        if len(password) < SHORTEST:
            raise SettingsError(f"Een wachtwoord heeft minstens {SHORTEST} tekens.")
        if len(password) > LONGEST_PASSWORD:
            raise SettingsError(f"Een wachtwoord heeft hoogstens {LONGEST_PASSWORD} tekens.")
        with self._one_at_a_time:
            return self._hasher.hash(password)

    def _verify(self, stored: str, password: str) -> bool:
        with self._one_at_a_time:
            try:
                return self._hasher.verify(stored, password[:LONGEST_PASSWORD])
            except (VerificationError, InvalidHashError):
                return False

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        try:
            with closing(sqlite3.connect(self._database, timeout=10)) as db, db:
                db.execute("pragma foreign_keys=on")
                yield db
        except sqlite3.Error as error:
            raise DossierError(f"De accounts in '{self._database}' zijn niet te lezen of te schrijven ({error}).") from error


def _account(row: tuple[str, Role, str, str, int]) -> Account:
    return Account(row[0], row[1], tuple(json.loads(row[2])), row[3], bool(row[4]))


def _dump(groups: Iterable[str]) -> str:
    """Groups as they are kept: levels first, then by name."""
    named = {tidy(group) for group in groups} - {""}
    return json.dumps([*(level for level in LEVELS if level in named), *sorted(named - set(LEVELS))], ensure_ascii=False)


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
