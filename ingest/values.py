"""Numbers, percentages, amounts, dates, quarters and times in Dutch or English text, as values that can be compared.

Not handled: signs (min 5), fractions (een derde), a unit that stands in the caption of a table, month names "may" and "march"
without a capital. "Een", "one" and "ten" are mostly no numbers: they count alone, before a unit or scale and in "een op de vijf".
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from ingest.numerals import DIGITS, MONTHS, ORDINALS, SCALES, WORD, any_of, parse_number


@dataclass(frozen=True)
class Value:
    """`text[start:end]` of the searched text, read as a value; equal when kind and value are.

    kind: number, percent, percentpoint, amount (in euros), date, quarter, time, ordinal, kamerstuk or reference.
    value: a Decimal, or text: '2025-07-04', '2025-07', '2025', '--07-04', '--07', '2027-Q1', 'Q1', '10:30', '32824-456'.
    """

    kind: str
    value: Decimal | str
    unit: str = field(default="", compare=False)
    start: int = field(default=0, compare=False)
    end: int = field(default=0, compare=False)
    text: str = field(default="", compare=False)


def find_values(text: str) -> tuple[Value, ...]:
    """All values of a text, by place. Citation marks [1], footnote marks, list numbers and addresses are none."""
    found: list[Value] = []
    rest = text
    for pattern, read in _RULES:

        def take(match: re.Match[str], read: _Reader = read) -> str:
            values = read(match)
            if values is None:
                return match.group()
            found.extend(Value(kind, value, unit, start, end, text[start:end]) for kind, value, unit, (start, end) in values)
            # What one rule has read is blanked, keeping its length, so that the next rules see only the rest.
            return "\0" * len(match.group())

        rest = pattern.sub(take, rest)
    return tuple(sorted(found, key=lambda value: (value.start, value.end)))


def same_value(a: Value, b: Value) -> bool:
    """Equal kind and value; a bare 2000 that was read as a year is also the number 2000."""
    return a == b or ({a.kind, b.kind} == {"number", "date"} and str(a.value) == str(b.value))


def contains_value(values: tuple[Value, ...], value: Value) -> bool:
    """Whether a text with these values states the value; '4 juli 2025' states 'juli 2025', 'Q1 2027' states '2027'."""
    return any(same_value(other, value) or _fuller(other, value) for other in values)


def parse_date(text: str) -> date | None:
    """The first date with day, month and year in the text; None if there is none."""
    for value in find_values(text):
        if value.kind == "date" and re.fullmatch(r"\d{4}-\d\d-\d\d", str(value.value)):
            return date.fromisoformat(str(value.value))
    return None


_Read = tuple[str, Decimal | str, str, tuple[int, int]]
_Reader = Callable[[re.Match[str]], list[_Read] | None]


def _fuller(other: Value, value: Value) -> bool:
    if value.kind == "quarter":
        return other.kind == "quarter" and str(other.value).endswith(f"-{value.value}")
    if value.kind != "date" or other.kind not in ("date", "quarter"):
        return False
    wanted, given = _parts(str(value.value)), _parts(str(other.value))
    return all(part in ("", present) for part, present in zip(wanted, given, strict=True))


def _parts(iso: str) -> tuple[str, ...]:
    match = re.fullmatch(r"(?:(\d{4})|-)?(?:-?(\d\d|Q\d))?(?:-(\d\d))?", iso)
    return tuple(part or "" for part in match.groups()) if match else (iso, "", "")


def _date(match: re.Match[str]) -> list[_Read] | None:
    """Groups y, m, d, and d0 for the first day of a range ("10 tot 12 maart"); an impossible date is no date."""
    group = {"y": None, "m": None, "d": None, "d0": None} | match.groupdict()
    year, month = group["y"] or "", (group["m"] or "").lower().rstrip(".")
    year = f"20{year}" if len(year) == 2 else year
    number = int(month) if month.isdigit() else MONTHS.get(month, 0)
    days = [(int(group[name] or 0), match.span(name)) for name in ("d0", "d") if group[name]]
    try:
        for day, _ in days:
            date(int(year or 2024), number, day)
    except ValueError:
        return None
    if not days:
        return [("date", f"{year or '-'}-{number:02d}" if number else year, "", match.span())]
    whole = match.span() if len(days) == 1 else (match.start("d"), match.end())
    places = [span for _, span in days[:-1]] + [whole]
    return [("date", f"{year or '-'}-{number:02d}-{day:02d}", "", place) for (day, _), place in zip(days, places, strict=True)]


def _quarter(match: re.Match[str]) -> list[_Read] | None:
    word = match["q"].lower()
    quarter = ORDINALS.get(word) or int(re.sub(r"\D", "", word))
    return [("quarter", f"{match['y']}-Q{quarter}" if match["y"] else f"Q{quarter}", "", match.span())] if quarter < 5 else None


def _time(match: re.Match[str]) -> list[_Read] | None:
    group = {"minute": None, "half": None} | match.groupdict()
    hour, minute, half = int(match["hour"]), int(group["minute"] or 0), (group["half"] or "").lower()
    hour = hour % 12 + 12 * (half == "p") if half else hour
    return [("time", f"{hour:02d}:{minute:02d}", "", match.span())] if hour < 25 and minute < 60 else None


def _kamerstuk(match: re.Match[str]) -> list[_Read]:
    group = {"chapter": None, "number": None} | match.groupdict()
    parts = re.sub(r"\D", "", match["dossier"]), group["chapter"], group["number"]
    return [("kamerstuk", "-".join(part for part in parts if part), "", match.span())]


def _ordinal(match: re.Match[str]) -> list[_Read]:
    word = match.group().lower()
    return [("ordinal", Decimal(ORDINALS.get(word) or re.sub(r"\D", "", word)), "", match.span())]


def _quantity(match: re.Match[str]) -> list[_Read] | None:
    """One number, or both ends of a range that share what follows the second: "3 tot 5 miljoen euro", "10-20 %"."""
    group = {"low": None, "sign": None, "sign_low": None, "scale_low": None} | match.groupdict()
    percent = re.sub(r"\s+", " ", (match["percent"] or "").lower())
    is_amount = group["sign"] or group["sign_low"] or match["euro"]
    kind = ("percentpoint" if "point" in percent or "punt" in percent else "percent") if percent else "amount" if is_amount else "number"
    found: list[_Read] = []
    for name in ("low", "high"):
        if not group[name]:
            continue
        number = parse_number(match[name])
        if number is None:
            return [("reference", match[name], "", match.span(name))] if match[name][0].isdigit() else None
        scale = ((group["scale_low"] if name == "low" else None) or match["scale"] or "").lower().rstrip(".")
        is_year = kind == "number" and not scale and re.fullmatch(r"(?:19|20)\d\d", match[name])
        place = (match.start(), match.end(name)) if name == "low" else (match.start("sign" if group["sign"] else name), match.end())
        plain = Decimal(format(number.scaleb(SCALES.get(scale, 0)).normalize(), "f"))
        found.append(("date", match[name], "", place) if is_year else (kind, plain, percent or "euro" * bool(is_amount), place))
    return found


def _session(match: re.Match[str]) -> list[_Read]:
    """A parliamentary year such as 2023/24, or 2023-24."""
    return [("date", match[1], "", match.span(1)), ("date", match[1][:2] + match[2], "", match.span(2))]


def _none(match: re.Match[str]) -> list[_Read]:
    return []


def _reference(match: re.Match[str]) -> list[_Read]:
    return [("reference", match.group(), "", match.span())]


# English May and March need their capital: "of the 3 may be" holds no date.
_MONTH = rf"(?P<m>{any_of(set(MONTHS) - {'may', 'march', 'mar'})}|(?-i:May|March|Mar))\b(?:\.(?=\s*(?:19|20)\d\d))?"
_FULL_MONTH = any_of({month for month in MONTHS if len(month) > 3} - {"sept", "march"} | {"mei"})
_YEAR = r"(?P<y>(?:19|20)\d\d)(?!\d|[.,]\d)"
_DAY = r"(?P<d>[0-3]?\d)(?:e|st|nd|rd|th)?"
_TO = r"(?:[ \u00a0]?[-–—][ \u00a0]?|\s+(?:tot(?:\s+en\s+met)?|t/m|à|to|of|or)\s+)"
_SCALE = rf"(?:{any_of(SCALES)})\b(?:\.(?=\s*(?:euro|€|EUR|tot\b|[-–])))?"
_SIGN = r"(?:€|\bEUR\b)"
_PERCENT = r"(?:%(?:-punt)?|\b(?:procent(?:punt(?:en)?)?|percentage\s+points?|percent|per\s+cent)\b)"
_NUMBER = rf"(?:{DIGITS}|{WORD})"
_LOW = rf"(?P<sign_low>{_SIGN}\s*)?(?P<low>{_NUMBER})(?:\s*(?P<scale_low>{_SCALE}))?"
_HIGH = (
    rf"(?P<sign>{_SIGN}\s*)?(?P<high>{_NUMBER})(?:\s*(?P<scale>{_SCALE}))?"
    rf"(?:\s*(?P<percent>{_PERCENT})|,-|\s*(?P<euro>\beuros?\b|€|\bEUR\b)(?!\s*\d))?"
)
_QUARTER = rf"(?:\bQ(?=[1-4]\b)|\b(?=(?:{any_of(ORDINALS)}|[1-4](?:e|de|ste|st|nd|rd|th))\s+(?:kwartaal|quarter)))"
_REAL = rf"(?:{_PERCENT}|euro|\d|hundred|honderd|{_SCALE})"

_RULES: list[tuple[re.Pattern[str], _Reader]] = [
    (re.compile(pattern, re.IGNORECASE | re.MULTILINE), read)
    for pattern, read in (
        (r"\[\d+\]|<sup>[^<]*</sup>|^[ \t]*\d{1,2}[.)]\s|https?://\S+|\S+@\S+", _none),
        (
            r"(?<![\w.,-])(?P<dossier>\d\d[ .\u00a0]?\d{3})(?:[ -]?(?P<chapter>(?-i:[IVX]+[A-Z]?)))?"
            r"(?:,?\s*|[ \t][^\d\n]{0,80}\n\s*)nrs?\.?\s*(?P<number>\d{1,4})\b",
            _kamerstuk,
        ),
        (r"(?<![\w.,-])(?P<dossier>[1-3]\d ?\d{3})-(?P<number>\d{1,4})(?![\d-]|[.,]\d)", _kamerstuk),
        (r"(?<=kamerstuk\s)(?P<dossier>\d\d[ .\u00a0]?\d{3})\b(?:[ -](?P<chapter>(?-i:[IVX]+[A-Z]?))\b)?", _kamerstuk),
        (rf"\b{_YEAR}[ -]Q(?P<q>[1-4])\b", _quarter),
        (rf"{_QUARTER}(?P<q>\w+)(?:\s+(?:kwartaal|quarter))?(?:[\s/,-]*(?:(?:van|of|in)\s+(?:het\s+jaar\s+)?)?{_YEAR})?", _quarter),
        (r"(?<![\w-])(?P<y>\d{4})-(?P<m>\d\d)-(?P<d>\d\d)(?![\d-])", _date),
        (r"(?<![\w.,-])(?P<d>\d\d?)(?P<sep>[-/.])(?P<m>\d\d?)(?P=sep)(?P<y>(?:19|20)\d\d)(?![\d-])", _date),
        (r"(?<![\w.,-])(?P<d>\d\d?)(?P<sep>[-/])(?P<m>\d\d?)(?P=sep)(?P<y>\d\d)(?![\d-])", _date),
        (r"(?:(?<=dag\s)|(?<=day\s))(?P<d>\d\d?)[-/](?P<m>\d\d?)(?![\d/-]|[.,]\d)", _date),
        (rf"(?<![\d.,])(?:(?P<d0>[0-3]?\d)(?:{_TO}|\s+(?:en|and)\s+))?{_DAY}\s*(?:of\s+)?{_MONTH}(?:[\s,]*{_YEAR})?", _date),
        (rf"\b{_MONTH}\s+(?P<d>[0-3]?\d)(?:st|nd|rd|th)?,?\s+{_YEAR}", _date),
        (rf"\b{_MONTH}[\s,]*{_YEAR}", _date),
        (rf"(?-i:\b(?=[A-Z])){_MONTH}\s+(?P<d>[0-3]?\d)(?:st|nd|rd|th)?\b(?![.,]?\d|\s*{_REAL})", _date),
        (rf"\b(?P<m>{_FULL_MONTH}|(?<=in\s)(?-i:May|March))\b", _date),
        (r"(?<![\w.,/-])((?:19|20)\d\d)[/–-](\d\d)(?![\w/-]|[.,]\d)", _session),
        (r"(?-i:\b(?!EUR)[A-Z]{1,6}-?\d+(?:[./-]\d+)*\b)|\b\d{4}-\d{5,}\b", _reference),
        (r"(?<![\w.,])(?P<hour>\d\d?)[.:](?P<minute>\d\d)\s?(?:uur|u)\b", _time),
        (r"(?<![\w.,])(?P<hour>\d\d?)(?:[.:](?P<minute>\d\d))?\s?(?P<half>[ap])\.?m\b\.?", _time),
        (r"(?<![\w.,:])(?P<hour>\d\d?):(?P<minute>\d\d)(?![\d:])", _time),
        (r"(?<=om\s)(?P<hour>\d\d?)\s+uur\b", _time),
        (rf"\b(?:{any_of(ORDINALS)})\b|(?<![\w.,])\d+(?:e|de|ste|st|nd|rd|th)\b", _ordinal),
        (rf"\b(?:een|one)\b(?!\W*\Z|\s+{_REAL}|\s+(?:op|van|in|out\s+of)\s+(?:de\s+)?(?:\d|{WORD}))", _none),
        (rf"\bten\b(?!\W*\Z|\s+{_REAL}|\s+\w+s\b|\s+people\b)", _none),
        (rf"(?:(?<=tussen\s)|(?<=tussen\sde\s)|(?<=between\s)){_LOW}\s+(?:en|and)\s+{_HIGH}", _quantity),
        (rf"{_LOW}{_TO}{_HIGH}", _quantity),
        (_HIGH, _quantity),
    )
]
