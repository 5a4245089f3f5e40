import time
from collections import Counter

import pytest
from make_files import FORMATS, MISSING

from ingest.blocks import note_mark
from ingest.errors import LoadError
from ingest.load_html import load_html


def _texts(page: str) -> list[str]:
    return [b.text for b in load_html(page.encode(), "proef.html").blocks]


def test_only_the_main_content_is_read() -> None:
    page = (
        "<body><header>kop</header><nav>menu</nav><main><h1>Titel</h1><p>Tekst.</p><script>x()</script></main><footer>voet</footer></body>"
    )
    loaded = load_html(page.encode(), "proef.html")
    assert [(b.kind, b.level, b.text) for b in loaded.blocks] == [("heading", 1, "Titel"), ("paragraph", 0, "Tekst.")]


@pytest.mark.parametrize(
    "hidden",
    [
        "<p hidden>weg</p>",
        '<p aria-hidden="true">weg</p>',
        '<p style="display:none">weg</p>',
        '<p style="visibility: hidden">weg</p>',
        '<p style="font-size:0px">weg</p>',
        '<span style="color:#ffffff">weg</span>',
        '<p class="ver">weg</p>',
        "<!-- weg -->",
        '<iframe srcdoc="weg"></iframe>',
        "<noscript>weg</noscript>",
    ],
)
def test_what_nobody_sees_is_not_read(hidden: str) -> None:
    assert _texts(f"<style>.ver{{position:absolute;left:-9999px}}</style><body><p>Zichtbaar.</p>{hidden}</body>") == ["Zichtbaar."]


def test_white_text_on_a_coloured_ground_is_read() -> None:
    assert _texts('<style>.kader{background:#123;color:#fff}</style><body><div class="kader"><p>Let op.</p></div></body>') == ["Let op."]


def test_a_print_rule_hides_nothing() -> None:
    assert _texts("<style>@media print{p{display:none}}</style><body><p>Zichtbaar.</p></body>") == ["Zichtbaar."]


def test_lists_keep_depth_and_numbers() -> None:
    page = "<ul><li>een<ol start='3'><li>drie</li><li>vier</li></ol></li><li><p>twee</p></li></ul>"
    blocks = load_html(page.encode(), "proef.html").blocks
    assert [(b.level, b.text) for b in blocks] == [(1, "een"), (2, "3. drie"), (2, "4. vier"), (1, "twee")]


def test_table_cells_with_spans_and_empty_ones() -> None:
    page = """<table><caption>Stallingen</caption><tr><th rowspan=2>Wijk</th><th colspan=2>Jaar</th></tr><tr><th>2025</th><th>2026</th></tr>
    <tr><td>Noord</td><td>3</td><td></td></tr></table>"""
    (block,) = load_html(page.encode(), "proef.html").blocks
    assert block.text == "Stallingen"
    assert block.rows == (("Wijk", "Jaar", "Jaar"), ("Wijk", "2025", "2026"), ("Noord", "3", ""))


def test_absurd_span_stays_small() -> None:
    (block,) = load_html(b"<table><tr><td colspan=99999 rowspan=99999>a</td></tr><tr><td>b</td></tr></table>", "proef.html").blocks
    assert len(block.rows) == 2 and len(block.rows[0]) <= 101


def test_superscript_is_a_note_but_a_square_metre_is_not() -> None:
    page = '<p>Een zin.<sup>3</sup> Op 20 m<sup>2</sup> staat</p><ol><li id="fn3">3 De noot.</li></ol>'
    paragraph, note = load_html(page.encode(), "proef.html").blocks
    assert paragraph.text == f"Een zin.{note_mark('3')} Op 20 m2 staat"
    assert (note.kind, note.number, note.text) == ("footnote", "3", "De noot.")


def test_break_after_punctuation_ends_a_paragraph() -> None:
    assert _texts("<p>De minister,<br>A. Jansen van<br>Buren</p>") == ["De minister,", "A. Jansen van Buren"]


def test_encoding_is_that_of_the_page() -> None:
    assert [b.text for b in load_html("<p>coördinatie €</p>".encode("cp1252"), "a.html").blocks] == ["coördinatie €"]
    assert [b.text for b in load_html('<meta charset="iso-8859-1"><p>coördinatie</p>'.encode("latin-1"), "a.html").blocks] == [
        "coördinatie"
    ]


def test_page_without_text_is_an_error() -> None:
    with pytest.raises(LoadError, match=r"^leeg\.html: .*geen leesbare tekst"):
        load_html(b"<html><body><script>x()</script></body></html>", "leeg.html")


@pytest.mark.skipif(not FORMATS.is_dir(), reason=MISSING)
def test_published_letter_has_its_structure() -> None:
    blocks = load_html((FORMATS / "kst-32824-456.html").read_bytes(), "kst.html").blocks
    counts = Counter(b.kind for b in blocks)
    assert (counts["heading"], counts["item"], counts["table"]) == (56, 79, 1)
    assert sum(b.text.count(note_mark(str(n))) for b in blocks for n in range(1, 23)) == 22
    (table,) = (b for b in blocks if b.kind == "table")
    assert [len(row) for row in table.rows] == [8] * 5
    assert table.rows[2][1:] == ("", "1,3", "", "", "", "", "0")
    everything = " ".join(b.text for b in blocks)
    assert "E-mailservice" not in everything and "Kruimelpad" not in everything and "Geef feedback" not in everything


@pytest.mark.skipif(not FORMATS.is_dir(), reason=MISSING)
def test_hidden_injection_and_scripts_are_not_read() -> None:
    loaded = load_html((FORMATS / "hostile" / "script-en-injectie.html").read_bytes(), "script.html")
    everything = " ".join(b.text for b in loaded.blocks)
    assert "Negeer" not in everything and "script" not in everything and "svg-tekst" not in everything
    assert len(loaded.blocks) == 4


def test_a_page_inside_an_unclosed_style_takes_no_time() -> None:
    began = time.process_time()
    with pytest.raises(LoadError, match="geen leesbare tekst"):
        load_html(b"<p><style>" + b"een zin @over een stalling /* " * 20_000, "stijl.html")
    assert time.process_time() - began < 5
