"""Motions and commitments: who, party, date, what, Kamerstuk number, and the status as the documents state it.

The mentions of one motion in several documents are brought together by its number, else by its names. Not handled:
motions that are only meant by their content, and amendments.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from app.brief_changes import alike
from app.brief_reading import Reading, Said, say_when
from app.brief_state import say_kamerstuk
from app.brief_types import Draft, Part, Source
from app.texts import say, say_date
from ingest.sentences import sentence_spans
from ingest.types import Document
from ingest.values import parse_date

_PREFIX = r"(?:(?:[Vv]an|[Dd]e|[Dd]en|[Dd]er|[Tt]en|[Tt]er|[Ee]l)\s+)*"
_NAME = rf"{_PREFIX}(?!Kamerst)[A-ZÀ-Ý][^\W\d_]+(?:[-’'][A-ZÀ-Ý]?[^\W\d_]+)*(?:\s+{_PREFIX}(?!Kamerst)[A-ZÀ-Ý][^\W\d_]+)?"
_MEMBER = rf"{_NAME}(?:\s*\([A-Z][\w-]{{1,15}}\))?"
_LIST = rf"(?P<members>{_MEMBER}(?:,\s*{_MEMBER})*(?:,?\s+en\s+{_MEMBER})?)(?P<others>\s+c\.s\.)?"
_MOTION = re.compile(rf"\b[Mm]otie(?:\s+van\s+(?:het\s+lid|de\s+leden))?[\s-]+{_LIST}")
_ASKED = re.compile(rf"\b(?:[Hh]et\s+lid|[Dd]e\s+leden)\s+{_LIST}\s+(?:heeft|hebben)\s+(?:de\s+regering\s+)?in\s+een\s+motie")
_WHAT = re.compile(r"^.{0,45}?\b(?:over|om|verzoekt|vraagt|vragen|inzake|gevraagd\s+naar|gevraagd\s+om)\s+(?P<what>.+)", re.S)
_NEXT = re.compile(r"(?<=[a-zà-ÿ)])\.\d{0,2}\s+(?=[A-ZÀ-Ý])")
_DATE_AFTER = re.compile(r"^\s*(?:c\.s\.)?\s*van\s+(\d{1,2}\s+\w+\s+\d{4})")
_COMMITMENT = re.compile(
    r"\b[Tt]oezegging(?:\s+(?:van\s+(?:\d|de\s+(?:toenmalig\w*\s+)?(?:[Mm]inister|[Ss]taatssecretaris))|aan\s+het\s+lid|om\b|over\b|\w+debat))"
    r"|\b(?:is|heb|heeft|zijn|was)\b.{0,120}?\btoegezegd\b|\btoegezegd\s+(?:om|dat)\b|\bzegde\b.{0,80}\btoe\b|\bzegt\s+u\s+toe\b",
    re.S,
)
_NO_COMMITMENT = re.compile(r"\b(?:geen|evenmin|niets|niet)\b[^.]{0,40}\btoezeg", re.I)
_MEMBER_ASKED = re.compile(rf"\b[Aa]an\s+het\s+lid\s+(?P<members>{_MEMBER})")
_LOOSE_MARK = re.compile(r"\[(\d{1,2})\]|(?<=[a-zà-ÿ).,;])(\d{1,2})(?=[\s.,;)]|$)")
# Only what is stated: "in lijn met de motie" says nothing of whether it has been carried out.
_STATUS = (
    ("niet uitgevoerd", r"\bniet\s+uitgevoerd|\bvoer\s+ik\s+niet\s+uit"),
    ("deels uitgevoerd", r"\bdeels\s+uitgevoerd"),
    ("afgedaan", r"\bafgedaan\b"),
    ("gestand gedaan", r"\bgestand\s+gedaan|\binvulling\s+gegeven"),
    (
        "in uitvoering",
        r"\bwordt\s+uitgevoerd\b|\bvoer\s+ik\b.*\buit\b|\bik\s+voer\b(?!.*\bniet\b).*\buit\b|\buitvoering\s+(?:ge)?geven|\buitvoering\s+(?:gegeven\s+)?aan\b"
        r"|\bter\s+voldoening\b|^conform\b|\bkom\s+ik\b.*\btegemoet",
    ),
    ("lopend", r"\bmeegenomen\b|\bvolgt\s+in\b|\bkomt\s+in\s+een\s+latere\b|\bwordt\s+gekeken\b|\bkom\b.*\bop\s+terug"),
)
_FOLLOWS = re.compile(r"(?:(?:Ik|Wij)\s+voer\w*\s+)?(?:[Dd]eze|[Dd]ie)\s+(?:motie|toezegging)\b")
_OCCASION = re.compile(
    r"\b(?:[Nn]aar\s+aanleiding|[Ii]n\s+navolging|[Tt]er\s+uitvoering)\s+van\s+de\s+(?:\w+\s+)?$|\b[Cc]onform\s+(?:de\s+)?$"
)
_VERB = re.compile(r"\s(?=(?:is|zijn|wordt|worden|werd|werden|heeft|hebben|heb)\s)")
_CLOSED = ("niet uitgevoerd", "afgedaan", "gestand gedaan")


@dataclass(frozen=True)
class Mention:
    """One place where a motion or commitment is named."""

    said: Said
    kind: str
    names: tuple[str, ...]
    parties: tuple[str, ...]
    day: date | None
    number: str
    what: str
    status: str = ""
    extra: tuple[Source, ...] = ()
    heading: bool = False


@dataclass
class Matter:
    """A motion or commitment with all its mentions, oldest document first."""

    mentions: list[Mention] = field(default_factory=list)

    def first(self, key: str) -> str:
        return next((str(value) for m in self.mentions if (value := getattr(m, key))), "")

    @property
    def best(self) -> Mention:
        return max(self.mentions, key=lambda m: (bool(m.what), bool(m.day), len(m.parties), not m.heading, bool(m.number)))


def motions(reading: Reading, language: str) -> Part:
    """One line for each motion and each commitment, the newest first."""
    found = [m for document in reading.originals for m in _mentions(document)]
    matters = [*_merged([m for m in found if m.kind == "motion"]), *_merged([m for m in found if m.kind == "commitment"])]
    return Part("motions", tuple(_draft(matter, language) for matter in sorted(matters, key=_order, reverse=True)))


def _order(matter: Matter) -> tuple[bool, str, str]:
    newest = max((m.said.document.as_of or date.min).isoformat() for m in matter.mentions)
    return matter.best.kind == "motion", newest, matter.first("day")


def _draft(matter: Matter, language: str) -> Draft:
    best = matter.best
    number, day = matter.first("number"), matter.first("day")
    people = list(zip(best.names, [*best.parties, *[""] * len(best.names)], strict=False))
    if best.names and not any(best.parties):  # of another mention, that gives the parties of the same names
        fuller = next((m for m in matter.mentions if len(m.names) == len(best.names) and any(m.parties)), best)
        people = list(zip(fuller.names, [*fuller.parties, *[""] * len(fuller.names)], strict=False))
    stated = [m for m in matter.mentions if m.status in _CLOSED] or [m for m in matter.mentions if m.status]
    who = " en ".join(name + (f" ({party})" if party else "") for name, party in people)
    what = next((m.what for m in sorted(matter.mentions, key=lambda m: -len(m.what)) if m.what), "") if not best.what else best.what
    parts = [say(language, f"brief_{best.kind}", who=f" {who}" if who else "")]
    parts += [say(language, "brief_of_day", date=say_date(date.fromisoformat(day), language))] if day else []
    text = " ".join(parts) + (f": “{what}”" if what else f": “{best.said.text}”")
    text += f" [{_say_number(number)}]" if number else ""
    if stated:
        last = stated[-1]
        text += " – " + say(language, "brief_status", status=last.status, date=say_when(last.said.document, language))
    elif best.kind == "commitment":
        text += " – " + say(language, "brief_status", status="toegezegd", date=say_when(best.said.document, language))
    sources = [best.said.source, *best.extra]
    for mention in [*stated[-1:], *matter.mentions]:
        if len(sources) < 4:
            sources += [s for s in (mention.said.source, *mention.extra) if s not in sources]
    data = {
        "kind": best.kind,
        "names": [name for name, _ in people],
        "parties": [party for _, party in people],
        "date": day,
        "number": number,
        "what": what,
        "status": stated[-1].status if stated else "",
        "statuses": sorted({m.status for m in matter.mentions if m.status}),
        "documents": list(dict.fromkeys(m.said.document.as_of.isoformat() for m in matter.mentions if m.said.document.as_of)),
    }
    newest = max((m.said.document.as_of or date.min).toordinal() for m in matter.mentions)
    return Draft(text, tuple(dict.fromkeys(sources)), data, newest / 1e5 + bool(day) + bool(stated))


def _say_number(number: str) -> str:
    dossier, _, last = number.rpartition("-")
    return number if number.startswith("TZ") else f"Kamerstuk {say_kamerstuk(dossier, last)}"


def _mentions(document: Document) -> list[Mention]:
    """In the order of the text; headings count too."""
    body = document.sections[-1].end if document.sections else len(document.text)
    introduction = ""
    section = None
    found: list[Mention] = []
    notes = [(f.start, f.end) for f in document.footnotes if _MOTION.search(f.text)]
    spans = [*sentence_spans(document.text, 0, body), *notes]
    for start, end in spans:
        said = Said(document, start, end, "footnote" if start >= body else "text")
        text = document.text[start:end]
        if re.search(r"\b(?:moties|toezeggingen)\b.*:$|\bafgedaan:$", text, re.S):
            introduction = text
            section = said.section
        is_listed = bool(introduction) and said.section == section
        status = _status(text) or (_status(introduction) if is_listed else "")
        extra = (_line_source(document, introduction, start),) if is_listed and not _status(text) and status else ()
        if found and _FOLLOWS.match(text) and (told := _status(text)) and found[-1].said.section == said.section and not found[-1].status:
            found[-1] = replace(found[-1], status=told, extra=(*found[-1].extra, said.source))  # "Deze motie voer ik niet uit."
        for match in [*_MOTION.finditer(text), *_ASKED.finditer(text)]:
            found.append(_motion(said, text, match, status, extra))
        if _COMMITMENT.search(text) and not _NO_COMMITMENT.search(text) and not _MOTION.search(text):
            before = found[-1] if found else None
            if (
                before
                and before.kind == "commitment"
                and re.match(r"(?:Zij|Hij|Deze|Dit)\b", text)
                and not document.text[before.said.end : start].strip()
            ):
                found[-1] = _commitment(
                    Said(document, before.said.start, end), document.text[before.said.start : end], before.status, extra
                )
            else:
                found.append(_commitment(said, text, status, extra))
    return found


def _line_source(document: Document, line: str, before: int) -> Source:
    start = document.text.rfind(line, 0, before)
    return Source(document.document_id, start, start + len(line))


def _status(text: str) -> str:
    return next((name for name, pattern in _STATUS if re.search(pattern, text, re.I | re.S)), "")


def _people(members: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    found = re.findall(rf"({_NAME})(?:\s*\(([^)]+)\))?", members)
    names = tuple(re.sub(r"\s+(?:en|En)$", "", " ".join(name.split())) for name, _ in found)
    return names, tuple(party for _, party in found)


def _motion(said: Said, text: str, match: re.Match[str], status: str, extra: tuple[Source, ...]) -> Mention:
    names, parties = _people(match["members"])
    after = text[match.end() :]
    dated = _DATE_AFTER.match(after)
    number, note = _number(said, said.start + match.end())
    what = _WHAT.search(after)
    section = said.section
    is_heading = bool(section and said.start == section.start)
    told = _LOOSE_MARK.sub("", " ".join(what["what"].split())) if what and not is_heading else ""
    told = _NEXT.split(told)[0]
    if _OCCASION.search(text[: match.start()]):  # "Naar aanleiding van de motie X over Y is …": the motion is about Y
        told = _VERB.split(told)[0]
    sources = extra + ((note,) if note else ())
    return Mention(said, "motion", names, parties, parse_date(dated[1]) if dated else None, number, told, status, sources, is_heading)


def _number(said: Said, offset: int) -> tuple[str, Source | None]:
    """The Kamerstuk number of the footnote after the motion, or of the same sentence."""
    document = said.document
    for note in sorted(document.footnotes, key=lambda n: n.anchor):
        if offset - 1 <= note.anchor <= said.end + 1:
            inside = [r for r in document.references if note.start <= r.start < note.end]
            if inside:
                return _id(inside[0].dossier, inside[0].number), Source(
                    document.document_id, note.start, note.end, document.page_at(max(note.anchor, 0)), "footnote"
                )
            if note.anchor < said.end - 1:
                return "", None
    mark = _LOOSE_MARK.search(document.text, offset, said.end + 5)
    if mark:  # a mark that was not told from the text: its note is a line that begins with the same number
        noted = [r for r in document.references if re.search(rf"(?:^|\n)\[?{mark[1] or mark[2]}\]?\s+$", document.text[: r.start])]
        if noted:
            return _id(noted[0].dossier, noted[0].number), Source(document.document_id, noted[0].start, noted[0].end, kind="footnote")
    inside = [r for r in document.references if said.start <= r.start < said.end]
    return (_id(inside[0].dossier, inside[0].number), None) if inside else ("", None)


def _id(dossier: str, number: str) -> str:
    return number if number.startswith("TZ") else f"{dossier}-{number}" if dossier else number


def _commitment(said: Said, text: str, status: str, extra: tuple[Source, ...]) -> Mention:
    member = _MEMBER_ASKED.search(text)
    names, parties = _people(member["members"]) if member else ((), ())
    on = re.search(r"\b(?:[Tt]oezegging\s+van|[Oo]p|\w*debat\b.{0,60}?\bvan)\s+(\d{1,2}\s+\w+\s+\d{4})", text, re.S)
    number, note = _number(said, said.start + 2)
    what = re.search(r"\b(?:over|om|dat|een\s+onderzoek)\b\s*.+", text[_start_of_what(text) :], re.S)
    told = " ".join(what[0].split()) if what and not re.search(r"\bzegde\b", text) else ""
    told = "" if re.search(r"\b(?:dit|deze|dat|hiervan|hierover)\b", told) and len(told.split()) < 12 else told  # not clear by itself
    day = parse_date(on[1]) if on else None
    sources = extra + ((note,) if note else ())
    return Mention(said, "commitment", names, parties, day, number, told, status, sources)


def _start_of_what(text: str) -> int:
    match = re.search(r"\b(?:toegezegd|toezegging|zegde|zegt\s+u\s+toe)\b", text, re.I)
    return match.end() if match else 0


def _merged(mentions: Sequence[Mention]) -> list[Matter]:
    """Mentions of the same motion together; a bare name that may be one of several is left out."""
    by_number: dict[str, Matter] = {}
    rest: list[Mention] = []
    for mention in mentions:
        if mention.number:
            by_number.setdefault(mention.number, Matter()).mentions.append(mention)
        else:
            rest.append(mention)
    numbered = list(by_number.values())
    own: list[Matter] = []
    for mention in rest:
        home = _home(mention, numbered) or _home(mention, own)
        if home:
            home.mentions.append(mention)
        elif mention.heading or (not mention.what and _known(mention, numbered)):
            continue
        else:
            own.append(Matter([replace(mention)]))
    for matter in (*numbered, *own):
        matter.mentions.sort(key=lambda m: (m.said.document.as_of or date.min, m.said.start))
    return [*numbered, *own]


def _surnames(mention: Mention) -> frozenset[str]:
    return frozenset(re.sub(rf"^{_PREFIX}", "", name).lower() for name in mention.names)


def _known(mention: Mention, matters: Sequence[Matter]) -> bool:
    return bool(mention.names) and any(_surnames(mention) == _surnames(other) for matter in matters for other in matter.mentions)


def _home(mention: Mention, matters: Sequence[Matter]) -> Matter | None:
    """The one that this mention must mean: by its day, or by its names within its document or in all."""
    if mention.day:
        same_day = [m for m in matters if any(o.day == mention.day and _surnames(o) == _surnames(mention) for o in m.mentions)]
        undated = [m for m in matters if not any(o.day for o in m.mentions) and any(_surnames(o) == _surnames(mention) for o in m.mentions)]
        meant = [m for m in undated if mention.what and any(alike(o.what or o.said.text, mention.what) > 0.1 for o in m.mentions)]
        return same_day[0] if same_day else meant[0] if len(meant) == 1 and not mention.number else None
    if not mention.names:
        return None
    seen = mention.said.document.as_of or date.max
    possible = [m for m in matters if not any(o.day and o.day > seen for o in m.mentions)]
    same = [m for m in possible if any(_surnames(o) == _surnames(mention) for o in m.mentions)]
    near = [m for m in same if any(o.said.document is mention.said.document for o in m.mentions)]
    here = [m for m in near if any(o.said.path == mention.said.path and o.said.document is mention.said.document for o in m.mentions)]
    if len(here) == 1:
        return here[0]
    if mention.what and not here and _ASKED.search(mention.said.document.text[mention.said.start : mention.said.end]):
        return None
    return near[0] if len(near) == 1 else same[0] if len(same) == 1 and not near else None
