"""Reads a file in a child process with limits on time and memory, so that no file can take the rest down.

The child is a bare interpreter (`python -m ingest.sandbox`) that imports only the loader it needs and answers in JSON
over a pipe. A child that meets a scan says so first ("ocr", pages), and then has OCR_SECONDS for each page.
"""

import contextlib
import json
import os
import queue
import signal
import subprocess
import sys
import threading
import time
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import asdict
from pathlib import Path
from typing import IO, Any

from ingest.blocks import Block, Loaded
from ingest.errors import LoadError

OCR_SECONDS, OCR_LIMIT = 30.0, 300.0
_MAX_ANSWER = 200 * 2**20  # bytes of JSON
_running: set["subprocess.Popen[bytes]"] = set()
_ENVIRONMENT = ("PATH", "LANG", "LC_ALL", "TESSDATA_PREFIX", "LD_LIBRARY_PATH", "SYSTEMROOT")


def load_safely(path: Path, password: str = "", seconds: float = 30.0, memory: int = 2**30) -> Loaded:
    """The file as blocks. `memory` in bytes. Raises LoadError, one Dutch line with the file's name, for every failure."""
    order = json.dumps({"path": str(path.absolute()), "password": password, "seconds": seconds, "memory": memory})
    child = subprocess.Popen(
        [sys.executable, "-P", "-m", "ingest.sandbox"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env=bare_environment(),
        start_new_session=True,  # so that the child and what it starts can be killed as one group
    )
    assert child.stdin and child.stdout
    _running.add(child)
    answers: queue.SimpleQueue[bytes] = queue.SimpleQueue()
    threading.Thread(target=_listen, args=(child.stdout, answers), daemon=True).start()
    try:
        with contextlib.suppress(BrokenPipeError):
            child.stdin.write(order.encode() + b"\n")
            child.stdin.flush()  # it stays open: its end tells the child that this process is gone
        return _answer(child, answers, path, seconds, memory)
    finally:
        _kill(child)
        with contextlib.suppress(BrokenPipeError):
            child.stdin.close()
        child.wait()
        _running.discard(child)


def load_many(
    paths: Iterable[Path], jobs: int, password: str = "", seconds: float = 30.0, memory: int = 2**30
) -> Iterator[tuple[Path, Loaded | LoadError]]:
    """Each file with its blocks or error, in the order of `paths`; at most `jobs` children at once, and few results waiting."""

    def attempt(path: Path) -> tuple[Path, Loaded | LoadError]:
        try:
            return path, load_safely(path, password, seconds, memory)
        except LoadError as error:
            return path, error

    waiting: deque[Future[tuple[Path, Loaded | LoadError]]] = deque()
    with ThreadPoolExecutor(max(jobs, 1)) as pool:
        try:
            for path in paths:
                waiting.append(pool.submit(attempt, path))
                if len(waiting) > 2 * max(jobs, 1):
                    yield waiting.popleft().result()
            while waiting:
                yield waiting.popleft().result()
        except BaseException:  # Ctrl-C, or the reader has had enough: nobody waits for the rest
            pool.shutdown(wait=False, cancel_futures=True)
            while not all(future.done() for future in waiting):  # a child may just be starting
                for child in tuple(_running):
                    _kill(child)
                time.sleep(0.02)
            raise


def _kill(child: "subprocess.Popen[bytes]") -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(child.pid, signal.SIGKILL)


def _listen(pipe: IO[bytes], answers: "queue.SimpleQueue[bytes]") -> None:
    """Passes on the child's lines; an empty one says that it has ended."""
    with pipe:
        while line := pipe.readline(_MAX_ANSWER):
            answers.put(line)
    answers.put(b"")


def _answer(child: "subprocess.Popen[bytes]", answers: "queue.SimpleQueue[bytes]", path: Path, seconds: float, memory: int) -> Loaded:
    deadline = time.monotonic() + seconds
    while True:
        try:
            line = answers.get(timeout=max(deadline - time.monotonic(), 0.01))
        except queue.Empty:
            raise LoadError(f"{path.name}: lezen duurde langer dan {seconds:.0f} seconden en is afgebroken.") from None
        if not line:
            raise LoadError(f"{path.name}: {_death(child.wait(), seconds, memory)}")
        try:
            answer = json.loads(line)
        except ValueError:
            raise LoadError(f"{path.name}: geeft meer tekst dan kan worden verwerkt.") from None
        if "ocr" in answer:
            seconds = max(seconds, min(OCR_SECONDS * answer["ocr"], OCR_LIMIT))
            deadline = time.monotonic() + seconds
        elif "error" in answer:
            raise LoadError(answer["error"])
        else:
            return _loaded(answer["loaded"])


def _death(status: int, seconds: float, memory: int) -> str:
    if status == -signal.SIGXCPU:
        return f"lezen kostte meer dan {seconds:.0f} seconden rekentijd en is afgebroken."
    if status in (-signal.SIGKILL, -signal.SIGABRT, -signal.SIGSEGV, -signal.SIGTRAP, -signal.SIGBUS):
        return f"het leesproces stopte: het bestand is beschadigd of vraagt meer dan {memory / 2**20:.0f} MiB geheugen."
    return f"het leesproces stopte onverwacht (status {status})."


def _loaded(fields: dict[str, Any]) -> Loaded:
    blocks = tuple(Block(**block | {"rows": tuple(tuple(row) for row in block["rows"])}) for block in fields["blocks"])
    return Loaded(**fields | {"blocks": blocks, "warnings": tuple(fields["warnings"]), "page_quality": tuple(fields["page_quality"])})


def _child() -> None:
    order = json.loads(sys.stdin.buffer.readline())
    threading.Thread(target=_die_with_parent, daemon=True).start()
    path = Path(order["path"])
    limit(order["seconds"], order["memory"])
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)  # a library that prints must not disturb the answer

    def say(answer: dict[str, Any]) -> None:
        answers.write(json.dumps(answer, ensure_ascii=True) + "\n")
        answers.flush()

    def scans(pages: int) -> None:
        _limit_processor(min(OCR_SECONDS * pages, OCR_LIMIT))
        say({"ocr": pages})

    try:
        from ingest.load import load

        say({"loaded": asdict(load(path, order["password"], scans))})
    except LoadError as error:
        say({"error": str(error)})
    except MemoryError:
        say({"error": f"{path.name}: vraagt meer dan {order['memory'] / 2**20:.0f} MiB geheugen om te lezen."})


def _die_with_parent() -> None:
    """Ends this process and its children when the parent's end of the pipe closes, even by kill -9."""
    os.read(0, 1)
    os.killpg(0, signal.SIGKILL)


def bare_environment() -> dict[str, str]:
    """What a child needs to run, without settings and secrets."""
    kept = {key: os.environ[key] for key in _ENVIRONMENT if key in os.environ}
    return kept | {"PYTHONPATH": str(Path(__file__).parent.parent), "OMP_THREAD_LIMIT": "1", "PYTHONUTF8": "1"}


def limit(seconds: float, memory: int) -> None:
    """Hold this process to so many seconds of processor time and bytes of memory."""
    try:
        import resource
    except ImportError:  # not on Windows; the parent still guards the time
        return
    _, hard = resource.getrlimit(resource.RLIMIT_AS)
    memory = memory if hard == resource.RLIM_INFINITY else min(memory, hard)
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CPU, (int(seconds) + 1, int(max(seconds, OCR_LIMIT)) + 2))


def _limit_processor(seconds: float) -> None:
    with contextlib.suppress(ImportError, ValueError):
        import resource

        _, hard = resource.getrlimit(resource.RLIMIT_CPU)
        resource.setrlimit(resource.RLIMIT_CPU, (min(int(seconds) + 1, hard), hard))


if __name__ == "__main__":
    _child()
