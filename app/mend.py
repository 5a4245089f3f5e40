"""A written statement that is worded badly, replaced by the very sentence of a quote that it comes from.

A small language model finds the right sentence more often than it words it well. What it says that its quotes do not have is not
mended: a number, a name, a denial or a source that is not there means that the model cannot be trusted with this question.
"""

import re
from collections.abc import Callable, Mapping

from app.lexical import terms
from app.question import Question
from app.types import Statement
from app.verify import stands
from ingest.sentences import sentence_spans
from ingest.values import Value, contains_value, find_values

LONGEST = 40  # words of what is taken over
_SHORTEST = 5  # words of a statement that says enough by itself
_SHARE = 0.6  # least share of what a statement adds to the question that the sentence has
_WORDING = ("length: ", "order", "binding", "condition", "overlap", "pairs", "similarity")  # failures of how it is said
_LEANS = re.compile(r"^(?:dit|dat|deze|die|hij|zij|ze|hun|daar(?!naast|bij)\w*|hier\w*|maar|toch|wel)\b", re.I)
_REASON = re.compile(r"\b(?:omdat|want|doordat|waardoor|daardoor|daarom|zodat|vanwege|door|om|wegens|because|due|since|so|to)\b", re.I)


def mend(statement: Statement, quotes: Mapping[int, str], question: Question, check: Callable[[Statement], str]) -> Statement | None:
    """The statement if it passes its check (which gives the reason why not) and says enough, else the sentence that it comes from, in
    quotation marks; None where there is none."""
    reason = check(statement)
    if not reason and _complete(statement.text, question) and not any(_table(quotes[number]) for number in statement.citations):
        return statement
    if reason and not reason.startswith(_WORDING) and not _elsewhere(reason, statement, quotes, question):
        return None
    literal = _source(statement, quotes, question)
    return literal if literal and not check(literal) else None


def _complete(text: str, question: Question) -> bool:
    if question.kind == "list":  # of which something may have been left out
        return False
    return len(text.split()) >= _SHORTEST and _explains(text, question)


def _explains(text: str, question: Question) -> bool:
    return "reason" not in question.kinds or bool(_REASON.search(text))


def _table(quote: str) -> bool:
    """Whether a quote is rows rather than sentences; a value keeps its row then."""
    return quote.count("\n") > 2 or "|" in quote


def _elsewhere(reason: str, statement: Statement, quotes: Mapping[int, str], question: Question) -> bool:
    """Whether the value or name that its source lacks stands in another source or in the question."""
    kind, _, failed = reason.partition(": ")
    everything = "\n".join((*quotes.values(), question.text))
    if kind == "value":
        return all(_has(everything, value) for value in find_values(statement.text))
    return kind == "name" and bool(re.search(rf"\b{re.escape(failed)}\b", everything))


def _has(text: str, value: Value) -> bool:
    """Whether a text has a value, be it without the euro."""
    given = find_values(text)
    plain = {"number", "amount"}
    return contains_value(given, value) or any(v.value == value.value and {v.kind, value.kind} <= plain for v in given)


def _source(statement: Statement, quotes: Mapping[int, str], question: Question) -> Statement | None:
    """The sentence that has what the statement adds to the question, with the one before it where it leans on that."""
    asked = frozenset(terms(question.text))
    added = frozenset(terms(statement.text)) - asked
    values = [value for value in find_values(statement.text) if value not in question.values]
    if not added:
        return None
    best, found = 0.0, None
    for number, quote in quotes.items():
        spans = [" ".join(quote[start:end].split()) for start, end in sentence_spans(quote)]
        for place, sentence in enumerate(spans):
            given = frozenset(terms(sentence))
            has = sum(stands(word, given) for word in added) / len(added)
            if has < _SHARE or not all(_has(sentence, value) for value in values):
                continue
            likeness = has + sum(stands(word, given) for word in asked) / max(1, len(asked))
            if likeness > best:
                whole = f"{spans[place - 1]} {sentence}" if place and _LEANS.match(sentence) else sentence
                best, found = likeness, Statement(f"“{whole}”", (number,))
    return found if found and _stands_alone(found.text) and _explains(found.text, question) else None


def _stands_alone(quoted: str) -> bool:
    """Whether it is a sentence, not a row or a heading, that is short and does not lean on what came before."""
    if _LEANS.match(quoted[1:]) or len(quoted.split()) > LONGEST or "|" in quoted:
        return False
    return bool(re.search(r"(?:[.!?][”’)]?|(?<!\d)[.!?]\d{1,2})”$", quoted))
