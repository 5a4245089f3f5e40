"""For a miss: the first stage that lost a fact, with what was expected there and what was found.

A fact is looked for from the last stage back: selected evidence, retrieved passages, all passages, canonical texts. The stage
after the furthest one that still has it is to blame.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from app.types import Answer
from evals.protocols import Library, Traced
from evals.text import holds, shared, states_any
from evals.types import Blame, KnownFact, Score, Snippet

STAGES = ("crash", "extraction", "passages", "retrieval", "evidence", "refusal", "composition", "grading")  # first to last
TOP = 10


def blame(
    fact: KnownFact, answer: Answer | None, score: Score, library: Library | None = None, trace: Traced | None = None, error: str = ""
) -> Blame | None:
    """None for a correct answer. Without library or trace, the stages that they show are skipped."""
    if score.correct:
        return None
    if answer is None:
        return Blame("crash", "een antwoord", error or "geen antwoord")
    if not fact.answerable and answer.status != "not_found":
        return Blame("refusal", "de melding dat het er niet staat", _short(answer.text))
    missed = [alternatives for alternatives, found in zip(fact.facts, score.facts_found, strict=True) if not found]
    lost = [_Fact(alternatives, fact).lost(answer, library, trace) for alternatives in missed]
    if lost:
        return min(lost, key=lambda each: STAGES.index(each.stage))
    if score.forbidden_said:
        return Blame("composition", f"zonder '{score.forbidden_said[0]}'", _short(answer.text))
    return Blame("composition", "hoogstens 120 woorden", f"{score.words} woorden")


class _Fact:
    """A missed fact with the snippets that state it; all snippets where it had to be derived."""

    def __init__(self, alternatives: tuple[str, ...], fact: KnownFact) -> None:
        stating = tuple(each for each in fact.evidence if states_any(each.quote, alternatives))
        self.alternatives, self.derived = alternatives, not stating
        self.snippets = stating or fact.evidence

    def lost(self, answer: Answer, library: Library | None, trace: Traced | None) -> Blame:
        first = self.snippets[0] if self.snippets else Snippet("", "")
        wanted = f"'{self.alternatives[0]}'" + (f" uit {first.doc}: '{_short(first.quote)}'" if first.quote else "")
        names = {key: document.source_name for key, document in library.documents.items()} if library else {}
        selected = [_Place(names.get(each.document_id, each.document_id), each.text) for each in trace.evidence] if trace else []
        retrieved = [_Place(hit.source, hit.text) for hit in answer.retrieved[:TOP]]
        if any(shared(answer.text, snippet.quote) >= 0.8 for snippet in self.snippets):
            return Blame("grading", wanted, _short(answer.text))
        # Without a trace the quotes are all that is known of the selection.
        if self._kept(selected) or (trace is None and self._kept([_Place(cite.source, cite.quote) for cite in answer.citations])):
            if answer.status == "not_found":
                return Blame("refusal", wanted, f"geweigerd, zekerheid {answer.confidence:.2f}")
            return Blame("composition", wanted, _short(answer.text))
        if self._kept(retrieved):
            best = _short(selected[0].text) if selected else "niets"
            return Blame("evidence", wanted, f"geselecteerd: {best}")
        if library is None:
            return Blame("retrieval", wanted, "niet bij de opgehaalde passages")
        if self._kept([_Place(names.get(each.document_id, ""), each.text) for each in library.passages.values()]):
            return Blame("retrieval", f"{wanted} bij de eerste {TOP}", self._rank(trace))
        texts = [_Place(each.source_name, each.text) for each in library.documents.values()]
        if any(place.source.startswith(each.doc) and holds(place.text, each.quote) for place in texts for each in self.snippets):
            return Blame("passages", wanted, "staat in de tekst, maar niet binnen één passage")
        return Blame("extraction", wanted, "staat niet in de uitgelezen tekst")

    def _kept(self, places: "Iterable[_Place]") -> bool:
        return any(
            place.source.startswith(snippet.doc)
            and (holds(place.text, snippet.quote) or (shared(place.text, snippet.quote) >= 0.5 and self._stated(place.text)))
            for place in places
            for snippet in self.snippets
        )

    def _stated(self, text: str) -> bool:
        return self.derived or states_any(text, self.alternatives)

    def _rank(self, trace: Traced | None) -> str:
        for rank, hit in enumerate(trace.hits if trace else (), 1):
            if self._kept([_Place(hit.source, hit.text)]):
                return f"op plaats {rank}"
        return "niet in de ranglijst"


@dataclass(frozen=True)
class _Place:
    """A text at some stage, with the name of its file."""

    source: str
    text: str


def _short(text: str, length: int = 160) -> str:
    text = " ".join(text.split())
    return text if len(text) <= length else text[: length - 1].rstrip() + "…"
