"""A briefing of one page or three: of each chapter the lines of most weight, and long quotes cut off.

Lengths are those of the PDF, without its sources: what a line takes is estimated from its characters.
"""

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from app.brief_types import Draft, Part, Source

# Most lines of a chapter in a briefing of one page and of three, and of how many words a line may be.
_ROOM = {
    "about": (2, 3),
    "core": (3, 5),
    "people": (1, 6),
    "timeline": (0, 8),
    "notas": (2, 6),
    "margin": (1, 4),
    "state": (4, 9),
    "changes": (2, 5),
    "since": (7, 16),
    "money": (2, 4),
    "figures": (2, 6),
    "motions": (3, 7),
    "coming": (4, 9),
    "open": (2, 5),
    "hidden": (1, 3),
    "missing": (0, 2),
}
# Which chapters give a line when there are too many, round after round; the later ones keep at least one.
_GIVES_WAY = (
    "missing",
    "timeline",
    "hidden",
    "people",
    "figures",
    "margin",
    "open",
    "money",
    "changes",
    "since",
    "about",
    "notas",
    "motions",
    "coming",
    "state",
)
_NEEDED = ("core", "notas", "state", "money", "motions", "coming", "changes", "since", "about")
_WORDS = {"one": 26, "three": 45}
_PAGES = {"one": 1, "three": 3}
_IN_ORDER = {"core", "timeline", "state", "changes", "coming", "margin", "hidden"}  # of the text or of time, also when shortened
_PAGE = 725.0  # points of text on a page


def shorten(parts: Sequence[Part], length: str) -> list[tuple[Part, int]]:
    """The chapters with what fits, and how many lines of each were left out."""
    if length not in _PAGES:
        return [(part, 0) for part in parts]
    room = {key: min(rooms[length == "three"], len(part.drafts)) for part in parts for key, rooms in _ROOM.items() if key == part.key}
    for key in (key for _ in range(20) for key in _GIVES_WAY):
        kept = _chosen(parts, room, length)
        if _height(kept, length) <= _PAGES[length] * _PAGE:
            break
        if room.get(key, 0) > (key in _NEEDED):
            room[key] -= 1
    return [(part, len(whole.drafts) - len(part.drafts)) for part, whole in zip(_chosen(parts, room, length), parts, strict=True)]


def _chosen(parts: Sequence[Part], room: dict[str, int], length: str) -> list[Part]:
    """The chapters as far as there is room, without lines that an earlier chapter has."""
    used: set[Source] = set()
    kept = []
    for part in parts:
        fresh = replace(part, drafts=tuple(d for d in part.drafts if d.sources[0] not in used or part.key == "motions"))
        best = _best(fresh, room.get(part.key, 3), length)
        used |= {d.sources[0] for d in best.drafts}
        kept.append(best)
    return kept


def _best(part: Part, room: int, length: str) -> Part:
    """The lines of most weight, one for each subject, in their order."""
    groups: set[str] = set()
    chosen: list[int] = []
    chapters = {str(d.data.get("chapter", "")) for d in part.drafts}
    each = math.ceil(room / max(len(chapters), 1))  # so that no pillar takes all the room
    taken: Counter[str] = Counter()
    for index in sorted(range(len(part.drafts)), key=lambda i: (-part.drafts[i].weight, i)):
        draft = part.drafts[index]
        group = str(draft.data.get("chapter") or draft.head) if length == "one" else draft.head
        chapter = str(draft.data.get("chapter", ""))
        if len(chosen) < room and taken[chapter] < each and (part.key in ("notas", "margin") or not group or group not in groups):
            groups.add(group)
            taken[chapter] += 1
            chosen.append(index)
    order = sorted(chosen) if part.key in _IN_ORDER else chosen
    drafts = tuple(_plain(part.drafts[i], part.key) if length == "one" else part.drafts[i] for i in order)
    return Part(part.key, drafts, part.grids[: 1 if length == "three" else 0])


def _plain(draft: Draft, key: str) -> Draft:
    """Without a heading of its own: on one page a nota is named by its date."""
    date = draft.head.split(" – ")[0]
    named = f"{date}: {draft.text}" if draft.head and key in ("notas", "margin", "hidden") else draft.text
    return replace(draft, text=named, head="")


def _height(parts: Sequence[Part], length: str) -> float:
    """Points that the chapters take on paper."""
    total = 62.0
    for part in parts:
        if part.drafts or part.grids:
            total += 31
        total += sum(30 + 20 * len(grid.rows) for grid in part.grids)
        head = ""
        for draft in part.drafts:
            if draft.head and draft.head != head:
                total += 8 + 13 * math.ceil(len(draft.head) / 78)
            head = draft.head or head
            if "row" in draft.data:
                total += 7 + 11 * math.ceil(max(len(cut(cell, length)) for cell in draft.data["row"]) / 38)
            else:
                total += 3 + 12.2 * math.ceil((len(cut(draft.text, length)) + 4 * len(draft.sources)) / 91)
        total += 14 * (length == "three" and bool(part.drafts))
    return total


def cut(text: str, length: str) -> str:
    """In the shorter lengths a long quote is cut off; its source has it whole."""
    words = text.split()
    limit = _WORDS.get(length, len(words))
    if len(words) <= limit:
        return text
    _, mark, end = text.rpartition("”")
    tail = end if mark and len(end.split()) <= 12 else ""
    return " ".join(words[: max(limit - len(tail.split()), 12)]) + " …" + (f"”{tail}" if mark else "")
