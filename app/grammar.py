"""What the language model that comes along may write, as a grammar of llama.cpp (GBNF), so that fewer sentences fail their check."""

import json
import re
from collections.abc import Iterable, Sequence

from app.question import Question
from app.types import Citation
from ingest.values import find_values

_OPENERS = {"De", "Het", "Een", "Er", "In", "Op", "Om", "Nee", "Ja"}


def grammar(question: Question, citations: Sequence[Citation]) -> str:
    """One or two sentences that each end in the number of a source there is: "… [1].".

    In Dutch every digit is part of a number, amount or date that stands in a source or the question, and a word with a capital is one
    of theirs; a translation writes values and names its own way, and is left free.
    """
    marks = " | ".join(f'"{citation.number}"' for citation in citations)
    ends = f'" [" ({marks}) "]."'
    if question.language != "nl":
        return f'root ::= s (" " s)?\ns ::= [^\\[\\]\\n]{{12,260}} {ends}'
    known = " ".join(as_data(text) for text in (*(citation.quote for citation in citations), question.text))
    values = {value.text for value in find_values(known)} | set(re.findall(r"\d[\d.,:/-]*\d|\d", known))
    names = set(re.findall(r"\b[A-Z][\w&]*(?:[-.’'][\w&]+)*", known))
    opening = {word.capitalize() for word in re.findall(r"\b[^\W\d_]{2,}\b", known)} | _OPENERS
    return "\n".join(
        (
            'root ::= s (" " s)?',
            f"s ::= (name | value | opening) ([,:]? \" \" [(“‘\"]? (word | name | value) [)”’\"%]?){{0,40}} {ends}",
            "word ::= [a-zà-ÿ€] [a-zà-ÿ’'-]{0,30}",
            f"name ::= {_any(names)}",
            f"value ::= {_any(value for value in values if value[0].isdigit() or value[0] == '€')}",
            f"opening ::= {_any(opening)}",
        )
    )


def as_data(text: str) -> str:
    """Document text as data: one line, and nothing that a chat template or our own tags could take for structure."""
    return re.sub(r"[<>]", "‹", re.sub(r"<\|.*?\|>", " ", " ".join(text.split()))).replace("[", "(").replace("]", ")")


def _any(texts: Iterable[str]) -> str:
    """An alternative of GBNF; where there is none, one that nothing matches."""
    return " | ".join(json.dumps(text, ensure_ascii=False) for text in sorted(texts)) or '"\\u0001"'
