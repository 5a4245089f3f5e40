"""A full disk, a disk that cannot be written and too little memory end in one clear line, and leave the index as it was."""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from doubles import WordEncoder
from index_state import state_of

from ingest.__main__ import main
from ingest.check import check
from ingest.errors import OUT_OF_MEMORY, DossierError
from ingest.library import Library
from ingest.pipeline import index
from ingest.settings import Settings

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
# one command of the program in a process of its own, with the double for a model
PROGRAM = """
import sys
import ingest.pipeline
from doubles import WordEncoder
ingest.pipeline.SentenceTransformerEncoder = lambda settings: WordEncoder()
from ingest.__main__ import main
sys.exit(main(sys.argv[1:]))
"""


def _run(*arguments: object, before: Callable[[], None] | None = None) -> "subprocess.CompletedProcess[str]":
    environment = os.environ | {"PYTHONPATH": os.pathsep.join([str(HERE), str(ROOT)])}
    command = [sys.executable, "-c", PROGRAM, *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, env=environment, preexec_fn=before, timeout=120)


def _mount(*arguments: str) -> None:
    done = subprocess.run(["mount", *arguments], capture_output=True, text=True)
    if done.returncode:
        pytest.skip(f"no disk can be mounted here ({done.stderr.strip()})")


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 3 MiB."""
    place = tmp_path / "schijf"
    place.mkdir()
    _mount("-t", "tmpfs", "-o", "size=3m", "tmpfs", str(place))
    yield place
    subprocess.run(["umount", "-l", str(place)], check=True)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "stukken"
    folder.mkdir()
    (folder / "bomen.md").write_text("# Bomen\n\nDe gemeente plant in 2026 vijf bomen aan de Laan.\n", encoding="utf-8")
    return folder


def _big(folder: Path) -> Path:
    words = (f"Zin {n} over een boom die in jaar {n} is geplant aan de Laan." for n in range(3000))
    (folder / "groot.txt").write_text("Nota over bomen\n\n" + "\n\n".join(words), encoding="utf-8")
    return folder / "groot.txt"


def _one_line(done: "subprocess.CompletedProcess[str]") -> str:
    assert done.returncode == 1 and "Traceback" not in done.stderr, done.stderr
    (line,) = [line for line in done.stderr.splitlines() if not line.startswith("Overgeslagen")]
    return line


def test_a_full_disk_is_said_and_what_was_there_stays(disk: Path, folder: Path) -> None:
    directory = disk / "index"
    index([folder], directory, Settings(), WordEncoder())
    clean = state_of(directory)
    big = _big(folder)
    assert "schijf vol" in _one_line(_run(folder, "--index", directory))
    assert state_of(directory)[:4] == clean[:4]
    big.unlink()
    _mount("-o", "remount,size=12m", str(disk))
    assert _run(folder, "--index", directory).returncode == 0
    assert check(directory, Settings()) == []
    index([folder], disk.parent / "schoon", Settings(), WordEncoder())
    assert state_of(directory) == state_of(disk.parent / "schoon")


def test_a_backup_that_does_not_fit_leaves_the_one_before(disk: Path, folder: Path, tmp_path: Path) -> None:
    _big(folder)
    index([folder], tmp_path / "index", Settings(), WordEncoder())
    (disk / "kopie.tar").write_text("de vorige")
    assert "schijf vol" in _one_line(_run("backup", disk / "kopie.tar", "--index", tmp_path / "index"))
    assert [p.name for p in disk.iterdir()] == ["kopie.tar"] and (disk / "kopie.tar").read_text() == "de vorige"


def test_a_disk_that_cannot_be_written_is_said(disk: Path, folder: Path, tmp_path: Path) -> None:
    directory = disk / "index"
    assert _run(folder, "--index", directory).returncode == 0
    shutil.copytree(directory, tmp_path / "kopie")
    _mount("-o", "remount,ro", str(disk))
    (folder / "bomen.md").write_text("# Bomen\n\nEr komen zes bomen.\n", encoding="utf-8")
    assert "niet te schrijven" in _one_line(_run(folder, "--index", directory))
    assert "niet te schrijven" in _one_line(_run("check", "--index", directory))
    assert "niet te schrijven" in _one_line(_run("backup", tmp_path / "kopie.tar", "--index", directory))
    with pytest.raises(DossierError, match=r"niet te (?:lezen|openen)"):
        Library(directory, Settings(), "woorden")
    _mount("-o", "remount,rw", str(disk))
    assert state_of(directory) == state_of(tmp_path / "kopie")


def test_a_limit_on_the_size_of_files_is_said(folder: Path, tmp_path: Path) -> None:
    import resource

    index([folder], tmp_path / "index", Settings(), WordEncoder())
    clean = state_of(tmp_path / "index")
    _big(folder)
    limit = (400_000, 400_000)
    done = _run(folder, "--index", tmp_path / "index", before=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, limit))
    assert "niet te schrijven" in _one_line(done)
    assert state_of(tmp_path / "index")[:4] == clean[:4]


@pytest.mark.parametrize("mebibytes", [600, 1200, 1800, 2400])
def test_too_little_memory_is_said(folder: Path, tmp_path: Path, mebibytes: int) -> None:
    import resource

    index([folder], tmp_path / "index", Settings(), WordEncoder())
    clean = state_of(tmp_path / "index")
    limit = (mebibytes * 2**20, mebibytes * 2**20)
    command = [sys.executable, "-m", "ingest", str(folder), "--rebuild", "--index", str(tmp_path / "ander")]
    done = subprocess.run(
        command, capture_output=True, text=True, cwd=ROOT, preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_AS, limit), timeout=120
    )
    assert done.returncode == 0 or done.stderr.splitlines()[-1] == OUT_OF_MEMORY, done.stderr
    assert state_of(tmp_path / "index") == clean


class Panic(BaseException):
    """As PyO3 raises one: no Exception."""


@pytest.mark.parametrize("told", ['Io(Os { code: 11, kind: WouldBlock, message: "…" })', "thread: … (os error 11)", "std::bad_alloc"])
def test_a_panic_for_lack_of_memory_is_said(told: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    def panics(arguments: list[str]) -> int:
        raise Panic(told)

    monkeypatch.setattr("ingest.__main__._index", panics)
    assert main(["map"]) == 1
    assert capsys.readouterr().err.splitlines() == [OUT_OF_MEMORY]


def test_another_panic_is_not_taken_for_it(monkeypatch: pytest.MonkeyPatch) -> None:
    def panics(arguments: list[str]) -> int:
        raise Panic("index out of bounds")

    monkeypatch.setattr("ingest.__main__._index", panics)
    with pytest.raises(Panic):
        main(["map"])
