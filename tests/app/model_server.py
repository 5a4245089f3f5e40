"""A double for a language model: a real HTTP server on a loopback port that speaks the OpenAI chat API with prepared replies."""

import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Reply = Callable[[list[dict[str, str]]], str]


@dataclass
class Model:
    """What the server does: `reply` to the messages; `status` and `raw` instead of it; pauses; an end that never comes."""

    reply: Reply = lambda messages: ""
    statuses: list[int] = field(default_factory=list)  # of the first requests; 200 afterwards
    raw: str = ""  # sent as it is, as an event stream
    plain: bool = False  # one JSON object instead of a stream
    pause: float = 0.0  # seconds before the first byte
    endless: bool = False
    url: str = ""
    requests: list[dict[str, Any]] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    at_once: int = 0
    most_at_once: int = 0


@contextmanager
def serve(model: Model) -> Iterator[Model]:
    lock = threading.Lock()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["content-length"])))
            with lock:
                model.requests.append(body)
                model.headers.append({name.lower(): value for name, value in self.headers.items()})
                status = model.statuses.pop(0) if model.statuses else 200
                model.at_once += 1
                model.most_at_once = max(model.most_at_once, model.at_once)
            try:
                time.sleep(model.pause)
                self.answer(status, model.reply(body["messages"]))
            except (BrokenPipeError, ConnectionResetError):
                pass
            finally:
                with lock:
                    model.at_once -= 1

        def answer(self, status: int, text: str) -> None:
            self.send_response(status if self.path == "/v1/chat/completions" else 404)
            self.send_header("content-type", "application/json" if model.plain else "text/event-stream")
            self.end_headers()
            if status != 200:
                return
            if model.raw:
                self.wfile.write(model.raw.encode())
            elif model.plain:
                self.wfile.write(json.dumps({"choices": [{"message": {"role": "assistant", "content": text}}]}).encode())
            else:
                while True:
                    for start in range(0, len(text), 7):
                        self.piece(text[start : start + 7])
                    if not model.endless:
                        break
                self.wfile.write(b"data: [DONE]\n\n")

        def piece(self, text: str) -> None:
            self.wfile.write(f"data: {json.dumps({'choices': [{'delta': {'content': text}}]})}\n\n".encode())
            self.wfile.flush()

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    model.url = f"http://127.0.0.1:{server.server_address[1]}/v1"
    try:
        yield model
    finally:
        server.shutdown()
        server.server_close()
