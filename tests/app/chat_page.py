"""A running chat and a watched page, for the tests that look at it with Chromium."""

import os
import re
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page

ROOT = Path(__file__).parents[2]
ARGUMENTS = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking"]


def allowed(seconds: float) -> float:
    """What a wait of `seconds` on a quiet machine with two cores may take here: half as much again, times how busy it is."""
    return seconds * 1.5 * max(1.0, os.getloadavg()[0] / (os.cpu_count() or 1))


@dataclass
class Chat:
    """A running chat: its address, and when (time.monotonic) it was started."""

    url: str
    started: float
    process: subprocess.Popen[str] = field(repr=False)

    def stop(self) -> None:
        self.process.terminate()
        self.process.wait(40)  # questions that were asked are answered first


def start_chat(index: Path, **environment: str) -> Chat:
    """Start the chat on a free port and wait for the line that says where."""
    started = time.monotonic()
    process = subprocess.Popen(
        [sys.executable, "-m", "app", "chat", "--port", "0", "--index", str(index)],
        cwd=ROOT,
        env={**os.environ, **environment},
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout
    line = process.stdout.readline()
    url = re.search(r"http://\S+", line)
    assert url, f"no address in {line!r}"
    return Chat(url[0], started, process)


@dataclass
class Watched:
    """A page with what went wrong on it: requests to elsewhere, and errors in its console."""

    page: Page
    url: str
    outside: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)

    def ask(self, question: str) -> None:
        """Ask, and wait until the sources of the answer are there."""
        before = self.page.locator("#bronnen section.turn").count()
        self.page.locator("#vraag textarea").fill(question)
        self.page.keyboard.press("Enter")
        self.page.locator(f"#bronnen-{before + 1}").wait_for(timeout=120_000)  # the first answer waits for the models

    def reload(self) -> None:
        self.leave(self.page.reload)
        self.page.locator("#vraag textarea").wait_for()

    def leave(self, action: Callable[[], object]) -> None:
        """Leave the page; what Gradio then says of its broken connections is no error."""
        before = len(self.errors)
        action()
        broken = ("signal is aborted", "Connection errored out")
        self.errors[before:] = [error for error in self.errors[before:] if not any(words in error for words in broken)]

    def renewed(self, action: Callable[[], None]) -> None:
        """Do something that gives a new answer in the place of the last one, and wait for it."""
        self.page.locator(".answer").last.evaluate("answer => { answer.dataset.old = 1; }")
        action()
        self.page.locator(".answer:not([data-old]):not(.status) a.mark").last.wait_for()


@contextmanager
def watch(browser: Browser, chat: Chat, path: str = "", **context: Any) -> Iterator[Watched]:
    """A fresh person on a page of the chat; afterwards nothing may have left the page's origin or failed."""
    person = browser.new_context(**{"viewport": {"width": 1280, "height": 800}, "locale": "nl-NL", **context})
    person.set_default_timeout(60_000)
    seen = Watched(person.new_page(), chat.url)
    own = (chat.url, "data:", "blob:")

    def listen(page: Page) -> None:
        page.on("request", lambda r: None if r.url.startswith(own) else seen.outside.append(r.url))
        page.on("console", lambda m: seen.errors.append(m.text) if m.type == "error" else None)
        page.on("pageerror", lambda e: seen.errors.append(str(e)))

    listen(seen.page)
    person.on("page", listen)
    seen.page.goto(chat.url + path)
    seen.page.locator("#vraag textarea").wait_for()
    yield seen
    person.close()
    assert seen.outside == [], seen.outside
    assert seen.errors == [], seen.errors
