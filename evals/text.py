"""When a text states a fact or holds a snippet: the matching that all judgements share.

The rules are those of the README of the known facts: substrings after lower-casing, collapsing white space and removing Markdown
and citation marks; values (2,7 % = 2.7% = 2,7 procent) are compared as values as well.
"""

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property, lru_cache

from ingest.values import Value, contains_value, find_values

SHARED_WORDS = 0.6  # a quote that holds this share of a snippet's words counts as holding it


@dataclass(frozen=True)
class Reading:
    """A text prepared for matching, as far as it is needed."""

    text: str

    @cached_property
    def plain(self) -> str:
        return plain(self.text)

    @cached_property
    def words(self) -> str:
        return f" {' '.join(words(self.text))} "

    @cached_property
    def counts(self) -> Counter[str]:
        return Counter(self.words.split())

    @cached_property
    def values(self) -> tuple[Value, ...]:
        return find_values(self.text)


@lru_cache(maxsize=20_000)
def read(text: str) -> Reading:
    """Prepare a text; kept, because passages and snippets are compared many times."""
    return Reading(text)


def plain(text: str) -> str:
    """Lower case, one kind of quotation mark, no Markdown, no [n], single spaces."""
    text = re.sub(r"\s*\[\d+\](?!\()", "", text)
    text = re.sub(r"</?su[pb]>|<br\s*/?>", " ", text)
    text = re.sub(r"!?\[([^\]]*)\]\([^)]*\)", r"\1", text)
    text = re.sub(r"\*\*|__|`+|~~|(?<!\w)[*_](?=\w)|(?<=[\w.,!?])[*_](?!\w)", "", text)
    text = re.sub(r"(?m)^\s{0,3}(?:#{1,6}\s|>\s?|[-*+]\s)", "", text)
    text = re.sub(r"[‘’‚‛`´]", "'", re.sub(r"[“”„‟«»]", '"', text)).replace("\u00ad", "")
    return re.sub(r"\s+", " ", text).strip().lower()


def words(text: str) -> list[str]:
    """The words and numbers of a text in order, without punctuation, so that a table's lines and bars do not matter."""
    # Letters and digits apart, so that a footnote mark glued to a word ("wijk.19") leaves the word as it is.
    return re.findall(r"\d+(?:[.,]\d+)*|[^\W\d]+", plain(text))


def states(text: str, alternative: str) -> bool:
    """Whether the text says this wording of a fact, or the same value."""
    reading, wanted = read(text), read(alternative)
    if wanted.plain and wanted.plain in reading.plain:
        return True
    # Only an alternative that is nothing but a value stands for its value: "8 (" or "in 30" say more than a number.
    if len(wanted.values) != 1 or wanted.values[0].text != alternative.strip() or wanted.values[0].kind == "ordinal":
        return False
    return contains_value(reading.values, wanted.values[0])


def states_any(text: str, alternatives: Iterable[str]) -> bool:
    """Whether the text says one of the wordings."""
    return any(states(text, each) for each in alternatives)


def holds(text: str, snippet: str) -> bool:
    """Whether the snippet's words stand in the text, in a row."""
    return read(snippet).words in read(text).words


def shared(text: str, snippet: str) -> float:
    """Share of the snippet's words (each as often as it occurs) that the text has."""
    wanted = read(snippet).counts
    return (wanted & read(text).counts).total() / max(1, wanted.total())


def covers(text: str, snippet: str) -> bool:
    """Whether a quote holds the snippet, or 60 % of its words."""
    return holds(text, snippet) or shared(text, snippet) >= SHARED_WORDS
