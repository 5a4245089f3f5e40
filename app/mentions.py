"""Which documents a question points at: "de zomerbrief", "de nota van 2 december", "the July 2025 letter", "bijlage 2".

Kind, date, season, order (oudste, vorige, nieuwste) and who it went to or came from are read beside the noun and compared with what is
known of each document. Not handled: documents called by their subject alone.
"""

import datetime as dt
import re
from collections.abc import Iterable

from app.question import Question
from ingest.types import Document
from ingest.values import Value, contains_value, find_values

_NOUNS = {"kamerbrief": r"brie(?:f|ven)|letters?", "nota": r"nota(?:['’]?s)?|memos?", "bijlage": r"bijlagen?|annex(?:es)?|appendix"}
_MENTION = re.compile(rf"\b(?P<prefix>\w*?)(?:{'|'.join(f'(?P<{kind}>{words})' for kind, words in _NOUNS.items())})\b", re.I)
_NOUN = "|".join(f"(?:{words})" for words in _NOUNS.values())
_AGAIN = re.compile(r"\b(?:die|dat|that|the one) (?:van|uit|of|from)\b", re.I)
_NO_NOTA = re.compile(r"voorjaars|najaars|miljoenen|spoed", re.I)  # the budget papers that are called nota
_DRAFT = re.compile(r"concept|ontwerp|draft", re.I)
_SEASONS = (
    (r"zomer|summer", (6, 7, 8)),
    (r"voorjaar|lente|spring", (3, 4, 5)),
    (r"najaar|herfst|autumn", (9, 10, 11)),
    (r"winter", (12, 1, 2)),
    (r"\beind|\bend\b|\blate\b", (10, 11, 12)),
    (r"\bbegin|\bearly\b", (1, 2, 3)),
)
_OLDEST = re.compile(r"\b(?:oudste|eerste|oldest|first)\b", re.I)
_OLDER = re.compile(r"\b(?:oude|vorige|eerdere|old|previous|earlier)\b", re.I)
_NEWEST = re.compile(r"\b(?:nieuwste|nieuwe|jongste|laatste|recentste|recente|huidige|newest|new|latest|last|current)\b", re.I)
_ROLE = re.compile(r"\b(?:aan|to) (?:de |the )?(minister|staatssecretaris|state secretary)\b", re.I)


def mentioned(question: Question, documents: Iterable[Document]) -> tuple[frozenset[str], ...]:
    """The ids of the documents that each mention in the question may mean; mentions that tell nothing apart are left out."""
    everything = tuple(documents)
    found = _found(question.asked, everything)
    if not found and question.follow_up:
        found = _found(question.text, everything)
    return tuple(dict.fromkeys(ids for ids in found if 0 < len(ids) < len(everything)))


def _found(text: str, documents: tuple[Document, ...]) -> list[frozenset[str]]:
    out = []
    for mention in _MENTION.finditer(text):
        kind = next(name for name in _NOUNS if mention[name])
        if _NO_NOTA.fullmatch(mention["prefix"]):
            continue
        out.append(_meant(kind, mention["prefix"], text[: mention.start()], text[mention.end() :], documents))
        rest = re.split(_NOUN, text[mention.end() :], flags=re.I)[0]
        out += [_meant(kind, "", "", f" van {rest[again.end():]}", documents) for again in _AGAIN.finditer(rest)]
    return out


def _meant(kind: str, prefix: str, left: str, right: str, documents: tuple[Document, ...]) -> frozenset[str]:
    before = " ".join(re.findall(r"[\w’'-]+", re.split(r"[,;.?!]|\b(?:en|and)\b", left)[-1])[-3:])
    tail = re.split(rf"[,;?!]|\.\s|\b(?:en|and|vs|{_NOUN})\b", right, maxsplit=1, flags=re.I)[0]
    after = " ".join(tail.split()[:6]) if re.match(r"\s+(?:van|uit|of|from|d\.d\.|aan|to|in|\d)", tail) else ""
    beside = f"{before} {prefix} {after}"
    if _DRAFT.search(f"{before.split()[-1] if before else ''} {prefix}"):
        return frozenset(d.document_id for d in documents if _DRAFT.search(d.title))
    same = [d for d in documents if _is(d, kind)]
    dates = sorted({day for d in same if (day := _day(d, kind))})
    if not dates:
        return frozenset(d.document_id for d in same)
    days = tuple(v for v in find_values(f"{before} ; {after}") if v.kind == "date")
    years = {str(v.value)[:4] for v in days if re.match(r"(?:19|20)\d\d", str(v.value))}
    months: tuple[int, ...] = next((numbers for pattern, numbers in _SEASONS if re.search(pattern, beside, re.I)), ())
    if not days and (named := find_values(f"{prefix.removesuffix('s')} 2000")) and str(named[0].value).startswith("2000-"):
        months = (int(str(named[0].value)[5:7]),)

    role = _ROLE.search(after)
    if kind == "kamerbrief" and not (days or months or role or any(order.search(before) for order in (_OLDEST, _OLDER, _NEWEST))):
        return frozenset()  # "de brief" is often one that is written about

    def fits(document: Document) -> bool:
        day = _day(document, kind)
        if day is None:
            return not (days or months)
        if months:
            right = day.month in months and (not years or str(day.year) in years)
        else:
            right = not days or any(contains_value((Value("date", day.isoformat()),), each) for each in days)
        if right and _OLDEST.search(before):
            right = day == dates[0]
        elif right and _OLDER.search(before):
            right = day < dates[-1]
        elif right and _NEWEST.search(before):
            right = day == dates[-1]
        return right and (not role or not document.recipient or role[1].lower()[:6] in document.recipient.lower())

    return frozenset(d.document_id for d in same if fits(d))


def _is(document: Document, kind: str) -> bool:
    """Whether it is of a kind, or an account of one ("Feitenblad: brief van 4 juli 2025")."""
    if document.kind in _NOUNS:
        return document.kind == kind
    return bool(re.search(rf"\b\w*(?:{_NOUNS[kind]})\b", document.title, re.I))


def _day(document: Document, kind: str) -> dt.date | None:
    if document.kind == kind:
        return document.as_of
    named = [v for v in find_values(document.title) if v.kind == "date" and re.match(r"20\d\d-\d\d", str(v.value))]
    return dt.date.fromisoformat(f"{named[0].value}-01"[:10]) if named else document.as_of
