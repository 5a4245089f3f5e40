"""In a network namespace without any route everything works, and no packet is sent out: the kernel counts what has no route."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PROGRAM = r"""
import fcntl, json, socket, struct, subprocess, sys, urllib.request
from pathlib import Path
from app.conversations import Conversations
from app.types import Answer

def up(name):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as handle:
        request = struct.pack("16sh14x", name.encode(), 1 | 64)  # IFF_UP | IFF_RUNNING
        fcntl.ioctl(handle, 0x8914, request)  # SIOCSIFFLAGS

def unroutable():
    head, values = [line.split()[1:] for line in Path("/proc/net/snmp").read_text().splitlines() if line.startswith("Ip:")]
    six = dict(line.split() for line in Path("/proc/net/snmp6").read_text().splitlines()) if Path("/proc/net/snmp6").exists() else {}
    return int(dict(zip(head, values))["OutNoRoutes"]) + int(six.get("Ip6OutNoRoutes", 0))

def run(*command):
    return subprocess.run([sys.executable, "-m", *command], check=True, capture_output=True, text=True).stdout

up("lo")
index = Path(sys.argv[1]) / "index"
assert "5 bestand(en)" in run("ingest", "corpus", "--index", str(index))
asked = json.loads(run("app", "ask", "Hoeveel keerde SOWIS in 2025 uit?", "--json", "--index", str(index)))
assert asked["status"] == "answered"
conversations = Conversations(index.parent / "chat.sqlite")
conversation = conversations.add(None, "iemand", Answer("Wat is SOWIS?", "not_found", "quoted", "Niets gevonden."), {})
chat = subprocess.Popen([sys.executable, "-m", "app", "chat", "--port", "0", "--index", str(index)], stdout=subprocess.PIPE, text=True)
try:
    address = next(word for word in chat.stdout.readline().split() if word.startswith("http"))
    def get(path, body=None):
        headers = {"content-type": "application/json", "cookie": "dossierwijzer=iemand"}
        return urllib.request.urlopen(urllib.request.Request(address + path, body, headers), timeout=120).read()
    assert b"Dossierwijzer" in get("/")
    assert json.loads(get("/api/ask", json.dumps({"question": "Wat is SOWIS?"}).encode()))["status"] == "answered"
    assert get(f"/gesprek/{conversation}.md") and get(f"/gesprek/{conversation}.docx")[:2] == b"PK"
    assert get(f"/gesprek/{conversation}.pdf")[:4] == get("/briefing.pdf?lengte=one")[:4] == b"%PDF"
finally:
    chat.kill()
    chat.wait()
print("attempts", unroutable())
for family, there in ((socket.AF_INET, "192.0.2.1"), (socket.AF_INET6, "2001:db8::1")):  # that this is what an attempt looks like
    with socket.socket(family, socket.SOCK_DGRAM) as handle:
        try:
            handle.connect((there, 9))
        except OSError:
            pass
print("control", unroutable())
"""


def test_nothing_goes_out(tmp_path: Path) -> None:
    if subprocess.run(["unshare", "-n", "true"], capture_output=True).returncode:
        pytest.skip("a network namespace cannot be made here (unshare -n is refused)")
    environment = {key: value for key, value in os.environ.items() if "proxy" not in key.lower()} | {"PYTHONPATH": str(ROOT)}
    command = ["unshare", "-n", sys.executable, "-c", PROGRAM, str(tmp_path)]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=600)
    assert done.returncode == 0, done.stderr[-3000:]
    attempts, control = (int(line.split()[1]) for line in done.stdout.splitlines()[-2:])
    assert attempts == 0
    assert control > 0
