"""The web chat as a person has it: `python -m app chat` in its own process, seen with a real Chromium."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from birds import MARKERS, World
from chat_page import Chat, Watched, start_chat, watch
from playwright.sync_api import Browser, expect

expect.set_options(timeout=30_000)  # how long is no matter here (test_chat.py measures that), and a busy machine is slow


@pytest.fixture(scope="session")
def chat(corpus_index: Path) -> Iterator[Chat]:
    """Refuses nothing, so that these tests are about the page; when to refuse is tested with the answers."""
    running = start_chat(corpus_index, DOSSIER_REFUSAL_THRESHOLD="0")
    yield running
    running.stop()


@pytest.fixture(scope="session")
def refusing_chat(corpus_index: Path) -> Iterator[Chat]:
    """Finds no answer to anything."""
    running = start_chat(corpus_index, DOSSIER_REFUSAL_THRESHOLD="1")
    yield running
    running.stop()


@pytest.fixture
def watched(browser: Browser, chat: Chat) -> Iterator[Watched]:
    """A fresh person on the page; afterwards nothing may have left the page's origin or failed."""
    with watch(browser, chat) as seen:
        yield seen


@pytest.fixture(scope="session")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    """Ten documents, each with a word and an access of its own; not to be changed."""
    return World(tmp_path_factory.mktemp("birds"), list(MARKERS))
