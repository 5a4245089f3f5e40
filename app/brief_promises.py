"""What is coming: sentences and rows of planning tables that name a time after their document, with that time resolved."""

import re
from collections.abc import Iterator
from datetime import date

from app.brief_reading import Reading, Said, is_nota, unnumbered, with_antecedent
from app.brief_types import Draft, Part
from app.periods import Period, find_periods, is_past
from app.texts import MONTHS, say, say_date
from ingest.types import Document, Table

_TIME_COLUMN = re.compile(r"^(?:tijd(?:stip|pad)?|datum|wanneer|planning|periode|moment)\b", re.I)
_LITERATURE = re.compile(r"\(\d{4}|https?:")
_NO_PROMISE = re.compile(r"^Tabel\b|^\[?\d+\]?\s\S.*\(\d{4}\)")
_DUE_COLUMN = re.compile(r"\b(?:gereed|klaar|oplever\w*|start|inwerking\w*)\b", re.I)


def promises(reading: Reading, language: str, today: date) -> Part:
    """All of them, by the last day that is meant."""
    drafts = []
    for said, periods, action, column in coming(reading):
        shown = "; ".join(say_period(p, language) for p in periods)
        words = "; ".join(f"‘{_words(said, p)}’" for p in periods)
        last = max((p.last or p.first or date.max for p in periods), default=date.max)
        passed = last < today and all(p.last for p in periods)
        whole = with_antecedent(reading, said)
        about = _about(whole) if not action else column
        key = "brief_coming_passed" if passed else "brief_coming"
        when = f"{shown} – {about}" if about and not passed else f"{shown}"
        text = say(language, key, when=when, quote=action or whole.text, words=words)
        if about and passed:
            text = text.replace("): “", f") – {about}: “", 1)
        data = {
            "date": said.document.as_of.isoformat() if said.document.as_of else "",
            "document": said.document.document_id,
            "periods": [[p.first.isoformat() if p.first else "", p.last.isoformat() if p.last else ""] for p in periods],
            "words": [_words(said, p) for p in periods],
            "sentence": said.text,
            "passed": passed,
        }
        drafts.append((last, Draft(text, (whole.source,), data, _weight(said, last, today))))
    drafts.sort(key=lambda pair: (pair[0], pair[1].data["date"], pair[1].sources[0].start))
    return Part("coming", tuple(draft for _, draft in drafts))


def _about(said: Said) -> str:
    """The heading above a sentence that is too short to say what it is about."""
    telling = said.section and said.role in ("", "kernpunt", "toelichting") and len(said.text.split()) < 10
    return unnumbered(said.path[-1]) if telling and len(said.path[-1]) <= 60 else ""


def coming(reading: Reading) -> Iterator[tuple[Said, tuple[Period, ...], str, str]]:
    """A sentence or row, its periods (offsets in its `text`), and of a row the action or subject alone, with the column of its date."""
    for document in reading.originals:
        base = document.as_of
        if base is None:
            continue
        for said in reading.said(document, ("text", "footnote")):
            periods = _ahead(said, base)
            if periods and not (_NO_PROMISE.search(said.text) or (said.kind == "footnote" and _LITERATURE.search(said.text))):
                yield said, periods, "", ""
        for table in document.tables:
            if not table.aligned_copy:
                yield from _rows(document, table, base)


def _ahead(said: Said, base: date) -> tuple[Period, ...]:
    """The periods of a sentence that end after its document, if it looks ahead to them."""
    planned = said.role == "planning"
    ahead = []
    for period in find_periods(said.text, base):
        over = (period.last or date.max) < base or (period.last == base and not planned)
        under_way = period.first is not None and period.first <= base
        since = re.match(r"sinds\b", said.text[period.start :], re.I) or re.search(r"\bsinds\s+$", said.text[: period.start], re.I)
        open_since = period.last is None and under_way and (since or (period.first is not None and period.first.year < base.year))
        done = under_way and (period.last or date.max).year <= base.year and is_past(said.text, period)
        if not (over or open_since or done):
            ahead.append(period)
    return tuple(ahead)


def _rows(document: Document, table: Table, base: date) -> Iterator[tuple[Said, tuple[Period, ...], str, str]]:
    head = table.rows[0] if table.rows else ()
    by_row = bool(head) and bool(_TIME_COLUMN.search(head[0]))
    due = [column for column in head if _DUE_COLUMN.search(column)][-1:]  # of "gereed volgens de vorige brief" and "gereed nu" the latter
    for cell in table.cells:
        said = _row(document, cell.start)
        if by_row:
            periods = [p for p in find_periods(_dated(cell.row), base) if p.last is None or p.last >= base]
        elif cell.column in due and re.fullmatch(r"(?:19|20)\d\d", cell.value):
            periods = [p for p in find_periods(f"in {cell.value}", base) if p.last is None or p.last >= base]
        else:
            continue
        found = list(re.finditer(re.escape(cell.row if by_row else cell.value), said.text))[-1:]
        if periods and found:
            yield (
                said,
                tuple(Period(p.first, p.last, *found[0].span()) for p in periods),
                *((cell.value, "") if by_row else (cell.row, cell.column)),
            )


def _dated(row: str) -> str:
    return f"in {row}" if re.fullmatch(r"(?:19|20)\d\d", row) else row


def _row(document: Document, offset: int) -> Said:
    start = document.text.rfind("\n", 0, offset) + 1
    end = document.text.find("\n", offset)
    return Said(document, start, end if end >= 0 else len(document.text), "table")


def _words(said: Said, period: Period) -> str:
    return said.text[period.start : period.end]


def _weight(said: Said, last: date, today: date) -> float:
    """For the shorter lengths: what comes soonest after today, from a letter rather than a nota, of one document the firmer."""
    soon = 0.0 if last < today else 4.0 - min(abs((last - today).days) / 365, 3)
    firm = bool(re.search(r"\b(?:Kamer|besluit|wetsvoorstel|evaluatie|oplevering|resultaten|verzend\w*|ingaan|van start)\b", said.text))
    letter = 0.0 if is_nota(said.document) else 0.5
    return soon + firm + letter + (said.document.as_of.toordinal() / 100 % 100 if said.document.as_of else 0) / 5


def say_period(period: Period, language: str) -> str:
    """'9 maart 2026', 'maart–mei 2026', 'uiterlijk juni 2026', 'vanaf september 2026'."""
    first, last = period.first, period.last
    if first and last:
        if first == last:
            return say_date(first, language)
        if first.day == 1 and _is_month_end(last):
            return _months_between(first, last, language)
        return f"{say_date(first, language)} – {say_date(last, language)}"
    if last:
        return say(language, "brief_until", date=_edge(last, language, _is_month_end(last)))
    return say(language, "brief_from", date=_edge(first, language, bool(first and first.day == 1)) if first else "")


def _edge(day: date, language: str, whole: bool) -> str:
    return f"{MONTHS[language][day.month - 1]} {day.year}" if whole else say_date(day, language)


def _months_between(first: date, last: date, language: str) -> str:
    names = MONTHS[language]
    if (first.month, last.month) == (1, 12):
        return str(first.year) if first.year == last.year else f"{first.year}–{last.year}"
    if first.year == last.year:
        month = names[first.month - 1]
        return f"{month} {first.year}" if first.month == last.month else f"{month}–{names[last.month - 1]} {last.year}"
    return f"{names[first.month - 1]} {first.year} – {names[last.month - 1]} {last.year}"


def _is_month_end(day: date) -> bool:
    return date.fromordinal(day.toordinal() + 1).day == 1
