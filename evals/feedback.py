"""Judgements from the web chat as known facts, so that what was wrong once is asked again in every run."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from app.feedback import Feedback
from evals.types import KnownFact, Snippet
from ingest.values import find_values


@dataclass(frozen=True)
class Exported:
    """The new facts, and per judgement that could not become one the reason."""

    facts: tuple[KnownFact, ...]
    skipped: tuple[str, ...]


def from_feedback(judgements: Iterable[Feedback]) -> Exported:
    """Turn judgements into known facts; of several on one question the last counts.

    right: the answer's values, or else its quoted words, are the facts and its quotes the evidence; a refusal that was right is
    an unanswerable question. wrong and wrong_passage: the correct answer is the fact, without evidence; a wrong answer's own
    values are not forbidden, because a right answer may hold some of them too.
    """
    last: dict[str, Feedback] = {}
    for each in judgements:
        last[" ".join(_question(each).lower().split())] = each
    facts, skipped = [], []
    for each in last.values():
        refused = each.answer.get("status") != "answered"
        if each.verdict == "right" and refused:
            facts.append(_fact(each, answerable=False))
        elif each.verdict == "right":
            stated = _stated(each.answer)
            evidence = tuple(Snippet(str(cite["source"]), str(cite["quote"])) for cite in each.answer.get("citations", ()))
            facts.append(_fact(each, answerable=True, facts=stated, evidence=evidence))
        elif each.correct_answer:
            facts.append(_fact(each, answerable=True, facts=((each.correct_answer,),)))
        else:
            skipped.append(f"{each.id}: '{each.question}' is als fout gemeld zonder juist antwoord")
    return Exported(tuple(facts), tuple(skipped))


def _fact(each: Feedback, answerable: bool, facts: tuple[tuple[str, ...], ...] = (), evidence: tuple[Snippet, ...] = ()) -> KnownFact:
    note = f"uit gebruik, {each.created[:10]}, oordeel {each.verdict}" + ("" if evidence or not answerable else "; vul het bewijs aan")
    return KnownFact(
        id=f"gebruik-{each.id}",
        question=_question(each),
        category="feedback",
        answerable=answerable,
        facts=facts,
        evidence=evidence,
        note=note,
    )


def _question(each: Feedback) -> str:
    """As it stands by itself, for a follow-up lost its history."""
    return str(each.answer.get("standalone") or each.question)


def _stated(answer: Mapping[str, Any]) -> tuple[tuple[str, ...], ...]:
    """What a right answer must state again: values of its text that its quotes hold, or else the first quote as a whole."""
    quotes = [str(cite["quote"]) for cite in answer.get("citations", ())]
    cited = {value for quote in quotes for value in find_values(quote)}
    values = [value.text for value in find_values(str(answer["text"])) if value in cited and value.kind != "ordinal"]
    if values:
        return tuple((text,) for text in dict.fromkeys(values[:3]))
    return ((quotes[0] if quotes else str(answer["text"]),),)
