"""Characters as a reader sees them: ligatures spelled out, soft hyphens and private marks gone, one kind of space.

Not handled: line-break hyphens (see `join_lines`), which need the next line.
"""

import re
import unicodedata
from collections.abc import Iterable

from ingest.blocks import NOTE_CLOSE, NOTE_OPEN, REDACTED

SOFT_HYPHEN = "\u00ad"
_LIGATURES = {"ﬀ": "ff", "ﬁ": "fi", "ﬂ": "fl", "ﬃ": "ffi", "ﬄ": "ffl", "ﬅ": "st", "ﬆ": "st", "\u0132": "IJ", "\u0133": "ij"}
# The marks of blocks.py are dropped from what comes in, so that no file can forge a footnote or a redaction.
_INVISIBLE = f"{NOTE_OPEN}{NOTE_CLOSE}{REDACTED}{SOFT_HYPHEN}\u200b\u200c\u200d\u2060\ufeff\ufffe\u202a\u202b\u202c\u202d\u202e\u200e\u200f"
_CONTROLS = "".join(chr(point) for point in range(32) if chr(point) not in "\t\n\r\f\v")
_TABLE = str.maketrans(_LIGATURES | dict.fromkeys(_INVISIBLE + _CONTROLS, ""))
_SUSPENDED = re.compile(r"(?:en|of|dan|tot|als|noch|resp\.?)\b")  # "arbeids- en": the hyphen belongs to the word


def tidy(text: str) -> str:
    """`text` with plain characters; white space is left alone."""
    return unicodedata.normalize("NFC", text.translate(_TABLE)).replace("\xa0", " ")


def one_line(text: str) -> str:
    """All white space as single spaces, none before a footnote mark."""
    return re.sub(rf" +(?={NOTE_OPEN})", "", " ".join(text.split()))


def join_lines(lines: Iterable[str], known: frozenset[str] = frozenset()) -> str:
    """Lines of one paragraph as running text, with hyphens at line ends mended.

    A hyphen between two letters goes, unless `known` (lower-case words of the document) has the word with its hyphen
    or the next word shows that the hyphen is meant ("arbeids- en", "VNO-NCW", "2024-2025").
    """
    text = ""
    for line in lines:
        line = line.strip()
        text = _joined(text, line, known) if text and line else text or line
    return text


def _joined(left: str, right: str, known: frozenset[str]) -> str:
    if left.endswith(SOFT_HYPHEN):
        return left[:-1] + right
    if re.search(r"https?://\S+$", left) and re.fullmatch(r"(?!https?:)\S*[%/=&?#_.\d-]\S*", right):
        return left + right  # an address that was broken off
    if not re.search(r"\w-$", left):
        return f"{left} {right}"
    if _SUSPENDED.match(right):
        return f"{left} {right}"
    first, last = re.split(r"[^\w'’-]", right, maxsplit=1)[0], re.split(r"[^\w'’-]", left)[-1]
    meant = not (left[-2].isalpha() and right[0].islower()) or (last + first).lower() in known
    return left + right if meant and (last[:-1] + first).lower() not in known else left[:-1] + right
