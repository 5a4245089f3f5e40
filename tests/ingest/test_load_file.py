"""What a file is, is decided by its content; and every file ends in blocks or one line, within its limits."""

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from make_files import FORMATS, MISSING, pdf, text

from ingest import load as loading
from ingest.decode import decode
from ingest.errors import LoadError
from ingest.load import load
from ingest.sandbox import load_many, load_safely
from ingest.tidy import join_lines, one_line, tidy

HOSTILE = FORMATS / "hostile"
needs_formats = pytest.mark.skipif(not FORMATS.is_dir(), reason=MISSING)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252"])
def test_text_is_decoded(encoding: str) -> None:
    assert decode("Coördinatie – € 3,50\r\n“ja”\r".encode(encoding)) == "Coördinatie – € 3,50\n“ja”\n"


@given(st.binary(max_size=200))
def test_decoding_never_fails(data: bytes) -> None:
    assert isinstance(decode(data), str)


def test_characters_are_tidied() -> None:
    assert tidy("e\u0301\u00adn ﬁets\u200b\ue0001\ue001\xa0") == "én fiets1 "
    assert one_line("een \n twee \ue0003\ue001") == "een twee\ue0003\ue001"
    assert (
        join_lines(["zie https://voorbeeld.nl/een%20", "lang%20adres", "en meer"]) == "zie https://voorbeeld.nl/een%20lang%20adres en meer"
    )
    assert join_lines(["een zelf-", "standig", "plan"], frozenset({"zelf-standig"})) == "een zelf-standig plan"


@pytest.mark.parametrize(
    ("name", "data", "message"),
    [
        ("a.pdf", b"\x89PNG\r\n\x1a\n" + bytes(50), "is een PNG-afbeelding, geen PDF; ondersteund zijn pdf"),
        ("a.docx", b"PK\x03\x04 xl/workbook.xml", "is een Excel-werkmap, geen DOCX; ondersteund zijn pdf"),
        ("a.xlsx", b"PK\x03\x04 xl/workbook.xml", "is een Excel-werkmap; ondersteund zijn pdf"),
        ("a.pdf", b"gewone tekst", "is platte tekst, geen PDF; ondersteund"),
        ("a.csv", b"a;b\n", "extensie '.csv'; ondersteund zijn pdf, docx, html, txt, md"),
        ("a", b"tekst", "zonder extensie; ondersteund"),
        ("a.txt", bytes(range(256)) * 4, "is geen tekst; ondersteund"),
        ("a.txt", b"", "is leeg"),
        ("a.pdf", b" \n\n", "is leeg"),
    ],
)
def test_unreadable_files_say_what_they_are(tmp_path: Path, name: str, data: bytes, message: str) -> None:
    (tmp_path / name).write_bytes(data)
    with pytest.raises(LoadError) as error:
        load(tmp_path / name)
    assert str(error.value).startswith(f"{name}: ") and message in str(error.value) and "\n" not in str(error.value)


def test_content_counts_more_than_the_name(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_bytes(pdf([[text(70, 700, "Een stalling.")]]))
    assert [b.text for b in load(tmp_path / "a.txt").blocks] == ["Een stalling."]
    (tmp_path / "b").write_text("<!doctype html><p>Een stalling.</p>")
    assert [b.text for b in load(tmp_path / "b").blocks] == ["Een stalling."]


def test_size_limit_and_missing_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(loading, "MAX_BYTES", 2**20)
    (tmp_path / "a.txt").write_bytes(b"a" * (2**20 + 1))
    with pytest.raises(LoadError, match=r"^a\.txt: is 1 MiB groot; de grens is 1 MiB"):
        load(tmp_path / "a.txt")
    with pytest.raises(LoadError, match=r"^weg\.txt: kan niet worden geopend"):
        load(tmp_path / "weg.txt")


def test_child_gives_the_same_blocks(tmp_path: Path) -> None:
    path = tmp_path / "-a b (é).pdf"
    path.write_bytes(pdf([[text(70, 700, "Een stalling.")]]))
    assert load_safely(path) == load(path)


def test_error_of_the_child_is_one_line_with_the_name(tmp_path: Path) -> None:
    (tmp_path / "leeg.txt").write_bytes(b"")
    with pytest.raises(LoadError, match=r"^leeg\.txt: is leeg\.$"):
        load_safely(tmp_path / "leeg.txt")


def test_time_limit_ends_the_child(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "traag.txt")  # nobody ever writes to it, so reading it never ends
    start = time.monotonic()
    with pytest.raises(LoadError, match=r"^traag\.txt: lezen duurde langer dan 1 seconden"):
        load_safely(tmp_path / "traag.txt", seconds=1)
    assert time.monotonic() - start < 5


def test_memory_limit_ends_the_child(tmp_path: Path) -> None:
    (tmp_path / "groot.pdf").write_bytes(pdf([[text(70, 700, "x")]]) + b"%" * (40 * 2**20))
    with pytest.raises(LoadError, match=r"^groot\.pdf: .*64 MiB|^groot\.pdf: .*leesproces stopte"):
        load_safely(tmp_path / "groot.pdf", memory=64 * 2**20)


def test_many_files_keep_their_order_and_errors(tmp_path: Path) -> None:
    paths = [tmp_path / f"{n}.html" for n in range(7)]
    for n, path in enumerate(paths):
        path.write_text(f"<p>tekst {n}</p>" if n != 3 else "")
    results = list(load_many(paths, jobs=2))
    assert [path for path, _ in results] == paths
    assert [isinstance(result, LoadError) for _, result in results] == [n == 3 for n in range(7)]


def test_jobs_are_read_at_the_same_time(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "traag.txt")  # each reading of it ends by its time limit

    def seconds(jobs: int) -> float:
        start = time.monotonic()
        assert all(isinstance(result, LoadError) for _, result in load_many([tmp_path / "traag.txt"] * 3, jobs, seconds=2))
        return time.monotonic() - start

    assert seconds(3) < 5 < 6 <= seconds(1)


def test_reader_who_stops_early_waits_for_nobody(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "traag.txt")
    (tmp_path / "a.html").write_text("<p>tekst</p>")
    start = time.monotonic()
    results = load_many([tmp_path / "a.html", *[tmp_path / "traag.txt"] * 4], jobs=2, seconds=20)
    with pytest.raises(KeyboardInterrupt):
        next(results)
        results.throw(KeyboardInterrupt())  # type: ignore[attr-defined]
    assert time.monotonic() - start < 10


def test_child_ends_when_its_parent_is_killed(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "traag.txt")
    program = f"from pathlib import Path; from ingest.sandbox import load_safely; load_safely(Path({str(tmp_path / 'traag.txt')!r}))"
    parent = subprocess.Popen([sys.executable, "-c", program], cwd=Path(__file__).parents[2])
    children = Path(f"/proc/{parent.pid}/task/{parent.pid}/children")
    if not children.exists():
        parent.kill()
        pytest.skip("dit systeem toont geen kindprocessen in /proc")
    deadline = time.monotonic() + 10
    while not (child := children.read_text().split()) and time.monotonic() < deadline:
        time.sleep(0.05)
    time.sleep(0.5)
    parent.kill()
    parent.wait()
    while Path(f"/proc/{child[0]}").exists() and time.monotonic() < deadline + 5:
        time.sleep(0.05)
    assert not Path(f"/proc/{child[0]}").exists()


@needs_formats
def test_two_encodings_of_one_text_are_the_same() -> None:
    assert load(HOSTILE / "windows-1252.txt").blocks == load(HOSTILE / "utf-16.txt").blocks
