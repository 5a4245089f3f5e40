"""From files to index: only what changed is done, what vanished goes, one writer at a time, and clear lines for failures."""

import fcntl
import os
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from chroma_server import ChromaServer
from doubles import WordEncoder
from index_state import state_of

from ingest.__main__ import main
from ingest.blocks import Loaded
from ingest.check import check
from ingest.errors import DossierError, IndexLocked, IndexMismatch
from ingest.library import Library
from ingest.pipeline import Report, index, remove
from ingest.settings import Settings
from ingest.store import VectorStore
from ingest.structure import structure
from ingest.types import Document, Source

BOMEN = "# Bomen\n\nDe gemeente plant in 2026 vijf bomen aan de Laan.\n"
STALLING = "# Stalling\n\nDe fietsenstalling kost 3 miljoen euro.\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "stukken"
    folder.mkdir()
    (folder / "bomen.md").write_text(BOMEN, encoding="utf-8")
    (folder / "stalling.md").write_text(STALLING, encoding="utf-8")
    return folder


def _run(folder: Path, *more: Path, **options: bool) -> Report:
    return index([folder, *more], folder.parent / "index", Settings(), WordEncoder(), **options)


def _library(folder: Path) -> Library:
    return Library(folder.parent / "index", Settings(), WordEncoder().identity)


def _texts(folder: Path) -> list[str]:
    return sorted(passage.text for passage in _library(folder).passages.values())


def test_a_question_finds_its_passage(folder: Path) -> None:
    report = _run(folder)
    assert (len(report.indexed), report.documents) == (2, 2) and report.passages == len(_texts(folder))
    library = _library(folder)
    (identity, score), *_ = library.nearest(WordEncoder().question("de fietsenstalling kost 3 miljoen euro").dense, 1)
    span = library.spans[identity]
    assert score > 0.8 and "fietsenstalling" in library.passages[span.passage_id].text


def test_second_run_writes_nothing(folder: Path) -> None:
    _run(folder)
    before = _library(folder).generation
    report = _run(folder)
    assert report.indexed == report.removed == () and len(report.unchanged) == 2
    assert _library(folder).generation == before


def test_the_number_of_jobs_changes_nothing(folder: Path, tmp_path: Path) -> None:
    for jobs in (1, 4):
        index([folder], tmp_path / f"index-{jobs}", Settings(), WordEncoder(), jobs=jobs)
    assert state_of(tmp_path / "index-1") == state_of(tmp_path / "index-4")


def test_changed_removed_and_renamed_files(folder: Path) -> None:
    _run(folder)
    (folder / "bomen.md").write_text(BOMEN.replace("vijf", "zes"), encoding="utf-8")
    assert _run(folder).indexed == ("bomen.md",)
    assert any("zes bomen" in text for text in _texts(folder)) and not any("vijf" in text for text in _texts(folder))
    (folder / "stalling.md").rename(folder / "fietsen.md")
    report = _run(folder)
    assert (report.indexed, report.removed) == (("fietsen.md",), ("stalling.md",))
    (folder / "bomen.md").unlink()
    assert _run(folder).removed == ("bomen.md",)
    assert {d.source_name for d in _library(folder).documents.values()} == {"fietsen.md"}
    assert check(folder.parent / "index", Settings()) == []


def test_of_two_identical_files_one_may_go(folder: Path) -> None:
    (folder / "kopie.md").write_text(BOMEN, encoding="utf-8")
    _run(folder)
    (folder / "bomen.md").unlink()
    _run(folder)
    library = _library(folder)
    assert {d.source_name for d in library.documents.values()} == {"kopie.md", "stalling.md"}
    assert library.nearest(WordEncoder().question("vijf bomen aan de Laan").dense, 3)
    assert check(folder.parent / "index", Settings()) == []


def test_a_file_outside_the_named_folder_stays(folder: Path, tmp_path: Path) -> None:
    other = tmp_path / "los.md"
    other.write_text("# Los\n\nEen los stuk.\n", encoding="utf-8")
    _run(folder, other)
    assert _run(folder).removed == ()
    remove(next(i for i in _library(folder).paths if i.startswith("los")), folder.parent / "index", Settings())
    assert "los.md" not in {d.source_name for d in _library(folder).documents.values()}
    with pytest.raises(DossierError, match="'weg' staat niet in de index"):
        remove("weg", folder.parent / "index", Settings())


def test_sidecar_overrides_and_sets_the_level(folder: Path) -> None:
    _run(folder)
    sidecar = folder / "bomen.meta.yaml"
    sidecar.write_text("title: Bomenplan\ndate: 2026-03-01\nkind: nota\naccess: intern\n", encoding="utf-8")
    assert _run(folder).indexed == ("bomen.md",)
    (document,) = [d for d in _library(folder).documents.values() if d.source_name == "bomen.md"]
    assert (document.title, str(document.date), document.kind, document.access) == ("Bomenplan", "2026-03-01", "nota", "intern")
    question = WordEncoder().question("bomen").dense
    assert {i for i, _ in _library(folder).only({document.document_id}).nearest(question, 9)} == {
        i for i, s in _library(folder).spans.items() if s.passage_id.startswith(document.document_id)
    }
    assert _library(folder).only(()).nearest(question, 9) == []


@pytest.mark.parametrize(
    ("sidecar", "message"),
    [
        ("title: [", "geen geldige YAML"),
        ("- a\n", "verwacht regels 'veld: waarde'"),
        ("titel: Bomen\n", "onbekend veld 'titel'; bekend zijn title, kind, date"),
        ("date: morgen\n", "'morgen' is geen datum; schrijf haar als 2026-03-31"),
    ],
)
def test_a_faulty_sidecar_is_named(folder: Path, sidecar: str, message: str) -> None:
    (folder / "bomen.md.meta.yaml").write_text(sidecar, encoding="utf-8")
    report = _run(folder)
    assert report.indexed == ("stalling.md",)
    assert len(report.failed) == 1 and message in report.failed[0] and report.failed[0].startswith("bomen.md.meta.yaml: ")


def test_a_folder_gives_its_level_however_the_file_is_named(folder: Path) -> None:
    secret = folder / "Vertrouwelijk" / "plan.md"
    secret.parent.mkdir()
    secret.write_text("# Plan\n\nEen geheim plan.\n", encoding="utf-8")
    for paths in ([folder], [secret], [secret.parent]):
        index(paths, folder.parent / "index", Settings(), WordEncoder())
        levels = {d.source_name: d.access for d in _library(folder).documents.values()}
        assert levels == {"bomen.md": "", "stalling.md": "", "plan.md": "vertrouwelijk"}


def test_a_second_writer_is_refused(folder: Path) -> None:
    directory = folder.parent / "index"
    directory.mkdir()
    handle = os.open(directory / "write.lock", os.O_RDWR | os.O_CREAT)
    os.write(handle, b"4321")
    fcntl.flock(handle, fcntl.LOCK_EX)
    with pytest.raises(IndexLocked, match=r"Een ander proces \(4321\) schrijft naar de index in .* Wacht tot het klaar is"):
        _run(folder)
    os.close(handle)
    assert _run(folder).indexed


def test_every_failure_is_one_line_and_the_rest_goes_on(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "leeg.txt").write_bytes(b"")
    (folder / "wit.txt").write_text("  \n\n", encoding="utf-8")
    (folder / "lijst.xlsx").write_bytes(b"PK")
    (folder / "stuk.pdf").write_bytes(b"%PDF-1.7 kapot")
    (folder / "dicht.md").write_text("x", encoding="utf-8")
    told: list[str] = []
    report = index([folder, folder / "weg"], folder.parent / "index", Settings(), WordEncoder(), tell=told.append)
    assert report.indexed == ("bomen.md", "dicht.md", "stalling.md")
    assert sorted(told) == sorted(report.failed) and all("\n" not in line for line in told)
    for words in (
        "leeg.txt: het bestand is leeg",
        "wit.txt: is leeg",
        "lijst.xlsx: bestandstype '.xlsx'",
        "stuk.pdf: ",
        "weg' bestaat niet",
    ):
        assert any(words in line for line in told), words


def test_a_file_that_is_not_understood_does_not_stop_the_rest(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def strange(loaded: Loaded, source: Source) -> tuple[Document, ...]:
        return structure(loaded, source) if source.name != "bomen.md" else structure(loaded, None)  # type: ignore[arg-type]

    monkeypatch.setattr("ingest.pipeline.structure", strange)
    report = _run(folder)
    assert report.indexed == ("stalling.md",)
    (line,) = report.failed
    assert line.startswith("bomen.md: is gelezen, maar niet te begrijpen (AttributeError")


def test_exit_status_of_the_command(folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    directory = folder.parent / "index"
    monkeypatch.setattr("ingest.pipeline.SentenceTransformerEncoder", lambda settings: WordEncoder())
    assert main([str(folder), "--index", str(directory)]) == 0
    assert "2 bestand(en) geïndexeerd" in capsys.readouterr().out
    assert main([str(folder), str(folder / "weg"), "--index", str(directory)]) == 1
    shown = capsys.readouterr()
    assert "2 ongewijzigd" in shown.out and "bestaat niet" in shown.err
    assert main(["check", "--index", str(directory)]) == 0
    with pytest.raises(SystemExit) as wrong:
        main([])
    assert wrong.value.code == 2


def test_rebuild_gives_the_same_index_and_drops_what_is_not_named(folder: Path, tmp_path: Path) -> None:
    other = tmp_path / "los.md"
    other.write_text("# Los\n\nEen los stuk.\n", encoding="utf-8")
    _run(folder)
    clean = state_of(folder.parent / "index")
    _run(folder, other)
    report = _run(folder, rebuild=True)
    assert len(report.indexed) == 2 and report.removed == ("los.md",)
    assert state_of(folder.parent / "index") == clean


def test_another_model_is_refused_until_a_rebuild(folder: Path) -> None:
    _run(folder)
    other = WordEncoder("ander model", size=8)
    with pytest.raises(IndexMismatch, match=r"model 'woorden', maar ingesteld is 'ander model'.*--rebuild"):
        index([folder], folder.parent / "index", Settings(), other)
    with pytest.raises(IndexMismatch):
        Library(folder.parent / "index", Settings(), "ander model")
    assert len(index([folder], folder.parent / "index", Settings(), other, rebuild=True).indexed) == 2
    assert Library(folder.parent / "index", Settings(), "ander model").nearest(other.question("bomen").dense, 1)


def test_lost_and_stray_vectors_are_found_and_mended(folder: Path) -> None:
    _run(folder)
    directory = folder.parent / "index"
    clean = state_of(directory)
    store = VectorStore(directory / "chroma")
    store.upsert(["dwaal@0/0"], np.ones((1, 16), np.float32), [""])
    store.delete([next(i for i in store.ids() if i.startswith("bomen"))])
    faults = check(directory, Settings())
    assert len(faults) == 2 and "bomen.md: 1 vectoren ontbreken" in faults[0] and "1 vectoren horen bij geen stuk" in faults[1]
    assert _run(folder).indexed == ("bomen.md",)
    assert check(directory, Settings()) == [] and state_of(directory) == clean


def test_an_encoder_is_only_asked_for_what_is_new(folder: Path) -> None:
    encoder = WordEncoder()
    index([folder], folder.parent / "index", Settings(), encoder)
    first = encoder.texts
    (folder / "nieuw.md").write_text("# Nieuw\n\nEen zin.\n", encoding="utf-8")
    index([folder], folder.parent / "index", Settings(), encoder)
    assert 0 < encoder.texts - first < first


@pytest.fixture
def chroma_server(tmp_path: Path) -> Iterator[str]:
    with ChromaServer(tmp_path / "server") as server:
        yield server.url


def test_a_chroma_server_holds_the_vectors_of_two_indexes_apart(folder: Path, tmp_path: Path, chroma_server: str) -> None:
    settings = Settings(chroma_url=chroma_server)
    other = tmp_path / "ander"
    other.mkdir()
    (other / "los.md").write_text("# Los\n\nEen los stuk.\n", encoding="utf-8")
    index([folder], tmp_path / "een", settings, WordEncoder())
    index([other], tmp_path / "twee", settings, WordEncoder())
    (folder / "bomen.md").unlink()
    assert index([folder], tmp_path / "een", settings, WordEncoder()).removed == ("bomen.md",)
    for directory, name in ((tmp_path / "een", "stalling.md"), (tmp_path / "twee", "los.md")):
        library = Library(directory, settings, "woorden")
        assert {d.source_name for d in library.documents.values()} == {name}
        assert library.nearest(WordEncoder().question("stuk").dense, 5)
        assert check(directory, settings) == []


def test_a_server_that_is_not_there_is_named(folder: Path) -> None:
    with pytest.raises(DossierError, match=r"De vectorindex op http://127\.0\.0\.1:9 is niet te openen"):
        index([folder], folder.parent / "index", Settings(chroma_url="http://127.0.0.1:9"), WordEncoder())
