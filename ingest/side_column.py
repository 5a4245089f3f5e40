"""The right-hand column of a nota (Datum, Onze referentie, …) apart from the body, as labels and values."""

import re
from collections.abc import Sequence

from ingest.blocks import REDACTED
from ingest.layout import Line, Word, lines_of
from ingest.tidy import join_lines

_LABELS = (
    "Datum|Onze referentie|Uw referentie|Ons kenmerk|Uw kenmerk|Kenmerk|Opgesteld door|Directie|Afdeling|Auteur|Bijlagen?|Bijlage\\(n\\)"
    "|Uiterlijk bij|Contactpersoon|Tweede contactpersoon|Kopie aan|Behandeld door|Telefoonnummer|Uw brief"
)
_LABEL = re.compile(rf"({_LABELS})\s*:?", re.I)
_STATUS = re.compile(r"TER [A-Z]{5,}")
_DATE = re.compile(r"\d{1,2}(?:-\d{1,2}-|\s+[a-z]+\s+)\d{4}")
_NOISE = re.compile(r"^[^\w\ue002(]+|[^\w\ue002).:-]+$")


def split_side(words: Sequence[Word], width: float) -> tuple[list[Word], list[tuple[str, str]]]:
    """The words of the body, and (label, value) for the lines of the column; the status line has label 'Status'."""
    left = _left_edge(words, width)
    if left is None:
        return list(words), []
    side = [word for word in words if word.x0 >= left]
    return [word for word in words if word.x0 < left], _fields(lines_of(side))


def _left_edge(words: Sequence[Word], width: float) -> float | None:
    """Where the column starts: below each other stand two labels, or 'Datum' and one date, and no body text runs on."""
    right = [word for word in words if word.x0 > 0.55 * width]
    starts = [part for line in lines_of(right) for part in line.segments if _label(part) or _STATUS.match(part.text)]
    for start in starts:
        left = start.x0 - 5
        texts = [line.text for line in lines_of(word for word in right if word.x0 >= left)]
        labels = {text for text in texts if _LABEL.fullmatch(text) or _STATUS.match(text)}
        dated = any(_LABEL.fullmatch(text) for text in labels) and sum(bool(_DATE.search(text)) for text in texts) == 1
        crossing = sum(word.x0 < left and word.x1 > left + 10 for word in words)
        if (len(labels) > 1 or dated) and crossing < 3:
            return left
    return None


def _label(line: Line) -> str:
    match = _LABEL.fullmatch(_NOISE.sub("", line.text))
    return match[1] if match else ""


def _fields(lines: Sequence[Line]) -> list[tuple[str, str]]:
    fields: list[tuple[str, list[str]]] = []
    for line in lines:
        text = _NOISE.sub("", line.text)
        if status := _STATUS.match(text):
            fields.append(("Status", [status[0]]))
        elif label := _label(line):
            fields.append((label[0].upper() + label[1:], []))
        elif line.bold and fields and len(text) < 40 and any(c.islower() for c in text):
            fields.append((text, []))
        elif text and fields and fields[-1][0] != "Status":
            fields[-1][1].append(text)
        elif text:
            fields.append(("", [text]))
    return [(label, _value(label, join_lines(values))) for label, values in fields]


def _value(label: str, text: str) -> str:
    """Without the specks that a scan has read around a date or beside a bar."""
    found = _DATE.search(text) if label == "Datum" else None
    return found[0] if found else re.sub(rf"(?:(?<=\s)|^)[A-Za-z]{{1,2}}\s+(?={REDACTED})", "", text)
