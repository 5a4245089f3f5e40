"""What changed: the number of pillars or lines of action, changes that the documents state themselves, and what is new since."""

import re
from collections.abc import Iterator, Sequence
from datetime import date

from app.brief_reading import Reading, Said, iso, say_when
from app.brief_types import Draft, Part
from app.lexical import terms
from app.texts import say
from ingest.numerals import WORD, parse_number
from ingest.types import Document

_UNITS = r"(?:pijlers?|actielijnen|programmalijnen|hoofdlijnen|beleidslijnen|sporen|speerpunten|hoofdstukken|lijnen)"
_COUNT = re.compile(rf"\b(?P<count>\d+|{WORD})\s+(?P<unit>{_UNITS})\b", re.I)
_WHOLE = re.compile(
    r"\b(?:agenda|actieagenda|plan|programma|brief|aanpak|visie|strategie|hiertoe|hierbij)\b|\bvervangen\s+door\b|\bbestaa[nt]\b|\bcentraal\b|\bopgedeeld\b",
    re.I,
)
_STATED = re.compile(
    rf"\bvan\s+(?:€\s*)?(?:\d[\d.,]*|{WORD})\b[^.;]{{0,40}}?\snaar\s+(?:€\s*)?(?:\d[\d.,]*|{WORD}|nul)\b"
    r"|\b(?:vervangen\s+door|niet\s+langer|bijgesteld|verlaagd|verhoogd|uitgebreid|verlengd|verkort|uitgesteld|stilgelegd"
    r"|schuift\b.{0,40}\bop|verschuift|geschrapt|ingekort|uit\s+de\s+titel|verwijderd|weggehaald|herschikking|herschikken"
    r"|toegevoegd\s+aan|is\s+toegevoegd|pijler\b.{0,60}\btoegevoegd|is\s+aangepast|zijn\s+aangepast|komt\s+niet\s+meer\s+voor"
    r"|komen\s+niet\s+meer\s+voor|verleg\b|gaat\s+omlaag|gaat\s+omhoog|later\s+in:|jaar\s+later)\b",
    re.I,
)


def changes(reading: Reading, language: str) -> Part:
    """How the structure changed, in order, then what the documents say they changed."""
    drafts = [*_structure(reading, language)]
    for said in reading.everything():
        if _STATED.search(said.text) and not any(said.source in d.sources for d in drafts):
            text = say(language, "brief_stated", quote=said.text, date=say_when(said.document, language))
            data = {"kind": "stated", "date": iso(said.document)}
            drafts.append(Draft(text, (said.source,), data, (said.document.as_of or date.min).toordinal() / 1e6))
    return Part("changes", tuple(drafts))


def _structure(reading: Reading, language: str) -> Iterator[Draft]:
    """A line where the number differs from that of the document before."""
    now: tuple[int, str] | None = None
    for document in reading.originals:
        for said, count, unit in _counts(reading, document):
            if now is None or count != now[0]:
                key = "brief_structure_from" if now else "brief_structure"
                before = f"{now[0]} {now[1]}" if now else ""
                text = say(
                    language, key, count=f"{count} {unit}", before=before, date=say_when(document, language), quote=said.text
                )
                data = {"kind": "structure", "date": iso(document), "count": count, "unit": unit}
                yield Draft(text, (said.source,), data, 8.0)
                now = count, unit


def _counts(reading: Reading, document: Document) -> Iterator[tuple[Said, int, str]]:
    """The last number that a sentence about the whole gives: "drie actielijnen zijn vervangen door twee pijlers" is two."""
    for said in reading.said(document):
        found = list(_COUNT.finditer(said.text))
        number = parse_number(found[-1]["count"].lower()) if found else None
        if number is not None and 1 < number < 12 and number == int(number) and _WHOLE.search(said.text):
            yield said, int(number), found[-1]["unit"].lower()


def since(reading: Reading, day: date, language: str) -> Part:
    """The documents after a day, beside those before it."""
    newer = [d for d in reading.originals if d.as_of and d.as_of > day]
    older = [d for d in reading.originals if d not in newer]
    return _compared(reading, older, newer, language)


def between(reading: Reading, before: str, after: str, language: str) -> Part:
    """Two documents side by side."""
    return _compared(reading, [reading.by_id[before]], [reading.by_id[after]], language)


def _compared(reading: Reading, older: Sequence[Document], newer: Sequence[Document], language: str) -> Part:
    """Per subject (a section heading) of the newer documents: what they say, and what the older ones said of it."""
    drafts: list[Draft] = []
    matched: set[tuple[str, int]] = set()
    subjects = [(d, s) for d in sorted(older, key=lambda d: d.as_of or date.min, reverse=True) for s in d.sections]
    for document in sorted(newer, key=lambda d: d.as_of or date.min, reverse=True):
        for section in document.sections:
            lead = _lead(reading, document, section.start, section.end)
            if lead is None or section.role in ("bijlagen", "ondertekening", "aanleiding", "planning"):
                continue
            other = max(subjects, key=lambda pair: _alike(section.heading, pair[1].heading), default=None)
            earlier = None
            if other and _alike(section.heading, other[1].heading) >= 0.5:
                earlier = _lead(reading, other[0], other[1].start, other[1].end)
                matched.add((other[0].document_id, other[1].start))
            data = {"kind": "new" if earlier is None else "beside", "subject": section.heading}
            now = say(language, "brief_now", date=say_when(document, language), quote=lead.text)
            if earlier is None:
                drafts.append(Draft(f"{now} ({say(language, 'brief_new')})", (lead.source,), data, 2.0, section.heading))
            elif earlier.text != lead.text:
                then = say(language, "brief_then", date=say_when(earlier.document, language), quote=earlier.text)
                drafts.append(Draft(f"{then} → {now}", (earlier.source, lead.source), data, 3.0, section.heading))
    return Part("since", tuple(drafts))


def _alike(a: str, b: str) -> float:
    """Share of the terms of two headings that they have in common."""
    one, other = set(terms(a)), set(terms(b))
    return len(one & other) / len(one | other) if one | other else 0.0


def _lead(reading: Reading, document: Document, start: int, end: int) -> Said | None:
    """The sentence of a section that tells most of where things stand."""
    said = [s for s in reading.said(document) if start <= s.start < end]
    return max(said, key=telling, default=None)


_TELLS = re.compile(
    r"\b(?:wordt|worden|loopt|lopen|gestart|start|starten|afgerond|verwacht\w*|verschijnt|volgt|gewerkt|werken|ontwikkel\w*|ontvang\w*|subsidi\w*"
    r"|financi\w*|evaluatie|pilots?|besl\w+|uitgevoerd|verlengd|beschikbaar|is|zijn|zal|ga|gaat)\b",
    re.I,
)


def telling(said: Said) -> float:
    """How much a sentence says of the state of play: verbs and nouns of policy, values, its place; not too long or short."""
    words = len(said.text.split())
    values = sum(character.isdigit() for character in said.text) > 0
    score = min(len(_TELLS.findall(said.text)), 4) + values - 0.02 * max(words - 35, 0) - (2 if words < 8 else 0) - 2 * said.text.endswith(":")
    before = said.document.text[: said.start].rstrip(" ")
    return score + (1.0 if before.endswith("\n") else 0.0) - (1.5 if re.match(r"(?:Dit|Dat|Deze|Hier\w*|Daar\w*|Zij|Ook|Zo)\b", said.text) else 0)
