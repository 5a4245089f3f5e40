"""A corpus of two invented documents, its known facts, and an assistant with prepared replies."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date

from app.types import Answer, Citation, Evidence, Hit, Statement, Turn
from evals.types import KnownFact, Snippet
from ingest.types import Document, Passage

TEXTS = {
    "tuinen-2025.md": (
        "Dit jaar legt de gemeente twaalf buurttuinen aan. De aanleg kost € 2,8 miljoen en wordt betaald uit het groenfonds.\n\n"
        "Van de omwonenden zegt 60 procent vaker buiten te zijn. De eerste tuin opent op 4 juli 2025 in de wijk Oosterveld.\n\n"
        "Scholen krijgen voorrang bij het beheer, want leerlingen hebben een plek nodig om te leren tuinieren.\n\n"
        "Bewoners die mee willen doen kunnen zich melden bij de beheerder van hun buurt. Die zorgt voor gereedschap, zaden en een"
        " rooster, zodat niemand alleen voor het onderhoud staat."
    ),
    "fietsen-2026.md": (
        "Het fietsplan telt drie sporen: veilige kruispunten, bredere paden en stallingen. Wethouder De Boer leidt het plan.\n\n"
        "In 2024 vielen 45 gewonden op de ring, in 2025 nog 31. Het doel voor 2027 is hoogstens 20 gewonden.\n\n"
        "Over de helmplicht neemt de raad pas een besluit na het onderzoek van de universiteit."
    ),
}


def fact(number: int, question: str, doc: str, quote: str, *facts: tuple[str, ...], category: str = "fact") -> KnownFact:
    return KnownFact(f"q{number}", question, category, True, facts, evidence=(Snippet(doc, quote),))


ANSWERABLE = (
    fact(1, "Hoeveel tuinen komen er?", "tuinen", "legt de gemeente twaalf buurttuinen aan", ("twaalf", "12"), category="number"),
    fact(2, "Wat kost de aanleg?", "tuinen", "De aanleg kost € 2,8 miljoen", ("€ 2,8 miljoen",), category="number"),
    fact(3, "Welk deel is vaker buiten?", "tuinen", "zegt 60 procent vaker buiten te zijn", ("60%",), category="number"),
    fact(4, "Wanneer opent de eerste tuin?", "tuinen", "opent op 4 juli 2025", ("4 juli 2025",), category="when"),
    fact(5, "Waarom gaan scholen voor?", "tuinen", "leerlingen hebben een plek nodig om te leren tuinieren", ("leren tuinieren",)),
    fact(6, "Wie leidt het fietsplan?", "fietsen", "Wethouder De Boer leidt het plan", ("De Boer",), category="who"),
    fact(7, "Hoeveel gewonden in 2024 en 2025?", "fietsen", "In 2024 vielen 45 gewonden op de ring, in 2025 nog 31", ("45",), ("31",)),
    fact(8, "Wat is het doel voor 2027?", "fietsen", "Het doel voor 2027 is hoogstens 20 gewonden", ("20",), category="number"),
)
UNANSWERABLE = tuple(
    KnownFact(f"u{number}", question, "unanswerable", False, forbidden=forbidden)
    for number, (question, forbidden) in enumerate(
        [
            ("Wie is de koning?", ("Willem",)),
            ("Hoeveel helmen zijn er verkocht?", ()),
            ("Wat kost het fietsplan?", ()),
            ("Wie won de loterij?", ()),
        ],
        1,
    )
)
FACTS = ANSWERABLE + UNANSWERABLE


def _document(name: str, text: str) -> Document:
    return Document(name, name, name, name.split("-")[0].title(), "nota", date(2025, 1, 1), text, (0,))


@dataclass(frozen=True)
class World:
    """The library of the small corpus: a passage a paragraph."""

    documents: Mapping[str, Document] = field(default_factory=lambda: {name: _document(name, text) for name, text in TEXTS.items()})
    fingerprint: str = "klein"

    @property
    def passages(self) -> dict[str, Passage]:
        found = {}
        for name, document in self.documents.items():
            for number, paragraph in enumerate(document.text.split("\n\n")):
                start = document.text.index(paragraph)
                identity = f"{name}#{number}"
                found[identity] = Passage(identity, name, "", start, start + len(paragraph), 1, 1, paragraph, "")
        return found

    def hits(self, first: Callable[[Passage], bool] = lambda passage: False) -> tuple[Hit, ...]:
        """All passages, those that `first` picks in front."""
        ranked = sorted(self.passages.values(), key=lambda passage: not first(passage))
        return tuple(
            Hit(each.passage_id, each.document_id, each.document_id, "", each.text, 1 / rank, each.start, each.end)
            for rank, each in enumerate(ranked, 1)
        )

    def cite(self, number: int, source: str, quote: str) -> Citation:
        document = self.documents[source]
        start = document.text.index(quote)
        return Citation(number, source, document.title, "2025-01-01", source, 1, "", quote, start, start + len(quote))


WORLD = World()


def answered(question: str, text: str, *citations: Citation, hits: tuple[Hit, ...] = (), confidence: float = 0.9) -> Answer:
    statement = Statement(text, tuple(each.number for each in citations))
    return Answer(question, "answered", "quoted", text, (statement,), citations, hits, confidence=confidence, fingerprint="klein")


def refused(question: str, confidence: float = 0.1, hits: tuple[Hit, ...] = ()) -> Answer:
    return Answer(
        question, "not_found", "quoted", "Dit staat niet in de documenten.", confidence=confidence, retrieved=hits, fingerprint="klein"
    )


def honest(fact: KnownFact) -> Answer:
    """The sentence that holds the evidence, cited; a refusal where there is none."""
    if not fact.answerable:
        return refused(fact.question, hits=WORLD.hits())
    snippet = fact.evidence[0]
    source = next(name for name in TEXTS if name.startswith(snippet.doc))
    sentence = next(each for each in TEXTS[source].replace("\n\n", " ").split(". ") if snippet.quote in each).rstrip(".")
    hits = WORLD.hits(lambda passage: snippet.quote in passage.text)
    return answered(fact.question, f"{sentence} [1].", WORLD.cite(1, source, sentence), hits=hits)


@dataclass(frozen=True)
class Assistant:
    """Answers each known question with what `reply` makes of it; an exception is passed on."""

    reply: Callable[[KnownFact], Answer]
    facts: tuple[KnownFact, ...] = FACTS

    def ask(self, turn: Turn, mode: str = "quoted") -> Answer:
        fact = next(each for each in self.facts if each.question == turn.question)
        return replace(self.reply(fact), mode=mode)


@dataclass(frozen=True)
class Trace:
    answer: Answer
    hits: tuple[Hit, ...]
    evidence: tuple[Evidence, ...]
