"""`make picture`: the pictures of the page in the README, taken from the running page with Chromium."""

import shutil
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import sync_playwright

sys.path.insert(0, str(Path(__file__).parents[2]))
from chat_page import ARGUMENTS, ROOT, start_chat, watch
from test_brief_page import make

from ingest.pipeline import index

STATIC = ROOT / "app" / "static"
QUESTION = "Hoeveel gemeenten deden mee aan de nulmeting van de gebedsoproep?"


def main() -> None:
    """Index corpus/ apart, ask a question and make a briefing, and keep what the window shows of each."""
    with tempfile.TemporaryDirectory() as directory, sync_playwright() as playwright:
        index([ROOT / "corpus"], Path(directory))
        chat = start_chat(Path(directory))
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=ARGUMENTS)
        try:
            with watch(browser, chat) as seen:
                seen.ask(QUESTION)
                seen.page.wait_for_timeout(500)
                seen.page.screenshot(path=STATIC / "pagina.png")
                make(seen, "startbanen")
                seen.page.locator(".briefing h2").wait_for()
                seen.page.set_viewport_size({"width": 1280, "height": 1200})
                seen.page.wait_for_timeout(500)
                seen.page.screenshot(path=STATIC / "briefing.png")
        finally:
            browser.close()
            chat.stop()
    print(f"Foto's: {STATIC.relative_to(ROOT)}/pagina.png en briefing.png")


if __name__ == "__main__":
    main()
