"""Whether a written statement says only what its quotes say: word for word, without a language model.

A statement passes when it cites quotes that exist, is in the language asked for, and when all its numbers, amounts, dates and
names stand in those quotes as values, in the same order and with the same words beside them; when it agrees with them on negation
and direction (verhoogd, verlaagd); and when its words, or for a translation its meaning, are those of the quotes. A check that
is in doubt fails: a reader loses a phrasing, never a fact. Not handled: irony, and who "hij" is.
"""

import itertools
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from app.lexical import terms, words
from app.types import Statement
from app.wordlists import CONDITIONS, DISCOURSE, FUNCTION_WORDS, HEDGES, INSTRUCTIONS, NEGATIONS, OPPOSITES, TRANSLATIONS
from ingest.sentences import sentence_spans
from ingest.values import Value, contains_value, find_values

Similarity = Callable[[str, str], float]  # cosine in [-1, 1] of two texts, also across languages


@dataclass(frozen=True)
class Bounds:
    """What separates statements that hold from those that do not; chosen on the sets in evals/sets (evals/NOTES.md)."""

    overlap: float = 0.8  # least share of a statement's content words that stand in its quotes
    asked: float = 0.5  # how much a word, or a pair of words, counts that stands only in the question
    pairs: float = 0.55  # least share of a statement's pairs of neighbouring words that stand so in its quotes
    similarity: float = 0.8  # least cosine of a translation with the quotes
    words: int = 45  # most words in a statement


def verify(
    statement: Statement,
    quotes: dict[int, str],
    question: str,
    language: str = "nl",
    similarity: Similarity | None = None,
    bounds: Bounds = Bounds(),
) -> str:
    """Why a statement may not be shown, in one English word or two; empty if it may.

    quotes: every quote by its citation number. `similarity` is asked of translations in which nothing else has failed.
    """
    if not statement.citations:
        return "no citation"
    if any(number not in quotes for number in statement.citations):
        return "unknown citation"
    text = statement.text
    cited = [quotes[number] for number in statement.citations]
    everything = "\n".join(cited)
    size = len(text.split())
    if size > bounds.words:
        return "length"
    if _loops(text) and not verbatim(text, cited):
        return "length: loop"
    if size < 3:
        return "length: short"
    if any(instructs(part) for part in (text, *cited)):
        return "instruction"
    if not _in_language(text, language):
        return "language"
    if verbatim(text, cited):
        return ""
    return (
        _values(text, everything)
        or _names(text, everything, question)
        or _order(text, cited)
        or _binding(text, cited)
        or _negation(text, cited, language)
        or _direction(text, cited)
        or _hedge(text, cited)
        or _meaning(text, everything, question, language, similarity, bounds)
    )


def instructs(text: str) -> bool:
    """Whether a text speaks to a language model instead of to a reader."""
    return any(re.search(pattern, text, re.I) for pattern in INSTRUCTIONS)


def verbatim(text: str, quotes: Sequence[str]) -> bool:
    """Whether a text in quotation marks is one or more whole sentences of a quote, so that nothing was left out of one."""
    for quote in quotes:
        spans = [" ".join(quote[start:end].split()) for start, end in sentence_spans(quote)]
        runs = (" ".join(spans[first:last]) for first, last in itertools.combinations(range(len(spans) + 1), 2))
        if text.removesuffix(".") in {f"“{run}”" for run in runs}:
            return True
    return False


def _loops(text: str) -> bool:
    """Whether three words in a row come back."""
    said = [word.lower() for word in re.findall(r"\w+", text)]
    runs = list(zip(said, said[1:], said[2:], strict=False))
    return len(set(runs)) < len(runs)


def _in_language(text: str, language: str) -> bool:
    """Whether the function words are those of the language more than those of any other, in Latin script."""
    if re.search(r"[^\W\d_\u0000-\u024f]", text):
        return False
    said = re.findall(r"[^\W\d_]+", text.lower())
    counts = {name: sum(word in known for word in said) for name, known in FUNCTION_WORDS.items()}
    return counts[language] == max(counts.values()) and (counts[language] > 0 or language == "nl")


def _values(text: str, quotes: str) -> str:
    given = find_values(quotes)
    said = find_values(text)
    wrong = next((value for value in said if not contains_value(given, value)), None)
    if wrong:
        return f"value: {wrong.text}"
    covered = {place for value in said for place in range(value.start, value.end)}
    digits = set(re.findall(r"\d+", quotes))
    loose = next((m.group() for m in re.finditer(r"\d+", text) if m.start() not in covered and m.group() not in digits), None)
    return f"value: {loose}" if loose else ""


def _names(text: str, quotes: str, question: str) -> str:
    known = {word.lower() for word in re.findall(r"\w+", quotes)}
    plain = {word for word in re.findall(r"\b[^\W\d_A-Z]\w*", f"{quotes} {question}")}
    for position, name in enumerate(_capitals(text)):
        low = name.lower()
        first = position == 0 and text.lstrip("“‘\"'(").startswith(name)
        if first and (low in plain or low in DISCOURSE or any(low in those for those in FUNCTION_WORDS.values())):
            continue
        if not {low, low.removesuffix("s"), *TRANSLATIONS.get(low, ())} & known:
            return f"name: {name}"
    return ""


def _capitals(text: str) -> list[str]:
    """Words with a capital, without months and days (those are values) and the English I."""
    values = {place for value in find_values(text) if value.kind in ("date", "quarter") for place in range(value.start, value.end)}
    return [m.group() for m in re.finditer(r"\b[A-Z]\w*", text) if m.start() not in values and m.group() != "I"]


def _order(text: str, quotes: Sequence[str]) -> str:
    """Two names, or two values of one kind, may not have changed places."""
    for quote in quotes:
        names = [(name, quote.find(name)) for name in dict.fromkeys(_capitals(text)) if len(re.findall(rf"\b{name}\b", quote)) == 1]
        groups = [names]
        given = find_values(quote)
        kinds: dict[str, list[tuple[str, int]]] = {}
        for value in find_values(text):
            places = [other.start for other in given if other == value]
            if len(places) == 1:
                kinds.setdefault(value.kind, []).append((value.text, places[0]))
        for group in (*groups, *kinds.values()):
            for (one, first), (other, second) in itertools.pairwise(group):
                if second < first:
                    return f"order: {one}, {other}"
    return ""


def _binding(text: str, quotes: Sequence[str]) -> str:
    """A value keeps the words beside it: not the 7 of one clause with the words of the clause that has the 5."""
    for quote in quotes:
        clauses = [clause for clause in _clauses(quote) if clause.strip()]
        if len(clauses) < 2:
            continue
        given = [(find_values(clause), _labels(clause)) for clause in clauses]
        for part in _clauses(text):
            here = [value for value in find_values(part) if value.kind not in ("date", "quarter")]
            labels = _labels(part) if len(_labels(part)) > 1 else _labels(text)
            for value in here:
                homes = [index for index, (values, _) in enumerate(given) if contains_value(values, value)]
                if len(homes) != 1:
                    continue
                home = homes[0]
                mine = _weight(labels & (given[home][1] - _elsewhere(given, home)))
                for index, (values, theirs) in enumerate(given):
                    rival = any(v.kind == value.kind and v not in here for v in values)
                    if index != home and rival and _weight(labels & (theirs - _elsewhere(given, index))) > mine:
                        return f"binding: {value.text}"
    return ""


def _elsewhere(given: Sequence[tuple[tuple[Value, ...], frozenset[str]]], index: int) -> frozenset[str]:
    return frozenset().union(*(labels for place, (_, labels) in enumerate(given) if place != index))


def _labels(clause: str) -> frozenset[str]:
    """What a value can be bound to: content words, names (marked '^') and dates ('@')."""
    dates = {f"@{value.value}" for value in find_values(clause) if value.kind in ("date", "quarter")}
    names = {f"^{name}" for name in re.findall(r"(?<!^)(?<![.!?] )\b[A-Z]\w+", clause)}
    return frozenset({term for term in terms(clause) if not term[0].isdigit()} | names | dates)


def _weight(labels: frozenset[str]) -> int:
    return sum(3 if label[0] in "^@" else 1 for label in labels)


def _clauses(text: str) -> list[str]:
    return re.split(r"[,;:|\n]\s+|[.!?]\s+|\s(?:en|and|maar|but|terwijl|while|waarvan|tegen)\s", text)


def _negation(text: str, quotes: Sequence[str], language: str) -> str:
    """A denial stands where the quote denies, and nowhere else."""
    denied = negated(text)
    parts = [sentence for quote in quotes for sentence in re.split(r"(?<=[.!?])\s+|\n", quote) if sentence.strip()]
    if language == "en":  # words cannot be laid beside each other
        found = [negated(sentence) for sentence in parts]
        return "negation" if (denied and not any(found)) or (not denied and all(found)) else ""
    said = frozenset(terms(text))
    clauses = [(frozenset(terms(clause)), negated(clause)) for sentence in parts for clause in _clauses(sentence)]
    shared = [(len(theirs & said) / len(theirs), len(theirs & said), denies) for theirs, denies in clauses if theirs]
    if denied:
        return "" if any(denies and count >= min(2, len(said)) for _, count, denies in shared) else "negation"
    return "negation" if any(denies and (share >= 0.5 or count >= min(3, max(2, len(said)))) for share, count, denies in shared) else ""


def negated(text: str) -> bool:
    """Whether a text denies something."""
    return bool(_pattern(NEGATIONS).search(text))


def _nearest(part: str, quotes: Sequence[str]) -> tuple[str, str]:
    """The clause of the quotes that a clause of a statement resembles most, and the sentence around it."""
    sentences = [sentence for quote in quotes for sentence in re.split(r"(?<=[.!?])\s+|\n", quote)]
    clauses = [(clause, sentence) for sentence in sentences for clause in _clauses(sentence) if clause.strip()]
    said, values = frozenset(terms(part)), find_values(part)

    def likeness(place: tuple[str, str]) -> float:
        found = find_values(place[0])
        return len(said & frozenset(terms(place[0]))) + 2 * sum(contains_value(found, value) for value in values)

    return max(clauses, key=likeness, default=("", ""))


def _hedge(text: str, quotes: Sequence[str]) -> str:
    """A condition stays a condition, and what is meant, possible or looked into is not done: "zodra er geld is" is no fact."""
    for part in _clauses(text):
        nearest, around = _nearest(part, quotes)
        for kind, place in ((CONDITIONS, around), *((each, nearest) for each in HEDGES)):
            found = _pattern(kind).search(place)
            if found and not _pattern(kind).search(text):
                return f"condition: {found.group()}"
    return ""


def _direction(text: str, quotes: Sequence[str]) -> str:
    """Rise or fall, before or after, at least or at most: as the clause of the quotes that the statement's clause resembles most."""
    for part in _clauses(text):
        nearest, around = _nearest(part, quotes)
        for one, other in OPPOSITES:
            for mine, theirs in ((one, other), (other, one)):
                word = _pattern(mine).search(part)
                if not word or _pattern(mine).search(nearest):
                    continue
                if _pattern(theirs).search(nearest) or not _pattern(mine).search(around):
                    return f"direction: {word.group()}"
    return ""


def _meaning(text: str, quotes: str, question: str, language: str, similarity: Similarity | None, bounds: Bounds) -> str:
    if language == "nl":
        overlap = support(text, quotes, question, bounds.asked)
        if overlap < bounds.overlap:
            return f"overlap: {overlap:.2f}"
        near = together(text, quotes, question, bounds.asked)
        if near < bounds.pairs:
            return f"pairs: {near:.2f}"
    elif not ({*_capitals(text)} & {*_capitals(quotes)} | {*find_values(text)}) - {*_capitals(question), *find_values(question)}:
        return "anchor"  # a translation has to name something of its quotes that can be looked up
    elif _rivals(find_values(text), find_values(quotes)):
        return "rival"  # which of two values it means cannot be read from the words beside it
    elif similarity is not None and (likeness := similarity(text, quotes)) < bounds.similarity:
        return f"similarity: {likeness:.2f}"
    return ""


def _rivals(said: Sequence[Value], given: Sequence[Value]) -> bool:
    return any(value.kind == other.kind and other not in said for value in said for other in given if value.kind not in ("date", "quarter"))


def support(text: str, quotes: str, question: str, asked: float) -> float:
    """Share of a statement's content words that stand in the quotes; one that only the question has counts for `asked`."""
    said, given, wondered = terms(text), frozenset(terms(quotes)), frozenset(terms(question))
    if not said:
        return 0.0
    return sum(1.0 if stands(word, given) else asked * stands(word, wondered) for word in said) / len(said)


def together(text: str, quotes: str, question: str, asked: float) -> float:
    """Share of neighbouring words that are neighbours in the quotes too (in the question only: `asked`); salad scores low."""
    said, given, wondered = (_neighbours(each) for each in (text, quotes, question))
    return sum(1.0 if pair in given else asked * (pair in wondered) for pair in said) / len(said) if said else 1.0


def _neighbours(text: str) -> frozenset[tuple[str, str]]:
    row = words(text)
    return frozenset(itertools.pairwise(row))


def stands(word: str, given: frozenset[str]) -> bool:
    """Whether a stem is there, or a Dutch compound that begins or ends with it (subsidie, subsidieregeling)."""
    return word in given or (len(word) > 4 and any(len(other) > 4 and (_part(word, other) or _part(other, word)) for other in given))


def _part(word: str, whole: str) -> bool:
    return whole.startswith(word) or whole.endswith(word)


@lru_cache
def _pattern(words: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile(rf"\b(?:{'|'.join(words)})\b", re.I)
