"""Whether answers stay the same when a document comes as another kind of file: an index a file, in which it takes the place of its
twin, and the known facts asked of each.
"""

import shutil
import sys
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from evals.check import texts_by_source
from evals.metrics import judge
from evals.types import KnownFact
from ingest.errors import LoadError
from ingest.pipeline import index, remove
from ingest.sandbox import load_safely
from ingest.settings import Settings

if TYPE_CHECKING:
    from app.answer import Assistant

ALLOWED, ALLOWED_SCAN = 2, 5  # questions fewer right than with the twin


@dataclass(frozen=True)
class Variant:
    """What one file costs. `lost` and `gained` are ids of known facts; `right` counts those of the whole set."""

    name: str
    twin: str
    right: int
    lost: tuple[str, ...]
    gained: tuple[str, ...]
    scanned: bool

    @property
    def fewer(self) -> int:
        return len(self.lost) - len(self.gained)

    @property
    def allowed(self) -> int:
        return ALLOWED_SCAN if self.scanned else ALLOWED


def formats(facts: Sequence[KnownFact], originals: Path, others: Path, directory: Path, settings: Settings) -> Iterator[Variant]:
    """A Variant for each file of `others`, first one for `originals` itself (its `twin` is ''). Indexes are made below `directory`.

    The twin of a file is the original that shares most of its words. Raises LoadError if a file cannot be read.
    """
    from app.answer import Assistant

    base = directory / "originals"
    _index([originals], base, settings)
    assistant = Assistant(base, settings)
    texts = texts_by_source(assistant.library.documents.values())
    sources = {d.source_name: d.source_id for d in assistant.library.documents.values()}
    before = _right(assistant, facts, {})
    yield Variant(originals.name, "", len(before), (), (), False)
    for file in sorted(path for path in others.iterdir() if path.is_file() and path.suffix in (".pdf", ".docx", ".html", ".txt")):
        loaded = load_safely(file, settings.pdf_password, settings.file_seconds, settings.file_memory_mib * 2**20)
        words = "\n".join(block.text for block in loaded.blocks)
        twin = max(texts, key=lambda name: _alike(texts[name], words))
        scanned = any("herkend uit een scan" in warning for warning in loaded.warnings)
        place = directory / file.stem
        shutil.rmtree(place, ignore_errors=True)
        shutil.copytree(base, place)
        remove(sources[twin], place, settings)
        _index([file], place, settings)
        after = _right(Assistant(place, settings), facts, {file.name: twin})
        yield Variant(file.name, twin, len(after), tuple(sorted(before - after)), tuple(sorted(after - before)), scanned)


def _index(paths: Sequence[Path], directory: Path, settings: Settings) -> None:
    report = index(paths, directory, settings)
    if report.failed:
        raise LoadError("\n".join(report.failed))


def _right(assistant: "Assistant", facts: Sequence[KnownFact], renamed: Mapping[str, str]) -> set[str]:
    """Ids of the known facts that are answered right; a citation of a renamed file counts as one of its twin."""
    from app.types import Turn

    right = set()
    for fact in facts:
        answer = assistant.ask(Turn(fact.question, fact.history))
        citations = tuple(replace(c, source=renamed.get(c.source, c.source)) for c in answer.citations)
        if judge(fact, replace(answer, citations=citations), assistant.library.documents).correct:
            right.add(fact.id)
    return right


def _alike(a: str, b: str) -> float:
    """Share of words, with how often they occur, that two texts have in common."""
    left, right = Counter(a.lower().split()), Counter(b.lower().split())
    return (left & right).total() / max((left | right).total(), 1)


def show(variants: Iterator[Variant]) -> int:
    """Print a line a file as it is ready; 1 if one of them is beyond what is allowed."""
    status = 0
    for each in variants:
        if not each.twin:
            print(f"{each.name}: {each.right} vragen juist", flush=True)
            continue
        good = each.fewer <= each.allowed
        status |= not good
        verdict = "goed" if good else f"TE VEEL (hoogstens {each.allowed})"
        print(f"{each.name} voor {each.twin}: {each.right} juist, {each.fewer} minder: {verdict}", flush=True)
        for title, ids in (("verloren", each.lost), ("gewonnen", each.gained)):
            if ids:
                print(f"  {title}: {', '.join(ids)}")
    sys.stdout.flush()
    return status
