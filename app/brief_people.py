"""Who is who: members of government with role and period, other persons, directorates, and organisations by their abbreviation."""

import re
from collections import defaultdict
from datetime import date

from app.brief_reading import Reading, Said, is_nota, say_when
from app.brief_types import Draft, Part, Source
from app.texts import say, say_date
from ingest.types import Document

_INITIALS = r"(?:[A-Z]\.)+(?:\s?(?:van|de|den|der|ten|ter))*\s?[A-ZÀ-Ý][\w’'-]+"
_FORMER = re.compile(
    r"\b(?P<role>(?:toenmalige?|voormalige?)\s+(?:[Mm]inister|[Ss]taatssecretaris)(?:\s+(?:van\s+)?[A-Z][\w&]*(?:\s(?:en|van)\s[A-Z]\w+)*)?)"
    r",\s+(?P<name>[A-ZÀ-Ý]\w+(?:\s+(?:van|de|den|der|ten|ter))*\s+[A-ZÀ-Ý]\w+)"
)
_PERSON = re.compile(
    rf"\b(?:de\s+heer|mevrouw|dhr\.|mw\.)\s+(?:(?:prof|dr|mr|drs|ir|ing)\.\s*)*(?P<name>(?:{_INITIALS}|(?:[Vv]an\s+)?[A-ZÀ-Ý]\w+(?:-[A-ZÀ-Ý]\w+)?))",
    re.I,
)
_OFFICE = re.compile(
    r"\b(?P<name>(?:Minister|Staatssecretaris)\s+van\s+[A-Z][\w&,]*(?:,?\s(?:en\s|van\s)?[A-Z]\w+)*"
    r"|(?:Minister|Staatssecretaris)\s+voor\s+[A-Z]\w+)\b"
)
_ABBREVIATED = re.compile(
    r"(?P<long>[A-ZÀ-Ý][^\W\d_]+(?:[- /](?:[^\W\d_]+|&|,)){0,7}?)\s*\((?P<short>[A-Z][A-Za-z&]*[A-Z][A-Za-z&]*)(?:\)|[,;]\s)"
)
_DEFINED = re.compile(r"^(?P<short>[A-Z][A-Za-z&]{1,8})\s*=\s*(?P<long>[^.;]+)")


# Parts of a ministry, and those whom it works with, by what is said of them.
_NAMED = r"[A-ZÀ-Ý][\w&-]*(?:\s+(?:(?:en|van|voor)\s+)?[A-ZÀ-Ý][\w&-]*){0,3}"
_UNIT = re.compile(rf"\b(?P<name>(?:DG|[Dd]irectie|[Dd]irectoraat-[Gg]eneraal|[Ii]nspectie)\s+{_NAMED})")
_PARTNER = re.compile(
    rf"\b(?:[Ss]amen(?:werken|werking)?\s+met|[Ii]n\s+opdracht\s+van|[Oo]pdracht\s+(?:gegeven\s+)?aan|(?:uitgevoerd|geleid|onderzoek)\s+door"
    rf"|[Ss]ubsidie\s+aan|aanbesteed\s+aan|gegund\s+aan|subsidieert)\s+(?:(?:het|de|bureau|stichting|consortium)\s+)*(?P<name>{_NAMED})"
)
_MINISTRIES = re.compile(
    r"\b(?:[Mm]inisteries?|[Dd]epartementen)\s+(?:van\s+)?(?P<names>[A-Z][A-Za-z&]{1,5}(?:(?:,|\s+en)\s+[A-Z][A-Za-z&]{1,5})*)\b"
)


def people(reading: Reading, language: str) -> Part:
    """Signers first, then others with a role, then organisations by how often they are named, parts of ministries and partners."""
    organisations = _organisations(reading, language)
    known = {name for d in organisations for name in (d.data["name"], d.data["long"])}
    everyone = (*_signers(reading, language), *_persons(reading, language), *organisations)
    return Part("people", (*everyone, *_partners(reading, known, language)))


def _partners(reading: Reading, known: set[str], language: str) -> list[Draft]:
    """Ministries, their parts, and partners that no abbreviation explains, each with the newest sentence that says what they do."""
    found: dict[str, Said] = {}
    for said in reversed(reading.everything()):
        names = [m["name"] for pattern in (_UNIT, _PARTNER) for m in pattern.finditer(said.text)]
        names += [name for m in _MINISTRIES.finditer(said.text) for name in re.split(r",\s+|\s+en\s+", m["names"])]
        for name in names:
            office = re.match(r"(?:Minist\w+|Staatssecretaris|Kamer|Tweede|U)\b", name)
            if name not in known and not office and len(said.text.split()) > 5 and not any(name in other for other in found):
                found[name] = said
    drafts = []
    for name, said in found.items():
        text = say(language, "brief_named", name=name, quote=said.text, date=say_when(said.document, language))
        drafts.append(Draft(text, (said.source,), {"kind": "partner", "name": name}, 0.2))
    return sorted(drafts, key=lambda d: str(d.data["name"]))


def _signers(reading: Reading, language: str) -> list[Draft]:
    """Who signed or received documents, from the first to the last."""
    roles: dict[str, list[tuple[Document, Source, str]]] = defaultdict(list)
    for document in reading.originals:
        for text, key in ((document.sender, "sender"), (document.recipient, "recipient")):
            source = _find(document, text)
            if text and source and (key == "sender" or is_nota(document)) and not text.startswith("Ministerie"):
                roles[text].append((document, source, key))
        for note in document.annotations:
            if note.author:
                source = Source(document.document_id, note.start, note.end, note.page, "annotation")
                roles[note.author].append((document, source, "author"))
    drafts = []
    for name, places in _same_people(roles).items():
        days = [d.as_of for d, _, _ in places if d.as_of]
        keys = {key for _, _, key in places}
        did = ", ".join(say(language, f"brief_{key}") for key in ("sender", "recipient", "author") if key in keys)
        data = {
            "kind": "government",
            "name": name,
            "from": min(days).isoformat() if days else "",
            "to": max(days).isoformat() if days else "",
        }
        text = say(language, "brief_person", name=name, did=did, period=_between(days, language))
        drafts.append(
            Draft(
                text,
                tuple(dict.fromkeys(s for _, s, _ in (places[0], places[-1]))),
                data,
                5.0 + ("sender" in keys) + (max(days).toordinal() / 1e6 if days else 0),
            )
        )
    return drafts


def _same_people(roles: dict[str, list[tuple[Document, Source, str]]]) -> dict[str, list[tuple[Document, Source, str]]]:
    """One entry for "Bruin, A.B.", "Minister van X, A.B. Bruin" and the recipient "Minister van X" of the time that they signed."""
    full = [name for name in roles if re.search(rf",\s+{_INITIALS}$", name)]
    out: dict[str, list[tuple[Document, Source, str]]] = {}
    for name, places in roles.items():
        own = [other for other in full if _initialed(name)[0] and _initialed(name) == _initialed(other)]
        office = [other for other in full if other.rpartition(",")[0].lower() == name.lower()]
        home = own[0] if own else office[0] if len(office) == 1 else name
        out.setdefault(home, []).extend(places)
    return {name: sorted(places, key=lambda p: p[0].as_of or date.min) for name, places in out.items()}


def _initialed(name: str) -> tuple[str, str]:
    """Initials and surname of "Bruin, A.B." or "…, A.B. Bruin"; empty if it has none."""
    written = re.fullmatch(
        r"(?P<last>[A-ZÀ-Ý][\w’'-]+(?:\s+[A-ZÀ-Ý][\w’'-]+)?),\s+(?P<first>(?:[A-Z]\.)+)(?:\s?(?:van|de|den|der|ten|ter))*", name
    )
    written = written or re.search(r"(?P<first>(?:[A-Z]\.)+)(?:\s?(?:van|de|den|der|ten|ter))*\s?(?P<last>[A-ZÀ-Ý][\w’'-]+)$", name)
    return (written["first"], written["last"].lower()) if written else ("", "")


def _between(days: list[date], language: str) -> str:
    if not days:
        return say(language, "undated")
    first, last = say_date(min(days), language), say_date(max(days), language)
    return first if first == last else f"{first} – {last}"


def _find(document: Document, text: str) -> Source | None:
    """Where a sender or recipient stands; of "role, name" the name, or the role if that is not there."""
    for part in (text, *text.split(", ")[::-1]):
        words = r"\s+".join(map(re.escape, part.split()))
        match = re.search(words, document.text, re.I) if words else None
        if match:
            return Source(document.document_id, *match.span())
    return None


def _persons(reading: Reading, language: str) -> list[Draft]:
    found: dict[str, tuple[Said, str]] = {}
    again: dict[str, Said] = {}  # the newest that is said of someone who was named before
    for said in reading.everything():
        for match in [*_FORMER.finditer(said.text), *_PERSON.finditer(said.text), *_OFFICE.finditer(said.text)]:
            name = " ".join(match["name"].split()).rstrip(",")
            role = match.groupdict().get("role") or ""
            signature = len(said.text.split()) <= len(name.split()) + 3
            fuller = next((other for other in found if name != other and other.lower().endswith(f" {name.lower()}")), "")
            if fuller and len(said.text.split()) > 5:
                again[fuller] = said
            inside = bool(fuller) or any(name != other and other in name for other in found)
            if name not in found and not (signature or inside or "redacted" in said.text):
                found[name] = said, role
    drafts = []
    for name, (said, role) in found.items():
        text = say(language, "brief_named", name=name, quote=said.text, date=say_when(said.document, language))
        newer = again.get(name)
        text += "; " + say(language, "brief_stated", quote=newer.text, date=say_when(newer.document, language)) if newer else ""
        data = {"kind": "person", "name": name, "role": role}
        drafts.append(
            Draft(
                text,
                tuple(s.source for s in (said, newer) if s),
                data,
                3.0 if not name.startswith(("Minister", "Staatssecretaris")) else 2.0,
            )
        )
    return drafts


def _organisations(reading: Reading, language: str) -> list[Draft]:
    long: dict[str, tuple[str, Said]] = {}
    for said in reading.everything(("text", "footnote")):
        for match in [*_ABBREVIATED.finditer(said.text), *([m] if (m := _DEFINED.match(said.text)) else [])]:
            name = _fitting(match["long"], match["short"])
            if name:
                long.setdefault(match["short"], (name, said))
    drafts = []
    for short, (name, said) in long.items():
        count = sum(len(re.findall(rf"\b{re.escape(short)}\b", d.text)) for d in reading.originals)
        text = say(language, "brief_organisation", short=short, long=name, count=count)
        drafts.append(
            Draft(text, (said.source,), {"kind": "organisation", "name": short, "long": name, "count": count}, min(count / 10, 2))
        )
    return sorted(drafts, key=lambda d: -d.data["count"])


def _fitting(long: str, short: str) -> str:
    """The last words of a name that begin as the abbreviation does; '' if none do."""
    words = long.strip().split()
    for start in range(len(words) - 1, -1, -1):
        if words[start][0].upper() == short[0].upper() and words[start][0].isupper() and len(words) - start >= 2:
            initials = "".join(part[0] for word in words[start:] for part in re.split(r"[-/]", word) if part and part[0].isupper())
            if len(set(initials.upper()) & set(short.upper())) >= 2 or len(words) - start >= len(short) - 1:
                return " ".join(words[start:])
    return ""
