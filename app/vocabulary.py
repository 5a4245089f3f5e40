"""The words of a library: parts of compounds, likely spellings of unknown words, and abbreviations that it explains.

Nothing here is a list of words of our own: what counts as a word, and what an abbreviation stands for, is read from the documents.
"""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import chain

from rapidfuzz import process
from rapidfuzz.distance import OSA

from app.lexical import STOP_WORDS, terms, words

_SHORTEST, _HALF = 4, 6  # letters of a part of a compound; of a part whose other half is no word of the library
_LINKS = ("", "s", "en", "e", "n")
_SHORT_FORM = re.compile(r"\(([A-Z][\w&-]{1,9})\)")


class Vocabulary:
    """Made from the texts of a library; `terms` for its texts, `query` for what is asked of them."""

    def __init__(self, texts: Sequence[str]) -> None:
        self._counts = Counter(chain.from_iterable(map(words, texts)))
        self._letters = [word for word in self._counts if word.isalpha() and len(word) > _SHORTEST]
        self._parts: dict[str, tuple[str, ...]] = {}
        self._long: dict[str, str] = {}
        for text in texts:
            self._long |= {short.lower(): long for short, long in abbreviations(text)}

    def terms(self, text: str) -> list[str]:
        """Search terms of a text, those of the parts of its compounds among them."""
        return [*terms(text), *chain.from_iterable(terms(part) for word in words(text) for part in self.parts(word))]

    def query(self, text: str) -> list[str]:
        """Search terms of a question: its own, likely spellings, parts of compounds, abbreviations written out and the other way."""
        asked = words(text)
        more = [self.spelling(word) for word in asked] + [self._long.get(word, "") for word in asked]
        found = self.terms(" ".join([text, *filter(None, more)]))
        said = set(found)
        return found + [term for short, long in self._long.items() if said.issuperset(terms(long)) for term in terms(short)]

    def parts(self, word: str) -> tuple[str, ...]:
        """The two words that a compound is made of; none where it is no compound, or its halves are not words of the library."""
        if word not in self._parts:
            self._parts[word] = self._split(word) if word.isalpha() and len(word) >= 2 * _SHORTEST else ()
        return self._parts[word]

    def spelling(self, word: str) -> str:
        """The most frequent word of the library that is nearest to an unknown word: one letter off, or two in a long one."""
        if word in self._counts or word in STOP_WORDS or not word.isalpha() or len(word) <= _SHORTEST or self.parts(word):
            return ""
        near = process.extract(word, self._letters, scorer=OSA.distance, score_cutoff=1 if len(word) < 9 else 2, limit=5)
        return min(near, key=lambda found: (found[1], -self._counts[found[0]]))[0] if near else ""

    def _split(self, word: str) -> tuple[str, ...]:
        """The most balanced cut into two words that occur by themselves, with or without letters in between that link them; of
        a word that the library does not know else the longest half that it does."""
        whole, half = [], []
        for cut in range(_SHORTEST, len(word) - _SHORTEST + 1):
            head, tail = word[:cut], word[cut:]
            ends = tail in self._counts and tail not in STOP_WORDS
            for first in {head.removesuffix(link) for link in _LINKS}:
                starts = len(first) >= _SHORTEST and first in self._counts and first not in STOP_WORDS
                if starts and ends:
                    whole.append((min(len(first), len(tail)), (first, tail)))
                elif (starts or ends) and min(len(first), len(tail)) >= _HALF:
                    half.append((len(first if starts else tail), (first if starts else tail,)))
        return max(whole or ([] if word in self._counts else half), default=(0, ()))[1]


def abbreviations(text: str) -> Iterable[tuple[str, str]]:
    """(short, long) for each abbreviation that stands in brackets after what it means (Schwartz & Hearst, PSB 2003)."""
    for match in _SHORT_FORM.finditer(text):
        short = match[1]
        before = re.split(r"[.;:()\n]", text[: match.start()])[-1].split()[-(len(short) + 3) :]
        if sum(letter.isupper() for letter in short) < 2:
            continue
        words_before = " ".join(before)
        long = _long_form(short, words_before, exact=True) or _long_form(short, words_before, exact=False)
        starts = sum(word[0].lower() in short.lower() for word in re.split(r"[\s-]+", long) if word)
        if long and not re.search(r"\d", long) and (" " not in long or starts > min(len(short), 4) / 2):
            yield short, long


def _long_form(short: str, before: str, exact: bool) -> str:
    """The shortest end of `before` that holds the letters of `short` in order, the first of them at the start of a word and,
    if `exact`, in the same case."""
    place = len(before)
    for i, letter in reversed(list(enumerate(short))):
        if not letter.isalnum():
            continue
        place -= 1
        while place >= 0 and not (
            before[place].lower() == letter.lower()
            and (i > 0 or ((place == 0 or not before[place - 1].isalnum()) and (not exact or before[place] == letter)))
        ):
            place -= 1
        if place < 0:
            return ""
    return before[place:]
