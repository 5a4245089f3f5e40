"""What officials asked and advised per nota, and what the minister wrote in its margin; and what is blacked out."""

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence

from app.brief_reading import Reading, Said, is_nota, iso, say_when, title_source
from app.brief_types import Draft, Part, Source
from app.texts import say
from ingest.types import Annotation, Document, Redaction

_INTRODUCTION = re.compile(r"^(?:[A-Z]\W+)?(?:U|Aan u)\s+wordt\s+(?:u\s+)?geadviseerd:?$|^Beslispunten:?$|^Gevraagd wordt:?$", re.I)
_NOT_ASKED = re.compile(r"^(?:N\.?B\.?|Indien|Als u|Let op|Toelichting)\b", re.I)
_AGAINST = re.compile(
    r"\bgeadviseerd\b.{0,90}\b(?:niet|wel (?:te|op)|af te zien)\b|\badvies\b.{0,60}\b(?:niet|af te zien)\b|\bkom hierop terug\b"
    r"|\bniet akkoord\b|\bkan niet instemmen\b|\bontra(?:adt|den)\b|\braa?dt?\b.{0,80}\baf\b|\badviseert?\b.{0,60}\bniet\b"
    r"|\bniet toe te zeggen\b|\bin plaats van\b.{0,80}\badvies\b",
    re.I,
)
_GROUND = re.compile(r"[Ll]akken op grond van")


def requested(reading: Reading, language: str) -> Part:
    """Per nota, newest first: the points of the requested decision, and what was advised against."""
    drafts: list[Draft] = []
    for rank, document in enumerate(filter(is_nota, reading.newest_first)):
        head = _head(document, language)
        points = list(_points(reading, document))
        for number, point in enumerate(points):
            data = {"kind": "decision", "date": iso(document), "document": document.document_id}
            drafts.append(Draft(f"“{point.text}”", (point.source,), data, 10 - rank - number / 2, head))
        against = [s for s in reading.said(document) if _AGAINST.search(s.text) and s.source not in [p.source for p in points]]
        for said in against:
            data = {"kind": "against", "date": iso(document), "document": document.document_id}
            drafts.append(Draft(say(language, "brief_against", quote=said.text), (said.source,), data, 6 - rank, head))
    return Part("notas", tuple(drafts))


def _points(reading: Reading, document: Document) -> Iterator[Said]:
    sections = [s for s in document.sections if s.role == "advies"]
    lines = [line for section in sections for line in reading.lines(document, section)]
    for line in lines:
        if not (_INTRODUCTION.match(line.text) or _NOT_ASKED.match(line.text)):
            yield line


def margin(reading: Reading, language: str) -> Part:
    """Every comment that has an author, with the words it marks; a comment and its own highlight are one line."""
    drafts = []
    for document in reading.documents:
        signed = [a for a in document.annotations if a.author and not _GROUND.search(a.text)]
        marks = [a for a in signed if _is_mark(a)]
        done: set[int] = set()
        for note in [a for a in signed if not _is_mark(a)] + marks:
            if note.start in done:
                continue
            same = [m for m in marks if m.start != note.start and m.start not in done and m.marked_start == note.marked_start >= 0]
            together = [note, *([] if _is_mark(note) else same)]
            done |= {a.start for a in together}
            drafts.append(_comment(document, together, language))
    drafts.sort(key=lambda draft: (draft.data["date"], draft.sources[0].start))
    return Part("margin", tuple(drafts))


def _interest(note: Annotation) -> float:
    """An opinion before a mark, a mark before a stamp."""
    return 1.0 if not note.text else 2.0 if _decides(note) else 3.0 if _is_mark(note) else 4.0 + min(len(note.text) / 1000, 0.9)


def _is_mark(note: Annotation) -> bool:
    return bool(note.text and note.marked_text and note.text == note.marked_text)


def _comment(document: Document, notes: Sequence[Annotation], language: str) -> Draft:
    note = notes[0]
    key = "brief_marked" if _is_mark(note) else "brief_wrote" if note.text else "brief_wordless"
    text = say(language, key, author=note.author, words=" ".join(note.text.split()), kind=note.kind)
    sources = [Source(document.document_id, each.start, each.end, each.page, "annotation") for each in notes]
    stamp = _decides(note) and bool(re.search(r"\d{1,2}[-/]\d{1,2}[-/]\d{4}", note.text))  # at the top of the page, beside nothing
    if note.marked_start >= 0 and not stamp and not _is_mark(note):
        text += " " + say(language, "brief_beside", words=" ".join(note.marked_text.split()))
    if note.marked_start >= 0 and not stamp:
        sources.append(Source(document.document_id, note.marked_start, note.marked_end))
    data = {
        "date": iso(document),
        "document": document.document_id,
        "notes": [[a.page, a.number, a.author] for a in notes],
    }
    return Draft(text, tuple(sources), data, _interest(note), _head(document, language))


def hidden(reading: Reading, language: str) -> Part:
    """Blacked-out places, those of a page with the same ground together."""
    drafts = []
    for document in reading.documents:
        groups: dict[tuple[int, str], list[Redaction]] = defaultdict(list)
        for redaction in document.redactions:
            groups[redaction.page, redaction.ground].append(redaction)
        for (page, ground), places in sorted(groups.items()):
            count = say(language, "brief_places_one" if len(places) == 1 else "brief_places", count=len(places))
            key = "brief_hidden" if ground else "brief_hidden_silent"
            sources = dict.fromkeys(_around(document, place) for place in places)
            if ground:
                sources[Source(document.document_id, places[0].ground_start, places[0].ground_end, page, "annotation")] = None
            data = {"date": iso(document), "document": document.document_id, "page": page, "places": len(places), "ground": ground}
            text = say(language, key, count=count, ground=ground, page=page)
            drafts.append(Draft(text, tuple(sources), data, 3.0 if ground else 1.0, _head(document, language)))
    return Part("hidden", tuple(drafts))


def _around(document: Document, place: Redaction) -> Source:
    """The line with the gap; the comment with the ground where the gap left no trace."""
    if place.start == place.ground_start:
        return Source(document.document_id, place.ground_start, place.ground_end, place.page, "annotation")
    start = document.text.rfind("\n", 0, place.start) + 1
    end = document.text.find("\n", place.end)
    return Source(document.document_id, start, end if end >= 0 else len(document.text))


def _head(document: Document, language: str) -> str:
    copy = f" ({say(language, 'brief_copy')})" if document.duplicate_of else ""
    return f"{say_when(document, language)} – {document.title}{copy}"


def timeline(reading: Reading, language: str) -> Part:
    """Every document by date: what it is, from whom to whom, and what was decided on it."""
    drafts = []
    for document in reading.documents:
        kind = say(language, f"kind_{document.kind}")
        told = [kind, *([f"{say(language, 'recipient').lower()}: {document.recipient}"] if document.recipient else [])]
        told += [document.sender] if document.sender and not is_nota(document) else []
        told += [f"Kamerstuk {document.kamerstuk}"] if document.kamerstuk else []
        told += [document.status] if document.status else []
        told += [say(language, "brief_copy")] if document.duplicate_of else []
        told += [document.date_note] if document.date_note else []
        when = say_when(document, language)
        sources = [title_source(document)]
        sources += [Source(document.document_id, a.start, a.end, a.page, "annotation") for a in document.annotations if _decides(a)]
        data = {"date": iso(document), "document": document.document_id, "status": document.status}
        drafts.append(Draft(f"{when}: {document.title} ({'; '.join(told)})", tuple(sources), data, 1.0))
    return Part("timeline", tuple(drafts))


def _decides(note: Annotation) -> bool:
    return bool(re.search(r"\b(?:besproken|akkoord|gezien|getekend)\b", note.text, re.I))
