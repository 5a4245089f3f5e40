"""A page of a PDF as a picture, with the quote marked on it, drawn in a child process so that no file can take the chat down."""

import json
import subprocess
import sys
import threading
from functools import lru_cache
from pathlib import Path

from ingest.errors import LoadError
from ingest.sandbox import bare_environment
from ingest.settings import settings

ZOOMS = (75, 100, 150, 200)  # per cent
_places = threading.BoundedSemaphore(2)  # children at a time


def page_image(path: Path, number: int, quote: str = "", zoom: int = 100, password: str = "") -> tuple[bytes, int, int]:
    """(PNG, marked lines, pages in the file) of page `number` (from 1). Raises LoadError, also for what takes too much."""
    try:
        changed = path.stat().st_mtime_ns
    except OSError as error:
        raise LoadError(f"{path.name}: kan niet worden geopend ({error.strerror}).") from error
    return _drawn(path, changed, number, quote, zoom, password)


@lru_cache(maxsize=64)
def _drawn(path: Path, changed: int, number: int, quote: str, zoom: int, password: str) -> tuple[bytes, int, int]:
    """`changed` makes a file that was replaced be read again."""
    seconds, memory = settings().file_seconds, settings().file_memory_mib * 2**20
    order = {"path": str(path.absolute()), "number": number, "quote": quote, "zoom": zoom, "password": password}
    command = [sys.executable, "-P", "-m", "app.pdf_page"]
    with _places:
        try:
            order_line = json.dumps(order | {"seconds": seconds, "memory": memory}).encode() + b"\n"
            run = subprocess.run(command, input=order_line, capture_output=True, env=bare_environment(), timeout=seconds)
        except subprocess.TimeoutExpired:
            raise LoadError(f"{path.name}: tekenen duurde langer dan {seconds:.0f} seconden en is afgebroken.") from None
    head, _, image = run.stdout.partition(b"\n")
    try:
        answer = json.loads(head)
    except ValueError:
        raise LoadError(f"{path.name}: bladzijde {number} is niet te tekenen; het bestand is beschadigd of vraagt te veel.") from None
    if "error" in answer:
        raise LoadError(answer["error"])
    return image, int(answer["marked"]), int(answer["pages"])
