"""The page for who signs in, in Chromium: the sign-in page, what a reader and an administrator see of the library, and signing out."""

import re
import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import uvicorn
from birds import Site, World, leaks
from playwright.sync_api import Browser, Page, expect
from test_accessible import axe, check

from ingest.access import allow_list

assert axe  # a fixture


@pytest.fixture(scope="module")
def site(world: World, tmp_path_factory: pytest.TempPathFactory) -> Site:
    made = Site(world, tmp_path_factory.mktemp("page"), pages=True)
    made.accounts.add("bo", Site.password, "lezer", ["intern"])
    made.accounts.add("ans", Site.password, "beheerder", ["vertrouwelijk"])
    return made


@pytest.fixture(scope="module")
def url(site: Site) -> Iterator[str]:
    door = socket.socket()
    door.bind(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(site.app, log_level="error", timeout_graceful_shutdown=1))
    running = threading.Thread(target=server.run, args=([door],), daemon=True)
    running.start()
    while not server.started:
        time.sleep(0.05)
    yield f"http://127.0.0.1:{door.getsockname()[1]}"
    server.should_exit = True
    running.join(10)


@pytest.fixture
def page(browser: Browser, url: str) -> Iterator[Page]:
    context = browser.new_context(locale="nl-NL", viewport={"width": 1280, "height": 900})
    made = context.new_page()
    made.goto(url)
    yield made
    context.close()


def enter(page: Page, name: str) -> None:
    page.get_by_label("Naam").fill(name)
    page.get_by_label("Wachtwoord").fill(Site.password)
    page.get_by_role("button", name="Aanmelden").click()
    expect(page.locator("header .who")).to_contain_text(f"Aangemeld: {name}", timeout=60_000)


def test_a_reader_sees_only_what_may_be_read(page: Page, axe: str, site: Site) -> None:
    told: list[str] = []
    page.on("response", lambda r: told.append(r.url) if r.status >= 400 else None)
    check(page, axe, "sign in")
    page.get_by_label("Naam").fill("bo")
    page.get_by_label("Wachtwoord").fill("fout")
    page.get_by_role("button", name="Aanmelden").click()
    expect(page.get_by_role("alert")).to_contain_text("horen niet bij elkaar")
    assert [re.sub(r"^http://[^/]+", "", address) for address in told] == ["/aanmelden"]
    enter(page, "bo")
    page.get_by_role("link", name="Wachtwoord wijzigen").click()
    check(page, axe, "own password")
    page.get_by_label("Huidig wachtwoord").fill("fout")
    page.get_by_label("Nieuw wachtwoord", exact=True).fill("een nieuw wachtwoord")
    page.get_by_label("Nieuw wachtwoord, nog eens").fill("een nieuw wachtwoord")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("niet juist")
    assert told.pop().endswith("/wachtwoord?taal=nl")
    page.get_by_role("link", name="Dossierwijzer").click()
    expect(page.locator("header")).to_contain_text("4 stukken")
    page.locator("#vraag textarea").fill("Wie besluit over het park?")
    page.keyboard.press("Enter")
    page.locator("#bronnen-1").wait_for()
    page.locator("#keuze > button").click()
    page.locator("#keuze-stukken input").click()
    expect(page.get_by_role("option")).to_have_count(4)
    page.keyboard.press("Escape")
    page.get_by_role("tab", name="Stukken").click()
    expect(page.locator("table.library tbody tr")).to_have_count(4)
    expect(page.get_by_role("button", name="Haal uit de index")).to_be_hidden()
    expect(page.get_by_role("tab", name="Meten")).to_be_hidden()
    check(page, axe, "library of a reader")
    assert leaks(page.content(), allow_list(["intern"])) == []
    assert len(told) == 1, told
    page.get_by_role("button", name="Afmelden").click()
    expect(page.get_by_role("heading", name="Aanmelden")).to_be_visible()
    page.go_back()
    page.reload()
    expect(page.get_by_label("Wachtwoord")).to_be_visible()


def test_an_administrator_gives_a_document_a_level(page: Page, axe: str, site: Site) -> None:
    def levels() -> dict[str, str]:
        return {Path(d.source_name).stem: d.access for d in site.desk.shelf.documents().values()}

    enter(page, "ans")
    page.get_by_role("tab", name="Stukken").click()
    expect(page.locator("table.library tbody tr")).to_have_count(7)
    expect(page.get_by_role("tab", name="Meten")).to_be_visible()
    check(page, axe, "library of an administrator")
    for level in ("vertrouwelijk", "zoals op schijf"):
        page.locator("#toegang-bestand input").click()
        page.get_by_role("option", name="zilverreiger.md").click()
        page.locator("#toegang-niveau input").click()
        page.get_by_role("option", name=level).click()
        page.get_by_role("button", name="Stel toegang in").click()
        expect(page.locator("#bibliotheek-gedaan")).to_contain_text(f"Toegang van zilverreiger.md: {level}")
        assert levels()["zilverreiger"] == ("openbaar" if level == "zoals op schijf" else level)
    assert [e["result"] for e in site.desk.audit.entries() if e["event"] == "library"] == ["access: vertrouwelijk", "access: as on disk"]
