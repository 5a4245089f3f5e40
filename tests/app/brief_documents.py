"""Documents with their passages as an index has them, without making one: no vectors are needed for a briefing."""

from functools import cache
from pathlib import Path

from app.brief import brief
from app.brief_types import Briefing, Request
from ingest.load import load
from ingest.passages import passages
from ingest.sources import read_source
from ingest.structure import structure
from ingest.types import Document, Passage

ROOT = Path(__file__).parents[2]
DOSSIERS = ROOT / "evals" / "dossiers"


@cache
def read(folder: Path) -> tuple[tuple[Document, ...], tuple[Passage, ...]]:
    documents = tuple(d for path in sorted(folder.iterdir()) for d in structure(load(path), read_source(path)))
    return documents, tuple(p for d in documents for p in passages(d))


def brief_on(name: str, request: Request) -> Briefing:
    return brief(*read(DOSSIERS / name), request)


def texts(briefing: Briefing, key: str) -> list[str]:
    return [line.text for chapter in briefing.chapters if chapter.key == key for line in chapter.lines]
