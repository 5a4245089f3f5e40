"""How trustworthy the text of a page is, between 0 and 1, from its words alone."""

import re
from collections.abc import Iterable

POOR = 0.95  # a clean text layer scores 0.98 and more, a fair OCR layer 0.94 to 0.98
_SANE = re.compile(
    r"[(\[‘’“”'\"«„\ue002]*(?:(?:[(]?[A-Za-zÀ-ÿ][)]?[a-zà-ÿ]*|[A-Z&À-Ý]{1,12})(?:[(]?[-–/'’.&+=]{1,2}[)]?[A-Za-zÀ-ÿ\d]*)*[)]?[a-zà-ÿ]*"
    r"|[A-Z]{2,}[a-z]{0,3}|[(]?[a-zà-ÿ-]+[)][a-zà-ÿ]+|€|[A-Z]?[€\d][\d.,:/%-]*[a-z]{0,2})[)\]‘’“”'\"».,;:!?%\ue002]*"
)
_VOWEL = re.compile(r"[aeiouyáéíóúàèëïöü]", re.I)
_SIGNS = frozenset("•–—-o◦▪·|&+=→")


def text_quality(words: Iterable[str]) -> float:
    """The share of words that look as Dutch words, numbers and signs do; 1.0 for a page without words."""
    verdicts = [_is_sane(word) for word in words]
    return round(sum(verdicts) / len(verdicts), 3) if verdicts else 1.0


def _is_sane(word: str) -> bool:
    if word in _SIGNS or "://" in word or "@" in word[1:]:
        return True
    letters = re.sub(r"[^A-Za-zÀ-ÿ]", "", word)
    return bool(_SANE.fullmatch(word)) and (len(letters) < 4 or letters.isupper() or bool(_VOWEL.search(letters)))
