"""The tab for evaluators, on the real pipeline: run a set, see its report, open a miss, compare, download; what goes wrong is said."""

import json
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from chat_page import Chat, Watched, start_chat, watch
from playwright.sync_api import Browser, expect

OWN = """- id: sowis
  question: Hoeveel keerde SOWIS in 2025 uit?
  category: number
  answerable: true
  facts: [["2,8 miljoen"]]
  evidence: [{doc: feitenblad-voortgangsbrief-2026, quote: "keerde in 2025 2,8 miljoen euro uit"}]
- id: knoflook
  question: Hoeveel keerde SOWIS in 2025 uit aan knoflook?
  category: number
  answerable: true
  facts: [["913 kilo"]]
  evidence: [{doc: feitenblad-voortgangsbrief-2026, quote: 913 kilo knoflook}]
"""


@pytest.fixture(scope="module")
def own_chat(corpus_index: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Chat]:
    """A chat whose runs are its own."""
    place = tmp_path_factory.mktemp("meten") / "index"
    shutil.copytree(corpus_index, place)
    running = start_chat(place, DOSSIER_REFUSAL_THRESHOLD="0")
    yield running
    running.stop()


@pytest.fixture
def evaluator(browser: Browser, own_chat: Chat) -> Iterator[Watched]:
    """A fresh person on the tab for evaluators."""
    with watch(browser, own_chat) as seen:
        seen.page.get_by_role("tab", name="Meten").click()
        expect(seen.page.get_by_label("Set met bekende feiten")).to_have_value("feitenbladen.yaml")
        yield seen


def upload(seen: Watched, name: str, text: str) -> None:
    with seen.page.expect_file_chooser() as chooser:
        seen.page.get_by_role("button", name="Eigen set").click()
    chooser.value.set_files({"name": name, "mimeType": "application/yaml", "buffer": text.encode()})
    expect(seen.page.locator("#meten-stand")).to_have_text(f"{name} is toegevoegd.")


def measure(seen: Watched) -> None:
    seen.page.get_by_role("button", name="Start de meting").click()
    stop = seen.page.get_by_role("button", name="Breek af")
    expect(stop).to_be_enabled()
    expect(stop).to_be_disabled(timeout=120_000)


def test_run_see_open_a_miss_compare_and_download(evaluator: Watched) -> None:
    page, report = evaluator.page, evaluator.page.frame_locator("iframe.report")
    upload(evaluator, "eigen.yaml", OWN)
    measure(evaluator)
    expect(page.locator("#meten-stand")).to_have_text("De meting van eigen.yaml is klaar; het rapport staat hieronder.")
    expect(report.get_by_role("heading", name="Meting van eigen.yaml")).to_be_visible()
    expect(report.locator(".cards")).to_contain_text("50 %")
    assert report.locator("figure svg").count() >= 3
    report.locator("#q-knoflook summary").click()
    expect(report.locator("#q-knoflook")).to_contain_text("Verwacht")
    expect(report.locator("#q-knoflook")).to_contain_text("913 kilo knoflook")
    height = page.locator("iframe.report").evaluate("frame => [frame.clientHeight, frame.contentDocument.documentElement.scrollHeight]")
    assert height[0] >= height[1]
    with page.expect_download() as saved:
        page.get_by_role("link", name="Bewaar het rapport").click()
    assert "<h1>Meting van eigen.yaml</h1>" in Path(saved.value.path()).read_text(encoding="utf-8")
    address = str(page.get_by_role("link", name="Open het rapport").get_attribute("href")).replace("taal=nl", "taal=en")
    assert "<h1>Run of eigen.yaml</h1>" in page.request.get(f"{evaluator.url}{address}").text()
    with page.expect_download() as saved:
        page.get_by_role("link", name="JSON").click()
    assert len(json.loads(Path(saved.value.path()).read_text(encoding="utf-8"))["items"]) == 2
    measure(evaluator)
    expect(page.get_by_label("Meting", exact=True)).to_have_value(re.compile(r"eigen.yaml, .* 50 % juist"))
    page.get_by_label("Vergelijk met").click()
    page.get_by_role("option", name="eigen.yaml").last.click()
    expect(report.get_by_role("heading", name="Vergeleken met eigen.yaml")).to_be_visible(timeout=30_000)
    expect(report.locator("main")).to_contain_text("0 vragen beter, 0 slechter, van 2")


def test_a_set_with_mistakes_is_refused_line_by_line(evaluator: Watched) -> None:
    upload(evaluator, "fout.yaml", OWN.replace("category: number", "categorie: getal"))
    measure(evaluator)
    alert = evaluator.page.get_by_role("alert")
    expect(alert).to_contain_text("De meting van fout.yaml is niet gelukt")
    expect(alert).to_contain_text("fout.yaml:3: sowis: onbekende sleutel 'categorie'")


def test_progress_is_seen_after_a_reload_and_the_run_can_be_broken_off(evaluator: Watched) -> None:
    page = evaluator.page
    page.get_by_role("button", name="Start de meting").click()
    expect(page.locator("#meten-stand")).to_contain_text("feitenbladen.yaml")
    evaluator.reload()
    page.get_by_role("tab", name="Meten").click()
    expect(page.locator("#meten-stand")).to_contain_text(re.compile(r"\d+ van \d+ vragen"), timeout=60_000)
    expect(page.locator("#meten-stand progress")).to_have_attribute("aria-label", "Voortgang van de meting")
    page.get_by_role("button", name="Breek af").click()
    expect(page.locator("#meten-stand")).to_contain_text("De meting van feitenbladen.yaml is afgebroken")
    expect(page.get_by_role("button", name="Breek af")).to_be_disabled()


@pytest.mark.parametrize("path", ["bestaat-niet", "..%2findex", "%2e%2e%2findex", "bestaat-niet/run.json"])
def test_no_file_but_a_run_is_served(evaluator: Watched, path: str) -> None:
    assert evaluator.page.request.get(f"{evaluator.url}/meting/{path}").status == 404
