"""What tells whether words are about a subject.

A text is about it if it has the words of the subject: by their stem, in a compound ("imam" in "imamopleiding"), or as the
abbreviation that a heading gives. A compound that the documents hardly use is also looked for by its parts ("discriminatie op de
arbeidsmarkt"). Words for a whole chapter (geld, moties, planning) mean that chapter. Not handled: a subject in other words.
"""

import re
from functools import lru_cache

from app.brief_reading import Reading, Said
from app.lexical import STOP_WORDS, terms, words
from app.vocabulary import Vocabulary

# What a chapter is called by those who ask, and what sentences on it say.
_MONEY = ("geld", "budget", "budgetten", "middelen", "subsidie", "subsidies", "dekking")
_CHAPTERS = {
    "money": (
        (*_MONEY, "financiën", "financien", "financieel", "financiering", "begroting", "bekostiging"),
        (*_MONEY, "gedekt", "miljoen", "mln"),
    ),
    "motions": (("motie", "moties", "toezegging", "toezeggingen"), ("motie", "moties", "toezegging", "toezeggingen", "toegezegd")),
    "coming": (("planning", "tijdpad"), ("planning", "tijdpad")),
}
_RARE = 3  # sentences
_OF_HEADING = 0.25  # share of a heading that is the subject; less is a heading that only lists it
_NAMES = re.compile(
    r"\b(?:\w*[Dd]ebat|WGO|[Ww]etgevingsoverleg|\w*[Oo]verleg|[Cc]ommissie|[Rr]aad|[Mm]inisterie|[Dd]irectie)"
    r"(?:\s+(?:van|voor|en|in|op|de|het)|,?\s+[A-ZÀ-Ý][\w-]+)+"
)
_LISTING = re.compile(r"\b(?:aandacht\s+voor|o\.a\.|onder\s+(?:andere|meer)|waaronder|zoals|onderwerpen|inzet\s+op)\s[^.;]*", re.I)


class Subject:
    """A subject among documents. `chapter` is the key of the chapter that it names, if it does."""

    def __init__(self, reading: Reading, topic: str) -> None:
        asked = [word for word in words(topic) if len(word) > 2 and word not in STOP_WORDS] or words(topic)
        self.chapter = next((key for key, (group, _) in _CHAPTERS.items() if asked and all(word in group for word in asked)), "")
        self._wanted: list[tuple[str, ...]] = [_CHAPTERS[self.chapter][1]] if self.chapter else [(word,) for word in asked]
        self._short: set[str] = set()
        sentences = [words(said.text) for said in reading.everything()]
        self._parts: list[tuple[str, ...]] = []
        if not self.chapter and len(asked) == 1 and sum(self._all_in(said) for said in sentences) < _RARE:
            self._parts = [(part,) for part in Vocabulary([d.text for d in reading.originals]).parts(asked[0])]
        headings = [section.heading for document in reading.originals for section in document.sections]
        found = [match[1] for h in headings if self._has(h) and (match := re.search(r"\(([A-Z]{2,6})\)", h))]
        self._short = set(found)

    def about(self, said: Said) -> bool:
        return self.named_in(said.text) or any(map(self.heads, said.path))

    def named_in(self, text: str) -> bool:
        """Whether a text has the subject, not only as a part of the name of a debate, council or ministry."""
        if any(re.search(rf"\b{short}\b", text) for short in self._short):
            return True
        return self._has(text) and self._has(_NAMES.sub(" ", text))

    def heads(self, heading: str) -> bool:
        """Whether a heading is about the subject, and does not just list it."""
        return self.named_in(heading) and sum(map(self._is_asked, words(heading))) >= _OF_HEADING * len(terms(heading))

    def listed_in(self, text: str) -> bool:
        """Whether a sentence has the subject only as one of a list of subjects."""
        rest = _LISTING.sub(lambda match: " " if match[0].count(",") > 1 or re.search(r",.*\ben\b", match[0]) else match[0], text)
        return self.named_in(text) and not self.named_in(rest)

    def first(self, text: str) -> int:
        """Minus the number of words before the subject."""
        return -next((place for place, word in enumerate(words(text)) if self._is_asked(word)), 999)

    def opens(self, text: str) -> bool:
        """Whether a sentence begins with the subject."""
        return self.first(text) > -4

    def _is_asked(self, word: str) -> bool:
        return word.upper() in self._short or any(
            _means(one, word, bool(self.chapter)) for group in self._wanted + self._parts for one in group
        )

    def _has(self, text: str) -> bool:
        return self._all_in(words(text))

    def _all_in(self, said: list[str]) -> bool:
        def holds(groups: list[tuple[str, ...]]) -> bool:
            return bool(groups) and all(any(_means(one, word, bool(self.chapter)) for word in said for one in group) for group in groups)

        return holds(self._wanted) or holds(self._parts)


@lru_cache(maxsize=200_000)
def _means(asked: str, word: str, whole: bool) -> bool:
    """Whether a word is the one asked, or (unless `whole`) another form of it, or a compound with it."""
    if whole or asked == word:
        return asked == word
    if terms(asked) == terms(word):
        return True
    return (
        asked.isalpha()
        and word.isalpha()
        and any(
            (word.startswith(base) and len(word) - len(base) >= 4) or (word.endswith(base) and len(word) - len(base) >= 3)
            for base in _bases(asked)
        )
    )


@lru_cache(maxsize=1000)
def _bases(word: str) -> tuple[str, ...]:
    """Forms that begin or end a compound: the word, without its plural, and its stem where that is its beginning."""
    stem = "".join(terms(word)[:1])
    forms = {word, word.removesuffix("en"), word.removesuffix("n"), word.removesuffix("s")}
    forms |= {stem} if len(stem) > 4 and word.startswith(stem) else set()
    return tuple(form for form in forms if len(form) > 3)
