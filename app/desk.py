"""The assistant behind the page: loaded in the background, asked by one person at a time."""

import threading
from collections import OrderedDict
from pathlib import Path
from typing import TYPE_CHECKING

from app.access import Visitor
from app.examples import examples
from app.shelf import Shelf
from app.texts import say
from app.types import Answer, Turn
from ingest.errors import DossierError

if TYPE_CHECKING:
    from app.answer import Assistant

MAX_QUESTION = 1000  # characters
MAX_HISTORY = 20  # earlier turns that are looked at
_KEPT = 32  # sets of example questions that are kept, one for each allow-list and language


class QuestionRefused(DossierError):
    """A question that is empty or too long; the message is in the asker's language."""


class Desk:
    """One index and its assistant. `open` returns at once; `ask` waits until the models are there."""

    def __init__(self, index: Path) -> None:
        self.index = index
        self.shelf = Shelf(index)
        self._examples: OrderedDict[tuple[str, frozenset[str] | None], tuple[str, tuple[str, ...]]] = OrderedDict()
        self._assistant: Assistant | None = None
        self._error: DossierError | None = None
        self._loaded = threading.Event()
        self._lock = threading.Lock()  # the tokenizer and the index connection serve one question at a time

    @property
    def ready(self) -> bool:
        return self._loaded.is_set()

    def open(self) -> None:
        """Start loading in the background."""
        threading.Thread(target=self._load, name="models", daemon=True).start()

    def assistant(self) -> "Assistant":
        """The assistant, when it is there. Raises DossierError if the index or model cannot be opened."""
        self._loaded.wait()
        if self._assistant is None:
            raise self._error or DossierError("De index is niet te openen.")
        return self._assistant

    def ask(
        self, turn: Turn, visitor: Visitor, mode: str = "quoted", documents: frozenset[str] | None = None, language: str = "nl"
    ) -> Answer:
        """One answer, from what the visitor may read and of that these documents only (None: all).

        Raises QuestionRefused, and what `assistant` raises.
        """
        question = turn.question.strip()
        if not 0 < len(question) <= MAX_QUESTION:
            raise QuestionRefused(say(language, "question_length", limit=MAX_QUESTION))
        turn = Turn(question, tuple(earlier[:MAX_QUESTION] for earlier in turn.history[-MAX_HISTORY:]))
        assistant = self.assistant()
        with self._lock:
            return assistant.ask(turn, mode, visitor.levels, documents)

    def examples(self, language: str, visitor: Visitor) -> tuple[str, ...]:
        """Questions that the documents of this visitor answer; none until they have been found, in the background."""
        key, now = (language, visitor.levels), self.shelf.generation
        state, found = self._examples.get(key, ("", ()))
        if state == now:
            return found
        if self.ready and self._assistant:
            self._keep_examples(key, now, ())
            threading.Thread(target=self._find_examples, args=(language, visitor, now), name="examples", daemon=True).start()
        return ()

    def _find_examples(self, language: str, visitor: Visitor, generation: str) -> None:
        documents = tuple(self.shelf.readable(visitor.levels).documents().values())
        found = examples(documents, lambda turn: self.ask(turn, visitor), language)
        self._keep_examples((language, visitor.levels), generation, found)

    def _keep_examples(self, key: tuple[str, frozenset[str] | None], generation: str, found: tuple[str, ...]) -> None:
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
            self._error = DossierError(f"De modellen zijn niet te laden ({error.__class__.__name__}: {error}).")
        finally:
            self._loaded.set()
