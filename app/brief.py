"""A briefing from the documents alone, without a language model: chapters of lines that each rest on quotes."""

from collections.abc import Iterable, Sequence
from datetime import date

from app.brief_changes import between, changes, since
from app.brief_length import cut, shorten
from app.brief_money import money
from app.brief_motions import motions
from app.brief_notas import hidden, margin, requested, timeline
from app.brief_people import people
from app.brief_promises import promises
from app.brief_reading import Reading
from app.brief_state import about, figures, missing, state
from app.brief_topic import on_topic
from app.brief_types import Briefing, Chapter, Line, Part, Request, Source, Table
from app.texts import say, say_date
from app.types import Citation
from ingest.types import Document, Passage


def brief(documents: Iterable[Document], passages: Iterable[Passage], request: Request) -> Briefing:
    """The briefing that is asked for. Documents outside `request.levels` are not looked at."""
    reading = Reading(documents, passages, request.levels)
    language = request.language
    if request.between:
        parts = [between(reading, *request.between, language)]
    elif request.since:
        parts = _since(reading, request.since, request)
    else:
        parts = _parts(reading, request)
        parts = on_topic(reading, request.topic, parts, language) if request.topic else parts
    return _finished(reading, shorten(parts, request.length), request)


def _parts(reading: Reading, request: Request) -> list[Part]:
    language = request.language
    amounts = money(reading, language)
    counted = {d.sources for d in amounts.drafts}
    of_subjects = [  # the chapters that a briefing on one subject chooses from
        requested(reading, language),
        margin(reading, language),
        changes(reading, language),
        amounts,
        _without(figures(reading, language), counted),
        motions(reading, language),
        promises(reading, language, request.today),
    ]
    if request.topic:
        return of_subjects
    first = [about(reading, language), people(reading, language), timeline(reading, language)]
    last = [hidden(reading, language), missing(reading, language)]
    return [*first, *of_subjects[:2], state(reading, language), *of_subjects[2:], *last]


def _without(part: Part, sources: set[tuple[Source, ...]]) -> Part:
    """A chapter without the lines that stand in another."""
    return Part(part.key, tuple(d for d in part.drafts if d.sources not in sources), part.grids)


def _since(reading: Reading, day: date, request: Request) -> list[Part]:
    """What the documents after a day say: beside the older ones, and the chapters in so far as they rest on the newer ones."""
    newer = {d.document_id for d in reading.documents if d.as_of and d.as_of > day}
    parts = [p for p in _parts(reading, request) if p.key not in ("about", "state", "people")]
    kept = [
        Part(
            part.key,
            tuple(d for d in part.drafts if d.sources[0].document_id in newer),
            tuple(g for g in part.grids if any(s.document_id in newer for s in g.sources)),
        )
        for part in parts
    ]
    compared = since(reading, day, request.language)
    if request.topic:
        return on_topic(reading, request.topic, [compared, *kept], request.language, core=False)
    return [kept[0], compared, *kept[1:]]


def _finished(reading: Reading, parts: Sequence[tuple[Part, int]], request: Request) -> Briefing:
    """Sources get their numbers, in the order in which they are first used."""
    numbers: dict[Source, int] = {}

    def cite(sources: Iterable[Source]) -> tuple[int, ...]:
        return tuple(dict.fromkeys(numbers.setdefault(source, len(numbers) + 1) for source in sources))

    chapters = []
    for part, left_out in parts:
        tables = tuple(Table(g.caption, g.rows, cite(g.sources), g.data) for g in part.grids)
        beside = [d for d in part.drafts if "row" in d.data]
        if beside:
            head = tuple(say(request.language, f"brief_{column}") for column in ("subject", "earlier", "later"))
            sources = tuple(cite(d.sources) for d in beside)
            rows = tuple(tuple(cut(cell, request.length) for cell in d.data["row"]) for d in beside)
            compared = part.key == "since"
            caption = say(request.language, "brief_chapter_since" if compared else "brief_earlier_now")
            every = tuple(dict.fromkeys(number for row in sources for number in row))
            tables += (Table(caption, (head, *rows), every, {"kind": "beside"}, sources),)
        drafts = [d for d in part.drafts if "row" not in d.data]
        lines = tuple(Line(cut(d.text, request.length), cite(d.sources), d.head, d.data) for d in drafts)
        if lines or tables:
            title = say(request.language, f"brief_chapter_{part.key}")
            chapters.append(Chapter(part.key, title, lines, tables, left_out if request.length == "three" else 0))
    count = say(request.language, "documents_one" if len(reading.documents) == 1 else "documents", count=len(reading.documents))
    title = say(request.language, "brief_title_topic", topic=request.topic) if request.topic else say(request.language, "brief_title")
    notice = say(request.language, "brief_notice", count=count, today=say_date(request.today, request.language))
    return Briefing(
        title=title,
        topic=request.topic,
        language=request.language,
        length=request.length,
        today=request.today,
        as_of=max((d.as_of for d in reading.documents if d.as_of), default=None),
        notice=notice if chapters else say(request.language, "brief_nothing"),
        chapters=tuple(chapters),
        citations=tuple(_citation(reading, number, source) for source, number in numbers.items()),
    )


def _citation(reading: Reading, number: int, source: Source) -> Citation:
    document = reading.by_id[source.document_id]
    section = document.section_at(source.start) if source.kind in ("", "text", "table") else None
    return Citation(
        number=number,
        document=document.document_id,
        title=document.title,
        date=document.date.isoformat() if document.date else "",
        source=document.source_name,
        page=source.page or document.page_at(source.start),
        section=section.label if section else "",
        quote=document.text[source.start : source.end],
        start=source.start,
        end=source.end,
        kind=source.kind or "text",
        role=section.role if section else "",
    )


def document_named(documents: Iterable[Document], name: str) -> Document | None:
    """A document by its id, its file, its date, or words of its title."""
    wanted = name.strip().lower()
    every = list(documents)
    for key in (lambda d: d.document_id, lambda d: d.source_name, lambda d: str(d.as_of), lambda d: d.title):
        for document in every:
            if str(key(document)).lower() == wanted:
                return document
    return next((d for d in every if wanted and wanted in d.title.lower()), None)
