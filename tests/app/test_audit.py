"""The audit log, what is forgotten, what the server logs, and how it stops."""

import json
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from concurrent.futures import FIRST_COMPLETED, ThreadPoolExecutor, wait
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest
from birds import Site, World
from chat_page import ROOT

from app.__main__ import main
from app.access import Visitor
from app.audit import Audit
from app.feedback import read, record
from app.retention import forget
from app.types import Turn

ASKED = "Wat kost Nachtzwaluw in het park?"


def test_who_asked_what_when_and_which_documents_were_used(world: World, tmp_path: Path) -> None:
    site = Site(world, tmp_path)
    client = site.person("ans", groups=("vertrouwelijk",))
    began = datetime.now(UTC).isoformat(timespec="milliseconds")
    answer = client.post("/api/ask", json={"question": ASKED})
    document = answer.json()["citations"][0]["document"]
    client.get(f"/stuk/{document}")
    asked, opened = list(site.desk.audit.entries(began))
    assert (asked["person"], asked["event"], asked["text"], asked["result"]) == ("ans", "question", ASKED, "answered")
    assert asked["documents"] == sorted({c["document"] for c in answer.json()["citations"]})
    assert asked["request"] == answer.headers["x-request-id"]
    assert began <= asked["at"] <= datetime.now(UTC).isoformat()
    assert (opened["person"], opened["event"], opened["documents"]) == ("ans", "document", [document])


def test_with_hashes_the_words_of_a_question_are_nowhere_in_the_log(tmp_path: Path) -> None:
    log = Audit(tmp_path / "audit.sqlite", hashed=True)
    for question in (ASKED, ASKED.upper(), "Een andere vraag?"):
        log.record(Visitor("ans"), "question", question)
    first, again, other = (entry["text"] for entry in log.entries())
    assert first == again != other and first.startswith("hmac-sha256:")
    stored = b"".join(path.read_bytes() for path in tmp_path.iterdir())
    assert b"nachtzwaluw" not in stored.lower()
    assert (tmp_path / "audit.key").stat().st_mode & 0o077 == (tmp_path / "audit.sqlite").stat().st_mode & 0o077 == 0


def test_an_answer_that_cannot_be_logged_is_not_given(world: World, tmp_path: Path) -> None:
    site = Site(world, tmp_path)
    site.desk.audit = Audit(tmp_path / "audit.sqlite")
    with sqlite3.connect(tmp_path / "audit.sqlite") as db:
        db.execute("drop table audit")
    answer = site.client().post("/api/ask", json={"question": ASKED})
    assert answer.status_code == 503 and "logboek" in answer.json()["detail"] and "miljoen" not in answer.text


def test_what_is_old_is_deleted_everywhere_and_judgements_lose_their_name(world: World, tmp_path: Path) -> None:
    site, index = Site(world, tmp_path), tmp_path / "index"
    log = Audit(tmp_path / "audit.sqlite")
    for question in ("Een oude vraag?", "Een nieuwe vraag?"):
        given = world.assistant.ask(Turn(question))
        log.record(Visitor("ans"), "question", question)
        site.conversations.add(None, "ans", given, {})
        record(tmp_path / "feedback.sqlite", given, "right", "ans")
    long_ago = (datetime.now(UTC) - timedelta(days=40)).isoformat()
    for run in ("oud/run.json", "oud-half/partial.jsonl", "nieuw/run.json", "sets/eigen.yaml"):
        file = tmp_path / "evals" / run
        file.parent.mkdir(parents=True)
        file.write_text("[]", encoding="utf-8")
        if "nieuw" not in run:
            os.utime(file, (0, datetime.fromisoformat(long_ago).timestamp()))
    for name, step in (
        ("audit.sqlite", "update audit set at = ? where text like '%oude%'"),
        ("chat.sqlite", "update conversation set updated = ? where title like '%oude%'"),
        ("feedback.sqlite", "update feedback set created = ? where question like '%oude%'"),
    ):
        with sqlite3.connect(tmp_path / name) as db:
            db.execute(step, (long_ago,))
    assert main(["audit", "forget", "--days", "30", "--index", str(index)]) == 0
    assert [entry["text"] for entry in log.entries()] == ["Een nieuwe vraag?"]
    assert [title for title, _ in site.conversations.list("ans")] == ["Een nieuwe vraag?"]
    assert [(f.question, f.person) for f in read(tmp_path / "feedback.sqlite")] == [("Een oude vraag?", ""), ("Een nieuwe vraag?", "ans")]
    assert {path.name for path in (tmp_path / "evals").iterdir()} == {"nieuw", "sets"}
    assert b"oude vraag" not in (tmp_path / "audit.sqlite").read_bytes()
    assert forget(tmp_path, 30) == 0


def test_a_command_is_logged_where_there_is_a_log(corpus_index: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    index = tmp_path / "index"
    shutil.copytree(corpus_index, index)
    monkeypatch.setenv("LOGNAME", "piet")
    question = "Hoeveel keerde SOWIS in 2025 uit?"
    assert main(["ask", question, "--index", str(index)]) == 0 and not (tmp_path / "audit.sqlite").exists()
    log = Audit(tmp_path / "audit.sqlite")
    assert main(["ask", question, "--index", str(index)]) == main(["brief", "SOWIS", "--index", str(index)]) == 0
    asked, briefed = log.entries()
    assert (asked["person"], asked["event"], asked["text"], asked["result"]) == ("os:piet", "question", question, "answered")
    assert (briefed["person"], briefed["event"], briefed["text"], briefed["result"]) == ("os:piet", "briefing", "SOWIS", "md")
    assert asked["documents"] and briefed["documents"]


def test_export_for_archiving(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    index = str(tmp_path / "index")
    assert main(["audit", "export", "--index", index]) == 1 and "Er is geen logboek" in capsys.readouterr().err
    Audit(tmp_path / "audit.sqlite").record(Visitor("ans"), "question", ASKED, ["b", "a"], "answered")
    assert main(["audit", "export", "--index", index, "--since", "2020-01-01", "--out", str(tmp_path / "log.jsonl")]) == 0
    (entry,) = map(json.loads, (tmp_path / "log.jsonl").read_text(encoding="utf-8").splitlines())
    assert (entry["person"], entry["text"], entry["documents"]) == ("ans", ASKED, ["a", "b"])
    assert main(["audit", "export", "--index", index, "--until", "2020-01-01"]) == 0 and capsys.readouterr().out == ""


def test_logs_at_info_name_no_person_question_or_document_and_a_stop_lets_answers_finish(corpus_index: Path, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "app", "chat", "--port", "0", "--index", str(corpus_index)]
    environment = {**os.environ, "DOSSIER_LOG_LEVEL": "info", "DOSSIER_REFUSAL_THRESHOLD": "0"}
    with (tmp_path / "log").open("w") as log:
        process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=log, text=True)
        assert process.stdout
        url = process.stdout.readline().split()[4]
        assert "alleen op deze computer" in process.stdout.readline()
        assert get(f"{url}/health") == (200, {"status": "alive"})
        began = time.monotonic()
        while get(f"{url}/ready")[0] == 503 and time.monotonic() < began + 120:
            time.sleep(0.2)

        def ask(number: int) -> tuple[int, dict[str, object]]:
            body = json.dumps({"question": f"Hoeveel keerde SOWIS in 2025 uit aan {number} x Zwaantje Appelboom?"}).encode()
            return get(f"{url}/api/ask", body, {"content-type": "application/json", "cookie": "dossierwijzer=zwaantje"})

        with ThreadPoolExecutor(12) as people:
            asked = [people.submit(ask, number) for number in range(12)]
            wait(asked, return_when=FIRST_COMPLETED)  # the others wait for their turn
            process.send_signal(signal.SIGTERM)
            answers = [each.result() for each in asked]
        process.wait(60)
    assert [status for status, _ in answers] == [200] * 12 and all("2,8 miljoen" in str(answer["text"]) for _, answer in answers)
    text = (tmp_path / "log").read_text()
    lines = [json.loads(line) for line in text.splitlines()]
    assert {(line["event"], line["path"], line["status"]) for line in lines} >= {("request", "/health", 200), ("request", "/api", 200)}
    assert all(len(line["request"]) == 16 for line in lines)
    assert not any(word in text.lower() for word in ("zwaantje", "appelboom", "sowis", "feitenblad"))


def get(url: str, body: bytes | None = None, headers: dict[str, str] | None = None) -> tuple[int, dict[str, object]]:
    try:
        with urlopen(Request(url, body, headers or {}), timeout=120) as response:
            return response.status, json.load(response)
    except HTTPError as error:
        return error.code, json.load(error)
