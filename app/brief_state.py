"""What the dossier is about, the state of play per pillar or chapter, figures worth knowing, and what the corpus lacks."""

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import date

from app.brief_changes import telling
from app.brief_reading import Reading, Said, is_nota, iso, say_when, unnumbered, values_in, with_antecedent
from app.brief_types import Draft, Part, Source
from app.lexical import terms
from app.texts import say
from ingest.types import Document, Section
from ingest.values import Value

_AIM = re.compile(
    r"\b(?:doelstelling|moet(?:en)?\s+ervoor\s+zorgen|heeft\s+(?:als|tot)\s+doel|moet\s+(?:ertoe\s+)?bijdragen|beoogt|doel\s+van|gericht\s+op|richt\s+zich\s+op)\b",
    re.I,
)
_OPENING = re.compile(
    r"\b(?:informeer\s+ik|[Ii]n\s+deze\s+brief\s+(?:leest|staat|vindt|informeer)|bied\s+ik|deze\s+brief\s+(?:is|bevat|gaat|richt)|betreft\s+een|is\s+een\s+(?:set|plan|programma|lopend\s+traject)"
    r"|bestaat\s+uit|kondig\w*|presenteerde|wil\s+dat)\b",
    re.I,
)
_PART = re.compile(r"^(?:Deze|Dit|Die|Dat|Het doel van)\s+(?:pijler|actielijn|lijn|onderdeel|betreft)\b")
_NUMBERED = re.compile(r"(?:Pijler|Actielijn|Hoofdstuk|Lijn|Kernpunt)\s+\w+|\d+\.")
_STATE_ROLES = ("", "kernpunt", "toelichting")
_OUTSIDE = re.compile(r"^(?:moties|bijlagen?|ondertekenaars?|tot slot|slot|financi\w+|geld)\b", re.I)
_UNIT = re.compile(r"^\s*(?:van\s+de\s+|van\s+het\s+)?([a-zà-ÿ][\w-]{3,}(?:\s+[a-zà-ÿ][\w-]{3,})?)")
_NOT_A_FIGURE = re.compile(r"\b(?:\w*artikel|pijler|kernpunt|bijlage|tabel|lijn|hoofdstuk|paragraaf|nr|blz)\.?\s*$", re.I)


_SPAN = re.compile(r"(?:jaar|jaren|maand|maanden|week|weken|dag|dagen|uur|minuten)\b")  # how long, not how many


def about(reading: Reading, language: str) -> Part:
    """From the openings and aims of the documents, newest first, letters before notas."""
    drafts = []
    for document in reading.newest_first:
        said = reading.said(document)
        early = [
            s
            for s in said
            if (s.path and re.match(r"Doel\b", s.path[-1]))
            or s.start < max(document.sections[1].end if len(document.sections) > 1 else 0, 2500)
        ]
        for sentence in early:
            aims, opens = bool(_AIM.search(sentence.text)), bool(_OPENING.search(sentence.text))
            if (aims or opens) and sentence.role != "advies" and 8 <= len(sentence.text.split()) <= 70:
                rank = (document.as_of or date.min).toordinal() / 1e5
                data = {"kind": "aim" if aims else "opening", "date": iso(document)}
                weight = rank + 1.5 * aims + 1.0 * (not is_nota(document)) + 0.3 * opens - 1.5 * bool(_PART.match(sentence.text))
                before = reading.before(sentence) if len(sentence.text.split()) < 10 else None
                lead = before if before and "\n\n" not in document.text[before.end : sentence.start] else None
                whole = Said(document, lead.start, sentence.end) if lead else with_antecedent(reading, sentence)
                drafts.append(Draft(_stated(whole, language), (whole.source,), data, weight))
    return Part("about", tuple(sorted(drafts, key=lambda d: -d.weight)))


def state(reading: Reading, language: str) -> Part:
    """Of the newest letter with chapters (else the newest document): per chapter and subject what it says of the state of play."""
    document = _main_document(reading)
    if document is None:
        return Part("state")
    drafts = []
    in_parts = any(_NUMBERED.match(s.path[0]) for s in document.sections)
    for section in document.sections:
        if in_parts and not _NUMBERED.match(section.path[0]):
            continue
        if section.role not in _STATE_ROLES or _OUTSIDE.match(re.sub(r"^[\d.\s]+", "", section.path[0])):
            continue
        said = [s for s in reading.said(document) if section.start <= s.start < section.end and s.section == section]
        best = sorted(said, key=telling, reverse=True)[:3]
        for place, sentence in enumerate(sorted(best, key=lambda s: s.start)):
            first = sentence is max(best, key=telling)
            data = {"subject": section.heading, "chapter": section.path[0], "date": iso(document), "place": place}
            weight = (8.0 if first else 1.0) + telling(sentence) - 2.0 * bool(re.search(r"\bvoorganger\b", sentence.text))
            text = _stated(sentence, language)
            drafts.append(Draft(text, (sentence.source,), data, weight, place_of(section)))
    return Part("state", tuple(drafts))


def place_of(section: Section) -> str:
    """A heading with the chapter it is in: 'Pijler 2: Taal en werk', 'Pijler 2 – Startbanen'."""
    if len(section.path) == 1 or re.match(r"\d+\.\d", section.heading):
        return unnumbered(section.heading)
    numbered = _NUMBERED.match(section.path[0])
    return f"{numbered[0] if numbered else section.path[0]} – {section.heading}"


def _main_document(reading: Reading) -> Document | None:
    """The newest letter that has chapters with text."""
    chaptered = [d for d in reading.newest_first if len(d.sections) >= 3]
    letters = [d for d in chaptered if not is_nota(d) and d.kind != "bijlage"]
    return next(iter(letters or chaptered or reading.newest_first), None)


def figures(reading: Reading, language: str) -> Part:
    """Percentages, amounts and counts in sentences, with their subject and date; the same sentence twice is one line."""
    drafts: dict[str, Draft] = {}
    for said in reversed(reading.everything()):
        values = _figures(said)
        if (
            not values
            or said.text in drafts
            or said.role in ("planning", "bijlagen")
            or said.text.endswith(":")
            or said.text.startswith("Tabel")
        ):
            continue
        subject = unnumbered(said.path[-1]) if said.path else said.document.title
        data = {
            "figures": [{"number": str(v.value), "unit": unit, "words": v.text} for v, unit in values],
            "subject": subject,
            "date": iso(said.document),
        }
        precise = any(v.kind in ("percent", "amount") for v, _ in values)
        weight = (said.document.as_of or date.min).toordinal() / 1e5 + 1.5 * precise - len(said.text) / 1000 + (not is_nota(said.document))
        whole = with_antecedent(reading, said)
        drafts[said.text] = Draft(_stated(whole, language), (whole.source,), data, weight, subject)
    return Part("figures", tuple(drafts.values()))


def _figures(said: Said) -> list[tuple[Value, str]]:
    """Values with their unit: percent, euro, or the noun that is counted."""
    found = []
    for value in values_in(said.text):
        if value.kind in ("percent", "percentpoint", "amount"):
            found.append((value, value.unit))
        elif value.kind == "number" and value.text[0].isdigit() and not _NOT_A_FIGURE.search(said.text[: value.start]):
            noun = None if said.text[: value.start].rstrip().endswith("]") else _UNIT.match(said.text[value.end :])
            if noun and float(value.value) >= 5 and not _SPAN.match(noun[1]):
                found.append((value, noun[1]))
    return found


def missing(reading: Reading, language: str) -> Part:
    """Kamerstukken and annexes that the documents name and the index does not hold, the most named first."""
    named: dict[str, list[tuple[Document, Source]]] = defaultdict(list)
    for document in reading.originals:
        for reference in document.references:
            if not reference.document_id or reference.document_id not in reading.by_id:
                if reference.start < 300 and not is_nota(document):  # a letter's own number
                    continue
                number = say_kamerstuk(reference.dossier, reference.number)
                source = Source(document.document_id, reference.start, reference.end, _page(document, reference.start), "footnote")
                named[number if not reference.number.startswith("TZ") else reference.number].append((document, source))
    own = {" ".join(d.kamerstuk.split()) for d in reading.documents}
    drafts = []
    for number, places in named.items():
        if any(re.sub(r"\D", "", number) == re.sub(r"\D", "", o) for o in own if o) or number.startswith("TZ"):
            continue
        documents = list(dict.fromkeys(d.document_id for d, _ in places))
        text = say(
            language,
            "brief_missing",
            number=number,
            count=say(language, "documents_one" if len(documents) == 1 else "documents", count=len(documents)),
        )
        data = {"number": number, "documents": documents}
        drafts.append(Draft(text, tuple(s for _, s in places[:4]), data, len(places)))
    drafts += _annexes(reading, language)
    return Part("missing", tuple(sorted(drafts, key=lambda d: -d.weight)))


def say_kamerstuk(dossier: str, number: str) -> str:
    """'39 608, nr. 4', '36 600 XV, nr. 26'."""
    spaced = re.sub(r"^(\d\d)(\d{3})", r"\1 \2", dossier).replace("-", " ")
    return f"{spaced}, nr. {number}".lstrip(" ,")


def _annexes(reading: Reading, language: str) -> Iterator[Draft]:
    titles = [set(terms(d.title)) for d in reading.documents]
    for document in reading.originals:
        for table in document.tables:
            if not table.rows or "Naam" not in table.rows[0]:
                continue
            for cell in table.cells:
                words = set(terms(re.sub(r"\W+", " ", cell.value)))
                if cell.column != "Naam" or len(words) < 2 or any(len(words & title) >= 0.6 * len(words) for title in titles):
                    continue
                source = Source(document.document_id, cell.start, cell.end, kind="table")
                text = say(language, "brief_annex", name=cell.value, date=say_when(document, language))
                yield Draft(text, (source,), {"annex": cell.value}, 0.5)


def _page(document: Document, offset: int) -> int:
    note = next((f for f in document.footnotes if f.start <= offset < f.end), None)
    return document.page_at(note.anchor) if note and note.anchor >= 0 else document.page_at(offset)


def open_questions(said: Sequence[Said], language: str) -> Part:
    """What the documents themselves say is not settled."""
    drafts = []
    for sentence in said:
        if _OPEN.search(sentence.text) and not _SETTLED.search(sentence.text):
            data = {"date": iso(sentence.document)}
            weight = (sentence.document.as_of or date.min).toordinal() / 1e5
            drafts.append(Draft(_stated(sentence, language), (sentence.source,), data, weight))
    return Part("open", tuple(sorted(drafts, key=lambda d: d.data["date"], reverse=True)))


_OPEN = re.compile(
    r"\?\s*$|\b(?:wordt\s+(?:\w+\s+){0,2}(?:verkend|onderzocht|bezien|uitgewerkt|bekeken)|verken(?:t|nen)?"
    r"|nog\s+(?:niet|geen|onduidelijk|één|\w+\s+vragen)|onduidelijk|bezien\s+of|moet(?:en)?\s+nog"
    r"|momenteel\s+(?:lopen|verkennen|wordt)|of\s+het\s+(?:nodig|mogelijk)\s+is|openstaande|ga\s+(?:ik\s+)?onderzoeken|onderzoek\s+ik|wil\s+ik\s+(?:daarom\s+)?onderzoeken"
    r"|geen\s+overeenstemming|niet\s+gedekt|geen\s+budget|op\s+een\s+later\s+moment)\b",
    re.I,
)


_SETTLED = re.compile(
    r"\b(?:is|zijn|heb|hebben|heeft)\b.{0,60}\b(?:verkenning|onderzoek)\b.{0,60}\b(?:gedaan|uitgevoerd|afgerond|ontvangen)\b", re.I
)


def _stated(said: Said, language: str) -> str:
    return say(language, "brief_stated", quote=said.text, date=say_when(said.document, language))
