"""A Chroma server (`chroma run`) on a free port of this machine, that can be killed and started again."""

import socket
import subprocess
import sys
import time
from pathlib import Path


class ChromaServer:
    """Runs while the `with` block does; `url` is for DOSSIER_CHROMA_URL."""

    def __init__(self, folder: Path) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self._port = free.getsockname()[1]
        self.url = f"http://127.0.0.1:{self._port}"
        self._folder = folder

    def __enter__(self) -> "ChromaServer":
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.kill()

    def start(self) -> None:
        """Returns when it takes connections. Raises TimeoutError after two minutes."""
        program = Path(sys.executable).with_name("chroma")
        command = [str(program), "run", "--path", str(self._folder), "--host", "127.0.0.1", "--port", str(self._port)]
        self._process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        deadline = time.monotonic() + 120
        while time.monotonic() < deadline:
            try:
                return socket.create_connection(("127.0.0.1", self._port), 1).close()
            except OSError:
                time.sleep(0.05)
        self.kill()
        raise TimeoutError("chroma run did not start")

    def kill(self) -> None:
        """Kill -9."""
        self._process.kill()
        self._process.wait()
