"""Real indexes, made once a session with the real model and a real Chroma."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright

from ingest.pipeline import index

ROOT = Path(__file__).parents[1]
ORIGINALS = ROOT.parent / "shared" / "corpus"


@pytest.fixture(scope="session")
def corpus_index(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The index of the factsheets that ship."""
    directory = tmp_path_factory.mktemp("corpus-index")
    index([ROOT / "corpus"], directory)
    return directory


@pytest.fixture(scope="session")
def originals_index(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The index of the five original documents, which are not in the repository."""
    if not ORIGINALS.is_dir():
        pytest.skip(f"the original documents are not here ({ORIGINALS} is missing)")
    directory = tmp_path_factory.mktemp("originals-index")
    index([ORIGINALS], directory)
    return directory


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One Chromium for all tests: Playwright's loop can run only once in a process."""
    chromium = shutil.which("chromium")
    assert chromium, "Chromium is missing: apt-get install chromium"
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(
            executable_path=chromium, args=["--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking"]
        )
        yield opened
        opened.close()
