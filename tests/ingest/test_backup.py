"""A backup comes back as it was, also while the index is served or the run is killed; and an index is mended from its own texts."""

import io
import json
import os
import random
import shutil
import sqlite3
import subprocess
import sys
import tarfile
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest
from chromadb.api.shared_system_client import SharedSystemClient
from doubles import WordEncoder
from index_state import state_of

from ingest.__main__ import main
from ingest.backup import backup, restore
from ingest.catalog import Catalog
from ingest.check import check
from ingest.errors import DossierError, IndexLocked, IndexMismatch, IndexMissing
from ingest.library import Library
from ingest.lock import write_lock
from ingest.pipeline import index
from ingest.repair import repair
from ingest.settings import Settings
from ingest.store import VectorStore

ROOT = Path(__file__).parents[2]
VECTORS = np.ones((1, 16), np.float32)


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A folder with an index of two files; beside it a conversation, an upload, and what evaluators made."""
    home, folder = tmp_path / "huis", tmp_path / "stukken"
    folder.mkdir()
    for name in ("bomen", "stalling"):
        (folder / f"{name}.md").write_text(f"# Stuk over {name}\n\nDe {name} kost 3 miljoen euro. Dat is veel.\n", encoding="utf-8")
    index([folder], home / "index", Settings(), WordEncoder())
    with closing(sqlite3.connect(home / "chat.sqlite")) as chat, chat:
        chat.execute("PRAGMA journal_mode=WAL")
        chat.execute("CREATE TABLE vraag (tekst TEXT)")
        chat.execute("INSERT INTO vraag VALUES ('eerste')")
    (home / "uploads").mkdir()
    (home / "uploads" / "los.md").write_text("los", encoding="utf-8")
    for name in ("sets/eigen.yaml", "meting/run.json", "meting/report.html", "index-elders/catalog.sqlite"):
        (home / "evals" / name).parent.mkdir(parents=True, exist_ok=True)
        (home / "evals" / name).write_text("[]", encoding="utf-8")
    return home


def _questions(home: Path) -> list[str]:
    with closing(sqlite3.connect(home / "chat.sqlite")) as chat:
        return [row[0] for row in chat.execute("SELECT tekst FROM vraag")]


def _change(home: Path) -> None:
    """Another document, another question, an upload gone."""
    (home.parent / "stukken" / "bomen.md").write_text("# Plan\n\nEr komen zes bomen.\n", encoding="utf-8")
    index([home.parent / "stukken"], home / "index", Settings(), WordEncoder())
    with closing(sqlite3.connect(home / "chat.sqlite")) as chat, chat:
        chat.execute("INSERT INTO vraag VALUES ('tweede')")
    (home / "uploads" / "los.md").unlink()


def _as_in_a_new_process() -> None:
    SharedSystemClient.clear_system_cache()


def test_all_comes_back_elsewhere(home: Path, tmp_path: Path) -> None:
    kept = backup(home / "index", tmp_path / "kopie.tar", Settings())
    assert (kept.documents, kept.files) == (2, 4) and kept.vectors == len(state_of(home / "index")[-1])  # type: ignore[arg-type]
    assert restore(tmp_path / "kopie.tar", tmp_path / "elders" / "index", Settings()) == kept
    assert state_of(tmp_path / "elders" / "index") == state_of(home / "index")
    assert _questions(tmp_path / "elders") == ["eerste"]
    assert [(tmp_path / name).stat().st_mode & 0o077 for name in ("kopie.tar", "elders/chat.sqlite")] == [0, 0]
    assert (tmp_path / "elders" / "uploads" / "los.md").read_text() == "los"
    made = (tmp_path / "elders" / "evals").rglob("*.*")
    assert {p.relative_to(tmp_path / "elders" / "evals").as_posix() for p in made} == {"sets/eigen.yaml", "meting/run.json"}
    assert index([tmp_path / "stukken"], tmp_path / "elders" / "index", Settings(), WordEncoder()).indexed == ()
    assert {p.name for p in tmp_path.iterdir()} == {"huis", "stukken", "kopie.tar", "elders"}  # nothing is left of the work


def test_it_goes_back_under_a_library_that_is_open(home: Path, tmp_path: Path) -> None:
    clean = state_of(home / "index")
    backup(home / "index", tmp_path / "kopie.tar", Settings())
    _change(home)
    library = Library(home / "index", Settings(), WordEncoder().identity)
    with pytest.raises(DossierError, match=r"al een index.*--replace"):
        restore(tmp_path / "kopie.tar", home / "index", Settings())
    restore(tmp_path / "kopie.tar", home / "index", Settings(), replace=True)
    assert _questions(home) == ["eerste", "tweede"]  # what people have said since is not lost
    assert library.refresh()
    assert {d.title for d in library.documents.values()} == {"Stuk over bomen", "Stuk over stalling"}
    assert len(library.nearest(WordEncoder().question("de bomen kost").dense, 2)) == 2
    assert state_of(home / "index") == clean and (home / "uploads" / "los.md").exists()


def test_a_level_that_was_given_since_stays(home: Path, tmp_path: Path) -> None:
    catalog = Catalog(home / "index")
    bomen, stalling = sorted(catalog.sources())
    catalog.set_access(bomen, "openbaar")
    catalog.set_access(stalling, "intern")
    backup(home / "index", tmp_path / "kopie.tar", Settings())
    catalog.set_access(bomen, "vertrouwelijk")
    restore(tmp_path / "kopie.tar", home / "index", Settings(), replace=True)
    assert {d.source_id: d.access for d in catalog.documents()} == {bomen: "vertrouwelijk", stalling: "intern"}


def test_an_index_of_another_model_is_replaced(home: Path, tmp_path: Path) -> None:
    backup(home / "index", tmp_path / "kopie.tar", Settings())
    other = WordEncoder("ander model", size=8)
    index([tmp_path / "stukken"], home / "index", Settings(), other, rebuild=True)
    restore(tmp_path / "kopie.tar", home / "index", Settings(), replace=True)
    assert Library(home / "index", Settings(), "woorden").nearest(WordEncoder().question("bomen").dense, 1)


def _flip(data: bytes) -> bytes:
    middle = data.index(b"SQLite format 3") + 5000
    return data[:middle] + bytes([data[middle] ^ 255]) + data[middle + 1 :]


def _with(name: str, content: bytes) -> Callable[[bytes], bytes]:
    def changed(data: bytes) -> bytes:
        out = io.BytesIO(data)
        with tarfile.open(fileobj=out, mode="a") as tar:
            member = tarfile.TarInfo(name)
            member.size = len(content)
            tar.addfile(member, io.BytesIO(content))
        return out.getvalue()

    return changed


@pytest.mark.parametrize(
    "damage",
    [
        pytest.param(_flip, id="byte"),
        pytest.param(lambda data: data[:3000], id="kop"),
        pytest.param(lambda data: data[: len(data) // 2], id="helft"),
        pytest.param(lambda data: b"geen tar", id="geen tar"),
        pytest.param(_with("../weg", b"x"), id="pad naar buiten"),
        pytest.param(_with("er-bij", b"x"), id="bestand erbij"),
    ],
)
def test_a_damaged_archive_changes_nothing(home: Path, tmp_path: Path, damage: Callable[[bytes], bytes]) -> None:
    archive = tmp_path / "kopie.tar"
    backup(home / "index", archive, Settings())
    _change(home)
    before = state_of(home / "index")
    archive.write_bytes(damage(archive.read_bytes()))
    with pytest.raises(DossierError, match="is geen hele back-up") as error:
        restore(archive, home / "index", Settings(), replace=True)
    assert "\n" not in str(error.value)
    assert state_of(home / "index") == before and _questions(home) == ["eerste", "tweede"] and not (tmp_path / "weg").exists()


def test_what_cannot_be_backed_up_is_said(home: Path, tmp_path: Path) -> None:
    with pytest.raises(IndexMissing, match="Er is geen index"):
        backup(tmp_path / "leeg", tmp_path / "kopie.tar", Settings())
    with write_lock(home / "index"), pytest.raises(IndexLocked):
        backup(home / "index", tmp_path / "kopie.tar", Settings())
    store = VectorStore(home / "index" / "chroma")
    store.delete(sorted(store.ids())[:1])
    (tmp_path / "kopie.tar").write_text("de vorige")
    with pytest.raises(DossierError, match="1 vectoren ontbreken; herstel"):
        backup(home / "index", tmp_path / "kopie.tar", Settings())
    assert (tmp_path / "kopie.tar").read_text() == "de vorige"


def test_a_restore_that_is_killed_leaves_the_old_or_the_new(home: Path, tmp_path: Path) -> None:
    chance = random.Random(7)
    backup(home / "index", tmp_path / "kopie.tar", Settings())
    old = state_of(home / "index")[:3]
    _change(home)
    new = state_of(home / "index")[:3]
    program = (
        "import sys; from pathlib import Path; from ingest.backup import restore; from ingest.settings import Settings; import chromadb; "
        "print('begin', flush=True); restore(Path(sys.argv[1]), Path(sys.argv[2]), Settings(), True)"
    )
    for number in range(int(os.environ.get("KILLS", "5"))):
        served = tmp_path / f"huis-{number}"
        shutil.copytree(home, served)
        command = [sys.executable, "-c", program, str(tmp_path / "kopie.tar"), str(served / "index")]
        child = subprocess.Popen(command, stdout=subprocess.PIPE, cwd=ROOT)
        assert child.stdout and child.stdout.readline() == b"begin\n"
        time.sleep(chance.uniform(0, 0.6))
        child.kill()
        child.wait()
        library = Library(served / "index", Settings(), "woorden")
        assert state_of(served / "index")[:3] in (old, new)
        assert len(library.nearest(WordEncoder().question("drie bomen").dense, 2)) == 2
        restore(tmp_path / "kopie.tar", served / "index", Settings(), replace=True)
        assert state_of(served / "index")[:3] == old and check(served / "index", Settings()) == []


@pytest.mark.parametrize("damage", ["weg", "een vector", "dwaalvector", "chroma.sqlite3"])
def test_vectors_are_made_again_from_the_texts(home: Path, damage: str) -> None:
    directory = home / "index"
    clean = state_of(directory)
    vectors = VectorStore(directory / "chroma").vectors(sorted(clean[-1]))  # type: ignore[call-overload]
    if damage == "weg":
        shutil.rmtree(directory / "chroma")
    elif damage == "een vector":
        VectorStore(directory / "chroma").delete(sorted(clean[-1])[:1])  # type: ignore[call-overload]
    elif damage == "dwaalvector":
        VectorStore(directory / "chroma").upsert(["dwaal@0/0"], VECTORS, [""])
    else:
        (directory / "chroma" / damage).write_bytes(b"rommel" * 4000)
    _as_in_a_new_process()
    assert check(directory, Settings())
    done = repair(directory, Settings(), WordEncoder())
    assert done and all("\n" not in line for line in done)
    assert check(directory, Settings()) == [] and state_of(directory) == clean
    assert np.allclose(VectorStore(directory / "chroma").vectors(sorted(clean[-1])), vectors, atol=1e-6)  # type: ignore[call-overload]
    assert repair(directory, Settings(), WordEncoder()) == []


def test_repair_refuses_another_model(home: Path) -> None:
    with pytest.raises(IndexMismatch):
        repair(home / "index", Settings(), WordEncoder("ander model"))


def test_a_damaged_catalog_is_named_and_a_backup_puts_it_right(home: Path, tmp_path: Path) -> None:
    directory = home / "index"
    clean = state_of(directory)
    backup(directory, tmp_path / "kopie.tar", Settings())
    for name in ("catalog.sqlite-wal", "catalog.sqlite-shm"):
        (directory / name).unlink(missing_ok=True)
    (directory / "catalog.sqlite").write_bytes(b"rommel" * 4000)
    with pytest.raises(DossierError, match="De catalogus is niet te lezen"):
        Library(directory, Settings(), "woorden")
    (fault,) = check(directory, Settings())
    assert "De catalogus is beschadigd" in fault and "restore" in fault
    restore(tmp_path / "kopie.tar", directory, Settings(), replace=True)
    assert state_of(directory) == clean


def test_the_commands(home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    archive = str(tmp_path / "kopie.tar")
    assert main(["backup", archive, "--index", str(home / "index")]) == 0
    assert "2 stukken" in capsys.readouterr().out
    assert main(["restore", archive, "--index", str(home / "index")]) == 1
    assert "--replace" in capsys.readouterr().err
    assert main(["restore", archive, "--index", str(home / "index"), "--replace"]) == 0
    assert "teruggezet van 20" in capsys.readouterr().out
    with tarfile.open(archive) as tar:
        manifest = json.loads(tar.extractfile("manifest.json").read())  # type: ignore[union-attr]
    assert manifest["vectors"] and "beside/chat.sqlite" in manifest["sha256"]
