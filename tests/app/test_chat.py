"""The conversation and its sources, on the real pipeline over corpus/."""

import json
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest
from chat_page import ROOT, Chat, Watched, allowed, start_chat
from playwright.sync_api import Browser, expect

QUESTION = "Hoeveel keerde SOWIS in 2025 uit?"


def test_page_is_usable_within_five_seconds_and_answers_soon_after(browser: Browser, corpus_index: Path) -> None:
    """With a warm disk, so the best of at most three starts counts."""
    times: list[tuple[float, float]] = []
    while len(times) < 3 and not (times and times[-1][0] < allowed(5) and times[-1][1] < allowed(3)):
        times.append(_start_and_ask(browser, corpus_index))
        print(f"usable after {times[-1][0]:.1f} s, first answer {times[-1][1]:.1f} s after that")
    assert times[-1][0] < allowed(5) and times[-1][1] < allowed(3), times


def _start_and_ask(browser: Browser, index: Path) -> tuple[float, float]:
    """Seconds until a question can be typed, and from then to its answer."""
    fresh = start_chat(index)
    page = browser.new_page(locale="nl-NL")
    try:
        page.goto(fresh.url)
        page.get_by_label("Uw vraag").fill(QUESTION)
        usable = time.monotonic() - fresh.started
        page.keyboard.press("Enter")
        page.locator(".answer:not(.status)").wait_for(timeout=60_000)
        answered = time.monotonic() - fresh.started
        assert page.locator("a.mark").count(), f"{QUESTION} is refused, with the settings as they ship"
    finally:
        page.close()
        fresh.stop()
    return usable, answered - usable


def test_answer_with_its_source_beside_it(watched: Watched) -> None:
    page = watched.page
    watched.ask(QUESTION)
    expect(page.locator(".answer").last).to_contain_text("2,8 miljoen euro")
    card = page.locator("#bron-1-1")
    expect(card).to_contain_text("Feitenblad: voortgangsbrief Actieagenda van begin maart 2026")
    expect(card).to_contain_text("15 maart 2026 · blz. 1")
    expect(card).to_contain_text("Pijler 2: taal en werk > Werkgevers")
    expect(card.locator("mark")).to_contain_text("De subsidie SOWIS keerde in 2025 2,8 miljoen euro uit en loopt door tot en met 2029.")
    expect(card.locator("mark")).not_to_contain_text("Regioplan")
    expect(card.locator("blockquote")).to_contain_text("Regioplan beoordeelde het eerste tijdvak.")


def test_a_mark_opens_its_source_also_of_an_earlier_answer(watched: Watched) -> None:
    page = watched.page
    watched.ask(QUESTION)
    watched.ask("Hoeveel gemeenten deden mee aan de nulmeting van de gebedsoproep?")
    expect(page.locator("#bronnen-1")).to_be_hidden()
    page.locator("a.mark[href='#bron-1-1']").first.click()
    expect(page.locator("#bronnen-1")).to_be_visible()
    expect(page.locator("#bronnen-2")).to_be_hidden()
    expect(page.locator("#bron-1-1")).to_be_focused()
    expect(page.locator("#bron-1-1 mark")).to_be_in_viewport()


def test_language_of_the_page_is_dutch(watched: Watched) -> None:
    assert watched.page.evaluate("document.documentElement.lang") == "nl"


def test_what_a_person_types_is_shown_and_not_run(watched: Watched) -> None:
    typed = "Wat is <img src='http://elsewhere.example/a.png' onerror='alert(1)'> ![b](http://elsewhere.example/b.png)?"
    watched.ask(typed)
    expect(watched.page.locator("[data-testid=user]").last).to_have_text(typed)
    assert watched.page.locator("#gesprek img, #bronnen img").count() == 0


def test_a_warm_answer_is_on_the_page_at_once(watched: Watched) -> None:
    watched.ask(QUESTION)
    times = []
    for question in ("Hoeveel gemeenten deden mee aan de nulmeting?", "Wie beoordeelde het eerste tijdvak van SOWIS?", "Wat doet Pharos?"):
        start = time.perf_counter()
        watched.ask(question)
        times.append(time.perf_counter() - start)
    print("seconds to an answer on the page:", [round(t, 2) for t in times])
    assert sorted(times)[1] < allowed(0.4)


def _post(chat: Chat, body: bytes) -> tuple[int, dict[str, object]]:
    request = Request(f"{chat.url}/api/ask", body, {"content-type": "application/json"})
    try:
        with urlopen(request, timeout=60) as response:
            return response.status, json.load(response)
    except HTTPError as error:
        return error.code, json.load(error)


def test_api_answers_with_the_answer_object(chat: Chat) -> None:
    status, answer = _post(chat, json.dumps({"question": QUESTION, "history": ["Wat is SOWIS?"], "id": "q1"}).encode())
    assert status == 200
    assert answer["id"] == "q1" and answer["status"] == "answered"
    assert "2,8 miljoen euro" in str(answer["text"])


def test_api_streams_statements_before_the_answer(chat: Chat) -> None:
    body = json.dumps({"question": QUESTION}).encode()
    request = Request(f"{chat.url}/api/ask", body, {"content-type": "application/json", "accept": "text/event-stream"})
    with urlopen(request, timeout=60) as response:
        assert response.headers["content-type"].startswith("text/event-stream")
        events = [part.split("\n") for part in response.read().decode().strip().split("\n\n")]
    assert [name for name, _ in events] == ["event: statement"] * (len(events) - 1) + ["event: answer"]
    answer = json.loads(events[-1][1].removeprefix("data: "))
    assert [json.loads(data.removeprefix("data: ")) for _, data in events[:-1]] == answer["statements"]


def test_api_is_described(chat: Chat) -> None:
    with urlopen(f"{chat.url}/api/openapi.json", timeout=10) as response:
        assert list(json.load(response)["paths"]) == ["/api/ask"]


def test_twenty_people_at_once(chat: Chat) -> None:
    _post(chat, json.dumps({"question": QUESTION}).encode())

    def ask(number: int) -> tuple[int, float]:
        start = time.perf_counter()
        status, _ = _post(chat, json.dumps({"question": f"{QUESTION} Vraag {number}"}).encode())
        return status, time.perf_counter() - start

    with ThreadPoolExecutor(20) as people:
        results = list(people.map(ask, range(20)))
    slowest = sorted(seconds for _, seconds in results)[18]
    print(f"20 at once: 95th percentile {slowest:.2f} s")
    assert {status for status, _ in results} == {200}
    assert slowest < allowed(3)


@pytest.mark.parametrize(
    ("body", "status", "message"),
    [
        (b'{"question": "  "}', 422, "Stel een vraag van 1 tot 1000 tekens."),
        (json.dumps({"question": "a" * 1001}).encode(), 422, "1 tot 1000 tekens"),
        (b'{"history": []}', 422, "Stuur een JSON-object"),
        (b"niet json", 422, "Stuur een JSON-object"),
        (json.dumps({"question": "a", "history": ["b" * 70_000]}).encode(), 413, "te groot"),
    ],
)
def test_api_refuses_what_it_cannot_answer_in_dutch(chat: Chat, body: bytes, status: int, message: str) -> None:
    got, answer = _post(chat, body)
    assert got == status
    assert message in str(answer["detail"])


def test_a_missing_index_is_one_clear_line(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "app", "chat", "--port", "0", "--index", str(tmp_path / "leeg")]
    run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60)
    assert run.returncode == 1
    assert run.stderr.startswith("Er is geen index in ") and run.stderr.count("\n") == 1
