"""How Dutch and English write numbers: digits with points and commas, number words, ordinals, scales and month names."""

import re
from collections.abc import Iterable
from decimal import Decimal


def parse_number(text: str) -> Decimal | None:
    """A number in digits or words; None for something like 3.1.2. Three digits after a mark are thousands: 4.500 = 4,500 = 4500."""
    if not text[0].isdigit():
        return _from_words(text.lower())
    text = re.sub(r"[\u00a0\u202f]", "", text)
    for thousands, decimals in (".,", ",."):
        if re.fullmatch(rf"[1-9]\d{{0,2}}(?:\{thousands}\d{{3}})+(?:\{decimals}\d+)?", text):
            return Decimal(text.replace(thousands, "").replace(decimals, "."))
    return Decimal(text.replace(",", ".")) if re.fullmatch(r"\d+(?:[.,]\d+)?", text) else None


def any_of(words: Iterable[str]) -> str:
    """A regular expression for any of the words, the longest first."""
    return "|".join(sorted(map(re.escape, words), key=len, reverse=True))


def _numbered(words: str, first: int = 1, step: int = 1) -> dict[str, int]:
    """Words in groups; '/' parts words for the same number."""
    return {word: first + step * n for n, group in enumerate(words.split()) for word in group.split("/")}


_SMALL = (
    _numbered("nul een/één twee drie vier vijf zes zeven acht negen tien elf twaalf dertien veertien vijftien zestien zeventien", 0)
    | _numbered("achttien negentien", 18)
    | _numbered("zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen", 0)
    | _numbered("eighteen nineteen", 18)
    | _numbered("twintig/twenty dertig/thirty veertig/forty vijftig/fifty zestig/sixty zeventig/seventy tachtig/eighty", 20, 10)
    | _numbered("negentig/ninety", 90)
)
_LARGE = {"honderd": 100, "hundred": 100, "duizend": 1000, "thousand": 1000}
_ATOM = any_of([*_SMALL, *_LARGE])
_JOIN = (
    r"(?:en|ën|(?<=ty)[- ]|(?:(?<=hundred)|(?<=thousand))\s(?:and\s)?|(?:(?<=honderd)|(?<=duizend))\s"
    r"|\s(?=hundred|thousand|honderd|duizend))?"
)
# Atomic: without it "twenty-five" could be tried again as the range twenty to five.
WORD = rf"(?>\b(?:anderhal(?:f|ve)|(?:{_ATOM})(?:{_JOIN}(?:{_ATOM}))*)\b)"
DIGITS = r"(?<![\w.,])\d+(?:[.,\u00a0\u202f]\d+)*(?!\d)"
ORDINALS = _numbered(
    "eerste/first tweede/second derde/third vierde/fourth vijfde/fifth zesde/sixth zevende/seventh achtste/eighth negende/ninth"
    " tiende/tenth elfde/eleventh twaalfde/twelfth"
)
MONTHS = _numbered(
    "januari/january/jan februari/february/feb maart/march/mrt/mar april/apr mei/may juni/june/jun juli/july/jul augustus/august/aug"
    " september/sept/sep oktober/october/okt/oct november/nov december/dec"
)
SCALES = {"duizend": 3, "thousand": 3, "miljoen": 6, "mln": 6, "million": 6, "miljard": 9, "mld": 9, "mrd": 9, "billion": 9, "bn": 9}


def _from_words(word: str) -> Decimal | None:
    """'vijfentwintig', 'tweehonderd', 'one hundred and five', 'anderhalf'; None for what is no number, such as 'tweedrie'."""
    if word.startswith("anderhal"):
        return Decimal("1.5")
    total = current = 0
    atoms = re.findall(_ATOM, word)
    for before, atom in zip(["", *atoms], atoms, strict=False):
        if atom in _LARGE:
            current = (current or 1) * _LARGE[atom]
            total, current = (total + current, 0) if _LARGE[atom] == 1000 else (total, current)
        elif before in _SMALL and (_SMALL[before] < 10) == (_SMALL[atom] < 20):
            return None
        else:
            current += _SMALL[atom]
    return Decimal(total + current)
