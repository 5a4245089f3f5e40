"""What changed: the number of pillars or lines of action, changes that the documents state themselves, and what is new since."""

import re
from collections.abc import Callable, Collection, Iterator, Sequence
from datetime import date

from app.brief_reading import Reading, Said, iso, say_when
from app.brief_types import Draft, Part
from app.lexical import terms
from app.texts import say
from ingest.numerals import WORD, parse_number
from ingest.types import Document, Section

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
    r"|komen\s+niet\s+meer\s+voor|verleg\b|gaat\s+omlaag|gaat\s+omhoog|verbreed|verschoven|doorgeschoven|later\s+dan\s+(?:gepland|gemeld|voorzien)|eerder\s+dan\s+(?:gepland|gemeld|voorzien)"
    r"|niet\s+(?:in|op|per|vanaf)\s[^.;]{2,30}\smaar\s+(?:pas\s+)?(?:in|op|per|vanaf)|later\s+in:|jaar\s+later)\b",
    re.I,
)
# What may be done, and "uitgebreid" for at length, are not changes.
_NO_CHANGE = re.compile(
    r"\b(?:kan|kunnen|kunt|mag|mogen)\b[^.;]{0,80}?\b(?:verlaagd|verhoogd|uitgebreid|verlengd|verkort|aangepast|uitgesteld)\b"
    r"|\bgeen\b[^.;]{0,40}?\b(?:geschrapt|verlaagd|verhoogd|aangepast|uitgesteld)\b"
    r"|\buitgebreid\s+(?:toegelicht|beschreven|ingegaan|stilgestaan|besproken|gesproken)\b",
    re.I,
)


def changes(reading: Reading, language: str) -> Part:
    """How the structure changed, in order, then what the documents say they changed."""
    drafts = [*_structure(reading, language)]
    for said in reading.everything():
        if _STATED.search(_NO_CHANGE.sub(" ", said.text)) and not any(said.source in d.sources for d in drafts):
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
                text = say(language, key, count=f"{count} {unit}", before=before, date=say_when(document, language), quote=said.text)
                data = {"kind": "structure", "date": iso(document), "count": count, "unit": unit}
                yield Draft(text, (said.source,), data, 8.0 + (document.as_of or date.min).toordinal() / 1e6)
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


def earlier_and_now(reading: Reading, document: Document, wanted: Callable[[Section], bool], language: str) -> tuple[Draft, ...]:
    """Per wanted section of a document that earlier ones of its kind have too: what those said, beside what it says."""
    earlier = [d for d in reading.originals if d.as_of and document.as_of and d.as_of < document.as_of and d.kind == document.kind]
    places = [(d, s) for d in earlier[::-1] for s in d.sections if s.role not in _NO_SUBJECT]
    drafts = []
    for section in filter(wanted, document.sections):
        best = max(places, key=lambda place: _alike(section.heading, place[1].heading), default=None)
        if best and section.role not in _NO_SUBJECT and _alike(section.heading, best[1].heading) >= 0.5:
            drafts += [_row(section.heading, then, now, language) for then, now in _pairs(reading, best, (document, section))]
    return tuple(drafts)


def _pairs(reading: Reading, before: tuple[Document, Section], after: tuple[Document, Section]) -> list[tuple[Said, Said]]:
    """Of what a section says now, the two sentences that are nearest to one of what it said then, without being the same."""
    then, now = ([s for s in _below(reading, *place) if telling(s) > 0.5] for place in (before, after))
    own = {*terms(before[1].heading), *terms(after[1].heading)}  # what all sentences here are about tells no two apart
    pairs = [(alike(a.text, b.text, own), a, b) for a in then for b in now]
    near = sorted((pair for pair in pairs if 0.15 <= pair[0] < 0.6), key=lambda pair: -pair[0] - (telling(pair[1]) + telling(pair[2])) / 20)
    chosen: list[tuple[Said, Said]] = []
    for _, a, b in near:
        if len(chosen) < 2 and not any(a is x or b is y for x, y in chosen):
            chosen.append((a, b))
    leads = _lead(reading, *before), _lead(reading, *after)
    if not chosen and leads[0] and leads[1]:
        return [(leads[0], leads[1])]
    return sorted(chosen, key=lambda pair: pair[1].start)


def alike(a: str, b: str, without: Collection[str] = ()) -> float:
    """Share of their terms that two texts have in common."""
    one, other = set(terms(a)).difference(without), set(terms(b)).difference(without)
    return len(one & other) / len(one | other) if one | other else 0.0


def _below(reading: Reading, document: Document, section: Section) -> list[Said]:
    """The sentences of a section and of those below it."""
    end = max((s.end for s in document.sections if s.path[: len(section.path)] == section.path), default=section.end)
    return [s for s in reading.said(document) if section.start <= s.start < end and len(s.text.split()) > 4 and not s.text.endswith(":")]


def between(reading: Reading, before: str, after: str, language: str) -> Part:
    """Two documents side by side."""
    return _compared(reading, [reading.by_id[before]], [reading.by_id[after]], language)


def _compared(reading: Reading, older: Sequence[Document], newer: Sequence[Document], language: str) -> Part:
    """Per subject (a section heading) of the newer documents what they say, beside what the older ones said of it."""
    subjects = [(d, s) for d in sorted(older, key=lambda d: d.as_of or date.min, reverse=True) for s in d.sections]
    drafts: list[Draft] = []
    for document in sorted(newer, key=lambda d: d.as_of or date.min, reverse=True):
        for section in document.sections:
            now = _lead(reading, document, section)
            if now is None or section.role in _NO_SUBJECT:
                continue
            alike = [pair for pair in subjects if _alike(section.heading, pair[1].heading) >= 0.5 and pair[1].role not in _NO_SUBJECT]
            best = max(alike, key=lambda pair: _alike(section.heading, pair[1].heading), default=None)
            then = _lead(reading, *best) if best else None
            if then is None or then.text != now.text:
                drafts.append(_row(section.heading, then, now, language))
    return Part("since", tuple(drafts))


_NO_SUBJECT = ("bijlagen", "ondertekening", "aanleiding", "planning", "advies")


def _row(subject: str, then: Said | None, now: Said, language: str) -> Draft:
    cells = [say(language, "brief_stated", quote=s.text, date=say_when(s.document, language)) if s else "" for s in (then, now)]
    text = f"{cells[0] or say(language, 'brief_new')} → {cells[1]}"
    data = {"kind": "beside" if then else "new", "subject": subject, "row": [subject, cells[0] or say(language, "brief_new"), cells[1]]}
    return Draft(text, tuple(s.source for s in (now, then) if s), data, 3.0 if then else 2.0)


def _alike(a: str, b: str) -> float:
    """Share of the terms of two headings that they have in common; "Pijler 2" is the second whatever it is called."""
    numbered = re.match(r"(?:Pijler|Actielijn|Lijn|Kernpunt)\s+\w+\b", a)
    if numbered and b.startswith(numbered[0]):
        return 0.6
    return alike(re.sub(r"^[\w]\.|^[\d.]+", "", a), re.sub(r"^[\w]\.|^[\d.]+", "", b))


def _lead(reading: Reading, document: Document, section: Section) -> Said | None:
    """The sentence of a section, or else of those below it, that tells most of where things stand."""
    inside = [s for s in document.sections if s.path[: len(section.path)] == section.path]
    for end in (section.end, max((s.end for s in inside), default=section.end)):
        said = [s for s in reading.said(document) if section.start <= s.start < end and len(s.text.split()) > 4]
        if said:
            return max(said, key=telling)
    return None


_TELLS = re.compile(
    r"\b(?:wordt|worden|loopt|lopen|gestart|start|starten|afgerond|verwacht\w*|verschijnt|volgt|gewerkt|werken|ontwikkel\w*|ontvang\w*|subsidi\w*"
    r"|financi\w*|evaluatie|pilots?|besl\w+|uitgevoerd|verlengd|beschikbaar|is|zijn|zal|ga|gaat)\b",
    re.I,
)


def telling(said: Said) -> float:
    """How much a sentence says of the state of play: verbs and nouns of policy, values, its place; not too long or short."""
    words = len(said.text.split())
    values = sum(character.isdigit() for character in said.text) > 0
    score = (
        min(len(_TELLS.findall(said.text)), 4) + values - 0.02 * max(words - 35, 0) - (2 if words < 8 else 0) - 2 * said.text.endswith(":")
    )
    before = said.document.text[: said.start].rstrip(" ")
    return (
        score
        + (1.0 if before.endswith("\n") else 0.0)
        - (3.0 if re.search(r"\b(?:hieronder|onderstaande?|nader\s+toegelicht|te\s+vinden)\b", said.text, re.I) else 0)
        - (1.5 if re.search(r"\b(?:hiervan|van\s+deze\s+(?:acties|maatregelen))\b", said.text) else 0)
        - (1.5 if re.match(r"(?:Dit|Dat|Deze|Hier\w*|Daar\w*|Zij|Ook|Zo)\b", said.text) else 0)
    )
