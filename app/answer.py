"""Question in, cited answer out: the whole flow in one short function."""

import threading
import time
from collections import OrderedDict
from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from app.compose import compose
from app.evidence import elsewhere, select
from app.llm import ChatModel
from app.question import Question, understand
from app.refuse import confidence, names_missing, threshold
from app.retrieve import Retriever
from app.types import Answer, Evidence, Hit, Turn
from app.write import Writer, writer
from ingest.access import may_read
from ingest.embed import Encoder, SentenceTransformerEncoder
from ingest.library import Library
from ingest.settings import Settings
from ingest.settings import settings as environment

_VIEWS = 16  # parts of the index that are kept ready


@dataclass(frozen=True)
class Trace:
    """An answer with what led to it: all ranked passages and the evidence that was selected, even if refused."""

    answer: Answer
    question: Question
    hits: tuple[Hit, ...]
    evidence: tuple[Evidence, ...]


class Assistant:
    """Answers questions about one index. Raises IndexMissing or IndexMismatch when it cannot be opened.

    `levels`: the allow-list of who asks without one (None: everything may be read).
    """

    def __init__(
        self,
        index: Path,
        settings: Settings | None = None,
        encoder: Encoder | None = None,
        levels: Collection[str] | None = None,
        model: ChatModel | None = None,
    ) -> None:
        self.settings = settings or environment()
        self.encoder = encoder or SentenceTransformerEncoder(self.settings)
        self.library = Library(index, self.settings, self.encoder.identity)
        self._levels = levels
        self._views: OrderedDict[frozenset[str], tuple[Library, Retriever]] = OrderedDict()
        self._writer = Writer(model, self.encoder) if model else writer(self.settings, self.encoder)
        self._lock = threading.Lock()

    @property
    def model(self) -> ChatModel:
        """The language model that writes, so that another pipeline can be measured with the same."""
        return self._writer.model

    def warm(self) -> None:
        """Make ready what mode written needs beside the index."""
        self._writer.warm()

    def ask(
        self, turn: Turn, mode: str = "quoted", levels: Collection[str] | None = None, documents: Collection[str] | None = None
    ) -> Answer:
        """One answer, from what may be read (`levels`: access levels and groups) and is chosen (`documents`: ids); None: all."""
        *_, answer = self.stream(turn, mode, levels, documents)
        return answer

    def stream(
        self, turn: Turn, mode: str = "quoted", levels: Collection[str] | None = None, documents: Collection[str] | None = None
    ) -> Iterator[Answer]:
        """The quoted answer at once; in mode written also what follows it sentence by sentence. The last one stands."""
        traced = self.trace(turn, levels, documents)
        yield traced.answer
        # Whether there is an answer is decided by now, and what is blacked out is not for a model to fill in.
        if mode == "written" and traced.answer.status == "answered" and not self._redacted(traced.answer):
            yield from self._writer.write(traced.question, traced.answer)

    def trace(self, turn: Turn, levels: Collection[str] | None = None, documents: Collection[str] | None = None) -> Trace:
        """One answer with its history, for the evals."""
        start = time.perf_counter()
        library, retriever = self._view(levels, documents)
        question = understand(turn)
        retrieved = retriever.retrieve(question)
        found = time.perf_counter()
        evidence = select(question, retrieved, library)
        sure = confidence(question, retrieved, evidence, library)
        if sure >= threshold(self.settings):
            answer = compose(question, evidence, library, retrieved.hits, also=elsewhere(question, evidence, retrieved, library))
        else:
            counted = names_missing(question, " ".join(e.text for e in evidence))
            answer = compose(question, (), library, retrieved.hits, counted)
        end = time.perf_counter()
        answer = replace(
            answer,
            retrieved=retrieved.hits[:10],
            confidence=sure,
            fingerprint=library.fingerprint,
            seconds=end - start,
            timings={"retrieve": found - start, "compose": end - found},
        )
        return Trace(answer, question, retrieved.hits, evidence)

    def _redacted(self, answer: Answer) -> bool:
        cited = ((c, self.library.documents.get(c.document)) for c in answer.citations)
        return any(c.start <= r.start <= c.end for c, document in cited if document for r in document.redactions)

    def _view(self, levels: Collection[str] | None, documents: Collection[str] | None) -> tuple[Library, Retriever]:
        """The index as who asks sees it, with its retriever; made again when another process has changed the index.

        No stage after this knows of other documents, so none can tell of them.
        """
        levels = self._levels if levels is None else levels
        with self._lock:
            if self.library.refresh():
                self._views.clear()
            everything = self.library.documents
            seen = frozenset(i for i, d in everything.items() if may_read(d.access, levels) and (documents is None or i in documents))
            if seen not in self._views:
                library = self.library if len(seen) == len(everything) else self.library.only(seen)
                self._views[seen] = library, Retriever(library, self.encoder)
                while len(self._views) > _VIEWS:
                    self._views.popitem(last=False)
            self._views.move_to_end(seen)
            return self._views[seen]
