"""Dutch lexical search: words to terms, and BM25 over texts (bm25s). English questions share the numbers and names."""

import re
from collections.abc import Sequence
from functools import lru_cache

import bm25s
import numpy as np
import Stemmer

from ingest.embed import Floats

STOP_WORDS = frozenset(
    """aan al alle als altijd andere ben bij bijna dan dat de der deze die dit doch doen door dus een eens en er ge geen geweest haar had heb hebben
    heeft hem het hier hij hoe hun iets ik in is ja je jij kan kon kunnen maar me meer men met mij mijn moet na naar niet niets nog nu of om omdat
    onder ons ook op over reeds te tegen toch toen tot u uit uw van veel voor want waren was wat werd wezen wie wil worden wordt zal ze zelf
    zich zij zijn zo zonder zou welke welk waar wanneer waarom hoeveel waarvoor waardoor volgens via nou eigenlijk eig precies toen destijds
    the a an of in on to is are was were be been and or for by with from at as that this these those it its which what who whom when where why how
    does did do has have had will would can could many much there their they he she his her not no""".split()
)
_WORD = re.compile(r"\d+(?:[.,]\d+)*%?|[^\W\d_]+(?:[-’'][^\W\d_]+)*\d*", re.UNICODE)


def words(text: str) -> list[str]:
    """Lower-case words and numbers; '3.000' and '3,7' stay whole."""
    return [word.lower().strip("'’") for word in _WORD.findall(text)]


@lru_cache(maxsize=100_000)
def _stem(word: str) -> str:
    return str(_stemmer().stemWord(word))


@lru_cache(maxsize=1)
def _stemmer() -> "Stemmer.Stemmer":
    return Stemmer.Stemmer("dutch")


def terms(text: str) -> list[str]:
    """The search terms of a text: stems without stop words; a hyphenated word also gives its parts."""
    out = []
    for word in words(text):
        parts = [word, *re.split(r"[-’']", word)] if re.search(r"[-’']", word) else [word]
        out += [_stem(part) for part in parts if part and part not in STOP_WORDS]
    return out


class Bm25:
    """BM25 (Robertson & Zaragoza 2009, Lucene's variant) over the terms of fixed texts."""

    def __init__(self, texts: Sequence[Sequence[str]], k1: float = 1.2, b: float = 0.6) -> None:
        self._size = len(texts)
        self._index = bm25s.BM25(method="lucene", k1=k1, b=b)
        if texts:
            self._index.index([list(text) or ["\0"] for text in texts], show_progress=False)
        self._known = {term for text in texts for term in text}

    def knows(self, term: str) -> bool:
        return term in self._known

    def scores(self, query: Sequence[str]) -> Floats:
        """A score for every text, 0 where no term occurs; shape (n,)."""
        known = [term for term in query if term in self._known]
        if not known:
            return np.zeros(self._size, np.float32)
        return np.asarray(self._index.get_scores(known), np.float32)
