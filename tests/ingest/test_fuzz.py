"""Damaged files of every kind end in blocks or in one line: no other exception, no crash that the sandbox does not catch, no hang.

Each input is read in a fork with the sandbox's limits. `FUZZ_SECONDS` in the environment for more than a few seconds (make fuzz).
"""

import io
import os
import random
import resource
import select
import time
import traceback
import zipfile
from pathlib import Path

import docx
import pytest
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st
from make_files import FORMATS, box, docx_bytes, pdf, stroke, text

from ingest import load_docx, load_html, load_pdf, load_text  # noqa: F401 (loaded once, for all forks)
from ingest.errors import LoadError
from ingest.load import load

SECONDS = float(os.environ.get("FUZZ_SECONDS", "3"))
LIMIT = 30.0  # seconds for one file
MEMORY = 2**30
_TOKENS: dict[str, tuple[bytes, ...]] = {
    "pdf": (b"obj", b"endobj", b"stream\n", b"endstream", b"/Length 99999999", b"/Kids [3 0 R]", b"/Annots [2 0 R]", b"<<", b">>", b"/FlateDecode",
            b"BT", b"ET", b" Tj", b" 1e38", b" -99999", b"(\\", b"xref", b"/Rotate 90", b"/MediaBox [0 0 0 0]"),  # fmt: skip
    "docx": (b"<w:p>", b"</w:p>", b"<w:tbl><w:tr><w:tc/></w:tr></w:tbl>", b'<w:footnoteReference w:id="9"/>', b"<w:gridSpan w:val='-1'/>", b"&#0;",
             b'w:val="99999999999"', b"<w:numPr><w:ilvl w:val='9'/></w:numPr>", b"<!DOCTYPE x>", b"<w:br/>", b"\xff"),  # fmt: skip
    "html": (b"<table>", b"<tr><td colspan=999999999>", b"</table>", b"<li>", b"<h7>", b"<sup>1</sup>", b"<!--", b"-->", b"<script>", b"&#x110000;",
             b"<td rowspan=-1>", b"<svg>", b"\0", b"<meta charset=utf-7>", b"<p hidden>"),  # fmt: skip
    "txt": (b"\f", b"<sup>1</sup>", b"Nummer: 1\tAuteur:", b"\n \n", b"|---|", b"[redacted]", b"Tabel 1", b"\xff\xfe", b"Datum\n", b"# nota\n",
            b"1,2 3,4 5,6\n", b"\t", b"\xe2\x80\xa8", b"X Noot\n1\n", b"Pijler 1: "),  # fmt: skip
}  # fmt: skip


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
        "txt": [b"# nota\n\nStalling\n\n## Kosten\n\nEen zin.<sup>1</sup>\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\n<sup>1</sup> Noot.\n",
                "TER BESLISSING\n\nDatum\n03-04-2025\n\nDe stalling kost € 3 mln. per\njaar. 1\n\n1 Noot\f2 Twee\n".encode()],
    }[kind]  # fmt: skip
    found = sorted(path for path in FORMATS.glob(f"*.{kind}") if path.stat().st_size < 150_000) if FORMATS.is_dir() else []
    return own + [path.read_bytes() for path in found]


@st.composite
def _damage(draw: st.DrawFn, kind: str) -> list[tuple[str, int, int, bytes]]:
    """Some changes: what, where and how much in thousandths of the file, and bytes to put in."""
    what = st.sampled_from(["flip", "cut", "repeat", "move", "put", "put", "end"])
    place = st.integers(0, 999)
    piece = st.one_of(st.sampled_from(_TOKENS[kind]), st.binary(max_size=12))
    return draw(st.lists(st.tuples(what, place, place, piece), min_size=1, max_size=6))


def _damaged(data: bytes, changes: list[tuple[str, int, int, bytes]]) -> bytes:
    for what, place, size, piece in changes:
        at = len(data) * place // 1000
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
    """'' when the file ended in blocks, 'refused', 'crash' (a signal, which the sandbox tells as one line), or the fault."""
    out, into = os.pipe()
    child = os.fork()
    if not child:
        said = b""
        try:
            resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
            resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
            load(path)
        except LoadError as error:
            said = b"refused" if "\n" not in str(error) and str(error).startswith(path.name) else b"FAULT: " + str(error).encode()
        except MemoryError:
            said = b"refused"
        except BaseException:
            said = b"FAULT: " + traceback.format_exc().encode()
        os.write(into, (said or b"ok")[-4000:])
        os._exit(0)
    os.close(into)
    ready, _, _ = select.select([out], [], [], LIMIT)
    if not ready:
        os.kill(child, 9)
    said = os.read(out, 4000).decode(errors="replace") if ready else f"FAULT: langer dan {LIMIT:.0f} s"
    os.close(out)
    os.waitpid(child, 0)
    return said or "crash"


@pytest.mark.parametrize("kind", ["pdf", "docx", "html", "txt"])
def test_damaged_files_end_in_blocks_or_one_line(tmp_path: Path, kind: str) -> None:
    chance = random.Random(int(os.environ.get("FUZZ_SEED", "1")))
    sources = _seeds(kind)
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
        began = time.monotonic()
        said = _read(path)
        slowest = max(slowest, time.monotonic() - began)
        counts[said[:7]] = counts.get(said[:7], 0) + 1
        if said.startswith("FAULT"):
            kept = Path(os.environ.get("FUZZ_KEEP", tmp_path)) / f"fout-{chance.randrange(10**6)}.{kind}"
            kept.write_bytes(path.read_bytes())
            raise AssertionError(f"{kept}: {said}")

    while time.monotonic() < end:
        seed(chance.randrange(10**9))(attempt)()
    print(f"\n{kind}: {sum(counts.values())} bestanden in {SECONDS:.0f} s, {counts}, langste {slowest:.2f} s")
    assert counts.get("ok", 0) and sum(counts.values()) >= 5
