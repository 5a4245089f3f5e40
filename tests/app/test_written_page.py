"""Answers in own words on the page and over the API, with a model that writes slowly, as a real HTTP server."""

import json
from collections.abc import Iterator
from pathlib import Path
from urllib.request import Request, urlopen

import pytest
from chat_page import Chat, start_chat, watch
from model_server import Model, serve
from playwright.sync_api import Browser, expect

QUESTION = "Hoeveel keerde SOWIS in 2025 uit?"
SAID = "De subsidie SOWIS keerde in 2025 2,8 miljoen euro uit"


@pytest.fixture(scope="module")
def writing_chat(corpus_index: Path) -> Iterator[Chat]:
    """Its model takes two seconds, says a sentence that holds and one that does not."""
    with serve(Model(lambda messages: f"{SAID} [1]. SOWIS keerde in 2025 ook 9 miljoen euro uit [1].", pause=2.0)) as model:
        running = start_chat(corpus_index, DOSSIER_REFUSAL_THRESHOLD="0", DOSSIER_LLM_URL=model.url)
        yield running
        running.stop()


def test_who_chooses_own_words_sees_the_quotes_first_and_then_the_sentence(browser: Browser, writing_chat: Chat, tmp_path: Path) -> None:
    with watch(browser, writing_chat, viewport={"width": 1280, "height": 700}) as seen:
        page = seen.page
        page.locator("#wijze").get_by_label("In eigen woorden").check()  # without opening anything
        seen.ask(QUESTION)
        answer = page.locator(".answer").last
        expect(page.locator(".writing")).to_be_visible()
        expect(answer).to_contain_text("“De subsidie SOWIS keerde in 2025 2,8 miljoen euro uit en loopt door tot en met 2029.")
        expect(page.locator(".answer.written > p").first).to_contain_text(f"{SAID}.")
        expect(page.locator(".writing")).to_have_count(0)
        expect(page.locator(".answer.written > p").first).to_be_in_viewport(ratio=1)
        expect(page.locator(".answer.written .quotes")).to_contain_text("2,8 miljoen euro")
        expect(answer).not_to_contain_text("9 miljoen")
        expect(page.locator("#wijze").get_by_label("In eigen woorden")).to_be_checked()
        page.screenshot(path=tmp_path / "written.png")
        answer.locator("a.mark").first.click()
        expect(page.locator("#bron-1-1")).to_be_focused()


def test_the_api_sends_quotes_then_each_checked_sentence_then_the_answer(writing_chat: Chat) -> None:
    body = json.dumps({"question": QUESTION, "mode": "written", "id": "q1"}).encode()
    headers = {"content-type": "application/json", "accept": "text/event-stream"}
    with urlopen(Request(f"{writing_chat.url}/api/ask", body, headers), timeout=120) as response:
        events = [part.split("\n") for part in response.read().decode().strip().split("\n\n")]
    assert [name for name, _ in events] == ["event: quoted", "event: statement", "event: answer"]
    quoted, statement, answer = (json.loads(data.removeprefix("data: ")) for _, data in events)
    assert (quoted["mode"], answer["mode"]) == ("quoted", "written") and answer["id"] == "q1"
    assert statement == {"text": f"{SAID}.", "citations": [1]} and answer["statements"] == [statement]
    assert answer["citations"] == quoted["citations"]
