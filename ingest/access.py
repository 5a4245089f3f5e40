"""Who may read what: a document has one level, or the name of a group; a person has an allow-list of them.

Levels are ordered, groups are not: nobody reads the documents of a group but its members.
"""

import re
from collections.abc import Collection, Iterable

LEVELS = ("openbaar", "intern", "vertrouwelijk")  # from open to strict
STRICTEST = LEVELS[-1]


def may_read(access: str, allowed: Collection[str] | None) -> bool:
    """Whether an allow-list (None: everything) opens a document; one without a level counts as the strictest."""
    return allowed is None or (access or STRICTEST) in allowed


def allow_list(groups: Iterable[str]) -> frozenset[str]:
    """What the members of these groups may read: what is open to all, and of a level also the levels below it."""
    named = frozenset(map(tidy, groups)) - {""}
    height = max((LEVELS.index(name) for name in named if name in LEVELS), default=0)
    return named | frozenset(LEVELS[: height + 1])


def tidy(level: object) -> str:
    """A level or group as it is compared: lower case, with single spaces."""
    return re.sub(r"\s+", " ", str(level or "").strip().lower())
