"""Kill -9 of the chat while it answers: the index and the conversations stay whole, and it answers the same when it is back.

With the vectors in the index and on a Chroma server, which is killed too and may be back later than the chat. Two kills by default;
`KILLS=50` in the environment for more (make kill-test), with the time until the first answer.
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
from ingest.pipeline import index as build
from ingest.settings import Settings
from tests.ingest.chroma_server import ChromaServer
from tests.ingest.index_state import state_of

ROOT = Path(__file__).parents[2]
KILLS = int(os.environ.get("KILLS", "2"))
QUESTION = "Hoeveel keerde SOWIS in 2025 uit?"
SAME = ("status", "text", "citations", "fingerprint")


def _serve(index: Path, url: str) -> tuple["subprocess.Popen[str]", str]:
    """The chat on a free port, which takes connections when this returns; its address."""
    command = [sys.executable, "-m", "app", "chat", "--port", "0", "--index", str(index)]
    environment = os.environ | {"DOSSIER_CHROMA_URL": url}
    child = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, cwd=ROOT, env=environment)
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


def _answer_again(address: str, patience: float) -> dict[str, Any]:
    """The answer, from a chat whose Chroma server may still have to come back."""
    until = time.monotonic() + patience
    while True:
        try:
            return _ask(address)
        except OSError:
            if time.monotonic() > until:
                raise
            time.sleep(0.2)


def test_the_chat_is_killed_while_it_answers(corpus_index: Path, tmp_path: Path) -> None:
    index = tmp_path / "index"
    shutil.copytree(corpus_index, index)
    _kill_and_ask(index, None)


def test_the_chat_and_its_chroma_server_are_killed_while_they_answer(tmp_path: Path) -> None:
    with ChromaServer(tmp_path / "server") as server:
        build([ROOT / "corpus"], tmp_path / "index", Settings(chroma_url=server.url))
        _kill_and_ask(tmp_path / "index", server)


def _kill_and_ask(index: Path, server: ChromaServer | None) -> None:
    chance = random.Random(int(os.environ.get("KILL_SEED", "1")))
    url = server.url if server else ""
    before = state_of(index, url)
    child, address = _serve(index, url)
    expected = _ask(address)
    assert expected["status"] == "answered"
    waits = []
    try:
        for number in range(KILLS):
            asking = [threading.Thread(target=_keep_asking, args=(address,), daemon=True) for _ in range(4)]
            for thread in asking:
                thread.start()
            time.sleep(chance.uniform(0.05, 1))
            back = threading.Thread(target=_restart, args=(server, chance.uniform(0, 4))) if server and number % 2 else None
            if back and server:
                server.kill()
            child.kill()
            child.wait()
            for thread in asking:
                thread.join()
            began = time.monotonic()
            if back:
                back.start()
            child, address = _serve(index, url)
            assert _answer_again(address, 60 if back else 0) == expected, number
            if back:
                back.join()
            else:
                waits.append(time.monotonic() - began)
    finally:
        child.kill()
        child.wait()
    assert state_of(index, url) == before and check(index, Settings(chroma_url=url)) == []
    with closing(sqlite3.connect(index.parent / "chat.sqlite")) as conversations:
        assert conversations.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    load = os.getloadavg()[0]
    print(f"{KILLS} keer gedood; weer een antwoord na {min(waits):.1f} tot {max(waits):.1f} s (belasting {load:.1f})")


def _restart(server: ChromaServer, seconds: float) -> None:
    time.sleep(seconds)
    server.start()
