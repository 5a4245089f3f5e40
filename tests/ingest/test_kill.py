"""Kill -9 at random moments of an ingest: the old version of each file stays answerable, and a rerun gives the index of a clean build.

With the vectors in the index and on a Chroma server, which is killed too. Five kills by default; `KILLS=50` in the environment for
more (make kill-test).
"""

import os
import random
import shutil
import subprocess
import sys
import time
from pathlib import Path

from chroma_server import ChromaServer
from doubles import WordEncoder
from index_state import state_of

from ingest.check import check
from ingest.library import Library
from ingest.pipeline import index
from ingest.settings import Settings

HERE = Path(__file__).parent
KILLS = int(os.environ.get("KILLS", "5"))
PROGRAM = """
import sys
from pathlib import Path
from chroma_server import ChromaServer
from doubles import WordEncoder
import ingest.pipeline, ingest.store, chromadb
from ingest.settings import Settings
print("begin", flush=True)
ingest.pipeline.index([Path(sys.argv[1])], Path(sys.argv[2]), Settings(chroma_url=sys.argv[3]), WordEncoder(pause=0.003))
"""


def _write(folder: Path, version: int) -> None:
    """Six files, of which each version changes all; the first file of version 1 is gone in version 2, which has a new one."""
    folder.mkdir(exist_ok=True)
    for file in folder.iterdir():
        file.unlink()
    for number in range(version, version + 6):
        parts = [f"## Deel {part}\n\nVersie {version} van stuk {number}, deel {part}. Het kost {part} euro." for part in range(20)]
        (folder / f"stuk-{number}.md").write_text(f"# Stuk {number}\n\n" + "\n\n".join(parts) + "\n", encoding="utf-8")


def _start(folder: Path, directory: Path, url: str = "") -> "subprocess.Popen[bytes]":
    """An ingest in a process of its own, which has just begun when this returns."""
    environment = os.environ | {"PYTHONPATH": os.pathsep.join([str(HERE), str(HERE.parents[1])])}
    command = [sys.executable, "-c", PROGRAM, str(folder), str(directory), url]
    child = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=environment)
    assert child.stdout and child.stdout.readline() == b"begin\n"
    return child


def _words_by_file(directory: Path, url: str = "") -> dict[str, list[str]]:
    """The texts that can be retrieved of each file; every window must have its vector."""
    library = Library(directory, Settings(chroma_url=url), WordEncoder().identity)
    ids = set(state_of(directory, url)[-1])  # type: ignore[call-overload]
    assert set(library.spans) <= ids
    assert len(library.nearest(WordEncoder().question("Het kost 3 euro").dense, 3)) == 3
    texts: dict[str, list[str]] = {}
    for passage in library.passages.values():
        texts.setdefault(library.documents[passage.document_id].source_name, []).append(passage.text)
    return texts


def test_kill_at_random_moments(tmp_path: Path) -> None:
    seed = int(os.environ.get("KILL_SEED", str(random.randrange(10**6))))
    print(f"KILL_SEED={seed}")
    chance = random.Random(seed)
    folder = tmp_path / "stukken"
    _write(folder, 1)
    index([folder], tmp_path / "oud", Settings(), WordEncoder())
    before = _words_by_file(tmp_path / "oud")
    _write(folder, 2)
    start = time.monotonic()
    child = _start(folder, tmp_path / "schoon")
    begun = time.monotonic()
    assert child.wait() == 0
    duration = time.monotonic() - begun
    clean, after = state_of(tmp_path / "schoon"), _words_by_file(tmp_path / "schoon")
    print(f"een ingest duurt {duration:.1f} s, starten {begun - start:.1f} s")
    for number in range(KILLS):
        directory = tmp_path / f"kill-{number}"
        shutil.copytree(tmp_path / "oud", directory)
        child = _start(folder, directory)
        time.sleep(chance.uniform(0, duration))
        child.kill()
        child.wait()
        between = _words_by_file(directory)
        for name in before.keys() | after.keys():
            assert between.get(name) in (before.get(name), after.get(name)), (seed, number, name)
        index([folder], directory, Settings(), WordEncoder())
        assert state_of(directory) == clean, (seed, number)
        assert check(directory, Settings()) == []


def test_kill_of_an_ingest_or_of_its_chroma_server(tmp_path: Path) -> None:
    seed = int(os.environ.get("KILL_SEED", str(random.randrange(10**6))))
    print(f"KILL_SEED={seed}")
    chance = random.Random(seed)
    folder = tmp_path / "stukken"
    slowest, starts = 0.0, [0.0]
    with ChromaServer(tmp_path / "server") as server:
        settings = Settings(chroma_url=server.url)
        for number in range(KILLS):
            directory = tmp_path / f"kill-{number}"
            _write(folder, 1)
            index([folder], directory, settings, WordEncoder())
            before = _words_by_file(directory, server.url)
            _write(folder, 2)
            child = _start(folder, directory, server.url)
            time.sleep(chance.uniform(0, 1.5))
            victims = chance.choice(["ingest", "server", "both"])
            if victims != "ingest":
                server.kill()
            if victims != "server":
                child.kill()
            child.wait()
            began = time.monotonic()
            if victims != "ingest":
                server.start()
                starts.append(time.monotonic() - began)
            began = time.monotonic()
            between = _words_by_file(directory, server.url)
            slowest = max(slowest, time.monotonic() - began)
            index([folder], directory, settings, WordEncoder())
            after = _words_by_file(directory, server.url)
            for name in before.keys() | after.keys():
                assert between.get(name) in (before.get(name), after.get(name)), (seed, number, victims, name)
            assert set(after) == {f"stuk-{n}.md" for n in range(2, 8)}
            assert check(directory, settings) == []
    print(f"{KILLS} keer gedood; weer klaar na hoogstens {slowest:.2f} s; de start van chroma zelf duurde hoogstens {max(starts):.2f} s")
    assert slowest < 5


def test_kill_of_a_first_run_leaves_nothing_half(tmp_path: Path) -> None:
    folder, directory = tmp_path / "stukken", tmp_path / "index"
    _write(folder, 1)
    child = _start(folder, directory)
    while child.poll() is None and not (directory / "catalog.sqlite").exists():
        time.sleep(0.02)
    time.sleep(0.3)
    child.kill()
    child.wait()
    index([folder], directory, Settings(), WordEncoder())
    index([folder], tmp_path / "schoon", Settings(), WordEncoder())
    assert state_of(directory) == state_of(tmp_path / "schoon")
