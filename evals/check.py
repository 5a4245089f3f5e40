"""Whether a set of known facts agrees with the documents: every snippet is there, every fact stands in its evidence."""

from collections.abc import Iterable, Mapping
from pathlib import Path

from evals.text import holds, states_any
from evals.types import KnownFact, Problem
from ingest.types import Document


def texts_by_source(documents: Iterable[Document]) -> dict[str, str]:
    """The canonical texts by source file; those of a bundle, of which the documents share one file, under each other."""
    texts: dict[str, str] = {}
    for document in documents:
        texts[document.source_name] = f"{texts.get(document.source_name, '')}\n{document.text}"
    return texts


def check(facts: Iterable[KnownFact], texts: Mapping[str, str], file: Path) -> tuple[Problem, ...]:
    """Problems of a set against canonical texts by source file name; none means that evaluators may rely on the set."""
    problems = []
    for fact in facts:
        for number, snippet in enumerate(fact.evidence):
            line = fact.lines.get(f"evidence.{number}", fact.lines.get("id", 0))
            documents = [name for name in texts if name.startswith(snippet.doc)]
            if not documents:
                known = ", ".join(sorted(texts)) or "geen"
                problems.append(Problem(str(file), line, f"{fact.id}: geen document begint met '{snippet.doc}'; er zijn {known}"))
            elif not any(holds(texts[name], snippet.quote) for name in documents):
                message = f"{fact.id}: bewijs niet gevonden in {', '.join(documents)}: '{snippet.quote}'"
                problems.append(Problem(str(file), line, message))
        for number, alternatives in enumerate(fact.facts):
            if not fact.derived and fact.evidence and not any(states_any(each.quote, alternatives) for each in fact.evidence):
                line = fact.lines.get(f"facts.{number}", fact.lines.get("id", 0))
                message = f"{fact.id}: feit '{alternatives[0]}' staat niet in het bewijs; verbeter het of zet derived op true"
                problems.append(Problem(str(file), line, message))
    return tuple(problems)
