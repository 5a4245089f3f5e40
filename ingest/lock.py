"""One writer at a time: an advisory lock on a file in the index directory, given back by the system when a process dies."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ingest.errors import DossierError, IndexLocked


@contextmanager
def write_lock(directory: Path) -> Iterator[None]:
    """Hold the lock; raise IndexLocked with the other process's id if it is taken."""
    path = directory / "write.lock"
    try:
        directory.mkdir(parents=True, exist_ok=True)
        handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as error:
        raise DossierError(f"De indexmap '{directory}' is niet te schrijven: {error.strerror}.") from error
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            owner = os.pread(handle, 32, 0).decode(errors="replace").strip() or "onbekend"
            raise IndexLocked(f"Een ander proces ({owner}) schrijft naar de index in '{directory}'. Wacht tot het klaar is.") from error
        try:
            os.ftruncate(handle, 0)
            os.pwrite(handle, str(os.getpid()).encode(), 0)
        except OSError as error:
            raise DossierError(f"De indexmap '{directory}' is niet te schrijven: {error.strerror}.") from error
        yield
    finally:
        os.close(handle)
