"""What people left behind is deleted after the days that are set: audit log, conversations, names of judges, runs of evaluators."""

import shutil
import sqlite3
import threading
import time
from contextlib import closing
from pathlib import Path

from app.audit import Audit, before
from app.monitor import log
from ingest.errors import DossierError

_DAY = 24 * 3600
# Judgements are kept, without whose they are: they become known facts
_STEPS = (
    ("chat.sqlite", "delete from turn where conversation in (select id from conversation where updated < ?)"),
    ("chat.sqlite", "delete from conversation where updated < ?"),
    ("feedback.sqlite", "update feedback set person = '' where person != '' and created < ?"),
)
_RUN = ("run.json", "partial.jsonl")


def forget(folder: Path, days: int) -> int:
    """Delete what is older than `days` from the stores in a folder; how many records that were. Raises DossierError."""
    gone = Audit(folder / "audit.sqlite").forget(days)
    for name, step in _STEPS:
        if (folder / name).is_file():
            try:
                with closing(sqlite3.connect(folder / name, timeout=10)) as db, db:
                    gone += db.execute(step, (before(days),)).rowcount
            except sqlite3.Error as error:
                raise DossierError(f"'{folder / name}' is niet op te schonen ({error}).") from error
    return gone + _forget_runs(folder / "evals", time.time() - days * _DAY)


def _forget_runs(folder: Path, moment: float) -> int:
    """Delete runs (whole or broken off) that were last written before a moment, in seconds since 1970; sets are kept."""
    old = {file.parent for name in _RUN for file in folder.glob(f"*/{name}") if file.stat().st_mtime < moment}
    try:
        for run in old:
            shutil.rmtree(run)
    except OSError as error:
        raise DossierError(f"'{folder}' is niet op te schonen ({error.strerror}).") from error
    return len(old)


def keep_forgetting(folder: Path, days: int) -> None:
    """Forget now and once a day, in the background; with 0 days nothing is ever deleted."""
    if days:
        threading.Thread(target=_daily, args=(folder, days), name="retention", daemon=True).start()


def _daily(folder: Path, days: int) -> None:
    while True:
        try:
            log.info("retention", deleted=forget(folder, days), days=days)
        except DossierError as error:
            log.error("retention", error=str(error))
        time.sleep(_DAY)
