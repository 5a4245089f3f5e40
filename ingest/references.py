"""References to Kamerstukken and toezeggingen, as written in a text. Not handled: letters that are only named by their date."""

import re

from ingest.types import Reference

_KAMERSTUK = re.compile(
    r"Kamerstuk(?:ken)?\s*(?:I{1,2}L?|IL)?,?\s*(?:20\d\d\s*[/-]\s*\d{2,4},?)?\s*(\d{2} ?\d{3}|\d{4})?(?:[- ]([IVXL]+))?,?\s*nr\.?\s*(\d+)"
)
_PROMISE = re.compile(r"\bTZ\d{6}-\d{3}\b")


def find_references(text: str) -> tuple[Reference, ...]:
    """In the order of the text; `dossier` without spaces ("36600-XV"), '' where the text names none."""
    found = [
        Reference(m[0].strip(), re.sub(r"\D", "", m[1] or "") + (f"-{m[2]}" if m[2] else ""), m[3], m.start(), m.end())
        for m in _KAMERSTUK.finditer(text)
    ]
    found += [Reference(m[0], "", m[0], m.start(), m.end()) for m in _PROMISE.finditer(text)]
    return tuple(sorted(found, key=lambda reference: reference.start))
