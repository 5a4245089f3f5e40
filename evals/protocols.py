"""What is asked of the assistant under test; `app.answer.Assistant`, the baseline and the test doubles all offer it."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Protocol, runtime_checkable

from app.types import Answer, Evidence, Hit, Turn
from ingest.types import Document, Passage


class Asks(Protocol):
    """Enough for a score."""

    def ask(self, turn: Turn, mode: str = "quoted") -> Answer: ...


class Writes(Protocol):
    """A language model: the pieces of its answer to messages ({"role", "content"})."""

    def stream(self, messages: Sequence[dict[str, str]], max_tokens: int) -> Iterator[str]: ...


class Library(Protocol):
    """What the index holds, by document_id and passage_id."""

    @property
    def documents(self) -> Mapping[str, Document]: ...
    @property
    def passages(self) -> Mapping[str, Passage]: ...
    @property
    def fingerprint(self) -> str: ...


class Traced(Protocol):
    """One question followed through the stages: all ranked hits, and the evidence selected before composing."""

    @property
    def answer(self) -> Answer: ...
    @property
    def hits(self) -> Sequence[Hit]: ...
    @property
    def evidence(self) -> Sequence[Evidence]: ...


@runtime_checkable
class Traces(Protocol):
    """Enough for blame to look inside."""

    def trace(self, turn: Turn) -> Traced: ...
