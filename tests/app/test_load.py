"""Twenty people at once, with locust, against the real server: no errors, steady memory, answers within a second.

Twenty seconds and five people by default, which only tells of errors; `LOAD_SECONDS=600` in the environment measures the rest with
twenty (make load).
"""

import csv
import json
import os
import subprocess
import sys
import threading
import urllib.request
from pathlib import Path

ROOT = Path(__file__).parents[2]
SECONDS = int(os.environ.get("LOAD_SECONDS", "20"))
LONG = SECONDS >= 300
PEOPLE = 20 if LONG else 5


def _memory(process: int) -> float:
    """Resident MiB."""
    line = next(line for line in Path(f"/proc/{process}/status").read_text().splitlines() if line.startswith("VmRSS"))
    return int(line.split()[1]) / 1024


def test_many_people_at_once(corpus_index: Path, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "app", "chat", "--port", "0", "--index", str(corpus_index)]
    server = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT)
    memory: list[float] = []
    done = threading.Event()

    def watch() -> None:
        while not done.wait(5):
            memory.append(_memory(server.pid))

    try:
        assert server.stdout
        address = next(word for word in server.stdout.readline().split() if word.startswith("http"))
        body = json.dumps({"question": "Wat is SOWIS?"}).encode()
        urllib.request.urlopen(urllib.request.Request(f"{address}/api/ask", body, {"content-type": "application/json"}), timeout=180).read()
        threading.Thread(target=watch, daemon=True).start()
        locust = [sys.executable, "-m", "locust", "-f", str(Path(__file__).with_name("load_users.py")), "--headless", "--host", address]
        locust += ["-u", str(PEOPLE), "-r", "2", "-t", f"{SECONDS}s", "--csv", str(tmp_path / "load"), "--only-summary"]
        ran = subprocess.run(locust, capture_output=True, text=True, cwd=ROOT, timeout=SECONDS + 120)
    finally:
        done.set()
        server.terminate()
        server.wait(30)
    with (tmp_path / "load_stats.csv").open(encoding="utf-8") as file:
        rows = {row["Name"]: row for row in csv.DictReader(file)}
    answers, total = rows["antwoord"], rows["Aggregated"]
    warm = memory[: len(memory) // 5] or memory  # from when every part has been used once
    growth = max(memory[-len(memory) // 5 :]) / max(warm) - 1
    print(
        f"\n{PEOPLE} mensen, {SECONDS} s: {answers['Request Count']} antwoorden; "
        f"{total['Failure Count']} fouten van {total['Request Count']}; "
        f"mediaan {answers['50%']} ms, p95 {answers['95%']} ms; geheugen {max(warm):.0f} MiB, groei {growth:+.1%}; "
        f"belasting {os.getloadavg()[0]:.1f} op {os.cpu_count()} kernen"
    )
    assert int(answers["Request Count"]) >= PEOPLE and total["Failure Count"] == "0", ran.stderr[-3000:]
    if LONG:
        assert growth < 0.10
        assert float(answers["95%"]) < 1000
