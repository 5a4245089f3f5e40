"""The judgement of one answer: which facts it states, what it cites, whether its numbers and quotes are real.

Each share is kept as numerator and denominator; evals/figures.py adds them up. A crash or a missing answer keeps its
denominators, so that leaving a question out cannot raise a figure.
"""

import re
from collections.abc import Iterable, Mapping
from decimal import Decimal

from app.types import Answer, Hit
from evals.text import covers, holds, states_any
from evals.types import KnownFact, Score
from ingest.numerals import parse_number
from ingest.types import Document
from ingest.values import Value, contains_value, find_values

MAX_WORDS = 120
_HEADS: Mapping[Decimal | str, tuple[str, ...]] = {
    "percent": ("%", "procent", "percent"),
    Decimal(10**3): ("duizend", "thousand", "1.000", "1000"),
    Decimal(10**6): ("mln", "miljoen", "million"),
    Decimal(10**9): ("mld", "mrd", "miljard", "billion"),
}


def judge(fact: KnownFact, answer: Answer | None, documents: Mapping[str, Document]) -> Score:
    """Judge one answer (None: crashed or missing) by the definitions of the README of the known facts.

    `documents` are the canonical texts by document_id; without the document that a citation names its quote is not verbatim.
    """
    text = answer.text if answer else ""
    said = answer is not None and answer.status == "answered"
    citations = answer.citations if answer else ()
    found = tuple(said and states_any(text, alternatives) for alternatives in fact.facts)
    forbidden = tuple(each for each in fact.forbidden if states_any(text, [each]))
    words = len(text.split())
    if answer is None:
        correct = False
    elif fact.answerable:
        correct = said and all(found) and not forbidden and words <= MAX_WORDS
    else:
        correct = answer.status == "not_found" and not forbidden
    snippets = [
        any(cite.source.startswith(snippet.doc) and covers(cite.quote, snippet.quote) for cite in citations) for snippet in fact.evidence
    ]
    precise = [
        any(cite.source.startswith(snippet.doc) and holds(cite.quote, snippet.quote) for snippet in fact.evidence)
        or any(states_any(cite.quote, alternatives) for alternatives in fact.facts)
        for cite in citations
    ]
    false_quotes = tuple(cite.quote for cite in citations if not _verbatim(cite.quote, documents.get(cite.document), cite.start, cite.end))
    numbers = [value for value in find_values(text) if value.kind != "ordinal"] if said else []
    ungrounded = _ungrounded(numbers, [cite.quote for cite in citations])
    ranks = snippet_ranks(fact, answer.retrieved if answer else ())
    refused = answer is None or answer.status == "not_found"
    shares: dict[str, tuple[float, float]] = {
        "correct": (correct, 1),
        "fact_recall": (sum(found), len(found)),
        "refused_unanswerable": (0 if fact.answerable else answer is not None and refused, not fact.answerable),
        "false_refusals": (fact.answerable and refused, fact.answerable),
        "citation_recall": (sum(snippets), len(snippets)),
        "citation_precision": (sum(precise), len(precise)),
        "quotes_verbatim": (len(citations) - len(false_quotes), len(citations)),
        "numbers_grounded": (len(numbers) - len(ungrounded), len(numbers)),
        "too_long": (said and words > MAX_WORDS, said),
        "forbidden_said": (bool(forbidden), bool(fact.forbidden)),
        "crashed": (answer is None, 1),
    }
    plain = {name: (float(numerator), float(denominator)) for name, (numerator, denominator) in shares.items()}
    return Score(correct, found, forbidden, plain, ranks, words, false_quotes, ungrounded)


def snippet_ranks(fact: KnownFact, hits: Iterable[Hit]) -> tuple[int, ...]:
    """Per evidence snippet the place (from 1) of the first passage that holds it; 0 if none does."""
    ranked = list(hits)

    def first(doc: str, quote: str) -> int:
        return next((rank for rank, hit in enumerate(ranked, 1) if hit.source.startswith(doc) and holds(hit.text, quote)), 0)

    return tuple(first(snippet.doc, snippet.quote) for snippet in fact.evidence)


def _verbatim(quote: str, document: Document | None, start: int, end: int) -> bool:
    return document is not None and bool(quote) and document.text[start:end] == quote


def _ungrounded(numbers: list[Value], quotes: list[str]) -> tuple[str, ...]:
    """The numbers that no cited quote states, as they stand in the answer."""
    # Also as the answer shows it, on one line: there the "3." that opens a line of the quote is a number like any other.
    cited = tuple(value for quote in quotes for each in (quote, " ".join(quote.split())) for value in find_values(each))
    everything = " ".join(quotes).lower()
    return tuple(value.text for value in numbers if not contains_value(cited, value) and not _in_table(value, cited, everything))


def _in_table(value: Value, cited: tuple[Value, ...], everything: str) -> bool:
    """A table has its unit in the head: '11,9' with '(x 1 mln.)' grounds € 11,9 miljoen, '17' with '%' grounds 17 procent."""
    digits = re.search(r"\d(?:[\d.,]*\d)?", value.text)
    mantissa = parse_number(digits.group()) if digits else None
    if not mantissa or not isinstance(value.value, Decimal):
        return False
    head = "percent" if value.kind == "percent" else value.value / mantissa
    return any(word in everything for word in _HEADS.get(head, ())) and contains_value(cited, Value("number", mantissa))
