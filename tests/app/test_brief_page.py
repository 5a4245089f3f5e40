"""The briefing tab with a real browser: make one, open a source, take it along; and the same by its address."""

import re
from io import BytesIO
from pathlib import Path
from urllib.request import urlopen

import docx
import pytest
from chat_page import Chat, Watched, start_chat, watch
from model_server import Model, serve
from playwright.sync_api import Browser, expect


def make(watched: Watched, topic: str = "", since: str = "") -> None:
    page = watched.page
    page.get_by_role("tab", name="Briefing").click()
    page.get_by_label("Onderwerp (leeg: het hele dossier)").fill(topic)
    page.get_by_label("Alleen wat nieuw is sinds").fill(since)
    page.get_by_role("button", name="Maak de briefing").click()


def test_a_briefing_opens_its_sources_and_can_be_saved(watched: Watched, tmp_path: Path) -> None:
    make(watched, "startbanen")
    page = watched.page
    expect(page.locator(".briefing h2")).to_have_text("Briefing over: startbanen", timeout=30_000)
    mark = page.locator(".briefing li a.bron").first
    line = page.locator(".briefing li").filter(has=page.locator("a.bron")).first.inner_text()
    with page.context.expect_page() as opened:
        mark.click()
    quote = " ".join(opened.value.locator("mark").first.inner_text().split())
    assert quote[:40] in line
    with page.expect_download() as saved:
        page.get_by_role("link", name="DOCX", exact=True).click()
    saved.value.save_as(tmp_path / "briefing.docx")
    assert docx.Document(str(tmp_path / "briefing.docx")).paragraphs[0].text == "Briefing over: startbanen"


def test_what_cannot_be_made_is_said(watched: Watched) -> None:
    make(watched, since="gisteren")
    expect(watched.page.locator("#briefing [role=status]")).to_contain_text("jjjj-mm-dd", timeout=30_000)
    make(watched, topic="kernfusie")
    expect(watched.page.locator(".briefing")).to_contain_text("zeggen hier niets over", timeout=30_000)
    expect(watched.page.locator(".briefing a[download]")).to_have_count(0)


@pytest.mark.parametrize(("form", "start"), [("md", b"# Briefing"), ("pdf", b"%PDF"), ("docx", b"PK"), ("json", b"{")])
def test_each_form_has_an_address(chat: Chat, form: str, start: bytes) -> None:
    with urlopen(f"{chat.url}/briefing.{form}?lengte=one&taal=en", timeout=60) as answer:
        content = BytesIO(answer.read()).getvalue()
        assert content.startswith(start) and f'filename="briefing.{form}"' in answer.headers["content-disposition"]


def repeats(messages: list[dict[str, str]]) -> str:
    """A model that says what its source says."""
    source = re.findall(r"<bron 1: [^>]*>\n(.*?)\n</bron>", messages[-1]["content"], re.S)[-1]
    return f"{source.rstrip('.')} [1]."


def test_the_core_is_phrased_by_a_model_where_one_asks_for_it(browser: Browser, corpus_index: Path) -> None:
    with serve(Model(repeats)) as model:
        running = start_chat(corpus_index, DOSSIER_LLM_URL=model.url)
        try:
            with watch(browser, running) as watched:
                watched.page.get_by_role("tab", name="Briefing").click()
                watched.page.locator("#wijze-kern").get_by_label("In eigen woorden").check()
                make(watched, "SOWIS")
                expect(watched.page.locator(".briefing")).to_contain_text("een taalmodel verwoord", timeout=60_000)
                first = watched.page.locator(".briefing section").first.locator("li").first
                expect(first).not_to_contain_text("“")
                expect(first.locator("a.bron").first).to_be_visible()
                saved = watched.page.get_by_role("link", name="MD", exact=True).get_attribute("href")
                assert saved and "wijze=written" in saved
                with urlopen(f"{running.url}{saved}", timeout=60) as answer:
                    assert "een taalmodel verwoord" in answer.read().decode()
        finally:
            running.stop()
    assert 1 <= len(model.requests) <= 5  # the file was not asked of the model again
