"""A file that only its owner may read, for what is about people."""

from pathlib import Path

from ingest.errors import DossierError


def make_private(path: Path) -> None:
    """Make the file and its folder if they are not there. Raises DossierError if that cannot be done."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch(mode=0o600)
    except OSError as error:
        raise DossierError(f"'{path}' is niet te maken of te schrijven: {error.strerror}.") from error
