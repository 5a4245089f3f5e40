"""The metadata column of a nota in a text file: labels such as Datum with their values, lifted out of the running lines."""

import re

from ingest.blocks import Block

_FIELD = re.compile(
    r"^(Directie|Datum|Onze referentie|Opgesteld door|Tweede contactpersoon|Uiterlijk bij|Bijlage\(n\)|Bijlagen?|Kopie aan)\s*:?$"
)
_DATE = r"\d{1,2} [a-z]+ \d{4}|\d{1,2}-\d{1,2}-\d{4}"
_VALUE = re.compile(r"^(\d{1,2}[-/ ]|\d{4}[-:]|\d{1,2}$|20\d\d\b|\[redacted\]|\d{1,2} \w+ \d{4}|[A-Z]{2,}[\w/-]*/)", re.I)


def take_side(lines: list[str]) -> tuple[list[str], list[Block]]:
    """Lift the metadata column of a nota: a label alone on a line with its value below it, or glued by OCR behind the
    first lines of a page ("… Datum" above "… 20 februari 2026")."""
    kept: list[str] = []
    fields: list[Block] = []
    i = 0
    while i < len(lines):
        plain = re.sub(r"\*\*", "", lines[i]).strip(" #")
        glued = re.match(r"^(.{12,}?)\s+Datum\s*$", plain) if i < 6 else None
        below = re.match(r"^(.*?)[\s_]*\b(\d{1,2} [a-z]+ 20\d\d)\s*$", lines[i + 1].strip()) if glued and i + 1 < len(lines) else None
        if glued and below:
            fields.append(Block("field", below[2], number="Datum"))
            head = lines[i][: lines[i].rfind("Datum")].rstrip()
            kept += [*([head] if not re.match(r"\s*(?:Minister|Ministerie|Directie)\b", head) else []), below[1]]
            i += 2
            continue
        running = re.match(rf"^(?:Directie\b.*?)?\s{{3,}}Datum:?\s+({_DATE})\s*$", lines[i])
        if running:  # the head of a next page, with directorate and date on one line
            fields.append(Block("field", running[1], number="Datum"))
            i += 1
            continue
        if plain == "Aan":
            j = next((j for j in range(i + 1, min(i + 3, len(lines))) if lines[j].strip()), i)
            kept += [f"Aan {lines[j].strip()}" if j > i else plain, ""]
            i = j + 1
            continue
        if label := _FIELD.match(re.sub(r"\s*\[redacted\]$", "", plain, flags=re.I)):
            j = i + 1
            while j < len(lines) and j < i + 3 and not lines[j].strip():
                j += 1
            value = re.sub(r"\*\*", "", lines[j]).strip() if j < len(lines) else ""
            if _VALUE.match(value):
                fields.append(Block("field", value, number=label[1]))
                i = j + 1
                continue
            if label[1] not in ("Bijlagen", "Bijlage"):
                fields.append(Block("field", "", number=label[1]))
                i += 1
                continue
        if re.match(r"^(?:Onze )?referentie$", plain):
            i += 1
            continue
        kept.append(lines[i])
        i += 1
    return kept, [f for f in fields if f.text or f.number != "Bijlagen"]
