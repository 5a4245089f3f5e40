"""Kill -9 of the chat while it answers: the index and the conversations stay whole, and it answers the same when it is back.

Two kills by default; `KILLS=50` in the environment for more (make kill-test), with the time until the first answer.
"""

import json
import os
import random
import shutil
import sqlite3
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from contextlib import closing
from pathlib import Path
from typing import Any

from ingest.check import check
from ingest.settings import Settings
from tests.ingest.index_state import state_of

ROOT = Path(__file__).parents[2]
KILLS = int(os.environ.get("KILLS", "2"))
QUESTION = "Hoeveel keerde SOWIS in 2025 uit?"
SAME = ("status", "text", "citations", "fingerprint")


def _serve(index: Path) -> tuple["subprocess.Popen[str]", str]:
    """The chat on a free port, which takes connections when this returns; its address."""
    command = [sys.executable, "-m", "app", "chat", "--port", "0", "--index", str(index)]
    child = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, cwd=ROOT)
    assert child.stdout
    line = child.stdout.readline()
    return child, next(word for word in line.split() if word.startswith("http"))


def _ask(address: str) -> dict[str, Any]:
    body = json.dumps({"question": QUESTION}).encode()
    request = urllib.request.Request(f"{address}/api/ask", body, {"content-type": "application/json"})
    try:
        with urllib.request.urlopen(request, timeout=120) as response:
            answer: dict[str, Any] = json.load(response)
    except urllib.error.HTTPError as error:
        raise OSError(f"{error.code}: {error.read().decode()}") from error
    return {name: answer[name] for name in SAME}


def _keep_asking(address: str) -> None:
    while True:
        try:
            _ask(address)
        except OSError:
            return


def test_the_chat_is_killed_while_it_answers(corpus_index: Path, tmp_path: Path) -> None:
    chance = random.Random(int(os.environ.get("KILL_SEED", "1")))
    index = tmp_path / "index"
    shutil.copytree(corpus_index, index)
    before = state_of(index)
    child, address = _serve(index)
    expected = _ask(address)
    assert expected["status"] == "answered"
    waits = []
    try:
        for number in range(KILLS):
            asking = [threading.Thread(target=_keep_asking, args=(address,), daemon=True) for _ in range(4)]
            for thread in asking:
                thread.start()
            time.sleep(chance.uniform(0.05, 1))
            child.kill()
            child.wait()
            for thread in asking:
                thread.join()
            began = time.monotonic()
            child, address = _serve(index)
            assert _ask(address) == expected, number
            waits.append(time.monotonic() - began)
    finally:
        child.kill()
        child.wait()
    assert state_of(index) == before and check(index, Settings()) == []
    with closing(sqlite3.connect(tmp_path / "chat.sqlite")) as conversations:
        assert conversations.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    load = os.getloadavg()[0]
    print(f"{KILLS} keer gedood; weer een antwoord na {min(waits):.1f} tot {max(waits):.1f} s (belasting {load:.1f})")
