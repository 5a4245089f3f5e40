"""The assistant behind the page: loaded in the background, asked by one person at a time."""

import threading
from collections import OrderedDict
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from app.examples import examples
from app.narrow import narrowed
from app.shelf import Shelf
from app.texts import say
from app.types import Answer, Turn
from ingest.errors import DossierError

if TYPE_CHECKING:
    from app.answer import Assistant

MAX_QUESTION = 1000  # characters
MAX_HISTORY = 20  # earlier turns that are looked at
_PARTS = 16  # narrowed assistants that are kept


class QuestionRefused(DossierError):
    """A question that is empty or too long; the message is in the asker's language."""


class Desk:
    """One index and its assistant. `open` returns at once; `ask` waits until the models are there."""

    def __init__(self, index: Path) -> None:
        self.index = index
        self.shelf = Shelf(index)
        self._parts: OrderedDict[tuple[str, frozenset[str]], Assistant] = OrderedDict()
        self._examples: dict[str, tuple[str, tuple[str, ...]]] = {}
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
        self,
        turn: Turn,
        mode: str = "quoted",
        levels: Sequence[str] | None = None,
        documents: frozenset[str] | None = None,
        language: str = "nl",
    ) -> Answer:
        """One answer, from these documents only (None: all). Raises QuestionRefused, and what `assistant` raises."""
        question = turn.question.strip()
        if not 0 < len(question) <= MAX_QUESTION:
            raise QuestionRefused(say(language, "question_length", limit=MAX_QUESTION))
        turn = Turn(question, tuple(earlier[:MAX_QUESTION] for earlier in turn.history[-MAX_HISTORY:]))
        assistant = self.assistant()
        with self._lock:
            if documents is not None:
                assistant = self._part(assistant, documents)
            return assistant.ask(turn, mode, levels)

    def examples(self, language: str) -> tuple[str, ...]:
        """Questions that the index answers; none until they have been found, in the background."""
        state, found = self._examples.get(language, ("", ()))
        if self.ready and self._assistant and state != self.shelf.generation:
            self._examples[language] = self.shelf.generation, ()
            threading.Thread(target=self._find_examples, args=(language,), name="examples", daemon=True).start()
        return found

    def _find_examples(self, language: str) -> None:
        generation = self.shelf.generation
        found = examples(tuple(self.shelf.documents().values()), self.ask, language)
        self._examples[language] = generation, found

    def _part(self, whole: "Assistant", documents: frozenset[str]) -> "Assistant":
        if whole.library.generation != self.shelf.generation:
            whole.ask(Turn("?"))  # reads the index again
        key = whole.library.generation, documents
        if key not in self._parts:
            self._parts[key] = narrowed(whole, documents)
            while len(self._parts) > _PARTS:
                self._parts.popitem(last=False)
        return self._parts[key]

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
