"""The honesty of the suite itself: five assistants that cheat, each caught by the figure meant for it."""

from dataclasses import replace

from small_world import ANSWERABLE, FACTS, TEXTS, WORLD, Assistant, answered, honest, refused

from app.types import Answer
from evals.run import run
from evals.types import KnownFact, Run


def scored(assistant: Assistant) -> Run:
    return run(assistant, FACTS, WORLD, {"set": "klein.yaml", "system": "proef"}, progress=lambda done, total: None)


def value(result: Run, name: str) -> float:
    found = result.overall[name].value
    assert found is not None
    return found


def always_refuses(fact: KnownFact) -> Answer:
    return refused(fact.question)


def dumps_passages(fact: KnownFact) -> Answer:
    """Everything there is, cited word by word: no fact is missing, and no reader is helped."""
    citations = [WORLD.cite(number, name, text) for number, (name, text) in enumerate(TEXTS.items(), 1)]
    return answered(fact.question, "\n".join(f"{each.quote} [{each.number}]" for each in citations), *citations, hits=WORLD.hits())


def answers_another_question(fact: KnownFact) -> Answer:
    place = (ANSWERABLE.index(fact) if fact in ANSWERABLE else 0) + 3
    other = ANSWERABLE[place % len(ANSWERABLE)]
    return replace(honest(other), question=fact.question)


def invents_numbers(fact: KnownFact) -> Answer:
    """The right passage and quote, with numbers of its own around it."""
    if not fact.answerable:
        return refused(fact.question)
    answer = honest(fact)
    return replace(answer, text=f"{answer.text} Dat is 17,3 % meer dan de 9.431 van 5 mei 2019.")


def quotes_wrongly(fact: KnownFact) -> Answer:
    """A quote that says what the source says, in other words."""
    if not fact.answerable:
        return refused(fact.question)
    answer = honest(fact)
    quotes = tuple(replace(each, quote=f"Vaststaat dat {each.quote}") for each in answer.citations)
    return replace(answer, citations=quotes)


def test_an_honest_assistant_scores_full_marks() -> None:
    result = scored(Assistant(honest))
    for name in (
        "correct",
        "fact_recall",
        "refused_unanswerable",
        "citation_recall",
        "citation_precision",
        "quotes_verbatim",
        "numbers_grounded",
    ):
        assert value(result, name) == 1, name
    assert value(result, "recall@1") == value(result, "mrr") == value(result, "ndcg@10") == 1
    assert value(result, "false_refusals") == value(result, "too_long") == value(result, "crashed") == 0
    assert all(item.blame is None for item in result.items)


def test_always_refusing_is_caught_by_false_refusals() -> None:
    result = scored(Assistant(always_refuses))
    assert value(result, "false_refusals") == 1
    assert value(result, "refused_unanswerable") == 1
    assert value(result, "fact_recall") == value(result, "citation_recall") == 0
    assert value(result, "correct") == 4 / 12


def test_dumping_passages_is_caught_by_length() -> None:
    result = scored(Assistant(dumps_passages))
    assert value(result, "fact_recall") == 1
    assert value(result, "correct") == 0
    assert value(result, "too_long") == 1
    assert value(result, "refused_unanswerable") == 0
    assert value(result, "citation_precision") < 0.6


def test_answering_another_question_is_caught_by_facts_and_citations() -> None:
    result = scored(Assistant(answers_another_question))
    assert value(result, "quotes_verbatim") == value(result, "numbers_grounded") == 1
    assert value(result, "correct") == 0
    assert value(result, "fact_recall") < 0.2
    assert value(result, "citation_recall") < 0.2
    assert value(result, "citation_precision") < 0.2


def test_invented_numbers_are_caught_by_grounding() -> None:
    result = scored(Assistant(invents_numbers))
    assert value(result, "quotes_verbatim") == 1
    assert value(result, "numbers_grounded") < 0.4
    ungrounded = result.items[0].score.ungrounded
    assert ungrounded == ("17,3 %", "9.431", "5 mei 2019")


def test_false_quotes_are_caught_by_verbatim() -> None:
    result = scored(Assistant(quotes_wrongly))
    assert value(result, "citation_recall") == 1
    assert value(result, "quotes_verbatim") == 0


def test_a_crash_and_a_missing_answer_count_as_wrong() -> None:
    def crashes(fact: KnownFact) -> Answer:
        if fact.id in ("q1", "u1"):
            raise RuntimeError("geen geheugen")
        return honest(fact)

    result = scored(Assistant(crashes))
    assert value(result, "correct") == 10 / 12
    assert value(result, "fact_recall") == 8 / 9
    assert value(result, "false_refusals") == 1 / 8
    assert value(result, "refused_unanswerable") == 3 / 4
    assert value(result, "recall@10") == 7 / 8
    assert [item.blame.stage for item in result.items if item.blame] == ["crash", "crash"]
    assert "geen geheugen" in result.items[0].error
