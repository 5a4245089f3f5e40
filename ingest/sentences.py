"""Dutch (and English) sentences as spans. Not handled: sentences without closing punctuation that share a line."""

import re

_ABBREVIATIONS = [
    "nr",
    "nrs",
    "jl",
    "a.s",
    "o.a",
    "o.m",
    "m.n",
    "d.d",
    "c.s",
    "c.q",
    "bijv",
    "bv",
    "etc",
    "resp",
    "incl",
    "excl",
    "t.b.v",
    "t.a.v",
    "i.h.k.v",
    "i.v.m",
    "m.b.t",
    "n.a.v",
    "n.v.t",
    "i.c",
    "i.p.v",
    "z.s.m",
    "mln",
    "mld",
    "ca",
    "art",
    "blz",
    "p",
    "pag",
    "drs",
    "mr",
    "ir",
    "ing",
    "dr",
    "prof",
    "st",
    "dhr",
    "mevr",
    "vgl",
    "zgn",
    "zg",
    "max",
    "min",
    "gem",
    "vs",
    "jr",
    "sr",
    "e.g",
    "i.e",
    "approx",
    "no",
    "vol",
    "jan",
    "feb",
    "mrt",
    "apr",
    "jun",
    "jul",
    "aug",
    "sep",
    "sept",
    "okt",
    "nov",
    "dec",
]
_END = re.compile(r"[.!?…]+[\"'”’»)\]]*(?=\s+[\"'“‘«(\[]*[A-ZÀ-Ý0-9€•–]|\s*$)|(?<=[a-zà-ÿ)])[;:](?=\s*\n)")


def sentence_spans(text: str, start: int = 0, end: int | None = None) -> list[tuple[int, int]]:
    """Spans of the sentences in `text[start:end]`, without surrounding white space; a line break always ends one."""
    end = len(text) if end is None else end
    spans = []
    for line in re.finditer(r"[^\n]+", text[start:end]):
        begin, stop = start + line.start(), start + line.end()
        for mark in _END.finditer(text, begin, stop):
            if _abbreviated(text, begin, mark):
                continue
            spans.append((begin, mark.end()))
            begin = mark.end()
        spans.append((begin, stop))
    trimmed = []
    for a, b in spans:
        while a < b and text[a].isspace():
            a += 1
        while b > a and text[b - 1].isspace():
            b -= 1
        if b > a:
            trimmed.append((a, b))
    return trimmed


def _abbreviated(text: str, begin: int, mark: re.Match[str]) -> bool:
    if text[mark.start()] != "." or mark.end() >= len(text):
        return False
    word = text[begin : mark.start()].rsplit(None, 1)[-1:] or [""]
    last = word[0].lstrip("(\"'“‘«").lower()
    if last in _ABBREVIATIONS or re.fullmatch(r"(?:[A-Z]\.)*[A-Z]", word[0].lstrip("(")):
        # "… in 2026 e.v. De …": an abbreviation may still end a sentence, but then a capital word of four letters follows
        return not (
            last in {"jl", "c.s", "etc", "a.s", "mln", "mld"}
            and re.match(r"\s+[A-Z][a-zà-ÿ]{3,}|\s+(?:De|Het|Er|In|Op|Dit|Dat|Ook|Ik|We)\b", text[mark.end() :])
        )
    return bool(re.fullmatch(r"\d{1,2}|[a-z]", last) and mark.end() - begin <= 4)
