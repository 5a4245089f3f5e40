"""The web chat as a person has it: `python -m app chat` in its own process, seen with a real Chromium."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from chat_page import ARGUMENTS, Chat, Watched, start_chat, watch
from playwright.sync_api import Browser, sync_playwright


@pytest.fixture(scope="session")
def chat(corpus_index: Path) -> Iterator[Chat]:
    running = start_chat(corpus_index)
    yield running
    running.stop()


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    chromium = shutil.which("chromium")
    assert chromium, "Chromium is missing: apt-get install chromium"
    with sync_playwright() as playwright:
        yield playwright.chromium.launch(executable_path=chromium, args=ARGUMENTS)


@pytest.fixture
def watched(browser: Browser, chat: Chat) -> Iterator[Watched]:
    """A fresh person on the page; afterwards nothing may have left the page's origin or failed."""
    with watch(browser, chat) as seen:
        yield seen
