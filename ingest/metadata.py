"""Title, kind, date, sender, recipient and status of a document, judged from its blocks; a sidecar overrides any."""

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from ingest.blocks import Block, without_marks
from ingest.headings import role_of
from ingest.types import Source
from ingest.values import Value, find_values, parse_date

MONTHS = ["januari", "februari", "maart", "april", "mei", "juni", "juli", "augustus", "september", "oktober", "november", "december"]
_ROLE = r"(?:[Mm]inister|[Ss]taatss?ecretaris|MINISTER|STAATSSECRETARIS|[Dd]irecteur|[Vv]oorzitter|[Bb]urgemeester|[Ww]ethouder)"
_LONG = 100_000  # characters: no letter is longer, and looking for dates takes time
_NAME = r"(?:[A-Z]\.\s?)+[\w' -]{2,30}$"
_FUTURE = re.compile(r"\b(?:vindt|vinden|zal|zullen|gaat|gaan|wordt|worden|verschijnt|staat gepland)\b")
_YEAR = re.compile(r"20\d\d|\d-\d\d\b")
_PAST = re.compile(
    r"\b(?:vond|werd|werden|is|zijn|heeft|hebben|was|waren)\b.*\b(?:ge\w{3,}(?:d|t|en)|afgerond|ontvangen|verstrekt|plaats)\b|\bvond\b"
)


@dataclass(frozen=True)
class Metadata:
    """`fields` are the (label, value) lines of the first page, with inline marks; `front` headings that are no sections."""

    title: str
    kind: str
    date: dt.date | None
    sender: str = ""
    recipient: str = ""
    status: str = ""
    period: str = ""
    estimated: dt.date | None = None
    date_note: str = ""
    kamerstuk: str = ""
    fields: tuple[tuple[str, str], ...] = ()
    front: tuple[str, ...] = ()
    warnings: tuple[str, ...] = field(default=())

    def is_front(self, heading: str) -> bool:
        return heading in self.front


def read_metadata(blocks: Sequence[Block], title_hint: str, source: Source) -> Metadata:
    """Judge a document's metadata. Raises nothing: what cannot be told stays empty."""
    page = min((b.page for b in blocks), default=1)
    fields = tuple(
        sorted(
            dict.fromkeys((b.number, b.text.strip()) for b in blocks if b.kind == "field" and b.page == page),
            key=lambda f: f[0] != "Status",
        )
    )
    running = [b for b in blocks if b.kind in ("heading", "paragraph", "item")]
    texts = [_bare(b.text) for b in running]
    top = texts[:14]
    whole = "\n".join(texts)
    given = _labelled(top)
    kind = _kind(running, top, whole, fields)
    title, front = _title(running, texts, kind, given, title_hint)
    stated = (
        next((d for b in blocks if b.kind == "field" and b.number == "Datum" and (d := parse_date(b.text))), None)
        or parse_date(given.get("Datum", ""))
        or parse_date(given.get("Datum origineel", ""))
    )
    if kind == "feitenblad":
        stated = parse_date(given.get("Datum feitenblad", "")) or stated
    day = stated or _letter_date(top)
    status = _bare(dict(fields).get("Status", ""))
    stamp = next((t for t in top[:6] if re.search(r"\bbesproken\b", t) and len(t) < 90), "")
    if not stamp:
        stamp = next(
            (
                b.text
                for b in blocks
                if b.kind == "annotation" and re.search(r"\b(?:besproken|[Aa]kkoord)\b.*\d", b.text) and len(b.text) < 60
            ),
            "",
        )
    status = ", ".join(filter(None, (status, re.sub(r"\s*\[redacted\].*$", "", stamp, flags=re.I))))
    period, estimated = ("", None) if day else _period(whole[:_LONG], "\n".join(_bare(b.text) for b in blocks if b.kind == "footnote"))
    values: dict[str, Any] = {
        "title": title,
        "kind": kind,
        "date": day,
        "sender": _sender(texts, given, kind),
        "recipient": _recipient(top, given),
        "status": status,
        "period": period,
        "estimated": estimated,
        "date_note": _contradiction(title, day) or (f"Geen datum in het stuk; {period}." if period else ""),
        "kamerstuk": _kamerstuk(top),
    }
    for key, value in source.overrides.items():
        if key in values and value not in (None, ""):
            values[key] = value if key != "date" or isinstance(value, dt.date) else parse_date(str(value))
    return Metadata(fields=fields, front=tuple(front), **values)


def _bare(text: str) -> str:
    return without_marks(text).strip()


def _labelled(top: Sequence[str]) -> dict[str, str]:
    """'Datum: 14 april 2025' and its like at the top of a document."""
    labels = r"Datum(?: feitenblad| origineel)?|Onderwerp|Betreft|Aan|Van|Titel|Afzender|Ontvanger"
    return {m[1]: m[2].strip() for text in top for m in [re.match(rf"(?:[-*•]\s*)?({labels})\s*:\s*(.+)", text)] if m}


def _kind(running: Sequence[Block], top: Sequence[str], whole: str, fields: Sequence[tuple[str, str]]) -> str:
    first = " ".join(top[:3]).lower()
    if re.search(r"\bfeitenblad\b|\bfactsheet\b", first):
        return "feitenblad"
    if any(re.match(r"nota( |$)", text) for text in top) or any(label == "Status" for label, _ in fields):
        return "nota"
    if re.match(r"bijlage\b", first) or any(re.match(r"BIJLAGE\b", text) for text in top[:3]):
        return "bijlage"
    if (
        re.search(r"brief regering|aan de voorzitter van de (?:tweede|eerste) kamer", " ".join(top).lower())
        or len(re.findall(r"\b[Uu]w Kamer\b", whole)) >= 3
    ):
        return "kamerbrief"
    return "overig"


def _title(running: Sequence[Block], texts: Sequence[str], kind: str, given: dict[str, str], hint: str) -> tuple[str, list[str]]:
    """The subject, and the headings at the top that belong to it and start no section."""
    if kind == "nota":
        at = next((i for i, t in enumerate(texts[:20]) if re.match(r"nota( |$)", t)), None)
        if at is not None:
            front = [texts[i] for i in range(at + 1)]
            subject = [texts[at][5:].strip()] if len(texts[at]) > 4 else []
            for text in texts[at + 1 : at + 4]:
                if (subject and (role_of(text) or len(subject[0]) > 200)) or (
                    role_of(text) and text.lower() in ("aanleiding", "inleiding")
                ):
                    break
                front.append(text)
                if not re.match(r"(?:Aan|Van|Datum|Onderwerp)\s*:|Direct(?:ie|oraat)\b", text):
                    subject.append(text)
            return given.get("Onderwerp") or given.get("Betreft") or " ".join(subject), front
    if given.get("Onderwerp") or given.get("Betreft"):
        return given.get("Onderwerp") or given["Betreft"], []
    letterhead = [t for t in texts[:8] if re.match(r"Brief regering|\d\d \d{3}\b|Nr\. \d|BRIEF VAN|Den Haag,", t)]
    if titled := next((t for t in texts[:4] if re.match(r"Brief regering\s*:", t)), None):
        return re.sub(r"^Brief regering\s*:\s*", "", titled), letterhead
    first = next((i for i, b in enumerate(running) if b.kind == "heading"), None)
    if first is not None and first <= 1 and (running[first].level == 1 or kind in ("bijlage", "feitenblad", "overig")):
        return texts[first], [texts[first]]
    if told := re.search(r"informeer ik (?:u|uw Kamer)(?: nader)? over (?:de |het )?(.{10,140}?)(?: \(|[.;])", "\n".join(texts[:6])):
        return told[1][0].upper() + told[1][1:], letterhead
    return hint or next((t for t in texts if t), "Zonder titel")[:120], letterhead


def _letter_date(top: Sequence[str]) -> dt.date | None:
    """'Den Haag, 4 juli 2025', or a line that holds nothing but a date."""
    for text in top:
        if re.match(r"(?:Den Haag|'s-Gravenhage|’s-Gravenhage|[A-Z]\w+),? \d{1,2} [a-z]+ 20\d\d$", text) or re.fullmatch(
            r"\d{1,2}[- ][\w]+[- ]20\d\d", text
        ):
            return parse_date(text)
    return None


def _sender(texts: Sequence[str], given: dict[str, str], kind: str) -> str:
    if "Van" in given or "Afzender" in given:
        return given.get("Van") or given["Afzender"]
    signature = ""
    for i, text in enumerate(texts):
        if (m := re.search(rf"\b(?:[Dd]e|DE) ({_ROLE}\b.{{3,90}}?),?$", text)) and i + 1 < len(texts) and re.match(_NAME, texts[i + 1]):
            signature = f"{m[1].capitalize() if m[1].isupper() else m[1][0].upper() + m[1][1:]}, {texts[i + 1]}"
    if signature:
        return signature
    for text in texts[:8]:
        if m := re.match(rf"BRIEF VAN DE ({_ROLE}\b.+)", text):
            return m[1].capitalize()
        if kind == "nota" and re.match(r"Ministerie van ", text):
            return text
    return ""


def _recipient(top: Sequence[str], given: dict[str, str]) -> str:
    if "Aan" in given or "Ontvanger" in given:
        return given.get("Aan") or given["Ontvanger"]
    return next((m[1].strip() for t in top if (m := re.match(rf"Aan (?:de )?(.*{_ROLE}.*)", t)) and len(t) < 100), "")


def _kamerstuk(top: Sequence[str]) -> str:
    dossier = next((m[1] for t in top if (m := re.match(r"(\d\d \d{3})\b", t))), "")
    number = next((m[1] for t in top if (m := re.fullmatch(r"Nr\. (\d+)", t))), "")
    return f"{dossier}, nr. {number}" if dossier and number else ""


def _contradiction(title: str, day: dt.date | None) -> str:
    written = parse_date(title)
    if day and written and written != day and (written.year != day.year) and (written.day, written.month) == (day.day, day.month):
        return f"In de titel staat {_dutch(written)}; het datumveld zegt {_dutch(day)}."
    return ""


def _period(text: str, notes: str = "") -> tuple[str, dt.date | None]:
    """When an undated text must have been written: before what it announces, after what it reports as done."""
    announced: list[dt.date] = []
    done: list[dt.date] = []
    for sentence in re.split(r"(?<=[.;:])\s+|\n", text):
        if not _YEAR.search(sentence):
            continue
        days = [d for v in find_values(sentence) if (d := _earliest(v))]
        if not days:
            continue
        if _PAST.search(sentence) and not re.search(r"\bzal|\bzullen|\bverwacht|\bvindt|\bwordt", sentence):
            done += days
        elif _FUTURE.search(sentence):
            announced += [d for v in find_values(sentence) if v.kind == "date" and len(str(v.value)) == 10 and (d := _earliest(v))]
    after = max((d for d in done if not announced or d < max(announced)), default=None)
    before = min((d for d in announced if after is None or d >= after), default=None)
    if before and after:
        return (
            f"geschreven na {_dutch(after, False)} (dan is gebeurd wat het stuk als afgerond noemt) "
            f"en vóór {_dutch(before)} (dat kondigt het aan)",
            before - dt.timedelta(1),
        )
    if before:
        return f"geschreven vóór {_dutch(before)} (dat kondigt het stuk aan)", before - dt.timedelta(1)
    if not after:
        # sources are listed as (2025, 3 juli)
        turned = re.sub(rf"\((20\d\d), (\d{{1,2}} (?:{'|'.join(MONTHS)}))\)", r"(\2 \1)", f"{text}\n{notes}")
        after = max((d for v in find_values(turned) if len(str(v.value)) == 10 and (d := _earliest(v))), default=None)
    return (f"geschreven na {_dutch(after)} (de jongste datum in het stuk)", after) if after else ("", None)


def _earliest(value: Value) -> dt.date | None:
    if value.kind != "date" or not (m := re.fullmatch(r"(20\d\d)-(\d\d)(?:-(\d\d))?", str(value.value))):
        return None
    return dt.date(int(m[1]), int(m[2]), int(m[3] or 1))


def _dutch(day: dt.date, with_day: bool = True) -> str:
    return f"{day.day} {MONTHS[day.month - 1]} {day.year}" if with_day else f"{MONTHS[day.month - 1]} {day.year}"
