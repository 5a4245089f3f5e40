"""The core of a briefing in own words: a language model phrases each line, and what does not pass the checks stays quoted.

The checks are those of written answers (`app/write.py`, `app/verify.py`). A line keeps its sources whatever is written, and one that
rests on a blacked-out place is never given to a model. What was written for a line is remembered, also that it failed.
"""

import threading
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, replace

from app.brief_types import Briefing, Line
from app.llm import ChatModel
from app.question import understand
from app.texts import say, say_date
from app.types import Answer, Citation, Statement, Turn
from app.write import Writer
from ingest.embed import Encoder
from ingest.types import Document

_CHAPTERS = ("core", "about")  # what is phrased: the core of a subject, else what the dossier is about
_LINES = 5
_REMEMBERED = 256  # lines


@dataclass(frozen=True)
class _Written:
    """What a model made of a line: a text, '' if that was withheld; `reason` if it could not be asked."""

    text: str = ""
    reason: str = ""


class Smoother:
    """Phrases briefings with a language model; one for a server, because it remembers."""

    def __init__(self, model: ChatModel, encoder: Encoder) -> None:
        self._writer = Writer(model, encoder)
        self._known: OrderedDict[tuple[str, ...], str] = OrderedDict()
        self._lock = threading.Lock()

    def smooth(self, briefing: Briefing, documents: Mapping[str, Document]) -> Briefing:
        """The briefing with its core in own words as far as that held, and a notice that says so; `documents` by id."""
        chapter = next((c for key in _CHAPTERS for c in briefing.chapters if c.key == key), None)
        if chapter is None:
            return briefing
        citations = {c.number: c for c in briefing.citations}
        lines = list(chapter.lines)
        count, notice = 0, ""
        for place, line in enumerate(lines[:_LINES]):
            sources = [citations[number] for number in line.citations]
            if any(_hides(source, documents.get(source.document)) for source in sources):
                continue
            written = self._written(briefing, sources)
            if written.reason:
                notice = written.reason
                break
            if written.text:
                lines[place], count = _as_written(line, written.text, sources[0], briefing.language), count + 1
        told = [say(briefing.language, "brief_written", count=count, total=len(lines))] if count else []
        told += [notice] if notice else []
        told = told or [say(briefing.language, "brief_withheld")]
        chapters = tuple(replace(c, lines=tuple(lines)) if c is chapter else c for c in briefing.chapters)
        return replace(briefing, chapters=chapters, notice=" ".join((briefing.notice, *told)))

    def _written(self, briefing: Briefing, sources: list[Citation]) -> _Written:
        key = (briefing.language, briefing.topic, *(source.quote for source in sources))
        with self._lock:
            if key in self._known:
                self._known.move_to_end(key)
                return _Written(self._known[key])
        asked = say(briefing.language, "brief_ask_topic" if briefing.topic else "brief_ask", topic=briefing.topic)
        question = replace(understand(Turn(asked)), language=briefing.language)
        *_, answer = self._writer.write(question, _quoted(asked, sources, briefing.language))
        if answer.mode != "written" and say(briefing.language, "withheld") not in answer.warnings:
            return _Written(reason=" ".join(answer.warnings))
        text = " ".join(statement.text for statement in answer.statements) if answer.mode == "written" else ""
        with self._lock:
            self._known[key] = text
            while len(self._known) > _REMEMBERED:
                self._known.popitem(last=False)
        return _Written(text)


def _quoted(asked: str, sources: list[Citation], language: str) -> Answer:
    """The line as a quoted answer: its sources, numbered from 1."""
    numbered = tuple(replace(source, number=place) for place, source in enumerate(sources, 1))
    statements = tuple(Statement(f"“{source.quote}”", (source.number,)) for source in numbered)
    text = " ".join(f"{s.text} [{s.citations[0]}]" for s in statements)
    return Answer(asked, "answered", "quoted", text, statements, numbered, language=language)


def _as_written(line: Line, text: str, source: Citation, language: str) -> Line:
    """Without quotation marks, with the date of its source; the quoted line goes along in `data`."""
    when = line.text.rpartition("” (")[2].rstrip(")") if "” (" in line.text else source.date or say_date(None, language)
    return replace(line, text=f"{text} ({when})", data={**line.data, "mode": "written", "quoted": line.text})


def _hides(source: Citation, document: Document | None) -> bool:
    places = document.redactions if document else ()
    return any(source.start <= place.start <= source.end for place in places)
