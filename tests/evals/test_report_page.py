"""The report in a real browser: no error, no outside request, readable at 320 px and on paper."""

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from string import Formatter

import pytest
from playwright.sync_api import Browser, Page
from small_world import ANSWERABLE, FACTS, WORLD, Assistant, honest, refused

from app.types import Answer
from evals.blame import STAGES
from evals.calibrate import calibrate
from evals.compare import compare
from evals.figures import MEASURES
from evals.report import interval, render, value
from evals.run import run
from evals.texts import TEXTS
from evals.types import Figure, KnownFact, Run

ABOUT = {"set": "klein.yaml", "system": "proef", "set_sha256": "1", "settings": {"threads": 0}}
EVIL = '<script>document.title = "gekaapt"</script><img src="http://elders.example/x.png">'


DUTCH = "Oordeel Juist onterecht vragen woorden antwoord gemist genoemd cijfers moeilijk makkelijk gemiddeld fase weigering"


def _scored(reply: Assistant) -> Run:
    return run(reply, (*FACTS, *(replace(each, id=f"{each.id}-2") for each in FACTS[-2:])), WORLD, ABOUT, progress=lambda done, total: None)


def _mixed(fact: KnownFact) -> Answer:
    if fact.id == "q1":
        return refused(fact.question, confidence=0.3)
    if fact.id == "q2":
        return replace(honest(fact), text=f"Het kost € 9 miljoen. {EVIL}")
    if fact.id == "q3":
        raise RuntimeError("geheugen vol")
    return replace(honest(ANSWERABLE[0]), confidence=0.2) if fact.id == "u1" else honest(fact)


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Path:
    mixed, perfect = _scored(Assistant(_mixed)), _scored(Assistant(honest))
    path = tmp_path_factory.mktemp("report") / "report.html"
    path.write_text(render(mixed, perfect, compare(perfect, mixed), calibrate(mixed.items)), encoding="utf-8")
    return path


@pytest.fixture
def page(browser: Browser, report: Path) -> Iterator[Page]:
    """The report at desktop width; anything on the console and any request but the file itself fails the test."""
    opened = browser.new_page(viewport={"width": 1200, "height": 900})
    said: list[str] = []
    opened.on("console", lambda message: said.append(message.text))
    opened.on("pageerror", lambda error: said.append(str(error)))
    opened.on("request", lambda request: said.append(request.url) if request.url.split("#")[0] != report.as_uri() else None)
    opened.goto(report.as_uri())
    yield opened
    opened.close()
    assert said == []


def test_it_opens_without_error_and_shows_every_part(page: Page) -> None:
    assert page.title() == "Meting klein.yaml (proef, quoted)"
    assert page.locator("html").get_attribute("lang") == "nl"
    assert page.locator("figure svg").count() == 6
    assert page.locator("#questions tbody tr").count() == len(FACTS) + 2
    assert "McNemar" in page.inner_text("main")
    assert "Gekozen drempel" in page.inner_text("main")
    for heading in ("Cijfers", "Vragen", "Herkomst"):
        assert page.get_by_role("heading", name=heading, exact=True).is_visible()


def test_it_is_there_in_english_too(browser: Browser, tmp_path: Path) -> None:
    """Every text in another language; what stands in the run itself is marked as Dutch."""
    mixed, perfect = _scored(Assistant(_mixed)), _scored(Assistant(honest))
    path = tmp_path / "report.html"
    path.write_text(render(mixed, perfect, compare(perfect, mixed), calibrate(mixed.items), "en"), encoding="utf-8")
    opened = browser.new_page()
    opened.goto(path.as_uri())
    assert opened.title() == "Run klein.yaml (proef, quoted)"
    assert opened.locator("html").get_attribute("lang") == "en"
    opened.evaluate("document.querySelectorAll('[lang=nl], .answer, blockquote, #herkomst ~ dl').forEach((each) => each.remove())")
    said = opened.evaluate("document.body.textContent + document.body.innerHTML.match(/aria-label=\"[^\"]*/g)")
    words = set(re.findall(r"\w+", str(said)))
    assert not words & {form for word in DUTCH.split() for form in (word.lower(), word.capitalize())}
    opened.get_by_label("Verdict").select_option(label="wrong")
    assert opened.locator("#count").inner_text() == "4 of 14 questions"
    opened.close()


def test_every_plot_says_in_words_what_it_shows(page: Page) -> None:
    labels = [svg.get_attribute("aria-label") or "" for svg in page.locator("figure svg").all()]
    assert all(len(label) > 25 for label in labels)
    assert any("recall@10" in label for label in labels)


def test_the_table_is_filtered(page: Page) -> None:
    page.get_by_label("Oordeel").select_option(label="fout")
    assert page.locator("#count").inner_text() == "4 van 14 vragen"
    page.locator("select[name=stage]").select_option(label="fout")
    assert page.locator("#questions tbody tr:visible").count() == 1
    assert "Welk deel" in page.locator("#questions tbody tr:visible").inner_text()
    page.locator("select[name=stage]").select_option("")
    page.get_by_label("Oordeel").select_option("")
    page.get_by_label("Zoek").fill("koning")
    assert page.locator("#questions tbody tr:visible").count() == 1


def test_a_question_opens_with_answer_facts_and_blame(page: Page) -> None:
    row = page.locator("#q-q2")
    row.locator("summary").click()
    text = row.inner_text()
    assert "Het kost € 9 miljoen" in text
    assert "gemist: € 2,8 miljoen" in text
    assert "Getallen zonder citaat: € 9 miljoen" in text
    assert "Verwacht" in text and "formulering" in text


def test_a_link_to_a_question_opens_it(page: Page) -> None:
    page.locator("a[href='#q-q1']").click()
    page.wait_for_function("document.querySelector('#q-q1 details').open")


def test_what_documents_say_is_text_and_never_markup(page: Page) -> None:
    assert page.title() != "gekaapt"
    assert page.locator("main img, main script").count() == 0


@pytest.mark.parametrize("width", [320, 768, 1600])
def test_nothing_runs_over_the_edge(page: Page, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 800})
    page.evaluate("document.querySelectorAll('details').forEach((each) => (each.open = true))")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert (
        page.evaluate("Math.min(...[...document.querySelectorAll('td, dd, p')].map((each) => parseFloat(getComputedStyle(each).fontSize)))")
        >= 12
    )
    narrowest = page.evaluate("Math.min(...[...document.querySelectorAll('.question')].map((each) => each.clientWidth))")
    assert narrowest >= min(280, width * 0.4)


def test_on_paper_everything_is_open_and_the_form_is_gone(page: Page) -> None:
    page.emulate_media(media="print")
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert page.locator("details:not([open])").count() == 0
    assert not page.locator("#filter").is_visible()
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    assert page.locator("details[open]").count() == 0
    assert len(page.pdf()) > 10_000


@pytest.mark.parametrize(
    ("figure", "unit", "text", "span"),
    [
        (Figure(0.624, 0.51, 0.73, 89), "share", "62 %", "51–73"),
        (Figure(0.714, 0.6, 0.8, 89), "", "0,71", "0,60–0,80"),
        (Figure(34.4, 30, 40, 9), "words", "34 woorden", "30–40"),
        (Figure(0.211, 0.2, 0.3, 9), "seconds", "0,21 s", "0,20–0,30"),
        (Figure(None, None, None, 0), "share", "–", ""),
    ],
)
def test_figures_in_dutch(figure: Figure, unit: str, text: str, span: str) -> None:
    assert (value(figure, unit), interval(figure, unit)) == (text, span)


def test_texts_in_both_languages() -> None:
    assert TEXTS["nl"].keys() == TEXTS["en"].keys()
    for key in TEXTS["nl"]:
        dutch, english = ({name for _, name, _, _ in Formatter().parse(TEXTS[each][key]) if name} for each in ("nl", "en"))
        assert dutch == english, key
    assert {f"measure_{name}" for name in MEASURES} | {f"stage_{name}" for name in STAGES} <= TEXTS["nl"].keys()
    assert value(Figure(0.714, 0.6, 0.8, 89), "", "en") == "0.71" and value(Figure(34.4, 30, 40, 9), "words", "en") == "34 words"
