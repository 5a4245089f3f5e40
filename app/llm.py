"""The one client for language models: any endpoint that speaks the OpenAI chat API, streamed.

Time-outs, retries with back-off before the first token, a limit on requests at a time. What comes back is text by pieces, never
trusted: `app/verify.py` decides what of it is shown. The key comes from the environment and is sent in a header, nowhere else.
"""

import json
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from typing import Any, Protocol

import httpx

from app.texts import say
from ingest.errors import ModelError

_AGAIN = frozenset({429, 500, 502, 503, 504})
_MAX_CHARACTERS = 4000  # of one answer; a model that goes on is cut off


class Unavailable(ModelError):
    """There is no written answer to be had; `key` names the text that says why, in the reader's language."""

    def __init__(self, key: str, **values: object) -> None:
        super().__init__(say("nl", key, **values))
        self.key, self.values = key, values

    def reason(self, language: str) -> str:
        return say(language, self.key, **self.values)


class ChatModel(Protocol):
    """What writes: pieces of text for messages ({"role", "content"}), as they come. Raises Unavailable."""

    def stream(self, messages: Sequence[dict[str, str]], max_tokens: int, grammar: str = "") -> Iterator[str]: ...


class Endpoint:
    """A server that speaks the OpenAI chat API. `address` ends in /v1, or is called for it; seconds: for a whole answer.

    grammars: whether the server is llama.cpp, which can be held to a grammar (GBNF); others refuse what they do not know.
    """

    def __init__(
        self,
        address: str | Callable[[], str],
        model: str = "",
        key: str | Callable[[], str] = "",
        seconds: float = 60.0,
        at_once: int = 2,
        retries: int = 2,
        grammars: bool = False,
    ) -> None:
        self._address, self._model, self._key, self._seconds = address, model, key, seconds
        self._retries, self._grammars = retries, grammars
        self._places = threading.BoundedSemaphore(at_once)
        self._client = httpx.Client(timeout=httpx.Timeout(seconds, connect=min(3.0, seconds)), trust_env=False, follow_redirects=False)

    def stream(self, messages: Sequence[dict[str, str]], max_tokens: int, grammar: str = "") -> Iterator[str]:
        end = time.monotonic() + self._seconds
        if not self._places.acquire(timeout=self._seconds):
            raise Unavailable("llm_busy")
        try:
            address = self._address if isinstance(self._address, str) else self._address()
            key = self._key if isinstance(self._key, str) else self._key()
            body: dict[str, Any] = {"model": self._model or "default", "messages": list(messages), "stream": True}
            body |= {"max_tokens": max_tokens, "temperature": 0, **({"grammar": grammar} if grammar and self._grammars else {})}
            headers = {"authorization": f"Bearer {key}"} if key else {}
            with closing(self._open(f"{address.rstrip('/')}/chat/completions", body, headers)) as response:
                yield from _bounded(_pieces(response), end)
        except httpx.TimeoutException as error:
            raise Unavailable("llm_slow", seconds=round(self._seconds)) from error
        except (httpx.HTTPError, httpx.StreamError, httpx.InvalidURL) as error:
            raise Unavailable("llm_down", error=error.__class__.__name__) from error
        finally:
            self._places.release()

    def _open(self, url: str, body: dict[str, Any], headers: dict[str, str]) -> httpx.Response:
        """A response that has begun well; tried again, ever later, when the server is not there or overloaded."""
        for attempt in range(self._retries + 1):
            last = attempt == self._retries
            try:
                response = self._client.send(self._client.build_request("POST", url, json=body, headers=headers), stream=True)
            except (httpx.ConnectError, httpx.RemoteProtocolError):
                if last:
                    raise
            else:
                if response.status_code == 200:
                    return response
                response.close()
                if last or response.status_code not in _AGAIN:
                    raise Unavailable("llm_refused", status=response.status_code)
            time.sleep(0.1 * 3**attempt)
        raise AssertionError("unreachable")  # the last attempt returned or raised


def _pieces(response: httpx.Response) -> Iterator[str]:
    """The text in server-sent events, or in one JSON object of a server that does not stream."""
    if "event-stream" not in response.headers.get("content-type", ""):
        yield _content(response.read().decode("utf-8", "replace"), "message")
        return
    for line in response.iter_lines():
        data = line.removeprefix("data:").strip()
        if not line.startswith("data:") or not data:
            continue
        if data == "[DONE]":
            return
        yield _content(data, "delta")


def _content(data: str, part: str) -> str:
    try:
        answer = json.loads(data)
        choices = answer["choices"]
        return str(choices[0][part].get("content") or "") if choices else ""
    except (ValueError, TypeError, KeyError, IndexError, AttributeError) as error:
        raise Unavailable("llm_garbage") from error


def _bounded(pieces: Iterator[str], end: float) -> Iterator[str]:
    total = 0
    for piece in pieces:
        total += len(piece)
        if total > _MAX_CHARACTERS:
            return
        if time.monotonic() > end:
            raise httpx.ReadTimeout("the answer takes too long")
        yield piece
