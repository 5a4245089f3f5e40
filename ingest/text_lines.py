"""What the shape of a line says: a bullet, a heading, the end of a paragraph; judged by its wording and by the width of the page."""

import re

BULLET = re.compile(r"^(?P<mark>[•·\uf0b7▪■–*+-]\s+|[\uf0b7•·]|«\s*_*\s*|[*e]\s?_+\s*|[©o]\s+_*\s*|©_+\s*)(?=\S)")
NUMBERED = re.compile(r"^(?:\d{1,2}(?:\.\d{1,2})+\.?|\d{1,2}\.|[a-z]\.|Pijler \d|Kernpunt \d|Hoofdstuk \d|Bijlage \d|BIJLAGE \d)[ :.]")
SIGNATURE = re.compile(r"de (?:minister|staatssecretaris)\b.*,$", re.I)
_TERMINAL = re.compile(r"[.!?:;,…”\"')]$")
_LONGEST_HEADING = 130


def is_bullet(line: str, group: list[str]) -> bool:
    """A dash in front of a lower-case word or bracket inside an unfinished sentence is punctuation, not a bullet."""
    dash = re.match(r"^[–-]\s+[a-zà-ÿ(]", line)
    quoted = re.match(r"^«[^»]*»", line)
    return bool(BULLET.match(line)) and not quoted and not (dash and group and not re.search(r"[.!?:;]\s*$", group[-1]))


def breaks(line: str, following: str, width: int, wrapped: bool, first: bool = False) -> bool:
    """Whether a paragraph ends between two lines: the next word would still have fitted, or lines do not wrap at all."""
    line, following = line.strip(), following.strip()
    if re.match(r"^#{1,6} ", line) or (SIGNATURE.match(line) and re.match(r"[A-Z]\.", following)):
        return True
    if not wrapped:
        return not re.match(r"[a-zà-ÿ]", following) or bool(re.search(r"[.!?:;]$", line))
    if NUMBERED.match(following) and re.search(r"[.!?:;]$|^\S.{0,60}$", line) and not re.match(r"^\d{1,2}\.\s", following):
        return True
    if re.match(r"^\d\d \d{3}\b", following) and not re.search(r"Kamerstuk\w*$|\bII,?$", line):
        return True
    room = len(line) + 1 + len(following.split()[0])
    if first and len(line) <= 80 and not re.search(r"[.!?:;,]", re.sub(r"^(?:[\d.]+|\w+ \d:)", "", line)) and re.match(r"[A-Z]", following):
        return room < 0.95 * width and not re.search(r"\b(?:de|het|een|van|en|of|in|op|voor|aan|met|door)$", line)
    if re.search(r"[.!?:;]$", line):
        return room < 0.93 * width and not re.match(r"[a-zà-ÿ]", following)
    return (
        room < 0.86 * width
        and bool(re.match(r"[A-Z0-9À-Ý‘“«\"(]", following))
        and not re.search(r"[,(–-]$|\b(?:de|het|een|van|en|of|in|op|voor|aan|met|door)$", line)
    )


def goes_on(line: str, following: str, width: int, wrapped: bool) -> bool:
    """Whether a blank line stands inside a sentence: the line before is full, and neither side says otherwise."""
    following = following.strip()
    if not wrapped or not following or BULLET.match(following) or re.match(r"^(?:#|<sup>|---|nota\b)", following):
        return False
    return (
        not re.search(r"[.!?:;][’”\"')]?\d{0,2}\s*$", line)
        and len(line.strip()) > 0.5 * width
        and not breaks(line, following, width, wrapped)
    )


def is_heading(text: str) -> bool:
    if re.match(r"^nota( |$)", text):
        return True
    if len(text) > _LONGEST_HEADING or not re.match(r"[A-Z0-9À-Ý‘«]|[a-z]\. ", text) or len(text) < 3:
        return False
    if (
        re.match(r"^(?:\w|\d\d)\)\s", text)
        or re.match(r"^(?:Aan|Van|Datum|Onderwerp|Betreft)\b\s*:?\s+\S", text)
        or re.search(r"@|https?:", text)
    ):
        return False
    if NUMBERED.match(text):
        return not re.search(r"[.!?,]$", text) or bool(re.match(r"^(?:Pijler|BIJLAGE|Bijlage)", text))
    return not _TERMINAL.search(text) or (bool(re.search(r"\([^()]{2,12}\)$", text)) and len(text) < 70)


def plain(text: str) -> str:
    """Markdown emphasis away, words kept."""
    text = re.sub(r"(\*\*\*|\*\*|__)(?=\S)(.+?)(?<=\S)\1", r"\2", text)
    text = re.sub(r"(?<![\w*])[*_](?=\S)([^*_]+?)(?<=\S)[*_](?![\w*])", r"\1", text)
    return re.sub(r"</?(?:b|i|u|strong|em|br)\s*/?>|\*\*", "", text)
