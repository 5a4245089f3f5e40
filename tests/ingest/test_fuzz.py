"""Damaged files of every kind end in blocks or in one line: no other exception, no crash that the sandbox does not catch, no hang.

Each input is read in a fork with the sandbox's limits. `FUZZ_SECONDS` in the environment for more than a few seconds (make fuzz).
"""

import io
import os
import random
import resource
import select
import signal
import time
import traceback
import zipfile
from pathlib import Path
from types import NoneType

import docx
import pytest
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st
from make_files import FORMATS, box, docx_bytes, pdf, stroke, text

from ingest.errors import LoadError
from ingest.load import load
from ingest.passages import passages
from ingest.sources import TYPES
from ingest.structure import structure
from ingest.types import Source
from ingest.windows import windows

SECONDS = float(os.environ.get("FUZZ_SECONDS", "3"))
LIMIT = 30  # seconds of processor time for one file
MEMORY = 2**30
_TOKENS = {
    "pdf": rb"obj|endobj|stream|endstream|/Length 99999999|/Kids [3 0 R]|/Annots [2 0 R]|<<|>>|/FlateDecode|BT|ET| Tj| 1e38| -99999|(|xref|"
    rb"/Rotate 90|/MediaBox [0 0 0 0]",
    "docx": b"<w:p/>|<w:p><w:r><w:t>x</w:t></w:r></w:p>|<w:tbl><w:tr><w:tc/></w:tr></w:tbl>|"
    b"<w:footnoteReference w:id='9'/>|<w:gridSpan w:val='-1'/>|&#0;|\xff|<w:br/>|"
    b"<w:numPr><w:ilvl w:val='9'/></w:numPr>|<!DOCTYPE x>",
    "html": b"<table>|<tr><td colspan=999999999>|</table>|<li>|<h7>|<sup>1</sup>|<!--|-->|<script>|&#x110000;|<td rowspan=-1>|<svg>|\0|"
    b"<meta charset=utf-7>|<p hidden>",
    "txt": b"\f|<sup>1</sup>|Nummer: 1\tAuteur:|\n \n|--- --|[redacted]|Tabel 1|\xff\xfe|Datum\n|# nota\n|1,2 3,4 5,6\n|\t|"
    b"X Noot\n1\n|Pijler 1: ",
}


def _word() -> bytes:
    document = docx.Document()
    document.add_heading("Nota over een stalling", 1)
    document.add_paragraph("De stalling kost 3 miljoen euro.", style="List Bullet")
    table = document.add_table(2, 3)
    for number, cell in enumerate(cell for row in table.rows for cell in row.cells):
        cell.text = f"cel {number}"
    return docx_bytes(document)


def _seeds(kind: str) -> list[bytes]:
    """Small files of our own, and those of the test material where it is."""
    note = "<< /Type /Annot /Subtype /Text /Rect [70 640 90 660] /T (A) /Contents (Waarom?) >>"
    page = [text(70, 760, "nota", 16, "F2"), text(70, 700, "Het bedrag is"), box(140, 698, 30, 10), stroke(70, 600, 300, 600)]
    own = {
        "pdf": [pdf([page, page], [note]), pdf([[text(400, 700, "Datum"), text(400, 690, "03-04-2025"), *page]], rotate=90)],
        "docx": [_word()],
        "html": [b"<h1>Nota</h1><p>Een zin.<sup>1</sup></p><ul><li>punt</ul><table><tr><th>a<th>b<tr><td>1<td>2</table><p>1 Noot."],
        "txt": [
            b"# nota\n\nStalling\n\n## Kosten\n\nEen zin.<sup>1</sup>\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\n<sup>1</sup> Noot.\n",
            "TER BESLISSING\n\nDatum\n03-04-2025\n\nDe stalling kost € 3 mln. per\njaar. 1\n\n1 Noot\f2 Twee\n".encode(),
        ],
    }[kind]
    found = sorted(path for path in FORMATS.glob(f"*.{kind}") if path.stat().st_size < 150_000) if FORMATS.is_dir() else []
    return own + [path.read_bytes() for path in found]


@st.composite
def _damage(draw: st.DrawFn, kind: str) -> list[tuple[str, int, int, bytes]]:
    """Some changes: what, where and how much in thousandths of the file, and bytes to put in."""
    what = st.sampled_from(["flip", "cut", "repeat", "move", "put", "put", "end"])
    place = st.integers(0, 999)
    piece = st.one_of(st.sampled_from(_TOKENS[kind].split(b"|")), st.binary(max_size=12))
    return draw(st.lists(st.tuples(what, place, place, piece), min_size=1, max_size=6))


def _damaged(data: bytes, changes: list[tuple[str, int, int, bytes]]) -> bytes:
    for what, place, size, piece in changes:
        at = len(data) * place // 1000
        if what == "put" and piece.startswith(b"<"):
            at = max(data.find(b"<", at), 0)  # between two elements rather than inside one
        to = min(at + 1 + len(data) * size // 10_000, len(data))
        match what:
            case "flip":
                data = data[:at] + bytes(byte ^ 0x55 for byte in data[at : at + 3]) + data[at + 3 :]
            case "cut":
                data = data[:at] + data[to:]
            case "repeat":
                data = data[:to] + data[at:to] * (1 + size % 40) + data[to:]
            case "move":
                data = data[to:] + data[:to]
            case "put":
                data = data[:at] + piece * (1 + size % 7) + data[at:]
            case "end":
                data = data[: max(at, 1)]
    return data


def _changed(kind: str, data: bytes, changes: list[tuple[str, int, int, bytes]]) -> bytes:
    """The damaged file; of a .docx as often the text of one part as the archive."""
    if kind != "docx" or changes[0][1] % 4 == 0:
        return _damaged(data, changes)
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        names = old.namelist()
        chosen = next((n for n in names if n.endswith(("document.xml", "footnotes.xml")[changes[0][2] % 2])), "word/document.xml")
        for name in names:
            part = old.read(name)
            new.writestr(name, _damaged(part, changes) if name == chosen else part)
    return out.getvalue()


def _read(path: Path) -> str:
    """ok, refused (with the kind of error), crash (a signal, which the sandbox tells as one line), or FAULT and what it is."""
    out, into = os.pipe()
    child = os.fork()
    if not child:
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        spent = int(sum(resource.getrusage(resource.RUSAGE_SELF)[:2]))
        resource.setrlimit(resource.RLIMIT_CPU, (spent + LIMIT, spent + LIMIT + 1))
        os.write(into, _outcome(path).encode()[-4000:])
        os._exit(0)
    os.close(into)
    ready, _, _ = select.select([out], [], [], 10 * LIMIT)  # this machine may be busy
    if not ready:
        os.kill(child, signal.SIGKILL)
    said = os.read(out, 4000).decode(errors="replace") if ready else ""
    os.close(out)
    status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    hung = not ready or status == -signal.SIGXCPU
    return said or (f"FAULT: longer than {LIMIT} s" if hung else "crash")


def _outcome(path: Path) -> str:
    try:
        loaded = load(path)
        documents = structure(loaded, Source("stuk-000000", path, TYPES[path.suffix], "0" * 64))
        windows([p for d in documents for p in passages(d)], {d.document_id: d for d in documents})
    except LoadError as error:
        told = "\n" not in str(error) and str(error).startswith(path.name)
        cause = error.__cause__
        frames = traceback.extract_tb(cause.__traceback__) if cause else []
        ours = not isinstance(cause, (LoadError, UnicodeError, NoneType)) and "/ingest/" in frames[-1].filename
        if not told or ours:  # an error that our own code made is a fault, however nicely it is told
            return "FAULT: " + "".join(traceback.format_exception(error))
        return f"refused {cause.__class__.__name__ if cause else ''}"
    except MemoryError:
        return "refused MemoryError"
    except BaseException:
        return "FAULT: " + traceback.format_exc()
    return "ok"


@pytest.mark.parametrize("kind", ["pdf", "docx", "html", "txt"])
def test_damaged_files_end_in_blocks_or_one_line(tmp_path: Path, kind: str) -> None:
    chance = random.Random(int(os.environ.get("FUZZ_SEED", "1")))
    sources = _seeds(kind)
    for number, data in enumerate(sources):  # also loads the readers once, for all forks
        (tmp_path / f"heel-{number}.{kind}").write_bytes(data)
        assert _outcome(tmp_path / f"heel-{number}.{kind}") == "ok"
    counts: dict[str, int] = {}
    end = time.monotonic() + SECONDS
    slowest = 0.0

    @given(changes=_damage(kind), number=st.integers(0, len(sources) - 1))
    @settings(
        max_examples=100, deadline=None, database=None, phases=[Phase.generate], suppress_health_check=list(HealthCheck), print_blob=False
    )
    def attempt(changes: list[tuple[str, int, int, bytes]], number: int) -> None:
        nonlocal slowest
        if time.monotonic() > end:
            return
        path = tmp_path / f"bestand.{kind}"
        path.write_bytes(_changed(kind, sources[number], changes))
        began = sum(resource.getrusage(resource.RUSAGE_CHILDREN)[:2])
        said = _read(path)
        slowest = max(slowest, sum(resource.getrusage(resource.RUSAGE_CHILDREN)[:2]) - began)
        counts[said.split(':')[0]] = counts.get(said.split(':')[0], 0) + 1
        if said.startswith("FAULT"):
            kept = Path(os.environ.get("FUZZ_KEEP", tmp_path)) / f"fout-{chance.randrange(10**6)}.{kind}"
            kept.write_bytes(path.read_bytes())
            raise AssertionError(f"{kept}: {said}")

    while time.monotonic() < end:
        seed(chance.randrange(10**9))(attempt)()
    print(f"\n{kind}: {sum(counts.values())} bestanden in {SECONDS:.0f} s, {counts}, langste {slowest:.2f} s rekentijd")
    assert sum(counts.values()) >= 5 and (counts.get("ok", 0) or sum(counts.values()) < 200)  # most damage to a zip is fatal
