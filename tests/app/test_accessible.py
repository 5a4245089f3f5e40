"""axe-core finds nothing in any state, light and dark, Dutch and English; keyboard alone; a narrow screen."""

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest
from chat_page import Chat, Watched, start_chat, watch
from playwright.sync_api import Browser, Page, expect

from ingest.model import bundled_folder
from ingest.settings import settings

EVALUATORS = re.compile("^(Meten|Measure)$")
QUESTION = "Hoeveel keerde SOWIS in 2025 uit?"
NAMELESS = """[...document.querySelectorAll('button, a[href], input, select, textarea')].filter(part => part.checkVisibility() &&
  !(part.innerText || part.ariaLabel || part.title || part.labels?.length || part.getAttribute('aria-labelledby')))
  .map(part => part.outerHTML.slice(0, 200))"""


@pytest.fixture(scope="session")
def axe(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The source of axe-core, from the npm registry; it is not in the repository."""
    npm = shutil.which("npm")
    if npm is None:
        pytest.skip("npm is needed for axe-core: apt-get install npm")
    place = tmp_path_factory.mktemp("axe")
    subprocess.run([npm, "install", "--silent", "--prefix", str(place), "axe-core@4.11.0"], check=True, timeout=120)
    return Path(place, "node_modules", "axe-core", "axe.min.js").read_text(encoding="utf-8")


def check(page: Page, axe: str, state: str) -> None:
    page.wait_for_timeout(250)  # transitions
    page.evaluate(axe)
    found = page.evaluate("axe.run(document, {runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa']})")
    broken = [(v["id"], node["html"][:200], node["failureSummary"][:200]) for v in found["violations"] for node in v["nodes"]]
    assert broken == [], state
    assert page.evaluate(NAMELESS) == [], state


@pytest.mark.parametrize(("path", "scheme"), [("/", "light"), ("/", "dark"), ("/en/", "light"), ("/en/", "dark")])
def test_no_violation_in_any_state(browser: Browser, chat: Chat, axe: str, path: str, scheme: str) -> None:
    with watch(browser, chat, path, color_scheme=scheme) as seen:
        page = seen.page
        assert page.evaluate("document.documentElement.lang") == ("en" if "en" in path else "nl")
        page.locator("#gesprek .example").first.wait_for(timeout=60_000)
        check(page, axe, "empty")
        seen.ask(QUESTION)
        check(page, axe, "answered")
        for part in ("keuze", "oordeel", "beheer"):
            page.locator(f"#{part} > button").click()
        page.locator("a.mark").first.click()
        check(page, axe, "source open, panels open")
        page.get_by_role("tab").nth(1).click()
        check(page, axe, "library")
        page.get_by_role("tab", name="Briefing").click()
        page.locator("#maak-briefing").click()
        page.locator(".briefing h2").wait_for(timeout=30_000)
        check(page, axe, "briefing")
        page.get_by_role("tab", name=EVALUATORS).click()
        page.locator("#meten-rapport p").wait_for()
        check(page, axe, "evaluators")


def test_no_violation_while_an_answer_is_waited_for(browser: Browser, corpus_index: Path, axe: str, tmp_path: Path) -> None:
    """In a chat whose model comes when the test lets it: its folder is the real one, but a file in it is a pipe."""
    real = bundled_folder(settings().cache)
    folder = tmp_path / real.name
    folder.mkdir()
    for path in real.iterdir():
        if path.name != "config.json":
            (folder / path.name).symlink_to(path)
    os.mkfifo(folder / "config.json")
    slow = start_chat(corpus_index, DOSSIER_CACHE=str(tmp_path), DOSSIER_REFUSAL_THRESHOLD="0")
    try:
        with watch(browser, slow) as seen:
            page = seen.page
            send = page.get_by_role("button", name="Verstuur")
            for scheme in ("light", "dark"):
                page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
                page.locator("#vraag textarea").fill(QUESTION)
                page.keyboard.press("Enter")
                expect(page.locator(".answer.status")).to_have_text("De modellen worden nog geladen; uw vraag is zo aan de beurt …")
                expect(page.get_by_role("button", name="Stop")).to_be_visible()
                check(page, axe, f"streaming, {scheme}")
                page.get_by_role("button", name="Stop").click()
                expect(send).to_be_visible()
                expect(page.locator(".answer")).to_have_count(0)
                page.wait_for_timeout(1500)  # Gradio takes no question until it has heard that the stopped one has ended
            page.locator("#vraag textarea").fill(QUESTION)
            page.keyboard.press("Enter")
            expect(page.locator(".answer.status")).to_be_visible()
            (folder / "config.json").write_bytes((real / "config.json").read_bytes())
            expect(page.locator("a.mark").first).to_be_visible(timeout=60_000)
            expect(send).to_be_visible()
    finally:
        slow.stop()


@pytest.mark.parametrize("path", ["/", "/en/"])
def test_no_violation_where_something_goes_wrong(browser: Browser, corpus_index: Path, axe: str, path: str) -> None:
    broken = start_chat(corpus_index, DOSSIER_EMBEDDING_MODEL="een-ander-model")
    try:
        for scheme in ("light", "dark"):
            with watch(browser, broken, path, color_scheme=scheme) as seen:
                seen.page.locator("#vraag textarea").fill(QUESTION)
                seen.page.keyboard.press("Enter")
                expect(seen.page.locator(".answer.status")).to_contain_text("De index is gemaakt met model", timeout=60_000)
                check(seen.page, axe, f"error, {scheme}")
                expect(seen.page.locator("#vraag textarea")).to_be_enabled()
    finally:
        broken.stop()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_no_violation_where_nothing_is_found(browser: Browser, refusing_chat: Chat, axe: str, scheme: str) -> None:
    with watch(browser, refusing_chat, color_scheme=scheme) as seen:
        seen.ask(QUESTION)
        check(seen.page, axe, "not found")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_no_violation_on_the_pages_beside_the_chat(browser: Browser, chat: Chat, axe: str, scheme: str) -> None:
    with watch(browser, chat, color_scheme=scheme) as seen:
        seen.ask("Welke twee adviezen geeft de nota van februari 2026 aan de minister?")
        whole = chat.url + str(seen.page.locator("a.whole").first.get_attribute("href"))
        image = whole.replace("?", "/blad/1?")
        missing = f"{chat.url}/stuk/bestaat-niet"
        for address in (whole, image, f"{chat.url}/toegankelijkheid", f"{chat.url}/toegankelijkheid?taal=en", missing):
            seen.leave(lambda address=address: seen.page.goto(address))  # type: ignore[misc]
            check(seen.page, axe, address)
        seen.errors[:] = [error for error in seen.errors if "404" not in error]  # the missing document


def test_everything_with_the_keyboard(watched: Watched) -> None:
    page = watched.page
    page.locator("body").focus()

    def tab_to(selector: str) -> None:
        for _ in range(60):
            page.keyboard.press("Tab")
            if page.evaluate("selector => document.activeElement.matches(selector)", selector):
                outline = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
                assert outline != "none", f"focus on {selector} cannot be seen"
                return
        pytest.fail(f"Tab does not reach {selector}")

    tab_to("#vraag textarea")
    page.keyboard.type(QUESTION)
    page.keyboard.press("Enter")
    page.locator("#bronnen-1").wait_for()
    page.keyboard.press("Shift+Tab")
    page.locator("body").press("Home")
    page.evaluate("document.activeElement.blur()")
    tab_to("a.mark")
    expect(page.locator(".peek").first).to_be_visible()
    page.keyboard.press("Enter")
    expect(page.locator("#bron-1-1")).to_be_focused()
    tab_to("a.whole")
    with page.expect_popup() as opened:
        page.keyboard.press("Enter")
    expect(opened.value.locator("#citaat")).to_be_in_viewport()


def test_answers_are_announced_politely(watched: Watched) -> None:
    watched.ask(QUESTION)
    log = watched.page.get_by_role("log", name="Gesprek")
    expect(log).to_have_attribute("aria-live", "polite")
    expect(log).to_contain_text("2,8 miljoen euro")


def test_at_200_percent_all_is_there_and_nothing_moves_sideways(browser: Browser, chat: Chat) -> None:
    """Zooming to 200 % on a screen of 1280 by 1024 leaves half as many pixels, each twice as large."""
    with watch(browser, chat, viewport={"width": 640, "height": 512}, device_scale_factor=2) as seen:
        page = seen.page
        wide = "document.documentElement.scrollWidth"
        seen.ask(QUESTION)
        assert page.evaluate(wide) <= 640
        page.locator("a.mark").first.click()
        expect(page.locator("#bron-1-1 mark")).to_be_in_viewport()
        for name in ("Nieuw gesprek", "Verstuur", "Vraag dit opnieuw"):
            button = page.get_by_role("button", name=name)
            button.scroll_into_view_if_needed()
            expect(button).to_be_in_viewport(ratio=0.99)
        for tab in page.get_by_role("tab").all():
            tab.click()
            assert page.evaluate(wide) <= 640


def test_nothing_moves_for_who_has_asked_for_that(browser: Browser, chat: Chat) -> None:
    with watch(browser, chat, reduced_motion="reduce") as seen:
        page = seen.page
        page.evaluate(
            """window.moved = [];
            const note = event => moved.push(event.type + ' ' + event.target.outerHTML.slice(0, 99));
            for (const kind of ['animationstart', 'transitionrun']) addEventListener(kind, note, true);"""
        )
        seen.ask(QUESTION)
        page.locator("#keuze > button").click()
        page.locator("a.mark").first.click()
        assert page.evaluate("scrollY") == page.evaluate("new Promise(done => setTimeout(() => done(scrollY), 400))")
        page.get_by_role("tab").nth(1).click()
        page.locator("table.library").wait_for()
        assert page.evaluate("moved") == []


@pytest.mark.parametrize("path", ["/", "/en/"])
def test_fits_a_screen_of_320_pixels(browser: Browser, chat: Chat, path: str) -> None:
    with watch(browser, chat, path, viewport={"width": 320, "height": 640}) as seen:
        page = seen.page
        page.locator("#gesprek .example").first.wait_for(timeout=60_000)
        wide = "document.documentElement.scrollWidth"
        assert page.evaluate(wide) <= 320
        seen.ask(QUESTION)
        assert page.evaluate(wide) <= 320
        page.locator("a.mark").first.click()
        expect(page.locator("#bron-1-1 mark")).to_be_in_viewport()
        page.get_by_role("tab").nth(1).click()
        page.locator("table.library").wait_for()
        assert page.evaluate(wide) <= 320
        page.get_by_role("tab", name=EVALUATORS).click()
        page.locator("#meten-rapport p").wait_for()
        assert page.evaluate(wide) <= 320
        page.goto(f"{chat.url}/toegankelijkheid")
        assert page.evaluate(wide) <= 320
