"""Times in Dutch text as periods of the calendar, also relative ones, which are resolved against the date of the document.

Conventions: spring is March to May, and so on by three months; "voor de zomer" ends on 30 June and "na de zomer" begins on
1 September; "begin" and "eind" of a year are its first and last quarter, "medio" is June and July. A quarter without a year
is the nearest one; a month or day without a year is the next one, or the last one in a sentence about the past.
Not handled: times that hang on another event ("zodra er een akkoord is"), and vague ones ("op korte termijn").
"""

import re
from calendar import monthrange
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from ingest.numerals import MONTHS, WORD, any_of, parse_number
from ingest.values import Value, find_values


@dataclass(frozen=True)
class Period:
    """From `first` to `last`, both included, None where it is open; `text[start:end]` holds its words."""

    first: date | None
    last: date | None
    start: int
    end: int

    def covers(self, day: date) -> bool:
        return (self.first is None or self.first <= day) and (self.last is None or day <= self.last)


def find_periods(text: str, base: date) -> tuple[Period, ...]:
    """The periods that a sentence of a document of this date names, by place."""
    bases = [*_named(text, base), *_valued(text, base)]
    bases.sort(key=lambda period: (period.start, -period.end))
    kept: list[Period] = []
    for period in bases:
        if not kept or period.start >= kept[-1].end:
            kept.append(period)
    return tuple(_modified(text, period) for period in _joined(text, kept))


def is_past(text: str, period: Period) -> bool:
    """Whether the clause around a period tells of what has happened."""
    start = max((m.end() for m in _CLAUSE.finditer(text, 0, period.start)), default=0)
    stop = _CLAUSE.search(text, period.end)
    return _past(text[start : stop.start() if stop else len(text)])


_CLAUSE = re.compile(r"[,;:(]\s|\s(?:en|maar|waarmee|waarbij)\s(?=\w+(?:t|en)?\s)")
_DONE = re.compile(
    r"\b(?:heeft|hebben|hebt|had|hadden|werd|werden|was|waren|vond|vonden|kwam|kwamen|bracht|ging|nam|startte|organiseerde|sprak|stelde|vroeg|gaf|deed|besloot|meldde|schreef|verscheen|volgde|begon|kreeg|nam)\b"
    r"|\b(?:is|zijn)\b.*\b(?!bekend|bereid|bestemd|gereed|verwacht)(?:ge|be|ver|ont|aange|afge|opge|inge|uitge|voorge)\w+(?:d|t|en)\b"
    r"|\b(?:ge|afge|opge|aange)\w+(?:d|t|en)\s+(?:is|zijn)\b",
    re.I | re.S,
)
_TO_DO = re.compile(
    r"\b(?:zal|zullen|zult|wordt|worden|gaat|gaan|ga|wil|willen|volgt|volgen|verwacht\w*|verwachting|verschijnt|kan|kunnen|komt|komen"
    r"|start|starten|gepland|beoogd\w*|voornemens|moet|moeten|ontvangt|dient|streef|streven|informeer|organiseert|stel|stuur)\b",
    re.I,
)


def _past(clause: str) -> bool:
    return bool(_DONE.search(clause)) and not _TO_DO.search(clause)


def _year(year: int) -> tuple[date, date]:
    return date(year, 1, 1), date(year, 12, 31)


def _months(year: int, first: int, count: int = 1) -> tuple[date, date]:
    """`count` months from the first; a month beyond 12 lies in the next year."""
    start, stop = divmod(year * 12 + first - 1, 12), divmod(year * 12 + first + count - 2, 12)
    return date(start[0], start[1] + 1, 1), date(stop[0], stop[1] + 1, monthrange(stop[0], stop[1] + 1)[1])


_SEASON = {"voorjaar": 3, "lente": 3, "zomer": 6, "najaar": 9, "herfst": 9, "winter": 12, "kerst": 12}
_RELATIVE = {"dit": 0, "het huidige": 0, "volgend": 1, "vorig": -1, "afgelopen": -1}
_ANY_YEAR = r"(?P<{0}>(?:19|20)\d\d)(?!\d|[.,]\d)"
_COUNT = rf"(?P<count>\d+|{WORD})"
_NAMED = re.compile(
    r"(?:\b(?P<rel0>dit|volgend|komend|vorig|afgelopen)\s+(?:jaar\s+)?)?"
    r"\b(?P<season>voorjaar|lente|zomer|najaar|herfst|winter|kerst)(?P<break>vakantie|reces|sbesluitvorming(?=\s+(?:19|20)\d\d))?\b"
    rf"(?:\s+(?:van\s+)?(?:{_ANY_YEAR.format('y1')}|(?P<rel1>dit|volgend|vorig)\s+jaar)|\s+\({_ANY_YEAR.format('y2')}\))?"
    rf"|\b(?:leer|school|studie)jaar\s+{_ANY_YEAR.format('y3')}\s?[-–/]\s?(?:20)?\d\d\b"
    r"|\b(?P<rel2>dit|volgend|vorig|afgelopen)\s+jaar\b|(?<=einde\svan\s)het\s+jaar\b|(?<=eind\svan\s)het\s+jaar\b"
    rf"|\b(?:binnen|in|over|de)\s+(?:de\s+)?(?P<coming>(?:aan)?komende\s+)?{_COUNT}\s+(?P<unit>dagen|weken|maanden|jaar)\b"
    r"|\b(?:het\s+|de\s+)?(?:aan)?komend(?:e)?\s+(?P<next>jaar|maand|week)\b"
    r"|\b(?P<this>deze|volgende)\s+maand\b",
    re.I,
)


def _named(text: str, base: date) -> list[Period]:
    """Seasons, school years, and what counts from the date of the document."""
    found = []
    for match in _NAMED.finditer(text):
        span = _span_of(match, text, base)
        if span:
            found.append(Period(*span, match.start(), match.end()))
    return found


def _span_of(match: re.Match[str], text: str, base: date) -> tuple[date | None, date | None] | None:
    group = match.groupdict()
    if group["season"]:
        month = _SEASON[group["season"].lower()]
        stated = group["y1"] or group["y2"]
        relative = (group["rel0"] or group["rel1"] or "").lower()
        year = int(stated) if stated else base.year + _RELATIVE.get(relative, 0)
        if not stated and not relative and _months(year, month, 3)[1] < base:
            year += 0 if _past(text) else 1
        if group["season"].lower() == "kerst":
            return date(year, 12, 20), date(year + 1, 1, 10)
        return _months(year, month, 3)
    if group["y3"]:
        return _months(int(group["y3"]), 9, 12)
    if group["rel2"]:
        return _year(base.year + _RELATIVE[group["rel2"].lower()])
    if group["unit"]:
        number = parse_number(group["count"])
        # "binnen twee weken" is a time only where it stands by itself: elsewhere it says how long something takes
        alone = re.search(r"(?:^|[(:]\s*)$", text[: match.start()])
        if number is None or not (group["coming"] or alone):
            return None
        return base, _later(base, group["unit"], int(number))
    if group["next"]:
        return base, _later(base, {"jaar": "jaar", "maand": "maanden", "week": "weken"}[group["next"].lower()], 1)
    if group["this"]:
        return _months(base.year, base.month + (group["this"].lower() == "volgende"))
    return _year(base.year)


def _later(day: date, unit: str, count: int) -> date:
    if unit in ("dagen", "weken"):
        return day + timedelta(days=count * (7 if unit == "weken" else 1))
    year, month = divmod(day.year * 12 + day.month - 1 + count * (12 if unit == "jaar" else 1), 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


_MAYBE = re.compile(rf"\d|kwartaal|{any_of(m for m in MONTHS if len(m) > 2)}", re.I)  # most sentences name no time
# A year alone is a time only after such a word: not in "Voorjaarsnota 2025", "Jaarrapport 2020" or "TNO (2024)".
_BEFORE_YEAR = re.compile(
    r"(?:\b(?:in|vanaf|tot|met|t/m|sinds|per|eind|begin|medio|helft|tussen|jaar|jaren|periode|of|gereed|oplevering)|\bin\s+(?:het\s+jaar|de\s+jaren)"
    r"|\bhelft\s+van|\b(?:einde?|begin|loop)\s+van)\s*[(]?\s*$",
    re.I,
)


def _valued(text: str, base: date) -> list[Period]:
    """Days, months, quarters and years."""
    found: list[Period] = []
    values = find_values(text) if _MAYBE.search(text) else ()
    for value in values:
        if value.kind not in ("date", "quarter"):
            continue
        before, after = text[: value.start], text[value.end :]
        if re.fullmatch(r"\d{4}", str(value.value)):
            ranged = re.match(r"\s?(?:[-–]|t/m|tot(?: en met)?|en)\s?(?:19|20)\d\d", after) or re.search(
                r"(?:19|20)\d\d\s?(?:[-–]|t/m|tot(?: en met)?|en)\s?$", before
            )
            listed = before.rstrip().endswith("(") and ranged
            chained = found and re.fullmatch(r"\s?(?:[-–]|t/m|tot(?: en met)?|en)\s?", text[found[-1].end : value.start])
            if not (_BEFORE_YEAR.search(before) or listed or chained):
                continue
        span = _value_span(value, text, base)
        if span:
            end = value.end + (m.end() if (m := re.match(r"\s+(?:van\s+)?dit\s+jaar\b", after)) else 0)
            found.append(Period(*span, value.start, end))
    return found


_SHARED_YEAR = re.compile(
    rf"\s?(?:[-–—]|en|of|tot|t/m)\s?(?:\d{{1,2}}\s)?(?:{any_of(m for m in MONTHS if len(m) > 2)})\s+((?:19|20)\d\d)\b", re.I
)


def _value_span(value: Value, text: str, base: date) -> tuple[date, date] | None:
    stated = str(value.value)
    after = text[value.end :]
    this_year = re.match(r"\s+(?:van\s+)?(dit|volgend|vorig)\s+jaar\b", after, re.I)
    year = base.year + _RELATIVE[this_year[1].lower()] if this_year else None
    if stated.startswith("--") and (shared := _SHARED_YEAR.match(after)):  # "februari en maart 2026"
        year = int(shared[1])
    if value.kind == "quarter":
        number = int(stated[-1])
        if stated[0] == "Q":
            spans = [_months(y, number * 3 - 2, 3) for y in ([year] if year else range(base.year - 1, base.year + 2))]
            return min(spans, key=lambda span: _distance(span, base))
        return _months(int(stated[:4]), number * 3 - 2, 3)
    if re.fullmatch(r"\d{4}", stated):
        return _year(int(stated))
    if re.fullmatch(r"\d{4}-\d\d", stated):
        return _months(int(stated[:4]), int(stated[5:]))
    if re.fullmatch(r"\d{4}-\d\d-\d\d", stated):
        day = date.fromisoformat(stated)
        return day, day
    match = re.fullmatch(r"--(\d\d)(?:-(\d\d))?", stated)
    if not match:
        return None
    spans = []
    for y in [year] if year else range(base.year - 1, base.year + 2):
        try:
            spans.append((date(y, int(match[1]), int(match[2])),) * 2 if match[2] else _months(y, int(match[1])))
        except ValueError:  # 29 February
            continue
    return _chosen(spans, value, text, base)


def _chosen(spans: Sequence[tuple[date, date]], value: Value, text: str, base: date) -> tuple[date, date]:
    """Which of the years is meant, where the text does not say."""
    if len(spans) == 1:
        return spans[0]
    after = text[value.end :]
    nearest = min(spans, key=lambda span: _distance(span, base))
    if re.match(r"\s*jl\b", after) or is_past(text, Period(None, None, value.start, value.end)):
        return max((span for span in spans if span[0] <= base), default=nearest)
    # "de sessie van september" may be either
    if re.search(r"\bvan\s+$", text[: value.start]) and not re.match(r"\s*(?:aanstaande|a\.s\.)", after):
        return nearest
    return min((span for span in spans if span[1] >= base), default=nearest)


def _distance(span: tuple[date, date], day: date) -> int:
    return max((span[0] - day).days, (day - span[1]).days, 0)


_RANGE = re.compile(r"\s?[-–—]\s?|\s*(?:tot(?:\s+en\s+met)?|t/m|en|of)\s+(?:in\s+|begin\s+|eind\s+|medio\s+)?", re.I)


def _joined(text: str, periods: Sequence[Period]) -> list[Period]:
    """Two that stand next to each other as one: "februari en maart 2026", "Q4 2024 – Q1 2025"."""
    out: list[Period] = []
    for period in periods:
        if out and _RANGE.fullmatch(text, out[-1].end, period.start):
            first, last = _modified(text, out[-1], alone=False).first, _modified(text, period, alone=False).last
            if first and last and first <= last:
                out[-1] = Period(first, last, out[-1].start, period.end)
                continue
        out.append(period)
    return out


_MODIFIER = re.compile(
    r"(?:(?P<before>\buiterlijk\s+(?:op\s+|in\s+|voor\s+)?|\bvóór\s+|\bvoorafgaand\s+aan\s+|\bvoor\s+)?"
    r"(?:\b(?P<part>begin|eind(?:e)?|medio|(?P<half>eerste|tweede)\s+helft|loop)\s*(?:van\s+)?)"
    r"|(?P<limit>\buiterlijk\s+(?:op\s+|in\s+|voor\s+)?|\bvóór\s+|\bvoor\s+|\bna\s+|\bvanaf\s+|\bsinds\s+|\bmet\s+ingang\s+van\s+"
    r"|\btot\s+en\s+met\s+|\bt/m\s+|\btot\s+(?:in\s+)?))"
    r"(?:het\s+|de\s+)?(?:jaar\s+|maand\s+)?$",
    re.I,
)
_DETERMINED = re.compile(r"\b(?:het\s+|de\s+|aan\s+het\s+)?$", re.I)


def _modified(text: str, period: Period, alone: bool = True) -> Period:
    """The period with what stands around it: "begin", "eind", "voor", "na", "vanaf", "tot en met", "en verder"."""
    match = _MODIFIER.search(text, 0, period.start) if period.start else None
    words = (match["part"] or "").lower() if match else ""
    if match and words:
        period = replace(_part(period, words, (match["half"] or "").lower()), start=match.start())
        outer = _MODIFIER.search(re.sub(r"\b(?:het|de)\s+$", "", text[: match.start()]))
        limit = match["before"] or _before(text[: match.start()]) or (outer["limit"] if outer and not outer["part"] else "")
    else:
        limit = match["limit"] if match else ""
        period = replace(period, start=match.start()) if match else period
    if alone and re.match(r"\s+en\s+(?:verder|later)\b", text[period.end :]):
        return replace(period, last=None)
    return _limited(period, limit.strip().lower(), text) if alone and limit else period


def _before(text: str) -> str:
    found = re.search(r"\b(uiterlijk|vóór|voor|vanaf|na|tot en met|tot)\s+(?:voor\s+)?(?:het\s+|de\s+)?$", text, re.I)
    return found[1] if found else ""


def _part(period: Period, word: str, half: str) -> Period:
    first, last = period.first, period.last
    if not (first and last) or word == "loop":
        return period
    if half:
        middle = first + (last - first) / 2
        turn = _months(first.year, first.month + ((last.year - first.year) * 12 + last.month - first.month + 1) // 2)[0]
        turn = turn if turn > first else middle
        return replace(period, last=turn - timedelta(days=1)) if half == "eerste" else replace(period, first=turn)
    days = (last - first).days
    if word == "medio":
        if days > 300:
            return replace(period, first=date(first.year, 6, 1), last=date(first.year, 7, 31))
        return replace(period, first=first + timedelta(days=days // 3), last=last - timedelta(days=days // 3))
    size = 3 if days > 300 else 1
    if days < 32:
        return replace(period, last=first + timedelta(days=9)) if word == "begin" else replace(period, first=last - timedelta(days=9))
    if word == "begin":
        return replace(period, last=_months(first.year, first.month, size)[1])
    return replace(period, first=_months(last.year, last.month - size + 1, size)[0])


def _limited(period: Period, limit: str, text: str) -> Period:
    first, last = period.first, period.last
    words = text[period.start : period.end].lower()
    if limit.startswith("uiterlijk"):
        return replace(period, first=None)
    if limit in ("voor", "vóór", "voorafgaand aan"):
        if re.search(r"\beinde?\b", words) or (last and re.search(r"\beinde?\b", text[: period.end].lower()[-40:])):
            return replace(period, first=None)
        if "zomer" in words and first:
            return replace(period, first=None, last=date(first.year, 6, 30))
        if re.search(r"voorjaar|najaar|winter|kerst|herfst", words) or (first and first == last) or limit != "voor":
            return replace(period, first=None, last=first - timedelta(days=0 if first == last else 1) if first else None)
        return period  # "voor 2027": for, not before
    if limit == "na":
        return replace(period, first=last + timedelta(days=1) if last else None, last=None)
    if limit.startswith("tot") or limit == "t/m":
        return replace(period, first=None)
    return replace(period, last=None)  # vanaf, sinds, met ingang van
