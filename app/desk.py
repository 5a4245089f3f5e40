"""The assistant behind the page: loaded in the background, asked by one person at a time."""

import threading
import time
from collections import OrderedDict
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING

from app.access import Visitor
from app.audit import Audit
from app.examples import examples
from app.monitor import Metrics
from app.pace import Pace
from app.shelf import Shelf
from app.texts import say
from app.types import Answer, Turn
from ingest.errors import OUT_OF_MEMORY, DossierError, out_of_memory
from ingest.settings import Settings
from ingest.settings import settings as environment

if TYPE_CHECKING:
    from app.answer import Assistant
    from app.brief_smooth import Smoother

MAX_QUESTION = 1000  # characters
MAX_HISTORY = 20  # earlier turns that are looked at
MAX_WAITING = 64  # questions that may wait for their turn
_RETRY = 3.0  # seconds after which loading that failed is tried again, by whoever asks
_KEPT = 32  # sets of example questions that are kept, one for each allow-list and language


class QuestionRefused(DossierError):
    """A question that is empty or too long; the message is in the asker's language."""


class Busy(DossierError):
    """Too many questions at once, of one person (`status` 429) or of all together (503); the message says what to do."""

    def __init__(self, message: str, status: int) -> None:
        super().__init__(message)
        self.status = status


class Desk:
    """One index and its assistant. `open` returns at once; `ask` opens it if need be, and waits until the models are there."""

    def __init__(self, index: Path, settings: Settings | None = None) -> None:
        self.index, self.settings = index.absolute(), settings or environment()
        self.shelf = Shelf(index)
        self.audit = Audit(index.parent / "audit.sqlite", self.settings.audit_text == "hash")
        self.metrics = Metrics()
        self._pace = Pace(self.settings.questions_per_minute)
        self._waiting = 0
        self._closing = False
        self._examples: OrderedDict[tuple[str, frozenset[str] | None], tuple[str, tuple[str, ...] | None]] = OrderedDict()
        self._assistant: Assistant | None = None
        self._smoother: Smoother | None = None
        self._error: DossierError | None = None
        self._failed = 0.0
        self._opening = False
        self._loaded = threading.Event()
        self._counting = threading.Lock()
        # One thread answers: tokenizer and index serve one question at a time, and the memory that an answer needs is used again.
        self._answers = ThreadPoolExecutor(1, "answers")

    @property
    def ready(self) -> bool:
        return self._loaded.is_set()

    @property
    def serving(self) -> bool:
        """Whether a question would be answered now."""
        return self.ready and self._assistant is not None and not self._closing

    def close(self, patience: float) -> None:
        """Take no more questions, and wait (at most `patience` seconds) until those that were taken are answered."""
        self._closing = True
        until = time.monotonic() + patience
        while self._waiting and time.monotonic() < until:
            time.sleep(0.05)

    def wait(self, seconds: float) -> bool:
        """Whether the models are there (or failed) within so many seconds."""
        self.open()
        return self._loaded.wait(seconds)

    def open(self) -> None:
        """Start loading in the background, unless that was done; what failed (a Chroma server that is not up yet) is tried again."""
        with self._counting:
            again = self._loaded.is_set() and self._error is not None and time.monotonic() - self._failed > _RETRY
            if self._assistant or (self._opening and not again):
                return
            self._opening, self._error = True, None
            self._loaded.clear()
        threading.Thread(target=self._load, name="models", daemon=True).start()

    def warm(self) -> None:
        """Make the language model ready in the background, for who has just chosen answers in own words."""
        if self.ready and self._assistant:
            threading.Thread(target=self._assistant.warm, name="model", daemon=True).start()

    def assistant(self) -> "Assistant":
        """The assistant, when it is there. Raises DossierError if the index or model cannot be opened."""
        self.open()
        self._loaded.wait()
        if self._assistant is None:
            raise self._error or DossierError("De index is niet te openen.")
        return self._assistant

    def smoother(self) -> "Smoother":
        """What phrases briefings. Raises what `assistant` raises."""
        from app.brief_smooth import Smoother

        assistant = self.assistant()
        with self._counting:
            self._smoother = self._smoother or Smoother(assistant.model, assistant.encoder)
            return self._smoother

    def ask(
        self, turn: Turn, visitor: Visitor, mode: str = "quoted", documents: frozenset[str] | None = None, language: str = "nl"
    ) -> Answer:
        """The answer that `stream` ends with."""
        *_, answer = self.stream(turn, visitor, mode, documents, language)
        return answer

    def stream(
        self, turn: Turn, visitor: Visitor, mode: str = "quoted", documents: frozenset[str] | None = None, language: str = "nl"
    ) -> Iterator[Answer]:
        """The quoted answer, from what the visitor may read and of that these documents only (None: all); in mode written what
        follows it, the last of which stands.

        It is in the audit log before it is given. Raises QuestionRefused, Busy, and what `assistant` raises.
        """
        question = turn.question.strip()
        if not 0 < len(question) <= MAX_QUESTION:
            raise QuestionRefused(say(language, "question_length", limit=MAX_QUESTION))
        turn = Turn(question, tuple(earlier[:MAX_QUESTION] for earlier in turn.history[-MAX_HISTORY:]))
        began = time.perf_counter()
        self._enter(visitor, language)
        try:
            assistant = self.assistant()
            steps = assistant.stream(turn, mode, visitor.levels, documents)
            answer = self._answers.submit(next, steps).result()
            self.audit.record(visitor, "question", question, (c.document for c in answer.citations), answer.status)
            yield answer
            for answer in steps:  # not in that thread: a language model is slow, and others go on meanwhile
                yield answer
        finally:
            self._count(-1)
        self.metrics.answered(answer.mode, answer.status, time.perf_counter() - began)

    def _quoted(self, turn: Turn, visitor: Visitor) -> Answer:
        assistant = self.assistant()
        time.sleep(0.1)  # so that whoever is waiting goes first
        return self._answers.submit(assistant.ask, turn, "quoted", visitor.levels).result()

    def _enter(self, visitor: Visitor, language: str) -> None:
        if self._closing or self._waiting >= MAX_WAITING:
            self.metrics.refused("full")
            raise Busy(say(language, "closing" if self._closing else "too_busy"), 503)
        self.pace(visitor, language)
        self._count(1)

    def pace(self, visitor: Visitor, language: str) -> None:
        """Count a question or briefing of someone who is signed in. Raises Busy when it is one too many for this minute."""
        if visitor.signed_in and (seconds := self._pace.wait(visitor.name)):
            self.metrics.refused("pace")
            raise Busy(say(language, "too_many", seconds=int(seconds) + 1), 429)

    def _count(self, change: int) -> None:
        with self._counting:
            self._waiting += change
            self.metrics.waiting(self._waiting)

    def examples(self, language: str, visitor: Visitor) -> tuple[str, ...] | None:
        """Questions that the documents of this visitor answer; None until they have been looked for, in the background."""
        key, now = (language, visitor.levels), self.shelf.generation
        state, found = self._examples.get(key, ("", None))
        if state == now:
            return found
        if self.ready and self._assistant:
            self._keep_examples(key, now, None)
            threading.Thread(target=self._find_examples, args=(language, visitor, now), name="examples", daemon=True).start()
        return None

    def _find_examples(self, language: str, visitor: Visitor, generation: str) -> None:
        documents = tuple(self.shelf.readable(visitor.levels).documents().values())
        found = examples(documents, lambda turn: self._quoted(turn, visitor), language)
        self._keep_examples((language, visitor.levels), generation, found)

    def _keep_examples(self, key: tuple[str, frozenset[str] | None], generation: str, found: tuple[str, ...] | None) -> None:
        self._examples[key] = generation, found
        while len(self._examples) > _KEPT:
            self._examples.popitem(last=False)

    def _load(self) -> None:
        try:
            from app.answer import Assistant

            assistant = Assistant(self.index)
            assistant.ask(Turn("Waar gaan de stukken over?"))
            self._assistant = assistant
        except DossierError as error:
            self._error = error
        except Exception as error:  # whatever it is, the page has to say something
            told = f"De modellen zijn niet te laden ({error.__class__.__name__}: {error})."
            self._error = DossierError(OUT_OF_MEMORY if out_of_memory(error) else told)
        finally:
            self._failed = time.monotonic()
            self._loaded.set()
            if self.settings.mode == "written":
                self.warm()
