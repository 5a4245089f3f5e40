"""Whole documents, page images with the quote marked, the library, and what a hostile document may do: nothing."""

import io
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from chat_page import ROOT, Chat, Watched, start_chat, watch
from PIL import Image
from playwright.sync_api import Browser, expect

from app.pdf_page import _find
from app.pdf_view import page_image
from app.reader import document_page
from ingest.errors import LoadError
from ingest.pipeline import index
from ingest.settings import settings
from ingest.types import Document, Section

PDF = ROOT / "corpus" / "feitenblad-nota-februari-2026.pdf"
HOSTILE = """# Nota over <script>alert(1)</script> knoflook

Datum: 3 maart 2026

## Besluit

De gemeente Nergenshuizen kreeg 77 miljoen euro <img src="http://elsewhere.example/a.png" onerror="document.title='kaput'"> voor knoflook.

![plaatje](http://elsewhere.example/b.png) [klik](javascript:alert(2)) <iframe src="http://elsewhere.example/c"></iframe>

{{value}} ${alert(3)}
"""


def yellow(image: bytes) -> set[tuple[int, int]]:
    picture = Image.open(io.BytesIO(image)).convert("RGB")
    pixels = picture.load()
    assert pixels
    return {(x, y) for x in range(0, picture.width, 4) for y in range(0, picture.height, 4) if pixels[x, y] == (255, 230, 128)}


def test_the_quote_is_marked_on_the_page_image_and_only_there() -> None:
    quote = "De nota geeft de minister twee adviezen"
    image, lines, count = page_image(PDF, 1, quote)
    marked = yellow(image)
    assert lines == 1 and count == 2
    heights = {y for _, y in marked}
    assert marked and max(heights) - min(heights) < 30
    assert page_image(PDF, 2, quote)[1] == 0
    assert not yellow(page_image(PDF, 1)[0])


@pytest.mark.parametrize(
    ("page", "quote", "found"),
    [
        ("abcdefgh", "cde", (2, 3)),
        ("abcdefgh", "xyz", (0, 0)),
        ("abcdefgh", "", (0, 0)),
        ("x" * 5 + "begin van een lang citaat", "begin van een lang citaat dat verdergaat", (5, 25)),
        ("en het einde van een lang citaat" + "y" * 5, "het begin en het einde van een lang citaat", (0, 32)),
    ],
)
def test_as_much_of_a_quote_is_found_as_a_page_holds(page: str, quote: str, found: tuple[int, int]) -> None:
    assert _find(page, quote) == found


def test_a_page_that_is_not_there_is_an_error_that_names_the_file() -> None:
    with pytest.raises(LoadError, match="bladzijde 9 bestaat niet; er zijn er 2"):
        page_image(PDF, 9)


def test_a_page_that_takes_too_much_or_is_no_pdf_is_an_error_and_the_chat_goes_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    broken = tmp_path / "kapot.pdf"
    broken.write_bytes(b"%PDF-1.7 en dan niets")
    with pytest.raises(LoadError, match=r"kapot\.pdf"):
        page_image(broken, 1)
    slow = tmp_path / "traag.pdf"
    slow.write_bytes(_slow_pdf())
    monkeypatch.setenv("DOSSIER_FILE_SECONDS", "2")
    settings.cache_clear()
    try:
        with pytest.raises(LoadError, match=r"traag\.pdf: (tekenen duurde langer dan 2 seconden|bladzijde 1 is niet te tekenen)"):
            page_image(slow, 1)
    finally:
        monkeypatch.undo()
        settings.cache_clear()


def _slow_pdf() -> bytes:
    """A small file whose page paints itself over and over: forms that each draw the next one forty times."""
    objects = ["<< /Type /Catalog /Pages 2 0 R >>", "<< /Type /Pages /Kids [3 0 R] /Count 1 >>"]
    objects.append("<< /Type /Page /Parent 2 0 R /MediaBox [0 0 600 800] /Contents 4 0 R /Resources << /XObject << /F 5 0 R >> >> >>")
    for number in range(4, 11):
        body = "/F Do " * 40 if number < 10 else "0 0 600 800 re f"
        form = "" if number == 4 else "/Type /XObject /Subtype /Form /BBox [0 0 600 800]"
        below = f"/Resources << /XObject << /F {number + 1} 0 R >> >>" if 4 < number < 10 else ""
        objects.append(f"<< {form} {below} /Length {len(body)} >>\nstream\n{body}\nendstream")
    file, places = b"%PDF-1.7\n", []
    for number, each in enumerate(objects, 1):
        places.append(len(file))
        file += f"{number} 0 obj\n{each}\nendobj\n".encode()
    table = "".join(f"{place:010} 00000 n \n" for place in places)
    size = len(objects) + 1
    table = f"xref\n0 {size}\n0000000000 65535 f \n{table}trailer << /Root 1 0 R /Size {size} >>"
    return file + f"{table}\nstartxref\n{len(file)}\n%%EOF".encode()


def test_a_document_as_a_page_marks_across_paragraphs_and_escapes() -> None:
    text = "Kop <x>\n\nEerste alinea.\n\nTweede alinea."
    section = Section("", "Kop <x>", ("Kop <x>",), "", 0, len(text))
    document = Document("d", "d", "d.md", "T<b>", "nota", None, text, (0,), sections=(section,))
    page = document_page(document, 16, 31, "nl")
    assert "<h2>Kop &lt;x&gt;</h2>" in page
    assert 'Eerste <mark id="citaat">alinea.</mark>' in page and "<mark>Tweede</mark> alinea." in page
    assert "T&lt;b&gt;" in page and "<b>" not in page


def test_whole_document_and_page_image_open_at_the_quote(watched: Watched) -> None:
    page = watched.page
    watched.ask("Welke twee adviezen geeft de nota van februari 2026 aan de minister?")
    card = page.locator("article.source", has_text="nota van 20 februari 2026").first
    with page.expect_popup() as opened:
        card.get_by_role("link", name="Volledig stuk").click()
    whole = opened.value
    expect(whole.locator("#citaat")).to_be_in_viewport()
    assert whole.locator("mark").first.inner_text()[:20] in card.locator("mark").inner_text()
    whole.get_by_role("link", name="Bekijk de bladzijde").click()
    picture = whole.locator("main img")
    expect(picture).to_have_attribute("alt", "Bladzijde 1 van 2; het citaat is geel gemarkeerd.")
    assert picture.evaluate("image => image.complete && image.naturalWidth > 500")
    address = picture.get_attribute("src")
    assert yellow(page.request.get(watched.url + str(address)).body())
    whole.get_by_role("link", name="Volgende bladzijde").click()
    expect(whole.locator("main img")).to_have_attribute("alt", "Bladzijde 2 van 2.")
    whole.get_by_role("link", name="200 %").click()
    assert whole.locator("main img").evaluate("image => image.decode().then(() => image.naturalWidth)") > 1500


@pytest.fixture(scope="module")
def own_chat(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Chat]:
    """A chat over two files of which one is hostile, that may be changed."""
    place = tmp_path_factory.mktemp("own")
    folder = place / "corpus"
    folder.mkdir()
    shutil.copy(ROOT / "corpus" / "feitenblad-voortgangsbrief-2026.md", folder)
    folder.joinpath("hostile.md").write_text(HOSTILE, encoding="utf-8")
    index([folder], place / "index")
    running = start_chat(place / "index", DOSSIER_REFUSAL_THRESHOLD="0")
    yield running
    running.stop()


def test_a_hostile_document_is_only_text(browser: Browser, own_chat: Chat) -> None:
    with watch(browser, own_chat) as seen:
        page = seen.page
        page.on("dialog", lambda dialog: seen.errors.append(dialog.message))
        seen.ask("Hoeveel miljoen euro kreeg de gemeente Nergenshuizen voor knoflook?")
        expect(page.locator("#bronnen-1 mark").first).to_contain_text("<img src=")
        assert page.locator("#gesprek img, #bronnen img, #bronnen iframe, #bronnen script").count() == 0
        with page.expect_popup() as opened:
            page.get_by_role("link", name="Volledig stuk").first.click()
        opened.value.wait_for_load_state()
        assert opened.value.locator("main img, main iframe, main script").count() == 0
        page.get_by_role("tab", name="Stukken").click()
        expect(page.locator("table.library")).to_contain_text("<script>alert(1)</script>")
        assert page.title() == "Dossierwijzer"


def test_upload_ask_and_remove(browser: Browser, own_chat: Chat, tmp_path: Path) -> None:
    file = tmp_path / "zeewier.md"
    text = "# Nota zeewier\n\nDatum: 4 maart 2026\n\n## Besluit\n\nDe proef met zeewier in Stavenisse kost 913 duizend euro.\n"
    file.write_text(text, encoding="utf-8")
    wrong = tmp_path / "leeg.md"
    wrong.write_text("", encoding="utf-8")
    with watch(browser, own_chat) as seen:
        page = seen.page
        page.get_by_role("tab", name="Stukken").click()
        with page.expect_file_chooser() as chooser:
            page.get_by_role("button", name="Voeg stukken toe").click()
        chooser.value.set_files([file, wrong])
        done = page.locator("#bibliotheek-gedaan")
        expect(done).to_contain_text("1 bestand(en) geïndexeerd", timeout=60_000)
        expect(done).to_contain_text("leeg.md")
        expect(page.locator("table.library")).to_contain_text("zeewier.md")
        page.get_by_label("Zoek in de lijst").fill("zeewier")
        expect(page.locator("table.library tbody tr")).to_have_count(1)
        page.get_by_role("tab", name="Vragen").click()
        seen.ask("Hoeveel kost de proef met zeewier in Stavenisse?")
        expect(page.locator("#bronnen-1 mark").first).to_contain_text("913 duizend euro")
        page.get_by_role("tab", name="Stukken").click()
        page.locator("#verwijderen input").click()
        page.get_by_role("option", name="zeewier.md").click()
        page.get_by_role("button", name="Haal uit de index").click()
        expect(done).to_contain_text("zeewier.md is verwijderd.")
        expect(page.locator("table.library tbody tr")).to_have_count(0)
