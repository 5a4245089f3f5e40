"""Whether a briefing holds what a reader found in the documents: recall and precision per list, and quotes that are right.

The lists are YAML files in `evals/briefings`; what each list holds is said in the file. A document is named by its date.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from app.brief_types import Briefing, Line
from ingest.errors import LoadError
from ingest.types import Document

Item = Any  # an entry of a YAML list
Test = Callable[[Item, Line], bool]


@dataclass(frozen=True)
class Score:
    """`found` of the `expected` items, and `right` of the `given` lines; `lost` and `wrong` name the others."""

    name: str
    expected: int
    found: int
    given: int
    right: int
    lost: tuple[str, ...] = ()
    wrong: tuple[str, ...] = ()

    @property
    def recall(self) -> float:
        return self.found / self.expected if self.expected else 1.0

    @property
    def precision(self) -> float:
        return self.right / self.given if self.given else 1.0


def load_lists(path: Path) -> dict[str, Any]:
    """The lists of a file. Raises LoadError if it cannot be read."""
    try:
        lists = yaml.load(path.read_text(encoding="utf-8"), yaml.BaseLoader)  # dates and numbers stay as written
    except (OSError, yaml.YAMLError) as error:
        raise LoadError(f"{path} is niet te lezen: {error}") from error
    if not isinstance(lists, dict):
        raise LoadError(f"{path}: verwacht lijsten met een naam (notas, motions, promises, …).")
    return lists


def judge_briefing(briefing: Briefing, lists: dict[str, Any]) -> tuple[Score, ...]:
    """A score for every list."""
    lines = {chapter.key: chapter.lines for chapter in briefing.chapters}
    scores = []
    for name, items in lists.items():
        if name in ("money", "structure", "topics"):
            continue
        chapter, chosen, test = _LISTS[name]
        if name == "notas":
            items = [(date, words) for date, *points in items for words in points]
        scores.append(_score(name, items, [line for line in lines.get(chapter, ()) if chosen(line)], test))
    if "structure" in lists:
        scores.append(_in_order(lists["structure"], [li for li in lines.get("changes", ()) if li.data.get("kind") == "structure"]))
    if "money" in lists:
        scores += _money(briefing, lists["money"], lines.get("money", ()))
    return tuple(scores)


def wrong_quotes(briefing: Briefing, documents: dict[str, Document]) -> tuple[str, ...]:
    """Lines and tables without a source, citations that are not the words of their document, and lines that quote what their
    citations do not say.
    """
    wrong = [
        f"[{c.number}] {c.quote[:60]}"
        for c in briefing.citations
        if documents[c.document].text[c.start : c.end] != c.quote or not c.quote.strip()
    ]
    known = {c.number for c in briefing.citations}
    quotes = {c.number: c.quote for c in briefing.citations}
    for chapter in briefing.chapters:
        wrong += [f"{chapter.key}: {li.text[:80]}" for li in chapter.lines if not li.citations or not set(li.citations) <= known]
        wrong += [f"{chapter.key}: {t.caption}" for t in chapter.tables if not t.citations]
        wrong += [f"{chapter.key}, niet in de bron: {li.text[:80]}" for li in chapter.lines if not _quotes_hold(li, quotes)]
    return tuple(wrong)


def _quotes_hold(line: Line, quotes: dict[int, str]) -> bool:
    """Whether what stands between quotation marks stands in the sources of the line, but for spaces, marks and what was cut off."""
    told = " ".join(quotes.get(number, "") for number in line.citations)
    whole, parts = re.findall(r"“(.*)”", line.text, re.S), re.findall(r"“(.*?)”", line.text, re.S)
    return any(all(_bare(part) in _bare(told) for part in found) for found in (whole, parts))


def _bare(text: str) -> str:
    return re.sub(r"[^a-zà-ÿ]", "", text.removesuffix("…").lower())


def _score(name: str, items: Sequence[Item], lines: Sequence[Line], test: Test) -> Score:
    required = [item for item in items if not _optional(item)]
    lost = [item for item in required if not any(test(item, line) for line in lines)]
    judged = [line for line in lines if any(test(i, line) for i in required) or not any(test(i, line) for i in items if _optional(i))]
    wrong = [line for line in judged if not any(test(item, line) for item in required)]
    return Score(
        name,
        len(required),
        len(required) - len(lost),
        len(judged),
        len(judged) - len(wrong),
        tuple(map(str, lost)),
        tuple(f"{line.data.get('date', '')} {line.text}" for line in wrong),
    )


def _optional(item: Item) -> bool:
    return item[-1] == "optional" if isinstance(item, list) else isinstance(item, dict) and item.get("optional") == "true"


def _words(text: str) -> str:
    return " ".join(re.sub(r"[^\w\s]", " ", text.lower()).split())


def _holds(text: str, anchor: str) -> bool:
    return _words(anchor) in _words(text)


def _decision(item: Item, line: Line) -> bool:
    return line.data["date"] == item[0] and _holds(line.text, item[1])


def _motion(item: Item, line: Line) -> bool:
    data = line.data
    names = {re.sub(r"^(?:van|de|der|den|ten|ter)\s+", "", name.lower()) for name in data["names"]}
    wanted = {re.sub(r"^(?:van|de|der|den|ten|ter)\s+", "", name.lower()) for name in item.get("names", [])}
    return (
        (not wanted or names == wanted)
        and (not item.get("parties") or data["parties"] == item["parties"])
        and (not item.get("date") or data["date"] == item["date"])
        and (data["number"] == item["kamerstuk"] if item.get("kamerstuk") else not data["number"])
        and (not item.get("status") or any(status.startswith(item["status"]) for status in data["statuses"]))
        and (not item.get("document") or item["document"] in data["documents"])
        and (not item.get("about") or _holds(line.text, item["about"]))
    )


def _promise(item: Item, line: Line) -> bool:
    """Same document and sentence, and the period is one of those given, or all of them together."""
    day, anchor, first, last = item[:4]
    if line.data["date"] != day or not _holds(line.data["sentence"], anchor):
        return False
    given = [tuple(period) for period in line.data["periods"]]
    together = (min(a for a, _ in given), max(b for _, b in given) if all(b for _, b in given) else "")
    return _optional(item) or any(_agrees(period, first, last) for period in (*given, together))


def _agrees(period: Sequence[str], first: str, last: str) -> bool:
    """Months or days as written; where the list leaves the start open, any start of before the end will do."""
    starts = not first or period[0][: len(first)] == first
    return starts and (period[1][: len(last)] == last if last else not period[1])


def _comment(item: Item, line: Line) -> bool:
    day, page, number, author = item
    return line.data["date"] == day and [int(page), number, author] in [list(note) for note in line.data["notes"]]


def _redaction(item: Item, line: Line) -> bool:
    day, page, places, ground = item
    data = line.data
    return (data["date"], data["page"], data["places"], data["ground"].lower()) == (day, int(page), int(places), ground)


def _of_kind(kind: str) -> Callable[[Line], bool]:
    return lambda line: line.data.get("kind") == kind


_LISTS: dict[str, tuple[str, Callable[[Line], bool], Test]] = {
    "notas": ("notas", _of_kind("decision"), _decision),
    "advised_against": ("notas", _of_kind("against"), _decision),
    "motions": ("motions", _of_kind("motion"), _motion),
    "commitments": ("motions", _of_kind("commitment"), _motion),
    "comments": ("margin", lambda line: True, _comment),
    "redactions": ("hidden", lambda line: True, _redaction),
    "promises": ("coming", lambda line: True, _promise),
}


def _in_order(items: Sequence[Item], lines: Sequence[Line]) -> Score:
    given = [[line.data["date"], str(line.data["count"])] for line in lines]
    right = [item for item in given if item in items]
    in_order = right if right == sorted(right, key=items.index) else []
    lost, wrong = [str(i) for i in items if i not in in_order], [str(g) for g in given if g not in in_order]
    return Score("structure", len(items), len(items) - len(lost), len(given), len(given) - len(wrong), tuple(lost), tuple(wrong))


def _money(briefing: Briefing, wanted: dict[str, Any], lines: Iterable[Line]) -> list[Score]:
    """Every cell by its row and column, and the columns that do not add up."""
    tables = [
        t for chapter in briefing.chapters for t in chapter.tables if chapter.key == "money" and t.data["document"] == wanted["document"]
    ]
    given = {
        (row[0], column, cell)
        for table in tables
        for row in table.rows[1:]
        for column, cell in zip(table.rows[0][1:], row[1:], strict=True)
    }
    cells = {(name, column, cell) for name, row in wanted["rows"].items() for column, cell in zip(wanted["columns"], row, strict=True)}

    def same(a: tuple[str, str, str], b: tuple[str, str, str]) -> bool:
        return a[0].startswith(b[0]) and a[1:] == b[1:]

    lost = tuple(str(cell) for cell in sorted(cells) if not any(same(g, cell) for g in given))
    wrong = tuple(str(g) for g in sorted(given) if not any(same(g, cell) for cell in cells))
    remarks = [(li.data["column"], li.data["sum"], li.data["total"]) for li in lines if li.data.get("kind") == "differs"]
    expected = [tuple(item) for item in wanted["differs"]]
    missed, extra = [e for e in expected if e not in remarks], [r for r in remarks if r not in expected]
    return [
        Score("money", len(cells), len(cells) - len(lost), len(given), len(given) - len(wrong), lost, wrong),
        Score(
            "money_differs",
            len(expected),
            len(expected) - len(missed),
            len(remarks),
            len(remarks) - len(extra),
            tuple(map(str, missed)),
            tuple(map(str, extra)),
        ),
    ]
