"""Every hostile file ends within 30 seconds and 1 GiB in text or in one line, and the others are indexed all the same."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from doubles import WordEncoder
from make_files import FORMATS, MISSING

from ingest.library import Library
from ingest.pipeline import index
from ingest.settings import Settings

HOSTILE = FORMATS / "hostile"
pytestmark = pytest.mark.skipif(not HOSTILE.is_dir(), reason=MISSING)
# a process of its own, so that the largest of its children is the largest reader
PROGRAM = """
import json, resource, sys, time
from pathlib import Path
from ingest.errors import LoadError
from ingest.sandbox import load_safely
for path in sorted(Path(sys.argv[1]).iterdir()):
    start = time.monotonic()
    try:
        load_safely(path)
        error = ""
    except LoadError as failure:
        error = str(failure)
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    print(json.dumps([path.name, time.monotonic() - start, peak / 1024, error]))
"""
REFUSED = {
    "afgekapt.pdf": "beschadigd",
    "leeg.pdf": "is leeg",
    "eigenlijk-png.pdf": "PNG-afbeelding",
    "wachtwoord-geheim.pdf": "DOSSIER_PDF_PASSWORD",
    "tweeduizend-paginas.pdf": "2000 pagina's",
    "stream-300mb.pdf": "MiB geheugen",
    "zipbom-200mb.docx": "191 MiB",
    "xxe-extern.docx": "DTD",
    "miljard-lachjes.docx": "DTD",
    "parkeerplaatsen.xlsx": "Excel-werkmap",
}


def test_each_file_keeps_to_its_limits() -> None:
    environment = os.environ | {"PYTHONPATH": str(Path(__file__).parents[2])}
    done = subprocess.run([sys.executable, "-c", PROGRAM, str(HOSTILE)], capture_output=True, text=True, env=environment, check=True)
    found = [json.loads(line) for line in done.stdout.splitlines()]
    print(done.stdout)
    assert {name for name, _, _, error in found if error} == REFUSED.keys()
    for name, seconds, mebibytes, error in found:
        assert seconds <= 31 and mebibytes <= 1024, name
        assert not error or (error.startswith(name) and REFUSED[name] in error and "\n" not in error)


def test_the_others_are_indexed(tmp_path: Path) -> None:
    report = index([HOSTILE], tmp_path / "index", Settings(), WordEncoder())
    assert {line.split(":")[0] for line in report.failed} == REFUSED.keys()
    names = {path.name for path in HOSTILE.iterdir()}
    assert set(report.indexed) == names - REFUSED.keys()
    library = Library(tmp_path / "index", Settings(), WordEncoder().identity)
    for name in report.indexed:
        assert any(library.documents[p.document_id].source_name == name for p in library.passages.values())
    said = " ".join(p.text for p in library.passages.values())
    assert "€" in said and "coördinatie" in said.lower()


def test_an_encrypted_file_opens_with_the_password(tmp_path: Path) -> None:
    settings = Settings(pdf_password="geheim")
    assert index([HOSTILE / "wachtwoord-geheim.pdf"], tmp_path, settings, WordEncoder()).indexed == ("wachtwoord-geheim.pdf",)
